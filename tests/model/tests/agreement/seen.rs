//! What a history came across, for the coverage.

use plansync_model::judge::Pair;
use plansync_model::refusal::Refusal;
use serde_json::{Value as Json, json};

use crate::compare::Both;

impl Both {
    pub(crate) fn saw_refusal(&mut self, answer: &Result<Json, Refusal>) {
        if let Err(Refusal { code, reason }) = answer {
            let reason = reason
                .as_ref()
                .map(|reason| format!(" {reason}"))
                .unwrap_or_default();
            self.coverage.saw(format!("refused {code}{reason}"));
        }
    }

    pub(crate) fn saw_outcomes(&mut self, pairs: &[Pair]) {
        for pair in pairs {
            match pair.reason {
                Some(reason) => self.coverage.saw(format!("reason {reason}")),
                None => self
                    .coverage
                    .saw(format!("outcome {} {}", pair.outcome, pair.action)),
            }
            if pair.is_source {
                self.coverage.saw(format!("source {}", pair.outcome));
            }
            for warning in &pair.warnings {
                self.coverage.saw(format!("pair warning {}", warning.code));
            }
        }
    }

    pub(crate) fn saw_changes(&mut self, changes: Option<&Json>) {
        let changes = changes.map(|page| page["changes"].as_array().unwrap().clone());
        for change in changes.unwrap_or_default() {
            self.coverage
                .saw(format!("recent {}", change["change"].as_str().unwrap()));
            let preselected = change["preselected"] == json!(true);
            self.coverage.saw(if preselected {
                "recent preselected"
            } else {
                "recent not preselected"
            });
            let attributes = change["attributes"].as_array().unwrap();
            if attributes
                .iter()
                .any(|attribute| attribute.get("added").is_some())
            {
                self.coverage.saw("recent elements");
            }
        }
    }
}
