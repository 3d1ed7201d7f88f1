//! The formula language against random input: nothing panics, and what is printed is read back as the same.

use codev::indicator::formula::node::{Node, NodeKind, Span};
use codev::indicator::formula::{check, parse, words};
use proptest::prelude::*;

/// Words of which formulas, and nonsense, are made.
const TOKENS: &[&str] = &[
    "x",
    "y",
    "programme",
    ".",
    "\"odd name\"",
    "1",
    "2.5",
    "1e400",
    "'text'",
    "'it''s'",
    "DATE '2020-01-31'",
    "DATE '2020-13-31'",
    "TRUE",
    "NULL",
    "(",
    ")",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "=",
    "<>",
    "<",
    ">=",
    "AND",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "LIKE",
    "IS",
    "NULL",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "SUM",
    "COUNT",
    "AVG",
    "MEDIAN",
    "QUANTILE",
    "DISTINCT",
    "FILTER",
    "WHERE",
    "COALESCE",
    "HAS",
    "DAYS",
    "YEAR",
    "SELECT",
    "FROM",
    ";",
    "--",
    "/*",
    "é",
    "'",
    "\"",
    "::",
    "|",
    "\n",
    "\u{0}",
];

/// What every fault owes: a place inside the text, words and a remedy.
fn sound(text: &str, place: Span) {
    assert!(
        place.start <= place.end && place.end <= text.len(),
        "{place:?} in {text:?}"
    );
    assert!(text.is_char_boundary(place.start) && text.is_char_boundary(place.end));
}

fn read(text: &str) {
    match parse::row(text) {
        Ok(node) => {
            sound(text, node.span);
            drop(words::row(&node));
            drop(check::filter(&node, &|_| Ok(check::Type::Number)));
        }
        Err(fault) => sound(text, fault.span),
    }
    match parse::formula(text) {
        Ok(formula) => drop(words::formula(&formula, None, "t")),
        Err(fault) => sound(text, fault.span),
    }
    if let Err(fault) = parse::derived(text, &["x".to_owned()]) {
        sound(text, fault.span);
    }
}

/// A row expression written as SQL, of the operations that print as SQL.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z]{1,6}".prop_map(|name| format!("\"{name}\"")),
        Just("programme.start".to_owned()),
        Just("\"odd \"\"name\"".to_owned()),
        (0_u32..1_000_000).prop_map(|n| n.to_string()),
        (0.0_f64..1e12).prop_map(|x| format!("{x:?}")),
        "[ -~é]{0,8}".prop_map(|text| format!("'{}'", text.replace('\'', "''"))),
        (1900_u32..2100, 1_u32..13, 1_u32..29)
            .prop_map(|(y, m, d)| format!("DATE '{y:04}-{m:02}-{d:02}'")),
        Just("TRUE".to_owned()),
        Just("NULL".to_owned()),
    ];
    let infix = prop_oneof![
        Just("+"),
        Just("-"),
        Just("*"),
        Just("/"),
        Just("="),
        Just("<>"),
        Just("<"),
        Just(">="),
        Just("AND"),
        Just("OR"),
        Just("LIKE"),
    ];
    leaf.prop_recursive(4, 24, 2, move |inner| {
        (inner.clone(), infix.clone(), inner)
            .prop_map(|(left, op, right)| format!("({left} {op} {right})"))
    })
}

/// The tree without its places in a text.
fn bare(node: &Node) -> Node {
    Node::synthetic(match &node.kind {
        NodeKind::Call(op, arguments) => NodeKind::Call(*op, arguments.iter().map(bare).collect()),
        other => other.clone(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        read(&text);
    }

    #[test]
    fn no_row_of_tokens_makes_the_parser_panic(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..25)) {
        read(&tokens.join(" "));
    }

    #[test]
    fn what_is_printed_is_read_back_as_the_same(text in expression()) {
        let node = parse::row(&text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        let printed = node.to_string();
        let again = parse::row(&printed).unwrap_or_else(|fault| panic!("{printed}: {fault:?}"));
        prop_assert_eq!(bare(&again), bare(&node), "{} printed as {}", text, printed);
    }
}

#[test]
fn depth_and_length_have_a_limit_and_say_so() {
    for text in [
        format!("{}x{}", "(".repeat(3_000), ")".repeat(3_000)),
        vec!["x"; 1_500].join(" + "),
        format!("SUM({})", vec!["x"; 3_000].join(" + ")),
        format!("{}1{}", "ABS(".repeat(1_000), ")".repeat(1_000)),
    ] {
        let fault = parse::row(&text).unwrap_err();
        sound(&text, fault.span);
        assert!(
            fault.message.contains("too deeply") || fault.message.contains("at most"),
            "{}",
            fault.message
        );
        assert!(parse::formula(&text).is_err());
    }
    let text = format!("{}x", "NOT ".repeat(1_900));
    sound(&text, parse::row(&text).unwrap_err().span);
}
