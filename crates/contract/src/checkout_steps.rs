//! The steps of a checkout, for its trainer and its member.

use domain::{
    checkout_steps::{Mark, Signer},
    id::{AppointmentId, CheckoutStepId, TypeId},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A step and its mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    pub id: CheckoutStepId,
    /// The heading above it; empty before the first.
    pub section: String,
    pub body: String,
    /// Nobody passes without it.
    pub required: bool,
    pub mark: Option<Mark>,
    pub note: Option<String>,
    /// When its photo was added.
    pub photo: Option<Moment>,
}

impl StepView {
    /// Where its photo is; `small` for a list.
    #[must_use]
    pub fn photo_src(&self, appointment: AppointmentId, added: Moment, small: bool) -> String {
        format!(
            "/pictures/checkout/{appointment}-{}?{}v={}",
            self.id,
            if small { "small&" } else { "" },
            added.at.0
        )
    }
}

/// Who signed, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub signer: Signer,
    pub signed: Moment,
    /// By another person's tap: a member on the trainer's phone, or another trainer.
    pub by_other: bool,
    /// Who tapped, if known.
    pub name: Option<String>,
}

/// The steps of one checkout. Empty if its type has no list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    pub steps: Vec<StepView>,
    pub signatures: Vec<Signature>,
    /// Its reader marks steps and collects signatures.
    pub may_mark: bool,
    /// Its reader is the member, and may sign.
    pub may_sign: bool,
}

impl Checklist {
    /// Number of steps shown.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.steps.iter().filter(|step| step.mark == Some(Mark::Seen)).count()
    }

    /// Required steps not shown.
    pub fn open(&self) -> impl Iterator<Item = &StepView> {
        self.steps.iter().filter(|step| step.required && step.mark != Some(Mark::Seen))
    }

    #[must_use]
    pub fn signed(&self, signer: Signer) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.signer == signer)
    }
}

/// The list of a type, in its editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEdited {
    pub kind: TypeId,
    pub kind_name: String,
    /// The outline as entered.
    pub text: String,
    /// Its version: 0 before the first.
    pub version: i64,
    /// Open appointments that began with it.
    pub open: u32,
}
