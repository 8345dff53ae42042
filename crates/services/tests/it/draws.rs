//! Draws: who enters which wishes, what is hidden until the run, and what a run does.

mod secrets;
mod standing;

use crate::lab::{
    Lab,
    bookings::{booked, notices_of},
    operations::{fields, run},
};
use contract::{
    draws::{
        AddDraw, AddWish, DeleteDraw, DrawRun, ListWishes, ReadDraw, ReadDrawPage, ReadProof, ReadWishPage,
        RunDraw, SaveDraw, SaveWish, TryDraw, WishAdded, WishView, WithdrawWish,
    },
    groups::{AddGroup, AddGroupMember, ArchiveGroup},
    rooms::{AddRoom, ArchiveRoom, SaveRoom},
};
use domain::{
    actor::Actor,
    bookings::Resource,
    draws::{LeftOut, State, verify},
    id::{DrawId, GroupId, RoomId, WishId},
    jobs::Job,
    notices::Kind,
    occupations::Span,
    time::{DAY, HOUR, Millis},
};
use services::{draws::DrawsError, error::ServiceError, jobs, people};

/// Ada administers group 1, Bob group 2, Carl group 3; Ken manages. The draw opens on Saturday, closes on Thursday and is for
/// twelve weeks from Monday, 1 February 2027.
struct Term {
    lab: Lab,
    draw: DrawId,
    ken: Actor,
    /// Ada, Bob and Carl.
    admins: [Actor; 3],
}

const STUDIO: RoomId = RoomId(1);
const DARKROOM: RoomId = RoomId(2);
const FIRST: GroupId = GroupId(1);

const TERMS: [(&str, &str); 10] = [
    ("name", "Studios, spring"),
    ("opens", "2027-01-16T08:00"),
    ("closes", "2027-01-21T08:00"),
    ("draws", "2027-01-22T09:00"),
    ("first", "2027-02-01"),
    ("last", "2027-04-25"),
    ("limit", "3"),
    ("entrants", "both"),
    ("rooms", "1,2"),
    ("days", ""),
];

/// The terms with some other fields.
fn terms(others: &[(&str, &str)]) -> contract::form::Fields {
    let mut all: Vec<(&str, &str)> =
        TERMS.into_iter().filter(|(name, _)| !others.iter().any(|(other, _)| other == name)).collect();
    all.extend(others);
    fields(&all)
}

async fn planned() -> Term {
    let lab = crate::lab::bookings::open().await;
    lab.sql(
        "UPDATE profile SET email = 'ada@private.example' WHERE person_id = 1;
         UPDATE profile SET email = 'bob@private.example' WHERE person_id = 2",
    )
    .await;
    let ken = lab.signed_in(11).await;
    let admins = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await];
    for (name, admin) in [("Bookbinders", "ada"), ("Choir", "bob"), ("Film club", "carl")] {
        let admin = format!("{admin}@private.example");
        run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", name), ("admin", &admin)])).await.unwrap();
    }
    for name in ["Studio A", "Darkroom"] {
        run(&lab.ctx, &ken, AddRoom {}, fields(&[("name", name), ("capacity", "12")])).await.unwrap();
    }
    let draw = run(&lab.ctx, &ken, AddDraw {}, terms(&[])).await.unwrap().draw;
    Term { lab, draw, ken, admins }
}

/// The draw is open, and the job that opens it has run.
async fn open() -> Term {
    let term = planned().await;
    term.lab.pass(DAY);
    jobs::run(&term.lab.ctx, Job::Draws).await;
    term
}

impl Term {
    /// Tuesdays from 18:00 to 21:00 in the studio, with some other fields.
    async fn enter(&self, actor: &Actor, others: &[(&str, &str)]) -> Result<WishId, DrawsError> {
        let usual = [("room", "1"), ("day", "2"), ("from", "18:00"), ("until", "21:00"), ("importance", "3")];
        let mut all: Vec<_> =
            usual.into_iter().filter(|(name, _)| !others.iter().any(|(other, _)| other == name)).collect();
        all.extend(others);
        let added = run(&self.lab.ctx, actor, AddWish { draw: self.draw }, fields(&all)).await;
        added.map(|WishAdded { wish }| wish)
    }

