//! Identity providers, the accounts there that people have linked, and those who come in by one.

use crate::group_mapping::GroupRuleView;
#[cfg(feature = "server")]
use crate::{
    form::{Fault, Faults},
    operation::HasVersion,
};
use domain::{
    id::{IdentityLinkId, IdentityProviderId},
    identity_providers::{Admission, ClientSecret, Failure, Issuer, Refusal, SecondFactorUse, TokenList},
    names::{Line, Name},
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

/// Characters of the name of a claim, at most.
pub const CLAIM: usize = 100;

operations! {
    tag Space;

    /// List identity providers
    ///
    /// Lists the OpenID Connect providers that people sign in with, by name. Client secrets are never returned.
    GET "identity-providers" => ListIdentityProviders() -> IdentityProviders,
        page "identity-providers/list", scope SpaceRead,
        lists providers by |one: &IdentityProviderView| -> (String, i64) { (one.name.to_lowercase(), one.id.0) };

    /// Add an identity provider
    ///
    /// Adds an OpenID Connect provider. Register Toolgate there first, with `/sign-in/provider/callback` of this site as its redirect
    /// address. Its host must be public unless the server permits it.
    POST "identity-providers" => AddIdentityProvider(form: IdentityProviderForm) -> IdentityProviderAdded,
        page "identity-providers/add", then "/sign-in-providers?done=added", scope SpaceWrite, makes Below as id,
        errors ["identity-provider.invalid", "identity-provider.too-many"];

    /// Get an identity provider
    ///
    /// Returns an identity provider without its client secret.
    GET "identity-providers/{id}" => ReadIdentityProvider(id: IdentityProviderId) -> IdentityProviderView,
        scope SpaceRead, versioned, errors ["identity-provider.unknown"];

    /// Change an identity provider
    ///
    /// Changes an identity provider. The client secret stays if it is left out, unless issuer or client id change: it is sent to no
    /// other server. The issuer cannot change while accounts are linked.
    PATCH "identity-providers/{id}" =>
        SaveIdentityProvider(id: IdentityProviderId, version: i64, form: Result<IdentityProviderForm, Faults>) -> (),
        page "identity-providers/save", then "/sign-in-providers?done=saved", scope SpaceWrite,
        errors ["identity-provider.unknown", "identity-provider.invalid"];

    /// Remove an identity provider
    ///
    /// Removes an identity provider with its client secret, its group rules and all links to accounts there, and ends the sessions that
    /// began there. People who have no other way to sign in need a link from a manager.
    DELETE "identity-providers/{id}" => RemoveIdentityProvider(id: IdentityProviderId) -> (),
        page "identity-providers/remove", then "/sign-in-providers?done=removed", scope SpaceWrite,
        errors ["identity-provider.unknown"];

    /// Test an identity provider
    ///
    /// Reads the discovery document and the keys of an identity provider now, and returns what is wrong with them.
    POST "identity-providers/{id}/test" => TestIdentityProvider(id: IdentityProviderId) -> ProviderTest,
        page "identity-providers/test", scope SpaceWrite, gives, errors ["identity-provider.unknown"];

    /// What groups at a provider give here.
    READ => ReadProviderRules(id: IdentityProviderId) -> ProviderRules, page "identity-providers/rules";

    /// The caller's accounts at identity providers.
    READ => ReadIdentityLinks() -> IdentityLinks, page "identity-providers/own";

    /// Unlinks an account of the caller. Their last way in stays.
    CHANGE => UnlinkIdentity(id: IdentityLinkId) -> (),
        page "identity-providers/unlink", then "/me/security?done=unlinked";
}

/// An identity provider.
#[derive(Debug, Clone, Form)]
#[form(check = factor_has_values)]
pub struct IdentityProviderForm {
    /// The text of its button on the sign-in page.
    #[field(example = "University account")]
    pub name: Name,
    /// Its issuer, exactly as in its discovery document: `https://…`.
    #[field(example = "https://id.example.org")]
    pub issuer: Issuer,
    /// The client id that it gave to Toolgate.
    #[field(example = "toolgate")]
    pub client_id: Name,
    /// The client secret; never returned. Left out, the present one stays.
    pub client_secret: Option<ClientSecret>,
    /// Whether the present client secret is deleted, for a client without one.
    pub forget_secret: bool,
    /// The scopes to ask for beside `openid`, separated by spaces.
    #[field(example = "email profile")]
    pub scopes: TokenList,
    /// The claim that lists a person's groups; empty if groups there give nothing here. Where it is missing or cut, a person keeps what
    /// groups gave them.
    #[field(example = "groups")]
    pub groups_claim: Line<CLAIM>,
    /// What a second factor there is worth here.
    #[field(example = "ignored")]
    pub second_factor: SecondFactorUse,
    /// The values of `acr` or `amr` that assert a second factor, separated by spaces.
    #[field(example = "mfa")]
    pub second_factor_values: TokenList,
    /// Who comes in.
    #[field(example = "existing")]
    pub admission: Admission,
    /// Whether people are offered to sign out there as well.
    pub signs_out: bool,
    /// Whether people can sign in with it.
    pub active: bool,
}

/// A second factor counts by a value that the provider sends.
#[cfg(feature = "server")]
fn factor_has_values(form: &IdentityProviderForm) -> Result<(), (&'static str, Fault)> {
    if form.second_factor != SecondFactorUse::Ignored && form.second_factor_values.is_empty() {
        return Err(("second_factor_values", Fault::NoFactorValues));
    }
    Ok(())
}

/// An identity provider.
#[view]
pub struct IdentityProviderView {
    /// Its id.
    #[field(example = 2)]
    pub id: IdentityProviderId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The text of its button on the sign-in page.
    #[field(example = "University account")]
    pub name: String,
    /// Its issuer.
    #[field(example = "https://id.example.org")]
    pub issuer: String,
    /// The client id that it gave to Toolgate.
    #[field(example = "toolgate")]
    pub client_id: String,
    /// Whether a client secret is stored.
    pub has_secret: bool,
    /// The scopes that are asked for beside `openid`, separated by spaces.
    #[field(example = "email profile")]
    pub scopes: String,
    /// The claim that lists a person's groups; empty if groups there give nothing here.
    #[field(example = "groups")]
    pub groups_claim: String,
    /// What a second factor there is worth here.
    pub second_factor: SecondFactorUse,
    /// The values of `acr` or `amr` that assert a second factor, separated by spaces.
    #[field(example = "mfa")]
    pub second_factor_values: String,
    /// Who comes in.
    pub admission: Admission,
    /// Whether people are offered to sign out there as well.
    pub signs_out: bool,
    /// Whether people can sign in with it.
    pub active: bool,
    /// How many people have linked an account there.
    #[field(example = 12)]
    pub links: u32,
    /// How many of them have no other way to sign in.
    pub only_way: u32,
    /// When it last worked.
    pub worked: Option<Moment>,
    /// When it last failed.
    pub failed: Option<Moment>,
    /// Why it fails; null if it works or was not tried.
    pub failure: Option<Failure>,
}

#[cfg(feature = "server")]
impl HasVersion for IdentityProviderView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// All identity providers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProviders {
    pub now: Moment,
    pub providers: Vec<IdentityProviderView>,
}

