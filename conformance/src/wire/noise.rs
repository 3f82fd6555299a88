//! One endless stream of octets that no compressor or resend could guess.
//!
//! It is the same in every run and everywhere, so whoever meets it can tell by its content alone
//! which stretch of it this is: that is how mebibytes are compared without being kept.

use std::{cell::RefCell, sync::OnceLock};

/// Every page of the stream begins with its number, so that none is like another.
const PAGE: usize = 4096;
/// So many octets of the stream are made; behind them only the numbers change. Copying is what
/// makes a stream of many mebibytes cheap, unoptimised builds included.
const MADE: usize = 16 * PAGE;

/// The stream, read from its first octet on.
#[derive(Clone, Debug, Default)]
pub struct Noise {
    at: usize,
}

impl Noise {
    /// How many of its octets suffice to recognise it.
    pub const MARK: usize = 32;

    /// The stream behind its first `octets`.
    #[must_use]
    pub fn behind(octets: usize) -> Self {
        Self { at: octets }
    }

    /// Fills `buffer` with what comes next.
    pub fn fill(&mut self, mut buffer: &mut [u8]) {
        let made = made();
        while !buffer.is_empty() {
            let (page, within) = (self.at / PAGE, self.at % PAGE);
            let (here, rest) = buffer.split_at_mut(buffer.len().min(PAGE - within));
            let from = (page * PAGE) % MADE + within;
            here.copy_from_slice(&made[from..from + here.len()]);
            let number = (page as u64).to_le_bytes();
            for (octet, digit) in here.iter_mut().zip(number.iter().skip(within)) {
                *octet ^= digit;
            }
            self.at = self.at.wrapping_add(here.len());
            buffer = rest;
        }
    }

    /// How many of `octets` are what comes next: none of the stream is kept, however far behind it is.
    #[must_use]
    pub fn same(mut self, octets: &[u8]) -> usize {
        let mut page = [0; PAGE];
        let mut same = 0;
        for octets in octets.chunks(PAGE) {
            let page = &mut page[..octets.len()];
            self.fill(page);
            let here = equal(octets, page);
            same += here;
            if here < octets.len() {
                break;
            }
        }
        same
    }
}

/// xorshift64*: enough to make every window different from every other.
fn made() -> &'static [u8] {
    static MADE_ONCE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE_ONCE.get_or_init(|| {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let words = std::iter::repeat_with(move || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes()
        });
        words.flatten().take(MADE).collect()
    })
}

thread_local! {
    /// As much as was ever asked for: a wait compares against it again and again.
    static START: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Lends the first `size` octets of the stream. For sizes that may be kept in memory.
pub fn with_noise<T>(size: usize, borrow: impl FnOnce(&[u8]) -> T) -> T {
    START.with_borrow_mut(|start| {
        if start.len() < size {
            let mut noise = Noise::behind(start.len());
            let known = start.len();
            start.resize(size, 0);
            noise.fill(&mut start[known..]);
        }
        borrow(&start[..size])
    })
}

/// How many octets at the beginning of both are the same.
#[must_use]
pub fn equal(one: &[u8], other: &[u8]) -> usize {
    if one == other { one.len() } else { one.iter().zip(other).take_while(|(a, b)| a == b).count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_stream_however_it_is_read() {
        let whole = with_noise(10_001, <[u8]>::to_vec);
        let mut pieces = Vec::new();
        let mut noise = Noise::default();
        for size in [1, 7, 8, 9, 0, 4096, 3, 5877] {
            let mut piece = vec![0; size];
            noise.fill(&mut piece);
            pieces.extend(piece);
        }
        assert_eq!(pieces, whole);
        let mut behind = [0; 16];
        Noise::behind(5000).fill(&mut behind);
        assert_eq!(behind, whole[5000..5016]);
    }

    #[test]
    fn no_page_is_like_another() {
        let pages: std::collections::BTreeSet<Vec<u8>> =
            with_noise(64 * PAGE, |noise| noise.chunks(PAGE).map(<[u8]>::to_vec).collect());
        assert_eq!(pages.len(), 64);
    }

    #[test]
    fn what_was_lent_before_is_lent_again() {
        let short = with_noise(100, <[u8]>::to_vec);
        assert_eq!(with_noise(5000, |noise| noise[..100].to_vec()), short);
        assert_ne!(short[..16], short[16..32]);
    }
}
