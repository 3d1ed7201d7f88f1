//! The rules by which findings are key. Each compares all indicators and speaks of the one that stands out, or is silent.

use super::cells::{column_name, plural, value};
use super::format::Locale;
use super::key::{Sentence, Span, Subject, words};
use super::progress::is_met;
use crate::outcome::{Estimate, Kind, Sampling};
use std::collections::BTreeMap;

/// Indicators named in one sentence; of more, the number is said.
pub(super) const NAMED: usize = 4;
/// A programme or group needs so many rows to be the highest or lowest of a key finding.
const ENOUGH: u64 = 10;
/// Above this share of matching rows left out, an indicator is named.
pub(super) const MUCH: f64 = 0.2;

/// The rules in words.
pub(super) fn rule(locale: &Locale) -> String {
    format!(
        "Chosen by rule from all indicators with a value: targets met and not met; the largest rise and fall from the first to \
         the last period, in proportion (either period may be incomplete); the sample in which the highest and the lowest \
         programme lie farthest apart beyond their intervals; the widest range between programmes and the widest gap between \
         groups among proportions (from {ENOUGH} rows; groups not of indicators on structure); indicators for which {} or more of the matching rows can't be used; \
         programmes without values. The findings describe; they do not say why a value is what it is.",
        locale.percent(MUCH, 0)
    )
}

/// Indicators whose target for all programmes together is met, or is not.
pub(super) fn targets(subjects: &[Subject], wanted: bool) -> Option<Sentence> {
    let mut found: Vec<(Span, String)> = Vec::new();
    for subject in subjects {
        let result = subject.speaker.result;
        let target = result.targets.iter().find(|t| t.programme.is_none());
        let actual = subject.cells.total.and_then(value);
        let (Some(target), Some(actual)) = (target, actual) else {
            continue;
        };
        if is_met(actual, target.value, result.definition.direction) == Some(wanted) {
            let style = &subject.speaker.style;
            let interval = subject.cells.total.and_then(|e| e.interval);
            let bounds = interval.map(|i| format!(", interval {}", style.bounds(i.low, i.high)));
            let said = format!(
                " ({}{}, target {})",
                subject.speaker.with_unit(actual),
                bounds.unwrap_or_default(),
                style.value(target.value)
            );
            found.push((subject.link(), said));
        }
    }
    if found.is_empty() {
        return None;
    }
    let verb = if wanted { "is met" } else { "is not met" };
    let mut sentence = vec![words(format!(
        "The target for all programmes together {verb} for "
    ))];
    let rest = found.len().saturating_sub(NAMED);
    let shown = found.len() - rest;
    for (at, (link, said)) in found.into_iter().take(NAMED).enumerate() {
        if at > 0 {
            let last = at + 1 == shown && rest == 0;
            sentence.push(words(if last { " and " } else { ", " }));
        }
        sentence.extend([link, words(said)]);
    }
    if rest > 0 {
        sentence.push(words(format!(" and {rest} more")));
    }
    sentence.push(words("."));
    Some(sentence)
}

/// How many targets of single programmes are met, over all indicators.
pub(super) fn programme_targets(subjects: &[Subject], locale: &Locale) -> Option<Sentence> {
    let (mut judged, mut met) = (0u64, 0u64);
    let mut links: Vec<Span> = Vec::new();
    for subject in subjects {
        let result = subject.speaker.result;
        let before = judged;
        let values: BTreeMap<&str, f64> = subject
            .cells
            .valued()
            .into_iter()
            .map(|(id, number, _)| (id, number))
            .collect();
        for target in &result.targets {
            let actual = target.programme.as_deref().and_then(|id| values.get(id));
            let verdict = actual
                .and_then(|actual| is_met(*actual, target.value, result.definition.direction));
            judged += u64::from(verdict.is_some());
            met += u64::from(verdict == Some(true));
        }
        if judged > before {
            links.push(subject.link());
        }
    }
    let share = locale.percent(met as f64 / (judged.max(1)) as f64, 0);
    let mut sentence = vec![words(format!(
        "Of {} {} for single programmes that can be judged, {} {} met ({share}): see ",
        locale.count(judged),
        plural(judged, "target", "targets"),
        match met {
            0 => "none".to_owned(),
            _ => locale.count(met),
        },
        if met < 2 { "is" } else { "are" },
    ))];
    sentence.extend(enumerated(links)?);
    sentence.push(words("."));
    Some(sentence)
}

