//! A comparison as tables and as a workbook: one sheet per table, and the data behind figures as CSV.

mod about;
mod pairs;
mod pooled;
mod qca;
mod ranks;
mod workbook;

pub use workbook::{comparison_xlsx, data_csv};

use crate::outcome::comparison::{Compared, Comparison};
use crate::report::comparison::{Data, Datum};

/// A sheet: name, and table. Sheets of parts that nobody asked for are left out.
fn sheets(compared: &Compared) -> Vec<(&'static str, Data)> {
    let all = [
        ("Programmes", about::programmes(compared)),
        ("Values", pairs::values(compared)),
        ("Set apart", pairs::apart(compared)),
        ("Differences", pairs::differences(compared)),
        ("Equivalence", pairs::equivalence(compared)),
        ("Pooled", pooled::pooled(compared)),
        ("Pooled programmes", pooled::members(compared)),
        ("League", ranks::league(compared)),
        ("Case mix", ranks::mix(compared)),
        ("Adjusted", ranks::adjusted(compared)),
        ("Trend", ranks::trend(compared)),
        ("Trend gaps", ranks::gaps(compared)),
        ("Profiles", about::profiles(compared)),
        ("Plane", about::plane(compared)),
        ("QCA memberships", qca::memberships(compared)),
        ("QCA truth table", qca::truth(compared)),
        ("QCA solutions", qca::solutions(compared)),
        ("Methods", about::methods(compared)),
        ("Findings", about::findings(compared)),
    ];
    let always = ["Programmes", "Values", "Methods", "Findings"];
    all.into_iter()
        .filter(|(name, data)| always.contains(name) || !data.rows.is_empty())
        .collect()
}

/// The first cells of a row: which comparison it belongs to.
fn head(comparison: &Comparison) -> Vec<Datum> {
    vec![
        Datum::text(&comparison.id),
        Datum::text(&comparison.measure.name),
    ]
}

const HEAD: [&str; 2] = ["comparison", "measure"];

fn table(columns: &[&str]) -> Data {
    let all: Vec<&str> = HEAD.iter().chain(columns).copied().collect();
    Data::new(&all)
}

fn name(comparison: &Comparison, entry: usize) -> Datum {
    Datum::text(
        comparison
            .entries
            .get(entry)
            .map_or("", |e| e.name.as_str()),
    )
}

fn id(comparison: &Comparison, entry: usize) -> Datum {
    Datum::text(comparison.entries.get(entry).map_or("", |e| e.id.as_str()))
}

/// The word of a serde enum.
fn word(value: &impl serde::Serialize) -> Datum {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Datum::Text(word),
        _ => Datum::None,
    }
}
