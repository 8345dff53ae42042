//! Editing training modules: the list, and the editor with video, quiz, requirements and versions.
//!
//! Invariant: every part is a form of its own that works without script; the one of title and description carries
//! the version it was filled in from. Not here: learners' progress.

mod question;

use super::{
    edit_api::{
        self, AddModule, ArchiveModule, ImportModules, MoveModule, PublishModule, PutQuestion, ReleaseModule,
        RemoveQuestion, RequireModule, SaveModule, SetCaptions, SetVideo,
    },
    exchange::Exchange,
};
use crate::{
    call::{Call, page_resource},
    clock::use_clock,
    equipment::fields::Undo,
    lang,
    live::use_live,
    live_page::{live_page, loaded},
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount, text},
        empty::Empty,
        form::{Field, Form, completed_count, hidden},
        icon::Icon,
        list::whole,
        register::NewEntry,
        select::Select,
        text_area::TextArea,
        versions::{News, VERSION, Versioned, Versions, began, begun_from},
    },
};
use contract::{
    equipment::Shelved,
    training::{EditedQuestion, Edition, ModuleRow, Modules, Requirements, Sheet, Video},
};
use domain::{
    id::ModuleId,
    live::Noun,
    training::{captions::CaptionsFault, clock as minutes, formats::Unplayable, quiz::QuestionKind},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use question::Write;
use text::Lang;

/// The page at `/modules`.
pub fn modules_page() -> AnyView {
    let live = use_live();
    let (add, archive, arrange) =
        (Call::<AddModule>::new(), Call::<ArchiveModule>::new(), Call::<MoveModule>::new());
    let import = Call::<ImportModules>::new();
    let answers = page_resource(
        move || {
            (live.version(Noun::Space), archive.version().get() + arrange.version().get() + add.version().get())
        },
        |_| edit_api::modules(),
    );
    live_page(lang::current().modules_title(), 4, answers, move |all| {
        view! { <List all add archive arrange/> <Exchange import/> }.into_any()
    })
}

#[component]
fn List(
    all: RwSignal<Modules>,
    add: Call<AddModule>,
    archive: Call<ArchiveModule>,
    arrange: Call<MoveModule>,
) -> impl IntoView {
    let t = lang::current();
    view! {
        <header class="page-head"><h1>{t.modules_title()}</h1><p class="sub">{t.modules_sub()}</p></header>
        {dynamic(move || Some({
            let modules = all.with(|all| all.modules.clone());
            if modules.is_empty() {
                view! {
                    <div class="card"><Empty icon="graduation-cap"><h2>{t.modules_none()}</h2><p>{t.modules_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                view! {
                    <ul class="list">{modules.into_iter().map(|row| view! { <Row row archive arrange/> }).collect_view()}</ul>
                }.into_any()
            }
        }))}
        <NewEntry title=t.modules_new()>
            <Form action=add>
                <Field name="title" label=t.module_title()/>
                <div class="btn-row"><Submit label=t.modules_add() kind=Press::Primary busy=add.pending()/></div>
            </Form>
        </NewEntry>
        <Undo action=archive message=archived_message/>
    }
}

#[component]
fn Row(row: ModuleRow, archive: Call<ArchiveModule>, arrange: Call<MoveModule>) -> impl IntoView {
    let t = lang::current();
    let ModuleRow { id, title, archived, published, draft, questions, required } = row;
    let state = match (archived, published, draft) {
        (true, ..) => t.module_archived(),
        (_, true, true) => t.module_changed(),
        (_, true, false) => t.module_published(),
        _ => t.module_draft(),
    };
    let mut second = vec![state.to_owned()];
    second.extend((questions > 0).then(|| t.module_questions(questions)));
    second.extend((!required.is_empty()).then(|| t.module_required_for(&required.join(", "))));
    let (whole, about) = (whole(&title), title.clone());
    let name = title.clone();
    let moves =
        [("yes", t.module_up()), ("", t.module_down())].into_iter().filter(|_| !archived).map(|(up, label)| {
            let about = name.clone();
            view! {
                <Form action=arrange beside=up.is_empty()>
                    {hidden("id", &id)}
                    {hidden("up", &up)}
                    <Submit label about kind=Press::Ghost busy=arrange.pending()/>
                </Form>
            }
        });
    let moves = moves.collect_view();
    view! {
        <li><div class="item">
            <span class="tile"><Icon name="graduation-cap"/></span>
            <span class="lines"><a class="t" title=whole href=format!("/modules/{id}")>{title.clone()}</a><span class="s">{second.join(" · ")}</span></span>
            <div class="acts">
                {moves}
                <Form action=archive>
                    {hidden("id", &id)}
                    {hidden("back", &if archived { "yes" } else { "" })}
                    <Submit label=if archived { t.module_restore() } else { t.module_archive() } about kind=Press::Ghost busy=archive.pending()/>
                </Form>
            </div>
        </div></li>
    }
}

/// Message after archiving or restoring.
fn archived_message(t: Lang, done: &Shelved) -> String {
    if done.away { t.module_was_archived(&done.name) } else { t.module_was_restored(&done.name) }
}

#[derive(Clone, Copy)]
struct Calls {
    save: Call<SaveModule>,
    video: Call<SetVideo>,
    captions: Call<SetCaptions>,
    publish: Call<PublishModule>,
    question: Call<PutQuestion>,
    remove: Call<RemoveQuestion>,
    require: Call<RequireModule>,
    release: Call<ReleaseModule>,
}

impl Calls {
    fn changes(self) -> usize {
        self.save.version().get()
            + self.video.version().get()
            + self.captions.version().get()
            + self.publish.version().get()
            + self.question.version().get()
            + self.remove.version().get()
            + self.require.version().get()
            + self.release.version().get()
    }
}

/// The page at `/modules/:id`.
pub fn module_editor_page(module: ModuleId) -> AnyView {
    let live = use_live();
    let calls = Calls {
        save: Call::new(),
        video: Call::new(),
        captions: Call::new(),
        publish: Call::new(),
        question: Call::new(),
        remove: Call::new(),
        require: Call::new(),
        release: Call::new(),
    };
    let answers =
        page_resource(move || (live.version(Noun::Space), calls.changes()), move |_| edit_api::edit_form(module));
    view! {
        <a class="crumb" href="/modules"><Icon name="chevron-left"/>{lang::current().modules_title()}</a>
        {loaded(4, answers, move |edit_form| view! { <Editor edit_form calls/> }.into_any())}
    }
    .into_any()
}

/// A tab of the editor, by `tab` in the address; all of them are on the page, so that input survives switching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Video,
    Quiz,
    Versions,
}

impl Tab {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Quiz => "quiz",
            Self::Versions => "versions",
        }
    }

    /// A question in the address opens the quiz.
    fn of(tab: Option<&str>, has_question: bool) -> Self {
        match tab {
            Some("versions") => Self::Versions,
            Some("quiz") => Self::Quiz,
            None if has_question => Self::Quiz,
            _ => Self::Video,
        }
    }
}

