//! Patterns in `path`, and folders that give columns; names of columns that mean something elsewhere.

use super::*;
use polars::prelude::{DataFrame, IpcWriter, NamedFrom, ParquetWriter, SerWriter, Series};
use std::path::PathBuf;

/// A folder of files in folders.
fn tree(resource: Value, files: &[(&str, Vec<u8>)]) -> TempDir {
    let mut resource = resource;
    resource["name"] = json!("t");
    let manifest = json!({ "resources": [resource] });
    let folder = folder(&manifest.to_string(), &[]);
    for (name, bytes) in files {
        let path: PathBuf = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn csv(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn frame(columns: Vec<Series>) -> DataFrame {
    let height = columns[0].len();
    DataFrame::new(height, columns.into_iter().map(Into::into).collect()).unwrap()
}

fn numbers(name: &str, values: &[i64]) -> Series {
    Series::new(name.into(), values)
}

fn parquet(columns: Vec<Series>) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .finish(&mut frame(columns))
        .unwrap();
    bytes
}

fn arrow(columns: Vec<Series>) -> Vec<u8> {
    let mut bytes = Vec::new();
    IpcWriter::new(&mut bytes)
        .finish(&mut frame(columns))
        .unwrap();
    bytes
}

#[test]
fn files_of_a_pattern_come_in_order() {
    let files = [
        ("data/b.csv", csv("id\n3\n")),
        ("data/a.csv", csv("id\n1\n2\n")),
        ("data/deep/er/c.csv", csv("id\n4\n")),
        ("data/.hidden.csv", csv("id\n9\n")),
        ("data/note.txt", csv("id\n8\n")),
        ("x[1].csv", csv("id\n7\n")),
    ];
    let cases = [
        (json!("data/*.csv"), "1 2 3"),
        (json!("data/**/*.csv"), "1 2 3 4"),
        (json!("**/*.csv"), "1 2 3 4 7"),
        (json!("data/[b-z].csv"), "3"),
        (json!("data/?.csv"), "1 2 3"),
        (json!("x[1].csv"), "7"),
        (json!(["data/b.csv", "data/*.csv"]), "3 1 2"),
        (json!("./data/deep/**"), "4"),
    ];
    for (path, expected) in cases {
        let folder = tree(json!({ "path": path }), &files);
        let data = read(folder.path()).unwrap();
        assert_eq!(cells(&data.tables[0], "id").join(" "), expected, "{path}");
        assert!(crate::dataset::size(folder.path()) > 0);
    }
}

#[test]
fn a_pattern_that_matches_nothing_says_what_there_is() {
    let files = [(
        "data/year=2019/a.parquet",
        parquet(vec![numbers("id", &[1])]),
    )];
    let cases = [
        ("daata/*/a.parquet", "`data`"),
        ("data/year=*/*.csv", "`year=2019`"),
        ("data/yaer=2019/*.parquet", "Did you mean `year=2019`?"),
    ];
    for (path, words) in cases {
        let folder = tree(json!({ "path": path }), &files);
        let stop = read(folder.path()).unwrap_err();
        assert_eq!(stop.0.code, "data-no-file");
        assert!(stop.0.message.contains(path), "{}", stop.0.message);
        assert!(stop.0.help.contains(words), "{}", stop.0.help);
        assert_eq!(stop.0.place.file.as_deref(), Some("datapackage.json"));
    }
    for (path, code) in [
        ("data/[a/*.csv", "data-bad-pattern"),
        ("data/a**b/*.csv", "data-bad-pattern"),
        ("../*.csv", "data-path-outside"),
        ("/tmp/*.csv", "data-path-outside"),
        ("https://x.org/*.csv", "data-path-outside"),
    ] {
        let folder = tree(json!({ "path": path }), &files);
        assert_eq!(read(folder.path()).unwrap_err().0.code, code, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_folder_are_refused() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("s.csv"), "id\n1\n").unwrap();
    let folder = tree(
        json!({ "path": "data/*.csv" }),
        &[("data/a.csv", csv("id\n1\n"))],
    );
    let link = folder.path().join("data/b.csv");
    std::os::unix::fs::symlink(outside.path().join("s.csv"), link).unwrap();
    assert_eq!(read(folder.path()).unwrap_err().0.code, "data-path-outside");
    let folder = tree(
        json!({ "path": "**/*.csv" }),
        &[("data/a.csv", csv("id\n1\n"))],
    );
    std::os::unix::fs::symlink(folder.path(), folder.path().join("data/loop")).unwrap();
    assert_eq!(read(folder.path()).unwrap().tables[0].rows, 1);
}

#[test]
fn folders_give_columns() {
    type Write = fn(Vec<Series>) -> Vec<u8>;
    let kinds: [(&str, Write); 2] = [("parquet", parquet), ("arrow", arrow)];
    for (kind, write) in kinds {
        let name = |folder: &str, file: &str| format!("data/{folder}/{file}.{kind}");
        let names = [
            name("region=08/year=2019", "b"),
            name("region=08/year=2019", "a"),
            name("region=N%20E/year=2020", "a"),
            name("region=__HIVE_DEFAULT_PARTITION__/year=x", "a"),
        ];
        let files: Vec<(&str, Vec<u8>)> = names
            .iter()
            .zip([3, 1, 4, 5])
            .map(|(name, id)| (name.as_str(), write(vec![numbers("id", &[id, id * 10])])))
            .collect();
        let path = format!("data/**/*.{kind}");
        let fields =
            json!([{ "name": "id", "type": "integer" }, { "name": "year", "type": "integer" }]);
        let folder = tree(
            json!({ "path": path, "schema": { "fields": fields } }),
            &files,
        );
        let data = read(folder.path()).unwrap();
        let table = &data.tables[0];
        assert_eq!(cells(table, "id").join(" "), "1 10 3 30 4 40 5 50");
        assert_eq!(cells(table, "region").join(" "), "08 08 08 08 N E N E - -");
        assert_eq!(
            cells(table, "year").join(" "),
            "2019 2019 2019 2019 2020 2020 - -"
        );
        let wrong = found(&data, "data-not-a-number");
        assert_eq!(wrong.len(), 2);
        assert_eq!(wrong[0].place.row, Some(7));
        let quality = &data.quality[0].columns;
        let counts: Vec<_> = quality.iter().map(|c| (c.missing, c.invalid)).collect();
        assert_eq!(counts, [(0, 0), (0, 2), (2, 0)]);
    }
}

#[test]
fn folders_of_text_give_columns_too() {
    let files = [
        ("d/year=2019/a.csv", csv("id,n\na,1\nb,2\n")),
        ("d/year=2020/a.csv", csv("id,n\n\"c\",3\n")),
        ("d/year=none/a.csv", csv("id,n\nd,4\n")),
    ];
    let fields = json!([
        { "name": "id", "type": "string" },
        { "name": "n", "type": "number" },
        { "name": "year", "type": "year" },
    ]);
    for schema in [
        json!({ "fields": fields, "fieldsMatch": "exact" }),
        json!({}),
    ] {
        let guessed = schema.get("fields").is_none();
        let folder = tree(json!({ "path": "d/*/*.csv", "schema": schema }), &files);
        let data = read(folder.path()).unwrap();
        let table = &data.tables[0];
        assert_eq!(cells(table, "id").join(" "), "a b c d");
        let last = if guessed { "none" } else { "-" };
        assert_eq!(
            cells(table, "year").join(" "),
            format!("2019 2019 2020 {last}")
        );
        if !guessed {
            let wrong = only(&data, "data-not-a-year");
            assert_eq!(wrong.place.file.as_deref(), Some("d/year=none/a.csv"));
        }
        assert!(found(&data, "data-missing-column").is_empty());
    }
    let lines = [("d/k=1/a.ndjson", csv("{\"id\": \"a\"}\n"))];
    let folder = tree(json!({ "path": "d/*/*.ndjson" }), &lines);
    assert_eq!(cells(&read(folder.path()).unwrap().tables[0], "k"), ["1"]);
}

#[test]
fn a_column_of_the_file_counts_before_that_of_its_folders() {
    let both = vec![numbers("id", &[1]), numbers("year", &[1999])];
    let files = [
        ("d/year=2019/a.parquet", parquet(both)),
        ("d/year=2020/a.parquet", parquet(vec![numbers("id", &[2])])),
    ];
    let folder = tree(json!({ "path": "d/*/*.parquet" }), &files);
    let data = read(folder.path()).unwrap();
    assert_eq!(cells(&data.tables[0], "year"), ["1999", "2020"]);
    let finding = only(&data, "data-partition-column");
    assert_eq!(finding.place.file.as_deref(), Some("d/year=2019/a.parquet"));
    let files = [("d/year=2019/a.csv", csv("id,year\n1,1999\n"))];
    let folder = tree(json!({ "path": "d/*/*.csv" }), &files);
    let data = read(folder.path()).unwrap();
    assert_eq!(cells(&data.tables[0], "year"), ["1999"]);
    only(&data, "data-partition-column");
}

#[test]
fn folders_that_give_other_columns_are_told() {
    let one = |id| parquet(vec![numbers("id", &[id])]);
    let files = [
        ("d/year=2019/a.parquet", one(1)),
        ("d/yaer=2020/a.parquet", one(2)),
    ];
    let folder = tree(json!({ "path": "d/*/*.parquet" }), &files);
    let data = read(folder.path()).unwrap();
    // In the order of their names.
    let finding = only(&data, "data-partition-names");
    assert_eq!(finding.place.file.as_deref(), Some("d/year=2019/a.parquet"));
    assert!(finding.message.contains("`yaer`"), "{}", finding.message);
    assert_eq!(cells(&data.tables[0], "year"), ["-", "2019"]);
    assert_eq!(cells(&data.tables[0], "yaer"), ["2020", "-"]);
}

/// Names that polars takes for patterns, wildcards, or places of its own.
const NAMES: [&str; 8] = ["^a.*$", "*", "", "a\"b'c`", "id", "a", "len()", "^.*$"];

#[test]
fn columns_are_known_by_their_exact_names() {
    let columns = || -> Vec<Series> {
        let numbered = NAMES.iter().zip(1..);
        numbered
            .map(|(name, n)| numbers(name, &[n, n * 10]))
            .collect()
    };
    let header =
        "^a.*$,*,,\"a\"\"b'c`\",id,a,len(),^.*$\n1,2,3,4,5,6,7,8\n10,20,30,40,50,60,70,80\n";
    let fields: Vec<Value> = NAMES
        .iter()
        .map(|name| json!({ "name": name, "type": "integer" }))
        .collect();
    let object = |by: i64| -> Value {
        let numbered = NAMES.iter().zip(1..);
        numbered
            .map(|(name, n): (_, i64)| ((*name).to_owned(), json!(n * by)))
            .collect()
    };
    let lines = format!("{}\n{}\n", object(1), object(10));
    let files = [
        ("t.parquet", parquet(columns())),
        ("t.arrow", arrow(columns())),
        ("t.csv", csv(header)),
        ("t.ndjson", csv(&lines)),
    ];
    for (name, bytes) in files {
        let resource =
            json!({ "path": name, "schema": { "fields": fields, "primaryKey": "^a.*$" } });
        let folder = tree(resource, &[(name, bytes)]);
        let data = read(folder.path()).unwrap();
        assert!(
            data.findings.listed.is_empty(),
            "{:?}",
            data.findings.listed
        );
        for (column, n) in NAMES.iter().zip(1_i64..) {
            let expected = [n.to_string(), (n * 10).to_string()];
            assert_eq!(cells(&data.tables[0], column), expected, "{name}: {column}");
        }
        let some = ["*".to_owned(), "^.*$".to_owned()];
        for unit in units(&data.tables[0], &some).unwrap() {
            for frame in unit.read().unwrap() {
                assert_eq!(frame.unwrap().get_column_names(), ["*", "^.*$"]);
            }
        }
    }
}
