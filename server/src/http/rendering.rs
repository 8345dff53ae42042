//! Runs everything that rendering a page spawns inside the task of its request, and few pages at once.
//!
//! Invariant: no two parts of one page run at the same time. Leptos spawns a task for each `Transition` and each
//! resource; on several threads two of them can meet at one signal, and then a page never ends: see
//! `docs/endless-wait.md`. Different pages still run in parallel.

use super::Shared;
use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::actor::{Actor, Who};
use futures::{StreamExt, stream::FuturesUnordered};
use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    mem,
    pin::pin,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    task::Poll,
    time::Duration,
};
use tokio::{sync::Semaphore, time::timeout};

/// Pages that are rendered at once, of strangers, and as many of others: each takes up to a megabyte meanwhile.
const AT_ONCE: usize = 16;
/// How long a page counts among them. One that takes longer waits for something, and the next begins.
const TURN: Duration = Duration::from_millis(100);

/// Tasks spawned and not polled yet.
type Spawned = Arc<Mutex<Vec<PinnedFuture<()>>>>;

thread_local! {
    /// Queue of the request being polled on this thread.
    static SPAWNED: RefCell<Option<Spawned>> = const { RefCell::new(None) };
}

/// The executor of Leptos: spawns into the request being polled.
struct IntoRequest;

impl CustomExecutor for IntoRequest {
    fn spawn(&self, task: PinnedFuture<()>) {
        let elsewhere = SPAWNED.with_borrow(|spawned| match spawned {
            Some(spawned) => {
                spawned.lock().unwrap_or_else(PoisonError::into_inner).push(task);
                None
            }
            None => Some(task),
        });
        // The list of routes is generated outside of any request.
        if let Some(task) = elsewhere {
            tokio::spawn(task);
        }
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(task);
    }

    fn poll_local(&self) {}
}

/// Makes [`IntoRequest`] the executor of this process. Leptos takes the first one, so this must come before
/// anything that sets Tokio's; `false` if it came too late.
pub(super) fn install() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    *INSTALLED.get_or_init(|| Executor::init_custom_executor(IntoRequest).is_ok())
}

/// Layer over everything that may render a page.
pub(super) async fn in_one_task(request: Request, next: Next) -> Response {
    together(next.run(request)).await
}

/// Runs `page` and everything it spawns in one task. Whatever is left when `page` is done is dropped.
async fn together<T>(page: impl Future<Output = T>) -> T {
    let spawned = Spawned::default();
    let mut page = pin!(page);
    let mut tasks = FuturesUnordered::new();
    poll_fn(|context| {
        let _inside = Inside::new(&spawned);
        let page = page.as_mut().poll(context);
        while page.is_pending() {
            tasks.extend(mem::take(&mut *spawned.lock().unwrap_or_else(PoisonError::into_inner)));
            if !matches!(tasks.poll_next_unpin(context), Poll::Ready(Some(())))
                && spawned.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
            {
                break;
            }
        }
        page
    })
    .await
}

/// The pages being rendered.
pub(super) struct Pages {
    strangers: Semaphore,
    known: Semaphore,
    turn: Duration,
}

impl Default for Pages {
    fn default() -> Self {
        Self::new(TURN)
    }
}

impl Pages {
    fn new(turn: Duration) -> Self {
        let [strangers, known] = [AT_ONCE; 2].map(Semaphore::new);
        Self { strangers, known, turn }
    }

    /// Renders `page` when few others are.
    async fn render<T>(&self, is_known: bool, page: impl Future<Output = T>) -> T {
        let all = if is_known { &self.known } else { &self.strangers };
        let turn = all.acquire().await;
        let mut page = pin!(page);
        if let Ok(page) = timeout(self.turn, page.as_mut()).await {
            return page;
        }
        drop(turn);
        page.await
    }
}

/// Layer over pages, to their last byte.
pub(super) async fn in_turn(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let who = request.extensions().get::<Actor>().map(|actor| &actor.who);
    let is_known = matches!(who, Some(Who::Person(_) | Who::Display(_)));
    shared.0.rendered.render(is_known, next.run(request)).await
}

/// While it lives, this thread spawns into one request; on drop, also after a panic, into the previous one again.
struct Inside(Option<Spawned>);

