//! Lists of help: columns side by side, the last one wrapped at words.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::output::push_visible;

/// The width where the terminal's is not known.
const USUAL_WIDTH: usize = 100;

/// The last column is not made narrower than this, even if the line then gets too long.
const LEAST_WIDTH: usize = 24;

/// Writes rows of equally many cells, two blanks before each and between the cells.
pub(crate) fn write_aligned<const CELLS: usize>(
    rows: &[[String; CELLS]],
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect()).collect();
    let widths: Vec<usize> = (0..CELLS.saturating_sub(1))
        .map(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0))
        .collect();
    let indent = 2 + widths.iter().map(|width| width + 2).sum::<usize>();
    let room = width.unwrap_or(USUAL_WIDTH).saturating_sub(indent).max(LEAST_WIDTH);
    for row in &rows {
        let mut line = String::from("  ");
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        let last = row.last().map_or("", String::as_str);
        for (index, part) in wrapped(last, room).iter().enumerate() {
            if index > 0 {
                line = " ".repeat(indent);
            }
            line.push_str(part);
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    Ok(())
}

fn visible(text: &str) -> String {
    let mut out = String::new();
    push_visible(text, &mut out);
    out
}

/// The text in lines of at most `room` columns, but for words that are longer. An empty text is one empty line.
pub(crate) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_wraps_under_itself() {
        let rows =
            [["a".to_owned(), "one two three four five six seven".to_owned()], ["long".to_owned(), String::new()]];
        let mut out = Vec::new();
        write_aligned(&rows, Some(32), &mut out).expect("written");
        let want = "  a     one two three four five\n        six seven\n  long\n";
        assert_eq!(String::from_utf8(out).expect("UTF-8"), want);
    }

    #[test]
    fn a_name_from_a_file_cannot_steer_the_terminal() {
        let mut out = Vec::new();
        write_aligned(&[["\u{1b}[2J".to_owned()]], None, &mut out).expect("written");
        assert_eq!(out, b"  \\u{1b}[2J\n");
    }
}
