//! Mail: its content, and the transport it is handed to.
//!
//! **Invariants.** A mail is sent after the facts in it are on disk. It holds at most one absolute link, whose base is set
//! at start and never taken from a request. No address is written to a log. Not here: SMTP, which is
//! the server's.
//!
//! `can_send` alone decides whether mail can be sent; otherwise pages promise none and links are handed over in
//! person. A non-ASCII domain is sent in ASCII (`travelling`). A non-ASCII local part needs a server with
//! SMTPUTF8; without it the address counts as bouncing.

pub(crate) mod frame;

use crate::{Ctx, rate::RateLimiter, shared::Shared, token::Token};
use contract::accounts::Delivery;
use domain::{accounts::Purpose, deliveries::Trouble, rate::Pace};
use std::{collections::VecDeque, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};
use text::Lang;

/// How long sending one mail may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// Limit of links mailed to one address; further ones are handed over.
const LETTERS: Pace = Pace { burst: 5, every: Duration::from_mins(12) };
/// Limit of caught mails.
const CAUGHT: usize = 50;

#[derive(Clone, Default, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub body: String,
    /// The HTML part, if any.
    pub html: Option<String>,
    /// The one-click unsubscribe link.
    pub unsubscribe: Option<String>,
    /// The message id, so that a mail sent twice is shown once.
    pub id: Option<String>,
    /// The ids of earlier mails in its thread, newest last, after a common id that no mail has.
    pub thread: Vec<String>,
    pub calendar: Vec<Invitation>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mail(…)")
    }
}

/// The method of a calendar message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Adds or updates the entry.
    Request,
    /// To take it out.
    Cancel,
}

impl Method {
    /// The value in the message and its headers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// A message for a calendar, attached to a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub method: Method,
    pub file: &'static str,
    /// A whole calendar object: lines of at most 75 bytes that end in CRLF.
    pub text: String,
}

/// Why a mail was not sent, without its recipient.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("{}", .0.as_str())]
pub struct MailError(pub Trouble);

/// Something that carries mails away.
pub trait Mailer: Send + Sync + 'static {
    fn send(&self, mail: Mail) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + '_>>;
}

/// Stores mails where none can be sent, to be read on the server itself.
#[derive(Default)]
pub struct Catcher(Shared<VecDeque<Mail>>);

impl Catcher {
    /// The newest mails, the newest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.0.lock().iter().cloned().collect()
    }
}

impl Mailer for Catcher {
    fn send(&self, mail: Mail) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + '_>> {
        let mut mails = self.0.lock();
        // As mail programs do with duplicates.
        mails.retain(|row| row.id.is_none() || row.id != mail.id);
        mails.push_front(mail);
        mails.truncate(CAUGHT);
        Box::pin(std::future::ready(Ok(())))
    }
}

#[derive(Clone, Default)]
pub enum Carrier {
    /// No mails: links are handed over by the person who requested them.
    #[default]
    Nobody,
    Mailer(Arc<dyn Mailer>),
    Catcher(Arc<Catcher>),
}

/// How mails are sent, and the base of their links.
#[derive(Clone, Default)]
pub struct Post {
    pub carrier: Carrier,
    /// The address of this site without a trailing slash; `None` if not configured.
    pub site: Option<String>,
    /// The sender's address; `None` if no mails are sent.
    pub sender: Option<String>,
}

impl Post {
    /// The carrier for mails with a link, if there is one.
    fn mailer(&self) -> Option<Arc<dyn Mailer>> {
        self.site.as_ref()?;
        match &self.carrier {
            Carrier::Nobody => None,
            Carrier::Mailer(mailer) => Some(Arc::clone(mailer)),
            Carrier::Catcher(catcher) => Some(Arc::clone(catcher) as Arc<dyn Mailer>),
        }
    }
}

/// The mail configuration and limits.
#[derive(Default)]
pub(crate) struct Memory {
    post: Shared<Arc<Post>>,
    /// Rate of links mailed per address.
    letters: RateLimiter<String>,
}

pub(crate) fn memory(ctx: &Ctx) -> &Memory {
    ctx.memory()
}

impl Memory {
    pub(crate) fn post(&self) -> Arc<Post> {
        Arc::clone(&self.post.lock())
    }
}

/// Sends `mail`, or returns why not; waits no longer than [`PATIENCE`].
pub(crate) async fn carry(ctx: &Ctx, mail: Mail) -> Result<(), MailError> {
    let mailer = memory(ctx).post().mailer().ok_or(MailError(Trouble::Unreachable))?;
    tokio::time::timeout(PATIENCE, mailer.send(mail)).await.unwrap_or(Err(MailError(Trouble::Silent)))
}

/// Sets how mails are sent.
pub fn arrange(ctx: &Ctx, post: Post) {
    *memory(ctx).post.lock() = Arc::new(post);
}

/// The address of this site without a trailing slash, if it is configured.
pub(crate) fn site(ctx: &Ctx) -> Option<String> {
    memory(ctx).post().site.clone()
}

/// Whether mail can be sent: the one answer for every page and every link.
pub fn can_send(ctx: &Ctx) -> bool {
    memory(ctx).post().mailer().is_some()
}

/// Whether mails are caught instead of sent.
pub fn is_caught(ctx: &Ctx) -> bool {
    matches!(memory(ctx).post().carrier, Carrier::Catcher(_))
}

