//! Preview of a list: its columns, which can be reassigned, counts by outcome, and each line's outcome.

use super::{At, Calls};
use crate::{
    lang,
    sign_in_redirect::query,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        form::{Form, hidden},
        icon::Icon,
    },
};
use contract::imports::{DryRun, LineView};
use domain::imports::{self, Column, Heading, LeftOut, Sum, dates::DateOrder};
use leptos::prelude::*;
use text::{Lang, time};

/// The page below its heading, without requests, so that tests can render it.
#[component]
pub(super) fn Preview(run: RwSignal<DryRun>, at: Memo<At>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let done = answered(calls.apply);
    let headings = Memo::new(move |_| run.with(|run| (run.headings.clone(), run.applied.is_some())));
    // The chosen order of dates, where it is asked.
    let dates = Memo::new(move |_| run.with(|run| (run.asks_dates, run.dates)));
    let head = Memo::new(move |_| run.with(|run| (run.sum, run.applied, run.until)));
    let digest = Memo::new(move |_| run.with(|run| run.digest.clone()));
    view! {
        <div role="status">
            {dynamic(move || done.get().map(|sum: Sum| view! {
                <Banner tone=Tone::Go icon="circle-check" title=t.import_done(sum.added, sum.changed, sum.cards, sum.grants)>""</Banner>
            }))}
            {dynamic(move || head.get().1.filter(|_| done.with(Option::is_none)).map(|when| view! {
                <Banner tone=Tone::Info icon="info" title=t.import_was_applied(&time::clock(when))>""</Banner>
            }))}
        </div>
        <div role="alert">{dynamic(move || nobody(t, &headings.get().0).map(|title| view! {
            <Banner tone=Tone::Bad icon="octagon-alert" title>""</Banner>
        }))}</div>
        {dynamic(move || headings.with(|(headings, applied)| left_out(t, headings).filter(|_| !applied)).map(|(title, next)| view! {
            <Banner tone=Tone::Warn icon="triangle-alert" title>{next}</Banner>
        }))}
        {dynamic(move || {
            let (headings, applied) = headings.get();
            let dates = dates.get();
            (!applied).then(|| view! { <Columns headings dates at calls/> })
        })}
        // Without a key column there is nothing to show line by line.
        {dynamic(move || headings.with(|(headings, _)| nobody(t, headings).is_none()).then(|| view! {
            <section class="group" aria-labelledby="would">
                <h2 class="group-head" id="would">{t.import_would()}</h2>
                {dynamic(move || Some(view! { <Counts sum=head.get().0/> }))}
                {dynamic(move || {
                    let (sum, applied, until) = head.get();
                    (applied.is_none() && sum.does_something()).then(|| view! { <Applying sum until=time::clock(until) digest at calls/> })
                })}
                {dynamic(move || Some(view! { <Table run=run.get() at=at.get()/> }))}
            </section>
        }))}
    }
}

/// Why no column identifies a person: the columns of the list, and those that would do.
fn nobody(t: Lang, headings: &[Heading]) -> Option<String> {
    let who = [Column::Key, Column::Email];
    let tells = |column| who.contains(&column) || column == Column::Who;
    if headings.iter().any(|heading| heading.column.is_some_and(tells)) {
        return None;
    }
    let found: Vec<_> =
        headings.iter().map(|heading| heading.title.as_str()).filter(|it| !it.is_empty()).collect();
    let [key, email] = who.map(|column| t.import_column(column));
    Some(t.import_no_who(&found.join(", "), &t.import_either(key, email)))
}

/// The ignored columns, and what to do about them.
fn left_out(t: Lang, headings: &[Heading]) -> Option<(String, String)> {
    let LeftOut { unknown, without_type } = imports::left_out(headings);
    let named = |heading: &&Heading| {
        let name = if heading.title.is_empty() { &heading.sample } else { &heading.title };
        format!("“{name}”")
    };
    let columns: Vec<_> = unknown.iter().chain(&without_type).map(named).collect();
    let unknown = (!unknown.is_empty()).then(|| t.import_left_out_unknown().to_owned());
    let without = (!without_type.is_empty()).then(|| t.import_left_out_without(t.import_column(Column::Type)));
    let next: Vec<_> = unknown.into_iter().chain(without).collect();
    (!columns.is_empty()).then(|| (t.import_left_out(&columns.join(", ")), next.join(" ")))
}

