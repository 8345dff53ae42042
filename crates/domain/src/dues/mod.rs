//! Dues: whether a member has paid, as their payment processor says.
//!
//! **Invariant.** Only the status and the day until which dues are paid are known; no card, amount or bank. A processor that cannot
//! be asked changes nobody's status: it gets worse only by an answer.
//!
//! Not here: what a processor's messages look like, and the hold that follows.

mod commands;
mod period;
mod subscriptions;

pub use commands::{CommandKind, CommandState, GIVE_UP, KEY_LIFE, next_try};
pub use period::Period;
pub use subscriptions::{Plans, Subscription, answer, choice, counted};

use crate::{string_enum::string_enum, time::Date};

string_enum! {
    /// A payment processor.
    Processor {
        Stripe = "stripe",
        GoCardless = "gocardless",
    }
}

impl Processor {
    /// Its name, the same in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stripe => "Stripe",
            Self::GoCardless => "GoCardless",
        }
    }

    /// How its references of customers begin.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Stripe => "cus_",
            Self::GoCardless => "CU",
        }
    }

    /// The page of a customer, for managers who sign in there.
    #[must_use]
    pub fn customer_page(self, reference: &Reference) -> String {
        let reference = reference.as_str();
        match self {
            Self::Stripe => format!("https://dashboard.stripe.com/customers/{reference}"),
            Self::GoCardless => format!("https://manage.gocardless.com/customers/{reference}"),
        }
    }
}

/// A processor's reference of a customer, like `cus_3Vb7QwX1mN` or `CU000123`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    text: String,
    processor: Processor,
}

/// A text that is a reference of no known processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoReference;

impl std::fmt::Display for NoReference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a reference of a known processor")
    }
}

impl TryFrom<String> for Reference {
    type Error = NoReference;

    fn try_from(text: String) -> Result<Self, NoReference> {
        Self::parse(&text).ok_or(NoReference)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.text
    }
}

/// A reference is no longer than this, in characters.
pub const REFERENCE: usize = 64;

impl Reference {
    /// The reference that `text` is; `None` if it is of no known processor.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits =
            text.len() <= REFERENCE && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_of =
            |processor: &Processor| text.strip_prefix(processor.prefix()).is_some_and(|rest| !rest.is_empty());
        let processor = Processor::ALL.iter().copied().find(is_of).filter(|_| fits)?;
        Some(Self { text: text.to_owned(), processor })
    }

    /// The processor that gave it.
    #[must_use]
    pub const fn processor(&self) -> Processor {
        self.processor
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its beginning and end, enough to compare it with a receipt: `cus_8Qx…4Rt`.
    #[must_use]
    pub fn shortened(&self) -> String {
        let from = self.processor.prefix().len() + 3;
        let to = self.text.len().saturating_sub(3);
        match (self.text.get(..from), self.text.get(to..)) {
            (Some(begin), Some(end)) if from < to => format!("{begin}…{end}"),
            _ => self.text.clone(),
        }
    }
}

string_enum! {
    /// The status of a member's dues.
    DuesStatus {
        Current = "current",
        /// Late, and the days of grace are not over: everything works.
        Grace = "grace",
        /// Late, and they are over: a hold is placed.
        Overdue = "overdue",
        /// The membership at the processor has ended. It has the same days of grace, and then a hold.
        Ended = "ended",
    }
}

/// A customer's standing, as a processor answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Standing {
    /// The last day that is paid.
    pub paid_until: Date,
    /// Whether nothing will be collected any more.
    pub ended: bool,
}

/// What a processor answers about a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub standing: Standing,
    /// Whether collecting is paused. Periods go on meanwhile, so the last paid day is at most the one in the standing.
    pub is_paused: bool,
}

impl Answer {
    /// An answer about a subscription that is not paused.
    #[must_use]
    pub const fn of(standing: Standing) -> Self {
        Self { standing, is_paused: false }
    }

