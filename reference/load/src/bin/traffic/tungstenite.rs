//! The conversations of tungstenite.

use std::{
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use tokio::task::spawn_blocking;
use tungstenite::{
    Message, Utf8Bytes, WebSocket,
    client::IntoClientRequest as _,
    protocol::{
        CloseFrame, WebSocketConfig,
        frame::{
            Frame,
            coding::{CloseCode, Data, OpCode},
        },
    },
};

use crate::Outcome;

/// How long one answer may take.
const LONGEST: Duration = Duration::from_secs(60);

const WHO: &str = "tungstenite";

/// Something that went wrong, in words.
type Held = Result<(), Box<dyn std::error::Error + Send + Sync>>;

type Socket = WebSocket<TcpStream>;

/// A name, and what is said.
type Conversation = (&'static str, fn(SocketAddr) -> Held);

const CONVERSATIONS: [Conversation; 9] = [
    ("text", text),
    ("binary", binary),
    ("fragments from the client", fragments_from_the_client),
    ("fragments from the server", fragments_from_the_server),
    ("subprotocol", subprotocol),
    ("16 MiB", large),
    ("a ping of the client", ping),
    ("close codes", close_codes),
    ("1000 connections", many),
];

/// Holds them all, one after another.
pub(crate) async fn hold(through: SocketAddr, outcome: &mut Outcome) {
    for (name, conversation) in CONVERSATIONS {
        let held = spawn_blocking(move || conversation(through)).await;
        let wrong = match held {
            Ok(held) => held.err().map(|error| error.to_string()),
            Err(panic) => Some(panic.to_string()),
        };
        outcome.tell(WHO, name, wrong.as_deref());
    }
}

fn open(through: SocketAddr, path: &str, protocols: Option<&str>) -> Result<Socket, tungstenite::Error> {
    let mut request = format!("ws://{through}{path}").into_client_request()?;
    if let Some(protocols) = protocols {
        let value = protocols.parse().map_err(tungstenite::http::Error::from)?;
        request.headers_mut().insert("sec-websocket-protocol", value);
    }
    let stream = TcpStream::connect(through)?;
    stream.set_read_timeout(Some(LONGEST))?;
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let opened = tungstenite::client::client_with_config(request, stream, Some(config));
    let (socket, response) = opened.map_err(|error| match error {
        tungstenite::HandshakeError::Failure(error) => error,
        tungstenite::HandshakeError::Interrupted(_) => {
            tungstenite::Error::Io(std::io::ErrorKind::TimedOut.into())
        }
    })?;
    let chosen = response.headers().get("sec-websocket-protocol").map(|value| value.as_bytes());
    if chosen != protocols.map(|_| &b"chat.v2"[..]) {
        let other = std::io::Error::other(format!("the subprotocol is {chosen:?}"));
        return Err(tungstenite::Error::Io(other));
    }
    Ok(socket)
}

/// Wants one thing, and says what came instead.
fn expect<T: PartialEq + std::fmt::Debug>(came: &T, wanted: &T) -> Held {
    if came == wanted {
        return Ok(());
    }
    Err(format!("{came:.200?} in place of {wanted:.200?}").into())
}

fn echo(socket: &mut Socket, message: &Message) -> Held {
    socket.send(message.clone())?;
    expect(&socket.read()?, message)
}

fn close(mut socket: Socket) -> Held {
    socket.close(Some(CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::default() }))?;
    loop {
        match socket.read() {
            Ok(Message::Close(Some(frame))) => expect(&frame.code, &CloseCode::Normal)?,
            Ok(_) => {}
            Err(tungstenite::Error::ConnectionClosed) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn text(through: SocketAddr) -> Held {
    let mut socket = open(through, "/echo", None)?;
    for text in ["", "hello", "µ@ßöäüàá 🜚", &"x".repeat(70_000)] {
        echo(&mut socket, &Message::text(text))?;
    }
    close(socket)
}

/// Octets that no proxy can guess, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let next = |()| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_n((), length).map(next).collect()
}

fn binary(through: SocketAddr) -> Held {
    let mut socket = open(through, "/echo", None)?;
    for length in [0, 1, 125, 126, 65_535, 65_536] {
        echo(&mut socket, &Message::binary(noise(length)))?;
    }
    close(socket)
}

fn fragments_from_the_client(through: SocketAddr) -> Held {
    let mut socket = open(through, "/echo", None)?;
    for (text, data, is_last) in
        [("one ", Data::Text, false), ("two ", Data::Continue, false), ("three", Data::Continue, true)]
    {
        socket.send(Message::Frame(Frame::message(text.as_bytes(), OpCode::Data(data), is_last)))?;
    }
    expect(&socket.read()?, &Message::text("one two three"))?;
    close(socket)
}

fn fragments_from_the_server(through: SocketAddr) -> Held {
    let mut socket = open(through, "/fragments", None)?;
    socket.send(Message::text("go"))?;
    expect(&socket.read()?, &Message::Ping("between".into()))?;
    expect(&socket.read()?, &Message::text("one two three"))?;
    close(socket)
}

fn subprotocol(through: SocketAddr) -> Held {
    let mut socket = open(through, "/echo", Some("chat.v1, chat.v2"))?;
    echo(&mut socket, &Message::text("in it"))?;
    close(socket)
}

fn large(through: SocketAddr) -> Held {
    let mut socket = open(through, "/echo", None)?;
    echo(&mut socket, &Message::binary(noise(16 * 1024 * 1024)))?;
    close(socket)
}

fn ping(through: SocketAddr) -> Held {
    let mut socket = open(through, "/echo", None)?;
    socket.send(Message::Ping("you there".into()))?;
    expect(&socket.read()?, &Message::Pong("you there".into()))?;
    close(socket)
}

fn close_codes(through: SocketAddr) -> Held {
    for (code, reason) in [(1000, ""), (1011, "oops"), (4001, "four")] {
        let mut socket = open(through, &format!("/close?code={code}&reason={reason}"), None)?;
        socket.send(Message::text("go"))?;
        let frame = CloseFrame { code: code.into(), reason: reason.into() };
        expect(&socket.read()?, &Message::Close(Some(frame)))?;
    }
    for code in [CloseCode::Normal, CloseCode::Library(4001)] {
        let mut socket = open(through, "/echo", None)?;
        let frame = CloseFrame { code, reason: "bye".into() };
        socket.close(Some(frame.clone()))?;
        // The server gives the code back.
        let Message::Close(Some(back)) = socket.read()? else { return Err("no close came back".into()) };
        expect(&back.code, &frame.code)?;
    }
    Ok(())
}

fn many(through: SocketAddr) -> Held {
    let open = |_| open(through, "/echo", None);
    let mut sockets = (0..1000).map(open).collect::<Result<Vec<_>, _>>()?;
    for (number, socket) in sockets.iter_mut().enumerate() {
        socket.send(Message::text(format!("number {number}")))?;
    }
    for (number, socket) in sockets.iter_mut().enumerate() {
        expect(&socket.read()?, &Message::text(format!("number {number}")))?;
    }
    sockets.into_iter().try_for_each(close)
}
