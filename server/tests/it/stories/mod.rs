//! Stories: events around one board, in steps, simulated on a clock of their own, and what the person really did.
//!
//! The board is the firmware's state machine; its messages travel to a [`Server`] in memory and meet the story's
//! faults on their way.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::struct_excessive_bools,
    reason = "each test program uses its part, one that cannot go on stops, and the account of a story is many bits"
)]

use domain::{
    access::Level,
    boards::MachineNumber,
    cards::CardUid,
    time::Millis,
    uses::{LOST, TOLERANCE},
};
use fabomatic::{Query, Reply};
use proptest::prelude::*;
use sim::{
    board::{Board, Input, Output},
    face::Happened,
    firmware::{Firmware, Timings},
};
use std::time::Duration;

pub const NOON: Millis = Millis(1_800_000_000_000);
/// The cards; the last one is used when the story is over.
pub const CARDS: [&str; 4] = ["0000ada1", "00000b0b", "0000c1e0", "0000d0d0"];
/// How far the server's clock is set at once.
const JUMP: Duration = Duration::from_hours(3);

/// Something that happens.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    /// A card is tapped: it logs in or out, or does nothing while another is in.
    Tap(usize),
    /// The cable is pulled or plugged in.
    Cable(bool),
    /// The board is without power for this many seconds.
    PowerCut(u64),
    /// A card is tapped, and after this many seconds, before the board's first report, its power is off for this
    /// many.
    CutEarly { card: usize, after: u64, off: u64 },
    /// The broker stops or starts.
    Broker(bool),
    /// The server stops or starts.
    Server(bool),
    /// The server's clock is set forward, or back.
    Clock(bool),
}

/// What happens to a message and its answer.
#[derive(Debug, Clone, Copy)]
pub enum Delivery {
    Fine,
    /// It does not arrive.
    Lost,
    /// It arrives twice.
    Twice,
    /// It arrives this many milliseconds late.
    Late(u64),
    /// The answer does not arrive.
    AnswerLost,
    /// The answer arrives this many milliseconds late.
    AnswerLate(u64),
}

#[derive(Debug, Clone)]
pub struct Story {
    /// Each this many seconds after the previous one.
    pub steps: Vec<(u64, Event)>,
    /// Faults of the messages in order; none after the last.
    pub outcomes: Vec<Delivery>,
}

/// Stories shorter than a clock's step, so that a clock set back can be recognised. The board stores less than its
/// capacity.
pub fn stories(clocks: bool) -> impl Strategy<Value = Story> {
    let event = prop_oneof![
        12 => (0..3_usize).prop_map(Event::Tap),
        3 => any::<bool>().prop_map(Event::Cable),
        2 => (10..90_u64).prop_map(Event::PowerCut),
        2 => (0..3_usize, 0..30_u64, 10..90_u64).prop_map(|(card, after, off)| Event::CutEarly { card, after, off }),
        2 => any::<bool>().prop_map(Event::Broker),
        3 => any::<bool>().prop_map(Event::Server),
        u32::from(clocks) => any::<bool>().prop_map(Event::Clock),
    ];
    let wait = prop_oneof![Just(0), Just(60), 1..10_u64, 1..270_u64];
    let outcome = prop_oneof![
        10 => Just(Delivery::Fine),
        1 => Just(Delivery::Lost),
        1 => Just(Delivery::Twice),
        1 => (0..3_000_u64).prop_map(Delivery::Late),
        1 => Just(Delivery::AnswerLost),
        1 => (0..3_000_u64).prop_map(Delivery::AnswerLate),
    ];
    let steps = prop::collection::vec((wait, event), 1..36);
    (steps, prop::collection::vec(outcome, 0..120)).prop_map(|(steps, outcomes)| Story { steps, outcomes })
}

/// The server side of a board.
pub trait Server {
    async fn hear(&mut self, at: Millis, query: Query) -> Option<Reply>;
    /// It stopped, and starts again.
    async fn begin(&mut self);
}

/// One true use.
#[derive(Debug, Clone)]
pub struct Use {
    pub card: CardUid,
    pub start: Duration,
    /// Duration by the board's clock; `None` if its power was cut.
    pub length: Option<Duration>,
    /// Its duration when the power was cut.
    pub cut: Option<Duration>,
    /// Whether the server received its start as it happened.
    pub start_heard: bool,
    start_kept: bool,
    /// Whether a query of the board was received after its start.
    start_settled: bool,
    stop_heard: bool,
    stop_kept: bool,
    /// Whether a query of the board was received after its stop.
    settled: bool,
}