#[component]
fn Editor(edit_form: RwSignal<(Sheet, Requirements)>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(edit_form.with(|(edit_form, _)| edit_form.now)));
    let name = edit_form.with_untracked(|(edit_form, _)| edit_form.saved.value("title").to_owned());
    let id = edit_form.with_untracked(|(edit_form, _)| edit_form.id);
    let state = move || {
        edit_form.with(|(edit_form, _)| {
            match (edit_form.archived, edit_form.editions.iter().any(|it| it.published.is_none())) {
                (true, _) => t.module_archived(),
                (_, true) => t.module_draft(),
                _ => t.module_published(),
            }
        })
    };
    let query = use_query_map();
    let tab =
        Memo::new(move |_| query.with(|query| Tab::of(query.get_str("tab"), query.get_str("question").is_some())));
    let hides = move |one: Tab| Signal::derive(move || tab.get() != one);
    let count = move |one: Tab| {
        edit_form.with(|(edit_form, _)| match one {
            Tab::Video => None,
            Tab::Quiz => Some(edit_form.questions.len()),
            Tab::Versions => Some(edit_form.editions.len()),
        })
    };
    let tabs = [(Tab::Video, t.watch_video()), (Tab::Quiz, t.module_quiz()), (Tab::Versions, t.module_versions())];
    let tabs = tabs.map(|(one, code)| {
        let current = Signal::derive(move || (tab.get() == one).then_some("page"));
        view! {
            <a href=format!("/modules/{id}?tab={}", one.as_str()) data-noscroll aria-current=current>
                {code}{dynamic(move || count(one).map(|count| view! { <span class="n">{count}</span> }))}
            </a>
        }
    });
    let preview = t.module_preview().to_owned();
    view! {
        <Title text=name/>
        <header class="page-head">
            <h1>{move || edit_form.with(|(edit_form, _)| edit_form.saved.value("title").to_owned())}</h1>
            <p class="sub">{state}</p>
            <span class="push"><ButtonLink href=format!("/learn/{id}?draft=") label=preview icon="eye"/></span>
        </header>
        <nav class="tabs" aria-label=t.module_parts()>{tabs.into_iter().collect_view()}</nav>
        <div class="ed-cols" hidden=hides(Tab::Video)>
            <div class="tight">
                <VideoCard edit_form calls/>
                <About edit_form calls/>
            </div>
            <div class="tight"><Required edit_form calls/></div>
        </div>
        <div class="tight" hidden=hides(Tab::Quiz)><Questions edit_form calls/></div>
        <div class="tight" hidden=hides(Tab::Versions)><Publish edit_form calls/></div>
    }
}

