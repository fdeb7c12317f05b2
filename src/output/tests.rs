//! Tests of the formats on batches that hold every kind of value.

use std::io;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Decimal128Array, DictionaryArray, DurationNanosecondArray, Float64Array,
    Int64Array, IntervalMonthDayNanoArray, ListArray, NullArray, StringArray, StructArray, TimestampNanosecondArray,
    UInt64Array,
};
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, IntervalMonthDayNanoType, Schema};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).expect("a batch")
}

fn text(values: Vec<Option<&str>>) -> ArrayRef {
    Arc::new(StringArray::from(values))
}

fn stream_of(schema: &SchemaRef, batches: Vec<RecordBatch>) -> SendableRecordBatchStream {
    let batches = futures::stream::iter(batches.into_iter().map(Ok));
    Box::pin(RecordBatchStreamAdapter::new(schema.clone(), batches))
}

#[track_caller]
fn written(batches: Vec<RecordBatch>, format: Format, options: Options) -> String {
    let schema = batches[0].schema();
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let has_columns = !schema.fields().is_empty();
    let mut out = Vec::new();
    let writing = write_answer(&schema, stream_of(&schema, batches), format, options, &mut out);
    let summary = futures::executor::block_on(writing).expect("written");
    assert_eq!(summary, Summary { rows: rows as u64, has_columns, reader_left: false });
    String::from_utf8(out).expect("UTF-8")
}

/// Times, a dictionary, numbers, and texts that are NULL, empty, and hostile.
fn events() -> RecordBatch {
    let time =
        TimestampNanosecondArray::from(vec![Some(1_715_675_472_123_456_700), None, Some(0)]).with_timezone("UTC");
    let host: DictionaryArray<Int32Type> = vec![Some("WS01"), None, Some("WS01")].into_iter().collect();
    batch(vec![
        ("time", Arc::new(time)),
        ("host", Arc::new(host)),
        ("pid", Arc::new(Int64Array::from(vec![Some(4), Some(-9_007_199_254_740_993), None]))),
        ("command_line", text(vec![Some("cmd, \"x\"\n\u{1b}[2J"), None, Some("")])),
    ])
}

#[test]
fn a_table_draws_a_box() {
    let want = "\
┌─────────────────────────────┬──────┬───────────────────┬────────────────────────┐
│ time                        │ host │               pid │ command_line           │
├─────────────────────────────┼──────┼───────────────────┼────────────────────────┤
│ 2024-05-14 08:31:12.1234567 │ WS01 │                 4 │ cmd, \"x\"\\u{a}\\u{1b}[2J │
│ NULL                        │ NULL │ -9007199254740993 │ NULL                   │
│ 1970-01-01 00:00:00.0000000 │ WS01 │              NULL │                        │
└─────────────────────────────┴──────┴───────────────────┴────────────────────────┘
";
    assert_eq!(written(vec![events()], Format::Table, Options::default()), want);
}

#[test]
fn a_table_keeps_to_its_width_and_says_what_it_hides() {
    let options = Options { width: Some(60), ..Options::default() };
    let long = batch(vec![
        ("account", text(vec![Some("LetsDefend")])),
        ("pid", Arc::new(Int64Array::from(vec![1234]))),
        ("command_line", text(vec![Some(&"net user ".repeat(50))])),
    ]);
    let want = "\
┌────────────┬──────┬──────────────────────────────────────┐
│ account    │  pid │ command_line                         │
├────────────┼──────┼──────────────────────────────────────┤
│ LetsDefend │ 1234 │ net user net user net user net user… │
└────────────┴──────┴──────────────────────────────────────┘
";
    assert_eq!(written(vec![long], Format::Table, options), want);

    let wide: Vec<(String, ArrayRef)> =
        (0..20).map(|number| (format!("column_{number}"), text(vec![Some("value of the column")]))).collect();
    let wide = batch(wide.iter().map(|(name, array)| (name.as_str(), array.clone())).collect());
    let drawn = written(vec![wide], Format::Table, options);
    assert!(drawn.ends_with("5 of 20 columns fit into a width of 60\n"), "{drawn}");
    assert!(drawn.lines().all(|line| line.chars().count() <= 60), "{drawn}");
    assert!(drawn.lines().nth(3).is_some_and(|line| line.ends_with("│ … │")), "{drawn}");
}

#[test]
fn a_table_of_any_size_is_streamed_after_its_first_thousand_rows() {
    let short = batch(vec![("name", text(vec![Some("abc"); 999]))]);
    let long = batch(vec![("name", text(vec![Some("abcdefgh"), Some("abcdefghijkl")]))]);
    let cut =
        written(vec![short.clone(), long.clone()], Format::Table, Options { width: Some(80), ..Options::default() });
    let last: Vec<&str> = cut.lines().rev().take(3).collect();
    assert_eq!(last, ["└──────────┘", "│ abcdefg… │", "│ abcdefgh │"]);
    let whole = written(vec![short, long], Format::Table, Options::default());
    assert_eq!(whole.lines().rev().nth(1), Some("│ abcdefghijkl │"));
}

