//! `SecurityEvent`, `Sysmon` and `ecs`: the rows of `process` under the names of three communities.
//!
//! A view is a list of columns, each a SQL expression over `process`. It is planned as a view of DataFusion, so a filter
//! on a column that is only renamed reaches the scan of `process`.
//!
//! All rows are in all views, whichever event they come from. Ids are numbers where the community writes decimal
//! numbers, and text as `0x1a4` where it writes hexadecimal ones. Sysmon's GUIDs stay in lower case, as they are kept;
//! hashes in `Sysmon.Hashes` are in capitals, as Sysmon writes them.

use std::sync::Arc;

use datafusion::common::TableReference;
use datafusion::datasource::ViewTable;
use datafusion::error::Result;
use datafusion::execution::context::SessionContext;

use crate::event_schema;

/// One column of a view.
#[derive(Debug, Clone, Copy)]
pub(super) struct ViewColumn {
    /// The community's name.
    pub(super) name: &'static str,
    /// What it is in terms of `process`.
    expression: &'static str,
    /// What it holds; empty where it is a column of `process`, whose description counts.
    description: &'static str,
}

impl ViewColumn {
    /// The column of `process` that this is, if it is only another name.
    pub(super) fn renames(&self) -> Option<&'static event_schema::Column> {
        event_schema::column(self.expression)
    }

    /// What the column holds.
    pub(super) fn description(&self) -> &'static str {
        match self.renames() {
            Some(column) if self.description.is_empty() => column.description,
            _ => self.description,
        }
    }
}

/// One view over `process`.
#[derive(Debug)]
pub(super) struct View {
    /// The name.
    pub(super) name: &'static str,
    /// The columns in their order.
    pub(super) columns: &'static [ViewColumn],
}

impl View {
    fn sql(&self) -> String {
        let columns: Vec<String> =
            self.columns.iter().map(|column| format!("{} AS \"{}\"", column.expression, column.name)).collect();
        format!("SELECT {} FROM process", columns.join(", "))
    }

