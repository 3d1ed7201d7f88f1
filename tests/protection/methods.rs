//! The other ways to protect persons, on the way that a reader goes: evaluations, their files, and what is said.

use super::made;
use crate::kit::{Folder, cell, close, formula, result, table, total};
use codev::outcome::{Estimate, Outcome, Status, Way};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Sets keys of an evaluation.
fn with(folder: &Folder, keys: &str) -> Outcome {
    set(folder, keys);
    folder.evaluate()
}

fn set(folder: &Folder, keys: &str) {
    let text = std::fs::read_to_string(folder.file("evaluation.toml")).unwrap();
    let names: Vec<&str> = keys.lines().filter_map(|l| l.split(" = ").next()).collect();
    let own = |line: &&str| {
        let name = line.split(" = ").next().unwrap_or_default();
        !name.starts_with("protection") && !names.contains(&name)
    };
    let left: Vec<&str> = text.lines().filter(own).collect();
    folder.write("evaluation.toml", format!("{keys}\n{}\n", left.join("\n")));
}

type Place = (
    Option<String>,
    Option<(String, Option<String>)>,
    Option<String>,
);

fn places(outcome: &Outcome, id: &str) -> BTreeMap<Place, Estimate> {
    let estimates = result(outcome, id).estimates.iter();
    estimates
        .map(|e| {
            (
                (e.programme.clone(), e.group.clone(), e.period.clone()),
                e.clone(),
            )
        })
        .collect()
}

const ROUND: &str = "protection = \"round\"";
const CELL_KEY: &str = "protection = \"cell-key\"";

#[test]
fn rounded_counts_add_up_stay_near_and_are_the_same_everywhere() {
    let (mut looked_at, mut exact) = (0, 0);
    for seed in 0..8 {
        let folder = made::made(seed).folder;
        let truth = with(&folder, "small_cells = 0");
        for base in [5, 10] {
            let keys = format!("small_cells = 5\n{ROUND}\nprotection_base = {base}");
            let outcome = with(&folder, &keys);
            let way = &outcome.protection.as_ref().unwrap().way;
            assert_eq!(*way, Way::Round { base });
            for indicator in &outcome.indicators {
                let id = indicator.definition.id.as_str();
                assert_eq!(indicator.rounded, Some(base), "{id}");
                let (shown, true_ones) = (places(&outcome, id), places(&truth, id));
                for (place, e) in &shown {
                    let true_one = &true_ones[place];
                    assert!(
                        e.n % base == 0 && e.n.abs_diff(true_one.n) < 2 * base,
                        "{seed} {id} {place:?}"
                    );
                    assert!(true_one.n > 0 || e.n == 0);
                    looked_at += 1;
                    exact += u32::from(e.n.abs_diff(true_one.n) < base);
                    if ["count", "women"].contains(&id)
                        && let (Some(a), Some(b)) = (e.value, true_one.value)
                    {
                        assert!(a % base as f64 == 0.0 && (a - b).abs() < 2.0 * base as f64);
                        assert!(b > 0.0 || a == 0.0);
                    }
                }
                let count = places(&outcome, "count");
                let mut same = shown.iter().filter_map(|(p, e)| Some((e, count.get(p)?)));
                let agree =
                    |(a, b): (&Estimate, &Estimate)| a.status == Status::Suppressed || a.n == b.n;
                assert!(id == "women" || same.all(agree), "{seed} {id}");
            }
            // Values of a column add up to their whole: each row has one.
            let count = places(&outcome, "count");
            let columns: Vec<String> = count
                .keys()
                .filter_map(|p| Some(p.1.as_ref()?.0.clone()))
                .collect();
            for ((programme, group, period), whole) in &count {
                if group.is_some() || period.is_some() {
                    continue;
                }
                for column in &columns {
                    let parts = count.iter().filter(|(p, _)| {
                        p.0 == *programme && p.1.as_ref().is_some_and(|(c, _)| c == column)
                    });
                    let sum: f64 = parts.filter_map(|(_, e)| e.value).sum();
                    assert!(
                        close(sum, whole.value.unwrap_or(0.0), 1e-12),
                        "{seed} {column} {programme:?}"
                    );
                }
            }
        }
    }
    // One step further is for linked tables that fit no other way.
    assert!(
        looked_at > 500 && exact * 100 >= looked_at * 99,
        "{exact} of {looked_at}"
    );
}

