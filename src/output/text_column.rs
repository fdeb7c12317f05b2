//! One column of a batch, its cells written as text.

use arrow::array::{
    Array, AsArray, BinaryArray, FixedSizeBinaryArray, LargeBinaryArray, LargeStringArray, StringArray, StringViewArray,
};
use arrow::datatypes::{
    DataType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, DurationFormat, FormatOptions};

use super::json_value::JsonColumn;
use super::time_text::{TimeStyle, Zone, push_time};

/// A column whose cells can be written as text.
///
/// Lists and structs are written as JSON, bytes in hexadecimal digits, times in the given style.
pub(super) struct TextColumn<'a> {
    cells: Cells<'a>,
}

enum Cells<'a> {
    Utf8(&'a StringArray),
    LargeUtf8(&'a LargeStringArray),
    Utf8View(&'a StringViewArray),
    Binary(&'a BinaryArray),
    LargeBinary(&'a LargeBinaryArray),
    FixedBinary(&'a FixedSizeBinaryArray),
    Dictionary { array: &'a dyn Array, keys: Vec<usize>, values: Box<TextColumn<'a>> },
    Time { array: &'a dyn Array, values: &'a [i64], unit: TimeUnit, zone: Zone, style: TimeStyle },
    Nested { array: &'a dyn Array, json: Box<JsonColumn<'a>> },
    Other { array: &'a dyn Array, formatter: ArrayFormatter<'a> },
    Null,
}

impl<'a> TextColumn<'a> {
    /// Makes ready to write the cells of `array`.
    ///
    /// # Errors
    /// A type that has no text.
    pub(super) fn new(array: &'a dyn Array, style: TimeStyle) -> Result<Self, ArrowError> {
        let cells = match array.data_type() {
            DataType::Null => Cells::Null,
            DataType::Utf8 => Cells::Utf8(array.as_string()),
            DataType::LargeUtf8 => Cells::LargeUtf8(array.as_string()),
            DataType::Utf8View => Cells::Utf8View(array.as_string_view()),
            DataType::Binary => Cells::Binary(array.as_binary()),
            DataType::LargeBinary => Cells::LargeBinary(array.as_binary()),
            DataType::FixedSizeBinary(_) => Cells::FixedBinary(array.as_fixed_size_binary()),
            DataType::Dictionary(_, _) => {
                let dictionary = array.as_any_dictionary();
                // The keys of a dictionary without values are all NULL, and may not be asked for.
                let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
                Cells::Dictionary { array, keys, values: Box::new(TextColumn::new(dictionary.values(), style)?) }
            }
            DataType::Timestamp(unit, zone) => Cells::Time {
                array,
                values: timestamp_values(array, *unit),
                unit: *unit,
                zone: Zone::of(zone.as_deref()),
                style,
            },
            data_type if data_type.is_nested() && JsonColumn::supports(data_type) => {
                Cells::Nested { array, json: Box::new(JsonColumn::new(array)?) }
            }
            _ => {
                let duration = match style {
                    TimeStyle::Human => DurationFormat::Pretty,
                    TimeStyle::Iso => DurationFormat::ISO8601,
                };
                let options = FormatOptions::new().with_display_error(false).with_duration_format(duration);
                Cells::Other { array, formatter: ArrayFormatter::try_new(array, &options)? }
            }
        };
        Ok(TextColumn { cells })
    }

    /// True if the cell is NULL.
    pub(super) fn is_null(&self, row: usize) -> bool {
        match &self.cells {
            Cells::Null => true,
            Cells::Utf8(array) => array.is_null(row),
            Cells::LargeUtf8(array) => array.is_null(row),
            Cells::Utf8View(array) => array.is_null(row),
            Cells::Binary(array) => array.is_null(row),
            Cells::LargeBinary(array) => array.is_null(row),
            Cells::FixedBinary(array) => array.is_null(row),
            Cells::Dictionary { array, keys, values } => {
                array.is_null(row) || keys.get(row).is_none_or(|key| values.is_null(*key))
            }
            Cells::Time { array, .. } | Cells::Nested { array, .. } | Cells::Other { array, .. } => array.is_null(row),
        }
    }

    /// The cell where it is text, None where it is NULL or of another type.
    pub(super) fn text(&self, row: usize) -> Option<&'a str> {
        match &self.cells {
            _ if self.is_null(row) => None,
            Cells::Utf8(array) => Some(array.value(row)),
            Cells::LargeUtf8(array) => Some(array.value(row)),
            Cells::Utf8View(array) => Some(array.value(row)),
            Cells::Dictionary { keys, values, .. } => values.text(keys[row]),
            _ => None,
        }
    }

    /// Appends the cell's text; nothing for NULL.
    ///
    /// # Errors
    /// A value that cannot be written, such as a date outside the calendar.
    pub(super) fn push(&self, row: usize, out: &mut String) -> Result<(), ArrowError> {
        if self.is_null(row) {
            return Ok(());
        }
        match &self.cells {
            Cells::Null => {}
            Cells::Utf8(array) => out.push_str(array.value(row)),
            Cells::LargeUtf8(array) => out.push_str(array.value(row)),
            Cells::Utf8View(array) => out.push_str(array.value(row)),
            Cells::Binary(array) => push_hexadecimal(array.value(row), out),
            Cells::LargeBinary(array) => push_hexadecimal(array.value(row), out),
            Cells::FixedBinary(array) => push_hexadecimal(array.value(row), out),
            Cells::Dictionary { keys, values, .. } => values.push(keys[row], out)?,
            Cells::Time { values, unit, zone, style, .. } => push_time(values[row], *unit, *zone, *style, out),
            Cells::Nested { json, .. } => json.push(row, out)?,
            Cells::Other { formatter, .. } => formatter.value(row).write(out)?,
        }
        Ok(())
    }
}

fn timestamp_values(array: &dyn Array, unit: TimeUnit) -> &[i64] {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().values(),
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().values(),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().values(),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().values(),
    }
}

fn push_hexadecimal(bytes: &[u8], out: &mut String) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

/// True for types of which every digit counts, so that `table` cuts them last: numbers, times, yes or no.
pub(super) fn is_rigid(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_rigid(values),
        DataType::Boolean | DataType::Timestamp(_, _) => true,
        DataType::Date32 | DataType::Date64 | DataType::Time32(_) | DataType::Time64(_) => true,
        other => other.is_numeric(),
    }
}

/// True for types that are written to the right of their column.
pub(super) fn is_number(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_number(values),
        other => other.is_numeric(),
    }
}
