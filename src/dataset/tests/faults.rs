//! One fault per test: code, place, value, and what becomes of the row.

use super::*;
use crate::finding::Severity;

fn numbers() -> Value {
    json!([{ "name": "id", "type": "string" }, { "name": "n", "type": "number" }])
}

#[test]
fn text_in_a_number_column() {
    let data = one(
        numbers(),
        json!({}),
        "id,n\na,1\n\nb,many\nc, 2.5 \nd,\ne,inf\n",
    );
    let finding = &found(&data, "data-not-a-number")[0];
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(finding.place.file.as_deref(), Some("t.csv"));
    assert_eq!((finding.place.line, finding.place.row), (Some(4), Some(2)));
    assert_eq!(
        (finding.place.column.as_deref(), finding.value.as_deref()),
        (Some("n"), Some("many"))
    );
    assert_eq!(cells(&data.tables[0], "n"), ["1", "-", "2.5", "-", "-"]);
    let column = &data.quality[0].columns[1];
    assert_eq!((column.missing, column.invalid), (1, 2));
}

#[test]
fn lines_are_right_after_quotes_comments_and_carriage_returns() {
    let more = json!({ "dialect": { "commentChar": "#" } });
    let data = one(
        numbers(),
        more,
        "id,n\r\n# note\r\n\"a\r\nb\",1\r\n\r\nc,x\r\n",
    );
    assert_eq!(only(&data, "data-not-a-number").place.line, Some(6));
}

#[test]
fn many_faults_are_counted_and_few_listed() {
    let csv = format!("id,n\n{}", "a,x\n".repeat(1000));
    let data = one(numbers(), json!({}), &csv);
    assert_eq!(found(&data, "data-not-a-number").len(), 20);
    assert_eq!(data.findings.count_of("data-not-a-number"), 1000);
}

#[test]
fn types_with_their_options() {
    let fields = json!([
        { "name": "n", "type": "number", "decimalChar": ",", "groupChar": ".", "bareNumber": false },
        { "name": "i", "type": "integer" }, { "name": "b", "type": "boolean", "trueValues": ["ja"], "falseValues": ["nee"] },
        { "name": "d", "type": "date", "format": "%d/%m/%Y" }, { "name": "t", "type": "datetime" },
        { "name": "y", "type": "year" }, { "name": "m", "type": "yearmonth" }, { "name": "l", "type": "list", "delimiter": " " }
    ]);
    let csv = "n,i,b,d,t,y,m,l\n\"€ 1.234,5\",7.0,ja,29/02/2000,2019-05-31T23:59:59Z,2005,2019-05,a  b\n\"1,2\",1.5,yes,2000-02-29,2019-13-01T00:00,05,2019-5,\n";
    let data = one(fields, json!({}), csv);
    let table = &data.tables[0];
    let first = |c: &str| cells(table, c)[0].clone();
    assert_eq!(
        ["n", "i", "b", "d", "t", "y", "m", "l"].map(first),
        [
            "1234.5",
            "7",
            "true",
            "2000-02-29",
            "2019-05-31",
            "2005",
            "2019-05-01",
            "a+b"
        ]
    );
    let second = |c: &str| cells(table, c)[1].clone();
    assert_eq!(
        ["n", "i", "b", "d", "t", "y", "m", "l"].map(second),
        ["1.2", "-", "-", "-", "-", "-", "-", "-"]
    );
    for code in [
        "data-not-an-integer",
        "data-not-a-boolean",
        "data-not-a-date",
        "data-not-a-datetime",
        "data-not-a-year",
        "data-not-a-yearmonth",
    ] {
        only(&data, code);
    }
}

#[test]
fn group_marks_must_make_groups_of_three() {
    let fields = json!([{ "name": "n", "type": "number", "groupChar": "," }]);
    let data = one(fields, json!({}), "n\n\"1,234,567\"\n\"12,5\"\n");
    assert_eq!(cells(&data.tables[0], "n"), ["1234567", "-"]);
}

#[test]
fn missing_values_with_labels_and_by_field() {
    let fields = json!([
        { "name": "a", "type": "integer" }, { "name": "b", "type": "string", "missingValues": ["?"] }
    ]);
    let more = json!({ "missingValues": ["", { "value": "-99", "label": "refused" }] });
    let data = one(fields, more, "a,b\n-99,?\n-99.0,-99\n0,x\n");
    assert_eq!(cells(&data.tables[0], "a"), ["-", "-", "0"]);
    assert_eq!(cells(&data.tables[0], "b"), ["-", "-99", "x"]);
    assert!(data.findings.is_empty(), "{:?}", data.findings.listed);
}

