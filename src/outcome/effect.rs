//! Effects as plain data: what changed, for whom, how sure, and by which design.

use super::{
    Attrition, AverageOf, Balance, BasePeriod, Direction, EffectScale, Kind, Overlap, RowAccount,
    Side,
};
use serde::{Deserialize, Serialize};

/// A change, a difference or an association, with the design that says what it may be called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Key: id of its block in the evaluation and of the indicator, joined by `/`.
    pub id: String,
    /// What is measured.
    pub indicator: EffectIndicator,
    /// How it is estimated.
    pub design: EffectDesign,
    /// What the number is: a difference, or the logarithm of a ratio.
    #[serde(default, skip_serializing_if = "EffectScale::is_difference")]
    pub scale: EffectScale,
    /// What the design allows to be said.
    pub evidence: Evidence,
    /// What the number is, in words: of whom, against whom, between when.
    pub estimand: String,
    /// Why there is no estimate, and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_estimable: Option<NotEstimable>,
    /// The estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<EffectEstimate>,
    /// The same effect by other methods: other standard errors, wild cluster bootstrap, randomisation inference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<EffectCheck>,
    /// Means behind it, by group and time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<GroupMean>,
    /// Further quantities of the same model: slope change, effect per unit of a moderator, ...
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<EffectTerm>,
    /// Effects by time since adoption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<EventStudy>,
    /// The same effect in subgroups, each estimated from its own rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subgroups: Vec<Subgroup>,
    /// p-values corrected for the number of effects looked at together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted: Option<Adjusted>,
    /// Smallest effect of interest, as stated in the evaluation, in the unit of the effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest: Option<f64>,
    /// What the interval says of the smallest effect of interest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// How alike the groups were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Balance>,
    /// Who was lost between waves, by group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attrition: Option<Attrition>,
    /// How far the chances of being treated overlap between the groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<Overlap>,
    /// Observed, fitted and counterfactual series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesFit>,
    /// Points of a partial association.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<Partial>,
    /// What must hold for the number to mean what it says, and which of it was checked.
    pub assumptions: Vec<Assumption>,
    /// How the number was made, two sentences.
    pub method: String,
    /// Where the method comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Rows used and left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowAccount>,
    /// Remarks a reader needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// The indicator of an effect, as far as a reader needs it beside the number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectIndicator {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Dimension.
    pub dimension: String,
    /// Side.
    pub side: Side,
    /// Unit; `%` means that values are proportions to be shown times 100 (a difference of them: percentage points).
    pub unit: String,
    /// Direction.
    pub direction: Direction,
    /// SHA-256 of the definition's canonical form.
    pub hash: String,
}

/// Why an effect could not be estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotEstimable {
    /// The reason, in lower case, without a full stop.
    pub reason: String,
    /// What to do, a sentence.
    pub help: String,
}

/// How an effect is estimated.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum EffectDesign {
    /// The same group before and after.
    BeforeAfter,
    /// Treated against comparison group, at one time.
    Comparison,
    /// Change of the treated less change of the comparison group.
    DifferenceInDifferences,
    /// Units over several periods, with an effect of each unit and each period.
    TwoWayEffects,
    /// Units that adopt at different times.
    Staggered,
    /// A series before and after an intervention.
    InterruptedSeries,
    /// How the outcome goes with the amount of something.
    DoseResponse,
    /// How two indicators go together from person to person.
    Association,
}

impl EffectDesign {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            EffectDesign::BeforeAfter => "before-after",
            EffectDesign::Comparison => "comparison",
            EffectDesign::DifferenceInDifferences => "difference-in-differences",
            EffectDesign::TwoWayEffects => "two-way-effects",
            EffectDesign::Staggered => "staggered",
            EffectDesign::InterruptedSeries => "interrupted-series",
            EffectDesign::DoseResponse => "dose-response",
            EffectDesign::Association => "association",
        }
    }
}

impl Effect {
    /// What the number is counted in: `%` for proportions, `log odds ratio` for the logarithm of a ratio.
    pub fn unit(&self) -> &str {
        match self.scale {
            EffectScale::Difference => &self.indicator.unit,
            EffectScale::OddsRatio => "log odds ratio",
            EffectScale::RiskRatio => "log risk ratio",
        }
    }
}

/// What a design allows to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Two things go together, or differ.
    Descriptive,
    /// Something changed.
    BeforeAfter,
    /// Groups differ that chance did not make.
    Comparison,
    /// Consistent with an effect, under stated assumptions.
    QuasiExperimental,
    /// Chance decided who was treated.
    Randomised,
}

/// A number with its uncertainty and all that it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectEstimate {
    /// The effect, in the unit of the indicator (a proportion for `%`).
    pub value: f64,
    /// Its standard error; `None` for a census without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Kind of standard error: `cluster CR2`, `HC2`, ...
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub se_kind: String,
    /// Degrees of freedom of the t distribution; `None` where the normal is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Interval at the evaluation's confidence; `None` for a census.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// Two-sided p-value of no effect; `None` for a census.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Why there is no interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_interval: Option<String>,
    /// Observations used.
    pub n: u64,
    /// Clusters among them; `None` where rows are independent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<u64>,
    /// Observations that something was missing of, and that were left out.
    pub missing: u64,
    /// Whether observations are weighted.
    pub weighted: bool,
    /// Variance against that of as many independent, equally weighted observations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design_effect: Option<f64>,
    /// The effect in standard deviations of the outcome among those not treated (before, where there is a before).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standardised: Option<f64>,
}

