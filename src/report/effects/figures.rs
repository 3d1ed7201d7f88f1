//! Which charts effects get, and what goes into them.

use super::numbers::{Numbers, is_slope, unit_of};
use super::short_name;
use super::words::{EVIDENCE, evidence_name, mark};
use crate::chart::{
    self, AssociationChart, AssociationPoint, EventStudyChart, EventStudyPoint, Forest, ForestRow,
    Interrupted, Line, Series,
};
use crate::outcome::{Effect, Outcome};
use crate::report::ReportError;
use crate::report::cells::{MOST_ROWS, Names, column_name, dimension_name, unit_name};
use crate::report::format::{Locale, Style};
use crate::report::view::Figure;

/// Forests of all effects: one for each unit that several effects share, and one in standard deviations for the rest. (A slope
/// is per unit of something else, so that only slopes over the same can stand beside each other.)
pub(super) fn forests(outcome: &Outcome, locale: Locale) -> Result<Vec<Figure>, ReportError> {
    let mut effects: Vec<&Effect> = outcome.effects.iter().collect();
    // A stable sort: within a dimension the order of the evaluation file holds.
    effects.sort_by(|a, b| a.indicator.dimension.cmp(&b.indicator.dimension));
    let mut units: Vec<(String, Vec<&Effect>)> = Vec::new();
    for effect in effects {
        let unit = unit_of(effect);
        match units.iter_mut().find(|(known, _)| *known == unit) {
            Some((_, list)) => list.push(effect),
            None => units.push((unit, vec![effect])),
        }
    }
    let valued = |list: &[&Effect]| list.iter().filter(|e| e.estimate.is_some()).count();
    let alone = units.iter().filter(|(_, list)| valued(list) == 1).count();
    let (shared, rest): (Vec<_>, Vec<_>) = units
        .into_iter()
        .filter(|(_, list)| valued(list) > 0)
        .partition(|(_, list)| valued(list) > 1 || alone == 1);
    let mut figures = Vec::new();
    for (unit, list) in shared {
        let numbers = Numbers::of(locale, &list);
        let rows = list.iter().map(|e| row(e, outcome, 1.0)).collect();
        let caption = "Values and confidence intervals; each row in the unit named above. A shaded range is smaller than the smallest \
             effect of interest stated beforehand."
            .to_owned();
        let (format, axis) = (|v: f64| numbers.signed(v), |v: f64| numbers.tick(v));
        figures.push(forest(&unit, rows, &format, &axis, caption)?);
    }
    let rest = rest.into_iter().flat_map(|(_, list)| list);
    let rest: Vec<&Effect> = rest.filter(|e| !is_slope(e)).collect();
    if !rest.is_empty() {
        let style = Style::fixed(locale, 2);
        let format = |v: f64| plus(v, &style);
        let deviations = Numbers::other(locale, "", &[], &[]);
        let axis = |v: f64| deviations.tick(v);
        let rows = rest.iter().map(|e| match deviation(e) {
            Some(sd) => row(e, outcome, 1.0 / sd),
            None => ForestRow {
                value: None,
                note: Some(match &e.not_estimable {
                    Some(why) => format!("not estimable: {}", why.reason),
                    None => "not known in standard deviations".to_owned(),
                }),
                ..row(e, outcome, 1.0)
            },
        });
        let unit = "standard deviations of the outcome among those not treated";
        let caption = "Effects whose unit no other effect shares, divided by the standard deviation of their outcome among those not \
             treated (before, where there is a before). Intervals are divided by the same number, as if it were known without error. \
             Equal lengths do not mean equal importance.";
        figures.push(forest(
            unit,
            rows.collect(),
            &format,
            &axis,
            caption.to_owned(),
        )?);
    }
    Ok(figures)
}

fn plus(value: f64, style: &Style) -> String {
    let written = style.value(value);
    match value > 0.0 && !written.starts_with('<') {
        true => format!("+{written}"),
        false => written,
    }
}

/// Standard deviation that the effect was divided by.
fn deviation(effect: &Effect) -> Option<f64> {
    let estimate = effect.estimate.as_ref()?;
    let sd = estimate.value / estimate.standardised?;
    (sd.is_finite() && sd > 0.0).then_some(sd)
}