    /// Everybody wishes for the same Tuesday.
    async fn all_wish(&self) -> Vec<WishId> {
        let mut wishes = Vec::new();
        for (admin, group) in self.admins.iter().zip(["1", "2", "3"]) {
            wishes.push(self.enter(admin, &[("group", group)]).await.unwrap());
        }
        wishes
    }

    async fn close(&self) {
        self.lab.pass(DAY * 5);
        jobs::run(&self.lab.ctx, Job::Draws).await;
    }

    async fn run(&self) -> Result<DrawRun, DrawsError> {
        run(&self.lab.ctx, &self.ken, RunDraw { id: self.draw }, fields(&[])).await
    }

    /// The newest secret in the file beside the database.
    fn secret(&self) -> String {
        let file = self.lab.file().with_extension("draws");
        std::fs::read_to_string(file).unwrap().lines().next_back().unwrap().to_owned()
    }

    async fn wishes(&self, actor: &Actor) -> Vec<WishView> {
        run(&self.lab.ctx, actor, ListWishes { id: self.draw }, fields(&[])).await.unwrap().wishes
    }

    /// What became of each wish.
    async fn outcomes(&self) -> Vec<String> {
        self.wishes(&self.ken).await.into_iter().map(|wish| wish.outcome.unwrap()).collect()
    }

    async fn state(&self) -> State {
        run(&self.lab.ctx, &self.ken, ReadDraw { id: self.draw }, fields(&[])).await.unwrap().state
    }

    async fn proof(&self) -> Vec<u8> {
        services::draws::proof(&self.lab.ctx, &self.ken, self.draw).await.unwrap()
    }
}

fn field_of<T: std::fmt::Debug>(refused: Result<T, DrawsError>) -> (String, String) {
    let problem = refused.unwrap_err().problem(text::Lang::En);
    let (field, message) = problem.fields.first().cloned().unwrap();
    (field, message)
}

#[tokio::test]
async fn commitment_is_published_at_once_and_the_secret_only_after_the_run() {
    let term = planned().await;
    let secret = term.secret();
    let view = run(&term.lab.ctx, &term.admins[0], ReadDraw { id: term.draw }, fields(&[])).await.unwrap();
    assert_eq!(domain::draws::Secret::parse(&secret).unwrap().commitment().to_string(), view.commitment);
    term.lab.pass(DAY);
    term.all_wish().await;
    term.close().await;
    let page = run(&term.lab.ctx, &term.ken, ReadDrawPage { id: term.draw }, fields(&[])).await.unwrap();
    let trial = run(&term.lab.ctx, &term.ken, TryDraw { id: term.draw }, fields(&[])).await.unwrap();
    let shown = serde_json::to_string(&(&page, &trial, &view)).unwrap();
    assert!(!shown.contains(&secret), "{shown}");
    assert!(page.draw.wishes_hash.is_some(), "published when it closes");
    let audit = term.lab.text("SELECT group_concat(detail, ' ') FROM audit").await;
    assert!(!audit.contains(&secret) && audit.contains(&view.commitment), "{audit}");
    let refused = services::draws::proof(&term.lab.ctx, &term.ken, term.draw).await;
    assert!(matches!(refused, Err(DrawsError::NoProof)), "{refused:?}");
    term.run().await.unwrap();
    assert!(String::from_utf8(term.proof().await).unwrap().contains(&secret));
}

