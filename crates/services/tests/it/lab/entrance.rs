//! A lab with Ada, who signs in, and common steps of tests about accounts.

use super::Lab;
use contract::accounts::Delivery;
use domain::{
    actor::{Actor, Channel},
    id::{PersonId, SessionId},
};
use services::{
    accounts::{self, AccountsError, Opened},
    mail::{self, Carrier, Catcher, Post},
    sessions::{Recognised, recognise},
    token::Token,
};
use std::{net::IpAddr, sync::Arc};
use text::Lang;

pub const ADA: PersonId = PersonId(1);
pub const PASSWORD: &str = "seven owls fix a lathe";
pub const OTHER: &str = "nine cats saw the moon";

/// The lab's people; Ada is an administrator and signs in with [`PASSWORD`].
pub async fn open() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "UPDATE profile SET email = lower(name) || '@lab.example';
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (1, 1, 'owner', 'granted', 0, 'setup', 0), (1, 2, 'owner', 'granted', 0, 'setup', 0)",
    )
    .await;
    let Delivery::ByHand { link } = accounts::help_in(&lab.ctx, &Actor::TOOLGATE, ADA, Lang::En).await.unwrap()
    else {
        panic!("mailed")
    };
    accounts::accept(&lab.ctx, here(1), "", &token_of(&link), PASSWORD).await.unwrap();
    lab
}

pub fn here(n: u32) -> IpAddr {
    IpAddr::V4((0x0a00_0000 + n).into())
}

pub fn token_of(link: &str) -> Token {
    Token::presented(link.rsplit('/').next().unwrap())
}

pub async fn sign_in(lab: &Lab, email: &str, password: &str) -> Result<Opened, AccountsError> {
    accounts::sign_in(&lab.ctx, here(7), "Firefox on Linux", email, password).await
}

pub async fn ada_is_in(lab: &Lab) -> (Token, Actor) {
    let opened = sign_in(lab, "ada@lab.example", PASSWORD).await.unwrap();
    let actor = actor(lab, &opened.token).await.unwrap();
    (opened.token, actor)
}

pub async fn actor(lab: &Lab, token: &Token) -> Option<Actor> {
    match recognise(&lab.ctx, token, Channel::Web).await {
        Recognised::Somebody(somebody) => Some(somebody.actor),
        Recognised::Nobody | Recognised::Pending => None,
    }
}

pub fn session(actor: &Actor) -> SessionId {
    actor.known().unwrap().session
}

/// Mails stay where the test finds them.
pub fn catch(lab: &Lab) -> Arc<Catcher> {
    let catcher = Arc::<Catcher>::default();
    let carrier = Carrier::Catcher(Arc::clone(&catcher));
    mail::arrange(&lab.ctx, Post { carrier, site: Some("https://lab.example".into()), ..Post::default() });
    catcher
}

pub async fn caught(catcher: &Catcher, n: usize) -> mail::Mail {
    while catcher.mails().len() < n {
        tokio::task::yield_now().await;
    }
    catcher.mails().remove(0)
}

pub fn link_in(mail: &mail::Mail) -> &str {
    mail.body.lines().find(|line| line.starts_with("https://lab.example/")).unwrap()
}

/// The code that an authenticator with this secret shows now, as any other program computes it.
pub fn code(secret: &str, at: i64) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let secret = data_encoding::BASE32_NOPAD.decode(secret.replace(' ', "").as_bytes()).unwrap();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&secret).unwrap();
    mac.update(&(at / 30_000).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0xf);
    let number = u32::from_be_bytes(digest[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}
