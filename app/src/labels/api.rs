//! Server function for machine labels.

use crate::{problem::AppError, qr::Qr};
use contract::equipment::Label;
use domain::id::MachineId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Labels of the machines that the caller looks after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// By name, each with the QR code of its page; none without a public address.
    pub labels: Vec<(Label, Qr)>,
    /// Public address of this site.
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
