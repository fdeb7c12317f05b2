//! Typed values of binary XML and what they are as text, number and time.

use std::fmt::Write;

/// The type byte of a value, [MS-EVEN6] 2.2.12.5 and the table of value types in the format description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ValueType(pub u8);

#[allow(missing_docs, reason = "the names are those of the format")]
impl ValueType {
    pub const NULL: Self = Self(0x00);
    pub const STRING: Self = Self(0x01);
    pub const ANSI_STRING: Self = Self(0x02);
    pub const INT8: Self = Self(0x03);
    pub const UINT8: Self = Self(0x04);
    pub const INT16: Self = Self(0x05);
    pub const UINT16: Self = Self(0x06);
    pub const INT32: Self = Self(0x07);
    pub const UINT32: Self = Self(0x08);
    pub const INT64: Self = Self(0x09);
    pub const UINT64: Self = Self(0x0a);
    pub const REAL32: Self = Self(0x0b);
    pub const REAL64: Self = Self(0x0c);
    pub const BOOL: Self = Self(0x0d);
    pub const BINARY: Self = Self(0x0e);
    pub const GUID: Self = Self(0x0f);
    pub const SIZE_T: Self = Self(0x10);
    pub const FILE_TIME: Self = Self(0x11);
    pub const SYSTEM_TIME: Self = Self(0x12);
    pub const SID: Self = Self(0x13);
    pub const HEX_INT32: Self = Self(0x14);
    pub const HEX_INT64: Self = Self(0x15);
    pub const BINARY_XML: Self = Self(0x21);
    pub const STRING_ARRAY: Self = Self(0x81);
}

/// A value as it stands in the chunk: its type and its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawValue<'c> {
    /// The type.
    pub value_type: ValueType,
    /// The bytes, little-endian.
    pub bytes: &'c [u8],
}

/// The content of one field of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Field<'c> {
    /// The event has no such field.
    #[default]
    Absent,
    /// The field is one value.
    Value(RawValue<'c>),
    /// The field is put together of several pieces (text, character references, values).
    Text(String),
}

impl Field<'_> {
    /// Whether the event has the field at all.
    pub fn is_present(&self) -> bool {
        !matches!(self, Field::Absent)
    }

    /// Appends the field's text. Nothing is appended for an absent field or a NULL value.
    pub fn write_text(&self, out: &mut String) {
        match self {
            Field::Absent => {}
            Field::Value(value) => value.write_text(out),
            Field::Text(text) => out.push_str(text.trim_end_matches('\0')),
        }
    }

    /// The field as a number: integers of any width, or text in decimal or `0x` hexadecimal. 64-bit unsigned numbers
    /// keep their bits. `None` for an absent or empty field; `Some(Err(()))` where it is no number.
    pub fn number(&self) -> Option<Result<i64, ()>> {
        match self {
            Field::Absent => None,
            Field::Value(value) if value.is_text() => {
                let mut text = String::new();
                value.write_text(&mut text);
                number_from_text(&text)
            }
            Field::Value(value) => match value.value_type {
                ValueType::NULL => None,
                _ => Some(value.integer().ok_or(())),
            },
            Field::Text(text) => number_from_text(text),
        }
    }

    /// The field as a time in nanoseconds since 1970. `None` for an absent field or a NULL.
    pub fn time(&self) -> Option<Time> {
        match self {
            Field::Absent => None,
            Field::Value(value) if value.is_text() => {
                let mut text = String::new();
                value.write_text(&mut text);
                Some(time_from_text(&text))
            }
            Field::Value(value) => value.time(),
            Field::Text(text) => Some(time_from_text(text)),
        }
    }
}

/// A time as a timestamp column can hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Nanoseconds since 1970, UTC.
    At(i64),
    /// A time outside the years 1677 to 2262.
    OutOfRange,
    /// No time at all.
    NotATime,
}

/// FILETIME counts 100 ns since 1601; this many lie before 1970.
const TICKS_BEFORE_1970: i128 = 116_444_736_000_000_000;

fn time_of_file_time(ticks: u64) -> Time {
    let nanoseconds = (i128::from(ticks) - TICKS_BEFORE_1970) * 100;
    i64::try_from(nanoseconds).map_or(Time::OutOfRange, Time::At)
}

