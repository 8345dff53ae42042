//! Lays out mails about notices: plain text, and HTML that reads well on a phone, in dark mode and without images.
//!
//! Invariant: user input, such as names of people, machines and the space, is text in both, never markup.

use super::{invitations, unsubscribe};
use crate::{
    Ctx, bookings, checkouts,
    mail::{self, Invitation, Mail, Method, frame},
    training_events::calendar as events,
};
use contract::notices::{NoticeContent, Unwanted};
use domain::{
    deliveries::lanes::is_first,
    id::{DeliveryId, NoticeId, PersonId},
    notices::{EventNews, Notice, Urgency},
    time::Millis,
};
use std::fmt::Write;
use store::{
    bookings::BookingRow,
    checkouts::CheckoutRow,
    deliveries::{Due, before::SentNotice},
    training_events::StoredEvent,
};
use text::{Lang, markup::escaped};

/// Notices that one mail shows; the others are in the app.
const MOST: usize = 50;

/// A mail to one person and the deliveries that it is.
pub(super) struct Parcel {
    pub ids: Vec<DeliveryId>,
    pub attempts: u32,
    pub person: PersonId,
    /// It leaves before others.
    pub is_first: bool,
    pub mail: Mail,
}

/// Why notices are in one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bundle {
    Single,
    /// The sender caused many of this kind.
    Many,
    /// They are good to know.
    Daily,
}

/// Notices of one person in one mail, in order.
pub(super) struct Group {
    pub bundle: Bundle,
    pub list: Vec<(Due, Notice)>,
    /// Their common subject, if they have one, and the earlier mails about it.
    pub thread: Option<(String, Vec<SentNotice>)>,
    pub calendar_entries: Vec<CalendarEntry>,
}

/// The current calendar entry for the reader of a mail.
pub(super) struct CalendarEntry {
    pub what: Event,
    /// The mail cancels the entry.
    pub is_taken_out: bool,
}

pub(super) enum Event {
    Checkout(Box<CheckoutRow>),
    /// As its reader has it.
    Training(Box<StoredEvent>),
    /// With its holder, or the admins of its group.
    Booking(Box<BookingRow>, Vec<PersonId>),
}

impl Group {
    pub(super) const fn of(bundle: Bundle, list: Vec<(Due, Notice)>) -> Self {
        Self { bundle, list, thread: None, calendar_entries: Vec::new() }
    }
}

/// The mail for `group`: one notice of one person, many of a kind, or those of a day. `None` without an address.
pub(super) fn parcel(ctx: &Ctx, key: &[u8; 32], group: &Group, now: Millis) -> Option<Parcel> {
    let list = &group.list;
    let (first, notice) = list.first()?;
    let to = first.email.clone()?;
    let site = mail::memory(ctx).post().site.clone()?;
    let space = ctx.space();
    let lang = first.language.as_deref().and_then(Lang::from_tag).unwrap_or(space.language);
    let name = first.name.clone().unwrap_or_default();
    let moment = ctx.moment(now);
    let reported: Vec<_> = list
        .iter()
        .take(MOST)
        .map(|(due, notice)| {
            let (starts, until) = (notice.starts(), notice.until());
            let message = lang.notice(
                &NoticeContent {
                    notice: *notice,
                    about: due.about.clone(),
                    title: due.title.clone(),
                    who: due.who.clone(),
                    note: due.note.clone(),
                    starts: starts.map(|at| ctx.moment(at)),
                    until: until.map(|at| ctx.moment(at)),
                },
                moment,
            );
            let path = match notice {
                // Answered by one tap, without signing in.
                Notice::Event { news: EventNews::Invited | EventNews::Moved, event, .. } => {
                    invitations::link(key, first.person, *event)
                }
                _ => notice.link(),
            };
            let link = format!("{site}{path}");
            LetterLine { title: message.title, next: message.next, link, urgency: notice.kind().urgency() }
        })
        .collect();
    let daily = group.bundle == Bundle::Daily;
    let not_requested = if daily { Unwanted::Digest } else { Unwanted::Kind(notice.kind()) };
    let may_stop = daily || !notice.kind().is_locked();
    let stop = may_stop.then(|| unsubscribe::link(key, first.person, not_requested));
    let unsubscribe = stop.as_ref().map(|query| format!("{site}/unsubscribe/one-click{query}"));
    let stop = stop.map(|query| format!("{site}/unsubscribe{query}"));
    let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
    let space = if space.name.is_empty() { "Toolgate" } else { &space.name };
    let subject = match (reported.as_slice(), group.bundle) {
        ([only], _) => only.title.clone(),
        ([message, ..], Bundle::Many) => lang.notice_and_more(count.saturating_sub(1), &message.title),
        _ => lang.mail_digest_subject(count, space),
    };
    let lead = (count > 1).then(|| match group.bundle {
        Bundle::Many => lang.mail_many_lead(count),
        Bundle::Daily | Bundle::Single => lang.mail_digest_lead(count),
    });
    let page = Page { lang, name: &name, space, site: &site, told: &reported, count, lead, stop: stop.as_deref() };
    let ids: Vec<_> = list.iter().map(|(due, _)| due.id).collect();
    // Stable across resends: derived from the notices.
    let newest = list.last().map_or(first.notice, |(due, _)| due.notice);
    let id = name_of((first.notice, newest), first.told);
    let calendar = entries(ctx, group, (first.person, &to), lang, now);
    let mail = Mail {
        subject,
        body: page.text(),
        html: Some(page.html()),
        unsubscribe,
        id: Some(id),
        thread: thread(ctx, group, first.person),
        calendar,
        to,
    };
    let attempts = list.iter().map(|(due, _)| due.attempts).max().unwrap_or_default();
    let is_first = list.iter().any(|(_, notice)| is_first(notice.kind()));
    Some(Parcel { ids, attempts, person: first.person, is_first, mail })
}

