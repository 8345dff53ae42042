//! The steps of a checkout as its trainer and its member see them.

use domain::{
    checkout_steps::{Mark, Signer},
    id::{AppointmentId, CheckoutStepId, TypeId},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A step, and what was said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    pub id: CheckoutStepId,
    /// The heading it stands under; empty before the first one.
    pub section: String,
    pub body: String,
    /// Without it nobody passes.
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
    /// By somebody else's tap: a member on the trainer's phone, or another trainer.
    pub by_other: bool,
    /// Who tapped, while they are known by name.
    pub name: Option<String>,
}

/// The steps of one checkout. Empty where its type has no list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    pub steps: Vec<StepView>,
    pub signatures: Vec<Signature>,
    /// Its reader marks steps and has both sign.
    pub may_mark: bool,
    /// Its reader is the member, and may sign.
    pub may_sign: bool,
}

impl Checklist {
    /// How many steps were seen.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.steps.iter().filter(|step| step.mark == Some(Mark::Seen)).count()
    }

    /// Required steps that were not.
    pub fn open(&self) -> impl Iterator<Item = &StepView> {
        self.steps.iter().filter(|step| step.required && step.mark != Some(Mark::Seen))
    }

    #[must_use]
    pub fn signed(&self, signer: Signer) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.signer == signer)
    }
}

/// The list of a type, for whoever edits it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEdited {
    pub kind: TypeId,
    pub kind_name: String,
    /// The outline, as it is typed.
    pub text: String,
    /// Which list it was: 0 before the first.
    pub version: i64,
    /// How many appointments began with it and are still open.
    pub open: u32,
}
