//! Numbers in each language, decimals of columns, and the words for no value.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::report::fixture;

#[test]
fn each_language_writes_numbers_its_own_way() {
    let table = [
        ("en", "1,234,567.89", "\u{2212}1,234.5", "15.3%"),
        ("nl", "1.234.567,89", "\u{2212}1.234,5", "15,3%"),
        (
            "fr",
            "1\u{202f}234\u{202f}567,89",
            "\u{2212}1\u{202f}234,5",
            "15,3\u{202f}%",
        ),
        ("es", "1.234.567,89", "\u{2212}1234,5", "15,3\u{a0}%"),
        ("ca", "1.234.567,89", "\u{2212}1.234,5", "15,3\u{a0}%"),
        ("de", "1.234.567,89", "\u{2212}1.234,5", "15,3\u{a0}%"),
        ("it", "1.234.567,89", "\u{2212}1.234,5", "15,3%"),
        ("tr", "1.234.567,89", "\u{2212}1.234,5", "%15,3"),
        ("pt", "1.234.567,89", "\u{2212}1.234,5", "15,3%"),
    ];
    assert_eq!(table.map(|row| row.0), Locale::CODES);
    for (code, large, negative, percent) in table {
        let locale = Locale::of(code);
        assert_eq!(locale.number(1_234_567.891, 2), large, "{code}");
        assert_eq!(locale.number(-1234.5, 1), negative, "{code}");
        assert_eq!(locale.percent(0.153, 1), percent, "{code}");
    }
}

#[test]
fn rounding_is_as_people_round_and_never_makes_a_zero() {
    let en = Locale::of("en");
    for (value, decimals, written) in [
        (0.0, 0, "0"),
        (-0.0, 2, "0.00"),
        (2.5, 0, "3"),
        (-2.5, 0, "\u{2212}3"),
        (1.005, 2, "1.01"),
        (0.004, 2, "<0.01"),
        (-0.004, 2, ">\u{2212}0.01"),
        (0.4, 0, "<1"),
        (999.96, 1, "1,000.0"),
        (1e21, 0, "1,000,000,000,000,000,000,000"),
        (f64::NAN, 0, "not a number"),
    ] {
        assert_eq!(
            en.number(value, decimals),
            written,
            "{value} with {decimals}"
        );
    }
    // 0.145 x 100 is 14.499999999999998 in binary.
    assert_eq!(en.percent(0.145, 0), "15%");
}

fn result(unit: &str, estimates: Vec<Estimate>) -> IndicatorResult {
    let mut result = fixture::outcome().indicators.remove(0);
    result.definition.unit = unit.to_owned();
    result.estimates = estimates;
    result.targets = Vec::new();
    result
}

fn of_values(unit: &str, values: &[f64]) -> Vec<String> {
    let cell = |value| Estimate {
        value: Some(value),
        ..fixture::empty(Status::Value)
    };
    let result = result(unit, values.iter().map(|v| cell(*v)).collect());
    let style = Style::of(Locale::of("en"), &result);
    values.iter().map(|v| style.value(*v)).collect()
}

#[test]
fn decimals_follow_size_and_spread_and_are_the_same_in_a_column() {
    assert_eq!(
        of_values("ties", &[12.0, 0.0, 1431.0]),
        ["12", "0", "1,431"]
    );
    assert_eq!(
        of_values("points", &[3.41234, 3.5, 3.45678]),
        ["3.41", "3.50", "3.46"]
    );
    assert_eq!(of_values("points", &[1.5, 2.0, 4.5]), ["1.5", "2.0", "4.5"]);
    assert_eq!(
        of_values("EUR", &[19_631.333, 7_431.5]),
        ["19,631", "7,432"]
    );
    assert_eq!(of_values("%", &[0.153, 0.427]), ["15%", "43%"]);
    assert_eq!(of_values("ratio", &[0.012_345, 0.0]), ["0.012", "0"]);
}

#[test]
fn decimals_follow_the_precision_of_a_sample() {
    let cell = |value: f64, half: f64| Estimate {
        value: Some(value),
        interval: Some(crate::outcome::Interval {
            low: value - half,
            high: value + half,
            se: half / 2.0,
            df: 9.0,
            clusters: 10,
            kind: crate::outcome::IntervalKind::Jackknife,
            design_effect: None,
        }),
        ..fixture::empty(Status::Value)
    };
    let wide = result("%", vec![cell(0.43217, 0.04), cell(0.5123, 0.06)]);
    assert_eq!(Style::of(Locale::of("en"), &wide).value(0.43217), "43%");
    let tight = result("%", vec![cell(0.43217, 0.004), cell(0.5123, 0.006)]);
    assert_eq!(Style::of(Locale::of("nl"), &tight).value(0.43217), "43,2%");
}

#[test]
fn a_ratio_is_shown_with_its_parts() {
    let cell = Estimate {
        value: Some(0.15),
        parts: Some((15.0, 100.0)),
        n: 100,
        ..fixture::empty(Status::Value)
    };
    let result = result("%", vec![cell.clone()]);
    let shown = |code| Style::of(Locale::of(code), &result).estimate(&cell, 5);
    assert_eq!(shown("en"), "15% (15/100)");
    assert_eq!(shown("de"), "15\u{a0}% (15/100)");
}

#[test]
fn no_two_statuses_read_alike_nor_like_zero() {
    let statuses = [
        Status::NoRows,
        Status::NoMatch,
        Status::AllMissing,
        Status::Undefined,
        Status::Suppressed,
        Status::Refused,
    ];
    let mut words: Vec<String> = statuses.iter().map(|s| status_words(*s, 5)).collect();
    words.push(Locale::of("en").number(0.0, 0));
    let distinct: std::collections::BTreeSet<&String> = words.iter().collect();
    assert_eq!(distinct.len(), words.len());
    assert_eq!(
        status_words(Status::Suppressed, 5),
        "suppressed (fewer than 5)"
    );
}

#[test]
fn a_single_value_is_in_full_where_that_is_short() {
    let en = Locale::of("en");
    let written = |value, percent| single(value, percent, &en);
    assert_eq!(written(2.0 / 3.0, true), "66.7%");
    assert_eq!(written(0.0, true), "0%");
    assert_eq!(written(0.125, true), "12.5%");
    assert_eq!(written(2.0 / 3.0, false), "0.667");
    assert_eq!(written(40000.0, false), "40,000");
    assert_eq!(written(12345.678912, false), "12,346");
    assert_eq!(written(-0.5, false), "\u{2212}0.5");
    assert_eq!(written(0.00001234, false), "0.000012");
}
