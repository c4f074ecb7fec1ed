//! `plansync template put`: adds or changes one component by options, or several from a file.

use clap::Args;
use plansync_domain::text::search::folded;
use plansync_protocol::reference::PutTemplate;
use plansync_protocol::{AttributeName, Encoding, Word as _, decode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{components, name, with_id};
use crate::caller::{Caller, CallerArguments};
use crate::commands::plan::is_list;
use crate::commands::reference::difference::{Difference, ProgrammeNames, differences};
use crate::commands::reference::find;
use crate::commands::reference::open_to_change;
use crate::commands::reference::putting::{not_understood, told_of_namesake};
use crate::commands::request::read_body;
use crate::elements::elements;
use crate::exit::{Exit, NotUnderstood};
use crate::names::Lookup;
use crate::output::{self, Output};
use crate::reply::text;
use crate::terminal;

/// Add or change a component of a template; applies to new plans.
#[derive(Debug, Args)]
#[command(after_help = "\
Without `--component`, a new component is added and its id printed. Attributes
that are not given stay unchanged. Existing plans are changed by
synchronisation only.

`--json` takes up to 500 complete components:
  {\"components\": [{\"component\": ID, \"type\": …, \"attributes\": {…}}, …]}")]
pub(super) struct Put {
    /// Programme, by name or id (a unique part of the name or prefix of the id is enough).
    programme: String,
    #[command(flatten)]
    caller: CallerArguments,
    /// Existing component to change, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(long, value_name = "ID|NAME")]
    component: Option<String>,
    /// Type of a new component, such as `assignment`; it cannot be changed later.
    #[arg(long = "type", value_name = "TYPE")]
    component_type: Option<String>,
    /// Name of the component.
    #[arg(long)]
    name: Option<String>,
    /// Attribute to set; the value is JSON or plain text, and a list may also be separated by commas. Repeat for
    /// several.
    #[arg(long, value_name = "ATTRIBUTE=VALUE", value_parser = attribute)]
    set: Vec<(String, Value)>,
    /// Components in the JSON format of the service: `@` and a file name, or `-` for standard input.
    #[arg(long, value_name = "@FILE|-", conflicts_with_all = ["component", "component_type", "name", "set"])]
    json: Option<String>,
    /// Show what would change, without sending anything.
    #[arg(long)]
    dry_run: bool,
}

fn attribute(given: &str) -> Result<(String, Value), String> {
    let (name, text) = given.split_once('=').ok_or("give ATTRIBUTE=VALUE")?;
    let value = match AttributeName::from_word(name) {
        Some(attribute) if is_list(attribute) => {
            let elements =
                elements(text).map_err(|expected| format!("`{name}` takes {expected}"))?;
            json!(elements)
        }
        Some(_) | None => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
    };
    Ok((name.to_owned(), value))
}

/// A component as it would be, and what differs from what it is.
struct Wanted {
    component: Value,
    is_new: bool,
    /// The id of another component that has the name of a new one.
    namesake: Option<String>,
    changes: Vec<Difference>,
}

