//! Estimates and their errors against numbers computed elsewhere: numpy 2.4, NIST, and a simulation with a known truth.
//!
//! The reference numbers on `SAMPLE` come from numpy: for each cluster the weights of its stratum's other clusters are
//! multiplied by n/(n-1) and its own set to 0, the estimate is computed again, and
//! `se = sqrt(sum over strata of (n-1)/n * sum of (replicate - estimate)^2)`; bounds with Student's t at 5 degrees of freedom
//! (7 clusters less 2 strata), 2.5705818356363115.

use crate::kit::{cell, close, formula, result, shown, table, total};
use codev::outcome::{Estimate, Outcome, Sampling, Status};
use std::fmt::Write as _;

const TOLERANCE: f64 = 1e-12;

/// Stratum, cluster, weight, x, y.
const SAMPLE: &str = "\
stratum,cluster,weight,x,y
a,c1,1.5,2,10
a,c1,1.5,3,8
a,c2,2,5,9
a,c2,2,4,7
a,c3,1,1,6
b,c4,3,6,12
b,c4,3,7,11
b,c5,2.5,2,5
b,c5,2.5,8,14
b,c6,0.5,9,13
b,c7,1,3,4
";

const DESIGN: &str =
    r#""sampling": "sample", "cluster": "cluster", "stratum": "stratum", "weight": "weight""#;

fn sample(csv: &str, measures: &[(&str, &str)]) -> Outcome {
    let folder = table(csv, &["programme", "stratum", "cluster"], DESIGN);
    for (id, value) in measures {
        folder.define(id, "units", &formula("t", value));
    }
    folder.evaluate()
}

fn check(estimate: &Estimate, value: f64, se: f64, df: f64, bounds: (f64, f64)) {
    let interval = estimate
        .interval
        .unwrap_or_else(|| panic!("{:?}", estimate.no_interval));
    for (got, wanted) in [
        (estimate.value.unwrap(), value),
        (interval.se, se),
        (interval.df, df),
        (interval.low, bounds.0),
        (interval.high, bounds.1),
    ] {
        assert!(close(got, wanted, 1e-10), "{got} is not {wanted}");
    }
}

#[test]
fn means_ratios_and_sums_of_a_clustered_sample_agree_with_numpy() {
    let outcome = sample(
        SAMPLE,
        &[
            ("mean", "AVG(x)"),
            ("ratio", "SUM(x) / SUM(y)"),
            ("sum", "SUM(x)"),
            ("share", "COUNT(*) FILTER (WHERE x > 4) / COUNT(*)"),
        ],
    );
    let mean = total(&outcome, "mean");
    check(
        mean,
        4.780487804878049,
        0.6307372313053603,
        5.0,
        (3.159126135024951, 6.401849474731146),
    );
    assert_eq!(mean.interval.unwrap().clusters, 7);
    check(
        total(&outcome, "ratio"),
        0.5104166666666666,
        0.04254174916724863,
        5.0,
        (0.4010596190011411, 0.6197737143321922),
    );
    check(
        total(&outcome, "sum"),
        98.0,
        37.643060449437414,
        5.0,
        (1.2354325709165437, 194.76456742908346),
    );
    let share = total(&outcome, "share");
    // Standard error of the jackknife; bounds of Wilson with effective rows, by scipy (see `intervals`).
    check(
        share,
        0.5365853658536586,
        0.18310246611484637,
        5.0,
        (0.21265523228992317, 0.8323257738807737),
    );
    // Weighted: 11 of 20.5; unweighted rows behind it: 11.
    assert_eq!((share.parts, share.n), (Some((11.0, 20.5)), 11));
    assert_eq!(result(&outcome, "mean").sampling, Some(Sampling::Sample));
}

