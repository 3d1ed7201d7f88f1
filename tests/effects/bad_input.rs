//! What can't be estimated is refused in words, and what is asked in vain is said.

use super::{effect, folder, reason};
use codev::finding::Severity;

const COLUMNS: [(&str, &str); 7] = [
    ("person", "string"),
    ("wave", "string"),
    ("arm", "string"),
    ("cluster", "string"),
    ("weight", "number"),
    ("y", "number"),
    ("x", "number"),
];
const SAMPLE: &str = r#"{"unit": "answer", "sampling": "sample", "person": "person", "wave": "wave", "cluster": "cluster"}"#;
const CENSUS: &str =
    r#"{"unit": "organisation", "sampling": "census", "person": "person", "wave": "wave"}"#;

/// Twelve persons in six clusters, two waves; y differs from row to row.
fn rows() -> Vec<[String; 7]> {
    let mut rows = Vec::new();
    for person in 0..12 {
        for wave in ["baseline", "endline"] {
            let arm = if person % 2 == 0 { "in" } else { "out" };
            let later = f64::from(u8::from(wave == "endline"));
            let y = 3.0
                + later * 0.5
                + f64::from(person * 7 % 5) * 0.3
                + later * f64::from(person % 3) * 0.1;
            rows.push([
                format!("p{person}"),
                wave.to_owned(),
                arm.to_owned(),
                format!("c{}", person % 6),
                "1".to_owned(),
                format!("{y}"),
                format!("{}", person % 4),
            ]);
        }
    }
    rows
}

fn csv(rows: &[[String; 7]]) -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let mut text = names.join(",") + "\n";
    for row in rows {
        text += &(row.join(",") + "\n");
    }
    text
}

fn did(more: &str) -> String {
    format!(
        "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"difference-in-differences\"\nwaves = [\"baseline\", \"endline\"]\n{more}"
    )
}

fn refused(rows: &[[String; 7]], codev: &str, effects: &str) -> String {
    let outcome = folder(&csv(rows), &COLUMNS, codev, effects).evaluate();
    reason(&outcome, "e/y").to_owned()
}

#[test]
fn a_treatment_that_does_not_vary() {
    let found = refused(&rows(), SAMPLE, &did("treated = \"arm <> 'nobody'\""));
    assert_eq!(
        found,
        "the treatment does not vary: all 24 rows are treated"
    );
    let found = refused(&rows(), SAMPLE, &did("treated = \"arm = 'nobody'\""));
    assert_eq!(
        found,
        "the treatment does not vary: none of the 24 rows are treated"
    );
}

#[test]
fn one_wave_only() {
    let mut kept = rows();
    kept.retain(|r| r[1] == "baseline");
    let found = refused(&kept, SAMPLE, &did("treated = \"arm = 'in'\""));
    assert_eq!(
        found,
        "there is one wave only: all 12 rows are baseline, none is endline"
    );
}

#[test]
fn persons_who_change_group() {
    let mut changed = rows();
    for row in changed
        .iter_mut()
        .filter(|r| r[0] == "p0" && r[1] == "endline")
    {
        row[2] = "out".to_owned();
    }
    let found = refused(&changed, SAMPLE, &did("treated = \"arm = 'in'\""));
    assert_eq!(
        found,
        "1 person is treated at one time and not at the other (1 already before), so that the groups are not the same ones"
    );
}

#[test]
fn collinear_covariates_are_named() {
    let effects = did("treated = \"arm = 'in'\"\ncovariates = [\"x\", \"2 * x + 1\"]");
    let found = refused(&rows(), SAMPLE, &effects);
    assert!(
        found.contains("`x`") && found.contains("`2 * x + 1`"),
        "{found}"
    );
}

