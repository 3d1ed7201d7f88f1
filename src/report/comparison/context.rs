//! Like with like: the case mix, leagues within strata, values adjusted for what is known.

use super::PartView;
use super::data::fact;
use super::league;
use super::pooled_tables::coefficients;
use super::voice::{Voice, by_name};
use crate::outcome::comparison::{Between, Compared, Context, Entry, Part, PoolScale};
use crate::report::cells::{MOST_ROWS, capitalised, listed};
use crate::report::view::{Cell, Column, Table};

pub(super) fn part(voice: &Voice, anchor: &str) -> Option<PartView> {
    let context = voice.of.context.as_ref()?;
    if context.strata.is_empty() && context.adjusted.is_none() {
        return None;
    }
    let mut part = PartView::new(Part::Context, anchor, "Like with like");
    if !context.strata.is_empty() {
        let by = context
            .by
            .as_deref()
            .map_or_else(|| "stratum".to_owned(), by_name);
        part.said.push(format!(
            "Within the same {by} programmes are ranked among themselves; what else differs between them is not held constant."
        ));
        part.tables.push(strata(voice, context, &by, anchor));
    }
    if let Some(adjusted) = &context.adjusted {
        let names: Vec<String> = adjusted.covariates.iter().map(|c| by_name(c)).collect();
        part.said.push(format!(
            "Adjusted values are those expected if each programme were as the average one in {}, by a straight line over {}. What was not recorded stays unadjusted, and an adjustment by few programmes is itself unsure.",
            listed(&names),
            voice.counted(adjusted.values.len())
        ));
        part.tables.push(adjusted_table(voice, context, anchor)?);
        part.details.push(coefficients(
            voice,
            &adjusted.coefficients,
            PoolScale::Own,
            format!("{anchor}-adjusters"),
            "The line behind the adjustment".to_owned(),
        ));
    }
    Some(part)
}

fn strata(voice: &Voice, context: &Context, by: &str, anchor: &str) -> Table {
    let empty = crate::outcome::comparison::League {
        top: Vec::new(),
        ranks: Vec::new(),
        draws: 0,
    };
    let mut columns = league::columns(voice, &empty);
    let width = columns.len();
    columns.truncate(width);
    let mut table = Table::new(
        format!("{anchor}-strata"),
        format!("Ranks within the same {by}"),
        columns,
    );
    let mut left = 0;
    for stratum in &context.strata {
        table.group(&stratum.label);
        match &stratum.league {
            Some(ranks) => {
                for row in &ranks.ranks {
                    match table.rows.len() > MOST_ROWS {
                        true => left += 1,
                        false => table.push(league::cells(voice, &empty, row)),
                    }
                }
            }
            None => {
                let reason = stratum
                    .reason
                    .clone()
                    .unwrap_or_else(|| "no ranks".to_owned());
                let mut cells = vec![Cell::absent(format!(
                    "{}: {reason}",
                    voice.counted(stratum.entries.len())
                ))];
                cells.resize_with(width, Cell::none);
                table.push(cells);
            }
        }
    }
    if left > 0 {
        table.cut = Some(super::values::left_out(voice, left));
    }
    table
}

fn adjusted_table(voice: &Voice, context: &Context, anchor: &str) -> Option<Table> {
    let adjusted = context.adjusted.as_ref()?;
    let league = adjusted.league.as_ref();
    let mut columns = vec![
        Column::text(capitalised(voice.noun(1))),
        Column::number("As it is"),
        Column::number("Adjusted"),
    ];
    if league.is_some() {
        columns.push(Column::number("Rank when adjusted"));
        columns.push(Column::number("May rank"));
    }
    let mut table = Table::new(
        format!("{anchor}-adjusted"),
        "Values as they are and adjusted",
        columns,
    );
    let rank = |entry: usize| league.and_then(|l| l.ranks.iter().find(|r| r.entry == entry));
    let mut values = adjusted.values.clone();
    values.sort_by(|a, b| match (rank(a.0), rank(b.0)) {
        (Some(x), Some(y)) => x.rank.cmp(&y.rank),
        _ => b.1.total_cmp(&a.1),
    });
    let (shown, cut) = match values.len() > MOST_ROWS {
        true => crate::report::cells::extremes(values, |v| Some(v.1)),
        false => (values, 0),
    };
    for (at, value, _) in shown {
        let entry = voice.of.entries.get(at)?;
        let mut cells = vec![
            super::values::name_cell(&entry.id, &entry.name),
            Cell::text(voice.value(entry.value)),
            Cell::text(voice.value(value)),
        ];
        if league.is_some() {
            match rank(at) {
                Some(row) => cells
                    .extend([row.rank, row.marginal].map(|r| Cell::text(league::ranks(voice, r)))),
                None => cells.extend([Cell::none(), Cell::none()]),
            }
        }
        table.push(cells);
    }
    if cut > 0 {
        table.cut = Some(super::values::left_out(voice, cut));
    }
    Some(table)
}

