//! Lists that point to another table.

use super::*;
use crate::finding::Severity;

/// Organisations with hostile names, and projects whose partners are lists of them.
fn partners(cells: &[&str], delimiter: &str) -> Dataset {
    let manifest = json!({ "resources": [
        { "name": "projects", "path": "projects.csv", "schema": {
            "fields": [
                { "name": "id", "type": "string" },
                { "name": "partners", "type": "list", "delimiter": delimiter } ],
            "foreignKeys": [{ "fields": "partners", "reference": { "resource": "orgs", "fields": "name" } }] } },
        { "name": "orgs", "path": "orgs.csv", "schema": { "fields": strings("name,type"), "primaryKey": "name" } }
    ]});
    let orgs = "name,type\nA,21\n\"A, B\",22\n\"B, C\",10\n\"Ministry of Youth, Women, and Sport\",10\nCARE ,21\n\
                OXFAM,21\nOxfam,22\nNordic  Support,22\n";
    let rows = cells
        .iter()
        .enumerate()
        .map(|(i, c)| format!("P{i},\"{c}\"\n"));
    let projects = format!("id,partners\n{}", rows.collect::<String>());
    let folder = folder(
        &manifest.to_string(),
        &[
            ("orgs.csv", orgs.as_bytes()),
            ("projects.csv", projects.as_bytes()),
        ],
    );
    read(folder.path()).unwrap()
}

fn entries(cell: &str) -> String {
    let data = partners(&[cell], ",");
    super::cells(&data.tables[0], "partners").remove(0)
}

#[test]
fn names_with_the_delimiter_are_put_together_the_longest_first() {
    assert_eq!(entries("A, B, C"), "A, B+C"); // not A + "B, C": from left to right
    assert_eq!(entries("X, B, C"), "X+B, C");
    assert_eq!(entries("A"), "A");
    assert_eq!(entries("A,A,B"), "A+A, B");
    assert_eq!(
        entries("CARE, Ministry of Youth, Women, and Sport, A"),
        "CARE+Ministry of Youth, Women, and Sport+A"
    );
    assert_eq!(
        entries("Ministry of Youth, Women"),
        "Ministry of Youth+Women"
    );
    assert_eq!(entries(" , "), "-");
    assert_eq!(entries(""), "-");
}

#[test]
fn case_and_spacing_are_second_to_the_exact_name() {
    assert_eq!(entries("OXFAM,Oxfam"), "OXFAM+Oxfam");
    assert_eq!(entries("oxfam"), "oxfam"); // which of the two can't be said
    assert_eq!(entries("nordic support"), "Nordic  Support");
    assert_eq!(entries("a, b"), "A, B");
    assert_eq!(entries("care"), "CARE");
}

#[test]
fn entries_are_counted_and_those_without_a_row_are_named_once() {
    let data = partners(
        &["A, B", "a, CARE", "", "Zeta Xyz, Quux, A", "Zeta Xyz, Quux"],
        ",",
    );
    let lists = &data.quality[0].lists;
    assert_eq!(lists.len(), 1);
    let list = &lists[0];
    assert_eq!(
        (list.column.as_str(), list.table.as_str(), list.key.as_str()),
        ("partners", "orgs", "name")
    );
    assert_eq!((list.entries, list.matched), (8, 4));
    assert_eq!((list.joined, list.folded), (1, 1));
    assert_eq!((list.pieces, list.pieces_matched), (9, 4));
    let finding = only(&data, "data-unmatched-entry");
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(finding.value.as_deref(), Some("Zeta Xyz, Quux"));
    assert_eq!(
        (finding.place.file.as_deref(), finding.place.line),
        (Some("projects.csv"), Some(5))
    );
    assert_eq!(finding.message, "No row of `orgs.name` has this name.");
    let counts = &data.findings.counts;
    let count = counts.iter().find(|c| c.code == "data-unmatched-entry");
    assert_eq!(count.map(|c| c.count), Some(2));
    assert!(found(&data, "data-orphan-key").is_empty());
    assert_eq!(
        only(&data, "data-list-names").message,
        "4 of 8 entries of `partners` are names of `orgs.name` (1 of them holds the delimiter `,` and was put together again; 1 differs in case or spacing)."
    );
}

#[test]
fn a_misspelt_name_finds_the_nearest_also_over_the_delimiter() {
    let data = partners(&["Ministery of Youth, Womn, and Sport"], ",");
    let finding = only(&data, "data-unmatched-entry");
    assert!(
        finding
            .help
            .starts_with("Did you mean `Ministry of Youth, Women, and Sport`?"),
        "{}",
        finding.help
    );
    let data = partners(&["Quux; Oxfan; A"], ";");
    assert!(only(&data, "data-unmatched-entry").help.contains("`OXFAM`"));
}

#[test]
fn many_unmatched_entries_are_listed_up_to_the_bound() {
    let cells: Vec<String> = (0..100).map(|i| format!("stranger {i}")).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let data = partners(&cells, ",");
    assert_eq!(
        found(&data, "data-unmatched-entry").len() as u64,
        crate::finding::Findings::LISTED
    );
    let counts = &data.findings.counts;
    let count = counts.iter().find(|c| c.code == "data-unmatched-entry");
    assert_eq!(count.map(|c| c.count), Some(100));
}

#[test]
fn a_list_of_programmes_is_not_the_programme_of_a_row() {
    let manifest = json!({ "resources": [
        { "name": "p", "path": "p.csv", "schema": { "fields": strings("id"), "primaryKey": "id" }, "codev": { "role": "programmes" } },
        { "name": "r", "path": "r.csv", "schema": { "fields": [{ "name": "programmes", "type": "list", "delimiter": ";" }],
          "foreignKeys": [{ "fields": "programmes", "reference": { "resource": "p", "fields": "id" } }] } }
    ]});
    let files: [(&str, &[u8]); 2] = [("p.csv", b"id\n1\n2\n"), ("r.csv", b"programmes\n1;2\n")];
    let data = read(folder(&manifest.to_string(), &files).path()).unwrap();
    assert_eq!(data.tables[1].meaning.programme, None);
    assert_eq!(data.tables[1].foreign_keys.len(), 1);
    assert_eq!(
        (data.quality[1].lists[0].matched, data.findings.is_empty()),
        (2, true)
    );
}

#[test]
fn a_key_that_is_a_number_is_named_by_its_digits() {
    let manifest = json!({ "resources": [
        { "name": "g", "path": "g.csv", "schema": { "fields": [{ "name": "id", "type": "integer" }], "primaryKey": "id" } },
        { "name": "r", "path": "r.csv", "schema": { "fields": [{ "name": "groups", "type": "list" }],
          "foreignKeys": [{ "fields": "groups", "reference": { "resource": "g", "fields": "id" } }] } }
    ]});
    let files: [(&str, &[u8]); 2] = [
        ("g.csv", b"id\n1\n20\n"),
        ("r.csv", b"groups\n\"20,1,3\"\n"),
    ];
    let data = read(folder(&manifest.to_string(), &files).path()).unwrap();
    assert_eq!(
        (
            data.quality[1].lists[0].matched,
            data.quality[1].lists[0].entries
        ),
        (2, 3)
    );
    assert_eq!(data.tables[1].foreign_keys.len(), 1);
}
