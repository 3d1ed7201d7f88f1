//! Measures that read rows one by one: values, sampling error and details, place by place.

mod agreement;
mod answer;
mod concentration;
mod leave_out;
mod network;
mod own;
mod reliability;
mod representation;
mod retention;
mod scale;
mod setting;

use super::design::Design;
use super::jackknife::{self, Replicates};
use super::margin::{self, Place, Rows};
use super::method::{How, method};
use super::resample::{self, Bound};
use super::weighting::{self, Weighting};
use super::{Estimated, Persons, apart, estimate_at, remark_once};
use crate::dataset::Dataset;
use crate::engine::{Frame, State};
use crate::evaluation::{Evaluation, IntervalMethod};
use crate::indicator::measure::{Input, Records, What};
use crate::outcome::{Content, Detail, Estimate, Interval, RowAccount, Sampling, Status};
use crate::plan::RecordsWork;
use crate::plan::extract::Extract;
pub use answer::Answer;
use setting::Setting;
use std::collections::BTreeSet;

/// A table that a measure reads.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// What the measure wants of it.
    pub input: &'a Input,
    /// How it was read.
    pub extract: &'a Extract,
    /// Its rows.
    pub frame: &'a Frame,
}

/// The tables of a measure, in the order of its inputs; `None` where one that it can do without is not there. Then what
/// is made of them once, and the confidence level.
pub struct Tables<'a>(pub Vec<Option<Source<'a>>>, own::Prepared, f64);

impl<'a> Tables<'a> {
    /// A table of the measure.
    pub fn get(&self, at: usize) -> Option<Source<'a>> {
        self.0.get(at).copied().flatten()
    }
}

/// Rows of the first table that a value is asked for.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    /// Where it stands in the table of results.
    pub place: &'a Place,
    /// Rows that count, in the order of the file.
    pub rows: &'a [u32],
    /// Weight of every row of the table: 1 where it has none, other weights in the replicates of a sample.
    pub weights: &'a [f64],
}

impl Selection<'_> {
    /// Weight of a row.
    pub fn weight(&self, row: u32) -> f64 {
        self.weights.get(row as usize).copied().unwrap_or(0.0)
    }
}

/// Value of a measure for rows of which there is at least one.
fn answer(what: &What, tables: &Tables<'_>, selection: &Selection<'_>) -> Answer {
    match what {
        What::Agreement(measure) => agreement::answer(measure, tables, selection),
        What::Concentration(measure) => concentration::answer(measure, tables, selection),
        What::Representation(measure) => representation::answer(measure, tables, selection),
        What::Retention(measure) => retention::answer(measure, tables, selection),
        // Its value is a formula; only the details are read here.
        What::Scale(_) => Answer::none(Status::Undefined),
        What::Network(measure) => {
            network::answer(measure, tables.1.network(measure, tables), selection)
        }
    }
}

/// What a measure gives beside its value.
fn content(
    what: &What,
    tables: &Tables<'_>,
    selection: &Selection<'_>,
    setting: &Setting<'_>,
) -> Option<Content> {
    match what {
        What::Agreement(measure) => agreement::content(measure, tables, selection, setting),
        What::Concentration(measure) => concentration::content(measure, tables, selection, setting),
        What::Representation(measure) => {
            representation::content(measure, tables, selection, setting)
        }
        What::Retention(measure) => retention::content(measure, tables, selection, setting),
        What::Scale(measure) => scale::content(measure, tables, selection, setting),
        What::Network(measure) => {
            let index = tables.1.network(measure, tables);
            network::content(measure, index, selection, setting)
        }
    }
}

/// What a reader must know of the details of all programmes together.
pub fn remarks(details: &[Detail]) -> Vec<String> {
    let of = |detail: &Detail| match &detail.content {
        Content::Scale(scale) if detail.programme.is_none() => scale::remarks(scale),
        Content::Retention(found) if detail.programme.is_none() => retention::remarks(found),
        Content::Agreement(found) if detail.programme.is_none() => agreement::remarks(found),
        _ => vec![],
    };
    details.iter().flat_map(of).collect()
}

