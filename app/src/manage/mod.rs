//! The inbox: what waits for managers, decided in place, by mouse or keyboard. On wide screens the selected item
//! is shown beside the list with its details.
//!
//! Invariant: filter and item are in the address, each row is an ordinary link with ordinary forms, and keys only
//! press them. Readers see only items they may decide. Not here: where items come from (`services::inbox`), and
//! their text (`words`).

pub mod api;
pub mod checklist;
mod checkouts;
mod keys;
pub mod words;

use crate::{
    bookings::{api::DecideBooking, approve, reject},
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    sign_in_redirect::query,
    ui::{
        answered::later,
        avatar::Avatar,
        button::{Kind, Submit},
        changing::{RemountFor, dynamic, text},
        empty::Empty,
        form::{Form, Summary, hidden_fields},
        glossary::Glossary,
        held::{self, DoneAtOnce, Held, HeldSummary, HeldToast},
        icon::Icon,
        toast::{Toast, Undo, refusals, undo_form},
        versions::VERSION,
    },
};
use api::{AcknowledgeProblem, AnswerCheckouts, Decide, TakeBack};
use domain::{
    id::BookingId,
    inbox::{Matter, Verdict},
    live::Noun,
};
use keys::Place;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use words::{BOOKINGS, Chip, DecisionText, Line, Waiting};

use text::Lang;

#[derive(Clone, Copy)]
struct Calls {
    decide: Call<Decide>,
    take_back: Call<TakeBack>,
    answer: Call<AnswerCheckouts>,
    acknowledge: Call<AcknowledgeProblem>,
    book: Call<DecideBooking>,
    /// Answers to booking requests notify their holders, and cannot be undone once sent.
    held: Held,
}

impl Calls {
    fn new() -> Self {
        let book = Call::new();
        Self {
            decide: Call::new(),
            take_back: Call::new(),
            answer: Call::new(),
            acknowledge: Call::new(),
            book,
            held: Held::new(book),
        }
    }
}
fn load(calls: Calls) -> PageResource<Waiting> {
    let live = use_live();
    let nouns = [Noun::Person, Noun::Space, Noun::Machine, Noun::Checkouts, Noun::Bookings, Noun::Groups];
    let heard = move || nouns.map(|noun| live.version(noun));
    let changes = move || {
        calls.decide.version().get()
            + calls.take_back.version().get()
            + calls.answer.version().get()
            + calls.acknowledge.version().get()
            + calls.book.version().get()
            + calls.held.version()
    };
    page_resource(move || (heard(), changes()), |_| api::inbox())
}

/// The page at `/manage`.
pub fn manage_page() -> AnyView {
    let calls = Calls::new();
    let answers = load(calls);
    view! {
        <Title text=lang::current().nav_inbox()/>
        {loaded(6, answers, move |inbox| view! { <Page inbox calls/> }.into_any())}
        <checklist::Steps/>
        <Glossary words=words/>
        <checkouts::Came answer=calls.answer/>
        <HeldToast held=calls.held beside=done(calls.decide, calls.take_back)/>
    }
    .into_any()
}

