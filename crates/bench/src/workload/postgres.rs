//! The same syncs in PostgreSQL, as an application would implement them: plans as rows, and a typed
//! audit row for every component that changed, all of it durable.
//!
//! Permissions, reasons, warnings and messages are left out: only the changes themselves are made.

mod cluster;

use std::thread;
use std::time::{Duration, Instant};

use postgres::Client;

use crate::figure::Figure;
use crate::workload::Size;
use cluster::Cluster;

/// The attributes that a sync replaces, and their columns.
const ATTRIBUTES: [(&str, &str); 14] = [
    ("name", "text not null"),
    ("instructions", "text not null default ''"),
    ("due_date", "date"),
    ("owner", "text"),
    ("completion_mode", "text not null default 'learner'"),
    ("criteria", "text[] not null default '{}'"),
    ("documents", "text[] not null default '{}'"),
    ("min_evidence", "integer not null default 0"),
    ("evidence_required", "boolean not null default false"),
    (
        "delivery_via_organisation",
        "boolean not null default false",
    ),
    ("delivery_via_employer", "boolean not null default false"),
    ("marking_aid_exercise", "uuid"),
    ("review_type", "text"),
    ("review_at", "timestamptz"),
];

/// Concatenates a text for each attribute.
fn of_each(write: impl Fn(&str, &str) -> String) -> String {
    let each = ATTRIBUTES.map(|(name, column)| write(name, column));
    each.join(", ")
}

fn schema() -> String {
    let columns = of_each(|name, column| format!("{name} {column}"));
    let audited = of_each(|name, column| {
        let kind = column.split(' ').next().unwrap_or(column);
        format!("{name}_before {kind}, {name}_after {kind}")
    });
    format!(
        "create table component (
            learner integer not null, component integer not null, {columns},
            status text not null default 'not_started', changed bigint not null default 0,
            primary key (learner, component)
        ) with (fillfactor = 50);
        create table change (component integer primary key, {columns});
        create table audit (
            sync bigint not null, learner integer not null, component integer not null, {audited},
            at timestamptz not null default now()
        );
        create index on audit (sync, learner, component);"
    )
}

/// A sync of the learners from `$2` to `$3`. The audit row has the values before and after of each
/// attribute that changed.
fn sync_statement() -> String {
    let set = of_each(|name, _| format!("{name} = c.{name}"));
    let own = of_each(|name, _| format!("p.{name}"));
    let given = of_each(|name, _| format!("c.{name}"));
    let both = of_each(|name, _| format!("old.{name} as {name}_before, p.{name} as {name}_after"));
    let columns = of_each(|name, _| format!("{name}_before, {name}_after"));
    let differing = of_each(|name, _| {
        let differs = format!("{name}_before is distinct from {name}_after");
        format!(
            "case when {differs} then {name}_before end, case when {differs} then {name}_after end"
        )
    });
    format!(
        "with changed as (
            update component p set {set}, changed = $1
            from component old join change c on c.component = old.component
            where p.learner = old.learner and p.component = old.component
                and p.learner between $2 and $3 and p.status <> 'completed'
                and ({own}) is distinct from ({given})
            returning p.learner, p.component, {both}
        )
        insert into audit (sync, learner, component, {columns})
        select $1, learner, component, {differing} from changed"
    )
}

const AUDIT: &str = "
select learner, component, name_before, name_after, count(*) over () from audit
where sync = $1 order by learner, component limit 50";

/// A college in rows.
struct Rows {
    cluster: Cluster,
    client: Client,
    components: i32,
    learners: i32,
    syncs: i64,
}

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    if !size.with_peers {
        return Ok(Vec::new());
    }
    let Some(cluster) = Cluster::start()? else {
        eprintln_skipped();
        return Ok(Vec::new());
    };
    let count = i32::try_from(size.largest)?;
    let mut rows = Rows::make(cluster, count, count)?;
    let mut figures = largest(&mut rows, size)?;
    let cluster = rows.close()?;
    let mut rows = Rows::make(cluster, 200, 200)?;
    figures.extend(typical(&mut rows, size)?);
    Ok(figures)
}

#[expect(
    clippy::print_stderr,
    reason = "whoever runs it must know what is missing"
)]
fn eprintln_skipped() {
    eprintln!("  PostgreSQL 15 is not installed: going on without it");
}

impl Rows {
    fn make(cluster: Cluster, components: i32, learners: i32) -> anyhow::Result<Self> {
        let mut client = cluster.connect()?;
        client.batch_execute(&schema())?;
        let fill = "insert into component (learner, component, name)
            select l, c, 'Activity ' || c from generate_series(1, $1) l, generate_series(1, $2) c";
        client.execute(fill, &[&learners, &components])?;
        client.batch_execute("vacuum analyze component")?;
        client.batch_execute("checkpoint")?;
        Ok(Self {
            cluster,
            client,
            components,
            learners,
            syncs: 0,
        })
    }

