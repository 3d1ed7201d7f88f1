//! Intervals of samples by method, against scipy 1.17.1, numpy and published figures.

use crate::kit::{Folder, close, formula, result, root, table, total};
use codev::outcome::{Estimate, Interval, IntervalKind, Outcome};
use codev::run::{Quiet, evaluate};
use std::fmt::Write as _;

/// 8 rows, 2 strata, each row its own cluster; 15 and 12 clusters in the population.
const EIGHT: &str = "stratum,population,weight,x\n1,15,3,2.8\n1,15,3,4.1\n1,15,3,6.8\n1,15,3,6.8\n1,15,3,9.2\n2,12,4,3.7\n2,12,4,6.6\n2,12,4,4.2\n";

/// As in `estimates`: stratum, cluster, weight, x, y.
const SAMPLE: &str = "stratum,cluster,weight,x,y\na,c1,1.5,2,10\na,c1,1.5,3,8\na,c2,2,5,9\na,c2,2,4,7\na,c3,1,1,6\nb,c4,3,6,12\nb,c4,3,7,11\nb,c5,2.5,2,5\nb,c5,2.5,8,14\nb,c6,0.5,9,13\nb,c7,1,3,4\n";

const DESIGN: &str =
    r#""sampling": "sample", "cluster": "cluster", "stratum": "stratum", "weight": "weight""#;

fn asked(csv: &str, codev: &str, method: &str, measures: &[(&str, &str)]) -> Folder {
    let folder = table(csv, &["stratum", "cluster"], codev);
    folder.write(
        "evaluation.toml",
        format!(
            "title = \"Intervals\"\nindicators = [\"own/*\"]\nsmall_cells = 0\ninterval = \"{method}\"\n"
        ),
    );
    for (id, value) in measures {
        folder.define(id, "units", &formula("t", value));
    }
    folder
}

fn outcome(method: &str, measures: &[(&str, &str)]) -> Outcome {
    asked(SAMPLE, DESIGN, method, measures).evaluate()
}

fn interval(estimate: &Estimate) -> Interval {
    estimate
        .interval
        .unwrap_or_else(|| panic!("{:?}", estimate.no_interval))
}

fn near(got: f64, wanted: f64) {
    assert!(close(got, wanted, 1e-9), "{got} is not {wanted}");
}

const SHARE: &str = "COUNT(*) FILTER (WHERE x > 4) / COUNT(*)";

