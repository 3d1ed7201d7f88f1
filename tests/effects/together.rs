//! An effect reads the rows that its indicator reads: in one currency, without counting totals beside their parts, accounts of the same
//! thing, earlier reports, or what several rows share. Four units in two years, two of them treated in the second: the differences are
//! 6, 8 (treated) and 1, 3, so that the effect is (6 + 8) / 2 - (1 + 3) / 2 = 5, whatever stands beside these numbers.

use super::{effect, estimate, reason};
use crate::kit::{Folder, formula};

const CELLS: [(&str, u16, f64, u8); 8] = [
    ("a", 2019, 10.0, 0),
    ("a", 2020, 16.0, 1),
    ("b", 2019, 12.0, 0),
    ("b", 2020, 20.0, 1),
    ("c", 2019, 11.0, 0),
    ("c", 2020, 12.0, 0),
    ("d", 2019, 9.0, 0),
    ("d", 2020, 12.0, 0),
];

const TWO_WAY: &str =
    "design = \"two-way-effects\"\nunit = \"u\"\ntime = \"year\"\ntreated = \"tr = 1\"\n";

/// A table `t` with the cells, each written as `rows` says (unit, year, value, then the columns named), and a sum and a mean of `amount`.
fn package(
    columns: &str,
    codev: &str,
    rows: impl Fn(&str, f64) -> Vec<(f64, String)>,
    evaluation: &str,
) -> Folder {
    let folder = Folder::new();
    let mut csv = format!("u,year,tr,amount,{columns}\n");
    for (unit, year, n, treated) in CELLS {
        for (x, more) in rows(unit, n) {
            let more = more.replace("YEAR", &year.to_string());
            csv += &format!("{unit},{year},{treated},{x},{more}\n");
        }
    }
    let more: Vec<String> = columns
        .split(',')
        .map(|name| {
            let kind = if name == "d" { "date" } else { "string" };
            format!(r#", {{"name": "{name}", "type": "{kind}"}}"#)
        })
        .collect();
    folder.write("t.csv", csv);
    folder.write("rates.csv", "currency,rate\nXOF,0.5\n");
    folder.write(
        "datapackage.json",
        format!(
            r#"{{"name": "test", "resources": [{{"name": "t", "path": "t.csv", "schema": {{"fields": [
            {{"name": "u", "type": "string"}}, {{"name": "year", "type": "year"}}, {{"name": "tr", "type": "integer"}},
            {{"name": "amount", "type": "number"}}{}]}}, "codev": {{"role": "results"{codev}}}}},
            {{"name": "rates", "path": "rates.csv", "schema": {{"fields": [{{"name": "currency", "type": "string"}},
            {{"name": "rate", "type": "number"}}]}}}}]}}"#,
            more.concat()
        ),
    );
    folder.define("sum", "EUR", &formula("t", "SUM(amount)"));
    folder.define("mean", "EUR", &formula("t", "AVG(amount)"));
    folder.write(
        "evaluation.toml",
        format!("title = \"t\"\nsmall_cells = 0\n{evaluation}"),
    );
    folder
}

fn asks(design: &str, more: &str) -> String {
    format!("[[effect]]\nid = \"e\"\nindicators = [\"sum\", \"mean\"]\n{design}{more}")
}

#[track_caller]
fn close(got: f64, wanted: f64) {
    assert!(crate::kit::close(got, wanted, 1e-9), "{got} for {wanted}");
}

#[track_caller]
fn is_five(folder: &Folder, ids: &[&str]) {
    let outcome = folder.evaluate();
    for id in ids {
        close(estimate(&outcome, &format!("e/{id}")).value, 5.0);
    }
}

#[track_caller]
fn is_refused(folder: &Folder, words: &str, help: &str) {
    let outcome = folder.evaluate();
    for id in ["e/sum", "e/mean"] {
        let found = reason(&outcome, id);
        assert!(found.contains(words), "{id}: {found}");
        let found = &effect(&outcome, id).not_estimable.as_ref().unwrap().help;
        assert!(found.contains(help), "{id}: {found}");
    }
}

