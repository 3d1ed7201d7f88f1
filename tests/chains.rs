//! Long chains of derived indicators: in time that grows with their length, and without an end of the stack.

use crate::kit::Folder;
use codev::run::{Quiet, evaluate};
use std::fmt::Write;
use std::time::Instant;

/// A package with a table, and a chain of indicators of which each is the one before plus 1. `first`: the input of the first.
fn chain(length: usize, first: &str) -> Folder {
    let folder = crate::kit::table("x\n1\n2\n", &[], r#""sampling": "census""#);
    folder.write(
        "evaluation.toml",
        format!(
            "title = \"T\"\nindicators = [\"c{:05}\", \"c{:05}\"]\n",
            length - 1,
            length / 2
        ),
    );
    folder.define("root", "points", &crate::kit::formula("t", "SUM(x)"));
    for at in 0..length {
        let input = match at {
            0 => first.to_owned(),
            _ => format!("c{:05}", at - 1),
        };
        let mut measure = "type = \"derived\"\nvalue = \"a + 1\"\n".to_owned();
        let _ = write!(measure, "[measure.inputs]\na = \"{input}\"\n");
        folder.define(&format!("c{at:05}"), "points", &measure);
    }
    folder
}

#[test]
fn three_thousand_derived_indicators_in_a_chain() {
    let folder = chain(3000, "root");
    let start = Instant::now();
    let outcome = evaluate(folder.path(), &Quiet).unwrap_or_else(|stop| panic!("{stop}"));
    let values: Vec<f64> = ["c01500", "c02999"]
        .iter()
        .map(|id| crate::kit::total(&outcome, id).value.unwrap())
        .collect();
    assert_eq!(values, [1504.0, 3003.0]);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

/// A chain whose end is missing, or that is a circle: told, and ended.
#[test]
fn a_chain_without_a_beginning_is_told() {
    for (first, code) in [
        ("nothing-like-it", "definition-unknown-input"),
        ("c00299", "definition-cycle"),
    ] {
        let folder = chain(300, first);
        let (_, findings) = codev::indicator::Catalogue::load(folder.path());
        let all = &findings.listed;
        assert_eq!(all.len(), 300, "{first}");
        assert_eq!(all[0].code, code);
        assert!(
            all.iter().all(|f| f.message.len() < 300),
            "{}",
            all[0].message
        );
    }
}

/// A circle of few is written out, as before.
#[test]
fn a_small_circle_is_written_out() {
    let folder = chain(3, "c00002");
    let (_, findings) = codev::indicator::Catalogue::load(folder.path());
    let said: Vec<&str> = findings.listed.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(
        said[0],
        "It is derived from itself: c00000 → c00002 → c00001 → c00000."
    );
    assert_eq!(said.len(), 3);
}
