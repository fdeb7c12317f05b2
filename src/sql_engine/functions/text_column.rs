//! One text argument, whatever its Arrow form: rows that point at distinct values.

use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, StringArray, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::ColumnarValue;

/// The values of one argument. A row's value is found by [`TextColumn::index`] and read by [`TextColumn::text`].
pub(super) struct TextColumn {
    values: Values,
    /// For each row the value that it holds; `None` where row and value have the same number.
    keys: Option<Vec<Option<usize>>>,
    distinct: bool,
}

enum Values {
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    Utf8View(StringViewArray),
}

impl TextColumn {
    /// Takes an argument apart. A scalar is one value that every row holds.
    pub(super) fn new(argument: &ColumnarValue, rows: usize) -> Result<Self> {
        match argument {
            ColumnarValue::Array(array) => Self::from_array(array),
            ColumnarValue::Scalar(scalar) => {
                let one = Self::from_array(&scalar.to_array()?)?;
                let index = one.index(0);
                Ok(Self { values: one.values, keys: Some(vec![index; rows]), distinct: true })
            }
        }
    }

    fn from_array(array: &ArrayRef) -> Result<Self> {
        if let DataType::Dictionary(_, _) = array.data_type() {
            let dictionary = array.as_any_dictionary();
            let values = Values::new(dictionary.values())?;
            // `normalized_keys` asks for at least one value.
            let keys = if values.is_empty() {
                vec![None; array.len()]
            } else {
                let nulls = dictionary.keys().logical_nulls();
                dictionary
                    .normalized_keys()
                    .into_iter()
                    .enumerate()
                    .map(|(row, key)| {
                        let valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) && values.is_valid(key);
                        valid.then_some(key)
                    })
                    .collect()
            };
            return Ok(Self { values, keys: Some(keys), distinct: true });
        }
        Ok(Self { values: Values::new(array)?, keys: None, distinct: false })
    }

    /// The number of the value that a row holds, `None` for NULL.
    pub(super) fn index(&self, row: usize) -> Option<usize> {
        match &self.keys {
            Some(keys) => keys[row],
            None => self.values.is_valid(row).then_some(row),
        }
    }

    /// The value with that number.
    pub(super) fn text(&self, index: usize) -> &str {
        match &self.values {
            Values::Utf8(array) => array.value(index),
            Values::LargeUtf8(array) => array.value(index),
            Values::Utf8View(array) => array.value(index),
        }
    }

    /// How many values there are to point at.
    pub(super) fn value_count(&self) -> usize {
        self.values.len()
    }

    /// Whether several rows may point at one value, so that remembering its result pays.
    pub(super) fn is_shared(&self) -> bool {
        self.distinct
    }
}

impl Values {
    fn new(array: &ArrayRef) -> Result<Self> {
        match array.data_type() {
            DataType::Utf8 => Ok(Values::Utf8(array.as_string::<i32>().clone())),
            DataType::LargeUtf8 => Ok(Values::LargeUtf8(array.as_string::<i64>().clone())),
            DataType::Utf8View => Ok(Values::Utf8View(array.as_string_view().clone())),
            other => exec_err!("a hunting function was given {other} where it expects text"),
        }
    }

    fn len(&self) -> usize {
        match self {
            Values::Utf8(array) => array.len(),
            Values::LargeUtf8(array) => array.len(),
            Values::Utf8View(array) => array.len(),
        }
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn is_valid(&self, index: usize) -> bool {
        match self {
            Values::Utf8(array) => array.is_valid(index),
            Values::LargeUtf8(array) => array.is_valid(index),
            Values::Utf8View(array) => array.is_valid(index),
        }
    }
}
