//! One case, step by step on one thread: what may happen next is listed, and one of it is chosen.
//!
//! While it storms, messages are lost, doubled and overtaken, disks fail, the server goes away and
//! the process ends between any two steps. Then all is calm, until everything was answered, worked
//! off and published.

use std::sync::Arc;

use plansync_engine::{Config, Fault, OpenError};
use plansync_log::{LogId, ReadError};
use plansync_model::histories::Step;
use plansync_service::Place;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::action::Action;
use crate::choices::Choices;
use crate::client::{Client, Message};
use crate::commands::Commands;
use crate::disk::{Disk, Fare};
use crate::events::Events;
use crate::figures::Figures;
use crate::ledger::Ledger;
use crate::machine::{Around, Machine, Reply, config};
use crate::stranger::Stranger;
use crate::ticking::Ticking;

/// The tenants of a case.
pub(crate) const TENANTS: [&str; 2] = ["acme", "birch"];

/// Steps that a case may take, calm ones among them. Whoever needs more has got stuck.
const STEPS_MAX: u32 = 40_000;
/// Durable commands that were taken and not acknowledged, at most.
const TAKEN_MAX: usize = 8;

/// A guarantee that was not kept.
pub(crate) type Violation = String;

/// Everything.
pub(crate) struct Simulation {
    pub(crate) choices: Choices,
    pub(crate) disk: Disk,
    pub(crate) events: Events,
    clock: Arc<Ticking>,
    pub(crate) config: Config,
    around: Around,
    pub(crate) machine: Option<Machine>,
    pub(crate) clients: Vec<Client>,
    requests: Vec<Message>,
    replies: Vec<Reply>,
    commands: Commands,
    /// Events that clients have looked at.
    pub(crate) heard: usize,
    pub(crate) ledger: Ledger,
    pub(crate) stranger: Stranger,
    pub(crate) figures: Figures,
    storm: bool,
    /// Whether idle records are to be looked for once more.
    last_look: bool,
    /// How often the founding of each tenant must be answered before others begin.
    pub(crate) founding: Vec<usize>,
    pub(crate) trace: Vec<String>,
}

impl Simulation {
    /// A case that has not begun: a history for each tenant, what is broken, and its choices.
    pub(crate) fn new(
        histories: &[Vec<Step>],
        faults: Vec<Fault>,
        choices: Choices,
        (folder, runtime): (&std::path::Path, &Arc<Runtime>),
    ) -> Self {
        let clock = Arc::new(Ticking::new());
        let clients = TENANTS
            .iter()
            .zip(histories)
            .enumerate()
            .flat_map(|(index, (name, history))| Client::all(index, name, history))
            .collect();
        Self {
            disk: Disk::new(LogId::new(Uuid::from_u128(1))),
            events: Events::new(choices.clone()),
            config: config(&clock, faults),
            clock,
            around: Around {
                folder: folder.to_owned(),
                runtime: Arc::clone(runtime),
                life: 0,
            },
            machine: None,
            clients,
            requests: Vec::new(),
            replies: Vec::new(),
            commands: Commands::new(),
            heard: 0,
            ledger: Ledger::default(),
            stranger: Stranger::default(),
            figures: Figures::default(),
            storm: true,
            last_look: false,
            founding: histories.iter().map(|history| founding(history)).collect(),
            trace: Vec::new(),
            choices,
        }
    }

    /// What the clock says.
    pub(crate) fn now(&self) -> i64 {
        self.clock.peek()
    }

    /// What the engine was set to, with no room for derived state: whoever folds the log anew.
    pub(crate) fn plain_config(&self) -> Config {
        Config {
            plan_bytes_max: Config::default().plan_bytes_max,
            checkpoints: None,
            faults: Vec::new(),
            ..self.config.clone()
        }
    }

