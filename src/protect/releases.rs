//! Several releases about the same persons: what follows from all of them together.

use super::echelon::{Echelon, Form};
use super::figures::{Figure, System};
use super::joined::{Joined, Read, join, labels};
use super::solve::{Problem, ROUNDS};
use super::{Context, tables};
use crate::dataset::Dataset;
use crate::engine::Frame;
use crate::engine::sums::Sums;
use crate::estimate::Estimated;
use crate::evaluation::Evaluation;
use crate::finding::Stop;
use crate::plan::Plan;
use std::collections::BTreeSet;
use std::sync::Arc;

/// An evaluation as it was published, or is about to be.
#[derive(Clone, Copy)]
pub struct Release<'a> {
    /// Its plan.
    pub plan: &'a Plan,
    /// The data.
    pub dataset: &'a Dataset,
    /// What is evaluated.
    pub evaluation: &'a Evaluation,
    /// Sums of the scans of the plan.
    pub sums: &'a [Sums],
    /// Rows of its extracts.
    pub frames: &'a [Frame],
    /// Estimates, before anything is withheld for the protection of persons.
    pub estimated: &'a [Estimated],
    /// Of each estimate, whether its value is published.
    pub shown: &'a [Vec<bool>],
}

impl<'a> Release<'a> {
    fn context(&self) -> Context<'a> {
        Context {
            plan: self.plan,
            dataset: self.dataset,
            evaluation: self.evaluation,
            sums: self.sums,
            frames: self.frames,
        }
    }

    fn shows(&self, item: usize, cell: usize) -> bool {
        self.shown.get(item).and_then(|cells| cells.get(cell)) == Some(&true)
    }
}

/// What follows of few persons from the figures of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Together {
    /// Name of the table.
    pub table: String,
    /// Of each release, how many figures of the table are published.
    pub figures: Vec<u64>,
    /// Groups of fewer persons than this are looked for.
    pub threshold: u64,
    /// Withheld figures that follow, or whose persons or parts do.
    pub withheld: Vec<Followed>,
    /// Other groups of few persons whose number or sum follows.
    pub groups: Vec<Group>,
}

/// A withheld figure that follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// Number of the release that withholds it.
    pub release: usize,
    /// Index of its indicator in that plan.
    pub item: usize,
    /// Index among its estimates.
    pub cell: usize,
    /// The release from which it follows alone, if from one.
    pub alone: Option<usize>,
}

/// A group of few persons of whom something follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What tells the rows apart: programme, group, period.
    pub labels: Vec<String>,
    /// Of each release, whether the rows are in it.
    pub present: Vec<bool>,
    /// Whether their number follows; else a sum over them does.
    pub is_number: bool,
    /// The release from which it follows alone, if from one.
    pub alone: Option<usize>,
}

