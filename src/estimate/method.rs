//! How a value and its interval were obtained, in a sentence.

use super::design::Design;
use super::weighting::{Source, Weighting};
use crate::dataset::Table;
use crate::evaluation::{Evaluation, IntervalMethod};
use crate::outcome::Sampling;
use crate::plan::cut::Cut;
use crate::plan::interval::Shape;
use crate::plan::reach::Scale;

/// What decides how an interval is made.
pub struct How<'a> {
    /// The scale on which intervals are symmetrical.
    pub scale: Scale,
    /// The method asked for, or why it does not fit.
    pub asked: &'a Result<IntervalMethod, String>,
    /// What the value is; `None` for a measure that reads rows one by one.
    pub shape: Option<Shape>,
    /// The evaluation.
    pub evaluation: &'a Evaluation,
    /// What is known of the table's weights.
    pub weighting: Option<&'a Weighting>,
    /// How a sample was drawn.
    pub design: Option<&'a Design>,
}

impl How<'_> {
    /// The standard error and the interval, with the cluster and the strata in words.
    fn in_words(&self, cluster: &str, within: &str, corrected: bool) -> String {
        use IntervalMethod as M;
        let finite = if corrected {
            self.design.map_or("", Design::corrected)
        } else {
            ""
        };
        let given = matches!(
            self.weighting.map(|w| &w.source),
            Some(Ok(Source::Given(_)))
        );
        let left_out = match self.replicates() {
            Some(replicates) => format!("standard error by {replicates}"),
            None => format!(
                "standard error by leaving out one {cluster} at a time{within} (jackknife JKn){finite}{}",
                self.again()
            ),
        };
        let drawn = format!(
            "{} bootstrap replicates that draw each {cluster}{within} with replacement (Rao, Wu & Yue 1992; seed {})",
            self.evaluation.replicates, self.evaluation.seed
        );
        let effective = "with effective rows by the design effect (Korn & Graubard 1998); of none or all, with an assumed one \
                         (that of the weights and a likeness of 0.05 within clusters)";
        let on = match self.scale {
            Scale::Own => "",
            Scale::Log => " on the logarithm",
            Scale::Fisher => " on Fisher's z",
        };
        let asked = match self.asked {
            Ok(asked) => *asked,
            Err(reason) => return format!("without intervals: {reason}"),
        };
        match (asked, self.shape) {
            (_, Some(Shape::Quantile)) if given => "without intervals".to_owned(),
            (_, Some(Shape::Quantile)) => {
                format!(
                    "interval between order statistics in a simple random sample, else of Woodruff (1952) with the {cluster} as sampling unit{within}{finite}{}",
                    self.again()
                )
            }
            (_, Some(Shape::Unadded)) => "without intervals".to_owned(),
            (M::Linearisation, _) => format!(
                "standard error by linearisation with the {cluster} as sampling unit{within}{finite}, interval from Student's t{on}"
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
            _ => format!("{left_out}, interval from Student's t{on}"),
        }
    }
}

impl How<'_> {
    /// The replicate weights in words.
    fn replicates(&self) -> Option<String> {
        let weighting = self.weighting?;
        let facts = weighting.told.replicates.as_ref()?;
        let (first, last) = &facts.columns;
        let mut words = format!(
            "{} replicate weights ({first} to {last}; {}",
            facts.count, facts.method
        );
        if facts.about_mean {
            words.push_str(" about their mean");
        }
        words.push(')');
        if weighting.calibration.is_some() {
            words.push_str(", each calibrated to the same margins");
        }
        Some(words)
    }

    /// That a jackknife calibrates again.
    fn again(&self) -> &'static str {
        match self.weighting.map(|w| &w.source) {
            Some(Ok(Source::LeftOut(_))) => ", the weights calibrated again each time",
            _ => "",
        }
    }

    /// The margins that weights meet, in words.
    fn margins(&self) -> Option<String> {
        let weighting = self.weighting.filter(|w| w.calibration.is_some())?;
        let told = weighting.told.calibration.as_ref()?;
        let columns: Vec<&str> = told.margins.iter().map(|m| m.column.as_str()).collect();
        let how = if columns.len() > 1 {
            "raked"
        } else {
            "post-stratified"
        };
        let mut words = format!("{how} to the margins of {}", columns.join(", "));
        if !told.within.is_empty() {
            words.push_str(&format!(" within {}", told.within.join(", ")));
        }
        Some(words)
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
    let weights = match (&table.meaning.weight, how.margins()) {
        (Some(weight), None) if is_weighted => format!("weighted by {weight}"),
        (Some(weight), Some(margins)) => format!("weighted by {weight} {margins}"),
        (None, Some(margins)) => format!("with weights {margins}"),
        _ => "unweighted".to_owned(),
    };
    let cluster = match (&table.meaning.cluster, &table.meaning.person) {
        (Some(cluster), _) => format!("cluster ({cluster})"),
        (None, Some(person)) => format!("person ({person})"),
        (None, None) => "row".to_owned(),
    };
    let mut strata: Vec<String> = Vec::new();
    let by_programme = how.design.is_some_and(|d| d.drawn.by_programme);
    strata.extend(by_programme.then(|| "programme".to_owned()));
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
