//! What begins later today, rendered on the server for the display.

use contract::displays::Today;
use leptos::prelude::*;
use text::{Lang, time};

/// A line for each, under their heading; empty if nothing begins.
pub(super) fn listed(t: Lang, all: Vec<Today>) -> String {
    if all.is_empty() {
        return String::new();
    }
    let rows = all.into_iter().map(|one| {
        let title = if one.is_checkout { t.kiosk_checkout_on(&one.name) } else { one.name };
        let more: Vec<String> =
            [Some(t.until(one.ends, one.starts)), one.who, one.place].into_iter().flatten().collect();
        view! {
            <li>
                <time datetime=time::iso(one.starts)>{time::clock(one.starts)}</time>
                <div><p class="t">{title}</p><p class="s">{more.join(" · ")}</p></div>
            </li>
        }
    });
    view! {
        <section class="place told today" aria-labelledby="today">
            <h2 id="today">{t.kiosk_today()}</h2>
            <ul role="list">{rows.collect_view()}</ul>
        </section>
    }
    .to_html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, words};
    use domain::time::HOUR;

    #[test]
    fn today_lines_show_time_event_place_and_escape_names() {
        let at = |hours| NOW.shifted_to(NOW.at.after(HOUR * hours));
        let one = |is_checkout, who: Option<&str>| Today {
            starts: at(1),
            ends: at(2),
            name: "Lathe <1>".into(),
            place: Some("Metal shop".into()),
            who: who.map(Into::into),
            is_checkout,
        };
        let html = listed(Lang::En, vec![one(true, None), one(false, Some("Jonas"))]);
        let content = words(&html);
        assert!(
            content.contains("15:16Checkout: Lathe") && content.contains("until 16:16 · Jonas · Metal shop"),
            "{content}"
        );
        assert!(html.contains("Lathe &lt;1&gt;") && !html.contains("Lathe <1>"), "{html}");
        assert_eq!(listed(Lang::It, Vec::new()), "");
    }
}
