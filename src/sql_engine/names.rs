//! The tables, columns and functions that a session knows, as far as names go.

/// One table and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableNames {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
}

impl TableNames {
    /// The column that a name without quotes means.
    pub(super) fn column(&self, typed: &str) -> Option<&str> {
        meant(typed, self.columns.iter().map(String::as_str))
    }
}

/// Every name of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) tables: Vec<TableNames>,
    pub(super) functions: Vec<String>,
}

impl Names {
    /// The table that a name without quotes means.
    pub(super) fn table(&self, typed: &str) -> Option<&TableNames> {
        let name = meant(typed, self.tables.iter().map(|table| table.name.as_str()))?;
        self.tables.iter().find(|table| table.name == name)
    }
}

/// What a name without quotes means among the candidates. Case counts for nothing as long as one spelling is there; of
/// several the one that was typed, else the lower-case one, else the first.
pub(super) fn meant<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = typed.to_lowercase();
    let mut best: Option<&str> = None;
    for candidate in candidates {
        if candidate == typed {
            return Some(candidate);
        }
        if candidate.to_lowercase() == lower && (best.is_none() || candidate == lower) {
            best = Some(candidate);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_counts_only_between_spellings() {
        for (typed, candidates, want) in [
            ("IMAGE", vec!["Image"], Some("Image")),
            ("image", vec!["Image", "image"], Some("image")),
            ("Image", vec!["image", "Image"], Some("Image")),
            ("IMAGE", vec!["Image", "image"], Some("image")),
            ("IMAGE", vec!["Image", "iMage"], Some("Image")),
            ("pid", vec!["Image"], None),
        ] {
            assert_eq!(meant(typed, candidates), want, "{typed}");
        }
    }
}
