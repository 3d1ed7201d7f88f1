//! How often 95 % intervals of effects hold the truth with 2 to 10 units a side, over simulated evaluations, through evaluation folders.
//!
//! `CODEV_DRAWS=1000 cargo test --test tests few_units -- --nocapture` gives the figures of docs/statistics.md. A folder holds the
//! rows of many evaluations: each is a subgroup, estimated from its own rows alone.

use super::{effect, folder};
use codev::outcome::Effect;
use codev::stats::did::{self, Few};
use codev::stats::random::{stream, tag};
use rand::RngExt;
use rayon::prelude::*;

/// Units with the programme and without.
pub(super) const SIZES: [(usize, usize); 5] = [(2, 3), (3, 3), (4, 4), (5, 5), (10, 10)];
/// Evaluations in a folder.
const TOGETHER: u64 = 25;
pub(super) const CENSUS: &str = r#"{"unit": "place", "sampling": "census"}"#;
pub(super) const SAMPLE: &str =
    r#"{"unit": "answer", "sampling": "sample", "cluster": "place", "wave": "wave"}"#;
pub(super) const ROWS: &str = r#"{"unit": "answer", "sampling": "sample"}"#;

/// A draw from the standard normal distribution (Box & Muller 1958).
pub(super) fn normal(random: &mut impl RngExt) -> f64 {
    let (u, v): (f64, f64) = (random.random(), random.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

pub(super) fn draws() -> u64 {
    let asked = std::env::var("CODEV_DRAWS").ok();
    asked.map_or(100, |n| n.parse().expect("CODEV_DRAWS is a number"))
}

/// Evaluations with an interval, those whose interval holds 0, and the median width.
pub(super) struct Covered {
    with: usize,
    held: usize,
    width: f64,
}

impl Covered {
    fn share(&self) -> f64 {
        100.0 * self.held as f64 / self.with as f64
    }

    /// Three standard errors of a simulated share of 95 %.
    fn allowed(&self) -> f64 {
        (100.0 * 3.0 * (0.95 * 0.05 / self.with as f64).sqrt()).max(1.5)
    }
}

pub(super) fn covered(intervals: &[Option<(f64, f64)>]) -> Covered {
    let known: Vec<(f64, f64)> = intervals.iter().flatten().copied().collect();
    let mut widths: Vec<f64> = known.iter().map(|(low, high)| high - low).collect();
    widths.sort_by(f64::total_cmp);
    Covered {
        with: known.len(),
        held: known
            .iter()
            .filter(|(low, high)| *low <= 0.0 && 0.0 <= *high)
            .count(),
        width: widths.get(widths.len() / 2).copied().unwrap_or(f64::NAN),
    }
}

/// Interval of each replicate; none where there is no estimate.
type Intervals = Vec<Option<(f64, f64)>>;

/// Intervals of each effect, by its id, over all evaluations that `rows` makes.
fn simulate(
    (columns, codev): (&[(&str, &str)], &str),
    ids: &[&str],
    effects: &str,
    rows: impl Fn(u64) -> String + Sync,
) -> Vec<Intervals> {
    let folders = draws().div_ceil(TOGETHER);
    let head: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let found: Vec<Vec<Intervals>> = (0..folders)
        .into_par_iter()
        .map(|at| {
            let mut csv = head.join(",") + "\n";
            for replicate in at * TOGETHER..(at + 1) * TOGETHER {
                csv += &rows(replicate);
            }
            let made = folder(&csv, columns, codev, effects);
            if columns.iter().any(|(name, _)| *name == "x") {
                made.define("x", "points", &crate::kit::formula("t", "AVG(x)"));
            }
            let outcome = made.evaluate();
            let of = |effect: &Effect| {
                assert_eq!(effect.subgroups.len(), TOGETHER as usize, "{effect:?}");
                let each = effect.subgroups.iter();
                each.map(|s| s.estimate.as_ref().and_then(|e| e.interval))
                    .collect()
            };
            ids.iter()
                .map(|id| of(effect(&outcome, &format!("{id}/y"))))
                .collect()
        })
        .collect();
    (0..ids.len())
        .map(|id| found.iter().flat_map(|f| f[id].clone()).collect())
        .collect()
}

pub(super) fn block(id: &str, design: &str, more: &str) -> String {
    format!(
        "[[effect]]\nid = \"{id}\"\nindicators = [\"y\"]\ndesign = \"{design}\"\nby = [\"rep\"]\n{more}\n"
    )
}

/// Prints a line of the table of docs/statistics.md, and holds the shares to their level.
pub(super) fn told(name: &str, found: &[Covered]) {
    let cells: Vec<String> = found
        .iter()
        .map(|c| match c.with {
            0 => "none".to_owned(),
            n if n as u64 >= draws() => format!("{:.1} ({:.2})", c.share(), c.width),
            n => format!("{:.1} ({:.2}; {n} of {})", c.share(), c.width, draws()),
        })
        .collect();
    eprintln!("| {name} | {} |", cells.join(" | "));
    for c in found.iter().filter(|c| c.with >= 50) {
        assert!(
            c.share() >= 95.0 - c.allowed(),
            "{name}: {:.1} of {}",
            c.share(),
            c.with
        );
    }
}

/// Runs a design at each size; `ids` in the order of the lines.
pub(super) fn table(
    kind: (&[(&str, &str)], &str),
    blocks: &[(&str, String)],
    rows: impl Fn(u64, usize, usize, &str) -> String + Sync,
) {
    let ids: Vec<&str> = blocks.iter().map(|(id, _)| *id).collect();
    let effects: String = blocks.iter().map(|(_, text)| text.as_str()).collect();
    let effects = format!("small_cells = 0\n{effects}");
    let mut lines: Vec<Vec<Covered>> = ids.iter().map(|_| vec![]).collect();
    for (with, without) in SIZES {
        let what = format!("few units {with} {without}");
        let found = simulate(kind, &ids, &effects, |r| rows(r, with, without, &what));
        for (line, intervals) in lines.iter_mut().zip(&found) {
            line.push(covered(intervals));
        }
    }
    for (id, line) in ids.iter().zip(&lines) {
        told(id, line);
    }
}

/// Five periods; those with the programme begin in the third. Levels of units and independent errors, no effect.
#[test]
fn few_units_over_periods() {
    let columns = [
        ("rep", "string"),
        ("place", "string"),
        ("year", "integer"),
        ("adopted", "integer"),
        ("y", "number"),
    ];
    let staggered = "unit = \"place\"\ntime = \"year\"\nadopted = \"adopted\"\n";
    let blocks = [
        ("staggered", block("staggered", "staggered", staggered)),
        (
            "staggered-dynamic",
            block(
                "staggered-dynamic",
                "staggered",
                &format!("{staggered}average = \"dynamic\""),
            ),
        ),
        (
            "sun-abraham",
            block(
                "sun-abraham",
                "staggered",
                &format!("{staggered}estimator = \"sun-abraham\""),
            ),
        ),
        (
            "two-way-effects",
            block(
                "two-way-effects",
                "two-way-effects",
                "unit = \"place\"\ntime = \"year\"\ntreated = \"adopted IS NOT NULL AND year >= adopted\"",
            ),
        ),
    ];
    table(
        (&columns, CENSUS),
        &blocks,
        |replicate, with, without, what| {
            let mut random = stream(2017, tag(what), replicate);
            let mut rows = String::new();
            for unit in 0..with + without {
                let level = normal(&mut random);
                let adopted = if unit < with { "2017" } else { "" };
                for year in 2015..2020 {
                    rows += &format!(
                        "r{replicate},r{replicate}u{unit},{year},{adopted},{}\n",
                        level + normal(&mut random)
                    );
                }
            }
            rows
        },
    );
}

/// The same with a covariate of the units that goes with the course of time; doubly robust.
#[test]
fn few_units_over_periods_with_a_covariate() {
    let columns = [
        ("rep", "string"),
        ("place", "string"),
        ("year", "integer"),
        ("adopted", "integer"),
        ("size", "number"),
        ("y", "number"),
    ];
    let blocks = [(
        "staggered, one covariate",
        block(
            "staggered, one covariate",
            "staggered",
            "unit = \"place\"\ntime = \"year\"\nadopted = \"adopted\"\ncovariates = [\"size\"]",
        ),
    )];
    table(
        (&columns, CENSUS),
        &blocks,
        |replicate, with, without, what| {
            let mut random = stream(2018, tag(what), replicate);
            let mut rows = String::new();
            for unit in 0..with + without {
                let (level, size) = (normal(&mut random), normal(&mut random));
                let adopted = if unit < with { "2017" } else { "" };
                for year in 2015..2020 {
                    let course = 0.3 * size * f64::from(year - 2015);
                    rows += &format!(
                        "r{replicate},r{replicate}u{unit},{year},{adopted},{size},{}\n",
                        level + course + normal(&mut random)
                    );
                }
            }
            rows
        },
    );
}

/// Eight persons in each cluster, two waves; the programme is given to whole clusters. A tenth of the variance lies between clusters, and a covariate
/// matters.
#[test]
fn few_units_of_persons() {
    let columns = [
        ("rep", "string"),
        ("place", "string"),
        ("arm", "string"),
        ("wave", "string"),
        ("x", "number"),
        ("y", "number"),
    ];
    let waves = "waves = [\"before\", \"after\"]\n";
    let treated = "treated = \"arm = 'in'\"\nwild = \"off\"\n";
    let adjusted = |adjust: &str| {
        format!("treated = \"arm = 'in'\"\n{waves}covariates = [\"x\"]\nadjust = \"{adjust}\"\n")
    };
    let blocks = [
        (
            "comparison",
            block("comparison", "comparison", &format!("{treated}{waves}")),
        ),
        (
            "regression",
            block(
                "regression",
                "comparison",
                &format!("{treated}{waves}covariates = [\"x\"]\n"),
            ),
        ),
        (
            "lin",
            block(
                "lin",
                "comparison",
                &format!("{}wild = \"off\"\n", adjusted("lin")),
            ),
        ),
        (
            "weighting",
            block("weighting", "comparison", &adjusted("weighting")),
        ),
        (
            "doubly-robust",
            block("doubly-robust", "comparison", &adjusted("doubly-robust")),
        ),
        (
            "difference-in-differences",
            block(
                "difference-in-differences",
                "difference-in-differences",
                &format!("{treated}{waves}"),
            ),
        ),
    ];
    table(
        (&columns, SAMPLE),
        &blocks,
        |replicate, with, without, what| {
            let mut random = stream(2019, tag(what), replicate);
            let mut rows = String::new();
            for unit in 0..with + without {
                let level = 0.35 * normal(&mut random);
                let arm = if unit < with { "in" } else { "out" };
                for _ in 0..8 {
                    let x = normal(&mut random);
                    for wave in ["before", "after"] {
                        rows += &format!(
                            "r{replicate},r{replicate}u{unit},{arm},{wave},{x},{}\n",
                            level + 0.5 * x + normal(&mut random)
                        );
                    }
                }
            }
            rows
        },
    );
}

/// Rows by themselves, one each.
#[test]
fn few_units_that_are_rows() {
    let columns = [
        ("rep", "string"),
        ("arm", "string"),
        ("x", "number"),
        ("y", "number"),
    ];
    let adjusted = |adjust: &str| {
        format!("treated = \"arm = 'in'\"\ncovariates = [\"x\"]\nadjust = \"{adjust}\"\n")
    };
    let blocks = [
        (
            "comparison of rows",
            block(
                "comparison of rows",
                "comparison",
                "treated = \"arm = 'in'\"\n",
            ),
        ),
        (
            "regression over rows",
            block(
                "regression over rows",
                "comparison",
                "treated = \"arm = 'in'\"\ncovariates = [\"x\"]\n",
            ),
        ),
        (
            "lin over rows",
            block("lin over rows", "comparison", &adjusted("lin")),
        ),
        (
            "weighting of rows",
            block("weighting of rows", "comparison", &adjusted("weighting")),
        ),
        (
            "doubly-robust over rows",
            block(
                "doubly-robust over rows",
                "comparison",
                &adjusted("doubly-robust"),
            ),
        ),
        (
            "matching of rows",
            block("matching of rows", "comparison", &adjusted("matching")),
        ),
    ];
    table(
        (&columns, ROWS),
        &blocks,
        |replicate, with, without, what| {
            let mut random = stream(2020, tag(what), replicate);
            let mut rows = String::new();
            for unit in 0..with + without {
                let arm = if unit < with { "in" } else { "out" };
                let x = normal(&mut random);
                rows += &format!("r{replicate},{arm},{x},{}\n", 0.5 * x + normal(&mut random));
            }
            rows
        },
    );
}

/// Bands of an event study over six periods, by both estimators: how often all of its points hold the truth.
#[test]
fn few_units_under_a_band() {
    let bands = |with: usize, without: usize, sun: bool| -> Covered {
        let what = tag(&format!("band {with} {without}"));
        let one = |replicate: u64| -> Option<(f64, f64)> {
            let mut random = stream(2021, what, replicate);
            let (mut y, mut period, mut cohort, mut unit) = (vec![], vec![], vec![], vec![]);
            for u in 0..with + without {
                let level = normal(&mut random);
                for t in 0..6 {
                    y.push(level + normal(&mut random));
                    period.push(t);
                    cohort.push((u < with).then_some(3));
                    unit.push(u);
                }
            }
            let rows = did::Rows {
                outcome: &y,
                period: &period,
                cohort: &cohort,
                unit: Some(&unit),
                cluster: None,
                weight: None,
                covariates: &[],
            };
            let few = Few {
                draws: 1_999,
                seed: replicate,
            };
            let parts = match sun {
                false => {
                    let options = did::Options {
                        base: did::Base::Universal,
                        few: Some(few),
                        ..did::Options::default()
                    };
                    did::group_time(&rows, &options)
                        .unwrap()
                        .aggregate(did::Average::Dynamic.into())
                        .unwrap()
                        .parts
                }
                true => {
                    let options = did::EventOptions {
                        anticipation: 0,
                        kind: codev::stats::linear::Kind::Cr2,
                        confidence: 0.95,
                        average: did::Average::Group,
                        bands: Some(few),
                    };
                    did::sun_abraham(&rows, &options).unwrap().events
                }
            };
            assert_eq!(parts.len(), 5);
            // The band holds the truth where its least room to zero is not negative.
            let all: Vec<(f64, f64)> = parts.iter().map(|p| p.band.unwrap()).collect();
            let holds = all.iter().all(|(low, high)| *low <= 0.0 && 0.0 <= *high);
            let width = all.iter().map(|(low, high)| high - low).sum::<f64>() / all.len() as f64;
            Some(if holds {
                (-width / 2.0, width / 2.0)
            } else {
                (1.0, 1.0 + width)
            })
        };
        let all: Vec<Option<(f64, f64)>> = (0..draws()).into_par_iter().map(one).collect();
        covered(&all)
    };
    for (name, sun) in [
        ("band, callaway-santanna", false),
        ("band, sun-abraham", true),
    ] {
        let found: Vec<Covered> = SIZES
            .iter()
            .map(|(with, without)| bands(*with, *without, sun))
            .collect();
        told(name, &found);
    }
}
