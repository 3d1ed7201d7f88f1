#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::rows::{COLUMNS, Cell, rows};
use super::*;
use crate::outcome::Status;
use crate::report::fixture;
use polars::prelude::{DataFrame, DataType, IpcReader, ParquetReader, SerReader};
use std::collections::BTreeMap;
use std::io::Cursor;

type Records = Vec<BTreeMap<String, String>>;

fn read_csv(bytes: &[u8]) -> Records {
    csv_reader(bytes)
        .deserialize()
        .map(|record| record.unwrap())
        .collect()
}

fn csv_reader(bytes: &[u8]) -> ::csv::Reader<&[u8]> {
    ::csv::Reader::from_reader(bytes)
}

fn read_parquet(bytes: Vec<u8>) -> DataFrame {
    ParquetReader::new(Cursor::new(bytes)).finish().unwrap()
}

#[test]
fn csv_and_parquet_agree_cell_by_cell() {
    let outcome = fixture::outcome();
    let records = read_csv(&csv(&outcome).unwrap());
    let frame = read_parquet(parquet(&outcome).unwrap());
    assert_eq!(records.len(), frame.height());
    assert!(records.len() > 300);
    for (name, _) in COLUMNS {
        let column = frame.column(name).unwrap();
        for (at, record) in records.iter().enumerate() {
            let text = &record[name];
            if column.get(at).unwrap().is_null() {
                assert_eq!(text, "", "{name} of row {at}");
                continue;
            }
            match column.dtype() {
                DataType::String => {
                    let texts = column.str().unwrap();
                    // The CSV alone has the apostrophe that makes a cell inert.
                    assert_eq!(
                        text.strip_prefix('\'').unwrap_or(text),
                        texts.get(at).unwrap(),
                        "{name} of row {at}"
                    );
                }
                DataType::Float64 => {
                    let numbers = column.f64().unwrap();
                    assert_eq!(
                        text.parse::<f64>().unwrap(),
                        numbers.get(at).unwrap(),
                        "{name} of row {at}"
                    );
                }
                _ => {
                    let counts = column.u64().unwrap();
                    assert_eq!(
                        text.parse::<u64>().unwrap(),
                        counts.get(at).unwrap(),
                        "{name} of row {at}"
                    );
                }
            }
        }
    }
}

#[test]
fn arrow_holds_what_parquet_holds_and_both_are_the_same_bytes_each_time() {
    let outcome = fixture::outcome();
    let written = arrow(&outcome).unwrap();
    let frame = IpcReader::new(Cursor::new(&written)).finish().unwrap();
    let other = read_parquet(parquet(&outcome).unwrap());
    assert!(frame.equals_missing(&other));
    assert!(written == arrow(&outcome).unwrap());
    assert!(parquet(&outcome).unwrap() == parquet(&outcome).unwrap());
}

#[test]
fn numbers_keep_their_full_precision() {
    let outcome = fixture::outcome();
    let values: Vec<f64> = outcome
        .indicators
        .iter()
        .flat_map(|i| &i.estimates)
        .filter_map(|e| e.value)
        .collect();
    let records = read_csv(&csv(&outcome).unwrap());
    let written: Vec<f64> = records
        .iter()
        .filter(|r| !r["value"].is_empty())
        .map(|r| r["value"].parse().unwrap())
        .collect();
    assert_eq!(values, written);
}

#[test]
fn every_status_has_its_word_and_only_a_value_has_a_number() {
    let records = read_csv(&csv(&fixture::outcome()).unwrap());
    for status in [
        "value",
        "no-rows",
        "no-match",
        "all-missing",
        "undefined",
        "suppressed",
        "refused",
        "not-computable",
    ] {
        let of_status: Vec<_> = records.iter().filter(|r| r["status"] == status).collect();
        assert!(!of_status.is_empty(), "{status}");
        assert!(
            of_status
                .iter()
                .all(|r| r["value"].is_empty() == (status != "value")),
            "{status}"
        );
    }
    assert!(
        records
            .iter()
            .any(|r| r["status"] == "value" && r["value"] == "0"),
        "a true zero is 0"
    );
    for record in records.iter().filter(|r| r["status"] == "suppressed") {
        for column in [
            "value",
            "numerator",
            "denominator",
            "low",
            "high",
            "n",
            "missing",
            "clusters",
            "interval_kind",
            "design_effect",
        ] {
            assert_eq!(record[column], "", "{column} of a withheld cell");
        }
    }
    let lost = records
        .iter()
        .find(|r| r["status"] == "not-computable")
        .unwrap();
    assert!(lost["reason"].contains("no column `ended`"));
}

