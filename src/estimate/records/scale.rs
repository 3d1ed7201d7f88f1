//! How well the items of a scale hang together: what was answered, alpha, omega, and which item does not fit.

use super::reliability::{self as coefficients, Factor, Moments};
use super::{Selection, Setting, Source, Tables};
use crate::estimate::design::Design;
use crate::estimate::jackknife::{self, Replicate};
use crate::indicator::measure::{Limits, Scale as Measure};
use crate::outcome::{Coefficient, Content, IntervalKind, Scale, ScaleItem, Status};
use crate::plan::fit;
use crate::plan::reach::Reach;
use std::collections::BTreeMap;

/// So many different answers at most are shown as categories.
const MOST_CATEGORIES: usize = 11;

/// The answers to the items, held against their limits.
struct Answers<'a> {
    measure: &'a Measure,
    source: Source<'a>,
    limits: Vec<Limits>,
}

impl Answers<'_> {
    fn items(&self) -> usize {
        self.limits.len()
    }

    /// As given, in range or not; `None` where missing.
    fn given(&self, item: usize, row: u32) -> Option<f64> {
        self.source.frame.fields.get(item)?.number(row)
    }

    /// As given; `None` where missing or out of range.
    fn usable(&self, item: usize, row: u32) -> Option<f64> {
        let answer = self.given(item, row)?;
        let (low, high) = self.limits[item].unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        (low <= answer && answer <= high).then_some(answer)
    }

    /// Turned round where the item is.
    fn scored(&self, item: usize, row: u32) -> Option<f64> {
        let answer = self.usable(item, row)?;
        Some(match (self.measure.reverse.get(item), self.limits[item]) {
            (Some(true), Some((low, high))) => low + high - answer,
            _ => answer,
        })
    }
}

pub(super) fn content(
    measure: &Measure,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
    setting: &Setting<'_>,
) -> Option<Content> {
    let source = tables.get(0)?;
    let dataset = setting.job.context.dataset;
    let table = dataset.tables.get(source.extract.scan.table)?;
    let answers = Answers {
        measure,
        source,
        limits: fit::limits(measure, source.input, dataset, table),
    };
    let k = answers.items();
    let count = |row: &u32| {
        (0..k)
            .filter(|item| answers.usable(*item, *row).is_some())
            .count()
    };
    let rows = selection.rows;
    let with = |fits: &dyn Fn(usize) -> bool| -> Vec<u32> {
        let some = rows.iter().copied().filter(|r| fits(count(r)));
        some.collect()
    };
    let complete = with(&|n| n == k);
    let partial = with(&|n| (1..k).contains(&n));
    let scored = rows.iter().filter(|r| count(r) >= measure.minimum).count();
    let answered: Vec<Vec<u32>> = (0..k)
        .map(|item| {
            let has = |row: &u32| answers.usable(item, *row).is_some();
            rows.iter().copied().filter(has).collect()
        })
        .collect();
    if !setting.allows(&complete) || !answered.iter().all(|rows| setting.allows(rows)) {
        return None;
    }
    // Items' means and the score's mean rest on the same rows but for these: few of them could be worked out.
    let withheld = !setting.allows(&partial);
    let categories = categories(&answers, selection);
    let mut items: Vec<ScaleItem> = Vec::with_capacity(k);
    for (at, field) in source.input.fields.iter().enumerate() {
        let column = fit::column(&field.node, dataset, table);
        let label = column.map(|c| c.description.as_str());
        let outside =
            |row: &&u32| answers.given(at, **row).is_some() && answers.usable(at, **row).is_none();
        let mut item = ScaleItem {
            item: field.text.clone(),
            label: label
                .filter(|l| !l.is_empty())
                .unwrap_or(&field.text)
                .to_owned(),
            reversed: measure.reverse.get(at) == Some(&true),
            n: answered[at].len() as u64,
            missing: (rows.len() - answered[at].len()) as u64,
            out_of_range: rows.iter().filter(outside).count() as u64,
            ..ScaleItem::default()
        };
        if !withheld {
            (item.mean, item.sd) = spread(&answers, at, &answered[at], selection);
            item.shares = shares(
                &answers,
                at,
                &categories,
                (&answered[at], selection),
                setting,
            );
        }
        items.push(item);
    }
    let labels = categories.iter().map(|value| {
        let column = source.input.fields.first();
        let column = column.and_then(|f| fit::column(&f.node, dataset, table));
        let mut known = column.into_iter().flat_map(|c| &c.categories);
        let named = known.find(|(word, label)| !label.is_empty() && word.parse() == Ok(*value));
        named.map_or_else(|| value.to_string(), |(_, label)| label.clone())
    });
    let mut scale = Scale {
        rows: rows.len() as u64,
        scored: scored as u64,
        complete: complete.len() as u64,
        minimum: measure.minimum as u64,
        categories: labels.collect(),
        withheld,
        items,
        alpha: Coefficient::default(),
        standardised_alpha: None,
        pairwise_alpha: None,
        omega: Coefficient::default(),
        residual: None,
    };
    reliability(&mut scale, &answers, &complete, selection, setting);
    if !partial.is_empty() && !withheld {
        let of = |item: usize, row: u32| answers.scored(item, row);
        scale.pairwise_alpha = coefficients::pairwise_alpha(k, &of, selection);
    }
    Some(Content::Scale(scale))
}

