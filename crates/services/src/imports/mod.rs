//! Imports of people, cards, qualifications and past trainings: uploaded, previewed, applied.
//!
//! **Invariants.** Nothing changes without a preview. The import is planned again when it is applied, on the data
//! that the job finds, and must match the preview: all of it or nothing. A file stays in memory, for its uploader in their session
//! alone, for [`LIFETIME`]; a restart forgets it, and reports that.

mod apply;
mod digest;
mod export;
pub mod fabomatic;
mod history;
mod spreadsheet;

pub use apply::apply;
pub(crate) use export::row;
pub use export::{Exported, What, Whose, export};
pub use history::{Happened, History, HistoryForm, history};
pub use spreadsheet::Book;

use crate::error::ServiceError;
use crate::{
    Ctx,
    audit::InvalidFilter,
    computing::{self, Crowded},
    shared::Shared,
};
use contract::imports::{DryRun, LineView};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    accounts::may_help,
    actor::{Actor, Forbidden, Permission, Rank, Target, rank},
    id::{PersonId, SessionId},
    imports::{
        BYTES, COLUMNS, Column, ExistingPerson, Heading, LINES, Line, LineError, PAGE, RowOutcome, Sum, Whom,
        dates::DateOrder,
        plan::{self, ExistingRecords, When},
        read, sum,
        table::{Table, Unread, table},
    },
    people::PersonStatus,
    problem::{Kind, Problem},
    qualifications::{
        Cause, EntryKind, Ledger, Relation, Subject,
        change::{self, Matter, TargetPerson, Writer},
    },
    time::{Millis, Moment},
    zone::Zone,
};
use macros::ServiceError;
use spreadsheet::SheetError;
use std::{collections::HashMap, sync::Arc, time::Duration};
use store::{
    StoreError, imports,
    qualifications::{self, Equipment},
};
use text::Lang;

/// How long a file stays in memory between preview and import, in minutes.
const MINUTES: u32 = 30;
/// The same as a duration.
pub const LIFETIME: Duration = Duration::from_mins(30);
/// Limit of files in memory; the oldest is dropped.
const FILES: usize = 8;
/// Letters of a cell shown next to its heading.
const SAMPLE: usize = 40;

/// Why a list is not taken, shown or applied.
#[derive(Debug, Clone, ServiceError)]
pub enum ImportsError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// It is no table.
    #[problem(transparent)]
    Unread(Unread),
    /// Unknown or expired upload.
    #[problem("import.gone", NotFound, import_gone(&MINUTES.to_string()))]
    Gone,
    /// It is being applied at this moment.
    #[problem("import.writing", Conflict, import_writing)]
    Writing,
    /// It was applied already, at that time.
    #[problem("import.applied", Conflict, import_applied_already(&text::time::clock(*_0)))]
    Applied(Moment),
    /// Two columns have the same meaning.
    #[problem("import.columns-twice", Invalid, import_columns_twice)]
    Twice,
    /// It would change nothing.
    #[problem("import.nothing", Conflict, import_nothing)]
    Nothing,
    /// The people in the file were changed meanwhile.
    #[problem("import.changed", Conflict, import_changed)]
    Changed,
    /// The filter of a history export is invalid.
    #[problem("export.filter", Invalid, each(audit_filter_invalid))]
    Invalid(Vec<InvalidFilter>),
    /// A sheet has fewer rows than there are lines.
    #[problem("export.too-long", Invalid, export_too_long)]
    Long,
    /// Too much is being computed.
    #[problem(transparent)]
    Crowded(#[from] Crowded),
    /// The workbook could not be made.
    #[problem(with = no_sheet(_0, lang))]
    Sheet(String),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl ServiceError for Unread {
    fn problem(&self, lang: Lang) -> Problem {
        let message = match self {
            Self::Empty => lang.import_empty().to_owned(),
            Self::Unclosed(line) => lang.import_unclosed_in(&line.to_string()),
            Self::NotText => lang.import_not_text().to_owned(),
            Self::Letters(line) => lang.import_letters(&line.to_string()),
            Self::TooLarge => lang.import_too_large(&(BYTES / 1_000_000).to_string()),
            Self::TooManyLines => lang.import_too_many_lines(&LINES.to_string()),
            Self::TooManyColumns => lang.import_too_many_columns(&COLUMNS.to_string()),
        };
        Problem::new(unread_code(*self), Kind::Invalid, message.clone()).field("list", message)
    }

    fn codes() -> Vec<(Kind, &'static str)> {
        let all = [
            Self::Empty,
            Self::Unclosed(0),
            Self::NotText,
            Self::TooLarge,
            Self::TooManyLines,
            Self::TooManyColumns,
        ];
        all.map(|unread| (Kind::Invalid, unread_code(unread))).to_vec()
    }
}

const fn unread_code(unread: Unread) -> &'static str {
    match unread {
        Unread::Empty => "import.empty",
        Unread::Unclosed(_) => "import.unclosed",
        Unread::NotText | Unread::Letters(_) => "import.not-text",
        Unread::TooLarge => "import.too-large",
        Unread::TooManyLines => "import.too-many-lines",
        Unread::TooManyColumns => "import.too-many-columns",
    }
}

