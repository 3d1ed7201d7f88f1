//! What an effect is, rests on and was made by, in words without numbers of the result.

use super::Asked;
use crate::evaluation::{
    Adjust, AverageOf, BasePeriod, ComparisonUnits, EffectScale, EffectSetting, Estimator,
};
use crate::outcome::{Assumption, Effect, EffectDesign, Sampling};
use crate::plan::effect::EffectWork;

/// Fills in estimand, assumptions, method and references.
pub fn describe(effect: &mut Effect, asked: &Asked<'_>) {
    effect.estimand = estimand(asked.setting, asked.name, Some(asked.work));
    effect.assumptions = assumptions(asked);
    let by = match (&asked.work.cluster_name, asked.setting.design) {
        (Some(name), _) => Some(name.as_str()),
        (None, EffectDesign::TwoWayEffects) => asked.setting.unit.as_deref(),
        _ => None,
    };
    say_method(effect, asked, by);
    if let Some(reason) = &asked.setting.smallest_effect_reason {
        effect
            .remarks
            .push(format!("Smallest effect of interest: {reason}"));
    }
    let over_time = matches!(
        asked.setting.design,
        EffectDesign::TwoWayEffects | EffectDesign::Staggered | EffectDesign::InterruptedSeries
    );
    if over_time && asked.work.sampling == Some(Sampling::Census) {
        effect.remarks.push(
            "The table is a census: the interval speaks of what could have happened otherwise, not of rows that were not drawn."
                .to_owned(),
        );
    }
}

/// Fills in method and references, now that it is known what the errors are clustered by.
pub fn say_method(effect: &mut Effect, asked: &Asked<'_>, by: Option<&str>) {
    let (method, references) = method(asked, by);
    effect.method = method;
    effect.references = references.into_iter().map(str::to_owned).collect();
}

/// What the number is.
pub fn estimand(setting: &EffectSetting, name: &str, work: Option<&EffectWork>) -> String {
    let (before, after) = match work.and_then(|w| w.waves.clone()) {
        Some((before, after)) if before == "before" && after == "after" => {
            ("before".to_owned(), "after".to_owned())
        }
        Some((before, after)) => (before, after),
        None => ("before".to_owned(), "after".to_owned()),
    };
    let treated = setting.treated.as_deref().unwrap_or_default();
    let within = match &setting.filter {
        Some(filter) => format!(", among rows with {filter}"),
        None => String::new(),
    };
    match setting.design {
        EffectDesign::BeforeAfter => format!("{name}: change from {before} to {after}{within}"),
        EffectDesign::Comparison => {
            let when = match work.and_then(|w| w.before) {
                Some(_) => format!(" at {after}"),
                None => String::new(),
            };
            let of = match setting.adjust {
                Adjust::Weighting | Adjust::DoublyRobust | Adjust::Matching => {
                    "; mean over the treated"
                }
                Adjust::Lin => "; mean over all",
                _ => "",
            };
            if let EffectScale::OddsRatio | EffectScale::RiskRatio = setting.scale {
                return format!(
                    "{name}{when}: {} of the treated ({treated}) to the others, as its natural logarithm{within}",
                    setting.scale.ratio()
                );
            }
            format!(
                "{name}{when}: the treated ({treated}) less the others{held}{of}{within}",
                held = held(setting)
            )
        }
        EffectDesign::DifferenceInDifferences => format!(
            "{name}: change from {before} to {after} among the treated ({treated}), less the change among the others{}{within}",
            held(setting)
        ),
        EffectDesign::TwoWayEffects => format!(
            "{name}: periods in which a unit is treated ({treated}) against those in which it is not, with the level of each {} and the course of time taken out{within}",
            setting.unit.as_deref().unwrap_or("unit")
        ),
        EffectDesign::Staggered => {
            let whom = match setting.comparison {
                _ if setting.estimator == Estimator::SunAbraham => "those never treated",
                ComparisonUnits::Never => "those that never adopt",
                ComparisonUnits::NotYet => "those that have not adopted yet",
            };
            let average = match setting.average {
                AverageOf::Group => {
                    "mean over cohorts (by their number of units) of the mean over the periods since adoption"
                }
                AverageOf::Simple => {
                    "mean over cohorts and periods since adoption, by the number of units"
                }
                AverageOf::Dynamic => "mean over times since adoption, each counting once",
                AverageOf::Calendar => "mean over periods, each counting once",
            };
            format!("{name}: effect on those that adopted, {average}, against {whom}{within}")
        }
        EffectDesign::InterruptedSeries => format!(
            "{name}: mean difference, from the intervention on, between the series and the continuation of its earlier course{}{within}",
            if setting.control.is_some() {
                ", less the same of the controls"
            } else {
                ""
            }
        ),
        EffectDesign::DoseResponse => format!(
            "{name}: difference per unit more of {}{}{within}",
            setting.dose.as_deref().unwrap_or_default(),
            held(setting)
        ),
        EffectDesign::Association => {
            let other = work.and_then(|w| w.with_name.as_ref());
            let other = other.map_or(setting.with.as_deref().unwrap_or_default(), |(name, _)| {
                name
            });
            format!(
                "{name}: difference per unit more of {other}{}{within}",
                held(setting)
            )
        }
    }
}

