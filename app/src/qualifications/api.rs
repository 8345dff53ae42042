//! Server functions for the qualification ledger.

use crate::problem::AppError;
use contract::qualifications::{MyType, Standing, TypePage};
use domain::id::{PersonId, TypeId};
#[cfg(feature = "ssr")]
use domain::{
    actor::Permission,
    problem::{Kind, Problem},
    qualifications::{Relation, Subject},
};
use leptos::prelude::*;

/// The caller's qualifications, and who granted them.
#[server(name = ReadMine, endpoint = "qualifications/mine", protocol = crate::call::Wire)]
pub async fn mine() -> Result<Standing, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::qualifications::mine(&ctx, &crate::request::actor()).await?)
}

/// The types the caller may grant.
#[server(name = ReadTypes, endpoint = "qualifications/types", protocol = crate::call::Wire)]
pub async fn types() -> Result<Vec<MyType>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::qualifications::my_types(&ctx, &crate::request::actor()).await?)
}

/// One of them with its people.
#[server(name = ReadType, endpoint = "qualifications/type", protocol = crate::call::Wire)]
pub async fn type_page(
    kind: TypeId,
    /// A name to search for.
    #[server(default)]
    search: String,
    person: Option<PersonId>,
) -> Result<TypePage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::qualifications::type_page(&ctx, &crate::request::actor(), kind, &search, person).await?)
}

#[server(endpoint = "qualifications/grant", protocol = crate::call::Wire)]
pub async fn grant(
    person: PersonId,
    /// A subject and a relation.
    #[server(default)]
    grant: String,
    /// The last day, if it ends.
    #[server(default)]
    grant_until: String,
    #[server(default)] grant_note: String,
    /// The type whose page it was sent from; empty for the person's.
    #[server(default)]
    back: String,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let done = async {
        let until = until_day(&ctx, Permission::ChangeLedger, &grant_until)?;
        let change = services::qualifications::Change {
            until,
            ..change(Permission::ChangeLedger, (person, &grant, &grant_note), t)?
        };
        let actor = crate::request::actor();
        Ok(services::qualifications::grant(&ctx, &actor, change).await?)
    };
    done.await.map_err(|AppError(problem)| at_fields(problem, "grant", "grant_note"))?;
    leptos_axum::redirect(&way_back(person, &back));
    Ok(())
}

/// Admits an applicant as a member, on the page of the space.
#[server(endpoint = "qualifications/admit", protocol = crate::call::Wire)]
pub async fn admit(person: PersonId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::people::admit(&ctx, &crate::request::actor(), person).await?;
    leptos_axum::redirect(&format!("{}&admitted", way_back(person, "1")));
    Ok(())
}

#[server(endpoint = "qualifications/revoke", protocol = crate::call::Wire)]
pub async fn revoke(
    person: PersonId,
    /// A subject and a relation.
    #[server(default)]
    revoke: String,
    #[server(default)] revoke_note: String,
    /// The type whose page it was sent from; empty for the person's.
    #[server(default)]
    back: String,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let done = async {
        let (change, actor) =
            (change(Permission::ChangeLedger, (person, &revoke, &revoke_note), t)?, crate::request::actor());
        Ok(services::qualifications::revoke(&ctx, &actor, change).await?)
    };
    done.await.map_err(|AppError(problem)| at_fields(problem, "revoke", "revoke_note"))?;
    leptos_axum::redirect(&way_back(person, &back));
    Ok(())
}

#[server(endpoint = "qualifications/ban", protocol = crate::call::Wire)]
pub async fn ban(
    person: PersonId,
    #[server(default)] ban: String,
    /// The last day, if it ends.
    #[server(default)]
    ban_until: String,
    #[server(default)] ban_reason: String,
    /// The type whose page it was sent from; empty for the person's.
    #[server(default)]
    back: String,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let done = async {
        let until = until_day(&ctx, Permission::Ban, &ban_until)?;
        let change =
            services::qualifications::Change { until, ..change(Permission::Ban, (person, &ban, &ban_reason), t)? };
        let actor = crate::request::actor();
        Ok(services::qualifications::ban(&ctx, &actor, change).await?)
    };
    done.await.map_err(|AppError(problem)| at_fields(problem, "ban", "ban_reason"))?;
    leptos_axum::redirect(&way_back(person, &back));
    Ok(())
}

