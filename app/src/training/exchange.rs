//! Training modules as a document: the export link, and the form that checks and imports one.
//!
//! Invariant: the checked document is the imported one, because the second form sends what the first one showed.
//! Not here: checking a document; the service does it.

use super::edit_api::ImportModules;
use crate::{
    call::Call,
    lang,
    ui::{
        answered::answered,
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Form, hidden},
        text_area::TextArea,
    },
};
use contract::training_exchange::TrainingImport;
use leptos::prelude::*;
use text::Lang;

/// Both, below the list of modules.
#[component]
pub fn Exchange(import: Call<ImportModules>) -> impl IntoView {
    let t = lang::current();
    let last = answered(import);
    view! {
        <section class="card" aria-labelledby="exchange">
            <div class="card-head"><h2 id="exchange">{t.exchange_head()}</h2></div>
            <p class="muted">{t.exchange_sub()}</p>
            <div class="btn-row"><a class="btn" href="/modules/export.json" rel="external" download="">{t.exchange_export()}</a></div>
            <Form action=import>
                <TextArea name="document" label=t.exchange_document() hint=t.exchange_document_hint() value=String::new()/>
                <div class="btn-row"><Submit label=t.exchange_check() busy=import.pending()/></div>
            </Form>
            <div role="status">{dynamic(move || last.get().map(|(outcome, _)| view! { <OutcomeMessage outcome/> }))}</div>
            {dynamic(move || {
                let (reported, document) = last.get()?;
                let is_ready = !reported.done && reported.faults.is_empty() && !is_nothing(&reported);
                is_ready.then(|| view! {
                    <Form action=import beside=true>
                        {hidden("document", &document)}
                        {hidden("make", &"yes")}
                        <div class="btn-row"><Submit label=t.exchange_import() kind=Press::Primary busy=import.pending()/></div>
                    </Form>
                })
            })}
        </section>
    }
}

fn is_nothing(import: &TrainingImport) -> bool {
    import.modules.is_empty() && import.requirements.is_empty()
}

/// Result of a document.
#[component]
fn OutcomeMessage(outcome: TrainingImport) -> impl IntoView {
    let t = lang::current();
    let faults = count(&outcome.faults);
    let head = if faults > 0 {
        Some(t.exchange_faults(faults))
    } else if is_nothing(&outcome) {
        Some(t.exchange_nothing().to_owned())
    } else {
        outcome.done.then(|| t.exchange_done().to_owned())
    };
    let wrong = outcome.faults.iter().map(|fault| {
        let at = if fault.at.is_empty() { t.exchange_whole().to_owned() } else { fault.at.clone() };
        view! { <li><code>{at}</code>" "{fault.message.clone()}</li> }
    });
    let lines = if faults > 0 { Vec::new() } else { lines(t, &outcome) };
    view! {
        {head.map(|head| view! { <p><b>{head}</b></p> })}
        <ul class="rows">
            {wrong.collect_view()}
            {lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
        </ul>
    }
}

fn count<T>(of: &[T]) -> u32 {
    of.len().try_into().unwrap_or(u32::MAX)
}

fn lines(t: Lang, import: &TrainingImport) -> Vec<String> {
    let titles = |of: &[String], line: &dyn Fn(u32, &str) -> String| {
        (!of.is_empty()).then(|| line(count(of), &of.join(", ")))
    };
    let (required, stored) = (count(&import.requirements), count(&import.kept_requirements));
    let lines = [
        titles(&import.modules, &|n, names| t.exchange_modules(n, names)),
        titles(&import.uploads, &|n, names| t.exchange_uploads(n, names)),
        titles(&import.lengths, &|n, names| t.exchange_lengths(n, names)),
        titles(&import.kept, &|n, names| t.exchange_kept(n, names)),
        (required > 0).then(|| t.exchange_required(required)),
        (stored > 0).then(|| t.exchange_kept_required(stored)),
    ];
    lines.into_iter().flatten().collect()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        codec,
        testing::{html, visitor, words},
        visitor::{Answer, Visitor},
    };
    use contract::training_exchange::ImportFault;

    /// The page as it answers without script.
    fn render(import: &TrainingImport) -> String {
        let text = codec::to_text(&codec::encode(&(import, "{}")).unwrap_or_default());
        let answer = Some(Answer { function: "/api/training/import".into(), text });
        html(Visitor { answer, ..visitor(Lang::En) }, "/modules", || {
            view! { <Exchange import=Call::new()/> }
        })
    }

    #[test]
    fn valid_training_import_can_be_applied_and_faults_are_located() {
        let clean = TrainingImport { modules: vec!["Clamping".into()], ..TrainingImport::default() };
        let page = render(&clean);
        assert!(words(&page).contains("1 new module: Clamping"), "{page}");
        assert!(page.contains(r#"name="make" value="yes""#), "{page}");
        let fault = ImportFault { at: "modules[0].title".into(), message: "Enter a title.".into() };
        let page = render(&TrainingImport { faults: vec![fault], ..clean.clone() });
        assert!(page.contains("modules[0].title") && !page.contains(r#"name="make""#), "{page}");
        assert!(!words(&page).contains("Clamping"), "nothing is made: {page}");
        let page = render(&TrainingImport { done: true, ..clean });
        assert!(words(&page).contains("are drafts") && !page.contains(r#"name="make""#), "{page}");
        let page = render(&TrainingImport { kept: vec!["Clamping".into()], ..TrainingImport::default() });
        assert!(words(&page).contains("nothing new") && !page.contains(r#"name="make""#), "{page}");
    }
}
