//! The origin's listener: it stays for as long as its lane, and serves one exchange at a time.

use std::{
    cell::{Cell, RefCell},
    io,
    net::SocketAddr,
    rc::Rc,
};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
};

use super::stage::Stage;
use crate::scenario::{Listening, Role};

/// As the standard library listens.
const BACKLOG: u32 = 1024;

/// Accepts what the target opens, and hands it to the exchange that is being played.
pub struct OriginListener {
    address: SocketAddr,
    stage: Rc<RefCell<Option<Stage>>>,
    listening: Cell<Listening>,
    door: RefCell<Door>,
}

/// Who answers at the address.
enum Door {
    /// A task that accepts.
    Open(JoinHandle<()>),
    /// The address is kept, and nobody listens.
    Closed { _socket: TcpSocket },
    /// A queue that is full, and what fills it.
    Full { _queue: TcpListener, _filling: TcpStream },
    /// It is being changed.
    Changing,
}

impl OriginListener {
    /// Listens on `address`; port 0 lets the system choose one that is free.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound. That is ours or the caller's fault, not the target's.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = bound(address)?;
        let address = socket.local_addr()?;
        let stage = Rc::default();
        let door = Door::Open(accept(socket.listen(BACKLOG)?, Rc::clone(&stage)));
        Ok(Self { address, stage, listening: Cell::new(Listening::Takes), door: RefCell::new(door) })
    }

    /// Where the target reaches it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What is accepted from now on belongs to `stage`.
    pub fn serve(&self, stage: Option<Stage>) {
        *self.stage.borrow_mut() = stage;
    }

    /// From now on connections are accepted, refused or left without an answer.
    ///
    /// # Errors
    ///
    /// When the address was taken by someone else in between, or cannot be listened on.
    pub async fn listen(&self, listening: Listening) -> io::Result<()> {
        if self.listening.get() == listening {
            return Ok(());
        }
        // Whatever kept the address lets go of it here.
        if let Door::Open(task) = self.door.replace(Door::Changing) {
            task.abort();
            // Only when it is over is its socket closed.
            let _ = task.await;
        }
        let socket = bound(self.address)?;
        let door = match listening {
            Listening::Takes => Door::Open(accept(socket.listen(BACKLOG)?, Rc::clone(&self.stage))),
            Listening::Refuses => Door::Closed { _socket: socket },
            Listening::Ignores => {
                // The shortest queue holds one connection. With it there, Linux answers no other.
                let queue = socket.listen(0)?;
                Door::Full { _queue: queue, _filling: TcpStream::connect(self.address).await? }
            }
        };
        self.door.replace(door);
        self.listening.set(listening);
        Ok(())
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Connections that are still being closed do not keep the address from being listened on.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn accept(listener: TcpListener, stage: Rc<RefCell<Option<Stage>>>) -> JoinHandle<()> {
    tokio::task::spawn_local(async move {
        loop {
            // A failed accept concerns a connection that is gone already.
            let Ok((stream, _)) = listener.accept().await else {
                tokio::task::yield_now().await;
                continue;
            };
            // Between two exchanges nobody answers: it is closed at once.
            if let Some(stage) = &*stage.borrow() {
                stage.adopt(stream, Role::Origin, String::new());
            }
        }
    })
}

impl Drop for OriginListener {
    fn drop(&mut self) {
        if let Door::Open(task) = self.door.get_mut() {
            task.abort();
        }
    }
}