/// Programmes by group: no single class follows, and yet figures are shown for all.
#[test]
fn the_same_persons_have_the_same_noise_in_any_evaluation_with_the_secret() {
    let folder = made::made(11).folder;
    let first = with(&folder, CELL_KEY);
    let secret = std::fs::read_to_string(folder.file("protection.key")).unwrap();
    // Another cut, other indicators, another order: the same data and secret.
    let other = made::made(11).folder;
    other.write("protection.key", &secret);
    other.define(
        "women",
        "persons",
        &(formula("t", "COUNT(*)") + "\nwhere = \"sex = 'f'\""),
    );
    let second = with(&other, &format!("by = [\"sex\", \"b\"]\n{CELL_KEY}"));
    let (a, b) = (places(&first, "count"), places(&second, "count"));
    let mut same = 0;
    for (place, e) in &a {
        if let Some(again) = b.get(place) {
            assert_eq!((e.value, e.n), (again.value, again.n), "{place:?}");
            same += 1;
        }
    }
    assert!(same >= 4);
    // Women as an indicator of their own, and as a group.
    let women = total(&second, "women");
    let group = cell(&second, "count", None, Some(("sex", Some("f")))).unwrap();
    assert_eq!(women.value, group.value);
    // No count of 1 to 4, and none further off than said.
    let truth = with(&folder, "small_cells = 0");
    let exact = places(&truth, "count");
    for (place, e) in a.iter().filter(|(_, e)| e.status == Status::Value) {
        let (shown, true_one) = (e.value.unwrap(), exact[place].value.unwrap());
        assert!(shown == 0.0 || shown >= 5.0, "{place:?}: {shown}");
        assert!((shown - true_one).abs() <= 10.0);
    }
    // Another secret gives other noise.
    folder.write("protection.key", "z".repeat(40));
    let third = with(&folder, &format!("small_cells = 5\n{CELL_KEY}"));
    let c = places(&third, "count");
    let differ = a
        .iter()
        .filter(|(p, e)| c.get(*p).is_none_or(|o| o.value != e.value));
    assert!(differ.count() > a.len() / 2);
    assert_ne!(first.protection.unwrap().way, third.protection.unwrap().way);
}

/// The handbook on statistical disclosure control, 5: counts of 8, 12 and 20 with means 11.25, 7.9167 and 9.25, where exact means would give
/// noised counts back.
#[test]
fn shown_means_do_not_give_counts_back() {
    let mut csv = "person,area,x\n".to_owned();
    for (area, rows, sum) in [("a", 8, 90), ("b", 12, 95), ("c", 20, 185)] {
        for row in 0..rows {
            // Whole numbers around the mean that add up to the sum.
            let x = sum / rows + i32::from(row < sum % rows);
            let _ = writeln!(csv, "{area}{row},{area},{x}");
        }
    }
    let folder = table(
        &csv,
        &["person", "area"],
        r#""unit": "person", "person": "person""#,
    );
    folder.define("mean", "points", &formula("t", "AVG(x)"));
    folder.define("sum", "points", &formula("t", "SUM(x)"));
    folder.write(
        "evaluation.toml",
        "title = \"T9\"\nindicators = [\"own/*\"]\nby = [\"area\"]\nsmall_cells = 2\n",
    );
    for keys in ["protection = \"cell-key\"", ROUND] {
        folder.write("protection.key", "0123456789abcdef0123456789abcdef");
        let outcome = with(&folder, keys);
        let (means, sums) = (places(&outcome, "mean"), places(&outcome, "sum"));
        let mut shown = 0;
        for (place, mean) in &means {
            let sum = &sums[place];
            if let (Some(mean_value), Some(total)) = (mean.value, sum.value) {
                assert_eq!(mean.n, sum.n);
                // What is shown is the quotient of what is shown, and nothing more.
                assert!(close(mean_value, total / mean.n as f64, 1e-12));
                let exact = [90.0 / 8.0, 95.0 / 12.0, 185.0 / 20.0, 370.0 / 40.0];
                assert!(
                    exact.iter().all(|x| !close(*x, mean_value, 1e-9)) || mean.n == 40,
                    "{keys} {place:?}"
                );
                shown += 1;
            }
        }
        assert!(shown >= 2, "{keys}");
    }
}

