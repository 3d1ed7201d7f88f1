//! Bad input meets the command line: each fault has its exit code, the words that name it, and a way out.

use crate::kit::{Folder, formula};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const MANIFEST: &str = r#"{ "name": "bad", "resources": [
    { "name": "programmes", "path": "programmes.csv",
      "schema": { "fields": [ { "name": "id", "type": "string" }, { "name": "name", "type": "string" },
                              { "name": "start", "type": "date" }, { "name": "end", "type": "date" } ], "primaryKey": "id" },
      "codev": { "role": "programmes", "unit": "programme", "label": "name" } },
    { "name": "outputs", "path": "outputs.csv",
      "schema": { "fields": [ { "name": "programme", "type": "string" }, { "name": "kind", "type": "string" },
                              { "name": "quantity", "type": "number" }, { "name": "target", "type": "number" } ],
                  "foreignKeys": [ { "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } } ] },
      "codev": { "role": "outputs", "unit": "output" } } ] }"#;

const PROGRAMMES: &str =
    "id,name,start,end\nP1,First,2010-01-01,2012-01-01\nP2,Second,2011-01-01,2013-01-01\n";

const OUTPUTS: &str =
    "programme,kind,quantity,target\nP1,school,2,4\nP1,well,3,3\nP2,school,5,10\n";

/// An evaluation without fault, of a sum by programme and kind.
fn sound() -> Folder {
    let folder = Folder::new();
    folder.write("datapackage.json", MANIFEST);
    folder.write("programmes.csv", PROGRAMMES);
    folder.write("outputs.csv", OUTPUTS);
    folder.write(
        "evaluation.toml",
        "title = \"Bad input\"\nindicators = [\"own/*\"]\nby = [\"kind\"]\n",
    );
    folder.define("delivered", "units", &formula("outputs", "SUM(quantity)"));
    folder
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Runs `codev check .` and `codev report .`: both end with this code, and `check` says all these words.
fn refused(folder: &Folder, code: i32, words: &[&str]) {
    let check = folder.codev(&["check", "."]);
    let text = said(&check);
    // Lines are folded to the width of a terminal.
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(flat.contains(word), "{word:?} is not in\n{text}");
    }
    assert!(flat.contains("help:"), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    assert_eq!(check.status.code(), Some(code), "{text}");
    let report = folder.codev(&["report", "."]);
    assert_eq!(report.status.code(), Some(code), "{}", said(&report));
    assert_eq!(folder.file("report/report.html").is_file(), code < 2);
}

#[test]
fn the_sound_evaluation_of_these_tests_is_sound() {
    let folder = sound();
    for command in ["check", "report"] {
        let output = folder.codev(&[command, "."]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
}

#[test]
fn a_manifest_that_is_not_there() {
    let folder = sound();
    std::fs::remove_file(folder.file("datapackage.json")).unwrap();
    refused(&folder, 2, &["datapackage.json", "codev init"]);
}

#[test]
fn a_manifest_that_is_not_json() {
    let folder = sound();
    folder.write(
        "datapackage.json",
        "{ \"name\": \"bad\",\n  \"resources\": [ { ] }",
    );
    refused(&folder, 2, &["datapackage.json", "2"]);
}

#[test]
fn a_path_that_leaves_the_package() {
    for path in ["../outputs.csv", "/etc/passwd", "a/../../outputs.csv"] {
        let folder = sound();
        folder.write(
            "datapackage.json",
            MANIFEST.replace("\"outputs.csv\"", &format!("\"{path}\"")),
        );
        let check = folder.codev(&["check", "."]);
        let text = said(&check);
        assert_ne!(check.status.code(), Some(0), "{text}");
        assert!(text.contains(path) && text.contains("folder"), "{text}");
        assert!(!text.contains("root:"), "{text}");
    }
}

#[test]
fn a_missing_column() {
    let folder = sound();
    folder.write("outputs.csv", OUTPUTS.replace("quantity", "quantities"));
    refused(&folder, 1, &["outputs.csv", "quantity", "quantities"]);
}

#[test]
fn text_in_a_number_column() {
    let folder = sound();
    folder.write("outputs.csv", OUTPUTS.replace("well,3", "well,three"));
    // A warning, since it is kept as missing and counted.
    refused(
        &folder,
        0,
        &["outputs.csv line 3", "quantity", "three", "number"],
    );
    let text = std::fs::read(folder.file("report/outcome.json")).unwrap();
    let outcome: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let total = &outcome["indicators"][0]["estimates"][0];
    assert_eq!(
        (&total["value"], &total["n"], &total["missing"]),
        (&7.0.into(), &2.into(), &1.into())
    );
}

#[test]
fn duplicate_and_orphan_keys() {
    let folder = sound();
    folder.write(
        "programmes.csv",
        PROGRAMMES.to_owned() + "P1,Again,2010-01-01,2012-01-01\n",
    );
    refused(&folder, 1, &["programmes.csv line 4", "P1"]);
    let folder = sound();
    folder.write("outputs.csv", OUTPUTS.to_owned() + "P9,school,1,1\n");
    let text = said(&folder.codev(&["check", "."]));
    assert!(
        text.contains("outputs.csv line 5") && text.contains("P9"),
        "{text}"
    );
}

#[test]
fn faults_in_ones_own_definition() {
    for (value, words) in [
        (
            "SUM(quantity) / / 2",
            vec!["indicators/mine.toml", "expected", "/ / 2"],
        ),
        (
            "SUMM(quantity)",
            vec![
                "indicators/mine.toml",
                "no function SUMM",
                "Did you mean SUM?",
            ],
        ),
        (
            "SUM(quantty)",
            vec!["no column `quantty`", "Did you mean `quantity`?"],
        ),
        ("quantity", vec!["outside an aggregate", "SUM(quantity)"]),
        ("SUM(kind)", vec!["must be a number", "text"]),
    ] {
        let folder = sound();
        folder.define("mine", "units", &formula("outputs", value));
        refused(&folder, 1, &words);
        let outcome = std::fs::read_to_string(folder.file("report/outcome.json")).unwrap();
        assert!(
            outcome.contains("\"id\": \"delivered\"") || outcome.contains("\"id\":\"delivered\""),
            "one bad definition stops the others"
        );
    }
}

#[test]
fn a_join_that_would_multiply_rows() {
    let folder = sound();
    folder.write(
        "programmes.csv",
        PROGRAMMES.to_owned() + "P1,Again,2010-01-01,2012-01-01\n",
    );
    let measure =
        formula("outputs", "SUM(quantity)") + "\nwhere = \"programme.start > DATE '2010-06-01'\"";
    folder.define("mine", "units", &measure);
    refused(
        &folder,
        1,
        &[
            "would multiply rows",
            "1 row repeats the key `id`",
            "duplicates",
        ],
    );
}

#[test]
fn a_cycle_of_derived_indicators() {
    let folder = sound();
    for (id, input) in [("one", "two"), ("two", "one")] {
        let measure =
            format!("type = \"derived\"\ninputs = {{ x = \"{input}\" }}\nvalue = \"x + 1\"");
        folder.define(id, "units", &measure);
    }
    refused(&folder, 1, &["one → two → one", "Break the circle"]);
}

#[test]
fn an_id_that_is_taken() {
    let folder = sound();
    let text = std::fs::read(folder.file("indicators/delivered.toml")).unwrap();
    folder.write("indicators/other.toml", text);
    refused(
        &folder,
        1,
        &["`delivered` is taken already by indicators/delivered.toml"],
    );
}

#[test]
fn a_table_without_rows() {
    let folder = sound();
    folder.write("outputs.csv", "programme,kind,quantity,target\n");
    let report = folder.codev(&["report", "."]);
    assert!(report.status.code() < Some(2), "{}", said(&report));
    let outcome = std::fs::read_to_string(folder.file("report/outcome.json")).unwrap();
    assert!(outcome.contains("\"no-rows\""), "{outcome}");
    let empty = sound();
    empty.write("outputs.csv", "");
    let check = empty.codev(&["check", "."]);
    let text = said(&check);
    assert_ne!(check.status.code(), Some(0), "{text}");
    assert!(
        text.contains("outputs.csv") && text.contains("empty"),
        "{text}"
    );
}

#[test]
fn a_line_of_200_megabytes() {
    let folder = sound();
    let mut file = std::fs::File::create(folder.file("outputs.csv")).unwrap();
    file.write_all(OUTPUTS.as_bytes()).unwrap();
    file.write_all(b"P1,").unwrap();
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..200 {
        file.write_all(&chunk).unwrap();
    }
    file.write_all(b",1,1\n").unwrap();
    drop(file);
    let output = folder.codev(&["check", "."]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("outputs.csv") && text.contains("line 5"),
        "{text}"
    );
    assert!(text.len() < 5_000, "the message holds the line");
}

#[test]
fn rows_of_uneven_length() {
    let folder = sound();
    folder.write(
        "outputs.csv",
        OUTPUTS.to_owned() + "P1,well\nP2,well,1,1,1,1\n",
    );
    refused(
        &folder,
        1,
        &["outputs.csv line 5", "outputs.csv line 6", "4"],
    );
}

#[test]
fn a_target_of_zero_is_no_percentage() {
    let folder = sound();
    folder.write(
        "outputs.csv",
        "programme,kind,quantity,target\nP1,school,2,0\nP2,school,5,10\n",
    );
    folder.define(
        "progress",
        "%",
        "type = \"progress\"\ntable = \"outputs\"\ntarget = \"target\"\nactual = \"quantity\"",
    );
    let report = folder.codev(&["report", "."]);
    assert_eq!(report.status.code(), Some(0), "{}", said(&report));
    let outcome: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.file("report/outcome.json")).unwrap())
            .unwrap();
    let indicators = outcome["indicators"].as_array().unwrap();
    let result = indicators
        .iter()
        .find(|i| i["definition"]["id"] == "progress")
        .unwrap();
    let of = |programme: &str| {
        let found = result["estimates"].as_array().unwrap().iter();
        found
            .clone()
            .find(|e| e["programme"] == programme && e["group"].is_null())
            .unwrap()
            .clone()
    };
    assert_eq!(of("P1")["status"], "all-missing");
    assert!(of("P1")["value"].is_null());
    assert_eq!(of("P2")["value"], 0.5);
    let reasons = result["rows"]["missing"].to_string();
    assert!(reasons.contains("no distance to cover"), "{reasons}");
}

#[test]
fn dates_in_the_wrong_order() {
    let folder = sound();
    folder.write(
        "programmes.csv",
        PROGRAMMES.replace("2011-01-01,2013", "2015-01-01,2013"),
    );
    let output = folder.codev(&["check", "."]);
    let text = said(&output);
    assert!(
        text.contains("programmes.csv line 3") && text.contains("2013-01-01"),
        "{text}"
    );
}

#[test]
fn names_that_are_html_or_spreadsheet_formulas_stay_text() {
    let folder = sound();
    let html = "<script>alert(1)</script>";
    folder.write(
        "programmes.csv",
        PROGRAMMES.replace("First", html).replace("Second", "=1+1"),
    );
    folder.write(
        "outputs.csv",
        OUTPUTS
            .replace("well", "\"<img src=x onerror=alert(2)>\"")
            .replace("P2,school", "P2,@SUM(A1)"),
    );
    let evaluation = std::fs::read_to_string(folder.file("evaluation.toml")).unwrap();
    folder.write(
        "evaluation.toml",
        evaluation.replace("Bad input", "</title><script>alert(3)</script>"),
    );
    let report = folder.codev(&["report", "."]);
    assert_eq!(report.status.code(), Some(0), "{}", said(&report));
    let page = std::fs::read_to_string(folder.file("report/report.html")).unwrap();
    for live in ["<script>alert", "<img src=x", "</title><script"] {
        assert!(!page.contains(live), "{live} is live");
    }
    assert!(
        page.contains("&lt;script&gt;alert(1)"),
        "the name is not shown"
    );
    let csv = std::fs::read(folder.file("report/estimates.csv")).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(csv.as_slice());
    let mut seen = 0;
    for record in reader.records().map(Result::unwrap) {
        for field in record.iter() {
            seen += usize::from(field.contains("=1+1") || field.contains("@SUM"));
            let formula = field.starts_with(['=', '@', '\t', '\r'])
                || (field.starts_with(['+', '-']) && field.parse::<f64>().is_err());
            assert!(!formula, "a spreadsheet would compute {field:?}");
        }
    }
    assert!(seen > 0, "the names are not in estimates.csv");
}

#[test]
fn an_output_folder_that_is_a_file() {
    let folder = sound();
    folder.write("report", "mine");
    let output = folder.codev(&["report", "."]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("report"), "{text}");
    assert_eq!(std::fs::read(folder.file("report")).unwrap(), b"mine");
}

/// Files under a folder, sorted.
fn listing(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
#[cfg(unix)]
fn an_interruption_leaves_the_earlier_report_whole() {
    let folder = sound();
    assert_eq!(folder.codev(&["report", "."]).status.code(), Some(0));
    let earlier = std::fs::read(folder.file("report/report.html")).unwrap();
    let (files, inside) = (listing(folder.path()), listing(&folder.file("report")));
    let mut big = OUTPUTS.to_owned();
    for row in 0..600_000 {
        big += if row % 2 == 0 {
            "P1,school,1.5,2\n"
        } else {
            "P2,well,2.5,3\n"
        };
    }
    folder.write("outputs.csv", big);
    // Interrupted after several times; the command takes seconds, so at least one falls into it.
    let mut interrupted = 0;
    for wait in [30, 200, 600] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_codev"))
            .current_dir(folder.path())
            .args(["report", "."])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        let kill = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(kill.is_ok());
        let start = Instant::now();
        let status = child.wait().unwrap();
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it does not stop"
        );
        if !status.success() {
            interrupted += 1;
            let now = std::fs::read(folder.file("report/report.html")).unwrap();
            assert!(
                now == earlier,
                "the earlier report is not whole after {wait} ms"
            );
            assert_eq!(listing(folder.path()), files, "after {wait} ms");
            assert_eq!(listing(&folder.file("report")), inside, "after {wait} ms");
        }
    }
    assert!(
        interrupted > 0,
        "every run was over before the interruption"
    );
}
