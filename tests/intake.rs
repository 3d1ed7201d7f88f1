//! Files as people have them, through `codev init --from` and an evaluation: the right value, and what init says.

use crate::kit::{Folder, definition, formula, shown, total};
use codev::outcome::Outcome;
use codev::run::{Quiet, evaluate};
use serde_json::Value;

/// A folder that was started from files, and what `init` said.
pub struct Started {
    pub folder: Folder,
    pub said: String,
}

pub fn start(files: &[(&str, &[u8])]) -> Started {
    let folder = Folder::new();
    let mut args = vec!["init", "mine", "--from"];
    for (name, bytes) in files {
        folder.write(name, bytes);
        args.push(name);
    }
    let output = folder.codev(&args);
    let said = String::from_utf8(output.stdout).unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{wrong}");
    Started { folder, said }
}

/// A folder that was started from one table `t`.
pub fn table(csv: &str) -> Started {
    start(&[("t.csv", csv.as_bytes())])
}

impl Started {
    pub fn manifest(&self) -> Value {
        let text = std::fs::read(self.folder.file("mine/datapackage.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    pub fn field(&self, name: &str) -> Value {
        let manifest = self.manifest();
        let resources = manifest["resources"].as_array().unwrap().clone();
        let mut fields = resources
            .iter()
            .flat_map(|r| r["schema"]["fields"].as_array().unwrap().clone());
        fields
            .find(|f| f["name"] == name)
            .unwrap_or_else(|| panic!("no {name} in {manifest:#}"))
    }

    pub fn outcome(&self, value: &str) -> Outcome {
        let name = self.manifest()["resources"][0]["name"]
            .as_str()
            .unwrap()
            .to_owned();
        let measure = formula(&name, &value.replace('"', "\\\""));
        self.folder.write(
            "mine/indicators/x.toml",
            definition("x", "number", &measure),
        );
        self.folder.write(
            "mine/evaluation.toml",
            "title = \"t\"\nindicators = [\"x\"]\n",
        );
        let output = self.folder.codev(&["compute", "mine", "--out", "out"]);
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_ne!(output.status.code(), Some(2), "{wrong}");
        evaluate(&self.folder.file("mine"), &Quiet).unwrap_or_else(|stop| panic!("{stop}"))
    }

    /// The value of a formula over the first table.
    pub fn value(&self, value: &str) -> String {
        shown(total(&self.outcome(value), "x"))
    }

    #[track_caller]
    pub fn says(&self, parts: &[&str]) -> &Self {
        for part in parts {
            assert!(self.said.contains(part), "{part} is not in:\n{}", self.said);
        }
        self
    }
}

const PACKED: &str = "freq,unit,citizen,geo\\TIME_PERIOD\t2019 \t2020 \t2021 \nA,PER,MAR,NL\t1520 \t1610 bp\t: c\n\
A,PER,MAR,ES\t20450 \t: \t18900 e\nA,PER,TUR,NL\t4100 \t3900 p\t4250 \nA,PER,TUR,ES\t- \t120 u\t: z\n";

#[test]
fn years_as_columns_with_flags_and_packed_keys_become_rows() {
    let started = start(&[("migr.tsv", PACKED.as_bytes())]);
    started.says(&[
        "written  migr-long.csv",
        "is cut into freq, unit, citizen, geo",
        "flags behind the numbers are in `flag`",
        "each row has one period, in `TIME_PERIOD`",
        "`TIME_PERIOD` is of type year",
        "mean that there is no value",
        "doubt    migr.tsv: the table is described as written anew in migr-long.csv",
    ]);
    assert!(started.folder.file("mine/migr.tsv").is_file());
    let long = std::fs::read_to_string(started.folder.file("mine/migr-long.csv")).unwrap();
    assert!(
        long.starts_with("freq,unit,citizen,geo,TIME_PERIOD,value,flag\nA,PER,MAR,NL,2019,1520,\n"),
        "{long}"
    );
    assert_eq!(
        started.value("SUM(value) FILTER (WHERE geo = 'NL')"),
        "15380"
    );
    assert_eq!(started.value("COUNT(value)"), "8");
    assert_eq!(started.value("COUNT(*)"), "12");
    assert_eq!(
        started.value("SUM(value) FILTER (WHERE flag LIKE '%p%')"),
        "5510"
    );
    let resource = started.manifest()["resources"][0].clone();
    assert_eq!(resource["path"], "migr-long.csv");
    assert_eq!(resource["sources"][0]["path"], "migr.tsv");
    assert_eq!(resource["schema"]["primaryKey"], Value::Null);
}

#[test]
fn a_long_table_with_colons_and_flags_of_their_own() {
    let started = table(
        "freq,citizen,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\nA,MAR,NL,2019,1520,\nA,MAR,NL,2020,1610,bp\nA,MAR,NL,2021,:,c\n\
         A,TUR,NL,2019,4100,\nA,TUR,NL,2020,3900,p\nA,TUR,NL,2021,4250,\n",
    );
    started.says(&[
        ": of `OBS_VALUE` mean that there is no value",
        "`OBS_VALUE` is of type integer",
    ]);
    assert_eq!(started.value("SUM(OBS_VALUE)"), "15380");
    assert_eq!(started.value("COUNT(OBS_VALUE)"), "5");
}

#[test]
fn other_tables_with_years_as_columns() {
    for (csv, value, right, words) in [
        // Targets and results of each year in columns of their own.
        (
            "indicator;2017 / Target;2017 / Actual;2018 / Target;2018 / Actual\na;10;8;12;12\nb;5;:;6;7\n",
            "SUM(Actual)",
            "27",
            "each row has one period, in `year`, with its `Target`, `Actual`",
        ),
        (
            "place,2019,2020,Total\nA,1,2,3\nB,3,4,7\n",
            "SUM(value)",
            "10",
            "the column `Total` is left out",
        ),
        (
            "place,2019-Q1,2019-Q2\nA,1,2\nB,3,4\n",
            "SUM(value) FILTER (WHERE quarter = DATE '2019-04-01')",
            "6",
            "in `quarter`",
        ),
        (
            "place,X2019,X2020\nA,1,2\nB,3,4\n",
            "SUM(value) FILTER (WHERE year = 2020)",
            "6",
            "in `year`",
        ),
        (
            "place;2019;2020\nA;1.250,5;2,5\nB;3;4\n",
            "SUM(value)",
            "1260",
            "2019 to 2020",
        ),
        (
            "Concepte;2021;;2022;\n;Previst;Executat;Previst;Executat\nPersonal;1.200,50;1.100,25;1.300;1.250\nViatges;200;150,75;180;-\n\
             Total;1.400,50;1.251,00;1.480;1.250\n",
            "SUM(Executat)",
            "2501",
            "with its `Previst`, `Executat`",
        ),
        (
            "geo\\time,2019,2020\nNL,1 b,2\nES,: ,4 p\n",
            "SUM(value) FILTER (WHERE geo = 'NL')",
            "3",
            "in `time`",
        ),
        (
            "place,2019/20,2020/21\nA,1,2\nB,3,4\n",
            "SUM(value)",
            "10",
            "in `period`",
        ),
    ] {
        let started = table(csv);
        started.says(&["written  t-long.csv", words]);
        assert_eq!(started.value(value), right, "{csv}\n{}", started.said);
    }
}

#[test]
fn flags_in_one_column_get_a_column_of_their_own() {
    let started = table("place,people\nA,120 b\nB,: c\nC,300\nD,12 ep\n");
    started.says(&[
        "written  t-tidy.csv",
        "flags behind the numbers of `people` are in `people_flag`",
    ]);
    assert_eq!(started.value("SUM(people)"), "432");
    assert_eq!(
        started.value("COUNT(*) FILTER (WHERE people_flag IS NOT NULL)"),
        "3"
    );
}

#[test]
fn years_of_programmes_and_of_variables_stay_columns() {
    let units = start(&[(
        "programmes.csv",
        b"id,name,2019,2020\nP1,A,10,20\nP2,B,30,40\nP3,C,1,2\n",
    )]);
    units.says(&[
        "doubt    programmes.csv: years stand as columns (2019, 2020)",
        "role `programmes`",
    ]);
    assert!(!units.said.contains("written  programmes"));
    let variables = table("id,trust_2018,trust_2021\n1,4,5\n2,3,3\n3,1,2\n");
    variables.says(&["years stand as columns (trust_2018, trust_2021)"]);
    assert_eq!(variables.value("SUM(trust_2021)"), "10");
}

#[test]
fn marks_between_thousands() {
    let started = start(&[
        (
            "outputs.csv",
            b"id,programme,item,cost,share,visitors\n1,P1,school,\"1,250\",45%,\"1.200\"\n2,P1,clinic,\"2,400\",50%,\"3.500\"\n\
              3,P2,laptops,950,12%,\"2.100\"\n4,P2,road,\"3,125\",105%,\"1.050\"\n",
        ),
        ("programmes.csv", b"id,name,budget\nP1,North,\"120,000\"\nP2,South,\"85,500\"\n"),
    ]);
    started.says(&[
        "doubt    outputs.csv: `1,250` in `cost` is read as 1250",
        "1.25 fits as well: if that is meant, set `\"decimalChar\": \",\"`",
        "`1.050` in `visitors` is read as 1050",
        "`share` holds percentages",
        "`120,000` in `budget` is read as 120000",
    ]);
    assert_eq!(started.value("SUM(cost)"), "7725");
    assert_eq!(started.value("SUM(visitors)"), "7850");
    assert_eq!(started.value("AVG(share)"), "53");
    assert_eq!(started.field("cost")["type"], "integer");
}

#[test]
fn numbers_as_they_are_written_in_many_places() {
    // Column, its cells, the sum, and what is said where it is in doubt.
    for (cells, right, doubt) in [
        (&["1.234,00 €", "2,50 €"][..], "1236.5", "are in €"),
        (
            &["€ 1,200.50", "€ 2,500.00", "€ 900.00"],
            "4600.5",
            "are in €",
        ),
        (
            &["$1,000", "($250)", "$-50"],
            "700",
            "`$1,000` in `n` is read as 1000",
        ),
        (&["1'250.50", "2'000.00"], "3250.5", ""),
        (&["1’250", "900"], "2150", ""),
        (&["1 250,5", "12,0"], "1262.5", ""),
        (&["1\u{a0}250", "1\u{202f}000\u{a0}000", "7"], "1001257", ""),
        (&["1,20,000", "5,000", "12,50,000"], "1375000", ""),
        (&["R$ 1.234,56", "R$ 0,44"], "1235", "are in R$"),
        (&["−40", "10,5", "1"], "-28.5", ""),
        (&["\u{2013}40", "10", "1"], "-29", ""),
        (&["(1,200)", "1,200", "300-", "2,000,000"], "1999700", ""),
        (&["1.200,-", "800,-", "2.000.000,-"], "2002000", ""),
        (&["1,250", "12,5"], "13.75", ""),
        (&["0,125", "1,250"], "1.375", ""),
        (&["1.250", "3.75"], "5", ""),
        (&["12 %", "8,5 %"], "20.5", "holds percentages"),
        (&["100 XOF", "250 XOF"], "350", "are in XOF"),
        (&["1,234,567", "1,000"], "1235567", ""),
        (&["12", "n.d.", "30", "…", "<NA>"], "42", ""),
        (&["5", "6", "7", "8", "<5"], "26", "`<5`"),
        (&["5", "6", "7", "8", "10k"], "26", "`10k`"),
        (&["5", "6", "7", "8", "en curs"], "26", "`en curs`"),
    ] {
        let rows: String = cells.iter().map(|cell| format!("x\t{cell}\n")).collect();
        let started = start(&[("t.tsv", format!("place\tn\n{rows}").as_bytes())]);
        assert_eq!(
            started.value("SUM(n)"),
            right,
            "{cells:?}\n{}",
            started.said
        );
        let in_doubt = started.said.contains("  doubt    t.tsv: ");
        let wanted = !doubt.is_empty() && !doubt.starts_with("are in");
        assert_eq!(in_doubt, wanted, "{cells:?}\n{}", started.said);
        started.says(&[doubt]);
    }
}

#[test]
fn what_can_not_be_one_column_of_numbers_stays_text_and_is_told() {
    for (cells, words) in [
        (&["€ 5", "$ 7"][..], "amounts of several currencies ($, €)"),
        (
            &["45%", "0.5", "0.25"],
            "is kept as text: 1 cells have a percent sign as 45%",
        ),
        (
            &["5", "6", "1,2 million", "3-5"],
            "2 of its 4 cells are numbers",
        ),
    ] {
        let rows: String = cells.iter().map(|cell| format!("x\t{cell}\n")).collect();
        let started = start(&[("t.tsv", format!("place\tn\n{rows}").as_bytes())]);
        assert_eq!(started.field("n")["type"], "string", "{cells:?}");
        started.says(&["doubt    t.tsv", words]);
    }
}

#[test]
fn the_other_columns_of_a_file_settle_a_mark() {
    let comma = table("id;rate;people\n1;0,5;1.200\n2;2,25;3.500\n");
    comma.says(&["`1.200` is 1200, since `,` stands before the decimals of `rate`"]);
    assert_eq!(comma.value("SUM(people)"), "4700");
    assert!(!comma.said.contains("In doubt"), "{}", comma.said);
    let weights = table("id,weight\n1,1.177\n2,1.904\n");
    weights.says(&["guess    t.csv: `1.177` in `weight` is read as 1.177"]);
    assert_eq!(weights.field("weight")["type"], "number");
}

#[test]
fn declared_numbers_are_read_with_their_signs() {
    let folder = Folder::new();
    folder.write(
        "funds.csv",
        "id,amount\n1,\"€ 1,200\"\n2,\"(1,200)\"\n3,-€300\n4,€ 300-\n5,<5\n6,\"12,5\"\n7,45 %\n8,1.2E3\n9,1 200\n10,1'200\n11,~50\n\
         12,3-5\n13,10k\n14,\"1,2 million\"\n15,5 (of 12)\n16,−40\n",
    );
    folder.write(
        "datapackage.json",
        r#"{ "name": "t", "resources": [ { "name": "funds", "path": "funds.csv", "schema": { "fields": [
          { "name": "id", "type": "string" },
          { "name": "amount", "type": "number", "bareNumber": false, "groupChar": "," } ] } } ] }"#,
    );
    folder.define("x", "EUR", &formula("funds", "SUM(amount)"));
    folder.define("n", "number", &formula("funds", "COUNT(amount)"));
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"x\", \"n\"]\n",
    );
    let outcome = folder.evaluate();
    assert_eq!(shown(total(&outcome, "x")), "605");
    assert_eq!(shown(total(&outcome, "n")), "7");
    assert_eq!(outcome.quality.findings.count_of("data-not-a-number"), 9);
}

