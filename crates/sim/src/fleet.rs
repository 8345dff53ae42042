//! Many boards, and people who use them as on a working day.
//!
//! Invariant: with the same answers, the same seed makes the same day. Only people are sped up; a board's clock runs at
//! normal speed, because the server measures it against its own.

use crate::{
    cards::Card,
    face::BoardState,
    fault::Faults,
    firmware::Timings,
    line::Dialer,
    link::{News, ReadVersion, SimBoard, SimConfig},
};
use domain::{boards::MachineNumber, cards::CardUid};
use fabomatic::Topics;
use futures::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom, seq::SliceRandom};
use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::broadcast,
    time::{sleep, timeout},
};

/// The boards of a workshop.
#[derive(Debug, Clone)]
pub struct FleetConfig {
    /// The broker of all boards.
    pub broker: Dialer,
    pub topics: Topics,
    pub numbers: Vec<MachineNumber>,
    /// Their time-outs.
    pub timings: Timings,
    /// Their network faults.
    pub faults: Faults,
    /// The seed of everything random.
    pub seed: u64,
    /// Parses the version of an image, if they accept firmware.
    pub takes_firmware: Option<ReadVersion>,
}

#[derive(Debug)]
pub struct Fleet(BTreeMap<MachineNumber, SimBoard>);

#[derive(Debug, Clone)]
pub struct Day {
    pub people: Vec<Card>,
    /// How many times faster than real people they come, work and go; at least 1.
    pub pace: u32,
    /// The probability of a power cut or pulled cable per stay, from 0 to 1.
    pub mishaps: f64,
    /// The seed of everything random.
    pub seed: u64,
}

/// Minutes from the beginning of the day to the first visit to a machine.
const OPENING: Range<f64> = 0.0..60.0;
const WORK: Range<f64> = 5.0..90.0;
/// Minutes from one visit to the next.
const PAUSE: Range<f64> = 10.0..120.0;
/// Time for people to log out in the evening. A board without an answer takes longer.
const CLOSING: Duration = Duration::from_secs(3);
/// How long a log-out may take before it is repeated.
const QUIET: Duration = Duration::from_mins(1);
/// Minutes until an early power cut: before the board's first report of the use.
const EARLY: Range<f64> = 0.0..0.5;
/// Minutes a power cut or pulled cable lasts.
const MISHAP: Range<f64> = 1.0..6.0;

impl FleetConfig {
    /// The boards of machines `numbers` with default settings, on a good network.
    #[must_use]
    pub fn new(broker: impl Into<Dialer>, numbers: Vec<MachineNumber>) -> Self {
        Self {
            broker: broker.into(),
            topics: Topics::default(),
            numbers,
            timings: Timings::default(),
            faults: Faults::NONE,
            seed: 0,
            takes_firmware: None,
        }
    }
}

impl Fleet {
    /// Switches all of them on. Unlike in the field, up to 1,000 boards have different client ids. Must be called
    /// within a tokio runtime.
    #[must_use]
    pub fn connect(config: &FleetConfig) -> Self {
        Self::connect_followed(config).0
    }

    /// The same, with the events of each board from the first on.
    #[must_use]
    pub fn connect_followed(config: &FleetConfig) -> (Self, Vec<(MachineNumber, broadcast::Receiver<News>)>) {
        let mut ids: Vec<u16> = (0..1_000).collect();
        ids.shuffle(&mut StdRng::seed_from_u64(config.seed));
        let boards = config.numbers.iter().zip(ids.into_iter().cycle()).map(|(number, id)| {
            let mut board = SimConfig::new(config.broker.clone(), *number);
            board.line.client_id = format!("BOARD{id}");
            board.line.topics = config.topics.clone();
            board.timings = config.timings.clone();
            board.faults = config.faults;
            board.takes_firmware = config.takes_firmware;
            board.seed = config.seed.wrapping_add(number.0.into());
            let (board, news) = SimBoard::connect_followed(board);
            ((*number, board), (*number, news))
        });
        let (boards, news) = boards.unzip();
        (Self(boards), news)
    }

    /// The board of machine `number`.
    pub fn board(&self, number: MachineNumber) -> Option<&SimBoard> {
        self.0.get(&number)
    }

