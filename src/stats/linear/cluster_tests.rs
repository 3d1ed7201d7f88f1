//! Tests of CR2: against the paper written out, with absorbed effects, and its size in simulations.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::linear::absorb::{Effects, fit_absorbing};
use crate::stats::linear::covariance::{classical, heteroskedastic};
use crate::stats::linear::fit::fit;
use crate::stats::linear::made::{codes, errors, made, near};
use crate::stats::linear::wald::wald;
use crate::stats::{distribution, random};
use rand::RngExt;
use rayon::prelude::*;

/// CR2, Satterthwaite's degrees of freedom and HTZ with clusters of 5 to 15 rows, against the formulas of Pustejovsky & Tipton
/// (2018) written out with n x n matrices in numpy 2.4.6, and R's clubSandwich 0.5.8, which agree; tolerance 1e-9.
#[test]
fn cr2_agrees_with_the_paper_written_out() {
    let m = made();
    let uneven = codes(|i| f64::from(i + 4).sqrt() as u32);
    let both = DMatrix::from_row_slice(2, 3, &[0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    for (weights, se, df, eta, f) in [
        (
            None,
            [0.449321306759976, 0.355846427235014],
            [4.460934584795582, 4.362021300131208],
            4.42732177292975,
            9.145228951414976,
        ),
        (
            Some(m.w.as_slice()),
            [0.458926031915163, 0.371166131698716],
            [4.347285945118525, 4.134818559952628],
            4.216995834635322,
            7.470253924594301,
        ),
    ] {
        let fit = fit(&m.z, &m.x, &m.names, weights).unwrap();
        let cr2 = clustered(&fit, &uneven, Kind::Cr2, None).unwrap();
        for column in 0..2 {
            let found = cr2.coefficient(&fit, column + 1, 0.95).unwrap();
            near(&[found.se, found.df], &[se[column], df[column]], 1e-9);
        }
        let joint = wald(&fit, &cr2, &both, &[0.0, 0.0]).unwrap();
        near(&[joint.f, joint.df2 + 1.0], &[f, eta], 1e-9);
        // One restriction is the t test squared.
        let one = wald(&fit, &cr2, &both.rows(0, 1).into_owned(), &[0.0]).unwrap();
        let t = cr2.coefficient(&fit, 1, 0.95).unwrap();
        near(
            &[one.f, one.df2, one.p],
            &[(t.value / t.se).powi(2), t.df, t.p],
            1e-9,
        );
    }
}

/// The same with 15 unit effects nested in 8 clusters and 4 periods, unbalanced: absorbing gives what effects as columns give.
#[test]
fn cr2_with_absorbed_effects_is_that_of_effects_as_columns() {
    let m = made();
    let kept: Vec<usize> = (0..60).filter(|i| i % 11 != 3).collect();
    let z: Vec<f64> = kept.iter().map(|&i| m.z[i]).collect();
    let x = m.x.select_rows(&kept).columns(1, 2).into_owned();
    let unit: Vec<u32> = kept.iter().map(|&i| i as u32 / 4).collect();
    let period: Vec<u32> = kept.iter().map(|&i| i as u32 % 4).collect();
    let of = [0, 0, 0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7, 7, 7];
    let cluster: Vec<u32> = unit.iter().map(|&u| of[u as usize]).collect();
    let effects = [
        Effects {
            name: "unit",
            codes: &unit,
        },
        Effects {
            name: "period",
            codes: &period,
        },
    ];
    let absorbed = fit_absorbing(&z, &x, &m.names[1..], None, &effects).unwrap();
    assert_eq!(
        absorbed.names,
        ["x", "d", "period = 1", "period = 2", "period = 3"]
    );
    assert_eq!(absorbed.parameters(), 20);
    assert_eq!(counted_parameters(&absorbed, &cluster), 6);
    let cr2 = clustered(&absorbed, &cluster, Kind::Cr2, None).unwrap();
    assert!(!cr2.approximate);
    let x_and_d = [
        cr2.coefficient(&absorbed, 0, 0.95).unwrap(),
        cr2.coefficient(&absorbed, 1, 0.95).unwrap(),
    ];
    near(
        &x_and_d.map(|c| c.value),
        &[1.45583014653529, -1.053976384197284],
        1e-12,
    );
    near(
        &x_and_d.map(|c| c.se),
        &[0.375820431728357, 0.444660084472392],
        1e-9,
    );
    near(
        &x_and_d.map(|c| c.df),
        &[4.744977922945129, 4.938850242181146],
        1e-9,
    );
    let both = DMatrix::from_fn(2, 5, |i, j| f64::from(u8::from(i == j)));
    let joint = wald(&absorbed, &cr2, &both, &[0.0, 0.0]).unwrap();
    near(
        &[joint.f, joint.df2 + 1.0],
        &[29.735295968870798, 5.063779359631745],
        1e-9,
    );
    // The same regression with all effects as columns: also its leverages, residuals, HC3 and CR1.
    let wide = DMatrix::from_fn(z.len(), 20, |i, j| match j {
        0..2 => x[(i, j)],
        2..5 => f64::from(u8::from(period[i] as usize == j - 1)),
        _ => f64::from(u8::from(unit[i] as usize == j - 5)),
    });
    let names: Vec<String> = (0..20).map(|j| j.to_string()).collect();
    let wide = fit(&z, &wide, &names, None).unwrap();
    assert!((wide.leverages() - absorbed.leverages()).amax() < 1e-12);
    assert!((&wide.residuals - &absorbed.residuals).amax() < 1e-12);
    let same = |a: &Covariance, b: &Covariance| near(&errors(a)[..5], &errors(b)[..5], 1e-10);
    same(
        &heteroskedastic(&absorbed, Kind::Hc3).unwrap(),
        &heteroskedastic(&wide, Kind::Hc3).unwrap(),
    );
    same(&classical(&absorbed).unwrap(), &classical(&wide).unwrap());
    same(
        &clustered(&absorbed, &cluster, Kind::Cr1, Some(20)).unwrap(),
        &clustered(&wide, &cluster, Kind::Cr1, None).unwrap(),
    );
    // Clusters that cut across units leave CR2 an approximation, which is said.
    assert!(
        clustered(&absorbed, &period, Kind::Cr2, None)
            .unwrap()
            .approximate
    );
}

/// Shares of draws in which "no effect" is refused at 5 % although there is none: by CR2 with its degrees of freedom, by CR1 with
/// G - 1, and by CR1 with the normal. A treatment of the last third of the clusters, which grow from 4 rows on; a covariate;
/// errors of the same variance of which a fifth is the cluster's.
fn sizes(clusters: u32, draws: u64) -> [f64; 3] {
    let cluster: Vec<u32> = (0..clusters)
        .flat_map(|g| vec![g; 4 + 3 * g as usize])
        .collect();
    let n = cluster.len();
    let names = ["(constant)", "treated", "x"].map(str::to_owned);
    let draw = |replicate: u64| -> [u32; 3] {
        let mut stream = random::stream(20, 1, replicate);
        let mut normal = || distribution::normal_quantile(stream.random_range(1e-12..1.0));
        let shared: Vec<f64> = (0..clusters).map(|_| normal()).collect();
        let y: Vec<f64> = cluster
            .iter()
            .map(|&g| 0.2f64.sqrt() * shared[g as usize] + 0.8f64.sqrt() * normal())
            .collect();
        let x = DMatrix::from_fn(n, 3, |i, j| match j {
            0 => 1.0,
            1 => f64::from(u8::from(cluster[i] % 3 == 2)),
            _ => normal(),
        });
        let fit = fit(&y, &x, &names, None).unwrap();
        let cr2 = clustered(&fit, &cluster, Kind::Cr2, None).unwrap();
        let cr1 = clustered(&fit, &cluster, Kind::Cr1, None).unwrap();
        let (second, first) = (
            cr2.coefficient(&fit, 1, 0.95).unwrap(),
            cr1.coefficient(&fit, 1, 0.95).unwrap(),
        );
        let normal = distribution::t_two_sided(first.value / first.se, f64::INFINITY);
        [second.p, first.p, normal].map(|p| u32::from(p < 0.05))
    };
    let all: Vec<[u32; 3]> = (0..draws).into_par_iter().map(draw).collect();
    [0, 1, 2].map(|which| all.iter().map(|d| f64::from(d[which])).sum::<f64>() / draws as f64)
}

/// 300 draws here. 5,000 of the same gave, for 6, 12 and 40 clusters: CR2 with Satterthwaite 4.3, 5.0, 5.8 %; CR1 with G - 1
/// 13.6, 10.2, 6.9 %; CR1 with the normal 22.5, 13.5, 7.6 %.
#[test]
fn cr2_keeps_its_size_with_few_clusters() {
    for clusters in [6, 12] {
        let [cr2, _, normal] = sizes(clusters, 300);
        assert!((0.015..0.085).contains(&cr2), "{clusters} clusters: {cr2}");
        assert!(normal > 0.10, "{clusters} clusters: {normal}");
    }
}
