//! Listening, the threads, and how all of it comes to an end.
//!
//! It owns no connection: each belongs to a task of the thread that accepted
//! it. Threads share nothing but the listening sockets and the configuration.

use std::{io, net::SocketAddr, rc::Rc, sync::Arc, thread, time::Duration};

use tokio::{
    net::TcpListener,
    runtime,
    sync::watch,
    task::{JoinSet, LocalSet},
    time::{sleep, timeout},
};
use tracing::{info, warn};

use crate::{
    config::{Config, Server},
    session::session,
    upstream::Pool,
};

/// How long plain requests and tunnels may go on once we are told to stop.
pub const GRACE: Duration = Duration::from_secs(5);

/// How long to wait if the system has no sockets left for another client.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A proxy that is bound to its addresses but serves nobody yet.
#[derive(Debug)]
pub struct Proxy {
    config: Arc<Config>,
    listeners: Vec<Listener>,
}

/// A proxy at work on threads of its own. Dropping it leaves it running.
#[derive(Debug)]
pub struct Running {
    stage: watch::Sender<Stage>,
    threads: Vec<thread::JoinHandle<()>>,
}

/// An address could not be bound.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub struct BindError {
    /// The address from the configuration.
    pub address: SocketAddr,
    /// Why it could not be bound.
    pub source: io::Error,
}

#[derive(Debug)]
struct Listener {
    socket: std::net::TcpListener,
    server: Arc<Server>,
}

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Stage {
    Serving,
    Draining,
    Over,
}

/// A view of the end that is to come.
#[derive(Debug, Clone)]
pub(crate) struct Stages(watch::Receiver<Stage>);

impl Proxy {
    /// Binds every address of the configuration, once each: a port that is
    /// taken is an error, never shared.
    pub fn bind(config: Config) -> Result<Self, BindError> {
        let mut listeners = Vec::new();
        for server in &config.servers {
            for &address in &server.listen {
                let bound = std::net::TcpListener::bind(address);
                let socket = bound.map_err(|source| BindError { address, source })?;
                socket.set_nonblocking(true).map_err(|source| BindError { address, source })?;
                listeners.push(Listener { socket, server: server.clone() });
            }
        }
        Ok(Proxy { config: Arc::new(config), listeners })
    }

    /// The addresses bound, in the configuration's order; a port 0 has become
    /// a real one.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listeners.iter().filter_map(|listener| listener.socket.local_addr().ok()).collect()
    }

    /// Starts to serve, on as many threads as asked for.
    pub fn start(self, threads: usize) -> io::Result<Running> {
        let (stage, stages) = watch::channel(Stage::Serving);
        let mut running = Running { stage, threads: Vec::new() };
        for address in self.addresses() {
            info!("listening on {address}");
        }
        for index in 0..threads.max(1) {
            let listeners: Vec<_> =
                self.listeners.iter().map(Listener::try_clone).collect::<io::Result<_>>()?;
            let config = self.config.clone();
            let stages = Stages(stages.clone());
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            let name = format!("proxy-{index}");
            let thread = thread::Builder::new().name(name).spawn(move || {
                LocalSet::new().block_on(&runtime, work(&config, listeners, stages));
            })?;
            running.threads.push(thread);
        }
        Ok(running)
    }
}

impl Running {
    /// Accepts nobody any more; what is under way gets [`GRACE`].
    pub fn drain(&self) {
        self.stage.send_replace(Stage::Draining);
    }

    /// Ends everything now.
    pub fn end(&self) {
        self.stage.send_replace(Stage::Over);
    }

    /// Whether all work has ended.
    pub async fn ended(&self) {
        self.stage.closed().await;
    }

    /// Waits for all work to end.
    pub fn join(self) {
        for thread in self.threads {
            let _ = thread.join(); // A panic has been printed already.
        }
    }
}

impl Stages {
    pub(crate) async fn draining(&mut self) {
        self.reached(Stage::Draining).await;
    }

    async fn reached(&mut self, stage: Stage) {
        // An error means that nobody is left to change the stage.
        let _ = self.0.wait_for(|now| *now >= stage).await;
    }
}

impl Listener {
    fn try_clone(&self) -> io::Result<Self> {
        Ok(Listener { socket: self.socket.try_clone()?, server: self.server.clone() })
    }
}

/// One thread's work: accept until told to stop, then see everybody out.
async fn work(config: &Config, listeners: Vec<Listener>, mut stages: Stages) {
    let pools: Rc<[_]> = config.upstreams.iter().map(|upstream| Rc::new(Pool::new(upstream))).collect();
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn_local(accept(listener, pools.clone(), stages.clone()));
    }
    stages.draining().await;
    tokio::select! {
        _ = timeout(GRACE, async { while accepting.join_next().await.is_some() {} }) => {}
        () = stages.reached(Stage::Over) => {}
    }
    // What is left is dropped with the set, and every connection with it.
}

/// Accepts clients on one address, and sees them out at the end.
async fn accept(listener: Listener, pools: Rc<[Rc<Pool>]>, stages: Stages) {
    let socket = match TcpListener::from_std(listener.socket) {
        Ok(socket) => socket,
        Err(error) => return warn!("cannot accept: {error}"),
    };
    let mut sessions = JoinSet::new();
    let mut draining = stages.clone();
    let mut draining = std::pin::pin!(draining.draining());
    loop {
        tokio::select! {
            biased;
            () = &mut draining => break,
            Some(_) = sessions.join_next() => {}
            accepted = socket.accept() => match accepted {
                Ok((client, address)) => {
                    let server = listener.server.clone();
                    sessions.spawn_local(session(client, address, server, pools.clone(), stages.clone()));
                }
                Err(error) => {
                    warn!("cannot accept: {error}");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(socket);
    while sessions.join_next().await.is_some() {}
}
