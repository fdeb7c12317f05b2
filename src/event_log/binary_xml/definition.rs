//! Boils a template definition, or the elements of a record without one, down to the leaves that matter.

use super::decoder::Budget;
use super::names::{Name, Place, entity, read_name};
use crate::event_log::byte_cursor::{ByteCursor, Malformed};
use crate::event_log::known_fields::FieldId;
use crate::event_log::value::{RawValue, ValueType, write_utf16};

/// What is left of a definition: which fields are made of what.
#[derive(Debug, Default)]
pub(super) struct Definition<'c> {
    pub(super) leaves: Vec<Leaf<'c>>,
    pub(super) nested: Vec<Nested>,
}

/// One field and what it is made of.
#[derive(Debug)]
pub(super) struct Leaf<'c> {
    pub(super) target: Target<'c>,
    pub(super) content: Content<'c>,
    /// The element is left out when one of these values is NULL (DependencyId, [MS-EVEN6] 2.2.12.3).
    pub(super) dependencies: Vec<u16>,
}

/// The field that a leaf is.
#[derive(Debug)]
pub(super) enum Target<'c> {
    Field(FieldId),
    /// A `Data` element whose name is known only with the values.
    NamedBy(Content<'c>),
}

/// The content of an element or attribute.
#[derive(Debug)]
pub(super) enum Content<'c> {
    Literal(RawValue<'c>),
    Substitution(u16),
    /// Anything of several pieces, or of none.
    Pieces(Vec<Piece<'c>>),
}

#[derive(Debug)]
pub(super) enum Piece<'c> {
    Literal(RawValue<'c>),
    Substitution(u16),
    Character(char),
}

/// Binary XML within binary XML: the body of an event within its envelope.
#[derive(Debug)]
pub(super) struct Nested {
    pub(super) place: Place,
    pub(super) source: NestedSource,
}

#[derive(Debug)]
pub(super) enum NestedSource {
    /// The value of a substitution, where it is of that type.
    Substitution(u16),
    /// A template instance among the elements, from here to there.
    Inline { start: usize, end: usize },
}

struct OpenElement<'c> {
    place: Place,
    dependencies_before: usize,
    content: Vec<Piece<'c>>,
    data_name: Option<Content<'c>>,
}

struct Compiler<'c> {
    chunk: &'c [u8],
    definition: Definition<'c>,
    open: Vec<OpenElement<'c>>,
    dependencies: Vec<u16>,
    attribute: Option<Attribute<'c>>,
    root: Place,
}

struct Attribute<'c> {
    name: Name<'c>,
    content: Vec<Piece<'c>>,
}

/// How deep elements may stand in one another. Windows writes four or five.
const DEEPEST_ELEMENT: usize = 64;

/// Reads the elements from `cursor`. `in_template`: elements carry the number of the value that they depend on, which
/// those of a record without template do not have. `root`: where the elements stand.
pub(super) fn compile<'c>(
    mut cursor: ByteCursor<'c>,
    chunk: &'c [u8],
    root: Place,
    in_template: bool,
    budget: &mut Budget,
) -> Result<Definition<'c>, Malformed> {
    let mut compiler = Compiler {
        chunk,
        definition: Definition::default(),
        open: Vec::new(),
        dependencies: Vec::new(),
        attribute: None,
        root,
    };
    while cursor.remaining() > 0 {
        budget.spend(1, cursor.position())?;
        let start = cursor.position();
        let token = cursor.u8("a token is cut off")?;
        match token & !0x40 {
            0x00 => break,
            0x0f => drop(cursor.take(3, "a fragment header is cut off")?),
            0x01 => compiler.open_element(&mut cursor, token, in_template)?,
            0x06 => compiler.open_attribute(&mut cursor)?,
            0x02 => compiler.close_attribute(),
            0x03 | 0x04 => {
                compiler.close_attribute();
                compiler.close_element(start)?;
                // The padding behind the last element of a record is not looked at.
                if compiler.open.is_empty() && !in_template {
                    break;
                }
            }
            0x0c => {
                let end = skip_instance(&mut cursor, budget)?;
                let place = compiler.place();
                compiler.definition.nested.push(Nested { place, source: NestedSource::Inline { start, end } });
            }
            _ => compiler.content_token(&mut cursor, token)?,
        }
    }
    if !compiler.open.is_empty() {
        return Err(cursor.malformed("an element is not closed"));
    }
    Ok(compiler.definition)
}

