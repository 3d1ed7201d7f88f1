//! Annexes on effects: how alike the groups were, who was lost, how far chances of being treated overlap; and how each number
//! was made.

use super::numbers::Numbers;
use super::words::{joint, signed};
use super::{anchor, short_name};
use crate::chart::{self, Love, LoveRow, OverlapChart};
use crate::outcome::{Attrition, Balance, Effect, Outcome, Overlap};
use crate::report::ReportError;
use crate::report::format::Locale;
use crate::report::view::{Cell, Column, Figure, Table};
use serde::Serialize;

/// The groups behind one or more effects.
#[derive(Serialize)]
pub(in crate::report) struct Compared {
    pub id: String,
    /// Effects it belongs to: name and anchor.
    pub effects: Vec<(String, String)>,
    pub said: Vec<String>,
    pub tables: Vec<Table>,
    pub figures: Vec<Figure>,
}

/// How numbers were made, and where the method comes from.
#[derive(Serialize)]
pub(in crate::report) struct Method {
    pub effects: Vec<(String, String)>,
    pub method: String,
    pub references: Vec<String>,
}

fn link(effect: &Effect, outcome: &Outcome) -> (String, String) {
    (short_name(effect, outcome), anchor(effect))
}

/// Methods with the effects that they made; the same method stands once.
pub(in crate::report) fn methods(outcome: &Outcome) -> Vec<Method> {
    let mut out: Vec<Method> = Vec::new();
    for effect in outcome.effects.iter().filter(|e| !e.method.is_empty()) {
        let same = out
            .iter_mut()
            .find(|m| m.method == effect.method && m.references == effect.references);
        match same {
            Some(method) => method.effects.push(link(effect, outcome)),
            None => out.push(Method {
                effects: vec![link(effect, outcome)],
                method: effect.method.clone(),
                references: effect.references.clone(),
            }),
        }
    }
    out
}

/// Groups compared; effects with the same groups share an entry.
pub(in crate::report) fn compared(
    outcome: &Outcome,
    locale: &Locale,
) -> Result<Vec<Compared>, ReportError> {
    let told = |e: &Effect| e.balance.is_some() || e.attrition.is_some() || e.overlap.is_some();
    let mut groups: Vec<Vec<&Effect>> = Vec::new();
    for effect in outcome.effects.iter().filter(|e| told(e)) {
        let same = groups.iter_mut().find(|g| {
            g.first().is_some_and(|f| {
                f.balance == effect.balance
                    && f.attrition == effect.attrition
                    && f.overlap == effect.overlap
            })
        });
        match same {
            Some(group) => group.push(effect),
            None => groups.push(vec![effect]),
        }
    }
    let mut out = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let Some(effect) = group.first() else {
            continue;
        };
        let id = format!("groups-{}", at + 1);
        let mut entry = Compared {
            effects: group.iter().map(|e| link(e, outcome)).collect(),
            said: Vec::new(),
            tables: Vec::new(),
            figures: Vec::new(),
            id,
        };
        if let Some(balance) = &effect.balance {
            balanced(&mut entry, balance, locale)?;
        }
        if let Some(attrition) = &effect.attrition {
            lost(
                &mut entry,
                attrition,
                &Numbers::of(*locale, &[effect]),
                locale,
            );
        }
        if let Some(overlap) = &effect.overlap {
            overlapping(&mut entry, overlap, locale)?;
        }
        out.push(entry);
    }
    Ok(out)
}

fn balanced(entry: &mut Compared, balance: &Balance, locale: &Locale) -> Result<(), ReportError> {
    entry.said.push(format!(
        "{}: {} treated, {} others. Differences are divided by the {}.",
        crate::report::cells::capitalised(&balance.when),
        locale.count(balance.n.0),
        locale.count(balance.n.1),
        balance.denominator
    ));
    if let Some(test) = &balance.joint {
        entry.said.push(format!(
            "Joint test that nothing differs: {}.",
            joint(test, locale)
        ));
    }
    let adjusted = balance.rows.iter().any(|r| r.adjusted.is_some());
    let missing = balance
        .rows
        .iter()
        .any(|r| r.missing.0 > 0.0 || r.missing.1 > 0.0);
    let mut columns = vec![
        Column::text("Variable"),
        Column::number("Treated"),
        Column::number("Others"),
        Column::number("Standardised difference"),
    ];
    if adjusted {
        columns.push(Column::number("After adjustment"));
    }
    columns.push(Column::number("Variance ratio"));
    if missing {
        columns.extend(["Missing, treated", "Missing, others"].map(Column::number));
    }
    let mut table = Table::new(
        format!("{}-balance", entry.id),
        "Means (standard deviations) or shares by group",
        columns,
    );
    let none = |v: Option<String>| v.map_or_else(Cell::none, Cell::text);
    for row in &balance.rows {
        let sds = row.sds.map_or(vec![], |(a, b)| vec![a, b]);
        let known: Vec<f64> = row.means.0.into_iter().chain(row.means.1).collect();
        let numbers = Numbers::other(*locale, "", &sds, &known);
        let mean = |mean: f64, sd: Option<f64>| match (row.share, sd) {
            (true, _) => locale.percent(mean, 1),
            (false, Some(sd)) => format!("{} ({})", numbers.level(mean), numbers.size(sd)),
            (false, None) => numbers.level(mean),
        };
        let mut cells = vec![
            Cell::text(&row.name),
            none(row.means.0.map(|m| mean(m, row.sds.map(|s| s.0)))),
            none(row.means.1.map(|m| mean(m, row.sds.map(|s| s.1)))),
            match row.apart() {
                true => Cell::text("infinite"),
                false => none(row.difference.map(|d| signed(d, 2, locale))),
            },
        ];
        if adjusted {
            cells.push(none(row.adjusted.map(|d| signed(d, 2, locale))));
        }
        cells.push(none(row.variance_ratio.map(|r| locale.number(r, 2))));
        if missing {
            cells.push(Cell::text(locale.percent(row.missing.0, 1)));
            cells.push(Cell::text(locale.percent(row.missing.1, 1)));
        }
        table.push(cells);
    }
    entry.tables.push(table);
    let rows = balance.rows.iter().map(|row| LoveRow {
        label: match row.apart() {
            true => format!("{} (infinite)", row.name),
            false => row.name.clone(),
        },
        difference: row.difference,
        adjusted: row.adjusted,
    });
    let format = |v: f64| locale.number(v, 2);
    let svg = chart::love(&Love {
        title: "Standardised differences".to_owned(),
        denominator: format!(
            "treated less others, divided by the {}",
            balance.denominator
        ),
        rows: rows.collect(),
        format: &format,
    })?;
    let caption = "How far the groups differed on what was known of them. Beyond 0.1 a difference is often thought worth a look; \
         the line is a custom, not a test.";
    entry.figures.push(Figure::new(svg, caption));
    Ok(())
}

