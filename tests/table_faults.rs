//! What is wrong in a table as a person who looks at it would see it: rows that are none, keys in another form, codes for no
//! answer, weights, days. Each is told, and the figures are the right ones or those that the finding says.

use super::kit::{self, Folder, cell, formula, result, total};
use codev::dataset::{Dataset, from_frames};
use codev::finding::{Finding, Findings, Severity};
use codev::outcome::Outcome;
use codev::run::{Quiet, check};
use polars::prelude::{DataFrame, ParquetWriter, df};
use serde_json::{Value, json};

/// A table of a package: name, file, fields as `name:type`, its `codev` object, and more of its schema.
struct Written {
    name: &'static str,
    file: &'static str,
    fields: &'static str,
    codev: Value,
    schema: Value,
}

fn table(name: &'static str, file: &'static str, fields: &'static str, codev: Value) -> Written {
    Written {
        name,
        file,
        fields,
        codev,
        schema: json!({}),
    }
}

fn described(table: &Written) -> Value {
    let fields: Vec<Value> = table
        .fields
        .split(',')
        .filter_map(|field| field.split_once(':'))
        .map(|(name, kind)| json!({ "name": name, "type": kind }))
        .collect();
    let mut schema = table.schema.clone();
    schema["fields"] = json!(fields);
    json!({ "name": table.name, "path": table.file, "schema": schema, "codev": table.codev })
}

/// A folder with these tables, and an evaluation of these formulas over them.
fn folder(tables: &[Written], files: &[(&str, &str)], formulas: &[(&str, &str, &str)]) -> Folder {
    let folder = Folder::new();
    let resources: Vec<Value> = tables.iter().map(described).collect();
    folder.write(
        "datapackage.json",
        json!({ "name": "p", "resources": resources }).to_string(),
    );
    for (name, text) in files {
        folder.write(name, text);
    }
    let ids: Vec<&str> = formulas.iter().map(|(id, ..)| *id).collect();
    folder.write(
        "evaluation.toml",
        format!("title = \"t\"\nindicators = {ids:?}\nseed = 1\nsmall_cells = 0\n"),
    );
    for (id, table, value) in formulas {
        folder.define(id, "items", &formula(table, value));
    }
    folder
}

fn found(folder: &Folder) -> Findings {
    check(folder.path(), &Quiet).unwrap().findings
}

fn of<'a>(findings: &'a Findings, code: &str) -> Vec<&'a Finding> {
    findings.listed.iter().filter(|f| f.code == code).collect()
}

fn only<'a>(findings: &'a Findings, code: &str) -> &'a Finding {
    match of(findings, code).as_slice() {
        [one] => one,
        other => panic!("{code}: {}; all: {:#?}", other.len(), findings.listed),
    }
}

/// Findings on data but for those that say nothing wrong.
fn on_data(findings: &Findings) -> Vec<String> {
    let usual = ["data-no-programmes", "data-guessed-schema"];
    findings
        .listed
        .iter()
        .filter(|f| f.code.starts_with("data-") && !usual.contains(&f.code.as_str()))
        .map(|f| format!("{}: {}", f.code, f.message))
        .collect()
}

fn value(outcome: &Outcome, id: &str) -> f64 {
    total(outcome, id).value.unwrap()
}

fn close(got: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!(
        kit::close(got, wanted, tolerance),
        "{what}: {got}, and {wanted} is right"
    );
}

fn programmes(outcome: &Outcome) -> Vec<&str> {
    outcome.programmes.iter().map(|p| p.id.as_str()).collect()
}

const ACTIVITIES: &str =
    "id:string,programme:string,category:string,participants:integer,women:integer";
const SUMS: [(&str, &str, &str); 3] = [
    ("parts", "activities", "SUM(participants)"),
    ("n", "activities", "COUNT(*)"),
    ("share", "activities", "SUM(women) / SUM(participants)"),
];

fn activities(file: &'static str) -> Written {
    table(
        "activities",
        file,
        ACTIVITIES,
        json!({ "role": "activities", "unit": "activity", "programme": "programme", "sampling": "census" }),
    )
}