#[tokio::test]
async fn impossible_draw_is_refused_at_its_fields() {
    let term = planned().await;
    let add =
        async |others: &[(&str, &str)]| field_of(run(&term.lab.ctx, &term.ken, AddDraw {}, terms(others)).await).0;
    assert_eq!(add(&[("opens", "2027-01-14T08:00"), ("closes", "2027-01-20T08:00")]).await, "opens");
    assert_eq!(add(&[("closes", "2027-01-18T08:00")]).await, "closes");
    assert_eq!(add(&[("draws", "2027-01-20T08:00")]).await, "draws");
    assert_eq!(add(&[("first", "2027-01-22")]).await, "first");
    assert_eq!(add(&[("last", "2027-01-31")]).await, "last");
    assert_eq!(add(&[("last", "2029-12-31")]).await, "last");
    assert_eq!(add(&[("rooms", "")]).await, "rooms");
    assert_eq!(add(&[("rooms", "1,99")]).await, "rooms");
    assert_eq!(add(&[("limit", "0")]).await, "limit");
    let refused = run(&term.lab.ctx, &term.admins[0], AddDraw {}, terms(&[])).await;
    assert!(matches!(refused, Err(DrawsError::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn wish_that_the_draw_does_not_take_is_refused_at_its_field() {
    let term = open().await;
    let [ada, bob, _] = &term.admins;
    let refused = async |others: &[(&str, &str)]| {
        let mut all = vec![("group", "1")];
        all.extend(others);
        field_of(term.enter(ada, &all).await)
    };
    assert_eq!(refused(&[("until", "18:00")]).await.0, "until", "of length 0");
    let (field, message) = refused(&[("day", "6"), ("from", "22:00"), ("until", "02:00")]).await;
    assert!(field == "until" && message.contains("Saturday midnight"), "{message}");
    assert_eq!(refused(&[("day", "")]).await.0, "day");
    assert_eq!(refused(&[("from", "05:00"), ("until", "18:00")]).await.0, "until", "13 hours");
    assert_eq!(refused(&[("room", "99")]).await.0, "room");
    assert_eq!(refused(&[("importance", "6")]).await.0, "importance");
    let (field, message) = field_of(term.enter(bob, &[("group", "1")]).await);
    assert!(field == "group" && message.contains("admins"), "{message}");
    term.enter(ada, &[("group", "1")]).await.unwrap();
    assert_eq!(refused(&[]).await.0, "room", "the same again");
    for day in ["3", "4"] {
        term.enter(ada, &[("group", "1"), ("day", day)]).await.unwrap();
    }
    let (field, message) = refused(&[("day", "5")]).await;
    assert!(field == "room" && message.contains("3 wishes"), "{message}");
    // Oneself has a limit of its own.
    term.enter(ada, &[]).await.unwrap();
    let only_groups = term.lab.number("UPDATE draw SET entrants = 'groups' RETURNING id").await;
    assert_eq!(only_groups, 1);
    assert_eq!(field_of(term.enter(bob, &[]).await).0, "group");
}

#[tokio::test]
async fn wish_for_an_archived_room_or_one_of_other_groups_is_refused() {
    let term = open().await;
    let [ada, bob, _] = &term.admins;
    let form = fields(&[("name", "Darkroom"), ("capacity", "4"), ("groups", "2")]);
    run(&term.lab.ctx, &term.ken, SaveRoom { id: DARKROOM, version: 1 }, form).await.unwrap();
    let (field, message) = field_of(term.enter(ada, &[("group", "1"), ("room", "2")]).await);
    assert!(field == "room" && message.contains("certain groups"), "{message}");
    assert_eq!(field_of(term.enter(ada, &[("room", "2")]).await).0, "room");
    term.enter(bob, &[("group", "2"), ("room", "2")]).await.unwrap();
    term.enter(bob, &[("room", "2"), ("day", "3")]).await.unwrap();
    run(&term.lab.ctx, &term.ken, ArchiveRoom { id: DARKROOM }, fields(&[])).await.unwrap();
    let (field, message) = field_of(term.enter(bob, &[("group", "2"), ("room", "2"), ("day", "4")]).await);
    assert!(field == "room" && message.contains("archived"), "{message}");
}

#[tokio::test]
async fn offered_hours_bound_the_wishes() {
    let term = planned().await;
    // A page sends each day in a field of its own.
    let mut evenings: Vec<_> = TERMS.into_iter().filter(|(name, _)| *name != "days").collect();
    evenings.extend([("days[]", "0"), ("days[]", "1"), ("from", "17:00"), ("to", "22:00")]);
    run(&term.lab.ctx, &term.ken, SaveDraw { id: term.draw, version: 1 }, fields(&evenings)).await.unwrap();
    term.lab.pass(DAY);
    let ada = &term.admins[0];
    term.enter(ada, &[("group", "1")]).await.unwrap();
    for other in [[("day", "3"), ("from", "18:00")], [("day", "2"), ("from", "16:00")]] {
        assert_eq!(field_of(term.enter(ada, &other).await).0, "day");
    }
}

#[tokio::test]
async fn wishes_are_hidden_from_others_until_the_run() {
    let term = open().await;
    let wishes = term.all_wish().await;
    let [ada, bob, _] = &term.admins;
    term.enter(bob, &[("day", "5"), ("note", "rehearsal")]).await.unwrap();
    let ids = |list: Vec<WishView>| list.into_iter().map(|wish| wish.id).collect::<Vec<_>>();
    assert_eq!(ids(term.wishes(ada).await), [wishes[0]]);
    assert!(term.wishes(&term.ken).await.is_empty(), "managers neither");
    let page = run(&term.lab.ctx, &term.ken, ReadDrawPage { id: term.draw }, fields(&[])).await.unwrap();
    assert_eq!((page.draw.entered, page.draw.wishes, page.wishes.len()), (4, 4, 0));
    let foreign = run(&term.lab.ctx, ada, WithdrawWish { draw: term.draw, wish: wishes[1] }, fields(&[])).await;
    assert!(matches!(foreign, Err(DrawsError::UnknownWish)), "{foreign:?}");
    term.close().await;
    assert_eq!(ids(term.wishes(ada).await), [wishes[0]]);
    term.run().await.unwrap();
    let all = term.wishes(ada).await;
    assert_eq!(all.len(), 4);
    assert_eq!(all[1].name.as_deref(), Some("Choir"));
    assert_eq!((all[3].name.as_deref(), all[3].note.as_deref()), (None, None), "a person and their note");
    assert_eq!(term.wishes(bob).await[3].note.as_deref(), Some("rehearsal"));
}

// A14
#[tokio::test]
async fn stale_wish_gets_the_newer_version_and_nothing_is_overwritten() {
    let term = open().await;
    let ada = &term.admins[0];
    let wish = term.enter(ada, &[("group", "1")]).await.unwrap();
    let save = async |version: i64, until: &str| {
        let form = fields(&[
            ("group", "1"),
            ("room", "1"),
            ("day", "2"),
            ("from", "18:00"),
            ("until", until),
            ("importance", "5"),
        ]);
        run(&term.lab.ctx, ada, SaveWish { draw: term.draw, wish, version }, form).await
    };
    save(1, "20:00").await.unwrap();
    let stale = save(1, "22:00").await;
    assert!(matches!(&stale, Err(DrawsError::Stale(saved)) if saved.value("until") == "20:00"), "{stale:?}");
    let form = fields(&[("wish", &wish.to_string())]);
    let page = run(&term.lab.ctx, ada, ReadWishPage { draw: term.draw }, form).await.unwrap();
    assert_eq!((page.saved.version, page.saved.value("day"), page.saved.value("importance")), (2, "2", "5"));
    term.close().await;
    assert!(matches!(save(2, "21:00").await, Err(DrawsError::NotOpen)));
}

#[tokio::test]
async fn run_before_the_closing_is_refused_also_after_the_window_was_extended() {
    let term = open().await;
    let wishes = term.all_wish().await;
    assert!(matches!(term.run().await, Err(DrawsError::NotClosed)));
    let later = terms(&[("closes", "2027-01-22T08:00"), ("draws", "2027-01-23T08:00")]);
    run(&term.lab.ctx, &term.ken, SaveDraw { id: term.draw, version: 1 }, later).await.unwrap();
    term.close().await;
    assert_eq!(term.state().await, State::Open);
    assert!(matches!(term.run().await, Err(DrawsError::NotClosed)), "by a manager with the page of before");
    let earlier = terms(&[("draws", "2027-01-23T08:00")]);
    let refused = run(&term.lab.ctx, &term.ken, SaveDraw { id: term.draw, version: 2 }, earlier).await;
    assert_eq!(field_of(refused).0, "closes");
    let other = terms(&[("closes", "2027-01-22T08:00"), ("draws", "2027-01-23T08:00"), ("rooms", "1")]);
    let refused = run(&term.lab.ctx, &term.ken, SaveDraw { id: term.draw, version: 2 }, other).await;
    assert_eq!(field_of(refused).0, "rooms");
    term.lab.pass(DAY);
    // Also if no job has run since the closing.
    let DrawRun { won, lost, .. } = term.run().await.unwrap();
    assert_eq!((won, lost), (1, 2));
    assert_eq!(verify(&term.proof().await).unwrap().input.wishes().len(), wishes.len());
}

// A13
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn draw_run_by_two_managers_at_once_has_one_result() {
    let term = open().await;
    term.all_wish().await;
    term.close().await;
    let task = || {
        let (ctx, ken, id) = (term.lab.ctx.clone(), term.ken.clone(), term.draw);
        tokio::spawn(async move { run(&ctx, &ken, RunDraw { id }, fields(&[])).await })
    };
    let (one, other) = (task(), task());
    let (one, other) = (one.await.unwrap().unwrap(), other.await.unwrap().unwrap());
    assert_eq!(one, other);
    let proof = term.proof().await;
    term.lab.pass(HOUR);
    assert_eq!(term.run().await.unwrap(), one, "and an hour later");
    assert_eq!(term.proof().await, proof);
    assert_eq!(term.lab.number("SELECT count(*) FROM booking").await, 12);
    assert_eq!(term.lab.number("SELECT count(*) FROM audit WHERE action = 'draw.ran'").await, 1);
}

#[tokio::test]
async fn winner_gets_every_date_that_can_be_had_and_losers_a_reason() {
    let term = open().await;
    let wishes = term.all_wish().await;
    // One Tuesday is booked, one closed.
    let first_tuesday = domain::time::Date { year: 2027, month: 2, day: 2 }.days();
    let at = |day: i64, hour: u32| Millis((first_tuesday + day) * 86_400_000).after(HOUR * hour);
    term.lab
        .sql("INSERT INTO closure (room_id, kind, starts_at, ends_at, made_at) VALUES (1, 'closure', 1, 2, 0)")
        .await;
    let taken = Span { starts: at(0, 19), ends: at(0, 20) };
    let mut conn = term.lab.raw().await;
    sqlx::query("INSERT INTO occupation (room_id, starts_at, ends_at, closure_id) VALUES (1, ?, ?, 1)")
        .bind(at(7, 12).0)
        .bind(at(7, 22).0)
        .execute(&mut conn)
        .await
        .unwrap();
    crate::lab::bookings::set(&term.lab, "booking.horizon", "90").await;
    let lab = Term { lab: term.lab.reopen().await, ..term };
    let dana = lab.lab.signed_in(5).await;
    booked(&lab.lab, &dana, Resource::Room(STUDIO), taken).await;
    let open_page = run(&lab.lab.ctx, &lab.admins[0], ReadDrawPage { id: lab.draw }, fields(&[])).await.unwrap();
    assert_eq!(open_page.wishes[0].left_out.len(), 2, "known while it is open");
    lab.close().await;
    lab.run().await.unwrap();
    let all = lab.wishes(&lab.ken).await;
    let winner = all.iter().find(|wish| wish.outcome.as_deref() == Some("won")).unwrap();
    let left_out: Vec<_> = winner.left_out.iter().map(|one| (one.day.to_string(), one.reason)).collect();
    let expected = [("2027-02-02".to_owned(), LeftOut::Occupied), ("2027-02-09".to_owned(), LeftOut::Closed)];
    assert_eq!(left_out, expected);
    assert_eq!(winner.booked, 10);
    let series = "SELECT rule || ' ' || (SELECT count(*) FROM booking b WHERE b.series_id = s.id) FROM series s";
    assert_eq!(lab.lab.text(series).await, "FREQ=WEEKLY;BYDAY=TU 10");
    assert_eq!(lab.lab.number("SELECT id FROM series").await, winner.series.unwrap().0);
    assert_eq!(lab.lab.number("SELECT draw_id FROM series").await, lab.draw.0);
    assert_eq!(lab.lab.number("SELECT count(*) FROM booking WHERE room_id = 1 AND person_id <> 5").await, 10);
    for loser in all.iter().filter(|wish| wish.id != winner.id) {
        assert_eq!((loser.outcome.as_deref(), loser.taken_by), (Some("taken"), Some(winner.id)));
    }
    assert_eq!(all.len(), wishes.len());
}

#[tokio::test]
async fn proof_holds_no_names_and_one_changed_byte_is_noticed() {
    let term = open().await;
    term.all_wish().await;
    term.enter(&term.admins[0], &[("day", "5"), ("note", "with Ada")]).await.unwrap();
    term.close().await;
    term.run().await.unwrap();
    let page = run(&term.lab.ctx, &term.admins[0], ReadProof { id: term.draw }, fields(&[])).await.unwrap();
    let verified = verify(page.file.as_bytes()).unwrap();
    assert_eq!(verified.commitment.to_string(), page.commitment);
    assert_eq!(verified.result.wishes_hash.to_string(), page.wishes_hash);
    for name in ["Ada", "Bookbinders", "Studio"] {
        assert!(!page.file.contains(name), "{}", page.file);
    }
    let turns = run(&term.lab.ctx, &term.ken, ReadDrawPage { id: term.draw }, fields(&[])).await.unwrap().turns;
    let stored: Vec<_> = turns.iter().map(|turn| (turn.round, turn.turn, turn.won)).collect();
    let proven: Vec<_> = verified.result.turns.iter().map(|turn| (turn.round, turn.turn, turn.won)).collect();
    assert_eq!(stored, proven);
    let bytes = page.file.into_bytes();
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(verify(&changed).is_err(), "byte {at}");
    }
}

#[tokio::test]
async fn archived_room_group_and_suspended_person_win_nothing_and_say_why() {
    let term = open().await;
    let [ada, bob, carl] = &term.admins;
    let withdrawn = term.enter(carl, &[("day", "6")]).await.unwrap();
    term.enter(ada, &[("group", "1")]).await.unwrap();
    term.enter(bob, &[("group", "2"), ("room", "2")]).await.unwrap();
    term.enter(bob, &[("day", "4")]).await.unwrap();
    people::suspend(&term.lab.ctx, &term.ken, domain::id::PersonId(4)).await.unwrap();
    assert_eq!(term.lab.number("SELECT count(*) FROM draw_wish").await, 3, "{withdrawn} is withdrawn with them");
    term.close().await;
    run(&term.lab.ctx, &term.ken, ArchiveRoom { id: DARKROOM }, fields(&[])).await.unwrap();
    run(&term.lab.ctx, ada, ArchiveGroup { id: FIRST }, fields(&[])).await.unwrap();
    people::suspend(&term.lab.ctx, &term.ken, domain::id::PersonId(2)).await.unwrap();
    let trial = run(&term.lab.ctx, &term.ken, TryDraw { id: term.draw }, fields(&[])).await.unwrap();
    let reasons: Vec<_> = trial.obstacles.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!((reasons.as_slice(), trial.won), (&["not-permitted", "archived", "not-permitted"][..], 0));
    term.run().await.unwrap();
    assert_eq!(term.outcomes().await, ["not-permitted", "archived", "not-permitted"]);
    assert_eq!(term.lab.number("SELECT count(*) FROM booking").await, 0);
    verify(&term.proof().await).unwrap();
}

#[tokio::test]
async fn room_closed_to_new_bookings_takes_no_wish_and_is_not_won() {
    let term = open().await;
    let ada = &term.admins[0];
    term.enter(ada, &[("group", "1")]).await.unwrap();
    term.lab.sql("UPDATE room SET closed = 'wet paint' WHERE id = 1").await;
    let (field, message) = field_of(term.enter(ada, &[("group", "1"), ("day", "3")]).await);
    assert!(field == "room" && message.contains("closed to new bookings"), "{message}");
    term.close().await;
    term.run().await.unwrap();
    assert_eq!(term.outcomes().await, ["not-bookable"]);
}

#[tokio::test]
async fn draw_without_wishes_runs_and_is_proven() {
    let term = open().await;
    term.close().await;
    let DrawRun { won, lost, .. } = term.run().await.unwrap();
    assert_eq!((won, lost, term.state().await), (0, 0, State::Completed));
    assert_eq!(verify(&term.proof().await).unwrap().result.turns.len(), 0);
    let trial = run(&term.lab.ctx, &term.ken, TryDraw { id: term.draw }, fields(&[])).await;
    assert!(matches!(trial, Err(DrawsError::Completed)), "{trial:?}");
}

#[tokio::test]
async fn trial_waits_for_the_closing_changes_nothing_and_is_for_managers_only() {
    let term = open().await;
    term.all_wish().await;
    let early = run(&term.lab.ctx, &term.ken, TryDraw { id: term.draw }, fields(&[])).await;
    assert!(matches!(early, Err(DrawsError::NotClosed)), "it would show what others wish for: {early:?}");
    term.close().await;
    let before = term.lab.text("SELECT group_concat(quote(version)) FROM draw").await;
    let trial = run(&term.lab.ctx, &term.ken, TryDraw { id: term.draw }, fields(&[])).await.unwrap();
    assert_eq!((trial.wishes, trial.won, trial.rounds), (3, 1, 1));
    assert!(trial.obstacles.is_empty());
    assert_eq!(term.lab.text("SELECT group_concat(quote(version)) FROM draw").await, before);
    assert_eq!(term.lab.number("SELECT count(*) FROM draw_wish WHERE outcome IS NOT NULL").await, 0);
    let refused = run(&term.lab.ctx, &term.admins[0], TryDraw { id: term.draw }, fields(&[])).await;
    assert!(matches!(refused, Err(DrawsError::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn people_are_notified_of_opening_closing_and_result_once() {
    let term = open().await;
    let member = fields(&[("person", "5"), ("role", "member")]);
    run(&term.lab.ctx, &term.ken, AddGroupMember { group: FIRST }, member).await.unwrap();
    jobs::run(&term.lab.ctx, Job::Draws).await;
    term.enter(&term.admins[0], &[("group", "1")]).await.unwrap();
    term.close().await;
    jobs::run(&term.lab.ctx, Job::Draws).await;
    term.run().await.unwrap();
    let about_draws = async |person| {
        let kinds = notices_of(&term.lab, person).await.into_iter();
        kinds.filter(|kind| kind.as_str().starts_with("draw.")).collect::<Vec<_>>()
    };
    assert_eq!(about_draws(1).await, [Kind::DrawOpened, Kind::DrawClosed, Kind::DrawResult], "the admin");
    assert_eq!(about_draws(5).await, [Kind::DrawOpened, Kind::DrawResult], "a member");
    assert_eq!(about_draws(2).await, [Kind::DrawOpened], "of a group without wishes");
    assert_eq!(about_draws(11).await, [Kind::DrawOpened, Kind::DrawClosed], "the manager who runs it");
}

#[tokio::test]
async fn open_draw_is_put_off_up_to_its_first_day_and_a_completed_one_is_not_changed() {
    let term = open().await;
    let save = async |version: i64, draws: &str| {
        let form = terms(&[("draws", draws)]);
        run(&term.lab.ctx, &term.ken, SaveDraw { id: term.draw, version }, form).await
    };
    let (field, message) = field_of(save(1, "2027-02-01T00:00").await);
    assert!(field == "draws" && message.contains("before the first day"), "{field}: {message}");
    save(1, "2027-01-31T23:59").await.unwrap();
    term.close().await;
    term.run().await.unwrap();
    for version in [2, 3] {
        let refused = save(version, "2027-01-30T09:00").await;
        assert!(matches!(refused, Err(DrawsError::Completed)), "{refused:?}");
    }
}

#[tokio::test]
async fn draw_that_has_opened_is_not_deleted() {
    let term = planned().await;
    let other = run(&term.lab.ctx, &term.ken, AddDraw {}, terms(&[])).await.unwrap().draw;
    run(&term.lab.ctx, &term.ken, DeleteDraw { id: other }, fields(&[])).await.unwrap();
    let gone = run(&term.lab.ctx, &term.ken, ReadDraw { id: other }, fields(&[])).await;
    assert!(matches!(gone, Err(DrawsError::Unknown)));
    term.lab.pass(DAY);
    let refused = run(&term.lab.ctx, &term.ken, DeleteDraw { id: term.draw }, fields(&[])).await;
    assert!(matches!(refused, Err(DrawsError::Opened)));
}

// A9
#[tokio::test]
async fn winners_keep_their_time_by_the_wall_clock_over_the_change_of_the_clocks() {
    let term = planned().await;
    crate::lab::bookings::set(&term.lab, "space.zone", "Europe/Rome").await;
    let term = Term { lab: term.lab.reopen().await, ..term };
    term.lab.pass(DAY);
    term.enter(&term.admins[0], &[("group", "1")]).await.unwrap();
    term.close().await;
    term.run().await.unwrap();
    let zone: domain::zone::Zone = "Europe/Rome".parse().unwrap();
    let mut conn = term.lab.raw().await;
    let times: Vec<(i64, i64)> = sqlx::query_as("SELECT starts_at, ends_at FROM booking ORDER BY starts_at")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    assert_eq!(times.len(), 12);
    for (starts, ends) in times {
        let (starts, ends) = (zone.moment(Millis(starts)).wall(), zone.moment(Millis(ends)).wall());
        assert_eq!((starts.date.weekday(), starts.hour, ends.hour), (1, 18, 21), "{}", starts.date);
    }
}

#[tokio::test]
async fn erased_person_leaves_a_proof_that_still_holds() {
    let term = open().await;
    let dana = term.lab.signed_in(5).await;
    term.enter(&dana, &[("note", "with the quilting circle")]).await.unwrap();
    term.close().await;
    term.run().await.unwrap();
    let proof = term.proof().await;
    people::leave(&term.lab.ctx, &term.ken, domain::id::PersonId(5)).await.unwrap();
    let admin = term.lab.administrator().await;
    services::privacy::erase(&term.lab.ctx, &admin, domain::id::PersonId(5)).await.unwrap();
    assert_eq!(term.proof().await, proof);
    assert_eq!(term.lab.number("SELECT count(*) FROM remark WHERE body LIKE '%quilting%'").await, 0);
    assert_eq!(term.wishes(&term.ken).await[0].name, None);
    let table = services::draws::table(&term.lab.ctx, &term.ken, term.draw).await.unwrap();
    assert_eq!(table.lines().count(), 2, "{table}");
}