/// What is held constant.
fn held(setting: &EffectSetting) -> String {
    let mut names = setting.covariates.clone();
    if setting.adjust == Adjust::Ancova {
        names.insert(0, "the own value before".to_owned());
    }
    match names.as_slice() {
        [] => String::new(),
        names => format!(", holding constant {}", list(names)),
    }
}

/// With its first letter in upper case.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn assumptions(asked: &Asked<'_>) -> Vec<Assumption> {
    let setting = asked.setting;
    let mut words: Vec<&str> = Vec::new();
    let persons_lost = asked.work.person.is_some() && asked.work.before.is_some();
    match setting.design {
        _ if setting.randomised => {
            words.push("Chance alone decided who was treated, so that the groups were alike before.");
            words.push("Nobody's outcome depends on who else was treated.");
        }
        EffectDesign::BeforeAfter => words.push(
            "Nothing but the programme changed in the meantime. A design without a comparison group can't tell: the change may have come anyway.",
        ),
        EffectDesign::Comparison => {
            words.push(match setting.covariates.is_empty() && setting.adjust != Adjust::Ancova {
                true => "Without the programme both groups would have been alike.",
                false => "Without the programme both groups would have been alike once what is held constant is taken into account.",
            });
            if matches!(setting.adjust, Adjust::Weighting | Adjust::DoublyRobust | Adjust::Matching) {
                words.push("The groups overlap: for each of the treated there are others like them.");
            }
        }
        EffectDesign::DifferenceInDifferences => {
            words.push("Without the programme both groups would have changed by the same amount (parallel courses).");
            words.push("The groups were alike enough before for that to be plausible.");
        }
        EffectDesign::TwoWayEffects => {
            words.push("Without the treatment units would have run in parallel courses.");
            words.push("The effect is the same for all units and whatever the time since adoption; where it is not, the number can mislead (Goodman-Bacon 2021) and a staggered design is the better one.");
        }
        EffectDesign::Staggered => {
            words.push("Without adoption the adopters would have run parallel to those they are compared with.");
            words.push("Nobody changes before adoption because it is coming.");
        }
        EffectDesign::InterruptedSeries => {
            words.push("The earlier course, a straight line, would have gone on without the intervention.");
            words.push("Nothing else happened at the same time.");
            words.push("What autocorrelation the errors have is of first order.");
        }
        EffectDesign::DoseResponse | EffectDesign::Association => {
            words.push("Nothing is said on what brings about what: both may follow from a third thing.");
            words.push("The relation is a straight line over the range seen.");
        }
    }
    if persons_lost && asked.work.treated.is_some() {
        words.push("Those lost between the waves were lost in the same way in both groups.");
    }
    if asked.work.cluster.is_some()
        || matches!(
            setting.design,
            EffectDesign::TwoWayEffects | EffectDesign::Staggered
        )
    {
        words.push("Enough clusters for the standard error: they are independent of each other.");
    }
    words
        .into_iter()
        .map(|words| Assumption {
            words: words.to_owned(),
            checked: None,
        })
        .collect()
}

const CR2: &str = "Pustejovsky & Tipton 2018, Small-sample methods for cluster-robust variance estimation and hypothesis testing in fixed effects models, Journal of Business & Economic Statistics 36: 672-683";
const BANDS: &str = "Montiel Olea & Plagborg-Møller 2019, Simultaneous confidence bands: theory, implementation, and an application to SVARs, Journal of Applied Econometrics 34: 1-17";
const LIN: &str = "Lin 2013, Agnostic notes on regression adjustments to experimental data, Annals of Applied Statistics 7: 295-318";
const CALLAWAY: &str = "Callaway & Sant'Anna 2021, Difference-in-differences with multiple time periods, Journal of Econometrics 225: 200-230";
const SUN: &str = "Sun & Abraham 2021, Estimating dynamic treatment effects in event studies with heterogeneous treatment effects, Journal of Econometrics 225: 175-199";
const HC: &str = "MacKinnon & White 1985, Some heteroskedasticity-consistent covariance matrix estimators with improved finite sample properties, Journal of Econometrics 29: 305-325";

