//! The one place where a session is made: memory, threads, tables, functions, and how a statement is run.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::catalog::{TableFunctionImpl, TableProvider};
use datafusion::common::TableReference;
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::execution::context::{SQLOptions, SessionContext};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{LogicalPlan, TableType};
use datafusion::physical_plan::{ExecutionPlan, displayable, execute_stream};
use datafusion::prelude::SessionConfig;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::failure::{self, Asked};
use super::names::{Names, TableNames};
use super::titles::Titles;
use super::type_names::type_name;
use super::views::VIEWS;
use super::{functions, identifiers, like_patterns, stable_order, statement, time_literals, views};
use crate::diagnostic::{Diagnostic, Span};
use crate::event_schema;

/// How many consumers of memory an error about it lists.
const NAMED_CONSUMERS: NonZeroUsize = NonZeroUsize::MIN;
/// Memory below which a thread of its own is worth less than what the other threads then lack.
const THREAD_BYTES: usize = 32 << 20;
/// What a row takes in memory, for a wide one.
const ROW_BYTES: usize = 2 << 10;
/// How many files a merge should take at once; with fewer, rows go to disk more often.
const MERGED_FILES: usize = 8;
/// The most rows that are handled together.
const BATCH_ROWS: usize = 8192;

/// What a session may use.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The memory, in bytes, that queries may hold together. Sorts and groupings beyond it go to disk.
    pub memory_bytes: usize,
    /// How many threads' worth of partitions a query is cut into, at least 1; fewer where there is less than 32 MiB for
    /// each. Results don't depend on it.
    pub threads: usize,
    /// Where sorts put what does not fit into memory; `None` is the system's folder for temporary files.
    pub spill_directory: Option<PathBuf>,
}

/// What kind of table a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableKind {
    /// A table with rows of its own.
    Table,
    /// A query with a name.
    View,
}

/// One column of a table, described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDescription {
    /// The name, in its own spelling.
    pub name: String,
    /// The type in the words of SQL.
    pub type_name: String,
    /// What it holds; empty where nothing is known.
    pub description: String,
}

/// One table, described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDescription {
    /// The name, in its own spelling.
    pub name: String,
    /// Table or view.
    pub kind: TableKind,
    /// The columns in their order.
    pub columns: Vec<ColumnDescription>,
}

/// The rows of a statement, as they come. A statement without rows, such as `CREATE VIEW`, has no columns either.
pub struct Answer {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows. An error in it is shown by [`super::failure_to_diagnostic`].
    pub stream: SendableRecordBatchStream,
    /// What produces the rows; its metrics are complete when the stream has ended.
    pub plan: Arc<dyn ExecutionPlan>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Answer").field("schema", &self.schema).finish_non_exhaustive()
    }
}

/// A SQL session: tables, functions, limits.
pub struct Session {
    context: SessionContext,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Session").field("id", &self.context.session_id()).finish_non_exhaustive()
    }
}

impl Session {
    /// A session with the hunting functions and no table. Fails where the folder for temporary files cannot be used.
    pub fn new(settings: &Settings) -> Result<Self, Diagnostic> {
        let runtime = runtime(settings).map_err(|error| {
            let reason = failure::failure_to_diagnostic(&error, "").message;
            let folder = settings.spill_directory.clone().unwrap_or_else(std::env::temp_dir);
            Diagnostic::new(format!("cannot put temporary files into `{}`: {reason}", folder.display()))
        })?;
        let context = SessionContext::new_with_config_rt(config(settings), Arc::new(runtime));
        for function in functions::scalar_functions() {
            context.register_udf(function);
        }
        Ok(Self { context })
    }

    /// Makes a table the `process` of this session, and the views over it, in place of those that there were. The table
    /// has the columns of [`event_schema::process_schema`].
    pub async fn register_process(&self, table: Arc<dyn TableProvider>) -> Result<(), Diagnostic> {
        let registered = async {
            self.context.deregister_table("process")?;
            self.context.register_table("process", table)?;
            views::register(&self.context).await
        };
        registered.await.map_err(|error| failure::failure_to_diagnostic(&error, ""))
    }

    /// Makes a table function known, such as `evtx('path')`. The name is lower case.
    pub fn register_table_function(&self, name: &str, function: Arc<dyn TableFunctionImpl>) {
        self.context.register_udtf(name, function);
    }

    /// DataFusion's own context, for what this session does not cover.
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Runs one statement. The same input gives the same rows in the same order, whatever the number of threads.
    /// Writing statements (`COPY`, `INSERT`) are refused; `CREATE VIEW`, `CREATE TABLE … AS` and `SET` last as long as
    /// the session.
    pub fn run<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<Answer, Diagnostic>> {
        async move {
            let names = self.names();
            let (statement, titles) = self.statement(sql, &names)?;
            let asked = asked(sql, &names, &statement);
            self.answer(statement, &titles).await.map_err(|error| failure::diagnose(&error, &asked))
        }
        .boxed()
    }

