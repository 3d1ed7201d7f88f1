//! Intervals from component sums by cluster: linearisation and bootstrap.

use super::clusters::Clusters;
use super::group::{NothingKept, Totals};
use super::interval::{Cell, Making, words};
use super::jackknife::{self, TOO_LARGE};
use super::reach;
use crate::evaluation::IntervalMethod;
use crate::indicator::formula::node::{Op, Value};
use crate::outcome::{Interval, IntervalKind};
use crate::plan::program::Parts;
use crate::stats::Refused;
use crate::stats::random::tag;
use crate::stats::resample::bootstrap::{
    ClusterSums, Method, Options, Resampled, Statistic, bootstrap,
};
use crate::stats::survey::linearisation::{self, Of, Unit, Units};
use crate::stats::survey::sample;

impl Making<'_> {
    /// The interval by linearisation.
    ///
    /// # Errors
    /// In words, why there is none.
    pub(super) fn linearised(&self, at: Cell<'_>) -> Result<Interval, String> {
        let sums = Clusters::new(self.measured, self.design, at.cells, false)?;
        let sizes: Vec<usize> = sums.members.iter().map(|m| m.len()).collect();
        let corrections: Vec<f64> = sums
            .numbers
            .iter()
            .map(|stratum| self.design.correction(*stratum))
            .collect::<Result<_, _>>()?;
        // A stratum without population has the correction 1, which a population of infinity would give.
        let population: Vec<f64> = corrections
            .iter()
            .zip(&sizes)
            .map(|(correction, drawn)| (*drawn as f64 / (1.0 - correction)).min(f64::MAX))
            .collect();
        let given = sample::Sample {
            design: sample::Design {
                sizes: &sizes,
                population: Some(&population),
                names: &[],
            },
            strata: &sums.strata,
            components: sums.components.len(),
            totals: &sums.totals,
        };
        let of_totals = |totals: &[f64]| Some(self.value(&sums, totals));
        let of = match self.simple(&sums) {
            Some((top, Some(bottom))) => Of::Ratio(top, bottom),
            Some((total, None)) => Of::Total(total),
            None => Of::Smooth(&of_totals),
        };
        let units = self.units(at, &sums)?;
        let found = linearisation::in_stages(&given, &units, of, self.confidence).map_err(words)?;
        let sample::Estimated {
            inference,
            clusters,
            ..
        } = found;
        let (se, df) = (inference.se, inference.df);
        if !se.is_finite() {
            return Err(TOO_LARGE.to_owned());
        }
        let (low, high) = reach::bounds(at.value, se, df, self.confidence, &self.reach)?;
        let interval = Interval {
            low,
            high,
            se,
            df,
            clusters: clusters as u64,
            kind: IntervalKind::Linearisation,
            design_effect: None,
        };
        Ok(self.with_effect(at, interval))
    }

    /// Sums of the units within the clusters of a place, where these tell something.
    fn units(&self, at: Cell<'_>, sums: &Clusters<'_>) -> Result<Units, String> {
        let inside = self.design.inside(self.measured, at.cells);
        let mut units = Units::default();
        for stratum in &sums.numbers {
            let within = self.design.within(*stratum)?;
            for (cluster, within) in within {
                let Some(cells) = inside.get(&cluster) else {
                    continue;
                };
                units
                    .clusters
                    .push((within.units, within.factor, within.alone));
                for cells in self.design.by_unit(cells).values() {
                    let totals = sums.components.iter().map(|component| {
                        let own = &self.measured.sums.components[*component];
                        cells.iter().map(|c| own[*c as usize]).sum()
                    });
                    units.units.push(Unit {
                        cluster: units.clusters.len() - 1,
                        totals: totals.collect(),
                    });
                }
            }
        }
        Ok(units)
    }

    /// The interval by the bootstrap.
    ///
    /// # Errors
    /// In words, why there is none.
    pub(super) fn resampled(
        &self,
        at: Cell<'_>,
        method: IntervalMethod,
    ) -> Result<Interval, String> {
        let sums = Clusters::new(self.measured, self.design, at.cells, true)?;
        let strata = sums.numbers.len();
        let df = sums.inside as f64 - strata as f64;
        jackknife::quantile(df, self.confidence)?;
        let (method, kind) = match method {
            IntervalMethod::BootstrapBca => (Method::Bca, IntervalKind::BootstrapBca),
            IntervalMethod::BootstrapStudentised => {
                (Method::Studentised, IntervalKind::BootstrapStudentised)
            }
            _ => (Method::Percentile, IntervalKind::BootstrapPercentile),
        };
        // Quantiles of replicates stay where the value can lie; those of t don't.
        let scale = reach::scaled(at.value, &self.reach).filter(|_| method == Method::Studentised);
        let forth = scale.map_or((|x| x) as fn(f64) -> f64, |s| s.0);
        // A ratio or a total needs no other columns, and resampling costs by the column.
        let simple = self.simple(&sums);
        let (uses, statistic) = match simple {
            Some((top, Some(bottom))) => (vec![top, bottom], Statistic::ratio(0, 1)),
            Some((total, None)) => (vec![total], Statistic::total(0)),
            None => {
                let all: Vec<usize> = (0..sums.components.len()).collect();
                let of =
                    Statistic::function(all.clone(), |totals| forth(self.value(&sums, totals)));
                (all, of)
            }
        };
        let totals: Vec<f64> = sums
            .totals
            .chunks_exact(sums.components.len())
            .flat_map(|cluster| uses.iter().map(|column| cluster[*column]))
            .collect();
        if !totals.iter().all(|x| x.is_finite()) {
            return Err(TOO_LARGE.to_owned());
        }
        let data = ClusterSums {
            sums: &totals,
            components: uses.len(),
            strata: &sums.strata,
        };
        let options = Options {
            replicates: self.replicates as usize,
            seed: self.seed,
            what: tag(&format!("interval {} {}", self.indicator, at.number)),
            studentised: method == Method::Studentised,
        };
        let found: Option<Result<Resampled, Refused>> = bootstrap(&data, &[statistic], &options)
            .map_err(words)?
            .pop();
        let found = found.ok_or("nothing was resampled")?.map_err(words)?;
        let found = found
            .interval(method, self.confidence, 0.0)
            .map_err(words)?;
        let (ends, se) = match scale {
            None => ((found.low, found.high), found.se),
            Some((_, back, slope)) => ((back(found.low), back(found.high)), found.se / slope),
        };
        let (low, high) = reach::kept(ends, at.value, &self.reach);
        let interval = Interval {
            low,
            high,
            se,
            df,
            clusters: sums.inside as u64,
            kind,
            design_effect: None,
        };
        Ok(self.with_effect(at, interval))
    }

    /// Places of numerator and denominator among the sums, or of a total, where the value is no more than that.
    fn simple(&self, sums: &Clusters) -> Option<(usize, Option<usize>)> {
        let program = self.measured.program;
        let place = |component: usize| sums.components.iter().position(|c| *c == component);
        let total = |value: &Value| match value {
            Value::Aggregate(at) => match program.parts.get(*at)? {
                Parts::Count { sum } | Parts::Sum { sum, .. } => place(*sum),
                _ => None,
            },
            _ => None,
        };
        match &self.measured.formula.value {
            Value::Aggregate(at) => match program.parts.get(*at)? {
                Parts::Average { sum, weight, .. } => Some((place(*sum)?, Some(place(*weight)?))),
                _ => Some((total(&self.measured.formula.value)?, None)),
            },
            Value::Call(Op::Divide, parts) => match parts.as_slice() {
                [top, bottom] => Some((total(top)?, Some(total(bottom)?))),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value for other totals of the components that add up; NaN where it has none.
    fn value(&self, sums: &Clusters, totals: &[f64]) -> f64 {
        let mut changed = Totals(sums.whole.0.clone());
        for (component, total) in sums.components.iter().zip(totals) {
            changed.0[*component] = *total;
        }
        let found = self.measured.compute(&changed, &NothingKept).value;
        found.unwrap_or(f64::NAN)
    }
}
