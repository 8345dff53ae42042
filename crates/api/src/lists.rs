//! Lists of people, cards and qualifications: import after a dry run, and export.

use super::{
    Body, Caller, Query, Refusal, Word,
    answer::{One, Table},
    document::CSV,
    input::file,
    operation::{Operation, Tag},
    when, words,
};
use axum::{body::Body as Bytes, extract::Request};
use contract::imports::{DryRun, LineView};
use domain::{
    actor::Permission,
    imports::{BYTES, Column, Heading, Sum},
    people::PersonStatus,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::imports::{self, Happened, HistoryForm, ImportsError, LineQuery, What};
use services::{error::ServiceError, requirements::PathTarget};
use std::convert::Infallible;
use text::Lang;
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    imports().into_iter().chain(exports()).collect()
}

fn imports() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/imports", "bringList", bring)
            .may(&[(Permission::Import, PathTarget::Space)])
            .about(
                Tag::People,
                "Upload an import list",
                "Uploads a CSV of people, cards, qualifications or past trainings with a heading line and returns a preview of \
                 the import. Past trainings have the columns `who` (e-mail or full name), `type`, `relation`, `date` and \
                 `trainer`; they name existing people only. Nothing is changed yet. At most 10,000 lines and 4 MB. The list is stored for half an hour, for its \
                 uploader only.",
            )
            .needs(Scope::PeopleWrite)
            .takes(&[CSV])
            .errors::<services::imports::ImportsError>(&[
                "import.empty",
                "import.not-text",
                "import.unclosed",
                "import.too-many-lines",
                "import.too-many-columns",
            ]),
        Operation::get("/api/v1/imports/{list}", "readList", read)
            .may(&[(Permission::Import, PathTarget::Space)])
            .about(
                Tag::People,
                "Preview an import",
                "Returns what each line would currently do, lines that need attention first, with the number of lines per \
                 outcome.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::imports::ImportsError>(&["import.gone"]),
        Operation::put("/api/v1/imports/{list}/columns", "sayColumns", say)
            .may(&[(Permission::Import, PathTarget::Space)])
            .about(
                Tag::People,
                "Map the columns of an import",
                "Sets the columns if the headings were not recognized correctly. Returns the new preview.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::imports::ImportsError>(&[
                "import.gone",
                "import.writing",
                "import.applied",
                "import.columns-twice",
            ]),
        Operation::post("/api/v1/imports/{list}/apply", "applyList", apply)
            .may(&[(Permission::Import, PathTarget::Space)])
            .about(
                Tag::People,
                "Apply an import",
                "Applies all valid lines or none; invalid lines are skipped. Send the `digest` of the preview: if the \
                 import would have a different effect by now, nothing is changed. A list can be applied only once.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::imports::ImportsError>(&[
                "import.gone",
                "import.writing",
                "import.applied",
                "import.nothing",
                "import.changed",
            ]),
    ]
}

fn exports() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/exports/people", "exportPeople", export_people)
            .may(&[(Permission::Import, PathTarget::Space)])
            .about(Tag::People, "Export people", OUT)
            .needs(Scope::PeopleRead)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
        Operation::post("/api/v1/exports/qualifications", "exportQualifications", export_qualifications)
            .may(&[(Permission::Import, PathTarget::Space)])
            .about(Tag::People, "Export qualifications", OUT)
            .needs(Scope::PeopleRead)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
        Operation::post("/api/v1/exports/groups", "exportGroups", export_groups)
            .may(&[(Permission::Import, PathTarget::Space)])
            .about(
                Tag::Groups,
                "Export groups",
                "Returns a CSV with a line for each member of each group that is not archived, as it can be imported again. The \
                 export is recorded in the audit log.",
            )
            .needs(Scope::PeopleRead)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
        Operation::post("/api/v1/exports/uses", "exportUses", export_uses)
            .may(&[(Permission::Import, PathTarget::Space)])
            .about(
                Tag::People,
                "Export uses",
                "Returns a CSV with a line for each use, in the order in which they were recorded. All fields of the body \
                 are optional. The export is recorded in the audit log.",
            )
            .needs(Scope::PeopleRead)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
        Operation::post("/api/v1/exports/interventions", "exportInterventions", export_interventions)
            .may(&[(Permission::Import, PathTarget::Space)])
            .about(
                Tag::People,
                "Export maintenance",
                "Returns a CSV with a line for each completed maintenance plan and each unplanned intervention, in the \
                 order in which they were recorded. All fields of the body are optional. The export is recorded in the \
                 audit log.",
            )
            .needs(Scope::PeopleRead)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
        Operation::post("/api/v1/exports/cards", "exportCards", export_cards)
            .may(&[(Permission::ExportCards, PathTarget::Space)])
            .about(
                Tag::People,
                "Export cards",
                "Returns a CSV with the numbers of the cards. For administrators: anyone with the file can clone the cards. \
                 The export is recorded in the audit log.",
            )
            .needs(Scope::PeopleWrite)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
    ]
}

