//! Fills the fields of one record after another of a chunk.

use std::time::Instant;

use super::definition::{Content, Definition, InstanceHeader, Leaf, NestedSource, Piece, Target, compile};
use super::fields::FieldSet;
use super::names::Place;
use crate::event_log::byte_cursor::{ByteCursor, Malformed, u32_at};
use crate::event_log::known_fields::FieldId;
use crate::event_log::value::{Field, RawValue, ValueType};

/// How much work one chunk may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WorkLimit {
    /// Tokens and values that may be looked at. A chunk written by Windows needs some tens of thousands.
    pub(crate) steps: usize,
    /// When to give up.
    pub(crate) deadline: Instant,
}

/// What is left of a chunk's limit.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: WorkLimit,
    spent: usize,
    next_look_at_clock: usize,
    exhausted: bool,
}

const STEPS_BETWEEN_LOOKS_AT_THE_CLOCK: usize = 4096;

impl Budget {
    pub(super) fn spend(&mut self, steps: usize, offset: usize) -> Result<(), Malformed> {
        self.spent += steps;
        if self.spent >= self.next_look_at_clock {
            self.next_look_at_clock = self.spent + STEPS_BETWEEN_LOOKS_AT_THE_CLOCK;
            self.exhausted |= Instant::now() > self.limit.deadline;
        }
        self.exhausted |= self.spent > self.limit.steps;
        if self.exhausted {
            return Err(Malformed { offset, what: "the limit of work for a chunk was reached" });
        }
        Ok(())
    }
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// All its fields are filled.
    Whole,
    /// It is not wanted; only its envelope was read.
    NotWanted,
}

/// Decodes the records of one chunk. Keeps what it learned of the chunk's templates.
pub(crate) struct RecordDecoder<'c> {
    chunk: &'c [u8],
    definitions: Vec<Known<'c>>,
    values: Vec<Slot<'c>>,
    pending: Vec<Pending>,
    budget: Budget,
}

/// A definition that was met. Where its elements stand decides what they mean.
struct Known<'c> {
    offset: usize,
    place: Place,
    definition: Definition<'c>,
}

/// A value of a template instance and where it stands in the chunk.
struct Slot<'c> {
    start: usize,
    value: RawValue<'c>,
}

/// A fragment of binary XML that is still to be read.
#[derive(Debug, Clone, Copy)]
struct Pending {
    start: usize,
    end: usize,
    place: Place,
    depth: u8,
}

/// How deep binary XML may stand in binary XML. Windows writes one level.
const DEEPEST_FRAGMENT: u8 = 8;

impl<'c> RecordDecoder<'c> {
    pub(crate) fn new(chunk: &'c [u8], limit: WorkLimit) -> Self {
        let budget = Budget { limit, spent: 0, next_look_at_clock: 0, exhausted: false };
        Self { chunk, definitions: Vec::new(), values: Vec::new(), pending: Vec::new(), budget }
    }

