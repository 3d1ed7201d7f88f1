//! Stage 5, estimate: planning. What a design can find, by formula from assumptions or a baseline, and by simulation from the baseline.

mod baseline;
mod correlation;
mod evaluated;
mod question;
mod simulate;

pub use baseline::{Baseline, Figure};
pub use evaluated::{Diagnosed, Found, Property, diagnose};
pub use question::{Answer, Curve, CurvePoint, Question, Sought, answer};
pub use simulate::{Drawn, Settings, Simulator};
