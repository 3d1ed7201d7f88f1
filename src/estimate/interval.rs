//! The interval of a formula's estimate, by the method that is asked for or that fits its value.
//!
//! Shares get Wilson's interval with effective rows: rows over the design effect, the variance of the jackknife relative to that
//! of a simple random sample, times the squared ratio of t quantiles, and no more than the rows (Korn & Graubard 1998). A simple
//! random sample thus gets the textbook interval. Where nobody or everybody does, the data can't tell the design effect: it is
//! Kish's of the weights times 1 + (b - 1) ρ, b the mean cluster size and ρ = 0.05.

use super::design::Design;
use super::group::{Kept, Measured};
use super::jackknife::{self, Replicates, Spread};
use super::resample::{self, Bound};
use super::weighting::Source;
use super::woodruff::{calibrated, woodruff};
use crate::evaluation::IntervalMethod;
use crate::outcome::{Interval, IntervalKind};
use crate::plan::interval::Shape;
use crate::plan::reach::Reach;
use crate::stats::Refused;
use crate::stats::survey::bounded;
use crate::stats::survey::design_effect::{Moments, assumed, kish, of_mean};
use crate::stats::survey::proportion::{
    Bounds, clopper_pearson, effective_rows_by_deff, logit, wilson,
};

/// Likeness within clusters that is assumed where nobody or everybody does: usual for opinions and conditions of households.
const LIKENESS: f64 = 0.05;

/// What the intervals of an indicator rest on.
pub struct Making<'a> {
    /// The formula over its scan.
    pub measured: &'a Measured<'a>,
    /// What its value is.
    pub shape: Shape,
    /// Where it can lie.
    pub reach: Reach,
    /// The sample.
    pub design: &'a Design,
    /// Weights that tell how the sample varies; none where clusters are left out with the weights as they are.
    pub bound: Option<&'a Bound<'a>>,
    /// Collectors of clusters and strata, where replicate weights come with them.
    pub clusters: Option<(usize, Option<usize>)>,
    /// How intervals are to be made, or why they can't be.
    pub asked: &'a Result<IntervalMethod, String>,
    /// Confidence level.
    pub confidence: f64,
    /// Seed of the evaluation.
    pub seed: u64,
    /// Bootstrap replicates.
    pub replicates: u64,
    /// Id of the indicator.
    pub indicator: &'a str,
}

/// A value and where it stands.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    /// The value.
    pub value: f64,
    /// Its cells.
    pub cells: &'a [u32],
    /// Its number among the indicator's estimates.
    pub number: usize,
}

