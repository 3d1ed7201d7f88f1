//! Programmes compared: every block of the settings, measure by measure, part by part.

use super::asked::{Asked, Made};
use super::context::context;
use super::definitions::{Unified, near, unify};
use super::differences::{differences, overall};
use super::entries::{Entries, between, entries, known_column};
use super::equivalence::table;
use super::followed::followed;
use super::gather::{Material, gather};
use super::league::{self, Deck, league};
use super::pooled::pooled;
use super::profiles::{Valued, profiles};
use super::qca;
use super::score_plane::score_plane;
use super::trend::trend;
use super::unknown;
use crate::evaluation::{Common, ComparisonFile, ComparisonSetting};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::comparison::{Between, COMPARISON_FORMAT, Compared, Comparison, Part, Refusal};
use crate::stats::Refused;
use crate::stats::random::tag;
use glob::Pattern;
use rayon::prelude::*;
use std::collections::BTreeSet;

pub use super::gather::Source;

/// Compares the programmes of one or more evaluations as `file` asks. `qualify`: programmes are named after their evaluation.
///
/// # Errors
/// A [`Stop`] without a source, or when a programme is in two of them. Anything less is in the result: a part that can't be made
/// is refused in words and stops no other.
pub fn compare(sources: &[Source], file: &ComparisonFile, qualify: bool) -> Result<Compared, Stop> {
    let Some(first) = sources.first() else {
        let help = "Name an evaluation folder or a saved outcome.json.";
        return Err(Finding::error("compare-nothing", "There is nothing to compare.", help).into());
    };
    let material = gather(sources, qualify)?;
    let common = file.common(&first.outcome.evaluation);
    let mut findings = Findings::default();
    let (unified, mismatches) = unify(&material, &file.same, &mut findings);
    let blocks = match file.comparisons.is_empty() {
        true => vec![everything()],
        false => file.comparisons.clone(),
    };
    let mut tasks: Vec<(&ComparisonSetting, Between, &Unified)> = Vec::new();
    for block in &blocks {
        check_block(block, &material, &mut findings);
        let Some(between) = between(block, &material, &mut findings) else {
            continue;
        };
        let measures = measures(block, &unified, &mut findings);
        tasks.extend(measures.into_iter().map(|m| (block, between.clone(), m)));
    }
    // Each comparison draws its random numbers from streams of its own, so that the order of work changes nothing.
    let mut comparisons: Vec<Comparison> = tasks
        .par_iter()
        .map(|(block, between, measure)| one(block, between, measure, &material, &common))
        .collect();
    let sizes = comparisons.iter().map(|c| league::size(&c.entries));
    let deck = Deck::new(common.seed, common.draws, sizes);
    comparisons
        .par_iter_mut()
        .zip(&tasks)
        .for_each(|(made, task)| parts(task, made, &material, &common, &deck));
    let valued = valued(&unified, &blocks, &tasks, &material, &common);
    let profiles = whole(
        Part::Profiles,
        profiles(&valued.asked, &material.cases),
        &mut findings,
    );
    let plane = score_plane(&valued.all, &material.cases, &common);
    let plane = whole(Part::Plane, plane, &mut findings);
    drop(valued);
    let qca = qca::analyses(&file.qca, &unified, &material, &common, &mut findings);
    let about = &first.outcome.evaluation;
    let notes = sources.iter().map(|s| s.outcome.evaluation.note.clone());
    let mut notes: Vec<String> = notes.filter(|n| !n.is_empty()).collect();
    notes.dedup();
    Ok(Compared {
        format: COMPARISON_FORMAT.to_owned(),
        title: match (file.title.is_empty(), sources.len()) {
            (false, _) => file.title.clone(),
            (true, 1) => about.title.clone(),
            (true, n) => format!("Comparison of {n} evaluations"),
        },
        description: match (file.description.is_empty(), sources.len()) {
            (true, 1) => about.description.clone(),
            _ => file.description.clone(),
        },
        authors: match (file.authors.is_empty(), sources.len()) {
            (true, 1) => about.authors.clone(),
            _ => file.authors.clone(),
        },
        notes,
        locale: common.locale.clone(),
        confidence: common.confidence,
        seed: common.seed,
        draws: common.draws,
        sources: material.sources,
        cases: material.cases,
        mismatches,
        comparisons,
        profiles,
        plane,
        qca,
        findings,
        codev: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// What is read for profiles and the plane.
struct Read<'a> {
    /// Every measure.
    all: Vec<Valued<'a>>,
    /// Those that are compared between programmes.
    asked: Vec<Valued<'a>>,
}

fn valued<'a>(
    unified: &'a [Unified],
    blocks: &[ComparisonSetting],
    tasks: &[(&ComparisonSetting, Between, &'a Unified)],
    material: &Material,
    common: &Common,
) -> Read<'a> {
    let plain = everything();
    let read = |setting: &ComparisonSetting, measure: &'a Unified| Valued {
        measure,
        entries: entries(setting, &Between::Programmes, measure, material, common),
    };
    let usable = unified.iter().filter(|u| u.refusal.is_none());
    let all = usable.map(|measure| read(&plain, measure)).collect();
    let mut seen = BTreeSet::new();
    let between = tasks.iter().filter(|(block, between, measure)| {
        let programmes = *between == Between::Programmes && block.period.is_none();
        programmes && measure.refusal.is_none() && seen.insert(&measure.measure.id)
    });
    // Profiles are of all programmes of the first block: columns with different programmes would not be one table.
    let first = blocks.first().unwrap_or(&plain);
    let setting = ComparisonSetting {
        only: first.only.clone(),
        exclude: first.exclude.clone(),
        ..everything()
    };
    let asked = between
        .map(|(_, _, measure)| read(&setting, measure))
        .collect();
    Read { all, asked }
}

/// Keeps what is made of all programmes, or says why it was not.
fn whole<T>(part: Part, made: Result<Option<T>, Refused>, findings: &mut Findings) -> Option<T> {
    made.unwrap_or_else(|why| {
        let what = match part {
            Part::Plane => "The output-process plane",
            _ => "Profiles",
        };
        let message = format!("{what} can't be made: {}.", why.reason);
        findings.push(Finding::warning("compare-not-made", message, why.help));
        None
    })
}

/// The comparison that is made where none is asked for: all indicators between programmes.
fn everything() -> ComparisonSetting {
    ComparisonSetting {
        id: Some("programmes".to_owned()),
        indicators: vec!["*".to_owned()],
        ..ComparisonSetting::default()
    }
}

/// Columns and programmes that a block names and that are not there.
fn check_block(block: &ComparisonSetting, material: &Material, findings: &mut Findings) {
    let columns = [&block.subgroups, &block.levels, &block.strata];
    let columns = columns.into_iter().flatten().chain(&block.moderators);
    let columns = columns.chain(&block.adjust).chain(&block.mix);
    for column in columns.chain(block.only.keys()) {
        known_column(block, material, column, findings);
    }
    for id in &block.exclude {
        if material.cases.iter().all(|c| c.id != *id) {
            let message = format!(
                "The comparison `{}` leaves out the programme `{id}`, which is not there.",
                block.name()
            );
            let ids = material.cases.iter().map(|c| c.id.as_str());
            let help = near(id, ids, "Use the key of a programme as in the data.");
            findings.push(Finding::warning("compare-unknown-programme", message, help));
        }
    }
}

/// The measures that a block is about, in the order of the evaluations.
fn measures<'a>(
    block: &ComparisonSetting,
    unified: &'a [Unified],
    findings: &mut Findings,
) -> Vec<&'a Unified> {
    let mut chosen = vec![false; unified.len()];
    let patterns = block.indicators.iter().map(|p| (p, false));
    for (pattern, effects) in patterns.chain(block.effects.iter().map(|p| (p, true))) {
        let glob = Pattern::new(pattern).ok();
        let mut any = false;
        for (at, one) in unified.iter().enumerate() {
            let measure = &one.measure;
            let is_effect = measure.effect.is_some();
            let path = match is_effect {
                true => measure.id.clone(),
                false => {
                    let kind = format!("{:?}", measure.kind).to_lowercase();
                    format!("{kind}/{}/{}", measure.dimension, measure.id)
                }
            };
            let block_of = measure.id.split('/').next();
            let named = measure.id == *pattern
                || (is_effect && block_of == Some(pattern.as_str()))
                || glob.as_ref().is_some_and(|g| g.matches(&path));
            if is_effect == effects && named {
                chosen[at] = true;
                any = true;
            }
        }
        if !any {
            let what = if effects { "effect" } else { "indicator" };
            let message = format!(
                "The comparison `{}` asks for the {what} `{pattern}`, which no evaluation has.",
                block.name()
            );
            let ids = unified
                .iter()
                .filter(|u| u.measure.effect.is_some() == effects);
            let otherwise = format!("Add the {what} to evaluation.toml, or correct the name.");
            let help = near(pattern, ids.map(|u| u.measure.id.as_str()), &otherwise);
            findings.push(Finding::error("compare-unknown-measure", message, help));
        }
    }
    if block.indicators.is_empty() && block.effects.is_empty() {
        let message = format!(
            "The comparison `{}` names neither indicators nor effects.",
            block.name()
        );
        let help = "Name some: `indicators = [\"process/*\"]`.";
        findings.push(Finding::error("compare-empty", message, help));
    }
    let chosen = unified.iter().zip(chosen).filter(|(_, c)| *c);
    chosen.map(|(one, _)| one).collect()
}