/// 8 rows, 2 strata, unequal weights, each row its own cluster: published mean 5.4481 and linearised standard error .7413.
/// Since the weights do not vary within a stratum, the jackknife gives the same: numpy says 0.7412683306315309 for both.
#[test]
fn the_survey_mean_with_strata_is_the_published_one() {
    let csv = "stratum,weight,x\n1,3,2.8\n1,3,4.1\n1,3,6.8\n1,3,6.8\n1,3,9.2\n2,4,3.7\n2,4,6.6\n2,4,4.2\n";
    let folder = table(
        csv,
        &["stratum"],
        r#""sampling": "sample", "stratum": "stratum", "weight": "weight""#,
    );
    folder.define("mean", "units", &formula("t", "AVG(x)"));
    let outcome = folder.evaluate();
    let estimate = total(&outcome, "mean");
    let interval = estimate.interval.unwrap();
    assert!(close(estimate.value.unwrap(), 5.448148148148148, TOLERANCE));
    assert!(
        close(interval.se, 0.7412683306315309, TOLERANCE),
        "{}",
        interval.se
    );
    assert_eq!((interval.df, interval.clusters), (6.0, 8));
}

/// By numpy: the weighted share at or below the median 5 is .561 with linearised standard error .1747163937265478; the
/// weighted quantiles at .5 ± t(5) * .1747 = .0509 and .9491 are 2 and 8.
#[test]
fn the_interval_of_a_median_is_that_of_woodruff() {
    let outcome = sample(SAMPLE, &[("median", "MEDIAN(x)")]);
    let estimate = total(&outcome, "median");
    let interval = estimate.interval.unwrap();
    assert_eq!(
        (estimate.value, interval.low, interval.high, interval.df),
        (Some(5.0), 2.0, 8.0, 5.0)
    );
    assert!(close(
        interval.se,
        6.0 / (2.0 * 2.5705818356363115),
        TOLERANCE
    ));
}

/// numpy on `SAMPLE`: weighted variance with n/(n-1), and correlation with and without weights.
#[test]
fn second_moments_agree_with_numpy() {
    let measures = [
        ("var", "VAR(x)"),
        ("sd", "STDDEV(x)"),
        ("corr", "CORR(x, y)"),
    ];
    let weighted = sample(SAMPLE, &measures);
    for (id, wanted) in [
        ("var", 5.822605591909577),
        ("sd", 2.413007582232094),
        ("corr", 0.8502384320749669),
    ] {
        let got = total(&weighted, id).value.unwrap();
        assert!(close(got, wanted, TOLERANCE), "{id}: {got}");
    }
    let census = table(SAMPLE, &["stratum", "cluster"], "");
    census.define("corr", "units", &formula("t", "CORR(x, y)"));
    let got = total(&census.evaluate(), "corr").value.unwrap();
    assert!(close(got, 0.8276239723380958, TOLERANCE), "{got}");
}

/// Digits in which two numbers agree.
fn digits(got: f64, certified: f64) -> f64 {
    if got == certified {
        return 15.0;
    }
    -((got - certified).abs() / certified.abs()).log10()
}

/// The univariate reference data of NIST, with means and standard deviations certified to 15 digits.
#[test]
fn means_and_deviations_have_the_digits_that_nist_certifies() {
    let shared = std::env::var_os("CODEV_SHARED_DATA").map_or_else(
        || crate::kit::root().join("../shared/data"),
        std::path::PathBuf::from,
    );
    let folder = shared.join("reference/nist-strd");
    if !folder.is_dir() {
        eprintln!("skipped: no {}", folder.display());
        return;
    }
    for name in [
        "Lew", "Lottery", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4",
    ] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.dat"))).unwrap();
        let certified = |what: &str| -> f64 {
            let line = text.lines().find(|l| l.contains(what)).unwrap();
            let number = line.rsplit(':').next().unwrap();
            number.split_whitespace().next().unwrap().parse().unwrap()
        };
        let mut csv = "y\n".to_owned();
        let after = text.lines().skip_while(|l| !l.starts_with("-----"));
        for line in after.skip(1).filter(|l| !l.trim().is_empty()) {
            csv += line.trim();
            csv.push('\n');
        }
        let folder = table(&csv, &[], "");
        for (id, value) in [
            ("mean", "AVG(y)"),
            ("sd", "STDDEV(y)"),
            ("variance", "VAR(y)"),
        ] {
            folder.define(id, "units", &formula("t", value));
        }
        let outcome = folder.evaluate();
        let (mean, sd) = (
            certified("Sample Mean"),
            certified("Sample Standard Deviation"),
        );
        let least = if name == "NumAcc4" { 8.0 } else { 9.0 };
        for (id, wanted, least) in [
            ("mean", mean, 9.0),
            ("sd", sd, least),
            // The relative error of a square is twice that of its root: .3 of a digit.
            ("variance", sd * sd, least - 0.31),
        ] {
            let got = digits(total(&outcome, id).value.unwrap(), wanted);
            assert!(got >= least, "{name}, {id}: {got:.1} digits");
        }
    }
}

