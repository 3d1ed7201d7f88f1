//! Files that are read, or told, by what they look like: headers of several lines, totals that don't add up, marks of footnotes, quarters,
//! names of weekdays, keys of other tables, and places where nothing is.

use crate::intake::{start, table};
use crate::kit::{Folder, definition, formula};
use codev::run::{Quiet, check};
use serde_json::{Value, json};

/// Number of doubts that `init` told.
fn doubts(said: &str) -> usize {
    said.lines()
        .filter(|l| l.trim_start().starts_with("doubt "))
        .count()
}

/// Groups, groups within them, and the line that names the key: in every order that leaves no column without its name.
#[test]
fn headers_of_three_lines_are_joined() {
    for (csv, value, right) in [
        (
            "Report,,,,\n,Budget,,Actual,\n,EUR,EUR,USD,USD\nid,first,second,first,second\nP1,10,20,30,40\nP2,11,21,31,41\n",
            "SUM(\"Actual USD second\")",
            "81",
        ),
        (
            ",Budget,,Actual,\n,EUR,EUR,USD,USD\nid,x,y,x,y\nP1,10,20,30,40\nP2,11,21,31,41\n",
            "SUM(\"Budget EUR y\") FILTER (WHERE id = 'P1')",
            "20",
        ),
        (
            "Place,Budget,,Actual,\n,EUR,EUR,USD,USD\n,x,y,x,y\nNorth,10,20,30,40\nSouth,11,21,31,41\n",
            "SUM(\"Budget EUR x\") FILTER (WHERE Place = 'South')",
            "11",
        ),
        // The years of the third line name columns of other numbers.
        (
            "Report,,,,\n,Budget,,Actual,\n,EUR,EUR,EUR,EUR\nid,2021,2022,2021,2022\nP1,10,20,30,40\nP2,11,21,31,41\n",
            "SUM(\"Actual EUR\") FILTER (WHERE year = 2022 AND id = 'P2')",
            "41",
        ),
    ] {
        let started = table(csv);
        assert_eq!(started.value(value), right, "{csv}\n{}", started.said);
    }
    // A first row of texts under a header without a name is a row, as pandas writes them.
    let rows = table(",kind,n\na,x,1\nb,y,2\nc,x,3\n");
    assert_eq!(rows.value("COUNT(*)"), "3", "{}", rows.said);
}

#[test]
fn a_year_said_twice_is_one_year() {
    let started = table("country,2019 [YR2019],2020 [YR2020]\nMali,1,2\nChad,3,4\nNiger,5,6\n");
    assert_eq!(started.value("SUM(value) FILTER (WHERE year = 2020)"), "12");
}

#[test]
fn marks_of_footnotes_are_told_once_with_what_reads_them() {
    for mark in ["*", "^a", " (a)", " [b]", "¹"] {
        let csv = format!("place,n\nNorth,12\nSouth,13{mark}\nEast,14\nWest,15\n");
        let started = table(&csv);
        started.says(&[
            "3 of its 4 cells are numbers, the others have the mark of a footnote behind",
            "set its type to `number` and write `\"bareNumber\": false`",
        ]);
        assert_eq!(doubts(&started.said), 1, "{}", started.said);
        // What it says to do reads them.
        let mut manifest = started.manifest();
        let field = &mut manifest["resources"][0]["schema"]["fields"][1];
        assert_eq!(field["name"], "n");
        field["type"] = json!("number");
        field["bareNumber"] = json!(false);
        started
            .folder
            .write("mine/datapackage.json", manifest.to_string());
        assert_eq!(started.value("SUM(n)"), "54", "{mark}");
    }
}