fn no_sheet(why: &str, lang: Lang) -> Problem {
    tracing::error!(why, "a workbook could not be made");
    Problem::new("storage.unavailable", Kind::Unavailable, lang.storage_unavailable())
}

impl From<SheetError> for ImportsError {
    fn from(error: SheetError) -> Self {
        match error {
            SheetError::Full => Self::Long,
            SheetError::Failed(why) => Self::Sheet(why),
        }
    }
}

/// Uploads under review; lost on restart.
#[derive(Default)]
pub(crate) struct Memory {
    files: Files,
    brought: fabomatic::Slot,
    /// Held during an import of a Fab-O-Matic.
    taking_over: tokio::sync::Mutex<()>,
}

fn memory(ctx: &Ctx) -> &Memory {
    ctx.memory()
}

#[derive(Default)]
struct Files(Shared<HashMap<String, UploadedTable>>);

#[derive(Clone)]
struct UploadedTable {
    whose: Option<(PersonId, SessionId)>,
    /// The file. Its cells would take many times its size, and are read again for each preview.
    bytes: Arc<[u8]>,
    columns: Vec<Option<Column>>,
    /// The date order, if chosen.
    dates: Option<DateOrder>,
    until: Millis,
    state: State,
}

/// The state of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    /// It is being written at this moment; that may fail yet.
    Writing,
    Applied(Millis),
}

impl UploadedTable {
    /// Fails if it is being written or was written.
    fn free(&self, ctx: &Ctx) -> Result<(), ImportsError> {
        match self.state {
            State::Free => Ok(()),
            State::Writing => Err(ImportsError::Writing),
            State::Applied(at) => Err(ImportsError::Applied(ctx.moment(at))),
        }
    }
}

impl Files {
    fn keep(&self, token: &str, stored: UploadedTable, now: Millis) {
        let mut files = self.0.lock();
        files.retain(|_, file| now < file.until);
        if files.len() >= FILES
            && let Some(oldest) = files.iter().min_by_key(|(_, file)| file.until).map(|(token, _)| token.clone())
        {
            files.remove(&oldest);
        }
        files.insert(token.to_owned(), stored);
    }

    /// Changes the file of this token, if it is the actor's.
    fn with<T>(
        &self,
        actor: &Actor,
        token: &str,
        now: Millis,
        use_it: impl FnOnce(&mut UploadedTable) -> Result<T, ImportsError>,
    ) -> Result<T, ImportsError> {
        let mut files = self.0.lock();
        let stored = files.get_mut(token).filter(|file| now < file.until && file.whose == whose(actor));
        use_it(stored.ok_or(ImportsError::Gone)?)
    }
}

/// The uploader: in their session, or by a token, which has none.
fn whose(actor: &Actor) -> Option<(PersonId, SessionId)> {
    actor.known().map(|known| (known.id, known.session))
}

/// Whether the caller may bring a list; asked before any of it is read.
pub fn may_bring(actor: &Actor) -> Result<(), ImportsError> {
    actor.require(Permission::Import, Target::NONE)?;
    Ok(())
}

/// Parses a list, and returns the token under which it stays in memory.
pub async fn keep(ctx: &Ctx, actor: &Actor, bytes: &[u8]) -> Result<String, ImportsError> {
    actor.require(Permission::Import, Target::NONE)?;
    let turn = computing::turn(ctx, actor).await?;
    let bytes = Arc::<[u8]>::from(bytes);
    let file = Arc::clone(&bytes);
    let columns = computing::run(turn, move || table(&file).map(|table| read::columns(&table.headings)));
    let columns = columns.await?.map_err(ImportsError::Unread)?;
    let now = ctx.now();
    let token = BASE64URL_NOPAD.encode(&ctx.rng().bytes::<16>());
    let until = now.after(LIFETIME);
    let stored = UploadedTable { whose: whose(actor), bytes, columns, dates: None, until, state: State::Free };
    memory(ctx).files.keep(&token, stored, now);
    Ok(token)
}

