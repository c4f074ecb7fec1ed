//! Who asks: each administrator of each tenant one thing after the other, with one command id a
//! command, sent again until an answer is heard.

use plansync_domain::ids::SyncId;
use plansync_model::ask::Ask;
use plansync_model::histories::Step;
use plansync_model::request::SyncRequest;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::choices::Choices;
use crate::ledger::Heard;
use crate::stranger::{Hostile, Sample};

/// What somebody wants.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    /// A command.
    Command(Ask),
    /// A preview, which a later command may confirm.
    Preview(SyncRequest),
    /// A start that confirms an earlier preview: the last, the one before it, and so on.
    Confirm(SyncId, SyncRequest, usize),
}

/// A wish under its command id.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Where it stands in its tenant's history.
    pub(crate) place: usize,
    /// The command id.
    pub(crate) id: Uuid,
    /// What is wanted.
    pub(crate) wish: Wish,
}

/// What is sent, again and again the same.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// The client that sends it.
    pub(crate) client: usize,
    /// The command id.
    pub(crate) id: Uuid,
    /// Its tenant, its actor and its operation, as a subject has them.
    pub(crate) rest: String,
    /// Its body.
    pub(crate) body: Vec<u8>,
    /// Whether it goes through the command stream.
    pub(crate) durable: bool,
    /// What makes it a stranger's.
    pub(crate) hostile: Option<Hostile>,
}

/// A preview that was answered: what it was asked, and the token to confirm it with.
#[derive(Debug, Clone)]
pub(crate) struct Previewed {
    /// What was asked.
    pub(crate) request: SyncRequest,
    /// The position that it was judged at.
    pub(crate) position: u64,
    /// Position and digest, as they are given back.
    pub(crate) token: Json,
}

/// One administrator of one tenant.
#[derive(Debug)]
pub(crate) struct Client {
    /// Which tenant, by its place in the case.
    pub(crate) tenant: usize,
    /// The tenant's name.
    pub(crate) tenant_name: &'static str,
    /// Who.
    pub(crate) actor: &'static str,
    wishes: Vec<Asked>,
    next: usize,
    /// What was sent and not answered, and how often it was sent.
    pub(crate) waiting: Option<(Message, u32)>,
    /// Previews that were answered.
    pub(crate) previews: Vec<Previewed>,
}

/// How often something is asked again that was answered with `overloaded`, which may be a bound that
/// somebody else's records and syncs are at.
const PATIENCE: u32 = 5;

impl Client {
    /// The administrators of a tenant's history.
    pub(crate) fn all(tenant: usize, tenant_name: &'static str, history: &[Step]) -> Vec<Self> {
        let mut clients: Vec<Self> = Vec::new();
        for (place, step) in history.iter().enumerate() {
            let (actor, wish) = match step {
                Step::Ask(actor, ask) => (*actor, Wish::Command(ask.clone())),
                Step::Preview(actor, request) => (*actor, Wish::Preview(request.clone())),
                Step::Confirm(actor, sync, request, back) => {
                    (*actor, Wish::Confirm(*sync, request.clone(), *back))
                }
                Step::Look(..) | Step::Pass(_) | Step::Work => continue,
            };
            let number = (u128::from(place as u64) << 8) + u128::from(tenant as u64);
            let id = Uuid::from_u128(0x1d00_0000_0000_0000 + number);
            let asked = Asked { place, id, wish };
            match clients.iter_mut().find(|one| one.actor == actor) {
                Some(client) => client.wishes.push(asked),
                None => clients.push(Self {
                    tenant,
                    tenant_name,
                    actor,
                    wishes: vec![asked],
                    next: 0,
                    waiting: None,
                    previews: Vec::new(),
                }),
            }
        }
        clients
    }

    /// What is wanted next, where nothing is waited for.
    pub(crate) fn next(&self) -> Option<&Asked> {
        let idle = self.waiting.is_none();
        self.wishes.get(self.next).filter(|_| idle)
    }

    /// Where the wish stands that is waited for or comes next.
    pub(crate) fn place(&self) -> usize {
        self.wishes
            .get(self.next)
            .map_or(usize::MAX, |asked| asked.place)
    }

    /// Whether everything was answered.
    pub(crate) fn is_done(&self) -> bool {
        self.waiting.is_none() && self.next == self.wishes.len()
    }

    /// Begins with the next wish; none where there is none, or where it cannot be made.
    pub(crate) fn begin(&mut self, client: usize, durable: bool) -> Option<(Asked, Message)> {
        let asked = self.next()?.clone();
        let Some((operation, body)) = self.request(&asked.wish) else {
            // There is no preview to confirm.
            self.next += 1;
            return None;
        };
        let message = Message {
            client,
            id: asked.id,
            rest: format!("{}.{}.{operation}", self.tenant_name, self.actor),
            body: body.to_string().into_bytes(),
            durable: durable && operation != "sync.preview",
            hostile: None,
        };
        self.waiting = Some((message.clone(), 1));
        Some((asked, message))
    }

    fn request(&self, wish: &Wish) -> Option<(&'static str, Json)> {
        match wish {
            Wish::Command(ask) => Some((ask.operation(), json!(ask))),
            Wish::Preview(request) => Some(("sync.preview", json!(request))),
            Wish::Confirm(sync, request, back) => {
                let index = self.previews.len().checked_sub(1 + back)?;
                let mut body = json!(request);
                body["sync"] = json!(sync);
                body["confirm"] = self.previews[index].token.clone();
                Some(("sync.start", body))
            }
        }
    }

    /// Something that is asked at some time, for a stranger to make something of.
    pub(crate) fn sample(&self, choices: &Choices) -> Option<Sample> {
        let asked = self.wishes.get(choices.index(self.wishes.len()))?;
        let (operation, body) = self.request(&asked.wish)?;
        Some(Sample {
            tenant: self.tenant,
            actor: self.actor,
            operation,
            body: body.to_string().into_bytes(),
        })
    }

    /// The preview that a confirmation speaks of.
    pub(crate) fn confirmed(&self, wish: &Wish) -> Option<Previewed> {
        match wish {
            Wish::Confirm(_, _, back) => {
                let index = self.previews.len().checked_sub(1 + back)?;
                self.previews.get(index).cloned()
            }
            Wish::Command(_) | Wish::Preview(_) => None,
        }
    }

    /// What is sent once more.
    pub(crate) fn again(&mut self) -> Option<Message> {
        let (message, times) = self.waiting.as_mut()?;
        *times += 1;
        Some(message.clone())
    }

    /// Whether an answer with this code ends the waiting, or is asked for again.
    pub(crate) fn settles(&self, code: Option<&str>) -> bool {
        let times = self.waiting.as_ref().map_or(0, |(_, times)| *times);
        match code {
            Some("unavailable") => false,
            Some("overloaded") => times >= PATIENCE,
            _answer => true,
        }
    }

    /// Keeps the token of a preview that was answered.
    pub(crate) fn heard(&mut self, answer: &Heard) {
        let wish = self.wishes.get(self.next).map(|asked| &asked.wish);
        if let (Some(Wish::Preview(request)), Ok(summary)) = (wish, &answer.reply) {
            let (position, digest) = (&summary["position"], &summary["digest"]);
            self.previews.push(Previewed {
                request: request.clone(),
                position: position.as_u64().unwrap_or(0),
                token: json!({ "position": position, "digest": digest }),
            });
        }
    }

    /// The wish that is waited for was answered.
    pub(crate) fn go_on(&mut self) {
        self.waiting = None;
        self.next += 1;
    }
}
