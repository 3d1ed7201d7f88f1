//! Primary, unique and foreign keys.

use super::*;
use crate::finding::Severity;

fn numbers() -> Value {
    json!([{ "name": "id", "type": "string" }, { "name": "n", "type": "number" }])
}

#[test]
fn duplicate_keys_are_an_error_or_refused() {
    let csv = "id,n\na,1\nb,2\na,3\n,4\n";
    let data = one(numbers(), json!({ "primaryKey": "id" }), csv);
    assert_eq!(only(&data, "data-duplicate-key").place.row, Some(3));
    assert!(only(&data, "data-duplicate-key").message.contains("line 2"));
    assert_eq!(only(&data, "data-key-missing").place.line, Some(5));
    assert_eq!((data.tables[0].repeated_keys, data.tables[0].rows), (1, 4));
    let data = one(
        numbers(),
        json!({ "primaryKey": ["id"], "codev": { "duplicates": "first" } }),
        csv,
    );
    assert_eq!(
        only(&data, "data-duplicate-key").severity,
        Severity::Warning
    );
    assert_eq!(cells(&data.tables[0], "n"), ["1", "2", "4"]);
    assert_eq!(
        (
            data.quality[0].refused,
            data.quality[0].rows,
            data.tables[0].repeated_keys
        ),
        (1, 3, 0)
    );
}

#[test]
fn orphans_are_warned_of_at_their_row() {
    let manifest = json!({ "resources": [
        { "name": "p", "path": "p.csv", "schema": { "fields": strings("id,parent"), "primaryKey": "id", "foreignKeys":
            [{ "fields": "parent", "reference": { "resource": "", "fields": "id" } }] },
          "codev": { "role": "programmes", "duplicates": "first" } },
        { "name": "r", "path": ["r1.csv", "r2.csv"], "schema": { "fields": strings("prog,x"), "foreignKeys": [
            { "fields": ["prog"], "reference": { "resource": "p", "fields": ["id"] } },
            { "fields": "x", "reference": { "resource": "q", "fields": "id" } },
            { "fields": "x", "reference": { "resource": "p", "fields": "iid" } } ] } }
    ]});
    let folder = folder(
        &manifest.to_string(),
        &[
            ("p.csv", b"id,parent\nP1,\nP1,P9\nP2,P9\n"),
            ("r1.csv", b"prog,x\nP1,1\n"),
            ("r2.csv", b"prog,x\n,2\nP3,3\n"),
        ],
    );
    let data = read(folder.path()).unwrap();
    let orphans = found(&data, "data-orphan-key");
    assert_eq!(orphans.len(), 2);
    // Rows are numbered as in the file, also after a row was refused.
    assert_eq!(
        (orphans[0].place.row, orphans[0].place.line),
        (Some(3), Some(4))
    );
    assert_eq!(orphans[1].place.file.as_deref(), Some("r2.csv"));
    assert_eq!(
        (
            orphans[1].place.row,
            orphans[1].place.line,
            orphans[1].value.as_deref()
        ),
        (Some(3), Some(3), Some("P3"))
    );
    only(&data, "data-unknown-table");
    assert!(only(&data, "data-unknown-column").help.contains("`id`"));
    assert_eq!(data.tables[1].meaning.programme.as_deref(), Some("prog"));
}

#[test]
fn keys_of_two_columns() {
    let manifest = json!({ "resources": [
        { "name": "p", "path": "p.csv", "schema": { "fields": strings("a,b"), "primaryKey": ["a", "b"], "uniqueKeys": [["b"]] } },
        { "name": "r", "path": "r.csv", "schema": { "fields": strings("a,b"), "foreignKeys":
            [{ "fields": ["a", "b"], "reference": { "resource": "p", "fields": ["a", "b"] } }] } }
    ]});
    let folder = folder(
        &manifest.to_string(),
        &[("p.csv", b"a,b\n1,1\n2,1\n"), ("r.csv", b"a,b\n1,1\n1,2\n")],
    );
    let data = read(folder.path()).unwrap();
    assert_eq!(
        only(&data, "data-orphan-key").value.as_deref(),
        Some("1, 2")
    );
    assert_eq!(only(&data, "data-constraint-unique").place.row, Some(2));
    assert!(data.tables[1].foreign_keys.is_empty()); // Only keys of one column are for joins.
}
