//! Designs as people state them: waves that are numbers or dates, lotteries in pairs and blocks, groups of which one lacks something.

use super::{effect, estimate, folder, reason};
use codev::outcome::{Checked, Effect, EffectCheck};

const SAMPLE: &str = r#"{"unit": "answer", "sampling": "sample"}"#;

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} {b}");
}

fn randomisation(effect: &Effect) -> &EffectCheck {
    let mut checks = effect.checks.iter();
    checks
        .find(|c| c.method.starts_with("randomisation inference"))
        .unwrap()
}

/// Four persons, two waves: changes 0.5 and 0.7 among the treated, 0.1 and 0.3 among the others: 0.4.
#[test]
fn waves_are_numbers_dates_or_truth_values() {
    let changes = [(1, 0.5), (1, 0.7), (0, 0.1), (0, 0.3)];
    for (kind, before, after, asked) in [
        ("string", "2018", "2021", "[\"2018\", \"2021\"]"),
        ("string", "2018", "2021", "[2018, 2021]"),
        ("integer", "2018", "2021", "[\"2018\", \"2021\"]"),
        ("integer", "2018", "2021", "[2018, 2021]"),
        ("number", "1.5", "2.5", "[1.5, 2.5]"),
        ("year", "2018", "2021", "[2018, 2021]"),
        (
            "date",
            "2018-06-01",
            "2021-06-01",
            "[\"2018-06-01\", \"2021-06-01\"]",
        ),
        (
            "date",
            "2018-06-01",
            "2021-06-01",
            "[2018-06-01, 2021-06-01]",
        ),
        (
            "yearmonth",
            "2018-06",
            "2021-06",
            "[\"2018-06\", \"2021-06\"]",
        ),
        ("boolean", "false", "true", "[false, true]"),
    ] {
        let mut rows = "person,grp,wave,y\n".to_owned();
        for (person, (group, change)) in changes.iter().enumerate() {
            let level = 3.0 + person as f64;
            rows += &format!(
                "h{person},{group},{before},{level}\nh{person},{group},{after},{}\n",
                level + change
            );
        }
        let columns = [
            ("person", "string"),
            ("grp", "integer"),
            ("wave", kind),
            ("y", "number"),
        ];
        let codev =
            r#"{"unit": "answer", "sampling": "sample", "person": "person", "wave": "wave"}"#;
        let effects = format!(
            "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"difference-in-differences\"\ntreated = \"grp = 1\"\nwaves = {asked}\n"
        );
        let folder = folder(&rows, &columns, codev, &effects);
        let outcome = folder.evaluate();
        near(estimate(&outcome, "e/y").value, 0.4);
    }
}

#[test]
fn a_wave_that_its_column_can_not_hold() {
    let rows = "person,grp,wave,y\na,1,2018,1\na,1,2021,2\nb,0,2018,2\nb,0,2021,2\n";
    let columns = [
        ("person", "string"),
        ("grp", "integer"),
        ("wave", "integer"),
        ("y", "number"),
    ];
    let codev = r#"{"unit": "answer", "sampling": "sample", "person": "person", "wave": "wave"}"#;
    let effects = |waves: &str| {
        format!(
            "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"before-after\"\nwaves = {waves}\n"
        )
    };
    let outcome = folder(
        rows,
        &columns,
        codev,
        &effects("[\"baseline\", \"endline\"]"),
    )
    .evaluate();
    let found = reason(&outcome, "e/y");
    assert!(
        found.contains("`baseline` can't be a value of the column `wave`: it holds numbers"),
        "{found}"
    );
    // A wave that does not occur is told as such.
    let outcome = folder(rows, &columns, codev, &effects("[2018, 2022]")).evaluate();
    let found = reason(&outcome, "e/y");
    assert!(found.contains("none is 2022"), "{found}");
    let outcome = folder(rows, &columns, codev, &effects("[2011, 2012]")).evaluate();
    let found = reason(&outcome, "e/y");
    assert!(
        found.contains("of the 4 rows of t none meets `waves` (2011, 2012)"),
        "{found}"
    );
}

