//! NIST's certified data sets: matching digits of every figure, and the page that lists them. `CODEV_UPDATE=1 cargo test nist`
//! writes docs/nist.md anew.

use crate::kit::{root, update};
use codev::stats::linear::{anova::anova, fit, moments};
use nalgebra::DMatrix;
use std::fmt::Write;
use std::path::PathBuf;

/// The matching digits of one figure of one data set.
struct Digits {
    set: &'static str,
    figure: &'static str,
    /// Figures of this kind, such as coefficients, of which `digits` is the least.
    of: usize,
    digits: f64,
}

const REGRESSIONS: [&str; 11] = [
    "Norris", "Pontius", "NoInt1", "NoInt2", "Filip", "Longley", "Wampler1", "Wampler2",
    "Wampler3", "Wampler4", "Wampler5",
];
const SERIES: [&str; 8] = [
    "Lew", "Lottery", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4",
];
const VARIANCES: [&str; 4] = ["SiRstvt", "SmLs01t", "AtmWtAgt", "SmLs07t"];

fn folder() -> Option<PathBuf> {
    let folder = root().join("../shared/data/reference/nist-strd");
    if !folder.is_dir() {
        eprintln!("skipped: no ../shared/data");
        return None;
    }
    Some(folder)
}

/// Log relative error, at most 15: the digits that NIST gives.
fn digits(found: f64, certified: f64) -> f64 {
    let error = if certified == 0.0 {
        found.abs()
    } else {
        ((found - certified) / certified).abs()
    };
    (-error.log10()).clamp(0.0, 15.0)
}

fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}

fn last(text: &str, label: &str) -> f64 {
    let line = text.lines().find(|line| line.contains(label)).unwrap();
    *numbers(&line.replace(':', " ")).last().unwrap()
}

fn least(set: &'static str, figure: &'static str, pairs: &[(f64, f64)]) -> Digits {
    let each = pairs
        .iter()
        .map(|(found, certified)| digits(*found, *certified));
    Digits {
        set,
        figure,
        of: pairs.len(),
        digits: each.fold(f64::INFINITY, f64::min),
    }
}

fn regression(set: &'static str, text: &str) -> Vec<Digits> {
    let certified: Vec<Vec<f64>> = text
        .lines()
        .take(56)
        .filter(|l| l.trim_start().starts_with('B') && numbers(l).len() == 2)
        .map(numbers)
        .collect();
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(60)
        .map(numbers)
        .filter(|r| !r.is_empty())
        .collect();
    let k = certified.len();
    let power = |x: f64, j: usize| (0..j).fold(1.0, |product, _| product * x);
    let x = DMatrix::from_fn(rows.len(), k, |i, j| match (set, j) {
        ("NoInt1" | "NoInt2", _) => rows[i][1],
        ("Longley", 0) => 1.0,
        ("Longley", _) => rows[i][j],
        _ => power(rows[i][1], j),
    });
    let y: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    let names: Vec<String> = (0..k).map(|j| format!("B{j}")).collect();
    let fit = fit(&y, &x, &names, None).unwrap();
    let sd = fit.residual_variance().sqrt();
    let pairs = |found: &dyn Fn(usize) -> f64, place: usize| -> Vec<(f64, f64)> {
        (0..k).map(|j| (found(j), certified[j][place])).collect()
    };
    let residual_sd = last(text, "Standard Deviation   ");
    vec![
        least(set, "coefficients", &pairs(&|j| fit.coefficients[j], 0)),
        least(
            set,
            "standard errors",
            &pairs(&|j| sd * fit.bread[(j, j)].sqrt(), 1),
        ),
        least(set, "residual standard deviation", &[(sd, residual_sd)]),
        least(set, "R-squared", &[(fit.r2, last(text, "R-Squared"))]),
    ]
}

fn series(set: &'static str, text: &str) -> Vec<Digits> {
    let data = text
        .lines()
        .skip_while(|line| !line.starts_with("Data: Y"))
        .skip(2);
    let values: Vec<f64> = data.flat_map(numbers).collect();
    let found = moments::moments(&values).unwrap();
    let correlation = moments::autocorrelation(&values, 1).unwrap();
    vec![
        least(set, "mean", &[(found.mean, last(text, "Sample Mean"))]),
        least(
            set,
            "standard deviation",
            &[(found.sd, last(text, "(denom. = n-1)"))],
        ),
        least(
            set,
            "autocorrelation",
            &[(correlation, last(text, "r(1):"))],
        ),
    ]
}

