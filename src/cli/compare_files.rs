//! The files of `codev compare`: made whole before they are written, all at once; charts of an earlier run don't stay behind.

use super::render::failed;
use crate::export::{self, FileSet, SetFile};
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
/// The list of the charts, in their folder: what they show.
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

/// All files of a comparison, the charts apart with the list of them.
pub struct Files {
    /// Report, saved comparison, workbook.
    pub main: Vec<SetFile>,
    charts: Vec<SetFile>,
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
) -> Result<Vec<SetFile>, Stop> {
    let made: Result<Vec<Vec<SetFile>>, Stop> = figures
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
    let mut files: Vec<SetFile> = made?.into_iter().flatten().collect();
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
    /// Writes all files in the place of those of an earlier run. Files of the earlier run that are not made any more go, and nothing
    /// else in the folder does.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub fn write(self, out: &Path) -> Result<(), Stop> {
        let charts = self.charts.into_iter();
        let charts = charts.map(|(name, bytes)| (format!("{CHARTS}/{name}"), bytes));
        let files: Vec<SetFile> = self.main.into_iter().chain(charts).collect();
        let set = FileSet {
            command: "compare",
            files: &files,
            unlisted: &unlisted,
        };
        export::write_set(out, &set)
    }
}

/// The charts of a comparison that an earlier version wrote: it listed them in their folder.
fn unlisted(folder: &Path) -> Vec<String> {
    let stems = listed(&folder.join(CHARTS).join(INDEX));
    let index = (!stems.is_empty()).then(|| format!("{CHARTS}/{INDEX}"));
    let charts = stems
        .iter()
        .flat_map(|stem| ENDINGS.map(|ending| format!("{CHARTS}/{stem}.{ending}")));
    charts.chain(index).collect()
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
        let mut all: Vec<SetFile> = Vec::new();
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

    const LIST: &str = "codev-compare.sha256";

    #[test]
    fn charts_of_an_earlier_run_go_and_nothing_else_does() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("out");
        files(&["a", "b"]).write(&folder).unwrap();
        let charts = folder.join(CHARTS);
        std::fs::write(charts.join("mine.svg"), "mine").unwrap();
        std::fs::write(folder.join("c.svg"), "mine").unwrap();
        std::fs::write(place.path().join("c"), "mine").unwrap();
        std::fs::create_dir(folder.join("d")).unwrap();
        std::fs::write(folder.join("d/e"), "mine").unwrap();
        // A list that somebody has tampered with reaches nothing outside of the folder, and no folder in it.
        let mut list = std::fs::read_to_string(folder.join(LIST)).unwrap();
        list += "0  ../c\n0  /etc/c\n0  .b\n0  d\n0  charts/../../c\n";
        std::fs::write(folder.join(LIST), list).unwrap();
        files(&["b", "d"]).write(&folder).unwrap();
        assert_eq!(names(&charts), ["b.svg", "d.svg", INDEX, "mine.svg"]);
        assert_eq!(
            names(&folder),
            ["c.svg", CHARTS, LIST, "comparison.json", "d"]
        );
        assert_eq!(names(place.path()), ["c", "out"]);
        assert!(folder.join("d/e").is_file());
        files(&[]).write(&folder).unwrap();
        assert_eq!(names(&charts), ["mine.svg"]);
        std::fs::remove_file(charts.join("mine.svg")).unwrap();
        files(&["a"]).write(&folder).unwrap();
        files(&[]).write(&folder).unwrap();
        assert!(
            !charts.exists(),
            "a folder of nothing but charts goes with them"
        );
    }

    #[test]
    fn charts_that_an_earlier_version_listed_go() {
        let folder = tempfile::tempdir().unwrap();
        let charts = folder.path().join(CHARTS);
        std::fs::create_dir(&charts).unwrap();
        let list = "chart,title,comparison,words\na,t,,\n../c,,,\n";
        std::fs::write(charts.join(INDEX), list).unwrap();
        for name in ["a.svg", "a.png", "mine.svg"] {
            std::fs::write(charts.join(name), "x").unwrap();
        }
        files(&["b"]).write(folder.path()).unwrap();
        assert_eq!(names(&charts), ["b.svg", INDEX, "mine.svg"]);
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
