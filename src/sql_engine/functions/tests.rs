//! What holds of every hunting function: its documentation is true, and every form of text gives the same.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, LargeStringArray, RecordBatch, StringArray, StringViewArray};
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::ScalarValue;
use datafusion::common::config::ConfigOptions;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF};
use datafusion::prelude::SessionContext;
use proptest::prelude::*;

use super::*;

fn session() -> SessionContext {
    let session = SessionContext::new();
    for function in scalar_functions() {
        session.register_udf(function);
    }
    session
}

/// The value of an expression as DataFusion prints it in a table.
fn value_of(session: &SessionContext, expression: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
    let batches = runtime
        .block_on(async { session.sql(&format!("select {expression}")).await?.collect().await })
        .unwrap_or_else(|error| panic!("{expression}: {error}"));
    let column = batches.first().expect("a select has a row").column(0);
    printed(column).remove(0)
}

fn printed(array: &dyn Array) -> Vec<String> {
    let options = FormatOptions::default().with_null("NULL");
    let formatter = ArrayFormatter::try_new(array, &options).expect("the type can be printed");
    (0..array.len()).map(|row| formatter.value(row).to_string()).collect()
}

#[test]
fn documented_examples_give_what_they_say() {
    let session = session();
    for function in hunting_functions() {
        assert!(!function.examples.is_empty(), "{} has no example", function.name);
        for example in function.examples {
            assert_eq!(value_of(&session, example.sql), example.result, "{}", example.sql);
        }
    }
}

#[test]
fn documentation_is_complete() {
    for function in hunting_functions() {
        let name = function.name;
        for text in [function.summary, function.result, function.source] {
            assert!(text.ends_with('.'), "{name}: a sentence ends with a point: {text}");
            assert!(!text.contains("  "), "{name}: doubled space in: {text}");
        }
        assert!(function.result.contains("NULL"), "{name} says nothing of NULL");
        assert!(!function.arguments.is_empty(), "{name} has no arguments");
        for example in function.examples {
            assert!(example.sql.contains(&format!("{name}(")), "{name}: {}", example.sql);
        }
    }
}

#[test]
fn names_are_unique_and_the_list_is_sorted() {
    let names: HashSet<&str> = hunting_functions().iter().map(|function| function.name).collect();
    assert_eq!(names.len(), hunting_functions().len());
    assert!(hunting_functions().is_sorted_by_key(|function| (function.group, function.name)));
}

#[test]
fn no_function_hides_one_of_datafusion() {
    let session = SessionContext::new();
    let state = session.state();
    for function in hunting_functions() {
        assert!(!state.scalar_functions().contains_key(function.name), "{}", function.name);
    }
}

#[test]
fn every_function_has_a_file_of_queries() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/functions");
    for function in hunting_functions() {
        let path = folder.join(format!("{}.slt", function.name));
        let queries = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(queries.contains(&format!("{}(", function.name)), "{} does not call it", path.display());
    }
}

#[test]
fn null_gives_null() {
    let session = session();
    for function in hunting_functions() {
        let count = function.arguments.len();
        for missing in 0..count {
            let arguments: Vec<&str> =
                (0..count).map(|number| if number == missing { "NULL" } else { "'cmd.exe'" }).collect();
            let call = format!("{}({})", function.name, arguments.join(", "));
            assert_eq!(value_of(&session, &call), "NULL", "{call}");
        }
    }
}

/// Calls a function as DataFusion does.
fn invoke(function: &ScalarUDF, arguments: Vec<ColumnarValue>, rows: usize) -> Vec<String> {
    let types: Vec<DataType> = arguments.iter().map(ColumnarValue::data_type).collect();
    let return_type = function.return_type(&types).expect("text is accepted");
    let result = function
        .invoke_with_args(ScalarFunctionArgs {
            args: arguments,
            arg_fields: types.into_iter().map(|data_type| Arc::new(Field::new("a", data_type, true))).collect(),
            number_rows: rows,
            return_field: Arc::new(Field::new("r", return_type, true)),
            config_options: Arc::new(ConfigOptions::default()),
        })
        .unwrap_or_else(|error| panic!("{}: {error}", function.name()));
    printed(&result.into_array(rows).expect("a scalar makes an array"))
}

/// The same rows in each Arrow form of text.
fn text_forms(rows: &[Option<String>]) -> Vec<ArrayRef> {
    let plain: ArrayRef = Arc::new(StringArray::from(rows.to_vec()));
    let dictionary = |key: DataType, value: DataType| {
        cast(&plain, &DataType::Dictionary(Box::new(key), Box::new(value))).expect("text makes a dictionary")
    };
    vec![
        plain.clone(),
        Arc::new(LargeStringArray::from(rows.to_vec())),
        Arc::new(rows.iter().map(Option::as_deref).collect::<StringViewArray>()),
        dictionary(DataType::Int32, DataType::Utf8),
        dictionary(DataType::UInt16, DataType::LargeUtf8),
    ]
}