fn row(effect: &Effect, outcome: &Outcome, times: f64) -> ForestRow {
    let estimate = effect.estimate.as_ref();
    let interval = estimate.and_then(|e| e.interval);
    let why = effect.not_estimable.as_ref();
    let note = match (estimate, why) {
        (_, Some(why)) => Some(format!("not estimable: {}", why.reason)),
        (Some(e), None) if e.interval.is_none() => e.no_interval.clone(),
        _ => None,
    };
    ForestRow {
        label: short_name(effect, outcome),
        group: dimension_name(&effect.indicator.dimension),
        value: estimate.map(|e| e.value * times),
        low: interval.map(|i| i.0 * times),
        high: interval.map(|i| i.1 * times),
        smallest: effect.smallest.map(|s| s * times),
        mark: mark(effect.evidence),
        note,
        strong: false,
    }
}

fn forest(
    unit: &str,
    rows: Vec<ForestRow>,
    format: chart::Format,
    axis: chart::Format,
    caption: String,
) -> Result<Figure, ReportError> {
    let svg = chart::forest(&Forest {
        title: "Effects by dimension".to_owned(),
        unit: unit.to_owned(),
        rows,
        marks: EVIDENCE.map(|e| evidence_name(e).to_owned()).to_vec(),
        format,
        axis,
    })?;
    Ok(Figure::new(svg, caption))
}

/// All charts of one effect.
pub(super) fn figures(
    effect: &Effect,
    numbers: &Numbers,
    names: &Names,
) -> Result<Vec<Figure>, ReportError> {
    let mut out = Vec::new();
    out.extend(trajectories(effect, numbers)?);
    out.extend(events(effect, numbers)?);
    out.extend(series(effect, numbers)?);
    out.extend(partial(effect, numbers)?);
    out.extend(subgroups(effect, numbers, names)?);
    Ok(out)
}

/// Unit of the indicator itself for the head of a chart; a percent sign stands with every number already.
fn level_unit(effect: &Effect) -> String {
    unit_name(&effect.indicator.unit)
}

fn trajectories(effect: &Effect, numbers: &Numbers) -> Result<Option<Figure>, ReportError> {
    let (mut times, mut groups): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for mean in &effect.means {
        if !times.contains(&mean.time.as_str()) {
            times.push(&mean.time);
        }
        if !groups.contains(&mean.group.as_str()) {
            groups.push(&mean.group);
        }
    }
    if times.len() < 2 || effect.series.is_some() {
        return Ok(None);
    }
    let lines = groups.iter().map(|group| Line {
        label: (*group).to_owned(),
        points: times
            .iter()
            .map(|time| {
                let mut all = effect.means.iter();
                let mean = all.find(|m| m.group == *group && m.time == *time)?;
                let (low, high) = (mean.interval.map(|i| i.0), mean.interval.map(|i| i.1));
                Some((mean.mean, low, high))
            })
            .collect(),
        strong: false,
    });
    let format = |v: f64| numbers.level_alone(v);
    let svg = chart::series(&Series {
        title: format!("{} by group and time", effect.indicator.name),
        unit: level_unit(effect),
        periods: times.iter().map(|t| (*t).to_owned()).collect(),
        lines: lines.collect(),
        format: &format,
    })?;
    let bars = match effect.means.iter().any(|m| m.interval.is_some()) {
        true => " Bars are confidence intervals of the means, not of their difference.",
        false => "",
    };
    Ok(Some(Figure::new(
        svg,
        format!("Means by group and time.{bars}"),
    )))
}

fn events(effect: &Effect, numbers: &Numbers) -> Result<Option<Figure>, ReportError> {
    let Some(events) = &effect.events else {
        return Ok(None);
    };
    let points = events.points.iter().map(|p| EventStudyPoint {
        time: p.time,
        value: p.value,
        interval: p.interval,
        band: p.band,
        reference: p.reference,
    });
    let (format, axis) = (|v: f64| numbers.signed(v), |v: f64| numbers.tick(v));
    let svg = chart::event_study(&EventStudyChart {
        title: format!("{}: effects by time since adoption", effect.indicator.name),
        unit: numbers.unit.clone(),
        time_label: format!("{}s since adoption", events.period),
        points: points.collect(),
        format: &format,
        axis: &axis,
    })?;
    let test = match &events.pretrend {
        Some(test) => format!(
            " Joint test that nothing differs before adoption: {}.",
            super::words::joint(test, &numbers.locale)
        ),
        None => String::new(),
    };
    Ok(Some(Figure::new(
        svg,
        format!("Effects by time since adoption.{test}"),
    )))
}

