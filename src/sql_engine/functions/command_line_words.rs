//! Finds programs that a command line mentions and reads the words after them, through the quotes, carets and
//! backticks that cmd and PowerShell drop.
//!
//! A command line that a log holds is often a command within a command: `cmd /c "net user "a b" /add" & echo done`.
//! No single quoting rule reads that. So a program is looked for everywhere, and the words after it are read with the
//! knowledge of whether the program itself stands inside an open quote. All of it is linear in the text's length.

use std::borrow::Cow;

use memchr::memchr2;

/// How far back a path before a program's name is followed.
const LONGEST_PATH: usize = 260;

/// Characters that a shell drops inside a word.
fn is_dropped(byte: u8) -> bool {
    matches!(byte, b'"' | b'^' | b'`')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// Whether a text holds a word, given in lower case ASCII, in any case and with quotes, carets and backticks strewn in.
pub(super) fn mentions(text: &str, lower_word: &str) -> bool {
    let Some(&first) = lower_word.as_bytes().first() else { return true };
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = memchr2(first, first.to_ascii_uppercase(), &bytes[from..]) {
        let at = from + found;
        if match_letters(bytes, at, lower_word, is_dropped).is_some() {
            return true;
        }
        from = at + 1;
    }
    false
}

/// Matches a lower-case word at a position, over the bytes to be skipped; gives the position after its last letter.
pub(super) fn match_letters(bytes: &[u8], at: usize, lower_word: &str, skip: fn(u8) -> bool) -> Option<usize> {
    let mut position = at;
    for (number, wanted) in lower_word.bytes().enumerate() {
        while number > 0 && bytes.get(position).is_some_and(|&byte| skip(byte)) {
            position += 1;
        }
        if bytes.get(position)?.to_ascii_lowercase() != wanted {
            return None;
        }
        position += 1;
    }
    Some(position)
}

/// The text without carets and backticks, which the shells drop.
pub(super) fn without_escapes(text: &str) -> Cow<'_, str> {
    if memchr2(b'^', b'`', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|character| !matches!(character, '^' | '`')).collect())
}

/// A place where a program's name stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mention {
    /// Which of the names was found.
    pub(super) name: usize,
    /// Where the name starts, after its path.
    pub(super) start: usize,
    /// Where it ends, after its extension and closing quotes.
    pub(super) end: usize,
    /// Whether a quote is open at the end.
    inside_quotes: bool,
}

/// The mentions of some programs, in the text's order.
pub(super) struct Mentions<'a> {
    text: &'a str,
    lower_names: &'a [&'a str],
    position: usize,
    quotes_counted_to: usize,
    quotes_are_open: bool,
}