#[test]
fn what_the_keys_may_not_say() {
    let folder = made::made(4).folder;
    let refused = |keys: &str| {
        set(&folder, keys);
        let run = folder.codev(&["report", "."]);
        assert!(!run.status.success(), "{keys}");
        String::from_utf8_lossy(&run.stderr).replace('\n', " ")
    };
    let cases: [(&str, &[&str]); 8] = [
        (
            "protection = \"blur\"",
            &["evaluation.toml", "`suppress`, `round`, `cell-key`"],
        ),
        (
            "protection_base = 5",
            &[
                "protection_base",
                "`protection_base = 5` stands without `protection = \"round\"`",
            ],
        ),
        (
            "protection = \"cell-key\"\nprotection_base = 5",
            &["stands without `protection = \"round\"`"],
        ),
        (
            "protection = \"round\"\nprotection_base = 7",
            &["it must be 5 or 10"],
        ),
        (
            "small_cells = 0\nprotection = \"cell-key\"",
            &["small_cells", "which is 0", "Set `small_cells` to 5"],
        ),
        ("small_cells = 1\nprotection = \"round\"", &["which is 1"]),
        (
            "small_cells = 8\nprotection = \"round\"",
            &[
                "must not be less than `small_cells`",
                "protection_base = 10",
            ],
        ),
        ("small_cells = 31\nprotection = \"cell-key\"", &["up to 30"]),
    ];
    for (keys, words) in cases {
        let said = refused(keys);
        for word in words {
            assert!(said.contains(word), "{keys}: {said}");
        }
    }
    folder.write("protection.key", "\n");
    let said = refused("small_cells = 5\nprotection = \"cell-key\"");
    assert!(
        said.contains("protection.key") && said.contains("is empty"),
        "{said}"
    );
    folder.write("protection.key", "short");
    let said = refused("protection = \"cell-key\"");
    assert!(said.contains("has 5 characters; at least 32"), "{said}");
    std::fs::remove_file(folder.file("protection.key")).unwrap();
    std::fs::create_dir(folder.file("protection.key")).unwrap();
    let said = refused("protection = \"cell-key\"");
    assert!(
        said.contains("protection.key") && said.contains("Expected a file"),
        "{said}"
    );
    // `round` needs no file.
    assert_eq!(with(&folder, ROUND).protection.unwrap().rounded, Some(5));
}