#[test]
fn files_without_a_header_and_with_decimal_commas_alone() {
    let bare = table("P1,10,20\nP2,11,21\nP3,12,22\n");
    bare.says(&["doubt    t.csv: the file may have no header: `10`, `20` are numbers"]);
    let years = table("place,2019,2020\nNorth,1,2\nSouth,3,4\nEast,5,6\n");
    assert!(!years.said.contains("no header"), "{}", years.said);
    let commas = table("rate\n1,5\n2,25\n3,75\n");
    commas
        .says(&["the header names one column, and a comma stands between two digits in each row"]);
    assert_eq!(commas.value("SUM(rate)"), "7.5");
}

/// Quarters are their first day; weekdays say nothing more; half days have their mark.
#[test]
fn days_in_other_clothes_are_read() {
    for (cells, format, first) in [
        (["2021-Q1", "2021-Q2", "2022-Q4"], "%Y-Q%q", "2021-01-01"),
        (["2021Q1", "2021Q2", "2022Q4"], "%YQ%q", "2021-01-01"),
        (["Q2 2021", "Q3 2021", "Q4 2022"], "Q%q %Y", "2021-04-01"),
        (["T1 2021", "T2 2021", "T4 2022"], "T%q %Y", "2021-01-01"),
        (
            [
                "Monday 3 May 2021",
                "Tuesday 4 May 2021",
                "Sunday 9 May 2021",
            ],
            "%A %d %b %Y",
            "2021-05-03",
        ),
        (
            [
                "lundi 3 mai 2021",
                "mardi 4 mai 2021",
                "dimanche 9 mai 2021",
            ],
            "%A %d %b %Y",
            "2021-05-03",
        ),
        (
            ["Mon 03/05/2021", "Tue 04/05/2021", "Sun 30/05/2021"],
            "%A %d/%m/%Y",
            "2021-05-03",
        ),
        (
            [
                "05/03/2021 10:15 AM",
                "13/03/2021 1:15 PM",
                "14/03/2021 11:00 PM",
            ],
            "%d/%m/%Y %I:%M %p",
            "2021-03-05",
        ),
        (
            [
                "2021-03-05 10:15 AM",
                "2021-03-13 1:15 PM",
                "2021-03-14 11:00 PM",
            ],
            "%Y-%m-%d %I:%M %p",
            "2021-03-05",
        ),
    ] {
        let csv = format!(
            "id,when,n\na,{},1\nb,{},2\nc,{},4\n",
            cells[0], cells[1], cells[2]
        );
        let started = table(&csv);
        assert_eq!(
            started.field("when")["format"],
            format,
            "{csv}{}",
            started.said
        );
        assert_eq!(doubts(&started.said), 0, "{}", started.said);
        let on = format!("SUM(n) FILTER (WHERE \"when\" = DATE '{first}')");
        assert_eq!(started.value(&on), "1", "{csv}");
        assert_eq!(started.value("COUNT(\"when\")"), "3", "{csv}");
    }
    // Texts that only look so.
    for cells in ["T1-A,T2-B,T3-C", "Q1,Q2,Q3", "May be,Sun day,Mon ami"] {
        let rows: String = cells.split(',').map(|c| format!("{c},1\n")).collect();
        let started = table(&format!("when,n\n{rows}"));
        assert_eq!(started.field("when")["type"], "string", "{cells}");
    }
}

#[test]
fn a_day_above_twelve_leaves_no_doubt_of_short_years() {
    let clear = table("id,when\n1,05/03/21\n2,13/03/21\n3,28/03/22\n");
    assert_eq!(doubts(&clear.said), 0, "{}", clear.said);
    clear.says(&["whose years have two digits: 69 to 99 are 1969 to 1999"]);
    assert_eq!(
        clear.value("COUNT(*) FILTER (WHERE MONTH(\"when\") = 3)"),
        "3"
    );
    let open = table("id,when\n1,05/03/21\n2,03/04/21\n3,08/03/22\n");
    assert!(doubts(&open.said) > 0);
}

