//! Clusters that cross programmes, domains of a whole design, samples in two stages: against R survey 4.1.1, clubSandwich 0.5.8.
//! `design_expected.R` makes the same rows and the numbers.

use crate::kit::{Folder, cell, close, formula, result, root, table, total};
use codev::outcome::{Estimate, Interval, Outcome};
use codev::run::{Quiet, evaluate};
use std::fmt::Write as _;

const DESIGN: &str =
    r#""sampling": "sample", "cluster": "cluster", "stratum": "stratum", "weight": "w""#;

/// 60 persons of 12 neighbourhoods in 3 strata; every neighbourhood has persons of both programmes.
fn crossing() -> String {
    let mut csv = "programme,stratum,cluster,w,x,g,y\n".to_owned();
    for i in 0..60_i32 {
        let y = 20.0 + f64::from((i * 37) % 23) / 2.0 + 3.0 * f64::from((i / 5) % 3);
        let y = match i % 7 == 3 || i < 5 {
            true => String::new(),
            false => y.to_string(),
        };
        writeln!(
            csv,
            "P{},s{},n{},{},{},{},{y}",
            1 + i % 2,
            i / 20,
            i / 5,
            10 + (i * 13) % 9,
            (i * 11) % 17,
            (i * 7) % 3
        )
        .unwrap();
    }
    csv
}

fn folder(csv: &str, design: &str, interval: &str, measures: &[(&str, &str)]) -> Folder {
    let folder = table(
        csv,
        &["programme", "stratum", "cluster", "district"],
        design,
    );
    folder.write(
        "evaluation.toml",
        format!("title = \"D\"\nindicators = [\"own/*\"]\nsmall_cells = 0\ninterval = \"{interval}\"\nby = [\"g\"]\n"),
    );
    for (id, value) in measures {
        folder.define(id, "units", &formula("t", value));
    }
    folder
}

fn interval(estimate: &Estimate) -> Interval {
    estimate
        .interval
        .unwrap_or_else(|| panic!("{:?}", estimate.no_interval))
}

fn near(got: f64, wanted: f64) {
    assert!(close(got, wanted, 1e-9), "{got} is not {wanted}");
}

const MEASURES: [(&str, &str); 5] = [
    ("mean", "AVG(y)"),
    ("sum", "SUM(y)"),
    ("variance", "VAR(y)"),
    ("deviation", "STDDEV(y)"),
    ("correlation", "CORR(x, y)"),
];

/// A neighbourhood with persons of two programmes is one neighbourhood; programmes and groups are domains of the whole design.
#[test]
fn clusters_that_cross_programmes_are_one_as_in_r() {
    let of = |method: &str| folder(&crossing(), DESIGN, method, &MEASURES).evaluate();
    let (jackknife, linear) = (of("jackknife"), of("linearisation"));
    let check = |outcome: &Outcome,
                 id: &str,
                 place: (Option<&str>, Option<(&str, Option<&str>)>),
                 se: f64| {
        let found = interval(cell(outcome, id, place.0, place.1).unwrap());
        near(found.se, se);
        assert_eq!(found.df, 8.0, "{id} {place:?}");
    };
    let mean = total(&jackknife, "mean");
    near(mean.value.unwrap(), 28.825_190_839_694_66);
    assert_eq!(interval(mean).clusters, 11);
    for (outcome, mean, sum, p1, p2, g0) in [
        (
            &linear,
            1.003_734_893_212_57,
            2_105.758_315_508_53,
            1.174_422_662_409_89,
            1.303_413_291_755_20,
            1.472_023_915_544_32,
        ),
        (
            &jackknife,
            1.015_176_653_091_22,
            2_105.758_315_508_53,
            1.189_668_719_556_64,
            1.329_281_473_153_38,
            1.529_662_031_248_91,
        ),
    ] {
        check(outcome, "mean", (None, None), mean);
        check(outcome, "sum", (None, None), sum);
        check(outcome, "mean", (Some("P1"), None), p1);
        check(outcome, "mean", (Some("P2"), None), p2);
        check(outcome, "sum", (Some("P1"), None), 1_353.934_513_433_6);
        check(outcome, "sum", (Some("P2"), None), 1_363.991_477_246_1);
        check(outcome, "mean", (None, Some(("g", Some("0")))), g0);
    }
    let found = result(&jackknife, "mean");
    assert!(
        found.method.contains("within strata (stratum)"),
        "{}",
        found.method
    );
    assert!(
        found
            .remarks
            .iter()
            .any(|r| r.contains("rows of several programmes")),
        "{:?}",
        found.remarks
    );
    // Second moments: log scale and Fisher's z, with the standard errors of `svycontrast`.
    for (id, se, low, high) in [
        (
            "variance",
            2.558_826_870_711_7,
            13.464_336_302_867_9,
            25.466_406_929_127_4,
        ),
        (
            "deviation",
            0.297_319_059_782_729,
            3.669_378_190_220_77,
            5.046_425_163_333_68,
        ),
        (
            "correlation",
            0.175_597_040_742_078_2,
            -0.328_688_025_307_661,
            0.439_778_810_281_617,
        ),
    ] {
        let found = interval(total(&linear, id));
        // The factor n / (n - 1) of variances varies with the rows too, which `svycontrast` takes as fixed: 7e-5 of the error.
        let tolerance = if id == "correlation" { 1e-7 } else { 2e-4 };
        for (got, wanted) in [(found.se, se), (found.low, low), (found.high, high)] {
            assert!(close(got, wanted, tolerance), "{id}: {got} is not {wanted}");
        }
    }
}

