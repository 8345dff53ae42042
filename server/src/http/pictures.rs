//! `/pictures/{kind}/{id}`: pictures of people, machines, rooms, problems, interventions, questions and checkout steps,
//! and their upload forms; also the problem report form with its photo. Forms and not server functions, because
//! they carry files; an error goes back to the page as a code in its address. Uploads without permission are
//! discarded and answered with an error page.

use super::{
    Shared, pages,
    sent::{AROUND, Sent, pass_by},
};
use api::etag;
use app::{
    problems::report::FUNCTION,
    visitor::{Echo, Visitor},
};
use axum::{
    Extension,
    extract::{DefaultBodyLimit, Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use domain::{
    accounts::local_path,
    actor::Actor,
    id::{AppointmentId, CheckoutStepId, InterventionId, MachineId, QuestionId, ReportId},
    pictures::{BYTES, InvalidPicture, PHOTO_THERE, Subject},
    problem::{Kind, Problem},
    problems::Severity,
};
use services::error::ServiceError;
use services::{
    checkouts::{self, CheckoutsError, steps},
    maintenance::{self, MaintenanceError},
    pictures::{self, PicturesError},
    problems::{self, ProblemsError, ReportProblem},
    training::{self, TrainingError},
    uploads::Upload,
};
use text::Lang;

/// GET and POST, with a larger body limit.
pub fn routes() -> MethodRouter<Shared> {
    get(show).post(receive).layer(DefaultBodyLimit::disable())
}

/// Maximum size of the request.
pub const LIMIT: usize = BYTES + AROUND;

/// `GET`: the picture, if the viewer may see its subject.
async fn show(
    State(shared): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
    map: HeaderMap,
) -> Response {
    let small = query.is_some_and(|query| query.split('&').any(|name| name == "small"));
    let lang = visitor.lang;
    let ctx = &shared.0.ctx;
    let found = match (Photo::read(&kind, &id), Subject::read(&kind, &id)) {
        (Some(Photo::Problem(report)), _) => to_problem(problems::photo(ctx, &actor, report, small).await, lang),
        (Some(Photo::Intervention(done)), _) => {
            to_problem(maintenance::photo(ctx, &actor, done, small).await, lang)
        }
        (Some(Photo::Step(of, step)), _) => to_problem(steps::photo(ctx, &actor, of, step, small).await, lang),
        (Some(Photo::Question(one)), _) => {
            to_problem(training::question_picture(ctx, &actor, one, small).await, lang)
        }
        (None, Some(subject)) => to_problem(pictures::get(ctx, &actor, subject, small).await, lang),
        (None, None) => Err(PicturesError::Unknown.problem(lang)),
    };
    let picture = match found {
        Ok(picture) => picture,
        Err(problem) => return refused(&problem),
    };
    let tag = HeaderValue::from_str(&format!("\"{}\"", picture.added_at.0)).ok();
    let mut answer = if tag.as_ref().is_some_and(|tag| etag::is_known(&map, tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "image/jpeg")], picture.body).into_response()
    };
    let headers = answer.headers_mut();
    // A viewer who loses access must not find it in a cache.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.extend(tag.map(|tag| (header::ETAG, tag)));
    answer
}

fn to_problem<T>(found: Result<T, impl ServiceError>, lang: Lang) -> Result<T, Problem> {
    found.map_err(|error| error.problem(lang))
}

/// `POST`: uploads or removes a picture and redirects back to the page.
async fn receive(
    State(shared): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let (requested, body) = request.into_parts();
    let request = Request::from_parts(requested.clone(), body);
    let by = (&shared, &actor, visitor.lang);
    let came = match (Photo::read(&kind, &id), Subject::read(&kind, &id)) {
        (Some(Photo::Problem(report)), _) => of_problem(by, report, request).await,
        (Some(Photo::Intervention(done)), _) => of_intervention(by, done, request).await,
        (Some(Photo::Step(appointment, step)), _) => of_step(by, appointment, step, request).await,
        (Some(Photo::Question(question)), _) => of_question(by, question, request).await,
        (None, Some(subject)) => of_subject(by, subject, request).await,
        (None, None) => {
            pass_by(request, LIMIT).await;
            Err(PicturesError::Unknown.problem(visitor.lang))
        }
    };
    match came {
        Ok(back) => Redirect::to(&back).into_response(),
        Err(problem) => pages::refused(&shared, requested, problem).await,
    }
}

/// Path of the problem report form with photo.
pub const REPORT: &str = "/machines/{id}/report/upload";

