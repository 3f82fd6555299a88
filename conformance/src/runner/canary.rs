//! A plain exchange on fresh connections: proof that the target is alive and forwards.

use std::net::SocketAddr;

use super::play::drain;
use crate::{
    clock::{Patience, deadline},
    role::{OriginListener, Pace, Stage},
    scenario::{Role, Run},
    transcript::{ConnId, Ending, Recording},
    wire::{Kind, Message, Progress, escape, read_message},
};

/// Why a plain exchange did not take place.
pub(super) struct NotForwarded {
    /// Nobody listens: the target may still be starting.
    pub(super) refused: bool,
    /// It says that it has no origin now: it may be keeping away from one that failed.
    pub(super) passing: bool,
    /// What came instead.
    pub(super) why: String,
}

impl From<String> for NotForwarded {
    fn from(why: String) -> Self {
        Self { refused: false, passing: false, why }
    }
}

/// Sends one plain request through the target and answers it, on a stage of its own.
pub(super) async fn plain_exchange(
    origin: &OriginListener,
    target: SocketAddr,
    prefix: &str,
    nonce: &str,
    patience: &Patience,
) -> Result<(), NotForwarded> {
    let stage = Stage::default();
    origin.serve(Some(stage.clone()));
    let result = exchange(&stage, target, prefix, nonce, patience).await;
    drain(&stage, patience).await;
    origin.serve(None);
    result
}

/// The same on `stage`, which the origin serves.
pub(super) async fn exchange(
    stage: &Stage,
    target: SocketAddr,
    prefix: &str,
    nonce: &str,
    patience: &Patience,
) -> Result<(), NotForwarded> {
    stage.connect("", target, patience.step).await;
    // Not the first connection of all: what an earlier exchange asked of the origin may arrive before it.
    let opened = stage.recording().of(Role::Client).next().map(|client| (client.id, client.refused.clone()));
    let client = match opened {
        Some((client, None)) => client,
        Some((_, Some(why))) => {
            let why = format!("the connection was refused: {why}");
            return Err(NotForwarded { refused: true, passing: false, why });
        }
        None => return Err("the target floods the origin with connections".to_owned().into()),
    };
    let request = format!("GET {prefix}{nonce} HTTP/1.1\r\nHost: {target}\r\nConnection: close\r\n\r\n");
    let pace = Pace { chunk: None, gap: None, bound: patience.step };
    stage.send(client, &[Run::Octets(request.into_bytes())], pace).await;
    let conn = until(stage, patience, |recording| {
        let arrived = recording.of(Role::Origin).find_map(|conn| {
            match read_message(&conn.received, false, Kind::Request) {
                Progress::Whole(message) if contains(&message, nonce) => Some(conn.id),
                _ => None,
            }
        });
        match arrived {
            Some(conn) => Some(Ok(conn)),
            None => answer(recording, client).map(|came| {
                let passing = matches!(&came, Answer::Message(message)
                    if matches!(message.head.status(), Some(502..=504)));
                let why = format!("{} without asking the origin", describe(&came));
                Err(NotForwarded { refused: false, passing, why })
            }),
        }
    })
    .await
    .unwrap_or_else(|| Err("the request did not reach the origin in time".to_owned().into()))?;
    let length = nonce.len();
    let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{nonce}");
    stage.send(conn, &[Run::Octets(response.into_bytes())], pace).await;
    let came = until(stage, patience, |recording| answer(recording, client)).await;
    match came {
        Some(Answer::Message(message))
            if message.head.status() == Some(200) && message.body == nonce.as_bytes() =>
        {
            Ok(())
        }
        Some(came) => Err(describe(&came).into()),
        None => Err("the origin's answer did not reach the client in time".to_owned().into()),
    }
}

enum Answer {
    Message(Box<Message>),
    Other(String),
}

fn describe(answer: &Answer) -> String {
    match answer {
        Answer::Message(message) => {
            format!("the target answered `{}`", escape(&message.head.start.join(&b" "[..])))
        }
        Answer::Other(what) => format!("the target {what}"),
    }
}

fn contains(message: &Message, nonce: &str) -> bool {
    memchr::memmem::find(&message.head.start[1], nonce.as_bytes()).is_some()
}

/// What the client has got, once that is decided.
fn answer(recording: &Recording, client: ConnId) -> Option<Answer> {
    let conn = recording.conn(client)?;
    let mut from = 0;
    loop {
        let rest = &conn.received[from..];
        let ended = conn.ending == Some(Ending::Fin);
        match read_message(rest, ended, Kind::Response { head_only: false }) {
            Progress::Whole(message) if matches!(message.head.status(), Some(100..=199)) => {
                from += message.octets
            }
            Progress::Whole(message) => return Some(Answer::Message(message)),
            Progress::NotHttp if !rest.is_empty() => {
                let what = escape(&rest[..rest.len().min(40)]);
                return Some(Answer::Other(format!("sent `{what}`, which is no HTTP")));
            }
            Progress::Broken(_) => return Some(Answer::Other("sent broken chunks".to_owned())),
            _ if conn.flooded => return Some(Answer::Other("sent more than 3 MiB".to_owned())),
            _ => {
                return match conn.ending? {
                    Ending::Fin => Some(Answer::Other("closed the connection".to_owned())),
                    Ending::Reset => Some(Answer::Other("reset the connection".to_owned())),
                };
            }
        }
    }
}

async fn until<T>(
    stage: &Stage,
    patience: &Patience,
    mut look: impl FnMut(&Recording) -> Option<T>,
) -> Option<T> {
    let found = async {
        loop {
            if let Some(found) = look(&stage.recording()) {
                return found;
            }
            stage.changed().await;
        }
    };
    deadline(patience.step, found).await
}
