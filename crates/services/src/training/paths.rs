//! Learning paths of people: to types, to machines that require more than their type, and to further modules.
//!
//! Invariant: the steps of a path and their order are the domain's. Not here: whether a person may use
//! a machine.

use crate::Ctx;
use contract::training::{CatalogueLine, OpenAppointment, PathView, Stage, Together};
use domain::{
    access::ModuleLeft,
    id::{MachineId, ModuleId, PersonId, TypeId},
    machines::AuthorisationMode,
    qualifications::{Relation, Subject},
    settings::At,
    time::Millis,
    training::path::{Completion, Path, Progress, Stage as Step},
    training_events::Aim,
};
use std::collections::BTreeMap;
use store::{
    SqliteConnection, StoreError, access, qualifications,
    training::{self as rows, ComingEvent, Openings, PathRow},
};

/// Limit of machines examined for the catalogue.
const MACHINES: i64 = 1_000;

/// The paths of `person` through the requirements in `facts`: one per type, and one per machine that requires
/// more.
pub(super) async fn paths(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    facts: &[PathRow],
    now: Millis,
) -> Result<Vec<PathView>, StoreError> {
    let openings = rows::openings(conn, person, now).await?;
    paths_by(ctx, conn, person, facts, (&openings, now)).await
}

async fn paths_by(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    facts: &[PathRow],
    (openings, now): (&Openings, Millis),
) -> Result<Vec<PathView>, StoreError> {
    let ledger = qualifications::of_person(conn, person).await?;
    let mut of_subject: BTreeMap<(bool, i64), Vec<&PathRow>> = BTreeMap::new();
    for row in facts {
        if let Some(on) = row.on() {
            of_subject.entry(key(on)).or_default().push(row);
        }
    }
    let mut paths = Vec::new();
    for rows in of_subject.into_values() {
        let Some((on, first)) = rows.first().and_then(|row| Some((row.on()?, *row))) else { continue };
        let Some(kind) = on.sides().0.or(first.machine_kind) else { continue };
        let mut subjects = vec![on];
        let mut stages = Vec::new();
        // A machine with further requirements is a path of its own, beginning with those of its type.
        if matches!(on, Subject::Machine(_)) {
            subjects.push(Subject::Type(kind));
            for row in facts.iter().filter(|row| row.kind == Some(kind)) {
                stages.push(row);
            }
        }
        stages.extend(rows);
        let qualified = ledger.holds(Relation::User, &subjects, now);
        paths.push(path(ctx, (on, kind), first.on_name.clone(), &stages, qualified, openings, now)?);
    }
    Ok(paths)
}

