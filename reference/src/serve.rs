//! Listening, the threads, and how all of it comes to an end.
//!
//! Each connection belongs to a task of the thread that accepted it. Threads
//! share nothing but the listening sockets and the configuration.

use std::sync::{Arc, mpsc};
use std::{io, net, net::SocketAddr, rc::Rc, thread, time::Duration};

use tokio::runtime::{self, LocalOptions};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio::{net::TcpListener, sync::watch};
use tracing::{info, warn};

use crate::config::{Config, Server};
use crate::{session::session, upstream::Pool};

/// How long plain requests and tunnels may go on once we are told to stop.
pub const GRACE: Duration = Duration::from_secs(5);

/// How long to wait if the system has no sockets left for another client.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A proxy at work on threads of its own. Dropping it leaves it running.
#[derive(Debug)]
pub struct Running {
    /// Where it listens, in the configuration's order.
    pub addresses: Vec<SocketAddr>,
    stage: watch::Sender<Stage>,
    threads: Vec<thread::JoinHandle<()>>,
}

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(crate) enum Stage {
    Serving,
    Draining,
    Over,
}

/// A view of the end that is to come.
#[derive(Debug, Clone)]
pub(crate) struct Stages(watch::Receiver<Stage>);

/// Binds every address of the configuration, and starts to serve on as many
/// threads as asked for. A port that is taken is an error, never shared.
pub fn start(config: Config, threads: usize) -> io::Result<Running> {
    let mut listeners = Vec::new();
    for server in config.servers {
        for address in &server.listen {
            let told = |error: io::Error| io::Error::other(format!("cannot listen on {address}: {error}"));
            let socket = net::TcpListener::bind(address).map_err(told)?;
            socket.set_nonblocking(true)?;
            listeners.push((socket, server.clone()));
        }
    }
    let addresses =
        listeners.iter().map(|(socket, _)| socket.local_addr()).collect::<io::Result<Vec<_>>>()?;
    let (stage, stages) = watch::channel(Stage::Serving);
    let mut running = Running { addresses, stage, threads: Vec::new() };
    // Nobody accepts before all are there: clients might take the descriptors that the last one needs.
    let mut ready = Vec::new();
    for _ in 0..threads {
        let copy =
            |(socket, server): &(net::TcpListener, Arc<Server>)| Ok((socket.try_clone()?, server.clone()));
        let listeners = listeners.iter().map(copy).collect::<io::Result<Vec<_>>>()?;
        let stages = Stages(stages.clone());
        // Tasks of a runtime that stays on its thread need no `LocalSet` around them, which costs a
        // twentieth of the processor time of a plain request. It has to be made where it runs, and
        // whether that worked is told here.
        let (tell, told) = mpsc::channel();
        let (begin, begun) = mpsc::channel::<()>();
        let work = move || {
            let mut builder = runtime::Builder::new_current_thread();
            match builder.enable_all().build_local(LocalOptions::default()) {
                Ok(runtime) => {
                    let _ = tell.send(Ok(())); // Somebody waits for it.
                    if begun.recv().is_ok() {
                        runtime.block_on(work(listeners, stages));
                    }
                }
                Err(error) => drop(tell.send(Err(error))),
            }
        };
        running.threads.push(thread::Builder::new().name("proxy".into()).spawn(work)?);
        told.recv().map_err(io::Error::other)??;
        ready.push(begin);
    }
    for begin in ready {
        let _ = begin.send(()); // It waits for it.
    }
    // Whoever waits for this may use up our descriptors.
    for address in &running.addresses {
        info!("listening on {address}");
    }
    Ok(running)
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
    pub(crate) async fn reached(&mut self, stage: Stage) {
        // An error means that nobody is left to change the stage.
        let _ = self.0.wait_for(|now| *now >= stage).await;
    }
}

/// One thread's work: accept until told to stop, then see everybody out.
async fn work(listeners: Vec<(net::TcpListener, Arc<Server>)>, mut stages: Stages) {
    let pool = Rc::new(Pool::default());
    let mut accepting = JoinSet::new();
    for (socket, server) in listeners {
        accepting.spawn_local(accept(socket, server, pool.clone(), stages.clone()));
    }
    stages.reached(Stage::Draining).await;
    tokio::select! {
        _ = timeout(GRACE, async { while accepting.join_next().await.is_some() {} }) => {}
        () = stages.reached(Stage::Over) => {}
    }
    // What is left is dropped with the set, and every connection with it.
}

/// Accepts clients on one address, and sees them out at the end.
async fn accept(socket: net::TcpListener, server: Arc<Server>, pool: Rc<Pool>, mut stages: Stages) {
    let socket = match TcpListener::from_std(socket) {
        Ok(socket) => socket,
        Err(error) => return warn!("cannot accept: {error}"),
    };
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stages.reached(Stage::Draining) => break,
            Some(_) = sessions.join_next() => {}
            accepted = socket.accept() => match accepted {
                Ok((client, address)) => {
                    let (server, pool, stages) = (server.clone(), pool.clone(), stages.clone());
                    sessions.spawn_local(session(client, address, server, pool, stages));
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
