//! Power of a planned evaluation: from given numbers alone, or with what a baseline tells, by formula and by simulation.

use super::baseline::Baseline;
use super::evaluated::Found;
use super::given::{Figure, Given, Measure};
use super::question::{Answer, answer};
use super::simulate::{Settings, Simulator};
use crate::effect::Designed;
use crate::evaluation::Evaluation;
use crate::outcome::NotEstimable;
use crate::stats::Refused;
use crate::stats::power::power;
use crate::stats::random::tag;
use serde::Serialize;

/// A planned evaluation, answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedPower {
    /// Name and version of this format.
    pub format: &'static str,
    /// Block and indicator of the baseline; empty where there is none.
    pub id: String,
    /// Name of the indicator; empty without a baseline.
    pub name: String,
    /// What the plan rests on.
    pub figures: Vec<Figure>,
    /// What follows by formula.
    pub answer: Answer,
    /// The same by simulation.
    pub simulated: Option<SimulatedPower>,
    /// Remarks.
    pub notes: Vec<String>,
}

/// Power by simulation beside that by formula.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SimulatedPower {
    /// The effect that was simulated.
    pub effect: f64,
    /// Units drawn in each evaluation.
    pub units: f64,
    /// Power by formula, for that effect and as many units.
    pub formula: f64,
    /// Power by simulation, with its Monte-Carlo error.
    pub power: f64,
    /// That error.
    pub error: f64,
    /// Everything that the simulation found.
    pub found: Found,
    /// How evaluations were drawn.
    pub how: Vec<String>,
}

/// How many evaluations are simulated, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// Evaluations.
    pub draws: u64,
    /// Seed.
    pub seed: u64,
}

const FORMAT: &str = "codev-power 1";

/// Answers a plan from given numbers alone.
///
/// # Errors
/// In words, where a number lacks or is out of range.
pub fn power_from_numbers(given: &Given, measure: Measure) -> Result<PlannedPower, Refused> {
    let assumed = given.assume(measure, None)?;
    let answer = answer(&assumed.question)?;
    Ok(PlannedPower {
        format: FORMAT,
        id: String::new(),
        name: String::new(),
        figures: assumed.figures,
        answer,
        simulated: None,
        notes: vec![],
    })
}

/// Answers a plan with what the baseline of an effect tells, where the given numbers say nothing else.
///
/// # Errors
/// In words, where the baseline does not allow it, or as [`power_from_numbers`].
pub fn power_from_baseline(
    given: &Given,
    designed: &Designed<'_>,
    evaluation: &Evaluation,
    (id, name): (String, String),
    draws: Option<Draws>,
) -> Result<PlannedPower, NotEstimable> {
    let baseline = Baseline::new(designed, evaluation)?;
    let given = baseline.given(given);
    let assumed = given.assume(baseline.measure, Some(&baseline.told))?;
    let answer = answer(&assumed.question)?;
    let simulated = match draws {
        None => None,
        Some(draws) => {
            let seed = draws.seed ^ tag(&id);
            let draws = Draws { seed, ..draws };
            Some(simulated(
                &given, &assumed, &answer, designed, &baseline, draws,
            )?)
        }
    };
    let mut notes = baseline.notes.clone();
    if let Some(one) = simulated.as_ref().filter(|s| differs(s)) {
        notes.push(format!(
            "Simulation and formula differ by more than chance explains ({:.1}% and {:.1}%): trust the simulation, which uses the estimator of the block and the clusters as they are.",
            100.0 * one.power,
            100.0 * one.formula
        ));
    }
    Ok(PlannedPower {
        format: FORMAT,
        id,
        name,
        figures: assumed.figures,
        answer,
        simulated,
        notes,
    })
}

/// Rows that a simulation draws at most, over all evaluations.
const MOST_ROWS: f64 = 2e9;

/// Refuses a simulation that would not end.
fn bounded(draws: u64, units: f64, baseline: &Baseline) -> Result<(), NotEstimable> {
    let each = units / baseline.units.of.count() as f64 * baseline.rows.len() as f64 * 2.0;
    let rows = each * draws as f64;
    if rows <= MOST_ROWS {
        return Ok(());
    }
    Err(NotEstimable {
        reason: format!(
            "{draws} evaluations of {each:.0} rows each are {rows:.2e} rows to simulate, and {MOST_ROWS:.0e} are the most"
        ),
        help: "Simulate fewer evaluations (1000 tell power to 1.5 points), or a smaller one; the formula has the answer too."
            .to_owned(),
    })
}

/// Whether simulated power is further from the formula's than 3 Monte-Carlo errors.
fn differs(simulated: &SimulatedPower) -> bool {
    (simulated.power - simulated.formula).abs() > 3.0 * simulated.error
}

fn simulated(
    given: &Given,
    assumed: &super::given::Assumed,
    answer: &Answer,
    designed: &Designed<'_>,
    baseline: &Baseline,
    draws: Draws,
) -> Result<SimulatedPower, NotEstimable> {
    let not_drawn = [
        (given.per_cluster.is_some(), "--per-cluster"),
        (given.cv.is_some(), "--cv"),
        (given.icc.is_some(), "--icc"),
        (given.sd.is_some(), "--sd"),
        (given.share.is_some(), "--share"),
        (given.r2.is_some(), "--r2"),
        (given.cluster_r2.is_some(), "--cluster-r2"),
        (given.margin.is_some(), "--margin"),
        (given.one_sided, "--one-sided"),
        (
            given.allocation.is_some() && !designed.setting().randomised,
            "--allocation",
        ),
    ];
    if let Some((_, option)) = not_drawn.iter().find(|(set, _)| *set) {
        return Err(NotEstimable {
            reason: format!(
                "`{option}` and `--simulate` contradict each other: simulation draws the baseline's clusters as they are, and tests on two sides by the block's estimator"
            ),
            help: format!("Leave one of them out; `{option}` changes the formula alone."),
        });
    }
    let plan = &assumed.question.plan;
    let effect = answer.effect.or(answer.detectable);
    let Some(effect) = effect else {
        return Err(NotEstimable {
            reason: "there is no effect to simulate".to_owned(),
            help: "Give one with --effect.".to_owned(),
        });
    };
    bounded(draws.draws, answer.units, baseline)?;
    let lost = assumed.figures.iter().find(|f| f.key == "attrition");
    let settings = Settings {
        draws: draws.draws,
        seed: draws.seed,
        effect,
        alpha: plan.test.alpha,
        clusters: answer.units / baseline.units.of.count() as f64,
        attrition: lost.map_or(0.0, |f| f.value),
    };
    let simulator = Simulator::new(designed, baseline, plan, settings)?;
    let diagnosis = simulator.run()?;
    Ok(SimulatedPower {
        effect,
        units: answer.units,
        formula: power(plan, answer.units, effect)?,
        power: diagnosis.power.value,
        error: diagnosis.power.error,
        found: Found::from(&diagnosis),
        how: baseline.how(designed),
    })
}
