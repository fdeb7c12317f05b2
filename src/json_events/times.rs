//! The forms in which exports write a time, and the one form in which it is handed on.

use crate::event_log::{Field, Time};

const SECOND: i64 = 1_000_000_000;

/// A time as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WrittenTime {
    /// A time with its zone, as text in UTC.
    Utc(String),
    /// A date and a time of day without a zone, in nanoseconds since 1970 of that clock.
    Local(i64),
}

/// Reads a time: ISO 8601 with `T` or a blank, with or without a zone; seconds, milli-, micro- or nanoseconds since
/// 1970, told apart by their size; `/Date(…)/` of Windows PowerShell; `09/04/2020 03:06:21 AM` of Splunk. `None` where
/// it is none of these.
pub(super) fn read_time(text: &str) -> Option<WrittenTime> {
    let text = text.trim();
    if let Some(count) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        return epoch(count);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return epoch(text);
    }
    american(text).or_else(|| iso(text))
}

/// Nanoseconds since 1970 of a text in UTC.
pub(super) fn nanoseconds(text: &str) -> Option<i64> {
    match Field::Text(text.to_owned()).time() {
        Some(Time::At(nanoseconds)) => Some(nanoseconds),
        _ => None,
    }
}

/// How far a clock is ahead of UTC, by one moment that was written in both: the difference to the nearest quarter of
/// an hour. `None` where the two are not one moment, or the difference is no zone's.
pub(super) fn zone(local: i64, utc: i64) -> Option<i64> {
    const QUARTER: i64 = 900 * SECOND;
    const HOUR: i64 = 3600 * SECOND;
    let difference = local.checked_sub(utc)?;
    let zone = (difference + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
    let same_moment = (difference - zone).abs() <= 120 * SECOND;
    (same_moment && (-12 * HOUR..=14 * HOUR).contains(&zone)).then_some(zone)
}

/// `2024-05-14T08:31:12.123456700Z`.
pub(super) fn in_utc(nanoseconds: i64) -> String {
    let (seconds, fraction) = (nanoseconds.div_euclid(SECOND), nanoseconds.rem_euclid(SECOND));
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Years that begin in March, in eras of 400 years, from 0000-03-01.
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = (era * 400 + year + month / 10, (month + 2) % 12 + 1);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}:{second:02}.{fraction:09}Z")
}

/// Seconds have up to 11 digits until the year 5138; each finer unit has three more.
fn epoch(text: &str) -> Option<WrittenTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let unit = match whole.len() {
        1..=11 => SECOND,
        12..=14 => 1_000_000,
        15..=17 => 1000,
        18..=19 => 1,
        _ => return None,
    };
    let nanoseconds = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    let mut digit = unit;
    let mut part = 0;
    for byte in fraction.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        digit /= 10;
        part += i64::from(byte - b'0') * digit;
    }
    Some(WrittenTime::Utc(in_utc(nanoseconds.checked_add(part)?)))
}

/// Splunk's first line of an event in text form: month, day, year, and twelve hours.
fn american(text: &str) -> Option<WrittenTime> {
    let mut words = text.split_ascii_whitespace();
    let (date, time, half) = (words.next()?, words.next()?, words.next()?);
    let mut parts = date.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (hour, rest) = time.split_once(':')?;
    let hour: u32 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let hour = match half {
        "AM" => hour % 12,
        "PM" => hour % 12 + 12,
        _ => return None,
    };
    nanoseconds(&format!("{year}-{month:0>2}-{day:0>2}T{hour:02}:{rest}")).map(WrittenTime::Local)
}

