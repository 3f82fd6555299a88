//! What differs from run to run and says nothing: addresses and dates.
//!
//! Reports of two runs are compared octet by octet, so these are replaced before anything is
//! cut or counted.

use memchr::memmem;

use crate::scenario::Bindings;

/// Replaces the addresses of one exchange, dates, and what a target makes up anew in each run, by names.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    addresses: Vec<(String, &'static str)>,
    /// Behind these texts stands what differs.
    varying: Vec<String>,
}

impl Redaction {
    /// For an exchange in which the names stand for these values.
    #[must_use]
    pub fn of(names: &Bindings) -> Self {
        let mut addresses = Vec::new();
        for (name, shown) in [("authority", "{authority}"), ("origin", "{origin}")] {
            if let Some(value) = names.0.get(name).filter(|value| !value.is_empty()) {
                addresses.push((value.clone(), shown));
            }
        }
        Self { addresses, varying: names.varying().map(str::to_owned).collect() }
    }

    /// `text`, which may quote octets in their escaped form, without what differs from run to run.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, shown) in &self.addresses {
            text = text.replace(value, shown);
        }
        let dated = behind(text.as_bytes(), b"Date: ", b"\\`", &|value| {
            // A quotation may be cut within it.
            (value.len() == 29 || !value.is_ascii()).then_some("{date}")
        });
        let mut octets = dated.clone();
        for varying in &self.varying {
            octets = behind(&octets, varying.as_bytes(), b"\\`<\"", &|_| Some("{varies}"));
        }
        let changed = octets != dated;
        let mut text = String::from_utf8_lossy(&octets).into_owned();
        // Where it is cut depends on the length of what differed.
        if changed && let Some(end) = text.find('…') {
            let mut cut = end.min(80);
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            text.replace_range(cut..end, "");
        }
        text
    }

    /// `octets` without what differs from run to run.
    #[must_use]
    pub fn octets(&self, octets: &[u8]) -> Vec<u8> {
        let mut octets = octets.to_vec();
        for (value, shown) in &self.addresses {
            octets = replace(&octets, value.as_bytes(), shown.as_bytes());
        }
        octets = dates(&octets);
        for varying in &self.varying {
            octets = behind(&octets, varying.as_bytes(), b"\r\n<\"", &|_| Some("{varies}"));
        }
        octets
    }
}

/// Replaces what stands behind each `text`, in letters of any case, up to the first of `ends`, by what
/// `shown` makes of it; `None` keeps it.
fn behind(octets: &[u8], text: &[u8], ends: &[u8], shown: &dyn Fn(&[u8]) -> Option<&'static str>) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some(at) = rest.windows(text.len()).position(|window| window.eq_ignore_ascii_case(text)) {
        let (before, value) = rest.split_at(at + text.len());
        replaced.extend(before);
        let end = value.iter().position(|octet| ends.contains(octet)).unwrap_or(value.len());
        match shown(&value[..end]) {
            Some(shown) => replaced.extend(shown.as_bytes()),
            None => replaced.extend(&value[..end]),
        }
        rest = &value[end..];
    }
    replaced.extend(rest);
    replaced
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
        assert_eq!(
            redaction
                .text("`HTTP/1.1 200 OK\\r\\ndate: Sun, 06 Nov 1994 08:49:37 GMT\\r\\nDate: soon\\r\\n`"),
            "`HTTP/1.1 200 OK\\r\\ndate: {date}\\r\\nDate: soon\\r\\n`"
        );
    }

    #[test]
    fn what_a_target_makes_up_in_each_run_is_replaced_where_its_definition_says_so() {
        let mut names = Bindings::default();
        names.set_varying(&["X-Id: ".to_owned(), "XID: ".to_owned()]);
        let redaction = Redaction::of(&names);
        assert_eq!(
            redaction.octets(b"HTTP/1.1 503 No\r\nx-id: 12 34\r\nX-Idle: 5\r\n\r\n<p>XID: 6</p>"),
            b"HTTP/1.1 503 No\r\nx-id: {varies}\r\nX-Idle: 5\r\n\r\n<p>XID: {varies}</p>"
        );
        let filler = "x".repeat(90);
        let cut = |id: &str, more: &str| redaction.text(&format!("`X-Id: {id}\\r\\n{filler}{more}…`"));
        assert_eq!(cut("1", "xx"), cut("123", ""), "wherever it was cut");
        assert_eq!(cut("1", ""), cut("12345678", ""), "even if it is as long as its name");
        assert!(cut("1", "").starts_with("`X-Id: {varies}\\r\\nxxx"));
    }
}
