//! Degrees of freedom of CR2 and HC2 covariances under a working model of unrelated errors of the same variance.

use super::covariance::PREDICTED;
use super::fit::Fit;
use nalgebra::{DMatrix, DVector};

/// What is kept of a CR2 covariance, or of HC2 as one with clusters of single rows. With Z = X root: p_g = (I - H)_g' A_g' W_g Z_g t is what combination t (in coordinates of
/// root) takes from the outcomes through cluster g; p_g'p_h follows from small matrices, without n x n ones.
#[derive(Debug, Clone)]
pub(super) struct Working {
    /// A_g W_g Z_g of all rows, n x k.
    pub adjusted: DMatrix<f64>,
    /// Rows of each cluster.
    pub clusters: Vec<Vec<usize>>,
    /// Z'W^2 Z, k x k.
    pub spread: DMatrix<f64>,
}

/// One combination: p_g'p_h = [g = h] a_g'a_g - alpha_g'beta_h - beta_g'alpha_h + alpha_g' spread alpha_h.
struct Part {
    /// n.
    a: DVector<f64>,
    /// alpha_g = Z_g'a_g and beta_g = Z_g'W_g a_g side by side, G x 2k.
    both: DMatrix<f64>,
}

impl Working {
    /// Of HC2, in which each row is a cluster: A_i is 1 / sqrt(1 - leverage).
    pub fn of_rows(fit: &Fit) -> Working {
        let mut weighted = &fit.x * &fit.root;
        for mut column in weighted.column_iter_mut() {
            column.component_mul_assign(&fit.weights);
        }
        let spread = weighted.tr_mul(&weighted);
        for (mut row, leverage) in weighted.row_iter_mut().zip(fit.leverages()) {
            let left = 1.0 - leverage;
            match left < PREDICTED {
                true => row.fill(0.0),
                false => row.unscale_mut(left.sqrt()),
            }
        }
        Working {
            adjusted: weighted,
            clusters: (0..fit.n).map(|row| vec![row]).collect(),
            spread,
        }
    }

    fn part(&self, fit: &Fit, weights: &DVector<f64>) -> Part {
        let a = &self.adjusted * fit.root.tr_mul(weights);
        let k = fit.k;
        let mut alpha = DMatrix::zeros(k, self.clusters.len());
        let mut beta = DMatrix::zeros(k, self.clusters.len());
        let mut sums = vec![(0.0, 0.0); k];
        for (g, rows) in self.clusters.iter().enumerate() {
            sums.fill((0.0, 0.0));
            for &i in rows {
                for (j, (plain, weighted)) in sums.iter_mut().enumerate() {
                    let product = fit.x[(i, j)] * a[i];
                    *plain += product;
                    *weighted += product * fit.weights[i];
                }
            }
            for (j, (plain, weighted)) in sums.iter().enumerate() {
                alpha[(j, g)] = *plain;
                beta[(j, g)] = *weighted;
            }
        }
        let mut both = DMatrix::zeros(self.clusters.len(), 2 * k);
        both.columns_mut(0, k).copy_from(&alpha.tr_mul(&fit.root));
        both.columns_mut(k, k).copy_from(&beta.tr_mul(&fit.root));
        Part { a, both }
    }

    /// The middle of both' M both: [[spread, -I], [-I, 0]].
    fn middle(&self) -> DMatrix<f64> {
        let k = self.spread.nrows();
        let mut middle = DMatrix::zeros(2 * k, 2 * k);
        middle.view_mut((0, 0), (k, k)).copy_from(&self.spread);
        for j in 0..k {
            middle[(j, k + j)] = -1.0;
            middle[(k + j, j)] = -1.0;
        }
        middle
    }

    /// a_g'b_g of each cluster.
    fn within(&self, s: &Part, t: &Part) -> Vec<f64> {
        let clusters = self.clusters.iter();
        clusters
            .map(|rows| rows.iter().map(|&i| s.a[i] * t.a[i]).sum())
            .collect()
    }

    /// Sum over clusters of p_sg'p_tg.
    fn trace(&self, s: &Part, t: &Part) -> f64 {
        let low = (&s.both * self.middle()).component_mul(&t.both).sum();
        self.within(s, t).iter().sum::<f64>() + low
    }

    /// Sum over pairs of clusters of (p_sg'p_th)(p_ug'p_vh).
    fn overlap(&self, s: &Part, t: &Part, u: &Part, v: &Part) -> f64 {
        let middle = self.middle();
        let (left, right) = (&s.both * &middle, &u.both * &middle);
        let (first, second) = (self.within(s, t), self.within(u, v));
        let mut sum = 0.0;
        for g in 0..self.clusters.len() {
            let (d1, d2) = (first[g], second[g]);
            let low1 = left.row(g).dot(&t.both.row(g));
            let low2 = right.row(g).dot(&v.both.row(g));
            sum += d1 * d2 + d1 * low2 + d2 * low1;
        }
        sum + left
            .tr_mul(&right)
            .component_mul(&t.both.tr_mul(&v.both))
            .sum()
    }

    /// Satterthwaite's degrees of freedom of the variance of a combination (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018,
    /// equation 11): twice its squared expectation over its variance.
    pub fn satterthwaite(&self, fit: &Fit, weights: &DVector<f64>) -> f64 {
        let part = self.part(fit, weights);
        // As `trace` and `overlap` of four times the same, with what they share worked out once.
        let left = &part.both * self.middle();
        let within = self.within(&part, &part);
        let mean = within.iter().sum::<f64>() + left.component_mul(&part.both).sum();
        let mut sum = 0.0;
        for (g, d) in within.iter().enumerate() {
            let low = left.row(g).dot(&part.both.row(g));
            sum += d * d + d * low + d * low;
        }
        let products = left.tr_mul(&left);
        let both = part.both.tr_mul(&part.both);
        mean * mean / (sum + products.component_mul(&both).sum())
    }

    /// Degrees of freedom eta of Hotelling's T^2 for the q rows of `restrictions` (AHT; Pustejovsky & Tipton 2018, section 3.2,
    /// the HTZ of Tipton & Pustejovsky 2015): q (q + 1) over the summed variances of the elements of the standardised covariance.
    /// `None` where its expectation is singular.
    pub fn hotelling(&self, fit: &Fit, restrictions: &DMatrix<f64>) -> Option<f64> {
        let q = restrictions.nrows();
        let rows = restrictions.row_iter();
        let parts: Vec<Part> = rows.map(|r| self.part(fit, &r.transpose())).collect();
        let mean = DMatrix::from_fn(q, q, |s, t| self.trace(&parts[s], &parts[t]));
        let eigen = mean.symmetric_eigen();
        let largest = eigen.eigenvalues.max();
        if eigen.eigenvalues.min() <= 1e-12 * largest {
            return None;
        }
        // Standardised combinations: rows of mean^-1/2 restrictions.
        let roots = DMatrix::from_diagonal(&eigen.eigenvalues.map(|v| 1.0 / v.sqrt()));
        let standard = &eigen.eigenvectors * roots * eigen.eigenvectors.transpose() * restrictions;
        let rows = standard.row_iter();
        let parts: Vec<Part> = rows.map(|r| self.part(fit, &r.transpose())).collect();
        let mut variances = 0.0;
        for s in &parts {
            for t in &parts {
                variances += self.overlap(s, s, t, t) + self.overlap(s, t, t, s);
            }
        }
        Some((q * (q + 1)) as f64 / variances)
    }
}
