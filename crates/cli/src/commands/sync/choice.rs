//! The options that choose what is synchronised to whom, and the request that they make.

use std::str::FromStr;

use clap::Args;
use plansync_protocol::{Condition, SyncType, Word};
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::commands::sync::option_values::Offered;
use crate::commands::sync::source::{SyncSource, SyncSourceArguments};
use crate::exit::NotUnderstood;
use crate::names::{self, Lookup};
use crate::shell;

/// More ids than this are no longer spelled out for people to type.
const SPELLED_IDS_MAX: usize = 12;

/// The filters of learners as they are typed, and as they are sent.
const FILTERS: [(&str, &str); 5] = [
    ("programme-status", "programme_statuses"),
    ("group", "groups"),
    ("tutor", "tutors"),
    ("search", "search"),
    ("except", "except"),
];

/// Which components onto which learners, and how.
#[derive(Debug, Clone, Args)]
pub(super) struct ChoiceArguments {
    #[command(flatten)]
    place: SyncSourceArguments,
    /// Components: `recent` (the preselected ones), `all`, or names or ids (a unique part of the name or
    /// prefix of the id is enough). Repeat the option for several, or separate full names and ids with
    /// commas. For a component with the name “all”, give `name:all`.
    #[arg(long, value_name = "recent|all|NAME|ID", default_value = "recent")]
    components: Vec<String>,
    /// Learners to synchronise to: `all`, or names or ids as with `--components`. If only filters are given,
    /// all learners who match them.
    #[arg(long, value_name = "all|NAME|ID")]
    learners: Vec<String>,
    #[command(flatten)]
    filter: FilterArguments,
    /// Learner to exclude, by name or id (a unique part of the name or prefix of the id is enough); repeat for several.
    #[arg(long, value_name = "NAME|ID")]
    except: Vec<String>,
    /// Change only components that have this status on the learner's plan; others are skipped. Separate several with commas.
    #[arg(long, value_delimiter = ',', value_parser = words::<Condition>())]
    status: Vec<String>,
    /// Type of synchronisation: apply the recent changes only, overwrite all attributes, or set selected
    /// attributes from the programme's template.
    #[arg(long = "type", default_value = "changes_only", value_parser = words::<SyncType>())]
    sync_type: String,
    /// Attributes for `--type selected_attributes`; separate several with commas.
    #[arg(long, value_delimiter = ',', value_parser = Offered::attributes())]
    attribute: Vec<String>,
    /// Preview to confirm, as printed by `plansync sync preview`; components and learners that have changed since are skipped.
    #[arg(long, value_name = "POSITION:DIGEST")]
    confirm: Option<Confirm>,
}

/// Filters of learners: any of the values of each, all filters together.
#[derive(Debug, Clone, Args)]
pub(super) struct FilterArguments {
    /// Status of the enrolment; separate several with commas.
    #[arg(long, value_delimiter = ',', value_parser = Offered::programme_statuses())]
    programme_status: Vec<String>,
    /// Group of the learners; separate several with commas.
    #[arg(long, value_delimiter = ',')]
    group: Vec<String>,
    /// Tutor of the learners, by name or id (a unique part of the name is enough); separate several with
    /// commas.
    #[arg(long, value_delimiter = ',', value_name = "NAME|ID")]
    tutor: Vec<String>,
    /// Part of the learners' names; case and accents are ignored.
    #[arg(long)]
    search: Option<String>,
}

/// The preview that is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Confirm {
    position: u64,
    digest: String,
}

impl FromStr for Confirm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once(':');
        let parsed = parts.and_then(|(position, digest)| Some((position.parse().ok()?, digest)));
        match parsed {
            Some((position, digest)) if !digest.is_empty() => Ok(Self {
                position,
                digest: digest.to_owned(),
            }),
            Some(_) | None => Err("give POSITION:DIGEST as printed by `plansync sync preview`"),
        }
    }
}

/// What a list of the types of synchronisation shows beside each.
pub(super) const fn note(sync_type: SyncType) -> &'static str {
    match sync_type {
        SyncType::ChangesOnly => "the usual choice",
        SyncType::AllAttributes => "overwrites all attributes",
        SyncType::SelectedAttributes => "from the template, also on the source's plan",
    }
}

/// The spellings of a word of the protocol.
pub(crate) fn words<W: Word>() -> Offered {
    Offered::all(W::WORDS)
}

impl FilterArguments {
    /// The filters that were given, as fields of a body.
    pub(super) async fn fields(
        &self,
        caller: &Caller,
        place: SyncSource,
    ) -> anyhow::Result<Map<String, Value>> {
        let mut tutors = Vec::new();
        for tutor in &self.tutor {
            let known = async || place.tutors(caller).await;
            tutors.push(names::administrator(caller, tutor, known).await?);
        }
        let lists = [
            ("programme_statuses", &self.programme_status),
            ("groups", &self.group),
            ("tutors", &tutors),
        ];
        let given = lists.into_iter().filter(|(_, values)| !values.is_empty());
        let mut fields: Map<_, _> = given
            .map(|(name, values)| (name.to_owned(), json!(values)))
            .collect();
        if let Some(search) = &self.search {
            fields.insert("search".to_owned(), json!(search));
        }
        Ok(fields)
    }
}

