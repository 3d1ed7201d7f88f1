//! Component sums by cluster of a cell: what linearisation and bootstrap work on.

use super::design::Design;
use super::group::{Measured, Totals};
use crate::plan::scan::What;
use std::collections::BTreeMap;

/// Component sums by cluster, of the strata that have a row in the cells.
pub struct Clusters<'a> {
    /// Components that add up.
    pub components: Vec<usize>,
    /// All totals of the cells.
    pub whole: Totals,
    /// Numbers of the strata in the design.
    pub numbers: Vec<u32>,
    /// Clusters of each of these.
    pub members: Vec<&'a [u32]>,
    /// Stratum of each cluster, as an index into `numbers`.
    pub strata: Vec<usize>,
    /// Clusters x components.
    pub totals: Vec<f64>,
    /// Clusters with a row in the cells.
    pub inside: usize,
}

impl<'a> Clusters<'a> {
    /// With the clusters that have no row in the cells, which are zeros, where asked.
    ///
    /// # Errors
    /// In words, of a stratum with a single cluster.
    pub fn new(
        measured: &Measured<'_>,
        design: &'a Design,
        cells: &[u32],
        with_outside: bool,
    ) -> Result<Self, String> {
        let used = measured.used_components();
        let inside = design.inside(measured, cells);
        let is_sum = |at: &usize| {
            let what = measured.scan.components[*at].what;
            !matches!(what, What::Minimum(_) | What::Maximum(_))
        };
        let components: Vec<usize> = used.iter().copied().filter(is_sum).collect();
        let mut by_stratum: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for cluster in inside.keys() {
            let stratum = design.clusters[*cluster as usize].1;
            by_stratum.entry(stratum).or_default().push(*cluster);
        }
        let mut found = Clusters {
            whole: measured.totals(&used, cells),
            components,
            numbers: vec![],
            members: vec![],
            strata: vec![],
            totals: vec![],
            inside: inside.len(),
        };
        for (stratum, clusters) in &by_stratum {
            let members = design.strata[*stratum as usize].as_slice();
            if members.len() < 2 && design.correction(*stratum)? > 0.0 {
                return Err(design.single(*stratum));
            }
            found.numbers.push(*stratum);
            found.members.push(members);
            for cluster in if with_outside { members } else { clusters } {
                found.strata.push(found.numbers.len() - 1);
                let cells = inside.get(cluster).map_or(&[][..], Vec::as_slice);
                for component in &found.components {
                    let sums = &measured.sums.components[*component];
                    found
                        .totals
                        .push(cells.iter().map(|c| sums[*c as usize]).sum());
                }
            }
        }
        Ok(found)
    }
}
