//! One mean over programmes, how far they scatter around it, and what a programme's own figure is worth beside it.

use super::asked::{Asked, Made, refused};
use super::differences::finite;
use super::moderators::{self, Moderators};
use super::pool_members::Members;
use crate::evaluation::{PoolErrors, PoolSetting};
use crate::outcome::comparison::{
    Basis, Between as Beside, Heterogeneity, MethodNote, OverallTest, Part, PoolModel, PoolScale,
    Pooled, PooledCoefficient, PooledGroup, PooledMean, PooledMember, PooledMultilevel,
    PooledRegression, PooledSubgroups, Refusal, SmallStudy,
};
use crate::stats::meta::{
    self, Between, Errors, Options, Test, influence, multilevel, pool, regress, shrunken,
    small_study, subgroups,
};
use crate::stats::{Inference, Refused};

/// Fewest programmes that are pooled without being asked for.
pub(super) const ENOUGH: usize = 3;

/// A pooled mean, with what could not be made beside it.
pub(super) struct Pool {
    pub made: Made<Pooled>,
    pub refusals: Vec<Refusal>,
}

/// The pooled mean, where it is asked for or three programmes have standard errors.
///
/// # Errors
/// Where it is asked for and can't be made.
pub(super) fn pooled(asked: &Asked<'_>) -> Result<Option<Pool>, Refusal> {
    let model = match asked.setting.pool {
        Some(PoolSetting::Whether(false)) => return Ok(None),
        Some(PoolSetting::Model(model)) => model,
        Some(PoolSetting::Whether(true)) | None => PoolModel::default(),
    };
    let wanted = asked.setting.pool.is_some();
    let programmes = matches!(asked.between, Beside::Programmes | Beside::Evaluations);
    let members = Members::of(asked, model);
    // The error of a count grows with the count, so that small ones would weigh most: pooled only where asked for.
    let counts = asked
        .entries
        .iter()
        .any(|e| e.basis == Basis::Chance && e.parts.is_none());
    if !wanted && (!programmes || counts || members.places.len() < ENOUGH) {
        return Ok(None);
    }
    let refuse = |reason: &str, help: &str| {
        Err(Refusal {
            part: Part::Pooled,
            reason: reason.to_owned(),
            help: help.to_owned(),
        })
    };
    if !programmes {
        return refuse(
            "programmes and evaluations are pooled, groups of them and periods are not",
            "Leave `between` out, and name the groups in `subgroups`.",
        );
    }
    if let Some((reason, help)) = members.refusal(asked, model) {
        return refuse(&reason, &help);
    }
    members
        .pool(asked, model)
        .map(Some)
        .map_err(|why| refused(Part::Pooled, why))
}

impl Members {
    fn pool(&self, asked: &Asked<'_>, model: PoolModel) -> Result<Pool, Refused> {
        if model == PoolModel::BinomialNormal {
            return self.pool_counts(asked);
        }
        let options = options(asked, model);
        let (value, variance) = (&self.value, &self.variance);
        let whole = pool(value, variance, &options)?;
        let fixed = pool(
            value,
            variance,
            &Options {
                between: Between::Fixed,
                errors: Errors::Normal,
                ..options
            },
        )?;
        let mut remarks = self.remarks.clone();
        let normal_interval = match whole.narrower_than_normal {
            false => None,
            true => {
                remarks.push(
                    "The interval of Hartung and Knapp is narrower here than the normal one, since the programmes scatter less than their \
                     standard errors let expect; `pool_errors = \"hartung-knapp-modified\"`, which is used without the setting, gives the more \
                     careful of the two."
                        .to_owned(),
                );
                let normal = Options {
                    errors: Errors::Normal,
                    ..options
                };
                let mean = pool(value, variance, &normal)?.mean;
                Some((mean.low, mean.high))
            }
        };
        let mut refusals = vec![];
        let members = self.members(&whole, &options)?;
        let parts = Moderators::of(asked, &self.places);
        let part = Pooled {
            model,
            scale: self.scale,
            pooled: self.places.clone(),
            mean: mean(&whole.mean),
            fixed: mean(&fixed.mean),
            heterogeneity: heterogeneity(&whole.heterogeneity),
            prediction: whole.prediction.as_ref().map(|p| (p.low, p.high)),
            prediction_df: whole.prediction.as_ref().map(|p| p.df),
            normal_interval,
            halves_added: self.halves as u64,
            members,
            subgroups: keep(&mut refusals, self.subgroups(asked, &parts, &options)),
            regression: keep(&mut refusals, self.regression(asked, &parts, &options)),
            multilevel: keep(&mut refusals, self.multilevel(asked, &parts, &options)),
            small_study: Some(self.small_study(&options)),
        };
        Ok(Pool {
            made: Made {
                part,
                method: method(asked, model, self.scale),
                remarks,
            },
            refusals,
        })
    }

