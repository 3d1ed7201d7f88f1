//! Series: spending of the destinations by quarter, and the neighbourhood monitor by year.

use super::places::DESTINATIONS;
use super::random::Draw;
use super::text::{Csv, cells};
use super::truth;

/// The table `spending`: what each destination spent on co-development in a quarter; it falls with the crisis after 2012.
pub fn spending() -> String {
    let mut draw = Draw::new("spending");
    let mut csv = Csv::new("locality,date,amount");
    for here in &DESTINATIONS {
        let mut error = draw.normal(truth::SERIES_SD);
        let own = draw.normal(6.0);
        for quarter in 0..56_i64 {
            let (year, month) = (2006 + quarter / 4, quarter % 4 * 3 + 1);
            error = truth::SERIES_RHO * error + draw.normal(truth::SERIES_SD);
            let since = quarter - 28;
            let change = if since >= 0 {
                truth::SERIES_LEVEL_CHANGE + truth::SERIES_SLOPE_CHANGE * since as f64
            } else {
                0.0
            };
            let level = truth::SERIES_LEVEL + own + truth::SERIES_SLOPE * quarter as f64 + change;
            csv.row(cells![
                here.0,
                format!("{year}-{month:02}-01"),
                ((level + error) * 1000.0).round() as i64
            ]);
        }
    }
    csv.done()
}

/// The table `monitor`: contact between residents and institutions by neighbourhood and year, with staggered adoption.
pub fn monitor() -> String {
    let mut draw = Draw::new("monitor");
    let mut csv = Csv::new("neighbourhood,locality,year,adopted,contact_rate,persons");
    let years: Vec<f64> = (0..12).map(|_| draw.normal(0.8)).collect();
    for (index, here) in DESTINATIONS.iter().enumerate() {
        for nth in 1..=12_usize {
            // A quarter never adopts, a quarter in each of the three years.
            let cohort = truth::COHORTS.get((nth + index) % 4);
            let own = 24.0 + draw.normal(5.0);
            let size = draw.between(900, 4200);
            for (since, shock) in (0..12_i64).zip(&years) {
                let year = 2008 + since;
                let effect = cohort.map_or(0.0, |(from, first, growth)| {
                    if year >= *from {
                        first + growth * (year - from) as f64
                    } else {
                        0.0
                    }
                });
                let rate = own + 0.3 * since as f64 + shock + effect + draw.normal(1.5);
                csv.row(cells![
                    format!("{}-{nth:02}", &here.0[..4].to_uppercase()),
                    here.0,
                    year,
                    cohort.map_or(String::new(), |c| c.0.to_string()),
                    if draw.chance(0.01) {
                        String::new()
                    } else {
                        format!("{rate:.2}")
                    },
                    size,
                ]);
            }
        }
    }
    csv.done()
}
