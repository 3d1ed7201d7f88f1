//! What the survey asks besides trust, contact and engagement: work, schooling, health, citizenship, organisations, friends, help.
//!
//! Drawn from a stream of its own, for each person and wave whether or not they answered.

use super::persons::{Cluster, Person};
use super::random::Draw;
use super::survey::answered;
use super::truth;

/// The columns, in order.
pub const COLUMNS: &str =
    "employed,education,health,citizenship,organisation,friends_own,friends_other,help";

/// What stays the same from wave to wave, or is carried on.
pub struct Background {
    /// Decides whether the person works, against a chance; drawn again by some at each wave.
    work: f64,
    education: usize,
    citizenship: usize,
    health: f64,
}

const EDUCATION: [&str; 3] = ["low", "medium", "high"];
const CITIZENSHIP: [&str; 4] = ["birth", "acquired", "long-term", "temporary"];
/// What an association helped with, besides what [`truth::HELP`] names: members, comparison group.
const COMPANY: [f64; 2] = [0.2, 0.05];

/// The background of a person at baseline.
pub fn background(person: &Person, more: &mut Draw) -> Background {
    let later = person.generation > 0;
    let by_generation = usize::from(later);
    Background {
        work: more.uniform(),
        education: more.index(&truth::EDUCATION[by_generation]),
        // Who has no vote in local elections is no citizen, and nobody born elsewhere is one by birth.
        citizenship: match (person.entitled, later) {
            (false, _) => more.index(&[0.0, 0.0, 0.4, 0.6]),
            (true, false) => more.index(&[0.0, 0.6, 0.4, 0.0]),
            (true, true) => more.index(&[0.6, 0.3, 0.1, 0.0]),
        },
        health: [4.2, 4.0, 3.5, 3.0][person.age] + more.normal(0.6),
    }
}

impl Background {
    /// The answers at a wave; `reached` is the share of a programme's effect that the person has felt by then.
    pub fn answers(
        &mut self,
        cluster: &Cluster,
        person: &Person,
        reached: f64,
        more: &mut Draw,
    ) -> Vec<String> {
        let again = more.uniform();
        if more.chance(0.25) {
            self.work = again;
        }
        let later = person.generation > 0;
        let chance = match person.age {
            3 => 0.06,
            _ => truth::EMPLOYED[usize::from(later)],
        };
        let education = EDUCATION[self.education];
        let health = more.whole(self.health, 1, 5);
        let member = more.chance(truth::ORGANISATION + truth::ORGANISATION_EFFECT * reached);
        let members = usize::from(cluster.members);
        let own = more.about(truth::FRIENDS_OWN + truth::FRIENDS_OWN_MEMBERS * members as f64);
        let own = more.whole(own, 0, 9);
        let other = more.about(truth::FRIENDS_OTHER + truth::FRIENDS_OTHER_EFFECT * reached);
        let other = more.whole(other, 0, 9);
        let [information, institution] = truth::HELP[1 - members];
        let helped: Vec<&str> = [
            ("information", information + truth::HELP_EFFECT[0] * reached),
            ("institution", institution + truth::HELP_EFFECT[1] * reached),
            ("company", COMPANY[1 - members]),
        ]
        .into_iter()
        .filter(|(_, chance)| more.chance(*chance))
        .map(|(what, _)| what)
        .collect();
        let helped = if helped.is_empty() {
            "none".to_string()
        } else {
            helped.join(";")
        };
        vec![
            answered(self.work < chance, 0.01, more),
            answered(education, 0.01, more),
            answered(health, 0.01, more),
            answered(CITIZENSHIP[self.citizenship], 0.02, more),
            answered(member, 0.01, more),
            answered(own, 0.02, more),
            answered(other, 0.02, more),
            answered(helped, 0.01, more),
        ]
    }
}
