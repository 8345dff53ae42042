//! Webhooks: addresses that receive the events of the space, and their delivery logs.

#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
use domain::{
    deliveries::{Reason, State, Trouble},
    id::{DeliveryId, WebhookId},
    names::Name,
    notices::Kind,
    outgoing::Address,
    time::Moment,
    webhooks::{Events, MOST, PauseReason},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};
use std::fmt;

const _: () = assert!(MOST == 50, "the description says how many");

operations! {
    tag Space;

    /// List webhooks
    ///
    /// Lists the webhooks, by name. Of their addresses only the host is shown, because the rest may be a secret.
    GET "webhooks" => ListWebhooks() -> Webhooks,
        page "webhooks/list", scope SpaceRead,
        lists webhooks by |one: &WebhookView| -> (String, i64) { (one.name.to_lowercase(), one.id.0) };

    /// Add a webhook
    ///
    /// Adds an address to which events are sent, as Standard Webhooks describes: a POST with `webhook-id`, `webhook-timestamp`
    /// and `webhook-signature`. The secret of the signature is returned only once, in `secret`. Whatever is answered but a status
    /// from 200 to 299 within ten seconds counts as failed, and is tried again: for a day, or, while nothing else arrives either,
    /// until the webhook is paused after three days. Hosts must be public unless the server permits them. At most 50 webhooks.
    POST "webhooks" => AddWebhook(form: NewWebhook) -> WebhookAdded,
        page "webhooks/add", scope SpaceWrite, gives,
        errors ["webhook.too-many", "webhook.invalid"];

    /// Get a webhook
    ///
    /// Returns a webhook with how its requests do.
    GET "webhooks/{id}" => ReadWebhook(id: WebhookId) -> WebhookView,
        scope SpaceRead, versioned, errors ["webhook.unknown"];

    /// Update a webhook
    ///
    /// Replaces name and events of a webhook, and its address if there is one in the request. What waits goes to the new address.
    PATCH "webhooks/{id}" => ChangeWebhook(id: WebhookId, version: i64, form: Result<WebhookChange, Faults>) -> (),
        page "webhooks/change", scope SpaceWrite, errors ["webhook.unknown", "webhook.invalid"];

    /// Remove a webhook
    ///
    /// Removes a webhook with its address, secret and log. What waits is dropped.
    DELETE "webhooks/{id}" => RemoveWebhook(id: WebhookId) -> (),
        page "webhooks/remove", then "/webhooks?done=removed", scope SpaceWrite, errors ["webhook.unknown"];

    /// Pause a webhook
    ///
    /// Sends nothing until it is resumed. What happens meanwhile waits for seven days.
    POST "webhooks/{id}/pause" => PauseWebhook(id: WebhookId) -> (),
        page "webhooks/pause", scope SpaceWrite, errors ["webhook.unknown"];

    /// Resume a webhook
    ///
    /// Sends what waits, oldest first, or drops it.
    POST "webhooks/{id}/resume" => ResumeWebhook(id: WebhookId, form: Resumption) -> (),
        page "webhooks/resume", scope SpaceWrite, errors ["webhook.unknown"];

    /// Replace the secret of a webhook
    ///
    /// Creates another secret, returned only once, in `secret`. For a day, requests carry a signature by each of them.
    POST "webhooks/{id}/secret" => RotateWebhookSecret(id: WebhookId) -> WebhookSecret,
        page "webhooks/secret", scope SpaceWrite, gives, errors ["webhook.unknown"];

    /// Send a test
    ///
    /// Sends an event of type `test` at once, even if the webhook is paused, and returns the answer.
    POST "webhooks/{id}/test" => TestWebhook(id: WebhookId) -> TestAnswer,
        page "webhooks/test", scope SpaceWrite, gives, errors ["webhook.unknown", "webhook.just-tested"];

    /// Send waiting events now
    ///
    /// Sends what waits at a webhook now, without waiting for the next attempt.
    POST "webhooks/{id}/retry" => RetryWebhook(id: WebhookId) -> (),
        page "webhooks/retry", scope SpaceWrite, errors ["webhook.unknown", "webhook.paused"];

    /// List deliveries to a webhook
    ///
    /// Lists the deliveries of a webhook in the last 30 days and those queued, newest first, with the last answer.
    GET "webhooks/{id}/deliveries" => ListWebhookDeliveries(id: WebhookId) -> WebhookLog,
        scope SpaceRead, lists deliveries by |one: &WebhookDelivery| -> std::cmp::Reverse<i64> { std::cmp::Reverse(one.id.0) },
        errors ["webhook.unknown"];

    /// Send a delivery again
    ///
    /// Sends an event again, with the same `webhook-id`, whether or not it arrived.
    POST "webhooks/{id}/deliveries/{delivery}/send" => SendWebhookDelivery(id: WebhookId, delivery: DeliveryId) -> (),
        page "webhooks/send", scope SpaceWrite, errors ["webhook.unknown", "webhook.no-delivery", "webhook.paused"];

    READ => OpenWebhook(id: WebhookId, delivery: DeliveryId) -> WebhookPage, page "webhooks/one";
}

/// The address of a webhook, in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointAddress(pub Address);

/// A new webhook.
#[derive(Debug, Clone, Form)]
pub struct NewWebhook {
    /// Its name.
    #[field(example = "City door log")]
    pub name: Name,
    /// Its address: `https://…` or `http://…`.
    #[field(example = "https://doors.talvera.example/in")]
    pub address: EndpointAddress,
    /// The events that are sent to it.
    pub events: Events,
}

