//! Finds the encoded command that PowerShell is started with, and decodes it.
//!
//! The parameters are those of powershell.exe and pwsh.exe: a dash (`-`, en dash, em dash, horizontal bar) or `/`,
//! perhaps a second dash, then a prefix of a name. Two searches follow each other:
//! 1. A PowerShell by name, its parameters read in order as PowerShell does it, so that `-e` behind `-Command` or
//!    `-File` is what it is there: text of a script. Here any value counts, for a variable may hold the command.
//! 2. The switch anywhere, for hosts that were renamed and for lines that no rule reads. Here the value itself must
//!    be base64 of UTF-16LE text, which no other program takes behind such a switch.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memchr3;

use super::command_line_words::{Mention, Mentions, Words, mentions, without_escapes};

const HOSTS: [&str; 4] = ["powershell", "pwsh", "pwsh-preview", "powershell-preview"];

/// An encoded command that was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EncodedCommand {
    /// The script, where the value could be decoded.
    pub(super) script: Option<String>,
}

/// The encoded command that a command line starts PowerShell with.
pub(super) fn find_encoded_command(command_line: &str) -> Option<EncodedCommand> {
    if !may_hold_the_switch(command_line.as_bytes()) {
        return None;
    }
    let text = without_escapes(command_line);
    let named = behind_a_host(&text);
    if let Some(EncodedCommand { script: Some(_) }) = named {
        return named;
    }
    behind_any_program(&text).or(named)
}

/// Whether a dash or slash is followed by a word that can be the switch. Quotes, carets and backticks are passed.
fn may_hold_the_switch(bytes: &[u8]) -> bool {
    let is_dropped = |byte: u8| matches!(byte, b'"' | b'^' | b'`');
    let mut position = 0;
    while let Some(found) = memchr3(b'-', b'/', 0xE2, bytes.get(position..).unwrap_or_default()) {
        position += found + 1;
        while bytes
            .get(position)
            .is_some_and(|&byte| is_dropped(byte) || matches!(byte, b'-' | 0x80 | 0x93..=0x95 | 0xE2))
        {
            position += 1;
        }
        if !matches!(bytes.get(position), Some(b'e' | b'E')) {
            continue;
        }
        let mut next = position + 1;
        while bytes.get(next).is_some_and(|&byte| is_dropped(byte)) {
            next += 1;
        }
        if matches!(bytes.get(next), Some(b'n' | b'N' | b'c' | b'C' | b':' | b' ' | b'\t')) {
            return true;
        }
        position = next;
    }
    false
}

/// Cuts `-`, `/`, `--` or a Unicode dash off a parameter.
fn parameter_name(word: &str) -> Option<&str> {
    let name = word.strip_prefix('/').or_else(|| word.strip_prefix(is_dash))?;
    Some(name.strip_prefix(is_dash).unwrap_or(name))
}

