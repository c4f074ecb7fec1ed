//! `plansync config show`: each setting in use, and where it comes from.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::command_line;
use crate::exit::Exit;
use crate::nats_context;
use crate::output::{self, Output};
use crate::paths;
use crate::settings::{Definition, Line, Loaded, Places, Values, WrongSettings, definitions, load};
use crate::table::{Cell, Column, Table};

/// Shown in place of a secret.
const NOT_SHOWN: &str = "(not shown)";
const URL: &str = "nats.url";
const CONTEXT: &str = "nats.context";

/// Show each setting in use, and whether an option, a variable, a file or the default gave it.
#[derive(Debug, Args)]
#[command(after_help = "\
It has the options of all settings, so that what they change can be seen. Secrets
are not shown. With `--output json`, an item is {\"key\": …, \"value\": …, \"layer\":
…, \"source\": …, \"line\": …, \"option\": …, \"variable\": …, \"default\": …}; `layer`
is `option`, `variable`, `file`, `selected` (a context of the nats tool) or
`default`, and `source` the option, the variable or the file.")]
pub(super) struct Show {
    #[command(flatten)]
    given: Given,
}

/// The options and variables as they were given.
#[derive(Debug, Clone)]
struct Given(ArgMatches);

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(matches.clone()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// It adds no option: those of all settings are added when all commands are known.
impl Args for Given {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Layer {
    Option(String),
    Variable(String),
    /// As `FILE:LINE`.
    File(String),
    /// The nats tool has selected a context; this file has its name.
    Selected(PathBuf),
    Default,
}

/// A setting in use.
struct Shown {
    definition: Definition,
    value: Option<String>,
    layer: Layer,
}

impl Show {
    pub(super) fn run(self, output: Output, file: Option<&Path>) -> anyhow::Result<Exit> {
        let definitions = definitions(&Arguments::said());
        let loaded = load(&definitions, &Places::of(file, true)).map_err(WrongSettings)?;
        let words: Vec<OsString> = std::env::args_os().collect();
        let line = Line::read(Arguments::said(), &words)?;
        let values = Values::of(&loaded.files, line.stronger())?;
        let shown = definitions.into_iter();
        let mut shown: Vec<_> = shown.map(|it| self.shown(it, &values)).collect();
        with_selected_context(&mut shown)?;
        let reply = json!({
            "files": loaded.files.iter().map(|it| paths::exact(&it.path)).collect::<Vec<_>>(),
            "items": shown.iter().map(Shown::json).collect::<Vec<_>>(),
        });
        output.list(&reply, |_| table(&shown), |_| told(&shown, &loaded))?;
        for warning in &loaded.warnings {
            command_line::warn(output, warning);
        }
        Ok(Exit::Done)
    }

    fn shown(&self, definition: Definition, values: &Values) -> Shown {
        let (id, matches) = (definition.id(), &self.given.0);
        let source = match matches.try_contains_id(id) {
            Ok(_) => matches.value_source(id),
            Err(_) => None,
        };
        let raw = || {
            Some(
                matches
                    .get_raw(id)?
                    .next_back()?
                    .to_string_lossy()
                    .into_owned(),
            )
        };
        let variable = || definition.variable().unwrap_or_default().to_owned();
        let (value, layer) = match (source, values.get(definition.key)) {
            (Some(ValueSource::CommandLine), _) => (raw(), Layer::Option(definition.option())),
            (Some(ValueSource::EnvVariable), _) => (raw(), Layer::Variable(variable())),
            (_, Some(value)) => (Some(value.raw.clone()), Layer::File(value.origin.clone())),
            (_, None) => (definition.default(), Layer::Default),
        };
        Shown {
            definition,
            value,
            layer,
        }
    }
}

/// Adds the context that clients use if neither a context nor an address is given.
fn with_selected_context(shown: &mut [Shown]) -> anyhow::Result<()> {
    let is_given = |it: &Shown| [CONTEXT, URL].contains(&it.definition.key) && it.value.is_some();
    if shown.iter().any(is_given) {
        return Ok(());
    }
    let context = shown.iter_mut().find(|it| it.definition.key == CONTEXT);
    if let (Some(context), Some((name, file))) = (context, nats_context::selection()?) {
        context.value = Some(name);
        context.layer = Layer::Selected(file);
    }
    Ok(())
}

impl Shown {
    /// The value, if it may be shown; an address without its user.
    fn value(&self) -> Option<String> {
        let value = self.value.as_deref()?;
        if self.definition.key == URL {
            Some(plansync_nats::without_secrets(value))
        } else if self.definition.is_secret() {
            None
        } else {
            Some(value.to_owned())
        }
    }

    fn json(&self) -> Value {
        let definition = &self.definition;
        let (layer, source, line) = match &self.layer {
            Layer::Option(name) => ("option", Some(name.clone()), None),
            Layer::Variable(name) => ("variable", Some(name.clone()), None),
            Layer::File(origin) => {
                let (file, line) = origin.rsplit_once(':').unwrap_or((origin, ""));
                ("file", Some(file.to_owned()), line.parse::<u64>().ok())
            }
            Layer::Selected(file) => ("selected", Some(paths::exact(file)), None),
            Layer::Default => ("default", None, None),
        };
        json!({
            "key": definition.key,
            "value": self.value(),
            "is_set": self.value.is_some(),
            "is_secret": definition.is_secret(),
            "layer": layer,
            "source": source,
            "line": line,
            "option": definition.option(),
            "variable": definition.variable(),
            "default": definition.default(),
            "sample": definition.sample(),
            "choices": definition.choices(),
        })
    }

    fn source(&self) -> String {
        match &self.layer {
            Layer::Option(name) => format!("option {name}"),
            Layer::Variable(name) => format!("variable {name}"),
            Layer::File(origin) => origin.clone(),
            Layer::Selected(file) => format!("selected in {}", paths::shown(file)),
            Layer::Default => "default".to_owned(),
        }
    }
}

fn table(shown: &[Shown]) -> Table {
    let columns = [
        Column::whole("Setting", "key", 100),
        Column::text("Value", "value", 90),
        Column::text("Source", "source", 80),
    ];
    let rows = shown.iter().map(|it| {
        let value = match (it.value(), &it.value) {
            (Some(value), _) => Cell::new(crate::terminal::line(&value)).exact(value),
            (None, Some(_)) => Cell::new(NOT_SHOWN),
            (None, None) => {
                let words = it.definition.default_in_words();
                Cell::new(words.map_or_else(String::new, |it| format!("({it})"))).exact("")
            }
        };
        let source = Cell::new(it.source());
        let source = match it.layer {
            Layer::Default => source,
            Layer::Option(_) | Layer::Variable(_) | Layer::File(_) | Layer::Selected(_) => {
                source.notable()
            }
        };
        vec![Cell::new(it.definition.key), value, source]
    });
    Table::new(columns, rows)
}

/// Which files were read, and what is in use only by a part of the commands.
fn told(shown: &[Shown], loaded: &Loaded) -> std::io::Result<()> {
    let all = |paths: Vec<&Path>| paths.into_iter().map(paths::shown).collect::<Vec<_>>();
    let read = all(loaded.files.iter().map(|it| &*it.path).collect());
    let absent = all(loaded.absent.iter().map(|it| &**it).collect());
    if !read.is_empty() {
        output::sentences(&format!("Files: {}.", read.join(", ")))?;
    }
    if !absent.is_empty() {
        output::sentences(&format!("No file at {}.", absent.join(" or ")))?;
    }
    for it in shown {
        let without = it.definition.without_variable.join("` and `");
        match &it.layer {
            Layer::Variable(name) if !without.is_empty() => {
                output::sentences(&format!("`{without}` ignore the variable {name}."))?;
            }
            Layer::Selected(_) => {
                output::sentences(&format!("`{without}` ignore the selected context."))?;
            }
            Layer::Option(_) | Layer::Variable(_) | Layer::File(_) | Layer::Default => {}
        }
    }
    Ok(())
}
