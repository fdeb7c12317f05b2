//! Windows FILETIME values: ticks of 100 ns since 1601-01-01 UTC.

/// Ticks in one second.
pub const SECOND: u64 = 10_000_000;

/// Ticks in one day.
pub const DAY: u64 = 86_400 * SECOND;

/// Days from 1601-01-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 134_774;

/// A calendar day (year, month, day of the Gregorian calendar).
pub type Date = (i64, i64, i64);

/// The FILETIME of a UTC date and time of day (hour, minute, second). Dates before 1601 give 0.
pub fn from_utc(date: Date, (hour, minute, second): (u64, u64, u64)) -> u64 {
    let days = u64::try_from(days_since_1970(date) + DAYS_TO_1970).unwrap_or(0);
    days * DAY + (hour * 3600 + minute * 60 + second) * SECOND
}

/// A FILETIME as forwarded events write it, `2024-05-14T09:31:07.1234567Z`, with that many digits
/// of a second's fraction: 7 is all that a FILETIME holds, more are zeros.
pub fn iso_text(filetime: u64, digits: usize) -> String {
    let (year, month, day) = date_of_days(i64::try_from(filetime / DAY).unwrap_or(0) - DAYS_TO_1970);
    let seconds = filetime % DAY / SECOND;
    let mut fraction = format!("{:07}", filetime % SECOND);
    while fraction.len() < digits {
        fraction.push('0');
    }
    fraction.truncate(digits);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{fraction}Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// A FILETIME as Sysmon's UtcTime field writes it: `2024-05-14 09:31:07.123`.
pub fn sysmon_text(filetime: u64) -> String {
    let mut text = iso_text(filetime, 3).replace('T', " ");
    text.pop();
    text
}

/// Counts years from 1 March, so that the leap day is a year's last; 400 years are 146,097 days.
fn days_since_1970((year, month, day): Date) -> i64 {
    let march_year = if month <= 2 { year - 1 } else { year };
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_since_1970`].
fn date_of_days(days: i64) -> Date {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        assert_eq!(from_utc((1601, 1, 1), (0, 0, 0)), 0);
        assert_eq!(
            from_utc((1970, 1, 1), (0, 0, 0)),
            116_444_736_000_000_000,
            "the well-known difference of the Unix epoch"
        );
        let leap = from_utc((2024, 2, 29), (23, 59, 59)) + 1_234_567;
        assert_eq!(iso_text(leap, 7), "2024-02-29T23:59:59.1234567Z");
        assert_eq!(iso_text(leap, 9), "2024-02-29T23:59:59.123456700Z");
        assert_eq!(sysmon_text(leap), "2024-02-29 23:59:59.123");
        assert_eq!(iso_text(leap + SECOND, 7), "2024-03-01T00:00:00.1234567Z");
    }

    #[test]
    fn every_day_comes_back() {
        for day in (0..500_000).step_by(37) {
            let date = date_of_days(day - DAYS_TO_1970);
            assert_eq!(from_utc(date, (0, 0, 0)), u64::try_from(day).unwrap_or(0) * DAY);
        }
    }
}
