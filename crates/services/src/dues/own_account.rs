//! Whether a processor's key is of the account whose customers are linked here: with the key of another account, every customer is
//! unknown, and nobody's membership has ended. Customers whose membership was to end anyway say nothing about it.
//!
//! Not here: what follows from an unknown customer ([`super::standing`]).

use super::request;
use crate::Ctx;
use domain::dues::{Processor, Reference, Subscription, Trouble};
use std::{cmp::Reverse, collections::BTreeMap};
use store::{StoreError, dues as rows};

/// Linked customers who are asked about, before an account counts as another one.
const MOST_ASKED: u32 = 20;

/// Customers with their subscriptions, as a processor lists them.
type Customers = BTreeMap<Reference, Vec<Subscription>>;

/// The trouble of a processor that does not know the customer `reference`: [`Trouble::OtherAccount`] if it knows none of the other
/// linked ones either whose membership goes on. Without others nothing can be concluded.
pub(super) async fn trouble_of_unknown(ctx: &Ctx, reference: &Reference) -> Result<Trouble, StoreError> {
    let others = rows::others(&mut *ctx.store().read().await?, reference, MOST_ASKED).await?;
    if others.is_empty() {
        return Ok(Trouble::Unknown);
    }
    Ok(match knows_one(ctx, &others).await {
        Ok(true) => Trouble::Unknown,
        Ok(false) => Trouble::OtherAccount,
        Err(trouble) => trouble,
    })
}

/// The customers that `processor` listed, unless it knows none of those who are linked, of at least two. Those whose end is known or
/// who were missing before do not count.
pub(super) async fn confirmed(
    ctx: &Ctx,
    processor: Processor,
    there: Customers,
) -> Result<Result<Customers, Trouble>, StoreError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let mut here = rows::at_processor(&mut snapshot, processor).await?;
    let missing = rows::processors::missing(&mut snapshot, processor).await?;
    drop(snapshot);
    here.retain(|row| !row.standing.ended && !missing.contains(&row.reference));
    if here.len() < 2 || here.iter().any(|row| there.contains_key(&row.reference)) {
        return Ok(Ok(there));
    }
    // Customers without any subscription are in no list.
    here.sort_by_key(|row| Reverse(row.answered));
    let asked: Vec<_> = here.into_iter().take(MOST_ASKED as usize).map(|row| row.reference).collect();
    Ok(match knows_one(ctx, &asked).await {
        Ok(true) => Ok(there),
        Ok(false) => Err(Trouble::OtherAccount),
        Err(trouble) => Err(trouble),
    })
}

/// Whether their processor knows one of `customers`.
async fn knows_one(ctx: &Ctx, customers: &[Reference]) -> Result<bool, Trouble> {
    for customer in customers {
        match request!(ctx, customer.processor(), Standing, subscriptions(customer)) {
            Err(Trouble::Unknown) => {}
            Err(trouble) if !trouble.is_of_one() => return Err(trouble),
            Ok(_) | Err(_) => return Ok(true),
        }
    }
    Ok(false)
}
