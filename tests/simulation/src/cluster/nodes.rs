//! All nodes and all clients, step by step on one thread. While it storms, whatever can go wrong does; then all is calm,
//! until everything was answered and every node has everything.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Duration;

use plansync_engine::Worked;
use plansync_log::replication::{LogStream as _, MonotonicClock as _, StreamSequence};
use plansync_log::{LogId, Position, Read as _, Sequenced};
use plansync_model::histories::{LIMITS, Step};
use uuid::Uuid;

use super::figures::ClusterFigures;
use super::node::Node;
use super::stream::{ClusterFault, Servers};
use super::time::{NodeClock, Passing};
use crate::check::Replay;
use crate::choices::Choices;
use crate::client::{Client, Message};
use crate::ledger::Ledger;
use crate::machine::Reply;
use crate::simulation::{TENANTS, Violation, founding};

/// Rounds in which everything must come to its end once all is calm.
const CALM_ROUNDS: u32 = 2_000;

/// Everything.
pub(crate) struct Cluster {
    choices: Choices,
    passing: Passing,
    servers: Servers,
    nodes: Vec<Node>,
    lives: u64,
    clients: Vec<Client>,
    founding: Vec<usize>,
    requests: Vec<Message>,
    replies: Vec<Reply>,
    ledger: Ledger,
    /// The last position that somebody was told about, and what it was when each client began to ask.
    told: Position,
    told_before: Vec<Position>,
    loses_end: bool,
    pub(crate) figures: ClusterFigures,
    pub(crate) trace: Vec<String>,
}

impl Cluster {
    /// A case that has not begun. In one that `loses_end`, the stream of the log forgets its last messages once.
    pub(crate) fn new(
        histories: &[Vec<Step>],
        choices: &Choices,
        fault: Option<ClusterFault>,
        loses_end: bool,
    ) -> Self {
        let passing = Passing::default();
        let log = LogId::new(Uuid::from_u128(1));
        let node = |_| {
            let clock = NodeClock {
                passing: passing.clone(),
                began_at: u64::from(choices.below(1_000_000_000)),
                rate: 910 + u64::from(choices.below(180)),
            };
            Node::new(log, clock)
        };
        let nodes = (0..3).map(node).collect();
        let named = TENANTS.iter().zip(histories).enumerate();
        let clients: Vec<Client> = named
            .flat_map(|(index, (name, history))| Client::all(index, name, history))
            .collect();
        Self {
            servers: Servers::new(choices, fault),
            passing,
            nodes,
            lives: 0,
            told: Position::ZERO,
            told_before: vec![Position::ZERO; clients.len()],
            clients,
            founding: histories.iter().map(|history| founding(history)).collect(),
            requests: Vec::new(),
            replies: Vec::new(),
            ledger: Ledger::default(),
            loses_end,
            figures: ClusterFigures::default(),
            trace: Vec::new(),
            choices: choices.clone(),
        }
    }

    /// Runs until everything is done, and checks it.
    pub(crate) fn run(&mut self) -> Result<(), Violation> {
        let storm = 200 + self.choices.below(2_000);
        let loses_at = self.choices.below(storm);
        for step in 0..storm {
            if self.loses_end && step == loses_at {
                self.lose_end()?;
            }
            self.storm()?;
        }
        self.calm()?;
        self.check()
    }

    fn node(&self) -> usize {
        self.choices.index(self.nodes.len())
    }

