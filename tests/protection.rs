//! Small groups can't be worked out, and figures that would be wrong are refused.

use crate::kit::{cell, close, formula, table, total};
use codev::outcome::Status;
use std::fmt::Write as _;

const PERSONS: &str = r#""unit": "person", "person": "person", "programme": "programme""#;

#[test]
fn a_programme_can_not_be_told_from_the_total_of_its_type() {
    let mut csv = "programme,type,person\n".to_owned();
    for (programme, kind, persons) in [
        ("P1", "city", 3),
        ("P2", "city", 50),
        ("P3", "sup", 10),
        ("P4", "sup", 50),
    ] {
        for person in 0..persons {
            let _ = writeln!(csv, "{programme},{kind},{programme}-{person}");
        }
    }
    let folder = table(&csv, &["programme", "type", "person"], PERSONS);
    folder.define("persons", "persons", &formula("t", "COUNT(*)"));
    folder.write(
        "evaluation.toml",
        "title = \"Types\"\nindicators = [\"own/*\"]\nby = [\"type\", \"type\"]\nsmall_cells = 5\n",
    );
    let outcome = folder.evaluate();
    let of = |programme, kind: Option<&'static str>| {
        cell(
            &outcome,
            "persons",
            programme,
            kind.map(|k| ("type", Some(k))),
        )
        .unwrap()
        .status
    };
    assert_eq!(of(Some("P1"), None), Status::Suppressed, "3 persons");
    assert_eq!(
        of(Some("P1"), Some("city")),
        Status::Suppressed,
        "the same rows"
    );
    // 53 in cities are shown, so P2's 50 would give P1 away.
    assert_eq!(of(Some("P2"), None), Status::Suppressed);
    assert_eq!(
        of(Some("P3"), Some("sup")),
        of(Some("P3"), None),
        "the same rows"
    );
    assert_eq!(of(None, None), Status::Value);
}

#[test]
fn a_filter_does_not_get_round_the_threshold() {
    let mut csv = "programme,person,sex,income\n".to_owned();
    for person in 0..20 {
        let _ = writeln!(csv, "P1,m{person},m,{}", 1000 + person);
    }
    csv += "P1,f1,f,77777\n";
    // One row that names nobody is a person too.
    csv += "P2,,m,5\n";
    let folder = table(&csv, &["programme", "person", "sex"], PERSONS);
    folder.define(
        "women",
        "EUR",
        &formula("t", "AVG(income) FILTER (WHERE sex = 'f')"),
    );
    folder.define("income", "EUR", &formula("t", "SUM(income)"));
    folder.write(
        "evaluation.toml",
        "title = \"Filter\"\nindicators = [\"own/*\"]\nsmall_cells = 5\n",
    );
    let outcome = folder.evaluate();
    assert_eq!(total(&outcome, "women").status, Status::Suppressed);
    assert_eq!(
        cell(&outcome, "income", Some("P2"), None).unwrap().status,
        Status::Suppressed
    );
    assert!(!serde_json::to_string(&outcome).unwrap().contains("77777"));
}

#[test]
fn clusters_without_a_matching_row_are_part_of_the_sample() {
    // Six clusters of four; the filter matches rows of two. Counting with `where` or with FILTER is the same total.
    let mut csv = "programme,person,cluster,a\n".to_owned();
    for (cluster, yes) in [3, 2, 0, 0, 0, 0].iter().enumerate() {
        for person in 0..4 {
            let _ = writeln!(
                csv,
                "P1,{cluster}-{person},c{cluster},{}",
                u8::from(person < *yes)
            );
        }
    }
    let codev = r#""unit": "household", "sampling": "sample", "programme": "programme", "person": "person", "cluster": "cluster""#;
    let folder = table(&csv, &["programme", "person", "cluster"], codev);
    let filtered = "COUNT(*) FILTER (WHERE a = 1)";
    folder.define("filter", "persons", &formula("t", filtered));
    folder.define(
        "where",
        "persons",
        &(formula("t", "COUNT(*)") + "\nwhere = \"a = 1\""),
    );
    let outcome = folder.evaluate();
    // Of a total over n clusters: se^2 = n / (n - 1) * sum of (z - mean z)^2, by hand 6 / 5 * (13 - 25 / 6) = 10.6.
    let (by_filter, by_where) = (
        total(&outcome, "filter").interval.unwrap(),
        total(&outcome, "where").interval.unwrap(),
    );
    assert!(close(by_filter.se, 10.6_f64.sqrt(), 1e-12), "{by_filter:?}");
    assert!(close(by_where.se, 10.6_f64.sqrt(), 1e-12), "{by_where:?}");
    // Careful degrees of freedom: two clusters have a matching row.
    assert_eq!((by_filter.df, by_where.df), (5.0, 1.0));
}

