//! Qualitative comparative analysis from settings to outcome.
