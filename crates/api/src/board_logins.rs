//! Logins of single boards at the built-in broker.

use super::{
    Caller, Id, Query, Refusal,
    answer::{One, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use axum::response::Response;
use contract::boards::{BoardLogin, NewBoardLogin};
use domain::{
    actor::Permission,
    id::{BoardLoginId, MachineId},
    tokens::Scope,
};
use serde::Serialize;
use services::{boards::logins, requirements::PathTarget};
use utoipa::ToSchema;

const LIST: &str = "listBoardLogins";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/board-logins", LIST, list)
            .may(&[(Permission::SeeBoards, PathTarget::Anything)])
            .about(
                Tag::Machines,
                "List board logins",
                "Lists the active logins for machines that the caller looks after or may read about, by machine. Passwords \
                 are never included.",
            )
            .needs(Scope::MachinesRead),
        Operation::post("/api/v1/machines/{id}/board-logins", "makeBoardLogin", make)
            .about(
                Tag::Machines,
                "Create a board login",
                "Creates a login that is restricted to this machine's number. The password is only in this response.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::boards::logins::LoginsError>(&[
                "machine.unknown",
                "login.numberless",
                "login.enough",
            ]),
        Operation::post("/api/v1/board-logins/{id}/revoke", "revokeBoardLogin", revoke)
            .about(Tag::Machines, "Revoke a board login", "Revokes the login and disconnects its clients at once.")
            .needs(Scope::MachinesWrite)
            .errors::<services::boards::logins::LoginsError>(&["login.unknown"]),
    ]
}

/// An active board login.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginView {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// The user name.
    #[schema(example = "m11-k3f7x2aq")]
    user: String,
    /// The machine it was created for.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// The machine number it is restricted to.
    #[schema(example = 11)]
    number: u16,
    /// Whether the login no longer grants access because the machine's number has changed or the machine is archived.
    strayed: bool,
    /// When it was created.
    #[schema(format = DateTime)]
    made: String,
    /// The name of the person who created it, while on record.
    by: Option<String>,
    /// When a board last connected with it.
    #[schema(format = DateTime)]
    used: Option<String>,
}

fn to_view(login: BoardLogin) -> LoginView {
    LoginView {
        id: login.id.0,
        user: login.user,
        machine: login.machine.0,
        machine_name: login.name,
        number: login.number,
        strayed: login.strayed,
        made: when(login.made),
        by: login.by,
        used: login.used.map(when),
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<LoginView>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = logins::list(&ctx, &actor).await?.logins;
    let place = |login: &BoardLogin| (login.name.clone(), login.machine.0, login.id.0);
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, place)?.map(to_view))
}

/// A newly created board login.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginMade {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// The machine number it is restricted to.
    #[schema(example = 11)]
    number: u16,
    /// The user name.
    #[schema(example = "m11-k3f7x2aq")]
    user: String,
    /// The password. It cannot be retrieved later.
    password: String,
}

async fn make(caller: Caller, Id(id): Id) -> Result<One<LoginMade>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let made = logins::make(&ctx, &actor, MachineId(id)).await?;
    let NewBoardLogin { id, number, user, password, .. } = made;
    Ok(One(LoginMade { id: id.0, number, user, password }))
}

async fn revoke(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    logins::revoke(&ctx, &actor, BoardLoginId(id)).await?;
    Ok(done())
}
