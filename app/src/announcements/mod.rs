//! Announcements: written with a preview, edited, withdrawn and restored.
//!
//! Invariant: the form carries the version it was filled in from. Only the server renders the text. Not here: what
//! readers see, which is on *Now* and on the wall display.

pub mod api;
#[cfg(feature = "ssr")]
pub(crate) mod news;

use crate::{
    call::{Call, Function, PageResource, Posted, Sent, load_with, page_resource},
    clock::use_clock,
    equipment::fields::Undo,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount},
        empty::Empty,
        form::{Field, Form, completed_count, hidden, target},
        icon::Icon,
        list::whole,
        preview::fields,
        register::NewEntry,
        select::Select,
        text_area::TextArea,
        versions::{News, VERSION, Versioned, Versions, began, begun_from},
    },
};
use api::PreviewAnnouncement;
use contract::{
    announcements::{
        AnnouncementRow, Announcements, Drafted, EditAnnouncements, Edited, MoveAnnouncement, SaveAnnouncement,
        WriteAnnouncement,
    },
    equipment::Shelved,
    operation::Id,
};
use domain::{announcements::State, id::AnnouncementId, live::Noun, time::Moment, versions::Saved};
use leptos::{ev::MouseEvent, prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_location, use_query_map};
use text::Lang;

#[derive(Debug, Clone, Copy)]
struct Calls {
    write: Call<Function<WriteAnnouncement>>,
    save: Call<Function<SaveAnnouncement>>,
    withdraw: Call<Function<MoveAnnouncement>>,
    preview: Call<PreviewAnnouncement>,
}

impl Calls {
    fn new() -> Self {
        Self { write: Call::new(), save: Call::new(), withdraw: Call::new(), preview: Call::new() }
    }
}
fn load(calls: Calls) -> PageResource<Announcements> {
    let (live, query) = (use_live(), use_query_map());
    let edited = Memo::new(move |_| {
        query.with(|query| query.get_str("edit").and_then(|id| id.parse().ok()).map(AnnouncementId))
    });
    let changes =
        move || calls.write.version().get() + calls.save.version().get() + calls.withdraw.version().get();
    let source = move || ((live.version(Noun::Announcements), live.version(Noun::Space)), changes(), edited.get());
    page_resource(source, |(.., edited)| {
        let edited: Vec<_> = edited.iter().map(|id| ("edited", id as &dyn Id)).collect();
        load_with(&EditAnnouncements {}, &edited)
    })
}

