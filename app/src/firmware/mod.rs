//! Board firmware: stored images, boards to send one to, and transfers.
//!
//! Invariant: works without script; files are uploaded by an ordinary form, and the selection survives live
//! updates.

pub mod api;

use crate::{
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, hidden, use_form},
        icon::Icon,
        row_selection::RowSelection,
        select::Select,
    },
};
use api::{CancelFirmware, RemoveFirmware, StartFirmware};
use contract::firmware::{Board, FirmwarePage, Image, Job};
use domain::{
    firmware::{InvalidImage, State, chip},
    live::Noun,
    time::Moment,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::Lang;

/// Name of the boards' checkboxes.
const BOXES: &str = "boards[]";

#[derive(Clone, Copy)]
struct Calls {
    start: Call<StartFirmware>,
    cancel: Call<CancelFirmware>,
    remove: Call<RemoveFirmware>,
}

impl Calls {
    fn new() -> Self {
        Self { start: Call::new(), cancel: Call::new(), remove: Call::new() }
    }
}

fn load(calls: Calls) -> PageResource<FirmwarePage> {
    let live = use_live();
    let heard = move || (live.version(Noun::Machine), live.version(Noun::Space));
    let changes =
        move || calls.start.version().get() + calls.cancel.version().get() + calls.remove.version().get();
    page_resource(move || (heard(), changes()), |_| api::read())
}

/// The page at `/firmware`.
pub fn firmware_page() -> AnyView {
    let calls = Calls::new();
    let answers = load(calls);
    live_page(lang::current().firmware_title(), 5, answers, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<FirmwarePage>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let images = Memo::new(move |_| page.with(|page| page.images.clone()));
    let boards = Memo::new(move |_| page.with(|page| page.boards.clone()));
    let jobs = Memo::new(move |_| page.with(|page| page.jobs.clone()));
    let now = move || page.with_untracked(|page| page.now);
    view! {
        <header class="page-head"><h1>{t.firmware_title()}</h1><p class="sub">{t.firmware_sub()}</p></header>
        <section class="group" aria-labelledby="jobs">
            <h2 class="group-head" id="jobs">{t.firmware_jobs()}</h2>
            {dynamic(move || {
                let (jobs, now) = (jobs.get(), now());
                Some(if jobs.is_empty() {
                    view! { <p class="muted">{t.firmware_no_jobs()}</p> }.into_any()
                } else {
                    let rows = jobs.into_iter().map(|job| job_row(job, t, now, calls)).collect_view();
                    view! { <ul class="list" aria-labelledby="jobs">{rows}</ul> }.into_any()
                })
            })}
        </section>
        <Sending images boards calls/>
        <section class="group" aria-labelledby="images">
            <h2 class="group-head" id="images">{t.firmware_images()}</h2>
            {dynamic(move || {
                let (images, now) = (images.get(), now());
                // An image being sent cannot be removed.
                let requested = jobs.with(|jobs| jobs.iter().filter(|job| job.state.is_open()).filter_map(|job| job.image).collect::<Vec<_>>());
                Some(if images.is_empty() {
                    view! {
                        <div class="card"><Empty icon="download"><h3>{t.firmware_no_images()}</h3><p>{t.firmware_no_images_next()}</p></Empty></div>
                    }.into_any()
                } else {
                    let rows = images.into_iter().map(|image| {
                        let remove = (!requested.contains(&image.id)).then_some(calls.remove);
                        image_row(image, t, now, remove)
                    }).collect_view();
                    view! { <ul class="list" aria-labelledby="images">{rows}</ul> }.into_any()
                })
            })}
        </section>
        <Bring/>
    }
}

/// One transfer with its actions.
fn job_row(job: Job, t: Lang, now: Moment, calls: Calls) -> AnyView {
    let what = t.firmware_job(&job.image_name, &job.machine_name);
    let icon = match job.state {
        State::Waiting => "clock",
        State::Inviting | State::Sending => "refresh-cw",
        State::Done => "circle-check",
        State::Failed => "octagon-alert",
        State::Cancelled => "info",
    };
    let mut message = vec![t.firmware_state(&job)];
    message.push(t.brief(job.ended.unwrap_or(job.queued), now));
    message.extend(job.by.clone());
    let why = job.failure.map(|failure| view! { <span class="words">{t.firmware_failure(failure)}</span> });
    let bar = (job.state == State::Sending).then(|| {
        view! { <progress max="100" value=job.percent.to_string() aria-label=t.firmware_percent_of(&what)></progress> }
    });
    let again = job.image.filter(|_| matches!(job.state, State::Failed | State::Cancelled));
    let about = what.clone();
    let act = if job.state.is_open() {
        Some(
            view! {
                <Form action=calls.cancel>
                    {hidden("job", &job.id)}
                    <Submit label=t.firmware_cancel() about busy=calls.cancel.pending()/>
                </Form>
            }
            .into_any(),
        )
    } else {
        again.map(|image| {
            view! {
                <Form action=calls.start>
                    {hidden("image", &image)}
                    {hidden("boards[0]", &job.board)}
                    <Submit label=t.firmware_again() about busy=calls.start.pending()/>
                </Form>
            }
            .into_any()
        })
    };
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name=icon/></span>
                <span class="lines"><span class="t">{what}</span><span class="s">{message.join(" · ")}</span>{why}{bar}</span>
                {act.map(|act| view! { <div class="acts">{act}</div> })}
            </div>
        </li>
    }
    .into_any()
}

/// One image, with its remove button if allowed.
fn image_row(image: Image, t: Lang, now: Moment, remove: Option<Call<RemoveFirmware>>) -> AnyView {
    let by = image.by.clone().unwrap_or_else(|| t.audit_former().to_owned());
    let mut message = vec![chip(image.about.chip).unwrap_or_default().to_owned()];
    message.push(format!("{} {}", image.about.project, image.about.version).trim().to_owned());
    message.push(t.bytes(image.size.into()));
    message.push(t.firmware_added(&t.brief(image.added, now), &by));
    message.retain(|name| !name.is_empty());
    let (id, about) = (image.id.to_string(), image.name.clone());
    let acts = remove.map(|remove| {
        view! {
            <div class="acts">
                <Form action=remove>
                    {hidden("image", &id)}
                    <Submit label=t.firmware_remove() about kind=Kind::Ghost busy=remove.pending()/>
                </Form>
            </div>
        }
    });
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name="download"/></span>
                <span class="lines"><span class="t">{image.name}</span><span class="s">{message.join(" · ")}</span></span>
                {acts}
            </div>
        </li>
    }
    .into_any()
}

