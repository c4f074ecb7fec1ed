//! The product and the model side by side: one history through both.

use std::collections::BTreeMap;

use plansync_domain::ids::{LearnerId, ProgrammeId, SyncId};
use plansync_model::ask::Ask;
use plansync_model::comparison::{Disagreement, same};
use plansync_model::histories::{LIMITS, Step};
use plansync_model::judge::Pair;
use plansync_model::refusal::Refusal;
use plansync_model::request::{SyncRequest, SyncType};
use plansync_model::sync::Confirmed;
use plansync_model::world::World;
use serde_json::{Value as Json, json};

use crate::corrections::{Corrections, Reached};
use crate::coverage::Coverage;
use crate::product::Product;

/// A sync that was started and not yet worked off.
pub(crate) struct Started {
    pub(crate) sync: SyncId,
    pub(crate) request: SyncRequest,
    pub(crate) preview: Json,
    pub(crate) foreseen: Vec<Pair>,
    pub(crate) disturbed: bool,
    pub(crate) corrections: Corrections,
}

pub(crate) struct Both {
    pub(crate) product: Product,
    pub(crate) model: World,
    pub(crate) coverage: Coverage,
    pub(crate) started: Vec<Started>,
    pub(crate) last_work: Option<SyncRequest>,
    /// Up to which version the changes of each plan were compared.
    pub(crate) compared: BTreeMap<LearnerId, usize>,
    /// What the product said of each preview, and what the model would confirm.
    pub(crate) previews: Vec<(Json, Confirmed)>,
    pub(crate) reached: Reached,
}

/// What is compared at the end of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtEnd {
    /// What another engine on the same log answers.
    Replay,
    /// The same, and what the audit says about every version of the plans, which takes much longer.
    ReplayAndAudit,
}

/// Runs a history through both; says the first disagreement.
pub(crate) fn compare(history: &[Step], at_end: AtEnd) -> Result<Coverage, Disagreement> {
    let mut both = Both {
        product: Product::new(LIMITS),
        model: World::new(LIMITS),
        coverage: Coverage::default(),
        started: Vec::new(),
        last_work: None,
        compared: BTreeMap::new(),
        previews: Vec::new(),
        reached: Reached::new(),
    };
    for (index, step) in history.iter().enumerate() {
        both.step(step)
            .map_err(|what| format!("at step {index}: {what}"))?;
    }
    both.replay(at_end)?;
    Ok(both.coverage)
}

pub(crate) fn body(value: &impl serde::Serialize) -> Json {
    serde_json::to_value(value).unwrap()
}

/// The command's id is the product's.
fn without_command(reply: Result<Json, Refusal>) -> Result<Json, Refusal> {
    reply.map(|mut reply| {
        let fields = reply.as_object_mut();
        fields.map(|fields| fields.remove("command_id"));
        reply
    })
}

impl Both {
    fn step(&mut self, step: &Step) -> Result<(), Disagreement> {
        match step {
            Step::Ask(actor, ask) => self.ask(actor, ask),
            Step::Preview(actor, request) => self.preview(actor, request).map(|_| ()),
            Step::Look(actor, session, programme, filter) => {
                let of = json!({ "session": session });
                let product = self.product.read(actor, "record.changes", &of);
                let changes = same(
                    "record.changes",
                    product,
                    self.model.record_changes(actor, *session),
                )?;
                self.saw_changes(changes.as_ref());
                self.saw_corrections(*session);
                let of = json!({ "session": session, "programme": programme });
                let product = self.product.read(actor, "sync.components", &of);
                let model = self.model.sync_components(actor, *session, *programme);
                same("sync.components", product, model)?;
                let mut filtered = body(filter);
                filtered.as_object_mut().unwrap().remove("except");
                filtered["session"] = json!(session);
                filtered["programme"] = json!(programme);
                let mut without = filter.clone();
                without.except.clear();
                let product = self.product.read(actor, "sync.learners", &filtered);
                let model = self
                    .model
                    .sync_learners(actor, *session, *programme, &without);
                same("sync.learners", product, model)?;
                for field in ["type", "programme_status", "group", "tutor"] {
                    for search in ["", "on br", &filter.search] {
                        let mut of = of.clone();
                        of["field"] = json!(field);
                        of["search"] = json!(search);
                        let product = self.product.read(actor, "sync.filters", &of);
                        let by = (field, search);
                        let model = self.model.sync_filters(actor, *session, *programme, by);
                        same("sync.filters", product, model)?;
                    }
                }
                self.find(actor, *programme, &filter.search)
            }
            Step::Confirm(actor, sync, request, back) => self.confirm(actor, *sync, request, *back),
            Step::Pass(hours) => {
                self.product.pass(*hours);
                self.model.pass(*hours);
                self.last_work = None;
                Ok(())
            }
            Step::Work => self.work(),
        }
    }
}

