//! Shares of counted rows pooled from the counts themselves: binomial within programmes, normal log odds between them.

use super::{Errors, Prediction, Test, check};
use crate::stats::{Inference, Refused, distribution};
use nalgebra::DMatrix;

/// What [`binomial_normal`] gives, on the scale of log odds.
#[derive(Debug, Clone, PartialEq)]
pub struct BinomialNormal {
    /// Programmes.
    pub k: usize,
    /// Mean of the true log odds: where the middle programme lies.
    pub mean: Inference,
    /// The log odds of all rows together, one true share being taken to hold for all.
    pub fixed: Inference,
    /// Variance of the true log odds.
    pub tau2: f64,
    /// Likelihood ratio of "all true shares are equal" against shares of their own, by chi-squared on k - 1.
    pub ratio: Test,
    /// Where the true log odds of a further programme are expected.
    pub prediction: Prediction,
    /// Per programme, its log odds drawn towards the mean: mean of the posterior at the estimates, with an interval by its standard
    /// deviation. That the mean and `tau2` are themselves estimated is not in it.
    pub shrunken: Vec<(f64, f64, f64)>,
}

/// Nodes of the quadrature. lme4's `glmer` agrees to seven digits from 25 on, also of shares of none and all.
const NODES: usize = 41;

/// Standard deviations between programmes that are searched, in log odds: at 30 every share is 0 or 1.
const LEAST_TAU: f64 = 0.01;
const MOST_TAU: f64 = 30.0;

/// Pools `yes` rows out of `of` (k each; effective rows need not be whole) with log odds that are normal between programmes:
/// yes ~ Binomial(of, 1 / (1 + exp(-mu - u))), u ~ N(0, tau2), by maximum likelihood over (mu, tau) with adaptive Gauss-Hermite
/// quadrature (Stijnen, Hamza & Özdemir 2010, Random effects meta-analysis of event outcome in the framework of the generalized linear
/// mixed model with applications in sparse data, Statistics in Medicine 29; Pinheiro & Bates 1995). Shares of none and all are rows
/// like others: nothing is added to them. Standard errors are from the observed information; intervals by t on k - 1 degrees of
/// freedom, or normal under [`Errors::Normal`].
///
/// # Errors
/// Fewer than 3 programmes; counts that are none; all rows alike; shares of none and all only, so that no variance is large enough.
pub fn binomial_normal(
    yes: &[f64],
    of: &[f64],
    errors: Errors,
    confidence: f64,
) -> Result<BinomialNormal, Refused> {
    check::level(confidence)?;
    counts(yes, of)?;
    if yes.iter().zip(of).all(|(x, n)| *x <= 0.0 || x >= n) {
        return Err(no_maximum());
    }
    let k = yes.len();
    let data = Data {
        yes,
        of,
        nodes: nodes(NODES),
    };
    let (part, whole) = (yes.iter().sum::<f64>(), of.iter().sum::<f64>());
    let pooled = part / whole;
    let common = (part / (whole - part)).ln();
    let fixed_se = (1.0 / part + 1.0 / (whole - part)).sqrt();
    let (mu, tau) = data.solve(common)?;
    let se = data.error(mu, tau).ok_or_else(no_maximum)?;
    let df = match errors {
        Errors::Normal => f64::INFINITY,
        Errors::HartungKnapp | Errors::HartungKnappModified => (k - 1) as f64,
    };
    let own = |x: f64, n: f64, p: f64| xlogy(x, p) + xlogy(n - x, 1.0 - p);
    let pairs = || yes.iter().zip(of);
    let saturated: f64 = pairs().map(|(x, n)| own(*x, *n, x / n)).sum();
    let equal: f64 = pairs().map(|(x, n)| own(*x, *n, pooled)).sum();
    let z = distribution::normal_quantile(0.5 + confidence / 2.0);
    let shrunken = pairs().map(|(x, n)| {
        let at = data.one(*x, *n, mu, tau);
        let half = z * tau * (at.u2 - at.u * at.u).max(0.0).sqrt();
        let value = mu + tau * at.u;
        (value, value - half, value + half)
    });
    // As for the other models: k - 1 with the t of the mean, k - 2 with the normal (Higgins, Thompson & Spiegelhalter 2009).
    let prediction_df = match errors {
        Errors::Normal => (k - 2) as f64,
        _ => (k - 1) as f64,
    };
    let sd = tau.hypot(se);
    let half = distribution::t_quantile(0.5 + confidence / 2.0, prediction_df) * sd;
    Ok(BinomialNormal {
        k,
        mean: Inference::t(mu, se, df, confidence),
        fixed: Inference::t(common, fixed_se, f64::INFINITY, confidence),
        tau2: tau * tau,
        ratio: Test::chi_squared(2.0 * (saturated - equal), (k - 1) as f64),
        prediction: Prediction {
            df: prediction_df,
            sd,
            low: mu - half,
            high: mu + half,
        },
        shrunken: shrunken.collect(),
    })
}

