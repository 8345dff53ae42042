//! Documents that people sign, or hand in on paper, before they use machines.
//!
//! **Invariant.** A signature belongs to one edition. It counts from when it was given until it lapses, and until an edition
//! that asks to be signed again comes into force. Not here: which documents a machine asks for, and their texts.

use crate::{
    id::{DocumentId, TypeId},
    qualifications::{Ledger, Relation, SPACE, Subject},
    settings::At,
    string_enum::string_enum,
    time::{DAY, Millis},
};
use std::time::Duration;

/// A text is no longer than this, in characters.
pub const TEXT: usize = 20_000;
/// The most days after which a signature lapses.
pub const LAPSE: u16 = 3_660;
/// Days before a lapse at which a person is reminded.
pub const REMINDER: Duration = Duration::from_hours(24 * 14);

string_enum! {
    /// How people confirm a document.
    DocumentKind {
        /// They read its text and sign it.
        Text = "text",
        /// They hand it in, and a manager ticks that.
        Paper = "paper",
    }
}

string_enum! {
    /// Why no signature counts.
    Gap {
        /// There never was one.
        Missing = "missing",
        /// A newer edition asks to be signed again.
        Outdated = "outdated",
        /// It was given too long ago.
        Lapsed = "lapsed",
    }
}

string_enum! {
    /// The state of a document.
    DocumentState {
        /// Nothing is published: it asks nothing of anybody.
        Draft = "draft",
        /// Published, but it does not count yet.
        Announced = "announced",
        InForce = "in-force",
        Archived = "archived",
    }
}

/// An edition that asks to be signed, whatever was signed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedEdition {
    pub edition: u32,
    /// From when machines ask for it.
    pub from: Millis,
}

/// A signature, or the record of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    pub edition: u32,
    pub signed: Millis,
}

/// A document that is asked of a person, with their signatures that were not withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedDocument {
    pub document: DocumentId,
    pub kind: DocumentKind,
    pub editions: Vec<AskedEdition>,
    /// Days after which a signature lapses, if it does.
    pub lapse: Option<u16>,
    pub signatures: Vec<Signature>,
}

/// Whether a document stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// It does not, until the known end.
    Yes {
        until: Option<Millis>,
    },
    No(Gap),
}

impl AskedDocument {
    /// Whether it is signed at `at`, or asks nothing yet.
    #[must_use]
    pub fn signed(&self, at: Millis) -> Signed {
        if let Some(gap) = self.gap(at) {
            return Signed::No(gap);
        }
        let mut points: Vec<_> = self.turning_points().filter(|point| *point > at).collect();
        points.sort_unstable();
        Signed::Yes { until: points.into_iter().find(|point| self.gap(*point).is_some()) }
    }

    /// When the person has to have signed it: at once, or when an edition that they have not signed comes into force. `None`
    /// if they have, though their signature may lapse.
    #[must_use]
    pub fn to_sign(&self, at: Millis) -> Option<Millis> {
        if self.gap(at).is_some() {
            return Some(at);
        }
        let signed = self.newest().map_or(0, |signature| signature.edition);
        let coming = self.editions.iter().filter(|edition| edition.from > at && edition.edition > signed);
        coming.map(|edition| edition.from).min()
    }

    /// The signature of the newest edition, and of several the last one.
    #[must_use]
    pub fn newest(&self) -> Option<Signature> {
        self.signatures.iter().copied().max_by_key(|signature| (signature.edition, signature.signed))
    }

    /// The edition that has to be signed.
    #[must_use]
    pub fn newest_edition(&self) -> Option<u32> {
        self.editions.iter().map(|edition| edition.edition).max()
    }

    /// When the signature that counts at `at` lapses, if that is within [`REMINDER`] and nothing else has to be signed.
    #[must_use]
    pub fn lapses_soon(&self, at: Millis) -> Option<Millis> {
        let Signed::Yes { until: Some(until) } = self.signed(at) else { return None };
        let lapses = self.signatures.iter().any(|signature| self.lapses_at(*signature) == Some(until));
        (lapses && until <= at.after(REMINDER) && self.to_sign(at).is_none()).then_some(until)
    }

    /// Instants at which that can change.
    pub fn turning_points(&self) -> impl Iterator<Item = Millis> {
        let ends = self.signatures.iter().filter_map(|signature| self.lapses_at(*signature));
        let given = self.signatures.iter().map(|signature| signature.signed);
        self.editions.iter().map(|edition| edition.from).chain(given).chain(ends)
    }

