//! A workspace as the prompt sees it.

use std::sync::Mutex;

use datafusion::error::DataFusionError;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::loss_report::LossReport;
use crate::repl::{Answer, ColumnDescription, Engine, Failure, TableDescription};
use crate::sql_engine::TableKind;
use crate::workspace::Workspace;

/// The session of a workspace, and what its scans could not read.
pub(super) struct WorkspaceEngine {
    workspace: Workspace,
    losses: Mutex<LossReport>,
}

impl WorkspaceEngine {
    pub(super) fn new(workspace: Workspace) -> Self {
        Self { workspace, losses: Mutex::default() }
    }

    pub(super) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Whether events may be missing from what was read so far.
    pub(super) fn lost_events(&self) -> bool {
        self.with_losses(|losses| losses.lost_events())
    }

    fn with_losses<T>(&self, ask: impl FnOnce(&mut LossReport) -> T) -> T {
        let mut losses = self.losses.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        losses.take(&self.workspace.log);
        ask(&mut losses)
    }
}

impl Engine for WorkspaceEngine {
    fn run<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<Answer, Failure>> {
        async move {
            let answer = self.workspace.session.run(sql).await.map_err(|wrong| Failure(wrong.to_string()))?;
            Ok(Answer { schema: answer.schema, stream: answer.stream })
        }
        .boxed()
    }

    fn explain<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<String, Failure>> {
        async move { self.workspace.session.explain(sql).await.map_err(|wrong| Failure(wrong.to_string())) }.boxed()
    }

    fn tables(&self) -> BoxFuture<'_, Vec<TableDescription>> {
        let tables = self.workspace.session.tables().into_iter().map(|table| TableDescription {
            name: table.name,
            kind: match table.kind {
                TableKind::Table => "table".to_owned(),
                TableKind::View => "view".to_owned(),
            },
            columns: table
                .columns
                .into_iter()
                .map(|column| ColumnDescription {
                    name: column.name,
                    type_name: column.type_name,
                    description: column.description,
                })
                .collect(),
        });
        std::future::ready(tables.collect()).boxed()
    }

    fn function_names(&self) -> Vec<String> {
        self.workspace.session.function_names()
    }

    fn failure(&self, sql: &str, error: DataFusionError) -> Failure {
        Failure(self.workspace.failure(&error, sql).to_string())
    }

    fn notices(&self) -> Option<String> {
        self.with_losses(LossReport::news)
    }
}
