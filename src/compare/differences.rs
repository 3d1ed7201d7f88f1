//! Differences and ratios of pairs, with what allows for their number, and letters that sum them up.

use super::asked::{Asked, Made, refused};
use super::multiplicity::{reference, words};
use super::unknown;
use crate::outcome::comparison::{
    Between, Differences, Entry, MethodNote, Multiplicity, OverallTest, PairDifference, Part,
    Refusal,
};
use crate::stats::Refused;
use crate::stats::meta;
use crate::stats::pairwise::benchmark::against;
use crate::stats::pairwise::estimate::{Estimate, difference};
use crate::stats::pairwise::family::{Correction, Pair, all_pairs, tukey_kramer};
use crate::stats::pairwise::groups::welch;
use crate::stats::pairwise::letters::letters;
use crate::stats::pairwise::ratio::{RatioSet, fieller};
use crate::stats::resample::multiplicity::{benjamini_hochberg, holm};

/// All pairs are shown of so many without being asked for.
const PAIRS_SHOWN: usize = 12;

/// All pairs are made of so many at most: more are no table that anyone reads.
const PAIRS_MADE: usize = 100;

/// An entry as the statistics take it; exact where everything was recorded.
///
/// # Errors
/// An error that is not known.
pub(super) fn estimate(entry: &Entry) -> Result<Estimate, Refused> {
    match entry.se {
        Some(se) => Estimate::new(entry.value, se, entry.df.unwrap_or(f64::INFINITY)),
        None if entry.exact() => Estimate::exact(entry.value),
        None => Err(Refused::new(
            format!("the error of `{}` is not known", entry.name),
            "Leave it out, or ask more people there.",
        )),
    }
}

/// Degrees of freedom as a result has them: none for the normal.
pub(super) fn finite(df: f64) -> Option<f64> {
    df.is_finite().then_some(df)
}

