//! Tables of effects: all at a glance, and for each its estimate by every method, further terms, subgroups, periods and means.

use super::numbers::{Numbers, is_slope, unit_of};
use super::words::{degrees, evidence_name};
use super::{anchor, short_name};
use crate::outcome::{Effect, EffectEstimate, Outcome};
use crate::report::cells::{Names, capitalised, column_name, dimension_name, extremes};
use crate::report::format::Locale;
use crate::report::title::level;
use crate::report::view::{Cell, Column, Table};

/// A number, or the sign for none.
fn shown(value: Option<String>) -> Cell {
    value.map_or_else(Cell::none, Cell::text)
}

fn interval_cell(interval: Option<(f64, f64)>, numbers: &Numbers) -> Cell {
    shown(interval.map(|i| numbers.range(i)))
}

/// Effects by dimension; within one, the order of the evaluation file holds.
fn by_dimension(outcome: &Outcome) -> Vec<&Effect> {
    let mut effects: Vec<&Effect> = outcome.effects.iter().collect();
    effects.sort_by(|a, b| a.indicator.dimension.cmp(&b.indicator.dimension));
    effects
}

fn name_cell(effect: &Effect, outcome: &Outcome) -> Cell {
    Cell {
        link: Some(anchor(effect)),
        ..Cell::text(short_name(effect, outcome))
    }
}

/// What the number is, without the name of the indicator, which stands above it.
fn without_name(effect: &Effect) -> String {
    let rest = effect.estimand.strip_prefix(effect.indicator.name.as_str());
    match rest.map(|r| r.trim_start_matches([':', ' '])) {
        Some(rest) if !rest.is_empty() => capitalised(rest),
        _ => effect.estimand.clone(),
    }
}

/// The unit; of a slope shortened, since its estimand says per unit of what.
fn unit_cell(effect: &Effect, numbers: &Numbers) -> Cell {
    if !is_slope(effect) {
        return Cell::text(&numbers.unit);
    }
    Cell {
        title: Some(unit_of(effect)),
        ..Cell::text(format!("{} per unit", numbers.unit))
    }
}

/// Every effect in one table, by dimension.
pub(super) fn summary(outcome: &Outcome, locale: Locale) -> Table {
    let interval = level(outcome.evaluation.confidence, &locale);
    let columns = vec![
        Column::text("Effect on, and what the number is"),
        Column::number("Estimate"),
        Column::number(format!("{interval} interval")),
        Column::text("Unit"),
        Column::text("Evidence"),
        Column::number("n (clusters)"),
    ];
    let mut table = Table::new("effects-table", "Effects at a glance", columns);
    for effect in by_dimension(outcome) {
        table.group(&dimension_name(&effect.indicator.dimension));
        let numbers = Numbers::of(locale, &[effect]);
        let name = Cell {
            under: Some(without_name(effect)),
            ..name_cell(effect, outcome)
        };
        let badge = Cell {
            class: "badge",
            ..Cell::text(evidence_name(effect.evidence))
        };
        let cells = match (&effect.estimate, &effect.not_estimable) {
            (Some(estimate), None) => {
                let mut bounds = interval_cell(estimate.interval, &numbers);
                if let (None, Some(why)) = (estimate.interval, &estimate.no_interval) {
                    let why = why.trim_end_matches('.');
                    bounds.note = Some(table.note(&format!("No interval: {why}.")));
                }
                vec![
                    name,
                    Cell::text(numbers.signed(estimate.value)),
                    bounds,
                    unit_cell(effect, &numbers),
                    badge,
                    Cell::text(counts(estimate, &locale)),
                ]
            }
            (_, why) => {
                let mut words = Cell::absent("not estimable");
                if let Some(why) = why {
                    let reason = format!("{}.", why.reason.trim_end_matches('.'));
                    words.note = Some(table.note(&capitalised(&reason)));
                }
                vec![name, words, Cell::none(), Cell::none(), badge, Cell::none()]
            }
        };
        table.push(cells);
    }
    table
}