/// The meaning of each column, changeable by hand.
#[component]
fn Columns(
    headings: Vec<Heading>,
    /// Whether the order of dates is asked, and the answer.
    dates: (bool, Option<DateOrder>),
    at: Memo<At>,
    calls: Calls,
) -> impl IntoView {
    let t = lang::current();
    let file = at.with_untracked(|at| at.file.clone());
    view! {
        <section class="card" aria-labelledby="columns">
            <div class="card-head"><h2 id="columns">{t.import_columns_head()}</h2></div>
            <Form action=calls.columns>
                {hidden("file", &file)}
                <div class="import-columns">
                    {headings.into_iter().enumerate().map(|(at, heading)| view! { <Choice at heading/> }).collect_view()}
                    {dates.0.then(|| date_order(dates.1))}
                </div>
                <div class="btn-row"><Submit label=t.import_columns_save() busy=calls.columns.pending()/></div>
            </Form>
        </section>
    }
}

#[component]
fn Choice(at: usize, heading: Heading) -> impl IntoView {
    let t = lang::current();
    let (id, name) = (format!("column-{at}"), format!("columns[{at}]"));
    let Heading { title, sample, column } = heading;
    let title = if title.is_empty() { (at + 1).to_string() } else { title };
    view! {
        <div class="field">
            <label for=id.clone()>{title}</label>
            <select class="input select" id=id name=name>
                <option value="" selected=column.is_none()>{t.column_none()}</option>
                {Column::ALL.iter().map(|&one| {
                    let is = column == Some(one);
                    view! { <option value=one.as_str() selected=is>{t.import_column(one)}</option> }
                }).collect_view()}
            </select>
            <p class="hint">{sample}</p>
        </div>
    }
}

/// Whether the day or the month comes first.
fn date_order(message: Option<DateOrder>) -> AnyView {
    let t = lang::current();
    let option = |order: DateOrder, label| view! { <option value=order.as_str() selected=message == Some(order)>{label}</option> };
    view! {
        <div class="field">
            <label for="dates">{t.import_dates()}</label>
            <select class="input select" id="dates" name="dates">
                <option value="" selected=message.is_none()>{t.import_dates_unsaid()}</option>
                {option(DateOrder::DayFirst, t.import_day_first())}
                {option(DateOrder::MonthFirst, t.import_month_first())}
            </select>
        </div>
    }
    .into_any()
}

/// Counts by outcome.
#[component]
fn Counts(sum: Sum) -> impl IntoView {
    let t = lang::current();
    let counts = [
        (t.import_added(), sum.added),
        (t.import_changed_people(), sum.changed),
        (t.import_cards(), sum.cards),
        (t.import_grants(), sum.grants),
        (t.import_unchanged(), sum.unchanged),
        (t.import_noted(), sum.noted),
        (t.import_faulty(), sum.faulty),
    ];
    view! {
        <dl class="kpis">
            {counts.into_iter().map(|(name, count)| view! { <div><dt>{name}</dt><dd>{count}</dd></div> }).collect_view()}
        </dl>
    }
}

/// The form that applies the list.
#[component]
fn Applying(sum: Sum, until: String, digest: Memo<String>, at: Memo<At>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let actions = sum.added + sum.changed + sum.cards + sum.grants;
    let file = at.with_untracked(|at| at.file.clone());
    view! {
        <div class="card">
            {(sum.faulty > 0).then(|| view! { <p>{t.import_apply_lead(sum.faulty)}</p> })}
            <Form action=calls.apply>
                {hidden("file", &file)}
                // Applies exactly the displayed list, or nothing.
                <input type="hidden" name="digest" value=Signal::derive(move || digest.get())/>
                <div class="btn-row">
                    <Submit label=t.import_apply(actions) kind=Kind::Primary busy=calls.apply.pending()/>
                    <span class="small muted">{t.import_until(&until)}</span>
                </div>
            </Form>
        </div>
    }
}

/// Address of this page of the file.
fn address(at: &At, page: u32, only_faulty: bool) -> String {
    let (page, show) = (page.to_string(), if only_faulty { "faulty".to_owned() } else { String::new() });
    let words = [("file", &at.file), ("show", &show), ("page", &page)];
    query(
        "/import",
        words.into_iter().filter(|(name, code)| !(code.is_empty() || (*name == "page" && *code == "1"))),
    )
}

