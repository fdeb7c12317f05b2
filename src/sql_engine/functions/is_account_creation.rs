//! `is_account_creation(command_line)`: an account is created or added to a group.

use super::account_commands::find_account_command;
use super::{Argument, Example, Group, HuntingFunction, Worker};

pub(super) static IS_ACCOUNT_CREATION: HuntingFunction = HuntingFunction {
    name: "is_account_creation",
    group: Group::CommandLine,
    summary: "Whether a command line creates an account, or a group, or adds an account to a group.",
    arguments: &[Argument { name: "command_line", description: "A command line as Windows logs it." }],
    result: "True for net and net1 with user, localgroup or group and /add (also /a, /ad, and glued to the word before \
             it), dsadd user, wmic useraccount create, New-LocalUser, New-ADUser, and the cmdlets that do what net \
             localgroup /add does: Add-LocalGroupMember and Add-ADGroupMember. They are found by any path, with quotes, \
             carets and backticks strewn in, and inside the command line of cmd, PowerShell or another launcher. False \
             for listing, changing and deleting. What PowerShell is given encoded is not looked into; for that call \
             it with decode_ps(command_line). NULL for NULL.",
    source: "ATT&CK T1136.001, T1136.002, T1098; Microsoft: Net user, Net localgroup, dsadd user, New-LocalUser.",
    examples: &[
        Example { sql: "is_account_creation('net user Supp0rt Secret1 /add')", result: "true" },
        Example { sql: "is_account_creation('net user /domain')", result: "false" },
    ],
    worker: Worker::TextToBool(is_account_creation),
};

fn is_account_creation(command_line: &str) -> bool {
    find_account_command(command_line).is_some()
}
