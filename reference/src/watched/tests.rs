//! What the two owners of a socket see of it.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_test::{assert_pending, task};

use super::*;
use crate::sockets::pair;

#[tokio::test]
async fn a_reset_is_told_although_nobody_reads_what_came_before_it() {
    let (near, mut far) = pair().await;
    let (_socket, reset) = Watched::new(near);
    far.write_all(b"nobody reads this").await.unwrap();
    far.set_zero_linger().unwrap();
    drop(far);
    reset.await;
}

#[tokio::test]
async fn neither_bytes_nor_an_end_are_taken_for_a_reset() {
    let (near, mut far) = pair().await;
    let (mut socket, reset) = Watched::new(near);
    let mut reset = task::spawn(reset);
    assert_pending!(reset.poll());
    far.write_all(b"both").await.unwrap();
    far.shutdown().await.unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.unwrap();
    assert_eq!(bytes, b"both");
    assert!(!reset.is_woken());
    assert_pending!(reset.poll());
}

#[tokio::test]
async fn what_comes_behind_a_short_read_is_read_too() {
    let (near, mut far) = pair().await;
    let (mut socket, _reset) = Watched::new(near);
    let mut room = [0; 64];
    for piece in [&b"first"[..], b"second"] {
        far.write_all(piece).await.unwrap();
        assert_eq!(socket.read(&mut room).await.unwrap(), piece.len());
        assert_eq!(&room[..piece.len()], piece);
    }
    // As much as there is room for, and the rest.
    far.write_all(&[7; 100]).await.unwrap();
    assert_eq!(socket.read(&mut room).await.unwrap(), 64);
    assert_eq!(socket.read(&mut room).await.unwrap(), 36);
    drop(far);
    assert_eq!(socket.read(&mut room).await.unwrap(), 0);
}

#[tokio::test]
async fn writes_wait_for_room_and_go_on() {
    const MUCH: usize = 64 * 1024 * 1024;
    let (near, mut far) = pair().await;
    let (mut socket, _reset) = Watched::new(near);
    let write = async {
        socket.write_all(&vec![1; MUCH]).await.unwrap();
        let slices = [io::IoSlice::new(b"and "), io::IoSlice::new(b"this")];
        assert_eq!(socket.write_vectored(&slices).await.unwrap(), 8);
        socket.shutdown().await.unwrap();
    };
    let mut bytes = Vec::new();
    let (read, ()) = tokio::join!(far.read_to_end(&mut bytes), write);
    assert_eq!(read.unwrap(), MUCH + 8);
    assert!(bytes.ends_with(b"\x01and this"));
}

#[tokio::test]
async fn a_reset_is_an_error_to_who_reads_and_to_who_writes() {
    for reads in [true, false] {
        let (near, far) = pair().await;
        let (mut socket, reset) = Watched::new(near);
        far.set_zero_linger().unwrap();
        drop(far);
        reset.await;
        let outcome = if reads { socket.read(&mut [0]).await } else { socket.write(b"lost").await };
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn it_is_given_up_whole_and_only_when_nobody_watches() {
    let (near, mut far) = pair().await;
    let (socket, reset) = Watched::new(near);
    assert!(socket.into_inner().is_none());
    drop(reset);

    let (near, _) = pair().await;
    let (socket, reset) = Watched::new(near);
    drop(reset);
    assert!(socket.into_inner().is_some());
    assert_eq!(far.read(&mut [0]).await.unwrap(), 0);
}