#[test]
fn a_number_is_never_cut_however_late_it_comes() {
    let small = batch(vec![("n", Arc::new(Int64Array::from(vec![1; 1000])))]);
    let large = batch(vec![("n", Arc::new(Int64Array::from(vec![1_234_567_890, 1_234_567_890_123])))]);
    let got = written(vec![small, large], Format::Table, Options { width: Some(20), ..Options::default() });
    let last: Vec<&str> = got.lines().rev().take(3).collect();
    assert_eq!(last, ["└────────────┘", "│ 1234567890123 │", "│ 1234567890 │"]);
}

#[test]
fn a_table_without_rows_has_a_head_and_one_without_columns_is_nothing() {
    let empty = batch(vec![("host", text(vec![]))]);
    assert_eq!(written(vec![empty], Format::Table, Options::default()), "┌──────┐\n│ host │\n├──────┤\n└──────┘\n");
    let nothing = RecordBatch::new_empty(Arc::new(Schema::empty()));
    assert_eq!(written(vec![nothing], Format::Table, Options::default()), "");
}

#[test]
fn null_is_dim_where_colours_are_allowed() {
    let nulls = batch(vec![("x", text(vec![None, Some("NULL")]))]);
    let got = written(vec![nulls], Format::Table, Options { color: true, ..Options::default() });
    assert!(got.contains("│ \u{1b}[2mNULL\u{1b}[0m │\n│ NULL │\n"), "{got:?}");
}

#[test]
fn csv_tells_null_from_empty() {
    let want = "\
time,host,pid,command_line
2024-05-14T08:31:12.1234567Z,WS01,4,\"cmd, \"\"x\"\"\n\u{1b}[2J\"
,,-9007199254740993,
1970-01-01T00:00:00.0000000Z,WS01,,\"\"
";
    assert_eq!(written(vec![events()], Format::Csv, Options::default()), want);
}

#[test]
fn tsv_escapes_what_would_break_a_line() {
    let cells = batch(vec![
        ("a\tb", text(vec![Some("x\ty\r\nz"), None, Some("")])),
        ("c", text(vec![Some(r"C:\new"), Some("\\N"), Some("é")])),
    ]);
    let want = "a\\tb\tc\nx\\ty\\r\\nz\tC:\\\\new\n\\N\t\\\\N\n\té\n";
    assert_eq!(written(vec![cells], Format::Tsv, Options::default()), want);
}

#[test]
fn formulas_are_defused_only_when_asked_and_numbers_never() {
    let formulas = || {
        batch(vec![
            ("=a", text(vec![Some("=1+1"), Some("@x"), Some("-c"), Some("\tx"), Some("a=b")])),
            ("n", Arc::new(Int64Array::from(vec![-5, 1, 2, 3, 4]))),
        ])
    };
    let safe = Options { spreadsheet_safe: true, ..Options::default() };
    assert_eq!(written(vec![formulas()], Format::Csv, Options::default()), "=a,n\n=1+1,-5\n@x,1\n-c,2\n\tx,3\na=b,4\n");
    assert_eq!(written(vec![formulas()], Format::Csv, safe), "'=a,n\n'=1+1,-5\n'@x,1\n'-c,2\n'\tx,3\na=b,4\n");
    assert_eq!(written(vec![formulas()], Format::Tsv, safe), "'=a\tn\n'=1+1\t-5\n'@x\t1\n'-c\t2\n'\\tx\t3\na=b\t4\n");
    assert!(written(vec![formulas()], Format::Ndjson, safe).starts_with("{\"=a\":\"=1+1\",\"n\":-5}\n"));
}

#[test]
fn a_terminal_is_shown_no_escape_sequence_in_any_format() {
    let hostile = || batch(vec![("\u{1b}]0;x\u{7}", text(vec![Some("\u{1b}[2J\u{9b}2J\u{202e}\u{7f}\r\u{8}"), None]))]);
    let options = Options { terminal: true, ..Options::default() };
    for format in Format::ALL.into_iter().filter(|format| !format.needs_file()) {
        let got = written(vec![hostile()], format, options);
        let steers = got.chars().find(|character| *character != '\n' && visible_text::is_hidden(*character));
        assert_eq!(steers, None, "{format}: {got:?}");
    }
}

