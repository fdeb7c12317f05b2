//! What the views show of two rows, and that filters reach the scan.

use super::*;
use crate::sql_engine::sample::{printed, small_session};

/// The values of one column, top down.
#[track_caller]
fn check(printed: &str, want: [&str; 2]) {
    let rows: Vec<&str> = printed.lines().skip(3).filter(|line| line.starts_with('|')).collect();
    let values: Vec<&str> = rows.iter().map(|row| row.trim_matches('|').trim()).collect();
    assert_eq!(values, want);
}

#[tokio::test]
async fn each_community_finds_its_values() {
    let session = small_session().await;
    for (column, view, want) in [
        ("TimeGenerated", "SecurityEvent", ["2024-05-01T00:00:00Z", "2024-05-01T00:00:01Z"]),
        ("Activity", "SecurityEvent", ["4688 - A new process has been created.", ""]),
        ("EventSourceName", "SecurityEvent", ["Microsoft-Windows-Security-Auditing", "Microsoft-Windows-Sysmon"]),
        ("Account", "SecurityEvent", ["CORP\\ann", "PC-2\\bob"]),
        ("AccountType", "SecurityEvent", ["User", "User"]),
        ("SubjectLogonId", "SecurityEvent", ["0x3e7", "0x1234"]),
        ("TargetAccount", "SecurityEvent", ["CORP\\svc", ""]),
        ("TargetLogonId", "SecurityEvent", ["0xffffffffffffffff", ""]),
        ("Process", "SecurityEvent", ["cmd.exe", "tool.exe"]),
        ("NewProcessId", "SecurityEvent", ["0x1a4", "0x8"]),
        ("ProcessId", "SecurityEvent", ["0x1000", "0x7"]),
        ("TokenElevationType", "SecurityEvent", ["%%1938", ""]),
        ("MandatoryLabel", "SecurityEvent", ["S-1-16-12288", "S-1-16-8192"]),
        ("User", "Sysmon", ["CORP\\svc", "PC-2\\bob"]),
        ("LogonId", "Sysmon", ["0xffffffffffffffff", "0x1234"]),
        ("ProcessId", "Sysmon", ["420", "8"]),
        ("Hashes", "Sysmon", ["", "MD5=0A,SHA256=FF"]),
        ("ParentUser", "Sysmon", ["", "PC-2\\bob"]),
        ("event.code", "ecs", ["4688", "1"]),
        ("event.category", "ecs", ["process", "process"]),
        ("process.name", "ecs", ["cmd.exe", "tool.exe"]),
        ("process.parent.name", "ecs", ["WINWORD.EXE", "explorer.exe"]),
        ("user.name", "ecs", ["ann", "bob"]),
        ("user.effective.name", "ecs", ["svc", ""]),
        ("winlog.logon.id", "ecs", ["0x3e7", "0x1234"]),
        ("process.entity_id", "ecs", ["", "{ab}"]),
    ] {
        check(&printed(&session, &format!("select {column} from {view}")).await.unwrap(), want);
    }
    check(
        &printed(&session, "select \"@timestamp\" from ecs").await.unwrap(),
        ["2024-05-01T00:00:00Z", "2024-05-01T00:00:01Z"],
    );
    check(&printed(&session, "select process.args[2] from ecs").await.unwrap(), ["/c", "-x"]);
}

#[tokio::test]
async fn filters_on_renamed_columns_reach_process() {
    let session = small_session().await;
    for (sql, want) in [
        ("select CommandLine from SecurityEvent where Computer = 'PC-1'", "process.host = "),
        ("select CommandLine from SecurityEvent where TimeGenerated > '2024-05-01'", "process.time > "),
        ("select CommandLine from Sysmon where Image like '%x' and ProcessId = 8", "process.new_process_id = "),
        ("select process.pid from ecs where host.name = 'PC-1'", "process.host = "),
        ("select process.pid from ecs where event.code = '4688'", "process.event_id = "),
    ] {
        let plan = session.explain(sql).await.unwrap();
        let scan = plan.lines().position(|line| line.contains("TableScan: process")).unwrap();
        let around: String = plan.lines().skip(scan - 1).take(2).collect();
        assert!(around.contains(want), "{plan}");
    }
}

#[test]
fn every_column_of_process_has_a_name_somewhere() {
    let expressions: Vec<&str> = VIEWS.iter().flat_map(|view| view.columns).map(|column| column.expression).collect();
    for column in event_schema::COLUMNS {
        let is_used = expressions.iter().any(|expression| {
            expression.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == column.name)
        });
        assert!(is_used, "{}", column.name);
    }
}

#[test]
fn every_column_says_what_it_holds_and_no_name_is_there_twice() {
    for view in &VIEWS {
        let mut names: Vec<String> = view.columns.iter().map(|column| column.name.to_lowercase()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), view.columns.len(), "{}", view.name);
        for column in view.columns {
            assert!(!column.description().is_empty(), "{}.{}", view.name, column.name);
        }
    }
}
