//! How to connect a board: the address of the broker and the board's settings. Set by the process that opened the
//! broker.

use crate::Ctx;
use contract::boards::{Broker, HowToConnect};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::MachineId,
};
use macros::ServiceError;
use store::{StoreError, boards, machines};

/// Why nothing is shown.
#[derive(Debug, Clone, ServiceError)]
pub enum ConnectError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem("machine.unknown", NotFound, machine_unknown)]
    UnknownMachine,
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The broker, and under which topics boards speak.
#[derive(Debug, Clone)]
pub struct Meeting {
    pub broker: Broker,
    /// The topics of all boards, with `+` for a machine's number.
    pub topics: String,
}

/// Sets the broker that boards connect to.
pub fn arrange(ctx: &Ctx, meeting: Meeting) {
    *super::memory(ctx).meeting.lock() = Some(meeting);
}

/// The broker that boards and devices of the building connect to; `None` if not configured.
pub(crate) fn broker(ctx: &Ctx) -> Option<Broker> {
    let meeting = super::memory(ctx).meeting.lock().clone();
    meeting.map(|meeting| meeting.broker)
}

/// How the board of `machine` connects, and whether it has been heard.
pub async fn how_to_connect(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<HowToConnect, ConnectError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let remaining = machines::one(&mut snapshot, machine).await?.filter(|remaining| remaining.archived.is_none());
    let about =
        remaining.as_ref().map_or(Target::NONE, |remaining| Target::equipment(remaining.kind, Some(machine)));
    actor.require(Permission::SeeBoards, about)?;
    let remaining = remaining.ok_or(ConnectError::UnknownMachine)?;
    let meeting = super::memory(ctx).meeting.lock().clone();
    let (broker, topics) = meeting.map(|meeting| (meeting.broker, meeting.topics)).unzip();
    let number = remaining.number.map(|number| number.0);
    let topic = topics.zip(number).map(|(topics, number)| topics.replace('+', &number.to_string()));
    Ok(HowToConnect {
        machine,
        name: remaining.name,
        number,
        broker,
        topic: topic.unwrap_or_default(),
        heard: boards::was_heard(&mut snapshot, machine).await?,
    })
}
