//! Numbers whose sums can't be held: that indicator is undefined and says why, the others stand, and every file is written.

use crate::kit::{Folder, formula, result, table, total};
use codev::outcome::{Outcome, Status};

/// Whether the outcome can be saved and read again, and reports be made.
fn whole(folder: &Folder) {
    let run = folder.codev(&["report", ".", "--out", "out"]);
    assert!(
        run.status.success(),
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
    let again = folder.codev(&["render", "out/outcome.json", "--out", "again"]);
    assert!(
        again.status.success(),
        "{}",
        String::from_utf8_lossy(&again.stderr)
    );
}

fn undefined(outcome: &Outcome, id: &str) {
    let found = result(outcome, id);
    let estimate = total(outcome, id);
    assert_eq!(estimate.status, Status::Undefined, "{id}: {estimate:?}");
    assert!(
        found
            .remarks
            .iter()
            .any(|r| r.contains("largest number that can be held")),
        "{id}: {:?}",
        found.remarks
    );
}

const MEASURES: [(&str, &str); 14] = [
    ("sum", "SUM(x)"),
    ("mean", "AVG(x)"),
    ("variance", "VAR(x)"),
    ("deviation", "STDDEV(x)"),
    ("correlation", "CORR(x, y)"),
    ("product", "SUM(x * 1.5)"),
    ("square", "SUM(POWER(y, 2))"),
    ("ratio", "SUM(x) / SUM(y)"),
    ("turned", "SUM(y) / SUM(x)"),
    ("times", "SUM(y) * 1e308"),
    ("median", "MEDIAN(x)"),
    ("quarter", "QUANTILE(x, 0.25)"),
    ("largest", "MAX(x)"),
    ("count", "COUNT(*)"),
];

#[test]
fn a_sum_that_can_not_be_held_is_undefined_and_the_others_stand() {
    for design in [
        "",
        r#""sampling": "sample""#,
        r#""sampling": "sample", "weight": "y""#,
    ] {
        let csv = "programme,x,y\nP1,1e308,2\nP1,1e308,3\nP1,-1e308,4\nP1,1e308,7\nP2,1e308,5\nP2,1,6\nP2,1e308,6\n";
        let folder = table(csv, &["programme"], design);
        for (id, value) in MEASURES {
            folder.define(id, "units", &formula("t", value));
        }
        let evenness = "type = \"concentration\"\ntable = \"t\"\ncategory = \"programme\"\namount = \"ABS(x)\"";
        folder.define("spread", "number", evenness);
        folder.define(
            "twice",
            "units",
            "type = \"derived\"\ninputs = { a = \"sum\", n = \"count\" }\nvalue = \"a / n\"",
        );
        let outcome = folder.evaluate();
        for id in ["sum", "mean", "variance", "deviation", "product", "ratio"] {
            undefined(&outcome, id);
        }
        for id in ["twice", "times", "spread"] {
            assert_eq!(total(&outcome, id).status, Status::Undefined, "{id}");
        }
        assert!(total(&outcome, "square").value.is_some_and(f64::is_finite));
        assert_eq!(total(&outcome, "largest").value, Some(1e308));
        assert_eq!(total(&outcome, "median").value, Some(1e308));
        assert!(total(&outcome, "count").value.is_some());
        for found in &outcome.indicators {
            for estimate in &found.estimates {
                let numbers = estimate
                    .value
                    .into_iter()
                    .chain(estimate.parts.into_iter().flat_map(|p| [p.0, p.1]));
                let ends = estimate
                    .interval
                    .iter()
                    .flat_map(|i| [i.low, i.high, i.se, i.df]);
                let design = estimate.interval.and_then(|i| i.design_effect);
                assert!(
                    numbers.chain(ends).chain(design).all(f64::is_finite),
                    "{estimate:?}"
                );
            }
        }
        whole(&folder);
    }
}

/// Weights whose squares can't be held: means and quantiles stand, and what can't be told has its reason.
#[test]
fn huge_weights_leave_means_and_quantiles() {
    let rows: String = (0..10).map(|x| format!("{x},1e300,1e10\n")).collect();
    let folder = table(
        &format!("x,w,z\n{rows}"),
        &[],
        r#""sampling": "sample", "weight": "w""#,
    );
    for (id, value) in [
        ("sum", "SUM(x)"),
        ("mean", "AVG(x)"),
        ("median", "MEDIAN(x)"),
        ("large", "SUM(z)"),
        ("share", "AVG(x > 3)"),
        ("none", "AVG(x > 99)"),
        ("variance", "VAR(x)"),
    ] {
        folder.define(id, "units", &formula("t", value));
    }
    let outcome = folder.evaluate();
    assert_eq!(total(&outcome, "mean").value, Some(4.5));
    assert_eq!(total(&outcome, "median").value, Some(4.5));
    let median = total(&outcome, "median").interval.unwrap();
    assert!(median.low < 4.5 && median.high > 4.5);
    let sum = total(&outcome, "sum");
    assert!(sum.value.is_some() && sum.interval.is_none(), "{sum:?}");
    assert!(
        sum.no_interval.as_ref().unwrap().contains("too large"),
        "{sum:?}"
    );
    undefined(&outcome, "large");
    whole(&folder);
}

/// 1e16 and -1e16 beside single units, as many of each in every programme: what each addition rounds off is kept, within a batch and over batches.
#[test]
fn sums_keep_what_additions_round_off() {
    let mut csv = "programme,x\n".to_owned();
    for row in 0..240_000 {
        let x = match row % 4 {
            0 => "1e16",
            2 => "-1e16",
            _ => "1",
        };
        csv += &format!("P{},{x}\n", row % 3);
    }
    let folder = table(&csv, &["programme"], "");
    folder.define("sum", "units", &formula("t", "SUM(x)"));
    folder.define("mean", "units", &formula("t", "AVG(x)"));
    let outcome = folder.evaluate();
    assert_eq!(total(&outcome, "sum").value, Some(120_000.0));
    assert_eq!(total(&outcome, "mean").value, Some(0.5));
}

/// A total is the sum over the rows, not over the rounded sums of programmes.
#[test]
fn a_total_keeps_what_the_sums_of_programmes_have_no_room_for() {
    let mut csv = "id,programme,x\n".to_owned();
    for (at, (programme, x)) in [
        ("P1", "10000000000000000"),
        ("P1", "1"),
        ("P2", "-10000000000000000"),
        ("P2", "1"),
        ("P3", "0.1"),
        ("P3", "0.2"),
        ("P4", "0.3"),
    ]
    .iter()
    .enumerate()
    {
        csv += &format!("{at},{programme},{x}\n");
    }
    let folder = table(&csv, &["programme"], "\"role\": \"funds\"");
    folder.define("sum", "points", &formula("t", "SUM(x)"));
    folder.define("mean", "points", &formula("t", "AVG(x)"));
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"sum\", \"mean\"]\nby = [\"programme\"]\nsmall_cells = 0\n",
    );
    let outcome = folder.evaluate();
    // math.fsum of Python.
    assert_eq!(total(&outcome, "sum").value, Some(2.6));
    assert_eq!(total(&outcome, "mean").value, Some(2.6 / 7.0));
}
