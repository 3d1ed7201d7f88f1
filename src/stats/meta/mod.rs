//! Meta-analysis: estimates of several programmes, each with its sampling variance, pooled, compared and explained.
//!
//! Every estimate is taken as `y = mu + u + e`: what is common, what is particular to the programme (variance `tau2`, the
//! heterogeneity) and the sampling error of known variance. [`pool`] gives the mean and how much programmes differ; [`regress`]
//! and [`subgroups`] explain differences; [`multilevel`] is for programmes within countries; [`shrunken`] says what is best
//! believed of each programme; [`leave_one_out`], [`influence`] and [`small_study`] say what an answer hangs on.
//!
//! Sampling variances are taken as known, so that estimates of very few persons each make all of this too sure of itself.

mod binomial;
#[cfg(test)]
mod binomial_tests;
#[cfg(test)]
mod cases;
mod check;
mod funnel;
mod heterogeneity;
mod influence;
mod model;
mod multilevel;
mod pool;
#[cfg(test)]
mod published;
#[cfg(test)]
mod published_models;
mod rank;
mod regress;
mod shrunken;
#[cfg(test)]
mod simulations;
mod subgroups;
#[cfg(test)]
mod tests;

pub use binomial::{BinomialNormal, binomial_normal};
pub use check::{Fault, Problem, first_fault};
pub use funnel::{Asymmetry, FunnelLimits, SmallStudy, funnel_limits, small_study};
pub use heterogeneity::Heterogeneity;
pub use influence::{Influence, LeftOut, influence, leave_one_out};
pub use multilevel::{Multilevel, multilevel};
pub use pool::{Pooled, Prediction, pool};
pub use rank::RankCorrelation;
pub use regress::{Regression, regress};
pub use shrunken::{Shrunken, shrunken};
pub use subgroups::{Subgroup, Subgroups, subgroups};

/// How the variance between programmes (tau2) is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Between {
    /// Taken as 0: all programmes are held to have one true value. Also the mean weighted by precision where they don't.
    Fixed,
    /// Moments of Q (DerSimonian & Laird 1986, Meta-analysis in clinical trials, Controlled Clinical Trials 7).
    DerSimonianLaird,
    /// Restricted maximum likelihood (Viechtbauer 2005, Bias and efficiency of meta-analytic variance estimators, Journal of
    /// Educational and Behavioral Statistics 30).
    #[default]
    Reml,
    /// The tau2 at which Q equals its degrees of freedom (Paule & Mandel 1982, Consensus values and weighting factors, Journal of
    /// Research of the National Bureau of Standards 87).
    PauleMandel,
    /// In two steps from the plain variance of the estimates (Sidik & Jonkman 2005, Simple heterogeneity variance estimation for
    /// meta-analysis, Applied Statistics 54). Above 0 unless all estimates are equal.
    SidikJonkman,
    /// Plain variance less the mean sampling variance (Hedges & Olkin 1985, Statistical methods for meta-analysis).
    Hedges,
}

/// How sure means and coefficients are held to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Errors {
    /// Weights taken as known, normal distribution: too sure with few programmes.
    Normal,
    /// From the weighted spread of the estimates, with t on estimates less coefficients (Hartung & Knapp 2001; of regressions
    /// Knapp & Hartung 2003, Improved tests for a random effects meta-regression, Statistics in Medicine 22). Narrower than `Normal`
    /// where estimates are more alike than their errors let expect, which few are by chance.
    #[default]
    HartungKnapp,
    /// The same, never with a smaller standard error than `Normal`: the spread's factor is 1 at least (the ad hoc variant of Knapp &
    /// Hartung 2003; Röver, Knapp & Friede 2015, Hartung-Knapp-Sidik-Jonkman approach and its modification for random-effects
    /// meta-analysis with few studies, BMC Medical Research Methodology 15).
    HartungKnappModified,
}

/// What every analysis is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Estimator of the variance between programmes.
    pub between: Between,
    /// Kind of standard errors; under [`Between::Fixed`] always [`Errors::Normal`].
    pub errors: Errors,
    /// Confidence level of intervals, such as 0.95.
    pub confidence: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            between: Between::default(),
            errors: Errors::default(),
            confidence: 0.95,
        }
    }
}

impl Options {
    /// The errors in use: a fixed effect has no spread of its own for Hartung and Knapp to go by.
    fn errors(&self) -> Errors {
        match self.between {
            Between::Fixed => Errors::Normal,
            _ => self.errors,
        }
    }
}

/// A range of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// A test by F, or by chi-squared where the second degrees of freedom are infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The statistic: F, or chi-squared (not divided by its degrees of freedom).
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Degrees of freedom of the denominator of F; infinite for chi-squared.
    pub df2: f64,
    /// Probability of a statistic as large or larger if there is nothing to find.
    pub p: f64,
}

impl Test {
    fn chi_squared(statistic: f64, df: f64) -> Test {
        let p = super::distribution::chi_squared_above(statistic.max(0.0), df);
        Test {
            statistic,
            df,
            df2: f64::INFINITY,
            p,
        }
    }

    fn f(statistic: f64, df: f64, df2: f64) -> Test {
        let p = super::distribution::f_above(statistic.max(0.0), df, df2);
        Test {
            statistic,
            df,
            df2,
            p,
        }
    }
}
