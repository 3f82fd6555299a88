//! The tunnel: two directions, each on its own, until both have ended.
//!
//! Octets are neither read nor written here, only carried. A FIN travels behind the last octet of
//! its direction; a reset ends both.

use crate::answer;
use crate::body::Body;
use crate::connection::Ending;
use crate::fault::{Fault, Seeded};
use crate::garble::{Downward, Upward};
use crate::proxy::Proxy;
use crate::response::Response;
use crate::wire::{End, Peer, Source};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// How much is read ahead of a side that does not take it.
const READ_AHEAD: usize = 64 * 1024;

/// How long the last octets of a side that reset may take.
const LAST_OCTETS: Duration = Duration::from_millis(50);

/// How long the faults that lose a tail wait for the FIN behind it.
const TAIL: Duration = Duration::from_millis(300);

/// A tunnel in use.
#[derive(Debug)]
pub(crate) struct Tunnel<'a> {
    proxy: &'a Proxy,
    client: &'a mut Peer,
    origin: Peer,
    /// What the client still owes of its request; it goes before everything else.
    upload: Body,
    up: Upward,
    down: Downward,
    up_done: bool,
    down_done: bool,
    idle: Duration,
    deadline: Instant,
    /// Who sent last; only a fault asks.
    last: Option<Side>,
    fault: Seeded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Client,
    Origin,
}

/// Why a tunnel ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// Both directions are over.
    Drained,
    /// Nothing came from the origin for too long.
    Idle,
    ClientReset,
    OriginReset,
    /// Only faults end a tunnel so: both at once, by FIN.
    Cut,
    /// Only faults end a tunnel so: both at once, by reset.
    Torn,
    /// Only a fault ends a tunnel so: the origin's connection is kept for others.
    Parked,
    /// Only a fault ends a tunnel so: the client's connection goes on in HTTP.
    Released,
}

