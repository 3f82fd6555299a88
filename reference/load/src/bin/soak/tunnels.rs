//! Tunnels in numbers: at once, and one after another.

use std::{cell::Cell, io, rc::Rc, time::Instant};

use hopspec_load::{
    origin::Origin,
    proxy::Proxy,
    work::{handshake, idle, message},
};
use tokio::{task::JoinSet, time::timeout};

use crate::{SOON, Verdict, growth, start, until};

/// What is not needed for tunnels, of our own files and of the proxy's.
const OTHER_FILES: u64 = 200;

/// Memory may grow by so much while tunnels come and go, octets: an allocator is never quite the same.
const MOST_GROWTH: u64 = 1024 * 1024;

/// Opens tunnels, carries a message in each of them, and closes them.
pub(crate) async fn open(wanted: usize, files: u64) -> io::Result<Verdict> {
    // Both ends of a tunnel are here, and two more descriptors are in the proxy.
    let most = usize::try_from(files.saturating_sub(OTHER_FILES) / 2).unwrap_or(wanted);
    let count = wanted.min(most);
    let origin = Origin::start()?;
    let proxy = start("reference", &origin).await?;
    let mut first = idle(proxy.address(), 1).await?;
    let before = proxy.usage()?;
    let mut tunnels = idle(proxy.address(), count).await?;
    let while_open = proxy.usage()?;
    let begin = Instant::now();
    for tunnel in first.iter_mut().chain(&mut tunnels) {
        message(tunnel).await?;
    }
    let took = begin.elapsed();
    drop(tunnels);
    let after = until(&proxy, |usage| usage.files <= before.files).await?;
    message(&mut first[0]).await?;
    proxy.stop().await;
    Ok(Verdict {
        holds: after.files <= before.files && count == wanted,
        figures: format!(
            "{count} open at once, each with {} octets of memory and {:.2} descriptors; a message through each, \
             one after another, in {:.0} ms; {} descriptors before, {} after",
            growth(&before, &while_open) / count.max(1) as u64,
            (while_open.files - before.files) as f64 / count.max(1) as f64,
            took.as_secs_f64() * 1e3,
            before.files,
            after.files
        ),
    })
}

/// Opens a tunnel and ends it, over and over, 32 side by side.
pub(crate) async fn handshakes(count: u64) -> io::Result<Verdict> {
    let origin = Origin::start()?;
    let proxy = start("reference", &origin).await?;
    // What the first ones make it reserve is not counted.
    repeat(&proxy, count / 10).await?;
    let before = until(&proxy, |usage| usage.files < 64).await?;
    let begin = Instant::now();
    repeat(&proxy, count).await?;
    let took = begin.elapsed();
    let after = until(&proxy, |usage| usage.files <= before.files).await?;
    proxy.stop().await;
    let grown = growth(&before, &after);
    Ok(Verdict {
        holds: holds(grown, before.files, after.files),
        figures: format!(
            "{count} in {:.1} s; memory {} KiB, grown by {} KiB; {} descriptors before, {} after",
            took.as_secs_f64(),
            after.memory / 1024,
            grown / 1024,
            before.files,
            after.files
        ),
    })
}

fn holds(grown: u64, files_before: u64, files_after: u64) -> bool {
    grown <= MOST_GROWTH && files_after <= files_before
}

async fn repeat(proxy: &Proxy, count: u64) -> io::Result<()> {
    let left = Rc::new(Cell::new(count));
    let mut clients = JoinSet::new();
    for _ in 0..32 {
        let (left, address) = (left.clone(), proxy.address());
        clients.spawn_local(async move {
            while let Some(rest) = left.get().checked_sub(1) {
                left.set(rest);
                timeout(SOON, handshake(address)).await??;
            }
            io::Result::Ok(())
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_and_descriptors_that_stay_are_held_against_it() {
        assert!(holds(MOST_GROWTH, 12, 12));
        assert!(!holds(MOST_GROWTH + 1, 12, 12));
        assert!(!holds(0, 12, 13));
    }
}
