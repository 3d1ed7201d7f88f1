//! The first rows of a table as text, for a reader.

use super::typed::Cells;
use super::{Table, text, units};
use crate::finding::Stop;

impl Table {
    /// Up to `most` rows of the columns `names`, as text; `None` where missing.
    ///
    /// # Errors
    /// A [`Stop`] when a column does not exist or a file can't be read.
    pub fn texts(&self, names: &[String], most: usize) -> Result<Vec<Vec<Option<String>>>, Stop> {
        let mut rows = Vec::new();
        for unit in units(self, names)? {
            for frame in unit.read()? {
                let frame = frame?;
                let columns = frame.columns().iter().map(Cells::of);
                let columns: Vec<Cells> = columns.collect::<Result<_, _>>()?;
                for row in 0..frame.height() {
                    if rows.len() == most {
                        return Ok(rows);
                    }
                    let cells = columns.iter();
                    rows.push(cells.map(|cells| text::cell_text(cells, row)).collect());
                }
            }
        }
        Ok(rows)
    }
}
