//! Long charts of programmes: the ends in full, all between as thin lines; and lists of names that stay short.

use super::canvas::{Canvas, Colour};
use super::pen::Stroke;
use super::scale::{Scale, usable};

/// The rows of a long chart, from high to low.
pub(super) struct Ends {
    /// Index of a row and whether it is named. Rows without a value are left out.
    pub order: Vec<(usize, bool)>,
}

impl Ends {
    /// Names the `each` highest and `each` lowest.
    pub fn of(values: &[Option<f64>], each: usize) -> Ends {
        let valued = values.iter().enumerate();
        let mut order: Vec<(usize, f64)> =
            valued.filter_map(|(i, v)| Some((i, usable(*v)?))).collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        let count = order.len();
        // A handful in the middle may as well be named.
        let all = count <= 2 * each + 3;
        let order = order.into_iter().enumerate();
        let order = order.map(|(n, (i, _))| (i, all || n < each || n + each >= count));
        Ends {
            order: order.collect(),
        }
    }
}

/// An interval as a thin line.
pub(super) fn line(
    canvas: &mut Canvas,
    scale: &Scale,
    (low, high): (f64, f64),
    y: f64,
    colour: Colour,
) {
    let (from, to) = (scale.at(low), scale.at(high));
    let ends = [(from, y), (to.max(from + 0.5), y)];
    canvas.stroke(&ends, Stroke::new(colour, 1.0, ""));
}

/// A row as a thin line with a small point.
pub(super) fn thin(
    canvas: &mut Canvas,
    scale: &Scale,
    at: Option<f64>,
    ends: Option<(f64, f64)>,
    y: f64,
    colour: Colour,
) {
    if let Some(ends) = ends {
        line(canvas, scale, ends, y, Colour::Context);
    }
    if let Some(at) = at {
        let x = scale.at(at);
        let dash = [(x - 1.5, y), (x + 1.5, y)];
        canvas.stroke(&dash, Stroke::new(colour, 2.0, ""));
    }
}

/// Intervals without the few that would squeeze all others: from eight on, the widest twentieth is cut to where the others end
/// when they make the range more than twice as large.
pub(super) fn tamed(intervals: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if intervals.len() < 8 {
        return intervals.to_vec();
    }
    let out = intervals.len().div_ceil(20);
    let mut lows: Vec<f64> = intervals.iter().map(|i| i.0).collect();
    let mut highs: Vec<f64> = intervals.iter().map(|i| i.1).collect();
    lows.sort_by(f64::total_cmp);
    highs.sort_by(|a, b| b.total_cmp(a));
    let range = |skip: usize| Some((*lows.get(skip)?, *highs.get(skip)?));
    match (range(0), range(out)) {
        (Some(all), Some(most)) if all.1 - all.0 > 2.0 * (most.1 - most.0) => {
            let cut = intervals.iter();
            cut.map(|(low, high)| (low.max(most.0), high.min(most.1)))
                .filter(|(low, high)| low <= high)
                .collect()
        }
        _ => intervals.to_vec(),
    }
}

/// As [`tamed`], for intervals of ratios; a lower end of zero is no end on their axis.
pub(super) fn tamed_ratios(intervals: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let sound = intervals.iter().filter(|(_, high)| *high > 0.0);
    let logs: Vec<(f64, f64)> = sound
        .map(|(low, high)| (low.max(1e-300).ln(), high.ln()))
        .collect();
    let tamed = tamed(&logs).into_iter();
    tamed.map(|(low, high)| (low.exp(), high.exp())).collect()
}

/// Names with the same reason together, in at most four sentences: "Withheld: A, B and 9 more. No data: C."
pub(super) fn apart(rows: &[(String, String)]) -> Option<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, reason) in rows {
        match reasons.iter_mut().find(|(r, _)| r == reason) {
            Some((_, names)) => names.push(name),
            None => reasons.push((reason, vec![name])),
        }
    }
    let mut rest = 0;
    let mut out: Vec<String> = Vec::new();
    for (n, (reason, names)) in reasons.iter().enumerate() {
        if n >= 4 {
            rest += names.len();
            continue;
        }
        let more = match names.len().saturating_sub(6) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let shown: Vec<&str> = names.iter().take(6).copied().collect();
        let reason = super::alt::capital(reason.trim_end_matches('.'));
        out.push(format!("{reason}: {}{more}.", shown.join(", ")));
    }
    if rest > 0 {
        out.push(format!("{rest} more for other reasons."));
    }
    (!out.is_empty()).then(|| out.join(" "))
}
