//! `hollow`: targets that are no proxies at all.
//!
//! A conformance suite has to give them no pass: what only drops, hangs, echoes, answers 200 or
//! floods has proven nothing. Two modes are different. `relay` and `stubborn` carry octets to the
//! origin faithfully, without knowing HTTP; what they pass, a scenario did not ask of a gateway.
//!
//! ```text
//! hollow MODE --listen ADDR --upstream ADDR [--spare WORDS]
//! ```
//!
//! Requests whose target holds one of the comma-separated WORDS are relayed all the same: with the
//! harness's own exchanges spared, a target looks alive and is hollow only where it is judged.
//!
//! Nothing here looks at a request further than to its blank line.

use std::future::pending;
use std::io;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: hollow MODE --listen ADDR --upstream ADDR [--spare WORDS]";

/// The answer of those that know one answer.
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n";

/// What a hollow target does instead of being a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Closes every connection at once.
    Drop,
    /// Resets every connection at once.
    Reset,
    /// Reads, and never answers.
    Silent,
    /// Answers every request head with the same 200.
    Always200,
    /// Gives back what it gets.
    Echo,
    /// Answers each read with printable nonsense.
    Garbage,
    /// Writes without end, as soon as someone connects.
    Flood,
    /// Answers a 200 whose content never ends.
    FloodBody,
    /// Complains and exits.
    ExitAtOnce,
    /// Runs, and never listens.
    NeverListens,
    /// Relays two connections and exits on the third.
    ExitAtThirdRequest,
    /// Relays octets to the origin.
    Relay,
    /// Relays octets to the origin, and ignores SIGTERM.
    Stubborn,
}

const MODES: [(&str, Mode); 13] = [
    ("drop", Mode::Drop),
    ("reset", Mode::Reset),
    ("silent", Mode::Silent),
    ("always-200", Mode::Always200),
    ("echo", Mode::Echo),
    ("garbage", Mode::Garbage),
    ("flood", Mode::Flood),
    ("flood-body", Mode::FloodBody),
    ("exit-at-once", Mode::ExitAtOnce),
    ("never-listens", Mode::NeverListens),
    ("exit-at-third-request", Mode::ExitAtThirdRequest),
    ("relay", Mode::Relay),
    ("stubborn", Mode::Stubborn),
];

/// What the command line asks for.
struct Command {
    mode: Mode,
    listen: String,
    upstream: String,
    /// Words that spare a request.
    spare: Vec<String>,
}

fn main() -> ExitCode {
    let command = match parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("hollow: {message}");
            return ExitCode::from(2);
        }
    };
    if command.mode == Mode::ExitAtOnce {
        eprintln!("hollow: exits at once, as it was told to");
        return ExitCode::from(1);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(run(command))) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hollow: {error}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let (mut mode, mut listen, mut upstream, mut spare) = (None, None, None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--listen" => listen = arguments.next(),
            "--upstream" => upstream = arguments.next(),
            "--spare" => spare = arguments.next(),
            name => {
                let known = MODES.iter().find(|(known, _)| *known == name);
                mode = Some(known.ok_or_else(|| modes(name))?.1);
            }
        }
    }
    Ok(Command {
        mode: mode.ok_or_else(|| modes("none"))?,
        listen: listen.ok_or(USAGE)?,
        upstream: upstream.ok_or(USAGE)?,
        spare: spare.iter().flat_map(|words: &String| words.split(',')).map(str::to_owned).collect(),
    })
}

fn modes(given: &str) -> String {
    let known: Vec<&str> = MODES.iter().map(|(name, _)| *name).collect();
    format!("unknown mode {given}; there are {}\n{USAGE}", known.join(", "))
}

async fn run(command: Command) -> io::Result<ExitCode> {
    let Command { mode, listen, upstream, spare } = command;
    if mode == Mode::NeverListens {
        pending::<()>().await;
    }
    if mode == Mode::Stubborn {
        let mut terminate = signal(SignalKind::terminate())?;
        // Once a handler is there the signal no longer ends the process; nobody listens to it.
        tokio::spawn(async move { while terminate.recv().await.is_some() {} });
    }
    let listener = TcpListener::bind(&listen).await?;
    let mut connections = 0;
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, most likely; connections that end will free some.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        connections += 1;
        if mode == Mode::ExitAtThirdRequest && connections == 3 {
            return Ok(ExitCode::from(3));
        }
        let (upstream, spare) = (upstream.clone(), spare.clone());
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let mode = if is_spared(&stream, &spare).await { Mode::Relay } else { mode };
            // However a connection ends, the next one is served.
            let _ = serve(mode, stream, &upstream).await;
        });
    }
}

