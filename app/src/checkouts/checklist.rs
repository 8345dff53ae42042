//! The checklist of a checkout, with notes, photos and signatures, and the member's view of it.
//!
//! Invariants: each step is a form of its own, so no tap is lost while another is being sent, and marks do not
//! move while the rest changes. The server's answer decides what prevents a pass; the button only repeats it.

use super::{
    Act,
    api::{DecideCheckout, MarkStep, NoteStep, SignCheckout},
    called,
};
use crate::{
    call::Call,
    lang,
    ui::{
        avatar::Avatar,
        button::{Kind, Submit},
        changing::{dynamic, text},
        form::{Form, Summary, hidden, was_submitted},
        icon::Icon,
        picture::choose,
        segmented::{Segment, Segmented},
        text_area::TextArea,
    },
};
use contract::{
    checkout_steps::{Checklist, StepView},
    checkouts::Opened,
};
use domain::{
    checkout_steps::{Mark, Signer},
    checkouts::CheckoutAction,
    id::{AppointmentId, CheckoutStepId},
    time::Moment,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::time;

/// Minutes after its start in which it still counts as running.
const GOES_ON: i64 = 90;

/// The fixed parts of a step: id, heading, text, whether it is required.
type Line = (CheckoutStepId, String, String, bool);

/// The page of the trainer.
#[component]
pub(super) fn Marking(
    opened: RwSignal<Opened>,
    decide: Call<DecideCheckout>,
    /// Grows when a step's own form changed something.
    changed: RwSignal<usize>,
) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let sign = Call::<SignCheckout>::new();
    heard(sign.version(), changed);
    let id = opened.with_untracked(|opened| opened.one.id);
    let steps = Memo::new(move |_| {
        let still =
            |step: &StepView| -> Line { (step.id, step.section.clone(), step.body.clone(), step.required) };
        opened.with(|opened| opened.checklist.steps.iter().map(still).collect::<Vec<_>>())
    });
    // Without the answer's time, so that input below stays while others change things.
    let request = Memo::new(move |_| opened.with(|opened| (opened.checklist.clone(), opened.one.actions.clone())));
    let noted = Memo::new(move |_| {
        query.with(|query| query.get_str("step").and_then(|id| id.parse().ok()).map(CheckoutStepId))
    });
    view! {
        {dynamic(move || Some(opened.with(head)))}
        <p class="why"><Icon name="repeat"/><span>{t.checkout_how_to_tick()}</span></p>
        {dynamic(move || {
            let mut groups: Vec<Vec<Line>> = Vec::new();
            for line in steps.get() {
                match groups.last_mut() {
                    Some(group) if group.first().is_some_and(|first| first.1 == line.1) => group.push(line),
                    _ => groups.push(vec![line]),
                }
            }
            let groups = groups.into_iter().enumerate().map(|(at, rows)| {
                let ids: Vec<_> = rows.iter().map(|(id, ..)| *id).collect();
                let section = rows.first().map(|(_, section, ..)| section.clone()).unwrap_or_default();
                let (head, labelled) = (format!("section-{at}"), format!("section-{at}"));
                let count = Memo::new(move |_| opened.with(|opened| {
                    let of = |step: &&StepView| ids.contains(&step.id);
                    let seen = |step: &&StepView| step.mark == Some(Mark::Seen);
                    let steps = &opened.checklist.steps;
                    t.checkout_tally(&steps.iter().filter(of).filter(seen).count().to_string(), &steps.iter().filter(of).count().to_string())
                }));
                let name = if section.is_empty() { t.checkout_steps_first().to_owned() } else { section };
                view! {
                    <section class="group" aria-labelledby=labelled>
                        <h2 class="group-head" id=head>{name}<span class="n">{text(move || count.get())}</span></h2>
                        <ul class="list checklist">
                            {rows.into_iter().map(|(step, _, body, required)| {
                                view! { <Row opened changed noted appointment=id step body required/> }
                            }).collect_view()}
                        </ul>
                    </section>
                }
            });
            Some(groups.collect_view())
        })}
        {dynamic(move || {
            // Read here, because a memo without readers follows nothing.
            request.with(|_| ());
            Some(opened.with_untracked(|opened| view! { {signatures(opened, sign)}{others(opened, decide)} }))
        })}
        // Not rebuilt with each answer: it may be open and in use while changes arrive.
        {dynamic(move || {
            let lines = steps.get();
            Some(not_yet(opened, lines, decide))
        })}
        {dynamic(move || {
            request.with(|_| ());
            Some(opened.with_untracked(|opened| ending(opened, decide)))
        })}
    }
}

