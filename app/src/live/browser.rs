//! The event stream in the browser: opened, reopened, and closed while the tab is hidden.

use super::{Live, Topic};
use crate::{clock::Clock, ui::form::is_leaving, visitor::Visitor};
use domain::live::{ChangeEvent, Noun};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventSource, MessageEvent};

const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);
/// A shorter interruption is not shown.
const GRACE: Duration = Duration::from_secs(3);

/// A server sends a beat every quarter of a minute. Silence for this long means a dead connection, which the
/// network may not report for many minutes.
const SILENCE: Duration = Duration::from_secs(40);

/// Changes of one topic within this time are loaded together: a busy evening must not load the same list twenty
/// times a second. The first is never delayed.
const TOGETHER: Duration = Duration::from_millis(250);

struct Connection {
    live: Live,
    clock: Clock,
    build: String,
    /// The person the page was made for, as a query parameter; empty for none.
    known: String,
    /// Id of the last event seen, over all streams of this document.
    after: RefCell<String>,
    failures: Cell<u32>,
    open: RefCell<Option<Open>>,
    retry: Cell<Option<TimeoutHandle>>,
    grace: Cell<Option<TimeoutHandle>>,
    watchdog: Cell<Option<TimeoutHandle>>,
    /// Topics that changed recently; the flag says whether they changed again since.
    together: RefCell<Vec<(Topic, bool)>>,
}

/// One `EventSource`; closed when dropped.
struct Open {
    source: EventSource,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _opened: Closure<dyn FnMut(Event)>,
    _error: Closure<dyn FnMut(Event)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        for timer in [self.retry.take(), self.grace.take(), self.watchdog.take()].into_iter().flatten() {
            timer.clear();
        }
    }
}

/// Keeps the stream open while the tab is visible, until the current owner is cleaned up.
pub(super) fn keep_open(live: Live, clock: Clock, visitor: Visitor) {
    let Visitor { live_after, build, who, .. } = visitor;
    let connection = Rc::new(Connection {
        live,
        clock,
        build,
        known: who.map(|who| format!("&known={}", who.id.0)).unwrap_or_default(),
        after: RefCell::new(live_after),
        failures: Cell::new(0),
        open: RefCell::new(None),
        retry: Cell::new(None),
        grace: Cell::new(None),
        watchdog: Cell::new(None),
        together: RefCell::default(),
    });
    connect(&connection);
    let weak = Rc::downgrade(&connection);
    let handle = window_event_listener_untyped("visibilitychange", move |_| {
        with(&weak, |connection| {
            if document().hidden() {
                connection.close();
            } else if connection.open.borrow().is_none() {
                connect(connection);
            }
        });
    });
    on_cleanup(move || handle.remove());
    // The arena owns the only strong handle: cleaning up the owner closes stream and timers.
    StoredValue::new_local(connection);
}

fn connect(connection: &Rc<Connection>) {
    if document().hidden() {
        return;
    }
    // The id in the address serves the first connection and our own reconnections; the browser's reconnections
    // send `Last-Event-ID`, which the server prefers.
    let url = format!("/live?after={}{}", connection.after.borrow(), connection.known);
    let Ok(source) = EventSource::new(&url) else { return };
    let weak = Rc::downgrade(connection);
    let message = Closure::<dyn FnMut(MessageEvent)>::new({
        let weak = weak.clone();
        move |event: MessageEvent| {
            with(&weak, |connection| {
                if receive(connection, &event) || connection.watchdog.get().is_some() {
                    watch(connection);
                }
            });
        }
    });
    let opened = Closure::<dyn FnMut(Event)>::new({
        let weak = weak.clone();
        move |_| with(&weak, |connection| connection.healthy())
    });
    let error = Closure::<dyn FnMut(Event)>::new(move |_| with(&weak, lost));
    source.set_onmessage(Some(message.as_ref().unchecked_ref()));
    source.set_onopen(Some(opened.as_ref().unchecked_ref()));
    source.set_onerror(Some(error.as_ref().unchecked_ref()));
    connection.open.replace(Some(Open { source, _message: message, _opened: opened, _error: error }));
}

fn with(connection: &Weak<Connection>, act: impl FnOnce(&Rc<Connection>)) {
    if let Some(connection) = connection.upgrade() {
        act(&connection);
    }
}

