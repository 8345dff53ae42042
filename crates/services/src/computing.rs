//! Long computations for people, such as plans of series, reports, imports and workbooks.
//!
//! **Invariants.** They run on threads of their own, so they delay no other request. Half of the cores compute at most, one
//! computation of a person at a time, and people take turns: only a person who asks for much waits long. A turn is
//! taken before anything is loaded, so that those who wait hold no reading connection. Not here: passwords, which have a queue of
//! their own, and pictures and files, whose size is limited.

use crate::{
    Ctx,
    error::ServiceError,
    turns::{Full, Place, Queue, Room, Turn},
};
use domain::{
    actor::Actor,
    problem::{Kind, Problem},
};
use std::{
    net::{IpAddr, Ipv6Addr},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, LazyLock, Mutex, PoisonError, mpsc},
    thread::{Builder, available_parallelism},
};
use store::StoreError;
use text::Lang;
use tokio::sync::oneshot;

/// Waiting computations of one person, and of all.
const WAITING: (usize, usize) = (16, 200);

/// Too much is being computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too much is being computed")]
pub struct Crowded;

impl ServiceError for Crowded {
    fn problem(&self, lang: Lang) -> Problem {
        Problem::new("rate.busy", Kind::Unavailable, lang.computing_busy()).after(5)
    }

    fn codes() -> Vec<(Kind, &'static str)> {
        vec![(Kind::Unavailable, "rate.busy")]
    }
}

struct Computing(Queue);

impl Default for Computing {
    fn default() -> Self {
        let (per_place, in_all) = WAITING;
        Self(Queue::new(Room { at_once: at_once(), each: 1, per_place, in_all }))
    }
}

fn at_once() -> usize {
    let cores = available_parallelism().map_or(1, usize::from);
    (cores / 2).max(1)
}

type Work = Box<dyn FnOnce() + Send>;

/// The threads of this process that compute, as many as may at once. Memory that a thread has freed stays with it for a while: on
/// those of Tokio, which take turns, ten computations one after the other would hold as much as ten at once.
struct Threads(mpsc::Sender<Work>);

static THREADS: LazyLock<Threads> = LazyLock::new(|| Threads::start(at_once()));

impl Threads {
    fn start(count: usize) -> Self {
        let (sender, work) = mpsc::channel::<Work>();
        let work = Arc::new(Mutex::new(work));
        for number in 0..count {
            let work = Arc::clone(&work);
            let run = move || {
                loop {
                    let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(next) = next else { break };
                    // The panic is in the log already, and the caller learns it from the dropped channel.
                    drop(catch_unwind(AssertUnwindSafe(next)));
                }
            };
            if let Err(error) = Builder::new().name(format!("computing {number}")).spawn(run) {
                tracing::error!(%error, "a thread for computations could not be started");
            }
        }
        Self(sender)
    }
}

/// Waits for a turn of `actor`; fails if too many wait, of this person or of all.
pub(crate) async fn turn(ctx: &Ctx, actor: &Actor) -> Result<Turn, Crowded> {
    // Displays and Toolgate itself share one.
    let nobody = Place::Network(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let place = actor.person().map_or(nobody, Place::Person);
    ctx.memory::<Computing>().0.turn(place).await.map_err(|Full| Crowded)
}

/// Runs `work` in its turn. It runs to the end even if the caller leaves.
pub(crate) async fn run<T: Send + 'static>(
    turn: Turn,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    run_in(turn, work).await.map(|(result, _)| result)
}

/// The same for callers whose turn goes on, with a job that writes the result.
pub(crate) async fn run_in<T: Send + 'static>(
    turn: Turn,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<(T, Turn), StoreError> {
    let (answer, result) = oneshot::channel();
    // Fails only if no thread could be started; then the channel is dropped, too.
    drop(THREADS.0.send(Box::new(move || drop(answer.send((work(), turn))))));
    result.await.map_err(|_| StoreError::Panicked)
}

/// Has `work` plan beside the writer and write that plan, again while it answers `None` because something changed before its job.
/// From the last of `most` times on it is called with `true`: its job is to plan by itself.
pub(crate) async fn until_written<T, E, F: Future<Output = Result<Option<T>, E>>>(
    most: u8,
    mut work: impl FnMut(bool) -> F,
) -> Result<T, E> {
    let mut attempt: u8 = 0;
    loop {
        attempt = attempt.saturating_add(1);
        if let Some(written) = work(attempt >= most).await? {
            return Ok(written);
        }
    }
}