impl Making<'_> {
    /// The interval of a value, and its replicates of the jackknife where derived indicators need them (`keep`).
    pub fn interval(
        &self,
        at: Cell<'_>,
        keep: bool,
    ) -> (Result<Interval, String>, Result<Replicates, String>) {
        let why = match self.shape {
            Shape::Quantile => "quantiles have no replicates",
            Shape::Unadded => {
                "a count of different values or an extreme of a sample says little about the population"
            }
            _ => {
                let method = self.asked.as_ref().ok().copied();
                let left_out =
                    method.is_some_and(|m| m != IntervalMethod::Linearisation && !m.is_bootstrap());
                let replicates = match self.bound {
                    _ if !(keep || left_out) => Ok(vec![]),
                    Some(bound) => {
                        let clusters = self.clusters(at);
                        resample::replicates(self.measured, bound, at.cells, clusters)
                    }
                    None => jackknife::replicates(self.measured, self.design, at.cells),
                };
                let interval = self.additive(at, &replicates);
                return (interval.map_err(|why| self.by_size(at, why)), replicates);
            }
        };
        let interval = match (self.asked, self.measured.only_quantile()) {
            (Err(reason), _) => Err(reason.clone()),
            (Ok(_), Some(quantile)) => match self.bound {
                Some(bound) => {
                    calibrated(self.measured, bound, at.cells, quantile, self.confidence)
                }
                None => woodruff(
                    self.measured,
                    self.design,
                    at.cells,
                    quantile,
                    self.confidence,
                ),
            },
            (Ok(_), None) => Err(why.to_owned()),
        };
        (interval, Err(why.to_owned()))
    }

    /// The reason that there is no interval: numbers whose squares can't be held don't seem to vary.
    fn by_size(&self, at: Cell<'_>, why: String) -> String {
        /// Squares of what lies beyond can't be held, or are zero.
        const LEAST: f64 = 1e-150;
        const MOST: f64 = 1e150;
        if why != jackknife::does_not_vary() {
            return why;
        }
        let own = |sums: &Vec<f64>| {
            let sums = at.cells.iter().filter_map(|c| sums.get(*c as usize));
            sums.map(|sum| sum.abs()).fold(0.0, f64::max)
        };
        let greatest: Vec<f64> = self.measured.sums.components.iter().map(own).collect();
        if greatest.iter().any(|sum| *sum > MOST) {
            return jackknife::TOO_LARGE.to_owned();
        }
        match greatest.iter().any(|sum| *sum > 0.0 && *sum < LEAST) {
            true => "the weights or numbers are too small for a sampling error to be computed: multiply them".to_owned(),
            false => why,
        }
    }

    /// Clusters with a row in a place, and the degrees of freedom that they allow; 0 and no bound where they are not known.
    fn clusters(&self, at: Cell<'_>) -> (u64, f64) {
        let named = self.bound.is_some_and(
            |b| matches!(&b.weighting.source, Ok(Source::Given(given)) if given.named),
        );
        let Some((clusters, strata)) = self.clusters.filter(|_| named) else {
            return (0, f64::INFINITY);
        };
        let kept = Kept::new(self.measured, at.cells);
        let clusters = kept.count_distinct(clusters);
        let strata = strata.map_or(1, |s| kept.count_distinct(s).max(1));
        (clusters as u64, clusters as f64 - strata as f64)
    }

    fn additive(
        &self,
        at: Cell<'_>,
        replicates: &Result<Replicates, String>,
    ) -> Result<Interval, String> {
        use IntervalMethod as M;
        let method = self.asked.clone()?;
        if method == M::Linearisation {
            return self.linearised(at);
        }
        if method.is_bootstrap() {
            return self.resampled(at, method);
        }
        let spread = jackknife::spread(at.value, replicates.as_ref().map_err(Clone::clone)?)?;
        match (self.shape, method) {
            (Shape::Share { .. }, M::Auto | M::Wilson | M::ClopperPearson) => {
                self.share(at, &spread, method)
            }
            (Shape::Share { .. }, M::Logit) => {
                let bounds = logit(at.value, spread.se, spread.df, self.confidence);
                Ok(self.within(at, &spread, bounds.map_err(words)?, IntervalKind::Logit))
            }
            (
                Shape::Mean {
                    limits: Some(limits),
                    ..
                },
                M::Auto | M::Logit,
            ) => {
                if !jackknife::varies(at.value, spread.se) {
                    return Err(jackknife::does_not_vary());
                }
                let Spread { se, df, .. } = spread;
                let bounds = bounded::mean(at.value, se, df, limits, self.confidence);
                Ok(self.within(at, &spread, bounds.map_err(words)?, IntervalKind::Logit))
            }
            _ => {
                let interval = jackknife::around(at.value, &spread, self.confidence, &self.reach)?;
                Ok(self.with_effect(at, interval))
            }
        }
    }

    /// Interval of a share, with effective rows.
    fn share(
        &self,
        at: Cell<'_>,
        spread: &Spread,
        method: IntervalMethod,
    ) -> Result<Interval, String> {
        let Spread {
            se, df, clusters, ..
        } = *spread;
        let varies = jackknife::varies(at.value, se);
        let open = at.value > 0.0 && at.value < 1.0;
        if open && !varies {
            return Err(jackknife::does_not_vary());
        }
        let deff = if open {
            self.design_effect(at, se)
                .ok_or("the design effect can't be estimated")?
        } else {
            self.assumed_effect(at, df)?
        };
        let rows = self.rows(at);
        let effective = effective_rows_by_deff(rows, deff, df, self.confidence).map_err(words)?;
        let (bounds, kind) = match method {
            IntervalMethod::ClopperPearson => (
                clopper_pearson(at.value, effective, self.confidence),
                IntervalKind::ClopperPearson,
            ),
            _ => (
                wilson(at.value, effective, self.confidence),
                IntervalKind::Wilson,
            ),
        };
        let Bounds { low, high } = bounds.map_err(words)?;
        let width = (high - low) / (2.0 * jackknife::quantile(df, self.confidence)?);
        Ok(Interval {
            low,
            high,
            se: if open { se } else { width },
            df,
            clusters,
            kind,
            design_effect: open.then_some(deff),
        })
    }

    fn within(
        &self,
        at: Cell<'_>,
        spread: &Spread,
        bounds: Bounds,
        kind: IntervalKind,
    ) -> Interval {
        let interval = Interval {
            low: bounds.low,
            high: bounds.high,
            se: spread.se,
            df: spread.df,
            clusters: spread.clusters,
            kind,
            design_effect: None,
        };
        self.with_effect(at, interval)
    }

    pub(super) fn with_effect(&self, at: Cell<'_>, interval: Interval) -> Interval {
        Interval {
            design_effect: self.design_effect(at, interval.se),
            ..interval
        }
    }

    fn sums<const N: usize>(&self, at: Cell<'_>, components: [usize; N]) -> [f64; N] {
        let totals = self.measured.totals(&components, at.cells);
        components.map(|c| totals.0[c])
    }

    /// Design effect of a mean or share with a standard error; none for other values, or where all rows are the same.
    fn design_effect(&self, at: Cell<'_>, se: f64) -> Option<f64> {
        let moments = match self.shape {
            Shape::Share { rows, weight, .. } => {
                let [rows, weight] = self.sums(at, [rows, weight]);
                Moments::of_share(rows, weight, at.value * weight)
            }
            Shape::Mean {
                rows,
                weight,
                first,
                second,
                ..
            } => {
                let [rows, weight, first, second] = self.sums(at, [rows, weight, first, second]);
                Moments {
                    rows,
                    weight,
                    first,
                    second,
                }
            }
            _ => return None,
        };
        of_mean(se * se, &moments, None)
            .ok()
            .map(|found| found.deff)
    }

    /// Rows that a share is a share of.
    fn rows(&self, at: Cell<'_>) -> f64 {
        match self.shape {
            Shape::Share { rows, .. } => self.sums(at, [rows])[0],
            _ => 0.0,
        }
    }

    /// The design effect that is assumed where nobody or everybody does.
    fn assumed_effect(&self, at: Cell<'_>, df: f64) -> Result<f64, String> {
        let Shape::Share {
            rows,
            weight,
            squares,
        } = self.shape
        else {
            return Err(jackknife::does_not_vary());
        };
        let by_weights = match squares {
            None => 1.0,
            Some(squares) => {
                let [rows, weight] = self.sums(at, [rows, weight]);
                let own = &self.measured.sums.components[squares];
                // The sums hold the factor of calibration once, the squares need it twice.
                let factor = |cell: u32| self.bound.map_or(1.0, |b| b.factor(cell));
                let squares = at.cells.iter().map(|c| own[*c as usize] * factor(*c)).sum();
                kish(rows, weight, squares).map_err(words)?
            }
        };
        if let Some(Ok(Source::Given(_))) = self.bound.map(|b| &b.weighting.source) {
            // Clusters are not known: as many of one size as the degrees of freedom speak for.
            let clusters = (df + 1.0).max(2.0).floor();
            let sizes = vec![self.rows(at) / clusters; clusters as usize];
            return Ok(assumed(by_weights, &sizes, LIKENESS));
        }
        let inside = self.design.inside(self.measured, at.cells);
        let count = &self.measured.sums.components[rows];
        let size = |cells: &Vec<u32>| cells.iter().map(|c| count[*c as usize]).sum::<f64>();
        let sizes: Vec<f64> = inside.values().map(size).filter(|b| *b > 0.0).collect();
        Ok(assumed(by_weights, &sizes, LIKENESS))
    }
}

pub(super) fn words(refused: Refused) -> String {
    refused.reason
}
