//! Which chart an indicator gets, and what goes into it.

use super::ReportError;
use super::cells::{Cells, Names, extremes, unit_name, value};
use super::format::{Style, status_words};
use super::view::Figure;
use crate::chart::{self, Bar, Bars, Dot, Dots, Line, Series, TargetRow, Targets};
use crate::outcome::{Estimate, IndicatorResult, Sampling, Status};

/// So many programmes at most have a line of their own in a series.
const MOST_LINES: usize = 5;

/// All charts of an indicator: by programme (against targets where there are some), and over time.
pub(super) fn figures(
    result: &IndicatorResult,
    cells: &Cells,
    style: &Style,
    names: &Names,
    small_cells: u64,
) -> Result<Vec<Figure>, ReportError> {
    let drawing = Drawing {
        result,
        cells,
        style,
        names,
        small_cells,
    };
    let mut figures = Vec::new();
    if cells.valued().len() > 1 {
        figures.push(if result.targets.iter().any(|t| t.programme.is_some()) {
            drawing.targets()?
        } else if drawing.is_quantity() {
            drawing.bars()?
        } else {
            drawing.dots()?
        });
    }
    if cells
        .periods
        .iter()
        .filter(|(_, e)| value(e).is_some())
        .count()
        > 1
    {
        figures.push(drawing.series()?);
    }
    Ok(figures)
}

struct Drawing<'a> {
    result: &'a IndicatorResult,
    cells: &'a Cells<'a>,
    style: &'a Style,
    names: &'a Names<'a>,
    small_cells: u64,
}

impl Drawing<'_> {
    /// The unit for the chart's head; a percent sign stands with every number already.
    fn unit(&self) -> String {
        unit_name(&self.result.definition.unit)
    }

    fn title(&self) -> String {
        self.result.definition.name.clone()
    }

    /// Words beside a programme without a value.
    fn note(&self, estimate: &Estimate) -> Option<String> {
        value(estimate)
            .is_none()
            .then(|| status_words(estimate.status, self.small_cells))
    }

    fn rows(&self) -> Vec<(&str, &Estimate)> {
        extremes(self.cells.programmes.clone(), |(_, e)| value(e)).0
    }

    /// Whether values add up, so that bars from zero are right: counts, and amounts whose sum is the total.
    fn is_quantity(&self) -> bool {
        let shown = self
            .result
            .estimates
            .iter()
            .filter(|e| e.status == Status::Value);
        if self.result.sampling == Some(Sampling::Sample)
            || self.result.definition.unit == "%"
            || shown.clone().any(|e| {
                e.parts.is_some() || e.interval.is_some() || e.value.is_some_and(|v| v < 0.0)
            })
        {
            return false;
        }
        let values = self.cells.valued();
        let sum: f64 = values.iter().map(|v| v.1).sum();
        let total = self.cells.total.and_then(value);
        total.is_some_and(|total| (total - sum).abs() <= 1e-9 * total.abs().max(1.0))
    }

    fn bars(&self) -> Result<Figure, ReportError> {
        let bars = self.rows().into_iter().map(|(id, estimate)| Bar {
            label: self.names.of(id).to_owned(),
            value: value(estimate),
            note: self.note(estimate),
            strong: false,
        });
        let format = |v: f64| self.style.value(v);
        let svg = chart::bars(&Bars {
            title: self.title(),
            unit: self.unit(),
            bars: bars.collect(),
            format: &format,
        })?;
        Ok(Figure::new(
            svg,
            format!("{} by programme{}.", self.title(), self.in_unit()),
        ))
    }

    fn dots(&self) -> Result<Figure, ReportError> {
        let dots = self.rows().into_iter().map(|(id, estimate)| {
            let interval = value(estimate).and(estimate.interval);
            Dot {
                label: self.names.of(id).to_owned(),
                value: value(estimate),
                low: interval.map(|i| i.low),
                high: interval.map(|i| i.high),
                note: self.note(estimate),
                strong: false,
            }
        });
        let format = |v: f64| self.style.value(v);
        let reference = self
            .cells
            .total
            .and_then(value)
            .map(|total| ("All programmes".to_owned(), total));
        let line = if reference.is_some() {
            " The line is the value of all programmes together."
        } else {
            ""
        };
        let dots = Dots {
            title: self.title(),
            unit: self.unit(),
            dots: dots.collect(),
            reference,
            format: &format,
        };
        let bars = if self.has_intervals() {
            " Bars are confidence intervals."
        } else {
            ""
        };
        let caption = format!(
            "{} by programme{}.{bars}{line}",
            self.title(),
            self.in_unit()
        );
        Ok(Figure::new(chart::dots(&dots)?, caption))
    }

    fn targets(&self) -> Result<Figure, ReportError> {
        let target_of = |id: &str| {
            self.result
                .targets
                .iter()
                .find(|t| t.programme.as_deref() == Some(id))
                .map(|t| t.value)
        };
        let rows = self.rows().into_iter().map(|(id, estimate)| {
            let interval = value(estimate).and(estimate.interval);
            TargetRow {
                label: self.names.of(id).to_owned(),
                actual: value(estimate),
                target: target_of(id),
                low: interval.map(|i| i.low),
                high: interval.map(|i| i.high),
                note: self.note(estimate),
            }
        });
        let format = |v: f64| self.style.value(v);
        let targets = Targets {
            title: self.title(),
            unit: self.unit(),
            rows: rows.collect(),
            format: &format,
        };
        let bars = if self.has_intervals() {
            " Bars are confidence intervals."
        } else {
            ""
        };
        let caption = format!(
            "{} by programme, against its target{}.{bars}",
            self.title(),
            self.in_unit()
        );
        Ok(Figure::new(chart::targets(&targets)?, caption))
    }

    fn series(&self) -> Result<Figure, ReportError> {
        let periods: Vec<&str> = self.cells.periods.iter().map(|(label, _)| *label).collect();
        let point = |estimate: Option<&Estimate>| {
            let estimate = estimate?;
            Some((
                value(estimate)?,
                estimate.interval.map(|i| i.low),
                estimate.interval.map(|i| i.high),
            ))
        };
        let mut lines = vec![Line {
            label: "All programmes".to_owned(),
            points: self
                .cells
                .periods
                .iter()
                .map(|(_, e)| point(Some(e)))
                .collect(),
            strong: true,
        }];
        // Counts of single programmes lie far below their sum, and many lines are a tangle: then the total is alone.
        if self.cells.lines.len() <= MOST_LINES {
            lines.extend(self.cells.lines.iter().map(|(id, known)| {
                Line {
                    label: self.names.of(id).to_owned(),
                    points: periods
                        .iter()
                        .map(|period| {
                            point(
                                known
                                    .iter()
                                    .find(|(label, _)| label == period)
                                    .map(|(_, e)| *e),
                            )
                        })
                        .collect(),
                    strong: false,
                }
            }));
        }
        let format = |v: f64| self.style.value(v);
        let series = Series {
            title: self.title(),
            unit: self.unit(),
            periods: periods.iter().map(|p| (*p).to_owned()).collect(),
            lines,
            format: &format,
        };
        Ok(Figure::new(
            chart::series(&series)?,
            format!("{} over time{}.", self.title(), self.in_unit()),
        ))
    }

    fn has_intervals(&self) -> bool {
        self.cells.valued().iter().any(|v| v.2.interval.is_some())
    }

    fn in_unit(&self) -> String {
        match self.unit().as_str() {
            "" => String::new(),
            unit => format!(", in {unit}"),
        }
    }
}
