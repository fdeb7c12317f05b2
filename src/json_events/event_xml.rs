//! An event in XML, as Windows and Splunk's `_raw` have it: one pass over its tags, without a tree.

use super::gathered::Gathered;
use crate::event_log::SystemField;

/// Deeper elements hold nothing of an event.
const DEEPEST: usize = 16;
/// `#x0010FFFF` and the like.
const LONGEST_REFERENCE: usize = 12;

/// Fills in the fields of the first event in the text. A text that is cut off gives what stands before the cut.
pub(super) fn gather(xml: &str, out: &mut Gathered) {
    let mut walk = Walk { rest: xml, open: Vec::new(), text: String::new(), data_name: None, out };
    if walk.run().is_none() {
        walk.out.unread = Some("its XML is cut off or damaged");
    }
}

struct Walk<'x, 'o> {
    rest: &'x str,
    /// The names of the open elements.
    open: Vec<&'x str>,
    /// The text of the innermost one.
    text: String,
    /// The name of the open `Data`.
    data_name: Option<String>,
    out: &'o mut Gathered,
}

impl<'x> Walk<'x, '_> {
    /// `None` where the text ends within the event.
    fn run(&mut self) -> Option<()> {
        loop {
            let tag = self.rest.find('<')?;
            let text = &self.rest[..tag];
            unescape(text, &mut self.text);
            self.rest = &self.rest[tag + 1..];
            if let Some(after) = self.rest.strip_prefix("![CDATA[") {
                let (text, after) = after.split_once("]]>")?;
                self.text.push_str(text);
                self.rest = after;
            } else if let Some(after) = self.rest.strip_prefix("!--") {
                self.rest = after.split_once("-->")?.1;
            } else if let Some(after) = self.rest.strip_prefix('?') {
                self.rest = after.split_once("?>")?.1;
            } else if let Some(after) = self.rest.strip_prefix('/') {
                self.rest = after.split_once('>')?.1;
                self.close();
                if self.open.is_empty() {
                    return Some(());
                }
            } else {
                self.open_element()?;
            }
        }
    }

    fn open_element(&mut self) -> Option<()> {
        let end = end_of_tag(self.rest)?;
        let tag = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        let (tag, is_empty) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, attributes) = tag.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((tag, ""));
        if self.open.len() >= DEEPEST {
            return None;
        }
        self.text.clear();
        self.open.push(name);
        self.attributes(attributes);
        if is_empty {
            self.close();
        }
        Some(())
    }

    fn attributes(&mut self, mut rest: &str) {
        while let Some((name, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let Some(quote) = after.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return };
            let Some((written, after)) = after[1..].split_once(quote) else { return };
            let mut value = String::new();
            unescape(written, &mut value);
            self.attribute(name.trim(), value);
            rest = after;
        }
    }

    fn attribute(&mut self, name: &str, value: String) {
        match (self.open.as_slice(), name) {
            ([_, "System", "Provider"], "Name") => self.out.system(SystemField::Provider, &value),
            ([_, "System", "Provider"], "Guid") => self.out.system(SystemField::ProviderGuid, &value),
            ([_, "System", "TimeCreated"], "SystemTime") => self.out.time([Some(value.as_str())], || Some(0)),
            ([_, "EventData", "Data"], "Name") => self.data_name = Some(value),
            _ => {}
        }
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        match self.open.as_slice() {
            [_, "System", name] => {
                let field = match *name {
                    "EventID" => SystemField::EventId,
                    "Version" => SystemField::Version,
                    "EventRecordID" => SystemField::EventRecordId,
                    "Channel" => SystemField::Channel,
                    "Computer" => SystemField::Computer,
                    _ => return self.leave(),
                };
                self.out.system(field, &text);
            }
            [_, "EventData", "Data"] => {
                if let Some(name) = self.data_name.take() {
                    self.out.data(&name, &text);
                }
            }
            _ => {}
        }
        self.leave();
    }

    fn leave(&mut self) {
        self.open.pop();
    }
}

/// The place of the tag's `>`, which may stand within an attribute's value as well.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(index),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Appends a text with its character references resolved. One that is not known is kept as written.
fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        // References are short: looking further for their end would cost the square of a hostile text's length.
        let end = after.bytes().take(LONGEST_REFERENCE).position(|byte| byte == b';');
        let reference = end.and_then(|end| Some((character(&after[..end])?, &after[end + 1..])));
        match reference {
            Some((character, after)) => {
                out.push(character);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
