//! Releases computed again from what was asked for and the data, so that they can be looked at together.

use super::compare::{labels, saved_outcome};
use super::{Prepared, Progress, estimated, hash_of, prepare, protect, read};
use crate::dataset::{self, MANIFEST};
use crate::engine::Frame;
use crate::engine::sums::Sums;
use crate::estimate::Estimated;
use crate::evaluation::{Evaluation, ProtectionMethod};
use crate::finding::{Finding, Findings, Stop};
use crate::indicator::{Catalogue, hex};
use crate::outcome::{Estimate, IndicatorResult, Outcome};
use crate::plan::Work;
use crate::protect::{self, Release, Together};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Name of the evaluation file.
const EVALUATION: &str = "evaluation.toml";

/// So many folders above a saved outcome are looked into for its data.
const ABOVE: usize = 4;

/// A release computed again.
pub(super) struct Rebuilt {
    name: String,
    prepared: Prepared,
    sums: Vec<Sums>,
    frames: Vec<Frame>,
    /// Before anything is withheld.
    estimated: Vec<Estimated>,
    shown: Vec<Vec<bool>>,
}

impl Rebuilt {
    /// For the audit.
    pub fn release(&self) -> Release<'_> {
        Release {
            plan: &self.prepared.plan,
            dataset: &self.prepared.dataset,
            evaluation: &self.prepared.evaluation,
            sums: &self.sums,
            frames: &self.frames,
            estimated: &self.estimated,
            shown: &self.shown,
        }
    }

    fn new(name: &str, mut prepared: Prepared, progress: &dyn Progress) -> Result<Rebuilt, Stop> {
        // Rounded figures and those with noise count as exact ones: what follows is then no more than what is said.
        prepared.evaluation.protection = ProtectionMethod::Suppress;
        let (sums, frames) = read(&prepared, progress)?;
        let estimated = estimated(&prepared, &sums, &frames);
        Ok(Rebuilt {
            name: name.to_owned(),
            prepared,
            sums,
            frames,
            estimated,
            shown: vec![],
        })
    }

    /// An evaluation in a folder as it would be published now.
    pub fn of_folder(folder: &Path, name: &str, progress: &dyn Progress) -> Result<Rebuilt, Stop> {
        let mut rebuilt = Rebuilt::new(name, prepare(folder, progress)?, progress)?;
        let mut estimated = rebuilt.estimated.clone();
        let prepared = &rebuilt.prepared;
        protect(
            (&prepared.plan, &prepared.dataset, &prepared.evaluation),
            (&rebuilt.sums, &rebuilt.frames),
            &[],
            (&mut estimated, &mut []),
            None,
        )?;
        rebuilt.shown = protect::shown(&estimated);
        rebuilt.leave_out_unasked();
        Ok(rebuilt)
    }

    /// A saved outcome, computed from the data in the one of the folders that holds most of its files as they were.
    pub fn of_saved(
        path: &Path,
        (name, folders): (&str, &[PathBuf]),
        progress: &dyn Progress,
        findings: &mut Findings,
    ) -> Result<Rebuilt, Stop> {
        let outcome = saved_outcome(path)?;
        let (folder, changed) = data_of(path, &outcome, folders)?;
        let (evaluation, definitions) = asked(path, &outcome, &folder)?;
        let parsed = Evaluation::parse(&evaluation).map_err(|mut stop| {
            stop.0.place.file = Some(path.display().to_string());
            stop
        })?;
        let hash = hash_of(EVALUATION, evaluation.as_bytes());
        progress.start("Reading data", dataset::size(&folder));
        let data = dataset::load(&folder, &|bytes| progress.advance(bytes));
        progress.finish();
        let catalogue = Catalogue::with(&definitions);
        let prepared = super::planned((parsed, hash, None), catalogue, data?)?;
        let mut rebuilt = Rebuilt::new(name, prepared, progress)?;
        let (again, all) = rebuilt.take_shown(&outcome);
        if again < all {
            let why = match changed.as_slice() {
                [] => "its definitions, or the version of codev that computed it, are others"
                    .to_owned(),
                files => format!("changed since: {}", files.join(", ")),
            };
            let message = format!(
                "{} of {all} figures of persons in this release can't be computed again from `{}` and are left out of the audit ({why}).",
                all - again,
                folder.display()
            );
            let help = "Name the folder with the data as they were: `--data FOLDER`.";
            findings.push(
                Finding::warning("audit-other-data", message, help)
                    .in_file(path.display().to_string()),
            );
        }
        Ok(rebuilt)
    }

    /// Takes from a saved outcome which figures are published. Gives how many of those about persons are computed alike here, and of how
    /// many.
    fn take_shown(&mut self, outcome: &Outcome) -> (usize, usize) {
        let saved: BTreeMap<&str, &IndicatorResult> = outcome
            .indicators
            .iter()
            .map(|i| (i.definition.id.as_str(), i))
            .collect();
        self.shown = protect::shown(&self.estimated);
        let (mut again, mut all) = (0, 0);
        let persons = protect::counts_persons(&self.prepared.plan);
        let items = self.prepared.plan.items.iter().zip(&self.estimated);
        for (((item, estimated), shown), persons) in items.zip(&mut self.shown).zip(persons) {
            let found = saved.get(item.indicator.id.as_str());
            let cells: BTreeMap<Place<'_>, &Estimate> = found
                .filter(|_| item.requested)
                .into_iter()
                .flat_map(|i| i.estimates.iter().map(|e| (place(e), e)))
                .collect();
            for (estimate, shown) in estimated.estimates.iter().zip(shown) {
                let value = cells.get(&place(estimate)).and_then(|e| e.value);
                let same = value.zip(estimate.value).is_some_and(|(a, b)| alike(a, b));
                again += usize::from(persons && same);
                *shown = same;
            }
            if persons {
                all += cells.values().filter(|e| e.value.is_some()).count();
            }
        }
        // Indicators that can't be computed at all from these data.
        let items = &self.prepared.plan.items;
        let is_lost = |result: &&IndicatorResult| {
            let item = items
                .iter()
                .find(|i| i.indicator.id == result.definition.id);
            result.rounded.is_some() && item.is_none_or(|item| item.work.is_err())
        };
        let lost = outcome.indicators.iter().filter(is_lost);
        let values = lost.flat_map(|i| &i.estimates);
        all += values.filter(|e| e.value.is_some()).count();
        self.leave_out_unasked();
        (again, all)
    }

    /// Of indicators that are not asked for, what is shown is what those are made of that are.
    fn leave_out_unasked(&mut self) {
        let items = &self.prepared.plan.items;
        // Inputs stand before what is made of them.
        for at in (0..items.len()).rev() {
            let Some(item) = items.get(at) else { continue };
            if !item.requested {
                let places = self.places_of_users(at);
                let cells = self.estimated.get(at).map_or(&[][..], |e| &e.estimates);
                let shown: Vec<bool> = cells.iter().map(|e| places.contains(&owned(e))).collect();
                if let Some(slot) = self.shown.get_mut(at) {
                    *slot = shown;
                }
            }
        }
    }

    /// Where something that is made of an item is shown.
    fn places_of_users(&self, input: usize) -> BTreeSet<Owned> {
        let items = self.prepared.plan.items.iter().enumerate();
        let uses = items.filter(|(_, item)| match &item.work {
            Ok(Work::Derived(inputs)) => inputs.contains(&input),
            _ => false,
        });
        let cells = uses.flat_map(|(at, _)| {
            let estimates = self.estimated.get(at).map_or(&[][..], |e| &e.estimates);
            let shown = self.shown.get(at).map_or(&[][..], Vec::as_slice);
            estimates.iter().zip(shown)
        });
        cells
            .filter(|(_, shown)| **shown)
            .map(|(e, _)| owned(e))
            .collect()
    }
}

