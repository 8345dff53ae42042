//! Settings: explicit and effective values, and changing them, after a preview where they decide about people.
//!
//! **Invariants.** System settings are for administrators, all others for those who look after the equipment
//! concerned. A form filled in from an older version changes nothing.

use crate::{
    Ctx,
    change::Job,
    passkey_site,
    previews::{self, Change},
    publication::publication,
};
use contract::{
    previews::Preview,
    settings::{SettingRow, SettingsPage, Somewhere},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{MachineId, TypeId},
    live::ChangeEvent,
    problem::{Kind, Problem},
    settings::{At, Fits, Group, Key, Settings},
    versions::Saved,
    zone::Zone,
};
use macros::ServiceError;
use serde_json::json;
use store::{Done, SqliteConnection, StoreError, Unaudited, WriteTx, dues, equipment, machines, settings};
use text::Lang;

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum SettingsError {
    /// Not for this actor.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// Unknown place, or the setting does not apply there.
    #[problem("setting.unknown", NotFound, setting_unknown)]
    Unknown,
    /// The value does not fit.
    #[problem(with = invalid_value(*_0, lang), codes = [(Kind::Invalid, "setting.invalid")])]
    Invalid(Key),
    /// Nothing could be booked.
    #[problem(with = contradicting(_0, lang), codes = [(Kind::Invalid, "setting.contradicts")])]
    Contradicts(Box<Contradiction>),
    /// Without passwords people would have no way in: the site has no address at which passkeys work.
    #[problem(with = no_passkeys(lang), codes = [(Kind::Invalid, "setting.needs-passkeys")])]
    NeedsPasskeys,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn invalid_value(key: Key, lang: Lang) -> Problem {
    Problem::new("setting.invalid", Kind::Invalid, lang.form_fix()).field("value", lang.setting_invalid(key))
}

fn no_passkeys(lang: Lang) -> Problem {
    let message = lang.passkey_impossible();
    Problem::new("setting.needs-passkeys", Kind::Invalid, lang.form_fix()).field("value", message)
}

/// Two rules of bookings that cannot hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The stricter setting, and its value.
    pub more: (Key, String),
    /// The one that lets less.
    pub less: (Key, String),
    /// Where this holds, if below the chosen place.
    pub place: Option<String>,
}

fn contradicting(found: &Contradiction, lang: Lang) -> Problem {
    let Contradiction { more, less, place } = found;
    let message =
        lang.setting_contradiction((more.0, more.1.as_str()), (less.0, less.1.as_str()), place.as_deref());
    Problem::new("setting.contradicts", Kind::Invalid, lang.form_fix()).field("value", message)
}

/// A place of settings, and its type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) at: At,
    pub(crate) kind: Option<TypeId>,
    pub(crate) machine: Option<MachineId>,
}

impl Spot {
    pub(crate) const fn about(self) -> Target {
        Target { person: None, kind: self.kind, machine: self.machine }
    }

    /// The place, if the type or machine exists.
    pub(crate) async fn find(conn: &mut SqliteConnection, at: At) -> Result<Option<Self>, StoreError> {
        Ok(match at {
            At::Space => Some(Self { at, kind: None, machine: None }),
            At::Type(kind) => {
                let known = equipment::stored_types(conn, Some(kind)).await?;
                known.first().map(|_| Self { at, kind: Some(kind), machine: None })
            }
            At::Machine(machine) => machines::one(conn, machine).await?.map(|row| Self {
                at,
                kind: Some(row.kind),
                machine: Some(machine),
            }),
        })
    }

    /// Notifies pages about this place.
    pub(crate) async fn hint(self, tx: &mut WriteTx) -> Result<(), StoreError> {
        match (self.at, self.kind) {
            (At::Machine(machine), _) => tx.after_commit(ChangeEvent::Machine(machine)),
            (At::Type(_), Some(kind)) => {
                for machine in equipment::machines_of(tx.conn(), kind).await? {
                    tx.after_commit(ChangeEvent::Machine(machine));
                }
            }
            _ => {}
        }
        tx.after_commit(ChangeEvent::Space);
        Ok(())
    }
}

/// The permission required to set `key` there.
const fn needs(key: Key, spot: Spot) -> (Permission, Target) {
    if key.is_of_system() {
        (Permission::ChangeSettings, Target::NONE)
    } else {
        (Permission::ChangeEquipment, spot.about())
    }
}

/// A setting value to preview.
#[derive(Debug, Clone, Copy)]
pub enum Proposal<'a> {
    /// This value, as typed.
    Value(&'a str),
    /// Removing the value.
    Nothing,
}

