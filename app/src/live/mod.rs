//! Live pages: one event stream per document, one version for each topic.
//!
//! A topic is a noun (all machines) or one thing (machine 7). An event says only that something changed; a page
//! has the version of its topic in its resource's source, and loads what this visitor may see:
//! `live.about(Noun::Machine, 7)` on the history of a machine, `live.version(Noun::Machine)` on a list.
//!
//! **Invariants:** at most one open stream per document; none while the tab is hidden (HTTP/1.1 allows six
//! connections per host, and an open stream in a sixth tab would block the whole site); no event is lost between
//! rendering the page and opening the stream, because the page carries the id of the last event it contains, and
//! the stream is opened when the whole page is hydrated; a stale page says so. **Not here:** data in events.

#[cfg(not(feature = "ssr"))]
mod browser;

use crate::{
    call::{Answered, PageResource, Source},
    clock::use_clock,
    problem::AppError,
    ui::{
        banner::{Banner, Tone},
        changing::dynamic,
        icon::Icon,
        refused::Refused,
    },
    visitor::use_visitor,
};
use domain::{
    id::PersonId,
    live::Noun,
    problem::{Kind, Problem},
    time::Moment,
};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How soon a failed load is retried while an older answer is shown.
const AGAIN: Duration = Duration::from_secs(5);

/// All of a noun, or one thing.
type Topic = (Noun, Option<i64>);

/// One machine or person, and its version.
type Thing = ((Noun, i64), ArcRwSignal<u32>);

/// Versions and health of the stream; `Copy`, provided at the root.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    /// Beside the rest, because they would make every closure that holds a `Live` large.
    versions: StoredValue<[RwSignal<u32>; Noun::ALL.len()]>,
    /// Those used by a page: few, so they are searched linearly.
    things: StoredValue<Vec<Thing>>,
    own: Option<PersonId>,
    /// Since when the stream is broken.
    silent: RwSignal<Option<Moment>>,
    /// Since when a known change could not be loaded.
    behind: RwSignal<Option<Moment>>,
    new_build: RwSignal<bool>,
}

impl Live {
    fn new(own: Option<PersonId>) -> Self {
        Self {
            versions: StoredValue::new(Noun::ALL.map(|_| RwSignal::new(0))),
            things: StoredValue::default(),
            own,
            silent: RwSignal::new(None),
            behind: RwSignal::new(None),
            new_build: RwSignal::new(false),
        }
    }

    /// Grows whenever something about `noun` changed. Read it in the source of a resource.
    #[must_use]
    pub fn version(self, noun: Noun) -> u32 {
        self.noun(noun).get()
    }

    /// Grows whenever this one machine or person changed. Read it in the source of a resource.
    #[must_use]
    pub fn about(self, noun: Noun, id: i64) -> u32 {
        let version = self.thing((noun, id)).unwrap_or_else(|| {
            // Not owned by the page that asks first: another may ask for the same.
            let version = ArcRwSignal::new(0);
            self.things.update_value(|things| things.push(((noun, id), version.clone())));
            version
        });
        version.get()
    }

    fn noun(self, noun: Noun) -> RwSignal<u32> {
        self.versions.with_value(|versions| versions[noun as usize])
    }

    fn thing(self, requested: (Noun, i64)) -> Option<ArcRwSignal<u32>> {
        self.things.with_value(|things| {
            things.iter().find(|(thing, _)| *thing == requested).map(|(_, version)| version.clone())
        })
    }

    /// The same for a page about `person`: it also changes with the reader's permissions.
    #[must_use]
    pub fn person(self, person: PersonId) -> (u32, u32) {
        let version = |PersonId(id)| self.about(Noun::Person, id);
        (version(person), self.own.map_or(0, version))
    }

