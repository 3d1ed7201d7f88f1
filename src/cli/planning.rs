//! What `codev power` and `codev diagnose` share: tables of numbers with their sources, and which effects they speak of.

use super::table::{table, wrapped};
use super::terminal::Look;
use crate::effect::Designed;
use crate::evaluation::EffectSetting;
use crate::finding::{Finding, Stop, nearest};
use crate::outcome::NotEstimable;
use crate::plan::effect::EffectItem;
use crate::planning::{Figure, Found, Source};
use crate::report::format::Locale;
use crate::run::Designs;

/// An effect with its block, and its estimator or why there is none.
pub type Chosen<'a> = (
    &'a EffectItem,
    &'a EffectSetting,
    Result<Designed<'a>, NotEstimable>,
);

/// The effects of one indicator, or of all.
pub fn chosen<'a>(designs: &'a Designs, indicator: Option<&str>) -> Result<Vec<Chosen<'a>>, Stop> {
    let all: Vec<Chosen> = designs.each().collect();
    let Some(asked) = indicator else {
        return Ok(all);
    };
    let ids: Vec<String> = all.iter().map(|c| c.0.indicator.id.clone()).collect();
    let kept: Vec<Chosen> = all
        .into_iter()
        .filter(|c| c.0.indicator.id == asked)
        .collect();
    if kept.is_empty() {
        let help = match nearest(asked, ids.iter().map(String::as_str)) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("There are: {}.", ids.join(", ")),
        };
        let message = format!("No effect asked for is on the indicator `{asked}`.");
        return Err(Finding::error("planning-unknown-indicator", message, help).into());
    }
    Ok(kept)
}

/// A number as the reader meets it: whole ones whole, others with three digits or more.
pub fn number(value: f64) -> String {
    let decimals = match value.abs() {
        _ if value.fract() == 0.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 10.0 => 2,
        _ => 3,
    };
    Locale::of("en").number(value, decimals)
}

/// A share as a percentage.
pub fn percent(value: f64) -> String {
    Locale::of("en").percent(value, 1)
}

/// Words in lines as wide as the terminal, indented.
pub fn paragraph(out: &mut String, words: &str) {
    let width = Look::of_output().width;
    wrapped(out, words, "  ", "  ", width);
}

/// What a plan rests on.
pub fn figures(all: &[Figure], confidence: f64) -> String {
    if all.is_empty() {
        return String::new();
    }
    let interval = format!("{} interval", Locale::of("en").percent(confidence, 0));
    let rows = all.iter().map(|f| {
        let bounds = f.interval.map(|(low, high)| {
            let (low, high) = (number(low), number(high));
            format!("{low} to {high}")
        });
        let source = match f.source {
            Source::Given => "given",
            Source::Estimated => "baseline",
            Source::Assumed => "assumed",
        };
        vec![
            f.name.clone(),
            number(f.value),
            bounds.unwrap_or_default(),
            source.to_owned(),
            format!("--{}", f.key),
        ]
    });
    let header = ["rests on", "value", &interval, "from", "option"];
    table(&header, rows.collect(), &[1, 2]) + "\n"
}

/// What simulation found.
pub fn properties(found: &Found) -> String {
    let rows = found.properties.iter().map(|p| {
        let show = |x: f64| if p.share { percent(x) } else { number(x) };
        vec![
            p.name.to_owned(),
            p.value.map_or_else(|| "–".to_owned(), show),
            p.error.map(show).unwrap_or_default(),
        ]
    });
    let header = ["simulated", "value", "Monte-Carlo error"];
    let mut out = table(&header, rows.collect(), &[1, 2]) + "\n";
    let drawn = format!(
        "{} of {} draws gave an estimate.",
        found.estimated, found.draws
    );
    paragraph(&mut out, &drawn);
    for (reason, count) in &found.refused {
        paragraph(&mut out, &format!("{count} did not: {reason}."));
    }
    out
}
