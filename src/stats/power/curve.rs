//! Power curve as data: power over a grid of effects or of units.

use super::plan::Plan;
use super::solve::power;
use crate::stats::Refused;
use rayon::prelude::*;

/// What runs along the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Along {
    /// Effects, with so many units.
    Effects {
        /// Units in all.
        units: f64,
    },
    /// Units in all, for such an effect.
    Units {
        /// Effect in units of the outcome.
        effect: f64,
    },
    /// Persons per cluster and wave, with so many clusters, for such an effect.
    ClusterSizes {
        /// Clusters in all.
        units: f64,
        /// Effect in units of the outcome.
        effect: f64,
    },
}

/// A point of the curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Effect, units or cluster size, as on the grid.
    pub at: f64,
    /// Power there, or why it has none (too few units, a share beyond 1).
    pub power: Result<f64, Refused>,
}

/// Power at each point of `grid`, in its order.
pub fn curve(plan: &Plan, along: Along, grid: &[f64]) -> Vec<Point> {
    let at = |&at: &f64| Point {
        at,
        power: match along {
            Along::Effects { units } => power(plan, units, at),
            Along::Units { effect } => power(plan, at, effect),
            Along::ClusterSizes { units, effect } => match plan.clusters {
                Some(mut clusters) => {
                    clusters.size = at;
                    let clusters = Some(clusters);
                    power(&Plan { clusters, ..*plan }, units, effect)
                }
                None => Err(Refused::new(
                    "there are no clusters whose size could vary",
                    "Draw the curve over persons.",
                )),
            },
        },
    };
    grid.par_iter().map(at).collect()
}
