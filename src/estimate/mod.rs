//! Stage: estimate.
