//! The page at `/export`: a POST form for each list, because an export is audited.
//!
//! Invariant: ordinary forms, so that the browser downloads the response; invalid filters come back in the address
//! with the input.

use super::refused_below;
use crate::{
    lang,
    ui::{
        form::{Field, FormState},
        icon::Icon,
        refused::Refused,
        select::Select,
    },
    visitor::use_visitor,
};
use domain::{
    actor::Rank,
    people::PersonStatus,
    problem::{Kind, Problem},
};
use leptos::{context::Provider, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::Lang;

pub fn export_page() -> AnyView {
    match refused_below(Rank::Manager) {
        Some(problem) => view! { <Refused problem/> }.into_any(),
        None => view! { <Lists/> }.into_any(),
    }
}

#[component]
fn Lists() -> impl IntoView {
    let t = lang::current();
    let query = use_query_map();
    let code = move |name| query.with_untracked(|query| query.get_str(name).unwrap_or_default().to_owned());
    let problem = wrong(t, &code("refused"), &["status", "on"]);
    let administers = use_visitor().who.is_some_and(|me| me.rank == Rank::Administrator);
    let lists = [
        ("people", t.people_heading(), t.export_people(), true),
        ("qualifications", t.person_qualifications(), t.export_qualifications(), true),
        ("groups", t.groups_title(), t.nav_groups_next(), true),
        ("cards", t.person_cards(), t.export_cards(), administers),
    ];
    view! {
        <Title text=t.export_title()/>
        <a class="crumb" href="/people"><Icon name="chevron-left"/>{t.people_heading()}</a>
        <header class="page-head"><h1>{t.export_title()}</h1><p class="sub">{t.export_sub()}</p></header>
        <section class="card" aria-labelledby="lists-head">
            <div class="card-head"><h2 id="lists-head">{t.export_lists()}</h2></div>
            // An ordinary form, so that the browser downloads the response.
            <form class="form" method="post" action="/export/people.csv">
                {problem_message(problem.as_ref())}
                <Provider value=FormState::refused(problem)>
                    <Select name="status" label=t.export_status() options=statuses(t) chosen=code("status")/>
                    <Field name="on" label=t.export_on() value=code("on") hint=t.export_on_hint()/>
                </Provider>
                {lists.into_iter().filter(|(.., may)| *may).map(|(list, title, second, _)| view! {
                    <div><h3>{title}</h3><p class="small muted">{second}</p></div>
                    <Take list/>
                }).collect_view()}
            </form>
        </section>
        <Uses/>
    }
}

/// Status filter.
fn statuses(t: Lang) -> Vec<(String, String)> {
    let here = PersonStatus::ALL.iter().filter(|&&status| status != PersonStatus::Left);
    let each = here.map(|&status| (status.as_str().to_owned(), t.person_status(status).to_owned()));
    std::iter::once((String::new(), t.export_status_all().to_owned())).chain(each).collect()
}

/// Buttons for both file formats.
#[component]
fn Take(list: &'static str) -> impl IntoView {
    let t = lang::current();
    let forms = ["csv", "xlsx"].map(|ending| {
        let file = format!("{list}.{ending}");
        view! { <button class="btn" formaction=format!("/export/{file}")>{t.export_take(&file)}</button> }
    });
    view! { <div class="btn-row">{forms}</div> }
}

/// Uses and interventions, by period, machine and person.
#[component]
fn Uses() -> impl IntoView {
    let t = lang::current();
    let query = use_query_map();
    let code = move |name| query.with_untracked(|query| query.get_str(name).unwrap_or_default().to_owned());
    let problem = wrong(t, &code("refused"), &["from", "to", "machine", "person"]);
    let ticked = !code("unauthorised").is_empty();
    view! {
        <section class="card" aria-labelledby="uses-head">
            <div class="card-head"><h2 id="uses-head">{t.export_uses()}</h2></div>
            <p class="muted">{t.export_uses_sub()}</p>
            <form class="form" method="post" action="/export/uses.csv">
                {problem_message(problem.as_ref())}
                <Provider value=FormState::refused(problem)>
                    <Field name="from" kind="date" label=t.audit_from() value=code("from")/>
                    <Field name="to" kind="date" label=t.audit_to() value=code("to")/>
                    <Field name="machine" label=t.export_machine() value=code("machine") hint=t.export_machine_hint()/>
                    <Field name="person" label=t.export_person() value=code("person") hint=t.export_person_hint()/>
                </Provider>
                <label class="tick">
                    <input type="checkbox" name="unauthorised" value="yes" checked=ticked/>
                    <span>{t.export_unauthorised()}</span>
                </label>
                <Take list="uses"/>
                <Take list="interventions"/>
            </form>
        </section>
    }
}

/// The error of the filter in one sentence.
fn problem_message(problem: Option<&Problem>) -> impl IntoView + use<> {
    let message = problem.map(|problem| {
        view! { <p class="form-summary"><Icon name="octagon-alert"/><span>{problem.detail.clone()}</span></p> }
    });
    view! { <div role="alert">{message}</div> }
}

/// Errors in a form with these fields, by the codes in the address: `from.day`.
fn wrong(t: Lang, words: &str, fields: &[&str]) -> Option<Problem> {
    if words == "too-long" && fields.contains(&"from") {
        return Some(Problem::new("export.too-long", Kind::Invalid, t.export_too_long()));
    }
    let faulty = words.split(',').filter_map(|name| {
        let (field, why) = name.split_once('.').filter(|(field, _)| fields.contains(field))?;
        let message = match why {
            "day" => t.audit_no_day(),
            "backwards" => t.audit_backwards(),
            "long" => t.audit_too_long(),
            "choice" => t.history_no_kind(),
            _ => return None,
        };
        Some((field, message))
    });
    let problem = Problem::new("export.filter", Kind::Invalid, t.audit_filter_invalid());
    let problem = faulty.fold(problem, |problem, (field, message)| problem.field(field, message));
    (!problem.fields.is_empty()).then_some(problem)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor, words},
        visitor::{Me, Visitor},
    };
    use domain::id::PersonId;

    fn render(rank: Rank, address: &'static str) -> String {
        let me = Me { id: PersonId(1), name: "Ada".into(), rank, asleep: false, auditor: false, trains: false };
        html(Visitor { who: Some(me), ..visitor(Lang::En) }, address, || view! { <Lists/> })
    }

    #[test]
    fn card_export_is_limited_to_administrators() {
        let administrator = render(Rank::Administrator, "/export");
        assert!(administrator.contains(r#"formaction="/export/cards.csv""#), "{administrator}");
        assert!(administrator.contains(r#"value="suspended""#) && !administrator.contains(r#"value="left""#));
        assert!(administrator.contains(r#"formaction="/export/cards.xlsx""#), "{administrator}");
        let manager = render(Rank::Manager, "/export");
        assert!(manager.contains(r#"formaction="/export/interventions.xlsx""#), "{manager}");
        assert!(!manager.contains("cards.") && manager.contains("people.csv"), "{manager}");
    }

    #[test]
    fn invalid_export_filter_shows_errors_and_preserves_input() {
        let html = render(Rank::Manager, "/export?refused=from.day,machine.long&from=yesterday&person=Bo");
        let content = words(&html);
        assert!(
            content.contains("This filter is not valid.") && content.contains("Enter a day like"),
            "{content}"
        );
        assert!(content.contains("Use 200 characters at most."), "{content}");
        assert!(html.contains(r#"value="yesterday""#) && html.contains(r#"value="Bo""#), "{html}");
        let choice =
            render(Rank::Manager, "/export?refused=status.choice&status=member&on=laser&unauthorised=yes");
        let content = words(&choice);
        assert_eq!(content.matches("This filter is not valid.").count(), 1, "{content}");
        assert!(content.contains("Choose one from the list.") && choice.contains(r#"value="laser""#), "{choice}");
        assert!(choice.contains(r#"name="unauthorised" value="yes" checked"#), "{choice}");
        let fine = render(Rank::Manager, "/export");
        assert!(!fine.contains("aria-invalid=\"true\"") && !words(&fine).contains("This filter"), "{fine}");
    }
}
