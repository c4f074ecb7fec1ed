//! Requests names for completion from the service.

use std::time::Duration;

use clap_complete::engine::CompletionCandidate;
use plansync_domain::text::search::folded;
use plansync_protocol::subject::is_name;
use serde_json::{Value, json};

use crate::asking::Question;
use crate::completing::line::TypedLine;
use crate::names::called;
use crate::reply::{items, minute, text};
use crate::service::Service;
use crate::terminal;

/// The maximum time that the user waits for completions.
const PATIENCE: Duration = Duration::from_millis(900);
/// The number of learners that are searched for those with an open record.
const SEARCHED_MAX: usize = 500;
/// The maximum number of candidates that are requested.
const CANDIDATES_MAX: usize = 50;

/// What the values of an argument are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nouns {
    Tenants,
    Learners,
    Programmes,
    Components,
    Administrators,
    Syncs,
}

impl Nouns {
    /// Those of an argument of this id.
    pub(super) fn of(arg: &str) -> Option<Self> {
        match arg {
            "tenant" => Some(Self::Tenants),
            "learner" | "of" | "learners" | "except" => Some(Self::Learners),
            "programme" | "parent" | "enrol" | "unenrol" => Some(Self::Programmes),
            "component" | "components" => Some(Self::Components),
            "administrator" | "case_owner" | "tutor" | "remove_tutor" | "by" => {
                Some(Self::Administrators)
            }
            "sync" => Some(Self::Syncs),
            _ => None,
        }
    }
}

/// A candidate: a name that begins with the typed text, or an id if the name is ambiguous.
struct Found {
    /// Empty for what has no name.
    name: String,
    id: String,
    /// What is shown beside an id that has no name.
    about: String,
}

/// The candidates that begin with the typed text; none if the service does not reply in time.
pub(super) fn found(line: &TypedLine, nouns: Nouns, typed: &str) -> Vec<CompletionCandidate> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return Vec::new();
    };
    let asked = runtime.block_on(async {
        let asked = tokio::time::timeout(PATIENCE, ask(line, nouns, typed));
        asked.await.ok().flatten().unwrap_or_default()
    });
    // A name that is being looked up may hold a thread for long.
    runtime.shutdown_background();
    candidates(&asked, typed)
}

async fn ask(line: &TypedLine, nouns: Nouns, typed: &str) -> Option<Vec<Found>> {
    // A data folder or a backup may have other names than the service, and takes longer to open.
    if ["data", "backup"]
        .iter()
        .any(|place| line.value(place).is_some())
    {
        return None;
    }
    let connection = line.connection()?.destination().ok()?.connection;
    let service = Service::connect(&connection, PATIENCE).await.ok()?;
    if nouns == Nouns::Tenants {
        let tenants = service.connection().recent_tenants().await.ok()?;
        let found = tenants
            .into_iter()
            .filter(|it| is_name(it))
            .map(|tenant| Found {
                id: tenant.clone(),
                name: tenant,
                about: String::new(),
            });
        return Some(found.collect());
    }
    let asker = Asker {
        tenant: line.value("tenant")?,
        actor: line.value("actor")?,
        service,
    };
    match nouns {
        Nouns::Tenants => None,
        Nouns::Learners if is_of_open_record(line) => asker.open_learners(typed).await,
        Nouns::Learners => asker.learners(typed).await,
        Nouns::Programmes => asker.programmes(typed).await,
        Nouns::Components if line.is_of("template") || is_of_report(line) => {
            asker.template(line).await
        }
        Nouns::Components => asker.components(line, typed).await,
        Nouns::Administrators => asker.named("administrator", typed).await,
        Nouns::Syncs => asker.syncs().await,
    }
}

/// Whether a command accepts only learners whose record the actor has open.
fn is_of_open_record(line: &TypedLine) -> bool {
    line.is_of("record") && (line.is_of("close") || line.is_of("changes"))
}