impl Use {
    /// Whether the board could report it, and its end.
    pub fn is_known(&self) -> bool {
        self.start_heard || self.start_kept || self.has_end()
    }

    pub fn has_end(&self) -> bool {
        self.stop_heard || self.stop_kept
    }
}

/// One session, as the server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub card: CardUid,
    pub start: Millis,
    pub end: Option<Millis>,
}

pub struct World<S> {
    pub server: S,
    board: Board,
    now: Duration,
    /// How far the server's clock is ahead, in milliseconds.
    ahead: i64,
    clock_was_set: bool,
    cable: bool,
    broker: bool,
    runs: bool,
    /// The board's current connection, if any, by number.
    connection: Option<u32>,
    connections: u32,
    outcomes: std::vec::IntoIter<Delivery>,
    travelling: Vec<(Duration, Travelling)>,
    pub uses: Vec<Use>,
    /// Two uses that cannot be distinguished; see [`World::compare`].
    ambiguous: bool,
    /// Whether the last message about a use was a replayed start.
    start_replayed: bool,
}

enum Travelling {
    Out { query: Query, of: Option<usize>, answered: Delivery, connection: u32 },
    In { payload: Vec<u8>, connection: u32 },
    PowerOn,
}

pub fn uid(card: usize) -> CardUid {
    CardUid::from_board(CARDS[card]).unwrap()
}

impl<S: Server> World<S> {
    pub async fn live(server: S, story: Story) -> Self {
        let firmware = Firmware::simulated(MachineNumber(7));
        // Boards accept cached cards; these are never dropped.
        let always = (0..CARDS.len()).map(|card| (uid(card), Level::User)).collect();
        let mut world = Self {
            server,
            board: Board::new(Firmware { always, ..firmware }, Timings::default()),
            now: Duration::ZERO,
            ahead: 0,
            clock_was_set: false,
            cable: true,
            broker: true,
            runs: true,
            connection: None,
            connections: 0,
            outcomes: story.outcomes.into_iter(),
            travelling: Vec::new(),
            uses: Vec::new(),
            ambiguous: false,
            start_replayed: false,
        };
        world.give(Input::PowerOn);
        for (wait, event) in story.steps {
            world.pass(Duration::from_secs(wait)).await;
            world.happen(event).await;
        }
        world.end().await;
        world
    }

    /// Everything works again, everybody leaves, and another card comes once more.
    async fn end(&mut self) {
        self.outcomes = Vec::new().into_iter();
        for event in [Event::Broker(true), Event::Server(true), Event::Cable(true)] {
            self.happen(event).await;
        }
        self.pass(Duration::from_secs(200)).await;
        if let Some(user) = self.board.state().user {
            self.give(Input::Card { uid: user, held: false });
        }
        self.pass(Duration::from_secs(100)).await;
        for _ in 0..2 {
            self.give(Input::Card { uid: uid(3), held: false });
            self.pass(Duration::from_secs(20)).await;
        }
        assert_eq!(self.board.state().kept, 0, "the board has nothing left to say");
        assert_eq!(self.board.state().user, None);
    }

    async fn happen(&mut self, event: Event) {
        match event {
            Event::Tap(card) => self.give(Input::Card { uid: uid(card), held: false }),
            Event::Cable(cable) => {
                self.cable = cable;
                self.check_line();
            }
            Event::Broker(broker) => {
                self.broker = broker;
                self.check_line();
            }
            Event::PowerCut(seconds) => self.cut_power(seconds),
            Event::CutEarly { card, after, off } => {
                self.give(Input::Card { uid: uid(card), held: false });
                self.pass(Duration::from_secs(after)).await;
                self.cut_power(off);
            }
            Event::Server(runs) => {
                if runs && !self.runs {
                    self.server.begin().await;
                }
                self.runs = runs;
            }
            Event::Clock(forward) => {
                let jump = domain::time::millis(JUMP);
                self.ahead += if forward { jump } else { -jump };
                self.clock_was_set = true;
            }
        }
    }

    fn cut_power(&mut self, seconds: u64) {
        self.give(Input::PowerOff);
        self.travelling.push((self.now + Duration::from_secs(seconds), Travelling::PowerOn));
    }

