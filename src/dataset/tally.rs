//! Counts findings of a kind without making more of them than are listed.

use crate::finding::{Finding, Findings};

/// Findings by code and column. A million unreadable cells cost a million additions, not a million texts.
#[derive(Default)]
pub(super) struct Tally {
    found: Findings,
    kinds: Vec<Kind>,
}

struct Kind {
    code: &'static str,
    column: usize,
    count: u64,
    listed: u64,
    /// Code, file and column of the first finding, by which [`Findings`] counts.
    first: Finding,
}

impl Tally {
    /// Adds a finding on a column; it is made only if it will be listed.
    pub fn push(&mut self, code: &'static str, column: usize, make: impl FnOnce() -> Finding) {
        match self
            .kinds
            .iter_mut()
            .find(|k| k.code == code && k.column == column)
        {
            Some(kind) => {
                kind.count += 1;
                if kind.listed < Findings::LISTED {
                    kind.listed += 1;
                    self.found.push(make());
                }
            }
            None => {
                let first = make();
                self.found.push(first.clone());
                self.kinds.push(Kind {
                    code,
                    column,
                    count: 1,
                    listed: 1,
                    first,
                });
            }
        }
    }

    /// Counts more of a kind that was pushed before, without listing them.
    pub fn again(&mut self, code: &'static str, column: usize, times: u64) {
        let kinds = self.kinds.iter_mut();
        for kind in kinds.filter(|k| k.code == code && k.column == column) {
            kind.count += times;
        }
    }

    /// Hands over what was found.
    pub fn close(mut self, findings: &mut Findings) {
        for kind in &self.kinds {
            let surplus = kind.count - kind.listed;
            let place = &kind.first.place;
            let mut counts = self.found.counts.iter_mut();
            if let Some(count) = counts
                .find(|c| c.code == kind.code && c.file == place.file && c.column == place.column)
            {
                count.count += surplus;
            }
        }
        findings.extend(self.found);
    }
}
