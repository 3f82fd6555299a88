//! What differs from run to run and says nothing: addresses and dates.
//!
//! Reports of two runs are compared octet by octet, so these are replaced before anything is
//! cut or counted.

use memchr::memmem;

use crate::scenario::Bindings;

/// Replaces the addresses of one exchange, and dates, by names.
#[derive(Clone, Debug, Default)]
pub struct Redaction(Vec<(String, &'static str)>);

impl Redaction {
    /// For an exchange in which the names stand for these values.
    #[must_use]
    pub fn of(names: &Bindings) -> Self {
        let mut pairs = Vec::new();
        for (name, shown) in [("authority", "{authority}"), ("origin", "{origin}")] {
            if let Some(value) = names.0.get(name).filter(|value| !value.is_empty()) {
                pairs.push((value.clone(), shown));
            }
        }
        Self(pairs)
    }

    /// `text` without what differs from run to run.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, shown) in &self.0 {
            text = text.replace(value, shown);
        }
        text
    }

    /// `octets` without what differs from run to run.
    #[must_use]
    pub fn octets(&self, octets: &[u8]) -> Vec<u8> {
        let mut octets = octets.to_vec();
        for (value, shown) in &self.0 {
            octets = replace(&octets, value.as_bytes(), shown.as_bytes());
        }
        dates(&octets)
    }
}

fn replace(octets: &[u8], value: &[u8], shown: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some(at) = memmem::find(rest, value) {
        replaced.extend(&rest[..at]);
        replaced.extend(shown);
        rest = &rest[at + value.len()..];
    }
    replaced.extend(rest);
    replaced
}

/// The value of each Date line in what looks like a head.
fn dates(octets: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(octets.len());
    for line in octets.split_inclusive(|&octet| octet == b'\n') {
        let named = line.len() > 6 && line[..5].eq_ignore_ascii_case(b"date:") && line.ends_with(b"\r\n");
        // An HTTP date always has this length (RFC 9110 §5.6.7); anything else is kept to be seen.
        if named && line[5..].trim_ascii().len() == 29 {
            shown.extend(&line[..5]);
            shown.extend(b" {date}\r\n");
        } else {
            shown.extend(line);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_dates_are_replaced_and_nothing_else() {
        let names = Bindings(
            [
                ("authority".to_owned(), "127.0.0.1:80".to_owned()),
                ("origin".to_owned(), "127.0.0.1:90".to_owned()),
            ]
            .into(),
        );
        let redaction = Redaction::of(&names);
        let octets = b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX: 127.0.0.1:90\r\nDate: soon\r\n\r\n";
        assert_eq!(
            redaction.octets(octets),
            b"HTTP/1.1 200 OK\r\nDate: {date}\r\nX: {origin}\r\nDate: soon\r\n\r\n"
        );
        assert_eq!(redaction.text("from 127.0.0.1:80"), "from {authority}");
    }
}
