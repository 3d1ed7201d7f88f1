//! Partial association: outcome and exposure with the covariates taken out of both (Frisch & Waugh 1933; Lovell 1963).

use super::Asked;
use super::layout::{covariates, exposure, mean};
use super::model::Columns;
use super::observations::Observations;
use crate::outcome::{Effect, EffectTerm, Partial};
use crate::stats::linear::fit;

/// Most groups that the points are told by.
const GROUPS: usize = 20;

/// Points and line of an association or dose; adds the standardised slope and the correlation to the terms.
pub fn partial(
    effect: &mut Effect,
    asked: &Asked<'_>,
    observations: &Observations,
) -> Option<Partial> {
    if asked.work.dose.is_none() && asked.work.with.is_none() {
        return None;
    }
    let n = observations.len();
    let w = &observations.w;
    let x = exposure(asked, observations);
    let mut columns = Columns::constant(n);
    for (name, values) in covariates(asked, observations) {
        columns.add(name, values);
    }
    let matrix = columns.matrix();
    let without = |values: &[f64]| -> Option<Vec<f64>> {
        let fitted = fit(values, &matrix, &columns.names, Some(w)).ok()?;
        let centre = mean(values, w);
        Some(fitted.residuals.iter().map(|r| r + centre).collect())
    };
    let (x_left, y_left) = (without(&x)?, without(&observations.y)?);
    let (x_mean, y_mean) = (mean(&x_left, w), mean(&y_left, w));
    let product = |a: &[f64], a_mean: f64, b: &[f64], b_mean: f64| -> f64 {
        let parts = a.iter().zip(b).zip(w.iter());
        parts
            .map(|((a, b), w)| w * (a - a_mean) * (b - b_mean))
            .sum()
    };
    let xx = product(&x_left, x_mean, &x_left, x_mean);
    let yy = product(&y_left, y_mean, &y_left, y_mean);
    let xy = product(&x_left, x_mean, &y_left, y_mean);
    let correlation = xy / (xx * yy).sqrt();
    let (sd_x, sd_y) = (
        product(&x, mean(&x, w), &x, mean(&x, w)).sqrt(),
        product(
            &observations.y,
            mean(&observations.y, w),
            &observations.y,
            mean(&observations.y, w),
        )
        .sqrt(),
    );
    let estimate = effect.estimate.as_ref()?;
    let times = |by: f64| (by.is_finite()).then_some(by);
    if let Some(by) = times(sd_x / sd_y) {
        effect.terms.push(EffectTerm {
            name: "The same in standard deviations of both".to_owned(),
            unit: "standard deviations per standard deviation".to_owned(),
            value: estimate.value * by,
            se: estimate.se.map(|se| se * by),
            df: estimate.df,
            interval: estimate.interval.map(|(low, high)| (low * by, high * by)),
            p: estimate.p,
        });
    }
    // Groups of equal size, none smaller than what protects persons.
    let least = if asked.work.persons {
        asked.evaluation.small_cells.max(1)
    } else {
        1
    } as usize;
    let groups = (n / least.max(10)).clamp(1, GROUPS);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| x_left[*a].total_cmp(&x_left[*b]).then(a.cmp(b)));
    let points = (0..groups)
        .map(|group| {
            let within = &order[group * n / groups..(group + 1) * n / groups];
            let total: f64 = within.iter().map(|at| w[*at]).sum();
            let of =
                |values: &[f64]| within.iter().map(|at| w[*at] * values[*at]).sum::<f64>() / total;
            (of(&x_left), of(&y_left), within.len() as u64)
        })
        .collect();
    let (across, unit) = match &asked.work.with_name {
        Some((name, unit)) => (name.clone(), unit.clone()),
        None => (
            asked.setting.dose.clone().unwrap_or_default(),
            String::new(),
        ),
    };
    Some(Partial {
        across,
        unit,
        points,
        line: (y_mean, xy / xx),
        center: x_mean,
        correlation,
    })
}
