//! Seals text about persons before an event is encoded, and opens it after an event was decoded.
//!
//! Every text has the key of whom it belongs to: names and reasons that of their learner, the text of a search that of
//! its synchronisation. What was in a command that nobody could decode may be about anybody: it has a key of its
//! tenant, and the next one after every erasure there. What is sealed together with a text, and must be the same when
//! it is opened, is the tenant, the field and its owner.
//!
//! An engine without keys (a test's, or one on a log of an earlier version that is only read) stores text as earlier
//! versions did.

use std::borrow::Cow;
use std::fmt;

use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::KeptBytes;
use plansync_domain::event::personal::{PersonalField, PersonalVisitor};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, SyncId, TenantId};
use plansync_domain::text::personal::Personal;
use plansync_log::sealing::{Keys, Leaf, Opened, SealError, TreeId, tree_of};

use super::CodecError;

/// The bytes before a text of a command that nobody could decode: how many learners of the tenant were erased before.
const ERA_BYTES: usize = 8;

/// The leaf of a learner's name and reasons.
pub(crate) fn learner_leaf(tenant: &TenantId, learner: LearnerId) -> Leaf {
    Leaf::of(&[
        b"learner",
        tenant.as_str().as_bytes(),
        learner.as_uuid().as_bytes(),
    ])
}

/// The leaf of the text of a sync's search.
pub(crate) fn search_leaf(tenant: &TenantId, sync: SyncId) -> Leaf {
    Leaf::of(&[
        b"search",
        tenant.as_str().as_bytes(),
        sync.as_uuid().as_bytes(),
    ])
}

/// The leaf of what was in commands that nobody could decode, while so many learners of the tenant were erased.
pub(crate) fn undecoded_leaf(tenant: &TenantId, era: u64) -> Leaf {
    Leaf::of(&[b"undecoded", tenant.as_str().as_bytes(), &era.to_be_bytes()])
}

/// The leaf of states that are stored beside the log, while keys were destroyed so often.
pub(crate) fn state_leaf(generation: u64) -> Leaf {
    Leaf::of(&[b"state", &generation.to_be_bytes()])
}

/// The keys of the texts of one stream's events.
#[derive(Clone, Copy)]
pub(crate) struct Seals<'a> {
    pub(crate) keys: &'a Keys,
    pub(crate) tenant: &'a TenantId,
    pub(crate) stream: &'a Stream,
}

impl Seals<'_> {
    /// The event with its texts sealed; `era` is the number of the tenant's learners who were erased.
    pub(crate) fn sealed(self, event: &Event, era: u64) -> Result<Cow<'_, Event>, CodecError> {
        if self.keys.tree().is_none() || !event.is_personal() {
            return Ok(Cow::Borrowed(event));
        }
        let mut event = event.clone();
        event.visit_personal(self.stream, &mut Sealing { seals: self, era })?;
        Ok(Cow::Owned(event))
    }

    /// The event with its texts opened. What cannot be opened because there is no key reads as erased.
    pub(crate) fn opened(self, mut event: Event) -> Result<Event, CodecError> {
        event.visit_personal(self.stream, &mut Opening(self))?;
        Ok(event)
    }

    fn leaf(self, field: PersonalField, era: u64) -> Leaf {
        match field {
            PersonalField::Name(learner) | PersonalField::Reason(learner) => {
                learner_leaf(self.tenant, learner)
            }
            PersonalField::Search(sync) => search_leaf(self.tenant, sync),
            PersonalField::Message | PersonalField::Path => undecoded_leaf(self.tenant, era),
        }
    }

    /// What a text is sealed together with.
    fn associated(self, field: &impl fmt::Display) -> Vec<u8> {
        format!("{}/{field}", self.tenant).into_bytes()
    }

    /// The text behind sealed bytes; `None` if it is erased.
    fn text(
        self,
        leaf: &Leaf,
        associated: &[u8],
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, CodecError> {
        match self.keys.open(leaf, associated, sealed)? {
            Opened::Text(text) => Ok(Some(text)),
            Opened::Erased | Opened::NotHere(_) => Ok(None),
        }
    }
}