/// The paths that `person` has begun and not finished.
pub(crate) async fn begun_paths(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Vec<PathView>, StoreError> {
    let facts = rows::path_facts(conn, person, None).await?;
    let begun = |row: &PathRow| row.percent > 0 || row.passed;
    let openings = rows::openings(conn, person, now).await?;
    if !facts.iter().any(begun) && openings.agreed.is_empty() {
        return Ok(Vec::new());
    }
    let mut paths = paths_by(ctx, conn, person, &facts, (&openings, now)).await?;
    paths.retain(|path| !path.qualified && path.path.left() > 0 && is_begun(path));
    Ok(paths)
}

const fn key(on: Subject) -> (bool, i64) {
    match on {
        Subject::Type(TypeId(id)) => (false, id),
        Subject::Machine(MachineId(id)) => (true, id),
    }
}

fn path(
    ctx: &Ctx,
    (on, kind): (Subject, TypeId),
    name: String,
    rows: &[&PathRow],
    qualified: bool,
    openings: &Openings,
    now: Millis,
) -> Result<PathView, StoreError> {
    let (mut steps, mut stages): (Vec<Step>, Vec<Stage>) = (Vec::new(), Vec::new());
    for first in rows {
        if steps.iter().any(|step| step.module == first.module) {
            continue;
        }
        // A machine may ask for more of a module than its type.
        let same = rows.iter().filter(|row| row.module == first.module);
        let row = same.max_by_key(|row| row.threshold).unwrap_or(first);
        // Completed parts count, even if a newer edition was not watched.
        let completion = row.needed()?.completion(now);
        let done = matches!(completion, Completion::Completed { .. });
        let redo_by = match completion {
            Completion::Completed { until } => until,
            Completion::Lapsed | Completion::Missing => None,
        };
        let quiz = row.has_quiz.then_some(done || row.passed);
        let watched = done || row.percent >= row.threshold;
        steps.push(Step { module: row.module, watched, quiz });
        stages.push(Stage {
            module: row.module,
            title: row.title.clone(),
            percent: if done { 100 } else { row.percent },
            threshold: row.threshold,
            length: row.length,
            quiz,
            redo_by: redo_by.map(|at| ctx.moment(at)),
        });
    }
    let appointment = openings.agreed.iter().find(|one| one.kind == kind).map(|one| OpenAppointment {
        id: one.id,
        starts: ctx.moment(one.starts),
        with: one.trainer_name.clone(),
        state: one.state,
    });
    let path = Path::new(&steps, qualified);
    let together = if qualified || appointment.is_some() { None } else { together(ctx, kind, openings) };
    Ok(PathView { on, kind, name, path, stages, qualified, appointment, together, lead: None })
}

/// The path of `person` to a machine of `kind`, without the machine's name; only the checkout where it requires no
/// training.
pub(crate) async fn here(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    (machine, kind): (MachineId, TypeId),
    now: Millis,
) -> Result<PathView, StoreError> {
    let facts = rows::path_facts(conn, person, Some(kind)).await?;
    let is_here = |row: &&PathRow| row.kind == Some(kind) || row.machine == Some(machine);
    let mut required: Vec<_> = facts.iter().filter(is_here).collect();
    required.sort_by_key(|row| row.machine.is_some());
    let on = Subject::Machine(machine);
    let ledger = qualifications::of_person(conn, person).await?;
    let qualified = ledger.holds(Relation::User, &[Subject::Type(kind), on], now);
    let openings = rows::openings(conn, person, now).await?;
    path(ctx, (on, kind), String::new(), &required, qualified, &openings, now)
}

/// The way in a group on `kind`: to the event at which they hold a place, or where no trainer offers times.
fn together(ctx: &Ctx, kind: TypeId, openings: &Openings) -> Option<Together> {
    if ctx.space().settings.events.course(Aim::Use).places == 0 {
        return None;
    }
    let events = || openings.events.iter().filter(|event| event.kind == kind);
    let event =
        |event: &ComingEvent| Together::Event { id: event.id, starts: ctx.moment(event.starts), mine: event.mine };
    if let Some(mine) = events().find(|event| event.mine.is_some()) {
        return Some(event(mine));
    }
    // A trainer who offers times is the shorter way.
    if openings.offered.contains(&kind) {
        return None;
    }
    if openings.asked.contains(&kind) {
        return Some(Together::Asked);
    }
    Some(events().next().map_or(Together::Ask, event))
}

/// The incomplete modules required of a person, from [`rows::path_facts`].
pub(crate) fn left_of(facts: &[PathRow], kind: TypeId, machine: MachineId, module: ModuleId) -> ModuleLeft {
    let is_here =
        |row: &&PathRow| row.module == module && (row.kind == Some(kind) || row.machine == Some(machine));
    let most = facts.iter().filter(is_here).max_by_key(|row| row.threshold);
    most.map_or(ModuleLeft { video: true, quiz: false }, |row| ModuleLeft {
        video: row.percent < row.threshold,
        quiz: row.has_quiz && !row.passed,
    })
}

/// Whether a person did anything on a path: watched, answered, or requested a checkout.
pub(super) fn is_begun(path: &PathView) -> bool {
    let is_done = |step: &domain::training::path::Step| step.progress == Progress::Done;
    path.appointment.is_some()
        || path.path.steps.iter().any(is_done)
        || path.stages.iter().any(|stage| stage.percent > 0)
}

/// Training that `person` has not begun: types of machines that not everybody may use.
pub(super) async fn catalogue(
    conn: &mut SqliteConnection,
    person: PersonId,
    paths: &[PathView],
    now: Millis,
) -> Result<Vec<CatalogueLine>, StoreError> {
    let ledger = qualifications::of_person(conn, person).await?;
    let mut kinds: BTreeMap<TypeId, MachineId> = BTreeMap::new();
    for one in access::candidates(conn, At::Space, MACHINES).await? {
        if one.machine.mode != AuthorisationMode::Open {
            kinds.entry(one.machine.kind).or_insert(one.machine.id);
        }
    }
    let is_begun = |kind: TypeId| paths.iter().any(|path| path.kind == kind && is_begun(path));
    kinds.retain(|&kind, _| !is_begun(kind) && !ledger.holds(Relation::User, &[Subject::Type(kind)], now));
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut names = access::names_of_types(conn, &kinds.keys().copied().collect::<Vec<_>>()).await?;
    names.sort_by_cached_key(|(_, name)| domain::people::folded::folded(name));
    let lines = names.into_iter().filter_map(|(kind, name)| {
        let stages = paths.iter().find(|path| path.on == Subject::Type(kind)).map(|path| &path.stages);
        let stages = || stages.into_iter().flatten();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Some(CatalogueLine {
            kind,
            name,
            machine: *kinds.get(&kind)?,
            videos: count(stages().count()),
            quizzes: count(stages().filter(|stage| stage.quiz.is_some()).count()),
            length: stages().map(|stage| stage.length).sum(),
        })
    });
    Ok(lines.collect())
}
