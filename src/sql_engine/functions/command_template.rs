//! `command_template(command_line)`: a command line without what differs from run to run.
//!
//! One pass from left to right. At each place the patterns (in `patterns.rs`) are tried in order, the longer before the
//! shorter, and what matches is written as a placeholder. A placeholder that is already there is passed whole. Where
//! one touches a word, only long numbers are replaced in that word, before and behind it, as in the word that it was
//! a part of: so a template's template is itself.

use std::borrow::Cow;

use super::{Argument, Example, Group, HuntingFunction, Worker};

mod patterns;

pub(super) static COMMAND_TEMPLATE: HuntingFunction = HuntingFunction {
    name: "command_template",
    group: Group::CommandLine,
    summary: "The command line with what differs from run to run replaced by placeholders, so that like lines can be \
              counted together.",
    arguments: &[Argument { name: "command_line", description: "A command line as Windows logs it." }],
    result: "The text with <guid>, <sid>, <ip> (4 and 6), <date>, <time>, <user> (the folder behind C:\\Users\\ or \
             Documents and Settings, but not Public and the like), <temp> (a file name ending in .tmp, and names \
             as ~DF12AB, tmp1375, 7zS4F21, _MEI12345, is-7AB3C), <base64> (32 characters and more of mixed kinds, or \
             base64 of UTF-16LE text), <hex> (0x and digits, or 8 and more hex digits with a letter and a digit) and \
             <number> (digits that stand alone, and 5 and more within a word: System32 stays). Letters keep their \
             case; call it with lower(…) of its result to fold that. Doing it twice changes nothing more. NULL for \
             NULL.",
    source: "Stacking (least-frequency analysis) of process creations, ATT&CK data source DS0009, Process.",
    examples: &[
        Example {
            sql: r"command_template('C:\Users\bob\AppData\Local\Temp\tmp1A2F.tmp /pid 4711')",
            result: r"C:\Users\<user>\AppData\Local\Temp\<temp> /pid <number>",
        },
        Example {
            sql: "command_template('DllHost.exe /Processid:{133EAC4F-5891-4D04-BADA-D84870380A80}')",
            result: "DllHost.exe /Processid:{<guid>}",
        },
        Example { sql: "command_template('ping -n 1 10.0.0.7')", result: "ping -n <number> <ip>" },
    ],
    worker: Worker::TextToText(command_template),
};

const PLACEHOLDERS: [&str; 10] =
    ["<guid>", "<sid>", "<ip>", "<date>", "<time>", "<user>", "<temp>", "<base64>", "<hex>", "<number>"];

/// So many digits within a word are a number, fewer belong to its name: `System32`, `T1121`.
const LONG_NUMBER: usize = 5;

/// See the documentation above. A text with nothing to replace is borrowed.
fn command_template(command_line: &str) -> Option<Cow<'_, str>> {
    let mut scanner = Scanner { text: command_line, position: 0, template: String::new(), written_to: 0 };
    scanner.run();
    if scanner.template.is_empty() {
        return Some(Cow::Borrowed(command_line));
    }
    scanner.template.push_str(&command_line[scanner.written_to..]);
    Some(Cow::Owned(scanner.template))
}

/// The placeholder that a text starts with.
fn placeholder_at(text: &str) -> Option<&'static str> {
    if !text.starts_with('<') {
        return None;
    }
    PLACEHOLDERS.iter().find(|placeholder| text.starts_with(**placeholder)).copied()
}

/// A byte of a word: a letter or digit, and every byte of a character beyond ASCII.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

struct Scanner<'a> {
    text: &'a str,
    position: usize,
    template: String,
    /// How much of the text is in the template.
    written_to: usize,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut touches_placeholder = false;
        while self.position < self.text.len() {
            let rest = &self.text[self.position..];
            if let Some(placeholder) = placeholder_at(rest) {
                self.position += placeholder.len();
                touches_placeholder = true;
                continue;
            }
            if !touches_placeholder && let Some((length, placeholder)) = patterns::find(self.text, self.position) {
                self.replace(length, placeholder);
                touches_placeholder = true;
                continue;
            }
            touches_placeholder = self.pass_word();
        }
    }

    fn replace(&mut self, length: usize, placeholder: &str) {
        self.template.push_str(&self.text[self.written_to..self.position]);
        self.template.push_str(placeholder);
        self.position += length;
        self.written_to = self.position;
    }

    /// Passes a word, or one character that is of no word. Gives whether a placeholder was written last.
    fn pass_word(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        if !is_word_byte(bytes[self.position]) {
            self.position += 1;
            return false;
        }
        let mut replaced_last = false;
        while bytes.get(self.position).is_some_and(|&byte| is_word_byte(byte)) {
            let digits = bytes[self.position..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            replaced_last = digits >= LONG_NUMBER;
            if replaced_last {
                self.replace(digits, "<number>");
            } else {
                self.position += digits.max(1);
            }
        }
        replaced_last
    }
}

#[cfg(test)]
mod tests;