    /// Notifies every page that shows `topic`.
    #[cfg_attr(
        all(feature = "ssr", not(test)),
        expect(dead_code, reason = "nothing changes while a page is rendered")
    )]
    fn bump(self, (noun, id): Topic) {
        match id {
            None => self.noun(noun).update(|version| *version += 1),
            Some(id) => {
                if let Some(thing) = self.thing((noun, id)) {
                    thing.update(|version| *version += 1);
                }
            }
        }
    }

    /// Since when this page may be stale; `None` while it is live.
    #[must_use]
    pub fn stale_since(self) -> Option<Moment> {
        self.silent.get().into_iter().chain(self.behind.get()).min()
    }

    /// Whether the server has been replaced by another build since this page was loaded.
    #[must_use]
    pub fn new_build(self) -> bool {
        self.new_build.get()
    }
}

/// Call once at the root; opens the stream after hydration and closes it with the root.
pub fn provide_live() {
    let visitor = use_visitor();
    let live = Live::new(visitor.who.as_ref().map(|who| who.id));
    provide_context(live);
    #[cfg(not(feature = "ssr"))]
    {
        let clock = use_clock();
        // Not earlier: an event may only arrive when every resource that trusts the document can receive it.
        crate::hydration::once_hydrated(Box::new(move || {
            // Visitors without access to live data get no place in the stream.
            if !visitor.live_after.is_empty() {
                browser::keep_open(live, clock, visitor.clone());
            }
        }));
    }
}

/// The live state of this document; outside a root (a component in a unit test) nothing ever changes.
#[must_use]
pub fn use_live() -> Live {
    use_context::<Live>().unwrap_or_else(|| Live::new(None))
}

/// Shows the newest good answer by `view`, or the refusal. Belongs inside a `Transition`; for a page's main
/// content only, because a refusal sets the page's status.
///
/// `view` runs once and gets a signal, so the page's state survives every later answer. A load that fails only
/// because the server is unreachable changes nothing but [`Live::stale_since`], and is retried.
pub fn followed<T>(answers: PageResource<T>, view: Box<dyn Fn(RwSignal<T>) -> AnyView + Send>) -> AnyView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    followed_or(answers, view, Box::new(|problem| view! { <Refused problem/> }.into_any()))
}

/// The same for a page that shows refusals in its own way.
pub fn followed_or<T>(
    answers: PageResource<T>,
    view: Box<dyn Fn(RwSignal<T>) -> AnyView + Send>,
    refused_view: Box<dyn Fn(Problem) -> AnyView + Send>,
) -> AnyView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    let visible = Box::new(move |newest: RwSignal<Option<Answered>>| {
        let first = newest.with_untracked(|first| PageResource::<T>::read(first.as_ref()?).ok())?;
        let visible = RwSignal::new(first);
        follow(Box::new(move || {
            if let Some(Ok(newer)) = newest.with(|newest| newest.as_ref().map(PageResource::<T>::read))
                && visible.with_untracked(|visible| *visible != newer)
            {
                visible.set(newer);
            }
        }));
        Some(view(visible))
    });
    newest_of(answers.source(), visible, refused_view)
}

/// The same beside a page's main content: `None` in the signal until the first good answer, and a refusal is not
/// shown.
pub fn beside<T>(answers: PageResource<T>, view: Box<dyn FnOnce(RwSignal<Option<T>>) -> AnyView + Send>) -> AnyView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    awaited(
        answers.source(),
        Box::new(move |first| {
            let visible = RwSignal::new(PageResource::<T>::read(&first).ok());
            keep(answers, visible);
            view(visible)
        }),
    )
}

/// Updates `visible` with the newest good answer. A failed load changes nothing.
pub fn keep<T>(answers: PageResource<T>, visible: RwSignal<Option<T>>)
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    follow(Box::new(move || {
        if let Some(Ok(newer)) = answers.source().with(|answered| answered.as_ref().map(PageResource::<T>::read))
            && visible.with_untracked(|visible| visible.as_ref() != Some(&newer))
        {
            visible.set(Some(newer));
        }
    }));
}

/// The page from the first answer on; it is read untracked, because whatever is awaited in a `Suspend` reruns its
/// surroundings, the whole page.
pub(crate) fn awaited(source: Source, view: Box<dyn FnOnce(Answered) -> AnyView + Send>) -> AnyView {
    untrack(|| Suspend::new(async move { view(source.await) }).into_any())
}

