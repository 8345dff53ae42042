//! A request for help in the demo: a member at a machine, while its owner is away.

use super::{Built, cast};
use domain::{
    help::OPEN_FOR,
    notices::Notice,
    time::{MINUTE, Millis},
};
use store::{
    StoreError, WriteTx,
    help::{self as rows, NewHelpRequest},
    notices, people, remarks,
};

/// The member who asks, by index.
const ASKER: usize = 4;
/// Minutes since then.
const AGO: u32 = 3;
const TEXT: &str = "The extraction doesn’t start.";

/// Adds the request, and notifies the administrator, who owns the machine.
pub(super) async fn ask(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let (person, machine, asked) = (built.people[ASKER].0, built.machines[0], now.before(MINUTE * AGO));
    let by = people::alias(tx, person, now).await?;
    let remark = remarks::write(tx, Some(person), Some(by), TEXT, asked).await?;
    let (until, helper) = (asked.after(OPEN_FOR), built.people[cast::ADMINISTRATOR].0);
    let new = NewHelpRequest {
        machine,
        person,
        remark: Some(remark),
        asked,
        expires: until,
        notified: 1,
        inside: false,
    };
    let help = rows::add(tx, &new).await?;
    let notice = Notice::HelpAsked { help, machine, until, inside: false, passed_on: false };
    notices::record(tx, Some(person), helper, &notice, asked).await?;
    Ok(())
}
