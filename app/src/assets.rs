//! The browser's half of the page: which files, and how they are asked for.
//!
//! Invariant: all files of one build lie in one folder named by their content, so pieces of two builds never meet and
//! every answer may be kept for ever. Deliberately absent: the files themselves, which the server serves.

use leptos::{WasmSplitManifest, nonce::use_nonce, prelude::*};
use serde::Deserialize;
use std::collections::HashMap;

/// The site's `assets.json`. An empty one renders pages that work without style and script.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Assets {
    /// The folder of this build, without slashes around it: `pkg/0123456789abcdef`.
    pub dir: String,
    /// The script, a file in `dir`.
    pub js: String,
    /// The module that the script loads.
    pub wasm: String,
    pub css: String,
    /// For each area the files that it needs, without `.wasm`.
    pub split: HashMap<String, Vec<String>>,
    /// The script that loads those files.
    pub split_js: String,
}

impl Assets {
    fn url(&self, file: &str) -> String {
        format!("/{}/{file}", self.dir)
    }
}

/// Style, font and script in the head of the document.
///
/// In place of `HydrationScripts`, which looks for files on disk and names them its own way.
#[component]
pub fn Head(
    /// The build that renders this page.
    assets: Assets,
) -> impl IntoView {
    if assets.js.is_empty() {
        return ().into_any();
    }
    let (css, js, wasm) = (assets.url(&assets.css), assets.url(&assets.js), assets.url(&assets.wasm));
    let font = assets.url("fonts/instrument-sans-latin.woff2");
    let start =
        format!("import start, {{ hydrate }} from {js:?};\nstart({{ module_or_path: {wasm:?} }}).then(hydrate);");
    // The preload links of areas are written by the renderer, which looks for this context.
    provide_context(WasmSplitManifest(ArcStoredValue::new((
        format!("/{}", assets.dir),
        assets.split,
        assets.split_js,
    ))));
    view! {
        <link rel="stylesheet" href=css/>
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

    const BUILD: &str = r#"{"dir":"pkg/0a1b","js":"toolgate.js","wasm":"toolgate_bg.wasm","css":"toolgate.css",
        "split":{"wall_1":["common","wall"]},"split_js":"__wasm_split.js"}"#;

    #[test]
    fn the_head_asks_for_the_files_of_its_build_and_lends_the_split_map() {
        let assets: Assets = serde_json::from_str(BUILD).unwrap();
        let (html, manifest) = Owner::new().with(|| {
            let html = view! { <Head assets/> }.to_html();
            (html, use_context::<WasmSplitManifest>())
        });
        for part in [
            r#"href="/pkg/0a1b/toolgate.css""#,
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
    fn without_a_build_there_is_nothing_to_ask_for() {
        let html = Owner::new().with(|| view! { <Head assets=Assets::default()/> }.to_html());
        assert!(!html.contains("script"), "{html}");
    }
}
