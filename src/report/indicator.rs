//! A section per dimension, with all there is to say on each of its indicators.

use super::ReportError;
use super::cells::{
    Cells, Names, SHOWN_EACH, capitalised, column_name, criterion_name, dimension_name,
    direction_name, extremes, kind_name, listed, plural, side_name, unit_name, value, value_cell,
    why_not,
};
use super::detail::{DetailView, Drawn, details};
use super::figures::figures;
use super::format::{Locale, Style, status_words};
use super::progress::is_met;
use super::sampling::sampling_error;
use super::sentences::{Item, Speaker};
use super::title::level;
use super::view::{Cell, Column, Figure, Table};
use crate::outcome::{Criterion, Estimate, IndicatorResult, Outcome, RowAccount, Sampling, Status};
use rayon::prelude::*;
use serde::Serialize;

/// A dimension's section.
#[derive(Serialize)]
pub(super) struct Dimension {
    pub anchor: String,
    pub name: String,
    pub indicators: Vec<IndicatorView>,
}

/// An indicator's part of it.
#[derive(Serialize)]
pub(super) struct IndicatorView {
    pub id: String,
    pub name: String,
    pub tags: Vec<String>,
    pub question: String,
    /// What the numbers say.
    pub said: Item,
    pub words: String,
    pub numerator: String,
    pub denominator: String,
    pub formula: String,
    pub figures: Vec<Figure>,
    pub tables: Vec<Table>,
    pub method: String,
    pub rows: String,
    pub remarks: Vec<String>,
    pub verification: String,
    pub limits: String,
    /// DAC criteria that it speaks to.
    pub criteria: String,
    pub source: String,
}

/// Sections in the order in which dimensions first occur.
pub(super) fn dimensions(
    outcome: &Outcome,
    locale: &Locale,
    names: &Names,
) -> Result<Vec<Dimension>, ReportError> {
    let mut dimensions: Vec<Dimension> = Vec::new();
    let shown = outcome.indicators.iter().filter(|i| why_not(i).is_none());
    let shown: Vec<&IndicatorResult> = shown.collect();
    // Details follow each other: what one indicator has drawn the next ones refer to.
    let (made, views) = rayon::join(
        || -> Vec<Result<DetailView, ReportError>> {
            let mut drawn = Drawn::default();
            let each = shown.iter();
            each.map(|result| details(result, locale, names, &mut drawn))
                .collect()
        },
        || -> Vec<Result<IndicatorView, ReportError>> {
            let each = shown.par_iter();
            each.map(|result| view(outcome, result, locale, names))
                .collect()
        },
    );
    for ((result, detail), indicator) in shown.iter().zip(made).zip(views) {
        let mut indicator = indicator?;
        let detail = detail?;
        indicator.figures.extend(detail.figures);
        indicator.tables.extend(detail.tables);
        indicator.remarks.extend(detail.remarks);
        let anchor = &result.definition.dimension;
        match dimensions.iter_mut().find(|d| d.anchor == *anchor) {
            Some(dimension) => dimension.indicators.push(indicator),
            None => dimensions.push(Dimension {
                anchor: anchor.clone(),
                name: dimension_name(anchor),
                indicators: vec![indicator],
            }),
        }
    }
    Ok(dimensions)
}

fn tags(result: &IndicatorResult) -> Vec<String> {
    let definition = &result.definition;
    let side = match side_name(definition.side) {
        "both" => "origin and destination".to_owned(),
        side => side.to_owned(),
    };
    let direction = direction_name(definition.direction);
    let mut tags = vec![kind_name(definition.kind).to_owned(), side];
    tags.extend(result.sampling.map(|s| sampling(s).to_owned()));
    tags.push(direction.to_owned());
    tags
}

pub(super) fn sampling(sampling: Sampling) -> &'static str {
    match sampling {
        Sampling::Census => "census",
        Sampling::Sample => "sample",
    }
}

