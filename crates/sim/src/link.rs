//! A simulated board on a real connection, and its handle.
//!
//! Invariant: the board runs in its own task until the last [`SimBoard`] is dropped; then it ends as in a power cut.

use crate::{
    board::Input,
    driver,
    face::{BoardState, Happened, Led},
    fault::{Delivery, Faults},
    firmware::{Firmware, Timings},
    line::{Dialer, LineConfig},
};
use domain::{boards::MachineNumber, cards::CardUid};
use fabomatic::{Topics, lcd::Screen, topic::BoardTopic};
use std::time::Duration;
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    time::timeout,
};

#[derive(Debug, Clone)]
pub struct SimConfig {
    /// Its machine and connection.
    pub line: LineConfig,
    pub firmware: Firmware,
    /// Its time-outs.
    pub timings: Timings,
    /// Its network faults.
    pub faults: Faults,
    /// The seed of the faults.
    pub seed: u64,
    /// Accepts firmware at a port of this computer, which it sends with its address; this parses the version.
    pub takes_firmware: Option<ReadVersion>,
}

/// Parses the version of a firmware image; `None` if a board would not start it.
pub type ReadVersion = fn(&[u8]) -> Option<String>;

impl SimConfig {
    /// The board of machine `number` with default settings, on a good network. Client id: `BOARD` and the last three
    /// digits of its number.
    #[must_use]
    pub fn new(broker: impl Into<Dialer>, number: MachineNumber) -> Self {
        let client_id = format!("BOARD{}", number.0 % 1_000);
        Self {
            line: LineConfig { broker: broker.into(), client_id, topics: Topics::default(), number },
            firmware: Firmware::simulated(number),
            timings: Timings::default(),
            faults: Faults::NONE,
            seed: number.0.into(),
            takes_firmware: None,
        }
    }
}

/// Events of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    Happened(Happened),
    /// It sent these bytes.
    Sent(Vec<u8>),
    /// It received these bytes.
    Heard(BoardTopic, Vec<u8>),
}

/// A running board; it runs until its last handle is dropped.
#[derive(Debug, Clone)]
pub struct SimBoard {
    number: MachineNumber,
    orders: mpsc::UnboundedSender<Order>,
    state: watch::Receiver<BoardState>,
    news: broadcast::Sender<News>,
}

/// A message from the handle to the task.
#[derive(Debug)]
pub(crate) enum Order {
    /// Answered when the board has processed it.
    Input(Input, oneshot::Sender<()>),
    Network(bool),
    Next(Delivery),
    Raw(Vec<u8>),
}

/// Queued events per receiver; a slow one loses the oldest.
const NEWS: usize = 1_024;

impl SimBoard {
    /// Switches it on. It connects and retries by itself. Must be called within a tokio runtime.
    #[must_use]
    pub fn connect(config: SimConfig) -> Self {
        Self::connect_followed(config).0
    }

    /// The same, with its events from the first on: a board may be online before [`Self::news`] is called.
    #[must_use]
    pub fn connect_followed(config: SimConfig) -> (Self, broadcast::Receiver<News>) {
        let (orders, mailbox) = mpsc::unbounded_channel();
        let (news, followed) = broadcast::channel(NEWS);
        let number = config.line.number;
        let state = driver::start(config, mailbox, news.clone());
        (Self { number, orders, state, news }, followed)
    }

    /// The number of its machine.
    pub fn number(&self) -> MachineNumber {
        self.number
    }

    /// Taps a card. Returns when the board has processed it: the light is green or red, or nothing happened.
    pub async fn swipe(&self, uid: &CardUid) -> BoardState {
        self.input(Input::Card { uid: uid.clone(), held: false }).await
    }

    /// Holds a card long enough to confirm maintenance.
    pub async fn hold(&self, uid: &CardUid) -> BoardState {
        self.input(Input::Card { uid: uid.clone(), held: true }).await
    }

    /// Taps the logged-in card, if any.
    pub async fn log_out(&self) -> BoardState {
        self.input(Input::LogOut).await
    }

    /// Cuts its power. Its flash is preserved.
    pub async fn cut_power(&self) -> BoardState {
        self.input(Input::PowerOff).await
    }

    /// Restores its power.
    pub async fn power_on(&self) -> BoardState {
        self.input(Input::PowerOn).await
    }

    /// Pulls its network cable.
    pub fn go_offline(&self) {
        self.order(Order::Network(false));
    }

    /// Plugs the cable in. The board notices at its next attempt.
    pub fn go_online(&self) {
        self.order(Order::Network(true));
    }

    /// Sets the outcome of its next message, except those it sends by the clock.
    pub fn next_message(&self, outcome: Delivery) {
        self.order(Order::Next(outcome));
    }

    /// Publishes any bytes on its topic, if connected; the board is not involved.
    pub fn raw(&self, payload: impl Into<Vec<u8>>) {
        self.order(Order::Raw(payload.into()));
    }

    /// Its visible state.
    pub fn state(&self) -> BoardState {
        self.state.borrow().clone()
    }

    pub fn led(&self) -> Led {
        self.state.borrow().led
    }

    pub fn screen(&self) -> Screen {
        self.state.borrow().screen.clone()
    }

    /// Its visible state, with every change.
    pub fn watch(&self) -> watch::Receiver<BoardState> {
        self.state.clone()
    }

    /// Its events, from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Waits until `holds` is true of its state. `Err` is the state after `within`.
    pub async fn until(
        &self,
        within: Duration,
        holds: impl FnMut(&BoardState) -> bool,
    ) -> Result<BoardState, BoardState> {
        let mut state = self.state.clone();
        match timeout(within, state.wait_for(holds)).await {
            Ok(Ok(state)) => Ok(state.clone()),
            Ok(Err(_)) | Err(_) => Err(self.state()),
        }
    }

    async fn input(&self, input: Input) -> BoardState {
        let (done, through) = oneshot::channel();
        self.order(Order::Input(input, done));
        // An error means that the runtime is going down: there is nothing left to wait for.
        let _ = through.await;
        self.state()
    }

    fn order(&self, order: Order) {
        // The task ends only after the last handle, or with the runtime.
        let _ = self.orders.send(order);
    }
}
