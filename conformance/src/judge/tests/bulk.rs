//! Bulk that was only counted, what is held back, and streams that end too early.

use rstest::rstest;

use super::*;
use crate::wire::with_noise;

const MIB: usize = 1 << 20;

/// The first mebibyte as it came, then so many octets more of the noise.
fn bulk(tape: Tape, from: usize, octets: usize) -> Tape {
    let start = with_noise(MIB, <[u8]>::to_vec);
    tape.got(0, start).add(Some(0), What::ReceivedNoise { from, octets })
}

#[rstest]
#[case::whole(bulk(Tape::default().client(0), MIB, MIB).over(0), None)]
#[case::a_tail_follows(bulk(Tape::default().client(0), MIB, MIB).got(0, "end").over(0), None)]
#[case::more(bulk(Tape::default().client(0), MIB, MIB + 1).over(0), None)]
#[case::too_few(
    bulk(Tape::default().client(0), MIB, MIB - 1).fin(0).over(0),
    Some("2097151 of 2097152 octets, then the end of the connection (FIN)")
)]
#[case::a_gap(bulk(Tape::default().client(0), MIB + 1, MIB).over(0), Some("another octet at 1048576: `\\x85\\xf9V5\\xef\\xf0\\xa4\\x84`"))]
#[case::something_else(
    bulk(Tape::default().client(0), MIB, 9).got(0, "tail").over(0), Some("another octet at 1048585: `tail`")
)]
fn two_mebibytes_are_compared_without_being_kept(#[case] tape: Tape, #[case] came: Option<&str>) {
    let judgement = judge("client receives-bytes (noise)\"2MiB\"", tape);
    assert_eq!(judgement.findings.first().map(|finding| finding.came.as_str()), came);
}

#[test]
fn what_follows_the_bulk_is_read_like_anything_else() {
    let steps = "client receives-bytes (noise)\"2MiB\"\nclient receives-response\nclient sees-close";
    let tape = bulk(Tape::default().client(0), MIB, MIB).got(0, OK).fin(0).over(0).over(1).over(2);
    assert_eq!(judge(steps, tape).verdict, Verdict::Pass);
}

#[test]
fn bulk_that_nobody_awaits_is_more_than_was_awaited() {
    let steps = "client receives-bytes \"x\"\nnever \"more\" {\n    client receives-more\n}";
    let more = |octets| What::ReceivedNoise { from: MIB, octets };
    let tape = Tape::default().client(0).got(0, "x").over(0);
    assert_eq!(judge(steps, tape.clone()).verdict, Verdict::Pass);
    assert_eq!(judge(steps, tape.add(Some(0), more(1))).verdict, Verdict::Fail);
}

#[rstest]
#[case::all("hello", true, None)]
#[case::a_part("he", true, None)]
#[case::nothing("", true, None)]
#[case::more("hello!", true, Some("all of these octets, and more"))]
#[case::other("help", true, Some("another octet at 3: `help`"))]
#[case::no_end("hello", false, Some("nothing in time"))]
fn a_part_is_the_beginning_and_then_an_end(
    #[case] octets: &str,
    #[case] ends: bool,
    #[case] came: Option<&str>,
) {
    let tape = Tape::default().client(0).got(0, octets);
    let tape = if ends { tape.rst(0).over(0) } else { tape.late(0) };
    let judgement = judge("client receives-part-of \"hello\"", tape);
    assert_eq!(judgement.findings.first().map(|finding| finding.came.as_str()), came);
}

fn sending(taken: &[usize]) -> Tape {
    let held = |tape: Tape, octets: &usize| tape.add(Some(0), What::HeldBack(*octets));
    taken.iter().fold(Tape::default().client(0).add(Some(0), What::SentNoise(64)), held)
}

#[rstest]
#[case::held(sending(&[10]).over(0), None)]
#[case::goes_on(sending(&[10]).add(Some(0), What::SentNoise(1)).late(0), Some("nothing in time"))]
#[case::too_much(sending(&[11]).over(0), Some("11 octets were taken"))]
#[case::all(sending(&[]).add(Some(0), What::SentAll).over(0), Some("all of it was taken"))]
#[case::gone(sending(&[]).rst(0).over(0), Some(RESET))]
#[case::small(sending(&[10]).add(None, What::TargetMemory(50)).add(None, What::TargetMemory(55)).over(0), None)]
#[case::big(
    sending(&[10]).add(None, What::TargetMemory(50)).add(None, What::TargetMemory(56)).over(0),
    Some("it grew by 6, while 10 were taken")
)]
fn who_writes_is_held_back_within_bounds(#[case] tape: Tape, #[case] came: Option<&str>) {
    let judgement = judge("client is-held-back within=10 memory=5", tape);
    assert_eq!(judgement.findings.first().map(|finding| finding.came.as_str()), came);
}

const RESET: &str = "a reset (RST)";

#[test]
fn impossible_numbers_of_a_stored_transcript_do_no_harm() {
    let noise = |from, octets| What::ReceivedNoise { from, octets };
    for (from, octets) in [(usize::MAX, usize::MAX), (usize::MAX / 2, 9), (0, usize::MAX)] {
        let tape = Tape::default().client(0).got(0, "x").add(Some(0), noise(from, octets));
        let judgement =
            judge("client receives-bytes \"xyz\"", tape.add(Some(0), noise(from, octets)).over(0));
        assert_eq!(judgement.verdict, Verdict::Fail);
    }
}
