//! Replicate weights of a sample, as the manifest names them.

use super::{Table, Type};
use serde::{Deserialize, Serialize};

/// `replicate_weights` of the `codev` object.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicateWeights {
    /// The columns: a pattern such as `rw_*`, or their names in order.
    pub columns: WeightColumns,
    /// How they were made.
    pub method: ReplicateMethod,
    /// Fay's factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rho: Option<f64>,
    /// Factor of the sum of squares, where the documentation of the data gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// Factor of the square of each replicate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scales: Option<Scales>,
    /// Degrees of freedom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// About what the squares are taken.
    #[serde(default, skip_serializing_if = "is_default")]
    pub about: About,
}

/// One pattern, or names.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "expected a pattern such as \"rw_*\" or a list of columns"
)]
pub enum WeightColumns {
    /// Names may hold `*` and `?`.
    Pattern(String),
    /// In this order.
    Names(Vec<String>),
}

/// One factor for all replicates, or one for each.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(untagged, expecting = "expected a number or a list of numbers")]
pub enum Scales {
    /// The same for all.
    All(f64),
    /// In the order of the columns.
    Each(Vec<f64>),
}

/// How replicate weights were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplicateMethod {
    /// One cluster left out at a time, without strata.
    Jk1,
    /// One cluster left out at a time, within strata.
    Jkn,
    /// Balanced half samples.
    Brr,
    /// Half samples with weights times 2 - rho and rho.
    Fay,
    /// Clusters drawn with replacement.
    Bootstrap,
    /// As `scale` and `scales` say.
    Given,
}

/// About what the squares are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// The estimate with the full weights.
    #[default]
    Estimate,
    /// The mean of the replicates.
    Mean,
}

fn is_default(about: &About) -> bool {
    *about == About::default()
}

impl WeightColumns {
    /// Whether a column is one of them.
    pub fn names(&self, column: &str) -> bool {
        match self {
            WeightColumns::Names(names) => names.iter().any(|n| n == column),
            WeightColumns::Pattern(pattern) => {
                glob::Pattern::new(pattern).is_ok_and(|p| p.matches(column))
            }
        }
    }
}

impl ReplicateMethod {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            ReplicateMethod::Jk1 => "jk1",
            ReplicateMethod::Jkn => "jkn",
            ReplicateMethod::Brr => "brr",
            ReplicateMethod::Fay => "fay",
            ReplicateMethod::Bootstrap => "bootstrap",
            ReplicateMethod::Given => "given",
        }
    }

    /// What it is called in sentences.
    pub fn name(self) -> &'static str {
        match self {
            ReplicateMethod::Jk1 => "jackknife JK1",
            ReplicateMethod::Jkn => "jackknife JKn",
            ReplicateMethod::Brr => "balanced repeated replication",
            ReplicateMethod::Fay => "Fay's balanced repeated replication",
            ReplicateMethod::Bootstrap => "bootstrap",
            ReplicateMethod::Given => "factors as given",
        }
    }
}