    /// Runs until everything is done.
    pub(crate) fn run(&mut self) -> Result<(), Violation> {
        self.start()?;
        let storm = 40 + self.choices.below(600);
        for step in 0..STEPS_MAX {
            if self.storm && step >= storm {
                self.clear_up();
            }
            let actions = self.actions();
            if actions.is_empty() {
                if self.storm {
                    self.clear_up();
                    continue;
                }
                return Ok(());
            }
            let weights: Vec<u32> = actions.iter().map(|(_, weight)| *weight).collect();
            let chosen = if self.storm {
                self.choices.weighted(&weights)
            } else {
                0
            };
            let action = actions[chosen].0;
            self.trace.push(format!("{step:>5} {action:?}"));
            self.figures.steps += 1;
            self.act(action)
                .map_err(|what| format!("at {action:?}: {what}"))?;
            self.hear();
        }
        let waiting: Vec<_> = self.clients.iter().filter(|one| !one.is_done()).collect();
        Err(format!("it does not end; waiting: {waiting:?}"))
    }

    fn clear_up(&mut self) {
        self.storm = false;
        self.last_look = true;
        let erases = self
            .machine
            .as_ref()
            .is_some_and(Machine::has_begun_to_erase);
        if self.figures.emptied > 0 || erases {
            // A relay that has nothing to publish does not look whether its stream is still there, and an erasure that
            // was refused halfway is completed at a start.
            self.crash();
        }
        self.choices.calm();
        self.disk.heal();
        self.events.heal();
        if let Some(machine) = &mut self.machine {
            machine.moved();
        }
    }

    fn start(&mut self) -> Result<(), Violation> {
        self.around.life += 1;
        match Machine::start(&self.disk, &self.events, &self.config, &self.around) {
            Ok(Some(machine)) => self.machine = Some(machine),
            // The disk did not let it read, or not complete an erasure, and is asked again.
            Ok(None) | Err(OpenError::Read(ReadError::Unavailable { .. })) if self.storm => {}
            Ok(None) => return Err("an erasure cannot be completed".to_owned()),
            Err(error) => return Err(format!("it does not open: {error}")),
        }
        Ok(())
    }

    /// What may happen next, and how often it does. The first is what happens where all is calm.
    fn actions(&self) -> Vec<(Action, u32)> {
        let mut actions = Vec::new();
        let Some(machine) = &self.machine else {
            return vec![(Action::Start, 1)];
        };
        let durable = machine.durable();
        let mut may = |allowed: bool, action: Action, weight: u32| {
            if allowed {
                actions.push((action, weight));
            }
        };
        may(self.disk.is_failed(), Action::Crash, 4);
        let in_flight = [self.requests.len(), self.replies.len()];
        may(in_flight[1] > 0, Action::DeliverReply, 30);
        let first = machine.waiting.first();
        let may_leave = first.is_some_and(|reply| reply.answer.after <= durable);
        may(may_leave, Action::Release, 30);
        may(machine.unwritten, Action::Write, 20);
        may(in_flight[0] > 0, Action::DeliverRequest, 25);
        may(self.next_command().is_some(), Action::TakeCommand, 20);
        let settled = machine
            .taken
            .first()
            .is_some_and(|(after, _)| *after <= durable);
        may(settled, Action::Acknowledge, 15);
        may(!machine.judged.is_empty(), Action::CommitJudged, 12);
        may(machine.work && machine.judged.len() < 3, Action::Judge, 12);
        may(machine.unpublished, Action::Publish, 15);
        let idle = self.idle_clients();
        may(!idle.is_empty(), Action::Ask, 25);
        let waiting = self.clients.iter().any(|client| client.waiting.is_some());
        if self.storm {
            for (action, weight) in Action::STORM {
                may(action.is_possible(in_flight, waiting), *action, *weight);
            }
        }
        may(waiting, Action::AskAgain, 2);
        if self.last_look && actions.is_empty() {
            actions.push((Action::CloseIdle, 1));
        }
        actions
    }

