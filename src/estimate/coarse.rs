//! Degrees of freedom of samples of persons as they are told: where each person is a unit of the sample, exact ones would give the exact
//! number of persons back, which is shown rounded.

use super::jackknife::quantile;
use super::reach;
use crate::outcome::{Estimate, Interval, IntervalKind};
use crate::plan::reach::Reach;

/// Persons are counted in steps of so many.
const STEP: f64 = 5.0;

fn shown(persons: f64) -> f64 {
    let nearest = (persons / STEP).round() * STEP;
    nearest.max(STEP.min(persons))
}

/// Of all numbers of persons that are shown alike, the degrees of freedom of the fewest, but no fewer than groups that are shown have.
fn degrees(df: f64) -> f64 {
    let fewest = shown(df + 1.0) - (STEP / 2.0).floor() - 1.0;
    fewest.max(df.min(STEP - 1.0)).min(df)
}

/// Gives an estimate's interval fewer degrees of freedom, so that it tells no number of persons. `clustered`: units are clusters, of whom
/// those of several persons tell none.
pub fn tell(estimate: &mut Estimate, reach: &Reach, confidence: f64, clustered: bool) {
    let (Some(value), Some(interval)) = (estimate.value, &mut estimate.interval) else {
        return;
    };
    let of_several = clustered && 2 * interval.clusters <= estimate.n;
    if of_several || interval.df <= 0.0 || !interval.df.is_finite() {
        return;
    }
    // Of simple samples it is a function of the number of persons.
    interval.design_effect = None;
    interval.clusters = shown(interval.clusters as f64) as u64;
    let df = degrees(interval.df);
    if let Some(wider) = with_degrees(value, interval, df, reach, confidence) {
        *interval = wider;
    }
}

fn with_degrees(
    value: f64,
    interval: &Interval,
    df: f64,
    reach: &Reach,
    confidence: f64,
) -> Option<Interval> {
    use IntervalKind as K;
    let (before, now) = (
        quantile(interval.df, confidence).ok()?,
        quantile(df, confidence).ok()?,
    );
    let se = interval.se;
    let ((low, high), se) = match interval.kind {
        K::Jackknife | K::Linearisation | K::ReplicateWeights => {
            (reach::bounds(value, se, df, confidence, reach).ok()?, se)
        }
        // Their bounds rest on numerators and denominators, which the audit takes as shown.
        K::Wilson | K::ClopperPearson => ((interval.low, interval.high), se),
        // Their errors are made from the bounds.
        K::Woodruff | K::OrderStatistics => ((interval.low, interval.high), se * before / now),
        _ => {
            let times = now / before;
            let low = value - (value - interval.low) * times;
            let high = value + (interval.high - value) * times;
            (reach::kept((low, high), value, reach), se)
        }
    };
    Some(Interval {
        low,
        high,
        se,
        df,
        ..*interval
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_that_are_shown_alike_have_the_same_degrees_of_freedom() {
        for shown in [10.0, 25.0, 350.0] {
            let all: Vec<f64> = (0..5)
                .map(|more| degrees(shown - 3.0 + f64::from(more)))
                .collect();
            assert!(all.iter().all(|df| *df == shown - 3.0), "{all:?}");
        }
        assert_eq!([4.0, 5.0, 6.0].map(degrees), [4.0; 3]);
        assert_eq!([1.0, 2.0, 3.0].map(degrees), [1.0, 2.0, 3.0]);
    }
}
