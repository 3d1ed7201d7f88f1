//! Units over periods as people have them: all treated at once, months and quarters.

use super::{effect, estimate, folder};
use codev::outcome::BasePeriod;

const PANEL: [(&str, &str); 4] = [
    ("place", "string"),
    ("year", "integer"),
    ("adopted", "integer"),
    ("y", "number"),
];
const CENSUS: &str = r#"{"unit": "place", "sampling": "census"}"#;

/// Eight places from 2015 to 2020; the period in which each begins, none for never.
fn panel(adopted: impl Fn(usize) -> Option<i32>) -> String {
    let mut rows = "place,year,adopted,y\n".to_owned();
    for place in 0..8_usize {
        for year in 2015..=2020 {
            let from = adopted(place);
            let on = from.is_some_and(|g| year >= g);
            let noise = (place * 5 + usize::try_from(year).unwrap() * 3) % 7;
            rows += &format!(
                "A{place},{year},{},{}\n",
                from.map_or_else(String::new, |g| g.to_string()),
                noise as f64 / 10.0 + f64::from(u8::from(on)) * 2.0
            );
        }
    }
    rows
}

fn refused(rows: &str, design: &str, more: &str) -> String {
    let effects = format!(
        "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"{design}\"\nunit = \"place\"\ntime = \"year\"\n{more}\n"
    );
    let outcome = folder(rows, &PANEL, CENSUS, &effects).evaluate();
    let found = effect(&outcome, "e/y").not_estimable.clone();
    let found = found.unwrap_or_else(|| panic!("{rows} {more}"));
    format!("{}. {}", found.reason, found.help)
}

#[test]
fn treatments_that_leave_nothing_to_compare() {
    let two_way = |rows: &str, treated: &str| {
        refused(rows, "two-way-effects", &format!("treated = \"{treated}\""))
    };
    let at_once = panel(|_| Some(2017));
    let found = two_way(&at_once, "year >= adopted");
    assert!(found.starts_with("all units are treated from 2017 on: no comparison is left. Add units that are not treated"), "{found}");
    // Units that never adopt have no value of the condition and so take no part: that is what empties the comparison.
    let some = panel(|place| (place < 4).then_some(2017));
    let found = two_way(&some, "year >= adopted");
    assert!(
        found.contains("all units are treated from 2017 on")
            && found.contains("24: ")
            && found.contains("adopted IS NOT NULL"),
        "{found}"
    );
    let found = two_way(&at_once, "year = 2017 OR year = 2019");
    assert!(
        found.starts_with("in each period either all units are treated or none is"),
        "{found}"
    );
    let found = two_way(&some, "year > 2050");
    assert!(
        found.starts_with("no unit is treated in any period: year > 2050 holds in none of 48"),
        "{found}"
    );
    let found = two_way(&some, "year > 1950");
    assert!(
        found.starts_with("all 8 units are treated in all 6 periods"),
        "{found}"
    );
    let found = two_way(&some, "place < 'A3'");
    assert!(
        found.starts_with(
            "no unit changes: 3 of 8 units are treated in all of their periods, from 2015 on"
        ),
        "{found}"
    );

    let staggered = |rows: &str, more: &str| {
        refused(rows, "staggered", &format!("adopted = \"adopted\"\n{more}"))
    };
    for estimator in ["callaway-santanna", "sun-abraham"] {
        let more = format!("estimator = \"{estimator}\"");
        let found = staggered(&at_once, &more);
        assert!(
            found.starts_with("all units are treated from 2017 on: no comparison is left"),
            "{found}"
        );
        let found = staggered(&panel(|_| Some(2012)), &more);
        assert!(
            found.starts_with("all 8 units had adopted in the first period (2015) already"),
            "{found}"
        );
        let found = staggered(&panel(|_| None), &more);
        assert!(
            found.starts_with("no unit adopts within the periods of the data"),
            "{found}"
        );
        let found = staggered(&panel(|place| (place < 3).then_some(2014)), &more);
        assert!(found.starts_with("no unit adopts within the periods of the data, but for 3 that had adopted in the first one (2015) already"), "{found}");
    }
    let found = staggered(&panel(|place| Some(2016 + place as i32 / 3)), "");
    assert!(
        found.starts_with("every unit adopts within the periods of the data (2015 to 2020)")
            && found.contains("not-yet"),
        "{found}"
    );
}

