//! Operations, as a page calls them.

use contract::form::Fields;
use domain::actor::Actor;
use services::{Ctx, Serve, ServeError, serve};
use text::Lang;

/// The fields of a form.
pub fn fields(fields: &[(&str, &str)]) -> Fields {
    Fields::pairs(fields.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())))
}

pub async fn run<O: Serve>(ctx: &Ctx, actor: &Actor, operation: O, sent: Fields) -> Result<O::Answer, O::Error> {
    serve(ctx, actor, operation, &sent, Lang::En).await.map_err(|refused| match refused {
        ServeError::Service(error) => error,
        ServeError::Request(faults) => panic!("a page sends no {faults:?}"),
    })
}