/// What there is to say of an indicator without its details.
fn view(
    outcome: &Outcome,
    result: &IndicatorResult,
    locale: &Locale,
    names: &Names,
) -> Result<IndicatorView, ReportError> {
    let cells = Cells::new(result);
    let style = Style::of(*locale, result);
    let maker = Tables {
        outcome,
        result,
        style: &style,
        level: level(outcome.evaluation.confidence, locale),
    };
    let mut tables = vec![maker.programmes(&cells, names)];
    tables.extend(
        cells
            .groups
            .iter()
            .enumerate()
            .map(|(at, (column, groups))| maker.groups(at, column, groups)),
    );
    if !cells.periods.is_empty() {
        let rows = cells
            .periods
            .iter()
            .map(|(label, estimate)| ((*label).to_owned(), *estimate))
            .collect();
        tables.push(maker.table(
            "period",
            "over time, all programmes together",
            "Period",
            rows,
        ));
    }
    let definition = &result.definition;
    let figures = figures(
        result,
        &cells,
        &style,
        names,
        outcome.evaluation.small_cells,
    )?;
    Ok(IndicatorView {
        id: definition.id.clone(),
        name: definition.name.clone(),
        tags: tags(result),
        question: definition.question.clone(),
        said: Speaker {
            outcome,
            locale,
            names,
            style: Style::of(*locale, result),
            result,
        }
        .item(),
        words: definition.words.clone(),
        numerator: definition.numerator.clone(),
        denominator: definition.denominator.clone(),
        formula: definition.formula.clone(),
        figures,
        tables,
        method: result.method.clone(),
        rows: [
            result
                .rows
                .as_ref()
                .map(|rows| account(rows, result.rounded, locale)),
            sampling_error(result, cells.total, locale),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" "),
        remarks: result.remarks.clone(),
        verification: definition.verification.clone(),
        limits: definition.limits.clone(),
        criteria: criteria(&definition.criteria),
        source: definition.source.clone(),
    })
}

/// Criteria as a list in words, the first with a capital.
fn criteria(criteria: &[Criterion]) -> String {
    let words: Vec<String> = criteria
        .iter()
        .map(|c| criterion_name(*c).to_owned())
        .collect();
    capitalised(&listed(&words))
}

/// What became of the rows, in a sentence.
fn account(rows: &RowAccount, rounded: Option<u64>, locale: &Locale) -> String {
    let count = |rows: u64| locale.about(rows, rounded);
    let mut parts = vec![format!("{} used", count(rows.used))];
    if rows.excluded > 0 {
        parts.push(format!(
            "{} left out by the definition's filter",
            count(rows.excluded)
        ));
    }
    parts.extend(
        rows.missing
            .iter()
            .map(|(reason, rows)| format!("{} left out: {reason}", count(*rows))),
    );
    let word = plural(rows.total, "row", "rows");
    format!(
        "Table {}, {} {word}: {}.",
        rows.table,
        count(rows.total),
        parts.join("; ")
    )
}

/// Makes the tables of an indicator, all with the same columns.
struct Tables<'a> {
    outcome: &'a Outcome,
    result: &'a IndicatorResult,
    style: &'a Style,
    level: String,
}