/// The message id of a mail with these notices, from its first and last notice and the time of the first.
fn name_of((first, last): (NoticeId, NoticeId), notice: Millis) -> String {
    format!("notice.{first}.{last}.{}", notice.0)
}

/// The ids of earlier mails about the same subject, newest last, after a common id that no mail has.
fn thread(ctx: &Ctx, group: &Group, person: PersonId) -> Vec<String> {
    let Some((thread, sent)) = &group.thread else { return Vec::new() };
    let root = format!("{}.{person}.{}", thread.replace(':', "."), ctx.calendar_name());
    let before = sent.iter().map(|sent| name_of((sent.notice, sent.notice), sent.told));
    std::iter::once(root).chain(before).collect()
}

/// The calendar messages for its reader: only those that the text mentions.
fn entries(ctx: &Ctx, group: &Group, reader: (PersonId, &str), lang: Lang, now: Millis) -> Vec<Invitation> {
    let name = group.list.first().and_then(|(due, _)| due.name.as_deref()).unwrap_or_default();
    let entries = group.calendar_entries.iter().filter_map(|entry| {
        let invitation = match &entry.what {
            Event::Checkout(stored) => checkouts::invitation(ctx, stored, reader, lang, now),
            Event::Training(stored) => events::invitation(ctx, stored, (reader.0, name, reader.1), now),
            Event::Booking(stored, holders) => bookings::invitation(ctx, stored, reader, holders, now),
        };
        invitation.filter(|invitation| (invitation.method == Method::Cancel) == entry.is_taken_out)
    });
    entries.collect()
}

/// A notice in a mail.
struct LetterLine {
    title: String,
    next: String,
    link: String,
    urgency: Urgency,
}

/// The data of both mail parts.
struct Page<'a> {
    lang: Lang,
    name: &'a str,
    space: &'a str,
    site: &'a str,
    told: &'a [LetterLine],
    /// The total number, including those not shown.
    count: u32,
    /// Why several are in one mail.
    lead: Option<String>,
    stop: Option<&'a str>,
}

impl Page<'_> {
    fn more(&self) -> Option<String> {
        let visible = u32::try_from(self.told.len()).unwrap_or(u32::MAX);
        let more = self.count.saturating_sub(visible);
        (more > 0).then(|| self.lang.mail_digest_more(more))
    }

    // Writing to a string cannot fail, here and below.
    fn text(&self) -> String {
        let t = self.lang;
        let mut text = String::new();
        if !self.name.is_empty() {
            let _ = writeln!(text, "{}\n", t.mail_hello(self.name));
        }
        if let Some(lead) = &self.lead {
            let _ = writeln!(text, "{lead}\n");
        }
        for LetterLine { title, next, link, .. } in self.told {
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
        let mut html = String::new();
        match self.told {
            [only] => {
                let _ = write!(
                    html,
                    "<div class=\"one {}\"><h1>{}</h1><p>{}</p></div><p><a class=\"deed\" href=\"{}\">{}</a></p>",
                    only.urgency.as_str(),
                    escaped(&only.title),
                    escaped(&only.next),
                    escaped(&only.link),
                    t.mail_open(),
                );
            }
            several => {
                let _ = write!(html, "<h1>{}</h1>", escaped(self.lead.as_deref().unwrap_or_default()));
                for LetterLine { title, next, link, urgency } in several {
                    let (link, title, next) = (escaped(link), escaped(title), escaped(next));
                    let urgency = urgency.as_str();
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
        let foot = format!(
            "<p>{}</p><p>{stop} · <a href=\"{}\">{}</a></p>",
            escaped(&t.mail_why(self.space)),
            escaped(&format!("{}/notices/settings", self.site)),
            t.mail_settings(),
        );
        let title = self.told.first().map_or(self.space, |message| &message.title);
        frame::page(t, title, self.space, &html, &foot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(title: &str) -> LetterLine {
        LetterLine {
            title: title.into(),
            next: "Talk to <b>Eve</b>.".into(),
            link: "https://attic.example/machines/7".into(),
            urgency: Urgency::Info,
        }
    }

    #[test]
    fn typed_text_is_never_markup() {
        let notice = [line("<script>alert(1)</script> \"Laser\" & 'co'"), line("Lathe")];
        for (count, notice) in [(1, &notice[..1]), (2, &notice[..])] {
            let (space, stop) =
                ("<img src=x onerror=alert(1)>", Some("https://attic.example/unsubscribe?a=1&b=2"));
            let page = Page {
                lang: Lang::En,
                name: "<i>Ada</i>",
                space,
                site: "https://attic.example",
                told: notice,
                count,
                lead: (count > 1).then(|| Lang::En.mail_digest_lead(count)),
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
    fn digest_states_omitted_notices() {
        let notice = [line("Laser"), line("Lathe")];
        let page = Page {
            lang: Lang::En,
            name: "",
            space: "Attic",
            site: "https://attic.example",
            told: &notice,
            count: 12,
            lead: Some(Lang::En.mail_digest_lead(12)),
            stop: None,
        };
        for part in [page.text(), page.html()] {
            assert!(part.contains("12 events") && part.contains("10 more") && part.contains("/notices"), "{part}");
            assert!(part.contains("can’t be turned off"), "{part}");
        }
        assert!(!page.text().contains("Hello"), "nobody is greeted without a name");
    }
}
