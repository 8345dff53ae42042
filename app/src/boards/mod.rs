//! Boards: for each machine its boards and when they were last heard; and problems of boards without a machine.
//!
//! Invariant: people who look after some machines see the boards of those only, and no problems without a machine.
//! A chunk of its own.

pub mod api;
mod connect;
mod logins;
mod whole;

use crate::{
    call::{Call, PageResource, page_resource},
    clock::{Clock, use_clock},
    lang,
    live::{BrokerLost, use_live},
    live_page::loaded,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        changing::{dynamic, text},
        empty::Empty,
        form::{Form, hidden},
        icon::Icon,
        status::{Badge, Status, status_label},
        table::{Cell, actions, always, cell, instant, named as called, sorted, spare, table},
        toast::{Toast, refusals},
    },
    visitor::use_visitor,
};
use api::ForgetBoard;
use contract::boards::{Board, Boards as All, MachineBoards, Whole};
use domain::{actor::Rank, live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_meta::Title;
use std::time::Duration;

use connect::Connect;
use logins::Logins;
use text::{Lang, time};
use whole::Rest;

const SECOND: Duration = Duration::from_secs(1);
/// How often the page checks when boards were last heard.
const LOOKS: Duration = Duration::from_secs(15);

/// Repeats something, in the browser only and while the page exists.
fn every(length: Duration, act: impl Fn() + Clone + 'static) {
    Effect::new(move |_| {
        if let Ok(ticking) = set_interval_with_handle(act.clone(), length) {
            on_cleanup(move || ticking.clear());
        }
    });
}
fn load(forget: Call<ForgetBoard>) -> PageResource<All> {
    let live = use_live();
    let heard = move || (live.version(Noun::Machine), live.version(Noun::Space));
    // No event reports a sign of life, so the page polls.
    let beat = RwSignal::new(0_u32);
    every(LOOKS, move || {
        // A hidden tab does not poll.
        if !document().hidden() {
            beat.update(|beat| *beat = beat.wrapping_add(1));
        }
    });
    page_resource(move || (heard(), forget.version().get(), beat.get()), |_| api::all())
}

/// The page at `/boards`.
pub fn boards_page() -> AnyView {
    let forget = Call::<ForgetBoard>::new();
    let answers = load(forget);
    let t = lang::current();
    let forgotten = answered(forget);
    let message = Signal::derive(move || forgotten.with(Option::is_some).then(|| t.board_forgotten().to_owned()));
    view! {
        <Title text=t.boards_title()/>
        <Connect/>
        {loaded(3, answers, move |all| view! { <Page all forget/> }.into_any())}
        <Logins/>
        // No undo; a board that sends again is listed again.
        <Toast message undo=Box::new(|| None) refused=vec![refusals(forget)]/>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<All>, forget: Call<ForgetBoard>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    let sends = use_visitor().who.is_some_and(|me| me.rank >= Rank::Manager);
    Effect::new(move |_| clock.hear(all.with(|all| all.now)));
    let lost = Memo::new(move |_| all.with(|all| all.broker_lost));
    let machines = Memo::new(move |_| all.with(|all| all.machines.clone()));
    let whole = Memo::new(move |_| all.with(|all| all.whole.clone()));
    let second = seconds(clock);
    view! {
        <header class="page-head"><h1>{t.boards_title()}</h1><p class="sub">{t.boards_lead()}</p>
            {sends.then(|| view! {
                <span class="push"><ButtonLink href="/firmware" label=t.boards_to_firmware().to_owned() icon="refresh-cw"/></span>
            })}
        </header>
        <BrokerLost lost/>
        {dynamic(move || {
            let machines = machines.get();
            (!machines.is_empty()).then(|| figures(&machines, whole.get().as_ref(), all.with_untracked(|all| all.now)))
        })}
        {dynamic(move || {
            let (machines, now) = (machines.get(), all.with_untracked(|all| all.now));
            // Boards without a machine are listed below, and so are unreadable messages.
            let heard = whole.with(|whole| whole.as_ref().is_some_and(Whole::heard_any));
            Some(if machines.is_empty() && heard {
                ().into_any()
            } else if machines.is_empty() {
                view! {
                    <div class="card"><Empty icon="cpu"><h2>{t.boards_none()}</h2><p>{t.boards_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                view! { <Table machines now second forget/> }.into_any()
            })
        })}
        {dynamic(move || whole.get().map(|whole| {
            let now = all.with_untracked(|all| all.now);
            view! { <Rest whole now/> }
        }))}
    }
}

/// One row for each board, and for each machine without one.
#[component]
fn Table(
    machines: Vec<MachineBoards>,
    now: Moment,
    /// The current time, to the second.
    second: RwSignal<Moment>,
    forget: Call<ForgetBoard>,
) -> impl IntoView {
    let t = lang::current();
    let several: Vec<_> = machines.iter().filter(|one| one.several).map(|one| one.name.clone()).collect();
    let columns = vec![
        always(t.boards_machine()),
        spare(t.boards_state(), 2),
        always(t.boards_connection()),
        spare(t.boards_board(), 2),
        spare(t.board_firmware(), 3),
        spare(t.board_address(), 4),
        spare(t.board_heap(), 4),
        spare(t.board_last(), 2),
        spare(t.board_first(), 4),
        actions(),
    ];
    let rows = machines.into_iter().flat_map(|machine| rows(t, machine, (now, second), forget)).collect();
    view! {
        {(!several.is_empty()).then(|| view! {
            <Banner tone=Tone::Warn icon="triangle-alert" title=format!("{}: {}", t.board_several(), several.join(", "))>
                {t.board_several_next()}
            </Banner>
        })}
        {table("boards", t.boards_title(), columns, rows)}
    }
}

fn rows(
    t: Lang,
    machine: MachineBoards,
    (now, second): (Moment, RwSignal<Moment>),
    forget: Call<ForgetBoard>,
) -> Vec<Vec<Cell>> {
    let none = if machine.online { t.boards_not_introduced() } else { t.boards_never_introduced() };
    if machine.boards.is_empty() {
        let mut row = begin(t, &machine, 0);
        row.push(cell(view! { <span class="muted">{none}</span> }));
        row.extend((0..5).map(|_| sorted((), "")));
        row.push(log(t, &machine));
        return vec![row];
    }
    let short = |at: Moment| format!("{}, {}", t.brief(at, now), time::clock(at));
    let boards = machine.boards.iter().enumerate().map(|(at, board)| {
        let mut row = begin(t, &machine, at);
        let message = |name: &str| if name.is_empty() { t.board_unsaid().to_owned() } else { name.to_owned() };
        let about = format!("{}, {}", named(board, t), machine.name);
        let (id, may_forget) = (board.id.to_string(), board.may_forget);
        row.extend([
            cell(view! {
                <span class="lines"><span>{named(board, t)}</span>
                    {board.other.as_ref().map(|other| view! { <span class="small muted">{t.board_other(other)}</span> })}</span>
                {may_forget.then(|| view! {
                    <Form action=forget>
                        {hidden("id", &id)}
                        <Submit label=t.board_forget() about kind=Kind::Ghost busy=forget.pending()/>
                    </Form>
                })}
            })
            .csv(named(board, t)),
            cell(message(&board.firmware)),
            cell(message(&board.address)),
            sorted(board.heap.map_or_else(|| message(""), |heap| t.bytes(heap)), board.heap.unwrap_or_default()),
            // Any message of a machine's board is a sign of life, and the first in the list sent it.
            last(t, machine.heard.filter(|heard| at == 0 && heard.at > board.last.at).unwrap_or(board.last), now, second),
            instant(board.first, short(board.first)),
            log(t, &machine),
        ]);
        row
    });
    boards.collect()
}

/// When a board was last heard: as an age while recent, then as a time.
fn last(t: Lang, at: Moment, now: Moment, second: RwSignal<Moment>) -> Cell {
    let iso = time::iso(at);
    let message = move || {
        let ago = second.get().at.since(at.at);
        match ago.as_secs() {
            seconds @ ..60 => t.board_seconds_ago(&seconds.to_string()),
            60..3600 => t.board_length_ago(&t.length(ago)),
            _ => format!("{}, {}", t.brief(at, now), time::clock(at)),
        }
    };
    sorted(view! { <time datetime=iso.clone()>{text(message)}</time> }, at.at.0).csv(iso)
}

/// The page's clock, read four times a minute, to the second.
fn seconds(clock: Clock) -> RwSignal<Moment> {
    let second = RwSignal::new(clock.now_once());
    Effect::new(move |_| second.set(clock.now()));
    every(SECOND, move || second.update(|now| *now = now.shifted_to(now.at.after(SECOND))));
    second
}

/// How many boards are online and offline.
fn figures(machines: &[MachineBoards], whole: Option<&Whole>, now: Moment) -> AnyView {
    let t = lang::current();
    let count = |is: fn(&MachineBoards, Moment) -> bool| machines.iter().filter(|one| is(one, now)).count();
    let online = count(|one, _| one.online);
    let unseen = count(|one, now| one.heard.is_none_or(|heard| heard.wall().date != now.wall().date));
    let unknown = whole.map(|whole| (t.boards_figure_unknown(), whole.strays.len().to_string()));
    let all = machines.len();
    let visible = [
        Some((t.boards_figure_online(), t.requests_of(&online.to_string(), &all.to_string()))),
        Some((t.boards_figure_offline(), (all - online).to_string())),
        unknown,
        Some((t.boards_figure_unseen(), unseen.to_string())),
    ];
    let visible =
        visible.into_iter().flatten().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    view! { <dl class="kpis">{visible.collect_view()}</dl> }.into_any()
}

/// Link to the machine's history.
fn log(t: Lang, machine: &MachineBoards) -> Cell {
    let (href, label) = (format!("/machines/{}/history", machine.machine), t.history_title(&machine.name));
    cell(view! { <a class="link" href=href aria-label=label>{t.history_word()}</a> })
}

/// The machine, its state and whether it is online; links to the machine lead to its first row.
fn begin(t: Lang, machine: &MachineBoards, at: usize) -> Vec<Cell> {
    let clock = use_clock();
    let (id, name, heard) = (machine.machine, machine.name.clone(), machine.heard);
    let number = machine
        .number
        .map_or_else(|| t.boards_no_number().to_owned(), |number| t.boards_number(&number.to_string()));
    let state = match Status::of(&machine.state) {
        Some(status) => view! { <Badge status/> }.into_any(),
        None => view! { <span class="muted">{status_label(None, t)}</span> }.into_any(),
    };
    let connection = if machine.online {
        view! { <span class="status"><Icon name="activity"/>{t.boards_online()}</span> }.into_any()
    } else {
        let since = text(move || heard.map(|heard| t.since(heard, clock.now())).unwrap_or_default());
        view! { <Badge status=Status::Offline pill=true>{since}</Badge> }.into_any()
    };
    let sorted_name = name.clone();
    vec![
        called(
            view! {
                <span class="lines" id=(at == 0).then(|| format!("machine-{id}"))>
                    <a class="name" href=format!("/machines/{id}")>{name}</a><span class="small muted">{number}</span>
                </span>
            }
            .into_any(),
            sorted_name,
        ),
        cell(state),
        sorted(connection, i64::from(!machine.online)),
    ]
}

fn named(board: &Board, t: Lang) -> String {
    if board.serial.is_empty() { t.board_no_serial().to_owned() } else { t.board_serial(&board.serial) }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, visitor, words},
        visitor::{Me, Visitor},
    };
    use contract::boards::{Rejected, Stray, Takeover};
    use domain::{
        id::{BoardId, MachineId, PersonId},
        machines::MachineState,
    };

    fn board(id: i64, serial: &str, minutes: u32) -> Board {
        Board {
            id: BoardId(id),
            serial: serial.into(),
            firmware: "esp32,<1a2b>".into(),
            address: "10.0.0.7".into(),
            heap: Some(201_340),
            first: ago(60 * 24),
            last: ago(minutes),
            other: None,
            may_forget: minutes > 5,
        }
    }

    fn machine(boards: Vec<Board>) -> MachineBoards {
        MachineBoards {
            machine: MachineId(1),
            name: "Laser 1".into(),
            number: Some(11),
            online: true,
            heard: Some(ago(0)),
            state: MachineState::InUse { since: ago(42), silent: None },
            several: boards.len() > 1,
            boards,
        }
    }

    fn whole() -> Whole {
        Whole { since: ago(90), strays: vec![], takeovers: vec![], rejected: vec![], may_add: true }
    }

    fn page(lang: Lang, machines: Vec<MachineBoards>, whole: Option<Whole>) -> String {
        html(visitor(lang), "/boards", move || {
            let all = RwSignal::new(All { now: NOW, broker_lost: None, machines, whole });
            view! { <Page all forget=Call::new()/> }
        })
    }

    #[test]
    fn boards_show_details_and_only_absent_one_can_be_removed() {
        let html = page(Lang::En, vec![machine(vec![board(3, "a1b2c3d4e5f6", 1), board(4, "", 700)])], None);
        let content = words(&html);
        for name in [
            "Laser 1",
            "number 11",
            "In use",
            "online",
            "Board a1b2c3d4e5f6",
            "10.0.0.7",
            "201.3 KB",
            "esp32,&lt;1a2b&gt;",
        ] {
            assert!(content.contains(name), "{name}: {content}");
        }
        assert!(
            content.contains("More than one board uses") && content.contains("without a serial number"),
            "{content}"
        );
        assert_eq!(html.matches(r#"action="?/boards/forget""#).count(), 1, "{html}");
        assert!(html.contains(r#"name="id" value="4""#), "{html}");
        assert!(!content.contains("could not be read"), "an owner sees their machines alone: {content}");
    }

    #[test]
    fn board_figures_count_online_boards_with_seconds() {
        let silent = MachineBoards { online: false, heard: Some(ago(60 * 20)), ..machine(vec![]) };
        let content = words(&page(Lang::En, vec![machine(vec![board(3, "a1", 1)]), silent], Some(whole())));
        for name in ["Online1 of 2", "Offline1", "Without a machine0", "Not seen today1", "0 s ago"] {
            assert!(content.contains(name), "{name}: {content}");
        }
    }

    #[test]
    fn manager_gets_firmware_link() {
        let leads = |rank| {
            let me =
                Me { id: PersonId(1), name: "Ada".into(), rank, asleep: false, auditor: false, trains: false };
            let html = html(Visitor { who: Some(me), ..visitor(Lang::En) }, "/boards", move || {
                let all = RwSignal::new(All { now: NOW, broker_lost: None, machines: vec![], whole: None });
                view! { <Page all forget=Call::new()/> }
            });
            html.contains(r#"href="/firmware""#)
        };
        assert!(leads(Rank::Manager) && !leads(Rank::Member));
    }

    #[test]
    fn silent_and_unidentified_boards_are_explained() {
        let silent = MachineBoards { online: false, heard: Some(ago(74)), ..machine(vec![]) };
        let content = words(&page(Lang::En, vec![silent], None));
        assert!(
            content.contains("Offline since 13:02") && content.contains("never sent its details"),
            "{content}"
        );
        assert!(
            words(&page(Lang::It, vec![], Some(whole()))).contains("Nessuna scheda ancora collegata"),
            "an empty list teaches"
        );
    }

    #[test]
    fn unassigned_boards_link_to_adding_a_machine() {
        let stray = |number, last| Stray {
            number,
            serial: String::new(),
            firmware: "1.0".into(),
            address: "10.0.0.9".into(),
            last,
        };
        let whole = Whole {
            strays: vec![stray(0, ago(3)), stray(42, ago(2))],
            takeovers: vec![Takeover {
                client: "BOARD7".into(),
                before: "10.0.0.1".into(),
                after: "10.0.0.2".into(),
                times: 3,
                last: ago(1),
            }],
            rejected: vec![Rejected {
                kind: "bad-uid".into(),
                seen: 12,
                last: ago(1),
                topic: "machine/11".into(),
                example: r#"{"uid":"<…e0>"}"#.into(),
            }],
            ..whole()
        };
        let html = page(Lang::En, vec![], Some(whole.clone()));
        let content = words(&html);
        assert_eq!(html.matches(r#"href="/machines/new?number=42""#).count(), 1, "{html}");
        assert!(!html.contains("number=0") && content.contains("0 is no machine’s number"), "{content}");
        assert!(!content.contains("No boards connected yet"), "{content}");
        assert!(content.contains("10.0.0.1 and 10.0.0.2") && content.contains("3 times"), "{content}");
        assert!(content.contains("Not a card number") && html.contains("&lt;…e0&gt;"), "{html}");
        let reader = page(Lang::En, vec![], Some(Whole { may_add: false, ..whole }));
        assert!(!reader.contains("/machines/new"), "who may add none is led nowhere: {reader}");
    }
}
