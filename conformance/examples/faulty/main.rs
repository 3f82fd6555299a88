//! `faulty`: a gateway that is right in everything, except for the one fault that it is told to
//! have.
//!
//! A conformance suite proves with it that each of its scenarios can fail. It speaks octets, with
//! a head parser of its own, because a library would mend half of what has to be broken.
//!
//! ```text
//! faulty --listen ADDR --upstream ADDR [--fault NAME]
//! faulty --list
//! ```
//!
//! `connection` reads requests (`request`) and hands each to `exchange`, which forwards it
//! (`forward`), judges the answer (`gate`), relays it (`answer`, `body`) or opens a `tunnel`.
//! `spoil` and `garble` do what faults do to fields and to the octets of a tunnel.
//! Routes are path prefixes: `/plain/`, `/explicit/`, `/timed/`; everything else is mapped.
//!
//! A connection to the origin serves the requests of one client, and no tunnel ever gives one back.
//! It writes no log, and ends only by a signal.

mod answer;
mod body;
mod chunk;
mod connection;
mod content;
mod date;
mod exchange;
mod fault;
mod forward;
mod frames;
mod framing;
mod garble;
mod gate;
mod head;
mod limits;
mod line;
mod options;
mod proxy;
mod request;
mod response;
mod reuse;
mod rewritten;
mod spoil;
mod target;
mod tunnel;
mod upload;
mod waits;
mod wire;

use fault::{Fault, Seeded};
use proxy::Proxy;
use std::future::pending;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

const USAGE: &str = "usage: faulty --listen ADDR --upstream ADDR [--fault NAME] | --list";

/// What the command line asks for.
enum Command {
    List,
    Run { listen: String, upstream: String, fault: Seeded },
}

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok(Command::List) => {
            list();
            ExitCode::SUCCESS
        }
        Ok(Command::Run { listen, upstream, fault }) => run(&listen, Proxy::new(upstream, fault)),
        Err(message) => fail(&message),
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let (mut listen, mut upstream, mut fault) = (None, None, None);
    while let Some(argument) = arguments.next() {
        let place = match argument.as_str() {
            "--list" => return Ok(Command::List),
            "--listen" => &mut listen,
            "--upstream" => &mut upstream,
            "--fault" => &mut fault,
            _ => return Err(format!("unknown argument {argument}\n{USAGE}")),
        };
        let value = arguments.next();
        *place = Some(value.ok_or_else(|| format!("{argument} needs a value\n{USAGE}"))?);
    }
    let fault = match fault {
        Some(name) => Some(Fault::named(&name).ok_or_else(|| format!("unknown fault {name}; see --list"))?),
        None => None,
    };
    Ok(Command::Run { listen: listen.ok_or(USAGE)?, upstream: upstream.ok_or(USAGE)?, fault: Seeded(fault) })
}

fn list() {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    for fault in Fault::ALL {
        // A reader that has seen enough is no failure of ours.
        let _ = writeln!(out, "{}\t{}", fault.name(), fault.breaks());
    }
}

fn run(listen: &str, proxy: Proxy) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no runtime: {error}")),
    };
    runtime.block_on(async {
        match TcpListener::bind(listen).await {
            Ok(listener) => accept(listener, Arc::new(proxy)).await,
            Err(error) => fail(&format!("cannot listen on {listen}: {error}")),
        }
    })
}

async fn accept(listener: TcpListener, proxy: Arc<Proxy>) -> ExitCode {
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(tokio::spawn(connection::serve(proxy.clone(), stream))),
                // Out of descriptors, most likely; connections that end will free some.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            () = proxy.deaf.notified() => break,
        }
    }
    drop(listener);
    pending().await
}

fn fail(message: &str) -> ExitCode {
    eprintln!("faulty: {message}");
    ExitCode::from(2)
}
