//! Stage: compare.