impl<'c> Compiler<'c> {
    fn place(&self) -> Place {
        self.open.last().map_or(self.root, |element| element.place)
    }

    fn open_element(&mut self, cursor: &mut ByteCursor<'c>, token: u8, in_template: bool) -> Result<(), Malformed> {
        if self.open.len() >= DEEPEST_ELEMENT {
            return Err(cursor.malformed("elements are nested too deeply"));
        }
        let dependencies_before = self.dependencies.len();
        if in_template {
            let dependency = cursor.u16("an element is cut off")?;
            if dependency != 0xffff {
                self.dependencies.push(dependency);
            }
        }
        cursor.u32("an element is cut off")?;
        let name = read_name(cursor, self.chunk)?;
        if token & 0x40 != 0 {
            cursor.u32("an element's attributes are cut off")?;
        }
        let place = self.place().child(name);
        self.open.push(OpenElement { place, dependencies_before, content: Vec::new(), data_name: None });
        Ok(())
    }

    fn open_attribute(&mut self, cursor: &mut ByteCursor<'c>) -> Result<(), Malformed> {
        self.close_attribute();
        let name = read_name(cursor, self.chunk)?;
        self.attribute = Some(Attribute { name, content: Vec::new() });
        Ok(())
    }

    fn close_attribute(&mut self) {
        let Some(attribute) = self.attribute.take() else { return };
        let Some(element) = self.open.last_mut() else { return };
        if element.place == Place::Data && attribute.name.is("Name") {
            element.data_name.get_or_insert(Content::of(attribute.content));
        } else if let Some(field) = element.place.attribute_field(attribute.name) {
            self.definition.leaves.push(Leaf {
                target: Target::Field(field),
                content: Content::of(attribute.content),
                dependencies: self.dependencies.clone(),
            });
        }
    }

    fn close_element(&mut self, position: usize) -> Result<(), Malformed> {
        let Some(element) = self.open.pop() else {
            return Err(Malformed { offset: position, what: "an element is closed that was not opened" });
        };
        if let Some(target) = target_of(&element) {
            self.definition.leaves.push(Leaf {
                target,
                content: Content::of(element.content),
                dependencies: self.dependencies.clone(),
            });
        }
        self.dependencies.truncate(element.dependencies_before);
        Ok(())
    }

    fn content_token(&mut self, cursor: &mut ByteCursor<'c>, token: u8) -> Result<(), Malformed> {
        match token & !0x40 {
            0x05 => {
                let value_type = ValueType(cursor.u8("a value is cut off")?);
                let bytes = literal_bytes(cursor, value_type)?;
                self.push(Piece::Literal(RawValue { value_type, bytes }));
            }
            0x07 => {
                let bytes = counted_text(cursor)?;
                self.push(Piece::Literal(RawValue { value_type: ValueType::STRING, bytes }));
            }
            0x08 => {
                let unit = cursor.u16("a character reference is cut off")?;
                let character = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.push(Piece::Character(character));
            }
            0x09 => {
                let name = read_name(cursor, self.chunk)?;
                let character = entity(name).ok_or_else(|| cursor.malformed("an unknown entity is referred to"))?;
                self.push(Piece::Character(character));
            }
            0x0a => drop(read_name(cursor, self.chunk)?),
            0x0b => drop(counted_text(cursor)?),
            0x0d | 0x0e => {
                let index = cursor.u16("a substitution is cut off")?;
                let value_type = ValueType(cursor.u8("a substitution is cut off")?);
                let place = self.place();
                // The declared type is not binding, so any substitution outside a leaf may turn out to be a body.
                if self.attribute.is_none() && (value_type == ValueType::BINARY_XML || may_hold_elements(place)) {
                    self.definition.nested.push(Nested { place, source: NestedSource::Substitution(index) });
                }
                self.push(Piece::Substitution(index));
            }
            _ => return Err(cursor.malformed("an unknown token")),
        }
        Ok(())
    }