/// Title, description, and the number of questions of a quiz.
#[component]
fn About(edit_form: RwSignal<(Sheet, Requirements)>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let saved = move || edit_form.with(|(edit_form, _)| edit_form.saved.clone());
    let id = edit_form.with_untracked(|(edit_form, _)| edit_form.id);
    let newest = Memo::new(move |_| (id.0, saved().version));
    let (begun, typing) = begun_from(newest);
    let choice = vec![
        Versioned::plain("title", t.module_title()),
        Versioned::plain("about", t.module_about()),
        Versioned::plain("asked", t.module_asked_label()),
    ];
    view! {
        <Versions action=calls.save fields=choice/>
        <News newest begun typing page=format!("/modules/{id}")/>
        <section class="card" aria-labelledby="about-head" on:input=move |_| typing.set(true)>
            <div class="card-head"><h2 id="about-head">{t.module_about_head()}</h2></div>
            {dynamic(move || {
                begun.track();
                let saved = untrack(saved);
                let value = |field: &str| saved.value(field).to_owned();
                let (title, about, request) = (value("title"), value("about"), value("asked"));
                let began = began(&saved.fields);
                Some(view! {
                    <Form action=calls.save reload=true>
                        {hidden("id", &id)}
                        {hidden(VERSION, &saved.version)}
                        {began}
                        <Field name="title" label=t.module_title() value=title/>
                        <TextArea name="about" label=t.module_about() hint=t.announcement_text_hint() value=about/>
                        <Field name="asked" label=t.module_asked_label() hint=t.module_asked_hint() value=request/>
                        <div class="btn-row"><Submit label=t.module_save() kind=Press::Primary busy=calls.save.pending()/></div>
                    </Form>
                })
            })}
        </section>
    }
}

/// The video of the next version.
#[component]
fn VideoCard(edit_form: RwSignal<(Sheet, Requirements)>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let query = use_query_map();
    let refused = move || {
        query.with(|query| match query.get_str("video") {
            Some("large") => Some(t.module_large_file().to_owned()),
            Some("no-film") => Some(t.module_no_film().to_owned()),
            Some("broken") => Some(t.module_broken_file().to_owned()),
            Some(name) => Unplayable::parse(name).map(|unplayable| t.module_unplayable(unplayable)),
            None => None,
        })
    };
    let (id, sets_length) = edit_form.with_untracked(|(edit_form, _)| (edit_form.id, edit_form.sets_length));
    let newest = Memo::new(move |_| edit_form.with(|(edit_form, _)| edit_form.editions.first().cloned()));
    let done = completed_count(calls.video);
    // Until the next document arrives.
    let uploading = RwSignal::new(false);
    view! {
        <section class="card" aria-labelledby="video-head">
            <div class="card-head"><h2 id="video-head">{t.watch_video()}</h2></div>
            {dynamic(move || newest.get().map(|edition| view! { <p>{edition_summary(t, &edition)}</p> }))}
            <form class="form" method="post" action=format!("/modules/{id}/upload") enctype="multipart/form-data"
                on:submit=move |_| uploading.set(true)>
                {dynamic(move || refused().map(|why| view! { <p class="form-summary"><Icon name="octagon-alert"/><span>{why}</span></p> }))}
                <div class="field">
                    <label for="video">{t.module_file()}</label>
                    <input class="input" type="file" id="video" name="video" accept="video/webm,video/mp4,video/quicktime,.mov,.m4v" required=true/>
                    <p class="hint">{t.module_file_hint()}</p>
                </div>
                <div class="btn-row"><Submit label=t.module_upload()/></div>
                <div class="uploading" role="status">{dynamic(move || uploading.get().then(|| view! {
                    <progress aria-label=t.module_upload()></progress><p>{t.module_uploading()}</p>
                }))}</div>
            </form>
            {remount(move || {
                done.track();
                Some(view! {
                    <Form action=calls.video>
                        {hidden("id", &id)}
                        <Field name="youtube" label=t.module_youtube_label() hint=t.module_youtube_hint()/>
                        {if sets_length {
                            view! { <Field name="length" label=t.module_length_label() hint=t.module_length_hint()/> }.into_any()
                        } else {
                            length_text(newest)
                        }}
                        <div class="btn-row"><Submit label=t.module_set_video() busy=calls.video.pending()/></div>
                    </Form>
                })
            })}
            {captions(edit_form, calls.captions)}
        </section>
    }
}

