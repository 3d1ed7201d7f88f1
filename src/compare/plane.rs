//! The output-process plane (S24): one point per programme.
//!
//! Each indicator with a direction is standardised over the programmes that have a value: (value - mean) / standard
//! deviation (divisor n - 1), turned so that higher is better. A programme's score is the mean over its indicators.

use crate::outcome::{Direction, Estimate, IndicatorResult, Kind, Plane, PlanePoint, Programme};

/// A score needs one in so many of its indicators at least.
pub(super) const ENOUGH: usize = 2;

/// Fewest programmes that make an indicator worth standardising.
const FEWEST_PROGRAMMES: usize = 3;

/// Scores of the programmes; `None` when one of the two sides has no usable indicator.
pub fn plane(indicators: &[IndicatorResult], programmes: &[Programme]) -> Option<Plane> {
    let (output_indicators, output) = scores(indicators, programmes, Kind::Output)?;
    let (process_indicators, process) = scores(indicators, programmes, Kind::Process)?;
    let points: Vec<PlanePoint> = programmes
        .iter()
        .zip(output.iter().zip(&process))
        .map(|(programme, (output, process))| PlanePoint {
            programme: programme.id.clone(),
            output: mean(output, output_indicators.len()),
            process: mean(process, process_indicators.len()),
            counted: (output.len() as u64, process.len() as u64),
        })
        .collect();
    let placed = points
        .iter()
        .any(|p| p.output.is_some() && p.process.is_some());
    let method = format!(
        "Each indicator is standardised over the programmes (value less mean, by standard deviation) and turned so that \
         higher is better; a programme's score is the mean over its indicators: {} of output and {} of process. A programme \
         with fewer than half of the indicators of a kind has no score. Scores compare these programmes with each other \
         and carry the sampling error of the indicators in them.",
        output_indicators.len(),
        process_indicators.len()
    );
    placed.then_some(Plane {
        output_indicators,
        process_indicators,
        points,
        method,
    })
}

/// The score needs at least half of the indicators.
fn mean(values: &[f64], of: usize) -> Option<f64> {
    (!values.is_empty() && values.len() * ENOUGH >= of)
        .then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Ids of the usable indicators of a kind, and per programme its standardised values.
fn scores(
    indicators: &[IndicatorResult],
    programmes: &[Programme],
    kind: Kind,
) -> Option<(Vec<String>, Vec<Vec<f64>>)> {
    let mut ids = Vec::new();
    let mut scores = vec![Vec::new(); programmes.len()];
    for indicator in indicators.iter().filter(|i| i.definition.kind == kind) {
        let sign = match indicator.definition.direction {
            Direction::HigherIsBetter => 1.0,
            Direction::LowerIsBetter => -1.0,
            Direction::Neither => continue,
        };
        let by_programme =
            |e: &&Estimate| e.programme.is_some() && e.group.is_none() && e.period.is_none();
        let values: Vec<Option<f64>> = {
            let found: std::collections::BTreeMap<&str, f64> = indicator
                .estimates
                .iter()
                .filter(by_programme)
                .filter_map(|e| Some((e.programme.as_deref()?, e.value?)))
                .collect();
            programmes
                .iter()
                .map(|p| found.get(p.id.as_str()).copied())
                .collect()
        };
        let present: Vec<f64> = values.iter().flatten().copied().collect();
        if present.len() < FEWEST_PROGRAMMES {
            continue;
        }
        let n = present.len() as f64;
        let centre = present.iter().sum::<f64>() / n;
        let spread = (present.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let varies = spread > centre.abs() * 1e-12;
        if !varies {
            continue;
        }
        ids.push(indicator.definition.id.clone());
        for (score, value) in scores.iter_mut().zip(values) {
            score.extend(value.map(|x| sign * (x - centre) / spread));
        }
    }
    (!ids.is_empty()).then_some((ids, scores))
}