#[test]
fn clusters_that_cross_the_treatment_of_a_lottery() {
    let mut crossed = rows();
    for row in &mut crossed {
        row[3] = format!(
            "c{}",
            row[0].trim_start_matches('p').parse::<u32>().unwrap() / 4
        );
    }
    let effects = did("treated = \"arm = 'in'\"\nrandomised = true\nassigned = \"cluster\"");
    // The check can't be made and says so, the contradiction stands in a remark, and the estimate is still there.
    let outcome = folder(&csv(&crossed), &COLUMNS, SAMPLE, &effects).evaluate();
    let found = effect(&outcome, "e/y");
    assert!(found.estimate.is_some() && found.not_estimable.is_none());
    let check = found
        .checks
        .iter()
        .find(|c| c.method.starts_with("randomisation"));
    let note = &check.unwrap().note;
    assert!(
        note.starts_with("not made: ") && note.contains("treated and others"),
        "{note}"
    );
    let remark = found
        .remarks
        .iter()
        .any(|r| r.contains("The lottery as stated contradicts the data: 3 of 3"));
    assert!(remark, "{:?}", found.remarks);
}

#[test]
fn no_p_value_of_a_census() {
    let effects = did("treated = \"arm = 'in'\"\nerrors = \"hc3\"");
    let outcome = folder(&csv(&rows()), &COLUMNS, CENSUS, &effects).evaluate();
    let effect = effect(&outcome, "e/y");
    let estimate = effect.estimate.as_ref().unwrap();
    assert_eq!(
        (estimate.p, estimate.se, estimate.interval),
        (None, None, None)
    );
    assert_eq!(
        estimate.no_interval.as_deref(),
        Some("the table is a census: the difference is what it is, without sampling error")
    );
    let warned = outcome
        .quality
        .findings
        .listed
        .iter()
        .find(|f| f.code == "evaluation-effect-census");
    assert_eq!(warned.map(|f| f.severity), Some(Severity::Warning));
    assert!(effect.verdict.is_none() && effect.adjusted.is_none());
}

#[test]
fn weights_not_above_zero_are_missing() {
    let mut some = rows();
    some[0][4] = "0".to_owned();
    some[1][4] = "-2".to_owned();
    let codev = SAMPLE.replace(
        "\"cluster\": \"cluster\"",
        "\"cluster\": \"cluster\", \"weight\": \"weight\"",
    );
    let outcome = folder(
        &csv(&some),
        &COLUMNS,
        &codev,
        &did("treated = \"arm = 'in'\""),
    )
    .evaluate();
    let effect = effect(&outcome, "e/y");
    let estimate = effect.estimate.as_ref().unwrap();
    assert_eq!((estimate.n, estimate.missing), (22, 2));
    assert_eq!(
        effect.rows.as_ref().unwrap().missing,
        [("weight missing or not above zero".to_owned(), 2)]
    );
}

#[test]
fn small_groups_of_persons_are_protected() {
    let effects = did("treated = \"person = 'p0'\"").replace("small_cells = 0", "small_cells = 5");
    let found = refused(&rows(), SAMPLE, &effects);
    assert_eq!(
        found,
        "one of the groups compared (treated, baseline) has fewer than 5 persons, which are protected"
    );
}

#[test]
fn a_median_and_a_total_have_no_effect_over_rows() {
    for (measure, words) in [
        ("MEDIAN(y)", "`z` is not a mean, a share or a sum over rows"),
        (
            "SUM(y)",
            "`z` is a total, and the rows of a total have no average that could differ",
        ),
    ] {
        let effects = did("treated = \"arm = 'in'\"").replace("[\"y\"]", "[\"z\"]");
        let folder = folder(&csv(&rows()), &COLUMNS, SAMPLE, &effects);
        folder.define("z", "points", &crate::kit::formula("t", measure));
        assert_eq!(reason(&folder.evaluate(), "e/z"), words);
    }
}