/// `POST`: saves a report and its photo, and redirects to the page. The report is saved whatever is wrong with the
/// photo; an invalid report is shown again with its input at this address.
pub async fn report(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let (requested, body) = request.into_parts();
    let request = Request::from_parts(requested.clone(), body);
    let (ctx, lang) = (&shared.0.ctx, visitor.lang);
    if let Err(error) = problems::may_report(&actor) {
        pass_by(request, LIMIT).await;
        return pages::refused(&shared, requested, error.problem(lang)).await;
    }
    let sent = match Sent::read(&shared, &actor, request, LIMIT, "picture").await {
        Ok(sent) => sent,
        Err(error) => return pages::refused(&shared, requested, error.problem(lang)).await,
    };
    let Ok(machine) = id.parse().map(MachineId) else {
        return pages::refused(&shared, requested, ProblemsError::UnknownMachine.problem(lang)).await;
    };
    let input =
        |name| sent.part(name).map(|words| String::from_utf8_lossy(words).into_owned()).unwrap_or_default();
    let (severity, words) = (input("severity"), input("words"));
    let values = vec![("severity".to_owned(), severity.clone()), ("words".to_owned(), words.clone())];
    let new = ReportProblem::read(Severity::parse(&severity), &words);
    let report = match problems::report(ctx, &actor, machine, new).await {
        Ok(report) => report,
        Err(error @ (ProblemsError::Invalid(_) | ProblemsError::TooOften(_))) => {
            let echo = Echo { function: FUNCTION.to_owned(), values, problem: error.problem(lang) };
            return pages::again(&shared, requested, echo).await;
        }
        Err(error) => return pages::refused(&shared, requested, error.problem(lang)).await,
    };
    let code = if sent.is_too_much {
        Some(InvalidPicture::Heavy.as_str())
    } else if sent.is_broken {
        Some(InvalidPicture::NoPicture.as_str())
    } else if sent.file.is_empty() {
        None
    } else {
        let stored = problems::set_photo(ctx, &actor, report, sent.file).await;
        stored.err().map(|error| PROBLEM(&error).unwrap_or(InvalidPicture::NoPicture.as_str()))
    };
    let code = code.map(|code| format!("&picture={code}")).unwrap_or_default();
    Redirect::to(&format!("/machines/{machine}/report?sent={report}{code}")).into_response()
}

/// Maps an error about the picture itself to its code.
macro_rules! invalid {
    ($error:path, $fault:path) => {
        |error: &_| {
            let $error(faults) = error else { return None };
            let invalid =
                faults.iter().find_map(|fault| if let $fault(invalid) = fault { Some(*invalid) } else { None });
            Some(invalid.unwrap_or(InvalidPicture::NoPicture).as_str())
        }
    };
}

const PROBLEM: fn(&ProblemsError) -> Option<&'static str> =
    invalid!(ProblemsError::Invalid, problems::ValidationError::Photo);

/// Where a form redirects: back to its page, or the problem to show.
type Came = Result<String, Problem>;

/// Who sends a form, and where.
type Caller<'a> = (&'a Shared, &'a Actor, Lang);

/// Stores the uploaded file if `allowed`, or removes the current picture for `None`. Returns the page of the form,
/// and with an invalid picture its error code. Any other error gets a page of its own.
async fn taken<T, E: ServiceError, F: Future<Output = Result<T, E>>>(
    (shared, actor, lang): Caller<'_>,
    allowed: Result<(), E>,
    request: Request,
    put: impl FnOnce(Option<Upload>) -> F,
    name: impl Fn(&E) -> Option<&'static str>,
) -> Result<(String, Result<T, &'static str>), Problem> {
    if let Err(error) = allowed {
        pass_by(request, LIMIT).await;
        return Err(error.problem(lang));
    }
    let sent = Sent::read(shared, actor, request, LIMIT, "picture").await.map_err(|error| error.problem(lang))?;
    let back = way_back(&sent);
    let done = if sent.part("remove").is_some() {
        put(None).await
    } else if sent.is_too_much {
        return Ok((back, Err(InvalidPicture::Heavy.as_str())));
    } else {
        put(Some(sent.file)).await
    };
    match done {
        Ok(done) => Ok((back, Ok(done))),
        Err(error) => name(&error).map(|name| (back, Err(name))).ok_or_else(|| error.problem(lang)),
    }
}

/// Uploads or removes the picture of a person, a machine or a room.
async fn of_subject(by: Caller<'_>, subject: Subject, request: Request) -> Came {
    let (ctx, actor) = (&by.0.0.ctx, by.1);
    let allowed = pictures::may_change(ctx, actor, subject).await;
    let put = |sent: Option<Upload>| async move {
        match sent {
            Some(file) => pictures::set(ctx, actor, subject, file).await,
            None => pictures::remove(ctx, actor, subject).await,
        }
    };
    let name = |error: &PicturesError| match error {
        PicturesError::Invalid(invalid) => Some(invalid.as_str()),
        _ => None,
    };
    let (back, done) = taken(by, allowed, request, put, name).await?;
    Ok(done.map_or_else(|name| format!("{back}?picture={name}"), |()| back.clone()))
}

