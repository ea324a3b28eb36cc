//! A cable between the program and a server, which a story can pull, jam and stretch.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of connections, those that are open and new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cable {
    Whole,
    /// Open connections are reset, and new ones at once.
    Cut,
    /// Connections are accepted and stay open, and nothing comes through.
    Stalled,
    /// What is sent arrives so much later, in each direction.
    Slow(Duration),
}

/// Stands before a server at an address of its own. It ends when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    cable: watch::Sender<Cable>,
}

impl Proxy {
    /// Stands before the server at `host:port`.
    pub fn before(server: &str) -> Self {
        let (cable, state) = watch::channel(Cable::Whole);
        let (tell, address) = mpsc::channel();
        let server = server.to_owned();
        // On a thread of its own: stories block theirs while they wait for a command to end.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                tell.send(listener.local_addr().expect("it is bound")).expect("the story waits for it");
                accept(listener, &server, state).await;
            });
        });
        Self { address: address.recv().expect("the proxy starts"), cable }
    }

    /// Stands before the server that a URL names; gives the URL that leads through it.
    pub fn before_url(url: &str) -> (Self, String) {
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let (user, rest) =
            rest.rsplit_once('@').map_or((String::new(), rest), |(user, rest)| (format!("{user}@"), rest));
        let (server, path) = rest.split_once('/').unwrap_or((rest, ""));
        let proxy = Self::before(server);
        let url = format!("{scheme}://{user}{}/{path}", proxy.address);
        (proxy, url)
    }

    /// Pulls the cable: connections are reset, new ones too.
    pub fn cut(&self) {
        self.set(Cable::Cut);
    }

    /// Connections stay and are accepted, and nothing comes through.
    pub fn stall(&self) {
        self.set(Cable::Stalled);
    }

    /// Everything arrives so much later, in each direction.
    pub fn slow_down(&self, by: Duration) {
        self.set(Cable::Slow(by));
    }

    /// As new. What stalled goes on.
    pub fn mend(&self) {
        self.set(Cable::Whole);
    }

    fn set(&self, cable: Cable) {
        self.cable.send_replace(cable);
    }
}

async fn accept(listener: TcpListener, server: &str, mut state: watch::Receiver<Cable>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let accepted = tokio::select! {
            // The proxy was dropped; with this function its connections end.
            Err(_) = gone(&mut state) => return,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        if let Ok((client, _)) = accepted {
            connections.spawn(connection(client, server.to_owned(), state.clone()));
        }
    }
}

/// Returns when the proxy is dropped.
async fn gone(state: &mut watch::Receiver<Cable>) -> Result<(), watch::error::RecvError> {
    loop {
        state.changed().await?;
    }
}

async fn connection(client: TcpStream, server: String, mut state: watch::Receiver<Cable>) {
    // Reset instead of an orderly end, as a host that is gone.
    client.set_zero_linger().ok();
    let mut stopped = state.clone();
    let cut = stopped.wait_for(|cable| *cable == Cable::Cut);
    let pass = async {
        // A stalled network does not let a connection through to the server either.
        state.wait_for(|cable| *cable != Cable::Stalled).await.ok();
        let Ok(upstream) = TcpStream::connect(server).await else { return };
        upstream.set_zero_linger().ok();
        for stream in [&client, &upstream] {
            stream.set_nodelay(true).ok();
        }
        let (client_reads, client_writes) = client.into_split();
        let (server_reads, server_writes) = upstream.into_split();
        let up = pump(client_reads, server_writes, state.clone());
        let down = pump(server_reads, client_writes, state);
        tokio::select! {
            () = up => (),
            () = down => (),
        }
    };
    tokio::select! {
        _ = cut => (),
        () = pass => (),
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut state: watch::Receiver<Cable>) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = match from.read(&mut buffer).await {
            Ok(read) if read > 0 => read,
            _ => return,
        };
        let slow = match *state.borrow_and_update() {
            Cable::Slow(by) => by,
            Cable::Whole | Cable::Cut | Cable::Stalled => Duration::ZERO,
        };
        tokio::select! {
            () = tokio::time::sleep(slow) => (),
            // Mended: what is on its way arrives at once.
            _ = state.wait_for(|cable| !matches!(cable, Cable::Slow(_))) , if !slow.is_zero() => (),
        }
        if state.wait_for(|cable| *cable != Cable::Stalled).await.is_err()
            || to.write_all(&buffer[..read]).await.is_err()
        {
            return;
        }
    }
}
