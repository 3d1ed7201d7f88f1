//! Currencies, margins in percent, and percent written twice.

use super::{codes, folder, remarked, tables, value};
use crate::kit::{Folder, cell, formula, result, shown, total};
use codev::outcome::Status;

pub const FUNDS: &str = "id,programme,amount,currency,funder_kind,date
1,P1,1000,EUR,municipal,2020-01-01
2,P1,655957,XOF,national,2020-02-01
3,P2,2000,EUR,municipal,2020-03-01
4,P2,500,,national,2020-04-01
5,P2,1100,USD,national,2020-05-01
6,P2,-200,EUR,municipal,2020-06-01
";

#[test]
fn amounts_of_several_currencies_are_not_added() {
    let evaluation = "indicators = [\"amount-invested\", \"national\", \"sum\", \"euros\", \"xof\", \"rows\", \"shares\"]\nby = [\"currency\"]\n";
    let folder = folder("funds", FUNDS, "", evaluation);
    folder.define("sum", "EUR", &formula("funds", "SUM(amount)"));
    let national = "SUM(amount) FILTER (WHERE funder_kind = 'national') / SUM(amount)";
    folder.define("national", "%", &formula("funds", national));
    let only = |code: &str| {
        formula("funds", "SUM(amount)") + &format!("\nwhere = \"currency = '{code}'\"")
    };
    folder.define("euros", "EUR", &only("EUR"));
    folder.define("xof", "EUR", &only("XOF"));
    folder.define("rows", "transfers", &formula("funds", "COUNT(*)"));
    folder.define(
        "shares",
        "index",
        "type = \"concentration\"\ntable = \"funds\"\ncategory = \"funder_kind\"\namount = \"amount\"\nstatistic = \"largest-share\"",
    );
    assert!(codes(&folder).contains(&"data-currencies".to_owned()));
    let outcome = folder.evaluate();
    for id in ["amount-invested", "national", "sum"] {
        assert_eq!(total(&outcome, id).status, Status::Refused, "{id}");
        assert!(
            remarked(&outcome, id, "EUR, USD, XOF and without a currency"),
            "{id}"
        );
    }
    let why = result(&outcome, "shares").not_computable.clone().unwrap();
    assert!(why.contains("different currencies"), "{why}");
    assert_eq!(value(&outcome, "euros", None), "2800");
    // Francs are no euros, also where there are no others.
    assert_eq!(total(&outcome, "xof").status, Status::Refused);
    assert!(remarked(&outcome, "xof", "The amounts are in XOF"));
    let group = |code| cell(&outcome, "sum", None, Some(("currency", Some(code)))).unwrap();
    assert_eq!(shown(group("EUR")), "2800");
    assert_eq!(group("XOF").status, Status::Refused);
    assert_eq!(value(&outcome, "rows", None), "6");
}

#[test]
fn one_currency_is_added_however_it_is_written() {
    let euros = FUNDS
        .replace("XOF", "eur ")
        .replace("USD", "€")
        .replace(",500,,", ",500,EUR,");
    let folder = folder(
        "funds",
        &euros,
        "",
        "indicators = [\"amount-invested\", \"sum\"]\n",
    );
    folder.define("sum", "EUR", &formula("funds", "SUM(amount)"));
    let outcome = folder.evaluate();
    assert_eq!(value(&outcome, "sum", None), "660357");
    assert_eq!(total(&outcome, "amount-invested").status, Status::Value);
    // A table whose amounts are all in one currency that the unit is not.
    let plain: String = FUNDS
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            [cells[0], cells[1], cells[2], cells[4], cells[5]].join(",") + "\n"
        })
        .collect();
    let declared = self::folder(
        "funds",
        &plain,
        r#", "currency": "MAD""#,
        "indicators = [\"sum\", \"dirhams\"]\n",
    );
    declared.define("sum", "EUR", &formula("funds", "SUM(amount)"));
    declared.define("dirhams", "MAD", &formula("funds", "SUM(amount)"));
    let outcome = declared.evaluate();
    assert_eq!(total(&outcome, "sum").status, Status::Refused);
    assert_eq!(value(&outcome, "dirhams", None), "660357");
}

