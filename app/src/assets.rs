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
    /// The stylesheet of the areas that need one.
    pub area_css: String,
    /// The files of each area, without `.wasm`.
    pub split: HashMap<String, Vec<String>>,
    /// The script that loads those files.
    pub split_js: String,
}

impl Assets {
    fn url(&self, file: &str) -> String {
        format!("/{}/{file}", self.dir)
    }
}

/// Name of the meta tag with the area stylesheet, in documents that do not load it.
const AREA_STYLE: &str = "area-style";

/// Loads the area stylesheet if it is missing, and waits for it, so that no page is shown without its style.
#[cfg(feature = "hydrate")]
pub fn area_style() -> Option<impl Future<Output = ()>> {
    use js_sys::Promise;
    use wasm_bindgen_futures::JsFuture;
    let document = document();
    let place = document.query_selector(&format!("meta[name={AREA_STYLE}]")).ok().flatten()?;
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
    /// Whether the requested page is in an area with its own stylesheet.
    styled: bool,
) -> impl IntoView {
    if assets.js.is_empty() {
        return ().into_any();
    }
    let (css, js, wasm) = (assets.url(&assets.css), assets.url(&assets.js), assets.url(&assets.wasm));
    let area_css = assets.url(&assets.area_css);
    let font = assets.url("fonts/instrument-sans-latin.woff2");
    let start =
        format!("import start, {{ hydrate }} from {js:?};\nstart({{ module_or_path: {wasm:?} }}).then(hydrate);");
    // The renderer finds this context when it writes the preload links of areas.
    provide_context(WasmSplitManifest(ArcStoredValue::new((
        format!("/{}", assets.dir),
        assets.split,
        assets.split_js,
    ))));
    let area_css = if styled {
        view! { <link rel="stylesheet" href=area_css/> }.into_any()
    } else {
        view! { <meta name=AREA_STYLE content=area_css/> }.into_any()
    };
    view! {
        <link rel="stylesheet" href=css/>
        {area_css}
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

    const BUILD: &str = r#"{"dir":"pkg/0a1b","js":"toolgate.js","wasm":"toolgate_bg.wasm","css":"toolgate.css","area_css":"toolgate-areas.css",
        "split":{"wall_1":["common","wall"]},"split_js":"__wasm_split.js"}"#;

    #[test]
    fn head_links_build_files_and_split_map() {
        let assets: Assets = serde_json::from_str(BUILD).unwrap();
        let (html, manifest) = Owner::new().with(|| {
            let html = view! { <Head assets styled=false/> }.to_html();
            (html, use_context::<WasmSplitManifest>())
        });
        for part in [
            r#"href="/pkg/0a1b/toolgate.css""#,
            r#"<meta name="area-style" content="/pkg/0a1b/toolgate-areas.css""#,
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
    fn head_without_build_has_no_script() {
        let html = Owner::new().with(|| view! { <Head assets=Assets::default() styled=false/> }.to_html());
        assert!(!html.contains("script"), "{html}");
    }
}
