//! The columns of the regression behind an effect, and which combination of coefficients the effect is.

use super::Asked;
use super::model::{Columns, dummies, dummy};
use super::observations::{Observations, refuse};
use crate::engine::Values;
use crate::evaluation::Adjust;
use crate::outcome::{EffectDesign, NotEstimable};
use std::collections::BTreeMap;

/// A regression laid out.
pub struct Layout {
    /// Its columns.
    pub columns: Columns,
    /// Weights of the coefficients that give the effect.
    pub effect: Vec<(usize, f64)>,
    /// Further combinations worth telling: name, weights.
    pub terms: Vec<(String, Vec<(usize, f64)>)>,
    /// Columns of the covariates.
    pub covariates: Vec<usize>,
}

/// Weights over all columns, from those that are not 0.
pub fn spread(weights: &[(usize, f64)], k: usize) -> Vec<f64> {
    let mut all = vec![0.0; k];
    for (at, weight) in weights {
        if let Some(place) = all.get_mut(*at) {
            *place += weight;
        }
    }
    all
}

/// Columns of the covariates: numbers as they are, everything else by category.
pub fn covariates(asked: &Asked<'_>, observations: &Observations) -> Vec<(String, Vec<f64>)> {
    let mut found = Vec::new();
    for (name, field) in &asked.work.covariates {
        match asked.frame.fields.get(*field) {
            Some(Values::Labels { .. }) => {
                found.extend(dummies(name, &observations.labels(asked.frame, *field)));
            }
            _ => found.push((name.clone(), observations.numbers(asked.frame, *field))),
        }
    }
    found
}

/// Lays out the regression of a design over rows.
///
/// # Errors
/// Nobody with a value before, where one is needed.
pub fn layout(asked: &Asked<'_>, observations: &Observations) -> Result<Layout, NotEstimable> {
    let n = observations.len();
    let mut columns = Columns::constant(n);
    let treated = || dummy(observations.treated.iter().copied());
    let after = || dummy(observations.after.iter().copied());
    // The column that the effect is the coefficient of, and those that a moderator multiplies.
    let (effect, parts): (usize, Vec<usize>) = match asked.setting.design {
        EffectDesign::BeforeAfter => {
            let at = columns.add("after", after());
            (at, vec![at])
        }
        EffectDesign::DifferenceInDifferences => {
            let t = columns.add("treated", treated());
            let a = columns.add("after", after());
            let both = dummy((0..n).map(|i| observations.treated[i] && observations.after[i]));
            let at = columns.add("treated x after", both);
            (at, vec![t, a, at])
        }
        EffectDesign::DoseResponse | EffectDesign::Association => {
            let name = match &asked.work.with_name {
                Some((name, _)) => name.clone(),
                None => asked.setting.dose.clone().unwrap_or_default(),
            };
            let at = columns.add(name, exposure(asked, observations));
            (at, vec![at])
        }
        _ => {
            let at = columns.add("treated", treated());
            (at, vec![at])
        }
    };
    let mut terms = Vec::new();
    if let (Some(field), Some(name)) = (asked.work.moderator, &asked.setting.moderator) {
        terms = moderate(
            &mut columns,
            (effect, &parts),
            name,
            &observations.numbers(asked.frame, field),
            &observations.w,
            if asked.work.persons {
                asked.evaluation.small_cells as usize
            } else {
                0
            },
        );
    }
    let mut held = Vec::new();
    for (name, values) in covariates(asked, observations) {
        match asked.setting.adjust {
            Adjust::Lin => {
                let centre = mean(&values, &observations.w);
                let centred: Vec<f64> = values.iter().map(|x| x - centre).collect();
                let times: Vec<f64> = centred.iter().zip(treated()).map(|(x, t)| x * t).collect();
                held.push(columns.add(name.clone(), centred));
                columns.add(format!("treated x {name}"), times);
            }
            _ => held.push(columns.add(name, values)),
        }
    }
    Ok(Layout {
        columns,
        effect: vec![(effect, 1.0)],
        terms,
        covariates: held,
    })
}

