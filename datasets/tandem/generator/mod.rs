//! The generator of the data set `tandem`: 24 invented programmes whose true effects are known.
//!
//! [`files`] gives every generated file; the same bytes on every platform and in every run.

mod activities;
mod actors;
mod authorities;
mod background;
mod decisions;
mod effects;
mod money;
mod officials;
mod organisations;
mod persons;
mod places;
mod policies;
mod population;
mod programmes;
mod random;
mod readme;
mod series;
mod survey;
mod text;
mod truth;

/// Name and content of every generated file of the folder.
pub fn files() -> Vec<(String, String)> {
    let programmes = places::programmes();
    let effects = effects::effects(&programmes);
    let (actors, ties) = actors::actors_and_ties(&programmes);
    let mut files = vec![
        ("programmes.csv", programmes::programmes(&programmes)),
        ("activities.csv", activities::activities(&programmes)),
        ("actors.csv", actors),
        ("ties.csv", ties),
        ("outputs.csv", money::outputs(&programmes)),
        ("results.csv", money::results(&programmes)),
        ("funds.csv", money::funds(&programmes)),
        ("decisions.csv", decisions::decisions(&programmes)),
        ("codings.csv", decisions::codings(&programmes)),
        ("agreements.csv", authorities::agreements(&programmes)),
        ("seats.csv", authorities::seats(&programmes)),
        ("budgets.csv", authorities::budgets(&programmes)),
        ("services.csv", authorities::services(&programmes)),
        ("officials.csv", officials::officials(&programmes)),
        ("localities.csv", policies::localities()),
        ("population.csv", population::population()),
        ("participants.csv", population::participants()),
        ("spending.csv", series::spending()),
        ("monitor.csv", series::monitor()),
        ("truth.csv", effects::table(&programmes, &effects)),
        ("README.md", readme::readme()),
    ];
    files.extend(survey::responses(&programmes, &effects));
    files
        .into_iter()
        .map(|(name, text)| (name.to_string(), text))
        .collect()
}
