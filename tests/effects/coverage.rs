//! How often 95 % intervals of a difference in differences hold the truth, over simulated evaluations built as the tandem survey is.
//!
//! `CODEV_DRAWS=1000 cargo test --release --test tests coverage_with -- --nocapture` gives the figures of docs/statistics.md.

use codev::stats::linear::{Kind, cluster, fit};
use codev::stats::random::{stream, tag};
use codev::stats::resample::wild;
use nalgebra::DMatrix;
use rand::RngExt;
use rayon::prelude::*;

/// Truth and variances of a trust item (datasets/tandem/README.md).
const EFFECT: f64 = 0.25;
const TREND: f64 = 0.08;
const SELECTION: f64 = 0.2;
const CLUSTER: f64 = 0.04;
const CLUSTER_WAVE: f64 = 0.02;
const PERSON: f64 = 0.24;
const ERROR: f64 = 0.133;
/// Shares lost between the waves, members and comparison group.
const LOST: [f64; 2] = [0.12, 0.2];

/// Answers of one evaluation: outcome; constant, treated, after, both; weight; cluster.
struct Survey {
    y: Vec<f64>,
    columns: [Vec<f64>; 4],
    weights: Vec<f64>,
    clusters: Vec<u32>,
}

/// A draw from the standard normal distribution (Box & Muller 1958).
fn normal(random: &mut impl RngExt) -> f64 {
    let (u, v): (f64, f64) = (random.random(), random.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Half of the clusters are members, persons are 22 to 40 a cluster, some are lost, two join; answers are in whole points.
fn survey(clusters: u32, random: &mut impl RngExt) -> Survey {
    let mut survey = Survey {
        y: vec![],
        columns: [const { Vec::new() }; 4],
        weights: vec![],
        clusters: vec![],
    };
    for cluster in 0..clusters {
        let members = cluster % 2 == 0;
        let treated = f64::from(members);
        let own = CLUSTER.sqrt() * normal(random);
        let by_wave = [(); 2].map(|()| CLUSTER_WAVE.sqrt() * normal(random));
        let persons = random.random_range(22..=40) + 2;
        for nth in 0..persons {
            let person = PERSON.sqrt() * normal(random);
            // Persons in dense districts are drawn more often.
            let weight = if random.random::<bool>() { 0.7 } else { 1.3 };
            let joins = nth >= persons - 2;
            let lost = !joins && random.random::<f64>() < LOST[usize::from(!members)];
            for (wave, by_wave) in by_wave.iter().enumerate() {
                let after = wave as f64;
                let latent = 2.7
                    + SELECTION * treated
                    + TREND * after
                    + EFFECT * treated * after
                    + own
                    + by_wave
                    + person
                    + ERROR.sqrt() * normal(random);
                let answer = (latent + random.random::<f64>()).floor();
                if (wave == 0 && joins) || (wave == 1 && lost) {
                    continue;
                }
                survey.y.push(answer);
                let row = [1.0, treated, after, treated * after];
                for (column, x) in survey.columns.iter_mut().zip(row) {
                    column.push(x);
                }
                survey.weights.push(weight);
                survey.clusters.push(cluster);
            }
        }
    }
    survey
}

/// Whether an interval holds the truth, and its width; `None` without an interval.
type Held = Option<(bool, f64)>;

fn held(low: f64, high: f64) -> Held {
    Some((low <= EFFECT && EFFECT <= high, high - low))
}

fn by_covariance(survey: &Survey, kind: Kind) -> Held {
    let x = DMatrix::from_fn(survey.y.len(), 4, |i, j| survey.columns[j][i]);
    let names = ["constant", "treated", "after", "both"].map(str::to_owned);
    let fit = fit(&survey.y, &x, &names, Some(&survey.weights)).unwrap();
    let covariance = cluster::clustered(&fit, &survey.clusters, kind, None).unwrap();
    let found = covariance.coefficient(&fit, 3, 0.95).unwrap();
    held(found.low, found.high)
}

fn by_wild(survey: &Survey, weights: wild::Weights, replicate: u64) -> Held {
    let columns: Vec<&[f64]> = survey.columns.iter().map(Vec::as_slice).collect();
    let clusters: Vec<usize> = survey.clusters.iter().map(|c| *c as usize).collect();
    let regression = wild::Regression {
        outcome: &survey.y,
        columns: &columns,
        names: &["constant", "treated", "after", "both"],
        weights: Some(&survey.weights),
        clusters: &clusters,
        absorbed: 0,
    };
    let options = wild::Options {
        restricted: true,
        weights,
        draws: 999,
        null: 0.0,
        confidence: 0.95,
        seed: 5,
        what: replicate,
    };
    let found = wild::wild(&regression, &[0.0, 0.0, 0.0, 1.0], &options).unwrap();
    let set = found.confidence_set.ok()?;
    let holds = set
        .iter()
        .any(|(low, high)| *low <= EFFECT && EFFECT <= *high);
    Some((holds, set.last()?.1 - set.first()?.0))
}

/// Evaluations to simulate.
fn draws() -> u64 {
    let asked = std::env::var("CODEV_DRAWS").ok();
    asked.map_or(200, |n| n.parse().expect("CODEV_DRAWS is a number"))
}

/// Share of the intervals that hold the truth, in per cent, and the median width, over `n` evaluations with so many clusters.
fn coverage(clusters: u32, n: u64, method: impl Fn(&Survey, u64) -> Held + Sync) -> (f64, f64) {
    let what = tag(&format!("coverage {clusters}"));
    let all: Vec<Held> = (0..n)
        .into_par_iter()
        .map(|replicate| {
            let survey = survey(clusters, &mut stream(2012, what, replicate));
            method(&survey, replicate)
        })
        .collect();
    let mut widths: Vec<f64> = all.iter().flatten().map(|(_, width)| *width).collect();
    assert_eq!(widths.len() as u64, n, "evaluations without an interval");
    widths.sort_by(f64::total_cmp);
    let held = all.iter().flatten().filter(|(holds, _)| *holds).count();
    (100.0 * held as f64 / n as f64, widths[widths.len() / 2])
}

/// Three standard errors of a simulated share of 95 %, or what the long run has to meet.
fn allowed() -> f64 {
    (100.0 * 3.0 * (0.95 * 0.05 / draws() as f64).sqrt()).max(1.5)
}

#[test]
fn coverage_with_40_clusters() {
    let (share, width) = coverage(40, draws(), |survey, _| by_covariance(survey, Kind::Cr2));
    eprintln!("40 clusters, CR2: {share:.1} %, median width {width:.3}");
    assert!((share - 95.0).abs() <= allowed(), "{share}");
}

#[test]
fn coverage_with_6_clusters() {
    let (cr1, width) = coverage(6, draws(), |survey, _| by_covariance(survey, Kind::Cr1));
    eprintln!("6 clusters, CR1, t(5): {cr1:.1} %, median width {width:.3}");
    let (cr2, width) = coverage(6, draws(), |survey, _| by_covariance(survey, Kind::Cr2));
    eprintln!("6 clusters, CR2, Satterthwaite: {cr2:.1} %, median width {width:.3}");
    let (two, width) = coverage(6, draws(), |survey, replicate| {
        by_wild(survey, wild::Weights::Rademacher, replicate)
    });
    eprintln!("6 clusters, wild bootstrap, Rademacher: {two:.1} %, median width {width:.3}");
    // All 6^6 patterns take their time: in the short run a few evaluations only.
    let n = if draws() < 1_000 { 10 } else { draws() };
    let (six, width) = coverage(6, n, |survey, replicate| {
        by_wild(survey, wild::Weights::Webb, replicate)
    });
    eprintln!(
        "6 clusters, wild bootstrap, Webb: {six:.1} %, median width {width:.3} ({n} evaluations)"
    );
    // CR2 keeps the level with three clusters a side; CR1 counts too many degrees of freedom.
    assert!(cr2 >= 95.0 - allowed() && cr1 < cr2, "{cr1} {cr2}");
}