/// clubSandwich 0.5.8: CR2 with Satterthwaite's degrees of freedom, 11 clusters.
#[test]
fn the_clusters_of_an_effect_are_one_wherever_they_appear() {
    let folder = folder(&crossing(), DESIGN, "auto", &[("mean", "AVG(y)")]);
    let text = "title = \"D\"\nindicators = [\"own/*\"]\nsmall_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"mean\"]\ndesign = \"comparison\"\ncluster = \"cluster\"\ntreated = \"programme = 'P1'\"\n";
    folder.write("evaluation.toml", text);
    let outcome = folder.evaluate();
    let found = outcome.effects[0].estimate.clone().unwrap();
    near(found.value, 0.175_777_168_234_066);
    near(found.se.unwrap(), 1.379_024_287_999_622);
    near(found.df.unwrap(), 9.707_450_288_676_121);
    assert_eq!(found.clusters, Some(11));
}

/// Programmes whose clusters don't cross are strata, as ever; one with a single respondent takes nothing from the total.
#[test]
fn a_programme_with_one_respondent_leaves_the_total_its_interval() {
    let mut csv = "programme,g,y\n".to_owned();
    for k in 0..21_i32 {
        let programme = if k < 20 { "P1" } else { "P2" };
        writeln!(csv, "{programme},a,{}", f64::from((k * 37) % 23) / 2.0).unwrap();
    }
    let plain = folder(
        &csv,
        r#""sampling": "sample""#,
        "linearisation",
        &[("mean", "AVG(y)")],
    );
    let outcome = plain.evaluate();
    near(interval(total(&outcome, "mean")).se, 0.755_066_034_564_718);
    let p1 = cell(&outcome, "mean", Some("P1"), None).unwrap();
    near(interval(p1).se, 0.772_694_150_359_636);
    let p2 = cell(&outcome, "mean", Some("P2"), None).unwrap();
    assert!(
        p2.no_interval
            .as_ref()
            .unwrap()
            .contains("too few clusters")
    );
    let remarks = &result(&outcome, "mean").remarks;
    assert!(
        remarks.iter().any(|r| r.contains("single sampling unit")),
        "{remarks:?}"
    );
}

/// Numbers of clusters that begin anew in each stratum stay apart (`nest = TRUE`), and the reader is told; a few that cross strata
/// are one, and those strata are taken together.
#[test]
fn names_of_clusters_in_several_strata_are_told() {
    let of = |cluster: &dyn Fn(i32) -> i32| {
        let mut csv = "stratum,cluster,w,g,y\n".to_owned();
        for i in 0..60_i32 {
            writeln!(csv, "s{},c{},1,a,{}", i / 20, cluster(i), (i * 37) % 23).unwrap();
        }
        let outcome = folder(&csv, DESIGN, "linearisation", &[("mean", "AVG(y)")]).evaluate();
        (
            interval(total(&outcome, "mean")),
            result(&outcome, "mean").remarks.join(" "),
        )
    };
    let (apart, _) = of(&|i| i / 5);
    let (anew, said) = of(&|i| i / 5 % 4);
    assert_eq!((apart.se, apart.df), (anew.se, anew.df));
    assert!(said.contains("begin anew in each stratum"), "{said}");
    // Cluster 3 of the first stratum has persons of the second as well.
    let (joined, said) = of(&|i| if i / 5 == 4 { 3 } else { i / 5 });
    assert_eq!((joined.clusters, joined.df), (11, 9.0));
    assert!(said.contains("taken together"), "{said}");
}

