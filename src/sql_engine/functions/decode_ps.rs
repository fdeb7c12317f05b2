//! `decode_ps(command_line)`: the script that PowerShell is given encoded.

use std::borrow::Cow;

use super::powershell_arguments::find_encoded_command;
use super::{Argument, Example, Group, HuntingFunction, Worker};

pub(super) static DECODE_PS: HuntingFunction = HuntingFunction {
    name: "decode_ps",
    group: Group::CommandLine,
    summary: "The script that a command line gives to PowerShell's -EncodedCommand, decoded.",
    arguments: &[Argument { name: "command_line", description: "A command line as Windows logs it." }],
    result: "The text behind base64 and UTF-16LE, of the command that is_encoded_ps finds. As in .NET, blanks within \
             the base64 are passed; unlike there, missing padding is forgiven and of a value that was cut the rest is \
             decoded, if it reads as text. NULL where there is no encoded command, where its value is a variable or no \
             base64, and for NULL. Only the encoded command is decoded: base64 that a script itself decodes \
             (FromBase64String) is not. The result can be put to the other functions: \
             is_account_creation(decode_ps(command_line)).",
    source: "ATT&CK T1140, T1059.001; Microsoft: about_Pwsh, about_PowerShell_exe.",
    examples: &[
        Example { sql: "decode_ps('powershell -enc dwBoAG8AYQBtAGkA')", result: "whoami" },
        Example { sql: "decode_ps('powershell -c whoami')", result: "NULL" },
    ],
    worker: Worker::TextToText(decode_ps),
};

fn decode_ps(command_line: &str) -> Option<Cow<'_, str>> {
    find_encoded_command(command_line)?.script.map(Cow::Owned)
}
