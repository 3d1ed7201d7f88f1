//! Evaluations drawn from a baseline and estimated by the very estimator of the effect.

use super::baseline::Baseline;
use crate::effect::{Codes, Designed, Observations};
use crate::outcome::NotEstimable;
use crate::stats::Refused;
use crate::stats::power::{
    Assignment, BaselineRow, Clusters, Comparison, Diagnosis, Plan, Resampled, Resampling, Row,
    Simulation, Waves, diagnose,
};

/// How evaluations are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Number of draws.
    pub draws: u64,
    /// Seed.
    pub seed: u64,
    /// What the programme adds, in units of the outcome.
    pub effect: f64,
    /// Significance level.
    pub alpha: f64,
    /// Clusters drawn over those of the baseline.
    pub clusters: f64,
    /// Share of persons lost.
    pub attrition: f64,
}

/// Draws evaluations from a baseline.
pub struct Simulator<'a> {
    designed: &'a Designed<'a>,
    baseline: &'a Baseline,
    resampled: Resampled,
    settings: Settings,
    /// Whether the errors' clusters are as fine as the units drawn: then each drawn unit has clusters of its own.
    fine: bool,
}

impl<'a> Simulator<'a> {
    /// Makes a baseline ready; correlations over time and who is asked are those of the plan.
    ///
    /// # Errors
    /// In words: as [`Resampled::new`] and [`Plan::unit_autocorrelation`].
    pub fn new(
        designed: &'a Designed<'a>,
        baseline: &'a Baseline,
        plan: &Plan,
        settings: Settings,
    ) -> Result<Simulator<'a>, NotEstimable> {
        let rows = &baseline.rows;
        let gap = match baseline.apart(designed) {
            true => group_gap(rows),
            false => 0.0,
        };
        let randomised = designed.setting().randomised;
        let treated = |at: usize| rows.treated.get(at).copied().unwrap_or(true);
        let drawn: Vec<BaselineRow> = (0..rows.len())
            .map(|at| BaselineRow {
                stratum: baseline.units.stratum[at],
                cluster: baseline.units.of.of[at],
                treated: treated(at),
                weight: rows.w[at],
                y: rows.y[at] - if treated(at) { gap } else { 0.0 },
            })
            .collect();
        let share_treated = match plan.comparison {
            Comparison::TwoGroups { share_treated }
            | Comparison::DifferenceInDifferences { share_treated, .. } => share_treated,
            Comparison::BeforeAfter { .. } => 1.0,
        };
        let waves = match plan.comparison {
            Comparison::TwoGroups { .. } => None,
            Comparison::BeforeAfter { waves }
            | Comparison::DifferenceInDifferences { waves, .. } => Some(waves),
        };
        let (same_persons, person_autocorrelation) = match waves {
            Some(Waves::SamePersons {
                person_autocorrelation,
                ..
            }) => (true, person_autocorrelation),
            _ => (false, 0.0),
        };
        // Observed means before anybody is lost, of persons with unequal weights.
        let whole = Plan {
            attrition: 1.0 - 1.0 / baseline.told.weighting,
            clusters: plan.clusters.map(|c| Clusters {
                size: rows.len() as f64 / baseline.units.of.count() as f64,
                ..c
            }),
            ..*plan
        };
        let how = Resampling {
            assignment: if randomised {
                Assignment::ByLot { share_treated }
            } else {
                Assignment::AsObserved
            },
            clusters: settings.clusters,
            mean_autocorrelation: whole.unit_autocorrelation()?,
            person_autocorrelation,
            same_persons,
            effect: settings.effect,
            trend: 0.0,
            attrition: settings.attrition,
        };
        Ok(Simulator {
            resampled: Resampled::new(&drawn, how)?,
            fine: as_fine(baseline),
            designed,
            baseline,
            settings,
        })
    }

    /// Draws, estimates and sums up.
    ///
    /// # Errors
    /// In words: fewer than two draws gave an estimate.
    pub fn run(&self) -> Result<Diagnosis, NotEstimable> {
        let simulation = Simulation {
            draws: self.settings.draws,
            seed: self.settings.seed,
            truth: self.settings.effect,
            alpha: self.settings.alpha,
        };
        let found = diagnose(&simulation, |_, rng| {
            let observations = self.observations(&self.resampled.draw(rng));
            self.designed
                .estimate(&observations)
                .map_err(|refused| Refused::new(refused.reason, refused.help))
        })?;
        Ok(found)
    }

    /// Drawn rows as the estimator reads them; covariates stay those of the baseline row that each was drawn from.
    fn observations(&self, drawn: &[Row]) -> Observations {
        let base = &self.baseline.rows;
        let work = self.designed.work();
        let one_time = work.before.is_none();
        let rows = || drawn.iter().filter(|r| r.post || !one_time);
        let sources = || rows().map(|r| r.source.unwrap_or_default() as usize);
        let from = |codes: &Codes| codes.drawn(sources());
        let persons = || Codes::numbered(rows().map(|r| r.person).collect());
        let cluster = base.cluster.as_ref().map(|codes| match self.fine {
            // Several persons' rows by person, or clusters as drawn.
            true if self.baseline.units.clustered
                && codes.count() > self.baseline.units.of.count() =>
            {
                persons()
            }
            true => Codes::numbered(rows().map(|r| r.cluster).collect()),
            false => from(codes),
        });
        let by_person = cluster.is_none() && base.person.is_some() && !one_time;
        let person = base.person.as_ref().map(|_| persons());
        Observations {
            rows: sources()
                .filter_map(|at| base.rows.get(at).copied())
                .collect(),
            y: rows().map(|r| r.y).collect(),
            w: rows().map(|r| r.weight).collect(),
            treated: match work.treated {
                Some(_) => rows().map(|r| r.treated).collect(),
                None => vec![],
            },
            after: match one_time {
                true => vec![],
                false => rows().map(|r| r.post).collect(),
            },
            // As in the data: rows of one person are not independent.
            cluster: if by_person { person.clone() } else { cluster },
            cluster_name: base.cluster_name.clone(),
            by_person,
            second: base.second.as_ref().map(from),
            person,
            outside: 0,
        }
    }
}

