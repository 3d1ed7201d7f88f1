//! The comparison period by period: how ranks and the gap change, among those that can be followed.

use super::asked::{Asked, Made};
use super::differences::benchmark;
use super::entries::sampled;
use super::followed::Followed;
use super::league::{Deck, Placed, ranked_by};
use crate::outcome::comparison::{Entry, Gap, GapKind, MethodNote, Part, Refusal, Trend};
use crate::stats::distribution::t_quantile;
use crate::stats::meta::{self, pool};

/// The trend of those that can be followed.
///
/// # Errors
/// Fewer than two comparable periods; a benchmark that can't be followed.
pub(super) fn trend(
    asked: &Asked<'_>,
    followed: Followed,
    deck: &Deck,
) -> Result<Option<Made<Trend>>, Refusal> {
    let refuse = |reason: &str, help: &str| {
        Err(Refusal {
            part: Part::Trend,
            reason: reason.to_owned(),
            help: help.to_owned(),
        })
    };
    if asked.setting.period.is_some() {
        return refuse(
            "one period is looked at",
            "Leave `period` out to follow all of them.",
        );
    }
    let Followed {
        periods,
        apart,
        entries,
    } = followed;
    if periods.len() < 2 || entries.len() < 2 {
        return refuse(
            "fewer than two of them have figures in two comparable periods",
            "Set `period` in evaluation.toml; the indicator's table needs a date, and the same programmes in several periods.",
        );
    }
    let base = benchmark(asked, Part::Trend)?;
    let kind = match base {
        Some(base) if !entries.contains(&base) => {
            return refuse(
                "the benchmark has no figure in some of the periods",
                "Choose a benchmark that is there all the time.",
            );
        }
        Some(_) => GapKind::Benchmark,
        None => match (asked.between, entries.as_slice()) {
            (crate::outcome::comparison::Between::Column(_), [a, b]) => GapKind::Groups(
                asked.entries[*a].name.clone(),
                asked.entries[*b].name.clone(),
            ),
            _ => GapKind::Spread,
        },
    };
    let confidence = asked.common.confidence;
    // The scatter is cleared of sampling error in all periods or in none: else a change of it would be one of what is in it.
    let errors = |figures: &[Entry]| figures.iter().all(|e| e.se.is_some());
    let cleared = periods.iter().all(|(_, figures)| errors(figures));
    let gaps: Vec<Gap> = periods
        .iter()
        .map(|(_, figures)| gap(&kind, base, &entries, figures, confidence, cleared))
        .collect();
    let change = change(&kind, &gaps, confidence);
    let leagues = periods.iter().map(|(_, figures)| {
        let placed = entries.iter().zip(figures).filter_map(|(entry, figure)| {
            Some(Placed {
                entry: *entry,
                value: figure.value,
                se: figure.se?,
                df: figure.df,
            })
        });
        let placed: Vec<Placed> = placed.collect();
        let sign = asked.sign().filter(|_| placed.len() == entries.len())?;
        ranked_by(&placed, sign, &[1], confidence, deck).ok()
    });
    let leagues: Vec<_> = leagues.collect();
    let of_sample = periods.iter().any(|(_, f)| f.iter().any(sampled));
    let mut remarks = vec![];
    let unknown = periods
        .iter()
        .flat_map(|(_, f)| f)
        .filter(|e| e.error_unknown());
    let unknown = unknown.count();
    if unknown > 0 {
        let scatter = match kind {
            GapKind::Spread => {
                " The scatter between them is told with the sampling error in it, in every period."
            }
            GapKind::Benchmark | GapKind::Groups(..) => "",
        };
        remarks.push(format!(
            "The errors of {unknown} figures over the periods are not known: gaps and ranks that they are part of stand without an interval or not at all.{scatter}"
        ));
    }
    if of_sample && change.is_some_and(|c| c.se.is_some()) {
        remarks.push(
            "The change of the gap takes the samples of different periods as independent. Where the same people were asked again its \
             interval is too wide or too narrow; an effect with a design over waves tells it rightly."
                .to_owned(),
        );
    }
    let values = |figures: &Vec<Entry>| figures.iter().map(|e| (e.value, e.se)).collect();
    Ok(Some(Made {
        part: Trend {
            periods: periods.iter().map(|(label, _)| label.clone()).collect(),
            apart,
            values: periods.iter().map(|(_, figures)| values(figures)).collect(),
            entries,
            leagues,
            gap: kind,
            gaps,
            change,
        },
        method: MethodNote {
            part: Part::Trend,
            words: "Only programmes with a figure in every comparable period are followed, so that a change is not one of who is compared. \
                    Comparable are periods in which two thirds have a figure and, in a sample, which rest on at least a third of the \
                    rows of the fullest."
                .to_owned(),
            references: vec![],
        },
        remarks,
    }))
}

