//! What faults make of a request target. A sound proxy sends on the one that came.

use crate::fault::{Fault, Seeded};

/// The target as it is sent.
pub(crate) fn target(target: &str, fault: Seeded) -> String {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    if fault == Fault::NormalisePath {
        return normalised(path) + query;
    }
    if fault == Fault::DropQuery {
        return path.to_owned();
    }
    if fault == Fault::DropEmptyQuery && query == "?" {
        return path.to_owned();
    }
    if fault == Fault::AsteriskBecomesPath && target == "*" {
        return "/".to_owned();
    }
    if fault == Fault::RemoveDotSegments {
        return without_dots(path) + query;
    }
    if fault == Fault::CutPathParameters {
        let segments = path.split('/').map(|segment| segment.split(';').next().unwrap_or_default());
        return segments.collect::<Vec<_>>().join("/") + query;
    }
    if fault == Fault::EncodePathSigns {
        let signs = |c: char| "!$&'()*+,:@=".contains(c);
        let encode = |c: char| if signs(c) { format!("%{:02X}", u32::from(c)) } else { c.to_string() };
        return path.chars().map(encode).collect::<String>() + query;
    }
    if fault == Fault::CapitalPercent {
        let mut pieces = target.split('%');
        let first = pieces.next().unwrap_or_default().to_owned();
        return pieces.fold(first, |sent, piece| match piece.split_at_checked(2) {
            Some((digits, rest)) => sent + "%" + &digits.to_ascii_uppercase() + rest,
            None => sent + "%" + piece,
        });
    }
    if fault == Fault::DropOddTargetOctets {
        return target.chars().filter(|c| c.is_ascii() && !"\"\\|#%".contains(*c)).collect();
    }
    target.to_owned()
}

/// RFC 3986 §5.2.4, which is for references and not for a gateway.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/').filter(|segment| *segment != ".") {
        if segment == ".." {
            kept.pop();
        } else {
            kept.push(segment);
        }
    }
    kept.join("/")
}

/// `path` decoded, and its double slashes collapsed.
fn normalised(path: &str) -> String {
    let mut decoded = String::new();
    let mut pieces = path.split('%');
    decoded.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let value = piece.get(..2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match value {
            // What is no printable character would break the request line.
            Some(value) if value.is_ascii_graphic() => {
                decoded.push(char::from(value));
                decoded.push_str(&piece[2..]);
            }
            _ => {
                decoded.push('%');
                decoded.push_str(piece);
            }
        }
    }
    while decoded.contains("//") {
        decoded = decoded.replace("//", "/");
    }
    decoded
}
