//! UI components: one file per component, with its style in `style/ui` under the same name.
//!
//! Invariants: nothing in here calls the server on its own; variants are `data-*` attributes, states are the real
//! ARIA attributes; no element carries an inline style, which the page's policy forbids.

pub mod answer;
pub mod answered;
pub mod avatar;
pub mod banner;
pub mod button;
pub mod changing;
pub mod chart;
pub mod chip;
pub mod choices;
pub mod clock;
pub mod delivery;
pub mod empty;
pub mod facts;
pub mod form;
pub mod glossary;
pub mod held;
pub mod icon;
pub mod keys;
pub mod lcd;
pub mod list;
pub mod nav;
pub mod passkey;
pub mod password;
pub mod path;
pub mod picture;
pub mod pointed;
pub mod preview;
pub mod refused;
pub mod register;
pub mod row_selection;
pub mod saved;
pub mod segmented;
pub mod select;
pub mod skeleton;
pub mod status;
pub mod strip;
pub mod table;
pub mod text_area;
pub mod toast;
pub mod versions;
