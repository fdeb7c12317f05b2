//! One column of a batch, its cells written as JSON values.

use std::fmt::Write;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Float16Type, Float32Type, Float64Type};
use arrow::error::ArrowError;

use super::text_column::TextColumn;
use super::time_text::TimeStyle;
use super::visible_text::is_hidden;

/// A column whose cells can be written as JSON values.
///
/// Numbers are numbers, of any size; NaN and infinities, for which JSON has no word, are `null`. Lists are arrays,
/// structs and maps objects. Everything else is a string, times by ISO 8601.
pub(super) struct JsonColumn<'a> {
    array: &'a dyn Array,
    cells: Cells<'a>,
}

/// From where up to where the items of a row's list stand.
type ItemRange<'a> = Box<dyn Fn(usize) -> (usize, usize) + 'a>;

enum Cells<'a> {
    /// Digits, `true` and `false`, which are JSON as they stand.
    Bare(TextColumn<'a>),
    Float(TextColumn<'a>, Box<dyn Fn(usize) -> f64 + 'a>),
    Quoted(TextColumn<'a>),
    Dictionary {
        keys: Vec<usize>,
        values: Box<JsonColumn<'a>>,
    },
    List {
        range: Box<dyn Fn(usize) -> (usize, usize) + 'a>,
        items: Box<JsonColumn<'a>>,
    },
    Struct(Vec<(String, JsonColumn<'a>)>),
    Map {
        offsets: &'a [i32],
        keys: TextColumn<'a>,
        values: Box<JsonColumn<'a>>,
    },
}

impl<'a> JsonColumn<'a> {
    /// True for the nested types that have a form of their own in JSON.
    pub(super) fn supports(data_type: &DataType) -> bool {
        use DataType::{FixedSizeList, LargeList, LargeListView, List, ListView, Map, Struct};
        matches!(
            data_type,
            List(_) | LargeList(_) | FixedSizeList(_, _) | ListView(_) | LargeListView(_) | Struct(_) | Map(_, _)
        )
    }

    /// Makes ready to write the cells of `array`.
    ///
    /// # Errors
    /// A type that has no text.
    pub(super) fn new(array: &'a dyn Array) -> Result<Self, ArrowError> {
        let text = || TextColumn::new(array, TimeStyle::Iso);
        let cells = match array.data_type() {
            DataType::Float16 => {
                let values = array.as_primitive::<Float16Type>().values();
                Cells::Float(text()?, Box::new(|row| values[row].to_f64()))
            }
            DataType::Float32 => {
                let values = array.as_primitive::<Float32Type>().values();
                Cells::Float(text()?, Box::new(|row| f64::from(values[row])))
            }
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>().values();
                Cells::Float(text()?, Box::new(|row| values[row]))
            }
            DataType::Boolean => Cells::Bare(text()?),
            data_type if data_type.is_numeric() => Cells::Bare(text()?),
            DataType::Dictionary(_, _) => {
                let dictionary = array.as_any_dictionary();
                // The keys of a dictionary without values are all NULL, and may not be asked for.
                let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
                Cells::Dictionary { keys, values: Box::new(JsonColumn::new(dictionary.values())?) }
            }
            DataType::Struct(fields) => {
                let columns = array.as_struct().columns().iter();
                let named = columns.zip(fields).map(|(column, field)| Ok((quoted(field.name()), Self::new(column)?)));
                Cells::Struct(named.collect::<Result<_, ArrowError>>()?)
            }
            DataType::Map(_, _) => {
                let map = array.as_map();
                Cells::Map {
                    offsets: map.value_offsets(),
                    keys: TextColumn::new(map.keys(), TimeStyle::Iso)?,
                    values: Box::new(Self::new(map.values())?),
                }
            }
            data_type if Self::supports(data_type) => list_cells(array)?,
            _ => Cells::Quoted(text()?),
        };
        Ok(JsonColumn { array, cells })
    }

    /// Appends the cell; `null` for NULL.
    ///
    /// # Errors
    /// A value that cannot be written, such as a date outside the calendar.
    pub(super) fn push(&self, row: usize, out: &mut String) -> Result<(), ArrowError> {
        if self.array.is_null(row) || self.array.data_type() == &DataType::Null {
            out.push_str("null");
            return Ok(());
        }
        match &self.cells {
            Cells::Bare(text) => text.push(row, out),
            Cells::Float(text, value) if value(row).is_finite() => text.push(row, out),
            Cells::Float(_, _) => {
                out.push_str("null");
                Ok(())
            }
            Cells::Quoted(text) => push_quoted_cell(text, row, out),
            Cells::Dictionary { keys, values } => match keys.get(row) {
                Some(key) => values.push(*key, out),
                None => {
                    out.push_str("null");
                    Ok(())
                }
            },
            Cells::List { range, items } => {
                let (start, end) = range(row);
                push_between('[', ']', start..end, out, |item, out| items.push(item, out))
            }
            Cells::Struct(columns) => push_between('{', '}', 0..columns.len(), out, |column, out| {
                let (name, cells) = &columns[column];
                out.push_str(name);
                out.push(':');
                cells.push(row, out)
            }),
            Cells::Map { offsets, keys, values } => {
                let entries = offsets[row] as usize..offsets[row + 1] as usize;
                push_between('{', '}', entries, out, |entry, out| {
                    push_quoted_cell(keys, entry, out)?;
                    out.push(':');
                    values.push(entry, out)
                })
            }
        }
    }
}

fn list_cells<'a>(array: &'a dyn Array) -> Result<Cells<'a>, ArrowError> {
    let (items, range): (&'a dyn Array, ItemRange<'a>) = match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let offsets = list.value_offsets();
            (list.values(), Box::new(|row| (offsets[row] as usize, offsets[row + 1] as usize)))
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            let offsets = list.value_offsets();
            (list.values(), Box::new(|row| (offsets[row] as usize, offsets[row + 1] as usize)))
        }
        DataType::ListView(_) => {
            let list = array.as_list_view::<i32>();
            let start = |row| list.value_offset(row) as usize;
            (list.values(), Box::new(move |row| (start(row), start(row) + list.value_size(row) as usize)))
        }
        DataType::LargeListView(_) => {
            let list = array.as_list_view::<i64>();
            let start = |row| list.value_offset(row) as usize;
            (list.values(), Box::new(move |row| (start(row), start(row) + list.value_size(row) as usize)))
        }
        DataType::FixedSizeList(_, length) => {
            let list = array.as_fixed_size_list();
            let length = usize::try_from(*length).unwrap_or(0);
            let start = |row| list.value_offset(row) as usize;
            (list.values(), Box::new(move |row| (start(row), start(row) + length)))
        }
        other => return Err(ArrowError::NotYetImplemented(format!("lists of type {other}"))),
    };
    Ok(Cells::List { range, items: Box::new(JsonColumn::new(items)?) })
}

