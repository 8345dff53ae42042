//! Notices of every kind in each language. Not here: messages in general, which a test of the crate checks.

use super::*;
use domain::{
    accounts::sign_in_methods::MethodChange,
    documents::DocumentKind,
    holds::HoldReason,
    id::{
        ActuatorId, AnnouncementId, AppointmentId, BlockId, BookingId, ClaimId, DocumentId, DrawId, DuesCommandId,
        EditionId, EntryId, ExternalCalendarId, GroupId, HelpId, HoldId, MachineId, MeterId, ModuleId, PlanId,
        ReportId, SeriesId, TimeRequestId, TrainingEventId, TypeId, UnswipedRunId, UseId, WaitingId, WebhookId,
    },
    jobs::Job,
    meters::Measure,
    notices::{DrawNews, DuesNews, EventNews, GroupNews, Kind, SeriesNews},
    problems::Severity,
    time::{Date, Millis},
};

/// One of each kind.
#[expect(clippy::too_many_lines, reason = "a line for each kind")]
fn all() -> Vec<Notice> {
    let (entry, on, relation, until) =
        (EntryId(1), Subject::Type(TypeId(3)), Relation::User, Some(Millis(86_400_000)));
    let (report, machine, block, at) = (ReportId(2), MachineId(3), BlockId(4), Millis(0));
    let (calendar, resource) = (ExternalCalendarId(6), domain::bookings::Resource::Machine(machine));
    vec![
        Notice::Granted { entry, on, relation, until },
        Notice::Revoked { entry, on, relation },
        Notice::Banned { entry, on, until },
        Notice::Unbanned { entry, on },
        Notice::Expiring { on, relation, until: Millis(86_400_000) },
        Notice::HoldPlaced { hold: HoldId(1), reason: HoldReason::Unpaid, until },
        Notice::HoldLifted { hold: HoldId(1) },
        Notice::StatusChanged { to: PersonStatus::Suspended, at },
        Notice::PasswordChanged { at },
        Notice::SecondFactorChanged { on: false, at },
        Notice::SignInMethodChanged { change: MethodChange::PasskeyAdded, at },
        Notice::SignInMethodChanged { change: MethodChange::PasskeyRefused, at },
        Notice::AddressBounced { at },
        Notice::CardClaimed { claim: ClaimId(1) },
        Notice::Series { news: SeriesNews::Booked, series: SeriesId(1), resource, at },
        Notice::Series { news: SeriesNews::Changed, series: SeriesId(1), resource, at },
        Notice::Series { news: SeriesNews::Skipped, series: SeriesId(1), resource, at },
        Notice::Series { news: SeriesNews::Ended, series: SeriesId(1), resource, at },
        Notice::Group { news: GroupNews::Invited, group: GroupId(1), at },
        Notice::Group { news: GroupNews::Asked, group: GroupId(1), at },
        Notice::Group { news: GroupNews::Admitted, group: GroupId(1), at },
        Notice::Group { news: GroupNews::WithoutAdmin, group: GroupId(1), at },
        Notice::GroupRestored { group: GroupId(1), lost: 2, at },
        Notice::CardGiven { at },
        Notice::ClaimRefused { claim: ClaimId(1) },
        Notice::Reported { report, machine, severity: Severity::Degraded },
        Notice::Reported { report, machine, severity: Severity::Unsafe },
        Notice::Acknowledged { report, machine },
        Notice::Resolved { report, machine },
        Notice::Blocked { block, machine },
        Notice::Free { block, machine },
        Notice::MaintenanceDue { plan: PlanId(1), machine, since: at },
        Notice::HelpAsked { help: HelpId(1), machine, until: Millis(86_400_000), inside: true, passed_on: false },
        Notice::HelpAsked { help: HelpId(1), machine, until: Millis(86_400_000), inside: false, passed_on: false },
        Notice::HelpAsked { help: HelpId(1), machine, until: Millis(86_400_000), inside: false, passed_on: true },
        Notice::HelpAnswered { help: HelpId(1), machine, until: Millis(86_400_000) },
        Notice::UseCorrected { session: UseId(1), machine, at },
        Notice::CalendarClash { calendar, resource, starts: Millis(86_400_000), at },
        Notice::CalendarLeftOut { calendar, resource, at },
        Notice::JobFailed { job: Job::Retention, day: Date { year: 2026, month: 11, day: 22 } },
        Notice::ActuatorSilent { actuator: ActuatorId(3), at },
        Notice::ActuatorFailed { actuator: ActuatorId(3), at, stays_on: true },
        Notice::ActuatorFailed { actuator: ActuatorId(3), at, stays_on: false },
        Notice::MeterBeyond {
            meter: MeterId(2),
            measure: Measure::Temperature,
            day: Date { year: 2026, month: 11, day: 22 },
        },
        Notice::Unswiped { run: UnswipedRunId(1), machine },
        Notice::BookingsStayFree,
        Notice::SlackPaused { at },
        Notice::DuesCommandFailed { command: DuesCommandId(1) },
        Notice::WebhookPaused { webhook: WebhookId(1), at: Millis(0), is_gone: false },
        Notice::WebhookPaused { webhook: WebhookId(1), at: Millis(0), is_gone: true },
        Notice::DirectorySync { waits: true, at },
        Notice::DirectorySync { waits: false, at },
        Notice::Announced { announcement: AnnouncementId(7) },
        Notice::CheckoutWanted { wish: TimeRequestId(5), on: TypeId(3) },
        Notice::DocumentToSign {
            document: DocumentId(1),
            kind: DocumentKind::Text,
            edition: 2,
            by: Millis(86_400_000),
            withdrawn: None,
        },
        Notice::DocumentLapsing { document: DocumentId(1), until: Millis(86_400_000) },
        Notice::TrainingAgain { module: ModuleId(1), edition: EditionId(2), by: Millis(86_400_000), ahead: None },
    ]
    .into_iter()
    .chain(CheckoutNews::ALL.iter().map(|&news| Notice::Checkout {
        news,
        appointment: AppointmentId(8),
        on: TypeId(3),
        starts: Millis(86_400_000),
        sequence: 0,
    }))
    .chain(WaitingNews::ALL.iter().map(|&news| Notice::Waiting {
        news,
        waiting: WaitingId(8),
        resource: domain::bookings::Resource::Machine(MachineId(3)),
        starts: Millis(86_400_000),
        until: Millis(900_000),
    }))
    .chain(Instead::ALL.iter().map(|&instead| Notice::Outage {
        block,
        machine,
        booking: BookingId(8),
        starts: Millis(86_400_000),
        instead,
    }))
    .chain(HandOverNews::ALL.iter().map(|&news| Notice::HandOver {
        news,
        booking: BookingId(8),
        resource: domain::bookings::Resource::Machine(MachineId(3)),
        starts: Millis(86_400_000),
        offered: Millis(5),
    }))
    .chain([Notice::OutageOver { block, machine, booking: BookingId(8), starts: Millis(86_400_000) }])
    .chain([Notice::TimeFreed { machine, starts: at, ends: Millis(3_600_000), at }])
    .chain(news())
    .collect()
}

