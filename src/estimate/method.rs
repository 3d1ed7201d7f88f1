//! How a value and its interval were obtained, in a sentence.

use crate::dataset::Table;
use crate::outcome::Sampling;
use crate::plan::cut::Cut;

/// How an interval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By leaving out one cluster at a time.
    Jackknife,
    /// Through the distribution of the values, for quantiles.
    Woodruff,
}

/// The sentence for estimates from the rows of a table.
pub fn method(table: &Table, cut: &Cut, is_weighted: bool, how: How) -> String {
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
    let error = match how {
        How::Woodruff => {
            format!("interval of Woodruff (1952) with the {cluster} as sampling unit{within}")
        }
        How::Jackknife => format!(
            "standard error by leaving out one {cluster} at a time{within} (jackknife JKn), interval from Student's t"
        ),
    };
    format!(
        "Estimated from the sample {}, {weights}; {error}.",
        table.name
    )
}
