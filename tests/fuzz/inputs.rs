//! What is broken: a small evaluation with a table of every kind, an effect of every design that it allows, and its outcome.

use crate::kit::{Folder, definition, formula, root};
use codev::export;
use codev::outcome::Outcome;
use polars::prelude::{Column, DataFrame, IpcWriter, NamedFrom, ParquetWriter, SerWriter, Series};
use std::sync::OnceLock;

/// Files of the folder, without what is made of them.
pub fn files() -> &'static [(&'static str, String)] {
    static FILES: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    FILES.get_or_init(|| {
        vec![
            ("programmes.csv", PROGRAMMES.to_owned()),
            ("survey.csv", survey()),
            ("decisions.ndjson", decisions()),
            ("ties.csv", ties()),
            ("panel.csv", panel()),
            ("datapackage.json", MANIFEST.to_owned()),
            ("evaluation.toml", EVALUATION.to_owned()),
            ("indicators/own.toml", OWN.to_owned()),
            (
                "indicators/trust.toml",
                measured("trust", "points", "survey", "AVG(trust)"),
            ),
            (
                "indicators/half.toml",
                measured("half", "EUR", "survey", "MEDIAN(income)"),
            ),
            (
                "indicators/adopted.toml",
                measured(
                    "adopted",
                    "%",
                    "decisions",
                    "COUNT(*) FILTER (WHERE adopted) / COUNT(*)",
                ),
            ),
            (
                "indicators/amount.toml",
                measured("amount", "EUR", "decisions", "SUM(amount)"),
            ),
            (
                "indicators/places.toml",
                measured("places", "points", "panel", "AVG(x)"),
            ),
            (
                "indicators/value.toml",
                measured("value", "points", "results", "AVG(value)"),
            ),
            (
                "indicators/number.toml",
                measured("number", "things", "places", "MAX(number)"),
            ),
            ("indicators/tied.toml", definition("tied", "ties", TIES)),
        ]
    })
}

fn measured(id: &str, unit: &str, table: &str, value: &str) -> String {
    definition(id, unit, &formula(table, value))
}

const TIES: &str =
    "type = \"network\"\ntable = \"ties\"\nfrom = \"from\"\nto = \"to\"\nstatistic = \"ties\"";

/// The folder, ready to be broken.
pub fn folder() -> Folder {
    let folder = Folder::new();
    for (name, text) in files() {
        folder.write(name, text);
    }
    let [parquet, arrow] = columns();
    folder.write("results.parquet", parquet);
    folder.write("places.arrow", arrow);
    folder
}

const PROGRAMMES: &str = "id,name,type,start\nP1,Haarlem-Emirdag,city,2018-03-01\nP2,Meppel,supported,2019-01-15\n\
    P3,\"Zwolle, north\",city,\nP4,Assen,supported,2017-11-30\n";

fn survey() -> String {
    let mut csv = "person,programme,village,wave,weight,treated,trust,income,chosen\n".to_owned();
    for person in 0..48_u32 {
        for wave in ["before", "after"] {
            let (treated, village) = (person % 2, person % 12);
            let trust =
                (person * 7 + village + if wave == "after" { 1 + treated } else { 0 }) % 5 + 1;
            let trust = if person % 17 == 3 {
                String::new()
            } else {
                trust.to_string()
            };
            csv += &format!(
                "{person},P{},v{village},{wave},1.{person},{},{trust},{}.5,\"a, b{}\"\n",
                person % 4 + 1,
                if treated == 1 { "yes" } else { "no" },
                200 + person * 31 % 90,
                person % 3
            );
        }
    }
    csv
}

fn decisions() -> String {
    let each = |row: u32| {
        format!(
            "{{\"programme\": \"P{}\", \"proposer\": \"{}\", \"adopted\": {}, \"date\": \"20{}-0{}-11\", \"amount\": {}.25}}\n",
            row % 4 + 1,
            ["citizens", "government", "firms"][row as usize % 3],
            row.is_multiple_of(2),
            17 + row % 4,
            row % 9 + 1,
            row * 10
        )
    };
    (0..30).map(each).collect()
}

