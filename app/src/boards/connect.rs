//! How to connect the board of the machine in the address; waits for it and reports its arrival. Beside the page's
//! main content.

use super::api;
use crate::{
    call::page_resource,
    lang,
    live::{beside, use_live},
    ui::{
        banner::{Banner, Tone},
        changing::dynamic,
        facts::Facts,
    },
};
use contract::boards::{Broker, HowToConnect};
use domain::{id::MachineId, live::Noun};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The section, if the address asks for it.
#[component]
pub fn Connect() -> impl IntoView {
    let (live, query) = (use_live(), use_query_map());
    let machine = Memo::new(move |_| {
        query.with(|query| query.get_str("connect").and_then(|id| id.parse().ok().map(MachineId)))
    });
    dynamic(move || {
        machine.get().map(|machine| {
            let answers = page_resource(move || live.version(Noun::Machine), move |_| api::how_to_connect(machine));
            view! {
                <Transition fallback=|| ()>
                    {beside(answers, Box::new(|newest| dynamic(move || newest.get().map(|how| view! { <Section how/> })).into_any()))}
                </Transition>
            }
        })
    })
}

/// The section without requests, so that tests can render it.
#[component]
fn Section(how: HowToConnect) -> impl IntoView {
    let t = lang::current();
    let HowToConnect { machine, name, number, broker, topic, heard } = how;
    let content = match number.map(|number| number.to_string()) {
        None => {
            let href = format!("/machines/{machine}/edit");
            view! { <p><a class="link" href=href>{t.connect_numberless()}</a></p> }.into_any()
        }
        Some(number) => {
            let only_here = broker.as_ref().is_some_and(|broker| broker.only_here);
            let mut facts = Vec::new();
            if let Some(Broker { host, port, inside, .. }) = broker {
                let login = if inside { t.connect_login_inside() } else { t.connect_login_outside() };
                facts.push((t.connect_server(), host.unwrap_or_else(|| t.connect_this_server().to_owned())));
                facts.push((t.connect_port(), port.to_string()));
                facts.push((t.connect_login(), login.to_owned()));
            }
            facts.push((t.connect_number(), number.clone()));
            facts.push((t.connect_topic(), topic));
            let state = if heard {
                view! {
                    <Banner tone=Tone::Go icon="circle-check" title=t.connect_done(&number)>
                        <a class="link" href=format!("/machines/{machine}")>{t.connect_done_next()}</a>
                    </Banner>
                }
                .into_any()
            } else {
                view! {
                    <Banner tone=Tone::Info icon="activity" title=t.connect_waiting(&number)>{t.connect_waiting_next()}</Banner>
                }
                .into_any()
            };
            view! {
                <div role="status">{state}</div>
                <p>{t.connect_lead()}</p>
                <Facts facts/>
                {only_here.then(|| view! { <p class="muted">{t.connect_only_here()}</p> })}
            }
            .into_any()
        }
    };
    view! {
        <section class="card" id="connect" tabindex="-1" aria-labelledby="connect-head">
            <div class="card-head"><h2 id="connect-head">{t.connect_title(&name)}</h2></div>
            {content}
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    fn section(how: HowToConnect) -> String {
        html(visitor(Lang::En), "/boards?connect=7", move || view! { <Section how/> })
    }

    fn waiting() -> HowToConnect {
        let broker = Broker { host: None, port: 1_883, inside: true, only_here: false };
        HowToConnect {
            machine: MachineId(7),
            name: "Laser".into(),
            number: Some(1),
            broker: Some(broker),
            topic: "machine/1".into(),
            heard: false,
        }
    }

    #[test]
    fn connection_details_are_listed_and_arrival_is_shown() {
        let content = words(&section(waiting()));
        for name in ["Waiting for board 1", "this server’s address", "1883", "machine/1"] {
            assert!(content.contains(name), "{name}: {content}");
        }
        assert!(!content.contains("--mqtt-listen"), "{content}");
        assert!(words(&section(HowToConnect { heard: true, ..waiting() })).contains("Board 1 is connected"));
    }

    #[test]
    fn unreachable_broker_or_missing_number_shows_remedy() {
        let broker = Broker { host: Some("127.0.0.1".into()), port: 1_883, inside: true, only_here: true };
        let content = words(&section(HowToConnect { broker: Some(broker), ..waiting() }));
        assert!(content.contains("--mqtt-listen 0.0.0.0:1883"), "{content}");
        let html = section(HowToConnect { number: None, topic: String::new(), ..waiting() });
        assert!(html.contains(r#"href="/machines/7/edit""#) && !words(&html).contains("Waiting"), "{html}");
    }
}
