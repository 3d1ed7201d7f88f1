//! Columns of money: which say a currency, which hold amounts, and which currency the name of an amount holds.

use super::declare::TableSpec;
use super::typos::WordCounts;
use super::{Column, Table, Type, units};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::{currency, scale_word, scaled_currency};

/// Words in the names of columns with amounts (English, Dutch, French, Spanish, Catalan, German, Italian, Portuguese).
const AMOUNTS: &str = "amount amounts cost costs spend spent spending expenditure expenditures expenses budget price prices fund funds funding grant \
grants income revenue revenues salary wage wages fee fees payment payments paid money disbursement disbursements commitment commitments remittance \
remittances contribution contributions investment bedrag kosten uitgaven uitgave begroting prijs subsidie montant cout couts coût coûts depense depenses \
dépense dépenses versement prix importe monto coste costes costo costos gasto gastos presupuesto precio cost despesa despeses pressupost preu betrag \
ausgaben importo costi spesa spese valor custo custos despesas";

/// Names of columns that say the currency (English, Dutch, French, Spanish, Catalan, German, Italian, Portuguese, Turkish).
const NAMES: &str = "currency currencies curr ccy devise devises monnaie moneda monedas divisa divisas valuta munt munteenheid muntsoort währung \
waehrung wahrung valute moeda moedas para_birimi doviz döviz";

/// Words that stand beside such a name and change nothing: `currency_code`, `iso currency`, `code devise`.
const BESIDE: &str = "code codes iso iso4217 4217 codi codigo código codice kod kodu id";

/// Signs and words that mean one of several currencies, in capitals.
const SIGNS: [&str; 7] = ["$", "¥", "₹", "₺", "CFA", "FCFA", "F CFA"];

/// Francs of one of two currencies (XOF, XAF), and none of any other.
const FRANCS: [&str; 2] = ["CFA", "FCFA"];

/// Codes that are words as well: in small letters, or alone in a column, they mean nothing.
const WORDS: [&str; 8] = ["ALL", "TOP", "TRY", "CUP", "PEN", "GEL", "MOP", "COP"];

/// Codes that make a column one of amounts by themselves.
const PLAIN: [&str; 6] = ["EUR", "USD", "GBP", "CHF", "XOF", "XAF"];

/// Words for which a code in the name is not the currency of amounts: `rate_usd`.
const RATES: [&str; 8] = [
    "rate", "rates", "taux", "koers", "tasa", "kurs", "cambio", "exchange",
];

/// Most different words of a column of currencies.
const MOST: usize = 400;

/// The words of a name: at signs, spaces, and where a capital follows a small letter.
fn words(name: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (small && c.is_uppercase()) {
            found.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = found.last_mut()
        {
            word.push(c);
        }
        small = c.is_lowercase();
    }
    found.retain(|word| !word.is_empty());
    found
}

fn is_of(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|w| w == word)
}

/// The currency that the name of a column of amounts holds, as its code: `amount_usd`, `cost (XOF)`, `Budget €`. `None`
/// where there is none, or several.
pub(crate) fn in_name(name: &str) -> Option<&'static str> {
    let shouted = !name.chars().any(char::is_lowercase);
    if is_rate(name) {
        return None;
    }
    let parts = words(name);
    let mut found: Vec<&'static str> = parts
        .iter()
        .filter_map(|word| {
            let upper = word.to_uppercase();
            let is_word = WORDS.contains(&upper.as_str()) && (shouted || *word != upper);
            let code = currency(&upper)
                .or_else(|| currency(word))
                .or_else(|| scaled_in(word).map(|(code, _)| code))
                .or_else(|| FRANCS.contains(&upper.as_str()).then_some("CFA"))?;
            (!is_word).then_some(code)
        })
        .collect();
    for (sign, code) in [("€", "EUR"), ("£", "GBP"), ("US$", "USD")] {
        found.extend(name.contains(sign).then_some(code));
    }
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// A currency with a letter for its scale, but for words of a language: `keur`, not `tall`.
fn scaled_in(word: &str) -> Option<(&'static str, f64)> {
    scaled_currency(word).filter(|(code, _)| PLAIN.contains(code))
}

/// What the amounts of a column are counted in whose name holds a currency: 1000 for `amount_keur` and `cost (thousand USD)`.
pub(crate) fn scale_in_name(name: &str) -> f64 {
    let parts = words(name);
    let each = parts.iter().map(String::as_str);
    // `amountKEUR` and `amount_kEUR` are parted where a capital follows.
    let joined: Vec<String> = parts.windows(2).map(<[String]>::concat).collect();
    let found = each.clone().find_map(|w| Some(scaled_in(w)?.1));
    found
        .or_else(|| each.clone().find_map(scale_word))
        .or_else(|| joined.iter().find_map(|w| Some(scaled_in(w)?.1)))
        .unwrap_or(1.0)
}

/// Whether a column holds rates of exchange, by its name.
pub(crate) fn is_rate(name: &str) -> bool {
    let words = words(name);
    words
        .iter()
        .any(|w| RATES.contains(&w.to_lowercase().as_str()))
}

/// Whether a column holds amounts of money, by its name.
pub(crate) fn is_amount(column: &Column) -> bool {
    column.r#type == Type::Number
        && !column.declared.starts_with("year")
        && (words(&column.name)
            .iter()
            .any(|word| is_of(AMOUNTS, &word.to_lowercase()))
            || in_name(&column.name).is_some_and(|code| PLAIN.contains(&code)))
}

