//! Indicators by programmes, and which programmes are like each other.

use super::PartView;
use crate::outcome::comparison::{Compared, Part, Profiles};
use crate::report::cells::{MOST_ROWS, listed};
use crate::report::format::Locale;
use crate::report::view::{Cell, Column, Table};

/// Name of a programme by its index.
pub(super) fn case_name(compared: &Compared, case: usize) -> &str {
    compared.cases.get(case).map_or("?", |c| c.name.as_str())
}

pub(super) fn part(compared: &Compared, locale: &Locale) -> Option<PartView> {
    let profiles = compared.profiles.as_ref()?;
    let mut part = PartView::new(
        Part::Profiles,
        "profiles",
        "Profiles: indicators by programmes",
    );
    let cells = profiles.rows.iter().flat_map(|r| &r.cells);
    let missing = cells.filter(|c| c.standardised.is_none()).count();
    let all = profiles.rows.len() * profiles.columns.len();
    part.said.push(format!(
        "{} programmes by {} measures. {}",
        locale.count(profiles.rows.len() as u64),
        locale.count(profiles.columns.len() as u64),
        profiles.method
    ));
    if missing > 0 {
        part.said.push(format!(
            "{} of {} cells have no value. They stay empty and are never counted as average.",
            locale.count(missing as u64),
            locale.count(all as u64)
        ));
    }
    part.said.push(format!(
        "Which programmes are like each other depends on the measures chosen and on the distance. {} Being alike in these figures is no evidence that one would work where the other does.",
        profiles.distance
    ));
    part.tables.push(near(compared, profiles, locale));
    Some(part)
}

/// Programmes like each one.
fn near(compared: &Compared, profiles: &Profiles, locale: &Locale) -> Table {
    let mut table = Table::new(
        "profiles-near",
        "Programmes like this one",
        vec![
            Column::text("Programme"),
            Column::text("Most like it, nearest first (distance)"),
            Column::text("The two differ most in"),
            Column::number("Measures with a value"),
        ],
    );
    let all = profiles.rows.len();
    for row in profiles.rows.iter().take(MOST_ROWS) {
        let like: Vec<String> = row
            .near
            .iter()
            .take(3)
            .map(|n| {
                format!(
                    "{} ({})",
                    case_name(compared, n.case),
                    locale.number(n.distance, 2)
                )
            })
            .collect();
        let apart: Vec<String> = row.near.first().map_or_else(Vec::new, |n| {
            let columns = n.apart.iter().take(2);
            columns
                .filter_map(|c| profiles.columns.get(*c))
                .map(|c| c.measure.name.clone())
                .collect()
        });
        let valued = row.cells.iter().filter(|c| c.value.is_some()).count();
        table.push(vec![
            Cell::text(case_name(compared, row.case)),
            match like.is_empty() {
                true => Cell::absent("none: too few measures in common"),
                false => Cell::text(like.join(", ")),
            },
            match apart.is_empty() {
                true => Cell::none(),
                false => Cell::text(listed(&apart)),
            },
            Cell::text(locale.count(valued as u64)),
        ]);
    }
    if all > MOST_ROWS {
        table.cut = Some(format!(
            "{} of {} programmes are shown; all are in comparison.xlsx.",
            locale.count(MOST_ROWS as u64),
            locale.count(all as u64)
        ));
    }
    table
}