/// The form that sends an image to boards.
#[component]
fn Sending(images: Memo<Vec<Image>>, boards: Memo<Vec<Board>>, calls: Calls) -> impl IntoView {
    let (t, selection) = (lang::current(), RowSelection::of(StartFirmware::PATH, BOXES));
    let answers = calls.start.value();
    Effect::new(move |_| {
        if answers.with(|answer| matches!(answer, Some(Ok(_)))) {
            selection.clear();
        }
    });
    Effect::new(move |_| {
        let there = boards.with(|boards| {
            boards.iter().filter(|board| !board.busy).map(|board| board.id.to_string()).collect::<Vec<_>>()
        });
        selection.keep(&there);
    });
    let names = Memo::new(move |_| {
        images.with(|images| {
            images.iter().map(|image| (image.id.to_string(), image.name.clone())).collect::<Vec<_>>()
        })
    });
    dynamic(move || {
        let options = names.get();
        (!options.is_empty()).then(|| {
            view! {
                <section class="card" aria-labelledby="send">
                    <div class="card-head"><h2 id="send">{t.firmware_send_title()}</h2></div>
                    <div on:change=move |_| selection.hear()>
                        <Form action=calls.start>
                            <Select name="image" label=t.firmware_image() options chosen=String::new()/>
                            <Boxes boards selection/>
                            <p class="hint">{t.firmware_send_hint()}</p>
                            <div class="btn-row"><Submit label=t.firmware_send() about=t.firmware_boards() kind=Kind::Primary busy=calls.start.pending()/></div>
                        </Form>
                    </div>
                </section>
            }
        })
    })
}

