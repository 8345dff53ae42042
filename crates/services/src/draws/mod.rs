//! Draws: scarce rooms are given out by lot to groups and people, and the winners get bookings for the weeks of the draw.
//!
//! **Invariants.** The secret is made with the draw, outside the database, and leaves the server only in the proof, after the
//! run; a restore replaces it. A trial uses another one and waits for the closing, so that nobody can try out wishes. Before the run, wishes are shown only to those
//! whose they are. After the closing no wish is changed or deleted, because its hash is published. A run happens once: its
//! result, its bookings and its proof are one job. Not here: the algorithm ([`domain::draws`]).

mod due;
mod prospects;
mod renewal;
mod run;
mod wishes;

pub(crate) use due::run_due;
pub(crate) use renewal::{Which, renew};
pub use run::proof;
pub use wishes::table;
pub(crate) use wishes::withdraw_all;

use crate::{Ctx, change::Job, computing::Crowded, corrections, error, serve::bind};
use contract::{
    draws::{
        ActsFor, AddDraw, AddWish, DeleteDraw, DrawAdded, DrawEdit, DrawForm, DrawPage, DrawRoom, DrawView, Draws,
        EntrantView, ListDraws, ListWishes, ReadDraw, ReadDrawPage, ReadProof, ReadWishPage, RunDraw, SaveDraw,
        SaveWish, TryDraw, TurnView, WithdrawWish,
    },
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    audit::Subject,
    draws::{self, MAX_WISHES, Offered, ROOMS, Secret, State, Terms, Window},
    hours::{DAY_MINUTES, Stretch, TimeOfDay},
    id::{DrawId, GroupId, RoomId},
    live::ChangeEvent,
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError,
    draws::{self as rows, NewDraw, StoredDraw, StoredWish},
    rooms,
};

/// Why a request about draws is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum DrawsError {
    #[problem("draw.unknown", NotFound, draw_unknown)]
    Unknown,
    /// It does not exist, or is of others.
    #[problem("draw.wish-unknown", NotFound, draw_wish_unknown)]
    UnknownWish,
    #[problem("draw.opened", Conflict, draw_opened)]
    Opened,
    /// It takes no wishes, not yet or not any more.
    #[problem("draw.not-open", Conflict, draw_not_open)]
    NotOpen,
    #[problem("draw.not-closed", Conflict, draw_not_closed)]
    NotClosed,
    /// It has run.
    #[problem("draw.completed", Conflict, draw_completed)]
    Completed,
    /// Its data folder does not have its secret; the next timed job makes another one.
    #[problem("draw.no-secret", Conflict, draw_no_secret)]
    NoSecret,
    /// It has not run, so there is no proof.
    #[problem("draw.no-proof", NotFound, draw_no_proof)]
    NoProof,
    /// [`MAX_WISHES`] are entered.
    #[problem("draw.full", Conflict, draw_full(&MAX_WISHES.to_string()))]
    Full,
    /// Too many draws are being tried.
    #[problem(transparent)]
    Crowded(#[from] Crowded),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("draw.wish-invalid", Invalid, each)]
    InvalidWish(Faults),
    #[problem("draw.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error DrawsError;
    ListDraws {}, may EnterDraws => list;
    AddDraw {} with form, may ManageDraws => add;
    ReadDraw { id }, may EnterDraws => find;
    ReadDrawPage { id }, may EnterDraws => page;
    SaveDraw { id, version } with form, may ManageDraws, in job => save;
    DeleteDraw { id }, may ManageDraws, in job => delete;
    ListWishes { id }, may EnterDraws => wishes::list;
    ReadWishPage { draw } with form, may EnterDraws => wishes::page;
    AddWish { draw } with form, may EnterDraws, in job => wishes::add;
    SaveWish { draw, wish, version } with form, may EnterDraws, in job => wishes::save;
    WithdrawWish { draw, wish }, may EnterDraws, in job => wishes::withdraw;
    TryDraw { id }, may ManageDraws => run::trial;
    RunDraw { id }, may ManageDraws, in job => run::run;
    ReadProof { id }, may EnterDraws => run::proof_page;
}

