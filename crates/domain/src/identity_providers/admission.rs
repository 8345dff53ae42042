//! Who may come in by a provider.

use super::Refusal;
use crate::{person_status::PersonStatus, string_enum::string_enum};

string_enum! {
    /// Which people a provider brings in.
    Admission {
        /// Those who have an account here.
        Existing = "existing",
        /// Others may ask to join.
        Applicants = "applicants",
        /// Others become members at once.
        Members = "members",
    }
}

/// The standing here of a person whom a provider vouches for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The status of the person that their account there is linked to.
    pub linked: Option<PersonStatus>,
    /// The status of the person here who has the e-mail address that the provider verified.
    pub same_email: Option<PersonStatus>,
    /// Their address is proven: by the provider, or by a code that was mailed to it.
    pub is_proven: bool,
    /// The provider states a name that is no address.
    pub is_named: bool,
}

/// What happens to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// They are signed in.
    SignIn,
    /// There is a person here with their address: they link both by proving that they are that person.
    Prove,
    /// They become a member.
    Join,
    /// They may ask to join, or state the name by which they do.
    Ask,
    /// They prove an address first: without one they may be a person here already.
    Confirm,
    Refuse(Refusal),
}

/// Decides what happens to a person by a provider with this `admission`.
#[must_use]
pub const fn admit(admission: Admission, standing: Standing) -> Arrival {
    match (standing.linked, standing.same_email) {
        (Some(PersonStatus::Active | PersonStatus::Applicant), _) => Arrival::SignIn,
        (Some(PersonStatus::Suspended), _) | (None, Some(PersonStatus::Suspended)) => {
            Arrival::Refuse(Refusal::Suspended)
        }
        (Some(PersonStatus::Left), _) | (None, Some(PersonStatus::Left)) => Arrival::Refuse(Refusal::Left),
        (None, Some(PersonStatus::Active | PersonStatus::Applicant)) => Arrival::Prove,
        (None, None) if !standing.is_proven => Arrival::Confirm,
        (None, None) => match admission {
            Admission::Existing => Arrival::Refuse(Refusal::NotAdmitted),
            Admission::Members if standing.is_named => Arrival::Join,
            Admission::Applicants | Admission::Members => Arrival::Ask,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses() -> impl Iterator<Item = Option<PersonStatus>> {
        std::iter::once(None).chain(PersonStatus::ALL.iter().copied().map(Some))
    }

    fn all() -> impl Iterator<Item = (Admission, Standing, Arrival)> {
        Admission::ALL.iter().flat_map(|&admission| {
            statuses().flat_map(move |linked| {
                statuses().flat_map(move |same_email| {
                    [(false, false), (false, true), (true, false), (true, true)].map(|(is_proven, is_named)| {
                        let standing = Standing { linked, same_email, is_proven, is_named };
                        (admission, standing, admit(admission, standing))
                    })
                })
            })
        })
    }

    #[test]
    fn only_a_link_signs_in() {
        for (admission, standing, arrival) in all() {
            let may = matches!(standing.linked, Some(PersonStatus::Active | PersonStatus::Applicant));
            assert_eq!(arrival == Arrival::SignIn, may, "{admission:?} {standing:?}");
        }
    }

    #[test]
    fn known_address_never_makes_another_person() {
        for (admission, standing, arrival) in all().filter(|(_, standing, _)| standing.same_email.is_some()) {
            assert!(!matches!(arrival, Arrival::Join | Arrival::Ask), "{admission:?} {standing:?}");
        }
    }

    #[test]
    fn unproven_address_makes_nobody() {
        for (admission, standing, arrival) in all().filter(|(_, standing, _)| !standing.is_proven) {
            assert!(!matches!(arrival, Arrival::Join | Arrival::Ask), "{admission:?} {standing:?}");
        }
        assert_eq!(admit(Admission::Members, Standing::default()), Arrival::Confirm);
    }

    #[test]
    fn nameless_person_becomes_nobody_by_themselves() {
        for (admission, standing, arrival) in all().filter(|(_, standing, _)| !standing.is_named) {
            assert_ne!(arrival, Arrival::Join, "{admission:?} {standing:?}");
        }
        let proven = Standing { is_proven: true, ..Standing::default() };
        assert_eq!(admit(Admission::Members, proven), Arrival::Ask);
    }

    #[test]
    fn provider_decides_only_about_strangers() {
        let proven = Standing { is_proven: true, is_named: true, ..Standing::default() };
        let of = |admission| admit(admission, proven);
        assert_eq!(of(Admission::Existing), Arrival::Refuse(Refusal::NotAdmitted));
        assert_eq!(of(Admission::Applicants), Arrival::Ask);
        assert_eq!(of(Admission::Members), Arrival::Join);
        let others = all().filter(|(_, standing, _)| standing.linked.is_some() || standing.same_email.is_some());
        for (_, standing, arrival) in others {
            assert_eq!(arrival, admit(Admission::Existing, standing), "{standing:?}");
        }
    }
}
