//! Who answers a request that only reads: the service over NATS, or a data folder or backup that is read in
//! this process. The answers are the same.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use plansync_domain::ids::TenantId;
use plansync_protocol::OperationName;

use crate::asking;
use crate::caller::{Caller, CallerArguments};
use crate::connecting::ClientArguments;
use crate::erasure_key::KeysArguments;
use crate::exit::{Exit, NotUnderstood};
use crate::output::Output;
use crate::place::{Place, place};
use crate::printed_command::PrintedCommand;
use crate::service::Service;
use crate::settings::setting;
use crate::terminal;
use crate::view::View;

/// The actor who may read everything.
const SYSTEM: &str = "system";
/// So many tenants of a log are named where another one was asked for.
const TENANTS_SHOWN: usize = 10;

/// Who answers. Copies share the connection or the log.
#[derive(Clone)]
pub(crate) enum Source {
    /// The service, over NATS.
    Service(Box<Service>),
    /// A log that is read in this process.
    View(Arc<View>),
}

impl Source {
    /// The connection, for what only the service does.
    pub(crate) fn service(&self) -> Result<&Service, NotUnderstood> {
        match self {
            Self::Service(service) => Ok(service),
            Self::View(_) => Err(NotUnderstood(
                "a data folder or a backup is only read; use the running engine".to_owned(),
            )),
        }
    }

    /// The same, except that a service that is away or overloaded is waited for up to a minute.
    pub(crate) fn patiently(&self) -> Self {
        match self {
            Self::Service(service) => Self::Service(Box::new(service.patiently())),
            Self::View(view) => Self::View(Arc::clone(view)),
        }
    }

    /// How a command ends that got its answers.
    pub(crate) fn exit(&self, output: Output) -> Exit {
        match self {
            Self::Service(_) => Exit::Done,
            Self::View(view) => view.exit(output),
        }
    }
}

/// Options for who answers, and for tenant and actor.
#[derive(Debug, Clone, Args)]
pub(crate) struct SourceArguments {
    // The first field, because the other ones are removed from the matches when they are read.
    #[command(flatten)]
    printed: PrintedCommand,
    /// Data folder to read instead of asking the service. The engine may be using it; nothing in it is
    /// changed.
    #[arg(long, value_name = "FOLDER", conflicts_with = "backup")]
    data: Option<PathBuf>,
    /// Backup to read instead of asking the service.
    #[arg(long, value_name = "FILE")]
    backup: Option<PathBuf>,
    #[command(flatten)]
    keys: KeysArguments,
    /// Tenant to work in. With `--data` or `--backup`, it is only needed if the log has several.
    #[arg(
        long,
        env = "PLANSYNC_TENANT",
        value_parser = asking::name,
        add = setting("client.tenant"),
        required_unless_present_any = ["data", "backup"]
    )]
    tenant: Option<String>,
    /// Actor to work as: the id of an administrator, or `system` [default with `--data` or `--backup`:
    /// `system`].
    #[arg(
        long = "as",
        env = "PLANSYNC_ACTOR",
        value_name = "ACTOR",
        value_parser = asking::name,
        add = setting("client.actor"),
        required_unless_present_any = ["data", "backup"]
    )]
    actor: Option<String>,
    #[command(flatten)]
    pub(crate) client: ClientArguments,
}

impl SourceArguments {
    /// Connects, or opens the log that is read.
    pub(crate) async fn open(&self, output: Output) -> anyhow::Result<Caller> {
        let source = match self.place() {
            None => Source::Service(Box::new(self.client.connect().await?)),
            Some(place) => Source::View(Arc::new(
                View::open(place, self.keys.read()?, output)
                    .await?
                    .reaching(self.tenant.as_deref())?,
            )),
        };
        let tenant = match (&self.tenant, &source) {
            (given, Source::View(view)) => {
                tenant_of_log(&view.tenants(), given.as_deref())?.to_string()
            }
            (Some(tenant), Source::Service(_)) => tenant.clone(),
            (None, Source::Service(_)) => return Err(missing("tenant").into()),
        };
        let actor = match (&self.actor, &source) {
            (Some(actor), _) => actor.clone(),
            (None, Source::View(_)) => SYSTEM.to_owned(),
            (None, Source::Service(_)) => return Err(missing("as").into()),
        };
        let (printed, client) = (self.printed.clone(), self.client.clone());
        let who = CallerArguments::of(printed, tenant, actor, client);
        Ok(Caller::of(output, source, who))
    }

