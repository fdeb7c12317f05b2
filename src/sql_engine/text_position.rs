//! Between the parser's lines and columns, which count characters from 1, and bytes.

use datafusion::sql::sqlparser::tokenizer;

use crate::diagnostic::Span;

/// The lines of a text.
pub(super) struct TextPositions<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> TextPositions<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(newline, _)| newline + 1);
        Self { text, line_starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// The byte at a line and a column; the end of the text where it has no such place.
    pub(super) fn offset(&self, line: u64, column: u64) -> usize {
        let Some(start) = usize::try_from(line.saturating_sub(1)).ok().and_then(|line| self.line_starts.get(line))
        else {
            return self.text.len();
        };
        let characters = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        self.text[*start..].char_indices().nth(characters).map_or(self.text.len(), |(offset, _)| start + offset)
    }

    /// The bytes of a part that the parser names.
    pub(super) fn span(&self, span: tokenizer::Span) -> Span {
        Span::new(self.offset(span.start.line, span.start.column), self.offset(span.end.line, span.end.column))
    }

    /// The bytes of a part that the planner names.
    pub(super) fn planner_span(&self, span: datafusion::common::Span) -> Span {
        Span::new(self.offset(span.start.line, span.start.column), self.offset(span.end.line, span.end.column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_offsets_bytes() {
        let positions = TextPositions::new("é a\n日本\n\nb");
        for (line, column, want) in
            [(1, 1, 0), (1, 2, 2), (1, 3, 3), (2, 1, 5), (2, 2, 8), (3, 1, 12), (4, 1, 13), (4, 2, 14)]
        {
            assert_eq!(positions.offset(line, column), want, "{line}:{column}");
        }
    }

    #[test]
    fn a_place_outside_the_text_is_its_end() {
        let positions = TextPositions::new("a\nb");
        for (line, column) in [(9, 1), (1, 99), (u64::MAX, u64::MAX)] {
            assert_eq!(positions.offset(line, column), 3);
        }
        assert_eq!(positions.offset(0, 0), 0);
    }
}
