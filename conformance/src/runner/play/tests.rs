//! How long a player waits, on a paused clock and without sockets; names, and the closing.

use std::{future::Future, sync::Arc, time::Duration};

use rstest::rstest;
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::{
    clock::{Stopwatch, pause},
    scenario::{Route, ScenarioId, Source, parse_scenario},
    transcript::{ConnId, Ending, Octets},
};

const CLIENT: ConnId = ConnId(0);
const ORIGIN: ConnId = ConnId(1);
const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const REQUEST: &str = "GET /hop-1 HTTP/1.1\r\n\r\n";

fn row(steps: &str, routes: &str) -> Row {
    let text = format!(
        "title \"t\"\nwhy \"w\"\ncovers \"r\"\nroutes {routes}\nmatrix {{\n row \"a\" x=\"1\"\n}}\n{steps}\n"
    );
    let source = Arc::new(Source { path: "a/b.kdl".into(), text });
    let scenario = parse_scenario(ScenarioId("a/b".to_owned()), source).unwrap();
    Row { route: scenario.routes[0], scenario: Arc::new(scenario), matrix: Some(0) }
}

fn place() -> Place<'static> {
    let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
    Place { target: at(1), origin: at(2), prefix: "/mapped/" }
}

fn got(text: &str) -> What {
    What::Received(Octets(text.as_bytes().to_vec()))
}

fn opened(role: Role) -> What {
    What::Opened { role, name: String::new() }
}

/// Waits for the one step while `meanwhile` happens. When it was over, and whether it was late.
async fn wait<F: Future<Output = ()>>(step: &str, meanwhile: impl FnOnce(Stage) -> F) -> (u128, bool) {
    let (row, catalogue, patience) = (row(step, "\"mapped\""), Catalogue::default(), Patience::scaled(1.0));
    let stage = Stage::default();
    stage.note(Some(CLIENT), opened(Role::Client));
    let judge = Judge::new(&row, &catalogue, Bindings([("nonce".to_owned(), "hop-1".to_owned())].into()));
    let origin = OriginListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let scene = Scene {
        stage: &stage,
        place: place(),
        origin: &origin,
        process: None,
        patience: &patience,
        mode: None,
    };
    let mut player = Player { judge, scene, gone: false, ran_out: false };
    let watch = Stopwatch::start();
    let over = async {
        let late = player.wait(&row.scenario.steps[0]).await;
        (watch.elapsed().as_millis(), late)
    };
    tokio::join!(over, meanwhile(stage.clone())).0
}

/// After `millis`, these things happen at once.
async fn after(stage: Stage, millis: u64, what: Vec<(ConnId, What)>) {
    pause(Duration::from_millis(millis)).await;
    for (conn, what) in what {
        stage.note(Some(conn), what);
    }
}