    /// All boards, by number.
    pub fn boards(&self) -> impl Iterator<Item = &SimBoard> {
        self.0.values()
    }

    /// People come and go until the future is dropped. Nobody is at two machines at once.
    pub async fn live(&self, day: &Day) {
        let busy = Mutex::new(HashSet::new());
        join_all(self.boards().map(|board| visits(board, day, &busy))).await;
    }

    /// Logs everyone out, as far as the boards can report it within [`CLOSING`].
    pub async fn close(&self) {
        let _ = timeout(CLOSING, join_all(self.boards().map(SimBoard::log_out))).await;
    }

    /// Restores power and network, logs everyone out, and waits for stored messages. Returns how many boards still have
    /// some after `patience`.
    pub async fn flush(&self, patience: Duration) -> usize {
        let reported = join_all(self.boards().map(|board| async move {
            board.power_on().await;
            board.go_online();
            let reported = async {
                loop {
                    board.log_out().await;
                    // A person may just have logged in; and the last query may be unanswered.
                    let is_flushed = |state: &BoardState| state.online && state.user.is_none() && state.kept == 0;
                    if board.until(QUIET, is_flushed).await.is_ok() {
                        return;
                    }
                }
            };
            timeout(patience, reported).await.is_ok()
        }));
        reported.await.into_iter().filter(|reported| !reported).count()
    }
}

impl Day {
    /// Random minutes in `range`, at this day's pace.
    fn minutes(&self, range: Range<f64>, rng: &mut StdRng) -> Duration {
        Duration::from_mins(1).mul_f64(rng.random_range(range)) / self.pace.max(1)
    }
}

/// The visits at one machine, one after another.
async fn visits(board: &SimBoard, day: &Day, busy: &Mutex<HashSet<CardUid>>) {
    let number = board.number();
    let mut rng = StdRng::seed_from_u64(day.seed.wrapping_mul(65_537).wrapping_add(number.0.into()));
    let regulars: Vec<&CardUid> = day
        .people
        .iter()
        .filter(|card| card.machines.is_empty() || card.machines.contains(&number))
        .map(|card| &card.uid)
        .collect();
    // A person it refused once does not come back that day.
    let mut refused = HashSet::new();
    let mut next = OPENING;
    loop {
        sleep(day.minutes(std::mem::replace(&mut next, PAUSE), &mut rng)).await;
        let visitor = {
            let mut busy = busy.lock().unwrap_or_else(PoisonError::into_inner);
            let willing = |uid: &&&CardUid| !busy.contains(**uid) && !refused.contains(**uid);
            let waiting: Vec<&CardUid> = regulars.iter().filter(willing).copied().collect();
            let Some(visitor) = waiting.choose(&mut rng).map(|uid| (*uid).clone()) else { continue };
            busy.insert(visitor.clone());
            visitor
        };
        let state = board.swipe(&visitor).await;
        if state.user.as_ref() == Some(&visitor) {
            if rng.random_bool(day.mishaps / 2.0) {
                sleep(day.minutes(EARLY, &mut rng)).await;
                cut_power(board, day, &mut rng).await;
            } else {
                sleep(day.minutes(WORK, &mut rng)).await;
                leave(board, day, &visitor, &mut rng).await;
            }
        } else if state.online {
            refused.insert(visitor.clone());
        }
        busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&visitor);
    }
}

/// Cuts the board's power for a while.
async fn cut_power(board: &SimBoard, day: &Day, rng: &mut StdRng) {
    board.cut_power().await;
    sleep(day.minutes(MISHAP, rng)).await;
    board.power_on().await;
}

/// Logs out, unless something prevents it.
async fn leave(board: &SimBoard, day: &Day, visitor: &CardUid, rng: &mut StdRng) {
    let mishap = rng.random_bool(day.mishaps);
    if mishap && rng.random_bool(0.5) {
        cut_power(board, day, rng).await;
        return;
    }
    if mishap {
        board.go_offline();
        sleep(day.minutes(MISHAP, rng)).await;
    }
    // It may have been stopped remotely, or by the board's auto log-out.
    if board.state().user.as_ref() == Some(visitor) {
        board.log_out().await;
    }
    board.go_online();
}
