use domain::{id::TokenId, time::Moment, tokens::Scope};
use serde::{Deserialize, Serialize};

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
pub struct Minted {
    pub name: String,
    pub token: String,
}

impl std::fmt::Debug for Minted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Minted").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_token() {
        let minted = Minted { name: "Backup".into(), token: "tg_secret".into() };
        assert!(!format!("{minted:?}").contains("secret"));
    }
}
