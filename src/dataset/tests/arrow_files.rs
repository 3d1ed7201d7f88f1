//! Arrow files (IPC, Feather).

use super::*;
use polars::prelude::{
    Categories, Column, DataFrame, DataType, IntoSeries as _, IpcCompression, IpcWriter, NamedFrom,
    SerWriter, Series, TimeUnit,
};
use polars_arrow::array::{
    Array, BinaryArray, DictionaryArray, FixedSizeListArray, ListArray, PrimitiveArray, Utf8Array,
    Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, IntegerType};
use polars_arrow::io::ipc::write::{Compression, FileWriter, WriteOptions};
use polars_arrow::offset::OffsetsBuffer;
use polars_arrow::record_batch::RecordBatchT;
use std::sync::Arc;

/// Columns by name.
type Batch = Vec<(&'static str, Box<dyn Array>)>;

/// An Arrow file of batches.
fn arrow(batches: Vec<Batch>, compression: Option<Compression>) -> Vec<u8> {
    let fields = batches[0].iter().map(|(name, array)| {
        let field = Field::new((*name).into(), array.dtype().clone(), true);
        (field.name.clone(), field)
    });
    let schema = Arc::new(fields.collect::<ArrowSchema>());
    let options = WriteOptions { compression };
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, schema.clone(), None, options).unwrap();
    for batch in batches {
        let rows = batch[0].1.len();
        let arrays = batch.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatchT::new(rows, schema.clone(), arrays);
        writer.write(&batch, None).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

/// A package of one table in an Arrow file, all of whose columns are as the file says.
fn package(schema: Value, bytes: &[u8]) -> (TempDir, Result<Dataset, Stop>) {
    let resource = json!({ "name": "t", "path": "t.arrow", "schema": schema });
    let manifest = json!({ "resources": [resource] });
    let folder = folder(&manifest.to_string(), &[("t.arrow", bytes)]);
    let data = read(folder.path());
    (folder, data)
}

fn polars_frame() -> DataFrame {
    let words = DataType::from_categories(Categories::global());
    let days = Series::new("d".into(), [Some(1_i32), None, Some(365)]);
    let times = Series::new("u".into(), [Some(0_i64), None, Some(57_600_000_000)]);
    // A cast would drop the zone, since polars is built without its table of zones.
    let times = times.i64().unwrap().clone();
    let kind = Series::new("k".into(), [Some("x"), Some("y"), None]);
    let zone = polars::prelude::TimeZone::opt_try_new(Some("Asia/Tokyo")).unwrap();
    let columns = vec![
        Series::new("n".into(), [Some(1.5), None, Some(f64::NAN)]).into(),
        Series::new("i".into(), [Some(1_i64), Some(-99), None]).into(),
        Series::new(
            "s".into(),
            [Some("08"), None, Some("a longer text than twelve bytes")],
        )
        .into(),
        Series::new("b".into(), [Some(true), None, Some(false)]).into(),
        Column::from(days.cast(&DataType::Date).unwrap()),
        Column::from(
            times
                .into_datetime(TimeUnit::Microseconds, zone)
                .into_series(),
        ),
        Column::from(kind.cast(&words).unwrap()),
    ];
    DataFrame::new(3, columns).unwrap()
}

#[test]
fn a_frame_written_by_polars_is_read_as_it_was() {
    for compression in [
        None,
        Some(IpcCompression::LZ4),
        Some(IpcCompression::ZSTD(Default::default())),
    ] {
        let mut bytes = Vec::new();
        IpcWriter::new(&mut bytes)
            .with_compression(compression)
            .finish(&mut polars_frame())
            .unwrap();
        let (_folder, data) = package(json!({}), &bytes);
        let data = data.unwrap();
        let table = &data.tables[0];
        assert_eq!(table.rows, 3);
        assert_eq!(cells(table, "n"), ["1.5", "-", "-"]);
        assert_eq!(cells(table, "i"), ["1", "-99", "-"]);
        assert_eq!(
            cells(table, "s"),
            ["08", "-", "a longer text than twelve bytes"]
        );
        assert_eq!(cells(table, "b"), ["true", "-", "false"]);
        assert_eq!(cells(table, "d"), ["1970-01-02", "-", "1971-01-01"]);
        assert_eq!(cells(table, "u"), ["1970-01-01", "-", "1970-01-02"]);
        assert_eq!(cells(table, "k"), ["x", "y", "-"]);
        let nan = only(&data, "data-not-a-number");
        assert_eq!(nan.place.row, Some(3));
        assert_eq!(nan.place.file.as_deref(), Some("t.arrow"));
        let quality = &data.quality[0].columns;
        let counts: Vec<(u64, u64)> = quality.iter().map(|c| (c.missing, c.invalid)).collect();
        assert_eq!(
            counts,
            [(1, 1), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]
        );
    }
}

fn old_texts(texts: &[Option<&str>]) -> Box<dyn Array> {
    texts.iter().copied().collect::<Utf8Array<i32>>().boxed()
}

fn dictionary(keys: Vec<Option<i8>>, words: Box<dyn Array>, ordered: bool) -> Box<dyn Array> {
    let kind = Box::new(words.dtype().clone());
    let kind = ArrowDataType::Dictionary(IntegerType::Int8, kind, ordered);
    let keys: PrimitiveArray<i8> = keys.into_iter().collect();
    DictionaryArray::try_new(kind, keys, words).unwrap().boxed()
}

/// Two batches with types that polars itself does not write.
fn other_types() -> Vec<Batch> {
    let batch = |texts: [Option<&str>; 2], keys: [Option<i8>; 2]| -> Batch {
        let item = Field::new("item".into(), ArrowDataType::Utf8, true);
        let lists = ListArray::<i32>::new(
            ArrowDataType::List(Box::new(item)),
            OffsetsBuffer::try_from(vec![0, 2, 2]).unwrap(),
            old_texts(&[Some("p,q"), Some("r")]),
            None,
        );
        let pair = Field::new("item".into(), ArrowDataType::Float64, true);
        let pairs = FixedSizeListArray::new(
            ArrowDataType::FixedSizeList(Box::new(pair), 2),
            2,
            PrimitiveArray::from_vec(vec![1.0, 2.0, 3.0, 4.0]).boxed(),
            None,
        );
        let bytes: BinaryArray<i64> = texts.map(|t| t.map(str::as_bytes)).into_iter().collect();
        vec![
            ("s", old_texts(&texts)),
            ("p", pairs.boxed()),
            ("y", bytes.boxed()),
            ("l", lists.boxed()),
            (
                "c",
                dictionary(
                    keys.to_vec(),
                    old_texts(&[Some("low"), Some("high"), None]),
                    true,
                ),
            ),
            (
                "m",
                PrimitiveArray::from([Some(12_345_i128), None])
                    .to(ArrowDataType::Decimal(10, 2))
                    .boxed(),
            ),
            ("h", PrimitiveArray::from([Some(7_u16), Some(8)]).boxed()),
            (
                "f",
                PrimitiveArray::from([Some(0.5_f32), Some(f32::INFINITY)]).boxed(),
            ),
        ]
    };
    vec![
        batch([Some("a"), None], [Some(1), None]),
        batch([None, Some("b")], [Some(0), Some(2)]),
    ]
}

#[test]
fn types_of_other_programs_are_read() {
    let (_folder, data) = package(json!({}), &arrow(other_types(), None));
    let data = data.unwrap();
    let table = &data.tables[0];
    assert_eq!(cells(table, "s"), ["a", "-", "-", "b"]);
    assert_eq!(cells(table, "l"), ["p,q+r", "-", "p,q+r", "-"]);
    assert_eq!(cells(table, "c"), ["high", "-", "low", "-"]);
    assert_eq!(cells(table, "m"), ["123.45", "-", "123.45", "-"]);
    assert_eq!(cells(table, "h"), ["7", "8", "7", "8"]);
    assert_eq!(cells(table, "f"), ["0.5", "-", "0.5", "-"]);
    assert_eq!(found(&data, "data-not-a-number").len(), 2);
    let unusable = found(&data, "data-unusable-column");
    let names: Vec<_> = unusable
        .iter()
        .filter_map(|f| f.place.column.as_deref())
        .collect();
    assert_eq!(names, ["p", "y"]);
    // Bytes are taken as text where they are declared so.
    let fields = json!({ "fields": [{ "name": "y", "type": "string" }] });
    let (_folder, data) = package(fields, &arrow(other_types(), None));
    let data = data.unwrap();
    assert_eq!(cells(&data.tables[0], "y"), ["a", "-", "-", "b"]);
}

#[test]
fn columns_that_are_not_there_or_of_another_type_are_told() {
    let schema = json!({ "fields": [
        { "name": "heigh", "type": "number" },
        { "name": "h", "type": "date" },
        { "name": "m", "type": "date" },
    ] });
    let (_folder, data) = package(schema, &arrow(other_types(), None));
    let data = data.unwrap();
    let wrong = only(&data, "data-wrong-type");
    assert_eq!(wrong.place.column.as_deref(), Some("m"));
    let missing = only(&data, "data-missing-column");
    assert_eq!(missing.place.column.as_deref(), Some("heigh"));
    assert_eq!(cells(&data.tables[0], "heigh"), ["-"; 4]);
    assert_eq!(data.quality[0].columns[0].missing, 4);
}

#[test]
fn large_batches_are_cut() {
    let rows = crate::dataset::BATCH_ROWS * 2 + 5;
    let numbers = (0..rows).map(|row| Some(row as f64));
    let texts = (0..rows).map(|row| Some(["a", "b", "c"][row % 3]));
    let batch: Batch = vec![
        ("n", numbers.collect::<PrimitiveArray<f64>>().boxed()),
        ("s", texts.collect::<Utf8Array<i64>>().boxed()),
    ];
    let (_folder, data) = package(json!({}), &arrow(vec![batch], Some(Compression::LZ4)));
    let data = data.unwrap();
    let table = &data.tables[0];
    let names = ["s".to_owned(), "n".to_owned()];
    let mut heights = Vec::new();
    for unit in units(table, &names).unwrap() {
        for frame in unit.read().unwrap() {
            let frame = frame.unwrap();
            assert_eq!(frame.get_column_names(), ["s", "n"]);
            heights.push(frame.height());
        }
    }
    let full = crate::dataset::BATCH_ROWS;
    assert_eq!(heights, [full, full, 5]);
    let none = units(table, &[]).unwrap();
    assert_eq!(none.iter().map(|u| u.rows()).sum::<u64>(), rows as u64);
}

#[test]
fn a_column_name_that_comes_again_is_told_and_the_first_counts() {
    let batch = |from: i64| -> Batch {
        vec![
            ("dup_one", PrimitiveArray::from([Some(from), None]).boxed()),
            (
                "dup_two",
                Utf8ViewArray::from_slice([Some("x"), Some("y")]).boxed(),
            ),
            (
                "last",
                PrimitiveArray::from([Some(from + 2), Some(from + 3)]).boxed(),
            ),
        ]
    };
    let mut bytes = arrow(vec![batch(1), batch(5)], None);
    for at in 0..bytes.len() - 7 {
        if &bytes[at..at + 7] == b"dup_two" {
            bytes[at..at + 7].copy_from_slice(b"dup_one");
        }
    }
    let (_folder, data) = package(json!({}), &bytes);
    let data = data.unwrap();
    let table = &data.tables[0];
    let twice = only(&data, "data-duplicate-column");
    assert_eq!(twice.place.column.as_deref(), Some("dup_one"));
    assert_eq!(table.columns.len(), 2);
    assert_eq!(cells(table, "dup_one"), ["1", "-", "5", "-"]);
    assert_eq!(cells(table, "last"), ["3", "4", "7", "8"]);
}

#[test]
fn init_takes_types_and_order_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.feather");
    std::fs::write(&path, arrow(other_types(), None)).unwrap();
    let (manifest, _) = crate::dataset::infer(&[path]).unwrap();
    let resource = &manifest["resources"][0];
    assert_eq!(resource["format"], "arrow");
    let fields = resource["schema"]["fields"].as_array().unwrap();
    let field = |name: &str| fields.iter().find(|f| f["name"] == name).unwrap();
    assert_eq!(field("c")["categories"], json!(["low", "high"]));
    assert_eq!(field("c")["categoriesOrdered"], true);
    assert_eq!(field("l")["type"], "list");
    assert_eq!(field("h")["type"], "integer");
}

#[test]
fn files_of_other_kinds_say_what_was_expected() {
    let whole = arrow(other_types(), None);
    let mut stream = vec![0xff, 0xff, 0xff, 0xff];
    stream.extend(&whole[8..]);
    let cases: [(&[u8], &str); 6] = [
        (b"", "empty"),
        (b"FEA1 and more", "version 1"),
        (&stream, "stream"),
        (
            b"PAR1 and more bytes than that",
            "does not begin with `ARROW1`",
        ),
        (&whole[..whole.len() / 2], "cut off"),
        (b"ARROW1\0\0\xff\xff\xff\xffARROW1", "footer"),
    ];
    for (bytes, words) in cases {
        let stop = package(json!({}), bytes).1.unwrap_err();
        let finding = &stop.0;
        assert!(
            finding.message.contains(words),
            "{words}: {}",
            finding.message
        );
        assert_eq!(finding.place.file.as_deref(), Some("t.arrow"));
        assert!(!finding.help.is_empty());
    }
}

#[test]
fn damaged_files_are_told_and_never_panic() {
    let zstd = Compression::ZSTD(Default::default());
    for compression in [None, Some(Compression::LZ4), Some(zstd)] {
        let whole = arrow(other_types(), compression);
        for at in (8..whole.len()).step_by(5) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            let (_folder, data) = package(json!({}), &bytes);
            let Ok(data) = data else { continue };
            let table = &data.tables[0];
            let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
            for unit in units(table, &names).unwrap() {
                let _ = unit.read().map(|batches| batches.count());
            }
        }
    }
}