/// How the number was made, and where that comes from.
fn method(asked: &Asked<'_>, by: Option<&str>) -> (String, Vec<&'static str>) {
    let setting = asked.setting;
    let weights = match &asked.work.weight_name {
        Some(name) => format!(", weighted by {name}"),
        None => String::new(),
    };
    if !setting.scale.is_difference() {
        return ratio(asked, by);
    }
    let (model, mut references): (String, Vec<&'static str>) = match (setting.design, setting.adjust) {
        (EffectDesign::Staggered, _) => return staggered(asked),
        (EffectDesign::InterruptedSeries, _) => return series(asked),
        (_, Adjust::Weighting) => (
            format!("Difference of weighted means: each row counts by the inverse of its estimated chance (logit) of being in its group, for the mean effect on the treated{weights}"),
            vec!["Lunceford & Davidian 2004, Stratification and weighting via the propensity score, Statistics in Medicine 23: 2937-2960"],
        ),
        (_, Adjust::DoublyRobust) => (
            format!("Doubly robust: weights by the inverse of the estimated chance (logit) of being in the group, and regressions of the outcome; right where either is{weights}"),
            vec!["Lunceford & Davidian 2004, Stratification and weighting via the propensity score, Statistics in Medicine 23: 2937-2960"],
        ),
        (_, Adjust::Matching) => {
            return (
                "Each treated row is compared with the most similar row of the others (Mahalanobis distance, with replacement), with bias correction by regression. Standard error for matching estimators; Student's t with half the rows of the smaller group as degrees of freedom, since the variance comes from pairs of rows.".to_owned(),
                vec![
                    "Abadie & Imbens 2006, Large sample properties of matching estimators for average treatment effects, Econometrica 74: 235-267",
                    "Abadie & Imbens 2011, Bias-corrected matching estimators for average treatment effects, Journal of Business & Economic Statistics 29: 1-11",
                ],
            );
        }
        (EffectDesign::TwoWayEffects, _) => (
            "Least squares with an effect of each unit and each period; rows are first added up to one value per unit and period".to_owned(),
            vec![],
        ),
        (_, Adjust::Lin) => (
            format!("Least squares on treatment, covariates about their means, and their products{weights}"),
            vec![LIN],
        ),
        (_, Adjust::Ancova) => (
            format!("Least squares of the value after on treatment and the own value before{weights}"),
            vec![],
        ),
        (EffectDesign::BeforeAfter, _) => (format!("Difference of means by least squares{weights}"), vec![]),
        (EffectDesign::DifferenceInDifferences, _) => (
            format!("Least squares on treatment, time and their product, whose coefficient it is{weights}"),
            vec![],
        ),
        (EffectDesign::Comparison, _) => (format!("Difference of means by least squares{weights}"), vec![]),
        (EffectDesign::DoseResponse | EffectDesign::Association, _) => {
            (format!("Slope by least squares{weights}"), vec![])
        }
    };
    if !asked.uncertain() {
        return (
            format!(
                "{model}. The table {} is a census, so there is no sampling error and no p-value.",
                asked.table
            ),
            references,
        );
    }
    let errors = errors(asked, by, &mut references);
    (format!("{model}. {errors}"), references)
}

