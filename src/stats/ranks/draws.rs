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
    /// In each draw the entries by falling |z| (draws x entries).
    order: Vec<u16>,
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
        let mut order = vec![0_u16; entries * draws];
        z.par_chunks_mut(entries)
            .zip(order.par_chunks_mut(entries))
            .enumerate()
            .for_each(|(draw, (z, order))| {
                normals(&mut random::stream(seed, tag, draw as u64), z);
                by_size(z, order);
            });
        Ok(Draws {
            entries,
            draws,
            seed,
            tag,
            z,
            order,
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
        self.proposals.get_or_init(|| {
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
            proposals
        })
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

/// Errors of all estimates in all draws, for estimates with the standard errors `se` and the degrees of freedom `df`.
pub(super) struct Sample<'a> {
    pub entries: usize,
    pub draws: usize,
    se: &'a [f64],
    z: &'a [f64],
    order: std::borrow::Cow<'a, [u16]>,
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
            order: (&draws.order[..]).into(),
            variance: se.iter().map(|s| s * s).collect(),
            each: false,
            t: Vec::new(),
        };
        if df.iter().all(|df| df.is_infinite()) {
            return sample;
        }
        let proposals = draws.proposals();
        let mut variance = vec![0.0; draws.z.len()];
        let mut t = vec![0.0; draws.z.len()];
        let mut order = vec![0_u16; draws.z.len()];
        variance
            .par_chunks_mut(k)
            .zip(t.par_chunks_mut(k))
            .zip(order.par_chunks_mut(k))
            .enumerate()
            .for_each(|(draw, ((variance, t), order))| {
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
                by_size(t, order);
            });
        sample.variance = variance;
        sample.each = true;
        sample.t = t;
        sample.order = order.into();
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

    /// Entries by falling size of [`Sample::t`].
    pub fn order(&self, draw: usize) -> &[u16] {
        &self.order[draw * self.entries..][..self.entries]
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

fn by_size(values: &[f64], order: &mut [u16]) {
    // The place rides in the low 16 bits, the size in the high 48: which of two that agree in 36 binary places goes first is
    // of no importance to a search that only starts with large ones.
    let mut keys: Vec<u64> = values
        .iter()
        .enumerate()
        .map(|(j, x)| (x.abs().to_bits() & !0xffff) | j as u64)
        .collect();
    keys.sort_unstable_by(|a, b| b.cmp(a));
    for (slot, key) in order.iter_mut().zip(keys) {
        *slot = (key & 0xffff) as u16;
    }
}
