//! One JSON document as a flat list: the path of each single value and its text.
//!
//! Keys are joined with points, so that a nested form and a form with dotted keys look the same. Only what is listed is
//! kept in memory, whatever the document holds besides.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Values of one document. An event has some dozens.
const MOST_LEAVES: usize = 4096;
/// Elements of one array that are kept.
const MOST_ELEMENTS: usize = 64;
/// Longer paths name nothing that an event has.
const LONGEST_PATH: usize = 256;

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// It ends too early.
    pub(super) cut_off: bool,
    /// The reason, with its place in the document.
    pub(super) detail: String,
}

#[derive(Debug)]
struct Leaf {
    path: Range<usize>,
    /// `None` for a JSON null.
    text: Option<Range<usize>>,
}

/// The values of one document, in its order.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    paths: String,
    texts: String,
    leaves: Vec<Leaf>,
    /// Only paths that begin so are shown, without it.
    prefix: &'static str,
}

impl Leaves {
    /// Replaces the content by that of the document. After an error, what was read before it is there.
    pub(super) fn read(&mut self, document: &[u8]) -> Result<(), Fault> {
        match self.read_strictly(document) {
            Err(fault) if !fault.cut_off => match repaired(document) {
                Some(repaired) => self.read_strictly(&repaired),
                None => Err(fault),
            },
            other => other,
        }
    }

    fn read_strictly(&mut self, document: &[u8]) -> Result<(), Fault> {
        self.clear();
        let mut path = String::new();
        let mut deserializer = serde_json::Deserializer::from_slice(document);
        let branch = Branch { leaves: self, path: &mut path };
        let read = branch.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        read.map_err(|error| Fault { cut_off: error.is_eof(), detail: in_words(&error) })
    }

    fn clear(&mut self) {
        self.paths.clear();
        self.texts.clear();
        self.leaves.clear();
        self.prefix = "";
    }

    /// Shows only the values below that path.
    pub(super) fn look_below(&mut self, prefix: &'static str) {
        self.prefix = prefix;
    }

    /// The paths and texts; `None` is a JSON null.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.leaves.iter().filter_map(|leaf| {
            let path = self.paths.get(leaf.path.clone())?;
            let path = if self.prefix.is_empty() { path } else { path.strip_prefix(self.prefix)? };
            Some((path, leaf.text.clone().and_then(|range| self.texts.get(range))))
        })
    }

    /// The texts with that path, more than one for an array.
    pub(super) fn all<'l>(&'l self, path: &'l str) -> impl Iterator<Item = &'l str> {
        self.iter().filter(move |(found, _)| *found == path).filter_map(|(_, text)| text)
    }

    /// The first text with that path.
    pub(super) fn first(&self, path: &str) -> Option<&str> {
        self.iter().find_map(|(found, text)| if found == path { text } else { None })
    }

    /// The first text with one of the paths, those named first before the others.
    pub(super) fn first_of(&self, paths: &[&str]) -> Option<&str> {
        paths.iter().find_map(|path| self.first(path))
    }

    /// Whether there is a value with that path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.iter().any(|(found, _)| found == path)
    }

    /// Whether there is a value below that path.
    pub(super) fn has_below(&self, prefix: &str) -> bool {
        self.iter().any(|(found, _)| found.starts_with(prefix))
    }

    /// Whether an error left nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    fn push(&mut self, path: &str, text: Option<fmt::Arguments<'_>>) -> Result<(), &'static str> {
        if self.leaves.len() >= MOST_LEAVES {
            return Err("more than 4096 values");
        }
        // The elements of an array share the path of the first.
        let path = match self.leaves.last() {
            Some(last) if self.paths[last.path.clone()] == *path => last.path.clone(),
            _ => append(&mut self.paths, format_args!("{path}")),
        };
        let text = text.map(|text| append(&mut self.texts, text));
        self.leaves.push(Leaf { path, text });
        Ok(())
    }
}

fn append(out: &mut String, text: fmt::Arguments<'_>) -> Range<usize> {
    let start = out.len();
    // Writing to a String cannot fail.
    let _ = fmt::Write::write_fmt(out, text);
    start..out.len()
}

fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    if error.line() == 1 { format!("{what} at its byte {}", error.column()) } else { text }
}

/// The document with what JSON forbids and exporters write all the same made readable: bytes that are no UTF-8 and
/// escapes of half a surrogate pair become U+FFFD. `None` where there is nothing of that kind.
fn repaired(document: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(document);
    let mut out = text.as_bytes().to_vec();
    let mut changed = matches!(text, std::borrow::Cow::Owned(_));
    let mut position = 0;
    while let Some(found) = memchr::memchr(b'\\', &out[position..]) {
        let escape = position + found;
        position = escape + 2;
        if position > out.len() {
            break;
        }
        match surrogate_at(&out, escape) {
            None => {}
            Some(Half::High) if surrogate_at(&out, escape + 6) == Some(Half::Low) => position = escape + 12,
            Some(_) => {
                out[escape + 2..escape + 6].copy_from_slice(b"fffd");
                changed = true;
            }
        }
    }
    changed.then_some(out)
}

