//! Typed values of an event and their bytes.

use super::filetime;
use super::identity::{Guid, Sid};

/// The type byte of a BinXML value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ValueKind {
    /// Nothing, whatever its size.
    Null = 0x00,
    /// UTF-16 text.
    Text = 0x01,
    /// Text in the host's code page.
    Ansi = 0x02,
    /// A signed byte.
    Int8 = 0x03,
    /// A byte.
    UInt8 = 0x04,
    /// A signed 16-bit number.
    Int16 = 0x05,
    /// A 16-bit number.
    UInt16 = 0x06,
    /// A signed 32-bit number.
    Int32 = 0x07,
    /// A 32-bit number.
    UInt32 = 0x08,
    /// A signed 64-bit number.
    Int64 = 0x09,
    /// A 64-bit number.
    UInt64 = 0x0a,
    /// A 32-bit float.
    Real32 = 0x0b,
    /// A 64-bit float.
    Real64 = 0x0c,
    /// A truth value in four bytes.
    Bool = 0x0d,
    /// Raw bytes.
    Binary = 0x0e,
    /// A GUID.
    Guid = 0x0f,
    /// A number as wide as a pointer of the writing host.
    SizeT = 0x10,
    /// A FILETIME.
    Filetime = 0x11,
    /// A SYSTEMTIME.
    SystemTime = 0x12,
    /// A security identifier.
    Sid = 0x13,
    /// A 32-bit number that is shown in hex.
    Hex32 = 0x14,
    /// A 64-bit number that is shown in hex.
    Hex64 = 0x15,
    /// Nested BinXML.
    BinXml = 0x21,
    /// A list of UTF-16 texts, each ended by a NUL.
    TextArray = 0x81,
}

/// A value of an event's data field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// UTF-16 units as they are: unpaired surrogates, embedded and trailing NULs included.
    Text(Vec<u16>),
    /// Bytes of a code page.
    Ansi(Vec<u8>),
    /// A signed byte.
    Int8(i8),
    /// A byte.
    UInt8(u8),
    /// A signed 16-bit number.
    Int16(i16),
    /// A 16-bit number.
    UInt16(u16),
    /// A signed 32-bit number.
    Int32(i32),
    /// A 32-bit number.
    UInt32(u32),
    /// A signed 64-bit number.
    Int64(i64),
    /// A 64-bit number.
    UInt64(u64),
    /// A 32-bit float.
    Real32(f32),
    /// A 64-bit float.
    Real64(f64),
    /// A truth value.
    Bool(bool),
    /// Raw bytes.
    Binary(Vec<u8>),
    /// A GUID.
    Guid(Guid),
    /// A process id or handle as 32-bit Windows writes it: declared SizeT, written Hex32.
    Pointer32(u32),
    /// A process id or handle as 64-bit Windows writes it: declared SizeT, written Hex64.
    Pointer64(u64),
    /// Declared and written as a SizeT of four bytes. Windows itself writes [`Self::Pointer32`];
    /// libevtx shows 0 for this one.
    SizeT32(u32),
    /// Declared and written as a SizeT of eight bytes. Windows itself writes [`Self::Pointer64`];
    /// libevtx shows 0 for this one.
    SizeT64(u64),
    /// Ticks of 100 ns since 1601.
    Filetime(u64),
    /// Year, month, day of the week, day, hour, minute, second, millisecond.
    SystemTime([u16; 8]),
    /// A security identifier.
    Sid(Sid),
    /// A 32-bit number shown in hex.
    Hex32(u32),
    /// A 64-bit number shown in hex.
    Hex64(u64),
    /// No value. Windows leaves garbage of the declared type's size in some, so a size is possible.
    Null {
        /// The type that the template declares for the field.
        declared: ValueKind,
        /// Bytes of filler that stand in the record.
        size: u16,
    },
    /// A list of texts, without their ending NULs.
    TextArray(Vec<Vec<u16>>),
}

