//! The least that a proxy made of hyper takes, to tell hyper's share of the reference's cost from the
//! reference's own.
//!
//! It forwards every head and body as it is, and opens a tunnel for every 101: it checks nothing, limits
//! nothing, passes on no reset and logs nothing. Nobody should put it to any other use.

use std::{cell::RefCell, collections::VecDeque, io, net::SocketAddr, process::ExitCode, rc::Rc};

use clap::Parser;
use hopspec_load::{entry, work::connect};
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    client::conn::http1 as client,
    server::conn::http1 as server,
    service::service_fn,
    upgrade::{self, OnUpgrade, Upgraded},
};
use hyper_util::rt::TokioIo;
use mimalloc::MiMalloc;
use tokio::{
    io::{AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::spawn_local,
};

/// As the reference has it, so that what is left between them is the reference's own.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Forwards everything over hyper, and checks nothing: the floor that the reference is measured against.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Where to forward everything.
    #[arg(long, value_name = "ADDRESS")]
    upstream: SocketAddr,
}

type Sender = client::SendRequest<Incoming>;

/// Where everything goes, and the connections there, the one that has been idle longest first.
struct Origin {
    address: SocketAddr,
    kept: RefCell<VecDeque<Sender>>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    entry::run(async || serve(&arguments).await)
}

async fn serve(arguments: &Arguments) -> io::Result<bool> {
    let listener = TcpListener::bind(arguments.listen).await?;
    let origin = Rc::new(Origin { address: arguments.upstream, kept: RefCell::default() });
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let origin = origin.clone();
        spawn_local(async move {
            let service = service_fn(|request| forward(&origin, request));
            let mut builder = server::Builder::new();
            // A client that goes away is no fault of ours.
            let _ = builder
                .half_close(true)
                .serve_connection(TokioIo::new(socket), service)
                .with_upgrades()
                .await;
        });
    }
}

async fn forward(origin: &Origin, mut request: Request<Incoming>) -> io::Result<Response<Incoming>> {
    let mut sender = origin.connection().await?;
    let asked = upgrade::on(&mut request);
    let mut answer = sender.send_request(request).await.map_err(io::Error::other)?;
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        let switched = upgrade::on(&mut answer);
        spawn_local(async move {
            let _ = tunnel(asked, switched).await;
        });
    } else {
        origin.kept.borrow_mut().push_back(sender);
    }
    Ok(answer)
}

impl Origin {
    /// A connection that takes a request now.
    async fn connection(&self) -> io::Result<Sender> {
        loop {
            let kept = self.kept.borrow_mut().pop_front();
            let Some(mut sender) = kept else { break };
            // The answer before this one may still be on its way.
            if sender.ready().await.is_ok() {
                return Ok(sender);
            }
        }
        let socket = connect(self.address).await?;
        let (sender, driver) = client::handshake(TokioIo::new(socket)).await.map_err(io::Error::other)?;
        spawn_local(driver.with_upgrades());
        Ok(sender)
    }
}

async fn tunnel(client: OnUpgrade, origin: OnUpgrade) -> io::Result<()> {
    let (mut client, client_read) = socket(client).await?;
    let (mut origin, origin_read) = socket(origin).await?;
    origin.write_all(&client_read).await?;
    client.write_all(&origin_read).await?;
    copy_bidirectional(&mut client, &mut origin).await?;
    Ok(())
}

/// The socket that has left HTTP, and what was read behind the head.
async fn socket(side: OnUpgrade) -> io::Result<(TcpStream, hyper::body::Bytes)> {
    let parts = side.await.map(Upgraded::downcast::<TokioIo<TcpStream>>).map_err(io::Error::other)?;
    let parts = parts.map_err(|_| io::Error::other("another socket than it was begun with"))?;
    Ok((parts.io.into_inner(), parts.read_buf))
}
