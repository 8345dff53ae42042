//! The modules to complete before a training event, with the way to each.
//!
//! Not here: watching them ([`crate::training`]).

use crate::ui::icon::Icon;
use contract::training_events::EventModule;
use domain::time::Moment;
use leptos::prelude::*;
use text::Lang;

/// The modules as a list, if there are any.
pub fn modules(t: Lang, modules: &[EventModule], heading: &'static str, now: Moment) -> Option<AnyView> {
    let done = modules.iter().filter(|module| module.done).count();
    let count = t.attend_before_count(&done.to_string(), &modules.len().to_string());
    let rows = modules.iter().map(|module| row(t, module, now)).collect_view();
    (!modules.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="before">
                <h2 class="group-head" id="before">{heading}" "<span class="n">{count}</span></h2>
                <ul class="list before">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn row(t: Lang, module: &EventModule, now: Moment) -> AnyView {
    let second = match (module.completed, module.minutes) {
        (Some(at), _) => t.brief(at, now),
        (None, 0) => t.attend_before_short().to_owned(),
        (None, minutes) => t.attend_before_minutes(&minutes.to_string()),
    };
    let icon = if module.done { "check" } else { "play" };
    let watch = (!module.done).then(|| {
        let (href, name) =
            (format!("/learn/{}", module.module), format!("{}: {}", t.attend_watch(), module.title));
        view! { <a class="btn" href=href aria-label=name>{t.attend_watch()}</a> }
    });
    view! {
        <li data-open=(!module.done).then_some("")>
            <Icon name=icon/>
            <div><p class="t">{module.title.clone()}</p><p class="s">{second}</p></div>
            {watch}
        </li>
    }
    .into_any()
}
