//! Standard normal draws that many rankings of the same number of estimates may share.

use super::{LARGEST, Refused};
use crate::stats::random;
use rand::RngExt;
use rand_pcg::Pcg64;
use rayon::prelude::*;
use std::sync::OnceLock;

/// Draws for rankings of `entries` estimates: make them once, use them for every indicator with as many.
///
/// The draws of one ranking are independent; those of two rankings that share them are not, which matters only to who would
/// combine two rankings into one statement. The same bits for the same four numbers, at any number of threads.
#[derive(Debug)]
pub struct Draws {
    entries: usize,
    draws: usize,
    seed: u64,
    tag: u64,
    /// Standard normals, draw by draw (draws x entries).
    z: Vec<f64>,
    /// In each draw the largest |z|, falling, with the entries they belong to (draws x [`leading`]).
    leaders: Vec<(f64, u16)>,
    /// What draws of chi-squared start from: a normal and a uniform each. Made when an estimate has finite degrees of freedom.
    proposals: OnceLock<Vec<(f64, f64)>>,
}

impl Draws {
    /// Draws of `entries` standard normals, `draws` times.
    ///
    /// # Errors
    /// Fewer than two entries, fewer than 100 draws, more than 65,535 entries, or more numbers than fit (2^27).
    pub fn new(entries: usize, draws: usize, seed: u64, tag: u64) -> Result<Draws, Refused> {
        if entries < 2 {
            return Err(Refused::new(
                "a ranking needs at least two estimates",
                "Rank two or more programmes, or show the value with its interval.",
            ));
        }
        if draws < 100 {
            return Err(Refused::new(
                format!("{draws} draws are too few for the confidence sets of ranks"),
                "Ask for at least 100 draws; 5,000 serve most rankings.",
            ));
        }
        if entries > usize::from(u16::MAX) || entries.saturating_mul(draws) > LARGEST {
            return Err(Refused::new(
                format!("{draws} draws of {entries} estimates are too many to hold"),
                "Ask for fewer draws, or rank within groups.",
            ));
        }
        let mut z = vec![0.0; entries * draws];
        let many = leading(entries);
        let mut leaders = vec![(0.0, 0); many * draws];
        z.par_chunks_mut(entries)
            .zip(leaders.par_chunks_mut(many))
            .enumerate()
            .for_each(|(draw, (z, leaders))| {
                normals(&mut random::stream(seed, tag, draw as u64), z);
                lead(z, leaders);
            });
        Ok(Draws {
            entries,
            draws,
            seed,
            tag,
            z,
            leaders,
            proposals: OnceLock::new(),
        })
    }

    /// How many estimates each draw is for.
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// How many draws there are.
    pub fn draws(&self) -> usize {
        self.draws
    }

    fn proposals(&self) -> &[(f64, f64)] {
        if let Some(made) = self.proposals.get() {
            return made;
        }
        // Made before the place is taken: a thread that waits here for others may be given a ranking with the same draws to make.
        let mut proposals = vec![(0.0, 0.0); self.z.len()];
        let tag = self.tag ^ random::tag("ranks: proposals");
        proposals
            .par_chunks_mut(self.entries)
            .enumerate()
            .for_each(|(draw, row)| {
                let mut stream = random::stream(self.seed, tag, draw as u64);
                let mut x = vec![0.0; row.len()];
                normals(&mut stream, &mut x);
                for (slot, x) in row.iter_mut().zip(x) {
                    *slot = (x, 1.0 - stream.random::<f64>());
                }
            });
        self.proposals.get_or_init(|| proposals)
    }

    /// A chi-squared with `df` degrees of freedom, divided by `df`: Marsaglia & Tsang (2000), whose first proposal is shared.
    fn spread(&self, place: usize, proposal: (f64, f64), df: f64) -> f64 {
        let shape = df / 2.0;
        // Below 1 their method draws from the next higher shape and shrinks that.
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        let mut own = None;
        let (mut x, mut u) = proposal;
        let gamma = loop {
            let v = (1.0 + c * x).powi(3);
            if v > 0.0
                && (u < 1.0 - 0.0331 * x.powi(4) || u.ln() < 0.5 * x * x + d * (1.0 - v + v.ln()))
            {
                break d * v;
            }
            let stream = own.get_or_insert_with(|| self.more(place));
            let mut pair = [0.0; 2];
            normals(stream, &mut pair);
            (x, u) = (pair[0], 1.0 - stream.random::<f64>());
        };
        let shrunk = if shape < 1.0 {
            let stream = own.get_or_insert_with(|| self.more(place));
            gamma * (1.0 - stream.random::<f64>()).powf(1.0 / shape)
        } else {
            gamma
        };
        // A spread of 0 can't be divided by.
        (shrunk / shape).max(1e-200)
    }

    /// The stream of one number, for what the shared proposal doesn't settle.
    fn more(&self, place: usize) -> Pcg64 {
        let tag = self.tag ^ random::tag("ranks: rejected");
        random::stream(self.seed, tag, place as u64)
    }
}

/// An estimate that is far out in one draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leader {
    pub index: usize,
    /// Error divided by the standard error of the draw.
    pub t: f64,
    /// Standard error of the draw.
    pub se: f64,
}

/// Errors of all estimates in all draws, for estimates with the standard errors `se` and the degrees of freedom `df`.
pub(super) struct Sample<'a> {
    pub entries: usize,
    pub draws: usize,
    se: &'a [f64],
    z: &'a [f64],
    leaders: Vec<Leader>,
    /// Squared standard errors; with finite degrees of freedom a row for each draw.
    variance: Vec<f64>,
    each: bool,
    /// Error divided by the standard error of the draw; empty where that is z.
    t: Vec<f64>,
}

