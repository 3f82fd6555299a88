//! How much a request may be, once its head is there as a whole.

use crate::fault::{Fault, Seeded};
use crate::head::Field;
use crate::request::{Refused, Request};

/// The longest target that is served, in octets.
const LONGEST_TARGET: usize = 16 * 1024;

/// The longest field value.
const LONGEST_VALUE: usize = 32 * 1024;

/// The most field lines.
const MOST_FIELDS: usize = 1000;

impl Request {
    /// RFC 9112 §3, RFC 9110 §5.4: what is too much is refused, and never cut.
    pub(crate) fn check_limits(&mut self, fault: Seeded) -> Result<(), Refused> {
        if fault == Fault::CutLongTarget {
            // No character stands across the cut in what a scenario sends.
            self.target.truncate(LONGEST_TARGET / 4);
        }
        if self.target.len() > LONGEST_TARGET {
            return Err(Refused(414));
        }
        if fault == Fault::LoseExcessFields {
            self.fields.0.truncate(MOST_FIELDS / 20);
        }
        if fault == Fault::DropLongField {
            self.fields.0.retain(|field| field.value.len() <= LONGEST_VALUE);
        }
        if fault == Fault::CutLongValue {
            self.fields.0.iter_mut().for_each(|field| field.value.truncate(LONGEST_VALUE));
        }
        let is_long = |field: &Field| field.value.len() > LONGEST_VALUE;
        if self.fields.0.len() > MOST_FIELDS || self.fields.0.iter().any(is_long) {
            return Err(Refused(431));
        }
        Ok(())
    }
}
