//! Setting up the space: the space and its first administrator, in one form; the following steps are in [`steps`].
//!
//! Invariant: nothing is stored before everything is valid, so a refused link can be used again.

pub mod api;
pub mod steps;
mod zone;

use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    link::token,
    live::followed,
    sign_in::doorway::Carried,
    ui::{
        button::{Kind, Submit},
        form::{Field, Form},
        icon::Mark,
        password::Password,
        segmented::{Segment, Segmented},
    },
};
use api::{Begin, Zones};
use leptos::prelude::*;
use leptos_meta::Title;

use text::Lang;
use zone::ZoneField;
#[derive(Debug)]
struct PageContext {
    start: PageResource<Zones>,
    token: String,
}

impl PageContext {
    fn load() -> Self {
        let token = token();
        let of = token.clone();
        Self { start: page_resource(move || of.clone(), api::zones), token }
    }
}

/// The page at `/set-up/:token`.
pub fn set_up_page() -> AnyView {
    let PageContext { start, token } = PageContext::load();
    let t = lang::current();
    view! {
        <Title text=t.set_up_title()/>
        <div class="start">
            <Promise/>
            <main id="main" tabindex="-1">
                <Transition>
                    {followed(start, Box::new(move |start| {
                        view! { <Beginning start=start.get_untracked() token=token.clone()/> }.into_any()
                    }))}
                </Transition>
            </main>
        </div>
    }
    .into_any()
}

/// How long it takes, and what comes after.
#[component]
fn Promise() -> impl IntoView {
    let t = lang::current();
    let steps = [
        ("1", t.set_up_space(), t.set_up_space_next()),
        ("2", t.set_up_you(), t.set_up_you_next()),
        ("3", t.set_up_people(), t.set_up_people_next()),
    ];
    view! {
        <aside>
            <span class="brand"><Mark/><span>"Toolgate"</span></span>
            <div><p class="promise">{t.set_up_hello()}</p><p>{t.set_up_intro()}</p></div>
            <ol class="path">
                {steps.map(|(number, title, second)| view! {
                    <li>
                        <span class="dot" aria-hidden="true">{number}</span>
                        <div class="what"><p class="t">{title}</p><p class="s">{second}</p></div>
                    </li>
                })}
            </ol>
        </aside>
    }
}

/// The form without requests, so that tests can render it.
#[component]
fn Beginning(start: Zones, token: String) -> impl IntoView {
    let t = lang::current();
    let begin = Call::<Begin>::new();
    let languages = Lang::ALL.map(|lang| Segment { value: lang.tag(), name: lang.name(), icon: None }).to_vec();
    view! {
        <h1>{t.set_up_title()}</h1>
        // `frontend/page/src/drafts.ts` stores the input, except the password.
        <div data-keep=""><Form action=begin reload=true>
            <Carried name="token" value=token/>
            <section class="form" aria-labelledby="space-part">
                <h2 id="space-part">{t.set_up_space()}</h2>
                <Field name="space" label=t.set_up_name() hint=t.set_up_name_hint() autocomplete="organization"/>
                <ZoneField zones=start/>
                <Segmented name="lang" legend=t.set_up_language() segments=languages chosen=t.tag()/>
            </section>
            <section class="form" aria-labelledby="you-part">
                <h2 id="you-part">{t.set_up_you()}</h2>
                <Field name="name" label=t.set_up_your_name() autocomplete="name"/>
                <Field name="email" label=t.sign_in_email() kind="email" autocomplete="username" hint=t.set_up_email_hint()/>
                <Password name="password" label=t.password_choose() autocomplete="new-password" hint=t.password_hint()/>
            </section>
            <div class="btn-row"><Submit label=t.set_up_open() kind=Kind::Primary/></div>
        </Form></div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::problem::{Kind as Class, Problem};

    fn render(visitor: Visitor) -> String {
        let zones = vec![("Europe/Rome".into(), NOW), ("UTC".into(), NOW)];
        let start = Zones { zones, aliases: vec![] };
        html(visitor, "/set-up/t0k3n", move || view! { <Beginning start token="t0k3n".to_owned()/> })
    }

    #[test]
    fn set_up_form_asks_for_space_and_administrator() {
        let html = render(visitor(Lang::It));
        for field in ["space", "zone", "lang", "name", "email", "password", "token"] {
            assert!(html.contains(&format!(r#"name="{field}""#)), "{field} in {html}");
        }
        assert!(html.contains(r#"value="UTC" selected"#), "{html}");
        assert!(html.contains(r#"value="it" checked"#), "{html}");
    }

    // A24
    #[test]
    fn refused_set_up_preserves_input_except_password() {
        let problem = Problem::new("password.weak", Class::Invalid, "Please fix the fields below.")
            .field("password", "Too easy to guess.");
        let input = [("space", "Talvera"), ("zone", "Europe/Rome"), ("lang", "en"), ("email", "ada@example.org")];
        let values = input.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let echo = Some(Echo { function: "/api/set-up/begin".into(), values, problem });
        let html = render(Visitor { echo, ..visitor(Lang::It) });
        assert!(html.contains(r#"value="Talvera""#) && html.contains(r#"value="ada@example.org""#), "{html}");
        assert!(html.contains(r#"value="Europe/Rome" selected"#), "{html}");
        assert!(html.contains(r#"value="en" checked"#), "{html}");
        assert!(words(&html).contains("Too easy to guess."), "{html}");
    }
}