/// Whether components are those of a programme, because no learner is named.
fn is_of_report(line: &TypedLine) -> bool {
    line.is_of("audit") && line.value("learner").is_none()
}

/// Who asks.
struct Asker {
    tenant: String,
    actor: String,
    service: Service,
}

impl Asker {
    /// The reply to a request, if there is one.
    async fn ask(&self, operation: &str, mut body: Value) -> Option<Value> {
        if body["page_size"].is_null() {
            body["page_size"] = json!(CANDIDATES_MAX);
        }
        let question = Question {
            tenant: &self.tenant,
            actor: &self.actor,
            operation,
            body: &body,
        };
        question.ask_service(&self.service).await.ok()
    }

    /// The items of a list whose names contain the text.
    async fn named(&self, noun: &str, typed: &str) -> Option<Vec<Found>> {
        let list = format!("{noun}.list");
        let reply = self.ask(&list, json!({ "search": typed })).await?;
        Some(named(items(&reply, "items"), noun))
    }

    async fn learners(&self, typed: &str) -> Option<Vec<Found>> {
        let reply = self.ask("learner.find", json!({ "search": typed })).await?;
        Some(named(items(&reply, "items"), "learner"))
    }

    /// The learners whose record the actor has open.
    async fn open_learners(&self, typed: &str) -> Option<Vec<Found>> {
        let open = self.ask("record.list", json!({})).await?;
        let is_open = |id: &str| {
            let mut open = items(&open, "items").iter();
            open.any(|one| text(one, "learner") == id)
        };
        let body = json!({ "search": typed, "page_size": SEARCHED_MAX });
        let reply = self.ask("learner.find", body).await?;
        let mut found = named(items(&reply, "items"), "learner");
        found.retain(|one| is_open(&one.id));
        Some(found)
    }

    /// All programmes, or else those of some learners whom the actor may see.
    async fn programmes(&self, typed: &str) -> Option<Vec<Found>> {
        if let Some(found) = self.named("programme", typed).await {
            return Some(found);
        }
        let reply = self.ask("learner.find", json!({})).await?;
        let learners = items(&reply, "items").iter();
        let mut found: Vec<Found> = Vec::new();
        for one in learners.flat_map(|one| named(items(one, "programmes"), "programme")) {
            if !found.iter().any(|it| it.id == one.id) {
                found.push(one);
            }
        }
        Some(found)
    }

    /// Those of a programme's template.
    async fn template(&self, line: &TypedLine) -> Option<Vec<Found>> {
        let programme = line.value("programme")?;
        let is_id = uuid::Uuid::try_parse(&programme).is_ok();
        let programme = if is_id {
            programme
        } else {
            let known = self.named("programme", &programme).await?;
            called(&known, &programme, |it| &it.name)
                .first()?
                .id
                .clone()
        };
        let body = json!({ "programme": programme });
        let reply = self.ask("template.get", body).await?;
        Some(attributed(&reply))
    }

    /// The components of the plan of the named learner, if no session is given.
    async fn of_plan(&self, learner: &str) -> Option<Vec<Found>> {
        let learner = if uuid::Uuid::try_parse(learner).is_ok() {
            learner.to_owned()
        } else {
            let known = self.learners(learner).await?;
            match (&*called(&known, learner, |it| &it.name), &*known) {
                // A part of a name is enough, as in the command.
                ([only], _) => only.id.clone(),
                ([], [only]) => only.id.clone(),
                _ => return None,
            }
        };
        let reply = self.ask("plan.get", json!({ "learner": learner })).await?;
        Some(attributed(&reply))
    }