fn ties() -> String {
    let mut csv = "programme,from,to,first,last\n".to_owned();
    for tie in 0..30_u32 {
        let (from, to) = (tie % 9, (tie * 5 + 1) % 9);
        csv += &format!(
            "P{},a{from},a{to},201{}-02-0{},{}\n",
            tie % 2 + 1,
            5 + tie % 4,
            1 + tie % 9,
            if tie % 3 == 0 { "2020-06-30" } else { "" }
        );
    }
    csv
}

fn panel() -> String {
    let mut csv = "place,programme,year,adopted,x,y\n".to_owned();
    for place in 0..14_u32 {
        for year in 2012..2020_u32 {
            let adopted = [2015, 2017, 9999][place as usize % 3];
            let on = if year >= adopted { 3 } else { 0 };
            let adopted = if adopted == 9999 {
                String::new()
            } else {
                adopted.to_string()
            };
            csv += &format!(
                "l{place},P{},{year},{adopted},{},{}\n",
                place % 4 + 1,
                place * 3 + (place * year + year * year % 13) % 11 + on,
                (place * year) % 23
            );
        }
    }
    csv
}

const MANIFEST: &str = include_str!("datapackage.json");
const EVALUATION: &str = include_str!("evaluation.toml");
const OWN: &str = include_str!("own.toml");

/// A Parquet and an Arrow file.
pub fn columns() -> [Vec<u8>; 2] {
    let programme: Vec<String> = (0..60).map(|row| format!("P{}", row % 4 + 1)).collect();
    let value: Vec<Option<f64>> = (0..60)
        .map(|row| (row % 7 != 0).then_some(f64::from(row) * 1.5))
        .collect();
    let number: Vec<i64> = (0..60).map(|row| row * row % 41).collect();
    let done: Vec<bool> = (0..60).map(|row| row % 3 == 0).collect();
    let columns: Vec<Column> = vec![
        Series::new("programme".into(), programme).into(),
        Series::new("value".into(), value).into(),
        Series::new("number".into(), number).into(),
        Series::new("done".into(), done).into(),
    ];
    let mut frame = DataFrame::new(60, columns).unwrap();
    let mut parquet = Vec::new();
    ParquetWriter::new(&mut parquet)
        .with_row_group_size(Some(25))
        .finish(&mut frame)
        .unwrap();
    let mut arrow = Vec::new();
    IpcWriter::new(&mut arrow).finish(&mut frame).unwrap();
    [parquet, arrow]
}

/// What comes out of the folder.
pub fn outcome() -> &'static Outcome {
    static OUTCOME: OnceLock<Outcome> = OnceLock::new();
    OUTCOME.get_or_init(|| folder().evaluate())
}

/// The outcome and a comparison, saved.
pub fn saved() -> &'static [String; 2] {
    static SAVED: OnceLock<[String; 2]> = OnceLock::new();
    SAVED.get_or_init(|| {
        let folder = folder();
        let compared = codev::run::compare_evaluations(
            &[folder.path()],
            codev::run::Settings::OfEvaluation,
            codev::run::CompareOptions::default(),
            &codev::run::Quiet,
        );
        let compared = compared.unwrap_or_else(|stop| panic!("{stop}"));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        [
            text(export::json(outcome()).unwrap()),
            text(export::comparison_json(&compared).unwrap()),
        ]
    })
}

/// Texts of definitions: some of the library, those of the tests, and our own.
pub fn definitions() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| {
        fn walk(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                match path.is_dir() {
                    true => walk(&path, found),
                    false if path.extension().is_some_and(|e| e == "toml") => found.push(path),
                    false => {}
                }
            }
        }
        let mut paths = Vec::new();
        walk(&root().join("indicators"), &mut paths);
        walk(&root().join("tests/definitions/valid"), &mut paths);
        paths.sort();
        let texts = paths
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap());
        texts.chain([OWN.to_owned()]).collect()
    })
}

/// Everything is evaluated, and nothing is found that is an error.
pub fn whole() {
    let outcome = outcome();
    let errors: Vec<_> = outcome
        .quality
        .findings
        .listed
        .iter()
        .filter(|f| f.severity == codev::finding::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for indicator in &outcome.indicators {
        assert_eq!(
            indicator.not_computable, None,
            "{}",
            indicator.definition.id
        );
    }
    for effect in &outcome.effects {
        assert!(effect.not_estimable.is_none(), "{:?}", effect.not_estimable);
    }
    assert_eq!((outcome.effects.len(), outcome.indicators.len()), (5, 9));
    assert!(saved()[1].len() > 1000);
}
