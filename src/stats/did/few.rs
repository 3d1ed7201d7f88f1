//! Errors that allow for few units: residuals corrected for their mean having been fitted, and degrees of freedom of each
//! estimate's own (Bell & McCaffrey 2002, Survey Methodology 28; Pustejovsky & Tipton 2018, Journal of Business & Economic
//! Statistics 36: CR2 with Satterthwaite's degrees of freedom), for effects that are sums of differences of mean changes.

use super::prepare::Prepared;
use crate::stats::Refused;
use nalgebra::DMatrix;

/// One side of a comparison over two periods: the treated (`sign` 1) or those they are compared with (-1).
#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) sign: f64,
    /// Places of the two periods.
    pub(super) late: usize,
    pub(super) base: usize,
    /// Subjects with their share of the mean.
    pub(super) members: Vec<(usize, f64)>,
    /// Clusters with their share of the mean, and what their residuals are multiplied by.
    pub(super) clusters: Vec<(usize, f64, f64)>,
}

impl Role {
    /// `covariates`: how many were fitted to this side's changes. A cluster's residual is then taken to be short by as many shares more,
    /// which it is on average.
    ///
    /// # Errors
    /// A cluster whose residual the fit makes zero, so that its error can't be seen.
    pub(super) fn new(
        data: &Prepared,
        sign: f64,
        (base, late): (usize, usize),
        members: Vec<(usize, f64)>,
        covariates: usize,
    ) -> Result<Role, Refused> {
        let total: f64 = members.iter().map(|(_, w)| w).sum();
        let members: Vec<(usize, f64)> = members.into_iter().map(|(s, w)| (s, w / total)).collect();
        let mut shares: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
        for (subject, share) in &members {
            *shares.entry(data.subjects[*subject].cluster).or_default() += share;
        }
        let factor = |share: f64| {
            let left = 1.0 - share * (1 + covariates) as f64;
            (left > 1e-9).then(|| left.sqrt().recip())
        };
        let whom = if sign > 0.0 { "treated" } else { "comparison" };
        let few = || {
            Refused::new(
                match covariates {
                    0 => format!("the {whom} units are in one cluster as good as alone"),
                    n => format!(
                        "the {whom} units are too few for {n} covariates: nothing is left to tell the error from"
                    ),
                },
                "Use fewer covariates, smaller clusters, or more units.",
            )
        };
        let clusters = shares
            .into_iter()
            .map(|(cluster, share)| Ok((cluster, share, factor(share).ok_or_else(few)?)))
            .collect::<Result<_, Refused>>()?;
        Ok(Role {
            sign,
            late,
            base,
            members,
            clusters,
        })
    }

    /// What the residual of a cluster is multiplied by.
    pub(super) fn factor(&self, cluster: usize) -> f64 {
        let found = self.clusters.binary_search_by_key(&cluster, |(c, ..)| *c);
        found.map_or(1.0, |at| self.clusters[at].2)
    }
}

/// Satterthwaite's degrees of freedom of a sum of `roles` with weights, for errors that are independent and of one variance: with the scores
/// of the clusters s = S y and M = S S', (tr M)^2 / tr(M M).
///
/// M = D - P B' - B P' + B G B': D (diagonal) from the clusters' own changes, B what the means subtract, G the products of the means, P
/// those of changes and means. So it takes no matrix of clusters by clusters.
pub(super) fn degrees(data: &Prepared, roles: &[(f64, &Role)]) -> f64 {
    let (clusters, periods) = (data.clusters, data.periods.len());
    let n = roles.len();
    // Weight of each subject in each period in the score of its cluster.
    let mut own = vec![0.0; data.subjects.len() * periods];
    let mut b = DMatrix::zeros(clusters, n);
    for (j, (weight, role)) in roles.iter().enumerate() {
        let weight = weight * role.sign;
        for (subject, share) in &role.members {
            let factor = role.factor(data.subjects[*subject].cluster);
            own[subject * periods + role.late] += weight * factor * share;
            own[subject * periods + role.base] -= weight * factor * share;
        }
        for (cluster, share, factor) in &role.clusters {
            b[(*cluster, j)] = weight * factor * share;
        }
    }
    let mut d = vec![0.0; clusters];
    for (subject, own) in data.subjects.iter().zip(own.chunks_exact(periods)) {
        d[subject.cluster] += own.iter().map(|x| x * x).sum::<f64>();
    }
    let mut p = DMatrix::zeros(clusters, n);
    for (j, (_, role)) in roles.iter().enumerate() {
        for (subject, share) in &role.members {
            let change = own[subject * periods + role.late] - own[subject * periods + role.base];
            p[(data.subjects[*subject].cluster, j)] += change * share;
        }
    }
    let g = products(data, roles);
    // M = D + U K U' with U = [P, B].
    let u = DMatrix::from_fn(clusters, 2 * n, |c, j| {
        if j < n { p[(c, j)] } else { b[(c, j - n)] }
    });
    let k = DMatrix::from_fn(2 * n, 2 * n, |i, j| match (i < n, j < n) {
        (true, true) => 0.0,
        (true, false) => -f64::from(i == j - n),
        (false, true) => -f64::from(i - n == j),
        (false, false) => g[(i - n, j - n)],
    });
    let uk = &u * &k;
    let kuu = &k * u.tr_mul(&u);
    let diagonal = |c: usize| uk.row(c).dot(&u.row(c));
    let trace: f64 = (0..clusters).map(|c| d[c] + diagonal(c)).sum();
    let squares: f64 = (0..clusters)
        .map(|c| d[c] * d[c] + 2.0 * d[c] * diagonal(c))
        .sum::<f64>()
        + (&kuu * &kuu).trace();
    trace * trace / squares
}

/// Products of the means of two roles: each mean is a change between two periods, shared among its members.
fn products(data: &Prepared, roles: &[(f64, &Role)]) -> DMatrix<f64> {
    let mut share = vec![0.0; data.subjects.len()];
    let mut found = DMatrix::zeros(roles.len(), roles.len());
    for (i, (_, one)) in roles.iter().enumerate() {
        for (subject, s) in &one.members {
            share[*subject] = *s;
        }
        for (j, (_, other)) in roles.iter().enumerate() {
            let same = f64::from(one.late == other.late) + f64::from(one.base == other.base)
                - f64::from(one.late == other.base)
                - f64::from(one.base == other.late);
            if same != 0.0 {
                let common: f64 = other.members.iter().map(|(s, x)| share[*s] * x).sum();
                found[(i, j)] = same * common;
            }
        }
        for (subject, _) in &one.members {
            share[*subject] = 0.0;
        }
    }
    found
}
