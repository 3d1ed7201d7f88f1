//! Regressions on published data, against published figures.

use crate::kit::root;
use codev::stats::linear::absorb::{Effects, fit_absorbing};
use codev::stats::linear::cluster::clustered;
use codev::stats::linear::covariance::{classical, heteroskedastic};
use codev::stats::linear::{Covariance, Kind, fit};
use nalgebra::DMatrix;
use std::collections::BTreeMap;

/// Motor Trend 1974, in Henderson & Velleman (1981), Biometrics 37: miles per gallon, horsepower, cylinders.
const MTCARS: [(f64, f64, u32); 32] = [
    (21.0, 110.0, 6),
    (21.0, 110.0, 6),
    (22.8, 93.0, 4),
    (21.4, 110.0, 6),
    (18.7, 175.0, 8),
    (18.1, 105.0, 6),
    (14.3, 245.0, 8),
    (24.4, 62.0, 4),
    (22.8, 95.0, 4),
    (19.2, 123.0, 6),
    (17.8, 123.0, 6),
    (16.4, 180.0, 8),
    (17.3, 180.0, 8),
    (15.2, 180.0, 8),
    (10.4, 205.0, 8),
    (10.4, 215.0, 8),
    (14.7, 230.0, 8),
    (32.4, 66.0, 4),
    (30.4, 52.0, 4),
    (33.9, 65.0, 4),
    (21.5, 97.0, 4),
    (15.5, 150.0, 8),
    (15.2, 150.0, 8),
    (13.3, 245.0, 8),
    (19.2, 175.0, 8),
    (27.3, 66.0, 4),
    (26.0, 91.0, 4),
    (30.4, 113.0, 4),
    (15.8, 264.0, 8),
    (19.7, 175.0, 6),
    (15.0, 335.0, 8),
    (21.4, 109.0, 4),
];

/// Variances of (hp, constant) as published, to the digits given; clustered with G - 1 = 2 degrees of freedom. The published
/// figures come from miles per gallon in single precision: their last digits are met only so (statsmodels 0.15.0 agrees).
#[test]
fn mtcars_variances() {
    let y: Vec<f64> = MTCARS.iter().map(|r| f64::from(r.0 as f32)).collect();
    let x = DMatrix::from_fn(32, 2, |i, j| if j == 0 { MTCARS[i].1 } else { 1.0 });
    let names = ["hp", "(constant)"].map(str::to_owned);
    let fit = fit(&y, &x, &names, None).unwrap();
    let near = |c: &Covariance, hp: f64, constant: f64, last: (f64, f64)| {
        assert!(
            (c.matrix[(0, 0)] - hp).abs() <= last.0 / 2.0,
            "{:?} {}",
            c.kind,
            c.matrix
        );
        assert!(
            (c.matrix[(1, 1)] - constant).abs() <= last.1 / 2.0,
            "{:?} {}",
            c.kind,
            c.matrix
        );
    };
    near(&classical(&fit).unwrap(), 0.0001024, 2.669698, (1e-7, 1e-6));
    for (kind, hp, constant) in [
        (Kind::Hc1, 0.00018388, 4.3123302),
        (Kind::Hc2, 0.00021652, 4.8093019),
        (Kind::Hc3, 0.00027562, 5.8084222),
    ] {
        near(
            &heteroskedastic(&fit, kind).unwrap(),
            hp,
            constant,
            (1e-8, 1e-7),
        );
    }
    let hc0 = heteroskedastic(&fit, Kind::Hc0).unwrap();
    near(
        &hc0,
        0.00018388 * 30.0 / 32.0,
        4.3123302 * 30.0 / 32.0,
        (1e-8, 1e-7),
    );
    let cylinders: Vec<u32> = MTCARS.iter().map(|r| r.2).collect();
    let cr1 = clustered(&fit, &cylinders, Kind::Cr1, None).unwrap();
    near(&cr1, 0.00034882, 14.922475, (1e-8, 1e-6));
    assert_eq!(cr1.df, 2.0);
}

