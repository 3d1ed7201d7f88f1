//! The forest of a mean over programmes, and the plot for small-study effects.

use super::Drawn;
use crate::chart::{self, Funnel, FunnelPoint, MetaForest, MetaForestRow, MetaPooled};
use crate::outcome::comparison::{Part, PoolModel, PoolScale, Pooled, PooledMember};
use crate::report::ReportError;
use crate::report::cells::capitalised;
use crate::report::comparison::data::{Data, Datum, ends};
use crate::report::comparison::pooled::{model_name, scale_words, scatter_words};
use crate::report::comparison::values::order;
use crate::report::comparison::voice::Voice;
use crate::report::format::Style;
use crate::stats::distribution::normal_quantile;

/// The forest.
pub(super) fn forest(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let Some(pooled) = &voice.of.pooled else {
        return Ok(None);
    };
    let back = |v: f64| voice.back(v, pooled.scale);
    let group_of = |at: usize| {
        let groups = pooled.subgroups.iter().flat_map(|s| &s.groups);
        groups
            .clone()
            .find(|g| g.entries.contains(&at))
            .map(|g| g.label.clone())
            .unwrap_or_else(|| match pooled.subgroups {
                Some(_) => "not pooled".to_owned(),
                None => String::new(),
            })
    };
    // Those in no subgroup come last: they have no mean to stand over.
    let (grouped, apart): (Vec<usize>, Vec<usize>) = order(voice)
        .into_iter()
        .partition(|at| group_of(*at) != "not pooled");
    let rows = grouped.into_iter().chain(apart).filter_map(|at| {
        let entry = voice.of.entries.get(at)?;
        let member = member(pooled, at);
        Some(MetaForestRow {
            label: entry.name.clone(),
            group: group_of(at),
            value: Some(entry.value),
            low: ends(entry.interval).0,
            high: ends(entry.interval).1,
            weight: member.map(|m| m.weight),
            shrunken: member.map(|m| back(m.shrunken.0)),
            note: member.is_none().then(|| "not in the mean".to_owned()),
        })
    });
    let mut means = Vec::new();
    for group in pooled.subgroups.iter().flat_map(|s| &s.groups) {
        if let Some(mean) = &group.mean {
            means.push(MetaPooled {
                label: format!("Mean of {}", group.label),
                group: group.label.clone(),
                value: back(mean.value),
                low: back(mean.interval.0),
                high: back(mean.interval.1),
                ..MetaPooled::default()
            });
        }
    }
    means.push(MetaPooled {
        label: capitalised(model_name(pooled.model)),
        value: back(pooled.mean.value),
        low: back(pooled.mean.interval.0),
        high: back(pooled.mean.interval.1),
        prediction: pooled.prediction.map(|(a, b)| (back(a), back(b))),
        heterogeneity: scatter_words(voice, pooled),
        ..MetaPooled::default()
    });
    if pooled.model != PoolModel::Fixed {
        means.push(MetaPooled {
            label: "Fixed effect, for comparison".to_owned(),
            value: back(pooled.fixed.value),
            low: back(pooled.fixed.interval.0),
            high: back(pooled.fixed.interval.1),
            second: true,
            ..MetaPooled::default()
        });
    }
    let decimals = usize::from(pooled.members.len() > 10);
    let (format, axis) = (|v: f64| voice.value(v), |v: f64| voice.axis(v));
    let weight = |w: f64| voice.locale.percent(w, decimals);
    let title = format!("{}: pooled", voice.of.measure.name);
    let svg = chart::meta_forest(&MetaForest {
        title: title.clone(),
        unit: voice.unit(),
        rows: rows.collect(),
        pooled: means,
        // Levels have no value of no effect: the mean itself is the line.
        null: if voice.is_effect() {
            0.0
        } else {
            back(pooled.mean.value)
        },
        ratio: false,
        level: voice.level.clone(),
        sides: [String::new(), String::new()],
        format: &format,
        axis: &axis,
        weight: &weight,
    })?;
    let scale = match pooled.scale {
        PoolScale::Own => String::new(),
        other => format!(
            " The mean is taken on the {} scale and written back.",
            scale_words(other).trim_end_matches(" scale")
        ),
    };
    Ok(Some(Drawn {
        tail: "pooled",
        caption: format!(
            "Values with {} confidence intervals; the area of a square is its weight in the mean, the small mark its value drawn towards the mean. The diamond is the mean with its interval, the line beneath it where another programme of this sort is expected.{scale}",
            voice.level
        ),
        title,
        svg,
        data: data(voice, pooled),
        part: Part::Pooled,
    }))
}

