//! Announcements: messages from managers to everybody, or to those qualified on a type, for a time.
//!
//! Invariant: an announcement is visible from its start until its end or its withdrawal, whichever is first, and
//! only to its audience and to managers. Not here: rendering, and who was notified (`notices`).

use crate::{
    actor::{Actor, Permission, Target},
    id::TypeId,
    names::{Name, Remark, TooLong, Unnamed},
    qualifications::Relation,
    string_enum::string_enum,
    time::Millis,
};

/// A text is no longer than this, in characters.
pub const TEXT: usize = 4_000;

string_enum! {
    /// The state of an announcement, in the order of importance to managers.
    State {
        Showing = "showing",
        Planned = "planned",
        Over = "over",
        Withdrawn = "withdrawn",
    }
}

/// The audience of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Every member, and the wall.
    Everybody,
    /// Members who are qualified on this type.
    Qualified(TypeId),
}

/// A title: a line like a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(Name);

impl Title {
    pub fn new(input: &str) -> Result<Self, Unnamed> {
        Name::new(input).map(Self)
    }
}

impl From<Title> for String {
    fn from(Title(title): Title) -> Self {
        title.into()
    }
}

/// A text in Markdown, never empty, of [`TEXT`] characters at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(Remark<TEXT>);

/// Why something is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidText {
    /// Nothing visible in it.
    Empty,
    /// More than [`TEXT`] characters.
    Long,
}

impl Text {
    pub fn new(input: &str) -> Result<Self, InvalidText> {
        let text = Remark::new(input).map_err(|TooLong| InvalidText::Long)?;
        text.map(Self).ok_or(InvalidText::Empty)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Audience {
    /// Reads the id of a type, or nothing for everybody.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "" => Some(Self::Everybody),
            kind => kind.parse().ok().map(|kind| Self::Qualified(TypeId(kind))),
        }
    }

    /// The type, where it is for the qualified of one.
    #[must_use]
    pub const fn of_type(self) -> Option<TypeId> {
        match self {
            Self::Everybody => None,
            Self::Qualified(kind) => Some(kind),
        }
    }

    /// Whether `actor` is one of those it is for.
    #[must_use]
    pub fn includes(self, actor: &Actor) -> bool {
        match self {
            Self::Everybody => actor.may(Permission::SeeWall, Target::NONE),
            Self::Qualified(kind) => actor.known().is_some_and(|known| known.is(Relation::User, kind, None)),
        }
    }

    /// Whether `actor` sees announcements for this audience: managers see all.
    #[must_use]
    pub fn reaches(self, actor: &Actor) -> bool {
        self.includes(actor) || actor.may(Permission::Announce, Target::NONE)
    }
}

impl From<Option<TypeId>> for Audience {
    fn from(kind: Option<TypeId>) -> Self {
        kind.map_or(Self::Everybody, Self::Qualified)
    }
}

/// The period of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasting {
    from: Millis,
    until: Option<Millis>,
}

/// Why a period is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidPeriod {
    /// It would end before it begins.
    Empty,
    /// It would be over already.
    Over,
}

impl Lasting {
    /// From `from`, or from `now` on, until `until` (exclusive) or withdrawal.
    pub fn new(from: Option<Millis>, until: Option<Millis>, now: Millis) -> Result<Self, InvalidPeriod> {
        let from = from.unwrap_or(now);
        match until {
            Some(until) if until <= now => Err(InvalidPeriod::Over),
            Some(until) if until <= from => Err(InvalidPeriod::Empty),
            until => Ok(Self { from, until }),
        }
    }

    /// From stored values.
    #[must_use]
    pub const fn stored(from: Millis, until: Option<Millis>) -> Self {
        Self { from, until }
    }

    #[must_use]
    pub const fn from(self) -> Millis {
        self.from
    }

    /// Its end, exclusive.
    #[must_use]
    pub const fn until(self) -> Option<Millis> {
        self.until
    }