    fn check_line(&mut self) {
        if !(self.cable && self.broker) && self.connection.take().is_some() {
            self.give(Input::ConnectionLost);
        }
    }

    pub fn clock(&self) -> Millis {
        Millis(NOON.after(self.now).0 + self.ahead)
    }

    /// Advances the time and runs what is due.
    async fn pass(&mut self, length: Duration) {
        let end = self.now + length;
        loop {
            let message = self.travelling.iter().map(|(at, _)| *at).min();
            let wake = self.board.next_wake();
            let Some(next) = message.into_iter().chain(wake).min().filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            if message == Some(next) {
                let first = self.travelling.iter().position(|(at, _)| *at == next).unwrap();
                let (_, what) = self.travelling.remove(first);
                self.arrive(what).await;
            } else {
                self.give(Input::Tick);
            }
        }
        self.now = end;
    }

    async fn arrive(&mut self, what: Travelling) {
        match what {
            Travelling::Out { query, of, answered, connection } => {
                if !(self.broker && self.runs) {
                    return;
                }
                self.heard(&query, of);
                let at = self.clock();
                let mut reply = self.server.hear(at, query.clone()).await;
                if matches!(answered, Delivery::Twice) {
                    // A query followed by the same one is not answered.
                    reply = self.server.hear(at, query).await;
                }
                let late = match answered {
                    Delivery::AnswerLost => return,
                    Delivery::AnswerLate(late) => late,
                    _ => 0,
                };
                if let Some(reply) = reply {
                    let payload = reply.encode().into_bytes();
                    let at = self.now + Duration::from_millis(late);
                    self.travelling.push((at, Travelling::In { payload, connection }));
                }
            }
            Travelling::In { payload, connection } => {
                if self.connection == Some(connection) {
                    self.give(Input::Reply(payload));
                }
            }
            Travelling::PowerOn => self.give(Input::PowerOn),
        }
    }

    /// Records what the server could know.
    fn heard(&mut self, query: &Query, of: Option<usize>) {
        match query {
            Query::StartUse { replay, .. } => {
                self.start_replayed = *replay;
                if let Some(of) = of {
                    self.uses[of].start_heard = true;
                }
            }
            Query::StopUse { uid, duration, replay } => {
                self.ambiguous |= *replay
                    && self.uses.iter().any(|one| {
                        let seconds = one.length.map(|length| length.as_secs());
                        let same = one.card == *uid && seconds == Some(duration.as_secs());
                        // A start that was followed by a query is not replayed: this one is of another use.
                        let is_other = one.start_settled && self.start_replayed;
                        same && one.stop_heard && !one.stop_kept && !one.settled && !is_other
                    });
                self.start_replayed = false;
                if let Some(of) = of {
                    self.uses[of].stop_heard = true;
                }
            }
            Query::CheckMachine | Query::CheckUser { .. } => {
                for one in &mut self.uses {
                    one.start_settled |= one.start_heard;
                    one.settled |= one.stop_heard;
                }
            }
            _ => {}
        }
    }

    /// Gives the board an input, and executes its outputs.
    fn give(&mut self, input: Input) {
        let mut inputs = vec![input];
        while !inputs.is_empty() {
            let input = inputs.remove(0);
            for output in self.board.handle(self.now, input) {
                match output {
                    Output::Connect if self.cable && self.broker => {
                        self.connections += 1;
                        self.connection = Some(self.connections);
                        inputs.push(Input::Connected);
                    }
                    Output::Connect => inputs.push(Input::ConnectionLost),
                    Output::Disconnect => self.connection = None,
                    Output::Send(query) => self.send(query),
                    Output::Happened(what) => self.account(what),
                }
            }
        }
    }

    fn send(&mut self, query: Query) {
        let is_of_use = matches!(query, Query::StartUse { .. } | Query::StopUse { .. });
        let of = (is_of_use && !query.is_replay()).then(|| self.uses.len() - 1);
        let answered = self.outcomes.next().unwrap_or(Delivery::Fine);
        let late = match answered {
            Delivery::Lost => return,
            Delivery::Late(late) => late,
            _ => 0,
        };
        let at = self.now + Duration::from_millis(late);
        let connection = self.connections;
        // As on the wire: durations in whole seconds.
        let query = Query::parse(query.encode().as_bytes()).unwrap();
        self.travelling.push((at, Travelling::Out { query, of, answered, connection }));
    }