fn member(pooled: &Pooled, entry: usize) -> Option<&PooledMember> {
    pooled.members.iter().find(|m| m.entry == entry)
}

fn data(voice: &Voice, pooled: &Pooled) -> Data {
    let unit = voice.data_unit();
    let back = |v: f64| Datum::of(Some(voice.back(v, pooled.scale)), unit);
    let mut data = Data::new(&[
        "row",
        "name",
        "value",
        "low",
        "high",
        "weight",
        "drawn_to_mean",
        "drawn_low",
        "drawn_high",
        "mean_without",
        "influential",
    ]);
    for (at, entry) in voice.of.entries.iter().enumerate() {
        let (low, high) = ends(entry.interval);
        let mut row = vec![
            Datum::text(if member(pooled, at).is_some() {
                "programme"
            } else {
                "not pooled"
            }),
            Datum::text(&entry.name),
            Datum::of(Some(entry.value), unit),
            Datum::of(low, unit),
            Datum::of(high, unit),
        ];
        match member(pooled, at) {
            Some(m) => row.extend([
                Datum::of(Some(m.weight), "%"),
                back(m.shrunken.0),
                back(m.shrunken.1),
                back(m.shrunken.2),
                m.without.map_or(Datum::None, |w| back(w.0)),
                Datum::yes(Some(m.influential)),
            ]),
            None => row.resize(11, Datum::None),
        }
        data.push(row);
    }
    let means = [
        (model_name(pooled.model), pooled.mean),
        ("fixed effect", pooled.fixed),
    ];
    for (name, mean) in means {
        let mut row = vec![
            Datum::text("mean"),
            Datum::text(name),
            back(mean.value),
            back(mean.interval.0),
            back(mean.interval.1),
        ];
        row.resize(11, Datum::None);
        data.push(row);
    }
    if let Some((low, high)) = pooled.prediction {
        let mut row = vec![
            Datum::text("prediction"),
            Datum::text("another programme of this sort"),
            Datum::None,
            back(low),
            back(high),
        ];
        row.resize(11, Datum::None);
        data.push(row);
    }
    data
}

/// The plot for small-study effects, where a test was made.
pub(super) fn small_study(voice: &Voice) -> Result<Option<Drawn>, ReportError> {
    let Some(pooled) = &voice.of.pooled else {
        return Ok(None);
    };
    let Some(egger) = pooled.small_study.as_ref().and_then(|s| s.egger.as_ref()) else {
        return Ok(None);
    };
    let own = pooled.scale == PoolScale::Own;
    let errors: Vec<f64> = pooled.members.iter().map(|m| m.se).collect();
    let values: Vec<f64> = pooled.members.iter().map(|m| m.value).collect();
    let plain = Style::of_errors(voice.locale, &errors, &values);
    let format = |v: f64| if own { voice.value(v) } else { plain.value(v) };
    let axis = |v: f64| match own {
        true => voice.axis(v),
        false => crate::report::format::single(v, false, &voice.locale),
    };
    let error = |v: f64| {
        if own {
            voice.bare_size(v)
        } else {
            plain.value(v)
        }
    };
    let points = pooled.members.iter().map(|m| FunnelPoint {
        label: voice.name(m.entry).to_owned(),
        value: Some(m.value),
        error: Some(m.se),
    });
    let title = format!(
        "{}: do less exact figures tell another story?",
        voice.of.measure.name
    );
    let z = normal_quantile(0.5 + voice.compared.confidence / 2.0);
    let svg = chart::funnel(&Funnel {
        title: title.clone(),
        unit: match scale_words(pooled.scale) {
            "" => voice.unit(),
            words => words.to_owned(),
        },
        over_label: voice.of.measure.name.clone(),
        points: points.collect(),
        centre: pooled.mean.value,
        limits: vec![(voice.level.clone(), z)],
        contours: None,
        test: format!("Egger's test: {}", voice.p_words(egger.p)),
        format: &format,
        axis: &axis,
        error: &error,
    })?;
    let mut data = Data::new(&["name", "value", "se", "scale"]);
    for member in &pooled.members {
        data.push(vec![
            Datum::text(voice.name(member.entry)),
            Datum::number(Some(member.value)),
            Datum::number(Some(member.se)),
            Datum::text(match scale_words(pooled.scale) {
                "" => "own",
                words => words,
            }),
        ]);
    }
    Ok(Some(Drawn {
        tail: "small-study",
        caption: "Each programme's value across, its standard error downwards: the most exact on top. Without other causes the points scatter evenly within the broken lines.".to_owned(),
        title,
        svg,
        data,
        part: Part::Pooled,
    }))
}
