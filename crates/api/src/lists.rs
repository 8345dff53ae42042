//! Lists of people, cards and qualifications: brought in after a look at what they would do, and taken out.

use super::{
    Body, Caller, Query, Refusal, Word,
    answer::{File, One},
    document::CSV,
    input::file,
    operation::{Operation, Tag},
    when, words,
};
use axum::{body::Body as Bytes, extract::Request};
use domain::{
    imports::{BYTES, Column, Heading, Sum},
    people::PersonStatus,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::error::ServiceError;
use services::imports::{self, Happened, HistoryForm, ImportsError, LineQuery, What};
use std::convert::Infallible;
use text::Lang;
use utoipa::ToSchema;
use views::imports::{DryRun, LineView};

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    imports().into_iter().chain(exports()).collect()
}

fn imports() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/imports", "bringList", bring)
            .about(
                Tag::People,
                "Bring a list",
                "Takes a CSV with a heading, of people, cards or qualifications, and answers what it would do; nothing is \
                 changed yet. At most 10,000 lines and 4 MB. The list is kept for half an hour, for whoever brought it.",
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
            .about(
                Tag::People,
                "What a list would do",
                "Line by line as things stand now, what needs somebody's eye first, with how many lines have which fate.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::imports::ImportsError>(&["import.gone"]),
        Operation::put("/api/v1/imports/{list}/columns", "sayColumns", say)
            .about(
                Tag::People,
                "Say what the columns are",
                "Where the headings are not understood as they are meant. Answers what the list would do then.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::imports::ImportsError>(&[
                "import.gone",
                "import.writing",
                "import.applied",
                "import.columns-twice",
            ]),
        Operation::post("/api/v1/imports/{list}/apply", "applyList", apply)
            .about(
                Tag::People,
                "Apply a list",
                "Writes what its lines say, all of it or nothing; faulty lines are left out. The `digest` is the one that came \
                 with what the list would do: when it would do something else by now, nothing is written. Once: brought \
                 again, a list that was applied changes nothing.",
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
            .about(Tag::People, "Take out who is here", OUT)
            .needs(Scope::PeopleRead)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
        Operation::post("/api/v1/exports/qualifications", "exportQualifications", export_qualifications)
            .about(Tag::People, "Take out who may use what", OUT)
            .needs(Scope::PeopleRead)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
        Operation::post("/api/v1/exports/uses", "exportUses", export_uses)
            .about(
                Tag::People,
                "Take out who used what",
                "A CSV with a line for each use, in the order in which they were written down. Every word of the body may be \
                 left out. That it was taken out is on record.",
            )
            .needs(Scope::PeopleRead)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
        Operation::post("/api/v1/exports/interventions", "exportInterventions", export_interventions)
            .about(
                Tag::People,
                "Take out what was done to machines",
                "A CSV with a line for each plan that was worked off, and for each thing besides, in the order in which they \
                 were written down. Every word of the body may be left out. That it was taken out is on record.",
            )
            .needs(Scope::PeopleRead)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
        Operation::post("/api/v1/exports/cards", "exportCards", export_cards)
            .about(
                Tag::People,
                "Take out who has which card",
                "With the numbers of the cards, for administrators: whoever has it can make such cards. That it was taken out \
                 is on record.",
            )
            .needs(Scope::PeopleWrite)
            .gives(CSV)
            .errors::<services::imports::ImportsError>(&["export.filter"]),
    ]
}

const OUT: &str = "A CSV that can be brought in again. That it was taken out is on record.";

/// Which lines are shown.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lines {
    /// The page; the first is 1.
    #[schema(minimum = 1, example = 1)]
    page: Option<u32>,
    /// Only the faulty, and those that ask for what was decided otherwise.
    #[schema(example = true)]
    only_faulty: bool,
}

/// What a list would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListRead {
    /// By what it is named until it is gone. It opens nothing for anybody else.
    #[schema(example = "kXw3vD0nTqS8pYbL2mRzEg")]
    list: String,
    /// Until when it is kept.
    #[schema(format = DateTime)]
    until: String,
    /// When it was applied, if it was.
    #[schema(format = DateTime)]
    applied: Option<String>,
    /// Its columns.
    #[schema(max_items = 40)]
    columns: Vec<ListColumn>,
    /// What it would do in all.
    sum: Counted,
    /// How many lines there are.
    #[schema(example = 120)]
    count: u32,
    /// The lines of this page.
    #[schema(max_items = 50)]
    lines: Vec<ListLine>,
    /// Which page this is; the first is 1.
    #[schema(example = 1)]
    page: u32,
    /// How many there are.
    #[schema(example = 3)]
    pages: u32,
    /// What stands for all that it would do, on every page; to be sent when it is applied.
    #[schema(example = "c3UMSiXr6mVOB0c2z2Ux9YhW7rQpOQ1Rz0pJm8bV5nA")]
    digest: String,
}

/// A column of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListColumn {
    /// What stands over it.
    #[schema(example = "Nome")]
    title: String,
    /// What stands in it first; nothing of a card's number.
    #[schema(example = "Ada Lovelace")]
    sample: String,
    /// What it is taken for; null: it is left out.
    #[schema(value_type = Option<String>, example = "name")]
    column: Option<Column>,
}

/// How many lines have which fate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counted {
    /// People who become members.
    #[schema(example = 12)]
    added: u32,
    /// People about whom something is written anew.
    changed: u32,
    /// Cards that are given.
    cards: u32,
    /// Grants that are written.
    grants: u32,
    /// Lines that change nothing.
    unchanged: u32,
    /// Lines that ask for something that was decided otherwise by hand.
    noted: u32,
    /// Lines that are faulty.
    faulty: u32,
}

