//! Parquet tables as other programs write them: zones, categoricals, types that differ from the description.

use super::parquets::*;
use super::*;
use polars::prelude::{Column, DataFrame, ParquetWriter};
use polars_arrow::array::{
    Array, BinaryViewArray, ListArray, MutableBinaryViewArray, PrimitiveArray, StaticArray as _,
    Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, IntegerType, TimeUnit};
use polars_arrow::offset::OffsetsBuffer;

#[test]
fn times_are_read_by_the_clocks_of_their_zone() {
    // 2019-05-31 at 22:30 by UTC.
    let late = Some((18_047 * 86_400 + 22 * 3_600 + 1_800) * 1_000_000);
    let seconds = ArrowDataType::Timestamp(TimeUnit::Nanosecond, Some("America/New_York".into()));
    let group: Group = vec![
        ("none", times([late, None], None)),
        ("utc", times([late, None], Some("UTC"))),
        ("madrid", times([late, None], Some("Europe/Madrid"))),
        ("plus", times([late, None], Some("+02:00"))),
        (
            "york",
            PrimitiveArray::from([late.map(|t| t * 1_000 - 79_200_000_000_000), None])
                .to(seconds)
                .boxed(),
        ),
        ("mars", times([late, None], Some("Mars/Olympus"))),
        ("row", PrimitiveArray::from_vec(vec![1_i64, 2]).boxed()),
    ];
    let (data, _folder) = of_groups(Value::Null, vec![(group, true)]);
    let table = &data.tables[0];
    for (name, day) in [
        ("none", "2019-05-31"),
        ("utc", "2019-05-31"),
        ("madrid", "2019-06-01"),
        ("plus", "2019-06-01"),
        ("york", "2019-05-30"),
    ] {
        assert_eq!(cells(table, name), [day, "-"], "{name}");
        assert_eq!(table.column(name).unwrap().declared, "datetime");
    }
    let unusable = only(&data, "data-unusable-column");
    assert_eq!(unusable.place.column.as_deref(), Some("mars"));
    assert!(unusable.message.contains("Mars/Olympus"));
}

#[test]
fn texts_have_the_same_code_however_they_are_stored() {
    let group = |words: [Option<&str>; 4]| -> Group { vec![("s", texts(words))] };
    let groups = vec![
        (group([Some("b"), None, Some("a"), Some("b")]), true),
        (group([Some("a"), Some("c"), None, Some("b")]), false),
        (group([None; 4]), true),
        (group([Some("c"), Some("b"), Some("d"), Some("a")]), true),
    ];
    let (data, _folder) = of_groups(Value::Null, groups);
    let table = &data.tables[0];
    let expected = "b-ab ac-b ---- cbda".replace(' ', "");
    assert_eq!(cells(table, "s").concat(), expected);
    let mut code_of = std::collections::BTreeMap::new();
    for unit in units(table, &["s".to_owned()]).unwrap() {
        for frame in unit.read().unwrap() {
            let frame = frame.unwrap();
            let Cells::Texts(words) = Cells::of(&frame.columns()[0]).unwrap() else {
                panic!("no texts");
            };
            for (row, code) in words.codes.iter().enumerate() {
                if let Some(code) = code {
                    let word = words.get(row).unwrap().to_owned();
                    assert_eq!(code_of.entry(word).or_insert(*code), code);
                }
            }
        }
    }
    assert_eq!(code_of.len(), 4);
}

#[test]
fn categoricals_are_text_whatever_the_width_of_their_keys() {
    let keys = [1, 0, 200, 2, 1];
    let words = ["low", "middle", "high"];
    let group: Group = vec![
        (
            "small",
            categorical(IntegerType::UInt8, &keys, &words, true),
        ),
        (
            "wide",
            categorical(IntegerType::UInt32, &keys, &words, false),
        ),
        (
            "row",
            PrimitiveArray::from_vec(vec![1_i64, 2, 3, 4, 5]).boxed(),
        ),
    ];
    let (data, folder) = of_groups(Value::Null, vec![(group, true)]);
    let table = &data.tables[0];
    for name in ["small", "wide"] {
        assert_eq!(
            cells(table, name),
            ["middle", "low", "-", "high", "middle"],
            "{name}"
        );
    }
    assert_eq!(counts(&data), [(1, 0), (1, 0), (0, 0)]);
    // `init` takes up the order of the one that has one.
    let path = folder.path().join("t.parquet");
    let (manifest, guesses) = crate::dataset::infer(&[path]).unwrap();
    let fields = &manifest["resources"][0]["schema"]["fields"];
    assert_eq!(fields[0]["categories"], json!(["low", "middle", "high"]));
    assert_eq!(fields[0]["categoriesOrdered"], json!(true));
    assert_eq!(fields[1].get("categories"), None);
    assert!(guesses.iter().any(|g| g.what.contains("low, middle, high")));
}

