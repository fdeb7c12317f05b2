//! The titles of a result's columns: an expression without a name is called as it was written.
//!
//! DataFusion calls `date_trunc('hour', time)` by its own words, `date_trunc(Utf8("hour"),process.time)`. The plan keeps
//! those names; only the rows that are handed out carry the titles. Columns that are columns of a table keep their
//! names in the table's spelling.

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{self, Expr, Query, SelectItem, SetExpr};
use futures::StreamExt;

/// A longer expression keeps DataFusion's name.
const LONGEST: usize = 200;

/// The titles of the columns that a statement gives, as far as its text tells: those before the first `*` and those
/// after the last one. `None` is a column that keeps its name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Titles {
    leading: Vec<Option<String>>,
    trailing: Vec<Option<String>>,
    has_star: bool,
}

impl Titles {
    /// Reads the titles off a statement as it was written, before its names get their spelling.
    pub(super) fn of(statement: &Statement) -> Self {
        match statement {
            Statement::Statement(statement) => match statement.as_ref() {
                ast::Statement::Query(query) => Self::of_query(query),
                _ => Self::default(),
            },
            _ => Self::default(),
        }
    }

    fn of_query(query: &Query) -> Self {
        let mut body = query.body.as_ref();
        let select = loop {
            match body {
                SetExpr::Select(select) => break select,
                SetExpr::Query(query) => body = &query.body,
                // A union has the names of its first query.
                SetExpr::SetOperation { left, .. } => body = left,
                _ => return Self::default(),
            }
        };
        let is_star = |item: &SelectItem| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
        let items = &select.projection;
        let first = items.iter().position(is_star);
        let last = items.iter().rposition(is_star).map_or(items.len(), |last| last + 1);
        Self {
            leading: items[..first.unwrap_or(items.len())].iter().map(title).collect(),
            trailing: items[last..].iter().map(title).collect(),
            has_star: first.is_some(),
        }
    }

    /// The rows under these titles.
    pub(super) fn put_over(&self, stream: SendableRecordBatchStream) -> SendableRecordBatchStream {
        let schema = stream.schema();
        let titled = self.schema(&schema);
        if titled == schema {
            return stream;
        }
        let under = titled.clone();
        let batches = stream.map(move |batch| rename(&batch?, &under));
        Box::pin(RecordBatchStreamAdapter::new(titled, batches))
    }

    fn schema(&self, schema: &SchemaRef) -> SchemaRef {
        let count = schema.fields().len();
        let named = self.leading.len() + self.trailing.len();
        // What becomes several columns, as `unnest` of a structure does, makes the places unknown.
        if named > count || (named < count && !self.has_star) {
            return schema.clone();
        }
        let fields = schema.fields().iter().enumerate().map(|(place, field)| {
            let from_end = (place + self.trailing.len()).checked_sub(count);
            let title = self.leading.get(place).or_else(|| self.trailing.get(from_end?));
            match title {
                Some(Some(title)) => Arc::new(field.as_ref().clone().with_name(title)),
                _ => Arc::clone(field),
            }
        });
        Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
    }
}

fn title(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::UnnamedExpr(Expr::Identifier(_) | Expr::CompoundIdentifier(_)) => None,
        SelectItem::UnnamedExpr(expr) => Some(expr.to_string()).filter(|title| title.len() <= LONGEST),
        _ => None,
    }
}

fn rename(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, DataFusionError> {
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema.clone(), batch.columns().to_vec(), &options)?)
}

#[cfg(test)]
mod tests {
    use crate::sql_engine::sample::small_session;

    #[tokio::test]
    async fn expressions_are_called_as_they_were_written() {
        let session = small_session().await;
        for (sql, want) in [
            ("select upper(Image), user from sysmon", vec!["upper(Image)", "User"]),
            ("select 1, 'a', date_trunc('hour', time) from process", vec!["1", "'a'", "date_trunc('hour', time)"]),
            ("select count(*), max(time) as last from process", vec!["count(*)", "last"]),
            ("select p.host, p.record_id + 1 from process p", vec!["host", "p.record_id + 1"]),
            ("select 1 + 1, h.*, 2 + 2 from (select host, 5 as n from process) h", vec!["1 + 1", "host", "n", "2 + 2"]),
            ("select process.args[1] from ecs", vec!["process.args[1]"]),
            ("select lower(host) from process union select 'x'", vec!["lower(host)"]),
            ("select unnest(make_array(host)) from process", vec!["unnest(make_array(host))"]),
            ("select upper(host) from process order by upper(host)", vec!["upper(host)"]),
            ("values (1)", vec!["column1"]),
        ] {
            let answer = session.run(sql).await.unwrap_or_else(|error| panic!("{error}"));
            let schema = answer.schema;
            let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            assert_eq!(names, want, "{sql}");
        }
    }
}