/// A checkbox for each board without a transfer.
#[component]
fn Boxes(boards: Memo<Vec<Board>>, selection: RowSelection) -> impl IntoView {
    let (t, form) = (lang::current(), use_form());
    let message = Signal::derive(move || form.as_ref()?.message("boards"));
    view! {
        <fieldset class="field choices" aria-describedby="boards-problem"
            aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>
            <legend class="label">{t.firmware_boards()}</legend>
            {dynamic(move || Some({
                let boards: Vec<_> = boards.get().into_iter().filter(|board| !board.busy).collect();
                if boards.is_empty() {
                    view! { <p class="muted">{t.firmware_no_boards()}</p> }.into_any()
                } else {
                    boards.into_iter().map(|board| {
                        let value = board.id.to_string();
                        let ticked = selection.has(&value);
                        view! {
                            <label class="tick"><input type="checkbox" name=BOXES value=value checked=ticked/><span>{named(&board, t)}</span></label>
                        }
                    }).collect_view().into_any()
                }
            }))}
            <p class="error" id="boards-problem">
                {text_of(message)}
            </p>
        </fieldset>
    }
}

fn text_of(message: Signal<Option<String>>) -> impl IntoView {
    dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))
}

/// A board by its machine, its firmware, and its serial number if known.
fn named(board: &Board, t: Lang) -> String {
    let mut named = t.firmware_board(&board.machine_name, &board.firmware);
    if !board.serial.is_empty() {
        named = t.firmware_board_serial(&named, &board.serial);
    }
    if board.in_use { t.firmware_board_in_use(&named) } else { named }
}