/// The name of a field, as it is sealed together with the text.
struct Named<'a>(&'a PersonalField);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            PersonalField::Name(learner) => write!(f, "name/{learner}"),
            PersonalField::Reason(learner) => write!(f, "reason/{learner}"),
            PersonalField::Search(sync) => write!(f, "search/{sync}"),
            PersonalField::Message => f.write_str("message"),
            PersonalField::Path => f.write_str("path"),
        }
    }
}

struct Sealing<'a> {
    seals: Seals<'a>,
    era: u64,
}

impl PersonalVisitor for Sealing<'_> {
    type Error = CodecError;

    fn text(&mut self, field: PersonalField, text: &mut Personal) -> Result<(), CodecError> {
        let leaf = self.seals.leaf(field, self.era);
        let associated = self.seals.associated(&Named(&field));
        let sealed = self
            .seals
            .keys
            .seal(&leaf, &associated, text.as_str().as_bytes())?;
        *text = Personal::sealed(match field {
            PersonalField::Name(_) | PersonalField::Reason(_) | PersonalField::Search(_) => sealed,
            PersonalField::Message | PersonalField::Path => with_era(self.era, &sealed),
        });
        Ok(())
    }

    fn bytes(&mut self, bytes: &mut KeptBytes) -> Result<(), CodecError> {
        let leaf = undecoded_leaf(self.seals.tenant, self.era);
        let associated = self.seals.associated(&"bytes");
        let sealed = self.seals.keys.seal(&leaf, &associated, bytes.as_slice())?;
        *bytes = KeptBytes::Sealed {
            length: bytes.length(),
            sealed: with_era(self.era, &sealed),
        };
        Ok(())
    }
}

struct Opening<'a>(Seals<'a>);

impl PersonalVisitor for Opening<'_> {
    type Error = CodecError;

    fn text(&mut self, field: PersonalField, text: &mut Personal) -> Result<(), CodecError> {
        let Some(sealed) = text.as_sealed() else {
            return Ok(());
        };
        let (era, sealed) = match field {
            PersonalField::Name(_) | PersonalField::Reason(_) | PersonalField::Search(_) => {
                (0, sealed)
            }
            PersonalField::Message | PersonalField::Path => without_era(sealed)?,
        };
        let leaf = self.0.leaf(field, era);
        let opened = self
            .0
            .text(&leaf, &self.0.associated(&Named(&field)), sealed)?;
        *text = match opened.map(String::from_utf8) {
            Some(Ok(opened)) => Personal::from(opened),
            Some(Err(_)) => return Err(CodecError::NoText),
            None => Personal::erased(),
        };
        Ok(())
    }

    fn bytes(&mut self, bytes: &mut KeptBytes) -> Result<(), CodecError> {
        let KeptBytes::Sealed { length, sealed } = bytes else {
            return Ok(());
        };
        let (era, sealed) = without_era(sealed)?;
        let leaf = undecoded_leaf(self.0.tenant, era);
        let opened = self.0.text(&leaf, &self.0.associated(&"bytes"), sealed)?;
        *bytes = match opened {
            Some(opened) => KeptBytes::Plain(opened),
            None => KeptBytes::Erased { length: *length },
        };
        Ok(())
    }
}

fn with_era(era: u64, sealed: &[u8]) -> Vec<u8> {
    [&era.to_be_bytes()[..], sealed].concat()
}

fn without_era(sealed: &[u8]) -> Result<(u64, &[u8]), CodecError> {
    let (era, sealed) = sealed
        .split_first_chunk::<ERA_BYTES>()
        .ok_or(CodecError::NoText)?;
    Ok((u64::from_be_bytes(*era), sealed))
}

/// Seals what is plain, and anew what these other keys open. What they do not open stays as it is: it is erased, and
/// reads so under keys that know its tree to be lost.
pub(crate) struct Resealing<'a> {
    pub(crate) from: Seals<'a>,
    pub(crate) to: Seals<'a>,
}

impl Resealing<'_> {
    /// The era in which a text of a command that nobody could decode was sealed. Before there were keys, nobody was
    /// erased.
    fn era(field: PersonalField, sealed: Option<&[u8]>) -> Result<u64, CodecError> {
        match (field, sealed) {
            (PersonalField::Message | PersonalField::Path, Some(sealed)) => {
                Ok(without_era(sealed)?.0)
            }
            (
                PersonalField::Name(_)
                | PersonalField::Reason(_)
                | PersonalField::Search(_)
                | PersonalField::Message
                | PersonalField::Path,
                _,
            ) => Ok(0),
        }
    }
}

