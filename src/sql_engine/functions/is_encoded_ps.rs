//! `is_encoded_ps(command_line)`: PowerShell started with an encoded command.

use super::powershell_arguments::find_encoded_command;
use super::{Argument, Example, Group, HuntingFunction, Worker};

pub(super) static IS_ENCODED_PS: HuntingFunction = HuntingFunction {
    name: "is_encoded_ps",
    group: Group::CommandLine,
    summary: "Whether a command line starts PowerShell or pwsh with an encoded command.",
    arguments: &[Argument { name: "command_line", description: "A command line as Windows logs it." }],
    result: "True for each prefix of -EncodedCommand that PowerShell accepts (-e, -en, -enc …) and for -ec, with one or \
             two dashes, a Unicode dash or a slash, a colon, quotes, carets or backticks; also inside the command line \
             of cmd or of another launcher. A PowerShell that is named counts with any value; a host of another name \
             counts when the value is base64 of UTF-16LE text. False for -ExecutionPolicy, -ep, -ex, \
             -EncodedArguments, for a switch without a value, and for a switch behind -Command or -File, where it is \
             part of the script. NULL for NULL.",
    source: "ATT&CK T1059.001, T1027.010; Microsoft: about_Pwsh, about_PowerShell_exe.",
    examples: &[
        Example { sql: "is_encoded_ps('powershell -nop -enc SQBFAFgA')", result: "true" },
        Example { sql: "is_encoded_ps('powershell -ep bypass -file a.ps1')", result: "false" },
    ],
    worker: Worker::TextToBool(is_encoded_ps),
};

fn is_encoded_ps(command_line: &str) -> bool {
    find_encoded_command(command_line).is_some()
}
