//! The files of `codev compare`: made whole before the first is written; charts of an earlier run don't stay behind.

use super::render::failed;
use crate::export;
use crate::finding::Stop;
use crate::outcome::comparison::Compared;
use crate::report::comparison::{
    ComparedFigure, Data, Datum, comparison_figures, comparison_html_with,
};
use clap::ValueEnum;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Folder of the charts.
const CHARTS: &str = "charts";
/// The list of the charts, in their folder: what they show, and which files a later run may take away.
const INDEX: &str = "index.csv";
/// Endings of chart files.
const ENDINGS: [&str; 3] = ["svg", "png", "csv"];
/// Pixels of a PNG for one of the SVG: sharp in print and on most screens.
const SCALE: f32 = 2.0;

/// Which files charts are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Charts {
    /// SVG, PNG and CSV
    All,
    /// SVG and CSV, without PNG: faster where there are hundreds
    Svg,
    /// No charts beside the report
    None,
}

/// A file by its name in the folder, and what it holds.
pub type File = (String, Vec<u8>);

/// All files of a comparison, the charts apart with the list of them.
pub struct Files {
    /// Report, saved comparison, workbook.
    pub main: Vec<File>,
    charts: Vec<File>,
}

/// Makes every file.
///
/// # Errors
/// When a chart can't be drawn or a file can't be put together.
pub fn files(compared: &Compared, charts: Charts) -> Result<Files, Stop> {
    let figures = comparison_figures(compared).map_err(|e| failed(&e))?;
    let ((html, json), (book, charts)) = rayon::join(
        || {
            let html = comparison_html_with(compared, &figures).map_err(|e| failed(&e));
            let json = export::comparison_json(compared).map_err(|e| failed(&e));
            (html, json)
        },
        || {
            rayon::join(
                || export::comparison_xlsx(compared).map_err(|e| failed(&e)),
                || match charts {
                    Charts::None => Ok(Vec::new()),
                    some => chart_files(compared, &figures, some == Charts::All),
                },
            )
        },
    );
    let (html, json, book, charts) = (html?, json?, book?, charts?);
    Ok(Files {
        main: vec![
            ("comparison.json".to_owned(), json),
            ("comparison.xlsx".to_owned(), book),
            ("comparison.html".to_owned(), html.into_bytes()),
        ],
        charts,
    })
}

/// Each figure as SVG and CSV, and as PNG where asked for; the list last.
fn chart_files(
    compared: &Compared,
    figures: &[ComparedFigure],
    png: bool,
) -> Result<Vec<File>, Stop> {
    let made: Result<Vec<Vec<File>>, Stop> = figures
        .par_iter()
        .map(|figure| {
            let name = |ending: &str| format!("{}.{ending}", figure.stem);
            // Text stays text: it can be read, searched and edited, and outlines would make the file thirty times as large. The
            // PNG looks the same everywhere.
            let data = export::data_csv(&figure.data).map_err(|e| failed(&e))?;
            let mut out = vec![
                (name("svg"), figure.svg.wide.clone().into_bytes()),
                (name("csv"), data),
            ];
            if png {
                let picture =
                    export::svg_to_png(&figure.svg.wide, SCALE).map_err(|e| failed(&e))?;
                out.push((name("png"), picture));
            }
            Ok(out)
        })
        .collect();
    let mut files: Vec<File> = made?.into_iter().flatten().collect();
    let index = index(compared, figures);
    files.push((
        INDEX.to_owned(),
        export::data_csv(&index).map_err(|e| failed(&e))?,
    ));
    Ok(files)
}

/// What each chart shows.
fn index(compared: &Compared, figures: &[ComparedFigure]) -> Data {
    let mut data = Data::new(&["chart", "title", "comparison", "words"]);
    for figure in figures {
        let of = figure.of.and_then(|at| compared.comparisons.get(at));
        data.push(vec![
            Datum::text(&figure.stem),
            Datum::text(&figure.title),
            Datum::text(
                of.filter(|_| !figure.is_qualitative())
                    .map_or("", |c| c.id.as_str()),
            ),
            Datum::text(&figure.svg.alt),
        ]);
    }
    data
}

