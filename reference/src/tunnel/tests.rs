//! The tunnel against scripted sockets, on a clock that stands still.

use std::io::{Error, ErrorKind};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_test::io::{Builder, Mock};

use super::*;

impl Socket for Mock {}
impl Socket for tokio::io::DuplexStream {}

const PATIENCE: Patience = Patience { silence: Duration::from_secs(10), stall: Duration::from_secs(4) };

async fn run(client: Mock, origin: Mock, early: Sides<&'static [u8]>) -> End {
    let early = Sides { client: Bytes::from_static(early.client), origin: Bytes::from_static(early.origin) };
    carry(&mut Sides { client, origin }, early, PATIENCE, &Sides::default()).await
}

const NONE: Sides<&[u8]> = Sides { client: b"", origin: b"" };
const NO_BYTES: Sides<Bytes> = Sides { client: Bytes::new(), origin: Bytes::new() };

fn reset() -> Error {
    ErrorKind::ConnectionReset.into()
}

#[tokio::test(start_paused = true)]
async fn early_bytes_go_first_on_both_sides() {
    let client = Builder::new().read(b"next").write(b"GLUED").write(b"more").build();
    let origin = Builder::new().write(b"EARLY").write(b"next").read(b"more").build();
    let early = Sides { client: &b"EARLY"[..], origin: &b"GLUED"[..] };
    assert_eq!(run(client, origin, early).await, End::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_half_close_leaves_the_other_direction_alone() {
    // The client ends at once; a second later the origin has an answer.
    let client = Builder::new().read(b"bye").write(b"late").build();
    let origin = Builder::new().write(b"bye").wait(Duration::from_secs(1)).read(b"late").build();
    assert_eq!(run(client, origin, NONE).await, End::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_reset_by_the_client_comes_behind_its_bytes() {
    let client = Builder::new().read(b"last").read_error(reset()).build();
    let origin = Builder::new().write(b"last").wait(Duration::from_secs(99)).build();
    assert_eq!(run(client, origin, NONE).await, End::ClientReset);
}

#[tokio::test(start_paused = true)]
async fn a_reset_by_the_origin_comes_behind_its_bytes() {
    let client = Builder::new().write(b"last").wait(Duration::from_secs(99)).build();
    let origin = Builder::new().read(b"last").read_error(reset()).build();
    assert_eq!(run(client, origin, NONE).await, End::OriginReset);
}

#[tokio::test(start_paused = true)]
async fn a_failed_write_to_the_client_still_delivers_what_it_sent() {
    let client = Builder::new().write_error(reset()).wait(Duration::from_secs(1)).read(b"last").build();
    let origin = Builder::new().read(b"unwanted").write(b"last").build();
    assert_eq!(run(client, origin, NONE).await, End::ClientReset);
}

#[tokio::test(start_paused = true)]
async fn a_silent_origin_ends_the_tunnel() {
    let start = Instant::now();
    let client = Builder::new().wait(Duration::from_secs(99)).build();
    let origin = Builder::new().wait(Duration::from_secs(99)).build();
    assert_eq!(run(client, origin, NONE).await, End::Silent);
    assert_eq!(start.elapsed(), PATIENCE.silence);
}

#[tokio::test(start_paused = true)]
async fn the_origins_bytes_keep_the_tunnel_open() {
    let start = Instant::now();
    let client = Builder::new().write(b"ping").write(b"ping").wait(Duration::from_secs(99)).build();
    let pause = Duration::from_secs(8);
    let origin = Builder::new()
        .wait(pause)
        .read(b"ping")
        .wait(pause)
        .read(b"ping")
        .wait(Duration::from_secs(99))
        .build();
    assert_eq!(run(client, origin, NONE).await, End::Silent);
    assert_eq!(start.elapsed(), pause * 2 + PATIENCE.silence);
}

#[tokio::test(start_paused = true)]
async fn the_clients_bytes_do_not() {
    let start = Instant::now();
    let pause = Duration::from_secs(3);
    let client = Builder::new()
        .wait(pause)
        .read(b"a")
        .wait(pause)
        .read(b"b")
        .wait(pause)
        .read(b"c")
        .wait(pause)
        .read(b"d")
        .build();
    let origin = Builder::new().write(b"a").write(b"b").write(b"c").wait(Duration::from_secs(99)).build();
    // Bytes still to come from the client are the mock's to complain about.
    let mut sides = Sides { client, origin };
    assert_eq!(carry(&mut sides, NO_BYTES, PATIENCE, &Sides::default()).await, End::Silent);
    assert_eq!(start.elapsed(), PATIENCE.silence);
    std::mem::forget(sides);
}

#[tokio::test(start_paused = true)]
async fn once_the_origin_has_ended_the_clients_bytes_count() {
    let start = Instant::now();
    let pause = Duration::from_secs(8);
    let client = Builder::new().wait(pause).read(b"a").wait(pause).read(b"b").build();
    let (origin, mut origin_far) = tokio::io::duplex(8);
    origin_far.shutdown().await.unwrap();
    let mut sides = Sides { client, origin };
    assert_eq!(carry(&mut sides, NO_BYTES, PATIENCE, &Sides::default()).await, End::Closed);
    assert_eq!(start.elapsed(), pause * 2);
    drop(sides);
    let mut received = Vec::new();
    origin_far.read_to_end(&mut received).await.unwrap();
    assert_eq!(received, b"ab");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_makes_no_progress_ends_the_tunnel() {
    let start = Instant::now();
    // Room for eight bytes, and nobody who takes them.
    let (client, _client_far) = tokio::io::duplex(8);
    let (origin, mut origin_far) = tokio::io::duplex(64);
    origin_far.write_all(&[7; 64]).await.unwrap();
    assert_eq!(
        carry(&mut Sides { client, origin }, NO_BYTES, PATIENCE, &Sides::default()).await,
        End::Stalled
    );
    assert_eq!(start.elapsed(), PATIENCE.stall);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_slows_the_writer_down() {
    let (client, mut client_far) = tokio::io::duplex(8);
    let (origin, mut origin_far) = tokio::io::duplex(8);
    let passed = Sides::default();
    let tunnel = async { carry(&mut Sides { client, origin }, NO_BYTES, PATIENCE, &passed).await };
    let ends = async {
        // Two pipes of eight and what is in between: no more is ever taken.
        let mut taken = 0;
        while let Ok(count) = tokio::time::timeout(Duration::from_secs(1), origin_far.write(&[7; 8])).await {
            taken += count.unwrap();
        }
        assert!(taken <= 24, "{taken} bytes were taken in");
        let mut received = vec![0; taken];
        client_far.read_exact(&mut received).await.unwrap();
        drop((client_far, origin_far));
        taken as u64
    };
    let (end, taken) = tokio::join!(tunnel, ends);
    assert_eq!(end, End::Closed);
    assert_eq!((passed.client.get(), passed.origin.get()), (0, taken));
}
