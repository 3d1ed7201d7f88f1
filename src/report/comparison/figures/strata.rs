//! Values within strata: one small panel per stratum, all on one scale.

use super::Drawn;
use crate::chart::{self, Dot, DotPanel, Multiples};
use crate::outcome::comparison::Part;
use crate::report::ReportError;
use crate::report::comparison::data::{Data, Datum, ends};
use crate::report::comparison::values::order;
use crate::report::comparison::voice::Voice;

/// Values of those compared, stratum by stratum, each in the order of all.
pub(super) fn strata(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let Some(context) = voice.of.context.as_ref().filter(|c| c.strata.len() > 1) else {
        return Ok(None);
    };
    let by = context.by.clone().unwrap_or_default();
    let sorted = order(voice);
    let unit = voice.data_unit();
    let mut data = Data::new(&["stratum", "name", "value", "low", "high", "unit"]);
    let mut panels = Vec::new();
    for stratum in &context.strata {
        let members = sorted.iter().filter(|at| stratum.entries.contains(at));
        let mut dots = Vec::new();
        for entry in members.filter_map(|at| voice.of.entries.get(*at)) {
            let (low, high) = ends(entry.interval);
            data.push(vec![
                Datum::text(&stratum.label),
                Datum::text(&entry.name),
                Datum::of(Some(entry.value), unit),
                Datum::of(low, unit),
                Datum::of(high, unit),
                Datum::text(unit),
            ]);
            dots.push(Dot {
                label: entry.name.clone(),
                value: Some(entry.value),
                low,
                high,
                note: None,
                strong: false,
            });
        }
        panels.push(DotPanel {
            label: stratum.label.clone(),
            dots,
        });
    }
    let format = |v: f64| voice.value(v);
    let title = format!("{}, by {by}", voice.of.measure.name);
    let svg = chart::multiples(&Multiples {
        title: title.clone(),
        unit: voice.unit(),
        panels,
        reference: None,
        format: &format,
    })?;
    let bars = match voice.of.entries.iter().any(|e| e.interval.is_some()) {
        true => format!(" Bars are {} confidence intervals.", voice.level),
        false => String::new(),
    };
    Ok(Some(Drawn {
        tail: "strata",
        caption: format!(
            "{} of the {} within each {by}, on one scale; compare within a panel.{bars}",
            voice.of.measure.name,
            voice.counted(voice.of.entries.len())
        ),
        title,
        svg,
        data,
        part: Part::Context,
    }))
}
