//! Covariances of coefficients: classical and heteroskedasticity-robust, and inference from any covariance.

use super::degrees::Working;
use super::fit::Fit;
use crate::stats::{Inference, Refused};
use nalgebra::{DMatrix, DVector};

/// How a covariance was estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Errors of the same variance, unrelated.
    Classical,
    /// White (1980).
    Hc0,
    /// HC0 times n / (n - K).
    Hc1,
    /// Squared residuals over 1 - leverage (MacKinnon & White 1985): unbiased where the errors have the same variance.
    Hc2,
    /// Squared residuals over (1 - leverage)^2: nearly the jackknife.
    Hc3,
    /// Clustered (Liang & Zeger 1986).
    Cr0,
    /// CR0 times G / (G - 1) (n - 1) / (n - K).
    Cr1,
    /// Clustered with bias-reduced linearisation (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018) and degrees of freedom of each
    /// coefficient's own.
    Cr2,
    /// Clustered in two ways (Cameron, Gelbach & Miller 2011).
    TwoWay,
    /// Autocorrelation up to a lag (Newey & West 1987).
    NeweyWest,
}

/// Covariance of the coefficients of a fit.
#[derive(Debug, Clone)]
pub struct Covariance {
    /// k x k.
    pub matrix: DMatrix<f64>,
    /// How it was estimated.
    pub kind: Kind,
    /// Degrees of freedom of t for every coefficient; for CR2 and HC2 each coefficient's own lie below.
    pub df: f64,
    /// Clusters, one number for each way of clustering; empty without clusters.
    pub clusters: Vec<usize>,
    /// Lags that Newey-West counts.
    pub lag: Option<usize>,
    /// Whether negative eigenvalues were set to 0 (two-way).
    pub repaired: bool,
    /// Whether CR2 is approximate, because effects were absorbed that are not nested in the clusters, or under weights.
    pub approximate: bool,
    /// What single rows or clusters tell alone.
    pub(super) alone: Vec<Alone>,
    /// What degrees of freedom are worked out from (CR2, HC2).
    pub(super) working: Option<Working>,
}

/// A direction in which a row or cluster is predicted exactly, because nothing else tells the coefficients there.
#[derive(Debug, Clone)]
pub(super) struct Alone {
    /// `row` or `cluster`.
    pub what: &'static str,
    /// Change of the coefficients, k, when the outcome moves by 1 in that direction.
    pub influence: DVector<f64>,
}

impl Covariance {
    pub(super) fn new(kind: Kind, matrix: DMatrix<f64>, df: f64) -> Covariance {
        Covariance {
            matrix,
            kind,
            df,
            clusters: Vec::new(),
            lag: None,
            repaired: false,
            approximate: false,
            alone: Vec::new(),
            working: None,
        }
    }

    /// Coefficient `column` of the fit, with its interval at `confidence`, such as 0.95.
    ///
    /// # Errors
    /// See [`Covariance::combination`].
    pub fn coefficient(
        &self,
        fit: &Fit,
        column: usize,
        confidence: f64,
    ) -> Result<Inference, Refused> {
        let mut weights = vec![0.0; fit.k];
        match weights.get_mut(column) {
            Some(weight) => *weight = 1.0,
            None => return Err(other_length()),
        }
        self.combination(fit, &weights, confidence)
    }

    /// Sum of `weights` (k) times coefficients, with its standard error, degrees of freedom, interval and p-value.
    ///
    /// # Errors
    /// A single row or cluster tells the combination alone, so that its error can't be seen; a variance that is not positive.
    pub fn combination(
        &self,
        fit: &Fit,
        weights: &[f64],
        confidence: f64,
    ) -> Result<Inference, Refused> {
        if weights.len() != fit.k || self.matrix.nrows() != fit.k {
            return Err(other_length());
        }
        let weights = DVector::from_column_slice(weights);
        self.seen(fit, &weights)?;
        let value = weights.dot(&fit.coefficients);
        let variance = (&self.matrix * &weights).dot(&weights);
        if !(variance > 0.0 && variance.is_finite()) {
            return Err(Refused::new(
                format!("the residuals leave {} no variance", named(fit, &weights)),
                "Look at the data: outcomes may be constant within groups or clusters.",
            ));
        }
        let df = match &self.working {
            Some(working) => working.satterthwaite(fit, &weights),
            None => self.df,
        };
        Ok(Inference::t(value, variance.sqrt(), df, confidence))
    }

