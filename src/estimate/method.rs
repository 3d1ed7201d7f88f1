//! How a value and its interval were obtained, in a sentence.

use crate::dataset::Table;
use crate::evaluation::{Evaluation, IntervalMethod};
use crate::outcome::Sampling;
use crate::plan::cut::Cut;
use crate::plan::interval::Shape;

/// What decides how an interval is made.
pub struct How<'a> {
    /// The method asked for, or why it does not fit.
    pub asked: &'a Result<IntervalMethod, String>,
    /// What the value is; `None` for a measure that reads rows one by one.
    pub shape: Option<Shape>,
    /// The evaluation.
    pub evaluation: &'a Evaluation,
}

impl How<'_> {
    /// The standard error and the interval, with the cluster and the strata in words.
    fn in_words(&self, cluster: &str, within: &str, corrected: bool) -> String {
        use IntervalMethod as M;
        let finite = if corrected {
            ", with the finite population correction"
        } else {
            ""
        };
        let left_out = format!(
            "standard error by leaving out one {cluster} at a time{within} (jackknife JKn){finite}"
        );
        let drawn = format!(
            "{} bootstrap replicates that draw each {cluster}{within} with replacement (Rao, Wu & Yue 1992; seed {})",
            self.evaluation.replicates, self.evaluation.seed
        );
        let effective = "with effective rows by the design effect (Korn & Graubard 1998); of none or all, with an assumed one \
                         (that of the weights and a likeness of 0.05 within clusters)";
        let asked = match self.asked {
            Ok(asked) => *asked,
            Err(reason) => return format!("without intervals: {reason}"),
        };
        match (asked, self.shape) {
            (_, Some(Shape::Quantile)) => {
                format!(
                    "interval of Woodruff (1952) with the {cluster} as sampling unit{within}{finite}"
                )
            }
            (_, Some(Shape::Unadded)) => "without intervals".to_owned(),
            (M::Linearisation, _) => format!(
                "standard error by linearisation with the {cluster} as sampling unit{within}{finite}, interval from Student's t"
            ),
            (M::BootstrapPercentile, _) => format!("percentile interval of {drawn}"),
            (M::BootstrapBca, _) => format!("BCa interval (Efron 1987) of {drawn}"),
            (M::BootstrapStudentised, _) => format!("studentised interval of {drawn}"),
            (M::ClopperPearson, _) => {
                format!("{left_out}, interval of Clopper and Pearson {effective}")
            }
            (M::Auto | M::Wilson, Some(Shape::Share { .. })) => {
                format!("{left_out}, interval of Wilson {effective}")
            }
            (M::Logit, Some(Shape::Share { .. })) => {
                format!("{left_out}, interval from Student's t on the logit of the share")
            }
            (
                M::Auto | M::Logit,
                Some(Shape::Mean {
                    limits: Some(_), ..
                }),
            ) => format!(
                "{left_out}, interval from Student's t on the logit of the place between the lowest and the highest possible value"
            ),
            _ => format!("{left_out}, interval from Student's t"),
        }
    }
}

/// The sentence for estimates from the rows of a table.
pub fn method(table: &Table, cut: &Cut, is_weighted: bool, how: &How<'_>) -> String {
    if cut.sampling == Sampling::Census {
        return format!(
            "Computed from all rows of {}; a census has no sampling error.",
            table.name
        );
    }
    let weights = match &table.meaning.weight {
        Some(weight) if is_weighted => format!("weighted by {weight}"),
        _ => "unweighted".to_owned(),
    };
    let cluster = match (&table.meaning.cluster, &table.meaning.person) {
        (Some(cluster), _) => format!("cluster ({cluster})"),
        (None, Some(person)) => format!("person ({person})"),
        (None, None) => "row".to_owned(),
    };
    let mut strata: Vec<String> = Vec::new();
    strata.extend(cut.programme.map(|_| "programme".to_owned()));
    let stratum = table.meaning.stratum.clone();
    strata.extend(stratum.filter(|_| cut.stratum.is_some()));
    let within = if strata.is_empty() {
        String::new()
    } else {
        format!(" within strata ({})", strata.join(", "))
    };
    let error = how.in_words(&cluster, &within, cut.population.is_some());
    format!(
        "Estimated from the sample {}, {weights}; {error}.",
        table.name
    )
}