#[test]
fn json_keeps_keys_and_types() {
    let want = concat!(
        "[\n",
        r#"{"time":"2024-05-14T08:31:12.1234567Z","host":"WS01","pid":4,"command_line":"cmd, \"x\"\n\u001b[2J"},"#,
        "\n",
        r#"{"time":null,"host":null,"pid":-9007199254740993,"command_line":null},"#,
        "\n",
        r#"{"time":"1970-01-01T00:00:00.0000000Z","host":"WS01","pid":null,"command_line":""}"#,
        "\n]\n"
    );
    let got = written(vec![events()], Format::Json, Options::default());
    assert_eq!(got, want);
    let parsed: serde_json::Value = serde_json::from_str(&got).expect("JSON");
    assert_eq!(parsed[0]["command_line"], "cmd, \"x\"\n\u{1b}[2J");
    assert_eq!(written(vec![batch(vec![("x", text(vec![]))])], Format::Json, Options::default()), "[]\n");
    assert_eq!(written(vec![batch(vec![("x", text(vec![]))])], Format::Ndjson, Options::default()), "");
}

/// One row of every type that SQL gives here.
fn all_types() -> RecordBatch {
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>(vec![Some(vec![Some(1), None])]);
    let inner: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(vec![None::<Vec<Option<i64>>>]));
    let parts = StructArray::from(vec![
        (Arc::new(Field::new("a\"b", DataType::Utf8, true)), text(vec![Some("x")])),
        (Arc::new(Field::new("l", inner.data_type().clone(), true)), inner),
    ]);
    let interval = IntervalMonthDayNanoType::make_value(1, 2, 3_000_000_000);
    batch(vec![
        ("nan", Arc::new(Float64Array::from(vec![f64::NAN]))),
        ("half", Arc::new(Float64Array::from(vec![0.5]))),
        ("tiny", Arc::new(Float64Array::from(vec![1e-300]))),
        ("most", Arc::new(UInt64Array::from(vec![u64::MAX]))),
        ("yes", Arc::new(BooleanArray::from(vec![true]))),
        ("price", Arc::new(Decimal128Array::from(vec![-1250]).with_precision_and_scale(10, 2).expect("a decimal"))),
        ("bytes", Arc::new(BinaryArray::from(vec![b"\x00\xffA".as_slice()]))),
        ("list", Arc::new(list)),
        ("parts", Arc::new(parts)),
        ("lasted", Arc::new(DurationNanosecondArray::from(vec![3_500_000_000]))),
        ("gap", Arc::new(IntervalMonthDayNanoArray::from(vec![interval]))),
        ("none", Arc::new(NullArray::new(1))),
        ("list", text(vec![Some("twice")])),
    ])
}

#[test]
fn every_type_has_its_json() {
    let got = written(vec![all_types()], Format::Ndjson, Options::default());
    let want = concat!(
        r#"{"nan":null,"half":0.5,"tiny":1e-300,"most":18446744073709551615,"yes":true,"price":-12.50,"bytes":"00ff41","#,
        r#""list":[1,null],"parts":{"a\"b":"x","l":null},"lasted":"PT3.5S","gap":"1 mons 2 days 3.000000000 secs","#,
        r#""none":null,"list_2":"twice"}"#,
        "\n"
    );
    assert_eq!(got, want);
    serde_json::from_str::<serde_json::Value>(&got).expect("JSON");
}

#[test]
fn every_type_has_its_text() {
    let got = written(vec![all_types()], Format::Csv, Options::default());
    let want = "NaN,0.5,1e-300,18446744073709551615,true,-12.50,00ff41,\"[1,null]\",\
        \"{\"\"a\\\"\"b\"\":\"\"x\"\",\"\"l\"\":null}\",PT3.5S,1 mons 2 days 3.000000000 secs,,twice";
    assert_eq!(got.lines().nth(1), Some(want));
}

#[test]
fn an_empty_dictionary_and_a_dictionary_with_null_values_are_null() {
    let empty: DictionaryArray<Int32Type> = vec![None::<&str>, None].into_iter().collect();
    let keys = arrow::array::Int32Array::from(vec![0, 1]);
    let with_null = DictionaryArray::new(keys, text(vec![None, Some("a")]));
    let columns = || batch(vec![("e", Arc::new(empty.clone()) as ArrayRef), ("d", Arc::new(with_null.clone()))]);
    assert_eq!(written(vec![columns()], Format::Csv, Options::default()), "e,d\n,\n,a\n");
    let json = written(vec![columns()], Format::Ndjson, Options::default());
    assert_eq!(json, "{\"e\":null,\"d\":null}\n{\"e\":null,\"d\":\"a\"}\n");
}

