//! Calibration: from values to memberships in sets, crisp and fuzzy by the direct method.

use crate::stats::Refused;

/// Log odds of full membership (.95) and, negated, of full non-membership (.05): ln 19 (Ragin 2008, chapter 5).
pub const LOG_ODDS: f64 = 2.944_438_979_166_440_3;

/// Three anchors of an s-shaped set. Memberships rise with the value where `exclusion` < `inclusion`, fall where it is greater.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anchors {
    /// Value of full non-membership, calibrated to .05.
    pub exclusion: f64,
    /// Value of greatest ambiguity, calibrated to .5.
    pub crossover: f64,
    /// Value of full membership, calibrated to .95.
    pub inclusion: f64,
}

/// Six anchors of a bell-shaped set: in over a middle range, out on both sides, or the other way round. Either
/// `low` rises and `high` falls (in the middle), or `low` falls and `high` rises (out in the middle).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bell {
    /// Anchors of the lower flank.
    pub low: Anchors,
    /// Anchors of the upper flank.
    pub high: Anchors,
}

impl Anchors {
    fn rises(&self) -> bool {
        self.exclusion < self.inclusion
    }

    fn check(&self) -> Result<(), Refused> {
        let (e, c, i) = (self.exclusion, self.crossover, self.inclusion);
        let finite = e.is_finite() && c.is_finite() && i.is_finite();
        if finite && ((e < c && c < i) || (e > c && c > i)) {
            return Ok(());
        }
        Err(Refused::new(
            format!("the anchors are {e} (out), {c} (crossover) and {i} (in)"),
            "Give three different anchors with the crossover between the other two.",
        ))
    }

    /// Membership of one value, by log odds that are linear on each side of the crossover.
    fn membership(&self, x: f64) -> f64 {
        let (e, c, i) = (self.exclusion, self.crossover, self.inclusion);
        let towards_inclusion = (x - c) * (i - c) >= 0.0;
        let odds = if towards_inclusion {
            (x - c) / (i - c)
        } else {
            (x - c) / (c - e)
        };
        1.0 / (1.0 + (-LOG_ODDS * odds).exp())
    }
}

/// Crisp memberships: 1 where a value is at least `cut` (the cut itself is in), else 0.
///
/// # Errors
/// A value or cut that isn't a finite number.
pub fn crisp(values: &[f64], cut: f64) -> Result<Vec<f64>, Refused> {
    let categories = categories(values, &[cut])?;
    Ok(categories.into_iter().map(|c| c as f64).collect())
}

/// Categories 0, 1, ... by rising `cuts`: the number of cuts that a value reaches (a value at a cut is in the upper category).
///
/// # Errors
/// A value or cut that isn't a finite number; no cuts, or cuts that don't rise.
pub fn categories(values: &[f64], cuts: &[f64]) -> Result<Vec<usize>, Refused> {
    finite(values)?;
    let rising = cuts.windows(2).all(|pair| pair[0] < pair[1]);
    if cuts.is_empty() || !rising || cuts.iter().any(|c| !c.is_finite()) {
        return Err(Refused::new(
            format!("the cuts are {cuts:?}"),
            "Give at least one cut, each greater than the one before.",
        ));
    }
    let category = |x: &f64| cuts.iter().filter(|cut| x >= cut).count();
    Ok(values.iter().map(category).collect())
}

/// Fuzzy memberships by the direct method (Ragin 2008, chapter 5): the distance to the crossover becomes log odds of +-
/// [`LOG_ODDS`] at the anchors, and those become memberships. No value gets 0 or 1 exactly, but for rounding far outside.
///
/// # Errors
/// A value or anchor that isn't a finite number; anchors that neither rise nor fall.
pub fn direct(values: &[f64], anchors: Anchors) -> Result<Vec<f64>, Refused> {
    anchors.check()?;
    finite(values)?;
    Ok(values.iter().map(|x| anchors.membership(*x)).collect())
}

/// Fuzzy memberships in a bell-shaped set: the intersection of its two flanks, each by the direct method, or their union where
/// it is out in the middle. Full membership is therefore .95 where the two inner anchors meet, and nearer to 1 between them.
///
/// # Errors
/// As [`direct`]; flanks that both rise or both fall, or that overlap.
pub fn bell(values: &[f64], bell: Bell) -> Result<Vec<f64>, Refused> {
    let Bell { low, high } = bell;
    low.check()?;
    high.check()?;
    finite(values)?;
    let inner = |a: &Anchors, rises: bool| if rises { a.inclusion } else { a.exclusion };
    let meets = inner(&low, low.rises()) <= inner(&high, low.rises());
    if low.rises() == high.rises() || !meets {
        return Err(Refused::new(
            "the two flanks of the bell don't face each other",
            "Give six anchors in rising order: out, crossover, in, in, crossover, out, or in, crossover, out, out, crossover, in.",
        ));
    }
    let of = |x: &f64| {
        let (a, b) = (low.membership(*x), high.membership(*x));
        if low.rises() { a.min(b) } else { a.max(b) }
    };
    Ok(values.iter().map(of).collect())
}

/// Cases with a membership of exactly .5, which are neither in nor out and belong to no row of a truth table.
pub fn at_half(memberships: &[f64]) -> Vec<usize> {
    let half = |case: &usize| memberships[*case] == 0.5;
    (0..memberships.len()).filter(half).collect()
}

pub(super) fn finite(values: &[f64]) -> Result<(), Refused> {
    if let Some(case) = values.iter().position(|x| !x.is_finite()) {
        return Err(Refused::new(
            format!("the value of case {} is {}", case + 1, values[case]),
            "Leave out cases without a value before calibrating.",
        ));
    }
    Ok(())
}
