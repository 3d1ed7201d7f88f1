//! Design effects: how much larger the variance is than that of a simple random sample of as many rows.
//!
//! Deff = variance under the design / variance of a simple random sample (Kish 1965, "Survey Sampling", section 8.2). The
//! latter takes the weighted estimate of the population's variance, s2 = n / (n - 1) sum w (y - mean)^2 / sum w.

use crate::stats::Refused;

/// Sums over the rows of a domain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Rows.
    pub rows: f64,
    /// Sum of w.
    pub weight: f64,
    /// Sum of w y.
    pub first: f64,
    /// Sum of w y^2. Shift y by a constant beforehand where its mean is much larger than its spread: neither s2 nor a
    /// variance changes, and digits are kept.
    pub second: f64,
}

/// A design effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DesignEffect {
    /// Variance relative to that of a simple random sample.
    pub deff: f64,
    /// Rows / deff: a simple random sample of as many rows would be as precise.
    pub effective: f64,
    /// Variance of a simple random sample of as many rows.
    pub simple: f64,
}

impl Moments {
    /// Moments of a 0/1 variable.
    pub fn of_share(rows: f64, weight: f64, hits: f64) -> Moments {
        Moments {
            rows,
            weight,
            first: hits,
            second: hits,
        }
    }

    /// Moments of the linearised ratio of x to d, from the sums of w x^2, w x d and w d^2: of (x - R d) / (mean of d), whose mean is 0.
    pub fn of_ratio(
        rows: f64,
        weight: f64,
        ratio: f64,
        denominator: f64,
        (xx, xd, dd): (f64, f64, f64),
    ) -> Moments {
        let scale = weight / denominator;
        Moments {
            rows,
            weight,
            first: 0.0,
            second: (xx - 2.0 * ratio * xd + ratio * ratio * dd) * scale * scale,
        }
    }
}

/// Design effect of a mean (share, ratio) with a given variance under the design.
///
/// `population` is the number of rows in the population: the simple random sample is then one without replacement, (1 - n / N)
/// times as variable. Give it if and only if the variance has a finite population correction.
///
/// # Errors
/// Fewer than two rows, or all values the same.
pub fn of_mean(
    variance: f64,
    moments: &Moments,
    population: Option<f64>,
) -> Result<DesignEffect, Refused> {
    let Moments {
        rows,
        weight,
        first,
        second,
    } = *moments;
    if rows < 2.0 {
        return Err(Refused::new(
            "a design effect needs at least two rows",
            "Choose a larger group.",
        ));
    }
    let mean = first / weight;
    let spread = second / weight - mean * mean;
    if !(spread.is_finite() && spread > 1e-13 * second.abs() / weight) {
        return Err(Refused::new(
            "all rows have the same value, so a design effect can't be estimated",
            "Use that of a related indicator, or an assumed one.",
        ));
    }
    let left = match population {
        Some(all) if all > rows => 1.0 - rows / all,
        Some(all) => {
            return Err(Refused::new(
                format!("the population of {all} rows is not larger than the sample of {rows}"),
                "Declare the table a census, or correct the weights or the population.",
            ));
        }
        None => 1.0,
    };
    let simple = left * spread / (rows - 1.0);
    let deff = variance / simple;
    Ok(DesignEffect {
        deff,
        effective: rows / deff,
        simple,
    })
}

/// Kish's approximation of what unequal weights alone cost: n sum w^2 / (sum w)^2, which is 1 + the squared coefficient of
/// variation of the weights (Kish 1992, "Weighting for unequal P_i"). It holds where weights have nothing to do with values.
///
/// # Errors
/// No weight above 0.
pub fn kish(rows: f64, weight: f64, squares: f64) -> Result<f64, Refused> {
    if rows > 0.0 && weight > 0.0 {
        Ok(rows * squares / (weight * weight))
    } else {
        Err(Refused::new(
            "there is no weight above 0",
            "Check the column of weights.",
        ))
    }
}

