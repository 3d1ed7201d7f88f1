//! Qualitative comparative analyses of the programmes: raw values, calibration, and what is refused before any truth table.

mod analyse;
mod dealt;
mod raw;
mod remarks;
#[cfg(test)]
mod tests;
mod vary;
mod way;
mod words;

use super::asked::takes_part;
use super::definitions::{Unified, near};
use super::entries::column_known;
use super::gather::Material;
use crate::evaluation::{Common, Expectation, QcaSetting, SetSetting};
use crate::finding::{Finding, Findings};
use crate::outcome::comparison::{Qca, QcaCuts, QcaSet};
use crate::stats::Refused;
use raw::{From, Raw, RawSet, short};
use way::Way;

/// Fewest cases of an analysis: with three, any two conditions tell them all apart.
const LEAST: usize = 4;

/// A set with its memberships.
struct Calibrated {
    way: Way,
    /// For readers.
    set: QcaSet,
    /// Cases whose value is of a sample with an error that is not known, as places among the cases.
    unknown: Vec<usize>,
    /// Raw values as numbers, per case.
    values: Vec<f64>,
    /// Whether memberships go one way with the raw values.
    monotone: bool,
    /// Whether a reason for its anchors or cuts is given, or none is needed.
    reasoned: bool,
}

/// The analyses asked for, in their order.
pub(super) fn analyses(
    settings: &[QcaSetting],
    unified: &[Unified],
    material: &Material,
    common: &Common,
    findings: &mut Findings,
) -> Vec<Qca> {
    let one = |setting| one(setting, unified, material, common, findings);
    settings.iter().map(one).collect()
}

fn one(
    setting: &QcaSetting,
    unified: &[Unified],
    material: &Material,
    common: &Common,
    findings: &mut Findings,
) -> Qca {
    check(setting, material, findings);
    let all = material.cases.iter().enumerate();
    let part = all.filter(|(_, case)| takes_part(&setting.only, &setting.exclude, case));
    let part: Vec<usize> = part.map(|(at, _)| at).collect();
    let from = From {
        qca: setting,
        cases: &part,
        unified,
        material,
        common,
    };
    let mut qca = empty(setting, unified);
    let mut read = Vec::new();
    let mut refused = None;
    for set in setting.sets() {
        let way = Way::of(set);
        match from.read(set, &way, findings) {
            Ok(raw) => read.push((set, way, raw)),
            Err(why) => refused = refused.or(Some(of_set(set, why))),
        }
    }
    if let Some(why) = refused {
        return refuse(qca, why);
    }
    let missing = |case: &usize| {
        let of = |(set, _, raw): &(&SetSetting, Way, RawSet)| {
            let reason = raw.missing.get(case)?;
            Some(format!("no value of {} ({reason})", set.shown()))
        };
        read.iter().filter_map(of).collect::<Vec<_>>().join("; ")
    };
    for case in part {
        match missing(&case).as_str() {
            "" => qca.cases.push(case),
            reason => qca.apart.push((case, reason.to_owned())),
        }
    }
    if qca.cases.len() < LEAST {
        let why = too_few(&qca);
        return refuse(qca, why);
    }
    let mut sets = Vec::new();
    for ((set, way, raw), told) in read.into_iter().zip(told(&qca)) {
        match calibrate(set, way, &raw, told, &qca.cases, material) {
            Ok(made) => sets.push(made),
            Err(why) => return refuse(qca, of_set(set, why)),
        }
    }
    if let Some(why) = constant(&sets) {
        return refuse(qca, why);
    }
    let mut shown = sets.iter().map(|s| s.set.clone());
    qca.outcome = shown.next().unwrap_or(qca.outcome);
    qca.conditions = shown.collect();
    match analyse::run(setting, &sets, &qca.cases) {
        Ok(made) => {
            qca.remarks = remarks::remarks(setting, &sets, &made, &qca, &material.cases);
            qca.methods = words::methods(setting, &sets, &made, &qca);
            qca.analyses = made.told;
            qca
        }
        Err(why) => refuse(qca, why),
    }
}

/// Columns and programmes that a block names and that are not there.
fn check(setting: &QcaSetting, material: &Material, findings: &mut Findings) {
    let who = format!("The analysis `{}`", setting.name());
    for column in setting.only.keys() {
        column_known(&who, material, column, findings);
    }
    for id in &setting.exclude {
        if material.cases.iter().all(|c| c.id != *id) {
            let message = format!("{who} leaves out the programme `{id}`, which is not there.");
            let ids = material.cases.iter().map(|c| c.id.as_str());
            let help = near(id, ids, "Use the key of a programme as in the data.");
            findings.push(Finding::warning("compare-unknown-programme", message, help));
        }
    }
}

/// An analysis without any case yet.
fn empty(setting: &QcaSetting, unified: &[Unified]) -> Qca {
    let set = |set: &SetSetting| QcaSet {
        name: set.shown(),
        words: set.words.clone(),
        origin: words::origin(set, unified),
        calibration: words::calibration(set),
        unit: String::new(),
        raw: vec![],
        values: vec![],
        errors: vec![],
        crossovers: vec![],
        membership: vec![],
        expected: set.expect.map(|e| e == Expectation::Present),
    };
    Qca {
        id: setting.name().to_owned(),
        title: setting.title.clone(),
        refused: None,
        outcome: set(&setting.outcome),
        conditions: setting.conditions.iter().map(set).collect(),
        cases: vec![],
        apart: vec![],
        cuts: QcaCuts {
            inclusion: setting.inclusion,
            pri: setting.pri,
            cases: setting.cases,
            necessity: setting.necessity,
            relevance: setting.relevance,
        },
        analyses: vec![],
        remarks: vec![],
        methods: vec![],
    }
}

