//! Announcements for readers, rendered on the server: *Now* and the wall display insert the HTML as it is, so that
//! the page everybody loads first carries neither their views nor their texts.
//!
//! Invariant: titles are text; announcement texts are HTML that `services` made from Markdown.

use contract::announcements::AnnouncementBanner;
use domain::time::Moment;
use leptos::prelude::*;
use text::Lang;

/// A card for each on *Now*; a long text is collapsed.
pub(crate) fn cards(t: Lang, now: Moment, all: Vec<AnnouncementBanner>) -> String {
    let card = |AnnouncementBanner { title, html, long, until }: AnnouncementBanner| {
        let until =
            until.map(|until| view! { <span class="s">{t.announcement_shown_until(&t.until(until, now))}</span> });
        view! {
            <details class="card" open=!long>
                <summary><h2>{title}</h2>{until}</summary>
                <div class="prose" inner_html=html></div>
            </details>
        }
        .to_html()
    };
    all.into_iter().map(card).collect()
}

/// All of them for the wall display, under their heading.
pub(crate) fn articles(t: Lang, all: Vec<AnnouncementBanner>) -> String {
    if all.is_empty() {
        return String::new();
    }
    let article = |AnnouncementBanner { title, html, .. }: AnnouncementBanner| {
        view! { <article><h3 class="t">{title}</h3><div class="s prose" inner_html=html></div></article> }
            .to_html()
    };
    let articles: String = all.into_iter().map(article).collect();
    let whole = format!("<h2 id=\"news\">{}</h2>{articles}", t.announcements_title());
    view! { <section class="place told" aria-labelledby="news" inner_html=whole></section> }.to_html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Millis;

    const NOW: Moment = Moment { at: Millis(0), offset: 0 };

    fn one(title: &str, long: bool) -> AnnouncementBanner {
        let until = (!long).then_some(Moment { at: Millis(3_600_000), offset: 0 });
        AnnouncementBanner { title: title.into(), html: "<p>Come <strong>all</strong></p>".into(), long, until }
    }

    #[test]
    fn announcement_title_is_escaped_and_long_text_collapsed() {
        let html = cards(Lang::En, NOW, vec![one("Open <b>day", false), one("Rules", true)]);
        assert!(
            html.contains("<details open class=\"card\"") && html.contains("<details class=\"card\""),
            "{html}"
        );
        assert!(html.contains("<p>Come <strong>all</strong></p>") && html.contains("Open &lt;b&gt;day"), "{html}");
        assert!(html.contains("shown until 01:00"), "{html}");
    }

    #[test]
    fn display_heading_needs_an_announcement() {
        let html = articles(Lang::It, vec![one("Open <b>day", true)]);
        assert!(
            html.contains("Annunci") && html.contains("Open &lt;b&gt;day") && !html.contains("details"),
            "{html}"
        );
        assert_eq!(articles(Lang::It, Vec::new()), "");
    }
}