fn by_sex(_: &str, n: f64) -> Vec<(f64, String)> {
    vec![
        (n - 4.0, "F".to_owned()),
        (4.0, "M".to_owned()),
        (n, "total".to_owned()),
    ]
}

#[test]
fn totals_count_and_their_parts_do_not() {
    let declared = ", \"totals\": {\"sex\": \"total\"}";
    let plain = asks(TWO_WAY, "");
    is_five(&package("sex", declared, by_sex, &plain), &["sum", "mean"]);
    let undeclared = package("sex", "", by_sex, &plain);
    is_refused(
        &undeclared,
        "rows with `total` in sex meet rows with other values",
        "where = \"sex = 'total'\" or where = \"sex <> 'total'\"",
    );
    // The effect may choose by itself, and is held to it.
    let parts = asks(TWO_WAY, "where = \"sex <> 'total'\"\n");
    for codev in [declared, ""] {
        is_five(&package("sex", codev, by_sex, &parts), &["sum"]);
        let both = asks(TWO_WAY, "where = \"sex IS NOT NULL\"\n");
        is_refused(&package("sex", codev, by_sex, &both), "are parts of it", "");
    }
}

#[test]
fn totals_that_are_empty_count_too() {
    let rows = |unit: &str, n: f64| {
        let mut rows = by_sex(unit, n);
        rows[2].1 = String::new();
        rows
    };
    let declared = ", \"totals\": {\"sex\": \"\"}";
    let plain = package("sex", declared, rows, &asks(TWO_WAY, ""));
    is_five(&plain, &["sum", "mean"]);
}

#[test]
fn accounts_of_the_same_thing_are_not_added() {
    let rows = |_: &str, n: f64| vec![(n, "one".to_owned()), (n + 1.0, "two".to_owned())];
    let codev = ", \"overlapping\": [\"frame\"]";
    let plain = package("frame", codev, rows, &asks(TWO_WAY, ""));
    is_refused(
        &plain,
        "rows with different values of frame meet they are not added: those are different accounts of the same thing",
        "Keep one of them: where = \"frame = 'one'\".",
    );
    let one = asks(TWO_WAY, "where = \"frame = 'one'\"\n");
    is_five(&package("frame", codev, rows, &one), &["sum", "mean"]);
}

/// Amounts of unit b are in francs, of which two are worth a euro.
fn money(unit: &str, n: f64) -> Vec<(f64, String)> {
    match unit {
        "b" => vec![(2.0 * n, "XOF".to_owned())],
        _ => vec![(n, "EUR".to_owned())],
    }
}

const RATES: &str = "[currency]\nto = \"EUR\"\nrates = \"rates\"\n";

#[test]
fn amounts_are_converted_or_refused() {
    let plain = asks(TWO_WAY, "");
    let refused = package("currency", "", money, &plain);
    is_refused(
        &refused,
        "amounts in different currencies meet they are not added, nor held against one number (currency: EUR, XOF)",
        "Convert them with [currency]",
    );
    let converted = package("currency", "", money, &(plain + RATES));
    is_five(&converted, &["sum", "mean"]);
    // The design's own conditions speak of converted amounts: 13 euros are 26 francs.
    let more = "where = \"amount < 21\"\n";
    let converted = package("currency", "", money, &(asks(TWO_WAY, more) + RATES));
    is_five(&converted, &["sum", "mean"]);
}

