//! `plansync request`: sends one request and shows the reply.

mod durable;

use std::fs::File;
use std::io::{self, Read};

use clap::Args;
use plansync_protocol::OperationName;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::exit::{Exit, NotUnderstood};
use crate::output::Output;
use crate::source::SourceArguments;
use crate::strict_json;

/// More bytes than any body has, with room for blanks.
const TEXT_BYTES_MAX: u64 = 4 << 20;

/// Send one request to the service and show the reply.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plansync request actor.get --tenant northgate --as alice
  plansync request plan.get '{\"learner\": \"…\"}' --tenant northgate --as alice
  plansync request template.put @template.json --tenant northgate --as system
  plansync request plan.edit - --tenant northgate --as alice --durable < edit.json
  plansync request sync.list --data DIR
  plansync request plan.get '{\"learner\": \"…\"}' --backup FILE --tenant northgate

With `--data` or `--backup`, the request is answered from a data folder or a
backup, with the same reply as from the engine, and no NATS server is needed.
Only operations that read are answered. The folder may be in use and is not
changed. Sealed volumes are copied to TMPDIR when they are first read, four at a
time (64 MiB each by default); of a backup, only an index is written there. An
engine that was started with other `--components-max` or `--learners-max` may
answer previews differently. If the log is damaged, the answer is from what is
before the damage, and the exit code is 4.

A body with a duplicate field is not sent. A command without `command_id` gets
a new one. A `command_id` that was used by another command is refused with
`command_id_reused` and exit code 1, also with `--durable`.")]
pub(crate) struct Request {
    /// Operation, such as `plan.edit`.
    operation: String,
    /// Body of the request: JSON, `@` and the name of a JSON file, or `-` for standard input.
    #[arg(default_value = "{}", value_name = "JSON|@FILE|-")]
    body: String,
    /// Store the command in the command stream, where it is kept even while no engine runs, and wait for the
    /// result.
    #[arg(long, conflicts_with_all = ["data", "backup"])]
    durable: bool,
    #[command(flatten)]
    source: SourceArguments,
}

impl Request {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let mut body = read_body(&self.body)?;
        let is_named = self.durable && name_command(&self.operation, &mut body)?;
        self.source.check(&self.operation)?;
        let caller = self.source.open(output).await?;
        let (question, source) = (caller.question(&self.operation, &body), caller.source());
        let answer = if self.durable {
            let patience = self.source.client.patience();
            durable::ask(source.service()?, &question, is_named, patience).await
        } else {
            question.ask_unchecked(source).await
        };
        match answer {
            Ok(reply) => {
                output.value(&reply)?;
                Ok(source.exit(output))
            }
            Err(error) => match error.refusal().filter(|_| output.is_json()) {
                Some(refusal) => {
                    output.value(&json!({ "error": refusal }))?;
                    Ok(Exit::of(&error.into()))
                }
                None => Err(error.into()),
            },
        }
    }
}

/// Gives a durable command an id, or spells the one it has as its result will: by it the result is
/// found. Says whether it had one.
fn name_command(operation: &str, body: &mut Value) -> anyhow::Result<bool> {
    let is_command = OperationName::parse(operation).is_some_and(OperationName::is_command);
    let Some(fields) = body.as_object_mut().filter(|_| is_command) else {
        return Err(NotUnderstood(format!(
            "nothing was sent: `{operation}` is not a command, so it cannot be stored in the command stream; \
             omit `--durable`"
        ))
        .into());
    };
    let given = fields.get("command_id").filter(|id| !id.is_null());
    let is_named = given.is_some();
    let id = match given {
        None => Uuid::new_v4(),
        Some(given) => parse_id(given).ok_or_else(|| {
            NotUnderstood(format!(
                "nothing was sent: the `command_id` {given} is not a UUID; correct it, or omit it"
            ))
        })?,
    };
    let id = Value::String(id.hyphenated().to_string());
    fields.insert("command_id".to_owned(), id);
    Ok(is_named)
}

fn parse_id(given: &Value) -> Option<Uuid> {
    Uuid::try_parse(given.as_str()?).ok()
}

pub(crate) fn read_body(given: &str) -> anyhow::Result<Value> {
    let text = match given.strip_prefix('@') {
        Some(file) => {
            let read = File::open(file).and_then(read_text);
            read.map_err(|error| {
                NotUnderstood(format!(
                    "nothing was sent: the file {file} could not be read: {error}"
                ))
            })?
        }
        None if given == "-" => read_text(io::stdin().lock()).map_err(|error| {
            NotUnderstood(format!(
                "nothing was sent: standard input could not be read: {error}"
            ))
        })?,
        None => given.to_owned(),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let value = strict_json::parse(text).map_err(|error| {
        NotUnderstood(format!("nothing was sent: the body is invalid: {error}"))
    })?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(NotUnderstood("nothing was sent: the body must be a JSON object".to_owned()).into())
    }
}

fn read_text(input: impl Read) -> io::Result<String> {
    let mut text = Vec::new();
    input.take(TEXT_BYTES_MAX + 1).read_to_end(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes > TEXT_BYTES_MAX) {
        let message = format!("it is larger than {TEXT_BYTES_MAX} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    String::from_utf8(text).map_err(|error| {
        let byte = error.utf8_error().valid_up_to() + 1;
        let message = format!("it is not UTF-8 from byte {byte} on");
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
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
            "nothing was sent: the body must be a JSON object"
        );
    }

    #[test]
    fn a_body_that_is_not_utf8_is_told_by_its_byte() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("body.json");
        std::fs::write(&file, b"{\"a\": \"\xff\"}").unwrap();
        let file = file.display();
        let refused = read_body(&format!("@{file}")).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!(
                "nothing was sent: the file {file} could not be read: it is not UTF-8 from byte 8 on"
            )
        );
    }

    #[test]
    fn a_body_that_says_a_field_twice_is_not_sent() {
        let refused = read_body(r#"{"edits": [{"op": "change", "op": "remove"}]}"#).unwrap_err();
        assert!(refused.is::<NotUnderstood>(), "{refused}");
        let expected = "nothing was sent: the body is invalid: the field \"op\" is given twice";
        assert!(refused.to_string().starts_with(expected), "{refused}");
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
                "nothing was sent: the `command_id` {given} is not a UUID; correct it, or omit it"
            );
            assert_eq!(refused.to_string(), expected);
        }
    }
}