/// The length of the video, if it cannot be read from it.
fn length_text(newest: Memo<Option<Edition>>) -> AnyView {
    let t = lang::current();
    let length = move || newest.get().and_then(|edition| edition.length);
    view! {
        <div class="field">
            <p class="label">{t.module_length_label()}": "{text(move || length().map_or_else(|| t.module_no_length().to_owned(), minutes))}</p>
            <p class="hint">{t.module_length_admins()}</p>
        </div>
    }
    .into_any()
}

/// The current captions, to be edited, replaced by a file, or removed. The first form is sent the browser's way,
/// so that it is followed by the saved version.
fn captions(edit_form: RwSignal<(Sheet, Requirements)>, action: Call<SetCaptions>) -> AnyView {
    let t = lang::current();
    let (id, value) = edit_form.with_untracked(|(edit_form, _)| (edit_form.id, edit_form.captions.clone()));
    let refused = use_query_map().with_untracked(|query| query.get_str("captions").and_then(CaptionsFault::parse));
    let remove = (!value.is_empty()).then(|| view! {
        <label class="tick"><input type="checkbox" name="remove" value="yes"/><span>{t.module_captions_remove()}</span></label>
    });
    view! {
        <h3>{t.watch_captions()}</h3>
        <Form action=action reload=true>
            {hidden("id", &id)}
            <TextArea name="captions" label=t.module_captions_label() value/>
            {remove}
            <div class="btn-row"><Submit label=t.module_set_captions() busy=action.pending()/></div>
        </Form>
        <form class="form" method="post" action=format!("/modules/{id}/captions/upload") enctype="multipart/form-data">
            {refused.map(|fault| view! { <p class="form-summary"><Icon name="octagon-alert"/><span>{t.captions_invalid(fault)}</span></p> })}
            <div class="field">
                <label for="vtt">{t.module_captions_file()}</label>
                <input class="input" type="file" id="vtt" name="vtt" accept=".vtt,text/vtt" required=true/>
            </div>
            <div class="btn-row"><Submit label=t.module_captions_add()/></div>
        </form>
    }
    .into_any()
}

fn edition_summary(t: Lang, edition: &Edition) -> String {
    let mut message = vec![match &edition.video {
        None => t.module_no_video_yet().to_owned(),
        Some(Video::YouTube(id)) => format!("YouTube {id}"),
        Some(Video::File(kind)) => {
            let megabytes = edition.bytes.unwrap_or(0).max(0) / 100_000;
            format!("{} · {}.{} MB", kind.ending(), megabytes / 10, megabytes % 10)
        }
    }];
    message.extend(
        edition.video.as_ref().map(|_| edition.length.map_or_else(|| t.module_no_length().to_owned(), minutes)),
    );
    message.extend(edition.captions.then(|| t.watch_captions().to_owned()));
    message.join(" · ")
}

/// Publishing, and published versions.
#[component]
fn Publish(edit_form: RwSignal<(Sheet, Requirements)>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    let id = edit_form.with_untracked(|(edit_form, _)| edit_form.id);
    let completed = Memo::new(move |_| edit_form.with(|(edit_form, _)| edit_form.completed));
    let editions = Memo::new(move |_| edit_form.with(|(edit_form, _)| edit_form.editions.clone()));
    view! {
        <section class="card" aria-labelledby="publish">
            <div class="card-head"><h2 id="publish">{t.module_publish_head()}</h2></div>
            <Form action=calls.publish>
                {hidden("id", &id)}
                {dynamic(move || (completed.get() > 0).then(|| view! {
                    <p class="small muted">{t.module_completed(completed.get())}</p>
                    <label class="tick"><input type="checkbox" name="again" value="yes"/><span>{t.module_again()}</span></label>
                    <Field name="redo_by" label=t.module_redo_by_label() kind="date" hint=t.module_redo_by_hint()/>
                }))}
                <div class="btn-row"><Submit label=t.module_publish() kind=Press::Primary busy=calls.publish.pending()/></div>
            </Form>
            <ol class="versions-list">
                {dynamic(move || Some(editions.get().into_iter().map(|edition| {
                    let when = edition.published.map_or_else(|| t.module_draft().to_owned(), |at| t.exact(at, clock.now()));
                    let retraining = edition.redo_by.map(|by| t.module_redo_said(&t.exact(by, clock.now())));
                    view! { <li><b>{t.module_version(&edition.number.to_string())}</b>" "{when}{retraining.map(|retraining| format!(" · {retraining}"))}<br/><span class="s">{edition_summary(t, &edition)}</span></li> }
                }).collect_view()))}
            </ol>
        </section>
    }
}

