//! Both directions of a connection over scripted I/O, with a clock that stands still.

use std::{io, time::Duration};

use tokio::time::Instant;
use tokio_test::io::Builder;

use super::{FIRST, PACE, Pace, Stage, happened, reading::Reading, sent, text};
use crate::{
    scenario::Role,
    transcript::{Ending, What},
};

const BOUND: Duration = Duration::from_secs(3);

fn stage() -> Stage {
    let stage = Stage::default();
    stage.note(Some(FIRST), What::Opened { role: Role::Client, name: String::new() });
    stage
}

async fn read(stage: &Stage, stream: impl tokio::io::AsyncRead + Unpin) {
    let reads = tokio::sync::watch::Sender::new(true);
    Reading::new(stage.clone(), FIRST, &reads).run(stream).await;
}

#[tokio::test(start_paused = true)]
async fn reads_are_recorded_one_by_one_with_their_times() {
    let stage = stage();
    let stream = Builder::new().read(b"one").wait(Duration::from_millis(250)).read(b"two").build();
    read(&stage, stream).await;
    let recording = stage.recording();
    assert_eq!(recording.conn(FIRST).unwrap().received, b"onetwo");
    assert_eq!(recording.conn(FIRST).unwrap().ending, Some(Ending::Fin));
    let at: Vec<u64> = recording.events()[1..].iter().map(|event| event.at).collect();
    assert_eq!(at[0], 0);
    assert!(at[1] >= 250_000 && at[2] == at[1], "{at:?}");
}

#[tokio::test]
async fn a_failed_read_is_a_reset_and_what_came_before_is_kept() {
    let stage = stage();
    let reset = io::Error::from(io::ErrorKind::ConnectionReset);
    let stream = Builder::new().read(b"before").read_error(reset).build();
    read(&stage, stream).await;
    assert_eq!(stage.recording().conn(FIRST).unwrap().received, b"before");
    assert_eq!(stage.recording().conn(FIRST).unwrap().ending, Some(Ending::Reset));
}

#[tokio::test(start_paused = true)]
async fn chunks_are_single_writes_with_their_gaps_between_them() {
    let stage = stage();
    // The script accepts nothing but these writes, in this order.
    let mut writer = Builder::new().write(b"ab").write(b"cd").write(b"e").build();
    let started = Instant::now();
    let pace = Pace { chunk: Some(2), gap: Some(Duration::from_millis(10)), bound: BOUND };
    stage.write(FIRST, &mut writer, &text("abcde"), pace).await;
    assert_eq!(sent(&stage.recording()), [b"ab".to_vec(), b"cd".to_vec(), b"e".to_vec()]);
    assert_eq!(started.elapsed(), Duration::from_millis(30));
}

#[tokio::test(start_paused = true)]
async fn a_write_that_nobody_takes_stalls_after_exactly_its_bound() {
    let stage = stage();
    let mut writer = Builder::new().wait(BOUND * 2).write(b"late").build();
    let started = Instant::now();
    stage.write(FIRST, &mut writer, &text("late"), Pace { bound: BOUND, ..PACE }).await;
    assert_eq!(started.elapsed(), BOUND);
    assert!(happened(&stage.recording(), &What::WriteStalled));
    // The script wants to be played to its end.
    stage.write(FIRST, &mut writer, &text("late"), Pace { bound: BOUND * 2, ..PACE }).await;
}

#[tokio::test]
async fn a_failed_write_is_recorded_and_nothing_is_written_behind_it() {
    let stage = stage();
    let gone = io::Error::from(io::ErrorKind::BrokenPipe);
    let mut writer = Builder::new().write(b"a").write_error(gone).build();
    stage.write(FIRST, &mut writer, &text("abc"), Pace { chunk: Some(1), ..PACE }).await;
    assert!(happened(&stage.recording(), &What::WriteFailed("broken pipe".to_owned())));
    assert_eq!(sent(&stage.recording()), [b"a".to_vec(), b"b".to_vec()]);
}