pub(super) type Place<'a> = (
    Option<&'a str>,
    Option<(&'a str, Option<&'a str>)>,
    Option<&'a str>,
);
type Owned = (
    Option<String>,
    Option<(String, Option<String>)>,
    Option<String>,
);

pub(super) fn place(e: &Estimate) -> Place<'_> {
    let group = e.group.as_ref();
    (
        e.programme.as_deref(),
        group.map(|(name, label)| (name.as_str(), label.as_deref())),
        e.period.as_deref(),
    )
}

fn owned(e: &Estimate) -> Owned {
    (e.programme.clone(), e.group.clone(), e.period.clone())
}

fn alike(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-3)
}

/// The folder that holds most of the files that an outcome was computed from, with the names of those that it holds otherwise.
fn data_of(
    path: &Path,
    outcome: &Outcome,
    folders: &[PathBuf],
) -> Result<(PathBuf, Vec<String>), Stop> {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut candidates: Vec<PathBuf> = folders.to_vec();
    let above = whole.ancestors().skip(1).take(ABOVE).map(Path::to_owned);
    candidates.extend(above.chain([PathBuf::from(".")]));
    candidates.retain(|folder| folder.join(MANIFEST).is_file());
    let own = |name: &str| name == EVALUATION || name.starts_with("indicators/");
    let files = || outcome.provenance.files.iter().filter(|f| !own(&f.path));
    let changed = |folder: &Path| -> Vec<String> {
        let is_other = |file: &&crate::outcome::FileHash| {
            let bytes = std::fs::read(folder.join(&file.path));
            bytes.map_or(true, |bytes| hex(&Sha256::digest(bytes)) != file.sha256)
        };
        files().filter(is_other).map(|f| f.path.clone()).collect()
    };
    let each = candidates.into_iter().map(|folder| {
        let changed = changed(&folder);
        (folder, changed)
    });
    each.min_by_key(|(_, changed)| changed.len()).ok_or_else(|| {
        let message = "The data that this outcome was computed from are not at hand; without them nothing can be said of its persons.";
        let help = "Name the folder with the data package: `--data FOLDER`.";
        Finding::error("audit-no-data", message, help)
            .in_file(path.display().to_string())
            .into()
    })
}