/// Weighted mean and standard deviation of an item.
fn spread(
    answers: &Answers<'_>,
    item: usize,
    rows: &[u32],
    selection: &Selection<'_>,
) -> (Option<f64>, Option<f64>) {
    let scored = |row: &u32| {
        answers
            .scored(item, *row)
            .map(|x| (x, selection.weight(*row)))
    };
    let all: Vec<(f64, f64)> = rows.iter().filter_map(scored).collect();
    let weight: f64 = all.iter().map(|(_, w)| w).sum();
    if weight <= 0.0 {
        return (None, None);
    }
    let mean = all.iter().map(|(x, w)| w * x).sum::<f64>() / weight;
    let squares: f64 = all.iter().map(|(x, w)| w * (x - mean).powi(2)).sum();
    let n = all.len() as f64;
    let sd = (n > 1.0).then(|| (squares / weight * n / (n - 1.0)).sqrt());
    (Some(mean), sd)
}

/// The different answers in order, where they are whole numbers and not too many.
fn categories(answers: &Answers<'_>, selection: &Selection<'_>) -> Vec<f64> {
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    for item in 0..answers.items() {
        if let Some((least, most)) = answers.limits[item] {
            (low, high) = (low.min(least), high.max(most));
        }
        for answer in selection
            .rows
            .iter()
            .filter_map(|r| answers.usable(item, *r))
        {
            if answer.fract() != 0.0 {
                return vec![];
            }
            (low, high) = (low.min(answer), high.max(answer));
        }
    }
    let is_short = low.fract() == 0.0 && high - low < MOST_CATEGORIES as f64;
    if !is_short {
        return vec![];
    }
    (0..=(high - low) as usize)
        .map(|at| low + at as f64)
        .collect()
}

/// Weighted share of each category; none where a category would tell of few persons.
fn shares(
    answers: &Answers<'_>,
    item: usize,
    categories: &[f64],
    (rows, selection): (&[u32], &Selection<'_>),
    setting: &Setting<'_>,
) -> Vec<f64> {
    let weight = |rows: &[u32]| rows.iter().map(|r| selection.weight(*r)).sum::<f64>();
    let all = weight(rows);
    let of = |category: &f64| -> Option<f64> {
        let those = |row: &u32| answers.usable(item, *row) == Some(*category);
        let those: Vec<u32> = rows.iter().copied().filter(those).collect();
        setting.allows(&those).then(|| weight(&those) / all)
    };
    let found: Option<Vec<f64>> = categories.iter().map(of).collect();
    found.filter(|_| all > 0.0).unwrap_or_default()
}

/// Sums of the complete rows by cluster (all in one for a census).
fn moments(
    answers: &Answers<'_>,
    rows: &[u32],
    selection: &Selection<'_>,
    design: Option<&Design>,
) -> BTreeMap<u32, Moments> {
    let k = answers.items();
    let mut found: BTreeMap<u32, Moments> = BTreeMap::new();
    let answers_of = |row: u32| -> Vec<f64> {
        (0..k)
            .map(|item| answers.scored(item, row).unwrap_or_default())
            .collect()
    };
    let origin = rows.first().map(|row| answers_of(*row)).unwrap_or_default();
    for row in rows {
        let cluster = design.and_then(|d| d.cluster_of.get(*row as usize).copied());
        let mut centred = answers_of(*row);
        centred.iter_mut().zip(&origin).for_each(|(x, o)| *x -= o);
        found
            .entry(cluster.unwrap_or_default())
            .or_insert_with(|| Moments::new(k))
            .row(&centred, selection.weight(*row));
    }
    found
}

fn together<'a>(k: usize, parts: impl Iterator<Item = &'a Moments>) -> Moments {
    let mut all = Moments::new(k);
    parts.for_each(|part| all.add(part, 1.0));
    all
}

