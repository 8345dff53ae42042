//! Mails on their way: over SMTP, or into a drawer on this machine while somebody develops or looks around.
//!
//! Invariant: nothing that was said of a mail, its address least of all, is logged. Credentials never travel without TLS.

use crate::config::{Config, Secret};
use domain::deliveries::Trouble;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentDisposition, ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0},
    },
    transport::smtp::authentication::Credentials,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rand::RngExt;
use services::{
    calendar::Invitation,
    mail::{Carrier, Catcher, Mail, MailError, Mailer, Post, travelling},
};
use std::{
    error::Error as _,
    future::Future,
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, OnceLock},
    time::Duration,
};
use url::Url;

/// How long the other server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is escaped of an address in a link.
const ADDRESS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_');

/// A mail server and whom mails come from.
#[derive(Debug, Clone)]
pub struct Smtp {
    server: Server,
    from: Mailbox,
    /// Its connections, which several mails use one after the other: made with the first mail.
    transport: Arc<OnceLock<AsyncSmtpTransport<Tokio1Executor>>>,
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
    /// From the first byte.
    Tls,
    StartTls,
    /// None: a server on this machine.
    Plain,
}

impl Smtp {
    /// Mails from `from` by `server`.
    #[must_use]
    pub fn new(server: Server, from: Mailbox) -> Self {
        Self { server, from, transport: Arc::default() }
    }

    /// A name for one mail, `id` if it has one. In the sender's domain, so that it does not tell what this machine is called.
    fn message_id(&self, id: Option<String>) -> String {
        let id = id.unwrap_or_else(|| format!("{:032x}", rand::make_rng::<rand::rngs::StdRng>().random::<u128>()));
        format!("<{id}@{}>", self.from.email.domain())
    }

    /// `mail` as it travels.
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
                let said = MultiPart::alternative_plain_html(body, html);
                message.multipart(with_calendar(said, &calendar)?)
            }
            None => message.header(ContentType::TEXT_PLAIN).body(body),
        };
        message.map_err(|_| MailError(Trouble::Refused))
    }

    /// Reads whom mails come from.
    #[must_use]
    pub fn sender(text: &str) -> Option<Mailbox> {
        let Mailbox { name, email } = text.trim().parse().ok()?;
        let email = travelling(email.as_ref()).parse().ok()?;
        Some(Mailbox { name, email })
    }

    /// The address that mails come from, as a link; `None` where nobody reads what is sent there.
    #[must_use]
    pub fn contact(&self) -> Option<String> {
        let address = self.from.email.to_string();
        let unread = ["noreply", "no-reply", "donotreply", "do-not-reply"];
        let user = self.from.email.user().to_ascii_lowercase();
        (!unread.contains(&user.as_str())).then(|| format!("mailto:{}", utf8_percent_encode(&address, ADDRESS)))
    }

    /// Reads `smtps://user:password@host:port`; or says what is wrong, without repeating it.
    pub fn server(url: &str) -> Result<Server, &'static str> {
        let form = "does not fit; write it like smtps://user:password@mail.example";
        let url = Url::parse(url.trim()).map_err(|_| form)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(form)?.trim_matches(['[', ']']).to_owned();
        // The scheme is none that URLs know of, so the host is text.
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

/// `said` with what it changes in a calendar: one entry is one more way to say the same (RFC 6047), several are attached.
fn with_calendar(said: MultiPart, calendar: &[Invitation]) -> Result<MultiPart, MailError> {
    let part = |invitation: &Invitation| {
        let (method, file) = (invitation.method.as_str(), invitation.file);
        let kind = format!("text/calendar; method={method}; charset=utf-8; name={file}");
        let kind = ContentType::parse(&kind).map_err(|_| MailError(Trouble::Refused))?;
        Ok::<_, MailError>((SinglePart::builder().header(kind), invitation.text.clone()))
    };
    match calendar {
        [] => Ok(said),
        [only] => {
            let (part, text) = part(only)?;
            Ok(said.singlepart(part.body(text)))
        }
        several => several.iter().try_fold(MultiPart::mixed().multipart(said), |mixed, invitation| {
            let (part, text) = part(invitation)?;
            Ok(mixed.singlepart(part.header(ContentDisposition::attachment(invitation.file)).body(text)))
        }),
    }
}