    /// Its state at `at`.
    #[must_use]
    pub fn state(self, withdrawn: bool, at: Millis) -> State {
        if withdrawn {
            State::Withdrawn
        } else if self.until.is_some_and(|until| until <= at) {
            State::Over
        } else if at < self.from {
            State::Planned
        } else {
            State::Showing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        actor::{Channel, Principal, Who},
        displays::Screen,
        id::{DisplayId, EntryId, PersonId, SessionId},
        people::PersonStatus,
        qualifications::{Entry, EntryKind, Ledger, SPACE, Subject},
    };

    fn person(granted: &[(Subject, Relation)]) -> Actor {
        let entry = |(id, &(subject, relation)): (i64, &(Subject, Relation))| Entry {
            id: EntryId(id),
            subject,
            relation,
            kind: EntryKind::Granted,
            from: Millis(0),
            until: None,
        };
        let known = Principal {
            id: PersonId(7),
            session: SessionId(1),
            status: PersonStatus::Active,
            ledger: Ledger((1..).zip(granted).map(entry).collect()),
            at: Millis(1),
            roles_asleep: false,
            public: true,
        };
        Actor { who: Who::Person(Box::new(known)), channel: Channel::Web }
    }

    #[test]
    fn announcement_is_visible_from_start_until_end() {
        let lasting = Lasting::new(Some(Millis(10)), Some(Millis(20)), Millis(5)).unwrap();
        let visible: Vec<i64> = (0..30).filter(|&at| lasting.state(false, Millis(at)) == State::Showing).collect();
        assert_eq!(visible, (10..20).collect::<Vec<_>>());
        assert_eq!(lasting.state(false, Millis(9)), State::Planned);
        assert_eq!(lasting.state(false, Millis(20)), State::Over);
        assert!((0..30).all(|at| lasting.state(true, Millis(at)) == State::Withdrawn));
        let endless = Lasting::new(None, None, Millis(5)).unwrap();
        assert_eq!((endless.from(), endless.state(false, Millis(i64::MAX))), (Millis(5), State::Showing));
    }

    #[test]
    fn announcement_without_visible_time_is_rejected() {
        let lasting = |from, until| Lasting::new(from, until, Millis(100));
        assert_eq!(lasting(None, Some(Millis(100))), Err(InvalidPeriod::Over));
        assert_eq!(lasting(Some(Millis(50)), Some(Millis(99))), Err(InvalidPeriod::Over));
        assert_eq!(lasting(Some(Millis(200)), Some(Millis(200))), Err(InvalidPeriod::Empty));
        assert!(lasting(Some(Millis(50)), Some(Millis(101))).is_ok(), "what began earlier may go on");
    }

    #[test]
    fn announcement_reaches_audience_and_managers() {
        let (laser, lathe) = (TypeId(3), TypeId(4));
        let member = person(&[(SPACE, Relation::User)]);
        let cutter = person(&[(SPACE, Relation::User), (Subject::Type(laser), Relation::User)]);
        let trainer = person(&[(SPACE, Relation::User), (Subject::Type(laser), Relation::Trainer)]);
        let manager = person(&[(SPACE, Relation::Owner)]);
        let guest = person(&[(Subject::Type(laser), Relation::User)]);
        let display =
            Actor { who: Who::Display(Screen { display: DisplayId(1), opening: 1 }), channel: Channel::Web };
        let stranger = Actor::anybody(true, Channel::Web);
        let reached = |audience: Audience| {
            [&member, &cutter, &trainer, &manager, &guest, &display, &stranger]
                .map(|actor| audience.reaches(actor))
        };
        assert_eq!(reached(Audience::Everybody), [true, true, true, true, false, true, false]);
        assert_eq!(reached(Audience::Qualified(laser)), [false, true, true, true, false, false, false]);
        assert_eq!(reached(Audience::Qualified(lathe)), [false, false, false, true, false, false, false]);
        assert!(!Audience::Qualified(laser).includes(&manager), "a manager sees it without being one of them");
    }
}