    /// Clients that may ask: nobody before their tenant is founded.
    fn idle_clients(&self) -> Vec<usize> {
        let founded = |tenant: usize| {
            let system = |client: &&Client| client.tenant == tenant && client.actor == "system";
            self.clients.iter().find(system).is_none_or(|system| {
                let place = match (&system.waiting, system.next()) {
                    (None, Some(asked)) => asked.place,
                    (None, None) => return true,
                    (Some(_), _) => system.place(),
                };
                place >= self.founding[tenant]
            })
        };
        let mut idle: Vec<(usize, usize)> = self
            .clients
            .iter()
            .enumerate()
            .filter_map(|(index, client)| {
                let asked = client.next()?;
                let may = client.actor == "system" || founded(client.tenant);
                may.then_some((asked.place, index))
            })
            .collect();
        // The calm choice keeps to the history's order.
        idle.sort_unstable();
        idle.into_iter().map(|(_, index)| index).collect()
    }

    fn next_command(&self) -> Option<(Place, &Message)> {
        let machine = self.machine.as_ref()?;
        let may = machine.taken.len() < TAKEN_MAX;
        self.commands.next(machine.next_command).filter(|_| may)
    }

    fn act(&mut self, action: Action) -> Result<(), Violation> {
        match action {
            Action::Start => return self.start(),
            Action::Crash => self.crash(),
            Action::DeliverReply => {
                let reply = self.replies.remove(self.choices.index(self.replies.len()));
                self.receive(&reply)?;
            }
            Action::DeliverRequest => {
                let index = self.choices.index(self.requests.len());
                let message = self.requests.remove(index);
                if let Some(machine) = &mut self.machine {
                    machine.take_request(message);
                }
            }
            Action::Ask => self.ask(),
            Action::AskAgain => self.ask_again(),
            Action::TakeCommand => self.take_command(),
            Action::Acknowledge => self.acknowledge(),
            Action::Release
            | Action::Write
            | Action::CommitJudged
            | Action::Judge
            | Action::Publish
            | Action::Keep => return self.step_machine(action),
            Action::CloseIdle => {
                if !self.storm {
                    self.last_look = false;
                    self.clock.pass_at_the_end();
                }
                return self.step_machine(action);
            }
            Action::LoseRequest => {
                let index = self.choices.index(self.requests.len());
                self.requests.remove(index);
            }
            Action::DoubleRequest => {
                let index = self.choices.index(self.requests.len());
                self.requests.push(self.requests[index].clone());
            }
            Action::LoseReply => {
                let index = self.choices.index(self.replies.len());
                self.replies.remove(index);
            }
            Action::DiskFare => {
                let fares = [Fare::NoRoom, Fare::FailsAndStays, Fare::FailsAndGoes];
                self.disk.set_fare(fares[self.choices.weighted(&[4, 1, 1])]);
            }
            Action::ReadFault => self.disk.fail_read_after(self.choices.below(30)),
            Action::ServerAway => self.events.set_away(!self.events.is_away()),
            Action::ServerEmpty => self.lose_streams(),
            Action::Hostile => self.send_hostile(),
            Action::Redeliver => self.redeliver(),
            Action::ClockJumps => self.clock.jump(&self.choices),
            Action::HoursPass => self.clock.pass(&self.choices),
        }
        Ok(())
    }

    /// One step of the process by itself.
    fn step_machine(&mut self, action: Action) -> Result<(), Violation> {
        let Some(machine) = &mut self.machine else {
            return Ok(());
        };
        let stepped = crate::action::step(machine, action, &self.choices);
        match stepped? {
            Some(reply) => self.replies.push(reply),
            None => self.figures.count(action),
        }
        Ok(())
    }

    /// The process ends, and with it everything that was not durable.
    fn crash(&mut self) {
        self.figures.crashes += 1;
        self.machine = None;
        self.disk.settle();
    }

    fn lose_streams(&mut self) {
        self.figures.emptied += 1;
        self.events.empty();
        self.heard = 0;
        self.commands.empty();
        self.stranger.lost();
        if let Some(machine) = &mut self.machine {
            machine.taken.clear();
            machine.next_command = 0;
            machine.moved();
        }
    }