/// Words explained on this page.
fn words(t: Lang) -> Vec<&'static str> {
    vec![t.glossary_applicant(), t.glossary_card(), t.glossary_hold()]
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(inbox: RwSignal<Waiting>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(inbox.with(|inbox| inbox.now)));
    let code = move |name| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
    let show = Memo::new(move |_| code("show"));
    let lines = Memo::new(move |_| {
        let show = show.get();
        inbox.with(|inbox| {
            let visible = |line: &&Line| (show.is_empty() || line.part == show) && !is_decided(line, calls.held);
            inbox.lines.iter().filter(visible).cloned().collect::<Vec<_>>()
        })
    });
    let places = Memo::new(move |_| lines.with(|lines| lines.iter().map(place).collect::<Vec<_>>()));
    // From the address, so that it works without script; keys move on from there.
    let requested = Memo::new(move |_| {
        let key = code("item");
        lines.with(|lines| lines.iter().find(|line| line.key() == key).map(place))
    });
    let current = RwSignal::new(requested.get_untracked());
    Effect::new(move |_| {
        if let Some(item) = requested.get() {
            current.set(Some(item));
        }
    });
    let visible = Memo::new(move |_| {
        let current = current.get();
        places.with(|places| places.iter().find(|&&at| Some(at) == current).or(places.first()).copied())
    });
    keys::listen(places, current, visible);
    // A decided item is not counted any more, though it can still be undone.
    let decided = Memo::new(move |_| {
        inbox.with(|inbox| inbox.lines.iter().filter(|line| is_decided(line, calls.held)).count())
    });
    let count = move || inbox.with(|inbox| left(inbox.count, decided.get()));
    let listed = move || inbox.with(|inbox| chips_left(&inbox.chips, decided.get()));
    // The reason is asked only for the item in the address, not for one that takes its place.
    let declines = Memo::new(move |_| {
        let is_asked = query.with(|query| query.get_str("decline").is_some());
        is_asked && requested.with(Option::is_some) && requested.get() == visible.get()
    });
    let fresh = RemountFor::new();
    view! {
        <header class="page-head">
            <h1 tabindex="-1">{t.nav_inbox()}</h1>
            <p class="sub push" role="status">{text(move || t.inbox_sum(count()))}</p>
        </header>
        <Summary action=calls.decide/>
        <Summary action=calls.acknowledge/>
        <Summary action=calls.book/>
        <HeldSummary held=calls.held/>
        <p class="only-narrow"><a class="link" href="/me#manage">{t.nav_all()}</a></p>
        <div class="inbox" data-open=Signal::derive(move || requested.with(Option::is_some).then_some(""))>
            <div class="inbox-list">
                {dynamic(move || Some(chips(&listed(), &show.get())))}
                {dynamic(move || Some(list(lines.get(), &show.get_untracked(), calls, visible)))}
                <p class="keys only-wide" role="group" aria-label=t.inbox_keys()>
                    <span><kbd>"J"</kbd><kbd>"K"</kbd>{t.inbox_key_move()}</span>
                    <span><kbd>"A"</kbd>{t.inbox_approve()}</span>
                    <span><kbd>"R"</kbd>{t.inbox_reject()}</span>
                    <span><kbd>"S"</kbd>{t.inbox_see()}</span>
                    <span><kbd>"Z"</kbd>{t.inbox_key_undo()}</span>
                </p>
            </div>
            {dynamic(move || {
                let at = visible.get();
                let line = lines.with(|lines| lines.iter().find(|line| Some(place(line)) == at).cloned());
                line.map(|line| fresh.draw((line.matter as i64, line.id), pane(line, calls, declines)))
            })}
        </div>
    }
}

fn place(line: &Line) -> Place {
    (line.matter, line.id)
}

/// Whether the reader has decided it: only answers to booking requests are held back.
fn is_decided(line: &Line, held: Held) -> bool {
    line.matter == Matter::Booking && line.request_version.is_some_and(|version| held.hides((line.id, version)))
}

/// How many wait, without decided ones.
fn left(count: u32, decided: usize) -> u32 {
    count.saturating_sub(u32::try_from(decided).unwrap_or(u32::MAX))
}

/// The filters with their remaining counts; empty ones are left out.
fn chips_left(chips: &[Chip], decided: usize) -> Vec<Chip> {
    let left = chips.iter().map(|(code, name, count)| {
        let decided = if code.is_empty() || code == BOOKINGS { decided } else { 0 };
        (code.clone(), name.clone(), count.saturating_sub(decided))
    });
    left.filter(|(.., count)| *count > 0).collect()
}

/// Address of this page with a filter and an item; empty for none.
fn address(show: &str, item: &str) -> String {
    let (show, item) = (show.to_owned(), item.to_owned());
    query("/manage", [("show", &show), ("item", &item)].into_iter().filter(|(_, name)| !name.is_empty()))
}

fn chips(chips: &[Chip], show: &str) -> AnyView {
    let links = chips.iter().map(|(code, name, count)| {
        let current = (code == show).then_some("true");
        view! {
            <a class="chip" href=address(code, "") data-noscroll aria-current=current>{name.clone()}" "<span class="n">{*count}</span></a>
        }
    });
    view! { <div class="chips" role="group" aria-label=lang::current().inbox_filter()>{links.collect_view()}</div> }
        .into_any()
}

