//! A stranger on the bus: requests and durable commands that no client would send, and what must become
//! of them: a request is refused, a durable command is rejected once, and no state changes.
//!
//! Each is made from a real body so that it is certainly invalid; none relies on luck.

use std::collections::{BTreeMap, BTreeSet};

use plansync_service::Place;
use uuid::Uuid;

use crate::choices::Choices;
use crate::client::Message;
use crate::events;
use crate::hostile::Kind;
use crate::machine::Reply;
use crate::simulation::{TENANTS, Violation};

/// Within it, a place in the command stream becomes the id of what stands there. It never changes.
const PLACES: Uuid = Uuid::from_u128(0xd3a8_10b7_64ce_4f19_b25d_0e9c_7f31_a86b);
/// Ids that the stranger names.
const IDS: u128 = 0x0bad_0000_0000_0000;
/// What makes a message a stranger's.
#[derive(Debug, Clone)]
pub(crate) struct Hostile {
    kind: Kind,
    /// Whose tenant its subject names; none where it names nobody's.
    tenant: Option<usize>,
    /// Its headers.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Whether the transport could not deliver it as it is.
    pub(crate) undeliverable: bool,
    /// Whether its id is that of its place.
    placed: bool,
}

/// A real request, which a hostile message is made from.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// By its place in the case.
    pub(crate) tenant: usize,
    /// Who would have sent it.
    pub(crate) actor: &'static str,
    /// Its operation.
    pub(crate) operation: &'static str,
    /// Its body: a JSON object.
    pub(crate) body: Vec<u8>,
}

/// What became of a hostile durable command that the stream has stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stored,
    /// It was acknowledged: its rejection is durable.
    Settled,
    /// The server lost it; it may have been rejected before.
    Lost,
}

/// Everything hostile that was sent.
#[derive(Debug, Default)]
pub(crate) struct Stranger {
    sent: u32,
    commands: BTreeMap<(usize, Uuid), (Kind, Fate)>,
    /// Which of them stands where.
    places: BTreeMap<(i128, u64), (usize, Uuid)>,
    /// Requests that were refused, as somebody heard.
    pub(crate) refused: u64,
}

impl Stranger {
    /// How many were sent.
    pub(crate) fn sent(&self) -> u64 {
        u64::from(self.sent)
    }

    /// A hostile message made from a real one.
    pub(crate) fn message(&mut self, sample: Sample, choices: &Choices) -> Message {
        self.sent += 1;
        let id = Uuid::from_u128(IDS + u128::from(self.sent));
        let kind = Kind::any(choices);
        let durable = choices.below(2) == 1;
        let tenant = TENANTS[sample.tenant];
        let (actor, operation) = kind.subject((sample.actor, sample.operation), choices);
        let nobodys = kind == Kind::Nobodys;
        let tenant_named = if nobodys { "ac\\xa0me" } else { tenant };
        Message {
            client: usize::MAX,
            id,
            rest: format!("{tenant_named}.{actor}.{operation}"),
            body: kind.body(sample.body, choices),
            durable,
            hostile: Some(Hostile {
                kind,
                tenant: (!nobodys).then_some(sample.tenant),
                headers: kind.headers(id),
                undeliverable: matches!(kind, Kind::Undeliverable | Kind::Nobodys),
                placed: matches!(kind, Kind::TwoIds | Kind::Undeliverable | Kind::Nobodys),
            }),
        }
    }

    /// The stream has stored it.
    pub(crate) fn stored(&mut self, message: &Message, place: Place) {
        let Some(hostile) = &message.hostile else {
            return;
        };
        let Some(tenant) = hostile.tenant else { return };
        let (created_ns, sequence) = (place.stream_created_ns, place.sequence);
        let id = if hostile.placed {
            Uuid::new_v5(&PLACES, format!("{created_ns}/{sequence}").as_bytes())
        } else {
            message.id
        };
        self.commands
            .insert((tenant, id), (hostile.kind, Fate::Stored));
        self.places.insert((created_ns, sequence), (tenant, id));
    }

    /// What stands there was acknowledged.
    pub(crate) fn settled(&mut self, place: Place) {
        let place = (place.stream_created_ns, place.sequence);
        let key = self.places.get(&place);
        if let Some((_, fate)) = key.and_then(|key| self.commands.get_mut(key)) {
            *fate = Fate::Settled;
        }
    }

