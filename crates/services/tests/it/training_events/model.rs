//! Random commands against a brute-force model of the queue: nobody is skipped, nobody holds two places, no event has more
//! people than places, and the order is that of asking.

use crate::lab::{
    Lab,
    events::{accept, announced, decline, event, leave, open, page, requested, sign_up, tick},
    operations::{fields, run},
};
use contract::{
    training_events::{CancelEvent, ChangeEvent},
    training_requests::{ListTrainingRequests, WithdrawTrainingRequest},
};
use domain::{
    actor::Actor,
    id::{PersonId, TrainingEventId},
    time::{DAY, Date, MINUTE},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use services::people;
use std::collections::{BTreeMap, BTreeSet};

const PEOPLE: usize = 6;
/// The first date of an event: later than all that a run passes.
const FAR: i64 = 300;

#[derive(Debug, Clone)]
enum Command {
    Ask(usize),
    Withdraw(usize),
    Announce(u16),
    Accept(usize, usize),
    Decline(usize, usize),
    SignUp(usize, usize),
    Leave(usize, usize),
    /// Nobody answers for three days.
    Expire,
    Move(usize),
    Cancel(usize),
    Suspend(usize),
    Readmit(usize),
}

fn command() -> impl Strategy<Value = Command> {
    let who = || 0..PEOPLE;
    let both = || (0..PEOPLE, 0..4_usize);
    prop_oneof![
        6 => who().prop_map(Command::Ask),
        1 => who().prop_map(Command::Withdraw),
        3 => (1_u16..4).prop_map(Command::Announce),
        5 => both().prop_map(|(who, which)| Command::Accept(who, which)),
        3 => both().prop_map(|(who, which)| Command::Decline(who, which)),
        4 => both().prop_map(|(who, which)| Command::SignUp(who, which)),
        3 => both().prop_map(|(who, which)| Command::Leave(who, which)),
        2 => Just(Command::Expire),
        1 => (0..4_usize).prop_map(Command::Move),
        1 => (0..4_usize).prop_map(Command::Cancel),
        1 => who().prop_map(Command::Suspend),
        2 => who().prop_map(Command::Readmit),
    ]
}

/// What an event is to a person: the state, when they entered its list, and the request that it answers.
#[derive(Debug, Clone)]
struct Place {
    state: &'static str,
    entered: u32,
    request: Option<u32>,
    /// The step at which an answer was asked for.
    sent: u32,
    /// They declined an earlier time, or did not answer.
    again: bool,
}

#[derive(Debug)]
struct Event {
    capacity: usize,
    day: i64,
    open: bool,
    places: BTreeMap<usize, Place>,
}

#[derive(Debug, Default)]
struct Model {
    /// Steps, one a minute; three days are as many.
    now: u32,
    days: i64,
    /// When each person asked, if they have an open request.
    requests: BTreeMap<usize, u32>,
    suspended: BTreeSet<usize>,
    events: Vec<Event>,
    rows: usize,
    dates: i64,
}

const THREE_DAYS: u32 = 3 * 1_440;

fn holds(state: &str) -> bool {
    state == "sent" || state == "accepted"
}

impl Model {
    fn held(&self, event: usize) -> usize {
        self.events[event].places.values().filter(|place| holds(place.state)).count()
    }

    /// Whether a person has a place at an open event other than `but`.
    fn holds_elsewhere(&self, who: usize, but: usize) -> bool {
        let others = self.events.iter().enumerate().filter(|(at, event)| *at != but && event.open);
        others.into_iter().any(|(_, event)| event.places.get(&who).is_some_and(|place| holds(place.state)))
    }

    /// Gives each free place, one by one, to whom it belongs.
    fn fill(&mut self) {
        let mut order: Vec<usize> = (0..self.events.len()).filter(|at| self.events[*at].open).collect();
        order.sort_by_key(|at| self.events[*at].day);
        for at in order {
            while self.held(at) < self.events[at].capacity {
                let Some(who) = self.next(at) else { break };
                let now = self.now;
                let request = self.requests.get(&who).copied();
                let event = &mut self.events[at];
                if let Some(place) = event.places.get_mut(&who).filter(|place| place.again) {
                    let request = request.or(place.request);
                    *place = Place { state: "sent", sent: now, request, again: false, ..place.clone() };
                } else if let Some(place) = event.places.get_mut(&who) {
                    // Nothing else takes their time, so they move up at once.
                    place.state = "accepted";
                } else {
                    let new = Place { state: "sent", entered: now, request, sent: now, again: false };
                    event.places.insert(who, new);
                    self.rows += 1;
                }
            }
        }
    }

    /// Who is next for an event: of all that may come, the one who asked first.
    fn next(&self, at: usize) -> Option<usize> {
        let event = &self.events[at];
        let key = |who: usize| {
            let request = self.requests.get(&who).copied();
            match event.places.get(&who) {
                Some(place) if place.state == "waiting" => {
                    Some(request.unwrap_or(place.entered).min(place.entered))
                }
                Some(place) if !place.again => None,
                _ => request,
            }
        };
        let may = |who: &usize| !self.suspended.contains(who) && !self.holds_elsewhere(*who, at);
        (0..PEOPLE).filter(may).filter_map(|who| Some((key(who)?, who))).min().map(|(_, who)| who)
    }

    fn expire(&mut self) {
        let mut due: Vec<(usize, usize)> = Vec::new();
        for (at, event) in self.events.iter().enumerate().filter(|(_, event)| event.open) {
            for (who, place) in &event.places {
                if place.state == "sent" && place.sent + THREE_DAYS <= self.now {
                    due.push((at, *who));
                }
            }
        }
        // All of them before any place is given away.
        for (at, who) in due {
            self.events[at].places.get_mut(&who).unwrap().state = "expired";
        }
        self.fill();
    }

    fn state(&self, who: usize, at: usize) -> &'static str {
        self.events[at].places.get(&who).map_or("", |place| place.state)
    }

    fn set(&mut self, who: usize, at: usize, state: &'static str) {
        self.events[at].places.get_mut(&who).unwrap().state = state;
    }
}

