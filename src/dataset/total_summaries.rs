//! Rows that summarise others without being their sum: means, medians, least and greatest values, as spreadsheets have them under a table.

use super::total_sheet::Sheet;
use super::words::plain;

/// What a row says of the rows above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Summary {
    Mean,
    Median,
    Least,
    Greatest,
}

/// How such rows are called, without accents (English, Dutch, French, Spanish, Catalan, German, Italian, Portuguese, Turkish).
const WORDS: [(Summary, &str); 4] = [
    (
        Summary::Mean,
        "average averages avg mean means moyenne moyennes moy media medias promedio promedios mitjana mitjanes durchschnitt mittelwert mittel \
gemiddelde gemiddeld gemiddelden ortalama",
    ),
    (
        Summary::Median,
        "median mediane mediana mediaan medianwert zentralwert medyan ortanca",
    ),
    (
        Summary::Least,
        "min minimum minimo minim minima lowest smallest laagste kleinste plus_bas niedrigster en_kucuk",
    ),
    (
        Summary::Greatest,
        "max maximum maximo maxim maxima massimo highest largest hoogste grootste plus_haut hochster en_buyuk",
    ),
];

/// Words of these that mean other things as well: a sector, a person.
const UNSURE: &[&str] = &[
    "media", "medias", "mean", "means", "mittel", "min", "minim", "minima", "minimo", "max",
    "maxim", "maxima", "lowest", "smallest", "highest", "largest",
];

/// Words beside that say nothing of what is summarised.
const BESIDE: &[&str] = &[
    "overall", "the", "de", "of", "general", "generale", "value", "valeur", "valor", "waarde",
];

/// What a cell says that names such a row, and whether it means nothing else.
pub(super) fn summary(cell: &str) -> Option<(Summary, bool)> {
    const LONGEST: usize = 30;
    if cell.len() > LONGEST {
        return None;
    }
    let plain = plain(cell);
    let words: Vec<&str> = plain
        .split('_')
        .filter(|word| !word.is_empty() && !BESIDE.contains(word))
        .collect();
    let name = words.join("_");
    let (what, _) = WORDS
        .iter()
        .find(|(_, words)| words.split_whitespace().any(|word| word == name))?;
    Some((*what, !UNSURE.contains(&name.as_str())))
}

impl Summary {
    pub fn name(self) -> &'static str {
        match self {
            Summary::Mean => "mean",
            Summary::Median => "median",
            Summary::Least => "least value",
            Summary::Greatest => "greatest value",
        }
    }

    /// Of values in order.
    fn of(self, sorted: &[f64]) -> Option<f64> {
        let n = sorted.len();
        match self {
            Summary::Mean => Some(sorted.iter().sum::<f64>() / n as f64).filter(|_| n > 0),
            Summary::Median => {
                let (low, high) = (sorted.get(n.checked_sub(1)? / 2)?, sorted.get(n / 2)?);
                Some(f64::midpoint(*low, *high))
            }
            Summary::Least => sorted.first().copied(),
            Summary::Greatest => sorted.last().copied(),
        }
    }
}

/// A row that is called so.
pub(super) struct SummaryRow {
    pub row: usize,
    /// The column and text that say so.
    pub said: (usize, u32),
    pub what: Summary,
    pub sure: bool,
    /// Columns in which it is what it says, where it is so in all; else the first in which it is not, with its value and what is right.
    pub found: Result<Vec<String>, (String, f64, f64)>,
}

/// Whether a number is what it should be, to the decimals that it has.
fn is(said: f64, right: f64) -> bool {
    let whole = |places: i32| {
        let scaled = said * 10_f64.powi(places);
        (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1.0)
    };
    let places = (0..6).find(|places| whole(*places)).unwrap_or(6);
    (said - right).abs() <= 0.5 * 10_f64.powi(-places) + 1e-9 * right.abs()
}

impl Sheet {
    /// The rows that are called means, medians, least or greatest values; of the rows above them, or of those since the last such row or total.
    pub fn summary_rows(&self) -> Vec<SummaryRow> {
        let says = |row: usize| {
            (0..self.labels.len()).find_map(|at| {
                let code = self.label(at, row);
                let (_, what) = self.summaries.get(&(at, code)).filter(|_| code != 0)?;
                let alone =
                    (0..self.labels.len()).all(|other| other == at || self.label(other, row) == 0);
                (alone || self.identity.get(at) == Some(&true)).then_some(((at, code), *what))
            })
        };
        if self.summaries.is_empty() {
            return vec![];
        }
        let is_total = |row: usize| {
            (0..self.labels.len()).any(|at| {
                let said = self.words.get(&(at, self.label(at, row)));
                said.is_some_and(|(_, total)| total.sure)
            })
        };
        let (mut all, mut since) = (Vec::new(), Vec::new());
        let mut found = Vec::new();
        for row in 0..self.rows {
            match says(row) {
                Some((said, (what, sure))) => {
                    let of = |rows: &[usize]| self.summarised(row, what, rows);
                    let found_here = match of(&all) {
                        Some(Ok(columns)) => Some(Ok(columns)),
                        of_all => of(&since).filter(Result::is_ok).or(of_all),
                    };
                    if let Some(found_here) = found_here {
                        found.push(SummaryRow {
                            row,
                            said,
                            what,
                            sure,
                            found: found_here,
                        });
                    }
                    since.clear();
                }
                None if is_total(row) => since.clear(),
                None => {
                    all.push(row);
                    since.push(row);
                }
            }
        }
        found
    }

    /// The columns in which a row is such a summary of others, or the first in which it is not; `None` where nothing is to be compared.
    fn summarised(
        &self,
        row: usize,
        what: Summary,
        rows: &[usize],
    ) -> Option<Result<Vec<String>, (String, f64, f64)>> {
        let mut columns = Vec::new();
        for (name, cells) in &self.amounts {
            let Some(said) = cells.get(row).copied().filter(|v| !v.is_nan()) else {
                continue;
            };
            let values = rows.iter().filter_map(|row| cells.get(*row).copied());
            let mut values: Vec<f64> = values.filter(|v| !v.is_nan()).collect();
            values.sort_by(f64::total_cmp);
            let right = what.of(&values).filter(|_| values.len() > 1)?;
            if !is(said, right) {
                return Some(Err((name.clone(), said, right)));
            }
            columns.push(name.clone());
        }
        (!columns.is_empty()).then_some(Ok(columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_many_languages() {
        for (cell, what, sure) in [
            ("Average", Summary::Mean, true),
            ("Mean:", Summary::Mean, false),
            ("Moyenne générale", Summary::Mean, true),
            ("Media", Summary::Mean, false),
            ("Promedio", Summary::Mean, true),
            ("Durchschnitt", Summary::Mean, true),
            ("Gemiddelde", Summary::Mean, true),
            ("Mitjana", Summary::Mean, true),
            ("Médiane", Summary::Median, true),
            ("Mínimo", Summary::Least, false),
            ("Massimo", Summary::Greatest, true),
            ("MAX", Summary::Greatest, false),
        ] {
            assert_eq!(summary(cell), Some((what, sure)), "{cell}");
        }
        for cell in ["Social media", "Max Weber", "Meaning", "North", ""] {
            assert_eq!(summary(cell), None, "{cell}");
        }
    }

    #[test]
    fn numbers_count_to_their_decimals() {
        assert!(is(3.33, 10.0 / 3.0) && is(3.0, 10.0 / 3.0) && is(0.1 + 0.2, 0.3));
        assert!(!is(3.34, 10.0 / 3.0) && !is(4.0, 10.0 / 3.0));
    }
}