    /// The server has lost its streams.
    pub(crate) fn lost(&mut self) {
        for (_, fate) in self.commands.values_mut() {
            if *fate == Fate::Stored {
                *fate = Fate::Lost;
            }
        }
    }

    /// A request was answered: with a refusal that blames the sender.
    pub(crate) fn answered(&mut self, reply: &Reply) -> Result<(), Violation> {
        let body: serde_json::Value =
            serde_json::from_slice(&reply.answer.body).unwrap_or_default();
        let Some(error) = &reply.answer.error else {
            return Err(format!("a hostile request was carried out: {body}"));
        };
        // Where it seems to be MessagePack it is answered so, and the header begins with the code.
        let code = body["code"].as_str();
        let code = code.unwrap_or_else(|| error.text.split(':').next().unwrap_or_default());
        let kind = reply.message.hostile.as_ref().map(|hostile| hostile.kind);
        if let Some(kind) = kind {
            refused_as(kind, code).map_err(|what| format!("a hostile request: {what}"))?;
        }
        self.refused += 1;
        Ok(())
    }

    /// Ids that a rejection may have.
    pub(crate) fn ids(&self) -> BTreeSet<(usize, Uuid)> {
        self.commands.keys().copied().collect()
    }

    /// Every durable one that was not lost was rejected, and is told of once; how many.
    pub(crate) fn check(
        &self,
        outcomes: &BTreeSet<(usize, Uuid)>,
        events: &[events::Message],
    ) -> Result<u64, Violation> {
        let mut rejected = 0;
        for (key, (kind, fate)) in &self.commands {
            let (tenant, id) = key;
            match (fate, outcomes.contains(key)) {
                (Fate::Settled, false) => {
                    return Err(format!(
                        "the hostile command {id} was acknowledged, and has no rejection"
                    ));
                }
                (Fate::Stored, _) => {
                    return Err(format!("the hostile command {id} still waits"));
                }
                (Fate::Lost, false) => continue,
                (Fate::Settled | Fate::Lost, true) => rejected += 1,
            }
            let about = format!("plansync.v1.evt.{}.command.{id}.", TENANTS[*tenant]);
            let told = events.iter().filter(|one| one.subject.starts_with(&about));
            let told: Vec<&events::Message> = told.collect();
            let [event] = told[..] else {
                let count = told.len();
                return Err(format!("the hostile command {id} is told of {count} times"));
            };
            let body: serde_json::Value = serde_json::from_slice(&event.body).unwrap_or_default();
            let code = body["error"]["code"].as_str().unwrap_or("no code");
            refused_as(*kind, code).map_err(|what| format!("the hostile command {id}: {what}"))?;
        }
        Ok(rejected)
    }
}

/// A refusal has a code that its kind has, or one that says that it is the wrong time.
fn refused_as(kind: Kind, code: &str) -> Result<(), Violation> {
    let mut known = kind.codes().iter().chain(&["overloaded", "unavailable"]);
    if known.any(|known| code == *known) {
        return Ok(());
    }
    Err(format!("{kind:?} was refused with `{code}`"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::{Fate, Kind, Stranger, refused_as};

    /// What is acknowledged and not rejected is seen, and so is what still waits, or is told of never.
    #[test]
    fn a_hostile_command_that_is_not_rejected_is_seen() {
        let key = (0, Uuid::from_u128(1));
        let check = |fate: Fate, rejected: bool| {
            let mut stranger = Stranger::default();
            stranger.commands.insert(key, (Kind::Garbage, fate));
            let outcomes: BTreeSet<_> = rejected.then_some(key).into_iter().collect();
            stranger.check(&outcomes, &[])
        };
        let says = |fate, rejected, words: &str| {
            let said = check(fate, rejected).err();
            assert!(
                said.as_ref().is_some_and(|what| what.contains(words)),
                "{said:?}"
            );
        };
        says(Fate::Settled, false, "has no rejection");
        says(Fate::Settled, true, "told of 0 times");
        says(Fate::Stored, true, "still waits");
        assert_eq!(check(Fate::Lost, false), Ok(0));
    }

    /// A date that is read, and refused for what it is about, is no refusal of the date.
    #[test]
    fn a_refusal_for_another_reason_is_seen() {
        assert!(refused_as(Kind::Date, "invalid_request").is_ok());
        for code in [
            "unknown_actor",
            "component_not_found",
            "internal",
            "no code",
        ] {
            assert!(refused_as(Kind::Date, code).is_err(), "{code}");
        }
    }
}
