//! A college over the wire, and the model beside it, which must answer the same.

use fastrand::Rng;
use plansync_domain::ids::SyncId;
use plansync_model::ask::Ask;
use plansync_model::comparison::{Disagreement, same};
use plansync_model::histories::Step;
use plansync_model::request::SyncRequest;
use plansync_model::sync::Confirmed;
use plansync_model::world::{Limits, World};
use plansync_protocol::Encoding;
use serde_json::{Value, json};
use uuid::Uuid;

use super::wire::{Manner, Wire};

/// The bounds that the engine is started with, and those that cannot be set.
pub(super) const LIMITS: Limits = Limits {
    components: 6,
    learners: 5,
    open_records: 100,
    running_syncs: 20,
};

/// One tenant.
pub(super) struct College {
    pub(super) tenant: &'static str,
    pub(super) model: World,
    /// What was accepted as a durable command, and what was rejected.
    pub(super) durable: (usize, usize),
    /// Previews of the day, to be confirmed.
    previews: Vec<(Value, Confirmed)>,
    /// Commands that were accepted: who asked, the operation, its body, its reply.
    accepted: Vec<(String, &'static str, Value, Value)>,
    rng: Rng,
}

impl College {
    pub(super) fn new(tenant: &'static str) -> Self {
        Self {
            tenant,
            model: World::new(LIMITS),
            durable: (0, 0),
            previews: Vec::new(),
            accepted: Vec::new(),
            rng: Rng::with_seed(tenant.len() as u64),
        }
    }

    fn encoding(&mut self) -> Encoding {
        if self.rng.bool() {
            Encoding::Json
        } else {
            Encoding::MessagePack
        }
    }

    /// One step: whatever is answered, the model answers too.
    pub(super) async fn step(&mut self, wire: &Wire, step: &Step) -> Result<(), Disagreement> {
        match step {
            Step::Ask(actor, ask) => {
                let body = serde_json::to_value(ask).unwrap();
                let model = self.model.ask(actor, ask);
                let accepted = model.is_ok();
                self.command(wire, actor, ask.operation(), body, model)
                    .await?;
                if let Ask::StartSync { sync, .. } = ask
                    && accepted
                {
                    self.finish(wire, *sync).await?;
                }
                Ok(())
            }
            Step::Preview(actor, request) => self.preview(wire, actor, request).await,
            Step::Confirm(actor, sync, request, back) => {
                self.confirm(wire, actor, *sync, request, *back).await
            }
            Step::Look(actor, session, ..) => {
                let of = json!({ "session": session, "page_size": 500 });
                let product = self.read(wire, actor, "record.changes", &of).await;
                let model = self.model.record_changes(actor, *session);
                same("record.changes", product, model).map(|_| ())
            }
            // The process has the machine's clock, on which no hours pass here.
            Step::Work | Step::Pass(_) => Ok(()),
        }
    }

    pub(super) async fn read(
        &mut self,
        wire: &Wire,
        actor: &str,
        operation: &str,
        body: &Value,
    ) -> super::wire::Answer {
        let rest = format!("{}.{actor}", self.tenant);
        let encoding = self.encoding();
        wire.read(&rest, operation, body, encoding).await
    }

    async fn command(
        &mut self,
        wire: &Wire,
        actor: &str,
        operation: &'static str,
        mut body: Value,
        model: super::wire::Answer,
    ) -> Result<(), Disagreement> {
        let manner = Manner {
            encoding: self.encoding(),
            durable: self.rng.u32(0..4) == 0,
        };
        let id = Uuid::from_u128(self.rng.u128(..));
        body["command_id"] = json!(id);
        let rest = format!("{}.{actor}", self.tenant);
        let product = wire.command(&rest, operation, &body, manner).await;
        match (manner.durable, &product) {
            (true, Ok(_)) => self.durable.0 += 1,
            (true, Err(_)) => self.durable.1 += 1,
            (false, _) => {}
        }
        if let Ok(reply) = &product {
            self.accepted
                .push((rest.clone(), operation, body.clone(), reply.clone()));
        }
        same(operation, product, model)?;
        if self.rng.u32(0..10) == 0 {
            self.again(wire).await?;
        }
        Ok(())
    }

    /// Something that was accepted at some time is asked once more, in whatever manner: it gets its
    /// first answer.
    async fn again(&mut self, wire: &Wire) -> Result<(), Disagreement> {
        if self.accepted.is_empty() {
            return Ok(());
        }
        let some = self.rng.usize(0..self.accepted.len());
        let (rest, operation, body, first) = self.accepted[some].clone();
        let actor = rest.rsplit('.').next().unwrap_or_default();
        if self.model.admit_actor(actor).is_err() {
            return Ok(());
        }
        let manner = Manner {
            encoding: self.encoding(),
            durable: false,
        };
        let again = wire.command(&rest, operation, &body, manner).await;
        let mut wanted = first;
        wanted["duplicate"] = json!(true);
        match again {
            Ok(reply) if reply == wanted => Ok(()),
            other => Err(format!("{body} again: {other:?}, and not {wanted}")),
        }
    }

    async fn preview(
        &mut self,
        wire: &Wire,
        actor: &str,
        request: &SyncRequest,
    ) -> Result<(), Disagreement> {
        let body = serde_json::to_value(request).unwrap();
        let product = self.read(wire, actor, "sync.preview", &body).await;
        let token = product
            .as_ref()
            .map(|summary| json!({ "position": summary["position"], "digest": summary["digest"] }));
        let token = token.unwrap_or_default();
        let model = self.model.preview(actor, request);
        if same("sync.preview", product, model)?.is_some() {
            let terms = self.model.terms(actor, request, None);
            let terms = terms.map_err(|refusal| format!("{refusal:?}"))?;
            let confirmed = Confirmed {
                request: request.clone(),
                entries: terms.entries,
                then: Box::new(self.model.clone()),
            };
            self.previews.push((token, confirmed));
        }
        Ok(())
    }

    async fn confirm(
        &mut self,
        wire: &Wire,
        actor: &str,
        sync: SyncId,
        request: &SyncRequest,
        back: usize,
    ) -> Result<(), Disagreement> {
        let index = self.previews.len().checked_sub(1 + back);
        let Some((token, confirmed)) = index.and_then(|index| self.previews.get(index)).cloned()
        else {
            return Ok(());
        };
        let mut body = serde_json::to_value(request).unwrap();
        body["sync"] = json!(sync);
        body["confirm"] = token;
        let model = self.model.confirm(actor, sync, &confirmed, request);
        let accepted = model.is_ok();
        self.command(wire, actor, "sync.start", body, model).await?;
        if accepted {
            self.finish(wire, sync).await?;
        }
        Ok(())
    }

    /// Waits until the engine has worked a sync off, and works it off in the model.
    async fn finish(&mut self, wire: &Wire, sync: SyncId) -> Result<(), Disagreement> {
        let client = wire.client.of_tenant(self.tenant);
        client.finished("system", &json!(sync)).await;
        self.model.work();
        let of = json!({ "sync": sync, "page_size": 500 });
        let product = self.read(wire, "system", "sync.outcomes", &of).await;
        let model = self.model.sync_outcomes("system", sync);
        same("sync.outcomes", product, model).map(|_| ())
    }
}