/// Published: mean 5.4481, SE .7413; .616 with finite population correction (numpy: .6160407233612938).
#[test]
fn the_published_survey_mean_has_its_errors_with_and_without_correction() {
    let plain = r#""sampling": "sample", "stratum": "stratum", "weight": "weight""#;
    let by_column = format!(r#"{plain}, "population": "population""#);
    for (design, se, df) in [
        (plain, 0.741_268_330_631_530_9, 6.0),
        (by_column.as_str(), 0.616_040_723_361_293_8, 6.0),
    ] {
        for (method, kind) in [
            ("jackknife", IntervalKind::Jackknife),
            ("linearisation", IntervalKind::Linearisation),
            ("auto", IntervalKind::Jackknife),
        ] {
            let outcome = asked(EIGHT, design, method, &[("mean", "AVG(x)")]).evaluate();
            let mean = total(&outcome, "mean");
            near(mean.value.unwrap(), 5.448_148_148_148_148);
            let interval = interval(mean);
            near(interval.se, se);
            assert_eq!((interval.df, interval.kind), (df, kind));
            let corrected = result(&outcome, "mean")
                .method
                .contains("finite population");
            assert_eq!(corrected, design != plain);
        }
    }
}

#[test]
fn a_population_that_can_not_be_is_refused_in_words() {
    let design = |population: &str| {
        format!(
            r#""sampling": "sample", "stratum": "stratum", "weight": "weight", "population": {population}"#
        )
    };
    let reason = |csv: &str, population: &str| {
        let folder = asked(csv, &design(population), "auto", &[("mean", "AVG(x)")]);
        total(&folder.evaluate(), "mean")
            .no_interval
            .clone()
            .unwrap()
    };
    assert!(reason(EIGHT, "4").contains("5 clusters in the sample but 4 in the population"));
    let uneven = EIGHT.replacen("1,15,", "1,16,", 1);
    assert!(reason(&uneven, "\"population\"").contains("differ"));
    let whole = EIGHT.replace("1,15,", "1,5,").replace("2,12,", "2,3,");
    assert!(reason(&whole, "\"population\"").contains("declare the table a census"));
    let fault = asked(
        EIGHT,
        &design("\"populaton\""),
        "auto",
        &[("mean", "AVG(x)")],
    )
    .evaluate();
    let why = fault.indicators[0].not_computable.clone().unwrap();
    assert!(why.contains("the population column `populaton`"), "{why}");
}

/// scipy 1.17.1, `binomtest(k, 10).proportion_ci(.95, method)`: "wilson" and "exact".
#[test]
fn a_plain_share_has_the_textbook_interval() {
    for (hits, wilson, exact) in [
        (
            0,
            (0.0, 0.277_532_799_862_889_26),
            (0.0, 0.308_497_107_818_762_94),
        ),
        (
            3,
            (0.107_791_267_406_301_02, 0.603_221_852_538_854_6),
            (0.066_739_511_177_734_47, 0.652_452_850_060_008),
        ),
        (
            10,
            (0.722_467_200_137_110_7, 1.0),
            (0.691_502_892_181_237_1, 1.0),
        ),
    ] {
        let mut csv = "x\n".to_owned();
        for row in 0..10 {
            writeln!(csv, "{}", if row < hits { 9 } else { 1 }).unwrap();
        }
        for (method, (low, high)) in [
            ("auto", wilson),
            ("wilson", wilson),
            ("clopper-pearson", exact),
        ] {
            let measures = [
                ("share", SHARE),
                ("rest", "1 - COUNT(*) FILTER (WHERE x > 4) / COUNT(*)"),
            ];
            let outcome = asked(&csv, r#""sampling": "sample""#, method, &measures).evaluate();
            let share = interval(total(&outcome, "share"));
            near(share.low, low);
            near(share.high, high);
            assert!(share.se > 0.01, "{share:?}");
            // One less the share has the mirrored interval.
            let rest = interval(total(&outcome, "rest"));
            near(rest.low, 1.0 - high);
            near(rest.high, 1.0 - low);
        }
    }
}

/// By numpy and scipy on `SAMPLE`: JKn standard error .1831, design effect 1.348, effective rows 6.1296.
#[test]
fn a_share_of_a_clustered_sample_has_effective_rows() {
    for (method, kind, low, high) in [
        (
            "auto",
            IntervalKind::Wilson,
            0.212_655_232_289_923_17,
            0.832_325_773_880_773_7,
        ),
        (
            "clopper-pearson",
            IntervalKind::ClopperPearson,
            0.141_742_001_365_812_72,
            0.898_398_333_411_585_9,
        ),
        (
            "logit",
            IntervalKind::Logit,
            0.148_520_772_339_182_68,
            0.884_877_987_456_535,
        ),
    ] {
        let outcome = outcome(method, &[("share", SHARE)]);
        let share = interval(total(&outcome, "share"));
        near(share.se, 0.183_102_466_114_846_37);
        near(share.design_effect.unwrap(), 1.348_279_151_115_453_5);
        near(share.low, low);
        near(share.high, high);
        assert_eq!(share.kind, kind);
    }
    let mean = outcome("auto", &[("mean", "AVG(x)")]);
    let mean = interval(total(&mean, "mean"));
    near(mean.design_effect.unwrap(), 0.751_574_863_765_944_6);
    let linearised = outcome("linearisation", &[("mean", "AVG(x)"), ("sd", "STDDEV(x)")]);
    let sd = interval(total(&linearised, "sd"));
    assert_eq!(sd.kind, IntervalKind::Linearisation);
    let linearised = interval(total(&linearised, "mean"));
    near(linearised.se, 0.561_065_707_785_193_9);
    near(linearised.low, 3.338_222_487_846_969_6);
}

#[test]
fn a_mean_near_the_end_of_its_scale_keeps_its_interval_on_the_scale() {
    let mut csv = "x\n".to_owned();
    for row in 0..12 {
        writeln!(csv, "{}", if row == 3 { 4 } else { 5 }).unwrap();
    }
    let folder = table(&csv, &[], r#""sampling": "sample""#);
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    let bare = r#""type": "number" }"#;
    let bounded = r#""type": "number", "constraints": { "minimum": 1, "maximum": 5 } }"#;
    folder.write("datapackage.json", manifest.replace(bare, bounded));
    folder.define("mean", "points", &formula("t", "AVG(x)"));
    let on_scale = interval(total(&folder.evaluate(), "mean"));
    assert_eq!(on_scale.kind, IntervalKind::Logit);
    assert!(on_scale.high < 5.0 && on_scale.low > 4.0, "{on_scale:?}");
    folder.write("datapackage.json", manifest);
    let plain = interval(total(&folder.evaluate(), "mean"));
    assert!(plain.high > 5.0, "{plain:?}");
    near(plain.se, on_scale.se);
}

#[test]
fn the_bootstrap_is_near_the_jackknife_and_keeps_to_its_method() {
    let csv: String = (0..60).fold("stratum,cluster,x,y\n".to_owned(), |mut csv, row| {
        let (x, y) = (row * 37 % 23 + row % 5, row * 11 % 17 + 12);
        writeln!(csv, "s{},c{},{x},{y}", row % 2, row / 2 % 15).unwrap();
        csv
    });
    let design = r#""sampling": "sample", "cluster": "cluster", "stratum": "stratum""#;
    let measures = [
        ("ratio", "SUM(x) / SUM(y)"),
        ("mean", "AVG(x)"),
        ("share", SHARE),
        ("deviation", "STDDEV(x)"),
    ];
    let by = |method: &str| asked(&csv, design, method, &measures).evaluate();
    let jackknife = by("jackknife");
    for (method, kind) in [
        ("bootstrap-percentile", IntervalKind::BootstrapPercentile),
        ("bootstrap-bca", IntervalKind::BootstrapBca),
        ("bootstrap-studentised", IntervalKind::BootstrapStudentised),
    ] {
        let bootstrap = by(method);
        assert_eq!(bootstrap.evaluation.replicates, Some(9_999));
        for (id, _) in measures {
            let (a, b) = (
                interval(total(&jackknife, id)),
                interval(total(&bootstrap, id)),
            );
            assert_eq!((b.kind, b.df, b.clusters), (kind, a.df, a.clusters));
            assert!(
                (b.se / a.se - 1.0).abs() < 0.08,
                "{method} {id}: {b:?} {a:?}"
            );
            let reach = a.high - a.low;
            assert!(
                (b.low - a.low).abs() < 0.2 * reach,
                "{method} {id}: {b:?} {a:?}"
            );
            assert!(
                (b.high - a.high).abs() < 0.2 * reach,
                "{method} {id}: {b:?} {a:?}"
            );
        }
    }
}

#[test]
fn a_method_that_does_not_fit_is_refused_and_not_replaced() {
    for (method, value, words) in [
        ("wilson", "AVG(x)", "it is for shares of rows"),
        (
            "clopper-pearson",
            "SUM(x) / SUM(y)",
            "it is for shares of rows",
        ),
        ("logit", "AVG(x)", "not declared"),
        ("woodruff", "AVG(x)", "it is for quantiles"),
        ("bootstrap-bca", "MEDIAN(x)", "interval of Woodruff only"),
        ("jackknife", "MEDIAN(x)", "interval of Woodruff only"),
    ] {
        let outcome = outcome(method, &[("measure", value)]);
        let estimate = total(&outcome, "measure");
        assert!(estimate.value.is_some() && estimate.interval.is_none());
        let reason = estimate.no_interval.as_deref().unwrap();
        assert!(reason.contains(words), "{method}: {reason}");
        let finding = outcome
            .quality
            .findings
            .listed
            .iter()
            .find(|f| f.code == "evaluation-interval")
            .unwrap();
        assert!(finding.message.contains(words), "{}", finding.message);
        let sentence = &result(&outcome, "measure").method;
        assert!(sentence.contains("without intervals"), "{sentence}");
    }
    let corrected = format!(r#"{DESIGN}, "population": 40"#);
    let folder = asked(SAMPLE, &corrected, "bootstrap-bca", &[("mean", "AVG(x)")]);
    let reason = total(&folder.evaluate(), "mean")
        .no_interval
        .clone()
        .unwrap();
    assert!(reason.contains("population"), "{reason}");
}

#[test]
fn an_override_goes_before_the_evaluation_and_counts_of_replicates_are_checked() {
    let folder = asked(
        SAMPLE,
        DESIGN,
        "jackknife",
        &[("share", SHARE), ("mean", "AVG(x)")],
    );
    let head =
        "title = \"I\"\nindicators = [\"own/*\"]\nsmall_cells = 0\ninterval = \"jackknife\"\n";
    let own = "[[override]]\nindicator = \"share\"\ninterval = \"logit\"\n";
    folder.write("evaluation.toml", format!("{head}{own}"));
    let outcome = folder.evaluate();
    assert_eq!(interval(total(&outcome, "share")).kind, IntervalKind::Logit);
    assert_eq!(
        interval(total(&outcome, "mean")).kind,
        IntervalKind::Jackknife
    );
    assert_eq!(outcome.evaluation.interval, "jackknife");
    folder.write("evaluation.toml", format!("{head}replicates = 10\n"));
    let stop = evaluate(folder.path(), &Quiet).unwrap_err().to_string();
    assert!(stop.contains("between 99 and 999999"), "{stop}");
    folder.write("evaluation.toml", head.replace("jackknife", "jacknife"));
    let stop = evaluate(folder.path(), &Quiet).unwrap_err().to_string();
    assert!(stop.contains("jacknife"), "{stop}");
}

/// Nobody or everybody in a clustered, weighted sample: an interval by an assumed design effect, wider than that of 11 simple rows.
#[test]
fn none_and_all_of_a_clustered_sample_have_wide_intervals() {
    let outcome = outcome(
        "auto",
        &[
            ("none", "COUNT(*) FILTER (WHERE x > 99) / COUNT(*)"),
            ("all", "COUNT(*) FILTER (WHERE x > 0) / COUNT(*)"),
        ],
    );
    let (none, all) = (
        interval(total(&outcome, "none")),
        interval(total(&outcome, "all")),
    );
    assert_eq!((none.low, all.high), (0.0, 1.0));
    // Wilson of 0 of 11: z^2 / (11 + z^2).
    assert!(none.high > 0.2588 && none.high < 0.6, "{none:?}");
    near(all.low, 1.0 - none.high);
    assert_eq!(none.design_effect, None);
}

/// `tandem_expected.py intervals` computed these with pandas and scipy, independently of codev.
#[test]
fn tandem_gives_the_intervals_that_scipy_gives() {
    let outcome = evaluate(&root().join("datasets/tandem"), &Quiet).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(root().join("tests/tandem_intervals.csv"))
        .unwrap();
    let mut seen = 0;
    for line in reader.records().map(Result::unwrap) {
        let estimate = total(&outcome, &line[0]);
        let found = interval(estimate);
        let got = [
            estimate.value.unwrap(),
            found.low,
            found.high,
            found.se,
            found.df,
            found.clusters as f64,
            found.design_effect.unwrap(),
        ];
        for (got, wanted) in got.into_iter().zip(line.iter().skip(1)) {
            let wanted: f64 = wanted.parse().unwrap();
            assert!(
                close(got, wanted, 1e-8),
                "{}: {got} is not {wanted}",
                &line[0]
            );
        }
        seen += 1;
    }
    assert_eq!(seen, 6);
}