#[component]
fn Table(run: DryRun, at: At) -> impl IntoView {
    let t = lang::current();
    let (page, pages) = (run.page, run.pages);
    let chip = |label: &'static str, only_faulty: bool, count: u32| {
        let current = (at.only_faulty == only_faulty).then_some("true");
        view! {
            <a class="chip" href=address(&at, 1, only_faulty) data-noscroll aria-current=current>
                {label}" "<span class="n">{count}</span>
            </a>
        }
    };
    view! {
        <div class="chips" role="group" aria-label=t.import_lines()>
            {chip(t.import_all_lines(), false, run.lines)}
            {chip(t.import_only_faulty(), true, run.sum.faulty + run.sum.noted)}
        </div>
        <div class="table-wrap">
            <table class="table import">
                <caption class="visually-hidden">{t.import_would()}</caption>
                <thead><tr>
                    <th scope="col">{t.import_line()}</th><th scope="col">{t.import_who()}</th><th scope="col">{t.import_outcome()}</th>
                </tr></thead>
                <tbody>{run.shown.into_iter().map(|line| view! { <Row line/> }).collect_view()}</tbody>
            </table>
        </div>
        {(pages > 1).then(|| view! {
            <nav class="btn-row" aria-label=t.import_lines()>
                {(page > 1).then(|| view! { <ButtonLink href=address(&at, page - 1, at.only_faulty) label=t.import_before().to_owned() icon="chevron-left"/> })}
                <span class="muted">{t.import_page_of(&page.to_string(), &pages.to_string())}</span>
                {(page < pages).then(|| view! { <ButtonLink href=address(&at, page + 1, at.only_faulty) label=t.import_after().to_owned() icon="chevron-right"/> })}
            </nav>
        })}
    }
}

/// One line with its outcome as text.
#[component]
fn Row(line: LineView) -> impl IntoView {
    let t = lang::current();
    let outcomes = outcomes(t, &line);
    let name = match line.person {
        Some(id) => view! { <a class="name" href=format!("/people/{id}")>{line.name}</a> }.into_any(),
        None => line.name.into_any(),
    };
    view! {
        <tr>
            <td class="muted">{line.number}</td>
            <td>{name}</td>
            <td>{outcomes.into_iter().map(|(tone, icon, words)| view! {
                <p class="import-fate" data-tone=tone><Icon name=icon/><span>{words}</span></p>
            }).collect_view()}</td>
        </tr>
    }
}