/// Increments `changed` whenever a call was answered.
pub(super) fn heard(version: RwSignal<usize>, changed: RwSignal<usize>) {
    Effect::new(move |before: Option<usize>| {
        let now = version.get();
        if before.is_some_and(|before| before != now) {
            changed.update(|count| *count += 1);
        }
        now
    });
}

/// The member, and the progress.
fn head(opened: &Opened) -> AnyView {
    let (t, one, list) = (lang::current(), &opened.one, &opened.checklist);
    let name = called(one.person_name.as_ref());
    let (seen, all, open) = (list.seen(), list.steps.len(), list.open().count());
    let state = match u32::try_from(open) {
        Ok(0) => t.checkout_required_seen().to_owned(),
        open => t.checkout_required_open(open.unwrap_or(u32::MAX)),
    };
    let minutes = opened.now.at.minus(one.starts.at) / 60_000;
    let begun = (0..=GOES_ON).contains(&minutes).then(|| t.checkout_started(&minutes.to_string()));
    let on = one.machine_name.clone().unwrap_or_else(|| one.kind_name.clone());
    let second: Vec<String> = [Some(on), Some(time::clock(one.starts)), begun].into_iter().flatten().collect();
    let width = (seen * 100).checked_div(all).unwrap_or_default().to_string();
    view! {
        <header class="marking">
            <div class="person-line"><Avatar name=name.clone() size="md"/><div>
                <h1 class="title-xl">{name}</h1>
                <p class="s">{second.join(" · ")}</p>
            </div></div>
            <p class="tally">
                <b>{t.checkout_tally(&seen.to_string(), &all.to_string())}</b>
                <span class="meter" role="img" aria-label=t.checkout_tally_label(&seen.to_string(), &all.to_string())>
                    <svg width="100%" height="100%" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=width height="8"/></svg>
                </span>
                <span>{state}</span>
            </p>
        </header>
    }
    .into_any()
}

/// One step: the circle for seen, the arrows for practise, and the notes.
#[component]
fn Row(
    opened: RwSignal<Opened>,
    changed: RwSignal<usize>,
    /// The step whose note and photo are being edited.
    noted: Memo<Option<CheckoutStepId>>,
    appointment: AppointmentId,
    step: CheckoutStepId,
    body: String,
    required: bool,
) -> impl IntoView {
    let (t, mark) = (lang::current(), Call::<MarkStep>::new());
    heard(mark.version(), changed);
    let visible = Memo::new(move |_| {
        opened.with(|opened| opened.checklist.steps.iter().find(|one| one.id == step).cloned())
    });
    let is =
        move |mark| visible.with(|visible| visible.as_ref().is_some_and(|visible| visible.mark == Some(mark)));
    let reported = Memo::new(move |_| {
        let visible = visible.get()?;
        let reported = visible.note.is_some() || visible.photo.is_some() || visible.mark == Some(Mark::Practise);
        reported.then_some((visible.note, visible.photo))
    });
    let pressed = move |mark| Signal::derive(move || if is(mark) { "true" } else { "false" });
    // The same button again removes the mark.
    let value = move |mark: Mark| Signal::derive(move || if is(mark) { "" } else { mark.as_str() });
    let message = body.clone();
    view! {
        <li id=format!("step-{step}") data-practise=Signal::derive(move || is(Mark::Practise).then_some(""))>
            <Form action=mark>
                {hidden("id", &appointment)}
                {hidden("step", &step)}
                <div class="step">
                    <button class="tick-step" name="mark" value=value(Mark::Seen) aria-pressed=pressed(Mark::Seen)>
                        <span class="ring"></span>
                        <span>
                            <span class="t">{body.clone()}</span>
                            {required.then(|| view! { <span class="s">{t.checkout_required()}</span> })}
                        </span>
                    </button>
                    <button class="flag" name="mark" value=value(Mark::Practise) aria-pressed=pressed(Mark::Practise)
                        aria-label=format!("{}: {message}", t.checkout_practise_step())>
                        <Icon name="repeat"/>
                        {dynamic(move || is(Mark::Practise).then(|| t.checkout_practise_step()))}
                    </button>
                </div>
            </Form>
            {dynamic(move || {
                // Without its mark, so that input below stays while the mark changes.
                let (reported, open) = (reported.get(), noted.get() == Some(step));
                let visible = visible.get_untracked()?;
                (reported.is_some() || open).then(|| more(&visible, appointment, open, changed))
            })}
        </li>
    }
}