/// All draws, the latest window first.
async fn list(ctx: &Ctx, actor: &Actor) -> Result<Draws, DrawsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let draws = rows::list(&mut snapshot, None).await?;
    let choices = choices(&mut snapshot, actor).await?;
    drop(snapshot);
    Ok(Draws { now: ctx.moment(now), draws: draws.iter().map(|row| to_view(ctx, row)).collect(), choices })
}

/// The rooms that can be drawn, for those who plan draws.
async fn choices(conn: &mut SqliteConnection, actor: &Actor) -> Result<Option<Vec<(RoomId, String)>>, StoreError> {
    if !actor.may(Permission::ManageDraws, Target::NONE) {
        return Ok(None);
    }
    let rooms = rooms::list(conn).await?.into_iter().filter(|room| room.archived.is_none());
    Ok(Some(rooms.map(|room| (room.id, room.name)).collect()))
}

async fn find(ctx: &Ctx, _: &Actor, draw: DrawId) -> Result<DrawView, DrawsError> {
    let row = stored(&mut *ctx.store().read().await?, draw).await?;
    Ok(to_view(ctx, &row))
}

async fn stored(conn: &mut SqliteConnection, draw: DrawId) -> Result<StoredDraw, DrawsError> {
    rows::find(conn, draw).await?.ok_or(DrawsError::Unknown)
}

fn to_view(ctx: &Ctx, row: &StoredDraw) -> DrawView {
    let Terms { window, draws, first, last, entrants, limit, offered } = row.terms;
    let room = |room: &rows::Room| DrawRoom { id: room.id, name: room.name.clone(), capacity: room.capacity };
    DrawView {
        id: row.id,
        version: row.version,
        name: row.name.clone(),
        state: row.state_at(ctx.now()),
        opens: ctx.moment(window.opens),
        closes: ctx.moment(window.closes),
        draws: ctx.moment(draws),
        first,
        last,
        weeks: u16::try_from(row.terms.weeks()).unwrap_or(u16::MAX),
        entrants,
        limit,
        rooms: row.rooms.iter().map(room).collect(),
        days: offered.days.iter().map(u16::from).collect(),
        from: offered.hours.from,
        to: offered.hours.to,
        published: ctx.moment(row.published()),
        commitment: row.commitment.to_string(),
        renewed: row.renewed.map(|at| ctx.moment(at)),
        wishes_hash: row.closed.map(|(_, hash)| hash.to_string()),
        entered: row.entered,
        wishes: row.wishes,
        ran: row.ran.map(|at| ctx.moment(at)),
    }
}

/// For whom a person enters wishes.
#[derive(Debug, Default)]
struct Side {
    person: Option<domain::id::PersonId>,
    /// By name.
    groups: Vec<(GroupId, String)>,
}

impl Side {
    async fn load(conn: &mut SqliteConnection, actor: &Actor) -> Result<Self, StoreError> {
        let Some(person) = actor.person() else { return Ok(Self::default()) };
        Ok(Self { person: Some(person), groups: rows::administered(conn, person).await? })
    }

    fn is_admin_of(&self, group: GroupId) -> bool {
        self.groups.iter().any(|(known, _)| *known == group)
    }

    fn has(&self, wish: &StoredWish) -> bool {
        match wish.wish.entrant {
            draws::Entrant::Group(group) => self.is_admin_of(group),
            draws::Entrant::Person(_) => wish.person.is_some() && wish.person == self.person,
        }
    }

    /// For whom wishes can be entered in a draw with these terms.
    fn acts_for(&self, terms: &Terms) -> Vec<ActsFor> {
        let groups = self.groups.iter().filter(|_| terms.entrants.takes_groups());
        let groups = groups.map(|(group, name)| ActsFor { group: Some(*group), name: Some(name.clone()) });
        let person = self.person.filter(|_| terms.entrants.takes_people());
        groups.chain(person.map(|_| ActsFor { group: None, name: None })).collect()
    }
}

