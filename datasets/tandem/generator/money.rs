//! Outputs, results and funds.

use super::places::{DESTINATIONS, ORIGINS, Programme, Type};
use super::random::Draw;
use super::text::{Csv, cells, civil, date, day};
use super::truth;

/// Output types: code, unit, mean quantity, mean cost of one, mean beneficiaries of one, share of rows.
const OUTPUTS: [(&str, &str, f64, f64, f64, f64); 7] = [
    ("school", "buildings", 1.0, 42_000.0, 180.0, 0.12),
    ("classroom", "rooms", 2.0, 9_500.0, 35.0, 0.16),
    ("well", "wells", 2.0, 6_200.0, 240.0, 0.14),
    ("laptop", "laptops", 25.0, 240.0, 1.5, 0.18),
    ("training-place", "places", 18.0, 310.0, 1.0, 0.2),
    ("waste-container", "containers", 12.0, 410.0, 30.0, 0.12),
    ("health-post", "posts", 1.0, 21_000.0, 400.0, 0.08),
];

/// The table `outputs`.
pub fn outputs(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("outputs");
    let mut csv = Csv::new("id,programme,date,type,quantity,unit,cost,beneficiaries,locality,side");
    let shares: Vec<f64> = OUTPUTS.iter().map(|o| o.5).collect();
    let mut number = 0;
    for p in programmes {
        for _ in 0..draw.between(10, 20) {
            number += 1;
            let (code, unit, mean, cost, reached, _) = OUTPUTS[draw.index(&shares)];
            let quantity = (draw.about(mean) as i64).max(1);
            let day = draw.between(p.first_day() + 120, p.funding_end());
            let spent = (quantity as f64 * cost * (0.7 + 0.3 * (draw.uniform() + draw.uniform()))
                / 10.0) as i64
                * 10;
            let people = (quantity as f64
                * reached
                * (0.5 + 0.5 * (draw.uniform() + draw.uniform()))) as i64;
            let destination = code == "training-place" && draw.chance(0.3);
            let locality = if destination {
                DESTINATIONS[p.destination].0
            } else {
                ORIGINS[p.origin].0
            };
            csv.row(cells![
                format!("O{number:04}"),
                p.id,
                date(day),
                code,
                quantity,
                unit,
                if draw.chance(0.05) {
                    String::new()
                } else {
                    spent.to_string()
                },
                if draw.chance(0.07) {
                    String::new()
                } else {
                    people.to_string()
                },
                locality,
                if destination { "destination" } else { "origin" },
            ]);
        }
    }
    csv.done()
}

/// Results: name, kind, unit, mean baseline, mean target.
const RESULTS: [(&str, &str, &str, f64, f64); 7] = [
    (
        "Children in school with a seat",
        "output",
        "children",
        240.0,
        420.0,
    ),
    (
        "Households served by waste collection",
        "output",
        "households",
        600.0,
        1500.0,
    ),
    ("People trained", "output", "persons", 0.0, 60.0),
    ("Jobs created", "output", "jobs", 0.0, 18.0),
    (
        "Council meetings with residents' input",
        "process",
        "meetings",
        2.0,
        8.0,
    ),
    (
        "Organisations in joint planning",
        "process",
        "organisations",
        3.0,
        11.0,
    ),
    ("Claims answered in writing", "process", "claims", 1.0, 12.0),
];

/// The table `results`: one row per programme, indicator and year.
pub fn results(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("results");
    let mut csv = Csv::new("id,programme,indicator,kind,unit,year,baseline,target,actual");
    let mut number = 0;
    for p in programmes {
        for (indicator, kind, unit, baseline, target) in RESULTS {
            if draw.chance(0.2) {
                continue;
            }
            let size = 0.5 + draw.uniform();
            let start = (baseline * size) as i64;
            let years = p.funded_until - p.start + 1;
            let no_baseline = draw.chance(0.15);
            for nth in 1..=years {
                number += 1;
                let distance = (target - baseline) * size * nth as f64 / years as f64;
                let goal = start + (distance as i64).max(1);
                let done = start + (distance * draw.about(0.85)) as i64;
                let goal = if draw.chance(0.01) { start } else { goal };
                csv.row(cells![
                    format!("R{number:04}"),
                    p.id,
                    indicator,
                    kind,
                    unit,
                    p.start + nth - 1,
                    if no_baseline {
                        String::new()
                    } else {
                        start.to_string()
                    },
                    if draw.chance(0.04) {
                        String::new()
                    } else {
                        goal.to_string()
                    },
                    if draw.chance(0.10) {
                        String::new()
                    } else {
                        done.to_string()
                    },
                ]);
            }
        }
    }
    csv.done()
}

/// Sources: code, side, yearly amount in euros in a partnership of cities and in a supported initiative.
const SOURCES: [(&str, &str, f64, f64); 7] = [
    ("national-government", "destination", 31_000.0, 12_000.0),
    ("regional-government", "destination", 12_000.0, 8_000.0),
    (
        "destination-municipality",
        "destination",
        27_000.0,
        10_000.0,
    ),
    ("origin-municipality", "origin", 14_000.0, 3_000.0),
    ("migrant-organisation", "destination", 5_000.0, 12_000.0),
    ("private", "destination", 4_000.0, 6_500.0),
    ("eu", "destination", 10_000.0, 2_600.0),
];

/// The table `funds`.
pub fn funds(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("funds");
    let mut csv =
        Csv::new("id,programme,date,source,source_side,recipient,recipient_side,amount,currency");
    let mut number = 0;
    for p in programmes {
        for (source, side, city, supported) in SOURCES {
            let a_year = if p.kind == Type::City {
                city
            } else {
                supported
            };
            let main = if p.funder == source
                || (p.funder == "municipality" && source == "destination-municipality")
            {
                2.0
            } else if draw.chance(0.25) {
                continue;
            } else {
                1.0
            };
            for year in p.start..=p.funded_until {
                for half in [1, 7] {
                    number += 1;
                    let crisis = if source == "national-government" && year >= 2013 {
                        truth::CRISIS
                    } else {
                        1.0
                    };
                    let amount = (draw.about(a_year * main * crisis / 2.0) / 50.0) as i64 * 50;
                    let to_origin = draw.chance(0.6);
                    let when = day(year, half, 1) + draw.between(30, 160);
                    let recipient =
                        *draw.pick(&["government", "civil-society", "migrant-organisation"]);
                    csv.row(cells![
                        format!("F{number:04}"),
                        p.id,
                        date(when.min(day(civil(when).0, 12, 31))),
                        source,
                        side,
                        recipient,
                        if to_origin { "origin" } else { "destination" },
                        if draw.chance(0.025) {
                            String::new()
                        } else {
                            amount.to_string()
                        },
                        "EUR",
                    ]);
                }
            }
        }
    }
    csv.done()
}
