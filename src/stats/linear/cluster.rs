//! Cluster-robust covariances: CR0, CR1 and CR2.

use super::covariance::{Alone, Covariance, Kind, rows_left, sandwich, scores};
use super::degrees::Working;
use super::fit::{Absorbed, Fit};
use super::qr::Qr;
use crate::stats::Refused;
use nalgebra::{DMatrix, DVector};

/// Below this an eigenvalue of a cluster's adjustment is 0: the cluster is predicted exactly in that direction.
const PREDICTED: f64 = 1e-10;

/// Rows of each cluster, clusters in the order of their codes.
///
/// # Errors
/// Other than one code per row; fewer than two clusters.
pub(super) fn clusters(n: usize, codes: &[u32]) -> Result<Vec<Vec<usize>>, Refused> {
    if codes.len() != n {
        return Err(Refused::new(
            "clusters and rows differ in number",
            "Give one cluster per row.",
        ));
    }
    let groups = groups(codes);
    if groups.len() < 2 {
        return Err(Refused::new(
            "all rows are in one cluster",
            "Name a cluster with at least two values, or take standard errors without clusters.",
        ));
    }
    Ok(groups)
}

/// Rows of each code, codes ascending.
pub(super) fn groups(codes: &[u32]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..codes.len()).collect();
    order.sort_by_key(|&i| codes[i]);
    order
        .chunk_by(|&a, &b| codes[a] == codes[b])
        .map(<[usize]>::to_vec)
        .collect()
}

/// Sum over groups of s_g s_g', s_g the sum of the group's scores.
pub(super) fn meat(scores: &DMatrix<f64>, clusters: &[Vec<usize>]) -> DMatrix<f64> {
    let k = scores.ncols();
    let mut sums = DMatrix::zeros(clusters.len(), k);
    for (g, rows) in clusters.iter().enumerate() {
        for j in 0..k {
            let column = scores.column(j);
            sums[(g, j)] = rows.iter().map(|&i| column[i]).sum();
        }
    }
    sums.tr_mul(&sums)
}

/// Whether every absorbed effect lies in one cluster.
fn nested(absorbed: &Absorbed, codes: &[u32]) -> bool {
    let mut seen: Vec<Option<u32>> = vec![None; absorbed.levels];
    absorbed.codes.iter().zip(codes).all(|(&effect, &code)| {
        let place = &mut seen[effect as usize];
        *place.get_or_insert(code) == code
    })
}

/// Parameters that CR1 counts unless told otherwise: the columns, and the absorbed effects; as one, where they are nested in the
/// clusters, whose sums they don't touch.
pub fn counted_parameters(fit: &Fit, codes: &[u32]) -> usize {
    match &fit.absorbed {
        Some(absorbed) if nested(absorbed, codes) => fit.k + 1,
        Some(absorbed) => fit.k + absorbed.levels,
        None => fit.k,
    }
}

/// CR1's factor for small samples, Stata's: G / (G - 1) (n - 1) / (n - K).
pub(super) fn small_sample(g: usize, n: usize, parameters: usize) -> Result<f64, Refused> {
    if n <= parameters {
        return Err(Refused::new(
            format!("{n} rows and {parameters} parameters leave nothing to judge the error by"),
            "Leave out covariates, or add rows.",
        ));
    }
    let (g, n, k) = (g as f64, n as f64, parameters as f64);
    Ok(g / (g - 1.0) * (n - 1.0) / (n - k))
}

/// Cluster-robust covariance of kind CR0, CR1 or CR2 (any other counts as CR2) with a cluster code per row.
///
/// `parameters` is the K of CR1's factor; see [`counted_parameters`] for what it is without. Degrees of freedom are G - 1 for
/// CR0 and CR1, and each combination's own for CR2.
///
/// CR2 adjusts each cluster's residuals by A_g = ((I - H)(I - H)')_gg^-1/2 (pseudo-inverse; Pustejovsky & Tipton 2018, equation 7
/// with the identity as working model), here by its part in the at most 2k dimensions where it differs from the identity. Where
/// effects were absorbed, H is that of the columns without them. That gives exactly what effects as columns would give when the
/// effects are nested in the clusters and there are no weights (theorem 2, with its conditions as corrected in 2022); otherwise
/// it is an approximation and `approximate` says so.
///
/// # Errors
/// Fewer than two clusters; no more rows than parameters; an exact fit.
pub fn clustered(
    fit: &Fit,
    codes: &[u32],
    kind: Kind,
    parameters: Option<usize>,
) -> Result<Covariance, Refused> {
    let clusters = clusters(fit.n, codes)?;
    rows_left(fit)?;
    let g = clusters.len();
    let mut covariance = match kind {
        Kind::Cr0 | Kind::Cr1 => {
            let mut meat = meat(&scores(fit), &clusters);
            if kind == Kind::Cr1 {
                let k = parameters.unwrap_or_else(|| counted_parameters(fit, codes));
                meat *= small_sample(g, fit.n, k)?;
            }
            let matrix = sandwich(fit, &meat);
            let mut covariance = Covariance::new(kind, matrix, (g - 1) as f64);
            covariance.alone = told_alone(fit, &clusters);
            covariance
        }
        _ => {
            let z = Scaled::new(fit);
            let spread = z.spread();
            let mut adjusted = DMatrix::zeros(fit.n, fit.k);
            let mut sums = DMatrix::zeros(g, fit.k);
            let mut alone = Vec::new();
            for (at, rows) in clusters.iter().enumerate() {
                let (block, told) = z.block(fit, rows).adjust(fit, &spread);
                for (j, column) in block.column_iter().enumerate() {
                    let mut sum = -0.0;
                    let mut into = adjusted.column_mut(j);
                    for (&i, value) in rows.iter().zip(column.iter()) {
                        into[i] = *value;
                        sum += value * fit.residuals[i];
                    }
                    sums[(at, j)] = sum;
                }
                alone.extend(told);
            }
            let inner = sums.tr_mul(&sums);
            let matrix = &fit.root * inner * fit.root.transpose();
            let matrix = (&matrix + matrix.transpose()) * 0.5;
            let mut covariance = Covariance::new(Kind::Cr2, matrix, (g - 1) as f64);
            covariance.alone = alone;
            let even = fit.weights.iter().all(|w| *w == fit.weights[0]);
            covariance.approximate = fit
                .absorbed
                .as_ref()
                .is_some_and(|a| !even || !nested(a, codes));
            covariance.working = Some(Working {
                adjusted,
                clusters,
                spread,
            });
            covariance
        }
    };
    covariance.clusters = vec![g];
    Ok(covariance)
}