#[test]
fn an_interval_that_cannot_be_had_is_refused_in_words() {
    // Stratum b has one cluster.
    let single: String = SAMPLE
        .lines()
        .filter(|l| !["c5", "c6", "c7"].iter().any(|c| l.contains(c)))
        .fold(String::new(), |text, line| text + line + "\n");
    let outcome = sample(&single, &[("mean", "AVG(x)"), ("median", "MEDIAN(x)")]);
    let mean = total(&outcome, "mean");
    assert_eq!((mean.status, mean.interval), (Status::Value, None));
    let reason = mean.no_interval.as_deref().unwrap();
    assert!(
        reason.contains("stratum b has a single cluster"),
        "{reason}"
    );
    let reason = total(&outcome, "median").no_interval.as_deref().unwrap();
    assert!(reason.contains("single cluster"), "{reason}");

    let constant = "stratum,cluster,weight,x\na,c1,1,3\na,c2,2,3\na,c3,1,3\n";
    let outcome = sample(
        constant,
        &[
            ("mean", "AVG(x)"),
            ("median", "MEDIAN(x)"),
            ("largest", "MAX(x)"),
        ],
    );
    for (id, word) in [
        ("mean", "does not vary"),
        ("median", "do not vary"),
        ("largest", "extreme"),
    ] {
        let estimate = total(&outcome, id);
        assert_eq!((estimate.value, estimate.interval), (Some(3.0), None));
        let reason = estimate.no_interval.as_deref().unwrap();
        assert!(reason.contains(word), "{id}: {reason}");
    }
}

#[test]
fn a_census_has_no_interval() {
    let folder = table(SAMPLE, &["stratum", "cluster"], "");
    folder.define("mean", "units", &formula("t", "AVG(x)"));
    let outcome = folder.evaluate();
    let estimate = total(&outcome, "mean");
    assert_eq!(estimate.value, Some(50.0 / 11.0));
    assert_eq!((estimate.interval, &estimate.no_interval), (None, &None));
    assert_eq!(result(&outcome, "mean").sampling, Some(Sampling::Census));
}

#[test]
fn a_total_is_computed_again_from_the_rows() {
    // Ratios 1/2 and 90/100, medians 1 and 30, 2 and 3 different values of which 1 is shared.
    let csv = "programme,x,y,who\nP1,1,2,1\nP1,0,0,2\nP2,30,50,2\nP2,30,25,3\nP2,30,25,4\n";
    let folder = table(csv, &["programme"], "");
    for (id, value) in [
        ("ratio", "SUM(x) / SUM(y)"),
        ("median", "MEDIAN(x)"),
        ("people", "COUNT(DISTINCT who)"),
        ("mean", "AVG(x)"),
    ] {
        folder.define(id, "units", &formula("t", value));
    }
    let outcome = folder.evaluate();
    let of = |id: &str, programme| cell(&outcome, id, programme, None).and_then(|e| e.value);
    assert_eq!(of("ratio", Some("P1")), Some(0.5));
    assert_eq!(of("ratio", Some("P2")), Some(0.9));
    assert_eq!(of("ratio", None), Some(91.0 / 102.0));
    assert_eq!(of("median", Some("P1")), Some(0.5));
    assert_eq!(of("median", None), Some(30.0));
    assert_eq!(of("people", Some("P1")), Some(2.0));
    assert_eq!(of("people", Some("P2")), Some(3.0));
    assert_eq!(of("people", None), Some(4.0));
    assert_eq!(of("mean", None), Some(91.0 / 5.0));
}

fn derived(inputs: &str, value: &str) -> String {
    format!("type = \"derived\"\ninputs = {{ {inputs} }}\nvalue = \"{value}\"")
}

