//! The effect of each programme: sectors involved, and a deviation of its own.

use super::places::Programme;
use super::random::Draw;
use super::text::{Csv, cells};
use super::truth;

/// Effects at endline that differ between programmes.
pub struct Effects {
    /// On trust in the municipality.
    pub trust: Vec<f64>,
    /// On the integration scale.
    pub integration: Vec<f64>,
}

/// The effects of all programmes.
pub fn effects(programmes: &[Programme]) -> Effects {
    let mut draw = Draw::new("effects");
    let mut make = |mean: f64, slope: f64, tau: f64| -> Vec<f64> {
        let own = deviations(programmes, &mut draw, tau);
        let of =
            |(p, d): (&Programme, f64)| mean + slope * (p.sectors as f64 - truth::MEAN_SECTORS) + d;
        programmes.iter().zip(own).map(of).collect()
    };
    Effects {
        trust: make(
            truth::TRUST_MUNICIPALITY,
            truth::TRUST_PER_SECTOR,
            truth::TRUST_TAU,
        ),
        integration: make(
            truth::INTEGRATION,
            truth::INTEGRATION_PER_SECTOR,
            truth::INTEGRATION_TAU,
        ),
    }
}

/// Deviations with mean zero within each cell of type and number of sectors and with standard deviation `tau` (divisor 23):
/// so the means, the slope and the (absent) difference between types are exact in the 24 programmes, not only expected.
fn deviations(programmes: &[Programme], draw: &mut Draw, tau: f64) -> Vec<f64> {
    let raw: Vec<f64> = programmes.iter().map(|_| draw.normal(1.0)).collect();
    let centred: Vec<f64> = programmes
        .iter()
        .zip(&raw)
        .map(|(p, value)| {
            let cell: Vec<f64> = programmes
                .iter()
                .zip(&raw)
                .filter(|(q, _)| q.kind == p.kind && q.sectors == p.sectors)
                .map(|(_, v)| *v)
                .collect();
            value - cell.iter().sum::<f64>() / cell.len() as f64
        })
        .collect();
    let squares: f64 = centred.iter().map(|d| d * d).sum();
    let sd = (squares / (programmes.len() - 1) as f64).sqrt();
    centred.iter().map(|d| d / sd * tau).collect()
}

/// The table `truth.csv`.
pub fn table(programmes: &[Programme], effects: &Effects) -> String {
    let mut csv = Csv::new("programme,sectors,effect_trust_municipality,effect_integration");
    for (p, (trust, integration)) in programmes
        .iter()
        .zip(effects.trust.iter().zip(&effects.integration))
    {
        csv.row(cells![
            p.id,
            p.sectors,
            format!("{trust:.6}"),
            format!("{integration:.6}")
        ]);
    }
    csv.done()
}
