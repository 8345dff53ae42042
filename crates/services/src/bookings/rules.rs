//! The booking rules of one place: the values in effect, and the level that each comes from.
//!
//! Invariant: a room follows the space, as its bookings do. Not here: changing a rule, which is
//! [`crate::settings`].

use super::rows;
use crate::{
    Ctx,
    directory::suggested,
    settings::{self, SettingsError, Spot},
};
use contract::bookings::{Level, Rules};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{Resource, RulesAt},
    settings::{At, Group, Key, Scope, Setting, Settings},
};
use store::{equipment, rooms, settings as message};
use text::Lang;

/// Limit of machines next to their type: those that differ come first.
const MACHINES: usize = 3;

/// The rules at `at`; `None` is an invalid scope.
pub async fn rules(ctx: &Ctx, actor: &Actor, at: Option<RulesAt>, lang: Lang) -> Result<Rules, SettingsError> {
    let Some(at) = at else {
        actor.require(Permission::SeeSettings, Target::NONE)?;
        return Err(SettingsError::Unknown);
    };
    let page = settings::page(ctx, actor, at.settings_at(), None, None, lang).await?;
    let mut snapshot = ctx.store().snapshot().await?;
    if let RulesAt::Room(room) = at {
        rows::resource(&mut snapshot, Resource::Room(room)).await?.ok_or(SettingsError::Unknown)?;
    }
    let spot = Spot::find(&mut snapshot, at.settings_at()).await?.ok_or(SettingsError::Unknown)?;
    let mut places: Vec<_> = page.places.into_iter().map(|(at, name)| (RulesAt::Scope(at), name)).collect();
    if let Some((_, name)) = places.iter_mut().find(|(at, _)| *at == RulesAt::Scope(At::Space)) {
        name.clone_from(&ctx.space().name);
    }
    if actor.may(Permission::SeeSettings, Target::NONE) {
        let open = rooms::list(&mut snapshot).await?.into_iter().filter(|room| room.archived.is_none());
        places.extend(open.map(|room| (RulesAt::Room(room.id), room.name)));
    }
    let mut known = message::explicit(&mut snapshot, spot.kind, spot.machine).await?;
    known.retain(|setting| setting.key.group() == Group::Bookings);
    let mut levels = vec![level(&places, RulesAt::Scope(At::Space), &known)];
    levels.extend(spot.kind.map(|kind| level(&places, RulesAt::Scope(At::Type(kind)), &known)));
    match at {
        RulesAt::Scope(At::Space) => {}
        RulesAt::Scope(At::Machine(_)) | RulesAt::Room(_) => levels.push(level(&places, at, &known)),
        RulesAt::Scope(At::Type(kind)) => {
            let mut own = message::of_machines(&mut snapshot).await?;
            own.retain(|(_, key, _)| key.group() == Group::Bookings);
            let mut machines = equipment::machines_of(&mut snapshot, kind).await?;
            machines.sort_by_key(|machine| own.iter().all(|(of, ..)| of != machine));
            for machine in machines.into_iter().take(MACHINES) {
                let own = own.iter().filter(|(of, ..)| *of == machine);
                let own =
                    own.map(|(_, key, value)| Setting { scope: Scope::Machine, key: *key, value: value.clone() });
                let known: Vec<_> = known.iter().cloned().chain(own).collect();
                levels.push(level(&places, RulesAt::Scope(At::Machine(machine)), &known));
            }
        }
    }
    let rows = page.rows.into_iter().filter(|row| row.key.group() == Group::Bookings).collect();
    let sees = actor.may(Permission::SeePeople, Target::NONE);
    let names = if sees { suggested(&mut snapshot).await? } else { Vec::new() };
    Ok(Rules { at, places, rows, levels, names })
}

/// The effective values at `at`, given the values set there and above.
fn level(places: &[(RulesAt, String)], at: RulesAt, message: &[Setting]) -> Level {
    let scope = at.scope();
    let above = message.iter().filter(|setting| setting.scope <= scope.unwrap_or(Scope::Space));
    let holds = Settings::resolve(above.cloned().collect());
    let is_own = |key: Key| {
        let mut own = message.iter().filter(|setting| Some(setting.scope) == scope && setting.key == key);
        own.any(|setting| key.value(&setting.value).is_some())
    };
    let keys = Key::ALL.iter().copied().filter(|key| key.group() == Group::Bookings);
    let name = places.iter().find(|(known, _)| *known == at).map(|(_, name)| name.clone());
    Level {
        at,
        name: name.unwrap_or_default(),
        rules: keys.map(|key| (key, holds.value(key), is_own(key))).collect(),
    }
}
