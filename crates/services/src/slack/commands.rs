//! Commands that people type in Slack.
//!
//! **Invariants.** A command is answered once, by its signature, within five minutes of its time, and only of the connected workspace.
//! It changes nothing but its count and an offer to link an account. Not here: what it answers ([`super::answers`]).

use super::{
    answers,
    caller::identify,
    rows,
    signature::{Signed, verify},
};
use crate::Ctx;
use domain::{
    people::PersonStatus,
    slack::{LINK_LIFE, NAME, Question, TOLERANCE},
};
use serde_json::json;
use store::{Done, StoreError, Unaudited, slack::OfferRow};
use url::form_urlencoded;

/// Characters of an id that Slack gave.
const ID: usize = 32;

/// What becomes of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandOutcome {
    /// The answer, as JSON.
    Answered(String),
    /// No app is connected.
    NotSetUp,
    /// It is not signed with the secret of the app, too old, or came before. Nothing was changed.
    Refused,
    /// It is signed, and no command.
    Unreadable,
}

/// A command, read after its signature.
struct Command {
    team: String,
    user: String,
    name: String,
    question: Question,
}

impl Command {
    fn read(body: &[u8]) -> Option<Self> {
        let (mut team, mut user, mut name, mut text) = (None, None, None, None);
        for (key, value) in form_urlencoded::parse(body) {
            let place = match key.as_ref() {
                "team_id" => &mut team,
                "user_id" => &mut user,
                "user_name" => &mut name,
                "text" => &mut text,
                _ => continue,
            };
            place.get_or_insert_with(|| value.into_owned());
        }
        let is_id =
            |id: &String| !id.is_empty() && id.len() <= ID && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let (team, user) = (team.filter(is_id)?, user.filter(is_id)?);
        let name = name.and_then(|name| domain::names::name(&name).ok()).unwrap_or_else(|| user.clone());
        let name = name.chars().take(NAME).collect();
        Some(Self { team, user, name, question: Question::parse(&text.unwrap_or_default()) })
    }
}

/// Whether a request is no command: Slack checks the certificate of the address, without a signature. `form` is its body or query.
#[must_use]
pub fn is_certificate_check(form: &[u8]) -> bool {
    form_urlencoded::parse(form).any(|(key, value)| key == "ssl_check" && value == "1")
}

/// Takes a command, with the headers of its signature and its body as it came.
pub async fn receive(ctx: &Ctx, signed: Signed<'_>, body: &[u8]) -> Result<CommandOutcome, StoreError> {
    let now = ctx.now();
    let Some((team, secret)) = rows::secret(&mut *ctx.store().read().await?).await? else {
        return Ok(CommandOutcome::NotSetUp);
    };
    let Some((sum, at)) = verify(&secret, signed, body, now) else { return Ok(CommandOutcome::Refused) };
    let Some(command) = Command::read(body) else { return Ok(CommandOutcome::Unreadable) };
    if command.team != team {
        return Ok(CommandOutcome::Refused);
    }
    let linked = rows::person_of(&mut *ctx.store().read().await?, &command.user).await?;
    let linked = linked.filter(|linked| linked.status != PersonStatus::Left);
    let offer = (command.question == Question::Link && linked.is_none()).then(|| ctx.rng().new_token());
    let (token, hash) = offer.unzip();
    let account = OfferRow { slack_user: command.user, name: command.name };
    let counted = command.question.command();
    let is_new = ctx
        .store()
        .write::<_, StoreError, _>(async move |tx| {
            // Twice the tolerance, because its time may be that far ahead of now.
            if !rows::remember(tx, &sum, at, now.before(TOLERANCE * 2)).await? {
                return Ok(Done::unaudited(false, Unaudited::NothingChanged));
            }
            rows::count_use(tx, counted).await?;
            if let Some(hash) = hash {
                rows::offer(tx, &hash, &account, now, now.after(LINK_LIFE)).await?;
            }
            Ok(Done::unaudited(true, Unaudited::CommandAnswered))
        })
        .await?;
    if !is_new {
        return Ok(CommandOutcome::Refused);
    }
    let caller = identify(ctx, linked, now);
    let text = match command.question {
        Question::Link => answers::link(ctx, &caller, token),
        question => answers::answer(ctx, &caller, &question).await,
    };
    Ok(CommandOutcome::Answered(json!({ "response_type": "ephemeral", "text": text }).to_string()))
}
