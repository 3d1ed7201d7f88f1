//! The units that a lottery draws, with their strata, and sums by unit.

use super::Experiment;
use crate::stats::Refused;
use rustc_hash::FxHashMap;

/// Size of a stratum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stratum {
    pub units: usize,
    pub treated: usize,
}

/// Units, those of a stratum next to each other.
pub(super) struct Units {
    pub strata: Vec<Stratum>,
    /// Unit of each row.
    pub of_row: Vec<usize>,
    /// Stratum of each row, counted from 0.
    pub stratum_of_row: Vec<usize>,
    /// Whether the unit was treated.
    pub treated: Vec<bool>,
}

struct Unit {
    stratum: usize,
    treated: bool,
}

impl Units {
    pub fn new(of: &Experiment) -> Result<Units, Refused> {
        check(of)?;
        let rows = of.outcome.len();
        let mut strata_codes: Vec<usize> = of.strata.map_or_else(|| vec![0], <[usize]>::to_vec);
        strata_codes.sort_unstable();
        strata_codes.dedup();
        let stratum_of_row: Vec<usize> = (0..rows)
            .map(|i| {
                of.strata
                    .map_or(0, |s| strata_codes.partition_point(|c| *c < s[i]))
            })
            .collect();

        let mut places: FxHashMap<usize, usize> = FxHashMap::default();
        let mut units: Vec<Unit> = Vec::new();
        let mut first_order = Vec::with_capacity(rows);
        for i in 0..rows {
            let place = match of.units {
                Some(codes) => *places.entry(codes[i]).or_insert(units.len()),
                None => i,
            };
            if place == units.len() {
                units.push(Unit {
                    stratum: stratum_of_row[i],
                    treated: of.treated[i],
                });
            }
            let unit = &units[place];
            if unit.treated != of.treated[i] || unit.stratum != stratum_of_row[i] {
                let what = if unit.treated != of.treated[i] {
                    "treated and others"
                } else {
                    "several strata"
                };
                return Err(Refused::new(
                    format!(
                        "a cluster that is said to be drawn as a whole has {what} among its rows"
                    ),
                    "Name as clusters what was drawn by lot, or leave the clusters out if persons were drawn.",
                ));
            }
            first_order.push(place);
        }
        let mut order: Vec<usize> = (0..units.len()).collect();
        order.sort_by_key(|u| units[*u].stratum);
        let mut rank = vec![0; units.len()];
        for (to, from) in order.iter().enumerate() {
            rank[*from] = to;
        }
        let mut strata = vec![
            Stratum {
                units: 0,
                treated: 0
            };
            strata_codes.len()
        ];
        for unit in &units {
            strata[unit.stratum].units += 1;
            strata[unit.stratum].treated += usize::from(unit.treated);
        }
        check_strata(&strata, rows)?;
        Ok(Units {
            strata,
            of_row: first_order.into_iter().map(|place| rank[place]).collect(),
            stratum_of_row,
            treated: order.iter().map(|u| units[*u].treated).collect(),
        })
    }

    pub fn count(&self) -> usize {
        self.treated.len()
    }

    /// Sums of a value of the rows, by unit.
    pub fn sums(&self, of: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.count()];
        for (i, unit) in self.of_row.iter().enumerate() {
            sums[*unit] += of(i);
        }
        sums
    }
}

fn check_strata(strata: &[Stratum], rows: usize) -> Result<(), Refused> {
    let one_sided = |s: &Stratum| s.treated == 0 || s.treated == s.units;
    let Some(place) = strata.iter().position(one_sided) else {
        return Ok(());
    };
    let word = if strata[place].treated == 0 {
        "none"
    } else {
        "all"
    };
    Err(
        if strata.iter().all(one_sided)
            && strata.iter().all(|s| (s.treated == 0) == (word == "none"))
        {
            let which = if word == "none" {
                format!("none of {rows} rows is")
            } else {
                format!("all {rows} rows are")
            };
            Refused::new(
                format!("the treatment does not vary: {which} treated"),
                "Check which column says who was treated, and the filter.",
            )
        } else {
            Refused::new(
                format!(
                    "in stratum {} of {} {word} of the units were treated, so that it compares nothing",
                    place + 1,
                    strata.len()
                ),
                "Leave such strata out, and say so: they were no part of the lottery.",
            )
        },
    )
}

fn check(of: &Experiment) -> Result<(), Refused> {
    let rows = of.outcome.len();
    let fits = of.treated.len() == rows
        && of.weights.is_none_or(|w| w.len() == rows)
        && of.units.is_none_or(|u| u.len() == rows)
        && of.strata.is_none_or(|s| s.len() == rows);
    if !fits || rows == 0 {
        return Err(Refused::new(
            format!("columns of unequal length were given for {rows} rows"),
            "Give every column the same rows, one at least.",
        ));
    }
    if !of.outcome.iter().all(|y| y.is_finite()) {
        return Err(Refused::new(
            "an outcome is missing",
            "Leave out rows with missing values first, and say how many by group.",
        ));
    }
    match of
        .weights
        .and_then(|w| w.iter().find(|w| !(w.is_finite() && **w > 0.0)))
    {
        Some(bad) => Err(Refused::new(
            format!("a weight is {bad}; weights must be above 0"),
            "Leave out rows without weight, and correct negative ones.",
        )),
        None => Ok(()),
    }
}