/// 8 of 8 and 8 of 12 neighbourhoods, 6 persons of 30 to 44 in each.
fn two_stages(first: f64) -> String {
    let mut csv = "cluster,g,w,first,size,y\n".to_owned();
    for q in 0..48_i32 {
        let size = 30 + 2 * (q / 6);
        let w = first / 8.0 * f64::from(size) / 6.0;
        let y = f64::from((q * 37) % 23) / 4.0 + f64::from(q / 6 % 3);
        writeln!(csv, "n{},a,{w},{first},{size},{y}", q / 6).unwrap();
    }
    csv
}

#[test]
fn two_stages_have_corrections_at_both() {
    let known = r#""sampling": "sample", "cluster": "cluster", "weight": "w", "population": "first", "cluster_population": "size""#;
    let unknown = known.replace(r#", "cluster_population": "size""#, "");
    let measures = [
        ("mean", "AVG(y)"),
        ("sum", "SUM(y)"),
        ("part", "AVG(y) FILTER (WHERE y > 2)"),
        ("part-sum", "SUM(y) FILTER (WHERE y > 2)"),
        ("median", "MEDIAN(y)"),
    ];
    for (first, se, of_unknown, of_sum, of_part, of_part_sum) in [
        (
            8.0,
            0.237_206_045_472_463,
            0.258_849_649_859_622,
            70.212_989_459_849_15,
            0.206_133_421_604_584,
            84.741_010_667_143_27,
        ),
        (
            12.0,
            0.257_582_868_913_229,
            0.271_120_925_984_598,
            127.594_577_433_667_6,
            0.182_216_714_665_157,
            142.614_016_625_629_2,
        ),
    ] {
        let csv = two_stages(first);
        let outcome = folder(&csv, known, "linearisation", &measures[..4]).evaluate();
        near(
            total(&outcome, "mean").value.unwrap(),
            3.608_671_171_171_171,
        );
        for (id, se) in [
            ("mean", se),
            ("sum", of_sum),
            ("part", of_part),
            ("part-sum", of_part_sum),
        ] {
            near(interval(total(&outcome, id)).se, se);
        }
        assert!(result(&outcome, "mean").method.contains("both stages"));
        let outcome = folder(&csv, &unknown, "linearisation", &measures[..1]).evaluate();
        near(interval(total(&outcome, "mean")).se, of_unknown);
        let remarks = result(&outcome, "mean").remarks.join(" ");
        assert!(remarks.contains("`cluster_population`"), "{remarks}");
        // The jackknife of a sum is linearisation, and that of a mean comes near it; quantiles have intervals too.
        let outcome = folder(&csv, known, "auto", &measures).evaluate();
        near(interval(total(&outcome, "sum")).se, of_sum);
        near(interval(total(&outcome, "part-sum")).se, of_part_sum);
        assert!(close(interval(total(&outcome, "mean")).se, se, 0.01));
        assert!(total(&outcome, "median").interval.is_some());
        let df = interval(total(&outcome, "mean")).df;
        assert_eq!(df, if first > 8.0 { 7.0 } else { 40.0 });
    }
    // One row a cluster, all clusters: nothing was sampled.
    let lines = two_stages(8.0);
    let whole: String = lines.lines().step_by(6).map(|l| format!("{l}\n")).collect();
    let outcome = folder(&whole, &unknown, "auto", &measures[..1]).evaluate();
    let why = total(&outcome, "mean").no_interval.clone().unwrap();
    assert!(why.contains("declare the table a census"), "{why}");
    let small = folder(
        &two_stages(8.0),
        &known.replace("\"size\"", "5"),
        "auto",
        &measures[..1],
    )
    .evaluate();
    let why = total(&small, "mean").no_interval.clone().unwrap();
    assert!(
        why.contains("6 units in the sample but 5 in the population"),
        "{why}"
    );
}

/// apiclus2: SE 30.099, of which one stage gives 29.889.
#[test]
fn schools_in_two_stages_as_published_with_r() {
    let csv = std::fs::read_to_string(root().join("tests/apiclus2.csv")).unwrap();
    let design = r#""sampling": "sample", "cluster": "district", "weight": "weight", "population": "districts""#;
    let of = |design: &str| {
        let folder = table(&csv, &["district"], design);
        folder.define("api", "points", &formula("t", "AVG(api)"));
        folder.write(
            "evaluation.toml",
            "title = \"A\"\nindicators = [\"own/*\"]\ninterval = \"linearisation\"\nby = []\n",
        );
        let outcome = evaluate(folder.path(), &Quiet).unwrap();
        let api = total(&outcome, "api").clone();
        near(api.value.unwrap(), 670.811_808_118_081_2);
        interval(&api)
    };
    let two = of(&format!(r#"{design}, "cluster_population": "schools""#));
    near(two.se, 30.099_027_376_836_6);
    assert_eq!((two.df, two.clusters), (39.0, 40));
}

/// Shrout & Fleiss 1979, four judges rate six targets: all six forms through an evaluation, and the rows that they rest on. A seventh
/// target with two judges counts in the one-way forms only; alpha of the items by R's `cov(use = "pairwise")`.
#[test]
fn intraclass_correlations_of_all_forms_and_the_rows_behind() {
    let targets = [
        [9, 2, 5, 8],
        [6, 1, 3, 2],
        [8, 4, 6, 8],
        [7, 1, 2, 6],
        [10, 5, 6, 9],
        [6, 2, 4, 7],
    ];
    let mut csv = "target,judge,score\n".to_owned();
    for (target, scores) in targets.iter().enumerate() {
        for (judge, score) in scores.iter().enumerate() {
            writeln!(csv, "t{target},j{judge},{score}").unwrap();
        }
    }
    let measure = |statistic: &str| {
        format!(
            "type = \"agreement\"\ntable = \"t\"\ncases = [\"target\"]\nrater = \"judge\"\nscore = \"score\"\nlevel = \"interval\"\nstatistic = \"{statistic}\""
        )
    };
    let forms = [
        ("icc-one-way", 0.165_742),
        ("icc", 0.289_764),
        ("icc-consistency", 0.714_841),
        ("icc-one-way-average", 0.442_797),
        ("icc-average", 0.620_051),
        ("icc-consistency-average", 0.909_316),
    ];
    for (more, rows) in [("", 24), ("t6,j0,5\nt6,j1,5\n", 24)] {
        let folder = table(&format!("{csv}{more}"), &["target", "judge"], "");
        for (statistic, _) in forms {
            folder.define(statistic, "number", &measure(statistic));
        }
        let outcome = folder.evaluate();
        for (statistic, wanted) in forms {
            let found = total(&outcome, statistic);
            let all = more.is_empty() || statistic.contains("one-way");
            let lines = 24 + u64::from(!more.is_empty()) * 2;
            assert_eq!(found.n, if all { lines } else { rows }, "{statistic}");
            assert_eq!(found.n + found.missing, lines, "{statistic}");
            if !statistic.contains("one-way") || more.is_empty() {
                assert!((found.value.unwrap() - wanted).abs() < 1e-6, "{found:?}");
            }
        }
    }
}

#[test]
fn case_numbers_that_begin_anew_in_each_programme_are_told() {
    let csv = "programme,target,judge,score\nP1,1,a,1\nP1,1,b,2\nP1,2,a,3\nP1,2,b,3\nP2,1,a,5\nP2,1,b,5\nP2,3,a,2\nP2,3,b,1\n";
    let folder = table(csv, &["programme", "target", "judge"], "");
    let measure = |cases: &str| {
        format!(
            "type = \"agreement\"\ntable = \"t\"\ncases = [{cases}]\nrater = \"judge\"\nscore = \"score\"\nlevel = \"interval\""
        )
    };
    folder.define("alone", "number", &measure("\"target\""));
    folder.define("told", "number", &measure("\"programme\", \"target\""));
    let outcome = folder.evaluate();
    let said = |id: &str| result(&outcome, id).remarks.join(" ");
    assert!(
        said("alone").contains("1 case of 3 has scores from several programmes"),
        "{}",
        said("alone")
    );
    assert!(!said("told").contains("several programmes"));
}

/// R 4.2: k / (k - 1) (1 - sum of variances / sum of all) of `cov(q, use = "pairwise")`.
#[test]
fn alpha_over_pairs_of_items() {
    let csv = "a,b,c\n1,2,1\n2,2,3\n3,3,3\n4,5,4\n5,5,4\n,1,2\n2,,1\n4,4,\n";
    let folder = table(csv, &[], "");
    folder.define(
        "scale",
        "points",
        "type = \"scale\"\ntable = \"t\"\nitems = [\"a\", \"b\", \"c\"]",
    );
    let outcome = folder.evaluate();
    let detail = &result(&outcome, "scale").details[0].content;
    let codev::outcome::Content::Scale(scale) = detail else {
        panic!("{detail:?}");
    };
    near(scale.pairwise_alpha.unwrap(), 0.947_958_596_894_767);
}