/// A draw with everything its reader may see.
async fn page(ctx: &Ctx, actor: &Actor, draw: DrawId) -> Result<DrawPage, DrawsError> {
    let now = ctx.now();
    let zone = ctx.space().zone;
    let mut snapshot = ctx.store().snapshot().await?;
    let row = stored(&mut snapshot, draw).await?;
    let side = Side::load(&mut snapshot, actor).await?;
    let wishes = wishes::visible(&mut snapshot, actor, &row, &side, (zone, now)).await?;
    let turns = rows::turns(&mut snapshot, draw).await?;
    let rooms = choices(&mut snapshot, actor).await?;
    drop(snapshot);
    let edit = rooms.map(|rooms| DrawEdit { saved: saved(ctx.space().zone, &row), rooms });
    let (entrants, turns) = took_part(&wishes, &turns);
    Ok(DrawPage {
        now: ctx.moment(now),
        draw: to_view(ctx, &row),
        acts_for: side.acts_for(&row.terms),
        entrants,
        turns,
        wishes: wishes.into_iter().map(|(_, view)| view).collect(),
        edit,
    })
}

/// The groups and people in the turns, and the turns with their places in that list.
fn took_part(
    wishes: &[(StoredWish, contract::draws::WishView)],
    turns: &[draws::Turn],
) -> (Vec<EntrantView>, Vec<TurnView>) {
    let mut known: Vec<draws::Entrant> = turns.iter().map(|turn| turn.entrant).collect();
    known.sort_unstable();
    known.dedup();
    let view = |entrant: &draws::Entrant| {
        let wish = wishes.iter().find(|(wish, _)| wish.wish.entrant == *entrant);
        let (group, name, mine) =
            wish.map_or((None, None, false), |(_, view)| (view.group, view.name.clone(), view.mine));
        EntrantView { group, name, mine }
    };
    let place = |entrant: draws::Entrant| {
        known.binary_search(&entrant).ok().and_then(|place| u32::try_from(place).ok()).unwrap_or_default()
    };
    let turns = turns.iter().map(|turn| TurnView {
        round: turn.round,
        turn: turn.turn,
        entrant: place(turn.entrant),
        won: turn.won,
    });
    (known.iter().map(view).collect(), turns.collect())
}

/// The stored values, as the form sends them.
fn saved(zone: domain::zone::Zone, row: &StoredDraw) -> Saved {
    let Terms { window, draws, first, last, entrants, limit, offered } = row.terms;
    let local = |at| corrections::local(zone.moment(at));
    let clock =
        |minute: u16| TimeOfDay::new(minute % DAY_MINUTES).map_or_else(String::new, |time| time.to_string());
    let fields = [
        ("name", row.name.clone()),
        ("opens", local(window.opens)),
        ("closes", local(window.closes)),
        ("draws", local(draws)),
        ("first", first.to_string()),
        ("last", last.to_string()),
        ("entrants", entrants.as_str().to_owned()),
        ("limit", limit.to_string()),
        ("from", clock(offered.hours.from)),
        ("to", clock(offered.hours.to)),
    ];
    let rooms = row.room_ids().into_iter().map(|room| ("rooms[]", room.to_string()));
    let days = offered.days.iter().map(|day| ("days[]", day.to_string()));
    Saved::new(row.version, fields.into_iter().chain(rooms).chain(days).collect())
}

/// The fields of a form as they are stored.
fn described(form: DrawForm) -> NewDraw {
    let minute = |time: Option<TimeOfDay>| time.map(TimeOfDay::minute).filter(|minute| *minute > 0);
    let hours = Stretch {
        from: minute(form.from).unwrap_or_default(),
        // Midnight as an end is that of the evening.
        to: minute(form.to).unwrap_or(DAY_MINUTES),
    };
    let mut rooms = form.rooms.0;
    rooms.sort_unstable();
    rooms.dedup();
    NewDraw {
        name: form.name.into(),
        terms: Terms {
            window: Window { opens: form.opens, closes: form.closes },
            draws: form.draws,
            first: form.first,
            last: form.last,
            entrants: form.entrants,
            limit: form.limit.get(),
            offered: Offered { days: form.days, hours },
        },
        rooms,
    }
}

