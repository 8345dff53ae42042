//! A board as a pure state machine: inputs and the time go in, messages come out.
//!
//! Invariant: it does what the firmware does in the same order – one query at a time, replays before anything else, an
//! unanswered message stored although it was sent – because the server is tested with it. Not here: sockets and clocks.
//! Time is the duration since the board was made, given with every input; [`Board::next_wake`] is when it wants to be
//! called again.

mod display;
mod flash;
mod people;

use crate::{
    face::{Happened, Refusal},
    firmware::{self, Firmware, Timings},
};
use domain::{access::Level, cards::CardUid};
use fabomatic::{
    Query, Request,
    reply::{CheckMachineReply, CheckUserReply, SyncCacheReply},
};
use flash::Flash;
use std::{collections::VecDeque, time::Duration};

/// An event for a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    PowerOn,
    PowerOff,
    /// It is connected, with both topics subscribed.
    Connected,
    /// There is no connection (any more).
    ConnectionLost,
    /// A card is tapped, briefly or long enough for a confirmation.
    Card {
        uid: CardUid,
        held: bool,
    },
    /// The logged-in card is tapped.
    LogOut,
    /// A message on the reply topic.
    Reply(Vec<u8>),
    /// A message on the request topic.
    Request(Vec<u8>),
    /// It was flashed and restarts.
    Flashed {
        version: String,
    },
    Tick,
}

/// An action of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Connects and subscribes to both its topics. Answered by [`Input::Connected`] or [`Input::ConnectionLost`].
    Connect,
    Disconnect,
    Send(Query),
    /// An event a person at the board would notice.
    Happened(Happened),
}

#[derive(Debug)]
pub struct Board {
    firmware: Firmware,
    timings: Timings,
    flash: Flash,
    machine: CheckMachineReply,
    connection: Connection,
    /// The replays and the first `checkmachine` of this connection are not sent yet.
    catching_up: bool,
    doing: Doing,
    taps: VecDeque<Tap>,
    in_use: Option<Use>,
    /// Until when the machine has power after a log-out.
    power_until: Option<Duration>,
    refusal: Option<(Refusal, Duration)>,
    next_poll: Duration,
    next_alive: Duration,
    tells_use: bool,
    asks_cache: bool,
    out: Vec<Output>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Connection {
    Off,
    Connecting,
    Up,
    Down { retry: Duration },
}

/// What the board is busy with.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Doing {
    Nothing,
    Asking { query: Query, about: Waiting, until: Duration },
    Confirming { user: User, until: Duration },
    Settling { until: Duration },
    Pausing { until: Duration },
}

/// The purpose of a query, beside its content.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Waiting {
    Nothing,
    /// Whether the card is still at the reader.
    Card {
        held: bool,
    },
    User(User),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Tap {
    Card { uid: CardUid, held: bool },
    LogOut,
    RemoteStop,
}

/// A person whose card was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct User {
    uid: CardUid,
    name: String,
    level: Level,
    from_memory: bool,
}

#[derive(Debug)]
struct Use {
    user: User,
    since: Duration,
}

impl Board {
    /// A new board, not connected; [`Input::PowerOn`] starts it.
    #[must_use]
    pub fn new(firmware: Firmware, timings: Timings) -> Self {
        Self {
            firmware,
            timings,
            flash: Flash::default(),
            machine: firmware::settings(),
            connection: Connection::Off,
            catching_up: false,
            doing: Doing::Nothing,
            taps: VecDeque::new(),
            in_use: None,
            power_until: None,
            refusal: None,
            next_poll: Duration::ZERO,
            next_alive: Duration::ZERO,
            tells_use: false,
            asks_cache: false,
            out: Vec::new(),
        }
    }

    /// Processes an input at `now` and returns the outputs in order. `now` never goes back.
    pub fn handle(&mut self, now: Duration, input: Input) -> Vec<Output> {
        match input {
            Input::PowerOn if self.connection == Connection::Off => self.get_power(),
            // A board without electricity neither hears nor sees.
            Input::PowerOn | Input::Tick => {}
            _ if self.connection == Connection::Off => {}
            Input::PowerOff => self.lose_power(),
            Input::Flashed { version } => {
                self.happened(Happened::Flashed { version: version.clone() });
                self.firmware.version = version;
                self.lose_power();
                self.get_power();
            }
            Input::Connected => self.greet(now),
            Input::ConnectionLost => self.lose_connection(now),
            Input::Card { uid, held } => self.taps.push_back(Tap::Card { uid, held }),
            Input::LogOut => self.taps.push_back(Tap::LogOut),
            Input::Reply(payload) => self.hear(now, &payload),
            Input::Request(payload) => self.obey(&payload),
        }
        self.advance(now);
        std::mem::take(&mut self.out)
    }

