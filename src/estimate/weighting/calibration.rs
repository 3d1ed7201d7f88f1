//! Weights that meet known margins: raking, and post-stratification where there is one margin.

use super::margins::{Counts, composites};
use super::{Factors, LeftOut, NOWHERE, Replicated, Sheet, Source, Weighting, labels};
use crate::dataset::Dataset;
use crate::engine::sums::{Label, Sums};
use crate::estimate::design::LITTLE;
use crate::estimate::drawn::{Codes, Drawn};
use crate::estimate::margin::Grouped as _;
use crate::evaluation::CalibrateSetting;
use crate::finding::Stop;
use crate::outcome::{Calibrated, Calibration};
use crate::plan::cut::Population;
use crate::plan::weights::WeightsItem;
use crate::stats::Refused;
use crate::stats::survey::design_effect::kish;
use crate::stats::survey::raked::{Rakes, Weighted, replicates};
use crate::stats::survey::raking::{Margin, Options};
use crate::stats::survey::sample::Design;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The cells of the margins.
pub(super) struct Cells {
    known: FxHashMap<Vec<Label>, u32>,
    /// Labels of each cell: `within`, then the margins.
    pub(super) labels: Vec<Vec<Label>>,
    /// Per cell: rows, weights, their squares.
    pub(super) sums: Vec<[f64; 3]>,
    /// Cell of each cell of the scan.
    of: Vec<u32>,
}

/// Calibrates the weights of a table; why not, where it can't be done.
pub(super) fn calibrate(
    weighting: &mut Weighting,
    item: &WeightsItem,
    sums: &Sums,
    setting: &CalibrateSetting,
    dataset: &Dataset,
) -> Result<Option<Refused>, Stop> {
    let mut told = Calibration {
        within: setting.within.clone(),
        margins: vec![],
        counts: setting.total.is_some(),
        refused: None,
        result: None,
    };
    let cells = Cells::new(item, sums);
    let mut given = Vec::new();
    let sources = item.calibration.iter().flat_map(|c| &c.sources);
    for (margin, source) in setting.margins.iter().zip(sources) {
        given.push(match source {
            None => Ok(Counts::written(&margin.categories)),
            Some(source) => Counts::read(source, dataset)?,
        });
    }
    let found = given
        .into_iter()
        .collect::<Result<Vec<Counts>, Refused>>()
        .and_then(|given| met(weighting, item, (&cells, sums), setting, &given, &mut told));
    let refused = found.err();
    told.refused = refused.as_ref().map(|r| r.reason.clone());
    weighting.told.calibration = Some(told);
    Ok(refused)
}

fn met(
    weighting: &mut Weighting,
    item: &WeightsItem,
    (cells, sums): (&Cells, &Sums),
    setting: &CalibrateSetting,
    given: &[Counts],
    told: &mut Calibration,
) -> Result<(), Refused> {
    let base: Vec<f64> = cells.sums.iter().map(|s| s[1]).collect();
    told.counts |= given.iter().any(|g| !g.is_shares());
    let orders = item
        .calibration
        .as_ref()
        .map_or(&[][..], |c| c.orders.as_slice());
    let composites = composites(cells, (setting, orders), given)?;
    let margins: Vec<Margin<'_>> = composites
        .iter()
        .map(|c| Margin {
            name: &c.name,
            labels: &c.labels,
            targets: &c.targets,
            codes: &c.codes,
        })
        .collect();
    let first: f64 = composites
        .iter()
        .take(1)
        .flat_map(|c| c.targets.iter().flatten())
        .sum();
    told.margins = composites
        .iter()
        .zip(setting.margins.iter())
        .map(|(c, m)| c.told(&m.column, cells))
        .collect();
    let options = Options {
        total: Some(first),
        ..Options::default()
    };
    let rakes = Rakes::new(&base, &margins, &options)?;
    let factors = rakes.raked.factors.clone();
    for ((margin, composite), targets) in told
        .margins
        .iter_mut()
        .zip(&composites)
        .zip(rakes.targets())
    {
        let mut after = vec![0.0; composite.labels.len()];
        for (cell, code) in composite.codes.iter().enumerate() {
            if let Some(code) = code {
                after[*code] += base[cell] * factors[cell];
            }
        }
        for ((category, after), target) in margin.categories.iter_mut().zip(after).zip(targets) {
            category.after = Some(after);
            category.target = *target;
        }
    }
    told.result = Some(result(cells, &factors, rakes.raked.rounds)?);
    weighting.source = match std::mem::replace(&mut weighting.source, Ok(Source::Clusters)) {
        Ok(Source::Given(replicated)) => again(item, (cells, sums), &rakes).map(|cells| {
            Source::Given(Replicated {
                cells,
                ..replicated
            })
        }),
        Ok(_) => left_out(item, (cells, sums), &margins, &rakes)
            .map(Source::LeftOut)
            .map_err(|refused| {
                format!(
                    "the weights can't be calibrated again without each cluster: {}",
                    refused.reason
                )
            }),
        Err(reason) => Err(reason),
    };
    weighting.calibration = Some(Factors {
        cells: cells.known.clone(),
        factors,
    });
    Ok(())
}