#[test]
fn the_header_is_found_under_a_title_and_joined_from_two_lines() {
    let started = table(
        "Participants by activity 2023,,,\n,,Participants,\nProgramme,Activity,Men,Women\nNorth,Training,22,18\nNorth,Visit,7,5\n\
         South,Training,15,10\nProgramme,Activity,Men,Women\nSouth,Visit,4,4\nTotal,,48,37\n",
    );
    started.says(&[
        "the header is lines 2 and 3, joined (the lines above hold no names of columns: `Participants by activity 2023`)",
        "the repeated header in line 7 is left out",
        "the total in line 9 is left out (the first cell is `Total`",
        "`Participants Men` is of type integer",
    ]);
    assert_eq!(started.value("SUM(\"Participants Men\")"), "48");
    assert_eq!(started.value("SUM(\"Participants Women\")"), "37");
    let outcome = started.outcome("COUNT(*)");
    assert_eq!(shown(total(&outcome, "x")), "4");
    assert_eq!(outcome.quality.findings.count_of("data-rows-left-out"), 1);
}

#[test]
fn other_headers() {
    for (csv, column, right, header) in [
        // A title, an empty line, the header.
        (
            "Projectes de cooperació 2023;;\n;;\nid;name;budget\nP1;A;1200\nP2;B;2500\n",
            "budget",
            "3700",
            "the header is line 3",
        ),
        (
            "Export of 3 May\n\nid,name,budget\nP1,A,1200\nP2,B,2500\n",
            "budget",
            "3700",
            "the header is line 3",
        ),
        // Names of groups, and names below those that were merged.
        (
            "Programme,Activity,Participants,,Budget\n,,Men,Women,\nNorth,Visit,7,5,100\nSouth,Visit,4,4,200\n",
            "\"Participants Women\"",
            "9",
            "the header is lines 1 and 2, joined",
        ),
        (
            ",,2021,,2022,\nProgramme,Activity,Men,Women,Men,Women\nNorth,Visit,1,2,3,4\nSouth,Visit,5,6,7,8\n",
            "Men) FILTER (WHERE year = 2022",
            "10",
            "the header is lines 1 and 2, joined",
        ),
        (
            "sep=;\nid;programme;rate\n1;P1;3,5\n2;P1;4,25\n3;P2;2,0\n",
            "rate",
            "9.75",
            "the line `sep=;` says so",
        ),
        (
            "\"sep=,\"\r\nid,rate\r\n1,3.5\r\n2,4\r\n",
            "rate",
            "7.5",
            "the header is line 2",
        ),
        (
            "sep=;\nid,rate\n1,3.5\n2,4\n",
            "rate",
            "7.5",
            "doubt    t.csv: the first line says `sep=;`",
        ),
        (
            "\u{feff}id;programme;rate;hours\n1;P1;3,5;6:30\n2;P1;4,25;1:00\n3;P2;2,0;2:15\n",
            "rate",
            "9.75",
            "all lines have 4 cells then",
        ),
        (
            "Rate, mean, of staff; Hours, all, week; programme; x\n3,5;1;P1;1\n4,5;2;P2;2\n",
            "\"Rate, mean, of staff\"",
            "8",
            "all lines have 4 cells then",
        ),
        ("id|n\n1|2\n2|5\n", "n", "7", "separated by `|`"),
    ] {
        let started = table(csv);
        started.says(&[header]);
        let value = format!("SUM({column})");
        assert_eq!(started.value(&value), right, "{csv}\n{}", started.said);
    }
}