/// Pairs of two associations with two persons each; differences within pairs as given.
fn pairs(differences: &[f64], more: &str) -> String {
    let mut rows = "pair,assoc,treat,x,y\n".to_owned();
    for (pair, difference) in differences.iter().enumerate() {
        for treated in [0, 1] {
            for person in [-0.1, 0.1] {
                let y = pair as f64 + f64::from(treated) * difference + person;
                rows += &format!(
                    "p{pair},a{pair}{treated},{treated},{},{y}\n",
                    (pair * 7 + usize::from(person > 0.0) * 3) % 5
                );
            }
        }
    }
    rows + more
}

const PAIRS: [(&str, &str); 5] = [
    ("pair", "string"),
    ("assoc", "string"),
    ("treat", "integer"),
    ("x", "number"),
    ("y", "number"),
];
const LOTTERY: &str = "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"comparison\"\ntreated = \"treat = 1\"\nrandomised = true\nassigned = \"assoc\"\nblocks = \"pair\"\n";

/// Differences add up to 4.0, their sizes to 4.4: of the 128 assignments 2 reach 4.0 and 2 reach -4.0.
#[test]
fn a_lottery_in_pairs() {
    let rows = pairs(&[0.5, 0.8, 0.3, 1.1, -0.2, 0.6, 0.9], "");
    let outcome = folder(&rows, &PAIRS, SAMPLE, LOTTERY).evaluate();
    let found = effect(&outcome, "e/y");
    // Student's t of the differences (scipy): the interval goes with the lottery beside it.
    let paired = estimate(&outcome, "e/y");
    near(paired.value, 4.0 / 7.0);
    near(paired.se.unwrap(), 0.162_882_203_585_591_13);
    near(paired.df.unwrap(), 6.0);
    assert_eq!(paired.clusters, Some(7));
    assert!(
        found.method.starts_with("Within pairs (pair)"),
        "{}",
        found.method
    );
    let check = randomisation(found);
    assert_eq!(
        check.method,
        "randomisation inference, mean difference within pairs"
    );
    near(check.value.unwrap(), 4.0 / 7.0);
    near(check.p.unwrap(), 4.0 / 128.0);
    assert!(
        check.note.starts_with("all 128 assignments of 14 units"),
        "{}",
        check.note
    );
}

/// An eighth pair in which both are treated and a ninth in which none is: told, and the check is made with the rest.
#[test]
fn blocks_without_a_comparison_do_not_refuse_the_rest() {
    let more = "p8,a80,1,1,5\np8,a81,1,2,6\np9,a90,0,1,5\np9,a91,0,2,6\n";
    let rows = pairs(&[0.5, 0.8, 0.3, 1.1, -0.2, 0.6, 0.9], more);
    let outcome = folder(&rows, &PAIRS, SAMPLE, LOTTERY).evaluate();
    let check = randomisation(effect(&outcome, "e/y"));
    near(check.value.unwrap(), 4.0 / 7.0);
    near(check.p.unwrap(), 4.0 / 128.0);
    // The estimate is the same comparison.
    let paired = estimate(&outcome, "e/y");
    near(paired.value, 4.0 / 7.0);
    near(paired.df.unwrap(), 6.0);
    let remarks = effect(&outcome, "e/y").remarks.join(" ");
    assert!(remarks.contains("2 of 9 blocks"), "{remarks}");
    assert!(
        check
            .note
            .ends_with("2 of 9 blocks, in which all units were treated or none was, take no part"),
        "{}",
        check.note
    );
    // Nothing but such blocks: the check can't be made, the estimate stands.
    let rows = "pair,assoc,treat,x,y\n".to_owned() + more + "p8,a82,1,1,5.5\np9,a92,0,1,5.2\n";
    let outcome = folder(&rows, &PAIRS, SAMPLE, LOTTERY).evaluate();
    let found = effect(&outcome, "e/y");
    assert!(found.estimate.is_some() && found.not_estimable.is_none());
    let note = &randomisation(found).note;
    assert!(note.starts_with("not made: in each block"), "{note}");
    let text = String::from_utf8(codev::export::json(&outcome).unwrap()).unwrap();
    assert!(!text.contains("not_estimable"));
}

