//! The plan of an evaluation for `power`: outcome, comparison, clusters, covariates, attrition; and the precision that it gives.

use super::hypothesis::Test;
use crate::stats::Refused;

/// What is measured on each person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// A mean of something with standard deviation `sd` (between all persons at one time).
    Mean {
        /// Standard deviation in the units of the outcome.
        sd: f64,
    },
    /// A share of persons. The effect is the difference of shares, its variance that of two different shares (not pooled).
    Proportion {
        /// Share expected without the programme, in both groups and at both times; between 0 and 1.
        without: f64,
    },
}

/// Whether the same persons are asked in both waves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Waves {
    /// The same persons (panel).
    SamePersons {
        /// Correlation of a person's deviation from the cluster over time (Teerenstra et al. 2012: subject autocorrelation); of
        /// the outcome over time where there are no clusters. After covariates, where there are any.
        person_autocorrelation: f64,
        /// Correlation of a cluster's true mean over time (cluster autocorrelation); ignored without clusters.
        cluster_autocorrelation: f64,
    },
    /// New persons in each wave (repeated cross-sections), in the same clusters where there are clusters.
    NewPersons {
        /// Correlation of a cluster's true mean over time; ignored without clusters.
        cluster_autocorrelation: f64,
    },
}

/// How the baseline of a difference-in-differences is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// Subtracted: the change of one group minus the change of the other.
    Subtracted,
    /// A covariate (analysis of covariance): more precise, and right only where the groups were drawn by lot (McKenzie 2012).
    Covariate,
}

/// What is compared with what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Comparison {
    /// Treated with untreated, at one time.
    TwoGroups {
        /// Share of the units (clusters, or persons without clusters) that are treated.
        share_treated: f64,
    },
    /// One group with itself at an earlier time.
    BeforeAfter {
        /// Who is asked.
        waves: Waves,
    },
    /// Treated with untreated, at baseline and endline.
    DifferenceInDifferences {
        /// Share of the units that are treated.
        share_treated: f64,
        /// Who is asked.
        waves: Waves,
        /// How the baseline is used.
        baseline: Baseline,
    },
}

/// Clusters that are treated as wholes (municipalities, schools).
///
/// Where persons *within* clusters are treated and untreated, and clusters enter the analysis as fixed effects, plan without
/// clusters and add the intra-cluster correlation to `person_r2`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clusters {
    /// Persons planned per cluster and wave, on average.
    pub size: f64,
    /// Standard deviation of the cluster sizes over their mean (0: all of a size).
    pub size_variation: f64,
    /// Intra-cluster correlation: the share of variance that lies between clusters.
    pub icc: f64,
}

/// What covariates explain. All 0 without covariates.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Covariates {
    /// Share of the variance between persons (within clusters, where there are any) that is explained.
    pub person_r2: f64,
    /// Share of the variance between clusters that is explained.
    pub cluster_r2: f64,
    /// Number of covariates of the unit of treatment (clusters, or persons without clusters): each costs a degree of freedom.
    pub number: usize,
}

/// An evaluation as planned. Its size is given in units: clusters, or persons per wave where there are no clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// What is measured.
    pub outcome: Outcome,
    /// What is compared.
    pub comparison: Comparison,
    /// The clusters, where treatment goes by cluster.
    pub clusters: Option<Clusters>,
    /// What covariates explain.
    pub covariates: Covariates,
    /// Share of the planned persons without usable data; at random, and spread evenly.
    pub attrition: f64,
    /// The test.
    pub test: Test,
    /// Degrees of freedom, where they are known better than from the design; infinite for the normal distribution.
    pub df: Option<f64>,
}

/// How precisely a plan estimates its effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// Standard error of the effect.
    pub se: f64,
    /// Degrees of freedom of that standard error.
    pub df: f64,
    /// Variance of one wave's mean over that of as many persons drawn one by one; 1 without clusters.
    pub design_effect: f64,
}

