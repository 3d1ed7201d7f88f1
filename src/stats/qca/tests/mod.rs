//! Tests of qualitative comparative analysis on small made cases.
#![allow(clippy::unwrap_used)]

mod brute;
mod calibration;
mod fit;
mod rows;
mod speed;
mod steps;

use super::*;

fn names(names: &str) -> Vec<String> {
    names.split_whitespace().map(str::to_owned).collect()
}

/// Crisp or fuzzy cases from rows of memberships whose last column is the outcome.
fn sets(conditions: &str, rows: &[&[f64]]) -> Sets {
    let conditions = names(conditions);
    let k = conditions.len();
    let columns: Vec<Vec<f64>> = (0..k)
        .map(|i| rows.iter().map(|r| r[i]).collect())
        .collect();
    let outcome: Vec<f64> = rows.iter().map(|r| r[k]).collect();
    Sets::new(&conditions, &columns, &outcome).unwrap()
}

const CUTS: Cuts = Cuts {
    inclusion: 0.8,
    contradiction: None,
    pri: None,
    cases: 1,
};

fn shown(minimised: &Minimised, conditions: &[String]) -> Vec<String> {
    let models = minimised.models.iter();
    models.map(|m| expression(&m.terms, conditions)).collect()
}

/// One crisp case for each configuration of `on` (with the outcome) and `off` (without).
fn crisp_table(conditions: &[String], on: &[u32], off: &[u32]) -> Table {
    let all: Vec<u32> = on.iter().chain(off).copied().collect();
    let column = |i: usize| all.iter().map(|c| f64::from(c >> i & 1)).collect();
    let columns: Vec<Vec<f64>> = (0..conditions.len()).map(column).collect();
    let outcome: Vec<f64> = (0..all.len())
        .map(|i| f64::from(u8::from(i < on.len())))
        .collect();
    let sets = Sets::new(conditions, &columns, &outcome).unwrap();
    truth_table(&sets, &CUTS).unwrap()
}
