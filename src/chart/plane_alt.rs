//! What a plane of two scores shows, in words.

use super::alt::{counted, name, opening};
use super::plane::{Plane, drawable};
use super::xml::clean;

/// Points in each quarter, and those of them that are there for sure; in the order of [`Plane::quadrants`].
fn counts(chart: &Plane) -> [(usize, usize); 4] {
    let points = drawable(chart);
    [(false, true), (true, true), (false, false), (true, false)].map(|(right, high)| {
        let inside = |x: f64, y: f64| (x >= 0.0) == right && (y >= 0.0) == high;
        let all = || points.iter().filter(|(_, x, y)| inside(*x, *y));
        (all().count(), all().filter(|p| p.0.clear()).count())
    })
}

/// Names of the quarters, with how many points they hold where that is asked for.
pub(super) fn tally(chart: &Plane) -> [String; 4] {
    let crossed = chart.points.iter().any(|p| p.has_intervals());
    let counts = counts(chart);
    let mut at = 0;
    chart.quadrants.clone().map(|name| {
        let (all, clear) = counts.get(at).copied().unwrap_or_default();
        at += 1;
        match (chart.counts, crossed) {
            (false, _) => name,
            (true, false) => format!("{name}: {all}"),
            (true, true) => format!("{name}: {all} ({clear} for sure)"),
        }
    })
}

/// How many points, how many of them in each quarter.
pub(super) fn alt_text(chart: &Plane) -> String {
    let mut out = opening("Plane", &chart.title, "");
    let points = drawable(chart);
    out.push_str(&format!(
        " {}, {} across, {} upwards, zero is the average.",
        counted(chart.points.len(), "point"),
        clean(&chart.x_label),
        clean(&chart.y_label)
    ));
    if !points.is_empty() {
        let quarters = counts(chart).map(|(all, _)| all);
        let named = chart.quadrants.iter().zip(quarters);
        let parts: Vec<String> = named.map(|(q, n)| format!("{} {n}", clean(q))).collect();
        out.push_str(&format!(" {}.", parts.join(", ")));
        let crossed = points.iter().filter(|p| p.0.has_intervals()).count();
        if crossed > 0 {
            let clear = points.iter().filter(|p| p.0.clear()).count();
            let have = if clear == 1 { "has" } else { "have" };
            out.push_str(&format!(
                " Of {} with intervals, {clear} {have} zero in neither.",
                counted(crossed, "point")
            ));
        }
        let far = points.iter().max_by(|a, b| a.2.total_cmp(&b.2));
        let low = points.iter().min_by(|a, b| a.2.total_cmp(&b.2));
        if let (Some(high), Some(low), true) = (far, low, points.len() > 1) {
            out.push_str(&format!(
                " Upwards lowest {} {}, highest {} {}.",
                name(&low.0.label),
                clean(&(chart.format)(low.2)),
                name(&high.0.label),
                clean(&(chart.format)(high.2))
            ));
        }
    }
    let without = chart.points.len() - points.len();
    if without > 0 {
        out.push_str(&format!(" {} without a score.", counted(without, "point")));
    }
    for note in &chart.notes {
        out.push_str(&format!(" {}", clean(note)));
    }
    out
}
