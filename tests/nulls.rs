//! Missing is never zero: what a cell shows when there is nothing, too little, or a true zero.
//!
//! The table stands in docs/formats.md too, word for word. Every line is checked three times: for a programme, for a group
//! of a disaggregation, and for all programmes together.

use crate::kit::{Folder, cell, formula, root, shown};

const TABLE: &str = "\
| in the cell | `SUM(x)` | `COUNT(*)` | `COUNT(x)` | `AVG(x)` | `SUM(x) / SUM(d)` | `COUNT(*) FILTER (WHERE x > 0) / COUNT(*)` | `MEDIAN(x)` |
|---|---|---|---|---|---|---|---|
| no rows | no-rows | no-rows | no-rows | no-rows | no-rows | no-rows | no-rows |
| rows, none matches `where` | 0 | 0 | 0 | no-match | undefined | undefined | no-match |
| rows match, `x` missing in all | all-missing | 2 | 0 | all-missing | all-missing | all-missing | all-missing |
| `x` missing in one row of three | 6 | 3 | 2 | 3 | 0.75 | 1 | 3 |
| `where` can't be decided in any row | all-missing | all-missing | all-missing | all-missing | all-missing | all-missing | all-missing |
| `x` is 0 in all rows | 0 | 2 | 2 | 0 | 0 | 0 | 0 |
| `d` is 0 in all rows | 6 | 2 | 2 | 3 | undefined | 1 | 3 |
| fewer persons than `small_cells` | suppressed | suppressed | suppressed | suppressed | suppressed | suppressed | suppressed |
";

/// Rows (keep, x, d) of each line of the table, in its order.
const ROWS: [&[&str]; 8] = [
    &[],
    &["no,1,2", "no,3,4"],
    &["yes,,4", "yes,,4"],
    &["yes,2,4", "yes,,4", "yes,4,4"],
    &[",1,2", ",3,4"],
    &["yes,0,5", "yes,0,5"],
    &["yes,3,0", "yes,3,0"],
    &["yes,1,2", "yes,2,2", "yes,3,2"],
];

/// The line about persons: the only one on a table of persons.
const PERSONS: usize = 7;

/// Expressions and, per line, what is expected of each.
fn table() -> (Vec<String>, Vec<(String, Vec<String>)>) {
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim_matches('|').split(" | ");
        inner
            .map(|c| c.trim().trim_matches('`').to_owned())
            .collect()
    };
    let mut lines = TABLE.lines();
    let head = cells(lines.next().unwrap());
    let body = lines.skip(1).map(|line| {
        let mut row = cells(line);
        (row.remove(0), row)
    });
    (head[1..].to_vec(), body.collect())
}

/// An evaluation of the lines given; programme and group are the line's number.
fn folder(lines: &[usize], expressions: &[String], unit: &str) -> Folder {
    let folder = Folder::new();
    let mut rows = "programme,grp,keep,x,d\n".to_owned();
    let mut programmes = "id\n".to_owned();
    for line in lines {
        programmes += &format!("P{line}\n");
        for row in ROWS[*line] {
            rows += &format!("P{line},G{line},{row}\n");
        }
    }
    folder.write("programmes.csv", programmes);
    folder.write("rows.csv", rows);
    folder.write(
        "datapackage.json",
        format!(
            r#"{{ "name": "nulls", "resources": [
            {{ "name": "programmes", "path": "programmes.csv",
               "schema": {{ "fields": [ {{ "name": "id", "type": "string" }} ], "primaryKey": "id" }},
               "codev": {{ "role": "programmes" }} }},
            {{ "name": "rows", "path": "rows.csv",
               "schema": {{ "fields": [ {{ "name": "programme", "type": "string" }}, {{ "name": "grp", "type": "string" }},
                 {{ "name": "keep", "type": "string" }}, {{ "name": "x", "type": "number" }}, {{ "name": "d", "type": "number" }} ],
                 "foreignKeys": [ {{ "fields": "programme", "reference": {{ "resource": "programmes", "fields": "id" }} }} ] }},
               "codev": {{ "unit": "{unit}" }} }} ] }}"#
        ),
    );
    folder.write(
        "evaluation.toml",
        "title = \"Nulls\"\nindicators = [\"own/*\"]\nby = [\"grp\"]\nsmall_cells = 5\n",
    );
    for (at, expression) in expressions.iter().enumerate() {
        let measure = formula("rows", expression) + "\nwhere = \"keep = 'yes'\"";
        folder.define(&format!("m{at}"), "units", &measure);
    }
    folder
}

