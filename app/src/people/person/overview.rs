//! The first of somebody's pages: figures, how they are reached, their cards, what is noted about them.

use super::{
    Crumb, Tab, around,
    notes::{Deleted, Notes},
    whose,
};
use crate::{
    call::{Asked, Call, asked},
    cards::marked::Marked,
    lang,
    live::use_live,
    people::{
        api::{self, DeleteNote, MarkCard, RewriteNote, WriteNote},
        cards::Cards,
    },
    ui::{changing::part, facts::Facts, list::LinkItem, page::loaded},
};
use domain::{id::NoteId, live::Noun};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::time::Duration;
use text::Lang;
use views::people::PersonPage;

/// The calls of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calls {
    pub(super) mark: Call<MarkCard>,
    pub(super) write: Call<WriteNote>,
    pub(super) rewrite: Call<RewriteNote>,
    pub(super) delete: Call<DeleteNote>,
}

impl Calls {
    fn new() -> Self {
        Self { mark: Call::new(), write: Call::new(), rewrite: Call::new(), delete: Call::new() }
    }

    fn version(self) -> usize {
        self.mark.version().get()
            + self.write.version().get()
            + self.rewrite.version().get()
            + self.delete.version().get()
    }
}

/// What the page asks for.
#[derive(Debug)]
struct Loaded {
    page: Asked<PersonPage>,
    calls: Calls,
    /// The note that is being rewritten.
    note: Memo<Option<NoteId>>,
}

impl Loaded {
    fn load() -> Self {
        let (id, live, query) = (whose(), use_live(), use_query_map());
        let calls = Calls::new();
        let note = Memo::new(move |_| query.with(|query| query.get_str("note")?.parse().ok()).map(NoteId));
        let page =
            asked(move || (id.get(), live.version(Noun::Person), calls.version()), |(id, ..)| api::person(id));
        Self { page, calls, note }
    }
}

/// The page at `/people/:id`.
pub fn overview_page() -> AnyView {
    let Loaded { page, calls, note } = Loaded::load();
    view! {
        <Crumb/>
        {loaded(4, page, move |page| view! { <Page page calls note/><Marked mark=calls.mark/><Deleted delete=calls.delete/> }.into_any())}
    }
    .into_any()
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(page: RwSignal<PersonPage>, calls: Calls, note: Memo<Option<NoteId>>) -> impl IntoView {
    let id = page.with_untracked(|page| page.head.id);
    // Each part follows what it shows alone: an answer that says the same must not take away what is being typed.
    let head = Memo::new(move |_| page.with(|page| page.head.clone()));
    let cards = Memo::new(move |_| page.with(|page| (page.cards.clone(), page.may_give_card)));
    let notes = Memo::new(move |_| page.with(|page| page.notes.clone()));
    let writes = Memo::new(move |_| notes.with(Option::is_some));
    let inside = view! {
        <div class="cols">
            <div class="col">
                {part(move || Some(view! { <Figures page=page.get()/> }))}
                <Cards person=id shown=cards mark=calls.mark/>
                {part(move || writes.get().then(|| view! { <Notes person=id notes note calls/> }))}
            </div>
            {part(move || Some(view! { <Profile page=page.get()/> }))}
        </div>
    };
    around(head, Tab::Overview, inside.into_any())
}

/// What they did lately.
#[component]
fn Figures(page: PersonPage) -> impl IntoView {
    let t = lang::current();
    let used = Duration::from_millis(page.used.try_into().unwrap_or(0));
    let figures = [
        (t.person_hours(), t.hours(used)),
        (t.person_uses(), page.uses.to_string()),
        (t.person_may_use(), page.types.to_string()),
    ];
    let figures = figures.map(|(name, figure)| view! { <div><dt>{name}</dt><dd>{figure}</dd></div> });
    view! { <dl class="kpis">{figures.into_iter().collect_view()}</dl> }
}

/// How they are reached.
#[component]
fn Profile(page: PersonPage) -> impl IntoView {
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
}

#[cfg(all(test, feature = "ssr"))]
pub(in crate::people) mod tests {
    use super::*;
    use crate::{
        people::person::tests::head,
        testing::{NOW, ago, html, visitor, words},
    };
    use domain::{cards::CardState, id::CardId, people::Step};
    use views::people::{CardView, NoteView};

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

    fn shown(page: PersonPage, note: Option<NoteId>) -> String {
        html(visitor(Lang::En), "/people/7", move || {
            let note = Memo::new(move |_| note);
            view! { <Page page=RwSignal::new(page) calls=Calls::new() note/> }
        })
    }

    #[test]
    fn who_they_are_and_what_is_noted_is_told() {
        let said = words(&shown(somebody(), None));
        for line in [
            "Hours, 30 days2.0 h",
            "Card ending 0f",
            "+39 0471 123456",
            "Italiano",
            "Brings the key back on Friday",
        ] {
            assert!(said.contains(line), "{line} is not in {said}");
        }
    }

    #[test]
    fn one_note_at_a_time_is_rewritten_from_what_it_says() {
        let html = shown(somebody(), Some(NoteId(9)));
        assert!(html.contains(r#"action="?/people/note-rewrite""#), "{html}");
        assert!(!html.contains("/people/note-write"), "one form for notes: {html}");
        let form =
            html.split(r#"action="?/people/note-delete""#).nth(1).and_then(|rest| rest.split("</form>").next());
        assert!(form.is_some_and(|form| form.contains(r#"name="version" value="1""#)), "{html}");
        assert!(html.contains(r#"name="version" value="1""#), "{html}");
    }

    #[test]
    fn who_may_not_read_notes_is_not_told_that_there_are_any() {
        let page = PersonPage { notes: None, may_give_card: false, ..somebody() };
        assert!(!words(&shown(page, None)).contains("Notes"));
    }
}
