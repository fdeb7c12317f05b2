//! Which of the known names was meant.

use strsim::{damerau_levenshtein, jaro_winkler};

/// How long a name may be to be compared; nobody means a name by a longer text.
const LONGEST: usize = 80;

/// The candidate that a mistyped name is nearest to, `None` if it is near none. Case and the signs that are easily
/// forgotten, `_`, `-` and `.`, count for nothing. Of equally near ones the first.
pub(super) fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let bare_typed = bare(typed);
    if bare_typed.is_empty() || typed.len() > LONGEST {
        return None;
    }
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        if candidate == typed {
            continue;
        }
        let Some(score) = likeness(&bare_typed, &bare(candidate)) else {
            continue;
        };
        if best.is_none_or(|(best_score, _)| score > best_score) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn likeness(typed: &str, candidate: &str) -> Option<f64> {
    let typed_length = typed.chars().count();
    let longer = typed_length.max(candidate.chars().count());
    if candidate.is_empty() || candidate.len() > LONGEST {
        return None;
    }
    let distance = damerau_levenshtein(typed, candidate);
    // One slip in a short word, one in three letters of a long one.
    let few_slips = distance <= (longer / 3).max(1) && distance < longer.min(typed_length.max(2));
    let begins_alike = typed_length >= 4 && (candidate.starts_with(typed) || typed.starts_with(candidate));
    let is_near = few_slips || (begins_alike && longer < typed_length * 2);
    is_near.then(|| jaro_winkler(typed, candidate) - distance as f64 / 100.0)
}

fn bare(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '_' | '-' | '.' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 9] =
        ["time", "host", "account", "new_process", "command_line", "creator_command_line", "md5", "sha1", "sha256"];

    #[track_caller]
    fn check(typed: &str, want: Option<&str>) {
        assert_eq!(nearest(typed, COLUMNS), want, "{typed}");
    }

    #[test]
    fn slips_are_found() {
        check("comand_line", Some("command_line"));
        check("CommandLine", Some("command_line"));
        check("commandline", Some("command_line"));
        check("creator_cmd_line", Some("creator_command_line"));
        check("tiem", Some("time"));
        check("acount", Some("account"));
        check("sha265", Some("sha256"));
        check("newprocess", Some("new_process"));
        check("hots", Some("host"));
    }

    #[test]
    fn a_name_that_was_broken_off_is_found() {
        assert_eq!(nearest("is_encoded", ["is_encoded_ps", "decode_ps"]), Some("is_encoded_ps"));
    }

    #[test]
    fn what_is_near_to_nothing_suggests_nothing() {
        for typed in ["", "x", "zzz", "registry_key", "_", "the quick brown fox"] {
            check(typed, None);
        }
        check(&"a".repeat(100_000), None);
    }
}
