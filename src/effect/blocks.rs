//! The blocks of a lottery in the regression: what is compared lies within blocks, and each block counts by its size (Imbens & Rubin
//! 2015, Causal Inference for Statistics, Social, and Biomedical Sciences, chapters 9 and 10).

use super::Asked;
use super::layout::Layout;
use super::observations::{Codes, Observations};
use crate::outcome::EffectDesign;
use std::collections::{BTreeMap, BTreeSet};

/// How blocks enter the regression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One unit on each side of every block: an effect of each pair, errors by pair.
    Pairs,
    /// A single unit on a side of some block: an effect of each block.
    Fixed,
    /// Several units on each side: an effect of each block, and a difference of its own.
    Interacted,
}

/// The blocks of a lottery in which some units were treated and others not.
pub struct Blocks {
    /// Column that names them.
    name: String,
    /// Which observations lie in such a block.
    mixed: Vec<bool>,
    form: Form,
    /// Blocks that take part.
    count: usize,
    /// Blocks in which all or none were treated.
    pub left_out: usize,
}

/// Block, whether treated, whether after.
type Cell = (u32, bool, bool);

/// Treated and other units of a block.
type Sides = [BTreeSet<u32>; 2];

impl Blocks {
    /// Of a lottery whose blocks are stated; `None` where there is none, or where no block compares anything.
    pub fn of(asked: &Asked<'_>, of: &Observations) -> Option<Blocks> {
        let field = asked.work.blocks.filter(|_| asked.setting.randomised)?;
        let codes = Codes::new(of.labels(asked.frame, field).into_iter());
        let assigned = asked.work.assigned.map(|field| {
            let labels = of.labels(asked.frame, field);
            Codes::new(labels.into_iter())
        });
        let units = assigned.as_ref().or(of.person.as_ref());
        let by_units = sides(&codes, units, &of.treated);
        let has_both = |sides: &Sides| sides.iter().all(|side| !side.is_empty());
        let part: BTreeSet<u32> = by_units
            .iter()
            .filter(|(_, sides)| has_both(sides))
            .map(|(block, _)| *block)
            .collect();
        if part.is_empty() {
            return None;
        }
        let each = |by: &BTreeMap<u32, Sides>, is: &dyn Fn(&Sides) -> bool| {
            by.iter()
                .filter(|(block, _)| part.contains(block))
                .all(|(_, sides)| is(sides))
        };
        let by_clusters = sides(&codes, of.cluster.as_ref().or(units), &of.treated);
        let several = |sides: &Sides| sides.iter().all(|side| side.len() > 1);
        let single = |sides: &Sides| sides.iter().all(|side| side.len() == 1);
        let form = match () {
            () if each(&by_units, &single) => Form::Pairs,
            () if each(&by_units, &several) && each(&by_clusters, &several) => Form::Interacted,
            () => Form::Fixed,
        };
        Some(Blocks {
            name: asked.setting.blocks.clone().unwrap_or_default(),
            mixed: codes.of.iter().map(|block| part.contains(block)).collect(),
            form,
            count: part.len(),
            left_out: by_units.len() - part.len(),
        })
    }

    /// The observations of the blocks that take part. In pairs errors are those of pairs, where no unit lies in several of them.
    pub fn within(&self, asked: &Asked<'_>, all: &Observations) -> Observations {
        let mut kept = all.keep(|at| self.takes(at));
        if self.form == Form::Pairs
            && kept.second.is_none()
            && let Some(codes) = self.codes(asked, &kept)
            && kept.cluster.as_ref().is_none_or(|c| nested(c, &codes))
        {
            kept.cluster = Some(codes);
            kept.cluster_name.clone_from(&self.name);
            kept.by_person = false;
        }
        kept
    }

    /// Whether an observation lies in a block that takes part.
    pub fn takes(&self, at: usize) -> bool {
        self.mixed.get(at) == Some(&true)
    }

