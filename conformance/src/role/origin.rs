//! The origin's listener: it stays for as long as its lane, and serves one exchange at a time.

use std::{cell::RefCell, io, net::SocketAddr, rc::Rc};

use tokio::{net::TcpListener, task::AbortHandle};

use super::stage::Stage;
use crate::scenario::Role;

/// Accepts what the target opens, and hands it to the exchange that is being played.
pub struct OriginListener {
    address: SocketAddr,
    stage: Rc<RefCell<Option<Stage>>>,
    accepting: AbortHandle,
}

impl OriginListener {
    /// Listens on `address`; port 0 lets the system choose one that is free.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound. That is ours or the caller's fault, not the target's.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let stage: Rc<RefCell<Option<Stage>>> = Rc::default();
        let current = Rc::clone(&stage);
        let accepting = tokio::task::spawn_local(async move {
            loop {
                // A failed accept concerns a connection that is gone already.
                let Ok((stream, _)) = listener.accept().await else {
                    tokio::task::yield_now().await;
                    continue;
                };
                // Between two exchanges nobody answers: it is closed at once.
                if let Some(stage) = &*current.borrow() {
                    stage.adopt(stream, Role::Origin, String::new());
                }
            }
        });
        Ok(Self { address, stage, accepting: accepting.abort_handle() })
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
}

impl Drop for OriginListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
