//! `created_account(command_line)`: the account that is created or added to a group.

use std::borrow::Cow;

use super::account_commands::find_account_command;
use super::{Argument, Example, Group, HuntingFunction, Worker};

pub(super) static CREATED_ACCOUNT: HuntingFunction = HuntingFunction {
    name: "created_account",
    group: Group::CommandLine,
    summary: "The name of the account that a command line creates or adds to a group.",
    arguments: &[Argument { name: "command_line", description: "A command line as Windows logs it." }],
    result: "The name as written, without quotes, of the first command that is_account_creation finds: the first \
             member of several that are added, a variable by its name (%1, $user). dsadd gives -samid or else the \
             first part of the distinguished name. NULL where nothing is created, where only a group is, or where the \
             name stands elsewhere (a splatted @parameters), and for NULL.",
    source: "ATT&CK T1136.001, T1136.002, T1098; Microsoft: Net user, Net localgroup, dsadd user, New-LocalUser.",
    examples: &[
        Example { sql: "created_account('net user Supp0rt LetsDefendEventLogs /add')", result: "Supp0rt" },
        Example { sql: "created_account('net localgroup administrators Supp0rt /add')", result: "Supp0rt" },
        Example { sql: "created_account('net user Supp0rt')", result: "NULL" },
    ],
    worker: Worker::TextToText(created_account),
};

fn created_account(command_line: &str) -> Option<Cow<'_, str>> {
    find_account_command(command_line)?.account.map(Cow::Owned)
}
