//! Element and attribute names: where they stand and which of them matter.

use crate::event_log::byte_cursor::{ByteCursor, Malformed};
use crate::event_log::known_fields::{FieldId, SystemField};

/// Where in the event's tree an element stands, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Outside of any element.
    Root,
    /// `Event`.
    Event,
    /// `Event/System`.
    System,
    /// `Event/EventData`.
    EventData,
    /// An element of `System` whose text or attribute is a field.
    SystemLeaf(SystemField),
    /// `Event/EventData/Data`.
    Data,
    /// Anything else.
    Elsewhere,
}

impl Place {
    /// Where a child element of that name stands.
    pub(crate) fn child(self, name: Name<'_>) -> Place {
        match self {
            Place::Root if name.is("Event") => Place::Event,
            Place::Event if name.is("System") => Place::System,
            Place::Event if name.is("EventData") => Place::EventData,
            Place::System => system_leaf(name).map_or(Place::Elsewhere, Place::SystemLeaf),
            Place::EventData if name.is("Data") => Place::Data,
            _ => Place::Elsewhere,
        }
    }

    /// The field that the element's own text is.
    pub(crate) fn text_field(self) -> Option<FieldId> {
        match self {
            Place::SystemLeaf(SystemField::Provider | SystemField::TimeCreated) => None,
            Place::SystemLeaf(field) => Some(field.id()),
            _ => None,
        }
    }

    /// The field that an attribute of the element is.
    pub(crate) fn attribute_field(self, name: Name<'_>) -> Option<FieldId> {
        match self {
            Place::SystemLeaf(field @ SystemField::Provider) if name.is("Name") => Some(field.id()),
            Place::SystemLeaf(SystemField::Provider) if name.is("Guid") => Some(SystemField::ProviderGuid.id()),
            Place::SystemLeaf(field @ SystemField::TimeCreated) if name.is("SystemTime") => Some(field.id()),
            _ => None,
        }
    }
}

fn system_leaf(name: Name<'_>) -> Option<SystemField> {
    const LEAVES: &[(&str, SystemField)] = &[
        ("Provider", SystemField::Provider),
        ("EventID", SystemField::EventId),
        ("Version", SystemField::Version),
        ("TimeCreated", SystemField::TimeCreated),
        ("EventRecordID", SystemField::EventRecordId),
        ("Channel", SystemField::Channel),
        ("Computer", SystemField::Computer),
    ];
    LEAVES.iter().find(|(leaf, _)| name.is(leaf)).map(|(_, field)| *field)
}

/// A name as it stands in the chunk, in UTF-16.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'c>(pub(crate) &'c [u8]);

impl Name<'_> {
    /// Whether it is that ASCII name.
    pub(crate) fn is(self, ascii: &str) -> bool {
        self.0.len() == ascii.len() * 2
            && self.0.chunks_exact(2).zip(ascii.bytes()).all(|(unit, byte)| unit[0] == byte && unit[1] == 0)
    }
}

/// Reads a reference to a name: its offset, and the name itself where it follows right there.
pub(crate) fn read_name<'c>(cursor: &mut ByteCursor<'c>, chunk: &'c [u8]) -> Result<Name<'c>, Malformed> {
    let offset = cursor.u32("a name's offset is cut off")? as usize;
    if offset == cursor.position() {
        return read_name_entry(cursor);
    }
    read_name_entry(&mut ByteCursor::new(chunk, offset, chunk.len())?)
}

/// Next entry in the bucket, hash, length in UTF-16 units, the text and a NUL.
fn read_name_entry<'c>(cursor: &mut ByteCursor<'c>) -> Result<Name<'c>, Malformed> {
    cursor.take(6, "a name is cut off")?;
    let units = usize::from(cursor.u16("a name is cut off")?);
    let text = cursor.take(units * 2, "a name is cut off")?;
    cursor.take(2, "a name is cut off")?;
    Ok(Name(text))
}

/// The character that an entity reference stands for: the five that XML defines.
pub(crate) fn entity(name: Name<'_>) -> Option<char> {
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')]
        .into_iter()
        .find(|(entity, _)| name.is(entity))
        .map(|(_, character)| character)
}