fn push_between(
    open: char,
    close: char,
    items: std::ops::Range<usize>,
    out: &mut String,
    mut push: impl FnMut(usize, &mut String) -> Result<(), ArrowError>,
) -> Result<(), ArrowError> {
    out.push(open);
    let first = items.start;
    for item in items {
        if item > first {
            out.push(',');
        }
        push(item, out)?;
    }
    out.push(close);
    Ok(())
}

fn push_quoted_cell(cells: &TextColumn<'_>, row: usize, out: &mut String) -> Result<(), ArrowError> {
    if let Some(text) = cells.text(row) {
        push_quoted(text, out);
        return Ok(());
    }
    let mut text = String::new();
    cells.push(row, &mut text)?;
    push_quoted(&text, out);
    Ok(())
}

/// The text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_quoted(text, &mut out);
    out
}

/// Appends the text as a JSON string.
///
/// Beside what JSON demands, every character that could steer a terminal or hide on it is escaped. To a program the
/// string is the same.
fn push_quoted(text: &str, out: &mut String) {
    out.push('"');
    let mut plain_from = 0;
    for (at, character) in text.char_indices() {
        if character != '"' && character != '\\' && !is_hidden(character) {
            continue;
        }
        out.push_str(&text[plain_from..at]);
        plain_from = at + character.len_utf8();
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}
