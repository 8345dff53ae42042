//! How addresses of servers, and the fields of the directory, sign-in providers, Slack and push services are read and described.

use crate::{
    form::{Context, Fault, Field},
    schema::HasSchema,
};
use domain::{
    group_mapping::{self, Source},
    identity_providers::{ClientSecret, ISSUER, Issuer, TokenList},
    outgoing::{ADDRESS, Address},
    push::{AuthSecret, Endpoint, NoPushService, PublicKey},
    slack::{BotToken, CHANNEL, ChannelName, SECRET, SigningSecret, TOKEN},
    user_directory::{
        self, Attribute, BindPassword, Certificates, DN, DistinguishedName, FILTER, InvalidSetting,
        filter::Template,
        server_address::{self, ServerAddress},
    },
};
use serde_json::{Value, json};

impl HasSchema for Source {
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^(directory|provider-[1-9][0-9]{0,17})$" })
    }
}

impl Field for Source {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Choice)
    }
}

impl HasSchema for group_mapping::Target {
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^(group|user|trainer|owner):[1-9][0-9]{0,17}$" })
    }
}

impl Field for group_mapping::Target {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::RuleTarget)
    }
}

/// Settings of the user directory: a text, its longest length, and the fault.
macro_rules! directory_settings {
    ($($kind:ty, $longest:expr, $fault:expr, $parse:expr;)+) => {$(
        impl HasSchema for $kind {
            fn schema() -> Value {
                json!({ "type": "string", "minLength": 1, "maxLength": $longest })
            }
        }

        impl Field for $kind {
            const READS_BLANK: bool = true;

            fn read(text: &str, _: &Context) -> Result<Self, Fault> {
                #[allow(clippy::redundant_closure_call, reason = "each parses in its own way")]
                ($parse)(text).ok_or(Fault::Directory($fault))
            }
        }
    )+};
}

directory_settings! {
    DistinguishedName, DN, InvalidSetting::Name, Self::parse;
    Attribute, user_directory::ATTRIBUTE, InvalidSetting::Attribute, Self::parse;
    Certificates, user_directory::CERTIFICATES, InvalidSetting::Certificates, Self::parse;
    BindPassword, 1_000, InvalidSetting::Password, Self::new;
}

impl HasSchema for ServerAddress {
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": server_address::ADDRESS })
    }
}

impl Field for ServerAddress {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).map_err(|invalid| Fault::Directory(InvalidSetting::Server(invalid)))
    }
}

impl HasSchema for Template {
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": FILTER })
    }
}

impl Field for Template {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).map_err(|invalid| Fault::Directory(InvalidSetting::Template(invalid)))
    }
}

impl HasSchema for BotToken {
    fn schema() -> Value {
        json!({ "type": "string", "maxLength": TOKEN, "pattern": "^xoxb-[A-Za-z0-9-]+$" })
    }
}

impl Field for BotToken {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::SlackToken)
    }
}

impl HasSchema for SigningSecret {
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 16, "maxLength": SECRET, "pattern": "^[A-Za-z0-9]+$" })
    }
}

impl Field for SigningSecret {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::SlackSecret)
    }
}

impl HasSchema for ChannelName {
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": CHANNEL })
    }
}

impl Field for ChannelName {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::SlackChannel)
    }
}

impl HasSchema for Endpoint {
    fn schema() -> Value {
        Address::schema()
    }
}

impl Field for Endpoint {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).map_err(|NoPushService| Fault::PushService)
    }
}

impl HasSchema for PublicKey {
    fn schema() -> Value {
        String::schema()
    }
}

impl Field for PublicKey {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::PushKey)
    }
}

impl HasSchema for AuthSecret {
    fn schema() -> Value {
        String::schema()
    }
}

impl Field for AuthSecret {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::PushKey)
    }
}

impl HasSchema for Issuer {
    fn schema() -> Value {
        json!({ "type": "string", "maxLength": ISSUER })
    }
}

impl Field for Issuer {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).map_err(Fault::Issuer)
    }
}

impl HasSchema for ClientSecret {
    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

impl Field for ClientSecret {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::new(text).ok_or(Fault::ClientSecret)
    }
}

impl HasSchema for TokenList {
    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

impl Field for TokenList {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).map_err(Fault::Tokens)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl HasSchema for Address {
    fn schema() -> Value {
        json!({ "type": "string", "maxLength": ADDRESS })
    }
}

impl Field for Address {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).map_err(Fault::CalendarAddress)
    }
}
