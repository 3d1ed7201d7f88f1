//! The dictionary of indicators: `indicators/README.md`, the rows of the domain, and what `codev indicators export` and
//! `show` write. `CODEV_UPDATE=1 cargo test dictionary` writes the README anew.

use crate::kit::{Folder, definition, formula, root, update};
use codev::indicator::{Catalogue, domain};
use codev::report::dictionary::{Dictionary, markdown};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::process::Output;

/// Rows that no indicator covers yet. The list must only shrink: a row in it that has an indicator fails the test.
const WITHOUT_INDICATOR: [&str; 0] = [];

fn library() -> Catalogue {
    let (catalogue, findings) = Catalogue::builtin();
    assert!(!findings.has_errors(), "{:?}", findings.listed);
    catalogue
}

#[test]
fn the_readme_of_the_indicators_is_up_to_date() {
    let now = markdown(&Dictionary::all(&library()), Some("indicators/"));
    let path = root().join("indicators/README.md");
    if update() {
        std::fs::write(&path, &now).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    let changed = kept.lines().zip(now.lines()).position(|(a, b)| a != b);
    let at = changed.unwrap_or_else(|| kept.lines().count().min(now.lines().count()));
    assert!(
        kept == now,
        "indicators/README.md differs from the definitions from line {}:\n- {}\n+ {}\nCODEV_UPDATE=1 cargo test dictionary writes it anew.",
        at + 1,
        kept.lines().nth(at).unwrap_or("(no line)"),
        now.lines().nth(at).unwrap_or("(no line)")
    );
}

/// Links inside the README lead to a place in it, those to definitions to a file.
#[test]
fn links_of_the_readme_lead_somewhere() {
    let text = markdown(&Dictionary::all(&library()), Some("indicators/"));
    let find = |pattern: &str| -> Vec<String> {
        let pattern = regex::Regex::new(pattern).unwrap();
        let found = pattern.captures_iter(&text);
        found.map(|c| c[1].to_owned()).collect()
    };
    let mut places: BTreeSet<String> = find(r#"<a id="([^"]+)"></a>"#).into_iter().collect();
    // Headings without a place of their own get one from their words.
    let headings = find(r"(?m)^## ([A-Z][\w ]+)$");
    places.extend(headings.iter().map(|h| h.to_lowercase().replace(' ', "-")));
    let links = find(r"\]\(#([^)]+)\)");
    assert!(links.len() > 50);
    for link in links {
        assert!(places.contains(&link), "#{link}");
    }
    let files = find(r"\]\(([^)#]+\.toml)\)");
    assert_eq!(files.len(), library().indicators.len());
    for file in files {
        assert!(root().join("indicators").join(&file).is_file(), "{file}");
    }
}

#[test]
fn a_row_that_indicators_are_to_cover_has_one() {
    let dictionary = Dictionary::all(&library());
    for covered in &dictionary.coverage {
        let (id, has) = (covered.row.id, !covered.indicators.is_empty());
        if WITHOUT_INDICATOR.contains(&id) {
            assert!(!has, "{id} has an indicator: take it from the list");
        } else if covered.row.measured {
            assert!(
                has,
                "{id} has lost its last indicator: {}",
                covered.row.text
            );
        }
    }
}

#[test]
fn definitions_name_rows_that_there_are() {
    for indicator in &library().indicators {
        for row in &indicator.rows {
            let known = domain::row(row).map(|r| r.id);
            assert_eq!(known, Some(row.as_str()), "{}", indicator.id);
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn fine(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// Exit code 2 and what is said.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    text(&output.stderr)
}

/// Files of a ZIP archive by name.
fn unzipped(bytes: &[u8]) -> BTreeMap<String, String> {
    let number = |at: usize, size: usize| -> usize {
        let part = &bytes[at..at + size];
        part.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b))
    };
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
    let (mut at, mut files) = (number(end + 16, 4), BTreeMap::new());
    for _ in 0..number(end + 10, 2) {
        let (packed, name) = (number(at + 20, 4), number(at + 28, 2));
        let local = number(at + 42, 4);
        let begin = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        let data = &bytes[begin..begin + packed];
        let mut inside = String::new();
        match number(at + 10, 2) {
            0 => inside = text(data),
            _ => {
                let mut reader = flate2::read::DeflateDecoder::new(data);
                reader.read_to_string(&mut inside).unwrap();
            }
        }
        files.insert(text(&bytes[at + 46..at + 46 + name]), inside);
        at += 46 + name + number(at + 30, 2) + number(at + 32, 2);
    }
    files
}

/// An evaluation folder with a definition whose texts a spreadsheet would run.
fn hostile() -> Folder {
    let folder = Folder::new();
    let text = definition("hostile", "persons", &formula("ties", "COUNT(*)"))
        .replace("Does it work?", "=HYPERLINK(\\\"http://x\\\")")
        .replace("this test", "@SUM(A1)");
    let example = "[[example]]\nnote = \"-2+3\"\nrows = \"\"\"\nprogramme,=A1\nP1,=1+1\nP1,007\nP1,12\n\"\"\"\nexpect = { P1 = 3 }\n";
    folder.write("indicators/hostile.toml", format!("{text}\n{example}"));
    folder
}

#[test]
fn export_writes_a_table_whose_text_stays_text() {
    let folder = hostile();
    let args = ["indicators", "export", "--dir", ".", "--format", "csv"];
    let csv = fine(&folder.codev(&args));
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<BTreeMap<String, String>> =
        reader.deserialize().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), library().indicators.len() + 1);
    for row in &rows {
        for (column, cell) in row {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{column}: {cell}");
        }
    }
    let own = rows.iter().find(|r| r["id"] == "hostile").unwrap();
    assert_eq!(own["question"], "'=HYPERLINK(\"http://x\")");
    assert_eq!(own["source"], "'@SUM(A1)");
    assert_eq!((&*own["table"], &*own["examples"]), ("ties", "1"));
    let derived = rows
        .iter()
        .find(|r| r["id"] == "investment-per-person-reached")
        .unwrap();
    assert_eq!(
        derived["derived_from"],
        "amount = amount-invested, persons = persons-reached"
    );
}

#[test]
fn export_writes_a_workbook_of_three_sheets_without_a_formula() {
    let folder = hostile();
    let args = ["indicators", "export", "--dir", ".", "--format", "xlsx"];
    let output = folder.codev(&args);
    assert_eq!(fine(&output), "");
    assert!(text(&output.stderr).contains("written to indicators.xlsx"));
    let first = std::fs::read(folder.file("indicators.xlsx")).unwrap();
    let files = unzipped(&first);
    let book = &files["xl/workbook.xml"];
    for sheet in ["Indicators", "Examples", "Coverage"] {
        assert!(book.contains(&format!("name=\"{sheet}\"")), "{book}");
    }
    for at in 1..=3 {
        let sheet = &files[&format!("xl/worksheets/sheet{at}.xml")];
        assert!(sheet.contains("state=\"frozen\""), "sheet {at}");
        assert!(sheet.contains("<autoFilter "), "sheet {at}");
        assert!(sheet.contains("<cols>"), "sheet {at}");
        assert!(
            !sheet.contains("<f>") && !sheet.contains("<hyperlink"),
            "sheet {at}"
        );
    }
    let strings = &files["xl/sharedStrings.xml"];
    for kept in ["=HYPERLINK", "@SUM(A1)", "=1+1", "-2+3", ">007<"] {
        assert!(strings.contains(kept), "{kept}");
    }
    assert!(files["xl/worksheets/sheet2.xml"].contains("<v>12</v>"));
    // Again, in place of the first: the same bytes, so no time of writing is in it.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    fine(&folder.codev(&args));
    assert!(first == std::fs::read(folder.file("indicators.xlsx")).unwrap());
}

#[test]
fn export_takes_the_form_from_the_file_and_filters_as_list_does() {
    let folder = Folder::new();
    let export = |args: &[&str]| {
        let all: Vec<&str> = ["indicators", "export"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        folder.codev(&all)
    };
    let markdown = fine(&export(&["--row", "s05", "--kind", "process"]));
    assert!(
        markdown.contains("; only kind process, row S05."),
        "{markdown}"
    );
    assert!(markdown.contains("id=\"i-new-cross-sector-ties\""));
    assert!(!markdown.contains("id=\"i-schools-built\""));
    fine(&export(&[
        "--out",
        "deep/er/page.HTML",
        "--side",
        "destination",
    ]));
    let page = std::fs::read_to_string(folder.file("deep/er/page.HTML")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("id=\"i-trust-in-police\"") && !page.contains("id=\"i-schools-built\""));
}

#[test]
fn export_says_what_it_can_not_do_and_writes_nothing() {
    let folder = Folder::new();
    folder.write("there.csv", "kept");
    let export = |args: &[&str]| {
        let all: Vec<&str> = ["indicators", "export"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        refused(&folder.codev(&all))
    };
    assert!(export(&["--out", "a.docx"]).contains("Name it .md, .html, .csv or .xlsx"));
    let other = export(&["--format", "xlsx", "--out", "there.csv"]);
    assert!(
        other.contains("Name it .xlsx, or leave out --format."),
        "{other}"
    );
    assert!(export(&["--row", "S26"]).contains("Rows are S01 to S25"));
    assert!(export(&["--dimension", "goverance"]).contains("Did you mean `governance`?"));
    let empty = export(&["--row", "S09", "--out", "x.csv"]);
    assert!(empty.contains("No indicator is like that"), "{empty}");
    let blocked = export(&["--out", "there.csv/inside.csv"]);
    assert!(blocked.contains("there.csv/inside.csv"), "{blocked}");
    assert!(export(&["--dir", "nowhere"]).contains("There is no such folder"));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(std::fs::read(folder.file("there.csv")).unwrap(), b"kept");
}

#[test]
fn show_explains_in_words_that_fit_eighty_columns() {
    let folder = Folder::new();
    for indicator in &library().indicators {
        let shown = fine(&folder.codev(&["indicators", "show", &indicator.id]));
        let long: Vec<&str> = shown
            .lines()
            .filter(|l| l.chars().count() > 80 && !l.trim_start().starts_with("File"))
            .collect();
        assert!(long.is_empty(), "{}: {long:?}", indicator.id);
        assert_eq!(
            shown.matches("\nExample ").count(),
            indicator.examples.len(),
            "{shown}"
        );
        assert_eq!(
            shown.matches("\n  → ").count(),
            indicator.examples.len(),
            "{shown}"
        );
    }
    let derived = fine(&folder.codev(&["indicators", "show", "investment-per-person-reached"]));
    assert!(
        derived.contains("Made of       amount: Amount invested (amount-invested)"),
        "{derived}"
    );
}

#[test]
fn show_tells_of_an_example_that_fails_and_gives_json_where_asked() {
    let folder = hostile();
    let own = std::fs::read_to_string(folder.file("indicators/hostile.toml")).unwrap();
    folder.write("indicators/hostile.toml", own.replace("P1 = 3", "P1 = 4"));
    let shown = fine(&folder.codev(&["indicators", "show", "hostile", "--dir", "."]));
    assert!(
        shown.contains("The example fails: P1: expected 4, got 3."),
        "{shown}"
    );
    let json = fine(&folder.codev(&["indicators", "show", "claims-adopted", "--json"]));
    let entry: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(entry["kind"], "process");
    assert_eq!(entry["columns"], serde_json::json!(["kind", "adopted"]));
    assert_eq!(entry["examples"][0]["expect"][0][0], "P1");
}