/// The page at `/announcements`.
pub fn announcements_page() -> AnyView {
    let calls = Calls::new();
    live_page(lang::current().announcements_title(), 4, load(calls), move |all| {
        view! { <Page all calls/><Undo action=calls.withdraw message=archived_message/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<Announcements>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(all.with(|all| all.now)));
    let edited = Memo::new(move |_| all.with(|all| all.edited.as_ref().map(|one| one.id)));
    // A preview belongs to the form's content, and disappears with it.
    let written = completed_count(calls.write);
    Effect::new(move |before: Option<_>| {
        let form = (written.get(), edited.get());
        if before.is_some_and(|before| before != form) {
            calls.preview.clear();
        }
        form
    });
    view! {
        <header class="page-head"><h1>{t.announcements_title()}</h1><p class="sub">{t.announcements_sub()}</p></header>
        {remount(move || {
            let edited = edited.get()?;
            Some(view! { <Edit edited all calls/> })
        })}
        {dynamic(move || Some({
            let (rows, now) = all.with(|all| (all.announcements.clone(), all.now));
            if rows.is_empty() {
                view! {
                    <div class="card"><Empty icon="megaphone"><h2>{t.announcements_none()}</h2><p>{t.announcements_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                State::ALL.iter().map(|&state| {
                    let rows: Vec<_> = rows.iter().filter(|row| row.state == state).cloned().collect();
                    (!rows.is_empty()).then(|| view! { <Group state rows now calls/> })
                }).collect_view().into_any()
            }
        }))}
        {dynamic(move || edited.get().is_none().then(|| view! {
            <NewEntry title=t.announcements_new()>
                <Sheet action=calls.write preview=calls.preview all id=None saved=Saved::default()/>
            </NewEntry>
        }))}
    }
}

/// Announcements in one state.
#[component]
fn Group(state: State, rows: Vec<AnnouncementRow>, now: Moment, calls: Calls) -> impl IntoView {
    let (id, count) = (state.as_str(), rows.len());
    view! {
        <section class="group" aria-labelledby=id>
            <h2 class="group-head" id=id>{lang::current().announcement_state(state)}<span class="n" aria-hidden="true">{count}</span></h2>
            <ul class="list">{rows.into_iter().map(|row| view! { <Row row now calls/> }).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Row(row: AnnouncementRow, now: Moment, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let AnnouncementRow { id, title, state, to, from, until, by } = row;
    let mut second =
        vec![to.map_or_else(|| t.announcement_everybody().to_owned(), |name| t.announcement_qualified(&name))];
    second.push(t.announcement_begins(&t.exact(from, now)));
    second.extend(until.map(|until| t.announcement_shown_until(&t.until(until, now))));
    second.extend(by.map(|by| t.announcement_by(&by)));
    let away = state == State::Withdrawn;
    let (label, kind) =
        if away { (t.announcement_restore(), Press::Quiet) } else { (t.announcement_withdraw(), Press::Danger) };
    let (whole, about) = (whole(&title), title.clone());
    let visible = if away {
        view! { <span class="t" title=whole>{title}</span> }.into_any()
    } else {
        view! { <a class="t" title=whole href=format!("/announcements?edit={id}")>{title}</a> }.into_any()
    };
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name="megaphone"/></span>
                <span class="lines">{visible}<span class="s">{second.join(" · ")}</span></span>
                {(state != State::Over).then(|| view! {
                    <div class="acts">
                        <Form action=calls.withdraw>
                            {hidden("id", &id)}
                            {hidden("back", &if away { "yes" } else { "" })}
                            <Submit label about kind busy=calls.withdraw.pending()/>
                        </Form>
                    </div>
                })}
            </div>
        </li>
    }
}

/// The form of an edited announcement. It does not change during input.
#[component]
fn Edit(edited: AnnouncementId, all: RwSignal<Announcements>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let saved = move || all.with(|all| all.edited.as_ref().map(|one| one.saved.clone()).unwrap_or_default());
    let newest = Memo::new(move |_| (edited.0, saved().version));
    let (begun, typing) = begun_from(newest);
    let title = untrack(move || t.announcements_edit(saved().value("title")));
    let types = all.with_untracked(|all| options(t, all));
    let choice = vec![
        Versioned::plain("title", t.announcement_title()),
        Versioned::plain("text", t.announcement_text()),
        Versioned { name: "to", label: t.announcement_to(), words: types },
        Versioned::plain("from", t.announcement_from()),
        Versioned::plain("until", t.announcement_until()),
    ];
    view! {
        <Versions action=calls.save fields=choice/>
        <News newest begun typing page=format!("/announcements?edit={edited}")/>
        <section class="card" aria-labelledby="edit" on:input=move |_| typing.set(true)>
            <div class="card-head"><h2 id="edit">{title}</h2></div>
            {dynamic(move || {
                begun.track();
                Some(view! { <Sheet action=calls.save preview=calls.preview all id=Some(edited) saved=untrack(saved)/> })
            })}
        </section>
    }
}

/// The form of a new or an existing announcement, with a preview of its text.
#[component]
fn Sheet<F: Posted>(
    action: Call<F>,
    preview: Call<PreviewAnnouncement>,
    all: RwSignal<Announcements>,
    id: Option<AnnouncementId>,
    saved: Saved,
) -> impl IntoView {
    let t = lang::current();
    let drafted = answered(preview);
    let began = id.map(|_| began(&saved.fields));
    // Without script the page comes back with the form's unsaved content.
    let saved = drafted.get_untracked().map_or(saved, |drafted| drafted.fields);
    let value = |field: &str| saved.value(field).to_owned();
    let (title, text, to, from, until) =
        (value("title"), value("text"), value("to"), value("from"), value("until"));
    let version = saved.version.to_string();
    let options = all.with_untracked(|all| options(t, all));
    let label = if id.is_some() { t.announcement_save() } else { t.announcement_publish() };
    view! {
        <Form action reload=id.is_some() afresh=id.is_none()>
            {id.map(|id| view! {
                {hidden("id", &id)}
                {hidden(VERSION, &version)}
                {began}
            })}
            <Field name="title" label=t.announcement_title() value=title/>
            <TextArea name="text" label=t.announcement_text() hint=t.announcement_text_hint() value=text/>
            <Select name="to" label=t.announcement_to() options chosen=to/>
            <Field name="from" kind="datetime-local" label=t.announcement_from() hint=t.announcement_from_hint() value=from/>
            <Field name="until" kind="datetime-local" label=t.announcement_until() hint=t.announcement_until_hint() value=until/>
            <div class="btn-row">
                <Submit label kind=Press::Primary busy=action.pending()/>
                <PreviewCard preview/>
                {id.map(|_| view! { <ButtonLink href="/announcements" label=t.form_cancel().to_owned() kind=Press::Ghost/> })}
            </div>
            <Drawn drafted/>
        </Form>
    }
}

/// The preview button. After the save button, so that Enter saves.
#[component]
fn PreviewCard(preview: Call<PreviewAnnouncement>) -> impl IntoView {
    let path = PreviewAnnouncement::PATH;
    let search = use_location().search.get_untracked();
    let press = move |event: MouseEvent| {
        if let Some(fields) = fields(&event) {
            event.prevent_default();
            preview.dispatch(Sent { path, fields });
        }
    };
    view! {
        <button class="btn" formaction=target(&search, path) on:click=press
            aria-busy=Signal::derive(move || preview.pending().get().then_some("true"))>
            {lang::current().announcement_preview()}
        </button>
    }
}

#[component]
fn Drawn(drafted: Signal<Option<Drafted>>) -> impl IntoView {
    let t = lang::current();
    view! {
        <div role="status">{dynamic(move || drafted.get().map(|Drafted { fields, html, readers }| {
            let title = fields.value("title").trim().to_owned();
            if html.is_empty() {
                return view! { <p class="muted">{t.announcement_preview_none()}</p> }.into_any();
            }
            view! {
                <div class="drawn">
                    <p class="small muted">
                        {t.announcement_preview()}{readers.map(|readers| format!(" · {}", t.announcement_readers(readers)))}
                    </p>
                    <p><b>{title}</b></p>
                    <div class="prose" inner_html=html></div>
                </div>
            }.into_any()
        }))}</div>
    }
}

/// The audiences to choose from.
fn options(t: Lang, all: &Announcements) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), t.announcement_everybody().to_owned())];
    options.extend(all.types.iter().map(|(id, name)| (id.to_string(), t.announcement_qualified(name))));
    // A type archived since stays selected.
    let edited = all.edited.as_ref().map(|Edited { saved, .. }| saved.value("to")).unwrap_or_default();
    if !options.iter().any(|(id, _)| id == edited) {
        let row = all.announcements.iter().find(|row| all.edited.as_ref().is_some_and(|one| one.id == row.id));
        let name = row.and_then(|row| row.to.clone()).unwrap_or_default();
        options.push((edited.to_owned(), t.announcement_qualified(&name)));
    }
    options
}

/// Message after withdrawing or restoring.
fn archived_message(t: Lang, done: &Shelved) -> String {
    if done.away { t.announcement_gone(&done.name) } else { t.announcement_back(&done.name) }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::{id::TypeId, time::HOUR};

    fn row(id: i64, title: &str, state: State) -> AnnouncementRow {
        AnnouncementRow {
            id: AnnouncementId(id),
            title: title.into(),
            state,
            to: (id == 2).then(|| "Laser cutter".into()),
            from: ago(60),
            until: (id == 2).then(|| NOW.shifted_to(NOW.at.after(HOUR))),
            by: Some("Marta".into()),
        }
    }

    fn all(edited: Option<Edited>) -> Announcements {
        let announcements = vec![
            row(1, "Open <b>day", State::Showing),
            row(2, "New lens", State::Planned),
            row(3, "Old", State::Over),
            row(4, "Slip", State::Withdrawn),
        ];
        Announcements { now: NOW, announcements, types: vec![(TypeId(3), "Laser cutter".into())], edited }
    }

    fn render(visitor: Visitor, address: &str, all: Announcements) -> String {
        html(visitor, address, move || view! { <Page all=RwSignal::new(all) calls=Calls::new()/> })
    }

    #[test]
    fn announcements_are_grouped_by_state_with_audience_and_actions() {
        let html = render(visitor(Lang::En), "/announcements", all(None));
        let words = words(&html);
        for part in [
            "Showing1Open &lt;b&gt;dayEveryone · from Thursday 19 November, 13:16 · by Marta",
            "Planned1New lensQualified on Laser cutter · from Thursday 19 November, 13:16 · shown until 15:16",
            "Over1Old",
            "Withdrawn1Slip",
        ] {
            assert!(words.contains(part), "{part} in {words}");
        }
        assert_eq!(html.matches(r#"action="?/announcements/withdraw""#).count(), 3, "what is over stays: {html}");
        assert!(html.contains(r#"aria-label="Restore: Slip""#) && !html.contains("edit=4"), "{html}");
    }

    #[test]
    fn preview_without_script_preserves_input() {
        let fields =
            Saved::new(2, vec![("title", "Mine <i>".into()), ("text", "**x**".into()), ("to", "3".into())]);
        let drafted = Drafted { fields, html: "<p><strong>x</strong></p>".into(), readers: Some(3) };
        let answer = Some(Answer { function: "/api/announcements/preview".into(), text: sent(&drafted) });
        let saved = Saved::new(5, vec![("title", "Theirs".into()), ("text", "y".into()), ("to", String::new())]);
        let edited = Some(Edited { id: AnnouncementId(1), saved, state: State::Showing });
        let html = render(Visitor { answer, ..visitor(Lang::En) }, "/announcements?edit=1", all(edited));
        assert!(html.contains("<p><strong>x</strong></p>") && html.contains("Mine &lt;i&gt;"), "{html}");
        assert!(words(&html).contains("goes to 3 people"), "{html}");
        assert!(html.contains(r#"name="version" value="2""#), "the version that it was begun from: {html}");
        assert!(html.contains(r#"<option value="3" selected"#) && html.contains(">**x**</textarea>"), "{html}");
        assert!(html.contains(r#"formaction="?edit=1&amp;/announcements/preview""#), "{html}");
    }

    #[test]
    fn archived_type_stays_selected_as_audience() {
        let saved = Saved::new(1, vec![("title", "New lens".into()), ("text", "y".into()), ("to", "9".into())]);
        let edited = Some(Edited { id: AnnouncementId(2), saved, state: State::Planned });
        let html = render(visitor(Lang::En), "/announcements?edit=2", all(edited));
        assert!(html.contains(r#"<option value="9" selected"#), "{html}");
    }
}
