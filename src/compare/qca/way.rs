//! How raw values become memberships: the ways of calibration, their crossovers, and the same ways moved a little.

use crate::evaluation::SetSetting;
use crate::stats::Refused;
use crate::stats::qca::{Anchors, Bell, bell, categories, crisp, direct, indirect};

/// A way of calibration.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Way {
    /// In where the text is one of these.
    Words(Vec<String>),
    /// In from a value on.
    Crisp(f64),
    /// Direct method.
    Direct(Anchors),
    /// Direct method on both flanks.
    Bell(Bell),
    /// One membership for each group between cuts.
    Groups(Vec<f64>, Vec<f64>),
    /// Indirect method on such groups.
    Indirect(Vec<f64>, Vec<f64>),
    /// Memberships already.
    Calibrated,
}

/// Memberships, and whether they go one way with the raw values.
pub(super) struct Memberships {
    pub of: Vec<f64>,
    pub monotone: bool,
}

impl Way {
    /// The way that a set asks for; one of them is there, since the settings were checked.
    pub(super) fn of(set: &SetSetting) -> Way {
        if let Some(words) = &set.is {
            return Way::Words(words.clone());
        }
        if let Some(cut) = set.cut {
            return Way::Crisp(cut);
        }
        let groups = (set.cuts.clone(), set.memberships.clone());
        match (set.anchors.as_deref(), groups) {
            (Some(&[exclusion, crossover, inclusion]), _) => Way::Direct(Anchors {
                exclusion,
                crossover,
                inclusion,
            }),
            (Some(&[a, b, c, d, e, f]), _) => Way::Bell(Bell {
                low: Anchors {
                    exclusion: a,
                    crossover: b,
                    inclusion: c,
                },
                high: Anchors {
                    inclusion: d,
                    crossover: e,
                    exclusion: f,
                },
            }),
            (_, (Some(cuts), Some(memberships))) => match set.indirect {
                true => Way::Indirect(cuts, memberships),
                false => Way::Groups(cuts, memberships),
            },
            _ => Way::Calibrated,
        }
    }

    /// Memberships of numbers. Words are no numbers: see [`Way::Words`].
    ///
    /// # Errors
    /// What the kernel refuses.
    pub(super) fn memberships(&self, values: &[f64]) -> Result<Memberships, Refused> {
        let plain = |of: Vec<f64>| Memberships { of, monotone: true };
        Ok(match self {
            Way::Words(_) | Way::Calibrated => plain(values.to_vec()),
            Way::Crisp(cut) => plain(crisp(values, *cut)?),
            Way::Direct(anchors) => plain(direct(values, *anchors)?),
            Way::Bell(of) => Memberships {
                of: bell(values, *of)?,
                monotone: true,
            },
            Way::Groups(cuts, groups) => plain(grouped(values, cuts, groups)?),
            Way::Indirect(cuts, groups) => {
                let found = indirect(values, &grouped(values, cuts, groups)?)?;
                Memberships {
                    of: found.memberships,
                    monotone: found.monotone,
                }
            }
        })
    }

    /// Raw values at which membership passes one half; none where it can't be told without the cases.
    pub(super) fn crossovers(&self) -> Vec<f64> {
        match self {
            Way::Words(_) | Way::Calibrated | Way::Indirect(..) => vec![],
            Way::Crisp(cut) => vec![*cut],
            Way::Direct(anchors) => vec![anchors.crossover],
            Way::Bell(Bell { low, high }) => vec![low.crossover, high.crossover],
            Way::Groups(cuts, groups) => {
                let passes = |pair: &[f64]| (pair[0] > 0.5) != (pair[1] > 0.5);
                let pairs = groups.windows(2).zip(cuts);
                pairs.filter(|(p, _)| passes(p)).map(|(_, c)| *c).collect()
            }
        }
    }

    /// The same way with anchors or cuts moved by a share of their span, and what was moved by how much; `None` where there is
    /// nothing to move. The span of a single cut is that of the values.
    pub(super) fn moved(&self, share: f64, values: &[f64]) -> Option<(Way, &'static str, f64)> {
        let range = || {
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            (most > least).then_some(share * (most - least))
        };
        let anchors = |a: &Anchors, by: f64| Anchors {
            exclusion: a.exclusion + by,
            crossover: a.crossover + by,
            inclusion: a.inclusion + by,
        };
        let flank = |a: &Anchors| (a.inclusion - a.exclusion).abs();
        let all = |cuts: &[f64], by: f64| cuts.iter().map(|c| c + by).collect::<Vec<f64>>();
        let width = |cuts: &[f64]| match cuts {
            [first, .., last] => Some(share * (last - first)),
            _ => range(),
        };
        match self {
            Way::Words(_) | Way::Calibrated => None,
            Way::Crisp(cut) => {
                let by = range()?;
                Some((Way::Crisp(cut + by), "cut", by))
            }
            Way::Direct(a) => {
                let by = share * flank(a);
                Some((Way::Direct(anchors(a, by)), "anchors", by))
            }
            Way::Bell(Bell { low, high }) => {
                let by = share * flank(low).min(flank(high));
                let moved = Bell {
                    low: anchors(low, by),
                    high: anchors(high, by),
                };
                Some((Way::Bell(moved), "anchors", by))
            }
            Way::Groups(cuts, groups) => {
                let by = width(cuts)?;
                let moved = Way::Groups(all(cuts, by), groups.clone());
                Some((moved, "cuts", by))
            }
            Way::Indirect(cuts, groups) => {
                let by = width(cuts)?;
                let moved = Way::Indirect(all(cuts, by), groups.clone());
                Some((moved, "cuts", by))
            }
        }
    }
}

/// The membership of the group that each value lies in.
fn grouped(values: &[f64], cuts: &[f64], groups: &[f64]) -> Result<Vec<f64>, Refused> {
    let of = |group: usize| groups.get(group).copied().unwrap_or(0.0);
    Ok(categories(values, cuts)?.into_iter().map(of).collect())
}
