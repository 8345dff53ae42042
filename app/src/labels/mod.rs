//! Machine labels: a sheet to print, each with a QR code of the machine's page, and the same as a PDF.
//!
//! Invariant: the code contains the public address; without one there are no labels.

pub mod api;

use crate::{
    call::{PageResource, page_resource},
    lang,
    live_page::live_page,
    qr::Qr,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Submit},
        changing::dynamic,
        empty::Empty,
        form::Ask,
        icon::Icon,
        segmented::{Segment, Segmented},
    },
};
use api::Labels as Sheet;
use contract::equipment::Label;
use domain::{equipment::LabelSize, id::MachineId};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
#[derive(Debug)]
struct PageContext(PageResource<Sheet>);

impl PageContext {
    fn load() -> Self {
        let query = use_query_map();
        let only =
            move || query.with(|query| query.get_str("machine").and_then(|id| id.parse().ok()).map(MachineId));
        Self(page_resource(only, api::labels))
    }
}

/// The page at `/machines/labels`.
pub fn labels_page() -> AnyView {
    let labels = PageContext::load().0;
    live_page(lang::current().labels_title(), 6, labels, |labels| view! { <Page labels/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(labels: RwSignal<Sheet>) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let size = Memo::new(move |_| {
        query.with(|query| query.get_str("size").and_then(LabelSize::parse)).unwrap_or(LabelSize::Medium)
    });
    let segment = |size: LabelSize, name| Segment { value: size.as_str(), name, icon: None };
    let sizes = vec![
        segment(LabelSize::Small, t.labels_small()),
        segment(LabelSize::Medium, t.labels_medium()),
        segment(LabelSize::Large, t.labels_large()),
    ];
    view! {
        <a class="crumb" href="/machines"><Icon name="chevron-left"/>{t.equipment_title()}</a>
        <header class="page-head"><h1>{t.labels_title()}</h1><p class="sub">{t.labels_sub()}</p></header>
        <section class="card labels-tools" aria-label=t.labels_size()>
            <Ask page="/machines/labels" problem=None>
                <Segmented name="size" legend=t.labels_size() segments=sizes chosen=size.get_untracked().as_str()/>
                <div class="btn-row">
                    <Submit label=t.settings_show()/>
                    {dynamic(move || {
                        let href = format!("/machines/labels.pdf?size={}", size.get().as_str());
                        let codes = labels.with(|sheet| sheet.site.is_some());
                        codes.then(|| view! { <ButtonLink href label=t.labels_pdf().to_owned() reload=true/> })
                    })}
                </div>
            </Ask>
        </section>
        {dynamic(move || Some(labels.with(|sheet| if sheet.site.is_none() {
            view! {
                <Banner tone=Tone::Warn icon="triangle-alert" title=t.labels_no_site().to_owned()>{t.labels_no_site_next()}</Banner>
            }.into_any()
        } else if sheet.labels.is_empty() {
            view! { <div class="card"><Empty icon="wrench"><h2>{t.equipment_none()}</h2><p>{t.labels_none_next()}</p><ButtonLink href="/machines" label=t.equipment_title()/></Empty></div> }.into_any()
        } else {
            let rows = sheet.labels.iter().cloned().map(|(label, qr)| view! { <One label qr/> }).collect_view();
            view! { <ul class="labels" data-size=move || size.get().as_str()>{rows}</ul> }.into_any()
        })))}
    }
}

#[component]
fn One(label: Label, qr: Qr) -> impl IntoView {
    let t = lang::current();
    let second = label.number.map_or(label.kind.clone(), |number| format!("{} · {number}", label.kind));
    view! {
        <li class="qr-label">
            <svg viewBox=format!("0 0 {0} {0}", qr.side) role="img" aria-label=t.kiosk_qr(&qr.url) shape-rendering="crispEdges">
                <path d=qr.path/>
            </svg>
            <p class="t">{label.name}</p>
            <p class="s">{second}</p>
        </li>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    fn render(site: Option<&'static str>) -> String {
        html(visitor(Lang::En), "/machines/labels?size=large", move || {
            let label =
                Label { id: MachineId(7), name: "Laser <1>".into(), number: Some(11), kind: "Laser".into() };
            let labels = site.and_then(|site| {
                let url = label.address(site);
                Some((label, crate::qr::code(url)?))
            });
            let labels = Sheet { labels: labels.into_iter().collect(), site: site.map(ToOwned::to_owned) };
            view! { <Page labels=RwSignal::new(labels)/> }
        })
    }

    #[test]
    fn label_links_machine_page_and_pdf_of_same_size() {
        let html = render(Some("https://talvera.example"));
        assert!(html.contains("QR code: https://talvera.example/machines/7"), "{html}");
        assert!(html.contains(r#"href="/machines/labels.pdf?size=large""#), "{html}");
        assert!(
            words(&html).contains("Laser &lt;1&gt; Laser · 11")
                || words(&html).contains("Laser &lt;1&gt;Laser · 11")
        );
    }

    #[test]
    fn labels_without_public_url_are_unavailable() {
        let html = render(None);
        assert!(words(&html).contains("--public-url") && !html.contains("labels.pdf"), "{html}");
    }
}
