//! Renders one page again and again until it does not end. `cargo run -- 1` has one wait for the answer instead of
//! two, and `-- 2 1` two waits on one thread: both go on to the last round.

use futures::StreamExt;
use leptos::prelude::*;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 200_000;
/// A round takes less than a millisecond.
const ENDLESS: Duration = Duration::from_secs(10);

/// One answer, for which `waits` boundaries wait. The first that has it notes it in a signal, like any page that shows an answer
/// in two places.
fn page(waits: usize) -> impl IntoView {
    let answer = Resource::new(|| (), |()| async { tokio::task::spawn_blocking(|| 7).await.ok() });
    let visible = RwSignal::new(None);
    let wait = move || {
        let view = Suspend::new(async move {
            let answer = answer.await;
            if visible.with_untracked(Option::is_none) {
                visible.set(answer);
            }
            visible.get_untracked()
        });
        view! { <Transition>{view}</Transition> }
    };
    (0..waits).map(|_| wait()).collect::<Vec<_>>()
}

async fn render(waits: usize) -> String {
    let owner = Owner::new();
    owner.set();
    let html = owner.with(|| page(waits).to_html_stream_in_order()).collect().await;
    owner.unset_with_forced_cleanup();
    html
}

async fn rounds(waits: usize) {
    let began = Instant::now();
    for round in 1..=ROUNDS {
        let page = tokio::spawn(render(waits));
        match tokio::time::timeout(ENDLESS, page).await {
            Ok(html) => assert!(html.is_ok_and(|html| html.contains('7'))),
            Err(_) => return println!("round {round} never ended ({:?} in all)", began.elapsed()),
        }
    }
    println!("all {ROUNDS} rounds ended, after {:?}", began.elapsed());
}

fn main() {
    let number = |at, otherwise| std::env::args().nth(at).and_then(|arg| arg.parse().ok()).unwrap_or(otherwise);
    let (waits, threads) = (number(1, 2), number(2, 4));
    any_spawner::Executor::init_tokio().expect("no executor was there before");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_time().build();
    // The rounds go to a worker as well: with one thread nothing is left that could run beside it.
    runtime
        .expect("threads can be started")
        .block_on(async { tokio::spawn(rounds(waits)).await })
        .expect("no panic");
}
