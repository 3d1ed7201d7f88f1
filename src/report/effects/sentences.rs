//! What is said of an effect: by its design and its interval, never by a p-value, and without words for sizes.
//!
//! | what the design allows | with an interval that leaves zero out |
//! |---|---|
//! | chance decided who was treated | the programme raised, or lowered |
//! | quasi-experimental | consistent with an effect of |
//! | before and after | changed by |
//! | groups that chance did not make | differs by |
//! | association, dose | goes with |
//!
//! An interval that holds zero leaves the matter open; that nothing of interest happened is said only where the whole interval
//! lies within the smallest effect of interest.

use super::numbers::Numbers;
use crate::outcome::{Direction, Effect, EffectDesign, EffectEstimate, Evidence, Verdict};

/// What may be said of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    Raised,
    Consistent,
    Changed,
    Differs,
    GoesWith,
}

/// What the design and the evidence allow to be said.
pub(super) fn claim(design: EffectDesign, evidence: Evidence) -> Claim {
    match (design, evidence) {
        (EffectDesign::Association | EffectDesign::DoseResponse, _) => Claim::GoesWith,
        (EffectDesign::BeforeAfter, _) => Claim::Changed,
        (_, Evidence::Randomised) => Claim::Raised,
        (_, Evidence::QuasiExperimental) => Claim::Consistent,
        (_, Evidence::BeforeAfter) => Claim::Changed,
        (_, Evidence::Comparison | Evidence::Descriptive) => Claim::Differs,
    }
}

impl Claim {
    fn noun(self) -> &'static str {
        match self {
            Claim::Raised | Claim::Consistent => "effect",
            Claim::Changed => "change",
            Claim::Differs => "difference",
            Claim::GoesWith => "slope",
        }
    }
}

/// All that is said of an effect; at least one sentence. `level` is that of the intervals: `95%`.
pub(in crate::report) fn sentences(effect: &Effect, numbers: &Numbers, level: &str) -> Vec<String> {
    let speaker = Speaker {
        effect,
        numbers,
        level,
        claim: claim(effect.design, effect.evidence),
    };
    let name = &effect.indicator.name;
    if let Some(why) = &effect.not_estimable {
        let reason = why.reason.trim_end_matches('.');
        return vec![format!(
            "There is no estimate for “{name}”: {reason}. {}",
            why.help
        )];
    }
    let Some(estimate) = &effect.estimate else {
        return vec![format!("There is no estimate for “{name}”.")];
    };
    let mut said = vec![speaker.first(estimate)];
    said.extend(speaker.smallest(estimate));
    said.extend(speaker.reinforcing(estimate));
    said
}

struct Speaker<'a> {
    effect: &'a Effect,
    numbers: &'a Numbers,
    level: &'a str,
    claim: Claim,
}

/// Whether an interval holds zero.
pub(in crate::report) fn holds_zero((low, high): (f64, f64)) -> bool {
    low <= 0.0 && high >= 0.0
}