/// The filler of NULL values that have a size. A reader that takes it for a value will show it.
const NULL_FILLER: u8 = 0xcd;

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.encode_utf16().collect())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl Value {
    /// Text with a NUL at its end, as older providers write it.
    pub fn terminated(text: &str) -> Self {
        Self::Text(text.encode_utf16().chain([0]).collect())
    }

    /// A NULL of no bytes in a field that is declared as text.
    pub fn null() -> Self {
        Self::Null { declared: ValueKind::Text, size: 0 }
    }

    /// The type that a template declares for this value.
    pub fn declared_kind(&self) -> ValueKind {
        match self {
            Self::Pointer32(_) | Self::Pointer64(_) => ValueKind::SizeT,
            Self::Null { declared, .. } => *declared,
            other => other.written_kind(),
        }
    }

    /// The type that a record's value descriptor carries. It may differ from the declared one.
    pub fn written_kind(&self) -> ValueKind {
        match self {
            Self::Text(_) => ValueKind::Text,
            Self::Ansi(_) => ValueKind::Ansi,
            Self::Int8(_) => ValueKind::Int8,
            Self::UInt8(_) => ValueKind::UInt8,
            Self::Int16(_) => ValueKind::Int16,
            Self::UInt16(_) => ValueKind::UInt16,
            Self::Int32(_) => ValueKind::Int32,
            Self::UInt32(_) => ValueKind::UInt32,
            Self::Int64(_) => ValueKind::Int64,
            Self::UInt64(_) => ValueKind::UInt64,
            Self::Real32(_) => ValueKind::Real32,
            Self::Real64(_) => ValueKind::Real64,
            Self::Bool(_) => ValueKind::Bool,
            Self::Binary(_) => ValueKind::Binary,
            Self::Guid(_) => ValueKind::Guid,
            Self::SizeT32(_) | Self::SizeT64(_) => ValueKind::SizeT,
            Self::Filetime(_) => ValueKind::Filetime,
            Self::SystemTime(_) => ValueKind::SystemTime,
            Self::Sid(_) => ValueKind::Sid,
            Self::Hex32(_) | Self::Pointer32(_) => ValueKind::Hex32,
            Self::Hex64(_) | Self::Pointer64(_) => ValueKind::Hex64,
            Self::Null { .. } => ValueKind::Null,
            Self::TextArray(_) => ValueKind::TextArray,
        }
    }

    /// Appends the value's bytes as they stand in a record.
    pub(super) fn append_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Text(units) => append_units(units, bytes),
            Self::Ansi(raw) | Self::Binary(raw) => bytes.extend_from_slice(raw),
            Self::Int8(number) => bytes.extend_from_slice(&number.to_le_bytes()),
            Self::UInt8(number) => bytes.push(*number),
            Self::Int16(number) => bytes.extend_from_slice(&number.to_le_bytes()),
            Self::UInt16(number) => bytes.extend_from_slice(&number.to_le_bytes()),
            Self::Int32(number) => bytes.extend_from_slice(&number.to_le_bytes()),
            Self::UInt32(number) | Self::Hex32(number) | Self::Pointer32(number) | Self::SizeT32(number) => {
                bytes.extend_from_slice(&number.to_le_bytes())
            }
            Self::Int64(number) => bytes.extend_from_slice(&number.to_le_bytes()),
            Self::UInt64(number)
            | Self::Hex64(number)
            | Self::Pointer64(number)
            | Self::SizeT64(number)
            | Self::Filetime(number) => bytes.extend_from_slice(&number.to_le_bytes()),
            Self::Real32(number) => bytes.extend_from_slice(&number.to_le_bytes()),
            Self::Real64(number) => bytes.extend_from_slice(&number.to_le_bytes()),
            Self::Bool(truth) => bytes.extend_from_slice(&u32::from(*truth).to_le_bytes()),
            Self::Guid(guid) => bytes.extend_from_slice(&guid.0),
            Self::SystemTime(units) => append_units(units, bytes),
            Self::Sid(sid) => sid.append_to(bytes),
            Self::Null { size, .. } => {
                bytes.resize(bytes.len() + usize::from(*size), NULL_FILLER);
            }
            Self::TextArray(texts) => {
                for text in texts {
                    append_units(text, bytes);
                    bytes.extend_from_slice(&[0, 0]);
                }
            }
        }
    }

    /// The value as text, the way events without a template carry it. NULL gives no units.
    pub(super) fn text_units(&self) -> Vec<u16> {
        let text = match self {
            Self::Text(units) => return units.clone(),
            Self::TextArray(texts) => return texts.join(&[u16::from(b','), u16::from(b' ')][..]),
            Self::Ansi(raw) => raw.iter().map(|byte| char::from(*byte)).collect(),
            Self::Int8(number) => number.to_string(),
            Self::UInt8(number) => number.to_string(),
            Self::Int16(number) => number.to_string(),
            Self::UInt16(number) => number.to_string(),
            Self::Int32(number) => number.to_string(),
            Self::UInt32(number) | Self::SizeT32(number) => number.to_string(),
            Self::Int64(number) => number.to_string(),
            Self::UInt64(number) | Self::SizeT64(number) => number.to_string(),
            Self::Real32(number) => number.to_string(),
            Self::Real64(number) => number.to_string(),
            Self::Bool(truth) => truth.to_string(),
            Self::Binary(raw) => raw.iter().map(|byte| format!("{byte:02X}")).collect(),
            Self::Guid(guid) => guid.to_string(),
            Self::Hex32(number) | Self::Pointer32(number) => format!("0x{number:x}"),
            Self::Hex64(number) | Self::Pointer64(number) => format!("0x{number:x}"),
            Self::Filetime(time) => filetime::iso_text(*time, 7),
            Self::SystemTime([year, month, _, day, hour, minute, second, milli]) => {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
            }
            Self::Sid(sid) => sid.to_string(),
            Self::Null { .. } => String::new(),
        };
        text.encode_utf16().collect()
    }
}

