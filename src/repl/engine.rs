//! What the prompt needs of the SQL session.

use std::fmt;

use arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use futures::future::BoxFuture;

/// The rows of a query, not read yet.
pub struct Answer {
    /// Their columns.
    pub schema: SchemaRef,
    /// The rows.
    pub stream: SendableRecordBatchStream,
}

/// One table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDescription {
    /// Its SQL name, without quotes.
    pub name: String,
    /// `table` or `view`.
    pub kind: String,
    /// Its columns in order.
    pub columns: Vec<ColumnDescription>,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDescription {
    /// Its SQL name, without quotes.
    pub name: String,
    /// Its type, in the words of SQL.
    pub type_name: String,
    /// What it holds; empty if nothing is known.
    pub description: String,
}

/// Why a statement or command could not be done, ready to be shown, with the place marked where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// The SQL session as the prompt sees it.
pub trait Engine: Send + Sync {
    /// Plans a statement and starts it.
    fn run<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<Answer, Failure>>;

    /// How a statement would be run, as text of several lines.
    fn explain<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<String, Failure>>;

    /// The tables and views.
    fn tables(&self) -> BoxFuture<'_, Vec<TableDescription>>;

    /// The names of all functions of SQL, sorted.
    fn function_names(&self) -> Vec<String>;

    /// An error that came while rows were read, in words.
    fn failure(&self, sql: &str, error: DataFusionError) -> Failure;
}