#[test]
fn missing_is_never_zero() {
    let (expressions, lines) = table();
    assert_eq!((expressions.len(), lines.len()), (7, ROWS.len()));
    let plain: Vec<usize> = (0..ROWS.len()).filter(|l| *l != PERSONS).collect();
    let together = folder(&plain, &expressions, "row").evaluate();
    let mut wrong = Vec::new();
    for (line, (name, expected)) in lines.iter().enumerate() {
        let unit = if line == PERSONS { "person" } else { "row" };
        let alone = folder(&[line], &expressions, unit).evaluate();
        let shared = if line == PERSONS { &alone } else { &together };
        let (programme, group) = (format!("P{line}"), format!("G{line}"));
        let by = Some(("grp", Some(group.as_str())));
        for (at, wanted) in expected.iter().enumerate() {
            let id = format!("m{at}");
            let got = [
                ("programme", cell(shared, &id, Some(&programme), None)),
                ("group", cell(shared, &id, None, by)),
                (
                    "group in programme",
                    cell(shared, &id, Some(&programme), by),
                ),
                ("total", cell(&alone, &id, None, None)),
            ];
            for (level, estimate) in got {
                // A group without rows has no line of its own.
                let none = ROWS[line].is_empty() && level.starts_with("group");
                let got = estimate.map_or("no cell".to_owned(), shown);
                if got != *wanted && !(none && got == "no cell") {
                    wrong.push(format!(
                        "{name}, {}, {level}: {wanted} expected, {got} came out",
                        expressions[at]
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_of_nulls_is_the_documented_one() {
    let formats = std::fs::read_to_string(root().join("docs/formats.md")).unwrap();
    assert!(
        formats.contains(TABLE),
        "docs/formats.md should hold:\n{TABLE}"
    );
}

#[test]
fn with_missing_by_value_each_aggregate_leaves_out_its_own() {
    let expressions = ["SUM(x) / SUM(d)".to_owned(), "SUM(x)".to_owned()];
    let by_value = |lines: &[usize]| {
        let folder = folder(lines, &expressions, "row");
        for (at, expression) in expressions.iter().enumerate() {
            let measure = formula("rows", expression) + "\nmissing = \"value\"";
            folder.define(&format!("m{at}"), "units", &measure);
        }
        folder.evaluate()
    };
    // Three rows, x = 2, missing, 4 and d = 4, 4, 4: 6 of 12, where by row it is 6 of 8.
    let some = by_value(&[3]);
    assert_eq!(shown(cell(&some, "m0", Some("P3"), None).unwrap()), "0.5");
    let none = by_value(&[2]);
    for id in ["m0", "m1"] {
        assert_eq!(
            shown(cell(&none, id, None, None).unwrap()),
            "all-missing",
            "{id}"
        );
    }
}

#[test]
fn a_numerator_and_its_denominator_speak_of_the_same_rows() {
    let outcome = folder(&[3], &["SUM(x) / SUM(d)".to_owned()], "row").evaluate();
    let estimate = cell(&outcome, "m0", None, None).unwrap();
    assert_eq!(estimate.parts, Some((6.0, 8.0)));
    assert_eq!((estimate.n, estimate.missing), (2, 1));
}