#[test]
fn a_comparison_of_means_is_converted_too() {
    let design =
        "design = \"comparison\"\ntreated = \"u IN ('a', 'b')\"\nwhere = \"year = 2020\"\n";
    let ask = format!("[[effect]]\nid = \"e\"\nindicators = [\"mean\"]\n{design}");
    let folder = package("currency", "", money, &(ask + RATES));
    // (16 + 20) / 2 - (12 + 12) / 2
    close(estimate(&folder.evaluate(), "e/mean").value, 6.0);
    // What is held constant is an amount in one currency, or is refused.
    let dose = "design = \"dose-response\"\ndose = \"amount\"\n";
    let ask = format!("[[effect]]\nid = \"e\"\nindicators = [\"share\"]\n{dose}");
    for (rates, refused) in [(RATES, false), ("", true)] {
        let folder = package("currency", "", money, &format!("{ask}{rates}"));
        folder.define("share", "%", &formula("t", "AVG(tr)"));
        let outcome = folder.evaluate();
        let found = effect(&outcome, "e/share");
        assert_eq!(
            found.not_estimable.is_some(),
            refused,
            "{:?}",
            found.not_estimable
        );
        if let Some(found) = &found.estimate {
            // Of 10, 16, 12, 20, 11, 12, 9, 12 the squared deviations are 89.5 together, and those of the two treated 3.25 and 7.25.
            close(found.value, 10.5 / 89.5);
        }
    }
}

#[test]
fn of_reports_to_date_the_last_of_a_year_counts() {
    let reports = |_: &str, n: f64| {
        vec![
            (n - 7.0, "YEAR-06-30".to_owned()),
            (n, "YEAR-12-31".to_owned()),
        ]
    };
    let codev = ", \"accumulation\": \"cumulative\", \"date\": \"d\", \"series\": [\"u\"]";
    let folder = package("d", codev, reports, &asks(TWO_WAY, ""));
    is_five(&folder, &["sum", "mean"]);
    let outcome = folder.evaluate();
    let rows = effect(&outcome, "e/sum").rows.as_ref().unwrap();
    assert_eq!((rows.used, rows.excluded), (8, 8));
    // In groups that are compared too: of each series the last of its year.
    let ask = asks(
        "design = \"before-after\"\nbefore = \"year = 2019\"\nafter = \"year = 2020\"\n",
        "",
    );
    let folder = package("d", codev, reports, &ask);
    // (16 + 20 + 12 + 12) / 4 - (10 + 12 + 11 + 9) / 4
    close(estimate(&folder.evaluate(), "e/mean").value, 4.5);
}

#[test]
fn what_several_rows_share_is_not_added() {
    let folder = package("x", "", |_, n| vec![(n, "1".to_owned())], "");
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    let manifest = manifest.replace(
        r#"{"name": "rates", "path": "rates.csv""#,
        r#"{"name": "units", "path": "units.csv", "schema": {"fields": [{"name": "id", "type": "string"},
        {"name": "budget", "type": "number"}], "primaryKey": "id"}}, {"name": "rates", "path": "rates.csv""#,
    );
    let manifest = manifest.replace(
        r#"]}, "codev": {"role": "results"}}"#,
        r#"], "foreignKeys": [{"fields": "u", "reference": {"resource": "units", "fields": "id"}}]}, "codev": {"role": "results"}}"#,
    );
    folder.write("datapackage.json", manifest);
    folder.write("units.csv", "id,budget\na,100\nb,50\nc,20\nd,10\n");
    folder.define("shared", "EUR", &formula("t", "SUM(amount + u.budget)"));
    folder.define("own", "EUR", &formula("t", "SUM(amount * u.budget)"));
    let ask = format!("[[effect]]\nid = \"e\"\nindicators = [\"shared\", \"own\"]\n{TWO_WAY}");
    folder.write(
        "evaluation.toml",
        format!("title = \"t\"\nsmall_cells = 0\n{ask}"),
    );
    // One row of each unit in a year adds its budget once, the same in both years.
    close(estimate(&folder.evaluate(), "e/shared").value, 5.0);
    // Two rows of a unit in a year would add it twice.
    let csv = std::fs::read_to_string(folder.file("t.csv")).unwrap();
    folder.write("t.csv", csv + "a,2020,1,3,1\n");
    let outcome = folder.evaluate();
    assert_eq!(
        reason(&outcome, "e/shared"),
        "where several rows of t lead to one row of units, SUM(u.budget) would add the budget of units once for each of them"
    );
    estimate(&outcome, "e/own");
}
