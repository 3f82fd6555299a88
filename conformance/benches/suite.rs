//! The suite's wall time as a ratio to the bare exchanges, in one run on one machine.
//!
//! Then the whole suite, once each, against a target that resets every connection and one that never
//! answers: what is hopeless has to end soon as well.
//!
//! Then how many cases a second a fuzzing run plays against the reference, in the class of plain requests,
//! and against a bare exchange each.
//!
//! Bare: as many exchanges (connect, request, answer, close) through the same target as the suite
//! makes, canaries included, by plain sockets and without the harness. Rounds are interleaved, and
//! medians compared. Rows that wait for a configured time are left out; so is the target's start.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use hopspec::{
    clock::Patience,
    fuzz::{Bounds, Class, Ground, Hunted, Key, Maker, Seen, hunt},
    runner::{Interrupt, Launch, Plan, Progress, RowResult, run},
    scenario::{Library, Role, Row},
    target::{Addresses, Definition, Offer, Process, find_target},
    transcript::What,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::LocalSet,
};

/// Interleaved rounds; their median counts.
const ROUNDS: usize = 5;
/// Lanes, as many as `hopspec run` has unless it is told otherwise.
const LANES: usize = 8;

fn main() {
    // Cargo passes `--bench` to every benchmark.
    let mut targets: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    if targets.is_empty() {
        targets.push("nginx".to_owned());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let library = Library::load(&root.join("scenarios")).expect("the suite has no mistakes");
    let mut bare = Duration::ZERO;
    for target in targets {
        let found = find_target(&target, &root.join("conformance/targets"));
        let definition = found.expect("the target is installed");
        bare = LocalSet::new().block_on(&runtime, measure(&library, &target, &definition));
    }
    LocalSet::new().block_on(&runtime, fuzz(&library));
    for (mode, what) in
        [("reset", "a target that resets everything"), ("silent", "a target that never answers")]
    {
        let definition = hollow(mode);
        let (took, _) = LocalSet::new().block_on(&runtime, play(&library, &definition, library.rows()));
        println!(
            "{what}: {} rows in {:.1} s, ratio {:.1} to the last bare exchanges side by side",
            library.rows().len(),
            took.as_secs_f64(),
            took.as_secs_f64() / bare.as_secs_f64(),
        );
    }
}

/// So many cases for each round.
const CASES: u64 = 5000;

/// Prints how fast cases are made up, played and judged, shrinking left out.
async fn fuzz(library: &Library) {
    let definition = Definition::by_contract(profile().join("reference"));
    let ground = Ground::of(&[&definition.offers]).expect("it has a route");
    let maker = Maker::new(0, &[Class::Plain], &ground);
    let (mut cases, mut plain) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS as u64 {
        let bounds = Bounds { first: round * CASES, cases: Some(CASES), time: None };
        let plan = plan(library, &definition, Vec::new());
        let (_wish, interrupt) = watch::channel(false);
        let hunt = hunt(&plan, &maker, bounds, &Meter::default(), Interrupt(interrupt)).await;
        let hunt = hunt.expect("the reference runs");
        assert!(hunt.kinds.is_empty() && hunt.cases == CASES, "the reference is sound");
        cases.push(hunt.took);
        plain.push(bare(&definition, usize::try_from(CASES).unwrap_or(usize::MAX), LANES).await);
    }
    let [cases, plain] = [cases, plain].map(median);
    println!(
        "fuzz: {:.0} plain cases a second against the reference on {LANES} lanes, ratio {:.2} to the bare exchanges",
        CASES as f64 / cases.as_secs_f64(),
        cases.as_secs_f64() / plain.as_secs_f64(),
    );
}

impl Hunted for Meter {
    fn played(&self, _: u64, _: usize) {}
    fn seen(&self, _: &Key, _: u64, _: &Seen) {}
    fn shrinks(&self, _: &Key) {}
}

/// The folder of what cargo built.
fn profile() -> PathBuf {
    let bench = std::env::current_exe().expect("a benchmark knows its own path");
    bench.ancestors().nth(2).expect("benchmarks stand in target/<profile>/deps").to_owned()
}

/// A target that is hollow wherever it is judged, and lets the harness's own exchanges through.
fn hollow(mode: &str) -> Definition {
    let mut definition = Definition::by_contract(profile().join("examples/hollow"));
    definition.args.insert(0, mode.to_owned());
    definition.args.extend(["--spare", "hop-ready,hop-smoke,hop-canary"].map(str::to_owned));
    definition.offers = Offer::everything();
    definition
}

/// Counts client connections, and notes when the first row began and the last was over.
#[derive(Default)]
struct Meter {
    began: std::cell::Cell<Option<Instant>>,
    ended: std::cell::Cell<Option<Instant>>,
    exchanges: std::cell::Cell<usize>,
}

impl Progress for Meter {
    fn began(&self, _: &Row) {
        self.began.set(self.began.get().or_else(|| Some(Instant::now())));
    }

    fn over(&self, result: &RowResult) {
        self.ended.set(Some(Instant::now()));
        let events = result.transcript.iter().flat_map(|transcript| &transcript.events);
        let opened =
            events.filter(|event| matches!(event.what, What::Opened { role: Role::Client, .. })).count();
        // One more for the canary behind each row that was played.
        self.exchanges.set(self.exchanges.get() + opened + usize::from(opened > 0));
    }
}

/// Prints how the suite compares; returns how long the bare exchanges took side by side.
async fn measure(library: &Library, target: &str, definition: &Definition) -> Duration {
    let rows: Vec<Row> = library.rows().into_iter().filter(|row| !row.scenario.slow).collect();
    let (mut suite, mut one, mut many, mut exchanges) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let (took, count) = play(library, definition, rows.clone()).await;
        suite.push(took);
        exchanges = count;
        one.push(bare(definition, exchanges, 1).await);
        many.push(bare(definition, exchanges, LANES).await);
    }
    let [suite, one, many] = [suite, one, many].map(median);
    let (whole, _) = play(library, definition, library.rows()).await;
    let ratio = |bare: Duration| suite.as_secs_f64() / bare.as_secs_f64();
    println!(
        "{target}: {} rows, {exchanges} exchanges in {:.1} ms on {LANES} lanes\n  \
         bare, one after another:   {:.1} ms, ratio {:.2}\n  \
         bare, {LANES} side by side:      {:.1} ms, ratio {:.2}",
        rows.len(),
        suite.as_secs_f64() * 1e3,
        one.as_secs_f64() * 1e3,
        ratio(one),
        many.as_secs_f64() * 1e3,
        ratio(many),
    );
    println!(
        "  all {} rows, with those that wait for a configured time: {:.1} s",
        library.rows().len(),
        whole.as_secs_f64()
    );
    many
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

async fn play(library: &Library, definition: &Definition, rows: Vec<Row>) -> (Duration, usize) {
    let plan = plan(library, definition, rows);
    let meter = Meter::default();
    let (_wish, interrupt) = watch::channel(false);
    run(&plan, &meter, Interrupt(interrupt)).await.expect("the target runs");
    let (began, ended) = (meter.began.get().expect("a row began"), meter.ended.get().expect("a row ended"));
    (ended - began, meter.exchanges.get())
}

fn plan(library: &Library, definition: &Definition, rows: Vec<Row>) -> Plan {
    Plan {
        launch: Launch::Program(Box::new(definition.clone())),
        rows,
        catalogue: library.catalogue.clone(),
        jobs: LANES,
        patience: Patience::scaled(1.0),
        seed: 0,
        mode: None,
        watcher: None,
    }
}

/// The same number of exchanges by plain sockets, `lanes` side by side, each with its own target.
async fn bare(definition: &Definition, exchanges: usize, lanes: usize) -> Duration {
    let addresses = Addresses::new();
    let mut targets = Vec::new();
    for _ in 0..lanes {
        let origin = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let process =
            Process::start(definition, origin.local_addr().expect("bound"), &addresses).expect("it starts");
        tokio::task::spawn_local(answer(origin));
        while exchange(&process).await.is_err() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        targets.push(process);
    }
    let started = Instant::now();
    join_all(targets.iter().map(async |process| {
        for _ in 0..exchanges.div_ceil(lanes) {
            exchange(process).await.expect("the target answers");
        }
    }))
    .await;
    let took = started.elapsed();
    for process in targets {
        process.stop(&Patience::scaled(1.0)).await;
    }
    took
}

async fn exchange(process: &Process) -> std::io::Result<()> {
    let mut client = TcpStream::connect(process.address()).await?;
    client.set_nodelay(true)?;
    client.write_all(b"GET /mapped/bare HTTP/1.1\r\nHost: hop.example\r\nConnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await?;
    if answer.ends_with(b"ok") { Ok(()) } else { Err(std::io::ErrorKind::InvalidData.into()) }
}

/// An origin that answers whatever it is asked, and closes.
async fn answer(listener: TcpListener) {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { continue };
        tokio::task::spawn_local(async move {
            let _ = stream.set_nodelay(true);
            let mut request = [0; 2048];
            if stream.read(&mut request).await.is_ok_and(|count| count > 0) {
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
                    .await;
            }
        });
    }
}