#[test]
fn the_secret_is_made_kept_and_told_to_nobody() {
    let folder = made::made(4).folder;
    set(&folder, CELL_KEY);
    // To look at an evaluation makes nothing.
    folder.codev(&["check", "."]);
    assert!(!folder.file("protection.key").exists());
    let run = folder.codev(&["report", ".", "--out", "out"]);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let secret = std::fs::read_to_string(folder.file("protection.key")).unwrap();
    assert_eq!(secret.trim().len(), 64);
    let said =
        String::from_utf8_lossy(&run.stderr).into_owned() + &String::from_utf8_lossy(&run.stdout);
    let mut files = vec![said];
    for file in std::fs::read_dir(folder.file("out")).unwrap() {
        files.push(
            String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into_owned(),
        );
    }
    assert!(files.len() >= 5);
    assert!(files.iter().all(|f| !f.contains(secret.trim())));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.file("protection.key");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let run = folder.codev(&["report", ".", "--out", "out"]);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(
            said.contains("Others on this machine can read the secret"),
            "{said}"
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    // The same secret: nothing to say. Another: the two reports can be averaged.
    let again = folder.codev(&["report", ".", "--out", "out"]);
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(!said.contains("protection-changed"), "{said}");
    std::fs::remove_file(folder.file("protection.key")).unwrap();
    let other = folder.codev(&["report", ".", "--out", "out"]);
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(
        said.contains("another secret: the noise in both can be averaged"),
        "{said}"
    );
    set(&folder, "protection = \"suppress\"");
    let exact = folder.codev(&["report", ".", "--out", "out"]);
    let said = String::from_utf8_lossy(&exact.stderr).into_owned();
    assert!(said.contains("these are exact"), "{said}");
}

#[test]
fn each_section_says_what_was_done_and_old_outcomes_know_one_way() {
    let folder = made::made(12).folder;
    for (keys, words) in [
        (
            ROUND,
            "Figures of persons are rounded to 5 (controlled rounding)",
        ),
        (CELL_KEY, "Figures of persons have noise by cell keys"),
    ] {
        let outcome = with(&folder, keys);
        for indicator in &outcome.indicators {
            assert!(
                indicator.remarks.iter().any(|r| r.starts_with(words)),
                "{}",
                indicator.definition.id
            );
        }
        let report = codev::report::html(&outcome).unwrap();
        let sections = report.matches(words).count();
        assert!(sections > outcome.indicators.len(), "{sections}");
        // Cells without a value are counts of persons too.
        assert!(outcome.quality.tables[0].columns.is_empty());
        let text = serde_json::to_string(&outcome).unwrap();
        let read: Outcome = serde_json::from_str(&text).unwrap();
        assert_eq!(read.protection, outcome.protection);
    }
    let outcome = with(&folder, "protection = \"suppress\"");
    let mut json = serde_json::to_value(&outcome).unwrap();
    json["protection"]
        .as_object_mut()
        .unwrap()
        .remove("way")
        .unwrap();
    let old: Outcome = serde_json::from_value(json).unwrap();
    assert_eq!(old.protection.unwrap().way, Way::Suppress);
}

/// A share of a simple random sample: the variance of noise, V (1 + p^2) / n^2, is added to p (1 - p) / n.
#[test]
fn intervals_allow_for_the_noise_and_effects_are_not_given() {
    let mut csv = "person,sex,treated,x\n".to_owned();
    for person in 0..200 {
        let sex = if person % 2 == 0 { "f" } else { "m" };
        let _ = writeln!(
            csv,
            "q{person},{sex},{},{}",
            u8::from(person % 4 < 2),
            10 + person % 7
        );
    }
    let meaning = r#""unit": "person", "person": "person", "sampling": "sample""#;
    let folder = table(&csv, &["person", "sex"], meaning);
    folder.define(
        "women",
        "%",
        &formula("t", "COUNT(*) FILTER (WHERE sex = 'f') / COUNT(*)"),
    );
    folder.define("mean", "points", &formula("t", "AVG(x)"));
    folder.define("middle", "points", &formula("t", "MEDIAN(x)"));
    folder.write(
        "evaluation.toml",
        "title = \"Noise\"\nindicators = [\"own/*\"]\n[[effect]]\nid = \"e\"\nindicators = [\"mean\"]\ndesign = \"comparison\"\ntreated = \"treated = 1\"\n",
    );
    let exact = with(&folder, "small_cells = 5");
    assert!(exact.effects[0].estimate.is_some());
    folder.write("protection.key", "0123456789abcdef0123456789abcdef");
    for (keys, variance) in [
        (CELL_KEY, 4.0),
        (ROUND, 4.0),
        ("protection = \"round\"\nprotection_base = 10", 16.5),
    ] {
        let outcome = with(&folder, keys);
        let women = total(&outcome, "women");
        let (p, n) = (women.value.unwrap(), women.n as f64);
        let (interval, share) = (women.interval.unwrap(), (p * n + 2.0) / (n + 4.0));
        let expected = share * (1.0 - share) / n + variance * (1.0 + p * p) / (n * n);
        assert!(
            close(interval.se, expected.sqrt(), 1e-6),
            "{keys}: {} {}",
            interval.se,
            expected.sqrt()
        );
        assert!(interval.low < p && p < interval.high);
        let mean = total(&outcome, "mean").interval.unwrap();
        assert!(mean.se > total(&exact, "mean").interval.unwrap().se);
        // Two digits, so that the error gives no exact figure back.
        let digits = mean.se / 10_f64.powf(mean.se.log10().floor() - 1.0);
        assert!(close(digits, digits.round(), 1e-9));
        assert_eq!(
            total(&outcome, "middle").value,
            total(&exact, "middle").value
        );
        let effect = &outcome.effects[0];
        assert!(effect.estimate.is_none() && effect.means.is_empty());
        assert!(
            effect
                .not_estimable
                .as_ref()
                .unwrap()
                .reason
                .contains("rounded or have noise")
        );
    }
}

/// A person with several rows is hidden by as much more.
#[test]
fn several_rows_of_a_person_are_rounded_more_coarsely() {
    let mut csv = "person,visit\n".to_owned();
    for person in 0..40 {
        for visit in 0..(1 + person % 4) {
            let _ = writeln!(csv, "q{person},{visit}");
        }
    }
    let folder = table(&csv, &["person"], r#""unit": "visit", "person": "person""#);
    folder.define("visits", "visits", &formula("t", "COUNT(*)"));
    folder.define(
        "visitors",
        "persons",
        &formula("t", "COUNT(DISTINCT person)"),
    );
    folder.write(
        "evaluation.toml",
        "title = \"Visits\"\nindicators = [\"own/*\"]\n",
    );
    let outcome = with(&folder, ROUND);
    // Up to four rows of a person count as five: 100 rows are a multiple of 25.
    let visits = total(&outcome, "visits");
    assert_eq!((visits.value, visits.n), (Some(100.0), 100));
    assert_eq!(total(&outcome, "visitors").value, Some(40.0));
    csv += "q0,7\nq1,7\nq2,7\n";
    folder.write("t.csv", &csv);
    let outcome = with(&folder, ROUND);
    assert_eq!(total(&outcome, "visits").value, Some(100.0));
    folder.write("protection.key", "0123456789abcdef0123456789abcdef");
    let noised = with(&folder, CELL_KEY);
    let off = total(&noised, "visits").value.unwrap() - 103.0;
    assert!(off.abs() <= 10.5 * 4.0 && off != 0.0, "{off}");
    assert!((total(&noised, "visitors").value.unwrap() - 40.0).abs() <= 10.0);
}

/// The attack of `methods.py`, where python3 with numpy and scipy is there (`.ci/run` sees to it).
#[test]
fn an_attack_on_each_way_finds_nothing() {
    let python = std::env::var("CODEV_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there = std::process::Command::new(&python)
        .args(["-c", "import numpy, scipy"])
        .output();
    if !there.is_ok_and(|o| o.status.success()) {
        eprintln!("skipped: no {python} with numpy and scipy");
        return;
    }
    let run = std::process::Command::new(&python)
        .arg(crate::kit::root().join("tests/protection/methods.py"))
        .args([env!("CARGO_BIN_EXE_codev"), "--made", "2"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    let faults = String::from_utf8_lossy(&run.stderr).into_owned();
    // The default looks for what follows exactly, and not for ranges.
    for way in ["round, base 5", "round, base 10", "cell-key"] {
        let line = format!("| made | {way} | 2 of 2 |");
        assert!(said.contains(&line), "{said}{faults}");
    }
    assert!(!faults.contains("follow exactly"), "{faults}");
    // Without protection the same attack succeeds.
    assert!(said.contains("| made | none | 0 of 2 |"), "{said}");
}
