//! Terms: conjunctions of literals, their algebra and their notation.

use std::cmp::Ordering;

/// A conjunction of literals over at most 32 conditions; bit `i` speaks of condition `i`. Without literals it holds everywhere.
///
/// Terms are ordered condition by condition: present, then absent, then free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Term {
    /// Conditions that have to be present.
    pub present: u32,
    /// Conditions that have to be absent.
    pub absent: u32,
}

impl Term {
    /// The configuration with all `conditions` fixed.
    pub fn of_configuration(configuration: u32, conditions: usize) -> Term {
        let all = all(conditions);
        Term {
            present: configuration & all,
            absent: !configuration & all,
        }
    }

    /// Conditions that the term fixes.
    pub fn fixed(&self) -> u32 {
        self.present | self.absent
    }

    /// Number of literals.
    pub fn literals(&self) -> usize {
        self.fixed().count_ones() as usize
    }

    /// Whether a configuration lies in the term.
    pub fn covers(&self, configuration: u32) -> bool {
        configuration & self.present == self.present && configuration & self.absent == 0
    }

    /// Whether the term is a subset of `other` (or the same): it has all of the literals of `other`.
    pub fn within(&self, other: &Term) -> bool {
        other.present & !self.present == 0 && other.absent & !self.absent == 0
    }

    /// Membership of a case, the least of its literals' (1 without literals). `membership(i)` is the case's membership in
    /// condition `i`.
    pub fn membership(&self, membership: impl Fn(usize) -> f64) -> f64 {
        let mut least = 1.0f64;
        for i in bits(self.fixed()) {
            let m = membership(i);
            least = least.min(if self.present >> i & 1 == 1 {
                m
            } else {
                1.0 - m
            });
        }
        least
    }

    /// In the notation of the field, such as `DEV*~URB*LIT`; `1` without literals. A condition without a name is `#` and its
    /// number from 1.
    pub fn show(&self, names: &[String]) -> String {
        if self.fixed() == 0 {
            return "1".to_owned();
        }
        self.each(names).join("*")
    }

    /// The literals, each in the notation of the field.
    pub(super) fn each(&self, names: &[String]) -> Vec<String> {
        let literal = |i: usize| {
            let name = names.get(i).cloned();
            let name = name.unwrap_or_else(|| format!("#{}", i + 1));
            if self.absent >> i & 1 == 1 {
                format!("~{name}")
            } else {
                name
            }
        };
        bits(self.fixed()).map(literal).collect()
    }

    fn rank(&self, i: u32) -> u8 {
        match (self.present >> i & 1, self.absent >> i & 1) {
            (1, _) => 0,
            (_, 1) => 1,
            _ => 2,
        }
    }
}

impl Ord for Term {
    fn cmp(&self, other: &Term) -> Ordering {
        let differs = (self.present ^ other.present) | (self.absent ^ other.absent);
        if differs == 0 {
            return Ordering::Equal;
        }
        let i = differs.trailing_zeros();
        let by_rank = self.rank(i).cmp(&other.rank(i));
        // Only a term that fixes a condition both ways gets past the rank.
        by_rank.then_with(|| (self.present, self.absent).cmp(&(other.present, other.absent)))
    }
}

impl PartialOrd for Term {
    fn partial_cmp(&self, other: &Term) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A disjunction of terms in the notation of the field, such as `DEV*~IND + URB*STB`; `0` without terms.
pub fn expression(terms: &[Term], names: &[String]) -> String {
    if terms.is_empty() {
        return "0".to_owned();
    }
    let shown: Vec<String> = terms.iter().map(|t| t.show(names)).collect();
    shown.join(" + ")
}

/// The set bits of a mask, lowest first.
pub(super) fn bits(mask: u32) -> impl Iterator<Item = usize> {
    (0..32).filter(move |i| mask >> i & 1 == 1)
}

/// The mask of the first `conditions` bits.
pub(super) fn all(conditions: usize) -> u32 {
    1u32.checked_shl(conditions as u32)
        .map_or(u32::MAX, |b| b - 1)
}