fn lost(entry: &mut Compared, attrition: &Attrition, numbers: &Numbers, locale: &Locale) {
    let share = |before: u64, after: u64| match before {
        0 => Cell::none(),
        _ => Cell::text(locale.percent(1.0 - after as f64 / before as f64, 1)),
    };
    let columns = vec![
        Column::text("Group"),
        Column::number("Seen before"),
        Column::number("Of them seen after"),
        Column::number("Lost"),
    ];
    let mut table = Table::new(
        format!("{}-attrition", entry.id),
        "Persons lost between waves",
        columns,
    );
    let rows = [
        ("Treated", attrition.before.0, attrition.after.0),
        ("Others", attrition.before.1, attrition.after.1),
    ];
    for (name, before, after) in rows {
        table.push(vec![
            Cell::text(name),
            Cell::text(locale.count(before)),
            Cell::text(locale.count(after)),
            share(before, after),
        ]);
    }
    entry.tables.push(table);
    let interval = attrition.interval.map(|(low, high)| {
        format!(
            " (interval {} to {})",
            signed(low * 100.0, 1, locale),
            signed(high * 100.0, 1, locale)
        )
    });
    entry.said.push(format!(
        "The share lost differs by {} percentage points{}, treated less others.",
        signed(attrition.difference * 100.0, 1, locale),
        interval.unwrap_or_default()
    ));
    match &attrition.bounds {
        Some(bounds) => entry.said.push(format!(
            "Among those who would answer either way the effect lies between {} and {} under the most harmful selection that this \
             loss allows (Lee 2009; interval {}; {} of the group that answered more trimmed).",
            numbers.signed(bounds.low),
            numbers.with_unit(&numbers.signed(bounds.high)),
            numbers.range(bounds.interval),
            locale.percent(bounds.trimmed, 1)
        )),
        None if !attrition.no_bounds.is_empty() => entry.said.push(format!(
            "There are no bounds for selective loss: {}.",
            attrition.no_bounds.trim_end_matches('.')
        )),
        None => {}
    }
}

fn overlapping(
    entry: &mut Compared,
    overlap: &Overlap,
    locale: &Locale,
) -> Result<(), ReportError> {
    let mut said = format!(
        "{} of all have an estimated chance of being treated outside {} to {}",
        locale.percent(overlap.outside, 1),
        locale.number(0.1, 1),
        locale.number(0.9, 1)
    );
    if let Some((treated, others)) = overlap.effective {
        said += &format!(
            "; after weighting the groups count as {} and {} equally weighted observations (treated, others)",
            locale.number(treated, 0),
            locale.number(others, 0)
        );
    }
    if let Some(greatest) = overlap.greatest {
        said += &format!(
            "; the heaviest observation has {} of its group's weight",
            locale.percent(greatest, 1)
        );
    }
    entry.said.push(format!("{said}."));
    let (share, across) = (|v: f64| locale.percent(v, 0), |v: f64| locale.number(v, 1));
    let svg = chart::overlap(&OverlapChart {
        title: "Estimated chance of being treated".to_owned(),
        unit: "share of each group".to_owned(),
        bounds: overlap.bounds.clone(),
        above: ("treated (above)".to_owned(), overlap.treated.clone()),
        beneath: ("others (beneath)".to_owned(), overlap.comparison.clone()),
        label: "estimated chance of being treated".to_owned(),
        limits: (
            vec![0.1, 0.9],
            format!("{} and {}", across(0.1), across(0.9)),
        ),
        format: &share,
        across: &across,
    })?;
    let caption = "Where one side is empty, the other has nobody to be compared with.";
    entry.figures.push(Figure::new(svg, caption));
    Ok(())
}