#[rstest]
#[case::nothing_comes("client receives-response", 0, vec![], (3000, true))]
#[case::it_comes("client receives-response", 700, vec![(CLIENT, got(ANSWER))], (700, false))]
#[case::it_is_there("client receives-response", 0, vec![(CLIENT, got(ANSWER))], (0, false))]
#[case::only_a_part_comes("client receives-response", 700, vec![(CLIENT, got("HTTP/1.1 2"))], (3000, true))]
#[case::something_else_comes("client receives-response", 700, vec![(CLIENT, got("hello"))], (700, false))]
#[case::an_end_comes("client receives-response", 700, vec![(CLIENT, What::Ended(Ending::Fin))], (700, false))]
// A request is not waited for in full once the client has its answer, or has been left.
#[case::answered("origin receives-request", 700, vec![(CLIENT, got(ANSWER))], (850, true))]
#[case::left("origin receives-request", 700, vec![(CLIENT, What::Ended(Ending::Reset))], (850, true))]
#[case::not_dialled("origin accepts", 0, vec![(CLIENT, got(ANSWER))], (150, true))]
#[case::answered_at_the_last_moment("origin receives-request", 2950, vec![(CLIENT, got(ANSWER))], (3000, true))]
#[case::answered_and_dialled(
    "origin receives-request", 700,
    vec![(CLIENT, got(ANSWER)), (ORIGIN, opened(Role::Origin)), (ORIGIN, got(REQUEST))], (700, false)
)]
#[case::process_ended("client receives-response", 700, vec![(CLIENT, What::TargetGone)], (850, true))]
// Silence lasts exactly as long as the scenario says.
#[case::silence("client receives-nothing for=\"40ms\"", 41, vec![(CLIENT, got("x"))], (40, true))]
#[case::long_silence("client receives-nothing for=\"4s\"", 0, vec![], (4000, true))]
#[case::broken_silence("client receives-nothing for=\"40ms\"", 10, vec![(CLIENT, got("x"))], (10, false))]
#[case::silence_of_an_origin("origin receives-nothing for=\"40ms\"", 10, vec![(CLIENT, got("x"))], (40, true))]
#[case::silence_as_an_outcome(
    "either {\noutcome \"a\" {\nclient sees-end\n}\noutcome \"b\" {\nclient receives-nothing for=\"250ms\"\n}\n}",
    300, vec![], (250, true)
)]
#[case::an_outcome_comes(
    "either {\noutcome \"a\" {\nclient sees-end\n}\noutcome \"b\" {\norigin receives-request\n}\n}",
    300, vec![(CLIENT, What::Ended(Ending::Fin))], (300, false)
)]
#[tokio::test(flavor = "local", start_paused = true)]
async fn a_wait_lasts_as_long_as_it_must(
    #[case] step: &str,
    #[case] millis: u64,
    #[case] what: Vec<(ConnId, What)>,
    #[case] expected: (u128, bool),
) {
    assert_eq!(wait(step, |stage| after(stage, millis, what)).await, expected);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn a_request_that_comes_within_the_grace_is_taken() {
    let steps = |stage: Stage| async {
        after(stage.clone(), 100, vec![(CLIENT, got(ANSWER))]).await;
        after(stage, 50, vec![(ORIGIN, opened(Role::Origin)), (ORIGIN, got(REQUEST))]).await;
    };
    assert_eq!(wait("origin receives-request", steps).await, (150, false));
}

#[test]
fn the_same_seed_gives_the_same_names() {
    let row = row("client receives-response", "\"mapped\"");
    assert_eq!(bindings(&row, &place(), 7), bindings(&row, &place(), 7));
    assert_ne!(bindings(&row, &place(), 7), bindings(&row, &place(), 8));
}

#[test]
fn every_row_has_names_of_its_own() {
    let row = row("client receives-response", "\"explicit\" \"mapped\"");
    let other = Row { route: Route::Mapped, ..row.clone() };
    let name = |row: &Row, name: &str| bindings(row, &place(), 0).0[name].clone();
    for differs in ["nonce", "key", "path", "route", "accept"] {
        assert_ne!(name(&row, differs), name(&other, differs), "{differs}");
    }
    assert_eq!(name(&row, "x"), "1");
    assert_eq!(name(&row, "path"), format!("/mapped/{}", name(&row, "nonce")));
    assert_eq!(name(&row, "accept"), accept_of(&name(&row, "key")));
    // RFC 6455 §4.1: sixteen octets in base64.
    assert_eq!(STANDARD.decode(name(&row, "key")).unwrap().len(), 16);
}

async fn connected() -> (Stage, TcpStream) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let stage = Stage::default();
    stage.connect("", listener.local_addr().unwrap(), Duration::from_secs(20)).await;
    let (other, _) = listener.accept().await.unwrap();
    (stage, other)
}

fn told(stage: &Stage) -> Vec<What> {
    stage.recording().events().iter().skip(1).map(|event| event.what.clone()).collect()
}

#[tokio::test(flavor = "local")]
async fn the_closing_waits_for_what_the_target_still_has_to_say() {
    let (stage, mut other) = connected().await;
    let target = async {
        assert_eq!(other.read(&mut [0; 8]).await.unwrap(), 0);
        other.try_write(b"last").unwrap();
        drop(other);
    };
    let patience = Patience::scaled(10.0);
    tokio::join!(drain(&stage, &patience), target);
    assert_eq!(
        told(&stage),
        [What::Closing, What::HalfClosed, got("last"), What::Ended(Ending::Fin), What::Closed]
    );
}

#[tokio::test(flavor = "local")]
async fn a_target_that_does_not_close_is_reset() {
    let (stage, mut other) = connected().await;
    drain(&stage, &Patience::scaled(0.01)).await;
    assert_eq!(told(&stage), [What::Closing, What::HalfClosed, What::Reset]);
    assert_eq!(stage.open(), []);
    let mut rest = Vec::new();
    // After the FIN there is nothing to read; the reset shows in whatever is done next.
    assert!(other.read_to_end(&mut rest).await.is_err() || rest.is_empty());
}

/// Events of connections that have no socket, on a paused clock: how long it waits for the target.
#[rstest]
#[case::for_a_client(Role::Origin, CLIENT, 1000)]
#[case::for_an_origin_that_nobody_needs(Role::Client, ORIGIN, 300)]
#[tokio::test(flavor = "local", start_paused = true)]
async fn a_connection_to_the_origin_may_stay_open_for_others(
    #[case] ends: Role,
    #[case] stays: ConnId,
    #[case] millis: u64,
) {
    let stage = Stage::default();
    stage.note(Some(CLIENT), opened(Role::Client));
    stage.note(Some(ORIGIN), opened(Role::Origin));
    let ended = if ends == Role::Client { CLIENT } else { ORIGIN };
    assert_ne!(ended, stays);
    stage.note(Some(ended), What::Ended(Ending::Fin));
    let watch = Stopwatch::start();
    drain(&stage, &Patience::scaled(1.0)).await;
    assert_eq!(watch.elapsed(), Duration::from_millis(millis));
}
