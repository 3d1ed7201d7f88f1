//! Where the rows of a table stand in its files.

/// File, line and row number of every row of a table, so that findings made later can name them.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// First row (counted from 0) of each file, and its name.
    starts: Vec<(u64, String)>,
    /// Line of each row; empty for files without lines.
    lines: Vec<u32>,
    /// For each row kept, its number in the files (from 0); `None` while all are kept.
    kept: Option<Vec<u64>>,
    /// Number of rows in the files.
    pub count: u64,
}

/// Where a row is: file, line, row counted from 1.
pub(super) struct RowPlace<'a> {
    pub file: &'a str,
    pub line: Option<u64>,
    pub row: u64,
}

impl Rows {
    /// The next rows are of this file.
    pub fn start_file(&mut self, shown: &str) {
        self.starts.push((self.count, shown.to_owned()));
    }

    /// Adds a row of a text file; gives its number, counted from 1.
    pub fn push(&mut self, line: u64) -> u64 {
        self.lines.push(u32::try_from(line).unwrap_or(u32::MAX));
        self.count += 1;
        self.count
    }

    /// Adds rows of a text file that stand in as many lines from `line` on.
    pub fn push_lines(&mut self, line: u64, rows: u64) {
        let at = |row: u64| u32::try_from(line + row).unwrap_or(u32::MAX);
        self.lines.extend((0..rows).map(at));
        self.count += rows;
    }

    /// Adds rows of a file without lines.
    pub fn add(&mut self, rows: u64) {
        self.count += rows;
    }

    /// From now on only these rows of the table (counted from 0) are in it.
    pub fn keep(&mut self, rows: Vec<u64>) {
        let kept = match self.kept.take() {
            Some(before) => rows
                .iter()
                .filter_map(|row| before.get(*row as usize).copied())
                .collect(),
            None => rows,
        };
        self.kept = Some(kept);
    }

    /// Up to three rows of the table (counted from 0) in words, as "lines 4, 9 and 12".
    pub fn named(&self, rows: &[u64]) -> String {
        let places: Vec<RowPlace<'_>> = rows.iter().take(3).map(|row| self.place(*row)).collect();
        let lines: Option<Vec<u64>> = places.iter().map(|place| place.line).collect();
        let (what, numbers) = match lines {
            Some(lines) => ("line", lines),
            None => ("row", places.iter().map(|place| place.row).collect()),
        };
        in_words(what, &numbers)
    }

    /// Where a row of the table (counted from 0) is.
    pub fn place(&self, at: u64) -> RowPlace<'_> {
        let at = match &self.kept {
            Some(kept) => kept.get(at as usize).copied().unwrap_or(at),
            None => at,
        };
        let file = self.starts.iter().rev().find(|(first, _)| *first <= at);
        RowPlace {
            file: file.map_or("", |(_, shown)| shown.as_str()),
            line: self.lines.get(at as usize).map(|line| u64::from(*line)),
            row: at + 1,
        }
    }
}

/// Numbers with what they number, as "line 4" or "lines 4, 9 and 12".
pub(super) fn in_words(what: &str, numbers: &[u64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    match numbers.as_slice() {
        [] => String::new(),
        [one] => format!("{what} {one}"),
        [before @ .., last] => format!("{what}s {} and {last}", before.join(", ")),
    }
}

impl RowPlace<'_> {
    /// Adds the place to a finding.
    pub fn on(&self, finding: crate::finding::Finding) -> crate::finding::Finding {
        let mut finding = finding.in_file(self.file).at_row(self.row);
        finding.place.line = self.line;
        finding
    }
}