/// A series with a slope of 2 a month and 30 more from 2019 on, by four ways to write months.
#[test]
fn months_and_quarters_are_even() {
    for step in [1, 3] {
        for (kind, start, name) in [
            ("date", "2019-01-01", "first"),
            ("date", "2019-01-31", "last"),
            ("yearmonth", "2019-01-01", "month"),
            ("integer", "201901", "number"),
        ] {
            let mut rows = "place,time,y\n".to_owned();
            for at in 0..60 / step {
                let months = at * step;
                let (year, month) = (2015 + months / 12, months % 12 + 1);
                let noise = f64::from((at * 7) % 5) - 2.0;
                let y = 100.0
                    + 2.0 * f64::from(at)
                    + if year >= 2019 { 30.0 } else { 0.0 }
                    + noise / 10.0;
                let last = [
                    31,
                    if year % 4 == 0 { 29 } else { 28 },
                    31,
                    30,
                    31,
                    30,
                    31,
                    31,
                    30,
                    31,
                    30,
                    31,
                ][month as usize - 1];
                let time = match name {
                    "first" => format!("{year}-{month:02}-01"),
                    "last" => format!("{year}-{month:02}-{last}"),
                    "month" => format!("{year}-{month:02}"),
                    _ => format!("{year}{month:02}"),
                };
                rows += &format!("A,{time},{y}\n");
            }
            let columns = [("place", "string"), ("time", kind), ("y", "number")];
            let effects = format!(
                "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"interrupted-series\"\nunit = \"place\"\ntime = \"time\"\nintervention = {start}\n"
            );
            let outcome = folder(&rows, &columns, CENSUS, &effects).evaluate();
            let found = estimate(&outcome, "e/y");
            assert!((found.value - 30.0).abs() < 0.3, "{name} {step}: {found:?}");
            assert!(
                effect(&outcome, "e/y")
                    .remarks
                    .iter()
                    .all(|r| !r.contains("missing within")),
                "{name} {step}"
            );
        }
    }
}

/// Adoption by month: effects by months since adoption, cohorts by their month.
#[test]
fn adoption_by_month() {
    let mut rows = "place,year,adopted,y\n".to_owned();
    for place in 0..6 {
        for month in 0..6_i32 {
            let at = |m: i32| 201_700 + m / 12 * 100 + m % 12 + 1;
            let on = place < 3 && month >= 3;
            let noise = (place * 5 + month * 3) % 7;
            rows += &format!(
                "A{place},{},{},{}\n",
                at(9 + month),
                if place < 3 {
                    at(12).to_string()
                } else {
                    String::new()
                },
                f64::from(noise) / 10.0 + f64::from(u8::from(on))
            );
        }
    }
    let effects = "small_cells = 0\n[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"staggered\"\nunit = \"place\"\ntime = \"year\"\nadopted = \"adopted\"\n";
    let outcome = folder(&rows, &PANEL, CENSUS, effects).evaluate();
    let found = effect(&outcome, "e/y");
    let events = found.events.as_ref().unwrap();
    let times: Vec<i64> = events.points.iter().map(|p| p.time).collect();
    assert_eq!(times, [-3, -2, -1, 0, 1, 2]);
    assert_eq!(
        (events.period.as_str(), events.base),
        ("month", Some(BasePeriod::Universal))
    );
    assert!(
        found
            .terms
            .iter()
            .any(|t| t.name == "Units that adopted at 201801"),
        "{:?}",
        found.terms
    );
}
