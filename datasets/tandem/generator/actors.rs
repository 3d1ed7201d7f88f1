//! Actors and the ties between them.

use super::organisations::{self, ROLES};
use super::places::{DESTINATIONS, ORIGINS, Programme, SECTORS, Type};
use super::random::Draw;
use super::text::{Csv, cells, date, day};
use super::truth;

struct Actor {
    id: String,
    sector: &'static str,
    origin: bool,
}

/// How many actors of each sector a programme has: in the origin, in the destination.
const NUMBERS: [(i64, i64); 6] = [(3, 2), (4, 2), (0, 3), (2, 1), (1, 1), (1, 1)];

/// The tables `actors` and `ties`.
pub fn actors_and_ties(programmes: &[Programme]) -> (String, String) {
    let mut draw = Draw::new("actors");
    let mut history = Draw::new("actors-history");
    let mut actors = Csv::new(&format!(
        "id,programme,name,sector,level,side,founded,roles,core_business,{}",
        organisations::COLUMNS
    ));
    let mut ties = Csv::new("id,programme,actor_from,actor_to,kind,formed,ended,strength");
    let mut tie_draw = Draw::new("ties");
    let mut tie_number = 0;
    for p in programmes {
        let own = actors_of(p, &mut draw, &mut history, &mut actors);
        for (index, a) in own.iter().enumerate() {
            for b in &own[index + 1..] {
                tie(p, a, b, &mut tie_draw, &mut tie_number, &mut ties);
            }
        }
    }
    (actors.done(), ties.done())
}

fn actors_of(p: &Programme, draw: &mut Draw, history: &mut Draw, csv: &mut Csv) -> Vec<Actor> {
    let mut own = Vec::new();
    for (sector, numbers) in SECTORS.into_iter().zip(NUMBERS).take(p.sectors) {
        for origin in [true, false] {
            let count = if origin { numbers.0 } else { numbers.1 };
            for nth in 0..count {
                let actor = Actor {
                    id: format!("{}-A{:02}", p.id, own.len() + 1),
                    sector,
                    origin,
                };
                let locality = if origin {
                    ORIGINS[p.origin].0
                } else {
                    DESTINATIONS[p.destination].0
                };
                let organisation = matches!(sector, "civil-society" | "migrant-organisation");
                let founded = match draw.between(1, 10) {
                    _ if !organisation => String::new(),
                    1 => String::new(),
                    2..=4 => draw.between(p.start, p.start + 3).to_string(),
                    _ => draw.between(1975, p.start - 1).to_string(),
                };
                let level = level(sector, draw);
                let roles = if sector == "migrant-organisation" {
                    organisations::some(&ROLES, draw)
                } else {
                    String::new()
                };
                let core = if organisation && draw.chance(0.85) {
                    format!("{:.2}", draw.uniform())
                } else {
                    String::new()
                };
                let mut row = cells![
                    actor.id,
                    p.id,
                    format!("{} {locality}", names(sector)[nth as usize]),
                    sector,
                    level,
                    if origin { "origin" } else { "destination" },
                    founded,
                    roles,
                    core,
                ]
                .to_vec();
                row.extend(organisations::more(p, sector, &founded, &roles, history));
                csv.row(&row);
                own.push(actor);
            }
        }
    }
    own
}

fn names(sector: &str) -> [&'static str; 4] {
    match sector {
        "government" => [
            "Municipality of",
            "Provincial council at",
            "Water and waste service of",
            "",
        ],
        "civil-society" => [
            "Women's cooperative",
            "Neighbourhood committee",
            "Association for development of",
            "Youth club",
        ],
        "migrant-organisation" => [
            "Friends of the village,",
            "Federation of associations,",
            "Collective of students,",
            "",
        ],
        "school" => ["Primary school of", "Secondary school of", "", ""],
        "university" => ["University institute of", "", "", ""],
        _ => ["Chamber of commerce of", "", "", ""],
    }
}

fn level(sector: &str, draw: &mut Draw) -> &'static str {
    match sector {
        "government" => ["municipal", "regional", "national"][draw.index(&[0.7, 0.25, 0.05])],
        "university" => "regional",
        "private" | "school" => "municipal",
        _ => ["neighbourhood", "municipal", "regional"][draw.index(&[0.4, 0.5, 0.1])],
    }
}

/// Chance that a pair is tied before the start, and that it is tied during the programme if it was not.
fn chances(p: &Programme, a: &Actor, b: &Actor) -> (f64, f64) {
    let civil = |s: &str| matches!(s, "civil-society" | "migrant-organisation");
    let public = |s: &str| s == "government";
    let interface = (public(a.sector) && civil(b.sector)) || (civil(a.sector) && public(b.sector));
    match (a.origin, b.origin) {
        (true, true) if interface => (truth::OLD_TIE, truth::new_tie(p.kind)),
        (false, false) if interface => (0.25, if p.kind == Type::City { 0.35 } else { 0.40 }),
        (true, true) | (false, false) if a.sector == b.sector => (0.40, 0.20),
        (true, true) | (false, false) => (0.08, 0.18),
        _ if a.sector == b.sector && public(a.sector) => {
            (0.05, if p.kind == Type::City { 0.60 } else { 0.05 })
        }
        _ if civil(a.sector) && civil(b.sector) => (0.15, 0.25),
        _ => (0.02, 0.06),
    }
}

fn tie(p: &Programme, a: &Actor, b: &Actor, draw: &mut Draw, number: &mut i64, csv: &mut Csv) {
    let (old, new) = chances(p, a, b);
    let formed = if draw.chance(old) {
        draw.between(day(p.start - 8, 1, 1), p.first_day() - 1)
    } else if draw.chance(new) {
        draw.between(p.first_day(), p.funding_end())
    } else {
        return;
    };
    *number += 1;
    let kinds = ["information", "joint-activity", "funding", "decision"];
    let kind = kinds[draw.index(&[0.4, 0.35, 0.15, 0.1])];
    let strength = draw.between(1, 3);
    let unknown = draw.chance(0.03);
    csv.row(cells![
        format!("T{number:04}"),
        p.id,
        a.id,
        b.id,
        kind,
        if unknown { String::new() } else { date(formed) },
        ended(p, formed, draw).map_or(String::new(), date),
        strength,
    ]);
}

/// The day a tie ended, if it did by the end of 2019: a small hazard while funded, a larger one afterwards.
fn ended(p: &Programme, formed: i64, draw: &mut Draw) -> Option<i64> {
    let (mut from, last, funded) = (
        formed.max(p.first_day()),
        day(2019, 12, 31),
        p.funding_end(),
    );
    loop {
        let hazard = if from < funded {
            truth::TIE_HAZARD_FUNDED
        } else {
            truth::tie_hazard(p.kind)
        };
        // A year of risk; the year in which the funding ends is cut there.
        let year = if from < funded {
            (funded - from).min(365)
        } else {
            365
        };
        let within = draw.between(1, year);
        if draw.chance(hazard * year as f64 / 365.0) {
            let end = from + within;
            return (end <= last).then_some(end);
        }
        from += year;
        if from >= last {
            return None;
        }
    }
}
