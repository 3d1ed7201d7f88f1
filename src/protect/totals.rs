//! Totals over programmes. A programme's figures are a block of their own; what joins blocks are figures of several programmes. What
//! follows from these together lies in one block only where they cancel in all others.

use super::echelon::{Echelon, Form, combine};
use super::field::{inverse, multiply, negate};
use super::figures::Figure;
use super::solve::{Problem, Solved};
use super::spread::{Known, unions};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How often figures are withheld so that totals can stay, before totals are withheld themselves.
const REPAIRS: usize = 60;

/// A combination of the forms of totals: their numbers with coefficients.
type Mix = Form;

/// A programme's part of the problem.
struct Block {
    order: Vec<usize>,
    solved: Solved,
    /// Of each form of a total, what it tells beyond the figures shown here.
    left: Vec<Form>,
}

/// What follows where it must not: in which block, and from which forms of totals.
struct Leak {
    block: usize,
    totals: Vec<usize>,
}

/// Which figures are shown.
pub fn choose(problem: &Problem<'_>) -> BTreeSet<usize> {
    let (of_one, of_several): (Vec<usize>, Vec<usize>) =
        (0..problem.figures.len()).partition(|at| {
            problem
                .figures
                .get(*at)
                .is_some_and(|f| f.programme.is_some())
        });
    let targets: Vec<Form> = of_several
        .iter()
        .filter_map(|at| problem.figures.get(*at))
        .flat_map(|figure| figure.targets.iter().cloned())
        .collect();
    let mut by_programme: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for at in of_one {
        if let Some(programme) = problem.figures.get(at).and_then(|f| f.programme) {
            by_programme.entry(programme).or_default().push(at);
        }
    }
    // Classes of rows that name no programme, or one without figures, are blocks too.
    let programme_of = |coordinate: u64| problem.programme_of(coordinate);
    for at in &of_several {
        let forms = problem.figures.get(*at).map_or(&[][..], |f| &f.forms);
        for (coordinate, _) in forms.iter().flatten() {
            by_programme.entry(programme_of(*coordinate)).or_default();
        }
    }
    let own = |programme: u32, forms: &[Form]| -> Vec<Form> {
        let is_own = |form: &&Form| form.iter().all(|(at, _)| programme_of(*at) == programme);
        forms.iter().filter(is_own).cloned().collect()
    };
    let mut held: BTreeSet<usize> = BTreeSet::new();
    let programmes: Vec<(u32, Vec<usize>)> = by_programme.into_iter().collect();
    let mut blocks: Vec<Block> = programmes
        .par_iter()
        .map(|(programme, figures)| {
            let order = problem.in_order(figures.clone());
            let solved = problem.solve(&order, &held, &own(*programme, &targets));
            Block {
                order,
                solved,
                left: vec![],
            }
        })
        .collect();
    let order = problem.in_order(of_several);
    let mut totals: Vec<usize> = order
        .into_iter()
        .filter(|at| problem.figures.get(*at).is_some_and(|f| !f.few))
        .collect();
    let mut changed: BTreeSet<usize> = (0..blocks.len()).collect();
    for round in 0.. {
        let forms: Vec<(usize, &Form)> = totals
            .iter()
            .filter_map(|at| Some((*at, problem.figures.get(*at)?)))
            .flat_map(|(at, figure)| figure.forms.iter().map(move |form| (at, form)))
            .collect();
        blocks.par_iter_mut().enumerate().for_each(|(at, block)| {
            let programme = programmes.get(at).map_or(0, |(p, _)| *p);
            if changed.contains(&at) || block.left.len() != forms.len() {
                let here = |form: &Form| -> Form {
                    let own = form.iter().filter(|(at, _)| programme_of(*at) == programme);
                    own.copied().collect()
                };
                let left = forms
                    .iter()
                    .map(|(_, f)| block.solved.shown.reduce(&here(f)));
                block.left = left.collect();
            }
        });
        changed.clear();
        let leaks = leaks(problem, &blocks, forms.len());
        if leaks.is_empty() {
            break;
        }
        let mut dropped: BTreeSet<usize> = BTreeSet::new();
        let mut hit: BTreeSet<usize> = BTreeSet::new();
        for leak in leaks {
            let involved: BTreeSet<usize> = leak
                .totals
                .iter()
                .filter_map(|form| forms.get(*form).map(|(total, _)| *total))
                .collect();
            let smallest = siblings(problem, &blocks, &involved, leak.block);
            match smallest.filter(|_| round < REPAIRS) {
                Some((block, figure)) => {
                    if involved.iter().all(|total| !hit.contains(total)) {
                        let forms = problem.figures.get(figure).map(|f| &f.forms);
                        // Whatever tells the same goes with it.
                        let order = blocks.get(block).map_or(&[][..], |b| &b.order);
                        held.extend(
                            order
                                .iter()
                                .copied()
                                .filter(|at| problem.figures.get(*at).map(|f| &f.forms) == forms),
                        );
                        changed.insert(block);
                        hit.extend(involved);
                    }
                }
                None => dropped.extend(
                    involved
                        .iter()
                        .max_by_key(|at| totals.iter().position(|total| total == *at)),
                ),
            }
        }
        totals.retain(|total| !dropped.contains(total));
        blocks.par_iter_mut().enumerate().for_each(|(at, block)| {
            if changed.contains(&at) {
                let programme = programmes.get(at).map_or(0, |(p, _)| *p);
                block.solved = problem.solve(&block.order, &held, &own(programme, &targets));
            }
        });
    }
    let totals = of_all(problem, &blocks, totals, &targets);
    let shown = blocks.into_iter().flat_map(|block| block.solved.figures);
    shown.chain(totals).collect()
}

