//! Definitions by folder: those of `valid/` pass with their examples, each of `invalid/` gives the message beside it.
//!
//! A case is a file, or a folder where a fault needs several. Its message is in `<case>.expected`, exactly;
//! `CODEV_UPDATE=1 cargo test invalid_definitions` writes them anew, to be read before they are committed.

use crate::kit::{Folder, root, update};
use codev::finding::{Finding, Severity};
use codev::indicator::{Indicator, parse};
use codev::run::{Checked, Quiet, check, examples};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Entries of a folder of cases, sorted.
fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = root().join("tests/definitions").join(folder);
    let entries = std::fs::read_dir(folder).unwrap();
    let mut found: Vec<PathBuf> = entries
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_dir() || p.extension().is_some_and(|e| e == "toml"))
        .collect();
    found.sort();
    found
}

/// Checks a case against a small package: decisions that point to programmes, to a list of partners, and to forums whose key
/// repeats.
fn checked(case: &Path) -> Checked {
    let folder = Folder::new();
    let files = if case.is_dir() {
        let mut inside: Vec<PathBuf> = std::fs::read_dir(case)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        inside.sort();
        inside
    } else {
        vec![case.to_owned()]
    };
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        folder.write(&format!("indicators/{name}"), std::fs::read(&file).unwrap());
    }
    folder.write("programmes.csv", "id,start\nP1,2010-01-01\n");
    folder.write("forums.csv", "name,level\ncouncil,city\ncouncil,region\n");
    folder.write("actors.csv", "name,sector,budget\nUNHCR,public,5\n");
    folder.write(
        "decisions.csv",
        "programme,forum,proposer,adopted,spend,proposed,decided,topics,partners\nP1,council,citizens,true,5,2011-01-01,2011-02-01,housing;schools,UNHCR\n",
    );
    folder.write(
        "datapackage.json",
        r#"{ "name": "small", "resources": [
            { "name": "programmes", "path": "programmes.csv",
              "schema": { "fields": [ { "name": "id", "type": "string" }, { "name": "start", "type": "date" } ], "primaryKey": "id" },
              "codev": { "role": "programmes" } },
            { "name": "forums", "path": "forums.csv",
              "schema": { "fields": [ { "name": "name", "type": "string" }, { "name": "level", "type": "string" } ], "primaryKey": "name" } },
            { "name": "actors", "path": "actors.csv",
              "schema": { "fields": [ { "name": "name", "type": "string" }, { "name": "sector", "type": "string" },
                                      { "name": "budget", "type": "number" } ], "primaryKey": "name" } },
            { "name": "decisions", "path": "decisions.csv",
              "schema": { "fields": [
                  { "name": "programme", "type": "string" }, { "name": "forum", "type": "string" },
                  { "name": "proposer", "type": "string" }, { "name": "adopted", "type": "boolean" },
                  { "name": "spend", "type": "number" }, { "name": "proposed", "type": "date" }, { "name": "decided", "type": "date" },
                  { "name": "topics", "type": "list", "delimiter": ";" }, { "name": "partners", "type": "list" } ],
                "foreignKeys": [ { "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } },
                                 { "fields": "partners", "reference": { "resource": "actors", "fields": "name" } },
                                 { "fields": "forum", "reference": { "resource": "forums", "fields": "name" } } ] },
              "codev": { "role": "decisions" } } ] }"#,
    );
    folder.write("evaluation.toml", "title = \"t\"\nindicators = [\"*\"]\n");
    check(folder.path(), &Quiet).unwrap_or_else(|stop| panic!("{stop}"))
}

/// A finding as a text that a reviewer can judge, with the fault marked in its excerpt.
fn rendered(finding: &Finding) -> String {
    let place = &finding.place;
    let mut text = format!(
        "{} in {}",
        finding.code,
        place.file.as_deref().unwrap_or("?")
    );
    if let Some(line) = place.line {
        let _ = write!(text, ", line {line}");
    }
    if let Some(column) = &place.column {
        let _ = write!(text, ", `{column}`");
    }
    let _ = write!(text, "\n{}\nhelp: {}\n", finding.message, finding.help);
    if let Some(excerpt) = &finding.excerpt {
        let (start, end) = (excerpt.start, excerpt.end);
        let begin = excerpt.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let stop = excerpt.text[end..]
            .find('\n')
            .map_or(excerpt.text.len(), |at| end + at);
        let _ = writeln!(
            text,
            "{}»{}«{}   ({start}..{end})",
            &excerpt.text[begin..start],
            &excerpt.text[start..end],
            &excerpt.text[end..stop]
        );
    }
    text
}

#[test]
fn invalid_definitions_get_the_message_beside_them() {
    let cases = cases("invalid");
    assert!(cases.len() >= 20, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let found = checked(&case).findings;
        let texts: Vec<String> = found.listed.iter().filter(of_own).map(rendered).collect();
        let got = texts.join("\n");
        let beside = case.with_extension("expected");
        if update() && !got.is_empty() {
            std::fs::write(&beside, &got).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        if got.is_empty() || got != expected {
            wrong.push(format!(
                "{}\n--- expected\n{expected}--- got\n{got}",
                case.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn valid_definitions_pass_with_their_examples() {
    let cases = cases("valid");
    assert!(cases.len() >= 5, "{} cases", cases.len());
    for case in cases {
        let name = case.display();
        if case.is_dir() {
            let Checked {
                findings,
                catalogue,
                ..
            } = checked(&case);
            let errors: Vec<String> = findings
                .listed
                .iter()
                .filter(of_own)
                .map(rendered)
                .collect();
            assert!(errors.is_empty(), "{name}: {}", errors.join("\n"));
            let own: Vec<_> = catalogue.indicators.iter().filter(|i| !i.builtin).collect();
            assert_eq!(own.len(), std::fs::read_dir(&case).unwrap().count());
            own.into_iter().for_each(passes);
        } else {
            let text = std::fs::read_to_string(&case).unwrap();
            let indicator = parse(&text, &name.to_string(), false)
                .unwrap_or_else(|fault| panic!("{name}: {}", rendered(&fault)));
            passes(&indicator);
        }
    }
}

/// An error in a definition of a case.
fn of_own(finding: &&Finding) -> bool {
    let file = finding.place.file.as_deref().unwrap_or_default();
    finding.severity == Severity::Error && file.starts_with("indicators/")
}

fn passes(indicator: &Indicator) {
    let name = &indicator.file;
    assert!(!indicator.words.is_empty(), "{name}");
    let results = examples(indicator);
    assert!(!results.is_empty(), "{name}: no example");
    for result in results {
        assert_eq!(result.failure, None, "{name}: {}", result.note);
        for (place, wanted, got, agree) in result.cells {
            assert!(
                agree,
                "{name}: {}: {place}: {wanted} expected, {got} came out",
                result.note
            );
        }
    }
}