impl Put {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let given = match &self.json {
            Some(from) => Some(listed(&read_body(from)?)?),
            None => None,
        };
        let caller = open_to_change(&self.caller).await?;
        let programme = find::programme(&caller, &self.programme).await?;
        let present = components(&caller, &programme).await?;
        let wanted = if let Some(given) = given {
            all_compared(&present, given)
        } else {
            let id = match &self.component {
                Some(given) => Some(Lookup::of_template(&caller, &programme).one(given).await?),
                None => None,
            };
            vec![self.one(&present, id)?]
        };
        let changed: Vec<_> = wanted
            .iter()
            .filter(|one| one.is_new || !one.changes.is_empty())
            .map(|one| one.component.clone())
            .collect();
        let mut body = json!({ "programme": programme, "components": changed });
        let bytes = body.to_string();
        decode::<PutTemplate>(Encoding::Json, bytes.as_bytes())
            .map_err(|error| not_understood(&error))?;
        let is_sent = !self.dry_run && !changed.is_empty();
        if is_sent {
            body["command_id"] = json!(Uuid::new_v4());
            caller.ask("template.put", &body).await?;
        }
        self.show(&caller, output, &programme, (&wanted, is_sent))?;
        Ok(Exit::Done)
    }

    /// The one component that the options say; without an id, a new one.
    fn one(&self, present: &[Value], id: Option<String>) -> anyhow::Result<Wanted> {
        let id = id.unwrap_or_else(|| Uuid::new_v4().to_string());
        let found = with_id(present, &id).cloned();
        let mut component = found.unwrap_or_else(|| json!({ "component": id, "attributes": {} }));
        if let Some(kind) = &self.component_type {
            component["type"] = json!(kind);
        }
        if component["type"].is_null() {
            let told = "nothing was sent: a new component requires `--type`, such as `assignment`";
            return Err(NotUnderstood(told.to_owned()).into());
        }
        let name = self
            .name
            .as_ref()
            .map(|name| ("name".to_owned(), json!(name)));
        for (attribute, value) in name.into_iter().chain(self.set.iter().cloned()) {
            component["attributes"][attribute] = value;
        }
        Ok(compared(present, component))
    }

    fn show(
        &self,
        caller: &Caller,
        output: Output,
        programme: &str,
        (wanted, is_sent): (&[Wanted], bool),
    ) -> std::io::Result<()> {
        if !output.is_for_people() {
            let all: Vec<_> = wanted.iter().map(Wanted::json).collect();
            return output.value(&json!({ "components": all, "sent": is_sent }));
        }
        for one in wanted {
            let (id, name) = (text(&one.component, "component"), name(&one.component));
            output::line(&format!("{}  {}  {id}", one.word(), terminal::line(name)))?;
            for change in &one.changes {
                output::line(&format!("  {}", change.line(&ProgrammeNames::new())))?;
            }
            if let Some(namesake) = &one.namesake {
                let given = format!("{programme} --component {namesake}");
                let put = caller.printed().command("template put", &given);
                output::sentences(&told_of_namesake("component", namesake, &put))?;
            }
        }
        match (self.dry_run, is_sent) {
            (true, _) => output::line("Nothing was sent."),
            (false, true) => output::line("Done."),
            (false, false) => output::line("Nothing to do."),
        }
    }
}

impl Wanted {
    fn word(&self) -> &'static str {
        match (self.is_new, self.changes.is_empty()) {
            (true, _) => "new",
            (false, false) => "changed",
            (false, true) => "unchanged",
        }
    }

    fn json(&self) -> Value {
        let changes: Vec<_> = self.changes.iter().map(Difference::json).collect();
        let component = &self.component["component"];
        let mut json = json!({ "component": component, "change": self.word(), "fields": changes });
        if let Some(namesake) = &self.namesake {
            json["namesake"] = json!(namesake);
        }
        json
    }
}

fn listed(body: &Value) -> anyhow::Result<Vec<Value>> {
    body["components"].as_array().cloned().ok_or_else(|| {
        NotUnderstood(
            "nothing was sent: the JSON must have the form {\"components\": […]}".to_owned(),
        )
        .into()
    })
}

/// Each component of a file compared with the template, to which those before it in the file belong.
fn all_compared(present: &[Value], given: Vec<Value>) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = Vec::new();
    for component in given {
        let mut wanted = compared(present, component);
        if wanted.is_new && wanted.namesake.is_none() {
            let before = all.iter().map(|one| &one.component);
            wanted.namesake = namesake(before, &wanted.component);
        }
        all.push(wanted);
    }
    all
}

/// The id of a component that has the name of this one and another id.
fn namesake<'a>(mut all: impl Iterator<Item = &'a Value>, component: &Value) -> Option<String> {
    let (wanted, id) = (
        folded(name(component)),
        text(component, "component").to_lowercase(),
    );
    let is_namesake =
        |one: &&Value| text(one, "component").to_lowercase() != id && folded(name(one)) == wanted;
    let found = all.find(is_namesake).filter(|_| !wanted.is_empty());
    found.map(|one| text(one, "component").to_owned())
}

/// A component beside the one of its id that is there.
fn compared(present: &[Value], component: Value) -> Wanted {
    let id = text(&component, "component").to_lowercase();
    let found = present.iter().find(|one| text(one, "component") == id);
    let fields = |one: &Value| {
        let mut fields = one["attributes"].as_object().cloned().unwrap_or_default();
        fields.insert("type".to_owned(), one["type"].clone());
        fields
    };
    let before = found.map(|one| Value::Object(fields(one)));
    let mut after: Map<String, Value> = fields(&component);
    // What it had and has no longer is a change, too.
    for name in before
        .iter()
        .flat_map(|it| it.as_object().into_iter().flatten())
    {
        after.entry(name.0.clone()).or_insert(Value::Null);
    }
    let changes = differences(before.as_ref(), &after);
    let namesake = match found {
        Some(_) => None,
        None => namesake(present.iter(), &component),
    };
    Wanted {
        is_new: found.is_none(),
        component,
        namesake,
        changes,
    }
}
