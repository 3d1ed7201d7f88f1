//! Published numbers through evaluation files, on data that are kept outside the repository.

use super::{effect, estimate, folder};
use crate::kit::root;
use codev::outcome::{AverageOf, BasePeriod};

/// A file of the real data; `None` where they are not there.
fn shared(path: &str) -> Option<String> {
    let found = std::fs::read_to_string(root().join("../shared/data").join(path));
    if found.is_err() {
        eprintln!("skipped: no ../shared/data");
    }
    found.ok()
}

fn near(value: f64, expected: f64, within: f64) {
    assert!(
        (value - expected).abs() < within,
        "{value}, expected {expected}"
    );
}

/// Hainmueller & Hangartner 2019 as in the replication of the package fect: two-way 1.339 (0.187), interaction-weighted 1.331 (0.288).
#[test]
fn swiss_naturalisation_through_an_evaluation() {
    let Some(rows) = shared("swiss-naturalisation/hh2019.csv") else {
        return;
    };
    let columns = [
        ("bfs", "number"),
        ("year", "number"),
        ("nat_rate_ord", "number"),
        ("indirect", "number"),
    ];
    let folder = folder(
        &rows,
        &columns,
        r#"{"unit": "municipality", "sampling": "census"}"#,
        r#"
[[effect]]
id = "two-way"
indicators = ["naturalisation"]
design = "two-way-effects"
unit = "bfs"
time = "year"
treated = "indirect = 1"
errors = "cr1"

[[effect]]
id = "robust"
indicators = ["naturalisation"]
design = "two-way-effects"
unit = "bfs"
time = "year"
treated = "indirect = 1"

[[effect]]
id = "sun-abraham"
indicators = ["naturalisation"]
design = "staggered"
estimator = "sun-abraham"
average = "simple"
unit = "bfs"
time = "year"
treated = "indirect = 1"
"#,
    );
    folder.define(
        "naturalisation",
        "%",
        &crate::kit::formula("t", "AVG(nat_rate_ord)"),
    );
    let outcome = folder.evaluate();
    let two_way = estimate(&outcome, "two-way/naturalisation");
    near(two_way.value, 1.339, 5e-4);
    near(two_way.se.unwrap(), 0.187, 5e-4);
    assert_eq!((two_way.n, two_way.clusters), (22_971, Some(1_209)));
    // With 1,209 clusters CR2 is CR1 to three digits.
    let robust = estimate(&outcome, "robust/naturalisation");
    assert_eq!(robust.se_kind, "clustered, CR2");
    near(robust.se.unwrap(), 0.187, 2e-3);
    let staggered = estimate(&outcome, "sun-abraham/naturalisation");
    near(staggered.value, 1.331, 5e-4);
    near(staggered.se.unwrap(), 0.288, 5e-4);
    let events = effect(&outcome, "sun-abraham/naturalisation")
        .events
        .as_ref()
        .unwrap();
    assert!(events.pretrend.is_some() && events.points.len() > 20);
}

/// Callaway & Sant'Anna 2021: dynamic mean -.0772 (.0219 by bootstrap), never-treated comparison, no covariates.
#[test]
fn county_employment_through_an_evaluation() {
    let Some(rows) = shared("reference/mpdta.csv") else {
        return;
    };
    let header: Vec<String> = rows
        .lines()
        .next()
        .unwrap()
        .split(',')
        .map(|h| h.trim_matches('"').to_owned())
        .collect();
    let columns: Vec<(&str, &str)> = header.iter().map(|h| (h.as_str(), "number")).collect();
    let block = |id: &str, more: &str| {
        format!(
            "[[effect]]\nid = \"{id}\"\nindicators = [\"employment\"]\ndesign = \"staggered\"\nunit = \"{}\"\ntime = \"{}\"\nadopted = \"NULLIF({}, 0)\"\n{more}\n",
            header[1],
            header[0],
            header[4].replace('.', "_")
        )
    };
    let mut effects = block("wage", "") + &block("varying", "base = \"varying\"");
    for average in ["group", "simple", "dynamic", "calendar"] {
        effects += &block(average, &format!("average = \"{average}\""));
        effects += &block(
            &format!("sun-{average}"),
            &format!("average = \"{average}\"\nestimator = \"sun-abraham\""),
        );
    }
    let rows = rows.replacen(&header[4], &header[4].replace('.', "_"), 1);
    let renamed = header[4].replace('.', "_");
    let mut columns = columns;
    columns[4].0 = &renamed;
    let folder = folder(
        &rows,
        &columns,
        r#"{"unit": "county", "sampling": "census"}"#,
        &effects,
    );
    folder.define(
        "employment",
        "log persons",
        &crate::kit::formula("t", &format!("AVG({})", header[3])),
    );
    let outcome = folder.evaluate();
    averages(&outcome);
    let effect = effect(&outcome, "wage/employment");
    assert!(effect.not_estimable.is_none(), "{:?}", effect.not_estimable);
    let dynamic = effect
        .terms
        .iter()
        .find(|t| t.name == "Mean over the times since adoption")
        .unwrap();
    near(dynamic.value, -0.0772, 5e-5);
    near(dynamic.se.unwrap(), 0.0219, 2.5e-3);
}