/// The items, grouped by kind.
fn list(lines: Vec<Line>, show: &str, calls: Calls, visible: Memo<Option<Place>>) -> AnyView {
    let t = lang::current();
    if lines.is_empty() {
        return view! {
            <div class="card"><Empty icon="circle-check"><h2>{t.inbox_empty()}</h2><p>{t.inbox_empty_next()}</p></Empty></div>
        }
        .into_any();
    }
    let groups = lines.chunk_by(|one, next| one.matter == next.matter).map(|rows| {
        let (matter, count) = (rows[0].matter, rows.len());
        let id = matter.as_str();
        let rows = rows.to_vec();
        let listed = if matter == Matter::Checkout {
            view! { <checkouts::Requests rows show=show.to_owned() answer=calls.answer selected=visible/> }
                .into_any()
        } else {
            let rows = rows.into_iter().map(|line| {
                let (lead, acts) = (lead(&line), acts(&line, show, calls, None));
                row(line, show, visible, lead, acts)
            });
            view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
        };
        view! {
            <section class="group" aria-labelledby=id>
                <h2 class="group-head" id=id>{t.inbox_matter(matter)}<span class="n">{count}</span></h2>
                {listed}
            </section>
        }
    });
    groups.collect_view().into_any()
}

/// One item: a link, and its actions.
fn row(line: Line, show: &str, visible: Memo<Option<Place>>, lead: AnyView, acts: AnyView) -> AnyView {
    let (at, key) = (place(&line), line.key());
    let current = Signal::derive(move || (visible.get() == Some(at)).then_some("true"));
    view! {
        <li class="inbox-row" data-item=key.clone() aria-current=current>
            <div class="item">
                {lead}
                <span class="lines">
                    <a class="t" href=address(show, &key) data-noscroll>{line.name}</a>
                    <span class="words">{line.words}</span>
                    <span class="s">{line.about}</span>
                </span>
                <div class="acts">{acts}</div>
            </div>
        </li>
    }
    .into_any()
}

/// A picture of the person, or an icon of the kind.
fn lead(line: &Line) -> AnyView {
    if line.is_person {
        return view! { <Avatar name=line.name.clone() size="md" picture=line.picture.clone()/> }.into_any();
    }
    view! { <span class="tile"><Icon name=icon(line.matter)/></span> }.into_any()
}

/// In a row: the link to decline with a reason.
fn decline(line: &Line, show: &str) -> AnyView {
    // The fragment is the reason field: letters typed elsewhere are shortcuts of this page.
    let href = format!("{}&decline=1#decline", address(show, &line.key()));
    let label = lang::current().inbox_reject();
    let named = format!("{label}: {}", line.name);
    view! { <a class="btn" href=href data-noscroll aria-label=named>{label}</a> }.into_any()
}

/// Actions in place: in its row, or beside the list, where approving is primary and declining has its reason
/// below, open if `declines`.
fn acts(line: &Line, show: &str, calls: Calls, declines: Option<Memo<bool>>) -> AnyView {
    let (matter, id, name) = (line.matter, line.id, line.name.clone());
    let kind = if declines.is_some() { Kind::Primary } else { Kind::Quiet };
    if let Some(version) = line.request_version {
        let (t, id) = (lang::current(), BookingId(id));
        let no = match declines {
            Some(declines) => reject(t, (id, version), &name, "decline", declines.into(), calls.held),
            None => decline(line, show),
        };
        return view! { {approve(t, (id, version), &name, kind, calls.held)}{no} }.into_any();
    }
    let about = name.clone();
    let says = line
        .verdicts
        .iter()
        .map(|&verdict| view! { <Says matter id verdict name=name.clone() decide=calls.decide quiet=declines.is_none()/> });
    let says = says.collect_view();
    let acknowledge = line.open_version.map(|version| {
        let label = lang::current().problem_acknowledge();
        view! {
            <Form action=calls.acknowledge beside=true>
                {hidden_fields(&[("id", &id), (VERSION, &version)])}
                <Submit label about kind=Kind::Quiet busy=calls.acknowledge.pending()/>
            </Form>
        }
    });
    let action = line.action.clone().map(|(href, label)| {
        let named = format!("{label}: {name}");
        view! { <a class="btn" href=href aria-label=named>{label}</a> }
    });
    view! { {says}{acknowledge}{action} }.into_any()
}

