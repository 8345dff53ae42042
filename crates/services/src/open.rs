//! Opens the storage, and starts what runs in the background.
//!
//! Not here: the context itself ([`crate::ctx`]), and timed jobs, whose timers are the server's.

use crate::{
    ctx::{Config, Ctx},
    down_time, logbook, reactions,
};
use store::OpenError;

/// Opens the storage and starts the live hub and the logbook.
///
/// Fails with the fault of the file and its remedy.
pub async fn open(config: Config) -> Result<Ctx, OpenError> {
    let ctx = Ctx::open(config, reactions::react).await?;
    down_time::begin(&ctx);
    ctx.spawn(logbook::keep(ctx.clone(), ctx.stop()));
    Ok(ctx)
}
