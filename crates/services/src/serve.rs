//! From an operation of the contract to the function that does it.
//!
//! Invariants: [`serve`] is the only way to a bound function, for pages and programs alike. The permission is checked before
//! the form is read, so that without it nobody learns about fields; the function checks it again inside its job.

use crate::{
    Ctx,
    error::{FieldError, ServiceError},
};
use contract::{
    form::{Context, Fault, Faults, Fields, Form},
    operation::Operation,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Proof, Target},
    problem::{Kind, Problem},
};
use text::Lang;

/// An operation that is bound to a function. [`bind!`](crate::bind) implements it.
#[diagnostic::on_unimplemented(
    message = "no service is bound to `{Self}`",
    note = "add a line to the `bind!` of its noun in crate `services`"
)]
pub trait Serve: Operation {
    type Error: ServiceError + From<Forbidden> + Send;

    /// The permission it needs, and about what.
    fn needs(&self) -> (Permission, Target);

    /// What else it needs of the actor.
    fn admits(_: &Actor) -> Result<(), Forbidden> {
        Ok(())
    }

    /// The error for an actor without the permission.
    fn forbidden(why: Forbidden) -> Self::Error {
        why.into()
    }

    /// The error for a form with these faults.
    fn invalid(faults: Faults) -> ServeError<Self::Error> {
        ServeError::Request(faults)
    }

    fn run(
        self,
        ctx: &Ctx,
        actor: &Actor,
        form: Self::Form,
        lang: Lang,
    ) -> impl Future<Output = Result<Self::Answer, Self::Error>> + Send;
}

/// Why an operation was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServeError<E> {
    /// The fields do not match the description.
    Request(Faults),
    Service(E),
}

/// Whether the actor has the permission that `operation` needs.
pub fn admit<O: Serve>(actor: &Actor, operation: &O) -> Result<Proof, O::Error> {
    let (permission, about) = operation.needs();
    let proof = actor.require(permission, about).and_then(|proof| O::admits(actor).map(|()| proof));
    proof.map_err(O::forbidden)
}

/// Runs `operation` with the fields of its request, if the actor has the permission.
pub async fn serve<O: Serve>(
    ctx: &Ctx,
    actor: &Actor,
    operation: O,
    sent: &Fields,
    lang: Lang,
) -> Result<O::Answer, ServeError<O::Error>> {
    let proof = admit(actor, &operation).map_err(ServeError::Service)?;
    let context =
        Context { today: ctx.today(), zone: ctx.space().zone, language: lang.tag(), caller: actor.person() };
    let form = O::Form::read(sent, &context, &proof).map_err(|faults| {
        if faults.are_of_the_request() { ServeError::Request(faults) } else { O::invalid(faults) }
    })?;
    operation.run(ctx, actor, form, lang).await.map_err(ServeError::Service)
}

impl<E: ServiceError> ServiceError for ServeError<E> {
    fn problem(&self, lang: Lang) -> Problem {
        match self {
            Self::Request(faults) => {
                let problem = Problem::new("request.invalid", Kind::Invalid, lang.form_fix());
                faults.iter().fold(problem, |problem, fault| fault.add(problem, lang))
            }
            Self::Service(error) => error.problem(lang),
        }
    }
}

impl FieldError for (String, Fault) {
    fn add(&self, problem: Problem, lang: Lang) -> Problem {
        let (field, fault) = self;
        problem.field(field, lang.fault(*fault))
    }
}

/// Binds operations to functions: `PlaceHold { person } with form, may Hold about person(person) => place;` calls
/// `place(ctx, actor, person, form)`. With `, in job`, the function is the whole job of a change that requires the same
/// permission: `place(job, person, form)`. The error of its faults is made by `From<Faults>`. With
/// `, when is_member`, that function refuses others before their fields are read. With `, else UnknownPerson`, the thing
/// does not exist for those who may not. With `, in language`, the function also gets the reader's language, for sentences in its
/// answer: `preview(ctx, actor, lang, form)`.
macro_rules! bind {
    (error $error:ty; $(
        $operation:ident { $($id:ident),* } $(with $form:ident)?,
        may $permission:ident $(about $target:ident($about:expr))? $(, when $admits:ident)? $(, else $hidden:ident)?
            $(, in $job:ident)?
            => $function:path;
    )+) => {$(
        impl $crate::Serve for $operation {
            type Error = $error;

            #[allow(unused_variables, reason = "not every permission is about something")]
            fn needs(&self) -> (::domain::actor::Permission, ::domain::actor::Target) {
                let Self { $($id),* } = self.clone();
                (::domain::actor::Permission::$permission, $crate::serve::bind!(@about $($target($about))?))
            }

            $($crate::serve::bind!(@admits $admits);)?
            $($crate::serve::bind!(@hidden $hidden, $error);)?
            $($crate::serve::bind!(@invalid $form, $error);)?

            #[allow(unused_variables, reason = "few answers have sentences")]
            async fn run(
                self,
                ctx: &$crate::Ctx,
                actor: &::domain::actor::Actor,
                sent: Self::Form,
                lang: ::text::Lang,
            ) -> Result<Self::Answer, $error> {
                $crate::serve::bind!(@run self, ctx, actor, lang, $function, { $($id),* }, sent $($form)?; $($job)?)
            }
        }
    )+};
    (@about) => { ::domain::actor::Target::NONE };
    (@about $target:ident($about:expr)) => { ::domain::actor::Target::$target($about) };
    (@admits $admits:ident) => {
        fn admits(actor: &::domain::actor::Actor) -> Result<(), ::domain::actor::Forbidden> {
            $admits(actor)
        }
    };
    (@hidden $hidden:ident, $error:ty) => {
        fn forbidden(why: ::domain::actor::Forbidden) -> $error {
            match why {
                ::domain::actor::Forbidden::NotAllowed => <$error>::$hidden,
                why => why.into(),
            }
        }
    };
    (@invalid $form:ident, $error:ty) => {
        fn invalid(faults: ::contract::form::Faults) -> $crate::ServeError<$error> {
            $crate::ServeError::Service(faults.into())
        }
    };
    (@run $self:ident, $ctx:ident, $actor:ident, $lang:ident, $function:path, { $($id:ident),* }, $sent:ident $($form:ident)?;) => {{
        let Self { $($id),* } = $self;
        $crate::serve::bind!(@form $sent $($form)?);
        $function($ctx, $actor, $($id,)* $($form)?).await
    }};
    (@run $self:ident, $ctx:ident, $actor:ident, $lang:ident, $function:path, { $($id:ident),* }, $sent:ident $($form:ident)?; language) => {{
        let Self { $($id),* } = $self;
        $crate::serve::bind!(@form $sent $($form)?);
        $function($ctx, $actor, $lang, $($id,)* $($form)?).await
    }};
    (@run $self:ident, $ctx:ident, $actor:ident, $lang:ident, $function:path, { $($id:ident),* }, $sent:ident $($form:ident)?; job) => {{
        let (permission, about) = $crate::Serve::needs(&$self);
        let Self { $($id),* } = $self;
        $crate::serve::bind!(@form $sent $($form)?);
        let work = async move |begun: $crate::change::Begun<'_>| {
            let mut job = begun.require(permission, about).map_err(<Self as $crate::Serve>::forbidden)?;
            $function(&mut job, $($id,)* $($form)?).await
        };
        $ctx.begin($actor, work).await
    }};
    (@form $sent:ident) => { let () = $sent; };
    (@form $sent:ident $form:ident) => { let $form = $sent; };
}

pub(crate) use bind;
