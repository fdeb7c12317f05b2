//! `entropy(text)`: how evenly the characters of a text are spread.

use std::collections::HashMap;

use super::{Argument, Example, Group, HuntingFunction, Worker};

pub(super) static ENTROPY: HuntingFunction = HuntingFunction {
    name: "entropy",
    group: Group::Text,
    summary: "The Shannon entropy of a text in bits per character: the more, the closer to random.",
    arguments: &[Argument { name: "text", description: "Any text; a character is one Unicode scalar value." }],
    result: "A number from 0 (empty, or one character repeated) to log2 of the count of characters. NULL for NULL.",
    source: "C. E. Shannon, A Mathematical Theory of Communication (1948); ATT&CK T1027.",
    examples: &[
        Example { sql: "entropy('aabb')", result: "1.0" },
        Example { sql: "entropy('')", result: "0.0" },
        Example { sql: "entropy('abcdefgh')", result: "3.0" },
    ],
    worker: Worker::TextToNumber(entropy),
};

/// Bits per character. ASCII is counted in a table on the stack, other characters in a map.
fn entropy(text: &str) -> f64 {
    let mut ascii = [0u32; 128];
    let mut others: HashMap<char, u32> = HashMap::new();
    let mut total = 0u32;
    for character in text.chars() {
        total += 1;
        match ascii.get_mut(character as usize) {
            Some(count) => *count += 1,
            None => *others.entry(character).or_default() += 1,
        }
    }
    // The sum's order must not hang on the map's, or the last digit would differ from run to run.
    let mut counts: Vec<u32> = others.into_values().collect();
    counts.sort_unstable();
    let mut bits = 0.0;
    for count in ascii.into_iter().chain(counts).filter(|count| *count > 0) {
        let share = f64::from(count) / f64::from(total);
        bits -= share * share.log2();
    }
    // One character repeated gives -0.0, which would print as such.
    bits.max(0.0) + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: f64) {
        let found = entropy(text);
        assert!((found - want).abs() < 1e-12, "{text:?}: {found} is not {want}");
    }

    #[test]
    fn equal_shares_give_whole_bits() {
        check("", 0.0);
        check("a", 0.0);
        check("aaaa", 0.0);
        check("ab", 1.0);
        check("abcd", 2.0);
        check("0123456789abcdef", 4.0);
    }

    #[test]
    fn unequal_shares() {
        check("aaab", 0.811_278_124_459_132_9);
    }

    #[test]
    fn a_character_is_a_scalar_and_not_a_byte() {
        check("äöüß", 2.0);
        check("😀😀", 0.0);
        check("a\u{301}", 1.0);
    }

    #[test]
    fn zero_has_no_sign() {
        assert!(entropy("aaaa").is_sign_positive());
        assert!(entropy("").is_sign_positive());
    }

    #[test]
    fn the_same_text_gives_the_same_bits() {
        let text = "пример と 例 äöü 1234";
        assert_eq!(entropy(text).to_bits(), entropy(text).to_bits());
    }
}
