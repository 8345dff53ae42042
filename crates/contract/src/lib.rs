//! What pages, programs and the server agree on: operations, forms and views, one module per noun, named like the noun
//! in `domain`.
//!
//! **Invariant:** `domain` does not depend on this crate, so no rule depends on how something is sent or shown. Like the
//! rules, it compiles for the browser; feature `server` adds reading forms and describing types.
//!
//! **Not here:** decisions, messages and SQL.
//!
//! Names and types document the fields; a comment adds what they cannot: units, order, the meaning of `None`, reasons.
//! Everywhere, `now` is the instant of the view, and `may_…` is what its reader may do.

pub mod access;
pub mod accounts;
pub mod actuators;
pub mod announcements;
pub mod as_text;
pub mod audit;
pub mod availability;
pub mod boards;
pub mod bookings;
pub mod building_devices;
pub mod bulk;
pub mod cards;
pub mod checklist;
pub mod checkout_steps;
pub mod checkouts;
pub mod closures;
pub mod coming;
pub mod connections;
pub mod deliveries;
pub mod displays;
pub mod documents;
pub mod doors;
pub mod draws;
pub mod dues;
pub mod equipment;
pub mod external_calendars;
pub mod feeds;
#[cfg(feature = "server")]
pub mod field;
pub mod find;
pub mod firmware;
pub mod floor_plans;
pub mod form;
pub mod group_mapping;
pub mod groups;
pub mod help;
pub mod history;
pub mod holds;
pub mod hours;
pub mod identity_providers;
pub mod imports;
pub mod inbox;
pub mod instant;
pub mod machines;
pub mod maintenance;
pub mod meters;
pub mod notice_settings;
pub mod notices;
pub mod operation;
pub mod outages;
pub mod passkeys;
pub mod people;
pub mod places;
pub mod previews;
pub mod privacy;
pub mod problems;
pub mod push;
pub mod qualifications;
pub mod reports;
pub mod requests;
pub mod retention;
pub mod rooms;
#[cfg(feature = "server")]
pub mod schema;
pub mod series;
pub mod settings;
pub mod slack;
pub mod space_status;
pub mod system;
pub mod tokens;
pub mod training;
pub mod training_events;
pub mod training_exchange;
pub mod training_requests;
pub mod user_directory;
pub mod waiting;
pub mod webhooks;

/// Calls `$each!(operations)` for every noun that has a table of operations.
#[macro_export]
macro_rules! for_each_noun {
    ($each:ident) => {
        $each!($crate::displays::Operations);
        $each!($crate::feeds::Operations);
        $each!($crate::help::Operations);
        $each!($crate::holds::Operations);
        $each!($crate::documents::Operations);
        $each!($crate::dues::Operations);
        $each!($crate::tokens::Operations);
        $each!($crate::passkeys::Operations);
        $each!($crate::closures::Operations);
        $each!($crate::places::Operations);
        $each!($crate::rooms::Operations);
        $each!($crate::floor_plans::Operations);
        $each!($crate::groups::Operations);
        $each!($crate::group_mapping::Operations);
        $each!($crate::user_directory::Operations);
        $each!($crate::series::Operations);
        $each!($crate::draws::Operations);
        $each!($crate::training_requests::Operations);
        $each!($crate::training_events::Operations);
        $each!($crate::external_calendars::Operations);
        $each!($crate::identity_providers::Operations);
        $each!($crate::notice_settings::Operations);
        $each!($crate::push::Operations);
        $each!($crate::announcements::Operations);
        $each!($crate::actuators::Operations);
        $each!($crate::building_devices::Operations);
        $each!($crate::doors::Operations);
        $each!($crate::meters::Operations);
        $each!($crate::space_status::Operations);
        $each!($crate::webhooks::Operations);
        $each!($crate::slack::Operations);
        $each!($crate::connections::Operations);
    };
}