impl Inside {
    fn new(spawned: &Spawned) -> Self {
        Self(SPAWNED.replace(Some(Arc::clone(spawned))))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        SPAWNED.set(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::*;
    use std::{
        future::pending,
        sync::atomic::{AtomicUsize, Ordering::Relaxed},
        thread,
    };
    use tokio::{sync::oneshot, task::yield_now};

    /// Longer than any page takes, on the slowest machine.
    const ENDLESS: Duration = Duration::from_secs(20);

    /// Two boundaries wait for one answer, and each writes and reads one signal when it arrives.
    fn two_waits() -> impl IntoView {
        let answer = Resource::new(|| (), |()| async { yield_now().await });
        let visible = RwSignal::new(0_u32);
        let wait = move || {
            let view = Suspend::new(async move {
                answer.await;
                for _ in 0..50 {
                    visible.update(|visible| {
                        *visible += 1;
                        // Lets the other one reach the signal while it is locked.
                        thread::yield_now();
                    });
                    visible.get_untracked();
                }
                "there"
            });
            view! { <Transition>{view}</Transition> }
        };
        (wait(), wait())
    }

    async fn rendered() -> String {
        let owner = Owner::new();
        owner.set();
        let html = owner.with(|| two_waits().to_html_stream_in_order()).collect().await;
        owner.unset_with_forced_cleanup();
        html
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn two_waiters_on_one_resource_both_finish() {
        assert!(install(), "another executor was there before");
        for round in 0..200 {
            let page = timeout(ENDLESS, tokio::spawn(together(rendered()))).await;
            let html = page.unwrap_or_else(|_| panic!("round {round} ends")).unwrap();
            assert_eq!(html.matches("there").count(), 2, "{html}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn spawned_future_runs_in_the_request_task() {
        assert!(install(), "another executor was there before");
        let page = async {
            let (sender, receiver) = oneshot::channel();
            Executor::spawn(async { sender.send(tokio::task::id()).unwrap() });
            (tokio::task::id(), receiver.await)
        };
        let (request, spawned) = timeout(ENDLESS, tokio::spawn(together(page))).await.unwrap().unwrap();
        assert_eq!(Ok(request), spawned);
    }

    #[tokio::test]
    async fn nested_spawn_is_awaited() {
        assert!(install(), "another executor was there before");
        let (end, wait) = oneshot::channel();
        let page = async {
            Executor::spawn(async { Executor::spawn(async { end.send(()).unwrap() }) });
            wait.await
        };
        timeout(ENDLESS, together(page)).await.expect("the inner task ends").unwrap();
    }

    /// How many of `count` endless pages are begun.
    async fn begun(pages: &Pages, count: usize, is_known: bool) -> usize {
        let begun = AtomicUsize::new(0);
        let endless = async || {
            begun.fetch_add(1, Relaxed);
            pending::<()>().await;
        };
        let all: FuturesUnordered<_> = (0..count).map(|_| pages.render(is_known, endless())).collect();
        // The turns of those that are begun end meanwhile, if they end at all.
        let all = all.for_each(|()| async {});
        assert!(timeout(Duration::from_millis(50), all).await.is_err(), "they are endless");
        begun.load(Relaxed)
    }

    #[tokio::test]
    async fn few_pages_are_rendered_at_once() {
        let pages = Pages::new(ENDLESS);
        assert_eq!(begun(&pages, AT_ONCE + 4, false).await, AT_ONCE);
        let _all = pages.strangers.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
        assert_eq!(begun(&pages, 1, false).await, 0);
        assert_eq!(begun(&pages, 1, true).await, 1, "strangers hold up nobody who is signed in");
    }

    #[tokio::test]
    async fn waiting_pages_hold_up_none() {
        assert_eq!(begun(&Pages::new(Duration::ZERO), AT_ONCE + 4, false).await, AT_ONCE + 4);
    }

    #[tokio::test]
    async fn panic_in_spawned_task_fails_its_page() {
        assert!(install(), "another executor was there before");
        let page = tokio::spawn(together(async {
            Executor::spawn(async { panic!("in a view") });
            std::future::pending::<()>().await;
        }));
        let ended = timeout(ENDLESS, page).await.expect("the page ends");
        assert!(ended.unwrap_err().is_panic());
        assert!(SPAWNED.with_borrow(Option::is_none), "the thread is left as it was");
    }
}