struct World {
    lab: Lab,
    people: Vec<Actor>,
    tess: Actor,
    ken: Actor,
    model: Model,
}

impl World {
    fn date(&self, day: i64) -> String {
        Date::from_days(self.model.days + FAR + day).to_string()
    }

    async fn step(&mut self, command: Command) {
        self.lab.pass(MINUTE);
        self.model.now += 1;
        let n = self.model.events.len();
        let which = |at: usize| (n > 0).then(|| n - 1 - at % n.min(3));
        match command {
            Command::Ask(who) => {
                let got = requested(&self.lab, &self.people[who]).await;
                let expected = !self.model.suspended.contains(&who) && !self.model.requests.contains_key(&who);
                assert_eq!(got.is_ok(), expected, "{got:?}");
                if expected {
                    self.model.requests.insert(who, self.model.now);
                    self.model.fill();
                }
            }
            Command::Withdraw(who) if self.model.requests.contains_key(&who) => self.withdraw(who).await,
            Command::Announce(capacity) if n < 5 => self.announce(capacity).await,
            Command::Expire => {
                self.lab.pass(DAY * 3);
                self.model.now += THREE_DAYS;
                tick(&self.lab).await;
                self.model.expire();
            }
            Command::Suspend(who) if !self.model.suspended.contains(&who) => self.suspend(who).await,
            Command::Readmit(who) if self.model.suspended.contains(&who) => {
                people::readmit(&self.lab.ctx, &self.ken, person(who)).await.unwrap();
                self.model.suspended.remove(&who);
                tick(&self.lab).await;
                self.model.expire();
            }
            Command::Move(at) => {
                let Some(at) = which(at).filter(|at| self.model.events[*at].open) else { return };
                self.move_to(at).await;
            }
            Command::Cancel(at) => {
                let Some(at) = which(at).filter(|at| self.model.events[*at].open) else { return };
                run(&self.lab.ctx, &self.tess, CancelEvent { id: id(at) }, fields(&[])).await.unwrap();
                let event = &mut self.model.events[at];
                event.open = false;
                let open =
                    event.places.values_mut().filter(|place| holds(place.state) || place.state == "waiting");
                open.for_each(|place| place.state = "cancelled");
                self.model.fill();
            }
            Command::Accept(who, at)
            | Command::Decline(who, at)
            | Command::SignUp(who, at)
            | Command::Leave(who, at) => {
                let Some(at) = which(at) else { return };
                if !self.model.suspended.contains(&who) {
                    self.answer(&command, who, at).await;
                }
            }
            _ => {}
        }
    }

