//! Frames that a program hands over.

use super::*;
use crate::dataset::from_frames;
use polars::prelude::{
    Categories, Column, DataFrame, DataType, FrozenCategories, IntoSeries as _, ListChunked,
    NamedFrom, Series, TimeUnit,
};

fn frame(columns: Vec<Series>) -> DataFrame {
    let height = columns.first().map_or(0, |first| first.len());
    DataFrame::new(height, columns.into_iter().map(Column::from).collect()).unwrap()
}

fn people() -> DataFrame {
    let ranks = FrozenCategories::new(["low", "mid", "high"]).unwrap();
    let texts = |name: &str, cells: [Option<&str>; 3]| Series::new(name.into(), cells);
    let lists: ListChunked = [
        Some(Series::new("".into(), ["x,y", "z"])),
        None,
        Some(Series::new("".into(), ["x,y"])),
    ]
    .into_iter()
    .collect();
    let zone = polars::prelude::TimeZone::opt_try_new(Some("Asia/Tokyo")).unwrap();
    let times = Series::new("when".into(), [Some(57_600_000_000_i64), None, Some(0)]);
    // A cast would drop the zone, since polars is built without its table of zones.
    let times = times.i64().unwrap().clone();
    frame(vec![
        texts("id", [Some("a"), Some("b"), Some("b")]),
        Series::new("age".into(), [Some(31_i32), None, Some(-99)]),
        Series::new("score".into(), [Some(f32::NAN), Some(0.5), Some(1.0)]),
        Series::new("member".into(), [Some(true), Some(false), None]),
        texts("rank", [Some("high"), Some("low"), None])
            .cast(&DataType::from_frozen_categories(ranks))
            .unwrap(),
        texts("kind", [Some("k"), None, Some("l")])
            .cast(&DataType::from_categories(Categories::global()))
            .unwrap(),
        Series::new("day".into(), [Some(1_i32), None, Some(2)])
            .cast(&DataType::Date)
            .unwrap(),
        times
            .into_datetime(TimeUnit::Microseconds, zone)
            .into_series(),
        lists.with_name("langs".into()).into_series(),
        Series::new("blob".into(), [&b"x"[..], b"y", b"z"]),
        Series::new_null("none".into(), 3),
    ])
}

