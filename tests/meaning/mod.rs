//! Figures that are computed right and would mean the wrong thing: reports to date, totals beside parts, currencies, percentages.

mod currencies;
mod money;
mod records;
mod reports;
mod rows;
mod shared;
mod told;
mod wholes;

use crate::kit::{Folder, cell, result, shown};
use codev::outcome::Outcome;
use codev::run::{Quiet, check};

/// A package of two programmes and one table, whose types follow from the names of the columns.
fn folder(table: &str, csv: &str, codev: &str, evaluation: &str) -> Folder {
    let folder = Folder::new();
    tables(&folder, &[(table, csv, codev)]);
    folder.write(
        "evaluation.toml",
        format!("title = \"t\"\nsmall_cells = 0\n{evaluation}"),
    );
    folder
}

fn tables(folder: &Folder, tables: &[(&str, &str, &str)]) {
    let mut resources = vec![
        r#"{"name": "programmes", "path": "programmes.csv", "schema": {"fields": [{"name": "id", "type": "string"},
        {"name": "name", "type": "string"}], "primaryKey": "id"}, "codev": {"role": "programmes", "unit": "programme", "label": "name"}}"#
            .to_owned(),
    ];
    folder.write("programmes.csv", "id,name\nP1,North\nP2,South\n");
    for (name, csv, codev) in tables {
        let header = csv.lines().next().unwrap();
        let fields: Vec<String> = header
            .split(',')
            .map(|column| {
                let kind = match column {
                    "baseline" | "target" | "actual" | "amount" | "cost" | "rate" | "weight"
                    | "voted" | "entitled" | "participants" | "percent" | "quantity" => "number",
                    "year" => "year",
                    "date" => "date",
                    "id" => "integer",
                    _ => "string",
                };
                format!(r#"{{"name": "{column}", "type": "{kind}"}}"#)
            })
            .collect();
        let key = match header.contains(",programme,") {
            true => {
                r#", "primaryKey": "id", "foreignKeys": [{"fields": "programme", "reference": {"resource": "programmes", "fields": "id"}}]"#
            }
            false => "",
        };
        // Rates have no role: the evaluation names their table.
        let role = if *name == "rates" { "" } else { *name };
        resources.push(format!(
            r#"{{"name": "{name}", "path": "{name}.csv", "schema": {{"fields": [{}]{key}}}, "codev": {{"role": "{role}"{codev}}}}}"#,
            fields.join(", ")
        ));
        folder.write(&format!("{name}.csv"), csv);
    }
    folder.write(
        "datapackage.json",
        format!(
            r#"{{"name": "case", "resources": [{}]}}"#,
            resources.join(",\n")
        ),
    );
}

fn value(outcome: &Outcome, id: &str, programme: Option<&str>) -> String {
    shown(cell(outcome, id, programme, None).unwrap())
}

/// Codes of what `check` finds, each once, in order.
fn codes(folder: &Folder) -> Vec<String> {
    let checked = check(folder.path(), &Quiet).unwrap_or_else(|stop| panic!("{stop}"));
    let mut codes: Vec<String> = checked
        .findings
        .counts
        .iter()
        .map(|c| c.code.clone())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

fn remarked(outcome: &Outcome, id: &str, words: &str) -> bool {
    result(outcome, id)
        .remarks
        .iter()
        .any(|r| r.contains(words))
}
