//! Effects planned: which rows of the indicator's table are read, and what of each.

mod conditions;
mod outcome;
mod read;
mod weights;

use super::Plan;
use super::apart::Overlap;
use super::currency::Money;
use super::shared::Shared;
use crate::dataset::Dataset;
use crate::evaluation::{EffectSetting, Evaluation};
use crate::finding::Finding;
use crate::indicator::{Catalogue, Indicator};
use crate::outcome::{Lack, NotEstimable, Sampling};
use std::sync::Arc;

/// An effect of one indicator.
#[derive(Debug, Clone)]
pub struct EffectItem {
    /// Index of its block in the evaluation.
    pub setting: usize,
    /// The indicator.
    pub indicator: Indicator,
    /// What is read, or why it can't be estimated.
    pub work: Result<Box<EffectWork>, NotEstimable>,
    /// Remarks for the reader.
    pub remarks: Vec<String>,
}

/// What is read for an effect, as positions in the fields of its extract.
#[derive(Debug, Clone, Default)]
pub struct EffectWork {
    /// Index of the extract in the plan.
    pub extract: usize,
    /// Index of the table in the data set.
    pub table: usize,
    /// Whether rows are a sample; `None` never occurs in a finished plan.
    pub sampling: Option<Sampling>,
    /// Whether rows are about persons, so that small groups are protected.
    pub persons: bool,
    /// What a row adds to the numerator of the indicator.
    pub numerator: usize,
    /// ... and to its denominator; absent for sums and counts.
    pub denominator: Option<usize>,
    /// Whether the row is treated.
    pub treated: Option<usize>,
    /// Whether it is one of the earlier rows.
    pub before: Option<usize>,
    /// Whether it is one of the later rows.
    pub after: Option<usize>,
    /// Labels of before and after, for the reader.
    pub waves: Option<(String, String)>,
    /// Unit seen over several periods.
    pub unit: Option<usize>,
    /// Period, as a number (days for dates).
    pub time: Option<usize>,
    /// Whether periods are dates.
    pub time_is_date: bool,
    /// Period of adoption.
    pub adopted: Option<usize>,
    /// First period after the intervention, on the scale of `time`.
    pub intervention: Option<f64>,
    /// Whether the row belongs to a control series.
    pub control: Option<usize>,
    /// Dose.
    pub dose: Option<usize>,
    /// Numerator and denominator of the indicator that the outcome goes with.
    pub with: Option<(usize, Option<usize>)>,
    /// Name and unit of that indicator.
    pub with_name: Option<(String, String)>,
    /// Moderator.
    pub moderator: Option<usize>,
    /// Covariates: name, field.
    pub covariates: Vec<(String, usize)>,
    /// Further variables of the balance table.
    pub balance: Vec<(String, usize)>,
    /// Subgroups: name, field.
    pub by: Vec<(String, usize)>,
    /// Person.
    pub person: Option<usize>,
    /// Programme, within which clusters and persons are told apart.
    pub programme: Option<usize>,
    /// Cluster of the errors.
    pub cluster: Option<usize>,
    /// Column of that cluster.
    pub cluster_name: Option<String>,
    /// Cluster that the sample was drawn by, where the table names one.
    pub sampled: Option<usize>,
    /// Stratum that the sample was drawn in.
    pub stratum: Option<usize>,
    /// A second one that crosses it.
    pub second_cluster: Option<usize>,
    /// What was assigned as a whole.
    pub assigned: Option<usize>,
    /// Blocks of the assignment.
    pub blocks: Option<usize>,
    /// Values of which rows that are put together may have one only.
    pub overlapping: Vec<(Overlap, usize)>,
    /// Sums of values of a parent table, with the row of it that each row leads to.
    pub shared: Vec<(Shared, usize)>,
    /// The column whose name says that it holds percentages, where the unit of the indicator is %.
    pub percentages: Option<String>,
    /// Which reports count.
    pub latest: Option<Latest>,
    /// Column of the weights.
    pub weight_name: Option<String>,
}

/// Which of the reports of a series count in each group that is compared: the first, or the last, by date.
#[derive(Debug, Clone)]
pub struct Latest {
    /// The last, not the first.
    pub last: bool,
    /// The date, or another number by which the reports are in order.
    pub order: usize,
    /// What tells series apart.
    pub series: Vec<usize>,
    /// Whether series of different programmes are different ones.
    pub within_programme: bool,
    /// Whether a report counts whatever its date.
    pub except: Option<usize>,
}

/// Adds the effects that an evaluation asks for to its plan.
pub(super) fn add(
    plan: &mut Plan,
    catalogue: &Catalogue,
    dataset: &Dataset,
    evaluation: &Evaluation,
) {
    for (at, setting) in evaluation.effects.iter().enumerate() {
        let mut seen = std::collections::BTreeSet::new();
        for pattern in &setting.indicators {
            let found = match catalogue.matching(pattern) {
                Ok(found) => found,
                Err(finding) => {
                    let column = format!("effect.{}.indicators", setting.name());
                    plan.findings
                        .push(finding.in_file("evaluation.toml").in_column(&column));
                    continue;
                }
            };
            for indicator in found {
                if !seen.insert(indicator.id.clone()) {
                    continue;
                }
                let mut remarks = Vec::new();
                let asked = Asked {
                    catalogue,
                    dataset,
                    evaluation,
                    setting,
                    indicator,
                    money: Arc::clone(&plan.money),
                };
                let work = read::read(plan, &asked, &mut remarks).map(Box::new);
                let work = work.map_err(|refusal| refusal.told(plan));
                plan.effects.push(EffectItem {
                    setting: at,
                    indicator: indicator.clone(),
                    work,
                    remarks,
                });
            }
        }
    }
}

/// For which indicator, over which data, and how the evaluation wants it.
struct Asked<'a> {
    catalogue: &'a Catalogue,
    dataset: &'a Dataset,
    evaluation: &'a Evaluation,
    setting: &'a EffectSetting,
    indicator: &'a Indicator,
    money: Arc<Money>,
}

/// Why an effect can't be planned.
pub(super) enum Refusal {
    /// The evaluation file is at fault.
    Finding(Box<Finding>),
    /// The indicator or the data don't allow it.
    Reason(NotEstimable),
}

impl Refusal {
    pub(super) fn reason<T>(
        reason: impl Into<String>,
        help: impl Into<String>,
    ) -> Result<T, Refusal> {
        Err(Refusal::Reason(NotEstimable {
            reason: reason.into(),
            help: help.into(),
        }))
    }

    /// Puts a fault of the evaluation file among the findings, once.
    fn told(self, plan: &mut Plan) -> NotEstimable {
        match self {
            Refusal::Reason(reason) => reason,
            Refusal::Finding(finding) => {
                let reason = NotEstimable {
                    reason: super::lower_first(finding.message.trim_end_matches('.')),
                    help: finding.help.clone(),
                };
                let finding = finding.in_file("evaluation.toml");
                if !plan.findings.listed.contains(&finding) {
                    plan.findings.push(finding);
                }
                reason
            }
        }
    }
}

impl From<Lack> for Refusal {
    fn from(lack: Lack) -> Refusal {
        Refusal::Reason(NotEstimable {
            reason: lack.to_string(),
            help: "`codev indicators list --for DIR` says what the data lack.".to_owned(),
        })
    }
}
