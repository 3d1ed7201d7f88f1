//! What a comparison found, in sentences that keep to its uncertainty; and what it may not be taken for.

use super::voice::Voice;
use crate::outcome::comparison::{
    Differences, Entry, EquivalenceTable, EquivalenceVerdict, GapKind, League, PairDifference,
    Part, PoolScale, Pooled, Trend,
};
use crate::report::cells::{listed, plural};

/// All that was found, what was asked for most expressly first; at least one sentence.
pub(super) fn sentences(voice: &Voice) -> Vec<String> {
    let of = voice.of;
    if let Some(refusal) = of.refusals.iter().find(|r| r.part == Part::Values) {
        return vec![format!("Not compared: {}.", refusal.reason)];
    }
    let mut said = Vec::new();
    if let Some(equivalence) = &of.equivalence {
        said.push(against_margin(voice, equivalence));
        said.extend(non_inferior(voice, equivalence));
    }
    if let Some(differences) = &of.differences
        && of.equivalence.is_none()
    {
        said.extend(pairs(voice, differences));
    }
    if let Some(league) = &of.league {
        said.extend(first(voice, league));
    }
    if let Some(pooled) = &of.pooled {
        said.push(mean(voice, pooled));
    }
    said.extend(untold(voice));
    said.extend(of.trend.as_ref().and_then(|t| change(voice, t)));
    if said.is_empty() {
        said.extend(span(voice));
    }
    if said.is_empty() {
        said.push("Nothing can be said.".to_owned());
    }
    said
}

/// Of whom no comparison says anything, since their errors are not known.
fn untold(voice: &Voice) -> Option<String> {
    let names: Vec<String> = voice.unknown().map(|(_, e)| e.name.clone()).collect();
    let who = match names.len() {
        0 => return None,
        n if n <= 4 => listed(&names),
        n => voice.counted(n),
    };
    let whose = match names.len() {
        1 => "its error is",
        _ => "their errors are",
    };
    Some(format!(
        "Nothing is shown of {who}: {whose} not known, which is not zero."
    ))
}

/// From the lowest to the highest figure, where nothing else is said.
pub(super) fn span(voice: &Voice) -> Option<String> {
    let entries = &voice.of.entries;
    let low = entries.iter().min_by(|a, b| a.value.total_cmp(&b.value))?;
    let high = entries.iter().max_by(|a, b| a.value.total_cmp(&b.value))?;
    let recorded = entries.iter().all(Entry::exact);
    let how = if recorded { "Recorded in full: " } else { "" };
    let rest = match recorded {
        true => " These figures are taken as they are; nothing is said on chance.",
        false => "",
    };
    if low.value == high.value {
        let all = voice.counted(entries.len());
        return Some(format!(
            "{}all {all} have the value {}.{rest}",
            how,
            voice.amount(low.value)
        ));
    }
    Some(format!(
        "{how}from {} ({}) to {} ({}).{rest}",
        voice.amount(low.value),
        low.name,
        voice.amount(high.value),
        high.name
    ))
    .map(|said| crate::report::cells::capitalised(&said))
}

/// The verdicts against the margin, counted; the names of those that are shown to be something.
pub(super) fn against_margin(voice: &Voice, table: &EquivalenceTable) -> String {
    if let [only] = table.rows.as_slice() {
        return super::equivalence::sentence(voice, table, only);
    }
    let benchmark = voice.name(table.benchmark);
    let with = |verdict: EquivalenceVerdict| -> Vec<String> {
        let rows = table.rows.iter().filter(|r| r.verdict == verdict);
        rows.map(|r| voice.name(r.entry).to_owned()).collect()
    };
    let mut said = Vec::new();
    for (verdict, words) in [
        (EquivalenceVerdict::Equivalent, "equivalent"),
        (EquivalenceVerdict::Better, "better"),
        (EquivalenceVerdict::Worse, "worse"),
        (EquivalenceVerdict::Different, "different"),
    ] {
        match with(verdict) {
            none if none.is_empty() => {}
            few if few.len() <= 4 => said.push(format!("{words}: {}", listed(&few))),
            many => said.push(format!("{words}: {}", voice.count(many.len()))),
        }
    }
    for (verdict, words) in [
        (EquivalenceVerdict::NotEstablished, "not established"),
        (
            EquivalenceVerdict::NoVerdict,
            "no verdict, since an error is not known",
        ),
    ] {
        let n = with(verdict).len();
        if n > 0 {
            said.push(format!("{words}: {}", voice.count(n)));
        }
    }
    format!(
        "Against {benchmark}, with a margin of {}: {}.",
        voice.margin(table.margin),
        said.join("; ")
    )
}

