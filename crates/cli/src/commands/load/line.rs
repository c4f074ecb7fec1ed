//! One line of a load, and the id of its command.
//!
//! The id is derived from the batch and the text, so that a load that is started again repeats no command.

use std::collections::HashMap;

use plansync_protocol::OperationName;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::asking::Question;
use crate::exit::NotUnderstood;
use crate::strict_json;

/// What every derived id is derived from.
const NAMESPACE: Uuid = Uuid::from_u128(0x9b3e_0c52_5a1f_4d0c_9d53_7f2b_61a4_e8d7);

/// One operation to ask for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) tenant: String,
    pub(crate) actor: String,
    pub(crate) operation: String,
    pub(crate) body: Value,
}

/// A line as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    tenant: Option<String>,
    #[serde(rename = "as")]
    actor: Option<String>,
    operation: String,
    #[serde(default = "empty")]
    body: Value,
}

fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

/// What is wrong with a text of one line, without the line that it is said to be in: that is no line of
/// the file.
fn without_line(what: &str) -> String {
    what.replacen(" at line 1 column ", " at column ", 1)
}

/// The tenant and the actor of lines that name none.
#[derive(Debug, Clone, Default)]
struct Defaults {
    tenant: Option<String>,
    actor: Option<String>,
}

/// Gives the same line of the same batch the same id, whenever it is loaded.
pub(crate) struct Naming {
    batch: Uuid,
    /// The tenant and the actor of lines that name none.
    defaults: Defaults,
    /// How many times each text has occurred; only hashes of the texts are kept.
    seen: HashMap<Uuid, u32>,
}

impl Naming {
    pub(crate) fn new(batch: &str) -> Self {
        Self {
            batch: Uuid::new_v5(&NAMESPACE, batch.as_bytes()),
            defaults: Defaults::default(),
            seen: HashMap::new(),
        }
    }

    /// The same with a tenant and an actor for lines that name none.
    pub(crate) fn with_defaults(self, tenant: Option<String>, actor: Option<String>) -> Self {
        Self {
            defaults: Defaults { tenant, actor },
            ..self
        }
    }

    fn next(&mut self, text: &str) -> Uuid {
        let text = Uuid::new_v5(&self.batch, text.as_bytes());
        let count = self.seen.entry(text).or_insert(0);
        *count += 1;
        Uuid::new_v5(&text, &count.to_be_bytes())
    }
}

impl Line {
    /// The line, and what its id follows from: its text, and what it is given besides.
    fn read(text: &str, defaults: &Defaults) -> Result<(Self, String), String> {
        let value = strict_json::parse(text).map_err(|what| without_line(&what))?;
        let written: Written = serde_json::from_value(value).map_err(|e| e.to_string())?;
        let mut source = text.to_owned();
        let mut given = |field: &str, own: Option<String>, default: &Option<String>| {
            if let Some(own) = own {
                return Ok(own);
            }
            let default = default
                .clone()
                .ok_or_else(|| format!("missing field `{field}`; add it, or give `--{field}`"))?;
            source.push('\n');
            source.push_str(&default);
            Ok::<_, String>(default)
        };
        let line = Self {
            number: 0,
            tenant: given("tenant", written.tenant, &defaults.tenant)?,
            actor: given("as", written.actor, &defaults.actor)?,
            operation: written.operation,
            body: written.body,
        };
        line.question().check().map_err(|e| e.to_string())?;
        Ok((line, source))
    }