/// What the evaluation file gets wrong is said with the nearest right word.
#[test]
fn faults_of_the_block_are_found() {
    let cases = [
        (did("treated = \"armm = 'in'\""), "Did you mean `arm`?"),
        (
            did("treated = \"arm = 'in'\"\ncovariates = [\"z\"]"),
            "The table `t` has no column `z`.",
        ),
        (
            did("treated = \"arm = 'in'\"").replace("\"y\"", "\"yy\""),
            "Did you mean `y`?",
        ),
        (
            did("treated = \"arm = 'in'\"\ndose = \"x\""),
            "A difference-in-differences effect has no use for `dose`.",
        ),
        (
            did(""),
            "A difference-in-differences effect needs `treated`.",
        ),
        (
            did("treated = \"arm = 'in'\"\ntreeted = 1"),
            "unknown field `treeted`",
        ),
        (
            did("treated = \"arm = 'in'\"").replace("difference-in-differences", "diff-in-diff"),
            "unknown variant `diff-in-diff`",
        ),
        (
            did("treated = \"arm = 'in'\"").replace("[\"baseline\", \"endline\"]", "[\"endline\", \"endline\"]"),
            "Both waves are the same.",
        ),
        (
            did("treated = \"arm = 'in'\"\nbefore = \"x = 1\""),
            "`before` and `after` belong together.",
        ),
        (
            did("treated = \"arm = 'in'\"\nbefore = \"x = 1\"\nafter = \"x = 2\""),
            "Both `waves` and `before` say which rows are the earlier ones.",
        ),
        (
            did("treated = \"x\""),
            "effect.e.treated",
        ),
        (
            did("treated = \"arm = 'in'\"\nadjust = \"lin\"")
                .replace("difference-in-differences", "comparison"),
            "`adjust` needs `covariates`.",
        ),
        (
            did("treated = \"arm = 'in'\"\ncovariates = [\"x\"]\nadjust = \"matching\"\nmoderator = \"x\"")
                .replace("difference-in-differences", "comparison"),
            "Weighting and matching have no use for `moderator`.",
        ),
        (
            did("treated = \"arm = 'in'\"\nadjust = \"ancova\"")
                .replace("difference-in-differences", "comparison")
                .replace("waves = [\"baseline\", \"endline\"]\n", ""),
            "nothing says what is before",
        ),
        (
            did("treated = \"arm = 'in'\"\nassigned = \"cluster\""),
            "but `randomised` is not set",
        ),
        (
            did("treated = \"arm = 'in'\"\nsecond_cluster = \"x\""),
            "`second_cluster` needs `cluster`.",
        ),
        (
            did("treated = \"arm = 'in'\"\ncluster = \"cluster\"\nsecond_cluster = \"x\"\nerrors = \"cr2\""),
            "Errors clustered two ways are CR1.",
        ),
        (
            did("treated = \"arm = 'in'\"").replace("id = \"e\"", "id = \"a/b\""),
            "`a/b` can't be the id of an effect.",
        ),
        (
            did("treated = \"arm = 'in'\"\nsmallest_effect_reason = \"so\""),
            "`smallest_effect_reason` belongs to `smallest_effect`",
        ),
        (
            did("treated = \"arm = 'in'\"\n")
                + &did("treated = \"arm = 'in'\"").replace("small_cells = 0\n", ""),
            "Two effects are named `e`.",
        ),
        (
            "small_cells = 0\n[[effect]]\nindicators = [\"y\"]\ndesign = \"association\"\nwith = \"z\"\n".to_owned(),
            "No indicator is called `z`.",
        ),
        (
            "small_cells = 0\n[[effect]]\nindicators = [\"y\"]\ndesign = \"before-after\"\nwaves = [\"baseline\", \"endline\"]\nrandomised = true\n".to_owned(),
            "A before-after effect has no use for `randomised`.",
        ),
        (
            did("treated = \"arm = 'in'\"\nsmallest_effect = -0.1"),
            "it must be above zero",
        ),
    ];
    for (effects, words) in cases {
        let folder = folder(&csv(&rows()), &COLUMNS, SAMPLE, &effects);
        let output = folder.codev(&["check", "."]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        let flat = text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace(" │ ", " ");
        assert!(flat.contains(words), "{words}\n{text}");
        assert_ne!(output.status.code(), Some(0), "{words}");
    }
}

/// The description of the data is taken into account: categories of the wave, lists, tables without a wave, accounts that overlap.
#[test]
fn faults_against_the_description_of_the_data_are_found() {
    let plain = did("treated = \"arm = 'in'\"");
    let wave = r#"{"name": "wave", "type": "string"}"#;
    let ordered =
        r#"{"name": "wave", "type": "string", "categories": ["baseline", "midline", "endline"]}"#;
    let number = r#"{"name": "x", "type": "number"}"#;
    let list = r#"{"name": "x", "type": "list"}"#;
    let no_wave = SAMPLE.replace(", \"wave\": \"wave\"", "");
    let cases = [
        (
            (wave, ordered),
            SAMPLE,
            plain.replace("\"endline\"", "\"endlin\""),
            "there is no wave `endlin` in the column `wave`",
            "Did you mean `endline`?",
        ),
        (
            (number, list),
            SAMPLE,
            did("treated = \"arm = 'in'\"\ncovariates = [\"x\"]"),
            "`x` is a list, which is no single value to hold constant",
            "Use HAS(list, 'code') for one of its codes.",
        ),
        (
            (wave, wave),
            &no_wave,
            plain.clone(),
            "`waves` names waves, but the table `t` does not say which column is its wave",
            "Set \"wave\" in its codev object in datapackage.json, or give `before` and `after` as conditions.",
        ),
        (
            (wave, wave),
            &SAMPLE.replace('}', ", \"overlapping\": [\"cluster\"]}"),
            plain.clone(),
            "where rows with different values of cluster meet they are not added: those are different accounts of the same thing",
            "Keep one of them: where = \"cluster = 'c0'\".",
        ),
    ];
    for ((field, other), codev, effects, words, help) in cases {
        let folder = folder(&csv(&rows()), &COLUMNS, codev, &effects);
        let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
        folder.write("datapackage.json", manifest.replace(field, other));
        let outcome = folder.evaluate();
        assert_eq!(reason(&outcome, "e/y"), words);
        let found = effect(&outcome, "e/y").not_estimable.as_ref().unwrap();
        assert_eq!(found.help, help);
    }
}

#[test]
fn a_row_of_both_times_and_a_single_cluster() {
    let both = did("treated = \"arm = 'in'\"\nbefore = \"x < 3\"\nafter = \"x > 1\"")
        .replace("waves = [\"baseline\", \"endline\"]\n", "");
    assert_eq!(
        refused(&rows(), SAMPLE, &both),
        "a row is both before and after"
    );
    let mut one = rows();
    one.iter_mut().for_each(|row| row[3] = "c".to_owned());
    assert_eq!(
        refused(&one, SAMPLE, &did("treated = \"arm = 'in'\"")),
        "all rows are in one cluster"
    );
}

/// Of two waves a comparison takes the later one, where each person has one row: persons are no clusters then, and may be matched.
#[test]
fn persons_with_one_row_each_are_independent() {
    let codev = SAMPLE.replace(", \"cluster\": \"cluster\"", "");
    for (adjust, kind, words) in [
        ("matching", "", "Standard error for matching"),
        ("lin", "HC2", "Standard error HC2"),
        ("ancova", "HC2", "Standard error HC2"),
    ] {
        let effects = did(&format!(
            "treated = \"arm = 'in'\"\ncovariates = [\"x\"]\nadjust = \"{adjust}\""
        ))
        .replace("difference-in-differences", "comparison");
        let effects = match adjust {
            // With the covariate beside the value before, twelve rows are fitted as well.
            "ancova" => effects.replace("covariates = [\"x\"]\n", ""),
            _ => effects,
        };
        let mut some = rows();
        for (at, row) in some.iter_mut().enumerate() {
            row[6] = format!("{}", at * at % 7);
        }
        let outcome = folder(&csv(&some), &COLUMNS, &codev, &effects).evaluate();
        let effect = effect(&outcome, "e/y");
        let estimate = effect.estimate.as_ref();
        let estimate = estimate.unwrap_or_else(|| panic!("{adjust}: {:?}", effect.not_estimable));
        assert_eq!((estimate.n, estimate.clusters), (12, None), "{adjust}");
        assert_eq!(estimate.se_kind, kind);
        // Six rows a side are too few for the error of matching.
        let why = estimate.no_interval.as_deref().unwrap_or_default();
        assert_eq!(
            why.starts_with("the smaller group has 6 rows"),
            adjust == "matching"
        );
        assert_eq!(estimate.interval.is_none(), adjust == "matching");
        assert!(effect.method.contains(words), "{}", effect.method);
    }
}
