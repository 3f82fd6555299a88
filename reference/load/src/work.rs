//! What clients do: each kind of load, for a while, and what came of it.

use std::{
    cell::{Cell, RefCell},
    io,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::sleep,
};

use crate::{
    figures::percentile,
    http::{self, Unread},
    origin::{Origin, both, pour, sink},
    proxy::Proxy,
};

/// A kind of load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// `GET` and an answer of 128 octets, over 64 connections that are kept.
    Plain,
    /// Connect, `Upgrade`, 101, end; 32 at a time.
    Handshake,
    /// A message of 64 octets there and back, in each of 64 tunnels.
    Echo,
    /// As fast as it goes from the origin to four clients.
    Down,
    /// As fast as it goes from four clients to the origin.
    Up,
    /// Both at once, in each of four tunnels.
    Both,
}

impl Work {
    /// All of them, in the order in which they are reported.
    pub const ALL: [Self; 6] = [Self::Plain, Self::Handshake, Self::Echo, Self::Down, Self::Up, Self::Both];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain request",
            Self::Handshake => "handshake",
            Self::Echo => "echo of 64 octets",
            Self::Down => "bulk to the client",
            Self::Up => "bulk to the origin",
            Self::Both => "bulk both ways",
        }
    }

    /// Whether it is counted in KiB rather than in operations.
    #[must_use]
    pub fn is_bulk(self) -> bool {
        matches!(self, Self::Down | Self::Up | Self::Both)
    }

    fn clients(self) -> usize {
        match self {
            Self::Plain | Self::Echo => 64,
            Self::Handshake => 32,
            Self::Down | Self::Up | Self::Both => 4,
        }
    }
}

/// What came of a while of load.
#[derive(Clone, Debug)]
pub struct Done {
    /// Operations, or octets of bulk.
    pub count: u64,
    /// How long it was measured.
    pub took: Duration,
    /// The processor time of the proxy in that.
    pub cpu: Duration,
    /// How long half of the operations took at most; zero for bulk.
    pub p50: Duration,
    /// How long 99 of 100 took at most; zero for bulk.
    pub p99: Duration,
}

/// What the clients of one load share.
#[derive(Debug, Default)]
struct Meter {
    count: Rc<Cell<u64>>,
    waits: RefCell<Vec<Duration>>,
}

impl Meter {
    fn operation(&self, since: Instant) {
        self.count.set(self.count.get() + 1);
        self.waits.borrow_mut().push(since.elapsed());
    }
}

/// Puts load on a proxy: first for `warm`, which is not counted, then for `window`.
///
/// # Errors
///
/// When a client meets anything but what the load expects, or the proxy has ended.
pub async fn put(
    work: Work,
    proxy: &Proxy,
    origin: &Origin,
    warm: Duration,
    window: Duration,
) -> io::Result<Done> {
    let meter = Rc::new(Meter::default());
    let mut clients = JoinSet::new();
    for _ in 0..work.clients() {
        let (address, meter) = (proxy.address(), meter.clone());
        clients.spawn_local(async move { client(work, address, &meter).await });
    }
    let measured = async {
        sleep(warm).await;
        meter.waits.borrow_mut().clear();
        let count = || meter.count.get() + origin.received.get();
        let (before, cpu, start) = (count(), proxy.usage()?.cpu, Instant::now());
        sleep(window).await;
        let (took, cpu) = (start.elapsed(), proxy.usage()?.cpu.saturating_sub(cpu));
        let (count, mut waits) = (count() - before, meter.waits.take());
        Ok(Done { count, took, cpu, p50: percentile(&mut waits, 50), p99: percentile(&mut waits, 99) })
    };
    tokio::select! {
        done = measured => done,
        Some(ended) = clients.join_next() => Err(match ended {
            Ok(Err(error)) => error,
            ended => io::Error::other(format!("a client ended: {ended:?}")),
        }),
    }
}

/// One client, which goes on until it is dropped.
async fn client(work: Work, address: SocketAddr, meter: &Meter) -> io::Result<()> {
    match work {
        Work::Plain => plain(address, meter).await,
        Work::Handshake => loop {
            let start = Instant::now();
            handshake(address).await?;
            meter.operation(start);
        },
        Work::Echo => {
            let mut socket = tunnel(address, "/echo").await?;
            loop {
                let start = Instant::now();
                message(&mut socket).await?;
                meter.operation(start);
            }
        }
        Work::Down => sink(&mut tunnel(address, "/pour").await?, &meter.count).await,
        Work::Up => pour(&mut tunnel(address, "/sink").await?).await,
        Work::Both => both(&mut tunnel(address, "/both").await?, &meter.count).await,
    }
}

async fn plain(address: SocketAddr, meter: &Meter) -> io::Result<()> {
    let mut socket = connect(address).await?;
    let mut unread = Unread::default();
    loop {
        let start = Instant::now();
        expect(get(&mut socket, &mut unread).await? == 200, "200")?;
        meter.operation(start);
    }
}

/// A plain request on an open connection. The result is the status of its answer.
///
/// # Errors
///
/// When no whole answer comes.
pub async fn get(socket: &mut TcpStream, unread: &mut Unread) -> io::Result<u16> {
    socket.write_all(b"GET / HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n").await?;
    let head = unread.head(socket).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    unread.exact(socket, http::length(&head)).await?;
    Ok(http::status(&head))
}

/// Opens a tunnel, and ends it.
///
/// # Errors
///
/// When it does not open, or not end.
pub async fn handshake(address: SocketAddr) -> io::Result<()> {
    let mut socket = tunnel(address, "/echo").await?;
    socket.shutdown().await?;
    expect(socket.read(&mut [0; 16]).await? == 0, "the end of the tunnel")
}

/// A message of 64 octets through an open tunnel to `/echo`, and back.
///
/// # Errors
///
/// When the tunnel ends before.
pub async fn message(socket: &mut TcpStream) -> io::Result<()> {
    socket.write_all(&[0x55; 64]).await?;
    socket.read_exact(&mut [0; 64]).await.map(drop)
}

/// Tunnels that are open, have each carried a message, and are silent.
///
/// # Errors
///
/// When one cannot be opened.
pub async fn idle(address: SocketAddr, count: usize) -> io::Result<Vec<TcpStream>> {
    let mut open = Vec::with_capacity(count);
    while open.len() < count {
        let mut batch = JoinSet::new();
        for _ in 0..(count - open.len()).min(64) {
            batch.spawn_local(async move {
                let mut socket = tunnel(address, "/echo").await?;
                message(&mut socket).await?;
                io::Result::Ok(socket)
            });
        }
        while let Some(socket) = batch.join_next().await {
            open.push(socket.map_err(io::Error::other)??);
        }
    }
    Ok(open)
}

/// Opens a tunnel.
///
/// # Errors
///
/// When the answer is no 101, or there is none.
pub async fn tunnel(address: SocketAddr, path: &str) -> io::Result<TcpStream> {
    let mut socket = connect(address).await?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await?;
    // What an origin that pours sent right behind its head is dropped: it is only counted anyway.
    let mut unread = Unread::default();
    let head = unread.head(&mut socket).await?.unwrap_or_default();
    expect(http::status(&head) == 101, "101")?;
    Ok(socket)
}

/// A connection that sends what is written at once.
///
/// # Errors
///
/// When it is refused.
pub async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

fn expect(it_is: bool, what: &str) -> io::Result<()> {
    if it_is { Ok(()) } else { Err(io::Error::other(format!("something else came in place of {what}"))) }
}