    /// When `signature` lapses, if it does.
    #[must_use]
    pub fn lapses_at(&self, signature: Signature) -> Option<Millis> {
        self.lapse.map(|days| signature.signed.after(DAY * u32::from(days)))
    }

    /// Why no signature counts at `at`; `None` if one does, or none is asked for.
    #[must_use]
    pub fn gap(&self, at: Millis) -> Option<Gap> {
        let required =
            self.editions.iter().filter(|edition| edition.from <= at).map(|edition| edition.edition).max()?;
        let mut gap = Gap::Missing;
        for signature in self.signatures.iter().filter(|signature| signature.signed <= at) {
            if signature.edition < required {
                gap = gap.max(Gap::Outdated);
            } else if self.lapses_at(*signature).is_some_and(|end| end <= at) {
                gap = Gap::Lapsed;
            } else {
                return None;
            }
        }
        Some(gap)
    }
}

/// Whether a document is asked of a person with `ledger`: of members, where it is asked for at a type or a machine of those who
/// may use it. `of_type` is that type, or the machine's; `open` says that every member may use it.
#[must_use]
pub fn is_asked_of(ledger: &Ledger, on: At, of_type: Option<TypeId>, open: bool, at: Millis) -> bool {
    let is_user = |subjects: &[Subject]| ledger.holds(Relation::User, subjects, at);
    let machine = match on {
        At::Machine(machine) => Some(Subject::Machine(machine)),
        At::Space | At::Type(_) => None,
    };
    let subjects: Vec<_> = of_type.map(Subject::Type).into_iter().chain(machine).collect();
    is_user(&[SPACE]) && (on == At::Space || open || is_user(&subjects))
}

/// The state at `at` of a document whose first edition counts from `from`, if one is published.
#[must_use]
pub fn state(archived: bool, from: Option<Millis>, at: Millis) -> DocumentState {
    match from {
        _ if archived => DocumentState::Archived,
        None => DocumentState::Draft,
        Some(from) if at < from => DocumentState::Announced,
        Some(_) => DocumentState::InForce,
    }
}

