//! Dates and CSV text.

/// Days since 1970-01-01 of a day in the Gregorian calendar.
pub fn day(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
pub fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z - era * 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// `2012-05-31`.
pub fn date(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A CSV file being written.
pub struct Csv(String);

impl Csv {
    /// A file with this header.
    pub fn new(header: &str) -> Self {
        Self(format!("{header}\n"))
    }

    /// Adds a row; a cell with a comma or quote is quoted.
    pub fn row(&mut self, cells: &[String]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            if cell.contains([',', '"', '\n']) {
                self.0
                    .push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
            } else {
                self.0.push_str(cell);
            }
        }
        self.0.push('\n');
    }

    /// The text.
    pub fn done(self) -> String {
        self.0
    }
}

/// Cells of a row as text: `cells![a, b]`.
macro_rules! cells {
    ($($cell:expr),* $(,)?) => { &[$($cell.to_string()),*] };
}
pub(crate) use cells;