impl<'a> Mentions<'a> {
    /// Looks for programs by their names: lower case, without path and without `.exe`. The text has no carets.
    pub(super) fn new(text: &'a str, lower_names: &'a [&'a str]) -> Self {
        Self { text, lower_names, position: 0, quotes_counted_to: 0, quotes_are_open: false }
    }

    /// Goes on at a later position.
    pub(super) fn skip_to(&mut self, position: usize) {
        self.position = self.position.max(position);
    }

    fn quotes_are_open_at(&mut self, position: usize) -> bool {
        let passed = self.text.as_bytes().get(self.quotes_counted_to..position).unwrap_or_default();
        if memchr::memchr_iter(b'"', passed).count() % 2 == 1 {
            self.quotes_are_open = !self.quotes_are_open;
        }
        self.quotes_counted_to = self.quotes_counted_to.max(position);
        self.quotes_are_open
    }

    fn mention_at(&mut self, start: usize) -> Option<Mention> {
        let bytes = self.text.as_bytes();
        let starts_a_name =
            start == 0 || matches!(bytes[start - 1], b'\\' | b'/' | b'[') || ends_a_word(bytes[start - 1]);
        if !starts_a_name || !bytes[start].is_ascii_alphabetic() {
            return None;
        }
        for (name, lower_name) in self.lower_names.iter().enumerate() {
            let Some(end) = match_letters(bytes, start, lower_name, |byte| byte == b'"') else { continue };
            if let Some(end) = end_of_name(bytes, end) {
                return Some(Mention { name, start, end, inside_quotes: self.quotes_are_open_at(end) });
            }
        }
        None
    }
}

/// A byte after which a new word starts, as seen by any of the programs that take a line apart.
fn ends_a_word(byte: u8) -> bool {
    b" \t\r\n\"'&|;({=,@<>".contains(&byte)
}

/// Where a name ends, or `None` when the word goes on and so is another name.
fn end_of_name(bytes: &[u8], after_letters: usize) -> Option<usize> {
    let skip_quotes = |mut position: usize| {
        loop {
            match bytes.get(position) {
                Some(b'"') => position += 1,
                Some(b'\\') if bytes.get(position + 1) == Some(&b'"') => position += 2,
                _ => return position,
            }
        }
    };
    let mut end = skip_quotes(after_letters);
    if let Some(after) = match_letters(bytes, end, ".exe", |byte| byte == b'"') {
        end = skip_quotes(after);
    }
    match bytes.get(end) {
        None | Some(b'/' | b')' | b'}') => Some(end),
        Some(&byte) if ends_a_word(byte) => Some(end),
        // `"…\powershell.exe"-enc` is what CreateProcess accepts.
        Some(b'-' | 0xE2) if end > after_letters => Some(end),
        _ => None,
    }
}

impl Iterator for Mentions<'_> {
    type Item = Mention;

    fn next(&mut self) -> Option<Mention> {
        while self.position < self.text.len() {
            let start = self.position;
            self.position += 1;
            if let Some(mention) = self.mention_at(start) {
                self.position = mention.end.max(start + 1);
                return Some(mention);
            }
        }
        None
    }
}

impl Mention {
    /// Whether the program is the first word of the line, so that no shell reads the line any more.
    fn is_the_line(&self, text: &str) -> bool {
        let Some(before) = text.get(..self.start).filter(|before| before.len() <= LONGEST_PATH) else { return false };
        match before.strip_prefix('"') {
            Some(path) => !path.contains('"'),
            None => !before.contains([' ', '\t', '\n', '"', '&', '|', ';', '(']),
        }
    }

    /// Whether the name stands where a command starts, and not as an argument of some other program.
    pub(super) fn starts_a_command(&self, text: &str) -> bool {
        if self.is_the_line(text) || is_unquoted_path(&text[..self.start]) {
            return true;
        }
        let bytes = text.as_bytes();
        let earliest = self.start.saturating_sub(LONGEST_PATH);
        let path = bytes[earliest..self.start].iter().rev().take_while(|&&byte| !ends_a_word(byte)).count();
        let mut before = &bytes[earliest..self.start - path];
        match before.last() {
            None => return false,
            Some(b' ' | b'\t' | b'\r') => {
                // The path itself may hold blanks: `"C:\Program Files\PowerShell\7\pwsh.exe"`.
                if let Some(quote) = memchr::memrchr(b'"', before) {
                    let path = &before[quote + 1..];
                    if path.get(1) == Some(&b':') || path.starts_with(b"\\\\") || path.starts_with(b"%") {
                        before = &before[..=quote];
                    }
                }
            }
            Some(_) => {}
        }
        match before.last() {
            Some(b'"' | b'\'') if !self.inside_quotes => before = &before[..before.len() - 1],
            Some(b' ' | b'\t' | b'\r') => {}
            _ => return true,
        }
        starts_commands(last_word(before))
    }

    /// Whether the word before the program is one of some words, or ends so.
    pub(super) fn follows_one_of(&self, text: &str, words: &[&str]) -> bool {
        let word = last_word(&text.as_bytes()[self.start.saturating_sub(LONGEST_PATH)..self.start]);
        words.iter().any(|wanted| {
            let tail = &word[word.len().saturating_sub(wanted.len())..];
            tail.eq_ignore_ascii_case(wanted.as_bytes())
        })
    }

