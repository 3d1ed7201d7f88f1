//! Resampling beside numpy on the same machine: bootstrap of 20 ratios, wild cluster bootstrap, randomisation inference.
//!
//! `cargo bench --bench resample`. `CODEV_BENCH_PYTHON` names another Python than `python3` (it needs `pip install numpy`).
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

use codev::stats::Refused;
use codev::stats::resample::bootstrap::{self, ClusterSums, Method, bootstrap};
use codev::stats::resample::permutation::{self, Experiment, randomise};
use codev::stats::resample::wild::{self, Regression, Weights, wild};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const RUNS: usize = 7;
const CLUSTERS: usize = 500;
const RATIOS: usize = 20;
const ROWS: usize = 1_000_000;

/// A task done.
struct Task {
    name: &'static str,
    /// Seconds allowed; infinite without an aim.
    limit: f64,
    /// How far values may lie from the peer's by chance, as a share of them.
    chance: f64,
    seconds: f64,
    values: Vec<f64>,
}

fn main() -> ExitCode {
    match compare() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(refused) => {
            eprintln!("resample: {refused}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<bool, Refused> {
    let sums = sums_by_cluster();
    let tasks = [
        timed("bootstrap", 0.2, 0.05, || ratios(&sums, false))?,
        timed("bootstrap, studentised", f64::INFINITY, 0.05, || {
            ratios(&sums, true)
        })?,
        timed("wild", 0.2, 0.1, wild_clusters)?,
        timed("randomisation", 0.05, 0.1, lottery)?,
    ];
    let peers = peers();
    let mut well = true;
    for task in &tasks {
        let aim = if task.limit.is_finite() {
            format!(" (aim: under {} s)", task.limit)
        } else {
            String::new()
        };
        println!("{:<24} codev {:>9.4} s{aim}", task.name, task.seconds);
        well &= task.seconds < task.limit;
        let kind = task.name.split(',').next().unwrap_or_default();
        for peer in peers.iter().filter(|p| p["task"] == kind) {
            let seconds = peer["seconds"].as_f64().unwrap_or(f64::NAN);
            let values: Vec<f64> = peer["values"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|v| v.as_f64())
                .collect();
            let off = values
                .iter()
                .zip(&task.values)
                .filter(|(v, own)| (*v - *own).abs() > task.chance * v.abs())
                .count();
            let agreement = match (values.len(), off) {
                (0, _) => String::new(),
                (n, 0) => format!("; {n} values agree but for chance"),
                (n, off) => format!("; {off} of {n} values differ by more than chance"),
            };
            println!(
                "{:<24} {} {seconds:>9.4} s: {:.1} times codev's{agreement}",
                "",
                peer["name"].as_str().unwrap_or_default(),
                seconds / task.seconds,
            );
            well &= off == 0;
        }
    }
    if peers.is_empty() {
        println!("no peer ran: pip install numpy");
    }
    Ok(well)
}

fn timed(
    name: &'static str,
    limit: f64,
    chance: f64,
    run: impl Fn() -> Result<Vec<f64>, Refused>,
) -> Result<Task, Refused> {
    let mut values = run()?;
    let mut seconds = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        values = run()?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(Task {
        name,
        limit,
        chance,
        seconds: seconds[RUNS / 2],
        values,
    })
}

/// What a scan of the rows of `peers/resample.py` gives.
fn sums_by_cluster() -> Vec<f64> {
    let mut sums = vec![0.0; CLUSTERS * 2 * RATIOS];
    for row in 0..ROWS {
        let cluster = row * 7_919 % CLUSTERS;
        for j in 0..2 * RATIOS {
            let value = (row * (2 * j + 3) % (997 + j)) as f64 / 997.0;
            sums[cluster * 2 * RATIOS + j] += value;
        }
    }
    for (place, sum) in sums.iter_mut().enumerate() {
        let (cluster, j) = (place / (2 * RATIOS), place % (2 * RATIOS));
        *sum *= 1.0 + 0.3 * (cluster as f64 * (j as f64 + 1.0)).sin();
    }
    sums
}

/// Standard errors of 20 ratios, with their BCa (or studentised) intervals.
fn ratios(sums: &[f64], studentised: bool) -> Result<Vec<f64>, Refused> {
    let data = ClusterSums {
        sums,
        components: 2 * RATIOS,
        strata: &[0; CLUSTERS],
    };
    let statistics: Vec<_> = (0..RATIOS)
        .map(|k| bootstrap::Statistic::ratio(2 * k, 2 * k + 1))
        .collect();
    let options = bootstrap::Options {
        replicates: 9_999,
        seed: 1,
        what: 1,
        studentised,
    };
    let method = if studentised {
        Method::Studentised
    } else {
        Method::Bca
    };
    let all = bootstrap(&data, &statistics, &options)?;
    let errors = all.into_iter().map(|resampled| {
        let resampled = resampled?;
        resampled.interval(method, 0.95, 0.0)?;
        Ok(resampled.se)
    });
    errors.collect()
}

/// 1,000 rows in 50 clusters, 99,999 draws, with the confidence interval.
fn wild_clusters() -> Result<Vec<f64>, Refused> {
    let clusters: Vec<usize> = (0..1_000).map(|row| row % 50).collect();
    let treated: Vec<f64> = clusters
        .iter()
        .map(|c| if c % 3 == 0 { 1.0 } else { 0.0 })
        .collect();
    let x: Vec<f64> = (0..1_000)
        .map(|row| f64::from(row * 17 % 101) / 101.0)
        .collect();
    let y: Vec<f64> = (0..1_000)
        .map(|row| {
            0.4 * treated[row]
                + x[row]
                + (clusters[row] as f64 * 2.7).sin()
                + (row as f64 * 1.3).sin()
        })
        .collect();
    let regression = Regression {
        outcome: &y,
        columns: &[&[1.0; 1_000], &treated, &x],
        names: &["constant", "treated", "x"],
        weights: None,
        clusters: &clusters,
        absorbed: 0,
    };
    let options = wild::Options {
        restricted: true,
        weights: Weights::Rademacher,
        draws: 99_999,
        null: 0.0,
        confidence: 0.95,
        seed: 1,
        what: 1,
    };
    let found = wild(&regression, &[0.0, 1.0, 0.0], &options)?;
    Ok(vec![found.inference()?.p])
}

/// 10,000 rows in 300 units, 5,000 draws, with the confidence interval.
fn lottery() -> Result<Vec<f64>, Refused> {
    let units: Vec<usize> = (0..10_000).map(|row| row % 300).collect();
    let treated: Vec<bool> = units.iter().map(|u| u % 2 == 0).collect();
    let y: Vec<f64> = (0..10_000)
        .map(|row| {
            (units[row] as f64 * 1.9).sin()
                + (row as f64 * 0.7).sin()
                + if treated[row] { 0.1 } else { 0.0 }
        })
        .collect();
    let experiment = Experiment {
        outcome: &y,
        treated: &treated,
        weights: None,
        units: Some(&units),
        strata: None,
    };
    let options = permutation::Options {
        draws: 5_000,
        null: 0.0,
        confidence: 0.95,
        seed: 1,
        what: 1,
    };
    let found = randomise(&experiment, &permutation::Statistic::Difference, &options)?;
    Ok(vec![found.inference()?.p])
}

/// The peers' results, where this machine has them.
fn peers() -> Vec<serde_json::Value> {
    let python = std::env::var("CODEV_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/resample.py");
    let Ok(output) = Command::new(python)
        .arg(script)
        .stderr(Stdio::inherit())
        .output()
    else {
        return Vec::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}
