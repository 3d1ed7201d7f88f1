//! Newline-delimited JSON.

use super::*;

fn package(name: &str, resource: Value, bytes: &[u8]) -> Result<Dataset, Stop> {
    let mut resource = resource;
    resource["name"] = json!("t");
    resource["path"] = json!(name);
    let manifest = json!({ "resources": [resource] });
    read(folder(&manifest.to_string(), &[(name, bytes)]).path())
}

fn schema() -> Value {
    json!({ "schema": { "fields": [
        { "name": "id", "type": "string" },
        { "name": "n", "type": "number", "decimalChar": ",", "groupChar": "." },
        { "name": "b", "type": "boolean", "trueValues": ["yes"], "falseValues": ["no"] },
        { "name": "l", "type": "list" },
        { "name": "d", "type": "date" },
    ] } })
}

const LINES: &str = r#"{"id": "a", "n": 1.5, "b": true, "l": ["p,q", "r"], "d": "2020-01-02"}
{"id": 1.10, "n": "1.234,5", "b": "no", "l": "p,q", "d": null}

{"id": "c\u0041", "n": {"x": 1}, "b": 1, "l": [], "note": 1}
[1, 2]
{"n": 1, "id": "e", "n": 2, "l": [[1]]}
"#;

#[test]
fn lines_are_rows() {
    let data = package("t.ndjson", schema(), LINES.as_bytes()).unwrap();
    let table = &data.tables[0];
    assert_eq!(table.rows, 5);
    assert_eq!(cells(table, "id"), ["a", "1.10", "cA", "-", "e"]);
    assert_eq!(cells(table, "n"), ["1.5", "1234.5", "-", "-", "2"]);
    assert_eq!(cells(table, "b"), ["true", "false", "-", "-", "-"]);
    assert_eq!(cells(table, "l"), ["p,q+r", "p+q", "-", "-", "-"]);
    assert_eq!(cells(table, "d"), ["2020-01-02", "-", "-", "-", "-"]);
    let nested = found(&data, "data-not-readable");
    let places: Vec<_> = nested
        .iter()
        .map(|f| (f.place.line, f.place.column.as_deref()))
        .collect();
    assert_eq!(places, [(Some(4), Some("n")), (Some(6), Some("l"))]);
    let line = only(&data, "data-not-an-object");
    assert_eq!((line.place.line, line.place.row), (Some(5), Some(4)));
    assert!(
        only(&data, "data-undeclared-column")
            .message
            .contains("`note`")
    );
    assert_eq!(only(&data, "data-not-a-boolean").place.line, Some(4));
    let quality = &data.quality[0].columns;
    assert_eq!((quality[1].missing, quality[1].invalid), (1, 1));
}

#[test]
fn a_key_that_no_line_has_is_told() {
    let fields = json!({ "schema": { "fields": [{ "name": "idd", "type": "string" }] } });
    let data = package("t.jsonl", fields, b"{\"id\": 1}\n").unwrap();
    let finding = only(&data, "data-missing-column");
    assert!(finding.help.contains("`id`"), "{}", finding.help);
}

#[test]
fn lines_may_be_compressed_and_without_schema() {
    use std::io::Write as _;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(LINES.as_bytes()).unwrap();
    let zst = zstd::encode_all(LINES.as_bytes(), 3).unwrap();
    for (name, bytes) in [("t.jsonl.gz", gz.finish().unwrap()), ("t.ndjson.zst", zst)] {
        let data = package(name, json!({}), &bytes).unwrap();
        let table = &data.tables[0];
        let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["id", "n", "b", "l", "d", "note"]);
        assert_eq!(cells(table, "note"), ["-", "-", "1", "-", "-"]);
        assert_eq!(data.files[1].bytes, bytes.len() as u64);
    }
    let data = package("t.dat", json!({ "format": "jsonl" }), LINES.as_bytes()).unwrap();
    assert_eq!(data.tables[0].rows, 5);
}

#[test]
fn init_guesses_from_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.ndjson");
    let lines: String = (0..30)
        .map(|n| format!("{{\"id\": \"p{n}\", \"age\": {n}, \"langs\": [\"nl\", \"en\"]}}\n"))
        .collect();
    std::fs::write(&path, lines).unwrap();
    let (manifest, _) = crate::dataset::infer(&[path]).unwrap();
    let resource = &manifest["resources"][0];
    assert_eq!(resource["format"], "ndjson");
    assert_eq!(resource["schema"]["primaryKey"], "id");
    let fields = resource["schema"]["fields"].as_array().unwrap();
    let kinds: Vec<&str> = fields.iter().filter_map(|f| f["type"].as_str()).collect();
    assert_eq!(kinds, ["string", "integer", "list"]);
}

#[test]
fn lines_are_joined_into_full_frames() {
    let rows = crate::dataset::BATCH_ROWS + 3;
    let lines: String = (0..rows).map(|n| format!("{{\"n\":{n}}}\n")).collect();
    let data = package("t.ndjson", json!({}), lines.as_bytes()).unwrap();
    assert_eq!(data.tables[0].rows, rows as u64);
    let units = units(&data.tables[0], &["n".to_owned()]).unwrap();
    let heights: Vec<u64> = units.iter().map(|u| u.rows()).collect();
    assert_eq!(heights, [crate::dataset::BATCH_ROWS as u64, 3]);
}

#[test]
fn zstd_text_has_the_findings_of_plain_text() {
    let csv = "id,n\na,1\nb,x\nc\n";
    let resource = json!({ "schema": { "fields": [
        { "name": "id", "type": "string" }, { "name": "n", "type": "number" },
    ] } });
    let plain = package("t.csv", resource.clone(), csv.as_bytes()).unwrap();
    let bytes = zstd::encode_all(csv.as_bytes(), 19).unwrap();
    let packed = package("t.csv.zst", resource.clone(), &bytes).unwrap();
    assert_eq!(cells(&packed.tables[0], "n"), cells(&plain.tables[0], "n"));
    let codes = |d: &Dataset| -> Vec<(String, Option<u64>)> {
        let listed = d.findings.listed.iter();
        listed.map(|f| (f.code.to_string(), f.place.line)).collect()
    };
    assert_eq!(codes(&packed), codes(&plain));
    assert_eq!(packed.files[1].bytes, bytes.len() as u64);
    // Cut off, and no zstd at all.
    for bad in [&bytes[..bytes.len() - 4], csv.as_bytes()] {
        let stop = package("t.csv.zst", resource.clone(), bad).unwrap_err();
        assert_eq!(stop.0.code, "data-unreadable");
        assert_eq!(stop.0.place.file.as_deref(), Some("t.csv.zst"));
    }
    // A line that does not end is not unpacked to its end.
    let long = zstd::encode_all(std::io::repeat(b'x').take(200 << 20), 1).unwrap();
    let stop = package("t.csv.zst", resource, &long).unwrap_err();
    assert_eq!(stop.0.code, "data-record-too-long");
}

use std::io::Read as _;
