//! Parquet tables.

use super::*;
use polars::prelude::DataType;
use polars_arrow::array::{
    Array, BooleanArray, DictionaryArray, ListArray, PrimitiveArray, Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, IntegerType, TimeUnit};
use polars_arrow::offset::OffsetsBuffer;
use polars_arrow::record_batch::RecordBatchT;
use polars_parquet::write::{
    CompressionOptions, Encoding, FileWriter, RowGroupIterator, StatisticsOptions, Version,
    WriteOptions, get_dtype_encoding,
};
use std::sync::Arc;

/// Columns of a row group, by name.
pub(super) type Group = Vec<(&'static str, Box<dyn Array>)>;

/// Writes row groups, with dictionaries for those that `coded` says.
pub(super) fn write_groups(path: &Path, groups: Vec<(Group, bool)>) {
    let fields = groups[0].0.iter().map(|(name, array)| {
        let field = Field::new((*name).into(), array.dtype().clone(), true);
        (field.name.clone(), field)
    });
    let schema = Arc::new(fields.collect::<ArrowSchema>());
    let options = WriteOptions {
        statistics: StatisticsOptions::default(),
        version: Version::V1,
        compression: CompressionOptions::Snappy,
        data_page_size: None,
    };
    let file = std::fs::File::create(path).unwrap();
    let mut writer = FileWriter::try_new(file, (*schema).clone(), options).unwrap();
    for (group, coded) in groups {
        let height = group[0].1.len();
        let encodings = schema.iter_values().map(|field| match coded {
            true => get_dtype_encoding(&field.dtype),
            false => vec![Encoding::Plain],
        });
        let arrays = group.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatchT::new(height, schema.clone(), arrays);
        let batches = std::iter::once(Ok(batch));
        let groups = RowGroupIterator::try_new(batches, &schema, options, encodings.collect());
        for group in groups.unwrap() {
            writer.write(height as u64, group.unwrap()).unwrap();
        }
    }
    writer.end(None).unwrap();
}

pub(super) fn texts<const N: usize>(texts: [Option<&str>; N]) -> Box<dyn Array> {
    Utf8ViewArray::from_slice(texts).boxed()
}

pub(super) fn times<const N: usize>(times: [Option<i64>; N], zone: Option<&str>) -> Box<dyn Array> {
    let kind = ArrowDataType::Timestamp(TimeUnit::Microsecond, zone.map(Into::into));
    PrimitiveArray::from(times).to(kind).boxed()
}

/// Lists of texts; an empty one is missing.
pub(super) fn lists(rows: &[Vec<String>]) -> Box<dyn Array> {
    let values: Vec<&str> = rows.iter().flatten().map(String::as_str).collect();
    let mut offsets = vec![0_i64];
    for row in rows {
        offsets.push(offsets[offsets.len() - 1] + row.len() as i64);
    }
    let item = Field::new("item".into(), ArrowDataType::Utf8View, true);
    ListArray::<i64>::new(
        ArrowDataType::LargeList(Box::new(item)),
        OffsetsBuffer::try_from(offsets).unwrap(),
        Utf8ViewArray::from_slice_values(values).boxed(),
        Some(rows.iter().map(|row| !row.is_empty()).collect()),
    )
    .boxed()
}

/// A categorical with keys of so many bits.
pub(super) fn categorical(
    kind: IntegerType,
    keys: &[u8],
    words: &[&str],
    ordered: bool,
) -> Box<dyn Array> {
    let words = Utf8ViewArray::from_slice_values(words).boxed();
    let text = Box::new(ArrowDataType::Utf8View);
    let r#type = ArrowDataType::Dictionary(kind, text, ordered);
    let valid = Some(keys.iter().map(|k| *k < 100).collect());
    let keys: Vec<u8> = keys.iter().map(|k| if *k < 100 { *k } else { 0 }).collect();
    match kind {
        IntegerType::UInt8 => {
            let keys = PrimitiveArray::from_vec(keys).with_validity(valid);
            DictionaryArray::try_new(r#type, keys, words)
                .unwrap()
                .boxed()
        }
        _ => {
            let keys = keys.into_iter().map(u32::from).collect();
            let keys = PrimitiveArray::from_vec(keys).with_validity(valid);
            DictionaryArray::try_new(r#type, keys, words)
                .unwrap()
                .boxed()
        }
    }
}

/// Five rows in row groups of two.
pub(super) fn write(path: &Path) {
    let list = |row: usize| match row {
        4 => vec![],
        row => vec!["a".to_owned(), format!("b{row}")],
    };
    let all: Group = vec![
        (
            "n",
            PrimitiveArray::from([Some(1_i64), None, Some(-99), Some(4), Some(5)]).boxed(),
        ),
        (
            "s",
            texts([Some("x"), Some("y"), Some("none"), None, Some("x")]),
        ),
        (
            "t",
            times(
                [Some(86_400_000_000 * 365 + 5), None, None, None, None],
                None,
            ),
        ),
        (
            "b",
            BooleanArray::from_slice([true, false, true, true, false]).boxed(),
        ),
        ("l", lists(&(0..5).map(list).collect::<Vec<_>>())),
        (
            "codes",
            texts([Some("p|q"), Some("p"), Some("q"), Some(""), Some("p|q")]),
        ),
    ];
    let part = |from: usize, length: usize| {
        let cut =
            |(name, array): &(&'static str, Box<dyn Array>)| (*name, array.sliced(from, length));
        (all.iter().map(cut).collect::<Group>(), true)
    };
    write_groups(path, vec![part(0, 2), part(2, 2), part(4, 1)]);
}

/// A package of the one table `t` in `t.parquet`, which is written before.
pub(super) fn of_groups(schema: Value, groups: Vec<(Group, bool)>) -> (Dataset, TempDir) {
    let mut resource = json!({ "name": "t", "path": "t.parquet" });
    if !schema.is_null() {
        resource["schema"] = schema;
    }
    let folder = folder(&json!({ "resources": [resource] }).to_string(), &[]);
    write_groups(&folder.path().join("t.parquet"), groups);
    (read(folder.path()).unwrap(), folder)
}

pub(super) fn package(schema: Value, codev: Value) -> Result<(Dataset, TempDir), Stop> {
    let mut resource = json!({ "name": "t", "path": "t.parquet", "codev": codev });
    if !schema.is_null() {
        resource["schema"] = schema;
    }
    let folder = folder(&json!({ "resources": [resource] }).to_string(), &[]);
    write(&folder.path().join("t.parquet"));
    read(folder.path()).map(|data| (data, folder))
}

pub(super) fn counts(data: &Dataset) -> Vec<(u64, u64)> {
    let columns = data.quality[0].columns.iter();
    columns.map(|c| (c.missing, c.invalid)).collect()
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
    let frame = units[0].read().unwrap().next().unwrap().unwrap();
    assert_eq!(
        frame
            .columns()
            .iter()
            .map(|c| c.name().to_string())
            .collect::<Vec<_>>(),
        wanted
    );
    assert_eq!(frame.columns()[1].dtype(), &DataType::Float64);
    assert!(matches!(
        frame.columns()[0].dtype(),
        DataType::Categorical(_, _)
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
fn a_file_that_is_empty_cut_off_or_something_else_is_told_so() {
    let folder = folder(
        &json!({ "resources": [{ "name": "t", "path": "t.parquet" }] }).to_string(),
        &[],
    );
    let path = folder.path().join("t.parquet");
    write(&path);
    let whole = std::fs::read(&path).unwrap();
    let cases: [(&[u8], &str); 5] = [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "is not Parquet"),
        (&whole[..whole.len() - 20], "is cut off"),
        (&whole[..9], "is cut off"),
        (b"PAR1\0\0\0\0\xff\xff\xff\xffPAR1", "is damaged"),
    ];
    for (bytes, said) in cases {
        std::fs::write(&path, bytes).unwrap();
        let stop = read(folder.path()).unwrap_err();
        assert_eq!(stop.0.place.file.as_deref(), Some("t.parquet"));
        assert!(stop.0.message.contains(said), "{}", stop.0.message);
        assert!(!stop.0.help.is_empty());
    }
}

/// Bytes changed and lengths cut all over the file: it is read or stopped at, whatever the reader makes of it.
#[test]
fn a_damaged_file_stops_or_is_read() {
    let manifest = json!({ "resources": [{ "name": "t", "path": "t.parquet", "schema": { "fields": [
        { "name": "n", "type": "number" }, { "name": "s", "type": "string" }, { "name": "l", "type": "list" } ] } }] });
    let folder = folder(&manifest.to_string(), &[]);
    let path = folder.path().join("t.parquet");
    write(&path);
    let whole = std::fs::read(&path).unwrap();
    let all = |bytes: &[u8]| -> Result<(), Stop> {
        std::fs::write(&path, bytes).unwrap();
        let data = read(folder.path())?;
        let table = &data.tables[0];
        let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
        for unit in units(table, &names)? {
            for frame in unit.read()? {
                frame?;
            }
        }
        Ok(())
    };
    all(&whole).unwrap();
    let mut stops = 0;
    let places: Vec<usize> = (0..whole.len()).step_by(4).collect();
    for (nth, at) in places.iter().enumerate() {
        let mut bytes = whole.clone();
        bytes[*at] ^= [0x01, 0x80, 0xff][nth % 3];
        stops += usize::from(all(&bytes).is_err());
        if nth % 5 == 0 {
            assert!(all(&whole[..*at]).is_err());
        }
    }
    assert!(stops > places.len() / 4, "{stops} of {}", places.len());
}

#[test]
fn what_is_no_number_is_missing_and_told() {
    let numbers = [f64::NAN, 1.5, f64::INFINITY, 2.5, -f64::INFINITY, 3.5];
    let mut rows: Vec<Option<f64>> = numbers.map(Some).to_vec();
    rows.push(None);
    rows.extend(std::iter::repeat_n(Some(f64::NAN), 30));
    let group: Group = vec![
        ("a", PrimitiveArray::from(&rows[..3]).boxed()),
        (
            "b",
            PrimitiveArray::from([Some(1.0_f32), Some(f32::NAN), None]).boxed(),
        ),
    ];
    let rest: Group = vec![
        ("a", PrimitiveArray::from(&rows[3..]).boxed()),
        (
            "b",
            PrimitiveArray::from(vec![Some(0.5_f32); rows.len() - 3]).boxed(),
        ),
    ];
    let groups = vec![(group.clone(), true), (rest.clone(), true)];
    let (data, _folder) = of_groups(Value::Null, groups.clone());
    assert_eq!(
        cells(&data.tables[0], "a")[..7],
        ["-", "1.5", "-", "2.5", "-", "3.5", "-"]
    );
    assert_eq!(counts(&data), [(1, 33), (1, 1)]);
    let said = found(&data, "data-not-a-number");
    let places: Vec<_> = said
        .iter()
        .take(3)
        .map(|f| (f.place.row, f.value.as_deref()))
        .collect();
    assert_eq!(
        places,
        [
            (Some(1), Some("NaN")),
            (Some(3), Some("inf")),
            (Some(5), Some("-inf"))
        ]
    );
    assert_eq!(said[0].place.file.as_deref(), Some("t.parquet"));
    assert_eq!(said[0].place.column.as_deref(), Some("a"));
    assert_eq!(data.findings.count_of("data-not-a-number"), 34);
    // In the manifest it may be said that they mean "no value".
    let fields = json!([{ "name": "a", "type": "number" }, { "name": "b", "type": "number" }]);
    let schema = json!({ "fields": fields, "missingValues": ["", "NaN", "1.5"] });
    let (data, _folder) = of_groups(schema, groups);
    assert_eq!(counts(&data), [(33, 2), (2, 0)]);
    assert_eq!(data.findings.count_of("data-not-a-number"), 2);
}