    fn codes(&self, asked: &Asked<'_>, of: &Observations) -> Option<Codes> {
        let labels = of.labels(asked.frame, asked.work.blocks?);
        Some(Codes::new(labels.into_iter()))
    }

    /// Where weights differ within pairs, every row gets the weighted mean of its side: errors by pair see differences of pairs only, and the
    /// difference of a pair must be the one that is estimated. Otherwise nothing is changed.
    pub fn even_out(&self, asked: &Asked<'_>, of: &mut Observations, layout: &mut Layout) {
        if self.form != Form::Pairs || !differ_within(self.codes(asked, of).as_ref(), &of.w) {
            return;
        }
        let cells = self.cells(asked, of);
        let even = |values: &[f64]| -> Vec<f64> {
            let mut sums: BTreeMap<Cell, (f64, f64)> = BTreeMap::new();
            for ((cell, x), w) in cells.iter().zip(values).zip(&of.w) {
                let place = sums.entry(*cell).or_default();
                place.0 += w * x;
                place.1 += w;
            }
            let mean = |cell: &Cell| sums.get(cell).map_or(f64::NAN, |(sum, w)| sum / w);
            cells.iter().map(mean).collect()
        };
        let y = even(&of.y);
        for column in &mut layout.columns.values {
            *column = even(column);
        }
        // Each side then counts by its weight, whatever the number of its rows.
        let mut sides: BTreeMap<Cell, (f64, f64)> = BTreeMap::new();
        for (cell, w) in cells.iter().zip(&of.w) {
            let place = sides.entry(*cell).or_default();
            place.0 += w;
            place.1 += 1.0;
        }
        let mut pairs: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
        for ((block, ..), (w, n)) in &sides {
            let place = pairs.entry(*block).or_default();
            place.0 += w;
            place.1 += n;
        }
        let mean = |(block, ..): &Cell| pairs.get(block).map_or(1.0, |(w, n)| w / n);
        let weights = cells.iter().map(mean).collect();
        of.y = y;
        of.w = weights;
    }

    /// Block, side and time of each observation.
    fn cells(&self, asked: &Asked<'_>, of: &Observations) -> Vec<Cell> {
        let over_time = asked.setting.design == EffectDesign::DifferenceInDifferences;
        let Some(codes) = self.codes(asked, of) else {
            return vec![];
        };
        let cell = |at: usize| {
            let after = over_time && of.after.get(at) == Some(&true);
            let block = codes.of.get(at).copied().unwrap_or_default();
            (block, of.treated.get(at) == Some(&true), after)
        };
        (0..of.len()).map(cell).collect()
    }

    /// Adds the blocks to a regression of the observations within them; gives the weight of each observation.
    pub fn lay_out(&self, asked: &Asked<'_>, of: &Observations, layout: &mut Layout) -> Vec<f64> {
        let Some(codes) = self.codes(asked, of) else {
            return of.w.clone();
        };
        // The first columns are those of the design: constant and treated; or these, after, and treated x after.
        let over_time = asked.setting.design == EffectDesign::DifferenceInDifferences;
        let parts: &[usize] = match (self.form, over_time) {
            (Form::Interacted, true) => &[0, 1, 2, 3],
            (Form::Interacted, false) => &[0, 1],
            (_, true) => &[0, 2],
            (_, false) => &[0],
        };
        let total: f64 = of.w.iter().sum();
        for block in 1..codes.count() as u32 {
            let is: Vec<f64> = codes.of.iter().map(|b| f64::from(*b == block)).collect();
            // About its mean, so that the coefficient of the treatment is the mean over blocks by their size.
            let share = is.iter().zip(&of.w).map(|(x, w)| x * w).sum::<f64>() / total;
            for part in parts {
                let base = layout
                    .columns
                    .values
                    .get(*part)
                    .cloned()
                    .unwrap_or_default();
                let title = layout.columns.names.get(*part).cloned().unwrap_or_default();
                let values = base.iter().zip(&is).map(|(b, x)| b * (x - share)).collect();
                let name = format!("{title} x {} = {}", self.name, codes.label(block));
                layout.columns.add(name, values);
            }
        }
        if self.form == Form::Interacted {
            return of.w.clone();
        }
        // Weights that are even within a block, so that its difference counts by its size.
        let cells = self.cells(asked, of);
        let mut sizes: BTreeMap<u32, f64> = BTreeMap::new();
        let mut sums: BTreeMap<Cell, f64> = BTreeMap::new();
        for (cell, w) in cells.iter().zip(&of.w) {
            *sizes.entry(cell.0).or_default() += w;
            *sums.entry(*cell).or_default() += w;
        }
        let mut spread: BTreeMap<u32, f64> = BTreeMap::new();
        for ((block, ..), sum) in &sums {
            *spread.entry(*block).or_default() += 1.0 / sum;
        }
        let factor = |block: &u32| {
            let size = sizes.get(block).copied().unwrap_or(1.0);
            size * spread.get(block).copied().unwrap_or(1.0)
        };
        let weights = cells.iter().zip(&of.w);
        weights.map(|((block, ..), w)| w * factor(block)).collect()
    }

