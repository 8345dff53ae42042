//! The HTML frame around the text of a mail.
//!
//! Invariant: the mail is complete; nothing is fetched and nothing runs. Markup that is passed in was escaped by
//! its maker.

use std::fmt::Write;
use text::{Lang, markup::escaped};

/// The style of both parts, in light and dark. Mail programs drop unknown rules, so the plain ones come first.
const STYLE: &str = "body{margin:0;padding:0;background:#f4f5f7;color:#17191c;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\
.page{max-width:34rem;margin:0 auto;padding:24px 16px}.card{background:#fff;border:1px solid #dfe2e6;border-radius:12px;padding:20px}\
.one{border-left:4px solid #8a9099;padding:2px 0 2px 12px;margin:0 0 16px}.action{border-color:#b45309}.safety{border-color:#b91c1c}\
h1{font-size:20px;line-height:1.3;margin:0 0 8px}h2{font-size:16px;line-height:1.4;margin:0}p{margin:0 0 12px}\
.deed{display:inline-block;background:#1f5eff;color:#fff;text-decoration:none;font-weight:600;padding:12px 18px;border-radius:8px}\
.foot{color:#5b6169;font-size:13px;padding:16px 4px 0}.foot a{color:#5b6169}.space{font-weight:600;margin:0 0 12px;padding:0 4px}\
@media (prefers-color-scheme:dark){body{background:#101214!important;color:#e8eaed!important}.card{background:#191c1f!important;border-color:#2c3136!important}\
.deed{background:#7aa2ff!important;color:#0b1020!important}.foot,.foot a{color:#9aa1a9!important}a{color:#9dbbff}.action{border-color:#f0a94a!important}.safety{border-color:#ff7b72!important}}";

/// A mail of `space` whose `card` and `foot` are markup.
pub(crate) fn page(lang: Lang, title: &str, space: &str, card: &str, foot: &str) -> String {
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
         <title>{}</title><style>{STYLE}</style></head><body><main class=\"page\"><p class=\"space\">{}</p><div class=\"card\">{card}</div>",
        lang.tag(),
        escaped(title),
        escaped(space),
    );
    if !foot.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(html, "<div class=\"foot\">{foot}</div>");
    }
    html.push_str("</main></body></html>");
    html
}

/// The paragraphs of a plain text; a paragraph that is only `link` becomes a button labelled `action`, followed by
/// the link as text.
pub(crate) fn card(text: &str, link: &str, action: &str) -> String {
    let paragraphs = text.trim().split("\n\n").map(|paragraph| {
        let visible = escaped(paragraph).replace('\n', "<br>");
        if paragraph == link {
            format!(
                "<p><a class=\"deed\" href=\"{visible}\">{}</a></p><p class=\"link\">{visible}</p>",
                escaped(action)
            )
        } else {
            format!("<p>{visible}</p>")
        }
    });
    paragraphs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_escaped_and_link_becomes_button_once() {
        let link = "https://attic.example/link/a?b=1&c=2";
        let text = format!("Hello <b>Ada</b>,\n\nchoose it at {link} here:\n\n{link}\n\nIf not, do nothing.\n");
        let html = page(Lang::En, "A \"new\" password", "<img src=x>", &card(&text, link, "Choose <it>"), "");
        assert!(!html.contains("<b>") && !html.contains("<img") && !html.contains("<it>"), "{html}");
        assert_eq!(html.matches("href=").count(), 1, "{html}");
        assert!(
            html.contains("href=\"https://attic.example/link/a?b=1&amp;c=2\">Choose &lt;it&gt;</a>"),
            "{html}"
        );
        assert!(!html.contains("class=\"foot\""), "{html}");
    }
}
