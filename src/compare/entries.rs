//! Who is set beside whom: programmes, evaluations, groups of programmes or periods, each with value and error.

use super::asked::{fact, takes_part};
use super::chance;
use super::definitions::{Unified, near};
use super::gather::{Error, Figure, Material, Whose};
use crate::evaluation::{Common, ComparisonSetting, RecordedSetting};
use crate::finding::{Finding, Findings};
use crate::outcome::comparison::{Apart, Basis, Between, Case, Entry, Part, Refusal};
use crate::outcome::{Sampling, Status};
use crate::stats::distribution::t_quantile;
use crate::stats::survey::proportion::wilson;
use std::collections::{BTreeMap, BTreeSet};

/// Those that are compared, and those that can't be.
pub(super) struct Entries {
    pub between: Between,
    pub entries: Vec<Entry>,
    pub apart: Vec<Apart>,
    pub remarks: Vec<String>,
    pub refusal: Option<Refusal>,
}

/// What a block sets beside each other.
pub(super) fn between(
    setting: &ComparisonSetting,
    material: &Material,
    findings: &mut Findings,
) -> Option<Between> {
    match setting.between.as_deref().unwrap_or("programmes") {
        "programmes" => Some(Between::Programmes),
        "evaluations" => Some(Between::Evaluations),
        "periods" => Some(Between::Periods),
        column => {
            let known = known_column(setting, material, column, findings);
            known.then(|| Between::Column(column.to_owned()))
        }
    }
}

/// Whether a column of the programmes exists; a finding where it does not.
pub(super) fn known_column(
    setting: &ComparisonSetting,
    material: &Material,
    column: &str,
    findings: &mut Findings,
) -> bool {
    let who = format!("The comparison `{}`", setting.name());
    column_known(&who, material, column, findings)
}

/// The same, with the block in words.
pub(super) fn column_known(
    who: &str,
    material: &Material,
    column: &str,
    findings: &mut Findings,
) -> bool {
    if material.cases.iter().any(|c| fact(c, column).is_some()) {
        return true;
    }
    let columns: BTreeSet<&str> = material
        .cases
        .iter()
        .flat_map(|c| c.facts.iter().map(|(name, _)| name.as_str()))
        .collect();
    let otherwise = match columns.is_empty() {
        true => {
            "The data have no table with the role `programmes` that says more of them.".to_owned()
        }
        false => format!(
            "There are {}.",
            columns.iter().copied().collect::<Vec<_>>().join(", ")
        ),
    };
    let message = format!("{who} names the column `{column}`, which the programmes don't have.");
    let help = near(column, columns, &otherwise);
    findings.push(Finding::error("compare-unknown-column", message, help));
    false
}

/// Those compared in a measure.
pub(super) fn entries(
    setting: &ComparisonSetting,
    between: &Between,
    measure: &Unified,
    material: &Material,
    common: &Common,
) -> Entries {
    let reader = Reader {
        setting,
        measure,
        material,
        common,
    };
    match between {
        Between::Programmes => reader.single(&material.cases, Whose::Case, between),
        Between::Evaluations => reader.single(&material.evaluations, Whose::Evaluation, between),
        Between::Column(column) => reader.groups(column),
        Between::Periods => reader.periods(),
    }
}

/// Reads the figures of a measure as a block asks for them.
pub(super) struct Reader<'a> {
    pub setting: &'a ComparisonSetting,
    pub measure: &'a Unified,
    pub material: &'a Material,
    pub common: &'a Common,
}

