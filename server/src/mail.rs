//! Sending mail over SMTP, or catching it on this machine in development and the demo.
//!
//! Invariant: nothing about a mail, its address least of all, is logged. Credentials never travel without TLS.

mod connections;

use crate::{response_limits::Budget, secret::Secret};
use connections::{Connections, Failure};
use domain::deliveries::Trouble;
use lettre::{
    Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentDisposition, ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0},
    },
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rand::RngExt;
use services::mail::{Carrier, Catcher, Invitation, Mail, MailError, Mailer, Post, travelling};
use std::{error::Error as _, future::Future, io, net::IpAddr, pin::Pin, sync::Arc, time::Duration};
use url::Url;

/// Time limit for the mail server.
const PATIENCE: Duration = Duration::from_secs(10);

/// Characters escaped in an address in a link.
const ADDRESS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_');

/// A mail server and the sender.
#[derive(Debug, Clone)]
pub struct Smtp {
    server: Server,
    from: Mailbox,
    budget: Budget,
    connections: Arc<Connections>,
}

#[derive(Debug, Clone)]
pub struct Server {
    host: String,
    port: Option<u16>,
    security: Security,
    login: Option<(String, Secret<String>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte.
    Tls,
    StartTls,
    /// None, for a server on this machine.
    Plain,
}

impl Smtp {
    #[must_use]
    pub fn new(server: Server, from: Mailbox) -> Self {
        Self { server, from, budget: Budget::default(), connections: Arc::default() }
    }

    /// The same, sharing `budget` with other clients.
    #[must_use]
    pub fn within(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    /// A message id, `id` if given. In the sender's domain, so that it does not reveal this machine's name.
    fn message_id(&self, id: Option<String>) -> String {
        let id = id.unwrap_or_else(|| format!("{:032x}", rand::make_rng::<rand::rngs::StdRng>().random::<u128>()));
        format!("<{id}@{}>", self.from.email.domain())
    }

    /// `mail` as a message.
    fn message(&self, mail: Mail) -> Result<Message, MailError> {
        let Mail { to, subject, body, html, unsubscribe, id, thread, calendar } = mail;
        let to = travelling(&to).parse().map_err(|_| MailError(Trouble::Address))?;
        let is_notice = id.is_some();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(self.message_id(id)))
            .header(MIME_VERSION_1_0)
            .header(AutoSubmitted);
        if is_notice {
            message = message.header(ListId(format!("<notices.{}>", self.from.email.domain())));
        }
        let named: Vec<_> = thread.into_iter().map(|id| self.message_id(Some(id))).collect();
        if let [_, .., last] = named.as_slice() {
            message = message.in_reply_to(last.clone());
        }
        if !named.is_empty() {
            message = message.references(named.join(" "));
        }
        if let Some(link) = unsubscribe {
            message = message.header(ListUnsubscribe(format!("<{link}>"))).header(ListUnsubscribePost);
        }
        let message = match html {
            Some(html) => {
                let value = MultiPart::alternative_plain_html(body, html);
                message.multipart(with_calendar(value, &calendar)?)
            }
            None => message.header(ContentType::TEXT_PLAIN).body(body),
        };
        message.map_err(|_| MailError(Trouble::Refused))
    }

    /// Parses a sender.
    #[must_use]
    pub fn sender(text: &str) -> Option<Mailbox> {
        let Mailbox { name, email } = text.trim().parse().ok()?;
        let email = travelling(email.as_ref()).parse().ok()?;
        Some(Mailbox { name, email })
    }

    /// The sender address as a link; `None` for a no-reply address.
    #[must_use]
    pub fn contact(&self) -> Option<String> {
        let address = self.from.email.to_string();
        let unread = ["noreply", "no-reply", "donotreply", "do-not-reply"];
        let user = self.from.email.user().to_ascii_lowercase();
        (!unread.contains(&user.as_str())).then(|| format!("mailto:{}", utf8_percent_encode(&address, ADDRESS)))
    }

    /// Parses `smtps://user:password@host:port`; an error does not repeat the input.
    pub fn server(url: &str) -> Result<Server, &'static str> {
        let form = "does not fit; write it like smtps://user:password@mail.example";
        let url = Url::parse(url.trim()).map_err(|_| form)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(form)?.trim_matches(['[', ']']).to_owned();
        // The scheme is unknown to the URL parser, so the host is text.
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let security = match url.scheme() {
            "smtps" => Security::Tls,
            "smtp" if here => Security::Plain,
            "smtp" => Security::StartTls,
            _ => return Err(form),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| form);
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some((decoded(user)?, Secret::new(decoded(password)?))),
            _ => return Err("names a user or a password; give both or none"),
        };
        Ok(Server { host, port: url.port(), security, login })
    }
}

