//! Bulk: followed as it comes, written in the background, held back and let go.

use super::*;
use crate::{
    transcript::Bulk,
    wire::{Noise, with_noise},
};

const MIB: usize = 1 << 20;

fn noise(octets: usize) -> Vec<u8> {
    with_noise(octets, <[u8]>::to_vec)
}

#[tokio::test(flavor = "local")]
async fn noise_beyond_a_mebibyte_is_counted_and_not_kept() {
    let (stage, mut other) = pair().await;
    let pump = tokio::task::spawn_local(async move {
        other.write_all(b"head").await.unwrap();
        other.write_all(&noise(9 * MIB)).await.unwrap();
        other.write_all(b"tail").await.unwrap();
    });
    until(&stage, |recording| recording.conns()[0].ending.is_some()).await;
    pump.await.unwrap();
    let recording = stage.recording();
    let conn = &recording.conns()[0];
    assert_eq!(conn.length(), 9 * MIB + 8);
    assert!(conn.received.len() < 2 * MIB, "{}", conn.received.len());
    assert!(conn.received.starts_with(b"head") && conn.received.ends_with(b"tail"));
    let Some(Bulk { at, from, octets }) = conn.bulk else { panic!("nothing was followed") };
    assert_eq!((from, octets), (at - 4, 9 * MIB - from));
}

#[tokio::test(flavor = "local")]
async fn an_octet_that_differs_ends_the_following_just_there() {
    let (stage, mut other) = pair().await;
    let pump = tokio::task::spawn_local(async move {
        let mut octets = noise(3 * MIB);
        octets[2 * MIB] ^= 1;
        other.write_all(&octets).await.unwrap();
    });
    until(&stage, |recording| recording.conns()[0].ending.is_some()).await;
    pump.await.unwrap();
    let recording = stage.recording();
    let conn = &recording.conns()[0];
    assert_eq!(conn.bulk.map(|bulk| bulk.from + bulk.octets), Some(2 * MIB));
    assert_eq!(conn.length(), 3 * MIB);
}

#[tokio::test(flavor = "local")]
async fn what_is_not_read_is_held_back_and_arrives_once_it_is() {
    let (stage, mut other) = pair().await;
    stage.start_sending(FIRST, vec![Run::Noise(64 * MIB)], Duration::from_millis(50));
    until(&stage, |recording| recording.conns()[0].held_back.is_some()).await;
    assert!(!stage.recording().conns()[0].sent_all);
    let mut wanted = vec![0; MIB];
    let mut arrived = vec![0; MIB];
    let mut stream = Noise::default();
    for _ in 0..64 {
        stream.fill(&mut wanted);
        other.read_exact(&mut arrived).await.unwrap();
        assert!(arrived == wanted);
    }
    until(&stage, |recording| recording.conns()[0].sent_all).await;
    // The writer is free again.
    stage.send(FIRST, &text("end"), PACE).await;
    let mut end = [0; 3];
    other.read_exact(&mut end).await.unwrap();
    assert_eq!(&end, b"end");
}

#[tokio::test(flavor = "local")]
async fn a_connection_that_is_not_read_records_nothing_until_it_is() {
    let (stage, mut other) = pair().await;
    stage.read(FIRST, false);
    other.write_all(b"hello").await.unwrap();
    // A second connection shows that the reader had its turn.
    let (second, mut fence) = pair().await;
    fence.write_all(b"fence").await.unwrap();
    until(&second, |recording| recording.conns()[0].received == b"fence").await;
    assert_eq!(stage.recording().conns()[0].length(), 0);
    stage.read(FIRST, true);
    until(&stage, |recording| recording.conns()[0].received == b"hello").await;
}

#[tokio::test(flavor = "local")]
async fn letting_go_resets_what_is_still_written_and_reads_the_others() {
    let (stage, mut other) = pair().await;
    stage.start_sending(FIRST, vec![Run::Noise(64 * MIB)], Duration::from_millis(50));
    until(&stage, |recording| recording.conns()[0].held_back.is_some()).await;
    stage.let_go();
    // Its own octets came first; then it learns that we are gone.
    let mut rest = Vec::new();
    assert!(other.read_to_end(&mut rest).await.is_err());
    assert_eq!(stage.open(), []);

    let (stage, mut other) = pair().await;
    stage.read(FIRST, false);
    other.write_all(b"late").await.unwrap();
    stage.let_go();
    until(&stage, |recording| recording.conns()[0].received == b"late").await;
}