/// The selected item with all details.
fn pane(line: Line, calls: Calls, declines: Memo<bool>) -> AnyView {
    let t = lang::current();
    let acts = if line.matter == Matter::Checkout {
        checkouts::answers(&line, calls.answer, declines)
    } else {
        acts(&line, "", calls, Some(declines))
    };
    let lead = lead(&line);
    let Line { name, words, facts, more, page: (href, label), .. } = line;
    let facts = facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> });
    view! {
        <section class="card pane" aria-label=t.inbox_chosen()>
            <a class="crumb only-narrow" href="/manage"><Icon name="chevron-left"/>{t.nav_inbox()}</a>
            <div class="pane-head">{lead}<h2>{name}</h2></div>
            <p class="words">{words}</p>
            <dl class="facts">{facts.collect_view()}</dl>
            <div class="pane-more" inner_html=more></div>
            <div class="acts btn-row">{acts}<a class="btn" data-kind="ghost" href=href>{label}</a></div>
        </section>
    }
    .into_any()
}

const fn icon(matter: Matter) -> &'static str {
    match matter {
        Matter::Applicant => "user-plus",
        Matter::Booking => "clock",
        Matter::Checkout => "circle-check",
        Matter::Claim | Matter::Card => "id-card",
        Matter::Problem => "triangle-alert",
        Matter::Help => "handshake",
        Matter::Maintenance => "wrench",
        Matter::Unauthorised => "octagon-alert",
        Matter::Group => "users-round",
        Matter::Hold => "hand",
        Matter::Qualification => "graduation-cap",
    }
}

/// A form with one button; its error is shown once, by a [`Summary`].
#[component]
pub(crate) fn Says(
    matter: Matter,
    id: i64,
    verdict: Verdict,
    name: String,
    decide: Call<Decide>,
    /// Not primary, because another button of the screen is.
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let kind = if verdict == Verdict::Approve && !quiet { Kind::Primary } else { Kind::Quiet };
    view! {
        <Form action=decide beside=true>
            {hidden_fields(&[("matter", &matter.as_str()), ("id", &id), ("verdict", &verdict.as_str())])}
            <Submit label=lang::current().inbox_verdict(matter, verdict) about=name kind busy=decide.pending()/>
        </Form>
    }
}

/// The last decision, with undo.
#[component]
pub(crate) fn Done(decide: Call<Decide>, take_back: Call<TakeBack>) -> impl IntoView {
    let DoneAtOnce { last, undo, refused } = done(decide, take_back);
    let message = Signal::derive(move || last.get().map(|one| one.message));
    view! { <Toast message undo refused/> }
}

