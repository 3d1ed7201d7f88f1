//! A sampling design as the intervals of estimates use it: clusters, strata, finite populations, and units within clusters.
//!
//! Where a good part of a stratum's clusters was drawn, what was drawn within them matters: the variance is (1 - f1) times that
//! between clusters plus, of each cluster, f1 (1 - f2) times that between its units, with f1 and f2 the shares drawn at the two stages
//! (Cochran 1977, "Sampling Techniques", section 10.3; Sarndal, Swensson & Wretman 1992, section 4.3; R's `svydesign` with two
//! ids). Units are persons where the table names them, else rows.

use super::drawn::{Codes, Drawn};
use super::group::Measured;
use super::jackknife::{ClusterId, Replicate};
use super::margin::Grouped;
use crate::dataset::Table;
use crate::plan::cut::{Cut, Errors, Population};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Share of the clusters drawn up to which it doesn't matter what was drawn within them (Cochran 1977, section 2.6: corrections are
/// ignored up to 5, and often 10 %), where the data don't say how many units clusters have.
pub const LITTLE: f64 = 0.1;

/// Stands for the kind of a replicate in its name: a cluster left out.
const CLUSTER: u32 = 0;

/// The same for a unit of a cluster.
const UNIT: u32 = 1;

/// Something of the population; none where it is not declared, and in words what is wrong with it.
type Known = Result<Option<f64>, String>;

/// Clusters and strata of a sample, as numbers.
pub struct Design {
    /// Cluster of each finest cell or row.
    pub(super) cluster_of: Vec<u32>,
    /// Name and stratum of each cluster.
    pub(super) clusters: Vec<(ClusterId, u32)>,
    /// Clusters of each stratum.
    pub(super) strata: Vec<Vec<u32>>,
    /// What was found of the clusters.
    pub(super) drawn: Drawn,
    /// Clusters of each stratum in the population.
    population: Vec<Known>,
    /// What each stratum is called.
    names: Vec<String>,
    units: Option<Units>,
    /// Whether clusters are left out with weights calibrated again, which knows no units.
    calibrated: bool,
}

/// Units within clusters.
struct Units {
    /// Unit of each finest cell or row, numbered within its cluster.
    of: Vec<u32>,
    /// Units of each cluster in the sample.
    counts: Vec<u32>,
    /// Units of each cluster in the population.
    population: Vec<Known>,
    /// Whether the data say how many units clusters have.
    known: bool,
}

/// What was drawn within a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Within {
    /// Units drawn, at least 2.
    pub units: f64,
    /// What the variance between its units is multiplied by.
    pub factor: f64,
    /// Whether nothing but units tells the sampling error of its stratum.
    pub alone: bool,
}

impl Within {
    /// What the square of each difference of leaving out a unit is multiplied by.
    fn jackknife(&self) -> f64 {
        self.factor * (self.units - 1.0) / self.units
    }

    /// Weight of the other units where one is left out.
    pub fn up(&self) -> f64 {
        self.units / (self.units - 1.0)
    }

    /// The replicate without a unit.
    pub fn replicate(&self, table: usize, cluster: u32, unit: u32, value: f64) -> Replicate {
        Replicate {
            id: (table, UNIT, cluster, unit),
            value,
            inside: true,
            factor: self.jackknife(),
            in_df: self.alone,
            given: None,
        }
    }
}

/// Whether a replicate leaves out a unit of a cluster.
pub fn is_unit(id: &ClusterId) -> bool {
    id.1 == UNIT
}

impl Design {
    /// Of all that is grouped: the cells of a scan, or the rows of a frame.
    pub fn new(grouped: &dyn Grouped, cut: &Cut) -> Self {
        let items = grouped.items();
        let code = |item: u32, key: Option<usize>| {
            let key = key?;
            let code = grouped.code(item, key);
            let label = grouped.labels(key).get(code as usize)?;
            label.is_some().then_some(code)
        };
        let things: Vec<Codes> = (0..items)
            .map(|item| Codes {
                programme: code(item, cut.programme),
                stratum: code(item, cut.stratum),
                cluster: code(item, cut.cluster),
            })
            .collect();
        let all_one = |at: usize| population(grouped, cut.population, at as u32) == Ok(Some(1.0));
        let drawn = Drawn::new(&things, &all_one);
        let table = grouped.scan().table;
        let mut strata: Vec<Vec<u32>> = vec![vec![]; drawn.strata];
        let mut clusters = Vec::with_capacity(drawn.stratum_of.len());
        for (cluster, stratum) in drawn.stratum_of.iter().enumerate() {
            strata[*stratum as usize].push(cluster as u32);
            clusters.push(((table, CLUSTER, *stratum, cluster as u32), *stratum));
        }
        let mut names: Vec<Vec<String>> = vec![vec![]; drawn.strata];
        for (stratum, first) in &drawn.parts {
            let label = |key: Option<usize>, what: &str| {
                let code = code(*first as u32, key)?;
                let label = grouped.labels(key?).get(code as usize)?.as_ref()?;
                Some(format!("{what} {label}"))
            };
            let programme = label(cut.programme, "programme").filter(|_| drawn.by_programme);
            let own = [programme, label(cut.stratum, "stratum")];
            let own: Vec<String> = own.into_iter().flatten().collect();
            names[*stratum as usize].push(own.join(", "));
        }
        Design {
            population: populations(grouped, cut, &drawn),
            names: names.iter().map(|all| all.join(" and ")).collect(),
            units: cut.unit.map(|key| Units::new(grouped, cut, key, &drawn)),
            calibrated: cut.errors == Errors::Calibrated,
            cluster_of: drawn.cluster_of.clone(),
            clusters,
            strata,
            drawn,
        }
    }

