//! Effects by nearest-neighbour matching with replacement, with the bias correction and standard errors of Abadie and Imbens.

use super::neighbours::{Points, check_size};
use super::propensity::propensity;
use super::sample::{Covariate, Sample, Target, least_squares, same_length, with_constant};
use crate::stats::{Inference, Refused};
use nalgebra::{DMatrix, DVector};

/// How far apart two rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Mahalanobis distance by the covariance of all rows: standard deviations, correlation allowed for.
    Mahalanobis,
    /// Absolute difference of the propensity that a logit on the covariates gives. The standard error takes the propensity as
    /// known: for everyone that errs on the safe side, for the treated it may err either way (Abadie & Imbens 2016).
    Propensity,
}

/// What to match on, and how.
#[derive(Debug, Clone, Copy)]
pub struct Matching<'a> {
    /// For whom.
    pub target: Target,
    /// Covariates that rows should be alike in.
    pub covariates: &'a [Covariate],
    /// Distance.
    pub metric: Metric,
    /// Neighbours per row, at least 1; all that tie with the last are taken, each with the same share.
    pub neighbours: usize,
    /// Neighbours of the same group that the variance of a row's outcome is estimated from, at least 1.
    pub variance_neighbours: usize,
    /// Covariates of the bias correction (Abadie & Imbens 2011); none where empty.
    pub bias_correction: &'a [Covariate],
    /// Rows match only within the same number (a code for the combination of exactly matched columns).
    pub exact: Option<&'a [u32]>,
    /// Greatest distance of a match, in units of the distance. Rows without any match so near are dropped and counted.
    pub caliper: Option<f64>,
    /// Confidence level, such as 0.95.
    pub confidence: f64,
}

/// An effect by matching.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// Mean over the target of outcome under treatment less that without; normal interval.
    pub effect: Inference,
    /// Rows of the target that found a match: the effect is theirs.
    pub rows: usize,
    /// Treated rows of the target without a match (of the same exact values, within the caliper).
    pub lost_treated: usize,
    /// Untreated rows of the target without a match; 0 where the target is the treated.
    pub lost_comparison: usize,
    /// Rows that served as a match at least once.
    pub used_as_match: usize,
    /// The greatest share of all matches that fell to one row.
    pub greatest_match_share: f64,
    /// Weight of each row in the matched sample (being in the target, plus shares in serving as a match), for a balance
    /// table after matching.
    pub weights: Vec<f64>,
}

/// Matches each row of the target with its nearest neighbours in the other group, with replacement.
///
/// Ties are averaged (Abadie & Imbens 2006, section 2.2). The standard error is theirs for the population effect (2006,
/// theorems 6 and 7), with outcome variances from a row and `variance_neighbours` of the same group. It takes rows as
/// independent: there is no clustered version, and the bootstrap is no way out (Abadie & Imbens 2008). Refused, therefore,
/// where the sample has clusters, and where it has survey weights.
pub fn matched(sample: &Sample, options: &Matching) -> Result<Matched, Refused> {
    check(sample, options)?;
    let n = sample.rows();
    let points = points(sample, options)?;
    let of =
        |group: bool| -> Vec<usize> { (0..n).filter(|&i| sample.treated[i] == group).collect() };
    let groups = [of(false), of(true)];
    let caliper = options.caliper.unwrap_or(f64::INFINITY);
    let mut matches: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (rows, others) in [(&groups[1], &groups[0]), (&groups[0], &groups[1])] {
        if options.target == Target::Treated && !sample.treated[rows[0]] {
            continue;
        }
        for (&row, found) in
            rows.iter()
                .zip(points.nearest(rows, others, options.neighbours, caliper))
        {
            matches[row] = found;
        }
    }
    let kept: Vec<usize> = (0..n).filter(|&i| !matches[i].is_empty()).collect();
    if kept.len() < 2 {
        return Err(Refused::new(
            format!("only {} of the rows found a match", kept.len()),
            "Widen the caliper, match exactly on fewer columns, or choose a comparison group that is more alike.",
        ));
    }
    // How often each row serves as a match (K), and the sum of squared shares (K').
    let (mut times, mut squares) = (vec![0.0; n], vec![0.0; n]);
    for &row in &kept {
        let share = 1.0 / matches[row].len() as f64;
        for &other in &matches[row] {
            times[other] += share;
            squares[other] += share * share;
        }
    }
    let predicted = corrections(sample, options, &times)?;
    let y = sample.outcome;
    let effects: Vec<f64> = kept
        .iter()
        .map(|&row| {
            let counterfactual = matches[row]
                .iter()
                .map(|&other| {
                    y[other]
                        + predicted[usize::from(sample.treated[other])]
                            .as_ref()
                            .map_or(0.0, |m| m[row] - m[other])
                })
                .sum::<f64>()
                / matches[row].len() as f64;
            if sample.treated[row] {
                y[row] - counterfactual
            } else {
                counterfactual - y[row]
            }
        })
        .collect();
    let count = kept.len() as f64;
    let effect = effects.iter().sum::<f64>() / count;
    let variances = outcome_variances(sample, options, &points, &groups, &times)?;
    let mut sum: f64 = effects.iter().map(|e| (e - effect).powi(2)).sum();
    for row in 0..n {
        let own = if matches[row].is_empty() {
            0.0
        } else {
            2.0 * times[row]
        };
        sum += (times[row] * times[row] + own - squares[row]) * variances[row];
    }
    let se = sum.sqrt() / count;
    if se.is_nan() || se <= 0.0 {
        return Err(Refused::new(
            "the outcomes of matched rows do not vary, so the error can not be estimated",
            "Check the outcome, and match on fewer columns.",
        ));
    }
    let lost = |group: bool| {
        let in_target = options.target == Target::Everyone || group;
        groups[usize::from(group)]
            .iter()
            .filter(|&&i| in_target && matches[i].is_empty())
            .count()
    };
    let all: f64 = times.iter().sum();
    Ok(Matched {
        effect: Inference::t(effect, se, f64::INFINITY, options.confidence),
        rows: kept.len(),
        lost_treated: lost(true),
        lost_comparison: lost(false),
        used_as_match: times.iter().filter(|t| **t > 0.0).count(),
        greatest_match_share: times.iter().fold(0.0, |a: f64, t| a.max(*t)) / all,
        weights: (0..n)
            .map(|i| times[i] + f64::from(u8::from(!matches[i].is_empty())))
            .collect(),
    })
}

