//! The survey: one row per person and wave.

use super::background::{self, background};
use super::effects::Effects;
use super::persons::{AGES, Cluster, GENERATIONS, Person, WAVES, clusters, has_midline, person};
use super::places::{Programme, Type};
use super::random::Draw;
use super::text::{Csv, date, day};
use super::truth;

const HEADER: &str = "programme,person,wave,date,group,cluster,stratum,weight,origin_group,generation,sex,age_class,distance_km,\
    trust_municipality,trust_police,trust_school,contact_institutions,contact_residents,\
    integration_1,integration_2,integration_3,integration_4,integration_5,engage_1,engage_2,engage_3,engage_4,\
    discrimination,voted,took_part";

/// An outcome: level at baseline in the comparison group, variance of cluster, cluster by wave, person, person by wave.
struct Outcome(f64, f64, f64, f64, f64);

const TRUST_VARIANCES: [f64; 4] = [
    truth::VAR_CLUSTER,
    truth::VAR_CLUSTER_WAVE,
    truth::VAR_PERSON,
    truth::VAR_ERROR,
];

const fn trust(level: f64) -> Outcome {
    let v = TRUST_VARIANCES;
    Outcome(level, v[0], v[1], v[2], v[3])
}

/// Trust in municipality, police, school; contact with institutions, with residents; integration.
const OUTCOMES: [Outcome; 6] = [
    trust(2.7),
    trust(3.1),
    trust(3.3),
    Outcome(1.9, 0.03, 0.01, 0.25, 0.15),
    Outcome(2.8, 0.03, 0.01, 0.25, 0.15),
    Outcome(2.85, 0.03, 0.01, 0.16, 0.10),
];
const INTEGRATION: usize = 5;

/// Latent outcomes of a person at a wave, before engagement enters.
struct Latent<'a> {
    p: &'a Programme,
    effects: [f64; 6],
    shift: [f64; 6],
}

impl Latent<'_> {
    fn at(&self, cluster: &Cluster, person: &Person, wave: usize, draw: &mut Draw) -> Vec<f64> {
        let reached = [0.0, truth::MIDLINE, 1.0][wave];
        OUTCOMES
            .iter()
            .enumerate()
            .map(|(k, outcome)| {
                let mut level = outcome.0
                    + self.shift[k]
                    + cluster.own[k]
                    + cluster.by_wave[wave][k]
                    + person.own[k];
                level += draw.normal(outcome.4.sqrt());
                level += if cluster.dense { 0.0 } else { 0.10 };
                // Contact has neither trend nor selection, so that its plain comparison is right and that of trust wrong.
                if k < 3 || k == INTEGRATION {
                    level += truth::TREND * reached;
                    level += if cluster.members {
                        truth::SELECTION
                    } else {
                        0.0
                    };
                }
                if cluster.members {
                    level + self.effects[k] * reached
                } else {
                    level
                }
            })
            .collect()
    }

    fn date(&self, wave: usize, draw: &mut Draw) -> i64 {
        let first = match wave {
            0 => day(self.p.start, 1, 10),
            1 => day((self.p.start + self.p.funded_until) / 2, 9, 1),
            _ => day(self.p.funded_until, 9, 15),
        };
        first + draw.between(0, 45)
    }
}

/// The files of the table, split by wave and, for size, by type of programme.
pub fn responses(programmes: &[Programme], effects: &Effects) -> Vec<(&'static str, String)> {
    let mut draw = Draw::new("responses");
    let mut more = Draw::new("background");
    let header = format!("{HEADER},{}", background::COLUMNS);
    let files = [
        ("responses-baseline-city.csv", 0, Type::City),
        ("responses-baseline-supported.csv", 0, Type::Supported),
        ("responses-midline.csv", 1, Type::City),
        ("responses-endline-city.csv", 2, Type::City),
        ("responses-endline-supported.csv", 2, Type::Supported),
    ];
    let mut tables = files.map(|(name, wave, kind)| (name, wave, kind, Csv::new(&header)));
    for (index, p) in programmes.iter().enumerate() {
        for (wave, cells) in rows(p, index, effects, &mut draw, &mut more) {
            let own = tables
                .iter_mut()
                .find(|t| t.1 == wave && (t.2 == p.kind || wave == 1));
            if let Some(table) = own {
                table.3.row(&cells);
            }
        }
    }
    tables
        .into_iter()
        .map(|(name, _, _, csv)| (name, csv.done()))
        .collect()
}