#[test]
fn columns_without_a_name() {
    let empty = table(
        "Programme,Activity,Participants,Women,,\nNorth,Training,40,18,,\n,Visit,12,5,,\n,Meeting,30,16,,\nSouth,Training,25,10,,\n,Visit,8,4,,\nTotal,,115,53,,\n",
    );
    empty.says(&[
        "2 columns without a name are left out (nothing stands there)",
        "the total in line 7 is left out",
        "`Programme` has a value in only 2 of 5 rows",
    ]);
    assert!(!empty.said.contains("row numbers"), "{}", empty.said);
    assert_eq!(empty.value("SUM(Participants)"), "115");
    assert_eq!(
        empty
            .outcome("COUNT(*)")
            .quality
            .findings
            .count_of("data-duplicate-column"),
        0
    );
    let numbered = table("\"\",\"a\",\"n\"\n\"1\",\"x\",5\n\"2\",\"y\",6\n");
    numbered.says(&["it looks like row numbers"]);
    let other = table("a,,n\nx,left,5\ny,right,6\n");
    other.says(&[
        "doubt    t.csv: column 2, which has no name, is left out; it holds `left`, `right`",
    ]);
    // R's write.table has no name for the names of rows.
    let shifted = start(&[("t.csv", b"\"a\",\"n\"\n\"1\",\"x\",5\n\"2\",\"y\",6\n")]);
    shifted.says(&[
        "written  t-tidy.csv",
        "the header has one name less than the rows have cells",
    ]);
    assert_eq!(shifted.value("SUM(n)"), "11");
}

