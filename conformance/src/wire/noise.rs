//! One endless stream of octets that no compressor or resend could guess.
//!
//! It is the same in every run and everywhere, so whoever meets it can tell by its content alone
//! which stretch of it this is: that is how mebibytes are compared without being kept.

use std::cell::RefCell;

/// The stream, read from its first octet on. xorshift64*: enough to make every window of it
/// different from every other.
#[derive(Clone, Debug)]
pub struct Noise {
    state: u64,
    word: [u8; 8],
    used: usize,
}

impl Default for Noise {
    fn default() -> Self {
        Self { state: 0x9e37_79b9_7f4a_7c15, word: [0; 8], used: 8 }
    }
}

impl Noise {
    /// How many of its octets suffice to recognise it.
    pub const MARK: usize = 32;

    /// Fills `buffer` with what comes next.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        let rest = self.word.len() - self.used;
        let (start, whole) = buffer.split_at_mut(rest.min(buffer.len()));
        start.copy_from_slice(&self.word[self.used..self.used + start.len()]);
        self.used += start.len();
        let mut words = whole.chunks_exact_mut(8);
        for word in &mut words {
            word.copy_from_slice(&self.next());
        }
        let end = words.into_remainder();
        if !end.is_empty() {
            self.word = self.next();
            self.used = end.len();
            end.copy_from_slice(&self.word[..end.len()]);
        }
    }

    fn next(&mut self) -> [u8; 8] {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes()
    }

    /// The stream behind its first `octets`.
    #[must_use]
    pub fn behind(octets: usize) -> Self {
        let mut noise = Self::default();
        let mut skipped = [0; 4096];
        for _ in 0..octets / skipped.len() {
            noise.fill(&mut skipped);
        }
        noise.fill(&mut skipped[..octets % 4096]);
        noise
    }
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
    fn what_was_lent_before_is_lent_again() {
        let short = with_noise(100, <[u8]>::to_vec);
        assert_eq!(with_noise(5000, |noise| noise[..100].to_vec()), short);
        assert_ne!(short[..16], short[16..32]);
    }
}
