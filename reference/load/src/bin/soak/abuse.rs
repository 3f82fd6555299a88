//! Clients and origins that are slow, or stand still.

use std::{
    cell::RefCell,
    io,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use hopspec_load::{
    figures::percentile,
    http::{Unread, status},
    origin::{CHUNK, LARGE, Origin},
    proxy::Proxy,
    work::{connect, get, tunnel},
};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{SOON, Verdict, growth, start, until, until_quiet};

/// Memory that one tunnel with a stalled reader may take, octets: one read of what the sink did not take.
const MOST_FOR_TUNNEL: u64 = 64 * 1024;

/// Memory that one message with a stalled reader may take, octets: six of hyper's buffers, each of which has
/// to hold a whole head of 128 KiB. One is read into, and one is on its way. What waits to be written is
/// less than one buffer when the last piece comes to it; but each piece keeps the buffer that it was read
/// into, however little it fills, and with reads of different sizes there are up to four.
const MOST_FOR_MESSAGE: u64 = 6 * 128 * 1024;

/// The descriptors of the pipe that a thread of the reference keeps once bulk went through it; there is one
/// thread, since it runs on one core.
const PIPE: u64 = 2;

/// How a slow client is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slow {
    /// It sends a head octet by octet.
    Head,
    /// It announces content, and sends a part of it.
    Body,
    /// It takes nothing of an answer.
    Answer,
    /// It takes nothing of what a tunnel brings.
    Tunnel,
}

/// A head that takes longer than the limit, at ten octets a second.
const DRIBBLED: &[u8] =
    b"GET / HTTP/1.1\r\nHost: example.org\r\nAccept: */*, and all else that may take ten seconds \
    when it comes octet by octet\r\n\r\n";

const KINDS: [Slow; 4] = [Slow::Head, Slow::Body, Slow::Answer, Slow::Tunnel];

/// So many slow clients of each kind; meanwhile others are served, and each slow one is let go in time.
pub(crate) async fn slow(count: usize) -> io::Result<Verdict> {
    let origin = Origin::start()?;
    let proxy = start("soak", &origin).await?;
    let before = proxy.usage()?;
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for kind in KINDS {
        for _ in 0..count {
            clients.spawn_local(be_slow(kind, proxy.address()));
        }
    }
    let mut told = 0;
    let waits = Rc::new(RefCell::new(Vec::new()));
    let busy = serve_others(&proxy, waits.clone());
    let all_gone = async {
        let mut open = Vec::new();
        while let Some(slow) = clients.join_next().await {
            let (socket, status) = slow.map_err(io::Error::other)??;
            // A request that did not come in time is told so.
            told += usize::from(status == Some(408));
            open.push(socket);
        }
        // Those that take nothing do not hear that they were let go; what the proxy holds tells.
        until(&proxy, |usage| usage.files <= before.files + OTHERS).await
    };
    let after = tokio::select! {
        after = all_gone => after?,
        others = busy => return Err(others.err().unwrap_or_else(|| io::Error::other("others ended"))),
    };
    let took = begin.elapsed();
    proxy.stop().await;
    let mut waits = waits.take();
    let served = waits.len();
    Ok(Verdict {
        holds: told == 2 * count && after.files <= before.files + OTHERS && served > 0,
        figures: format!(
            "{count} each of {KINDS:?}; limits of 5 s for heads and 1 s, all let go within {:.1} s; 408 to {}; meanwhile {served} \
             requests of others without an error, p99 {:.1} ms; {} descriptors before, {} after",
            took.as_secs_f64(),
            told,
            percentile(&mut waits, 99).as_secs_f64() * 1e3,
            before.files,
            after.files
        ),
    })
}

/// Descriptors of eight others: each client's, and the connection to the origin; and the pipe.
const OTHERS: u64 = 8 * 2 + PIPE;

/// Eight clients that are as they should be. It ends only by an error.
async fn serve_others(proxy: &Proxy, waits: Rc<RefCell<Vec<Duration>>>) -> io::Result<()> {
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        let (address, waits) = (proxy.address(), waits.clone());
        clients.spawn_local(async move {
            let (mut socket, mut unread) = (connect(address).await?, Unread::default());
            loop {
                let start = Instant::now();
                match timeout(SOON, get(&mut socket, &mut unread)).await?? {
                    200 => waits.borrow_mut().push(start.elapsed()),
                    other => {
                        return io::Result::<()>::Err(io::Error::other(format!("{other} in place of 200")));
                    }
                }
                sleep(Duration::from_millis(5)).await;
            }
        });
    }
    match clients.join_next().await {
        Some(ended) => ended.map_err(io::Error::other)?,
        None => Ok(()),
    }
}

