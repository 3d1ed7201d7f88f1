//! Evaluations kept apart: matched by id and content, from folders or saved outcomes.

use super::{given, outcome, settings, source};
use crate::kit::{Folder, formula};
use codev::compare::compare;
use codev::outcome::Sampling;
use codev::outcome::comparison::Part;

/// An evaluation of one programme on its own.
fn folder(programme: &str, value: &str, scores: &[u32]) -> Folder {
    let folder = Folder::new();
    let rows: String = scores
        .iter()
        .map(|s| format!("{programme},{s}\n"))
        .collect();
    folder.write("answers.csv", format!("programme,score\n{rows}"));
    folder.write(
        "programmes.csv",
        format!("id,name\n{programme},Town {programme}\n"),
    );
    let manifest = r#"{"name":"t","resources":[
        {"name":"programmes","path":"programmes.csv","schema":{"fields":[{"name":"id","type":"string"},{"name":"name","type":"string"}],
         "primaryKey":"id"},"codev":{"role":"programmes","unit":"programme","sampling":"census","label":"name"}},
        {"name":"answers","path":"answers.csv","schema":{"fields":[{"name":"programme","type":"string"},{"name":"score","type":"number"}]},
         "codev":{"unit":"person","sampling":"sample","programme":"programme"}}]}"#;
    folder.write("datapackage.json", manifest);
    folder.write(
        "evaluation.toml",
        "title = \"One programme\"\nindicators = [\"trust\"]\nsmall_cells = 0\n",
    );
    folder.define("trust", "points", &formula("answers", value));
    folder
}

#[test]
fn definitions_that_differ_are_shown_and_refused_unless_mapped() {
    let north = outcome(
        &[given("P1", 1.0, 0.1), given("P2", 1.5, 0.1)],
        Sampling::Sample,
    );
    let mut south = outcome(&[given("P3", 2.0, 0.1)], Sampling::Sample);
    let definition = &mut south.indicators[0].definition;
    definition.hash = "other".to_owned();
    definition.formula = "AVG(y) over other rows".to_owned();
    let sources = [source("north", north), source("south", south)];
    let made = compare(&sources, &settings(""), false).unwrap();
    let refusal = &made.comparisons[0].refusals[0];
    assert_eq!(refusal.part, Part::Values);
    assert!(refusal.help.contains("[[same]]"), "{}", refusal.help);
    assert!(
        made.mismatches[0]
            .fields
            .iter()
            .any(|(name, texts)| name == "computed as" && texts[1].contains("AVG(y)"))
    );
    assert!(made.comparisons[0].league.is_none());
    let same = "[[same]]\nindicator = \"score\"\nreason = \"the question is the same\"\n";
    let made = compare(&sources, &settings(same), false).unwrap();
    assert_eq!(made.comparisons[0].entries.len(), 3);
    assert_eq!(
        made.mismatches[0].accepted.as_deref(),
        Some("the question is the same")
    );
    assert!(
        made.comparisons[0]
            .remarks
            .iter()
            .any(|r| r.contains("the question is the same"))
    );
}

#[test]
fn other_names_are_mapped() {
    let north = outcome(&[given("P1", 1.0, 0.1)], Sampling::Sample);
    let mut south = outcome(&[given("P2", 2.0, 0.1)], Sampling::Sample);
    south.indicators[0].definition.id = "points".to_owned();
    let text = "[[same]]\nindicator = \"score\"\ncalled = { south = \"points\" }\nreason = \"renamed\"\n\n\
                [[comparison]]\nindicators = [\"score\"]\n";
    let made = compare(
        &[source("north", north), source("south", south)],
        &settings(text),
        false,
    )
    .unwrap();
    assert_eq!(made.comparisons[0].entries.len(), 2);
    assert!(!made.findings.has_errors());
}

/// Partners that can't share their rows are compared by what they saved, and it makes no difference.
#[test]
fn a_saved_outcome_stands_for_its_folder() {
    let a = folder("A", "AVG(score)", &[1, 2, 2, 3, 2, 1]);
    let b = folder("B", "AVG(score)", &[4, 5, 4, 3, 5, 4]);
    let both = Folder::new();
    let saved = b.codev(&["report", ".", "--quiet"]);
    assert!(
        saved.status.success(),
        "{}",
        String::from_utf8_lossy(&saved.stderr)
    );
    let run = |second: &std::path::Path, out: &str| {
        let output = both.codev(&[
            "compare",
            a.path().to_str().unwrap(),
            second.to_str().unwrap(),
            "--out",
            out,
            "--quiet",
        ]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let bytes = std::fs::read(both.file(&format!("{out}/comparison.json"))).unwrap();
        serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()
    };
    let (live, read) = (
        run(b.path(), "live"),
        run(&b.file("report/outcome.json"), "saved"),
    );
    assert_eq!(live["comparisons"], read["comparisons"]);
    assert_eq!(
        live["comparisons"][0]["entries"].as_array().unwrap().len(),
        2
    );
    assert_eq!(read["sources"][1]["saved"], true);
    // The same evaluation twice is no comparison.
    let twice = both.codev(&[
        "compare",
        a.path().to_str().unwrap(),
        a.path().to_str().unwrap(),
    ]);
    assert_eq!(twice.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&twice.stderr).contains("named twice"));
}

#[test]
fn threads_do_not_change_a_comparison() {
    let folder = Folder::new();
    let run = |threads: &str| {
        let tandem = crate::kit::root().join("datasets/tandem");
        let output = folder.codev(&[
            "compare",
            tandem.to_str().unwrap(),
            "--threads",
            threads,
            "--out",
            threads,
            "--quiet",
        ]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        std::fs::read(folder.file(&format!("{threads}/comparison.json"))).unwrap()
    };
    assert!(
        run("1") == run("2"),
        "the same bytes with one thread and with two"
    );
}
