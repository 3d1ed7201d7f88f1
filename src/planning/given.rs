//! What is given for a plan, and the plan that it makes with what a baseline tells.

use super::question::Question;
use crate::stats::Refused;
use crate::stats::power::{
    Baseline as Before, Clusters, Comparison, Covariates, Hypothesis, Outcome, Plan, Test, Waves,
};
use serde::Serialize;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Means of two groups at one time.
    Mean,
    /// Shares of two groups at one time.
    Share,
    /// Changes of two groups.
    DifferenceInDifferences,
    /// Changes of two groups, the baseline as a covariate.
    Ancova,
    /// One group before and after.
    BeforeAfter,
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The user.
    Given,
    /// The baseline.
    Estimated,
    /// Nobody: a default.
    Assumed,
}

/// A number that a plan rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Name for programs: that of the option.
    pub key: &'static str,
    /// Name for people.
    pub name: String,
    /// The number.
    pub value: f64,
    /// Its interval, where it is estimated.
    pub interval: Option<(f64, f64)>,
    /// Where it comes from.
    pub source: Source,
}

/// Numbers that a plan may be given; what is left out comes from the baseline, else from defaults.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Given {
    /// Standard deviation.
    pub sd: Option<f64>,
    /// Share without the programme.
    pub share: Option<f64>,
    /// Clusters in all.
    pub clusters: Option<f64>,
    /// Persons in all and per wave, where there are no clusters.
    pub persons: Option<f64>,
    /// Persons per cluster and wave.
    pub per_cluster: Option<f64>,
    /// Intra-cluster correlation.
    pub icc: Option<f64>,
    /// Variation of cluster sizes.
    pub cv: Option<f64>,
    /// Correlation of a cluster's true mean over time.
    pub cluster_autocorrelation: Option<f64>,
    /// Correlation of a person's deviation over time.
    pub individual_autocorrelation: Option<f64>,
    /// Whether each wave asks new persons.
    pub new_persons: bool,
    /// Share of the variance between persons that covariates explain.
    pub r2: Option<f64>,
    /// Share of the variance between clusters that covariates explain.
    pub cluster_r2: Option<f64>,
    /// Share of persons lost.
    pub attrition: Option<f64>,
    /// Share of units treated.
    pub allocation: Option<f64>,
    /// Significance level.
    pub alpha: Option<f64>,
    /// Margin of equivalence.
    pub margin: Option<f64>,
    /// Whether the direction was stated beforehand.
    pub one_sided: bool,
    /// Assumed effect.
    pub effect: Option<f64>,
    /// Power aimed at.
    pub power: Option<f64>,
}

/// What a baseline tells; nothing where there is none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Its figures, by key.
    pub figures: Vec<Figure>,
    /// Variance that unequal weights add: 1 + CV^2 of the weights (Kish 1965, sec. 11.2C).
    pub weighting: f64,
    /// Whether units are clusters.
    pub clustered: bool,
    /// Whether the outcome is a share.
    pub share: bool,
}

/// A plan with all that it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumed {
    /// What is asked of it.
    pub question: Question,
    /// What it rests on.
    pub figures: Vec<Figure>,
}

/// Numbers looked up and written down.
struct Book<'a> {
    told: Option<&'a Told>,
    figures: Vec<Figure>,
}

impl Book<'_> {
    fn known(&self, key: &str) -> Option<&Figure> {
        self.told?.figures.iter().find(|f| f.key == key)
    }

    /// The number given, else the baseline's, else the default; written down with its source.
    fn take(
        &mut self,
        key: &'static str,
        name: &str,
        given: Option<f64>,
        default: Option<f64>,
    ) -> Option<f64> {
        let figure = |value, source| Figure {
            key,
            name: name.to_owned(),
            value,
            interval: None,
            source,
        };
        let found = match (given, self.known(key), default) {
            (Some(value), _, _) => figure(value, Source::Given),
            (None, Some(known), _) => known.clone(),
            (None, None, Some(value)) => figure(value, Source::Assumed),
            (None, None, None) => return None,
        };
        let value = found.value;
        self.figures.push(found);
        Some(value)
    }
}

/// An effect or margin of more standard deviations than this was not meant in standard deviations.
const STANDARDISED: f64 = 10.0;

