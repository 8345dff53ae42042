//! Follows video playback second by second and reports it: one small interface to the browser's own player and to
//! that of `YouTube`.
//!
//! **Invariant.** What the server has not credited is reported again until it has: a refused or lost report costs
//! nothing. It outlives the page in the browser's storage, under the person's number. Not here: what a report is
//! worth.
//!
//! The player of `YouTube` is a frame of its no-cookie site, controlled by messages, so none of its script runs in
//! the page.

use super::api;
use crate::visitor::use_visitor;
use contract::training::{Module, Video};
use domain::{
    id::EditionId,
    training::watching::{Coverage, EVERY, Span, TOP_SPEED, recalled, written},
};
use leptos::{ev, html, prelude::*, server_fn::ServerFn, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{HtmlIFrameElement, MessageEvent, UrlSearchParams};

/// Origin of `YouTube` players that set no cookies before they play.
const YOUTUBE: &str = "https://www.youtube-nocookie.com";
/// Tolerance between two messages of the player, beyond the elapsed time, in milliseconds.
const JITTER: f64 = 700.0;

/// Within this time of the end, a video starts over instead of resuming, in milliseconds.
const LAST: u32 = 3000;

/// The address of an embedded player that resumes a module.
#[must_use]
pub fn embedded(id: &str, lang: &str, module: &Module) -> String {
    let from = place_of(module).map(|place| format!("&start={}", place / 1000)).unwrap_or_default();
    format!("{YOUTUBE}/embed/{id}?enablejsapi=1&playsinline=1&rel=0&cc_load_policy=1&hl={lang}{from}")
}

/// Where to resume.
fn place_of(module: &Module) -> Option<u32> {
    Some(module.place).filter(|place| *place > 0 && *place + LAST < module.length)
}

/// Playback state of the page.
#[derive(Clone, Copy)]
pub struct Watched {
    /// What the server has credited.
    pub credited: RwSignal<Coverage>,
    /// Position of the player, in milliseconds.
    pub place: RwSignal<u32>,
    /// Whether watched parts could not be saved yet.
    pub unsaved: RwSignal<bool>,
    inner: StoredValue<Inner>,
    screen: NodeRef<html::Video>,
    frame: NodeRef<html::Iframe>,
}

struct Inner {
    edition: EditionId,
    length: u32,
    /// Storage key of uncredited parts.
    name: String,
    /// Everything played on this page, or earlier and not credited.
    played: Coverage,
    /// When the oldest uncredited part was played, in milliseconds.
    since: Option<f64>,
    /// Position and time of the player's last report of playing, in milliseconds.
    last: Option<(f64, f64)>,
    /// When the last report was sent.
    reported: Option<f64>,
    under_way: bool,
    is_draft: bool,
    /// Where to resume, once.
    place: Option<u32>,
}

/// Follows the player of a module once the page is ready.
pub fn start(module: &Module, screen: NodeRef<html::Video>, frame: NodeRef<html::Iframe>) -> Watched {
    let who = use_visitor().who.map_or(0, |me| me.id.0);
    let watched = Watched {
        credited: RwSignal::new(Coverage::of(module.watched.iter().copied())),
        place: RwSignal::new(module.place),
        unsaved: RwSignal::new(false),
        inner: StoredValue::new(Inner {
            edition: module.edition,
            length: module.length,
            name: format!("watched {who} {}", module.edition),
            played: Coverage::default(),
            since: None,
            last: None,
            reported: None,
            under_way: false,
            is_draft: module.draft,
            place: place_of(module),
        }),
        screen,
        frame,
    };
    let is_file = matches!(module.video, Video::File(_));
    Effect::new(move |before: Option<()>| {
        if before.is_none() {
            watched.recall();
            watched.follow();
        }
        if is_file {
            watched.follow_screen();
        } else {
            watched.follow_frame();
        }
    });
    watched
}

fn now() -> f64 {
    js_sys::Date::now()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a moment of a video, within its length"
)]
fn whole(ms: f64) -> u32 {
    ms.max(0.0) as u32
}

/// Uncredited parts with their start time, as stored in the browser: `0-5000@1795000000000`; empty for none.
fn stored_report(waiting: &[Span], since: Option<f64>) -> String {
    match since {
        Some(since) if !waiting.is_empty() => format!("{}@{since:.0}", written(waiting)),
        _ => written(waiting),
    }
}

fn recall(stored: &str) -> Option<(Vec<Span>, Option<f64>)> {
    let (parts, since) =
        stored.split_once('@').map_or((stored, None), |(parts, since)| (parts, since.parse().ok()));
    Some((recalled(parts)?, since))
}

