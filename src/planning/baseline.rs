//! What the baseline rows of an effect tell of a plan, each number with its interval.

use super::correlation::{Pairs, of_clusters, of_persons, spread};
use super::given::{Figure, Given, Measure, Source, Told};
use super::units::{Units, units};
use crate::effect::{Designed, Observations};
use crate::evaluation::{Adjust, Evaluation};
use crate::outcome::{EffectDesign, NotEstimable};
use crate::stats::survey::intracluster::{ClusterMoments, anova_within};
use crate::stats::survey::proportion::wilson;
use std::collections::{BTreeMap, BTreeSet};

/// The baseline of an effect.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// Its rows.
    pub rows: Observations,
    /// Their units, strata and groups.
    pub units: Units,
    /// What is compared.
    pub measure: Measure,
    /// Whether the same persons are asked in both waves.
    pub same_persons: bool,
    /// What it tells.
    pub told: Told,
    /// Remarks on it.
    pub notes: Vec<String>,
}

impl Baseline {
    /// Reads the baseline rows of an effect: those before, or all where the design knows one time only.
    ///
    /// # Errors
    /// No baseline rows, one cluster, groups that cross clusters, protected small numbers, an outcome that does not vary.
    pub fn new(designed: &Designed<'_>, evaluation: &Evaluation) -> Result<Baseline, NotEstimable> {
        let all = &designed.observations;
        let work = designed.work();
        let rows = match work.before {
            Some(_) => all.keep(|at| !all.after[at]),
            None => all.clone(),
        };
        if rows.is_empty() {
            let (before, _) = work.waves.clone().unwrap_or_default();
            return Err(NotEstimable {
                reason: format!(
                    "there is no baseline row: none of the {} rows is `{before}`",
                    all.len()
                ),
                help: "Plan from options alone (codev power --help), or give the baseline wave."
                    .to_owned(),
            });
        }
        let persons = rows.persons(|_| true);
        if work.persons && persons < evaluation.small_cells {
            return Err(NotEstimable {
                reason: format!(
                    "the baseline has fewer than {} persons, which are protected",
                    evaluation.small_cells
                ),
                help: "Plan from options alone (codev power --help).".to_owned(),
            });
        }
        let units = units(designed, &rows)?;
        let mut baseline = Baseline {
            measure: measure(designed),
            same_persons: rows.person.is_some() && work.before.is_some(),
            told: Told {
                clustered: units.clustered,
                ..Told::default()
            },
            notes: vec![],
            units,
            rows,
        };
        baseline.tell(designed, evaluation.confidence)?;
        Ok(baseline)
    }

    /// Options with what the baseline knows of who is asked.
    pub fn given(&self, given: &Given) -> Given {
        Given {
            new_persons: given.new_persons || !self.same_persons,
            ..*given
        }
    }

    fn tell(&mut self, designed: &Designed<'_>, confidence: f64) -> Result<(), NotEstimable> {
        let rows = &self.rows;
        let n = rows.len() as f64;
        let total: f64 = rows.w.iter().sum();
        let squares: f64 = rows.w.iter().map(|w| w * w).sum();
        self.told.weighting = n * squares / (total * total);
        self.told.share = rows.y.iter().all(|y| *y == 0.0 || *y == 1.0);
        let mut figures = Vec::new();
        let mut add = |key, name: &str, value, interval| {
            figures.push(Figure {
                key,
                name: name.to_owned(),
                value,
                interval,
                source: Source::Estimated,
            });
        };
        let pairs = self.pairs(&rows.y, &rows.y, |_| true);
        let Some((sd, interval)) = spread(&pairs, confidence) else {
            return Err(NotEstimable {
                reason: "the outcome does not vary between the persons of a stratum and group at baseline".to_owned(),
                help: "Give the numbers as options (codev power --help), from a survey in which it varies.".to_owned(),
            });
        };
        let k = self.units.of.count() as f64;
        let (mut icc, mut per_cluster) = (0.0, 1.0);
        if self.units.clustered {
            let moments: Vec<ClusterMoments> = pairs
                .iter()
                .map(|c| ClusterMoments {
                    rows: c.n,
                    first: c.first.0,
                    second: c.squares.0,
                })
                .collect();
            let cells: Vec<u32> = pairs.iter().map(|c| c.cell).collect();
            let found = anova_within(&moments, &cells, confidence)?;
            icc = found.value;
            per_cluster = n / k;
            add("clusters", "clusters in all", k, None);
            add(
                "per-cluster",
                "persons per cluster and wave",
                per_cluster,
                None,
            );
            add(
                "cv",
                "variation of cluster sizes (SD / mean, by weight)",
                self.size_variation(),
                None,
            );
            add(
                "icc",
                "intra-cluster correlation",
                found.value,
                Some((found.low, found.high)),
            );
        } else {
            add("persons", "persons per wave", n, None);
        }
        if self.told.share {
            let share = rows.y.iter().zip(&rows.w).map(|(y, w)| y * w).sum::<f64>() / total;
            let design_effect = self.told.weighting * (1.0 + (per_cluster - 1.0) * icc.max(0.0));
            let interval = wilson(share, n / design_effect, confidence).ok();
            let interval = interval.map(|bounds| (bounds.low, bounds.high));
            add("share", "share without the programme", share, interval);
        } else {
            add("sd", "standard deviation", sd, interval);
        }
        if !rows.treated.is_empty() {
            let treated = self.units_where(|at| rows.treated[at]);
            if !designed.setting().randomised || (treated > 0 && treated < self.units.of.count()) {
                add(
                    "allocation",
                    "share of units treated",
                    treated as f64 / k,
                    None,
                );
            }
        }
        let later = self.over_time(designed, confidence);
        self.told.figures = [figures, later].concat();
        self.note(designed);
        Ok(())
    }

