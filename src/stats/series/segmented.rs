//! Segmented regression of interrupted series: the changes, their uncertainty, and what would have been without them.

use super::checks::{Checks, checks};
use super::degrees::Degrees;
use super::design::{Design, design};
use super::{Errors, Options, Rows, errors};
use crate::stats::linear;
use crate::stats::{Inference, Refused};
use nalgebra::{DMatrix, DVector};

/// What a segmented regression says of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Prediction of the regression.
    pub fitted: f64,
    /// The same without the change: of exposed series from the start on what would have been, elsewhere `fitted`.
    pub counterfactual: Inference,
}

/// A segmented regression.
#[derive(Debug, Clone)]
pub struct Segmented {
    /// Change of level at the start, beyond the line before and (with controls) beyond that of the controls.
    pub level: Inference,
    /// Change of slope per step from the start on, in the same way.
    pub slope: Inference,
    /// Mean slope per step before the change, of the exposed series.
    pub slope_before: Inference,
    /// Mean over the exposed rows after the start of the difference between fit and counterfactual.
    pub mean_effect: Inference,
    /// Changes of level and slope of the controls.
    pub controls: Option<(Inference, Inference)>,
    /// Rows in the order given.
    pub points: Vec<Point>,
    /// Checks of the residuals of ordinary least squares.
    pub checks: Checks,
    /// Checks of what is left after an autoregression was taken out.
    pub remaining: Option<Checks>,
    /// First-order autocorrelation, where it was estimated.
    pub rho: Option<f64>,
    /// Lags of the Newey-West variance.
    pub lags: Option<usize>,
    /// Rows used: all, less the first of each series for Cochrane-Orcutt.
    pub n: usize,
    /// Rows less coefficients.
    pub free: usize,
    /// Number of series.
    pub series: usize,
    /// Missing steps between first and last of a series.
    pub gaps: usize,
    /// Names of the coefficients, which [`Segmented::coefficients`] gives.
    pub names: Vec<String>,
    lines: Lines,
    start: i64,
    level_at: usize,
    slope_at: usize,
}

/// Coefficients with their variance.
#[derive(Debug, Clone)]
struct Lines {
    coefficients: DVector<f64>,
    variance: DMatrix<f64>,
    df: f64,
    /// What the degrees of freedom of a combination follow from, where they are not `df`.
    degrees: Option<Degrees>,
    confidence: f64,
}

impl Lines {
    /// A linear combination of the coefficients.
    fn combine(&self, weight: &DVector<f64>) -> Inference {
        let value = weight.dot(&self.coefficients);
        let variance = weight.dot(&(&self.variance * weight));
        let df = self.degrees.as_ref().map_or(self.df, |d| d.of(weight));
        Inference::t(value, variance.sqrt(), df, self.confidence)
    }

    /// One coefficient, or the mean of several.
    fn mean_of(&self, columns: &[usize]) -> Inference {
        let mut weight = DVector::zeros(self.coefficients.len());
        for &j in columns {
            weight[j] = 1.0 / columns.len() as f64;
        }
        self.combine(&weight)
    }
}

impl Segmented {
    /// All coefficients, in the order of `names`.
    pub fn coefficients(&self) -> Vec<Inference> {
        (0..self.names.len())
            .map(|j| self.lines.mean_of(&[j]))
            .collect()
    }

    /// Effect at a step from the start on: change of level plus change of slope for the steps since the start.
    pub fn effect_at(&self, step: i64) -> Inference {
        self.effect_after((step - self.start) as f64)
    }

    pub(super) fn effect_after(&self, steps: f64) -> Inference {
        let mut weight = DVector::zeros(self.names.len());
        weight[self.level_at] = 1.0;
        weight[self.slope_at] = steps;
        self.lines.combine(&weight)
    }
}

