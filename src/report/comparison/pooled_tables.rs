//! Tables of a mean over programmes: means, groups, a regression, and each programme in the mean.

use super::pooled::{model_name, scale_words, small};
use super::values::test_words;
use super::voice::{Voice, by_name};
use crate::outcome::comparison::{
    PoolModel, PoolScale, Pooled, PooledCoefficient, PooledMean, PooledMember,
};
use crate::report::cells::{capitalised, extremes};
use crate::report::view::{Cell, Column, Table};

fn range(voice: &Voice, pooled: &Pooled, (low, high): (f64, f64)) -> String {
    format!(
        "{} to {}",
        voice.mean(voice.back(low, pooled.scale)),
        voice.mean(voice.back(high, pooled.scale))
    )
}

pub(super) fn summary(voice: &Voice, pooled: &Pooled, anchor: &str) -> Table {
    let unit = voice.unit();
    let head = match unit.as_str() {
        "" => "Value".to_owned(),
        unit => format!("Value, {unit}"),
    };
    let mut table = Table::new(
        format!("{anchor}-mean"),
        "Means, and where another programme is expected",
        vec![
            Column::text("What"),
            Column::number(head),
            Column::number(format!("{} interval", voice.level)),
            Column::number("Programmes"),
        ],
    );
    let n = voice.count(pooled.pooled.len());
    let back = |v: f64| voice.mean(voice.back(v, pooled.scale));
    let mean = |label: String, mean: &PooledMean, n: String| {
        vec![
            Cell::text(label),
            Cell::text(back(mean.value)),
            Cell::text(range(voice, pooled, mean.interval)),
            Cell::text(n),
        ]
    };
    table.push(mean(
        capitalised(model_name(pooled.model)),
        &pooled.mean,
        n.clone(),
    ));
    if let Some(prediction) = pooled.prediction {
        table.push(vec![
            Cell::text("Another programme of this sort"),
            Cell::none(),
            Cell::text(range(voice, pooled, prediction)),
            Cell::none(),
        ]);
    }
    if pooled.model != PoolModel::Fixed {
        table.push(mean(
            "One true value for all (fixed effect), for comparison".to_owned(),
            &pooled.fixed,
            n,
        ));
    }
    if let Some(levels) = &pooled.multilevel {
        let label = format!(
            "Programmes within {} {} ({})",
            voice.locale.count(levels.groups),
            "groups",
            by_name(&levels.by)
        );
        table.push(mean(label, &levels.mean, voice.count(pooled.pooled.len())));
        let note = format!(
            "Variance between groups {}, between programmes of a group {}{}.",
            small(voice, levels.between),
            small(voice, levels.within),
            scale_note(pooled.scale)
        );
        table.notes.push((String::new(), note));
    }
    if let Some((low, high)) = pooled.heterogeneity.tau2_interval {
        let note = format!(
            "tau² is the variance between programmes{}: {}, {} interval {} to {}.",
            scale_note(pooled.scale),
            small(voice, pooled.heterogeneity.tau2),
            voice.level,
            small(voice, low),
            small(voice, high)
        );
        table.notes.push((String::new(), note));
    }
    table
}

fn scale_note(scale: PoolScale) -> String {
    match scale_words(scale) {
        "" => String::new(),
        words => format!(" ({words})"),
    }
}

pub(super) fn groups(voice: &Voice, pooled: &Pooled, anchor: &str) -> Option<Table> {
    let subgroups = pooled.subgroups.as_ref()?;
    let mut table = Table::new(
        format!("{anchor}-groups"),
        format!("Means of groups by {}", by_name(&subgroups.by)),
        vec![
            Column::text(capitalised(&by_name(&subgroups.by))),
            Column::number("Mean"),
            Column::number(format!("{} interval", voice.level)),
            Column::number("Programmes"),
        ],
    );
    for group in &subgroups.groups {
        let n = Cell::text(voice.count(group.entries.len()));
        let mut cells = vec![Cell::text(group.label.clone())];
        match &group.mean {
            Some(mean) => cells.extend([
                Cell::text(voice.mean(voice.back(mean.value, pooled.scale))),
                Cell::text(range(voice, pooled, mean.interval)),
            ]),
            None => cells.extend([Cell::absent("too few programmes"), Cell::none()]),
        }
        cells.push(n);
        table.push(cells);
    }
    if let Some(test) = &subgroups.test {
        let words = test_words(voice, test);
        let said = match test.p < 1.0 - voice.compared.confidence {
            true => format!(
                "The groups' means differ ({words}). What else differs between the groups is not held constant."
            ),
            false => format!("That the groups' means differ is not shown ({words})."),
        };
        table.notes.push((String::new(), said));
    }
    Some(table)
}