    /// The plans of one statement, which is not run: what is to be done, and how.
    pub fn explain<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<String, Diagnostic>> {
        async move {
            let names = self.names();
            let (statement, _) = self.statement(sql, &names)?;
            let asked = asked(sql, &names, &statement);
            self.plans(statement).await.map_err(|error| failure::diagnose(&error, &asked))
        }
        .boxed()
    }

    /// The tables and views: `process` first, then the views over it, then those that were created, by name.
    pub fn tables(&self) -> Vec<TableDescription> {
        let mut tables: Vec<TableDescription> =
            self.providers().into_iter().map(|(name, table)| describe(name, table.as_ref())).collect();
        tables.sort_by_key(|table| (rank(&table.name), table.name.clone()));
        tables
    }

    /// Every function that a query may call, by name: scalar, aggregate, window and table functions.
    pub fn function_names(&self) -> Vec<String> {
        let state = self.context.state();
        let mut names = BTreeSet::new();
        names.extend(state.scalar_functions().keys().cloned());
        names.extend(state.higher_order_functions().keys().cloned());
        names.extend(state.aggregate_functions().keys().cloned());
        names.extend(state.window_functions().keys().cloned());
        names.extend(state.table_functions().keys().cloned());
        names.into_iter().collect()
    }

    fn statement(&self, sql: &str, names: &Names) -> Result<(Statement, Titles), Diagnostic> {
        let parsed = statement::parse(sql).and_then(|statement| match refused(&statement) {
            Some(word) => Err(refusal(word, sql)),
            None => Ok(statement),
        });
        let mut statement = parsed.map_err(|diagnostic| diagnostic.with_source("query", sql))?;
        let titles = Titles::of(&statement);
        identifiers::resolve(&mut statement, names);
        Ok((statement, titles))
    }

    async fn logical_plan(&self, statement: Statement) -> PlanResult<LogicalPlan> {
        let plan = self.context.state().statement_to_plan(statement).await?;
        let plan = like_patterns::translate(time_literals::complete(plan)?)?;
        // What `refused` does not know by its syntax.
        SQLOptions::new().with_allow_dml(false).verify_plan(&plan)?;
        stable_order::apply(plan)
    }

    async fn answer(&self, statement: Statement, titles: &Titles) -> PlanResult<Answer> {
        let plan = self.logical_plan(statement).await?;
        // Statements such as `CREATE VIEW` and `SET` are carried out here; a query only becomes a frame, and `EXECUTE`
        // the query that was prepared.
        let is_prepared = matches!(plan, LogicalPlan::Statement(_));
        let (state, plan) = self.context.execute_logical_plan(plan).await?.into_parts();
        let plan = if is_prepared { stable_order::apply(plan)? } else { plan };
        let physical = stable_order::keep(state.create_physical_plan(&plan).await?)?;
        let stream = execute_stream(physical.clone(), Arc::new(TaskContext::from(&state)))?;
        let stream = titles.put_over(stream);
        Ok(Answer { schema: stream.schema(), stream, plan: physical })
    }

    async fn plans(&self, statement: Statement) -> PlanResult<String> {
        let plan = self.logical_plan(statement).await?;
        let state = self.context.state();
        if matches!(plan, LogicalPlan::Ddl(_) | LogicalPlan::Statement(_)) {
            return Ok(format!("Logical plan\n{}\n", plan.display_indent()));
        }
        let optimized = state.optimize(&plan)?;
        let physical = stable_order::keep(state.create_physical_plan(&plan).await?)?;
        let physical = displayable(physical.as_ref());
        Ok(format!("Logical plan\n{}\n\nPhysical plan\n{}", optimized.display_indent(), physical.indent(false)))
    }

    fn names(&self) -> Names {
        let columns =
            |table: &dyn TableProvider| table.schema().fields().iter().map(|field| field.name().clone()).collect();
        let tables = self.providers().into_iter();
        let mut tables: Vec<TableNames> =
            tables.map(|(name, table)| TableNames { columns: columns(table.as_ref()), name }).collect();
        tables.sort_by_key(|table| (rank(&table.name), table.name.clone()));
        Names { tables, functions: self.function_names() }
    }

    fn providers(&self) -> Vec<(String, Arc<dyn TableProvider>)> {
        let state = self.context.state();
        let Ok(schema) = state.schema_for_ref(TableReference::bare("process")) else {
            return Vec::new();
        };
        // The session's tables are kept in memory, so that looking one up never has to wait.
        let look_up = |name: String| {
            let table = schema.table(&name).now_or_never()?.ok()??;
            Some((name, table))
        };
        schema.table_names().into_iter().filter_map(look_up).collect()
    }
}

