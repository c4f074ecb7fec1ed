//! Refuses names that already mean something else in the configuration of a nats-server: the account of a subscriber has
//! its name, and its password is read from an environment variable with this name.

use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};

use super::error::server;
use super::{EventSource, SubscriberError, SubscriberRequest, Subscribers};
use crate::permitted::permitted;

/// The accounts of the configurations that are shipped.
const ACCOUNTS: [&str; 5] = ["PLANSYNC", "CLIENTS", "EVENTS", "SYS", "plansync-bridge"];
/// What follows the tenant in the names of its other accounts and users.
const OF_TENANTS: [&str; 2] = ["-events", "-system"];

impl SubscriberRequest {
    /// Refuses the name of an account that every configuration has; `engine_account` is that of the engine.
    pub fn check_name(&self, engine_account: &str) -> Result<(), SubscriberError> {
        let name = self.name.as_str();
        let mut taken = ACCOUNTS.to_vec();
        taken.push(engine_account);
        if let Some(account) = taken.into_iter().find(|account| is_alike(name, account)) {
            return Err(self.taken(format!("the account {account}")));
        }
        self.check_tenant(&self.tenant)
    }

    /// Refuses the names that a tenant uses.
    fn check_tenant(&self, tenant: &str) -> Result<(), SubscriberError> {
        let name = self.name.as_str();
        if is_alike(name, tenant) {
            return Err(self.taken(format!("the tenant {tenant}, whose account has its name")));
        }
        let mut others = OF_TENANTS.iter().map(|end| format!("{tenant}{end}"));
        match others.find(|other| is_alike(name, other)) {
            Some(other) => Err(self.taken(format!(
                "{other}, an account or user of the tenant {tenant}"
            ))),
            None => Ok(()),
        }
    }

    fn taken(&self, by: String) -> SubscriberError {
        SubscriberError::NameTaken {
            name: self.name.to_string(),
            by,
        }
    }
}

impl Subscribers {
    /// Whether the stream has an event of a tenant. If it has none, the name of the tenant may be mistyped.
    pub async fn has_events(
        &self,
        source: EventSource,
        tenant: &str,
    ) -> Result<bool, SubscriberError> {
        permitted(&self.status, async {
            has_events(&self.stream(source).await?, source, tenant).await
        })
        .await?
    }

    /// Refuses the names of other tenants that have events, and of other subscribers.
    pub(super) async fn refuse_names_of_others(
        &self,
        request: &SubscriberRequest,
        stream: &Stream,
    ) -> Result<(), SubscriberError> {
        let name = request.name.as_str();
        for other in self.listed(None).await? {
            if other.name != name && is_alike(name, &other.name) {
                return Err(request.taken(format!("the subscriber {}", other.name)));
            }
            if other.name == name {
                return Err(request.taken(format!(
                    "the subscriber {name} of {} to the stream {}",
                    other.tenant, other.stream
                )));
            }
            request.check_tenant(&other.tenant)?;
        }
        let of_tenants = OF_TENANTS.iter().filter_map(|end| name.strip_suffix(end));
        for tenant in of_tenants.chain([name]) {
            if has_events(stream, request.source, tenant).await? {
                request.check_tenant(tenant)?;
            }
        }
        Ok(())
    }
}

/// Whether two names are read from the same environment variable.
fn is_alike(name: &str, other: &str) -> bool {
    let plain = |name: &str| name.to_ascii_uppercase().replace('-', "_");
    plain(name) == plain(other)
}

async fn has_events(
    stream: &Stream,
    source: EventSource,
    tenant: &str,
) -> Result<bool, SubscriberError> {
    let subjects = format!("{}{tenant}.>", source.subjects());
    match stream.get_last_raw_message_by_subject(&subjects).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(false),
        Err(error) => Err(server(source, error)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::subscribers::{EventSource, StartAt, SubscriberRequest};

    #[test]
    fn a_name_that_an_account_or_a_password_has_is_refused() {
        let check = |name: &str| {
            let request = SubscriberRequest {
                name: name.parse().unwrap(),
                tenant: "northgate".to_owned(),
                kinds: Vec::new(),
                source: EventSource::Engine,
                from: StartAt::Beginning,
                ack_wait: Duration::from_secs(1),
                ack_pending_max: 1,
            };
            request.check_name("HUB")
        };
        for taken in [
            "PLANSYNC",
            "plansync",
            "CLIENTS",
            "events",
            "SYS",
            "plansync-bridge",
            "PLANSYNC_BRIDGE",
            "HUB",
            "northgate",
            "NorthGate",
            "northgate-events",
            "northgate_system",
        ] {
            let error = check(taken).unwrap_err().to_string();
            assert!(error.contains("choose another name"), "{taken}: {error}");
        }
        for free in ["northgate-warehouse", "southgate", "hubs", "plansync2"] {
            check(free).unwrap();
        }
    }
}
