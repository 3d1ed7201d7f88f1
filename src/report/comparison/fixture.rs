//! Invented comparisons for tests.
