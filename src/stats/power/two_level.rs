//! Model of persons in clusters over two waves, to draw data from: for `diagnose` and to check formulas.

use super::rows::Row;
use crate::stats::Refused;
use crate::stats::distribution::{normal, normal_quantile};
use rand::RngExt;
use rand_pcg::Pcg64;

/// Persons in clusters at baseline and endline; the latent outcome is normal with variance `sd`^2, of which `icc` between clusters.
///
/// Treatment goes by cluster. Persons without clusters are clusters of one with an `icc` of 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoLevel {
    /// Treated clusters.
    pub treated: usize,
    /// Untreated clusters.
    pub control: usize,
    /// Persons per cluster and wave, on average.
    pub persons: usize,
    /// Standard deviation of the cluster sizes over their mean; sizes are drawn from a lognormal, rounded, at least 1.
    pub size_variation: f64,
    /// Mean of the untreated at baseline.
    pub mean: f64,
    /// Standard deviation between persons at one time.
    pub sd: f64,
    /// Intra-cluster correlation.
    pub icc: f64,
    /// Correlation of a cluster's true mean over time.
    pub cluster_autocorrelation: f64,
    /// Correlation of a person's deviation from the cluster over time; without effect where new persons are asked.
    pub person_autocorrelation: f64,
    /// Whether the same persons are asked in both waves.
    pub same_persons: bool,
    /// What the programme adds to the treated at endline.
    pub effect: f64,
    /// Change of all from baseline to endline without the programme.
    pub trend: f64,
    /// By how much the treated are above the others at baseline already (selection).
    pub selection_gap: f64,
    /// By how much more the treated would have changed without the programme (trends that aren't parallel).
    pub trend_gap: f64,
    /// Share of persons without endline.
    pub attrition: f64,
    /// Correlation, over persons, of leaving with a low outcome at endline (0: at random); -1 to 1.
    pub attrition_follows_outcome: f64,
    /// Lowest and highest answer, where the outcome is rounded to whole numbers and cut off there (Likert scale; 0 and 1 for yes/no).
    pub answers: Option<(i32, i32)>,
}

impl TwoLevel {
    /// The true effect on those treated, at endline, on the scale on which it is measured: `effect` itself, or its image on a scale
    /// of whole answers: the sum over thresholds j + 1/2 of the difference of P(latent outcome > j + 1/2).
    pub fn truth(&self) -> f64 {
        let Some((lowest, highest)) = self.answers else {
            return self.effect;
        };
        let without = self.mean + self.selection_gap + self.trend + self.trend_gap;
        (lowest..highest)
            .map(|answer| {
                let threshold = f64::from(answer) + 0.5;
                normal((without + self.effect - threshold) / self.sd)
                    - normal((without - threshold) / self.sd)
            })
            .sum()
    }

    /// Draws the rows of one evaluation.
    ///
    /// # Errors
    /// Refused where a group has no cluster, a cluster no person, a share or correlation is out of range, or answers are no scale.
    pub fn draw(&self, rng: &mut Pcg64) -> Result<Vec<Row>, Refused> {
        self.check()?;
        let mut rows = Vec::with_capacity((self.treated + self.control) * self.persons * 2);
        let mut person = 0;
        for cluster in 0..self.treated + self.control {
            let treated = cluster < self.treated;
            let size = self.size(rng);
            let between = self.sd * self.icc.sqrt();
            let (before, after) = pair(self.cluster_autocorrelation, rng);
            let base = self.mean + if treated { self.selection_gap } else { 0.0 };
            let gain = self.trend
                + if treated {
                    self.trend_gap + self.effect
                } else {
                    0.0
                };
            let levels = (base + between * before, base + gain + between * after);
            for _ in 0..size {
                let again = if self.same_persons {
                    person
                } else {
                    person + 1
                };
                self.ask(cluster, (person, again), treated, levels, rng, &mut rows);
                person = again + 1;
            }
        }
        Ok(rows)
    }