/// What follows from several releases together, table by table.
///
/// # Errors
/// A [`Stop`] when a file can't be read.
pub fn together(releases: &[Release<'_>]) -> Result<Vec<Together>, Stop> {
    let mut found = Vec::new();
    for name in names(releases) {
        let table = Joint::of(&name, releases)?;
        found.push(table.audited(&name, releases));
    }
    Ok(found)
}

/// Figures of the last of several releases that must be withheld as well, since with the others published something of few persons
/// would follow: items and places among their estimates.
///
/// # Errors
/// A [`Stop`] when a file can't be read.
pub fn withheld_after(releases: &[Release<'_>]) -> Result<Vec<(usize, usize)>, Stop> {
    let mut all = Vec::new();
    for name in names(releases) {
        all.extend(Joint::of(&name, releases)?.withheld(releases));
    }
    Ok(all)
}

/// Names of the tables about persons of any release.
fn names(releases: &[Release<'_>]) -> BTreeSet<String> {
    let of = |release: &Release<'_>| {
        let indices = tables(release.plan).into_keys();
        let named = indices.filter_map(|at| release.dataset.tables.get(at));
        named.map(|t| t.name.clone()).collect::<Vec<_>>()
    };
    releases.iter().flat_map(of).collect()
}

/// The figures of one table in all releases.
struct Joint<'a> {
    joined: Joined<'a>,
    threshold: u64,
    /// Numbers of the releases whose readings are joined.
    releases: Vec<usize>,
}

/// A figure with the release that it is of.
struct Of {
    release: usize,
    shown: bool,
}

impl<'a> Joint<'a> {
    fn of(name: &str, releases: &[Release<'a>]) -> Result<Joint<'a>, Stop> {
        let small = releases.iter().map(|r| r.evaluation.small_cells);
        let threshold = small.max().unwrap_or_default();
        let mut reads = Vec::new();
        let mut numbers = Vec::new();
        for (number, release) in releases.iter().enumerate() {
            let all = tables(release.plan);
            let is_named = |at: &usize| {
                let table = release.dataset.tables.get(*at);
                table.is_some_and(|t| t.name == name)
            };
            if let Some((table, items)) = all.into_iter().find(|(at, _)| is_named(at)) {
                let (reading, measured) = release.context().gathered(table, &items, threshold);
                numbers.push(number);
                reads.push(Read {
                    dataset: release.dataset,
                    reading,
                    measured,
                });
            }
        }
        Ok(Joint {
            joined: join(reads)?,
            threshold,
            releases: numbers,
        })
    }

    /// All figures, those of several programmes last.
    fn figures(&self, system: &mut System<'_>, releases: &[Release<'_>]) -> (Vec<Figure>, Vec<Of>) {
        let mut all: Vec<(Figure, Of)> = Vec::new();
        for (measured, number) in self.joined.measured.iter().zip(&self.releases) {
            let Some(release) = releases.get(*number) else {
                continue;
            };
            for measuring in measured {
                let Some(estimated) = release.estimated.get(measuring.item) else {
                    continue;
                };
                let figures = system.figures(measuring, estimated).into_iter();
                all.extend(figures.map(|figure| {
                    let of = Of {
                        release: *number,
                        shown: release.shows(figure.item, figure.cell),
                    };
                    (figure, of)
                }));
            }
        }
        all.sort_by_key(|(figure, _)| figure.programme.is_none());
        all.into_iter().unzip()
    }

    fn small(&self) -> Arc<[bool]> {
        let few = |persons: usize| (persons as u64) < self.threshold;
        let classes = &self.joined.classes.list;
        classes.iter().map(|c| few(c.persons.len())).collect()
    }

    fn audited(&self, name: &str, releases: &[Release<'_>]) -> Together {
        let mut system = System::new(&self.joined.reading, &self.joined.classes, self.threshold);
        let (figures, of) = self.figures(&mut system, releases);
        let problem = self.problem(&system, &figures);
        let mut together = Together {
            table: name.to_owned(),
            threshold: self.threshold,
            figures: vec![0; releases.len()],
            ..Together::default()
        };
        for of in of.iter().filter(|of| of.shown) {
            if let Some(count) = together.figures.get_mut(of.release) {
                *count += 1;
            }
        }
        let shown = |from: Option<usize>| {
            let mut echelon = Echelon::new(Arc::new([]), vec![]);
            for (figure, of) in figures.iter().zip(&of) {
                if of.shown && from.is_none_or(|release| release == of.release) {
                    echelon.show(&figure.forms);
                }
            }
            echelon
        };
        let all = shown(None);
        let mut alone: Option<Vec<(usize, Echelon)>> = None;
        let mut from = |follows: &dyn Fn(&Echelon) -> bool| {
            let one = || {
                self.releases
                    .iter()
                    .map(|r| (*r, shown(Some(*r))))
                    .collect()
            };
            let found = alone.get_or_insert_with(one).iter();
            let mut found = found.filter(|(_, echelon)| follows(echelon));
            found.next().map(|(release, _)| *release)
        };
        let mut told: BTreeSet<Form> = BTreeSet::new();
        for (figure, of) in figures.iter().zip(&of).filter(|(_, of)| !of.shown) {
            let parts = figure.forms.iter().chain(&figure.targets);
            let few: Vec<&Form> = parts.filter(|form| self.is_few(&system, form)).collect();
            let follows = |echelon: &Echelon| few.iter().any(|f| echelon.reduce(f).is_empty());
            if follows(&all) {
                told.extend(few.iter().copied().cloned());
                together.withheld.push(Followed {
                    release: of.release,
                    item: figure.item,
                    cell: figure.cell,
                    alone: from(&follows),
                });
            }
        }
        for form in problem.unions(&all) {
            if told.contains(&form) {
                continue;
            }
            let follows = |echelon: &Echelon| echelon.reduce(&form).is_empty();
            together.groups.extend(self.group(&form, from(&follows)));
        }
        together
    }

    /// Whether a form speaks of few persons.
    fn is_few(&self, system: &System<'_>, form: &Form) -> bool {
        let count = self.joined.classes.list.len() as u64;
        let classes = form.iter().filter_map(|(at, _)| at.checked_rem(count));
        let classes: BTreeSet<u32> = classes.map(|class| class as u32).collect();
        system.persons(&classes).is_some_and(|persons| persons > 0)
    }

    fn problem<'b>(&self, system: &'b System<'b>, figures: &'b [Figure]) -> Problem<'b> {
        Problem {
            figures,
            system,
            small: self.small(),
            programmes: vec![0; self.joined.classes.list.len()],
        }
    }

    /// The group of rows that a form speaks of.
    fn group(&self, form: &Form, alone: Option<usize>) -> Option<Group> {
        let count = self.joined.classes.list.len() as u64;
        let (first, _) = form.first()?;
        let is_number = *first < count;
        let classes = form.iter().map(|(at, _)| (at % count.max(1)) as usize);
        let mut all: Vec<String> = Vec::new();
        let mut present = vec![false; self.releases.iter().max().map_or(0, |last| last + 1)];
        for class in classes {
            for label in labels(&self.joined, class) {
                if !all.contains(&label) {
                    all.push(label);
                }
            }
            let places = self.joined.present.get(class).into_iter().flatten();
            for (release, is_in) in self.releases.iter().zip(places) {
                if let Some(slot) = present.get_mut(*release) {
                    *slot |= is_in;
                }
            }
        }
        Some(Group {
            labels: all,
            present,
            is_number,
            alone,
        })
    }

    /// Figures of the last release that must not be shown beside those of the others.
    fn withheld(&self, releases: &[Release<'_>]) -> Vec<(usize, usize)> {
        let last = releases.len().saturating_sub(1);
        let mut system = System::new(&self.joined.reading, &self.joined.classes, self.threshold);
        let (figures, of) = self.figures(&mut system, releases);
        let problem = self.problem(&system, &figures);
        let mut before = Echelon::new(Arc::new([]), vec![]);
        for (figure, of) in figures.iter().zip(&of) {
            if of.shown && of.release != last {
                before.show(&figure.forms);
            }
        }
        // What is published already can't be taken back.
        let known = |form: &Form| before.reduce(form).is_empty();
        let own = figures.iter().flat_map(|figure| &figure.targets);
        let mut targets: BTreeSet<Form> = own.filter(|form| !known(form)).cloned().collect();
        let is_new = |at: &usize| of.get(*at).is_some_and(|of| of.shown && of.release == last);
        let new: Vec<usize> = (0..figures.len()).filter(is_new).collect();
        let order = problem.in_order(new.clone());
        let mut round = 0;
        loop {
            let mut shown = before.beside(self.small(), targets.iter().cloned());
            let mut kept: BTreeSet<usize> = BTreeSet::new();
            for at in &order {
                if figures.get(*at).is_some_and(|f| shown.show(&f.forms)) {
                    kept.insert(*at);
                }
            }
            let mut found = problem.unions(&shown);
            found.retain(|form| !known(form));
            if round == ROUNDS {
                let touched: BTreeSet<u64> = found.iter().flatten().map(|(at, _)| *at).collect();
                let speaks = |at: &usize| {
                    let forms = figures.get(*at).map_or(&[][..], |f| &f.forms);
                    forms.iter().flatten().any(|(c, _)| touched.contains(c))
                };
                kept.retain(|at| !speaks(at));
                found.clear();
            }
            round += 1;
            targets.extend(found.iter().cloned());
            if found.is_empty() {
                let hidden = new.iter().filter(|at| !kept.contains(at));
                let hidden = hidden.filter_map(|at| figures.get(*at));
                return hidden.map(|f| (f.item, f.cell)).collect();
            }
        }
    }
}
