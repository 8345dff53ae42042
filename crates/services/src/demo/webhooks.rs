//! A webhook of the invented workshop. It is paused, so nothing is sent to its invented address.

use domain::{
    id::{BlockId, MachineId, PersonId, ReportId},
    notices::{Kind, Notice},
    problems::Severity,
    time::{DAY, HOUR, Millis},
    webhooks::{PauseReason, SECRET},
};
use store::{
    StoreError, WriteTx, broadcasts, people,
    webhooks::{self, NewWebhook},
};

const KINDS: [Kind; 4] = [Kind::MachineBlocked, Kind::MachineFree, Kind::MachineUnsafe, Kind::ProblemReported];

/// A webhook with three events that wait.
pub(super) async fn connect(
    tx: &mut WriteTx,
    manager: PersonId,
    machine: MachineId,
    secret: [u8; SECRET],
    now: Millis,
) -> Result<(), StoreError> {
    let added = now.before(DAY * 30);
    let by = Some(people::alias(tx, manager, added).await?);
    let new = NewWebhook {
        name: "Door log of the town",
        address: "https://doors.example.invalid/in",
        kinds: &KINDS,
        secret: &secret,
        at: added,
        by,
    };
    let id = webhooks::add(tx, &new).await?;
    webhooks::pause(tx, id, PauseReason::Manager, now.before(DAY)).await?;
    let block = BlockId(0);
    let told = [
        (HOUR * 20, Notice::Reported { report: ReportId(0), machine, severity: Severity::Degraded }),
        (HOUR * 9, Notice::Blocked { block, machine }),
        (HOUR * 3, Notice::Free { block, machine }),
    ];
    for (ago, notice) in told {
        broadcasts::record(tx, None, &notice, now.before(ago)).await?;
    }
    Ok(())
}
