//! Notifications on the reader's devices: turned on here by script, listed, tested and turned off.
//!
//! Invariant: the browser's script fills in an ordinary form; without script the page says that it is needed. Not here: the
//! subscription itself (`frontend/page/src/push.ts`), and which notices are pushed (the notice settings).

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        button::{ButtonLink, Kind as Press},
        changing::text,
        form::{Form, Summary, hidden},
        register::{Entries, NoEntries, entry},
        saved::Saved,
    },
    visitor::use_visitor,
};
use contract::push::{self, ListPushDevices, PushDeviceView, PushDevices};
use domain::{live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<Function<push::AddPushDevice>>,
    remove: Call<Function<push::RemovePushDevice>>,
    test: Call<Function<push::TestPushDevice>>,
}

impl Calls {
    fn new() -> Self {
        Self { add: Call::new(), remove: Call::new(), test: Call::new() }
    }

    fn sent(self) -> usize {
        self.add.version().get() + self.remove.version().get() + self.test.version().get()
    }
}

/// The page at `/me/notifications`.
pub fn notifications_page() -> AnyView {
    let (calls, live, me) = (Calls::new(), use_live(), use_visitor().who.map_or(0, |me| me.id.0));
    let devices: PageResource<PushDevices> =
        page_resource(move || (live.about(Noun::Notices, me), calls.sent()), |_| load(&ListPushDevices {}));
    view! {
        <Title text=lang::current().push_title()/>
        <super::Back/>
        {loaded(3, devices, move |devices| view! { <Page devices calls/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(devices: RwSignal<PushDevices>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(devices.with(|devices| devices.now)));
    let is_done =
        move |what: &'static str| Memo::new(move |_| query.with(|query| query.get_str("done") == Some(what)));
    let key = devices.with_untracked(|devices| devices.key.clone());
    let none = NoEntries { icon: "bell", heading: t.push_none(), next: t.push_none_next() };
    let rows = Box::new(move || {
        let PushDevices { devices, now, .. } = devices.get();
        devices.into_iter().map(|device| row(device, now, calls)).collect()
    });
    view! {
        <header class="page-head"><h1>{t.push_title()}</h1><p class="sub">{t.push_sub()}</p></header>
        <Saved visible=is_done("added") message=t.push_added()/>
        <Saved visible=is_done("removed") message=t.push_removed()/>
        <Saved visible=is_done("tested") message=t.push_tested()/>
        <section class="card" aria-labelledby="here">
            <div class="card-head"><h2 id="here">{t.push_this()}</h2></div>
            <p class="unscripted">{t.push_needs_script()}</p>
            // `push.ts` finds the form by its attribute, and shows one of these texts if the browser refuses.
            <div data-push=key data-unsupported=t.push_unsupported() data-denied=t.push_denied() data-failed=t.push_failed()>
                <Form action=calls.add>
                    {["endpoint", "p256dh", "auth"].map(|name| hidden(name, &"")).collect_view()}
                    <p class="small muted">{t.push_on_hint()}</p>
                    <div class="btn-row"><button class="btn scripted" data-kind="primary" type="button">{t.push_on()}</button></div>
                </Form>
                <p role="status" class="small"></p>
            </div>
        </section>
        <Summary action=calls.test/>
        <Summary action=calls.remove/>
        <Entries id="devices" title=t.push_devices() none rows/>
        <div class="btn-row">
            <ButtonLink href="/notices/settings" label=t.push_settings().to_owned() kind=Press::Ghost icon="sliders-horizontal"/>
        </div>
        <p role="status">{text(move || if calls.test.value().with(|value| value.as_ref().is_some_and(Result::is_ok)) { t.push_tested().to_owned() } else { String::new() })}</p>
    }
}

fn row(device: PushDeviceView, now: Moment, calls: Calls) -> AnyView {
    let (t, id) = (lang::current(), device.id);
    let name = device.device.unwrap_or_else(|| t.push_unnamed().to_owned());
    let when = |at: Moment| format!("{}, {}", t.day(at, now), text::time::clock(at));
    let mut line = vec![t.push_since(&t.day(device.added, now))];
    line.extend(device.sent.map(|at| t.push_sent(&when(at))));
    let trouble = device.failed.and(device.trouble).map(|trouble| t.push_failing(t.push_trouble(trouble)));
    let lines = [Some(line.join(", ")), device.is_this.then(|| t.push_here().to_owned()), trouble];
    let actions = view! {
        {beside(calls.test, &id, t.push_test(), name.clone(), Press::Ghost)}
        {beside(calls.remove, &id, t.push_remove(), name.clone(), Press::Danger)}
    };
    entry("bell", name, lines.into_iter().flatten().collect(), actions.into_any())
}

/// A form with one button, whose refusal is shown above the list.
fn beside<F: crate::call::Posted>(
    action: Call<F>,
    id: &impl std::fmt::Display,
    label: &'static str,
    about: String,
    kind: Press,
) -> AnyView {
    let id = hidden("id", id);
    view! {
        <Form action beside=true>
            {id}
            <crate::ui::button::Submit label about kind busy=action.pending()/>
        </Form>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use ::text::Lang;
    use domain::{deliveries::Trouble, id::PushSubscriptionId};

    fn device(id: i64, name: Option<&str>) -> PushDeviceView {
        PushDeviceView {
            id: PushSubscriptionId(id),
            device: name.map(Into::into),
            is_this: false,
            added: ago(90),
            sent: None,
            failed: None,
            trouble: None,
        }
    }

    fn render(devices: Vec<PushDeviceView>) -> String {
        html(visitor(Lang::En), "/me/notifications", move || {
            let devices = RwSignal::new(PushDevices { now: NOW, key: "BKey".into(), devices });
            view! { <Page devices calls=Calls::new()/> }
        })
    }

    #[test]
    fn page_without_devices_explains_and_shows_that_script_is_needed() {
        let html = render(Vec::new());
        assert!(html.contains(r#"data-push="BKey""#) && html.contains(r#"name="p256dh""#), "{html}");
        let all = words(&html);
        assert!(all.contains("Notifications need JavaScript.") && all.contains("No devices yet"), "{all}");
    }

    #[test]
    fn devices_are_listed_with_test_and_removal() {
        let failing = PushDeviceView {
            is_this: true,
            sent: Some(ago(30)),
            failed: Some(ago(2)),
            trouble: Some(Trouble::Later),
            ..device(7, Some("Firefox on Android"))
        };
        let html = render(vec![failing, device(6, None)]);
        let all = words(&html);
        for expected in
            ["Firefox on Android", "this device", "not delivered: the push service is busy", "A browser"]
        {
            assert!(all.contains(expected), "{expected} is not in {all}");
        }
        assert_eq!(html.matches("?/push/test").count(), 2, "{html}");
        assert_eq!(html.matches("?/push/remove").count(), 2, "{html}");
    }
}