/// Who is shown to be no worse by the margin; said apart from equivalence.
pub(super) fn non_inferior(voice: &Voice, table: &EquivalenceTable) -> Option<String> {
    let asked = table.rows.iter().filter(|r| r.non_inferior.is_some());
    let all = asked.clone().count();
    let shown: Vec<String> = asked
        .filter(|r| r.non_inferior == Some(true))
        .map(|r| voice.name(r.entry).to_owned())
        .collect();
    if all == 0 {
        return None;
    }
    let benchmark = voice.name(table.benchmark);
    let who = match shown.len() {
        0 => {
            return Some(format!(
                "None is shown to be no worse than {benchmark} by the margin (non-inferior); that does not show it to be worse."
            ));
        }
        n if n <= 4 => listed(&shown),
        n => format!("{} of {}", voice.count(n), voice.counted(all)),
    };
    let verb = plural(shown.len() as u64, "is", "are");
    Some(format!(
        "{who} {verb} shown to be no worse than {benchmark} by more than the margin (non-inferior)."
    ))
}

/// One pair in words: who is higher, by how much, or that it is not shown.
pub(super) fn pair(
    voice: &Voice,
    differences: &Differences,
    pair: &PairDifference,
) -> Option<String> {
    use crate::outcome::comparison::DifferenceScale::{Difference, Ratio};
    let (a, b) = (voice.name(pair.a), voice.name(pair.b));
    let interval = pair
        .simultaneous
        .or(pair.interval)
        .map(|i| {
            format!(
                " ({} confidence interval {})",
                voice.level,
                voice.pair_range(i, differences.scale)
            )
        })
        .unwrap_or_default();
    let up = match differences.scale {
        Difference => pair.value > 0.0,
        Ratio => pair.value > 1.0,
    };
    let amount = match differences.scale {
        Difference => voice.size(pair.value),
        Ratio => format!("{} times", voice.locale.number(pair.value, 2)),
    };
    let good = match voice.better(up) {
        Some(true) => ", the better direction",
        Some(false) => ", the worse direction",
        None => "",
    };
    Some(match (voice.shown(pair)?, differences.scale) {
        (true, Difference) => format!(
            "{a} is {} than {b} by {amount}{interval}{good}.",
            voice.higher(up)
        ),
        (true, Ratio) => format!("{a} has {amount} the figure of {b}{interval}{good}."),
        (false, Difference) => format!(
            "{a} and {b} are not shown to differ: the difference is {}{interval}.",
            voice.gap(pair.value)
        ),
        (false, Ratio) => format!(
            "{a} and {b} are not shown to differ: the ratio is {}{interval}.",
            voice.locale.number(pair.value, 2)
        ),
    })
}

/// How many pairs the data tell apart.
fn pairs(voice: &Voice, differences: &Differences) -> Option<String> {
    let tested: Vec<&PairDifference> = differences
        .pairs
        .iter()
        .filter(|p| voice.shown(p).is_some())
        .collect();
    if let [only] = tested.as_slice() {
        return pair(voice, differences, only);
    }
    if tested.is_empty() {
        return None;
    }
    let all = tested.len();
    let shown: Vec<&&PairDifference> = tested
        .iter()
        .filter(|p| voice.shown(p) == Some(true))
        .collect();
    let n = shown.len();
    Some(match differences.benchmark {
        Some(benchmark) => {
            let name = voice.name(benchmark);
            let others = voice.counted(all);
            if n == 0 {
                format!(
                    "None of {others} is shown to differ from {name}; that does not show them to be equal."
                )
            } else {
                // A ratio is above when it is above one; both are written as who is compared with the benchmark.
                let zero = match differences.scale {
                    crate::outcome::comparison::DifferenceScale::Difference => 0.0,
                    crate::outcome::comparison::DifferenceScale::Ratio => 1.0,
                };
                let up = shown
                    .iter()
                    .filter(|p| (p.value > zero) == (p.b == benchmark))
                    .count();
                format!(
                    "{} of {others} {} shown to differ from {name}: {} higher, {} lower.",
                    voice.count(n),
                    plural(n as u64, "is", "are"),
                    voice.count(up),
                    voice.count(n - up)
                )
            }
        }
        None if n == 0 => format!(
            "None of the {} pairs is shown to differ; that does not show them to be equal.",
            voice.count(all)
        ),
        None => format!(
            "The data tell {} of {} pairs apart; the others are not shown to differ.",
            voice.count(n),
            voice.count(all)
        ),
    })
}