impl<'c> RawValue<'c> {
    /// Whether the value is UTF-16 or ANSI text.
    pub fn is_text(&self) -> bool {
        matches!(self.value_type, ValueType::STRING | ValueType::ANSI_STRING)
    }

    /// A fixed number of bytes from the start, or `None` where there are fewer.
    fn first<const N: usize>(&self) -> Option<[u8; N]> {
        self.bytes.get(..N).and_then(|bytes| bytes.try_into().ok())
    }

    /// The value as a number, if it is one. Unsigned 64-bit numbers keep their bits.
    pub fn integer(&self) -> Option<i64> {
        match self.value_type {
            ValueType::INT8 => self.first().map(|b| i64::from(i8::from_le_bytes(b))),
            ValueType::UINT8 => self.first().map(|b| i64::from(u8::from_le_bytes(b))),
            ValueType::INT16 => self.first().map(|b| i64::from(i16::from_le_bytes(b))),
            ValueType::UINT16 => self.first().map(|b| i64::from(u16::from_le_bytes(b))),
            ValueType::INT32 => self.first().map(|b| i64::from(i32::from_le_bytes(b))),
            ValueType::UINT32 | ValueType::HEX_INT32 => self.first().map(|b| i64::from(u32::from_le_bytes(b))),
            ValueType::INT64 | ValueType::UINT64 | ValueType::HEX_INT64 => self.first().map(i64::from_le_bytes),
            // A pointer is as wide as the machine that wrote it.
            ValueType::SIZE_T if self.bytes.len() >= 8 => self.first().map(i64::from_le_bytes),
            ValueType::SIZE_T => self.first().map(|b| i64::from(u32::from_le_bytes(b))),
            ValueType::BOOL => self.first().map(|b: [u8; 1]| i64::from(b[0] != 0)),
            _ => None,
        }
    }

    /// The value as a time, if it is one. `None` for NULL.
    pub fn time(&self) -> Option<Time> {
        match self.value_type {
            ValueType::NULL => None,
            ValueType::FILE_TIME => {
                Some(self.first().map_or(Time::NotATime, |b| time_of_file_time(u64::from_le_bytes(b))))
            }
            ValueType::SYSTEM_TIME => Some(self.first().map_or(Time::NotATime, time_of_system_time)),
            _ => Some(Time::NotATime),
        }
    }

    /// Appends the value as Windows writes it in XML.
    pub fn write_text(&self, out: &mut String) {
        match self.value_type {
            ValueType::NULL => {}
            ValueType::STRING => write_utf16(self.bytes, out),
            ValueType::ANSI_STRING => write_ansi(self.bytes, out),
            ValueType::STRING_ARRAY => write_string_array(self.bytes, out),
            ValueType::GUID => write_guid(self.bytes, out),
            ValueType::SID => write_sid(self.bytes, out),
            ValueType::BOOL => out.push_str(if self.integer() == Some(0) { "false" } else { "true" }),
            ValueType::HEX_INT32 | ValueType::HEX_INT64 | ValueType::SIZE_T => {
                if let Some(number) = self.integer() {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "{:#x}", number as u64);
                }
            }
            ValueType::UINT64 => {
                if let Some(number) = self.integer() {
                    let _ = write!(out, "{}", number as u64);
                }
            }
            ValueType::REAL32 => {
                if let Some(bytes) = self.first() {
                    let _ = write!(out, "{}", f32::from_le_bytes(bytes));
                }
            }
            ValueType::REAL64 => {
                if let Some(bytes) = self.first() {
                    let _ = write!(out, "{}", f64::from_le_bytes(bytes));
                }
            }
            _ => match self.integer() {
                Some(number) => {
                    let _ = write!(out, "{number}");
                }
                None => self.bytes.iter().for_each(|byte| {
                    let _ = write!(out, "{byte:02X}");
                }),
            },
        }
    }
}