    /// The server sends everything again that was not acknowledged.
    fn redeliver(&mut self) {
        if let Some(machine) = &mut self.machine {
            machine.taken.clear();
            machine.next_command = 0;
        }
    }

    fn ask(&mut self) {
        let idle = self.idle_clients();
        let index = idle[self.choices.index(idle.len())];
        let durable = self.choices.happens(200);
        let client = &mut self.clients[index];
        let begun = client.begin(index, durable);
        if let Some((asked, message)) = begun {
            let confirmed = self.clients[index].confirmed(&asked.wish);
            self.ledger.asked(&self.clients[index], asked, confirmed);
            self.send(message);
        }
    }

    fn ask_again(&mut self) {
        let waiting: Vec<usize> = (0..self.clients.len())
            .filter(|index| self.clients[*index].waiting.is_some())
            .collect();
        let index = waiting[self.choices.index(waiting.len())];
        if let Some(message) = self.clients[index].again() {
            self.figures.again += 1;
            self.send(message);
        }
    }

    fn send(&mut self, message: Message) {
        if !message.durable {
            self.requests.push(message);
            return;
        }
        // One is lost now and then before the server has it.
        let lost = self.storm && self.choices.happens(50);
        if !lost && !self.events.is_away() {
            let stored = self.commands.store(message.clone());
            if let Some(place) = stored {
                self.stranger.stored(&message, place);
            }
        }
    }

    /// A stranger makes something of what somebody asks at some time.
    fn send_hostile(&mut self) {
        if self.clients.is_empty() {
            return;
        }
        let client = &self.clients[self.choices.index(self.clients.len())];
        if let Some(sample) = client.sample(&self.choices) {
            let message = self.stranger.message(sample, &self.choices);
            self.send(message);
        }
    }

    fn take_command(&mut self) {
        let next = self.next_command();
        let next = next.map(|(place, message)| (place, message.clone()));
        if let (Some((place, message)), Some(machine)) = (next, &mut self.machine) {
            machine.take_command(&message, place);
        }
    }

    fn acknowledge(&mut self) {
        let lost = self.storm && self.choices.happens(50);
        if let Some(machine) = &mut self.machine {
            let (_, sequence) = machine.taken.remove(0);
            self.stranger.settled(self.commands.place(sequence));
            if !lost {
                self.commands.remove(sequence);
            }
        }
    }

    fn receive(&mut self, reply: &Reply) -> Result<(), Violation> {
        if reply.message.hostile.is_some() {
            return self.stranger.answered(reply);
        }
        let heard = self
            .ledger
            .answered(&self.clients[reply.message.client], reply);
        let client = &mut self.clients[reply.message.client];
        let waits = client.waiting.as_ref();
        if waits.is_some_and(|(message, _)| message.id == reply.message.id && !message.durable)
            && client.settles(heard.code())
        {
            client.heard(&heard);
            client.go_on();
        }
        Ok(())
    }

    /// Senders of durable commands listen for what became of them.
    fn hear(&mut self) {
        let messages = self.events.count();
        if self.heard >= messages {
            return;
        }
        let all = self.events.messages();
        for event in &all[self.heard.min(messages)..] {
            for client in &mut self.clients {
                let Some((message, _)) = &client.waiting else {
                    continue;
                };
                let about = format!(
                    "plansync.v1.evt.{}.command.{}.",
                    client.tenant_name, message.id
                );
                if message.durable && event.subject.starts_with(&about) {
                    self.figures.durable += 1;
                    client.go_on();
                }
            }
        }
        self.heard = messages;
    }
}

/// How many steps found the tenant: everything before the first record is opened.
pub(crate) fn founding(history: &[Step]) -> usize {
    history
        .iter()
        .position(|step| !matches!(step, Step::Ask("system", _)))
        .unwrap_or(history.len())
}
