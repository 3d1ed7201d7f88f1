//! Totals beside parts where a formula speaks of the column itself: each aggregate adds rows that belong together.

use super::{folder, remarked, value};
use crate::kit::{Folder, cell, formula, total};
use codev::outcome::{Outcome, Status};

/// Persons by sex and age, each with total rows: 54 in all, 24 of them women, 10 of these young.
const BY_SEX_AND_AGE: &str = "id,programme,sex,age,quantity
1,P1,total,total,27
2,P1,total,y,11
3,P1,total,o,16
4,P1,F,total,12
5,P1,F,y,5
6,P1,F,o,7
7,P1,M,total,15
8,P1,M,y,6
9,P1,M,o,9
10,P2,total,total,27
11,P2,total,y,11
12,P2,total,o,16
13,P2,F,total,12
14,P2,F,y,5
15,P2,F,o,7
16,P2,M,total,15
17,P2,M,y,6
18,P2,M,o,9
";

const DECLARED: &str = r#", "totals": {"sex": "total", "age": "total"}"#;

/// Values of the total by formula, with the filter of the measure where there is one.
const ASKED: &[(&str, &str, f64)] = &[
    ("SUM(quantity)", "", 54.0),
    (
        "SUM(quantity) FILTER (WHERE sex = 'F') / SUM(quantity)",
        "",
        24.0 / 54.0,
    ),
    (
        "SUM(quantity) FILTER (WHERE sex = 'F' AND age = 'y') / SUM(quantity)",
        "",
        10.0 / 54.0,
    ),
    ("SUM(quantity) FILTER (WHERE sex <> 'F')", "", 30.0),
    ("SUM(quantity) FILTER (WHERE sex = 'total')", "", 54.0),
    ("SUM(quantity) FILTER (WHERE sex <> 'total')", "", 54.0),
    (
        "SUM(CASE WHEN sex = 'F' THEN quantity ELSE 0 END) / SUM(quantity)",
        "",
        24.0 / 54.0,
    ),
    (
        "SUM(quantity) FILTER (WHERE sex = 'F' OR age = 'y')",
        "",
        36.0,
    ),
    ("SUM(quantity)", "sex <> 'F'", 30.0),
    ("SUM(quantity)", "sex IS NOT NULL", 54.0),
    ("SUM(quantity)", "sex = 'F'", 24.0),
    (
        "SUM(quantity) FILTER (WHERE age = 'y') / SUM(quantity)",
        "sex = 'F'",
        10.0 / 24.0,
    ),
    ("COUNT(DISTINCT sex)", "", 2.0),
];

fn asked(csv: &str, codev: &str, asked: &[(&str, &str, f64)], more: &str) -> Folder {
    let ids: Vec<String> = (0..asked.len()).map(|at| format!("\"f{at}\"")).collect();
    let evaluation = format!("indicators = [{}]\n{more}", ids.join(", "));
    let folder = folder("results", csv, codev, &evaluation);
    for (at, (text, filter, _)) in asked.iter().enumerate() {
        let filter = match *filter {
            "" => String::new(),
            filter => format!("\nwhere = \"{filter}\""),
        };
        folder.define(
            &format!("f{at}"),
            "points",
            &(formula("results", text) + &filter),
        );
    }
    folder
}

fn all_right(outcome: &Outcome, asked: &[(&str, &str, f64)]) {
    for (at, (text, filter, right)) in asked.iter().enumerate() {
        let id = format!("f{at}");
        let found = total(outcome, &id);
        let value = found.value.unwrap_or(f64::NAN);
        assert!(
            (value - right).abs() < 1e-12,
            "{text} where {filter}: {found:?}"
        );
    }
}