/// Whether two names are the same to a reader: without regard to case, and to spaces around and between words.
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    let words = |name: &str| name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(one) == words(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{EntryId, MachineId},
        qualifications::{Entry, EntryKind},
    };
    use proptest::prelude::*;

    fn document(lapse: Option<u16>, editions: &[(u32, i64)], signatures: &[(u32, i64)]) -> AskedDocument {
        let editions = editions.iter().map(|&(edition, from)| AskedEdition { edition, from: Millis(from) });
        let signatures = signatures.iter().map(|&(edition, signed)| Signature { edition, signed: Millis(signed) });
        AskedDocument {
            document: DocumentId(1),
            kind: DocumentKind::Text,
            editions: editions.collect(),
            lapse,
            signatures: signatures.collect(),
        }
    }

    const DAY: i64 = 86_400_000;

    #[test]
    fn edition_in_force_needs_its_own_signature() {
        let signed = document(None, &[(1, 0), (3, 50)], &[(2, 10)]);
        assert_eq!(signed.signed(Millis(5)), Signed::No(Gap::Missing));
        assert_eq!(signed.signed(Millis(10)), Signed::Yes { until: Some(Millis(50)) });
        assert_eq!(signed.signed(Millis(50)), Signed::No(Gap::Outdated));
        let early = document(None, &[(1, 0), (3, 50)], &[(3, 10)]);
        assert_eq!(early.signed(Millis(60)), Signed::Yes { until: None }, "signed before it came into force");
    }

    #[test]
    fn unpublished_or_later_document_asks_nothing() {
        assert_eq!(document(None, &[], &[]).signed(Millis(5)), Signed::Yes { until: None });
        assert_eq!(document(None, &[(1, 9)], &[]).signed(Millis(5)), Signed::Yes { until: Some(Millis(9)) });
    }

    #[test]
    fn signature_lapses_after_its_days_and_counts_again_when_renewed() {
        let lapsing = document(Some(2), &[(1, 0)], &[(1, 10)]);
        assert_eq!(lapsing.signed(Millis(10)), Signed::Yes { until: Some(Millis(10 + 2 * DAY)) });
        assert_eq!(lapsing.signed(Millis(10 + 2 * DAY)), Signed::No(Gap::Lapsed));
        let renewed = document(Some(2), &[(1, 0)], &[(1, 10), (1, DAY)]);
        assert_eq!(renewed.signed(Millis(20)), Signed::Yes { until: Some(Millis(3 * DAY)) });
        let old = document(Some(2), &[(1, 0), (2, DAY)], &[(1, 10)]);
        assert_eq!(old.signed(Millis(9 * DAY)), Signed::No(Gap::Outdated), "the newer text comes first");
    }

    #[test]
    fn coming_edition_is_to_be_signed_before_it_counts() {
        let announced = document(Some(100), &[(1, 0), (2, 5 * DAY)], &[(1, 0)]);
        assert_eq!(announced.to_sign(Millis(DAY)), Some(Millis(5 * DAY)));
        assert_eq!(announced.to_sign(Millis(5 * DAY)), Some(Millis(5 * DAY)));
        let both = document(Some(100), &[(1, 0), (2, 5 * DAY)], &[(1, 0), (2, DAY)]);
        assert_eq!(both.to_sign(Millis(DAY)), None);
        assert_eq!(both.lapses_soon(Millis(86 * DAY)), None);
        assert_eq!(both.lapses_soon(Millis(87 * DAY)), Some(Millis(101 * DAY)));
        assert_eq!(both.lapses_soon(Millis(101 * DAY)), None, "it is over: there is a gap");
        assert_eq!(announced.lapses_soon(Millis(DAY)), None);
    }

    #[test]
    fn document_is_asked_of_members_who_may_use_its_machines() {
        let grant = |id, subject| Entry {
            id: EntryId(id),
            subject,
            relation: Relation::User,
            kind: EntryKind::Granted,
            from: Millis(0),
            until: None,
        };
        let (laser, lathe) = (Subject::Type(TypeId(3)), Subject::Machine(MachineId(7)));
        let member = Ledger(vec![grant(1, SPACE)]);
        let on_laser = Ledger(vec![grant(1, SPACE), grant(2, laser)]);
        let on_lathe = Ledger(vec![grant(1, SPACE), grant(2, lathe)]);
        let former = Ledger(vec![grant(2, laser)]);
        let asked = |ledger: &Ledger, on, of_type: Option<i64>, open| {
            is_asked_of(ledger, on, of_type.map(TypeId), open, Millis(5))
        };
        assert!(asked(&member, At::Space, None, false) && !asked(&former, At::Space, None, false));
        let at_laser = |ledger| asked(ledger, At::Type(TypeId(3)), Some(3), false);
        assert!(at_laser(&on_laser) && !at_laser(&member) && !at_laser(&former));
        let at_lathe = |ledger| asked(ledger, At::Machine(MachineId(7)), Some(4), false);
        assert!(at_lathe(&on_lathe) && !at_lathe(&on_laser));
        assert!(asked(&member, At::Machine(MachineId(7)), Some(4), true), "any member may use it");
    }

    #[test]
    fn names_are_compared_as_read() {
        assert!(is_same_name(" ada  LOVELACE", "Ada Lovelace"));
        assert!(!is_same_name("Ada", "Ada Lovelace"));
    }

    proptest! {
        #[test]
        fn signature_counts_at_an_instant_iff_one_is_current_then(
            editions in proptest::collection::vec((1..5_u32, 0..20_i64), 0..4),
            signatures in proptest::collection::vec((1..5_u32, 0..20_i64), 0..4),
            lapse in proptest::option::of(1..6_u16),
            day in 0..25_i64,
        ) {
            let in_days = |list: &[(u32, i64)]| list.iter().map(|&(edition, day)| (edition, day * DAY)).collect::<Vec<_>>();
            let asked = document(lapse, &in_days(&editions), &in_days(&signatures));
            let counts = |day: i64| {
                let required = editions.iter().filter(|(_, from)| *from <= day).map(|(edition, _)| *edition).max();
                required.is_none_or(|required| {
                    signatures.iter().any(|&(edition, signed)| {
                        edition >= required
                            && signed <= day
                            && lapse.is_none_or(|days| day < signed + i64::from(days))
                    })
                })
            };
            match asked.signed(Millis(day * DAY)) {
                Signed::No(gap) => {
                    prop_assert!(!counts(day));
                    let signed = signatures.iter().any(|(_, signed)| *signed <= day);
                    prop_assert_eq!(gap == Gap::Missing, !signed);
                }
                Signed::Yes { until } => {
                    let end = until.map_or(60, |until| until.0 / DAY);
                    prop_assert!((day..end).all(counts), "it counts until {:?}", until);
                    prop_assert!(until.is_none() || !counts(end));
                }
            }
        }
    }
}
