//! Operations of the contract, as a page calls them.

use contract::form::Fields;
use domain::actor::Actor;
use services::{Ctx, Serve, ServeError, serve};
use text::Lang;

/// The fields of a form.
pub fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields::pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// Runs `operation` with the fields of its form.
pub async fn served<O: Serve>(
    ctx: &Ctx,
    actor: &Actor,
    operation: O,
    sent: Fields,
) -> Result<O::Answer, O::Error> {
    serve(ctx, actor, operation, &sent, Lang::En).await.map_err(|refused| match refused {
        ServeError::Service(error) => error,
        ServeError::Request(faults) => panic!("a page sends no {faults:?}"),
    })
}