/// One measure of one block.
fn one(
    block: &ComparisonSetting,
    between: &Between,
    measure: &Unified,
    material: &Material,
    common: &Common,
) -> Comparison {
    let id = format!("{}/{}", block.name(), measure.measure.id);
    let Entries {
        between,
        entries,
        apart,
        mut remarks,
        refusal,
    } = entries(block, between, measure, material, common);
    remarks.extend(unknown::remark(&entries));
    if let Some(reason) = &measure.accepted {
        remarks.push(format!(
            "The evaluations define this measure in different ways; they are compared since the settings say: {reason}"
        ));
    }
    let refusal = measure
        .refusal
        .clone()
        .or(refusal)
        .or_else(|| too_few(&between, entries.len()));
    let mut made = Comparison {
        id: id.clone(),
        block: block.name().to_owned(),
        title: block.title.clone(),
        measure: measure.measure.clone(),
        between,
        period: block.period.clone(),
        entries,
        apart,
        overall: None,
        differences: None,
        equivalence: None,
        pooled: None,
        league: None,
        context: None,
        trend: None,
        refusals: vec![],
        remarks,
        methods: vec![],
    };
    if let Some(refusal) = refusal {
        made.refusals.push(refusal);
    }
    made
}

/// Makes the parts of a comparison, each by itself: one that can't be made is refused in words.
fn parts(
    (block, between, measure_of): &(&ComparisonSetting, Between, &Unified),
    made: &mut Comparison,
    material: &Material,
    common: &Common,
    deck: &Deck,
) {
    if !made.refusals.is_empty() {
        return;
    }
    let cases = match made.between {
        Between::Evaluations => &material.evaluations,
        _ => &material.cases,
    };
    let (entries, measure) = (made.entries.clone(), &measure_of.measure);
    let asked = Asked {
        setting: block,
        common,
        measure,
        between,
        entries: &entries,
        cases,
        tag: tag(&made.id),
    };
    made.overall = overall(&asked);
    made.differences = take(made, differences(&asked));
    made.equivalence = take(made, table(&asked));
    match pooled(&asked) {
        Ok(Some(pool)) => {
            made.pooled = take(made, Ok(Some(pool.made)));
            made.refusals.extend(pool.refusals);
        }
        Ok(None) => {}
        Err(refusal) => made.refusals.push(refusal),
    }
    made.league = take(made, league(&asked, deck));
    made.context = take(made, context(&asked, deck));
    if block.trend {
        let followed = followed(block, between, measure_of, material, common, &entries);
        made.trend = take(made, trend(&asked, followed, deck));
    }
}

/// Keeps how a part was made, or why it was not.
fn take<T>(comparison: &mut Comparison, made: Result<Option<Made<T>>, Refusal>) -> Option<T> {
    match made {
        Ok(Some(made)) => {
            comparison.methods.push(made.method);
            comparison.remarks.extend(made.remarks);
            Some(made.part)
        }
        Ok(None) => None,
        Err(refusal) => {
            comparison.refusals.push(refusal);
            None
        }
    }
}

fn too_few(between: &Between, n: usize) -> Option<Refusal> {
    let (what, help) = match between {
        Between::Programmes => (
            "programme",
            "Compare more programmes, or look at one with `codev report`.",
        ),
        Between::Evaluations => ("evaluation", "Name several folders: `codev compare A/ B/`."),
        Between::Column(_) => ("group", "Two groups need two programmes each at least."),
        Between::Periods => ("period", "Periods need dated rows in two of them at least."),
    };
    (n < 2).then(|| Refusal {
        part: Part::Values,
        reason: match n {
            0 => format!("no {what} has a value"),
            _ => format!("only one {what} has a value"),
        },
        help: help.to_owned(),
    })
}