fn faults(found: Vec<(&'static str, draws::Fault)>) -> Result<(), DrawsError> {
    if found.is_empty() {
        return Ok(());
    }
    Err(Faults(found.into_iter().map(|(field, fault)| (field.to_owned(), Fault::Draw(fault))).collect()).into())
}

/// Checks the rooms of a new draw, or of one that has not opened.
async fn check_rooms(job: &mut Job<'_>, chosen: &[RoomId]) -> Result<Option<draws::Fault>, StoreError> {
    if chosen.is_empty() {
        return Ok(Some(draws::Fault::NoRooms));
    }
    if chosen.len() > ROOMS {
        return Ok(Some(draws::Fault::TooManyRooms));
    }
    let rooms = rooms::list(job.tx.conn()).await?;
    let is_there = |room: &RoomId| rooms.iter().any(|known| known.id == *room && known.archived.is_none());
    Ok((!chosen.iter().all(is_there)).then_some(draws::Fault::RoomGone))
}

async fn check(job: &mut Job<'_>, new: &NewDraw) -> Result<(), DrawsError> {
    let zone = job.zone;
    let mut found = new.terms.faults(job.now, |at| zone.moment(at).wall().date);
    found.extend(check_rooms(job, &new.rooms).await?.map(|fault| ("rooms", fault)));
    faults(found)
}

/// Plans a draw and makes its secret, which is never shown before the run.
async fn add(ctx: &Ctx, actor: &Actor, form: DrawForm) -> Result<DrawAdded, DrawsError> {
    let secret = Secret::new(ctx.rng().bytes());
    ctx.change(actor, Permission::ManageDraws, Target::NONE, async move |job| {
        let new = described(form);
        check(job, &new).await?;
        let by = job.by().await?;
        let draw = rows::add(job.tx, &new, &secret, job.now, by).await?;
        let commitment = secret.commitment().to_string();
        done(job, DrawAdded { draw }, "draw.added", draw, &json!({ "commitment": commitment })).await
    })
    .await
}

/// Saves a draw; once it is open, only what its participants can live with, and nothing once it has run.
async fn save(
    job: &mut Job<'_>,
    draw: DrawId,
    seen: i64,
    form: Result<DrawForm, Faults>,
) -> Result<Done<()>, DrawsError> {
    let row = stored(job.tx.conn(), draw).await?;
    if row.ran.is_some() {
        return Err(DrawsError::Completed);
    }
    if !domain::versions::is_current(row.version, seen) {
        let signed = error::signed(job.tx.conn(), job.zone, draw, saved(job.zone, &row)).await?;
        return Err(DrawsError::Stale(signed));
    }
    let new = described(form?);
    if row.state_at(job.now) == State::Planned {
        check(job, &new).await?;
    } else {
        let zone = job.zone;
        let mut found = row.terms.faults_of_change(&new.terms, job.now, |at| zone.moment(at).wall().date);
        if new.rooms != row.room_ids() {
            found.push(("rooms", draws::Fault::Fixed));
        }
        faults(found)?;
    }
    rows::change(job.tx, draw, &new).await?;
    done(job, (), "draw.changed", draw, &json!({})).await
}

/// Deletes a draw that nobody could enter yet.
async fn delete(job: &mut Job<'_>, draw: DrawId) -> Result<Done<()>, DrawsError> {
    let row = stored(job.tx.conn(), draw).await?;
    if row.state_at(job.now) != State::Planned {
        return Err(DrawsError::Opened);
    }
    rows::delete(job.tx, draw).await?;
    done(job, (), "draw.deleted", draw, &json!({})).await
}

/// Ends a change of a draw.
async fn done<T>(
    job: &mut Job<'_>,
    value: T,
    action: &'static str,
    subject: impl Into<Subject>,
    detail: &serde_json::Value,
) -> Result<Done<T>, DrawsError> {
    job.tx.after_commit(ChangeEvent::Draws);
    job.audited(value, action, subject, detail).await
}
