//! Comparing 500 programmes in 80 indicators, pooling 500 effects, and minimising 12 conditions of 60 cases; numpy and statsmodels
//! beside it where they do the same.
//!
//! `cargo bench --bench compare`. `CODEV_BENCH_PYTHON` names another Python than `python3` (it needs numpy and statsmodels).
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

use codev::compare::{Source, compare};
use codev::evaluation::ComparisonFile;
use codev::outcome::{Estimate, Interval, IntervalKind, Outcome, Programme, Sampling, Status};
use codev::run::{Quiet, evaluate};
use codev::stats::Refused;
use codev::stats::meta::{Options as Pooling, pool};
use codev::stats::qca::{Cuts, Options as Minimising, Sets, analyse};
use codev::stats::random::stream;
use codev::stats::ranks::{Draws, Entry, Options, rank};
use rand::RngExt;
use rayon::prelude::*;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const PROGRAMMES: usize = 500;
const INDICATORS: usize = 80;
const DRAWS: usize = 5_000;

fn main() -> ExitCode {
    match tasks() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(refused) => {
            eprintln!("compare: {refused}");
            ExitCode::FAILURE
        }
    }
}

fn tasks() -> Result<bool, Refused> {
    let mut well = true;
    let mut told = |name: &str, limit: f64, seconds: f64| {
        let aim = match limit.is_finite() {
            true => format!(" (aim: under {limit} s)"),
            false => String::new(),
        };
        println!("{name:<44} codev {seconds:>9.4} s{aim}");
        well &= seconds < limit;
    };
    told("rank sets, 80 indicators x 500", 5.0, leagues()?);
    told("everything, 80 indicators x 500", f64::INFINITY, whole());
    told("pooling 500 effects", 0.02, pooling()?);
    told("qca, 12 conditions x 60 cases", 2.0, minimising()?);
    peers();
    Ok(well)
}

/// A value with its standard error, the same for every run.
fn figure(indicator: usize, programme: usize) -> (f64, f64) {
    let mut random = stream(7, indicator as u64, programme as u64);
    let mut normal = || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    let (truth, noise, spread) = (normal(), normal(), normal());
    let se = 0.25 * (0.5 * spread).exp();
    (truth + se * noise, se)
}

fn best(runs: usize, mut task: impl FnMut() -> Result<(), Refused>) -> Result<f64, Refused> {
    let mut least = f64::INFINITY;
    for _ in 0..runs {
        let start = Instant::now();
        task()?;
        least = least.min(start.elapsed().as_secs_f64());
    }
    Ok(least)
}

fn leagues() -> Result<f64, Refused> {
    best(3, || {
        let draws = Draws::new(PROGRAMMES, DRAWS, 1, 0)?;
        let options = Options {
            confidence: 0.95,
            top: &[1, 10],
            posterior: None,
        };
        (0..INDICATORS).into_par_iter().try_for_each(|indicator| {
            let entry = |programme| {
                let (value, se) = figure(indicator, programme);
                let df = f64::INFINITY;
                Entry { value, se, df }
            };
            let entries: Vec<Entry> = (0..PROGRAMMES).map(entry).collect();
            rank(&entries, &draws, &options).map(drop)
        })
    })
}

/// `codev compare` without reading and writing: entries, pooling, leagues, case mix, profiles, plane.
fn whole() -> f64 {
    let source = Source {
        label: "made".to_owned(),
        outcome: outcome(),
        saved: true,
    };
    let file = ComparisonFile::default();
    let start = Instant::now();
    match compare(std::slice::from_ref(&source), &file, false) {
        Ok(made) => assert_eq!(made.comparisons.len(), INDICATORS),
        Err(stop) => eprintln!("compare: {stop}"),
    }
    start.elapsed().as_secs_f64()
}

fn outcome() -> Outcome {
    let tandem = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/tandem");
    let mut outcome = match evaluate(&tandem, &Quiet) {
        Ok(outcome) => outcome,
        Err(stop) => panic!("{stop}"),
    };
    let programme = |i: usize| Programme {
        id: format!("P{i:03}"),
        name: format!("Programme {i}"),
        facts: vec![("type".to_owned(), format!("type {}", i % 4))],
    };
    outcome.programmes = (0..PROGRAMMES).map(programme).collect();
    outcome.effects.clear();
    outcome.indicators.truncate(INDICATORS);
    for (at, result) in outcome.indicators.iter_mut().enumerate() {
        result.not_computable = None;
        result.sampling = Some(Sampling::Sample);
        result.definition.unit = "points".to_owned();
        result.definition.direction = codev::outcome::Direction::HigherIsBetter;
        let estimate = |programme: usize| {
            let (value, se) = figure(at, programme);
            let interval = Interval {
                low: value - 1.96 * se,
                high: value + 1.96 * se,
                se,
                df: 0.0,
                clusters: 30,
                kind: IntervalKind::Jackknife,
                design_effect: None,
            };
            Estimate {
                programme: Some(format!("P{programme:03}")),
                group: None,
                period: None,
                status: Status::Value,
                value: Some(value),
                parts: None,
                interval: Some(interval),
                no_interval: None,
                n: 100,
                missing: 0,
            }
        };
        result.estimates = (0..PROGRAMMES).map(estimate).collect();
    }
    outcome
}

fn pooling() -> Result<f64, Refused> {
    let all: Vec<(f64, f64)> = (0..PROGRAMMES).map(|i| figure(0, i)).collect();
    let value: Vec<f64> = all.iter().map(|f| f.0).collect();
    let variance: Vec<f64> = all.iter().map(|f| f.1 * f.1).collect();
    let options = Pooling::default();
    best(20, || pool(&value, &variance, &options).map(drop))
}

fn minimising() -> Result<f64, Refused> {
    let mut random = stream(7, 99, 0);
    let conditions: Vec<Vec<f64>> = (0..12)
        .map(|_| {
            (0..60)
                .map(|_| f64::from(random.random::<bool>()))
                .collect()
        })
        .collect();
    let names: Vec<String> = (0..12).map(|i| format!("C{i}")).collect();
    // Two paths, and one case in ten that follows neither.
    let outcome: Vec<f64> = (0..60)
        .map(|i| {
            let on = |c: usize| conditions[c][i] > 0.5;
            let path = (on(0) && on(1) && !on(2)) || (on(3) && on(4));
            f64::from(path != (random.random::<f64>() < 0.1))
        })
        .collect();
    let sets = Sets::new(&names, &conditions, &outcome)?;
    let cuts = Cuts {
        inclusion: 0.8,
        contradiction: None,
        pri: None,
        cases: 1,
    };
    let options = Minimising::default();
    best(3, || analyse(&sets, &cuts, &options).map(drop))
}

fn peers() {
    let python = std::env::var_os("CODEV_BENCH_PYTHON").unwrap_or_else(|| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/compare.py");
    let output = Command::new(&python)
        .arg(script)
        .stderr(Stdio::inherit())
        .output();
    match output {
        Ok(output) => print!("{}", String::from_utf8_lossy(&output.stdout)),
        Err(cause) => eprintln!("compare: no peer: {}: {cause}", python.to_string_lossy()),
    }
}
