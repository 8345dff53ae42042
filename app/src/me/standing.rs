//! What the reader may use and who granted it, on their own page.

use crate::{
    call::page_resource,
    lang,
    live::{followed_or, use_live},
    qualifications::{
        api,
        standing::{Bans, HeldList, History},
    },
    ui::{button::ButtonLink, changing::dynamic, empty::Empty, skeleton::SkeletonList},
};
use contract::qualifications::Standing as Mine;
use domain::live::Noun;
use leptos::prelude::*;

/// The section. Left out if it cannot be loaded, because the page reports errors elsewhere.
#[component]
pub fn Standing() -> impl IntoView {
    let live = use_live();
    let mine = page_resource(move || live.version(Noun::Person), |_| api::mine());
    view! {
        <Transition fallback=|| view! { <SkeletonList rows=2/> }>
            {followed_or(
                mine,
                Box::new(|mine| view! { <What mine/> }.into_any()),
                Box::new(|_| ().into_any()),
            )}
        </Transition>
    }
}

/// The section without requests, so that tests can render it.
#[component]
fn What(mine: RwSignal<Mine>) -> impl IntoView {
    let t = lang::current();
    view! {
        <section class="group" aria-labelledby="standing">
            <h2 class="group-head" id="standing">{t.standing_mine()}</h2>
            {dynamic(move || {
                let Mine { held, bans, history, .. } = mine.get();
                let entries = u32::try_from(history.len()).unwrap_or(u32::MAX);
                Some(view! {
                    <Bans bans/>
                    {if held.is_empty() {
                        view! {
                            <div class="card"><Empty icon="shield-check">
                                <h3>{t.standing_none()}</h3><p>{t.standing_none_mine_next()}</p>
                                <ButtonLink href="/" label=t.now_machines_heading().to_owned() icon="wrench"/>
                            </Empty></div>
                        }.into_any()
                    } else {
                        view! { <HeldList held/> }.into_any()
                    }}
                    {(entries > 0).then(|| view! {
                        <details class="deed">
                            <summary>{t.standing_history()}" · "{t.standing_entries(entries)}</summary>
                            <History history/>
                        </details>
                    })}
                })
            })}
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::qualifications::{ChangedBy, Held, Named, QualificationActions};
    use domain::{
        id::TypeId,
        qualifications::{Cause, Relation, Subject},
    };
    use text::Lang;

    fn render(held: Vec<Held>) -> String {
        let mine =
            Mine { now: NOW, held, bans: vec![], history: vec![], actions: QualificationActions::default() };
        words(&html(visitor(Lang::En), "/me", move || view! { <What mine=RwSignal::new(mine.clone())/> }))
    }

    #[test]
    fn own_qualification_names_its_grantor() {
        let on = Named {
            subject: Subject::Type(TypeId(3)),
            kind: TypeId(3),
            name: "Laser cutter".into(),
            built_in: None,
        };
        let held = Held {
            on,
            relation: Relation::User,
            since: ago(60 * 24),
            until: None,
            cause: Cause::Trainer,
            by: ChangedBy::Name("Amara Okafor".into()),
        };
        let content = render(vec![held]);
        assert!(content.contains("Laser cuttermay use, by Amara Okafor, yesterday"), "{content}");
    }

    #[test]
    fn empty_qualifications_suggest_a_trainer() {
        assert!(render(vec![]).contains("Ask a trainer"), "{}", render(vec![]));
    }
}
