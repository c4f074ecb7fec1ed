//! The read `engine.status`.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::permission::PermissionReason;
use plansync_engine::Refusal;
use plansync_engine::read::Reading;
use plansync_protocol::engine::{EngineStatusRecord, GetEngineStatus};
use plansync_protocol::{self as protocol, Error, ErrorCode};

use crate::catalogue::Reads;
use crate::service::Service;

/// Said where nobody observes the engine, as when a folder is only read.
const UNOBSERVED: &str = "no engine runs here, so there is no status to tell; send the request to the engine that \
                          runs on this log";

impl Reads for protocol::EngineStatus {
    /// Whoever comes here is an administrator of the tenant: `system` was answered before.
    fn answer(
        _reading: &Reading<'_>,
        _body: GetEngineStatus,
    ) -> Result<EngineStatusRecord, Refusal> {
        Err(Rejection::NotPermitted(PermissionReason::SystemOnly).into())
    }

    fn about_engine(service: &Service) -> Option<Result<EngineStatusRecord, Error>> {
        let unobserved = || Error::new(ErrorCode::Unavailable, UNOBSERVED);
        Some(service.status().ok_or_else(unobserved))
    }
}