impl<'a> Tunnel<'a> {
    /// A tunnel between two connections, opened by `response` if there was one.
    pub(crate) fn new(
        proxy: &'a Proxy,
        client: &'a mut Peer,
        origin: Peer,
        upload: Body,
        response: Option<&Response>,
        idle: Duration,
    ) -> Tunnel<'a> {
        let fault = proxy.fault;
        Tunnel {
            proxy,
            client,
            origin,
            upload,
            up: Upward::new(fault),
            down: Downward::new(response, fault),
            up_done: false,
            down_done: false,
            idle,
            deadline: Instant::now() + idle,
            last: None,
            fault,
        }
    }

    /// Carries until the end, and says what is left to do with the client.
    pub(crate) async fn run(mut self) -> Ending {
        let proxy = self.proxy;
        self.open().await;
        let stop = self.carry().await;
        let fault = self.fault;
        let ending = match stop {
            Stop::ClientReset if fault == Fault::IgnoreClientReset => {
                swallow(&mut self.origin.source).await;
                Ending::Close
            }
            Stop::OriginReset if fault == Fault::IgnoreOriginReset => {
                swallow(&mut self.client.source).await;
                Ending::Close
            }
            Stop::ClientReset if fault == Fault::ClientResetBecomesFin => Ending::Close,
            Stop::OriginReset if fault == Fault::OriginResetBecomesFin => Ending::Close,
            Stop::ClientReset | Stop::OriginReset | Stop::Torn => Ending::Reset,
            Stop::Drained | Stop::Idle | Stop::Cut | Stop::Parked => Ending::Close,
            Stop::Released => Ending::Again,
        };
        match (stop, ending) {
            (Stop::Parked, _) => proxy.park(self.origin),
            (Stop::Idle, _) if fault == Fault::IdleEndsOneSide => self.origin.keep(),
            (_, Ending::Reset) => self.origin.reset(),
            _ => drop(tokio::spawn(self.origin.close())),
        }
        proxy.tunnel_ended();
        ending
    }

    /// What faults do to the octets that are there when the tunnel opens.
    async fn open(&mut self) {
        let fault = self.fault;
        if self.upload.is_complete() {
            if fault == Fault::EarlyBytesDropped {
                self.client.source.take_all();
            }
            if fault == Fault::EarlyBytesDuplicated {
                self.origin.sink.push(&self.client.source.buf);
            }
        }
        if fault == Fault::GluedBytesDropped {
            self.origin.source.take_all();
        }
        if fault == Fault::GluedBytesDuplicated {
            self.client.sink.push(&self.origin.source.buf);
        }
        if fault == Fault::GluedFinLosesBytes {
            lose_tail(&mut self.origin.source).await;
        }
    }

    async fn carry(&mut self) -> Stop {
        loop {
            if let Some(stop) = self.carry_up().await {
                return stop;
            }
            if let Some(stop) = self.carry_down().await {
                return stop;
            }
            if self.up_done && self.down_done {
                return Stop::Drained;
            }
            let hoards_up = self.fault == Fault::BufferWithoutBoundUp;
            let hoards_down = self.fault == Fault::BufferWithoutBoundDown;
            let mut hears_client = !self.up_done && has_room(&self.client.source, hoards_up);
            let mut hears_origin = !self.down_done && has_room(&self.origin.source, hoards_down);
            if self.fault == Fault::AlternateDirections {
                hears_client &= self.last != Some(Side::Client);
                hears_origin &= self.last != Some(Side::Origin);
            }
            if self.fault == Fault::StallBothWays {
                let moves = self.client.sink.is_idle() && self.origin.sink.is_idle();
                hears_client &= moves;
                hears_origin &= moves;
            }
            tokio::select! {
                () = self.client.source.fill(), if hears_client => {
                    if self.fault == Fault::IdleCountsClient {
                        self.deadline = Instant::now() + self.idle;
                    }
                    self.last = Some(Side::Client);
                }
                () = self.origin.source.fill(), if hears_origin => {
                    if self.fault != Fault::IdleIgnoresOrigin {
                        self.deadline = Instant::now() + self.idle;
                    }
                    self.last = Some(Side::Origin);
                }
                flushed = self.origin.sink.flush(), if !self.origin.sink.is_idle() => {
                    self.up_done |= flushed.is_err();
                }
                flushed = self.client.sink.flush(), if !self.client.sink.is_idle() => {
                    self.down_done |= flushed.is_err();
                }
                () = sleep_until(self.deadline), if self.fault != Fault::IdleNever => {
                    if self.fault == Fault::IdleInjectsHttp {
                        self.client.sink.push(&answer::own(408, false, self.fault));
                    }
                    return Stop::Idle;
                }
            }
        }
    }

    async fn carry_up(&mut self) -> Option<Stop> {
        let reset = self.client.was_reset();
        if !reset && (self.up_done || !self.origin.sink.is_idle()) {
            return None;
        }
        let owed = !self.upload.is_complete();
        let before = self.upload.step(&mut self.client.source, &mut self.origin.sink);
        if before.is_err() {
            return Some(Stop::Torn);
        }
        if owed && self.fault == Fault::SwitchLosesContent {
            self.origin.sink.forget();
        }
        if !self.upload.is_complete() {
            return self.client.source.end.is_some().then_some(Stop::ClientReset);
        }
        if self.fault == Fault::LoseTailBeforeFinUp {
            lose_tail(&mut self.client.source).await;
        }
        if is_held(&self.client.source, self.fault) {
            return None;
        }
        let mut octets = self.client.source.take_all();
        if self.fault == Fault::TunnelsMixed && !octets.is_empty() {
            self.proxy.trade(&mut octets);
        }
        if self.fault == Fault::CacheFromTunnel {
            self.proxy.remember(&octets);
        }
        if self.fault == Fault::HttpInTunnelUp && octets.starts_with(b"GET ") {
            self.client.sink.push(&answer::own(400, false, self.fault));
            return Some(Stop::Cut);
        }
        if self.fault == Fault::AnswerCloseFrames && octets.starts_with(&[0x88]) {
            self.client.sink.push(&[0x88, 0]);
        }
        self.origin.sink.push(&self.up.carry(octets));
        if reset {
            let _ = timeout(LAST_OCTETS, self.origin.sink.flush()).await;
            return Some(Stop::ClientReset);
        }
        if self.client.source.end == Some(End::Fin) && self.origin.sink.is_idle() {
            return self.client_ended().await;
        }
        None
    }

    async fn carry_down(&mut self) -> Option<Stop> {
        let reset = self.origin.was_reset();
        if !reset && (self.down_done || !self.client.sink.is_idle()) {
            return None;
        }
        if self.fault == Fault::LoseTailBeforeFinDown {
            lose_tail(&mut self.origin.source).await;
        }
        if is_held(&self.origin.source, self.fault) {
            return None;
        }
        let mut octets = self.origin.source.take_all();
        if self.fault == Fault::CacheFromTunnel {
            self.proxy.remember(&octets);
        }
        if self.fault == Fault::SwapPings {
            octets = self.answer_ping(octets);
        }
        let closes = octets.starts_with(&[0x88]);
        if self.fault == Fault::AnswerCloseFrames && closes {
            self.origin.sink.push(&[0x88, 0x80, 0, 0, 0, 0]);
        }
        self.client.sink.push(&self.down.carry(octets));
        if self.fault == Fault::CloseFramesClose && closes {
            return Some(Stop::Cut);
        }
        if reset {
            let _ = timeout(LAST_OCTETS, self.client.sink.flush()).await;
            return Some(Stop::OriginReset);
        }
        if self.origin.source.end == Some(End::Fin) && self.client.sink.is_idle() {
            return self.origin_ended().await;
        }
        None
    }

    /// The client has sent its last octet, and the origin has it.
    async fn client_ended(&mut self) -> Option<Stop> {
        self.up_done = true;
        let fault = self.fault;
        if fault == Fault::IgnoreClientFin {
            return None;
        }
        if fault == Fault::ClientFinBecomesReset {
            return Some(Stop::Torn);
        }
        if fault == Fault::CloseAfterClientFin {
            return Some(Stop::Cut);
        }
        if fault == Fault::PoolTheTunnel {
            return Some(Stop::Parked);
        }
        self.origin.sink.finish().await;
        None
    }

    /// The origin has sent its last octet, and the client has it.
    async fn origin_ended(&mut self) -> Option<Stop> {
        self.down_done = true;
        let fault = self.fault;
        if fault == Fault::IgnoreOriginFin {
            return None;
        }
        if fault == Fault::OriginFinBecomesReset {
            return Some(Stop::Torn);
        }
        if fault == Fault::CloseAfterOriginFin {
            return Some(Stop::Cut);
        }
        if fault == Fault::HttpAfterTunnel {
            return Some(Stop::Released);
        }
        self.client.sink.push(self.down.end());
        if fault == Fault::AppendAtClose {
            self.client.sink.push(&answer::own(502, false, fault));
        }
        let _ = self.client.sink.flush().await;
        self.client.sink.finish().await;
        None
    }

    /// Swallows a ping at the beginning of `octets`, and answers it.
    fn answer_ping(&mut self, octets: Vec<u8>) -> Vec<u8> {
        match octets.as_slice() {
            [0x89, length, rest @ ..] if usize::from(*length) <= rest.len() => {
                let (payload, rest) = rest.split_at(usize::from(*length));
                // Masked as a client's frame has to be, with a mask that changes nothing.
                let pong = [&[0x8A, 0x80 | length, 0, 0, 0, 0], payload].concat();
                self.origin.sink.push(&pong);
                rest.to_vec()
            }
            _ => octets,
        }
    }
}

fn has_room(source: &Source, hoards: bool) -> bool {
    source.end.is_none() && (hoards || source.buf.len() < READ_AHEAD)
}

fn is_held(source: &Source, fault: Seeded) -> bool {
    fault == Fault::BufferUntil4k && source.end.is_none() && source.buf.len() < 4096
}

/// Forgets what has come if nothing else than a FIN follows.
async fn lose_tail(source: &mut Source) {
    // Without a bound on what is read ahead: whether the FIN is seen in time must not depend on
    // how the octets before it were cut.
    while !source.buf.is_empty() && source.end.is_none() {
        if timeout(TAIL, source.fill()).await.is_err() {
            return;
        }
    }
    if source.end == Some(End::Fin) {
        source.take_all();
    }
}

async fn swallow(source: &mut Source) {
    while source.end.is_none() {
        source.fill().await;
        source.take_all();
    }
}
