//! `codev indicators new`: flags, answers, extending, and a first example of made-up rows; and how failing examples are explained.

use crate::kit::Folder;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// Runs the command line with these lines on standard input.
fn codev(folder: &Folder, args: &[&str], answers: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_codev"))
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // A command that asks nothing may be gone before it is told anything.
    let _ = input.write_all(answers.as_bytes());
    drop(input);
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// An evaluation with activities of programmes, and answers of persons.
fn evaluation() -> Folder {
    let folder = Folder::new();
    folder.write("programmes.csv", "id,type\nP1,town\nP2,fund\n");
    folder.write(
        "activities.csv",
        "programme,side,meals,roles,on\nP1,destination,7,cook,2011-01-01\nP1,origin,5,cook; guest,2011-01-01\n\
         P1,origin,,guest,2011-01-02\nP1,origin,2.5,\"says \"\"so\"\" \\n\",2011-01-03\nP2,origin,1,guest,2011-01-04\n",
    );
    folder.write("responses.csv", "programme,trust\nP1,3\nP1,4\n");
    folder.write(
        "datapackage.json",
        r#"{ "name": "d", "resources": [
            { "name": "programmes", "path": "programmes.csv", "schema": { "fields": [
              { "name": "id", "type": "string" }, { "name": "type", "type": "string" } ], "primaryKey": "id" },
              "codev": { "role": "programmes" } },
            { "name": "events", "path": "activities.csv", "schema": { "fields": [
              { "name": "programme", "type": "string" }, { "name": "side", "type": "string" },
              { "name": "meals", "type": "number" }, { "name": "roles", "type": "string" }, { "name": "on", "type": "date" } ],
              "foreignKeys": [ { "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } } ] },
              "codev": { "role": "activities" } },
            { "name": "responses", "path": "responses.csv", "schema": { "fields": [
              { "name": "programme", "type": "string" }, { "name": "trust", "type": "number" } ] },
              "codev": { "role": "responses", "unit": "person", "sampling": "sample" } } ] }"#,
    );
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"own/*\"]\n",
    );
    folder
}

fn read(folder: &Folder, path: &str) -> String {
    std::fs::read_to_string(folder.file(path)).unwrap()
}

const MEALS: &str = "indicators/process/integration/meals-in-the-origin.toml";

#[test]
fn without_a_terminal_what_is_not_given_is_named() {
    let folder = Folder::new();
    let output = codev(&folder, &["indicators", "new", "--table", "activities"], "");
    assert_eq!(output.status.code(), Some(2));
    let text = said(&output);
    assert!(text.contains("Not given: the id, --dimension."), "{text}");
    assert!(text.contains("--ask"), "{text}");
    let output = codev(
        &folder,
        &["indicators", "new", "--extends", "claims-adopted"],
        "",
    );
    assert!(
        said(&output).contains("Not given: the id."),
        "{}",
        said(&output)
    );
    assert!(!folder.file("indicators").exists());
}

#[test]
fn answers_become_a_definition_with_made_up_rows() {
    let folder = evaluation();
    let answers = [
        "Are meals shared in the place of origin?",
        "Meals in the origin",
        "Meals", // no id: asked again
        "",      // the name as an id
        "",      // process
        "integration",
        "9", // no such side: asked again
        "origin",
        "2",          // the events
        "",           // no filter yet
        "SUM(meels)", // no such column: asked again
        "side = 'origin'",
        "SUM(meals)",
        "meals",
        "1", // higher is better
        "",
    ];
    let output = codev(
        &folder,
        &["indicators", "new", "--ask"],
        &(answers.join("\n") + "\n"),
    );
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("As in `meals`."), "{text}");
    assert!(text.contains("There is no number 9 in the list."), "{text}");
    assert!(text.contains("   2  activities  events, 5 rows"), "{text}");
    assert!(
        text.contains("programme (text, leads to programmes), side (text), meals (number), roles (text), on (date)"),
        "{text}"
    );
    assert!(text.contains("has no column `meels`"), "{text}");
    assert!(text.contains("Did you mean `meals`?"), "{text}");
    assert!(text.contains("codev indicators test"), "{text}");
    assert_eq!(printed(&output).trim().trim_start_matches("./"), MEALS);
    insta::assert_snapshot!(read(&folder, MEALS), @r##"
#:schema ../../schema.json
id = "meals-in-the-origin"
name = "Meals in the origin"
kind = "process"
dimension = "integration"
side = "origin"
question = "Are meals shared in the place of origin?"
unit = "meals"
direction = "higher-is-better"
source = "Own measure of this evaluation"

[measure]
type = "formula"
table = "activities"
where = "side = 'origin'"
value = "SUM(meals)"

# Check this by hand: the rows are made up, and what is expected is only what codev made of them. Then change the
# note, and add what happens when something is missing. An empty cell is missing.
[[example]]
note = "made-up rows of activities, not yet checked by hand"
rows = """
programme,side,meals
P1,origin,1
P1,origin,1
P1,origin,2
P1,origin,3
P1,a,2
P1,a,3
P1,origin,
"""
expect = { P1 = 7 }
"##);
    let tested = codev(&folder, &["indicators", "test", MEALS], "");
    assert_eq!(tested.status.code(), Some(0), "{}", printed(&tested));
}

#[test]
fn answers_that_end_early_write_nothing() {
    let folder = evaluation();
    let output = codev(&folder, &["indicators", "new", "--ask"], "Why?\nMeals\n\n");
    assert_eq!(output.status.code(), Some(2));
    let text = said(&output);
    assert!(
        text.contains("The input ended at the question “What kind of measure is it?”."),
        "{text}"
    );
    assert!(!folder.file("indicators").exists());
}

#[test]
fn rows_about_persons_are_never_copied() {
    let folder = evaluation();
    let args =
        "indicators new trust-mean --dimension integration --table responses --value AVG(trust)";
    let output = codev(&folder, &args.split(' ').collect::<Vec<_>>(), "");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = read(&folder, "indicators/process/integration/trust-mean.toml");
    assert!(
        text.contains(
            "\"\"\"\nprogramme,trust\nP1,1\nP1,2\nP1,3\nP1,4\nP1,\n\"\"\"\nexpect = { P1 = 2.5 }"
        ),
        "{text}"
    );
}

#[test]
fn a_column_of_a_parent_table_comes_with_the_rows() {
    let folder = evaluation();
    let args = [
        "indicators",
        "new",
        "meals-of-towns",
        "--dimension",
        "integration",
        "--table",
        "activities",
        "--where",
        "programme.type = 'town' AND roles <> 'guest'",
        "--value",
        "COUNT(*)",
    ];
    let output = codev(&folder, &args, "");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let path = "indicators/process/integration/meals-of-towns.toml";
    let text = read(&folder, path);
    assert!(
        text.contains(
            "programme,programme.type,roles\nP1,town,a\nP1,town,a\nP1,town,b\nP1,town,a\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("P1,town,guest\n") && text.contains("expect = { P1 = 4 }"),
        "{text}"
    );
    let tested = codev(&folder, &["indicators", "test", path], "");
    assert_eq!(
        tested.status.code(),
        Some(0),
        "{}\n{text}",
        printed(&tested)
    );
}

#[test]
fn an_extending_definition_is_started_from_flags_and_from_answers() {
    let folder = evaluation();
    let meals = [
        "indicators",
        "new",
        "meals",
        "--dimension",
        "integration",
        "--table",
        "activities",
        "--value",
        "SUM(meals)",
        "--unit",
        "meals",
    ];
    assert_eq!(codev(&folder, &meals, "").status.code(), Some(0));
    let flags = [
        "indicators",
        "new",
        "meals-in-the-origin",
        "--extends",
        "meals",
        "--only",
        "side = 'origin'",
    ];
    let output = codev(&folder, &flags, "");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let by_flags = read(&folder, MEALS);
    insta::assert_snapshot!(by_flags, @r##"
#:schema ../../schema.json
# What is not stated here is taken from `meals`: `codev indicators show meals`.
extends = "meals"
id = "meals-in-the-origin"
name = "Meals in the origin"

[measure]
only = "side = 'origin'"

# Check this by hand: the rows are made up, and what is expected is only what codev made of them. Then change the
# note, and add what happens when something is missing. An empty cell is missing.
[[example]]
note = "made-up rows of activities, not yet checked by hand"
rows = """
programme,side,meals
P1,origin,1
P1,origin,1
P1,origin,2
P1,origin,3
P1,a,2
P1,a,3
P1,origin,
"""
expect = { P1 = 7 }
"##);
    std::fs::remove_file(folder.file(MEALS)).unwrap();
    let output = codev(
        &folder,
        &["indicators", "new", "--ask", "--extends", "meals"],
        "Meals in the origin\n\nsite = 'origin'\nside = 'origin'\n\n",
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(
        said(&output).contains("Did you mean `side`?"),
        "{}",
        said(&output)
    );
    assert_eq!(read(&folder, MEALS), by_flags);
    let tested = codev(&folder, &["indicators", "test", MEALS], "");
    assert_eq!(tested.status.code(), Some(0), "{}", printed(&tested));
    // Words alone: the examples are taken over.
    let output = codev(
        &folder,
        &[
            "indicators",
            "new",
            "plates",
            "--extends",
            "meals",
            "--unit",
            "plates",
        ],
        "",
    );
    assert!(
        said(&output).contains("takes over the examples"),
        "{}",
        said(&output)
    );
    assert!(!read(&folder, "indicators/process/integration/plates.toml").contains("[["));
}

#[test]
fn an_id_of_the_library_points_to_extends() {
    let folder = evaluation();
    let args = "indicators new claims-adopted --dimension d --table t";
    let output = codev(&folder, &args.split(' ').collect::<Vec<_>>(), "");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("--extends claims-adopted"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_failing_example_shows_what_became_of_its_rows() {
    let folder = Folder::new();
    folder.write(
        "share.toml",
        r#"id = "share"
name = "Migrants among participants"
kind = "process"
dimension = "participation"
side = "origin"
question = "Q?"
unit = "%"
direction = "neither"
source = "own"

[measure]
type = "formula"
table = "activities"
where = "side = 'origin' AND participants < 1000"
value = "(SUM(m) FILTER (WHERE kind = 'a') + 1) / SUM(participants)"

[[example]]
note = "passes"
rows = """
programme,kind,side,m,participants
P1,a,origin,1,8
"""
expect = { P1 = 0.25 }

[[example]]
note = "one of each"
rows = """
programme,kind,side,m,participants
P1,a,origin,5,20
P1,b,origin,5,20
P1,a,origin,,40
P1,a,origin,2,4000
P1,a,destination,9,10
P1,a,,9,10
P2,a,origin,9,10
"""
expect = { P1 = 0.25, P2 = 1 }
"#,
    );
    let output = codev(&folder, &["indicators", "test", "share.toml"], "");
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(printed(&output), @r##"
FAIL  share (1 of 2), share.toml
      one of each
        row            in   programme  kind  side         m  participants
        1    used      1,2  P1         a     origin       5  20
        2    used      2    P1         b     origin       5  20
        3    missing        P1         a     origin          40            m missing or unusable
        4    left out       P1         a     origin       2  4000          not so: participants is below 1000
        5    left out       P1         a     destination  9  10            not so: side is ‘origin’
        6    missing        P1         a                  9  10            filter can't be decided: side missing
        1    the sum of m where kind is ‘a’ = 5
        2    denominator: the sum of participants = 40
        3    numerator = 6
        P1: expected 0.25, got 0.15
1 definition, 2 examples, 1 failed.
"##);
    let all = codev(
        &folder,
        &["indicators", "test", "share.toml", "--explain"],
        "",
    );
    assert!(
        printed(&all).contains("P2: expected 1, got 1"),
        "{}",
        printed(&all)
    );
}

#[test]
fn every_example_of_the_library_can_be_explained() {
    let (catalogue, _) = codev::indicator::Catalogue::builtin();
    let mut explained = 0;
    for indicator in &catalogue.indicators {
        let results = codev::run::examples(indicator);
        for (example, result) in indicator.examples.iter().zip(results) {
            let explanation = codev::run::explain(indicator, example);
            let explanation = explanation.unwrap_or_else(|why| panic!("{}: {why}", indicator.id));
            let places: Vec<&str> = explanation.cells.iter().map(|c| c.place.as_str()).collect();
            let expected: Vec<&str> = result.cells.iter().map(|c| c.0.as_str()).collect();
            assert_eq!(places, expected, "{}", indicator.id);
            for (cell, result) in explanation.cells.iter().zip(&result.cells) {
                // A cell without rows may have no parts either.
                let parts = !cell.components.is_empty() || result.2 == "no-rows";
                assert!(parts, "{}: {}", indicator.id, cell.place);
            }
            explained += 1;
        }
    }
    assert!(explained >= 70, "{explained}");
}