/// What an outcome was asked for: the evaluation and the definitions beside it.
fn asked(
    path: &Path,
    outcome: &Outcome,
    folder: &Path,
) -> Result<(String, Vec<(String, String)>), Stop> {
    if let Some(asked) = &outcome.provenance.asked {
        return Ok((asked.evaluation.clone(), asked.definitions.clone()));
    }
    // An older outcome does not say: the files must be as they were.
    let own = |name: &str| name == EVALUATION || name.starts_with("indicators/");
    let mut texts = Vec::new();
    for file in outcome.provenance.files.iter().filter(|f| own(&f.path)) {
        let text = std::fs::read_to_string(folder.join(&file.path)).unwrap_or_default();
        if hex(&Sha256::digest(text.as_bytes())) != file.sha256 {
            let message = format!(
                "This outcome was saved by a version of codev that did not keep what was asked for, and `{}` has changed since.",
                folder.join(&file.path).display()
            );
            let help = "Name a folder with the evaluation as it was: `--data FOLDER`.";
            return Err(Finding::error("audit-not-kept", message, help)
                .in_file(path.display().to_string())
                .into());
        }
        texts.push((file.path.clone(), text));
    }
    let evaluation = texts.iter().position(|(name, _)| name == EVALUATION);
    match evaluation.map(|at| texts.remove(at)) {
        Some((_, evaluation)) => Ok((evaluation, texts)),
        None => {
            let message = "This outcome does not say what it was asked for.";
            let help = "Make it again with `codev report`.";
            Err(Finding::error("audit-not-kept", message, help)
                .in_file(path.display().to_string())
                .into())
        }
    }
}

/// What an audit of several releases has found.
#[derive(Debug)]
pub struct Audited {
    /// Short names of the releases.
    pub names: Vec<String>,
    /// What follows, table by table.
    pub tables: Vec<Together>,
    /// The same in words.
    pub findings: Findings,
}