/// The settings at `at`, and the preview of `proposal`, in words.
pub async fn page(
    ctx: &Ctx,
    actor: &Actor,
    at: At,
    key: Option<Key>,
    proposal: Option<Proposal<'_>>,
    lang: Lang,
) -> Result<SettingsPage, SettingsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let spot = Spot::find(&mut snapshot, at).await?;
    actor.require(Permission::SeeSettings, spot.map_or(Target::NONE, Spot::about))?;
    let spot = spot.ok_or(SettingsError::Unknown)?;
    let explicit = settings::explicit(&mut snapshot, spot.kind, spot.machine).await?;
    let changed = settings::changed(&mut snapshot, at).await?;
    let (holds, default) = (Settings::resolve(explicit.clone()), Settings::default());
    let scope = at.columns().0;
    let mut keys: Vec<_> = Key::ALL.iter().copied().filter(|key| key.reaches(scope)).collect();
    keys.sort_by_key(|key| Group::ALL.iter().position(|group| *group == key.group()));
    let rows = keys.into_iter().map(|key| {
        let of_key = || explicit.iter().filter(move |setting| setting.key == key);
        let last = changed.iter().find(|changed| changed.key == key);
        let (permission, about) = needs(key, spot);
        SettingRow {
            key,
            own: of_key().find(|setting| setting.scope == scope).map(|setting| setting.value.clone()),
            value: holds.value(key),
            from: of_key()
                .filter(|setting| key.value(&setting.value).is_some())
                .map(|setting| setting.scope)
                .max(),
            default: default.value(key),
            version: last.map_or(0, |last| last.version),
            changed: last.map(|last| (last.by.clone(), ctx.moment(last.at))),
            may_change: actor.may(permission, about),
        }
    });
    let rows = rows.collect();
    let proposal = match (key, proposal) {
        (Some(key), Some(proposal)) if key.is_foreseen() && key.reaches(scope) => {
            let value = match proposal {
                Proposal::Value(input) => Some((input, checked(key, input))),
                Proposal::Nothing => None,
            };
            Some(match value {
                // An invalid value is reported at its field, without losing the rest of the page.
                Some((input, None)) => {
                    let invalid = Preview { fits: false, bites: true, lines: vec![lang.setting_invalid(key)] };
                    (Some(input.to_owned()), invalid)
                }
                value => {
                    let change = Change { scope, key, value: value.and_then(|(_, value)| value) };
                    let preview = previews::of_setting(&mut snapshot, at, &change, now).await?;
                    (change.value, lang.preview(&preview))
                }
            })
        }
        _ => None,
    };
    let zones = match key {
        Some(Key::Zone) => Zone::canonical_names().map(ToOwned::to_owned).collect(),
        _ => Vec::new(),
    };
    let places = places(&mut snapshot, actor).await?;
    let publication = publication(ctx).filter(|_| at == At::Space);
    Ok(SettingsPage { now: ctx.moment(now), at, places, rows, preview: proposal, zones, publication })
}

/// Places readable for the actor: the space, active types and machines.
pub(crate) async fn places(conn: &mut SqliteConnection, actor: &Actor) -> Result<Vec<Somewhere>, StoreError> {
    let sees = |about| actor.may(Permission::SeeSettings, about);
    let mut places = Vec::new();
    places.extend(sees(Target::NONE).then(|| (At::Space, String::new())));
    let types = equipment::types(conn).await?.into_iter().filter(|(kind, _)| sees(Target::equipment(*kind, None)));
    places.extend(types.map(|(kind, name)| (At::Type(kind), name)));
    let machines = machines::inventory(conn).await?.into_iter();
    let machines = machines.filter(|row| !row.archived && sees(Target::equipment(row.kind, Some(row.id))));
    places.extend(machines.map(|row| (At::Machine(row.id), row.name)));
    Ok(places)
}

/// A value for a setting.
#[derive(Debug, Clone)]
pub struct Say {
    pub at: At,
    pub key: Key,
    /// The value; `None` removes it.
    pub value: Option<String>,
    /// The version that was read.
    pub version: i64,
}

