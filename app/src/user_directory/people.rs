//! Who would change in a sync, the rules about groups, and how the last syncs went.

use super::{head, page_of};
use crate::{
    call::{Call, Function},
    clock::use_clock,
    lang,
    live_page::live_page,
    ui::{
        answer::managers_answer,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form, hidden},
        icon::Icon,
        register::{NewEntry, NoEntries, row_action},
        saved::Saved,
        select::Select,
    },
};
use contract::{
    group_mapping::{AddGroupRule, GroupRuleView, RemoveGroupRule},
    user_directory::{
        ApplyDirectorySync, DirectoryPage, DirectoryPreview, Effect as SyncEffect, PreviewDirectorySync,
        PreviewPart, RunView, SkippedPart, UnlinkFromDirectory,
    },
};
use domain::{id::PersonId, time::Moment, user_directory::Trouble};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

/// People who would be suspended, each with a button to keep them.
const KEPT: usize = 10;

type Preview = Function<PreviewDirectorySync>;
type Apply = Function<ApplyDirectorySync>;

#[derive(Debug, Clone, Copy)]
struct Calls {
    preview: Call<Preview>,
    apply: Call<Apply>,
    add: Call<Function<AddGroupRule>>,
    remove: Call<Function<RemoveGroupRule>>,
    unlink: Call<Function<UnlinkFromDirectory>>,
}

impl Calls {
    fn new() -> Self {
        Self {
            preview: Call::new(),
            apply: Call::new(),
            add: Call::new(),
            remove: Call::new(),
            unlink: Call::new(),
        }
    }

    fn versions(self) -> usize {
        let Self { preview, apply, add, remove, unlink } = self;
        let rules = add.version().get() + remove.version().get();
        preview.version().get() + apply.version().get() + unlink.version().get() + rules
    }
}

