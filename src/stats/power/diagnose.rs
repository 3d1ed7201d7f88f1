//! Diagnosis of a design by simulation: an estimator over many draws gives bias, spread, coverage, power and exaggeration.

use crate::stats::random::{stream, tag};
use crate::stats::{Inference, Refused};
use rand_pcg::Pcg64;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How a design is simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulation {
    /// Number of draws, at least 2.
    pub draws: u64,
    /// Seed: same seed, same result, with any number of threads.
    pub seed: u64,
    /// True effect in units of the outcome.
    pub truth: f64,
    /// A draw counts as significant where its p-value is below this.
    pub alpha: f64,
}

/// A property of a design, with the error that comes from the number of draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulated {
    /// The value.
    pub value: f64,
    /// Its Monte-Carlo standard error. (Of a share, by Laplace's (k + 1) / (n + 2), so that 0 of 100 isn't taken for certain.)
    pub error: f64,
}

/// What a design does (the diagnosands of Blair, Cooper, Coppock & Humphreys 2019), over the draws that gave an estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnosis {
    /// Draws asked for.
    pub draws: u64,
    /// Draws that gave an estimate.
    pub estimated: u64,
    /// Reasons why the others did not, the commonest first.
    pub refused: Vec<(String, u64)>,
    /// Mean of the estimates.
    pub mean_estimate: Simulated,
    /// Mean estimate less the truth.
    pub bias: Simulated,
    /// Root of the mean squared distance from the truth.
    pub rmse: Simulated,
    /// Standard deviation of the estimates: the true standard error.
    pub sd_estimate: Simulated,
    /// Mean of the standard errors that the estimator reports: right where it equals `sd_estimate`.
    pub mean_se: Simulated,
    /// Share of intervals that hold the truth.
    pub coverage: Simulated,
    /// Share of draws that are significant; the rate of false alarms where the truth is 0.
    pub power: Simulated,
    /// Share of significant draws whose sign is wrong (type S error, Gelman & Carlin 2014). None where the truth is 0 or no draw
    /// was significant.
    pub type_s: Option<Simulated>,
    /// Mean of |estimate| / |truth| over significant draws (type M error, exaggeration ratio; ibid.). None as `type_s`; its
    /// error is infinite with one significant draw.
    pub type_m: Option<Simulated>,
}

/// Runs `one` for each replicate, with a random stream of its own, and sums up.
///
/// What `one` gives is taken as it is: significance from its `p`, coverage from its `low` and `high`. An estimator of equivalence or
/// of one side therefore sets `p` to that of its own test. Monte-Carlo errors after Morris, White & Crowther (2019); that
/// of the RMSE from that of the mean squared error (delta method).
///
/// # Errors
/// Refused where there are fewer than 2 draws, `truth` or `alpha` makes no sense, or fewer than 2 draws gave an estimate (with the
/// commonest reason).
pub fn diagnose(
    simulation: &Simulation,
    one: impl Fn(u64, &mut Pcg64) -> Result<Inference, Refused> + Sync,
) -> Result<Diagnosis, Refused> {
    let Simulation {
        draws,
        seed,
        truth,
        alpha,
    } = *simulation;
    if draws < 2 {
        return Err(Refused::new(
            format!("{draws} draws can't show how estimates vary"),
            "Ask for 1000 draws or more.",
        ));
    }
    if !(truth.is_finite() && alpha > 0.0 && alpha < 1.0) {
        return Err(Refused::new(
            format!("a true effect of {truth} or a significance level of {alpha} makes no sense"),
            "Give a finite effect and a level such as 0.05.",
        ));
    }
    let what = tag("power/diagnose");
    let results: Vec<Result<Inference, Refused>> = (0..draws)
        .into_par_iter()
        .map(|replicate| usable(one(replicate, &mut stream(seed, what, replicate))?))
        .collect();
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    let mut helps: BTreeMap<&str, &str> = BTreeMap::new();
    let mut estimates = Vec::with_capacity(results.len());
    for result in &results {
        match result {
            Ok(inference) => estimates.push(*inference),
            Err(refused) => {
                *reasons.entry(&refused.reason).or_default() += 1;
                helps.entry(&refused.reason).or_insert(&refused.help);
            }
        }
    }
    let mut refused: Vec<(String, u64)> = reasons
        .iter()
        .map(|(reason, count)| (reason.to_string(), *count))
        .collect();
    refused.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    if estimates.len() < 2 {
        let (reason, help) = refused.first().map_or(("unknown", ""), |(reason, _)| {
            (
                reason.as_str(),
                helps.get(reason.as_str()).copied().unwrap_or(""),
            )
        });
        return Err(Refused::new(
            format!(
                "of {draws} draws, {} gave an estimate; the commonest reason: {reason}",
                estimates.len()
            ),
            help,
        ));
    }
    Ok(sum_up(simulation, &estimates, refused))
}

