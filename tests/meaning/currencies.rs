//! Currencies in conditions, in single aggregates, in names with a scale, and as they are written.

use super::{folder, remarked, tables};
use crate::kit::{Folder, formula, total};
use codev::outcome::Status;

const FRANCS: &str = "id,programme,date,amount,currency
1,P1,2020-01-01,100,EUR
2,P1,2020-02-01,65000,XOF
3,P2,2020-01-01,50,EUR
4,P2,2020-03-01,70,EUR
";

#[test]
fn a_filter_on_a_currency_speaks_of_its_own_aggregate_only() {
    let evaluation = "indicators = [\"share\", \"both\", \"alone\"]\n";
    let folder = folder("funds", FRANCS, "", evaluation);
    let euros = "SUM(amount) FILTER (WHERE currency = 'EUR')";
    folder.define(
        "share",
        "%",
        &formula("funds", &format!("{euros} / SUM(amount)")),
    );
    folder.define("alone", "EUR", &formula("funds", euros));
    // The formula converts by itself.
    let both = format!("{euros} + 0.0015 * SUM(amount) FILTER (WHERE currency = 'XOF')");
    folder.define("both", "EUR", &formula("funds", &both));
    let outcome = folder.evaluate();
    assert_eq!(total(&outcome, "share").status, Status::Refused);
    assert!(remarked(&outcome, "share", "currency: EUR, XOF"));
    assert_eq!(total(&outcome, "alone").value, Some(220.0));
    assert_eq!(total(&outcome, "both").value, Some(220.0 + 97.5));
}

#[test]
fn amounts_in_conditions_are_of_one_currency_or_converted() {
    let asked = [
        (
            "above",
            "payments",
            "COUNT(*) FILTER (WHERE amount > 85)",
            "",
            Some(2.0),
        ),
        (
            "sum",
            "EUR",
            "SUM(amount)",
            "amount > 85",
            Some(100.0 + 97.5),
        ),
        (
            "share",
            "%",
            "AVG(CASE WHEN amount > 85 THEN 1 ELSE 0 END)",
            "",
            Some(0.5),
        ),
        (
            "filtered",
            "EUR",
            "SUM(amount) FILTER (WHERE amount < 99)",
            "",
            Some(97.5 + 50.0 + 70.0),
        ),
        (
            "paid",
            "payments",
            "COUNT(*) FILTER (WHERE amount > 0)",
            "",
            Some(4.0),
        ),
        (
            "by-hand",
            "payments",
            "COUNT(*) FILTER (WHERE currency = 'EUR' AND amount > 85)",
            "",
            Some(1.0),
        ),
    ];
    let ids: Vec<String> = asked.iter().map(|(id, ..)| format!("\"{id}\"")).collect();
    let indicators = format!("indicators = [{}]\n", ids.join(", "));
    let define = |folder: &Folder| {
        for (id, unit, text, filter, _) in asked {
            let filter = match filter {
                "" => String::new(),
                filter => format!("\nwhere = \"{filter}\""),
            };
            folder.define(id, unit, &(formula("funds", text) + &filter));
        }
    };
    let converted = Folder::new();
    let rates = "currency,rate\nXOF,0.0015\n";
    tables(&converted, &[("funds", FRANCS, ""), ("rates", rates, "")]);
    converted.write(
        "evaluation.toml",
        format!("title = \"t\"\nsmall_cells = 0\n{indicators}[currency]\nto = \"EUR\"\nrates = \"rates\"\n"),
    );
    define(&converted);
    let outcome = converted.evaluate();
    for (id, _, text, _, right) in asked {
        assert_eq!(total(&outcome, id).value, right, "{id}: {text}");
    }
    // Without rates 65,000 francs are not held against 85 euros.
    let mixed = folder("funds", FRANCS, "", &indicators);
    define(&mixed);
    let outcome = mixed.evaluate();
    for (id, ..) in asked {
        let status = total(&outcome, id).status;
        let told = ["paid", "by-hand"].contains(&id);
        assert_eq!(status == Status::Value, told, "{id}: {status:?}");
    }
}

#[test]
fn names_with_a_scale_are_counted_in_it() {
    let rows = "id,programme,amount_keur,cofinancing_usd
1,P1,100,50
2,P2,12,70
";
    let folder = Folder::new();
    tables(&folder, &[("funds", rows, "")]);
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    let numbers = manifest
        .replace(
            "\"amount_keur\", \"type\": \"string\"",
            "\"amount_keur\", \"type\": \"number\"",
        )
        .replace(
            "\"cofinancing_usd\", \"type\": \"string\"",
            "\"cofinancing_usd\", \"type\": \"number\"",
        );
    folder.write("datapackage.json", numbers);
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nsmall_cells = 0\nindicators = [\"euros\", \"ratio\", \"thousands\", \"multiplied\", \"within\"]\n",
    );
    folder.define("euros", "EUR", &formula("funds", "SUM(amount_keur)"));
    folder.define(
        "ratio",
        "%",
        &formula("funds", "SUM(cofinancing_usd) / SUM(amount_keur)"),
    );
    folder.define("thousands", "kEUR", &formula("funds", "SUM(amount_keur)"));
    folder.define(
        "multiplied",
        "EUR",
        &formula("funds", "1000 * SUM(amount_keur)"),
    );
    folder.define(
        "within",
        "EUR",
        &formula("funds", "SUM(amount_keur * 1000)"),
    );
    let outcome = folder.evaluate();
    for (id, words) in [
        ("euros", "The amounts are in thousand EUR"),
        ("ratio", "different currencies"),
    ] {
        assert_eq!(total(&outcome, id).status, Status::Refused, "{id}");
        assert!(remarked(&outcome, id, words), "{id}");
    }
    assert_eq!(total(&outcome, "thousands").value, Some(112.0));
    assert_eq!(total(&outcome, "multiplied").value, Some(112_000.0));
    assert_eq!(total(&outcome, "within").value, Some(112_000.0));
}

#[test]
fn a_filter_that_is_proposed_names_every_way_of_writing_a_currency() {
    let rows = "id,programme,amount,currency
1,P1,100,EUR
2,P1,100,euro
3,P2,50,€
4,P2,70,Eur
5,P2,70,USD
";
    let evaluation = "indicators = [\"sum\", \"kept\"]\n";
    let folder = folder("funds", rows, "", evaluation);
    folder.define("sum", "EUR", &formula("funds", "SUM(amount)"));
    let proposed = "currency IN ('EUR', 'Eur', 'euro', '€')";
    let kept = formula("funds", "SUM(amount)") + &format!("\nwhere = \"{proposed}\"");
    folder.define("kept", "EUR", &kept);
    let outcome = folder.evaluate();
    assert!(remarked(&outcome, "sum", proposed));
    assert_eq!(total(&outcome, "kept").value, Some(320.0));
}

#[test]
fn rates_hold_for_a_currency_however_it_is_written() {
    let folder = Folder::new();
    let funds = "id,programme,amount,currency\n1,P1,10,usd\n2,P1,10,US$\n3,P2,5,euro\n";
    let rates = "currency,rate\nUSD,0.5\n";
    tables(&folder, &[("funds", funds, ""), ("rates", rates, "")]);
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nsmall_cells = 0\nindicators = [\"sum\"]\n[currency]\nto = \"EUR\"\nrates = \"rates\"\n",
    );
    folder.define("sum", "EUR", &formula("funds", "SUM(amount)"));
    assert_eq!(total(&folder.evaluate(), "sum").value, Some(15.0));
}