    /// One person at baseline, the same or another at endline.
    fn ask(
        &self,
        cluster: usize,
        persons: (u32, u32),
        treated: bool,
        levels: (f64, f64),
        rng: &mut Pcg64,
        rows: &mut Vec<Row>,
    ) {
        let within = self.sd * (1.0 - self.icc).sqrt();
        let correlation = if self.same_persons {
            self.person_autocorrelation
        } else {
            0.0
        };
        let (before, after) = pair(correlation, rng);
        let row = Row {
            stratum: 0,
            cluster: cluster as u32,
            person: persons.0,
            treated,
            post: false,
            y: self.answer(levels.0 + within * before),
            weight: 1.0,
            source: None,
        };
        rows.push(row);
        // Who is low leaves: a normal inclination that correlates with the person's deviation, cut at the share that leaves.
        let follows = self.attrition_follows_outcome;
        let inclination = -follows * after + (1.0 - follows * follows).sqrt() * standard(rng);
        if inclination >= normal_quantile(1.0 - self.attrition) {
            return;
        }
        rows.push(Row {
            person: persons.1,
            post: true,
            y: self.answer(levels.1 + within * after),
            ..row
        });
    }

    fn answer(&self, latent: f64) -> f64 {
        match self.answers {
            Some((lowest, highest)) => latent.round().clamp(f64::from(lowest), f64::from(highest)),
            None => latent,
        }
    }

    fn size(&self, rng: &mut Pcg64) -> usize {
        if self.size_variation == 0.0 {
            return self.persons;
        }
        // Lognormal of mean 1 and this coefficient of variation.
        let variance = (1.0 + self.size_variation.powi(2)).ln();
        let factor = (variance.sqrt() * standard(rng) - variance / 2.0).exp();
        ((self.persons as f64 * factor).round() as usize).max(1)
    }

    fn check(&self) -> Result<(), Refused> {
        if self.treated == 0 || self.control == 0 || self.persons == 0 {
            return Err(Refused::new(
                format!(
                    "{} treated and {} untreated clusters of {} persons leave a group empty",
                    self.treated, self.control, self.persons
                ),
                "Give at least one cluster to each group, and one person to each cluster.",
            ));
        }
        let shares = [
            ("the intra-cluster correlation", self.icc, 0.0),
            (
                "the autocorrelation of clusters",
                self.cluster_autocorrelation,
                -1.0,
            ),
            (
                "the autocorrelation of persons",
                self.person_autocorrelation,
                -1.0,
            ),
            (
                "the correlation of leaving with the outcome",
                self.attrition_follows_outcome,
                -1.0,
            ),
        ];
        for (what, value, lowest) in shares {
            if !(value >= lowest && value <= 1.0) {
                return Err(Refused::new(
                    format!("{what} ({value}) is not from {lowest} to 1"),
                    "Give a value in that range.",
                ));
            }
        }
        if !(0.0..1.0).contains(&self.attrition) {
            return Err(Refused::new(
                format!(
                    "the share of persons lost ({}) is not from 0 to below 1",
                    self.attrition
                ),
                "Give a share such as 0.2.",
            ));
        }
        let numbers = [
            self.mean,
            self.effect,
            self.trend,
            self.selection_gap,
            self.trend_gap,
        ];
        if !(self.sd.is_finite()
            && self.sd > 0.0
            && self.size_variation.is_finite()
            && self.size_variation >= 0.0)
            || numbers.iter().any(|x| !x.is_finite())
        {
            return Err(Refused::new(
                "the model has a standard deviation that isn't above 0, or a mean or effect that isn't a number",
                "Give a standard deviation above 0 and finite numbers.",
            ));
        }
        match self.answers {
            Some((lowest, highest)) if lowest >= highest => Err(Refused::new(
                format!("answers from {lowest} to {highest} are no scale"),
                "Give the lowest answer first, such as 1 and 5.",
            )),
            _ => Ok(()),
        }
    }
}

/// Two standard normals with that correlation.
fn pair(correlation: f64, rng: &mut Pcg64) -> (f64, f64) {
    let (first, second) = (standard(rng), standard(rng));
    (
        first,
        correlation * first + (1.0 - correlation * correlation).sqrt() * second,
    )
}

/// A standard normal, by Box & Muller (1958).
pub(super) fn standard(rng: &mut Pcg64) -> f64 {
    // 1 - u is above 0, so that its logarithm is finite.
    let (radius, angle): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (2.0 * std::f64::consts::PI * angle).cos()
}