/// The page at `/directory`.
pub fn directory_page() -> AnyView {
    let calls = Calls::new();
    let page = page_of(move || calls.versions());
    live_page(lang::current().directory_title(), 4, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<DirectoryPage>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let synced = Memo::new(move |_| query.with(|query| query.get_str("synced").is_some()));
    let targets = page.with_untracked(|page| page.targets.clone());
    let is_open = page.with_untracked(|page| page.may_sync && page.directory.settings.is_some());
    view! {
        {dynamic(move || Some(page.with(|page| head(&page.directory, page.now, false))))}
        <Saved visible=synced message=t.directory_applied()/>
        {dynamic(move || Some(page.with(|page| {
            if page.directory.settings.is_none() { not_connected(t) } else { answer(t, page, calls) }
        })))}
        <div class="cols" hidden=move || page.with(|page| page.directory.settings.is_none())>
            <div class="col">{dynamic(move || page.with(|page| page.directory.settings.as_ref().map(|_| people(t, page, calls))))}</div>
            <div class="col">
                {dynamic(move || page.with(|page| page.directory.settings.as_ref().map(|_| rules(t, page, calls))))}
                {is_open.then(|| new_rule(t, targets, calls))}
            </div>
        </div>
    }
}

fn not_connected(t: Lang) -> AnyView {
    let none = NoEntries { icon: "plug", heading: t.directory_none(), next: t.directory_none_next() };
    view! {
        {none.card()}
        <div class="btn-row"><ButtonLink href="/directory/connection" label=t.directory_connect().to_owned() kind=Press::Primary/></div>
    }
    .into_any()
}

/// The largest thing: what a sync would change, or why there is none.
fn answer(t: Lang, page: &DirectoryPage, calls: Calls) -> AnyView {
    match (page.directory.trouble, &page.preview) {
        (Some(trouble), None) => failing(t, page, trouble),
        (_, Some(preview)) => planned(t, preview, page.now, page.may_sync, calls),
        (None, None) => unseen(t, page, calls),
    }
}

/// Whom a sync concerns, and how the last ones went.
fn people(t: Lang, page: &DirectoryPage, calls: Calls) -> AnyView {
    let parts = page.preview.as_ref().map(|preview| happenings(t, preview, page, calls));
    let meanwhile = page.directory.trouble.map(|_| meanwhile(t));
    view! {
        {parts}
        {meanwhile}
        {(!page.suspended.is_empty()).then(|| suspended(t, page, calls))}
        {(!page.runs.is_empty()).then(|| runs(t, &page.runs, page.now))}
    }
    .into_any()
}

fn dry_run(label: &'static str, kind: Press, calls: Calls) -> AnyView {
    view! { <Form action=calls.preview><Submit label kind busy=calls.preview.pending()/></Form> }.into_any()
}

/// The directory cannot be read.
fn failing(t: Lang, page: &DirectoryPage, trouble: Trouble) -> AnyView {
    let since = page
        .directory
        .synced
        .map_or_else(|| t.directory_no_sync().to_owned(), |at| t.directory_no_sync_since(&t.brief(at, page.now)));
    let because = view! { <p>{t.directory_trouble(trouble)}</p><p class="health" data-health="bad"><Icon name="octagon-alert"/><span>{since}</span></p> };
    managers_answer(t.directory_title(), t.directory_headline_of(trouble).to_owned(), because.into_any(), None)
}

/// No dry run yet, or one that is too old.
fn unseen(t: Lang, page: &DirectoryPage, calls: Calls) -> AnyView {
    let waits = page.directory.waits.then(|| {
        let why = if page.is_confirmed { t.directory_waits_next() } else { t.directory_waits_new_settings() };
        view! { <Banner tone=Tone::Warn icon="triangle-alert" title=t.directory_waits().to_owned()>{why}</Banner> }
    });
    let run = page.may_sync.then(|| {
        view! { <div class="btn-row">{dry_run(t.directory_run(), Press::Primary, calls)}</div> }.into_any()
    });
    let because = t.directory_dry_run_next().into_any();
    view! { {waits}{managers_answer(t.directory_title(), t.directory_no_dry_run_yet().to_owned(), because, run)} }
        .into_any()
}

/// The result of a dry run: the answer is how much changes, and who loses access.
fn planned(t: Lang, preview: &DirectoryPreview, now: Moment, may_sync: bool, calls: Calls) -> AnyView {
    let lose = preview.parts.iter().filter(|part| part.effect == SyncEffect::Suspend).map(|part| part.count).sum();
    let headline = if preview.changes == 0 {
        t.directory_nothing_to_do().to_owned()
    } else if lose > 0 {
        format!("{}, {}", t.directory_headline(preview.changes), t.directory_lose_access(lose))
    } else {
        t.directory_headline(preview.changes)
    };
    let at = t.directory_dry_run_at(&t.recent(preview.read, now));
    let (digest, label) = (preview.digest.clone(), t.directory_apply(preview.changes));
    let apply = (preview.changes > 0).then(|| {
        view! {
            <Form action=calls.apply>
                {hidden("digest", &digest)}
                <Submit label kind=Press::Primary busy=calls.apply.pending()/>
            </Form>
        }
    });
    let more = may_sync.then(|| {
        view! { <div class="btn-row">{dry_run(t.directory_run_again(), Press::Quiet, calls)}{apply}</div> }
            .into_any()
    });
    managers_answer(t.directory_title(), headline, at.into_any(), more)
}

/// What would happen, with the names.
fn happenings(t: Lang, preview: &DirectoryPreview, page: &DirectoryPage, calls: Calls) -> AnyView {
    let percent = page.directory.settings.as_ref().map_or(20, |settings| settings.most).to_string();
    let parts = preview.parts.iter().map(|PreviewPart { effect, of, count, names, people }| {
        let of = of.as_ref().map(|of| format!("{of}: ")).unwrap_or_default();
        let keeps = *effect == SyncEffect::Suspend && page.may_sync;
        let keep = keeps.then(|| {
            let each = people.iter().zip(names).take(KEPT);
            each.map(|(person, name)| unlink(*person, t.directory_keep(), name.clone(), calls)).collect_view()
        });
        let names = format!("{of}{}", listed(t, *count, names));
        line(
            *count,
            *effect == SyncEffect::Suspend,
            t.directory_effect(*effect),
            names,
            keep.map(IntoAny::into_any),
        )
    });
    let parts = parts.collect_view();
    let skipped = preview.skipped.iter().map(|SkippedPart { reason, count, names }| {
        line(*count, false, t.directory_skip(*reason), listed(t, *count, names), None)
    });
    let skipped = skipped.collect_view();
    view! {
        {(!preview.parts.is_empty()).then(|| view! {
            <section class="group" aria-labelledby="what">
                <h2 class="group-head" id="what">{t.directory_what()}</h2>
                <ul class="list would">{parts}</ul>
            </section>
        })}
        {(!preview.skipped.is_empty()).then(|| view! {
            <section class="group" aria-labelledby="stay">
                <h2 class="group-head" id="stay">{t.directory_stay()}</h2>
                <ul class="list">{skipped}</ul>
            </section>
        })}
        <p class="small muted"><Icon name="shield-check"/>" "{t.directory_brake(&percent)}</p>
    }
    .into_any()
}

/// What happens to how many people, with their names. `bad`: they lose something.
fn line(count: u32, bad: bool, what: &'static str, names: String, buttons: Option<AnyView>) -> AnyView {
    view! {
        <li><div class="item">
            <span class="amount" data-bad=bad.then_some("")>{count}</span>
            <span class="lines"><span class="t">{what}</span><span class="s">{names}</span></span>
            {buttons.map(|buttons| view! { <div class="acts">{buttons}</div> })}
        </div></li>
    }
    .into_any()
}

/// Removes a person's link, so that no sync suspends them.
fn unlink(person: PersonId, label: &'static str, name: String, calls: Calls) -> AnyView {
    view! {
        <Form action=calls.unlink>
            {hidden("person", &person)}
            <Submit label about=name busy=calls.unlink.pending()/>
        </Form>
    }
    .into_any()
}

/// Who is suspended because they left the directory.
fn suspended(t: Lang, page: &DirectoryPage, calls: Calls) -> AnyView {
    let may_sync = page.may_sync;
    let rows = page.suspended.iter().map(|(person, name)| {
        let (href, name) = (format!("/people/{person}"), name.clone());
        let button = may_sync.then(|| unlink(*person, t.directory_unlink(), name.clone(), calls));
        view! {
            <li><div class="item">
                <span class="lines"><a class="t link" href=href>{name}</a></span>
                <div class="acts">{button}</div>
            </div></li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="group" aria-labelledby="suspended">
            <h2 class="group-head" id="suspended">{t.directory_suspended()}</h2>
            <ul class="list">{rows}</ul>
            <p class="small muted">{t.directory_unlink_next()}</p>
        </section>
    }
    .into_any()
}

/// `Emre Demir, Lena Plank and 12 more`.
fn listed(t: Lang, count: u32, names: &[String]) -> String {
    let more = count.saturating_sub(u32::try_from(names.len()).unwrap_or(u32::MAX));
    let names = names.join(", ");
    if more == 0 { names } else { format!("{names} {}", t.directory_and_more(more)) }
}

/// What still works while the directory cannot be read.
fn meanwhile(t: Lang) -> AnyView {
    let lines = [
        ("check", t.directory_cards_work()),
        ("check", t.directory_local_works()),
        ("triangle-alert", t.directory_sign_in_fails()),
        ("triangle-alert", t.directory_leavers_stay()),
    ];
    view! {
        <section class="group" aria-labelledby="meanwhile">
            <h2 class="group-head" id="meanwhile">{t.directory_meanwhile()}</h2>
            <ul class="list">
                {lines.map(|(icon, words)| view! { <li><div class="item"><Icon name=icon/>" "{words}</div></li> }).collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

fn rules(t: Lang, page: &DirectoryPage, calls: Calls) -> AnyView {
    let none =
        NoEntries { icon: "network", heading: t.directory_mapping_none(), next: t.directory_mapping_none_next() };
    let may_sync = page.may_sync;
    let rows = page.rules.iter().map(|rule| {
        let is_unmatched = page.unmatched.contains(&rule.id);
        rule_row(t, rule, is_unmatched, may_sync, calls)
    });
    let rows = rows.collect_view();
    view! {
        <section class="group" aria-labelledby="mapping">
            <h2 class="group-head" id="mapping">{t.directory_mapping()}</h2>
            {if page.rules.is_empty() {
                none.card()
            } else {
                view! { <ul class="list">{rows}</ul><p class="small muted">{t.directory_mapping_sub()}</p> }.into_any()
            }}
        </section>
    }
    .into_any()
}

fn rule_row(t: Lang, rule: &GroupRuleView, is_unmatched: bool, may_sync: bool, calls: Calls) -> AnyView {
    let gives = t.group_rule_gives(&rule.gives, &rule.name);
    let gives = if rule.archived { format!("{gives} ({})", t.directory_archived()) } else { gives };
    let (external, about) = (rule.external.clone(), rule.external.clone());
    let unmatched = is_unmatched.then(|| {
        view! { <span class="s"><Icon name="triangle-alert"/>" "{t.directory_unmatched()}</span> }
    });
    let remove =
        may_sync.then(|| row_action(calls.remove, &rule.id, t.directory_remove_group(), about, Press::Ghost));
    view! {
        <li><div class="item">
            <span class="lines"><code class="t">{external}</code><span class="s"><Icon name="chevron-right"/>" "{gives}</span>{unmatched}</span>
            <div class="acts">{remove}</div>
        </div></li>
    }
    .into_any()
}

fn new_rule(t: Lang, targets: Vec<(String, String)>, calls: Calls) -> AnyView {
    let options: Vec<_> = targets
        .into_iter()
        .map(|(code, name)| {
            let label = t.group_rule_gives(&code, &name);
            (code, label)
        })
        .collect();
    let chosen = options.first().map(|(code, _)| code.clone()).unwrap_or_default();
    view! {
        <NewEntry title=t.directory_add_group()>
            <Form action=calls.add afresh=true>
                {hidden("source", &"directory")}
                <Field name="external" label=t.directory_group_there() hint=t.directory_group_hint() autocomplete="off"/>
                <Select name="gives" label=t.directory_gives() options chosen=Signal::stored(chosen)/>
                <div class="btn-row"><Submit label=t.directory_add_group() kind=Press::Primary busy=calls.add.pending()/></div>
            </Form>
        </NewEntry>
    }
    .into_any()
}

fn runs(t: Lang, runs: &[RunView], now: Moment) -> AnyView {
    let rows = runs.iter().map(|run| {
        let result = match run.trouble {
            Some(trouble) => t.directory_headline_of(trouble).to_owned(),
            None if run.waits => t.directory_run_waits().to_owned(),
            None => t.directory_changes(run.changes),
        };
        let how = format!("{} · {}", t.directory_run_kind(run.kind), t.directory_linked(run.people));
        view! { <tr><td>{t.brief(run.began, now)}</td><td>{how}</td><td>{result}</td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <section class="group" aria-labelledby="tries">
            <h2 class="group-head" id="tries">{t.directory_tries()}</h2>
            <div class="table-wrap"><table class="table">
                <thead><tr>
                    <th scope="col">{t.directory_tried_at()}</th>
                    <th scope="col">{t.directory_tried_people()}</th>
                    <th scope="col">{t.directory_tried_result()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, visitor, words},
        user_directory::samples,
    };
    use contract::user_directory::DirectoryView;
    use domain::{
        id::GroupRuleId,
        user_directory::{RunKind, sync::Skip},
    };

    fn render(lang: Lang, page: DirectoryPage) -> String {
        html(visitor(lang), "/directory", move || {
            let page = RwSignal::new(page);
            view! { <Page page calls=Calls::new()/> }
        })
    }

    fn preview() -> DirectoryPreview {
        let part = |effect, of: Option<&str>, count, names: &[&str]| PreviewPart {
            effect,
            of: of.map(str::to_owned),
            count,
            names: names.iter().map(|&name| name.to_owned()).collect(),
            people: if effect == SyncEffect::Suspend { vec![PersonId(44)] } else { vec![] },
        };
        DirectoryPreview {
            digest: "3f6c".into(),
            read: NOW,
            people: 214,
            changes: 118,
            needs_confirmation: false,
            parts: vec![
                part(SyncEffect::Join, None, 112, &["Emre Demir", "Lena Plank"]),
                part(SyncEffect::Qualify, Some("Laser cutters"), 5, &["Li Wen"]),
                part(SyncEffect::Suspend, None, 1, &["Ruth Amrein"]),
            ],
            skipped: vec![SkippedPart { reason: Skip::EmailTwice, count: 2, names: vec!["Anna Berger".into()] }],
            unmatched: vec![],
        }
    }

    #[test]
    fn headline_shows_who_loses_access_before_it_happens() {
        let page = DirectoryPage { preview: Some(preview()), ..samples::page() };
        let html = render(Lang::En, page);
        let content = words(&html);
        for part in [
            "118 changes, 1 person loses access",
            "Nothing has been changed yet.",
            "Emre Demir, Lena Plank and 110 more",
            "Laser cutters: Li Wen",
            "Ruth Amrein",
            "two directory accounts with one address",
            "Apply 118 changes",
        ] {
            assert!(content.contains(part), "{part} in {content}");
        }
        assert!(html.contains(r#"name="digest" value="3f6c""#), "{html}");
        assert!(html.contains(r#"aria-label="Keep: Ruth Amrein""#), "{html}");
        assert!(html.contains(r#"name="person" value="44""#), "{html}");
    }

    #[test]
    fn waiting_sync_shows_whether_the_settings_are_new() {
        let directory = DirectoryView { waits: true, ..samples::page().directory };
        for (is_confirmed, why) in
            [(true, "more people than it may without you"), (false, "since the connection was changed")]
        {
            let page = DirectoryPage { directory: directory.clone(), is_confirmed, ..samples::page() };
            let content = words(&render(Lang::En, page));
            assert!(content.contains("A sync waits for you") && content.contains(why), "{why} in {content}");
        }
    }

    #[test]
    fn failing_directory_shows_everything_that_still_works() {
        let directory = DirectoryView {
            trouble: Some(Trouble::Certificate),
            failing_since: Some(ago(90)),
            ..samples::page().directory
        };
        let run = RunView {
            kind: RunKind::Timed,
            began: ago(30),
            trouble: Some(Trouble::Certificate),
            people: 0,
            changes: 0,
            waits: false,
        };
        let content = words(&render(Lang::En, DirectoryPage { directory, runs: vec![run], ..samples::page() }));
        for part in
            ["No sync since", "Its certificate is not valid", "Cards and machines work as before", "automatic"]
        {
            assert!(content.contains(part), "{part} in {content}");
        }
    }

    #[test]
    fn rule_shows_its_group_and_gift() {
        let rule = GroupRuleView {
            id: GroupRuleId(4),
            external: "laser-course-done".into(),
            gives: "user:7".into(),
            name: "Laser cutters".into(),
            archived: false,
        };
        let page = DirectoryPage { rules: vec![rule], ..samples::page() };
        let html = render(Lang::En, page.clone());
        let content = words(&html);
        assert!(content.contains("laser-course-done") && content.contains("May use Laser cutters"), "{content}");
        let unmatched = "Nobody in the directory has this group.";
        assert!(!content.contains(unmatched), "{content}");
        let page = DirectoryPage { unmatched: vec![GroupRuleId(4)], ..page };
        assert!(words(&render(Lang::En, page)).contains(unmatched));
        assert!(
            html.contains(r#"action="?/group-rules/remove""#) && html.contains(r#"value="group:3""#),
            "{html}"
        );
    }

    #[test]
    fn unconnected_directory_leads_to_its_connection() {
        let directory = DirectoryView { settings: None, version: 0, ..samples::page().directory };
        let html = render(Lang::It, DirectoryPage { directory, ..samples::page() });
        assert!(html.contains(r#"href="/directory/connection""#), "{html}");
        assert!(!html.contains("group-rules/add"), "{html}");
    }
}
