//! Order statistics of persons: what would be the value of one person, or of one of few, is withheld.

use super::Persons;
use crate::indicator::formula::node::AggregateFunction;
use crate::outcome::{Estimate, Status};
use crate::plan::program::{Parts, Program};
use crate::stats::distribution::normal_quantile;

/// Standard errors of a rank are taken to be so much larger than those of a simple random sample, since clusters and weights are.
const DESIGN: f64 = 1.5;

/// Withholds least, greatest, first and last values of persons, and quantiles with fewer than `least` persons on either side; and the
/// interval of a quantile where it may reach so far (`simple`: rows are a simple random sample). Gives what is to be said of it.
pub fn withhold(
    estimates: &mut [Estimate],
    persons: &[Persons],
    program: &Program,
    (least, confidence, simple): (u64, f64, bool),
) -> Vec<String> {
    let single = program.parts.iter().any(|part| match part {
        Parts::Extreme { .. } => true,
        Parts::Picked { function, .. } => {
            matches!(
                function,
                AggregateFunction::Minimum | AggregateFunction::Maximum
            )
        }
        _ => false,
    });
    let quantiles: Vec<f64> = program
        .parts
        .iter()
        .filter_map(|part| match part {
            Parts::Quantile { p, .. } => Some(*p),
            _ => None,
        })
        .collect();
    let mut said = Vec::new();
    let mut say = |words: String| {
        if !said.contains(&words) {
            said.push(words);
        }
    };
    for (estimate, behind) in estimates.iter_mut().zip(persons) {
        if estimate.status != Status::Value {
            continue;
        }
        if single {
            estimate.withhold();
            say("Least and greatest, first and last values of persons are withheld: each is the value of one person.".to_owned());
            continue;
        }
        let n = behind.fewest as f64;
        let beside = |p: f64| n * p.min(1.0 - p);
        if quantiles.iter().any(|p| beside(*p) < least as f64) {
            estimate.withhold();
            say(format!(
                "A quantile of persons is withheld where fewer than {least} of them lie on either side of it."
            ));
            continue;
        }
        let reach = |p: &f64| {
            let spread = if simple { 1.0 } else { DESIGN };
            normal_quantile(f64::midpoint(1.0, confidence)) * spread * (n * p * (1.0 - p)).sqrt()
        };
        if estimate.interval.is_some()
            && quantiles
                .iter()
                .any(|p| beside(*p) - reach(p) < least as f64)
        {
            estimate.interval = None;
            estimate.no_interval = Some(format!(
                "its ends would lie among the values of fewer than {least} persons"
            ));
        }
    }
    said
}