/// No effect or margin is so many standard deviations.
const HUGE: f64 = 1000.0;

impl Given {
    /// The plan that the given numbers make, with those of a baseline for what is left out.
    ///
    /// # Errors
    /// In words, where a number lacks that has no default.
    pub fn assume(&self, measure: Measure, told: Option<&Told>) -> Result<Assumed, Refused> {
        let mut book = Book {
            told,
            figures: vec![],
        };
        let outcome = self.outcome(measure, &mut book)?;
        let clustered = match told {
            Some(told) => told.clustered,
            None => [self.clusters, self.per_cluster, self.icc]
                .iter()
                .any(Option::is_some),
        };
        if clustered && self.persons.is_some() {
            return Err(Refused::new(
                "the number of persons in all is given, but treatment goes by clusters",
                "Give --clusters and --per-cluster instead of --persons.",
            ));
        }
        let (clusters, size_known, units) = if clustered {
            let units = book.take("clusters", "clusters in all", self.clusters, None);
            let size = book.take(
                "per-cluster",
                "persons per cluster and wave",
                self.per_cluster,
                None,
            );
            let cv = book.take(
                "cv",
                "variation of cluster sizes (SD / mean)",
                self.cv,
                Some(0.0),
            );
            let Some(icc) = book.take("icc", "intra-cluster correlation", self.icc, None) else {
                return Err(Refused::new(
                    "the intra-cluster correlation is not given, and everything in a clustered design depends on it",
                    "Give --icc (opinions of residents: 0.02 to 0.1 in most surveys), or a baseline to estimate it from: codev power DIR --effect-block NAME.",
                ));
            };
            // A baseline with clusters that differ less than chance would make them estimates 0; a plan given such a number is refused.
            let estimated = self.icc.is_none();
            let clusters = Clusters {
                size: size.unwrap_or(2.0),
                size_variation: cv.unwrap_or(0.0),
                icc: if estimated { icc.max(0.0) } else { icc },
            };
            (Some(clusters), size.is_some(), units)
        } else {
            let units = book.take("persons", "persons per wave", self.persons, None);
            (None, true, units)
        };
        let comparison = self.comparison(measure, clustered, &mut book);
        let person_r2 = book.take(
            "r2",
            "variance explained between persons",
            self.r2,
            Some(0.0),
        );
        let cluster_r2 = match clustered {
            true => book.take(
                "cluster-r2",
                "variance explained between clusters",
                self.cluster_r2,
                Some(0.0),
            ),
            false => None,
        };
        let covariates = Covariates {
            person_r2: person_r2.unwrap_or(0.0),
            cluster_r2: cluster_r2.unwrap_or(0.0),
            number: usize::from(cluster_r2.unwrap_or(0.0) > 0.0),
        };
        let lost = book.take(
            "attrition",
            "share of persons lost",
            self.attrition,
            Some(0.0),
        );
        let lost = lost.unwrap_or(0.0);
        let weighting = told.map_or(1.0, |t| t.weighting);
        let hypothesis = match (self.margin, self.one_sided) {
            (Some(margin), _) => Hypothesis::Equivalence { margin },
            (None, true) => Hypothesis::OneSided,
            (None, false) => Hypothesis::TwoSided,
        };
        book.take("margin", "margin of equivalence", self.margin, None);
        let alpha = book.take("alpha", "significance level", self.alpha, Some(0.05));
        let target = book.take("power", "power aimed at", self.power, Some(0.8));
        book.take("effect", "assumed effect", self.effect, None);
        let plan = Plan {
            outcome,
            comparison,
            clusters,
            covariates,
            // Unequal weights cost what a smaller sample would: 1 / `weighting` of the persons are left.
            attrition: if (0.0..1.0).contains(&lost) {
                1.0 - (1.0 - lost) / weighting
            } else {
                lost
            },
            test: Test {
                hypothesis,
                alpha: alpha.unwrap_or(0.05),
            },
            df: None,
        };
        self.sized(&plan, told)?;
        let question = Question {
            plan,
            units,
            size_known,
            effect: self.effect,
            target: target.unwrap_or(0.8),
        };
        Ok(Assumed {
            question,
            figures: book.figures,
        })
    }