/// How a session's memory is shared out.
///
/// A sort that went to disk is merged from several files at once. For each of them DataFusion sets aside two batches at
/// twice their size, and it lets one merge take all the memory that is free, so that the sorts on the other threads fail
/// for want of it. So the batches and the number of files are chosen so that a thread's merge takes half of its share.
struct Shares {
    threads: usize,
    batch_rows: usize,
    merged_files: usize,
    merge_reserve: usize,
}

impl Shares {
    fn of(settings: &Settings) -> Self {
        let threads = settings.threads.clamp(1, (settings.memory_bytes / THREAD_BYTES).max(1));
        let share = settings.memory_bytes / threads;
        let batch_rows = (share / (8 * MERGED_FILES * ROW_BYTES)).clamp(256, BATCH_ROWS);
        let merged_files = (share / (8 * batch_rows * ROW_BYTES)).clamp(2, 64);
        Self { threads, batch_rows, merged_files, merge_reserve: (share / 16).min(10 << 20) }
    }
}

fn runtime(settings: &Settings) -> PlanResult<RuntimeEnv> {
    let pool = TrackConsumersPool::new(FairSpillPool::new(settings.memory_bytes), NAMED_CONSUMERS);
    let mode = match &settings.spill_directory {
        Some(directory) => DiskManagerMode::Directories(vec![directory.clone()]),
        None => DiskManagerMode::OsTmpDirectory,
    };
    let files =
        DiskManagerBuilder::default().with_mode(mode).with_max_spill_merge_fan_in(Shares::of(settings).merged_files);
    RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_disk_manager_builder(files).build()
}

fn config(settings: &Settings) -> SessionConfig {
    let shares = Shares::of(settings);
    let mut config = SessionConfig::new()
        .with_target_partitions(shares.threads)
        .with_batch_size(shares.batch_rows)
        .with_sort_spill_reservation_bytes(shares.merge_reserve)
        .with_information_schema(true);
    let options = config.options_mut();
    // Where there is memory for one sort only, there is one, however many partitions a table has.
    options.optimizer.repartition_sorts = shares.threads > 1;
    options.sql_parser.collect_spans = true;
    // The order of a subquery is that of the rows, as long as nothing else asks for another.
    options.sql_parser.enable_subquery_sort_elimination = false;
    options.execution.time_zone = Some("UTC".to_owned());
    config
}

fn asked<'a>(sql: &'a str, names: &'a Names, statement: &Statement) -> Asked<'a> {
    Asked { sql, names, mentioned: identifiers::mentioned_tables(statement, names) }
}

/// The word of a statement that writes.
fn refused(statement: &Statement) -> Option<&'static str> {
    match statement {
        Statement::CopyTo(_) => Some("COPY"),
        Statement::Explain(explain) => refused(&explain.statement),
        Statement::Statement(statement) => match **statement {
            ast::Statement::Prepare { ref statement, .. } => refused_by_parser(statement),
            ref other => refused_by_parser(other),
        },
        _ => None,
    }
}

fn refused_by_parser(statement: &ast::Statement) -> Option<&'static str> {
    match statement {
        ast::Statement::Insert(_) => Some("INSERT"),
        ast::Statement::Update { .. } => Some("UPDATE"),
        ast::Statement::Delete(_) => Some("DELETE"),
        ast::Statement::Merge { .. } => Some("MERGE"),
        ast::Statement::Truncate { .. } => Some("TRUNCATE"),
        ast::Statement::Copy { .. } | ast::Statement::CopyIntoSnowflake { .. } => Some("COPY"),
        _ => None,
    }
}

fn refusal(word: &str, sql: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(format!("`{word}` is not available: queries only read"))
        .with_help("`--output FILE` writes the rows of a query to a file, and so does `\\export FILE` at the prompt");
    match sql.to_ascii_uppercase().find(word) {
        Some(start) => diagnostic.with_span(Span::new(start, start + word.len())),
        None => diagnostic,
    }
}

/// Where a table stands in a list.
fn rank(name: &str) -> usize {
    match name {
        "process" => 0,
        _ => VIEWS.iter().position(|view| view.name == name).map_or(VIEWS.len() + 1, |position| position + 1),
    }
}

fn describe(name: String, table: &dyn TableProvider) -> TableDescription {
    let view = VIEWS.iter().find(|view| view.name == name);
    let description = |column: &str| match view {
        Some(view) => view.column(column).map(|column| column.description()),
        None if name == "process" => event_schema::column(column).map(|column| column.description),
        None => None,
    };
    let columns = table
        .schema()
        .fields()
        .iter()
        .map(|field| ColumnDescription {
            name: field.name().clone(),
            type_name: type_name(field.data_type()),
            description: description(field.name()).unwrap_or_default().to_owned(),
        })
        .collect();
    let kind = if table.table_type() == TableType::View { TableKind::View } else { TableKind::Table };
    TableDescription { name, kind, columns }
}

impl From<Diagnostic> for DataFusionError {
    fn from(diagnostic: Diagnostic) -> Self {
        DataFusionError::External(Box::new(diagnostic))
    }
}

#[cfg(test)]
mod tests;
