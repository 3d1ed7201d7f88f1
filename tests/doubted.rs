//! Figures, days and settings that would be read wrong without a word: what is refused, and what `check` and `init` say.

use crate::kit::{Folder, formula, result, shown, table, total};
use codev::finding::Finding;
use codev::outcome::Status;
use codev::run::{Quiet, check};
use polars::prelude::{DataFrame, ParquetWriter, df};

fn found(folder: &Folder) -> Vec<Finding> {
    let checked = check(folder.path(), &Quiet).unwrap_or_else(|stop| panic!("{stop}"));
    checked.findings.listed
}

#[track_caller]
fn only(folder: &Folder, code: &str) -> Finding {
    let mut all = found(folder);
    let codes: Vec<String> = all.iter().map(|f| f.code.clone()).collect();
    all.retain(|f| f.code == code);
    assert_eq!(all.len(), 1, "{code} in {codes:?}");
    all.remove(0)
}

fn none(folder: &Folder, code: &str) {
    assert!(found(folder).iter().all(|f| f.code != code), "{code}");
}

#[test]
fn a_column_of_codes_says_the_currency_whatever_its_name() {
    for name in ["monnaie", "Currency code", "Währung", "x"] {
        let csv = format!("programme,amount,{name}\nP1,100,EUR\nP2,50,XOF\n");
        let folder = table(&csv, &["programme", name], "");
        folder.define("sum", "EUR", &formula("t", "SUM(amount)"));
        let outcome = folder.evaluate();
        assert_eq!(total(&outcome, "sum").status, Status::Refused, "{name}");
        only(&folder, "data-currencies");
    }
    // Words that are codes by chance, and texts that are none.
    for (one, other) in [("all", "top"), ("EUR", "persons")] {
        let csv = format!("programme,amount,x\nP1,100,{one}\nP2,50,{other}\n");
        let folder = table(&csv, &["programme", "x"], "");
        folder.define("sum", "EUR", &formula("t", "SUM(amount)"));
        assert_eq!(shown(total(&folder.evaluate(), "sum")), "150", "{one}");
    }
    // Two columns: it is asked which.
    let csv = "programme,amount,paid,got\nP1,100,EUR,XOF\nP2,50,XOF,EUR\n";
    let folder = table(csv, &["programme", "paid", "got"], "");
    folder.define("sum", "EUR", &formula("t", "SUM(amount)"));
    let asked = only(&folder, "data-currency-unclear");
    assert!(
        asked.help.contains("\"currency\": \"paid\""),
        "{}",
        asked.help
    );
}

#[test]
fn a_name_holds_the_currency_of_a_column() {
    let csv = "programme,amount_eur,amount_usd,rate\nP1,100,110,0.9\nP2,50,55,0.9\n";
    let folder = table(csv, &["programme"], "");
    folder.define("euros", "EUR", &formula("t", "SUM(amount_eur)"));
    folder.define("dollars", "EUR", &formula("t", "SUM(amount_usd)"));
    folder.define(
        "both",
        "money",
        &formula("t", "SUM(amount_eur) + SUM(amount_usd)"),
    );
    folder.define(
        "ratio",
        "ratio",
        &formula("t", "SUM(amount_eur) / SUM(amount_usd)"),
    );
    folder.define("by-hand", "EUR", &formula("t", "SUM(amount_usd * rate)"));
    let outcome = folder.evaluate();
    assert_eq!(shown(total(&outcome, "euros")), "150");
    for id in ["dollars", "both", "ratio"] {
        assert_eq!(total(&outcome, id).status, Status::Refused, "{id}");
    }
    assert_eq!(shown(total(&outcome, "by-hand")), "148.5");
    let told = result(&outcome, "dollars").remarks.join(" ");
    assert!(told.contains("USD") && told.contains("EUR"), "{told}");
    let told = found(&folder);
    let told: Vec<&Finding> = told
        .iter()
        .filter(|f| f.code == "data-currencies")
        .collect();
    assert_eq!(told.len(), 2, "{told:#?}");
}

