//! What stands beside values (degrees of freedom, clusters, details), and measures over single rows: none gives a number of persons back.

use crate::kit::{Folder, formula, result, table, total};
use codev::outcome::{Content, Outcome, Status};
use std::fmt::Write as _;

const SAMPLE: &str =
    r#""unit": "person", "person": "person", "programme": "programme", "sampling": "sample""#;
const CENSUS: &str = r#""unit": "person", "person": "person", "programme": "programme""#;

/// 22 persons of P1 and 22 of P2, in each of which one is a minor.
fn people(codev: &str, origin: impl Fn(u32) -> &'static str) -> Folder {
    let mut csv = "programme,person,age,income,origin,q1,q2\n".to_owned();
    for person in 0..44_u32 {
        let programme = 1 + person / 22;
        let age = if person % 22 == 7 { 15 } else { 30 };
        let income = 1000 + 37 * ((person * person) % 61);
        let (q1, q2) = (1 + person % 5, 1 + (person * 3 + person / 7) % 5);
        let missing = if person == 3 {
            String::new()
        } else {
            q2.to_string()
        };
        let _ = writeln!(
            csv,
            "P{programme},q{person},{age},{income},{},{q1},{missing}",
            origin(person)
        );
    }
    let folder = table(&csv, &["programme", "person", "origin"], codev);
    folder.write(
        "evaluation.toml",
        "title = \"People\"\nindicators = [\"own/*\"]\n",
    );
    folder
}

fn origins(person: u32) -> &'static str {
    if person == 5 {
        "Bissau"
    } else {
        ["Dakar", "Touba"][person as usize % 2]
    }
}

#[test]
fn intervals_give_no_number_of_persons() {
    let folder = people(SAMPLE, origins);
    folder.define("all", "EUR", &formula("t", "AVG(income)"));
    let grown = formula("t", "AVG(income)") + "\nwhere = \"age >= 18\"";
    folder.define("grown", "EUR", &grown);
    let outcome = folder.evaluate();
    let of = |id: &str| {
        let estimates = &result(&outcome, id).estimates;
        let p1 = estimates
            .iter()
            .find(|e| e.programme.as_deref() == Some("P1"));
        p1.unwrap().clone()
    };
    let (all, grown) = (of("all"), of("grown"));
    assert_eq!((all.status, grown.status), (Status::Value, Status::Value));
    let (all, grown) = (all.interval.unwrap(), grown.interval.unwrap());
    // 22 and 21 persons.
    assert_eq!((all.df, all.clusters), (grown.df, grown.clusters));
    assert_eq!((all.df, all.clusters, all.design_effect), (17.0, 20, None));
    // The bounds are made with the degrees of freedom that are told (t of 17 at 97.5 %).
    for interval in [all, grown] {
        let t = (interval.high - interval.low) / 2.0 / interval.se;
        assert!((t - 2.109_815_577_8).abs() < 1e-8, "{t}");
    }
}

#[test]
fn clusters_of_several_persons_keep_their_degrees_of_freedom() {
    let mut csv = "programme,person,village,income\n".to_owned();
    for person in 0..60_u32 {
        let _ = writeln!(
            csv,
            "P1,q{person},v{},{}",
            person / 5,
            100 + (person * 7) % 31
        );
    }
    let clustered = format!("{SAMPLE}, \"cluster\": \"village\"");
    let folder = table(&csv, &["programme", "person", "village"], &clustered);
    folder.define("all", "EUR", &formula("t", "AVG(income)"));
    folder.write(
        "evaluation.toml",
        "title = \"People\"\nindicators = [\"own/*\"]\n",
    );
    let interval = total(&folder.evaluate(), "all").interval.unwrap();
    assert_eq!(interval.df, 11.0);
    assert!(interval.design_effect.is_some());
}

#[test]
fn a_concentration_that_few_persons_are_a_category_of_is_withheld() {
    let index = |name: &str| {
        format!(
            "type = \"concentration\"\ntable = \"t\"\ncategory = \"origin\"\nstatistic = \"{name}\""
        )
    };
    let status = |origin: fn(u32) -> &'static str, id: &str| {
        let folder = people(CENSUS, origin);
        folder.define("spread", "points", &index(id));
        total(&folder.evaluate(), "spread").status
    };
    for id in ["largest-share", "herfindahl", "categories", "shannon"] {
        assert_eq!(
            status(origins, id),
            Status::Suppressed,
            "{id}: one from Bissau"
        );
        let two = |person: u32| ["Dakar", "Touba"][person as usize % 2];
        assert_eq!(status(two, id), Status::Value, "{id}");
    }
}

