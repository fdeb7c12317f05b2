//! `suspicious_parent(creator_process, new_process)` and its reason: programs that do not start one another.
//!
//! Three rules, in this order:
//! 1. A process of the system has one parent, or few ([`process_tree`]): svchost.exe is started by services.exe.
//! 2. Programs that show documents, serve requests or belong to the system do not start shells ([`creators`], [`tools`]).
//! 3. Most of the same start no programs from a suspicious path.
//!
//! explorer.exe is judged as a parent and not as a child: any program may start it to show a folder. A shell under it
//! counts, cmd.exe as powershell.exe: it is how shortcuts in mail and archives run, and a user's own click looks the
//! same.

use std::borrow::Cow;

use super::hunting_function::{Argument, Example, Group, HuntingFunction, Worker};
use super::masquerades::is_in_wrong_folder;
use super::name_table;
use super::suspicious_path::suspicious_path;
use super::windows_path::{program_name, split};

mod creators;
mod process_tree;
mod tools;

const ARGUMENTS: &[Argument] = &[
    Argument { name: "creator_process", description: "The path of the parent, or its name alone." },
    Argument { name: "new_process", description: "The path of the process that it started, or its name alone." },
];

const SOURCE: &str = "ATT&CK T1204.002 (Malicious File), T1059 (Command and Scripting Interpreter), T1505.003 (Web \
                      Shell), T1505.001 (SQL Stored Procedures), T1047 (WMI), T1543.003 (Windows Service), T1546.008 \
                      (Accessibility Features), T1548.002 (Bypass User Account Control), T1218 (System Binary Proxy \
                      Execution), T1036.005 and T1134.004 (Parent PID Spoofing); Russinovich and others, \"Windows \
                      Internals\", on the system processes.";

pub(super) static SUSPICIOUS_PARENT: HuntingFunction = HuntingFunction {
    name: "suspicious_parent",
    group: Group::Parent,
    summary: "Tells whether a process has a parent that does not normally start it.",
    arguments: ARGUMENTS,
    result: "True where Office, Explorer, a browser, a PDF reader, a web or database server, services.exe, \
             WmiPrvSE.exe, a script host or the like starts a shell, a script host or a tool that is abused as one, \
             where a process of the system has another parent than Windows gives it, and where Office, a PDF reader \
             or a process of the system starts a program from a suspicious path. False where the parent is not known (an empty text, `-`, `?`). \
             NULL gives NULL.",
    source: SOURCE,
    examples: &[
        Example { sql: "suspicious_parent('WINWORD.EXE', 'powershell.exe')", result: "true" },
        Example {
            sql: r"suspicious_parent('C:\Windows\System32\services.exe', 'C:\Windows\System32\svchost.exe')",
            result: "false",
        },
    ],
    worker: Worker::TwoTextsToBool(suspicious_parent),
};

pub(super) static SUSPICIOUS_PARENT_REASON: HuntingFunction = HuntingFunction {
    name: "suspicious_parent_reason",
    group: Group::Parent,
    summary: "Says why `suspicious_parent` holds a parent to be unusual.",
    arguments: ARGUMENTS,
    result: "A sentence, or NULL where `suspicious_parent` is false. NULL gives NULL.",
    source: SOURCE,
    examples: &[
        Example {
            sql: "suspicious_parent_reason('WINWORD.EXE', 'powershell.exe')",
            result: "the Office application WINWORD.EXE started the shell powershell.exe",
        },
        Example {
            sql: "suspicious_parent_reason('cmd.exe', 'svchost.exe')",
            result: "svchost.exe is normally started by services.exe, not by cmd.exe",
        },
        Example { sql: "suspicious_parent_reason('explorer.exe', 'notepad.exe')", result: "NULL" },
    ],
    worker: Worker::TwoTextsToText(suspicious_parent_reason),
};

/// What is unusual about a parent and its child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding {
    /// Another parent than these.
    WrongParent(&'static [&'static str]),
    /// The right name, in a folder where the right program is not.
    ParentElsewhere,
    /// A creator of this role started a tool of this label.
    Tool(&'static str, &'static str),
    /// A creator of this role started a program from a suspicious path.
    DroppedProgram(&'static str),
    /// A creator of this role started a program, and it starts none.
    AnyProgram(&'static str),
}

fn suspicious_parent(creator: &str, child: &str) -> bool {
    find(creator, child).is_some()
}

fn suspicious_parent_reason<'a>(creator: &'a str, child: &'a str) -> Option<Cow<'a, str>> {
    let finding = find(creator, child)?;
    let (creator, child) = (split(creator.trim()).1, split(child.trim()).1);
    let text = match finding {
        Finding::WrongParent(expected) => {
            format!("{child} is normally started by {}, not by {creator}", process_tree::names(expected))
        }
        Finding::ParentElsewhere => format!("{child} was started by a {creator} that is not in its own folder"),
        Finding::Tool(role, label) => format!("{role} {creator} started the {label} {child}"),
        Finding::DroppedProgram(role) => {
            format!("{role} {creator} started {child} from where programs do not normally live")
        }
        Finding::AnyProgram(role) => format!("{role} {creator} started {child}, and it normally starts no program"),
    };
    Some(text.into())
}

fn find(creator_path: &str, child_path: &str) -> Option<Finding> {
    let (creator, child) = (program_name(creator_path), program_name(child_path));
    if is_missing(creator) || is_missing(child) {
        return None;
    }
    wrong_parent(creator_path, creator, child).or_else(|| unexpected_child(creator_path, creator, child_path, child))
}

/// Whether a record says that it does not know the process.
fn is_missing(name: &str) -> bool {
    matches!(name, "" | "-" | "?") || name.starts_with('<') || name.eq_ignore_ascii_case("unknown process")
}

fn wrong_parent(creator_path: &str, creator: &str, child: &str) -> Option<Finding> {
    let expected = *name_table::find(process_tree::PARENTS, child)?;
    if !expected.iter().any(|name| name.eq_ignore_ascii_case(creator)) {
        return Some(Finding::WrongParent(expected));
    }
    is_in_wrong_folder(creator_path).then_some(Finding::ParentElsewhere)
}

fn unexpected_child(creator_path: &str, creator: &str, child_path: &str, child: &str) -> Option<Finding> {
    let role = creators::role_of(creator, creator_path)?;
    if creator.eq_ignore_ascii_case(child) {
        return None;
    }
    if let Some(tool) = name_table::find(tools::TOOLS, child)
        && role.starts_none_of & tool.kind != 0
    {
        return Some(Finding::Tool(role.label, tool.label));
    }
    if role.starts_nothing && !name_table::contains(creators::ERROR_REPORTERS, child) {
        return Some(Finding::AnyProgram(role.label));
    }
    (role.starts_no_dropped && suspicious_path(child_path)).then_some(Finding::DroppedProgram(role.label))
}

#[cfg(test)]
mod tests;
