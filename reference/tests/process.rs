//! The program itself: its arguments, its exit codes, its end.

mod support;

use std::{
    io::{self, BufRead, BufReader},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, ChildStderr, Command, Output, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use rstest::rstest;
use support::{Ending, OK, Origin, Peer, status, switch, values};

fn reference(arguments: &[&str]) -> Command {
    told(Command::new(env!("CARGO_BIN_EXE_reference")), arguments)
}

/// The same with so many file descriptors at most.
fn limited(descriptors: usize, arguments: &[&str]) -> Command {
    let run = format!("ulimit -n {descriptors} && exec '{}' \"$@\"", env!("CARGO_BIN_EXE_reference"));
    let mut command = Command::new("sh");
    command.args(["-c", &run, "sh"]);
    told(command, arguments)
}

/// With its own log, which is read.
fn told(mut command: Command, arguments: &[&str]) -> Command {
    command.args(arguments).env_remove("RUST_LOG").stderr(Stdio::piped());
    command
}

fn output(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = reference(arguments).output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// Starts it, and reads from its log where it listens.
fn started(upstream: SocketAddr) -> (Child, SocketAddr, BufReader<ChildStderr>) {
    listening(reference(&["--listen", "127.0.0.1:0", "--upstream", &upstream.to_string()]))
}

fn listening(mut command: Command) -> (Child, SocketAddr, BufReader<ChildStderr>) {
    let mut child = command.spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    // It is told as text, or in JSON.
    let address = line.trim().split(['"', ' ']).find_map(|word| word.parse().ok()).expect("an address");
    (child, address, log)
}

fn terminate(child: &Child) {
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
}

#[test]
fn it_says_how_to_start_it() {
    let (code, told) = output(&[]);
    assert_eq!(code, Some(2));
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(told.contains("--config FILE") && told.contains("--listen"), "{told}");
}

#[test]
fn a_wrong_configuration_exits_with_2() {
    let file = std::env::temp_dir().join(format!("reference-wrong-{}.conf", std::process::id()));
    std::fs::write(&file, "http {\n    serwer { }\n}\n").unwrap();
    let (code, told) = output(&["--config", file.to_str().unwrap()]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(code, Some(2));
    assert!(told.contains(":2:5") && told.contains("did you mean `server`?"), "{told}");
    assert!(!told.contains('\u{1b}'), "no colour where no terminal is: {told}");
}

#[test]
fn a_missing_file_exits_with_2() {
    let (code, told) = output(&["--config", "/nowhere/at/all.conf"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("cannot be read"), "{told}");
}

#[test]
fn a_taken_port_exits_with_1_and_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, told) = output(&["--listen", &address, "--upstream", "127.0.0.1:1"]);
    assert_eq!(code, Some(1));
    assert!(told.contains(&format!("cannot listen on {address}")), "{told}");
    assert!(told.contains("in use"), "{told}");
}

#[rstest]
#[timeout(Duration::from_secs(30))]
fn clients_that_come_at_once_leave_every_thread_its_descriptors() {
    let (mut child, ..) = started("127.0.0.1:1".parse().unwrap());
    let taken = std::fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap().count();
    child.kill().unwrap();
    child.wait().unwrap();
    // Nobody else connects from or to this address, so the port stays free until it is taken.
    let address = TcpListener::bind("127.77.0.1:0").unwrap().local_addr().unwrap();
    let arguments = ["--listen", &address.to_string(), "--upstream", "127.0.0.1:1"];
    let mut command = limited(taken + 2, &arguments);
    let begun = AtomicBool::new(false);
    thread::scope(|scope| {
        // They stay until the thread is joined.
        scope.spawn(|| {
            let mut clients = Vec::new();
            while !begun.load(Ordering::Relaxed) && clients.len() < 100 {
                clients.extend(TcpStream::connect_timeout(&address, Duration::from_millis(100)));
            }
            clients
        });
        let mut child = command.spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut lines = log.lines().map_while(Result::ok);
        let begins = lines.any(|line| line.contains("listening on"));
        begun.store(true, Ordering::Relaxed);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(begins, "it ended before it listened");
    });
}

#[rstest]
#[timeout(Duration::from_secs(30))]
fn without_a_file_every_path_is_mapped() {
    let origin = Origin::new();
    let (mut child, address, _log) = started(origin.address());
    let mut client = Peer::new(TcpStream::connect(address).unwrap());
    client.send("GET /any HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut upstream = origin.accept();
    assert_eq!(values(&upstream.head(), "Connection"), ["close"]);
    upstream.send(OK);
    assert_eq!(status(&client.head()), "200");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[rstest]
#[timeout(Duration::from_secs(30))]
fn sigterm_lets_a_request_finish_and_exits_with_0() {
    let origin = Origin::new();
    let (mut child, address, mut log) = started(origin.address());
    let mut client = Peer::new(TcpStream::connect(address).unwrap());
    client.send("GET /any HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut upstream = origin.accept();
    upstream.head();
    terminate(&child);
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    assert!(line.contains("stopping"), "{line}");
    upstream.send(OK);
    assert_eq!(status(&client.head()), "200");
    assert_eq!(client.rest(), ("ok".into(), Ending::Fin));
    drop(client);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[rstest]
#[timeout(Duration::from_secs(30))]
fn a_second_sigterm_ends_tunnels_at_once() {
    let origin = Origin::new();
    let (mut child, address, mut log) = started(origin.address());
    let mut client = Peer::new(TcpStream::connect(address).unwrap());
    let _upstream = switch(&mut client, &origin);
    let start = Instant::now();
    terminate(&child);
    log.read_line(&mut String::new()).unwrap();
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(start.elapsed() < reference::GRACE);
    assert_eq!(client.rest(), (String::new(), Ending::Fin));
}

#[rstest]
#[timeout(Duration::from_secs(30))]
fn one_sigterm_ends_tunnels_within_the_stated_time() {
    let origin = Origin::new();
    let (mut child, address, _log) = started(origin.address());
    let mut client = Peer::new(TcpStream::connect(address).unwrap());
    let mut upstream = switch(&mut client, &origin);
    terminate(&child);
    // It is a tunnel still: nothing of it is lost because we are asked to stop.
    upstream.send("bytes");
    assert_eq!(client.bytes(5), b"bytes");
    let start = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(start.elapsed() < reference::GRACE + Duration::from_secs(5));
    assert_eq!(client.rest(), (String::new(), Ending::Fin));
}

#[rstest]
#[timeout(Duration::from_secs(30))]
fn one_sigterm_ends_idle_connections_at_once() {
    let origin = Origin::new();
    let (mut child, address, _log) = started(origin.address());
    let mut fresh = Peer::new(TcpStream::connect(address).unwrap());
    let mut answered = Peer::new(TcpStream::connect(address).unwrap());
    // An answer of the proxy's own, behind which the connection lives on.
    answered.send("TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
    let head = answered.head();
    answered.bytes(values(&head, "Content-Length")[0].parse().unwrap());
    // What is open keeps the process there, so it is not its exit that ends them.
    let mut tunnel = Peer::new(TcpStream::connect(address).unwrap());
    let mut upstream = switch(&mut tunnel, &origin);
    terminate(&child);
    assert_eq!(fresh.rest(), (String::new(), Ending::Fin));
    assert_eq!(answered.rest(), (String::new(), Ending::Fin));
    tunnel.send("on");
    assert_eq!(upstream.bytes(2), b"on");
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[rstest]
#[timeout(Duration::from_secs(60))]
fn who_waits_for_a_descriptor_is_served_in_the_end() {
    let command = limited(64, &["--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1"]);
    let (mut child, address, mut log) = listening(command);
    let clients: Vec<_> = (0..100).map(|_| Peer::new(TcpStream::connect(address).unwrap())).collect();
    let mut line = String::new();
    while !line.contains("Too many open files") {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0, "there were descriptors enough");
    }
    // Nobody is held up by a log that is not read.
    thread::spawn(move || io::copy(&mut log, &mut io::sink()));
    for mut client in clients {
        client.send("GET / HTTP/1.1\r\n\r\n");
        assert_eq!(status(&client.head()), "400");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A plain answer, a refusal and a tunnel of seven bytes up and five down; what the log says of them.
fn logged(format: &str) -> Vec<String> {
    let origin = Origin::new();
    let upstream = origin.address().to_string();
    let arguments = ["--listen", "127.0.0.1:0", "--upstream", &upstream, "--log-format", format];
    let (mut child, address, log) = listening(reference(&arguments));
    let mut lines = log.lines().map(Result::unwrap);
    let mut said = Vec::new();

    let mut client = Peer::new(TcpStream::connect(address).unwrap());
    client.send("POST /a?token=secret HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    let mut upstream = origin.accept();
    upstream.head();
    upstream.bytes(3);
    upstream.send(OK);
    client.head();
    said.push(lines.next().unwrap());

    let mut client = Peer::new(TcpStream::connect(address).unwrap());
    client.send("GET /b HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    client.head();
    said.push(lines.next().unwrap());

    let mut client = Peer::new(TcpStream::connect(address).unwrap());
    let mut upstream = switch(&mut client, &origin);
    client.send("to you!");
    assert_eq!(upstream.bytes(7), b"to you!");
    upstream.send("to me");
    drop(upstream);
    assert_eq!(client.rest(), ("to me".into(), Ending::Fin));
    drop(client);
    said.push(lines.next().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    said
}

#[rstest]
#[timeout(Duration::from_secs(30))]
fn the_log_has_a_line_for_each_request_and_tunnel() {
    let said = logged("text");
    let expect = |line: &str, parts: &[&str]| {
        for part in parts {
            assert!(line.contains(part), "{part} in {line}");
        }
    };
    let answered =
        ["request ", "method=POST path=\"/a\" status=200 received=3 sent=2 ", "ended=\"complete\""];
    expect(&said[0], &answered);
    assert!(!said[0].contains("secret") && !said[0].contains("reason"), "{}", said[0]);
    expect(&said[1], &["request ", "status=400", "reason=\"more than one Host\"", "ended=\"complete\""]);
    expect(&said[2], &["tunnel ", "status=101 received=7 sent=5 ", "ms=", "ended=\"closed by both\""]);
}

#[rstest]
#[timeout(Duration::from_secs(30))]
fn the_log_is_structured_on_request() {
    let said = logged("json");
    for (line, message) in said.iter().zip(["request", "request", "tunnel"]) {
        assert!(line.starts_with("{\"timestamp\":") && line.ends_with('}'), "{line}");
        assert!(line.contains(&format!("\"message\":\"{message}\"")), "{line}");
        assert!(line.contains("\"target\":\"access\""), "{line}");
    }
    assert!(said[2].contains("\"received\":7,\"sent\":5,"), "{}", said[2]);
}

#[rstest]
#[timeout(Duration::from_secs(30))]
fn the_log_says_how_many_milliseconds_a_request_took() {
    const LEAST: Duration = Duration::from_millis(30);
    let origin = Origin::new();
    let (mut child, address, log) = started(origin.address());
    let begin = Instant::now();
    let mut client = Peer::new(TcpStream::connect(address).unwrap());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut upstream = origin.accept();
    upstream.head();
    thread::sleep(LEAST);
    upstream.send(OK);
    let line = log.lines().next().unwrap().unwrap();
    let most = begin.elapsed();
    let took = line.split_once(" ms=").and_then(|(_, rest)| rest.split(' ').next()?.parse::<f64>().ok());
    let took = Duration::from_secs_f64(took.expect(&line) / 1e3);
    assert!((LEAST..=most).contains(&took), "{took:?} of {most:?}");
    child.kill().unwrap();
    child.wait().unwrap();
}
