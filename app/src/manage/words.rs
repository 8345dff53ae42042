//! The inbox as text: the server builds sentences from items, the page shows them.
//!
//! Invariant: the browser gets only text and links. Not here: the items' fields; code to render them would cost
//! the browser kilobytes.

use domain::{
    inbox::{Matter, Verdict},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A filter: its code in the address, its label, its number of items.
pub type Chip = (String, String, usize);

/// The filter of booking requests.
pub(super) const BOOKINGS: &str = "bookings";

/// The items waiting for the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub now: Moment,
    /// Filters with items.
    pub chips: Vec<Chip>,
    /// How many need a decision; the others only expire soon.
    pub count: u32,
    /// Ordered by kind.
    pub lines: Vec<Line>,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub matter: Matter,
    pub id: i64,
    /// Its filter.
    pub part: String,
    pub name: String,
    /// Whether the name is a person's.
    pub is_person: bool,
    /// Address of their picture, if any.
    pub picture: Option<String>,
    /// The free text of its author.
    pub words: Option<String>,
    pub about: String,
    /// Its details.
    pub facts: Vec<(String, String)>,
    /// The day and the evidence, as HTML; may be empty.
    pub more: String,
    pub verdicts: Vec<Verdict>,
    /// Version of a problem that can be acknowledged.
    pub open_version: Option<i64>,
    /// Version of a booking request that can be answered.
    pub request_version: Option<i64>,
    /// A further action: address and label.
    pub action: Option<(String, String)>,
    /// Address and label of its page.
    pub page: (String, String),
}

impl Line {
    /// Its key in addresses and in the document.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}-{}", self.matter.as_str(), self.id)
    }
}

/// A decision as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionText {
    pub matter: Matter,
    pub id: i64,
    pub message: String,
    /// Whether it can be undone.
    pub has_undo: bool,
}

#[cfg(feature = "ssr")]
mod made {
    use super::{BOOKINGS, DecisionText, Line, Matter, Waiting};
    use crate::ui::icon::Icon;
    use contract::{
        checkouts::ModuleEvidence,
        inbox::{Decided, Detail, Inbox, Item, TrainerDay},
    };
    use domain::{hours::clock, pictures::Subject, time::Moment};
    use leptos::prelude::*;
    use text::Lang;

    const PEOPLE: &str = "people";
    const CHECKOUTS: &str = "checkouts";
    const MACHINES: &str = "machines";

