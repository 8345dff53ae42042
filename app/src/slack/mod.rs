//! Slack: connecting the app of the space, which notices go to which channel, and what commands answer.
//!
//! Invariant: token and secret are typed here and never shown. Not here: a person's own account ([`own`]).

pub mod own;

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    connections::crumb,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::{dynamic, text},
        empty::Empty,
        form::{Field, Form, Summary, hidden, is_open},
        icon::Icon,
        saved::Saved,
    },
};
use contract::slack::{self as contract_slack, CommandCount, ReadSlack, SlackRuleView, SlackView, WorkspaceView};
use domain::{live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

type Connect = Function<contract_slack::ConnectSlack>;
type Disconnect = Function<contract_slack::DisconnectSlack>;
type SetRule = Function<contract_slack::SetSlackRule>;
type Test = Function<contract_slack::TestSlackRule>;

/// The id of the list of known channels.
const CHANNELS: &str = "slack-channels";

/// The calls of this page.
#[derive(Debug, Clone, Copy)]
struct Calls {
    connect: Call<Connect>,
    disconnect: Call<Disconnect>,
    set_rule: Call<SetRule>,
    test: Call<Test>,
}

impl Calls {
    fn new() -> Self {
        Self { connect: Call::new(), disconnect: Call::new(), set_rule: Call::new(), test: Call::new() }
    }

    fn version(self) -> usize {
        self.connect.version().get()
            + self.disconnect.version().get()
            + self.set_rule.version().get()
            + self.test.version().get()
    }
}

/// The page at `/slack`.
pub fn slack_page() -> AnyView {
    let (live, calls) = (use_live(), Calls::new());
    let page: PageResource<SlackView> = page_resource(
        move || (live.version(Noun::Deliveries), live.version(Noun::Space), calls.version()),
        |_| load(&ReadSlack {}),
    );
    live_page(lang::current().slack_title(), 5, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<SlackView>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let done =
        move |what: &'static str| Memo::new(move |_| query.with(|query| query.get_str("done") == Some(what)));
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    view! {
        {crumb()}
        <header class="page-head">
            <h1>{t.slack_title()}</h1>
            {dynamic(move || page.with(|page| page.workspace.as_ref().map(|one| health(t, one, page.now))))}
        </header>
        <Saved visible=saved message=t.slack_connected()/>
        <Saved visible=done("tested") message=t.slack_tested()/>
        <Saved visible=done("disconnected") message=t.slack_disconnected()/>
        {content(page, calls)}
    }
}

/// How the connection does, in one line.
fn health(t: Lang, workspace: &WorkspaceView, now: Moment) -> AnyView {
    let name = workspace.name.as_str();
    let (data, icon, words) = match (workspace.paused, workspace.last_success) {
        (Some(since), _) => ("bad", "octagon-alert", t.slack_paused_since(name, &t.since(since, now))),
        (None, Some(at)) => ("ok", "circle-check", t.slack_last_message(name, &t.recent(at, now))),
        (None, None) => ("off", "clock", name.to_owned()),
    };
    view! { <p class="health push" data-health=data><Icon name=icon/><span>{words}</span></p> }.into_any()
}

/// Everything below the head. Each part follows what it shows alone, so that news replaces no form with input.
fn content(page: RwSignal<SlackView>, calls: Calls) -> AnyView {
    let is_connected = Memo::new(move |_| page.with(|page| page.workspace.is_some()));
    let may_connect = Memo::new(move |_| page.with(|page| page.may_connect));
    dynamic(move || {
        let (is_connected, may_connect) = (is_connected.get(), may_connect.get());
        Some(if is_connected { connected(page, may_connect, calls) } else { unconnected(may_connect, calls) })
    })
    .into_any()
}

fn unconnected(may_connect: bool, calls: Calls) -> AnyView {
    let t = lang::current();
    view! {
        <div class="card"><Empty icon="megaphone">
            <h2>{t.slack_none()}</h2>
            <p>{t.slack_none_next()}</p>
            {(!may_connect).then(|| view! { <p class="muted small">{t.slack_ask_administrator()}</p> })}
        </Empty></div>
        {may_connect.then(|| connect(t, t.slack_connect(), calls))}
    }
    .into_any()
}

fn connected(page: RwSignal<SlackView>, may_connect: bool, calls: Calls) -> AnyView {
    let t = lang::current();
    let paused = Memo::new(move |_| {
        page.with(|page| page.workspace.as_ref().filter(|one| one.paused.is_some()).map(|one| one.waiting))
    });
    let rules = Memo::new(move |_| page.with(|page| (page.rules.clone(), page.channels.clone())));
    let is_open = paused.get_untracked().is_some() || is_open("token", "/api/slack/connect");
    view! {
        {dynamic(move || paused.get().map(|waiting| view! {
            <Banner tone=Tone::Bad icon="octagon-alert" title=t.slack_paused_title().to_owned()>
                {t.slack_paused_next(waiting)}
            </Banner>
        }))}
        <div class="aside-cols">
            <div class="col">
                {dynamic(move || {
                    let (rules, channels) = rules.get();
                    Some(routes(t, rules, channels, page.with_untracked(|page| page.now), calls))
                })}
            </div>
            <div class="col">
                {dynamic(move || Some(page.with(|page| shown_commands(t, &page.commands, page.commands_url.clone()))))}
                <section class="card stack" aria-labelledby="people">
                    <h2 id="people">{t.slack_people()}</h2>
                    <p class="small">{text(move || page.with(|page| t.slack_people_count(page.linked)))}</p>
                    <p class="small muted">{t.slack_people_how()}</p>
                </section>
                {dynamic(move || page.with(|page| trouble(t, page.workspace.as_ref()?, page.now)))}
                {may_connect.then(|| view! {
                    <details class="deed" open=is_open>
                        <summary>{t.slack_reconnect()}</summary>
                        {connect(t, t.slack_reconnect(), calls)}
                    </details>
                    <section class="card stack" aria-labelledby="disconnect">
                        <h2 id="disconnect">{t.slack_disconnect()}</h2>
                        <p class="small muted">{t.slack_disconnect_why()}</p>
                        <Form action=calls.disconnect>
                            <Submit label=t.slack_disconnect() kind=Press::Danger busy=calls.disconnect.pending()/>
                        </Form>
                    </section>
                })}
            </div>
        </div>
    }
    .into_any()
}

fn connect(t: Lang, label: &'static str, calls: Calls) -> AnyView {
    view! {
        <section class="card" aria-label=label>
            <Form action=calls.connect afresh=true>
                <Field name="token" label=t.slack_token() kind="password" hint=t.slack_token_hint() autocomplete="off"/>
                <Field name="secret" label=t.slack_secret() kind="password" hint=t.slack_secret_hint() autocomplete="off"/>
                <div class="btn-row"><Submit label kind=Press::Primary busy=calls.connect.pending()/></div>
            </Form>
        </section>
    }
    .into_any()
}

/// The last failure and what waits, unless everything is well.
fn trouble(t: Lang, workspace: &WorkspaceView, now: Moment) -> Option<AnyView> {
    let is_recent = workspace.last_failure > workspace.last_success;
    let failure = workspace.last_failure.zip(workspace.trouble).filter(|_| is_recent);
    let failure = failure.map(|(at, trouble)| t.slack_failed(&t.recent(at, now), t.slack_trouble(trouble)));
    let waiting = (workspace.waiting > 0).then(|| t.slack_waiting(workspace.waiting));
    let lines: Vec<_> = failure.into_iter().chain(waiting).collect();
    (!lines.is_empty()).then(|| {
        let lines =
            lines.into_iter().map(|line| view! { <p class="why"><Icon name="info"/><span>{line}</span></p> });
        lines.collect_view().into_any()
    })
}

/// A row for each kind of notice: its channel, and a test.
fn routes(t: Lang, rules: Vec<SlackRuleView>, channels: Vec<String>, now: Moment, calls: Calls) -> AnyView {
    let rows = rules.into_iter().map(|rule| route(t, rule, now, calls)).collect_view();
    let options = channels.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    view! {
        <section class="group" aria-labelledby="rules">
            <h2 class="group-head" id="rules">{t.slack_rules()}<span class="n">{t.slack_rules_hint()}</span></h2>
            <Summary action=calls.set_rule/>
            <Summary action=calls.test/>
            <datalist id=CHANNELS>{options}</datalist>
            <ul class="routes">{rows}</ul>
        </section>
    }
    .into_any()
}

fn route(t: Lang, rule: SlackRuleView, now: Moment, calls: Calls) -> AnyView {
    let SlackRuleView { kind, channel, sent, waiting, failing_since, trouble } = rule;
    let name = t.broadcast_kind(kind);
    let failing = failing_since.zip(trouble).map(|(since, trouble)| {
        let why = t.slack_trouble(trouble);
        let failing = t.slack_failing(channel.as_deref().unwrap_or_default(), why, &t.since(since, now));
        (if waiting > 0 { t.slack_failing_waiting(waiting, &failing) } else { failing }, trouble)
    });
    let is_off = channel.is_none();
    let second = match &failing {
        Some((failing, trouble)) => format!("{failing}. {}", t.slack_remedy(*trouble)),
        None if is_off => t.slack_not_sent().to_owned(),
        None => t.slack_sent(sent),
    };
    let invalid = failing.is_some().then_some("true");
    let pending = calls.test.pending();
    view! {
        <li data-off=is_off.then_some("") data-bad=failing.is_some().then_some("")>
            <span><span class="t">{name}</span><span class="s">{second}</span></span>
            <Form action=calls.set_rule beside=true>
                {hidden("kind", &kind.as_str())}
                <input class="input" name="channel" list=CHANNELS value=channel.unwrap_or_default() autocomplete="off"
                    spellcheck="false" placeholder="#" aria-label=t.slack_channel_for(name) aria-invalid=invalid/>
                <Submit label=t.slack_save() about=name busy=calls.set_rule.pending()/>
            </Form>
            {(!is_off).then(|| view! {
                <Form action=calls.test beside=true>
                    {hidden("kind", &kind.as_str())}
                    <button class="btn" data-icon="" data-kind="ghost" title=t.slack_test() aria-label=format!("{}: {name}", t.slack_test())
                        aria-busy=Signal::derive(move || pending.get().then_some("true"))><Icon name="send"/></button>
                </Form>
            })}
        </li>
    }
    .into_any()
}

/// What commands answer, and where Slack sends them.
fn shown_commands(t: Lang, commands: &[CommandCount], url: Option<String>) -> AnyView {
    let rows = commands.iter().map(|one| {
        view! {
            <li>
                <Icon name="terminal"/>
                <span><code>{t.slack_typed(one.command)}</code><span class="s">{t.slack_command(one.command)}</span></span>
                <span class="small muted">{t.slack_uses(one.uses)}</span>
            </li>
        }
    });
    let address = match url {
        Some(url) => view! {
            <div class="field">
                <label for="commands-url">{t.slack_commands_url()}</label>
                <input class="input" id="commands-url" readonly value=url autocomplete="off" spellcheck="false"/>
            </div>
        }
        .into_any(),
        None => view! { <p class="why"><Icon name="info"/><span>{t.slack_no_site()}</span></p> }.into_any(),
    };
    view! {
        <section class="card stack" aria-labelledby="commands">
            <div class="card-head"><h2 id="commands">{t.slack_commands()}</h2><span class="muted small push">{t.slack_commands_signed()}</span></div>
            <ol class="chain">{rows.collect_view()}</ol>
            {address}
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::{
        notices::Kind,
        slack::{Command, SlackTrouble},
    };

    fn rule(kind: Kind, channel: Option<&str>) -> SlackRuleView {
        SlackRuleView {
            kind,
            channel: channel.map(Into::into),
            sent: 11,
            waiting: 0,
            failing_since: None,
            trouble: None,
        }
    }

    fn page() -> SlackView {
        let bad = SlackRuleView {
            waiting: 2,
            failing_since: Some(ago(4_000)),
            trouble: Some(SlackTrouble::Archived),
            ..rule(Kind::BookingAsked, Some("wood-team"))
        };
        SlackView {
            now: NOW,
            workspace: Some(WorkspaceView {
                name: "Talvera".into(),
                since: ago(90_000),
                by: Some("Elisa".into()),
                last_success: Some(ago(5)),
                last_failure: None,
                trouble: None,
                paused: None,
                waiting: 2,
            }),
            rules: vec![rule(Kind::MachineBlocked, Some("machines")), bad, rule(Kind::MaintenanceDue, None)],
            channels: vec!["general".into(), "machines".into()],
            linked: 87,
            commands: vec![CommandCount { command: Command::Free, uses: 214 }],
            commands_url: Some("https://toolgate.example/hooks/slack/commands".into()),
            may_connect: true,
        }
    }

    fn render(lang: Lang, page: SlackView) -> String {
        html(visitor(lang), "/slack", move || view! { <Page page=RwSignal::new(page) calls=Calls::new()/> })
    }

    #[test]
    fn kinds_are_listed_with_channels_and_the_failing_one_has_its_remedy() {
        let html = render(Lang::En, page());
        let text = words(&html);
        for part in [
            "11 in 30 days",
            "#wood-team: channel archived",
            "2 not sent",
            "Choose another",
            "not posted",
            "214 uses",
            "87 people",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert_eq!(html.matches("data-bad").count(), 1, "{html}");
        assert_eq!(
            html.matches(r#"value="machine.blocked""#).count(),
            2,
            "a form to save and one to test: {html}"
        );
        assert!(words(&render(Lang::It, page())).contains("canale archiviato"));
    }

    #[test]
    fn refused_token_pauses_and_opens_the_form() {
        let mut paused = page();
        let workspace = paused.workspace.as_mut().unwrap();
        (workspace.paused, workspace.trouble) = (Some(ago(10)), Some(SlackTrouble::Token));
        let html = render(Lang::En, paused);
        assert!(words(&html).contains("2 messages wait. Replace the token"), "{html}");
        assert!(html.contains("<details open"), "{html}");
    }

    #[test]
    fn manager_without_the_right_to_connect_sees_no_token_field() {
        let none = SlackView { workspace: None, may_connect: false, ..page() };
        let html = render(Lang::En, none.clone());
        assert!(!html.contains(r#"name="token""#) && words(&html).contains("Ask an administrator"), "{html}");
        let html = render(Lang::En, SlackView { may_connect: true, ..none });
        assert!(html.contains(r#"name="token""#) && html.contains(r#"type="password""#), "{html}");
        let html = render(Lang::En, SlackView { may_connect: false, ..page() });
        assert!(!html.contains(r#"name="token""#) && !html.contains("/slack/disconnect"), "{html}");
    }
}
