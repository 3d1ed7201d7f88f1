//! The effects of an evaluation as designed, with their rows, for planning and diagnosis.

use super::{Prepared, Progress, prepare};
use crate::dataset::Dataset;
use crate::effect::Designed;
use crate::engine::{self, Frame};
use crate::estimate::weighting::weigh_rows;
use crate::evaluation::{EffectSetting, Evaluation};
use crate::finding::{Finding, Findings, Stop, nearest};
use crate::outcome::NotEstimable;
use crate::plan::effect::EffectItem;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The effects that an evaluation asks for, read.
pub struct Designs {
    /// The evaluation.
    pub evaluation: Evaluation,
    /// What there is to say about data, definitions and evaluation.
    pub findings: Findings,
    dataset: Dataset,
    items: Vec<EffectItem>,
    frames: BTreeMap<usize, Frame>,
}

/// Reads the effects of `folder`: all, or those of one block.
///
/// # Errors
/// As [`super::check`]; and where there is no such block, or none at all.
pub fn designs(
    folder: &Path,
    block: Option<&str>,
    progress: &dyn Progress,
) -> Result<Designs, Stop> {
    let Prepared {
        evaluation,
        dataset,
        plan,
        weightings,
        findings,
        ..
    } = prepare(folder, progress)?;
    let names: Vec<&str> = evaluation.effects.iter().map(EffectSetting::name).collect();
    if names.is_empty() {
        let message = "The evaluation has no [[effect]] block.";
        let help =
            "Add one that says how the effect is to be estimated (docs/formats.md, Effects).";
        let finding = Finding::error("planning-no-effect", message, help);
        return Err(finding.in_file("evaluation.toml").into());
    }
    if let Some(block) = block
        && !names.contains(&block)
    {
        let help = match nearest(block, names.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("It has: {}.", names.join(", ")),
        };
        let message = format!("The evaluation has no effect block `{block}`.");
        let finding = Finding::error("planning-unknown-effect", message, help);
        return Err(finding.in_file("evaluation.toml").into());
    }
    let asked = |item: &EffectItem| {
        let setting = evaluation.effects.get(item.setting);
        setting.is_some_and(|s| block.is_none_or(|block| s.name() == block))
    };
    let items: Vec<EffectItem> = plan.effects.iter().filter(|i| asked(i)).cloned().collect();
    let works = items.iter().filter_map(|item| item.work.as_ref().ok());
    let wanted: BTreeSet<usize> = works.map(|work| work.extract).collect();
    let wanted: Vec<_> = wanted
        .into_iter()
        .filter_map(|at| Some((at, plan.extracts.get(at)?)))
        .collect();
    let rows = wanted
        .iter()
        .map(|(_, e)| dataset.tables[e.scan.table].rows);
    progress.start("Reading rows", rows.sum());
    let read: Vec<Result<(usize, Frame), Stop>> = wanted
        .par_iter()
        .map(|(at, extract)| {
            let mut frame = engine::frame(&dataset, extract, &|rows| progress.advance(rows))?;
            weigh_rows(&weightings, &extract.scan, &mut frame);
            Ok((*at, frame))
        })
        .collect();
    progress.finish();
    let frames = read.into_iter().collect::<Result<_, _>>()?;
    Ok(Designs {
        evaluation,
        findings,
        dataset,
        items,
        frames,
    })
}

impl Designs {
    /// Each effect with its block, and its estimator or why there is none.
    pub fn each(
        &self,
    ) -> impl Iterator<
        Item = (
            &EffectItem,
            &EffectSetting,
            Result<Designed<'_>, NotEstimable>,
        ),
    > {
        self.items.iter().filter_map(|item| {
            let setting = self.evaluation.effects.get(item.setting)?;
            Some((item, setting, self.designed(item, setting)))
        })
    }

    fn designed<'a>(
        &'a self,
        item: &'a EffectItem,
        setting: &'a EffectSetting,
    ) -> Result<Designed<'a>, NotEstimable> {
        static NOTHING: Frame = Frame {
            states: vec![],
            fields: vec![],
            keys: vec![],
            weights: None,
            replicates: vec![],
            reasons: vec![],
        };
        let work = item.work.as_ref();
        let frame = work.ok().and_then(|w| self.frames.get(&w.extract));
        let frame = frame.unwrap_or(&NOTHING);
        Designed::new(item, setting, frame, &self.dataset, &self.evaluation)
    }
}