/// How the value is made, in a sentence; empty where the definition says it all.
fn made(what: &What) -> &'static str {
    match what {
        What::Agreement(_) => "",
        What::Concentration(measure) => concentration::made(measure),
        What::Representation(measure) => representation::made(measure),
        What::Retention(_) => retention::MADE,
        What::Scale(_) => "",
        What::Network(measure) => network::made(measure),
    }
}

/// What all measures over records of a run are computed from.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The data.
    pub dataset: &'a Dataset,
    /// Ids of the programmes, in file order.
    pub programmes: &'a [String],
    /// The evaluation.
    pub evaluation: &'a Evaluation,
    /// What was read row by row.
    pub extracts: &'a [Extract],
    /// The rows.
    pub frames: &'a [Frame],
    /// What is known of the weights of samples.
    pub weightings: &'a [Weighting],
}

/// A measure over records with its tables.
pub struct Job<'a> {
    records: &'a Records,
    work: &'a RecordsWork,
    tables: Tables<'a>,
    first: Source<'a>,
    context: Context<'a>,
}

impl<'a> Job<'a> {
    /// Of a measure and its work; `None` when its first table was not read.
    pub fn new(records: &'a Records, work: &'a RecordsWork, context: Context<'a>) -> Option<Self> {
        let source = |(input, at): (&'a Input, &Option<usize>)| {
            let at = (*at)?;
            Some(Source {
                input,
                extract: context.extracts.get(at)?,
                frame: context.frames.get(at)?,
            })
        };
        let tables = Tables(
            records
                .inputs
                .iter()
                .zip(&work.extracts)
                .map(source)
                .collect(),
            own::Prepared::default(),
            context.evaluation.confidence,
        );
        Some(Job {
            records,
            work,
            first: tables.get(0)?,
            tables,
            context,
        })
    }

