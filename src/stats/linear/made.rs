//! Data that tests make up, in Rust as in Python.

use super::covariance::Covariance;
use nalgebra::DMatrix;

/// 60 rows; in Python:
/// ```text
/// i = np.arange(60); x = ((37*i)%101)/50-1; d = (((i*i)*7)%11<5).astype(float); w = 1+((i*13)%7)/4
/// u = ((53*i)%97)/97; y = (u<1/(1+np.exp(-(-.3+.8*x+.5*d)))).astype(float)
/// z = 0.5+1.5*x-0.7*d+4*(((29*i)%89)/89-.5); X = np.column_stack([np.ones(60), x, d])
/// ```
pub struct Made {
    pub x: DMatrix<f64>,
    pub y: Vec<f64>,
    pub z: Vec<f64>,
    pub w: Vec<f64>,
    pub names: Vec<String>,
}

pub fn made() -> Made {
    let i = 0..60u32;
    let x: Vec<f64> = i
        .clone()
        .map(|i| f64::from((37 * i) % 101) / 50.0 - 1.0)
        .collect();
    let d: Vec<f64> = i
        .clone()
        .map(|i| f64::from(u8::from((i * i * 7) % 11 < 5)))
        .collect();
    let w = i
        .clone()
        .map(|i| 1.0 + f64::from((i * 13) % 7) / 4.0)
        .collect();
    let u = i.clone().map(|i| f64::from((53 * i) % 97) / 97.0);
    let rows = u.zip(x.iter().zip(&d));
    let y = rows
        .map(|(u, (x, d))| f64::from(u8::from(u < 1.0 / (1.0 + (0.3 - 0.8 * x - 0.5 * d).exp()))))
        .collect();
    let rows = i.zip(x.iter().zip(&d));
    let z = rows
        .map(|(i, (x, d))| 0.5 + 1.5 * x - 0.7 * d + 4.0 * (f64::from((29 * i) % 89) / 89.0 - 0.5))
        .collect();
    Made {
        x: DMatrix::from_fn(60, 3, |i, j| [1.0, x[i], d[i]][j]),
        y,
        z,
        w,
        names: ["(constant)", "x", "d"].map(str::to_owned).to_vec(),
    }
}

pub fn codes(code: impl Fn(u32) -> u32) -> Vec<u32> {
    (0..60).map(code).collect()
}

pub fn errors(covariance: &Covariance) -> Vec<f64> {
    covariance
        .matrix
        .diagonal()
        .iter()
        .map(|v| v.sqrt())
        .collect()
}

#[track_caller]
pub fn near(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!(
            (a - b).abs() <= tolerance * b.abs(),
            "{found:?} {expected:?}"
        );
    }
}
