//! Handles light requests. One that does not need the disk is answered at once, on the loop that serves
//! every tenant; one that needs the disk waits on a thread of its own and delays only requests of the
//! same actor.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use plansync_service::{Answer, NeedsDisk};
use tokio::task::JoinSet;

use crate::arrivals::Arrivals;
use crate::endpoint::{Asked, Handling, RUN_MAX};
use crate::gate::Permit;
use crate::lanes::Turn;
use crate::port::Handler;
use crate::replying::Reply;

/// The number of light requests that may wait for the disk at once.
pub(crate) const DISK_THREADS: usize = 8;

/// The results of a run of light requests, before any of them is sent.
#[derive(Default)]
pub(crate) struct LightRun {
    /// The number of requests that were taken.
    pub(crate) taken: usize,
    /// The answers, with the places reserved for them.
    pub(crate) replies: Vec<(Permit<Reply>, Reply)>,
    /// Requests for which there is no room.
    pub(crate) refused: Vec<Asked>,
}

impl LightRun {
    fn decided(&mut self, room: Permit<Reply>, asked: Asked, answer: Answer) {
        let received = asked.received;
        self.replies.push((room, asked.reply(answer, received)));
    }
}

impl<H: Handler> Handling<H> {
    /// Decides light requests that have arrived, at most as many as are written to the disk
    /// together. It never waits.
    pub(crate) fn decide_run(&self, arrivals: &Arrivals) -> LightRun {
        let (mut gathering, mut run) = (None, LightRun::default());
        while run.taken < RUN_MAX {
            let back = arrivals.waiting().lanes.next_back();
            if let Some(turn) = back {
                gathering.get_or_insert_with(|| self.handler.gathering());
                run.taken += 1;
                self.decide_back(turn, arrivals, &mut run);
            }
            let next = arrivals.waiting().light.next();
            let Some(asked) = next else {
                if arrivals.waiting().lanes.has_back() {
                    continue;
                }
                break;
            };
            gathering.get_or_insert_with(|| self.handler.gathering());
            run.taken += 1;
            self.decide_light(asked, arrivals, &mut run);
        }
        if !run.replies.is_empty() {
            // The clock is asked once for all of them: none is sent before the run has ended.
            let decided = Instant::now();
            for (_, reply) in &mut run.replies {
                reply.times.decided = decided;
            }
        }
        run
    }

    fn decide_light(&self, mut asked: Asked, arrivals: &Arrivals, run: &mut LightRun) {
        if arrivals.waiting().lanes.holds(asked.who()) {
            return queue(asked, arrivals, run);
        }
        let Some(room) = self.replies.room() else {
            return run.refused.push(asked);
        };
        match self.answer_without_disk(&mut asked) {
            Ok(answer) => run.decided(room, asked, answer),
            Err(NeedsDisk) => queue(asked, arrivals, run),
        }
    }

    fn decide_back(&self, mut turn: Turn<Asked>, arrivals: &Arrivals, run: &mut LightRun) {
        let Some(room) = self.replies.room() else {
            arrivals.waiting().lanes.answered(turn.who, turn.bytes);
            return run.refused.push(turn.request);
        };
        match self.answer_without_disk(&mut turn.request) {
            Ok(answer) => {
                arrivals.waiting().lanes.answered(turn.who, turn.bytes);
                run.decided(room, turn.request, answer);
            }
            Err(NeedsDisk) => arrivals.waiting().lanes.needs_disk_again(turn),
        }
    }

    /// Answers a light request. A request that crashes must not end the others.
    fn answer_without_disk(&self, asked: &mut Asked) -> Result<Answer, NeedsDisk> {
        asked.begins(self.replies.durable());
        let (span, message) = (asked.trace.steps.message(), &asked.message);
        let ask = || span.within(|| self.handler.request_without_disk(message.inbound()));
        let answered = catch_unwind(AssertUnwindSafe(ask));
        let answered = answered.unwrap_or_else(|_| Ok(self.crashed(asked)));
        match answered {
            Ok(_) => asked.trace.steps.pause(),
            Err(NeedsDisk) => asked.trace.steps.queued(),
        }
        answered
    }

    /// Starts requests that wait for the disk, as many as may run at once.
    pub(crate) async fn start_disk_requests(
        &self,
        arrivals: &Arc<Arrivals>,
        running: &mut JoinSet<()>,
    ) {
        loop {
            let next = arrivals.waiting().lanes.start();
            let Some(turn) = next else { return };
            let handling = self.clone();
            if let Some(room) = self.replies.room() {
                running.spawn(handling.answer_from_disk(turn, room, Arc::clone(arrivals)));
            } else {
                arrivals.waiting().lanes.ended(turn.who, turn.bytes);
                self.refuse(turn.request).await;
            }
        }
    }

    async fn answer_from_disk(
        self,
        turn: Turn<Asked>,
        room: Permit<Reply>,
        arrivals: Arc<Arrivals>,
    ) {
        let Turn {
            who,
            bytes,
            mut request,
        } = turn;
        let answer = self.ask_on_thread(&mut request).await;
        self.reply(room, request.reply(answer, Instant::now()))
            .await;
        arrivals.waiting().lanes.ended(who, bytes);
        arrivals.more.notify_one();
    }
}

/// Queues a request that needs the disk, or that follows one of the same actor that does.
fn queue(asked: Asked, arrivals: &Arrivals, run: &mut LightRun) {
    let who = asked.who().to_owned();
    let bytes = asked.message.0.length;
    let offered = arrivals.waiting().lanes.offer(&who, bytes, asked);
    run.refused.extend(offered.err());
}
