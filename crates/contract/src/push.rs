//! Devices that notices are pushed to.

use domain::{
    deliveries::Trouble,
    id::PushSubscriptionId,
    push::{AuthSecret, DEVICES, Endpoint, PublicKey},
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use std::cmp::Reverse;

const _: () = assert!(DEVICES == 10, "the description says how many");

operations! {
    tag Me;

    /// List devices with notifications
    ///
    /// Lists the browsers that notices of the caller are pushed to, newest first.
    GET "push-devices" => ListPushDevices() -> PushDevices,
        page "push/list", scope NoticesRead,
        lists devices by |device: &PushDeviceView| -> Reverse<i64> { Reverse(device.id.0) };

    /// Get the key of push messages
    ///
    /// Returns the public key (VAPID, RFC 8292) that browsers need as `applicationServerKey` to subscribe.
    GET "push-devices/key" => ReadPushKey() -> PushKeyView, scope NoticesRead;

    /// Turn on notifications on a device
    ///
    /// Adds a browser by its push subscription. From then on notices are pushed to it, encrypted for that browser alone. Adding it
    /// again replaces its keys. At most 10 devices per person.
    POST "push-devices" => AddPushDevice(form: PushSubscriptionForm) -> PushDeviceView,
        page "push/add", then "/me/notifications?done=added", scope NoticesWrite, gives,
        errors ["push-device.invalid", "push-device.too-many"];

    /// Turn off notifications on a device
    ///
    /// Removes a browser. What waits for it is dropped.
    DELETE "push-devices/{id}" => RemovePushDevice(id: PushSubscriptionId) -> (),
        page "push/remove", then "/me/notifications?done=removed", scope NoticesWrite, errors ["push-device.unknown"];

    /// Send a test notification
    ///
    /// Sends a message to one device now, whatever the notice settings say.
    POST "push-devices/{id}/test" => TestPushDevice(id: PushSubscriptionId) -> (),
        page "push/test", then "/me/notifications?done=tested", scope NoticesWrite, once,
        errors ["push-device.unknown", "push-device.gone", "push-device.not-sent"];
}

/// A push subscription, as a browser makes it.
#[derive(Debug, Clone, Form)]
pub struct PushSubscriptionForm {
    /// The address at the browser's push service.
    #[field(example = "https://fcm.googleapis.com/fcm/send/abc")]
    pub endpoint: Endpoint,
    /// The browser's public key, in base64.
    #[field(example = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")]
    pub p256dh: PublicKey,
    /// The browser's secret, in base64.
    #[field(example = "BTBZMqHH6r4Tts7J_aSIgg")]
    pub auth: AuthSecret,
}

/// A browser that notices are pushed to.
#[view]
pub struct PushDeviceView {
    /// Its id.
    #[field(example = 3)]
    pub id: PushSubscriptionId,
    /// The browser and the system, if known.
    #[field(example = "Firefox on Android")]
    pub device: Option<String>,
    /// Whether the caller's session added it.
    pub is_this: bool,
    /// When it was added.
    pub added: Moment,
    /// When a message last reached its push service.
    pub sent: Option<Moment>,
    /// When one last failed, if none was sent since.
    pub failed: Option<Moment>,
    /// Why it failed.
    pub trouble: Option<Trouble>,
}

/// The caller's devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushDevices {
    pub now: Moment,
    /// The public key of this server, for the browser.
    pub key: String,
    /// Newest first.
    pub devices: Vec<PushDeviceView>,
}

/// The public key of this server.
#[view]
pub struct PushKeyView {
    /// An uncompressed point of P-256 in base64url.
    #[field(example = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8")]
    pub key: String,
}