#[test]
fn rates_with_dates_convert_each_amount_by_that_of_its_day() {
    let rates = "currency,rate,date
XOF,0.0015,2019-01-01
XOF,0.002,2020-02-01
USD,0.9,2020-01-01
USD,0.5,2020-06-01
";
    let folder = Folder::new();
    let funds = FUNDS.replace("4,P2,500,,", "4,P2,500,CHF,");
    tables(
        &folder,
        &[
            ("funds", &funds, r#", "date": "date""#),
            ("rates", rates, ""),
        ],
    );
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"sum\", \"share\", \"dollars\"]\n[currency]\nto = \"EUR\"\nrates = \"rates\"\n",
    );
    folder.define("sum", "EUR", &formula("funds", "SUM(amount)"));
    let share = "SUM(amount) FILTER (WHERE funder_kind = 'municipal') / SUM(amount)";
    folder.define("share", "%", &formula("funds", share));
    folder.define(
        "dollars",
        "USD",
        &(formula("funds", "SUM(amount)") + "\nwhere = \"currency = 'USD'\""),
    );
    let outcome = folder.evaluate();
    // 1000 + 655957 * 0.002 + 2000 + 1100 * 0.9 - 200; the francs of Switzerland have no rate.
    let sum = 1000.0 + 655_957.0 * 0.002 + 2000.0 + 1100.0 * 0.9 - 200.0;
    let found: f64 = value(&outcome, "sum", None).parse().unwrap();
    assert!((found - sum).abs() < 1e-9);
    let found: f64 = value(&outcome, "share", None).parse().unwrap();
    assert!((found - 2800.0 / sum).abs() < 1e-12);
    let rows = result(&outcome, "sum").rows.clone().unwrap();
    assert_eq!(
        rows.missing,
        [("no rate to EUR for its currency and date".to_owned(), 1)]
    );
    assert_eq!(value(&outcome, "dollars", None), "1100");
    // A table of rates that lacks what it needs is said to.
    folder.write("rates.csv", rates.replace("0.9", ""));
    assert!(codes(&folder).contains(&"evaluation-currency".to_owned()));
}

#[test]
fn margins_in_percent_are_shares() {
    let rows: String = (0..24)
        .map(|at| {
            let sex = if at % 3 == 0 { "f" } else { "m" };
            let weight = ["1", "2", "0.5", "1"][at % 4];
            format!("{at},P{},{sex},{weight}\n", at % 2 + 1)
        })
        .collect();
    let rows = format!("id,programme,sex,weight\n{rows}");
    let sample = r#", "sampling": "sample", "weight": "weight""#;
    let counted = |margins: &str| {
        let evaluation = format!(
            "indicators = [\"n\"]\nby = [\"sex\"]\n[[calibrate]]\ntable = \"responses\"\n{margins}"
        );
        let folder = folder("responses", &rows, sample, &evaluation);
        folder.define("n", "persons", &formula("responses", "COUNT(*)"));
        folder
    };
    let percent = "[[calibrate.margin]]\ncolumn = \"sex\"\ncategories = { f = 51, m = 49 }\n";
    let outcome = counted(percent).evaluate();
    // The sum of the weights stays as it is: 24 rows, 27 in all.
    let near =
        |text: String, x: f64| assert!((text.parse::<f64>().unwrap() - x).abs() < 1e-9, "{text}");
    near(value(&outcome, "n", None), 27.0);
    let women = cell(&outcome, "n", None, Some(("sex", Some("f")))).unwrap();
    near(shown(women), 27.0 * 0.51);
    // Shares of 1 say the same, and counts are counts where `total` says how many there are.
    let shares = percent.replace("51", "0.51").replace("49", "0.49");
    near(value(&counted(&shares).evaluate(), "n", None), 27.0);
    near(
        value(
            &counted(&format!("total = 100\n{percent}")).evaluate(),
            "n",
            None,
        ),
        100.0,
    );
    let people = percent.replace("51", "510").replace("49", "490");
    near(value(&counted(&people).evaluate(), "n", None), 1000.0);
}

#[test]
fn percent_is_not_written_twice() {
    for (value, faulty) in [
        ("100 * AVG(voted)", true),
        ("AVG(voted) * 100", true),
        ("100 * SUM(voted) / SUM(entitled)", true),
        ("ROUND(100 * SUM(voted) / SUM(entitled))", true),
        ("AVG(CASE WHEN voted > 0 THEN 100 ELSE 0 END)", true),
        ("SUM(100 * voted) / SUM(entitled)", true),
        ("100 - 100 * AVG(voted)", true),
        ("AVG(voted)", false),
        ("AVG(percent) / 100", false),
        ("SUM(voted) / SUM(entitled)", false),
    ] {
        let rows = "id,programme,voted,entitled,percent\n1,P1,1,2,50\n2,P2,1,3,33\n";
        let folder = folder(
            "decisions",
            rows,
            "",
            "indicators = [\"x\", \"claims-made\"]\n",
        );
        folder.define("x", "%", &formula("decisions", value));
        let found = codes(&folder).contains(&"definition-percent-twice".to_owned());
        assert_eq!(found, faulty, "{value}");
        // In another unit a factor of 100 is what it is.
        folder.define("x", "per 100 voters", &formula("decisions", value));
        assert!(
            !codes(&folder).contains(&"definition-percent-twice".to_owned()),
            "{value}"
        );
    }
}