#[test]
fn columns_that_are_declared_otherwise_than_stored() {
    let time = ArrowDataType::Time64(TimeUnit::Microsecond);
    let group: Group = vec![
        (
            "amount",
            texts([Some(" 1,5 "), Some("x"), None, Some("1,5")]),
        ),
        (
            "day",
            texts([Some("31/05/2019"), Some("May 2019"), None, None]),
        ),
        (
            "code",
            PrimitiveArray::from([Some(9_007_199_254_740_993_i64), Some(-1), None, Some(7)])
                .boxed(),
        ),
        (
            "share",
            PrimitiveArray::from([Some(1.0), Some(0.25), None, None]).boxed(),
        ),
        (
            "clock",
            PrimitiveArray::from([Some(3_723_000_000_i64), Some(5), None, None])
                .to(time)
                .boxed(),
        ),
        ("list", texts([Some("a;b"), Some(""), None, Some("b")])),
        ("yes", texts([Some("ja"), Some("nee"), Some("?"), None])),
        (
            "flag",
            PrimitiveArray::from([Some(1_i32), Some(0), None, Some(2)]).boxed(),
        ),
        ("year", times([Some(0), None, None, None], None)),
    ];
    let fields = json!([
        { "name": "amount", "type": "number", "decimalChar": "," },
        { "name": "day", "type": "date", "format": "%d/%m/%Y" },
        { "name": "code", "type": "string" }, { "name": "share", "type": "string" }, { "name": "clock", "type": "string" },
        { "name": "list", "type": "list", "delimiter": ";" },
        { "name": "yes", "type": "boolean", "trueValues": ["ja"], "falseValues": ["nee"] },
        { "name": "flag", "type": "boolean" }, { "name": "year", "type": "year" }
    ]);
    let (data, _folder) = of_groups(json!({ "fields": fields }), vec![(group, true)]);
    let table = &data.tables[0];
    let expected = [
        ("amount", ["1.5", "-", "-", "1.5"]),
        ("day", ["2019-05-31", "-", "-", "-"]),
        ("code", ["9007199254740993", "-1", "-", "7"]),
        ("share", ["1.0", "0.25", "-", "-"]),
        ("clock", ["01:02:03", "00:00:00.000005", "-", "-"]),
        ("list", ["a+b", "-", "-", "b"]),
        ("yes", ["true", "false", "-", "-"]),
        ("flag", ["true", "false", "-", "-"]),
        ("year", ["-", "-", "-", "-"]),
    ];
    for (name, rows) in expected {
        assert_eq!(cells(table, name), rows, "{name}");
    }
    assert_eq!(only(&data, "data-not-a-number").value.as_deref(), Some("x"));
    assert_eq!(only(&data, "data-not-a-date").place.row, Some(2));
    let untrue = data.findings.listed.iter();
    let untrue = untrue.filter(|f| f.code == "data-not-a-boolean");
    let mut rows: Vec<Option<u64>> = untrue.map(|f| f.place.row).collect();
    rows.sort();
    // A word that is none in `yes`, and a 2 in `flag`.
    assert_eq!(rows, [Some(3), Some(4)]);
    let wrong = only(&data, "data-wrong-type");
    assert_eq!(wrong.place.column.as_deref(), Some("year"));
    assert_eq!(counts(&data)[..2], [(1, 1), (2, 1)]);
}

#[test]
fn a_column_that_nothing_can_hold_is_left_out_by_name() {
    let time = ArrowDataType::Time32(TimeUnit::Millisecond);
    let group: Group = vec![
        ("n", PrimitiveArray::from([Some(1_i64)]).boxed()),
        ("t", PrimitiveArray::from([Some(1_i32)]).to(time).boxed()),
        (
            "d",
            PrimitiveArray::from([Some(1_i64)])
                .to(ArrowDataType::Duration(TimeUnit::Microsecond))
                .boxed(),
        ),
    ];
    let (data, _folder) = of_groups(Value::Null, vec![(group, true)]);
    let names: Vec<&str> = data.tables[0]
        .columns
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(names, ["n"]);
    let said: Vec<&str> = found(&data, "data-unusable-column")
        .iter()
        .map(|f| f.message.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "The column `t` has the type time of day, which no column can have.",
            "The column `d` has the type length of time, which no column can have."
        ]
    );
}