/// A design effect by assumption, where the data can't tell (nobody or everybody does): that of the weights (Kish's) times
/// 1 + (b - 1) `icc`, with b the weighted mean cluster size sum b_i^2 / sum b_i (Gabler, Häder & Lahiri 1999, "A model based
/// justification of Kish's formula for design effects").
pub fn assumed(kish: f64, cluster_sizes: &[f64], icc: f64) -> f64 {
    let rows: f64 = cluster_sizes.iter().sum();
    let squares: f64 = cluster_sizes.iter().map(|b| b * b).sum();
    let size = if rows > 0.0 { squares / rows } else { 1.0 };
    (kish * (1.0 + (size - 1.0) * icc.max(0.0))).max(1.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::cases::{near, own, rows, schools};
    use super::super::linearisation::ratio;
    use super::*;

    /// survey 4.1.1: svymean(~api00, deff=TRUE) with fpc, deff="replace" without; the share that met the target.
    #[test]
    fn clusters_of_schools() {
        let deff = |correct: bool, y: usize, yy: usize, population| {
            let owned = schools(correct, false);
            let whole = owned.sample().whole();
            let se = ratio(&owned.sample(), y, 0, 0.95).unwrap().inference.se;
            let moments = Moments {
                rows: 183.0,
                weight: whole[0],
                first: whole[y],
                second: whole[yy],
            };
            of_mean(se * se, &moments, population).unwrap()
        };
        near(
            deff(true, 1, 2, Some(183.0 * 33.846_996_307_4)).deff,
            9.345_869_450_59,
            1e-9,
        );
        near(deff(true, 1, 2, None).deff, 9.069_748_362_45, 1e-9);
        let plain = deff(false, 1, 2, None);
        near(plain.deff, 9.253_099_070_59, 1e-9);
        near(plain.effective, 183.0 / 9.253_099_070_59, 1e-9);
        near(deff(false, 3, 3, None).deff, 0.700_407_791_267, 1e-9);
    }

    /// survey 4.1.1: svymean and svyratio with deff="replace"; Kish's by 48*sum(w^2)/sum(w)^2.
    #[test]
    fn unequal_weights_and_ratios() {
        let owned = own(|_| true);
        let whole = owned.sample().whole();
        let se = |d: usize| ratio(&owned.sample(), 1, d, 0.95).unwrap().inference.se;
        let moments = Moments {
            rows: 48.0,
            weight: whole[0],
            first: whole[1],
            second: whole[2],
        };
        near(
            of_mean(se(0).powi(2), &moments, None).unwrap().deff,
            0.596_754_736_184_4,
            1e-10,
        );
        let squares = (whole[2], whole[4], whole[5]);
        let moments = Moments::of_ratio(48.0, whole[0], whole[1] / whole[3], whole[3], squares);
        near(
            of_mean(se(3).powi(2), &moments, None).unwrap().deff,
            0.566_728_237_401_5,
            1e-10,
        );
        let weights = || rows().into_iter().map(|r| r.weight);
        let k = kish(48.0, weights().sum(), weights().map(|w| w * w).sum()).unwrap();
        // Weights 10 to 18: mean 14, and 48 of them are not 9 of each kind alike.
        let (mean, n) = (weights().sum::<f64>() / 48.0, 48.0);
        let cv2 = weights().map(|w| (w / mean - 1.0).powi(2)).sum::<f64>() / n;
        near(k, 1.0 + cv2, 1e-12);
    }

    #[test]
    fn assumed_and_refused() {
        near(assumed(1.2, &[20.0; 15], 0.05), 1.2 * 1.95, 1e-12);
        near(assumed(1.0, &[1.0, 1.0], 0.5), 1.0, 1e-12);
        // b is 25 here, not the mean of 20.
        near(
            assumed(1.0, &[10.0, 10.0, 30.0, 30.0], 0.1),
            1.0 + 24.0 * 0.1,
            1e-12,
        );
        let constant = Moments::of_share(10.0, 10.0, 10.0);
        assert!(
            of_mean(0.1, &constant, None)
                .unwrap_err()
                .reason
                .starts_with("all rows")
        );
        let share = Moments::of_share(10.0, 10.0, 4.0);
        assert!(
            of_mean(0.1, &share, Some(10.0))
                .unwrap_err()
                .reason
                .contains("not larger")
        );
        let one = Moments::of_share(1.0, 10.0, 4.0);
        assert!(of_mean(0.1, &one, None).is_err() && kish(0.0, 0.0, 0.0).is_err());
    }
}
