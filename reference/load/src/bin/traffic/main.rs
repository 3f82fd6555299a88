//! Traffic that others wrote, through the reference with the page's own configuration.
//!
//! ```text
//! Autobahn's cases  -+                              +- directly ------+
//! clients, a page   -+- the same words, asked for  -+                 +-> one server
//! curl, wrk         -+                              +- the reference -+
//! ```
//!
//! What a proxy must not change is compared with what comes without one, or is checked at both ends by
//! whoever talks. Exit codes: 0 all is as it should be, 1 something is not, 2 the command line is wrong,
//! 5 something is not installed or did not start, 130 interrupted.

mod autobahn;
mod clients;
mod http;
mod tungstenite;

use std::{io, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use hopspec::target::Definition;
use hopspec_load::{
    cores, entry,
    proxy::{Proxy, definition, version_of},
    tools::{Server, Tool, command},
};

/// Sends traffic that others wrote through the reference.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask traffic")]
struct Arguments {
    /// Which parts; all of them unless some are named.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Of Autobahn's cases, those that are no load, and of wrk two seconds.
    #[arg(long)]
    quick: bool,
    /// Install what is missing, below the cache folder of the targets.
    #[arg(long)]
    install: bool,
    /// Another program in place of the reference; it takes `--listen` and `--upstream` as well.
    #[arg(long, value_name = "PROGRAM")]
    other: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The Autobahn Testsuite: each case must come to the same as without a proxy.
    Autobahn,
    /// Conversations of tungstenite, Node's ws, Python's websockets, and a page in Chromium.
    Clients,
    /// curl and wrk.
    Http,
}

/// Where to talk to the server.
#[derive(Clone, Copy, Debug)]
struct Ways {
    direct: SocketAddr,
    through: SocketAddr,
}

/// What is printed, and whether all went well.
#[derive(Debug, Default)]
struct Outcome {
    wrong: usize,
}

impl Outcome {
    /// Tells how one thing went.
    fn tell(&mut self, who: &str, what: &str, wrong: Option<&str>) {
        match wrong {
            None => println!("ok    {who:<12} {what}"),
            Some(wrong) => {
                self.wrong += 1;
                println!("FAIL  {who:<12} {what}: {wrong}");
            }
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    entry::run(async || traffic(&arguments).await)
}

/// All parts; the result is whether all went well.
async fn traffic(arguments: &Arguments) -> io::Result<bool> {
    cores::many_files()?;
    let is_wanted = |part| arguments.parts.is_empty() || arguments.parts.contains(&part);
    let ws = Tool::Ws.find(arguments.install)?;
    let mut server = command(&ws);
    server.arg("server.cjs");
    let mut server = Server::start(server).await?;
    let mut reference = definition("page")?;
    if let Some(program) = &arguments.other {
        reference.program = program.canonicalize()?;
    }
    let proxy = Proxy::alone(&reference, server.address).await?;
    let ways = Ways { direct: server.address, through: proxy.address() };
    let ws_named = named(&ws).await;
    println!("through the reference {} to {ws_named}", version_of(&reference).await);

    let mut outcome = Outcome::default();
    if is_wanted(Part::Clients) {
        tungstenite::hold(ways.through, &mut outcome).await;
        clients::speak(&ws, &ws_named, "client.cjs", ways.through, &mut outcome).await;
        let websockets = Tool::Websockets.find(arguments.install)?;
        let who = named(&websockets).await;
        clients::speak(&websockets, &who, "client.py", ways.through, &mut outcome).await;
        clients::chromium(&mut server, ways.through, &mut outcome).await?;
    }
    if is_wanted(Part::Http) {
        http::curl(ways, &mut outcome).await?;
        http::wrk(ways.through, arguments.quick, &mut outcome).await?;
    }
    if is_wanted(Part::Autobahn) {
        autobahn::play(&Tool::Autobahn.find(arguments.install)?, ways, arguments.quick, &mut outcome).await?;
    }
    // Whatever was asked of it, it has to be there still.
    proxy.usage()?;
    proxy.stop().await;
    if outcome.wrong > 0 {
        println!("{} went wrong", outcome.wrong);
    }
    Ok(outcome.wrong == 0)
}

/// A tool with its version.
async fn named(tool: &Definition) -> String {
    format!("{} {}", tool.name, version_of(tool).await)
}