    /// The words after the program.
    pub(super) fn words<'a>(&self, text: &'a str) -> Words<'a> {
        Words {
            text,
            position: self.end,
            inside_quotes: self.inside_quotes,
            is_the_line: self.is_the_line(text),
            ended: false,
            parentheses_close: true,
        }
    }
}

fn last_word(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii_end().rsplit(u8::is_ascii_whitespace).next().unwrap_or_default()
}

/// Whether a line starts with a path that holds blanks and was not quoted: `C:\Program Files\PowerShell\7\`.
fn is_unquoted_path(before: &str) -> bool {
    let bytes = before.as_bytes();
    bytes.len() <= LONGEST_PATH
        && bytes.get(1) == Some(&b':')
        && !before.contains(['"', '/', '&', '|', ';', '='])
        && !mentions(before, ".exe")
        && !before.contains(" -")
}

/// Words after which a program is started: a switch as `/c`, a share as of psexec, or a command that starts others.
fn starts_commands(word: &[u8]) -> bool {
    const STARTERS: [&[u8]; 9] =
        [b"start", b"call", b"create", b"do", b"else", b"exec", b"sudo", b"%comspec%", b"runas"];
    // `taskkill /im powershell.exe` only names it.
    matches!(word.first(), None | Some(b'/' | b'-')) && !word.eq_ignore_ascii_case(b"/im")
        || word.starts_with(b"\\\\")
        || matches!(word.last(), Some(b'"' | b'&' | b'|' | b'(' | b'{' | b'=' | b';' | b'@'))
        || STARTERS.iter().any(|starter| word.eq_ignore_ascii_case(starter))
}

/// A word without its quotes.
#[derive(Debug)]
pub(super) struct Word<'a> {
    /// What the program is given.
    pub(super) text: Cow<'a, str>,
    /// Whether it started with a quote or a parenthesis.
    pub(super) is_quoted: bool,
    /// Where it starts in the text.
    pub(super) start: usize,
}

/// The words of one command, up to the operator or the end of line that ends it.
pub(super) struct Words<'a> {
    text: &'a str,
    position: usize,
    /// A quote was opened before the program: the next lone one closes it.
    inside_quotes: bool,
    /// The program itself was given these words: an operator within a word is part of it.
    is_the_line: bool,
    ended: bool,
    /// Whether a closing parenthesis may still be found; remembered so that each text is searched once.
    parentheses_close: bool,
}

