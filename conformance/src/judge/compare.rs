//! What arrived beside what was awaited, octet by octet, bulk included.

use crate::{
    scenario::Run,
    transcript::{Conn, Stretch},
    wire::{Noise, equal},
};

/// How the octets that are there compare with those that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// All of them are there.
    Whole,
    /// So many are there, and no other.
    Short(usize),
    /// Behind so many there is another.
    Differs(usize),
}

/// Compares what `conn` received behind its first `taken` octets with `wanted`.
pub(super) fn compare(conn: &Conn, taken: usize, wanted: &[Run]) -> Compared {
    let mut position = taken;
    for run in wanted {
        let mut at = 0;
        while at < run.length() {
            let Some(here) = conn.behind(position).next() else { return Compared::Short(position - taken) };
            let (length, same) = alike(here, run, at);
            position += same;
            at += same;
            if same < length {
                return Compared::Differs(position - taken);
            }
        }
    }
    Compared::Whole
}

/// How many octets of `here` can be compared with `run` from `at` on, and how many are the same.
fn alike(here: Stretch<'_>, run: &Run, at: usize) -> (usize, usize) {
    let left = run.length() - at;
    match (here, run) {
        (Stretch::Kept(octets), Run::Octets(wanted)) => {
            let length = octets.len().min(left);
            (length, equal(&octets[..length], &wanted[at..at + length]))
        }
        (Stretch::Kept(octets), Run::Noise(_)) => {
            let length = octets.len().min(left);
            (length, Noise::behind(at).same(&octets[..length]))
        }
        (Stretch::Noise { from, octets }, Run::Noise(_)) => {
            let length = octets.min(left);
            (length, if from == at { length } else { 0 })
        }
        (Stretch::Noise { from, octets }, Run::Octets(wanted)) => {
            let length = octets.min(left);
            (length, Noise::behind(from).same(&wanted[at..at + length]))
        }
    }
}