/// statsmodels 0.14, OLS with HC2 on treatment, blocks about their means and their products: what Neyman's estimator within blocks
/// gives by hand.
#[test]
fn a_lottery_in_blocks_of_several_units() {
    let blocks: [(&str, i32, &[f64]); 6] = [
        ("p0", 0, &[3.1, 4.7, 2.2, 5.0]),
        ("p0", 1, &[5.9, 4.4]),
        ("p1", 0, &[6.3, 3.8]),
        ("p1", 1, &[7.0, 8.1, 6.6]),
        ("p2", 0, &[1.0, 2.5, 2.0]),
        ("p2", 1, &[2.2, 4.0, 3.1]),
    ];
    let lottery = LOTTERY.replace("assigned = \"assoc\"\n", "");
    let outcome = folder(&in_blocks(&blocks), &PAIRS, SAMPLE, &lottery).evaluate();
    let found = estimate(&outcome, "e/y");
    near(found.value, 1.583_333_333_333_333_3);
    near(found.se.unwrap(), 0.579_136_326_821_426_7);
    let method = &effect(&outcome, "e/y").method;
    assert!(method.starts_with("Within blocks (pair)"), "{method}");
}

/// Pairs of associations with different numbers of persons: each pair counts by its persons. numpy: weighted least squares with an
/// effect of each pair, and CR2 by pair after equation 7 of Pustejovsky & Tipton 2018.
#[test]
fn pairs_of_different_sizes_count_by_their_size() {
    let pairs: [(&str, i32, &[f64]); 8] = [
        ("p0", 0, &[1.0, 2.0, 3.0]),
        ("p0", 1, &[4.0]),
        ("p1", 0, &[2.0]),
        ("p1", 1, &[2.5, 3.5]),
        ("p2", 0, &[5.0, 6.0]),
        ("p2", 1, &[6.0, 8.0]),
        ("p3", 0, &[3.0]),
        ("p3", 1, &[3.2]),
    ];
    let outcome = folder(&in_blocks(&pairs), &PAIRS, SAMPLE, LOTTERY).evaluate();
    let found = estimate(&outcome, "e/y");
    near(
        found.value,
        (4.0 * 2.0 + 3.0 * 1.0 + 4.0 * 1.5 + 2.0 * 0.2) / 13.0,
    );
    near(found.se.unwrap(), 0.332_961_560_220_282_2);
    // Weights of persons that differ within pairs: those of a pair's sides are means of their own.
    let weighted: String = in_blocks(&pairs)
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            0 => format!("{line},w\n"),
            _ => format!("{line},{}\n", [1.0, 2.0, 0.5][at % 3]),
        })
        .collect();
    let columns: Vec<(&str, &str)> = PAIRS.into_iter().chain([("w", "number")]).collect();
    let sample = r#"{"unit": "answer", "sampling": "sample", "weight": "w"}"#;
    let outcome = folder(&weighted, &columns, sample, LOTTERY).evaluate();
    let found = estimate(&outcome, "e/y");
    near(found.value, 1.261_755_952_380_952_5);
    near(found.se.unwrap(), 0.531_090_117_379_672_7);
}

/// Rows of blocks, each with a side and its values; the two sides of a block are units.
fn in_blocks(blocks: &[(&str, i32, &[f64])]) -> String {
    let mut rows = "pair,assoc,treat,x,y\n".to_owned();
    for (block, treated, values) in blocks {
        for y in *values {
            rows += &format!("{block},{block}-{treated},{treated},0,{y}\n");
        }
    }
    rows
}

/// numpy 2.4 (`lstsq` over all 252 assignments): 0.7629749568221065, 56 as large; Lin 0.7221390838109026, 60.
#[test]
fn the_test_of_a_lottery_holds_the_same_covariates_as_the_estimate() {
    let (y, x) = (
        [3.1, 4.7, 2.2, 5.9, 4.4, 6.3, 3.8, 7.0, 5.1, 6.6],
        [1.0, 2.0, 0.5, 3.5, 1.5, 2.5, 2.2, 4.0, 1.2, 3.1],
    );
    let treated = [0, 1, 0, 1, 0, 1, 0, 1, 1, 0];
    let mut rows = "pair,assoc,treat,x,y\n".to_owned();
    for at in 0..10 {
        rows += &format!("p,a{at},{},{},{}\n", treated[at], x[at], y[at]);
    }
    for (adjust, value, count) in [
        ("regression", 0.762_974_956_822_106_5, 56.0),
        ("lin", 0.722_139_083_810_902_6, 60.0),
    ] {
        let effects = format!(
            "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"comparison\"\ntreated = \"treat = 1\"\nrandomised = true\ncovariates = [\"x\"]\nadjust = \"{adjust}\"\n"
        );
        let outcome = folder(&rows, &PAIRS, SAMPLE, &effects).evaluate();
        near(estimate(&outcome, "e/y").value, value);
        let check = randomisation(effect(&outcome, "e/y"));
        near(check.value.unwrap(), value);
        near(check.p.unwrap(), count / 252.0);
        assert_eq!(
            check.method,
            "randomisation inference, coefficient with the same covariates"
        );
    }
}