#[derive(PartialEq, Eq)]
enum Half {
    High,
    Low,
}

/// Which half of a surrogate pair the escape at that place stands for, if any.
fn surrogate_at(text: &[u8], place: usize) -> Option<Half> {
    let escape = text.get(place..place + 6)?;
    if !escape.starts_with(b"\\u") {
        return None;
    }
    let unit = u16::from_str_radix(std::str::from_utf8(&escape[2..]).ok()?, 16).ok()?;
    match unit {
        0xd800..0xdc00 => Some(Half::High),
        0xdc00..0xe000 => Some(Half::Low),
        _ => None,
    }
}

/// The value at a path, whatever it is.
struct Branch<'l> {
    leaves: &'l mut Leaves,
    path: &'l mut String,
}

impl Branch<'_> {
    fn leaf<E: serde::de::Error>(self, text: Option<fmt::Arguments<'_>>) -> Result<(), E> {
        self.leaves.push(self.path, text).map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Branch<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Branch<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.leaf(None)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.leaf(Some(format_args!("{value}")))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.leaf(Some(format_args!("{value}")))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.leaf(Some(format_args!("{value}")))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.leaf(Some(format_args!("{value}")))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.leaf(Some(format_args!("{value}")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut count = 0;
        while count < MOST_ELEMENTS {
            let branch = Branch { leaves: &mut *self.leaves, path: &mut *self.path };
            if elements.next_element_seed(branch)?.is_none() {
                return Ok(());
            }
            count += 1;
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let length = self.path.len();
        while members.next_key_seed(Key(&mut *self.path))?.is_some() {
            if self.path.len() > LONGEST_PATH {
                members.next_value::<IgnoredAny>()?;
            } else {
                members.next_value_seed(Branch { leaves: &mut *self.leaves, path: &mut *self.path })?;
            }
            self.path.truncate(length);
        }
        Ok(())
    }
}

/// Appends a key to the path.
struct Key<'p>(&'p mut String);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<(), E> {
        if !self.0.is_empty() {
            self.0.push('.');
        }
        self.0.push_str(key);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(document: &str) -> Vec<(String, Option<String>)> {
        let mut leaves = Leaves::default();
        leaves.read(document.as_bytes()).unwrap();
        leaves.iter().map(|(path, text)| (path.to_owned(), text.map(str::to_owned))).collect()
    }

    #[test]
    fn nested_and_dotted_keys_are_the_same() {
        assert_eq!(list(r#"{"winlog":{"event_id":4688}}"#), list(r#"{"winlog.event_id":4688}"#));
        assert_eq!(list(r#"{"a":{"b":null}}"#), [("a.b".to_owned(), None)]);
    }

    #[test]
    fn values_keep_their_text() {
        let texts = |document| list(document).into_iter().map(|(_, text)| text.unwrap()).collect::<Vec<_>>();
        assert_eq!(
            texts(r#"[1, -2, 18446744073709551615, 1599203181.388, true, "é\n"]"#),
            ["1", "-2", "18446744073709551615", "1599203181.388", "true", "é\n"]
        );
    }

    #[test]
    fn half_surrogates_and_stray_bytes_become_the_replacement_character() {
        let mut leaves = Leaves::default();
        leaves.read(br#"{"a":"x\ud800y","b":"\ud83d\ude00","c":"\\ud800","d":"\udc00"}"#).unwrap();
        let texts: Vec<&str> = leaves.iter().filter_map(|(_, text)| text).collect();
        assert_eq!(texts, ["x\u{fffd}y", "😀", r"\ud800", "\u{fffd}"]);
        leaves.read(b"{\"a\":\"\xff\"}").unwrap();
        assert_eq!(leaves.first("a"), Some("\u{fffd}"));
    }

    #[test]
    fn what_stands_before_a_fault_is_kept() {
        let mut leaves = Leaves::default();
        let fault = leaves.read(br#"{"EventID":1,"Message":"cut of"#).unwrap_err();
        assert!(fault.cut_off);
        assert_eq!(leaves.first("EventID"), Some("1"));
        assert!(!leaves.read(br#"{"a":1}}"#).unwrap_err().cut_off);
    }

    #[test]
    fn hostile_documents_are_bounded() {
        let mut leaves = Leaves::default();
        leaves.read(format!("[{}1]", "1,".repeat(100_000)).as_bytes()).unwrap();
        assert_eq!(leaves.leaves.len(), MOST_ELEMENTS);
        let members: Vec<String> = (0..5000).map(|number| format!("\"k{number}\":1")).collect();
        assert!(leaves.read(format!("{{{}}}", members.join(",")).as_bytes()).is_err());
        assert!(leaves.read("[".repeat(100_000).as_bytes()).is_err());
        leaves.read(format!("{{\"{}\":[1,1]}}", "k".repeat(100_000)).as_bytes()).unwrap();
        assert!(leaves.is_empty());
    }
}
