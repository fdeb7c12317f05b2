//! Makes a DataFusion scalar function of a hunting function: types, NULLs, dictionaries, scalars, documentation.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, Int32Builder, ListBuilder, StringBuilder};
use arrow::array::{DictionaryArray, StringArray};
use arrow::datatypes::{DataType, Field, Int32Type};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, DocSection, Documentation, DocumentationBuilder, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility,
};

use super::hunting_function::{HuntingFunction, Worker};
use super::text_column::TextColumn;

/// The DataFusion function that does what a hunting function describes.
pub(super) fn scalar_function(function: &'static HuntingFunction) -> ScalarUDF {
    ScalarUDF::new_from_impl(Adapter {
        function,
        signature: Signature::user_defined(Volatility::Immutable),
        documentation: OnceLock::new(),
    })
}

#[derive(Debug)]
struct Adapter {
    function: &'static HuntingFunction,
    signature: Signature,
    documentation: OnceLock<Documentation>,
}

impl PartialEq for Adapter {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for Adapter {}

impl Hash for Adapter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl ScalarUDFImpl for Adapter {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    // A dictionary stays a dictionary, so that its values are looked at once and not once a row.
    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let expected = self.function.arguments.len();
        if given.len() != expected {
            return plan_err!("'{}' takes {expected} argument(s), got {}", self.function.syntax(), given.len());
        }
        given.iter().enumerate().map(|(position, data_type)| self.text_type(position, data_type)).collect()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(match self.function.worker {
            Worker::TextToBool(_) | Worker::TwoTextsToBool(_) => DataType::Boolean,
            Worker::TextToNumber(_) => DataType::Float64,
            Worker::TextToList(_) => DataType::new_list(DataType::Utf8, true),
            Worker::TextToText(_) | Worker::TwoTextsToText(_) => {
                if arguments.iter().all(|argument| matches!(argument, DataType::Dictionary(_, _))) {
                    dictionary_of_text()
                } else {
                    DataType::Utf8
                }
            }
        })
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let all_scalar = arguments.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let rows = if all_scalar { 1 } else { arguments.number_rows };
        let columns =
            arguments.args.iter().map(|argument| TextColumn::new(argument, rows)).collect::<Result<Vec<_>>>()?;
        let array = evaluate(self.function.worker, &columns, rows, arguments.return_field.data_type())?;
        if all_scalar {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(self.documentation.get_or_init(|| documentation(self.function)))
    }
}

impl Adapter {
    fn text_type(&self, position: usize, data_type: &DataType) -> Result<DataType> {
        match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Ok(data_type.clone()),
            DataType::Null => Ok(DataType::Utf8),
            DataType::Dictionary(_, values)
                if matches!(**values, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) =>
            {
                Ok(data_type.clone())
            }
            other => plan_err!(
                "'{}' expects text for `{}` at position {}, got {other}",
                self.function.syntax(),
                self.function.arguments[position].name,
                position + 1
            ),
        }
    }
}

fn dictionary_of_text() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn evaluate(worker: Worker, columns: &[TextColumn], rows: usize, data_type: &DataType) -> Result<ArrayRef> {
    match (worker, columns) {
        (Worker::TextToBool(work), [text]) => Ok(booleans(each(text, rows, work))),
        (Worker::TextToNumber(work), [text]) => Ok(numbers(each(text, rows, work))),
        (Worker::TextToList(work), [text]) => Ok(lists(each(text, rows, work))),
        (Worker::TextToText(work), [text]) => texts(each(text, rows, work), data_type),
        (Worker::TwoTextsToBool(work), [first, second]) => Ok(booleans(each_pair(first, second, rows, work))),
        (Worker::TwoTextsToText(work), [first, second]) => texts(each_pair(first, second, rows, work), data_type),
        (_, columns) => exec_err!("a hunting function was given {} arguments", columns.len()),
    }
}

/// For each row the number of its result, and the results: each distinct value is computed once.
struct Results<T> {
    row_results: Vec<Option<usize>>,
    results: Vec<T>,
}

