//! Programmes: delivery programmes and their subprogrammes.
//!
//! Only `system` writes them (P10). Templates are in `template`.

use serde::{Deserialize, Serialize};

use crate::ids::ProgrammeId;

/// A programme, as `system` put the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// The delivery programme that it is part of; none if it is a delivery programme itself.
    pub parent: Option<ProgrammeId>,
}

impl Programme {
    /// Whether it is a delivery programme, not part of one.
    pub fn is_delivery(&self) -> bool {
        self.parent.is_none()
    }
}