/// What has kinds of its own: dues, draws, training events and bookings.
fn news() -> impl Iterator<Item = Notice> {
    let dues = DuesNews::ALL.iter().map(|&news| Notice::Dues {
        news,
        paid_until: Date { year: 2026, month: 10, day: 31 },
        last_day: Date { year: 2026, month: 11, day: 10 },
    });
    dues.chain(DrawNews::ALL.iter().map(|&news| Notice::Draw { news, draw: DrawId(1) }))
        .chain(EventNews::ALL.iter().map(|&news| Notice::Event {
            news,
            event: TrainingEventId(1),
            on: TypeId(3),
            starts: Millis(86_400_000),
            sequence: 0,
            at: Millis(0),
        }))
        .chain(BookingNews::ALL.iter().map(|&news| Notice::Booking {
            news,
            booking: BookingId(8),
            resource: domain::bookings::Resource::Machine(MachineId(3)),
            starts: Millis(86_400_000),
            sequence: 1,
        }))
}

#[test]
fn every_notice_kind_is_translated() {
    let now = Moment { at: Millis(0), offset: 60 };
    let kinds: std::collections::BTreeSet<_> = all().iter().map(Notice::kind).collect();
    assert!(Kind::ALL.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    for notice in all() {
        let about = (notice.machine().is_some() || notice.of_type().is_some()).then(|| "Laser 1".to_owned());
        let until = notice.until().map(|at| Moment { at, offset: 60 });
        let title = notice.announcement().map(|_| "Open day".to_owned());
        let starts = notice.starts().map(|at| Moment { at, offset: 60 });
        let reported = NoticeContent {
            notice,
            about: about.clone(),
            title: title.clone(),
            who: None,
            note: None,
            starts,
            until,
        };
        let [english, italian] = [Lang::En, Lang::It].map(|lang| lang.notice(&reported, now));
        assert!(
            (title.is_some() || english.title != italian.title) && english.next != italian.next,
            "{notice:?} is not translated"
        );
        for message in [&english, &italian] {
            assert!(!message.next.is_empty() && message.next.ends_with('.'), "{message:?}");
            let named = about.as_ref().is_none_or(|about| message.title.contains(about));
            assert!(named && !message.title.ends_with('.'), "{message:?}");
        }
    }
}

#[test]
fn hold_with_end_names_the_end() {
    let now = Moment { at: Millis(0), offset: 0 };
    let until = Moment { at: Millis(3 * 3_600_000), offset: 0 };
    let notice = Notice::HoldPlaced { hold: HoldId(1), reason: HoldReason::Unpaid, until: Some(until.at) };
    let message = Lang::En.notice(
        &NoticeContent {
            notice,
            about: None,
            title: None,
            who: None,
            note: None,
            starts: None,
            until: Some(until),
        },
        now,
    );
    assert_eq!(message.title, "You are on hold: payment missing");
    assert_eq!(message.next, "You can’t use any machine until 03:00.");
}