/// Bytes are texts where they are UTF-8; pictures and keys in binary are told with their column, and lists of numbers are left out by name.
#[test]
fn bytes_that_are_no_text_and_lists_of_numbers_are_told() {
    let bytes = |cells: [&[u8]; 2]| {
        let all: MutableBinaryViewArray<[u8]> = cells.into_iter().map(Some).collect();
        let all: BinaryViewArray = all.into();
        all.boxed()
    };
    let column = |name: &str| json!({ "fields": [{ "name": name, "type": "string" }] });
    let group: Group = vec![("plain", bytes([b"one", "zwölf".as_bytes()]))];
    let (data, _folder) = of_groups(column("plain"), vec![(group, true)]);
    assert_eq!(cells(&data.tables[0], "plain"), ["one", "zwölf"]);
    let folder = folder(
        &json!({ "resources": [{ "name": "t", "path": "t.parquet", "schema": column("shape") }] })
            .to_string(),
        &[],
    );
    let group: Group = vec![("shape", bytes([b"one", b"\xff\xfe\x00"]))];
    write_groups(&folder.path().join("t.parquet"), vec![(group, true)]);
    let Err(Stop(finding)) = read(folder.path()) else {
        unreachable!("bytes that are no text were read");
    };
    assert_eq!(
        (
            finding.code.as_str(),
            finding.place.column.as_deref(),
            finding.place.file.as_deref()
        ),
        ("data-unreadable", Some("shape"), Some("t.parquet"))
    );
    assert!(finding.help.contains("as CSV"), "{finding:?}");
    let offsets = OffsetsBuffer::try_from(vec![0_i64, 2, 3]).unwrap();
    let values = PrimitiveArray::from([Some(1_i64), Some(2), Some(3)]).boxed();
    let list = ListArray::<i64>::new(
        ListArray::<i64>::default_datatype(ArrowDataType::Int64),
        offsets,
        values,
        None,
    );
    let group: Group = vec![
        ("n", PrimitiveArray::from([Some(1_i64), Some(2)]).boxed()),
        ("many", list.boxed()),
    ];
    let (data, _folder) = of_groups(Value::Null, vec![(group, true)]);
    let said = only(&data, "data-unusable-column");
    assert_eq!(
        said.message,
        "The column `many` has the type list of integer, which no column can have."
    );
}

/// A row group of very many rows is read in parts, of which each begins with a batch.
#[test]
fn a_large_row_group_is_read_in_parts() {
    const ROWS: usize = 330_000;
    // No row is blank throughout: such a row is left out, and the table is then held in memory.
    let number = |row: usize| (row % 12 != 1).then_some(row as f64);
    let word = |row: usize| (row % 7 != 3).then(|| format!("w{}", row / 1_000 % 50));
    let word_list: Vec<Option<String>> = (0..ROWS).map(word).collect();
    let list = |row: usize| match row % 3 {
        0 => vec![],
        n => vec!["x".to_owned(); n],
    };
    let group: Group = vec![
        (
            "n",
            PrimitiveArray::from((0..ROWS).map(number).collect::<Vec<_>>()).boxed(),
        ),
        ("s", Utf8ViewArray::from_slice(&word_list).boxed()),
        ("l", lists(&(0..ROWS).map(list).collect::<Vec<_>>())),
    ];
    let schema = json!({ "fields": [{ "name": "n", "type": "number" }, { "name": "s", "type": "string" },
        { "name": "l", "type": "list" }] });
    let (data, _folder) = of_groups(schema, vec![(group, true)]);
    let names = ["n", "s", "l"].map(str::to_owned);
    let units = units(&data.tables[0], &names).unwrap();
    assert_eq!(units.len(), 1);
    let mut row = 0;
    for frame in units[0].read().unwrap() {
        let frame = frame.unwrap();
        let left = ROWS - row;
        assert_eq!(frame.height(), left.min(crate::dataset::BATCH_ROWS));
        let [n, s, l] = frame.columns() else {
            panic!("three columns");
        };
        let (Cells::Numbers(n), Cells::Texts(s), Cells::Texts(l)) = (
            Cells::of(n).unwrap(),
            Cells::of(s).unwrap(),
            Cells::of(l).unwrap(),
        ) else {
            panic!("types");
        };
        for at in 0..frame.height() {
            assert_eq!(n.get(at), number(row), "row {row}");
            assert_eq!(s.get(at), word_list[row].as_deref(), "row {row}");
            let entries = l.get(at).map_or(0, |l| l.split('\u{1f}').count());
            assert_eq!(entries, list(row).len(), "row {row}");
            row += 1;
        }
    }
    assert_eq!(row, ROWS);
    let missing: Vec<u64> = counts(&data).iter().map(|c| c.0).collect();
    assert_eq!(missing, [27_500, 47_143, 110_000]);
}

