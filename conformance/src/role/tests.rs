//! Both roles over loopback sockets: everything that happens to a connection is recorded.

use std::{net::SocketAddr, time::Duration};

use rstest::rstest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::{
    clock::deadline,
    scenario::{Listening, Role, Run},
    transcript::{ConnId, Ending, Recording, What},
};

mod bulk;
mod mock;

const FIRST: ConnId = ConnId(0);
/// Far more than any step of these tests takes.
const AMPLE: Duration = Duration::from_secs(20);

const PACE: Pace = Pace { chunk: None, gap: None, bound: AMPLE };

fn text(text: &str) -> [Run; 1] {
    [Run::Octets(text.as_bytes().to_vec())]
}

fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// Waits for the recording to show something.
async fn until(stage: &Stage, seen: impl Fn(&Recording) -> bool) {
    let waited = async {
        while !seen(&stage.recording()) {
            stage.changed().await;
        }
    };
    deadline(AMPLE, waited).await.unwrap_or_else(|| panic!("{:?}", stage.recording().events()));
}

/// A client of ours and the other end of its connection.
async fn pair() -> (Stage, TcpStream) {
    let listener = TcpListener::bind(anywhere()).await.unwrap();
    let stage = Stage::default();
    stage.connect("", listener.local_addr().unwrap(), AMPLE).await;
    let (other, _) = listener.accept().await.unwrap();
    (stage, other)
}

fn sent(recording: &Recording) -> Vec<Vec<u8>> {
    let writes = recording.events().iter().filter_map(|event| match &event.what {
        What::Sent(octets) => Some(octets.0.clone()),
        _ => None,
    });
    writes.collect()
}

fn happened(recording: &Recording, what: &What) -> bool {
    recording.events().iter().any(|event| event.what == *what)
}

#[tokio::test(flavor = "local")]
async fn what_arrives_is_recorded_up_to_the_fin() {
    let (stage, mut other) = pair().await;
    other.write_all(b"hello").await.unwrap();
    until(&stage, |recording| recording.conns()[0].received == b"hello").await;
    other.write_all(b", world").await.unwrap();
    drop(other);
    until(&stage, |recording| recording.conns()[0].ending == Some(Ending::Fin)).await;
    assert_eq!(stage.recording().conns()[0].received, b"hello, world");
    assert!(stage.recording().conns()[0].over());
}

#[tokio::test(flavor = "local")]
async fn a_reset_is_told_from_a_fin() {
    let (stage, other) = pair().await;
    other.set_zero_linger().unwrap();
    drop(other);
    until(&stage, |recording| recording.conns()[0].ending == Some(Ending::Reset)).await;
}

#[tokio::test(flavor = "local")]
async fn a_refusal_is_a_connection_that_never_was() {
    let address = TcpListener::bind(anywhere()).await.unwrap().local_addr().unwrap();
    let stage = Stage::default();
    stage.connect("second", address, AMPLE).await;
    let recording = stage.recording();
    let conn = &recording.conns()[0];
    assert_eq!((conn.name.as_str(), conn.refused.as_deref()), ("second", Some("connection refused")));
    assert!(conn.over());
    assert_eq!(stage.open(), []);
}

#[rstest]
#[case::whole(None, &["hello"])]
#[case::octet_by_octet(Some(1), &["h", "e", "l", "l", "o"])]
#[case::two_by_two(Some(2), &["he", "ll", "o"])]
#[case::larger_than_all(Some(9), &["hello"])]
#[tokio::test(flavor = "local")]
async fn a_send_is_cut_into_writes(#[case] chunk: Option<usize>, #[case] writes: &[&str]) {
    let (stage, mut other) = pair().await;
    stage.send(FIRST, &text("hello"), Pace { chunk, ..PACE }).await;
    let mut arrived = [0; 5];
    other.read_exact(&mut arrived).await.unwrap();
    assert_eq!(&arrived, b"hello");
    assert_eq!(
        sent(&stage.recording()),
        writes.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>()
    );
}

#[tokio::test(flavor = "local")]
async fn a_gap_lies_between_writes() {
    let (stage, _other) = pair().await;
    let gap = Duration::from_millis(5);
    stage.send(FIRST, &text("abc"), Pace { chunk: Some(1), gap: Some(gap), ..PACE }).await;
    let recording = stage.recording();
    let times: Vec<Duration> = recording
        .events()
        .iter()
        .filter(|e| matches!(e.what, What::Sent(_)))
        .map(crate::transcript::Event::since_start)
        .collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= gap), "{times:?}");
}

#[tokio::test(flavor = "local")]
async fn a_half_close_sends_fin_and_goes_on_reading() {
    let (stage, mut other) = pair().await;
    stage.half_close(FIRST).await;
    assert_eq!(other.read(&mut [0; 8]).await.unwrap(), 0);
    other.write_all(b"late").await.unwrap();
    until(&stage, |recording| recording.conns()[0].received == b"late").await;
    assert!(happened(&stage.recording(), &What::HalfClosed));
}

#[tokio::test(flavor = "local")]
async fn a_close_sends_fin_and_ends_the_connection() {
    let (stage, mut other) = pair().await;
    stage.close(FIRST);
    assert_eq!(other.read(&mut [0; 8]).await.unwrap(), 0);
    assert!(stage.recording().conns()[0].closed);
    assert_eq!(stage.open(), []);
}