/// A total that is left out has a number that is not the sum of its rows; means and medians of rows are none of the table.
#[test]
fn totals_that_do_not_add_up_are_told() {
    let rows = "North,10,20\nSouth,11,21\nEast,30,40\n";
    let wrong = table(&format!("place,women,men\n{rows}Total,51,91\n"));
    wrong
        .says(&["the total in line 5 does not add up: `men` is 91 where the rows above sum to 81"]);
    let right = table(&format!(
        "place,women,men\n{rows}Total,51,81\nAverage,17,27\nMédiane,11,21\n"
    ));
    assert!(!right.said.contains("add up"), "{}", right.said);
    assert_eq!(right.value("SUM(men)"), "81");
    // Shares and means beside sums lie between the least and the greatest.
    let share = table("place,women,share\nNorth,10,0.2\nSouth,11,0.4\nTotal,21,0.31\n");
    assert!(!share.said.contains("add up"), "{}", share.said);
}

/// The same in a package that is declared without leaving out lines.
fn declared(csv: &str) -> (Folder, Vec<(String, String)>) {
    let folder = Folder::new();
    folder.write("t.csv", csv);
    folder.write(
        "datapackage.json",
        json!({ "name": "p", "resources": [{ "name": "t", "path": "t.csv", "schema": { "primaryKey": "place", "fields": [
            { "name": "place", "type": "string" }, { "name": "women", "type": "number" }, { "name": "men", "type": "number" }
        ]}}]})
        .to_string(),
    );
    folder.write("evaluation.toml", "title = \"t\"\nindicators = [\"x\"]\n");
    folder.write(
        "indicators/x.toml",
        definition("x", "persons", &formula("t", "SUM(men)")),
    );
    let checked = check(folder.path(), &Quiet).unwrap();
    let told = checked
        .findings
        .listed
        .iter()
        .map(|f| (f.code.clone(), f.message.clone()));
    (folder, told.collect())
}

#[test]
fn totals_and_summaries_of_a_declared_table() {
    let rows = "North,10,20\nSouth,11,21\nEast,30,40\n";
    let of = |told: &[(String, String)], code: &str| -> Vec<String> {
        told.iter()
            .filter(|(c, _)| c == code)
            .map(|(_, m)| m.clone())
            .collect()
    };
    let (folder, told) = declared(&format!("place,women,men\n{rows}Total,51,91\n"));
    assert_eq!(
        of(&told, "data-total-differs"),
        [
            "The row is a total and is left out, and not all of it adds up: `men` is 91 where the 3 rows above sum to 81."
        ]
    );
    let sum = crate::kit::total(&folder.evaluate(), "x").value;
    assert_eq!(sum, Some(81.0));
    for (name, women, men) in [
        ("Average", "17", "27"),
        ("Moyenne", "17", "27"),
        ("Media", "17", "27"),
        ("Promedio", "17", "27"),
        ("Durchschnitt", "17", "27"),
        ("Gemiddelde", "17.0", "27.0"),
        ("Mitjana", "17", "27"),
        ("Median", "11", "21"),
        ("Minimum", "10", "20"),
        ("Max", "30", "40"),
    ] {
        let (folder, told) = declared(&format!(
            "place,women,men\n{rows}Total,51,81\n{name},{women},{men}\n"
        ));
        assert_eq!(of(&told, "data-summary-row").len(), 1, "{name}: {told:?}");
        assert_eq!(of(&told, "data-total-row").len(), 1, "{name}: {told:?}");
        assert_eq!(
            crate::kit::total(&folder.evaluate(), "x").value,
            Some(81.0),
            "{name}"
        );
    }
    let (folder, told) = declared(&format!("place,women,men\n{rows}Average,17,29\n"));
    assert_eq!(
        of(&told, "data-summary-not-so"),
        [
            "The row is called a mean, and `men` is 29 where the mean of the rows above is 27; it is used as a row like the others."
        ]
    );
    assert_eq!(
        crate::kit::total(&folder.evaluate(), "x").value,
        Some(110.0)
    );
    // A sector, or a person.
    let (folder, told) = declared(&format!("place,women,men\n{rows}Media,5,6\n"));
    assert!(
        told.iter().all(|(code, _)| !code.contains("summary")),
        "{told:?}"
    );
    assert_eq!(crate::kit::total(&folder.evaluate(), "x").value, Some(87.0));
}

