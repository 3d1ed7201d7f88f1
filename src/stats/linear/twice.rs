//! Sums and products that keep twice the digits of a number.

/// Product and its rounding error (Dekker 1971), without needing a fused instruction.
fn product(a: f64, b: f64) -> (f64, f64) {
    let split = |x: f64| {
        let c = 134_217_729.0 * x;
        let high = c - (c - x);
        (high, x - high)
    };
    let p = a * b;
    let ((a1, a2), (b1, b2)) = (split(a), split(b));
    (p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2)
}

/// A sum that keeps twice the digits (Ogita, Rump & Oishi 2005, algorithm 5.3).
#[derive(Clone, Copy, Default)]
pub(super) struct Twice {
    high: f64,
    low: f64,
}

impl Twice {
    /// Adds a number.
    pub fn add(&mut self, x: f64) {
        let sum = self.high + x;
        let part = sum - self.high;
        self.low += (self.high - (sum - part)) + (x - part);
        self.high = sum;
    }

    /// Adds a product, with its rounding error.
    pub fn add_product(&mut self, a: f64, b: f64) {
        let (p, error) = product(a, b);
        self.add(p);
        self.low += error;
    }

    /// The sum.
    pub fn value(self) -> f64 {
        self.high + self.low
    }
}
