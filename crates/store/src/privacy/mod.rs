//! Which tables hold something of a person, what of it they take along, and what erasing them does to it.
//!
//! **Invariant.** [`TABLES`] is whole: a test walks the schema and fails when a table that points to people, their aliases,
//! cards or remarks, or that keeps a number, an address or words, is missing here; another fills every table and holds what
//! is left after an erasure against what stands here. Deliberately absent: who may do this, and the bytes that a deletion
//! leaves in the file ([`crate::Store::scrub`]).

mod erase;
mod export;

pub use erase::{erase, traces};
pub use export::{count, export};

/// What erasing a person does to the rows of a table that are theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasing {
    Deleted,
    /// They stay without this: statistics and whatever is never changed refer to them.
    Emptied(&'static str),
    /// They stay: nothing in them says who it was, once everything else is gone.
    Stays,
}

/// A table that holds something of people.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    pub name: &'static str,
    /// Its columns that point to somebody, or say something of them.
    pub columns: &'static [&'static str],
    /// Whether it is among what they take along. What is not stands there in another shape, or is a secret.
    pub exported: bool,
    pub erasing: Erasing,
}

const fn table(name: &'static str, columns: &'static [&'static str], exported: bool, erasing: Erasing) -> Table {
    Table { name, columns, exported, erasing }
}

/// Every table that holds something of people.
#[rustfmt::skip]
pub const TABLES: &[Table] = {
    use Erasing::{Deleted, Emptied, Stays};
    &[
        table("person", &["id"], true, Stays),
        table("profile", &["person_id", "name", "email", "phone", "external_key", "folded"], true, Deleted),
        table("account", &["person_id"], true, Deleted),
        table("session", &["person_id", "device"], true, Deleted),
        table("recovery_code", &["person_id"], false, Deleted),
        table("link", &["person_id"], true, Deleted),
        table("api_token", &["person_id", "name"], true, Deleted),
        // Whoever reads a trainer’s feed loses it with the trainer.
        table("calendar_feed", &["person_id", "trainer_id"], true, Deleted),
        table("repeated_request", &["person_id"], false, Deleted),
        table("picture", &["person_id", "body"], true, Deleted),
        table("card", &["person_id", "uid"], true, Emptied("uid")),
        table("card_claim", &["person_id", "decided_by", "card_id", "unknown_card_id", "remark_id"], true, Deleted),
        table("hold", &["person_id", "remark_id", "placed_by", "lifted_by"], true, Emptied("remark_id")),
        table("person_note", &["person_id", "remark_id"], true, Deleted),
        table(
            "problem_report",
            &["reported_by", "acknowledged_by", "resolved_by", "remark_id", "done_remark_id"],
            true,
            Emptied("remark_id"),
        ),
        // Its address is taken along with the problem that it shows.
        table("problem_photo", &["body"], false, Deleted),
        // Its note is among the remarks, and goes with them.
        table("intervention", &["by_alias", "remark_id"], true, Stays),
        // Its address is taken along with what was done.
        table("intervention_photo", &["body", "by_alias"], false, Deleted),
        table("remark", &["about_person", "by_alias", "body"], true, Deleted),
        table("qualification", &["person_id", "by_alias", "remark_id"], true, Stays),
        table("use_session", &["alias_id", "card_id", "unknown_card_id"], true, Stays),
        table("use_correction", &["by_alias", "alias_before", "alias_after", "remark_id"], true, Stays),
        table("last_use", &["person_id"], true, Deleted),
        table("notice", &["person_id", "body"], true, Deleted),
        // Goes with its notice, and says nothing that it does not.
        table("delivery", &["reason"], false, Deleted),
        table("notice_switch", &["person_id"], true, Deleted),
        table("mail_times", &["person_id"], true, Deleted),
        table("bounced_address", &["person_id", "email"], true, Deleted),
        // What it says is the workshop's.
        table("announcement", &["written_by", "body"], true, Stays),
        table("follow", &["person_id"], true, Deleted),
        table("availability_rule", &["person_id"], true, Deleted),
        table("availability_away", &["person_id"], true, Deleted),
        table("appointment", &["person_id", "trainer_id", "agreed_with", "decided_by", "remark_id"], true, Emptied("remark_id")),
        table("checkout_wish", &["person_id", "remark_id"], true, Deleted),
        // Whose list it is says nothing of whoever wrote it down.
        table("checkout_list", &["made_by"], false, Stays),
        // The workshop’s own words.
        table("checkout_step", &["body"], false, Stays),
        // Taken along with its appointment.
        table("checkout_mark", &["remark_id"], false, Emptied("remark_id")),
        table("checkout_photo", &["body"], false, Deleted),
        table("checkout_signature", &["signed_by"], false, Stays),
        table("booking", &["person_id", "offered_to", "decided_by", "remark_id"], true, Emptied("remark_id")),
        table("waiting", &["person_id"], true, Stays),
        // Who closed a machine, and why: an alias, and in the record of what was done.
        table("closure", &["made_by", "lifted_by", "remark_id"], false, Emptied("remark_id")),
        // Who added it: an alias, and in the record of what was done. Its address is the workshop’s.
        table("external_calendar", &["added_by", "name", "address"], false, Stays),
        // Says when; its appointment or booking says what for.
        table("occupation", &["person_id"], false, Deleted),
        // The workshop’s own.
        table("quiz_picture", &["body"], false, Stays),
        table("training_progress", &["person_id"], true, Deleted),
        table("watch_clock", &["person_id"], false, Deleted),
        // How often a question is answered right is a figure of the question.
        table("quiz_try", &["person_id"], true, Stays),
        table("attempt", &["card_id", "unknown_card_id"], true, Stays),
        table("audit", &["alias", "subject"], true, Stays),
        table("machine_request", &["card_id", "by_alias"], true, Stays),
        // The uses that it amounts to are taken along.
        table("board_fact", &["card_id", "unknown_card_id"], false, Stays),
        // Nobody's, and gone with the card whose number it was.
        table("unknown_card", &["uid"], false, Deleted),
        // Only ties a month of history to a person who has no name any more.
        table("alias", &["person_id"], false, Stays),
        // Who placed, made or had something done: an alias, and in the record of what was done.
        table("machine_block", &["placed_by", "lifted_by", "remark_id"], false, Emptied("remark_id")),
        table("setting_change", &["changed_by"], false, Stays),
        table("display", &["made_by"], false, Stays),
        table("board_login", &["made_by"], false, Stays),
        table("retention_run", &["by_alias"], false, Stays),
        // Two numbers: whoever was erased does not come back with a file from elsewhere.
        table("fabomatic_origin", &["ours"], false, Stays),
        table("firmware_image", &["by_alias"], false, Stays),
        table("firmware_job", &["by_alias"], false, Stays),
    ]
};
