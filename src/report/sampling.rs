//! What the interval of a sample's total rests on, in a sentence.

use super::cells::value;
use super::format::{Locale, single};
use crate::outcome::{Estimate, IndicatorResult, IntervalKind, Sampling};

/// Standard error, degrees of freedom, clusters, rows and design effect of the total; `None` where it has no interval.
pub(super) fn sampling_error(
    result: &IndicatorResult,
    total: Option<&Estimate>,
    locale: &Locale,
) -> Option<String> {
    let (total, interval) = total
        .filter(|t| value(t).is_some() && result.sampling == Some(Sampling::Sample))
        .and_then(|t| Some((t, t.interval?)))?;
    let mut said = vec![format!(
        "standard error {} ({})",
        single(interval.se, result.definition.unit == "%", locale),
        kind(interval.kind, result)
    )];
    if interval.df > 0.0 {
        let decimals = usize::from(interval.df.fract() != 0.0);
        said.push(format!(
            "{} degrees of freedom",
            locale.number(interval.df, decimals)
        ));
    }
    // With replicate weights the clusters may not be known.
    let clusters = match interval.clusters {
        0 => String::new(),
        clusters => format!(" in {} clusters", locale.count(clusters)),
    };
    said.push(format!(
        "{} rows{clusters}, {} left out for missing values",
        locale.about(total.n, result.rounded),
        locale.about(total.missing, result.rounded)
    ));
    if let Some(effect) = interval.design_effect {
        said.push(format!("design effect {}", locale.number(effect, 2)));
    }
    Some(format!("All programmes together: {}.", said.join("; ")))
}

/// A method of intervals in words.
fn kind(kind: IntervalKind, result: &IndicatorResult) -> &'static str {
    let replicates = result.method.contains("replicate weights");
    match kind {
        IntervalKind::Wilson if replicates => "replicate weights, Wilson's interval",
        IntervalKind::ClopperPearson if replicates => {
            "replicate weights, interval of Clopper and Pearson"
        }
        IntervalKind::Logit if replicates => "replicate weights, interval on the logit",
        IntervalKind::Unrecorded => "method not recorded",
        IntervalKind::Jackknife => "jackknife, interval by Student's t",
        IntervalKind::Linearisation => "linearisation, interval by Student's t",
        IntervalKind::ReplicateWeights => "replicate weights, interval by Student's t",
        IntervalKind::BootstrapPercentile => "bootstrap, percentile interval",
        IntervalKind::BootstrapBca => "bootstrap, BCa interval",
        IntervalKind::BootstrapStudentised => "linearisation, studentised bootstrap interval",
        IntervalKind::Wilson => "jackknife, Wilson's interval",
        IntervalKind::ClopperPearson => "jackknife, interval of Clopper and Pearson",
        IntervalKind::Logit => "jackknife, interval on the logit",
        IntervalKind::Woodruff => "from Woodruff's interval",
        IntervalKind::OrderStatistics => "from the interval between order statistics",
        IntervalKind::Greenwood => "Greenwood",
    }
}
