//! Colours as CSS variables, with a light and a dark theme: the style of one chart, or of a page of many.

use super::canvas::{Colour, THEME};
use std::fmt::Write;

/// The style of all charts, for a page that holds many: their own can be left out then ([`unstyled`]).
pub fn theme_css() -> String {
    rules(|_| true)
}

/// A chart of this module without its style, for a page with [`theme_css`].
pub fn unstyled(svg: &str) -> String {
    let cut = svg
        .split_once("<style>")
        .and_then(|(before, rest)| Some((before, rest.split_once("</style>\n")?.1)));
    match cut {
        Some((before, after)) => format!("{before}{after}"),
        None => svg.to_owned(),
    }
}

/// The style of one chart: the colours that it draws.
pub(super) fn css(drawn: &[&str]) -> String {
    rules(|attribute| drawn.iter().any(|part| part.contains(attribute)))
}

/// Maps every colour that is `used`, as an attribute, to a CSS variable that a page may set, with the light and the dark theme
/// where it does not. The rules hold for charts only, also when the chart stands inside a page.
fn rules(used: impl Fn(&str) -> bool) -> String {
    let mut light = String::new();
    let mut dark = String::new();
    for (colour, name, _, night) in THEME {
        let hex = colour.hex();
        for property in ["fill", "stroke"] {
            let attribute = format!("{property}=\"{hex}\"");
            if !used(&attribute) && (colour, property) != (Colour::Paper, "fill") {
                continue;
            }
            // `of` selects; the same rule with another fallback makes the dark theme.
            let of = format!(".codev-chart [{attribute}]");
            let _ = write!(light, "{of}{{{property}:var(--codev-{name},{hex})}}");
            let _ = write!(dark, "{of}{{{property}:var(--codev-{name},#{night:06X})}}");
        }
    }
    format!(
        ".codev-chart text{{font-kerning:none;font-variant-ligatures:none}}.codev-chart line,.codev-chart .lines{{shape-rendering:crispEdges}}\
         {light}@media screen and (prefers-color-scheme:dark){{{dark}}}"
    )
}
