//! Plans out of any range: an answer or a word with the sensible range, in bounded time.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Runs `codev power`, and fails where it takes longer than anybody waits.
fn power(args: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_codev"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .arg("power")
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    loop {
        if child.try_wait().unwrap().is_some() {
            return child.wait_with_output().unwrap();
        }
        if start.elapsed() > Duration::from_secs(20) {
            let _ = child.kill();
            panic!("{args:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn refused(args: &[&str]) -> String {
    let output = power(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    said
}

fn answered(args: &[&str]) -> serde_json::Value {
    let output = power(&[args, &["--format", "json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A margin in euros without a standard deviation in euros, and the other way round.
#[test]
fn numbers_in_another_unit_than_the_standard_deviation_are_told() {
    for args in [
        &["--margin", "500"][..],
        &["--margin", "500", "--persons", "200"],
        &["--effect", "1500"],
        &["--effect=-1500", "--icc", "0.05", "--per-cluster", "20"],
    ] {
        let said = refused(args);
        assert!(
            said.contains("standard deviations, since no standard deviation is given"),
            "{said}"
        );
        assert!(
            said.contains("--sd") && said.contains("between 0.05 and 2"),
            "{said}"
        );
    }
    for args in [
        &["--effect", "0.2", "--sd", "1e-9"][..],
        &[
            "--margin",
            "0.2",
            "--sd",
            "1e-9",
            "--icc",
            "0.1",
            "--clusters",
            "20",
            "--per-cluster",
            "9",
        ],
        &["--effect", "1e300", "--sd", "1"],
    ] {
        let said = refused(args);
        assert!(said.contains("standard deviations"), "{args:?}: {said}");
        assert!(said.contains("between 0.05 and 2"), "{args:?}: {said}");
    }
    let said = refused(&["--measure", "share", "--share", "0.3", "--margin", "5"]);
    assert!(said.contains("difference of two shares"), "{said}");
}

/// Large effects need few persons, and these have a degree of freedom left: 2 + 2 at 3 standard deviations and more.
#[test]
fn large_effects_and_margins_have_an_answer() {
    for (args, least) in [
        (&["--effect", "10"][..], 4.0),
        (&["--effect", "900", "--sd", "1"], 4.0),
        (&["--margin", "10"], 4.0),
        (&["--margin", "900", "--sd", "1"], 4.0),
        (
            &["--measure", "before-after", "--effect", "900", "--sd", "1"],
            2.0,
        ),
    ] {
        let units = answered(args)["answer"]["units"].as_f64().unwrap();
        assert!((least..=12.0).contains(&units), "{args:?}: {units}");
    }
}

#[test]
fn huge_and_tiny_numbers_end() {
    for args in [
        &["--persons", "1e300"][..],
        &["--persons", "1e12", "--effect", "0.1"],
        &["--effect", "0.2", "--alpha", "1e-300"],
        &["--effect", "0.2", "--alpha", "1e-12"],
        &["--effect", "1e-9"],
        &["--effect", "0.2", "--icc", "1", "--per-cluster", "20"],
        &["--effect", "0.2", "--icc", "0.05", "--clusters", "4"],
        &["--persons", "2.5"],
        &["--effect", "nan"],
        &["--margin", "inf"],
        &["--effect", "0.2", "--sd", "inf"],
    ] {
        let said = refused(args);
        assert!(said.lines().count() > 1, "{args:?}: {said}");
    }
    for args in [
        &["--persons", "999999999"][..],
        &["--effect", "0.0002"],
        &["--effect", "0.2", "--alpha", "1e-8"],
        &["--effect", "0.2", "--alpha", "0.49"],
        &["--effect", "0.2", "--power", "0.999999999"],
        &[
            "--effect",
            "0.2",
            "--icc",
            "0.999999",
            "--per-cluster",
            "1000000",
        ],
        &[
            "--effect",
            "0.2",
            "--icc",
            "0.05",
            "--per-cluster",
            "20",
            "--r2",
            "0.999999",
        ],
        &["--margin", "0.2", "--persons", "3"],
        &["--margin", "5", "--alpha", "1e-4", "--persons", "4"],
    ] {
        answered(args);
    }
}
