//! Units over several periods: what contradicts itself there, and whom it would show.

use super::{effect, folder, reason};

const COLUMNS: [(&str, &str); 6] = [
    ("place", "string"),
    ("year", "integer"),
    ("adopted", "integer"),
    ("on", "boolean"),
    ("person", "string"),
    ("y", "number"),
];
const CENSUS: &str = r#"{"unit": "place", "sampling": "census"}"#;

/// Eight places over six years; the first three adopt in 2013.
fn csv(change: impl Fn(usize, i32, &mut [String; 6])) -> String {
    let mut text = "place,year,adopted,on,person,y\n".to_owned();
    for place in 0..8_usize {
        for year in 2010..2016 {
            let adopts = place < 3;
            let on = adopts && year >= 2013;
            let noise = (place * 5 + usize::try_from(year).unwrap() * 3) % 7;
            let mut row = [
                format!("p{place}"),
                year.to_string(),
                if adopts { "2013" } else { "" }.to_owned(),
                on.to_string(),
                format!("h{place}"),
                format!("{}", 10.0 + noise as f64 + f64::from(u8::from(on)) * 3.0),
            ];
            change(place, year, &mut row);
            text += &(row.join(",") + "\n");
        }
    }
    text
}

fn block(design: &str, more: &str) -> String {
    format!(
        "small_cells = 3\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"{design}\"\n{more}"
    )
}

fn refused(csv: &str, codev: &str, effects: &str) -> String {
    let outcome = folder(csv, &COLUMNS, codev, effects).evaluate();
    reason(&outcome, "e/y").to_owned()
}

#[test]
fn contradictions_within_a_unit() {
    let plain = csv(|_, _, _| ());
    let staggered = block(
        "staggered",
        "unit = \"place\"\ntime = \"year\"\nadopted = \"adopted\"",
    );
    let twice = csv(|place, year, row| {
        if place == 0 && year == 2015 {
            row[2] = "2014".to_owned();
        }
    });
    assert_eq!(
        refused(&twice, CENSUS, &staggered),
        "p0 has more than one time of adoption"
    );
    let never = csv(|_, _, row| row[2].clear());
    assert_eq!(
        refused(&never, CENSUS, &staggered),
        "no unit adopts within the periods of the data"
    );
    let two_way = "time = \"year\"\ntreated = \"on\"\nunit = ";
    // Half of the places are one unit, some of which adopted.
    let mixed = block(
        "two-way-effects",
        &format!("{two_way}\"CASE WHEN place < 'p4' THEN 'a' ELSE 'b' END\""),
    );
    assert_eq!(
        refused(&plain, CENSUS, &mixed),
        "a is treated in some of its rows of one period and not in others"
    );
    let labels = block(
        "two-way-effects",
        &format!("{two_way}\"place\"\ncovariates = [\"person\"]"),
    );
    assert_eq!(
        refused(&plain, CENSUS, &labels),
        "the covariate person is not a number, and rows are added up by unit and period"
    );
}

#[test]
fn interventions_outside_the_series() {
    let plain = csv(|_, _, _| ());
    for (year, words) in [
        ("2020", "the intervention lies after the last period"),
        ("2010", "the intervention lies before the first period"),
        (
            "2013-01-01",
            "the intervention is `2013-01-01`, but `time` needs a number, as in intervention = 2013",
        ),
    ] {
        let effects = block(
            "interrupted-series",
            &format!("time = \"year\"\nunit = \"place\"\nintervention = {year}"),
        );
        assert_eq!(refused(&plain, CENSUS, &effects), words);
    }
}

/// Three adopters are three persons: enough with a limit of 3, and protected with one of 5.
#[test]
fn few_persons_of_a_period_are_protected() {
    let persons = r#"{"unit": "person", "sampling": "census", "person": "person"}"#;
    let three = block(
        "two-way-effects",
        "time = \"year\"\ntreated = \"on\"\nunit = \"place\"",
    );
    let plain = csv(|_, _, _| ());
    let outcome = folder(&plain, &COLUMNS, persons, &three).evaluate();
    let found = effect(&outcome, "e/y").estimate.as_ref().unwrap();
    assert!((found.value - 3.0).abs() < 3.0, "{found:?}");
    let five = three.replace("small_cells = 3", "small_cells = 5");
    assert_eq!(
        refused(&plain, persons, &five),
        "one of the groups compared has fewer than 5 persons in a period, who are protected"
    );
    let places = folder(&plain, &COLUMNS, CENSUS, &five).evaluate();
    assert!(effect(&places, "e/y").estimate.is_some());
}