/// What requires the module.
#[component]
fn Required(edit_form: RwSignal<(Sheet, Requirements)>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let id = edit_form.with_untracked(|(edit_form, _)| edit_form.id);
    let required = Memo::new(move |_| edit_form.with(|(edit_form, _)| edit_form.required.clone()));
    let options = edit_form.with_untracked(|(_, all)| {
        let types = all.types.iter().map(|(id, name)| (format!("type:{id}"), name.clone()));
        let machines = all.machines.iter().map(|(id, name)| (format!("machine:{id}"), name.clone()));
        let choose = [(String::new(), t.access_choose().to_owned())];
        choose.into_iter().chain(types).chain(machines).collect::<Vec<_>>()
    });
    let done = completed_count(calls.require);
    view! {
        <section class="card" aria-labelledby="required">
            <div class="card-head"><h2 id="required">{t.module_required_head()}</h2></div>
            <ul class="rows">
                {dynamic(move || Some(required.get().into_iter().map(|one| view! {
                    <li>
                        <span>{one.on_name.clone()}" "<span class="s">{t.percent(&one.threshold.to_string())}</span></span>
                        <Form action=calls.release>
                            {hidden("id", &one.id)}
                            <Submit label=t.module_release() about=one.on_name kind=Press::Ghost busy=calls.release.pending()/>
                        </Form>
                    </li>
                }).collect_view()))}
            </ul>
            {remount(move || {
                done.track();
                let options = options.clone();
                Some(view! {
                    <Form action=calls.require>
                        {hidden("module", &id)}
                        <Select name="on" label=t.module_required_on() options chosen=Signal::stored(String::new())/>
                        <Field name="threshold" label=t.module_threshold() hint=t.module_grace() value="90"/>
                        <div class="btn-row"><Submit label=t.module_require() busy=calls.require.pending()/></div>
                    </Form>
                })
            })}
        </section>
    }
}

/// The questions of the quiz, with how they were answered.
#[component]
fn Questions(edit_form: RwSignal<(Sheet, Requirements)>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let id = edit_form.with_untracked(|(edit_form, _)| edit_form.id);
    let questions = Memo::new(move |_| edit_form.with(|(edit_form, _)| edit_form.questions.clone()));
    let query = use_query_map();
    let edited = move || query.with(|query| query.get_str("question").and_then(|it| it.parse::<i64>().ok()));
    let done = completed_count(calls.question);
    view! {
        <section class="card" aria-labelledby="quiz-head">
            <div class="card-head"><h2 id="quiz-head">{t.module_quiz()}</h2></div>
            <ol class="rows">
                {dynamic(move || Some(questions.get().into_iter().map(|question| view! { <Line id question calls/> }).collect_view()))}
            </ol>
            {remount(move || {
                done.track();
                let edited = edited();
                let question = questions.get_untracked().into_iter().find(|question| Some(question.id.0) == edited);
                Some(view! { <Write id question calls/> })
            })}
        </section>
    }
}

#[component]
fn Line(id: ModuleId, question: EditedQuestion, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let rate = (question.given > 0)
        .then(|| t.module_rate(&(question.right * 100 / question.given).to_string(), &question.given.to_string()));
    let is_low = question.given >= 5 && question.right * 2 < question.given;
    view! {
        <li>
            <span class="lines">
                <a class="t" href=format!("/modules/{id}?tab=quiz&question={}#write", question.id)>{question.ask.clone()}</a>
                <span class="s" data-low=is_low.then_some("")>{kind(t, question.kind)}{rate.map(|rate| format!(" · {rate}"))}</span>
            </span>
            <Form action=calls.remove>
                {hidden("question", &question.id)}
                <Submit label=t.module_release() about=question.ask kind=Press::Ghost busy=calls.remove.pending()/>
            </Form>
        </li>
    }
}

const fn kind(t: Lang, kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Single => t.question_single(),
        QuestionKind::Multiple => t.question_multiple(),
        QuestionKind::Order => t.question_order(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_in_address_opens_quiz_and_unknown_tab_opens_video() {
        assert_eq!(Tab::of(None, true), Tab::Quiz);
        assert_eq!(Tab::of(Some("versions"), false), Tab::Versions);
        assert_eq!([Tab::of(None, false), Tab::of(Some("x"), false)], [Tab::Video; 2]);
    }
}
