//! The HTTP port: `/livez`, `/readyz` and `/metrics`.
//!
//! Whoever reaches the port may be hostile or broken. The sizes of a request are bounded, and so is the time for each
//! part of it. There are few connections: if there are too many, the oldest is closed, so that somebody who sends what
//! he wants at once is answered before many others have come. Only one answer is computed at a time, on a thread that may
//! block.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, JoinHandle, JoinSet, spawn_blocking};

use super::exposition::Exposition;
use super::health::Health;
use super::metrics::families;
use super::observer::Observer;

/// Connections at once.
const CONNECTIONS_MAX: usize = 64;
/// The bytes of the line and the headers of a request.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// The headers of a request.
const HEADERS_MAX: usize = 64;
/// How long the head of a request may take; also, how long a connection may be idle.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may last.
const CONNECTION_PATIENCE: Duration = Duration::from_mins(5);
/// How long the computing of an answer may take, with the waiting for others.
const COMPUTING_PATIENCE: Duration = Duration::from_secs(5);
/// The pause after a connection could not be accepted, as when too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

/// The port could not be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "the HTTP port {address} cannot be opened; if another program uses it (`ss -ltnp`), end that one, or give another \
     address with `--http` or PLANSYNC_HTTP"
)]
pub(crate) struct NotOpened {
    address: SocketAddr,
    #[source]
    source: std::io::Error,
}

/// An open HTTP port. It is closed when this is dropped.
pub(crate) struct HttpPort {
    serving: JoinHandle<()>,
}

impl HttpPort {
    /// Opens the port and answers on it.
    pub(crate) async fn open(
        address: SocketAddr,
        observer: Arc<Observer>,
    ) -> Result<Self, NotOpened> {
        let failed = |source| NotOpened { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        tracing::info!(%address, "the HTTP port is open");
        let port = Arc::new(Port {
            observer,
            computing: Arc::default(),
        });
        Ok(Self {
            serving: tokio::spawn(port.serve(listener)),
        })
    }
}

impl Drop for HttpPort {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What every connection needs.
struct Port {
    observer: Arc<Observer>,
    /// Held while an answer is computed, also where nobody waits for it any more.
    computing: Arc<Mutex<()>>,
}

type Answer = Response<Full<Bytes>>;

/// Why there is no answer.
enum NotComputed {
    /// It took too long.
    Late,
    /// It crashed, which the log output has said.
    Crashed,
}

impl Port {
    /// Accepts connections until it is dropped, which ends them, too.
    async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        let mut oldest_first: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::debug!(%error, "a connection to the HTTP port was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            while connections.try_join_next().is_some() {}
            oldest_first.retain(|connection| !connection.is_finished());
            if oldest_first.len() >= CONNECTIONS_MAX
                && let Some(oldest) = oldest_first.pop_front()
            {
                oldest.abort();
            }
            oldest_first.push_back(connections.spawn(Arc::clone(&self).connection(stream)));
        }
    }

    async fn connection(self: Arc<Self>, stream: TcpStream) {
        let answer = service_fn(|request: Request<Incoming>| {
            let port = Arc::clone(&self);
            async move { Ok::<_, Infallible>(port.answer(&request).await) }
        });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_PATIENCE)
            .max_buf_size(HEAD_BYTES_MAX)
            .max_headers(HEADERS_MAX)
            .serve_connection(TokioIo::new(stream), answer);
        // Whoever breaks off, or sends what is no request, is told of nowhere: anybody can do that.
        let _ = tokio::time::timeout(CONNECTION_PATIENCE, served).await;
    }

    async fn answer(&self, request: &Request<Incoming>) -> Answer {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "use GET or HEAD\n");
            let allowed = HeaderValue::from_static("GET, HEAD");
            refused.headers_mut().insert(ALLOW, allowed);
            return refused;
        }
        let accept = accepted(request);
        match request.uri().path() {
            "/livez" => text(StatusCode::OK, "alive\n"),
            "/readyz" => self.ready(accept).await,
            "/metrics" => self.metrics(Exposition::accepted(&accept)).await,
            _ => text(
                StatusCode::NOT_FOUND,
                "there is nothing here; there are /livez, /readyz and /metrics\n",
            ),
        }
    }

    async fn ready(&self, accept: String) -> Answer {
        let ready = move |observer: &Observer| ready(&Health::of(&observer.observe()), &accept);
        self.computed(ready).await.unwrap_or_else(|_| {
            text(
                StatusCode::SERVICE_UNAVAILABLE,
                "not ready: the engine could not be examined in time; see its log output, and ask again\n",
            )
        })
    }

    async fn metrics(&self, exposition: Exposition) -> Answer {
        let exposed = move |observer: &Observer| exposition.encode(families(&observer.observe()));
        match self.computed(exposed).await {
            Ok(Ok(exposed)) => answer(StatusCode::OK, exposition.content_type(), exposed),
            Ok(Err(_)) | Err(NotComputed::Crashed) => {
                tracing::error!("a defect in plansync: metrics cannot be told");
                text(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "metrics cannot be told because of a defect; see the log output of the engine\n",
                )
            }
            Err(NotComputed::Late) => text(
                StatusCode::SERVICE_UNAVAILABLE,
                "metrics were not there in time; see /readyz, and ask again\n",
            ),
        }
    }

    /// What is computed from what there is to observe. If it hangs, others wait for it in vain and no thread hangs beside
    /// it.
    async fn computed<T: Send + 'static>(
        &self,
        compute: impl FnOnce(&Observer) -> T + Send + 'static,
    ) -> Result<T, NotComputed> {
        let computed = tokio::time::timeout(COMPUTING_PATIENCE, async {
            let one = Arc::clone(&self.computing).lock_owned().await;
            let observer = Arc::clone(&self.observer);
            let computed = spawn_blocking(move || {
                let _one = one;
                compute(&observer)
            });
            computed.await.map_err(|_| NotComputed::Crashed)
        });
        computed.await.unwrap_or(Err(NotComputed::Late))
    }
}

/// All values of `Accept`, as one.
fn accepted(request: &Request<Incoming>) -> String {
    let values = request.headers().get_all(ACCEPT).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(",")
}

/// Whether the engine is ready, and otherwise which part is not and what to do.
fn ready(health: &Health, accept: &str) -> Answer {
    let status = if health.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    if accept.contains(JSON) {
        let told = json!({
            "ready": health.is_ready(), "parts": health.parts, "problems": health.problems,
        });
        return answer(status, JSON, format!("{told}\n"));
    }
    let mut told = if health.is_ready() {
        "ready\n"
    } else {
        "not ready\n"
    }
    .to_owned();
    for problem in &health.problems {
        let (urgency, part) = (problem.urgency, problem.part);
        // Writing into a text cannot fail.
        let _ = writeln!(told, "{part} ({urgency}): {}", problem.message);
    }
    answer(status, TEXT, told)
}

fn text(status: StatusCode, body: &'static str) -> Answer {
    answer(status, TEXT, body)
}

fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
