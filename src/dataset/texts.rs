//! The first rows of a table as text, for a reader.

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
            for batch in unit.read()? {
                let batch = batch?;
                for row in 0..batch.num_rows() {
                    if rows.len() == most {
                        return Ok(rows);
                    }
                    let cells = batch.columns().iter();
                    rows.push(cells.map(|array| text::cell_text(array, row)).collect());
                }
            }
        }
        Ok(rows)
    }
}
