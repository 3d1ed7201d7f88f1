//! Tests of calibration from settings, and of raw values for readers.
#![allow(clippy::unwrap_used)]

use super::raw::short;
use super::way::Way;
use super::words::calibration;
use crate::evaluation::{QcaSetting, SetSetting};

fn set(text: &str) -> SetSetting {
    toml::from_str(&format!("name = \"A\"\n{text}")).unwrap()
}

fn memberships(text: &str, values: &[f64]) -> Vec<f64> {
    Way::of(&set(text)).memberships(values).unwrap().of
}

/// Ragin's direct method: anchors 20, 50 and 80 at 25 give .0791684580 (reference case of the R package QCA).
#[test]
fn each_way_of_calibration() {
    let direct = memberships("column = \"x\"\nanchors = [20, 50, 80]", &[25.0, 50.0]);
    assert!((direct[0] - 0.079_168_458_0).abs() < 1e-10);
    assert!((direct[1] - 0.5).abs() < 1e-15);
    let falling = memberships("column = \"x\"\nanchors = [80, 50, 20]", &[25.0]);
    assert!((falling[0] - (1.0 - direct[0])).abs() < 1e-12);
    let bell = memberships(
        "column = \"x\"\nanchors = [0, 10, 20, 40, 50, 60]",
        &[10.0, 30.0, 50.0, 60.0],
    );
    assert!((bell[0] - 0.5).abs() < 1e-12 && bell[1] > 0.95 && (bell[2] - 0.5).abs() < 1e-12);
    assert!((bell[3] - 0.05).abs() < 1e-12);
    let groups = "column = \"x\"\ncuts = [3, 4, 5]\nmemberships = [0, 0.33, 0.67, 1]";
    assert_eq!(
        memberships(groups, &[2.0, 3.0, 4.5, 5.0]),
        [0.0, 0.33, 0.67, 1.0]
    );
    assert_eq!(Way::of(&set(groups)).crossovers(), [4.0]);
    assert_eq!(
        memberships("column = \"x\"\ncut = 4", &[3.9, 4.0]),
        [0.0, 1.0]
    );
}

#[test]
fn the_indirect_method_smooths_over_groups() {
    let values: Vec<f64> = (1..=12).map(f64::from).collect();
    let text = "column = \"x\"\ncuts = [3.5, 6.5, 9.5]\nmemberships = [0, 0.4, 0.6, 1]";
    let smooth = memberships(&format!("{text}\nindirect = true"), &values);
    assert!(smooth.windows(2).all(|p| p[0] < p[1]));
    assert!((smooth[4] - 0.4).abs() < 0.15 && (smooth[7] - 0.6).abs() < 0.15);
}

#[test]
fn anchors_move_by_a_share_of_their_span() {
    let values = [0.0, 5.0, 10.0];
    let moved = |text: &str| Way::of(&set(text)).moved(0.1, &values);
    let (way, what, by) = moved("column = \"x\"\nanchors = [20, 50, 80]").unwrap();
    assert_eq!((way.crossovers(), what, by), (vec![56.0], "anchors", 6.0));
    let (way, what, by) = moved("column = \"x\"\nanchors = [80, 50, 20]").unwrap();
    assert_eq!((way.crossovers(), what, by), (vec![56.0], "anchors", 6.0));
    let (way, what, by) = moved("column = \"x\"\ncut = 5").unwrap();
    assert_eq!((way.crossovers(), what, by), (vec![6.0], "cut", 1.0));
    assert!(moved("column = \"x\"\nis = true").is_none());
    assert!(moved("column = \"x\"\ncalibrated = true").is_none());
}