/// The gap in one period; `figures` in the order of `entries`.
fn gap(
    kind: &GapKind,
    base: Option<usize>,
    entries: &[usize],
    figures: &[Entry],
    confidence: f64,
    cleared: bool,
) -> Gap {
    let at = |i: usize| entries.iter().position(|e| *e == i);
    match kind {
        GapKind::Groups(..) => match figures {
            [a, b] => less(&[a], b, confidence),
            _ => spread(figures, confidence, cleared),
        },
        GapKind::Benchmark => match base
            .and_then(at)
            .and_then(|at| figures.get(at).map(|f| (at, f)))
        {
            Some((at, benchmark)) => {
                let others = figures.iter().enumerate().filter(|(i, _)| *i != at);
                less(
                    &others.map(|(_, f)| f).collect::<Vec<_>>(),
                    benchmark,
                    confidence,
                )
            }
            None => spread(figures, confidence, cleared),
        },
        GapKind::Spread => spread(figures, confidence, cleared),
    }
}

/// Mean of some less one; all of their errors are independent.
fn less(these: &[&Entry], one: &Entry, confidence: f64) -> Gap {
    let n = these.len() as f64;
    let mean = these.iter().map(|e| e.value).sum::<f64>() / n;
    // What was recorded in full is exact; an error that is not known leaves that of the gap unknown.
    let error = |e: &Entry| e.se.or(e.exact().then_some(0.0));
    let errors: Option<Vec<f64>> = these.iter().map(|e| error(e)).collect();
    let se = errors.zip(error(one)).map(|(errors, own)| {
        let theirs: f64 = errors.iter().map(|se| se * se).sum::<f64>() / (n * n);
        (theirs + own * own).sqrt()
    });
    interval(mean - one.value, se.filter(|se| *se > 0.0), confidence)
}

fn interval(value: f64, se: Option<f64>, confidence: f64) -> Gap {
    let half = se.map(|se| t_quantile(0.5 + confidence / 2.0, f64::INFINITY) * se);
    Gap {
        value,
        se,
        interval: half.map(|half| (value - half, value + half)),
    }
}

/// Standard deviation between them, `cleared` of sampling error.
fn spread(figures: &[Entry], confidence: f64, cleared: bool) -> Gap {
    let value: Vec<f64> = figures.iter().map(|e| e.value).collect();
    let variance: Option<Vec<f64>> = figures.iter().map(|e| e.se.map(|se| se * se)).collect();
    let options = meta::Options {
        confidence,
        ..meta::Options::default()
    };
    let variance = variance.filter(|_| cleared);
    if let Some(Ok(pooled)) = variance.map(|v| pool(&value, &v, &options)) {
        let range = pooled.heterogeneity.tau2_interval;
        return Gap {
            value: pooled.heterogeneity.tau2.sqrt(),
            se: None,
            interval: range
                .filter(|r| r.high.is_finite())
                .map(|r| (r.low.sqrt(), r.high.sqrt())),
        };
    }
    let n = value.len() as f64;
    let mean = value.iter().sum::<f64>() / n;
    let squares: f64 = value.iter().map(|x| (x - mean).powi(2)).sum();
    interval((squares / (n - 1.0)).sqrt(), None, confidence)
}

/// Last less first gap, of gaps that are differences.
fn change(kind: &GapKind, gaps: &[Gap], confidence: f64) -> Option<Gap> {
    let (first, last) = (gaps.first()?, gaps.last()?);
    let se = match kind {
        GapKind::Spread => None,
        GapKind::Benchmark | GapKind::Groups(..) => {
            first.se.zip(last.se).map(|(a, b)| (a * a + b * b).sqrt())
        }
    };
    Some(interval(last.value - first.value, se, confidence))
}
