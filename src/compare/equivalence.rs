//! Equivalence and non-inferiority of programmes against a benchmark, within a margin that the user states (S09).

use super::asked::{Asked, Made, refused};
use super::differences::{benchmark, estimate, finite};
use crate::outcome::comparison::{
    EquivalenceRow, EquivalenceTable, EquivalenceVerdict, MethodNote, Part, Refusal,
};
use crate::outcome::{self};
use crate::stats::Refused;
use crate::stats::pairwise::equivalence::{
    Direction, Margin, Shown, Verdict, equivalence, shown_exactly,
};
use crate::stats::pairwise::estimate::difference;

/// The table, where a margin is given.
///
/// # Errors
/// A benchmark without a value here; a margin that is none.
pub(super) fn table(asked: &Asked<'_>) -> Result<Option<Made<EquivalenceTable>>, Refusal> {
    let Some(margin) = asked.setting.margin else {
        return Ok(None);
    };
    let Some(base) = benchmark(asked, Part::Equivalence)? else {
        return Ok(None);
    };
    let (low, high) = margin.ends();
    let make = || -> Result<Vec<EquivalenceRow>, Refused> {
        let margin = Margin::new(low, high)?;
        let others = (0..asked.entries.len()).filter(|i| *i != base);
        others.map(|i| row(asked, base, i, margin)).collect()
    };
    let rows = make().map_err(|why| refused(Part::Equivalence, why))?;
    let alpha = 1.0 - asked.common.confidence;
    let mut remarks = vec![];
    let judged = rows
        .iter()
        .filter(|r| r.verdict != EquivalenceVerdict::NoVerdict);
    let judged = judged.count();
    if judged > 1 {
        remarks.push(format!(
            "Each verdict stands for itself: with {judged} of them, some may be right by chance more often than a single one would."
        ));
    }
    if judged < rows.len() {
        remarks.push(
            "There is no verdict where the error of one of the two figures is not known: not known is not zero.".to_owned(),
        );
    }
    Ok(Some(Made {
        part: EquivalenceTable {
            margin: (low, high),
            reason: asked.setting.margin_reason.clone().unwrap_or_default(),
            inner_confidence: 1.0 - 2.0 * alpha,
            benchmark: base,
            rows,
        },
        method: MethodNote {
            part: Part::Equivalence,
            words: format!(
                "Two one-sided tests, each at {} %: equivalent where the interval of {} % lies within the margins. Better or worse where the \
                 interval of {} % excludes zero and equivalence is not shown; not established where neither holds, which is no \
                 finding of equality.",
                percent(alpha),
                percent(1.0 - 2.0 * alpha),
                percent(asked.common.confidence)
            ),
            references: vec![
                "Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach. Journal of Pharmacokinetics and Biopharmaceutics 15.".to_owned(),
                "Piaggio, G. et al. (2012). Reporting of noninferiority and equivalence randomized trials: extension of the CONSORT 2010 statement. JAMA 308.".to_owned(),
            ],
        },
        remarks,
    }))
}

fn percent(share: f64) -> String {
    let text = format!("{:.1}", 100.0 * share);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn row(
    asked: &Asked<'_>,
    base: usize,
    entry: usize,
    margin: Margin,
) -> Result<EquivalenceRow, Refused> {
    let direction = match asked.measure.direction {
        outcome::Direction::HigherIsBetter => Direction::HigherIsBetter,
        outcome::Direction::LowerIsBetter => Direction::LowerIsBetter,
        outcome::Direction::Neither => Direction::Neither,
    };
    let (own, benchmark) = (&asked.entries[entry], &asked.entries[base]);
    if own.error_unknown() || benchmark.error_unknown() {
        return Ok(EquivalenceRow {
            entry,
            value: own.value - benchmark.value,
            se: None,
            df: None,
            outer: None,
            inner: None,
            p: None,
            verdict: EquivalenceVerdict::NoVerdict,
            non_inferior: None,
            different: false,
        });
    }
    let told = difference(estimate(own)?, estimate(benchmark)?)?;
    if told.se == 0.0 {
        let (shown, non_inferior) = shown_exactly(told.value, margin, direction)?;
        return Ok(EquivalenceRow {
            entry,
            value: told.value,
            se: None,
            df: None,
            outer: Some((told.value, told.value)),
            inner: Some((told.value, told.value)),
            p: None,
            verdict: verdict(shown.verdict()),
            non_inferior,
            different: shown == Shown::EquivalentButDifferent,
        });
    }
    let judged = equivalence(told, margin, direction, 1.0 - asked.common.confidence)?;
    Ok(EquivalenceRow {
        entry,
        value: told.value,
        se: Some(told.se),
        df: finite(told.df),
        outer: Some(judged.wider),
        inner: Some(judged.interval),
        p: Some((judged.p_low, judged.p_high)),
        verdict: verdict(judged.verdict),
        non_inferior: judged.non_inferior,
        different: judged.shown == Shown::EquivalentButDifferent,
    })
}

fn verdict(verdict: Verdict) -> EquivalenceVerdict {
    match verdict {
        Verdict::Equivalent => EquivalenceVerdict::Equivalent,
        Verdict::Better => EquivalenceVerdict::Better,
        Verdict::Worse => EquivalenceVerdict::Worse,
        Verdict::Different => EquivalenceVerdict::Different,
        Verdict::NotEstablished => EquivalenceVerdict::NotEstablished,
    }
}