/// Who ranks first, and how far that can be told.
pub(super) fn first(voice: &Voice, league: &League) -> Option<String> {
    let best = league.ranks.first()?;
    let all = league.ranks.len() as u64;
    let name = voice.name(best.entry);
    let (low, high) = best.simultaneous;
    let lead = match best.rank {
        (_, last) if last > 1 => format!(
            "{name} and {} share the first place by value",
            match last - 1 {
                1 => "one other".to_owned(),
                n => format!("{} others", voice.locale.count(n)),
            }
        ),
        _ => format!("{name} ranks first of {}", voice.locale.count(all)),
    };
    Some(if high <= 1 {
        format!(
            "{lead}, and the data tell it from all others ({} confidence).",
            voice.level
        )
    } else if high >= all {
        format!(
            "{lead}, but the data do not tell it from any other: its rank may be anywhere from {} to {} ({} confidence).",
            voice.locale.count(low),
            voice.locale.count(high),
            voice.level
        )
    } else {
        format!(
            "{lead}, but the data do not tell it from the best {}: its rank may be anywhere from {} to {} ({} confidence).",
            voice.locale.count(high),
            voice.locale.count(low),
            voice.locale.count(high),
            voice.level
        )
    })
}

/// The pooled mean, and where another programme would be expected.
pub(super) fn mean(voice: &Voice, pooled: &Pooled) -> String {
    let back = |v: f64| voice.back(v, pooled.scale);
    let what = match pooled.scale {
        PoolScale::Log => "the geometric mean",
        PoolScale::Own | PoolScale::Logit => "the mean",
    };
    let prediction = match pooled.prediction {
        Some((low, high)) => format!(
            " Another programme of this sort is expected between {} and {} ({} prediction interval{}).",
            voice.mean(back(low)),
            voice.mean(back(high)),
            voice.level,
            match pooled.prediction_df {
                Some(df) => format!(
                    " by t with {} {} of freedom",
                    voice.locale.number(df, usize::from(df.fract() != 0.0)),
                    if df == 1.0 { "degree" } else { "degrees" }
                ),
                None => String::new(),
            }
        ),
        None => String::new(),
    };
    let (low, high) = pooled.mean.interval;
    let narrow = match pooled.normal_interval {
        Some((low, high)) => format!(
            " That is narrower than the normal interval, {} to {}: these programmes are more alike than their errors let expect, as few may be by chance.",
            voice.mean(back(low)),
            voice.mean(back(high))
        ),
        None => String::new(),
    };
    // A logarithm is nothing to read: the ratio that it is of stands beside it.
    let ratio = match voice.of.measure.is_log_ratio() {
        false => String::new(),
        true => {
            let times = |v: f64| voice.locale.number(back(v).exp(), 2);
            let further = pooled.prediction.map(|(low, high)| {
                format!("; of another programme {} to {}", times(low), times(high))
            });
            format!(
                " As a ratio that is {} ({} to {}{}).",
                times(pooled.mean.value),
                times(low),
                times(high),
                further.unwrap_or_default()
            )
        }
    };
    format!(
        "Pooled over {}, {what} is {} ({} confidence interval {} to {}).{ratio}{narrow}{prediction}",
        voice.counted(pooled.pooled.len()),
        voice.mean_amount(back(pooled.mean.value)),
        voice.level,
        voice.mean(back(low)),
        voice.mean(back(high))
    )
}

/// How the gap changed from the first to the last period.
pub(super) fn change(voice: &Voice, trend: &Trend) -> Option<String> {
    let change = trend.change.as_ref()?;
    let (first, last) = (trend.periods.first()?, trend.periods.last()?);
    let what = gap_name(voice, &trend.gap);
    let Some(interval) = change.interval else {
        return Some(format!(
            "From {first} to {last} {what} changed by {}; its error is not known, so nothing is said on chance.",
            voice.gap(change.value)
        ));
    };
    let range = format!(
        "{} confidence interval {}",
        voice.level,
        voice.range(interval)
    );
    Some(if interval.0 > 0.0 || interval.1 < 0.0 {
        let verb = if interval.0 > 0.0 { "grew" } else { "fell" };
        format!(
            "From {first} to {last} {what} {verb} by {} ({range}).",
            voice.size(change.value)
        )
    } else {
        format!(
            "Whether {what} changed from {first} to {last} is open: {} ({range}).",
            voice.gap(change.value)
        )
    })
}

/// What gap is followed, in words.
pub(super) fn gap_name(voice: &Voice, gap: &GapKind) -> String {
    match gap {
        GapKind::Benchmark => match voice.of.differences.as_ref().and_then(|d| d.benchmark) {
            Some(benchmark) => format!("the gap between the others and {}", voice.name(benchmark)),
            None => "the gap between the others and the benchmark".to_owned(),
        },
        GapKind::Spread => format!("the scatter between {}", voice.noun(2)),
        GapKind::Groups(a, b) => format!("the gap between {a} and {b}"),
    }
}
