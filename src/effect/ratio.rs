//! Ratios of two arms: odds ratios and risk ratios, on the scale of their logarithm.

use super::Asked;
use super::balance;
use super::model::{Errors, estimate as plain};
use super::observations::{Observations, refuse};
use super::rows::{clustered_by, later, means, subgroups};
use crate::evaluation::EffectScale;
use crate::outcome::{Effect, EffectEstimate, EffectTerm, NotEstimable};
use crate::stats::Inference;
use crate::stats::arms::arms_error;

/// A ratio, and whether half a case was added to each cell.
pub struct Ratio {
    /// The estimate, on the scale of the logarithm.
    pub estimate: EffectEstimate,
    halves: bool,
}

/// The ratio of two arms, its counts and its subgroups.
///
/// # Errors
/// What the data don't allow, in words.
pub fn ratio(
    effect: &mut Effect,
    asked: &Asked<'_>,
    all: &Observations,
) -> Result<(), NotEstimable> {
    let observations = later(asked, all);
    effect.balance = balance::balance(asked, all)?;
    balance::note(effect);
    let errors = Errors::new(
        asked.setting,
        asked.evaluation.confidence,
        asked.uncertain(),
    );
    effect.means = means(asked, all, errors);
    clustered_by(effect, asked, &observations);
    let found = estimate(asked, &observations)?;
    if found.halves {
        effect.remarks.push(
            "A cell of the two by two is zero: half a case is added to all four, for the estimate and its error (Haldane-Anscombe)."
                .to_owned(),
        );
    }
    let of = &found.estimate;
    let name = asked.setting.scale.ratio();
    effect.terms.push(EffectTerm {
        name: super::words::capital(name),
        unit: "ratio".to_owned(),
        value: of.value.exp(),
        se: None,
        df: of.df,
        interval: of.interval.map(|(low, high)| (low.exp(), high.exp())),
        p: of.p,
    });
    effect.estimate = Some(found.estimate);
    subgroups(effect, asked, all, errors);
    let halved = effect.subgroups.iter().filter(|s| {
        let zero = |e: &EffectEstimate| e.se_kind.ends_with(HALVES);
        s.estimate.as_ref().is_some_and(zero)
    });
    let halved = halved.count();
    if halved > 0 {
        effect.remarks.push(format!(
            "In {halved} of {} subgroups a cell of the two by two is zero: half a case is added to all four of them.",
            effect.subgroups.len()
        ));
    }
    Ok(())
}

/// End of the kind of an error with halves added.
const HALVES: &str = "with half a case added to each cell";

/// Weighted cases and others of an arm.
#[derive(Clone, Copy, Default)]
struct Arm {
    with: f64,
    without: f64,
}

impl Arm {
    fn all(self) -> f64 {
        self.with + self.without
    }
}

