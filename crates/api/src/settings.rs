//! Settings of the space, a type or a machine: set values, resolved values, and changes.
//!
//! Invariant: a value has the JSON type of its setting – number, boolean or string – in requests and responses.

use super::{
    Body, Caller, Query, Refusal, Seen, Word,
    answer::{One, Versioned, done},
    input::invalid,
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
use contract::settings::SettingRow;
use domain::{
    actor::Permission,
    settings::{At, Fits, Group, Key, Scope as Reach},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::{
    requirements::PathTarget,
    settings::{self, Say, SettingsError},
};
use text::Lang;
use utoipa::ToSchema;

const LIST: &str = "listSettings";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/settings", LIST, list)
            .may(&[(Permission::SeeSettings, PathTarget::Anything)])
            .about(
                Tag::Space,
                "List settings",
                "Lists every setting that can be set at this level, with its own value, the value that applies, where that \
                 comes from, and who last changed it.",
            )
            .needs(Scope::SpaceRead)
            .errors::<services::settings::SettingsError>(&["setting.unknown"]),
        Operation::get("/api/v1/settings/{key}", "readSetting", read)
            .may(&[(Permission::SeeSettings, PathTarget::Anything)])
            .about(
                Tag::Space,
                "Get a setting",
                "Returns the own value of a setting at this level, the value that applies, and who last changed it.",
            )
            .needs(Scope::SpaceRead)
            .versioned()
            .errors::<services::settings::SettingsError>(&["setting.unknown"]),
        Operation::get("/api/v1/settings/{key}/trial", "trySetting", try_out)
            .may(&[(Permission::SeeSettings, PathTarget::Anything)])
            .about(
                Tag::Space,
                "Preview a setting",
                "Returns whom a value would currently deny or give access, without saving it; without a value, the effect \
                 of clearing the setting. Settings whose effects cannot be computed cannot be previewed.",
            )
            .needs(Scope::SpaceRead)
            .errors::<services::settings::SettingsError>(&["setting.unknown", "setting.invalid"]),
        Operation::put("/api/v1/settings/{key}", "saySetting", say)
            .may(&[(Permission::ChangeEquipment, PathTarget::Anything)])
            .about(
                Tag::Space,
                "Change a setting",
                "Sets the value at this level. It applies there and at all levels below that have no value of their own. \
                 System settings are for administrators.",
            )
            .needs(Scope::SpaceWrite)
            .versioned()
            .errors::<services::settings::SettingsError>(&["setting.unknown", "setting.invalid", "setting.contradicts"]),
        Operation::delete("/api/v1/settings/{key}", "clearSetting", clear)
            .may(&[(Permission::ChangeEquipment, PathTarget::Anything)])
            .about(
                Tag::Space,
                "Clear a setting",
                "Removes the value at this level, so that the value of the level above or the default applies.",
            )
            .needs(Scope::SpaceWrite)
            .versioned()
            .errors::<services::settings::SettingsError>(&["setting.unknown", "setting.contradicts"]),
    ]
}

/// The level of a setting.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Where {
    /// The space, a type or a machine; defaults to the space.
    #[schema(pattern = "^(space|(type|machine):[1-9][0-9]{0,17})$", example = "space")]
    at: Option<String>,
}

impl Where {
    pub(super) fn read(&self, lang: Lang) -> Result<At, Refusal> {
        somewhere(self.at.as_deref(), lang)
    }
}

/// Parses the level; defaults to the space. It must be spelled as in responses.
pub(super) fn somewhere(at: Option<&str>, lang: Lang) -> Result<At, Refusal> {
    let Some(given) = at else { return Ok(At::Space) };
    let read = At::parse(given).filter(|at| at.to_string() == given);
    read.ok_or_else(|| Refusal(invalid("at", lang.api_field_form(), lang)))
}

/// The level of the settings, and pagination parameters.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Listed {
    /// The space, a type or a machine; defaults to the space.
    #[schema(pattern = "^(space|(type|machine):[1-9][0-9]{0,17})$", example = "space")]
    pub(super) at: Option<String>,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    pub(super) after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    pub(super) limit: Option<u32>,
}

