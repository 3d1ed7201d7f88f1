//! Arithmetic modulo the prime 2^61 - 1, in which elimination is exact: whether a figure follows from others is decided without
//! rounding. The prime misleads only where it divides a minor of the system, which has a chance of less than one in 10^12.

/// The prime.
pub const PRIME: u64 = (1 << 61) - 1;

/// Sum of two residues.
pub fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

/// The residue that adds up to zero with it.
pub fn negate(a: u64) -> u64 {
    if a == 0 { 0 } else { PRIME - a }
}

/// Product of two residues.
pub fn multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let folded = (product as u64 & PRIME) + (product >> 61) as u64;
    if folded >= PRIME {
        folded - PRIME
    } else {
        folded
    }
}

/// Inverse of a residue by Fermat's little theorem; 0 for 0.
pub fn inverse(a: u64) -> u64 {
    let (mut base, mut left, mut power) = (a, PRIME - 2, 1);
    while left > 0 {
        if left & 1 == 1 {
            power = multiply(power, base);
        }
        base = multiply(base, base);
        left >>= 1;
    }
    power
}

/// Residue of a number. One with up to six decimals is taken as that decimal fraction, so that figures which depend on each other do
/// so in spite of the last bits of a float; any other is taken as the float is. `None` for what is no finite number.
pub fn residue(x: f64) -> Option<u64> {
    if !x.is_finite() {
        return None;
    }
    let scaled = (x * 1e6).round();
    if scaled.abs() < 9e15 && (scaled / 1e6 - x).abs() <= 1e-13 * x.abs().max(1.0) {
        return Some(multiply(whole(scaled as i64), inverse(1_000_000)));
    }
    let bits = x.abs().to_bits();
    let exponent = (bits >> 52) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, exponent - 1075),
    };
    // 2^61 is 1 modulo the prime.
    let size = multiply(mantissa, 1 << exponent.rem_euclid(61));
    Some(if x < 0.0 { negate(size) } else { size })
}

/// Residue of a whole number.
pub fn whole(x: i64) -> u64 {
    let size = x.unsigned_abs() % PRIME;
    if x < 0 { negate(size) } else { size }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn residues_are_those_of_fractions() {
        let half = residue(0.5).unwrap();
        assert_eq!(add(half, half), 1);
        assert_eq!(
            add(residue(0.1).unwrap(), residue(0.2).unwrap()),
            residue(0.3).unwrap()
        );
        assert_eq!(add(residue(-3.25).unwrap(), residue(3.25).unwrap()), 0);
        let third = residue(1.0 / 3.0).unwrap();
        assert_ne!(multiply(third, 3), 1, "a third is no float");
        assert_eq!(
            multiply(residue(1.0 / 1024.0 / 1024.0 / 1024.0).unwrap(), 1 << 30),
            1
        );
        assert_eq!(multiply(inverse(12_345), 12_345), 1);
        assert_eq!(residue(f64::NAN), None);
    }
}