impl Both {
    fn find(
        &mut self,
        actor: &str,
        programme: ProgrammeId,
        search: &str,
    ) -> Result<(), Disagreement> {
        for programme in [None, Some(programme)] {
            let mut of = json!({ "search": search });
            if let Some(programme) = programme {
                of["programme"] = json!(programme);
            }
            let product = self.product.read(actor, "learner.find", &of);
            let model = self.model.learner_find(actor, programme, search);
            same("learner.find", product, model)?;
        }
        let asked = ["cat", "system", "nobody", "ann"];
        let of = json!({ "administrators": asked });
        let product = self.product.ask(actor, "administrator.names", &of);
        let model = self.model.administrator_names(actor, &asked);
        same("administrator.names", product, model)?;
        Ok(())
    }

    fn ask(&mut self, actor: &str, ask: &Ask) -> Result<(), Disagreement> {
        let previewed = match ask {
            Ask::StartSync { request, .. } => self.preview(actor, request)?,
            _other => None,
        };
        if !matches!(ask, Ask::StartSync { .. }) {
            self.last_work = None;
        }
        let corrections = match ask {
            Ask::StartSync { request, .. } => self.model.corrections(request.session),
            _other => Corrections::new(),
        };
        let assignees = self.assignees(ask);
        let product = self.product.ask(actor, ask.operation(), &body(ask));
        let displaced = |world: &World| {
            let sessions = world.sessions.values();
            sessions.filter(|one| one.end == Some("displaced")).count()
        };
        let before = displaced(&self.model);
        let model = self.model.ask(actor, ask);
        if displaced(&self.model) > before {
            self.coverage.saw("displaced");
        }
        self.saw_refusal(&model);
        let answer = same(ask.operation(), product, model)?;
        self.followed(assignees)?;
        if answer
            .as_ref()
            .is_some_and(|reply| reply["resumed"] == true)
        {
            self.coverage.saw("resumed");
        }
        for started in &mut self.started {
            started.disturbed = true;
        }
        if let (Ask::StartSync { sync, request }, Some(_), Some((preview, foreseen))) =
            (ask, answer, previewed)
        {
            let (sync, request, disturbed) = (*sync, request.clone(), !self.started.is_empty());
            self.started.push(Started {
                sync,
                request,
                preview,
                foreseen,
                disturbed,
                corrections,
            });
        }
        Ok(())
    }

    fn preview(
        &mut self,
        actor: &str,
        request: &SyncRequest,
    ) -> Result<Option<(Json, Vec<Pair>)>, Disagreement> {
        let product = self.product.read(actor, "sync.preview", &body(request));
        let token = product
            .as_ref()
            .map(|summary| json!({ "position": summary["position"], "digest": summary["digest"] }));
        let token = token.unwrap_or_default();
        let model = self.model.preview(actor, request);
        self.saw_refusal(&model);
        let affected = self.product.read(actor, "sync.affected", &body(request));
        let model_affected = self.model.affected(actor, request);
        same("sync.affected", affected, model_affected)?;
        let Some(summary) = same("sync.preview", product, model)? else {
            return Ok(None);
        };
        for warning in summary["warnings"].as_array().unwrap() {
            self.coverage
                .saw(format!("warning {}", warning["code"].as_str().unwrap()));
        }
        let rows = summary["rows"].as_array().unwrap();
        if rows
            .windows(2)
            .any(|two| two[0]["component"] == two[1]["component"])
        {
            self.coverage.saw("two rows");
        }
        let terms = self.model.terms(actor, request, None).unwrap();
        let confirmed = Confirmed {
            request: request.clone(),
            entries: terms.entries.clone(),
            then: Box::new(self.model.clone()),
        };
        self.previews.push((token, confirmed));
        Ok(Some((summary, self.model.foresee(&terms))))
    }

