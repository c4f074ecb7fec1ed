//! A request as it is said on the command line, and as it is sent.

use std::str::FromStr;

use clap::Args;
use clap::builder::PossibleValuesParser;
use plansync_protocol::{AttributeName, Condition, ProgrammeStatus, SyncType, Word};
use serde_json::{Map, Value, json};

use crate::commands::sync::desk::{Desk, DeskArguments};
use crate::commands::sync::names::Named;
use crate::commands::sync::place::{Place, PlaceArguments};
use crate::commands::sync::spelling::quoted;
use crate::exit::NotUnderstood;

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
    place: PlaceArguments,
    /// Which components: `recent` for those that are preselected, `all`, ids separated by commas,
    /// or a name; may be given several times.
    #[arg(long, value_name = "recent|all|ID,…|NAME", default_value = "recent")]
    components: Vec<String>,
    /// Onto whose plans: `all`, ids separated by commas, or a name; may be given several times.
    /// A filter alone takes all who pass it.
    #[arg(long, value_name = "all|ID,…|NAME")]
    learners: Vec<String>,
    #[command(flatten)]
    filter: FilterArguments,
    /// All learners but these: ids separated by commas, or a name.
    #[arg(long, value_name = "ID,…|NAME")]
    except: Vec<String>,
    /// Only where the target's component has one of these statuses.
    #[arg(long, value_delimiter = ',', value_parser = words::<Condition>())]
    status: Vec<String>,
    /// How it is synchronised.
    #[arg(long = "type", default_value = "changes_only", value_parser = words::<SyncType>())]
    sync_type: String,
    /// Which attributes, for `selected_attributes`.
    #[arg(long, value_delimiter = ',', value_parser = words::<AttributeName>())]
    attribute: Vec<String>,
    /// Only what this preview showed: `plansync sync preview` prints it.
    #[arg(long, value_name = "POSITION:DIGEST")]
    confirm: Option<Confirm>,
}

/// Filters of learners: any of the values of each, all filters together.
#[derive(Debug, Clone, Args)]
pub(super) struct FilterArguments {
    /// Those whose enrolment has one of these statuses.
    #[arg(long, value_delimiter = ',', value_parser = words::<ProgrammeStatus>())]
    programme_status: Vec<String>,
    /// Those in one of these groups.
    #[arg(long, value_delimiter = ',')]
    group: Vec<String>,
    /// Those with one of these tutors.
    #[arg(long, value_delimiter = ',')]
    tutor: Vec<String>,
    /// Those whose names have this as a part.
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
            Some(_) | None => Err("give what `plansync sync preview` prints: POSITION:DIGEST"),
        }
    }
}

/// The spellings of a word of the protocol.
pub(super) fn words<W: Word>() -> PossibleValuesParser {
    PossibleValuesParser::new(W::WORDS)
}

impl FilterArguments {
    /// The filters that were given, as fields of a body.
    pub(super) fn fields(&self) -> Map<String, Value> {
        let lists = [
            ("programme_statuses", &self.programme_status),
            ("groups", &self.group),
            ("tutors", &self.tutor),
        ];
        let given = lists.into_iter().filter(|(_, values)| !values.is_empty());
        let mut fields: Map<_, _> = given
            .map(|(name, values)| (name.to_owned(), json!(values)))
            .collect();
        if let Some(search) = &self.search {
            fields.insert("search".to_owned(), json!(search));
        }
        fields
    }
}

impl ChoiceArguments {
    /// The request that is meant.
    pub(super) async fn request(&self, desk: &Desk) -> anyhow::Result<(Place, Value)> {
        let place = self.place.find(desk).await?;
        let mut request = json!({
            "session": place.session,
            "programme": place.programme,
            "components": self.components(desk, place).await?,
            "learners": self.learners(desk, place).await?,
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

    async fn components(&self, desk: &Desk, place: Place) -> anyhow::Result<Value> {
        match &*self.components {
            [word] if word == "recent" || word == "all" => Ok(json!(word)),
            all => ids(desk, place, Named::Component, all).await,
        }
    }

    async fn learners(&self, desk: &Desk, place: Place) -> anyhow::Result<Value> {
        let mut filter = self.filter.fields();
        if !self.except.is_empty() {
            let except = ids(desk, place, Named::Learner, &self.except).await?;
            filter.insert("except".to_owned(), except);
        }
        let chooses_all = matches!(&*self.learners, [word] if word == "all");
        match (&*self.learners, filter.is_empty()) {
            ([], true) => Err(NotUnderstood(
                "say onto whose plans: `--learners all`, ids, a name, or a filter such as \
                 `--group`"
                    .to_owned(),
            )
            .into()),
            ([_], true) if chooses_all => Ok(json!("all")),
            ([], false) => Ok(Value::Object(filter)),
            (_, false) if chooses_all => Ok(Value::Object(filter)),
            (_, false) => Err(NotUnderstood(
                "filters choose among all learners; leave out the ids of `--learners`, or the \
                 filters"
                    .to_owned(),
            )
            .into()),
            (all, true) => ids(desk, place, Named::Learner, all).await,
        }
    }
}

async fn ids(desk: &Desk, place: Place, named: Named, given: &[String]) -> anyhow::Result<Value> {
    let mut ids = Vec::new();
    for one in given {
        ids.extend(named.find(desk, place, one).await?);
    }
    Ok(json!(ids))
}

/// A request as it can be typed; none if it has too many ids to be typed.
pub(super) fn typed(who: &DeskArguments, request: &Value) -> Option<String> {
    let mut words = vec!["--tenant".to_owned(), quoted(&who.tenant)];
    words.extend(["--as".to_owned(), quoted(&who.actor)]);
    let mut say = |name: &str, value: &Value| -> Option<()> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(all) if all.len() > SPELLED_IDS_MAX => return None,
            Value::Array(all) => {
                let all: Option<Vec<_>> = all.iter().map(Value::as_str).collect();
                all?.join(",")
            }
            Value::Null => return Some(()),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
        };
        words.extend([format!("--{name}"), quoted(&text)]);
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
