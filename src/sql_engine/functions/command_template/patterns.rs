//! The patterns that a template replaces, each a small scanner that gives the length of what it found.

use std::net::Ipv6Addr;

use super::super::powershell_arguments::decode_script;
use super::{is_word_byte, placeholder_at};

/// The shortest base64 that is known by the look of its characters alone.
const SHORTEST_BASE64: usize = 32;
/// The shortest base64 that is known by the UTF-16LE text that it holds.
const SHORTEST_UTF16_BASE64: usize = 16;
/// The longest text of an IPv6 address.
const LONGEST_ADDRESS: usize = 45;

/// The first pattern that holds at a position, its length and its placeholder.
pub(super) fn find(text: &str, position: usize) -> Option<(usize, &'static str)> {
    let (before, rest) = (&text.as_bytes()[..position], &text[position..]);
    let previous = before.last().copied();
    if matches!(previous, Some(b'\\' | b'/'))
        && let Some(length) = user_folder(before, rest)
    {
        return Some((length, "<user>"));
    }
    if !previous.is_some_and(is_name_byte)
        && let Some(length) = temporary_name(rest)
    {
        return Some((length, "<temp>"));
    }
    if previous.is_some_and(is_word_byte) {
        return None;
    }
    let bytes = rest.as_bytes();
    let follows = previous.unwrap_or(b' ');
    let found = |length: Option<usize>, placeholder| length.map(|length| (length, placeholder));
    found(guid(rest), "<guid>")
        .or_else(|| found(sid(rest), "<sid>"))
        .or_else(|| found(address(follows, rest), "<ip>"))
        .or_else(|| found(date(follows, rest), "<date>"))
        .or_else(|| found(time(follows, rest).filter(|&length| ends_at(rest, length)), "<time>"))
        .or_else(|| found(base64(before, rest), "<base64>"))
        .or_else(|| found(hexadecimal(rest), "<hex>"))
        .or_else(|| {
            found(count(bytes, |byte| byte.is_ascii_digit()).filter(|&length| ends_at(rest, length)), "<number>")
        })
}

/// The length of the run of bytes at the start, `None` where there is none.
fn count(bytes: &[u8], is_part: fn(u8) -> bool) -> Option<usize> {
    let length = bytes.iter().take_while(|&&byte| is_part(byte)).count();
    (length > 0).then_some(length)
}

/// Whether a word may end after so many bytes. A placeholder there was part of the word.
fn ends_at(text: &str, length: usize) -> bool {
    !text.as_bytes().get(length).is_some_and(|&byte| is_word_byte(byte))
        && text.get(length..).is_some_and(|rest| placeholder_at(rest).is_none())
}

/// A byte of a file's name, as far as a command line shows where one ends.
fn is_name_byte(byte: u8) -> bool {
    byte > b' ' && !b"\\/:*?\"<>|,;='()".contains(&byte)
}

/// The folder of a user behind `\Users\` or `\Documents and Settings\`. A name may hold blanks where a path goes on
/// behind it; otherwise it ends at the first.
fn user_folder(before: &[u8], rest: &str) -> Option<usize> {
    const SHARED: [&str; 5] = ["public", "default", "default user", "all users", "desktop.ini"];
    let parent = &before[..before.len() - 1];
    let is_home = ["users", "documents and settings", "docume~1"].iter().any(|name| {
        let Some(start) = parent.len().checked_sub(name.len()) else { return false };
        parent[start..].eq_ignore_ascii_case(name.as_bytes())
            && (start == 0 || matches!(parent[start - 1], b'\\' | b'/' | b' ' | b'"' | b'%'))
    });
    if !is_home {
        return None;
    }
    let end = rest.find(['\\', '/', '"', '<', '>', '|', ':', '*', '?', '\'', '\n', '\r']).unwrap_or(rest.len());
    let mut name = &rest[..end];
    let path_goes_on = matches!(rest.as_bytes().get(end), Some(b'\\' | b'/'));
    if !path_goes_on || name.ends_with(' ') {
        name = name.split([' ', '\t', ',', ';']).next().unwrap_or_default();
    }
    let is_variable = name.starts_with(['%', '$']);
    let is_shared = SHARED.iter().any(|shared| shared.eq_ignore_ascii_case(name));
    (!name.is_empty() && !is_variable && !is_shared).then_some(name.len())
}