/// A line of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListLine {
    /// Where it stands in the file; the heading is 1.
    #[schema(example = 2)]
    number: u32,
    /// What they are called.
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// Who it is, where they are known.
    person: Option<i64>,
    /// What it does, in the language of `Accept-Language`.
    deeds: Vec<String>,
    /// What it does not do, and why.
    notes: Vec<String>,
    /// What is wrong with it; then it does nothing.
    flaws: Vec<String>,
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
        deeds: line.deeds.iter().map(|deed| lang.import_deed(deed)).collect(),
        notes: line.notes.iter().map(|note| lang.import_note(note)).collect(),
        flaws: line.flaws.iter().map(|flaw| lang.import_flaw(flaw)).collect(),
    }
}

fn column(Heading { title, sample, column }: Heading) -> ListColumn {
    ListColumn { title, sample, column }
}

fn would(list: String, run: DryRun, lang: Lang) -> One<ListRead> {
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

async fn look(caller: Caller, list: String, wanted: Lines) -> Result<One<ListRead>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let look = LineQuery { page: wanted.page.unwrap_or(1), only_faulty: wanted.only_faulty };
    let run = imports::look(&ctx, &actor, &list, look).await?;
    Ok(would(list, run, lang))
}

async fn bring(caller: Caller, request: Request) -> Result<One<ListRead>, Refusal> {
    let Caller { ctx, actor, lang } = &caller;
    imports::may_bring(actor)?;
    let given = file(ctx, actor, request, &[CSV], BYTES).await?;
    let bytes = given.into_bytes().await?;
    let list =
        imports::keep(ctx, actor, &bytes).map_err(|error| super::renamed(error.problem(*lang), "list", "body"))?;
    look(caller, list, Lines::default()).await
}

async fn read(caller: Caller, Word(list): Word, Query(wanted): Query<Lines>) -> Result<One<ListRead>, Refusal> {
    look(caller, list, wanted).await
}

/// What the columns of a list say.
#[derive(Debug, Deserialize, ToSchema)]
// Not by the name of its field: generators of clients call a variable after each.
#[schema(as = ChosenColumns)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    #[schema(schema_with = words::columns)]
    columns: Vec<Option<Column>>,
}

async fn say(caller: Caller, Word(list): Word, Body(said): Body<Columns>) -> Result<One<ListRead>, Refusal> {
    let Caller { ctx, actor, .. } = &caller;
    let words = said.columns.iter().map(|column| column.map(Column::as_str).unwrap_or_default().to_owned());
    let words: Vec<String> = words.collect();
    imports::say_columns_alone(ctx, actor, &list, &words)?;
    look(caller, list, Lines::default()).await
}

/// What was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AsShown {
    /// The digest of what the list would do.
    #[schema(example = "c3UMSiXr6mVOB0c2z2Ux9YhW7rQpOQ1Rz0pJm8bV5nA")]
    digest: String,
}

async fn apply(caller: Caller, Word(list): Word, Body(said): Body<AsShown>) -> Result<One<Counted>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let sum = imports::apply(&ctx, &actor, &list, &said.digest).await?;
    Ok(One(counted(sum)))
}

/// Which lines are taken out; nothing said asks for all.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Whose {
    /// Of people who are that here.
    #[schema(schema_with = words::status)]
    status: Option<PersonStatus>,
    /// On types and machines with this in their name; of qualifications.
    #[schema(max_length = 200, example = "laser")]
    on: String,
}

async fn export_people(caller: Caller, Query(whose): Query<Whose>) -> Result<File, Refusal> {
    export(caller, What::People, whose).await
}

async fn export_qualifications(caller: Caller, Query(whose): Query<Whose>) -> Result<File, Refusal> {
    export(caller, What::Qualifications, whose).await
}

async fn export_cards(caller: Caller, Query(whose): Query<Whose>) -> Result<File, Refusal> {
    export(caller, What::Cards, whose).await
}

/// Which lines are taken out; an empty word asks for all.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WhichLines {
    /// From this day on.
    #[schema(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", example = "2026-11-01")]
    from: String,
    /// Up to the end of this day.
    #[schema(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", example = "2026-11-30")]
    to: String,
    /// Of machines with this in their name; a number alone is that of the machine.
    #[schema(max_length = 200, example = "laser")]
    machine: String,
    /// Of people with this in their name.
    #[schema(max_length = 200, example = "Ada")]
    person: String,
    /// Of uses, those alone that the rules did not allow.
    #[schema(example = false)]
    unauthorised: bool,
}

async fn export_uses(caller: Caller, Body(which): Body<WhichLines>) -> Result<File, Refusal> {
    export_history(caller, Happened::Uses, which).await
}

async fn export_interventions(caller: Caller, Body(which): Body<WhichLines>) -> Result<File, Refusal> {
    export_history(caller, Happened::Interventions, which).await
}

async fn export_history(caller: Caller, what: Happened, which: WhichLines) -> Result<File, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let WhichLines { from, to, machine, person, unauthorised } = which;
    let typed = HistoryForm { from, to, machine, person, unauthorised };
    let history = imports::history(&ctx, &actor, what, &typed).await?;
    let pieces = futures::stream::try_unfold(history, |mut history| async move {
        Ok::<_, ImportsError>(history.piece().await?.map(|piece| (piece, history)))
    });
    Ok(File(CSV, Bytes::from_stream(pieces)))
}

async fn export(caller: Caller, what: What, whose: Whose) -> Result<File, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let whose = imports::Whose { status: whose.status, on: whose.on };
    let list = imports::export(&ctx, &actor, what, &whose).await?;
    Ok(File(CSV, Bytes::from_stream(futures::stream::iter(list.map(Ok::<_, Infallible>)))))
}
