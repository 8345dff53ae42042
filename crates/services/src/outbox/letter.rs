//! What a mail about notices looks like: plain text, and HTML that reads on a phone, in the dark, without pictures.
//!
//! Invariant: whatever somebody typed – names of people, of machines, of the space – is text in both, never markup.

use super::{Entered, Parcel, unsubscribe};
use crate::{Ctx, bookings, checkouts, mail::Mail};
use domain::{
    notices::{Notice, Urgency},
    time::Millis,
};
use std::fmt::Write;
use store::deliveries::Due;
use text::{Lang, markup::escaped};
use views::notices::{Told, Unwanted};

/// Notices that one mail shows; the others are in the app.
const MOST: usize = 50;

/// How both parts look, in either light. Mail programs drop what they do not know, so the plain rules come first.
const STYLE: &str = "body{margin:0;padding:0;background:#f4f5f7;color:#17191c;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\
.page{max-width:34rem;margin:0 auto;padding:24px 16px}.card{background:#fff;border:1px solid #dfe2e6;border-radius:12px;padding:20px}\
.one{border-left:4px solid #8a9099;padding:2px 0 2px 12px;margin:0 0 16px}.action{border-color:#b45309}.safety{border-color:#b91c1c}\
h1{font-size:20px;line-height:1.3;margin:0 0 8px}h2{font-size:16px;line-height:1.4;margin:0}p{margin:0 0 12px}\
.deed{display:inline-block;background:#1f5eff;color:#fff;text-decoration:none;font-weight:600;padding:12px 18px;border-radius:8px}\
.foot{color:#5b6169;font-size:13px;padding:16px 4px 0}.foot a{color:#5b6169}.space{font-weight:600;margin:0 0 12px;padding:0 4px}\
@media (prefers-color-scheme:dark){body{background:#101214!important;color:#e8eaed!important}.card{background:#191c1f!important;border-color:#2c3136!important}\
.deed{background:#7aa2ff!important;color:#0b1020!important}.foot,.foot a{color:#9aa1a9!important}a{color:#9dbbff}.action{border-color:#f0a94a!important}.safety{border-color:#ff7b72!important}}";

/// The mail for `group`: notices of one person, one of them or those of a day, with what is `entered` in calendars by them.
/// `None` where they have no address.
pub(super) fn parcel(
    ctx: &Ctx,
    key: &[u8; 32],
    group: &[(Due, Notice)],
    entered: &[Entered],
    now: Millis,
) -> Option<Parcel> {
    let (first, notice) = group.first()?;
    let to = first.email.clone()?;
    let site = ctx.mail().post().site.clone()?;
    let space = ctx.space();
    let lang = first.language.as_deref().and_then(Lang::from_tag).unwrap_or(space.language);
    let name = first.name.clone().unwrap_or_default();
    let moment = ctx.moment(now);
    let told: Vec<_> = group
        .iter()
        .take(MOST)
        .map(|(due, notice)| {
            let (starts, until) = (notice.starts(), notice.until());
            let said = lang.notice(
                &Told {
                    notice: *notice,
                    about: due.about.clone(),
                    title: due.title.clone(),
                    who: due.who.clone(),
                    starts: starts.map(|at| ctx.moment(at)),
                    until: until.map(|at| ctx.moment(at)),
                },
                moment,
            );
            let link = format!("{site}{}", notice.link());
            Said { title: said.title, next: said.next, link, urgency: notice.kind().urgency() }
        })
        .collect();
    let daily = notice.kind().is_daily();
    let unwanted = if daily { Unwanted::Digest } else { Unwanted::Kind(notice.kind()) };
    let may_stop = daily || !notice.kind().is_locked();
    let stop = may_stop.then(|| unsubscribe::link(key, first.person, unwanted));
    let unsubscribe = stop.as_ref().map(|query| format!("{site}/unsubscribe/one-click{query}"));
    let stop = stop.map(|query| format!("{site}/unsubscribe{query}"));
    let count = u32::try_from(group.len()).unwrap_or(u32::MAX);
    let space = if space.name.is_empty() { "Toolgate" } else { &space.name };
    let subject = match told.as_slice() {
        [only] => only.title.clone(),
        _ => lang.mail_digest_subject(count, space),
    };
    let page = Page { lang, name: &name, space, site: &site, told: &told, count, stop: stop.as_deref() };
    let ids: Vec<_> = group.iter().map(|(due, _)| due.id).collect();
    // The same when it is sent again: it is known by what it tells.
    let last = group.last().map_or(first.notice, |(due, _)| due.notice);
    let id = format!("notice.{}.{last}.{}", first.notice, first.told.0);
    let reader = (first.person, to.as_str());
    let invited = entered.iter().filter_map(|entered| match entered {
        Entered::Appointment(kept) => checkouts::invitation(ctx, kept, reader, lang, now),
        Entered::Booking(kept) => bookings::invitation(ctx, kept, reader, now),
    });
    let calendar = invited.collect();
    let mail =
        Mail { to, subject, body: page.text(), html: Some(page.html()), unsubscribe, id: Some(id), calendar };
    let attempts = group.iter().map(|(due, _)| due.attempts).max().unwrap_or_default();
    Some(Parcel { ids, attempts, person: first.person, mail })
}

/// One notice, as the mail says it.
struct Said {
    title: String,
    next: String,
    link: String,
    urgency: Urgency,
}

