//! Parquet tables.

use super::*;
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{BooleanArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_schema::DataType;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

/// Five rows in row groups of two.
fn write(path: &Path) {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for row in 0..5 {
        lists.values().append_value("a");
        lists.values().append_value(format!("b{row}"));
        lists.append(row != 4);
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "n",
            Arc::new(Int64Array::from(vec![
                Some(1),
                None,
                Some(-99),
                Some(4),
                Some(5),
            ])),
        ),
        (
            "s",
            Arc::new(StringArray::from(vec![
                Some("x"),
                Some("y"),
                Some("none"),
                None,
                Some("x"),
            ])),
        ),
        (
            "t",
            Arc::new(TimestampMicrosecondArray::from(vec![
                Some(86_400_000_000 * 365 + 5),
                None,
                None,
                None,
                None,
            ])),
        ),
        (
            "b",
            Arc::new(BooleanArray::from(vec![true, false, true, true, false])),
        ),
        ("l", Arc::new(lists.finish())),
        (
            "codes",
            Arc::new(StringArray::from(vec!["p|q", "p", "q", "", "p|q"])),
        ),
    ];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)))
            .unwrap();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(2))
        .build();
    let mut writer = ArrowWriter::try_new(
        std::fs::File::create(path).unwrap(),
        batch.schema(),
        Some(properties),
    )
    .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn package(schema: Value, codev: Value) -> Result<(Dataset, TempDir), Stop> {
    let mut resource = json!({ "name": "t", "path": "t.parquet", "codev": codev });
    if !schema.is_null() {
        resource["schema"] = schema;
    }
    let folder = folder(&json!({ "resources": [resource] }).to_string(), &[]);
    write(&folder.path().join("t.parquet"));
    read(folder.path()).map(|data| (data, folder))
}

#[test]
fn columns_and_counts_come_from_the_footer() {
    let (data, _folder) = package(Value::Null, json!({})).unwrap();
    let table = &data.tables[0];
    let types: Vec<&str> = table.columns.iter().map(|c| c.declared.as_str()).collect();
    assert_eq!(
        types,
        ["integer", "string", "datetime", "boolean", "list", "string"]
    );
    assert_eq!(
        data.quality[0]
            .columns
            .iter()
            .map(|c| c.missing)
            .collect::<Vec<_>>(),
        [1, 1, 4, 0, 1, 0]
    );
    assert_eq!(cells(table, "n"), ["1", "-", "-99", "4", "5"]);
    assert_eq!(cells(table, "t")[0], "1971-01-01");
    assert_eq!(cells(table, "l"), ["a+b0", "a+b1", "a+b2", "a+b3", "-"]);
    let wanted = ["s".to_owned(), "n".to_owned()];
    let units = units(table, &wanted).unwrap();
    assert_eq!(
        units.iter().map(|u| u.rows()).collect::<Vec<_>>(),
        [2, 2, 1]
    );
    let batch = units[0].read().unwrap().next().unwrap().unwrap();
    assert_eq!(
        batch
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().clone())
            .collect::<Vec<_>>(),
        wanted
    );
    assert_eq!(batch.column(1).data_type(), &DataType::Float64);
    assert!(matches!(
        batch.column(0).data_type(),
        DataType::Dictionary(_, _)
    ));
}

#[test]
fn declared_missing_values_constraints_and_keys_hold() {
    let schema = json!({
        "fields": [
            { "name": "s", "type": "string", "constraints": { "enum": ["x"] } },
            { "name": "n", "type": "integer", "constraints": { "maximum": 4 } },
            { "name": "codes", "type": "list", "delimiter": "|" }, { "name": "zz", "type": "number" }
        ],
        "missingValues": ["", "-99", "none"], "primaryKey": "s"
    });
    let (data, _folder) = package(schema.clone(), json!({})).unwrap();
    let table = &data.tables[0];
    assert_eq!(cells(table, "n"), ["1", "-", "-", "4", "5"]);
    assert_eq!(cells(table, "s"), ["x", "y", "-", "-", "x"]);
    assert_eq!(cells(table, "codes"), ["p+q", "p", "q", "-", "p+q"]);
    assert_eq!(data.quality[0].columns[1].missing, 2);
    assert_eq!(only(&data, "data-constraint-maximum").place.row, Some(5));
    assert_eq!(
        only(&data, "data-constraint-enum").value.as_deref(),
        Some("y")
    );
    assert_eq!(only(&data, "data-duplicate-key").place.row, Some(5));
    assert_eq!(data.findings.count_of("data-key-missing"), 2);
    only(&data, "data-missing-column");
    assert_eq!(cells(table, "zz"), ["-"; 5]);
    let (data, _folder) = package(schema, json!({ "duplicates": "first" })).unwrap();
    assert_eq!(cells(&data.tables[0], "n"), ["1", "-", "-", "4"]);
}

#[test]
fn a_broken_file_stops_with_its_name() {
    let folder = folder(
        &json!({ "resources": [{ "name": "t", "path": "t.parquet" }] }).to_string(),
        &[("t.parquet", b"PAR1 not really")],
    );
    let stop = read(folder.path()).unwrap_err();
    assert_eq!(stop.0.place.file.as_deref(), Some("t.parquet"));
}

#[test]
fn lists_that_point_to_a_table_are_put_together_whenever_they_are_read() {
    let folder = folder(
        &json!({ "resources": [
            { "name": "t", "path": "t.parquet", "schema": { "fields": [
                { "name": "codes", "type": "list", "delimiter": "|" }, { "name": "l", "type": "list" } ],
              "foreignKeys": [
                { "fields": "codes", "reference": { "resource": "k", "fields": "name" } },
                { "fields": "l", "reference": { "resource": "k", "fields": "name" } } ] } },
            { "name": "k", "path": "k.csv", "schema": { "fields": strings("name"), "primaryKey": "name" } },
        ] })
        .to_string(),
        &[("k.csv", b"name\np|q\nB1\nq \n\"a,b\"\n")],
    );
    let mut lists = ListBuilder::new(StringBuilder::new());
    for row in 0..3 {
        lists.values().append_value("a,b");
        lists.values().append_value(format!("b{row}"));
        lists.append(row != 2);
    }
    let codes = StringArray::from(vec!["p|q|p", " q ", "|"]);
    let columns: Vec<(&str, ArrayRef)> =
        vec![("codes", Arc::new(codes)), ("l", Arc::new(lists.finish()))];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)))
            .unwrap();
    let file = std::fs::File::create(folder.path().join("t.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let data = read(folder.path()).unwrap();
    let table = &data.tables[0];
    assert_eq!(cells(table, "codes"), ["p|q+p", "q", "-"]);
    // An entry of a list in the file stays whole, whatever stands in it.
    assert_eq!(cells(table, "l"), ["a,b+b0", "a,b+B1", "-"]);
    let counts: Vec<_> = data.quality[0]
        .lists
        .iter()
        .map(|l| (l.entries, l.matched, l.folded))
        .collect();
    assert_eq!(counts, [(3, 2, 0), (4, 3, 1)]);
    let missing: Vec<u64> = data.quality[0].columns.iter().map(|c| c.missing).collect();
    assert_eq!(missing, [1, 1]);
}