#[test]
fn rows_without_any_value_are_told() {
    let started = table("id,programme,participants\n1,P1,40\n2,P1,30\n3,P2,25\n,,\n,,\n , , \n");
    started.says(&[
        "3 rows have no value at all",
        "`id` is the primary key",
        "`participants` is of type integer",
    ]);
}

#[test]
fn days_of_which_both_orders_fit() {
    let started =
        table("id,date,n\n1,03/04/2021,10\n2,05/06/2021,20\n3,01/12/2021,5\n4,11/02/2022,7\n");
    started.says(&[
        "doubt    t.csv: `01/12/2021` in `date` is read with the day first, as 2021-12-01",
        "if the month comes first (2021-01-12), set the column's `format` to `%m/%d/%Y`",
    ]);
    assert_eq!(
        started.value("SUM(n) FILTER (WHERE date < DATE '2021-06-01')"),
        "10"
    );
    let settled = table("id,start,end\n1,28/11/2019,01/02/2020\n2,03/06/2020,03/04/2021\n");
    settled.says(&["but `28/11/2019` in `start` can only be so"]);
    assert!(!settled.said.contains("In doubt"), "{}", settled.said);
    assert_eq!(settled.field("end")["format"], "%d/%m/%Y");
    let american = table("id,start,end\n1,11/28/2019,01/02/2020\n2,06/03/2020,03/04/2021\n");
    assert_eq!(american.field("end")["format"], "%m/%d/%Y");
    assert_eq!(
        american.value("COUNT(*) FILTER (WHERE \"end\" < DATE '2020-01-10')"),
        "1"
    );
}