/// Says what follows of few persons from several releases together: saved `outcome.json` files, and folders of evaluations as they
/// would be published now. `data`: folders in which data of saved outcomes may lie, beside the folders above these.
///
/// # Errors
/// A [`Stop`] when a place can't be read, or the data of an outcome are not at hand.
pub fn audit_releases(
    places: &[&Path],
    data: &[PathBuf],
    progress: &dyn Progress,
) -> Result<Audited, Stop> {
    let names = labels(places)?;
    let mut findings = Findings::new();
    let mut all = Vec::with_capacity(places.len());
    for (place, name) in places.iter().zip(&names) {
        all.push(match place.is_dir() {
            true => Rebuilt::of_folder(place, name, progress)?,
            false => Rebuilt::of_saved(place, (name, data), progress, &mut findings)?,
        });
    }
    let releases: Vec<Release<'_>> = all.iter().map(Rebuilt::release).collect();
    let tables = protect::together(&releases)?;
    for together in &tables {
        tell(together, &all, &mut findings);
    }
    Ok(Audited {
        names,
        tables,
        findings,
    })
}

/// What follows, as findings.
fn tell(together: &Together, all: &[Rebuilt], findings: &mut Findings) {
    let name = |release: usize| all.get(release).map_or("", |r| r.name.as_str());
    let from = |alone: Option<usize>| match alone {
        Some(release) => format!("from `{}` alone", name(release)),
        None if all.len() > 2 => "from these releases together".to_owned(),
        None => "from both releases together".to_owned(),
    };
    let help = "What is published can't be taken back; `codev report --after OUTCOME` withholds in a new report what would tell on few beside an earlier one.";
    for followed in &together.withheld {
        let Some(release) = all.get(followed.release) else {
            continue;
        };
        let item = release.prepared.plan.items.get(followed.item);
        let estimates = release.estimated.get(followed.item).map(|e| &e.estimates);
        let (Some(item), Some(estimate)) = (item, estimates.and_then(|e| e.get(followed.cell)))
        else {
            continue;
        };
        let message = format!(
            "`{}`{} is withheld in `{}`; what it would say, or the number of persons behind it, follows {}.",
            item.indicator.id,
            whose(estimate),
            release.name,
            from(followed.alone)
        );
        let finding = Finding::error("audit-withheld-follows", message, help);
        findings.push(finding.in_file(together.table.clone()));
    }
    for group in &together.groups {
        let what = match group.is_number {
            true => "The number of rows",
            false => "A sum over the rows",
        };
        let told = |present: bool| {
            let which = group.present.iter().enumerate();
            let which = which.filter(|(_, is_in)| **is_in == present);
            let named: Vec<String> = which.map(|(at, _)| format!("`{}`", name(at))).collect();
            named.join(" and ")
        };
        let place = match (told(true), told(false)) {
            (_, absent) if absent.is_empty() => String::new(),
            (present, absent) => format!(" that are in {present} and not in {absent}"),
        };
        let of = match group.labels.as_slice() {
            [] => String::new(),
            labels => format!(" ({})", labels.join(", ")),
        };
        let message = format!(
            "{what} of a group of fewer than {} persons{place}{of} follows {}.",
            together.threshold,
            from(group.alone)
        );
        let finding = Finding::error("audit-group-follows", message, help);
        findings.push(finding.in_file(together.table.clone()));
    }
}

/// Programme, group and period of an estimate in words.
fn whose(estimate: &Estimate) -> String {
    let mut text = String::new();
    if let Some(programme) = &estimate.programme {
        text.push_str(&format!(" of {programme}"));
    }
    if let Some((column, label)) = &estimate.group {
        text.push_str(&format!(
            ", {column} {}",
            label.as_deref().unwrap_or("missing")
        ));
    }
    if let Some(period) = &estimate.period {
        text.push_str(&format!(" in {period}"));
    }
    text
}