impl Tables<'_> {
    fn programmes(&self, cells: &Cells, names: &Names) -> Table {
        let all = cells.programmes.len();
        let absent = cells
            .programmes
            .iter()
            .filter(|(_, e)| value(e).is_none())
            .count();
        let (shown, left_out) = extremes(cells.programmes.clone(), |(_, e)| value(e));
        let rows = shown
            .iter()
            .map(|(id, e)| (names.of(id).to_owned(), *e))
            .collect();
        let mut table = self.table("programme", "by programme", "Programme", rows);
        self.add_total(&mut table, cells);
        // A single target for all together is spoken of above the table.
        if self.result.targets.iter().any(|t| t.programme.is_some()) {
            self.add_targets(&mut table, cells, &shown);
        }
        table.split = table.rows.len() > 12 && table.columns.len() <= 6;
        if left_out > 0 {
            let locale = &self.style.locale;
            let mut cut = format!(
                "Of {} programmes, the {SHOWN_EACH} highest and the {SHOWN_EACH} lowest values are shown. The other {} are \
                 in the exported CSV and in outcome.json.",
                locale.count(all as u64),
                locale.count(left_out as u64)
            );
            if absent > 0 {
                let have = plural(absent as u64, "has", "have");
                cut += &format!(" {} of them {have} no value.", locale.count(absent as u64));
            }
            table.cut = Some(cut);
        }
        table
    }

    fn add_total(&self, table: &mut Table, cells: &Cells) {
        if let Some(total) = cells.total {
            let row = self.row(table, "All programmes".to_owned(), total);
            let row = super::view::Row {
                strong: true,
                group: None,
                cells: row,
            };
            table.rows.insert(0, row);
        }
    }

    /// Adds the target and whether it is met, to the total and each programme.
    fn add_targets(&self, table: &mut Table, cells: &Cells, shown: &[(&str, &Estimate)]) {
        table.columns.push(Column::number("Target"));
        table.columns.push(Column::text("Met"));
        let total = cells.total.map(|e| (None, e));
        let speaks_of = total
            .into_iter()
            .chain(shown.iter().map(|(id, e)| (Some(*id), *e)));
        for (row, (programme, estimate)) in table.rows.iter_mut().zip(speaks_of) {
            let target = self
                .result
                .targets
                .iter()
                .find(|t| t.programme.as_deref() == programme);
            let Some(target) = target else {
                row.cells.extend([Cell::absent("not set"), Cell::none()]);
                continue;
            };
            row.cells.push(Cell::text(self.style.value(target.value)));
            let met = value(estimate)
                .map(|actual| is_met(actual, target.value, self.result.definition.direction));
            row.cells.push(match met {
                Some(Some(true)) => Cell {
                    class: "yes",
                    ..Cell::text("met")
                },
                Some(Some(false)) => Cell {
                    class: "no",
                    ..Cell::text("not met")
                },
                Some(None) => Cell::absent("no direction"),
                None => Cell::absent("no value"),
            });
        }
    }

    fn groups(&self, at: usize, column: &str, groups: &[(Option<&str>, &Estimate)]) -> Table {
        let (shown, left_out) = extremes(groups.to_vec(), |(_, e)| value(e));
        let label =
            |value: Option<&str>| value.map_or_else(|| "(not recorded)".to_owned(), str::to_owned);
        let rows = shown
            .into_iter()
            .map(|(value, e)| (label(value), e))
            .collect();
        let name = column_name(column);
        let caption = format!("by {name}, all programmes together");
        let mut table = self.table(&format!("group-{at}"), &caption, &capitalised(&name), rows);
        if left_out > 0 {
            let left_out = self.style.locale.count(left_out as u64);
            table.cut = Some(format!(
                "The {SHOWN_EACH} highest and the {SHOWN_EACH} lowest values are shown; {left_out} more groups are in the \
                 exported CSV and in outcome.json."
            ));
        }
        table
    }

    /// Whether values have intervals, or should have.
    fn has_intervals(&self) -> bool {
        self.result.sampling == Some(Sampling::Sample)
            || self.result.estimates.iter().any(|e| e.interval.is_some())
    }

    fn has_parts(&self) -> bool {
        self.result
            .estimates
            .iter()
            .any(|e| e.status == Status::Value && e.parts.is_some())
    }

    fn table(&self, id: &str, by: &str, first: &str, rows: Vec<(String, &Estimate)>) -> Table {
        let definition = &self.result.definition;
        let value = match unit_name(&definition.unit).as_str() {
            "" => "Value".to_owned(),
            unit => format!("Value, {unit}"),
        };
        let mut columns = vec![Column::text(first), Column::number(value)];
        if self.has_parts() {
            columns.push(Column::number("Parts"));
        }
        if self.has_intervals() {
            columns.push(Column::number(format!("{} interval", self.level)));
        }
        columns.extend([Column::number("n"), Column::number("Missing")]);
        let mut table = Table::new(
            format!("{}-by-{id}", definition.id),
            format!("{} {by}", definition.name),
            columns,
        );
        for (label, estimate) in rows {
            let cells = self.row(&mut table, label, estimate);
            table.push(cells);
        }
        table
    }

    fn row(&self, table: &mut Table, label: String, estimate: &Estimate) -> Vec<Cell> {
        let small_cells = self.outcome.evaluation.small_cells;
        let number = value(estimate);
        let mut cells = vec![
            Cell::text(label),
            value_cell(self.style, estimate, small_cells),
        ];
        if let (Status::Refused, Some(why)) = (estimate.status, self.result.remarks.first()) {
            let note = table.note(why);
            if let Some(cell) = cells.last_mut() {
                cell.note = Some(note);
                cell.title = Some(why.clone());
            }
        }
        if self.has_parts() {
            let parts = number.and(estimate.parts);
            cells.push(parts.map_or_else(Cell::none, |p| Cell::text(self.style.parts(p))));
        }
        if self.has_intervals() {
            let interval = number.and(estimate.interval);
            cells.push(match (interval, &estimate.no_interval) {
                (Some(i), _) => Cell::text(self.style.bounds(i.low, i.high)),
                (None, Some(reason)) if number.is_some() => {
                    let note = table.note(&capitalised(reason));
                    Cell {
                        note: Some(note),
                        ..Cell::absent("none")
                    }
                }
                _ => Cell::none(),
            });
        }
        if estimate.status == Status::Suppressed {
            // The count of a small group would tell what the suppression withholds.
            let why = status_words(Status::Suppressed, small_cells);
            cells.extend([
                Cell {
                    title: Some(why.clone()),
                    ..Cell::none()
                },
                Cell {
                    title: Some(why),
                    ..Cell::none()
                },
            ]);
        } else {
            let locale = &self.style.locale;
            cells.extend([
                Cell::text(locale.about(estimate.n, self.result.rounded)),
                Cell::text(locale.about(estimate.missing, self.result.rounded)),
            ]);
        }
        cells
    }
}
