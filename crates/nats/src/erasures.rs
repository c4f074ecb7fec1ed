//! Who was erased according to the event stream. A log that was restored from a backup of before does not know it.

use std::time::Duration;

use crate::streams::Streams;
use crate::witness::{ReadError, Witnesses, event_of};

/// The subjects of the events.
const SUBJECTS: &str = "plansync.v1.evt.*.learner.*.erased";
const PATIENCE: Duration = Duration::from_secs(30);

/// A learner who was erased, as the subject of the event names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedErasure {
    /// The tenant.
    pub tenant: String,
    /// The id of the learner.
    pub learner: String,
}

impl Streams {
    /// The learners of this log who were erased, in whichever of its incarnations, as far as the stream still has the
    /// events.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the stream cannot be read.
    pub async fn erasures(&self) -> Result<Vec<PublishedErasure>, ReadError> {
        let reading = Witnesses::begin(self.context(), SUBJECTS.to_owned(), PATIENCE);
        let (mut messages, mut erasures) = (reading.await?, Vec::new());
        while let Some(read) = messages.next_message().await {
            let (_, message) = read?;
            let is_of_this_log =
                event_of(&message).is_some_and(|event| event.name.log == self.name().log);
            if is_of_this_log {
                erasures.extend(named(&message.subject));
            }
        }
        Ok(erasures)
    }
}

fn named(subject: &str) -> Option<PublishedErasure> {
    let tokens: Vec<&str> = subject.split('.').collect();
    let [_, _, _, tenant, _, learner, _] = *tokens.as_slice() else {
        return None;
    };
    Some(PublishedErasure {
        tenant: tenant.to_owned(),
        learner: learner.to_owned(),
    })
}