/// The caught mails; `None` if mails are sent.
pub fn caught(ctx: &Ctx) -> Option<Vec<Mail>> {
    match &memory(ctx).post().carrier {
        Carrier::Catcher(catcher) => Some(catcher.mails()),
        Carrier::Nobody | Carrier::Mailer(_) => None,
    }
}

/// `address` as every mail server accepts it: with its domain in ASCII (`xn--…`) where possible. The part before
/// the `@` is unchanged; beyond ASCII it needs a server that accepts such addresses.
#[must_use]
pub fn travelling(address: &str) -> String {
    let Some((user, domain)) = address.rsplit_once('@').filter(|(_, domain)| !domain.is_ascii()) else {
        return address.to_owned();
    };
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(domain)) => format!("{user}@{domain}"),
        Ok(url::Host::Ipv4(_) | url::Host::Ipv6(_)) | Err(_) => address.to_owned(),
    }
}

/// Forgets the mails to `address` that stayed here, and that there were some: they say who it was.
pub(crate) fn forget(ctx: &Ctx, address: &str) {
    memory(ctx).letters.forget(&address.to_lowercase());
    if let Carrier::Catcher(catcher) = &memory(ctx).post().carrier {
        catcher.0.lock().retain(|mail| mail.to != address);
    }
}

/// A link, and the mail around it.
pub(crate) struct Letter {
    link: String,
    mail: Mail,
}

impl Letter {
    /// A mail with the link of `token`, to `name` at `email` (empty: handed over in person).
    pub(crate) fn new(ctx: &Ctx, purpose: Purpose, lang: Lang, name: &str, email: &str, token: &Token) -> Self {
        let site = memory(ctx).post().site.clone().unwrap_or_default();
        let link = format!("{site}{}{}", purpose.page(), token.expose());
        let space = ctx.space();
        let space = if space.name.is_empty() { "Toolgate" } else { &space.name };
        let passwords = ctx.space().settings.passwords;
        let (subject, body) = match purpose {
            Purpose::Invite if !passwords => {
                (lang.mail_invite_subject(space), lang.mail_invite_without_password(name, space, &link))
            }
            Purpose::Reset if !passwords => {
                (lang.mail_link_subject(space), lang.mail_link_without_password(name, space, &link))
            }
            Purpose::Invite => (lang.mail_invite_subject(space), lang.mail_invite(name, space, &link)),
            Purpose::SetUp | Purpose::SignIn | Purpose::Reset | Purpose::Screen => {
                (lang.mail_reset_subject(space), lang.mail_reset(name, space, &link))
            }
        };
        let button = if passwords { lang.password_choose() } else { lang.passkey_add() };
        let card = frame::card(&body, &link, button);
        let html = Some(frame::page(lang, &subject, space, &card, ""));
        Self { link, mail: Mail { to: email.to_owned(), subject, body, html, ..Mail::default() } }
    }

    /// Gives the mail away, or the link back where that is not possible.
    pub(crate) async fn deliver(self, ctx: &Ctx) -> Delivery {
        let Self { link, mail } = self;
        if mail.to.is_empty() || !can_send(ctx) {
            return Delivery::ByHand { link };
        }
        if memory(ctx).letters.take(mail.to.to_lowercase(), LETTERS, ctx.steady()).is_err() {
            tracing::warn!("a link was not mailed: its address was sent too many");
            return Delivery::ByHand { link };
        }
        if !carry_apart(ctx, mail).await {
            return Delivery::ByHand { link };
        }
        if is_caught(ctx) { Delivery::Caught } else { Delivery::Mailed }
    }
}

/// Sends `mail` in a separate task, so that it is sent even if the caller disconnects. `false` if it was not.
async fn carry_apart(ctx: &Ctx, mail: Mail) -> bool {
    let carrying = ctx.clone();
    match ctx.spawn(async move { carry(&carrying, mail).await }).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => tracing::warn!(%error, "a mail was not sent"),
        Err(_) => tracing::warn!("a mail was not sent: the sender failed"),
    }
    false
}

/// Mails the code that proves the address `email`; `false` if it was not sent, or too many were.
pub(crate) async fn send_code(ctx: &Ctx, lang: Lang, email: &str, code: &str) -> bool {
    if memory(ctx).letters.take(email.to_lowercase(), LETTERS, ctx.steady()).is_err() {
        tracing::warn!("a code was not mailed: its address was sent too many");
        return false;
    }
    let name = ctx.space().name.clone();
    let space = if name.is_empty() { "Toolgate" } else { name.as_str() };
    let (subject, body) = (lang.mail_code_subject(space), lang.mail_code(space, code));
    let html = Some(frame::page(lang, &subject, space, &frame::card(&body, "", ""), ""));
    carry_apart(ctx, Mail { to: email.to_owned(), subject, body, html, ..Mail::default() }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_domain_is_punycoded_and_local_part_unchanged() {
        for (address, expected) in [
            ("anne@müller-werkstatt.example", "anne@xn--mller-werkstatt-zvb.example"),
            ("anne@MÜLLER-Werkstatt.example", "anne@xn--mller-werkstatt-zvb.example"),
            ("koji@例え.example", "koji@xn--r8jz45g.example"),
            ("ådå@lab.example", "ådå@lab.example"),
            ("ådå@müller.example", "ådå@xn--mller-kva.example"),
            ("pat.o'brien+laser@Lab.example", "pat.o'brien+laser@Lab.example"),
            ("nobody", "nobody"),
        ] {
            assert_eq!(travelling(address), expected);
        }
    }
}