fn is_dash(character: char) -> bool {
    matches!(character, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

fn is_prefix_of(name: &str, full: &str) -> bool {
    full.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn is_encoded_command(name: &str) -> bool {
    !name.is_empty() && is_prefix_of(name, "encodedcommand") || name.eq_ignore_ascii_case("ec")
}

/// What a parameter means for the words behind it.
#[derive(Debug, PartialEq, Eq)]
enum Parameter {
    EncodedCommand,
    /// The next word is its value.
    TakesValue,
    /// All that follows is a script or is given to one.
    TakesTheRest,
    Switch,
}

/// In PowerShell's own order, in which the first match of at least so many letters wins.
const PARAMETERS: [(&str, usize, Parameter); 24] = [
    ("version", 1, Parameter::TakesValue),
    ("noexit", 3, Parameter::Switch),
    ("configurationname", 6, Parameter::TakesValue),
    ("configurationfile", 14, Parameter::TakesValue),
    ("custompipename", 3, Parameter::TakesValue),
    ("commandwithargs", 8, Parameter::TakesTheRest),
    ("cwa", 3, Parameter::TakesTheRest),
    ("command", 1, Parameter::TakesTheRest),
    ("windowstyle", 1, Parameter::TakesValue),
    ("file", 1, Parameter::TakesTheRest),
    ("outputformat", 1, Parameter::TakesValue),
    ("of", 2, Parameter::TakesValue),
    ("inputformat", 3, Parameter::TakesValue),
    ("if", 2, Parameter::TakesValue),
    ("executionpolicy", 2, Parameter::TakesValue),
    ("ep", 2, Parameter::TakesValue),
    ("encodedcommand", 1, Parameter::EncodedCommand),
    ("ec", 2, Parameter::EncodedCommand),
    ("encodedarguments", 8, Parameter::TakesValue),
    ("ea", 2, Parameter::TakesValue),
    ("settingsfile", 8, Parameter::TakesValue),
    ("workingdirectory", 2, Parameter::TakesValue),
    ("wd", 2, Parameter::TakesValue),
    ("psconsolefile", 1, Parameter::TakesValue),
];

fn parameter(name: &str) -> &'static Parameter {
    PARAMETERS
        .iter()
        .find(|(full, shortest, _)| name.len() >= *shortest && is_prefix_of(name, full))
        .map_or(&Parameter::Switch, |(_, _, parameter)| parameter)
}

/// The encoded command behind a PowerShell that the text names.
fn behind_a_host(text: &str) -> Option<EncodedCommand> {
    if !mentions(text, "powershell") && !mentions(text, "pwsh") {
        return None;
    }
    let mut first = None;
    let mut hosts = Mentions::new(text, &HOSTS);
    while let Some(host) = hosts.next() {
        let mut words = host.words(text);
        let (value, resume) = read_parameters(&mut words);
        hosts.skip_to(resume);
        match value.and_then(|value| judge(&value, host, text)) {
            Some(found) if found.script.is_some() => return Some(found),
            Some(found) => first = first.or(Some(found)),
            None => {}
        }
    }
    first
}

/// Reads parameters up to the encoded command's value, and gives it and where a further PowerShell may be looked for:
/// in the first word that is no parameter, or behind `-Command`.
fn read_parameters(words: &mut Words) -> (Option<String>, usize) {
    while let Some(word) = words.next() {
        let Some(name) = parameter_name(word.text.trim()) else { return (None, word.start) };
        let (name, glued_value) = name.split_once(':').unwrap_or((name, ""));
        match parameter(name) {
            Parameter::EncodedCommand if glued_value.is_empty() => {
                let value = words.next().map(|value| value.text.into_owned());
                return (value, words.offset());
            }
            Parameter::EncodedCommand => return (Some(glued_value.to_owned()), words.offset()),
            Parameter::TakesValue if glued_value.is_empty() => {
                words.next();
            }
            Parameter::TakesTheRest => return (None, words.offset()),
            Parameter::TakesValue | Parameter::Switch => {}
        }
    }
    (None, words.offset())
}

/// Whether a value behind the switch of a named PowerShell is an encoded command. Where the name may be but an argument
/// (`xcopy C:\PowerShell /e copy`), it must read as a script.
fn judge(value: &str, host: Mention, text: &str) -> Option<EncodedCommand> {
    if !host.starts_a_command(text) {
        return decode_script(value).map(|script| EncodedCommand { script: Some(script) });
    }
    let script = decode_as_dotnet(value).or_else(|| decode_script(value));
    let is_value = script.is_some() || !value.is_empty() && parameter_name(value).is_none();
    is_value.then_some(EncodedCommand { script })
}

/// The encoded command behind the switch of a program of any name.
fn behind_any_program(text: &str) -> Option<EncodedCommand> {
    let bytes = text.as_bytes();
    let mut position = 0;
    while let Some(found) = memchr3(b'-', b'/', 0xE2, &bytes[position..]) {
        let start = position + found;
        position = start + 1;
        let starts_a_word = start > 0 && matches!(bytes[start - 1], b' ' | b'\t' | b'"' | b'\'' | b',');
        if !starts_a_word {
            continue;
        }
        let Some(name_start) = text.get(start..).and_then(parameter_name).map(|name| text.len() - name.len()) else {
            continue;
        };
        let Some(value_start) = end_of_switch(bytes, name_start) else { continue };
        let (value, end) = base64_run(bytes, value_start);
        position = end;
        if let Some(script) = decode_script(&value) {
            return Some(EncodedCommand { script: Some(script) });
        }
    }
    None
}

/// Where the value starts, if the name at a position is the switch's. Quotes in between are passed.
fn end_of_switch(bytes: &[u8], name_start: usize) -> Option<usize> {
    const LONGEST: usize = "encodedcommand".len();
    let mut name = String::with_capacity(LONGEST);
    let mut position = name_start;
    let mut separated = false;
    while let Some(&byte) = bytes.get(position) {
        match byte {
            b'"' | b'\'' | b'\\' => {}
            b' ' | b'\t' => separated = true,
            // `-ArgumentList '-enc','…'` has a comma between them.
            b':' | b',' if !separated => separated = true,
            _ if separated => break,
            letter if letter.is_ascii_alphabetic() && name.len() < LONGEST => name.push(char::from(letter)),
            _ => return None,
        }
        position += 1;
    }
    (separated && is_encoded_command(&name)).then_some(position)
}

/// The characters of base64 from a position on, without quotes among them, and where they end.
fn base64_run(bytes: &[u8], start: usize) -> (String, usize) {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'"');
    let length = bytes[start..].iter().take_while(|&&byte| is_part(byte)).count();
    let run = &bytes[start..start + length];
    (run.iter().filter(|&&byte| byte != b'"').map(|&byte| char::from(byte)).collect(), start + length)
}

const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes as .NET's `Convert.FromBase64String` and `Encoding.Unicode` do: blanks are passed, the padding must be
/// right, any two bytes are a UTF-16 unit. Half a unit at the end is dropped.
fn decode_as_dotnet(value: &str) -> Option<String> {
    let compact: String = value.chars().filter(|character| !matches!(character, ' ' | '\t' | '\r' | '\n')).collect();
    if compact.is_empty() || !compact.len().is_multiple_of(4) {
        return None;
    }
    let bytes = LENIENT_BASE64.decode(&compact).ok()?;
    let units = bytes.as_chunks::<2>().0.iter().map(|&unit| u16::from_le_bytes(unit));
    let script: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    (!script.is_empty()).then_some(script)
}

/// Decodes what can be decoded of a value that may be cut or lack its padding, if it reads as a script.
pub(super) fn decode_script(value: &str) -> Option<String> {
    let compact: String = value
        .chars()
        .filter(|character| !matches!(character, ' ' | '\t' | '\r' | '\n'))
        .take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '/'))
        .collect();
    // One character of a group of four holds no whole byte.
    let whole = if compact.len() % 4 == 1 { &compact[..compact.len() - 1] } else { &compact };
    let bytes = LENIENT_BASE64.decode(whole).ok()?;
    let (units, _) = bytes.as_chunks::<2>();
    let mut script = String::with_capacity(units.len());
    let mut ascii = 0;
    let decoded = char::decode_utf16(units.iter().map(|&unit| u16::from_le_bytes(unit)));
    for (number, unit) in decoded.enumerate() {
        match unit {
            Ok(character) if is_text(character) => {
                ascii += usize::from(character.is_ascii());
                script.push(character);
            }
            // Half a surrogate pair, where the value was cut.
            Err(_) if number + 1 == units.len() => {}
            _ => return None,
        }
    }
    let count = script.chars().count();
    let needed = if count < 8 { count } else { count.div_ceil(2) };
    (count >= 2 && ascii >= needed).then_some(script)
}

/// Whether a script may hold a character.
fn is_text(character: char) -> bool {
    matches!(character, '\t' | '\r' | '\n' | '\u{FEFF}')
        || !(character.is_control()
            || matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFF}'))
}

#[cfg(test)]
mod tests;
