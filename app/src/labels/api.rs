//! The call for the labels of machines.

use crate::{problem::AppError, qr::Qr};
use domain::id::MachineId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use views::equipment::Label;

/// The labels of the machines that the caller cares for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// By name, each with the code that leads to its page; none where nobody has said where this site is.
    pub labels: Vec<(Label, Qr)>,
    /// Where this site is for somebody outside.
    pub site: Option<String>,
}

/// The labels of all machines, or of one.
#[server(name = ReadLabels, endpoint = "equipment/labels", protocol = crate::call::Wire)]
pub async fn labels(only: Option<MachineId>) -> Result<Labels, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let labels = services::equipment::labels(&ctx, &crate::request::actor(), only).await;
    let labels = labels?;
    let site = crate::request::site();
    let coded = |label: Label| {
        let qr = crate::qr::code(label.address(site.as_deref()?))?;
        Some((label, qr))
    };
    Ok(Labels { labels: labels.into_iter().filter_map(coded).collect(), site })
}