    /// What is asked.
    pub(crate) fn question(&self) -> Question<'_> {
        Question {
            tenant: &self.tenant,
            actor: &self.actor,
            operation: &self.operation,
            body: &self.body,
        }
    }

    pub(crate) fn parse(number: u64, text: &str, naming: &mut Naming) -> anyhow::Result<Self> {
        let (mut line, source) = Self::read(text, &naming.defaults).map_err(|what| {
            NotUnderstood(format!("line {number} is not a valid request: {what}"))
        })?;
        line.number = number;
        let id = naming.next(&source);
        let is_command =
            OperationName::parse(&line.operation).is_some_and(OperationName::is_command);
        if let Some(fields) = line.body.as_object_mut().filter(|_| is_command) {
            let id = || Value::String(id.hyphenated().to_string());
            fields.entry("command_id").or_insert_with(id);
        }
        Ok(line)
    }

    /// Whether another line may be sent before this one is answered.
    pub(crate) fn goes_beside(&self, other: &Self) -> bool {
        match (self.is_of_system(), other.is_of_system()) {
            (false, false) => true,
            (true, true) => self.operation == other.operation,
            (true, false) | (false, true) => false,
        }
    }

    /// What lines must have in common to be sent one after another: somebody does one thing at a
    /// time, and what `system` imports is in order for each learner, administrator or programme.
    pub(crate) fn lane(&self) -> String {
        let Self {
            tenant,
            actor,
            body,
            ..
        } = self;
        if !self.is_of_system() {
            return format!("{tenant}/{actor}");
        }
        let about = ["learner", "administrator", "programme"]
            .iter()
            .find_map(|field| body[field].as_str())
            .unwrap_or_default();
        format!("{tenant}/{actor}/{about}")
    }

    fn is_of_system(&self) -> bool {
        self.actor == "system"
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Naming};

    const EDIT: &str = r#"{"tenant":"t","as":"ann","operation":"plan.edit","body":{"edits":[]}}"#;
    const READ: &str = r#"{"tenant":"t","as":"ann","operation":"plan.get","body":{}}"#;

    fn ids(batch: &str, texts: &[&str]) -> Vec<Option<String>> {
        let mut naming = Naming::new(batch);
        let line = |text| Line::parse(1, text, &mut naming).unwrap();
        let id = |line: Line| line.body["command_id"].as_str().map(str::to_owned);
        texts.iter().copied().map(line).map(id).collect()
    }

    #[test]
    fn a_line_has_the_same_id_whenever_it_is_loaded() {
        let first = ids("a", &[EDIT, EDIT]);
        assert_eq!(first, ids("a", &[EDIT, EDIT]));
        assert_ne!(first[0], first[1]);
        assert_ne!(first[0], ids("b", &[EDIT])[0]);
    }

    #[test]
    fn a_line_without_tenant_or_actor_has_the_ones_that_are_given() {
        let short = r#"{"as":"ann","operation":"plan.edit","body":{}}"#;
        let named = |tenant: &str| Naming::new("a").with_defaults(Some(tenant.to_owned()), None);
        let one = Line::parse(1, short, &mut named("t")).unwrap();
        assert_eq!((&*one.tenant, &*one.actor), ("t", "ann"));
        let again = Line::parse(1, short, &mut named("t")).unwrap();
        assert_eq!(one, again);
        let other = Line::parse(1, short, &mut named("u")).unwrap();
        assert_ne!(one.body["command_id"], other.body["command_id"]);
        let refused = Line::parse(1, short, &mut Naming::new("a")).unwrap_err();
        let expected =
            "line 1 is not a valid request: missing field `tenant`; add it, or give `--tenant`";
        assert_eq!(refused.to_string(), expected);
    }

    #[test]
    fn a_read_has_no_id_and_a_given_id_stays() {
        assert_eq!(ids("a", &[READ]), [None]);
        let given = r#"{"tenant":"t","as":"a","operation":"plan.edit","body":{"command_id":"x"}}"#;
        assert_eq!(ids("a", &[given]), [Some("x".to_owned())]);
    }

    #[test]
    fn what_cannot_be_sent_is_refused_before_anything_is() {
        let cases = [
            (
                r#"{"tenant":"t","as":"a","operation":"plan.edit","body":{"op":1,"op":2}}"#,
                "\"op\" is given twice",
            ),
            (
                r#"{"tenant":"a.b","as":"a","operation":"plan.edit"}"#,
                "`a.b.a.plan.edit`",
            ),
        ];
        for (text, expected) in cases {
            let refused = Line::parse(3, text, &mut Naming::new("a")).unwrap_err();
            assert!(refused.is::<super::NotUnderstood>());
            let said = refused.to_string();
            assert!(
                said.starts_with("line 3 ") && said.contains(expected),
                "{said}"
            );
        }
    }

    #[test]
    fn what_depends_on_what_goes_in_order_and_the_rest_side_by_side() {
        let line = |actor: &str, operation: &str, learner: &str| {
            let body = serde_json::json!({ "learner": learner });
            let (tenant, actor) = ("t".to_owned(), actor.to_owned());
            Line {
                number: 1,
                tenant,
                actor,
                operation: operation.to_owned(),
                body,
            }
        };
        let (ann, bob) = (line("ann", "plan.edit", "x"), line("bob", "plan.edit", "x"));
        assert!(ann.goes_beside(&bob));
        assert_ne!(ann.lane(), bob.lane());
        assert_eq!(ann.lane(), line("ann", "record.open", "y").lane());
        let (x, y) = (
            line("system", "learner.put", "x"),
            line("system", "learner.put", "y"),
        );
        assert!(x.goes_beside(&y));
        assert_ne!(x.lane(), y.lane());
        assert_eq!(x.lane(), line("system", "learner.put", "x").lane());
        assert!(!x.goes_beside(&line("system", "plan.edit", "y")));
        assert!(!x.goes_beside(&ann));
    }

    #[test]
    fn a_line_that_is_no_operation_is_named_by_its_number() {
        let refused = Line::parse(7, "{}", &mut Naming::new("a")).unwrap_err();
        assert_eq!(
            format!("{refused:#}"),
            "line 7 is not a valid request: missing field `operation`"
        );
        let refused = Line::parse(7, "{\"tenant\": t}", &mut Naming::new("a")).unwrap_err();
        let said = refused.to_string();
        assert!(
            said.contains("at column 13") && !said.contains("line 1"),
            "{said}"
        );
    }
}
