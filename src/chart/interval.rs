//! Intervals in charts with rows, and the arrowheads of those that the scale cannot hold.

use super::canvas::{Canvas, Colour};
use super::scale::{Domain, Scale};

/// A thin interval; an arrowhead where it goes on beyond the scale.
pub(super) fn whisker(
    canvas: &mut Canvas,
    scale: &Scale,
    (low, high): (f64, f64),
    y: f64,
    colour: Colour,
) {
    let (from, to) = (scale.at(low), scale.at(high));
    canvas.rect((from, y - 1.0), (to.max(from + 1.0), y + 1.0), colour);
    for (cut, at, inwards) in [
        (low < scale.domain.low, from, 7.0),
        (high > scale.domain.high, to, -7.0),
    ] {
        if cut {
            let tip = vec![(at, y), (at + inwards, y - 5.0), (at + inwards, y + 5.0)];
            canvas.shape(tip, colour);
        }
    }
}

/// The footnote that explains arrowheads, when an interval needs one.
pub(super) fn arrows(domain: Option<Domain>, intervals: &[(f64, f64)]) -> Vec<String> {
    let cut = domain.is_some_and(|d| {
        let mut all = intervals.iter();
        all.any(|(low, high)| *low < d.low || *high > d.high)
    });
    if cut {
        vec!["An arrowhead: the interval goes on beyond the chart.".to_owned()]
    } else {
        Vec::new()
    }
}