#[test]
fn a_column_that_one_indicator_shows_to_be_money_is_money_for_all() {
    let csv = "programme,value_total,persons,currency\nP1,100,4,EUR\nP2,50,6,XOF\n";
    let folder = table(csv, &["programme", "currency"], "");
    folder.define("mean", "money", &formula("t", "AVG(value_total)"));
    folder.define("persons", "persons", &formula("t", "SUM(persons)"));
    assert_eq!(total(&folder.evaluate(), "mean").status, Status::Value);
    folder.define("sum", "EUR", &formula("t", "SUM(value_total)"));
    folder.define(
        "each",
        "EUR per person",
        &formula("t", "SUM(value_total) / SUM(persons)"),
    );
    let outcome = folder.evaluate();
    for id in ["mean", "sum", "each"] {
        assert_eq!(total(&outcome, id).status, Status::Refused, "{id}");
    }
    assert_eq!(shown(total(&outcome, "persons")), "10");
}

#[test]
fn numbers_as_text_get_a_remedy_that_gives_right_numbers_or_none() {
    let with = |cells: [&str; 4]| {
        let rows: String = cells
            .iter()
            .enumerate()
            .map(|(at, cell)| format!("P{},{cell}\n", at + 1))
            .collect();
        let folder = table(
            &format!("programme,cost\n{rows}"),
            &["programme", "cost"],
            "",
        );
        only(&folder, "data-numbers-as-text").help
    };
    let mixed = with(["€ 1.250", "$ 2.400", "950", "€ 10"]);
    assert!(
        mixed.contains("several currencies") && !mixed.contains("bareNumber"),
        "{mixed}"
    );
    let shares = with(["45%", "0.5", "12%", "3%"]);
    assert!(
        shares.contains("percentages") && !shares.contains("bareNumber"),
        "{shares}"
    );
    let euros = with(["€ 1.250", "€ 2.400", "950", "€ 10"]);
    assert!(
        euros.contains("\"decimalChar\": \",\", \"groupChar\": \".\", \"bareNumber\": false"),
        "{euros}"
    );
    // The remedy gives these numbers.
    let folder = Folder::new();
    folder.write("t.csv", "programme,cost\nP1,€ 1.250\nP1,€ 2.400\nP2,950\n");
    folder.write(
        "datapackage.json",
        r#"{"name": "t", "resources": [{"name": "t", "path": "t.csv", "schema": {"fields": [{"name": "programme", "type": "string"},
           {"name": "cost", "type": "number", "decimalChar": ",", "groupChar": ".", "bareNumber": false}]}}]}"#,
    );
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"own/*\"]\n",
    );
    folder.define("sum", "EUR", &formula("t", "SUM(cost)"));
    assert_eq!(shown(total(&folder.evaluate(), "sum")), "4600");
}