fn rows(
    p: &Programme,
    index: usize,
    effects: &Effects,
    draw: &mut Draw,
    more: &mut Draw,
) -> Vec<(usize, Vec<String>)> {
    let spread: Vec<(f64, f64)> = OUTCOMES.iter().map(|o| (o.1, o.2)).collect();
    let variances: Vec<f64> = OUTCOMES.iter().map(|o| o.3).collect();
    let latent = Latent {
        p,
        effects: [
            effects.trust[index],
            truth::TRUST_POLICE,
            truth::TRUST_SCHOOL,
            truth::CONTACT_INSTITUTIONS,
            truth::CONTACT_RESIDENTS,
            effects.integration[index],
        ],
        shift: [0; 6].map(|_| draw.normal(0.12)),
    };
    let mut rows = Vec::new();
    let mut number = 0;
    for cluster in clusters(p, index, &spread, draw) {
        let first = draw.between(22, 40);
        for nth in 0..first + 2 {
            number += 1;
            let person = person(p, index, number, &cluster, nth >= first, &variances, draw);
            let mut background = background(&person, more);
            for wave in 0..WAVES.len() {
                // Drawn for everybody, so that the panel's gaps don't depend on the outcomes.
                let outcomes = latent.at(&cluster, &person, wave, draw);
                let when = latent.date(wave, draw);
                let mut cells = answers(&latent, &cluster, &person, wave, when, &outcomes, draw);
                let reached = reached(&cluster, wave);
                cells.extend(background.answers(&cluster, &person, reached, more));
                if person.answers[wave] && (wave != 1 || has_midline(index)) {
                    rows.push((wave, cells));
                }
            }
        }
    }
    rows
}

/// Share of a programme's effect that the persons of a cluster have felt at a wave.
fn reached(cluster: &Cluster, wave: usize) -> f64 {
    if cluster.members {
        [0.0, truth::MIDLINE, 1.0][wave]
    } else {
        0.0
    }
}

fn answers(
    latent: &Latent,
    cluster: &Cluster,
    person: &Person,
    wave: usize,
    when: i64,
    outcomes: &[f64],
    draw: &mut Draw,
) -> Vec<String> {
    let reached = reached(cluster, wave);
    let engage: Vec<i64> = (0..4)
        .map(|_| {
            let noise = draw.normal(0.4);
            draw.whole(person.engagement + noise, 1, 5)
        })
        .collect();
    let score = engage.iter().sum::<i64>() as f64 / 4.0;
    let integration = outcomes[INTEGRATION] + truth::INTEGRATION_PER_ENGAGEMENT * (score - 2.8);
    let attrition = truth::ATTRITION[usize::from(!cluster.members)];
    let weight = if wave == 0 {
        person.weight
    } else {
        person.weight / (1.0 - attrition)
    };
    let density = if cluster.dense { "dense" } else { "dispersed" };
    let mut cells = vec![
        latent.p.id.to_string(),
        person.id.clone(),
        WAVES[wave].to_string(),
        date(when),
        if cluster.members {
            "members"
        } else {
            "comparison"
        }
        .to_string(),
        cluster.id.clone(),
        format!("{}-{density}", latent.p.id),
        format!("{weight:.3}"),
        person.group.to_string(),
        GENERATIONS[person.generation].to_string(),
        person.sex.to_string(),
        AGES[person.age].to_string(),
        person
            .distance
            .map_or(String::new(), |km| format!("{km:.1}")),
    ];
    for (k, not_known) in [(0, 0.03), (1, 0.06), (2, 0.08)] {
        let item = draw.whole(outcomes[k], 1, 5);
        cells.push(answered(item, not_known, draw));
    }
    let institutions = draw.whole(outcomes[3], 0, 6);
    cells.push(answered(institutions, 0.02, draw));
    let residents = draw.whole(outcomes[4], 1, 5);
    cells.push(answered(residents, 0.01, draw));
    for (item, shift) in [0.15, -0.10, 0.05, 0.0, -0.10].into_iter().enumerate() {
        let noise = draw.normal(0.45);
        let value = draw.whole(integration + shift + noise, 1, 5);
        // The fourth item is worded the other way round.
        let value = if item == 3 { 6 - value } else { value };
        cells.push(answered(value, 0.02, draw));
    }
    for value in engage {
        cells.push(answered(value, 0.01, draw));
    }
    let discriminated = draw.chance(0.30 + truth::DISCRIMINATION * reached);
    cells.push(answered(discriminated, 0.02, draw));
    let voted = draw.chance(0.45 + truth::VOTED * reached);
    let vote = answered(voted, 0.02, draw);
    cells.push(if person.entitled {
        vote
    } else {
        "-97".to_string()
    });
    let took_part = draw.chance(if cluster.members && wave > 0 {
        0.62
    } else {
        0.04
    });
    cells.push(answered(took_part, 0.01, draw));
    cells
}

/// The answer, or why there is none: -99 refused, -98 does not know, empty where it was lost.
pub fn answered(value: impl ToString, not_known: f64, draw: &mut Draw) -> String {
    match draw.index(&[0.02, not_known, 0.008, 0.972 - not_known]) {
        0 => "-99".to_string(),
        1 => "-98".to_string(),
        2 => String::new(),
        _ => value.to_string(),
    }
}