#[test]
fn missing_column_names_the_nearest() {
    let data = one(strings("id,budget"), json!({}), "id,budgt\na,1\n");
    let finding = only(&data, "data-missing-column");
    assert_eq!(finding.severity, Severity::Error);
    assert!(finding.help.contains("`budgt`"), "{}", finding.help);
    assert_eq!(cells(&data.tables[0], "budget"), ["-"]);
}

#[test]
fn fields_match_rules() {
    let load = |rule: &str| one(strings("a,b"), json!({ "fieldsMatch": rule }), "b,c\n1,2\n");
    assert_eq!(load("partial").findings.count(Severity::Error), 0);
    assert_eq!(load("subset").findings.count_of("data-missing-column"), 1);
    assert_eq!(
        load("subset").findings.count_of("data-undeclared-column"),
        0
    );
    assert_eq!(load("superset").findings.count_of("data-missing-column"), 0);
    assert_eq!(
        only(&load("superset"), "data-undeclared-column").severity,
        Severity::Error
    );
    assert_eq!(load("equal").findings.count(Severity::Error), 2);
    let order = one(
        strings("a,b"),
        json!({ "fieldsMatch": "exact" }),
        "b,a\n1,2\n",
    );
    only(&order, "data-column-order");
    assert_eq!(cells(&order.tables[0], "a"), ["2"]);
}

#[test]
fn duplicate_header_and_ragged_rows() {
    let data = one(strings("a,b"), json!({}), "a,b,a\n1,2,3\n4\n5,6,7,8\n");
    assert_eq!(
        only(&data, "data-duplicate-column").severity,
        Severity::Error
    );
    assert_eq!(only(&data, "data-too-few-cells").place.line, Some(3));
    assert_eq!(only(&data, "data-too-many-cells").place.line, Some(4));
    assert_eq!(cells(&data.tables[0], "b"), ["2", "-", "6"]);
}

#[test]
fn empty_file_and_no_rows() {
    assert_eq!(
        only(&one(strings("a"), json!({}), ""), "data-no-header").severity,
        Severity::Error
    );
    let data = one(strings("a"), json!({}), "a\n");
    assert_eq!(only(&data, "data-no-rows").severity, Severity::Info);
    assert_eq!(data.tables[0].rows, 0);
}

#[test]
fn encodings() {
    let utf8 = one(strings("a"), json!({}), "\u{feff}a\né\n");
    assert_eq!(cells(&utf8.tables[0], "a"), ["é"]);
    let latin = one_bytes(strings("a"), json!({}), b"a\nx\n\xe9\n");
    assert_eq!(cells(&latin.tables[0], "a"), ["x", "é"]);
    assert_eq!(
        only(&latin, "data-read-as-windows-1252").place.line,
        Some(3)
    );
    let wide: Vec<u8> = "\u{feff}a\né\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        cells(&one_bytes(strings("a"), json!({}), &wide).tables[0], "a"),
        ["é"]
    );
    let wrong = one_bytes(strings("a"), json!({ "encoding": "utf-8" }), b"a\n\xe9\n");
    assert_eq!(
        only(&wrong, "data-wrong-encoding").severity,
        Severity::Error
    );
    let named = one_bytes(
        strings("a"),
        json!({ "encoding": "iso-8859-1" }),
        b"a\n\xe9\n",
    );
    assert!(named.findings.is_empty());
    let stop = try_one(strings("a"), json!({ "encoding": "windows-1522" }), b"a\n").unwrap_err();
    assert!(stop.to_string().contains("windows-1252"), "{stop}");
}

