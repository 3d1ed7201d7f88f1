//! What a measure gives beside its values, as charts and tables: one file per kind of detail.

mod agreement;
mod network;
mod representation;
mod retention;
mod scale;
mod shares;

use super::ReportError;
use super::cells::Names;
use super::format::Locale;
use super::view::{Figure, Table};
use crate::outcome::{Content, IndicatorResult};
use std::collections::BTreeMap;

/// Charts, tables and sentences on the details of an indicator.
#[derive(Default)]
pub(super) struct DetailView {
    pub figures: Vec<Figure>,
    pub tables: Vec<Table>,
    pub remarks: Vec<String>,
}

/// Pictures that the report has shown, each with the name of the indicator it stands with: several indicators can speak of the
/// same network or groups, which are drawn once.
#[derive(Default)]
pub(super) struct Drawn(BTreeMap<String, String>);

impl Drawn {
    /// The indicator that shows what `key` describes; none where `name` is the first to do so.
    fn before(&mut self, key: String, name: &str) -> Option<&str> {
        use std::collections::btree_map::Entry;
        match self.0.entry(key) {
            Entry::Occupied(there) => Some(there.into_mut()),
            Entry::Vacant(free) => {
                free.insert(name.to_owned());
                None
            }
        }
    }
}

/// All details of an indicator.
pub(super) fn details(
    result: &IndicatorResult,
    locale: &Locale,
    names: &Names,
    drawn: &mut Drawn,
) -> Result<DetailView, ReportError> {
    let mut view = DetailView::default();
    for detail in &result.details {
        let place = match &detail.programme {
            None => "all programmes together".to_owned(),
            Some(id) => names.of(id).to_owned(),
        };
        let about = About {
            result,
            locale,
            place,
            is_total: detail.programme.is_none(),
        };
        match &detail.content {
            Content::Agreement(found) => about.agreement(found, &mut view),
            Content::Shares(shares) => about.shares(shares, &mut view)?,
            Content::Representation(found) => about.representation(found, drawn, &mut view)?,
            Content::Retention(found) => about.retention(found, &mut view)?,
            Content::Scale(scale) => about.scale(scale, &mut view)?,
            Content::Network(network) => about.network(network, names, drawn, &mut view)?,
        }
    }
    Ok(view)
}

/// Which indicator, and where, a detail is about.
struct About<'a> {
    result: &'a IndicatorResult,
    locale: &'a Locale,
    /// In words: all programmes together, or the programme's name.
    place: String,
    is_total: bool,
}

impl About<'_> {
    /// Id for a table of this detail.
    fn id(&self, what: &str) -> String {
        format!("{}-{what}", self.result.definition.id)
    }
}
