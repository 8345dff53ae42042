//! Requests for help at machines.

#[cfg(feature = "server")]
use domain::time::Millis;
use domain::{
    help::{HelpState, TEXT},
    id::{HelpId, MachineId},
    names::Remark,
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Machines;

    /// List requests for help
    ///
    /// Lists the open requests for help that the caller may answer, and their own, longest waiting first.
    GET "help-requests" => ListHelpRequests() -> HelpRequests, scope MachinesRead,
        lists requests by |request: &HelpRequestView| -> (Millis, i64) { (request.asked.at, request.id.0) };

    /// List requests for help at a machine
    ///
    /// Lists the open requests for help at one machine that the caller may answer, and their own, longest waiting first.
    GET "machines/{id}/help-requests" => ListHelpAtMachine(machine: MachineId) -> HelpAtMachine,
        page "help/at-machine", scope MachinesRead, errors ["machine.unknown"],
        lists requests by |request: &HelpRequestView| -> (Millis, i64) { (request.asked.at, request.id.0) };

    /// Ask for help at a machine
    ///
    /// Notifies the trainers and owners of the machine who are in the space; if none is, its owners. Without an
    /// answer, the others who know the machine are notified after five minutes, and managers and administrators after
    /// ten. The request expires after two hours.
    POST "machines/{id}/help-requests" => AskForHelp(machine: MachineId, form: NewHelpRequest) -> HelpRequestView,
        page "help/ask", scope MachinesWrite, gives, once,
        errors ["machine.unknown", "help.open", "help.invalid"];

    /// Answer a request for help
    ///
    /// Tells the person who asked that the caller comes, or what they need to know.
    POST "help-requests/{id}/answer" => AnswerHelp(id: HelpId, form: HelpAnswer) -> HelpRequestView,
        page "help/answer", scope MachinesWrite, gives,
        errors ["help.unknown", "help.over", "help.answered", "help.own", "help.invalid"];

    /// Resolve a request for help
    ///
    /// Marks a request as done. For the person who asked, and for those who may answer it.
    POST "help-requests/{id}/resolve" => ResolveHelp(id: HelpId) -> HelpRequestView,
        page "help/resolve", scope MachinesWrite, gives, errors ["help.unknown", "help.over"];
}

/// A new request.
#[derive(Debug, Clone, Form)]
pub struct NewHelpRequest {
    /// What it is about.
    #[field(example = "The head stops halfway")]
    pub text: Option<Remark<TEXT>>,
}

/// An answer.
#[derive(Debug, Clone, Form)]
pub struct HelpAnswer {
    /// What the person who asked should know. If omitted, the helper is on their way.
    #[field(example = "Five minutes")]
    pub text: Option<Remark<TEXT>>,
}

/// A request for help at a machine.
#[view]
pub struct HelpRequestView {
    /// Its id.
    #[field(example = 12)]
    pub id: HelpId,
    /// The id of the machine.
    #[field(example = 7)]
    pub machine: MachineId,
    /// Its name.
    #[field(example = "Laser 1")]
    pub machine_name: String,
    /// The state.
    pub state: HelpState,
    /// Its subject, while on record.
    #[field(example = "The head stops halfway")]
    pub text: Option<String>,
    /// When it was asked.
    pub asked: Moment,
    /// The name of the person who asked, while on record.
    pub asked_by: Option<String>,
    /// Whether the caller asked.
    pub mine: bool,
    /// How many people were notified.
    #[field(example = 2)]
    pub notified: u32,
    /// Whether these people were in the space.
    pub inside: bool,
    /// When others were notified as well because nobody had answered.
    pub passed_on: Option<Moment>,
    /// When it expires unless resolved.
    pub expires: Moment,
    /// When it was answered.
    pub answered: Option<Moment>,
    /// The name of the helper, while on record.
    pub helper: Option<String>,
    /// The helper's answer, if it has words.
    pub answer: Option<String>,
    /// Whether the caller may answer it.
    pub may_answer: bool,
}

/// Open requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpRequests {
    /// Longest waiting first.
    pub requests: Vec<HelpRequestView>,
}

/// Open requests at a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpAtMachine {
    pub now: Moment,
    pub machine: MachineId,
    pub machine_name: String,
    /// Longest waiting first.
    pub requests: Vec<HelpRequestView>,
    /// The reader may ask for help here: they have no open request.
    pub may_ask: bool,
}