    /// Of shares there is no test: their standard errors follow from the shares themselves, so that the two go together anyway.
    fn small_study(&self, options: &Options) -> SmallStudy {
        let found = match self.scale {
            PoolScale::Logit => Err(
                "the standard error of a share follows from the share itself, so that the two go together by construction"
                    .to_owned(),
            ),
            PoolScale::Own | PoolScale::Log => {
                small_study(&self.value, &self.variance, options).map_err(|why| why.reason)
            }
        };
        SmallStudy {
            egger: found.as_ref().ok().map(|f| mean(&f.meta_regression.slope)),
            no_test: found.err(),
        }
    }

    fn members(
        &self,
        whole: &meta::Pooled,
        options: &Options,
    ) -> Result<Vec<PooledMember>, Refused> {
        let k = self.places.len();
        let drawn = match options.between {
            Between::Fixed => vec![],
            _ => shrunken(&self.value, &self.variance, options)?,
        };
        // With three programmes two would be left, too few for a mean without one of them.
        let moved = influence(&self.value, &self.variance, options).ok();
        let member = |i: usize| {
            let mean = whole.mean;
            let own = drawn.get(i).map_or(mean, |d| d.value);
            let change = moved.as_ref().and_then(|m| m.get(i));
            PooledMember {
                entry: self.places[i],
                value: self.value[i],
                se: self.variance[i].sqrt(),
                weight: whole.weights[i] / 100.0,
                shrunken: (own.value, own.low, own.high),
                without: change.map(|c| {
                    let others = c.others.mean;
                    (others.value, others.low, others.high)
                }),
                tau2_without: change.map(|c| c.others.tau2),
                residual: change.map(|c| c.residual),
                cook: change.map(|c| c.cook),
                influential: change.is_some_and(|c| c.influential),
            }
        };
        Ok((0..k).map(member).collect())
    }

    fn subgroups(
        &self,
        asked: &Asked<'_>,
        parts: &Moderators<'_>,
        options: &Options,
    ) -> Result<Option<PooledSubgroups>, Refused> {
        let Some(by) = &asked.setting.subgroups else {
            return Ok(None);
        };
        let groups = parts.groups(by, "(not recorded)");
        let codes = groups.codes();
        // A variance of its own in each group needs three programmes there; else one is taken to hold in all.
        let small = groups.sizes().iter().any(|n| *n < ENOUGH);
        let found = subgroups(&self.value, &self.variance, &codes, small, options)?;
        let told = found.groups.iter().map(|g| PooledGroup {
            label: groups.label(g.group).to_owned(),
            entries: groups.members(g.group).map(|i| self.places[i]).collect(),
            mean: Some(mean(&g.mean)),
            tau2: (options.between != Between::Fixed).then_some(g.tau2),
        });
        Ok(Some(PooledSubgroups {
            by: by.clone(),
            groups: told.collect(),
            common: found.common_tau2.is_some(),
            test: Some(test("Test of the groups being equal", &found.between)),
        }))
    }