    /// The column with that name.
    pub(super) fn column(&self, name: &str) -> Option<&'static ViewColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

const fn renamed(name: &'static str, column: &'static str) -> ViewColumn {
    ViewColumn { name, expression: column, description: "" }
}

const fn computed(name: &'static str, expression: &'static str, description: &'static str) -> ViewColumn {
    ViewColumn { name, expression, description }
}

/// The views in the order in which they are listed.
pub(super) static VIEWS: [View; 3] = [
    View { name: "SecurityEvent", columns: SECURITY_EVENT },
    View { name: "Sysmon", columns: SYSMON },
    View { name: "ecs", columns: ECS },
];

/// Registers the views over the registered `process`, in place of those that there were.
pub(super) async fn register(context: &SessionContext) -> Result<()> {
    for view in &VIEWS {
        let sql = view.sql();
        let plan = context.state().create_logical_plan(&sql).await?;
        context.deregister_table(TableReference::bare(view.name))?;
        context.register_table(TableReference::bare(view.name), Arc::new(ViewTable::new(plan, Some(sql))))?;
    }
    Ok(())
}

const PROVIDER: &str = "CASE source WHEN 'security' THEN 'Microsoft-Windows-Security-Auditing' \
                        WHEN 'sysmon' THEN 'Microsoft-Windows-Sysmon' END";
const ELEVATION: &str = "CASE token_elevation WHEN 'default' THEN '%%1936' WHEN 'full' THEN '%%1937' \
                         WHEN 'limited' THEN '%%1938' ELSE token_elevation END";
const SUBJECT: &str = "coalesce(account_domain || '\\' || account, account)";
const TARGET: &str = "coalesce(target_domain || '\\' || target_account, target_account)";

/// Microsoft Sentinel's table of that name; its reference lists the columns.
/// <https://learn.microsoft.com/azure/azure-monitor/reference/tables/securityevent>
#[rustfmt::skip]
static SECURITY_EVENT: &[ViewColumn] = &[
    renamed("TimeGenerated", "time"),
    renamed("Computer", "host"),
    renamed("EventID", "event_id"),
    computed("Activity", "CASE WHEN source = 'security' THEN '4688 - A new process has been created.' END", "The event in words; NULL for rows of Sysmon."),
    renamed("Channel", "channel"),
    computed("EventSourceName", PROVIDER, "The provider that wrote the event."),
    renamed("EventRecordId", "record_id"),
    computed("Account", SUBJECT, "The account that started the process, as `DOMAIN\\name`."),
    computed("AccountType", "CASE WHEN account LIKE '%$' THEN 'Machine' WHEN account IS NOT NULL THEN 'User' END", "`Machine` for an account whose name ends with `$`, else `User`."),
    computed("SubjectAccount", SUBJECT, "The account that started the process, as `DOMAIN\\name`."),
    renamed("SubjectUserName", "account"),
    renamed("SubjectDomainName", "account_domain"),
    renamed("SubjectUserSid", "account_sid"),
    computed("SubjectLogonId", "'0x' || to_hex(logon_id)", "The logon session that started the process, as `0x3e7`."),
    computed("TargetAccount", TARGET, "The account that the process runs as, where it is another one, as `DOMAIN\\name`."),
    renamed("TargetUserName", "target_account"),
    renamed("TargetDomainName", "target_domain"),
    renamed("TargetUserSid", "target_sid"),
    computed("TargetLogonId", "'0x' || to_hex(target_logon_id)", "The logon session of the target account, as `0x3e7`."),
    renamed("NewProcessName", "new_process"),
    computed("Process", "basename(new_process)", "The file name of the program that was started."),
    computed("NewProcessId", "'0x' || to_hex(new_process_id)", "The id of the new process, as `0x1a4`."),
    renamed("ParentProcessName", "creator_process"),
    computed("ProcessId", "'0x' || to_hex(creator_process_id)", "The id of the process that started it, as `0x1a4`."),
    renamed("CommandLine", "command_line"),
    computed("TokenElevationType", ELEVATION, "`%%1936` default, `%%1937` full, `%%1938` limited."),
    computed("MandatoryLabel", "CASE integrity_level WHEN 'Untrusted' THEN 'S-1-16-0' WHEN 'Low' THEN 'S-1-16-4096' WHEN 'Medium' THEN 'S-1-16-8192' WHEN 'Medium Plus' THEN 'S-1-16-8448' WHEN 'High' THEN 'S-1-16-12288' WHEN 'System' THEN 'S-1-16-16384' WHEN 'Protected' THEN 'S-1-16-20480' ELSE integrity_level END", "The integrity level as a security id, `S-1-16-12288` for high."),
];

/// The fields of Sysmon's event 1, in the event's order.
/// <https://learn.microsoft.com/sysinternals/downloads/sysmon>
#[rustfmt::skip]
static SYSMON: &[ViewColumn] = &[
    renamed("RuleName", "rule_name"),
    renamed("UtcTime", "time"),
    renamed("Computer", "host"),
    renamed("EventID", "event_id"),
    renamed("Channel", "channel"),
    renamed("EventRecordID", "record_id"),
    renamed("ProcessGuid", "process_guid"),
    renamed("ProcessId", "new_process_id"),
    renamed("Image", "new_process"),
    renamed("FileVersion", "file_version"),
    renamed("Description", "description"),
    renamed("Product", "product"),
    renamed("Company", "company"),
    renamed("OriginalFileName", "original_file_name"),
    renamed("CommandLine", "command_line"),
    renamed("CurrentDirectory", "current_directory"),
    computed("User", "coalesce(target_domain || '\\' || target_account, target_account, account_domain || '\\' || account, account)", "The account that the process runs as, as `DOMAIN\\name`."),
    computed("LogonId", "'0x' || to_hex(coalesce(target_logon_id, logon_id))", "The logon session of `User`, as `0x3e7`."),
    renamed("TerminalSessionId", "terminal_session_id"),
    renamed("IntegrityLevel", "integrity_level"),
    computed("Hashes", "nullif(concat_ws(',', 'SHA1=' || upper(sha1), 'MD5=' || upper(md5), 'SHA256=' || upper(sha256), 'IMPHASH=' || upper(imphash)), '')", "The program's hashes, as `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`, those that there are."),
    renamed("ParentProcessGuid", "creator_guid"),
    renamed("ParentProcessId", "creator_process_id"),
    renamed("ParentImage", "creator_process"),
    renamed("ParentCommandLine", "creator_command_line"),
    renamed("ParentUser", "creator_account"),
];

/// The Elastic Common Schema and the `winlog` fields beside it. `user` is the account that started the process,
/// `user.effective` the one that it runs as where that is another one, as the schema defines them.
/// <https://www.elastic.co/docs/reference/ecs/ecs-process>, <https://www.elastic.co/docs/reference/ecs/ecs-user>
#[rustfmt::skip]
static ECS: &[ViewColumn] = &[
    renamed("@timestamp", "time"),
    computed("event.category", "'process'", "`process`."),
    computed("event.type", "'start'", "`start`."),
    computed("event.code", "CAST(event_id AS VARCHAR)", "`4688` or `1`, as text."),
    computed("event.provider", PROVIDER, "The provider that wrote the event."),
    renamed("event.created", "time"),
    renamed("host.name", "host"),
    renamed("user.name", "account"),
    renamed("user.domain", "account_domain"),
    renamed("user.id", "account_sid"),
    renamed("user.effective.name", "target_account"),
    renamed("user.effective.domain", "target_domain"),
    renamed("user.effective.id", "target_sid"),
    computed("process.name", "basename(new_process)", "The file name of the program that was started."),
    renamed("process.executable", "new_process"),
    renamed("process.pid", "new_process_id"),
    renamed("process.entity_id", "process_guid"),
    renamed("process.command_line", "command_line"),
    computed("process.args", "args(command_line)", "The command line's arguments as a list, the program first."),
    renamed("process.working_directory", "current_directory"),
    renamed("process.hash.md5", "md5"),
    renamed("process.hash.sha1", "sha1"),
    renamed("process.hash.sha256", "sha256"),
    renamed("process.pe.original_file_name", "original_file_name"),
    renamed("process.pe.imphash", "imphash"),
    renamed("process.pe.company", "company"),
    renamed("process.pe.description", "description"),
    renamed("process.pe.file_version", "file_version"),
    renamed("process.pe.product", "product"),
    computed("process.parent.name", "basename(creator_process)", "The file name of the program that started it."),
    renamed("process.parent.executable", "creator_process"),
    renamed("process.parent.pid", "creator_process_id"),
    renamed("process.parent.entity_id", "creator_guid"),
    renamed("process.parent.command_line", "creator_command_line"),
    computed("process.parent.args", "args(creator_command_line)", "The arguments of the process that started it, the program first."),
    renamed("process.parent.user.name", "creator_account"),
    renamed("rule.name", "rule_name"),
    renamed("winlog.channel", "channel"),
    renamed("winlog.computer_name", "host"),
    renamed("winlog.event_id", "event_id"),
    renamed("winlog.version", "event_version"),
    renamed("winlog.record_id", "record_id"),
    computed("winlog.provider_name", PROVIDER, "The provider that wrote the event."),
    computed("winlog.logon.id", "'0x' || to_hex(logon_id)", "The logon session that started the process, as `0x3e7`."),
    renamed("winlog.event_data.IntegrityLevel", "integrity_level"),
    computed("winlog.event_data.TokenElevationType", ELEVATION, "`%%1936` default, `%%1937` full, `%%1938` limited."),
    renamed("winlog.event_data.TerminalSessionId", "terminal_session_id"),
    renamed("log.file.path", "source_file"),
    renamed("log.offset", "record_offset"),
    renamed("trailhound.chunk_checksum", "chunk_checksum"),
];

#[cfg(test)]
mod tests;