/// csdid 0.4.3: averages of both bases, and effects by time since adoption. clubSandwich 0.5.8 (`vcovCR` CR2, `linear_contrast` with
/// Satterthwaite, on the regression of cohort by period with units and years taken out): errors and degrees of freedom.
fn averages(outcome: &codev::outcome::Outcome) {
    for (average, value) in [
        ("group", -0.031_018_282_228_749_017),
        ("simple", -0.039_951_275_155_177_005),
        ("dynamic", -0.077_239_821_457_316_1),
        ("calendar", -0.041_700_432_131_283_3),
    ] {
        for id in [average.to_owned(), format!("sun-{average}")] {
            near(
                estimate(outcome, &format!("{id}/employment")).value,
                value,
                1e-9,
            );
        }
    }
    let sun = estimate(outcome, "sun-group/employment");
    near(sun.se.unwrap(), 0.012_442_736_135, 1e-9);
    near(sun.df.unwrap(), 312.015_306_148, 1e-4);
    let sun = estimate(outcome, "sun-simple/employment");
    near(sun.se.unwrap(), 0.011_877_264_213, 1e-9);
    near(sun.df.unwrap(), 108.861_408_427, 1e-4);
    let cohorts = [
        (
            "2004",
            -0.079_749_126_575,
            0.026_951_216_135,
            21.533_578_952,
        ),
        (
            "2006",
            -0.022_909_539_250,
            0.016_842_237_772,
            49.645_280_162,
        ),
        (
            "2007",
            -0.026_054_410_719,
            0.016_707_955_118,
            245.005_369_625,
        ),
    ];
    for id in ["wage", "sun-group"] {
        let found = effect(outcome, &format!("{id}/employment"));
        for (cohort, value, se, df) in cohorts {
            let name = format!("Units that adopted at {cohort}");
            let term = found.terms.iter().find(|t| t.name == name).unwrap();
            near(term.value, value, 1e-9);
            near(term.se.unwrap(), se, 1e-9);
            near(term.df.unwrap(), df, 1e-4);
        }
    }
    for (id, base, wanted) in [
        (
            "wage",
            BasePeriod::Universal,
            vec![
                (-4, 0.003_306_356_692_5),
                (-3, 0.025_021_829_597_6),
                (-2, 0.024_458_744_971_2),
                (-1, 0.0),
                (0, -0.019_931_816_789_3),
            ],
        ),
        (
            "varying",
            BasePeriod::Varying,
            vec![
                (-3, 0.030_506_655_583_3),
                (-2, -0.000_563_084_626_4),
                (-1, -0.024_458_744_971_2),
                (0, -0.019_931_816_789_3),
            ],
        ),
    ] {
        let events = effect(outcome, &format!("{id}/employment"))
            .events
            .as_ref()
            .unwrap();
        assert_eq!(
            (events.base, events.average),
            (Some(base), Some(AverageOf::Group))
        );
        for (point, (time, value)) in events.points.iter().zip(wanted) {
            assert_eq!(point.time, time);
            near(point.value, value, 1e-9);
            assert_eq!(point.reference, base == BasePeriod::Universal && time == -1);
            assert_eq!(point.band.is_some(), !point.reference);
        }
        let method = &effect(outcome, &format!("{id}/employment")).method;
        assert!(method.contains(if base == BasePeriod::Varying {
            "(varying base)"
        } else {
            "(universal base)"
        }));
    }
    let words = &effect(outcome, "calendar/employment").estimand;
    assert!(
        words.contains("mean over periods, each counting once"),
        "{words}"
    );
}