    /// Effect and margin are of a size that the outcome could show.
    fn sized(&self, plan: &Plan, told: Option<&Told>) -> Result<(), Refused> {
        const RANGE: &str =
            "Effects and margins that matter mostly lie between 0.05 and 2 standard deviations.";
        let named = [("an effect", self.effect), ("a margin", self.margin)];
        for (what, value) in named {
            let Some(size) = value.map(f64::abs).filter(|v| v.is_finite()) else {
                continue;
            };
            match plan.outcome {
                Outcome::Proportion { .. } if size >= 1.0 => {
                    return Err(Refused::new(
                        format!(
                            "{what} of {size} is no difference of two shares, which lie between 0 and 1"
                        ),
                        "Give it as a difference of shares, such as 0.1 for ten percentage points.",
                    ));
                }
                Outcome::Proportion { .. } => {}
                Outcome::Mean { sd } => {
                    let ratio = size / sd;
                    if self.sd.is_none() && told.is_none() && ratio > STANDARDISED {
                        return Err(Refused::new(
                            format!(
                                "{what} of {size} is {size} standard deviations, since no standard deviation is given and 1 is taken for it"
                            ),
                            format!(
                                "Give --sd in the unit of the outcome (of money, in that money), or the number in standard deviations. {RANGE}"
                            ),
                        ));
                    }
                    if ratio > HUGE {
                        return Err(Refused::new(
                            format!(
                                "{what} of {size} is {ratio:.3e} standard deviations of {sd}, which any sample would show"
                            ),
                            format!("Give both in the unit of the outcome. {RANGE}"),
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    fn outcome(&self, measure: Measure, book: &mut Book<'_>) -> Result<Outcome, Refused> {
        if self.sd.is_some() && (self.share.is_some() || measure == Measure::Share) {
            return Err(Refused::new(
                "a share has no standard deviation of its own: it follows from the share",
                "Give --share for a share, or --sd for a mean.",
            ));
        }
        let of_baseline = self.sd.is_none() && book.told.is_some_and(|t| t.share);
        if self.share.is_some() || measure == Measure::Share || of_baseline {
            let share = book.take("share", "share without the programme", self.share, None);
            return share
                .map(|without| Outcome::Proportion { without })
                .ok_or_else(|| {
                    Refused::new(
                        "the share expected without the programme is not given",
                        "Give it, as in --share 0.3 for 30 %.",
                    )
                });
        }
        let sd = book.take("sd", "standard deviation", self.sd, Some(1.0));
        Ok(Outcome::Mean {
            sd: sd.unwrap_or(1.0),
        })
    }

    fn comparison(&self, measure: Measure, clustered: bool, book: &mut Book<'_>) -> Comparison {
        let mut share = || {
            book.take(
                "allocation",
                "share of units treated",
                self.allocation,
                Some(0.5),
            )
            .unwrap_or(0.5)
        };
        match measure {
            Measure::Mean | Measure::Share => Comparison::TwoGroups {
                share_treated: share(),
            },
            Measure::BeforeAfter => Comparison::BeforeAfter {
                waves: self.waves(clustered, book),
            },
            Measure::DifferenceInDifferences | Measure::Ancova => {
                let share_treated = share();
                Comparison::DifferenceInDifferences {
                    share_treated,
                    waves: self.waves(clustered, book),
                    baseline: if measure == Measure::Ancova {
                        Before::Covariate
                    } else {
                        Before::Subtracted
                    },
                }
            }
        }
    }

    fn waves(&self, clustered: bool, book: &mut Book<'_>) -> Waves {
        let cluster_autocorrelation = match clustered {
            true => book.take(
                "cluster-autocorrelation",
                "correlation of a cluster's mean over time",
                self.cluster_autocorrelation,
                Some(0.0),
            ),
            false => None,
        }
        .unwrap_or(0.0);
        if self.new_persons {
            return Waves::NewPersons {
                cluster_autocorrelation,
            };
        }
        let person = book.take(
            "individual-autocorrelation",
            "correlation of a person's answers over time",
            self.individual_autocorrelation,
            Some(0.0),
        );
        Waves::SamePersons {
            person_autocorrelation: person.unwrap_or(0.0),
            cluster_autocorrelation,
        }
    }
}
