//! What is wrong with a text that somebody wrote, where, and what would help.
//!
//! Deep code says what and where; only the front end draws it. [`Diagnostic`]'s `Display` is the drawing:
//!
//! ```text
//! error: no column `comand_line`
//!  --> query:1:8
//! 1 | select comand_line from process
//!   |        ^^^^^^^^^^^
//!   = help: did you mean `command_line`?
//! ```

use std::fmt::{self, Display, Formatter};

use unicode_width::UnicodeWidthChar;

/// Terminal columns of the source line that are drawn; a longer line shows the part around the mark.
const LINE_WIDTH: usize = 100;
/// Columns of a mark that are drawn, so that a long one leaves room for what stands around it.
const MARK_WIDTH: usize = 60;
/// How many columns a tab takes in the drawing.
const TAB: &str = "    ";

/// A part of a text, in bytes. An empty span marks the place before `start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// From `start` up to `end`; an `end` before `start` counts as `start`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }
}

/// The text that a diagnostic is about.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Source {
    name: String,
    text: String,
}

/// One error in a text, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// What stands beside the mark.
    pub label: Option<String>,
    /// Where it is wrong.
    pub span: Option<Span>,
    /// What would help.
    pub help: Option<String>,
    source: Option<Box<Source>>,
}

impl Diagnostic {
    /// A message alone; the rest is added by the `with_` functions.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), label: None, span: None, help: None, source: None }
    }

    /// Says something beside the mark.
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Marks a part of the source, if there is one to be marked.
    pub fn with_span(mut self, span: impl Into<Option<Span>>) -> Self {
        self.span = span.into();
        self
    }

    /// Says what would help.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Gives the text that the span points into, and the name it is shown under: `query`, or a file.
    pub fn with_source(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.source = Some(Box::new(Source { name: name.into(), text: text.into() }));
        self
    }

    fn place(&self) -> Option<Place<'_>> {
        let source = self.source.as_deref()?;
        Some(Place::of(&source.text, self.span?))
    }
}

impl std::error::Error for Diagnostic {}

impl Display for Diagnostic {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "error: {}", self.message)?;
        let mut margin = 1;
        if let (Some(source), Some(place)) = (self.source.as_deref(), self.place()) {
            let number = place.line_number.to_string();
            margin = number.len();
            let drawing = Drawing::of(&place);
            write!(out, "\n{:margin$}--> {}:{number}:{}", "", source.name, place.column)?;
            write!(out, "\n{number} | {}", drawing.line)?;
            write!(out, "\n{:margin$} | {:indent$}{}", "", "", "^".repeat(drawing.width), indent = drawing.indent)?;
            if let Some(label) = &self.label {
                write!(out, " {label}")?;
            }
        } else if let Some(label) = &self.label {
            write!(out, ": {label}")?;
        }
        if let Some(help) = &self.help {
            write!(out, "\n{:margin$} = help: {help}", "")?;
        }
        Ok(())
    }
}

/// The line that a span begins in, cut into what stands before, in and after the mark.
struct Place<'a> {
    line_number: usize,
    /// In characters, from 1.
    column: usize,
    before: &'a str,
    marked: &'a str,
    after: &'a str,
}

impl<'a> Place<'a> {
    fn of(text: &'a str, span: Span) -> Self {
        let start = floor_char_boundary(text, span.start);
        let end = floor_char_boundary(text, span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let line = text[line_start..line_end].trim_end_matches('\r');
        let line_end = line_start + line.len();
        let start = start.min(line_end);
        let end = end.min(line_end).max(start);
        Self {
            line_number: text[..line_start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            before: &text[line_start..start],
            marked: &text[start..end],
            after: &text[end..line_end],
        }
    }
}

fn floor_char_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

/// A line as it is drawn: tabs spread, control characters replaced, a long line cut to the part around the mark.
struct Drawing {
    line: String,
    indent: usize,
    width: usize,
}

impl Drawing {
    fn of(place: &Place<'_>) -> Self {
        let marked = head(&visible(place.marked), MARK_WIDTH);
        let marked_width = width(&marked);
        let spare = LINE_WIDTH.saturating_sub(marked_width);
        let before_full = visible(place.before);
        let after_full = visible(place.after);
        // The text before the mark explains more than that after it, but each gets what the other does not need.
        let before_room = spare.saturating_sub(width(&after_full).min(spare / 3));
        let before = tail(&before_full, before_room);
        let after = head(&after_full, spare.saturating_sub(width(&before)));
        Self { indent: width(&before), width: marked_width.max(1), line: format!("{before}{marked}{after}") }
    }
}

fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => out.push_str(TAB),
            // A control or direction mark would let the text redraw the terminal.
            _ if character.is_control() || is_direction_mark(character) => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(character),
        }
    }
    out
}

fn is_direction_mark(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn width(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// The beginning of a text, at most `room` columns wide.
fn head(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept: String = take_width(text.chars(), room.saturating_sub(1)).into_iter().collect();
    kept.push('…');
    kept
}

/// The end of a text, at most `room` columns wide.
fn tail(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let kept = take_width(text.chars().rev(), room.saturating_sub(1));
    std::iter::once('…').chain(kept.into_iter().rev()).collect()
}

fn take_width(characters: impl Iterator<Item = char>, room: usize) -> Vec<char> {
    let mut used = 0;
    characters
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used <= room
        })
        .collect()
}

#[cfg(test)]
mod tests;