impl PersonalVisitor for Resealing<'_> {
    type Error = CodecError;

    fn text(&mut self, field: PersonalField, text: &mut Personal) -> Result<(), CodecError> {
        let era = Self::era(field, text.as_sealed())?;
        let mut opened = text.clone();
        Opening(self.from).text(field, &mut opened)?;
        if !opened.is_erased() {
            Sealing {
                seals: self.to,
                era,
            }
            .text(field, &mut opened)?;
            *text = opened;
        }
        Ok(())
    }

    fn bytes(&mut self, bytes: &mut KeptBytes) -> Result<(), CodecError> {
        let era = match bytes {
            KeptBytes::Sealed { sealed, .. } => without_era(sealed)?.0,
            KeptBytes::Plain(_) | KeptBytes::Erased { .. } => 0,
        };
        let mut opened = bytes.clone();
        Opening(self.from).bytes(&mut opened)?;
        if let KeptBytes::Plain(_) = opened {
            Sealing {
                seals: self.to,
                era,
            }
            .bytes(&mut opened)?;
            *bytes = opened;
        }
        Ok(())
    }
}

/// The trees of keys that the sealed texts of an event need.
pub(crate) fn trees(event: &Event, stream: &Stream) -> Result<Vec<TreeId>, CodecError> {
    let mut found = Trees(Vec::new());
    if event.is_personal() {
        event.clone().visit_personal(stream, &mut found)?;
    }
    Ok(found.0)
}

struct Trees(Vec<TreeId>);

impl PersonalVisitor for Trees {
    type Error = CodecError;

    fn text(&mut self, field: PersonalField, text: &mut Personal) -> Result<(), CodecError> {
        if let Some(sealed) = text.as_sealed() {
            let sealed = match field {
                PersonalField::Name(_) | PersonalField::Reason(_) | PersonalField::Search(_) => {
                    sealed
                }
                PersonalField::Message | PersonalField::Path => without_era(sealed)?.1,
            };
            self.0.push(tree_of(sealed)?);
        }
        Ok(())
    }

    fn bytes(&mut self, bytes: &mut KeptBytes) -> Result<(), CodecError> {
        if let KeptBytes::Sealed { sealed, .. } = bytes {
            self.0.push(tree_of(without_era(sealed)?.1)?);
        }
        Ok(())
    }
}

/// Seals a state that is stored beside the log: nobody can read it after the next erasure. `generation` is that of the
/// keys when the state was taken, so that no state from before an erasure is sealed after it.
pub(crate) fn sealed_state(
    keys: &Keys,
    generation: u64,
    state: &[u8],
) -> Result<Vec<u8>, SealError> {
    if keys.tree().is_none() {
        return Ok(state.to_vec());
    }
    let sealed = keys.seal(&state_leaf(generation), b"state", state)?;
    Ok([&[SEALED][..], &generation.to_be_bytes(), &sealed].concat())
}

/// Opens a state that was stored beside the log; `None` if a learner was erased after that.
pub(crate) fn opened_state<'a>(
    keys: &Keys,
    stored: &'a [u8],
) -> Result<Option<Cow<'a, [u8]>>, String> {
    let problem = || "it is not a stored state".to_owned();
    match stored.split_first() {
        Some(_) if keys.tree().is_none() => Ok(Some(Cow::Borrowed(stored))),
        Some((&SEALED, rest)) => {
            let (generation, sealed) = rest.split_first_chunk::<8>().ok_or_else(problem)?;
            let leaf = state_leaf(u64::from_be_bytes(*generation));
            match keys.open(&leaf, b"state", sealed) {
                Ok(Opened::Text(state)) => Ok(Some(Cow::Owned(state))),
                Ok(Opened::Erased | Opened::NotHere(_)) => Ok(None),
                Err(error) => Err(error.to_string()),
            }
        }
        Some(_) | None => Err(problem()),
    }
}

/// The first byte of a stored state that is sealed. One that is not begins as a map of MessagePack, with another byte.
const SEALED: u8 = 1;
