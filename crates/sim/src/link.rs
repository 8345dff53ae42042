//! A simulated board on a real connection, and the handle that acts upon it.
//!
//! Invariant: the board lives in a task of its own until the last [`SimBoard`] is dropped; then it goes as in a power
//! cut.

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
    /// Which machine it says it is, and where it connects to.
    pub line: LineConfig,
    pub firmware: Firmware,
    /// How long it waits for what.
    pub timings: Timings,
    /// What the network does to its messages.
    pub faults: Faults,
    /// Where the faults come from.
    pub seed: u64,
    /// It takes new firmware, at a port of this machine that it says with its address; this reads the version.
    pub takes_firmware: Option<ReadVersion>,
}

/// Reads the version in a firmware image; `None` for what a board would not start.
pub type ReadVersion = fn(&[u8]) -> Option<String>;

impl SimConfig {
    /// The board of machine `number` as delivered, on a good network. Client id: `BOARD` and the last three digits of
    /// its number.
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

/// What a board lets others know, as it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    Happened(Happened),
    /// These bytes went out.
    Sent(Vec<u8>),
    /// These bytes came in.
    Heard(BoardTopic, Vec<u8>),
}

/// A running board; it runs until the last handle to it is dropped.
#[derive(Debug, Clone)]
pub struct SimBoard {
    number: MachineNumber,
    orders: mpsc::UnboundedSender<Order>,
    state: watch::Receiver<BoardState>,
    news: broadcast::Sender<News>,
}

/// What the handle wants of the task.
#[derive(Debug)]
pub(crate) enum Order {
    /// Answered when the board is through with it.
    Input(Input, oneshot::Sender<()>),
    Network(bool),
    Next(Delivery),
    Raw(Vec<u8>),
}

/// News that may wait for whoever listens; the oldest are lost to a slow one.
const NEWS: usize = 1_024;

impl SimBoard {
    /// Switches it on. It connects, and keeps trying, by itself. Must be called within a tokio runtime.
    #[must_use]
    pub fn connect(config: SimConfig) -> Self {
        let (orders, mailbox) = mpsc::unbounded_channel();
        let (news, _) = broadcast::channel(NEWS);
        let number = config.line.number;
        let state = driver::start(config, mailbox, news.clone());
        Self { number, orders, state, news }
    }

    /// Whose board it is.
    pub fn number(&self) -> MachineNumber {
        self.number
    }

    /// Taps a card. Returns when the board has dealt with it: the light is green or red, or nothing happened.
    pub async fn swipe(&self, uid: &CardUid) -> BoardState {
        self.input(Input::Card { uid: uid.clone(), held: false }).await
    }

    /// Holds a card for as long as it takes to confirm maintenance.
    pub async fn hold(&self, uid: &CardUid) -> BoardState {
        self.input(Input::Card { uid: uid.clone(), held: true }).await
    }

    /// Taps the card of whoever is in; nothing if nobody is.
    pub async fn log_out(&self) -> BoardState {
        self.input(Input::LogOut).await
    }

    /// Takes its electricity. What is in its flash stays.
    pub async fn cut_power(&self) -> BoardState {
        self.input(Input::PowerOff).await
    }

    /// Gives its electricity back.
    pub async fn power_on(&self) -> BoardState {
        self.input(Input::PowerOn).await
    }

    /// Pulls its network cable.
    pub fn go_offline(&self) {
        self.order(Order::Network(false));
    }

    /// Plugs it in again. The board notices when it next tries.
    pub fn go_online(&self) {
        self.order(Order::Network(true));
    }

    /// Decides what becomes of its next message; what it sends by the clock does not count.
    pub fn next_message(&self, outcome: Delivery) {
        self.order(Order::Next(outcome));
    }

    /// Publishes any bytes on its topic, if it is connected; the board does not know.
    pub fn raw(&self, payload: impl Into<Vec<u8>>) {
        self.order(Order::Raw(payload.into()));
    }

    /// What it shows now.
    pub fn state(&self) -> BoardState {
        self.state.borrow().clone()
    }

    pub fn led(&self) -> Led {
        self.state.borrow().led
    }

    pub fn screen(&self) -> Screen {
        self.state.borrow().screen.clone()
    }

    /// What it shows, whenever that changes.
    pub fn watch(&self) -> watch::Receiver<BoardState> {
        self.state.clone()
    }

    /// What it does, from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Waits until it shows what `holds` looks for. `Err` is what it shows after `within` instead.
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
