//! A look at the bytes of a line that tells, without reading it, that its event is not wanted.
//!
//! It errs to one side only. Each dialect takes the event's id from a member whose key ends in one of [`KEYS`], so an
//! event can be left out when every such member of the line, at any depth, has a plain number for its value, and none
//! of the numbers is wanted. A quotation mark within a text is escaped: where the bytes of a key with its quotation
//! mark are followed by a colon, a member stands. Whatever could hide a member or its digits (an escaped letter or
//! digit, a value of another form, a text that holds the event once more) has the line read.

use memchr::memmem::Finder;

/// The ends of the keys that an event's id is taken from.
const KEYS: [&str; 5] = ["EventID\"", "event_id\"", "EventCode\"", "\"code\"", ".code\""];

/// Leaves out lines by the event's id.
pub(super) struct Screen {
    event_ids: &'static [u32],
    keys: [Finder<'static>; 5],
    escape: Finder<'static>,
    raw: Finder<'static>,
}

impl Screen {
    /// A screen that lets events with those ids through.
    pub(super) fn new(event_ids: &'static [u32]) -> Self {
        let keys = KEYS.map(|key| Finder::new(key.as_bytes()));
        Self { event_ids, keys, escape: Finder::new(b"\\u00"), raw: Finder::new(b"_raw\"") }
    }

    /// Whether the line's event may be wanted.
    pub(super) fn lets_through(&self, line: &[u8]) -> bool {
        // A line that is cut off is read, so that its damage is told.
        if !line.trim_ascii_end().ends_with(b"}") {
            return true;
        }
        let mut members = 0;
        for key in &self.keys {
            for place in key.find_iter(line) {
                match id_after(&line[place + key.needle().len()..]) {
                    After::NoMember => {}
                    After::Id(id) if !self.event_ids.contains(&id) => members += 1,
                    After::Id(_) | After::Other => return true,
                }
            }
        }
        members == 0 || self.hides_letters(line) || self.raw.find(line).is_some()
    }

    /// Whether an ASCII letter, digit or sign of a key is written as an escape.
    fn hides_letters(&self, line: &[u8]) -> bool {
        self.escape.find_iter(line).any(|place| {
            let digits = line.get(place + 4..place + 6).and_then(|digits| std::str::from_utf8(digits).ok());
            let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            byte.is_none_or(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
        })
    }
}

/// What stands behind a key.
enum After {
    /// No colon: this was no key.
    NoMember,
    /// A plain number, in quotation marks or not.
    Id(u32),
    /// Anything else.
    Other,
}

fn id_after(rest: &[u8]) -> After {
    let Some(value) = rest.trim_ascii_start().strip_prefix(b":") else { return After::NoMember };
    let value = value.trim_ascii_start();
    let (value, quoted) = match value.strip_prefix(b"\"") {
        Some(value) => (value, true),
        None => (value, false),
    };
    let count = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 || count > 9 {
        return After::Other;
    }
    let ends = match value.get(count) {
        Some(b'"') => quoted,
        Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n') => !quoted,
        _ => false,
    };
    if !ends {
        return After::Other;
    }
    After::Id(value[..count].iter().fold(0, |id, digit| id * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, lets_through: bool) {
        assert_eq!(Screen::new(&[1, 4688]).lets_through(line.as_bytes()), lets_through, "{line}");
    }

    #[test]
    fn other_ids_are_left_out() {
        check(r#"{"EventID":5156}"#, false);
        check(r#"{"EventID": "10" , "a":1}"#, false);
        check(r#"{"winlog":{"event_id":"11"},"event":{"code":"11"}}"#, false);
        check(r#"{"Event":{"System":{"EventID":4624}}}"#, false);
        check(r#"{"EventID":5156,"Message":"say \"EventID\":4688"}"#, false);
    }

    #[test]
    fn wanted_ids_are_let_through_in_every_form() {
        check(r#"{"EventID":4688}"#, true);
        check(r#"{"EventID":"1"}"#, true);
        check(r#"{"EventID":"01"}"#, true);
        check(r#"{"winlog.event_id":1}"#, true);
        check(r#"{"EventID":5156,"x":{"EventID":4688}}"#, true);
        check(r##"{"Event":{"System":{"EventID":{"#text":4688}}}}"##, true);
        check(r#"{"EventID":"\u0031"}"#, true);
        check(r#"{"EventID":5156,"Event\u0049D":1}"#, true);
        check(r#"{"EventID":4688.0}"#, true);
        check(r#"{"EventID":4.688e3}"#, true);
        check(r#"{"EventCode":"5","_raw":"<Event>"}"#, true);
        check(r#"{"EventID":5156,"Opcode":"Info"}"#, false);
        check(r#"{"EventID":5156,"event":{"code":1}}"#, true);
        check(r#"{"EventID":5156,"event.code":1}"#, true);
        check(r#"{"nothing":1}"#, true);
        check(r#"{"EventID":5156,"cut":"of"#, true);
    }
}