#[test]
fn calibrations_in_words() {
    let groups =
        "column = \"x\"\ncuts = [3, 4.5]\nmemberships = [0, 0.33, 1]\nreason = \"so it is.\"";
    let cases = [
        ("column = \"x\"\ncut = 4", "Crisp: in from 4 on."),
        (
            "column = \"x\"\nis = [\"a\", \"b\"]",
            "Crisp: in where `x` is “a” or “b”.",
        ),
        ("column = \"x\"\nis = true", "Crisp: in where `x` is “yes”."),
        (
            "indicator = \"x\"\nanchors = [0.2, 0.5, 0.8]",
            "Fuzzy, direct method: 0.2 out, 0.5 crossover, 0.8 in.",
        ),
        (
            groups,
            "Fuzzy, by groups: 0 below 3, 0.33 from 3, 1 from 4.5. Why: so it is.",
        ),
        (
            "column = \"x\"\ncalibrated = true",
            "Memberships as they stand in the data.",
        ),
    ];
    for (text, wanted) in cases {
        assert_eq!(calibration(&set(text)), wanted);
    }
}

#[test]
fn raw_values_for_readers() {
    let cases = [
        (0.412_345, "%", "41.23 %"),
        (0.0, "points", "0"),
        (123_456.7, "EUR", "123457"),
        (2.5, "", "2.5"),
        (0.001_234_56, "", "0.001235"),
        (-3.0, "", "-3"),
    ];
    for (value, unit, wanted) in cases {
        assert_eq!(short(value, unit), wanted);
    }
}

/// What is wrong in settings is found before any data are read.
#[test]
fn faults_in_settings() {
    let block = |head: &str, outcome: &str, condition: &str| {
        format!(
            "{head}\noutcome = {{ name = \"OUT\", column = \"y\", {outcome} }}\ncondition = [{{ name = \"A\", {condition} }}]"
        )
    };
    let sound = ("cut = 1", "column = \"a\", cut = 1");
    let cases = [
        (block("inclusion = 0.4", sound.0, sound.1), "above 0.5"),
        (block("cases = 0", sound.0, sound.1), "0 cases"),
        (block("id = \"a b\"", sound.0, sound.1), "no short name"),
        (block("pri = 2", sound.0, sound.1), "`pri`"),
        (
            block("", "cut = 1, expect = \"present\"", sound.1),
            "`expect`",
        ),
        (
            block("", "cut = 1, calibrated = true", sound.1),
            "exactly one of `is`",
        ),
        (block("", sound.0, "cut = 1"), "exactly one of `indicator`"),
        (
            block("", sound.0, "indicator = \"a\", is = \"x\""),
            "needs a `column`",
        ),
        (
            block("", sound.0, "column = \"a\", anchors = [1, 2]"),
            "anchors [1.0, 2.0]",
        ),
        (
            block("", sound.0, "column = \"a\", anchors = [1, 5, 3]"),
            "anchors",
        ),
        (
            block("", sound.0, "column = \"a\", cuts = [1, 2]"),
            "together",
        ),
        (
            block(
                "",
                sound.0,
                "column = \"a\", cuts = [2, 1], memberships = [0, 0.4, 1]",
            ),
            "don't rise",
        ),
        (
            block(
                "",
                sound.0,
                "column = \"a\", cuts = [1, 2], memberships = [0, 1]",
            ),
            "2 memberships for the 3 groups",
        ),
        (
            block(
                "",
                sound.0,
                "column = \"a\", cuts = [1], memberships = [0, 1.2]",
            ),
            "memberships [0.0, 1.2]",
        ),
        (
            block("", sound.0, "column = \"a\", cut = 1, period = \"2015\""),
            "`period`",
        ),
        (
            block("", sound.0, "column = \"a\", is = []"),
            "names no value",
        ),
    ];
    for (text, wanted) in cases {
        let setting: QcaSetting = toml::from_str(&text).unwrap();
        let found = setting.check().unwrap_err();
        assert!(found.message.contains(wanted), "{}", found.message);
        assert_eq!(found.code, "evaluation-qca");
    }
    let setting: QcaSetting = toml::from_str(&block("", sound.0, sound.1)).unwrap();
    assert!(setting.check().is_ok());
    let twice = "outcome = { name = \"a\", column = \"y\", cut = 1 }\ncondition = [{ name = \"A\", column = \"a\", cut = 1 }]";
    let setting: QcaSetting = toml::from_str(twice).unwrap();
    let found = setting.check().unwrap_err();
    assert!(found.message.contains("are named"), "{}", found.message);
}