    /// The standing by this answer of `processor` about a member with that `status` who was `before`, if it answered before. Stripe
    /// moves the period on while its payment fails or collecting is paused, and ends a subscription that stays unpaid on the day it
    /// gives up: none of that postpones the last paid day.
    #[must_use]
    pub fn following(
        self,
        before: Option<Standing>,
        was: DuesStatus,
        processor: Processor,
        today: Date,
    ) -> Standing {
        let standing = self.standing;
        let was_late = matches!(was, DuesStatus::Grace | DuesStatus::Overdue);
        let is_unpaid = standing.ended || today > standing.paid_until;
        let is_moved = processor == Processor::Stripe && was_late && is_unpaid;
        match before {
            Some(before) if is_moved || self.is_paused => {
                Standing { paid_until: standing.paid_until.min(before.paid_until), ..standing }
            }
            _ => standing,
        }
    }
}

/// The most days of grace that can be set.
pub const MOST_GRACE: u16 = 60;
/// The days of grace of a new space.
pub const GRACE: u16 = 10;
/// The most days by which a manager can give more time.
pub const MOST_MORE_TIME: u16 = 366;

/// How long a late member has time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Days without payment that have no effect.
    pub grace: u16,
    /// The day on which it became known here that the member is late or their membership is over.
    pub known: Date,
    /// The last day of the time that a manager gave, whatever the days of grace.
    pub more_time: Option<Date>,
}

/// The last day on which a member with this standing is not held. The days of grace begin after the last paid day, but not before
/// it is known that nothing was paid: late news, a payment that was charged back, or a processor that was away takes none of them.
#[must_use]
pub fn last_day(standing: Standing, terms: Terms) -> Date {
    let before = standing.paid_until.days().max(terms.known.days() - 1);
    let grace = Date::from_days(before + i64::from(terms.grace.min(MOST_GRACE)));
    terms.more_time.map_or(grace, |more| more.max(grace))
}

/// Whether access is held on `today`: nothing is paid, and the time that a late member has is over.
#[must_use]
pub fn is_held(standing: Standing, terms: Terms, today: Date) -> bool {
    today > standing.paid_until && today > last_day(standing, terms)
}

/// The day on which it became known that a member with this standing is late, if they are; `before` is what was known of it.
#[must_use]
pub fn known_late(standing: Standing, before: Option<Date>, today: Date) -> Option<Date> {
    (today > standing.paid_until).then(|| before.unwrap_or(today))
}

/// The status on `today`.
#[must_use]
pub fn status(standing: Standing, terms: Terms, today: Date) -> DuesStatus {
    if today <= standing.paid_until {
        DuesStatus::Current
    } else if standing.ended {
        DuesStatus::Ended
    } else if is_held(standing, terms, today) {
        DuesStatus::Overdue
    } else {
        DuesStatus::Grace
    }
}

/// The differences between the records here and at the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Here and there differ.
    Status { here: DuesStatus, there: DuesStatus },
    /// The processor does not know the reference any more.
    UnknownThere,
    /// Nobody here has the reference.
    UnknownHere(DuesStatus),
}

/// Compares the status here with that at the processor; `None` stands for an unknown reference.
#[must_use]
pub fn compare(here: Option<DuesStatus>, there: Option<DuesStatus>) -> Option<Difference> {
    match (here, there) {
        (Some(here), Some(there)) if here != there => Some(Difference::Status { here, there }),
        // An ended membership may be deleted there.
        (Some(here), None) if here != DuesStatus::Ended => Some(Difference::UnknownThere),
        (None, Some(there)) if there != DuesStatus::Ended => Some(Difference::UnknownHere(there)),
        _ => None,
    }
}

impl Difference {
    /// Whether the processor knows of a payment that was missed here, as after a lost event. It is taken over without asking a
    /// manager, because it only gives access.
    #[must_use]
    pub fn is_payment(self) -> bool {
        matches!(self, Self::Status { here, there: DuesStatus::Current } if here != DuesStatus::Current)
    }
}

string_enum! {
    /// Why a processor did not do what it was asked.
    Trouble {
        /// No answer in time, or no connection.
        NoAnswer = "no-answer",
        /// It answered that it cannot answer now.
        Unavailable = "unavailable",
        /// It did not accept the key.
        Denied = "denied",
        /// It refused the request for good.
        Refused = "refused",
        /// Its answer cannot be read.
        Unclear = "unclear",
        /// One of its lists has more entries than are read.
        TooMany = "too-many",
        /// It does not know the customer.
        Unknown = "unknown",
        /// It knows none of the customers who are linked here, as with the key of another account.
        OtherAccount = "other-account",
        /// This server has no key of this processor.
        NotSetUp = "not-set-up",
    }
}

