//! Replicate weights and calibrated weights: against R's package survey, and what is refused.

use crate::kit::{Folder, close, formula, result, root, total};
use codev::outcome::{IntervalKind, Outcome};
use std::collections::BTreeMap;

/// Indicators of the comparison: id, value of the formula.
const FIGURES: [(&str, &str); 6] = [
    ("mean", "AVG(y)"),
    ("share", "COUNT(*) FILTER (WHERE y >= 4) / COUNT(*)"),
    ("sum", "SUM(x)"),
    ("ratio", "SUM(x) / SUM(y)"),
    ("mean-of-x", "AVG(x)"),
    ("median", "MEDIAN(x)"),
];

fn rows() -> String {
    std::fs::read_to_string(root().join("tests/weights_rows.csv")).unwrap()
}

/// An evaluation of the rows shared with R, with more in the codev object and in the evaluation file.
fn folder(csv: &str, codev: &str, evaluation: &str) -> Folder {
    let folder = Folder::new();
    folder.write("t.csv", csv);
    folder.write(
        "datapackage.json",
        format!(
            r#"{{"name": "t", "resources": [{{"name": "t", "path": "t.csv", "codev": {{"sampling": "sample", "weight": "weight"{codev}}}}}]}}"#
        ),
    );
    folder.write(
        "evaluation.toml",
        format!("title = \"Weights\"\nindicators = [\"process/test/*\"]\nby = [\"sex\"]\nsmall_cells = 0\n{evaluation}"),
    );
    for (id, value) in FIGURES {
        folder.define(id, "units", &formula("t", value));
    }
    folder.define(
        "derived",
        "units",
        "type = \"derived\"\ninputs = { x = \"mean-of-x\", y = \"mean\" }\nvalue = \"x - 4 * y\"",
    );
    folder
}

const DRAWN: &str = r#", "cluster": "cluster", "stratum": "stratum""#;

fn replicates(kind: &str, more: &str) -> String {
    let prefix = kind.trim_end_matches("-mean");
    let method = match prefix {
        "boot" => "bootstrap",
        other => other,
    };
    format!(r#", "replicate_weights": {{"columns": "{prefix}_*", "method": "{method}"{more}}}"#)
}

fn more(kind: &str) -> &'static str {
    match kind {
        "jkn" => r#", "scales": 0.5"#,
        "fay" => r#", "rho": 0.3"#,
        "boot-mean" => r#", "about": "mean""#,
        _ => "",
    }
}

const MARGINS: &str = r#"
[[calibrate]]
table = "t"
[[calibrate.margin]]
column = "sex"
categories = { female = 900, male = 850 }
[[calibrate.margin]]
column = "age"
categories = { "16-34" = 600, "35-64" = 750, "65+" = 400 }
"#;

type Expected = BTreeMap<(String, String, String), (f64, f64)>;

fn expected() -> Expected {
    let text = std::fs::read_to_string(root().join("tests/weights_expected.csv")).unwrap();
    let mut expected = BTreeMap::new();
    for line in text.lines().skip(2) {
        let cells: Vec<&str> = line.split(',').collect();
        let key = (
            cells[0].to_owned(),
            cells[1].to_owned(),
            cells[2].to_owned(),
        );
        let numbers = (cells[3].parse().unwrap(), cells[4].parse().unwrap());
        expected.insert(key, numbers);
    }
    expected
}

/// Every value and standard error of a case, of all rows and of women; how many were held against each other.
fn agree(case: &str, outcome: &Outcome, expected: &Expected, tolerance: f64) -> usize {
    let mut compared = 0;
    for ((_, group, figure), (value, se)) in expected.iter().filter(|((c, ..), _)| c == case) {
        if figure == "df" {
            continue;
        }
        let by = (group != "all").then_some(("sex", Some("female")));
        let found = crate::kit::cell(outcome, figure, None, by).unwrap();
        let interval = found
            .interval
            .unwrap_or_else(|| panic!("{case} {figure}: {:?}", found.no_interval));
        let got = found.value.unwrap();
        assert!(
            close(got, *value, tolerance),
            "{case} {group} {figure}: {got}, not {value}"
        );
        assert!(
            close(interval.se, *se, tolerance),
            "{case} {group} {figure}: standard error {}, not {se}",
            interval.se
        );
        compared += 1;
    }
    compared
}

/// survey: svrepdesign of JK1, JKn, BRR, Fay and bootstrap weights, about the estimate and about the mean.
#[test]
fn replicate_weights_as_in_r() {
    let expected = expected();
    let mut compared = 0;
    for kind in ["jk1", "jkn", "brr", "fay", "boot", "boot-mean"] {
        let outcome = folder(&rows(), &replicates(kind, more(kind)), "").evaluate();
        compared += agree(kind, &outcome, &expected, 1e-9);
        let interval = total(&outcome, "sum").interval.unwrap();
        assert_eq!(interval.kind, IntervalKind::ReplicateWeights);
        if let Some((df, _)) = expected.get(&(kind.into(), "all".into(), "df".into())) {
            assert_eq!(interval.df, *df, "{kind}");
        }
        let method = &result(&outcome, "sum").method;
        assert!(method.contains("replicate weights ("), "{method}");
        let median = total(&outcome, "median");
        assert!(
            median
                .no_interval
                .as_ref()
                .unwrap()
                .contains("replicate weights")
        );
        // A share stays within its bounds.
        let share = total(&outcome, "share").interval.unwrap();
        assert_eq!(share.kind, IntervalKind::Wilson);
    }
    assert_eq!(compared, 60);
}

/// survey: rake of each of the replicates; rake and postStratify of a jackknife made of the clusters.
#[test]
fn raked_weights_as_in_r() {
    let expected = expected();
    let mut compared = 0;
    for kind in ["jkn", "fay", "boot"] {
        let outcome = folder(&rows(), &replicates(kind, more(kind)), MARGINS).evaluate();
        compared += agree(&format!("raked-{kind}"), &outcome, &expected, 1e-7);
    }
    let outcome = folder(&rows(), DRAWN, MARGINS).evaluate();
    compared += agree("raked", &outcome, &expected, 1e-7);
    let post = "[[calibrate]]\ntable = \"t\"\nmargin = [{ column = \"region\", categories = { north = 700, south = 1050 } }]\n";
    let outcome = folder(&rows(), DRAWN, post).evaluate();
    compared += agree("post", &outcome, &expected, 1e-7);
    let within = "[[calibrate]]\ntable = \"t\"\nwithin = [\"region\"]\nmargin = [{ column = \"sex\", categories = { female = 0.52, male = 0.48 } }]\n";
    let outcome = folder(&rows(), DRAWN, within).evaluate();
    compared += agree("within", &outcome, &expected, 1e-7);
    assert_eq!(compared, 60);
}
