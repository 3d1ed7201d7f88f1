//! What several releases tell together of few persons, through the command line.

use crate::kit::{Folder, cell, formula, table};
use codev::export::read_json;
use codev::outcome::{Outcome, Status};
use std::fmt::Write as _;

const PERSONS: &str = r#""unit": "person", "person": "person", "programme": "programme""#;

/// Persons 1 to `last` of two programmes of equal size, those of P2 the later ones, with a column that splits both.
fn town(last: u32, settings: &str) -> Folder {
    let mut csv = "programme,person,sex,income\n".to_owned();
    for person in 1..=last {
        let (programme, sex) = (1 + u32::from(person > 20), ["f", "m"][person as usize % 2]);
        let _ = writeln!(
            csv,
            "P{programme},q{person},{sex},{}",
            1000 + 7 * person * person
        );
    }
    let folder = table(&csv, &["programme", "person", "sex"], PERSONS);
    folder.define("income", "EUR", &formula("t", "SUM(income)"));
    folder.write("evaluation.toml", evaluation(settings));
    folder
}

fn evaluation(settings: &str) -> String {
    format!("title = \"Town\"\nindicators = [\"income\"]\n{settings}")
}

fn run(folder: &Folder, args: &[&str]) -> (i32, String) {
    let done = folder.codev(args);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        done.status.code().unwrap(),
        text(&done.stdout) + &text(&done.stderr),
    )
}

fn saved(folder: &Folder, name: &str) -> Outcome {
    read_json(&std::fs::read(folder.file(name)).unwrap()).unwrap()
}

fn report(folder: &Folder, more: &[&str]) {
    let (code, said) = run(folder, &[&["report", "."], more].concat());
    assert_eq!(code, 0, "{said}");
}

#[test]
fn the_income_of_who_joined_follows_from_two_reports_and_not_after_the_first() {
    let (old, new) = (town(40, ""), town(41, ""));
    report(&old, &[]);
    report(&new, &[]);
    let before = old.file("report/outcome.json").display().to_string();
    let data = old.path().display().to_string();
    let both = ["audit", &before, "report/outcome.json", "--data", &data];
    let (code, said) = run(&new, &both);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("A sum over the rows of a group of fewer than 5 persons"),
        "{said}"
    );
    assert!(said.contains("(P2)"), "{said}");
    assert!(!said.contains("P1"), "{said}");

    let after = ["--after", &before, "--data", &data, "--out", "later"];
    report(&new, &after);
    let later = saved(&new, "later/outcome.json");
    let status = |programme| cell(&later, "income", programme, None).unwrap().status;
    assert_eq!(status(Some("P1")), Status::Value);
    assert_eq!(status(Some("P2")), Status::Suppressed);
    assert_eq!(status(None), Status::Suppressed, "less P1 it is P2");
    let told = later.protection.unwrap().audit;
    assert!(
        told.ends_with("What an earlier release says was taken as known."),
        "{told}"
    );
    let (code, said) = run(
        &new,
        &["audit", &before, "later/outcome.json", "--data", &data],
    );
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("neither a withheld figure"), "{said}");
}

#[test]
fn five_who_joined_do_not_hinder_the_new_report() {
    let (old, new) = (town(40, ""), town(45, ""));
    report(&old, &[]);
    let before = old.file("report/outcome.json").display().to_string();
    let data = old.path().display().to_string();
    report(&new, &["--after", &before, "--data", &data]);
    let outcome = saved(&new, "report/outcome.json");
    assert_eq!(outcome.protection.unwrap().withheld, 0);
    let (code, said) = run(
        &new,
        &["audit", &before, "report/outcome.json", "--data", &data],
    );
    assert_eq!(code, 0, "{said}");
}

#[test]
fn what_a_higher_threshold_withholds_follows_from_an_earlier_report_of_the_same_data() {
    // 2 men and 2 women of P3: shown with a threshold of 2, withheld with one of 5.
    let folder = town(40, "by = [\"sex\"]\nsmall_cells = 2\n");
    let mut csv = std::fs::read_to_string(folder.file("t.csv")).unwrap();
    csv += "P3,q91,f,1\nP3,q92,m,2\nP3,q93,f,3\nP3,q94,m,4\n";
    folder.write("t.csv", csv);
    report(&folder, &["--out", "first"]);
    folder.write("evaluation.toml", evaluation("by = [\"sex\"]\n"));
    // The evaluation has changed since: what was asked for stands in the outcome.
    let (code, said) = run(&folder, &["audit", "first/outcome.json", "."]);
    assert_eq!(code, 1, "{said}");
    let of = |place: &str| format!("`income` of P3{place} is withheld in");
    for place in ["", ", sex f", ", sex m"] {
        assert!(said.contains(&of(place)), "{place}: {said}");
    }
    assert!(said.contains("from `first` alone"), "{said}");
}