/// The outcome, then the conditions, without memberships.
fn told(qca: &Qca) -> Vec<QcaSet> {
    let all = [&qca.outcome].into_iter().chain(&qca.conditions);
    all.cloned().collect()
}

fn refuse(qca: Qca, why: Refused) -> Qca {
    Qca {
        refused: Some((why.reason, why.help)),
        ..qca
    }
}

fn of_set(set: &SetSetting, why: Refused) -> Refused {
    let reason = format!("the set {} can't be made: {}", set.shown(), why.reason);
    Refused::new(reason, why.help)
}

fn too_few(qca: &Qca) -> Refused {
    let reason = match (qca.cases.len(), qca.apart.first()) {
        (0, None) => "no programme takes part".to_owned(),
        (0, Some((_, why))) => format!("no programme has a value of every set, such as: {why}"),
        (n, None) => {
            let word = if n == 1 {
                "programme takes"
            } else {
                "programmes take"
            };
            format!("{n} {word} part, and {LEAST} are needed")
        }
        (n, Some((_, why))) => {
            let word = if n == 1 {
                "programme has"
            } else {
                "programmes have"
            };
            format!(
                "{n} {word} a value of every set, and {LEAST} are needed; one of the others has {why}"
            )
        }
    };
    let help = "Take in more programmes, or describe the few one by one: so few cases fit almost any combination of conditions.";
    Refused::new(reason, help)
}

fn calibrate(
    setting: &SetSetting,
    way: Way,
    raw: &RawSet,
    told: QcaSet,
    cases: &[usize],
    material: &Material,
) -> Result<Calibrated, Refused> {
    // Every case has a value: those without one are apart.
    let these: Vec<&Raw> = cases.iter().filter_map(|c| raw.values.get(c)).collect();
    let values: Vec<f64> = these.iter().map(|r| r.value).collect();
    if way == Way::Calibrated {
        let outside = |v: &f64| !(0.0..=1.0).contains(v);
        if let Some(at) = values.iter().position(outside) {
            let name = cases.get(at).and_then(|c| material.cases.get(*c));
            let reason = format!(
                "the membership of {} is {}, and must lie between 0 and 1",
                name.map_or("a programme", |c| c.id.as_str()),
                values[at]
            );
            let help = "Write memberships from 0 to 1, or calibrate raw values with `anchors` in place of `calibrated`.";
            return Err(Refused::new(reason, help));
        }
    }
    let memberships = way.memberships(&values)?;
    let errors: Vec<Option<f64>> = these.iter().map(|r| r.error).collect();
    let unknown = these.iter().enumerate().filter(|(_, r)| r.unknown);
    let unknown: Vec<usize> = unknown.map(|(at, _)| at).collect();
    let words = matches!(way, Way::Words(_));
    let unreasoned = !words && way != Way::Calibrated && setting.reason.trim().is_empty();
    Ok(Calibrated {
        set: QcaSet {
            unit: raw.unit.clone(),
            raw: these.iter().map(|r| r.text.clone()).collect(),
            values: if words { vec![] } else { values.clone() },
            errors: match errors.iter().any(Option::is_some) {
                true => errors,
                false => vec![],
            },
            crossovers: way.crossovers(),
            membership: memberships.of,
            ..told
        },
        unknown,
        values,
        way,
        monotone: memberships.monotone,
        reasoned: !unreasoned,
    })
}

/// An outcome that all or none have, or a condition that is the same for every case: nothing could be told apart.
fn constant(sets: &[Calibrated]) -> Option<Refused> {
    let (outcome, conditions) = sets.split_first()?;
    let name = &outcome.set.name;
    let above = |m: &&f64| **m > 0.5;
    let inside = outcome.set.membership.iter().filter(above).count();
    let whole = outcome.set.membership.len();
    if inside == 0 {
        let reason = format!("no case is in the outcome {name}{}", range(outcome));
        return Some(Refused::new(reason, look(outcome)));
    }
    if inside == whole {
        let reason = format!("every case is in the outcome {name}{}", range(outcome));
        return Some(Refused::new(reason, look(outcome)));
    }
    for condition in conditions {
        let set = &condition.set;
        let first = set.membership.first().copied()?;
        if set.membership.iter().all(|m| (m - first).abs() < 1e-12) {
            let reason = format!(
                "the condition {} is the same for every case (membership {})",
                set.name,
                short(first, "")
            );
            let help = match percent_trap(condition) {
                true => look(condition),
                false => "Leave it out, or calibrate it so that it tells cases apart: what does not vary can't explain a difference."
                    .to_owned(),
            };
            return Some(Refused::new(reason, help));
        }
    }
    None
}

/// The raw values from least to greatest, in brackets; nothing for words.
fn range(set: &Calibrated) -> String {
    let mut sorted = set.set.values.clone();
    sorted.sort_by(f64::total_cmp);
    match (sorted.first(), sorted.last()) {
        (Some(least), Some(most)) => {
            let (least, most) = (short(*least, &set.set.unit), short(*most, &set.set.unit));
            format!(" (raw values from {least} to {most})")
        }
        _ => String::new(),
    }
}

/// Whether anchors of a share are written in percent, where values are proportions.
fn percent_trap(set: &Calibrated) -> bool {
    let beyond = set.set.crossovers.iter().any(|c| *c > 1.5);
    beyond && set.set.unit == "%" && set.values.iter().all(|v| *v <= 1.5)
}

fn look(set: &Calibrated) -> String {
    match percent_trap(set) {
        true => "Shares are compared with anchors as proportions: write 0.5 for 50 %.".to_owned(),
        false => "Look whether its anchors or cut fit its raw values; where they do, there is nothing to explain.".to_owned(),
    }
}
