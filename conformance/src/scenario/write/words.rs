//! Single values as KDL: texts, octets, sizes and times.

use std::{fmt::Write, time::Duration};

use crate::{
    scenario::data::{Data, Piece, Template},
    wire::Opcode,
};

/// A text in quotation marks. Whatever is not printable ASCII is escaped, so that an editor shows it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '"' => escaped += "\\\"",
            '\\' => escaped += "\\\\",
            '\n' => escaped += "\\n",
            '\r' => escaped += "\\r",
            '\t' => escaped += "\\t",
            ' '..='~' => escaped.push(letter),
            _ => {
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(letter));
            }
        }
    }
    escaped
}

pub(super) fn template(text: &Template) -> String {
    quoted(&text.source())
}

/// Pairs of digits, in quotation marks.
pub(super) fn hex(octets: &[u8]) -> String {
    let digits: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    format!("\"{}\"", digits.join(" "))
}

/// Octets, one piece behind the other.
pub(super) fn data(octets: &Data, depth: usize) -> String {
    let pieces: Vec<String> = octets.0.iter().map(|piece| self::piece(piece, depth)).collect();
    pieces.join(" ")
}

fn piece(piece: &Piece, depth: usize) -> String {
    match piece {
        Piece::Text(text) => template(text),
        Piece::Lines(text) => format!("(lines){}", lines(text, depth)),
        Piece::Head(text) => format!("(head){}", lines(text, depth)),
        Piece::Hex(octets) => format!("(hex){}", hex(octets)),
        Piece::Noise(octets) => format!("(noise){}", size(*octets)),
        Piece::EveryOctet(times) => format!("(every-octet){}", size(*times)),
        Piece::Frame(opcode, text) => format!("({}){}", frame(*opcode), template(text)),
    }
}

fn frame(opcode: Opcode) -> &'static str {
    match opcode {
        Opcode::Text => "ws-text",
        Opcode::Binary => "ws-binary",
        Opcode::Ping => "ws-ping",
        Opcode::Pong => "ws-pong",
        Opcode::Close => "ws-close",
    }
}

/// Each line on a line of its own, where that leaves them as they are.
fn lines(text: &Template, depth: usize) -> String {
    let source = text.source();
    let is_plain = |line: &str| {
        !line.is_empty() && line == line.trim() && line.bytes().all(|octet| (b' '..=b'~').contains(&octet))
    };
    if !source.split('\n').all(is_plain) {
        return quoted(&source);
    }
    let indent = " ".repeat((depth + 1) * 4);
    let mut block = "\"\"\"\n".to_owned();
    for line in source.split('\n') {
        // Three quotation marks would end it; a backslash begins an escape here as well.
        let line = line.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
        let _ = writeln!(block, "{indent}{line}");
    }
    block + &indent + "\"\"\""
}

/// A number, or a text with its unit.
pub(super) fn size(octets: usize) -> String {
    let units = [(1 << 20, "MiB"), (1 << 10, "KiB")];
    let whole = units.into_iter().find(|(unit, _)| octets > 0 && octets.is_multiple_of(*unit));
    whole.map_or_else(|| octets.to_string(), |(unit, name)| format!("\"{}{name}\"", octets / unit))
}

pub(super) fn duration(time: Duration) -> String {
    let millis = time.as_millis();
    let text = if millis > 0 && millis.is_multiple_of(1000) {
        format!("{}s", millis / 1000)
    } else {
        format!("{millis}ms")
    };
    quoted(&text)
}