#[test]
fn statuses_are_named_as_in_json() {
    for status in [
        Status::Value,
        Status::NoRows,
        Status::NoMatch,
        Status::AllMissing,
        Status::Undefined,
        Status::Suppressed,
        Status::Refused,
    ] {
        assert_eq!(serde_json::to_value(status).unwrap(), status.word());
    }
}

#[test]
fn text_that_a_spreadsheet_would_run_is_inert() {
    let mut outcome = fixture::outcome();
    outcome.programmes[0].id = "=1+1".to_owned();
    for (at, hostile) in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
        .iter()
        .enumerate()
    {
        outcome.indicators[0].estimates[at + 1].programme = Some((*hostile).to_owned());
    }
    let bytes = csv(&outcome).unwrap();
    for record in csv_reader(&bytes).records() {
        for (cell, (name, holds)) in record.unwrap().iter().zip(COLUMNS) {
            if holds == super::rows::Holds::Text {
                assert!(
                    !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{name}: {cell}"
                );
            }
        }
    }
    let ids: Vec<String> = read_csv(&bytes)
        .into_iter()
        .skip(1)
        .take(6)
        .map(|mut r| r.remove("programme").unwrap())
        .collect();
    assert_eq!(ids, ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'\r=1"]);
}

#[test]
fn a_negative_number_stays_a_number() {
    let mut outcome = fixture::outcome();
    outcome.indicators[0].estimates[0].value = Some(-2.5);
    let records = read_csv(&csv(&outcome).unwrap());
    assert_eq!(records[0]["value"], "-2.5");
}

#[test]
fn every_exporter_gives_the_same_bytes_twice() {
    let outcome = fixture::outcome();
    for exporter in EXPORTERS {
        let bytes = (exporter.write)(&outcome).unwrap();
        assert!(!bytes.is_empty());
        assert_eq!(
            bytes,
            (exporter.write)(&outcome).unwrap(),
            "{}",
            exporter.name
        );
    }
}

#[test]
fn an_outcome_survives_json_bit_by_bit() {
    let outcome = fixture::outcome();
    let bytes = json(&outcome).unwrap();
    assert_eq!(bytes.last(), Some(&b'\n'));
    let again = read_json(&bytes).unwrap();
    assert_eq!(again.indicators, outcome.indicators);
    assert_eq!(bytes, json(&again).unwrap());
}

#[test]
fn json_of_another_format_or_none_is_refused_with_what_to_do() {
    let mut outcome = fixture::outcome();
    outcome.format = "codev-outcome/2".to_owned();
    let refusal = read_json(&json(&outcome).unwrap()).unwrap_err().to_string();
    assert!(
        refusal.contains("codev-outcome/2") && refusal.contains("codev-outcome/1"),
        "{refusal}"
    );
    let refusal = read_json(b"{\"a\": 1}").unwrap_err().to_string();
    assert!(refusal.contains("no format"), "{refusal}");
    let refusal = read_json(b"{\n\"format\": ").unwrap_err();
    assert_eq!(refusal.0.place.line, Some(2));
    assert!(read_json(b"\xff\xfe").is_err());
}

#[test]
fn a_number_that_json_cannot_hold_is_refused() {
    let mut outcome = fixture::outcome();
    outcome.indicators[0].estimates[0].value = Some(f64::NAN);
    assert!(
        json(&outcome)
            .unwrap_err()
            .to_string()
            .contains("schools-built")
    );
}

#[test]
fn a_file_is_written_whole_into_a_new_folder_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/deeper/report.html");
    write_atomic(&path, b"first").unwrap();
    write_atomic(&path, b"second").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"second");
    let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file stays behind");
}

#[test]
fn what_cannot_be_written_is_named_and_the_earlier_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    write_atomic(&file, b"first").unwrap();
    let refusal = write_atomic(&file.join("report.html"), b"x")
        .unwrap_err()
        .to_string();
    assert!(
        refusal.contains("report.html")
            && refusal.contains("Choose a folder that you may write to"),
        "{refusal}"
    );
    let refusal = write_atomic(folder.path(), b"x").unwrap_err().to_string();
    assert!(refusal.contains("a folder has that name"), "{refusal}");
    assert_eq!(std::fs::read(&file).unwrap(), b"first");
}

#[test]
fn each_row_fills_the_columns_as_declared() {
    use super::rows::Holds;
    for row in rows(&fixture::outcome()) {
        for (cell, (name, holds)) in row.iter().zip(COLUMNS) {
            let fits = matches!(
                (cell, holds),
                (Cell::Text(_), Holds::Text)
                    | (Cell::Number(_), Holds::Number)
                    | (Cell::Count(_), Holds::Count)
            );
            assert!(fits, "{name}");
        }
    }
}
