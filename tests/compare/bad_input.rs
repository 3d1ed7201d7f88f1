//! What can't be compared says why, and what to do.

use super::{Given, compared, given, one, outcome, settings, source};
use codev::compare::compare;
use codev::outcome::comparison::{Comparison, Part};
use codev::outcome::{Direction, Sampling};

const SCORE: &str = "[[comparison]]\nindicators = [\"score\"]\n";

#[track_caller]
fn refused(made: &Comparison, part: Part, word: &str) {
    let found = made.refusals.iter().find(|r| r.part == part);
    let found = found.unwrap_or_else(|| panic!("{part:?} is not refused: {:?}", made.refusals));
    assert!(found.reason.contains(word), "{}", found.reason);
    assert!(found.help.ends_with('.'), "{}", found.help);
}

#[test]
fn one_programme_alone() {
    let made = one(&[given("a", 1.0, 0.1)], Sampling::Sample, SCORE);
    refused(&made, Part::Values, "only one programme");
    assert!(made.league.is_none() && made.differences.is_none());
}

#[test]
fn all_values_equal() {
    let all: Vec<Given> = (0..4).map(|i| given(&format!("P{i}"), 2.0, 0.1)).collect();
    let made = one(&all, Sampling::Sample, SCORE);
    assert!(
        made.league
            .unwrap()
            .ranks
            .iter()
            .all(|r| r.rank == (1, 4) && r.simultaneous == (1, 4))
    );
    assert!(made.differences.unwrap().letters.iter().all(|l| l == "a"));
    // The spread of equal values gives no error; the default is never surer than the values' own errors let it be.
    refused(
        &one(
            &all,
            Sampling::Sample,
            &format!("{SCORE}pool_errors = \"hartung-knapp\"\n"),
        ),
        Part::Pooled,
        "the same",
    );
    let usual = one(&all, Sampling::Sample, SCORE).pooled.unwrap();
    assert!((usual.mean.se - 0.05).abs() < 1e-12, "0.1 / sqrt(4)");
}

#[test]
fn fewer_than_three_are_not_pooled() {
    let two = [given("a", 1.0, 0.1), given("b", 2.0, 0.1)];
    refused(
        &one(&two, Sampling::Sample, &format!("{SCORE}pool = true\n")),
        Part::Pooled,
        "pooling needs three",
    );
    assert!(one(&two, Sampling::Sample, SCORE).refusals.is_empty());
}

#[test]
fn a_margin_of_the_wrong_sign_or_without_reason_or_benchmark() {
    let faults = [
        (
            "margin = -0.1\nmargin_reason = \"x\"\nbenchmark = \"a\"",
            "both sides of 0",
        ),
        (
            "margin = [0.1, 0.2]\nmargin_reason = \"x\"\nbenchmark = \"a\"",
            "both sides of 0",
        ),
        (
            "margin = 0.0\nmargin_reason = \"x\"\nbenchmark = \"a\"",
            "both sides of 0",
        ),
        ("margin = 0.1\nbenchmark = \"a\"", "has no reason"),
        ("margin = 0.1\nmargin_reason = \"x\"", "no benchmark"),
    ];
    for (lines, word) in faults {
        let file = settings(&format!("{SCORE}{lines}\n"));
        let finding = file.comparisons[0].check().unwrap_err();
        assert!(finding.message.contains(word), "{}", finding.message);
        assert!(!finding.help.is_empty());
    }
}

#[test]
fn a_benchmark_that_has_no_value() {
    let all = [given("a", 1.0, 0.1), given("b", 2.0, 0.1)];
    let made = one(
        &all,
        Sampling::Sample,
        &format!("{SCORE}benchmark = \"z\"\n"),
    );
    refused(&made, Part::Differences, "`z` has no value");
}

#[test]
fn some_without_an_error() {
    let exact = Given {
        error: None,
        ..given("exact", 1.5, 0.0)
    };
    let all = [
        given("a", 1.0, 0.1),
        given("b", 2.0, 0.1),
        exact,
        given("c", 1.2, 0.2),
    ];
    let made = one(&all, Sampling::Sample, SCORE);
    assert_eq!(made.league.as_ref().unwrap().ranks.len(), 3);
    assert!(
        made.remarks
            .iter()
            .any(|r| r.contains("Programme exact: its error is not known")
                && r.contains("without a verdict, a rank")),
        "{:?}",
        made.remarks
    );
    assert_eq!(made.pooled.unwrap().pooled, [0, 1, 3]);
    assert_eq!(made.differences.unwrap().pairs.len(), 6);
}

#[test]
fn names_that_are_not_there_are_errors_with_the_nearest() {
    let all = [
        given("a", 1.0, 0.1).fact("type", "x"),
        given("b", 2.0, 0.1).fact("type", "y"),
    ];
    let text = "[[comparison]]\nindicators = [\"scores\"]\nstrata = \"tipe\"\nexclude = [\"c\"]\n";
    let made = compared(&all, Sampling::Sample, text);
    let messages: Vec<String> = made
        .findings
        .listed
        .iter()
        .map(|f| format!("{} {}", f.message, f.help))
        .collect();
    let all = messages.join("\n");
    for word in [
        "`scores`",
        "Did you mean `score`?",
        "`tipe`",
        "Did you mean `type`?",
        "`c`",
    ] {
        assert!(all.contains(word), "{word}: {all}");
    }
    assert!(made.findings.has_errors());
}

#[test]
fn the_same_programme_in_two_evaluations() {
    let make = || {
        outcome(
            &[given("P1", 1.0, 0.1), given("P2", 2.0, 0.1)],
            Sampling::Sample,
        )
    };
    let sources = [source("north", make()), source("south", make())];
    let stop = compare(&sources, &settings(""), false).unwrap_err();
    let words = stop.to_string();
    assert!(
        words.contains("`P1` is in two evaluations: north and south"),
        "{words}"
    );
    let made = compare(&sources, &settings(""), true).unwrap();
    let ids: Vec<&str> = made.cases.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["north/P1", "north/P2", "south/P1", "south/P2"]);
    assert_eq!(made.comparisons[0].entries.len(), 4);
}

#[test]
fn other_units_or_directions_are_never_compared() {
    let north = outcome(&[given("P1", 1.0, 0.1)], Sampling::Sample);
    let mut south = outcome(&[given("P2", 2.0, 0.1)], Sampling::Sample);
    south.indicators[0].definition.hash = "other".to_owned();
    south.indicators[0].definition.direction = Direction::LowerIsBetter;
    let same = "[[same]]\nindicator = \"score\"\nreason = \"they look alike\"\n";
    let made = compare(
        &[source("north", north), source("south", south)],
        &settings(same),
        false,
    )
    .unwrap();
    refused(&made.comparisons[0], Part::Values, "different direction");
    assert_eq!(made.mismatches[0].groups, [["north"], ["south"]]);
}

#[test]
fn a_ratio_to_nothing() {
    let exact = |id: &str, value: f64| Given {
        error: None,
        ..given(id, value, 0.0)
    };
    let all = [exact("a", 1.0), exact("zero", 0.0)];
    let text = format!("{SCORE}scale = \"ratio\"\nbenchmark = \"zero\"\n");
    refused(
        &one(&all, Sampling::Census, &text),
        Part::Differences,
        "is 0",
    );
}