/// The same effect by another method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectCheck {
    /// The method, a noun phrase: `wild cluster bootstrap (Webb weights, exact)`.
    pub method: String,
    /// Value, where it differs from the estimate's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// Two-sided p-value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// What else there is to say: draws, assignments, bounds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Mean of a group at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupMean {
    /// Group: `treated`, `comparison`, or the label of a cohort.
    pub group: String,
    /// Time: `before`, `after`, a wave or a period.
    pub time: String,
    /// Weighted mean.
    pub mean: f64,
    /// Its interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// Observations.
    pub n: u64,
}

/// A further quantity of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectTerm {
    /// What it is, in words.
    pub name: String,
    /// Its unit, where it is not the effect's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Value.
    pub value: f64,
    /// Standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Degrees of freedom; `None` for the normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// Two-sided p-value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
}

/// Effects by time since adoption, with what speaks on the time before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventStudy {
    /// In order of time.
    pub points: Vec<EventPoint>,
    /// Joint test that nothing differed before adoption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pretrend: Option<JointTest>,
    /// Word for a period: `year`.
    pub period: String,
    /// What the estimate is the mean of; absent in outcomes of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<AverageOf>,
    /// From which period change is counted before adoption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<BasePeriod>,
}

/// The effect so many periods after adoption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventPoint {
    /// Periods since adoption, 0 for the first.
    pub time: i64,
    /// Effect; 0 by construction at the reference.
    pub value: f64,
    /// Interval of this point alone; absent at the reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// Interval that holds for all points together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<(f64, f64)>,
    /// Whether it is the reference that others are measured from.
    #[serde(default)]
    pub reference: bool,
    /// Units that it rests on; `None` where not told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<u64>,
}

/// A test of several things at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct JointTest {
    /// Statistic: F, or chi-squared where `df2` is absent.
    pub statistic: f64,
    /// How many things.
    pub df1: f64,
    /// Degrees of freedom of the denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df2: Option<f64>,
    /// p-value.
    pub p: f64,
}

/// The effect in a subgroup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subgroup {
    /// Column.
    pub by: String,
    /// Its value.
    pub value: String,
    /// The estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<EffectEstimate>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// p-values corrected for the effects of a family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjusted {
    /// The family, in words: dimension and block of the evaluation, `integration, members`.
    pub family: String,
    /// How many effects are in it.
    pub size: u64,
    /// Holm (1979): chance of any false finding.
    pub holm: f64,
    /// Benjamini & Hochberg (1995): share of false findings.
    pub benjamini_hochberg: f64,
    /// Romano & Wolf (2005), which knows how the effects go together; absent where they can't be resampled together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub romano_wolf: Option<f64>,
}

/// What an interval says of a smallest effect of interest, stated beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The whole interval lies above it.
    AtLeast,
    /// Above zero, but the interval holds effects smaller than it.
    AboveZero,
    /// The whole interval lies within plus and minus it.
    Negligible,
    /// The interval holds zero and effects as large as it.
    NotEstablished,
    /// Below zero, but the interval holds effects smaller than it.
    BelowZero,
    /// The whole interval lies below minus it.
    AtMost,
}

/// A series with an intervention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesFit {
    /// Labels of the periods, in order.
    pub periods: Vec<String>,
    /// Index of the first period after the intervention.
    pub intervention: usize,
    /// Mean over the series at each period.
    pub observed: Vec<Option<f64>>,
    /// Fitted; `None` where no series has the period.
    pub fitted: Vec<Option<f64>>,
    /// What the model would expect without the intervention, from it on.
    pub counterfactual: Vec<Option<f64>>,
    /// Mean over the control series at each period, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub control: Vec<Option<f64>>,
}

/// A partial association: both with the covariates taken out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Partial {
    /// Name of what is on the axis across.
    pub across: String,
    /// Its unit.
    pub unit: String,
    /// Means of groups of equal size, by order of `x`: (x, y, observations).
    pub points: Vec<(f64, f64, u64)>,
    /// Line: value at the mean of x, and slope.
    pub line: (f64, f64),
    /// Mean of x.
    pub center: f64,
    /// Correlation that is left when the covariates are taken out.
    pub correlation: f64,
}

/// Something that must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assumption {
    /// What, a sentence.
    pub words: String,
    /// What a check of it found; `None` where it can't be checked on these data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
}

/// Whether a count is zero, and so left out of files.
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What a check of an assumption found. Numbers stay numbers; the report writes them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "check")]
pub enum Checked {
    /// Joint test of the periods before adoption.
    Pretrend(JointTest),
    /// Greatest standardised difference at baseline, and how many variables differ by more than 0.1.
    Balance {
        /// Greatest absolute standardised difference that is finite.
        greatest: f64,
        /// How many exceed 0.1.
        above: u64,
        /// Of how many.
        of: u64,
        /// How many of these are infinite: the groups have nothing in common there.
        #[serde(default, skip_serializing_if = "is_zero")]
        apart: u64,
    },
    /// Difference of the shares lost.
    Attrition {
        /// Treated less others.
        difference: f64,
    },
    /// Share outside 0.1 to 0.9 of the chance of being treated.
    Overlap {
        /// Share.
        outside: f64,
    },
    /// Correlation of a period's error with the next one's.
    Autocorrelation {
        /// First order.
        first: f64,
    },
    /// How many clusters the errors rest on.
    Clusters {
        /// How many.
        clusters: u64,
    },
}
