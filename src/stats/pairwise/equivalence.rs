//! Equivalence, non-inferiority and difference against margins given in advance: two one-sided tests and their verdict.
//!
//! Two questions are asked of one difference. *Is it small enough not to matter?* Two one-sided tests at the level alpha, one for each
//! margin (Schuirmann 1987), which is the interval of confidence 1 - 2·alpha lying between the margins. *Is there a difference at all, and
//! which way?* Nobody said in advance which way, so it is asked two-sided: the interval of confidence 1 - alpha excludes 0. Each claim is
//! then wrong with probability alpha at most.
//!
//! Where the intervals lie gives the words, as in the figure of the CONSORT extension for non-inferiority and equivalence trials (Piaggio
//! et al. 2012). *Better* and *worse* mean beyond **zero**, as superiority does there; whether also beyond the margin is said apart. Being
//! within the margins comes first: a difference shown to be too small to matter is *equivalent* even where it is shown not to be 0.

use super::estimate::Estimate;
use crate::stats::Refused;
use crate::stats::distribution::{t, t_quantile, t_two_sided};

/// Differences from `low` to `high` are too small to matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin {
    low: f64,
    high: f64,
}

impl Margin {
    /// Margins around 0, in the unit of the difference.
    ///
    /// # Errors
    /// A lower margin that is not below 0, an upper that is not above 0, or one that is no finite number.
    pub fn new(low: f64, high: f64) -> Result<Margin, Refused> {
        if !low.is_finite() || !high.is_finite() {
            return Err(Refused::new(
                "a margin is not a number",
                "Give the smallest differences that would matter, downwards and upwards.",
            ));
        }
        if low == 0.0 && high == 0.0 {
            return Err(Refused::new(
                "the margins have no width: every difference would matter, so that equality can never be shown",
                "Give the smallest difference that would matter, and say why.",
            ));
        }
        if low >= 0.0 || high <= 0.0 {
            return Err(Refused::new(
                format!("the margins {low} to {high} do not enclose 0: one has the wrong sign"),
                "Give the lower margin below 0 and the upper above 0; differences between them are too small to matter.",
            ));
        }
        Ok(Margin { low, high })
    }

    /// The lower margin, below 0.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The upper margin, above 0.
    pub fn high(&self) -> f64 {
        self.high
    }
}

/// Which differences are good ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The more the better.
    HigherIsBetter,
    /// The less the better.
    LowerIsBetter,
    /// Neither is better.
    Neither,
}

/// The four verdicts, and a fifth where neither direction is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Shown to lie within the margins.
    Equivalent,
    /// Shown to be better, and not shown to lie within the margins.
    Better,
    /// Shown to be worse, and not shown to lie within the margins.
    Worse,
    /// Shown to differ, where neither direction is better, and not shown to lie within the margins.
    Different,
    /// None of these is shown. It is no finding that there is no difference.
    NotEstablished,
}

/// What is shown, named in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Within the margins, and not told from 0.
    Equivalent,
    /// Within the margins, though not 0: a difference is shown, and it is too small to matter.
    EquivalentButDifferent,
    /// Better; that it is by more than the margin is not shown.
    Better,
    /// Better by more than the margin.
    BetterBeyondMargin,
    /// Worse; that it is by more than the margin is not shown.
    Worse,
    /// Worse by more than the margin.
    WorseBeyondMargin,
    /// Different, with no better direction; that it is by more than the margin is not shown.
    Different,
    /// Different by more than the margin, with no better direction.
    DifferentBeyondMargin,
    /// Neither a difference nor its being within the margins.
    NotEstablished,
}

impl Shown {
    /// The verdict in one of four words (or [`Verdict::Different`]).
    pub fn verdict(self) -> Verdict {
        match self {
            Shown::Equivalent | Shown::EquivalentButDifferent => Verdict::Equivalent,
            Shown::Better | Shown::BetterBeyondMargin => Verdict::Better,
            Shown::Worse | Shown::WorseBeyondMargin => Verdict::Worse,
            Shown::Different | Shown::DifferentBeyondMargin => Verdict::Different,
            Shown::NotEstablished => Verdict::NotEstablished,
        }
    }
}