/// Appends UTF-16 as UTF-8. NULs at the end pad the value and are cut; an unpaired surrogate becomes U+FFFD.
pub(crate) fn write_utf16(bytes: &[u8], out: &mut String) {
    let mut bytes = &bytes[..bytes.len() & !1];
    while let [head @ .., 0, 0] = bytes {
        bytes = head;
    }
    out.reserve(bytes.len() / 2);
    // Nearly all text is ASCII: four characters at a time while that holds.
    let mut rest = bytes;
    while let Some((eight, tail)) = rest.split_first_chunk::<8>() {
        if u64::from_le_bytes(*eight) & 0xff80_ff80_ff80_ff80 != 0 {
            break;
        }
        for pair in eight.chunks_exact(2) {
            out.push(char::from(pair[0]));
        }
        rest = tail;
    }
    let units = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    out.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// Appends text of one byte a character. The code page is not in the file; Windows-1252's common part is Latin-1.
fn write_ansi(bytes: &[u8], out: &mut String) {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    out.extend(bytes[..end].iter().map(|byte| char::from(*byte)));
}

/// The items of an array of strings stand one after another, each ended by a NUL.
fn write_string_array(bytes: &[u8], out: &mut String) {
    let mut start = 0;
    let mut first = true;
    let mut position = 0;
    while position + 1 < bytes.len() {
        let at_end = position + 3 >= bytes.len();
        if (bytes[position] == 0 && bytes[position + 1] == 0) || at_end {
            let end = if bytes[position] == 0 && bytes[position + 1] == 0 { position } else { position + 2 };
            if !first {
                out.push('\n');
            }
            first = false;
            write_utf16(&bytes[start..end], out);
            start = position + 2;
        }
        position += 2;
    }
}

fn write_guid(bytes: &[u8], out: &mut String) {
    let Some((b, _)) = bytes.split_first_chunk::<16>() else { return };
    let first = u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    let second = u16::from_le_bytes([b[4], b[5]]);
    let third = u16::from_le_bytes([b[6], b[7]]);
    let _ = write!(out, "{{{first:08x}-{second:04x}-{third:04x}-{:02x}{:02x}-", b[8], b[9]);
    for byte in &b[10..] {
        let _ = write!(out, "{byte:02x}");
    }
    out.push('}');
}

/// A security id: revision, count, 48-bit authority (big-endian), sub-authorities. [MS-DTYP] 2.4.2.
fn write_sid(bytes: &[u8], out: &mut String) {
    let Some((head, rest)) = bytes.split_first_chunk::<8>() else { return };
    let mut authority = [0u8; 8];
    authority[2..].copy_from_slice(&head[2..]);
    let authority = u64::from_be_bytes(authority);
    let _ = write!(out, "S-{}-", head[0]);
    // [MS-DTYP] 2.4.2.1: an authority of more than 32 bits is written in hexadecimal.
    let _ =
        if authority > u64::from(u32::MAX) { write!(out, "0x{authority:012x}") } else { write!(out, "{authority}") };
    for part in rest.chunks_exact(4).take(usize::from(head[1])) {
        let _ = write!(out, "-{}", u32::from_le_bytes([part[0], part[1], part[2], part[3]]));
    }
}

fn number_from_text(text: &str) -> Option<Result<i64, ()>> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_ascii_whitespace());
    if text.is_empty() || text == "-" {
        return None;
    }
    let parsed = if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        u64::from_str_radix(hex, 16).map(|number| number as i64).ok()
    } else {
        text.parse::<i64>().ok().or_else(|| text.parse::<u64>().map(|number| number as i64).ok())
    };
    Some(parsed.ok_or(()))
}

fn time_of_system_time(b: [u8; 16]) -> Time {
    let part = |index: usize| i64::from(u16::from_le_bytes([b[index], b[index + 1]]));
    // Year, month, day of the week, day, hour, minute, second, millisecond.
    nanoseconds([part(0), part(2), part(6), part(8), part(10), part(12)], part(14) * 1_000_000)
}