    fn close(mut self) -> anyhow::Result<Cluster> {
        self.client
            .batch_execute("drop table component, change, audit")?;
        Ok(self.cluster)
    }

    /// Changes the source: another name and other instructions for the first `count` components.
    fn change(&mut self, count: i32) -> anyhow::Result<()> {
        self.syncs += 1;
        let edition = format!(", edition {}", self.syncs);
        self.client.batch_execute("truncate change")?;
        let fill = "insert into change (component, name, instructions)
            select c, 'Activity ' || c || $2, 'As in' || $2 from generate_series(1, $1) c";
        self.client.execute(fill, &[&count, &edition])?;
        self.client.batch_execute("analyze change")?;
        self.client.batch_execute("checkpoint")?;
        Ok(())
    }

    /// Everything in one statement and one transaction.
    fn set_based(&mut self, count: i32) -> anyhow::Result<Duration> {
        self.change(count)?;
        let began = Instant::now();
        let done = self
            .client
            .execute(&sync_statement(), &[&self.syncs, &1, &self.learners])?;
        let took = began.elapsed();
        anyhow::ensure!(done == u64::try_from(count * self.learners)?, "{done} rows");
        Ok(took)
    }

    /// A transaction for each learner, divided among this many connections.
    fn each_learner(&mut self, count: i32, connections: i32) -> anyhow::Result<Duration> {
        self.change(count)?;
        let clients = (0..connections).map(|_| self.cluster.connect());
        let clients = clients.collect::<anyhow::Result<Vec<_>>>()?;
        let (sync, learners) = (self.syncs, self.learners);
        let began = Instant::now();
        let threads: Vec<_> = clients
            .into_iter()
            .zip(0..)
            .map(|(mut client, number)| {
                thread::spawn(move || -> anyhow::Result<()> {
                    let statement = client.prepare(&sync_statement())?;
                    for learner in (1..=learners).filter(|learner| learner % connections == number)
                    {
                        client.execute(&statement, &[&sync, &learner, &learner])?;
                    }
                    Ok(())
                })
            })
            .collect();
        for thread in threads {
            match thread.join() {
                Ok(done) => done?,
                Err(_) => anyhow::bail!("a connection's thread crashed"),
            }
        }
        Ok(began.elapsed())
    }

    /// The bytes of WAL written so far.
    fn wal(&mut self) -> anyhow::Result<f64> {
        let query = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8";
        Ok(self.client.query_one(query, &[])?.get(0))
    }

    /// Reads the first page of what a sync did.
    fn audit(&mut self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        self.client.query(AUDIT, &[&self.syncs])?;
        Ok(began.elapsed())
    }
}

fn times(
    samples: usize,
    mut once: impl FnMut() -> anyhow::Result<Duration>,
) -> anyhow::Result<Vec<Duration>> {
    (0..samples).map(|_| once()).collect()
}

fn largest(rows: &mut Rows, size: &Size) -> anyhow::Result<Vec<Figure>> {
    let (count, samples) = (rows.components, size.samples);
    let before = rows.wal()?;
    let set_based = times(samples, || rows.set_based(count))?;
    #[expect(clippy::cast_precision_loss, reason = "a few samples")]
    let wal = (rows.wal()? - before) / samples as f64;
    let audit = times(samples, || rows.audit())?;
    let one = times(samples, || rows.each_learner(count, 1))?;
    let two = times(samples, || rows.each_learner(count, 2))?;
    rows.cluster.restart_cold()?;
    rows.client = rows.cluster.connect()?;
    let cold = rows.set_based(count)?;
    Ok(vec![
        Figure::millis("largest sync, set-based", &set_based),
        Figure::millis("largest sync, a transaction a learner", &one),
        Figure::millis("largest sync, the same on two connections", &two),
        Figure::millis("largest sync, set-based, cold", &[cold]),
        Figure::once("WAL of the largest sync", "MB", wal / 1e6),
        Figure::millis("audit rows of a sync, first page", &audit),
    ])
}

fn typical(rows: &mut Rows, size: &Size) -> anyhow::Result<Vec<Figure>> {
    const CHANGED: i32 = 20;
    let samples = if size.is_quick { 2 } else { 20 };
    let set_based = times(samples, || rows.set_based(CHANGED))?;
    let one = times(samples, || rows.each_learner(CHANGED, 1))?;
    Ok(vec![
        Figure::millis("typical sync, set-based", &set_based),
        Figure::millis("typical sync, a transaction a learner", &one),
    ])
}