/// The upload form.
#[component]
fn Bring() -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let refused = query.with_untracked(|query| InvalidImage::parse(query.get_str("refused")?));
    let entered = query.with_untracked(|query| query.get_str("name").unwrap_or_default().to_owned());
    let message = |requested: bool| {
        refused
            .filter(|invalid| (*invalid == InvalidImage::Name) == requested)
            .map(|invalid| t.firmware_invalid(invalid))
    };
    let (of_file, of_name) = (message(false), message(true));
    let problem = |message: Option<&'static str>| {
        message.map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> })
    };
    view! {
        <section class="card" aria-labelledby="bring">
            <div class="card-head"><h2 id="bring">{t.firmware_bring()}</h2></div>
            // An ordinary form, because it uploads a file to a route of its own.
            <form class="form" method="post" action="/firmware/upload" enctype="multipart/form-data">
                <div class="field">
                    <label for="name">{t.firmware_name()}</label>
                    <input class="input" id="name" type="text" name="name" value=entered autocomplete="off"
                        aria-describedby="name-hint name-problem" aria-invalid=of_name.map(|_| "true")/>
                    <p class="hint" id="name-hint">{t.firmware_name_hint()}</p>
                    <p class="error" id="name-problem" role="alert">{problem(of_name)}</p>
                </div>
                <div class="field">
                    <label for="file">{t.firmware_file()}</label>
                    <input class="input" id="file" type="file" name="image" required accept=".bin,application/octet-stream"
                        aria-describedby="file-hint file-problem" aria-invalid=of_file.map(|_| "true")/>
                    <p class="hint" id="file-hint">{t.firmware_file_hint()}</p>
                    <p class="error" id="file-problem" role="alert">{problem(of_file)}</p>
                </div>
                <div class="btn-row"><Submit label=t.firmware_keep() about=t.firmware_bring()/></div>
            </form>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::{
        firmware::{Failure, ImageInfo},
        id::{BoardId, FirmwareId, FirmwareJobId, MachineId},
        problem::{Kind as Refusal, Problem},
    };

    fn image() -> Image {
        let about = ImageInfo { chip: 9, version: "1.0.8".into(), project: "fabomatic".into() };
        let (md5, sha256) = ("0".repeat(32), "0".repeat(64));
        Image {
            id: FirmwareId(3),
            name: "esp32-s3 <b>".into(),
            about,
            size: 1_250_000,
            md5,
            sha256,
            added: ago(60),
            by: None,
        }
    }

    fn board(id: i64) -> Board {
        Board {
            id: BoardId(id),
            machine: MachineId(id),
            machine_name: format!("Laser {id}"),
            serial: "51000000000b".into(),
            firmware: "esp32-s3,1.0.7".into(),
            seen: ago(1),
            in_use: false,
            busy: false,
        }
    }

    fn job(state: State) -> Job {
        Job {
            id: FirmwareJobId(8),
            image_name: "esp32-s3,1.0.8".into(),
            image: Some(FirmwareId(3)),
            board: BoardId(1),
            machine: MachineId(1),
            machine_name: "Laser 1".into(),
            state,
            percent: 45,
            failure: None,
            in_use: false,
            queued: ago(5),
            ended: (!state.is_open()).then(|| ago(1)),
            by: Some("Ada".into()),
        }
    }

    fn page(visitor: Visitor, address: &'static str, page: FirmwarePage) -> String {
        html(visitor, address, move || view! { <Page page=RwSignal::new(page.clone()) calls=Calls::new()/> })
    }

    fn empty() -> FirmwarePage {
        FirmwarePage { now: NOW, images: Vec::new(), boards: Vec::new(), jobs: Vec::new() }
    }

    #[test]
    fn firmware_without_image_offers_only_upload() {
        let html = page(visitor(Lang::En), "/firmware", FirmwarePage { boards: vec![board(1)], ..empty() });
        assert!(words(&html).contains("No firmware yet") && words(&html).contains("No transfers yet"), "{html}");
        assert!(!html.contains("firmware/start"), "{html}");
        assert!(html.contains(r#"enctype="multipart/form-data""#), "{html}");
    }

    #[test]
    fn busy_boards_cannot_be_selected_for_firmware() {
        let boards = vec![board(1), Board { busy: true, ..board(2) }, Board { in_use: true, ..board(3) }];
        let html = page(visitor(Lang::En), "/firmware", FirmwarePage { images: vec![image()], boards, ..empty() });
        assert_eq!(html.matches(r#"name="boards[]""#).count(), 2, "{html}");
        let content = words(&html);
        assert!(content.contains("Laser 1: esp32-s3,1.0.7, serial 51000000000b"), "{content}");
        assert!(
            content.contains("(in use: waits)") && content.contains("ESP32-S3") && content.contains("1.2 MB"),
            "{content}"
        );
        assert!(html.contains("esp32-s3 &lt;b&gt;"), "{html}");
    }

    #[test]
    fn running_transfer_can_be_cancelled_and_failed_one_retried() {
        let failed = Job { failure: Some(Failure::NoAnswer), ..job(State::Failed) };
        let waits = Job { in_use: true, ..job(State::Waiting) };
        let jobs = vec![job(State::Sending), waits, failed, job(State::Done)];
        let html = page(visitor(Lang::En), "/firmware", FirmwarePage { jobs, ..empty() });
        let content = words(&html);
        assert!(html.contains(r#"<progress max="100" value="45""#), "{html}");
        assert!(content.contains("Sending, 45%") && content.contains("until the machine is free"), "{content}");
        assert!(content.contains("The board doesn’t answer"), "{content}");
        assert_eq!(html.matches("firmware/cancel").count(), 2, "{html}");
        assert_eq!(html.matches("firmware/start").count(), 1, "only what did not work: {html}");
        let visible = FirmwarePage { images: vec![image()], jobs: vec![job(State::Sending)], ..empty() };
        let html = page(visitor(Lang::En), "/firmware", visible);
        assert!(!html.contains("firmware/remove"), "it is on its way: {html}");
        let gone = Job { image: None, ..job(State::Failed) };
        let html = page(visitor(Lang::En), "/firmware", FirmwarePage { jobs: vec![gone], ..empty() });
        assert!(!html.contains("firmware/start"), "the image is gone: {html}");
    }

    // A24
    #[test]
    fn refused_firmware_shows_reason_and_preserves_input() {
        let html = page(visitor(Lang::It), "/firmware?refused=firmware.no-program&name=esp32%2C1", empty());
        assert!(words(&html).contains("bootloader") && html.contains(r#"value="esp32,1""#), "{html}");
        assert_eq!(html.matches(r#"aria-invalid="true""#).count(), 1, "{html}");
    }

    // A24
    #[test]
    fn refused_firmware_selection_is_restored_with_error() {
        let problem = Problem::new("firmware.no-board", Refusal::Invalid, "x").field("boards", "Choose one.");
        let values = vec![("image".to_owned(), "3".to_owned()), (BOXES.to_owned(), "1".to_owned())];
        let echo = Some(Echo { function: StartFirmware::PATH.into(), values, problem });
        let boards = vec![board(1), board(2)];
        let visible = FirmwarePage { images: vec![image()], boards, ..empty() };
        let html = page(Visitor { echo, ..visitor(Lang::En) }, "/firmware", visible);
        assert_eq!(html.matches(" checked").count(), 1, "{html}");
        assert!(words(&html).contains("Choose one."), "{html}");
    }
}