#[tokio::test(flavor = "local")]
async fn a_reset_sends_rst() {
    let (stage, mut other) = pair().await;
    stage.reset(FIRST);
    let error = other.read(&mut [0; 8]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(happened(&stage.recording(), &What::Reset));
}

#[tokio::test(flavor = "local")]
async fn what_is_done_to_a_closed_connection_is_recorded_and_no_error() {
    let (stage, _other) = pair().await;
    stage.close(FIRST);
    stage.half_close(FIRST).await;
    stage.close(FIRST);
    stage.reset(FIRST);
    stage.send(FIRST, &text("x"), PACE).await;
    let last = stage.recording().events().last().map(|event| event.what.clone());
    assert_eq!(last, Some(What::WriteFailed("the connection is closed".to_owned())));
}

#[tokio::test(flavor = "local")]
async fn a_write_to_a_peer_that_is_gone_fails() {
    let (stage, other) = pair().await;
    other.set_zero_linger().unwrap();
    drop(other);
    until(&stage, |recording| recording.conns()[0].ending == Some(Ending::Reset)).await;
    // Whether the first write after an RST fails is the system's affair, the second one does.
    let pace = Pace { chunk: Some(1), gap: Some(Duration::from_millis(1)), ..PACE };
    stage.send(FIRST, &text("xx"), pace).await;
    assert!(stage.recording().events().iter().any(|event| matches!(event.what, What::WriteFailed(_))));
}

#[tokio::test(flavor = "local")]
async fn a_peer_that_does_not_read_stalls_a_write() {
    let (stage, _other) = pair().await;
    let more_than_any_buffer = [Run::Noise(64 << 20)];
    stage.send(FIRST, &more_than_any_buffer, Pace { bound: Duration::from_millis(50), ..PACE }).await;
    assert!(happened(&stage.recording(), &What::WriteStalled));
}

#[tokio::test(flavor = "local")]
async fn a_flood_is_cut_off() {
    let (stage, mut other) = pair().await;
    let pump = tokio::task::spawn_local(async move {
        let octets = vec![b'x'; 1 << 20];
        while other.write_all(&octets).await.is_ok() {}
    });
    until(&stage, |recording| recording.conns()[0].flooded).await;
    // The other side learns it: its writes fail, so that nothing floods for ever.
    deadline(AMPLE, pump).await.unwrap().unwrap();
    let recording = stage.recording();
    assert!(recording.conns()[0].over());
    assert!(recording.conns()[0].received.len() <= (3 << 20) + (64 << 10));
}

#[tokio::test(flavor = "local")]
async fn an_origin_hands_over_what_is_opened_while_it_serves() {
    let origin = OriginListener::bind(anywhere()).unwrap();
    let stage = Stage::default();
    origin.serve(Some(stage.clone()));
    let mut target = TcpStream::connect(origin.address()).await.unwrap();
    target.write_all(b"hello").await.unwrap();
    until(&stage, |recording| recording.of(Role::Origin).any(|conn| conn.received == b"hello")).await;
    stage.send(FIRST, &text("back"), PACE).await;
    let mut arrived = [0; 4];
    target.read_exact(&mut arrived).await.unwrap();
    assert_eq!(&arrived, b"back");
}

#[tokio::test(flavor = "local")]
async fn between_two_exchanges_the_origin_closes_what_is_opened() {
    let origin = OriginListener::bind(anywhere()).unwrap();
    let stage = Stage::default();
    origin.serve(Some(stage.clone()));
    origin.serve(None);
    let mut target = TcpStream::connect(origin.address()).await.unwrap();
    assert_eq!(target.read(&mut [0; 8]).await.unwrap(), 0);
    assert_eq!(stage.recording().conns().len(), 0);
}

/// One attempt to connect: accepted, refused, or without an answer for this long.
async fn attempt(address: SocketAddr) -> Option<bool> {
    deadline(Duration::from_millis(200), TcpStream::connect(address)).await.map(|tried| tried.is_ok())
}

#[tokio::test(flavor = "local")]
async fn an_origin_refuses_ignores_and_takes_connections_again() {
    let origin = OriginListener::bind(anywhere()).unwrap();
    let stage = Stage::default();
    origin.serve(Some(stage.clone()));
    for _ in 0..2 {
        origin.listen(Listening::Refuses).await.unwrap();
        assert_eq!(attempt(origin.address()).await, Some(false));
        origin.listen(Listening::Ignores).await.unwrap();
        assert_eq!(attempt(origin.address()).await, None);
        origin.listen(Listening::Takes).await.unwrap();
        assert_eq!(attempt(origin.address()).await, Some(true));
    }
    until(&stage, |recording| !recording.conns().is_empty()).await;
}

#[tokio::test(flavor = "local")]
async fn an_address_that_someone_else_took_is_an_error_of_ours() {
    let origin = OriginListener::bind(anywhere()).unwrap();
    origin.listen(Listening::Refuses).await.unwrap();
    let _other = std::net::TcpListener::bind(origin.address()).unwrap();
    assert!(origin.listen(Listening::Takes).await.is_err());
}

#[tokio::test(flavor = "local")]
async fn connections_are_numbered_in_the_order_of_opening() {
    let origin = OriginListener::bind(anywhere()).unwrap();
    let stage = Stage::default();
    origin.serve(Some(stage.clone()));
    stage.connect("a", origin.address(), AMPLE).await;
    until(&stage, |recording| recording.conns().len() == 2).await;
    let roles: Vec<(ConnId, Role)> =
        stage.recording().conns().iter().map(|conn| (conn.id, conn.role)).collect();
    assert_eq!(roles, [(ConnId(0), Role::Client), (ConnId(1), Role::Origin)]);
    assert_eq!(stage.open(), [ConnId(0), ConnId(1)]);
}