#[server(endpoint = "qualifications/unban", protocol = crate::call::Wire)]
pub async fn unban(
    person: PersonId,
    #[server(default)] unban: String,
    #[server(default)] unban_note: String,
    /// The type whose page it was sent from; empty for the person's.
    #[server(default)]
    back: String,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let done = async {
        let (change, actor) =
            (change(Permission::Ban, (person, &unban, &unban_note), t)?, crate::request::actor());
        Ok(services::qualifications::unban(&ctx, &actor, change).await?)
    };
    done.await.map_err(|AppError(problem)| at_fields(problem, "unban", "unban_note"))?;
    leptos_axum::redirect(&way_back(person, &back));
    Ok(())
}

/// Parses the last day; people without `permission` are refused first.
#[cfg(feature = "ssr")]
fn until_day(
    ctx: &services::Ctx,
    permission: Permission,
    day: &str,
) -> Result<Option<domain::time::Millis>, AppError> {
    let read = services::qualifications::until_day(ctx, day);
    read.map_err(|why| crate::request::unreadable(&[permission], why))
}

/// Parses the choice and the reason; people without `permission` are refused first.
#[cfg(feature = "ssr")]
fn change(
    permission: Permission,
    (person, what, remark): (PersonId, &str, &str),
    t: text::Lang,
) -> Result<services::qualifications::Change, AppError> {
    let read = parsed(person, what, remark, t);
    read.map_err(|problem| crate::request::unreadable(&[permission], problem))
}

/// The same, without regard to who sends it. Bans name only a subject.
#[cfg(feature = "ssr")]
fn parsed(
    person: PersonId,
    what: &str,
    remark: &str,
    t: text::Lang,
) -> Result<services::qualifications::Change, Problem> {
    let (subject, relation) = what.split_once('/').unwrap_or((what, Relation::User.as_str()));
    let (Some(subject), Some(relation)) = (Subject::parse(subject), Relation::parse(relation)) else {
        let problem = Problem::new("qualification.not-chosen", Kind::Invalid, t.form_fix());
        return Err(problem.field("what", t.choose_what()));
    };
    let change = services::qualifications::Change::now(person, subject, relation);
    Ok(services::qualifications::Change { remark: Some(remark.to_owned()), ..change })
}

/// The same problem with its messages at the fields of this form.
#[cfg(feature = "ssr")]
fn at_fields(mut problem: Problem, form: &str, remark: &str) -> Problem {
    for (field, _) in &mut problem.fields {
        match field.as_str() {
            "what" => form.clone_into(field),
            "until" => *field = format!("{form}_until"),
            "remark" => remark.clone_into(field),
            _ => {}
        }
    }
    problem
}

/// Address of the page it was sent from.
#[cfg(feature = "ssr")]
fn way_back(person: PersonId, kind: &str) -> String {
    kind.parse::<i64>().map_or_else(
        |_| format!("/people/{person}/qualifications"),
        |kind| format!("/types/{kind}?person={person}"),
    )
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use text::Lang;

    #[test]
    fn unknown_qualification_choice_is_refused() {
        let change = |what| parsed(PersonId(7), what, "", Lang::En);
        assert_eq!(change("type:3/trainer").unwrap().relation, Relation::Trainer);
        assert_eq!(change("machine:2").unwrap().relation, Relation::User);
        for wrong in ["", "type:3/king", "room:1", "type:x/user"] {
            let problem = at_fields(change(wrong).unwrap_err(), "ban", "ban_reason");
            assert_eq!(problem.at("ban"), Some("Choose one from the list."), "{wrong}");
        }
    }

    #[test]
    fn return_path_stays_on_this_site() {
        assert_eq!(way_back(PersonId(7), "3"), "/types/3?person=7");
        for elsewhere in ["", "//evil.example", "3/../../x"] {
            assert_eq!(way_back(PersonId(7), elsewhere), "/people/7/qualifications");
        }
    }
}
