//! What a design does over simulated evaluations, as plain data.

use super::baseline::Baseline;
use super::given::{Figure, Given, Source};
use super::simulate::{Settings, Simulator};
use crate::effect::Designed;
use crate::evaluation::Evaluation;
use crate::outcome::NotEstimable;
use crate::stats::power::{Diagnosis, Simulated};
use crate::stats::random::tag;
use serde::Serialize;

/// A property of a design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Property {
    /// Name for programs.
    pub key: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Value; none where it has no meaning.
    pub value: Option<f64>,
    /// Its Monte-Carlo standard error.
    pub error: Option<f64>,
    /// Whether it is a share.
    pub share: bool,
}

/// What simulation found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Draws asked for.
    pub draws: u64,
    /// Draws that gave an estimate.
    pub estimated: u64,
    /// Why the others did not, and how often.
    pub refused: Vec<(String, u64)>,
    /// Properties.
    pub properties: Vec<Property>,
}

/// An effect of the evaluation, diagnosed or with the reason why not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnosed {
    /// Block and indicator.
    pub id: String,
    /// Name of the indicator.
    pub name: String,
    /// Design.
    pub design: &'static str,
    /// The true effect that was simulated, in units of the outcome.
    pub truth: Option<f64>,
    /// Where that comes from.
    pub truth_from: String,
    /// How evaluations were drawn, and remarks.
    pub how: Vec<String>,
    /// What the simulation rests on.
    pub figures: Vec<Figure>,
    /// What was found.
    pub found: Option<Found>,
    /// Why nothing was, and what to do.
    pub reason: Option<(String, String)>,
}

impl From<&Diagnosis> for Found {
    fn from(d: &Diagnosis) -> Found {
        // A Monte-Carlo error from one draw is infinite, which no file can hold.
        let finite = |x: f64| x.is_finite().then_some(x);
        let one = |key, name, found: Option<Simulated>, share| Property {
            key,
            name,
            value: found.and_then(|f| finite(f.value)),
            error: found.and_then(|f| finite(f.error)),
            share,
        };
        Found {
            draws: d.draws,
            estimated: d.estimated,
            refused: d.refused.clone(),
            properties: vec![
                one(
                    "mean-estimate",
                    "mean estimate",
                    Some(d.mean_estimate),
                    false,
                ),
                one("bias", "bias", Some(d.bias), false),
                one("rmse", "root mean squared error", Some(d.rmse), false),
                one("sd-estimate", "SD of estimates", Some(d.sd_estimate), false),
                one("mean-se", "mean standard error", Some(d.mean_se), false),
                one("coverage", "coverage of intervals", Some(d.coverage), true),
                one("power", "power", Some(d.power), true),
                one("type-s", "wrong sign if significant", d.type_s, true),
                one("type-m", "exaggeration if significant", d.type_m, false),
            ],
        }
    }
}

/// Diagnoses one effect; `effect` in units of the outcome, else the block's smallest effect of interest, else 0.2 standard deviations.
pub fn diagnose(
    designed: Result<&Designed<'_>, &NotEstimable>,
    (id, name, design): (String, String, crate::outcome::EffectDesign),
    evaluation: &Evaluation,
    (effect, draws, seed): (Option<f64>, u64, u64),
) -> Diagnosed {
    let mut out = Diagnosed {
        id,
        name,
        design: design.word(),
        truth: None,
        truth_from: String::new(),
        how: vec![],
        figures: vec![],
        found: None,
        reason: None,
    };
    let result = designed
        .map_err(Clone::clone)
        .and_then(|designed| fill(&mut out, designed, evaluation, (effect, draws, seed)));
    out.reason = result.err().map(|e| (e.reason, e.help));
    out
}

fn fill(
    out: &mut Diagnosed,
    designed: &Designed<'_>,
    evaluation: &Evaluation,
    (effect, draws, seed): (Option<f64>, u64, u64),
) -> Result<(), NotEstimable> {
    let baseline = Baseline::new(designed, evaluation)?;
    let alpha = 1.0 - evaluation.confidence;
    let given = baseline.given(&Given {
        alpha: Some(alpha),
        ..Given::default()
    });
    let assumed = given.assume(baseline.measure, Some(&baseline.told))?;
    let value = |key: &str| {
        let found = assumed.figures.iter().find(|f| f.key == key);
        found.map(|f| f.value)
    };
    let (truth, from) = match (effect, designed.setting().smallest_effect) {
        (Some(effect), _) => (effect, "given".to_owned()),
        (None, Some(least)) => (least, "the block's smallest effect of interest".to_owned()),
        (None, None) => {
            let share = value("share").map(|p| (p * (1.0 - p)).sqrt());
            let sd = value("sd").or(share).unwrap_or(1.0);
            (0.2 * sd, "0.2 standard deviations at baseline".to_owned())
        }
    };
    out.truth = Some(truth);
    out.truth_from = from;
    out.how = baseline.how(designed);
    out.how.extend(baseline.notes.iter().cloned());
    let settings = Settings {
        draws,
        seed: seed ^ tag(&out.id),
        effect: truth,
        alpha,
        clusters: 1.0,
        attrition: value("attrition").unwrap_or(0.0),
    };
    out.figures = assumed
        .figures
        .iter()
        .filter(|f| f.source == Source::Estimated || f.key.ends_with("autocorrelation"))
        .cloned()
        .collect();
    let simulator = Simulator::new(designed, &baseline, &assumed.question.plan, settings)?;
    out.found = Some(Found::from(&simulator.run()?));
    Ok(())
}
