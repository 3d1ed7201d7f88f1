//! Raking: factors for weights so that they add up to known margins (post-stratification where there is one margin).
//!
//! Iterative proportional fitting (Deming & Stephan 1940; Ireland & Kullback 1968 on its limit): each margin in turn, every weight
//! is multiplied by the margin's target over its sum, until no factor differs from 1.
//!
//! Items are rows, or cells of the cross-classification by all margins (their weights added up): rows of a cell always get the
//! same factor, so that cells, which are few, give the same result.

use crate::stats::Refused;

/// What is known of the population: how many there are in each category.
#[derive(Debug, Clone, Copy)]
pub struct Margin<'a> {
    /// What it is called, such as "age group".
    pub name: &'a str,
    /// Categories.
    pub labels: &'a [String],
    /// Count or share of each category in the population; none where it is not known.
    pub targets: &'a [Option<f64>],
    /// Category of each item; none where it is missing.
    pub codes: &'a [Option<usize>],
}

/// How to rake.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// What the weights add up to; none: as before.
    pub total: Option<f64>,
    /// Least and largest factor, relative to the mean factor. The margins are still met, by the other items.
    pub limits: Option<(f64, f64)>,
    /// Rounds until it is given up.
    pub rounds: usize,
    /// Converged when no category is off by more than this, relative to its target.
    pub tolerance: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            total: None,
            limits: None,
            rounds: 500,
            tolerance: 1e-9,
        }
    }
}

/// Weights that meet the margins.
#[derive(Debug, Clone, PartialEq)]
pub struct Raked {
    /// Factor of each item; 1 for items of weight 0.
    pub factors: Vec<f64>,
    /// Rounds that it took.
    pub rounds: usize,
    /// Whether an item's factor was held at a limit.
    pub limited: Vec<bool>,
}

/// How unequal weights are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Largest weight relative to the smallest above 0.
    pub ratio: f64,
    /// Kish's design effect of the weights.
    pub kish: f64,
}

/// Margins without what is only for people.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub codes: Vec<usize>,
    pub targets: Vec<f64>,
}

/// A category that is not met.
pub(super) struct Missed {
    margin: usize,
    category: usize,
    factor: f64,
}