const OUT: &str = "Returns a CSV that can be imported again. The export is recorded in the audit log.";

/// Filters for the lines of a preview.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lines {
    /// The page number; the first is 1.
    #[schema(minimum = 1, example = 1)]
    page: Option<u32>,
    /// Whether to return only invalid lines and lines that conflict with an earlier decision.
    #[schema(example = true)]
    only_faulty: bool,
}

/// The preview of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListRead {
    /// The identifier of the list while it is stored. It works only for its uploader.
    #[schema(example = "kXw3vD0nTqS8pYbL2mRzEg")]
    list: String,
    /// Until when the list is stored.
    #[schema(format = DateTime)]
    until: String,
    /// When it was applied, if it was.
    #[schema(format = DateTime)]
    applied: Option<String>,
    /// The columns.
    #[schema(max_items = 40)]
    columns: Vec<ListColumn>,
    /// The totals of the import.
    sum: Counted,
    /// The number of lines.
    #[schema(example = 120)]
    count: u32,
    /// The lines of this page.
    #[schema(max_items = 50)]
    lines: Vec<ListLine>,
    /// The page number; the first is 1.
    #[schema(example = 1)]
    page: u32,
    /// The number of pages.
    #[schema(example = 3)]
    pages: u32,
    /// A digest of the whole preview, the same on every page. Send it to apply the import.
    #[schema(example = "c3UMSiXr6mVOB0c2z2Ux9YhW7rQpOQ1Rz0pJm8bV5nA")]
    digest: String,
}

/// A column of an import list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListColumn {
    /// Its heading.
    #[schema(example = "Nome")]
    title: String,
    /// Its first value; card numbers are omitted.
    #[schema(example = "Ada Lovelace")]
    sample: String,
    /// What it is read as; null if it is ignored.
    #[schema(value_type = Option<String>, example = "name")]
    column: Option<Column>,
}

/// The number of lines per outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counted {
    /// People who are added.
    #[schema(example = 12)]
    added: u32,
    /// People who are updated.
    changed: u32,
    /// Cards that are added.
    cards: u32,
    /// Qualifications that are granted.
    grants: u32,
    /// Lines that change nothing.
    unchanged: u32,
    /// Lines that conflict with an earlier manual decision.
    noted: u32,
    /// Invalid lines.
    faulty: u32,
}

/// A line of an import list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListLine {
    /// The line number in the file; the heading is 1.
    #[schema(example = 2)]
    number: u32,
    /// The person's name.
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// The person's id, if the person exists.
    person: Option<i64>,
    /// The changes it makes, in the language of `Accept-Language`.
    actions: Vec<String>,
    /// The changes it does not make, and why.
    notes: Vec<String>,
    /// Errors; a line with errors changes nothing.
    faults: Vec<String>,
}

const fn counted(sum: Sum) -> Counted {
    let Sum { added, changed, cards, grants, unchanged, noted, faulty } = sum;
    Counted { added, changed, cards, grants, unchanged, noted, faulty }
}

fn line(line: LineView, lang: Lang) -> ListLine {
    ListLine {
        number: line.number,
        name: line.name,
        person: line.person.map(|person| person.0),
        actions: line.actions.iter().map(|action| lang.import_action(action)).collect(),
        notes: line.notes.iter().map(|note| lang.import_note(note)).collect(),
        faults: line.faults.iter().map(|fault| lang.import_fault(fault)).collect(),
    }
}

fn column(Heading { title, sample, column }: Heading) -> ListColumn {
    ListColumn { title, sample, column }
}

fn dry_run_view(list: String, run: DryRun, lang: Lang) -> One<ListRead> {
    One(ListRead {
        list,
        until: when(run.until),
        applied: run.applied.map(when),
        columns: run.headings.into_iter().map(column).collect(),
        sum: counted(run.sum),
        count: run.lines,
        lines: run.shown.into_iter().map(|one| line(one, lang)).collect(),
        page: run.page,
        pages: run.pages,
        digest: run.digest,
    })
}

async fn preview(caller: Caller, list: String, lines: Lines) -> Result<One<ListRead>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let query = LineQuery { page: lines.page.unwrap_or(1), only_faulty: lines.only_faulty };
    let run = imports::preview(&ctx, &actor, &list, query).await?;
    Ok(dry_run_view(list, run, lang))
}

