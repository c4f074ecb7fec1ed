//! Posts to the collector: one connection for each batch, and no more of the answer than it may have.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Uri;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The port of an address that names none.
const PORT: u16 = 80;

/// What the collector answered last.
#[derive(Debug, Clone, Default)]
pub(super) struct LastAnswer(Arc<Mutex<Told>>);

/// What an answer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Told {
    /// Its status; `None` if there was no answer.
    pub(super) status: Option<u16>,
    /// Spans that the collector refused, of those that it was sent.
    pub(super) refused: u64,
}

impl LastAnswer {
    pub(super) fn get(&self) -> Told {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, told: Told) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = told;
    }
}

/// The spans that an answer says were refused; none if it does not say it as it should.
fn refused(body: &[u8]) -> u64 {
    let answer = ExportTraceServiceResponse::decode(body).unwrap_or_default();
    let partly = answer.partial_success.unwrap_or_default();
    u64::try_from(partly.rejected_spans).unwrap_or_default()
}

/// Posts with hyper, without TLS. Whoever calls it limits the time.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) last: LastAnswer,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.last.set(Told::default());
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
        let body = body.to_bytes();
        self.last.set(Told {
            status: Some(parts.status.as_u16()),
            refused: refused(&body),
        });
        Ok(Response::from_parts(parts, body))
    }
}