    fn storm(&mut self) -> Result<(), Violation> {
        self.figures.steps += 1;
        let micros = u64::from(self.choices.below(20_000));
        self.passing.pass(Duration::from_micros(micros));
        let index = self.node();
        // Where old leaders are broken on purpose, there are more of them.
        let cuts = match self.servers.fault {
            Some(ClusterFault::AnswersWithoutLease | ClusterFault::AcceptsAnyMessage) => 8,
            Some(ClusterFault::NoBarrier | ClusterFault::RecordsHaveIds) | None => 2,
        };
        let weights = [120, 160, 40, 60, 90, 90, 60, 5, 4, 2, cuts, 3, 4, 4, 4, 4];
        match self.choices.weighted(&weights) {
            0 => self.tend_lease(index),
            1 => return self.step(index),
            2 => return self.work(index),
            3 => self.ask(),
            4 => self.deliver_request(),
            5 => self.release(index),
            6 => return self.deliver_reply(),
            7 => self.ask_again(),
            8 => self.servers.deliver_late(),
            9 => self.freeze(index),
            10 => self.cut(index),
            11 => self.crash(index),
            12 => self.pass(),
            13 => drop_one(&mut self.requests, &self.choices),
            14 => drop_one(&mut self.replies, &self.choices),
            _doubled => {
                if let Some(message) = self.requests.first().cloned() {
                    self.requests.push(message);
                }
            }
        }
        Ok(())
    }

    fn is_frozen(&self, index: usize) -> bool {
        self.passing.micros() < self.nodes[index].frozen_until
    }

    fn freeze(&mut self, index: usize) {
        self.figures.freezes += 1;
        let micros = u64::from(self.choices.below(8_000_000));
        self.nodes[index].frozen_until = self.passing.micros() + micros;
        self.trace
            .push(format!("node {index} freezes for {micros} us"));
    }

    fn cut(&mut self, index: usize) {
        self.figures.cuts += 1;
        let was_cut = self.nodes[index].is_cut.fetch_xor(true, Ordering::Relaxed);
        self.trace
            .push(format!("node {index} is cut off: {}", !was_cut));
    }

    fn crash(&mut self, index: usize) {
        self.figures.crashes += 1;
        self.nodes[index].end();
        self.trace.push(format!("node {index} ends"));
    }

    fn pass(&mut self) {
        let millis = u64::from(self.choices.below(3_000));
        self.passing.pass(Duration::from_millis(millis));
        let index = self.node();
        self.nodes[index].time_of_day.jump(&self.choices);
    }

    fn lose_end(&mut self) -> Result<(), Violation> {
        let end = self
            .servers
            .records
            .end()
            .map_err(|error| error.to_string())?;
        let count = 1 + u64::from(self.choices.below(3));
        let last = StreamSequence::new(end.last.get().saturating_sub(count));
        self.servers.records.lose_after(last);
        self.figures.lost_ends += 1;
        self.trace
            .push(format!("the stream loses what is after message {last}"));
        Ok(())
    }

    fn tend_lease(&mut self, index: usize) {
        if !self.is_frozen(index) {
            self.nodes[index].tend_lease();
        }
    }

