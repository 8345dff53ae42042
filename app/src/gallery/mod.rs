//! Every UI component in every state, for developers. In development builds only.
//!
//! Its captions are in English only, as its readers read the code.

mod samples;

use crate::{
    clock::use_clock,
    ui::{
        answer::Answer,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        chip::Chip,
        clock::{Elapsed, Since, TimeOfDay},
        empty::Empty,
        facts::Facts,
        icon::{Icon, Mark},
        list::LinkItem,
        nav::Bar,
        skeleton::SkeletonList,
        status::{Badge, Glyph, Status, Tile, Word},
        strip::{Legend, Strip},
    },
};
use domain::time::MINUTE;
use leptos::prelude::*;
use leptos_meta::Title;

use samples::{Cell, Forms, Rows, Section};

/// The page at `/ui`.
pub fn gallery_page() -> AnyView {
    view! {
        <Title text="Components"/>
        <main class="gallery" id="main">
            <header class="page-head"><h1>"Components and their states"</h1></header>
            <Buttons/>
            <Statuses/>
            <Rows/>
            <Answers/>
            <Forms/>
            <Messages/>
            <Times/>
        </main>
    }
    .into_any()
}

#[component]
fn Buttons() -> impl IntoView {
    view! {
        <Section title="Button, chip, mark">
            <Cell caption="quiet, primary, ghost, danger">
                <div class="btn-row">
                    {Kind::ALL.map(|kind| view! { <Submit label="Press" kind/> }).collect_view()}
                </div>
            </Cell>
            <Cell caption="working: keeps its words">
                <div class="btn-row"><Submit label="Saving" kind=Kind::Primary busy=true/><Submit label="Saving" busy=true/></div>
            </Cell>
            <Cell caption="leads somewhere">
                <div class="btn-row"><ButtonLink href="/ui" label="Go there".to_owned() icon="activity"/></div>
            </Cell>
            <Cell caption="filter chips">
                <div class="chips">
                    <Chip href="/ui" label="All" current=true count=18_usize/>
                    <Chip href="/ui" label="Free" current=false count=8_usize/>
                </div>
            </Cell>
            <Cell caption="mark"><Mark/></Cell>
        </Section>
    }
}

#[component]
fn Statuses() -> impl IntoView {
    view! {
        <Section title="Status">
            <Cell caption="tile, pill, word">
                {Status::ALL.map(|status| view! {
                    <p class="btn-row">
                        <Tile status=Some(status)/><Badge status pill=true/><Badge status/><Word status=Some(status)/>
                    </p>
                }).collect_view()}
                <p class="btn-row"><Tile status=None/><Word status=None/></p>
            </Cell>
            <Cell caption="not live: shape and word stay">
                <p class="btn-row" data-stale="">
                    {Status::ALL.map(|status| view! { <Tile status=Some(status)/> }).collect_view()}
                </p>
            </Cell>
            <Cell caption="the shapes alone">
                <p class="btn-row">{Status::ALL.map(|status| view! { <Glyph status/> }).collect_view()}</p>
            </Cell>
        </Section>
    }
}

#[component]
fn Answers() -> impl IntoView {
    let answers = [
        (Some(Status::Free), "Free", "Tap your card on the reader to start."),
        (Some(Status::InUse), "In use for 42 min", "Since 13:34."),
        (Some(Status::Blocked), "Blocked", "Spindle noise."),
        (None, "No board", "What it does is not known here."),
    ];
    view! {
        <Section title="Answer, facts, strip">
            {answers.map(|(status, sentence, because)| view! {
                <Cell caption=sentence>
                    <div><Answer label=sentence status sentence=Signal::stored(sentence.to_owned())><p>{because}</p></Answer></div>
                </Cell>
            }).collect_view()}
            <Cell caption="facts">
                <Facts facts=vec![("Type", "Laser cutter".into()), ("Total use", "118 h".into())]/>
            </Cell>
            <Cell caption="day strip">
                <Strip blocks=Signal::stored(samples::blocks()) now=Signal::stored(Some(447))
                    ticks=vec![8, 10, 12, 14, 16, 18, 20, 22]
                    label=Signal::stored("Today from 8 to 22: 2 uses. Now 14:16.".to_owned())/>
                <Legend words=vec![("free", "free"), ("used", "used"), ("running", "in use")]/>
            </Cell>
        </Section>
    }
}

#[component]
fn Messages() -> impl IntoView {
    view! {
        <Section title="Banner, empty, loading, failed, forbidden">
            <Cell caption="tones">
                {Tone::ALL.map(|tone| view! {
                    <Banner tone icon="info" title=Signal::stored("Something to know".to_owned())>"And what it means."</Banner>
                }).collect_view()}
            </Cell>
            <Cell caption="not live">
                <div class="live-line"><p class="stale"><Icon name="wifi-off"/>"Not live since 14:09. Trying again."</p></div>
            </Cell>
            <Cell caption="loading, past 300 ms"><SkeletonList rows=3/></Cell>
            {[("empty", "search", "Nothing is free just now"), ("failed", "wifi-off", "That did not arrive"),
                ("forbidden", "lock", "For managers only")]
                .map(|(caption, icon, title)| view! {
                    <Cell caption>
                        <div class="card">
                            <Empty icon>
                                <h3>{title}</h3>
                                <p>"One sentence says why."</p>
                                <ButtonLink href="/ui" label="One next step".to_owned()/>
                            </Empty>
                        </div>
                    </Cell>
                })
                .collect_view()}
        </Section>
    }
}

#[component]
fn Times() -> impl IntoView {
    let now = use_clock().now_once();
    let since = now.shifted_to(now.at.before(MINUTE * 42));
    view! {
        <Section title="Time, list, navigation">
            <Cell caption="elapsed, since, time of day">
                <p><Elapsed since/>" · "<Since at=since/>" · "<TimeOfDay at=now/></p>
            </Cell>
            <Cell caption="a row that leads away">
                <ul class="list">
                    <LinkItem href="/ui".into() icon="book-open" title="Manual" second="manuals.example/laser.pdf"/>
                </ul>
            </Cell>
            <Cell caption="bottom bar"><Bar find=|_, _| () counts=|_| [(); 3].map(IntoAny::into_any)/></Cell>
        </Section>
    }
}