/// A table of regression coefficients.
pub(super) fn coefficients(
    voice: &Voice,
    coefficients: &[PooledCoefficient],
    scale: PoolScale,
    id: String,
    caption: String,
) -> Table {
    let head = match (scale, voice.gap_unit().as_str()) {
        (PoolScale::Own, "") => "Coefficient".to_owned(),
        (PoolScale::Own, unit) => format!("Coefficient, {unit}"),
        (other, _) => format!("Coefficient, {}", scale_words(other)),
    };
    let mut table = Table::new(
        id,
        caption,
        vec![
            Column::text("Column"),
            Column::number(head),
            Column::number(format!("{} interval", voice.level)),
            Column::number("p"),
        ],
    );
    let errors: Vec<f64> = coefficients.iter().map(|c| c.estimate.se).collect();
    let style = crate::report::format::Style::of_errors(voice.locale, &errors, &errors);
    let write = |v: f64| match scale {
        PoolScale::Own => voice.signed(v),
        _ => style.value(v),
    };
    for coefficient in coefficients {
        let e = &coefficient.estimate;
        table.push(vec![
            Cell::text(by_name(&coefficient.name)),
            Cell::text(write(e.value)),
            Cell::text(format!(
                "{} to {}",
                write(e.interval.0),
                write(e.interval.1)
            )),
            Cell::text(voice.p(e.p)),
        ]);
    }
    table
}

pub(super) fn regression(voice: &Voice, pooled: &Pooled, anchor: &str) -> Option<Table> {
    let regression = pooled.regression.as_ref()?;
    let caption = format!(
        "What goes with the value over {} programmes (meta-regression)",
        voice.locale.count(regression.programmes)
    );
    let id = format!("{anchor}-regression");
    let mut table = coefficients(voice, &regression.coefficients, pooled.scale, id, caption);
    let share = regression
        .r2
        .map(|r2| {
            format!(
                "; it accounts for {} of the variance between programmes",
                voice.locale.percent(r2, 0)
            )
        })
        .unwrap_or_default();
    table.notes.push((
        String::new(),
        format!(
            "All columns together: {}{share}. Such a regression describes what goes together over programmes; it shows no cause.",
            test_words(voice, &regression.test)
        ),
    ));
    Some(table)
}

pub(super) fn members(voice: &Voice, pooled: &Pooled, anchor: &str) -> Table {
    let mut table = Table::new(
        format!("{anchor}-members"),
        "Each programme in the mean: its weight, its value drawn towards the mean, and the mean without it",
        vec![
            Column::text("Programme"),
            Column::number("Value"),
            Column::number("Weight"),
            Column::number("Drawn to the mean"),
            Column::number(format!("{} interval", voice.level)),
            Column::number("Mean without it"),
            Column::number("Residual"),
        ],
    );
    let back = |v: f64| voice.value(voice.back(v, pooled.scale));
    let all: Vec<&PooledMember> = pooled.members.iter().collect();
    let (shown, cut) = extremes(all, |m| Some(m.value));
    for member in shown {
        let name = voice.name(member.entry);
        let mut head = Cell::text(name);
        if member.influential {
            head.note = Some(table.note("Leaving it out changes the result noticeably."));
        }
        let (value, low, high) = member.shrunken;
        table.push(vec![
            head,
            Cell::text(back(member.value)),
            Cell::text(
                voice
                    .locale
                    .percent(member.weight, usize::from(pooled.members.len() > 10)),
            ),
            Cell::text(back(value)),
            Cell::text(range(voice, pooled, (low, high))),
            member.without.map_or_else(Cell::none, |w| {
                Cell::text(voice.mean(voice.back(w.0, pooled.scale)))
            }),
            member
                .residual
                .map_or_else(Cell::none, |r| Cell::text(voice.locale.number(r, 1))),
        ]);
    }
    if cut > 0 {
        table.cut = Some(super::values::left_out(voice, cut));
    }
    table
}
