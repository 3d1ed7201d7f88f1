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

/// A row as a thin line with a small point.
pub(super) fn thin(
    canvas: &mut Canvas,
    scale: &Scale,
    at: Option<f64>,
    ends: Option<(f64, f64)>,
    y: f64,
    colour: Colour,
) {
    if let Some((low, high)) = ends {
        let (from, to) = (scale.at(low), scale.at(high));
        canvas.stroke(
            &[(from, y), (to.max(from + 0.5), y)],
            Stroke::new(Colour::Context, 1.0, ""),
        );
    }
    if let Some(at) = at {
        let x = scale.at(at);
        let dash = [(x - 1.5, y), (x + 1.5, y)];
        canvas.stroke(&dash, Stroke::new(colour, 2.0, ""));
    }
}

/// "Without an estimate: A, B, C and 9 more."
pub(super) fn listed(what: &str, names: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{what}: {}{more}.", shown.join(", "))
}