fn done(decide: Call<Decide>, take_back: Call<TakeBack>) -> DoneAtOnce {
    let reported: Signal<Option<DecisionText>> = later(decide, take_back);
    let last =
        move || reported.get().map(|DecisionText { message, has_undo, .. }| held::Done { message, has_undo });
    let undo: Undo = Box::new(move || {
        let one = reported.get_untracked().filter(|one| one.has_undo)?;
        Some(undo_form(take_back, &[("matter", &one.matter.as_str()), ("id", &one.id)]))
    });
    DoneAtOnce { last: Signal::derive(last), undo, refused: vec![refusals(take_back)] }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::inbox::{Detail, Inbox, Item};
    use domain::id::PersonId;
    use std::collections::BTreeMap;

    fn render(lang: Lang, address: &'static str, items: Vec<Item>) -> String {
        html(visitor(lang), address, move || {
            let inbox = RwSignal::new(Waiting::of(
                Inbox { now: NOW, items, pictures: BTreeMap::from([(PersonId(15), 5)]) },
                lang,
            ));
            view! { <Page inbox calls=Calls::new()/> }
        })
    }

    fn applicant() -> Item {
        Item {
            matter: Matter::Applicant,
            id: 15,
            person: Some(PersonId(15)),
            name: Some("Ann".into()),
            detail: Detail::Applied,
            at: ago(60),
            verdicts: vec![Verdict::Approve, Verdict::Reject],
        }
    }

    fn card() -> Item {
        Item {
            matter: Matter::Card,
            id: 4,
            person: None,
            name: Some("3f".into()),
            detail: Detail::Seen { machine: "Laser".into() },
            verdicts: vec![Verdict::Reject],
            ..applicant()
        }
    }

    /// The list, and the selected item beside it.
    fn parts(html: &str) -> (&str, &str) {
        html.split_once(r#"class="card pane""#).unwrap_or((html, ""))
    }

    #[test]
    fn inbox_rows_are_decided_in_place_and_first_is_in_the_pane() {
        let html = render(Lang::En, "/manage", vec![applicant(), card()]);
        let content = words(&html);
        assert!(html.contains(r#"src="/pictures/person/15?small&amp;v=5""#), "{html}");
        assert!(content.contains("Applications1") && content.contains("Card ending 3fSeen at Laser"), "{content}");
        let (list, pane) = parts(&html);
        assert!(list.contains(r#"href="/manage?item=applicant-15""#), "{list}");
        assert_eq!(list.matches(r#"action="?/manage/decide""#).count(), 3, "{list}");
        assert!(list.contains(r#"aria-label="Decline: Ann""#), "{list}");
        assert!(
            list.contains(r#"href="/unknown-cards?card=4#assigning" aria-label="Assign card: Card ending 3f""#),
            "{list}"
        );
        assert!(pane.contains(r#"href="/people/15""#) && pane.contains(r#"aria-label="Approve: Ann""#), "{pane}");
        assert!(!list.contains("data-open"), "on a phone the list is first: {list}");
    }

    #[test]
    fn item_in_address_is_open_and_filter_limits_list() {
        let html = render(Lang::En, "/manage?show=people&item=card-4", vec![applicant(), card()]);
        let (list, pane) = parts(&html);
        assert!(list.contains("data-open"), "{list}");
        assert!(words(pane).contains("Card ending 3f") && !pane.contains("Ann"), "{pane}");
        assert!(html.contains(r#"href="/manage?show=people&amp;item=applicant-15""#), "{html}");
        let other = render(Lang::En, "/manage?show=machines", vec![applicant()]);
        assert!(words(&other).contains("All caught up") && words(&other).contains("1 waiting"), "{other}");
    }

    fn request(id: i64, name: &str) -> Item {
        let detail = Detail::AsksForBooking { on: "Laser".into(), ends: ago(0), expires: ago(0), version: 3 };
        Item { matter: Matter::Booking, id, name: Some(name.into()), detail, verdicts: Vec::new(), ..applicant() }
    }

    #[test]
    fn decline_form_opens_only_for_item_in_address() {
        let is_open = |address| {
            let html = render(Lang::En, address, vec![request(7, "Ann"), request(8, "Ben")]);
            let (_, pane) = parts(&html);
            let details = pane.split("<details").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
            (details.contains(" open"), words(pane).contains("Ben"))
        };
        assert_eq!(is_open("/manage?item=booking-8&decline=1"), (true, true));
        assert_eq!(is_open("/manage?item=booking-9&decline=1"), (false, false), "the first is in its place");
    }

    #[test]
    fn decided_request_is_removed_from_all_counts() {
        let chip = |name: &str, count| (name.to_owned(), name.to_uppercase(), count);
        assert_eq!((left(7, 2), left(1, 2)), (5, 0));
        let chips = [chip("", 7), chip(BOOKINGS, 2), chip("people", 5)];
        assert_eq!(chips_left(&chips, 1), [chip("", 6), chip(BOOKINGS, 1), chip("people", 5)]);
        assert_eq!(chips_left(&chips, 2), [chip("", 5), chip("people", 5)], "nothing is left for that one");
    }

    #[test]
    fn keyboard_hints_have_labelled_group_role() {
        let html = render(Lang::En, "/manage", vec![]);
        let keys = html.split('<').find(|tag| tag.starts_with("p ") && tag.contains("keys only-wide")).unwrap();
        assert!(keys.contains("aria-label=") && keys.contains(r#"role="group""#), "{keys}");
    }

    #[test]
    fn empty_inbox_explains_its_content() {
        assert!(words(&render(Lang::It, "/manage", vec![])).contains("compaiono qui."));
    }
}
