//! The loopback port that the client library connects to, and the connections from it to the server.
//!
//! Any process on the machine can connect to a port on the loopback interface. Only the library is
//! admitted, which knows the secret; a connection that does not send it is closed.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use super::frame_filter::{FrameFilter, Notice, ProtocolError};
use super::handshake::{self, CONNECT_BYTES_MAX, ConnectSettings};
use super::upstream::{Reached, Upstream};
use super::withheld_reports::WithheldReports;

/// The maximum number of connections that have not sent the secret yet. If there are more, the
/// oldest are closed.
const UNPROVEN_MAX: usize = 8;
/// The time within which a connection must send the secret, after the server has sent its first
/// line.
const PROOF_PATIENCE: Duration = Duration::from_secs(5);
/// The longest pause between attempts to reach a server.
const RETRY_MAX: Duration = Duration::from_secs(2);
const RETRY_MIN: Duration = Duration::from_millis(50);
/// The number of bytes that are read at once.
const READ_BYTES: usize = 64 * 1024;

/// Why a connection between library and server ended.
#[derive(Debug, thiserror::Error)]
enum LinkError {
    #[error(
        "another process connected to the port of the NATS client library without its secret, and \
         was refused"
    )]
    WrongSecret,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    ProtocolError(#[from] ProtocolError),
}

/// The listening side: what all connections need.
pub(super) struct Proxy {
    pub(super) upstream: Upstream,
    pub(super) secret: String,
    pub(super) inbox_prefix: String,
    /// A server that was reached before the library connected.
    pub(super) reached: Mutex<Option<Reached>>,
    pub(super) withheld: Mutex<WithheldReports>,
}

struct Unproven {
    task: AbortHandle,
    is_proven: Arc<AtomicBool>,
}