fn counts(yes: &[f64], of: &[f64]) -> Result<(), Refused> {
    let whole = |(x, n): (&f64, &f64)| n.is_finite() && *n > 0.0 && *x >= 0.0 && x <= n;
    if yes.len() != of.len() || !yes.iter().zip(of).all(whole) {
        return Err(Refused::new(
            "a programme's rows are no count of some out of all",
            "Pool shares of rows.",
        ));
    }
    if yes.len() < 3 {
        return Err(Refused::new(
            format!(
                "there are {} programmes; a variance between them can't be had from fewer than 3",
                yes.len()
            ),
            "Show them side by side.",
        ));
    }
    let (part, all): (f64, f64) = (yes.iter().sum(), of.iter().sum());
    if part <= 0.0 || part >= all {
        return Err(Refused::new(
            "all rows of all programmes are alike, so that the odds are nothing or without end",
            "Say so: there is no mean and no scatter to tell.",
        ));
    }
    Ok(())
}

fn no_maximum() -> Refused {
    Refused::new(
        "the likelihood has no maximum: nearly all shares are of none or all of their rows, and no scatter between programmes is too wide for them",
        "Tell how many programmes have none and how many all; or read the share over all rows together.",
    )
}

/// x log(y), 0 where x is.
fn xlogy(x: f64, y: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x * y.ln() }
}

struct Data<'a> {
    yes: &'a [f64],
    of: &'a [f64],
    /// Places and weights of Gauss-Hermite quadrature, for the weight exp(-t²).
    nodes: Vec<(f64, f64)>,
}

/// A programme at (mu, tau): its log-likelihood but for the binomial coefficient, and means over the posterior of u.
#[derive(Debug, Clone, Copy, Default)]
struct One {
    likelihood: f64,
    u: f64,
    u2: f64,
    /// yes - of p: the slope by mu.
    rest: f64,
    /// (yes - of p) u: the slope by tau.
    rest_u: f64,
    /// The slope of `rest` by mu: variance of the rest less mean of of p (1 - p).
    curve: f64,
}