/// Whether the name of a column says that it holds currencies.
fn is_named(name: &str) -> bool {
    let lower = name.to_lowercase();
    let parts: Vec<String> = words(&lower)
        .into_iter()
        .filter(|word| !is_of(BESIDE, word))
        .collect();
    is_of(NAMES, &parts.join("_"))
}

/// Whether a word of a column says a currency.
fn says(word: &str) -> bool {
    let upper = word.trim().to_uppercase();
    currency(&upper).or_else(|| currency(word)).is_some() || SIGNS.contains(&upper.as_str())
}

/// Whether the words of a column all say a currency, and not all of them are words of a language.
fn all_say<'a>(mut found: impl Iterator<Item = &'a String> + Clone) -> bool {
    let plain = |word: &String| !WORDS.contains(&word.trim().to_uppercase().as_str());
    found.clone().any(plain) && found.all(|word| says(word))
}

/// Finds the column that says the currency of a table's amounts where the manifest does not: by its name or, failing that,
/// by what it holds. Where there are two, none is taken and a finding asks.
pub(super) fn find(
    table: &mut Table,
    spec: &TableSpec,
    findings: &mut Findings,
) -> Result<(), Stop> {
    if table.meaning.currency.is_some() || !table.columns.iter().any(|c| c.r#type == Type::Number) {
        return Ok(());
    }
    let texts = || table.columns.iter().filter(|c| c.r#type == Type::Text);
    let mut found: Vec<String> = texts()
        .map(|c| c.name.clone())
        .filter(|name| is_named(name))
        .collect();
    if found.is_empty() {
        found = by_values(table, texts().map(|c| c.name.clone()).collect())?;
    }
    match found.as_slice() {
        [] => {}
        [one] => table.meaning.currency = Some(one.clone()),
        [one, ..] if table.columns.iter().any(is_amount) => {
            let listed: Vec<String> = found.iter().map(|name| format!("`{name}`")).collect();
            let message = format!(
                "{} of table `{}` hold currencies, and nothing says which of them is that of the amounts: rows of different currencies would be added.",
                listed.join(" and "),
                table.name
            );
            let help = format!(
                "Write `\"currency\": \"{one}\"` (or another of them) in the codev object of the table."
            );
            let mut finding =
                Finding::warning("data-currency-unclear", message, help).in_column(one);
            finding.place.file = spec.files.first().map(|f| f.shown.clone());
            findings.push(finding);
        }
        _ => {}
    }
    Ok(())
}

/// Those of the columns in which every stated value says a currency. Of a table in files the first rows choose which are read.
fn by_values(table: &Table, mut names: Vec<String>) -> Result<Vec<String>, Stop> {
    for whole in [false, true] {
        if names.is_empty() {
            break;
        }
        let mut counts: Vec<WordCounts> = names.iter().map(|_| WordCounts::default()).collect();
        let count = |_: u64, frame: &polars::prelude::DataFrame| {
            let mut columns = frame.columns().iter().zip(&mut counts);
            columns.try_for_each(|(column, counts)| counts.add(column))
        };
        match whole {
            true => units::scan(table, &names, count)?,
            false => units::scan_seen(table, &names, count)?,
        }
        let mut kept = Vec::new();
        for (name, counts) in names.into_iter().zip(counts) {
            let words = counts.finish(MOST);
            if all_say(words.keys()) {
                kept.push(name);
            }
        }
        names = kept;
        if units::seen(table) >= table.rows {
            break;
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_currencies() {
        for (name, code) in [
            ("amount_usd", Some("USD")),
            ("budget_eur", Some("EUR")),
            ("cost (XOF)", Some("XOF")),
            ("Budget €", Some("EUR")),
            ("amountUSD", Some("USD")),
            ("amount (ALL)", Some("ALL")),
            ("cost_all", None),
            ("COST_ALL", None),
            ("montant_fcfa", Some("CFA")),
            ("usd_eur", None),
            ("amount_keur", Some("EUR")),
            ("amount_kEUR", Some("EUR")),
            ("cost_tusd", Some("USD")),
            ("amount_meur", Some("EUR")),
            ("tall", None),
            ("rate_usd", None),
            ("amount", None),
        ] {
            assert_eq!(in_name(name), code, "{name}");
        }
    }

    #[test]
    fn names_hold_the_scale_of_their_currency() {
        for (name, scale) in [
            ("amount_eur", 1.0),
            ("amount_keur", 1e3),
            ("amount_kEUR", 1e3),
            ("cost_tusd", 1e3),
            ("amount_meur", 1e6),
            ("budget (thousand EUR)", 1e3),
            ("cost_mio_eur", 1e6),
            ("cost_eur_k", 1e3),
        ] {
            assert_eq!(scale_in_name(name), scale, "{name}");
        }
    }

    #[test]
    fn names_say_that_a_column_holds_currencies() {
        for name in [
            "currency",
            "Currency code",
            "currency_code",
            "curr",
            "monnaie",
            "Währung",
            "valuta",
            "moeda",
            "para_birimi",
            "code devise",
        ] {
            assert!(is_named(name), "{name}");
        }
        for name in ["currency_rate", "code", "country", "amount", "id"] {
            assert!(!is_named(name), "{name}");
        }
        let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert!(all_say(words(&["EUR", "xof ", "€"]).iter()));
        assert!(!all_say(words(&["EUR", "persons"]).iter()));
        assert!(!all_say(words(&["all", "top"]).iter()));
        assert!(!all_say(words(&[]).iter()));
    }
}