pub(super) fn append_units(units: &[u16], bytes: &mut Vec<u8>) {
    bytes.reserve(units.len() * 2);
    for unit in units {
        bytes.extend_from_slice(&unit.to_le_bytes());
    }
}

/// Values in the order of their indexes, already encoded: what a template instance carries.
///
/// Filling one list again and again is the fast way to write many events of one template.
#[derive(Clone, Debug, Default)]
pub struct ValueList {
    /// Four bytes a value: size, type, 0.
    pub(super) descriptors: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    /// True once a value did not fit the 65,535 bytes that a descriptor can say.
    pub(super) overflowed: bool,
}

impl ValueList {
    /// Empties the list and keeps its memory.
    pub fn clear(&mut self) {
        self.descriptors.clear();
        self.bytes.clear();
        self.overflowed = false;
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.descriptors.len() / 4
    }

    /// True if there is no value.
    pub fn is_empty(&self) -> bool {
        self.descriptors.is_empty()
    }

    /// Appends a value.
    pub fn push(&mut self, value: &Value) {
        let start = self.bytes.len();
        value.append_to(&mut self.bytes);
        self.describe(start, value.written_kind());
    }

    /// Appends bytes that are a value of `kind` already.
    pub fn push_raw(&mut self, kind: ValueKind, raw: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(raw);
        self.describe(start, kind);
    }

    /// Appends text.
    pub fn push_text(&mut self, text: &str) {
        let start = self.bytes.len();
        if text.is_ascii() {
            self.bytes.resize(start + text.len() * 2, 0);
            for (pair, byte) in self.bytes[start..].chunks_exact_mut(2).zip(text.as_bytes()) {
                pair[0] = *byte;
            }
        } else {
            for unit in text.encode_utf16() {
                self.bytes.extend_from_slice(&unit.to_le_bytes());
            }
        }
        self.describe(start, ValueKind::Text);
    }

    fn describe(&mut self, start: usize, kind: ValueKind) {
        let size = u16::try_from(self.bytes.len() - start).unwrap_or_else(|_| {
            self.overflowed = true;
            0
        });
        let [low, high] = size.to_le_bytes();
        self.descriptors.extend_from_slice(&[low, high, kind as u8, 0]);
    }
}
