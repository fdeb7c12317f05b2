//! Amounts of memory as people write them.

/// The bytes that `512MiB`, `2GB`, `1.5G` or `1048576` stand for.
///
/// `KiB`, `MiB`, `GiB`, `TiB` and the bare letters count by 1,024, `KB`, `MB`, `GB`, `TB` by 1,000; case does not
/// count, and a blank may stand before the unit.
///
/// # Errors
/// No number, an unknown unit, nothing at all, or more than a computer can address.
pub(super) fn parse_byte_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let unit_start = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (number, unit) = (&text[..unit_start], text[unit_start..].trim().to_ascii_lowercase());
    let factor = match unit.as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1_u64 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return Err(format!("no unit `{unit}`: write `512MiB` or `2GB`")),
    };
    let bytes = match number.parse::<u64>() {
        Ok(whole) => whole.checked_mul(factor),
        Err(_) => fractional(number, factor),
    };
    match bytes {
        Some(0) => Err("nothing can be done in no memory".to_owned()),
        Some(bytes) => Ok(bytes),
        None => Err("expected an amount such as `512MiB` or `2GB`".to_owned()),
    }
}

fn fractional(number: &str, factor: u64) -> Option<u64> {
    let bytes = number.parse::<f64>().ok()? * factor as f64;
    // Beyond 2^53 a fraction has no meaning, and such amounts are no computer's.
    (bytes.is_finite() && bytes < 9_007_199_254_740_992.0).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read() {
        let check = |text: &str, bytes: u64| assert_eq!(parse_byte_size(text), Ok(bytes), "{text}");
        check("1048576", 1 << 20);
        check("512MiB", 512 << 20);
        check("512 mib", 512 << 20);
        check("2GB", 2_000_000_000);
        check("1.5G", 3 << 29);
        check("1g", 1 << 30);
        check("100b", 100);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "GB", "1XB", "-1G", "0", "0.0G", "1e9", "99999999999999999999", "18446744073709551615K", "1.2.3G"]
        {
            assert!(parse_byte_size(text).is_err(), "{text}");
        }
    }
}
