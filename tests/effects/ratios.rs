//! Odds ratios and risk ratios of two arms, by programme and pooled.

use super::{effect, estimate, folder, reason};
use codev::outcome::{Effect, EffectScale};

const COLUMNS: [(&str, &str); 3] = [("trial", "string"), ("arm", "string"), ("event", "integer")];
const ROWS: &str = r#"{"unit": "trial person", "sampling": "sample", "programme": "trial"}"#;

/// Cases and size of both arms.
type Counts = (usize, usize, usize, usize);

/// Six trials of aspirin after a heart attack (Fleiss 1993, Statistical Methods in Medical Research 2: 121-145; without the seventh).
const TRIALS: [Counts; 6] = [
    (5, 156, 8, 74),
    (5, 303, 17, 303),
    (12, 565, 9, 477),
    (69, 1570, 94, 1565),
    (9, 103, 11, 105),
    (313, 4659, 352, 4650),
];

fn rows(trials: &[Counts]) -> String {
    let mut text = "trial,arm,event\n".to_owned();
    for (at, (with, all, cases, others)) in trials.iter().enumerate() {
        for (arm, cases, all) in [("aspirin", *with, *all), ("control", *cases, *others)] {
            for person in 0..all {
                text += &format!("T{at},{arm},{}\n", u8::from(person < cases));
            }
        }
    }
    text
}

fn block(scale: &str, more: &str) -> String {
    format!(
        "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"events\"]\ndesign = \"comparison\"\ntreated = \"arm = 'aspirin'\"\nscale = \"{scale}\"\n{more}"
    )
}

fn evaluated(text: &str, codev: &str, effects: &str) -> codev::outcome::Outcome {
    let folder = folder(text, &COLUMNS, codev, effects);
    folder.define("events", "%", &crate::kit::formula("t", "AVG(event)"));
    folder.evaluate()
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9, "{a} {b}");
}

/// metafor 3.8.1, `escalc`: logarithms and the roots of their variances.
#[test]
fn ratios_agree_with_metafor() {
    let odds = [
        (-1.297628724034, 0.5888752259246),
        (-1.264877107308, 0.5154374235601),
        (0.120792366847, 0.4454093789372),
        (-0.329377388705, 0.1627178037805),
        (-0.200670695462, 0.4725429057397),
        (-0.128534068672, 0.0806136481426),
    ];
    let risks = [
        (-1.215794543291, 0.5523370620158),
        (-1.223775431622, 0.5022179500434),
        (0.118372832194, 0.4365525133146),
        (-0.312378073041, 0.1544510640449),
        (-0.181439333534, 0.4275367289863),
        (-0.119361598293, 0.0748739285197),
    ];
    for (scale, word, wanted) in [
        ("odds-ratio", EffectScale::OddsRatio, odds),
        ("risk-ratio", EffectScale::RiskRatio, risks),
    ] {
        let outcome = evaluated(
            &rows(&TRIALS),
            ROWS,
            &block(scale, "by = [\"programme\"]\n"),
        );
        let found: &Effect = effect(&outcome, "e/events");
        assert_eq!(found.scale, word);
        assert_eq!(found.subgroups.len(), 6);
        for (subgroup, (value, se)) in found.subgroups.iter().zip(wanted) {
            let e = subgroup.estimate.as_ref().unwrap();
            near(e.value, value);
            near(e.se.unwrap(), se);
            let (low, high) = e.interval.unwrap();
            near(low, value - 1.959_963_984_540_054 * se);
            near(high, value + 1.959_963_984_540_054 * se);
        }
        let term = &found.terms[0];
        near(term.value, found.estimate.as_ref().unwrap().value.exp());
        let page = codev::report::html(&outcome).unwrap();
        assert!(
            page.contains(scale.replace('-', " ").as_str()) && page.contains("treated to others")
        );
        let text = codev::export::json(&outcome).unwrap();
        assert_eq!(
            codev::export::read_json(&text).unwrap().effects[0].scale,
            word
        );
    }
}

/// metafor 3.8.1: `escalc(ai = 0, n1i = 10, ci = 4, n2i = 12)`, half a case added to each cell.
#[test]
fn zero_cells_are_handled_and_told() {
    for (scale, value, se) in [
        ("odds-ratio", -2.408533671, 1.56048305863),
        ("risk-ratio", -2.03017049267, 1.43331435993),
    ] {
        let outcome = evaluated(&rows(&[(0, 10, 4, 12)]), ROWS, &block(scale, ""));
        let found = estimate(&outcome, "e/events");
        assert!(
            (found.value - value).abs() < 1e-8 && (found.se.unwrap() - se).abs() < 1e-8,
            "{found:?}"
        );
        let told = effect(&outcome, "e/events")
            .remarks
            .iter()
            .any(|r| r.starts_with("A cell of the two by two is zero"));
        assert!(told);
    }
    // All of an arm cases is no zero for a risk ratio: ln(1 / (3/10)).
    let outcome = evaluated(&rows(&[(8, 8, 3, 10)]), ROWS, &block("risk-ratio", ""));
    near(estimate(&outcome, "e/events").value, (10.0_f64 / 3.0).ln());
    for (counts, words) in [
        ((0, 10, 0, 12), "no row of either group is a case"),
        ((10, 10, 12, 12), "all rows of both groups are cases"),
    ] {
        let outcome = evaluated(&rows(&[counts]), ROWS, &block("odds-ratio", ""));
        assert!(reason(&outcome, "e/events").starts_with(words));
    }
}

/// Rows in clusters have a linearised error with degrees of freedom; what has no counts, and what a ratio has no use for, is refused.
#[test]
fn clusters_and_what_does_not_fit() {
    let counts = (6, 20, 11, 25);
    let clustered = ROWS.replace("\"programme\"", "\"cluster\": \"person\", \"programme\"");
    let mut text = "trial,arm,event,person\n".to_owned();
    for (at, row) in rows(&[counts]).lines().skip(1).enumerate() {
        text += &format!("{row},p{}\n", at / 2 * 2);
    }
    let columns = [COLUMNS[0], COLUMNS[1], COLUMNS[2], ("person", "string")];
    let folder = folder(&text, &columns, &clustered, &block("odds-ratio", ""));
    folder.define("events", "%", &crate::kit::formula("t", "AVG(event)"));
    let outcome = folder.evaluate();
    let found = estimate(&outcome, "e/events");
    near(found.value, (6.0 / 14.0_f64).ln() - (11.0 / 14.0_f64).ln());
    assert!(
        found.df.is_some_and(|df| df > 5.0 && df < 22.0) && found.clusters == Some(23),
        "{found:?}"
    );
    let said = folder_codes(
        &rows(&[counts]),
        &block("odds-ratio", "covariates = [\"event\"]\n"),
    );
    assert!(
        said.contains(
            "An odds ratio comes from the counts of two arms and has no use for `covariates`"
        ),
        "{said}"
    );
    let counts_of_numbers = rows(&[counts]).replace(",1\n", ",2\n");
    let outcome = evaluated(&counts_of_numbers, ROWS, &block("odds-ratio", ""));
    assert!(reason(&outcome, "e/events").contains("not all yes or no"));
}

fn folder_codes(text: &str, effects: &str) -> String {
    let folder = folder(text, &COLUMNS, ROWS, effects);
    folder.define("events", "%", &crate::kit::formula("t", "AVG(event)"));
    let output = folder.codev(&["check"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let words: Vec<&str> = text.split_whitespace().filter(|w| *w != "│").collect();
    words.join(" ")
}
