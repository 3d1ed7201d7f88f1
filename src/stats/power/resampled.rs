//! Draws evaluations from the user's own baseline: whole clusters with replacement, with an assumed effect at endline.

use super::rows::Row;
use crate::stats::Refused;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;
use std::collections::BTreeMap;

/// A person of the baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaselineRow {
    /// Stratum; 0 for all where there are none.
    pub stratum: u32,
    /// Cluster; a number of its own for each person where there are no clusters.
    pub cluster: u32,
    /// Whether the cluster is (going to be) treated; ignored under [`Assignment::ByLot`].
    pub treated: bool,
    /// Survey weight, above 0.
    pub weight: f64,
    /// Outcome.
    pub y: f64,
}

/// Who is treated in a draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Assignment {
    /// As in the baseline; clusters are drawn within stratum and group, so that differences between the groups stay.
    AsObserved,
    /// By lot, within strata; at least one cluster of a stratum is treated and one is not.
    ByLot {
        /// Share of clusters treated, between 0 and 1.
        share_treated: f64,
    },
}

/// How evaluations are drawn from a baseline.
///
/// The baseline of a draw is the drawn clusters' persons, with the deviation of each cluster's mean from that of its stratum (and
/// group) enlarged by sqrt(k / (k - 1)) for k clusters, as resampling k clusters would otherwise vary too little (Rao & Wu 1988).
/// The endline needs correlations over time, which a baseline can't know: the deviation of a cluster's mean becomes r times its
/// own plus sqrt(1 - r^2) times that of another cluster drawn from the same stratum (and group); a person's deviation from the
/// cluster likewise, with those of the same cluster shuffled. Deviations are from the weighted mean, and the other cluster is drawn
/// with probability proportional to its persons' weight, so that weighted means stay where they are between the waves also where
/// large clusters differ from small ones (but for the bias of a ratio, which falls with the number of clusters). Means, variances
/// and correlations are as stated; a yes/no outcome therefore gets values between at endline, which suits estimators of means and
/// differences only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    /// Who is treated.
    pub assignment: Assignment,
    /// Number of clusters drawn, in each stratum (and group), over that of the baseline; at least 2 are drawn.
    pub clusters: f64,
    /// Correlation r over time of a cluster's observed mean, 0 to 1 ([`super::Plan::unit_autocorrelation`] gives it).
    pub mean_autocorrelation: f64,
    /// Correlation over time of a person's deviation from the cluster, 0 to 1; 0 is used where new persons are asked.
    pub person_autocorrelation: f64,
    /// Whether the same persons are asked in both waves.
    pub same_persons: bool,
    /// What the programme adds to the treated at endline: the truth of a diagnosis.
    pub effect: f64,
    /// Change of all from baseline to endline without the programme.
    pub trend: f64,
    /// Share of persons without endline, at random.
    pub attrition: f64,
}

/// A baseline made ready for drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampled {
    cells: Vec<Cell>,
    how: Resampling,
}

/// Stratum, and group unless treatment goes by lot.
type Home = (u32, Option<bool>);

/// Persons of a cluster.
type Persons = Vec<Person>;

/// The clusters of a stratum (and group).
#[derive(Debug, Clone, PartialEq)]
struct Cell {
    stratum: u32,
    /// None where treatment goes by lot.
    treated: Option<bool>,
    /// Weighted mean of its persons.
    mean: f64,
    clusters: Vec<Cluster>,
    /// Weight of the clusters up to and with each.
    weight_up_to: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq)]
