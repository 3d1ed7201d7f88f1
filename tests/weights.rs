//! Replicate weights and calibrated weights: against R's package survey, and what is refused.

use crate::kit::{Folder, close, formula, result, root, total};
use codev::outcome::{IntervalKind, Outcome};
use codev::run::{Quiet, evaluate};
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

/// The package's own example: survival of cardiac arrests by ambulance service, balanced half samples of three areas with two
/// services each: ratio .1535, standard error .0094.
#[test]
fn half_samples_of_ambulances() {
    let csv = "arrests,alive,weight,h_1,h_2,h_3,h_4\n120,25,1,2,2,0,0\n78,24,1,0,0,2,2\n185,30,1,2,0,2,0\n228,49,1,0,2,0,2\n670,80,1,2,0,0,2\n530,70,1,0,2,2,0\n";
    let folder = Folder::new();
    folder.write("t.csv", csv);
    folder.write(
        "datapackage.json",
        r#"{"name": "t", "resources": [{"name": "t", "path": "t.csv", "codev": {"sampling": "sample", "weight": "weight",
            "replicate_weights": {"columns": ["h_1", "h_2", "h_3", "h_4"], "method": "brr", "about": "mean"}}}]}"#,
    );
    folder.write(
        "evaluation.toml",
        "title = \"Ambulances\"\nindicators = [\"process/test/*\"]\n",
    );
    folder.define("ratio", "units", &formula("t", "SUM(alive) / SUM(arrests)"));
    let outcome = folder.evaluate();
    let (value, se) = expected()[&("scd".into(), "all".into(), "ratio".into())];
    let ratio = total(&outcome, "ratio");
    assert!(close(ratio.value.unwrap(), value, 1e-12));
    let interval = ratio.interval.unwrap();
    assert!(close(interval.se, se, 1e-9) && interval.df == 3.0);
    assert!((value - 0.1535).abs() < 5e-5 && (se - 0.0094).abs() < 5e-5);
}

/// Where clusters are named beside the replicate weights, a group has no more degrees of freedom than its clusters allow.
#[test]
fn clusters_limit_the_degrees_of_freedom_of_a_group() {
    let codev = format!("{DRAWN}{}", replicates("jkn", more("jkn")));
    let outcome = folder(&rows(), &codev, "").evaluate();
    let all = total(&outcome, "sum").interval.unwrap();
    assert_eq!((all.clusters, all.df), (12, 6.0));
    let folder = folder(&rows(), &codev, "");
    folder.define(
        "sum",
        "units",
        "type = \"formula\"\ntable = \"t\"\nwhere = \"stratum IN ('s1', 's2')\"\nvalue = \"SUM(x)\"",
    );
    let part = total(&folder.evaluate(), "sum").interval.unwrap();
    assert_eq!((part.clusters, part.df), (4, 2.0));
}

/// What `check` says of a folder, in one line per finding.
fn said(csv: &str, codev: &str, evaluation: &str) -> String {
    let checked = codev::run::check(folder(csv, codev, evaluation).path(), &Quiet);
    match checked {
        Err(stop) => stop.to_string(),
        Ok(checked) => {
            let listed = checked.findings.listed.iter();
            listed
                .map(|f| format!("{} {} {}\n", f.code, f.message, f.help))
                .collect()
        }
    }
}