#[test]
fn days_that_are_not_written_alike() {
    let mixed =
        table("id,date,n\n1,15/04/2021,10\n2,2021-06-05,20\n3,44531,5\n4,Nov-22,7\n5,2/5/22,7\n");
    mixed.says(&[
        "`date` is kept as text, since its cells are not written alike",
        "1 as 15/04/2021",
        "1 as 2021-06-05",
        "1 a number as 44531 (if it counts a spreadsheet's days: 2021-12-01)",
        "1 as Nov-22",
        "1 as 2/5/22",
    ]);
    let conflict = table("id,date\n1,03/14/2021\n2,28/06/2021\n3,01/02/2021\n");
    conflict.says(&[
        "1 cells can only have the day first (`28/06/2021`), 1 only the month (`03/14/2021`)",
    ]);
    let both = table("id,date\n1,2021-03-14\n2,28/06/2021\n3,01/02/2021\n");
    assert_eq!(both.value("COUNT(*) FILTER (WHERE MONTH(date) = 2)"), "1");
    let most = table("id,end\n1,12/09/2021\n2,23/05/2022\n3,07/11/2022\n4,15/02/2021\n5,en curs\n");
    most.says(&["doubt", "1 no day en curs"]);
    assert_eq!(most.value("COUNT(\"end\")"), "4");
    let short = table("id,date\n1,31/5/21\n2,1/2/99\n");
    short.says(&["have two digits"]);
    assert_eq!(
        short.value("COUNT(*) FILTER (WHERE date < DATE '2000-01-01')"),
        "1"
    );
    let stamped = table("id,date\n1,31/05/2021 23:00\n2,01/02/2020 9:30\n");
    assert_eq!(
        stamped.value("COUNT(*) FILTER (WHERE YEAR(date) = 2021)"),
        "1"
    );
    let compact = table("id,date\n1,20210531\n2,20200201\n");
    assert_eq!(
        compact.value("COUNT(*) FILTER (WHERE YEAR(date) = 2021)"),
        "1"
    );
    let serial = table("id,date\n1,44531\n2,44600\n");
    serial.says(&["44531 would be 2021-12-01"]);
}