struct Cluster {
    /// Deviation of its mean from that of the cell, enlarged.
    deviation: f64,
    /// Its persons.
    persons: Persons,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Person {
    /// Outcome; once the cluster is known, its deviation from the cluster's mean.
    y: f64,
    weight: f64,
    /// Position of the row.
    source: u32,
}

impl Resampled {
    /// Takes a baseline apart into strata, groups, clusters and persons, in the order of their numbers.
    ///
    /// # Errors
    /// Refused where there are no rows, an outcome is missing or a weight not above 0, a cluster lies in two strata or (as
    /// observed) is both treated and untreated, a stratum (and group) has a single cluster, or a setting is out of range.
    pub fn new(rows: &[BaselineRow], how: Resampling) -> Result<Resampled, Refused> {
        how.check()?;
        if rows.is_empty() {
            return Err(Refused::new(
                "the baseline has no rows",
                "Give a baseline with persons in clusters.",
            ));
        }
        let by_lot = matches!(how.assignment, Assignment::ByLot { .. });
        let mut homes: BTreeMap<u32, Home> = BTreeMap::new();
        let mut cells: BTreeMap<Home, BTreeMap<u32, Persons>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            if !(row.y.is_finite() && row.weight.is_finite() && row.weight > 0.0) {
                return Err(Refused::new(
                    format!(
                        "baseline row {} has no outcome, or a weight that is not above 0",
                        index + 1
                    ),
                    "Leave persons without an outcome out, and give each other person a weight above 0.",
                ));
            }
            let cell = (row.stratum, (!by_lot).then_some(row.treated));
            let home = *homes.entry(row.cluster).or_insert(cell);
            if home.0 != cell.0 {
                return Err(Refused::new(
                    format!(
                        "cluster {} lies in strata {} and {}",
                        row.cluster, home.0, cell.0
                    ),
                    "Give each cluster one stratum.",
                ));
            }
            if home != cell {
                return Err(Refused::new(
                    format!(
                        "cluster {} has both treated and untreated persons",
                        row.cluster
                    ),
                    "Treat whole clusters, or let each person be a cluster.",
                ));
            }
            cells
                .entry(cell)
                .or_default()
                .entry(row.cluster)
                .or_default()
                .push(Person {
                    y: row.y,
                    weight: row.weight,
                    source: index as u32,
                });
        }
        let cells = cells
            .into_iter()
            .map(|((stratum, treated), clusters)| {
                Cell::new(stratum, treated, clusters.into_values().collect())
            })
            .collect::<Result<_, _>>()?;
        Ok(Resampled { cells, how })
    }

    /// Draws the rows of one evaluation: by cluster and person, baseline before endline.
    pub fn draw(&self, rng: &mut Pcg64) -> Vec<Row> {
        let mut rows = Vec::with_capacity(self.room());
        let (mut cluster, mut person) = (0, 0);
        for cell in &self.cells {
            let number = ((cell.clusters.len() as f64 * self.how.clusters).round() as usize).max(2);
            let lot = match self.how.assignment {
                Assignment::AsObserved => 0,
                Assignment::ByLot { share_treated } => {
                    ((number as f64 * share_treated).round() as usize).clamp(1, number - 1)
                }
            };
            // Clusters are drawn independently, so that the first ones are as good as any.
            for k in 0..number {
                let treated = cell.treated.unwrap_or(k < lot);
                let first = Row {
                    stratum: cell.stratum,
                    cluster,
                    person,
                    treated,
                    post: false,
                    y: 0.0,
                    weight: 1.0,
                    source: None,
                };
                person = self.draw_cluster(cell, first, rng, &mut rows);
                cluster += 1;
            }
        }
        rows
    }

    /// How many rows a draw has about, rather more than fewer.
    fn room(&self) -> usize {
        let persons =
            |cell: &Cell| -> usize { cell.clusters.iter().map(|c| c.persons.len()).sum() };
        let all: usize = self.cells.iter().map(persons).sum();
        ((2.2 * all as f64 * self.how.clusters) as usize).min(1 << 20)
    }

    /// One cluster; `first` has what its rows share, and the first person's number. Gives the next free number.
    fn draw_cluster(&self, cell: &Cell, first: Row, rng: &mut Pcg64, rows: &mut Vec<Row>) -> u32 {
        let how = &self.how;
        let drawn = &cell.clusters[rng.random_range(0..cell.clusters.len())];
        let other = cell.by_weight(rng);
        let mix = |r: f64, own: f64, new: f64| r * own + (1.0 - r * r).sqrt() * new;
        let before = cell.mean + drawn.deviation;
        let gain = how.trend + if first.treated { how.effect } else { 0.0 };
        let after =
            cell.mean + gain + mix(how.mean_autocorrelation, drawn.deviation, other.deviation);
        let mut shuffled: Vec<f64> = drawn.persons.iter().map(|one| one.y).collect();
        shuffled.shuffle(rng);
        let stays = if how.same_persons {
            how.person_autocorrelation
        } else {
            0.0
        };
        let mut person = first.person;
        for (one, new) in drawn.persons.iter().zip(shuffled) {
            let row = Row {
                person,
                weight: one.weight,
                y: before + one.y,
                source: Some(one.source),
                ..first
            };
            rows.push(row);
            if !how.same_persons {
                person += 1;
            }
            if rng.random::<f64>() >= how.attrition {
                let y = after + mix(stays, one.y, new);
                rows.push(Row {
                    person,
                    post: true,
                    y,
                    ..row
                });
            }
            person += 1;
        }
        person
    }
}