#[test]
fn shares_above_the_whole_are_told() {
    let rows = "id,programme,voted,entitled,percent
1,P1,40,100,40
2,P1,55,100,55
3,P2,250,100,70
4,P2,90,100,90
";
    let folder = folder(
        "decisions",
        rows,
        "",
        "indicators = [\"turnout\", \"mean\"]\n",
    );
    folder.define(
        "turnout",
        "%",
        &formula("decisions", "SUM(voted) / SUM(entitled)"),
    );
    folder.define("mean", "%", &formula("decisions", "AVG(percent)"));
    let found = codes(&folder);
    assert!(
        found.contains(&"data-part-above-whole".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"definition-percent-of-percent".to_owned()),
        "{found:?}"
    );
    let outcome = folder.evaluate();
    assert!(remarked(&outcome, "turnout", "above 100 %"));
    // Right rows, and proportions: nothing is told.
    let right = rows
        .replace("250", "60")
        .replace(",40\n", ",0.4\n")
        .replace(",55\n", ",0.55\n")
        .replace(",70\n", ",0.7\n")
        .replace(",90\n", ",0.9\n");
    folder.write("decisions.csv", right);
    let found = codes(&folder);
    assert!(
        !found
            .iter()
            .any(|c| c.contains("whole") || c.contains("percent")),
        "{found:?}"
    );
}

/// A currency in the name of a column counts as one beside it: in formulas, in measures that read rows one by one, and in effects.
#[test]
fn currencies_in_names_are_not_put_together() {
    let csv = "id,programme,amount_eur,amount_cfa,wave,place\n1,P1,10,,a,x\n2,P1,,655,b,x\n3,P2,20,,a,y\n4,P2,,1311,b,y\n";
    let effect = |id: &str, on: &str| {
        format!(
            "[[effect]]\nid = \"{id}\"\nindicators = [\"{on}\"]\ndesign = \"before-after\"\nwaves = [\"a\", \"b\"]\n"
        )
    };
    let evaluation = format!(
        "indicators = [\"mean\", \"shares\", \"euros\"]\n{}{}",
        effect("mixed", "mean"),
        effect("same", "own")
    );
    let folder = Folder::new();
    tables(
        &folder,
        &[(
            "funds",
            csv,
            ", \"sampling\": \"sample\", \"wave\": \"wave\"",
        )],
    );
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    let typed = ["eur", "cfa"].iter().fold(manifest, |text, code| {
        text.replace(
            &format!(r#""amount_{code}", "type": "string""#),
            &format!(r#""amount_{code}", "type": "number""#),
        )
    });
    folder.write("datapackage.json", typed);
    folder.write(
        "evaluation.toml",
        format!("title = \"t\"\nsmall_cells = 0\n{evaluation}"),
    );
    let both = "COALESCE(amount_eur, amount_cfa)";
    folder.define("mean", "EUR", &formula("funds", &format!("AVG({both})")));
    folder.define("own", "EUR", &formula("funds", "AVG(amount_eur)"));
    let shares = |amount: &str| {
        format!(
            "type = \"concentration\"\ntable = \"funds\"\ncategory = \"place\"\namount = \"{amount}\"\nstatistic = \"largest-share\""
        )
    };
    folder.define("shares", "index", &shares(both));
    folder.define("euros", "index", &shares("amount_eur"));
    let outcome = folder.evaluate();
    let why = result(&outcome, "shares").not_computable.clone().unwrap();
    assert_eq!(
        why,
        "the names of its amounts hold their currency (`amount_cfa` in CFA, `amount_eur` in EUR); amounts of different currencies are not put together: write a definition for each, or add a column with all of them in one currency"
    );
    assert_eq!(shown(total(&outcome, "euros")), "0.6666666666666666");
    assert_eq!(total(&outcome, "mean").status, Status::Refused);
    let refused = |id: &str| {
        let found = outcome.effects.iter().find(|e| e.id == id).unwrap();
        found
            .not_estimable
            .clone()
            .map(|n| n.reason)
            .unwrap_or_default()
    };
    assert!(
        refused("mixed/mean").contains("columns in different currencies are not added to"),
        "{}",
        refused("mixed/mean")
    );
    assert!(
        !refused("same/own").contains("EUR"),
        "{}",
        refused("same/own")
    );
}