    const fn part(matter: Matter) -> &'static str {
        match matter {
            Matter::Booking => BOOKINGS,
            Matter::Checkout => CHECKOUTS,
            Matter::Problem | Matter::Help | Matter::Maintenance | Matter::Unauthorised => MACHINES,
            Matter::Applicant
            | Matter::Claim
            | Matter::Card
            | Matter::Group
            | Matter::Hold
            | Matter::Qualification => PEOPLE,
        }
    }

    impl Waiting {
        pub fn of(Inbox { now, items, pictures }: Inbox, t: Lang) -> Self {
            let line = |item: Item| {
                let picture = item.person.and_then(|person| Some((person, *pictures.get(&person)?)));
                let picture = picture.map(|(person, added)| Subject::Person(person).src(added, true));
                Line { picture, ..Line::of(item, now, t) }
            };
            let lines: Vec<_> = items.into_iter().map(line).collect();
            let parts = [
                ("", t.inbox_all()),
                (BOOKINGS, t.inbox_bookings()),
                (CHECKOUTS, t.inbox_checkouts_short()),
                (PEOPLE, t.inbox_people()),
                (MACHINES, t.inbox_machines()),
            ];
            let chips = parts.into_iter().map(|(code, name)| {
                let count = lines.iter().filter(|line| code.is_empty() || line.part == code).count();
                (code.to_owned(), name.to_owned(), count)
            });
            let ends =
                |line: &&Line| matches!(line.matter, Matter::Hold | Matter::Qualification | Matter::Maintenance);
            let count = lines.len() - lines.iter().filter(ends).count();
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            Self { now, count, chips: chips.filter(|(.., count)| *count > 0).collect(), lines }
        }
    }

    impl Line {
        pub fn of(item: Item, now: Moment, t: Lang) -> Self {
            let when = t.exact(item.at, now);
            let about = t.inbox_about(&item, &t.inbox_when(item.at, now));
            let page = item.page();
            let Item { matter, id, person, name, detail, at, verdicts } = item;
            let name = name.unwrap_or_else(|| t.person_former(&id.to_string()));
            let open_version = match &detail {
                Detail::Reported { is_new: true, version, .. } => Some(*version),
                _ => None,
            };
            let request_version = match &detail {
                Detail::AsksForBooking { version, .. } => Some(*version),
                _ => None,
            };
            let own = page.clone();
            let action = match matter {
                Matter::Claim => Some((own, t.claim_refuse())),
                Matter::Card => Some((format!("{own}#assigning"), t.unknown_give())),
                Matter::Problem => Some((own, t.problem_resolve())),
                Matter::Maintenance => Some((own, t.inbox_log_maintenance())),
                Matter::Group => Some((format!("{own}#members"), t.inbox_name_admin())),
                Matter::Applicant
                | Matter::Booking
                | Matter::Checkout
                | Matter::Help
                | Matter::Unauthorised
                | Matter::Hold
                | Matter::Qualification => None,
            };
            let page = match (matter, person) {
                (Matter::Booking | Matter::Checkout, _) => (page, t.inbox_open_request()),
                (Matter::Hold | Matter::Qualification, Some(person)) => {
                    (format!("/people/{person}/qualifications"), t.inbox_open_person())
                }
                (Matter::Applicant | Matter::Claim, Some(person)) => {
                    (format!("/people/{person}"), t.inbox_open_person())
                }
                (Matter::Unauthorised | Matter::Help, _) => (page, t.inbox_open_machine()),
                (Matter::Group, _) => (page, t.inbox_open_group()),
                (Matter::Card, _) => ("/unknown-cards".to_owned(), t.unknown_cards()),
                (Matter::Problem, _) => ("/problems".to_owned(), t.problems_title()),
                _ => (page, t.inbox_chosen()),
            };
            let more = more(&detail, at, now, t);
            let (words, facts) = verdict_text(detail, when, (at, now), t);
            Self {
                matter,
                id,
                part: part(matter).to_owned(),
                name: t.inbox_called(matter, &name),
                picture: None,
                more,
                is_person: matches!(
                    matter,
                    Matter::Applicant
                        | Matter::Booking
                        | Matter::Checkout
                        | Matter::Claim
                        | Matter::Hold
                        | Matter::Qualification
                ),
                words,
                about,
                facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                verdicts,
                open_version,
                request_version,
                action: action.map(|(href, label)| (href, label.to_owned())),
                page: (page.0, page.1.to_owned()),
            }
        }
    }

    /// The author's text, and the details.
    fn verdict_text(
        detail: Detail,
        when: String,
        (at, now): (Moment, Moment),
        t: Lang,
    ) -> (Option<String>, Vec<(&'static str, String)>) {
        let mut words = None;
        let facts = match detail {
            Detail::Applied | Detail::LacksAdmin => vec![(t.inbox_since(), when)],
            Detail::AsksForBooking { on, ends, expires, .. } => {
                let time = text::time::capitalised(&t.booking_time(at, ends, now));
                vec![(t.inbox_on(), on), (t.inbox_starts(), time), (t.inbox_expires_at(), t.exact(expires, now))]
            }
            Detail::AsksForCheckout { on, trainer, .. } => {
                let mut facts = vec![(t.inbox_on(), on), (t.inbox_starts(), when)];
                facts.extend(trainer.map(|trainer| (t.inbox_trainer(), trainer)));
                facts
            }
            Detail::Claimed { machine } | Detail::Seen { machine } => {
                vec![(t.boards_machine(), machine), (t.deliveries_when(), when)]
            }
            Detail::Reported { severity, words: written, by, blocks, .. } => {
                words = Some(written.unwrap_or_else(|| t.problem_words_gone().to_owned()));
                let mut facts =
                    vec![(t.inbox_severity(), t.problem_severity(severity).to_owned()), (t.inbox_since(), when)];
                facts.extend(by.map(|by| (t.inbox_reported_by(), by)));
                facts.extend(blocks.then(|| (t.inbox_blocks(), t.inbox_blocked().to_owned())));
                facts
            }
            Detail::NeedsHelp { words: written, by, helper, .. } => {
                words = written;
                let mut facts = vec![(t.inbox_since(), when)];
                facts.extend(by.map(|by| (t.inbox_help_by(), by)));
                facts.extend(helper.map(|helper| (t.inbox_help_answered(), helper)));
                facts
            }
            Detail::Due { what } => vec![(t.inbox_due(), what), (t.inbox_since(), when)],
            Detail::Began { who, .. } => {
                let who = who.unwrap_or_else(|| t.correct_nobody().to_owned());
                vec![(t.inbox_used_by(), who), (t.deliveries_when(), when)]
            }
            Detail::HoldEnds { reason } => {
                vec![(t.inbox_reason(), t.hold_because(reason).to_owned()), (t.inbox_ends(), when)]
            }
            Detail::Expires { on, relation, .. } => vec![
                (t.inbox_on(), on),
                (t.inbox_role(), t.relation(None, relation).to_owned()),
                (t.inbox_ends(), when),
            ],
        };
        (words, facts)
    }

    /// Of a checkout request: the trainer's day, and the training evidence.
    fn more(detail: &Detail, at: Moment, now: Moment, t: Lang) -> String {
        let Detail::AsksForCheckout { trainer, evidence, day, .. } = detail else { return String::new() };
        let title: Vec<_> = [Some(t.date(at, now)), trainer.clone()].into_iter().flatten().collect();
        let checks = evidence.as_ref().map(|evidence| {
            let trained = t.checkout_trained(&evidence.modules).map(|message| {
                let passed = |one: &ModuleEvidence| one.watched && one.quiz.is_none_or(|quiz| quiz.passed);
                (t.inbox_training(), message, evidence.modules.iter().all(passed))
            });
            let practised = evidence.since_minutes.unwrap_or(evidence.used_minutes) > 0;
            let practice = (t.inbox_practice(), t.checkout_practice(evidence), practised);
            let each = trained.into_iter().chain([practice]).map(|(name, message, fits)| {
                let icon = if fits { "check" } else { "triangle-alert" };
                view! { <li data-warn=(!fits).then_some("")><Icon name=icon/><span><b>{name}</b>": "{message}</span></li> }
            });
            view! { <section><h3>{t.requests_checks()}</h3><ul class="checks" role="list">{each.collect_view()}</ul></section> }
        });
        view! { <section><h3>{title.join(", ")}</h3>{strip(t, day)}</section>{checks} }.to_html()
    }

    /// A day from eight to ten, or longer if needed.
    fn strip(t: Lang, day: &TrainerDay) -> AnyView {
        let all = || day.taken.iter().chain([&day.asked]);
        let first = all().map(|(from, _)| from / 60).min().unwrap_or(8).min(8);
        let last = all().map(|(_, to)| to.div_ceil(60)).max().unwrap_or(22).max(22);
        // The first and the last of every second hour are at the edges.
        let last = last + (last - first) % 2;
        let bar = |key: &'static str, (from, to): (u16, u16)| {
            let (x, width) = ((from - first * 60).to_string(), to.saturating_sub(from).to_string());
            view! { <rect data-k=key x=x y="0" width=width height="40"/> }
        };
        let clocks = |(from, to): (u16, u16)| format!("{}–{}", clock(from), clock(to));
        let taken: Vec<_> = day.taken.iter().copied().map(clocks).collect();
        let message = match taken.as_slice() {
            [] => t.inbox_day(&clocks(day.asked)),
            taken => t.inbox_day_taken(&clocks(day.asked), &taken.join(", ")),
        };
        let bars: Vec<_> =
            day.taken.iter().map(|span| bar("used", *span)).chain([bar("mine", day.asked)]).collect();
        let hours = (first..=last).step_by(2).map(|hour| view! { <span>{hour}</span> });
        view! {
            <div class="strip">
                <svg class="track" viewBox=format!("0 0 {} 40", (last - first) * 60) preserveAspectRatio="none" aria-hidden="true">{bars}</svg>
                <div class="ticks" aria-hidden="true">{hours.collect_view()}</div>
            </div>
            <p class="small muted">{message}</p>
        }
        .into_any()
    }

    impl DecisionText {
        pub fn of(one: Decided, t: Lang) -> Self {
            let name = t.inbox_called(one.matter, &one.name);
            let message = t.inbox_message(one.matter, one.verdict, &name);
            Self { matter: one.matter, id: one.id, message, has_undo: one.verdict.is_some() }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::testing::{NOW, ago};
        use contract::checkouts::{Evidence, QuizEvidence};
        use domain::{id::PersonId, inbox::Verdict, problems::Severity, time::HOUR};
        use std::collections::BTreeMap;

        #[test]
        fn checkout_request_shows_trainer_day_and_evidence() {
            let quiz = Some(QuizEvidence { passed: false, best: Some(40), tries: 2 });
            let modules = vec![ModuleEvidence { title: "Safety".into(), percent: 100, watched: true, quiz }];
            let evidence =
                Some(Evidence { modules, used_minutes: 90, since_minutes: None, last_used: None, failed: 0 });
            let day = TrainerDay { taken: vec![(420, 690), (1_140, 1_260)], asked: (840, 870) };
            let item = Item {
                matter: Matter::Checkout,
                id: 7,
                person: Some(PersonId(15)),
                name: Some("Nora".into()),
                detail: Detail::AsksForCheckout {
                    on: "Lathe".into(),
                    trainer: Some("Jonas".into()),
                    evidence,
                    day,
                },
                at: NOW.shifted_to(NOW.at.after(HOUR)),
                verdicts: Vec::new(),
            };
            let line = Line::of(item, NOW, Lang::En);
            let content = crate::testing::words(&line.more);
            assert!(content.contains("19 November, Jonas"), "{content}");
            assert!(content.contains("Asked for 14:00–14:30. Taken: 07:00–11:30, 19:00–21:00."), "{content}");
            // It begins at seven, because an event does, and ends after a multiple of two hours.
            assert!(line.more.contains(r#"viewBox="0 0 960 40""#), "{}", line.more);
            assert!(line.more.contains(r#"data-k="mine" x="420" y="0" width="30""#), "{}", line.more);
            // The quiz counts against it, the practice does not.
            assert_eq!(line.more.matches("data-warn").count(), 1, "{}", line.more);
            assert!(content.contains("Practice: 1 h 30 of practice"), "{content}");
        }

        #[test]
        fn problem_item_shows_report_and_is_acknowledged_once() {
            let item = |is_new| Item {
                matter: Matter::Problem,
                id: 3,
                person: None,
                name: Some("Mill".into()),
                detail: Detail::Reported {
                    severity: Severity::Unsafe,
                    words: Some("spindle noise".into()),
                    by: Some("Ada".into()),
                    is_new,
                    blocks: true,
                    version: 4,
                },
                at: ago(60),
                verdicts: Vec::<Verdict>::new(),
            };
            let waiting = Waiting::of(
                Inbox { now: NOW, items: vec![item(true), item(false)], pictures: BTreeMap::new() },
                Lang::En,
            );
            let [new, known] = waiting.lines.as_slice() else { panic!("{waiting:?}") };
            assert_eq!((new.words.as_deref(), new.open_version), (Some("spindle noise"), Some(4)));
            assert_eq!(known.open_version, None);
            assert_eq!(new.action, Some(("/problems?problem=3".into(), "Resolve".into())));
            assert!(new.facts.iter().any(|(_, value)| value.contains("blocked until")), "{:?}", new.facts);
            let chips: Vec<_> = waiting.chips.iter().map(|(name, _, count)| (name.as_str(), *count)).collect();
            assert_eq!(chips, [("", 2), (MACHINES, 2)], "filters that show nothing are not offered");
        }
    }
}
