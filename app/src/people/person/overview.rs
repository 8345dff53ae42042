//! A person's overview: figures, qualifications, cards, notes, latest history, and contact details.

use super::{
    Crumb, Tab,
    notes::{Deleted, NoteCalls, Notes},
    with_tabs,
};
use crate::{
    call::{Call, PageResource, page_resource},
    cards::api::MarkCard,
    cards::marked::Marked,
    holds::{self, Holds, InForce},
    lang,
    live::use_live,
    live_page::loaded,
    people::{
        api,
        cards::Cards,
        overview_text::{Begun, HeldLine, Lately, OverviewPage},
    },
    ui::{changing::dynamic, facts::Facts, icon::Icon, list::LinkItem},
};
use contract::{people::PersonPage, qualifications::HeldState};
use domain::{
    id::{NoteId, PersonId},
    live::Noun,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::time::Duration;
use text::{Lang, time};

#[derive(Debug, Clone, Copy)]
struct Calls {
    mark: Call<MarkCard>,
    notes: NoteCalls,
}

impl Calls {
    fn new() -> Self {
        Self { mark: Call::new(), notes: NoteCalls::new() }
    }

    fn version(self) -> usize {
        self.mark.version().get() + self.notes.version()
    }
}

#[derive(Debug)]
struct PageContext {
    page: PageResource<OverviewPage>,
    calls: Calls,
    /// The note being edited.
    note: Memo<Option<NoteId>>,
}

impl PageContext {
    fn load(person: PersonId) -> Self {
        let (live, query) = (use_live(), use_query_map());
        let calls = Calls::new();
        let note = Memo::new(move |_| query.with(|query| query.get_str("note")?.parse().ok()).map(NoteId));
        let page = page_resource(
            move || (live.person(person), live.version(Noun::Machine), calls.version()),
            move |_| api::overview(person),
        );
        Self { page, calls, note }
    }
}

/// The page at `/people/:id`.
pub fn overview_page(person: PersonId) -> AnyView {
    let PageContext { page, calls, note } = PageContext::load(person);
    view! {
        <Crumb/>
        {loaded(4, page, move |visible| {
                Holds::load(person, Box::new(move |holds| {
                    let in_force = view! { <InForce holds/><holds::Done holds/> }.into_any();
                    view! { <Page overview=visible calls note in_force/><Marked mark=calls.mark/><Deleted delete=calls.notes.delete/> }.into_any()
                }))
            })}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(
    overview: RwSignal<OverviewPage>,
    calls: Calls,
    note: Memo<Option<NoteId>>,
    /// Active holds, loaded separately.
    in_force: AnyView,
) -> impl IntoView {
    // Each part follows only its own data: an unchanged answer must not reset input.
    let page = Memo::new(move |_| overview.with(|overview| overview.page.clone()));
    let id = page.with_untracked(|page| page.head.id);
    let head = Memo::new(move |_| page.with(|page| page.head.clone()));
    let cards = Memo::new(move |_| page.with(|page| (page.cards.clone(), page.may_give_card)));
    let notes = Memo::new(move |_| page.with(|page| page.notes.clone()));
    let writes = Memo::new(move |_| notes.with(Option::is_some));
    let may = Memo::new(move |_| overview.with(|overview| overview.held.clone()));
    let begun = Memo::new(move |_| overview.with(|overview| overview.begun.clone()));
    let happened = Memo::new(move |_| overview.with(|overview| overview.lately.clone()));
    let inside = view! {
        {in_force}
        <div class="cols">
            <div class="col">
                {dynamic(move || Some(figures(page.get(), overview.with(|overview| overview.attendance))))}
                {dynamic(move || Some(held(may.get())))}
                {dynamic(move || on_the_way(begun.get()))}
                <Cards person=id cards mark=calls.mark/>
                {dynamic(move || writes.get().then(|| view! { <Notes person=id notes note calls=calls.notes/> }))}
            </div>
            <div class="col">
                {dynamic(move || Some(lately(id, happened.get())))}
                {dynamic(move || Some(profile(page.get())))}
            </div>
        </div>
    };
    with_tabs(head, Tab::Overview, inside.into_any())
}

/// Qualifications: active, expired and banned.
fn held(held: Vec<HeldLine>) -> AnyView {
    let t = lang::current();
    let content = if held.is_empty() {
        view! { <p class="muted">{t.standing_none()}". "{t.standing_none_next()}</p> }.into_any()
    } else {
        view! {
            <div class="table-wrap"><table class="table">
                <caption class="visually-hidden">{t.standing_heading()}</caption>
                <thead><tr>
                    <th scope="col">{t.standing_on()}</th>
                    <th scope="col" data-p="2">{t.standing_how()}</th>
                    <th scope="col" data-p="2">{t.held_until()}</th>
                    <th scope="col" data-p="2">{t.people_status()}</th>
                    <th scope="col"><span class="visually-hidden">{t.table_actions()}</span></th>
                </tr></thead>
                <tbody>{held.into_iter().map(held_row).collect_view()}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        <section class="group" aria-labelledby="held">
            <h2 class="group-head" id="held">{t.standing_heading()}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn held_row(line: HeldLine) -> AnyView {
    let t = lang::current();
    let HeldLine { on, may, how, until, state, action } = line;
    let (tone, icon, name) = match state {
        HeldState::InForce => ("go", "check", t.held_active()),
        HeldState::Ending => ("warn", "clock", t.held_ending()),
        HeldState::Expired => ("", "clock", t.held_expired()),
        HeldState::Banned => ("bad", "hand", t.held_banned()),
    };
    let badge = move || view! { <span class="badge" data-tone=tone><Icon name=icon/>{name}</span> };
    let action = action.map(|(name, href)| {
        let about = if may.is_empty() { format!("{name}: {on}") } else { format!("{name}: {on}, {may}") };
        view! { <a class="link" href=href aria-label=about>{name}</a> }
    });
    view! {
        <tr>
            <td>
                <span class="lines">
                    <b>{on}</b><span class="small muted">{may}</span>
                    <span class="brief">{badge()}" "{until.clone()}</span>
                </span>
            </td>
            <td class="muted" data-p="2">{how}</td>
            <td class="muted" data-p="2">{until}</td>
            <td data-p="2">{badge()}</td>
            <td><div class="acts">{action}</div></td>
        </tr>
    }
    .into_any()
}

/// Their latest uses and changes.
fn lately(id: PersonId, lately: Vec<Lately>) -> AnyView {
    let t = lang::current();
    let lines = lately.into_iter().map(|one| {
        view! {
            <li>
                <span class="dot" data-tone=one.topic.tone()><Icon name=one.topic.icon()/></span>
                <div><p class="t">{one.title}</p><p class="s">{one.second}</p></div>
                <time datetime=time::iso(one.at)>{one.when}</time>
            </li>
        }
    });
    let lines: Vec<_> = lines.collect();
    let content = if lines.is_empty() {
        view! { <p class="muted">{t.person_lately_none()}</p> }.into_any()
    } else {
        view! {
            <div class="card"><ol class="log">{lines}</ol></div>
            <p><a class="link" href=format!("/people/{id}/timeline")>{t.person_lately_all()}</a></p>
        }
        .into_any()
    };
    view! {
        <section class="group" aria-labelledby="lately">
            <h2 class="group-head" id="lately">{t.standing_history()}</h2>
            {content}
        </section>
    }
    .into_any()
}

/// Their recent activity.
fn figures(page: PersonPage, (stored, missed): (u32, u32)) -> AnyView {
    let t = lang::current();
    let used = Duration::from_millis(page.used.try_into().unwrap_or(0));
    let figures = [
        (t.person_hours(), t.hours(used)),
        (t.person_uses(), page.uses.to_string()),
        (t.person_kept(), t.requests_of(&stored.to_string(), &stored.saturating_add(missed).to_string())),
        (t.person_no_shows(), missed.to_string()),
        (t.person_may_use(), page.types.to_string()),
    ];
    let figures = figures.map(|(name, figure)| view! { <div><dt>{name}</dt><dd>{figure}</dd></div> });
    view! { <dl class="kpis">{figures.into_iter().collect_view()}</dl> }.into_any()
}

/// Training they have started, if any.
fn on_the_way(begun: Vec<Begun>) -> Option<AnyView> {
    let lines = begun.iter().map(|one| {
        view! {
            <li><div class="item">
                <span class="tile"><Icon name="graduation-cap"/></span>
                <span class="lines"><span class="t">{one.name.clone()}</span><span class="s">{one.next.clone()}</span></span>
                <span class="badge">{one.left.clone()}</span>
            </div></li>
        }
    });
    (!begun.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="on-the-way">
                <h2 class="group-head" id="on-the-way">{lang::current().person_on_the_way()}</h2>
                <ul class="list">{lines.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// Contact details.
fn profile(page: PersonPage) -> AnyView {
    let t = lang::current();
    let known = |value: Option<String>| value.unwrap_or_else(|| t.person_unknown_value().to_owned());
    let language = page.language.as_deref().and_then(Lang::from_tag).map(|lang| lang.name().to_owned());
    let facts = vec![
        (t.person_email(), known(page.head.email)),
        (t.person_phone(), known(page.phone)),
        (t.person_language(), language.unwrap_or_else(|| t.person_no_language().to_owned())),
    ];
    let account = format!("/people/{}/account", page.head.id);
    view! {
        <section class="group" aria-labelledby="profile">
            <h2 class="group-head" id="profile">{t.person_profile()}</h2>
            <div class="card"><Facts facts/></div>
            <ul class="list"><LinkItem href=account icon="user-round" title=t.person_account() second=t.person_account_second()/></ul>
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
pub(in crate::people) mod tests {
    use super::*;
    use crate::{
        people::{overview_text::Topic, person::tests::head},
        testing::{NOW, ago, html, visitor, words},
    };
    use contract::people::{CardView, NoteView};
    use domain::{cards::CardState, id::CardId, people::Step};

    pub fn somebody() -> PersonPage {
        PersonPage {
            head: head(),
            phone: Some("+39 0471 123456".into()),
            language: Some("it".into()),
            version: 3,
            uses: 4,
            used: 7_200_000,
            types: 2,
            cards: vec![CardView {
                id: CardId(5),
                ending: "0f".into(),
                state: CardState::Active,
                given: ago(60),
                may_lose: true,
            }],
            notes: Some(vec![NoteView {
                id: NoteId(9),
                body: "Brings the key back on Friday".into(),
                by: Some("Sofia Mair".into()),
                written: NOW,
                edited: None,
                version: 1,
            }]),
            steps: vec![Step::Suspend],
            refusals: vec![],
            may_edit: true,
            may_readdress: true,
            may_help_in: true,
            may_take_off_second_factor: false,
            may_give_card: false,
            may_export: true,
            may_erase: false,
            erase_refusals: vec![],
        }
    }

    fn line(on: &str, state: HeldState, action: Option<(String, String)>) -> HeldLine {
        let (may, how) = ("may use".into(), "Training, by Sofia Mair".into());
        HeldLine { on: on.into(), may, how, until: "Monday 30 November".into(), state, action }
    }

    fn render(page: PersonPage, note: Option<NoteId>) -> String {
        html(visitor(Lang::En), "/people/7", move || {
            let note = Memo::new(move |_| note);
            let held = vec![
                line("Laser cutter", HeldState::InForce, Some(("Revoke".into(), "/revoke".into()))),
                line("Lathe", HeldState::Expired, None),
            ];
            let lately = vec![Lately {
                at: ago(50),
                when: "today, 13:26".into(),
                topic: Topic::Use,
                title: "Used Laser 1".into(),
                second: "42 min".into(),
            }];
            let begun =
                vec![Begun { name: "Mill".into(), next: "Video: Focus".into(), left: "2 steps left".into() }];
            let visible = RwSignal::new(OverviewPage { page, held, attendance: (4, 1), begun, lately });
            view! { <Page overview=visible calls=Calls::new() note in_force=().into_any()/> }
        })
    }

    #[test]
    fn overview_shows_figures_contact_and_notes() {
        let content = words(&render(somebody(), None));
        for line in [
            "Hours, 30 days2.0 h",
            "Bookings kept4 of 5",
            "Missed bookings1",
            "MillVideo: Focus2 steps left",
            "Card ending 0f",
            "+39 0471 123456",
            "Italiano",
            "Brings the key back on Friday",
        ] {
            assert!(content.contains(line), "{line} is not in {content}");
        }
    }

    #[test]
    fn overview_shows_qualification_actions_and_latest_history() {
        let html = render(somebody(), None);
        let content = words(&html);
        for line in [
            "Laser cuttermay useactive Monday 30 NovemberTraining, by Sofia MairMonday 30 NovemberactiveRevoke",
            "Training, by Sofia MairMonday 30 Novemberexpired",
            "Used Laser 142 mintoday, 13:26",
        ] {
            assert!(content.contains(line), "{line} is not in {content}");
        }
        assert!(html.contains(r#"aria-label="Revoke: Laser cutter, may use""#), "{html}");
        assert!(html.contains(r#"href="/people/7/timeline""#), "{html}");
    }

    #[test]
    fn note_in_edit_mode_has_single_versioned_form() {
        let html = render(somebody(), Some(NoteId(9)));
        assert!(html.contains(r#"action="?/people/note-rewrite""#), "{html}");
        assert!(!html.contains("/people/note-write"), "one form for notes: {html}");
        let form =
            html.split(r#"action="?/people/note-delete""#).nth(1).and_then(|rest| rest.split("</form>").next());
        assert!(form.is_some_and(|form| form.contains(r#"name="version" value="1""#)), "{html}");
        assert!(html.contains(r#"name="version" value="1""#), "{html}");
    }

    #[test]
    fn notes_are_hidden_without_permission() {
        let page = PersonPage { notes: None, may_give_card: false, ..somebody() };
        assert!(!words(&render(page, None)).contains("Notes"));
    }
}
