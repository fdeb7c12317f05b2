//! The few styles of text on a terminal, as ANSI escape sequences.

/// Back to plain text.
pub(crate) const PLAIN: &str = "\u{1b}[0m";
/// Headings.
pub(crate) const BOLD: &str = "\u{1b}[1m";
/// What matters less: NULL, comments.
pub(crate) const DIM: &str = "\u{1b}[2m";
/// Strings.
pub(crate) const GREEN: &str = "\u{1b}[32m";
/// Numbers.
pub(crate) const CYAN: &str = "\u{1b}[36m";
/// Commands.
pub(crate) const MAGENTA: &str = "\u{1b}[35m";
/// Keywords.
pub(crate) const BLUE: &str = "\u{1b}[1;34m";
