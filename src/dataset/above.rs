//! What the numbers of the rows above a total add up to, where nothing but plain numbers stands in a column.

/// One column.
#[derive(Debug, Clone, Copy)]
struct Added {
    all: f64,
    since: f64,
    low: f64,
    high: f64,
    rows: u64,
    /// Whether a cell was no plain number.
    unsure: bool,
    /// Most decimals of a cell.
    decimals: usize,
}

const NOTHING: Added = Added {
    all: 0.0,
    since: 0.0,
    low: f64::INFINITY,
    high: f64::NEG_INFINITY,
    rows: 0,
    unsure: false,
    decimals: 0,
};

/// The rows so far, column by column.
#[derive(Debug, Default)]
pub(super) struct Above(Vec<Added>);

/// A number written plainly (`12`, `-3.5`), and how many decimals it has.
fn plain(cell: &str) -> Option<(f64, usize)> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let fits = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let decimals = digits.split_once('.').map_or(0, |(_, after)| after.len());
    let value = cell.parse().ok().filter(|v: &f64| fits && v.is_finite())?;
    Some((value, decimals))
}

impl Above {
    /// Adds a row of the table.
    pub fn add(&mut self, record: &csv::StringRecord) {
        if self.0.len() < record.len() {
            self.0.resize(record.len(), NOTHING);
        }
        for (added, cell) in self.0.iter_mut().zip(record) {
            match (cell.trim(), plain(cell.trim())) {
                ("", _) => {}
                (_, None) => added.unsure = true,
                (_, Some((value, decimals))) => {
                    added.all += value;
                    added.since += value;
                    added.low = added.low.min(value);
                    added.high = added.high.max(value);
                    added.rows += 1;
                    added.decimals = added.decimals.max(decimals);
                }
            }
        }
    }

    /// A total ends what the next one may be the sum of.
    pub fn totals(&mut self) {
        self.0.iter_mut().for_each(|added| added.since = 0.0);
    }

    /// The numbers of a total that can't be right: column, number, and what the rows add up to. Only where another column is a sum, so
    /// that it is known of which rows.
    pub fn differs(&self, record: &csv::StringRecord) -> Vec<(usize, f64, f64)> {
        let mut found = Vec::new();
        let mut sums = 0;
        for (at, (added, cell)) in self.0.iter().zip(record).enumerate() {
            let Some((said, decimals)) =
                plain(cell.trim()).filter(|_| !added.unsure && added.rows > 1)
            else {
                continue;
            };
            // A total may be rounded to fewer decimals than its rows have.
            let room = match decimals < added.decimals {
                true => 0.5 * 10_f64.powi(-(decimals.min(300) as i32)),
                false => 0.0,
            };
            let near = |sum: f64| (said - sum).abs() <= room + 1e-9 * sum.abs().max(1.0);
            if near(added.all) || near(added.since) {
                sums += usize::from(added.low != added.high || added.all != 0.0);
            } else if !(added.low..=added.high).contains(&said) {
                found.push((at, said, added.all));
            }
        }
        match sums {
            0 => vec![],
            _ => found,
        }
    }
}