/// Adds alpha, omega, and each item's part in them.
fn reliability(
    scale: &mut Scale,
    answers: &Answers<'_>,
    complete: &[u32],
    selection: &Selection<'_>,
    setting: &Setting<'_>,
) {
    let k = answers.items();
    let clusters = moments(answers, complete, selection, setting.design);
    let Some(covariance) = together(k, clusters.values()).covariance() else {
        let note = if complete.len() < 2 {
            "fewer than two rows have an answer to every item"
        } else {
            "the answers are too large to compute with"
        };
        scale.alpha.note = note.to_owned();
        scale.omega.note = note.to_owned();
        return;
    };
    let correlations = coefficients::correlations(&covariance);
    scale.standardised_alpha = correlations.as_ref().and_then(coefficients::alpha);
    scale.alpha = match coefficients::alpha(&covariance) {
        None => Coefficient {
            note: "the sum of the items does not vary".to_owned(),
            ..Coefficient::default()
        },
        Some(alpha) if setting.bound.is_some() => {
            let of_complete = Selection {
                rows: complete,
                ..*selection
            };
            resampled(alpha, answers, &of_complete, setting)
        }
        Some(alpha) => with_interval(alpha, k, complete, &clusters, setting),
    };
    let away = correlations.as_ref().map(coefficients::away);
    // Below this a correlation of nothing falls in one sample of forty.
    let chance = -1.96 / (complete.len() as f64).sqrt();
    for (at, item) in scale.items.iter_mut().enumerate() {
        item.item_rest = coefficients::item_rest(&covariance, at);
        item.alpha_without = coefficients::alpha_without(&covariance, at);
        let is_away = away.as_ref().and_then(|a| a.get(at)) == Some(&true);
        item.suspect = is_away && item.item_rest.is_some_and(|r| r < chance);
    }
    match coefficients::one_factor(&covariance) {
        Ok(factor) => add_factor(scale, factor),
        Err(why) => scale.omega.note = coefficients::in_words(why, &scale.items),
    }
}

fn add_factor(scale: &mut Scale, factor: Factor) {
    scale.omega.value = Some(factor.omega);
    scale.residual = (scale.items.len() > 3).then_some(factor.residual);
    let parts = factor.loadings.iter().zip(&factor.uniqueness);
    for (item, (loading, uniqueness)) in scale.items.iter_mut().zip(parts) {
        item.loading = Some(*loading);
        item.uniqueness = Some(*uniqueness);
    }
}

/// Alpha with the interval that its sampling allows.
fn with_interval(
    alpha: f64,
    k: usize,
    complete: &[u32],
    clusters: &BTreeMap<u32, Moments>,
    setting: &Setting<'_>,
) -> Coefficient {
    let value = Some(alpha);
    let (interval, note) = match setting.design {
        None => (None, "a census has no sampling error".to_owned()),
        Some(design) if is_simple(design, complete, clusters, setting) => {
            let confidence = setting.job.context.evaluation.confidence;
            let interval = coefficients::feldt(alpha, complete.len() as u64, k, confidence);
            (interval, "interval of Feldt 1965".to_owned())
        }
        Some(design) => match left_out(alpha, k, clusters, design, setting) {
            Ok(interval) => (
                Some(interval),
                "by leaving out one cluster at a time".to_owned(),
            ),
            Err(why) => (None, why),
        },
    };
    Coefficient {
        value,
        interval,
        note,
    }
}

/// Alpha with its interval by replicate weights, or by weights calibrated again without each cluster; on the scale of
/// ln(1 - alpha), as below.
fn resampled(
    alpha: f64,
    answers: &Answers<'_>,
    complete: &Selection<'_>,
    setting: &Setting<'_>,
) -> Coefficient {
    let k = answers.items();
    let figure = |selection: &Selection<'_>| {
        let moments = moments(answers, selection.rows, selection, None);
        let covariance = together(k, moments.values()).covariance();
        let alpha = covariance.as_ref().and_then(coefficients::alpha);
        let scaled = alpha.map(|a| (1.0 - a).ln()).filter(|y| y.is_finite());
        scaled.ok_or(Status::Undefined)
    };
    let (interval, note) = match setting.interval(complete, &figure) {
        None => (None, "the items agree in every row".to_owned()),
        Some(Err(why)) => (None, why),
        Some(Ok(found)) => {
            let bounds = (1.0 - found.high.exp(), 1.0 - found.low.exp());
            let how = match found.kind {
                IntervalKind::ReplicateWeights => "by replicate weights",
                _ => "by leaving out one cluster at a time, weights calibrated again",
            };
            (Some(bounds), how.to_owned())
        }
    };
    Coefficient {
        value: Some(alpha),
        interval,
        note,
    }
}