#[test]
fn slices_and_views_write_their_own_rows() {
    let sliced = events().slice(1, 2);
    let json = written(vec![sliced], Format::Ndjson, Options::default());
    assert!(json.starts_with(r#"{"time":null,"host":null,"pid":-9007199254740993,"#), "{json}");
    let list =
        ListArray::from_iter_primitive::<Int64Type, _, _>(vec![Some(vec![Some(1)]), Some(vec![Some(2), Some(3)])]);
    let lists = batch(vec![("l", Arc::new(list))]).slice(1, 1);
    assert_eq!(written(vec![lists], Format::Ndjson, Options::default()), "{\"l\":[2,3]}\n");
    let view = arrow::array::StringViewArray::from(vec![Some("a long text that is not kept inline"), None]);
    let views = batch(vec![("v", Arc::new(view))]).slice(0, 2);
    assert_eq!(written(vec![views], Format::Csv, Options::default()), "v\na long text that is not kept inline\n\n");
}

#[test]
fn markdown_shows_cells_as_they_are() {
    let cells = batch(vec![
        ("n", Arc::new(Int64Array::from(vec![1, 2]))),
        ("command|line", text(vec![Some("a|b\r\n<img src=http://x> `c` [d](e) *f* C:\\g_h"), None])),
    ]);
    let want = "\
| n | command\\|line |
| ---: | --- |
| 1 | a\\|b<br>\\<img src=http\\://x\\> \\`c\\` \\[d\\](e) \\*f\\* C:\\\\g\\_h |
| 2 | NULL |
";
    assert_eq!(written(vec![cells], Format::Markdown, Options::default()), want);
}

#[test]
fn vertical_keeps_the_lines_of_a_script() {
    let cells = batch(vec![
        ("host", text(vec![Some("WS01"), None])),
        ("script", text(vec![Some("$a = 1\r\nhost │ FAKE\n\u{1b}"), Some("")])),
    ]);
    let want = "\
─[ row 1 ]──────────────────────────────
host   │ WS01
script │ $a = 1
       │ host │ FAKE
       │ \\u{1b}
─[ row 2 ]──────────────────────────────
host   │ NULL
script │ 
";
    assert_eq!(written(vec![cells], Format::Vertical, Options::default()), want);
}

#[test]
fn parquet_is_read_back() {
    let schema = all_types().schema();
    let mut out = Vec::new();
    let stream = stream_of(&schema, vec![all_types(), all_types()]);
    let writing = write_answer(&schema, stream, Format::Parquet, Options::default(), &mut out);
    assert_eq!(futures::executor::block_on(writing).expect("written").rows, 2);

    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes_of(&out)).expect("Parquet").build().expect("a reader");
    let batches: Vec<RecordBatch> = reader.map(|batch| batch.expect("a batch")).collect();
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 2);
    assert_eq!(batches[0].schema().field(12).name(), "list_2");
    assert_eq!(batches[0].slice(0, 1).column(7).as_ref(), all_types().column(7).as_ref());
    assert_eq!(batches[0].schema().field(10).data_type(), &DataType::Utf8);
}

fn bytes_of(out: &[u8]) -> std::fs::File {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(out).expect("written");
    file
}

#[test]
fn parquet_is_refused_on_a_terminal() {
    let schema = events().schema();
    let mut out = Vec::new();
    let options = Options { terminal: true, ..Options::default() };
    let writing = write_answer(&schema, stream_of(&schema, vec![events()]), Format::Parquet, options, &mut out);
    assert!(matches!(futures::executor::block_on(writing), Err(WriteError::NeedsFile)));
    assert!(out.is_empty());
}

/// An output that takes so many bytes and then fails.
struct Failing(usize, io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(self.1.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_leaves_is_no_error_and_a_full_disk_is() {
    let schema = events().schema();
    for format in Format::ALL {
        for room in [0, 10, 100] {
            let run = |kind| {
                let mut out = Failing(room, kind);
                let stream = stream_of(&schema, vec![events(); 3]);
                futures::executor::block_on(write_answer(&schema, stream, format, Options::default(), &mut out))
            };
            assert!(matches!(run(io::ErrorKind::BrokenPipe), Ok(Summary { reader_left: true, .. })), "{format} {room}");
            assert!(
                matches!(run(io::ErrorKind::StorageFull), Err(WriteError::Output(error)) if error.kind() == io::ErrorKind::StorageFull),
                "{format} {room}"
            );
        }
    }
}

#[test]
fn a_query_that_fails_midway_gives_its_error_after_its_rows() {
    let schema = events().schema();
    let items = vec![Ok(events()), Err(DataFusionError::Execution("division by zero".into()))];
    let stream = Box::pin(RecordBatchStreamAdapter::new(schema.clone(), futures::stream::iter(items)));
    let mut out = Vec::new();
    let writing = write_answer(&schema, stream, Format::Ndjson, Options::default(), &mut out);
    assert!(matches!(futures::executor::block_on(writing), Err(WriteError::Query(_))));
    assert_eq!(String::from_utf8(out).expect("UTF-8").lines().count(), 3);
}