    /// Those that the open record can synchronise, by the programme of its first component unless another
    /// is said.
    async fn components(&self, line: &TypedLine, typed: &str) -> Option<Vec<Found>> {
        let session = line.value("session");
        let learner = line.value("learner").or_else(|| line.value("of"));
        if let (None, Some(learner)) = (&session, learner) {
            return self.of_plan(&learner).await;
        }
        let open = self.ask("record.list", json!({})).await?;
        let is_meant = |one: &&Value| match &session {
            Some(session) => text(one, "session") == session,
            None => true,
        };
        let record = items(&open, "items").iter().find(is_meant)?;
        let said = line.value("programme");
        let said = said.filter(|it| uuid::Uuid::try_parse(it).is_ok());
        let programme = if let Some(programme) = said {
            json!(programme)
        } else {
            let body = json!({ "learner": record["learner"], "page_size": 1 });
            let plan = self.ask("plan.get", body).await?;
            items(&plan, "components").first()?["programme"].clone()
        };
        let session = &record["session"];
        let body = json!({ "session": session, "programme": programme, "search": typed });
        let reply = self.ask("sync.components", body).await?;
        Some(named(items(&reply, "items"), "component"))
    }

    /// The latest syncs, by their ids.
    async fn syncs(&self) -> Option<Vec<Found>> {
        let reply = self.ask("sync.list", json!({})).await?;
        let found = items(&reply, "items").iter().map(|one| {
            let (started, state) = (minute(text(one, "started_at")), text(one, "state"));
            Found {
                id: text(one, "sync").to_owned(),
                name: String::new(),
                about: format!("{started}, {state}, by {}", text(one, "requested_by")),
            }
        });
        Some(found.collect())
    }
}

/// The components of a plan or a template.
fn attributed(reply: &Value) -> Vec<Found> {
    let found = items(reply, "components").iter().map(|one| Found {
        id: text(one, "component").to_owned(),
        name: text(&one["attributes"], "name").to_owned(),
        about: String::new(),
    });
    found.collect()
}

fn named(items: &[Value], noun: &str) -> Vec<Found> {
    let found = items.iter().map(|one| Found {
        id: text(one, noun).to_owned(),
        name: text(one, "name").to_owned(),
        about: String::new(),
    });
    found.collect()
}

/// Names that begin as what is typed, each once; the id instead where several have a name, or where it
/// cannot be typed. Ids that begin so, too.
fn candidates(found: &[Found], typed: &str) -> Vec<CompletionCandidate> {
    let wanted = folded(typed);
    let begins = |text: &str| folded(text).starts_with(&wanted);
    let is_alone = |one: &Found| found.iter().filter(|it| it.name == one.name).count() == 1;
    let is_typable = |name: &str| !name.contains(terminal::acts) && !name.starts_with('-');
    let candidate = |one: &Found| {
        let (value, help) = if one.name.is_empty() && begins(&one.id) {
            (&one.id, &one.about)
        } else if begins(&one.name) && is_alone(one) && is_typable(&one.name) {
            (&one.name, &one.id)
        } else if begins(&one.id) || begins(&one.name) {
            (&one.id, &one.name)
        } else {
            return None;
        };
        let help = terminal::line(help).into_owned();
        Some(CompletionCandidate::new(value).help(Some(help.into())))
    };
    let all = found.iter().filter_map(candidate);
    all.take(CANDIDATES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::{Found, candidates};

    #[test]
    fn a_name_is_typed_where_it_is_enough_and_can_be() {
        let found = |id: &str, name: &str| Found {
            id: id.to_owned(),
            name: name.to_owned(),
            about: String::new(),
        };
        let all = [
            found("1", "Ann Lee"),
            found("2", "Ann Ng"),
            found("3", "Ann Ng"),
            found("4", "Ann\u{1b}[2J"),
            found("5", "Joanne"),
        ];
        let typed = |typed| {
            let all = candidates(&all, typed);
            let value = |it: &clap_complete::engine::CompletionCandidate| {
                it.get_value().to_str().unwrap().to_owned()
            };
            all.iter().map(value).collect::<Vec<_>>()
        };
        assert_eq!(typed("ann"), ["Ann Lee", "2", "3", "4"]);
        assert_eq!(typed("5"), ["5"]);
        let help = candidates(&all, "4")[0].get_help().unwrap().to_string();
        assert_eq!(help, "Ann\\u{1b}[2J");
    }
}