/// Adds a moderator, centred at its mean, by itself and times each of `parts`; gives what is to be told of it.
fn moderate(
    columns: &mut Columns,
    (effect, parts): (usize, &[usize]),
    name: &str,
    values: &[f64],
    weights: &[f64],
    least: usize,
) -> Vec<(String, Vec<(usize, f64)>)> {
    let centre = mean(values, weights);
    let centred: Vec<f64> = values.iter().map(|x| x - centre).collect();
    columns.add(name, centred.clone());
    let mut slope = effect;
    for part in parts {
        let times = columns.values[*part]
            .iter()
            .zip(&centred)
            .map(|(p, m)| p * m)
            .collect();
        let title = format!("{} x {name}", columns.names[*part]);
        let at = columns.add(title, times);
        if *part == effect {
            slope = at;
        }
    }
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(low), Some(high)) = (sorted.first(), sorted.last()) else {
        return vec![];
    };
    // What few persons have is not told: their mean and spread are.
    let few = |end: f64| values.iter().filter(|x| **x == end).count() < least;
    let places = if few(*low) || few(*high) {
        let square = |x: &f64| (x - centre) * (x - centre);
        let squares: Vec<f64> = values.iter().map(square).collect();
        let spread = mean(&squares, weights).sqrt();
        [
            (
                -spread,
                format!("Effect where {name} is one standard deviation below its mean"),
            ),
            (
                spread,
                format!("Effect where {name} is one standard deviation above its mean"),
            ),
        ]
    } else {
        [
            (
                low - centre,
                format!("Effect where {name} is {low}, its least"),
            ),
            (
                high - centre,
                format!("Effect where {name} is {high}, its greatest"),
            ),
        ]
    };
    let mut told = vec![(
        format!("Effect per unit more of {name}"),
        vec![(slope, 1.0)],
    )];
    let at = |(by, title): (f64, String)| (title, vec![(effect, 1.0), (slope, by)]);
    told.extend(places.map(at));
    told
}

/// What the outcome goes with: the dose, or the value of the other indicator in the row.
pub fn exposure(asked: &Asked<'_>, observations: &Observations) -> Vec<f64> {
    if let Some(field) = asked.work.dose {
        return observations.numbers(asked.frame, field);
    }
    let Some((numerator, denominator)) = asked.work.with else {
        return vec![];
    };
    let above = observations.numbers(asked.frame, numerator);
    match denominator {
        None => above,
        Some(field) => {
            let below = observations.numbers(asked.frame, field);
            above.iter().zip(below).map(|(a, b)| a / b).collect()
        }
    }
}

/// Weighted mean.
pub fn mean(values: &[f64], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    values.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / total
}

/// Observations after, of persons seen before, with their value before.
///
/// # Errors
/// No persons, or none of them seen before.
pub fn with_value_before(
    observations: &Observations,
) -> Result<(Observations, Vec<f64>), NotEstimable> {
    let Some(person) = &observations.person else {
        return refuse(
            "the table does not name persons, so that no one's earlier value is known",
            "Set \"person\" in the table's codev object, or use another `adjust`.",
        );
    };
    let mut before: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for at in (0..observations.len()).filter(|at| !observations.after[*at]) {
        let place = before.entry(person.of[at]).or_default();
        place.0 += observations.w[at] * observations.y[at];
        place.1 += observations.w[at];
    }
    let known = |at: usize| observations.after[at] && before.contains_key(&person.of[at]);
    let values = (0..observations.len())
        .filter(|at| known(*at))
        .filter_map(|at| before.get(&person.of[at]).map(|(sum, w)| sum / w))
        .collect();
    let kept = observations.keep(known);
    if kept.is_empty() {
        return refuse(
            "nobody was seen both before and after",
            "Check the person column: the same person needs the same name in both waves.",
        );
    }
    Ok((kept, values))
}
