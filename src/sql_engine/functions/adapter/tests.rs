//! The adapter over every Arrow form of text.

use super::*;
use crate::sql_engine::functions::{Argument, Group};
use arrow::array::{Array, AsArray, LargeStringArray, StringViewArray};
use arrow::compute::cast;
use std::sync::atomic::{AtomicUsize, Ordering};

static CALLS: AtomicUsize = AtomicUsize::new(0);

static SHOUT: HuntingFunction = HuntingFunction {
    name: "shout",
    group: Group::Text,
    summary: "The text in capitals.",
    arguments: &[Argument { name: "text", description: "A text." }],
    result: "NULL for an empty text.",
    source: "none",
    examples: &[],
    worker: Worker::TextToText(|text| {
        CALLS.fetch_add(1, Ordering::Relaxed);
        (!text.is_empty()).then(|| Cow::Owned(text.to_uppercase()))
    }),
};

static SAME: HuntingFunction = HuntingFunction {
    name: "same",
    group: Group::Text,
    summary: "Whether two texts are equal.",
    arguments: &[Argument { name: "one", description: "A text." }, Argument { name: "two", description: "A text." }],
    result: "True or false.",
    source: "none",
    examples: &[],
    worker: Worker::TwoTextsToBool(|one, two| one == two),
};

fn invoke(function: &'static HuntingFunction, arguments: Vec<ColumnarValue>, rows: usize) -> ColumnarValue {
    let udf = scalar_function(function);
    let given: Vec<DataType> = arguments.iter().map(ColumnarValue::data_type).collect();
    let coerced = udf.coerce_types(&given).unwrap();
    assert_eq!(coerced, given, "text types stay as they are");
    let return_type = udf.return_type(&coerced).unwrap();
    let arg_fields = coerced.iter().map(|t| Arc::new(Field::new("a", t.clone(), true))).collect();
    udf.invoke_with_args(ScalarFunctionArgs {
        args: arguments,
        arg_fields,
        number_rows: rows,
        return_field: Arc::new(Field::new("r", return_type, true)),
        config_options: Arc::new(Default::default()),
    })
    .unwrap()
}

fn text_forms(rows: &[Option<&str>]) -> Vec<ArrayRef> {
    let plain: ArrayRef = Arc::new(StringArray::from(rows.to_vec()));
    vec![
        plain.clone(),
        Arc::new(LargeStringArray::from(rows.to_vec())),
        Arc::new(StringViewArray::from(rows.to_vec())),
        cast(&plain, &dictionary_of_text()).unwrap(),
    ]
}

#[test]
fn every_form_of_text_gives_the_same() {
    let rows = [Some("a"), None, Some(""), Some("b"), Some("a")];
    for array in text_forms(&rows) {
        let ColumnarValue::Array(result) = invoke(&SHOUT, vec![ColumnarValue::Array(array)], 5) else {
            panic!("an array gives an array")
        };
        let result = cast(&result, &DataType::Utf8).unwrap();
        let found: Vec<Option<&str>> = result.as_string::<i32>().iter().collect();
        assert_eq!(found, [Some("A"), None, None, Some("B"), Some("A")]);
    }
}

#[test]
fn a_sliced_dictionary_keeps_its_rows() {
    let plain: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some("c"), Some("a")]));
    let sliced = cast(&plain, &dictionary_of_text()).unwrap().slice(1, 3);
    let ColumnarValue::Array(result) = invoke(&SHOUT, vec![ColumnarValue::Array(sliced)], 3) else {
        panic!("an array gives an array")
    };
    let result = cast(&result, &DataType::Utf8).unwrap();
    assert_eq!(result.as_string::<i32>().iter().collect::<Vec<_>>(), [None, Some("C"), Some("A")]);
}

#[test]
fn two_texts_mix_scalars_and_columns() {
    let rows = [Some("a"), None, Some("b")];
    for array in text_forms(&rows) {
        let scalar = ColumnarValue::Scalar(ScalarValue::Utf8(Some("a".into())));
        let ColumnarValue::Array(result) = invoke(&SAME, vec![ColumnarValue::Array(array), scalar], 3) else {
            panic!("an array gives an array")
        };
        let found: Vec<Option<bool>> = result.as_boolean().iter().collect();
        assert_eq!(found, [Some(true), None, Some(false)]);
    }
}

#[test]
fn scalars_give_a_scalar() {
    let scalar = |text: Option<&str>| ColumnarValue::Scalar(ScalarValue::Utf8(text.map(Into::into)));
    match invoke(&SAME, vec![scalar(Some("a")), scalar(None)], 1) {
        ColumnarValue::Scalar(ScalarValue::Boolean(None)) => {}
        other => panic!("expected NULL, got {other:?}"),
    }
}

#[test]
fn wrong_types_are_refused_by_name() {
    let message = scalar_function(&SAME).coerce_types(&[DataType::Int64, DataType::Utf8]).unwrap_err().to_string();
    assert!(message.contains("'same(one, two)' expects text for `one` at position 1, got Int64"), "{message}");
}