/// Sets the meaning of columns, each by its code; unknown codes are left out. `dates` is the date order, if the
/// list does not show it or has the month first.
pub fn say_columns(
    ctx: &Ctx,
    actor: &Actor,
    token: &str,
    words: &[String],
    dates: Option<DateOrder>,
) -> Result<(), ImportsError> {
    say(ctx, actor, token, words, |_| dates)
}

/// Sets the meaning of columns, and leaves the date order unchanged.
pub fn say_columns_alone(ctx: &Ctx, actor: &Actor, token: &str, words: &[String]) -> Result<(), ImportsError> {
    say(ctx, actor, token, words, |before| before)
}

fn say(
    ctx: &Ctx,
    actor: &Actor,
    token: &str,
    words: &[String],
    dates: impl FnOnce(Option<DateOrder>) -> Option<DateOrder>,
) -> Result<(), ImportsError> {
    actor.require(Permission::Import, Target::NONE)?;
    let now = ctx.now();
    memory(ctx).files.with(actor, token, now, |stored| {
        stored.free(ctx)?;
        let columns: Vec<_> =
            (0..stored.columns.len()).map(|at| words.get(at).and_then(|name| Column::parse(name))).collect();
        let message: Vec<_> = columns.iter().flatten().collect();
        if message.iter().enumerate().any(|(at, column)| message[..at].contains(column)) {
            return Err(ImportsError::Twice);
        }
        stored.columns = columns;
        stored.dates = dates(stored.dates);
        stored.until = now.after(LIFETIME);
        Ok(())
    })
}

/// Which lines are shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct LineQuery {
    /// The page; the first is 1.
    pub page: u32,
    /// Only lines with errors or notes.
    pub only_faulty: bool,
}

/// The preview of a list.
pub async fn preview(ctx: &Ctx, actor: &Actor, token: &str, query: LineQuery) -> Result<DryRun, ImportsError> {
    actor.require(Permission::Import, Target::NONE)?;
    let turn = computing::turn(ctx, actor).await?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let stored = memory(ctx).files.with(actor, token, now, |stored| Ok(stored.clone()))?;
    let mut snapshot = ctx.store().snapshot().await?;
    let known = imports::known(&mut snapshot).await?;
    let things = qualifications::equipment(&mut snapshot, None).await?;
    drop(snapshot);
    let (own, list) = (actor.clone(), stored.clone());
    let page = computing::run(turn, move || {
        let plan = planned(zone, &own, &list, &known, &things, now)?;
        Ok::<_, ImportsError>(preview_page(plan, query))
    });
    let PreviewPage { headings, sum, is_unclear, lines, views, page, pages, digest } = page.await??;
    Ok(DryRun {
        now: ctx.moment(now),
        until: ctx.moment(stored.until),
        headings,
        asks_dates: stored.dates.is_some() || is_unclear,
        dates: stored.dates,
        lines,
        sum,
        shown: views,
        page,
        pages,
        applied: match stored.state {
            State::Applied(at) => Some(ctx.moment(at)),
            State::Free | State::Writing => None,
        },
        digest,
    })
}

/// The part of a preview that its reader sees.
struct PreviewPage {
    headings: Vec<Heading>,
    sum: Sum,
    /// The order of a date is unclear.
    is_unclear: bool,
    lines: u32,
    views: Vec<LineView>,
    page: u32,
    pages: u32,
    digest: String,
}

