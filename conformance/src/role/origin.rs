//! The origin's listener: it stays for as long as its lane, and serves one exchange at a time.

use std::{cell::RefCell, io, net::SocketAddr, rc::Rc};

use rustix::net::{Shutdown, shutdown};

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
    door: RefCell<Door>,
}

/// Who answers at the address.
enum Door {
    /// A task that accepts.
    Open { listener: Rc<TcpListener>, task: JoinHandle<()> },
    /// The address is kept, and nobody listens.
    Closed { _socket: TcpSocket },
    /// A queue that is full, and what fills it.
    Full { queue: TcpListener, _filling: TcpStream },
    /// It is being changed, or could not be.
    Changing,
}

impl Door {
    fn listening(&self) -> Option<Listening> {
        match self {
            Door::Open { .. } => Some(Listening::Takes),
            Door::Closed { .. } => Some(Listening::Refuses),
            Door::Full { .. } => Some(Listening::Ignores),
            Door::Changing => None,
        }
    }

    /// Lets go of the address.
    async fn close(self) {
        // A target that is being started holds a copy of every socket until it has become its program.
        // While such a copy listens, the address is taken; a socket that was shut down does not listen.
        match self {
            Door::Open { listener, task } => {
                let _ = shutdown(&*listener, Shutdown::Both);
                task.abort();
                // Only when it is over is its socket closed.
                let _ = task.await;
            }
            Door::Full { queue, .. } => {
                let _ = shutdown(&queue, Shutdown::Both);
            }
            Door::Closed { .. } | Door::Changing => {}
        }
    }
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
        let door = open(socket, &stage)?;
        Ok(Self { address, stage, door: RefCell::new(door) })
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
        if self.door.borrow().listening() == Some(listening) {
            return Ok(());
        }
        let door = self.door.replace(Door::Changing);
        door.close().await;
        let socket = bound(self.address)?;
        let door = match listening {
            Listening::Takes => open(socket, &self.stage)?,
            Listening::Refuses => Door::Closed { _socket: socket },
            Listening::Ignores => {
                // The shortest queue holds one connection. With it there, Linux answers no other.
                let queue = socket.listen(0)?;
                Door::Full { queue, _filling: TcpStream::connect(self.address).await? }
            }
        };
        self.door.replace(door);
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

fn open(socket: TcpSocket, stage: &Rc<RefCell<Option<Stage>>>) -> io::Result<Door> {
    let listener = Rc::new(socket.listen(BACKLOG)?);
    let task = tokio::task::spawn_local(accept(Rc::clone(&listener), Rc::clone(stage)));
    Ok(Door::Open { listener, task })
}

async fn accept(listener: Rc<TcpListener>, stage: Rc<RefCell<Option<Stage>>>) {
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
}

impl Drop for OriginListener {
    fn drop(&mut self) {
        if let Door::Open { task, .. } = self.door.get_mut() {
            task.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use tokio::task::LocalSet;

    use super::*;

    /// As a program that is being started has one for a moment.
    fn copy(origin: &OriginListener) -> std::os::fd::OwnedFd {
        match &*origin.door.borrow() {
            Door::Open { listener, .. } => listener.as_fd().try_clone_to_owned(),
            Door::Full { queue, .. } => queue.as_fd().try_clone_to_owned(),
            Door::Closed { .. } | Door::Changing => panic!("nobody listens"),
        }
        .expect("a copy")
    }

    #[tokio::test]
    async fn a_copy_of_the_socket_does_not_keep_the_address() {
        let play = async {
            let origin = OriginListener::bind(([127, 0, 0, 1], 0).into()).expect("a listener");
            let mut copies = Vec::new();
            for listening in [Listening::Refuses, Listening::Takes, Listening::Ignores, Listening::Takes] {
                if listening != Listening::Takes || copies.len() > 1 {
                    copies.push(copy(&origin));
                }
                origin.listen(listening).await.expect("the address is free");
            }
            TcpStream::connect(origin.address()).await.expect("it listens again");
        };
        LocalSet::new().run_until(play).await;
    }

    #[tokio::test]
    async fn what_could_not_be_changed_is_tried_again() {
        let play = async {
            let origin = OriginListener::bind(([127, 0, 0, 1], 0).into()).expect("a listener");
            origin.door.replace(Door::Changing).close().await;
            let other = std::net::TcpListener::bind(origin.address()).expect("the address is free");
            assert!(origin.listen(Listening::Takes).await.is_err());
            drop(other);
            origin.listen(Listening::Takes).await.expect("the address is free again");
            TcpStream::connect(origin.address()).await.expect("it listens again");
        };
        LocalSet::new().run_until(play).await;
    }
}
