//! One comparison after the other: what was found, its parts with figures and tables, its definition.

use super::room::{Room, place};
use super::voice::{self, Voice};
use super::{
    Article, ComparedFigure, PartView, article_anchor, context, differences, equivalence, found,
    key, league, pooled, sources, trend, values,
};
use crate::outcome::Direction;
use crate::outcome::comparison::{Compared, Comparison, Part};
use crate::report::cells::{dimension_name, direction_name, kind_name, side_name};

/// What articles are made from.
pub(super) struct Showing<'a> {
    pub compared: &'a Compared,
    pub figures: &'a [ComparedFigure],
    pub folded: bool,
    /// Which figures articles bear.
    pub room: Room,
    pub mixes: &'a [context::Mix],
}

impl Showing<'_> {
    /// The article on a comparison, by its place among them.
    pub fn article(&self, at: usize) -> Option<Article> {
        let comparison = self.compared.comparisons.get(at)?;
        let voice = Voice::new(self.compared, comparison);
        let anchor = article_anchor(self.compared, at);
        let mut article = Article {
            anchor: anchor.clone(),
            name: key::label(self.compared, comparison),
            badge: comparison
                .measure
                .effect
                .map(|(_, evidence)| crate::report::effects::words::evidence_name(evidence)),
            tags: tags(comparison),
            said: found::sentences(&voice),
            remarks: comparison.remarks.clone(),
            facts: facts(comparison),
            ..Article::default()
        };
        if comparison.measure.effect.is_some() {
            article.said.push(design_words(&voice));
        }
        for refusal in &comparison.refusals {
            article.refusals.push(format!(
                "{}: {}. {}",
                sources::part_name(refusal.part),
                refusal.reason,
                refusal.help
            ));
        }
        if comparison.refusals.iter().any(|r| r.part == Part::Values) {
            article
                .parts
                .extend(values::apart(&voice, &anchor).map(|table| {
                    let mut part = PartView::new(Part::Values, &anchor, "Values");
                    part.tables.push(table);
                    part
                }));
            return Some(article);
        }
        let mix = self.mixes.iter().find(|m| m.of.contains(&at));
        // A league has the values too; the letters of pairs stand beside the values.
        let letters = comparison
            .differences
            .as_ref()
            .is_some_and(|d| !d.letters.is_empty());
        let ranked = comparison
            .league
            .as_ref()
            .is_some_and(|l| l.ranks.len() == comparison.entries.len());
        let spare = ranked && (self.folded || !letters);
        let parts = [
            Some(values::part(&voice, &anchor, spare)),
            equivalence::part(&voice, &anchor),
            league::part(&voice, &anchor, mix.map(|m| m.anchor.as_str())),
            differences::part(&voice, &anchor),
            pooled::part(&voice, &anchor, self.folded),
            context::part(&voice, &anchor),
            trend::part(&voice, &anchor),
        ];
        article.parts.extend(parts.into_iter().flatten());
        // What the article begins with is not said again in its parts.
        for part in &mut article.parts {
            part.said.retain(|said| !article.said.contains(said));
        }
        self.draw(at, &mut article);
        Some(article)
    }

    /// Puts the figures that there is room for into their parts.
    fn draw(&self, at: usize, article: &mut Article) {
        for figure in self.room.chosen(self.figures, Some(at)) {
            let mut parts = article.parts.iter_mut();
            if let Some(part) = parts.find(|p| p.part == figure.part) {
                place(part, figure);
            }
        }
    }
}

/// What compared effects may be called.
fn design_words(voice: &Voice) -> String {
    let design = voice.of.measure.effect.map_or("", |(design, _)| {
        crate::report::effects::words::design_name(design)
    });
    format!(
        "What stands beside each other is, for each of the {}, its {} (design: {design}). That one is higher than another does not say that the programme made it so, beyond what that design allows.",
        voice.noun(2),
        voice.claim()
    )
}

fn tags(comparison: &Comparison) -> Vec<String> {
    let measure = &comparison.measure;
    let mut tags = vec![
        voice::between_words(&comparison.between),
        kind_name(measure.kind).to_owned(),
        dimension_name(&measure.dimension),
        side_name(measure.side).to_owned(),
        direction_name(measure.direction).to_owned(),
    ];
    if let Some(period) = &comparison.period {
        tags.insert(1, period.clone());
    }
    if measure.direction == Direction::Neither {
        tags.pop();
        tags.push("neither direction is better".to_owned());
    }
    tags
}

fn facts(comparison: &Comparison) -> Vec<(&'static str, String)> {
    let measure = &comparison.measure;
    let hash: String = measure.hash.chars().take(12).collect();
    let mut facts = vec![
        ("Definition", measure.words.clone()),
        ("Limits", measure.limits.clone()),
    ];
    facts.push(("Measure", format!("{} (definition {hash}…)", measure.id)));
    facts.retain(|f| !f.1.is_empty());
    facts
}
