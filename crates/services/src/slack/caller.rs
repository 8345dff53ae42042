//! Who asks by a command: a person whose account is linked, or the public.

use super::addresses;
use crate::{
    Ctx,
    sessions::{self, Holder, Somebody},
};
use domain::{
    actor::{Actor, Channel},
    id::SessionId,
    time::Millis,
};
use store::slack::LinkedPerson;
use text::Lang;

/// The session id of commands. Real ids begin at one.
const NO_SESSION: SessionId = SessionId(0);

/// Who typed a command, as far as it is known here.
pub(super) struct Caller {
    pub actor: Actor,
    pub lang: Lang,
    /// Their name, if their account is linked.
    pub name: Option<String>,
}

/// The person of a linked account, or the public. No second factor was shown, so roles that ask for one do not count.
pub(super) fn identify(ctx: &Ctx, linked: Option<LinkedPerson>, now: Millis) -> Caller {
    let space = ctx.space();
    let Some(linked) = linked else {
        let actor = Actor::anybody(space.settings.public_status, Channel::Api);
        return Caller { actor, lang: space.language, name: None };
    };
    let holder = Holder {
        person: linked.person,
        session: NO_SESSION,
        status: linked.status,
        name: linked.name,
        language: linked.language,
        has_second_factor: false,
        second_factor: None,
        ledger: linked.ledger,
    };
    let Somebody { actor, language, name, .. } = sessions::stands(ctx, holder, Channel::Api, now);
    Caller { actor, lang: language.unwrap_or(space.language), name: Some(name) }
}

/// The address of a page of this server, if it has one.
pub(super) fn page(ctx: &Ctx, path: &str) -> Option<String> {
    addresses(ctx).site.as_ref().map(|site| format!("{site}{path}"))
}