/// A whole file or folder name that some program made up.
fn temporary_name(rest: &str) -> Option<usize> {
    let length = count(rest.as_bytes(), is_name_byte)?;
    let name = rest.get(..length)?;
    if !ends_at(rest, length) {
        return None;
    }
    let behind = |prefix: &str| {
        let start = name.get(..prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then(|| &name.as_bytes()[prefix.len()..])
    };
    let is_made_up = |prefix: &str, shortest: usize| {
        behind(prefix).is_some_and(|tail| {
            tail.len() >= shortest && tail.iter().all(u8::is_ascii_alphanumeric) && tail.iter().any(u8::is_ascii_digit)
        })
    };
    let ends_in_tmp = length > 4 && name.get(length - 4..).is_some_and(|end| end.eq_ignore_ascii_case(".tmp"));
    let found = ends_in_tmp
        || is_made_up("tmp", 3)
        || is_made_up("~df", 3)
        || is_made_up("_mei", 3)
        || is_made_up("7zs", 4)
        || is_made_up("7zo", 4)
        || is_made_up("is-", 5)
        || behind("rar$").is_some_and(|tail| tail.len() > 3);
    found.then_some(length)
}

/// `133EAC4F-5891-4D04-BADA-D84870380A80`.
fn guid(rest: &str) -> Option<usize> {
    const LENGTH: usize = 36;
    let candidate = rest.as_bytes().get(..LENGTH)?;
    let fits = candidate.iter().enumerate().all(|(position, byte)| match position {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    (fits && ends_at(rest, LENGTH)).then_some(LENGTH)
}

/// `S-1-5-21-…`, with one number or more behind the authority.
fn sid(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    if !bytes.get(..4)?.eq_ignore_ascii_case(b"S-1-") {
        return None;
    }
    let mut length = 3;
    let mut numbers = 0;
    while bytes.get(length) == Some(&b'-')
        && let Some(digits) = count(&bytes[length + 1..], |byte| byte.is_ascii_digit())
    {
        length += 1 + digits;
        numbers += 1;
    }
    (numbers >= 2 && ends_at(rest, length)).then_some(length)
}

fn address(previous: u8, rest: &str) -> Option<usize> {
    version_4(previous, rest).or_else(|| version_6(previous, rest))
}

/// Four numbers up to 255, not five and more, which are a version.
fn version_4(previous: u8, rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    if previous == b'.' || !bytes.first()?.is_ascii_digit() {
        return None;
    }
    let mut length = 0;
    for part in 0..4 {
        if part > 0 {
            (bytes.get(length) == Some(&b'.')).then_some(())?;
            length += 1;
        }
        let digits = count(&bytes[length..], |byte| byte.is_ascii_digit()).filter(|&digits| digits <= 3)?;
        rest[length..length + digits].parse::<u8>().ok()?;
        length += digits;
    }
    (ends_at(rest, length) && !point_and_digit(bytes, length)).then_some(length)
}

fn point_and_digit(bytes: &[u8], position: usize) -> bool {
    bytes.get(position) == Some(&b'.')
        && bytes.get(position + 1).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'<')
}

/// An address with at least one digit, so that `[Convert]::Add` is none.
fn version_6(previous: u8, rest: &str) -> Option<usize> {
    if previous == b':' {
        return None;
    }
    let bytes = &rest.as_bytes()[..rest.len().min(LONGEST_ADDRESS + 1)];
    let length = count(bytes, |byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.')?;
    let candidate = rest[..length].trim_end_matches('.');
    let colons = candidate.bytes().filter(|&byte| byte == b':').count();
    if colons < 2 || !candidate.bytes().any(|byte| byte.is_ascii_digit()) || !ends_at(rest, candidate.len()) {
        return None;
    }
    candidate.parse::<Ipv6Addr>().is_ok().then_some(candidate.len())
}

/// A number of so many digits in a range, and how many digits it has.
fn number(
    bytes: &[u8],
    digits: std::ops::RangeInclusive<usize>,
    range: std::ops::RangeInclusive<u32>,
) -> Option<usize> {
    let length = count(bytes, |byte| byte.is_ascii_digit()).filter(|length| digits.contains(length))?;
    let value = bytes[..length].iter().fold(0u32, |value, byte| value * 10 + u32::from(byte - b'0'));
    range.contains(&value).then_some(length)
}

/// `2024-05-01`, `01.05.2024`, `5/1/2024`, also with a time behind a `T`.
fn date(previous: u8, rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    if matches!(previous, b'.' | b'-') || !bytes.first()?.is_ascii_digit() {
        return None;
    }
    let (year, day) = ((4..=4, 1900..=2100), (1..=2, 1..=31));
    let parts_in = |order: [&(std::ops::RangeInclusive<usize>, std::ops::RangeInclusive<u32>); 3]| {
        let mut length = number(bytes, order[0].0.clone(), order[0].1.clone())?;
        let separator = *bytes.get(length).filter(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
        for part in &order[1..] {
            (bytes.get(length) == Some(&separator)).then_some(())?;
            length += 1;
            length += number(&bytes[length..], part.0.clone(), part.1.clone())?;
        }
        // More parts of the kind make it a version or a part of a number.
        (bytes.get(length) != Some(&separator) || separator == b'/').then_some(length)
    };
    let length = parts_in([&year, &day, &day]).or_else(|| parts_in([&day, &day, &year]))?;
    if bytes.get(length) == Some(&b'T')
        && let Some(time) = time(b' ', &rest[length + 1..]).map(|time| length + 1 + time)
        && ends_at(rest, time)
    {
        return Some(time);
    }
    ends_at(rest, length).then_some(length)
}

/// `12:34`, `12:34:56`, `12:34:56.789`.
fn time(previous: u8, rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    if matches!(previous, b':' | b'.') {
        return None;
    }
    let mut length = number(bytes, 1..=2, 0..=23)?;
    let mut parts = 0;
    while parts < 2 && bytes.get(length) == Some(&b':') {
        let Some(digits) = number(&bytes[length + 1..], 2..=2, 0..=59) else { break };
        length += 1 + digits;
        parts += 1;
    }
    if parts == 2
        && bytes.get(length) == Some(&b'.')
        && let Some(digits) = count(&bytes[length + 1..], |byte| byte.is_ascii_digit())
    {
        length += 1 + digits;
    }
    if bytes.get(length) == Some(&b'Z') {
        length += 1;
    }
    (parts > 0 && bytes.get(length) != Some(&b':')).then_some(length)
}

fn is_base64_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Base64 that is known by its text or by its look: all kinds of characters, in quick change, few slashes.
fn base64(before: &[u8], rest: &str) -> Option<usize> {
    // A run is judged whole, from its start; a slash before it may be that of a switch.
    let previous = match before {
        [.., b'>', b'/'] => return None,
        [.., previous, b'/'] | [.., previous] => *previous,
        [] => b' ',
    };
    if is_base64_byte(previous) || rest.starts_with('/') {
        return None;
    }
    let bytes = rest.as_bytes();
    let run = count(bytes, is_base64_byte).filter(|&length| length >= SHORTEST_UTF16_BASE64)?;
    let looks_like_it = run >= SHORTEST_BASE64 && is_mixed(&bytes[..run]);
    if !looks_like_it && decode_script(&rest[..run]).is_none() {
        return None;
    }
    let padding = bytes[run..].iter().take(2).take_while(|&&byte| byte == b'=').count();
    // The alphabet for addresses has `-` and `_` in the place of the two signs.
    let more = bytes[run + padding..].iter().take_while(|&&byte| is_base64_byte(byte) || matches!(byte, b'-' | b'_'));
    let length = run + if padding > 0 { padding } else { more.count() };
    ends_at(rest, length).then_some(length)
}

/// Whether letters of both cases and digits follow each other as they do by chance, and hardly a slash among them.
fn is_mixed(run: &[u8]) -> bool {
    let kind = |byte: &u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let mut counts = [0usize; 4];
    run.iter().for_each(|byte| counts[kind(byte)] += 1);
    let changes = run.windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count();
    let length = run.len();
    counts[0] * 8 >= length
        && counts[1] * 8 >= length
        && counts[2] > 0
        && run.iter().filter(|&&byte| byte == b'/').count() * 12 <= length
        && changes * 3 >= length
}

/// `0x1F`, or 8 hex digits and more, not all of them letters or digits.
fn hexadecimal(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    if let [b'0', b'x' | b'X', digits @ ..] = bytes {
        let length = 2 + count(digits, |byte| byte.is_ascii_hexdigit())?;
        return ends_at(rest, length).then_some(length);
    }
    let length = count(bytes, |byte| byte.is_ascii_hexdigit()).filter(|&length| length >= 8)?;
    let has = |kind: fn(&u8) -> bool| bytes[..length].iter().any(kind);
    (has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && ends_at(rest, length)).then_some(length)
}