impl Files {
    /// Writes all files. Charts of an earlier run that are not made any more are taken away last: those only that the earlier
    /// list names, so that nothing else in the folder is ever touched. An interruption leaves every file whole, and at worst
    /// charts of both runs, all of them listed.
    ///
    /// # Errors
    /// When a file can't be written or taken away.
    pub fn write(&self, out: &Path) -> Result<(), Stop> {
        let folder = out.join(CHARTS);
        let earlier = listed(&folder.join(INDEX));
        let now: BTreeSet<&str> = self.charts.iter().map(|(name, _)| name.as_str()).collect();
        let stale: Vec<String> = earlier
            .iter()
            .flat_map(|stem| ENDINGS.map(|ending| format!("{stem}.{ending}")))
            .filter(|name| !now.contains(name.as_str()))
            .collect();
        let list = self.charts.iter().find(|(name, _)| name == INDEX);
        if let Some((name, bytes)) = list {
            // While both runs' charts may be there, the list names both.
            let mut both = bytes.clone();
            for stem in &earlier {
                both.extend_from_slice(format!("{stem},,,\n").as_bytes());
            }
            export::write_atomic(&folder.join(name), &both)?;
        }
        for (name, bytes) in self.charts.iter().filter(|(name, _)| name != INDEX) {
            export::write_atomic(&folder.join(name), bytes)?;
        }
        for (name, bytes) in &self.main {
            export::write_atomic(&out.join(name), bytes)?;
        }
        for name in stale {
            export::remove_file(&folder.join(name))?;
        }
        match list {
            Some((name, bytes)) => export::write_atomic(&folder.join(name), bytes)?,
            None if !earlier.is_empty() => export::remove_file(&folder.join(INDEX))?,
            None => {}
        }
        Ok(())
    }
}

/// Charts that an earlier run listed: names that can be nothing but files of the folder.
fn listed(index: &Path) -> Vec<String> {
    let Ok(mut reader) = csv::Reader::from_path(index) else {
        return Vec::new();
    };
    let ours = reader
        .headers()
        .is_ok_and(|h| h.iter().take(2).eq(["chart", "title"]));
    let plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
    };
    match ours {
        true => reader
            .records()
            .filter_map(|r| r.ok()?.get(0).map(str::to_owned))
            .filter(|name| plain(name))
            .collect::<BTreeSet<String>>()
            .into_iter()
            .collect(),
        false => Vec::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn files(charts: &[&str]) -> Files {
        let mut list = "chart,title,comparison,words\n".to_owned();
        let mut all: Vec<File> = Vec::new();
        for stem in charts {
            list += &format!("{stem},t,,\n");
            all.push((format!("{stem}.svg"), b"<svg/>".to_vec()));
        }
        if !charts.is_empty() {
            all.push((INDEX.to_owned(), list.into_bytes()));
        }
        Files {
            main: vec![("comparison.json".to_owned(), b"{}".to_vec())],
            charts: all,
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn charts_of_an_earlier_run_go_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        files(&["a", "b"]).write(folder.path()).unwrap();
        let charts = folder.path().join(CHARTS);
        std::fs::write(charts.join("mine.svg"), "mine").unwrap();
        std::fs::write(folder.path().join("c.svg"), "mine").unwrap();
        // A list that somebody has tampered with reaches nothing outside of the folder.
        let mut list = std::fs::read_to_string(charts.join(INDEX)).unwrap();
        list += "../c,,,\n/etc/c,,,\n.b,,,\n";
        std::fs::write(charts.join(INDEX), list).unwrap();
        files(&["b", "d"]).write(folder.path()).unwrap();
        assert_eq!(names(&charts), ["b.svg", "d.svg", INDEX, "mine.svg"]);
        assert!(folder.path().join("c.svg").is_file());
        files(&[]).write(folder.path()).unwrap();
        assert_eq!(names(&charts), ["mine.svg"]);
    }

    #[test]
    fn a_list_that_is_not_ours_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let charts = folder.path().join(CHARTS);
        std::fs::create_dir(&charts).unwrap();
        std::fs::write(charts.join(INDEX), "chart\na\n").unwrap();
        std::fs::write(charts.join("a.svg"), "mine").unwrap();
        files(&[]).write(folder.path()).unwrap();
        assert_eq!(names(&charts), ["a.svg", INDEX]);
    }
}
