//! Lines read at once give what records read one by one give.

use super::*;
use crate::dataset::BATCH_ROWS;
use proptest::prelude::*;

fn fields() -> Value {
    json!([
        { "name": "n", "type": "number" }, { "name": "i", "type": "integer", "missingValues": ["", "-99"] },
        { "name": "d", "type": "date" }, { "name": "b", "type": "boolean" },
        { "name": "t", "type": "string" }, { "name": "l", "type": "list", "delimiter": "+" }
    ])
}

/// The same text twice: as it is, and with a character for comments, with which records are read one by one.
fn both(csv: &[u8]) -> [Dataset; 2] {
    let one_by_one = json!({ "dialect": { "commentChar": "\u{1}" } });
    [json!({}), one_by_one].map(|more| try_one(fields(), more, csv).unwrap())
}

fn assert_alike([at_once, one_by_one]: [Dataset; 2]) {
    for column in ["n", "i", "d", "b", "t", "l"] {
        let of = |data: &Dataset| cells(&data.tables[0], column);
        assert_eq!(of(&at_once), of(&one_by_one), "{column}");
    }
    let told = |data: &Dataset| {
        let findings = &data.findings;
        format!("{:#?} {:?}", findings.listed, findings.counts)
    };
    assert_eq!(told(&at_once), told(&one_by_one));
    let quality = |data: &Dataset| format!("{:?}", data.quality);
    assert_eq!(quality(&at_once), quality(&one_by_one));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_cells(
        rows in proptest::collection::vec(proptest::collection::vec("[0-9.a+é -]{0,4}", 6), 0..40),
        end in prop_oneof![Just("\n"), Just("\r\n")],
        last in any::<bool>(),
    ) {
        let mut csv = format!("n,i,d,b,t,l{end}");
        csv.push_str(&rows.iter().map(|cells| cells.join(",")).collect::<Vec<_>>().join(end));
        if last {
            csv.push_str(end);
        }
        assert_alike(both(csv.as_bytes()));
    }

    #[test]
    fn any_text(text in "[0-9a,\n\r\"é -]{0,200}") {
        assert_alike(both(format!("n,i,d,b,t,l\n{text}").as_bytes()));
    }
}

#[test]
fn many_faults_in_many_chunks() {
    let mut csv = "n,i,d,b,t,l\n".to_owned();
    for row in 0..2 * BATCH_ROWS + 7 {
        let n = if row % 1_000 == 3 {
            "twelve".to_owned()
        } else {
            row.to_string()
        };
        let d = if row % 7_000 == 11 {
            "31/02/2023"
        } else {
            "2023-02-28"
        };
        csv.push_str(&format!("{n},{},{d},true,t{},a+b\n", row % 3, row % 11));
    }
    let read = both(csv.as_bytes());
    assert_eq!(read[0].tables[0].rows, 2 * BATCH_ROWS as u64 + 7);
    assert_alike(read);
}

/// Frames have as many rows whatever the files that they come from, since that decides the order of addition.
#[test]
fn files_run_on_in_one_frame() {
    let part = |from: usize, to: usize, comment: bool| {
        let mut csv = "n\n".to_owned();
        for row in from..to {
            csv.push_str(&format!("{row}\n"));
            if comment && row == from {
                // A quoted cell: the records of this file are read one by one.
                csv.push_str("\"0\"\n");
            }
        }
        csv
    };
    let (a, b) = (part(0, BATCH_ROWS - 3, false), part(0, BATCH_ROWS, true));
    let c = part(0, 10, false);
    let manifest = json!({ "name": "p", "resources": [{
        "name": "t", "path": ["a.csv", "b.csv", "c.csv"], "schema": { "fields": [{ "name": "n", "type": "number" }] }
    }] });
    let files: [(&str, &[u8]); 3] = [
        ("a.csv", a.as_bytes()),
        ("b.csv", b.as_bytes()),
        ("c.csv", c.as_bytes()),
    ];
    let data = read(folder(&manifest.to_string(), &files).path()).unwrap();
    let rows: Vec<u64> = units(&data.tables[0], &[])
        .unwrap()
        .iter()
        .map(|u| u.rows())
        .collect();
    let batch = BATCH_ROWS as u64;
    assert_eq!(rows, [batch, batch, 8]);
    assert_eq!(
        cells(&data.tables[0], "n")[BATCH_ROWS - 4..BATCH_ROWS],
        ["65532", "0", "0", "1"].map(str::to_owned)
    );
}
