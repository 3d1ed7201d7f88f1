//! Three levels: programmes within countries (or other groups), with a variance of true values at each.

use super::heterogeneity::undetermined;
use super::model::Model;
use super::{Errors, Options, Test, check};
use crate::stats::{Inference, Refused};

/// What [`multilevel`] gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Multilevel {
    /// Programmes.
    pub k: usize,
    /// Groups.
    pub groups: usize,
    /// The mean. Its t has groups - 1 degrees of freedom, programmes of one group not being independent; normal under
    /// [`Errors::Normal`].
    pub mean: Inference,
    /// Variance of true values between groups, in squared units of the estimates.
    pub between: f64,
    /// Standard error of `between` from the expected information; only where both variances are above 0.
    pub between_se: Option<f64>,
    /// Variance of true values between programmes of one group.
    pub within: f64,
    /// Standard error of `within`, as that of `between`.
    pub within_se: Option<f64>,
    /// Correlation of the true values of two programmes of one group; none where both variances are 0.
    pub correlation: Option<f64>,
    /// Cochran's Q against "all true values are equal".
    pub q: Test,
    /// Share of variance between groups, in percent, with the typical sampling variance as in `i2` of [`super::Heterogeneity`]
    /// (Cheung 2014, Modeling dependent effect sizes with three-level meta-analyses, Psychological Methods 19).
    pub share_between: f64,
    /// Share of variance between programmes within groups, in percent.
    pub share_within: f64,
    /// Share of sampling error, in percent.
    pub share_sampling: f64,
    /// Restricted log-likelihood, as metafor counts it.
    pub likelihood: f64,
}

/// Pools estimates `value` (k) with sampling variances `variance` (k) of programmes within `group` (k codes), by restricted maximum
/// likelihood over two variances (Konstantopoulos 2011, Fixed effects and variance components estimation in three-level
/// meta-analysis, Research Synthesis Methods 2). Of the options, the errors say whether the mean is told by t or the normal, and the
/// confidence counts.
///
/// # Errors
/// As [`super::pool`]; fewer than 3 groups; no group with two programmes, so that the two variances can't be told apart.
pub fn multilevel(
    value: &[f64],
    variance: &[f64],
    group: &[usize],
    options: &Options,
) -> Result<Multilevel, Refused> {
    let confidence = options.confidence;
    check::input(value, variance, confidence)?;
    let members = super::subgroups::members(value.len(), group)?;
    let groups: Vec<Vec<usize>> = members.into_values().collect();
    if groups.len() < 3 {
        return Err(Refused::new(
            format!(
                "there are {} groups, and a variance between them can't be had from fewer than 3",
                groups.len()
            ),
            "Pool all programmes, or show groups side by side.",
        ));
    }
    if groups.len() == value.len() {
        return Err(Refused::new(
            "every group has one programme, so that groups and programmes can't be told apart",
            "Pool all programmes at two levels.",
        ));
    }
    let data = Data {
        y: value,
        v: variance,
        groups: &groups,
    };
    let (at, solution) = data.solve()?;
    let fixed = Model::mean(value, variance)
        .at(0.0, None)
        .ok_or_else(undetermined)?;
    let left = (value.len() - 1) as f64;
    let typical = left / fixed.trace;
    let [between, within] = at;
    let total = between + within + typical;
    let inverse = inverse(solution.information);
    let se = |j: usize| match inverse {
        Some(inverse) if between > 0.0 && within > 0.0 => Some(inverse[j][j].sqrt()),
        _ => None,
    };
    let sum = between + within;
    Ok(Multilevel {
        k: value.len(),
        groups: groups.len(),
        mean: Inference::t(
            solution.mean,
            solution.mean_variance.sqrt(),
            match options.errors {
                Errors::Normal => f64::INFINITY,
                Errors::HartungKnapp | Errors::HartungKnappModified => (groups.len() - 1) as f64,
            },
            confidence,
        ),
        between,
        between_se: se(0),
        within,
        within_se: se(1),
        correlation: (sum > 0.0).then_some(between / sum),
        q: Test::chi_squared(fixed.q, left),
        share_between: 100.0 * between / total,
        share_within: 100.0 * within / total,
        share_sampling: 100.0 * typical / total,
        likelihood: solution.likelihood
            - 0.5 * (left * std::f64::consts::TAU.ln() - (value.len() as f64).ln()),
    })
}

