//! The signatures of a document as a file.
//!
//! Not here: everything else about documents, which is made from the rows of `contract::documents`.

use super::{
    Caller, Id, Refusal,
    answer::Table,
    operation::{Operation, Tag},
};
use domain::{id::DocumentId, tokens::Scope};
use services::documents::{self, DocumentsError};

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/documents/{id}/signatures.csv", "exportSignatures", signatures)
            .about(
                Tag::People,
                "Export the signatures of a document",
                "Returns all signatures of a document as CSV, also withdrawn ones and those of earlier editions.",
            )
            .needs(Scope::PeopleRead)
            .gives("text/csv")
            .errors::<DocumentsError>(&["document.unknown"]),
    ]
}

async fn signatures(caller: Caller, Id(id): Id) -> Result<Table, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(Table::new(format!("document-{id}"), documents::table(&ctx, &actor, DocumentId(id)).await?))
}