#[test]
fn a_total_row_is_left_out() {
    let rows = "1,North,training,40,18\n2,,exchange-visit,12,5\n3,,meeting,30,16\n4,South,training,25,10\n5,,exchange-visit,8,4\n";
    for (what, text) in [
        ("a total", format!("{rows},Total,,115,53\n")),
        ("in Dutch", format!("{rows},Eindtotaal 2023,,115,53\n")),
        ("in French", format!("{rows},,Total général,115,53\n")),
        ("in Spanish, in the key", format!("{rows}TOTAL,,,115,53\n")),
        ("without a word", format!("{rows},,,115,53\n")),
        ("on top", format!(",Total,,115,53\n{rows}")),
        (
            "with subtotals",
            "1,North,training,40,18\n2,North,exchange-visit,12,5\n3,North,meeting,30,16\n,North total,,82,39\n4,South,training,25,10\n5,South,exchange-visit,8,4\n,South total,,33,14\n,Grand Total,,115,53\n".to_owned(),
        ),
        (
            "subtotals beside the programme",
            "1,North,training,40,18\n2,North,exchange-visit,12,5\n3,North,meeting,30,16\n,North,Sous-total,82,39\n4,South,training,25,10\n5,South,exchange-visit,8,4\n,South,Sous-total,33,14\n,,Total,115,53\n".to_owned(),
        ),
    ] {
        let csv = format!("id,programme,category,participants,women\n{text}");
        let mut written = activities("activities.csv");
        written.schema = json!({ "primaryKey": "id" });
        for keyed in [true, false] {
            if !keyed {
                written.schema = json!({});
            }
            // Beside its programme, only a missing key shows that a subtotal is no activity.
            if !keyed && what == "subtotals beside the programme" {
                continue;
            }
            let made = folder(&[Written { schema: written.schema.clone(), ..activities("activities.csv") }], &[("activities.csv", &csv)], &SUMS);
            let outcome = made.evaluate();
            let told = found(&made);
            assert_eq!(value(&outcome, "parts"), 115.0, "{what}, key {keyed}: {:#?}", on_data(&told));
            assert_eq!(value(&outcome, "n"), 5.0, "{what}");
            close(value(&outcome, "share"), 53.0 / 115.0, 1e-12, what);
            assert!(!programmes(&outcome).iter().any(|p| p.to_lowercase().contains("tota")), "{what}");
            assert!(!of(&told, "data-total-row").is_empty(), "{what}");
            assert!(of(&told, "data-key-missing").is_empty(), "{what}: no key is asked of a total");
        }
    }
}