fn iso(text: &str) -> Option<WrittenTime> {
    let clock_end = 19;
    let (clock, rest) = text.split_at_checked(clock_end)?;
    let digits_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(digits_end);
    // Digits past the ninth cannot be kept.
    let fraction: String = fraction.chars().take(10).map(|c| if c == ',' { '.' } else { c }).collect();
    let clock = format!("{clock}{fraction}");
    let minutes = match zone.trim() {
        "" => return nanoseconds(&clock).map(WrittenTime::Local),
        "Z" | "z" | "UTC" | "GMT" => 0,
        zone => zone_minutes(zone)?,
    };
    match Field::Text(format!("{clock}Z")).time()? {
        Time::At(at) if minutes != 0 => Some(WrittenTime::Utc(in_utc(at.checked_sub(minutes * 60 * SECOND)?))),
        Time::At(_) | Time::OutOfRange => Some(WrittenTime::Utc(format!("{}Z", clock.replacen(' ', "T", 1)))),
        Time::NotATime => None,
    }
}

/// `+02:00`, `-0400` or `+02`.
fn zone_minutes(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone[1..].chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = digits.get(2..).filter(|minutes| !minutes.is_empty()).map_or(Some(0), |m| m.parse().ok())?;
    Some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, utc: &str) {
        assert_eq!(read_time(text), Some(WrittenTime::Utc(utc.into())), "{text}");
    }

    #[test]
    fn times_with_a_zone() {
        check("2024-05-14T08:31:12.1234567Z", "2024-05-14T08:31:12.1234567Z");
        check("2016-07-08 18:12:51.681640 UTC", "2016-07-08T18:12:51.681640Z");
        check("2020-09-04T03:06:21.388-04:00", "2020-09-04T07:06:21.388000000Z");
        check("2020-09-04T03:06:21,388+0530", "2020-09-03T21:36:21.388000000Z");
        check("1601-01-01T00:00:00Z", "1601-01-01T00:00:00Z");
    }

    #[test]
    fn times_as_numbers() {
        check("1599203181", "2020-09-04T07:06:21.000000000Z");
        check("1599203181.388", "2020-09-04T07:06:21.388000000Z");
        check("1599203181388", "2020-09-04T07:06:21.388000000Z");
        check("1599203181388123", "2020-09-04T07:06:21.388123000Z");
        check("1599203181388123456", "2020-09-04T07:06:21.388123456Z");
        check("/Date(1599203181388)/", "2020-09-04T07:06:21.388000000Z");
    }

    #[test]
    fn times_without_a_zone() {
        let local = |text| match read_time(text) {
            Some(WrittenTime::Local(nanoseconds)) => in_utc(nanoseconds),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(local("2020-09-04 03:06:21"), "2020-09-04T03:06:21.000000000Z");
        assert_eq!(local("09/04/2020 12:06:21 AM"), "2020-09-04T00:06:21.000000000Z");
        assert_eq!(local("9/4/2020 12:06:21.5 PM"), "2020-09-04T12:06:21.500000000Z");
        assert_eq!(read_time("yesterday"), None);
        assert_eq!(read_time(""), None);
        assert_eq!(read_time("2020-09-04 03:06:21 EDT"), None);
    }

    #[test]
    fn a_zone_is_told_by_one_moment_in_two_clocks() {
        let at = |text: &str| nanoseconds(text).unwrap();
        let utc = at("2020-09-04T07:06:22.432Z");
        assert_eq!(zone(at("2020-09-04T03:06:22Z"), utc), Some(-4 * 3600 * SECOND));
        assert_eq!(zone(at("2020-09-04T12:51:20Z"), utc), Some((5 * 3600 + 45 * 60) * SECOND));
        assert_eq!(zone(at("2020-09-04T03:01:22Z"), utc), None, "not one moment");
        assert_eq!(zone(at("2020-09-05T07:06:22Z"), utc), None, "no zone");
    }

    #[test]
    fn every_day_is_written_as_it_is_read() {
        for day in (-106_000..106_000).step_by(97) {
            let nanoseconds_of_day = day * 86_400 * SECOND + 123_456_700;
            assert_eq!(nanoseconds(&in_utc(nanoseconds_of_day)), Some(nanoseconds_of_day));
        }
    }
}
