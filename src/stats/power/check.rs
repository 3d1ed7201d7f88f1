//! Refusals of a plan that can't be: shares, correlations and sizes outside their range, too few units.

use super::plan::{Baseline, Comparison, Outcome, Plan, Waves};
use super::solve::TOO_MANY;
use crate::stats::Refused;

impl Plan {
    /// Everything but the number of units and the effect makes sense.
    pub(super) fn check(&self) -> Result<(), Refused> {
        self.test.check()?;
        match self.outcome {
            Outcome::Mean { sd } if !(sd.is_finite() && sd > 0.0) => {
                return Err(Refused::new(
                    format!("the standard deviation ({sd}) is not above 0"),
                    "Give the standard deviation of the outcome between persons, from a baseline or a similar survey.",
                ));
            }
            Outcome::Proportion { without } if !(without > 0.0 && without < 1.0) => {
                return Err(Refused::new(
                    format!("the expected share ({without}) is not between 0 and 1"),
                    "Give the share of persons expected without the programme, such as 0.4 for 40 %.",
                ));
            }
            _ => {}
        }
        let share = self.share_treated();
        let one_group = matches!(self.comparison, Comparison::BeforeAfter { .. });
        if !one_group && (share.is_nan() || share <= 0.0 || share >= 1.0) {
            return Err(Refused::new(
                format!(
                    "the share of treated units ({share}) is not between 0 and 1, so that one group would be empty"
                ),
                "Give a share such as 0.5 for groups of the same size.",
            ));
        }
        part("the share of persons lost", self.attrition)?;
        part(
            "the share of variance explained between persons",
            self.covariates.person_r2,
        )?;
        part(
            "the share of variance explained between clusters",
            self.covariates.cluster_r2,
        )?;
        let (person, cluster) = self.autocorrelations();
        correlation("the autocorrelation of persons", person)?;
        correlation("the autocorrelation of clusters", cluster)?;
        if let Some(clusters) = self.clusters {
            part("the intra-cluster correlation", clusters.icc)?;
            if !(clusters.size.is_finite() && clusters.size * (1.0 - self.attrition) >= 1.0) {
                return Err(Refused::new(
                    format!(
                        "clusters of {} persons have less than one person with data on average",
                        clusters.size
                    ),
                    "Plan with more persons per cluster, or without clusters.",
                ));
            }
            if !(clusters.size_variation.is_finite() && clusters.size_variation >= 0.0) {
                return Err(Refused::new(
                    format!(
                        "the variation of cluster sizes ({}) is below 0 or not a number",
                        clusters.size_variation
                    ),
                    "Give the standard deviation of the sizes over their mean; 0 where all are of a size.",
                ));
            }
        } else if let Comparison::DifferenceInDifferences {
            waves: Waves::NewPersons { .. },
            baseline: Baseline::Covariate,
            ..
        } = self.comparison
        {
            return Err(Refused::new(
                "there is no baseline to adjust for: each wave asks new persons, and there are no clusters that are measured twice",
                "Ask the same persons twice, or subtract the baseline.",
            ));
        }
        match self.df {
            Some(df) if df.is_nan() || df < 1.0 => Err(Refused::new(
                format!("{df} degrees of freedom are fewer than one"),
                "Leave the degrees of freedom out, so that they follow from the design.",
            )),
            _ => Ok(()),
        }
    }

    /// Enough units for two groups and a standard error.
    pub(super) fn check_units(&self, units: f64, df: f64) -> Result<(), Refused> {
        let word = if self.clusters.is_some() {
            "clusters"
        } else {
            "persons"
        };
        let share = self.share_treated();
        let smallest = if share < 1.0 {
            units * share.min(1.0 - share)
        } else {
            units
        };
        // A planned share of 1/3 of 3 may come out as .99999.
        if !units.is_finite() || smallest < 1.0 - 1e-9 {
            return Err(Refused::new(
                format!("{units} {word} leave less than one in the smaller group"),
                format!("Plan with more {word}."),
            ));
        }
        if units > TOO_MANY {
            return Err(Refused::new(
                format!("{units} {word} are more than a thousand million"),
                format!("Plan with a number of {word} that could be asked."),
            ));
        }
        // Fractions of a unit come up in a search; a sample of whole ones has one degree of freedom or none.
        if df.is_nan() || df < 1.0 - 1e-9 {
            return Err(Refused::new(
                format!(
                    "with {units} {word} nothing is left over to tell the size of chance differences (no degrees of freedom)"
                ),
                format!("Plan with more {word}, or fewer covariates."),
            ));
        }
        Ok(())
    }
}

/// A share of 0 up to, but without, 1.
fn part(what: &str, value: f64) -> Result<(), Refused> {
    if (0.0..1.0).contains(&value) {
        return Ok(());
    }
    Err(Refused::new(
        format!("{what} ({value}) is not a share from 0 to below 1"),
        "Give a share such as 0.05 for 5 %.",
    ))
}

/// A correlation over time from 0 to 1; of 1 without anything else, a change would have no variance.
fn correlation(what: &str, value: f64) -> Result<(), Refused> {
    if (0.0..1.0).contains(&value) {
        return Ok(());
    }
    Err(Refused::new(
        format!("{what} over time ({value}) is not from 0 to below 1"),
        "Give a correlation such as 0.5; 0 where nothing is known of it is the cautious choice for a change.",
    ))
}
