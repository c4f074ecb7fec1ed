//! Options that name a plan, its versions and its components, and one edit of a plan.

use clap::Args;
use plansync_protocol::plan::PlanEdited;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::Caller;
use crate::exit::Exit;
use crate::names::Lookup;
use crate::output::{self, Output};
use crate::records::RecordArguments;
use crate::reply::typed;

/// Whose plan.
#[derive(Debug, Clone, Args)]
pub(super) struct WhoseArguments {
    /// Learner whose plan it is, by name or id (a unique part of the name or prefix of the id is enough) [default: the learner of your only open record].
    #[arg(long, value_name = "NAME|ID")]
    pub(super) learner: Option<String>,
}

/// The learner of a plan, as an argument without an option name.
#[derive(Debug, Clone, Args)]
pub(super) struct WhoseOrArguments {
    /// Learner whose plan it is, by name or id (a unique part of the name or prefix of the id is enough) [default: the learner of your only open record].
    #[arg(id = "of", value_name = "LEARNER", conflicts_with = "learner")]
    of: Option<String>,
    #[command(flatten)]
    whose: WhoseArguments,
}

impl WhoseArguments {
    pub(super) async fn find(&self, caller: &Caller) -> anyhow::Result<Uuid> {
        match &self.learner {
            Some(learner) => Lookup::learners(caller).uuid(learner).await,
            None => Ok(RecordArguments::default().find(caller).await?.learner),
        }
    }
}

impl WhoseOrArguments {
    pub(super) async fn find(&self, caller: &Caller) -> anyhow::Result<Uuid> {
        let whose = WhoseArguments {
            learner: self.of.clone().or_else(|| self.whose.learner.clone()),
        };
        whose.find(caller).await
    }
}

/// A version of a plan, as an option or argument: larger numbers than any version are refused here, with
/// the number that was given.
pub(super) fn version(given: &str) -> Result<u64, String> {
    let is_number = !given.is_empty() && given.bytes().all(|byte| byte.is_ascii_digit());
    match given.parse() {
        Ok(version) if (1..=u64::from(u32::MAX)).contains(&version) => Ok(version),
        Ok(0) => Err("versions start at 1; `plansync plan history` lists them".to_owned()),
        Ok(_) | Err(_) if is_number => Err(format!(
            "no plan has a version {given}; `plansync plan history` lists the versions of a plan"
        )),
        Ok(_) | Err(_) => {
            Err("not a whole number from 1; `plansync plan history` lists the versions".to_owned())
        }
    }
}

/// Carries out edits, all of them or none, and prints the result; `said` if the plan has changed.
pub(super) async fn edit(
    caller: &Caller,
    output: Output,
    learner: Uuid,
    (edits, expected): (Vec<Value>, Option<u64>),
    said: &str,
) -> anyhow::Result<Exit> {
    let mut body = json!({ "learner": learner, "edits": edits, "command_id": Uuid::new_v4() });
    if let Some(version) = expected {
        body["expected_version"] = json!(version);
    }
    let reply = caller.ask("plan.edit", &body).await?;
    let edited: PlanEdited = typed(&reply)?;
    output.reply(&reply, |_| {
        let version = edited.version.0;
        output::line(&if edited.changed {
            format!("{said}; the plan is now at version {version}.")
        } else {
            format!(
                "Nothing changed: the plan already has these values. It is at version {version}."
            )
        })
    })?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_version_that_no_plan_has_is_named_as_it_was_given() {
        assert_eq!(version("1"), Ok(1));
        assert_eq!(version("4294967295"), Ok(4_294_967_295));
        for huge in ["4294967296", "99999999999", "99999999999999999999999999"] {
            let told = version(huge).unwrap_err();
            assert!(
                told.starts_with(&format!("no plan has a version {huge};")),
                "{told}"
            );
        }
        for none in ["", "-1", "x", "1.5"] {
            let told = version(none).unwrap_err();
            assert!(
                told.starts_with("not a whole number from 1"),
                "{none}: {told}"
            );
        }
        assert!(version("0").unwrap_err().starts_with("versions start at 1"));
    }
}