impl ReplicateWeights {
    /// What is missing or too much among its keys, with the remedy.
    pub fn fault(&self, columns: usize) -> Option<(String, String)> {
        use ReplicateMethod as M;
        let word = self.method.word();
        let says = |fault: String, remedy: &str| Some((fault, remedy.to_owned()));
        match (self.method, self.rho, self.scale, &self.scales) {
            (M::Fay, None, ..) => {
                return says(
                    "the method `fay` needs `rho`".to_owned(),
                    "The documentation of the data gives it; 0.5 and 0.3 are common.",
                );
            }
            (M::Fay, Some(rho), ..) if !(0.0..1.0).contains(&rho) => {
                return says(
                    format!("`rho` is {rho}, which is not from 0 to below 1"),
                    "The documentation of the data gives it; 0.5 and 0.3 are common.",
                );
            }
            (M::Jkn, _, _, None) => {
                return says(
                    "the method `jkn` needs `scales`".to_owned(),
                    "Give (n - 1) / n of the stratum whose cluster is left out, one per column; one number where all strata have as many clusters.",
                );
            }
            (M::Given, _, None, None) => {
                return says(
                    "the method `given` needs `scale` or `scales`".to_owned(),
                    "The variance is scale times the sum of scales times squared differences; the documentation of the data gives them.",
                );
            }
            (M::Jk1 | M::Brr | M::Fay | M::Bootstrap, _, scale, scales)
                if scale.is_some() || scales.is_some() =>
            {
                return says(
                    format!(
                        "the method `{word}` has its own factors, so `scale` and `scales` say nothing"
                    ),
                    "Take them out, or write \"method\": \"given\" to use them.",
                );
            }
            (M::Jkn, _, Some(_), _) => {
                return says(
                    "the method `jkn` has no `scale`".to_owned(),
                    "Give `scales` only, or write \"method\": \"given\".",
                );
            }
            (method, Some(_), ..) if method != M::Fay => {
                return says(
                    format!("`rho` belongs to the method `fay`, and the method is `{word}`"),
                    "Take `rho` out, or write \"method\": \"fay\".",
                );
            }
            _ => {}
        }
        let bad = |x: &f64| !(x.is_finite() && *x >= 0.0);
        let factors = match &self.scales {
            Some(Scales::All(x)) => vec![*x],
            Some(Scales::Each(each)) if each.len() != columns => {
                return says(
                    format!("`scales` has {} numbers for {columns} columns", each.len()),
                    "Give one per column, in their order, or one number for all.",
                );
            }
            Some(Scales::Each(each)) => each.clone(),
            None => vec![],
        };
        if factors.iter().any(bad)
            || factors.iter().sum::<f64>() <= 0.0 && !factors.is_empty()
            || self.scale.is_some_and(|s| bad(&s) || s == 0.0)
        {
            return says(
                "`scale` and `scales` must be numbers of 0 or more, and not all 0".to_owned(),
                "The documentation of the data gives them.",
            );
        }
        if let Some(df) = self.df.filter(|df| !(df.is_finite() && *df >= 1.0)) {
            return says(
                format!("`df` is {df}"),
                "Give the degrees of freedom of the design, clusters less strata, or leave it out.",
            );
        }
        (columns < 2).then(|| {
            (
                format!(
                    "it names {columns} column{}",
                    if columns == 1 { "" } else { "s" }
                ),
                "Name all columns of replicate weights: a pattern such as \"rw_*\", or a list."
                    .to_owned(),
            )
        })
    }
}

impl Table {
    /// Columns of replicate weights, in order; empty where there are none, or the table is no sample.
    pub fn replicate_columns(&self) -> Vec<String> {
        let Some(said) = &self.meaning.replicate_weights else {
            return vec![];
        };
        match &said.columns {
            WeightColumns::Names(names) => names.clone(),
            WeightColumns::Pattern(_) => {
                let own = self.columns.iter().map(|c| &c.name);
                own.filter(|name| said.columns.names(name))
                    .cloned()
                    .collect()
            }
        }
    }

    /// What is wrong with the replicate weights as declared, with the remedy; `None` where nothing is, or there are none.
    pub fn replicate_fault(&self) -> Option<(String, String)> {
        let said = self.meaning.replicate_weights.as_ref()?;
        if self.sampling() == crate::outcome::Sampling::Census {
            return Some((
                "a census has no sampling error, so replicate weights say nothing".to_owned(),
                "Write \"sampling\": \"sample\", or take `replicate_weights` out.".to_owned(),
            ));
        }
        if self.meaning.weight.is_none() {
            return Some((
                "replicate weights need the full weight beside them".to_owned(),
                "Name its column in `weight`.".to_owned(),
            ));
        }
        if self.meaning.population.is_some() {
            return Some((
                "`population` corrects for a finite population, and the replicate weights say on their own how much the sample varies"
                    .to_owned(),
                "Take `population` out; where the replicates don't hold the correction, it is part of `scales`.".to_owned(),
            ));
        }
        let columns = self.replicate_columns();
        for name in &columns {
            match self.column(name) {
                None => {
                    let names = self.columns.iter().map(|c| c.name.as_str());
                    let near = crate::finding::nearest(name, names);
                    return Some((
                        format!("there is no column `{name}`"),
                        near.map_or_else(
                            || "Correct the list of columns.".to_owned(),
                            |near| format!("Did you mean `{near}`?"),
                        ),
                    ));
                }
                Some(column) if column.r#type != Type::Number => {
                    return Some((
                        format!("the column `{name}` is not declared a number"),
                        "Give it the type `number` in the manifest.".to_owned(),
                    ));
                }
                Some(_) if self.meaning.weight.as_ref() == Some(name) => {
                    return Some((
                        format!("the full weight `{name}` is named among them"),
                        "Name the replicates only.".to_owned(),
                    ));
                }
                Some(_) => {}
            }
        }
        said.fault(columns.len())
    }
}