impl<'a> Sample<'a> {
    pub fn new(draws: &'a Draws, se: &'a [f64], df: &[f64]) -> Sample<'a> {
        let k = draws.entries;
        let mut sample = Sample {
            entries: k,
            draws: draws.draws,
            se,
            z: &draws.z,
            leaders: Vec::new(),
            variance: se.iter().map(|s| s * s).collect(),
            each: false,
            t: Vec::new(),
        };
        let leader = |t: f64, index: u16, se: f64| Leader {
            index: usize::from(index),
            t,
            se,
        };
        if df.iter().all(|df| df.is_infinite()) {
            let shared = draws.leaders.iter();
            sample.leaders = shared
                .map(|&(t, j)| leader(t, j, se[usize::from(j)]))
                .collect();
            return sample;
        }
        let proposals = draws.proposals();
        let many = leading(k);
        sample.each = true;
        sample.variance = vec![0.0; draws.z.len()];
        sample.t = vec![0.0; draws.z.len()];
        sample.leaders = vec![leader(0.0, 0, 0.0); many * draws.draws];
        sample
            .variance
            .par_chunks_mut(k)
            .zip(sample.t.par_chunks_mut(k))
            .zip(sample.leaders.par_chunks_mut(many))
            .enumerate()
            .for_each(|(draw, ((variance, t), leaders))| {
                for j in 0..k {
                    let place = draw * k + j;
                    let spread = if df[j].is_infinite() {
                        1.0
                    } else {
                        draws.spread(place, proposals[place], df[j])
                    };
                    variance[j] = se[j] * se[j] * spread;
                    t[j] = draws.z[place] / spread.sqrt();
                }
                let mut first = vec![(0.0, 0); many];
                lead(t, &mut first);
                for (slot, (t, j)) in leaders.iter_mut().zip(first) {
                    *slot = leader(t, j, variance[usize::from(j)].sqrt());
                }
            });
        sample
    }

    /// Squared standard errors as estimated in one draw.
    pub fn variance(&self, draw: usize) -> &[f64] {
        if self.each {
            &self.variance[draw * self.entries..][..self.entries]
        } else {
            &self.variance
        }
    }

    /// Errors divided by the standard errors of the draw: normal, or t.
    pub fn t(&self, draw: usize) -> &[f64] {
        if self.each {
            &self.t[draw * self.entries..][..self.entries]
        } else {
            self.z(draw)
        }
    }

    /// Standard normals of one draw.
    pub fn z(&self, draw: usize) -> &[f64] {
        &self.z[draw * self.entries..][..self.entries]
    }

    /// The estimates with the largest [`Sample::t`] by size, falling: as many as [`leading`] says.
    pub fn leaders(&self, draw: usize) -> &[Leader] {
        let many = leading(self.entries);
        &self.leaders[draw * many..][..many]
    }

    /// All estimates by falling size of [`Sample::t`].
    pub fn all(&self, draw: usize) -> Vec<Leader> {
        let (t, variance) = (self.t(draw), self.variance(draw));
        let mut first = vec![(0.0, 0); self.entries];
        lead(t, &mut first);
        let leader = |(t, j): (f64, u16)| Leader {
            index: usize::from(j),
            t,
            se: variance[usize::from(j)].sqrt(),
        };
        first.into_iter().map(leader).collect()
    }

    /// Error of one estimate.
    pub fn error(&self, draw: usize, j: usize) -> f64 {
        self.se[j] * self.z[draw * self.entries + j]
    }

    /// Errors of all estimates in one draw.
    pub fn errors(&self, draw: usize, into: &mut [f64]) {
        for ((error, se), z) in into.iter_mut().zip(self.se).zip(self.z(draw)) {
            *error = se * z;
        }
    }
}

/// Standard normals, by Marsaglia's polar method.
fn normals(stream: &mut Pcg64, into: &mut [f64]) {
    for pair in into.chunks_mut(2) {
        let (x, y, s) = loop {
            let x = 2.0 * stream.random::<f64>() - 1.0;
            let y = 2.0 * stream.random::<f64>() - 1.0;
            let s = x * x + y * y;
            if s > 0.0 && s < 1.0 {
                break (x, y, s);
            }
        };
        let scale = (-2.0 * s.ln() / s).sqrt();
        pair[0] = x * scale;
        if let Some(second) = pair.get_mut(1) {
            *second = y * scale;
        }
    }
}

/// How many of the largest errors of a draw are kept in order. More than a search mostly needs, few enough for a processor's cache.
fn leading(entries: usize) -> usize {
    entries.min(24)
}

/// The largest values by size, falling, with their places.
fn lead(values: &[f64], leaders: &mut [(f64, u16)]) {
    let mut places: Vec<u16> = (0..values.len() as u16).collect();
    let falling = |&i: &u16, &j: &u16| {
        let (a, b) = (values[usize::from(i)].abs(), values[usize::from(j)].abs());
        b.total_cmp(&a).then(i.cmp(&j))
    };
    let many = leaders.len();
    if many < places.len() {
        places.select_nth_unstable_by(many, falling);
        places.truncate(many);
    }
    places.sort_unstable_by(falling);
    for (slot, place) in leaders.iter_mut().zip(places) {
        *slot = (values[usize::from(place)], place);
    }
}
