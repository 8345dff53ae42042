//! A module: its video, the parts still missing, and what comes after.
//!
//! Invariant: the bar shows what the server credited. Without script a video can be watched and nothing counts;
//! the page says so.

use super::{Beads, api, badge, player};
use crate::{
    call::page_resource,
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind},
        changing::{dynamic, text},
        icon::Icon,
    },
};
use contract::training::{Module, QuizState, Video};
use domain::{
    id::ModuleId,
    live::Noun,
    training::{
        clock as minutes,
        watching::{Coverage, Span},
    },
};
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The page at `/learn/:id`.
pub fn module_page(module: ModuleId) -> AnyView {
    let (query, live) = (use_query_map(), use_live());
    let draft = move || query.with(|query| query.get_str("draft").is_some());
    let answers = page_resource(
        move || (draft(), live.version(Noun::Person), live.version(Noun::Space)),
        move |(draft, ..)| api::module(module, draft),
    );
    view! {
        <a class="crumb" href="/learn"><Icon name="chevron-left"/>{lang::current().learn_title()}</a>
        {loaded(3, answers, |module| view! { <Page module/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(module: RwSignal<Module>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(module.with(|module| module.now)));
    let title = module.with_untracked(|module| module.title.clone());
    let edition = Memo::new(move |_| module.with(|module| (module.edition, module.length, module.video.clone())));
    let paths = Memo::new(move |_| module.with(|module| module.paths.clone()));
    view! {
        <Title text=title/>
        <header class="page-head"><h1>{text(move || module.with(|module| module.title.clone()))}</h1></header>
        {dynamic(move || module.with(|module| module.draft).then(|| view! {
            <Banner tone=Tone::Info icon="eye" title=t.watch_draft()><p>{t.watch_draft_next()}</p></Banner>
        }))}
        <noscript><p class="banner" data-tone="warn">{t.watch_no_script()}</p></noscript>
        <div class="watch-page">
            {dynamic(move || {
                edition.track();
                Some(view! { <Watch module/> })
            })}
            {dynamic(move || module.with(|module| (!module.html.is_empty()).then(|| module.html.clone())).map(|html| view! {
                <section class="card written" aria-label=t.watch_about() inner_html=html></section>
            }))}
            {dynamic(move || Some(paths.get().into_iter().map(|path| view! {
                <section class="card way">
                    <div class="card-head"><h2>{path.name.clone()}</h2><span class="badge push">{badge(t, &path)}</span></div>
                    <Beads path/>
                </section>
            }).collect_view()))}
            <details class="fold">
                <summary><Icon name="chevron-right"/>{t.watch_counts()}</summary>
                <ul class="counts"><li>{t.watch_counts_part()}</li><li>{t.watch_counts_saved()}</li><li>{t.watch_counts_not()}</li></ul>
            </details>
        </div>
    }
}

/// The video with its progress below.
#[component]
fn Watch(module: RwSignal<Module>) -> impl IntoView {
    let t = lang::current();
    let first = module.get_untracked();
    let (length, threshold) = (first.length, first.threshold);
    let screen = NodeRef::<html::Video>::new();
    let frame = NodeRef::<html::Iframe>::new();
    let watched = player::start(&first, screen, frame);
    // Parts credited on other devices come with the page's answer.
    Effect::new(move |_| watched.hear(&module.with(|module| module.watched.clone())));
    let coverage = watched.credited;
    let percent = Memo::new(move |_| coverage.with(|coverage| coverage.percent(length)));
    let enough = Memo::new(move |_| percent.get() >= threshold);
    let left = Memo::new(move |_| visible_parts(coverage.with(|coverage| coverage.left(length)), enough.get()));
    let quiz = Memo::new(move |_| module.with(|module| module.quiz));
    let to_watch = move || {
        let left = left.get();
        let at = watched.place.get();
        left.iter().find(|span| span.to > at).or(left.first()).copied()
    };
    let id = first.id;
    let video = match &first.video {
        Video::File(_) => {
            let src = format!("/videos/{}", first.edition);
            let captions = first.captions.then(|| view! {
                <track kind="captions" src=format!("/videos/{}/captions", first.edition) srclang=t.tag() label=t.watch_captions() default=true/>
            });
            view! {
                <video node_ref=screen controls=true preload="metadata" playsinline=true src=src aria-label=t.watch_video()>{captions}</video>
            }.into_any()
        }
        Video::YouTube(id) => view! {
            <iframe node_ref=frame src=player::embedded(id, t.tag(), &first) title=t.watch_video() allow="autoplay; encrypted-media; fullscreen; picture-in-picture" referrerpolicy="strict-origin-when-cross-origin"></iframe>
        }
        .into_any(),
    };
    view! {
        <section class="watch" aria-label=t.watch_video()>
            <div class="screen">{video}</div>
            <div class="coverage">
                <Parts coverage length/>
                <p class="ends" aria-hidden="true"><span>"0:00"</span><span>{minutes(length)}</span></p>
                <p class="left" role="status">
                    {dynamic(move || Some({
                        let left = left.get();
                        if left.is_empty() {
                            view! { <b>{t.watch_all()}</b> }.into_any()
                        } else {
                            let how_much = if enough.get() {
                                t.watch_enough().to_owned()
                            } else {
                                let ms = left.iter().map(|span| span.length()).sum();
                                t.watch_left(u32::try_from(left.len()).unwrap_or(u32::MAX), &minutes(ms))
                            };
                            view! {
                                <b>{how_much}</b>
                                <span>{t.learn_percent_of(&percent.get().to_string(), &threshold.to_string())}</span>
                            }.into_any()
                        }
                    }))}
                </p>
                {dynamic(move || watched.unsaved.get().then(|| view! { <p class="small muted" role="status">{t.watch_unsaved()}</p> }))}
                {dynamic(move || {
                    let left = left.get();
                    (!left.is_empty()).then(|| view! {
                        <ul class="parts-left" aria-label=t.watch_parts()>
                            {left.into_iter().take(12).map(|span| view! { <li><Part span watched/></li> }).collect_view()}
                        </ul>
                    })
                })}
                <div class="btn-row watch-dock">
                    {dynamic(move || Some(match (enough.get(), quiz.get()) {
                        (true, Some(quiz)) if quiz.passed.is_none() => view! { <TakeQuiz id quiz/> }.into_any(),
                        // One path continues after it, another requires more of it.
                        (false, Some(quiz)) if quiz.open && quiz.passed.is_none() => {
                            let rest = to_watch().map(|span| view! { <OnTo span watched/> });
                            view! { <TakeQuiz id quiz/>{rest} }.into_any()
                        }
                        (true, _) => view! { <ButtonLink href="/learn" label=t.watch_done().to_owned() kind=Kind::Primary icon="check"/> }.into_any(),
                        (false, _) => to_watch().map(|span| view! { <OnTo span watched/> }).into_any(),
                    }))}
                </div>
            </div>
        </section>
    }
}

/// Which of the parts `left` are listed: none shorter than a second, unless only those are missing.
fn visible_parts(left: Vec<Span>, is_enough: bool) -> Vec<Span> {
    let long: Vec<_> = left.iter().copied().filter(|span| span.length() >= 1000).collect();
    if long.is_empty() && !is_enough { left } else { long }
}

#[component]
fn TakeQuiz(id: ModuleId, quiz: QuizState) -> impl IntoView {
    let t = lang::current();
    view! {
        <ButtonLink href=format!("/learn/{id}/quiz") label=t.watch_take_quiz().to_owned() kind=Kind::Primary icon="list-checks"/>
        <span class="small muted">{t.quiz_needed(&quiz.needed.to_string(), &quiz.asked.to_string())}</span>
    }
}

/// The button to the next unwatched part.
#[component]
fn OnTo(span: Span, watched: player::Watched) -> impl IntoView {
    let label = lang::current().watch_next_part(&minutes(span.length()));
    view! {
        <button type="button" class="btn" data-kind="primary" on:click=move |_| watched.go(span.from)><Icon name="play"/>{label}</button>
    }
}

/// A link to an unwatched part.
#[component]
fn Part(span: Span, watched: player::Watched) -> impl IntoView {
    let words = format!("{}–{}", minutes(span.from), minutes(span.to));
    view! {
        <button type="button" class="chip" on:click=move |_| watched.go(span.from)>
            {words}<span class="visually-hidden">", "{lang::current().watch_jump()}</span>
        </button>
    }
}

/// The progress bar: solid is watched, hollow is not.
#[component]
fn Parts(coverage: RwSignal<Coverage>, length: u32) -> impl IntoView {
    let t = lang::current();
    let message = move || {
        coverage.with(|coverage| {
            let parts: Vec<_> = coverage
                .spans()
                .iter()
                .map(|span| format!("{}–{}", minutes(span.from), minutes(span.to)))
                .collect();
            if parts.is_empty() { t.watch_nothing().to_owned() } else { t.watch_said(&parts.join(", ")) }
        })
    };
    view! {
        <svg class="parts" viewBox=format!("0 0 {length} 20") preserveAspectRatio="none" role="img" aria-label=Signal::derive(message)>
            <rect class="todo" width=length.to_string() height="20"/>
            {dynamic(move || Some(coverage.get().spans().iter().map(|span| view! {
                <rect class="seen" x=span.from.to_string() width=span.length().to_string() height="20"/>
            }).collect_view()))}
        </svg>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn short_parts_are_hidden_unless_required() {
        let (short, long) = (Span { from: 900, to: 1200 }, Span { from: 5000, to: 9000 });
        assert_eq!(visible_parts(vec![short, long], true), [long]);
        assert!(visible_parts(vec![short], true).is_empty());
        assert_eq!(visible_parts(vec![short], false), [short]);
    }
}