/// The same number through one formula and through a derived indicator has the same error; numpy: value 7.909, se 2.546.
#[test]
fn a_derived_indicator_carries_the_error_of_its_inputs() {
    let folder = table(SAMPLE, &["stratum", "cluster"], DESIGN);
    folder.define("mean", "units", &formula("t", "AVG(x)"));
    folder.define("share", "units", &formula("t", "AVG(x > 4)"));
    folder.define("direct", "units", &formula("t", "AVG(x) / AVG(x > 4) - 1"));
    let inputs = "a = \"mean\", b = \"share\"";
    folder.define("indirect", "units", &derived(inputs, "a / b - 1"));
    folder.define("fraction", "units", &derived(inputs, "a / b"));
    let outcome = folder.evaluate();
    for id in ["direct", "indirect"] {
        check(
            total(&outcome, id),
            7.909090909090908,
            2.546216697613182,
            5.0,
            (1.3638325166125878, 14.454349301569229),
        );
    }
    let fraction = total(&outcome, "fraction").parts.unwrap();
    assert!(
        close(fraction.0, 4.780487804878049, TOLERANCE),
        "{fraction:?}"
    );
}

#[test]
fn a_derived_indicator_is_computed_cell_by_cell() {
    let csv = "programme,x,y\nP1,6,2\nP2,5,0\nP3,4,\n";
    let folder = table(csv, &["programme"], "");
    folder.define("x", "units", &formula("t", "SUM(x)"));
    folder.define("y", "units", &formula("t", "SUM(y)"));
    folder.define("ratio", "units", &derived("a = \"x\", b = \"y\"", "a / b"));
    let outcome = folder.evaluate();
    let of = |programme| shown(cell(&outcome, "ratio", programme, None).unwrap());
    assert_eq!(of(Some("P1")), "3");
    assert_eq!(of(Some("P2")), "undefined", "a division by zero");
    assert_eq!(of(Some("P3")), "all-missing", "the reason of its input");
    // 15 over 2: from the totals of the inputs, not from 3 and two gaps.
    assert_eq!(of(None), "7.5");
}

#[test]
fn a_small_group_is_withheld_and_so_is_a_second_one_that_would_tell_it() {
    let mut csv = "programme,person,sex,x\n".to_owned();
    // P1: 3 women, 8 men; P2: 6 women, 9 men. Two rows per person.
    for (programme, sex, persons) in [
        ("P1", "f", 3),
        ("P1", "m", 8),
        ("P2", "f", 6),
        ("P2", "m", 9),
    ] {
        for person in 0..persons {
            for wave in 0..2 {
                let _ = writeln!(csv, "{programme},{programme}{sex}{person},{sex},{wave}");
            }
        }
    }
    let folder = table(
        &csv,
        &["programme", "person", "sex"],
        r#""unit": "person", "person": "person""#,
    );
    folder.define("rows", "units", &formula("t", "COUNT(*)"));
    folder.define("mean", "units", &formula("t", "AVG(x)"));
    folder.define("twice", "units", &derived("a = \"rows\"", "a * 2"));
    folder.write(
        "evaluation.toml",
        "title = \"Small\"\nindicators = [\"own/*\"]\nby = [\"sex\"]\nsmall_cells = 5\n",
    );
    let outcome = folder.evaluate();
    for id in ["rows", "mean", "twice"] {
        let of = |programme, sex: Option<&'static str>| {
            cell(&outcome, id, programme, sex.map(|s| ("sex", Some(s)))).unwrap()
        };
        let few = of(Some("P1"), Some("f"));
        assert_eq!(few.status, Status::Suppressed, "{id}: 3 persons, 6 rows");
        assert_eq!(
            (few.value, few.parts, few.n, few.missing),
            (None, None, 0, 0),
            "{id}"
        );
        // The total of P1 less its men would tell the women; all women less those of P2 too.
        assert_eq!(of(Some("P1"), Some("m")).status, Status::Suppressed, "{id}");
        assert_eq!(of(Some("P2"), Some("f")).status, Status::Suppressed, "{id}");
        assert_eq!(of(None, None).status, Status::Value, "{id}");
        assert_eq!(of(Some("P1"), None).status, Status::Value, "{id}");
    }
    let json = serde_json::to_string(&outcome).unwrap();
    assert!(json.contains("\"suppressed\""));
}