    fn step(&mut self, index: usize) -> Result<(), Violation> {
        if self.is_frozen(index) || self.nodes[index].halted.is_some() {
            return Ok(());
        }
        if self.nodes[index].process.is_none() {
            self.lives += 1;
            return self.nodes[index].start(&self.servers, self.lives);
        }
        let led = self.leads(index);
        self.nodes[index].step()?;
        if self.leads(index) && !led {
            self.figures.terms += 1;
            self.trace.push(format!("node {index} leads"));
        }
        match &self.nodes[index].halted {
            Some(halt) if !self.loses_end => {
                Err(format!("nothing was lost, and node {index} halted: {halt}"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn leads(&self, index: usize) -> bool {
        let process = self.nodes[index].process.as_ref();
        process.is_some_and(super::node::Process::leads)
    }

    /// A target of a sync is worked off.
    fn work(&mut self, index: usize) -> Result<(), Violation> {
        if self.is_frozen(index) || !self.leads(index) {
            return Ok(());
        }
        let Some(process) = &self.nodes[index].process else {
            return Ok(());
        };
        match process.engine().work_step() {
            Ok(Worked::Nothing | Worked::Targets(_) | Worked::Waits) => Ok(()),
            Err(refusal) => Err(format!("a target was not worked off: {refusal}")),
        }
    }

    fn ask(&mut self) {
        let idle = self.idle_clients();
        if idle.is_empty() {
            return;
        }
        let index = idle[self.choices.index(idle.len())];
        if let Some((asked, message)) = self.clients[index].begin(index, false) {
            let confirmed = self.clients[index].confirmed(&asked.wish);
            self.ledger.asked(&self.clients[index], asked, confirmed);
            self.told_before[index] = self.told;
            self.requests.push(message);
        }
    }

    /// Clients that may ask: nobody before their tenant is founded.
    fn idle_clients(&self) -> Vec<usize> {
        let is_founded = |tenant: usize| {
            let system = |client: &&Client| client.tenant == tenant && client.actor == "system";
            let system = self.clients.iter().find(system);
            system.is_none_or(|system| system.place() >= self.founding[tenant])
        };
        let may = |client: &Client| client.actor == "system" || is_founded(client.tenant);
        let clients = self.clients.iter().enumerate();
        let idle = clients.filter(|(_, client)| client.next().is_some() && may(client));
        idle.map(|(index, _)| index).collect()
    }

    fn ask_again(&mut self) {
        let waiting = |index: &usize| self.clients[*index].waiting.is_some();
        let waiting: Vec<usize> = (0..self.clients.len()).filter(waiting).collect();
        if waiting.is_empty() {
            return;
        }
        let index = waiting[self.choices.index(waiting.len())];
        self.requests.extend(self.clients[index].again());
    }

    /// A request comes to a node that thinks that it leads; clients reach also one that is cut off from the streams.
    fn deliver_request(&mut self) {
        let leading = |index: &usize| self.leads(*index) && !self.is_frozen(*index);
        let leading: Vec<usize> = (0..self.nodes.len()).filter(leading).collect();
        if self.requests.is_empty() || leading.is_empty() {
            return;
        }
        let index = leading[self.choices.index(leading.len())];
        let message = self
            .requests
            .remove(self.choices.index(self.requests.len()));
        if let Some(process) = &mut self.nodes[index].process {
            process.take_request(message);
        }
    }

    /// The first answer of a node leaves, if it may: its state is durable, and the node has had the lease until now.
    fn release(&mut self, index: usize) {
        if self.is_frozen(index) {
            return;
        }
        let node = &mut self.nodes[index];
        let now = node.clock.now();
        let Some(process) = &mut node.process else {
            return;
        };
        let durable = process.engine().durable().current();
        let Some(at) = process
            .waiting
            .iter()
            .position(|reply| reply.answer.after <= durable)
        else {
            return;
        };
        let reply = process.waiting.remove(at);
        if process.lease.is_valid(now)
            || self.servers.fault == Some(ClusterFault::AnswersWithoutLease)
        {
            self.replies.push(reply);
        } else {
            self.figures.withheld += 1;
        }
    }

    fn deliver_reply(&mut self) -> Result<(), Violation> {
        if self.replies.is_empty() {
            return Ok(());
        }
        let reply = self.replies.remove(self.choices.index(self.replies.len()));
        let index = reply.message.client;
        let client = &self.clients[index];
        let waits = client.waiting.as_ref();
        if waits.is_none_or(|(message, _)| message.id != reply.message.id) {
            // It was answered before.
            return Ok(());
        }
        let seen = reply.answer.after.max(reply.durable);
        let heard = self.ledger.answered(client, &reply);
        if heard.code() == Some("unavailable") {
            return Ok(());
        }
        let before = self.told_before[index];
        // What the stream has lost may be unknown to the node that leads after that.
        let is_stale = seen < before && !self.loses_end;
        if heard.code() != Some("overloaded") && is_stale {
            return Err(format!(
                "an answer shows position {seen}, and when it was asked for somebody knew of position {before}: {heard:?}"
            ));
        }
        self.told = self.told.max(reply.answer.after);
        let client = &mut self.clients[index];
        if client.settles(heard.code()) {
            client.heard(&heard);
            client.go_on();
        }
        Ok(())
    }

    /// Nothing goes wrong any more, and everything comes to its end.
    fn calm(&mut self) -> Result<(), Violation> {
        self.choices.calm();
        for node in &mut self.nodes {
            node.is_cut.store(false, Ordering::Relaxed);
            node.frozen_until = 0;
        }
        for round in 0..CALM_ROUNDS {
            self.passing.pass(Duration::from_millis(50));
            for index in 0..self.nodes.len() {
                self.tend_lease(index);
                for _ in 0..4 {
                    self.step(index)?;
                    self.work(index)?;
                }
                self.release(index);
            }
            self.deliver_request();
            self.deliver_reply()?;
            self.ask();
            if round % 16 == 0 && self.requests.is_empty() {
                self.ask_again();
            }
            if self.is_done() {
                return Ok(());
            }
        }
        let waiting: Vec<_> = self.clients.iter().filter(|one| !one.is_done()).collect();
        let nodes: Vec<_> = self.nodes.iter().map(Node::told).collect();
        Err(format!(
            "it does not end; the nodes: {nodes:?}; waiting: {waiting:?}"
        ))
    }

    /// Whether every client was answered, nothing is left to do, and every node has everything. Where the stream lost its
    /// end, it is enough that every node has halted or has everything.
    fn is_done(&self) -> bool {
        let live: Vec<&Node> = self
            .nodes
            .iter()
            .filter(|node| node.halted.is_none())
            .collect();
        let answered = live.is_empty() || self.clients.iter().all(Client::is_done);
        let is_idle = |node: &&Node| {
            let engine = node.process.as_ref().map(super::node::Process::engine);
            engine.is_some_and(|engine| {
                engine.decided_position() == engine.durable().current()
                    && TENANTS.iter().all(|name| {
                        name.parse().is_ok_and(|name| {
                            engine
                                .snapshot(&name)
                                .tenant
                                .running_syncs()
                                .next()
                                .is_none()
                        })
                    })
            })
        };
        let ends: Vec<Position> = live.iter().map(|node| node.own.tip().position).collect();
        answered && live.iter().all(is_idle) && ends.windows(2).all(|pair| pair[0] == pair[1])
    }

    fn check(&mut self) -> Result<(), Violation> {
        let halted = self
            .nodes
            .iter()
            .filter(|node| node.halted.is_some())
            .count();
        self.figures.halted += u64::try_from(halted).unwrap_or(u64::MAX);
        let mut logs = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            if node.halted.is_some() {
                continue;
            }
            logs.push(
                node.own
                    .read(Position::ZERO, usize::MAX)
                    .map_err(|error| error.to_string())?,
            );
            checked(node).map_err(|what| format!("node {index}: {what}"))?;
        }
        let Some(commits) = logs.first() else {
            return Ok(());
        };
        if let Some(index) = logs.iter().position(|other| other != commits) {
            return Err(format!("node {index} has another log than node 0"));
        }
        if halted > 0 {
            // Somebody has what the stream lost, and says so: no more is promised.
            return Ok(());
        }
        self.replay(&commits.clone())
    }

    fn replay(&mut self, commits: &[Sequenced]) -> Result<(), Violation> {
        let mut replay = Replay::new(&self.ledger.records, LIMITS);
        let mut figures = replay.all(commits)?;
        replay.answers(&mut figures)?;
        self.figures.histories += 1;
        self.figures.commits += figures.commits;
        self.figures.answers += figures.answers;
        self.figures.refusals += figures.refusals;
        self.figures.replayed_targets += figures.replayed_targets;
        Ok(())
    }
}

/// Everything that a node's engine answers from is what a replay of its log gives.
fn checked(node: &Node) -> Result<(), Violation> {
    let Some(process) = &node.process else {
        return Err("its process has ended".to_owned());
    };
    let check = process.engine().check(1);
    for part in 0..check.parts() {
        let checked = check.part(part, &mut |_| ControlFlow::Continue(()));
        let checked = checked.map_err(|error| error.to_string())?;
        checked
            .map_err(|difference| format!("its state is not that of its log: {difference:?}"))?;
    }
    Ok(())
}

fn drop_one<T>(some: &mut Vec<T>, choices: &Choices) {
    if !some.is_empty() {
        some.remove(choices.index(some.len()));
    }
}