fn preview_page(Planned { headings, mut outcomes, digest, .. }: Planned, query: LineQuery) -> PreviewPage {
    let is_unclear = |fault: &LineError| matches!(fault, LineError::EitherOrder(_) | LineError::MonthFirst(_));
    let is_unclear = outcomes.iter().flat_map(|outcome| &outcome.faults).any(is_unclear);
    let (sum, lines) = (sum(&outcomes), number(outcomes.len()));
    // Lines that need attention come first.
    outcomes.sort_by_key(|outcome| (outcome.faults.is_empty(), outcome.notes.is_empty(), outcome.number));
    if query.only_faulty {
        outcomes.retain(|outcome| !outcome.faults.is_empty() || !outcome.notes.is_empty());
    }
    let pages = number(outcomes.len().div_ceil(PAGE)).max(1);
    let page = query.page.clamp(1, pages);
    let skipped = PAGE * usize::try_from(page - 1).unwrap_or(0);
    let views = outcomes.into_iter().skip(skipped).take(PAGE).map(to_view).collect();
    PreviewPage { headings, sum, is_unclear, lines, views, page, pages, digest }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn headings(table: &Table, columns: &[Option<Column>]) -> Vec<Heading> {
    let titles = table.headings.iter().zip(columns).enumerate();
    titles
        .map(|(at, (title, column))| {
            let cells = table.rows.iter().filter_map(|(_, cells)| cells.get(at));
            let first = cells.take(PAGE).find(|cell| !cell.is_empty());
            // Card numbers are never shown.
            let first = first.filter(|_| *column != Some(Column::Card));
            let sample = first.map(|cell| cell.chars().take(SAMPLE).collect()).unwrap_or_default();
            Heading { title: title.chars().take(SAMPLE).collect(), sample, column: *column }
        })
        .collect()
}

fn to_view(outcome: RowOutcome) -> LineView {
    let person = match outcome.whom {
        Whom::Existing(id) => Some(id),
        Whom::New(_) | Whom::Nobody => None,
    };
    let RowOutcome { number, name, actions, notes, faults, .. } = outcome;
    LineView { number, name, person, actions, notes, faults }
}

/// The lines of a list, and the outcome of each.
struct Planned {
    headings: Vec<Heading>,
    lines: Vec<(Line, Vec<LineError>)>,
    outcomes: Vec<RowOutcome>,
    digest: String,
}

/// The outcome of each line, given what the caller may do.
fn planned(
    zone: Zone,
    actor: &Actor,
    stored: &UploadedTable,
    known: &ExistingRecords,
    things: &[Equipment],
    now: Millis,
) -> Result<Planned, ImportsError> {
    let table = table(&stored.bytes).map_err(ImportsError::Unread)?;
    let day = |at: Millis| zone.moment(at).wall().date;
    let lines = read::lines(&table, &stored.columns, stored.dates, &day);
    let when = When { now, today: day(now), day: &day };
    let things: HashMap<Subject, &Equipment> = things.iter().map(|thing| (thing.subject, thing)).collect();
    let grant = |person: Option<&ExistingPerson>, subject, relation| {
        things.get(&subject).is_some_and(|thing| may_grant(actor, person, thing, relation, now))
    };
    let change = |person: &ExistingPerson, what: &[Column]| may_change(actor, person, what, now);
    let outcomes = plan::plan(&lines, known, when, plan::Rights { grant: &grant, change: &change });
    let digest = digest::of(&stored.columns, &lines, &outcomes, &known.people);
    Ok(Planned { headings: headings(&table, &stored.columns), lines, outcomes, digest })
}

/// Whether the actor may grant this, by the same rules as on a person's page.
fn may_grant(
    actor: &Actor,
    person: Option<&ExistingPerson>,
    thing: &Equipment,
    relation: Relation,
    now: Millis,
) -> bool {
    let nobody = Ledger::default();
    let target = person
        .map_or(TargetPerson { id: PersonId(0), status: PersonStatus::Active, ledger: &nobody }, |person| {
            TargetPerson { id: person.id, status: person.status, ledger: &person.ledger }
        });
    let (_, machine) = thing.subject.sides();
    let matter = Matter { kind: thing.kind, machine, machines: &[], archived: thing.archived };
    let change =
        change::Change { relation, kind: EntryKind::Granted, from: now, until: None, cause: Cause::Import };
    let writer = actor.known().map_or(Writer::Toolgate, Writer::Person);
    change::admit(&writer, &target, matter, &change, &[], now).is_ok()
}

/// Whether the actor may change these fields of a person: not of one of higher rank, and sign-in data only of
/// those whom they may help in, as on a person's page.
fn may_change(actor: &Actor, person: &ExistingPerson, what: &[Column], now: Millis) -> bool {
    let theirs = rank(PersonStatus::Active, &person.ledger, now);
    let way_in = what.iter().any(|column| matches!(column, Column::Email | Column::Key));
    actor.known().is_none_or(|known| {
        theirs <= known.rank().max(Rank::Member)
            && (!way_in || known.id == person.id || may_help(known, person.id, &person.ledger))
    })
}