    async fn withdraw(&mut self, who: usize) {
        let actor = &self.people[who];
        let mine = run(&self.lab.ctx, actor, ListTrainingRequests {}, fields(&[])).await.unwrap().requests;
        let id = mine.iter().find(|one| one.mine).unwrap().id;
        run(&self.lab.ctx, actor, WithdrawTrainingRequest { id }, fields(&[])).await.unwrap();
        let request = self.model.requests.remove(&who);
        for event in self.model.events.iter_mut().filter(|event| event.open) {
            if let Some(place) =
                event.places.get_mut(&who).filter(|place| place.state == "sent" && place.request == request)
            {
                place.state = "declined";
            }
        }
        self.model.fill();
    }

    async fn announce(&mut self, capacity: u16) {
        let day = self.model.dates;
        self.model.dates += 1;
        let (date, places) = (self.date(day), capacity.to_string());
        announced(&self.lab, &self.tess, &[("day", &date), ("capacity", &places)]).await.unwrap();
        let capacity = usize::from(capacity);
        self.model.events.push(Event { capacity, day, open: true, places: BTreeMap::new() });
        self.model.fill();
    }

    async fn move_to(&mut self, at: usize) {
        let day = self.model.dates;
        self.model.dates += 1;
        let (date, places) = (self.date(day), self.model.events[at].capacity.to_string());
        let version = page(&self.lab, &self.tess, id(at)).await.event.version;
        let moved = event(&[("day", &date), ("capacity", &places)]);
        run(&self.lab.ctx, &self.tess, ChangeEvent { id: id(at), version }, moved).await.unwrap();
        let now = self.model.now;
        let event = &mut self.model.events[at];
        event.day = day;
        for place in event.places.values_mut().filter(|place| holds(place.state)) {
            (place.state, place.sent) = ("sent", now);
        }
        for place in event.places.values_mut() {
            place.again |= place.state == "declined" || place.state == "expired";
        }
        self.model.fill();
    }

    async fn suspend(&mut self, who: usize) {
        people::suspend(&self.lab.ctx, &self.ken, person(who)).await.unwrap();
        self.model.suspended.insert(who);
        for event in self.model.events.iter_mut().filter(|event| event.open) {
            let open = event.places.get_mut(&who).filter(|place| holds(place.state) || place.state == "waiting");
            if let Some(place) = open {
                place.state = "cancelled";
            }
        }
        self.model.fill();
    }