/// Tone, icon and text of a line's outcome.
fn outcomes(t: Lang, line: &LineView) -> Vec<(&'static str, &'static str, String)> {
    let faults = line.faults.iter().map(|fault| ("bad", "octagon-alert", t.import_fault(fault)));
    let notes = line.notes.iter().map(|note| ("warn", "triangle-alert", t.import_note(note)));
    let actions = line.actions.iter().map(|action| ("go", "check", t.import_action(action)));
    let mut outcomes: Vec<_> = faults.chain(notes).chain(actions).collect();
    if outcomes.is_empty() {
        outcomes.push(("", "circle-check", t.import_nothing_line().to_owned()));
    }
    outcomes
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        call::Call,
        testing::{NOW, html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::{
        id::{PersonId, TypeId},
        imports::{LineAction, LineError, Note},
        problem::Problem,
        qualifications::{Relation, Subject},
        time::Date,
    };

    fn render(applied: bool, lines: Vec<LineView>) -> String {
        shown_to(visitor(Lang::En), applied, lines)
    }

    fn shown_to(visitor: Visitor, applied: bool, lines: Vec<LineView>) -> String {
        let heading =
            Heading { title: "Mail".into(), sample: "a@example.org".into(), column: Some(Column::Email) };
        shown_with(visitor, vec![heading], applied, lines)
    }

    fn shown_with(visitor: Visitor, headings: Vec<Heading>, applied: bool, lines: Vec<LineView>) -> String {
        html(visitor, "/import?file=x", move || {
            let sum = Sum { added: 2, faulty: 1, ..Sum::default() };
            let run = RwSignal::new(DryRun {
                now: NOW,
                until: NOW,
                headings,
                asks_dates: lines.iter().any(|line| line.faults == [LineError::EitherOrder(Column::Since)]),
                dates: None,
                lines: 60,
                sum,
                shown: lines,
                page: 1,
                pages: 2,
                applied: applied.then_some(NOW),
                digest: "as-shown".into(),
            });
            let at = Memo::new(|_| At { file: "x".into(), page: 1, only_faulty: false });
            view! { <Preview run at calls=Calls { columns: Call::new(), apply: Call::new() }/> }
        })
    }

    fn line(actions: Vec<LineAction>, notes: Vec<Note>, faults: Vec<LineError>) -> LineView {
        LineView { number: 7, name: "Ada".into(), person: Some(PersonId(1)), actions, notes, faults }
    }

    #[test]
    fn ambiguous_dates_ask_for_date_order() {
        let unclear = render(false, vec![line(vec![], vec![], vec![LineError::EitherOrder(Column::Since)])]);
        assert!(
            unclear.contains(r#"name="dates""#) && words(&unclear).contains("Choose it under Columns"),
            "{unclear}"
        );
        assert!(!render(false, vec![line(vec![LineAction::Add], vec![], vec![])]).contains(r#"name="dates""#));
    }

    #[test]
    fn import_lines_show_outcome_and_reason() {
        let grant = LineAction::Grant {
            subject: Subject::Type(TypeId(3)),
            name: "Laser".into(),
            relation: Relation::User,
            from: Date::from_iso("2025-05-03"),
            by: Some((PersonId(6), "Tess".into())),
        };
        let html = render(
            false,
            vec![
                line(vec![], vec![], vec![LineError::EmailOf("Bob".into())]),
                line(vec![grant], vec![Note::CardLost], vec![]),
                line(vec![], vec![], vec![]),
            ],
        );
        let content = words(&html);
        for words in [
            "This e-mail is Bob’s.",
            "reported lost",
            "Laser: may use, from 2025-05-03, trained by Tess",
            "no change",
            "Page 1 of 2",
        ] {
            assert!(content.contains(words), "{words} is not in {content}");
        }
        assert!(html.contains(r#"name="columns[0]""#) && html.contains(r#"value="email" selected"#), "{html}");
        assert!(
            content.contains("Apply 2 changes") && content.contains("1 line with errors is skipped"),
            "{content}"
        );
        assert!(html.contains(r#"href="/import?file=x&amp;page=2""#), "{html}");
        assert!(html.contains(r#"name="digest" value="as-shown""#), "{html}");
    }

    #[test]
    fn list_without_key_column_is_reported_once() {
        let heading = |title: &str| Heading { title: title.into(), sample: String::new(), column: None };
        let html = shown_with(
            visitor(Lang::En),
            vec![heading("foo"), heading("<bar>")],
            false,
            vec![line(vec![], vec![], vec![LineError::NoKey]), line(vec![], vec![], vec![LineError::NoKey])],
        );
        let content = words(&html);
        assert!(content.contains("that takes “Key” or “E-mail”. The list has foo, &lt;bar&gt;."), "{content}");
        assert!(!content.contains("No key and no e-mail") && !content.contains("What would change"), "{content}");
        assert!(html.contains(r#"name="columns[1]""#), "they can be read otherwise: {html}");
    }

    #[test]
    fn ignored_columns_are_listed() {
        let heading = |title: &str, column| Heading { title: title.into(), sample: String::new(), column };
        let mail = heading("Mail", Some(Column::Email));
        let with = |more: Vec<Heading>, applied| {
            let headings = std::iter::once(mail.clone()).chain(more).collect();
            words(&shown_with(visitor(Lang::En), headings, applied, vec![]))
        };
        let message = with(vec![heading("Training <b>", None), heading("Role", Some(Column::Relation))], false);
        assert!(message.contains("Ignored: “Training &lt;b&gt;”, “Role”"), "{message}");
        assert!(
            message.contains("Choose what each column is below. Without a column “Qualified on”"),
            "{message}"
        );
        assert!(!with(vec![], false).contains("Ignored"), "all is read");
        assert!(!with(vec![heading("Training", None)], true).contains("Ignored"), "it is too late");
    }

    #[test]
    fn apply_button_counts_changes() {
        let sum = Sum { added: 2, changed: 1, cards: 2, grants: 3, faulty: 4, unchanged: 5, noted: 6 };
        let html = html(visitor(Lang::En), "/import?file=x", move || {
            let at = Memo::new(|_| At { file: "x".into(), page: 1, only_faulty: false });
            let calls = Calls { columns: Call::new(), apply: Call::new() };
            view! { <Applying sum until=String::new() digest=Memo::new(|_| String::new()) at calls/> }
        });
        assert!(words(&html).contains("Apply 8 changes"), "{html}");
    }

    #[test]
    fn changed_list_is_shown_again_and_can_be_applied() {
        let problem = Problem::new(
            "import.changed",
            domain::problem::Kind::Conflict,
            "Check the list again, then apply it.",
        );
        let values = ["file", "digest"].map(|name| (name.to_owned(), "as-it-was".to_owned()));
        let echo = Echo { function: "/api/imports/apply".into(), values: values.into(), problem };
        let html = shown_to(Visitor { echo: Some(echo), ..visitor(Lang::En) }, false, vec![]);
        assert!(words(&html).contains("Check the list again, then apply it."), "{html}");
        assert!(html.contains(r#"name="digest" value="as-shown""#) && !html.contains("as-it-was"), "{html}");
    }

    #[test]
    fn applied_import_is_not_offered_again() {
        let html = render(true, vec![]);
        assert!(!html.contains("/imports/apply") && !html.contains("/imports/columns"), "{html}");
        assert!(words(&html).contains("Applied at 14:16"), "{html}");
    }
}
