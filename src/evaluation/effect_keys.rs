//! Which keys of `[[effect]]` a design needs and takes, and which are set.

use super::effect::{
    Adjust, AverageOf, BasePeriod, ComparisonUnits, EffectScale, EffectSetting, Estimator,
};
use crate::outcome::EffectDesign;

impl EffectSetting {
    /// Keys that are set to something else than their default.
    pub(super) fn keys_set(&self) -> Vec<&'static str> {
        let mut keys = Vec::new();
        let mut add = |key, set: bool| {
            if set {
                keys.push(key);
            }
        };
        add("treated", self.treated.is_some());
        add("waves", self.waves.is_some());
        add("before", self.before.is_some());
        add("after", self.after.is_some());
        add("unit", self.unit.is_some());
        add("time", self.time.is_some());
        add("adopted", self.adopted.is_some());
        add("intervention", self.intervention.is_some());
        add("control", self.control.is_some());
        add("seasons", self.seasons.is_some());
        add("dose", self.dose.is_some());
        add("with", self.with.is_some());
        add("moderator", self.moderator.is_some());
        add("covariates", !self.covariates.is_empty());
        add("balance", !self.balance.is_empty());
        add("adjust", self.adjust != Adjust::Regression);
        add("randomised", self.randomised);
        add("assigned", self.assigned.is_some());
        add("blocks", self.blocks.is_some());
        add("second_cluster", self.second_cluster.is_some());
        add("wild", self.wild.is_some());
        add("estimator", self.estimator != Estimator::default());
        add("comparison", self.comparison != ComparisonUnits::default());
        add("average", self.average != AverageOf::default());
        add("base", self.base != BasePeriod::default());
        add("scale", self.scale != EffectScale::default());
        add("errors", self.errors.is_some());
        add("by", !self.by.is_empty());
        keys
    }
}

/// Keys that a design needs (alternatives joined by `|`), and those that it can use besides; `indicators`, `where`, `cluster` and
/// `smallest_effect` are for all.
pub(super) fn keys_of(design: EffectDesign) -> (&'static [&'static str], &'static [&'static str]) {
    match design {
        EffectDesign::BeforeAfter => (
            &["waves|before"],
            &[
                "after",
                "covariates",
                "moderator",
                "second_cluster",
                "wild",
                "errors",
                "by",
            ],
        ),
        EffectDesign::Comparison => (
            &["treated"],
            &[
                "waves",
                "before",
                "after",
                "covariates",
                "balance",
                "adjust",
                "randomised",
                "assigned",
                "blocks",
                "moderator",
                "scale",
                "second_cluster",
                "wild",
                "errors",
                "by",
            ],
        ),
        EffectDesign::DifferenceInDifferences => (
            &["treated", "waves|before"],
            &[
                "after",
                "covariates",
                "balance",
                "randomised",
                "assigned",
                "blocks",
                "moderator",
                "second_cluster",
                "wild",
                "errors",
                "by",
            ],
        ),
        EffectDesign::TwoWayEffects => (
            &["treated", "unit", "time"],
            &["covariates", "errors", "by"],
        ),
        EffectDesign::Staggered => (
            &["adopted|treated", "unit", "time"],
            &[
                "estimator",
                "comparison",
                "average",
                "base",
                "covariates",
                "by",
            ],
        ),
        EffectDesign::InterruptedSeries => (
            &["time", "intervention"],
            &["unit", "control", "seasons", "by"],
        ),
        EffectDesign::DoseResponse => (
            &["dose"],
            &["covariates", "second_cluster", "wild", "errors", "by"],
        ),
        EffectDesign::Association => (
            &["with"],
            &["covariates", "second_cluster", "wild", "errors", "by"],
        ),
    }
}