/// Links one after the other, `None` without any.
fn enumerated(links: Vec<Span>) -> Option<Sentence> {
    if links.is_empty() {
        return None;
    }
    let rest = links.len().saturating_sub(NAMED);
    let shown = links.len() - rest;
    let mut sentence = Vec::new();
    for (at, link) in links.into_iter().take(NAMED).enumerate() {
        if at > 0 {
            let last = at + 1 == shown && rest == 0;
            sentence.push(words(if last { " and " } else { ", " }));
        }
        sentence.push(link);
    }
    if rest > 0 {
        sentence.push(words(format!(" and {rest} more")));
    }
    Some(sentence)
}

/// Whether the intervals of two estimates have no value in common. Without intervals there is no sampling error.
fn lie_apart(a: &Estimate, b: &Estimate) -> bool {
    match (a.interval, b.interval) {
        (Some(a), Some(b)) => a.low > b.high || b.low > a.high,
        _ => true,
    }
}

/// The largest rise, or fall, from the first period with a value to the last.
pub(super) fn change(subjects: &[Subject], locale: &Locale, up: bool) -> Option<Sentence> {
    let mut best: Option<(f64, Sentence)> = None;
    for subject in subjects {
        let valued: Vec<(&str, f64, &Estimate)> = subject
            .cells
            .periods
            .iter()
            .filter_map(|(label, e)| Some((*label, value(e)?, *e)))
            .collect();
        let (Some((first, from, a)), Some((last, to, b))) = (valued.first(), valued.last()) else {
            continue;
        };
        let sample = subject.speaker.result.sampling == Some(Sampling::Sample);
        let known = a.interval.is_some() && b.interval.is_some();
        let scale = from.abs().max(to.abs());
        if first == last || scale == 0.0 || (to > from) != up || to == from {
            continue;
        }
        if sample && !(known && lie_apart(a, b)) {
            continue;
        }
        let size = (to - from).abs() / scale;
        if best.as_ref().is_some_and(|(known, _)| *known >= size) {
            continue;
        }
        let style = &subject.speaker.style;
        let bounds = |e: &Estimate| {
            e.interval
                .map(|i| format!(" (interval {})", style.bounds(i.low, i.high)))
                .unwrap_or_default()
        };
        let mut said = format!(
            ": from {}{} in {first} to {}{} in {last}",
            subject.speaker.with_unit(*from),
            bounds(a),
            subject.speaker.with_unit(*to),
            bounds(b)
        );
        if *from > 0.0 && *to >= 0.0 && style.value(*from) != style.value(*to) {
            let share = locale.percent((to - from).abs() / from, 0);
            let than = if up { "more" } else { "less" };
            said += &format!(", {share} {than}");
        }
        said.push('.');
        let verb = if up { "rise" } else { "fall" };
        let opening = words(format!("The largest {verb} over time is in "));
        best = Some((size, vec![opening, subject.link(), words(said)]));
    }
    best.map(|(_, sentence)| sentence)
}

/// Key, value and estimate.
type End<'a, K> = (K, f64, &'a Estimate);

/// Highest and lowest of some estimates that rest on enough rows.
fn ends<'a, K: Copy>(
    items: impl Iterator<Item = (K, &'a Estimate)>,
) -> Option<(End<'a, K>, End<'a, K>)> {
    let mut ends: Option<(End<K>, End<K>)> = None;
    for (key, estimate) in items.filter(|(_, e)| e.n >= ENOUGH) {
        let Some(number) = value(estimate) else {
            continue;
        };
        let item = (key, number, estimate);
        ends = Some(match ends {
            None => (item, item),
            Some((high, low)) => (
                if number > high.1 { item } else { high },
                if number < low.1 { item } else { low },
            ),
        });
    }
    ends.filter(|(high, low)| high.1 > low.1)
}

/// `41% (interval 38% to 44%)`, or with parts where there is no interval.
fn written(subject: &Subject, estimate: &Estimate) -> String {
    let style = &subject.speaker.style;
    let number = estimate.value.unwrap_or(f64::NAN);
    let beside = match (estimate.interval, estimate.parts) {
        (Some(i), _) => format!(" (interval {})", style.bounds(i.low, i.high)),
        (None, Some(parts)) => format!(" ({})", style.parts(parts)),
        (None, None) => String::new(),
    };
    format!("{}{beside}", subject.speaker.with_unit(number))
}