/// Of totals those with which nothing follows of few persons who are spread over several programmes: of what is aimed at, and of two
/// classes of two programmes.
fn of_all(
    problem: &Problem<'_>,
    blocks: &[Block],
    totals: Vec<usize>,
    targets: &[Form],
) -> Vec<usize> {
    let programme_of = |at: u64| problem.programme_of(at);
    let is_spread = |target: &&Form| {
        let mut of = target.iter().map(|(at, _)| programme_of(*at));
        let first = of.next();
        of.any(|programme| Some(programme) != first)
    };
    let mut spread: BTreeSet<Form> = targets.iter().filter(is_spread).cloned().collect();
    // No coordinate has a row in two blocks.
    let reduce = |form: &Form| {
        blocks
            .iter()
            .fold(form.clone(), |f, b| b.solved.shown.reduce(&f))
    };
    let left: Vec<(usize, Vec<Form>)> = totals
        .par_iter()
        .map(|at| {
            let forms = problem.figures.get(*at).map_or(&[][..], |f| &f.forms);
            (*at, forms.iter().map(reduce).collect())
        })
        .collect();
    let echelons: Vec<&Echelon> = blocks.iter().map(|b| &b.solved.shown).collect();
    let are_few = |classes: &[u32]| {
        let persons = problem.system.persons(classes);
        persons.is_some_and(|persons| persons > 0)
    };
    let known = Known {
        small: &problem.small,
        programme_of: &programme_of,
        are_few: &are_few,
    };
    loop {
        let mut shown = Echelon::new(Arc::new([]), spread.iter().map(reduce).collect());
        let kept: Vec<&(usize, Vec<Form>)> =
            left.iter().filter(|(_, forms)| shown.show(forms)).collect();
        let forms: Vec<Form> = kept.iter().flat_map(|(_, forms)| forms.clone()).collect();
        let count = spread.len();
        spread.extend(unions(&echelons, &forms, &known));
        if spread.len() == count {
            return kept.into_iter().map(|(at, _)| *at).collect();
        }
    }
}

/// The smallest figure of another programme that a total is made of, and its block.
fn siblings(
    problem: &Problem<'_>,
    blocks: &[Block],
    totals: &BTreeSet<usize>,
    leak: usize,
) -> Option<(usize, usize)> {
    let totals: Vec<&Figure> = totals
        .iter()
        .filter_map(|at| problem.figures.get(*at))
        .collect();
    let is_part = |figure: &Figure| {
        let of = |total: &&Figure| total.item == figure.item && total.cut == figure.cut;
        totals.iter().any(of)
    };
    let others = blocks.iter().enumerate().filter(|(at, _)| *at != leak);
    let each = others.flat_map(|(block, b)| b.solved.figures.iter().map(move |f| (block, *f)));
    let parts = each.filter_map(|(block, at)| Some((block, at, problem.figures.get(at)?)));
    let parts = parts.filter(|(_, _, figure)| !figure.forms.is_empty() && is_part(figure));
    let smallest = parts.min_by_key(|(_, at, figure)| (figure.size, *at));
    smallest.map(|(block, at, _)| (block, at))
}

