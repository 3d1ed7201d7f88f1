//! Measures of networks in words.

use super::NetworkFile;
use crate::indicator::measure::words::line;

impl NetworkFile {
    pub(in crate::indicator::measure) fn in_words(&self, among: &str) -> String {
        let mut text = self.statistic.in_words(self.role, self.weight.is_some());
        if let [a, b] = self.between.as_slice() {
            text += &format!(", between {a} and {b}");
        }
        if let Some(of) = &self.of {
            text += &format!(", of {of}");
        }
        text += &match self.phase {
            None => String::new(),
            Some(phase) => format!(
                ", counting {}",
                phase.in_words(self.phases.as_ref().map_or(1.0, |p| p.years_after))
            ),
        };
        for (whole, parts) in &self.groups {
            text += &format!("; {whole} stands for {}", parts.join(", "));
        }
        format!("{text}{among}.")
    }

    pub(in crate::indicator::measure) fn as_text(&self) -> Vec<String> {
        let mut lines = vec![
            format!("network: {}", self.statistic.word()),
            line("table", &self.table),
        ];
        lines.extend(self.filter.iter().map(|f| line("where", f)));
        let arrow = if self.directed { "to" } else { "with" };
        lines.push(format!("ties: {} {arrow} {}", self.from, self.to));
        lines.extend(self.weight.iter().map(|w| line("weight", w)));
        if let Some(table) = &self.actors {
            lines.push(format!("actors: {table}, by {}", self.actor));
        }
        lines.extend(self.actor_where.iter().map(|f| line("actors where", f)));
        lines.extend(self.group.iter().map(|g| line("group", g)));
        if let (Some(from), Some(to)) = (&self.group_from, &self.group_to) {
            lines.push(format!("groups: {from}, {to}"));
        }
        for (whole, parts) in &self.groups {
            lines.push(format!("group {whole}: {}", parts.join(", ")));
        }
        if let [a, b] = self.between.as_slice() {
            lines.push(format!("between: {a} and {b}"));
        }
        lines.extend(self.of.iter().map(|g| line("of", g)));
        lines.extend(self.role.map(|r| line("role", r.word())));
        if let Some(phases) = &self.phases {
            let ended = match &phases.ended {
                Some(ended) => format!("to {ended}"),
                None => "on".to_owned(),
            };
            lines.push(format!(
                "phases: a tie from {} {ended}, the programme from {} to {}",
                phases.formed, phases.start, phases.end
            ));
        }
        lines.extend(self.phase.map(|p| line("phase", p.word())));
        lines
    }
}