/// Sums in a table whose programme is known by a foreign key alone, by any word and in any number.
#[test]
fn totals_by_a_key_of_another_table_are_left_out() {
    let rows = "P1,training,40,18\nP1,visit,12,5\nP2,meeting,30,16\n";
    let sub = |word: &str| {
        format!(
            "P1,training,40,18\nP1,visit,12,5\n{word} P1,,52,23\nP2,meeting,30,16\nP2,visit,10,4\n{word} P2,,40,20\n{word},,92,43\n"
        )
    };
    let mut cases = vec![
        (82.0, 3.0, format!("{rows}Total,,82,39\nGrand total,,82,39\n")),
        (82.0, 3.0, format!("{rows}Total,,82,39\nTotal,,82,39\n")),
        (82.0, 3.0, format!("Total,,82,39\n{rows}Total,,82,39\n")),
        (
            82.0,
            3.0,
            "P1,training,40,18\nP1,visit,12,5\nTotal North,,52,23\nP2,meeting,30,16\nTotal South,,30,16\nGrand total,,82,39\n"
                .to_owned(),
        ),
        (92.0, 4.0, sub("Razem")),
        // No word that is known: a name that stands once, without what all others have.
        (92.0, 4.0, sub("Jami")),
        (0.0, 3.0, "P1,training,0,0\nP1,visit,0,0\nP2,meeting,0,0\nTotal,,0,0\n".to_owned()),
    ];
    for word in [
        "Ensemble",
        "Toplam",
        "Итого",
        "المجموع",
        "Overall",
        "Σ",
        "合計",
        "Soma",
        "All",
        "Alle",
        "Todos",
        "Tous",
    ] {
        cases.push((82.0, 3.0, format!("{rows}{word},,82,39\n")));
    }
    for (sum, count, rows) in cases {
        let programmes = table(
            "programmes",
            "programmes.csv",
            "id:string,name:string",
            json!({ "role": "programmes", "unit": "programme" }),
        );
        let mut written = table(
            "activities",
            "activities.csv",
            "programme:string,activity:string,participants:number,women:number",
            json!({ "role": "activities", "unit": "activity" }),
        );
        written.schema = json!({ "foreignKeys": [
            { "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } }
        ] });
        let keyed = Written {
            schema: json!({ "primaryKey": "id" }),
            ..programmes
        };
        let csv = format!("programme,activity,participants,women\n{rows}");
        let names = "id,name\nP1,North\nP2,South\n";
        let made = folder(
            &[keyed, written],
            &[("programmes.csv", names), ("activities.csv", &csv)],
            &SUMS[..2],
        );
        let (outcome, told) = (made.evaluate(), found(&made));
        assert_eq!(
            value(&outcome, "parts"),
            sum,
            "{csv}\n{:#?}",
            on_data(&told)
        );
        assert_eq!(value(&outcome, "n"), count, "{csv}");
        assert!(of(&told, "data-orphan-key").is_empty(), "{csv}");
        assert!(of(&told, "data-total-not-sum").is_empty(), "{csv}");
    }
}

/// Numbers that are the same in all rows, or the sum of two others by chance, make no totals of the rows beside them.
#[test]
fn equal_numbers_are_no_totals_beside_parts() {
    let csv = "programme,indicator,code,place,dim\nP1,a,99,Ky,R\nP1,a,99,Ka,S\nP1,a,99,Uz,S\nP1,a,99,Ta,S\nP1,a,99,Tu,R\n\
               P1,a,99,Ta,R\nP1,b,99,Ta,R\nP1,b,99,Ky,R\nP1,b,99,Uz,R\n";
    let chance = "programme,indicator,code,place,dim\nP1,a,3,K,R\nP1,a,1,L,R\nP1,a,2,M,R\nP1,b,2,K,R\nP1,b,1,L,R\nP1,b,1,M,R\n\
                  P1,c,4,K,R\nP1,c,2,L,R\nP1,c,2,M,R\n";
    for (csv, sum) in [(csv, 891.0), (chance, 18.0)] {
        let written = table(
            "results",
            "results.csv",
            "programme:string,indicator:string,code:number,place:string,dim:string",
            json!({ "role": "results", "unit": "result", "programme": "programme" }),
        );
        let made = folder(
            &[written],
            &[("results.csv", csv)],
            &[
                ("n", "results", "COUNT(*)"),
                ("sum", "results", "SUM(code)"),
            ],
        );
        let told = found(&made);
        assert!(of(&told, "data-total-beside-parts").is_empty(), "{told:#?}");
        let outcome = made.evaluate();
        assert_eq!((value(&outcome, "n"), value(&outcome, "sum")), (9.0, sum));
    }
}

#[test]
fn a_total_that_does_not_add_up_is_an_error_and_stays() {
    let csv = "id,programme,category,participants,women\n1,North,training,40,18\n2,South,meeting,30,16\n,Total,,75,53\n";
    let made = folder(
        &[activities("activities.csv")],
        &[("activities.csv", csv)],
        &SUMS,
    );
    let told = found(&made);
    let finding = only(&told, "data-total-not-sum");
    assert_eq!(
        (finding.severity, finding.place.line),
        (Severity::Error, Some(4))
    );
    assert!(
        finding
            .message
            .contains("75 where the rows above it sum to 70"),
        "{}",
        finding.message
    );
    assert_eq!(value(&made.evaluate(), "parts"), 145.0);
}

#[test]
fn parts_called_total_and_like_numbers_are_rows() {
    // By sex, year by year: definitions choose among the rows themselves.
    let csv = "origin,year,persons\nTOTAL,2019,100\nMAR,2019,60\nTUR,2019,40\nTOTAL,2020,120\nMAR,2020,70\nTUR,2020,50\n";
    let counts = table(
        "counts",
        "counts.csv",
        "origin:string,year:year,persons:integer",
        json!({}),
    );
    let made = folder(
        &[counts],
        &[("counts.csv", csv)],
        &[("n", "counts", "COUNT(*)")],
    );
    // They stay rows; that they aren't added to their parts is told elsewhere.
    assert!(of(&found(&made), "data-total-row").is_empty());
    let csv = "id,programme,category,participants,women\n1,North,total,70,34\n2,North,youth,40,18\n3,North,adults,30,16\n";
    let made = folder(
        &[activities("activities.csv")],
        &[("activities.csv", csv)],
        &SUMS,
    );
    assert!(of(&found(&made), "data-total-row").is_empty());
    // A name that has the word in it, and numbers that happen to add up.
    let csv = "id,programme,category,participants,women\n1,Total Youth,training,40,18\n2,South,meeting,30,16\n3,West,meeting,1,1\n";
    let made = folder(
        &[activities("activities.csv")],
        &[("activities.csv", csv)],
        &SUMS,
    );
    assert_eq!(value(&made.evaluate(), "n"), 3.0);
    assert_eq!(on_data(&found(&made)), Vec::<String>::new());
    // Codes with letters that are a word for a sum in some language (SOM: Somalia), and numbers that come again.
    let csv = "org,partner,kind,role\nXM-2016-AFR-SOM,a,10,1\nXM-2016-AFR-SOM,a,10,1\nSOM,b,40,2\nKEN,b,30,3\nKEN,b,30,3\n";
    let orgs = table(
        "orgs",
        "orgs.csv",
        "org:string,partner:string,kind:integer,role:integer",
        json!({ "programme": "org" }),
    );
    let made = folder(&[orgs], &[("orgs.csv", csv)], &[("n", "orgs", "COUNT(*)")]);
    assert_eq!(value(&made.evaluate(), "n"), 5.0);
    assert!(of(&found(&made), "data-total-row").is_empty());
    // The last row is told and stays where nothing says that it is no row.
    let csv = "id,programme,category,participants,women\n1,A,x,40,18\n2,B,x,30,16\n3,C,x,5,1\n4,D,x,75,35\n";
    let made = folder(
        &[activities("activities.csv")],
        &[("activities.csv", csv)],
        &SUMS,
    );
    assert_eq!(value(&made.evaluate(), "n"), 4.0);
    only(&found(&made), "data-likely-total");
}

#[test]
fn rows_without_any_value_are_none() {
    let csv = "id,programme,category,participants,women\n1,P1,training,40,3\n,,,,\n2,P1,meeting,30,2\n3,P2,training,x5,\n , , , ,\n,,,,\n";
    let made = folder(
        &[activities("activities.csv")],
        &[("activities.csv", csv)],
        &SUMS,
    );
    let told = found(&made);
    let finding = only(&told, "data-blank-rows");
    assert_eq!(
        (finding.severity, finding.place.line),
        (Severity::Info, Some(3))
    );
    assert!(
        finding.message.contains("3 rows without any value"),
        "{}",
        finding.message
    );
    assert!(
        finding.message.contains("lines 3, 6 and 7"),
        "{}",
        finding.message
    );
    assert_eq!(only(&told, "data-not-a-number").place.line, Some(5));
    assert_eq!(value(&made.evaluate(), "n"), 3.0);
    assert!(
        programmes(&made.evaluate())
            .iter()
            .all(|p| ["P1", "P2"].contains(p))
    );

    let json = "{\"id\":\"1\",\"participants\":4}\n{}\n{\"id\":null,\"programme\":\"\"}\n{\"id\":\"2\",\"participants\":5}\n";
    let made = folder(
        &[activities("activities.ndjson")],
        &[("activities.ndjson", json)],
        &SUMS,
    );
    assert_eq!(value(&made.evaluate(), "n"), 2.0);
    assert!(
        only(&found(&made), "data-blank-rows")
            .message
            .contains("lines 2 and 3")
    );

    let none: Option<&str> = None;
    let frame = df!("id" => [Some("1"), none, Some("2"), none], "participants" => [Some(4.0), None, None, None]).unwrap();
    let data = from_frames(vec![(json!({ "name": "activities" }).to_string(), frame)]).unwrap();
    assert_eq!((data.tables[0].rows, data.quality[0].refused), (2, 2));
    only(&data.findings, "data-blank-rows");
}

#[test]
fn parquet_has_no_rows_without_any_value_either() {
    let none: Option<&str> = None;
    let mut frame = df!("id" => [Some("1"), none, Some("2")], "programme" => [Some("A"), None, None], "participants" => [None, None, Some(7_i64)]).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    let mut written = activities("activities.parquet");
    written.fields = "id:string,programme:string,participants:integer";
    let made = folder(&[written], &[], &SUMS[..2]);
    made.write("activities.parquet", bytes);
    assert_eq!(value(&made.evaluate(), "n"), 2.0);
    assert!(
        only(&found(&made), "data-blank-rows")
            .message
            .contains("row 2")
    );
}

#[test]
fn a_header_once_more_is_no_row() {
    let csv = "id,programme,category,participants,women\n1,P1,training,40,3\nid,programme,category,participants,women\n2,P2,meeting,30,2\n";
    let made = folder(
        &[activities("activities.csv")],
        &[("activities.csv", csv)],
        &SUMS,
    );
    let told = found(&made);
    assert_eq!(only(&told, "data-repeated-header").place.line, Some(3));
    assert_eq!(on_data(&told).len(), 1, "{:?}", on_data(&told));
    assert_eq!(value(&made.evaluate(), "parts"), 70.0);
    let frame = df!("id" => ["1", "id", "2"], "programme" => ["A", "programme", "B"]).unwrap();
    let data = from_frames(vec![(json!({ "name": "activities" }).to_string(), frame)]).unwrap();
    assert_eq!(data.tables[0].rows, 2);
    only(&data.findings, "data-repeated-header");
}

/// Four persons in two groups and two waves; members gain 1 and 2, others 0.5 and 0.5: a difference of 1.
const WAVES: &str = "id,person,programme,group,wave,trust\n1,a,P1,members,before,2\n2,a,P1,members,after,3\n3,b,P1,members,before,1\n4,b,P1,members,after,3\n5,c,P1,others,before,2\n6,c,P1,others,after,2.5\n7,d,P1,others,before,3\n8,d,P1,others,after,3.5\n";

fn waves(csv: &str, codev: Value) -> Folder {
    let mut written = table(
        "responses",
        "responses.csv",
        "id:string,person:string,programme:string,group:string,wave:string,trust:number",
        codev,
    );
    written.schema = json!({ "primaryKey": "id" });
    let made = folder(
        &[written],
        &[("responses.csv", csv)],
        &[("trust", "responses", "AVG(trust)")],
    );
    let effect = "\n[[effect]]\nid = \"m\"\nindicators = [\"trust\"]\ndesign = \"difference-in-differences\"\ntreated = \"group = 'members'\"\nwaves = [\"before\", \"after\"]\n";
    let text = std::fs::read_to_string(made.file("evaluation.toml")).unwrap();
    made.write("evaluation.toml", text + effect);
    made
}

#[test]
fn a_person_twice_in_a_wave_is_told_and_counts_once() {
    let codev = json!({ "role": "responses", "unit": "person", "person": "person", "wave": "wave", "programme": "programme", "sampling": "sample" });
    let estimate = |made: &Folder| made.evaluate().effects[0].estimate.clone().unwrap().value;
    let clean = waves(WAVES, codev.clone());
    assert!(of(&found(&clean), "data-duplicate-person").is_empty());
    close(estimate(&clean), 1.0, 1e-12, "without doubles");
    let twice = waves(
        &format!("{WAVES}900,a,P1,members,after,9\n901,a,P1,members,after,9\n"),
        codev.clone(),
    );
    let told = found(&twice);
    let findings = of(&told, "data-duplicate-person");
    assert_eq!(findings.len(), 2);
    assert_eq!(findings[0].place.line, Some(10));
    assert!(
        findings[0].message.contains("as in line 3 once more"),
        "{}",
        findings[0].message
    );
    assert!(
        findings.iter().all(|f| f.value.is_none()),
        "a finding names no person"
    );
    close(estimate(&twice), 1.0, 1e-12, "with doubles");
    // A file pasted twice: every row once more.
    let rows = WAVES.split_once('\n').unwrap().1;
    let again: String = rows.lines().map(|l| format!("9{l}\n")).collect();
    let pasted = waves(&format!("{WAVES}{again}"), codev.clone());
    assert_eq!(of(&found(&pasted), "data-duplicate-person").len(), 8);
    close(
        value(&pasted.evaluate(), "trust"),
        value(&clean.evaluate(), "trust"),
        1e-12,
        "pasted twice",
    );
    // One row for each answer of a person is another kind of table.
    let items: String = rows.lines().map(|l| format!("9{}0\n", l)).collect();
    let long = waves(&format!("{WAVES}{items}"), codev);
    assert!(of(&found(&long), "data-duplicate-person").is_empty());
}

#[test]
fn a_unit_twice_in_a_period_is_told() {
    let mut csv = "place,year,adopted,rate\n".to_owned();
    for (place, adopted) in [("A", "2017"), ("B", "2018"), ("C", ""), ("D", "")] {
        for year in 2015..2020 {
            csv += &format!("{place},{year},{adopted},{}\n", year - 2010);
        }
    }
    let effect = "\n[[effect]]\nid = \"adopt\"\nindicators = [\"rate\"]\ndesign = \"staggered\"\nunit = \"place\"\ntime = \"year\"\nadopted = \"adopted\"\n";
    let made = |csv: &str| {
        let places = table(
            "places",
            "places.csv",
            "place:string,year:year,adopted:year,rate:number",
            json!({ "unit": "place" }),
        );
        let made = folder(
            &[places],
            &[("places.csv", csv)],
            &[("rate", "places", "AVG(rate)")],
        );
        let text = std::fs::read_to_string(made.file("evaluation.toml")).unwrap();
        made.write("evaluation.toml", text + effect);
        made
    };
    assert!(of(&found(&made(&csv)), "data-duplicate-unit").is_empty());
    let twice = made(&format!("{csv}A,2016,2017,99.5\n"));
    let told = found(&twice);
    let finding = only(&told, "data-duplicate-unit");
    assert_eq!(finding.place.row, Some(21));
    assert!(
        finding.message.contains("row 2 of table `places`"),
        "{}",
        finding.message
    );
    // Several rows in each period are how the table is.
    let rows = csv.split_once('\n').unwrap().1;
    assert!(
        of(
            &found(&made(&format!("{csv}{rows}"))),
            "data-duplicate-unit"
        )
        .is_empty()
    );
}

#[test]
fn keys_that_fail_by_their_form_are_joined_and_told() {
    let programmes_of = |fields| {
        let mut written = table(
            "programmes",
            "programmes.csv",
            fields,
            json!({ "role": "programmes", "label": "name" }),
        );
        written.schema = json!({ "primaryKey": "id" });
        written
    };
    for (what, fields, keys, rows, kind) in [
        (
            "zeros",
            "id:string,name:string",
            ["01", "02", "10"],
            "1,1\n2,1\n3,2\n4,10\n",
            "integer",
        ),
        (
            "case",
            "id:string,name:string",
            ["NL-A", "NL-B", "NL-C"],
            "1,nl-a\n2,NL-a\n3,nl-b\n4,NL-C\n",
            "string",
        ),
        (
            "blanks",
            "id:string,name:string",
            ["P 1", "P 2", "P 3"],
            "1,P 1 \n2, P  1\n3,P\u{a0}2\n4,P 3\n",
            "string",
        ),
        (
            "text for numbers",
            "id:integer,name:string",
            ["1", "2", "10"],
            "1,01\n2,001\n3,02\n4,10\n",
            "string",
        ),
    ] {
        let names = ["North", "South", "East"];
        let list: String = keys
            .iter()
            .zip(names)
            .map(|(k, n)| format!("{k},{n}\n"))
            .collect();
        let fields_of = if kind == "integer" {
            "id:string,programme:integer"
        } else {
            "id:string,programme:string"
        };
        for declared in [false, true] {
            // Numbers can't point to texts, nor texts to numbers, by a foreign key.
            let mut acts = table(
                "activities",
                "activities.csv",
                fields_of,
                json!({ "role": "activities", "programme": "programme", "sampling": "census" }),
            );
            if declared && what != "text for numbers" {
                acts.schema = json!({ "foreignKeys": [{ "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } }] });
            }
            let made = folder(
                &[programmes_of(fields), acts],
                &[
                    ("programmes.csv", &format!("id,name\n{list}")),
                    ("activities.csv", &format!("id,programme\n{rows}")),
                ],
                &[("n", "activities", "COUNT(*)")],
            );
            let told = found(&made);
            let forms = of(&told, "data-key-form");
            assert!(forms.len() >= 2, "{what}: {:#?}", told.listed);
            assert!(of(&told, "data-orphan-key").is_empty(), "{what}");
            assert!(of(&told, "data-unknown-programme").is_empty(), "{what}");
            assert!(of(&told, "data-key-type").is_empty(), "{what}");
            let outcome = made.evaluate();
            assert_eq!(programmes(&outcome), keys, "{what}");
            let n = |key: &str| cell(&outcome, "n", Some(key), None).unwrap().value.unwrap();
            assert_eq!(keys.map(n), [2.0, 1.0, 1.0], "{what}");
        }
    }
}

#[test]
fn programmes_that_no_table_knows_are_told() {
    let mut written = table(
        "programmes",
        "programmes.csv",
        "id:string,name:string",
        json!({ "role": "programmes", "label": "name" }),
    );
    written.schema = json!({ "primaryKey": "id" });
    let acts = table(
        "activities",
        "activities.csv",
        "id:string,programme:string",
        json!({ "role": "activities", "programme": "programme" }),
    );
    let made = folder(
        &[written, acts],
        &[
            ("programmes.csv", "id,name\n1,North\n01,Nord\n2,South\n"),
            (
                "activities.csv",
                "id,programme\n1,1\n2,001\n3,South\n4,7\n5,2\n",
            ),
        ],
        &[("n", "activities", "COUNT(*)")],
    );
    let told = found(&made);
    // 001 may be 1 or 01.
    assert!(of(&told, "data-key-form").is_empty());
    let unknown = of(&told, "data-unknown-programme");
    let values: Vec<&str> = unknown.iter().filter_map(|f| f.value.as_deref()).collect();
    assert_eq!(values, ["001", "7", "South"]);
    assert!(
        unknown[2].help.contains("name of `2`"),
        "{}",
        unknown[2].help
    );
}

#[test]
fn codes_for_no_answer_are_told() {
    let mut csv = "id,programme,age,sat,children\n".to_owned();
    // A code that fewer persons have is not named.
    for at in 0..48 {
        let age = [34, 28, 999, 43, 39, 22, 51, 47][at % 8];
        let sat = [4, 5, 3, 99, 2, 4, 5, 98][at % 8];
        csv += &format!("{at},P1,{age},{sat},{}\n", at % 4);
    }
    let fields = "id:string,programme:string,age:integer,sat:integer,children:integer";
    let codev =
        json!({ "role": "responses", "unit": "person", "person": "id", "sampling": "sample" });
    let made = folder(
        &[table("responses", "responses.csv", fields, codev.clone())],
        &[("responses.csv", &csv)],
        &[("age", "responses", "AVG(age)")],
    );
    let told = found(&made);
    let codes = of(&told, "data-likely-missing-code");
    let columns: Vec<Option<&str>> = codes.iter().map(|f| f.place.column.as_deref()).collect();
    assert_eq!(columns, [Some("age"), Some("sat")]);
    assert!(
        codes[0].message.starts_with("999 is in 6 rows"),
        "{}",
        codes[0].message
    );
    assert!(
        codes[1]
            .message
            .contains("98 and 99 are in 12 rows of `sat` (for example lines 5, 9 and 13)"),
        "{}",
        codes[1].message
    );
    assert!(
        codes[1]
            .help
            .contains("\"missingValues\": [\"\", \"98\", \"99\"]"),
        "{}",
        codes[1].help
    );
    // What persons said is not told: neither the range of their answers, nor a number of one of them.
    assert!(!codes[0].message.contains("51"), "{}", codes[0].message);
    let one = "id,programme,age,sat,children\n".to_owned()
        + &(0..20)
            .map(|at| format!("{at},P1,{},1,1\n", if at == 7 { 99_999 } else { 30 + at }))
            .collect::<String>();
    let made = folder(
        &[table("responses", "responses.csv", fields, codev.clone())],
        &[("responses.csv", &one)],
        &[("age", "responses", "AVG(age)")],
    );
    assert!(of(&found(&made), "data-likely-missing-code").is_empty());
    // Declared as missing, they are neither told nor used.
    let mut written = table("responses", "responses.csv", fields, codev);
    written.schema = json!({ "missingValues": ["", "98", "99", "999"] });
    let made = folder(
        &[written],
        &[("responses.csv", &csv)],
        &[
            ("age", "responses", "AVG(age)"),
            ("sat", "responses", "AVG(sat)"),
        ],
    );
    assert!(of(&found(&made), "data-likely-missing-code").is_empty());
    let outcome = made.evaluate();
    close(value(&outcome, "age"), 264.0 / 7.0, 1e-12, "age");
    close(value(&outcome, "sat"), 23.0 / 6.0, 1e-12, "sat");
}

#[test]
fn numbers_that_are_values_are_no_codes() {
    // Ages up to 99, scores from -3, amounts with a long tail, a scale from 1 to 9, percentages up to 99.
    let mut csv = "id,age,change,amount,scale,percent\n".to_owned();
    for at in 0..200_i64 {
        let amount = [120, 340, 999, 1500, 2750, 60, 15, 4800, 990, 9999][at as usize % 10];
        csv += &format!(
            "{at},{},{},{amount},{},{}\n",
            18 + (at * 7) % 82,
            at % 7 - 3,
            1 + at % 9,
            at % 100
        );
    }
    let fields = "id:string,age:integer,change:integer,amount:number,scale:integer,percent:integer";
    let codev =
        json!({ "role": "responses", "unit": "person", "person": "id", "sampling": "sample" });
    let made = folder(
        &[table("responses", "responses.csv", fields, codev)],
        &[("responses.csv", &csv)],
        &[("age", "responses", "AVG(age)")],
    );
    let told = found(&made);
    let columns: Vec<Option<&str>> = of(&told, "data-likely-missing-code")
        .iter()
        .map(|f| f.place.column.as_deref())
        .collect();
    assert_eq!(
        columns,
        [Some("amount")],
        "9999 lies as far above all amounts as they reach"
    );
}

#[test]
fn weights_that_can_not_be_are_told() {
    let csv = "id,w,x\n1,1.5,1\n2,-2,1\n3,,0\n4,0,1\n5,2,0\n6,0,1\n";
    let codev =
        json!({ "role": "responses", "unit": "answer", "weight": "w", "sampling": "sample" });
    let made = folder(
        &[table(
            "responses",
            "responses.csv",
            "id:string,w:number,x:integer",
            codev,
        )],
        &[("responses.csv", csv)],
        &[("x", "responses", "AVG(x)")],
    );
    let told = found(&made);
    assert_eq!(only(&told, "data-weight-negative").place.line, Some(3));
    assert_eq!(only(&told, "data-weight-missing").place.line, Some(4));
    let zero = only(&told, "data-weight-zero");
    assert_eq!((zero.severity, zero.place.line), (Severity::Info, Some(5)));
    assert!(
        zero.message.contains("2 rows") && zero.message.contains("lines 5 and 7"),
        "{}",
        zero.message
    );
    close(
        value(&made.evaluate(), "x"),
        1.5 / 3.5,
        1e-12,
        "rows 1 and 5 alone",
    );
}

#[test]
fn days_that_are_none_are_told() {
    let mut csv = "id,programme,date,born,year\n".to_owned();
    for (at, date) in [
        "2020-03-01",
        "2021-05-06",
        "1899-12-30",
        "2020-07-08",
        "9999-12-31",
        "2021-01-01",
        "2121-02-03",
        "2020-02-02",
    ]
    .iter()
    .enumerate()
    {
        let born = ["1950-01-01", "1970-01-01", "1988-02-03", "1900-01-01"][at % 4];
        let year = [2019, 2020, 2021, 1900][at % 4];
        csv += &format!("{at},P,{date},{born},{year}\n");
    }
    let mut programmes = table(
        "programmes",
        "programmes.csv",
        "id:string,start:date,end:date",
        json!({ "role": "programmes" }),
    );
    programmes.schema = json!({ "primaryKey": "id" });
    let acts = table(
        "activities",
        "activities.csv",
        "id:string,programme:string,date:date,born:date,year:year",
        json!({ "role": "activities", "programme": "programme", "date": "date",
            "protect": false, "protect_reason": "made up" }),
    );
    let made = folder(
        &[programmes, acts],
        &[
            ("programmes.csv", "id,start,end\nP,2020-01-01,2020-12-31\n"),
            ("activities.csv", &csv),
        ],
        &[("n", "activities", "COUNT(*)")],
    );
    let told = found(&made);
    let odd: Vec<(Option<&str>, Option<&str>)> = of(&told, "data-odd-date")
        .iter()
        .map(|f| (f.place.column.as_deref(), f.value.as_deref()))
        .collect();
    assert_eq!(
        odd,
        [
            (Some("date"), Some("1899-12-30")),
            (Some("date"), Some("9999-12-31")),
            (Some("date"), Some("2121-02-03")),
            (Some("born"), Some("1900-01-01")),
            (Some("year"), Some("1900")),
        ]
    );
    let outside = only(&told, "data-outside-programme");
    assert!(
        outside.message.contains("5 rows of `activities`"),
        "{}",
        outside.message
    );
    assert_eq!(outside.place.line, Some(3));
}

#[test]
fn a_census_with_weights_and_parts_above_the_whole_are_told() {
    let csv = "id,w,women,participants\n1,1,3,10\n2,2,12,10\n3,1,4,4\n";
    let made = |codev: Value| {
        folder(
            &[table(
                "responses",
                "responses.csv",
                "id:string,w:number,women:integer,participants:integer",
                codev,
            )],
            &[("responses.csv", csv)],
            &[("n", "responses", "COUNT(*)")],
        )
    };
    let told = found(&made(json!({ "role": "responses", "weight": "w" })));
    assert!(
        only(&told, "data-census-or-sample")
            .message
            .contains("a weight (`w`)")
    );
    let part = only(&told, "data-part-above-whole");
    assert_eq!(
        (part.place.line, part.place.column.as_deref()),
        (Some(3), Some("women"))
    );
    let told = found(&made(
        json!({ "role": "responses", "weight": "w", "sampling": "sample" }),
    ));
    assert!(of(&told, "data-census-or-sample").is_empty());
    let told = found(&made(json!({ "role": "activities" })));
    assert!(of(&told, "data-census-or-sample").is_empty());
}

#[test]
fn numbers_in_another_form_are_told_once_with_the_form() {
    let csv = "id;text;number;code;age\n1;1.250,50;12,5;P1;18-25\n2;12.000,00;3,25;P2;26-40\n3;7,25;7,0;P3;18-25\n4;n/a;8,5;P4;41+\n";
    let mut written = table(
        "t",
        "t.csv",
        "id:string,text:string,number:number,code:string,age:string",
        json!({ "protect": false, "protect_reason": "made up" }),
    );
    written.schema = json!({});
    let made = folder(&[written], &[], &[("n", "t", "COUNT(*)")]);
    let manifest = std::fs::read_to_string(made.file("datapackage.json")).unwrap();
    let mut manifest: Value = serde_json::from_str(&manifest).unwrap();
    manifest["resources"][0]["dialect"] = json!({ "delimiter": ";" });
    made.write("datapackage.json", manifest.to_string());
    made.write("t.csv", csv);
    let told = found(&made);
    let text = only(&told, "data-numbers-as-text");
    assert_eq!(text.place.column.as_deref(), Some("text"));
    assert!(text.help.contains("\"type\": \"number\", \"decimalChar\": \",\", \"groupChar\": \".\", \"missingValues\": [\"\", \"n/a\"]"), "{}", text.help);
    let number = only(&told, "data-number-format");
    assert!(
        number.message.starts_with("4 cells of `number`"),
        "{}",
        number.message
    );
    assert!(
        number.help.contains("\"decimalChar\": \",\""),
        "{}",
        number.help
    );
}

#[test]
fn a_list_where_a_number_is_declared_is_told() {
    use polars::prelude::{NamedFrom, Series};
    let lists = Series::new(
        "x".into(),
        [
            Series::new("".into(), [1.0, 2.0]),
            Series::new("".into(), [3.0]),
        ],
    );
    let texts = Series::new(
        "x".into(),
        [
            Series::new("".into(), ["1", "2"]),
            Series::new("".into(), ["3"]),
        ],
    );
    for (column, word) in [(lists, "list of number"), (texts, "type list")] {
        let name = Series::new("programme".into(), ["P1", "P2"]);
        let mut frame = DataFrame::new(2, vec![name.into(), column.into()]).unwrap();
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        let made = folder(
            &[table(
                "t",
                "t.parquet",
                "programme:string,x:number",
                json!({}),
            )],
            &[],
            &[("sum", "t", "SUM(x)"), ("med", "t", "MEDIAN(x)")],
        );
        made.write("t.parquet", bytes);
        let told = found(&made);
        let finding = only(&told, "data-wrong-type");
        assert_eq!(
            (finding.severity, finding.place.column.as_deref()),
            (Severity::Error, Some("x"))
        );
        assert!(finding.message.contains(word), "{}", finding.message);
        let outcome = made.evaluate();
        assert_eq!(
            result(&outcome, "sum")
                .estimates
                .iter()
                .filter(|e| e.value.is_some())
                .count(),
            0
        );
    }
}

/// A package that has none of these faults has none of these findings.
#[test]
fn clean_packages_have_none_of_these_findings() {
    let codes = [
        "data-total-row",
        "data-total-not-sum",
        "data-likely-total",
        "data-blank-rows",
        "data-repeated-header",
        "data-duplicate-person",
        "data-duplicate-unit",
        "data-key-form",
        "data-unknown-programme",
        "data-likely-missing-code",
        "data-weight-negative",
        "data-weight-missing",
        "data-weight-zero",
        "data-odd-date",
        "data-outside-programme",
        "data-census-or-sample",
        "data-part-above-whole",
        "data-numbers-as-text",
        "data-number-format",
    ];
    for name in ["tandem", "chapter-cases"] {
        let data: Dataset =
            codev::dataset::load(&super::kit::root().join("datasets").join(name), &|_| ()).unwrap();
        let told: Vec<&Finding> = data
            .findings
            .listed
            .iter()
            .filter(|f| codes.contains(&f.code.as_str()))
            .collect();
        assert!(told.is_empty(), "{name}: {told:#?}");
    }
}