/// Directions in which clusters are predicted exactly.
pub(super) fn told_alone(fit: &Fit, clusters: &[Vec<usize>]) -> Vec<Alone> {
    let z = Scaled::new(fit);
    let spread = z.spread();
    let blocks = clusters.iter().map(|rows| z.block(fit, rows));
    // H_gg has an eigenvalue of 1 only where the leverages of its rows add up to 1.
    let heavy = blocks.filter(|block| block.leverage() > 1.0 - 1e-8);
    heavy
        .flat_map(|block| block.adjust(fit, &spread).1)
        .collect()
}

/// Z = X root and W Z of all rows.
struct Scaled {
    z: DMatrix<f64>,
    weighted: DMatrix<f64>,
}

impl Scaled {
    fn new(fit: &Fit) -> Scaled {
        let z = &fit.x * &fit.root;
        let mut weighted = z.clone();
        for mut column in weighted.column_iter_mut() {
            column.component_mul_assign(&fit.weights);
        }
        Scaled { z, weighted }
    }

    /// Z'W^2 Z.
    fn spread(&self) -> DMatrix<f64> {
        self.weighted.tr_mul(&self.weighted)
    }

    fn block(&self, fit: &Fit, rows: &[usize]) -> Block {
        let first = rows.first().map_or(1.0, |&i| fit.weights[i]);
        let even = rows.iter().all(|&i| fit.weights[i] == first);
        // nalgebra multiplies few rows in another way than many, whose last digits may differ.
        let few = rows.len() <= 5 && fit.k > 5;
        let z = match few {
            true => fit.x.select_rows(rows) * &fit.root,
            false => self.z.select_rows(rows),
        };
        let weighted = match few {
            true => {
                let mut weighted = z.clone();
                for mut row in weighted.column_iter_mut() {
                    let weights = rows.iter().map(|&i| fit.weights[i]);
                    row.iter_mut().zip(weights).for_each(|(z, w)| *z *= w);
                }
                weighted
            }
            false => self.weighted.select_rows(rows),
        };
        Block { z, weighted, even }
    }
}

/// The rows of one cluster: Z_g and W_g Z_g.
struct Block {
    z: DMatrix<f64>,
    weighted: DMatrix<f64>,
    even: bool,
}

impl Block {
    fn leverage(&self) -> f64 {
        self.z.component_mul(&self.weighted).sum()
    }

    /// A_g W_g Z_g, and the directions in which the cluster is predicted exactly.
    fn adjust(self, fit: &Fit, spread: &DMatrix<f64>) -> (DMatrix<f64>, Vec<Alone>) {
        let Block { z, weighted, even } = self;
        // An orthonormal basis U of where A_g differs from the identity.
        let span = if even {
            z.clone()
        } else {
            let mut both = DMatrix::zeros(z.nrows(), 2 * z.ncols());
            both.columns_mut(0, z.ncols()).copy_from(&z);
            both.columns_mut(z.ncols(), z.ncols()).copy_from(&weighted);
            both
        };
        let basis = Qr::new(span).q_thin();
        let (e, ew) = (basis.tr_mul(&z), basis.tr_mul(&weighted));
        let rank = basis.ncols();
        if rank == 0 {
            // All its rows are zero, as of a unit seen once where units have levels of their own: A_g is the identity.
            return (weighted, Vec::new());
        }
        let cross = &e * ew.transpose();
        let inner = DMatrix::identity(rank, rank) - &cross - cross.transpose()
            + &e * spread * e.transpose();
        let eigen = ((&inner + inner.transpose()) * 0.5).symmetric_eigen();
        let mut alone = Vec::new();
        // Eigenvalues of A_g - I: A_g is the pseudo-inverse of the square root.
        let mut change = DVector::zeros(rank);
        for (j, &value) in eigen.eigenvalues.iter().enumerate() {
            if value > PREDICTED {
                change[j] = 1.0 / value.sqrt() - 1.0;
                continue;
            }
            change[j] = -1.0;
            alone.push(Alone {
                what: "cluster",
                influence: &fit.root * ew.tr_mul(&eigen.eigenvectors.column(j)),
            });
        }
        let turned = eigen.eigenvectors.tr_mul(&ew);
        let turned = DMatrix::from_fn(rank, ew.ncols(), |i, j| change[i] * turned[(i, j)]);
        (weighted + basis * (&eigen.eigenvectors * turned), alone)
    }
}

#[cfg(test)]
#[path = "cluster_tests.rs"]
mod tests;