fn errors(asked: &Asked<'_>, by: Option<&str>, references: &mut Vec<&'static str>) -> String {
    use crate::evaluation::ErrorKind::{Classical, Cr0, Cr1, Cr2, Hc0, Hc1, Hc2, Hc3};
    let setting = asked.setting;
    if matches!(setting.adjust, Adjust::Weighting | Adjust::DoublyRobust) {
        references.push(CR2);
        return match by {
            Some(name) => format!("Standard error from influence functions, which count the estimation of the chances, added up by {name} and corrected as CR2 does; Student's t with degrees of freedom after Satterthwaite."),
            None => "Standard error from influence functions, which count the estimation of the chances, corrected as HC2 does; Student's t with degrees of freedom after Satterthwaite.".to_owned(),
        };
    }
    if let (Some(by), Some(second)) = (by, &setting.second_cluster) {
        return format!("Standard error clustered by {by} and by {second} (CR1), Student's t.");
    }
    match (setting.errors, by) {
        (None | Some(Cr2), Some(by)) => {
            references.push(CR2);
            format!(
                "Standard error clustered by {by} (CR2), Student's t with degrees of freedom after Satterthwaite."
            )
        }
        (Some(Cr0), Some(by)) => format!(
            "Standard error clustered by {by} (CR0), Student's t with clusters less one degrees of freedom."
        ),
        (Some(Cr1), Some(by)) => format!(
            "Standard error clustered by {by} (CR1), Student's t with clusters less one degrees of freedom."
        ),
        (Some(Classical), _) => "Classical standard error, Student's t.".to_owned(),
        (Some(Hc0), _) => "Standard error HC0, Student's t.".to_owned(),
        (Some(Hc1), _) => "Standard error HC1, Student's t.".to_owned(),
        (Some(Hc3), _) => {
            references.push(HC);
            "Standard error HC3, Student's t.".to_owned()
        }
        (None | Some(Hc2 | Cr0 | Cr1 | Cr2), _) => {
            references.push(HC);
            "Standard error HC2, Student's t with degrees of freedom after Satterthwaite."
                .to_owned()
        }
    }
}

fn ratio(asked: &Asked<'_>, by: Option<&str>) -> (String, Vec<&'static str>) {
    let name = asked.setting.scale.ratio();
    let errors = match by {
        _ if !asked.uncertain() => "The table is a census, so there is no sampling error and no p-value.".to_owned(),
        Some(by) => format!("Standard error of the logarithm by the delta method, added up by {by} and corrected as CR2 does; Student's t with degrees of freedom after Satterthwaite."),
        None => "Standard error of the logarithm from the four counts (delta method), normal distribution.".to_owned(),
    };
    (
        format!("Logarithm of the {name} of two arms. {errors}"),
        vec![
            "Woolf 1955, On estimating the relation between blood group and disease, Annals of Human Genetics 19: 251-253",
            "Katz, Baptista, Azen & Pike 1978, Obtaining confidence intervals for the risk ratio in cohort studies, Biometrics 34: 469-474",
        ],
    )
}

fn staggered(asked: &Asked<'_>) -> (String, Vec<&'static str>) {
    let by = asked.setting.cluster.as_deref();
    let by = by.or(asked.setting.unit.as_deref()).unwrap_or("unit");
    let average = match asked.setting.average {
        AverageOf::Group => {
            "averaged over the periods since adoption within cohorts and then over cohorts by size"
        }
        AverageOf::Simple => "averaged over cohorts and periods by the size of the cohort",
        AverageOf::Dynamic => {
            "averaged over cohorts at each time since adoption and then over those times"
        }
        AverageOf::Calendar => "averaged over cohorts in each period and then over periods",
    };
    let base = match asked.setting.base {
        BasePeriod::Universal => {
            "Change is counted from the last period before adoption, also before it (universal base)."
        }
        BasePeriod::Varying => {
            "Change is counted from the last period before adoption; before adoption from the period before (varying base)."
        }
    };
    let errors = format!(
        "Standard error by {by}, residuals corrected as CR2 does, Student's t with degrees of freedom after Satterthwaite; simultaneous bands from the joint distribution of the times"
    );
    match asked.setting.estimator {
        Estimator::CallawaySantanna => (
            format!(
                "Effects of each cohort in each period against the comparison units, {average}. {base} {errors}."
            ),
            vec![CALLAWAY, CR2, BANDS],
        ),
        Estimator::SunAbraham => (
            format!(
                "Least squares with an effect of each unit and period and of each cohort by time since adoption, {average}. {base} {errors}."
            ),
            vec![SUN, CR2, BANDS],
        ),
    }
}

fn series(_: &Asked<'_>) -> (String, Vec<&'static str>) {
    (
        "Segmented regression: each series has a level and slope of its own, and level and slope change at the intervention. Errors follow a first-order autoregression estimated by restricted likelihood; Student's t."
            .to_owned(),
        vec!["Wagner, Soumerai, Zhang & Ross-Degnan 2002, Segmented regression analysis of interrupted time series studies in medication use research, Journal of Clinical Pharmacy and Therapeutics 27: 299-309"],
    )
}