    /// Whether the limit of work was reached, so that nothing more can be decoded.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.budget.exhausted
    }

    /// Fills `fields` from the binary XML at `start..end`. `wants` is asked once the envelope is read.
    pub(crate) fn decode(
        &mut self,
        start: usize,
        end: usize,
        fields: &mut FieldSet<'c>,
        wants: fn(&FieldSet<'_>) -> bool,
    ) -> Result<Decoded, Malformed> {
        fields.clear();
        self.pending.clear();
        self.fragment(Pending { start, end, place: Place::Root, depth: 0 }, fields)?;
        if !wants(fields) {
            return Ok(Decoded::NotWanted);
        }
        while let Some(pending) = self.pending.pop() {
            self.fragment(pending, fields)?;
        }
        Ok(Decoded::Whole)
    }

    fn fragment(&mut self, fragment: Pending, fields: &mut FieldSet<'c>) -> Result<(), Malformed> {
        let mut cursor = ByteCursor::new(self.chunk, fragment.start, fragment.end)?;
        self.budget.spend(1, cursor.position())?;
        // The fragment header is there or not: both stand in real logs.
        let mut peek = cursor;
        if peek.u8("a record is empty")? & !0x40 == 0x0f {
            peek.take(3, "a fragment header is cut off")?;
            cursor = peek;
        }
        let mut peek = cursor;
        if peek.u8("a record is empty")? == 0x0c {
            return self.instance(peek, fragment, fields);
        }
        let definition = compile(cursor, self.chunk, fragment.place, false, &mut self.budget)?;
        fill(&definition, &[], fields);
        note_nested(&definition, &[], fragment, &mut self.pending)
    }

    fn instance(
        &mut self,
        mut cursor: ByteCursor<'c>,
        fragment: Pending,
        fields: &mut FieldSet<'c>,
    ) -> Result<(), Malformed> {
        let header = InstanceHeader::read(&mut cursor)?;
        self.read_values(&mut cursor, header.count)?;
        let number = self.definition_at(header.definition, fragment.place)?;
        let Some(Known { definition, .. }) = self.definitions.get(number) else {
            return Err(cursor.malformed("a template is missing"));
        };
        fill(definition, &self.values, fields);
        note_nested(definition, &self.values, fragment, &mut self.pending)
    }

    fn read_values(&mut self, cursor: &mut ByteCursor<'c>, count: usize) -> Result<(), Malformed> {
        self.budget.spend(1 + count / 16, cursor.position())?;
        let descriptors = cursor.take(count * 4, "the list of values is cut off")?;
        self.values.clear();
        for descriptor in descriptors.chunks_exact(4) {
            let size = usize::from(u16::from_le_bytes([descriptor[0], descriptor[1]]));
            // A NULL may have a size: its bytes mean nothing, and are passed over.
            let start = cursor.position();
            let bytes = cursor.take(size, "a value is cut off")?;
            self.values.push(Slot { start, value: RawValue { value_type: ValueType(descriptor[2]), bytes } });
        }
        Ok(())
    }

    /// The number of the definition at that offset of the chunk, compiled when it is met first.
    fn definition_at(&mut self, offset: usize, place: Place) -> Result<usize, Malformed> {
        // One template a chunk is the rule, ten are many; the last one met comes first to mind.
        if let Some(number) = self.definitions.iter().rposition(|known| known.offset == offset && known.place == place)
        {
            return Ok(number);
        }
        let size = u32_at(self.chunk, offset.saturating_add(20))
            .ok_or(Malformed { offset, what: "a template stands outside the chunk" })? as usize;
        let start = offset + 24;
        let end = start.saturating_add(size).min(self.chunk.len());
        let cursor = ByteCursor::new(self.chunk, start, end)?;
        let definition = compile(cursor, self.chunk, place, true, &mut self.budget)?;
        self.definitions.push(Known { offset, place, definition });
        Ok(self.definitions.len() - 1)
    }
}

fn fill<'c>(definition: &Definition<'c>, values: &[Slot<'c>], fields: &mut FieldSet<'c>) {
    for leaf in &definition.leaves {
        if leaf.dependencies.iter().any(|index| is_null(values, *index)) {
            continue;
        }
        if let Some(field) = field_of(leaf, values) {
            fields.set_first(field, content(&leaf.content, values));
        }
    }
}

fn field_of(leaf: &Leaf<'_>, values: &[Slot<'_>]) -> Option<FieldId> {
    match &leaf.target {
        Target::Field(field) => Some(*field),
        Target::NamedBy(name) => {
            let mut text = String::new();
            content(name, values).write_text(&mut text);
            FieldId::of_data(&text)
        }
    }
}

fn is_null(values: &[Slot<'_>], index: u16) -> bool {
    values.get(usize::from(index)).is_none_or(|slot| slot.value.value_type == ValueType::NULL)
}

const NULL: RawValue<'static> = RawValue { value_type: ValueType::NULL, bytes: &[] };

fn content<'c>(content: &Content<'c>, values: &[Slot<'c>]) -> Field<'c> {
    let value = |index: u16| values.get(usize::from(index)).map_or(NULL, |slot| slot.value);
    match content {
        Content::Literal(literal) => Field::Value(*literal),
        Content::Substitution(index) => Field::Value(value(*index)),
        Content::Pieces(pieces) => {
            let mut text = String::new();
            for piece in pieces {
                match piece {
                    Piece::Literal(literal) => literal.write_text(&mut text),
                    Piece::Substitution(index) => value(*index).write_text(&mut text),
                    Piece::Character(character) => text.push(*character),
                }
            }
            Field::Text(text)
        }
    }
}

/// Remembers the bodies that a fragment holds, to be read after it.
fn note_nested(
    definition: &Definition<'_>,
    values: &[Slot<'_>],
    fragment: Pending,
    pending: &mut Vec<Pending>,
) -> Result<(), Malformed> {
    for nested in &definition.nested {
        let (start, end) = match nested.source {
            NestedSource::Inline { start, end } => (start, end),
            NestedSource::Substitution(index) => {
                let Some(slot) = values.get(usize::from(index)) else { continue };
                if slot.value.value_type != ValueType::BINARY_XML || slot.value.bytes.is_empty() {
                    continue;
                }
                (slot.start, slot.start + slot.value.bytes.len())
            }
        };
        if fragment.depth >= DEEPEST_FRAGMENT {
            return Err(Malformed { offset: start, what: "binary XML is nested too deeply" });
        }
        pending.push(Pending { start, end, place: nested.place, depth: fragment.depth + 1 });
    }
    Ok(())
}
