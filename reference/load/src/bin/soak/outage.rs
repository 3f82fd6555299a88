//! What is missing for a while: the origin, and file descriptors.

use std::{
    io,
    time::{Duration, Instant},
};

use hopspec::target::Definition;
use hopspec_load::{
    http::Unread,
    origin::Origin,
    proxy::{Proxy, definition},
    work::{connect, get, idle},
};
use tokio::{
    io::AsyncReadExt as _,
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{SOON, Verdict, start, until};

/// The origin is killed with all its connections, and comes back at the same address.
pub(crate) async fn origin() -> io::Result<Verdict> {
    let origin = Origin::start()?;
    let address = origin.address;
    let proxy = start("reference", &origin).await?;
    let mut clients = Vec::new();
    for _ in 0..32 {
        clients.push((connect(proxy.address()).await?, Unread::default()));
    }
    let before = ask_all(&mut clients).await?;
    let files = proxy.usage()?.files;
    let mut tunnels = idle(proxy.address(), 32).await?;
    origin.stop().await;
    let mut ended = 0;
    for tunnel in &mut tunnels {
        // FIN or reset: either way it has ended.
        let end = timeout(SOON, tunnel.read(&mut [0; 16])).await;
        ended += usize::from(end.is_ok_and(|end| end.is_err() || end.is_ok_and(|count| count == 0)));
    }
    drop(tunnels);
    let meanwhile = ask_all(&mut clients).await?;
    let _origin = Origin::start_at(address)?;
    let afterwards = ask_all(&mut clients).await?;
    let after = until(&proxy, |usage| usage.files <= files).await?;
    proxy.stop().await;
    let all = |answers: &[u16], status: u16| answers.iter().all(|answer| *answer == status);
    Ok(Verdict {
        holds: all(&before, 200)
            && all(&meanwhile, 502)
            && all(&afterwards, 200)
            && ended == 32
            && after.files <= files,
        figures: format!(
            "32 clients on connections that stay: {before}, then {meanwhile}, then {afterwards}; {ended} of 32 \
             tunnels ended with it; {files} descriptors before, {} after",
            after.files,
            before = counted(&before),
            meanwhile = counted(&meanwhile),
            afterwards = counted(&afterwards),
        ),
    })
}

async fn ask_all(clients: &mut [(TcpStream, Unread)]) -> io::Result<Vec<u16>> {
    let mut answers = Vec::new();
    for (socket, unread) in clients {
        answers.push(timeout(SOON, get(socket, unread)).await??);
    }
    Ok(answers)
}

/// `32 × 200`.
fn counted(answers: &[u16]) -> String {
    let mut kinds = answers.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    let count = |kind: &u16| answers.iter().filter(|answer| *answer == kind).count();
    kinds.iter().map(|kind| format!("{} × {kind}", count(kind))).collect::<Vec<_>>().join(", ")
}

/// File descriptors that the proxy may have.
const FILES: u64 = 256;

/// Processor time that it may spend in a second in which it can accept nobody.
const MOST_CPU: Duration = Duration::from_millis(200);

/// More clients than there are descriptors, until some go.
pub(crate) async fn descriptors() -> io::Result<Verdict> {
    let origin = Origin::start()?;
    let reference = definition("reference")?;
    let limited = Definition {
        args: vec![
            "-c".to_owned(),
            format!(
                "ulimit -n {FILES} && exec '{}' --config '@DIR@/reference.conf'",
                reference.program.display()
            ),
        ],
        program: "/bin/sh".into(),
        ..reference
    };
    let proxy = Proxy::alone(&limited, origin.address).await?;
    let (mut early, mut unread) = (connect(proxy.address()).await?, Unread::default());
    get(&mut early, &mut unread).await?;

    let mut clients = Vec::new();
    for _ in 0..FILES {
        clients.push(connect(proxy.address()).await?);
    }
    let full = until(&proxy, |usage| usage.files >= FILES - 4).await?;
    sleep(Duration::from_secs(1)).await;
    let spent = proxy.usage()?.cpu.saturating_sub(full.cpu);
    // Who was there before has a connection to the origin already.
    let served =
        timeout(SOON, get(&mut early, &mut unread)).await.is_ok_and(|got| got.is_ok_and(|got| got == 200));

    drop(clients);
    let begin = Instant::now();
    let mut late = connect(proxy.address()).await?;
    let answered = timeout(SOON, get(&mut late, &mut Unread::default())).await??;
    let took = begin.elapsed();
    proxy.stop().await;
    Ok(Verdict {
        holds: full.files >= FILES - 4 && served && answered == 200 && spent <= MOST_CPU,
        figures: format!(
            "{} of {FILES} descriptors used; {:.0} ms of processor time in a second without one; who was there is \
             served; once they are free, a new client is answered {answered} after {:.0} ms",
            full.files,
            spent.as_secs_f64() * 1e3,
            took.as_secs_f64() * 1e3
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_kind() {
        assert_eq!(counted(&[200, 502, 200]), "2 × 200, 1 × 502");
        assert_eq!(counted(&[]), "");
    }
}
