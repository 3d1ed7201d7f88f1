//! What the other ways to protect persons did, in words.

use super::ground::rounding_variance;
use crate::outcome::{Protection, Way};

/// What a way did to the figures of tables, and what follows from it.
pub(super) fn told(tables: Vec<String>, threshold: u64, way: Way, withheld: u64) -> Protection {
    let beside = format!(
        "Medians, and what else is not made of counts and sums, are exact and withheld where they rest on fewer than {threshold} persons or where such would follow. Effects and details of persons are not given, since they are made of exact figures."
    );
    let (rounded, range) = match way {
        Way::Round { base } => (
            Some(base),
            format!(
                "A count shown as {base} may be any from 1 to {}; together with other figures its range can be narrower.",
                3 * base - 1
            ),
        ),
        Way::CellKey { deviation, .. } => (
            None,
            format!(
                "A count shown lies within {deviation} of the true one; many figures of nearly the same persons narrow that."
            ),
        ),
        Way::Suppress => (None, String::new()),
    };
    Protection {
        threshold,
        tables,
        method: format!("{} {beside}", shown_as(&way)),
        way,
        withheld,
        rounded,
        audit: format!(
            "What is exact was looked at as a whole: neither the size nor a sum of a group of fewer than {threshold} persons follows from it. {range}"
        ),
    }
}

/// What a way does to the figures of an indicator, in sentences; empty for the default way.
pub(super) fn shown_as(way: &Way) -> String {
    match way {
        Way::Suppress => String::new(),
        Way::Round { base } => format!(
            "Figures of persons are rounded to {base} (controlled rounding): each count differs from the true one by at most {}, and by at most {} where tables share their totals; the figures of a table add up. Sums of other things are rounded to {base} times the largest contribution of a person (rounded up), and shares and means are made of rounded figures, which adds a variance of {} to each count and widens intervals. Below {} persons no share or mean is given; 0 may be up to {}.",
            base - 1,
            2 * base - 1,
            rounding_variance(*base),
            2 * base,
            base - 1
        ),
        Way::CellKey {
            deviation,
            variance,
            ..
        } => format!(
            "Figures of persons have noise by cell keys: each count differs from the true one by at most {deviation}, with a variance of {variance} (more below {} persons), and the same persons have the same noise everywhere; totals differ from the sum of their parts and must not be added up again. Sums of other things have noise with the standard deviation of the largest contribution of a person, and shares and means are made of noised figures, which widens intervals. Below {deviation} persons no share or mean is given; 0 may be a few.",
            deviation / 2
        ),
    }
}
