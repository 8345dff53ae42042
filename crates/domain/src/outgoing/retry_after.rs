//! Reads `Retry-After`: how long a server asks to wait, as seconds or as a date.
//!
//! Not here: how much of it is granted ([`crate::deliveries::lanes`]).

use crate::time::{Date, Millis};
use std::time::Duration;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// How long from `now` the header's `value` asks to wait, in either form of RFC 9110, section 10.2.3. A date in the past is no wait.
#[must_use]
pub fn retry_after(value: &str, now: Millis) -> Option<Duration> {
    let value = value.trim();
    let seconds = value.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| http_date(value).map(|at| at.since(now)))
}

/// A date in one of the three forms that recipients accept (RFC 9110, section 5.6.7).
fn http_date(text: &str) -> Option<Millis> {
    let parts: Vec<_> = text.split([' ', ',', '-']).filter(|part| !part.is_empty()).collect();
    let ([_, day, month, year, time, "GMT"] | [_, month, day, time, year]) = parts[..] else { return None };
    let (month, _) = (1..).zip(MONTHS).find(|(_, name)| *name == month)?;
    let year = match year.parse::<u16>().ok()? {
        short @ 0..70 => short + 2_000,
        short @ 70..100 => short + 1_900,
        year => year,
    };
    let date = Date::from_iso(&format!("{year:04}-{month:02}-{day:0>2}"))?;
    let mut parts = time.split(':').map(str::parse::<u8>);
    let (hour, minute, second) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    // 60 is a leap second.
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let of_day = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
    Some(Millis((date.days() * 86_400 + of_day) * 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 6 November 1994, 08:49:37, the example of the RFC.
    const EXAMPLE: Millis = Millis(784_111_777_000);

    #[test]
    fn seconds_and_each_form_of_date_are_read() {
        let minute = Duration::from_mins(1);
        let now = EXAMPLE.before(minute);
        for (value, expected) in [
            ("3600", Some(Duration::from_hours(1))),
            (" 0 ", Some(Duration::ZERO)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(minute)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(minute)),
            ("Sun Nov  6 08:49:37 1994", Some(minute)),
            ("Sun, 06 Nov 1994 08:47:37 GMT", Some(Duration::ZERO)),
            ("Sun, 06 Nov 1994 08:49:37 CET", None),
            ("Wed, 30 Feb 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:00:00 GMT", None),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, now), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,40}") {
            prop_assert!(retry_after(&text, EXAMPLE).is_none() || text.contains(char::is_numeric));
        }
    }
}
