//! The stages in order, for the command line and for library users.

mod audit;
mod benchmark;
mod compare;
mod doubles;
mod earlier;
mod frames;
mod locked;
mod money;
mod only;
mod planning;
mod programmes;
mod protection;
mod releases;

use crate::compare::{audit::audit, plane::plane};
use crate::dataset::{self, Dataset};
use crate::effect::effects;
use crate::engine::sums::Sums;
use crate::engine::{self, Frame};
use crate::estimate::weighting::{Weighting, weigh_rows, weigh_sums, weightings};
use crate::estimate::{Estimated, estimate};
use crate::evaluation::{Evaluation, ProtectionMethod};
pub use crate::examples::{ExampleResult, Explanation, Mark, examples, explain};
use crate::finding::{Finding, Findings, Stop};
use crate::indicator::{Catalogue, Indicator, hex};
use crate::outcome::{
    About, Asked, Definition, Effect, FORMAT, FileHash, IndicatorResult, Lack, LockedPlan, Outcome,
    Programme, Provenance, Quality, Target,
};
use crate::plan::doubts::doubts;
use crate::plan::effect::EffectItem;
use crate::plan::extract::Extract;
use crate::plan::lack::feasible;
use crate::plan::money::{self as purses, Purse};
use crate::plan::scan::Scan;
use crate::plan::{Item, Plan, plan};
use crate::protect::{conceal, counts_persons, protect, round, round_tables};
pub use audit::reasons;
pub use compare::{CompareOptions, Settings, compare_evaluations};
pub use earlier::{evaluate_after, tells_beside};
pub use frames::evaluate_frames;
pub use locked::planned_parts;
pub use only::evaluate_only;
pub use planning::{Designs, designs};
pub use protection::protected_otherwise;
use rayon::prelude::*;
use releases::Rebuilt;
pub use releases::{Audited, audit_releases};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Told how far a stage is; the command line draws a bar from it.
pub trait Progress: Sync {
    /// A stage starts: what it does, and its size in `steps` (0: unknown).
    fn start(&self, what: &str, steps: u64);
    /// `steps` more are done. May be called from several threads.
    fn advance(&self, steps: u64);
    /// The stage is over.
    fn finish(&self);
}

/// Progress that nobody watches.
pub struct Quiet;