#[test]
fn no_withheld_cell_follows_from_the_cells_shown() {
    // A 3 x 3 table of persons in which several small cells sit in one row.
    let counts = [[3, 2, 9], [8, 7, 12], [2, 10, 11]];
    let mut csv = "programme,person,sex,x\n".to_owned();
    for (p, row) in counts.iter().enumerate() {
        for (g, persons) in row.iter().enumerate() {
            for person in 0..*persons {
                let _ = writeln!(csv, "P{p},P{p}G{g}N{person},G{g},1");
            }
        }
    }
    let folder = table(
        &csv,
        &["programme", "person", "sex"],
        r#""unit": "person", "person": "person""#,
    );
    folder.define("rows", "units", &formula("t", "COUNT(*)"));
    folder.write(
        "evaluation.toml",
        "title = \"Small\"\nindicators = [\"own/*\"]\nby = [\"sex\"]\nsmall_cells = 5\n",
    );
    let outcome = folder.evaluate();
    let hidden = |p: usize, g: usize| {
        let (programme, group) = (format!("P{p}"), format!("G{g}"));
        let by = Some(("sex", Some(group.as_str())));
        cell(&outcome, "rows", Some(&programme), by).unwrap().status == Status::Suppressed
    };
    for line in 0..3 {
        let in_row = (0..3).filter(|g| hidden(line, *g)).count();
        let in_column = (0..3).filter(|p| hidden(*p, line)).count();
        assert_ne!(in_row, 1, "P{line}: a single gap follows from its total");
        assert_ne!(in_column, 1, "G{line}: a single gap follows from its total");
    }
    for (p, row) in counts.iter().enumerate() {
        for (g, persons) in row.iter().enumerate() {
            assert!(*persons >= 5 || hidden(p, g), "P{p}, G{g}");
        }
    }
}

#[test]
fn accounts_of_the_same_thing_are_not_added() {
    let csv = "programme,source,x\nP1,survey,4\nP1,register,5\nP2,survey,7\n";
    let folder = table(
        csv,
        &["programme", "source"],
        r#""overlapping": ["source"]"#,
    );
    folder.define("sum", "units", &formula("t", "SUM(x)"));
    let filtered = formula("t", "SUM(x)") + "\nwhere = \"source = 'survey'\"";
    folder.define("survey", "units", &filtered);
    let outcome = folder.evaluate();
    let of = |id: &str, programme| shown(cell(&outcome, id, programme, None).unwrap());
    assert_eq!(of("sum", None), "refused");
    assert_eq!(of("sum", Some("P1")), "refused");
    assert_eq!(of("sum", Some("P2")), "7", "a single account");
    assert_eq!(of("survey", None), "11");
    let remarks = result(&outcome, "sum").remarks.join(" ");
    assert!(remarks.contains("different values of source"), "{remarks}");
    assert_eq!(result(&outcome, "survey").remarks.len(), 0);
}

/// A generator of numbers that any platform repeats (splitmix64, Steele et al. 2014).
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Near enough to a standard normal: twelve uniform numbers added.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// 400 samples of 30 clusters, each a programme of its own, from a population in which the ratio is 0.4.
#[test]
fn the_interval_of_a_ratio_covers_the_truth_as_often_as_it_says() {
    let mut random = Random(20_260_725);
    let mut csv = "programme,cluster,x,y\n".to_owned();
    for sample in 0..400 {
        for cluster in 0..30 {
            let common = random.normal();
            for _ in 0..3 {
                let y = 1.0 + 4.0 * random.uniform();
                let x = 0.4 * y + 0.5 * common + 0.5 * random.normal();
                let _ = writeln!(csv, "S{sample},C{cluster},{x},{y}");
            }
        }
    }
    let folder = table(
        &csv,
        &["programme", "cluster"],
        r#""sampling": "sample", "cluster": "cluster""#,
    );
    folder.define("ratio", "units", &formula("t", "SUM(x) / SUM(y)"));
    let outcome = folder.evaluate();
    let samples: Vec<_> = result(&outcome, "ratio")
        .estimates
        .iter()
        .filter(|e| e.programme.is_some())
        .map(|e| e.interval.unwrap())
        .collect();
    assert_eq!(samples.len(), 400);
    assert!(samples.iter().all(|i| i.df == 29.0 && i.clusters == 30));
    let covered = samples
        .iter()
        .filter(|i| i.low <= 0.4 && 0.4 <= i.high)
        .count();
    let share = covered as f64 / 400.0;
    assert!((0.92..=0.98).contains(&share), "coverage {share}");
}