    /// When the board next acts by itself; `None` if never.
    #[must_use]
    pub fn next_wake(&self) -> Option<Duration> {
        let doing = match &self.doing {
            Doing::Asking { until, .. }
            | Doing::Confirming { until, .. }
            | Doing::Settling { until }
            | Doing::Pausing { until } => Some(*until),
            Doing::Nothing => match self.connection {
                Connection::Up => Some(self.next_poll.min(self.next_alive)),
                Connection::Down { retry } => Some(retry),
                Connection::Off | Connection::Connecting => None,
            }
            .into_iter()
            .chain(self.logs_out_at())
            .min(),
        };
        let visible = self.refusal.as_ref().map(|(_, until)| *until);
        [doing, visible, self.power_until].into_iter().flatten().min()
    }

    /// Whether all inputs by people are processed. Settling counts: the person is logged in by then.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.taps.is_empty() && matches!(self.doing, Doing::Nothing | Doing::Settling { .. })
    }

    /// Does everything due until it has to wait.
    fn advance(&mut self, now: Duration) {
        if self.connection == Connection::Off {
            return;
        }
        self.refusal.take_if(|(_, until)| *until <= now);
        self.power_until.take_if(|until| *until <= now);
        loop {
            match &self.doing {
                Doing::Nothing => {
                    if !self.start_next(now) {
                        return;
                    }
                }
                Doing::Asking { until, .. } if *until <= now => self.give_up(now),
                Doing::Confirming { until, .. } if *until <= now => self.confirm(now),
                Doing::Settling { until } if *until <= now => {
                    self.doing = Doing::Nothing;
                    if self.connection == Connection::Up {
                        self.ask_settings(now);
                    }
                }
                Doing::Pausing { until } if *until <= now => self.doing = Doing::Nothing,
                _ => return,
            }
        }
    }

    /// Begins the next action; `false` if there is none.
    fn start_next(&mut self, now: Duration) -> bool {
        let up = self.connection == Connection::Up;
        if up && self.catching_up {
            self.catch_up(now);
        } else if self.connection != Connection::Connecting
            && let Some(tap) = self.taps.pop_front()
        {
            self.tapped(now, tap);
        } else if self.logs_out_at().is_some_and(|at| at <= now) {
            self.stop(now, true);
        } else if up && std::mem::take(&mut self.asks_cache) {
            self.ask(now, Query::SyncCache, Waiting::Nothing);
        } else if up && std::mem::take(&mut self.tells_use) {
            if let Some(Use { user, since }) = &self.in_use {
                let query = Query::InUse { uid: user.uid.clone(), duration: now.saturating_sub(*since) };
                self.ask(now, query, Waiting::Nothing);
            }
        } else if up && self.next_poll <= now {
            self.poll(now);
        } else if up && self.next_alive <= now {
            self.tell_alive(now);
        } else if let Connection::Down { retry } = self.connection
            && retry <= now
        {
            self.connection = Connection::Connecting;
            self.out.push(Output::Connect);
        } else {
            return false;
        }
        true
    }

    fn get_power(&mut self) {
        self.connection = Connection::Connecting;
        self.out.push(Output::Connect);
        self.happened(Happened::PowerOn);
    }

    fn lose_power(&mut self) {
        self.connection = Connection::Off;
        self.doing = Doing::Nothing;
        self.machine = firmware::settings();
        self.taps.clear();
        (self.in_use, self.power_until, self.refusal) = (None, None, None);
        (self.catching_up, self.tells_use, self.asks_cache) = (false, false, false);
        self.out.push(Output::Disconnect);
        self.happened(Happened::PowerOff);
    }

    fn greet(&mut self, now: Duration) {
        if self.connection == Connection::Connecting {
            self.connection = Connection::Up;
            self.catching_up = true;
            self.tell_alive(now);
            self.happened(Happened::Online);
        }
    }

    /// Sends the replays in order, each awaiting its answer, then asks for the settings.
    fn catch_up(&mut self, now: Duration) {
        if let Some(oldest) = self.flash.oldest().cloned() {
            self.happened(Happened::Replays { action: oldest.action(), left: self.flash.stored_count() });
            self.ask(now, oldest, Waiting::Nothing);
        } else {
            self.asks_cache = self.firmware.syncs_cache;
            self.poll(now);
        }
    }

    /// Asks for the settings, then reports a running use.
    fn poll(&mut self, now: Duration) {
        self.tells_use = self.in_use.is_some();
        self.ask_settings(now);
    }

    fn ask_settings(&mut self, now: Duration) {
        self.next_poll = now + self.timings.poll;
        self.ask(now, Query::CheckMachine, Waiting::Nothing);
    }

    fn tell_alive(&mut self, now: Duration) {
        self.next_alive = now + self.timings.alive;
        let Firmware { version, ip, serial, heap, .. } = self.firmware.clone();
        self.out.push(Output::Send(Query::Alive { version, ip, serial, heap }));
    }

    fn lose_connection(&mut self, now: Duration) {
        if matches!(self.connection, Connection::Down { .. }) {
            return;
        }
        let was_asking = matches!(self.doing, Doing::Asking { .. });
        // It notices, and tries again, when it is about to ask for its settings.
        if self.next_poll <= now {
            self.next_poll = now + self.timings.poll;
        }
        self.go_offline(self.next_poll.min(now + self.timings.offline));
        if was_asking {
            self.unanswered(now);
        }
    }

    /// No answer in time: the server counts as offline.
    fn give_up(&mut self, now: Duration) {
        let Doing::Asking { query, .. } = &self.doing else { return };
        let action = query.action();
        self.happened(Happened::Unanswered { action });
        self.out.push(Output::Disconnect);
        self.go_offline(now + self.timings.pause + self.timings.offline);
        self.unanswered(now);
        self.doing = Doing::Pausing { until: now + self.timings.pause };
    }

    fn go_offline(&mut self, retry: Duration) {
        let before = std::mem::replace(&mut self.connection, Connection::Down { retry });
        (self.catching_up, self.tells_use, self.asks_cache) = (false, false, false);
        if before == Connection::Up {
            self.happened(Happened::Offline);
        }
    }

    /// The query stays open. It was sent, so the server may have it and will see it twice.
    fn unanswered(&mut self, now: Duration) {
        let Doing::Asking { query, about, .. } = std::mem::replace(&mut self.doing, Doing::Nothing) else {
            return;
        };
        if query.is_kept() && !query.is_replay() {
            self.keep(query.clone());
        }
        match (query, about) {
            (Query::CheckUser { uid }, Waiting::Card { held }) => self.taps.push_front(Tap::Card { uid, held }),
            (_, Waiting::User(user)) => self.begin(now, user),
            _ => {}
        }
    }

    fn keep(&mut self, query: Query) {
        let action = query.action();
        self.flash.keep(query);
        self.happened(Happened::Queued { action, count: self.flash.stored_count() });
    }

    fn ask(&mut self, now: Duration, query: Query, about: Waiting) {
        self.out.push(Output::Send(query.clone()));
        self.doing = Doing::Asking { query, about, until: now + self.timings.reply };
    }

    /// Sends it, or stores it for later.
    fn report(&mut self, now: Duration, query: Query) {
        if self.connection == Connection::Up {
            self.ask(now, query, Waiting::Nothing);
        } else {
            self.keep(query);
        }
    }

    /// Any message on the reply topic is the answer to the last query.
    fn hear(&mut self, now: Duration, payload: &[u8]) {
        if !matches!(self.doing, Doing::Asking { .. }) {
            self.happened(Happened::NotAsked);
            return;
        }
        let Doing::Asking { query, about, .. } = std::mem::replace(&mut self.doing, Doing::Nothing) else {
            return;
        };
        if query.is_replay() {
            self.flash.forget_oldest();
            return;
        }
        match (query, about) {
            (Query::CheckUser { uid }, Waiting::Card { held }) => {
                self.hear_about(now, uid, held, CheckUserReply::read(payload));
            }
            (Query::CheckMachine, _) => {
                self.catching_up = false;
                if let Some(machine) = CheckMachineReply::read(payload).filter(|machine| machine.request_ok) {
                    self.set_up(machine);
                }
            }
            (Query::Maintenance { uid, .. }, Waiting::User(user)) => {
                self.happened(Happened::Maintained { uid });
                self.begin(now, user);
            }
            (Query::StartUse { .. }, _) => self.doing = Doing::Settling { until: now + self.timings.settle },
            (Query::SyncCache, _) => {
                if let Some(reply) = SyncCacheReply::read(payload).filter(|reply| reply.request_ok) {
                    self.flash.replace_cards(reply.cards);
                }
            }
            // The board continues in any case.
            _ => {}
        }
    }

    fn set_up(&mut self, machine: CheckMachineReply) {
        if (machine.allowed, machine.maintenance) != (self.machine.allowed, self.machine.maintenance) {
            self.happened(Happened::Settings { allowed: machine.allowed, maintenance: machine.maintenance });
        }
        self.machine = machine;
    }

    fn obey(&mut self, payload: &[u8]) {
        if !self.firmware.knows_requests {
            return;
        }
        match Request::parse(payload) {
            Ok(Request::Start { uid }) => {
                self.happened(Happened::ToldToStart { uid: uid.clone() });
                self.taps.extend([Tap::LogOut, Tap::Card { uid, held: false }]);
            }
            Ok(Request::Stop { .. }) => {
                self.happened(Happened::ToldToStop);
                self.taps.push_back(Tap::RemoteStop);
            }
            Err(_) => self.happened(Happened::NotAsked),
        }
    }

    fn happened(&mut self, what: Happened) {
        self.out.push(Output::Happened(what));
    }
}
