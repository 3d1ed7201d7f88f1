//! Words for designs, kinds of evidence, and what checks of assumptions found.

use super::numbers::Numbers;
use crate::outcome::{Checked, EffectDesign, EffectEstimate, Evidence, JointTest};
use crate::report::cells::plural;
use crate::report::format::Locale;

pub(in crate::report) fn design_name(design: EffectDesign) -> &'static str {
    match design {
        EffectDesign::BeforeAfter => "before-after",
        EffectDesign::Comparison => "comparison of groups",
        EffectDesign::DifferenceInDifferences => "difference in differences",
        EffectDesign::TwoWayEffects => "effects of unit and period",
        EffectDesign::Staggered => "staggered adoption",
        EffectDesign::InterruptedSeries => "interrupted series",
        EffectDesign::DoseResponse => "dose-response",
        EffectDesign::Association => "association",
    }
}

/// The badge of an effect.
pub(in crate::report) fn evidence_name(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Descriptive => "descriptive",
        Evidence::BeforeAfter => "before-after",
        Evidence::Comparison => "comparison",
        Evidence::QuasiExperimental => "quasi-experimental",
        Evidence::Randomised => "randomised",
    }
}

/// Place of a kind of evidence among the marks of a forest.
pub(super) fn mark(evidence: Evidence) -> usize {
    match evidence {
        Evidence::Descriptive => 0,
        Evidence::BeforeAfter => 1,
        Evidence::Comparison => 2,
        Evidence::QuasiExperimental => 3,
        Evidence::Randomised => 4,
    }
}

/// All kinds of evidence in the order of their marks.
pub(super) const EVIDENCE: [Evidence; 5] = [
    Evidence::Descriptive,
    Evidence::BeforeAfter,
    Evidence::Comparison,
    Evidence::QuasiExperimental,
    Evidence::Randomised,
];

/// A test of several things at once: `F(3, 38) = 0.87, p = 0.465`.
pub(super) fn joint(test: &JointTest, locale: &Locale) -> String {
    let df = |v: f64| locale.number(v, usize::from((v - v.round()).abs() > 0.05));
    let statistic = locale.number(test.statistic, 2);
    let p = p_words(test.p, locale);
    match test.df2 {
        Some(df2) => format!("F({}, {}) = {statistic}, {p}", df(test.df1), df(df2)),
        None => format!("χ²({}) = {statistic}, {p}", df(test.df1)),
    }
}

/// `p = 0.034`, `p <0.001`.
fn p_words(p: f64, locale: &Locale) -> String {
    match locale.number(p, 3) {
        small if small.starts_with('<') => format!("p {small}"),
        other => format!("p = {other}"),
    }
}

/// What a check found, as words.
pub(super) fn checked(check: &Checked, locale: &Locale) -> String {
    match check {
        Checked::Pretrend(test) => format!(
            "Joint test that nothing differs before adoption: {}. A test that finds nothing does not show that there is nothing.",
            joint(test, locale)
        ),
        Checked::Balance {
            greatest,
            above,
            of,
            apart,
        } => {
            let greatest = match apart {
                0 => locale.number(*greatest, 2),
                n => format!("infinite ({n} of {of}: the groups have nothing in common there)"),
            };
            format!(
                "The greatest standardised difference at baseline is {greatest}; {above} of {of} {} by more than {}.",
                plural(*above, "differs", "differ"),
                locale.number(0.1, 1)
            )
        }
        Checked::Attrition { difference } => format!(
            "The share lost between waves differs by {} percentage points between the groups (treated less others).",
            signed(difference * 100.0, 1, locale)
        ),
        Checked::Overlap { outside } => format!(
            "{} of all have an estimated chance of being treated below {} or above {}.",
            locale.percent(*outside, 1),
            locale.number(0.1, 1),
            locale.number(0.9, 1)
        ),
        Checked::Autocorrelation { first } => format!(
            "The correlation of a period's error with the next one's is {}.",
            locale.number(*first, 2)
        ),
        Checked::Clusters { clusters } => {
            format!("The errors rest on {} clusters.", locale.count(*clusters))
        }
    }
}

/// A number with its sign.
pub(super) fn signed(value: f64, decimals: usize, locale: &Locale) -> String {
    let written = locale.number(value, decimals);
    if value > 0.0 && !written.starts_with('<') {
        format!("+{written}")
    } else {
        written
    }
}

/// Observations, clusters, what is missing, weights and the effect of the design.
pub(super) fn rests_on(estimate: &EffectEstimate, locale: &Locale) -> String {
    let mut said = format!(
        "{} {}",
        locale.count(estimate.n),
        plural(estimate.n, "observation", "observations")
    );
    if let Some(clusters) = estimate.clusters {
        let word = plural(clusters, "cluster", "clusters");
        said += &format!(" in {} {word}", locale.count(clusters));
    }
    said += &match estimate.missing {
        0 => "; none left out".to_owned(),
        n => format!("; {} left out since something is missing", locale.count(n)),
    };
    said += if estimate.weighted {
        "; weighted"
    } else {
        "; not weighted"
    };
    if let Some(effect) = estimate.design_effect {
        said += &format!("; design effect {}", locale.number(effect, 2));
    }
    said
}

/// Standard error, its kind and its degrees of freedom.
pub(super) fn error(estimate: &EffectEstimate, numbers: &Numbers) -> Option<String> {
    let se = estimate.se?;
    let mut said = numbers.size(se);
    if !estimate.se_kind.is_empty() {
        said += &format!(" ({})", estimate.se_kind);
    }
    said += &match estimate.df {
        Some(df) => format!(", {} degrees of freedom", degrees(df, &numbers.locale)),
        None => ", normal distribution".to_owned(),
    };
    Some(said)
}

/// Degrees of freedom: a tenth where they are not whole.
pub(super) fn degrees(df: f64, locale: &Locale) -> String {
    let whole = (df - df.round()).abs() < 0.05 || df >= 100.0;
    locale.number(df, usize::from(!whole))
}
