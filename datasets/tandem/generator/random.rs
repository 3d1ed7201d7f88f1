//! Random draws that give the same bits on every platform: 64-bit words of a PCG turned into numbers with
//! `+ - * /` only. No logarithm or cosine, since the system's mathematics library may differ in the last bit.

use rand::Rng;
use rand_pcg::Pcg64;

const SEED: u128 = 0x0074_616e_6465_6d00_2012;

/// A stream of random draws. Each table has its own, so that a change to one table leaves the others as they are.
pub struct Draw(Pcg64);

impl Draw {
    /// The stream of a table; its name, of 15 letters at most, is the stream's number.
    pub fn new(table: &str) -> Self {
        let stream = table
            .bytes()
            .fold(7_u128, |sum, byte| sum * 257 + u128::from(byte));
        Self(Pcg64::new(SEED, stream))
    }

    /// Uniform on [0, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.uniform() * (high - low + 1) as f64) as i64
    }

    /// Mean 0, the given standard deviation: the sum of twelve uniforms, which is close to a normal distribution.
    pub fn normal(&mut self, sd: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.uniform()).sum();
        (sum - 6.0) * sd
    }

    /// Positive with the given mean: the sum of two uniforms.
    pub fn about(&mut self, mean: f64) -> f64 {
        mean * (self.uniform() + self.uniform())
    }

    /// Index drawn with the given shares, which need not add up to 1.
    pub fn index(&mut self, shares: &[f64]) -> usize {
        let mut left = self.uniform() * shares.iter().sum::<f64>();
        for (index, share) in shares.iter().enumerate() {
            left -= share;
            if left < 0.0 {
                return index;
            }
        }
        shares.len() - 1
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.between(0, of.len() as i64 - 1) as usize]
    }

    /// A whole number from `low` to `high` whose expectation is `value` wherever that lies between them:
    /// the fraction decides the chance of rounding up, so that effects on means survive the rounding.
    pub fn whole(&mut self, value: f64, low: i64, high: i64) -> i64 {
        let floor = value.floor();
        let up = i64::from(self.chance(value - floor));
        (floor as i64 + up).clamp(low, high)
    }
}
