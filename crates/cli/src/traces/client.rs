//! Posts to the collector: one connection for each batch, and no more of the answer than it may have.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderValue};
use hyper::{StatusCode, Uri};
use hyper_util::rt::TokioIo;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The bytes of an answer that are read; it says how many spans were refused.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The port of an address that names none.
const PORT: u16 = 80;

/// The status of the last answer of the collector; 0 if it did not answer.
#[derive(Debug, Clone, Default)]
pub(super) struct LastStatus(Arc<AtomicU16>);

impl LastStatus {
    /// The status, if there was an answer.
    pub(super) fn get(&self) -> Option<u16> {
        Some(self.0.load(Ordering::Relaxed)).filter(|status| *status > 0)
    }

    fn set(&self, status: Option<StatusCode>) {
        let status = status.map_or(0, |status| status.as_u16());
        self.0.store(status, Ordering::Relaxed);
    }
}

/// Posts with hyper, without TLS. Whoever calls it limits the time.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) status: LastStatus,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.status.set(None);
        let (mut parts, body) = request.into_parts();
        let host = parts.uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, parts.uri.port_u16().unwrap_or(PORT))).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with this attempt, however that ends.
        let mut driving = JoinSet::new();
        driving.spawn(connection);
        if let Some(authority) = parts.uri.authority() {
            let host = HeaderValue::from_str(authority.as_str())?;
            parts.headers.insert(HOST, host);
        }
        parts
            .headers
            .insert(CONNECTION, HeaderValue::from_static("close"));
        let path = parts.uri.path_and_query().cloned();
        parts.uri = path.map_or_else(Uri::default, Uri::from);
        let request = Request::from_parts(parts, Full::new(body));
        let (parts, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await?;
        self.status.set(Some(parts.status));
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}