fn variance(set: &'static str, text: &str) -> Vec<Digits> {
    let (mut values, mut codes) = (Vec::new(), Vec::new());
    for row in text.lines().skip(60).map(numbers) {
        for (code, value) in (0..).zip(row) {
            values.push(value);
            codes.push(code);
        }
    }
    let found = anova(&values, &codes).unwrap();
    let between = text
        .lines()
        .find(|line| line.starts_with("Between"))
        .map(numbers)
        .unwrap();
    let within = text
        .lines()
        .find(|line| line.starts_with("Within"))
        .map(numbers)
        .unwrap();
    vec![
        least(
            set,
            "sums of squares",
            &[(found.between, between[1]), (found.within, within[1])],
        ),
        least(set, "F", &[(found.f, between[3])]),
        least(
            set,
            "R-squared",
            &[(found.r2, last(text, "Certified R-Squared"))],
        ),
        least(
            set,
            "residual standard deviation",
            &[(found.within_sd, last(text, "Standard Deviation"))],
        ),
    ]
}

/// Digits of all figures of all sets.
fn table() -> Option<Vec<Digits>> {
    let folder = folder()?;
    let read = |set: &str| std::fs::read_to_string(folder.join(format!("{set}.dat"))).unwrap();
    // A file without a test would go unnoticed.
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, REGRESSIONS.len() + SERIES.len() + VARIANCES.len());
    let mut all = Vec::new();
    REGRESSIONS
        .iter()
        .for_each(|set| all.extend(regression(set, &read(set))));
    SERIES
        .iter()
        .for_each(|set| all.extend(series(set, &read(set))));
    VARIANCES
        .iter()
        .for_each(|set| all.extend(variance(set, &read(set))));
    Some(all)
}

#[test]
fn nist_certified_values_are_met() {
    let Some(table) = table() else { return };
    for row in &table {
        let needed = match (row.set, row.figure) {
            ("Filip", _) | ("SmLs07t", _) => 7.0,
            ("NumAcc4", "standard deviation") => 8.0,
            _ => 9.0,
        };
        eprintln!("{:9} {:28} {:4.1}", row.set, row.figure, row.digits);
        assert!(
            row.digits >= needed,
            "{} {}: {:.1} digits",
            row.set,
            row.figure,
            row.digits
        );
    }
}

fn page(table: &[Digits]) -> String {
    let mut page = String::from(
        "# Matching digits on NIST's certified data\n\n\
         The [Statistical Reference Datasets](https://www.itl.nist.gov/div898/strd/) of NIST come with values certified to 15 digits. \
         For each figure this\npage gives how many of them `codev` meets (-log10 of the relative error, cut to one decimal; of the \
         error itself where the certified value is 0; 15\nat most): the least over all figures of a kind. Written by \
         `CODEV_UPDATE=1 cargo test nist`.\n\n\
         Filip is a polynomial of degree 10 whose powers lose digits before the regression begins. SmLs07 and NumAcc4 share 13 and \
         8 leading digits;\nmeans and sums of squares are taken about a shift, in decimals.\n\n\
         | data set | figure | how many | digits |\n|---|---|---|---|\n",
    );
    for row in table {
        // Cut, not rounded: never more than there are.
        let digits = (row.digits * 10.0).floor() / 10.0;
        writeln!(
            page,
            "| {} | {} | {} | {digits:.1} |",
            row.set, row.figure, row.of
        )
        .unwrap();
    }
    page
}

#[test]
fn the_page_of_nist_digits_is_up_to_date() {
    let Some(table) = table() else { return };
    let now = page(&table);
    let path = root().join("docs/nist.md");
    if update() {
        std::fs::write(&path, &now).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        kept == now,
        "docs/nist.md differs from the digits now met:\n{now}\nCODEV_UPDATE=1 cargo test nist writes it anew."
    );
}
