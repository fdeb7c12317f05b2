//! Names that look like the name of a program of Windows: letters of other scripts, digits for letters, one typing
//! error.

use super::system_programs::SYSTEM_PROGRAMS;

/// The longest name that can look like one of Windows, in bytes of its folded form.
const LONGEST: usize = 24;

/// The shortest name of which a change of ASCII characters counts; shorter ones have too many honest neighbours.
const SHORTEST: usize = 5;

/// The programs whose names are imitated by a letter more, less, changed or swapped.
const IMITATED: &[&str] = &[
    "audiodg",
    "conhost",
    "csrss",
    "ctfmon",
    "dllhost",
    "explorer",
    "fontdrvhost",
    "iexplore",
    "logonui",
    "lsass",
    "msiexec",
    "msmpeng",
    "powershell",
    "regsvr32",
    "rundll32",
    "runtimebroker",
    "searchindexer",
    "services",
    "spoolsv",
    "svchost",
    "taskhost",
    "taskhostex",
    "taskhostw",
    "taskmgr",
    "trustedinstaller",
    "userinit",
    "werfault",
    "wininit",
    "winlogon",
    "wmiprvse",
    "wuauclt",
];

/// Honest names one letter away from an imitated one: `service.exe` of many makers, Dart Sass, Windows Update of XP.
const NEIGHBOURS: &[&str] = &["sass", "service", "wuauclt1"];

/// The program of Windows that a name, without its extension, seems to be; `None` where it is that program or no such.
pub(super) fn imitated_program(stem: &str) -> Option<&'static str> {
    if NEIGHBOURS.iter().any(|neighbour| neighbour.eq_ignore_ascii_case(stem)) {
        return None;
    }
    let mut buffer = [0; LONGEST];
    let folded = fold_name(stem, &mut buffer)?;
    if !stem.is_ascii() || folded.len() >= SHORTEST {
        let same = SYSTEM_PROGRAMS.iter().find(|(name, _)| name.bytes().map(fold_ascii).eq(folded.iter().copied()));
        if let Some((name, _)) = same {
            return (!name.eq_ignore_ascii_case(stem)).then_some(name);
        }
    }
    if folded.len() + 1 < SHORTEST {
        return None;
    }
    let near = |name: &&&str| is_one_edit_apart(folded, name) || is_with_bits_added(stem, name);
    IMITATED.iter().find(near).copied()
}

/// `svchost32` and `lsass64` for `svchost` and `lsass`.
fn is_with_bits_added(stem: &str, name: &str) -> bool {
    let added = stem.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name)).map(|_| &stem[name.len()..]);
    matches!(added, Some("32" | "64"))
}

/// Whether one letter more, less, changed, or a pair swapped makes `name` of `folded`.
fn is_one_edit_apart(folded: &[u8], name: &str) -> bool {
    let (shorter, longer) = (folded.len().min(name.len()), folded.len().max(name.len()));
    if longer - shorter > 1 {
        return false;
    }
    let name = name.as_bytes();
    let same = |(left, right): &(&u8, &u8)| **left == fold_ascii(**right);
    let head = folded.iter().zip(name).take_while(same).count();
    let tail = folded.iter().rev().zip(name.iter().rev()).take_while(same).count();
    if shorter < longer || head + tail + 1 >= longer {
        return head + tail + 1 >= longer;
    }
    head + tail + 2 == longer
        && folded[head] == fold_ascii(name[head + 1])
        && folded[head + 1] == fold_ascii(name[head])
}

/// Brings a name to the form in which look-alikes are equal; `None` where a character looks like no ASCII one, or the
/// name is too long.
fn fold_name<'a>(stem: &str, buffer: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let mut length = 0;
    for character in stem.chars() {
        let byte = if character.is_ascii() { character as u8 } else { ascii_of(character)? };
        let byte = fold_ascii(byte);
        if byte == b'v' && length > 0 && buffer[length - 1] == b'v' {
            buffer[length - 1] = b'w';
            continue;
        }
        *buffer.get_mut(length)? = byte;
        length += 1;
    }
    Some(&buffer[..length])
}

/// One byte for those that look alike: `0` and `o`; `1`, `l`, `i` and `|`; `5`, `$` and `s`.
fn fold_ascii(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        b'0' => b'o',
        b'1' | b'i' | b'|' | b'!' => b'l',
        b'5' | b'$' => b's',
        other => other,
    }
}

/// The ASCII letter that a character of another script, or with an accent, looks like.
fn ascii_of(character: char) -> Option<u8> {
    letter_of_other_script(character).or_else(|| wide_or_styled(character)).or_else(|| accented(character))
}