/// Among samples, highest and lowest programme beyond their intervals.
pub(super) fn apart(subjects: &[Subject], locale: &Locale) -> Option<Sentence> {
    let (mut compared, mut differing) = (0u64, 0u64);
    let mut best: Option<(f64, Sentence)> = None;
    for subject in subjects {
        let items = subject.cells.programmes.iter().map(|(id, e)| (*id, *e));
        let Some((high, low)) = ends(items.filter(|(_, e)| e.interval.is_some())) else {
            continue;
        };
        compared += 1;
        if !lie_apart(high.2, low.2) {
            continue;
        }
        differing += 1;
        let (Some(a), Some(b)) = (high.2.interval, low.2.interval) else {
            continue;
        };
        let size = (high.1 - low.1) / a.se.hypot(b.se);
        if best.as_ref().is_some_and(|(known, _)| *known >= size) {
            continue;
        }
        let names = subject.speaker.names;
        let said = format!(
            ", {} in {} and {} in {}.",
            written(subject, high.2),
            names.of(high.0),
            written(subject, low.2),
            names.of(low.0)
        );
        best = Some((size, vec![subject.link(), words(said)]));
    }
    let (_, said) = best?;
    let mut sentence = vec![words(format!(
        "The intervals of the highest and the lowest programme do not overlap in {} of {} {} from samples; they lie farthest \
         apart in ",
        locale.count(differing),
        locale.count(compared),
        plural(compared, "indicator", "indicators"),
    ))];
    sentence.extend(said);
    Some(sentence)
}

/// Whether an indicator says what programmes are.
fn is_structure(subject: &Subject) -> bool {
    subject.speaker.result.definition.kind == Kind::Structure
}

fn is_share(subject: &Subject) -> bool {
    subject.speaker.result.definition.unit == "%"
}

/// Among proportions counted in full, the widest range between programmes.
pub(super) fn spread(subjects: &[Subject], locale: &Locale) -> Option<Sentence> {
    let mut best: Option<(f64, Sentence)> = None;
    let census = |s: &&Subject| s.speaker.result.sampling != Some(Sampling::Sample);
    for subject in subjects.iter().filter(|s| is_share(s)).filter(census) {
        let items = subject.cells.programmes.iter().map(|(id, e)| (*id, *e));
        let Some((high, low)) = ends(items) else {
            continue;
        };
        let size = high.1 - low.1;
        if best.as_ref().is_some_and(|(known, _)| *known >= size) {
            continue;
        }
        let names = subject.speaker.names;
        let said = format!(
            ": from {} in {} to {} in {}.",
            written(subject, low.2),
            names.of(low.0),
            written(subject, high.2),
            names.of(high.0)
        );
        let opening = words(format!(
            "Of the proportions counted in full, programmes (of {} rows or more) differ most in ",
            locale.count(ENOUGH)
        ));
        best = Some((size, vec![opening, subject.link(), words(said)]));
    }
    best.map(|(_, sentence)| sentence)
}

/// Among proportions, the widest gap between groups, one sentence per column that results are shown by. What programmes are
/// is left out: by type of programme, the share of a type is all or nothing.
pub(super) fn groups(subjects: &[Subject], locale: &Locale) -> Vec<Sentence> {
    let mut best: Vec<(&str, f64, Sentence)> = Vec::new();
    for subject in subjects.iter().filter(|s| is_share(s) && !is_structure(s)) {
        for (column, groups) in &subject.cells.groups {
            let items = groups.iter().filter_map(|(name, e)| Some(((*name)?, *e)));
            let Some((high, low)) = ends(items) else {
                continue;
            };
            let sample = subject.speaker.result.sampling == Some(Sampling::Sample);
            let known = high.2.interval.is_some() && low.2.interval.is_some();
            if sample && !(known && lie_apart(high.2, low.2)) {
                continue;
            }
            let size = high.1 - low.1;
            let said = format!(
                ": {} for {} and {} for {}, {} percentage points apart.",
                written(subject, high.2),
                high.0,
                written(subject, low.2),
                low.0,
                locale.number(size * 100.0, usize::from(size < 0.1)),
            );
            let opening = words(format!(
                "The widest gap by {} is in ",
                column_name(column).to_lowercase()
            ));
            let sentence = vec![opening, subject.link(), words(said)];
            match best.iter_mut().find(|(known, ..)| known == column) {
                Some(best) if best.1 >= size => {}
                Some(best) => (best.1, best.2) = (size, sentence),
                None => best.push((column, size, sentence)),
            }
        }
    }
    best.into_iter().map(|(.., sentence)| sentence).collect()
}