#[test]
fn one_code_far_off_a_short_scale_is_told() {
    for (code, told) in [
        ("99", true),
        ("98", true),
        ("999", true),
        ("88", true),
        ("6", false),
    ] {
        let rows: String = [1, 2, 3, 4, 5, 3, 4]
            .iter()
            .enumerate()
            .map(|(at, x)| format!("r{at},{x},1\n"))
            .collect();
        let (_, found) = declared(&format!("place,women,men\n{rows}last,{code},1\n"));
        let any = found.iter().any(|(c, _)| c == "data-likely-missing-code");
        assert_eq!(any, told, "{code}: {found:?}");
    }
}

fn references(manifest: &Value, table: &str) -> Vec<(String, String)> {
    let resources = manifest["resources"].as_array().unwrap();
    let one = resources.iter().find(|r| r["name"] == table).unwrap();
    let keys = one["schema"]["foreignKeys"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |v: &Value| match v {
        Value::Array(all) => all[0].as_str().unwrap().to_owned(),
        v => v.as_str().unwrap().to_owned(),
    };
    keys.iter()
        .map(|k| (text(&k["fields"]), text(&k["reference"]["resource"])))
        .collect()
}

#[test]
fn keys_of_other_tables_are_proposed_and_what_is_doubtful_is_said() {
    let towns = "id,label,pop\nQ84,London,9\nQ60,New York,8\nQ90,Paris,2\nQ64,Berlin,4\nQ220,Rome,3\nQ727,Delft,1\n";
    let ties = "source,target\nQ84,Q60\nQ84,Q90\nQ90,Q220\nQ64,Q84\nQ60,Q64\nQ220,Q60\nQ727,Q727\n";
    let started = start(&[
        ("nodes.csv", towns.as_bytes()),
        ("edges.csv", ties.as_bytes()),
    ]);
    let nodes = |column: &str| (column.to_owned(), "nodes".to_owned());
    assert_eq!(
        references(&started.manifest(), "edges"),
        [nodes("source"), nodes("target")]
    );
    started.says(&["doubt    edges.csv: `source` is taken to point to `nodes.id`"]);
    // Names that say it are a guess, not a doubt; few words that are elsewhere by chance are none.
    let programmes = "id,name\nA1,North\nA2,South\nA3,East\n";
    let funds = "nr,programme_id,kind\n1,A1,A1\n2,A1,A2\n3,A2,A1\n4,A3,A2\n";
    let started = start(&[
        ("programmes.csv", programmes.as_bytes()),
        ("funds.csv", funds.as_bytes()),
    ]);
    let found = references(&started.manifest(), "funds");
    assert_eq!(
        found,
        [("programme_id".to_owned(), "programmes".to_owned())]
    );
    // An identifier that nearly is one.
    let rows: String = (0..300).map(|at| format!("X{at},{at}\n")).collect();
    let started = table(&format!("iati_identifier,n\n{rows}X7,9\n"));
    started.says(&["`iati_identifier` looks like the key of the rows and is none: 2 rows with a value that others have too"]);
    let started = table(&format!(
        "year,iati_identifier\n{}",
        rows.lines()
            .map(|r| {
                let (id, n) = r.split_once(',').unwrap();
                format!("{},{id}\n", 2000 + n.parse::<u32>().unwrap() % 9)
            })
            .collect::<String>()
    ));
    let key = started.manifest()["resources"][0]["schema"]["primaryKey"].clone();
    assert!(
        key == "iati_identifier" || key == json!(["iati_identifier"]),
        "{key}"
    );
}

#[test]
fn escapes_count_outside_of_quotation_marks_too() {
    let folder = Folder::new();
    folder.write("t.csv", "# a note\nid;name;n\n1;North\\; upper;2\n\n2;\"a \\\" b\";3\n3;plain\\\\x;4\n4;\"x\\\ny\";5\n5;bad;z\n");
    let text = |name: &str| json!({ "name": name, "type": "string" });
    folder.write(
        "datapackage.json",
        json!({ "name": "p", "resources": [{ "name": "t", "path": "t.csv",
            "dialect": { "delimiter": ";", "escapeChar": "\\", "commentChar": "#" },
            "schema": { "primaryKey": "id", "fields": [text("id"), text("name"), { "name": "n", "type": "integer" }] } }] })
        .to_string(),
    );
    let data = codev::dataset::load(folder.path(), &|_| {}).unwrap();
    let names = data.tables[0].texts(&["name".to_owned()], 10).unwrap();
    let names: Vec<&str> = names.iter().map(|row| row[0].as_deref().unwrap()).collect();
    assert_eq!(names, ["North; upper", "a \" b", "plain\\x", "x\ny", "bad"]);
    let wrong = data
        .findings
        .listed
        .iter()
        .find(|f| f.place.column.as_deref() == Some("n"))
        .unwrap();
    assert_eq!(wrong.place.line, Some(9), "{wrong:?}");
}

#[test]
fn keys_that_differ_by_how_accents_are_stored_are_one() {
    let folder = Folder::new();
    folder.write("programmes.csv", "id,name\nSéguou,North\nB,South\n");
    folder.write("t.csv", "id,programme,n\n1,Se\u{301}guou,3\n2,B,4\n");
    folder.write(
        "datapackage.json",
        json!({ "name": "p", "resources": [
            { "name": "programmes", "path": "programmes.csv", "schema": { "primaryKey": "id", "fields": [
                { "name": "id", "type": "string" }, { "name": "name", "type": "string" }] }, "codev": { "role": "programmes" } },
            { "name": "t", "path": "t.csv", "schema": { "primaryKey": "id", "fields": [
                { "name": "id", "type": "string" }, { "name": "programme", "type": "string" }, { "name": "n", "type": "integer" }] } }] })
        .to_string(),
    );
    let data = codev::dataset::load(folder.path(), &|_| {}).unwrap();
    let found = data
        .findings
        .listed
        .iter()
        .find(|f| f.code == "data-key-form")
        .unwrap();
    assert!(
        found.message.contains(
            "but for how letters with accents are stored (Unicode normal forms) it is `Séguou`"
        ),
        "{found:?}"
    );
}

#[test]
fn places_where_nothing_is() {
    let folder = Folder::new();
    folder.write("other/notes.txt", "x");
    for (given, place, help) in [
        (
            "nowhere/datapackage.json",
            "nowhere",
            "Check the path, or start an evaluation there with `codev init nowhere`.",
        ),
        (
            "other/datapackage.json",
            "other",
            "Start one with `codev init other`",
        ),
        (
            "datapackage.json",
            "This folder is no evaluation",
            "codev init .",
        ),
    ] {
        let run = folder.codev(&["compute", given]);
        let said = String::from_utf8_lossy(&run.stderr)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(
            said.contains(place) && said.contains(help),
            "{given}: {said}"
        );
        assert!(!said.contains("init nowhere/datapackage.json"), "{said}");
    }
}

#[test]
fn a_definition_of_a_table_that_is_not_there_is_not_written() {
    let (folder, _) = declared("place,women,men\nNorth,1,2\nSouth,3,4\n");
    let run = folder.codev(&[
        "indicators",
        "new",
        "men-counted",
        "--kind",
        "process",
        "--dimension",
        "test",
        "--table",
        "tt",
        "--value",
        "SUM(men)",
        "--dir",
        ".",
    ]);
    let said = String::from_utf8_lossy(&run.stderr)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert_ne!(run.status.code(), Some(0), "{said}");
    assert!(
        said.contains("The data package has no table `tt`.") && said.contains("It has `t`;"),
        "{said}"
    );
    assert!(!folder.file("indicators/process").exists());
}