/// p-values of all effects that have one, uncorrected and corrected side by side.
pub(super) fn chances(outcome: &Outcome, locale: Locale) -> Option<Table> {
    let adjusted = || outcome.effects.iter().filter_map(|e| e.adjusted.as_ref());
    let families = adjusted().next().is_some();
    let romano = adjusted().any(|a| a.romano_wolf.is_some());
    let mut columns = vec![Column::text("Effect on"), Column::number("p, uncorrected")];
    if families {
        columns.extend(["Holm", "Benjamini–Hochberg"].map(Column::number));
    }
    if romano {
        columns.push(Column::number("Romano–Wolf"));
    }
    let mut table = Table::new("effects-p", "p-values, uncorrected and corrected", columns);
    for effect in by_dimension(outcome) {
        let Some(p) = effect.estimate.as_ref().and_then(|e| e.p) else {
            continue;
        };
        table.group(&dimension_name(&effect.indicator.dimension));
        let of = |p: Option<f64>| shown(p.map(|p| locale.number(p, 3)));
        let mut cells = vec![name_cell(effect, outcome), of(Some(p))];
        let adjusted = effect.adjusted.as_ref();
        if families {
            cells.push(of(adjusted.map(|a| a.holm)));
            cells.push(of(adjusted.map(|a| a.benjamini_hochberg)));
        }
        if romano {
            cells.push(of(adjusted.and_then(|a| a.romano_wolf)));
        }
        table.push(cells);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// `812 (40)`.
fn counts(estimate: &EffectEstimate, locale: &Locale) -> String {
    match estimate.clusters {
        Some(clusters) => format!("{} ({})", locale.count(estimate.n), locale.count(clusters)),
        None => locale.count(estimate.n),
    }
}

/// The estimate and the same by other methods.
pub(super) fn checks(effect: &Effect, numbers: &Numbers, level: &str) -> Option<Table> {
    let estimate = effect
        .estimate
        .as_ref()
        .filter(|_| !effect.checks.is_empty())?;
    let columns = vec![
        Column::text("Method"),
        Column::number("Estimate"),
        Column::number("Standard error"),
        Column::number(format!("{level} interval")),
        Column::number("p"),
        Column::text("Remark"),
    ];
    let id = format!("{}-checks", anchor(effect));
    let mut table = Table::new(id, "The same effect by other methods", columns);
    let size = |v: Option<f64>| shown(v.map(|v| numbers.size(v)));
    let p = |v: Option<f64>| shown(v.map(|v| numbers.p(v)));
    let kind = match estimate.se_kind.as_str() {
        "" => "as reported".to_owned(),
        kind => format!("as reported: {kind}"),
    };
    table.push(vec![
        Cell::text(kind),
        Cell::text(numbers.signed(estimate.value)),
        size(estimate.se),
        interval_cell(estimate.interval, numbers),
        p(estimate.p),
        Cell::none(),
    ]);
    for check in &effect.checks {
        table.push(vec![
            Cell::text(&check.method),
            match check.value {
                Some(value) => Cell::text(numbers.signed(value)),
                None => Cell::absent("the same"),
            },
            size(check.se),
            interval_cell(check.interval, numbers),
            p(check.p),
            if check.note.is_empty() {
                Cell::none()
            } else {
                Cell::text(&check.note)
            },
        ]);
    }
    Some(table)
}

/// Further quantities of the model.
pub(super) fn terms(effect: &Effect, locale: Locale, level: &str) -> Option<Table> {
    if effect.terms.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("Quantity"),
        Column::number("Estimate"),
        Column::text("Unit"),
        Column::number("Standard error"),
        Column::number("Degrees of freedom"),
        Column::number(format!("{level} interval")),
        Column::number("p"),
    ];
    let id = format!("{}-terms", anchor(effect));
    let mut table = Table::new(id, "Further quantities of the same model", columns);
    for term in &effect.terms {
        let unit = match term.unit.as_str() {
            "" => effect.unit(),
            unit => unit,
        };
        let errors: Vec<f64> = term.se.into_iter().collect();
        let numbers = Numbers::other(locale, unit, &errors, &[term.value]);
        table.push(vec![
            Cell::text(&term.name),
            Cell::text(match unit {
                "ratio" => numbers.level(term.value),
                _ => numbers.signed(term.value),
            }),
            Cell::text(&numbers.unit),
            shown(term.se.map(|se| numbers.size(se))),
            shown(term.df.map(|df| degrees(df, &locale))),
            match unit {
                "ratio" => shown(term.interval.map(|i| ratio_range(i, &numbers))),
                _ => interval_cell(term.interval, &numbers),
            },
            shown(term.p.map(|p| numbers.p(p))),
        ]);
    }
    Some(table)
}

/// Limits of a ratio, which have no sign.
pub(super) fn ratio_range((low, high): (f64, f64), numbers: &Numbers) -> String {
    format!("{} to {}", numbers.level(low), numbers.level(high))
}

/// The effect in each subgroup, a table per column.
pub(super) fn subgroups(
    effect: &Effect,
    numbers: &Numbers,
    level: &str,
    names: &Names,
) -> Vec<Table> {
    let mut columns: Vec<&str> = Vec::new();
    for subgroup in &effect.subgroups {
        if !columns.contains(&subgroup.by.as_str()) {
            columns.push(&subgroup.by);
        }
    }
    let tables = columns.iter().enumerate().map(|(at, by)| {
        let headings = vec![
            Column::text(capitalised(&column_name(by))),
            Column::number("Estimate"),
            Column::number(format!("{level} interval")),
            Column::number("Standard error"),
            Column::number("Degrees of freedom"),
            Column::number("n (clusters)"),
            Column::number("Missing"),
        ];
        let id = format!("{}-by-{at}", anchor(effect));
        let caption = format!("The effect by {}", column_name(by));
        let mut table = Table::new(id, caption, headings);
        let all = effect.subgroups.iter().filter(|s| s.by == *by).collect();
        let (rows, left_out) = extremes(all, |s| s.estimate.as_ref().map(|e| e.value));
        for subgroup in rows {
            let name = Cell::text(names.of(&subgroup.value));
            let cells = match &subgroup.estimate {
                Some(e) => vec![
                    name,
                    Cell::text(numbers.signed(e.value)),
                    interval_cell(e.interval, numbers),
                    shown(e.se.map(|se| numbers.size(se))),
                    shown(e.df.map(|df| degrees(df, &numbers.locale))),
                    Cell::text(counts(e, &numbers.locale)),
                    Cell::text(numbers.locale.count(e.missing)),
                ],
                None => {
                    let mut words = Cell::absent("not estimable");
                    if let Some(reason) = &subgroup.reason {
                        let reason = format!("{}.", reason.trim_end_matches('.'));
                        words.note = Some(table.note(&capitalised(&reason)));
                    }
                    let mut cells = vec![name, words];
                    cells.extend((0..5).map(|_| Cell::none()));
                    cells
                }
            };
            table.push(cells);
        }
        table.cut = (left_out > 0).then(|| {
            format!(
                "The highest and the lowest are shown; the other {left_out} are in effects.csv."
            )
        });
        table
    });
    tables.collect()
}

/// Effects by time since adoption.
pub(super) fn events(effect: &Effect, numbers: &Numbers, level: &str) -> Option<Table> {
    let events = effect.events.as_ref()?;
    let columns = vec![
        Column::number(format!("{}s since adoption", capitalised(&events.period))),
        Column::number("Effect"),
        Column::number(format!("{level} interval")),
        Column::number("All periods together"),
        Column::number("Units"),
    ];
    let id = format!("{}-events", anchor(effect));
    let mut table = Table::new(id, "Effects by time since adoption", columns);
    for point in &events.points {
        let time = numbers.locale.number(point.time as f64, 0);
        let mut value = Cell::text(numbers.signed(point.value));
        if point.reference {
            value.note = Some(table.note("The reference: zero by construction."));
        }
        table.push(vec![
            Cell::text(time),
            value,
            interval_cell(point.interval, numbers),
            interval_cell(point.band, numbers),
            shown(point.units.map(|n| numbers.locale.count(n))),
        ]);
    }
    Some(table)
}

/// Means behind an effect.
pub(super) fn means(effect: &Effect, numbers: &Numbers, level: &str) -> Option<Table> {
    if effect.means.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("Group"),
        Column::text("Time"),
        Column::number("Mean"),
        Column::number(format!("{level} interval")),
        Column::number("n"),
    ];
    let id = format!("{}-means", anchor(effect));
    let mut table = Table::new(id, "Means by group and time", columns);
    for mean in &effect.means {
        let bounds = mean
            .interval
            .map(|(low, high)| format!("{} to {}", numbers.level(low), numbers.level(high)));
        table.push(vec![
            Cell::text(&mean.group),
            Cell::text(&mean.time),
            Cell::text(numbers.level(mean.mean)),
            shown(bounds),
            Cell::text(numbers.locale.count(mean.n)),
        ]);
    }
    Some(table)
}