async fn bring(caller: Caller, request: Request) -> Result<One<ListRead>, Refusal> {
    let Caller { ctx, actor, lang } = &caller;
    imports::may_bring(actor)?;
    let given = file(ctx, actor, request, &[CSV], BYTES).await?;
    let bytes = given.into_bytes().await?;
    let list = imports::keep(ctx, actor, &bytes)
        .await
        .map_err(|error| super::renamed(error.problem(*lang), "list", "body"))?;
    preview(caller, list, Lines::default()).await
}

async fn read(caller: Caller, Word(list): Word, Query(requested): Query<Lines>) -> Result<One<ListRead>, Refusal> {
    preview(caller, list, requested).await
}

/// The columns of an import list.
#[derive(Debug, Deserialize, ToSchema)]
// Not by the field's name, from which client generators name variables.
#[schema(as = ChosenColumns)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    #[schema(schema_with = words::columns)]
    columns: Vec<Option<Column>>,
}

async fn say(caller: Caller, Word(list): Word, Body(message): Body<Columns>) -> Result<One<ListRead>, Refusal> {
    let Caller { ctx, actor, .. } = &caller;
    let words = message.columns.iter().map(|column| column.map(Column::as_str).unwrap_or_default().to_owned());
    let words: Vec<String> = words.collect();
    imports::say_columns_alone(ctx, actor, &list, &words)?;
    preview(caller, list, Lines::default()).await
}

/// The preview that was reviewed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisplayedAs {
    /// The digest of the preview.
    #[schema(example = "c3UMSiXr6mVOB0c2z2Ux9YhW7rQpOQ1Rz0pJm8bV5nA")]
    digest: String,
}

async fn apply(
    caller: Caller,
    Word(list): Word,
    Body(message): Body<DisplayedAs>,
) -> Result<One<Counted>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let sum = imports::apply(&ctx, &actor, &list, &message.digest).await?;
    Ok(One(counted(sum)))
}

/// Filters for the exported lines; without any, all lines are exported.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Whose {
    /// Only people with this membership status.
    #[schema(schema_with = words::status)]
    status: Option<PersonStatus>,
    /// For qualifications: only types and machines whose name contains this text.
    #[schema(max_length = 200, example = "laser")]
    on: String,
}

async fn export_people(caller: Caller, Query(whose): Query<Whose>) -> Result<Table, Refusal> {
    export(caller, What::People, whose).await
}

async fn export_qualifications(caller: Caller, Query(whose): Query<Whose>) -> Result<Table, Refusal> {
    export(caller, What::Qualifications, whose).await
}

async fn export_groups(caller: Caller, Query(whose): Query<Whose>) -> Result<Table, Refusal> {
    export(caller, What::Groups, whose).await
}

async fn export_cards(caller: Caller, Query(whose): Query<Whose>) -> Result<Table, Refusal> {
    export(caller, What::Cards, whose).await
}

/// Filters for the exported lines; an empty string applies no filter.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WhichLines {
    /// Only lines from this day on.
    #[schema(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", example = "2026-11-01")]
    from: String,
    /// Only lines up to the end of this day.
    #[schema(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", example = "2026-11-30")]
    to: String,
    /// Only machines whose name contains this text; a number alone is the machine's number.
    #[schema(max_length = 200, example = "laser")]
    machine: String,
    /// Only people whose name contains this text.
    #[schema(max_length = 200, example = "Ada")]
    person: String,
    /// For uses: only those that the rules did not allow.
    #[schema(example = false)]
    unauthorised: bool,
}

async fn export_uses(caller: Caller, Body(which): Body<WhichLines>) -> Result<Table, Refusal> {
    export_history(caller, Happened::Uses, which).await
}

async fn export_interventions(caller: Caller, Body(which): Body<WhichLines>) -> Result<Table, Refusal> {
    export_history(caller, Happened::Interventions, which).await
}

async fn export_history(caller: Caller, what: Happened, which: WhichLines) -> Result<Table, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let WhichLines { from, to, machine, person, unauthorised } = which;
    let form = HistoryForm { from, to, machine, person, unauthorised };
    let history = imports::history(&ctx, &actor, what, &form).await?;
    let pieces = futures::stream::try_unfold(history, |mut history| async move {
        Ok::<_, ImportsError>(history.piece().await?.map(|piece| (piece, history)))
    });
    Ok(Table::new(what.file(), Bytes::from_stream(pieces)))
}

async fn export(caller: Caller, what: What, whose: Whose) -> Result<Table, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let whose = imports::Whose { status: whose.status, on: whose.on };
    let list = imports::export(&ctx, &actor, what, &whose).await?;
    let pieces = futures::stream::iter(list.map(Ok::<_, Infallible>));
    Ok(Table::new(what.file(), Bytes::from_stream(pieces)))
}
