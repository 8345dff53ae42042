//! The style sheets: `style/main.css`, `style/areas.css` and `style/house.css`, each bundled with its imports and minified.
//!
//! Invariant: nothing is rewritten for browsers older than those listed here. `@layer`, nesting and `light-dark()`
//! reach the browser unchanged.

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Targets},
};
use std::{fmt::Display, path::Path};

/// The style sheets of some areas only, beside that of the first load.
pub const AREAS: &str = "areas.css";
pub const HOUSE: &str = "house.css";

/// The oldest browsers with every feature we use. Major in the third byte, minor in the second.
const BROWSERS: Browsers = Browsers {
    // Counted as Chrome; lightningcss has a table of its own for it, without history.
    android: None,
    chrome: Some(123 << 16),
    edge: Some(123 << 16),
    firefox: Some(120 << 16),
    ie: None,
    ios_saf: Some((17 << 16) | (5 << 8)),
    opera: None,
    safari: Some((17 << 16) | (5 << 8)),
    samsung: None,
};

/// Follows the imports of `entry` and returns one minified sheet. Addresses in `url()` are unchanged, so they are
/// relative to the bundled file, also in an imported one.
pub fn bundle(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let targets = Targets::from(BROWSERS);
    let mut sheet = bundler.bundle(entry).map_err(|error| fault(&error))?;
    sheet.minify(MinifyOptions { targets, ..Default::default() }).map_err(|error| fault(&error))?;
    let printed = sheet.to_css(PrinterOptions { minify: true, targets, ..Default::default() });
    Ok(printed.map_err(|error| fault(&error))?.code)
}

/// lightningcss counts lines from zero; editors do not.
fn fault<T: Display>(error: &lightningcss::error::Error<T>) -> anyhow::Error {
    match &error.loc {
        Some(at) => anyhow!("{}:{}: {}", at.filename, at.line + 1, error.kind),
        None => anyhow!("{}", error.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;

    #[test]
    fn layers_nesting_schemes_and_urls_survive_bundling() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, css: &str| files::write(&folder.path().join(name), css.as_bytes()).unwrap();
        put("main.css", "@layer tokens, ui; @import 'ui/list.css' layer(ui); @import 'tokens.css' layer(tokens);");
        put("tokens.css", ":root { color-scheme: light dark; --ink: light-dark(#111111, #eeeeee); }");
        put(
            "ui/list.css",
            "@font-face { font-family: x; src: url('fonts/x.woff2'); }
             .list { color: var(--ink); background: light-dark(white, black); & > li { padding: 0 } }
             @container (width > 40rem) { .list { display: grid } }",
        );
        let css = bundle(&folder.path().join("main.css")).unwrap();
        for part in [
            "--ink:light-dark(#111,#eee)",
            "background:light-dark(#fff,#000)",
            "&>li{padding:0}",
            "url(fonts/x.woff2)",
            "@container (width>40rem)",
        ] {
            assert!(css.contains(part), "{part} is missing in {css}");
        }
        assert!(css.find("@layer tokens") < css.find("@layer ui"), "the order is the declared one: {css}");
        assert!(!css.contains("@import") && !css.contains("lightningcss"), "{css}");
    }

    #[test]
    fn css_error_names_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let entry = folder.path().join("main.css");
        files::write(&entry, b"a { color: red }\nb { color: }, c").unwrap();
        let error = bundle(&entry).unwrap_err().to_string();
        assert!(error.contains("main.css:2"), "{error}");
    }
}
