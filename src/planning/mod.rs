//! Stage 5, estimate: planning. What a design can find, by formula from assumptions or a baseline, and by simulation from the baseline.

mod baseline;
mod correlation;
mod evaluated;
mod given;
mod power;
mod question;
mod simulate;
mod units;

pub use baseline::Baseline;
pub use evaluated::{Diagnosed, Found, Property, diagnose};
pub use given::{Assumed, Figure, Given, Measure, Source, Told};
pub use power::{Draws, PlannedPower, SimulatedPower, power_from_baseline, power_from_numbers};
pub use question::{Answer, Curve, CurvePoint, Question, Sought, answer};
pub use simulate::{Settings, Simulator};
pub use units::Units;
