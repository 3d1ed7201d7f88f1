//! The command line as people and scripts meet it.

use assert_cmd::Command;
use std::path::Path;
use std::process::Output;

fn codev(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("codev").unwrap();
    command
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS");
    command.args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A small evaluation of two programmes that every stage can run on.
fn small(folder: &Path) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "programmes.csv",
        "id,name,type\nP1,Haarlem-Emirdag,city-to-city\nP2,Meppel-Al Hoceima,supported\n",
    );
    write(
        "decisions.csv",
        "programme,proposer,adopted\nP1,citizens,true\nP1,citizens,false\nP1,government,true\nP2,citizens,\n",
    );
    write(
        "datapackage.json",
        r#"{ "name": "small", "resources": [
            { "name": "programmes", "path": "programmes.csv",
              "schema": { "fields": [ { "name": "id", "type": "string" }, { "name": "name", "type": "string" },
                                      { "name": "type", "type": "string" } ], "primaryKey": "id" },
              "codev": { "role": "programmes", "unit": "programme", "label": "name" } },
            { "name": "decisions", "path": "decisions.csv",
              "schema": { "fields": [ { "name": "programme", "type": "string" }, { "name": "proposer", "type": "string" },
                                      { "name": "adopted", "type": "boolean" } ],
                          "foreignKeys": [ { "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } } ] },
              "codev": { "role": "decisions", "unit": "decision" } } ] }"#,
    );
    write(
        "evaluation.toml",
        "title = \"Small\"\nindicators = [\"share-followed\"]\n",
    );
    let definitions = folder.join("indicators/process/participation");
    std::fs::create_dir_all(&definitions).unwrap();
    std::fs::write(definitions.join("share-followed.toml"), SHARE_FOLLOWED).unwrap();
}

const SHARE_FOLLOWED: &str = r#"
id = "share-followed"
name = "Proposals of citizens that were followed"
kind = "process"
dimension = "participation"
side = "origin"
question = "Do citizens have influence?"
unit = "%"
direction = "higher-is-better"
source = "test"

[measure]
type = "formula"
table = "decisions"
where = "proposer = 'citizens'"
value = "COUNT(*) FILTER (WHERE adopted) / COUNT(*)"

[[example]]
note = "one of two"
rows = """
programme,proposer,adopted
P1,citizens,true
P1,citizens,false
"""
expect = { P1 = 0.5 }
"#;

/// Every command with its path, the root left out.
fn commands() -> Vec<(Vec<String>, clap::Command)> {
    fn walk(
        path: &[String],
        command: &clap::Command,
        found: &mut Vec<(Vec<String>, clap::Command)>,
    ) {
        for inner in command.get_subcommands().filter(|c| c.get_name() != "help") {
            let mut longer = path.to_vec();
            longer.push(inner.get_name().to_owned());
            walk(&longer, inner, found);
            found.push((longer, inner.clone()));
        }
    }
    let mut found = Vec::new();
    walk(&[], &codev::cli::definition(), &mut found);
    found
}

#[test]
fn the_definition_of_the_command_line_is_sound() {
    codev::cli::definition().debug_assert();
}

#[test]
fn every_command_has_examples_of_itself() {
    let all = commands();
    assert!(all.len() >= 14, "{}", all.len());
    for (path, mut command) in all {
        let help = command.render_long_help().to_string();
        let (_, examples) = help
            .split_once("Examples:\n")
            .unwrap_or_else(|| panic!("{path:?} has no examples"));
        let own = format!("codev {}", path.join(" "));
        assert!(
            examples.contains(&own),
            "the examples of {path:?} don't show `{own}`"
        );
    }
}