    /// Attrition and correlations over time, where the later wave is there.
    fn over_time(&self, designed: &Designed<'_>, confidence: f64) -> Vec<Figure> {
        let all = &designed.observations;
        let mut found = Vec::new();
        let (Some(person), Some(_)) = (&all.person, designed.work().before) else {
            return found;
        };
        let after: BTreeMap<&str, f64> = (0..all.len())
            .filter(|at| all.after[*at])
            .map(|at| (person.label(person.of[at]), all.y[at]))
            .collect();
        if after.is_empty() {
            return found;
        }
        let label = |at: usize| {
            let own = self.rows.person.as_ref()?;
            Some(own.label(*own.of.get(at)?))
        };
        let second: Vec<Option<f64>> = (0..self.rows.len())
            .map(|at| after.get(label(at)?).copied())
            .collect();
        let stayed = second.iter().filter(|y| y.is_some()).count();
        if stayed == 0 {
            return found;
        }
        let mut add = |key, name: &str, value: f64, interval| {
            found.push(Figure {
                key,
                name: name.to_owned(),
                value,
                interval,
                source: Source::Estimated,
            });
        };
        let lost = 1.0 - stayed as f64 / self.rows.len() as f64;
        let bounds = wilson(lost, self.rows.len() as f64, confidence).ok();
        add(
            "attrition",
            "share of persons lost",
            lost,
            bounds.map(|b| (b.low, b.high)),
        );
        let second_y: Vec<f64> = second.iter().map(|y| y.unwrap_or(f64::NAN)).collect();
        let pairs = self.pairs(&self.rows.y, &second_y, |at| second[at].is_some());
        // A plan takes correlations from 0 to below 1.
        let within = |x: f64| x.clamp(0.0, 0.99);
        if let Some((r, interval)) = of_persons(&pairs, confidence) {
            let name = "correlation of a person's answers over time";
            add("individual-autocorrelation", name, within(r), interval);
        }
        if self.units.clustered
            && let Some((r, interval)) = of_clusters(&pairs, confidence)
        {
            let name = "correlation of a cluster's mean over time";
            add("cluster-autocorrelation", name, within(r), interval);
        }
        found
    }

    /// Sums by unit, of the rows that `is` keeps; shifted by the mean, so that squares lose no digits.
    fn pairs(&self, first: &[f64], second: &[f64], is: impl Fn(usize) -> bool) -> Vec<Pairs> {
        let mut found = vec![Pairs::default(); self.units.of.count()];
        let mean = self.rows.y.iter().sum::<f64>() / self.rows.len() as f64;
        for at in (0..self.rows.len()).filter(|at| is(*at)) {
            if let Some(place) = found.get_mut(self.units.of.of[at] as usize) {
                place.cell = self.units.cell[at];
                place.add(first[at] - mean, second[at] - mean);
            }
        }
        found.retain(|c| c.n > 0.0);
        found
    }

    fn units_where(&self, is: impl Fn(usize) -> bool) -> usize {
        let found: BTreeSet<u32> = (0..self.rows.len())
            .filter(|at| is(*at))
            .map(|at| self.units.of.of[at])
            .collect();
        found.len()
    }

    /// Standard deviation of the clusters' weight over its mean.
    fn size_variation(&self) -> f64 {
        let mut sizes = vec![0.0; self.units.of.count()];
        for (unit, w) in self.units.of.of.iter().zip(&self.rows.w) {
            if let Some(place) = sizes.get_mut(*unit as usize) {
                *place += w;
            }
        }
        let n = sizes.len() as f64;
        let mean = sizes.iter().sum::<f64>() / n;
        let squares: f64 = sizes.iter().map(|s| (s - mean).powi(2)).sum();
        (squares / n).sqrt() / mean
    }

    fn note(&mut self, designed: &Designed<'_>) {
        let (before, after) = self.units.strata;
        if before > 1 {
            self.notes.push(format!(
                "Standard deviation and correlations are those within strata{}.",
                if self.rows.treated.is_empty() {
                    ""
                } else {
                    " and groups"
                }
            ));
        }
        if after < before {
            self.notes.push(format!(
                "{before} strata were joined to {after}, so that each group of a stratum has two clusters."
            ));
        }
        if self.rows.weighted() {
            self.notes.push(format!(
                "Unequal weights cost as much as a sample {:.1}% smaller (counted in).",
                100.0 * (1.0 - 1.0 / self.told.weighting)
            ));
        }
        let setting = designed.setting();
        if !setting.covariates.is_empty() || setting.moderator.is_some() {
            self.notes.push(
                "What covariates explain is not estimated: the formula counts it only where --r2 gives it."
                    .to_owned(),
            );
        }
    }
}

/// What a design compares, for the formula.
fn measure(designed: &Designed<'_>) -> Measure {
    let setting = designed.setting();
    match setting.design {
        EffectDesign::BeforeAfter => Measure::BeforeAfter,
        EffectDesign::DifferenceInDifferences => Measure::DifferenceInDifferences,
        _ if setting.adjust == Adjust::Ancova => Measure::Ancova,
        _ => Measure::Mean,
    }
}
