//! Localities with their inhabitants, the policies of destinations for political participation, and their councils.

use super::places::{DESTINATIONS, ORIGINS};
use super::text::{Csv, cells};

/// Of a destination: scores from 0 to 100 for electoral rights, political liberties, consultative bodies and implementation
/// (`None`: not assessed), seats in the council, and those held by residents of migrant descent.
struct Policies([Option<i64>; 4], i64, i64);

/// In the order of [`DESTINATIONS`]. Invented, as the places are.
const POLICIES: [Policies; 8] = [
    Policies([Some(75), Some(100), Some(50), Some(60)], 39, 5),
    Policies([Some(75), Some(100), Some(75), Some(80)], 45, 8),
    Policies([Some(75), Some(100), Some(0), Some(40)], 29, 1),
    Policies([Some(50), Some(100), Some(75), Some(70)], 27, 2),
    Policies([Some(50), Some(100), Some(50), Some(50)], 25, 1),
    Policies([Some(50), Some(100), Some(0), None], 21, 1),
    Policies([Some(25), Some(100), Some(25), Some(40)], 53, 4),
    Policies([Some(25), Some(100), Some(0), Some(20)], 43, 2),
];

/// The table `localities`: inhabitants in 2010 of all; policies and council of destinations.
pub fn localities() -> String {
    let mut csv = Csv::new(
        "name,country,side,inhabitants,electoral_rights,political_liberties,consultative_bodies,implementation,council_seats,council_seats_migrant",
    );
    for (here, policies) in DESTINATIONS.iter().zip(&POLICIES) {
        let [rights, liberties, bodies, implementation] = policies
            .0
            .map(|score| score.map_or(String::new(), |s| s.to_string()));
        csv.row(cells![
            here.0,
            here.1,
            "destination",
            here.2,
            rights,
            liberties,
            bodies,
            implementation,
            policies.1,
            policies.2
        ]);
    }
    for here in &ORIGINS {
        csv.row(cells![
            here.0, here.1, "origin", here.2, "", "", "", "", "", ""
        ]);
    }
    csv.done()
}