/// Sets or removes a value.
pub async fn say(ctx: &Ctx, actor: &Actor, say: Say) -> Result<(), SettingsError> {
    let spot = Spot::find(&mut *ctx.store().read().await?, say.at).await?;
    let (permission, about) =
        spot.map_or((Permission::ChangeEquipment, Target::NONE), |spot| needs(say.key, spot));
    let zone = ctx.space().zone;
    let Say { at, key, version, value } = say;
    let form = async {
        if spot.is_none_or(|spot| !key.reaches(spot.at.columns().0)) {
            return Err(SettingsError::Unknown);
        }
        let value = value.map(|input| checked(key, &input).ok_or(SettingsError::Invalid(key))).transpose()?;
        if key == Key::Passwords && value.as_deref() == Some("no") && !passkey_site::possible(ctx) {
            return Err(SettingsError::NeedsPasskeys);
        }
        Ok(value)
    };
    ctx.begin_with(actor, permission, about, form, async move |begun, value| {
        // A machine may have changed its type, and with it its owner.
        let spot = Spot::find(begun.tx.conn(), at).await?.ok_or(SettingsError::Unknown)?;
        let (permission, about) = needs(key, spot);
        let mut job = begun.require(permission, about)?;
        let own = settings::at(job.tx.conn(), at).await?.into_iter().find(|(known, _)| *known == key);
        let own = own.map(|(_, value)| value);
        let last = settings::changed(job.tx.conn(), at).await?.into_iter().find(|last| last.key == key);
        if !domain::versions::is_current(last.as_ref().map_or(0, |last| last.version), version) {
            return Err(stale(zone, last, own.unwrap_or_default()));
        }
        if own == value {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        let is_rule = key.group() == Group::Bookings;
        let before = if is_rule { reached(job.tx.conn(), spot).await? } else { Vec::new() };
        keep(&mut job, spot, key, value.as_deref()).await?;
        if is_rule && let Some(found) = contradiction(before, reached(job.tx.conn(), spot).await?) {
            return Err(SettingsError::Contradicts(Box::new(found)));
        }
        let detail = json!({ "setting": key });
        let action = if value.is_some() { "setting.changed" } else { "setting.cleared" };
        job.audited((), action, at, &detail).await
    })
    .await?;
    if at == At::Space {
        ctx.reload_space().await?;
    }
    Ok(())
}

fn checked(key: Key, input: &str) -> Option<String> {
    let value = key.value(input)?;
    match key.fits() {
        Fits::Zone => value.parse::<Zone>().ok().map(|zone| zone.name().to_owned()),
        Fits::Word(_)
        | Fits::Number(..)
        | Fits::Text(_)
        | Fits::Windows
        | Fits::Email
        | Fits::Web
        | Fits::Position => Some(value),
    }
}

async fn keep(job: &mut Job<'_>, spot: Spot, key: Key, value: Option<&str>) -> Result<(), StoreError> {
    match value {
        Some(value) => settings::set(job.tx, spot.at, key, value).await?,
        None => settings::clear(job.tx, spot.at, key).await?,
    }
    if let Some(processor) = key.dues_of() {
        dues::ask_all(job.tx, processor, job.now).await?;
    }
    let by = job.by().await?;
    settings::note(job.tx, spot.at, key, by, job.now).await?;
    match spot.at {
        At::Space => {}
        At::Type(kind) => equipment::touch_type(job.tx, kind).await?,
        At::Machine(machine) => machines::touch(job.tx, machine).await?,
    }
    spot.hint(job.tx).await
}

/// The effective settings of a place and everything below it, with names.
async fn reached(conn: &mut SqliteConnection, spot: Spot) -> Result<Vec<(Option<String>, Settings)>, StoreError> {
    let mut names = vec![None];
    let mut scopes = vec![(spot.kind, spot.machine)];
    if spot.machine.is_none() {
        let types = if spot.kind.is_none() { equipment::types(conn).await? } else { Vec::new() };
        for (kind, name) in types {
            names.push(Some(name));
            scopes.push((Some(kind), None));
        }
        let machines = machines::inventory(conn).await?.into_iter();
        for row in machines.filter(|row| !row.archived && spot.kind.is_none_or(|kind| kind == row.kind)) {
            names.push(Some(row.name));
            scopes.push((Some(row.kind), Some(row.id)));
        }
    }
    Ok(names.into_iter().zip(settings::of_many(conn, &scopes).await?).collect())
}

/// A new contradiction: existing ones do not prevent other changes.
fn contradiction(
    before: Vec<(Option<String>, Settings)>,
    after: Vec<(Option<String>, Settings)>,
) -> Option<Contradiction> {
    before.into_iter().zip(after).find_map(|((_, before), (place, now))| {
        let known = before.booking.contradictions();
        let (more, less) = now.booking.contradictions().into_iter().find(|pair| !known.contains(pair))?;
        Some(Contradiction { more: (more, now.value(more)), less: (less, now.value(less)), place })
    })
}

fn stale(zone: Zone, last: Option<settings::Changed>, own: String) -> SettingsError {
    let version = last.as_ref().map_or(0, |last| last.version);
    let (by, at) = last.map_or((None, None), |last| (last.by, Some(zone.moment(last.at))));
    SettingsError::Stale(Box::new(Saved { by, at, ..Saved::new(version, vec![("value", own)]) }))
}
