//! Tests of the stage: small packages in temporary folders, each with one fault, and real files where they are there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod arrow_files;
mod at_once;
mod faults;
mod given;
mod json_lines;
mod keys;
mod lists;
mod manifests;
mod parquet_types;
mod parquets;
mod patterns;
mod random;
mod real;

use super::typed::Cells;
use super::{Dataset, Table, load, units};
use crate::finding::{Finding, Stop};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

/// A package of the given files.
fn folder(manifest: &str, files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("datapackage.json"), manifest).unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn read(folder: &Path) -> Result<Dataset, Stop> {
    load(folder, &|_| ())
}

/// A package of one table `t` in `t.csv`.
fn one(fields: Value, more: Value, csv: &str) -> Dataset {
    one_bytes(fields, more, csv.as_bytes())
}

fn one_bytes(fields: Value, more: Value, csv: &[u8]) -> Dataset {
    try_one(fields, more, csv).unwrap()
}

/// Keys of `more` go into the schema, but `codev`, `dialect` and `encoding` into the resource.
fn try_one(fields: Value, more: Value, csv: &[u8]) -> Result<Dataset, Stop> {
    let mut schema = json!({ "fields": fields });
    let mut resource = json!({ "name": "t", "path": "t.csv" });
    for (key, value) in more.as_object().cloned().unwrap_or_default() {
        if ["codev", "dialect", "encoding"].contains(&key.as_str()) {
            resource[key] = value;
        } else {
            schema[key] = value;
        }
    }
    resource["schema"] = schema;
    let manifest = json!({ "name": "p", "resources": [resource] });
    read(folder(&manifest.to_string(), &[("t.csv", csv)]).path())
}

fn found<'a>(data: &'a Dataset, code: &str) -> Vec<&'a Finding> {
    data.findings
        .listed
        .iter()
        .filter(|f| f.code == code)
        .collect()
}

/// The only finding of a code.
fn only<'a>(data: &'a Dataset, code: &str) -> &'a Finding {
    match found(data, code).as_slice() {
        [finding] => finding,
        other => panic!(
            "{code}: {} findings; all: {:#?}",
            other.len(),
            data.findings.listed
        ),
    }
}

/// The cells of a column as text, "-" where missing.
fn cells(table: &Table, column: &str) -> Vec<String> {
    let mut out = Vec::new();
    for unit in units(table, &[column.to_owned()]).unwrap() {
        for frame in unit.read().unwrap() {
            let frame = frame.unwrap();
            let cells = Cells::of(&frame.columns()[0]).unwrap();
            for row in 0..cells.len() {
                let mut text = String::new();
                let there = crate::dataset::keys::write_cell(&cells, row, &mut text);
                out.push(if there {
                    text.replace('\u{1f}', "+")
                } else {
                    "-".to_owned()
                });
            }
        }
    }
    out
}

fn strings(column: &str) -> Value {
    Value::Array(
        column
            .split(',')
            .map(|name| json!({ "name": name, "type": "string" }))
            .collect(),
    )
}