    fn rows(&self) -> Rows<'a> {
        Rows {
            scan: &self.first.extract.scan,
            frame: self.first.frame,
        }
    }

    /// Why rows of the tables beside the first are not put together.
    fn others_apart(&self) -> Option<String> {
        let others = self.tables.0.iter().skip(1).flatten();
        others.into_iter().find_map(|source| {
            let rows: Vec<u32> = (0..source.frame.rows())
                .filter(|row| source.frame.is_used(*row))
                .collect();
            apart::of_rows(source.extract, source.frame, &rows)
        })
    }

    fn weights(&self) -> Vec<f64> {
        let frame = self.first.frame;
        (0..frame.rows()).map(|row| frame.weight(row)).collect()
    }

    /// Estimates of the measure.
    pub fn estimate(
        &self,
        asked: &Result<IntervalMethod, String>,
        keep_replicates: bool,
    ) -> Estimated {
        let Context {
            dataset,
            programmes,
            evaluation,
            ..
        } = self.context;
        let (frame, cut) = (self.first.frame, &self.work.cut);
        let table = &dataset.tables[self.first.extract.scan.table];
        let rows = self.rows();
        let mut places = margin::places(&rows, cut, dataset, programmes);
        let what = &self.records.what;
        own::add_places(what, cut, &mut places);
        let weights = self.weights();
        let design = (cut.sampling == Sampling::Sample).then(|| Design::new(&rows, cut));
        let sentence = made(what);
        let how = method(
            table,
            cut,
            frame.weights.is_some(),
            &How {
                scale: own::reach(what).scale,
                asked,
                shape: None,
                evaluation,
                weighting: weighting::of(self.context.weightings, rows.scan.table),
                design: design.as_ref(),
            },
        );
        let mut estimated = Estimated {
            sampling: Some(cut.sampling),
            reach: own::reach(what),
            method: match (what, cut.sampling) {
                // What was seen of all rows says nothing sure of what was not seen yet.
                (What::Retention(_), Sampling::Census) => {
                    format!("{sentence} All rows of {} were asked.", table.name)
                }
                _ => [sentence, how.as_str()].join(" ").trim().to_owned(),
            },
            ..Estimated::default()
        };
        let remark = weighting::remark(self.context.weightings, rows.scan.table);
        estimated.remarks.extend(remark);
        estimated
            .remarks
            .extend(design.iter().flat_map(|d| d.remarks(table)));
        let bound = Bound::new(self.context.weightings, &rows, cut);
        let others = self.others_apart();
        let mut persons = Vec::with_capacity(places.len());
        for place in &places {
            let used: Vec<u32> = place
                .cells
                .iter()
                .copied()
                .filter(|row| frame.is_used(*row))
                .collect();
            let selection = Selection {
                place,
                rows: &used,
                weights: &weights,
            };
            let apart = || apart::of_rows(self.first.extract, frame, &used);
            let answer = match (self.silence(place, &used), others.clone().or_else(apart)) {
                (Some(status), _) => Answer::none(status),
                (None, Some(remark)) => {
                    remark_once(&mut estimated.remarks, &remark);
                    Answer::none(Status::Refused)
                }
                (None, None) => answer(what, &self.tables, &selection),
            };
            let parts = answer.value.ok().and(answer.parts);
            let mut estimate = estimate_at(place, answer.value, parts);
            let (behind, unknown) =
                own::rows_behind(what, &self.tables, &self.tables.1, &selection);
            estimate.n = behind.len() as u64;
            let lost = |row: &&u32| {
                matches!(
                    frame.states.get(**row as usize),
                    Some(State::Missing | State::Undecided)
                )
            };
            estimate.missing = place.cells.iter().filter(lost).count() as u64 + unknown;
            let replicates = self.add_interval(
                &mut estimate,
                (asked, answer.interval),
                (design.as_ref(), bound.as_ref()),
                &selection,
            );
            estimated.replicates.push(if keep_replicates {
                replicates
            } else {
                Ok(vec![])
            });
            let mut fewest = self.persons(&behind);
            if let What::Concentration(_) = what {
                // Persons are told only where each category has enough of them.
                let count = |rows: &[u32]| self.persons(rows);
                let of_category = concentration::fewest(&self.tables, &selection, &count);
                fewest = of_category.map_or(fewest, |n| n.min(fewest));
            }
            if let (What::Network(_), Some((part, whole))) = (what, parts) {
                // Of actors or ties of persons each part and what is left of its whole must be of enough.
                let told = [part, whole, whole - part].into_iter().filter(|n| *n > 0.0);
                fewest = told.fold(fewest, |fewest, n| fewest.min(n.ceil() as u64));
            }
            persons.push(Persons { fewest });
            estimated.estimates.push(estimate);
        }
        if cut.persons {
            estimated.persons = persons;
        }
        estimated.rows = Some(self.account(&table.name));
        let used_of = |row: u32| f64::from(u8::from(frame.is_used(row)));
        estimated
            .remarks
            .extend(margin::without_programme(&rows, cut, &used_of, cut.persons));
        let used: Vec<u32> = (0..frame.rows()).filter(|r| frame.is_used(*r)).collect();
        let everything = Selection {
            place: &Place::default(),
            rows: &used,
            weights: &weights,
        };
        estimated.of_all = own::remarks(what, &self.tables, cut.programme, &everything);
        estimated.details = self.details(&estimated.estimates);
        estimated.of_total = remarks(&estimated.details);
        estimated
    }

    /// What the measure gives beside its values: for the total and each programme. Of tables about persons for the total
    /// only, since the difference of two tables could tell of a person; and nothing where the value is withheld.
    pub fn details(&self, estimates: &[Estimate]) -> Vec<Detail> {
        let rows = self.rows();
        let Context {
            dataset,
            programmes,
            ..
        } = self.context;
        let weights = self.weights();
        let persons = |rows: &[u32]| self.persons(rows);
        let sample = self.work.cut.sampling == Sampling::Sample;
        let design = sample.then(|| Design::new(&rows, &self.work.cut));
        let bound = Bound::new(self.context.weightings, &rows, &self.work.cut);
        let setting = Setting {
            persons: self.work.cut.persons.then_some(&persons),
            least: self.context.evaluation.small_cells,
            design: design.as_ref(),
            bound: bound.as_ref(),
            job: self,
        };
        let mut details = Vec::new();
        for place in margin::places(&rows, &self.work.cut, dataset, programmes) {
            let is_split = self.work.cut.persons && place.programme.is_some();
            if is_split || place.group.is_some() || place.period.is_some() {
                continue;
            }
            let shown = estimates.iter().any(|e| {
                e.programme == place.programme
                    && e.group.is_none()
                    && e.period.is_none()
                    && !matches!(e.status, Status::Suppressed | Status::Refused)
            });
            let used: Vec<u32> = place
                .cells
                .iter()
                .copied()
                .filter(|row| self.first.frame.is_used(*row))
                .collect();
            if !shown || self.silence(&place, &used).is_some() {
                continue;
            }
            let selection = Selection {
                place: &place,
                rows: &used,
                weights: &weights,
            };
            let found = content(&self.records.what, &self.tables, &selection, &setting);
            details.extend(found.map(|content| Detail {
                programme: place.programme.clone(),
                content,
            }));
        }
        details
    }

    /// Why nothing can be said of a place; `None` when there are rows to speak of.
    fn silence(&self, place: &Place, used: &[u32]) -> Option<Status> {
        if !used.is_empty() {
            return None;
        }
        let states = &self.first.frame.states;
        let is = |state: State| {
            place
                .cells
                .iter()
                .any(|row| states.get(*row as usize) == Some(&state))
        };
        Some(if is(State::Missing) || is(State::Undecided) {
            Status::AllMissing
        } else if is(State::Excluded) {
            if own::speaks_of_no_rows(&self.records.what) {
                return None;
            }
            Status::NoMatch
        } else {
            Status::NoRows
        })
    }

    fn add_interval(
        &self,
        estimate: &mut Estimate,
        (asked, own): (&Result<IntervalMethod, String>, Option<Interval>),
        (design, bound): (Option<&Design>, Option<&Bound<'_>>),
        selection: &Selection<'_>,
    ) -> Result<Replicates, String> {
        let Some(value) = estimate.value else {
            return Ok(vec![]);
        };
        let Some(design) = design else {
            estimate.interval = own;
            return Ok(vec![]);
        };
        let figure =
            |selection: &Selection<'_>| answer(&self.records.what, &self.tables, selection).value;
        let replicates = match bound {
            Some(bound) => resample::rows(bound, self.first.frame, selection, &figure),
            None => leave_out::replicates(design, selection, &figure),
        };
        let interval = match (asked, own) {
            (Err(reason), _) => Err(reason.clone()),
            (Ok(IntervalMethod::Auto), Some(interval)) => Ok(interval),
            (Ok(_), _) => replicates.as_ref().map_err(Clone::clone).and_then(|r| {
                let confidence = self.context.evaluation.confidence;
                jackknife::interval(value, r, confidence, &own::reach(&self.records.what))
            }),
        };
        match interval {
            Ok(interval) => estimate.interval = Some(interval),
            Err(reason) => estimate.no_interval = Some(reason),
        }
        replicates
    }

    /// Persons that rows speak of; a row that names none is one.
    fn persons(&self, rows: &[u32]) -> u64 {
        let key = self.work.cut.person;
        let Some(key) = key.and_then(|k| self.first.frame.keys.get(k)) else {
            return rows.len() as u64;
        };
        let (named, nameless): (Vec<u32>, Vec<u32>) =
            rows.iter().partition(|row| key.label(**row).is_some());
        let code = |row: &u32| key.of_row.get(*row as usize).copied();
        let named: BTreeSet<u32> = named.iter().filter_map(code).collect();
        (named.len() + nameless.len()) as u64
    }

    fn account(&self, table: &str) -> RowAccount {
        let frame = self.first.frame;
        let count = |state: State| frame.states.iter().filter(|s| **s == state).count() as u64;
        RowAccount {
            table: table.to_owned(),
            total: u64::from(frame.rows()),
            used: count(State::Used),
            excluded: count(State::Excluded),
            missing: frame.reasons.clone(),
        }
    }
}
