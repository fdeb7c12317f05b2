//! `lolbin(path)`: the technique that a living-off-the-land binary is known for.

use std::borrow::Cow;

use super::hunting_function::{Argument, Example, Group, HuntingFunction, Worker};
use super::name_table;
use super::windows_path::program_name;

mod techniques;

use techniques::TECHNIQUES;

pub(super) static LOLBIN: HuntingFunction = HuntingFunction {
    name: "lolbin",
    group: Group::Path,
    summary: "Gives the ATT&CK technique that a program of Windows, or one signed by Microsoft, is abused for.",
    arguments: &[Argument {
        name: "path",
        description: "The path of the program. Its file name counts, whatever its folder and case.",
    }],
    result: "The id of the technique that the program is best known for, or NULL if the program is none of the table. \
             Programs that every session runs by itself, such as explorer.exe and conhost.exe, are not in it. \
             NULL gives NULL.",
    source: "ATT&CK T1218 (System Binary Proxy Execution), T1127, T1059, T1105 and others; the LOLBAS project.",
    examples: &[
        Example { sql: r"lolbin('C:\Windows\System32\certutil.exe')", result: "T1105" },
        Example { sql: r"lolbin('C:\Users\Public\MSHTA.EXE')", result: "T1218.005" },
        Example { sql: r"lolbin('C:\Windows\System32\notepad.exe')", result: "NULL" },
    ],
    worker: Worker::TextToText(lolbin),
};

fn lolbin(path: &str) -> Option<Cow<'_, str>> {
    name_table::find(TECHNIQUES, program_name(path)).map(|technique| Cow::Borrowed(*technique))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, want: Option<&str>) {
        assert_eq!(lolbin(path).as_deref(), want, "{path}");
    }

    #[test]
    fn the_table_can_be_searched() {
        name_table::check_keys(TECHNIQUES.iter().map(|(name, _)| *name));
        assert!(TECHNIQUES.len() > 150);
    }

    #[test]
    fn every_technique_has_the_form_of_an_id() {
        for (name, technique) in TECHNIQUES {
            let (main, sub) = technique.split_at(5);
            assert!(main.starts_with('T') && main[1..].bytes().all(|byte| byte.is_ascii_digit()), "{name}");
            assert!(sub.is_empty() || sub.len() == 4 && sub.starts_with(".0"), "{name}: {technique}");
        }
    }

    #[test]
    fn the_name_decides() {
        check(r"C:\Windows\System32\rundll32.exe", Some("T1218.011"));
        check(r"\Device\HarddiskVolume3\Windows\SysWOW64\regsvr32.exe", Some("T1218.010"));
        check("C:/windows/microsoft.net/framework64/v4.0.30319/MSBuild.exe", Some("T1127.001"));
        check("bitsadmin", Some("T1197"));
        check(r"C:\Windows\System32\wbem\WMIC.exe", Some("T1047"));
        check(r"C:\Windows\System32\cmstp.exe", Some("T1218.003"));
        check(r"C:\Windows\System32\Printing_Admin_Scripts\en-US\pubprn.vbs", Some("T1216.001"));
        check(r"\\host\share\notes.txt:certutil.exe", Some("T1105"));
    }

    #[test]
    fn other_programs_are_none() {
        for path in [
            r"C:\Windows\explorer.exe",
            r"C:\Windows\System32\svchost.exe",
            r"C:\Windows\System32\conhost.exe",
            r"C:\certutil\setup.exe",
            "certutil.exe.bak",
            "certutil2.exe",
            "Registry",
            "-",
            "",
        ] {
            check(path, None);
        }
    }
}
