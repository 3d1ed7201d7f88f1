//! The table of activities.

use super::places::{Programme, SECTORS};
use super::random::Draw;
use super::text::{Csv, cells, civil, date};
use super::truth;

/// Categories with their share; the first three are exchanges and have a direction.
const CATEGORIES: [(&str, f64); 8] = [
    ("exchange-visit", 0.18),
    ("training", 0.16),
    ("expert-mission", 0.10),
    ("consultation", 0.14),
    ("cultural-event", 0.14),
    ("construction", 0.10),
    ("school-project", 0.10),
    ("campaign", 0.08),
];

/// On what actors of the origin work in the destination.
const OUTCOMES: [&str; 6] = [
    "school",
    "women",
    "youth",
    "elections",
    "health",
    "neighbourhood",
];

/// The table.
pub fn activities(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("activities");
    let mut more = Draw::new("outcomes");
    let mut csv = Csv::new(
        "id,programme,date,category,side,direction,three_way,sectors,participants,participants_migrant,spend,outcome",
    );
    let shares: Vec<f64> = CATEGORIES.iter().map(|c| c.1).collect();
    let mut number = 0;
    for p in programmes {
        for _ in 0..draw.between(38, 62) {
            number += 1;
            let day = draw.between(p.first_day(), p.last_day());
            let category = draw.index(&shares);
            let exchange = category < 3;
            let reverse = draw.chance(truth::reciprocity(p.kind));
            let three_way = exchange && reverse && draw.chance(truth::THREE_WAY);
            let direction = match (exchange, reverse) {
                (false, _) => "",
                (true, true) => "origin-to-destination",
                (true, false) => "destination-to-origin",
            };
            let side = if (exchange && reverse) || (!exchange && draw.chance(0.45)) {
                "destination"
            } else {
                "origin"
            };
            let sectors: Vec<&str> = SECTORS[..p.sectors]
                .iter()
                .copied()
                .filter(|_| draw.chance(0.45))
                .collect();
            let participants = 4 + draw.about(28.0) as i64;
            let migrant = (0..participants).filter(|_| draw.chance(0.35)).count();
            let known = draw.chance(0.94);
            let crisis = if civil(day).0 >= 2013 { 0.8 } else { 1.0 };
            let spend = (draw.about(2600.0) * crisis / 10.0) as i64 * 10;
            csv.row(cells![
                format!("V{number:04}"),
                p.id,
                date(day),
                CATEGORIES[category].0,
                side,
                if draw.chance(0.02) { "" } else { direction },
                if exchange {
                    if three_way { "true" } else { "false" }
                } else {
                    ""
                },
                sectors.join(";"),
                if known {
                    participants.to_string()
                } else {
                    String::new()
                },
                if known {
                    migrant.to_string()
                } else {
                    String::new()
                },
                if draw.chance(0.03) {
                    String::new()
                } else {
                    spend.to_string()
                },
                match three_way {
                    true => OUTCOMES[more.index(&truth::OUTCOMES)],
                    false => "",
                },
            ]);
        }
    }
    csv.done()
}