/// Whether rows are a simple random sample: unweighted, one stratum, each a cluster of its own.
fn is_simple(
    design: &Design,
    rows: &[u32],
    clusters: &BTreeMap<u32, Moments>,
    setting: &Setting<'_>,
) -> bool {
    let strata = clusters.keys().map(|c| design.clusters[*c as usize].1);
    let first = strata.clone().next();
    let one_stratum = strata.clone().all(|s| Some(s) == first);
    let weighted = setting.job.first.frame.weights.is_some();
    one_stratum && !weighted && clusters.len() == rows.len()
}

/// Interval of alpha by leaving out one cluster at a time (see `jackknife`), on the scale of ln(1 - alpha), where its
/// distribution is nearer to symmetry (Bonett 2002, "Sample size requirements for testing and estimating coefficient alpha").
fn left_out(
    alpha: f64,
    k: usize,
    clusters: &BTreeMap<u32, Moments>,
    design: &Design,
    setting: &Setting<'_>,
) -> Result<(f64, f64), String> {
    let to_scale = |alpha: f64| Some((1.0 - alpha).ln()).filter(|y| y.is_finite());
    let perfect = || "the items agree in every row".to_owned();
    let value = to_scale(alpha).ok_or_else(perfect)?;
    let all = together(k, clusters.values());
    let mut strata: BTreeMap<u32, Moments> = BTreeMap::new();
    for (cluster, moments) in clusters {
        let stratum = design.clusters[*cluster as usize].1;
        let sum = strata.entry(stratum).or_insert_with(|| Moments::new(k));
        sum.add(moments, 1.0);
    }
    let mut replicates = Vec::new();
    for (stratum, inside) in &strata {
        let members = &design.strata[*stratum as usize];
        let n = members.len() as f64;
        let correction = design.correction(*stratum)?;
        if n < 2.0 && correction > 0.0 {
            return Err(design.single(*stratum));
        }
        for cluster in members {
            let mut without = all.clone();
            if correction > 0.0 {
                without.add(inside, 1.0 / (n - 1.0));
                if let Some(own) = clusters.get(cluster) {
                    without.add(own, -n / (n - 1.0));
                }
            }
            let found = without.covariance().as_ref().and_then(coefficients::alpha);
            let value = found.and_then(to_scale).ok_or_else(|| {
                "alpha is undefined when one cluster is left out, so its sampling error can't be estimated".to_owned()
            })?;
            replicates.push(Replicate {
                id: design.clusters[*cluster as usize].0,
                value,
                inside: clusters.contains_key(cluster),
                factor: correction * (n - 1.0) / n,
                in_df: correction > 0.0,
                given: None,
            });
        }
    }
    let confidence = setting.job.context.evaluation.confidence;
    let interval = jackknife::interval(value, &replicates, confidence, &Reach::ANY)?;
    Ok((1.0 - interval.high.exp(), 1.0 - interval.low.exp()))
}

/// What a reader must know: answers that did not count, and items that don't fit.
pub(super) fn remarks(scale: &Scale) -> Vec<String> {
    let mut remarks = Vec::new();
    for item in scale.items.iter().filter(|i| i.out_of_range > 0) {
        let lie = if item.out_of_range == 1 {
            "1 answer".to_owned()
        } else {
            format!("{} answers", item.out_of_range)
        };
        let verb = if item.out_of_range == 1 {
            "lies out of range and counts"
        } else {
            "lie out of range and count"
        };
        remarks.push(format!("{lie} to {} {verb} as missing.", item.item));
    }
    for item in scale.items.iter().filter(|i| i.suspect) {
        let todo = if item.reversed {
            "take it out of `reverse`"
        } else {
            "add it to `reverse`"
        };
        remarks.push(format!(
            "The item {} is probably keyed the wrong way: it correlates negatively with the sum of the other items. Read the question, and {todo} if a high answer means the opposite.",
            item.item
        ));
    }
    // Under independent errors alpha is a lower bound of the share of the score's variance that is no error (Lord & Novick
    // 1968, theorem 4.4.3), so that one half is where error may take over; a bound by meaning, not by custom.
    match scale.alpha.value {
        Some(alpha) if alpha < 0.0 => remarks.push(
            "Alpha is negative: the items contradict each other more than they agree, and their score means little.".to_owned(),
        ),
        Some(alpha) if alpha < 0.5 => remarks.push(
            "Alpha is below one half: most of the difference between the scores of two rows may be chance. Look at the items one by one.".to_owned(),
        ),
        _ => {}
    }
    remarks
}