/// The notes on a step, and the link to edit them.
fn more(visible: &StepView, appointment: AppointmentId, open: bool, changed: RwSignal<usize>) -> AnyView {
    let (t, id) = (lang::current(), visible.id);
    let photo = visible.photo.map(|at| {
        let (full, small) = (visible.photo_src(appointment, at, false), visible.photo_src(appointment, at, true));
        let alt = t.checkout_step_photo(&visible.body);
        view! { <a href=full rel="external"><img class="photo" src=small alt=alt width="96" height="96" decoding="async"/></a> }
    });
    let named = format!("{}: {}", t.checkout_note_or_photo(), visible.body);
    let way = if open {
        step_form(visible, appointment, changed)
    } else {
        view! {
            <div class="btn-row"><a class="btn" data-size="sm" aria-label=named href=format!("/checkouts/{appointment}?step={id}#step-{id}")>
                <Icon name="pen-line"/>{t.checkout_note_or_photo()}
            </a></div>
        }
        .into_any()
    };
    view! {
        <div class="more">
            {visible.note.clone().map(|note| view! { <p class="note">{note}</p> })}
            {photo}
            {way}
        </div>
    }
    .into_any()
}

/// The forms for a note and a photo of one step.
fn step_form(visible: &StepView, appointment: AppointmentId, changed: RwSignal<usize>) -> AnyView {
    let (t, note) = (lang::current(), Call::<NoteStep>::new());
    heard(note.version(), changed);
    let target = format!("/pictures/checkout/{appointment}-{}", visible.id);
    let (step, value) = (visible.id.to_string(), visible.note.clone().unwrap_or_default());
    view! {
        <Form action=note>
            {hidden("id", &appointment)}
            {hidden("step", &step)}
            <TextArea name="step_note" label=t.checkout_step_note() value/>
            <div class="btn-row"><Submit label=t.checkout_step_note_save() busy=note.pending()/></div>
        </Form>
        <form class="form" method="post" action=target.clone() enctype="multipart/form-data">
            {choose(Some("environment"))}
            <div class="btn-row"><button class="btn">{t.checkout_photo_add()}</button></div>
        </form>
        {visible.photo.map(|_| view! {
            <form class="form" method="post" action=target enctype="multipart/form-data">
                {hidden("remove", &"yes")}
                <div class="btn-row"><button class="btn" data-kind="danger">{t.checkout_photo_remove()}</button></div>
            </form>
        })}
        <div class="btn-row"><a class="btn" data-kind="ghost" href=format!("/checkouts/{appointment}")>{t.checkout_step_done()}</a></div>
    }
    .into_any()
}

/// Both signatures, each given by a tap.
fn signatures(opened: &Opened, sign: Call<SignCheckout>) -> AnyView {
    let (t, one) = (lang::current(), &opened.one);
    let sides =
        [(Signer::Trainer, called(one.trainer_name.as_ref())), (Signer::Member, called(one.person_name.as_ref()))];
    let sides = sides.map(|(signer, name)| signature(opened, signer, name, sign));
    view! {
        <section class="group" aria-labelledby="signatures">
            <h2 class="group-head" id="signatures">{t.checkout_signatures()}</h2>
            <Summary action=sign/>
            <div class="signatures">{sides.into_iter().collect_view()}</div>
        </section>
    }
    .into_any()
}

fn signature(opened: &Opened, signer: Signer, name: String, sign: Call<SignCheckout>) -> AnyView {
    let (t, list) = (lang::current(), &opened.checklist);
    let given = list.signed(signer).map(|signature| (t.exact(signature.signed, opened.now), signature.by_other));
    // Another trainer signs with their own name.
    let other = list.signed(signer).filter(|signature| signature.by_other && signer == Signer::Trainer);
    let name = other.and_then(|signature| signature.name.clone()).unwrap_or(name);
    let (next, place) = match signer {
        Signer::Trainer => (t.checkout_sign_trainer_next(), None),
        Signer::Member => (t.checkout_sign_member_next(), list.may_mark.then(|| t.checkout_sign_member_where())),
    };
    let body = match &given {
        Some((when, by_other)) => {
            let who = match signer {
                Signer::Trainer => t.checkout_signed_trainer(when),
                Signer::Member if *by_other => t.checkout_signed_here(when),
                Signer::Member => t.checkout_signed_member(when),
            };
            view! {
                <span class="name">{name}</span>
                <span class="s">{format!("{}. {}", time::capitalised(&who), t.checkout_unsign())}</span>
            }
            .into_any()
        }
        None => view! {
            <span class="tap"><Icon name="pen-line"/>{t.checkout_sign(&name)}</span>
            <span class="s">{format!("“{next}”")}{place.map(|place| format!(" {place}"))}</span>
        }
        .into_any(),
    };
    let id = opened.one.id.to_string();
    let (pressed, request) = if given.is_some() { ("true", "") } else { ("false", "yes") };
    view! {
        <Form action=sign beside=true>
            {hidden("id", &id)}
            {hidden("signer", &signer.as_str())}
            {hidden("stands", &request)}
            <button class="signature" aria-pressed=pressed>{body}</button>
        </Form>
    }
    .into_any()
}