    fn regression(
        &self,
        asked: &Asked<'_>,
        parts: &Moderators<'_>,
        options: &Options,
    ) -> Result<Option<PooledRegression>, Refused> {
        if asked.setting.moderators.is_empty() {
            return Ok(None);
        }
        let design = parts.design(&asked.setting.moderators)?;
        let pick = |from: &[f64]| -> Vec<f64> { design.rows.iter().map(|i| from[*i]).collect() };
        let columns: Vec<&[f64]> = design.columns.iter().map(|(_, c)| c.as_slice()).collect();
        let names: Vec<&str> = design.columns.iter().map(|(n, _)| n.as_str()).collect();
        let found = regress(
            &pick(&self.value),
            &pick(&self.variance),
            &columns,
            &names,
            options,
        )?;
        Ok(Some(PooledRegression {
            coefficients: moderators::coefficients(&found.names, &found.coefficients),
            test: test("Test of all moderators", &found.moderators),
            tau2: found.residual.tau2,
            r2: found.r2.map(|r| r / 100.0),
            programmes: found.k as u64,
        }))
    }

    fn multilevel(
        &self,
        asked: &Asked<'_>,
        parts: &Moderators<'_>,
        options: &Options,
    ) -> Result<Option<PooledMultilevel>, Refused> {
        let Some(by) = &asked.setting.levels else {
            return Ok(None);
        };
        let codes = parts.groups(by, "(not recorded)").codes();
        let found = multilevel(&self.value, &self.variance, &codes, options)?;
        Ok(Some(PooledMultilevel {
            by: by.clone(),
            groups: found.groups as u64,
            mean: mean(&found.mean),
            between: found.between,
            within: found.within,
        }))
    }
}

/// What was made, the refusal put aside.
fn keep<T>(refusals: &mut Vec<Refusal>, made: Result<Option<T>, Refused>) -> Option<T> {
    made.unwrap_or_else(|why| {
        refusals.push(refused(Part::Pooled, why));
        None
    })
}

fn options(asked: &Asked<'_>, model: PoolModel) -> Options {
    Options {
        between: match model {
            PoolModel::Reml => Between::Reml,
            PoolModel::DersimonianLaird => Between::DerSimonianLaird,
            PoolModel::PauleMandel => Between::PauleMandel,
            PoolModel::SidikJonkman => Between::SidikJonkman,
            PoolModel::Hedges => Between::Hedges,
            PoolModel::Fixed => Between::Fixed,
            // Its own likelihood is maximised; see `pool_counts`.
            PoolModel::BinomialNormal => Between::Reml,
        },
        errors: match asked.setting.pool_errors {
            PoolErrors::HartungKnapp => Errors::HartungKnapp,
            PoolErrors::HartungKnappModified => Errors::HartungKnappModified,
            PoolErrors::Normal => Errors::Normal,
        },
        confidence: asked.common.confidence,
    }
}

/// A mean as plain data.
pub(super) fn mean(from: &Inference) -> PooledMean {
    PooledMean {
        value: from.value,
        se: from.se,
        df: finite(from.df),
        interval: (from.low, from.high),
        p: from.p,
    }
}

fn test(name: &str, from: &Test) -> OverallTest {
    OverallTest {
        name: name.to_owned(),
        statistic: from.statistic,
        df: from.df,
        df2: finite(from.df2),
        p: from.p,
    }
}

fn heterogeneity(from: &meta::Heterogeneity) -> Heterogeneity {
    let finite_range = |range: &meta::Range| {
        let all = range.low.is_finite() && range.high.is_finite();
        all.then_some((range.low, range.high))
    };
    let share = |range: (f64, f64)| (range.0 / 100.0, range.1 / 100.0);
    Heterogeneity {
        q: from.q.statistic,
        df: from.q.df,
        p: from.q.p,
        tau2: from.tau2,
        tau2_interval: from.tau2_interval.as_ref().and_then(finite_range),
        i2: from.i2 / 100.0,
        i2_interval: from.i2_interval.as_ref().and_then(finite_range).map(share),
        h2: from.h2,
    }
}