fn each<'a, T>(text: &'a TextColumn, rows: usize, work: fn(&'a str) -> T) -> Results<T> {
    let mut known: Vec<Option<usize>> = vec![None; if text.is_shared() { text.value_count() } else { 0 }];
    let mut out = Results { row_results: Vec::with_capacity(rows), results: Vec::new() };
    for row in 0..rows {
        let Some(index) = text.index(row) else {
            out.row_results.push(None);
            continue;
        };
        let number = match known.get(index).copied().flatten() {
            Some(number) => number,
            None => {
                out.results.push(work(text.text(index)));
                let number = out.results.len() - 1;
                if let Some(slot) = known.get_mut(index) {
                    *slot = Some(number);
                }
                number
            }
        };
        out.row_results.push(Some(number));
    }
    out
}

fn each_pair<'a, T>(
    first: &'a TextColumn,
    second: &'a TextColumn,
    rows: usize,
    work: fn(&'a str, &'a str) -> T,
) -> Results<T> {
    let remember = first.is_shared() && second.is_shared();
    let mut known: HashMap<(usize, usize), usize> = HashMap::new();
    let mut out = Results { row_results: Vec::with_capacity(rows), results: Vec::new() };
    for row in 0..rows {
        let (Some(one), Some(two)) = (first.index(row), second.index(row)) else {
            out.row_results.push(None);
            continue;
        };
        let number = match known.get(&(one, two)) {
            Some(&number) => number,
            None => {
                out.results.push(work(first.text(one), second.text(two)));
                let number = out.results.len() - 1;
                if remember {
                    known.insert((one, two), number);
                }
                number
            }
        };
        out.row_results.push(Some(number));
    }
    out
}

fn booleans(results: Results<bool>) -> ArrayRef {
    let mut builder = BooleanBuilder::with_capacity(results.row_results.len());
    for row in results.row_results {
        builder.append_option(row.map(|number| results.results[number]));
    }
    Arc::new(builder.finish())
}

fn numbers(results: Results<f64>) -> ArrayRef {
    let mut builder = Float64Builder::with_capacity(results.row_results.len());
    for row in results.row_results {
        builder.append_option(row.map(|number| results.results[number]));
    }
    Arc::new(builder.finish())
}

fn lists(results: Results<Vec<String>>) -> ArrayRef {
    let field = Arc::new(Field::new_list_field(DataType::Utf8, true));
    let mut builder = ListBuilder::new(StringBuilder::new()).with_field(field);
    for row in results.row_results {
        match row {
            Some(number) => {
                for value in &results.results[number] {
                    builder.values().append_value(value);
                }
                builder.append(true);
            }
            None => builder.append(false),
        }
    }
    Arc::new(builder.finish())
}

fn texts(results: Results<Option<Cow<'_, str>>>, data_type: &DataType) -> Result<ArrayRef> {
    if *data_type == DataType::Utf8 {
        let mut builder = StringBuilder::new();
        for row in results.row_results {
            builder.append_option(row.and_then(|number| results.results[number].as_deref()));
        }
        return Ok(Arc::new(builder.finish()));
    }
    // NULL results become NULL keys: not every reader expects a NULL among a dictionary's values.
    let mut keys = Int32Builder::with_capacity(results.row_results.len());
    let mut value_numbers: Vec<Option<i32>> = Vec::with_capacity(results.results.len());
    let mut values = StringBuilder::new();
    let mut next = 0i32;
    for result in &results.results {
        value_numbers.push(result.as_deref().map(|text| {
            values.append_value(text);
            next += 1;
            next - 1
        }));
    }
    for row in results.row_results {
        keys.append_option(row.and_then(|number| value_numbers[number]));
    }
    let values: StringArray = values.finish();
    DictionaryArray::<Int32Type>::try_new(keys.finish(), Arc::new(values))
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(DataFusionError::from)
}

fn documentation(function: &HuntingFunction) -> Documentation {
    let section = DocSection { include: true, label: function.group.label(), description: None };
    let description = format!("{} {} Source: {}", function.summary, function.result, function.source);
    let mut builder = DocumentationBuilder::new_with_details(section, description, function.syntax());
    for argument in function.arguments {
        builder = builder.with_argument(argument.name, argument.description);
    }
    for example in function.examples {
        builder = builder.with_sql_example(format!("```sql\n> select {};\n{}\n```", example.sql, example.result));
    }
    builder.build()
}

#[cfg(test)]
mod tests;
