//! Exit codes, documented in the README and in `--help`.

/// Conformant, or only deviations that the expectation file names.
pub const CONFORMANT: u8 = 0;
/// An unexpected violation, or an expectation that no longer holds.
pub const VIOLATION: u8 = 1;
/// Wrong usage, a broken scenario or definition, or nothing selected.
pub const USAGE: u8 = 2;
/// The target did not start or was unusable.
pub const TARGET: u8 = 3;
/// Something could not be judged, or the run was interrupted.
pub const INCONCLUSIVE: u8 = 4;
/// Our own fault.
pub const OUR_FAULT: u8 = 5;
