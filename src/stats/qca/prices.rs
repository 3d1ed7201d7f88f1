//! A bound on how many columns a cover needs: prices of rows, the dual of the linear relaxation.

use super::chart::{Bits, members};

/// A price for each row, such that no column's rows cost more than 1 together: a cover needs as many columns as all rows cost.
pub(super) struct Prices {
    /// The price of each row; 0 for those that are covered already.
    each: Vec<f64>,
    /// What all rows cost; infinite where one can't be covered.
    pub total: f64,
}

impl Prices {
    /// What the uncovered rows of a column leave of 1.
    pub(super) fn slack(&self, column: &Bits, uncovered: &Bits) -> f64 {
        let words = column.iter().zip(uncovered).map(|(c, u)| c & u);
        let on: Bits = words.collect();
        1.0 - members(&on).map(|i| self.each[i]).sum::<f64>()
    }
}

/// Prices of the `uncovered` rows, raised in two ways: from nothing, rows with few columns first; and after starting from what
/// even the largest column of each row can bear. `columns` holds what each covers of them.
pub(super) fn prices(uncovered: &Bits, columns: &[(usize, Bits)]) -> [Prices; 2] {
    let rows: Vec<usize> = members(uncovered).collect();
    let top = rows.last().map_or(0, |r| r + 1);
    let mut of_row: Vec<Vec<usize>> = vec![Vec::new(); top];
    let mut size = vec![0usize; columns.len()];
    for (j, (_, on)) in columns.iter().enumerate() {
        for i in members(on) {
            of_row[i].push(j);
            size[j] += 1;
        }
    }
    let mut order = rows.clone();
    order.sort_by_key(|i| (of_row[*i].len(), *i));
    let impossible = rows.iter().any(|i| of_row[*i].is_empty());
    [false, true].map(|even| {
        let mut prices = Prices {
            each: vec![0.0; uncovered.len() * 64],
            total: 0.0,
        };
        if impossible {
            prices.total = f64::INFINITY;
            return prices;
        }
        let mut slack = vec![1.0f64; columns.len()];
        let mut raise = |slack: &mut [f64], i: usize, by: f64| {
            prices.each[i] += by;
            prices.total += by;
            of_row[i].iter().for_each(|j| slack[*j] -= by);
        };
        if even {
            for i in &rows {
                let largest = of_row[*i].iter().map(|j| size[*j]).max().unwrap_or(1);
                raise(&mut slack, *i, 1.0 / largest as f64);
            }
        }
        for i in &order {
            let by = of_row[*i].iter().map(|j| slack[*j]);
            let by = by.fold(f64::INFINITY, f64::min);
            raise(&mut slack, *i, by.max(0.0));
        }
        prices
    })
}
