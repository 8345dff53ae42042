//! What groups at a provider give here: its rules, and the form for another.
//!
//! Not here: rules of the directory ([`crate::user_directory`]).

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    live::{followed_or, use_live},
    ui::{
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form, hidden},
        icon::Icon,
        register::row_action,
        select::Select,
    },
};
use contract::{
    group_mapping::{AddGroupRule, GroupRuleView, RemoveGroupRule},
    identity_providers::{ProviderRules, ReadProviderRules},
};
use domain::{group_mapping::Source, id::IdentityProviderId, live::Noun};
use leptos::prelude::*;
use text::Lang;

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<Function<AddGroupRule>>,
    remove: Call<Function<RemoveGroupRule>>,
}

/// The section of the rules of `id`. Left out if they cannot be loaded, because the page reports errors elsewhere.
pub fn rules(t: Lang, id: IdentityProviderId) -> AnyView {
    let calls = Calls { add: Call::new(), remove: Call::new() };
    let live = use_live();
    let source = move || (live.version(Noun::Groups), calls.add.version().get() + calls.remove.version().get());
    let rules: PageResource<ProviderRules> = page_resource(source, move |_| load(&ReadProviderRules { id }));
    view! {
        <Transition>
            {followed_or(
                rules,
                Box::new(move |rules| view! { <Section t rules id calls/> }.into_any()),
                Box::new(|_| ().into_any()),
            )}
        </Transition>
    }
    .into_any()
}

/// The section without requests, so that tests can render it.
#[component]
fn Section(t: Lang, rules: RwSignal<ProviderRules>, id: IdentityProviderId, calls: Calls) -> impl IntoView {
    let options = rules.with_untracked(|rules| {
        let targets = rules.targets.iter();
        targets.map(|(code, name)| (code.clone(), t.group_rule_gives(code, name))).collect::<Vec<_>>()
    });
    let chosen = options.first().map(|(code, _)| code.clone()).unwrap_or_default();
    let form = (!options.is_empty()).then(|| {
        view! {
            <Form action=calls.add afresh=true>
                {hidden("source", &Source::Provider(id.0))}
                <Field name="external" label=t.provider_rule_group() autocomplete="off"/>
                <Select name="gives" label=t.directory_gives() options chosen=Signal::stored(chosen)/>
                <div class="btn-row"><Submit label=t.provider_rule_add() kind=Press::Quiet busy=calls.add.pending()/></div>
            </Form>
        }
    });
    view! {
        <section class="card" aria-labelledby="rules">
            <div class="card-head"><h3 id="rules">{t.provider_rules()}</h3></div>
            {dynamic(move || Some(rules.with(|rules| {
                if rules.rules.is_empty() {
                    view! { <p class="muted">{t.provider_rules_none()}</p> }.into_any()
                } else {
                    let rows = rules.rules.iter().map(|rule| row(t, rule, calls)).collect_view();
                    view! { <ul class="list">{rows}</ul> }.into_any()
                }
            })))}
            {form}
        </section>
    }
}

fn row(t: Lang, rule: &GroupRuleView, calls: Calls) -> AnyView {
    let gives = t.group_rule_gives(&rule.gives, &rule.name);
    let gives = if rule.archived { format!("{gives} ({})", t.directory_archived()) } else { gives };
    let (external, about) = (rule.external.clone(), rule.external.clone());
    view! {
        <li><div class="item">
            <span class="lines"><code class="t">{external}</code><span class="s"><Icon name="chevron-right"/>" "{gives}</span></span>
            <div class="acts">{row_action(calls.remove, &rule.id, t.provider_remove(), about, Press::Ghost)}</div>
        </div></li>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::id::GroupRuleId;

    #[test]
    fn rules_of_a_provider_are_listed_and_added_for_it() {
        let rule = GroupRuleView {
            id: GroupRuleId(5),
            external: "laser-users".into(),
            gives: "user:3".into(),
            name: "Laser cutter".into(),
            archived: false,
        };
        let targets = vec![("group:1".to_owned(), "Robotics".to_owned())];
        let html = html(visitor(Lang::En), "/sign-in-providers?edit=7", move || {
            let rules = RwSignal::new(ProviderRules { rules: vec![rule.clone()], targets: targets.clone() });
            let calls = Calls { add: Call::new(), remove: Call::new() };
            view! { <Section t=Lang::En rules id=IdentityProviderId(7) calls/> }
        });
        assert!(words(&html).contains("laser-users") && words(&html).contains("Laser cutter"), "{html}");
        assert!(html.contains(r#"name="source" value="provider-7""#), "{html}");
        assert!(html.contains(r#"value="group:1""#) && html.contains("group-rules/remove"), "{html}");
    }
}
