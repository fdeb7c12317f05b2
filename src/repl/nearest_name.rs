//! The name that somebody probably meant.

/// The one of `names` that is closest to `typed`, if it is so close that it may have been meant. Case does not count.
pub(crate) fn nearest_name<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    // One slip in a short name, one in every three letters of a longer one.
    let most = (typed.chars().count() / 3).max(1);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&typed, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `: did you mean …?`, or nothing.
pub(crate) fn did_you_mean<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest_name(typed, names).map(|name| format!(": did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_noise_finds_none() {
        let names = ["\\tables", "\\timing", "\\quit"];
        assert_eq!(nearest_name("\\tabels", names), Some("\\tables"));
        assert_eq!(nearest_name("\\QUIT", names), Some("\\quit"));
        assert_eq!(nearest_name("\\xyzzy", names), None);
        assert_eq!(did_you_mean("\\timming", names), ": did you mean `\\timing`?");
    }
}
