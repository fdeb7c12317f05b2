//! `masquerades(path)` and `masquerades_reason(path)`: programs that pass themselves off as others.
//!
//! Two things are looked at: the name of a program of Windows in a folder where Windows does not keep it, and a name
//! that reads as another one. A name without a path says nothing of its folder, so only the second is judged then.

use std::borrow::Cow;

use super::hunting_function::{Argument, Example, Group, HuntingFunction, Worker};
use super::windows_path::{WindowsPath, is_any_folder, unquoted, without_exe};

mod look_alike;
mod name_tricks;
mod system_programs;

use system_programs::Place;

const PATH: &[Argument] = &[Argument { name: "path", description: "The path of the program, or its name alone." }];

const SOURCE: &str = "ATT&CK T1036 (Masquerading): .002 right-to-left override, .003 renamed utilities, .005 name or \
                      location of a legitimate resource, .006 space after filename, .007 double file extension.";

pub(super) static MASQUERADES: HuntingFunction = HuntingFunction {
    name: "masquerades",
    group: Group::Path,
    summary: "Tells whether a program passes itself off as another by its name or folder.",
    arguments: PATH,
    result: "True for the name of a program of Windows outside its folders, a name that looks like one (digits or \
             letters of other scripts, one letter changed, added, left out or swapped), a second extension as in \
             `Invoice.pdf.exe`, characters that turn the direction of text or are invisible, and blanks or dots before \
             the extension or at the end. False for a missing name (`-`). NULL gives NULL.",
    source: SOURCE,
    examples: &[
        Example { sql: r"masquerades('C:\Users\Public\svchost.exe')", result: "true" },
        Example { sql: r"masquerades('C:\Tools\scvhost.exe')", result: "true" },
        Example { sql: r"masquerades('C:\Windows\SysWOW64\svchost.exe')", result: "false" },
    ],
    worker: Worker::TextToBool(masquerades),
};

pub(super) static MASQUERADES_REASON: HuntingFunction = HuntingFunction {
    name: "masquerades_reason",
    group: Group::Path,
    summary: "Says why `masquerades` holds a program to pass itself off as another.",
    arguments: PATH,
    result: "A sentence, or NULL where `masquerades` is false. NULL gives NULL.",
    source: SOURCE,
    examples: &[
        Example {
            sql: r"masquerades_reason('C:\Temp\lsass.exe')",
            result: r"has the name of lsass.exe, which lives in C:\Windows\System32",
        },
        Example {
            sql: "masquerades_reason('svch0st.exe')",
            result: "has a name that looks like that of the Windows program svchost.exe",
        },
        Example { sql: r"masquerades_reason('C:\Windows\explorer.exe')", result: "NULL" },
    ],
    worker: Worker::TextToText(masquerades_reason),
};

/// What makes a program a masquerade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding<'a> {
    DirectionOverride,
    Invisible,
    BlankFolder,
    DoubleExtension,
    BlankBeforeExtension,
    BlankAtEnd,
    WrongFolder(&'a str, Place),
    LooksLike(&'static str),
    MixedScripts,
}

fn masquerades(path: &str) -> bool {
    find(path).is_some()
}

fn masquerades_reason(path: &str) -> Option<Cow<'_, str>> {
    Some(match find(path)? {
        Finding::DirectionOverride => "has a character in its path that turns the direction of the text".into(),
        Finding::Invisible => "has an invisible character in its path".into(),
        Finding::BlankFolder => "runs from a folder whose name ends in a blank or a dot, which imitates another".into(),
        Finding::DoubleExtension => "has the extension of a document before that of a program".into(),
        Finding::BlankBeforeExtension => "has a blank or a dot before its extension".into(),
        Finding::BlankAtEnd => "has a name that ends in a blank or a dot".into(),
        Finding::WrongFolder(name, place) => format!("has the name of {name}, which lives in {}", place.label()).into(),
        Finding::LooksLike(stem) => format!("has a name that looks like that of the Windows program {stem}.exe").into(),
        Finding::MixedScripts => "has a name that mixes letters of two scripts which look alike".into(),
    })
}

/// Whether a path holds the name of a program of Windows and leads elsewhere than to it.
pub(super) fn is_in_wrong_folder(path: &str) -> bool {
    let path = WindowsPath::parse(path);
    path.has_blank_folder || wrong_folder(&path).is_some()
}

fn find(text: &str) -> Option<Finding<'_>> {
    if !text.is_ascii() {
        let text = text.trim_start_matches('\u{FEFF}');
        if text.contains(name_tricks::is_direction_override) {
            return Some(Finding::DirectionOverride);
        }
        if text.contains(name_tricks::is_invisible) || name_tricks::has_joiner_without_need(text) {
            return Some(Finding::Invisible);
        }
    }
    let path = WindowsPath::parse(text);
    if path.has_blank_folder {
        return Some(Finding::BlankFolder);
    }
    // A stream's name is the program's; what stands before it is the file that hides it.
    let name = path.name.rsplit(':').next().unwrap_or(path.name);
    trick_of_name(text, name, &path).or_else(|| wrong_folder(&path)).or_else(|| look_alike(name))
}

fn trick_of_name<'a>(text: &str, name: &str, path: &WindowsPath<'_>) -> Option<Finding<'a>> {
    let (stem, extension) = name_tricks::split_extension(name.trim_end_matches([' ', '.']));
    if !name_tricks::is_executable(extension) {
        return None;
    }
    // `Contoso.Pdf.exe` is how .NET programs are called; who may write to Program Files need not play this trick.
    let is_installed =
        path.folders().first().is_some_and(|first| is_any_folder(first, &["program files", "program files (x86)"]));
    if name_tricks::ends_like_document(stem) && !is_installed {
        return Some(Finding::DoubleExtension);
    }
    if name_tricks::ends_in_blank(stem) {
        return Some(Finding::BlankBeforeExtension);
    }
    name_tricks::ends_in_blank(unquoted(text)).then_some(Finding::BlankAtEnd)
}

fn wrong_folder<'a>(path: &WindowsPath<'a>) -> Option<Finding<'a>> {
    let stem = without_exe(path.name);
    if stem.len() == path.name.len() {
        return None;
    }
    let place = system_programs::place_of(stem)?;
    (!system_programs::is_in_place(path, place)).then_some(Finding::WrongFolder(path.name, place))
}

fn look_alike<'a>(name: &str) -> Option<Finding<'a>> {
    let (stem, extension) = name_tricks::split_extension(name);
    if !extension.is_empty() && !name_tricks::is_executable(extension) {
        return None;
    }
    if let Some(imitated) = look_alike::imitated_program(stem) {
        return Some(Finding::LooksLike(imitated));
    }
    (!stem.is_ascii() && name_tricks::mixes_scripts(stem)).then_some(Finding::MixedScripts)
}

#[cfg(test)]
mod tests;
