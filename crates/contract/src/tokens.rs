//! Personal tokens, with which a person's own programs act for them. Only pages have these operations: a token makes no
//! tokens.

use domain::{
    id::TokenId,
    names::Name,
    time::Moment,
    tokens::{Lifetime, Scope, Scopes},
};
use macros::{Form, operations};
use serde::{Deserialize, Serialize};

operations! {
    tag Me;

    READ => ListTokens() -> Tokens, page "tokens/list";

    CHANGE => MakeToken(form: NewToken) -> TokenMade, page "tokens/make";

    CHANGE => RevokeToken(id: TokenId) -> (), page "tokens/revoke", then "/me/tokens?done=1";
}

/// A new token.
#[derive(Debug, Clone, Form)]
pub struct NewToken {
    /// Its name.
    pub name: Name,
    /// What it may do.
    pub scopes: Scopes,
    /// How long it is valid.
    pub lifetime: Lifetime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenView {
    pub id: TokenId,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub made: Moment,
    /// Its end, if it has one.
    pub until: Option<Moment>,
    /// Its last use, to the minute.
    pub seen: Option<Moment>,
}

/// The tokens of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    pub now: Moment,
    /// Newest first.
    pub tokens: Vec<TokenView>,
}

/// A new token. It is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenMade {
    pub name: String,
    pub token: String,
}

impl std::fmt::Debug for TokenMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenMade").field("name", &self.name).finish_non_exhaustive()
    }
}