/// What `init` says of a column of days, and the column's field.
fn started(name: &str, cells: &[&str]) -> (String, serde_json::Value) {
    let folder = Folder::new();
    let rows: String = cells
        .iter()
        .enumerate()
        .map(|(at, cell)| format!("{at},P1,{cell}\n"))
        .collect();
    folder.write("t.csv", format!("id,programme,{name}\n{rows}"));
    let output = folder.codev(&["init", "mine", "--from", "t.csv"]);
    assert_eq!(output.status.code(), Some(0));
    let manifest = std::fs::read(folder.file("mine/datapackage.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let fields = manifest["resources"][0]["schema"]["fields"]
        .as_array()
        .unwrap();
    let field = fields.iter().find(|f| f["name"] == name).unwrap().clone();
    (String::from_utf8(output.stdout).unwrap(), field)
}

#[test]
fn days_whose_year_may_come_first_are_read_the_likelier_way() {
    let (said, field) = started("date", &["21-03-15", "21-04-03", "22-12-22"]);
    assert_eq!(field["format"], "%y-%m-%d");
    assert!(
        said.contains("year first, as 2021-03-15") && said.contains("2015-03-21"),
        "{said}"
    );
    let (said, field) = started("date", &["15/03/21", "03/04/21", "22/12/22"]);
    assert_eq!(field["format"], "%d/%m/%y");
    // A day above 12 settles it.
    assert!(
        !said.contains("doubt") && said.contains("can only be so"),
        "{said}"
    );
}

#[test]
fn months_by_name_are_read_in_many_languages() {
    for (first, second) in [
        ("15 mars 2021", "3 août 2021"),
        ("15 de marzo de 2021", "3 de agosto de 2021"),
        ("15. März 2021", "3. August 2021"),
        ("15 maart 2021", "3 augustus 2021"),
        ("15 mar. 2021", "3 ago. 2021"),
        ("15 març 2021", "3 d'agost 2021"),
        ("15 Mart 2021", "3 Ağustos 2021"),
        ("15 marzo 2021", "3 agosto 2021"),
    ] {
        let (_, field) = started("date", &[first, second]);
        assert_eq!(field["type"], "date", "{first}");
        let folder = Folder::new();
        folder.write(
            "t.csv",
            format!("programme,date\nP1,{first}\nP1,{second}\n"),
        );
        let fields = serde_json::json!([{"name": "programme", "type": "string"}, field]);
        let manifest = serde_json::json!({"name": "t", "resources": [
            {"name": "t", "path": "t.csv", "schema": {"fields": fields}}]});
        folder.write("datapackage.json", manifest.to_string());
        folder.write(
            "evaluation.toml",
            "title = \"t\"\nindicators = [\"own/*\"]\n",
        );
        let value = "COUNT(*) FILTER (WHERE date = DATE '2021-03-15') + 10 * COUNT(*) FILTER (WHERE date = DATE '2021-08-03')";
        folder.define("days", "days", &formula("t", value));
        assert_eq!(shown(total(&folder.evaluate(), "days")), "11", "{first}");
    }
}

#[test]
fn columns_with_the_name_of_a_day_that_stay_text_are_told() {
    for (name, cells) in [
        ("date", ["2021-Q1", "2021-Q2", "2022-Q5"]),
        ("fecha", ["2019/20", "2020/21", "2021/22"]),
        ("mois", ["week 1 2021", "week 2 2021", "week 4 2022"]),
    ] {
        let (said, field) = started(name, &cells);
        assert_eq!(field["type"], "string");
        assert!(
            said.contains("kept as text") && said.contains(cells[0]),
            "{said}"
        );
    }
    let (_, field) = started("date", &["2019", "2020", "2021"]);
    assert_eq!(field["type"], "year");
    let (said, _) = started("day", &["Monday", "Tuesday", "Friday"]);
    assert!(!said.contains("kept as text"), "{said}");
}

#[test]
fn a_benchmark_that_is_not_there_is_an_error_before_anything_is_computed() {
    let folder = table("programme,y\nNorth,1\nSouth,2\n", &["programme"], "");
    folder.define("sum", "points", &formula("t", "SUM(y)"));
    let output = folder.codev(&["compare", ".", "--indicator", "sum", "--benchmark", "Nort"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("`Nort`") && said.contains("Did you mean `North`?"),
        "{said}"
    );
    assert!(!folder.file("comparison").exists());
    let evaluation = |benchmark: &str| {
        format!(
            "title = \"t\"\nindicators = [\"own/*\"]\n[[comparison]]\nindicators = [\"sum\"]\nbenchmark = \"{benchmark}\"\n"
        )
    };
    folder.write("evaluation.toml", evaluation("P99"));
    only(&folder, "compare-unknown-benchmark");
    assert_eq!(folder.codev(&["compare", "."]).status.code(), Some(2));
    folder.write("evaluation.toml", evaluation("South"));
    none(&folder, "compare-unknown-benchmark");
}

/// A folder with one Parquet table `t`, whose fields are as said.
fn parquet(mut frame: DataFrame, fields: &str) -> Folder {
    let folder = Folder::new();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    folder.write("t.parquet", bytes);
    folder.write(
        "datapackage.json",
        format!(
            r#"{{"name": "t", "resources": [{{"name": "t", "path": "t.parquet", "schema": {{"fields": [{fields}]}}}}]}}"#
        ),
    );
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"own/*\"]\nsmall_cells = 0\n",
    );
    folder
}

#[test]
fn parquet_and_csv_refuse_the_same_numbers() {
    let programme = r#"{"name": "programme", "type": "string"}"#;
    let large = 9_007_199_254_740_993_i64;
    let frame = |x: polars::prelude::Column| {
        let programmes = df!("programme" => ["P1", "P2", "P1"]).unwrap();
        let columns = [programmes.columns().to_vec(), vec![x]].concat();
        DataFrame::new(3, columns).unwrap()
    };
    let x = |values: DataFrame| values.columns()[0].clone();
    for (values, kind, code, sum) in [
        (
            x(df!("x" => [large, 2, 3]).unwrap()),
            "integer",
            "data-number-too-large",
            "5",
        ),
        (
            x(df!("x" => [u64::MAX, 2, 3]).unwrap()),
            "integer",
            "data-number-too-large",
            "5",
        ),
        (
            x(df!("x" => [2.5, 2.0, 3.0]).unwrap()),
            "integer",
            "data-not-an-integer",
            "5",
        ),
        (
            x(df!("x" => [20_190, 2019, 2021]).unwrap()),
            "year",
            "data-not-a-year",
            "4040",
        ),
    ] {
        let folder = parquet(
            frame(values),
            &format!(r#"{programme}, {{"name": "x", "type": "{kind}"}}"#),
        );
        folder.define("sum", "points", &formula("t", "SUM(x)"));
        let told = only(&folder, code);
        assert_eq!(told.place.column.as_deref(), Some("x"));
        let outcome = folder.evaluate();
        assert_eq!(
            (
                shown(total(&outcome, "sum")).as_str(),
                total(&outcome, "sum").missing
            ),
            (sum, 1)
        );
    }
    let truths = x(df!("x" => [1, 0, 2]).unwrap());
    let folder = parquet(
        frame(truths),
        &format!(r#"{programme}, {{"name": "x", "type": "boolean"}}"#),
    );
    folder.define("share", "%", &formula("t", "AVG(x)"));
    only(&folder, "data-not-a-boolean");
    assert_eq!(shown(total(&folder.evaluate(), "share")), "0.5");
    // Sound numbers stay as they are, whatever their type.
    let sound = x(df!("x" => [9_007_199_254_740_991_i64, -3, 0]).unwrap());
    let folder = parquet(
        frame(sound),
        &format!(r#"{programme}, {{"name": "x", "type": "integer"}}"#),
    );
    folder.define("sum", "points", &formula("t", "SUM(x)"));
    assert!(
        found(&folder)
            .iter()
            .all(|f| !f.code.starts_with("data-n") || f.code == "data-no-programmes")
    );
    assert_eq!(shown(total(&folder.evaluate(), "sum")), "9007199254740988");
}

#[test]
fn keys_that_are_too_long_for_numbers_are_told_to_be_text() {
    let large = 9_007_199_254_740_993_i64;
    let rows = || df!("programme" => [large, large - 1, large], "x" => [1, 2, 3]).unwrap();
    let with = |kind: &str| {
        let folder = parquet(
            rows(),
            &format!(
                r#"{{"name": "programme", "type": "{kind}"}}, {{"name": "x", "type": "number"}}"#
            ),
        );
        folder.define("sum", "points", &formula("t", "SUM(x)"));
        folder
    };
    let told = found(&with("integer"));
    let told = told
        .iter()
        .find(|f| f.code == "data-number-too-large")
        .unwrap();
    assert!(told.message.contains("`string`"), "{}", told.message);
    let outcome = with("string").evaluate();
    let of = |id: &str| {
        let all = &result(&outcome, "sum").estimates;
        all.iter()
            .find(|e| e.programme.as_deref() == Some(id))
            .map(shown)
    };
    assert_eq!(of("9007199254740993").as_deref(), Some("4"));
    assert_eq!(of("9007199254740992").as_deref(), Some("2"));
}

#[test]
fn waves_that_turn_time_round_or_are_not_there_are_told() {
    let rows: String = (0..24)
        .map(|at| {
            let wave = if at % 2 == 0 { 2018 } else { 2021 };
            format!("P1,p{},{},{wave},{}\n", at / 2, at / 4 % 2, at % 5)
        })
        .collect();
    let csv = format!("programme,person,treated,wave,y\n{rows}");
    let folder = table(
        &csv,
        &["programme", "person"],
        r#""person": "person", "wave": "wave""#,
    );
    folder.define("y", "points", &formula("t", "AVG(y)"));
    let waves = |waves: &str| {
        folder.write(
            "evaluation.toml",
            format!(
                "title = \"t\"\nindicators = [\"own/*\"]\n[[effect]]\nindicators = [\"y\"]\ndesign = \"difference-in-differences\"\ntreated = \"treated = 1\"\nwaves = {waves}\n"
            ),
        );
        found(&folder)
            .into_iter()
            .map(|f| f.code)
            .filter(|c| c == "evaluation-waves-turned" || c == "evaluation-value-not-there")
            .collect::<Vec<_>>()
    };
    assert_eq!(waves("[2021, 2018]"), ["evaluation-waves-turned"]);
    assert_eq!(waves("[2018, 2020]"), ["evaluation-value-not-there"]);
    assert_eq!(waves("[2018, 2021]"), [""; 0]);
}

#[test]
fn amounts_without_a_rate_are_counted_by_currency_and_day() {
    let folder = Folder::new();
    folder.write(
        "funds.csv",
        "programme,amount,currency,date\nP1,100,EUR,2020-01-01\nP1,100,GBP,2020-01-01\nP2,10,USD,2019-12-31\nP2,10,USD,2020-02-01\nP2,10,USD,\n",
    );
    folder.write("rates.csv", "currency,rate,date\nUSD,0.9,2020-01-01\n");
    folder.write(
        "datapackage.json",
        r#"{"name": "t", "resources": [
        {"name": "funds", "path": "funds.csv", "schema": {"fields": [{"name": "programme", "type": "string"}, {"name": "amount", "type": "number"},
          {"name": "currency", "type": "string"}, {"name": "date", "type": "date"}]}, "codev": {"date": "date"}},
        {"name": "rates", "path": "rates.csv", "schema": {"fields": [{"name": "currency", "type": "string"}, {"name": "rate", "type": "number"},
          {"name": "date", "type": "date"}]}}]}"#,
    );
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"own/*\"]\nsmall_cells = 0\n[currency]\nto = \"EUR\"\nrates = \"rates\"\n",
    );
    folder.define("sum", "EUR", &formula("funds", "SUM(amount)"));
    let told = found(&folder);
    let told: Vec<&str> = told
        .iter()
        .filter(|f| f.code == "data-no-rate")
        .map(|f| f.message.as_str())
        .collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    for (code, words) in [
        ("GBP", "no rate"),
        ("USD", "2019-12-31"),
        ("USD", "without a day"),
    ] {
        let says = |m: &&&str| m.contains(code) && m.contains(words) && m.contains("1 of 5 rows");
        assert!(told.iter().any(|m| says(&m)), "{code} {words} in {told:#?}");
    }
    assert_eq!(shown(total(&folder.evaluate(), "sum")), "109");
}

#[test]
fn numbers_that_are_too_large_or_small_are_not_said_to_be_alike() {
    for (factor, weight, words) in [("e200", "1", "too large"), ("", "1e-320", "too small")] {
        let rows: String = (0..8)
            .map(|at| format!("P{},p{at},{}{factor},{weight}\n", 1 + at % 2, 3 + at % 2))
            .collect();
        let folder = table(
            &format!("programme,person,y,w\n{rows}"),
            &["programme", "person"],
            r#""sampling": "sample", "weight": "w", "person": "person""#,
        );
        folder.define("mean", "points", &formula("t", "AVG(y)"));
        let outcome = folder.evaluate();
        let why = total(&outcome, "mean")
            .no_interval
            .clone()
            .unwrap_or_default();
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn words_for_accumulation_that_are_none_are_told() {
    let csv =
        "programme,actual,date,reporting\nP1,5,2020,cumulatif\nP1,9,2021,cumulative\nP2,3,2021,\n";
    let folder = table(
        csv,
        &["programme", "reporting"],
        r#""accumulation": "reporting", "date": "date""#,
    );
    folder.define("sum", "persons", &formula("t", "SUM(actual)"));
    let told = only(&folder, "data-accumulation-word");
    assert!(
        told.message.contains("`cumulatif` in 1, no word in 1"),
        "{}",
        told.message
    );
    assert!(told.help.contains("`cumulative`"), "{}", told.help);
    folder.write(
        "t.csv",
        csv.replace("cumulatif", "Cumulative")
            .replace("2021,\n", "2021,level\n"),
    );
    none(&folder, "data-accumulation-word");
}

#[test]
fn a_blank_too_many_is_the_misspelling_however_often_it_occurs() {
    let csv =
        "programme,kind\nP1, school\nP1, school\nP2,school\n".replace(", school", ",\" school\"");
    let folder = table(&csv, &["programme", "kind"], "");
    folder.define("rows", "rows", &formula("t", "COUNT(*)"));
    let told = only(&folder, "data-likely-typo");
    assert_eq!(told.value.as_deref(), Some(" school"));
}

#[test]
fn numbers_of_a_vocabulary_are_no_missing_codes() {
    let rows: String = (0..40)
        .map(|at| format!("P1,{},{0}\n", if at % 8 == 0 { 99 } else { at % 4 + 1 }))
        .collect();
    for (name, told) in [
        ("answer", true),
        ("region_vocabulary", false),
        ("type", false),
    ] {
        let folder = table(
            &format!("programme,{name},other_code\n{rows}"),
            &["programme"],
            "",
        );
        folder.define("rows", "rows", &formula("t", "COUNT(*)"));
        let columns: Vec<Option<String>> = found(&folder)
            .into_iter()
            .filter(|f| f.code == "data-likely-missing-code")
            .map(|f| f.place.column)
            .collect();
        let wanted: Vec<Option<String>> = told.then(|| Some(name.to_owned())).into_iter().collect();
        assert_eq!(columns, wanted, "{name}");
    }
}

#[test]
fn the_ending_of_a_file_is_its_form() {
    let folder = table("programme,y\nP1,1\nP2,2\n", &["programme"], "");
    folder.define("sum", "points", &formula("t", "SUM(y)"));
    for (name, start) in [
        ("x.parquet", &b"PAR1"[..]),
        ("x.arrow", b"ARROW1"),
        ("x.json", b"{"),
        ("x.csv", b"indicator"),
        ("x.txt", b"Test of sum"),
    ] {
        let output = folder.codev(&["compute", ".", "--out", name]);
        assert_ne!(output.status.code(), Some(2));
        let bytes = std::fs::read(folder.file(name)).unwrap();
        assert!(bytes.starts_with(start), "{name}");
    }
    // What is asked for by name counts.
    folder.codev(&["compute", ".", "--out", "y.parquet", "--format", "csv"]);
    assert!(
        std::fs::read(folder.file("y.parquet"))
            .unwrap()
            .starts_with(b"indicator")
    );
}

#[test]
fn a_folder_and_an_empty_file_are_told_as_such() {
    let folder = Folder::new();
    folder
        .write("data/t.csv", "a,b\n1,2\n")
        .write("empty.csv", "");
    let output = folder.codev(&["init", "mine", "--from", "data"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("is a folder"), "{said}");
    let output = folder.codev(&["init", "mine", "--from", "empty.csv"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("is empty"), "{said}");
}