#[test]
fn a_line_of_200_mb_and_a_quote_never_closed() {
    let folder = folder(&json!({ "resources": [{ "name": "t", "path": "t.csv", "schema": { "fields": strings("a") } }] }).to_string(), &[]);
    let path = folder.path().join("t.csv");
    let file = std::fs::File::create(&path).unwrap();
    {
        use std::io::Write;
        let mut file = &file;
        file.write_all(b"a\nshort\n").unwrap();
    }
    file.set_len(200_000_000).unwrap(); // A sparse file: a last line of zero bytes.
    let stop = read(folder.path()).unwrap_err();
    assert_eq!(
        (stop.0.code.as_str(), stop.0.place.line),
        ("data-record-too-long", Some(3))
    );
    let open = format!("a\nfine\n\"open\n{}", "some text\n".repeat(2_000_000));
    std::fs::write(&path, open).unwrap();
    let stop = read(folder.path()).unwrap_err();
    assert_eq!(
        (stop.0.code.as_str(), stop.0.place.line),
        ("data-record-too-long", Some(3))
    );
    assert!(stop.to_string().contains("quote"), "{stop}");
}

#[test]
fn constraints_warn_and_keep_the_value() {
    let fields = json!([
        { "name": "n", "type": "number", "constraints": { "minimum": 0, "exclusiveMaximum": 10, "required": true } },
        { "name": "s", "type": "string", "constraints": { "pattern": "[A-Z]+", "minLength": 2, "maxLength": 3 } },
        { "name": "d", "type": "date", "constraints": { "minimum": "2000-01-01", "maximum": "2020-12-31" } },
        { "name": "e", "type": "integer", "constraints": { "enum": [1, 2], "unique": true } },
        { "name": "c", "type": "list", "delimiter": ";", "categories": ["mono", { "value": "bi", "label": "Two" }] }
    ]);
    let csv = "n,s,d,e,c\n-1,A,1999-12-31,3,mono;by\n10,abc,2021-01-01,1,bi\n,ABCD,2010-01-01,1,bi;mono\n5,AB,2000-01-01,2,mono\n";
    let data = one(fields, json!({}), csv);
    let expected = [
        ("minimum", 2),
        ("maximum", 2),
        ("required", 1),
        ("length", 2),
        ("pattern", 1),
        ("enum", 1),
        ("unique", 1),
        ("category", 1),
    ];
    for (what, count) in expected {
        assert_eq!(
            data.findings.count_of(&format!("data-constraint-{what}")),
            count,
            "{what}"
        );
    }
    assert_eq!(cells(&data.tables[0], "n"), ["-1", "10", "-", "5"]);
    assert_eq!(data.findings.count(Severity::Error), 0);
    let category = only(&data, "data-constraint-category");
    assert!(
        category.message.contains("`bi`") && category.place.line == Some(2),
        "{category:?}"
    );
    assert_eq!(
        data.tables[0].column("c").unwrap().categories[1],
        ("bi".to_owned(), "Two".to_owned())
    );
}

#[test]
fn constraints_that_do_not_fit_are_errors() {
    let fields = json!([{ "name": "n", "type": "number", "constraints": { "minimum": "low", "pattern": "(" } }]);
    let data = one(fields, json!({}), "n\n1\n");
    assert_eq!(data.findings.count_of("data-bad-constraint"), 2);
}

#[test]
fn dates_in_the_wrong_order() {
    let fields = json!([{ "name": "start", "type": "date" }, { "name": "end", "type": "date" }]);
    let data = one(
        fields,
        json!({}),
        "start,end\n2019-01-01,2018-01-01\n2019-01-01,2019-01-01\n2019-01-01,\n",
    );
    assert_eq!(
        only(&data, "data-dates-reversed").value.as_deref(),
        Some("2019-01-01 > 2018-01-01")
    );
}

#[test]
fn likely_typos() {
    let csv = format!(
        "s\n{}Governmen\ngovernment \nP01x\n{}",
        "Government\n".repeat(40),
        "P02x\n".repeat(40)
    );
    let data = one(strings("s"), json!({}), &csv);
    let values: Vec<_> = found(&data, "data-likely-typo")
        .iter()
        .filter_map(|f| f.value.clone())
        .collect();
    assert_eq!(values, ["Governmen", "government "]);
}

#[test]
fn batches_have_the_fixed_size() {
    let csv = format!("id,n\n{}", "a,1\n".repeat(crate::dataset::BATCH_ROWS + 5));
    let data = one(numbers(), json!({}), &csv);
    let sizes: Vec<u64> = units(&data.tables[0], &["n".to_owned()])
        .unwrap()
        .iter()
        .map(|u| u.rows())
        .collect();
    assert_eq!(sizes, [65_536, 5]);
}
