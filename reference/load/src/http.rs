//! As much HTTP as load needs: one head, and how much content is behind it.

use std::io;

use memchr::memmem;
use tokio::{io::AsyncReadExt as _, net::TcpStream};

/// What was read from a connection and not yet used.
#[derive(Debug, Default)]
pub struct Unread(Vec<u8>);

impl Unread {
    /// The next head, with its blank line. `None` if the connection ends before it.
    ///
    /// # Errors
    ///
    /// When the connection breaks, or ends within a head.
    pub async fn head(&mut self, socket: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(at) = memmem::find(&self.0, b"\r\n\r\n") {
                return Ok(Some(self.take(at + 4)));
            }
            if !self.fill(socket).await? {
                return if self.0.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }

    /// Exactly so many octets.
    ///
    /// # Errors
    ///
    /// When the connection breaks, or ends before them.
    pub async fn exact(&mut self, socket: &mut TcpStream, count: usize) -> io::Result<Vec<u8>> {
        while self.0.len() < count {
            if !self.fill(socket).await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.take(count))
    }

    /// All that is there already.
    #[must_use]
    pub fn rest(self) -> Vec<u8> {
        self.0
    }

    async fn fill(&mut self, socket: &mut TcpStream) -> io::Result<bool> {
        Ok(socket.read_buf(&mut self.0).await? > 0)
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let rest = self.0.split_off(count);
        std::mem::replace(&mut self.0, rest)
    }
}

/// The status of a response's head; 0 if it has none.
#[must_use]
pub fn status(head: &[u8]) -> u16 {
    let digits = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The value of a field in a head.
#[must_use]
pub fn field<'a>(head: &'a [u8], name: &str) -> Option<&'a [u8]> {
    head.split(|octet| *octet == b'\n').skip(1).find_map(|line| {
        let colon = line.iter().position(|octet| *octet == b':')?;
        line[..colon].eq_ignore_ascii_case(name.as_bytes()).then(|| line[colon + 1..].trim_ascii())
    })
}

/// How much content a head announces; 0 if it does not.
#[must_use]
pub fn length(head: &[u8]) -> usize {
    let value = field(head, "content-length").and_then(|value| std::str::from_utf8(value).ok());
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_understood() {
        let head = b"HTTP/1.1 200 OK\r\nX: content-length\r\ncontent-LENGTH:  12 \r\n\r\n";
        assert_eq!((status(head), length(head), field(head, "x")), (200, 12, Some(&b"content-length"[..])));
        assert_eq!((status(b"HTTP"), length(b"HTTP/1.1 204 No\r\n\r\n")), (0, 0));
    }
}