/// `programme` is the column that says so, whatever its name: one effect per programme.
#[test]
fn by_programme_whatever_the_name_of_its_column() {
    let mut rows = "trial,treat,y\n".to_owned();
    for trial in 0..3 {
        for at in 0..8 {
            rows += &format!(
                "T{trial},{},{}\n",
                at % 2,
                f64::from(at % 2 * trial) + f64::from(at / 2) * 0.1
            );
        }
    }
    let columns = [("trial", "string"), ("treat", "integer"), ("y", "number")];
    let codev = r#"{"unit": "answer", "sampling": "sample", "programme": "trial"}"#;
    let effects = "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"comparison\"\ntreated = \"treat = 1\"\nby = [\"programme\"]\n";
    let outcome = folder(&rows, &columns, codev, effects).evaluate();
    let found: Vec<(String, f64)> = effect(&outcome, "e/y")
        .subgroups
        .iter()
        .map(|s| (s.value.clone(), s.estimate.as_ref().unwrap().value))
        .collect();
    assert_eq!(found.len(), 3);
    for (at, (name, value)) in found.iter().enumerate() {
        assert_eq!(*name, format!("T{at}"));
        near(*value, at as f64);
    }
}

const GROUPS: [(&str, &str); 5] = [
    ("treat", "integer"),
    ("district", "string"),
    ("age", "number"),
    ("income", "number"),
    ("y", "number"),
];

/// All treated live in one district, all others in another: infinitely apart, and so the greatest difference. Income is known of the others alone.
#[test]
fn groups_that_have_nothing_in_common() {
    let mut rows = "treat,district,age,income,y\n".to_owned();
    for at in 0..20 {
        let treated = at % 2;
        rows += &format!(
            "{treated},{},{},{},{}\n",
            if treated == 1 { "port" } else { "hill" },
            30 + at / 2 % 5,
            if treated == 1 {
                String::new()
            } else {
                at.to_string()
            },
            at % 7
        );
    }
    let block = "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"comparison\"\ntreated = \"treat = 1\"\n";
    let outcome = folder(
        &rows,
        &GROUPS,
        SAMPLE,
        &format!("{block}balance = [\"district\", \"age\", \"income\"]\n"),
    )
    .evaluate();
    let found = effect(&outcome, "e/y");
    let checked = found.assumptions.iter().find_map(|a| a.checked);
    let Some(Checked::Balance {
        greatest,
        above,
        of,
        apart,
    }) = checked
    else {
        panic!("{:?}", found.assumptions)
    };
    assert!(greatest < 0.1);
    assert_eq!((above, of, apart), (2, 3, 2));
    let rows_of = &found.balance.as_ref().unwrap().rows;
    let port = rows_of
        .iter()
        .find(|r| r.name == "district = port")
        .unwrap();
    assert!(port.apart() && port.means == (Some(1.0), Some(0.0)) && port.difference.is_none());
    let income = rows_of.iter().find(|r| r.name == "income").unwrap();
    assert_eq!((income.means.0, income.missing), (None, (1.0, 0.0)));
    assert!(
        found
            .remarks
            .iter()
            .any(|r| r.starts_with("income is missing for all of the treated")),
        "{:?}",
        found.remarks
    );
    let page = codev::report::html(&outcome).unwrap();
    assert!(page.contains("infinite (2 of 3"));
    // As a covariate it takes all of the treated out.
    let outcome = folder(
        &rows,
        &GROUPS,
        SAMPLE,
        &format!("{block}covariates = [\"income\"]\n"),
    )
    .evaluate();
    let found = reason(&outcome, "e/y");
    assert_eq!(
        found,
        "the covariate income is missing for all treated rows, so that none of them can be used"
    );
}