#[test]
fn replicate_weights_that_can_not_be_used_are_refused_in_words() {
    let rows = rows();
    let brr = replicates("brr", "");
    let factors = rows.lines().enumerate().map(|(at, line)| match at {
        0 => format!("{line},f_1,f_2\n"),
        _ => format!("{line},{},1\n", at % 2),
    });
    let factors: String = factors.collect();
    let missing = rows
        .replacen("brr_01", "brr_x", 1)
        .replacen("brr_02", "brr_01", 1);
    let emptied: String = rows
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            0 => format!("{line},brr_99\n"),
            3 => format!("{line},\n"),
            _ => format!("{line},10\n"),
        })
        .collect();
    for (csv, codev, expected) in [
        (&rows, replicates("jkn", ""), "needs `scales`"),
        (
            &rows,
            replicates("jkn", r#", "scales": [0.5, 0.5]"#),
            "has 2 numbers for 12 columns",
        ),
        (&rows, replicates("fay", ""), "needs `rho`"),
        (
            &rows,
            replicates("fay", r#", "rho": 1.5"#),
            "not from 0 to below 1",
        ),
        (
            &rows,
            replicates("brr", r#", "scale": 0.1"#),
            "has its own factors",
        ),
        (
            &rows,
            replicates("nothing", ""),
            "unknown variant `nothing`",
        ),
        (
            &rows,
            r#", "replicate_weights": {"columns": ["brr_01", "brr_1"], "method": "brr"}"#
                .to_owned(),
            "Did you mean `brr_01`",
        ),
        (
            &rows,
            r#", "replicate_weights": {"columns": ["brr_01", "sex"], "method": "brr"}"#.to_owned(),
            "not declared a number",
        ),
        (
            &rows,
            format!(r#", "population": 40{brr}"#),
            "corrects for a finite population",
        ),
        (
            &factors,
            r#", "replicate_weights": {"columns": "f_*", "method": "brr"}"#.to_owned(),
            "multiply them by the full weight",
        ),
        (&emptied, brr.clone(), "`brr_99` is missing in 1 rows"),
        (
            &missing,
            replicates("zzz", "").replace("\"zzz\"", "\"brr\""),
            "it names 0 columns",
        ),
    ] {
        let said = said(csv, &codev, "");
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let census = said(
        &rows,
        &format!(r#", "label": "sex"{brr}"#).replace("\"label\": \"sex\"", "\"unit\": \"row\""),
        "",
    );
    assert_eq!(census, said(&rows, &brr, ""));
    let asked = said(&rows, &brr, "interval = \"bootstrap-bca\"\n");
    assert!(asked.contains("nothing is drawn beside them"), "{asked}");
    let none = said(&rows, DRAWN, "interval = \"replicate-weights\"\n");
    assert!(none.contains("names no `replicate_weights`"), "{none}");
}

fn block(margins: &str) -> String {
    format!("[[calibrate]]\ntable = \"t\"\n{margins}")
}

#[test]
fn calibrations_that_can_not_be_done_are_refused_in_words() {
    let rows = rows();
    let sex = r#"{ column = "sex", categories = { female = 900, male = 850 } }"#;
    let gap = rows.replacen(",female,", ",,", 2);
    for (csv, evaluation, expected) in [
        (
            &rows,
            block(r#"margin = [{ column = "sex", categories = { female = 900 } }]"#),
            "the sample has the category male of sex",
        ),
        (
            &rows,
            block(
                r#"margin = [{ column = "sex", categories = { female = 900, male = 800, other = 50 } }]"#,
            ),
            "nobody in the sample is in the category other of sex",
        ),
        (
            &rows,
            block(r#"margin = [{ column = "sex", categories = { female = -1, male = 800 } }]"#),
            "has -1 for `female`",
        ),
        (
            &gap,
            block(&format!("margin = [{sex}]")),
            "2 rows have no sex",
        ),
        (
            &rows,
            block(&format!(
                r#"margin = [{sex}, {{ column = "region", categories = {{ north = 700, south = 700 }} }}]"#
            )),
            "different populations: sex adds up to 1750, region to 1400",
        ),
        (
            &rows,
            block(&format!(
                r#"margin = [{sex}, {{ column = "stratum", categories = {{ s1 = 1750, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0 }} }}]"#
            )),
            "no number above 0",
        ),
        (
            &rows,
            block(r#"margin = [{ column = "sx", categories = { female = 900 } }]"#),
            "Did you mean `sex`",
        ),
        (&rows, block(""), "has no margin"),
        (
            &rows,
            block(r#"margin = [{ column = "sex" }]"#),
            "either `categories` or `from`",
        ),
        (
            &rows,
            format!(
                "{}{}",
                block(&format!("margin = [{sex}]\n")),
                block(&format!("margin = [{sex}]"))
            ),
            "Two [[calibrate]] blocks",
        ),
        (
            &rows,
            block(&format!("total = 5\nmargin = [{sex}]")),
            "`total` goes with shares",
        ),
        (
            &rows,
            block(
                r#"margin = [{ column = "sex", from = { table = "nowhere", category = "a", count = "b" } }]"#,
            ),
            "no table `nowhere`",
        ),
    ] {
        let said = said(csv, DRAWN, &evaluation);
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // The figures stay, with the weights of the data, and say so.
    let refused = folder(
        &rows,
        DRAWN,
        &block(r#"margin = [{ column = "sex", categories = { female = 900 } }]"#),
    );
    let outcome = evaluate(refused.path(), &Quiet).unwrap();
    let plain = folder(&rows, DRAWN, "").evaluate();
    assert_eq!(total(&outcome, "mean"), total(&plain, "mean"));
    assert!(
        result(&outcome, "mean")
            .remarks
            .iter()
            .any(|r| r.contains("are not, since the sample has the category male"))
    );
    // Nobody is missing from a census.
    let census = folder(&rows, "", &block(&format!("margin = [{sex}]")));
    let text = std::fs::read_to_string(census.file("datapackage.json")).unwrap();
    census.write("datapackage.json", text.replace("\"sample\"", "\"census\""));
    let checked = codev::run::check(census.path(), &Quiet).unwrap();
    assert!(
        checked
            .findings
            .listed
            .iter()
            .any(|f| f.message.contains("is a census"))
    );
}

/// Counts from a table of the data, by a column of `within`; shares beside them; margins met, and told.
#[test]
fn counts_come_from_a_table_of_the_data() {
    let evaluation = r#"
[[calibrate]]
table = "t"
within = ["region"]
[[calibrate.margin]]
column = "sex"
from = { table = "people", category = "gender", count = "n", where = "year = 2020" }
[[calibrate.margin]]
column = "age"
categories = { "16-34" = 0.3, "35-64" = 0.45, "65+" = 0.25 }
"#;
    let folder = folder(&rows(), DRAWN, evaluation);
    folder.write(
        "people.csv",
        "region,gender,year,n\nnorth,female,2020,300\nnorth,female,2020,100\nnorth,male,2020,350\nsouth,female,2020,500\nsouth,male,2020,510\nsouth,male,2010,9\n",
    );
    let text = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    folder.write(
        "datapackage.json",
        text.replace("]}", r#", {"name": "people", "path": "people.csv"}]}"#),
    );
    folder.define("people", "persons", &formula("t", "COUNT(*)"));
    let outcome = folder.evaluate();
    assert!(close(
        total(&outcome, "people").value.unwrap(),
        1760.0,
        1e-8
    ));
    let told = outcome.weights[0].calibration.as_ref().unwrap();
    let of = |at: usize| -> Vec<(String, f64, f64)> {
        let each = told.margins[at].categories.iter();
        each.map(|c| {
            (
                format!("{} {}", c.within[0], c.category),
                c.target,
                c.after.unwrap(),
            )
        })
        .collect()
    };
    for (name, target, after) in of(0).into_iter().chain(of(1)) {
        assert!(close(after, target, 1e-8), "{name}: {after}, not {target}");
    }
    assert_eq!(of(0)[0].1, 400.0);
    assert!(close(of(1)[0].1, 225.0, 1e-9) && close(of(1)[3].1, 303.0, 1e-9));
    let result = told.result.unwrap();
    assert!(result.least < 1.0 && result.most > 1.0 && result.kish_after > 1.0);
    let out = folder.codev(&["report", ".", "--out", "out"]);
    assert!(out.status.success());
    let html = std::fs::read_to_string(folder.file("out/report.html")).unwrap();
    assert!(
        html.contains("Weights of the samples")
            && html.contains("are raked to the margins of sex, age, separately by region")
    );
}