    /// Finite population correction of a stratum: 1 less the share of its clusters that were drawn; 1 where the population is not
    /// declared.
    ///
    /// # Errors
    /// In words, what is wrong with the number of clusters in the population.
    pub fn correction(&self, stratum: u32) -> Result<f64, String> {
        let drawn = self.strata[stratum as usize].len() as f64;
        match self.population[stratum as usize].clone()? {
            None => Ok(1.0),
            Some(all) if all >= drawn && all.is_finite() => Ok(1.0 - drawn / all),
            Some(all) => Err(format!(
                "a stratum has {drawn} clusters in the sample but {all} in the population; `population` is the number of clusters, not of rows or persons"
            )),
        }
    }

    /// Per cluster of a stratum what was drawn within it; empty where that doesn't matter or is not known to have been drawn.
    ///
    /// # Errors
    /// In words, what is wrong with the numbers of the population, or that clusters have one unit each of several.
    pub fn within(&self, stratum: u32) -> Result<BTreeMap<u32, Within>, String> {
        let correction = self.correction(stratum)?;
        let share = 1.0 - correction;
        let Some(units) = self.units.as_ref().filter(|_| share > 0.0) else {
            return Ok(BTreeMap::new());
        };
        if !units.known && share <= LITTLE {
            return Ok(BTreeMap::new());
        }
        let mut open: Vec<(u32, f64, f64)> = Vec::new();
        for cluster in &self.strata[stratum as usize] {
            let drawn = f64::from(units.counts[*cluster as usize]);
            let left = match units.population[*cluster as usize].clone()? {
                None => 1.0,
                Some(all) if all >= drawn && all.is_finite() => 1.0 - drawn / all,
                Some(all) => {
                    return Err(format!(
                        "a cluster has {drawn} units in the sample but {all} in the population; `cluster_population` is the number of persons (rows, where no person is named) that it has"
                    ));
                }
            };
            if left > 0.0 {
                open.push((*cluster, drawn, left));
            }
        }
        let several = open.iter().filter(|(_, drawn, _)| *drawn > 1.0).count();
        if several == 0 {
            if units.known && !open.is_empty() && share > LITTLE {
                return Err(
                    "clusters have one unit each in the sample and more in the population, so the sampling error within them can't be estimated"
                        .to_owned(),
                );
            }
            return Ok(BTreeMap::new());
        }
        // One unit tells no spread: such a cluster counts as the average of the others (R's `survey.lonely.psu = "average"`).
        let times = open.len() as f64 / several as f64;
        let of = |(cluster, drawn, left): &(u32, f64, f64)| {
            let within = Within {
                units: *drawn,
                factor: share * left * times,
                alone: correction == 0.0,
            };
            (*cluster, within)
        };
        let some = open.iter().filter(|(_, drawn, _)| *drawn > 1.0);
        Ok(some.map(of).collect())
    }

    /// Unit of a cell or row within its cluster.
    pub fn unit(&self, item: u32) -> u32 {
        let units = self.units.as_ref();
        units
            .and_then(|u| u.of.get(item as usize).copied())
            .unwrap_or_default()
    }

    /// Clusters with a row used in the cells, in order: cluster and its cells.
    pub(super) fn inside(&self, measured: &Measured<'_>, cells: &[u32]) -> BTreeMap<u32, Vec<u32>> {
        let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let used = &measured.sums.components[measured.program.used];
        for cell in cells.iter().filter(|c| used[**c as usize] > 0.0) {
            let cluster = self.cluster_of[*cell as usize];
            found.entry(cluster).or_default().push(*cell);
        }
        found
    }

    /// Cells or rows of a cluster by unit.
    pub fn by_unit(&self, items: &[u32]) -> BTreeMap<u32, Vec<u32>> {
        let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for item in items {
            found.entry(self.unit(*item)).or_default().push(*item);
        }
        found
    }

    /// Why a stratum with a single cluster has no sampling error.
    pub fn single(&self, stratum: u32) -> String {
        let place = match self.names.get(stratum as usize).map(String::as_str) {
            None | Some("") => "the sample",
            Some(name) => name,
        };
        format!(
            "{place} has a single cluster, so its sampling error can't be estimated; join it to a similar stratum"
        )
    }

