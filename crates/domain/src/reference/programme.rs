//! Programmes: delivery programmes and the subprogrammes of one.
//!
//! Written by `system` alone (P10). Their templates have a file of their own.

use serde::{Deserialize, Serialize};

use crate::ids::ProgrammeId;

/// One programme, as `system` put it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// The delivery programme it is part of; none for a delivery programme itself.
    pub parent: Option<ProgrammeId>,
}

impl Programme {
    /// Whether it is a delivery programme rather than part of one.
    pub fn is_delivery(&self) -> bool {
        self.parent.is_none()
    }
}