    /// What every new version of a plan changed.
    fn changes(&mut self, learner: LearnerId) -> Result<(), Disagreement> {
        let plan = self.model.plan(learner);
        let compared = self.compared.entry(learner).or_default();
        for version in plan.versions().skip(*compared) {
            let of = json!({ "learner": learner, "version": version });
            let product = self.product.read("system", "plan.change", &of);
            let model = self.model.plan_change("system", learner, version);
            same("plan.change", without_command(product), model)?;
            *compared = version;
        }
        Ok(())
    }

    fn work(&mut self) -> Result<(), Disagreement> {
        self.product.work();
        self.model.work();
        for started in std::mem::take(&mut self.started) {
            self.worked(&started)?;
        }
        for learner in self.model.everybody() {
            self.changes(learner)?;
            let product = self
                .product
                .read("system", "plan.get", &json!({ "learner": learner }));
            let model = self.model.plan_get("system", learner);
            same("plan.get", product, model)?;
        }
        Ok(())
    }

    fn worked(&mut self, started: &Started) -> Result<(), Disagreement> {
        let of = json!({ "sync": started.sync });
        let found = self.model.syncs[&started.sync].clone();
        for reader in ["system", found.terms.by.as_str()] {
            let product = self.product.read(reader, "sync.outcomes", &of);
            let model = self.model.sync_outcomes(reader, started.sync);
            same("sync.outcomes", product, model)?;
            let product = self.product.ask(reader, "sync.get", &of);
            let model = self.model.sync_get(reader, started.sync);
            same("sync.get", product, model)?;
        }
        // Whoever may look at it sees the counts of those whom they see.
        let readers: Vec<String> = self.model.administrators.keys().cloned().collect();
        for reader in &readers {
            let product = self.product.ask(reader, "sync.get", &of);
            let model = self.model.sync_get(reader, started.sync);
            same("sync.get", product, model)?;
        }
        self.saw_outcomes(&found.outcomes);
        self.saw_corrected(started, &found.outcomes);
        if started.disturbed {
            self.coverage.saw("disturbed");
        } else {
            self.coverage.saw("undisturbed");
            self.check_undisturbed(started, &found.outcomes)?;
        }
        let again = self.last_work.as_ref() == Some(&started.request) && !started.disturbed;
        if again && started.request.sync_type != SyncType::ChangesOnly {
            self.coverage.saw("twice");
            if found.outcomes.iter().any(|pair| pair.outcome == "applied") {
                return Err(format!(
                    "a second run changed something: {:?}",
                    found.outcomes
                ));
            }
        }
        self.last_work = Some(started.request.clone()).filter(|_| !started.disturbed);
        Ok(())
    }

    /// The run is what was foreseen, pair by pair, and as the product's own preview counted.
    fn check_undisturbed(&self, started: &Started, run: &[Pair]) -> Result<(), Disagreement> {
        let mut foreseen = started.foreseen.clone();
        foreseen.sort();
        if foreseen != run {
            return Err(format!("foreseen {foreseen:?}\nbut came out {run:?}"));
        }
        let of = json!({ "sync": started.sync });
        let progress = self.product.ask("system", "sync.get", &of);
        let progress = progress.map_err(|refusal| format!("{refusal:?}"))?;
        if progress["pairs"] != started.preview["pairs"] {
            return Err(format!("previewed {}\nbut ran {progress}", started.preview));
        }
        Ok(())
    }
}