    fn account(&mut self, what: Happened) {
        match what {
            Happened::Admitted { uid, .. } => self.uses.push(Use {
                card: uid,
                start: self.now,
                length: None,
                cut: None,
                start_heard: false,
                start_kept: false,
                start_settled: false,
                stop_heard: false,
                stop_kept: false,
                settled: false,
            }),
            Happened::PowerOff => {
                if let Some(last) = self.uses.last_mut().filter(|last| last.length.is_none() && last.cut.is_none())
                {
                    last.cut = Some(self.now.saturating_sub(last.start));
                }
            }
            Happened::LoggedOut { after, .. } => self.uses.last_mut().unwrap().length = Some(after),
            Happened::Queued { action: "startuse", .. } => self.uses.last_mut().unwrap().start_kept = true,
            Happened::Queued { .. } => self.uses.last_mut().unwrap().stop_kept = true,
            _ => {}
        }
    }

    /// Compares `history` and its total, `hours` in milliseconds, with the true uses; returns the first difference.
    ///
    /// **The history equals what the person did**: it has the same uses, of the same cards, in the same order, none
    /// twice and none missing; every properly ended use is as long as the board measured it, within [`TOLERANCE`]; a
    /// use whose start was received as it happened began then, within [`TOLERANCE`], and any other not before; nothing
    /// overlaps, ends in the future or is left open; and the hours are the sum.
    ///
    /// **Approximations:**
    /// - The length of a use cut off with the board's power is unknown: it may be shorter, and longer by [`LOST`] where
    ///   another one began soon. If the same card begins again before any query of the board was received, both may be
    ///   one. If the board neither sent nor stored it, there is none.
    /// - Two uses of one card that are equally long to the second may be one if the stop of the first was received, and that of
    ///   the second replayed, with no query in between; unless the start of the second was replayed as well, and a query was received
    ///   during the first.
    /// - After a clock change, start times do not count.
    pub fn compare(&self, history: &[Seen], hours: i64) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("{what}\nuses: {:#?}\nhistory: {history:#?}", self.uses));
        let mut sum = 0;
        for pair in history.windows(2) {
            if pair[0].end.is_none_or(|end| end > pair[1].start) {
                return wrong("an overlap");
            }
        }
        for seen in history {
            let Some(end) = seen.end else { return wrong("a use is left open") };
            if end > self.clock() && !self.clock_was_set {
                return wrong("an end in the future");
            }
            sum += end.0 - seen.start.0;
        }
        if sum != hours {
            return wrong(&format!("the hours are {hours}, their sum is {sum}"));
        }
        let known: Vec<&Use> = self.uses.iter().filter(|one| one.is_known()).collect();
        if !self.ambiguous && !self.fits(&known, history, false) {
            return wrong("it is not what they did");
        }
        Ok(())
    }

    /// The true uses, and whether two of them that cannot be distinguished are one in `history`.
    pub fn merged(&self, history: &[Seen]) -> (usize, bool) {
        let known: Vec<&Use> = self.uses.iter().filter(|one| one.is_known()).collect();
        (known.len(), self.ambiguous && !self.fits(&known, history, false))
    }

    fn fits(&self, known: &[&Use], history: &[Seen], may_have_begun_before: bool) -> bool {
        let [one, later @ ..] = known else { return history.is_empty() };
        let cut_off = !one.has_end();
        if cut_off && later.first().is_some_and(|next| next.card == one.card) && self.fits(later, history, true) {
            return true;
        }
        let [seen, rest @ ..] = history else { return false };
        let length = seen.end.map_or(Duration::ZERO, |end| end.since(seen.start));
        let as_long = match (one.length, one.cut) {
            (Some(reported), _) if !cut_off => reported.abs_diff(length) <= TOLERANCE,
            (_, Some(cut)) => length <= cut + LOST + TOLERANCE || self.clock_was_set || may_have_begun_before,
            _ => true,
        };
        let began = NOON.after(one.start);
        let in_time = self.clock_was_set
            || may_have_begun_before
            || (seen.start >= began.before(TOLERANCE)
                && (!one.start_heard || cut_off || seen.start <= began.after(TOLERANCE)));
        seen.card == one.card && as_long && in_time && self.fits(later, rest, false)
    }
}
