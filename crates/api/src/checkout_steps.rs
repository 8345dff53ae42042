//! Checklists of checkouts: the steps of a type, their marks, and signatures. Not here: photos, which are not JSON.

use super::{
    Body, Caller, Id, Refusal,
    answer::{One, done},
    operation::{Operation, Tag},
    when, words,
};
use axum::response::Response;
use domain::{
    actor::Permission,
    checkout_steps::{Mark, Signer},
    id::{AppointmentId, CheckoutStepId},
    tokens::Scope,
};
use serde::{Deserialize, Deserializer, Serialize};
use services::checkouts::{
    CheckoutsError,
    steps::{self, StepChange},
};
use services::requirements::PathTarget;
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/appointments/{id}/checklist", "readChecklist", checklist)
            .about(
                Tag::Qualifications,
                "Get an appointment's checklist",
                "Returns the steps that the trainer checks, their results, and the signatures. Empty if the type has no \
                 checklist.",
            )
            .needs(Scope::CheckoutsRead)
            .errors::<CheckoutsError>(&["checkout.unknown"]),
        Operation::post("/api/v1/appointments/{id}/checklist", "markStep", mark)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Qualifications,
                "Record the result of a step",
                "Records a step's result, for as long as the appointment accepts a result. All required steps must be done \
                 before the member can pass.",
            )
            .needs(Scope::CheckoutsWrite)
            .errors::<CheckoutsError>(&[
                "checkout.unknown",
                "checkout.decided",
                "checkout.not-now",
                "checkout.unknown-step",
                "checkout.invalid",
            ]),
        Operation::post("/api/v1/appointments/{id}/signatures", "signAppointment", sign)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Qualifications,
                "Sign a checklist",
                "Signs the checklist as the trainer, or as the member, who may also sign on the trainer's device. The \
                 trainer's signature is required to pass.",
            )
            .needs(Scope::CheckoutsWrite)
            .errors::<CheckoutsError>(&[
                "checkout.unknown",
                "checkout.decided",
                "checkout.not-now",
                "checkout.oneself",
                "checkout.unknown-step",
            ]),
    ]
}

/// A step of a checklist.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChecklistStep {
    #[schema(example = 12)]
    id: i64,
    /// The heading it is listed under; empty before the first heading.
    section: String,
    #[schema(example = "Riving knife set, guard down")]
    text: String,
    /// Whether it is required to pass.
    required: bool,
    #[schema(schema_with = words::checkout_mark)]
    mark: Option<Mark>,
    note: Option<String>,
}

/// The steps of a checklist and their results.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checklist {
    steps: Vec<ChecklistStep>,
    /// When the trainer signed.
    #[schema(format = DateTime)]
    trainer_signed: Option<String>,
    /// When the member signed.
    #[schema(format = DateTime)]
    member_signed: Option<String>,
}

async fn checklist(caller: Caller, Id(id): Id) -> Result<One<Checklist>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let list = steps::checklist(&ctx, &actor, AppointmentId(id)).await?;
    let signed = |signer| list.signed(signer).map(|signature| when(signature.signed));
    let (trainer_signed, member_signed) = (signed(Signer::Trainer), signed(Signer::Member));
    let steps = list.steps.into_iter().map(|step| ChecklistStep {
        id: step.id.0,
        section: step.section,
        text: step.body,
        required: step.required,
        mark: step.mark,
        note: step.note,
    });
    Ok(One(Checklist { steps: steps.collect(), trainer_signed, member_signed }))
}

/// The result of a step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepMark {
    #[schema(example = 12)]
    step: i64,
    /// The result; `null` clears it, and omitting the field leaves it unchanged.
    #[serde(default)]
    #[schema(schema_with = words::checkout_mark)]
    mark: Field,
    /// Replaces the note; an empty string removes it.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// A field that can be omitted, null or set.
#[derive(Debug, Default)]
enum Field {
    #[default]
    Nothing,
    Mark(Option<Mark>),
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::Mark)
    }
}

async fn mark(caller: Caller, Id(id): Id, Body(message): Body<StepMark>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let mark = match message.mark {
        Field::Nothing => None,
        Field::Mark(mark) => Some(mark),
    };
    let what = StepChange { mark, note: message.note };
    steps::say(&ctx, &actor, AppointmentId(id), CheckoutStepId(message.step), what).await?;
    Ok(done())
}

/// A signature.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSignature {
    #[schema(schema_with = words::checkout_signer)]
    signer: Signer,
    /// Whether it is signed; false withdraws the signature.
    #[serde(default = "signed")]
    signed: bool,
}

const fn signed() -> bool {
    true
}

async fn sign(caller: Caller, Id(id): Id, Body(new): Body<NewSignature>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    steps::sign(&ctx, &actor, AppointmentId(id), new.signer, new.signed).await?;
    Ok(done())
}