impl Reader<'_> {
    fn takes_part(&self, case: &Case) -> bool {
        takes_part(&self.setting.only, &self.setting.exclude, case)
    }

    fn figures(&self) -> BTreeMap<Whose, &Figure> {
        let period = &self.setting.period;
        let these = self.measure.figures.iter().filter(|f| f.period == *period);
        these.map(|f| (f.whose, f)).collect()
    }

    /// Programmes or evaluations one by one.
    fn single(&self, cases: &[Case], whose: fn(usize) -> Whose, between: &Between) -> Entries {
        let figures = self.figures();
        let mut all = Entries::of(between.clone());
        for (at, case) in cases.iter().enumerate().filter(|(_, c)| self.takes_part(c)) {
            let (id, name) = (case.id.clone(), case.name.clone());
            match figures.get(&whose(at)) {
                Some(figure) => match self.entry(figure, id.clone(), name.clone(), Some(at)) {
                    Ok(entry) => all.entries.push(entry),
                    Err((status, reason)) => all.apart.push(Apart {
                        id,
                        name,
                        status,
                        reason,
                    }),
                },
                None => {
                    let (status, reason) = self.no_figure(case);
                    all.apart.push(Apart {
                        id,
                        name,
                        status,
                        reason,
                    });
                }
            }
        }
        all
    }

    fn no_figure(&self, case: &Case) -> (String, String) {
        if !self.measure.sources.contains(&case.source) {
            let label = &self.material.sources[case.source].label;
            return (
                "not-asked".to_owned(),
                format!("the evaluation {label} does not ask for it"),
            );
        }
        match &self.setting.period {
            Some(period) => ("no-rows".to_owned(), format!("no figure for {period}")),
            None => (
                "no-rows".to_owned(),
                "no figure for this programme".to_owned(),
            ),
        }
    }

    /// An entry of a figure, or the word of its status and the reason.
    fn entry(
        &self,
        figure: &Figure,
        id: String,
        name: String,
        case: Option<usize>,
    ) -> Result<Entry, (String, String)> {
        let Some(value) = figure.value else {
            let word = figure.status.word().to_owned();
            return Err((word, status_reason(figure)));
        };
        let (error, basis) = self.error(figure, value);
        let (error, no_error) = match (error, basis) {
            (Some(error), _) => match usable(error, value) {
                Ok(error) => (Some(error), None),
                Err(why) => (None, Some(why.to_owned())),
            },
            (None, Basis::Recorded) => (None, None),
            (None, _) => {
                let why = figure.reason.clone();
                (None, Some(why.unwrap_or_else(|| NOT_TOLD.to_owned())))
            }
        };
        Ok(Entry {
            id,
            name,
            case,
            value,
            se: error.map(|e| e.se),
            df: error.and_then(|e| e.df),
            interval: error.map(|e| e.interval),
            basis: match no_error {
                Some(_) => Basis::Unknown,
                None => basis,
            },
            n: figure.n,
            spread: None,
            parts: figure.parts,
            effective: match basis {
                Basis::Chance => figure.parts.map(|(_, whole)| whole),
                _ => figure.effective,
            },
            no_error,
        })
    }

    fn error(&self, figure: &Figure, value: f64) -> (Option<Error>, Basis) {
        // A saved result may not say how its table came about: that is no word of a census.
        if figure.sampling != Some(Sampling::Census) {
            return (
                figure.error.map(|e| self.at_confidence(e, figure, value)),
                Basis::Sample,
            );
        }
        if let Some(error) = figure.error {
            // A census may have an error of another sort (who was watched for less).
            return (
                Some(self.at_confidence(error, figure, value)),
                Basis::Sample,
            );
        }
        if self.setting.recorded == RecordedSetting::Exact || self.measure.measure.effect.is_some()
        {
            return (None, Basis::Recorded);
        }
        let confidence = self.common.confidence;
        let chance = match figure.parts {
            Some(parts) if self.measure.measure.unit == "%" => {
                chance::share(value, parts, figure.n, confidence)
            }
            Some(_) => None,
            None if self.measure.counts => chance::count(value, figure.n, confidence),
            None => None,
        };
        match chance {
            Some(error) => (Some(error), Basis::Chance),
            None => (None, Basis::Recorded),
        }
    }

    /// Intervals of evaluations at another level are made again: those of shares from their effective rows (Wilson), all others from the
    /// standard error.
    fn at_confidence(&self, error: Error, figure: &Figure, value: f64) -> Error {
        let df = error.df.unwrap_or(f64::INFINITY);
        let whose = self.material.confidence;
        if whose == Some(self.common.confidence) {
            return error;
        }
        let confidence = self.common.confidence;
        let rows = figure.effective.filter(|n| *n > 0.0);
        if let Some(Ok(bounds)) = rows.map(|n| wilson(value, n, confidence)) {
            return Error {
                interval: (bounds.low, bounds.high),
                ..error
            };
        }
        let half = t_quantile(0.5 + confidence / 2.0, df) * error.se;
        let share = self.measure.measure.unit == "%" && self.measure.measure.effect.is_none();
        let (least, most) = match share && (0.0..=1.0).contains(&value) {
            true => (0.0, 1.0),
            false => (f64::NEG_INFINITY, f64::INFINITY),
        };
        Error {
            interval: ((value - half).max(least), (value + half).min(most)),
            ..error
        }
    }

    /// Groups of programmes: the programmes are the units, each counts once.
    fn groups(&self, column: &str) -> Entries {
        let single = self.single(&self.material.cases, Whose::Case, &Between::Programmes);
        self.grouped(column, single)
    }

    /// Groups by a column, of programmes that are there already.
    pub fn grouped(&self, column: &str, single: Entries) -> Entries {
        let mut all = Entries::of(Between::Column(column.to_owned()));
        all.apart = single.apart;
        let mut groups: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in &single.entries {
            let Some(case) = entry.case.map(|c| &self.material.cases[c]) else {
                continue;
            };
            let apart = |status: &str, reason: String| Apart {
                id: entry.id.clone(),
                name: entry.name.clone(),
                status: status.to_owned(),
                reason,
            };
            if let Some(flag) = case.flag.as_ref().filter(|_| !self.setting.pool_flagged) {
                all.apart.push(apart("flagged", flag.clone()));
                continue;
            }
            match fact(case, column) {
                Some(label) => groups.entry(label).or_default().push(entry),
                None => all
                    .apart
                    .push(apart("no-group", format!("no `{column}` is recorded"))),
            }
        }
        for (label, members) in groups {
            match group_entry(label, &members, self.common.confidence) {
                Some(entry) => all.entries.push(entry),
                None => all.apart.push(Apart {
                    id: label.to_owned(),
                    name: label.to_owned(),
                    status: "too-few".to_owned(),
                    reason: "one programme only: it can't be told how far programmes of this group scatter".to_owned(),
                }),
            }
        }
        all
    }

    /// Periods of an evaluation as a whole.
    fn periods(&self) -> Entries {
        let mut all = Entries::of(Between::Periods);
        if self.material.sources.len() > 1 {
            all.refusal = Some(Refusal {
                part: Part::Values,
                reason: "periods are compared within one evaluation".to_owned(),
                help: "Compare its folder alone, or programmes of several evaluations with `trend = true`.".to_owned(),
            });
            return all;
        }
        let whole = |f: &&Figure| f.whose == Whose::Evaluation(0) && f.period.is_some();
        for figure in self.measure.figures.iter().filter(whole) {
            let label = figure.period.clone().unwrap_or_default();
            match self.entry(figure, label.clone(), label.clone(), None) {
                Ok(entry) => all.entries.push(entry),
                Err((status, reason)) => all.apart.push(Apart {
                    id: label.clone(),
                    name: label,
                    status,
                    reason,
                }),
            }
        }
        all.entries.sort_by(|a, b| a.id.cmp(&b.id));
        if all.entries.is_empty() {
            all.refusal = Some(Refusal {
                part: Part::Values,
                reason: "the evaluation shows no periods".to_owned(),
                help: "Set `period = \"year\"` in evaluation.toml; the indicator's table needs a date.".to_owned(),
            });
        } else if all.entries.iter().any(sampled) {
            all.remarks.push(
                "Periods are compared as if different people had been asked in each. Where the same people were asked again, \
                 an effect with `design = \"before-after\"` tells the change more exactly."
                    .to_owned(),
            );
        }
        all
    }
}