/// `value` with its calendar entries: one is an alternative (RFC 6047), several are attachments.
fn with_calendar(value: MultiPart, calendar: &[Invitation]) -> Result<MultiPart, MailError> {
    let part = |invitation: &Invitation| {
        let (method, file) = (invitation.method.as_str(), invitation.file);
        let kind = format!("text/calendar; method={method}; charset=utf-8; name={file}");
        let kind = ContentType::parse(&kind).map_err(|_| MailError(Trouble::Refused))?;
        Ok::<_, MailError>((SinglePart::builder().header(kind), invitation.text.clone()))
    };
    match calendar {
        [] => Ok(value),
        [only] => {
            let (part, text) = part(only)?;
            Ok(value.singlepart(part.body(text)))
        }
        several => several.iter().try_fold(MultiPart::mixed().multipart(value), |mixed, invitation| {
            let (part, text) = part(invitation)?;
            Ok(mixed.singlepart(part.header(ContentDisposition::attachment(invitation.file)).body(text)))
        }),
    }
}

/// Marks the mail as automatic, so that no absence notice answers it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

/// Mailing list of the mail, for filters (RFC 2919): this workshop's notices, by the sender's address.
#[derive(Clone)]
struct ListId(String);

impl Header for ListId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Id")
    }

    fn parse(id: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(id.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// Where recipients unsubscribe (RFC 2369).
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(link: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(link.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// Declares that one POST to that link is enough (RFC 8058).
#[derive(Clone)]
struct ListUnsubscribePost;

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".into())
    }
}

impl Mailer for Smtp {
    fn send(&self, mail: Mail) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + '_>> {
        Box::pin(async move {
            let message = self.message(mail)?;
            self.connections.send(&self.server, &self.budget, &message).await.map_err(|failure| {
                MailError(match failure {
                    Failure::Smtp(error) => refused(&error),
                    Failure::Silent => Trouble::Silent,
                    Failure::Unreachable => Trouble::Unreachable,
                    Failure::Certificate => Trouble::Certificate,
                })
            })
        })
    }
}

/// The kind of failure; the server's own text may contain the address.
fn refused(error: &lettre::transport::smtp::Error) -> Trouble {
    let code = error.status().map(u16::from);
    let value = error.source().map(ToString::to_string).unwrap_or_default();
    if error.is_tls() || is_handshake(error) {
        Trouble::Certificate
    } else if error.is_timeout() {
        Trouble::Silent
    } else if matches!(code, Some(421)) {
        Trouble::Unreachable
    } else if matches!(code, Some(454 | 530 | 534 | 535 | 538)) || value.contains("authentication mechanism") {
        Trouble::Login
    } else if error.is_permanent() {
        if code.is_some_and(|code| knows_nobody(code, &value)) { Trouble::Address } else { Trouble::Refused }
    } else if error.is_transient() {
        Trouble::Later
    } else if value.contains("SMTPUTF8") {
        // The address needs a feature that this mail server does not have.
        Trouble::Address
    } else if error.is_client() {
        Trouble::Login
    } else {
        Trouble::Unreachable
    }
}

/// Whether a refusal concerns the address and not the mail or its sender: by its enhanced code (RFC 3463), or else
/// by common wording.
fn knows_nobody(code: u16, value: &str) -> bool {
    let value = value.to_lowercase();
    if ["5.1.1", "5.1.3", "5.1.6", "5.1.10"].iter().any(|enhanced| value.contains(enhanced)) {
        return true;
    }
    let about_others = ["5.7.", "5.1.", "relay", "spam", "sender", "policy", "block", "denied", "authent"];
    matches!(code, 550 | 551 | 553 | 556) && !about_others.iter().any(|text| value.contains(text))
}

/// Whether the TLS handshake failed.
fn is_handshake(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause = error.source();
    while let Some(one) = cause {
        let inner = one.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) {
            return true;
        }
        cause = one.source();
    }
    false
}

/// How mails leave this process. Without a server they are caught only in development and in the demo (`playing`),
/// on a loopback address that is not public.
#[must_use]
pub fn post(smtp: Option<&Smtp>, public_url: Option<&str>, playing: bool, (listens, url): (IpAddr, &str)) -> Post {
    let alone = listens.is_loopback() && public_url.is_none();
    let carrier = match smtp {
        Some(smtp) => Carrier::Mailer(Arc::new(smtp.clone())),
        None if alone && (playing || cfg!(debug_assertions)) => Carrier::Catcher(Arc::<Catcher>::default()),
        None => Carrier::Nobody,
    };
    let here = alone.then(|| url.to_owned());
    let sender = smtp.map(|smtp| smtp.from.email.to_string());
    Post { carrier, site: public_url.map(ToOwned::to_owned).or(here), sender }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_smtp_login_requires_encryption() {
        let security = |url: &str| Smtp::server(url).unwrap().security;
        assert_eq!(security("smtps://me:secret@mail.example"), Security::Tls);
        assert_eq!(security("smtp://me:secret@mail.example:2525"), Security::StartTls);
        assert_eq!(security("smtp://me:secret@127.0.0.1.evil.example"), Security::StartTls);
        for here in ["smtp://127.0.0.1:25", "smtp://[::1]", "smtp://localhost"] {
            assert_eq!(security(here), Security::Plain, "{here}");
        }
        let (user, password) = Smtp::server("smtps://me%40x:p%40ss@mail.example").unwrap().login.unwrap();
        assert_eq!((user.as_str(), password.expose().as_str()), ("me@x", "p@ss"));
    }
}