/// Segmented regression y = level + slope t + (change of level + change of slope (t - start)) [t >= start] + season + error.
///
/// The change of level is that at the first step after the change itself, where t - start = 0. Several series have levels and
/// slopes of their own and share the change; with controls, that of the exposed is the difference to the change of the
/// controls. Errors of different series are taken to be independent; an autoregression is common to all series. Intervals and
/// p-values are those of t, with n - k degrees of freedom, or under restricted likelihood with those of Satterthwaite (1946), which know that
/// the autocorrelation was estimated.
///
/// # Errors
/// Missing values; two values of a series in one step; fewer than 3 steps on either side in a series; columns that determine
/// each other; a line without any error; an autocorrelation of .99 or more.
pub fn segmented(rows: &Rows, options: &Options) -> Result<Segmented, Refused> {
    let design = design(rows, options)?;
    let ordinary = linear::fit(&design.y, &design.x, &design.names, None)?;
    if ordinary.exact || ordinary.n <= ordinary.k {
        return Err(Refused::new(
            "the lines fit every step exactly, so nothing says how sure they are",
            "Add steps, or leave out seasons.",
        ));
    }
    let check_lags = options
        .check_lags
        .unwrap_or((design.steps / 5).min(10))
        .clamp(1, design.steps.saturating_sub(2).max(1));
    let everyone: Vec<usize> = (0..ordinary.n).collect();
    let first = checks(&design, &everyone, &ordinary, check_lags, 0);
    let mut lags_used = None;
    let white = match options.errors {
        Errors::Independent | Errors::NeweyWest { .. } => None,
        Errors::CochraneOrcutt => Some(errors::iterated(&design, &ordinary, false)?),
        Errors::PraisWinsten => Some(errors::iterated(&design, &ordinary, true)?),
        Errors::RestrictedLikelihood => Some(errors::restricted_likelihood(&design)?),
    };
    let fit = white.as_ref().map_or(&ordinary, |w| &w.fit);
    if fit.n <= fit.k {
        return Err(Refused::new(
            "the steps are too few for so many parameters",
            "Add steps, or leave out seasons.",
        ));
    }
    let variance = match options.errors {
        Errors::NeweyWest { lags } => {
            let lags = lags.unwrap_or_else(|| errors::usual_lags(design.steps));
            if lags >= design.steps {
                return Err(Refused::new(
                    format!("{lags} lags are as many as the {} steps", design.steps),
                    "Use fewer lags.",
                ));
            }
            lags_used = Some(lags);
            errors::newey_west(&design, fit, lags)
        }
        _ => &fit.bread * fit.residual_variance(),
    };
    let remaining = white
        .as_ref()
        .map(|w| checks(&design, &w.kept, &w.fit, check_lags, 1));
    let lines = Lines {
        coefficients: fit.coefficients.clone(),
        df: (fit.n - fit.k) as f64,
        degrees: match (options.errors, &white) {
            (Errors::RestrictedLikelihood, Some(white)) => Degrees::new(&design, white),
            _ => None,
        },
        confidence: options.confidence,
        variance,
    };
    let mut out = Segmented {
        level: lines.mean_of(&[design.level]),
        slope: lines.mean_of(&[design.slope]),
        slope_before: lines.mean_of(&design.before),
        mean_effect: lines.mean_of(&[design.level]),
        controls: design
            .shared
            .map(|(level, slope)| (lines.mean_of(&[level]), lines.mean_of(&[slope]))),
        points: points(&design, &lines),
        checks: first,
        remaining,
        rho: white.as_ref().map(|w| w.rho),
        lags: lags_used,
        n: fit.n,
        free: fit.n - fit.k,
        series: design.series,
        gaps: design.gaps,
        names: design.names.clone(),
        lines,
        start: options.start,
        level_at: design.level,
        slope_at: design.slope,
    };
    let exposed: Vec<f64> = design
        .places
        .iter()
        .filter(|p| p.exposed && p.time >= options.start)
        .map(|p| (p.time - options.start) as f64)
        .collect();
    out.mean_effect = out.effect_after(exposed.iter().sum::<f64>() / exposed.len() as f64);
    Ok(out)
}

/// Fit and counterfactual of each row, in the order of the data.
fn points(design: &Design, lines: &Lines) -> Vec<Point> {
    let mut points: Vec<(usize, Point)> = design
        .places
        .iter()
        .enumerate()
        .map(|(i, place)| {
            let mut columns = design.x.row(i).transpose();
            let fitted = columns.dot(&lines.coefficients);
            columns[design.level] = 0.0;
            columns[design.slope] = 0.0;
            let counterfactual = lines.combine(&columns);
            (
                place.row,
                Point {
                    fitted,
                    counterfactual,
                },
            )
        })
        .collect();
    points.sort_by_key(|(row, _)| *row);
    points.into_iter().map(|(_, point)| point).collect()
}
