//! Rows that are really played, through a relay in this process: a blind pipe on loopback.

use std::{net::SocketAddr, sync::Arc};

use rstest::rstest;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

use super::{canary::exchange, *};
use crate::{
    clock::Patience,
    judge::{Judgement, Verdict, judge_transcript},
    requirement::Catalogue,
    role::{OriginListener, Stage},
    scenario::{Row, ScenarioId, Source, parse_scenario},
    transcript::Transcript,
};

const ANYWHERE: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// Passes every octet on, both ways, and knows nothing of HTTP.
struct Pipe {
    address: SocketAddr,
    relaying: AbortHandle,
}

impl Pipe {
    async fn to(origin: SocketAddr) -> Self {
        let listener = TcpListener::bind(SocketAddr::from(ANYWHERE)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let relaying = tokio::task::spawn_local(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::task::spawn_local(async move {
                    let mut origin = TcpStream::connect(origin).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut origin).await;
                });
            }
        });
        Self { address, relaying: relaying.abort_handle() }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.relaying.abort();
    }
}

fn row(steps: &str) -> Row {
    let text = format!("title \"t\"\nwhy \"w\"\ncovers \"r\"\nroutes \"mapped\"\n{steps}\n");
    let source = Arc::new(Source { path: "a/b.kdl".into(), text });
    let scenario =
        parse_scenario(ScenarioId("a/b".to_owned()), source).unwrap_or_else(|mistake| panic!("{mistake}"));
    Row { route: scenario.routes[0], scenario: Arc::new(scenario), matrix: None }
}

async fn through_a_pipe(row: &Row) -> (Judgement, Transcript) {
    let origin = OriginListener::bind(SocketAddr::from(ANYWHERE)).unwrap();
    let pipe = Pipe::to(origin.address()).await;
    let place = Place { target: pipe.address, origin: origin.address(), prefix: "/" };
    let stage = Stage::default();
    origin.serve(Some(stage.clone()));
    let (catalogue, patience) = (Catalogue::default(), Patience::scaled(1.0));
    let names = bindings(row, &place, 0);
    let scene =
        Scene { stage: &stage, place, origin: &origin, process: None, patience: &patience, mode: None };
    let played = play(row, &catalogue, names, scene).await.unwrap();
    (played.judgement, played.transcript)
}

const TUNNEL: &str = r#"
setup {
    client sends (head)"""
        GET {path} HTTP/1.1
        Host: {authority}
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Key: {key}
        """
    origin receives-request {
        field "Sec-WebSocket-Key" capture="seen"
    }
    origin sends chunk=16 (head)"""
        HTTP/1.1 101 Switching Protocols
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Accept: {accept-of seen}
        """
    client receives-response {
        status "101"
        field "Sec-WebSocket-Accept" equals="{accept}"
    }
}
together {
    client sends (noise)"200KiB"
    origin sends (ws-text)"hello"
}
origin receives-bytes (noise)"200KiB"
client receives-bytes (ws-text)"hello"
client half-closes
origin sees-close
either {
    outcome "class A" verdict="observed" {
        client receives-nothing for="5ms"
        origin sends "last"
        client receives-bytes "last"
    }
    outcome "class B" verdict="observed" {
        client sees-end
    }
}
never "more" {
    origin receives-more
}
"#;

const KEEPS_ALL: &str = r#"
client sends (head)"""
    GET {path} HTTP/1.1
    Connection: X-Hop
    X-Hop: one
    X-End: kept
    """
origin receives-request {
    no-field "X-Hop"
    control "X-End" equals="kept"
}
origin closes
client sees-close
"#;

const NO_ANSWER: &str = r#"
client sends "GET {path} HTTP/1.1\r\n\r\n"
origin receives-request
origin resets
client receives-response
client receives-bytes "never played"
"#;

#[rstest]
#[case::tunnel(TUNNEL, Verdict::Observed, Some("class A"), 0)]
#[case::a_field_too_many(KEEPS_ALL, Verdict::Fail, None, 1)]
#[case::no_answer(NO_ANSWER, Verdict::Fail, None, 1)]
#[tokio::test(flavor = "local")]
async fn a_stored_transcript_is_judged_like_the_exchange_was(
    #[case] steps: &str,
    #[case] verdict: Verdict,
    #[case] outcome: Option<&str>,
    #[case] findings: usize,
) {
    let row = row(steps);
    let (judgement, transcript) = through_a_pipe(&row).await;
    assert_eq!(judgement.verdict, verdict, "{:?}", judgement.findings);
    assert_eq!((judgement.outcome.as_deref(), judgement.findings.len()), (outcome, findings));
    let stored = serde_json::to_string(&transcript).unwrap();
    let read: Transcript = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, transcript);
    assert_eq!(judge_transcript(&row, &Catalogue::default(), &read), judgement);
}

#[rstest]
#[case(TUNNEL)]
#[case(KEEPS_ALL)]
#[tokio::test(flavor = "local")]
async fn two_plays_of_a_row_are_judged_alike_to_the_octet(#[case] steps: &str) {
    let row = row(steps);
    let (first, transcript) = through_a_pipe(&row).await;
    let (second, other) = through_a_pipe(&row).await;
    assert_ne!(transcript.bindings["authority"], other.bindings["authority"], "the addresses differ");
    assert_eq!(first, second);
}

#[tokio::test(flavor = "local")]
async fn a_name_that_is_used_too_early_is_the_authors_mistake() {
    let row = row("client sends \"{later}\"\nclient receives-response");
    let origin = OriginListener::bind(SocketAddr::from(ANYWHERE)).unwrap();
    let place = Place { target: origin.address(), origin: origin.address(), prefix: "/" };
    let stage = Stage::default();
    let names = bindings(&row, &place, 0);
    let patience = Patience::scaled(0.1);
    let scene =
        Scene { stage: &stage, place, origin: &origin, process: None, patience: &patience, mode: None };
    let played = play(&row, &Catalogue::default(), names, scene).await;
    assert_eq!(played.unwrap_err().to_string(), "nothing is known under the name `later`");
    assert_eq!(stage.open(), [], "whatever was opened is closed");
}

#[tokio::test(flavor = "local")]
async fn what_an_earlier_exchange_asked_of_the_origin_is_not_taken_for_the_answer_to_a_plain_one() {
    let origin = OriginListener::bind(SocketAddr::from(ANYWHERE)).unwrap();
    let pipe = Pipe::to(origin.address()).await;
    let stage = Stage::default();
    origin.serve(Some(stage.clone()));
    // It reached the origin before the client connects, and ends at once.
    drop(TcpStream::connect(origin.address()).await.unwrap());
    while stage.recording().conns().is_empty() {
        tokio::task::yield_now().await;
    }
    let exchange = exchange(&stage, pipe.address, "/", "hop-canary", &Patience::scaled(1.0)).await;
    assert!(exchange.is_ok(), "{}", exchange.err().unwrap().why);
}
