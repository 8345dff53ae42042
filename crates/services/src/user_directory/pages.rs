//! Shows the directory: its settings without the password, how readings went, and the last dry run.

use super::{UserDirectoryError, dry_run, known_groups};
use crate::{Ctx, group_mapping};
use contract::user_directory::{DirectoryPage, DirectorySettingsView, DirectoryView, RunView};
use domain::{
    actor::{Actor, Permission, Target},
    connections::{self, Connection, Kind, State},
    group_mapping::Source,
    time::Millis,
    user_directory::{Trouble, server_address::ServerAddress},
    versions::Saved,
};
use store::{
    SqliteConnection, StoreError,
    user_directory::{self as rows, Run, SettingsRow},
};

/// Readings that are shown.
const RUNS: u32 = 10;
/// Suspended people who are shown.
const SUSPENDED: u32 = 100;

pub(super) async fn read(ctx: &Ctx, _: &Actor) -> Result<DirectoryView, UserDirectoryError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let settings = rows::settings(&mut snapshot).await?;
    Ok(directory_view(ctx, &mut snapshot, settings).await?)
}

async fn directory_view(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    settings: Option<SettingsRow>,
) -> Result<DirectoryView, StoreError> {
    let (linked, suspended) = rows::counts(conn).await?;
    let health = rows::health(conn).await?;
    Ok(DirectoryView {
        version: settings.as_ref().map_or(0, |row| row.version),
        settings: settings.map(settings_view),
        linked,
        suspended,
        synced: health.succeeded.map(|at| ctx.moment(at)),
        failing_since: health.failing_since.map(|at| ctx.moment(at)),
        trouble: health.failing_since.and(health.failed).map(|(_, trouble)| trouble),
        waits: health.waits,
    })
}

fn settings_view(row: SettingsRow) -> DirectorySettingsView {
    DirectorySettingsView {
        address: row.address,
        certificates: row.certificates,
        bind_dn: row.bind_dn,
        base: row.base,
        people_filter: row.people_filter,
        login: row.login,
        name: row.name,
        email: row.email,
        unique_id: row.unique,
        groups: row.groups,
        member_of: row.member_of,
        group_base: row.group_base,
        signs_in: row.policy.signs_in,
        admits: row.policy.admits,
        adds: row.policy.adds,
        every: row.policy.every,
        most: row.policy.most,
    }
}

pub(super) async fn page(ctx: &Ctx, actor: &Actor) -> Result<DirectoryPage, UserDirectoryError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let settings = rows::settings(&mut snapshot).await?;
    let is_confirmed = settings.as_ref().is_some_and(|row| row.confirmed);
    let directory = directory_view(ctx, &mut snapshot, settings).await?;
    let rules = group_mapping::views(&mut snapshot, Source::Directory).await?;
    let targets = group_mapping::targets(&mut snapshot).await?;
    let runs = rows::runs(&mut snapshot, RUNS).await?;
    let suspended = rows::suspended(&mut snapshot, SUSPENDED).await?;
    drop(snapshot);
    let may_sync = actor.may(Permission::SyncPeople, Target::NONE);
    let unmatched = known_groups::unmatched(ctx, directory.version, &rules);
    let last = dry_run::last(ctx, now).filter(|run| may_sync && run.version == directory.version);
    let run_view = |Run { kind, began, trouble, people, changes, waits }: Run| RunView {
        kind,
        began: ctx.moment(began),
        trouble,
        people,
        changes,
        waits,
    };
    Ok(DirectoryPage {
        now: ctx.moment(now),
        directory,
        is_confirmed,
        rules,
        unmatched: unmatched.into_iter().map(|rule| rule.id).collect(),
        targets: targets.into_iter().map(|(target, name)| (target.to_string(), name)).collect(),
        preview: last.map(|run| run.preview),
        runs: runs.into_iter().map(run_view).collect(),
        suspended,
        may_connect: actor.may(Permission::ConnectDirectory, Target::NONE),
        may_sync,
    })
}

/// The stored values, as the form sends them.
pub(super) fn saved(row: &SettingsRow) -> Saved {
    let flag = |is_on: bool| if is_on { "yes" } else { "" }.to_owned();
    Saved::new(
        row.version,
        vec![
            ("address", row.address.clone()),
            ("certificates", row.certificates.clone().unwrap_or_default()),
            ("bind_dn", row.bind_dn.clone()),
            ("base", row.base.clone()),
            ("people_filter", row.people_filter.clone()),
            ("login", row.login.clone()),
            ("name", row.name.clone()),
            ("email", row.email.clone()),
            ("unique_id", row.unique.clone()),
            ("groups", row.groups.as_str().to_owned()),
            ("member_of", row.member_of.clone()),
            ("group_base", row.group_base.clone().unwrap_or_default()),
            ("signs_in", flag(row.policy.signs_in)),
            ("admits", flag(row.policy.admits)),
            ("adds", flag(row.policy.adds)),
            ("every", row.policy.every.to_string()),
            ("most", row.policy.most.to_string()),
        ],
    )
}

/// How the directory does, for the page of connections.
pub async fn connections(_: &Ctx, conn: &mut SqliteConnection, _: Millis) -> Result<Vec<Connection>, StoreError> {
    let Some(settings) = rows::settings(conn).await? else { return Ok(Vec::new()) };
    let health = rows::health(conn).await?;
    let failed = health.failing_since.zip(health.failed).map(|(since, (_, trouble))| (since, kind_of(trouble)));
    let state = match (failed, health.succeeded) {
        (Some(_), _) => State::Failing,
        (None, _) if health.waits => State::Paused,
        (None, None) => State::Untried,
        (None, Some(_)) => State::Working,
    };
    let name = ServerAddress::parse(&settings.address).ok().map(|address| address.host);
    let link = Kind::Directory.page().to_owned();
    Ok(vec![Connection { name, state, last_success: health.succeeded, last_failure: failed, queued: 0, link }])
}

const fn kind_of(trouble: Trouble) -> connections::Trouble {
    match trouble {
        Trouble::NotSetUp => connections::Trouble::NotSetUp,
        Trouble::Unreachable => connections::Trouble::Unreachable,
        Trouble::NoAnswer => connections::Trouble::Slow,
        Trouble::Certificate | Trouble::NoEncryption => connections::Trouble::Certificate,
        Trouble::BindRefused | Trouble::NotAllowed => connections::Trouble::Denied,
        Trouble::BaseNotFound | Trouble::Elsewhere => connections::Trouble::Missing,
        Trouble::SizeLimit | Trouble::InvalidFilter => connections::Trouble::Refused,
        Trouble::NoUniqueId | Trouble::Unclear => connections::Trouble::Unclear,
    }
}
