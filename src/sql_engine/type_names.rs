//! Arrow types in the words of SQL.

use arrow::datatypes::DataType;

/// A type as a hunter would write it: `text`, `bigint`, `timestamp`, `list of text`.
pub(super) fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Null => "null".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => "integer".to_owned(),
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => "bigint".to_owned(),
        DataType::Float16 | DataType::Float32 => "real".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Timestamp(_, Some(zone)) => format!("timestamp ({zone})"),
        DataType::Timestamp(_, None) => "timestamp".to_owned(),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Time32(_) | DataType::Time64(_) => "time".to_owned(),
        DataType::Duration(_) | DataType::Interval(_) => "interval".to_owned(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "bytes".to_owned()
        }
        DataType::Dictionary(_, values) => type_name(values),
        DataType::RunEndEncoded(_, values) => type_name(values.data_type()),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => format!("list of {}", type_name(item.data_type())),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => format!("decimal({precision}, {scale})"),
        DataType::Struct(_) => "structure".to_owned(),
        DataType::Map(_, _) => "map".to_owned(),
        DataType::Union(_, _) => "union".to_owned(),
    }
}

/// The internal names that messages of the planner hold, and the words for them. Longer names stand before those that
/// they contain.
const INTERNAL: [(&str, &str); 27] = [
    ("Dictionary(Int32, Utf8)", "text"),
    ("Timestamp(ns, \"UTC\")", "timestamp"),
    ("Timestamp(ns)", "timestamp"),
    ("Interval(MonthDayNano)", "interval"),
    ("LargeUtf8", "text"),
    ("Utf8View", "text"),
    ("Utf8", "text"),
    ("LargeBinary", "bytes"),
    ("BinaryView", "bytes"),
    ("Binary", "bytes"),
    ("Boolean", "boolean"),
    ("Int8", "integer"),
    ("Int16", "integer"),
    ("Int32", "integer"),
    ("Int64", "bigint"),
    ("UInt8", "integer"),
    ("UInt16", "integer"),
    ("UInt32", "bigint"),
    ("UInt64", "bigint"),
    ("Float16", "real"),
    ("Float32", "real"),
    ("Float64", "double"),
    ("Decimal128", "decimal"),
    ("Decimal256", "decimal"),
    ("Date32", "date"),
    ("Date64", "date"),
    ("Null", "null"),
];

/// A message with the internal names of types replaced.
pub(super) fn in_sql_words(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    let mut in_word = false;
    while let Some(letter) = rest.chars().next() {
        let known = INTERNAL
            .iter()
            .find(|(name, _)| !in_word && rest.starts_with(name) && !rest[name.len()..].starts_with(is_part_of_word));
        match known {
            Some((name, word)) => {
                out.push_str(word);
                rest = &rest[name.len()..];
                in_word = false;
            }
            None => {
                out.push(letter);
                rest = &rest[letter.len_utf8()..];
                in_word = is_part_of_word(letter);
            }
        }
    }
    out
}

fn is_part_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_schema::process_schema;

    #[test]
    fn the_columns_of_process_have_plain_types() {
        let schema = process_schema();
        let name = |column: &str| type_name(schema.field_with_name(column).unwrap().data_type());
        assert_eq!(name("time"), "timestamp (UTC)");
        assert_eq!(name("host"), "text");
        assert_eq!(name("command_line"), "text");
        assert_eq!(name("event_id"), "integer");
        assert_eq!(name("record_id"), "bigint");
        assert_eq!(type_name(&DataType::new_list(DataType::Utf8, true)), "list of text");
    }

    #[test]
    fn whole_names_are_replaced() {
        assert_eq!(
            in_sql_words("abs(Dictionary(Int32, Utf8)), Utf8View, Int64x, MyUtf8, Utf8"),
            "abs(text), text, Int64x, MyUtf8, text"
        );
    }
}