#[test]
fn a_variance_lost_in_rounding_is_refused_and_that_of_equal_values_is_zero() {
    let csv = "programme,x\nP0,0.1\nP0,0.3\nP1,1000000000\nP1,1000000001\nP1,1000000002\nP2,0.9\nP2,0.9\nP2,0.9\n";
    let folder = table(csv, &["programme"], r#""programme": "programme""#);
    folder.define("variance", "units", &formula("t", "VAR(x)"));
    folder.define("share", "units", &formula("t", "AVG(x) / STDDEV(x)"));
    let outcome = folder.evaluate();
    let of = |id, programme| cell(&outcome, id, Some(programme), None).unwrap();
    assert!(close(of("variance", "P0").value.unwrap(), 0.02, 1e-12));
    assert_eq!(of("variance", "P1").status, Status::Undefined);
    assert_eq!(of("variance", "P2").value, Some(0.0));
    assert_eq!(of("share", "P2").status, Status::Undefined);
}

#[test]
fn weights_that_are_not_above_zero_are_left_out_and_counted() {
    let csv = "programme,person,w,x\nP1,a,2,1\nP1,b,-1,3\nP1,c,0,5\nP1,d,1,7\n";
    let codev = r#""unit": "household", "sampling": "sample", "programme": "programme", "person": "person", "weight": "w""#;
    let folder = table(csv, &["programme", "person"], codev);
    folder.define("mean", "units", &formula("t", "AVG(x)"));
    let outcome = folder.evaluate();
    let mean = total(&outcome, "mean");
    assert_eq!((mean.value, mean.n, mean.missing), (Some(3.0), 2, 2));
}

mod beside;
mod made;
mod methods;
mod published;
mod releases;

#[test]
fn nothing_of_few_persons_follows_from_made_tables() {
    let (mut shown, mut withheld) = (0, 0);
    for seed in 0..40 {
        let made = made::made(seed);
        let outcome = made.folder.evaluate();
        let found = made::leaks(&made.rows, &outcome, 5);
        assert!(found.is_empty(), "seed {seed}: {found:#?}");
        let estimates = outcome.indicators.iter().flat_map(|i| &i.estimates);
        for estimate in estimates {
            match estimate.status {
                Status::Value => shown += 1,
                Status::Suppressed => withheld += 1,
                _ => {}
            }
        }
        let all = total(&outcome, "count");
        assert_eq!(
            all.status,
            Status::Value,
            "seed {seed}: the total of {} rows",
            made.rows.len()
        );
    }
    assert!(
        shown > 500 && withheld > 200,
        "{shown} shown, {withheld} withheld"
    );
}

#[test]
fn what_made_tables_would_tell_without_protection_is_found() {
    let mut found = 0;
    for seed in 0..4 {
        let made = made::made(seed);
        let file = made.folder.file("evaluation.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("small_cells = 5", "small_cells = 0")).unwrap();
        found += made::leaks(&made.rows, &made.folder.evaluate(), 5).len();
    }
    assert!(found > 10, "the check finds {found}");
}

/// An attacker in another language, where python3 with numpy and scipy is there (`.ci/run` sees to it).
#[test]
fn an_attacker_of_its_own_finds_nothing() {
    let python = std::env::var("CODEV_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there = std::process::Command::new(&python)
        .args(["-c", "import numpy, scipy"])
        .output();
    if !there.is_ok_and(|o| o.status.success()) {
        eprintln!("skipped: no {python} with numpy and scipy");
        return;
    }
    let script = crate::kit::root().join("tests/protection/attack.py");
    for seed in [0, 7, 8, 13, 14, 29] {
        let folder = made::made(seed).folder;
        let run = folder.codev(&["report", ".", "--out", "out"]);
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        let attack = std::process::Command::new(&python)
            .arg(&script)
            .args([folder.path(), &folder.file("out")])
            .arg("5")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&attack.stdout).into_owned();
        let faults = String::from_utf8_lossy(&attack.stderr).into_owned();
        assert!(attack.status.success(), "seed {seed}: {said}{faults}");
    }
}

#[test]
fn the_number_of_threads_does_not_change_what_is_withheld() {
    let folder = made::made(11).folder;
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        serde_json::to_string(&pool.install(|| folder.evaluate())).unwrap()
    };
    assert!(with(1) == with(7));
}

#[test]
fn counts_of_persons_are_rounded_and_said_to_be() {
    let mut csv = "programme,person,income\n".to_owned();
    for person in 0..58 {
        let income = if person == 0 {
            String::new()
        } else {
            (1000 + person).to_string()
        };
        let _ = writeln!(csv, "P{},q{person},{income}", person % 2);
    }
    let folder = table(&csv, &["programme", "person"], PERSONS);
    folder.define("income", "EUR", &formula("t", "AVG(income)"));
    folder.write(
        "evaluation.toml",
        "title = \"Rounded\"\nindicators = [\"own/*\"]\nsmall_cells = 5\n",
    );
    let outcome = folder.evaluate();
    let all = total(&outcome, "income");
    assert_eq!((all.n, all.missing), (55, 0));
    let result = crate::kit::result(&outcome, "income");
    assert_eq!(result.rounded, Some(5));
    let rows = result.rows.as_ref().unwrap();
    assert_eq!((rows.total, rows.used, rows.missing.len()), (60, 55, 0));
    assert_eq!(outcome.quality.tables[0].rows, 60);
    let protection = outcome.protection.as_ref().unwrap();
    assert_eq!(
        (
            protection.threshold,
            protection.rounded,
            protection.withheld
        ),
        (5, Some(5), 0)
    );
    assert_eq!(protection.tables, ["t"]);
    // Without protection they are exact.
    folder.write(
        "evaluation.toml",
        "title = \"Exact\"\nindicators = [\"own/*\"]\nsmall_cells = 0\n",
    );
    let outcome = folder.evaluate();
    let all = total(&outcome, "income");
    assert_eq!((all.n, all.missing), (57, 1));
    assert!(
        outcome
            .protection
            .unwrap()
            .method
            .contains("small_cells = 0")
    );
}