/// The other actions, and why the last one was refused.
fn others(opened: &Opened, decide: Call<DecideCheckout>) -> AnyView {
    let one = &opened.one;
    let others = [CheckoutAction::NoShow, CheckoutAction::Accept, CheckoutAction::Cancel]
        .into_iter()
        .filter(|action| one.actions.contains(action));
    let others = others.map(|action| {
        let about = called(one.person_name.as_ref());
        view! { <Act id=one.id.to_string() action kind=Kind::Quiet decide about/> }
    });
    view! {
        <Summary action=decide/>
        <div class="btn-row">{others.collect_view()}</div>
    }
    .into_any()
}

/// The result: passed, or not yet; what prevents a pass is shown above the button.
fn ending(opened: &Opened, decide: Call<DecideCheckout>) -> AnyView {
    let (t, one, list) = (lang::current(), &opened.one, &opened.checklist);
    let open: Vec<String> = list.open().map(|step| step.body.clone()).collect();
    let missing = match u32::try_from(open.len()) {
        Ok(0) if list.signed(Signer::Trainer).is_some() => None,
        Ok(0) => Some(t.checkout_sign_first().to_owned()),
        count => Some(t.checkout_open_steps(count.unwrap_or(u32::MAX), &open.join(", "))),
    };
    let id = one.id.to_string();
    let pass = if missing.is_some() {
        view! {
            <button type="button" class="btn" aria-disabled="true" aria-describedby="missing">
                <Icon name="check"/>{t.checkout_action(CheckoutAction::Pass)}
            </button>
        }
        .into_any()
    } else {
        view! {
            <Form action=decide beside=true>
                {hidden("id", &id)}
                {hidden("action", &CheckoutAction::Pass.as_str())}
                <button class="btn" data-kind="primary" aria-describedby="missing"
                    aria-busy=Signal::derive(move || decide.pending().get().then_some("true"))>
                    <Icon name="check"/>{t.checkout_action(CheckoutAction::Pass)}
                </button>
            </Form>
        }
        .into_any()
    };
    let (icon, why) = match missing {
        Some(missing) => ("lock", missing),
        None => ("shield-check", t.checkout_pass_next(&one.kind_name)),
    };
    view! {
        <div class="dock">
            <p class="why" id="missing"><Icon name=icon/><span>{why}</span></p>
            <div class="pair" data-ratio="lead">
                <button type="button" class="btn" popovertarget="not-yet">{t.checkout_action(CheckoutAction::Fail)}</button>
                {pass}
            </div>
        </div>
    }
    .into_any()
}

/// The form for not yet: steps, a message, and when it may be repeated. An overlay, or part of the page when it
/// comes back refused without script. A step seen meanwhile is removed; the rest of the input stays.
fn not_yet(opened: RwSignal<Opened>, lines: Vec<Line>, decide: Call<DecideCheckout>) -> AnyView {
    let t = lang::current();
    let (id, name) =
        opened.with_untracked(|opened| (opened.one.id.to_string(), called(opened.one.person_name.as_ref())));
    let steps = lines.into_iter().map(|(step, _, body, _)| {
        let mark = Memo::new(move |_| {
            opened.with(|opened| opened.checklist.steps.iter().find(|one| one.id == step).and_then(|one| one.mark))
        });
        dynamic(move || {
            let mark = mark.get();
            (mark != Some(Mark::Seen)).then(|| view! {
                <label class="tick"><input type="checkbox" name="practise[]" value=step.to_string() checked=mark == Some(Mark::Practise)/>
                    <span>{body.clone()}</span></label>
            })
        })
    });
    let steps = steps.collect_view();
    let days = |value, code| Segment { value, name: code, icon: None };
    let segments = vec![
        days("0", t.checkout_any_time()),
        days("3", t.checkout_in_3_days()),
        days("7", t.checkout_in_1_week()),
    ];
    view! {
        <section class="sheet" id="not-yet" aria-labelledby="not-yet-head"
            popover=(!was_submitted(DecideCheckout::PATH)).then_some("auto")>
            <h2 id="not-yet-head">{t.checkout_not_yet_title()}</h2>
            <Form action=decide>
                {hidden("id", &id)}
                {hidden("action", &CheckoutAction::Fail.as_str())}
                // An unticked form sends an empty list.
                {hidden("practise[]", &"")}
                <fieldset class="field" aria-labelledby="not-yet-head">{steps}</fieldset>
                <TextArea name="note" label=t.checkout_note_practise() value=String::new()/>
                <Segmented name="retry_days" legend=t.checkout_try_again() segments chosen="3"/>
                <Submit label=t.checkout_save_and_tell() about=name kind=Kind::Primary busy=decide.pending()/>
            </Form>
            <button type="button" class="btn" popovertarget="not-yet" popovertargetaction="hide">{t.checkout_back()}</button>
        </section>
    }
    .into_any()
}