    /// Refuses an operation that changes something if a log is only read. An operation that this version does
    /// not know is left to whoever answers.
    pub(crate) fn check(&self, operation: &str) -> Result<(), NotUnderstood> {
        let is_command = OperationName::parse(operation).is_some_and(OperationName::is_command);
        if self.place().is_some() && is_command {
            return Err(NotUnderstood(format!(
                "`{operation}` changes something, but `--data` and `--backup` only read; omit them to send it \
                 to the running engine"
            )));
        }
        Ok(())
    }

    fn place(&self) -> Option<Place> {
        place(self.data.as_ref(), self.backup.as_ref())
    }
}

/// The tenant of a log that is named, or the only one.
pub(crate) fn tenant_of_log<'a>(
    tenants: &'a [TenantId],
    given: Option<&str>,
) -> Result<&'a TenantId, NotUnderstood> {
    let called = |name: &str| tenants.iter().find(|one| one.as_str() == name);
    let told = match (tenants, given) {
        ([], None) => "the log has no tenant yet".to_owned(),
        ([], Some(given)) => format!(
            "the log has no tenant yet, so none `{}`",
            terminal::line(given)
        ),
        ([tenant], None) => return Ok(tenant),
        (several, None) => format!(
            "the log has several tenants; add `--tenant` with one of them: {}",
            some_of(several)
        ),
        (all, Some(given)) => match called(given) {
            Some(tenant) => return Ok(tenant),
            None => format!(
                "the log has no tenant `{}`; it has: {}",
                terminal::line(given),
                some_of(all)
            ),
        },
    };
    Err(NotUnderstood(told))
}

/// The names of tenants, in a sentence.
fn some_of(tenants: &[TenantId]) -> String {
    let shown: Vec<_> = tenants
        .iter()
        .take(TENANTS_SHOWN)
        .map(TenantId::as_str)
        .collect();
    match tenants.len().saturating_sub(TENANTS_SHOWN) {
        0 => shown.join(", "),
        more => format!("{}, and {more} more", shown.join(", ")),
    }
}

/// clap requires it, so this is not to be expected.
fn missing(option: &str) -> NotUnderstood {
    NotUnderstood(format!("give `--{option}`"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use plansync_domain::ids::TenantId;

    use super::{SourceArguments, tenant_of_log};

    #[derive(Debug, Parser)]
    struct TestArguments {
        #[command(flatten)]
        source: SourceArguments,
    }

    fn parsed(words: &[&str]) -> Result<SourceArguments, clap::Error> {
        let parsed = TestArguments::try_parse_from([&["plansync"], words].concat());
        parsed.map(|parsed| parsed.source)
    }

    #[test]
    fn tenant_and_actor_are_only_needed_for_the_service() {
        parsed(&["--data", "folder"]).unwrap();
        parsed(&["--backup", "file", "--tenant", "northgate"]).unwrap();
        parsed(&["--data", "folder", "--backup", "file"]).unwrap_err();
        parsed(&["--tenant", "northgate", "--as", "system"]).unwrap();
    }

    #[test]
    fn what_only_reads_takes_no_command() {
        let folder = parsed(&["--data", "folder"]).unwrap();
        let refused = folder.check("plan.edit").unwrap_err().to_string();
        assert!(
            refused.starts_with("`plan.edit` changes something"),
            "{refused}"
        );
        folder.check("plan.get").unwrap();
        folder.check("plan.unknown").unwrap();
        let service = parsed(&["--tenant", "northgate", "--as", "system"]).unwrap();
        service.check("plan.edit").unwrap();
    }

    #[test]
    fn the_only_tenant_need_not_be_named() {
        let one = tenants(&["northgate"]);
        assert_eq!(tenant_of_log(&one, None).unwrap(), &one[0]);
        let told = told(&tenants(&["northgate", "southgate"]), None);
        assert!(told.ends_with(": northgate, southgate"), "{told}");
        tenant_of_log(&[], None).unwrap_err();
    }

    #[test]
    fn a_tenant_that_the_log_has_not_is_refused_with_those_that_it_has() {
        let all: Vec<_> = (10..22).map(|number| format!("college-{number}")).collect();
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        let all = tenants(&all);
        assert_eq!(tenant_of_log(&all, Some("college-21")).unwrap(), &all[11]);
        let told = told(&all, Some("college-22\u{1b}"));
        assert!(
            told.starts_with("the log has no tenant `college-22\\"),
            "{told}"
        );
        assert!(told.ends_with("college-19, and 2 more"), "{told}");
        tenant_of_log(&[], Some("college-10")).unwrap_err();
    }

    fn tenants(names: &[&str]) -> Vec<TenantId> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    fn told(tenants: &[TenantId], given: Option<&str>) -> String {
        tenant_of_log(tenants, given).unwrap_err().to_string()
    }
}