/// Parses the key of a setting.
fn named(Word(name): &Word, lang: Lang) -> Result<Key, Refusal> {
    Key::parse(name).ok_or_else(|| Refusal(super::nowhere(lang)))
}

/// A setting at a level.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingView {
    #[schema(schema_with = words::setting)]
    key: Key,
    #[schema(schema_with = words::group)]
    group: Group,
    #[schema(schema_with = words::own_value)]
    own: Option<Value>,
    #[schema(schema_with = words::value_that_holds)]
    value: Value,
    #[schema(schema_with = words::reach_or_null)]
    from: Option<Reach>,
    #[schema(schema_with = words::default_value)]
    default: Value,
    /// The version of the value at this level; 0 if it has never been set.
    #[schema(example = 3)]
    version: i64,
    /// The name of the person who last changed it at this level, while on record.
    changed_by: Option<String>,
    /// When it was last changed.
    #[schema(format = DateTime)]
    changed_at: Option<String>,
    /// Whether the caller may change it at this level.
    may_change: bool,
}

fn to_view(row: SettingRow) -> SettingView {
    let SettingRow { key, own, value: holds, from, default, version, changed, may_change } = row;
    let (changed_by, changed_at) = changed.map_or((None, None), |(by, at)| (by, Some(when(at))));
    SettingView {
        key,
        group: key.group(),
        own: own.map(|own| value(key, own)),
        value: value(key, holds),
        from,
        default: value(key, default),
        version,
        changed_by,
        changed_at,
        may_change,
    }
}

/// A stored value as the matching JSON type.
fn value(key: Key, row: String) -> Value {
    match (key.fits(), row.parse::<u16>()) {
        (Fits::Number(..), Ok(number)) => number.into(),
        (Fits::Word(["yes", "no"]), _) => (row == "yes").into(),
        _ => row.into(),
    }
}

/// A JSON value as a form would send it; `None` if it has another type.
fn value_text(key: Key, given: &Value) -> Option<String> {
    match (key.fits(), given) {
        (Fits::Number(..), Value::Number(number)) => Some(number.to_string()),
        (Fits::Word(["yes", "no"]), Value::Bool(yes)) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        (Fits::Number(..) | Fits::Word(["yes", "no"]), _) => None,
        (_, given) => given.as_str().map(ToOwned::to_owned),
    }
}

async fn list(caller: Caller, Query(listed): Query<Listed>) -> Result<Page<SettingView>, Refusal> {
    let (after, limit) = caller.place(LIST, listed.after.as_deref(), listed.limit)?;
    let at = somewhere(listed.at.as_deref(), caller.lang)?;
    let Caller { ctx, actor, lang } = caller;
    let page = settings::page(&ctx, &actor, at, None, None, lang).await?;
    // Settings have no ids; in a cursor each is its place among them, group by group.
    let place = |row: &SettingRow| {
        let group = Group::ALL.iter().position(|group| *group == row.key.group());
        (group, Key::ALL.iter().position(|key| *key == row.key))
    };
    Ok(Page::of_all(LIST, page.rows, after.as_deref(), limit, lang, place)?.map(to_view))
}

async fn read(
    caller: Caller,
    message: Word,
    Query(there): Query<Where>,
) -> Result<Versioned<SettingView>, Refusal> {
    let (key, at) = (named(&message, caller.lang)?, there.read(caller.lang)?);
    let Caller { ctx, actor, lang } = caller;
    let page = settings::page(&ctx, &actor, at, None, None, lang).await?;
    let row = page.rows.into_iter().find(|row| row.key == key);
    let row = row.ok_or(SettingsError::Unknown)?;
    let version = row.version;
    Ok(Versioned(to_view(row), version))
}

