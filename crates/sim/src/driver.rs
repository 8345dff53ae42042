//! The task of a board: connects its state machine to its line.
//!
//! Invariant: it adds nothing but the configured faults.

use crate::{
    board::{Board, Input, Output},
    face::{BoardState, Happened},
    fault::{Delivery, Faults},
    line::{Line, LineConfig, LineEvent},
    link::{News, Order, ReadVersion, SimConfig},
    ota::{Manner, Receiver},
};
use fabomatic::{Query, topic::BoardTopic};
use rand::{SeedableRng, rngs::StdRng};
use std::{collections::VecDeque, future::pending, time::Duration};
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    time::{Instant, sleep_until},
};

struct Driver {
    board: Board,
    began: Instant,
    config: LineConfig,
    line: Option<Line>,
    /// A line the board has given up while a message was still under way; open until the next one.
    given_up: Option<Line>,
    network: bool,
    faults: Faults,
    rng: StdRng,
    /// The outcome of the next message, set from outside.
    next: Option<Delivery>,
    travelling: Vec<(Instant, Travelling)>,
    waiting: Vec<oneshot::Sender<()>>,
    seen: watch::Sender<BoardState>,
    news: broadcast::Sender<News>,
}

enum Travelling {
    Out(Vec<u8>),
    In(BoardTopic, Vec<u8>),
}

/// Switches a board on, in a task that runs until every sender of `orders` is dropped. Returns its state.
pub(crate) fn start(
    mut config: SimConfig,
    orders: mpsc::UnboundedReceiver<Order>,
    news: broadcast::Sender<News>,
) -> watch::Receiver<BoardState> {
    // Without a free port it is a board that accepts no firmware.
    let receiver = config.takes_firmware.and_then(|version_of| {
        let receiver = Receiver::open(Manner::default()).ok()?;
        Some((receiver.address().ok()?, receiver, version_of))
    });
    if let Some((address, ..)) = &receiver {
        config.firmware.ip = address.to_string();
    }
    let board = Board::new(config.firmware, config.timings);
    let (seen, state) = watch::channel(board.state());
    let (flashed, versions) = mpsc::channel(1);
    if let Some((_, receiver, version_of)) = receiver {
        tokio::spawn(take_firmware(receiver, version_of, state.clone(), flashed));
    }
    let mut driver = Driver {
        board,
        began: Instant::now(),
        config: config.line,
        line: None,
        given_up: None,
        network: true,
        faults: config.faults,
        rng: StdRng::seed_from_u64(config.seed),
        next: None,
        travelling: Vec::new(),
        waiting: Vec::new(),
        seen,
        news,
    };
    driver.feed(Input::PowerOn);
    driver.show();
    tokio::spawn(driver.run(orders, versions));
    state
}

/// Receives firmware while there is a board to flash. One that is in use, or off, does not.
async fn take_firmware(
    mut receiver: Receiver,
    version_of: ReadVersion,
    state: watch::Receiver<BoardState>,
    flashed: mpsc::Sender<String>,
) {
    let is_busy = || {
        let state = state.borrow();
        state.user.is_some() || !state.has_power || !state.online
    };
    loop {
        let image = tokio::select! {
            () = flashed.closed() => return,
            image = receiver.take(&is_busy) => image,
        };
        if let Some(version) = version_of(&image) {
            // An error means that the board is gone.
            let _ = flashed.send(format!("simulated,{version}")).await;
        }
    }
}

