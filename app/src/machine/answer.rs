//! May I use it: the first line of a machine's page, all reasons against, and the one button with the next step.
//!
//! Invariant: the answer is the one that the machine's board would give. Anonymous visitors get the machine's
//! state and a sign-in link.

use super::{because, sentence};
use crate::{
    answers::{AnswerText, ExplicitRules, MachineAnswer, OfOther, Reached},
    bookings::{api::DecideBooking, check_in},
    call::Call,
    lang, sign_in_redirect,
    training::next::{CHECKOUTS, HELP, Next},
    ui::{
        answer::Answer,
        avatar::Avatar,
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        form::Ask,
        icon::Icon,
        list::whole,
        path::{Path, Step},
        select::Select,
        status::{Badge, Status},
    },
};
use contract::machines::{MachineNow, NextBooking};
use domain::{
    id::{MachineId, PersonId},
    machines::MachineState,
    training::path::Progress,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Booking actions on this page.
#[derive(Clone)]
pub struct Booking {
    /// Whether the reader may book.
    pub books: bool,
    /// Their current or next booking.
    pub mine: Option<NextBooking>,
    pub decide: Call<DecideBooking>,
}

impl Booking {
    /// The primary action: check-in if open; otherwise booking, if permitted.
    fn action_button(self, machine: MachineId, kind: Kind) -> AnyView {
        if let Some(mine) = self.mine.filter(|mine| mine.opens && kind == Kind::Primary) {
            return check_in(mine.id, self.decide);
        }
        let (href, label) = (format!("/book/machine:{machine}"), lang::current().book_title());
        let button = || view! { <div class="btn-row"><ButtonLink href label kind icon="calendar-days"/></div> };
        self.books.then(button).into_any()
    }
}

#[component]
pub fn Answered(
    machine: MachineNow,
    message: MachineAnswer,
    booking: Booking,
    /// Whether the reader may connect its board.
    connects: bool,
) -> impl IntoView {
    let (t, id) = (lang::current(), machine.id);
    let status = Status::of(&machine.state);
    let Some(mine) = message.mine else {
        let location = use_location();
        let sign_in = move || sign_in_redirect::with_return_to("/sign-in", &location);
        return view! {
            <Answer label=t.machine_answer() status sentence=sentence(&machine)>
                {because(machine)}
                <p>
                    {t.access_sign_in_why()}" "
                    <a class="link" href=Signal::derive(sign_in)>{t.access_sign_in()}</a>
                </p>
            </Answer>
        }
        .into_any();
    };
    if message.on_it {
        return view! {
            <Answer label=t.machine_answer() status yes=true sentence=t.access_on_it().to_owned()
                more=booking.action_button(id, Kind::Quiet)>
                <p>{sentence(&machine)}". "{t.access_log_out_how()}</p>
            </Answer>
        }
        .into_any();
    }
    if message.starting {
        // Permission was checked when the button was pressed, and is checked again when the request is sent.
        return view! {
            <Answer label=t.machine_answer() status=None yes=true sentence=t.start_coming().to_owned()>
                <p>{t.start_coming_next()}</p>
                <noscript><a class="btn" href=format!("/machines/{}", machine.id)>{t.start_look()}</a></noscript>
            </Answer>
        }
        .into_any();
    }
    if let Some(number) = machine.awaited_board.filter(|_| mine.yes && machine.state == MachineState::Unmanaged) {
        return view! { <Awaiting number machine=id connects more=booking.action_button(id, Kind::Quiet)/> }
            .into_any();
    }
    if mine.yes && message.cardless && machine.state != MachineState::Unmanaged {
        // A card is claimed where a board has just seen it.
        let is_away = matches!(machine.state, MachineState::Offline { .. });
        let way = if is_away { t.access_no_card_away() } else { t.access_no_card_way() };
        let claim = (!is_away).then(|| format!("/machines/{}/claim", machine.id));
        let (title, second) = (t.access_no_card_missing().to_owned(), way.to_owned());
        let steps = path(vec![Step { title, second, href: None, progress: Progress::Now }]);
        let state = is_away.then(|| view! { <div class="because">{because(machine)}</div> });
        let more = view! {
            {steps}{state}
            <div class="btn-row">
                {claim.map(|href| view! {
                    <ButtonLink href label=t.access_claim_card().to_owned() kind=Kind::Primary/>
                })}
                <ButtonLink href="/me" label=t.access_my_cards().to_owned() kind=Kind::Ghost icon="user-round"/>
            </div>
            {booking.action_button(id, Kind::Quiet)}
        };
        return view! {
            <Answer label=t.machine_answer() status=None sentence=t.access_no_card().to_owned() more=more.into_any()/>
        }
        .into_any();
    }
    if mine.yes {
        let more = booking.action_button(id, Kind::Primary);
        let free = matches!(machine.state, MachineState::Free { .. });
        let (name, how) = if free {
            (t.access_yes_now(), view! { <p>{t.access_hold_card()}</p> }.into_any())
        } else {
            (t.access_yes(), because(machine))
        };
        return view! {
            <Answer label=t.machine_answer() status yes=true sentence=name.to_owned() more>
                {how}{mine.until.map(|until| view! { <p>{until}</p> })}
                {mine.retraining.into_iter().map(|(words, href)| view! { <p><a class="link" href=href>{words}</a></p> }).collect_view()}
            </Answer>
        }
        .into_any();
    }
    not_yet(machine, mine, booking)
}

/// Why not: the reader's own steps with the button of the next one, then what others must do.
fn not_yet(machine: MachineNow, mine: AnswerText, booking: Booking) -> AnyView {
    let (t, id, status) = (lang::current(), machine.id, Status::of(&machine.state));
    let is_alone = mine.steps.is_empty() && mine.others.len() == 1;
    let name = match status {
        Some(Status::Blocked) => t.board_blocked(),
        // Nothing else prevents it.
        Some(Status::InUse) if is_alone => t.access_in_use(),
        _ => t.access_no(),
    };
    let state = status
        .filter(|status| *status != Status::Free)
        .map(|status| view! { <div class="because"><Badge status/>{because(machine)}</div> });
    // A reader with a running booking gets instructions, though they cannot start yet.
    let waits = booking.mine.as_ref().is_some_and(|mine| mine.opens)
        && matches!(status, Some(Status::InUse | Status::Blocked));
    let wait = waits.then(|| view! { <p>{t.book_wait_here()}</p> });
    // Booking is offered only if it can succeed, and once.
    let books = mine.bookable && mine.next.as_ref().is_none_or(|next| !next.href.starts_with("/book/"));
    let action = books.then(|| booking.action_button(id, if waits { Kind::Primary } else { Kind::Quiet }));
    let steps = (!mine.steps.is_empty()).then(|| path(mine.steps));
    let others = (!mine.others.is_empty()).then(|| view! {
        <ul class="others-do" aria-label=t.access_reasons()>
            {mine.others.into_iter().map(|words| view! { <li><Icon name="info"/><span>{words}</span></li> }).collect_view()}
        </ul>
    });
    let next = mine.next.map(onward);
    view! {
        <Answer label=t.machine_answer() status=None sentence=name.to_owned()
            more=view! { {steps}{next}{others}{state}{wait}{action} }.into_any()>
            {mine.left.map(|left| view! { <p>{left}</p> })}
        </Answer>
    }
    .into_any()
}

/// Its board has never connected, so nobody can start it: the missing step, and its link.
#[component]
fn Awaiting(number: u16, machine: MachineId, connects: bool, more: AnyView) -> impl IntoView {
    let t = lang::current();
    let sentence = t.machine_awaits_board(&number.to_string());
    let next = if connects {
        let href = format!("/boards?connect={machine}#connect");
        let label = t.board_how_to_connect().to_owned();
        view! { <div class="btn-row"><ButtonLink href label kind=Kind::Primary/></div> }.into_any()
    } else {
        view! { <p>{t.machine_awaits_board_ask()}</p> }.into_any()
    };
    view! { <Answer label=t.machine_answer() status=None sentence more=view! { {next}{more} }.into_any()/> }
}

/// The button with the next step; on a phone it stays at the bottom of the window.
fn onward(next: Next) -> AnyView {
    let (icon, kind) = (next.icon(), next.kind());
    let Next { href, label, .. } = next;
    let class = if kind == Kind::Primary { "dock" } else { "btn-row" };
    view! { <div class=class><ButtonLink href label kind icon/></div> }.into_any()
}

/// The reader's path to the machine.
fn path(steps: Vec<Step>) -> AnyView {
    view! { <Path label=lang::current().access_reasons() steps/> }.into_any()
}

/// People who can help with missing requirements.
#[component]
pub fn Helpers(message: Memo<MachineAnswer>) -> impl IntoView {
    let t = lang::current();
    let request = |mine: &AnswerText| {
        mine.next.as_ref().is_some_and(|next| next.href == HELP || next.href.starts_with(CHECKOUTS))
    };
    dynamic(move || {
        let message = message.get();
        (!message.on_it && message.mine.as_ref().is_some_and(request)).then(|| {
            let who = if message.helpers.is_empty() {
                view! { <p class="card">{t.access_nobody_helps()}</p> }.into_any()
            } else {
                let names = message.helpers.into_iter().map(|Reached { name, href, way }| {
                    let tail = href.is_some().then(|| view! { <span class="tail"><Icon name="chevron-right"/></span> });
                    let title = whole(&name);
                    view! {
                        <li><a class="item" href=href>
                            <Avatar name=name.clone() size="md"/>
                            <span class="lines"><span class="t" title=title>{name}</span><span class="s">{way}</span></span>
                            {tail}
                        </a></li>
                    }
                });
                view! { <ul class="list">{names.collect_view()}</ul> }.into_any()
            };
            view! {
                <section class="group" id="help" aria-labelledby="help-head">
                    <h2 class="group-head" id="help-head">{t.access_who_helps()}</h2>
                    {who}
                </section>
            }
        })
    })
}

/// The same question for another person, if permitted.
#[component]
pub fn ForOther(message: Memo<MachineAnswer>, chosen: Signal<Option<PersonId>>) -> impl IntoView {
    let t = lang::current();
    // An unsent selection must survive every other change.
    let people = Memo::new(move |_| message.with(|message| message.people.clone()));
    let other = Memo::new(move |_| message.with(|message| message.other.clone()));
    dynamic(move || {
        people.get().map(|people| {
            let form = if people.is_empty() {
                view! { <p>{t.access_nobody_to_ask_for()}</p> }.into_any()
            } else {
                let choose = [(String::new(), t.access_choose().to_owned())];
                let people = people.into_iter().map(|(id, name)| (id.to_string(), name));
                let options = choose.into_iter().chain(people).collect();
                let chosen = Signal::derive(move || chosen.get().map_or_else(String::new, |id| id.to_string()));
                view! {
                    <Ask page="?">
                        <Select name="for" label=t.access_for_whom() options chosen/>
                        <div class="btn-row"><Submit label=t.access_ask()/></div>
                    </Ask>
                }
                .into_any()
            };
            view! {
                <section class="card" id="other" aria-labelledby="other-head">
                    <div class="card-head"><h2 id="other-head">{t.access_for_other()}</h2></div>
                    <div role="status">{dynamic(move || other.get().map(|other| view! { <Verdict other/> }))}</div>
                    {form}
                </section>
            }
        })
    })
}

/// The answer for another person, with every rule.
#[component]
fn Verdict(other: OfOther) -> impl IntoView {
    let OfOther { sentence, text: AnswerText { steps, .. }, rules } = other;
    view! {
        <div class="verdict">
            <p class="t">{sentence}</p>
            {(!steps.is_empty()).then(|| path(steps))}
            <Rules message=rules/>
        </div>
    }
}

/// Every rule in order, with its result.
#[component]
pub fn Rules(message: ExplicitRules) -> impl IntoView {
    let t = lang::current();
    let rules = message.rules.into_iter();
    let rules = rules.map(|(rule, outcome)| view! { <li>{rule}" "<span class="push">{outcome}</span></li> });
    view! {
        <details class="uses">
            <summary>{t.access_trace()}<Icon name="chevron-right"/></summary>
            <ol>{rules.collect_view()}</ol>
            <p class="small muted">{message.when}</p>
        </details>
    }
}
