//! Population by locality, group and year, and participants in programmes by the same.

use super::places::{DESTINATIONS, ORIGINS};
use super::random::Draw;
use super::text::{Csv, cells};
use super::truth::GROUPS;

/// Persons of each migrant group in a destination in a year.
fn groups(locality: usize, year: i64) -> Vec<i64> {
    let here = &DESTINATIONS[locality];
    let growth = 1.0 + 0.015 * (year - 2010) as f64;
    here.3
        .iter()
        .map(|share| (here.2 as f64 * *share as f64 / 1000.0 * growth) as i64)
        .collect()
}

/// The share of each group among participants: population share times the true ratio, the last group takes the rest.
pub fn participation(locality: usize, year: i64) -> Vec<f64> {
    let persons = groups(locality, year);
    let all: i64 = persons.iter().sum();
    let last = persons.len() - 1;
    let mut shares: Vec<f64> = persons[..last]
        .iter()
        .zip(GROUPS)
        .map(|(n, (_, ratio))| *n as f64 / all as f64 * ratio)
        .collect();
    shares.push(1.0 - shares.iter().sum::<f64>());
    shares
}

/// The share of each group in the migrant population.
pub fn composition(locality: usize, year: i64) -> Vec<f64> {
    let persons = groups(locality, year);
    let all: i64 = persons.iter().sum();
    persons.iter().map(|n| *n as f64 / all as f64).collect()
}

/// The table `population`.
pub fn population() -> String {
    let mut csv = Csv::new("locality,country,side,group,year,persons");
    for year in 2010..=2019 {
        for (index, here) in DESTINATIONS.iter().enumerate() {
            let persons = groups(index, year);
            let without = here.2 + here.2 * (year - 2010) / 200 - persons.iter().sum::<i64>();
            csv.row(cells![
                here.0,
                here.1,
                "destination",
                "no-migration-background",
                year,
                without
            ]);
            for ((group, _), n) in GROUPS.iter().zip(persons) {
                csv.row(cells![here.0, here.1, "destination", group, year, n]);
            }
        }
        for here in &ORIGINS {
            csv.row(cells![
                here.0,
                here.1,
                "origin",
                "all",
                year,
                here.2 + here.2 * (year - 2010) / 80
            ]);
        }
    }
    csv.done()
}

/// The table `participants`: residents of migrant descent who took part in activities, by locality, group and year.
pub fn participants() -> String {
    let mut draw = Draw::new("participants");
    let mut csv = Csv::new("locality,group,year,persons");
    for year in 2012..=2018 {
        for (index, here) in DESTINATIONS.iter().enumerate() {
            let mut count = [0_i64; GROUPS.len()];
            let shares = participation(index, year);
            for _ in 0..draw.between(180, 320) {
                count[draw.index(&shares)] += 1;
            }
            for ((group, _), n) in GROUPS.iter().zip(count) {
                csv.row(cells![here.0, group, year, n]);
            }
        }
    }
    csv.done()
}