/// Is slow until it is let go, if it hears of that. The result is its connection, and the status that it
/// is told.
async fn be_slow(kind: Slow, address: SocketAddr) -> io::Result<(TcpStream, Option<u16>)> {
    let mut socket = match kind {
        Slow::Head => {
            let mut socket = connect(address).await?;
            for octet in DRIBBLED {
                // Once it was let go, nobody takes it any more.
                if socket.write_all(&[*octet]).await.is_err() {
                    break;
                }
                if timeout(Duration::from_millis(100), socket.readable()).await.is_ok() {
                    break;
                }
            }
            socket
        }
        Slow::Body => {
            let content = "Content-Length: 1000\r\n\r\npart of it";
            ask(address, &format!("POST /deaf HTTP/1.1\r\nHost: example.org\r\n{content}")).await?
        }
        Slow::Answer => return Ok((ask(address, LARGE_ANSWER).await?, None)),
        Slow::Tunnel => return Ok((tunnel(address, "/pour").await?, None)),
    };
    let head = timeout(SOON, Unread::default().head(&mut socket)).await??;
    Ok((socket, head.map(|head| status(&head))))
}

/// Stalled readers that there are before it is measured what one more takes.
const FIRST: usize = 8;

/// What the proxy may be made to keep by readers that have stalled, on either side.
pub(crate) async fn stalled(count: usize) -> io::Result<Verdict> {
    let mut holds = true;
    let mut figures = Vec::new();
    for (what, stall, most) in [
        ("tunnels to the client", Stall::TunnelToClient, MOST_FOR_TUNNEL),
        ("tunnels to the origin", Stall::TunnelToOrigin, MOST_FOR_TUNNEL),
        ("answers", Stall::Answer, MOST_FOR_MESSAGE),
        ("requests", Stall::Request, MOST_FOR_MESSAGE),
    ] {
        let origin = Origin::start()?;
        let proxy = start("reference", &origin).await?;
        let (mut socket, mut unread) = (connect(proxy.address()).await?, Unread::default());
        get(&mut socket, &mut unread).await?;
        let before_any = proxy.usage()?.files;
        let mut held = Vec::new();
        // What the first ones make it reserve is not counted.
        for _ in 0..FIRST {
            held.push(stall_one(stall, proxy.address()).await?);
        }
        let before = until_quiet(&proxy).await?;
        for _ in 0..count {
            held.push(stall_one(stall, proxy.address()).await?);
        }
        let while_stalled = until_quiet(&proxy).await?;
        // Whoever does nothing wrong is served all the same.
        let served = timeout(SOON, get(&mut socket, &mut unread)).await.is_ok_and(|got| got.is_ok());
        // What a client has sent is owed to the origin even if the client is gone: both have to go.
        drop(held);
        origin.stop().await;
        let after = until(&proxy, |usage| usage.files <= before_any + PIPE).await?;
        proxy.stop().await;
        let each = growth(&before, &while_stalled) / count.max(1) as u64;
        holds &= each <= most && served && after.files <= before_any + PIPE;
        let others = if served { "" } else { ", and others were not served" };
        figures.push(format!(
            "{what}: {:.1} KiB, {before_any} descriptors before, {} after{others}",
            each as f64 / 1024.0,
            after.files
        ));
    }
    Ok(Verdict { holds, figures: format!("{count} of each, memory for one: {}", figures.join("; ")) })
}

#[derive(Clone, Copy, Debug)]
enum Stall {
    TunnelToClient,
    TunnelToOrigin,
    Answer,
    Request,
}

/// Opens one and moves what can be moved.
async fn stall_one(stall: Stall, address: SocketAddr) -> io::Result<TcpStream> {
    match stall {
        Stall::TunnelToClient => tunnel(address, "/pour").await,
        Stall::TunnelToOrigin => {
            let mut socket = tunnel(address, "/deaf").await?;
            pour_until_held(&mut socket).await?;
            Ok(socket)
        }
        Stall::Answer => ask(address, LARGE_ANSWER).await,
        Stall::Request => {
            let head = format!("POST /deaf HTTP/1.1\r\nHost: example.org\r\nContent-Length: {LARGE}\r\n\r\n");
            let mut socket = ask(address, &head).await?;
            pour_until_held(&mut socket).await?;
            Ok(socket)
        }
    }
}

/// A request for more than any buffers hold.
const LARGE_ANSWER: &str = "GET /large HTTP/1.1\r\nHost: example.org\r\n\r\n";

/// Connects, and sends a request or a part of one.
async fn ask(address: SocketAddr, request: &str) -> io::Result<TcpStream> {
    let mut socket = connect(address).await?;
    socket.write_all(request.as_bytes()).await?;
    Ok(socket)
}

/// Writes until it is not taken for a moment.
async fn pour_until_held(socket: &mut TcpStream) -> io::Result<()> {
    let chunk = vec![0x55; CHUNK];
    for _ in 0..LARGE / CHUNK - 1 {
        match timeout(Duration::from_millis(20), socket.write_all(&chunk)).await {
            Ok(written) => written?,
            Err(_) => break,
        }
    }
    Ok(())
}