    async fn answer(&mut self, command: &Command, who: usize, at: usize) {
        let (lab, actor, event) = (&self.lab, &self.people[who], id(at));
        let (state, open) = (self.model.state(who, at), self.model.events[at].open);
        match command {
            Command::Accept(..) => {
                let got = accept(lab, actor, event).await;
                assert_eq!(got.is_ok(), open && state == "sent", "{state}: {got:?}");
                if got.is_ok() {
                    self.model.set(who, at, "accepted");
                }
            }
            Command::Decline(..) => {
                let got = decline(lab, actor, event).await;
                assert_eq!(got.is_ok(), open && state == "sent", "{state}: {got:?}");
                if got.is_ok() {
                    self.model.set(who, at, "declined");
                    self.model.fill();
                }
            }
            Command::Leave(..) => {
                let got = leave(lab, actor, event).await;
                assert_eq!(got.is_ok(), open && (holds(state) || state == "waiting"), "{state}: {got:?}");
                if got.is_ok() {
                    self.model.set(who, at, if state == "sent" { "declined" } else { "cancelled" });
                    self.model.fill();
                }
            }
            _ => {
                let got = sign_up(lab, actor, event).await;
                let is_full = self.model.held(at) >= self.model.events[at].capacity;
                let stays = state == "accepted" || state == "waiting" && is_full;
                let expected = open && (stays || !self.model.holds_elsewhere(who, at));
                assert_eq!(got.is_ok(), expected, "{state}: {got:?} {:#?}", self.model);
                if got.is_ok() && !stays {
                    let (now, request) = (self.model.now, self.model.requests.get(&who).copied());
                    let becomes = if state == "sent" || !is_full { "accepted" } else { "waiting" };
                    let places = &mut self.model.events[at].places;
                    if let Some(place) = places.get_mut(&who) {
                        if state != "sent" {
                            (place.entered, place.request) = (now, request.or(place.request));
                        }
                        (place.state, place.again) = (becomes, false);
                    } else {
                        let again = false;
                        places.insert(who, Place { state: becomes, entered: now, request, sent: now, again });
                        self.model.rows += 1;
                    }
                }
            }
        }
    }

    /// Compares all places with the model.
    async fn compare(&self) {
        let mut conn = self.lab.raw().await;
        let sql = "SELECT event_id, person_id, state FROM event_place ORDER BY event_id, person_id";
        let stored: Vec<(i64, i64, String)> = sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
        let mut expected = Vec::new();
        for (at, event) in self.model.events.iter().enumerate() {
            for (who, place) in &event.places {
                expected.push((id(at).0, person(*who).0, place.state.to_owned()));
            }
        }
        assert_eq!(stored, expected, "{:#?}", self.model);
        let over = "SELECT count(*) FROM training_event e WHERE e.capacity < (SELECT count(*) FROM event_place o
                     WHERE o.event_id = e.id AND o.state IN ('sent', 'accepted'))";
        assert_eq!(self.lab.number(over).await, 0);
        let two = "SELECT count(*) FROM (SELECT o.person_id FROM event_place o JOIN training_event e ON e.id = o.event_id
                    WHERE e.state = 'announced' AND o.state IN ('sent', 'accepted') GROUP BY 1 HAVING count(*) > 1)";
        assert_eq!(self.lab.number(two).await, 0, "nobody holds two places");
    }
}

fn id(at: usize) -> TrainingEventId {
    TrainingEventId(i64::try_from(at).unwrap() + 1)
}

fn person(who: usize) -> PersonId {
    PersonId(i64::try_from(who).unwrap() + 20)
}

// A12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_commands_match_model_of_queue() {
    let mut runner = TestRunner::deterministic();
    let mut invited = 0;
    for _ in 0..10 {
        let lab = open().await;
        let mut people = Vec::new();
        for who in 0..PEOPLE {
            people.push(lab.signed_in(person(who).0).await);
        }
        let (tess, ken) = (lab.signed_in(6).await, lab.signed_in(11).await);
        let days = lab.now().0 / 86_400_000;
        let model = Model { days, ..Model::default() };
        let mut world = World { lab, people, tess, ken, model };
        let commands = prop::collection::vec(command(), 60).new_tree(&mut runner).unwrap().current();
        for command in commands {
            world.step(command).await;
            world.compare().await;
        }
        invited += world.model.rows;
    }
    assert!(invited > 60, "the runs hardly did anything: {invited}");
}
