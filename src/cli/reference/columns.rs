//! `docs/columns.md`: the columns of `process` and of its views, from the tables that make them.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::anyhow;

use super::cell;
use crate::event_schema::COLUMNS;
use crate::sql_engine::tables::{EventLogTable, ScanLog, ScanSettings};
use crate::sql_engine::{Session, Settings, TableDescription, TableKind};

const INTRODUCTION: &str = "\
# Columns

`process` has one row for each process that was started: a Security 4688 or a Sysmon 1 record. The names of its columns
are a promise: columns are added, and never renamed.

- Every column may be NULL. An empty value, and the `-` that Windows writes for \"none\", are NULL in every column but
  `command_line`, which is kept as it was written.
- Text is as written, in UTF-8. Half of a surrogate pair becomes U+FFFD, and NULs at the end are cut off.
- Numbers are signed. 64-bit ids are kept by their bits, so `logon_id` and keys above the signed range are negative.
- `\\schema process` at the prompt shows this list too.
";

/// What the views are for, by their names.
const VIEWS: [(&str, &str); 3] = [
    ("SecurityEvent", "The names of Microsoft Sentinel's table, for queries on event 4688."),
    ("Sysmon", "The names of Sysmon's event 1, which Sigma rules use too."),
    ("ecs", "The names of the Elastic Common Schema. They have dots, with quotes or without: `process.name`."),
];

/// The page.
///
/// # Errors
/// Where no session can be made, which needs a folder for temporary files.
pub(super) fn page() -> anyhow::Result<String> {
    let tables = tables()?;
    let mut text = String::from(INTRODUCTION);
    write_process(&mut text, &tables);
    text.push_str(
        "\n## The views\n\nThree views hold the same rows under the names that others use, so that a query written for \
         them runs here. Every row is in every view, whichever event it comes from. Process ids are numbers or text \
         such as `0x1a4`, as each of them writes it. A name in `code` within a meaning is a column of `process`.\n",
    );
    for table in tables.iter().filter(|table| table.kind == TableKind::View) {
        write_view(&mut text, table);
    }
    Ok(text)
}

/// The tables of a session on no logs at all.
fn tables() -> anyhow::Result<Vec<TableDescription>> {
    let settings = Settings { memory_bytes: 32 << 20, threads: 1, spill_directory: None };
    let process = EventLogTable::new(Vec::new(), ScanSettings::default(), Arc::new(ScanLog::default()));
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let described = runtime.block_on(async {
        let session = Session::new(&settings)?;
        session.register_process(Arc::new(process)).await?;
        Ok(session.tables())
    });
    described.map_err(|wrong: crate::diagnostic::Diagnostic| anyhow!(wrong.to_string()))
}

fn write_process(text: &mut String, tables: &[TableDescription]) {
    let types = tables.iter().find(|table| table.name == "process").map_or(&[][..], |table| &table.columns);
    text.push_str("\n## `process`\n\n| column | type | Security 4688 | Sysmon 1 | meaning |\n|---|---|---|---|---|\n");
    for (column, described) in COLUMNS.iter().zip(types) {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            column.name,
            described.type_name,
            cell(column.security),
            cell(column.sysmon),
            cell(column.description)
        );
    }
}

fn write_view(text: &mut String, view: &TableDescription) {
    let purpose = VIEWS.iter().find(|(name, _)| *name == view.name).map_or("", |(_, purpose)| purpose);
    let _ = write!(text, "\n### `{}`\n\n{purpose}\n\n| column | type | meaning |\n|---|---|---|\n", view.name);
    for column in &view.columns {
        let _ = writeln!(text, "| `{}` | {} | {} |", column.name, column.type_name, cell(&column.description));
    }
}