/// An effect, compiled once.
fn follow(run: Box<dyn Fn() + Send>) {
    Effect::new(move |_| run());
}

/// The untyped part of [`followed_or`]: `view` exists as long as the newest answer is no refusal, and gets the
/// newest good one.
fn newest_of(
    source: Source,
    view: Box<dyn Fn(RwSignal<Option<Answered>>) -> Option<AnyView> + Send>,
    refused_view: Box<dyn Fn(Problem) -> AnyView + Send>,
) -> AnyView {
    let (live, clock) = (use_live(), use_clock());
    let begin = move |first: Answered| {
        let refusal = RwSignal::new(first.as_ref().err().cloned());
        let newest = RwSignal::new(first.is_ok().then_some(first));
        follow(Box::new(move || {
            let Some(answered) = source.get() else { return };
            let problem = answered.as_ref().err().map(|AppError(problem)| problem.clone());
            let away = problem.as_ref().is_some_and(|problem| problem.kind == Kind::Unavailable);
            live.behind.update(|since| *since = away.then(|| since.unwrap_or_else(|| clock.now_once())));
            if away {
                if let Ok(timer) = set_timeout_with_handle(move || source.refetch(), AGAIN) {
                    on_cleanup(move || timer.clear());
                }
                return;
            }
            if problem.is_none() {
                newest.set(Some(answered));
            }
            refusal.set(problem.map(AppError));
        }));
        let refused = Memo::new(move |_| refusal.get());
        dynamic(move || match refused.get() {
            Some(AppError(problem)) => Some(refused_view(problem)),
            None => view(newest),
        })
        .into_any()
    };
    awaited(source, Box::new(begin))
}

/// The status line: since when the page is stale, or that a newer build exists.
#[component]
pub fn LiveLine() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let t = crate::lang::current();
    view! {
        <div class="live-line" role="status">
            {dynamic(move || live.stale_since().map(|since| view! {
                <p class="stale"><Icon name="wifi-off"/><span>{t.live_stale(&t.since(since, clock.now_once()))}</span></p>
            }))}
            {dynamic(move || live.new_build().then(|| view! {
                <p class="stale">
                    <Icon name="refresh-cw"/><span>{t.live_new_version()}</span>
                    <a class="link" href="" rel="external">{t.live_reload()}</a>
                </p>
            }))}
        </div>
    }
}

/// Says since when the broker is unreachable.
#[component]
pub fn BrokerLost(
    /// Since when; `None` while it is reachable.
    lost: Memo<Option<Moment>>,
) -> impl IntoView {
    let (clock, t) = (use_clock(), crate::lang::current());
    dynamic(move || {
        lost.get().map(|since| {
            let title = Signal::derive(move || t.broker_lost(&t.since(since, clock.now())));
            view! { <Banner tone=Tone::Warn icon="wifi-off" title>{t.broker_lost_next()}</Banner> }
        })
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn event_of_another_machine_leaves_version_unchanged() {
        Owner::new().with(|| {
            let live = Live::new(None);
            let versions =
                || (live.about(Noun::Machine, 7), live.about(Noun::Machine, 8), live.version(Noun::Machine));
            assert_eq!(versions(), (0, 0, 0));
            live.bump((Noun::Machine, Some(8)));
            live.bump((Noun::Machine, None));
            assert_eq!(versions(), (0, 1, 1));
            live.bump((Noun::Person, Some(7)));
            assert_eq!(versions(), (0, 1, 1), "another noun's 7");
        });
    }

    #[test]
    fn person_version_follows_subject_and_viewer() {
        Owner::new().with(|| {
            let live = Live::new(Some(PersonId(1)));
            assert_eq!(live.person(PersonId(2)), (0, 0));
            for id in [1, 2, 3] {
                live.bump((Noun::Person, Some(id)));
            }
            assert_eq!(live.person(PersonId(2)), (1, 1));
        });
    }
}
