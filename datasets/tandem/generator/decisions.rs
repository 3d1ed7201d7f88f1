//! Decisions and claims, and the codings of interviews by several raters.

use super::places::Programme;
use super::random::Draw;
use super::text::{Csv, cells, date, day};
use super::truth;

/// The table `decisions`: each proposal or claim that was brought to a forum.
pub fn decisions(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("decisions");
    let mut topics = Draw::new("decisions-topic");
    let mut csv = Csv::new(
        "id,programme,forum,kind,submitted,proposer_sector,proposer_side,citizen_input,answered,decided,adopted,topic",
    );
    let mut number = 0;
    for p in programmes {
        for _ in 0..draw.between(20, 34) {
            number += 1;
            let forum = *draw.pick(&[
                "steering-committee",
                "origin-council",
                "destination-council",
                "project-meeting",
            ]);
            let claim = draw.chance(0.4);
            let proposer = if claim {
                ["civil-society", "migrant-organisation"][draw.index(&[0.5, 0.5])]
            } else {
                [
                    "government",
                    "civil-society",
                    "migrant-organisation",
                    "school",
                ][draw.index(&[0.55, 0.2, 0.15, 0.1])]
            };
            let side = if draw.chance(0.45) {
                "origin"
            } else {
                "destination"
            };
            let submitted = draw.between(p.first_day(), p.funding_end() - 60);
            let answered = draw
                .chance(0.85)
                .then(|| submitted + 3 + draw.about(truth::response_days(p.kind) - 3.0) as i64);
            let decided = answered
                .filter(|_| draw.chance(0.9))
                .map(|a| a + draw.between(0, 90));
            let likely = match (claim, proposer) {
                (true, _) => truth::adopted(p.kind),
                (false, "government") => 0.8,
                _ => 0.5,
            };
            let adopted = draw.chance(likely);
            let input = draw.chance(truth::adopted(p.kind) - 0.1);
            csv.row(cells![
                format!("D{number:04}"),
                p.id,
                forum,
                if claim { "claim" } else { "proposal" },
                date(submitted),
                if draw.chance(0.02) { "" } else { proposer },
                side,
                if draw.chance(0.06) {
                    String::new()
                } else {
                    input.to_string()
                },
                answered.map_or(String::new(), date),
                decided.map_or(String::new(), |d| date(d.min(day(2019, 12, 31)))),
                decided.map_or(String::new(), |_| adopted.to_string()),
                topic(&mut topics),
            ]);
        }
    }
    csv.done()
}

/// What a claim or proposal is on; now and then nobody noted it.
fn topic(draw: &mut Draw) -> &'static str {
    let women = draw.chance(truth::WOMEN);
    let other = *draw.pick(&[
        "infrastructure",
        "education",
        "youth",
        "environment",
        "jobs",
    ]);
    match (draw.chance(0.04), women) {
        (true, _) => "",
        (_, true) => "women",
        _ => other,
    }
}

const CODED: [&str; 4] = [
    "voice-of-civil-actors",
    "quality-of-collaboration",
    "learning-by-officials",
    "mutual-benefit",
];
const SCORED: [&str; 2] = ["influence-of-origin-partner", "benefit-for-both"];

/// The table `codings`: three raters code five interviews of each programme; both partners score two statements.
pub fn codings(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("codings");
    let mut csv = Csv::new("case,programme,rater,item,score");
    for p in programmes {
        for nth in 1..=5 {
            let case = format!("{}-I{nth}", p.id);
            for item in CODED {
                let score = draw.between(1, 5);
                for rater in ["R1", "R2", "R3"] {
                    let coded = if draw.chance(truth::RATER) {
                        score
                    } else {
                        draw.between(1, 5)
                    };
                    let cell = if draw.chance(0.04) {
                        String::new()
                    } else {
                        coded.to_string()
                    };
                    csv.row(cells![case, p.id, rater, item, cell]);
                }
            }
        }
        for nth in 1..=4 {
            let case = format!("{}-S{nth}", p.id);
            for (item, gap) in SCORED.into_iter().zip([truth::PERCEPTION_GAP, 0.0]) {
                let level = 2.6 + draw.normal(0.4);
                for (rater, more) in [("origin-partner", 0.0), ("destination-partner", gap)] {
                    let noise = draw.normal(0.3);
                    let score = draw.whole(level + more + noise, 1, 5);
                    csv.row(cells![case, p.id, rater, item, score]);
                }
            }
        }
    }
    csv.done()
}