/// Looks at the first line without taking it.
async fn is_spared(stream: &TcpStream, spare: &[String]) -> bool {
    let mut first = [0; 256];
    if spare.is_empty() {
        return false;
    }
    let count = stream.peek(&mut first).await.unwrap_or_default();
    let first = String::from_utf8_lossy(&first[..count]);
    spare.iter().any(|word| first.contains(word))
}

async fn serve(mode: Mode, mut stream: TcpStream, upstream: &str) -> io::Result<()> {
    match mode {
        Mode::Drop => Ok(()),
        Mode::Reset => stream.set_zero_linger(),
        Mode::Silent => swallow(stream).await,
        Mode::Always200 => answer_heads(stream).await,
        Mode::Echo => {
            let (mut reader, mut writer) = stream.split();
            copy(&mut reader, &mut writer).await.map(drop)
        }
        Mode::Garbage => answer_nonsense(stream).await,
        Mode::Flood => flood(stream, b"").await,
        Mode::FloodBody => {
            await_head(&mut stream, &mut Vec::new()).await?;
            flood(stream, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await
        }
        Mode::ExitAtThirdRequest | Mode::Relay | Mode::Stubborn => relay(stream, upstream).await,
        Mode::ExitAtOnce | Mode::NeverListens => pending().await,
    }
}

async fn swallow(mut stream: TcpStream) -> io::Result<()> {
    let mut scratch = vec![0; 16 * 1024];
    while stream.read(&mut scratch).await? > 0 {}
    // The client has ended; silence is kept all the same.
    pending().await
}

async fn answer_heads(mut stream: TcpStream) -> io::Result<()> {
    let mut rest = Vec::new();
    loop {
        await_head(&mut stream, &mut rest).await?;
        stream.write_all(OK).await?;
    }
}

/// Reads to the blank line that ends a head; `rest` keeps what lies behind it.
async fn await_head(stream: &mut TcpStream, rest: &mut Vec<u8>) -> io::Result<()> {
    loop {
        if let Some(end) = rest.windows(4).position(|octets| octets == b"\r\n\r\n") {
            rest.drain(..end + 4);
            return Ok(());
        }
        if stream.read_buf(rest).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

async fn answer_nonsense(mut stream: TcpStream) -> io::Result<()> {
    let mut scratch = vec![0; 16 * 1024];
    let mut state = 0x9E37_79B9;
    while stream.read(&mut scratch).await? > 0 {
        let nonsense: Vec<u8> = (0..64).map(|_| printable(&mut state)).collect();
        stream.write_all(&nonsense).await?;
    }
    pending().await
}

/// The next octet of a xorshift generator, brought among the printable ones.
fn printable(state: &mut u32) -> u8 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    b'!' + u8::try_from(*state % 94).unwrap_or(0)
}

async fn flood(mut stream: TcpStream, head: &[u8]) -> io::Result<()> {
    stream.write_all(head).await?;
    let octets = vec![b'.'; 16 * 1024];
    let (mut reader, mut writer) = stream.split();
    let read = async {
        let mut scratch = vec![0; 16 * 1024];
        while reader.read(&mut scratch).await? > 0 {}
        pending::<io::Result<()>>().await
    };
    let write = async {
        loop {
            writer.write_all(&octets).await?;
        }
    };
    tokio::select! {
        ended = read => ended,
        ended = write => ended,
    }
}

async fn relay(mut stream: TcpStream, upstream: &str) -> io::Result<()> {
    let mut origin = TcpStream::connect(upstream).await?;
    let _ = origin.set_nodelay(true);
    let carried = copy_bidirectional(&mut stream, &mut origin).await;
    if carried.is_err() {
        // One side was reset, and the other has to see the same.
        let _ = stream.set_zero_linger();
        let _ = origin.set_zero_linger();
    }
    carried.map(drop)
}