/// Index of the benchmark among the entries, where one is asked for.
///
/// # Errors
/// When it is not among them.
pub(super) fn benchmark(asked: &Asked<'_>, part: Part) -> Result<Option<usize>, Refusal> {
    let Some(key) = &asked.setting.benchmark else {
        return Ok(None);
    };
    let at = asked.entries.iter().position(|e| e.id == *key);
    at.map(Some).ok_or_else(|| Refusal {
        part,
        reason: format!("the benchmark `{key}` has no value here"),
        help: format!(
            "Name one of {}.",
            asked
                .entries
                .iter()
                .take(8)
                .map(|e| e.id.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ),
    })
}

/// Pairs, where they are asked for or few enough to be read.
///
/// # Errors
/// What the settings and the data don't allow.
pub(super) fn differences(asked: &Asked<'_>) -> Result<Option<Made<Differences>>, Refusal> {
    let benchmark = benchmark(asked, Part::Differences)?;
    let count = asked.entries.len();
    let wanted = match (benchmark, asked.setting.pairs) {
        (_, Some(wanted)) => wanted,
        (Some(_), None) => true,
        (None, None) => count <= PAIRS_SHOWN,
    };
    if !wanted {
        return Ok(None);
    }
    if benchmark.is_none() && count > PAIRS_MADE {
        return Err(Refusal {
            part: Part::Differences,
            reason: format!("{count} of them make {} pairs, more than anyone can read", count * (count - 1) / 2),
            help: "Name a `benchmark`, or compare within parts of them with `only`; the ranks tell them apart too.".to_owned(),
        });
    }
    let (pairs, multiplicity, words, references) =
        unknown::paired(asked, benchmark).map_err(|why| refused(Part::Differences, why))?;
    let tested = pairs.iter().any(|p| p.adjusted.is_some());
    let letters = match (benchmark, tested) {
        (None, true) => lettered(asked, &pairs),
        _ => vec![],
    };
    let mut remarks = vec![];
    let exact = asked.entries.iter().filter(|e| e.exact()).count();
    let sampled = asked.entries.iter().filter(|e| e.se.is_some()).count();
    if exact > 0 && sampled > 0 {
        remarks.push(
            "Some figures were recorded in full and carry no sampling error, others come from samples: differences between the \
             two carry the error of the sample alone."
                .to_owned(),
        );
    }
    Ok(Some(Made {
        part: Differences {
            scale: asked.setting.scale,
            benchmark,
            multiplicity,
            pairs,
            letters,
        },
        method: MethodNote {
            part: Part::Differences,
            words,
            references: references.into_iter().map(str::to_owned).collect(),
        },
        remarks,
    }))
}

/// Pairs with the method that was used, in words, and its references.
pub(super) type Paired = (Vec<PairDifference>, Multiplicity, String, Vec<&'static str>);

/// Which pairs there are.
pub(super) fn contrasts(count: usize, benchmark: Option<usize>) -> Vec<(usize, usize)> {
    match benchmark {
        Some(base) => (0..count)
            .filter(|i| *i != base)
            .map(|i| (i, base))
            .collect(),
        None => (0..count)
            .flat_map(|i| (i + 1..count).map(move |j| (i, j)))
            .collect(),
    }
}

pub(super) fn method_of(asked: &Asked<'_>, benchmark: Option<usize>) -> Multiplicity {
    match (asked.setting.multiplicity, benchmark) {
        (Multiplicity::Auto, None) => Multiplicity::GamesHowell,
        (Multiplicity::Auto, Some(_)) => Multiplicity::RomanoWolf,
        (method, _) => method,
    }
}

fn correction(asked: &Asked<'_>, method: Multiplicity) -> Option<Correction> {
    match method {
        Multiplicity::Auto | Multiplicity::GamesHowell => Some(Correction::Simultaneous),
        Multiplicity::RomanoWolf => Some(Correction::StepDown {
            draws: usize::try_from(asked.common.draws).unwrap_or(usize::MAX),
            seed: asked.common.seed ^ asked.tag,
        }),
        Multiplicity::Holm => Some(Correction::Holm),
        Multiplicity::BenjaminiHochberg => Some(Correction::FalseDiscovery),
        Multiplicity::TukeyKramer | Multiplicity::None => None,
    }
}

pub(super) fn subtracted(asked: &Asked<'_>, benchmark: Option<usize>) -> Result<Paired, Refused> {
    let method = method_of(asked, benchmark);
    if method == Multiplicity::TukeyKramer {
        return one_variance(asked, benchmark);
    }
    let exact = asked.entries.iter().filter(|e| e.exact()).count();
    let base_exact = benchmark.is_some_and(|b| asked.entries[b].exact());
    let whole = exact == 0 || (exact == 1 && (benchmark.is_none() || !base_exact));
    match correction(asked, method).filter(|_| whole || (!base_exact && benchmark.is_some())) {
        Some(correction) => {
            let estimates: Vec<Estimate> = asked
                .entries
                .iter()
                .map(estimate)
                .collect::<Result<_, _>>()?;
            let confidence = asked.common.confidence;
            let pairs = match benchmark {
                Some(base) => against(&estimates, base, correction, confidence)?,
                None => all_pairs(&estimates, correction, confidence)?,
            };
            let words = words(method, benchmark.is_some());
            Ok((
                pairs.iter().map(pair).collect(),
                method,
                words,
                reference(method, benchmark.is_some()),
            ))
        }
        None => one_by_one(asked, benchmark, method),
    }
}

fn pair(pair: &Pair) -> PairDifference {
    PairDifference {
        a: pair.first,
        b: pair.second,
        value: pair.alone.value,
        se: Some(pair.alone.se),
        df: finite(pair.alone.df),
        interval: Some((pair.alone.low, pair.alone.high)),
        simultaneous: pair.together,
        p: Some(pair.alone.p),
        adjusted: Some(pair.p),
    }
}

/// Pair by pair, some without an error: where several figures are exact, or nothing is corrected.
fn one_by_one(
    asked: &Asked<'_>,
    benchmark: Option<usize>,
    method: Multiplicity,
) -> Result<Paired, Refused> {
    let contrasts = contrasts(asked.entries.len(), benchmark);
    let confidence = asked.common.confidence;
    let mut pairs = Vec::with_capacity(contrasts.len());
    for (a, b) in contrasts {
        let (first, second) = (&asked.entries[a], &asked.entries[b]);
        let told = difference(estimate(first)?, estimate(second)?)?;
        let alone = (told.se > 0.0)
            .then(|| crate::stats::Inference::t(told.value, told.se, told.df, confidence));
        pairs.push(PairDifference {
            a,
            b,
            value: told.value,
            se: alone.map(|i| i.se),
            df: alone.and_then(|i| finite(i.df)),
            interval: alone.map(|i| (i.low, i.high)),
            simultaneous: None,
            p: alone.map(|i| i.p),
            adjusted: None,
        });
    }
    let used = adjust(&mut pairs, method)?;
    let any = pairs.iter().any(|p| p.se.is_some());
    let words = match any {
        true => words(used, benchmark.is_some()),
        false => "The figures were recorded in full: differences are exact, and nothing is tested."
            .to_owned(),
    };
    let references = match any {
        true => reference(used, benchmark.is_some()),
        false => vec![],
    };
    Ok((pairs, used, words, references))
}

/// Corrects the p-values that there are; what was used.
fn adjust(pairs: &mut [PairDifference], method: Multiplicity) -> Result<Multiplicity, Refused> {
    let p: Vec<f64> = pairs.iter().filter_map(|pair| pair.p).collect();
    if p.is_empty() {
        return Ok(Multiplicity::None);
    }
    let (corrected, used) = match method {
        Multiplicity::None => (p, Multiplicity::None),
        Multiplicity::BenjaminiHochberg => (benjamini_hochberg(&p)?, method),
        _ => (holm(&p)?, Multiplicity::Holm),
    };
    let tested = pairs.iter_mut().filter(|pair| pair.p.is_some());
    for (pair, corrected) in tested.zip(corrected) {
        pair.adjusted = Some(corrected);
    }
    Ok(used)
}

/// Tukey-Kramer, of groups of programmes.
fn one_variance(asked: &Asked<'_>, benchmark: Option<usize>) -> Result<Paired, Refused> {
    let spreads: Option<Vec<f64>> = asked.entries.iter().map(|e| e.spread).collect();
    let (Between::Column(_), Some(spreads), None) = (asked.between, spreads, benchmark) else {
        return Err(Refused::new(
            "one variance for all holds for all pairs of groups of programmes only",
            "Set `between` to a column of the programmes and leave `benchmark` out, or choose another `multiplicity`.",
        ));
    };
    let sizes: Vec<usize> = asked.entries.iter().map(|e| e.n as usize).collect();
    let df: f64 = sizes.iter().map(|n| *n as f64 - 1.0).sum();
    let squares: f64 = sizes
        .iter()
        .zip(&spreads)
        .map(|(n, s)| (*n as f64 - 1.0) * s * s)
        .sum();
    let means: Vec<f64> = asked.entries.iter().map(|e| e.value).collect();
    let pairs = tukey_kramer(&means, &sizes, squares / df, df, asked.common.confidence)?;
    let method = Multiplicity::TukeyKramer;
    Ok((
        pairs.iter().map(pair).collect(),
        method,
        words(method, false),
        reference(method, false),
    ))
}

/// Ratios: on the log scale where all figures are above 0, else by Fieller's sets.
pub(super) fn divided(asked: &Asked<'_>, benchmark: Option<usize>) -> Result<Paired, Refused> {
    let method = method_of(asked, benchmark);
    let positive = asked.entries.iter().all(|e| e.value > 0.0);
    let exact = asked.entries.iter().filter(|e| e.exact()).count();
    let logs = correction(asked, method).filter(|_| positive && exact <= 1);
    let Some(correction) = logs else {
        return by_fieller(asked, benchmark, method);
    };
    let log = |e: &Entry| match e.se {
        Some(se) => Estimate::new(e.value.ln(), se / e.value, e.df.unwrap_or(f64::INFINITY)),
        None => Estimate::exact(e.value.ln()),
    };
    let estimates: Vec<Estimate> = asked.entries.iter().map(log).collect::<Result<_, _>>()?;
    let confidence = asked.common.confidence;
    let pairs = match benchmark {
        Some(base) => against(&estimates, base, correction, confidence)?,
        None => all_pairs(&estimates, correction, confidence)?,
    };
    let back = |(low, high): (f64, f64)| (low.exp(), high.exp());
    let pairs = pairs.iter().map(|p| PairDifference {
        value: p.alone.value.exp(),
        interval: Some(back((p.alone.low, p.alone.high))),
        simultaneous: p.together.map(back),
        ..pair(p)
    });
    let words = format!(
        "Ratios are compared on the scale of logarithms, with standard errors by the delta method. {}",
        words(method, benchmark.is_some())
    );
    Ok((
        pairs.collect(),
        method,
        words,
        reference(method, benchmark.is_some()),
    ))
}

fn by_fieller(
    asked: &Asked<'_>,
    benchmark: Option<usize>,
    method: Multiplicity,
) -> Result<Paired, Refused> {
    let (mut pairs, used, _, mut references) = one_by_one(asked, benchmark, method)?;
    for pair in &mut pairs {
        let (a, b) = (&asked.entries[pair.a], &asked.entries[pair.b]);
        if b.value == 0.0 {
            return Err(Refused::new(
                format!("`{}` is 0, and nothing can be divided by it", b.name),
                "Compare differences, or choose another benchmark.",
            ));
        }
        pair.value = a.value / b.value;
        pair.se = None;
        if a.se.is_some() || b.se.is_some() {
            let set = fieller(estimate(a)?, estimate(b)?, asked.common.confidence)?.set;
            pair.interval = match set {
                RatioSet::Interval { low, high } => Some((low, high)),
                RatioSet::Outside { .. } | RatioSet::Everything => None,
            };
        }
    }
    references.push("Fieller, E. C. (1954). Some problems in interval estimation. JRSS B 16.");
    let words = "Intervals of ratios are the sets of Fieller; there is none where the figure divided by can't be told from 0. \
                 p-values are of the difference being 0, which is the ratio being 1."
        .to_owned();
    Ok((pairs, used, words, references))
}

/// Letters, the first of them for the best.
fn lettered(asked: &Asked<'_>, pairs: &[PairDifference]) -> Vec<String> {
    let sign = asked.sign().unwrap_or(1.0);
    // One whose error is not known is neither told apart from others nor alike: it has no letter.
    let told = |i: &usize| {
        let tested = |p: &PairDifference| (p.a == *i || p.b == *i) && p.adjusted.is_some();
        !asked.entries[*i].error_unknown() || pairs.iter().any(tested)
    };
    let mut order: Vec<usize> = (0..asked.entries.len()).filter(told).collect();
    let key = |i: &usize| -sign * asked.entries[*i].value;
    order.sort_by(|i, j| key(i).total_cmp(&key(j)));
    let mut place = vec![None; asked.entries.len()];
    for (at, entry) in order.iter().enumerate() {
        place[*entry] = Some(at);
    }
    let alpha = 1.0 - asked.common.confidence;
    // Two figures recorded in full differ where they are not the same.
    let differ = |p: &&PairDifference| match p.adjusted {
        Some(adjusted) => adjusted <= alpha,
        None => asked.entries[p.a].value != asked.entries[p.b].value,
    };
    let differ: Vec<(usize, usize)> = pairs
        .iter()
        .filter(differ)
        .filter_map(|p| Some((place[p.a]?, place[p.b]?)))
        .collect();
    let Ok(letters) = letters(order.len(), &differ) else {
        return vec![];
    };
    let texts = letters.texts();
    let text = |at: &Option<usize>| at.map_or(String::new(), |at| texts[at].clone());
    place.iter().map(text).collect()
}

/// Whether all are equal: Cochran's Q of figures with errors, Welch's F of groups of programmes.
pub(super) fn overall(asked: &Asked<'_>) -> Option<OverallTest> {
    let sampled = asked.entries.iter().all(|e| e.se.is_some());
    if asked.entries.len() < 2 || !sampled {
        return None;
    }
    if asked.entries.iter().all(|e| e.df.is_some()) {
        // Welch (1951) takes account of how little is known of each variance.
        let all: Vec<Estimate> = asked
            .entries
            .iter()
            .map(estimate)
            .collect::<Result<_, _>>()
            .ok()?;
        let found = welch(&all);
        return Some(OverallTest {
            name: "Welch's F".to_owned(),
            statistic: found.f,
            df: found.df1,
            df2: Some(found.df2),
            p: found.p,
        });
    }
    let value: Vec<f64> = asked.entries.iter().map(|e| e.value).collect();
    let variance: Vec<f64> = asked
        .entries
        .iter()
        .filter_map(|e| Some(e.se? * e.se?))
        .collect();
    let fixed = meta::Options {
        between: meta::Between::Fixed,
        errors: meta::Errors::Normal,
        confidence: asked.common.confidence,
    };
    let q = meta::pool(&value, &variance, &fixed).ok()?.heterogeneity.q;
    Some(OverallTest {
        name: "Cochran's Q".to_owned(),
        statistic: q.statistic,
        df: q.df,
        df2: None,
        p: q.p,
    })
}