impl Entries {
    /// None yet.
    pub fn of(between: Between) -> Entries {
        Entries {
            between,
            entries: vec![],
            apart: vec![],
            remarks: vec![],
            refusal: None,
        }
    }
}

/// An error smaller than this share of its figure is what rounding leaves of none.
const ROUNDING: f64 = 1e-13;

const NOT_TOLD: &str = "the evaluation gives it no interval, and does not say why";

/// An error that comparisons can rest on; else why not. A sample that scatters not at all says nothing of its error.
fn usable(error: Error, value: f64) -> Result<Error, &'static str> {
    if !error.se.is_finite() || error.se <= ROUNDING * value.abs() {
        return Err("its rows do not scatter, which says nothing of how far others would");
    }
    if error.df.is_some_and(|df| df.is_nan() || df < 1.0) {
        return Err("its standard error has fewer than one degree of freedom");
    }
    Ok(error)
}

/// The mean programme of a group, with the error that the scatter between its programmes gives; `None` for fewer than two.
fn group_entry(label: &str, members: &[&Entry], confidence: f64) -> Option<Entry> {
    let n = members.len() as f64;
    if members.len() < 2 {
        return None;
    }
    let mean = members.iter().map(|e| e.value).sum::<f64>() / n;
    let squares: f64 = members.iter().map(|e| (e.value - mean).powi(2)).sum();
    let spread = (squares / (n - 1.0)).sqrt();
    let se = spread / n.sqrt();
    let varies = spread > mean.abs() * 1e-12 && spread > 0.0;
    let half = t_quantile(0.5 + confidence / 2.0, n - 1.0) * se;
    Some(Entry {
        id: label.to_owned(),
        name: label.to_owned(),
        case: None,
        value: mean,
        se: varies.then_some(se),
        df: varies.then_some(n - 1.0),
        interval: varies.then_some((mean - half, mean + half)),
        basis: match varies {
            true => Basis::Programmes,
            false => Basis::Unknown,
        },
        n: members.len() as u64,
        spread: Some(spread),
        parts: None,
        effective: None,
        no_error: (!varies).then(|| {
            "its programmes all have the same value, which says nothing of how far others of the group would scatter"
                .to_owned()
        }),
    })
}

/// Why there is no number, for a reader.
fn status_reason(figure: &Figure) -> String {
    if let Some(reason) = &figure.reason {
        return reason.clone();
    }
    match figure.status {
        Status::Value => "no number",
        Status::NoRows => "no rows in the data",
        Status::NoMatch => "no row that the indicator is about",
        Status::AllMissing => "something needed is missing in every row",
        Status::Undefined => "undefined, as a division by zero is",
        Status::Suppressed => "withheld to protect persons in a small group",
        Status::Refused => "rows can't be added up",
    }
    .to_owned()
}

/// Whether a figure rests on a sample, be its error known or not.
pub(super) fn sampled(entry: &Entry) -> bool {
    matches!(entry.basis, Basis::Sample | Basis::Unknown)
}