impl Cell {
    fn new(stratum: u32, treated: Option<bool>, clusters: Vec<Persons>) -> Result<Cell, Refused> {
        let number = clusters.len();
        if number < 2 {
            let group = match treated {
                Some(true) => "treated ",
                Some(false) => "untreated ",
                None => "",
            };
            return Err(Refused::new(
                format!(
                    "stratum {stratum} has a single {group}cluster, so that drawing clusters can't vary it"
                ),
                "Join strata until each has two clusters in each group.",
            ));
        }
        let sums: Vec<(f64, f64)> = clusters
            .iter()
            .map(|persons| {
                persons.iter().fold((0.0, 0.0), |(sum, weight), one| {
                    (sum + one.y * one.weight, weight + one.weight)
                })
            })
            .collect();
        let (mut sum, mut weight) = (0.0, 0.0);
        let mut weight_up_to = Vec::with_capacity(number);
        for of in &sums {
            sum += of.0;
            weight += of.1;
            weight_up_to.push(weight);
        }
        let mean = sum / weight;
        let enlarged = (number as f64 / (number as f64 - 1.0)).sqrt();
        let clusters = clusters
            .into_iter()
            .zip(sums)
            .map(|(persons, (sum, weight))| {
                let own = sum / weight;
                let persons = persons.into_iter().map(|one| Person {
                    y: one.y - own,
                    ..one
                });
                Cluster {
                    deviation: enlarged * (own - mean),
                    persons: persons.collect(),
                }
            })
            .collect();
        Ok(Cell {
            stratum,
            treated,
            mean,
            clusters,
            weight_up_to,
        })
    }

    /// A cluster drawn with probability proportional to its weight.
    fn by_weight(&self, rng: &mut Pcg64) -> &Cluster {
        let last = self.clusters.len() - 1;
        let at = rng.random::<f64>() * self.weight_up_to[last];
        let index = self.weight_up_to.partition_point(|up_to| *up_to <= at);
        // Rounding may carry `at` up to the whole weight.
        &self.clusters[index.min(last)]
    }
}

impl Resampling {
    fn check(&self) -> Result<(), Refused> {
        if let Assignment::ByLot { share_treated } = self.assignment
            && !(share_treated > 0.0 && share_treated < 1.0)
        {
            return Err(Refused::new(
                format!("the share of treated clusters ({share_treated}) is not between 0 and 1"),
                "Give a share such as 0.5.",
            ));
        }
        if !(self.clusters.is_finite() && self.clusters > 0.0 && self.clusters <= 1e4) {
            return Err(Refused::new(
                format!(
                    "{} times the clusters of the baseline can't be drawn",
                    self.clusters
                ),
                "Give a number such as 1 for as many, 2 for twice as many.",
            ));
        }
        let correlations = [
            (
                "the autocorrelation of cluster means",
                self.mean_autocorrelation,
            ),
            (
                "the autocorrelation of persons",
                self.person_autocorrelation,
            ),
        ];
        for (what, value) in correlations {
            if !(0.0..=1.0).contains(&value) {
                return Err(Refused::new(
                    format!("{what} ({value}) is not from 0 to 1"),
                    "Give a correlation such as 0.5.",
                ));
            }
        }
        if !(0.0..1.0).contains(&self.attrition)
            || !self.effect.is_finite()
            || !self.trend.is_finite()
        {
            return Err(Refused::new(
                "the share of persons lost is not from 0 to below 1, or the effect or trend is not a number",
                "Give a share such as 0.2, and finite numbers.",
            ));
        }
        Ok(())
    }
}
