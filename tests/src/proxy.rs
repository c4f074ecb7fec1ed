//! A TCP proxy before a server: it can swallow what the server sends, and cut the connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A running proxy; its connections end when it is dropped.
pub struct Proxy {
    port: u16,
    is_deaf: Arc<AtomicBool>,
    cuts: watch::Sender<u64>,
}

impl Proxy {
    /// Starts a proxy to a server at this address.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (is_deaf, cuts) = (Arc::new(AtomicBool::new(false)), watch::Sender::new(0));
        let (deaf, cut) = (Arc::clone(&is_deaf), cuts.subscribe());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(upstream) = TcpStream::connect(&server).await else {
                    continue;
                };
                tokio::spawn(carry(client, upstream, Arc::clone(&deaf), cut.clone()));
            }
        });
        Self {
            port,
            is_deaf,
            cuts,
        }
    }

    /// Where clients reach it.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// From now on, swallows what the server sends.
    pub fn swallow_replies(&self) {
        self.is_deaf.store(true, Ordering::SeqCst);
    }

    /// Cuts all connections; new ones are whole again.
    pub fn cut(&self) {
        self.is_deaf.store(false, Ordering::SeqCst);
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

async fn carry(
    client: TcpStream,
    upstream: TcpStream,
    is_deaf: Arc<AtomicBool>,
    mut cut: watch::Receiver<u64>,
) {
    cut.mark_unchanged();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = upstream.into_split();
    tokio::select! {
        () = pump(from_client, to_server, None) => {}
        () = pump(from_server, to_client, Some(&is_deaf)) => {}
        _ = cut.changed() => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, swallows: Option<&AtomicBool>) {
    let mut bytes = [0; 8 * 1024];
    loop {
        let count = match from.read(&mut bytes).await {
            Ok(0) | Err(_) => return,
            Ok(count) => count,
        };
        let is_swallowed = swallows.is_some_and(|deaf| deaf.load(Ordering::SeqCst));
        if !is_swallowed && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
