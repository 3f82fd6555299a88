//! The origin: it answers, or switches and does in the tunnel what the path says.

use std::{cell::Cell, future::pending, io, net::SocketAddr, rc::Rc};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    task::{JoinHandle, JoinSet, spawn_local},
};

use crate::http::{Unread, field};

/// The content of each ordinary answer.
const CONTENT: [u8; 128] = [b'x'; 128];

/// The content of the answer to `/large`: more than any buffers between two programs hold.
pub const LARGE: usize = 64 * 1024 * 1024;

/// What is written to a tunnel, or read from it, at once.
pub const CHUNK: usize = 64 * 1024;

/// An origin that listens, and what has reached it.
#[derive(Debug)]
pub struct Origin {
    /// Where it listens.
    pub address: SocketAddr,
    /// The octets that tunnels to `/sink` and `/both` have brought.
    pub received: Rc<Cell<u64>>,
    accepting: JoinHandle<()>,
}

impl Origin {
    /// Starts one on this thread's `LocalSet`; it ends with that.
    ///
    /// # Errors
    ///
    /// When there is no port.
    pub fn start() -> io::Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Starts one where another has been.
    ///
    /// # Errors
    ///
    /// When somebody listens there.
    pub fn start_at(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(4096)?;
        let address = listener.local_addr()?;
        let received = Rc::new(Cell::new(0));
        let accepting = spawn_local(accept(listener, received.clone()));
        Ok(Self { address, received, accepting })
    }

    /// Ends it with all its connections, as if it was killed.
    pub async fn stop(self) {
        self.accepting.abort();
        let _ = self.accepting.await; // It was cancelled.
    }
}

async fn accept(listener: TcpListener, received: Rc<Cell<u64>>) {
    // What they carry ends with this task.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // It ends only when no file descriptor is left, and then whoever asks it finds out.
                let Ok((socket, _)) = accepted else { return };
                let received = received.clone();
                connections.spawn_local(async move { serve(socket, &received).await });
            }
            // A connection that ends is how every kind of load ends.
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(mut socket: TcpStream, received: &Cell<u64>) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut unread = Unread::default();
    while let Some(head) = unread.head(&mut socket).await? {
        if field(&head, "upgrade").is_none() {
            match path(&head) {
                // It has heard enough.
                b"/deaf" => return pending().await,
                b"/large" => large(&mut socket).await?,
                _ => {
                    let mut answer = ok(CONTENT.len()).into_bytes();
                    answer.extend_from_slice(&CONTENT);
                    socket.write_all(&answer).await?;
                }
            }
            continue;
        }
        let switch = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
                      Sec-WebSocket-Accept: YWNjZXB0\r\n\r\n";
        socket.write_all(switch.as_bytes()).await?;
        return match path(&head) {
            b"/deaf" => pending().await,
            b"/pour" => pour(&mut socket).await,
            b"/sink" => sink(&mut socket, received).await,
            b"/both" => both(&mut socket, received).await,
            _ => {
                socket.write_all(&unread.rest()).await?;
                echo(&mut socket).await
            }
        };
    }
    Ok(())
}

fn ok(length: usize) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")
}

async fn large(socket: &mut TcpStream) -> io::Result<()> {
    socket.write_all(ok(LARGE).as_bytes()).await?;
    let chunk = vec![b'x'; CHUNK];
    for _ in 0..LARGE / CHUNK {
        socket.write_all(&chunk).await?;
    }
    Ok(())
}

fn path(head: &[u8]) -> &[u8] {
    head.split(|octet| *octet == b' ').nth(1).unwrap_or_default()
}

async fn echo(socket: &mut TcpStream) -> io::Result<()> {
    let mut buffer = [0; 256];
    loop {
        let count = socket.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        socket.write_all(&buffer[..count]).await?;
    }
}

/// Writes until nobody takes it any more.
pub(crate) async fn pour(write: &mut (impl tokio::io::AsyncWrite + Unpin)) -> io::Result<()> {
    let chunk = vec![0x55; CHUNK];
    loop {
        write.write_all(&chunk).await?;
    }
}

/// Reads to the end, and counts.
pub(crate) async fn sink(
    read: &mut (impl tokio::io::AsyncRead + Unpin),
    received: &Cell<u64>,
) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = read.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        received.set(received.get() + count as u64);
    }
}

/// Writes and reads at once.
pub(crate) async fn both(socket: &mut TcpStream, received: &Cell<u64>) -> io::Result<()> {
    let (mut read, mut write) = socket.split();
    tokio::try_join!(pour(&mut write), sink(&mut read, received)).map(drop)
}