fn series(effect: &Effect, numbers: &Numbers) -> Result<Option<Figure>, ReportError> {
    let Some(fit) = &effect.series else {
        return Ok(None);
    };
    let format = |v: f64| numbers.level_alone(v);
    let svg = chart::interrupted(&Interrupted {
        title: format!(
            "{} before and after the intervention",
            effect.indicator.name
        ),
        unit: level_unit(effect),
        periods: fit.periods.clone(),
        intervention: fit.intervention,
        observed: fit.observed.clone(),
        fitted: fit.fitted.clone(),
        counterfactual: fit.counterfactual.clone(),
        control: fit.control.clone(),
        format: &format,
    })?;
    let caption = "Observed and fitted values; the dashed line is what the model expects without the intervention.";
    Ok(Some(Figure::new(svg, caption)))
}

fn partial(effect: &Effect, numbers: &Numbers) -> Result<Option<Figure>, ReportError> {
    let Some(partial) = &effect.partial else {
        return Ok(None);
    };
    let over_numbers = Numbers::other(numbers.locale, &partial.unit, &[], &[]);
    let up = |v: f64| numbers.level_alone(v);
    let over = |v: f64| over_numbers.level_alone(v);
    let slope = |v: f64| numbers.signed(v);
    let with = |name: &str, unit: &str| match unit_name(unit).as_str() {
        "" => name.to_owned(),
        unit => format!("{name} ({unit})"),
    };
    let points = partial.points.iter().map(|(x, y, n)| AssociationPoint {
        x: *x,
        y: *y,
        n: *n,
    });
    let svg = chart::association(&AssociationChart {
        title: format!("{} over {}", effect.indicator.name, partial.across),
        up_label: with(&effect.indicator.name, &effect.indicator.unit),
        over_label: with(&partial.across, &partial.unit),
        points: points.collect(),
        centre: (partial.center, partial.line.0),
        slope: partial.line.1,
        slopes: effect.estimate.as_ref().and_then(|e| e.interval),
        up: &up,
        over: &over,
        slope_format: &slope,
    })?;
    let caption = format!(
        "Means of groups of about equal size in order of {}, covariates taken out of both; correlation that is left {}. The shade \
         holds the slopes of the confidence interval.",
        partial.across,
        numbers.locale.number(partial.correlation, 2)
    );
    Ok(Some(Figure::new(svg, caption)))
}

fn subgroups(
    effect: &Effect,
    numbers: &Numbers,
    names: &Names,
) -> Result<Vec<Figure>, ReportError> {
    let mut columns: Vec<&str> = Vec::new();
    for subgroup in &effect.subgroups {
        if !columns.contains(&subgroup.by.as_str()) {
            columns.push(&subgroup.by);
        }
    }
    let mut out = Vec::new();
    for by in columns {
        let all = effect.subgroups.iter().filter(|s| s.by == by);
        let mut rows: Vec<ForestRow> = all
            .map(|s| {
                let interval = s.estimate.as_ref().and_then(|e| e.interval);
                ForestRow {
                    label: names.of(&s.value).to_owned(),
                    value: s.estimate.as_ref().map(|e| e.value),
                    low: interval.map(|i| i.0),
                    high: interval.map(|i| i.1),
                    smallest: effect.smallest,
                    note: s.reason.as_ref().map(|r| format!("not estimable: {r}")),
                    ..ForestRow::default()
                }
            })
            .collect();
        if rows.len() > MOST_ROWS {
            // Only the ends are shown then, which reads best from high to low.
            rows.sort_by(|a, b| match (a.value, b.value) {
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => b.is_some().cmp(&a.is_some()),
            });
        }
        if let Some(estimate) = &effect.estimate {
            rows.push(ForestRow {
                label: "All together".to_owned(),
                value: Some(estimate.value),
                low: estimate.interval.map(|i| i.0),
                high: estimate.interval.map(|i| i.1),
                smallest: effect.smallest,
                strong: true,
                ..ForestRow::default()
            });
        }
        let (format, axis) = (|v: f64| numbers.signed(v), |v: f64| numbers.tick(v));
        let svg = chart::forest(&Forest {
            title: format!(
                "{}: the effect by {}",
                effect.indicator.name,
                column_name(by)
            ),
            unit: unit_of(effect),
            rows,
            marks: Vec::new(),
            format: &format,
            axis: &axis,
        })?;
        let caption = "Each subgroup is estimated from its own rows. The more subgroups there are, the more intervals leave zero out by \
             chance alone; that one does and another does not is no evidence that the two differ.";
        out.push(Figure::new(svg, caption));
    }
    Ok(out)
}