    fn push(&mut self, piece: Piece<'c>) {
        if let Some(attribute) = &mut self.attribute {
            attribute.content.push(piece);
        } else if let Some(element) = self.open.last_mut()
            && matches!(element.place, Place::SystemLeaf(_) | Place::Data)
        {
            element.content.push(piece);
        }
    }
}

fn may_hold_elements(place: Place) -> bool {
    matches!(place, Place::Root | Place::Event | Place::System | Place::EventData)
}

/// The field that an element's text is, if it is one.
fn target_of<'c>(element: &OpenElement<'c>) -> Option<Target<'c>> {
    if let Some(field) = element.place.text_field() {
        return Some(Target::Field(field));
    }
    match element.data_name.as_ref()? {
        Content::Literal(name) if name.value_type == ValueType::STRING => {
            let mut text = String::new();
            write_utf16(name.bytes, &mut text);
            FieldId::of_data(&text).map(Target::Field)
        }
        Content::Literal(_) => None,
        Content::Substitution(index) => Some(Target::NamedBy(Content::Substitution(*index))),
        Content::Pieces(_) => None,
    }
}

impl<'c> Content<'c> {
    fn of(mut pieces: Vec<Piece<'c>>) -> Self {
        if pieces.len() == 1 {
            match pieces.remove(0) {
                Piece::Literal(value) => return Content::Literal(value),
                Piece::Substitution(index) => return Content::Substitution(index),
                other => pieces.push(other),
            }
        }
        Content::Pieces(pieces)
    }
}

fn counted_text<'c>(cursor: &mut ByteCursor<'c>) -> Result<&'c [u8], Malformed> {
    let units = usize::from(cursor.u16("a text is cut off")?);
    cursor.take(units * 2, "a text is cut off")
}

/// The bytes of a value within the elements. Windows writes only text there; numbers have their own width.
fn literal_bytes<'c>(cursor: &mut ByteCursor<'c>, value_type: ValueType) -> Result<&'c [u8], Malformed> {
    let width = match value_type {
        ValueType::STRING => return counted_text(cursor),
        ValueType::NULL => 0,
        ValueType::INT8 | ValueType::UINT8 => 1,
        ValueType::INT16 | ValueType::UINT16 => 2,
        ValueType::INT32 | ValueType::UINT32 | ValueType::HEX_INT32 | ValueType::REAL32 | ValueType::BOOL => 4,
        ValueType::INT64 | ValueType::UINT64 | ValueType::HEX_INT64 | ValueType::REAL64 | ValueType::FILE_TIME => 8,
        ValueType::GUID | ValueType::SYSTEM_TIME => 16,
        _ => return Err(cursor.malformed("a value of unknown width")),
    };
    cursor.take(width, "a value is cut off")
}

/// Passes over a template instance behind its token and gives its end.
fn skip_instance(cursor: &mut ByteCursor<'_>, budget: &mut Budget) -> Result<usize, Malformed> {
    let header = InstanceHeader::read(cursor)?;
    budget.spend(header.count / 16, cursor.position())?;
    let descriptors = cursor.take(header.count * 4, "the list of values is cut off")?;
    let bytes: usize = descriptors.chunks_exact(4).map(|d| usize::from(u16::from_le_bytes([d[0], d[1]]))).sum();
    cursor.take(bytes, "a value is cut off")?;
    Ok(cursor.position())
}

/// What stands in front of an instance's values.
pub(super) struct InstanceHeader {
    /// Where the definition stands in the chunk.
    pub(super) definition: usize,
    /// How many values there are.
    pub(super) count: usize,
}

impl InstanceHeader {
    /// Reads it, and passes over the definition where it stands right there.
    pub(super) fn read(cursor: &mut ByteCursor<'_>) -> Result<Self, Malformed> {
        const CUT: &str = "a template instance is cut off";
        cursor.take(5, CUT)?;
        let definition = cursor.u32(CUT)? as usize;
        if definition == cursor.position() {
            cursor.take(20, CUT)?;
            let size = cursor.u32(CUT)? as usize;
            cursor.take(size, "a template definition is cut off")?;
        }
        let count = cursor.u32(CUT)? as usize;
        if count > cursor.remaining() / 4 {
            return Err(cursor.malformed("more values are announced than the record has room for"));
        }
        Ok(Self { definition, count })
    }
}
