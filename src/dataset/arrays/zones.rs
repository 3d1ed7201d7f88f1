//! The local day of a point in time.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use polars_arrow::datatypes::TimeUnit;
use rustc_hash::FxHashMap;

/// The zone whose clocks a column of times is read by.
#[derive(Debug, Clone)]
pub(in crate::dataset) enum Zone {
    /// A fixed distance from UTC, in seconds: none for times without a zone, which are local already.
    Fixed(i64),
    /// A zone whose distance changes.
    Named(TimeZone),
    /// A zone that is not known.
    Unknown(String),
}

impl Zone {
    /// The zone of a name such as `UTC`, `+02:00` or `Europe/Madrid`.
    pub fn of(name: Option<&str>) -> Zone {
        let Some(name) = name.map(str::trim).filter(|n| !n.is_empty()) else {
            return Zone::Fixed(0);
        };
        if ["utc", "z", "gmt", "etc/utc"].contains(&name.to_ascii_lowercase().as_str()) {
            return Zone::Fixed(0);
        }
        if let Some(seconds) = offset(name) {
            return Zone::Fixed(seconds);
        }
        match TimeZone::get(name) {
            Ok(zone) => Zone::Named(zone),
            Err(_) => Zone::Unknown(name.to_owned()),
        }
    }

    /// Whether local time can be told.
    pub fn is_known(&self) -> bool {
        !matches!(self, Zone::Unknown(_))
    }
}

/// Seconds of `+02:00`, `-0530` or `+02`.
fn offset(name: &str) -> Option<i64> {
    let (sign, rest) = match name.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-" | "\u{2212}", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let digits = match digits.len() {
        2 => format!("{digits}00"),
        4 => digits,
        _ => return None,
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at_checked(2)?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// Seconds and nanoseconds from units since 1970.
pub(super) fn seconds(value: i64, unit: TimeUnit) -> (i64, i64) {
    let (per_second, nanoseconds) = match unit {
        TimeUnit::Second => (1, 1_000_000_000),
        TimeUnit::Millisecond => (1_000, 1_000_000),
        TimeUnit::Microsecond => (1_000_000, 1_000),
        TimeUnit::Nanosecond => (1_000_000_000, 1),
    };
    (
        value.div_euclid(per_second),
        value.rem_euclid(per_second) * nanoseconds,
    )
}

/// Local clocks of a zone. What is known of an hour is kept, since many rows fall into the same.
pub(super) struct Clocks<'a> {
    zone: &'a Zone,
    /// Distance in an hour from UTC; `None` for an hour in which it changes.
    hours: FxHashMap<i64, Option<i64>>,
}

impl<'a> Clocks<'a> {
    pub fn new(zone: &'a Zone) -> Self {
        Clocks {
            zone,
            hours: FxHashMap::default(),
        }
    }

    /// Local seconds since 1970 of a second since then; `None` where no calendar reaches or the zone is not known.
    pub fn local(&mut self, second: i64) -> Option<i64> {
        let zone = match self.zone {
            Zone::Fixed(distance) => return second.checked_add(*distance),
            Zone::Named(zone) => zone,
            Zone::Unknown(_) => return None,
        };
        let distance = |second| {
            let at = Timestamp::from_second(second).ok()?;
            Some(i64::from(zone.to_offset(at).seconds()))
        };
        let hour = second.div_euclid(HOUR);
        let whole = *self.hours.entry(hour).or_insert_with(|| {
            let first = distance(hour.checked_mul(HOUR)?)?;
            let last = distance(hour.checked_mul(HOUR)?.checked_add(HOUR - 1)?)?;
            (first == last).then_some(first)
        });
        match whole {
            Some(distance) => second.checked_add(distance),
            None => second.checked_add(distance(second)?),
        }
    }

    /// Local day, in days since 1970-01-01.
    pub fn day(&mut self, second: i64) -> Option<i32> {
        i32::try_from(self.local(second)?.div_euclid(DAY)).ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(name: Option<&str>, second: i64) -> Option<i32> {
        Clocks::new(&Zone::of(name)).day(second)
    }

    #[test]
    fn days_are_those_of_the_clocks_on_the_wall() {
        // 2019-05-31T22:30:00Z.
        let second = 18_047 * DAY + 22 * HOUR + 1_800;
        assert_eq!(day(None, second), Some(18_047));
        for utc in ["UTC", "Etc/UTC", "+00:00", "Z"] {
            assert_eq!(day(Some(utc), second), Some(18_047), "{utc}");
        }
        for east in ["Europe/Madrid", "+02:00", "+0200", "+02"] {
            assert_eq!(day(Some(east), second), Some(18_048), "{east}");
        }
        assert_eq!(day(Some("-05:30"), second - 18 * HOUR), Some(18_046));
        assert_eq!(day(Some("Mars/Olympus"), second), None);
        assert_eq!(day(None, -1), Some(-1));
        assert_eq!(day(None, i64::MAX), None);
    }

    #[test]
    fn an_hour_in_which_clocks_change_is_told_second_by_second() {
        // Amsterdam put its clocks on by 40 minutes and 28 seconds in the first second of 1 July 1937 by local time.
        let zone = Zone::of(Some("Europe/Amsterdam"));
        let mut clocks = Clocks::new(&zone);
        for second in (-1_025_750_000_i64..-1_025_740_000).step_by(7) {
            let Zone::Named(named) = &zone else {
                unreachable!()
            };
            let at = Timestamp::from_second(second).unwrap();
            let offset = i64::from(named.to_offset(at).seconds());
            assert_eq!(clocks.local(second), Some(second + offset));
        }
    }
}
