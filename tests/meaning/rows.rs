//! Rows that say the same thing twice: sums of a year so far, ranges in ranges, subtotals among dates, files pasted twice.

use super::{codes, folder, remarked, value};
use crate::kit::{formula, result, total};
use codev::outcome::Status;
use codev::run::{Quiet, check};

const SO_FAR: &str = "programme,date,quantity
P1,2020-03-31,10
P1,2020-06-30,21
P1,2020-09-30,32
P1,2020-12-31,43
P1,2021-03-31,10
P1,2021-06-30,21
P1,2021-09-30,32
P1,2021-12-31,43
P2,2020-03-31,7
P2,2020-06-30,15
P2,2020-09-30,23
P2,2020-12-31,31
P2,2021-03-31,7
P2,2021-06-30,15
P2,2021-09-30,23
P2,2021-12-31,31
";

fn told(folder: &crate::kit::Folder, code: &str) -> bool {
    codes(folder).iter().any(|found| found == code)
}

#[test]
fn of_sums_of_the_year_so_far_the_last_of_each_year_counts() {
    let evaluation = "indicators = [\"sum\"]\nperiod = \"year\"\n";
    let define = |csv: &str, codev: &str| {
        let folder = folder("results", csv, codev, evaluation);
        folder.define("sum", "points", &formula("results", "SUM(quantity)"));
        folder
    };
    let unsaid = define(SO_FAR, r#", "date": "date""#);
    assert!(told(&unsaid, "data-reports-year-to-date"));
    let said = define(
        SO_FAR,
        r#", "date": "date", "accumulation": "year-to-date""#,
    );
    assert!(!told(&said, "data-reports-year-to-date"));
    let outcome = said.evaluate();
    assert_eq!(value(&outcome, "sum", None), "148");
    assert_eq!(value(&outcome, "sum", Some("P1")), "86");
    let of = |period: &str| {
        let mut found = result(&outcome, "sum").estimates.iter();
        let found = found.find(|e| e.period.as_deref() == Some(period) && e.programme.is_none());
        found.unwrap().value
    };
    assert_eq!((of("2020"), of("2021")), (Some(74.0), Some(74.0)));
    // Row by row, in the words of a column.
    let by_row: String = SO_FAR
        .lines()
        .enumerate()
        .map(|(at, line)| match (at, line.starts_with("P2")) {
            (0, _) => format!("{line},how\n"),
            (_, true) => format!("{line},incremental\n"),
            (_, false) => format!("{line},Year-to-date\n"),
        })
        .collect();
    let by_row = define(&by_row, r#", "date": "date", "accumulation": "how""#);
    let outcome = by_row.evaluate();
    assert_eq!(value(&outcome, "sum", Some("P1")), "86");
    assert_eq!(value(&outcome, "sum", Some("P2")), "152");
    // Increments that rise and fall are told nothing of.
    let other = SO_FAR.replace(",21", ",5").replace(",15", ",3");
    assert!(!told(
        &define(&other, r#", "date": "date""#),
        "data-reports-year-to-date"
    ));
}

#[test]
fn ranges_within_ranges_are_not_added() {
    let rows = "programme,age,quantity
P1,15-24,11
P1,25-64,16
P1,15-64,27
P1,65+,2
P2,15-24,5
P2,25-64,7
P2,15-64,12
P2,65+,3
";
    let evaluation = "indicators = [\"all\", \"apart\", \"old\"]\nby = [\"age\"]\n";
    let define = |csv: &str| {
        let folder = folder("results", csv, "", evaluation);
        folder.define("all", "points", &formula("results", "SUM(quantity)"));
        let apart = formula("results", "SUM(quantity)") + "\nwhere = \"age <> '15-64'\"";
        folder.define("apart", "points", &apart);
        let old = "SUM(quantity) FILTER (WHERE age IN ('15-64', '65+'))";
        folder.define("old", "points", &formula("results", old));
        folder
    };
    let nested = define(rows);
    assert!(told(&nested, "data-ranges-overlap"));
    let outcome = nested.evaluate();
    assert_eq!(total(&outcome, "all").status, Status::Refused);
    assert!(remarked(&outcome, "all", "age <> '15-64'"));
    assert_eq!(value(&outcome, "apart", None), "44");
    assert_eq!(value(&outcome, "old", None), "44");
    // Overlapping without being a sum: told, and added.
    let overlapping = define(
        &rows
            .replace("15-64,27", "15-64,20")
            .replace("15-64,12", "15-64,30"),
    );
    assert!(told(&overlapping, "data-ranges-overlap"));
    assert_eq!(value(&overlapping.evaluate(), "all", None), "94");
    let plain = define(&rows.replace("15-64", "0-14"));
    assert!(!told(&plain, "data-ranges-overlap"));
    assert_eq!(value(&plain.evaluate(), "all", None), "83");
}

#[test]
fn subtotals_are_found_whatever_else_a_row_holds() {
    let with_date = "programme,place,date,quantity
P1,A,2020-01-01,5
P1,B,2020-02-01,6
P1,D,2020-03-01,17
P1,Total,,28
P2,A,2020-01-01,7
P2,C,2020-02-01,1
P2,E,2020-04-01,9
P2,Total,,17
";
    let with_number = "number,programme,place,quantity
n1,P1,A,5
n2,P1,B,6
n3,P1,D,17
n4,P1,Total,28
n5,P2,A,7
n6,P2,C,1
n7,P2,E,9
n8,P2,Total,17
";
    let by_name = "place,programme,quantity
A,P1,5
B,P1,6
D,P1,17
Total P1,P1,28
A,P2,7
C,P2,1
E,P2,9
Total P2,P2,17
";
    let grand = "place,programme,quantity,date
A,P1,5,2020-01-01
B,P1,6,2020-01-01
Subtotal,P1,11,
A,P2,7,2020-01-01
C,P2,1,2020-01-01
Subtotal,P2,8,
Grand total,,19,
";
    for (csv, remedy) in [
        (with_date, "\"totals\": { \"place\": \"Total\" }"),
        (with_number, "\"totals\": { \"place\": \"Total\" }"),
        (by_name, "place NOT IN ('Total P1', 'Total P2')"),
        (grand, "place NOT IN ('Grand total', 'Subtotal')"),
    ] {
        let folder = folder("activities", csv, "", "indicators = [\"sum\", \"parts\"]\n");
        folder.define("sum", "points", &formula("activities", "SUM(quantity)"));
        let filter = "place NOT IN ('Total', 'Total P1', 'Total P2', 'Grand total', 'Subtotal')";
        let parts = formula("activities", "SUM(quantity)") + &format!("\nwhere = \"{filter}\"");
        folder.define("parts", "points", &parts);
        assert!(told(&folder, "data-total-beside-parts"), "{csv}");
        let outcome = folder.evaluate();
        assert_eq!(total(&outcome, "sum").status, Status::Refused, "{csv}");
        assert!(remarked(&outcome, "sum", remedy), "{csv}");
        let right = if csv == grand { "19" } else { "45" };
        assert_eq!(value(&outcome, "parts", None), right, "{csv}");
    }
}

#[test]
fn parts_without_their_total_are_told() {
    let rows = "programme,year,sex,quantity
P1,2020,F,3
P1,2020,M,4
P1,2020,total,7
P1,2021,F,5
P1,2021,M,6
P2,2020,F,2
P2,2020,M,2
P2,2020,total,4
";
    let declared = r#", "totals": {"sex": "total"}"#;
    let folder = folder("results", rows, declared, "indicators = [\"sum\"]\n");
    folder.define("sum", "points", &formula("results", "SUM(quantity)"));
    let found = check(folder.path(), &Quiet)
        .unwrap_or_else(|stop| panic!("{stop}"))
        .findings;
    let told = found.listed.iter().find(|f| f.code == "data-total-lacks");
    let message = &told.unwrap().message;
    assert!(
        message.contains("In 1 of 3 groups") && message.contains("P1 2021"),
        "{message}"
    );
}

#[test]
fn a_table_that_was_pasted_twice_is_told() {
    let rows = "programme,place,quantity\nP1,A,5\nP1,B,6\nP2,A,7\nP2,C,3\n";
    let twice = rows.to_owned() + rows.split_once('\n').unwrap().1;
    for (csv, is) in [(rows, false), (twice.as_str(), true)] {
        let folder = folder("activities", csv, "", "indicators = [\"sum\"]\n");
        folder.define("sum", "points", &formula("activities", "SUM(quantity)"));
        assert_eq!(told(&folder, "data-rows-repeated"), is, "{csv}");
    }
}

#[test]
fn what_is_missing_and_falls_under_else_is_told() {
    let rows = "programme,sex,quantity\nP1,F,1\nP1,F,2\nP1,M,3\nP2,,4\nP2,,5\n";
    let define = |text: &str| {
        let folder = folder("activities", rows, "", "indicators = [\"share\"]\n");
        folder.define("share", "%", &formula("activities", text));
        folder
    };
    let fallen = define("AVG(CASE WHEN sex = 'F' THEN 1 ELSE 0 END)");
    let found = check(fallen.path(), &Quiet)
        .unwrap_or_else(|stop| panic!("{stop}"))
        .findings;
    let found = found
        .listed
        .iter()
        .find(|f| f.code == "data-missing-in-else");
    let message = &found.unwrap().message;
    assert!(
        message.contains("2 of 5 rows") && message.contains("rows 4, 5"),
        "{message}"
    );
    let named = define("AVG(CASE WHEN sex = 'F' THEN 1 WHEN sex IS NOT NULL THEN 0 END)");
    assert!(!told(&named, "data-missing-in-else"));
    let share: f64 = value(&named.evaluate(), "share", None).parse().unwrap();
    assert!((share - 2.0 / 3.0).abs() < 1e-12);
}

#[test]
fn numbers_beside_several_currencies_are_in_doubt() {
    let rows = "programme,kind,quantity,currency\nP1,a,100,EUR\nP1,b,65000,XOF\nP2,a,5,EUR\n";
    for (csv, is) in [(rows.to_owned(), true), (rows.replace("XOF", "EUR"), false)] {
        let folder = folder("funds", &csv, "", "indicators = [\"sum\"]\n");
        folder.define("sum", "points", &formula("funds", "SUM(quantity)"));
        assert_eq!(told(&folder, "data-currencies"), is, "{csv}");
    }
}

#[test]
fn what_was_drawn_is_not_held_against_the_population() {
    let rows =
        "programme,person,quantity,weight\nP1,a,10,100\nP1,b,12,120\nP1,a,11,100\nP2,c,9,90\n";
    let declared = r#", "sampling": "sample", "weight": "weight""#;
    let folder = folder(
        "activities",
        rows,
        declared,
        "indicators = [\"each\", \"mean\", \"drawn\"]\n",
    );
    let each = "SUM(quantity) / COUNT(DISTINCT person)";
    folder.define("each", "points", &formula("activities", each));
    folder.define("mean", "points", &formula("activities", "AVG(quantity)"));
    folder.define(
        "drawn",
        "points",
        &formula("activities", "COUNT(DISTINCT person)"),
    );
    let outcome = folder.evaluate();
    let why = result(&outcome, "each").not_computable.clone().unwrap();
    assert!(why.contains("of what was drawn"), "{why}");
    let mean: f64 = value(&outcome, "mean", None).parse().unwrap();
    assert!((mean - (1000.0 + 1440.0 + 1100.0 + 810.0) / 410.0).abs() < 1e-12);
    assert_eq!(value(&outcome, "drawn", None), "3");
}