/// The ratio alone.
///
/// The variance of a log odds ratio is 1/a + 1/b + 1/c + 1/d (Woolf 1955), of a log risk ratio 1/a - 1/(a+b) + 1/c - 1/(c+d) (Katz et al. 1978). With
/// clusters or weights it is that of the linearised ratio, summed by cluster.
///
/// # Errors
/// An outcome that is not yes or no; arms without any case, or without anything else.
pub fn estimate(asked: &Asked<'_>, observations: &Observations) -> Result<Ratio, NotEstimable> {
    let scale = asked.setting.scale;
    let name = scale.ratio();
    if observations.y.iter().any(|y| *y != 0.0 && *y != 1.0) {
        return refuse(
            format!(
                "the rows of {} are not all yes or no, so that there are no counts of cases",
                asked.name
            ),
            "Use an indicator that is a share of rows, or remove `scale` for a difference of means.",
        );
    }
    let mut arms = [Arm::default(); 2];
    for at in 0..observations.len() {
        let arm = &mut arms[usize::from(observations.treated[at])];
        match observations.y[at] == 1.0 {
            true => arm.with += observations.w[at],
            false => arm.without += observations.w[at],
        }
    }
    for (all, words) in [
        (
            arms.iter().all(|a| a.with == 0.0),
            "no row of either group is a case",
        ),
        (
            arms.iter().all(|a| a.without == 0.0),
            "all rows of both groups are cases",
        ),
    ] {
        if all {
            return refuse(
                format!("{words}, so that the data say nothing on the {name}"),
                "Remove `scale` for a difference of shares.",
            );
        }
    }
    let simple = observations.cluster.is_none() && !observations.weighted();
    let zero = |arm: &Arm| match scale {
        EffectScale::RiskRatio => arm.with == 0.0,
        _ => arm.with == 0.0 || arm.without == 0.0,
    };
    let halves = arms.iter().any(zero);
    if halves {
        // Weights brought to a mean of 1, so that half a case is half a row.
        let mean = observations.w.iter().sum::<f64>() / observations.len() as f64;
        for arm in &mut arms {
            arm.with = arm.with / mean + 0.5;
            arm.without = arm.without / mean + 0.5;
        }
    }
    let [others, treated] = arms;
    let log = |arm: Arm| match scale {
        EffectScale::RiskRatio => (arm.with / arm.all()).ln(),
        _ => (arm.with / arm.without).ln(),
    };
    let value = log(treated) - log(others);
    let inference = match (asked.uncertain(), simple) {
        (false, _) => None,
        (true, true) => {
            let variance = |arm: Arm| match scale {
                EffectScale::RiskRatio => 1.0 / arm.with - 1.0 / arm.all(),
                _ => 1.0 / arm.with + 1.0 / arm.without,
            };
            let se = (variance(treated) + variance(others)).sqrt();
            Some(Inference::t(
                value,
                se,
                f64::INFINITY,
                asked.evaluation.confidence,
            ))
        }
        (true, false) if halves => None,
        (true, false) => Some(linearised(asked, observations, (value, treated, others))?),
    };
    let mut estimate = plain(value, inference.as_ref(), observations);
    if inference.is_some() {
        estimate.se_kind = match (simple, halves) {
            (true, true) => format!("delta method, {HALVES}"),
            (true, false) => "delta method".to_owned(),
            (false, _) => "delta method, corrected as CR2".to_owned(),
        };
    } else if asked.uncertain() {
        estimate.no_interval = Some(
            "a cell of the two by two is zero, and rows stand in clusters or are weighted"
                .to_owned(),
        );
    } else {
        estimate.no_interval = Some(
            "the table is a census: the ratio is what it is, without sampling error".to_owned(),
        );
    }
    Ok(Ratio { estimate, halves })
}

/// Error by what each row adds to the logarithm: (y - p) / (W p), for odds over W p (1 - p).
fn linearised(
    asked: &Asked<'_>,
    observations: &Observations,
    (value, treated, others): (f64, Arm, Arm),
) -> Result<Inference, NotEstimable> {
    let adds = |at: usize| {
        let (arm, sign) = match observations.treated[at] {
            true => (treated, 1.0),
            false => (others, -1.0),
        };
        let share = arm.with / arm.all();
        let slope = match asked.setting.scale {
            EffectScale::RiskRatio => share,
            _ => share * (1.0 - share),
        };
        sign * observations.w[at] * (observations.y[at] - share) / (arm.all() * slope)
    };
    let influence: Vec<f64> = (0..observations.len()).map(adds).collect();
    let clusters = observations.cluster.as_ref().map(|c| c.of.as_slice());
    let error = arms_error(
        &influence,
        &observations.treated,
        clusters,
        &observations.w,
        0,
    )?;
    if error.se <= 0.0 {
        return refuse(
            "the share of cases is the same in all clusters, which leaves nothing to judge the error by",
            "Look at the data: shares don't usually agree so well.",
        );
    }
    Ok(Inference::t(
        value,
        error.se,
        error.df,
        asked.evaluation.confidence,
    ))
}
