//! The persons of the survey: where they live, who they are, at which waves they answer.

use super::places::Programme;
use super::population::{composition, participation};
use super::random::Draw;
use super::truth;

/// Waves in order.
pub const WAVES: [&str; 3] = ["baseline", "midline", "endline"];
/// Generations.
pub const GENERATIONS: [&str; 3] = ["first", "second", "third"];
/// Age classes.
pub const AGES: [&str; 4] = ["16-24", "25-44", "45-64", "65+"];

/// A sampling cluster: an association (members) or a neighbourhood (comparison group).
pub struct Cluster {
    /// Key.
    pub id: String,
    /// Whether its persons are members of the programme.
    pub members: bool,
    /// Whether it lies in a district with many residents of migrant descent, where more persons were drawn.
    pub dense: bool,
    /// Shift of all its outcomes, by outcome.
    pub own: Vec<f64>,
    /// Shift by wave and outcome.
    pub by_wave: Vec<Vec<f64>>,
}

/// A person.
pub struct Person {
    /// Key.
    pub id: String,
    /// Migrant group.
    pub group: &'static str,
    /// Index in [`GENERATIONS`].
    pub generation: usize,
    /// Sex.
    pub sex: &'static str,
    /// Index in [`AGES`].
    pub age: usize,
    /// Distance from the meeting place in km; lost for some.
    pub distance: Option<f64>,
    /// Whether entitled to vote in local elections.
    pub entitled: bool,
    /// Sampling weight at baseline.
    pub weight: f64,
    /// Whether he or she answers, by wave.
    pub answers: [bool; 3],
    /// Engagement that lasts.
    pub engagement: f64,
    /// Shift of all outcomes, by outcome.
    pub own: Vec<f64>,
}

/// Clusters in each of the two groups of a programme: 3 in the smallest evaluation, 9 in the largest.
pub fn clusters(
    p: &Programme,
    index: usize,
    spread: &[(f64, f64)],
    draw: &mut Draw,
) -> Vec<Cluster> {
    let number = [7, 6, 8, 9, 7, 5, 8, 3][index % 8];
    let mut all = Vec::new();
    for members in [true, false] {
        for nth in 1..=number {
            let own = spread
                .iter()
                .map(|(cluster, _)| draw.normal(cluster.sqrt()))
                .collect();
            let by_wave = WAVES
                .iter()
                .map(|_| {
                    spread
                        .iter()
                        .map(|(_, wave)| draw.normal(wave.sqrt()))
                        .collect()
                })
                .collect();
            let letter = if members { 'A' } else { 'N' };
            all.push(Cluster {
                id: format!("{}-{letter}{nth}", p.id),
                members,
                dense: nth % 2 == 1,
                own,
                by_wave,
            });
        }
    }
    all
}

/// Whether a programme was surveyed at midline too.
pub fn has_midline(index: usize) -> bool {
    index.is_multiple_of(3)
}

/// A person of a cluster; `late` persons joined the sample at endline only.
pub fn person(
    p: &Programme,
    index: usize,
    number: usize,
    cluster: &Cluster,
    late: bool,
    variances: &[f64],
    draw: &mut Draw,
) -> Person {
    let shares = if cluster.members {
        participation(p.destination, p.start.max(2010))
    } else {
        composition(p.destination, p.start.max(2010))
    };
    let group = truth::GROUPS[draw.index(&shares)].0;
    let generation = draw.index(&[0.55, 0.37, 0.08]);
    let age = draw.index(
        &[
            [0.10, 0.40, 0.36, 0.14],
            [0.30, 0.50, 0.18, 0.02],
            [0.60, 0.38, 0.02, 0.0],
        ][generation],
    );
    let design = if cluster.dense { 0.7 } else { 1.6 };
    let stays = 1.0 - truth::ATTRITION[usize::from(!cluster.members)];
    let at_midline = has_midline(index) && draw.chance(stays);
    let at_endline = draw.chance(stays);
    let answers = if late {
        [false, false, true]
    } else {
        [true, at_midline, at_endline]
    };
    Person {
        id: format!("{}-{number:04}", p.id),
        group,
        generation,
        sex: if draw.chance(0.52) { "female" } else { "male" },
        age,
        distance: Some(draw.about(truth::DISTANCE[generation])).filter(|_| draw.chance(0.96)),
        entitled: generation > 0 || draw.chance(0.6),
        weight: design * [1.2, 1.0, 0.9, 0.95][age],
        answers,
        engagement: truth::ENGAGEMENT[generation]
            + if cluster.members {
                truth::ENGAGEMENT_MEMBERS
            } else {
                0.0
            }
            + draw.normal(0.55),
        own: variances.iter().map(|v| draw.normal(v.sqrt())).collect(),
    }
}
