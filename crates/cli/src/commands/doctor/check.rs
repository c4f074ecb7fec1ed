//! A check and its result.

use serde_json::{Value, json};

use super::name::Name;

/// The page with the sections, as it is named to people and programs.
const PAGE: &str = "docs/runbook.md";

/// The result of a check, the least urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Ok,
    NotChecked,
    Warning,
    Wrong,
}

impl State {
    /// For programs.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotChecked => "not_checked",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }
}

macro_rules! sections {
    ($($section:ident = $anchor:literal,)*) => {
        /// A section of the runbook.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Section {
            $($section,)*
        }

        impl Section {
            /// All sections that a check may name.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$section,)*];

            const fn anchor(self) -> &'static str {
                match self {
                    $(Self::$section => $anchor,)*
                }
            }
        }
    };
}

sections! {
    IsItWell = "is-it-well",
    Restore = "restore",
    Upgrade = "upgrade",
    NatsIsGone = "nats-is-gone",
    NatsRequirements = "the-nats-server-does-not-meet-the-requirements",
    JetStreamIsOff = "jetstream-is-off",
    StreamAltered = "a-stream-was-altered",
    OthersConsumer = "somebody-elses-consumer-is-on-the-work-queue",
    ConsumerPaused = "the-consumer-is-paused",
    Undeliverable = "a-command-cannot-be-delivered",
    NoEngine = "no-engine-answers",
    DiskFull = "the-disk-is-full",
    DiskSilent = "the-disk-does-not-answer",
    Overloaded = "the-engine-is-overloaded",
    ReadOnly = "the-folder-is-read-only",
    Temporary = "tmpdir-is-missing-or-small",
    OpenFiles = "there-are-too-few-file-descriptors",
    ClockAhead = "the-clock-was-ahead",
    TwoEngines = "there-are-two-engines",
    Permissions = "permissions-are-wrong",
    CertificateExpired = "a-certificate-has-expired",
    Setting = "a-setting-is-wrong",
}

/// What to do, and where the runbook tells more about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Help {
    pub(super) advice: String,
    pub(super) section: Section,
}

/// A check and its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) name: Name,
    pub(super) state: State,
    /// What was found.
    pub(super) message: String,
    /// What to do, unless all is well.
    pub(super) help: Option<Help>,
}

impl Check {
    pub(super) fn ok(name: Name, message: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Ok,
            message: message.into(),
            help: None,
        }
    }

    fn not_ok(
        (name, state): (Name, State),
        message: impl Into<String>,
        section: Section,
        advice: impl Into<String>,
    ) -> Self {
        let advice = advice.into();
        Self {
            name,
            state,
            message: message.into(),
            help: Some(Help { advice, section }),
        }
    }

    pub(super) fn warning(
        name: Name,
        message: impl Into<String>,
        section: Section,
        advice: impl Into<String>,
    ) -> Self {
        Self::not_ok((name, State::Warning), message, section, advice)
    }

    pub(super) fn wrong(
        name: Name,
        message: impl Into<String>,
        section: Section,
        advice: impl Into<String>,
    ) -> Self {
        Self::not_ok((name, State::Wrong), message, section, advice)
    }

    /// `why` follows "not checked because".
    pub(super) fn not_checked(
        name: Name,
        why: impl Into<String>,
        section: Section,
        advice: impl Into<String>,
    ) -> Self {
        Self::not_ok((name, State::NotChecked), why, section, advice)
    }

    pub(super) fn is_wrong(&self) -> bool {
        self.state == State::Wrong
    }

    /// The section as people and programs find it.
    pub(super) fn runbook(&self) -> Option<String> {
        let help = self.help.as_ref()?;
        Some(format!("{PAGE}#{}", help.section.anchor()))
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        json!({
            "check": self.name.text(),
            "state": self.state.word(),
            "message": self.message,
            "advice": self.help.as_ref().map(|help| &help.advice),
            "runbook": self.runbook(),
        })
    }
}

/// The start of a text that others wrote.
pub(super) fn brief(text: &str) -> String {
    const CHARACTERS_MAX: usize = 400;
    let mut start: String = text.chars().take(CHARACTERS_MAX).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// A number of things.
pub(super) fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{Name, PAGE, Section, brief};

    fn page() -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        std::fs::read_to_string(root.join(PAGE)).unwrap()
    }

    /// The anchors of the sections of a page, as its readers link to them.
    fn anchors(page: &str) -> BTreeSet<String> {
        let mut is_code = false;
        let mut anchors = BTreeSet::new();
        for line in page.lines() {
            is_code ^= line.starts_with("```");
            let title = line.trim_start_matches('#');
            if !is_code && title.len() < line.len() && title.starts_with(' ') {
                let kept = |c: &char| c.is_alphanumeric() || ['_', ' ', '-'].contains(c);
                let title: String = title.trim().to_lowercase().chars().filter(kept).collect();
                anchors.insert(title.replace(' ', "-"));
            }
        }
        anchors
    }

    #[test]
    fn every_section_that_is_named_is_in_the_runbook_and_every_fault_is_named() {
        let page = page();
        let named: BTreeSet<_> = Section::ALL
            .iter()
            .map(|one| one.anchor().to_owned())
            .collect();
        let missing: Vec<_> = named.difference(&anchors(&page)).cloned().collect();
        assert!(missing.is_empty(), "{missing:?}");
        let (_, faults) = page
            .split_once("# What you see, what it means, what to do\n")
            .unwrap();
        let faults = anchors(faults);
        assert!(faults.len() >= 14, "{faults:?}");
        let unnamed: Vec<_> = faults.difference(&named).collect();
        assert!(unnamed.is_empty(), "{unnamed:?}");
    }

    #[test]
    fn every_check_is_in_the_table_of_the_runbook() {
        let page = page();
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        let rows: Vec<_> = rows.filter_map(|row| row.split_once('`')).collect();
        let listed: Vec<_> = rows.iter().map(|(name, _)| *name).collect();
        let names: Vec<_> = Name::ALL.iter().map(|name| name.text()).collect();
        assert_eq!(listed, names);
    }

    #[test]
    fn a_long_text_of_others_is_cut() {
        assert_eq!(brief("é"), "é");
        let cut = brief(&"é".repeat(10_000));
        assert_eq!(cut.chars().count(), 401);
        assert!(cut.ends_with('…'), "{cut}");
    }
}