#[test]
fn details_of_scales_give_no_number_of_persons() {
    let folder = people(CENSUS, origins);
    folder.define(
        "scale",
        "points",
        "type = \"scale\"\ntable = \"t\"\nitems = [\"q1\", \"q2\"]\nminimum = 1\nrange = [1, 5]",
    );
    let outcome = folder.evaluate();
    let details = &result(&outcome, "scale").details;
    let Some(Content::Scale(scale)) = details.first().map(|d| &d.content) else {
        panic!("{details:?}")
    };
    assert_eq!((scale.rows, scale.complete), (45, 45), "44 and 43");
    let items: Vec<(u64, u64)> = scale.items.iter().map(|i| (i.n, i.missing)).collect();
    assert_eq!(items, [(45, 0), (45, 0)], "44 and 0, 43 and 1");
}

#[test]
fn one_indicator_alone_withholds_what_all_together_do() {
    let folder = people(CENSUS, origins);
    folder.define("all", "EUR", &formula("t", "SUM(income)"));
    let grown = formula("t", "SUM(income)") + "\nwhere = \"age >= 18\"";
    folder.define("grown", "EUR", &grown);
    let states = |outcome: &Outcome, id: &str| -> Vec<Status> {
        result(outcome, id)
            .estimates
            .iter()
            .map(|e| e.status)
            .collect()
    };
    let all = folder.evaluate();
    for id in ["all", "grown"] {
        let args = [
            "compute",
            ".",
            "--indicator",
            id,
            "--format",
            "csv",
            "--quiet",
        ];
        let done = folder.codev(&args);
        let csv = String::from_utf8_lossy(&done.stdout).into_owned();
        let shown = csv
            .lines()
            .skip(1)
            .filter(|line| line.contains(",value,"))
            .count();
        let values = states(&all, id)
            .iter()
            .filter(|s| **s == Status::Value)
            .count();
        assert_eq!(shown, values, "{id}: {csv}");
    }
    let withheld = |id| states(&all, id).contains(&Status::Suppressed);
    assert!(
        withheld("all") || withheld("grown"),
        "a minor's income is their difference"
    );
}

#[test]
fn effects_are_figures_of_the_audit() {
    // 30 persons in each group; one of the treated is 70.
    let mut csv = "programme,person,treated,age,income\n".to_owned();
    for person in 0..60_u32 {
        let age = if person == 4 { 70 } else { 20 + person % 30 };
        let income = 1000 + 37 * ((person * person) % 61);
        let _ = writeln!(csv, "P1,q{person},{},{age},{income}", person % 2);
    }
    let folder = table(&csv, &["programme", "person"], SAMPLE);
    folder.define("all", "EUR", &formula("t", "AVG(income)"));
    let effect = |id: &str, more: &str| {
        format!(
            "[[effect]]\nid = \"{id}\"\ndesign = \"comparison\"\nindicators = [\"all\"]\ntreated = \"treated = 1\"\n{more}\n"
        )
    };
    let write = |blocks: &str| {
        folder.write(
            "evaluation.toml",
            format!("title = \"People\"\nindicators = [\"all\"]\n{blocks}"),
        );
        folder.evaluate().effects
    };
    let whole = write(&effect("whole", ""));
    assert!(whole[0].estimate.is_some(), "{:?}", whole[0].not_estimable);
    let both = write(&(effect("whole", "") + &effect("young", "where = \"age < 65\"")));
    assert_eq!(both[0].estimate, whole[0].estimate);
    let young = &both[1];
    assert!(young.estimate.is_none() && young.means.is_empty() && young.rows.is_none());
    let why = &young.not_estimable.as_ref().unwrap().reason;
    assert!(why.contains("tell of few persons"), "{why}");
    // Ten more make no difference of few.
    let both = write(&(effect("whole", "") + &effect("young", "where = \"age < 40\"")));
    assert!(both.iter().all(|effect| effect.estimate.is_some()));
}
