//! What is done to a file's name so that it reads as another: hidden characters, a second extension, blanks, letters
//! of two scripts.

use super::look_alike::letter_of_other_script;

/// Extensions that a reader takes for a document, sorted.
const DOCUMENTS: &[&str] = &[
    "7z", "avi", "bmp", "csv", "doc", "docm", "docx", "eml", "gif", "htm", "html", "iso", "jpeg", "jpg", "mov", "mp3",
    "mp4", "msg", "odt", "pdf", "png", "ppt", "pptx", "rar", "rtf", "tif", "tiff", "txt", "wav", "xls", "xlsm", "xlsx",
    "zip",
];

/// Extensions that run when they are opened, sorted.
const EXECUTABLES: &[&str] = &[
    "bat", "cmd", "com", "cpl", "exe", "hta", "jar", "js", "jse", "lnk", "msi", "pif", "ps1", "scr", "vbe", "vbs",
    "wsf",
];

/// Whether a character turns the direction of the text behind it.
pub(super) fn is_direction_override(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}')
}

/// Whether a character takes no room on the screen, or shows as a blank and is none.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00AD}' | '\u{180E}' | '\u{200B}' | '\u{2060}'
            ..='\u{2064}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
    )
}

/// Whether joiners stand in a name that is otherwise ASCII. Persian, Hindi and emoji need them.
pub(super) fn has_joiner_without_need(name: &str) -> bool {
    let is_joiner = |character: char| matches!(character, '\u{200C}' | '\u{200D}');
    name.contains(is_joiner) && name.chars().all(|character| character.is_ascii() || is_joiner(character))
}

/// A name before its last dot and behind it. The extension is empty where the name has none.
pub(super) fn split_extension(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or((name, ""))
}

/// Whether a file of this extension runs when it is opened.
pub(super) fn is_executable(extension: &str) -> bool {
    EXECUTABLES.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// Whether what stands before the extension ends in the extension of a document, blanks passed over.
pub(super) fn ends_like_document(stem: &str) -> bool {
    let (_, extension) = split_extension(stem.trim_end_matches(|c: char| is_blank(c) || c == '.' || c == '_'));
    extension.len() < stem.len() && DOCUMENTS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// Whether a text ends in a blank or a dot.
pub(super) fn ends_in_blank(text: &str) -> bool {
    text.ends_with(|character| is_blank(character) || character == '.')
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() && !character.is_control()
}

/// Whether a word holds ASCII letters and letters of another script, each of which looks like an ASCII one.
pub(super) fn mixes_scripts(stem: &str) -> bool {
    let is_foreign = |character: char| matches!(character, '\u{0370}'..='\u{058F}');
    stem.split(|character: char| !character.is_alphabetic()).any(|word| {
        word.contains(is_foreign)
            && word.contains(|character: char| character.is_ascii())
            && word.chars().filter(|character| is_foreign(*character)).all(|c| letter_of_other_script(c).is_some())
    })
}
