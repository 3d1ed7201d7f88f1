//! The figures of an indicator as two-way tables of programmes by groups or periods, for controlled rounding.

use super::controlled::{Count, Table, nearest, round_table};
use super::sets::Set;
use crate::outcome::Estimate;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What sets of rows are shown as, in multiples of the base; `None`: they are withheld, since no rounding fits.
pub type Shown = FxHashMap<u128, Option<u64>>;

/// A table by the numbers of its estimates; a cell without rows has none.
struct TwoWay {
    columns: Vec<Option<usize>>,
    cells: Vec<Vec<Option<usize>>>,
}

/// The tables that the estimates of an indicator form: programmes in lines, the values of a column or the periods beside each other.
pub struct Layout {
    total: usize,
    programmes: Vec<usize>,
    tables: Vec<TwoWay>,
}

impl Layout {
    /// Of the estimates of an indicator; `None` where there is no total.
    pub fn new(estimates: &[Estimate]) -> Option<Layout> {
        let whole = |e: &Estimate| e.group.is_none() && e.period.is_none();
        let total = estimates
            .iter()
            .position(|e| e.programme.is_none() && whole(e))?;
        let numbered = || estimates.iter().enumerate();
        let programmes: Vec<usize> = numbered()
            .filter(|(_, e)| e.programme.is_some() && whole(e))
            .map(|(at, _)| at)
            .collect();
        let row_of: BTreeMap<&Option<String>, usize> = programmes
            .iter()
            .enumerate()
            .filter_map(|(row, at)| Some((&estimates.get(*at)?.programme, row)))
            .collect();
        // By column of the disaggregation, or the periods, the values in their order.
        type Value<'a> = (Option<&'a str>, Option<&'a str>);
        let mut found: Vec<(Option<&str>, Vec<Value<'_>>, TwoWay)> = Vec::new();
        for (at, e) in numbered().filter(|(_, e)| !whole(e)) {
            let column = e.group.as_ref().map(|(name, _)| name.as_str());
            let label = e.group.as_ref().and_then(|(_, label)| label.as_deref());
            let value = (label, e.period.as_deref());
            let table = match found.iter().position(|(c, ..)| *c == column) {
                Some(table) => table,
                None => {
                    let cells = vec![vec![]; programmes.len()];
                    found.push((
                        column,
                        vec![],
                        TwoWay {
                            columns: vec![],
                            cells,
                        },
                    ));
                    found.len() - 1
                }
            };
            let Some((_, values, table)) = found.get_mut(table) else {
                continue;
            };
            let column = match values.iter().position(|v| *v == value) {
                Some(column) => column,
                None => {
                    values.push(value);
                    table.columns.push(None);
                    table.cells.iter_mut().for_each(|row| row.push(None));
                    values.len() - 1
                }
            };
            let slot = match &e.programme {
                None => table.columns.get_mut(column),
                programme => row_of
                    .get(programme)
                    .and_then(|row| table.cells.get_mut(*row)?.get_mut(column)),
            };
            if let Some(slot) = slot {
                *slot = Some(at);
            }
        }
        let mut tables: Vec<TwoWay> = found.into_iter().map(|(.., table)| table).collect();
        if tables.is_empty() {
            tables.push(TwoWay {
                columns: vec![],
                cells: vec![vec![]; programmes.len()],
            });
        }
        Some(Layout {
            total,
            programmes,
            tables,
        })
    }

    /// Rounds what is counted in each estimate, and enters it in what is shown.
    pub fn round(&self, sets: &[Set], base: u64, shown: &mut Shown) {
        for table in &self.tables {
            self.round_one(table, sets, base, shown);
        }
    }

    fn round_one(&self, two_way: &TwoWay, sets: &[Set], base: u64, shown: &mut Shown) {
        let set = |at: &Option<usize>| at.and_then(|at| sets.get(at)).copied().unwrap_or_default();
        let total = set(&Some(self.total));
        let rows: Vec<Set> = self.programmes.iter().map(|at| set(&Some(*at))).collect();
        let columns: Vec<Set> = two_way.columns.iter().map(set).collect();
        let cells: Vec<Vec<Set>> = two_way
            .cells
            .iter()
            .map(|row| row.iter().map(set).collect())
            .collect();
        let Some(whole) = completed(total, rows, columns, cells) else {
            // Values that overlap add up to nothing: each is rounded by itself.
            for set in sets.iter().filter(|s| s.count > 0) {
                shown
                    .entry(set.mark)
                    .or_insert_with(|| Some(nearest(set.count, base)));
            }
            return;
        };
        let count = |set: &Set| Count {
            count: set.count,
            known: shown.get(&set.mark).copied().flatten(),
        };
        let table = Table {
            cells: whole
                .cells
                .iter()
                .map(|row| row.iter().map(count).collect())
                .collect(),
            rows: whole.rows.iter().map(count).collect(),
            columns: whole.columns.iter().map(count).collect(),
            total: count(&whole.total),
        };
        let rounded = round_table(&table, base);
        let sets = whole.all();
        let found: Option<Vec<(Set, u64)>> = rounded.map(|r| {
            let values = r.cells.into_iter().flatten().chain(r.rows).chain(r.columns);
            sets.iter().copied().zip(values.chain([r.total])).collect()
        });
        // A table in which something shown elsewhere would change is not shown where it isn't shown elsewhere.
        let fits = found.as_ref().filter(|all| {
            let mut each = all.iter();
            each.all(|(set, value)| match shown.get(&set.mark) {
                Some(Some(known)) => known == value,
                _ => true,
            })
        });
        match fits {
            Some(all) => {
                for (set, value) in all.iter().filter(|(set, _)| set.count > 0) {
                    shown.entry(set.mark).or_insert(Some(*value));
                }
            }
            None => {
                for set in sets.iter().filter(|set| set.count > 0) {
                    shown.entry(set.mark).or_insert(None);
                }
            }
        }
    }
}

/// A table with what its lines and columns leave of the total as a line and a column more.
struct Whole {
    cells: Vec<Vec<Set>>,
    rows: Vec<Set>,
    columns: Vec<Set>,
    total: Set,
}

impl Whole {
    /// All its sets: cells, sums of rows, of columns, the total.
    fn all(&self) -> Vec<Set> {
        let cells = self.cells.iter().flatten();
        let all = cells.chain(&self.rows).chain(&self.columns);
        all.chain([&self.total]).copied().collect()
    }
}

/// What is left of a set without its parts; `None` where they are more than it.
fn rest<'a>(set: Set, parts: impl IntoIterator<Item = &'a Set>) -> Option<Set> {
    let mut parts = parts.into_iter();
    parts.try_fold(set, |left, part| left.without(*part))
}

/// `None` where lines or columns overlap.
fn completed(
    total: Set,
    mut rows: Vec<Set>,
    mut columns: Vec<Set>,
    mut cells: Vec<Vec<Set>>,
) -> Option<Whole> {
    for (row, cells) in rows.iter().zip(&mut cells) {
        let left = rest(*row, cells.iter())?;
        cells.push(left);
    }
    let of_rest = columns
        .iter()
        .enumerate()
        .map(|(at, column)| rest(*column, cells.iter().filter_map(|row| row.get(at))))
        .collect::<Option<Vec<Set>>>()?;
    let no_row = rest(total, rows.iter())?;
    let no_column = rest(total, columns.iter())?;
    let mut last = of_rest;
    last.push(rest(no_row, last.iter())?);
    columns.push(no_column);
    rows.push(no_row);
    cells.push(last);
    Some(Whole {
        cells,
        rows,
        columns,
        total,
    })
}