/// A difference judged against margins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalence {
    /// What is shown, by name.
    pub shown: Shown,
    /// The verdict in one word: `shown.verdict()`.
    pub verdict: Verdict,
    /// Whether it is shown to be not worse by as much as the margin; none where neither direction is better. One one-sided test at
    /// alpha, whatever the verdict: something may be non-inferior and yet worse (CONSORT's case D).
    pub non_inferior: Option<bool>,
    /// One-sided p-value of "the true difference is at or below the lower margin".
    pub p_low: f64,
    /// One-sided p-value of "the true difference is at or above the upper margin".
    pub p_high: f64,
    /// p-value of "the true difference is not within the margins": the larger of the two.
    pub p: f64,
    /// Two-sided p-value of "the true difference is 0".
    pub p_difference: f64,
    /// Interval of confidence 1 - 2·alpha, which decides on equivalence and non-inferiority.
    pub interval: (f64, f64),
    /// Interval of confidence 1 - alpha, which decides on better, worse and beyond the margin.
    pub wider: (f64, f64),
}

/// Judges a difference (as of [`super::difference`]) against margins at the level `alpha`, such as .05.
///
/// | interval 1 - 2·alpha within the margins | interval 1 - alpha | shown |
/// |---|---|---|
/// | yes | has 0 in it | equivalent |
/// | yes | excludes 0 | equivalent but different |
/// | no | excludes 0 on the good (bad) side | better (worse) |
/// | no | lies beyond the margin on the good (bad) side | better (worse) beyond the margin |
/// | no | has 0 in it | not established |
///
/// # Errors
/// An estimate that is no number; an exact difference, for which there is nothing to test ([`shown_exactly`]); an alpha that is not
/// between 0 and .5.
pub fn equivalence(
    difference: Estimate,
    margin: Margin,
    direction: Direction,
    alpha: f64,
) -> Result<Equivalence, Refused> {
    difference.check()?;
    if difference.is_exact() {
        return Err(Refused::new(
            "the difference has no sampling error, so that there is nothing to test",
            "Compare it with the margins as it is.",
        ));
    }
    if !(alpha > 0.0 && alpha < 0.5) {
        return Err(Refused::new(
            format!("{alpha} is no level for two one-sided tests"),
            "Give a probability of error above 0 and below 0.5, such as 0.05.",
        ));
    }
    let Estimate { value, se, df } = difference;
    let around = |alpha: f64| {
        let half = t_quantile(1.0 - alpha, df) * se;
        (value - half, value + half)
    };
    let (interval, wider) = (around(alpha), around(alpha / 2.0));
    let p_low = t((margin.low - value) / se, df);
    let p_high = t((value - margin.high) / se, df);
    let shown = judge(interval, wider, margin, direction);
    Ok(Equivalence {
        shown,
        verdict: shown.verdict(),
        non_inferior: not_worse(interval, margin, direction),
        p_low,
        p_high,
        p: p_low.max(p_high),
        p_difference: t_two_sided(value / se, df),
        interval,
        wider,
    })
}

/// What an exact difference shows, of two censuses say, and whether it is non-inferior: read off, without a test.
///
/// # Errors
/// A value that is no number.
pub fn shown_exactly(
    difference: f64,
    margin: Margin,
    direction: Direction,
) -> Result<(Shown, Option<bool>), Refused> {
    let at = Estimate::exact(difference)?.value;
    Ok((
        judge((at, at), (at, at), margin, direction),
        not_worse((at, at), margin, direction),
    ))
}

fn judge(interval: (f64, f64), wider: (f64, f64), margin: Margin, direction: Direction) -> Shown {
    let (above, below) = (wider.0 > 0.0, wider.1 < 0.0);
    if interval.0 > margin.low && interval.1 < margin.high {
        return if above || below {
            Shown::EquivalentButDifferent
        } else {
            Shown::Equivalent
        };
    }
    if !above && !below {
        return Shown::NotEstablished;
    }
    let beyond = wider.0 > margin.high || wider.1 < margin.low;
    let better = match direction {
        Direction::HigherIsBetter => Some(above),
        Direction::LowerIsBetter => Some(below),
        Direction::Neither => None,
    };
    match (better, beyond) {
        (Some(true), false) => Shown::Better,
        (Some(true), true) => Shown::BetterBeyondMargin,
        (Some(false), false) => Shown::Worse,
        (Some(false), true) => Shown::WorseBeyondMargin,
        (None, false) => Shown::Different,
        (None, true) => Shown::DifferentBeyondMargin,
    }
}

fn not_worse(interval: (f64, f64), margin: Margin, direction: Direction) -> Option<bool> {
    match direction {
        Direction::HigherIsBetter => Some(interval.0 > margin.low),
        Direction::LowerIsBetter => Some(interval.1 < margin.high),
        Direction::Neither => None,
    }
}