/// An estimate with numbers that can be summed up.
fn usable(inference: Inference) -> Result<Inference, Refused> {
    let Inference {
        value,
        se,
        low,
        high,
        p,
        ..
    } = inference;
    if value.is_finite() && se.is_finite() && !low.is_nan() && !high.is_nan() && !p.is_nan() {
        return Ok(inference);
    }
    Err(Refused::new(
        "the estimator gave no number for the estimate, its error, interval or p-value",
        "Look at a single draw: a group may be empty or constant in it.",
    ))
}

fn sum_up(
    simulation: &Simulation,
    estimates: &[Inference],
    refused: Vec<(String, u64)>,
) -> Diagnosis {
    let truth = simulation.truth;
    let n = estimates.len() as f64;
    let mean_estimate = mean(estimates.iter().map(|e| e.value));
    let sd = mean_estimate.error * n.sqrt();
    let squared = mean(estimates.iter().map(|e| (e.value - truth).powi(2)));
    let rmse = squared.value.sqrt();
    let significant: Vec<&Inference> = estimates
        .iter()
        .filter(|e| e.p < simulation.alpha)
        .collect();
    let told = truth != 0.0 && !significant.is_empty();
    let wrong = significant.iter().filter(|e| e.value * truth < 0.0).count();
    let covered = estimates
        .iter()
        .filter(|e| e.low <= truth && truth <= e.high)
        .count();
    Diagnosis {
        draws: simulation.draws,
        estimated: estimates.len() as u64,
        refused,
        mean_estimate,
        bias: Simulated {
            value: mean_estimate.value - truth,
            error: mean_estimate.error,
        },
        rmse: Simulated {
            value: rmse,
            error: if rmse > 0.0 {
                squared.error / (2.0 * rmse)
            } else {
                0.0
            },
        },
        sd_estimate: Simulated {
            value: sd,
            error: sd / (2.0 * (n - 1.0)).sqrt(),
        },
        mean_se: mean(estimates.iter().map(|e| e.se)),
        coverage: share(covered, estimates.len()),
        power: share(significant.len(), estimates.len()),
        type_s: told.then(|| share(wrong, significant.len())),
        type_m: told.then(|| mean(significant.iter().map(|e| (e.value / truth).abs()))),
    }
}

/// Mean in the order given, with its standard error; infinite for one value.
fn mean(values: impl ExactSizeIterator<Item = f64> + Clone) -> Simulated {
    let n = values.len() as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = if n > 1.0 {
        values.map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)
    } else {
        f64::INFINITY
    };
    Simulated {
        value: mean,
        error: (variance / n).sqrt(),
    }
}

