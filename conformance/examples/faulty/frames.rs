//! What faults do to WebSocket frames (RFC 6455 §5.2) and capsules (RFC 9297 §3.2) in a tunnel.
//!
//! Only octets that are whole frames, or whole capsules, are touched. A sound proxy never looks.

use crate::fault::{Fault, Seeded};

/// One frame.
#[derive(Debug)]
struct Frame {
    /// FIN, the reserved bits and the opcode.
    first: u8,
    /// As it was written: 7, 16 or 64 bits.
    length_width: LengthWidth,
    mask: Option<[u8; 4]>,
    /// As it travels, masked or not.
    payload: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum LengthWidth {
    Short,
    Medium,
    Long,
}

/// What becomes of `octets`.
pub(crate) fn spoilt(octets: Vec<u8>, fault: Seeded) -> Vec<u8> {
    match fault.0 {
        Some(Fault::DropUnknownCapsules) => datagrams_only(&octets).unwrap_or(octets),
        Some(fault) => match frames(&octets) {
            Some(frames) => frames.into_iter().flat_map(|frame| frame.spoilt(fault).octets()).collect(),
            None => octets,
        },
        None => octets,
    }
}

impl Frame {
    fn spoilt(mut self, fault: Fault) -> Frame {
        match fault {
            Fault::EndEveryFrame => self.first |= 0x80,
            Fault::ClearReservedBits => self.first &= 0x8F,
            Fault::BinaryBecomesText if self.first & 0x0F > 1 => self.first = self.first & 0xF0 | 1,
            Fault::RemaskFrames => self.mask_with(self.mask.map(|_| [1, 2, 3, 4])),
            Fault::MaskUnmasked if self.mask.is_none() => self.mask_with(Some([1, 2, 3, 4])),
            Fault::ShortenLengths => self.length_width = LengthWidth::fitting(self.payload.len()),
            _ => {}
        }
        self
    }

    fn mask_with(&mut self, mask: Option<[u8; 4]>) {
        let keys = [self.mask.unwrap_or_default(), mask.unwrap_or_default()];
        for key in keys {
            self.payload.iter_mut().zip(key.iter().cycle()).for_each(|(octet, key)| *octet ^= key);
        }
        self.mask = mask;
    }

    fn octets(&self) -> Vec<u8> {
        let masked = if self.mask.is_some() { 0x80 } else { 0 };
        let length = self.payload.len() as u64;
        let mut octets = vec![self.first];
        match self.length_width {
            LengthWidth::Short => octets.push(masked | self.payload.len() as u8),
            LengthWidth::Medium => {
                octets.push(masked | 126);
                octets.extend(&length.to_be_bytes()[6..]);
            }
            LengthWidth::Long => {
                octets.push(masked | 127);
                octets.extend(length.to_be_bytes());
            }
        }
        octets.extend(self.mask.iter().flatten());
        octets.extend(&self.payload);
        octets
    }
}

impl LengthWidth {
    fn fitting(length: usize) -> LengthWidth {
        match length {
            0..=125 => LengthWidth::Short,
            126..=0xFFFF => LengthWidth::Medium,
            _ => LengthWidth::Long,
        }
    }
}

/// `octets` as frames, if they are nothing else.
fn frames(mut octets: &[u8]) -> Option<Vec<Frame>> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = octets {
        let (length, length_width, rest) = match (second & 0x7F, rest) {
            (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), LengthWidth::Medium, rest),
            (127, rest) => {
                let (length, rest) = rest.split_first_chunk()?;
                (u64::from_be_bytes(*length), LengthWidth::Long, rest)
            }
            (126, _) => return None,
            (short, rest) => (u64::from(short), LengthWidth::Short, rest),
        };
        let (mask, rest) = match second & 0x80 {
            0 => (None, rest),
            _ => rest.split_first_chunk().map(|(mask, rest)| (Some(*mask), rest))?,
        };
        let (payload, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        frames.push(Frame { first: *first, length_width, mask, payload: payload.to_vec() });
        octets = rest;
    }
    octets.is_empty().then_some(frames)
}

/// The DATAGRAM capsules among `octets`, if these are whole capsules with short lengths.
fn datagrams_only(mut octets: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    while let [kind, length, rest @ ..] = octets {
        let size = 2 + usize::from(*length);
        let (_, after) = rest.split_at_checked(usize::from(*length))?;
        if *kind > 0x3F || *length > 0x3F {
            return None;
        }
        if *kind == 0 {
            kept.extend(&octets[..size]);
        }
        octets = after;
    }
    octets.is_empty().then_some(kept)
}