/// Factors for weights so that they meet all margins.
///
/// # Errors
/// An item without a category, or in one that the margin doesn't know; a category of a margin without an item; margins of
/// different populations; negative weights; no convergence; limits that can't be kept.
pub fn rake(weights: &[f64], margins: &[Margin<'_>], options: &Options) -> Result<Raked, Refused> {
    let prepared = prepare(weights, margins, options)?;
    let goal: f64 = prepared.first().map_or(0.0, |p| p.targets.iter().sum());
    let scale = goal / weights.iter().sum::<f64>();
    let mut raked: Vec<f64> = weights.to_vec();
    let mut limited = vec![false; weights.len()];
    let mut rounds = 0;
    loop {
        let free = subtract(&prepared, &raked, &limited, options.tolerance);
        let mut active: Vec<f64> = raked.clone();
        (0..active.len())
            .filter(|at| limited[*at])
            .for_each(|at| active[at] = 0.0);
        rounds += fit(&mut active, &free, options.rounds, options.tolerance)
            .map_err(|missed| not_met(&missed, margins, limited.contains(&true), options))?;
        (0..active.len())
            .filter(|at| !limited[*at])
            .for_each(|at| raked[at] = active[at]);
        let Some((least, most)) = options.limits else {
            break;
        };
        let mut new = false;
        for at in 0..raked.len() {
            let middle = weights[at] * scale;
            let within = raked[at].clamp(middle * least, middle * most);
            // A factor at the limit but for the tolerance counts as within.
            if !limited[at] && (raked[at] - within).abs() > options.tolerance * within {
                (raked[at], limited[at], new) = (within, true, true);
            }
        }
        if !new {
            break;
        }
    }
    let factor = |(raked, weight): (&f64, &f64)| if *weight > 0.0 { raked / weight } else { 1.0 };
    Ok(Raked {
        factors: raked.iter().zip(weights).map(factor).collect(),
        rounds,
        limited,
    })
}

/// How unequal weights are: their extremes and Kish's design effect.
///
/// # Errors
/// No weight above 0.
pub fn spread(weights: &[f64]) -> Result<Spread, Refused> {
    let above = || weights.iter().copied().filter(|w| *w > 0.0);
    let (sum, squares) = above().fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
    let kish = super::design_effect::kish(above().count() as f64, sum, squares)?;
    let (least, most) = above().fold((f64::INFINITY, 0.0_f64), |(a, b), w| (a.min(w), b.max(w)));
    Ok(Spread {
        ratio: most / least,
        kish,
    })
}

/// Iterative proportional fitting; the rounds that it took.
///
/// # Errors
/// The category that is off most, when it doesn't converge.
pub(super) fn fit(
    weights: &mut [f64],
    margins: &[Prepared],
    rounds: usize,
    tolerance: f64,
) -> Result<usize, Missed> {
    let mut worst = Missed {
        margin: 0,
        category: 0,
        factor: f64::INFINITY,
    };
    for round in 1..=rounds {
        worst.factor = 1.0;
        for (margin, Prepared { codes, targets }) in margins.iter().enumerate() {
            let mut sums = vec![0.0; targets.len()];
            codes
                .iter()
                .zip(weights.iter())
                .for_each(|(c, w)| sums[*c] += w);
            for (category, sum) in sums.iter_mut().enumerate() {
                let target = targets[category];
                let factor = match (*sum > 0.0, target != 0.0) {
                    (true, true) => target / *sum,
                    // Nothing is asked for and nothing is there.
                    (false, false) => 1.0,
                    (false, true) => f64::INFINITY,
                    (true, false) => 0.0,
                };
                if (factor - 1.0).abs() > (worst.factor - 1.0).abs() {
                    worst = Missed {
                        margin,
                        category,
                        factor,
                    };
                }
                *sum = factor;
            }
            if !(worst.factor.is_finite() && worst.factor > 0.0) {
                return Err(worst);
            }
            codes
                .iter()
                .zip(weights.iter_mut())
                .for_each(|(c, w)| *w *= sums[*c]);
        }
        if (worst.factor - 1.0).abs() <= tolerance {
            return Ok(round);
        }
    }
    Err(worst)
}

/// Checks margins against the items and gives the targets one total.
pub(super) fn prepare(
    weights: &[f64],
    margins: &[Margin<'_>],
    options: &Options,
) -> Result<Vec<Prepared>, Refused> {
    if let Some(wrong) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
        return Err(Refused::new(
            format!("a weight is {wrong}"),
            "Weights are 0 or more.",
        ));
    }
    let before: f64 = weights.iter().sum();
    let total = options.total.unwrap_or(before);
    if before <= 0.0 || total.is_nan() || total <= 0.0 || margins.is_empty() {
        return Err(Refused::new(
            "there are no weights, no margins, or no total to rake to",
            "Give rows with weights above 0, at least one margin, and a total above 0.",
        ));
    }
    if let Some((least, most)) = options.limits
        && !((0.0..1.0).contains(&least) && most > 1.0)
    {
        return Err(Refused::new(
            format!("the limits of {least} and {most} leave the weights no room"),
            "Give a lower limit below 1 and an upper limit above 1, such as 0.2 and 5.",
        ));
    }
    let sum = |m: &Margin<'_>| m.targets.iter().flatten().sum::<f64>();
    let first = sum(&margins[0]);
    let mut prepared = Vec::with_capacity(margins.len());
    for margin in margins {
        let own = sum(margin);
        let differs = (own / first - 1.0).abs();
        if differs.is_nan() || differs > 0.01 {
            return Err(Refused::new(
                format!(
                    "the margins speak of different populations: {} adds up to {first}, {} to {own}",
                    margins[0].name, margin.name
                ),
                "Give all margins for the same population, all as counts or all as shares.",
            ));
        }
        prepared.push(one(margin, weights, total / own)?);
    }
    Ok(prepared)
}

fn one(margin: &Margin<'_>, weights: &[f64], scale: f64) -> Result<Prepared, Refused> {
    let name = margin.name;
    let missing = margin.codes.iter().filter(|c| c.is_none()).count();
    if margin.codes.len() != weights.len() || missing > 0 {
        return Err(Refused::new(
            format!(
                "{missing} of {} have no {name}, which is a margin",
                weights.len()
            ),
            "Fill it in, leave those rows out, or leave that margin out.",
        ));
    }
    let codes: Vec<usize> = margin.codes.iter().flatten().copied().collect();
    let mut sums = vec![0.0; margin.labels.len()];
    for (code, weight) in codes.iter().zip(weights) {
        match sums.get_mut(*code) {
            Some(sum) => *sum += weight,
            None => return Err(unknown(name, &format!("number {}", code + 1))),
        }
    }
    let mut targets = Vec::with_capacity(sums.len());
    for (at, sum) in sums.iter().enumerate() {
        let label = &margin.labels[at];
        match margin.targets.get(at).copied().flatten() {
            Some(target) if target > 0.0 && *sum > 0.0 => targets.push(target * scale),
            Some(0.0) | None if *sum == 0.0 && !codes.contains(&at) => targets.push(0.0),
            Some(target) if target > 0.0 => {
                // Another spelling of what the sample has is no category of its own.
                let same = |other: &&String| {
                    *other != label && other.trim().to_lowercase() == label.trim().to_lowercase()
                };
                let remedy = match margin.labels.iter().find(same) {
                    Some(other) => format!(
                        "The sample has {other}: write the category in the margin as the data do."
                    ),
                    None => {
                        "Merge it with a neighbouring category, in the margin and in the sample."
                            .to_owned()
                    }
                };
                return Err(Refused::new(
                    format!("nobody in the sample is in the category {label} of {name}"),
                    remedy,
                ));
            }
            _ => return Err(unknown(name, label)),
        }
    }
    Ok(Prepared { codes, targets })
}

fn unknown(name: &str, label: &str) -> Refused {
    Refused::new(
        format!(
            "the sample has the category {label} of {name}, for which the margin has no number above 0"
        ),
        "Add its number to the margin, or merge it with another category.",
    )
}

/// What is left of the targets for items that are not held at a limit.
fn subtract(
    margins: &[Prepared],
    weights: &[f64],
    limited: &[bool],
    tolerance: f64,
) -> Vec<Prepared> {
    let left = |margin: &Prepared| {
        let mut targets = margin.targets.clone();
        for (at, code) in margin
            .codes
            .iter()
            .enumerate()
            .filter(|(at, _)| limited[*at])
        {
            targets[*code] -= weights[at];
        }
        // Rounding of a target that its items just meet.
        for (left, whole) in targets.iter_mut().zip(&margin.targets) {
            if left.abs() <= tolerance * whole {
                *left = 0.0;
            }
        }
        Prepared {
            codes: margin.codes.clone(),
            targets,
        }
    };
    margins.iter().map(left).collect()
}

fn not_met(missed: &Missed, margins: &[Margin<'_>], limited: bool, options: &Options) -> Refused {
    let margin = &margins[missed.margin];
    let label = &margin.labels[missed.category];
    if limited {
        return Refused::new(
            format!(
                "the category {label} of {} can't be met with the limits on weights",
                margin.name
            ),
            "Widen the limits, or merge small categories.",
        );
    }
    Refused::new(
        format!(
            "raking did not settle in {} rounds: the category {label} of {} still needs a factor of {:.4}",
            options.rounds, margin.name, missed.factor
        ),
        "The margins contradict each other in this sample; merge small categories or use fewer margins.",
    )
}

#[cfg(test)]
mod tests;
