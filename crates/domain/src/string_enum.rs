//! A macro for closed lists that are written as strings: in a column, in a setting, on a wire.
//!
//! Invariant: a string is spelled in one place, and parsing is the exact inverse of formatting.

/// Declares a closed list whose members are written as fixed strings, and makes it a column type under `sqlx`.
macro_rules! string_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
        pub enum $name {
            $(
                $(#[$member_doc])*
                #[serde(rename = $word)]
                #[cfg_attr(feature = "sqlx", sqlx(rename = $word))]
                $member,
            )+
        }

        impl $name {
            /// Every member, in order.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$member => $word),+ }
            }

            /// Parses the string form; `None` if unknown.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$member),)+ _ => None }
            }
        }
    };
}

pub(crate) use string_enum;
