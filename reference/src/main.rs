//! The command line: where the configuration comes from, where the log goes,
//! and what the signals and exit codes mean.
//!
//! Exit codes: 0 stopped by a signal, 1 could not start or run, 2 the command
//! line or the configuration is wrong.

use std::{error::Error, path::PathBuf, process::ExitCode, thread};

use clap::Parser;
use reference::{Config, ConfigError, GRACE, Proxy, Running};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info};
use tracing_subscriber::EnvFilter;

const WRONG: u8 = 2;

/// A minimal HTTP/1.1 reverse proxy that does the Upgrade hop right.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// A configuration in nginx's language.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["listen", "upstream"])]
    config: Option<PathBuf>,
    /// Without a file: where to listen.
    #[arg(long, value_name = "ADDRESS", requires = "upstream")]
    listen: Option<String>,
    /// Without a file: where to forward everything, as the page's map example.
    #[arg(long, value_name = "ADDRESS", requires = "listen")]
    upstream: Option<String>,
    /// What to log: error, warn, info, debug or trace, or a filter as in RUST_LOG.
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(error) = start_log(arguments.log.as_deref()) {
        anstream::eprintln!("error: --log: {error}");
        return ExitCode::from(WRONG);
    }
    let config = match configure(&arguments) {
        Some(Ok(config)) => config,
        Some(Err(error)) => {
            anstream::eprintln!("{}", error.render());
            return ExitCode::from(WRONG);
        }
        None => {
            anstream::eprintln!("Start it in one of two ways:");
            anstream::eprintln!("  reference --config FILE");
            anstream::eprintln!("  reference --listen 127.0.0.1:8080 --upstream 127.0.0.1:9000");
            return ExitCode::from(WRONG);
        }
    };
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            error!("{error}{cause}");
            ExitCode::FAILURE
        }
    }
}

fn configure(arguments: &Arguments) -> Option<Result<Config, ConfigError>> {
    match (&arguments.config, &arguments.listen, &arguments.upstream) {
        (Some(file), ..) => Some(Config::read(file)),
        (None, Some(listen), Some(upstream)) => Some(Config::from_pair(listen, upstream)),
        _ => None,
    }
}

fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before anybody is told that we listen: a signal must not find us deaf.
        let stops = Stops::listen()?;
        let running = Proxy::bind(config)?.start(thread::available_parallelism()?.get())?;
        until_stopped(stops, &running).await;
        running.join();
        Ok(())
    })
}

/// The first signal lets everything finish, the second ends it at once.
async fn until_stopped(mut stops: Stops, running: &Running) {
    stops.next().await;
    info!("stopping within {} s", GRACE.as_secs());
    running.drain();
    tokio::select! {
        () = stops.next() => running.end(),
        () = running.ended() => {}
    }
}

/// The signals that ask us to stop.
struct Stops {
    terminate: Signal,
    interrupt: Signal,
}

impl Stops {
    fn listen() -> std::io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Stops { terminate, interrupt })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The log goes to stderr; `--log` wins over `RUST_LOG`, and both over `info`.
fn start_log(level: Option<&str>) -> Result<(), Box<dyn Error>> {
    let filter = match level {
        Some(level) => EnvFilter::try_new(level)?,
        None => EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("reference=info")),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
    Ok(())
}
