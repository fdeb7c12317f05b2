//! Points in time as text, to the 100 ns that Windows counts.

use std::fmt::Write;

use arrow::array::timezone::Tz;
use arrow::datatypes::{TimeUnit, TimestampSecondType};
use arrow::temporal_conversions::as_datetime_with_timezone;

/// How a point in time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeStyle {
    /// `2024-05-14 08:31:12.1234567`, for the eye. Times in UTC bear no mark, those of another zone their offset.
    Human,
    /// `2024-05-14T08:31:12.1234567Z`, by ISO 8601. A time without a zone bears no mark.
    Iso,
}

/// The zone of a timestamp column.
#[derive(Debug, Clone, Copy)]
pub(super) enum Zone {
    /// The type names no zone.
    None,
    /// UTC by any of its names.
    Utc,
    /// Another one.
    Other(Tz),
}

impl Zone {
    /// The zone that an Arrow type names. One that is not known counts as UTC, in which the values are kept.
    pub(super) fn of(name: Option<&str>) -> Zone {
        let Some(name) = name else { return Zone::None };
        let is_utc = ["UTC", "Z", "+00:00", "-00:00", "Etc/UTC"].iter().any(|utc| utc.eq_ignore_ascii_case(name));
        match name.parse::<Tz>() {
            Ok(zone) if !is_utc => Zone::Other(zone),
            _ => Zone::Utc,
        }
    }
}

/// Appends the point in time that `value` stands for in `unit` since 1970.
///
/// The fraction has seven digits, and nine only if the last two of them are not both zero.
pub(super) fn push_time(value: i64, unit: TimeUnit, zone: Zone, style: TimeStyle, out: &mut String) {
    let per_second = match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    };
    let seconds = value.div_euclid(per_second);
    let nanoseconds = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let (seconds, mark) = match (zone, style) {
        (Zone::None, _) | (Zone::Utc, TimeStyle::Human) => (seconds, String::new()),
        (Zone::Utc, TimeStyle::Iso) => (seconds, "Z".to_owned()),
        (Zone::Other(zone), _) => local(seconds, zone),
    };
    let separator = if style == TimeStyle::Iso { 'T' } else { ' ' };
    push_parts(seconds, nanoseconds, separator, out);
    out.push_str(&mark);
}

/// Seconds of the zone's own clock, and its offset. Where the calendar ends, it stays UTC.
fn local(seconds: i64, zone: Tz) -> (i64, String) {
    match as_datetime_with_timezone::<TimestampSecondType>(seconds, zone) {
        Some(time) => (time.naive_local().and_utc().timestamp(), time.format("%:z").to_string()),
        None => (seconds, "Z".to_owned()),
    }
}

fn push_parts(seconds: i64, nanoseconds: i64, separator: char, out: &mut String) {
    let (year, month, day) = civil_date(seconds.div_euclid(86_400));
    let second_of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second_of_day / 3_600, second_of_day / 60 % 60, second_of_day % 60);
    // Writing to a String cannot fail.
    let _ = write!(out, "{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}.");
    let _ =
        if nanoseconds % 100 == 0 { write!(out, "{:07}", nanoseconds / 100) } else { write!(out, "{nanoseconds:09}") };
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar carried on in both directions.
///
/// The year is taken to begin in March, so that a leap day is its last day; 400 such years have 146,097 days.
fn civil_date(days: i64) -> (i64, i64, i64) {
    let from_march_of_year_0 = days + 719_468;
    let cycle = from_march_of_year_0.div_euclid(146_097);
    let day_of_cycle = from_march_of_year_0.rem_euclid(146_097);
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_cycle + cycle * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: i64, zone: Option<&str>, human: &str, iso: &str) {
        let text = |style| {
            let mut out = String::new();
            push_time(value, TimeUnit::Nanosecond, Zone::of(zone), style, &mut out);
            out
        };
        assert_eq!(text(TimeStyle::Human), human);
        assert_eq!(text(TimeStyle::Iso), iso);
    }

    #[test]
    fn seven_digits_and_nine_only_where_they_are_needed() {
        let moment = 1_715_675_472_123_456_700;
        check(moment, Some("UTC"), "2024-05-14 08:31:12.1234567", "2024-05-14T08:31:12.1234567Z");
        check(moment + 89, Some("UTC"), "2024-05-14 08:31:12.123456789", "2024-05-14T08:31:12.123456789Z");
        check(moment, None, "2024-05-14 08:31:12.1234567", "2024-05-14T08:31:12.1234567");
        check(0, Some("+00:00"), "1970-01-01 00:00:00.0000000", "1970-01-01T00:00:00.0000000Z");
        check(-1, Some("UTC"), "1969-12-31 23:59:59.999999999", "1969-12-31T23:59:59.999999999Z");
        check(i64::MIN, None, "1677-09-21 00:12:43.145224192", "1677-09-21T00:12:43.145224192");
        check(i64::MAX, None, "2262-04-11 23:47:16.854775807", "2262-04-11T23:47:16.854775807");
    }

    #[test]
    fn another_zone_bears_its_offset() {
        let moment = 1_715_675_472_123_456_700;
        check(moment, Some("+02:00"), "2024-05-14 10:31:12.1234567+02:00", "2024-05-14T10:31:12.1234567+02:00");
        check(-1, Some("-05:30"), "1969-12-31 18:29:59.999999999-05:30", "1969-12-31T18:29:59.999999999-05:30");
    }

    #[test]
    fn every_unit_and_the_ends_of_time_are_written() {
        let text = |value, unit| {
            let mut out = String::new();
            push_time(value, unit, Zone::Utc, TimeStyle::Iso, &mut out);
            out
        };
        assert_eq!(text(1_709_164_800, TimeUnit::Second), "2024-02-29T00:00:00.0000000Z");
        assert_eq!(text(1_709_164_800_001, TimeUnit::Millisecond), "2024-02-29T00:00:00.0010000Z");
        assert_eq!(text(-1, TimeUnit::Microsecond), "1969-12-31T23:59:59.9999990Z");
        for unit in [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond] {
            assert!(text(i64::MAX, unit).ends_with('Z'));
            assert!(text(i64::MIN, unit).starts_with('-'));
        }
    }

    #[test]
    fn dates_agree_with_the_calendar_of_arrow() {
        // Every 97th day of some 800 years, so that all leap-year rules are met.
        for day in (-150_000..150_000_i64).step_by(97) {
            let seconds = day * 86_400 + 45_296;
            let mut ours = String::new();
            push_time(seconds, TimeUnit::Second, Zone::None, TimeStyle::Iso, &mut ours);
            let theirs = as_datetime_with_timezone::<TimestampSecondType>(seconds, "+00:00".parse().expect("a zone"))
                .expect("a time in the calendar");
            assert_eq!(ours, theirs.format("%Y-%m-%dT%H:%M:%S.0000000").to_string());
        }
    }
}
