//! Small samples that the tests share, and the helpers to compare numbers.

use super::sample::{Design, Sample};

/// A row of the sample that was handed to R as well: 3 strata of 4 clusters of 4 rows.
pub struct Row {
    pub cluster: usize,
    pub sex: usize,
    pub age: usize,
    pub weight: f64,
    pub y: f64,
}

/// The rows. In R:
/// `i<-0:47; d<-data.frame(stratum=i%/%16, cluster=i%/%4, sex=as.integer((i*7)%%5<2), age=((i*11)%%7)%/%3, w=10+(i*13)%%9);
/// d$y<-((i*37)%%23)/2+3*d$sex+d$cluster%%3; s<-svydesign(id=~cluster,strata=~stratum,weights=~w,data=d)`
pub fn rows() -> Vec<Row> {
    (0..48_usize)
        .map(|i| {
            let sex = usize::from((i * 7) % 5 < 2);
            Row {
                cluster: i / 4,
                sex,
                age: ((i * 11) % 7) / 3,
                weight: 10.0 + ((i * 13) % 9) as f64,
                y: ((i * 37) % 23) as f64 / 2.0 + 3.0 * sex as f64 + ((i / 4) % 3) as f64,
            }
        })
        .collect()
}

/// A sample that owns its lists.
pub struct Owned {
    pub sizes: Vec<usize>,
    pub population: Option<Vec<f64>>,
    pub strata: Vec<usize>,
    pub components: usize,
    pub totals: Vec<f64>,
}

impl Owned {
    pub fn sample(&self) -> Sample<'_> {
        Sample {
            design: Design {
                sizes: &self.sizes,
                population: self.population.as_deref(),
                names: &[],
            },
            strata: &self.strata,
            components: self.components,
            totals: &self.totals,
        }
    }
}

/// Sums of the rows by cluster: w, w y, w y^2, w (1 + age), and squares and product of the last with y.
pub fn own(chosen: impl Fn(&Row) -> bool) -> Owned {
    let rows = rows();
    let (mut strata, mut totals) = (vec![], vec![]);
    for cluster in 0..12 {
        let inside: Vec<&Row> = rows
            .iter()
            .filter(|r| r.cluster == cluster && chosen(r))
            .collect();
        if inside.is_empty() {
            continue;
        }
        strata.push(cluster / 4);
        let sum = |of: &dyn Fn(&Row) -> f64| inside.iter().map(|r| r.weight * of(r)).sum::<f64>();
        let x = |r: &Row| 1.0 + r.age as f64;
        totals.extend([
            sum(&|_| 1.0),
            sum(&|r| r.y),
            sum(&|r| r.y * r.y),
            sum(&x),
            sum(&|r| r.y * x(r)),
            sum(&|r| x(r) * x(r)),
        ]);
    }
    Owned {
        sizes: vec![4; 3],
        population: None,
        strata,
        components: 6,
        totals,
    }
}

/// Sums of 15 clusters of schools, as published with R's survey package (data set apiclus1): schools, api00, its squares,
/// schools that met the growth target, high schools, api00 of these, pupils tested, pupils enrolled. Each school stands for 33.847.
const SCHOOLS: [[f64; 8]; 15] = [
    [13., 9372., 6776670., 11., 0., 0., 6047., 6777.],
    [34., 22508., 15230414., 31., 0., 0., 12618., 15038.],
    [4., 2077., 1080231., 3., 1., 529., 1461., 1668.],
    [13., 8593., 5785221., 10., 0., 0., 5935., 6958.],
    [16., 11369., 8291141., 15., 0., 0., 7573., 9025.],
    [2., 1116., 622746., 2., 0., 0., 610., 683.],
    [1., 551., 303601., 1., 0., 0., 199., 274.],
    [4., 1888., 892678., 4., 1., 443., 1184., 1436.],
    [12., 9111., 6954607., 12., 1., 703., 6431., 7375.],
    [21., 13761., 9135035., 18., 2., 1256., 12292., 14968.],
    [9., 6386., 4545286., 7., 4., 2848., 1877., 2180.],
    [11., 7359., 4954789., 11., 1., 608., 4895., 6081.],
    [37., 20394., 11423442., 32., 3., 1577., 22452., 25814.],
    [2., 905., 412957., 1., 0., 0., 532., 680.],
    [4., 2493., 1563077., 2., 1., 696., 1373., 1641.],
];

/// Weight of a school.
pub const SCHOOL: f64 = 33.846_996_307_4;

/// The clusters of schools, weighted; with the 757 clusters of the population where asked. `high`: those with high schools only.
pub fn schools(correct: bool, high: bool) -> Owned {
    let used: Vec<_> = SCHOOLS.iter().filter(|c| !high || c[4] > 0.0).collect();
    Owned {
        sizes: vec![15],
        population: correct.then(|| vec![757.0]),
        strata: vec![0; used.len()],
        components: 8,
        totals: used.iter().flat_map(|c| c.map(|x| x * SCHOOL)).collect(),
    }
}

/// The example with strata, clusters and a finite population whose mean is 5.4481 with a standard error of .7413, .616 with
/// correction: each row is a cluster; weight and weighted x.
pub fn eight(correct: bool) -> Owned {
    let x = [2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2];
    let weight = |at: usize| if at < 5 { 3.0 } else { 4.0 };
    Owned {
        sizes: vec![5, 3],
        population: correct.then(|| vec![15.0, 12.0]),
        strata: vec![0, 0, 0, 0, 0, 1, 1, 1],
        components: 2,
        totals: (0..8)
            .flat_map(|at| [weight(at), weight(at) * x[at]])
            .collect(),
    }
}

/// Fails where two numbers differ by more than `tolerance`, relative to the second.
pub fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * b.abs(), "{a} is not {b}");
}