/// A case mix: what is known of those in a league beside its values.
#[derive(PartialEq)]
pub(super) struct Mix {
    pub anchor: String,
    pub columns: Vec<String>,
    /// Name, key and the text of each column.
    pub rows: Vec<(String, String, Vec<Option<String>>)>,
    /// Ids of the comparisons that it belongs to.
    pub of: Vec<usize>,
}

/// The case mixes of all leagues; the same one serves all comparisons that have it.
pub(super) fn mixes(compared: &Compared) -> Vec<Mix> {
    let mut mixes: Vec<Mix> = Vec::new();
    for (at, comparison) in compared.comparisons.iter().enumerate() {
        let Some(context) = &comparison.context else {
            continue;
        };
        let ranked =
            comparison.league.is_some() || !context.strata.is_empty() || context.adjusted.is_some();
        if context.columns.is_empty() || !ranked || comparison.between != Between::Programmes {
            continue;
        }
        let row = |entry: &Entry| {
            let case = compared.cases.get(entry.case?)?;
            let facts = context.columns.iter();
            let facts = facts.map(|c| fact(case, c).map(str::to_owned));
            Some((entry.name.clone(), entry.id.clone(), facts.collect()))
        };
        let rows: Vec<(String, String, Vec<Option<String>>)> =
            comparison.entries.iter().filter_map(row).collect();
        match mixes
            .iter_mut()
            .find(|m| m.columns == context.columns && holds(&m.rows, &rows))
        {
            Some(known) => {
                // The table grows to hold whoever is in one of the comparisons.
                for row in rows {
                    if known.rows.iter().all(|k| k.1 != row.1) {
                        known.rows.push(row);
                    }
                }
                known.of.push(at);
            }
            None => mixes.push(Mix {
                anchor: format!("mix-{}", mixes.len() + 1),
                columns: context.columns.clone(),
                rows,
                of: vec![at],
            }),
        }
    }
    mixes
}

/// Whether two lists say the same of whoever is in both, and speak of the same sort of things.
fn holds(
    known: &[(String, String, Vec<Option<String>>)],
    rows: &[(String, String, Vec<Option<String>>)],
) -> bool {
    let mut shared = false;
    for row in rows {
        if let Some(same) = known.iter().find(|k| k.1 == row.1) {
            if same.2 != row.2 {
                return false;
            }
            shared = true;
        }
    }
    shared
}

/// The case mix as a table.
pub(super) fn mix_table(mix: &Mix, count: impl Fn(usize) -> String) -> Table {
    let mut columns = vec![Column::text("Who")];
    columns.extend(
        mix.columns
            .iter()
            .map(|c| Column::text(capitalised(&by_name(c)))),
    );
    let mut table = Table::new(
        mix.anchor.clone(),
        "Case mix: what is known of those compared",
        columns,
    );
    let cut = mix.rows.len() > MOST_ROWS;
    if cut {
        summarised(mix, &mut table);
        table.cut = Some(format!(
            "Of {} programmes the values are counted, the most frequent first; the single programmes are in comparison.xlsx.",
            count(mix.rows.len())
        ));
        return table;
    }
    for (name, id, facts) in &mix.rows {
        let mut cells = vec![super::values::name_cell(id, name)];
        cells.extend(facts.iter().map(|f| match f {
            Some(text) => Cell::text(text.clone()),
            None => Cell::absent("not recorded"),
        }));
        cells.resize_with(table.columns.len(), Cell::none);
        table.push(cells);
    }
    table
}

/// Each column's values with how many have them; numbers by lowest, middle and highest.
fn summarised(mix: &Mix, table: &mut Table) {
    table.columns = vec![Column::text("Column"), Column::text("Values")];
    for (at, column) in mix.columns.iter().enumerate() {
        let known: Vec<&str> = mix
            .rows
            .iter()
            .filter_map(|r| r.2.get(at)?.as_deref())
            .collect();
        let mut numbers: Vec<f64> = known.iter().filter_map(|t| t.parse().ok()).collect();
        numbers.sort_by(f64::total_cmp);
        let mut tally: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for text in &known {
            *tally.entry(text).or_default() += 1;
        }
        let text = match (
            numbers.first(),
            numbers.get(numbers.len() / 2),
            numbers.last(),
        ) {
            (Some(low), Some(middle), Some(high))
                if numbers.len() == known.len() && tally.len() > 8 =>
            {
                format!("lowest {low}, middle {middle}, highest {high}")
            }
            _ => {
                let mut sorted: Vec<(&str, usize)> = tally.into_iter().collect();
                sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
                let more = sorted.len().saturating_sub(8);
                let mut shown: Vec<String> = sorted
                    .iter()
                    .take(8)
                    .map(|(text, n)| format!("{text} ({n})"))
                    .collect();
                if more > 0 {
                    shown.push(format!("{more} other values"));
                }
                shown.join(", ")
            }
        };
        let missing = mix.rows.len() - known.len();
        let missing = if missing > 0 {
            format!("; not recorded: {missing}")
        } else {
            String::new()
        };
        table.push(vec![
            Cell::text(capitalised(&by_name(column))),
            Cell {
                class: "wrap",
                ..Cell::text(format!("{text}{missing}"))
            },
        ]);
    }
}