/// The member's view: their signature during the checkout, and after it the steps seen and to be practised.
pub(super) fn of_member(opened: &Opened, sign: Call<SignCheckout>) -> AnyView {
    let (t, list) = (lang::current(), &opened.checklist);
    let name = called(opened.one.person_name.as_ref());
    let signs = list.may_sign.then(|| signature(opened, Signer::Member, name, sign));
    view! {
        {signs.map(|signs| view! {
            <section class="group" aria-labelledby="signatures">
                <h2 class="group-head" id="signatures">{t.checkout_signatures()}</h2>
                <Summary action=sign/>
                {signs}
            </section>
        })}
        {record(opened.one.id, list, opened.now)}
    }
    .into_any()
}

/// The marks of the steps.
pub(super) fn record(appointment: AppointmentId, list: &Checklist, now: Moment) -> Option<AnyView> {
    let t = lang::current();
    let count = u32::try_from(list.steps.len()).unwrap_or(u32::MAX);
    let line = |step: &StepView| {
        let (icon, code) = match step.mark {
            Some(Mark::Seen) => ("circle-check", t.checkout_seen_step()),
            Some(Mark::Practise) => ("repeat", t.checkout_practise_step()),
            None => ("clock", if step.required { t.checkout_required() } else { "" }),
        };
        let photo = step.photo.map(|at| {
            let (full, small) = (step.photo_src(appointment, at, false), step.photo_src(appointment, at, true));
            let alt = t.checkout_step_photo(&step.body);
            view! { <a href=full rel="external"><img class="photo" src=small alt=alt width="96" height="96" decoding="async"/></a> }
        });
        view! {
            <li data-mark=step.mark.map(Mark::as_str)><Icon name=icon/><div>
                <p class="t">{step.body.clone()}</p>
                <p class="s">{code}</p>
                {step.note.clone().map(|note| view! { <p class="s">{note}</p> })}
                {photo}
            </div></li>
        }
    };
    let practise: Vec<_> = list.steps.iter().filter(|step| step.mark == Some(Mark::Practise)).map(line).collect();
    let signed = list.signatures.iter().map(|signature| {
        let when = t.exact(signature.signed, now);
        match signature.signer {
            Signer::Trainer => {
                let name = signature.name.clone().filter(|_| signature.by_other);
                let message = t.checkout_signed_trainer(&when);
                name.map_or(message.clone(), |name| format!("{message} ({name})"))
            }
            Signer::Member if signature.by_other => t.checkout_signed_here(&when),
            Signer::Member => t.checkout_signed_member(&when),
        }
    });
    let signed: Vec<String> = signed.map(|line| time::capitalised(&line)).collect();
    (!list.steps.is_empty()).then(|| {
        view! {
            {(!practise.is_empty()).then(|| view! {
                <section class="group" aria-labelledby="to-practise">
                    <h2 class="group-head" id="to-practise">{t.checkout_to_practise()}</h2>
                    <ul class="list said">{practise}</ul>
                </section>
            })}
            <details class="fold">
                <summary><Icon name="chevron-right"/>{t.checkout_all_steps(count)}</summary>
                <ul class="list said">{list.steps.iter().map(line).collect_view()}</ul>
                {signed.into_iter().map(|line| view! { <p class="small muted">{line}</p> }).collect_view()}
            </details>
        }
        .into_any()
    })
}
