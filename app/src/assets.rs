//! The browser's half of the page: its files, and how they are loaded.
//!
//! Invariant: all files of one build are in one folder named by their content, so files of two builds never mix
//! and every response may be cached for ever. Not here: serving the files, which the server does.

use leptos::{WasmSplitManifest, nonce::use_nonce, prelude::*};
use serde::Deserialize;
use std::collections::HashMap;

/// The site's `assets.json`. An empty one renders pages that work without style and script.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Assets {
    /// The folder of this build, without leading and trailing slashes: `pkg/0123456789abcdef`.
    pub dir: String,
    /// The script in `dir`.
    pub js: String,
    /// The module that the script loads.
    pub wasm: String,
    pub css: String,
    /// The stylesheet [`Sheet::Areas`].
    pub area_css: String,
    /// The stylesheet [`Sheet::House`].
    pub house_css: String,
    /// The files of each area, without `.wasm`.
    pub split: HashMap<String, Vec<String>>,
    /// The script that loads those files.
    pub split_js: String,
}

impl Assets {
    fn url(&self, file: &str) -> String {
        format!("/{}/{file}", self.dir)
    }

    fn sheet(&self, sheet: Sheet) -> &str {
        match sheet {
            Sheet::Areas => &self.area_css,
            Sheet::House => &self.house_css,
        }
    }
}

/// A stylesheet that only some areas need, loaded with the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// `style/areas.css`.
    Areas,
    /// `style/house.css`.
    House,
}

impl Sheet {
    /// In the order of their links.
    pub const ALL: [Self; 2] = [Self::Areas, Self::House];

    /// Name of the meta tag with its address, in documents that do not load it. The tag marks its place among the
    /// links, so the order of rules does not depend on the order of visits.
    const fn meta(self) -> &'static str {
        match self {
            Self::Areas => "areas-style",
            Self::House => "house-style",
        }
    }
}

/// Loads a stylesheet if it is missing, and waits for it, so that no page is shown without its style.
#[cfg(feature = "hydrate")]
pub fn area_style(sheet: Sheet) -> Option<impl Future<Output = ()>> {
    use js_sys::Promise;
    use wasm_bindgen_futures::JsFuture;
    let document = document();
    let place = document.query_selector(&format!("meta[name={}]", sheet.meta())).ok().flatten()?;
    let link = document.create_element("link").ok()?;
    // These fail only for invalid names, and for a node that is its own parent.
    drop(link.set_attribute("rel", "stylesheet"));
    drop(link.set_attribute("href", &place.get_attribute("content")?));
    // The listeners are the promise's own functions, so nothing of ours has to outlive this call.
    let came = Promise::new(&mut |yes, no| {
        drop(link.add_event_listener_with_callback("load", &yes));
        drop(link.add_event_listener_with_callback("error", &no));
    });
    drop(place.replace_with_with_node_1(&link));
    Some(async move {
        if JsFuture::from(came).await.is_err() {
            // The next page of such an area tries again.
            drop(link.replace_with_with_node_1(&place));
        }
    })
}

/// Style, font and script in the head of the document.
///
/// Instead of `HydrationScripts`, which searches the disk for files and names them its own way.
#[component]
pub fn Head(
    /// The build that renders this page.
    assets: Assets,
    /// What the area of the requested page needs.
    sheets: &'static [Sheet],
) -> impl IntoView {
    if assets.js.is_empty() {
        return ().into_any();
    }
    let (css, js, wasm) = (assets.url(&assets.css), assets.url(&assets.js), assets.url(&assets.wasm));
    let font = assets.url("fonts/instrument-sans-latin.woff2");
    let [area_css, house_css] = Sheet::ALL.map(|sheet| {
        let address = assets.url(assets.sheet(sheet));
        if sheets.contains(&sheet) {
            view! { <link rel="stylesheet" href=address/> }.into_any()
        } else {
            view! { <meta name=sheet.meta() content=address/> }.into_any()
        }
    });
    let start =
        format!("import start, {{ hydrate }} from {js:?};\nstart({{ module_or_path: {wasm:?} }}).then(hydrate);");
    // The renderer finds this context when it writes the preload links of areas.
    provide_context(WasmSplitManifest(ArcStoredValue::new((
        format!("/{}", assets.dir),
        assets.split,
        assets.split_js,
    ))));
    view! {
        <link rel="stylesheet" href=css/>
        {area_css}
        {house_css}
        <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
        <link rel="modulepreload" href=js crossorigin="anonymous"/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=use_nonce()>{start}</script>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    const NONE: &[Sheet] = &[];
    const BUILD: &str = r#"{"dir":"pkg/0a1b","js":"toolgate.js","wasm":"toolgate_bg.wasm","css":"toolgate.css","area_css":"toolgate-areas.css",
        "house_css":"toolgate-house.css","split":{"wall_1":["common","wall"]},"split_js":"__wasm_split.js"}"#;

    #[test]
    fn head_links_build_files_and_split_map() {
        let assets: Assets = serde_json::from_str(BUILD).unwrap();
        let (html, manifest) = Owner::new().with(|| {
            let html = view! { <Head assets sheets=NONE/> }.to_html();
            (html, use_context::<WasmSplitManifest>())
        });
        for part in [
            r#"href="/pkg/0a1b/toolgate.css""#,
            r#"<meta name="areas-style" content="/pkg/0a1b/toolgate-areas.css""#,
            r#"<meta name="house-style" content="/pkg/0a1b/toolgate-house.css""#,
            r#"import start, { hydrate } from "/pkg/0a1b/toolgate.js";"#,
            r#"module_or_path: "/pkg/0a1b/toolgate_bg.wasm""#,
        ] {
            assert!(html.contains(part), "{html}");
        }
        let (root, split, script) = manifest.unwrap().0.get_value();
        assert_eq!((root.as_str(), script.as_str()), ("/pkg/0a1b", "__wasm_split.js"));
        assert_eq!(split["wall_1"], ["common", "wall"]);
    }

    #[test]
    fn head_links_only_sheets_of_the_area_and_always_in_one_order() {
        let assets: Assets = serde_json::from_str(BUILD).unwrap();
        let cases: [(&'static [Sheet], [&str; 2]); 4] = [
            (&[], ["meta", "meta"]),
            (&[Sheet::Areas], ["link", "meta"]),
            (&[Sheet::House], ["meta", "link"]),
            (&[Sheet::House, Sheet::Areas], ["link", "link"]),
        ];
        for (sheets, expected) in cases {
            let assets = assets.clone();
            let html = Owner::new().with(|| view! { <Head assets sheets/> }.to_html());
            let tags: Vec<_> = html.split('<').collect();
            let at = |file: &str| tags.iter().position(|tag| tag.contains(file)).unwrap();
            let places = ["toolgate.css", "toolgate-areas.css", "toolgate-house.css"].map(at);
            assert!(places.is_sorted(), "{html}");
            assert_eq!([&tags[places[1]][..4], &tags[places[2]][..4]], expected, "{sheets:?}: {html}");
        }
    }

    #[test]
    fn head_without_build_has_no_script() {
        let html = Owner::new().with(|| view! { <Head assets=Assets::default() sheets=NONE/> }.to_html());
        assert!(!html.contains("script"), "{html}");
    }
}