/// Other subjects of photos.
#[derive(Clone, Copy)]
enum Photo {
    Problem(ReportId),
    Intervention(InterventionId),
    Question(QuestionId),
    /// A checkout step, as in `7-12`.
    Step(AppointmentId, CheckoutStepId),
}

impl Photo {
    fn read(kind: &str, id: &str) -> Option<Self> {
        if kind == "checkout" {
            let (appointment, step) = id.split_once('-')?;
            return Some(Self::Step(AppointmentId(appointment.parse().ok()?), CheckoutStepId(step.parse().ok()?)));
        }
        let id = id.parse().ok()?;
        match kind {
            "problem" => Some(Self::Problem(ReportId(id))),
            "intervention" => Some(Self::Intervention(InterventionId(id))),
            "question" => Some(Self::Question(QuestionId(id))),
            _ => None,
        }
    }
}

/// Uploads the photo of a problem.
async fn of_problem(by: Caller<'_>, report: ReportId, request: Request) -> Came {
    let (ctx, actor) = (&by.0.0.ctx, by.1);
    let allowed = problems::may_set_photo(ctx, actor, report).await;
    let put = |sent: Option<Upload>| async move {
        match sent {
            Some(file) => problems::set_photo(ctx, actor, report, file).await,
            // It can be replaced but not removed.
            None => Err(ProblemsError::Invalid(vec![problems::ValidationError::Photo(InvalidPicture::Nothing)])),
        }
    };
    let (back, done) = taken(by, allowed, request, put, PROBLEM).await?;
    let name = done.err().map(|name| format!("&picture={name}")).unwrap_or_default();
    Ok(format!("{back}?sent={report}{name}"))
}

/// Uploads or removes the photo of an intervention and redirects to the machine's maintenance.
async fn of_intervention(by: Caller<'_>, intervention: InterventionId, request: Request) -> Came {
    let (ctx, actor) = (&by.0.0.ctx, by.1);
    let allowed = maintenance::may_add_photo(ctx, actor, intervention).await;
    let put = |sent: Option<Upload>| async move {
        match sent {
            Some(file) => maintenance::add_photo(ctx, actor, intervention, file).await,
            None => maintenance::remove_photo(ctx, actor, intervention).await,
        }
    };
    let name = |error: &MaintenanceError| match error {
        MaintenanceError::PhotoThere => Some(PHOTO_THERE),
        error => invalid!(MaintenanceError::Invalid, maintenance::ValidationError::Photo)(error),
    };
    let (back, done) = taken(by, allowed, request, put, name).await?;
    let name = |name| format!("{back}?photo={intervention}&picture={name}#photo");
    Ok(done.map_or_else(name, |()| back.clone()))
}

/// Uploads or removes the photo of a checkout step.
async fn of_step(by: Caller<'_>, appointment: AppointmentId, step: CheckoutStepId, request: Request) -> Came {
    let (ctx, actor) = (&by.0.0.ctx, by.1);
    let allowed = steps::may_set_photo(ctx, actor, appointment).await;
    let put = |sent: Option<Upload>| async move {
        match sent {
            Some(file) => steps::set_photo(ctx, actor, appointment, step, file).await,
            None => steps::remove_photo(ctx, actor, appointment, step).await,
        }
    };
    let name = invalid!(CheckoutsError::Invalid, checkouts::ValidationError::Photo);
    let (_, done) = taken(by, allowed, request, put, name).await?;
    let name = done.err().map(|name| format!("?step={step}&picture={name}")).unwrap_or_default();
    Ok(format!("/checkouts/{appointment}{name}#step-{step}"))
}

/// Uploads or removes the picture of a question and redirects to its editor.
async fn of_question(by: Caller<'_>, question: QuestionId, request: Request) -> Came {
    let (ctx, actor) = (&by.0.0.ctx, by.1);
    let allowed = training::may_set_picture(actor);
    let put = |sent: Option<Upload>| async move {
        match sent {
            Some(file) => training::set_picture(ctx, actor, question, file).await,
            None => training::remove_picture(ctx, actor, question).await,
        }
    };
    let name = invalid!(TrainingError::Invalid, training::ValidationError::Picture);
    let (back, done) = taken(by, allowed, request, put, name).await?;
    Ok(match done {
        Ok(module) => format!("/modules/{module}?question={question}#write"),
        Err(name) => format!("{back}?question={question}&picture={name}#write"),
    })
}

/// The page that a form came from.
fn way_back(sent: &Sent) -> String {
    let back = sent.part("back").map(|back| String::from_utf8_lossy(back)).unwrap_or_default();
    local_path(&back).unwrap_or("/").to_owned()
}

fn refused(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    match problem.kind {
        Kind::SignIn => (status, [(header::CACHE_CONTROL, "no-store")], problem.detail.clone()).into_response(),
        _ => (status, problem.detail.clone()).into_response(),
    }
}
