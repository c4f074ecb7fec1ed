//! What this NATS user may do, of what is needed.

use plansync_nats::{NoAnswer, Permission};

use super::asking::{Asked, Who};
use super::check::{Check, Help, Section, brief};
use super::name::Name;
use super::unanswered;

/// What is needed, and for a client also what only some need.
pub(super) fn checks(asked: &Asked, who: Who<'_>) -> Vec<Check> {
    let (of, advice) = match who {
        Who::Engine { .. } => (
            "the engine".to_owned(),
            "connect as the engine's user, who needs an account of its own and may do everything in it; or grant these \
             permissions in the server's configuration",
        ),
        Who::Actor { tenant, actor } => (
            format!("a client that acts as {actor} of {tenant}"),
            "connect as the user of this actor, or grant these permissions in the server's configuration; see \
             docs/nats.md",
        ),
    };
    let found = match &asked.permissions {
        Ok(found) => found,
        Err(error) => {
            let Help { advice, section } = unanswered::help(error, who);
            let told = brief(&error.to_string());
            let told = format!("what this user may do could not be tried: {told}");
            // Who receives no answers cannot do anything.
            return vec![if matches!(error, NoAnswer::NoInbox { .. }) {
                Check::wrong(Name::Needed, told, section, advice)
            } else {
                Check::not_checked(Name::Needed, told, section, advice)
            }];
        }
    };
    let mut checks = vec![needed(found, &of, advice)];
    if who.is_client() {
        checks.push(optional(found, &of));
    }
    checks
}

fn needed(found: &[Permission], of: &str, advice: &str) -> Check {
    let name = Name::Needed;
    let lacking = |permission: &&Permission| permission.is_permitted == Some(false);
    let refused: Vec<_> = found
        .iter()
        .filter(|permission| permission.is_needed)
        .filter(lacking)
        .map(|permission| {
            let verb = if permission.is_publish {
                "publish"
            } else {
                "subscribe"
            };
            format!("{verb} {} ({})", permission.subjects, permission.what)
        })
        .collect();
    let untold: Vec<_> = found
        .iter()
        .filter(|permission| permission.is_needed && permission.is_permitted.is_none())
        .map(|permission| permission.what)
        .collect();
    if !refused.is_empty() {
        let mut told = format!(
            "this user lacks permissions that {of} needs: {}",
            refused.join(", ")
        );
        if !untold.is_empty() {
            told.push_str("; the server does not tell about ");
            told.push_str(&untold.join(", "));
        }
        Check::wrong(name, told, Section::Permissions, advice)
    } else if untold.is_empty() {
        Check::ok(name, format!("this user may do what {of} needs"))
    } else {
        Check::not_checked(
            name,
            format!("the server does not tell about {}", untold.join(", ")),
            Section::Permissions,
            "allow this user to publish on $SYS.REQ.USER.INFO, by which the server tells it",
        )
    }
}

/// What only some clients do, which is no fault.
fn optional(found: &[Permission], of: &str) -> Check {
    let what = |is_permitted| {
        let some = found
            .iter()
            .filter(|permission| !permission.is_needed)
            .filter(|permission| permission.is_permitted == Some(is_permitted))
            .map(|permission| permission.what);
        some.collect::<Vec<_>>().join(" and ")
    };
    let (may, may_not) = (what(true), what(false));
    let told = match (may.is_empty(), may_not.is_empty()) {
        (true, true) => format!("it is not known what else {of} may do"),
        (true, false) => {
            format!("this user has no permission for {may_not}, which {of} may do without")
        }
        (false, true) => format!("this user has permission for {may} as well"),
        (false, false) => {
            format!("this user has permission for {may} as well, and none for {may_not}")
        }
    };
    Check::ok(Name::Optional, told)
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    fn permission(is_needed: bool, is_permitted: Option<bool>) -> Permission {
        Permission {
            what: "events",
            is_publish: true,
            subjects: "plansync.v1.evt.>".to_owned(),
            is_needed,
            is_permitted,
        }
    }

    #[test]
    fn only_what_is_needed_and_refused_is_wrong() {
        let state = |is_permitted| needed(&[permission(true, is_permitted)], "it", "advice").state;
        assert_eq!(state(Some(true)), State::Ok);
        assert_eq!(state(Some(false)), State::Wrong);
        assert_eq!(state(None), State::NotChecked);
        let check = needed(&[permission(false, Some(false))], "it", "advice");
        assert_eq!(check.state, State::Ok);
        let check = needed(&[permission(true, Some(false))], "it", "advice");
        assert!(
            check
                .message
                .ends_with("publish plansync.v1.evt.> (events)")
        );
    }
}