#[test]
fn the_help_lists_the_commands() {
    let folder = scratch();
    let output = codev(folder.path(), &["--help"]);
    assert_eq!(code(&output), 0);
    let help = stdout(&output);
    let listed: Vec<&str> = help
        .lines()
        .skip_while(|l| *l != "Commands:")
        .skip(1)
        .take_while(|l| !l.is_empty())
        .filter_map(|l| l.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    insta::assert_debug_snapshot!(listed, @r#"
    [
        "init",
        "check",
        "audit",
        "compute",
        "report",
        "render",
        "compare",
        "plan",
        "power",
        "diagnose",
        "indicators",
        "completions",
        "man",
        "help",
    ]
    "#);
}

#[test]
fn the_help_of_check_says_what_it_prints() {
    let folder = scratch();
    let output = codev(folder.path(), &["check", "-h"]);
    insta::assert_snapshot!(stdout(&output).lines().take(6).collect::<Vec<_>>().join("\n"), @r"
    Check data, definitions and evaluation; print all findings at once

    Usage: codev check [OPTIONS] [DIR]

    Arguments:
      [DIR]  Evaluation folder [default: .]
    ");
}

#[test]
fn an_unknown_command_is_wrong_usage_and_names_the_nearest() {
    let folder = scratch();
    let output = codev(folder.path(), &["reprot"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("'report'"), "{}", stderr(&output));
}

#[test]
fn a_wrong_path_names_the_nearest_and_exits_with_2() {
    let folder = scratch();
    std::fs::create_dir(folder.path().join("tandem")).unwrap();
    for command in ["check", "compute", "report"] {
        let output = codev(folder.path(), &[command, "tandme"]);
        assert_eq!(code(&output), 2);
        insta::allow_duplicates! {
            insta::assert_snapshot!(stderr(&output), @r"
            error[cli-no-such-folder] tandme: There is no such folder.
              help: Did you mean `tandem`?
            ");
        }
    }
}

#[test]
fn an_empty_folder_is_told_how_to_start() {
    let folder = scratch();
    let output = codev(folder.path(), &["report", "."]);
    assert_eq!(code(&output), 2);
    insta::assert_snapshot!(stderr(&output), @r"
    error[cli-not-an-evaluation] .: This folder is no evaluation: it has no evaluation.toml and no datapackage.json.
      help: Start one with `codev init .`; with `--from FILES` the data are described too.
    ");
    assert!(!folder.path().join("report").exists(), "nothing is written");
}

#[test]
fn a_file_in_place_of_a_folder_names_its_folder() {
    let folder = scratch();
    std::fs::write(folder.path().join("evaluation.toml"), "").unwrap();
    let output = codev(folder.path(), &["check", "evaluation.toml"]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("Give its folder: `.`"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_stop_is_one_json_line_where_asked() {
    let folder = scratch();
    let output = codev(folder.path(), &["check", "nowhere", "--json"]);
    let stop: serde_json::Value = serde_json::from_str(stderr(&output).trim()).unwrap();
    assert_eq!(stop["code"], "cli-no-such-folder");
    assert_eq!(stop["severity"], "error");
}

#[test]
fn init_twice_changes_nothing() {
    let folder = scratch();
    let first = codev(folder.path(), &["init", "mine"]);
    assert_eq!(code(&first), 0, "{}", stderr(&first));
    let evaluation = folder.path().join("mine/evaluation.toml");
    let text = std::fs::read_to_string(&evaluation).unwrap();
    toml::from_str::<toml::Table>(&text).expect("the scaffold is TOML");
    assert!(text.contains("title = \"mine\""), "{text}");
    std::fs::write(&evaluation, format!("{text}# mine\n")).unwrap();
    let second = codev(folder.path(), &["init", "mine"]);
    assert_eq!(code(&second), 2);
    assert!(
        stderr(&second).contains("nothing was changed"),
        "{}",
        stderr(&second)
    );
    assert!(
        std::fs::read_to_string(&evaluation)
            .unwrap()
            .ends_with("# mine\n")
    );
}

#[test]
fn the_sample_definition_of_init_passes_its_own_examples() {
    let folder = scratch();
    codev(folder.path(), &["init", "mine"]);
    let sample =
        std::fs::read_to_string(folder.path().join("mine/indicators/example.toml.sample")).unwrap();
    std::fs::write(folder.path().join("share-with-citizens.toml"), sample).unwrap();
    let output = codev(
        folder.path(),
        &["indicators", "test", "share-with-citizens.toml"],
    );
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn init_from_files_copies_them_in_and_marks_guesses() {
    let folder = scratch();
    std::fs::write(
        folder.path().join("programmes.csv"),
        "id,name,start\nP1,A,2010-01-01\nP2,B,2011-01-01\n",
    )
    .unwrap();
    let output = codev(folder.path(), &["init", "mine", "--from", "programmes.csv"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("copied   programmes.csv"), "{text}");
    assert!(text.contains("guess    programmes.csv"), "{text}");
    assert!(folder.path().join("mine/programmes.csv").is_file());
    let manifest = std::fs::read(folder.path().join("mine/datapackage.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["resources"][0]["path"], "programmes.csv");
    let again = codev(folder.path(), &["init", "mine", "--from", "programmes.csv"]);
    assert_eq!(code(&again), 2);
}

#[test]
fn init_from_a_missing_file_writes_nothing() {
    let folder = scratch();
    let output = codev(folder.path(), &["init", "mine", "--from", "gone.csv"]);
    assert_eq!(code(&output), 2);
    assert!(!folder.path().join("mine").exists());
}

#[test]
fn check_exits_with_0_and_1_by_its_findings() {
    let folder = scratch();
    small(folder.path());
    let sound = codev(folder.path(), &["check", "."]);
    assert_eq!(code(&sound), 0, "{}{}", stdout(&sound), stderr(&sound));
    assert!(
        stdout(&sound).contains("1 of 1 indicators can be computed"),
        "{}",
        stdout(&sound)
    );
    let decisions = "programme,proposer,adopted\nP1,citizens,perhaps\nP1,citizens,true\n";
    std::fs::write(folder.path().join("decisions.csv"), decisions).unwrap();
    let warned = codev(folder.path(), &["check", "."]);
    assert_eq!(code(&warned), 0, "a value kept as missing is a warning");
    let programmes = "id,name,type\nP1,A,x\nP1,B,x\nP2,C,x\n";
    std::fs::write(folder.path().join("programmes.csv"), programmes).unwrap();
    let faulty = codev(folder.path(), &["check", "."]);
    assert_eq!(
        code(&faulty),
        1,
        "a repeated key is an error: {}",
        stdout(&faulty)
    );
    let text = stdout(&faulty);
    assert!(
        text.contains("decisions.csv line 2, column \"adopted\":"),
        "{text}"
    );
    assert!(text.contains("perhaps") && text.contains("help:"), "{text}");
    let json = codev(folder.path(), &["check", ".", "--json"]);
    let found: Vec<serde_json::Value> = stdout(&json)
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert!(
        found
            .iter()
            .any(|f| f["place"]["line"] == 2 && f["value"] == "perhaps"),
        "{found:?}"
    );
}

#[test]
fn compute_shows_values_parts_and_missing_as_words() {
    let folder = scratch();
    small(folder.path());
    let output = codev(folder.path(), &["compute", "."]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    let line = |word: &str| text.lines().find(|l| l.contains(word)).unwrap_or_default();
    assert!(line("Haarlem-Emirdag").contains("1/2"), "{text}");
    assert!(line("Meppel-Al Hoceima").contains("all missing"), "{text}");
}

#[test]
fn compute_of_an_unknown_indicator_names_the_nearest() {
    let folder = scratch();
    small(folder.path());
    let output = codev(
        folder.path(),
        &["compute", ".", "--indicator", "share-folowed"],
    );
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("Did you mean `share-followed`?"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn report_writes_three_files_and_render_makes_the_same_report() {
    let folder = scratch();
    small(folder.path());
    let output = codev(folder.path(), &["report", "."]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("Balance:"), "{}", stderr(&output));
    let report = folder.path().join("report");
    let html = std::fs::read(report.join("report.html")).unwrap();
    assert!(report.join("estimates.csv").is_file());
    let again = codev(
        folder.path(),
        &["render", "report/outcome.json", "--out", "again.html"],
    );
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    assert!(
        std::fs::read(folder.path().join("again.html")).unwrap() == html,
        "render gives the same bytes"
    );
}

#[test]
fn report_into_a_place_that_is_a_file_leaves_it_alone() {
    let folder = scratch();
    small(folder.path());
    std::fs::write(folder.path().join("taken"), "mine").unwrap();
    let output = codev(folder.path(), &["report", ".", "--out", "taken"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("taken"), "{}", stderr(&output));
    assert_eq!(
        std::fs::read_to_string(folder.path().join("taken")).unwrap(),
        "mine"
    );
}

#[test]
fn render_of_something_else_is_refused() {
    let folder = scratch();
    std::fs::write(
        folder.path().join("outcome.json"),
        "{ \"format\": \"other/9\" }",
    )
    .unwrap();
    let output = codev(folder.path(), &["render", "outcome.json"]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("outcome.json"),
        "{}",
        stderr(&output)
    );
    assert!(!folder.path().join("report.html").exists());
}

#[test]
fn a_new_indicator_is_checked_written_once_and_passes() {
    let folder = scratch();
    let args = [
        "indicators",
        "new",
        "meals-shared",
        "--dimension",
        "integration",
        "--table",
        "activities",
        "--value",
        "SUM(meals)",
    ];
    let output = codev(folder.path(), &args);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let path = "indicators/process/integration/meals-shared.toml";
    let text = std::fs::read_to_string(folder.path().join(path)).unwrap();
    assert!(text.contains("\nprogramme,meals\n"), "{text}");
    let tested = codev(folder.path(), &["indicators", "test", path]);
    assert_eq!(code(&tested), 0, "{}{}", stdout(&tested), stderr(&tested));
    let twice = codev(folder.path(), &args);
    assert_eq!(code(&twice), 2);
    assert_eq!(
        std::fs::read_to_string(folder.path().join(path)).unwrap(),
        text
    );
}

#[test]
fn a_new_indicator_with_a_faulty_formula_is_not_written() {
    let folder = scratch();
    let args = [
        "indicators",
        "new",
        "x",
        "--dimension",
        "d",
        "--table",
        "ties",
        "--value",
        "COUNT(* FILTER",
    ];
    let output = codev(folder.path(), &args);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("COUNT(* FILTER"),
        "{}",
        stderr(&output)
    );
    assert!(!folder.path().join("indicators").exists());
}

#[test]
fn a_bad_id_is_refused_with_a_good_one() {
    let folder = scratch();
    let output = codev(
        folder.path(),
        &[
            "indicators",
            "new",
            "Meals Shared!",
            "--dimension",
            "d",
            "--table",
            "t",
        ],
    );
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("As in `meals-shared`."),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_unknown_indicator_names_the_nearest() {
    let folder = scratch();
    let output = codev(
        folder.path(),
        &["indicators", "show", "new-cross-sector-tie"],
    );
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("Did you mean `new-cross-sector-ties`?"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_failing_example_shows_expected_and_got() {
    let folder = scratch();
    std::fs::write(
        folder.path().join("share-followed.toml"),
        SHARE_FOLLOWED.replace("P1 = 0.5", "P1 = 0.7"),
    )
    .unwrap();
    let output = codev(
        folder.path(),
        &["indicators", "test", "share-followed.toml"],
    );
    assert_eq!(code(&output), 1);
    assert!(
        stdout(&output).contains("P1: expected 0.7, got 0.5"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn the_library_lists_by_row_and_kind() {
    let folder = scratch();
    let output = codev(
        folder.path(),
        &[
            "indicators",
            "list",
            "--row",
            "S05",
            "--kind",
            "process",
            "--json",
        ],
    );
    assert_eq!(code(&output), 0);
    let ids: Vec<serde_json::Value> = stdout(&output)
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert!(
        ids.iter().any(|i| i["id"] == "new-cross-sector-ties"),
        "{ids:?}"
    );
    assert!(ids.iter().all(|i| i["kind"] == "process"), "{ids:?}");
}

#[test]
fn completions_and_manual_pages_are_made() {
    let folder = scratch();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = codev(folder.path(), &["completions", shell]);
        assert!(stdout(&output).contains("indicators"), "{shell}");
    }
    assert!(
        stdout(&codev(folder.path(), &["man"])).starts_with(".ie"),
        "roff"
    );
    assert_eq!(code(&codev(folder.path(), &["man", "--out", "pages"])), 0);
    assert!(folder.path().join("pages/codev-indicators-new.1").is_file());
    assert!(folder.path().join("pages/codev.1").is_file());
}

/// `codev ... | head` closes the pipe early; the program ends quietly.
#[test]
fn a_reader_that_goes_away_is_no_fault() {
    use std::process::{Command, Stdio};
    let binary = assert_cmd::cargo::cargo_bin("codev");
    let mut child = Command::new(binary)
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn no_colour_codes_reach_a_pipe() {
    let folder = scratch();
    small(folder.path());
    for args in [
        vec!["--help"],
        vec!["check", "nowhere"],
        vec!["check", "."],
        vec!["compute", "."],
    ] {
        let mut command = Command::cargo_bin("codev").unwrap();
        let output = command
            .current_dir(folder.path())
            .env_remove("NO_COLOR")
            .args(&args)
            .output()
            .unwrap();
        assert!(
            !stdout(&output).contains('\u{1b}') && !stderr(&output).contains('\u{1b}'),
            "{args:?}"
        );
    }
}

#[test]
fn nothing_is_written_over_what_an_evaluation_is_read_from() {
    let home = scratch();
    small(home.path());
    let inputs = ["decisions.csv", "datapackage.json", "evaluation.toml"];
    for name in inputs {
        let before = std::fs::read(home.path().join(name)).unwrap();
        for out in [name.to_owned(), format!("./{name}")] {
            for args in [
                vec!["compute", ".", "--format", "csv", "--out", &out],
                vec![
                    "indicators",
                    "export",
                    "--dir",
                    ".",
                    "--format",
                    "csv",
                    "--out",
                    &out,
                ],
            ] {
                let output = codev(home.path(), &args);
                assert_eq!(code(&output), 2, "{args:?}: {}", stderr(&output));
                assert!(
                    stderr(&output).contains("cli-output-is-input"),
                    "{}",
                    stderr(&output)
                );
                assert!(stderr(&output).contains("--out"), "{}", stderr(&output));
            }
        }
        assert_eq!(std::fs::read(home.path().join(name)).unwrap(), before);
    }
    let result = codev(
        home.path(),
        &["compute", ".", "--format", "json", "--out", "o.json"],
    );
    assert_eq!(code(&result), 0, "{}", stderr(&result));
    let page = codev(home.path(), &["render", "o.json", "--out", "o.json"]);
    assert_eq!(code(&page), 2, "{}", stderr(&page));
    assert!(
        stderr(&page).contains("cli-output-is-input"),
        "{}",
        stderr(&page)
    );
}
