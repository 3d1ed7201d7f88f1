//! Dealings with the authorities in the origin: agreements and permits, seats in forums, and budgets that were freed.

use super::places::{ORIGINS, Programme, Type};
use super::random::Draw;
use super::text::{Csv, cells, date};
use super::truth;
use std::collections::BTreeMap;

/// The table `agreements`: permits, consents and agreements asked of authorities in the origin.
pub fn agreements(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("agreements");
    let mut csv = Csv::new("id,programme,kind,authority,requested,answered,granted,collaboration");
    let mut number = 0;
    for p in programmes {
        for _ in 0..draw.between(5, 11) {
            number += 1;
            let kind = ["permit", "consent", "agreement"][draw.index(&[0.5, 0.3, 0.2])];
            let authority =
                ["municipality", "province", "ministry"][draw.index(&[0.6, 0.25, 0.15])];
            let requested = draw.between(p.first_day(), p.funding_end() - 200);
            let answered = requested + 5 + draw.about(truth::consent_days(p.kind) - 5.0) as i64;
            let granted = draw.chance(0.85);
            let pending = draw.chance(0.08);
            let joint = truth::joint_work(p.kind);
            let with = ["formality", "advice", "joint-work"]
                [draw.index(&[(1.0 - joint) * 0.6, (1.0 - joint) * 0.4, joint])];
            csv.row(cells![
                format!("G{number:03}"),
                p.id,
                kind,
                authority,
                date(requested),
                if pending {
                    String::new()
                } else {
                    date(answered)
                },
                if pending {
                    String::new()
                } else {
                    granted.to_string()
                },
                if draw.chance(0.05) { "" } else { with },
            ]);
        }
    }
    csv.done()
}

/// The table `seats`: who sits in the forums of a programme, with or without a vote.
pub fn seats(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("seats");
    let mut csv = Csv::new("id,programme,forum,side,sector,voting,seats");
    let mut number = 0;
    for p in programmes {
        for (forum, voting) in [("steering-committee", true), ("project-meeting", false)] {
            let mut held: BTreeMap<(&str, &str), i64> = BTreeMap::new();
            for _ in 0..draw.between(9, 17) {
                // Without a vote civil actors are more numerous: a seat is no say.
                let civil = truth::civil_seats(p.kind) + if voting { 0.0 } else { 0.2 };
                let sector = if draw.chance(civil) {
                    ["civil-society", "migrant-organisation"][draw.index(&[0.5, 0.5])]
                } else {
                    ["government", "school"][draw.index(&[0.8, 0.2])]
                };
                let side = if draw.chance(0.4) {
                    "origin"
                } else {
                    "destination"
                };
                *held.entry((side, sector)).or_default() += 1;
            }
            for ((side, sector), seats) in held {
                number += 1;
                csv.row(cells![
                    format!("S{number:03}"),
                    p.id,
                    forum,
                    side,
                    sector,
                    voting,
                    seats
                ]);
            }
        }
    }
    csv.done()
}

/// The table `budgets`: what the municipality of origin meant to spend in the programme's field, and what it did.
pub fn budgets(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("budgets");
    let mut csv = Csv::new("id,programme,year,planned,spent,reinvested");
    let mut number = 0;
    for p in programmes {
        let a_year = ORIGINS[p.origin].2 as f64 * if p.kind == Type::City { 1.6 } else { 1.1 };
        for year in p.start..=p.funded_until {
            number += 1;
            let planned = (a_year * (0.8 + 0.4 * draw.uniform()) / 100.0) as i64 * 100;
            let freed = (planned as f64 * draw.about(truth::FREED) / 100.0) as i64 * 100;
            let again = (freed as f64 * draw.about(truth::reinvested(p.kind)) / 100.0) as i64 * 100;
            let known = draw.chance(0.93);
            csv.row(cells![
                format!("B{number:03}"),
                p.id,
                year,
                planned,
                if known {
                    (planned - freed).to_string()
                } else {
                    String::new()
                },
                if known {
                    again.min(freed).to_string()
                } else {
                    String::new()
                },
            ]);
        }
    }
    csv.done()
}

/// The table `services`: households in reach of a public service in the origin, at the start and when the funding ends.
pub fn services(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("services");
    let mut csv =
        Csv::new("id,programme,service,assessed,households,served_before,served,user_committee");
    let mut number = 0;
    for p in programmes {
        for service in ["water", "waste", "school", "health"] {
            if draw.chance(0.35) {
                continue;
            }
            number += 1;
            let households = ORIGINS[p.origin].2 / 6 + draw.between(-400, 400);
            let before = truth::SERVED + draw.normal(0.08);
            let after = before + truth::service_gain(p.kind) + draw.normal(0.03);
            let of = |share: f64| (households as f64 * share.clamp(0.02, 0.98)) as i64;
            let committee = draw.chance(truth::USER_COMMITTEE);
            csv.row(cells![
                format!("H{number:03}"),
                p.id,
                service,
                date(p.funding_end()),
                households,
                if draw.chance(0.06) {
                    String::new()
                } else {
                    of(before).to_string()
                },
                if draw.chance(0.04) {
                    String::new()
                } else {
                    of(after).to_string()
                },
                if draw.chance(0.05) {
                    String::new()
                } else {
                    committee.to_string()
                },
            ]);
        }
    }
    csv.done()
}