impl Proxy {
    /// Accepts connections while it is run.
    pub(super) async fn run(self: Arc<Self>, listener: TcpListener) {
        let mut links = JoinSet::new();
        let mut unproven = VecDeque::<Unproven>::new();
        loop {
            let library = tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((library, _)) => library,
                    Err(error) => {
                        tracing::warn!(
                            %error,
                            "the NATS client library cannot reconnect to its local port yet; trying again"
                        );
                        tokio::time::sleep(RETRY_MIN).await;
                        continue;
                    }
                },
                Some(_) = links.join_next() => continue,
            };
            unproven.retain(|one| !one.task.is_finished() && !one.is_proven());
            while unproven.len() >= UNPROVEN_MAX {
                if let Some(first) = unproven.pop_front() {
                    first.task.abort();
                }
            }
            let is_proven = Arc::new(AtomicBool::new(false));
            let task = links.spawn(Arc::clone(&self).link(library, Arc::clone(&is_proven)));
            unproven.push_back(Unproven { task, is_proven });
        }
    }

    async fn link(self: Arc<Self>, library: TcpStream, is_proven: Arc<AtomicBool>) {
        match self.serve(library, &is_proven).await {
            Ok(()) => {}
            Err(error @ LinkError::Io(_)) => tracing::debug!(%error, "a connection to NATS ended"),
            Err(error @ LinkError::WrongSecret) => {
                tracing::warn!(%error, "a connection to NATS was closed");
            }
            // The line itself may be of a message.
            Err(LinkError::ProtocolError(_)) => tracing::warn!(
                "a connection to NATS was closed, because the server sent a line that does not follow the NATS protocol"
            ),
        }
    }

    async fn serve(&self, library: TcpStream, is_proven: &AtomicBool) -> Result<(), LinkError> {
        library.set_nodelay(true)?;
        let Some(mut reached) = self.server_for(&library).await else {
            return Ok(());
        };
        let (mut library_reads, mut library_writes) = library.into_split();
        let mut frame_filter = FrameFilter::new(&self.inbox_prefix);
        let mut output = Vec::new();
        frame_filter.push(&mut reached.said, &mut output, &mut |notice| {
            self.handle(notice);
        })?;
        library_writes.write_all(&output).await?;
        let (server_reads, mut server_writes) = tokio::io::split(reached.stream);
        let proof = tokio::time::timeout(PROOF_PATIENCE, first_line(&mut library_reads)).await;
        let mut given = proof.map_err(|_| LinkError::WrongSecret)??;
        let settings = ConnectSettings {
            secret: &self.secret,
            name: &self.upstream.connection().name,
            tls_required: self.upstream.connection().wants_tls(),
            server: &reached.server,
        };
        let line = given
            .line()
            .and_then(|line| handshake::connect(line, &settings));
        let line = line.ok_or(LinkError::WrongSecret)?;
        is_proven.store(true, Ordering::Relaxed);
        server_writes.write_all(&line).await?;
        server_writes.write_all(&given.behind()).await?;
        server_writes.flush().await?;
        tokio::select! {
            ended = self.down(server_reads, library_writes, frame_filter) => ended,
            ended = up(library_reads, server_writes) => ended.map_err(LinkError::Io),
        }
    }

    /// Connects to a server, however long it takes; `None` if the library closes its connection.
    async fn server_for(&self, library: &TcpStream) -> Option<Reached> {
        let reached = self
            .reached
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if reached.is_some() {
            return reached;
        }
        let mut wait = RETRY_MIN;
        let reaching = async {
            loop {
                match self.upstream.reach().await {
                    Ok(reached) => return reached,
                    Err(error) => tracing::debug!(%error, "no NATS server can be reached"),
                }
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(RETRY_MAX);
            }
        };
        let mut none = [0];
        tokio::select! {
            reached = reaching => Some(reached),
            // The library sends nothing before the server does, so it has closed its connection.
            _ = library.peek(&mut none) => None,
        }
    }

    /// Copies from the server to the library, through the filter.
    async fn down(
        &self,
        mut server: impl AsyncRead + Unpin,
        mut library: impl AsyncWrite + Unpin,
        mut frame_filter: FrameFilter,
    ) -> Result<(), LinkError> {
        let mut input = BytesMut::new();
        let mut output = Vec::with_capacity(READ_BYTES);
        loop {
            input.reserve(READ_BYTES);
            if server.read_buf(&mut input).await? == 0 {
                return Ok(());
            }
            let filtered =
                frame_filter.push(&mut input, &mut output, &mut |notice| self.handle(notice));
            library.write_all(&output).await?;
            filtered?;
            output.clear();
        }
    }

    fn handle(&self, notice: Notice) {
        match notice {
            Notice::Servers(urls) => self.upstream.set_advertised(&urls),
            Notice::Withheld { fault, fate, .. } => {
                let mut withheld = self.withheld.lock().unwrap_or_else(PoisonError::into_inner);
                withheld.of(fault, fate);
            }
        }
    }
}

impl Unproven {
    fn is_proven(&self) -> bool {
        self.is_proven.load(Ordering::Relaxed)
    }
}

/// Copies from the library to the server, unchanged.
async fn up(
    mut library: impl AsyncRead + Unpin,
    mut server: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let mut bytes = BytesMut::new();
    loop {
        bytes.reserve(READ_BYTES);
        if library.read_buf(&mut bytes).await? == 0 {
            return server.shutdown().await;
        }
        server.write_all(&bytes).await?;
        server.flush().await?;
        bytes.clear();
    }
}

/// The first line of the library, and the bytes after it.
struct FirstLine {
    bytes: BytesMut,
    line_bytes: usize,
}

impl FirstLine {
    fn line(&self) -> Option<&[u8]> {
        self.bytes[..self.line_bytes].strip_suffix(b"\r\n")
    }

    fn behind(&mut self) -> BytesMut {
        self.bytes.split_off(self.line_bytes)
    }
}

async fn first_line(library: &mut (impl AsyncRead + Unpin)) -> Result<FirstLine, LinkError> {
    let mut bytes = BytesMut::with_capacity(4 * 1024);
    loop {
        if library.read_buf(&mut bytes).await? == 0 || bytes.len() > CONNECT_BYTES_MAX {
            return Err(LinkError::WrongSecret);
        }
        if let Some(at) = memchr::memchr(b'\n', &bytes) {
            return Ok(FirstLine {
                bytes,
                line_bytes: at + 1,
            });
        }
    }
}
