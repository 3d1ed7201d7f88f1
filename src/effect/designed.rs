//! The estimator of an effect over rows by itself, for planning: run again and again on rows that might have been.

use super::observations::{Observations, refuse};
use super::rows::{Fitted, later, same_group, varies};
use super::{Asked, weighting};
use crate::dataset::Dataset;
use crate::engine::Frame;
use crate::evaluation::{Adjust, EffectSetting, Evaluation};
use crate::outcome::{EffectDesign, NotEstimable};
use crate::plan::effect::{EffectItem, EffectWork};
use crate::stats::Inference;

use super::model::Errors;

/// An effect over rows with its data.
pub struct Designed<'a> {
    asked: Asked<'a>,
    /// All rows that the design speaks of, as they are.
    pub observations: Observations,
}

impl<'a> Designed<'a> {
    /// Reads the rows of an effect.
    ///
    /// # Errors
    /// Designs that are not over rows, a census without assignment (nothing is uncertain), and what the data don't allow, in words.
    pub fn new(
        item: &'a EffectItem,
        setting: &'a EffectSetting,
        frame: &'a Frame,
        dataset: &'a Dataset,
        evaluation: &'a Evaluation,
    ) -> Result<Designed<'a>, NotEstimable> {
        let over_rows = matches!(
            setting.design,
            EffectDesign::BeforeAfter
                | EffectDesign::Comparison
                | EffectDesign::DifferenceInDifferences
        );
        if !over_rows {
            return refuse(
                format!(
                    "a design of the kind {} can't be simulated from baseline rows: it rests on many periods or on a dose, of which a baseline tells nothing",
                    setting.design.word()
                ),
                "Power and diagnosis are there for before-after, comparison and difference-in-differences.",
            );
        }
        let work: &EffectWork = item.work.as_deref().map_err(Clone::clone)?;
        let table = dataset.tables.get(work.table);
        let asked = Asked {
            setting,
            work,
            frame,
            evaluation,
            table: table.map_or("", |t| &t.name),
            name: &item.indicator.name,
        };
        if !asked.uncertain() {
            return refuse(
                format!(
                    "the table `{}` is a census and nothing was assigned by chance, so that there is no sampling error to plan for",
                    asked.table
                ),
                "Set \"sampling\": \"sample\" in datapackage.json if it is a sample, or `randomised = true` if chance assigned.",
            );
        }
        if work.latest.is_some() {
            return refuse(
                "of its reports to date one counts in each group, so that groups can't be drawn from the rows",
                "Use an indicator whose reports are each of its own, or simulate from numbers.",
            );
        }
        let observations = Observations::new(work, frame, asked.table)?;
        same_group(&observations)?;
        Ok(Designed {
            asked,
            observations,
        })
    }

    /// Block of the evaluation.
    pub fn setting(&self) -> &'a EffectSetting {
        self.asked.setting
    }

    /// What is read of a row.
    pub fn work(&self) -> &'a EffectWork {
        self.asked.work
    }

    /// Labels of a field for these observations; empty where missing.
    pub fn labels(&self, observations: &Observations, field: usize) -> Vec<String> {
        let labels = observations.labels(self.asked.frame, field);
        labels.into_iter().map(str::to_owned).collect()
    }

    /// The effect by the estimator of the block. Covariates are those of the rows of the table that the observations point to.
    ///
    /// # Errors
    /// What these observations don't allow, in words.
    pub fn estimate(&self, observations: &Observations) -> Result<Inference, NotEstimable> {
        let asked = &self.asked;
        varies(asked, observations)?;
        match asked.setting.adjust {
            Adjust::Weighting | Adjust::DoublyRobust | Adjust::Matching => {
                weighting::inference(asked, &later(asked, observations))
            }
            _ => {
                let errors = Errors::new(asked.setting, asked.evaluation.confidence, true);
                let fitted = Fitted::new(asked, observations, errors)?;
                let (_, inference) = fitted.model.combination(&fitted.weights())?;
                match inference {
                    Some(found) => Ok(found),
                    None => refuse(
                        "the estimator gives no standard error",
                        "Check `errors` of the block.",
                    ),
                }
            }
        }
    }
}