/// The value to preview.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialParams {
    /// The space, a type or a machine; defaults to the space.
    #[schema(pattern = "^(space|(type|machine):[1-9][0-9]{0,17})$", example = "space")]
    at: Option<String>,
    /// The value, as text; omitted to clear the setting.
    #[schema(example = "qualified")]
    #[serde(default)]
    value: Option<String>,
}

/// The current effects of a value.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trial {
    #[schema(schema_with = words::tried_value)]
    value: Option<Value>,
    /// Whether anyone would be worse off.
    bites: bool,
    /// The effects in plain language.
    #[schema(example = json!(["7 people could not use the Laser cutter any more."]))]
    effects: Vec<String>,
}

async fn try_out(caller: Caller, message: Word, Query(query): Query<TrialParams>) -> Result<One<Trial>, Refusal> {
    let (key, at) = (named(&message, caller.lang)?, somewhere(query.at.as_deref(), caller.lang)?);
    let Caller { ctx, actor, lang } = caller;
    let change = query.value.as_deref().map_or(settings::Proposal::Nothing, settings::Proposal::Value);
    let page = settings::page(&ctx, &actor, at, Some(key), Some(change), lang).await;
    let page = page?;
    let (stored, preview) = page.preview.ok_or(SettingsError::Unknown)?;
    if !preview.fits {
        return Err(SettingsError::Invalid(key).into());
    }
    Ok(One(Trial { value: stored.map(|stored| value(key, stored)), bites: preview.bites, effects: preview.lines }))
}

/// The value of a setting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplicitSetting {
    #[schema(schema_with = words::explicit_value)]
    value: Value,
}

async fn say(
    caller: Caller,
    name: Word,
    Query(there): Query<Where>,
    seen: Seen,
    Body(message): Body<ExplicitSetting>,
) -> Result<Response, Refusal> {
    let key = named(&name, caller.lang)?;
    let value = value_text(key, &message.value);
    let value = value.ok_or_else(|| Refusal(invalid("value", caller.lang.api_field_form(), caller.lang)))?;
    keep(caller, key, &there, seen, Some(value)).await
}

async fn clear(
    caller: Caller,
    message: Word,
    Query(there): Query<Where>,
    seen: Seen,
) -> Result<Response, Refusal> {
    let key = named(&message, caller.lang)?;
    keep(caller, key, &there, seen, None).await
}

async fn keep(
    caller: Caller,
    key: Key,
    there: &Where,
    Seen(version): Seen,
    value: Option<String>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let content = Say { at: there.read(lang)?, key, value, version };
    settings::say(&ctx, &actor, content).await?;
    Ok(done())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn setting_value_round_trips_in_its_json_type() {
        for (key, stored, sent) in [
            (Key::Grace, "5", json!(5)),
            (Key::SignUp, "no", json!(false)),
            (Key::PublicStatus, "yes", json!(true)),
            (Key::Authorisation, "open", json!("open")),
            (Key::SpaceName, "7", json!("7")),
            (Key::Display, "", json!("")),
        ] {
            assert_eq!(value(key, stored.to_owned()), sent, "{key:?}");
            assert_eq!(value_text(key, &sent).as_deref(), Some(stored), "{key:?}");
        }
        for (key, wrong) in [
            (Key::Grace, json!("5")),
            (Key::SignUp, json!("no")),
            (Key::SignUp, json!(0)),
            (Key::SpaceName, json!(7)),
            (Key::Authorisation, json!(null)),
            (Key::Authorisation, json!(["open"])),
        ] {
            assert_eq!(value_text(key, &wrong), None, "{key:?} {wrong}");
        }
    }

    #[test]
    fn setting_scope_round_trips() {
        for name in ["space", "type:3", "machine:7"] {
            assert_eq!(somewhere(Some(name), Lang::En).unwrap().to_string(), name);
        }
        assert_eq!(somewhere(None, Lang::En).unwrap(), At::Space);
        for wrong in ["", " space", "type:03", "type:+3", "type:", "place:1"] {
            assert!(somewhere(Some(wrong), Lang::En).is_err(), "{wrong}");
        }
    }
}