/// Factors of the cells for each of the replicate weights.
fn again(
    item: &WeightsItem,
    (cells, sums): (&Cells, &Sums),
    rakes: &Rakes,
) -> Result<Vec<Vec<f64>>, String> {
    let count = item.columns.len();
    let replicated = sums.replicated.first().map_or(&[][..], Vec::as_slice);
    let of = |(at, name): (usize, &String)| {
        let mut weights = vec![0.0; cells.labels.len()];
        for (place, each) in cells.of.iter().zip(replicated.chunks_exact(count)) {
            if let Some(sum) = weights.get_mut(*place as usize) {
                *sum += each[at];
            }
        }
        rakes.again(&weights).ok_or_else(|| {
            format!("the margins can't be met with the replicate weights `{name}`: a category is empty there; merge small ones")
        })
    };
    item.columns.iter().enumerate().map(of).collect()
}

/// Factors of the cells without each cluster.
fn left_out(
    item: &WeightsItem,
    (cells, sums): (&Cells, &Sums),
    margins: &[Margin<'_>],
    rakes: &Rakes,
) -> Result<LeftOut, Refused> {
    let sheet = Sheet {
        scan: &item.scan,
        sums,
    };
    let code = |at: u32, which: usize| {
        let key = item.drawn.get(which).copied().flatten()?;
        let code = sheet.code(at, key);
        let label = sheet.labels(key).get(code as usize)?;
        label.is_some().then_some(code)
    };
    let cells_of = 0..sums.cells.len() as u32;
    let things: Vec<Codes> = cells_of
        .map(|at| Codes {
            programme: code(at, 0),
            stratum: code(at, 1),
            cluster: code(at, 2),
        })
        .collect();
    let all_one = |at: usize| clusters_of(item, sums, at as u32).ok() == Some(Some(1.0));
    let drawn = Drawn::new(&things, &all_one);
    let mut sizes = vec![0; drawn.strata];
    for stratum in &drawn.stratum_of {
        sizes[*stratum as usize] += 1;
    }
    let mut clusters: FxHashMap<Vec<Label>, u32> = FxHashMap::default();
    let mut names: Vec<Vec<String>> = vec![vec![]; drawn.strata];
    let mut of_part: Vec<Option<f64>> = Vec::with_capacity(drawn.parts.len());
    for (stratum, first) in &drawn.parts {
        let own = item.drawn.get(..2).unwrap_or_default();
        let own = if drawn.by_programme {
            own
        } else {
            own.get(1..).unwrap_or_default()
        };
        let said = labels(&sheet, own, *first as u32);
        let said: Vec<&str> = said.iter().flatten().map(AsRef::as_ref).collect();
        names[*stratum as usize].push(said.join(", "));
        of_part.push(clusters_of(item, sums, *first as u32)?);
    }
    let names: Vec<String> = names.iter().map(|all| all.join(" and ")).collect();
    let mut population: Vec<Option<f64>> = vec![Some(0.0); drawn.strata];
    for ((stratum, _), own) in drawn.parts.iter().zip(&of_part) {
        let all = &mut population[*stratum as usize];
        *all = all.zip(*own).map(|(a, b)| a + b);
    }
    let mut pairs: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for at in 0..sums.cells.len() as u32 {
        let part = drawn.part_of[at as usize] as usize;
        if of_part[part] != clusters_of(item, sums, at)? {
            return Err(Refused::new(
                "rows of a stratum differ in how many clusters it has in the population",
                "Give every row of a stratum the same number.",
            ));
        }
        let number = drawn.cluster_of[at as usize];
        clusters.insert(labels(&sheet, &item.drawn, at), number);
        let weight = sums.components[item.weight][at as usize];
        if weight > 0.0 {
            let pair = (number as usize, cells.of[at as usize] as usize);
            *pairs.entry(pair).or_default() += weight;
        }
    }
    let stratum_of: Vec<usize> = drawn.stratum_of.iter().map(|s| *s as usize).collect();
    let mut population: Option<Vec<f64>> = population.into_iter().collect();
    if item.of_clusters {
        // What was drawn within clusters is not known here: where that matters they count as drawn with replacement.
        for (all, drawn) in population.iter_mut().flatten().zip(&sizes) {
            if *drawn as f64 > LITTLE * *all && *all >= *drawn as f64 {
                *all = f64::MAX;
            }
        }
    }
    let (pairs, weights): (Vec<_>, Vec<f64>) = pairs.into_iter().unzip();
    let weighted = Weighted {
        design: Design {
            sizes: &sizes,
            population: population.as_deref(),
            names: &names,
        },
        strata: &stratum_of,
        margins,
        pairs: &pairs,
        weights: &weights,
    };
    let found = replicates(&weighted, rakes)?;
    Ok(LeftOut {
        clusters,
        stratum_of,
        strata: found.strata,
        without: found.without,
    })
}

/// Clusters that the stratum of a cell has in the population.
fn clusters_of(item: &WeightsItem, sums: &Sums, at: u32) -> Result<Option<f64>, Refused> {
    match item.population {
        None => Ok(None),
        Some(Population::Number(number)) => Ok(Some(number)),
        Some(Population::Key(key)) => {
            let label = &sums.labels[key][sums.cells[at as usize][key] as usize];
            let number = label.as_ref().and_then(|l| l.parse::<f64>().ok());
            number.map(Some).ok_or_else(|| {
                Refused::new(
                    "a row does not say how many clusters its stratum has in the population",
                    "Fill in the column that `population` names.",
                )
            })
        }
    }
}

/// What the factors came to.
fn result(cells: &Cells, factors: &[f64], rounds: usize) -> Result<Calibrated, Refused> {
    let sum = |at: usize, power: i32| -> f64 {
        let each = cells.sums.iter().zip(factors);
        each.map(|(s, g)| s[at] * g.powi(power)).sum()
    };
    let (rows, before, after) = (sum(0, 0), sum(1, 0), sum(1, 1));
    let mean = after / before;
    let used = cells.sums.iter().zip(factors).filter(|(s, _)| s[0] > 0.0);
    let used = used.map(|(_, g)| g / mean);
    let (least, most) = used.fold((f64::INFINITY, 0.0_f64), |(a, b), g| (a.min(g), b.max(g)));
    Ok(Calibrated {
        rows: rows as u64,
        before,
        after,
        least,
        most,
        kish_before: kish(rows, before, sum(2, 0))?,
        kish_after: kish(rows, after, sum(2, 2))?,
        rounds: rounds as u64,
    })
}

impl Cells {
    fn new(item: &WeightsItem, sums: &Sums) -> Cells {
        let sheet = Sheet {
            scan: &item.scan,
            sums,
        };
        let keys: Vec<Option<usize>> = item.scan.calibrated.iter().map(|k| Some(*k)).collect();
        let mut cells = Cells {
            known: FxHashMap::default(),
            labels: vec![],
            sums: vec![],
            of: vec![],
        };
        for at in 0..sums.cells.len() as u32 {
            if sums.components[item.rows][at as usize] == 0.0 {
                cells.of.push(NOWHERE);
                continue;
            }
            let own = labels(&sheet, &keys, at);
            let next = cells.labels.len() as u32;
            let place = *cells.known.entry(own.clone()).or_insert_with(|| {
                cells.labels.push(own);
                cells.sums.push([0.0; 3]);
                next
            });
            let all = &mut cells.sums[place as usize];
            for (sum, component) in all.iter_mut().zip([item.rows, item.weight, item.squares]) {
                *sum += sums.components[component][at as usize];
            }
            cells.of.push(place);
        }
        cells
    }
}
