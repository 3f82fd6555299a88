//! Bulk between real sockets.

use std::future::poll_fn;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::sockets::pair;

#[tokio::test]
async fn what_comes_goes_on_unchanged_and_the_end_is_seen() {
    let ((mut source, from), (to, mut sink)) = (pair().await, pair().await);
    source.write_all(b"hello").await.unwrap();
    let mut pipe = Pipe::take().unwrap();
    assert_eq!(poll_fn(|cx| pipe.poll_fill(cx, &from)).await.unwrap(), 5);
    assert!(!pipe.is_empty());
    assert_eq!(poll_fn(|cx| pipe.poll_drain(cx, &to)).await.unwrap(), 5);
    assert!(pipe.is_empty());
    let mut bytes = [0; 5];
    sink.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes, b"hello");

    drop(source);
    assert_eq!(poll_fn(|cx| pipe.poll_fill(cx, &from)).await.unwrap(), 0);
}

#[tokio::test]
async fn a_thread_keeps_an_empty_pipe_and_no_other() {
    use std::os::fd::AsRawFd;
    // A closed one's number would be the next one's.
    let which = |pipe: &Pipe| std::fs::read_link(format!("/proc/self/fd/{}", pipe.read.as_raw_fd())).unwrap();
    let pipe = Pipe::take().unwrap();
    let first = which(&pipe);
    pipe.give_back();
    let mut pipe = Pipe::take().unwrap();
    assert_eq!(which(&pipe), first);

    let (mut source, from) = pair().await;
    source.write_all(b"left over").await.unwrap();
    poll_fn(|cx| pipe.poll_fill(cx, &from)).await.unwrap();
    pipe.give_back();
    assert!(Pipe::take().unwrap().is_empty());
}

#[tokio::test]
async fn a_reset_is_an_error_on_either_side() {
    let ((source, from), (to, sink)) = (pair().await, pair().await);
    source.set_zero_linger().unwrap();
    drop(source);
    let mut pipe = Pipe::take().unwrap();
    let error = poll_fn(|cx| pipe.poll_fill(cx, &from)).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);

    let (mut source, from) = pair().await;
    source.write_all(b"lost").await.unwrap();
    poll_fn(|cx| pipe.poll_fill(cx, &from)).await.unwrap();
    sink.set_zero_linger().unwrap();
    drop(sink);
    to.ready(Interest::ERROR).await.unwrap();
    assert!(poll_fn(|cx| pipe.poll_drain(cx, &to)).await.is_err());
}
