//! Bounds of an effect where people were lost at different rates (Lee 2009).

use super::attrition::check_stayed;
use crate::stats::adjust::clustered_error;
use crate::stats::{Inference, Refused, distribution};

/// The assumption the bounds rest on, to be printed beside them.
pub const MONOTONICITY: &str = "Treatment was assigned at random, and it moves people in one direction only: \
    nobody whom it would make stay would it also make leave.";

/// Which group's outcomes were trimmed: the one that kept more of its people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trimmed {
    /// The treated.
    Treated,
    /// The comparison group.
    Comparison,
    /// Neither: both kept the same share, and the bounds are the difference of means.
    Neither,
}

/// Bounds of the effect on those who would stay in either group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lower bound of the effect, with its own interval (normal).
    pub lower: Inference,
    /// Upper bound of the effect, with its own interval (normal).
    pub upper: Inference,
    /// Lower end of the interval that covers the effect, wherever it lies between the bounds (Imbens & Manski 2004).
    pub low: f64,
    /// Upper end of that interval.
    pub high: f64,
    /// Which group was trimmed.
    pub trimmed: Trimmed,
    /// Share of that group's observed weight that was trimmed.
    pub trimmed_share: f64,
    /// Weighted share of the treated that was observed.
    pub treated_observed: f64,
    /// Weighted share of the comparison group that was observed.
    pub comparison_observed: f64,
}

/// Lee's bounds: the group that kept more of its people loses its greatest, or least, outcomes until both kept the same share.
///
/// `outcome` is none for those who weren't seen again. A row at the edge is trimmed in part, so that exactly the share goes.
/// Standard errors follow Lee (2009, proposition 3), written as influence values so that weights and clusters count; they take
/// the direction of trimming as known, which is in doubt where both groups lost about the same share. Effects are for those
/// who would stay in either group, under [`MONOTONICITY`].
///
/// Refused where the treatment doesn't vary, nobody of a group was observed, fewer than two rows are left after trimming, or the
/// outcome doesn't vary.
pub fn lee_bounds(
    treated: &[bool],
    outcome: &[Option<f64>],
    weights: Option<&[f64]>,
    clusters: Option<&[u32]>,
    confidence: f64,
) -> Result<Bounds, Refused> {
    let stayed: Vec<bool> = outcome.iter().map(Option::is_some).collect();
    check_stayed(treated, &stayed, weights, clusters)?;
    if outcome.iter().flatten().any(|y| !y.is_finite()) {
        return Err(Refused::new(
            "an observed outcome is not a number",
            "Leave the outcome out where it is missing.",
        ));
    }
    let group = |which: bool| Group::new(which, treated, outcome, weights);
    let (of_treated, of_comparison) = (group(true)?, group(false)?);
    let (more, less, trimmed) = match of_treated.observed.total_cmp(&of_comparison.observed) {
        std::cmp::Ordering::Greater => (&of_treated, &of_comparison, Trimmed::Treated),
        std::cmp::Ordering::Less => (&of_comparison, &of_treated, Trimmed::Comparison),
        std::cmp::Ordering::Equal => (&of_treated, &of_comparison, Trimmed::Neither),
    };
    let share = 1.0 - less.observed / more.observed;
    let sign = if trimmed == Trimmed::Comparison {
        -1.0
    } else {
        1.0
    };
    let whole = less.trimmed_mean(0.0, false, None)?;
    let bound = |top: bool| -> Result<(f64, f64), Refused> {
        let part = more.trimmed_mean(share, top, (share > 0.0).then_some(less))?;
        let influence: Vec<f64> = part
            .influence
            .iter()
            .zip(&whole.influence)
            .map(|(a, b)| sign * (a - b))
            .collect();
        let (se, _) = clustered_error(&influence, clusters)?;
        if se.is_nan() || se <= 0.0 {
            return Err(Refused::new(
                "the observed outcomes do not vary",
                "Check the outcome: a constant has no sampling error to estimate.",
            ));
        }
        Ok((sign * (part.value - whole.value), se))
    };
    let (cut_top, cut_bottom) = (bound(true)?, bound(false)?);
    let ((low, low_se), (high, high_se)) = if sign > 0.0 {
        (cut_top, cut_bottom)
    } else {
        (cut_bottom, cut_top)
    };
    let factor = imbens_manski((high - low) / low_se.max(high_se), confidence);
    let normal = |value, se| Inference::t(value, se, f64::INFINITY, confidence);
    Ok(Bounds {
        lower: normal(low, low_se),
        upper: normal(high, high_se),
        low: low - factor * low_se,
        high: high + factor * high_se,
        trimmed,
        trimmed_share: share,
        treated_observed: of_treated.observed,
        comparison_observed: of_comparison.observed,
    })
}