#[test]
fn a_day_that_does_not_exist_is_told_as_that() {
    let started =
        table("id,date\n1,28/02/2023\n2,13/04/2023\n3,15/02/2023\n4,16/02/2023\n5,31/02/2023\n");
    started.says(&["1 cells of `date` are no day of any calendar, as 31/02/2023"]);
    let outcome = started.outcome("COUNT(date)");
    assert_eq!(shown(total(&outcome, "x")), "4");
    let finding = outcome
        .quality
        .findings
        .listed
        .iter()
        .find(|f| f.code == "data-not-a-date")
        .unwrap();
    assert!(
        finding.message.contains("February 2023 has 28 days"),
        "{}",
        finding.message
    );
    assert!(!finding.help.contains("format"), "{}", finding.help);
}

#[test]
fn a_consultants_file_in_latin_1() {
    let text = "Codi projecte;Nom;Data inici;Data fi;Pressupost (€);Homes;Dones;Contrapart local?\n\
        PR-01;Mezquita;28/11/2019;12/09/2021;121.500,65;304;78;Sí\nPR-02;Puentes;03/06/2020;23/05/2022;27.829,09;153;76;No\n\
        ;;;;;;;\nPR-05;Retorn;07/08/2020;en curs;164.868,82;327;n/a;Sí\nPR-06;Escola;17/01/2020;07/09/2021;161.587,71;346;1.301;No\n\
        PR-07;Taller;18/11/2019;21/07/2022;1.000,00;1;2;No\nTOTAL;;;;476.786,27;1.131;1.457;\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let started = start(&[("projects.csv", &bytes)]);
    started.says(&[
        "the encoding is Windows-1252",
        "1 rows have no value at all",
        "the total in line 8 is left out",
        "`Codi projecte` is the primary key",
        "en curs",
    ]);
    assert_eq!(started.value("SUM(\"Pressupost (€)\")"), "476786.27");
    assert_eq!(started.value("SUM(Dones)"), "1457");
    assert_eq!(
        started.value("COUNT(*) FILTER (WHERE \"Contrapart local?\")"),
        "2"
    );
}

