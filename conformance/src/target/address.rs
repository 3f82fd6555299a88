//! Addresses that no other run uses.
//!
//! A target must be told its port before it binds it, so between our choosing and its binding
//! the port is free. On Linux all of 127.0.0.0/8 is loopback: each run takes an address of its
//! own there, and within the run no port is given out twice.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
};

/// Hands out listen addresses for targets.
#[derive(Debug)]
pub struct Addresses {
    host: IpAddr,
    given: RefCell<BTreeSet<u16>>,
}

impl Default for Addresses {
    fn default() -> Self {
        Self::new()
    }
}

impl Addresses {
    /// A host for this process: its own, or 127.0.0.1 where the system has no other.
    #[must_use]
    pub fn new() -> Self {
        let [_, high, middle, low] = std::process::id().to_be_bytes();
        // Never 127.0.x.y, which people and services use.
        let own = IpAddr::V4(Ipv4Addr::new(127, 64 | (high & 63), middle, low));
        let host = match TcpListener::bind((own, 0)) {
            Ok(_) => own,
            Err(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        Self { host, given: RefCell::default() }
    }

    /// The run's own host.
    #[must_use]
    pub fn host(&self) -> IpAddr {
        self.host
    }

    /// The run's own host for origins: on it no port is ever given out, so that an origin that stops
    /// listening for a while finds its own again.
    #[must_use]
    pub fn origin_host(&self) -> IpAddr {
        match self.host {
            IpAddr::V4(host) if host != Ipv4Addr::LOCALHOST => {
                let [first, second, third, last] = host.octets();
                IpAddr::V4(Ipv4Addr::new(first, second | 128, third, last))
            }
            host => host,
        }
    }

    /// An address that is free now and that nobody else of this run gets.
    ///
    /// # Errors
    ///
    /// When the system has no free port.
    pub fn next(&self) -> io::Result<SocketAddr> {
        // Held until one is new, so that the system cannot offer the same again.
        let mut held = Vec::new();
        loop {
            let listener = TcpListener::bind((self.host, 0))?;
            let address = listener.local_addr()?;
            if self.given.borrow_mut().insert(address.port()) {
                return Ok(address);
            }
            held.push(listener);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_is_given_twice() {
        let addresses = Addresses::new();
        let all: BTreeSet<SocketAddr> = (0..200).map(|_| addresses.next().unwrap()).collect();
        assert_eq!(all.len(), 200);
        assert!(all.iter().all(|address| address.ip().is_loopback()));
    }
}