    /// How the estimate allows for the blocks, before the words on its regression; with the papers.
    pub fn words(&self) -> (String, Vec<&'static str>) {
        let what = match self.form {
            Form::Pairs => "pairs",
            _ => "blocks",
        };
        let words = format!("Within {what} ({}), each counting by its size", self.name);
        let mut papers = vec![
            "Imbens & Rubin 2015, Causal inference for statistics, social, and biomedical sciences, Cambridge University Press, chapters 9 and 10",
            "Bruhn & McKenzie 2009, In pursuit of balance: randomization in practice in development field experiments, American Economic Journal: Applied Economics 1: 200-232",
        ];
        if self.form != Form::Interacted {
            papers.push("de Chaisemartin & Ramirez-Cuellar 2024, At what level should one cluster standard errors in paired and small-strata experiments?, American Economic Journal: Applied Economics 16: 193-212");
        }
        (words, papers)
    }

    /// That some blocks take no part.
    pub fn remark(&self) -> Option<String> {
        (self.left_out > 0).then(|| {
            format!(
                "{} of {} blocks, in which all units were treated or none was, take no part: nothing is compared within them.",
                self.left_out,
                self.left_out + self.count
            )
        })
    }
}

/// Units of each block, those not treated first. Without units each observation is one.
fn sides(blocks: &Codes, units: Option<&Codes>, treated: &[bool]) -> BTreeMap<u32, Sides> {
    let mut found: BTreeMap<u32, Sides> = BTreeMap::new();
    for (at, (block, treated)) in blocks.of.iter().zip(treated).enumerate() {
        let unit = units.map_or(at as u32, |u| u.of.get(at).copied().unwrap_or_default());
        found.entry(*block).or_default()[usize::from(*treated)].insert(unit);
    }
    found
}

/// Whether weights differ within a block.
fn differ_within(blocks: Option<&Codes>, weights: &[f64]) -> bool {
    let mut first: BTreeMap<u32, f64> = BTreeMap::new();
    let Some(blocks) = blocks else { return false };
    let mut each = blocks.of.iter().zip(weights);
    each.any(|(block, w)| {
        let known = *first.entry(*block).or_insert(*w);
        (w - known).abs() > 1e-12 * known.abs()
    })
}

/// Whether each cluster lies in one block.
fn nested(clusters: &Codes, blocks: &Codes) -> bool {
    let mut block_of: BTreeMap<u32, u32> = BTreeMap::new();
    let mut pairs = clusters.of.iter().zip(&blocks.of);
    pairs.all(|(cluster, block)| *block_of.entry(*cluster).or_insert(*block) == *block)
}