impl Trouble {
    /// Whether the same request may succeed later.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        !matches!(self, Self::Refused | Self::Unknown)
    }

    /// Whether it is about one request, so that others may be answered.
    #[must_use]
    pub const fn is_of_one(self) -> bool {
        matches!(self, Self::Refused | Self::Unknown | Self::Unclear | Self::TooMany)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(day: i64) -> Date {
        Date::from_days(20_000 + day)
    }

    #[test]
    fn unpaid_period_or_end_at_stripe_does_not_postpone_the_last_paid_day() {
        let standing = |paid: i64, ended| Standing { paid_until: day(paid), ended };
        let before = standing(0, false);
        let follow =
            |answer: Standing, was, processor| Answer::of(answer).following(Some(before), was, processor, day(40));
        // The next month began, unpaid as well; then Stripe gave up and ended the subscription today.
        for answer in [standing(30, false), standing(40, true)] {
            let followed = follow(answer, DuesStatus::Overdue, Processor::Stripe);
            assert_eq!(followed.paid_until, before.paid_until);
            assert_eq!(follow(answer, DuesStatus::Current, Processor::Stripe), answer);
            assert_eq!(follow(answer, DuesStatus::Overdue, Processor::GoCardless), answer);
        }
        let paid = standing(60, false);
        assert_eq!(follow(paid, DuesStatus::Overdue, Processor::Stripe), paid);
    }

    #[test]
    fn paused_collection_does_not_postpone_the_last_paid_day() {
        let paused =
            |paid: i64| Answer { standing: Standing { paid_until: day(paid), ended: true }, is_paused: true };
        let follow = |paid: i64, before: Option<i64>, was| {
            let before = before.map(|paid| Standing { paid_until: day(paid), ended: false });
            paused(paid).following(before, was, Processor::Stripe, day(1)).paid_until
        };
        assert_eq!(follow(30, Some(30), DuesStatus::Current), day(30), "paused in a paid month");
        assert_eq!(follow(60, Some(30), DuesStatus::Current), day(30), "the next month is not paid");
        assert_eq!(follow(60, Some(30), DuesStatus::Ended), day(30));
        assert_eq!(follow(30, None, DuesStatus::Current), day(30), "nothing is known of before");
    }

    /// Terms of a delay that became known on its first day.
    fn terms(grace: u16) -> Terms {
        Terms { grace, known: day(1), more_time: None }
    }

    #[test]
    fn late_payment_has_grace_then_is_overdue_and_current_once_paid() {
        let standing = |paid: i64| Standing { paid_until: day(paid), ended: false };
        let on = |today: i64, paid: i64| status(standing(paid), terms(10), day(today));
        assert_eq!(on(0, 0), DuesStatus::Current, "the last paid day is paid");
        assert_eq!((on(1, 0), on(10, 0)), (DuesStatus::Grace, DuesStatus::Grace));
        assert_eq!(on(11, 0), DuesStatus::Overdue);
        assert_eq!(on(11, 30), DuesStatus::Current);
        assert_eq!(status(standing(0), terms(0), day(1)), DuesStatus::Overdue, "without grace");
    }

    #[test]
    fn more_time_extends_grace_and_never_shortens_it() {
        let standing = Standing { paid_until: day(0), ended: false };
        let on = |today: i64, more: i64| {
            status(standing, Terms { more_time: Some(day(more)), ..terms(10) }, day(today))
        };
        assert_eq!((on(20, 20), on(21, 20)), (DuesStatus::Grace, DuesStatus::Overdue));
        assert_eq!((on(10, 5), on(11, 5)), (DuesStatus::Grace, DuesStatus::Overdue), "less than the usual grace");
    }

    #[test]
    fn ended_membership_lasts_as_long_as_it_is_paid() {
        let ended = Standing { paid_until: day(5), ended: true };
        assert_eq!(status(ended, terms(10), day(5)), DuesStatus::Current);
        assert_eq!(status(ended, terms(10), day(6)), DuesStatus::Ended);
        assert_eq!((is_held(ended, terms(10), day(15)), is_held(ended, terms(10), day(16))), (false, true));
    }

    #[test]
    fn grace_runs_from_the_day_on_which_the_delay_is_known() {
        let standing = |paid: i64| Standing { paid_until: day(paid), ended: false };
        let last = |paid: i64, known: i64| last_day(standing(paid), Terms { known: day(known), ..terms(10) });
        assert_eq!(last(0, 1), day(10), "known at once");
        assert_eq!(last(0, 15), day(24), "ten days from the fifteenth on");
        assert_eq!(last(20, 15), day(30), "known before");
        assert_eq!(known_late(standing(0), None, day(0)), None, "paid");
        assert_eq!(known_late(standing(0), None, day(15)), Some(day(15)));
        assert_eq!(known_late(standing(0), Some(day(15)), day(20)), Some(day(15)));
        assert_eq!(known_late(standing(30), Some(day(15)), day(20)), None, "paid again");
    }

    #[test]
    fn differences_to_processor_are_reported() {
        use DuesStatus::{Current, Ended, Grace};
        assert_eq!(compare(Some(Current), Some(Current)), None);
        assert_eq!(compare(Some(Current), Some(Ended)), Some(Difference::Status { here: Current, there: Ended }));
        assert_eq!(compare(Some(Grace), None), Some(Difference::UnknownThere));
        assert_eq!(compare(None, Some(Current)), Some(Difference::UnknownHere(Current)));
        assert_eq!((compare(Some(Ended), None), compare(None, Some(Ended))), (None, None));
    }

    #[test]
    fn only_missed_payment_is_taken_over_without_manager() {
        use DuesStatus::{Current, Ended, Overdue};
        let is_payment = |here, there| compare(Some(here), Some(there)).is_some_and(Difference::is_payment);
        assert!(is_payment(Overdue, Current) && is_payment(Ended, Current));
        assert!(!is_payment(Current, Overdue) && !is_payment(Overdue, Ended));
    }

    #[test]
    fn reference_names_its_processor() {
        let of = |text| Reference::parse(text).map(|reference| reference.processor());
        assert_eq!(of(" cus_3Vb7QwX1mN "), Some(Processor::Stripe));
        assert_eq!(of("CU000123"), Some(Processor::GoCardless));
        for wrong in ["", "cus_", "CU", "sub_123", "cus_1/../2", "cus_ü", &format!("cus_{}", "x".repeat(70))] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shortened_reference_hides_its_middle() {
        let short = |text| Reference::parse(text).unwrap().shortened();
        assert_eq!(short("cus_8QxAAAAAAA4Rt"), "cus_8Qx…4Rt");
        assert_eq!(short("CU00012345"), "CU000…345");
        assert_eq!(short("CU1"), "CU1");
    }

    proptest! {
        #[test]
        fn status_only_worsens_while_nothing_is_paid(grace in 0_u16..90, more in proptest::option::of(0_i64..120), ended: bool, days in 0_i64..200) {
            let standing = Standing { paid_until: day(0), ended };
            let terms = Terms { more_time: more.map(day), ..terms(grace) };
            let order = |today| status(standing, terms, day(today)) as u8;
            prop_assert!(order(days) <= order(days + 1));
        }

        #[test]
        fn first_held_day_follows_last_day(grace in 0_u16..=MOST_GRACE, known in 0_i64..200, more in proptest::option::of(0_i64..120), ended: bool) {
            let standing = Standing { paid_until: day(0), ended };
            let terms = Terms { grace, known: day(known), more_time: more.map(day) };
            let last = last_day(standing, terms);
            prop_assert!(!is_held(standing, terms, last));
            prop_assert!(is_held(standing, terms, Date::from_days(last.days() + 1)));
        }

        #[test]
        fn any_text_is_read_as_reference_without_panic(text: String) {
            if let Some(reference) = Reference::parse(&text) {
                prop_assert_eq!(Reference::parse(reference.as_str()), Some(reference.clone()));
                prop_assert!(reference.shortened().chars().count() <= REFERENCE);
            }
        }
    }
}