#[test]
fn clean_files_are_read_without_doubt() {
    for csv in [
        "id,name,start,budget\nP1,A,2010-01-01,1500\nP2,B,2011-01-01,2500.5\nP3,C,,3\n",
        "id,age,sex,weight\n1,34,F,0.758\n2,41,M,1.177\n3,28,F,1.904\n",
        "id,address,code\n1,12 Main Street,A1\n2,3 bis rue X,B2\n3,14 Elm,C3\n",
        "group,n\n0-4,12\n5-9,15\n60+,7\n",
        "id,tags,ok\n1,a;b,yes\n2,b;c,no\n3,a,yes\n",
        "year,value\n2019,5\n2020,6\n2021,7\n",
        "id,phone\n1,+31 20 123\n2,+31 30 456\n3,none\n",
        "id,house,department\n1,12,01\n2,14a,02\n3,15,10\n4,16,11\n",
        "id,time\n1,6:30\n2,7:15\n3,12:00\n",
    ] {
        let started = table(csv);
        // Whether rows are persons is another question.
        let mut doubts = started.said.lines().filter(|l| l.starts_with("  doubt"));
        assert!(
            doubts.all(|l| l.contains("rows may be about persons")),
            "{csv}\n{}",
            started.said
        );
        assert!(
            started.manifest()["resources"][0].get("dialect").is_none(),
            "{csv}"
        );
    }
}

#[test]
fn a_table_without_schema_says_what_is_in_doubt() {
    let folder = Folder::new();
    folder.write("t.csv", "id;n\n1;1,250\n2;950\n");
    folder.write(
        "datapackage.json",
        r#"{ "name": "t", "resources": [ { "name": "t", "path": "t.csv" } ] }"#,
    );
    folder.define("x", "number", &formula("t", "SUM(n)"));
    folder.write("evaluation.toml", "title = \"t\"\nindicators = [\"x\"]\n");
    let outcome = folder.evaluate();
    assert_eq!(shown(total(&outcome, "x")), "2200");
    assert_eq!(outcome.quality.findings.count_of("data-guess-in-doubt"), 1);
}

#[test]
fn a_table_is_not_written_over_another() {
    let folder = Folder::new();
    folder
        .write("t.csv", "place,2019,2020\nA,1,2\nB,3,4\n")
        .write("t-long.csv", "a\n1\n");
    let output = folder.codev(&["init", ".", "--from", "t.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        std::fs::read_to_string(folder.file("t-long.csv")).unwrap(),
        "a\n1\n"
    );
    assert!(!folder.file("datapackage.json").exists());
    let output = folder.codev(&["init", ".", "--from", "t-long.csv"]);
    assert_eq!(output.status.code(), Some(0));
}