fn check(sample: &Sample, options: &Matching) -> Result<(), Refused> {
    if sample.clusters.is_some() || sample.weights.is_some() {
        return Err(Refused::new(
            "matching has no standard error for clustered or weighted samples",
            "Use the doubly robust estimator, which allows for clusters and weights.",
        ));
    }
    sample.check()?;
    check_size(sample.rows())?;
    if options.covariates.is_empty() {
        return Err(Refused::new(
            "there is no covariate to match on",
            "Name at least one covariate.",
        ));
    }
    if options.neighbours == 0 || options.variance_neighbours == 0 {
        return Err(Refused::new(
            "no neighbour is asked for",
            "Ask for at least one neighbour.",
        ));
    }
    if options
        .caliper
        .is_some_and(|c| !(c.is_finite() && c >= 0.0))
    {
        return Err(Refused::new(
            "the caliper is negative or not a number",
            "Give a distance of at least 0.",
        ));
    }
    options.exact.map_or(Ok(()), |e| {
        same_length("the exactly matched column", e.len(), sample.rows())
    })
}

fn points<'a>(sample: &Sample, options: &Matching<'a>) -> Result<Points<'a>, Refused> {
    let exact = options.exact;
    if options.metric == Metric::Propensity {
        let coordinates = propensity(sample.treated, options.covariates, None)?.scores;
        return Ok(Points {
            coordinates,
            dimensions: 1,
            exact,
        });
    }
    let n = sample.rows();
    let design = with_constant(options.covariates, n)?;
    // Collinear covariates have no Mahalanobis distance: the regression names them.
    least_squares(
        &design,
        options.covariates,
        sample.outcome,
        &vec![1.0; n],
        "all rows",
    )?;
    let mut x = design.columns(1, options.covariates.len()).into_owned();
    for mut column in x.column_iter_mut() {
        let mean = column.mean();
        column.add_scalar_mut(-mean);
    }
    // With x = QR the covariance is R'R / (n - 1), and the rows of Q sqrt(n - 1) have Euclidean distances that are
    // Mahalanobis distances of the rows of x.
    let q: DMatrix<f64> = x.qr().q() * (n as f64 - 1.0).sqrt();
    let coordinates = q.transpose().as_slice().to_vec();
    Ok(Points {
        coordinates,
        dimensions: options.covariates.len(),
        exact,
    })
}

/// Fitted outcomes of all rows by the regression of the untreated and of the treated, each among the rows that serve as
/// matches and weighted by how often they do (Abadie & Imbens 2011, section 2.2). None where nothing is corrected.
fn corrections(
    sample: &Sample,
    options: &Matching,
    times: &[f64],
) -> Result<[Option<DVector<f64>>; 2], Refused> {
    if options.bias_correction.is_empty() {
        return Ok([None, None]);
    }
    let z = with_constant(options.bias_correction, sample.rows())?;
    let fit = |group: bool| -> Result<Option<DVector<f64>>, Refused> {
        if group && options.target == Target::Treated {
            return Ok(None);
        }
        let weights: Vec<f64> = (0..sample.rows())
            .map(|i| {
                if sample.treated[i] == group {
                    times[i]
                } else {
                    0.0
                }
            })
            .collect();
        let words = if group {
            "the treated that serve as matches"
        } else {
            "the untreated that serve as matches"
        };
        let fit = least_squares(&z, options.bias_correction, sample.outcome, &weights, words)?;
        Ok(Some(&z * fit.coefficients))
    };
    Ok([fit(false)?, fit(true)?])
}

/// Variance of each row's outcome given its covariates: that of the row and its nearest neighbours of the same group (Abadie,
/// Drukker, Herr & Imbens 2004, section 3), for rows that serve as matches; 0 for others, whose variance isn't needed.
fn outcome_variances(
    sample: &Sample,
    options: &Matching,
    points: &Points,
    groups: &[Vec<usize>; 2],
    times: &[f64],
) -> Result<Vec<f64>, Refused> {
    let y = sample.outcome;
    let mut variances = vec![0.0; sample.rows()];
    for group in groups {
        let rows: Vec<usize> = group.iter().copied().filter(|&i| times[i] > 0.0).collect();
        let near = points.nearest(&rows, group, options.variance_neighbours, f64::INFINITY);
        for (&row, near) in rows.iter().zip(near) {
            if near.is_empty() {
                return Err(Refused::new(
                    "a row that serves as a match is the only one of its group with its exact values",
                    "Match exactly on fewer columns.",
                ));
            }
            let alike = || near.iter().chain(std::iter::once(&row)).map(|&i| y[i]);
            let mean = alike().sum::<f64>() / (near.len() + 1) as f64;
            variances[row] = alike().map(|y| (y - mean).powi(2)).sum::<f64>() / near.len() as f64;
        }
    }
    Ok(variances)
}