/// Variances of one unit's mean in units of the outcome's variance, and its correlation between waves.
#[derive(Debug, Clone, Copy)]
struct Unit {
    variance: f64,
    correlation: f64,
}

impl Plan {
    /// Standard error, degrees of freedom and design effect with `units` units in all, should the effect be `effect`.
    ///
    /// Variance of a cluster's mean: rho (1 - R2_cluster) (1 + CV^2) + (1 - rho) (1 - R2_person) / m, in units of the person's
    /// variance (Eldridge, Ashby & Kerry 2006; Dong & Maynard 2013, model CRA2). Its correlation over time as Teerenstra
    /// et al. 2012; change scores multiply the variance by 2 (1 - r), analysis of covariance by 1 - r^2 (ibid.;
    /// McKenzie 2012). Degrees of freedom: units less groups less covariates; with new persons in each wave
    /// and no clusters, twice as many units and groups. The g covariates of units (the baseline is one) differ between groups by
    /// chance, which multiplies the variance by 1 + g / (units - g - 3) on average (the mean of Hotelling's T^2 for normal
    /// covariates); it matters with few clusters.
    ///
    /// # Errors
    /// Refused, in words, where a share or correlation is out of its range, or the units too few.
    pub fn precision(&self, units: f64, effect: f64) -> Result<Precision, Refused> {
        self.check()?;
        let unit = self.unit();
        let df = match self.df {
            Some(df) => df,
            None => self.design_df(units),
        };
        self.check_units(units, df)?;
        let persons_lost = if self.clusters.is_some() {
            0.0
        } else {
            self.attrition
        };
        let counted = units * (1.0 - persons_lost);
        let sd = self.sd(0.0)?;
        let sd_effect = self.sd(effect)?;
        let change = |before: f64, after: f64| {
            before * before + after * after - 2.0 * unit.correlation * before * after
        };
        let variance = match self.comparison {
            Comparison::TwoGroups { share_treated } => {
                sd_effect * sd_effect / (counted * share_treated)
                    + sd * sd / (counted * (1.0 - share_treated))
            }
            Comparison::BeforeAfter { .. } => change(sd, sd_effect) / counted,
            Comparison::DifferenceInDifferences {
                share_treated,
                baseline,
                ..
            } => {
                let of = |after: f64| match baseline {
                    Baseline::Subtracted => change(sd, after),
                    Baseline::Covariate => {
                        after * after * (1.0 - unit.correlation * unit.correlation)
                    }
                };
                of(sd_effect) / (counted * share_treated)
                    + of(sd) / (counted * (1.0 - share_treated))
            }
        };
        let chance = self.chance_differences(counted)?;
        Ok(Precision {
            se: (variance * unit.variance * chance).sqrt(),
            df,
            design_effect: unit.variance * self.persons_counted() / self.single().variance,
        })
    }

    /// Correlation over time of a cluster's observed mean: (m rho rho_c + (1 - rho) rho_s) / (m rho + 1 - rho), with unequal sizes
    /// and covariates as in [`Plan::precision`] (Teerenstra et al. 2012). 0 with one wave.
    ///
    /// # Errors
    /// Refused as [`Plan::precision`].
    pub fn unit_autocorrelation(&self) -> Result<f64, Refused> {
        self.check()?;
        Ok(self.unit().correlation)
    }

    /// Treated and untreated units as shares; one group alone is treated.
    pub(super) fn share_treated(&self) -> f64 {
        match self.comparison {
            Comparison::TwoGroups { share_treated }
            | Comparison::DifferenceInDifferences { share_treated, .. } => share_treated,
            Comparison::BeforeAfter { .. } => 1.0,
        }
    }

    /// The same plan with another share of treated units.
    pub(super) fn with_share(mut self, share: f64) -> Plan {
        match &mut self.comparison {
            Comparison::TwoGroups { share_treated }
            | Comparison::DifferenceInDifferences { share_treated, .. } => *share_treated = share,
            Comparison::BeforeAfter { .. } => {}
        }
        self
    }