    /// Whether units within clusters tell something of the sampling error.
    fn has_units(&self) -> bool {
        let strata = 0..self.strata.len() as u32;
        let some = |s| self.within(s).is_ok_and(|w| !w.is_empty());
        self.units.is_some() && strata.into_iter().any(some)
    }

    /// The finite population corrections in words.
    pub fn corrected(&self) -> &'static str {
        match self.has_units() {
            true => ", with finite population corrections at both stages of the sample",
            false => ", with the finite population correction",
        }
    }

    /// What the reader has to know of the design.
    pub fn remarks(&self, table: &Table) -> Vec<String> {
        let meaning = &table.meaning;
        let named = meaning.cluster.as_ref().or(meaning.person.as_ref());
        let name = named.map_or("row", String::as_str);
        let mut remarks = self.drawn.remarks(name);
        let mut strata = 0..self.strata.len() as u32;
        let much = |s| self.correction(s).is_ok_and(|c| 1.0 - c > LITTLE);
        if self.calibrated && meaning.cluster.is_some() && strata.any(much) {
            remarks.push(
                "More than a tenth of the clusters of the population are in the sample. With calibrated weights they count as drawn with replacement, which takes in what was drawn within them; the sampling error is rather too large than too small."
                    .to_owned(),
            );
        }
        let guessed = self.units.as_ref().is_some_and(|units| !units.known);
        if guessed && self.has_units() {
            let unit = match &meaning.person {
                Some(_) => "persons",
                None => "rows",
            };
            remarks.push(format!(
                "More than a tenth of the clusters of the population are in the sample, and nothing says how many {unit} each of them has, so that those asked count as drawn with replacement within their cluster. Name the column with the number of {unit} of a cluster: `cluster_population` of the table's codev object."
            ));
        }
        remarks
    }
}

impl Units {
    fn new(grouped: &dyn Grouped, cut: &Cut, key: usize, drawn: &Drawn) -> Units {
        let mut known: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let clusters = drawn.stratum_of.len();
        let mut units = Units {
            of: Vec::with_capacity(drawn.cluster_of.len()),
            counts: vec![0; clusters],
            population: vec![Ok(None); clusters],
            known: cut.cluster_population.is_some(),
        };
        for (item, cluster) in drawn.cluster_of.iter().enumerate() {
            let count = &mut units.counts[*cluster as usize];
            let own = (*cluster, grouped.code(item as u32, key));
            let is_first = *count == 0;
            let unit = *known.entry(own).or_insert_with(|| {
                *count += 1;
                *count - 1
            });
            units.of.push(unit);
            if units.known {
                let said = population(grouped, cut.cluster_population, item as u32).map_err(|_| {
                    "a row does not say how many units its cluster has in the population".to_owned()
                });
                let place = &mut units.population[*cluster as usize];
                if is_first {
                    *place = said;
                } else if *place != said && place.is_ok() {
                    *place = Err(
                        "rows of a cluster differ in how many units it has in the population"
                            .to_owned(),
                    );
                }
            }
        }
        units
    }
}

/// Clusters of each stratum in the population: the sum over its parts.
fn populations(grouped: &dyn Grouped, cut: &Cut, drawn: &Drawn) -> Vec<Known> {
    let Some(asked) = cut.population else {
        return vec![Ok(None); drawn.strata];
    };
    let mut parts: Vec<Option<Known>> = vec![None; drawn.parts.len()];
    for (item, part) in drawn.part_of.iter().enumerate() {
        let place = &mut parts[*part as usize];
        if place.is_some() && matches!(asked, Population::Number(_)) {
            continue;
        }
        let said = population(grouped, Some(asked), item as u32);
        match place {
            None => *place = Some(said),
            Some(known) if *known != said && known.is_ok() => {
                *known = Err(
                    "rows of a stratum differ in how many clusters it has in the population"
                        .to_owned(),
                );
            }
            _ => {}
        }
    }
    let mut all: Vec<Known> = vec![Ok(Some(0.0)); drawn.strata];
    for ((stratum, _), part) in drawn.parts.iter().zip(parts) {
        let sum = &mut all[*stratum as usize];
        *sum = match (sum.clone(), part.unwrap_or(Ok(None))) {
            (Ok(Some(a)), Ok(Some(b))) => Ok(Some(a + b)),
            (Err(why), _) | (_, Err(why)) => Err(why),
            _ => Ok(None),
        };
    }
    all
}

/// What a cell or row says of the population.
fn population(grouped: &dyn Grouped, asked: Option<Population>, item: u32) -> Known {
    match asked {
        None => Ok(None),
        Some(Population::Number(number)) => Ok(Some(number)),
        Some(Population::Key(key)) => {
            let code = grouped.code(item, key) as usize;
            let label = grouped.labels(key).get(code).and_then(|l| l.as_deref());
            let number = label.and_then(|l| l.parse::<f64>().ok());
            number.map(Some).ok_or_else(|| {
                "a row does not say how many clusters its stratum has in the population".to_owned()
            })
        }
    }
}