/// The ASCII letter that a Cyrillic, Greek or Armenian letter looks like.
pub(super) fn letter_of_other_script(character: char) -> Option<u8> {
    let letter = match character {
        'а' | 'А' | 'α' | 'Α' => b'a',
        'в' | 'В' | 'Β' => b'b',
        'с' | 'С' | 'ϲ' => b'c',
        'ԁ' => b'd',
        'е' | 'Е' | 'ё' | 'Ё' | 'ε' | 'Ε' => b'e',
        'һ' | 'Һ' | 'н' | 'Н' | 'Η' => b'h',
        'і' | 'І' | 'ї' | 'Ї' | 'ι' | 'Ι' => b'i',
        'ј' | 'Ј' => b'j',
        'к' | 'К' | 'κ' | 'Κ' => b'k',
        'ӏ' | 'Ӏ' => b'l',
        'м' | 'М' | 'Μ' => b'm',
        'η' | 'Ν' | 'ո' => b'n',
        'о' | 'О' | 'ο' | 'Ο' | 'օ' | 'σ' => b'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => b'p',
        'ԛ' => b'q',
        'г' => b'r',
        'ѕ' | 'Ѕ' => b's',
        'т' | 'Т' | 'τ' | 'Τ' => b't',
        'υ' | 'ս' => b'u',
        'ν' | 'ѵ' => b'v',
        'ԝ' | 'ω' | 'ѡ' => b'w',
        'х' | 'Х' | 'χ' | 'Χ' => b'x',
        'у' | 'У' | 'γ' | 'Υ' => b'y',
        'Ζ' => b'z',
        _ => return None,
    };
    Some(letter)
}

/// Full-width forms, mathematical letters and Roman numerals of one letter.
fn wide_or_styled(character: char) -> Option<u8> {
    let code = u32::from(character);
    let letter = match code {
        0xFF01..=0xFF5E => code - 0xFEE0,
        // Alphabets of 26 capitals and 26 small letters follow one another.
        0x1D400..=0x1D6A3 => (code - 0x1D400) % 26 + u32::from(b'a'),
        0x2170 | 0x2160 => u32::from(b'i'),
        0x2174 | 0x2164 => u32::from(b'v'),
        0x2179 | 0x2169 => u32::from(b'x'),
        0x217C | 0x216C => u32::from(b'l'),
        0x217D | 0x216D => u32::from(b'c'),
        0x217E | 0x216E => u32::from(b'd'),
        0x217F | 0x216F => u32::from(b'm'),
        _ => return None,
    };
    u8::try_from(letter).ok()
}

fn accented(character: char) -> Option<u8> {
    let letter = match character {
        'à'..='å' | 'À'..='Å' | 'ā' | 'ă' | 'ą' => b'a',
        'ç' | 'Ç' | 'ć' | 'č' => b'c',
        'ď' | 'đ' => b'd',
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'ę' | 'ě' => b'e',
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'ı' | 'İ' => b'i',
        'ł' | 'ĺ' | 'ľ' => b'l',
        'ñ' | 'Ñ' | 'ń' | 'ň' => b'n',
        'ò'..='ö' | 'ø' | 'Ò'..='Ö' | 'Ø' | 'ō' | 'ő' => b'o',
        'ŕ' | 'ř' => b'r',
        'ś' | 'š' | 'ş' | 'ș' => b's',
        'ť' | 'ţ' | 'ț' => b't',
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'ů' | 'ű' => b'u',
        'ý' | 'ÿ' | 'Ý' => b'y',
        'ź' | 'ż' | 'ž' => b'z',
        _ => return None,
    };
    Some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stem: &str, want: Option<&str>) {
        assert_eq!(imitated_program(stem), want, "{stem}");
    }

    #[test]
    fn digits_and_letters_of_other_scripts() {
        check("svch0st", Some("svchost"));
        check("1sass", Some("lsass"));
        check("Isass", Some("lsass"));
        check("expl0rer", Some("explorer"));
        check("rundl132", Some("rundll32"));
        check("w1nl0g0n", Some("winlogon"));
        check("vvinlogon", Some("winlogon"));
        check("svchоst", Some("svchost"));
        check("ѕvсhоѕt", Some("svchost"));
        check("сmd", Some("cmd"));
        check("ｓvchost", Some("svchost"));
        check("svchöst", Some("svchost"));
        check("\u{1D41C}md", Some("cmd"));
        check("\u{1D410}md", None);
    }

    #[test]
    fn one_typing_error() {
        for stem in
            ["scvhost", "svhost", "svchosts", "svchst", "svvchost", "svcnost", "SVCHOSTT", "scvh0st", "svchost32"]
        {
            check(stem, Some("svchost"));
        }
        check("lsas", Some("lsass"));
        check("lsasss", Some("lsass"));
        check("csrs", Some("csrss"));
        check("iexplorer", Some("explorer"));
        check("regsrv32", Some("regsvr32"));
        check("servcies", Some("services"));
        check("dlhost", Some("dllhost"));
        check("taskhosts", Some("taskhost"));
    }

    #[test]
    fn honest_neighbours() {
        for stem in [
            "svchost",
            "LSASS",
            "lsm",
            "smss",
            "taskhostex",
            "taskhostw",
            "TaskHost",
            "wscript",
            "cscript",
            "csc",
            "csi",
            "net",
            "net1",
            "at",
            "sc",
            "cmd",
            "dllhst3g",
            "sihost",
            "uihost",
            "service",
            "sass",
            "class",
            "notepad2",
            "notepad++",
            "explorer++",
            "xplorer2",
            "vmhost",
            "wermgr",
            "rundll",
            "powershell_ise",
            "ping",
            "pıng2",
            "кот",
            "日本語",
            "Жук",
            "",
        ] {
            check(stem, None);
        }
    }

    #[test]
    fn imitated_programs_are_programs_of_windows() {
        for name in IMITATED {
            assert!(name.len() >= SHORTEST && SYSTEM_PROGRAMS.iter().any(|(known, _)| known == name), "{name}");
        }
    }
}