impl Data<'_> {
    fn one(&self, x: f64, n: f64, mu: f64, tau: f64) -> One {
        let share = |eta: f64| 1.0 / (1.0 + (-eta).exp());
        let height = |u: f64| {
            let eta = mu + tau * u;
            // log(1 + exp(eta)) without overflow.
            x * eta - n * (eta.max(0.0) + (-eta.abs()).exp().ln_1p()) - u * u / 2.0
        };
        // The height is concave: Newton's steps, halved where they go too far.
        let (mut mode, mut top) = (0.0, height(0.0));
        for _ in 0..100 {
            let p = share(mu + tau * mode);
            let slope = tau * (x - n * p) - mode;
            let mut step = slope / (1.0 + tau * tau * n * p * (1.0 - p));
            let mut next = height(mode + step);
            while next < top && step.abs() > 1e-12 {
                step /= 2.0;
                next = height(mode + step);
            }
            mode += step;
            top = next;
            if step.abs() < 1e-10 {
                break;
            }
        }
        let p = share(mu + tau * mode);
        let width = (2.0 / (1.0 + tau * tau * n * p * (1.0 - p))).sqrt();
        let (mut total, mut sums) = (0.0, [0.0; 6]);
        for (t, weight) in &self.nodes {
            let u = mode + width * t;
            let p = share(mu + tau * u);
            let density = weight * (t * t + height(u) - top).exp();
            let rest = x - n * p;
            total += density;
            let terms = [u, u * u, rest, rest * u, rest * rest, n * p * (1.0 - p)];
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += density * term;
            }
        }
        let [u, u2, rest, rest_u, squares, spread] = sums.map(|s| s / total);
        One {
            likelihood: top + (total * width / std::f64::consts::TAU.sqrt()).ln(),
            u,
            u2,
            rest,
            rest_u,
            curve: squares - rest * rest - spread,
        }
    }

    /// Log-likelihood, slopes by mu and tau, and curvature by mu.
    fn at(&self, mu: f64, tau: f64) -> One {
        let mut sum = One::default();
        for (x, n) in self.yes.iter().zip(self.of) {
            let one = self.one(*x, *n, mu, tau);
            sum.likelihood += one.likelihood;
            sum.rest += one.rest;
            sum.rest_u += one.rest_u;
            sum.curve += one.curve;
        }
        sum
    }

    /// The mu that is likeliest at `tau`, with the likelihood there: its slope falls in mu, so that Newton's steps are kept within what
    /// its sign has shown.
    fn best(&self, tau: f64, start: f64) -> (f64, f64) {
        let (mut low, mut high) = (-60.0_f64, 60.0_f64);
        let mut mu = start;
        let mut likelihood = f64::NEG_INFINITY;
        for _ in 0..200 {
            let at = self.at(mu, tau);
            likelihood = at.likelihood;
            if at.rest > 0.0 {
                low = mu;
            } else {
                high = mu;
            }
            let mut next = mu - at.rest / at.curve;
            if !(at.curve < 0.0 && low < next && next < high) {
                next = (low + high) / 2.0;
            }
            if (next - mu).abs() <= 1e-10 * (1.0 + mu.abs()) {
                break;
            }
            mu = next;
        }
        (mu, likelihood)
    }

    /// (mu, tau) of the highest likelihood: a grid over tau, then golden section about the best of it; 0 where no scatter is likelier.
    ///
    /// # Errors
    /// The likelihood rises up to the largest scatter that is searched.
    fn solve(&self, common: f64) -> Result<(f64, f64), Refused> {
        const POINTS: u32 = 32;
        let step = (MOST_TAU / LEAST_TAU).ln() / f64::from(POINTS - 1);
        let grid = |i: u32| LEAST_TAU.ln() + step * f64::from(i);
        let mut start = common;
        let (mut top, mut best) = (f64::NEG_INFINITY, 0);
        for i in 0..POINTS {
            let (mu, likelihood) = self.best(grid(i).exp(), start);
            start = mu;
            if likelihood > top {
                (top, best) = (likelihood, i);
            }
        }
        if best == POINTS - 1 {
            return Err(no_maximum());
        }
        let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
        let at = |x: f64| self.best(x.exp(), common);
        let (mut low, mut high) = (grid(best.saturating_sub(1)), grid(best + 1));
        let (mut a, mut b) = (high - golden * (high - low), low + golden * (high - low));
        let (mut fa, mut fb) = (at(a).1, at(b).1);
        while high - low > 1e-5 {
            if fa > fb {
                (high, b, fb) = (b, a, fa);
                a = high - golden * (high - low);
                fa = at(a).1;
            } else {
                (low, a, fa) = (a, b, fb);
                b = low + golden * (high - low);
                fb = at(b).1;
            }
        }
        let (mu, tau) = self.polished(common, ((low + high) / 2.0).exp());
        let none = self.at(common, 0.0);
        match self.at(mu, tau).likelihood > none.likelihood + 1e-9 {
            true => Ok((mu, tau)),
            false => Ok((common, 0.0)),
        }
    }

    /// Golden section knows tau to half the digits of the likelihood; the zero of the slope has them all.
    fn polished(&self, start: f64, near: f64) -> (f64, f64) {
        let slope = |tau: f64| {
            let (mu, _) = self.best(tau, start);
            (mu, self.at(mu, tau).rest_u)
        };
        let (mut low, mut high) = (near * (1.0 - 1e-3), near * (1.0 + 1e-3));
        if !(slope(low).1 > 0.0 && slope(high).1 < 0.0) {
            return (slope(near).0, near);
        }
        for _ in 0..40 {
            let middle = (low + high) / 2.0;
            match slope(middle).1 > 0.0 {
                true => low = middle,
                false => high = middle,
            }
        }
        let tau = (low + high) / 2.0;
        (slope(tau).0, tau)
    }

    /// Standard error of mu from the observed information of (mu, tau), slopes differentiated numerically; of mu alone where tau is 0.
    fn error(&self, mu: f64, tau: f64) -> Option<f64> {
        let at = self.at(mu, tau);
        if tau == 0.0 {
            return (at.curve < 0.0).then(|| (-1.0 / at.curve).sqrt());
        }
        let step = 1e-4 * tau;
        let (up, down) = (self.at(mu, tau + step), self.at(mu, tau - step));
        let cross = (up.rest - down.rest) / (2.0 * step);
        let own = (up.rest_u - down.rest_u) / (2.0 * step);
        let determinant = at.curve * own - cross * cross;
        (determinant > 0.0 && own < 0.0).then(|| (-own / determinant).sqrt())
    }
}

/// Gauss-Hermite quadrature with so many nodes, from the eigenvalues of the recurrence of the polynomials (Golub & Welsch 1969).
fn nodes(count: usize) -> Vec<(f64, f64)> {
    let mut matrix = DMatrix::zeros(count, count);
    for i in 1..count {
        let beside = (i as f64 / 2.0).sqrt();
        matrix[(i - 1, i)] = beside;
        matrix[(i, i - 1)] = beside;
    }
    let found = matrix.symmetric_eigen();
    let root = std::f64::consts::PI.sqrt();
    let first = found.eigenvectors.row(0);
    let pairs = found.eigenvalues.iter().zip(first.iter());
    let mut nodes: Vec<(f64, f64)> = pairs.map(|(at, v)| (*at, root * v * v)).collect();
    nodes.sort_by(|a, b| a.0.total_cmp(&b.0));
    nodes
}