/// What follows from totals in single blocks, and must not.
fn leaks(problem: &Problem<'_>, blocks: &[Block], totals: usize) -> Vec<Leak> {
    // Totals that say nothing new anywhere follow from the programmes' figures.
    let tells = |form: usize| {
        blocks
            .iter()
            .any(|b| b.left.get(form).is_some_and(|l| !l.is_empty()))
    };
    let mixes = (0..totals).filter(|form| tells(*form));
    let mixes: Vec<Mix> = mixes.map(|form| vec![(form as u64, 1)]).collect();
    let all: Vec<usize> = (0..blocks.len()).collect();
    within(problem, blocks, &all, mixes)
}

/// Of combinations that cancel in all blocks but these, what they tell of each by itself.
fn within(problem: &Problem<'_>, blocks: &[Block], these: &[usize], mixes: Vec<Mix>) -> Vec<Leak> {
    if mixes.is_empty() {
        return vec![];
    }
    if let [only] = these {
        return told(problem, blocks, *only, &mixes);
    }
    let (first, second) = these.split_at(these.len() / 2);
    let cancel = |others: &[usize]| {
        let mut left = mixes.clone();
        for block in others {
            left = cancelling(blocks, *block, left);
        }
        left
    };
    let (mut found, more) = rayon::join(
        || within(problem, blocks, first, cancel(second)),
        || within(problem, blocks, second, cancel(first)),
    );
    found.extend(more);
    found
}

fn in_block(blocks: &[Block], block: usize, mix: &Mix) -> Form {
    let mut sum: FxHashMap<u64, u64> = FxHashMap::default();
    let left = blocks.get(block).map_or(&[][..], |b| &b.left);
    for (form, factor) in mix {
        for (at, x) in left.get(*form as usize).into_iter().flatten() {
            let slot = sum.entry(*at).or_default();
            *slot = super::field::add(*slot, multiply(*factor, *x));
        }
    }
    let mut sum: Form = sum.into_iter().filter(|(_, x)| *x != 0).collect();
    sum.sort_unstable();
    sum
}

/// Combinations of these that cancel in a block.
fn cancelling(blocks: &[Block], block: usize, mixes: Vec<Mix>) -> Vec<Mix> {
    let mut rows: FxHashMap<u64, (Form, Mix)> = FxHashMap::default();
    let mut kept = Vec::new();
    for mut mix in mixes {
        let mut form = in_block(blocks, block, &mix);
        loop {
            let Some((pivot, x)) = form.last().copied() else {
                kept.push(mix);
                break;
            };
            match rows.get(&pivot) {
                Some((row, of)) => {
                    form = combine(&form, negate(x), row);
                    mix = combine(&mix, negate(x), of);
                }
                None => {
                    let by = inverse(x);
                    let scale = |f: &Form| f.iter().map(|(c, x)| (*c, multiply(*x, by))).collect();
                    rows.insert(pivot, (scale(&form), scale(&mix)));
                    break;
                }
            }
        }
    }
    kept
}

/// The first of these combinations with which something protected follows in a block.
fn told(problem: &Problem<'_>, blocks: &[Block], block: usize, mixes: &[Mix]) -> Vec<Leak> {
    let Some(solved) = blocks.get(block).map(|b| &b.solved) else {
        return vec![];
    };
    let leak = |mixes: &[&Mix]| {
        let totals: BTreeSet<usize> = mixes
            .iter()
            .flat_map(|m| m.iter())
            .map(|(at, _)| *at as usize)
            .collect();
        vec![Leak {
            block,
            totals: totals.into_iter().collect(),
        }]
    };
    let mut shown = solved.shown.clone();
    let mut added: Vec<&Mix> = Vec::new();
    for mix in mixes {
        let form = in_block(blocks, block, mix);
        if form.is_empty() {
            continue;
        }
        added.push(mix);
        if !shown.show(&[form]) {
            return leak(&[mix]);
        }
    }
    match added.is_empty() || problem.unions(&shown).is_empty() {
        true => vec![],
        false => leak(&added),
    }
}
