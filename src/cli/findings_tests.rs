//! How findings look.
#![allow(clippy::unwrap_used)]

use super::*;

const PLAIN: Look = Look {
    colour: false,
    width: 80,
};

fn not_a_number(line: u64) -> Finding {
    Finding::error(
        "data-not-a-number",
        "Expected a number.",
        "Correct the cell, or declare its text as a missing value.",
    )
    .in_file("responses.csv")
    .at_line(line)
    .at_row(line - 1)
    .in_column("trust")
    .with_value("seven")
}

#[test]
fn a_data_finding_is_one_line_with_its_help() {
    insta::assert_snapshot!(one(&not_a_number(12), PLAIN), @r#"
    error[data-not-a-number] responses.csv line 12, column "trust": Expected a number. Found: "seven".
      help: Correct the cell, or declare its text as a missing value.
    "#);
}

#[test]
fn a_formula_is_shown_with_the_fault_underlined() {
    let finding = Finding::error(
        "formula-unknown-column",
        "The table \"ties\" has no column \"formd\".",
        "Did you mean \"formed\"?",
    )
    .in_file("indicators/ties.toml")
    .with_excerpt("COUNT(*) FILTER (WHERE formd > 1)", 23, 28);
    let shown = one(&finding, PLAIN);
    assert!(
        shown.contains("COUNT(*) FILTER (WHERE formd > 1)"),
        "{shown}"
    );
    assert!(shown.contains("indicators/ties.toml"), "{shown}");
    assert!(
        shown.contains("───") && shown.contains("Did you mean"),
        "{shown}"
    );
    assert!(
        !shown.contains('\u{1b}'),
        "no colours where they are refused: {shown}"
    );
}

#[test]
fn a_range_outside_the_text_still_gives_the_message() {
    let finding = Finding::error("x", "Wrong.", "Fix it.").with_excerpt("é", 1, 900);
    assert!(one(&finding, PLAIN).contains("Wrong."));
}

#[test]
fn worst_first_and_the_unlisted_are_counted() {
    let mut all = Findings::new();
    all.push(Finding::info("data-encoding", "Read as Windows-1252.", ""));
    for line in 2..30 {
        all.push(not_a_number(line));
    }
    let shown = text(&all, PLAIN, false);
    assert!(shown.starts_with("error[data-not-a-number]"), "{shown}");
    assert!(
        shown.contains("… and 8 more of this kind (data-not-a-number, responses.csv, \"trust\")"),
        "{shown}"
    );
    assert!(shown.contains("info[data-encoding]"), "{shown}");
    assert!(!text(&all, PLAIN, true).contains("info["));
    assert_eq!(summary(&all), "28 errors, 1 info");
    let lines = json_lines(&all, false);
    assert_eq!(lines.lines().count(), 22);
    let rest: serde_json::Value = serde_json::from_str(lines.lines().nth(20).unwrap()).unwrap();
    assert_eq!(rest["unlisted"], 8);
}

#[test]
fn data_cannot_steer_the_terminal() {
    let finding = Finding::error("x", "Wrong.", "").with_value("\u{1b}[2Jgone");
    assert!(!one(&finding, PLAIN).contains('\u{1b}'));
}