impl Progress for Quiet {
    fn start(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn finish(&self) {}
}

/// What `check` found, with what it looked at.
pub struct Checked {
    /// Everything that is wrong or worth knowing, over data, definitions and evaluation.
    pub findings: Findings,
    /// The data.
    pub dataset: Dataset,
    /// The definitions.
    pub catalogue: Catalogue,
    /// Ids of the requested indicators that can be computed.
    pub computable: Vec<String>,
    /// Ids of the requested indicators that can't, with the reason.
    pub not_computable: Vec<(String, String)>,
}

/// What an evaluation is made of, read and planned.
struct Prepared {
    evaluation: Evaluation,
    evaluation_hash: FileHash,
    /// The evaluation file without comments.
    asked: Option<String>,
    dataset: Dataset,
    catalogue: Catalogue,
    plan: Plan,
    purses: Vec<Purse>,
    weightings: Vec<Weighting>,
    findings: Findings,
    locked: Option<LockedPlan>,
}

/// Reads and plans; with `protection = "cell-key"` the secret is made where there is none.
fn prepare(folder: &Path, progress: &dyn Progress) -> Result<Prepared, Stop> {
    prepared(folder, true, progress)
}

fn prepared(folder: &Path, make: bool, progress: &dyn Progress) -> Result<Prepared, Stop> {
    if !folder.is_dir() {
        let what = if folder.exists() {
            "is a file, not a folder"
        } else {
            "does not exist"
        };
        let help = "Name the folder that holds evaluation.toml and datapackage.json; `codev init` makes one.";
        let finding = Finding::error(
            "evaluation-no-folder",
            format!("`{}` {what}.", folder.display()),
            help,
        );
        return Err(finding.into());
    }
    let (evaluation, bytes) = Evaluation::load(folder)?;
    let evaluation_hash = hash_of("evaluation.toml", &bytes);
    let defined = Catalogue::load(folder);
    progress.start("Reading data", dataset::size(folder));
    let dataset = dataset::load(folder, &|bytes| progress.advance(bytes));
    progress.finish();
    let text = String::from_utf8_lossy(&bytes);
    let asked = (evaluation, evaluation_hash, plain(&text));
    let mut prepared = planned(asked, defined, dataset?)?;
    match locked::locked(folder, (&prepared.evaluation, &text), &prepared.catalogue) {
        Ok(found) => prepared.locked = found,
        Err(stop) => prepared.findings.push(*stop.0),
    }
    protection::know_secret(folder, &mut prepared, make)?;
    Ok(prepared)
}

/// Plans an evaluation over data and definitions that are read.
fn planned(
    (evaluation, evaluation_hash, asked): (Evaluation, FileHash, Option<String>),
    (mut catalogue, mut findings): (Catalogue, Findings),
    dataset: Dataset,
) -> Result<Prepared, Stop> {
    for setting in &evaluation.overrides {
        findings.extend(catalogue.set_parameters(&setting.indicator, &setting.parameters));
    }
    findings.extend(dataset.findings.clone());
    if dataset.programmes().is_none() {
        let message = "No table has the role `programmes`, so programmes are those that the other tables name.";
        let help = "Add one to say their names, types and dates.";
        findings
            .push(Finding::info("data-no-programmes", message, help).in_file(dataset::MANIFEST));
    }
    let mut plan = plan(&catalogue, &dataset, &evaluation);
    let purses = purses::add(&mut plan, &catalogue, &dataset, &evaluation);
    findings.extend(plan.findings.clone());
    doubles::find(&plan, &dataset, &evaluation, &mut findings)?;
    findings.extend(doubts(&plan, &catalogue, &dataset, &evaluation));
    for fault in benchmark::faults(&evaluation.comparisons, &dataset, Some("evaluation.toml")) {
        findings.push(fault);
    }
    let weightings = weightings(&plan, &dataset, &evaluation, &mut findings)?;
    Ok(Prepared {
        evaluation,
        evaluation_hash,
        asked,
        dataset,
        catalogue,
        plan,
        purses,
        weightings,
        findings,
        locked: None,
    })
}

/// TOML without its comments, and a definition without its examples, whose rows may be of somebody; nothing where it is malformed.
fn plain(text: &str) -> Option<String> {
    let mut table: toml::Table = toml::from_str(text).ok()?;
    table.remove("example");
    toml::to_string(&table).ok()
}

fn hash_of(path: &str, bytes: &[u8]) -> FileHash {
    FileHash {
        path: path.to_owned(),
        bytes: bytes.len() as u64,
        sha256: hex(&Sha256::digest(bytes)),
    }
}

/// Checks data, definitions and evaluation of `folder` without computing.
///
/// # Errors
/// A [`Stop`] when the manifest or the evaluation file can't be read at all.
pub fn check(folder: &Path, progress: &dyn Progress) -> Result<Checked, Stop> {
    let prepared = prepared(folder, false, progress)?;
    let mut computable = Vec::new();
    let mut not_computable = Vec::new();
    for item in prepared.plan.items.iter().filter(|i| i.requested) {
        match &item.work {
            Ok(_) => computable.push(item.indicator.id.clone()),
            Err(lack) => not_computable.push((item.indicator.id.clone(), lack.to_string())),
        }
    }
    let Prepared {
        findings,
        dataset,
        catalogue,
        ..
    } = prepared;
    Ok(Checked {
        findings,
        dataset,
        catalogue,
        computable,
        not_computable,
    })
}

/// Evaluates `folder`. With `protection = "cell-key"` the first evaluation makes the secret in it.
///
/// # Errors
/// A [`Stop`] when the manifest or the evaluation file can't be read at all. Anything less is in the outcome.
pub fn evaluate(folder: &Path, progress: &dyn Progress) -> Result<Outcome, Stop> {
    evaluated(prepare(folder, progress)?, &[], progress)
}

fn evaluated(
    mut prepared: Prepared,
    earlier: &[Rebuilt],
    progress: &dyn Progress,
) -> Result<Outcome, Stop> {
    let (sums, frames) = read(&prepared, progress)?;
    let (estimated, mut effects) = rayon::join(
        || estimated(&prepared, &sums, &frames),
        || {
            effects(
                &prepared.plan,
                &frames,
                &prepared.dataset,
                &prepared.evaluation,
            )
        },
    );
    let mut estimated = estimated;
    let protection = protect(
        (&prepared.plan, &prepared.dataset, &prepared.evaluation),
        (&sums, &frames),
        &earlier.iter().map(Rebuilt::release).collect::<Vec<_>>(),
        (&mut estimated, &mut effects),
        None,
    )?;
    let about = |effect: &EffectItem| effect.work.as_ref().is_ok_and(|work| work.persons);
    let of_persons: Vec<bool> = prepared.plan.effects.iter().map(about).collect();
    let way = prepared.evaluation.way();
    let programmes = programmes::all(&prepared.dataset, &estimated);
    programmes::check_targets(&prepared.evaluation, &programmes, &mut prepared.findings);
    let mut outcome = outcome(prepared, estimated, effects, programmes);
    if let Some(protection) = &protection {
        conceal(&mut outcome, &way, (&protection.tables, &of_persons));
    }
    outcome.protection = protection;
    locked::mark(&mut outcome);
    Ok(outcome)
}

fn estimated(prepared: &Prepared, sums: &[Sums], frames: &[Frame]) -> Vec<Estimated> {
    estimate(
        &prepared.plan,
        sums,
        frames,
        (&prepared.dataset, &prepared.weightings),
        &prepared.evaluation,
    )
}

/// Reads what the scans and extracts of a plan ask for, each in its place.
fn read(prepared: &Prepared, progress: &dyn Progress) -> Result<(Vec<Sums>, Vec<Frame>), Stop> {
    let Prepared {
        dataset,
        plan,
        weightings,
        ..
    } = prepared;
    let extracts = plan.extracts.iter().map(|e| &e.scan);
    let wanted = plan.scans.iter().chain(extracts).filter(|s| !s.idle);
    let rows = wanted.map(|s| dataset.tables.get(s.table).map_or(0, |t| t.rows));
    progress.start("Reading rows", rows.sum());
    let advance = |rows| progress.advance(rows);
    let (sums, frames) = rayon::join(
        || -> Vec<Result<Sums, Stop>> {
            let sums = |scan: &Scan| {
                if scan.idle {
                    return Ok(Sums::default());
                }
                let mut found = engine::scan(dataset, scan, &advance)?;
                weigh_sums(weightings, scan, &mut found);
                Ok(found)
            };
            plan.scans.par_iter().map(sums).collect()
        },
        || -> Vec<Result<Frame, Stop>> {
            let frame = |extract: &Extract| {
                if extract.scan.idle {
                    return Ok(Frame::default());
                }
                let mut rows = engine::frame(dataset, extract, &advance)?;
                weigh_rows(weightings, &extract.scan, &mut rows);
                Ok(rows)
            };
            plan.extracts.par_iter().map(frame).collect()
        },
    );
    progress.finish();
    let sums = sums.into_iter().collect::<Result<_, _>>()?;
    Ok((sums, frames.into_iter().collect::<Result<_, _>>()?))
}

fn outcome(
    prepared: Prepared,
    estimated: Vec<Estimated>,
    effects: Vec<Effect>,
    programmes: Vec<Programme>,
) -> Outcome {
    let Prepared {
        evaluation,
        evaluation_hash,
        asked,
        dataset,
        catalogue,
        plan,
        purses,
        weightings,
        findings,
        locked,
    } = prepared;
    let money = purses
        .iter()
        .filter_map(|p| money::of(p, &estimated))
        .collect();
    let mut indicators: Vec<IndicatorResult> = plan
        .items
        .iter()
        .zip(estimated)
        .zip(counts_persons(&plan))
        .filter(|((item, _), _)| item.requested)
        .map(|((item, estimated), persons)| {
            let mut result = result(item, estimated, &evaluation);
            match evaluation.protection {
                _ if !persons => {}
                ProtectionMethod::Suppress => round(&mut result),
                _ => result.rounded = Some(1),
            }
            result
        })
        .collect();
    indicators.sort_by(|a, b| {
        let place = |i: &IndicatorResult| {
            (
                i.definition.kind,
                i.definition.dimension.clone(),
                i.definition.id.clone(),
            )
        };
        place(a).cmp(&place(b))
    });
    let known = match plan.restricted {
        true => vec![],
        false => feasible(&catalogue, &dataset),
    };
    let audit = audit(&indicators, &known, money);
    let plane = plane(&indicators, &programmes);
    let mut files = vec![evaluation_hash];
    let mut tables = dataset.quality;
    round_tables(&mut tables, &dataset.tables, &evaluation);
    files.extend(dataset.files);
    let own = catalogue.indicators.iter().filter(|i| !i.builtin);
    let definitions = own.clone().map(|i| Some((i.file.clone(), plain(&i.text)?)));
    let asked = asked.and_then(|evaluation| {
        Some(Asked {
            evaluation,
            definitions: definitions.collect::<Option<_>>()?,
        })
    });
    files.extend(own.map(|i| FileHash {
        path: i.file.clone(),
        bytes: i.text.len() as u64,
        sha256: hex(&Sha256::digest(i.text.as_bytes())),
    }));
    let replicates = evaluation.bootstraps().then_some(evaluation.replicates);
    Outcome {
        format: FORMAT.to_owned(),
        evaluation: About {
            title: evaluation.title,
            description: evaluation.description,
            authors: evaluation.authors,
            locale: evaluation.locale,
            confidence: evaluation.confidence,
            replicates,
            interval: evaluation.interval.word().to_owned(),
            seed: evaluation.seed,
            small_cells: evaluation.small_cells,
            by: evaluation.by,
            period: evaluation.period.map(|p| p.name().to_owned()),
            note: evaluation.note,
        },
        programmes,
        indicators,
        effects,
        weights: weightings.into_iter().map(|w| w.told).collect(),
        audit,
        plane,
        protection: None,
        quality: Quality { tables, findings },
        provenance: Provenance {
            codev: env!("CARGO_PKG_VERSION").to_owned(),
            files,
            time: None,
            asked,
        },
        plan: locked,
    }
}

fn result(item: &Item, estimated: Estimated, evaluation: &Evaluation) -> IndicatorResult {
    let indicator = &item.indicator;
    let targets = evaluation
        .targets
        .iter()
        .filter(|t| t.indicator == indicator.id);
    IndicatorResult {
        definition: definition(indicator),
        not_computable: item.work.as_ref().err().map(Lack::to_string),
        sampling: estimated.sampling,
        method: estimated.method,
        estimates: estimated.estimates,
        details: estimated.details,
        targets: targets
            .map(|t| Target {
                programme: t.programme.clone(),
                value: t.value,
            })
            .collect(),
        rows: estimated.rows,
        remarks: estimated.remarks,
        rounded: None,
    }
}

fn definition(indicator: &Indicator) -> Definition {
    Definition {
        id: indicator.id.clone(),
        name: indicator.name.clone(),
        kind: indicator.kind,
        dimension: indicator.dimension.clone(),
        side: indicator.side,
        question: indicator.question.clone(),
        words: indicator.words.clone(),
        formula: indicator.formula.clone(),
        numerator: indicator.numerator.clone(),
        denominator: indicator.denominator.clone(),
        unit: indicator.unit.clone(),
        direction: indicator.direction,
        source: indicator.source.clone(),
        limits: indicator.limits.clone(),
        verification: indicator.verification.clone(),
        criteria: indicator.criteria.clone(),
        rows: indicator.rows.clone(),
        hash: indicator.hash.clone(),
    }
}