impl<'a> Words<'a> {
    /// How far the words were read.
    pub(super) fn offset(&self) -> usize {
        self.position
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.position + ahead).copied()
    }

    fn at_blank_or_end(&self) -> bool {
        self.byte(0).is_none_or(|byte| is_blank(byte) || byte == b'\n')
    }

    fn skip_blanks(&mut self) {
        while self.byte(0).is_some_and(|byte| is_blank(byte) || byte == b'\n' && self.is_the_line) {
            self.position += 1;
        }
    }

    fn at_operator(&self, word: &[u8]) -> bool {
        match self.byte(0) {
            Some(b'&' | b'|' | b';' | b'\n' | b'<' | b'>') if !self.is_the_line => true,
            Some(operator @ (b'&' | b'|' | b'>')) if word.is_empty() => {
                self.byte(1).is_none_or(|next| is_blank(next) || next == operator)
            }
            Some(b'&' | b'|' | b';' | b'<' | b'>') => word.first() == Some(&b'/'),
            _ => false,
        }
    }

    /// Passes quotes that follow each other, each with or without a backslash, and gives their number.
    fn skip_quotes(&mut self) -> usize {
        let mut count = 0;
        loop {
            match (self.byte(0), self.byte(1)) {
                (Some(b'"'), _) => self.position += 1,
                (Some(b'\\'), Some(b'"')) => self.position += 2,
                _ => return count,
            }
            count += 1;
        }
    }

    fn at_quote(&self) -> bool {
        self.byte(0) == Some(b'"') || self.byte(0) == Some(b'\\') && self.byte(1) == Some(b'"')
    }

    /// Reads up to the quote that closes, which it passes.
    fn read_quoted(&mut self, opened_by: usize, word: &mut Cow<'a, str>) {
        let start = self.position;
        while self.byte(0).is_some() && !self.at_quote() {
            self.position += 1;
        }
        push(word, &self.text[start..self.position]);
        if self.skip_quotes() > opened_by {
            self.inside_quotes = false;
        }
    }

    /// Reads `'…'` or `(…)` that ends where a word ends, and gives whether there was one.
    fn read_enclosed(&mut self, word: &mut Cow<'a, str>) -> bool {
        let rest = &self.text[self.position..];
        let length = match self.byte(0) {
            Some(b'\'') => rest[1..].find('\'').map(|length| length + 2),
            Some(b'(') if self.parentheses_close => {
                let length = length_of_parentheses(rest);
                self.parentheses_close = length.is_some();
                length
            }
            _ => None,
        };
        let Some(length) = length else { return false };
        let after = rest.as_bytes().get(length).copied();
        if !after.is_none_or(|byte| ends_a_word(byte) || matches!(byte, b'\\' | b')' | b'}')) {
            return false;
        }
        push(word, &rest[1..length - 1]);
        self.position += length;
        true
    }

    /// Reads on to the end of a word.
    fn read_word(&mut self, word: &mut Cow<'a, str>) {
        while !self.at_blank_or_end() && !self.at_operator(word.as_bytes()) {
            if self.at_quote() {
                // An even number opens and closes again.
                if self.skip_quotes() % 2 == 1 {
                    if self.inside_quotes {
                        self.inside_quotes = false;
                    } else {
                        self.read_quoted(1, word);
                    }
                }
                continue;
            }
            let start = self.position;
            self.position += 1;
            while !self.at_blank_or_end() && !self.at_quote() && !self.at_operator(b"") && !self.at_operator(b"/") {
                self.position += 1;
            }
            push(word, &self.text[start..self.position]);
        }
    }

    /// Passes `> file` and the like.
    fn skip_redirection(&mut self) {
        while self.byte(0).is_some_and(|byte| matches!(byte, b'<' | b'>' | b'&' | b'0'..=b'9')) {
            self.position += 1;
        }
        self.skip_blanks();
        self.read_word(&mut Cow::Borrowed(""));
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        loop {
            self.skip_blanks();
            if self.ended || self.byte(0).is_none() {
                return None;
            }
            if matches!(self.byte(0), Some(b'<' | b'>')) && self.at_operator(b"") {
                self.skip_redirection();
                continue;
            }
            if self.at_operator(b"") {
                self.ended = true;
                return None;
            }
            let start = self.position;
            let mut word = Cow::Borrowed("");
            let quotes = self.skip_quotes();
            let is_quoted = if quotes == 0 {
                self.read_enclosed(&mut word)
            } else if !self.at_blank_or_end() && !self.at_operator(b"") {
                self.read_quoted(quotes, &mut word);
                true
            } else if quotes % 2 == 1 {
                if self.inside_quotes {
                    self.inside_quotes = false;
                    continue;
                }
                self.read_quoted(quotes, &mut word);
                true
            } else {
                true
            };
            self.read_word(&mut word);
            if !is_quoted && !self.is_the_line {
                let length = word.trim_end_matches([')', '}', ']', ',']).len();
                match &mut word {
                    Cow::Borrowed(text) => *text = &text[..length],
                    Cow::Owned(text) => text.truncate(length),
                }
            }
            return Some(Word { text: word, is_quoted, start });
        }
    }
}

fn push<'a>(word: &mut Cow<'a, str>, more: &'a str) {
    if word.is_empty() {
        *word = Cow::Borrowed(more);
    } else if !more.is_empty() {
        word.to_mut().push_str(more);
    }
}

/// The length of a text's first parenthesis with all that it holds.
fn length_of_parentheses(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(position + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests;