/// `2024-05-14T08:31:12.1234567Z`, with none to nine digits after the point; forwarded logs have seven or nine.
fn time_from_text(text: &str) -> Time {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_ascii_whitespace());
    let bytes = text.as_bytes();
    let shape = |index: usize, wanted: &[u8]| bytes.get(index).is_some_and(|byte| wanted.contains(byte));
    let frame = [(4, b"-".as_slice()), (7, b"-"), (10, b"T "), (13, b":"), (16, b":")];
    if bytes.len() < 19 || !frame.iter().all(|(index, wanted)| shape(*index, wanted)) {
        return Time::NotATime;
    }
    let digits = |from: usize, to: usize| -> Option<i64> {
        let slice = bytes.get(from..to)?;
        slice.iter().try_fold(0i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    let parts = [(0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19)].map(|(from, to)| digits(from, to));
    let mut fields = [0i64; 6];
    for (field, part) in fields.iter_mut().zip(parts) {
        let Some(part) = part else { return Time::NotATime };
        *field = part;
    }
    let mut fraction = 0i64;
    let mut end = 19;
    if shape(19, b".") {
        let count = bytes[20..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 || count > 9 {
            return Time::NotATime;
        }
        fraction = digits(20, 20 + count).unwrap_or(0) * 10i64.pow(9 - count as u32);
        end = 20 + count;
    }
    match &bytes[end..] {
        b"" | b"Z" | b"z" | b"+00:00" => nanoseconds(fields, fraction),
        _ => Time::NotATime,
    }
}

/// A date of the Gregorian calendar in nanoseconds since 1970.
fn nanoseconds([year, month, day, hour, minute, second]: [i64; 6], fraction: i64) -> Time {
    let valid = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    if !valid {
        return Time::NotATime;
    }
    let days = days_since_1970(year, month, day);
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    let nanoseconds = i128::from(seconds) * 1_000_000_000 + i128::from(fraction);
    i64::try_from(nanoseconds).map_or(Time::OutOfRange, Time::At)
}

/// Days from 1970-01-01, counted with years that begin in March, so that the leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(value_type: ValueType, bytes: &[u8]) -> String {
        let mut out = String::new();
        RawValue { value_type, bytes }.write_text(&mut out);
        out
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn text_keeps_all_but_the_padding() {
        assert_eq!(text_of(ValueType::STRING, &utf16("cmd.exe /c dir\0\0")), "cmd.exe /c dir");
        assert_eq!(text_of(ValueType::STRING, &utf16("a\0b")), "a\0b");
        assert_eq!(text_of(ValueType::STRING, &utf16("плюс😀+abc")), "плюс😀+abc");
        assert_eq!(text_of(ValueType::STRING, &[0x00, 0xd8, 0x41, 0x00]), "\u{fffd}A");
        assert_eq!(text_of(ValueType::STRING, &[0x41, 0x00, 0x42]), "A");
    }

    #[test]
    fn ids_read_as_windows_writes_them() {
        let sid = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xf4, 1, 0, 0];
        assert_eq!(text_of(ValueType::SID, &sid), "S-1-5-21-1-2-3-500");
        assert_eq!(text_of(ValueType::HEX_INT64, &0x3e7u64.to_le_bytes()), "0x3e7");
        let guid = [0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49, 0xa5, 0xba, 0x3e, 0x3b, 3, 0x28, 0xc3, 0x0d];
        assert_eq!(text_of(ValueType::GUID, &guid), "{54849625-5478-4994-a5ba-3e3b0328c30d}");
    }

    #[test]
    fn numbers_of_every_form() {
        let number = |text: &str| Field::Text(text.into()).number();
        assert_eq!(number("0x1A4"), Some(Ok(420)));
        assert_eq!(number("420"), Some(Ok(420)));
        assert_eq!(number("0xffffffffffffffff"), Some(Ok(-1)));
        assert_eq!(number("18446744073709551615"), Some(Ok(-1)));
        assert_eq!(number("-"), None);
        assert_eq!(number("four"), Some(Err(())));
        let pointer = RawValue { value_type: ValueType::SIZE_T, bytes: &[4, 0, 0, 0] };
        assert_eq!(Field::Value(pointer).number(), Some(Ok(4)));
    }

    #[test]
    fn times_of_every_form() {
        let time = |text: &str| Field::Text(text.into()).time();
        assert_eq!(time("1970-01-01T00:00:00.0000001Z"), Some(Time::At(100)));
        assert_eq!(time("2024-02-29T23:59:59.123456789Z"), Some(Time::At(1_709_251_199_123_456_789)));
        assert_eq!(time("2262-05-01T00:00:00Z"), Some(Time::OutOfRange));
        assert_eq!(time("yesterday"), Some(Time::NotATime));
        let file_time = |ticks: u64| RawValue { value_type: ValueType::FILE_TIME, bytes: &ticks.to_le_bytes() }.time();
        assert_eq!(file_time(116_444_736_000_000_001), Some(Time::At(100)));
        assert_eq!(file_time(0), Some(Time::OutOfRange));
    }
}