/// The writer of polars counts the missing values of a column once for each page of it.
#[test]
fn counts_of_missing_values_are_not_taken_from_a_footer_that_may_be_wrong() {
    const ROWS: usize = 100_000;
    let words: Vec<Option<String>> = (0..ROWS)
        .map(|row| (row % 10 != 0).then(|| format!("w{}", row % 7)))
        .collect();
    let folder = folder(
        &json!({ "resources": [{ "name": "t", "path": "t.parquet" }] }).to_string(),
        &[],
    );
    let path = folder.path().join("t.parquet");
    let column = Column::new("s".into(), words);
    let mut frame = DataFrame::new(ROWS, vec![column]).unwrap();
    ParquetWriter::new(std::fs::File::create(path).unwrap())
        .with_data_page_size(Some(1_000))
        .finish(&mut frame)
        .unwrap();
    let data = read(folder.path()).unwrap();
    assert_eq!(counts(&data), [(10_000, 0)]);
}

#[test]
fn lists_that_point_to_a_table_are_put_together_whenever_they_are_read() {
    let folder = folder(
        &json!({ "resources": [
            { "name": "t", "path": "t.parquet", "schema": { "fields": [
                { "name": "codes", "type": "list", "delimiter": "|" }, { "name": "l", "type": "list" },
                { "name": "row", "type": "integer" } ],
              "foreignKeys": [
                { "fields": "codes", "reference": { "resource": "k", "fields": "name" } },
                { "fields": "l", "reference": { "resource": "k", "fields": "name" } } ] } },
            { "name": "k", "path": "k.csv", "schema": { "fields": strings("name"), "primaryKey": "name" } },
        ] })
        .to_string(),
        &[("k.csv", b"name\np|q\nB1\nq \n\"a,b\"\n")],
    );
    let list = |row: usize| match row {
        2 => vec![],
        row => vec!["a,b".to_owned(), format!("b{row}")],
    };
    let group: Group = vec![
        ("codes", texts([Some("p|q|p"), Some(" q "), Some("|")])),
        ("l", lists(&(0..3).map(list).collect::<Vec<_>>())),
        ("row", PrimitiveArray::from_vec(vec![1_i64, 2, 3]).boxed()),
    ];
    write_groups(&folder.path().join("t.parquet"), vec![(group, true)]);
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
    assert_eq!(missing, [1, 1, 0]);
}

/// A calendar has days of four-digit years; others are told and missing, however they are stored.
#[test]
fn days_that_no_calendar_has_are_told() {
    let far: [i64; 4] = [18_000, 100_000_000, -5_000_000, 2_932_897];
    let days: Vec<Option<i32>> = far.iter().map(|d| i32::try_from(*d).ok()).collect();
    let day_of =
        |unit: i64| -> Vec<Option<i64>> { far.iter().map(|d| d.checked_mul(unit)).collect() };
    let columns: [(&str, Box<dyn Array>); 3] = [
        (
            "d32",
            PrimitiveArray::from(days).to(ArrowDataType::Date32).boxed(),
        ),
        (
            "d64",
            PrimitiveArray::from(day_of(86_400_000))
                .to(ArrowDataType::Date64)
                .boxed(),
        ),
        (
            "ts",
            PrimitiveArray::from(day_of(86_400))
                .to(ArrowDataType::Timestamp(TimeUnit::Second, None))
                .boxed(),
        ),
    ];
    let group: Group = columns.into_iter().collect();
    let schema = json!({ "fields": [{ "name": "d32", "type": "date" }, { "name": "d64", "type": "date" },
        { "name": "ts", "type": "date" }] });
    let (data, _folder) = of_groups(schema, vec![(group, false)]);
    assert_eq!(found(&data, "data-not-a-date").len(), 9);
    let missing: Vec<u64> = counts(&data).iter().map(|c| c.1).collect();
    assert_eq!(missing, [3, 3, 3]);
}
