//! Preferences of the device: language and theme.
//!
//! Invariant: a form that loads a new document, so the next page uses the new language at once, with and without
//! script.

use super::api::Prefer;
use crate::{
    call::Call,
    lang,
    ui::{
        button::Submit,
        form::Form,
        icon::Icon,
        segmented::{Segment, Segmented},
    },
    visitor::{Theme, use_visitor},
};
use leptos::prelude::*;
use text::Lang;

#[component]
pub fn Preferences(saved: bool) -> impl IntoView {
    let visitor = use_visitor();
    let t = lang::current();
    let prefer = Call::<Prefer>::new();
    let languages = Lang::ALL.map(|lang| Segment { value: lang.tag(), name: lang.name(), icon: None });
    let themes = Theme::ALL.map(|theme| {
        let (name, icon) = match theme {
            Theme::System => (t.me_theme_system(), "monitor"),
            Theme::Light => (t.me_theme_light(), "sun"),
            Theme::Dark => (t.me_theme_dark(), "moon"),
        };
        Segment { value: theme.key(), name, icon: Some(icon) }
    });
    view! {
        <section class="card" aria-labelledby="device">
            <div class="card-head"><h2 id="device">{t.me_this_device()}</h2></div>
            // `frontend/page/src/at-once.ts` submits it on the first change, and hides the button.
            <div data-at-once="">
            <Form action=prefer reload=true>
                <Segmented name="lang" legend=t.me_language() segments=languages.to_vec() chosen=visitor.lang.tag()/>
                <Segmented name="theme" legend=t.me_theme() segments=themes.to_vec() chosen=visitor.theme.key()/>
                <div class="btn-row">
                    <Submit label=t.me_save()/>
                    <p class="saved" role="status">
                        {saved.then(|| view! { <Icon name="circle-check"/>{t.me_saved()} })}
                    </p>
                </div>
                <p class="small muted">{t.me_next()}</p>
            </Form>
            </div>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor},
        visitor::{Echo, Visitor},
    };
    use domain::problem::{Kind, Problem};

    #[test]
    fn current_preference_is_checked() {
        let visitor = Visitor { theme: Theme::Dark, ..visitor(Lang::It) };
        let html = html(visitor, "/me", || view! { <Preferences saved=false/> });
        assert!(html.contains(r#"name="lang" value="it" checked"#), "{html}");
        assert!(html.contains(r#"name="theme" value="dark" checked"#), "{html}");
        assert_eq!(html.matches(" checked").count(), 2, "{html}");
        assert!(html.contains(r#"action="?/me/prefer""#), "{html}");
    }

    // A24
    #[test]
    fn refused_preference_form_preserves_input_with_message() {
        let problem = Problem::new("preference.unknown", Kind::Invalid, "Please fix the fields below.")
            .field("theme", "Choose one of the appearances shown.");
        let values = vec![("lang".into(), "it".into()), ("theme".into(), "plaid".into())];
        let echo = Some(Echo { function: "/api/me/prefer".into(), values, problem });
        let html = html(Visitor { echo, ..visitor(Lang::En) }, "/me", || view! { <Preferences saved=false/> });
        assert!(html.contains(r#"name="lang" value="it" checked"#), "{html}");
        assert!(html.contains("Choose one of the appearances shown."), "{html}");
        assert!(html.contains("form-summary"), "{html}");
    }
}
