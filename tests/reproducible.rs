//! The same input gives the same bytes, however many threads and however often.

use crate::kit::{Folder, formula, root};
use codev::run::{Quiet, evaluate};
use polars::prelude::{Column, DataFrame, ParquetWriter};
use std::path::Path;

/// The outcome of a folder as JSON, at 1, 2, 1 and 2 threads.
fn outcomes(folder: &Path) -> Vec<Vec<u8>> {
    [1, 2, 1, 2]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let outcome = pool.build().unwrap().install(|| evaluate(folder, &Quiet));
            codev::export::json(&outcome.unwrap()).unwrap()
        })
        .collect()
}

fn assert_same(outcomes: &[Vec<u8>]) {
    assert!(outcomes[0].len() > 1_000);
    for other in &outcomes[1..] {
        assert!(
            other == &outcomes[0],
            "threads or repetition change the outcome"
        );
    }
}

#[test]
fn threads_do_not_change_the_outcome_of_tandem() {
    assert_same(&outcomes(&root().join("datasets/tandem")));
}

#[test]
fn threads_do_not_change_bootstrap_intervals() {
    for method in ["bootstrap-bca", "bootstrap-studentised"] {
        let folder = Folder::new();
        let mut csv = "programme,cluster,x,y\n".to_owned();
        for row in 0..900_u32 {
            let (x, y) = (row * 37 % 101, row * 53 % 97 + 20);
            csv += &format!("P{},c{},{x},{y}\n", row % 3, row / 3 % 20);
        }
        folder.write("t.csv", csv).write(
            "datapackage.json",
            r#"{ "name": "t", "resources": [ { "name": "t", "path": "t.csv",
               "schema": { "fields": [ { "name": "programme", "type": "string" }, { "name": "cluster", "type": "string" },
                 { "name": "x", "type": "number" }, { "name": "y", "type": "number" } ] },
               "codev": { "sampling": "sample", "cluster": "cluster", "programme": "programme" } } ] }"#,
        );
        let evaluation = format!(
            "title = \"B\"\nindicators = [\"own/*\"]\ninterval = \"{method}\"\nreplicates = 1999\n"
        );
        folder.write("evaluation.toml", evaluation);
        for (id, value) in [
            ("ratio", "SUM(x) / SUM(y)"),
            ("deviation", "STDDEV(x)"),
            ("share", "COUNT(*) FILTER (WHERE x > y) / COUNT(*)"),
        ] {
            folder.define(id, "units", &formula("t", value));
        }
        assert_same(&outcomes(folder.path()));
        let outcome = evaluate(folder.path(), &Quiet).unwrap();
        let ratio = crate::kit::total(&outcome, "ratio");
        assert!(ratio.interval.is_some(), "{:?}", ratio.no_interval);
    }
}

/// 300,000 rows in 7 row groups; values of very different size, so that any other order of adding shows in the last bits.
/// Gives the weighted sum of x as added here, and that of its absolute values.
fn big(path: &Path) -> (f64, f64) {
    const ROWS: usize = 300_000;
    let number = |row: usize| {
        let mixed = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11;
        let unit = mixed as f64 / (1_u64 << 53) as f64;
        (unit - 0.5) * 10_f64.powi((row % 23) as i32 - 11)
    };
    let x: Vec<Option<f64>> = (0..ROWS)
        .map(|row| (row % 97 != 0).then(|| number(row)))
        .collect();
    let y: Vec<f64> = (0..ROWS).map(|row| number(row * 7 + 3)).collect();
    let weight = |row: usize| 1.0 + number(row * 3).abs().fract();
    let w: Vec<f64> = (0..ROWS).map(weight).collect();
    let programme = |row: usize| format!("P{}", row * 31 % 17);
    let cluster = |row: usize| format!("C{}", row * 7 % 13);
    let programmes: Vec<String> = (0..ROWS).map(programme).collect();
    let clusters: Vec<String> = (0..ROWS).map(cluster).collect();
    let columns = vec![
        Column::new("programme".into(), programmes),
        Column::new("cluster".into(), clusters),
        Column::new("x".into(), x),
        Column::new("y".into(), y),
        Column::new("w".into(), w),
    ];
    let frame = DataFrame::new(ROWS, columns).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ParquetWriter::new(file).batched(frame.schema()).unwrap();
    // A row group for each batch.
    for from in (0..ROWS).step_by(43_000) {
        writer
            .write_batch(&frame.slice(from as i64, 43_000))
            .unwrap();
    }
    writer.finish().unwrap();
    let terms = || {
        (0..ROWS)
            .filter(|r| r % 97 != 0)
            .map(|r| number(r) * weight(r))
    };
    (terms().sum(), terms().map(f64::abs).sum())
}

#[test]
fn threads_do_not_change_sums_over_row_groups() {
    let folder = Folder::new();
    let (plain, size) = big(&folder.file("t.parquet"));
    folder.write(
        "datapackage.json",
        r#"{ "name": "big", "resources": [ { "name": "t", "path": "t.parquet", "format": "parquet",
           "schema": { "fields": [ { "name": "programme", "type": "string" }, { "name": "cluster", "type": "string" },
             { "name": "x", "type": "number" }, { "name": "y", "type": "number" }, { "name": "w", "type": "number" } ] },
           "codev": { "sampling": "sample", "cluster": "cluster", "weight": "w", "programme": "programme" } } ] }"#,
    );
    folder.write(
        "evaluation.toml",
        "title = \"Big\"\nindicators = [\"own/*\"]\n",
    );
    for (id, value) in [
        ("sum", "SUM(x)"),
        ("ratio", "SUM(x) / SUM(y)"),
        ("deviation", "STDDEV(x)"),
        ("correlation", "CORR(x, y)"),
        ("median", "MEDIAN(x)"),
        ("different", "COUNT(DISTINCT x)"),
        ("share", "COUNT(*) FILTER (WHERE x > y) / COUNT(*)"),
    ] {
        folder.define(id, "units", &formula("t", value));
    }
    let outcomes = outcomes(folder.path());
    assert_same(&outcomes);
    let outcome = evaluate(folder.path(), &Quiet).unwrap();
    let used = crate::kit::total(&outcome, "sum");
    assert_eq!(used.n + used.missing, 300_000);
    assert!((used.value.unwrap() - plain).abs() <= 1e-12 * size);
    assert!(used.interval.is_some(), "{:?}", used.no_interval);
}

#[test]
fn a_report_made_twice_is_the_same() {
    let tandem = root().join("datasets/tandem");
    let folder = Folder::new();
    for (out, threads) in [("one", "1"), ("two", "2")] {
        let args = [
            "report",
            tandem.to_str().unwrap(),
            "--out",
            out,
            "--threads",
            threads,
        ];
        let output = folder.codev(&args);
        assert_ne!(output.status.code(), Some(2), "{output:?}");
    }
    for name in ["report.html", "outcome.json", "estimates.csv"] {
        let read = |out: &str| std::fs::read(folder.file(&format!("{out}/{name}"))).unwrap();
        assert!(read("one") == read("two"), "{name} differs");
    }
}