fn share(count: usize, of: usize) -> Simulated {
    let (count, of) = (count as f64, of as f64);
    let shrunk = (count + 1.0) / (of + 2.0);
    Simulated {
        value: count / of,
        error: (shrunk * (1.0 - shrunk) / of).sqrt(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::stats::distribution::{normal, normal_quantile};
    use rand::RngExt;

    fn simulation(draws: u64, truth: f64) -> Simulation {
        Simulation {
            draws,
            seed: 11,
            truth,
            alpha: 0.05,
        }
    }

    /// An unbiased normal estimate with known standard error 1, as in Gelman & Carlin 2014.
    fn normal_estimate(truth: f64, rng: &mut Pcg64) -> Inference {
        let u: f64 = rng.random_range(1e-12..1.0);
        Inference::t(truth + normal_quantile(u), 1.0, f64::INFINITY, 0.95)
    }

    /// Power, type S and type M errors of a normal estimate in closed form (the quantities that Gelman & Carlin 2014 define and
    /// simulate), at an effect of one standard error: .170, .0090 and 2.49; each within 4 Monte-Carlo errors.
    #[test]
    fn type_s_and_m_have_their_closed_form() {
        let truth = 1.0;
        let got = diagnose(&simulation(40_000, truth), |_, rng| {
            Ok(normal_estimate(truth, rng))
        })
        .unwrap();
        let z = normal_quantile(0.975);
        let (above, below) = (normal(truth - z), normal(-truth - z));
        let near = |s: Simulated, expected: f64| {
            assert!(
                s.error > 0.0 && (s.value - expected).abs() < 4.0 * s.error,
                "{s:?} {expected}"
            );
        };
        near(got.power, above + below);
        near(got.type_s.unwrap(), below / (above + below));
        // E|Y| over |Y| > z, in closed form: (phi(z - 1) + phi(z + 1) + above - below) / power.
        let phi = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        near(
            got.type_m.unwrap(),
            (phi(z - truth) + phi(z + truth) + above - below) / (above + below),
        );
        near(got.coverage, 0.95);
        near(got.bias, 0.0);
        near(got.rmse, 1.0);
        near(got.sd_estimate, 1.0);
        assert_eq!(
            (got.mean_se.value, got.estimated, got.refused.len()),
            (1.0, 40_000, 0)
        );
    }

    /// Monte-Carlo errors are what repeated diagnoses vary by.
    #[test]
    fn monte_carlo_errors_are_honest() {
        let runs: Vec<Diagnosis> = (0..200)
            .map(|seed| {
                let s = Simulation {
                    seed,
                    ..simulation(400, 2.0)
                };
                diagnose(&s, |_, rng| Ok(normal_estimate(2.0, rng))).unwrap()
            })
            .collect();
        let check = |of: fn(&Diagnosis) -> Simulated| {
            let spread = mean(runs.iter().map(|r| of(r).value));
            let (sd, stated) = (
                spread.error * 200_f64.sqrt(),
                mean(runs.iter().map(|r| of(r).error)).value,
            );
            assert!((sd / stated - 1.0).abs() < 0.2, "{sd} {stated}");
        };
        check(|d| d.bias);
        check(|d| d.rmse);
        check(|d| d.sd_estimate);
        check(|d| d.coverage);
        check(|d| d.power);
        check(|d| d.type_m.unwrap());
    }

    #[test]
    fn threads_do_not_matter() {
        let with = |threads| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap()
                .install(|| {
                    diagnose(&simulation(501, 0.4), |_, rng| {
                        Ok(normal_estimate(0.4, rng))
                    })
                    .unwrap()
                })
        };
        assert_eq!(with(1), with(3));
    }

    #[test]
    fn refusals_are_counted_by_reason() {
        let got = diagnose(&simulation(90, 0.0), |replicate, rng| match replicate % 9 {
            0 => Err(Refused::new("one group is empty", "Ask more.")),
            1 | 2 => Ok(Inference::t(f64::NAN, 1.0, 3.0, 0.95)),
            _ => Ok(normal_estimate(0.0, rng)),
        })
        .unwrap();
        assert_eq!((got.estimated, got.type_s, got.type_m), (60, None, None));
        assert!(
            got.refused[0].0.starts_with("the estimator gave no number") && got.refused[0].1 == 20
        );
        assert_eq!(got.refused[1], ("one group is empty".to_string(), 10));
        let none = diagnose(&simulation(5, 0.0), |_, _| {
            Err(Refused::new("one group is empty", "Ask more."))
        });
        let none = none.unwrap_err();
        assert_eq!(
            none.reason,
            "of 5 draws, 0 gave an estimate; the commonest reason: one group is empty"
        );
        assert_eq!(none.help, "Ask more.");
        assert!(diagnose(&simulation(1, 0.0), |_, rng| Ok(normal_estimate(0.0, rng))).is_err());
    }
}
