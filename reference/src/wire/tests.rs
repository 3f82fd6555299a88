//! A wire over pipes in memory.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::Instant,
};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_write_waits_only_so_long() {
    let (near, _far) = tokio::io::duplex(4);
    let mut wire = Wire::new(near, Duration::from_secs(3), None);
    let start = Instant::now();
    let error = wire.write_all(b"too much").await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(start.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_slow_write_is_no_stalled_one() {
    let (near, mut far) = tokio::io::duplex(4);
    let mut wire = Wire::new(near, Duration::from_secs(3), None);
    let reader = async {
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_secs(2)).await;
            far.read_exact(&mut [0; 4]).await.unwrap();
        }
    };
    let (written, ()) = tokio::join!(wire.write_all(&[7; 16]), reader);
    written.unwrap();
}

fn wire() -> (Wire<tokio::io::DuplexStream>, mpsc::Sender<Bytes>, tokio::io::DuplexStream) {
    let (near, far) = tokio::io::duplex(1024);
    let (sender, receiver) = interims();
    (Wire::new(near, Duration::from_secs(1), Some(receiver)), sender, far)
}

async fn received(mut far: tokio::io::DuplexStream) -> String {
    let mut text = String::new();
    far.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn an_interim_head_goes_ahead_of_the_final_one() {
    let (mut wire, interims, far) = wire();
    interims.try_send(interim_head(StatusCode::EARLY_HINTS, HeaderMap::new())).unwrap();
    wire.write_all(b"final").await.unwrap();
    drop(wire);
    assert_eq!(received(far).await, "HTTP/1.1 103 Early Hints\r\n\r\nfinal");
}

#[tokio::test]
async fn an_interim_head_never_splits_a_message() {
    let (mut wire, interims, far) = wire();
    wire.write_all(b"fin").await.unwrap();
    interims.try_send(interim_head(StatusCode::EARLY_HINTS, HeaderMap::new())).unwrap();
    wire.write_all(b"al").await.unwrap();
    wire.flush().await.unwrap();
    drop(wire);
    assert_eq!(received(far).await, "final");
}
