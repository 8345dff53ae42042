//! How a link was delivered: by mail, or shown once to be handed over.

use crate::{
    lang,
    ui::banner::{Banner, Tone},
    visitor::use_visitor,
};
use contract::accounts::{CAUGHT, Delivery};
use leptos::prelude::*;

/// A link to hand over: absolute, if the public address is known.
#[must_use]
pub fn handed(site: Option<&str>, link: String) -> String {
    match site {
        Some(site) if link.starts_with('/') => format!("{site}{link}"),
        _ => link,
    }
}

/// Says how, with the link if it was not mailed.
#[component]
pub fn Delivered(delivery: Delivery) -> impl IntoView {
    let t = lang::current();
    match delivery {
        Delivery::Mailed => {
            let title = t.people_invited_mailed().to_owned();
            view! { <Banner tone=Tone::Go icon="mail" title>""</Banner> }.into_any()
        }
        Delivery::Caught => {
            let title = t.people_invited_caught().to_owned();
            view! {
                <Banner tone=Tone::Info icon="mail" title>
                    <a class="link" href=CAUGHT rel="external">{t.people_caught_read()}</a>
                </Banner>
            }
            .into_any()
        }
        Delivery::ByHand { link } => {
            let title = t.people_invited_by_hand().to_owned();
            let link = handed(use_visitor().public_url.as_deref(), link);
            view! {
                <Banner tone=Tone::Info icon="info" title>
                    <a class="link handed" href=link.clone() rel="external">{link.clone()}</a>
                </Banner>
            }
            .into_any()
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    #[test]
    fn caught_mail_links_to_mail_page() {
        let content = |delivery: Delivery| {
            html(visitor(Lang::En), "/people/invite", move || view! { <Delivered delivery=delivery.clone()/> })
        };
        let caught = content(Delivery::Caught);
        assert!(
            words(&caught).contains("caught on this computer") && caught.contains(r#"href="/demo/mail""#),
            "{caught}"
        );
        assert!(!words(&caught).contains("on its way"), "{caught}");
        assert!(!content(Delivery::Mailed).contains("/demo/mail"), "a mail that left is nobody's to read");
    }
}