/// Changes to a webhook.
#[derive(Debug, Clone, Form)]
pub struct WebhookChange {
    /// Its name.
    #[field(example = "City door log")]
    pub name: Name,
    /// Another address; the present one stays if omitted.
    #[field(example = "https://doors.talvera.example/in")]
    pub address: Option<EndpointAddress>,
    /// The events that are sent to it.
    pub events: Events,
}

/// How a webhook is resumed.
#[derive(Debug, Clone, Copy, Form)]
pub struct Resumption {
    /// Whether what waits is dropped.
    pub discard: bool,
}

/// A webhook.
#[view]
pub struct WebhookView {
    /// Its id.
    pub id: WebhookId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// Its name.
    #[field(example = "City door log")]
    pub name: String,
    /// The host of its address.
    #[field(example = "doors.talvera.example")]
    pub host: String,
    /// The events that are sent to it.
    pub events: Vec<Kind>,
    /// When it was added.
    pub added: Moment,
    /// The name of the person who added it, while on record.
    pub by: Option<String>,
    /// Since when it is paused; null if it is active.
    pub paused: Option<Moment>,
    /// Why it is paused.
    pub paused_why: Option<PauseReason>,
    /// The last characters of its secret.
    #[field(example = "pL0v")]
    pub secret_end: String,
    /// When the secret was made.
    pub secret_made: Moment,
    /// Until when the secret before it signs as well.
    pub old_secret_until: Option<Moment>,
    /// When an event last arrived.
    pub succeeded: Option<Moment>,
    /// When a request last failed.
    pub failed: Option<Moment>,
    /// Since when all requests have failed.
    pub failing_since: Option<Moment>,
    /// The status of the last answer.
    #[field(example = 401)]
    pub status: Option<u16>,
    /// Why the last request failed; null if it did not.
    pub trouble: Option<Trouble>,
    /// How many events wait.
    #[field(example = 3)]
    pub waiting: u32,
    /// When the oldest of them happened.
    pub oldest: Option<Moment>,
    /// How many events arrived in the last 30 days.
    #[field(example = 412)]
    pub arrived: u32,
    /// How many of them at the first attempt.
    #[field(example = 409)]
    pub arrived_at_once: u32,
}

#[cfg(feature = "server")]
impl HasVersion for WebhookView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// All webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhooks {
    pub now: Moment,
    /// By name.
    pub webhooks: Vec<WebhookView>,
}

/// An event on its way to a webhook.
#[view]
pub struct WebhookDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// The kind of the event; null if another build wrote it.
    pub kind: Option<Kind>,
    /// The name of its subject, while on record.
    #[field(example = "Laser cutter")]
    pub about: Option<String>,
    /// When it happened.
    pub told: Moment,
    /// Its state.
    pub state: State,
    /// How often it was tried.
    #[field(example = 1)]
    pub attempts: u32,
    /// When it is tried next; null if it is settled.
    pub next: Option<Moment>,
    /// When it arrived, was given up or dropped.
    pub settled: Option<Moment>,
    /// Why it was dropped.
    pub reason: Option<Reason>,
    /// When it was last tried.
    pub tried: Option<Moment>,
    /// How long the last request took, in milliseconds.
    #[field(example = 120)]
    pub took: Option<u32>,
    /// The status of the last answer.
    #[field(example = 204)]
    pub status: Option<u16>,
    /// Why the last request failed; null if it did not.
    pub trouble: Option<Trouble>,
    /// The beginning of the last answer.
    #[field(example = "signature mismatch")]
    pub answer: Option<String>,
}

/// The log of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookLog {
    /// Newest first.
    pub deliveries: Vec<WebhookDelivery>,
}

/// The page of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookPage {
    pub now: Moment,
    pub webhook: WebhookView,
    /// Newest first; of a paused one those that wait, oldest first.
    pub deliveries: Vec<WebhookDelivery>,
    /// There are more than [`SHOWN`].
    pub more: bool,
    /// The chosen delivery, or the last one that was tried.
    pub sent: Option<SentRequest>,
}

/// Deliveries on the page.
pub const SHOWN: usize = 50;

/// A request as it was sent; without the signature, and with the host alone of the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentRequest {
    pub delivery: DeliveryId,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp` of the last attempt, in seconds.
    pub timestamp: Option<i64>,
    pub body: String,
    /// How many signatures it has.
    pub signatures: u32,
}

/// The answer to a test.
#[view]
pub struct TestAnswer {
    /// The status; null without an answer.
    #[field(example = 204)]
    pub status: Option<u16>,
    /// Why it counts as failed; null if it arrived.
    pub trouble: Option<Trouble>,
    /// How long it took, in milliseconds.
    #[field(example = 120)]
    pub took: u32,
    /// The beginning of the answer.
    #[field(example = "ok")]
    pub answer: Option<String>,
}

/// A new webhook with its secret, which is shown once.
#[view]
pub struct WebhookAdded {
    /// Its id.
    pub id: WebhookId,
    /// Its name.
    #[field(example = "City door log")]
    pub name: String,
    /// The host of its address.
    #[field(example = "doors.talvera.example")]
    pub host: String,
    /// The secret, with `whsec_`. It cannot be retrieved later.
    #[field(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7b0pL0vC1gE=")]
    pub secret: SigningSecret,
}

/// A new secret, which is shown once.
#[view]
pub struct WebhookSecret {
    /// The secret, with `whsec_`. It cannot be retrieved later.
    #[field(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7b0pL0vC1gE=")]
    pub secret: SigningSecret,
    /// Until when the one before signs as well.
    pub old_until: Moment,
}

/// A secret that requests are signed with. Its debug output hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningSecret(pub String);

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret")
    }
}