impl ChoiceArguments {
    /// The request that is meant.
    pub(super) async fn request(&self, caller: &Caller) -> anyhow::Result<(SyncSource, Value)> {
        self.check_attributes()?;
        let place = self.place.find(caller).await?;
        let mut request = json!({
            "session": place.session,
            "programme": place.programme,
            "components": self.components(caller, place).await?,
            "learners": self.learners(caller, place).await?,
            "type": self.sync_type,
        });
        if !self.status.is_empty() {
            request["statuses"] = json!(self.status);
        }
        if !self.attribute.is_empty() {
            request["attributes"] = json!(self.attribute);
        }
        if let Some(Confirm { position, digest }) = &self.confirm {
            request["confirm"] = json!({ "position": position, "digest": digest });
        }
        Ok((place, request))
    }

    /// Attributes go with one type, and that type needs some.
    fn check_attributes(&self) -> Result<(), NotUnderstood> {
        let selects =
            SyncType::from_word(&self.sync_type).is_some_and(SyncType::chooses_attributes);
        let message = match (selects, self.attribute.is_empty()) {
            (true, true) => "`--type selected_attributes` requires at least one `--attribute`",
            (false, false) => "`--attribute` requires `--type selected_attributes`",
            (true, false) | (false, true) => return Ok(()),
        };
        Err(NotUnderstood(message.to_owned()))
    }

    async fn components(&self, caller: &Caller, place: SyncSource) -> anyhow::Result<Value> {
        match &*self.components {
            [word] if word == "recent" || word == "all" => Ok(json!(word)),
            all => ids(&place.components(caller), None, all).await,
        }
    }

    async fn learners(&self, caller: &Caller, place: SyncSource) -> anyhow::Result<Value> {
        let mut filter = self.filter.fields(caller, place).await?;
        if !self.except.is_empty() {
            let except = ids(&place.targets(caller), None, &self.except).await?;
            filter.insert("except".to_owned(), except);
        }
        let chooses_all = matches!(&*self.learners, [word] if word == "all");
        match (&*self.learners, filter.is_empty()) {
            ([], true) => Err(NotUnderstood(
                "no learners are chosen: give `--learners all`, names or ids of learners, or a filter such as \
                 `--group`"
                    .to_owned(),
            )
            .into()),
            ([_], true) if chooses_all => Ok(json!("all")),
            ([], false) => Ok(Value::Object(filter)),
            (_, false) if chooses_all => Ok(Value::Object(filter)),
            (_, false) => Err(NotUnderstood(
                "filters apply to all learners: omit the names and ids of `--learners`, or omit the filters"
                    .to_owned(),
            )
            .into()),
            (all, true) => ids(&place.targets(caller), Some(Lookup::learners(caller)), all).await,
        }
    }
}

/// The ids of all that are meant; where there is none of a name, `others` are asked: a learner who cannot
/// be synchronised onto is in the preview with the reason.
async fn ids(
    lookup: &Lookup<'_>,
    others: Option<Lookup<'_>>,
    given: &[String],
) -> anyhow::Result<Value> {
    let mut ids = Vec::new();
    for one in given {
        let found = match (lookup.several(one).await, &others) {
            (Err(error), Some(others)) if names::is_unknown(&error) => {
                match others.several(one).await {
                    Err(other) if names::is_unknown(&other) => Err(error),
                    found => found,
                }
            }
            (found, _) => found,
        };
        ids.extend(found?);
    }
    Ok(json!(ids))
}

/// A request as it can be typed; none if it has too many ids to be typed.
pub(super) fn typed(request: &Value) -> Option<String> {
    typed_with(request, SPELLED_IDS_MAX)
}

/// The same with up to so many ids in one option.
pub(super) fn typed_with(request: &Value, ids_max: usize) -> Option<String> {
    let mut words = Vec::new();
    let mut say = |name: &str, value: &Value| -> Option<()> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(all) if all.len() > ids_max => return None,
            Value::Array(all) => {
                let all: Option<Vec<_>> = all.iter().map(Value::as_str).collect();
                all?.join(",")
            }
            Value::Null => return Some(()),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
        };
        words.push(shell::option(name, &text));
        Some(())
    };
    for name in ["session", "programme", "components"] {
        say(name, &request[name])?;
    }
    if let Some(filter) = request["learners"].as_object() {
        for (name, field) in FILTERS {
            say(name, filter.get(field).unwrap_or(&Value::Null))?;
        }
    } else {
        say("learners", &request["learners"])?;
    }
    for (name, field) in [
        ("status", "statuses"),
        ("type", "type"),
        ("attribute", "attributes"),
    ] {
        say(name, &request[field])?;
    }
    Some(words.join(" "))
}