#[test]
fn frames_are_tables() {
    let data = from_frames(vec![(r#"{ "name": "people" }"#.to_owned(), people())]).unwrap();
    let table = &data.tables[0];
    assert_eq!((table.name.as_str(), table.rows), ("people", 3));
    assert_eq!(cells(table, "id"), ["a", "b", "b"]);
    assert_eq!(cells(table, "age"), ["31", "-", "-99"]);
    assert_eq!(cells(table, "score"), ["-", "0.5", "1"]);
    assert_eq!(cells(table, "member"), ["true", "false", "-"]);
    assert_eq!(cells(table, "rank"), ["high", "low", "-"]);
    assert_eq!(cells(table, "kind"), ["k", "-", "l"]);
    assert_eq!(cells(table, "day"), ["1970-01-02", "-", "1970-01-03"]);
    // 16 hours after midnight of Greenwich it is the next day in Tokyo.
    assert_eq!(cells(table, "when"), ["1970-01-02", "-", "1970-01-01"]);
    assert_eq!(cells(table, "langs"), ["x,y+z", "-", "x,y"]);
    let rank = table.column("rank").unwrap();
    let words: Vec<&str> = rank
        .categories
        .iter()
        .map(|(value, _)| value.as_str())
        .collect();
    assert_eq!(
        (words.as_slice(), rank.ordered),
        (&["low", "mid", "high"][..], true)
    );
    let nan = only(&data, "data-not-a-number");
    assert_eq!(
        (nan.place.row, nan.place.file.as_deref()),
        (Some(1), Some("people"))
    );
    let unusable = found(&data, "data-unusable-column");
    let names: Vec<_> = unusable
        .iter()
        .filter_map(|f| f.place.column.as_deref())
        .collect();
    assert_eq!(names, ["blob", "none"]);
    assert!(data.files.is_empty());
    let score = &data.quality[0].columns[2];
    assert_eq!((score.missing, score.invalid), (0, 1));
}

#[test]
fn descriptions_say_what_frames_mean() {
    let described = json!({
        "name": "people",
        "schema": {
            "fields": [
                { "name": "id", "type": "string" },
                { "name": "age", "type": "integer", "missingValues": ["", "-99"] },
                { "name": "score", "type": "date" },
                { "name": "langs", "type": "list" },
                { "name": "lang", "type": "string" },
            ],
            "primaryKey": "id",
            "foreignKeys": [
                { "fields": "langs", "reference": { "resource": "languages", "fields": "code" } },
            ],
        },
        "codev": { "role": "actors", "unit": "person", "duplicates": "first" },
    });
    let languages = frame(vec![Series::new("code".into(), ["x,y", "w"])]);
    let data = from_frames(vec![
        (described.to_string(), people()),
        (r#"{ "name": "languages" }"#.to_owned(), languages),
    ])
    .unwrap();
    let table = &data.tables[0];
    assert_eq!(table.meaning.role, "actors");
    // The last row repeats a key.
    assert_eq!((table.rows, data.quality[0].refused), (2, 1));
    assert_eq!(cells(table, "age"), ["31", "-"]);
    assert_eq!(cells(table, "score"), ["-", "-"]);
    assert_eq!(cells(table, "member"), ["true", "false"]);
    let wrong = only(&data, "data-wrong-type");
    assert_eq!(wrong.place.column.as_deref(), Some("score"));
    let missing = only(&data, "data-missing-column");
    assert!(missing.help.contains("`langs`"), "{}", missing.help);
    let lists = &data.quality[0].lists[0];
    assert_eq!((lists.entries, lists.matched), (2, 1));
    assert!(
        data.findings
            .listed
            .iter()
            .any(|f| f.code == "data-unmatched-entry")
    );
}

#[test]
fn frames_are_cut_into_chunks() {
    let rows = crate::dataset::BATCH_ROWS + 7;
    let numbers = Series::new("n".into(), (0..rows as i64).collect::<Vec<_>>());
    // In several pieces.
    let mut long = numbers.slice(0, 100);
    long.append(&numbers.slice(100, rows)).unwrap();
    let data = from_frames(vec![(r#"{ "name": "t" }"#.to_owned(), frame(vec![long]))]).unwrap();
    let units = units(&data.tables[0], &["n".to_owned()]).unwrap();
    let heights: Vec<u64> = units.iter().map(|u| u.rows()).collect();
    assert_eq!(heights, [crate::dataset::BATCH_ROWS as u64, 7]);
    let all = cells(&data.tables[0], "n");
    assert!(
        all.iter()
            .zip(0..)
            .all(|(cell, n): (_, usize)| *cell == n.to_string())
    );
}

#[test]
fn descriptions_that_can_not_be_are_refused() {
    let cases = [
        ("{", "data-bad-manifest"),
        (
            r#"{ "name": "t", "codev": { "roll": "ties" } }"#,
            "data-bad-manifest",
        ),
        (r#"{ "name": "t", "path": "t.csv" }"#, "data-bad-manifest"),
        (
            r#"{ "name": "t", "schema": "schema.json" }"#,
            "data-bad-manifest",
        ),
    ];
    for (text, code) in cases {
        let stop = from_frames(vec![
            (r#"{ "name": "first" }"#.to_owned(), people()),
            (text.to_owned(), people()),
        ])
        .unwrap_err();
        assert_eq!(stop.0.code, code);
        assert_eq!(stop.0.place.file.as_deref(), Some("description of table 2"));
    }
    let same = r#"{ "name": "t" }"#.to_owned();
    let data = from_frames(vec![(same.clone(), people()), (same, people())]).unwrap();
    only(&data, "data-duplicate-table");
    let empty = from_frames(vec![(r#"{ "name": "t" }"#.to_owned(), DataFrame::empty())]).unwrap();
    only(&empty, "data-no-rows");
    let without = from_frames(vec![(
        r#"{ "name": "t" }"#.to_owned(),
        people().head(Some(0)),
    )]);
    assert_eq!(without.unwrap().tables[0].rows, 0);
}