    /// Standard deviation of the outcome where the programme has had this effect.
    pub(super) fn sd(&self, effect: f64) -> Result<f64, Refused> {
        match self.outcome {
            Outcome::Mean { sd } => Ok(sd),
            Outcome::Proportion { without } => {
                let share = without + effect;
                if share <= 0.0 || share >= 1.0 {
                    return Err(Refused::new(
                        format!(
                            "an effect of {effect} on a share of {without} leads outside 0 to 1"
                        ),
                        "Give the effect as a difference of shares, such as 0.1 for ten percentage points.",
                    ));
                }
                Ok((share * (1.0 - share)).sqrt())
            }
        }
    }

    /// Persons with data per unit and wave.
    pub(super) fn persons_counted(&self) -> f64 {
        self.clusters
            .map_or(1.0, |c| c.size * (1.0 - self.attrition))
    }

    pub(super) fn autocorrelations(&self) -> (f64, f64) {
        match self.comparison {
            Comparison::TwoGroups { .. } => (0.0, 0.0),
            Comparison::BeforeAfter { waves }
            | Comparison::DifferenceInDifferences { waves, .. } => match waves {
                Waves::SamePersons {
                    person_autocorrelation,
                    cluster_autocorrelation,
                } => (person_autocorrelation, cluster_autocorrelation),
                Waves::NewPersons {
                    cluster_autocorrelation,
                } => (0.0, cluster_autocorrelation),
            },
        }
    }

    fn unit(&self) -> Unit {
        let Some(clusters) = self.clusters else {
            return self.single();
        };
        let (person, cluster) = self.autocorrelations();
        let between = clusters.icc
            * (1.0 - self.covariates.cluster_r2)
            * (1.0 + clusters.size_variation.powi(2));
        let within =
            (1.0 - clusters.icc) * (1.0 - self.covariates.person_r2) / self.persons_counted();
        Unit {
            variance: between + within,
            correlation: (between * cluster + within * person) / (between + within),
        }
    }

    /// A person as the unit.
    fn single(&self) -> Unit {
        Unit {
            variance: 1.0 - self.covariates.person_r2,
            correlation: self.autocorrelations().0,
        }
    }

    /// What chance differences of covariates between two groups do to the variance.
    fn chance_differences(&self, units: f64) -> Result<f64, Refused> {
        let baseline = matches!(
            self.comparison,
            Comparison::DifferenceInDifferences {
                baseline: Baseline::Covariate,
                ..
            }
        );
        let covariates = self.covariates.number as f64 + f64::from(u8::from(baseline));
        if covariates == 0.0 || matches!(self.comparison, Comparison::BeforeAfter { .. }) {
            return Ok(1.0);
        }
        let left = units - covariates - 3.0;
        if left <= 0.0 {
            return Err(Refused::new(
                format!(
                    "{units} units are too few to adjust for {covariates} covariates, counting the baseline where it is one"
                ),
                "Plan with more units, or fewer covariates; subtract the baseline instead of adjusting for it.",
            ));
        }
        Ok(1.0 + covariates / left)
    }

    fn design_df(&self, units: f64) -> f64 {
        let counted = if self.clusters.is_some() {
            units
        } else {
            units * (1.0 - self.attrition)
        };
        let (groups, baseline, waves) = match self.comparison {
            Comparison::TwoGroups { .. } => (2.0, 0.0, None),
            Comparison::BeforeAfter { waves } => (1.0, 0.0, Some(waves)),
            Comparison::DifferenceInDifferences {
                waves, baseline, ..
            } => (
                2.0,
                f64::from(u8::from(baseline == Baseline::Covariate)),
                Some(waves),
            ),
        };
        let samples = if self.clusters.is_none() && matches!(waves, Some(Waves::NewPersons { .. }))
        {
            2.0
        } else {
            1.0
        };
        samples * (counted - groups) - baseline - self.covariates.number as f64
    }
}