#[test]
fn figures_are_computed_again_or_left_out_aloud() {
    let folder = town(40, "");
    report(&folder, &[]);
    folder.write("t.csv", "programme,person,sex,income\nP1,q1,f,5\n");
    let (code, said) = run(&folder, &["audit", "report/outcome.json"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("3 of 3 figures of persons in this release"),
        "{said}"
    );
    assert!(said.contains("changed since: t.csv"), "{said}");

    let elsewhere = Folder::new();
    let bytes = std::fs::read(folder.file("report/outcome.json")).unwrap();
    elsewhere.write("a/b/c/d/e/outcome.json", bytes);
    let (code, said) = run(&elsewhere, &["audit", "a/b/c/d/e/outcome.json"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("audit-no-data") && said.contains("--data FOLDER"),
        "{said}"
    );
    let (code, said) = run(&elsewhere, &["audit", "nowhere.json"]);
    assert_eq!(code, 2, "{said}");
    let (code, said) = run(
        &elsewhere,
        &["audit", "a/b/c/d/e/outcome.json", "--data", "a"],
    );
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("audit-no-package"), "{said}");
}

#[test]
fn an_outcome_that_does_not_say_what_was_asked_is_computed_from_files_that_are_as_they_were() {
    let folder = town(40, "");
    report(&folder, &[]);
    let text = std::fs::read_to_string(folder.file("report/outcome.json")).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["provenance"]
        .as_object_mut()
        .unwrap()
        .remove("asked")
        .unwrap();
    folder.write("old.json", json.to_string());
    let (code, said) = run(&folder, &["audit", "old.json", "report/outcome.json"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("figures 3 in old, 3 in"), "{said}");
    folder.write("evaluation.toml", evaluation("note = \"changed\"\n"));
    let (code, said) = run(&folder, &["audit", "old.json"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("audit-not-kept"), "{said}");
}

#[test]
fn a_report_says_that_it_tells_beside_the_one_that_it_takes_the_place_of() {
    let folder = town(40, "");
    let (code, said) = run(&folder, &["report", "."]);
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("report-"), "{said}");
    // The same again, and with one indicator less: nothing new is told.
    for text in [evaluation(""), evaluation("note = \"the same figures\"\n")] {
        folder.write("evaluation.toml", text);
        let (_, said) = run(&folder, &["report", "."]);
        assert!(!said.contains("report-"), "{said}");
    }
    // All but two persons.
    let most = formula("t", "SUM(income)") + "\nwhere = \"person NOT IN ('q3', 'q4')\"";
    folder.define("most", "EUR", &most);
    folder.write(
        "evaluation.toml",
        evaluation("").replace("[\"income\"]", "[\"most\"]"),
    );
    let (code, said) = run(&folder, &["report", "."]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("report-tells-beside"), "{said}");
    // Other data.
    let mut csv = std::fs::read_to_string(folder.file("t.csv")).unwrap();
    csv += "P2,q50,f,99\n";
    folder.write("t.csv", csv);
    let (_, said) = run(&folder, &["report", "."]);
    assert!(said.contains("report-other-data"), "{said}");
}

#[test]
fn rounded_figures_are_told_as_such_and_left_out_of_the_audit() {
    let folder = town(41, "");
    report(&folder, &["--out", "exact"]);
    folder.write("evaluation.toml", evaluation("protection = \"round\"\n"));
    report(&folder, &["--out", "rounded"]);
    let outcome = saved(&folder, "rounded/outcome.json");
    let html = std::fs::read_to_string(folder.file("rounded/report.html")).unwrap();
    assert!(html.contains("figures of persons are rounded to 5"));
    assert!(
        !html.contains("are suppressed"),
        "the title says what was done"
    );
    assert!(
        cell(&outcome, "income", None, None)
            .unwrap()
            .value
            .is_some()
    );
    // The saved figures are not those that the data give: they are left out, and counted.
    let (code, said) = run(&folder, &["audit", "rounded/outcome.json"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("3 of 3 figures of persons"), "{said}");
    let (code, said) = run(&folder, &["audit", "exact/outcome.json"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("figures 3 in exact"), "{said}");
}

#[test]
fn an_outcome_keeps_what_was_asked_without_comments_and_examples() {
    let folder = town(40, "# asked by Awa\n");
    let own = crate::kit::definition("income", "EUR", &formula("t", "SUM(income)"))
        + "# of Awa\n\n[[example]]\nnote = \"one\"\nrows = \"\"\"\nprogramme,person,sex,income\nP1,Awa,f,5\n\"\"\"\nexpect = { P1 = 5 }\n";
    folder.write("indicators/income.toml", own);
    report(&folder, &[]);
    let text = std::fs::read_to_string(folder.file("report/outcome.json")).unwrap();
    assert!(!text.contains("Awa"));
    let (code, said) = run(&folder, &["audit", "report/outcome.json"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("figures 3 in"), "{said}");
}
