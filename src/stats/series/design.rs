//! The rows of interrupted series in order, and the columns of their segmented regression.

use super::{Options, Rows};
use crate::stats::Refused;
use nalgebra::DMatrix;

/// Steps that a line needs on either side of the change, to leave something to judge it by.
const STEPS: usize = 3;

/// A row in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Row of the data.
    pub(super) row: usize,
    /// Series, counted from 0.
    pub(super) series: usize,
    pub(super) time: i64,
    pub(super) exposed: bool,
}

/// Ordered rows with the columns of the regression.
pub(super) struct Design {
    pub(super) places: Vec<Place>,
    pub(super) y: Vec<f64>,
    pub(super) x: DMatrix<f64>,
    pub(super) names: Vec<String>,
    pub(super) series: usize,
    /// Steps of the longest series.
    pub(super) steps: usize,
    /// Steps missing between a series' first and last.
    pub(super) gaps: usize,
    /// Columns of the change in level and slope of the exposed.
    pub(super) level: usize,
    pub(super) slope: usize,
    /// Columns of the change that the controls share, where there are controls.
    pub(super) shared: Option<(usize, usize)>,
    /// Columns of the slopes before, of the exposed series.
    pub(super) before: Vec<usize>,
}

impl Design {
    /// Steps since the row before, of the same series; none for the first.
    pub(super) fn since(&self, i: usize) -> Option<i64> {
        let before = self.places.get(i.checked_sub(1)?)?;
        let here = self.places.get(i)?;
        (before.series == here.series).then(|| here.time - before.time)
    }

    /// The row `lag` steps earlier in the same series.
    pub(super) fn earlier(&self, i: usize, lag: i64) -> Option<usize> {
        let here = self.places[i];
        (0..i)
            .rev()
            .take_while(|&j| {
                self.places[j].series == here.series && here.time - self.places[j].time <= lag
            })
            .find(|&j| here.time - self.places[j].time == lag)
    }
}

/// Checks and orders the rows and makes the columns.
pub(super) fn design(rows: &Rows, options: &Options) -> Result<Design, Refused> {
    let places = order(rows)?;
    let series = places.last().map_or(0, |p| p.series + 1);
    let gaps = check(&places, series, options)?;
    let steps = (0..series)
        .map(|s| places.iter().filter(|p| p.series == s).count())
        .max()
        .unwrap_or(0);
    let controlled = places.iter().any(|p| !p.exposed);
    let mut design = Design {
        y: places.iter().map(|p| rows.outcome[p.row]).collect(),
        x: DMatrix::zeros(places.len(), 0),
        names: Vec::new(),
        series,
        steps,
        gaps,
        level: 0,
        slope: 0,
        shared: None,
        before: Vec::new(),
        places,
    };
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut add = |design: &mut Design, name: String, value: &dyn Fn(&Place) -> f64| {
        columns.push(design.places.iter().map(value).collect());
        design.names.push(name);
        design.names.len() - 1
    };
    let indicator = |is: bool| f64::from(u8::from(is));
    let since = |p: &Place| (p.time - options.start) as f64;
    let after = |p: &Place| indicator(p.time >= options.start);
    for s in 0..series {
        let label = |what: &str| match series {
            1 => what.to_owned(),
            _ => format!("{what} of series {}", s + 1),
        };
        add(&mut design, label("level"), &|p| indicator(p.series == s));
        let slope = add(&mut design, label("slope"), &|p| {
            indicator(p.series == s) * since(p)
        });
        if design.places.iter().any(|p| p.series == s && p.exposed) {
            design.before.push(slope);
        }
    }
    if controlled {
        design.shared = Some((
            add(&mut design, "change of level of all".into(), &after),
            add(&mut design, "change of slope of all".into(), &|p| {
                after(p) * since(p)
            }),
        ));
    }
    design.level = add(&mut design, "change of level".into(), &|p| {
        indicator(p.exposed) * after(p)
    });
    design.slope = add(&mut design, "change of slope".into(), &|p| {
        indicator(p.exposed) * after(p) * since(p)
    });
    for season in 1..i64::from(options.seasons.unwrap_or(1)) {
        let of = i64::from(options.seasons.unwrap_or(1));
        add(&mut design, format!("season {}", season + 1), &|p| {
            indicator((p.time - options.start).rem_euclid(of) == season)
        });
    }
    design.x = DMatrix::from_fn(design.places.len(), columns.len(), |i, j| columns[j][i]);
    Ok(design)
}

fn order(rows: &Rows) -> Result<Vec<Place>, Refused> {
    let n = rows.outcome.len();
    if rows.time.len() != n
        || rows.series.is_some_and(|s| s.len() != n)
        || rows.exposed.is_some_and(|e| e.len() != n)
    {
        return Err(Refused::new(
            "the columns have different numbers of rows",
            "Give one value per row in every column.",
        ));
    }
    if rows.outcome.iter().any(|y| !y.is_finite()) {
        return Err(Refused::new(
            "the outcome is missing in some rows",
            "Leave out those rows first, so that they are counted.",
        ));
    }
    let mut labels = rows.series.map_or(vec![0], <[usize]>::to_vec);
    labels.sort_unstable();
    labels.dedup();
    let mut places: Vec<Place> = (0..n)
        .map(|row| Place {
            row,
            series: rows
                .series
                .map_or(0, |s| labels.partition_point(|l| *l < s[row])),
            time: rows.time[row],
            exposed: rows.exposed.is_none_or(|e| e[row]),
        })
        .collect();
    places.sort_by_key(|p| (p.series, p.time));
    Ok(places)
}

/// Refuses what can't be analysed; counts missing steps.
fn check(places: &[Place], series: usize, options: &Options) -> Result<usize, Refused> {
    if !(options.confidence > 0.0 && options.confidence < 1.0) {
        return Err(Refused::new(
            "the confidence level is not between 0 and 1",
            "Write 0.95 for 95 %.",
        ));
    }
    if options.seasons == Some(0) {
        return Err(Refused::new(
            "a year of 0 steps has no seasons",
            "Write 4 for quarters, 12 for months, or leave it out.",
        ));
    }
    if places.iter().all(|p| !p.exposed) {
        return Err(Refused::new(
            "all series are controls",
            "Say in which series the change happened.",
        ));
    }
    let mut gaps = 0;
    for s in 0..series {
        let own: Vec<&Place> = places.iter().filter(|p| p.series == s).collect();
        let name = if series == 1 {
            "the series".to_owned()
        } else {
            format!("series {}", s + 1)
        };
        for pair in own.windows(2) {
            if pair[0].time == pair[1].time {
                return Err(Refused::new(
                    format!("{name} has two values at step {}", pair[0].time),
                    "Give one row per series and step: add the amounts up first.",
                ));
            }
            if pair[0].exposed != pair[1].exposed {
                return Err(Refused::new(
                    format!("{name} is exposed in some rows and a control in others"),
                    "A series is either a control or not, in all its rows.",
                ));
            }
            gaps += (pair[1].time - pair[0].time - 1) as usize;
        }
        let before = own.iter().filter(|p| p.time < options.start).count();
        if before < STEPS || own.len() - before < STEPS {
            return Err(Refused::new(
                format!(
                    "{name} has {before} steps before and {} after the change, and a line needs {STEPS} on either side",
                    own.len() - before
                ),
                "Add steps, or compare means before and after.",
            ));
        }
    }
    Ok(gaps)
}