struct Data<'a> {
    y: &'a [f64],
    v: &'a [f64],
    groups: &'a [Vec<usize>],
}

/// Likelihood, its slope and the expected information of the variances (between, within).
struct Point {
    mean: f64,
    mean_variance: f64,
    likelihood: f64,
    score: [f64; 2],
    information: [[f64; 2]; 2],
}

/// Sums over a group's programmes of powers of a = 1 / (v + within), and what follows from `between`.
struct Block {
    a1: f64,
    a2: f64,
    a3: f64,
    ay: f64,
    /// 1 / (1 + between a1): the weights within the group are a times this.
    s: f64,
    /// between times s.
    c: f64,
}

impl Data<'_> {
    /// The point at variances between groups and within, in time proportional to the programmes: the inverse of a group's covariance
    /// is `diag(a) - c a a'`.
    fn at(&self, [between, within]: [f64; 2]) -> Point {
        let weight = |i: usize| 1.0 / (self.v[i] + within);
        let mut logs = 0.0;
        let mut blocks = Vec::with_capacity(self.groups.len());
        let (mut total, mut sum) = (0.0, 0.0);
        for group in self.groups {
            let (mut a1, mut a2, mut a3, mut ay) = (0.0, 0.0, 0.0, 0.0);
            for &i in group {
                let a = weight(i);
                logs -= a.ln();
                a1 += a;
                a2 += a * a;
                a3 += a * a * a;
                ay += a * self.y[i];
            }
            let s = 1.0 / (1.0 + between * a1);
            logs -= s.ln();
            total += a1 * s;
            sum += ay * s;
            let c = between * s;
            blocks.push(Block {
                a1,
                a2,
                a3,
                ay,
                s,
                c,
            });
        }
        let mean = sum / total;
        // With M the inverse covariance, u = M1, J for what groups share and I for each programme's own: traces of MJ, MI, MJMJ, MJMI,
        // MIMI; u'Ju, u'Iu; u'JMJu, u'JMIu, u'IMIu. P = M - uu' / total.
        let (mut mj, mut mi, mut mjmj, mut mjmi, mut mimi) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let (mut uju, mut uiu, mut ujju, mut ujiu, mut uiiu) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let (mut squares, mut shared, mut own) = (0.0, 0.0, 0.0);
        for (group, b) in self.groups.iter().zip(&blocks) {
            let u1 = b.a1 * b.s;
            let u2 = b.a2 * b.s * b.s;
            mj += u1;
            mi += b.a1 - b.c * b.a2;
            mjmj += u1 * u1;
            mjmi += u2;
            mimi += b.a2 - 2.0 * b.c * b.a3 + b.c * b.c * b.a2 * b.a2;
            uju += u1 * u1;
            uiu += u2;
            ujju += u1 * u1 * u1;
            ujiu += u1 * u2;
            uiiu += b.s * b.s * (b.a3 - b.c * b.a2 * b.a2);
            let rest = b.ay - b.a1 * mean;
            let mut sum = 0.0;
            for &i in group {
                let r = self.y[i] - mean;
                let z = weight(i) * (r - b.c * rest);
                sum += z;
                own += z * z;
                squares += z * r;
            }
            shared += sum * sum;
        }
        let t = total;
        let cross = 0.5 * (mjmi - 2.0 * ujiu / t + uju * uiu / (t * t));
        Point {
            mean,
            mean_variance: 1.0 / t,
            likelihood: -0.5 * (logs + t.ln() + squares),
            score: [0.5 * (shared - mj + uju / t), 0.5 * (own - mi + uiu / t)],
            information: [
                [0.5 * (mjmj - 2.0 * ujju / t + uju * uju / (t * t)), cross],
                [cross, 0.5 * (mimi - 2.0 * uiiu / t + uiu * uiu / (t * t))],
            ],
        }
    }

    /// The highest point from several starts, since the likelihood can have a peak on an edge beside one inside.
    fn solve(&self) -> Result<([f64; 2], Point), Refused> {
        let k = self.y.len() as f64;
        let mean = self.y.iter().sum::<f64>() / k;
        let spread = self.y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / k;
        let starts = [
            [spread / 2.0, spread / 2.0],
            [spread, 0.0],
            [0.0, spread],
            [0.0, 0.0],
        ];
        let mut best: Option<([f64; 2], Point)> = None;
        for start in starts {
            let Some(found) = self.climb(start) else {
                continue;
            };
            // A peak that is higher by rounding alone is the same one.
            let higher = |b: &Point| found.1.likelihood > b.likelihood + 1e-9;
            if best.as_ref().is_none_or(|(_, b)| higher(b)) {
                best = Some(found);
            }
        }
        best.ok_or_else(|| {
            Refused::new(
                "the search for the variances between and within groups didn't end",
                "Pool all programmes at two levels.",
            )
        })
    }

    /// Fisher scoring with both variances at 0 or above: one whose likelihood falls from 0 on stays there. Steps are halved until
    /// the likelihood doesn't fall.
    fn climb(&self, mut x: [f64; 2]) -> Option<([f64; 2], Point)> {
        let mut at = self.at(x);
        let unit = self.v.iter().sum::<f64>() / self.v.len() as f64;
        for _ in 0..1000 {
            let free = [0, 1].map(|j| x[j] > 0.0 || at.score[j] > 0.0);
            let step = step(&at, free);
            let mut by = 1.0;
            let (next, there) = loop {
                let next = [0, 1].map(|j| f64::max(0.0, x[j] + by * step[j]));
                let there = self.at(next);
                if there.likelihood >= at.likelihood - 1e-12 * (1.0 + at.likelihood.abs()) {
                    break (next, there);
                }
                by /= 2.0;
                if by < 1e-9 {
                    return None;
                }
            };
            let moved = (next[0] - x[0]).abs() + (next[1] - x[1]).abs();
            (x, at) = (next, there);
            if by == 1.0 && moved <= 1e-10 * (x[0] + x[1] + 1e-3 * unit) {
                return Some(self.at_edge(x, at, unit));
            }
        }
        None
    }

    /// A variance that rounding alone holds above 0 is 0.
    fn at_edge(&self, x: [f64; 2], at: Point, unit: f64) -> ([f64; 2], Point) {
        let edge = x.map(|variance| {
            if variance < 1e-9 * unit {
                0.0
            } else {
                variance
            }
        });
        if edge == x {
            return (x, at);
        }
        let there = self.at(edge);
        (edge, there)
    }
}

/// The step of Fisher scoring over the free variances.
fn step(at: &Point, free: [bool; 2]) -> [f64; 2] {
    let alone = |j: usize| at.score[j] / at.information[j][j];
    match (free, inverse(at.information)) {
        ([true, true], Some(inverse)) => inverse.map(|r| r[0] * at.score[0] + r[1] * at.score[1]),
        ([true, _], _) => [alone(0), 0.0],
        ([_, true], _) => [0.0, alone(1)],
        _ => [0.0, 0.0],
    }
}

fn inverse([[a, b], [_, d]]: [[f64; 2]; 2]) -> Option<[[f64; 2]; 2]> {
    let determinant = a * d - b * b;
    let sound = determinant > 1e-12 * a * d;
    sound.then(|| {
        [
            [d / determinant, -b / determinant],
            [-b / determinant, a / determinant],
        ]
    })
}