    /// Refuses a combination that a single row or cluster tells alone.
    pub(super) fn seen(&self, fit: &Fit, weights: &DVector<f64>) -> Result<(), Refused> {
        if self.alone.is_empty() {
            return Ok(());
        }
        // Change of the combination with each outcome; its length is what a single direction is held against.
        let change = &fit.x * (&fit.bread * weights);
        let total = change.component_mul(&fit.weights).norm();
        let alone = &mut self.alone.iter();
        match alone.find(|a| a.influence.dot(weights).abs() > 1e-6 * total) {
            None => Ok(()),
            Some(Alone { what, .. }) => Err(Refused::new(
                format!(
                    "a single {what} tells {} apart from the rest, so that its error can't be seen",
                    named(fit, weights)
                ),
                format!("Have at least two {what}s on each side of every comparison."),
            )),
        }
    }
}

fn other_length() -> Refused {
    Refused::new(
        "the combination doesn't fit the columns of the regression",
        "Give one weight per column.",
    )
}

/// The columns that a combination rests on, in words.
fn named(fit: &Fit, weights: &DVector<f64>) -> String {
    let with = fit.names.iter().zip(weights.iter());
    let names: Vec<String> = with
        .filter(|(_, w)| **w != 0.0)
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    names.join(", ")
}

/// Rows less parameters, if there is something to judge errors by.
pub(super) fn rows_left(fit: &Fit) -> Result<f64, Refused> {
    if fit.n <= fit.parameters() {
        return Err(Refused::new(
            format!(
                "{} rows and as many parameters leave nothing to judge the error by",
                fit.n
            ),
            "Leave out covariates, or add rows.",
        ));
    }
    if fit.exact {
        return Err(Refused::new(
            "the columns predict every outcome exactly, which leaves nothing to judge the error by",
            "Look whether the outcome varies, and whether a column repeats it.",
        ));
    }
    Ok((fit.n - fit.parameters()) as f64)
}

/// Rows of W X times residuals, n x k: what each row adds to the normal equations.
pub(super) fn scores(fit: &Fit) -> DMatrix<f64> {
    let mut scores = fit.x.clone();
    for mut column in scores.column_iter_mut() {
        column.component_mul_assign(&fit.residuals);
        column.component_mul_assign(&fit.weights);
    }
    scores
}

/// B M B for the bread B, made exactly symmetric.
pub(super) fn sandwich(fit: &Fit, meat: &DMatrix<f64>) -> DMatrix<f64> {
    let v = &fit.bread * meat * &fit.bread;
    (&v + v.transpose()) * 0.5
}

/// Residual variance times (X'WX)^-1, with n - K degrees of freedom (K: all parameters, absorbed effects too).
///
/// # Errors
/// No more rows than parameters; an exact fit.
pub fn classical(fit: &Fit) -> Result<Covariance, Refused> {
    let df = rows_left(fit)?;
    let matrix = &fit.bread * fit.residual_variance();
    Ok(Covariance::new(Kind::Classical, matrix, df))
}

/// A row is predicted exactly where its leverage is nearer to 1 than this.
pub(super) const PREDICTED: f64 = 1e-10;

/// Rows that are predicted exactly, whatever their outcome.
pub(super) fn rows_told_alone(fit: &Fit) -> Vec<Alone> {
    let rows = (0..fit.n).filter(|&i| 1.0 - fit.leverages()[i] < PREDICTED);
    rows.map(|i| Alone {
        what: "row",
        influence: &fit.bread * (fit.x.row(i).transpose() * fit.weights[i]),
    })
    .collect()
}

/// HC0 to HC3 (MacKinnon & White 1985); any other kind counts as HC3. Degrees of freedom are n - K, and for HC2 (without absorbed
/// effects) each combination's own: with few rows on one side of a comparison n - K are far too many (Bell & McCaffrey 2002;
/// Imbens & Kolesár 2016, Review of Economics and Statistics 98).
///
/// # Errors
/// No more rows than parameters; an exact fit.
pub fn heteroskedastic(fit: &Fit, kind: Kind) -> Result<Covariance, Refused> {
    let df = rows_left(fit)?;
    let kind = match kind {
        Kind::Hc0 | Kind::Hc1 | Kind::Hc2 => kind,
        _ => Kind::Hc3,
    };
    let mut scores = scores(fit);
    for i in 0..fit.n {
        let left = 1.0 - fit.leverages()[i];
        if left < PREDICTED {
            scores.row_mut(i).fill(0.0);
            continue;
        }
        let by = match kind {
            Kind::Hc2 => left.sqrt(),
            Kind::Hc3 => left,
            _ => continue,
        };
        scores.row_mut(i).unscale_mut(by);
    }
    let mut meat = scores.tr_mul(&scores);
    if kind == Kind::Hc1 {
        meat *= fit.n as f64 / df;
    }
    let mut covariance = Covariance::new(kind, sandwich(fit, &meat), df);
    covariance.alone = rows_told_alone(fit);
    if kind == Kind::Hc2 && fit.absorbed.is_none() {
        covariance.working = Some(Working::of_rows(fit));
    }
    Ok(covariance)
}

#[cfg(test)]
#[path = "covariance_tests.rs"]
mod tests;
