//! Both ends of the proxy, as bare sockets: whoever uses this plays client
//! and origin by hand. Every read ends, at the latest, with its deadline.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use reference::{Config, Running};

/// The longest any expected thing may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// An Upgrade request as a browser would send it.
pub(crate) const HANDSHAKE: &str = "GET /mapped/chat HTTP/1.1\r\nHost: example.org\r\n\
    Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a2V5\r\n\r\n";

/// The answer that accepts it.
pub(crate) const SWITCH: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Accept: YWNjZXB0\r\n\r\n";

/// The smallest complete answer.
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A proxy in this process, with the routes of the example file.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    running: Option<Running>,
}

impl Proxy {
    /// Starts one in front of `origin`; `settings` go into its `http` block.
    pub(crate) fn before(origin: SocketAddr, settings: &str) -> Self {
        let example = include_str!("../../examples/websocket.conf");
        let text = example
            .replace("127.0.0.1:8080", "127.0.0.1:0")
            .replace("127.0.0.1:9000", &origin.to_string())
            .replace("http {", &format!("http {{ {settings}"));
        let config = Config::parse("test.conf", text).unwrap();
        let running = reference::start(config, 1).unwrap();
        Proxy { address: running.addresses[0], running: Some(running) }
    }

    /// A new client.
    pub(crate) fn client(&self) -> Peer {
        Peer::new(TcpStream::connect(self.address).unwrap())
    }

    /// Lets it finish what it does.
    pub(crate) fn drain(&self) {
        self.running.as_ref().unwrap().drain();
    }

    /// Waits until it has.
    pub(crate) fn join(mut self) {
        self.running.take().unwrap().join();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.end();
        }
    }
}

/// An origin that does nothing by itself.
pub(crate) struct Origin(TcpListener);

impl Origin {
    pub(crate) fn new() -> Self {
        Origin(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub(crate) fn accept(&self) -> Peer {
        Peer::new(self.0.accept().unwrap().0)
    }
}

/// One end of a connection.
pub(crate) struct Peer {
    pub(crate) socket: TcpStream,
    unread: Vec<u8>,
}

/// How the other side's bytes came to an end.
#[derive(Debug, PartialEq)]
pub(crate) enum Ending {
    Fin,
    Reset,
}

impl Peer {
    pub(crate) fn new(socket: TcpStream) -> Self {
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        socket.set_nodelay(true).unwrap();
        Peer { socket, unread: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.socket.write_all(bytes.as_ref()).unwrap();
    }

    pub(crate) fn end(&self) {
        self.socket.shutdown(Shutdown::Write).unwrap();
    }

    /// The next head, up to and with its blank line.
    pub(crate) fn head(&mut self) -> String {
        let blank = b"\r\n\r\n";
        loop {
            if let Some(at) = self.unread.windows(4).position(|window| window == blank) {
                let rest = self.unread.split_off(at + 4);
                return String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap();
            }
            assert!(self.fill().is_ok_and(|count| count > 0), "no head: {:?}", self.unread);
        }
    }

    /// Exactly so many bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        while self.unread.len() < count {
            let more = self.fill().unwrap();
            assert!(more > 0, "ended after {:?}", String::from_utf8_lossy(&self.unread));
        }
        let rest = self.unread.split_off(count);
        std::mem::replace(&mut self.unread, rest)
    }

    /// Everything up to the end, and which end it was.
    pub(crate) fn rest(&mut self) -> (String, Ending) {
        let ending = loop {
            match self.fill() {
                Ok(0) => break Ending::Fin,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break Ending::Reset,
                Err(error) => panic!("{error}, after {:?}", self.unread),
            }
        };
        (String::from_utf8_lossy(&std::mem::take(&mut self.unread)).into_owned(), ending)
    }

    fn fill(&mut self) -> std::io::Result<usize> {
        let mut chunk = [0; 4096];
        let count = self.socket.read(&mut chunk)?;
        self.unread.extend_from_slice(&chunk[..count]);
        Ok(count)
    }
}

/// Has a client open a tunnel. The result is the origin's side of it.
pub(crate) fn switch(client: &mut Peer, origin: &Origin) -> Peer {
    client.send(HANDSHAKE);
    let mut upstream = origin.accept();
    upstream.head();
    upstream.send(SWITCH);
    assert_eq!(status(&client.head()), "101");
    upstream
}

/// The values of a field in a head, in their order.
pub(crate) fn values<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
}

/// The status of a response head.
pub(crate) fn status(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}
