//! A proxy under load: started on its core, and asked for what it uses.

use std::{io, net::SocketAddr, path::Path, time::Duration};

use hopspec::{
    clock::Patience,
    target::{Addresses, Definition, Process, Started, Usage, Version, find_target, version},
};
use tokio::{net::TcpStream, time::sleep};

use crate::cores;

/// A proxy at work, or nothing at all between the clients and the origin.
pub struct Proxy {
    process: Option<Process>,
    address: SocketAddr,
}

/// How often a starting proxy is asked whether it takes connections, and how many times.
const ASK_EVERY: Duration = Duration::from_millis(10);
const ASK_TIMES: usize = 500;

/// The definition of a proxy that is measured: one of `reference/load/proxies/`.
///
/// # Errors
///
/// When there is none of this name, or it is not installed: the error says how to get it.
pub fn definition(name: &str) -> io::Result<Definition> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proxies");
    find_target(name, &folder).map_err(io::Error::other)
}

/// A proxy's version in its own words.
pub async fn version_of(definition: &Definition) -> String {
    version(definition).await.map_or_else(String::new, |Version(version)| version)
}

impl Proxy {
    /// Nothing: clients connect to the origin itself.
    #[must_use]
    pub fn none(origin: SocketAddr) -> Self {
        Self { process: None, address: origin }
    }

    /// Starts a proxy on a core, in front of an origin.
    ///
    /// # Errors
    ///
    /// When it cannot be started, ends at once, or takes no connection within five seconds.
    pub async fn start(
        definition: &Definition,
        origin: SocketAddr,
        addresses: &Addresses,
        core: usize,
    ) -> io::Result<Self> {
        let start = || Process::start(definition, origin, addresses);
        let process = cores::on(core, start)?.map_err(io::Error::other)?;
        let address = process.address();
        for _ in 0..ASK_TIMES {
            if let Started::Ended(how) = process.state() {
                let log = process.log_tail();
                return Err(io::Error::other(format!("{} {how}: {log}", definition.name)));
            }
            if TcpStream::connect(address).await.is_ok() {
                return Ok(Self { process: Some(process), address });
            }
            sleep(ASK_EVERY).await;
        }
        Err(io::Error::other(format!("{} does not listen: {}", definition.name, process.log_tail())))
    }

    /// Starts a proxy by itself, on the first core.
    ///
    /// # Errors
    ///
    /// As [`Proxy::start`].
    pub async fn alone(definition: &Definition, origin: SocketAddr) -> io::Result<Self> {
        Self::start(definition, origin, &Addresses::new(), cores::pair()?.0).await
    }

    /// Where clients connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it uses; nothing if there is none.
    ///
    /// # Errors
    ///
    /// When it has ended, with the end of its log.
    pub fn usage(&self) -> io::Result<Usage> {
        let Some(process) = &self.process else {
            return Ok(Usage { memory: 0, files: 0, cpu: Duration::ZERO });
        };
        match process.state() {
            Started::Running => process.usage().ok_or(io::ErrorKind::Unsupported.into()),
            Started::Ended(how) => Err(io::Error::other(format!("it {how}: {}", process.log_tail()))),
        }
    }

    /// Ends it.
    pub async fn stop(self) {
        if let Some(process) = self.process {
            process.stop(&Patience::scaled(1.0)).await;
        }
    }
}
