//! A chart as PNG, for documents that hold no SVG: in the light theme, with the chart's own typeface.

use super::ExportError;
use crate::chart::{drawn, unstyled};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// More pixels than this are refused: 400 MB while it is drawn.
const MOST: f64 = 100e6;

/// Draws one of the charts of [`crate::chart`] as PNG, `scale` pixels to a pixel of the SVG (2 is right for print and for most
/// screens).
///
/// The light theme is drawn, whatever a page or a screen would make of it. Text is drawn with the outlines of the chart's own
/// typeface, so that the same chart gives the same bytes on every machine; a character that it lacks becomes a box
/// ([`crate::chart::lacking`] names them).
///
/// # Errors
/// A scale that is not a number above zero, a picture of no or of more than 100 million pixels, and what is not SVG.
pub fn svg_to_png(svg: &str, scale: f32) -> Result<Vec<u8>, ExportError> {
    let refused = |cause: String| ExportError::of("chart", "PNG", cause);
    if !(scale.is_finite() && scale > 0.0) {
        return Err(refused(format!("the scale {scale} is not above zero")));
    }
    // Attributes hold the light theme. Of the style they can't do without, only that upright lines are crisp matters here.
    let plain = unstyled(&drawn(svg))
        .replace("<line ", "<line shape-rendering=\"crispEdges\" ")
        .replace(
            "<path class=\"lines\" ",
            "<path shape-rendering=\"crispEdges\" ",
        );
    let tree =
        Tree::from_str(&plain, &Options::default()).map_err(|cause| refused(cause.to_string()))?;
    let size = tree.size();
    let wide = (size.width() * scale).round();
    let high = (size.height() * scale).round();
    if f64::from(wide) * f64::from(high) > MOST {
        return Err(refused(format!("{wide} x {high} pixels are too many")));
    }
    let Some(mut pixels) = Pixmap::new(wide as u32, high as u32) else {
        return Err(refused(format!("{wide} x {high} pixels are no picture")));
    };
    resvg::render(
        &tree,
        Transform::from_scale(wide / size.width(), high / size.height()),
        &mut pixels.as_mut(),
    );
    encoded(&pixels).map_err(|cause| refused(cause.to_string()))
}

/// The picture as PNG, compressed quickly: a comparison draws dozens, and most of their time went into compressing.
fn encoded(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let opaque = pixels.pixels().iter().all(|pixel| pixel.is_opaque());
    let mut bytes = Vec::with_capacity(pixels.pixels().len() * 4);
    for pixel in pixels.pixels() {
        let pixel = pixel.demultiply();
        bytes.extend([pixel.red(), pixel.green(), pixel.blue()]);
        if !opaque {
            bytes.push(pixel.alpha());
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(if opaque {
        png::ColorType::Rgb
    } else {
        png::ColorType::Rgba
    });
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&bytes)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::svg_to_png;
    use crate::chart::{Bar, Bars, bars, lacking};
    use resvg::tiny_skia::Pixmap;

    fn chart(label: &str) -> String {
        let bar = |label: &str, value| Bar {
            label: label.to_owned(),
            value: Some(value),
            note: None,
            strong: false,
        };
        let chart = Bars {
            title: "Members".to_owned(),
            unit: "persons".to_owned(),
            bars: vec![bar(label, 3.0), bar("B", 0.0)],
            format: &|v| v.to_string(),
        };
        bars(&chart).unwrap().wide
    }

    /// How many pixels have a colour.
    fn count(pixels: &Pixmap, [red, green, blue]: [u8; 3]) -> usize {
        let all = pixels.pixels().iter();
        all.filter(|p| (p.red(), p.green(), p.blue(), p.alpha()) == (red, green, blue, 255))
            .count()
    }

    #[test]
    fn a_png_has_the_size_asked_for_and_the_colours_of_the_light_theme() {
        let svg = chart("A");
        let decoded = |scale| Pixmap::decode_png(&svg_to_png(&svg, scale).unwrap()).unwrap();
        let (once, twice) = (decoded(1.0), decoded(2.0));
        assert_eq!((once.width(), twice.width()), (720, 1440));
        assert_eq!(twice.height(), 2 * once.height());
        let all = (twice.width() * twice.height()) as usize;
        let paper = count(&twice, [255, 255, 255]);
        assert!(paper > all / 2 && paper < all);
        // The bar, and the text in ink: neither is left out.
        assert!(count(&twice, [0x00, 0x72, 0xB2]) > 1000);
        assert!(count(&twice, [0x22, 0x22, 0x22]) > 100);
        assert_eq!(svg_to_png(&svg, 2.0), svg_to_png(&svg, 2.0));
    }

    #[test]
    fn a_character_that_the_typeface_lacks_is_a_box_and_named() {
        let svg = chart("吉 A");
        assert_eq!(lacking(&svg), ['吉']);
        assert!(lacking(&chart("é A")).is_empty());
        // The box is a picture of its own: neither the row without it nor an empty place.
        let with = Pixmap::decode_png(&svg_to_png(&svg, 1.0).unwrap()).unwrap();
        let without = Pixmap::decode_png(&svg_to_png(&chart("\u{2003} A"), 1.0).unwrap()).unwrap();
        // Greys only: the bars are blue.
        let dark = |pixels: &Pixmap| {
            let all = pixels.pixels().iter();
            all.filter(|p| p.red() < 160 && p.red().abs_diff(p.blue()) < 8)
                .count()
        };
        assert!(dark(&with) > dark(&without) + 20);
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let why = |svg: &str, scale| svg_to_png(svg, scale).unwrap_err().to_string();
        assert_eq!(
            why(&chart("A"), f32::NAN),
            "The chart can't be written as PNG: the scale NaN is not above zero."
        );
        assert!(why("no chart", 1.0).starts_with("The chart can't be written as PNG: "));
        assert!(why(&chart("A"), 100.0).ends_with("pixels are too many."));
    }
}
