//! `plansync request`: one operation, asked by somebody, and its answer.

use std::io::Read as _;

use anyhow::Context as _;
use clap::Args;
use plansync_nats::{Client, ClientError, WatchFrom};
use plansync_protocol::OperationName;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::asking::{AskError, Question, refused};
use crate::connecting::ClientArguments;
use crate::exit::{Exit, NotUnderstood};
use crate::output::Output;
use crate::plain;

/// Ask for one operation and show the answer.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plansync request actor.get --tenant acme --as alice
  plansync request plan.get '{\"learner\": \"…\"}' --tenant acme --as alice
  plansync request template.put @template.json --tenant acme --as system
  plansync request plan.edit - --tenant acme --as alice --durable < edit.json")]
pub(crate) struct Request {
    /// What to ask for, such as `plan.edit`.
    operation: String,
    /// The body: JSON, `@` and the name of a file with it, or `-` for the standard input.
    #[arg(default_value = "{}", value_name = "JSON|@FILE|-")]
    body: String,
    /// For which tenant.
    #[arg(long)]
    tenant: String,
    /// As whom: an administrator, or `system`.
    #[arg(long = "as", value_name = "ACTOR")]
    actor: String,
    /// Leave it in the command stream, where it survives an engine that is down, and wait for what
    /// becomes of it.
    #[arg(long)]
    durable: bool,
    #[command(flatten)]
    client: ClientArguments,
}

impl Request {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let mut body = read_body(&self.body)?;
        if self.durable {
            name_command(&self.operation, &mut body)?;
        }
        let client = self.client.connect().await?;
        let question = Question {
            tenant: &self.tenant,
            actor: &self.actor,
            operation: &self.operation,
            body: &body,
        };
        let answer = if self.durable {
            self.ask_durably(&client, &question).await
        } else {
            question.ask(&client).await
        };
        match answer {
            Err(AskError::Refused { error }) if !output.is_for_people() => {
                output.value(&json!({ "error": error }))?;
                Ok(Exit::Refused)
            }
            answer => {
                output.value(&answer?)?;
                Ok(Exit::Done)
            }
        }
    }

    /// Leaves the command and waits for the event that says what became of it, now or earlier.
    async fn ask_durably(
        &self,
        client: &Client,
        question: &Question<'_>,
    ) -> Result<Value, AskError> {
        let command = question.body["command_id"].as_str().unwrap_or_default();
        let tail = format!("{}.command.{command}.*", self.tenant);
        let mut results = match client.watch(&tail, WatchFrom::Start).await {
            // Some accounts hear events but may not read their stream.
            Err(ClientError::Watch { .. }) => client.watch(&tail, WatchFrom::Now).await?,
            watched => watched?,
        };
        question.leave(client, command).await?;
        let timed_out = ClientError::TimedOut {
            seconds: self.client.patience().as_secs(),
        };
        let event = tokio::time::timeout(self.client.patience(), results.next()).await;
        let Ok(Some(event)) = event else {
            return Err(timed_out.into());
        };
        let event = event?;
        let mut body = plain::decode(event.header("content-type"), &event.body)
            .map_err(|error| AskError::Answer(error.to_string()))?;
        if event.subject.ends_with(".accepted") {
            Ok(body["reply"].take())
        } else {
            Err(refused(body))
        }
    }
}

/// Gives a durable command an id, or spells the one it has as its result will: by it the result is
/// found.
fn name_command(operation: &str, body: &mut Value) -> anyhow::Result<()> {
    let is_command = OperationName::parse(operation).is_some_and(OperationName::is_command);
    let Some(fields) = body.as_object_mut().filter(|_| is_command) else {
        return Err(NotUnderstood(format!(
            "`{operation}` only reads, so it cannot be left in the command stream; \
             leave out `--durable`"
        ))
        .into());
    };
    let id = match fields.get("command_id") {
        None | Some(Value::Null) => Uuid::new_v4(),
        Some(given) => parse_id(given).ok_or_else(|| {
            NotUnderstood(format!(
                "the `command_id` {given} is no uuid; give one, or leave it out to have one made"
            ))
        })?,
    };
    let id = Value::String(id.hyphenated().to_string());
    fields.insert("command_id".to_owned(), id);
    Ok(())
}

fn parse_id(given: &Value) -> Option<Uuid> {
    Uuid::try_parse(given.as_str()?).ok()
}

fn read_body(given: &str) -> anyhow::Result<Value> {
    let text = match given.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| NotUnderstood(format!("the file {file} cannot be read: {error}")))?,
        None if given == "-" => {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .context("reading the standard input")?;
            text
        }
        None => given.to_owned(),
    };
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| NotUnderstood(format!("the body is not JSON: {error}")))?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(NotUnderstood("the body must be a JSON object, such as {}".to_owned()).into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{NotUnderstood, name_command, read_body};

    #[test]
    fn a_body_is_an_object_from_wherever_it_comes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("body.json");
        std::fs::write(&file, "{\"a\": 1}").unwrap();
        let expected = json!({"a": 1});
        assert_eq!(read_body("{\"a\": 1}").unwrap(), expected);
        assert_eq!(
            read_body(&format!("@{}", file.display())).unwrap(),
            expected
        );
        let refused = read_body("[]").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the body must be a JSON object, such as {}"
        );
    }

    #[test]
    fn a_durable_command_has_an_id_and_keeps_the_one_it_has() {
        let mut body = json!({});
        name_command("plan.edit", &mut body).unwrap();
        assert_eq!(body["command_id"].as_str().map(str::len), Some(36));
        let before = body.clone();
        name_command("plan.edit", &mut body).unwrap();
        assert_eq!(body, before);
        assert!(name_command("plan.get", &mut body).is_err());
    }

    #[test]
    fn an_id_is_spelt_as_its_result_will_be_or_not_understood() {
        let mut body = json!({"command_id": "2D1C88B0-9C55-4F0E-8A17-04DE3B6F7C21"});
        name_command("plan.edit", &mut body).unwrap();
        let expected = json!({"command_id": "2d1c88b0-9c55-4f0e-8a17-04de3b6f7c21"});
        assert_eq!(body, expected);
        for given in [json!("mine"), json!(7)] {
            let mut body = json!({ "command_id": given });
            let refused = name_command("plan.edit", &mut body).unwrap_err();
            assert!(refused.is::<NotUnderstood>(), "{refused}");
            let expected = format!(
                "the `command_id` {given} is no uuid; give one, or leave it out to have one made"
            );
            assert_eq!(refused.to_string(), expected);
        }
    }
}