impl Driver {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>, mut versions: mpsc::Receiver<String>) {
        loop {
            let wake = self.wake();
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                event = next_event(&mut self.line) => self.notice(event),
                Some(version) = versions.recv() => self.feed(Input::Flashed { version }),
                () = sleep_until_or_for_ever(wake) => {
                    self.arrive();
                    self.feed(Input::Tick);
                }
            }
            self.show();
            if self.board.is_at_rest() {
                for waiting in self.waiting.drain(..) {
                    let _ = waiting.send(());
                }
            }
        }
    }

    fn show(&self) {
        self.seen.send_if_modified(|seen| {
            let now = self.board.state();
            let changed = *seen != now;
            *seen = now;
            changed
        });
    }

    fn wake(&self) -> Option<Instant> {
        let board = self.board.next_wake().map(|at| self.began + at);
        let message = self.travelling.iter().map(|(at, _)| *at).min();
        board.into_iter().chain(message).min()
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Input(input, done) => {
                self.waiting.push(done);
                self.feed(input);
            }
            Order::Network(network) => {
                self.network = network;
                if !network && self.line.is_some() {
                    self.notice(LineEvent::Lost("the cable is out".into()));
                }
            }
            Order::Next(outcome) => self.next = Some(outcome),
            Order::Raw(payload) => self.transmit(payload),
        }
    }

    fn notice(&mut self, event: LineEvent) {
        match event {
            LineEvent::Up => self.feed(Input::Connected),
            LineEvent::Heard(topic, payload) => {
                // Never twice: a board takes the second as the answer to its next query, and drops its stored
                // message. No server can prevent that.
                let outcome = self.faults.outcome(&mut self.rng);
                if outcome.copies > 0 {
                    self.travel(outcome.delay, Travelling::In(topic, payload));
                }
            }
            LineEvent::Lost(why) => {
                self.cut();
                self.publish(News::Happened(Happened::LineLost { why }));
                self.feed(Input::ConnectionLost);
            }
        }
    }

    /// Gives the board an input and handles its outputs.
    fn feed(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            for output in self.board.handle(self.began.elapsed(), input) {
                match output {
                    Output::Connect if self.network => {
                        self.given_up = None;
                        match Line::open(self.config.clone()) {
                            Ok(line) => self.line = Some(line),
                            Err(why) => {
                                self.publish(News::Happened(Happened::LineLost { why }));
                                inputs.push_back(Input::ConnectionLost);
                            }
                        }
                    }
                    Output::Connect => inputs.push_back(Input::ConnectionLost),
                    Output::Disconnect if self.board.state().has_power => self.hang_up(),
                    Output::Disconnect => self.cut(),
                    Output::Send(query) => {
                        let mut outcome = self.faults.outcome(&mut self.rng);
                        if !is_routine(&query) {
                            outcome = self.next.take().unwrap_or(outcome);
                        }
                        for _ in 0..outcome.copies {
                            self.travel(outcome.delay, Travelling::Out(query.encode().into_bytes()));
                        }
                    }
                    Output::Happened(what) => self.publish(News::Happened(what)),
                }
            }
        }
    }

    /// The board stops waiting. A message under way still arrives: the server gets the plain one late and then the
    /// replay.
    fn hang_up(&mut self) {
        self.travelling.retain(|(_, message)| matches!(message, Travelling::Out(_)));
        self.given_up = self.line.take().filter(|_| !self.travelling.is_empty());
    }

    /// Drops all messages under way.
    fn cut(&mut self) {
        (self.line, self.given_up) = (None, None);
        self.travelling.clear();
    }

    fn travel(&mut self, delay: Duration, message: Travelling) {
        if delay > Duration::ZERO {
            self.travelling.push((Instant::now() + delay, message));
        } else {
            self.deliver(message);
        }
    }

    /// Delivers messages whose delay is over, in order.
    fn arrive(&mut self) {
        let now = Instant::now();
        self.travelling.sort_by_key(|(at, _)| *at);
        let due = self.travelling.partition_point(|(at, _)| *at <= now);
        for (_, message) in self.travelling.drain(..due).collect::<Vec<_>>() {
            self.deliver(message);
        }
    }

    fn deliver(&mut self, message: Travelling) {
        match message {
            Travelling::Out(payload) => self.transmit(payload),
            Travelling::In(topic, payload) => {
                self.publish(News::Heard(topic, payload.clone()));
                match topic {
                    BoardTopic::Reply(_) => self.feed(Input::Reply(payload)),
                    BoardTopic::Request(_) => self.feed(Input::Request(payload)),
                    BoardTopic::Query(_) => {}
                }
            }
        }
    }

    fn transmit(&mut self, payload: Vec<u8>) {
        if let Some(line) = self.line.as_ref().or(self.given_up.as_ref()) {
            line.send(payload.clone());
            self.publish(News::Sent(payload));
        }
    }

    fn publish(&self, news: News) {
        // Nobody listening is fine.
        let _ = self.news.send(news);
    }
}

/// Whether a board sends it by the clock rather than because of a person.
fn is_routine(query: &Query) -> bool {
    matches!(query, Query::Alive { .. } | Query::CheckMachine | Query::InUse { .. })
}

async fn next_event(line: &mut Option<Line>) -> LineEvent {
    match line {
        Some(line) => line.next().await,
        None => pending().await,
    }
}

async fn sleep_until_or_for_ever(wake: Option<Instant>) {
    match wake {
        Some(wake) => sleep_until(wake).await,
        None => pending().await,
    }
}