#[test]
fn each_aggregate_adds_totals_or_parts_never_both() {
    let by = "by = [\"sex\", \"age\"]\n";
    let folder = asked(BY_SEX_AND_AGE, DECLARED, ASKED, by);
    let outcome = folder.evaluate();
    all_right(&outcome, ASKED);
    assert_eq!(value(&outcome, "f0", Some("P1")), "27");
    // Split by a column, every value has its row; a share of parts in totals is not.
    let women = cell(&outcome, "f0", None, Some(("sex", Some("F")))).unwrap();
    assert_eq!(women.value, Some(24.0));
    assert!(cell(&outcome, "f1", None, Some(("sex", Some("F")))).is_none());
    assert!(remarked(&outcome, "f1", "Not shown by sex"));
    let young = cell(&outcome, "f1", None, Some(("age", Some("y")))).unwrap();
    assert_eq!(young.value, Some(10.0 / 22.0));
    // Both named: they are not added.
    let both = [(
        "SUM(quantity) FILTER (WHERE sex IN ('F', 'total'))",
        "",
        0.0,
    )];
    let outcome = asked(BY_SEX_AND_AGE, DECLARED, &both, "").evaluate();
    assert_eq!(total(&outcome, "f0").status, Status::Refused);
}

#[test]
fn empty_cells_are_totals_where_the_table_says_so() {
    let blank = BY_SEX_AND_AGE.replace("total", "");
    let declared = r#", "totals": {"sex": "", "age": ""}"#;
    let asked_of_blank: Vec<(&str, &str, f64)> = ASKED
        .iter()
        .copied()
        .filter(|(text, ..)| !text.contains("total"))
        .chain([("SUM(quantity) FILTER (WHERE sex IS NULL)", "", 54.0)])
        .collect();
    let folder = asked(&blank, declared, &asked_of_blank, "");
    all_right(&folder.evaluate(), &asked_of_blank);
}

#[test]
fn totals_that_the_table_does_not_declare_are_not_added_to_parts() {
    let rows = "id,programme,year,sex,quantity
1,P1,2020,F,30
2,P1,2020,M,40
3,P1,2020,total,70
4,P2,2020,F,12
5,P2,2020,M,9
6,P2,2020,total,21
";
    let right = [
        ("SUM(quantity) FILTER (WHERE sex = 'F')", "", 42.0),
        (
            "SUM(quantity) FILTER (WHERE sex = 'F') / SUM(quantity) FILTER (WHERE sex = 'total')",
            "",
            42.0 / 91.0,
        ),
        (
            "SUM(CASE WHEN sex = 'F' THEN quantity ELSE 0 END)",
            "",
            42.0,
        ),
    ];
    all_right(&asked(rows, "", &right, "").evaluate(), &right);
    let refused = [
        (
            "SUM(quantity) FILTER (WHERE sex = 'F') / SUM(quantity)",
            "",
            0.0,
        ),
        ("SUM(quantity) FILTER (WHERE sex <> 'F')", "", 0.0),
        ("SUM(quantity)", "sex <> 'F'", 0.0),
        ("SUM(quantity)", "", 0.0),
    ];
    let outcome = asked(rows, "", &refused, "").evaluate();
    for (at, (text, ..)) in refused.iter().enumerate() {
        let id = format!("f{at}");
        assert_eq!(total(&outcome, &id).status, Status::Refused, "{text}");
        assert!(
            remarked(&outcome, &id, "\"totals\": { \"sex\": \"total\" }"),
            "{text}"
        );
    }
}

#[test]
fn parts_are_not_held_against_totals_that_lack() {
    // P2 has parts only: its women are no share of P1's total.
    let rows: String = BY_SEX_AND_AGE
        .lines()
        .filter(|line| !line.contains("P2,total"))
        .map(|line| line.to_owned() + "\n")
        .collect();
    let share = [(
        "SUM(quantity) FILTER (WHERE sex = 'F') / SUM(quantity)",
        "",
        0.0,
    )];
    let outcome = asked(&rows, DECLARED, &share, "").evaluate();
    assert_eq!(value(&outcome, "f0", Some("P1")), (12.0 / 27.0).to_string());
    for programme in [None, Some("P2")] {
        let found = cell(&outcome, "f0", programme, None).unwrap();
        assert_eq!(found.value, None, "{found:?}");
    }
    assert!(remarked(&outcome, "f0", "totals that lack rows (P2)"));
}