/// Says that a program wrote the mail, so that no absence notice answers it (RFC 3834).
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

/// Which mails these are, for whoever sorts them (RFC 2919): the notices of this workshop, by the address that they come from.
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

/// Where whoever gets the mail says that they want no more of these (RFC 2369).
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

/// Says that one POST to that link is enough (RFC 8058).
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

impl Server {
    fn connect(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, lettre::transport::smtp::Error> {
        let builder = match self.security {
            Security::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(&self.host)?,
            Security::StartTls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&self.host)?,
            Security::Plain => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.host),
        };
        let builder = match self.port {
            Some(port) => builder.port(port),
            None => builder,
        };
        let builder = match &self.login {
            Some((user, password)) => {
                builder.credentials(Credentials::new(user.clone(), password.expose().clone()))
            }
            None => builder,
        };
        Ok(builder.timeout(Some(PATIENCE)).build())
    }
}

impl Mailer for Smtp {
    fn send(&self, mail: Mail) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + '_>> {
        Box::pin(async move {
            let message = self.message(mail)?;
            let transport = if let Some(transport) = self.transport.get() {
                transport
            } else {
                let made = self.server.connect().map_err(|error| refused(&error))?;
                self.transport.get_or_init(|| made)
            };
            transport.send(message).await.map(drop).map_err(|error| refused(&error))
        })
    }
}

/// The kind of failure: what a mail server says of it may repeat the address.
fn refused(error: &lettre::transport::smtp::Error) -> MailError {
    let code = error.status().map(u16::from);
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    MailError(if error.is_tls() || is_handshake(error) {
        Trouble::Certificate
    } else if error.is_timeout() {
        Trouble::Silent
    } else if matches!(code, Some(421)) {
        Trouble::Unreachable
    } else if matches!(code, Some(454 | 530 | 534 | 535 | 538)) || said.contains("authentication mechanism") {
        Trouble::Login
    } else if error.is_permanent() {
        if code.is_some_and(|code| knows_nobody(code, &said)) { Trouble::Address } else { Trouble::Refused }
    } else if error.is_transient() {
        Trouble::Later
    } else if said.contains("SMTPUTF8") {
        // The address takes what this mail server does not understand.
        Trouble::Address
    } else if error.is_client() {
        Trouble::Login
    } else {
        Trouble::Unreachable
    })
}

/// Whether a refusal is about the address and not about the mail or whoever sends it: by its enhanced code (RFC 3463), or where
/// it has none by what such servers say.
fn knows_nobody(code: u16, said: &str) -> bool {
    let said = said.to_lowercase();
    if ["5.1.1", "5.1.3", "5.1.6", "5.1.10"].iter().any(|enhanced| said.contains(enhanced)) {
        return true;
    }
    let about_others = ["5.7.", "5.1.", "relay", "spam", "sender", "policy", "block", "denied", "authent"];
    matches!(code, 550 | 551 | 553 | 556) && !about_others.iter().any(|word| said.contains(word))
}

/// Whether the connection was refused while encryption was agreed on, which is told as data that does not fit.
fn is_handshake(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause = error.source();
    while let Some(one) = cause {
        if one.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData) {
            return true;
        }
        cause = one.source();
    }
    false
}

/// How mails leave this process. Without a server they are caught only where nobody but this machine looks: in
/// development and in the demo (`playing`), on a loopback address that is not shown to the world.
#[must_use]
pub fn post(config: &Config, playing: bool, listens: IpAddr, url: &str) -> Post {
    let alone = listens.is_loopback() && config.public_url.is_none();
    let carrier = match &config.smtp {
        Some(smtp) => Carrier::Mailer(Arc::new(smtp.clone())),
        None if alone && (playing || cfg!(debug_assertions)) => Carrier::Catcher(Arc::<Catcher>::default()),
        None => Carrier::Nobody,
    };
    let here = alone.then(|| url.to_owned());
    let sender = config.smtp.as_ref().map(|smtp| smtp.from.email.to_string());
    Post { carrier, site: config.public_url.clone().or(here), sender }
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
