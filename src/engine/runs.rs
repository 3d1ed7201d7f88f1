//! The rows of a batch put together by cell, so that a cell's rows are added one after the other.

/// Rows sorted by cell; those of a cell stay in the order of the file, in which they are added.
pub struct Runs {
    /// Row of the batch at each place; `None` where the rows lie together as they are.
    pub order: Option<Vec<u32>>,
    /// Place of each cell's first row, and the number of rows at the end.
    pub starts: Vec<u32>,
}

impl Runs {
    /// Puts rows together by their cells, which are numbered below `count`.
    pub fn new(of_row: &[u32], count: usize) -> Runs {
        let mut starts = vec![0_u32; count + 1];
        let mut sorted = true;
        let mut last = 0;
        for cell in of_row {
            sorted &= *cell >= last;
            last = *cell;
            starts[*cell as usize + 1] += 1;
        }
        for cell in 0..count {
            starts[cell + 1] += starts[cell];
        }
        if sorted {
            return Runs {
                order: None,
                starts,
            };
        }
        let mut next = starts.clone();
        let mut order = vec![0_u32; of_row.len()];
        for (row, cell) in of_row.iter().enumerate() {
            let place = &mut next[*cell as usize];
            order[*place as usize] = row as u32;
            *place += 1;
        }
        Runs {
            order: Some(order),
            starts,
        }
    }

    /// Cell of each place.
    pub fn cells(&self) -> Vec<u32> {
        let rows = self.starts.last().copied().unwrap_or(0);
        let mut cells = Vec::with_capacity(rows as usize);
        for (cell, run) in self.starts.windows(2).enumerate() {
            cells.resize(run[1] as usize, cell as u32);
        }
        cells
    }

    /// The parts of runs that lie between two places: cell, first place, and one past the last.
    pub fn between(&self, start: usize, end: usize) -> Vec<(usize, usize, usize)> {
        let first = self.starts.partition_point(|s| (*s as usize) <= start);
        let mut parts = Vec::new();
        for cell in first.saturating_sub(1)..self.starts.len().saturating_sub(1) {
            let (from, to) = (self.starts[cell] as usize, self.starts[cell + 1] as usize);
            if from >= end {
                break;
            }
            let (from, to) = (from.max(start), to.min(end));
            if from < to {
                parts.push((cell, from, to));
            }
        }
        parts
    }
}