impl Watched {
    /// Updates what the server has credited, from any device.
    pub fn hear(self, spans: &[Span]) {
        let known = self.credited.with_untracked(|known| known.without(&Coverage::of(spans.iter().copied())));
        if known.spans().is_empty() {
            self.credited.set(Coverage::of(spans.iter().copied()));
        }
    }

    /// Seeks to `from` and plays.
    pub fn go(self, from: u32) {
        let seconds = f64::from(from) / 1000.0;
        if let Some(screen) = self.screen.get_untracked() {
            screen.set_current_time(seconds);
            // Refused if the browser wants a click on the player itself.
            drop(screen.play());
        }
        if self.frame.get_untracked().is_some() {
            self.say(&format!(r#"{{"event":"command","func":"seekTo","args":[{seconds},true]}}"#));
            self.say(r#"{"event":"command","func":"playVideo","args":[]}"#);
        }
    }

    /// Common to both players: reports at intervals, and on leaving the page.
    fn follow(self) {
        let beat = set_interval_with_handle(move || self.report(), Duration::from_millis(EVERY.into()));
        let hidden = window_event_listener(ev::visibilitychange, move |_| {
            if document().hidden() {
                self.leave();
            }
        });
        let gone = window_event_listener(ev::pagehide, move |_| self.leave());
        on_cleanup(move || {
            self.leave();
            if let Ok(beat) = beat {
                beat.clear();
            }
            hidden.remove();
            gone.remove();
        });
    }

    fn follow_screen(self) {
        let Some(screen) = self.screen.get() else { return };
        let at = move || self.screen.get_untracked().map(|screen| screen.current_time() * 1000.0);
        let on = |name: &'static str, act: Box<dyn Fn()>| {
            let act = Closure::<dyn Fn()>::new(act);
            // Fails for no event name.
            drop(screen.add_event_listener_with_callback(name, act.as_ref().unchecked_ref()));
            act.forget();
        };
        on("play", Box::new(move || self.begins(at())));
        on("timeupdate", Box::new(move || self.moved(at())));
        on("pause", Box::new(move || self.stops(at())));
        on("ended", Box::new(move || self.stops(at())));
        on("seeking", Box::new(move || self.jumps(None)));
        on("seeked", Box::new(move || self.jumps(at())));
        on(
            "ratechange",
            Box::new(move || {
                if let Some(screen) = self.screen.get_untracked()
                    && screen.playback_rate() * 100.0 > f64::from(TOP_SPEED)
                {
                    screen.set_playback_rate(f64::from(TOP_SPEED) / 100.0);
                }
            }),
        );
        let resume = move || self.resume();
        if screen.ready_state() > 0 {
            resume();
        } else {
            on("loadedmetadata", Box::new(resume));
        }
    }

    /// Seeks to the previous position, once.
    fn resume(self) {
        if let Some(place) = self.inner.try_update_value(|inner| inner.place.take()).flatten()
            && let Some(screen) = self.screen.get_untracked()
        {
            screen.set_current_time(f64::from(place) / 1000.0);
        }
    }

    fn follow_frame(self) {
        let Some(frame) = self.frame.get() else { return };
        let loaded =
            Closure::<dyn Fn()>::new(move || self.say(r#"{"event":"listening","id":1,"channel":"widget"}"#));
        drop(frame.add_event_listener_with_callback("load", loaded.as_ref().unchecked_ref()));
        loaded.forget();
        self.say(r#"{"event":"listening","id":1,"channel":"widget"}"#);
        let heard = window_event_listener_untyped("message", move |event| {
            let Some(event) = event.dyn_ref::<MessageEvent>().filter(|event| event.origin() == YOUTUBE) else {
                return;
            };
            let Some(message) = event.data().as_string().and_then(|message| js_sys::JSON::parse(&message).ok())
            else {
                return;
            };
            let field = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok();
            let Some(info) = field(&message, "info").filter(JsValue::is_object) else { return };
            let at = field(&info, "currentTime").and_then(|at| at.as_f64()).map(|at| at * 1000.0);
            match field(&info, "playerState").and_then(|state| state.as_f64()) {
                Some(1.0) => self.begins(at),
                Some(0.0 | 2.0) => self.stops(at),
                _ => self.moved(at),
            }
        });
        on_cleanup(move || heard.remove());
    }

    fn say(self, words: &str) {
        let frame: Option<HtmlIFrameElement> = self.frame.get_untracked();
        if let Some(window) = frame.and_then(|frame| frame.content_window()) {
            // Refused while another document is in the frame.
            drop(window.post_message(&words.into(), YOUTUBE));
        }
    }

    /// The player starts or continues.
    fn begins(self, at: Option<f64>) {
        self.moved(at);
        let is_new = self
            .inner
            .with_value(|inner| inner.reported.is_none_or(|reported| now() - reported > 2.0 * f64::from(EVERY)));
        if is_new {
            // With earlier uncredited parts: a report without them would use up the time they were played in.
            self.send(self.waiting().report());
        }
    }

    /// It is playing at `at`.
    fn moved(self, at: Option<f64>) {
        let Some(at) = at else { return };
        let now = now();
        self.place.set(whole(at));
        self.inner.update_value(|inner| {
            if let Some((from, when)) = inner.last
                && at > from
                && at - from <= (now - when) * f64::from(TOP_SPEED) / 100.0 + JITTER
            {
                inner.since.get_or_insert(when);
                inner.played.add(Span { from: whole(from), to: whole(at).min(inner.length) });
            }
            inner.last = Some((at, now));
        });
    }

    /// It has stopped at `at`.
    fn stops(self, at: Option<f64>) {
        self.moved(at);
        self.jumps(None);
        self.report();
    }

    /// It has jumped: nothing in between was played.
    fn jumps(self, at: Option<f64>) {
        self.inner.update_value(|inner| inner.last = at.map(|at| (at, now())));
    }

    /// Uncredited parts.
    fn waiting(self) -> Coverage {
        self.credited.with_untracked(|credited| self.inner.with_value(|inner| inner.played.without(credited)))
    }

    /// How long ago the oldest of them began to play.
    fn began(self) -> u32 {
        self.inner.with_value(|inner| inner.since.map_or(0, |since| whole(now() - since)))
    }

    fn report(self) {
        let waiting = self.waiting().report();
        if !waiting.is_empty() {
            self.send(waiting);
        }
    }

    fn send(self, parts: Vec<Span>) {
        let ready = self.inner.try_update_value(|inner| {
            let ready = !inner.under_way && !inner.is_draft;
            if ready {
                (inner.under_way, inner.reported) = (true, Some(now()));
            }
            ready.then_some(inner.edition)
        });
        let Some(edition) = ready.flatten() else { return };
        let (place, began) = (self.place.get_untracked(), self.began());
        spawn_local(async move {
            let answer = api::report(edition, written(&parts), place, began).await;
            // The page may be gone by now.
            if self.inner.try_update_value(|inner| inner.under_way = false).is_none() {
                return;
            }
            match answer {
                Ok(credit) => {
                    self.credited.set(Coverage::of(credit.watched));
                    self.unsaved.set(false);
                    if self.waiting().spans().is_empty() {
                        self.inner.update_value(|inner| inner.since = None);
                    }
                }
                Err(refused) => self.refused(refused.0.code.as_str()),
            }
            self.remember();
        });
    }

    fn refused(self, code: &str) {
        match code {
            // It is sent with the next report.
            "watching.too-soon" => {}
            "watching.too-much" | "watching.outside" | "watching.in-pieces" | "module.unknown" => {
                self.inner.update_value(|inner| (inner.played, inner.since) = (Coverage::default(), None));
            }
            _ => self.unsaved.set(true),
        }
    }

    /// Sends a last report without waiting for the answer.
    fn leave(self) {
        let Some((edition, is_draft)) = self.inner.try_with_value(|inner| (inner.edition, inner.is_draft)) else {
            return;
        };
        self.remember();
        let parts = self.waiting().report();
        if is_draft || parts.is_empty() {
            return;
        }
        if let Ok(fields) = UrlSearchParams::new() {
            fields.append("edition", &edition.to_string());
            fields.append("played", &written(&parts));
            fields.append("place", &self.place.get_untracked().to_string());
            fields.append("began", &self.began().to_string());
            // The next page reports anything not sent now.
            drop(
                window().navigator().send_beacon_with_opt_url_search_params(
                    <api::ReportWatching as ServerFn>::PATH,
                    Some(&fields),
                ),
            );
        }
    }

    /// Stores all uncredited parts for the next page, even if they need more than one report; without storage they
    /// are lost with this one.
    fn remember(self) {
        let Ok(Some(storage)) = window().local_storage() else { return };
        let name = self.inner.with_value(|inner| inner.name.clone());
        let waiting = stored_report(self.waiting().spans(), self.inner.with_value(|inner| inner.since));
        drop(if waiting.is_empty() { storage.remove_item(&name) } else { storage.set_item(&name, &waiting) });
    }

    fn recall(self) {
        let Ok(Some(storage)) = window().local_storage() else { return };
        let name = self.inner.with_value(|inner| inner.name.clone());
        let stored = storage.get_item(&name).ok().flatten();
        if let Some((parts, since)) = stored.and_then(|stored| recall(&stored)) {
            self.inner.update_value(|inner| {
                let length = inner.length;
                inner.since = since;
                inner.played = Coverage::of(parts.into_iter().filter(|part| part.to <= length));
            });
        }
    }
}