/// c with normal(c + width) - normal(-c) = confidence (Imbens & Manski 2004, eq. 7), by halving.
fn imbens_manski(width: f64, confidence: f64) -> f64 {
    let (mut low, mut high) = (
        0.0,
        distribution::normal_quantile(0.5 + confidence / 2.0) + 1e-9,
    );
    for _ in 0..100 {
        let c = f64::midpoint(low, high);
        if distribution::normal(c + width) - distribution::normal(-c) < confidence {
            low = c;
        } else {
            high = c;
        }
    }
    f64::midpoint(low, high)
}

/// One group of the first wave.
struct Group {
    rows: usize,
    /// Observed rows: outcome, weight, row, by rising outcome.
    seen: Vec<(f64, f64, usize)>,
    /// All rows of the group: row, weight.
    all: Vec<(usize, f64)>,
    /// Sum of the weights of all rows.
    total: f64,
    /// Sum of the weights of observed rows.
    seen_total: f64,
    /// Share of the weight that was observed.
    observed: f64,
    words: &'static str,
}

struct Mean {
    value: f64,
    influence: Vec<f64>,
}

impl Group {
    fn new(
        which: bool,
        treated: &[bool],
        outcome: &[Option<f64>],
        weights: Option<&[f64]>,
    ) -> Result<Group, Refused> {
        let words = if which { "treated" } else { "untreated" };
        let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
        let all: Vec<(usize, f64)> = (0..treated.len())
            .filter(|&i| treated[i] == which)
            .map(|i| (i, weight(i)))
            .collect();
        let mut seen: Vec<(f64, f64, usize)> = all
            .iter()
            .filter_map(|&(i, w)| outcome[i].map(|y| (y, w, i)))
            .collect();
        if seen.len() < 2 {
            let count = if seen.is_empty() { "none" } else { "only one" };
            return Err(Refused::new(
                format!("{count} of the {} {words} rows was seen again", all.len()),
                "Bounds need at least two observed outcomes in both groups.",
            ));
        }
        seen.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = all.iter().map(|(_, w)| w).sum();
        let seen_total: f64 = seen.iter().map(|(_, w, _)| w).sum();
        Ok(Group {
            rows: treated.len(),
            observed: if seen.len() == all.len() {
                1.0
            } else {
                seen_total / total
            },
            seen,
            all,
            total,
            seen_total,
            words,
        })
    }

    /// Mean of the observed outcomes without the `share` of greatest (or least) ones. `by` is the group whose observed share
    /// set `share`; none where the share is fixed.
    fn trimmed_mean(&self, share: f64, top: bool, by: Option<&Group>) -> Result<Mean, Refused> {
        let mut to_cut = share * self.seen_total;
        let mut kept: Vec<(f64, f64)> = Vec::with_capacity(self.seen.len());
        let ordered: Box<dyn Iterator<Item = &(f64, f64, usize)>> = if top {
            Box::new(self.seen.iter().rev())
        } else {
            Box::new(self.seen.iter())
        };
        let mut edge = None;
        for &(y, w, _) in ordered {
            let cut = w.min(to_cut);
            to_cut -= cut;
            if w > cut {
                edge = edge.or(Some(y));
                kept.push((y, w - cut));
            }
        }
        let (Some(edge), true) = (edge, kept.len() > 1) else {
            return Err(Refused::new(
                format!(
                    "fewer than two observed {} rows are left after trimming",
                    self.words
                ),
                "So few of the other group were seen again that the bounds say nothing.",
            ));
        };
        let left: f64 = kept.iter().map(|(_, w)| w).sum();
        let value = kept.iter().map(|(y, w)| y * w).sum::<f64>() / left;
        // d mean / d share: what is cut lies at the edge.
        let by_share = (value - edge) / (1.0 - share);
        let mut influence = vec![0.0; self.rows];
        for &(y, w, row) in &self.seen {
            let beyond = if top {
                (y - edge).min(0.0)
            } else {
                (y - edge).max(0.0)
            };
            let beyond = if share > 0.0 { beyond } else { y - edge };
            influence[row] +=
                w * (beyond - (1.0 - share) * (value - edge)) / (self.seen_total * (1.0 - share));
        }
        // share = 1 - observed(by) / observed(self).
        if let Some(by) = by {
            for (group, slope) in [
                (by, -1.0 / self.observed),
                (self, by.observed / self.observed.powi(2)),
            ] {
                let mut seen = vec![false; self.rows];
                group.seen.iter().for_each(|&(_, _, row)| seen[row] = true);
                for &(row, w) in &group.all {
                    let stayed = f64::from(u8::from(seen[row]));
                    influence[row] +=
                        by_share * slope * w * (stayed - group.observed) / group.total;
                }
            }
        }
        Ok(Mean { value, influence })
    }
}
