//! Maintenance and problem reports of the demo's half year.

use super::Built;
use domain::{
    actor::Channel,
    id::{AliasId, MachineId},
    problems::Severity,
    time::{DAY, Millis},
};
use store::{
    StoreError, WriteTx,
    maintenance::{self, NewIntervention},
    people, problems, remarks,
};

/// Something that happened to a machine.
pub(super) struct CareEvent {
    /// To which, by its place in the list of the cast.
    pub machine: usize,
    pub at: Millis,
    /// The author, by index in the cast.
    by: usize,
    words: &'static str,
    what: What,
}

enum What {
    Done,
    Reported(Severity, Then),
}

/// The outcome of a problem.
enum Then {
    Open,
    /// Acknowledged, a day later.
    Acknowledged {
        by: usize,
    },
    /// It was done with, two days later.
    Mended {
        by: usize,
        words: &'static str,
    },
}

/// All of them, the earliest of a machine first.
pub(super) fn actions(now: Millis) -> Vec<CareEvent> {
    let done =
        |machine, days, by, words| CareEvent { machine, at: now.before(DAY * days), by, words, what: What::Done };
    let reported = |machine, days, by, words, severity, then| CareEvent {
        machine,
        at: now.before(DAY * days),
        by,
        words,
        what: What::Reported(severity, then),
    };
    let mended = Then::Mended { by: 0, words: "Cleaned the mirrors and set them anew. It cuts 6 mm again." };
    vec![
        done(0, 94, 1, "Changed the filter of the extraction."),
        done(0, 34, 0, "Cleaned the lens, aligned the mirrors."),
        reported(1, 20, 9, "It does not cut through 4 mm plywood any more.", Severity::Degraded, mended),
        done(4, 28, 0, "Checked the tension of the blade, cleaned the wheels."),
        reported(
            5,
            2,
            17,
            "The fence slips by a millimetre while sawing.",
            Severity::Degraded,
            Then::Acknowledged { by: 1 },
        ),
        done(6, 16, 0, "New collet, tightened the gantry."),
        reported(10, 1, 21, "The thread cutter is getting blunt.", Severity::Note, Then::Open),
    ]
}

/// Applies `action` to `machine` at `at`, when it is idle.
pub(super) async fn happen(
    tx: &mut WriteTx,
    built: &Built,
    machine: MachineId,
    action: &CareEvent,
    at: Millis,
) -> Result<(), StoreError> {
    let by = alias(tx, built, action.by, at).await?;
    let words = remarks::write(tx, None, by, action.words, at).await?;
    match &action.what {
        What::Done => {
            let after = maintenance::last_use(tx.conn(), machine).await?;
            let done = NewIntervention {
                machine,
                plan: None,
                at,
                by,
                note: Some(words),
                door: Channel::Web,
                replay: false,
                after,
            };
            maintenance::register(tx, &done).await?;
        }
        What::Reported(severity, then) => {
            let report = problems::add(tx, machine, *severity, words, by, at).await?;
            let (day, later) = (at.after(DAY), at.after(DAY * 2));
            match *then {
                Then::Open => {}
                Then::Acknowledged { by } => {
                    let by = alias(tx, built, by, day).await?;
                    problems::acknowledge(tx, report, by, day).await?;
                }
                Then::Mended { by, words } => {
                    let by = alias(tx, built, by, later).await?;
                    let done = remarks::write(tx, None, by, words, later).await?;
                    problems::resolve(tx, report, done, by, later).await?;
                }
            }
        }
    }
    Ok(())
}

async fn alias(tx: &mut WriteTx, built: &Built, by: usize, at: Millis) -> Result<Option<AliasId>, StoreError> {
    people::alias(tx, built.people[by].0, at).await.map(Some)
}
