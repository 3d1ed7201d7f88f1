//! Stage: engine.