/// What both parts are made of.
struct Page<'a> {
    lang: Lang,
    name: &'a str,
    space: &'a str,
    site: &'a str,
    told: &'a [Said],
    /// How many there are, also those that are not shown.
    count: u32,
    stop: Option<&'a str>,
}

impl Page<'_> {
    fn lead(&self) -> Option<String> {
        (self.count > 1).then(|| self.lang.mail_digest_lead(self.count))
    }

    fn more(&self) -> Option<String> {
        let shown = u32::try_from(self.told.len()).unwrap_or(u32::MAX);
        let more = self.count.saturating_sub(shown);
        (more > 0).then(|| self.lang.mail_digest_more(more))
    }

    // Writing to a string cannot fail, here and below.
    fn text(&self) -> String {
        let t = self.lang;
        let mut text = String::new();
        if !self.name.is_empty() {
            let _ = writeln!(text, "{}\n", t.mail_hello(self.name));
        }
        if let Some(lead) = self.lead() {
            let _ = writeln!(text, "{lead}\n");
        }
        for Said { title, next, link, .. } in self.told {
            let _ = writeln!(text, "{title}\n{next}\n{link}\n");
        }
        if let Some(more) = self.more() {
            let _ = writeln!(text, "{more}\n{}/notices\n", self.site);
        }
        let _ = writeln!(text, "-- \n{}", t.mail_why(self.space));
        let _ = match self.stop {
            Some(stop) => writeln!(text, "{}:\n{stop}", t.mail_unsubscribe()),
            None => writeln!(text, "{}", t.mail_always()),
        };
        let _ = writeln!(text, "{}:\n{}/notices/settings", t.mail_settings(), self.site);
        text
    }

    fn html(&self) -> String {
        let t = self.lang;
        let mut html = format!(
            "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
             <title>{}</title><style>{STYLE}</style></head><body><main class=\"page\"><p class=\"space\">{}</p><div class=\"card\">",
            t.tag(),
            escaped(self.told.first().map_or(self.space, |said| &said.title)),
            escaped(self.space),
        );
        match self.told {
            [only] => {
                let _ = write!(
                    html,
                    "<div class=\"one {}\"><h1>{}</h1><p>{}</p></div><p><a class=\"deed\" href=\"{}\">{}</a></p>",
                    only.urgency.word(),
                    escaped(&only.title),
                    escaped(&only.next),
                    escaped(&only.link),
                    t.mail_open(),
                );
            }
            several => {
                let _ = write!(html, "<h1>{}</h1>", escaped(&self.lead().unwrap_or_default()));
                for Said { title, next, link, urgency } in several {
                    let (link, title, next) = (escaped(link), escaped(title), escaped(next));
                    let urgency = urgency.word();
                    let _ = write!(
                        html,
                        "<div class=\"one {urgency}\"><h2><a href=\"{link}\">{title}</a></h2><p>{next}</p></div>"
                    );
                }
                let more = self.more().map(|more| format!("<p>{}</p>", escaped(&more))).unwrap_or_default();
                let link = escaped(&format!("{}/notices", self.site));
                let _ = write!(html, "{more}<p><a class=\"deed\" href=\"{link}\">{}</a></p>", t.mail_open());
            }
        }
        let stop = match self.stop {
            Some(stop) => format!("<a href=\"{}\">{}</a>", escaped(stop), t.mail_unsubscribe()),
            None => t.mail_always().to_owned(),
        };
        let _ = write!(
            html,
            "</div><div class=\"foot\"><p>{}</p><p>{stop} · <a href=\"{}\">{}</a></p></div></main></body></html>",
            escaped(&t.mail_why(self.space)),
            escaped(&format!("{}/notices/settings", self.site)),
            t.mail_settings(),
        );
        html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(title: &str) -> Said {
        Said {
            title: title.into(),
            next: "Talk to <b>Eve</b>.".into(),
            link: "https://attic.example/machines/7".into(),
            urgency: Urgency::Info,
        }
    }

    #[test]
    fn what_somebody_typed_is_never_markup() {
        let told = [said("<script>alert(1)</script> \"Laser\" & 'co'"), said("Lathe")];
        for (count, told) in [(1, &told[..1]), (2, &told[..])] {
            let (space, stop) =
                ("<img src=x onerror=alert(1)>", Some("https://attic.example/unsubscribe?a=1&b=2"));
            let page = Page {
                lang: Lang::En,
                name: "<i>Ada</i>",
                space,
                site: "https://attic.example",
                told,
                count,
                stop,
            };
            let html = page.html();
            for markup in ["<script", "<img", "<i>", "<b>", "onerror=alert(1)>\""] {
                assert!(!html.contains(markup), "{markup} in {html}");
            }
            assert!(html.contains("&lt;script&gt;") && html.contains("a=1&amp;b=2"));
            assert!(page.text().contains("<script>alert(1)</script>"), "plain text shows what was typed");
        }
    }

    #[test]
    fn a_daily_mail_says_what_it_leaves_out() {
        let told = [said("Laser"), said("Lathe")];
        let page = Page {
            lang: Lang::En,
            name: "",
            space: "Attic",
            site: "https://attic.example",
            told: &told,
            count: 12,
            stop: None,
        };
        for part in [page.text(), page.html()] {
            assert!(part.contains("12 events") && part.contains("10 more") && part.contains("/notices"), "{part}");
            assert!(part.contains("can’t be switched off"), "{part}");
        }
        assert!(!page.text().contains("Hello"), "nobody is greeted without a name");
    }
}
