//! Powers by formula against simulated ones.