/// The stream broke. We reconnect ourselves, less and less often: a browser retries a refused connection every
/// second for ever, all browsers at once, and gives up for good on a response that is no stream (a proxy's 502
/// while the server restarts).
fn lost(connection: &Rc<Connection>) {
    connection.stop_watching();
    // Every failed attempt comes here; the first of them started the timer.
    if connection.grace.get().is_none() {
        let since = connection.clock.now_once();
        let silent = connection.live.silent;
        connection.grace.set(set_timeout_with_handle(move || silent.set(Some(since)), GRACE).ok());
    }
    // Closed, not dropped: this runs inside one of its own callbacks.
    if let Some(open) = connection.open.borrow().as_ref() {
        open.source.close();
    }
    let failures = connection.failures.get();
    connection.failures.set(failures.saturating_add(1));
    // Half fixed, half random: after a restart, browsers must not all return in the same instant.
    let wait = FIRST_RETRY
        .saturating_mul(1 << failures.min(5))
        .min(LAST_RETRY)
        .mul_f64(0.5 + js_sys::Math::random() / 2.0);
    let weak = Rc::downgrade(connection);
    connection.retry.set(set_timeout_with_handle(move || with(&weak, connect), wait).ok());
}

/// Restarts the silence timer.
fn watch(connection: &Rc<Connection>) {
    connection.stop_watching();
    let weak = Rc::downgrade(connection);
    let dead = move || {
        with(&weak, |connection| {
            connection.close();
            lost(connection);
        });
    };
    connection.watchdog.set(set_timeout_with_handle(dead, SILENCE).ok());
}

impl Connection {
    fn close(&self) {
        self.stop_watching();
        self.open.take();
    }

    fn stop_watching(&self) {
        if let Some(timer) = self.watchdog.take() {
            timer.clear();
        }
    }

    fn healthy(&self) {
        self.failures.set(0);
        if let Some(timer) = self.grace.take() {
            timer.clear();
        }
        self.live.silent.set(None);
    }
}

/// Handles `machine 7`, `resync`, `hello <build>`, `signed-out` or `beat`; returns whether it was the beat, after
/// which silence means something.
fn receive(connection: &Rc<Connection>, event: &MessageEvent) -> bool {
    let id = event.last_event_id();
    if !id.is_empty() {
        connection.after.replace(id);
    }
    let data = event.data().as_string().unwrap_or_default();
    match data.split_once(' ').unwrap_or((&data, "")) {
        ("beat", _) => return true,
        ("hello", build) if build != connection.build => leave(connection),
        ("hello", _) => {}
        ("signed-out", _) => sign_out(connection),
        ("resync", _) => {
            let things = connection
                .live
                .things
                .with_value(|things| things.iter().map(|((noun, id), _)| (*noun, Some(*id))).collect::<Vec<_>>());
            let nouns = Noun::ALL.into_iter().map(|noun| (noun, None));
            for topic in nouns.chain(things) {
                changed(connection, topic);
            }
        }
        _ => {
            if let Some(hint) = ChangeEvent::read(&data) {
                changed(connection, (hint.noun(), None));
                if hint.id().is_some() {
                    changed(connection, (hint.noun(), hint.id()));
                }
            }
        }
    }
    false
}

/// The page's visitor is signed out or lost access: what it shows must go.
fn sign_out(connection: &Rc<Connection>) {
    // Closed, not dropped: this runs inside one of its own callbacks.
    if let Some(open) = connection.open.borrow().as_ref() {
        open.source.close();
    }
    // After signing out by a form, the next page is already loading.
    if !is_leaving() {
        // Fails only where there is no window.
        drop(window().location().reload());
    }
}

/// `topic` changed: tell the page now, or with other changes of it in a moment.
fn changed(connection: &Rc<Connection>, topic: Topic) {
    if let Some((_, again)) = connection.together.borrow_mut().iter_mut().find(|(notice, _)| *notice == topic) {
        *again = true;
        return;
    }
    connection.together.borrow_mut().push((topic, false));
    connection.live.bump(topic);
    let weak = Rc::downgrade(connection);
    set_timeout(
        move || {
            with(&weak, |connection| {
                let mut together = connection.together.borrow_mut();
                let at = together.iter().position(|(notice, _)| *notice == topic);
                let again = at.is_some_and(|at| together.swap_remove(at).1);
                drop(together);
                if again {
                    changed(connection, topic);
                }
            });
        },
        TOGETHER,
    );
}

/// The server has another build, and this page's lazy areas are gone. Says so, and makes every link load a
/// document.
fn leave(connection: &Rc<Connection>) {
    if connection.live.new_build.get_untracked() {
        return;
    }
    connection.live.new_build.set(true);
    let click = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(link) = target.and_then(|target| target.closest("a[href]").ok().flatten()) {
            // The router leaves such links to the browser. Fails only for an invalid attribute name.
            drop(link.set_attribute("rel", "external"));
        }
    });
    // In the capturing phase, before the router sees the click. Never fails.
    drop(document().add_event_listener_with_callback_and_bool("click", click.as_ref().unchecked_ref(), true));
    click.forget();
}
