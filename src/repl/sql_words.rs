//! The words of SQL that are coloured and completed.

/// Keywords of queries, sorted. Names of functions are not among them.
#[rustfmt::skip]
pub(super) static KEYWORDS: &[&str] = &[
    "ALL", "AND", "ANY", "ARRAY", "AS", "ASC", "BETWEEN", "BY", "CASE", "CAST", "CROSS", "CUBE", "CURRENT", "DATE",
    "DESC", "DESCRIBE", "DISTINCT", "ELSE", "END", "ESCAPE", "EXCEPT", "EXCLUDE", "EXISTS", "EXPLAIN", "EXTRACT",
    "FALSE", "FETCH", "FILTER", "FIRST", "FOLLOWING", "FROM", "FULL", "GROUP", "GROUPING", "HAVING", "ILIKE", "IN",
    "INNER", "INTERSECT", "INTERVAL", "IS", "JOIN", "LAST", "LATERAL", "LEFT", "LIKE", "LIMIT", "NATURAL", "NOT",
    "NULL", "NULLS", "OFFSET", "ON", "OR", "ORDER", "OUTER", "OVER", "PARTITION", "PRECEDING", "QUALIFY", "RANGE",
    "RECURSIVE", "REPLACE", "RIGHT", "ROLLUP", "ROW", "ROWS", "SELECT", "SETS", "SHOW", "SIMILAR", "TABLE", "TABLES",
    "THEN", "TIMESTAMP", "TO", "TRUE", "TRY_CAST", "UNBOUNDED", "UNION", "UNNEST", "USING", "VALUES", "WHEN", "WHERE",
    "WINDOW", "WITH", "WITHIN",
];

/// True for a keyword, in any case.
pub(super) fn is_keyword(word: &str) -> bool {
    word.len() <= 16 && KEYWORDS.binary_search(&word.to_ascii_uppercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_any_case_is_found() {
        assert!(KEYWORDS.is_sorted());
        assert!(KEYWORDS.iter().all(|word| word.len() <= 16));
        assert!(is_keyword("select") && is_keyword("Try_Cast") && !is_keyword("process"));
    }
}
