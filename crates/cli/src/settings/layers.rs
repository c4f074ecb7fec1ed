//! Merges settings files, so that each value is that of the strongest file that has it.

use std::collections::BTreeMap;
use std::path::Path;

use config::{Config, ConfigError, Map, Source, Value, ValueKind};

use super::checking::CheckedFile;
use super::replacing::{Remains, Stronger};
use crate::exit::NotUnderstood;
use crate::paths;

/// A value of a file, as an option takes it, and its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileValue {
    pub(crate) raw: String,
    /// The file and the line, as `FILE:LINE`.
    pub(crate) origin: String,
}

impl FileValue {
    pub(super) fn new(raw: String, file: &Path, line: usize) -> Self {
        let origin = format!("{}:{line}", paths::exact(file));
        Self { raw, origin }
    }
}

/// What the files say together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values(BTreeMap<String, FileValue>);

/// A file without what stronger layers replace.
#[derive(Debug, Clone)]
struct Layer(Vec<(&'static str, FileValue)>);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let value =
            |it: &FileValue| Value::new(Some(&it.origin), ValueKind::String(it.raw.clone()));
        let values = self
            .0
            .iter()
            .map(|(key, it)| ((*key).to_owned(), value(it)));
        Ok(values.collect())
    }
}

impl Values {
    /// Of the files, from the weakest to the strongest, without what the command line and the environment replace.
    pub(crate) fn of(files: &[CheckedFile], stronger: &Stronger) -> Result<Self, NotUnderstood> {
        let mut stronger = stronger.clone();
        let mut layers = Vec::new();
        for file in files.iter().rev() {
            layers.push(layer(file, &stronger));
            for (key, value) in &file.values {
                stronger.add(key, &value.raw);
            }
        }
        let mut merged = Config::builder();
        for layer in layers.into_iter().rev() {
            merged = merged.add_source(layer);
        }
        let merged = merged.build().and_then(|merged| merged.collect());
        let tables = merged.map_err(|error| NotUnderstood(error.to_string()))?;
        let mut values = BTreeMap::new();
        for (table, entries) in tables {
            for (name, value) in entries.into_table().unwrap_or_default() {
                let origin = value.origin().unwrap_or_default().to_owned();
                let raw = value.kind.to_string();
                values.insert(format!("{table}.{name}"), FileValue { raw, origin });
            }
        }
        Ok(Self(values))
    }

    /// The value of a setting.
    pub(crate) fn get(&self, key: &str) -> Option<&FileValue> {
        self.0.get(key)
    }
}

fn layer(file: &CheckedFile, stronger: &Stronger) -> Layer {
    let values = file.values.iter();
    let remaining = values.filter_map(|(key, value)| match stronger.remains(key, &value.raw) {
        Remains::All => Some((*key, value.clone())),
        Remains::Address => {
            let raw = plansync_nats::without_secrets(&value.raw);
            Some((
                *key,
                FileValue {
                    raw,
                    ..value.clone()
                },
            ))
        }
        Remains::Nothing => None,
    });
    Layer(remaining.collect())
}
