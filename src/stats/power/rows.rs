//! A row of simulated data.

/// One person in one wave, with data. Rows come by cluster, person and wave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Stratum; 0 where there are none.
    pub stratum: u32,
    /// Cluster, from 0 within a draw.
    pub cluster: u32,
    /// Person, from 0 within a draw; the same in both waves only where the same persons are asked.
    pub person: u32,
    /// Whether the cluster is treated (in both waves).
    pub treated: bool,
    /// Whether the row is of the endline.
    pub post: bool,
    /// Outcome.
    pub y: f64,
    /// Survey weight.
    pub weight: f64,
    /// Position of the baseline row it was drawn from; none where a model made it.
    pub source: Option<u32>,
}
