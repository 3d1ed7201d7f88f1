//! Bytes of any kind never make the loader panic.

use super::*;
use proptest::prelude::*;

fn fields() -> Value {
    json!([
        { "name": "a", "type": "number", "bareNumber": false, "groupChar": "," }, { "name": "b", "type": "date", "format": "any" },
        { "name": "c", "type": "datetime" }, { "name": "d", "type": "list" }, { "name": "e", "type": "boolean" },
        { "name": "f", "type": "yearmonth" }, { "name": "g", "type": "string", "constraints": { "minLength": 2 } },
        { "name": "h", "type": "date", "format": "%d %b %y" }, { "name": "i", "type": "integer" }, { "name": "j", "type": "year" }
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_as_table(bytes in proptest::collection::vec(any::<u8>(), 0..400), keyed in any::<bool>()) {
        let more = if keyed { json!({ "primaryKey": ["g", "a"] }) } else { json!({}) };
        let _ = try_one(fields(), more, &bytes);
    }

    #[test]
    fn any_cells_as_table(cells in "[0-9:T.,;/ \"\n\r+é€-]{0,300}") {
        let csv = format!("a,b,c,d,e,f,g,h,i,j\n{cells}");
        let data = try_one(fields(), json!({}), csv.as_bytes()).unwrap();
        let rows: u64 = units(&data.tables[0], &[]).unwrap().iter().map(|u| u.rows()).sum();
        prop_assert_eq!(rows, data.tables[0].rows);
    }

    #[test]
    fn any_bytes_as_manifest(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = folder("", &[("datapackage.json", &bytes)]);
        let _ = read(folder.path());
    }

    #[test]
    fn broken_manifests(cut in 0usize..400, insert in "[{}\\[\\]\",:a-zé0-9]{0,3}") {
        let whole = json!({ "resources": [{ "name": "t", "path": "t.csv", "schema": { "fields": fields() }, "codev": { "role": "ties" } }] }).to_string();
        let (head, tail) = whole.split_at(cut.min(whole.len()));
        let folder = folder(&format!("{head}{insert}{tail}"), &[("t.csv", b"a\n1\n")]);
        let _ = read(folder.path());
    }

    #[test]
    fn any_table_can_be_guessed(text in "[0-9a-c;,./ \n\"é-]{0,300}") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, text).unwrap();
        let (manifest, _) = crate::dataset::infer(&[path]).unwrap();
        std::fs::write(folder.path().join("datapackage.json"), manifest.to_string()).unwrap();
        prop_assert!(read(folder.path()).is_ok());
    }
}