/// Rows of a file as numbers by column, text as codes in the order of appearance.
fn read(file: &str, columns: &[&str], keep: impl Fn(&str) -> bool) -> Option<Vec<Vec<f64>>> {
    let path = root().join("../shared/data").join(file);
    if !path.exists() {
        eprintln!("skipped: no ../shared/data");
        return None;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &&str| header.iter().position(|h| h == name).unwrap();
    let places: Vec<usize> = columns.iter().map(at).collect();
    let mut codes = BTreeMap::new();
    let mut found = vec![Vec::new(); columns.len()];
    for line in lines.filter(|line| keep(line)) {
        let cells: Vec<&str> = line.split(',').collect();
        for (column, &place) in found.iter_mut().zip(&places) {
            let next = codes.len();
            let code = |_| *codes.entry(cells[place].to_owned()).or_insert(next) as f64;
            column.push(cells[place].parse().unwrap_or_else(code));
        }
    }
    Some(found)
}

fn codes(column: &[f64]) -> Vec<u32> {
    column.iter().map(|v| *v as u32).collect()
}

/// Grunfeld (1958) without American Steel: invest on capital with firm and year effects, clustered by firm; published to seven
/// digits.
#[test]
fn grunfeld_two_ways() {
    let columns = ["invest", "capital", "firm", "year"];
    let file = "reference/grunfeld.csv";
    let Some(data) = read(file, &columns, |l| !l.contains("American Steel")) else {
        return;
    };
    let x = DMatrix::from_column_slice(200, 1, &data[1]);
    let (firm, year) = (codes(&data[2]), codes(&data[3]));
    let effects = [
        Effects {
            name: "firm",
            codes: &firm,
        },
        Effects {
            name: "year",
            codes: &year,
        },
    ];
    let fit = fit_absorbing(&data[0], &x, &["capital".to_owned()], None, &effects).unwrap();
    assert_eq!(fit.parameters(), 30);
    let se = |parameters| {
        let covariance = clustered(&fit, &firm, Kind::Cr1, parameters).unwrap();
        covariance.coefficient(&fit, 0, 0.95).unwrap().se
    };
    // Firm effects are nested in the clusters and by themselves not counted.
    assert_eq!(se(None), se(Some(21)));
    assert!((se(Some(21)) - 0.06328129).abs() < 5e-9, "{}", se(Some(21)));
    assert!((se(Some(30)) - 0.06493478).abs() < 5e-9, "{}", se(Some(30)));
}

/// Hainmueller & Hangartner (2019), 1,209 municipalities over 19 years: 1.339 (0.187), clustered by municipality.
#[test]
fn swiss_naturalisation_two_ways() {
    let columns = ["nat_rate_ord", "indirect", "bfs", "year"];
    let Some(data) = read("swiss-naturalisation/hh2019.csv", &columns, |_| true) else {
        return;
    };
    let n = data[0].len();
    assert_eq!(n, 22_971);
    let x = DMatrix::from_column_slice(n, 1, &data[1]);
    let (municipality, year) = (codes(&data[2]), codes(&data[3]));
    let effects = [
        Effects {
            name: "municipality",
            codes: &municipality,
        },
        Effects {
            name: "year",
            codes: &year,
        },
    ];
    let names = ["indirect".to_owned()];
    let fit = fit_absorbing(&data[0], &x, &names, None, &effects).unwrap();
    let found = |kind| {
        let covariance = clustered(&fit, &municipality, kind, None).unwrap();
        assert_eq!(covariance.clusters, [1209]);
        assert!(!covariance.approximate);
        covariance.coefficient(&fit, 0, 0.95).unwrap()
    };
    let (cr1, cr2) = (found(Kind::Cr1), found(Kind::Cr2));
    assert!((cr1.value - 1.339).abs() < 5e-4, "{}", cr1.value);
    assert!((cr1.se - 0.187).abs() < 5e-4, "{}", cr1.se);
    // With that many clusters CR2 is CR1, but for fewer degrees of freedom: the ballot decides in most clusters all the time.
    assert!((cr2.se / cr1.se - 1.0).abs() < 0.01 && cr2.df > 100.0 && cr2.df < 1208.0);
    eprintln!("{cr1:?}\n{cr2:?}");
}
