//! Difference-in-differences: two periods, two-way fixed effects, staggered adoption.
//!
//! - [`group_time`]: Callaway & Sant'Anna (2021), Difference-in-differences with multiple time periods, Journal of Econometrics 225. Each
//!   effect compares a cohort's change with that of those not treated, never with that of the already treated.
//! - [`sun_abraham`]: Sun & Abraham (2021), the interaction-weighted event study, by one regression.
//! - [`two_period`], [`two_way`]: the regressions with one effect.
//!
//! Periods are whole numbers (years, waves, quarters counted through) and may have gaps; a cohort is the first period with
//! treatment.

mod aggregate;
mod bootstrap;
mod cells;
mod few;
mod group_time;
mod nuisance;
mod prepare;
mod regression;
mod sun_abraham;
#[cfg(test)]
mod tests;
mod two_by_two;

pub use aggregate::{Aggregate, Aggregation, Part};
pub use group_time::{Cell, FewWald, GroupTime, Skipped, Wald, group_time};
pub use regression::{Regression, TwoPeriods, TwoWay, two_period, two_way};
pub use sun_abraham::{EventOptions, EventStudy, sun_abraham};

/// Rows of a staggered design, one value per row in each column.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The outcome.
    pub outcome: &'a [f64],
    /// Period of the row.
    pub period: &'a [i64],
    /// First period in which the row's unit (or group) is treated; none: never.
    pub cohort: &'a [Option<i64>],
    /// Unit of a panel; none: repeated cross-sections, different persons in each period.
    pub unit: Option<&'a [usize]>,
    /// Cluster; none: units of a panel, rows of cross-sections.
    pub cluster: Option<&'a [usize]>,
    /// Weight above 0, the same in all rows of a unit.
    pub weight: Option<&'a [f64]>,
    /// Covariates by name; of a panel, those of the base period are used.
    pub covariates: &'a [(&'a str, &'a [f64])],
}

/// Whom a cohort is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Those never treated in the data.
    NeverTreated,
    /// Those not treated by the later of the two periods compared.
    NotYetTreated,
}

/// From which period change is counted before the treatment. After it, always from the last period before treatment
/// (less anticipation).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// From the period before: pre-treatment effects are changes from one period to the next.
    Varying,
    /// From the last period before treatment, throughout.
    Universal,
}

/// What the one number is the mean of (Callaway & Sant'Anna 2021, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Average {
    /// Within cohorts over the periods from adoption on, then over cohorts by size: the one the paper recommends.
    #[default]
    Group,
    /// All cohorts in all periods from adoption on, by the size of the cohort: early adopters count more.
    Simple,
    /// Over times since adoption, each counting once.
    Dynamic,
    /// Over periods, each counting once.
    Calendar,
}

/// How covariates are adjusted for; without covariates all three are the difference of mean changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// A model of the change without treatment (Heckman, Ichimura & Todd 1997).
    Outcome,
    /// A logit of treatment, weights normalised (Abadie 2005).
    Propensity,
    /// Both; right where either model is (Sant'Anna & Zhao 2020).
    DoublyRobust,
}

/// Random weights of the multiplier bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiplier {
    /// Mammen's (1993) two points, which keep the third moment.
    Mammen,
    /// -1 and 1.
    Rademacher,
}

/// A multiplier bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// Number of replicates, 100 at least.
    pub replicates: usize,
    /// Random weights.
    pub multiplier: Multiplier,
    /// Seed.
    pub seed: u64,
}

/// How group-time effects are estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Whom a cohort is compared with.
    pub comparison: Comparison,
    /// Base period before the treatment.
    pub base: Base,
    /// Number of periods (in the unit of the periods) before treatment in which it may already act.
    pub anticipation: u32,
    /// Adjustment for covariates.
    pub adjustment: Adjustment,
    /// Confidence level, such as 0.95.
    pub confidence: f64,
    /// Standard errors and simultaneous bands by bootstrap; none: analytic standard errors, no bands. Not looked at with `few`.
    pub bootstrap: Option<Bootstrap>,
    /// Errors that allow for few units, of panels; none: those of the paper, right with many.
    pub few: Option<Few>,
}

/// Errors that allow for few units: residuals corrected as CR2 does, t with Satterthwaite's degrees of freedom of each estimate's own, and
/// simultaneous bands from draws of their joint distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Few {
    /// Draws for the bands of averages by time, cohort or period; 0: no bands.
    pub draws: usize,
    /// Seed.
    pub seed: u64,
}

impl Default for Options {
    /// Never-treated, varying base, no anticipation, doubly robust, 95 %, analytic.
    fn default() -> Options {
        Options {
            comparison: Comparison::NeverTreated,
            base: Base::Varying,
            anticipation: 0,
            adjustment: Adjustment::DoublyRobust,
            confidence: 0.95,
            bootstrap: None,
            few: None,
        }
    }
}

/// Who came in, in units of a panel or rows of cross-sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// In the data.
    pub given: usize,
    /// Dropped: treated (or anticipating) in or before the first period, so without a base period.
    pub treated_from_start: usize,
    /// Used.
    pub used: usize,
    /// Of those used, units without a row in some period; each comparison uses those with a row in both of its periods.
    pub not_in_every_period: usize,
    /// Clusters of those used.
    pub clusters: usize,
}
