//! The sentences that say in words what a chart shows.

use super::scale::usable;
use super::xml::clean;
use super::{Format, text};

/// A row as the sentences need it.
pub(super) struct Said<'a> {
    pub label: &'a str,
    pub value: Option<f64>,
    pub strong: bool,
}

/// "Dot plot: title (unit). 24 rows. Lowest A 3.2, highest B 9.1; total 5.0. 2 rows have no value."
pub(super) fn rows(kind: &str, title: &str, unit: &str, said: &[Said], format: Format) -> String {
    let mut out = opening(kind, title, unit);
    let plain: Vec<&Said> = said.iter().filter(|s| !s.strong).collect();
    out.push_str(&format!(" {}.", counted(said.len(), "row")));
    let value = |s: &Said| {
        format!(
            "{} {}",
            name(s.label),
            clean(&format(s.value.unwrap_or(0.0)))
        )
    };
    let mut parts = Vec::new();
    if let Some((low, high)) = ends(&plain) {
        let valued = plain.iter().filter(|s| usable(s.value).is_some()).count();
        if valued == 1 {
            parts.push(value(low));
        } else if low.value == high.value {
            parts.push(format!(
                "every value is {}",
                clean(&format(low.value.unwrap_or(0.0)))
            ));
        } else {
            parts.push(format!("lowest {}, highest {}", value(low), value(high)));
        }
    }
    let strong: Vec<&Said> = said
        .iter()
        .filter(|s| s.strong && usable(s.value).is_some())
        .collect();
    for s in strong.iter().take(2) {
        parts.push(value(s));
    }
    if !parts.is_empty() {
        out.push_str(&format!(" {}.", capital(&parts.join("; "))));
    }
    let missing = said.iter().filter(|s| usable(s.value).is_none()).count();
    if missing > 0 && missing == said.len() {
        out.push_str(" None has a value.");
    } else if missing > 0 {
        let has = if missing == 1 { "has" } else { "have" };
        out.push_str(&format!(" {} {has} no value.", counted(missing, "row")));
    }
    out
}

/// "Kind: title (unit)."
pub(super) fn opening(kind: &str, title: &str, unit: &str) -> String {
    let (title, unit) = (clean(title), clean(unit));
    let title = title.trim_end_matches('.');
    match (title.is_empty(), unit.is_empty()) {
        (true, true) => format!("{kind}."),
        (true, false) => format!("{kind} ({unit})."),
        (false, true) => format!("{kind}: {title}."),
        (false, false) => format!("{kind}: {title} ({unit})."),
    }
}

/// "1 row", "2 rows".
pub(super) fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// The rows with the lowest and the highest value.
fn ends<'a>(said: &[&'a Said<'a>]) -> Option<(&'a Said<'a>, &'a Said<'a>)> {
    let mut low: Option<(&Said, f64)> = None;
    let mut high: Option<(&Said, f64)> = None;
    for s in said.iter().copied() {
        let Some(v) = usable(s.value) else { continue };
        if low.is_none_or(|(_, other)| v < other) {
            low = Some((s, v));
        }
        if high.is_none_or(|(_, other)| v > other) {
            high = Some((s, v));
        }
    }
    Some((low?.0, high?.0))
}

/// A label short enough to be read out.
pub(super) fn name(label: &str) -> String {
    let label = clean(label);
    let block = text::wrap(&label, 10.0, super::font::Weight::Regular, 600.0, 1);
    block.lines.into_iter().next().unwrap_or_default()
}

/// The first letter large.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