/// Text of the things that the rules look at, strewn among characters of every kind.
fn hostile_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(vec![
            "\"",
            "^",
            "`",
            "'",
            "\\",
            "/",
            "-",
            "\u{2013}",
            "\u{2015}",
            " ",
            "\t",
            "\n",
            "\0",
            ":",
            "&",
            "|",
            "(",
            ")",
            "<",
            ">",
            "%",
            "{",
            "}",
            "C:\\Users\\",
            "\\\\?\\",
            "\u{202E}",
            "\u{FEFF}",
            "..",
            "powershell",
            "-enc",
            "net",
            "user",
            "/add",
            "1.2.3.4",
            "S-1-5-21-",
            "SQBFAFgA",
            "svchost.exe",
            ".tmp",
            "0x1F",
            "::$DATA",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        "[ -~]{1,4}",
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// A literal and a column of any form hold the same text, so each function must give the same for all of them.
    #[test]
    fn every_form_of_text_gives_the_same(
        first in prop::collection::vec(prop::option::weighted(0.8, hostile_text()), 1..6),
        second in hostile_text(),
    ) {
        let rows = first.len();
        for function in scalar_functions() {
            let arity = hunting_functions()
                .iter()
                .find(|hunting| hunting.name == function.name())
                .map_or(0, |hunting| hunting.arguments.len());
            let other = ColumnarValue::Scalar(ScalarValue::Utf8(Some(second.clone())));
            let arguments_with = |value: ColumnarValue| {
                let mut arguments = vec![value];
                arguments.resize(arity, other.clone());
                arguments
            };
            let literals: Vec<String> = first
                .iter()
                .map(|text| {
                    let literal = ColumnarValue::Scalar(ScalarValue::Utf8(text.clone()));
                    invoke(&function, arguments_with(literal), 1).remove(0)
                })
                .collect();
            for form in text_forms(&first) {
                let data_type = form.data_type().clone();
                let column = ColumnarValue::Array(form);
                let found = invoke(&function, arguments_with(column), rows);
                prop_assert_eq!(&found, &literals, "{} over {}", function.name(), data_type);
            }
            for (text, value) in first.iter().zip(&literals) {
                prop_assert!(text.is_some() || value == "NULL", "{} of NULL is {}", function.name(), value);
            }
        }
    }
}

/// A filter over a table goes through DataFusion's planning and not only through the adapter.
#[tokio::test]
async fn a_filter_over_a_column_finds_its_rows() {
    let session = session();
    let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("aabb"), None, Some("aaaa")]));
    let twice = concat(&[&texts, &texts]).expect("equal types are put together");
    let schema = Arc::new(Schema::new(vec![Field::new("text", DataType::Utf8, true)]));
    let batch = RecordBatch::try_new(schema, vec![twice]).expect("the column fits");
    session.register_batch("texts", batch).expect("the table is new");
    let found = session.sql("select text from texts where entropy(text) = 1").await.expect("the query is right");
    assert_eq!(found.count().await.expect("the query runs"), 2);
}

/// The command lines of the shared collection of real logs, each once; none where it is not at hand.
fn real_command_lines() -> Option<Vec<String>> {
    let rows = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/truth/process_rows.jsonl");
    let Ok(rows) = std::fs::read_to_string(&rows) else {
        println!("{} is not at hand: no real command lines are tested", rows.display());
        return None;
    };
    let mut lines: Vec<String> = rows
        .lines()
        .map(|row| serde_json::from_str::<serde_json::Value>(row).expect("each line is an object"))
        .filter_map(|row| row["command_line"].as_str().map(str::to_owned))
        .collect();
    lines.sort();
    lines.dedup();
    Some(lines)
}

/// The real command lines for which a function gives true or a text.
fn real_hits(lines: &[String], name: &str) -> Vec<(String, String)> {
    let functions = scalar_functions();
    let function = functions.iter().find(|function| function.name() == name).expect("the function is in the list");
    let column: ArrayRef = Arc::new(StringArray::from_iter_values(lines));
    let values = invoke(function, vec![ColumnarValue::Array(column)], lines.len());
    let hits = lines.iter().cloned().zip(values);
    hits.filter(|(_, value)| value != "false" && value != "NULL").collect()
}

#[test]
fn real_logs_hold_what_a_reader_found_in_them() {
    let Some(lines) = real_command_lines() else { return };
    // Read by eye: every line with a switch that starts with e, and every one that mentions net, a user or a group.
    let encoded: Vec<String> =
        lines.iter().filter(|line| line.contains("-Enc ") || line.contains("-exec bypass -e SQB")).cloned().collect();
    assert_eq!(encoded.len(), 3);
    let lines_of = |hits: Vec<(String, String)>| hits.into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    assert_eq!(lines_of(real_hits(&lines, "is_encoded_ps")), encoded);
    let scripts = real_hits(&lines, "decode_ps");
    assert_eq!(scripts.len(), 3);
    assert!(scripts.iter().all(|(_, script)| script.contains("Invoke-WmiMethod") || script.contains("$Wc=")));

    let accounts = real_hits(&lines, "created_account");
    assert_eq!(lines_of(real_hits(&lines, "is_account_creation")), lines_of(accounts.clone()));
    assert_eq!(accounts.len(), 2);
    assert!(accounts.iter().all(|(line, account)| account == "toto3" && line.contains("user toto3 ")));
    println!("{} real command lines were judged", lines.len());
}