/// The result of adding an identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProviderAdded {
    pub id: IdentityProviderId,
}

/// What a test found.
#[view]
pub struct ProviderTest {
    /// The provider.
    #[field(example = 2)]
    pub id: IdentityProviderId,
    /// Its name.
    #[field(example = "University account")]
    pub name: String,
    /// The fault; null if people can sign in.
    pub failure: Option<Failure>,
    /// The issuer by which it calls itself, if that is another one.
    pub issuer: Option<String>,
    /// Scopes that are asked for and that it does not list.
    pub unknown_scopes: Vec<String>,
    /// Whether it can sign people out.
    pub signs_out: bool,
    /// Whether it answers who a person is beyond its signed statement: name, e-mail address and groups.
    pub has_details: bool,
}

/// What groups at a provider give here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderRules {
    pub rules: Vec<GroupRuleView>,
    /// What a rule may give: its code and its name, groups first.
    pub targets: Vec<(String, String)>,
}

/// An account of the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityLinkView {
    pub id: IdentityLinkId,
    /// How the provider calls it.
    pub called: Option<String>,
    pub linked: Moment,
    pub used: Option<Moment>,
}

/// A provider, with the reader's account there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProvider {
    pub provider: IdentityProviderId,
    pub name: String,
    /// Whether it lets people in.
    pub active: bool,
    pub link: Option<IdentityLinkView>,
    /// Whether the reader would still come in without it.
    pub may_unlink: bool,
}

/// The reader's accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityLinks {
    pub now: Moment,
    pub providers: Vec<OwnProvider>,
    /// The name of the provider that opened this session and can sign the reader out.
    pub signs_out: Option<String>,
}

/// A person who comes from a provider and is not in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Name of the provider, if known.
    pub provider: Option<String>,
    /// How the provider calls them.
    pub name: Option<String>,
    pub next: NextStep,
    /// They can sign out there.
    pub signs_out: bool,
}

/// What they can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NextStep {
    /// Prove that they are the person here with this address.
    Prove {
        email: String,
        /// Their password here, with a code, is proof enough. Otherwise they sign in first.
        password: bool,
        /// An authenticator is asked for as well.
        second_factor: bool,
    },
    /// Prove an address by a code that is mailed to it.
    Confirm {
        /// The address that the provider states and has not verified.
        email: Option<String>,
        /// The address to which a code was mailed.
        sent: Option<String>,
        /// Whether mail can be sent.
        mails: bool,
    },
    /// Join, or ask to.
    Ask {
        /// The address that is proven.
        email: Option<String>,
        /// They become a member at once.
        joins: bool,
    },
    /// Something else, by the reason.
    Refused(Refusal),
}