impl Baseline {
    /// Whether a difference between the groups is taken out before drawing, as it may be the effect itself.
    pub fn apart(&self, designed: &Designed<'_>) -> bool {
        designed.work().before.is_none() && designed.work().treated.is_some()
    }

    /// How evaluations are drawn from it, in words.
    pub fn how(&self, designed: &Designed<'_>) -> Vec<String> {
        let randomised = designed.setting().randomised;
        let name = &self.units.name;
        let mut words = vec![format!(
            "Each draw takes {} {name}s of the {} baseline rows, with replacement{}{}.",
            self.units.of.count(),
            self.rows.len(),
            if self.units.strata.1 > 1 {
                " within strata"
            } else {
                ""
            },
            match (randomised, self.rows.treated.is_empty()) {
                (true, _) => "; chance decides who is treated",
                (false, false) => " and groups; who is treated stays as in the data",
                (false, true) => "",
            }
        )];
        if designed.work().before.is_some() {
            words.push(format!(
                "The endline is simulated from the baseline: {} persons, correlated over time as assumed below, plus the effect for the treated; endline rows of the data are not used as such.",
                if self.same_persons { "the same" } else { "new" }
            ));
        }
        if self.apart(designed) {
            words.push(
                "The data know one time only: the difference between the groups is taken out before drawing, so that bias from selection can't be seen here."
                    .to_owned(),
            );
        }
        if !designed.setting().by.is_empty() {
            words.push("Subgroups are not diagnosed one by one.".to_owned());
        }
        words
    }
}

/// How much the treated are above the others.
fn group_gap(rows: &Observations) -> f64 {
    let mean = |group: bool| rows.moments(|at| rows.treated[at] == group);
    match (mean(true), mean(false)) {
        (Some((treated, _)), Some((others, _))) => treated - others,
        _ => 0.0,
    }
}

/// Whether each cluster of the errors lies within one unit.
fn as_fine(baseline: &Baseline) -> bool {
    let Some(cluster) = &baseline.rows.cluster else {
        return true;
    };
    let mut home = std::collections::BTreeMap::new();
    let pairs = cluster.of.iter().zip(&baseline.units.of.of);
    pairs
        .into_iter()
        .all(|(cluster, unit)| home.entry(*cluster).or_insert(*unit) == unit)
}
