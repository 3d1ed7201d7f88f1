//! Controlled rounding: the published example, and what must hold of any table.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Count, Rounded, Table, nearest, round_table};
use proptest::prelude::*;

fn count(count: u64) -> Count {
    Count { count, known: None }
}

fn table(cells: &[Vec<u64>]) -> Table {
    let sum = |of: Vec<u64>| count(of.iter().sum());
    let columns = cells.first().map_or(0, Vec::len);
    Table {
        cells: cells
            .iter()
            .map(|row| row.iter().map(|c| count(*c)).collect())
            .collect(),
        rows: cells.iter().map(|row| sum(row.clone())).collect(),
        columns: (0..columns)
            .map(|c| sum(cells.iter().map(|row| row[c]).collect()))
            .collect(),
        total: count(cells.iter().flatten().sum()),
    }
}

/// All figures of a table with what they became, in multiples of the base.
fn pairs(table: &Table, rounded: &Rounded) -> Vec<(u64, u64)> {
    let cells = table
        .cells
        .iter()
        .flatten()
        .zip(rounded.cells.iter().flatten());
    let rows = table.rows.iter().zip(&rounded.rows);
    let columns = table.columns.iter().zip(&rounded.columns);
    let all = cells
        .chain(rows)
        .chain(columns)
        .chain([(&table.total, &rounded.total)]);
    all.map(|(c, r)| (c.count, *r)).collect()
}

fn distance(table: &Table, rounded: &Rounded, base: u64) -> u64 {
    pairs(table, rounded)
        .iter()
        .map(|(c, r)| c.abs_diff(r * base))
        .sum()
}

fn adds_up(rounded: &Rounded) -> bool {
    let rows = rounded
        .cells
        .iter()
        .map(|row| row.iter().sum::<u64>())
        .eq(rounded.rows.iter().copied());
    let columns = (0..rounded.columns.len())
        .all(|c| rounded.cells.iter().map(|row| row[c]).sum::<u64>() == rounded.columns[c]);
    rows && columns && rounded.rows.iter().sum::<u64>() == rounded.total
}

/// The handbook on statistical disclosure control, 5.5: six solutions keep multiples as they are; two are nearest, with a distance of 18.
#[test]
fn the_nearest_of_the_published_solutions_is_found() {
    let table = table(&[vec![1, 0], vec![3, 3], vec![12, 20]]);
    let mut valid: Vec<(u64, Vec<Vec<u64>>)> = Vec::new();
    for choice in 0..16_u64 {
        let up = |bit: u64| choice >> bit & 1;
        let cells = vec![vec![up(0), 0], vec![up(1), up(2)], vec![2 + up(3), 4]];
        let rounded = Rounded {
            rows: cells.iter().map(|r| r.iter().sum()).collect(),
            columns: (0..2).map(|c| cells.iter().map(|r| r[c]).sum()).collect(),
            total: cells.iter().flatten().sum(),
            cells,
        };
        if pairs(&table, &rounded)
            .iter()
            .all(|(c, r)| c.abs_diff(r * 5) < 5)
        {
            valid.push((distance(&table, &rounded, 5), rounded.cells));
        }
    }
    assert_eq!(valid.len(), 6);
    let mut least: Vec<&Vec<Vec<u64>>> = valid
        .iter()
        .filter(|(d, _)| *d == 18)
        .map(|(_, c)| c)
        .collect();
    least.sort();
    assert_eq!(
        least,
        [
            &[[0, 0], [0, 1], [3, 4]].map(|r| r.to_vec()).to_vec(),
            &[[0, 0], [1, 1], [2, 4]].map(|r| r.to_vec()).to_vec()
        ]
    );
    assert_eq!(valid.iter().map(|(d, _)| *d).min(), Some(18));
    let book = [[1, 0], [0, 1], [2, 4]].map(|r| r.to_vec()).to_vec();
    assert!(valid.contains(&(22, book)));
    let rounded = round_table(&table, 5).unwrap();
    assert!(least.contains(&&rounded.cells), "{rounded:?}");
    assert_eq!(distance(&table, &rounded, 5), 18);
}

#[test]
fn a_figure_shown_elsewhere_is_kept() {
    let mut table = table(&[vec![1, 0], vec![3, 3], vec![12, 20]]);
    table.cells[0][0].known = Some(1);
    let rounded = round_table(&table, 5).unwrap();
    assert_eq!(rounded.cells[0][0], 1);
    assert!(adds_up(&rounded));
    assert_eq!(distance(&table, &rounded, 5), 22);
    // Where all of a row is shown elsewhere, its sum follows.
    table.cells[1] = vec![
        Count {
            count: 3,
            known: Some(1),
        },
        Count {
            count: 3,
            known: Some(0),
        },
    ];
    let rounded = round_table(&table, 5).unwrap();
    assert_eq!((rounded.cells[1].clone(), rounded.rows[1]), (vec![1, 0], 1));
    assert!(adds_up(&rounded));
}

#[test]
fn a_table_of_nothing_and_numbers_alone() {
    let rounded = round_table(&Table::default(), 5).unwrap();
    assert_eq!(rounded.total, 0);
    assert_eq!([0, 2, 3, 7, 8].map(|c| nearest(c, 5)), [0, 0, 1, 1, 2]);
}

fn cells() -> impl Strategy<Value = Vec<Vec<u64>>> {
    (1..8_usize, 1..6_usize).prop_flat_map(|(rows, columns)| {
        let cell = prop_oneof![3 => 0..9_u64, 1 => 0..400_u64, 1 => Just(0_u64)];
        prop::collection::vec(prop::collection::vec(cell, columns), rows)
    })
}

proptest! {
    #[test]
    fn rounded_tables_add_up_and_stay_beside_the_true_ones(cells in cells(), base in prop_oneof![Just(5_u64), Just(10_u64)]) {
        let table = table(&cells);
        let rounded = round_table(&table, base).unwrap();
        prop_assert!(adds_up(&rounded), "{rounded:?}");
        for (count, rounded) in pairs(&table, &rounded) {
            prop_assert!(count.abs_diff(rounded * base) < base, "{count} {rounded}");
            if count == 0 {
                prop_assert_eq!(rounded, 0);
            }
        }
    }

    #[test]
    fn tables_that_share_their_rows_add_up_and_stay_within_a_step(a in cells(), b in cells()) {
        // The rows of the second table are split otherwise: as many rows with the same sums.
        let first = table(&a);
        let rounded = round_table(&first, 5).unwrap();
        let mut other: Vec<Vec<u64>> = b.iter().cycle().take(a.len()).cloned().collect();
        for (row, cells) in other.iter_mut().zip(&a) {
            let sum: u64 = cells.iter().sum();
            let mut left = sum;
            for cell in row.iter_mut() {
                *cell = (*cell).min(left);
                left -= *cell;
            }
            row[0] += left;
        }
        let mut second = table(&other);
        for (row, known) in second.rows.iter_mut().zip(&rounded.rows) {
            row.known = Some(*known);
        }
        second.total.known = Some(rounded.total);
        if let Some(again) = round_table(&second, 5) {
            prop_assert!(adds_up(&again));
            for (count, shown) in pairs(&second, &again) {
                prop_assert!(count.abs_diff(shown * 5) < 10, "{count} {shown}");
                prop_assert!(count > 0 || shown == 0);
            }
        }
    }
}