impl Speaker<'_> {
    fn name(&self) -> String {
        format!("“{}”", self.effect.indicator.name)
    }

    /// What a slope is per unit of.
    fn across(&self) -> String {
        match &self.effect.partial {
            Some(partial) => format!("“{}”", partial.across),
            None => "the dose".to_owned(),
        }
    }

    fn amount(&self, value: f64) -> String {
        self.numbers.with_unit(&self.numbers.signed(value))
    }

    fn first(&self, estimate: &EffectEstimate) -> String {
        if !self.effect.scale.is_difference() {
            return self.ratio(estimate);
        }
        match estimate.interval {
            None => self.without_interval(estimate),
            Some(interval) if !holds_zero(interval) => self.settled(estimate.value, interval),
            Some(interval) if self.effect.verdict == Some(Verdict::Negligible) => {
                self.negligible(interval)
            }
            Some(interval) => self.open(estimate.value, interval),
        }
    }

    /// A ratio of two arms, told as such: 1 is no effect.
    fn ratio(&self, estimate: &EffectEstimate) -> String {
        let (name, ratio) = (self.name(), self.effect.scale.ratio());
        let written = |log: f64| self.numbers.locale.number(log.exp(), 2);
        let value = written(estimate.value);
        let Some((low, high)) = estimate.interval else {
            let why = estimate.no_interval.as_deref().unwrap_or("none is known");
            return format!(
                "The {ratio} of {name}, treated to others, is {value}; there is no interval: {}.",
                why.trim_end_matches('.')
            );
        };
        let range = format!(
            "{} confidence interval {} to {}",
            self.level,
            written(low),
            written(high)
        );
        if holds_zero((low, high)) {
            return format!(
                "The data don't settle whether {name} differs between the groups: {ratio}, treated to others, {value} ({range}, which holds 1)."
            );
        }
        let up = low > 0.0;
        let higher = if up { "higher" } else { "lower" };
        let desired = self.desired(up);
        match self.claim {
            Claim::Raised => {
                let verb = if up { "raised" } else { "lowered" };
                format!(
                    "The programme {verb} {name}: {ratio}, treated to others, {value} ({range}){desired}."
                )
            }
            _ => format!(
                "{name} is {higher} among those treated: {ratio}, treated to others, {value} ({range}){desired}."
            ),
        }
    }

    /// The interval leaves zero out.
    fn settled(&self, value: f64, interval: (f64, f64)) -> String {
        let (name, amount) = (self.name(), self.amount(value));
        let range = format!(
            "({} confidence interval {})",
            self.level,
            self.numbers.range(interval)
        );
        let up = interval.0 > 0.0;
        let higher = if up { "higher" } else { "lower" };
        let desired = self.desired(up);
        match self.claim {
            Claim::Raised => {
                let verb = if up { "raised" } else { "lowered" };
                let size = self.numbers.with_unit(&self.numbers.size(value));
                format!("The programme {verb} {name} by {size} {range}{desired}.")
            }
            Claim::Consistent => format!(
                "The data are consistent with an effect of {amount} on {name} {range}{desired}, if the assumptions below hold."
            ),
            Claim::Changed => {
                format!("{name} changed by {amount} {range}: it is {higher} after{desired}.")
            }
            Claim::Differs => format!(
                "{name} differs by {amount} between the groups {range}: it is {higher} among those treated{desired}."
            ),
            Claim::GoesWith => format!(
                "{name} goes with {}: for each further unit of it {name} is {higher}, by {amount} {range}{desired}.",
                self.across()
            ),
        }
    }

    /// The interval holds zero: what it can't rule out.
    fn open(&self, value: f64, (low, high): (f64, f64)) -> String {
        let name = self.name();
        let between = format!(
            "between {} and {}",
            self.numbers.signed(low),
            self.amount(high)
        );
        let (whether, what) = match self.claim {
            Claim::Raised => (format!("the programme changed {name}"), "changes"),
            Claim::Consistent => (format!("there is an effect on {name}"), "effects"),
            Claim::Changed => (format!("{name} changed"), "changes"),
            Claim::Differs => (format!("{name} differs between the groups"), "differences"),
            Claim::GoesWith => (format!("{name} goes with {}", self.across()), "slopes"),
        };
        format!(
            "The data don't settle whether {whether}: {what} {between} are all consistent with them ({} confidence interval; \
             estimate {}).",
            self.level,
            self.numbers.signed(value)
        )
    }

    /// The whole interval, with zero in it, lies within the smallest effect of interest.
    fn negligible(&self, interval: (f64, f64)) -> String {
        let Some(smallest) = self.effect.smallest else {
            let value = self.effect.estimate.as_ref().map_or(0.0, |e| e.value);
            return self.open(value, interval);
        };
        let on = match self.claim {
            Claim::Raised | Claim::Consistent => format!("on {}", self.name()),
            Claim::Changed => format!("in {}", self.name()),
            Claim::Differs => format!("in {} between the groups", self.name()),
            Claim::GoesWith => format!("of {} over {}", self.name(), self.across()),
        };
        format!(
            "No {} {on} as large as the smallest of interest, {}: the whole {} confidence interval, {}, lies within plus and minus it.",
            self.claim.noun(),
            self.numbers.with_unit(&self.numbers.size(smallest)),
            self.level,
            self.numbers.range(interval),
        )
    }

    fn without_interval(&self, estimate: &EffectEstimate) -> String {
        let (name, amount) = (self.name(), self.amount(estimate.value));
        let why = match &estimate.no_interval {
            Some(why) => format!("; there is no interval: {}", why.trim_end_matches('.')),
            None => "; there is no interval".to_owned(),
        };
        let said = match self.claim {
            Claim::Raised | Claim::Consistent => {
                format!("The estimated effect on {name} is {amount}")
            }
            Claim::Changed => format!("{name} changed by {amount}"),
            Claim::Differs => format!("{name} differs by {amount} between the groups"),
            Claim::GoesWith => format!(
                "{name} goes with {}: {amount} for each further unit of it",
                self.across()
            ),
        };
        format!("{said}{why}.")
    }

    /// Whether a rise (or else a fall) is what the indicator is to do.
    fn desired(&self, up: bool) -> &'static str {
        match (self.effect.indicator.direction, up) {
            (Direction::Neither, _) => "",
            (Direction::HigherIsBetter, true) | (Direction::LowerIsBetter, false) => {
                ", which is the desired direction"
            }
            _ => ", which is not the desired direction",
        }
    }

    /// What the interval says of the smallest effect of interest.
    fn smallest(&self, estimate: &EffectEstimate) -> Option<String> {
        let (verdict, smallest) = (self.effect.verdict?, self.effect.smallest?);
        let interval = estimate.interval?;
        let noun = self.claim.noun();
        let size = self.numbers.with_unit(&self.numbers.size(smallest));
        Some(match verdict {
            Verdict::AtLeast => {
                format!("The whole interval lies above the smallest {noun} of interest, {size}.")
            }
            Verdict::AtMost => format!(
                "The whole interval lies below zero by more than the smallest {noun} of interest, {size}."
            ),
            Verdict::AboveZero | Verdict::BelowZero => format!(
                "The interval also holds {noun}s smaller than the smallest of interest, {size}."
            ),
            Verdict::Negligible if holds_zero(interval) => return None,
            Verdict::Negligible => format!(
                "The whole interval lies within plus and minus the smallest {noun} of interest, {size}."
            ),
            Verdict::NotEstablished => format!(
                "Neither zero nor {noun}s as large as the smallest of interest, {size}, are ruled out."
            ),
        })
    }

    /// Whether two indicators reinforce each other or come at each other's cost, by a rule stated beforehand.
    fn reinforcing(&self, estimate: &EffectEstimate) -> Option<String> {
        let interval = estimate.interval?;
        if self.effect.design != EffectDesign::Association {
            return None;
        }
        // Turned round where less of the indicator is better, so that above is always for the good.
        let (low, high) = match self.effect.indicator.direction {
            Direction::HigherIsBetter => interval,
            Direction::LowerIsBetter => (-interval.1, -interval.0),
            Direction::Neither => return None,
        };
        let least = self.effect.smallest.unwrap_or(0.0).abs();
        let verdict = if low > least {
            "reinforcing"
        } else if high < -least {
            "zero-sum"
        } else {
            "not established"
        };
        let limit = match self.effect.smallest {
            Some(_) => format!("{} (the smallest of interest)", self.numbers.size(least)),
            None => "zero".to_owned(),
        };
        let beneath = match self.effect.smallest {
            Some(_) => format!("minus {}", self.numbers.size(least)),
            None => "zero".to_owned(),
        };
        let turned = match self.effect.indicator.direction {
            Direction::LowerIsBetter => ", signs turned round since lower is better",
            _ => "",
        };
        Some(format!(
            "Verdict: {verdict}, by the rule: reinforcing where the whole interval lies above {limit}, zero-sum where it lies below \
             {beneath}, else not established{turned}."
        ))
    }
}