pub(super) fn method(asked: &Asked<'_>, model: PoolModel, scale: PoolScale) -> MethodNote {
    let (how, source) = match model {
        PoolModel::Reml => (
            "restricted maximum likelihood",
            "Viechtbauer, W. (2005). Bias and efficiency of meta-analytic variance estimators in the random-effects model. Journal of Educational and Behavioral Statistics 30.",
        ),
        PoolModel::DersimonianLaird => (
            "the method of DerSimonian and Laird",
            "DerSimonian, R. & Laird, N. (1986). Meta-analysis in clinical trials. Controlled Clinical Trials 7.",
        ),
        PoolModel::PauleMandel => (
            "the method of Paule and Mandel",
            "Paule, R. C. & Mandel, J. (1982). Consensus values and weighting factors. Journal of Research of the National Bureau of Standards 87.",
        ),
        PoolModel::SidikJonkman => (
            "the method of Sidik and Jonkman",
            "Sidik, K. & Jonkman, J. N. (2005). Simple heterogeneity variance estimation for meta-analysis. Applied Statistics 54.",
        ),
        PoolModel::Hedges => (
            "the method of Hedges",
            "Hedges, L. V. & Olkin, I. (1985). Statistical methods for meta-analysis. Academic Press.",
        ),
        PoolModel::BinomialNormal => (
            "maximum likelihood over the counts, binomial within programmes and with normal log odds between them; nothing is added to shares of none or all",
            "Stijnen, T., Hamza, T. H. & Özdemir, P. (2010). Random effects meta-analysis of event outcome in the framework of the generalized linear mixed model with applications in sparse data. Statistics in Medicine 29.",
        ),
        PoolModel::Fixed => (
            "none: one true value is taken to hold for all",
            "Hedges, L. V. & Vevea, J. L. (1998). Fixed- and random-effects models in meta-analysis. Psychological Methods 3.",
        ),
    };
    let errors = match (model, asked.setting.pool_errors) {
        (PoolModel::Fixed, _) | (_, PoolErrors::Normal) => "the normal distribution",
        (PoolModel::BinomialNormal, _) => {
            "Student's t with as many degrees of freedom as programmes less one"
        }
        (_, PoolErrors::HartungKnapp) => "the method of Hartung and Knapp",
        (_, PoolErrors::HartungKnappModified) => {
            "the method of Hartung and Knapp, never narrower than the normal interval"
        }
    };
    let scale = match scale {
        PoolScale::Own => "",
        PoolScale::Logit => ", on the scale of log odds, the mean turned back into a share",
        PoolScale::Log => ", on the scale of logarithms, the mean turned back",
    };
    let weighs = match model {
        PoolModel::BinomialNormal => "Each programme counts by its rows",
        PoolModel::Fixed => "Each programme weighs by the inverse of its sampling variance",
        _ => {
            "Each programme weighs by the inverse of its sampling variance and the variance between programmes"
        }
    };
    let predicted = match model {
        // One true value for all is that of a further programme too.
        PoolModel::Fixed => "",
        _ => {
            "; the prediction interval is where the true value of a further programme of this sort is expected"
        }
    };
    MethodNote {
        part: Part::Pooled,
        words: format!(
            "{weighs}{scale}. The variance between programmes is estimated by {how}, and the interval of the mean by {errors}{predicted}."
        ),
        references: vec![
            source.to_owned(),
            "Röver, C., Knapp, G. & Friede, T. (2015). Hartung-Knapp-Sidik-Jonkman approach and its modification for random-effects meta-analysis with few studies. BMC Medical Research Methodology 15.".to_owned(),
            "Hartung, J. & Knapp, G. (2001). A refined method for the meta-analysis of controlled clinical trials with binary outcome. Statistics in Medicine 20.".to_owned(),
            "Higgins, J. P. T., Thompson, S. G. & Spiegelhalter, D. J. (2009). A re-evaluation of random-effects meta-analysis. JRSS A 172.".to_owned(),
            "Viechtbauer, W. (2007). Confidence intervals for the amount of heterogeneity in meta-analysis. Statistics in Medicine 26.".to_owned(),
        ],
    }
}

/// Coefficients as plain data.
pub(super) fn coefficient(name: &str, from: &Inference) -> PooledCoefficient {
    PooledCoefficient {
        name: name.to_owned(),
        estimate: mean(from),
    }
}
