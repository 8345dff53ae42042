//! Training as one document: export and import are inverse, all or nothing.

use crate::lab::Lab;
use contract::{
    training::Video,
    training_exchange::{
        AnswerDocument, FileDocument, ModuleDocument, QuestionDocument, RequirementDocument, TrainingDocument,
        TrainingImport, VideoDocument,
    },
};
use domain::{
    actor::{Actor, Forbidden},
    id::{MachineId, ModuleId, TypeId},
    qualifications::Subject,
    training::{THRESHOLD, quiz::QuestionKind},
};
use services::training::{
    DescribeModule, QuestionForm, ShowVideo, TrainingError, ValidationError, add, add_question, archive, export,
    import, import_pasted, modules, publish, require, set_captions, set_video, sheet,
};
use text::Lang;

const CAPTIONS: &str = "WEBVTT\n\n00:00.000 --> 00:02.000\nHold it tight";

/// With Max (4), who manages.
async fn lab() -> (Lab, Actor) {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0); INSERT INTO profile (person_id, name) VALUES (4, 'Max')")
        .await;
    lab.grant(4, 1, "owner").await;
    let max = lab.signed_in(4).await;
    (lab, max)
}

fn titled(title: &str, about: &str, request: &str) -> Result<DescribeModule, Vec<ValidationError>> {
    DescribeModule::from_form(title, about, request)
}

/// One published module with all there is, one draft, one that is archived, one with a file; two requirements.
async fn filled() -> (Lab, Actor) {
    let (lab, max) = lab().await;
    let clamping = add(&lab.ctx, &max, titled("Clamping", "Hold it **tight**", "2")).await.unwrap();
    let video = ShowVideo::from_form("dQw4w9WgXcQ", "2:00");
    set_video(&lab.ctx, &lab.administrator().await, clamping, video).await.unwrap();
    set_captions(&lab.ctx, &max, clamping, CAPTIONS).await.unwrap();
    for (kind, right) in [("single", vec![1]), ("multiple", vec![0, 2]), ("order", vec![])] {
        let question = QuestionForm {
            kind: QuestionKind::parse(kind),
            ask: format!("What about {kind}?"),
            why: "Because.".into(),
            answers: vec!["Yes".into(), "No".into(), "Perhaps".into()],
            right,
        };
        add_question(&lab.ctx, &max, clamping, &question).await.unwrap();
    }
    publish(&lab.ctx, &max, clamping, None).await.unwrap();
    add(&lab.ctx, &max, titled("Dust", "", "")).await.unwrap();
    let old = add(&lab.ctx, &max, titled("Old", "", "")).await.unwrap();
    archive(&lab.ctx, &max, old, true).await.unwrap();
    require(&lab.ctx, &max, Some(Subject::Type(TypeId(3))), Some(clamping), Some(80)).await.unwrap();
    require(&lab.ctx, &max, Some(Subject::Machine(MachineId(2))), Some(clamping), Some(THRESHOLD)).await.unwrap();
    (lab, max)
}

async fn counted(lab: &Lab) -> [i64; 4] {
    [
        lab.number("SELECT count(*) FROM training_module").await,
        lab.number("SELECT count(*) FROM quiz_question").await,
        lab.number("SELECT count(*) FROM training_requirement").await,
        lab.number("SELECT count(*) FROM audit").await,
    ]
}

async fn imported(lab: &Lab, actor: &Actor, document: &TrainingDocument) -> TrainingImport {
    let dry = import(&lab.ctx, actor, document.clone(), true, Lang::En).await.unwrap();
    let before = counted(lab).await;
    let made = import(&lab.ctx, actor, document.clone(), false, Lang::En).await.unwrap();
    assert_eq!(TrainingImport { done: true, ..dry }, made, "what was told is what was made");
    assert_eq!(before == counted(lab).await, made.modules.is_empty() && made.requirements.is_empty());
    made
}

fn faults(reported: &TrainingImport) -> Vec<&str> {
    reported.faults.iter().map(|fault| fault.at.as_str()).collect()
}

/// A document with one module that is fine.
fn fine() -> TrainingDocument {
    let answer = |words: &str, right| AnswerDocument { words: words.into(), right };
    let question = QuestionDocument {
        kind: "single".into(),
        ask: "What holds it?".into(),
        why: String::new(),
        answers: vec![answer("A vice", true), answer("A hand", false)],
    };
    let module =
        ModuleDocument { title: "Clamping".into(), questions: vec![question], ..ModuleDocument::default() };
    TrainingDocument { toolgate: "training".into(), version: 1, modules: vec![module], requirements: vec![] }
}

#[tokio::test]
async fn exported_training_is_imported_elsewhere_as_drafts() {
    let (one, max) = filled().await;
    let document = export(&one.ctx, &max).await.unwrap();
    let titles: Vec<_> = document.modules.iter().map(|module| module.title.as_str()).collect();
    assert_eq!(titles, ["Clamping", "Dust"], "in their order, without what is archived");
    let (first, questions) = (&document.modules[0], &document.modules[0].questions);
    assert_eq!((first.asked, first.captions.as_deref(), questions.len()), (Some(2), Some(CAPTIONS), 3));
    let right: Vec<_> = questions[1].answers.iter().map(|answer| answer.right).collect();
    assert_eq!(right, [true, false, true]);
    let required: Vec<_> = document
        .requirements
        .iter()
        .map(|one| (one.r#type.as_deref(), one.machine.as_deref(), one.threshold))
        .collect();
    assert_eq!(required, [(Some("Laser cutter"), None, 80), (None, Some("Lathe"), 90)]);

    let (other, _) = lab().await;
    let zoe = other.administrator().await;
    let before = counted(&other).await;
    let text = serde_json::to_string(&document).unwrap();
    let dry = import_pasted(&other.ctx, &zoe, &text, true, Lang::En).await.unwrap();
    assert_eq!((dry.done, dry.modules.len(), dry.requirements.len()), (false, 2, 2));
    assert_eq!(counted(&other).await, before, "a dry run makes nothing");
    let made = import_pasted(&other.ctx, &zoe, &text, false, Lang::En).await.unwrap();
    assert!(made.done && made.faults.is_empty());
    assert_eq!(export(&other.ctx, &zoe).await.unwrap(), document);
    let all = modules(&other.ctx, &zoe).await.unwrap().modules;
    assert!(all.iter().all(|module| module.draft && !module.published), "{all:?}");
    assert_eq!(other.number("SELECT count(*) FROM audit WHERE action = 'module.imported'").await, 1);
}

#[tokio::test]
async fn second_import_changes_nothing() {
    let (lab, max) = filled().await;
    let mut document = export(&lab.ctx, &max).await.unwrap();
    let before = (counted(&lab).await, document.clone());
    document.modules[0].description = "Something else".into();
    document.requirements[0].threshold = 5;
    let again = imported(&lab, &max, &document).await;
    assert_eq!((again.kept.len(), again.kept_requirements.len()), (2, 2));
    assert!(again.modules.is_empty() && again.requirements.is_empty());
    assert_eq!((counted(&lab).await, export(&lab.ctx, &max).await.unwrap()), before);
    // New parts of it are created beside.
    document.modules.push(ModuleDocument { title: " New  one ".into(), ..ModuleDocument::default() });
    document.requirements.push(RequirementDocument {
        r#type: Some("Lathe".into()),
        machine: None,
        module: "New one".into(),
        threshold: 50,
    });
    let more = imported(&lab, &max, &document).await;
    assert_eq!((more.modules, more.kept.len(), more.requirements.len()), (vec!["New one".to_owned()], 2, 1));
}

#[tokio::test]
async fn document_with_invalid_question_imports_nothing_and_locates_fault() {
    let (lab, max) = lab().await;
    let before = counted(&lab).await;
    let mut document = fine();
    document.modules.push(ModuleDocument { title: "Dust".into(), ..fine().modules.remove(0) });
    document.modules[1].questions[0].answers[0].right = false;
    let dry = import(&lab.ctx, &max, document.clone(), true, Lang::En).await.unwrap();
    assert_eq!(faults(&dry), ["modules[1].questions[0].answers"]);
    let refused = import(&lab.ctx, &max, document, false, Lang::En).await;
    assert!(matches!(refused, Err(TrainingError::Faulty(faults)) if faults == dry.faults));
    assert_eq!(counted(&lab).await, before);
}

#[tokio::test]
async fn every_fault_is_located() {
    let (lab, max) = filled().await;
    let notices = async |change: &dyn Fn(&mut TrainingDocument)| {
        let mut document = fine();
        document.modules[0].title = "Other".into();
        change(&mut document);
        let dry = import(&lab.ctx, &max, document, true, Lang::It).await.unwrap();
        assert!(dry.faults.iter().all(|fault| !fault.message.is_empty()));
        faults(&dry).join(" ")
    };
    let on = |r#type: Option<&str>, machine: Option<&str>, module: &str, threshold| RequirementDocument {
        r#type: r#type.map(str::to_owned),
        machine: machine.map(str::to_owned),
        module: module.to_owned(),
        threshold,
    };
    let youtube = |id: &str, length| Some(VideoDocument { youtube: Some(id.into()), file: None, length });
    assert_eq!(notices(&|_| ()).await, "");
    assert_eq!(notices(&|it| (it.toolgate, it.version) = ("people".into(), 2)).await, "toolgate version");
    assert_eq!(notices(&|it| it.modules[0].title = " ".into()).await, "modules[0].title");
    assert_eq!(notices(&|it| it.modules.push(it.modules[0].clone())).await, "modules[1].title");
    assert_eq!(notices(&|it| it.modules[0].description = "x".repeat(4001)).await, "modules[0].description");
    assert_eq!(notices(&|it| it.modules[0].asked = Some(0)).await, "modules[0].asked");
    assert_eq!(notices(&|it| it.modules[0].captions = Some("Hello".into())).await, "modules[0].captions");
    assert_eq!(notices(&|it| it.modules[0].video = youtube("x", Some(1000))).await, "modules[0].video.youtube");
    assert_eq!(
        notices(&|it| it.modules[0].video = youtube("dQw4w9WgXcQ", Some(0))).await,
        "modules[0].video.length"
    );
    assert_eq!(
        notices(&|it| it.modules[0].video = Some(VideoDocument { youtube: None, file: None, length: None })).await,
        "modules[0].video"
    );
    assert_eq!(
        notices(&|it| it.modules[0].questions[0].kind = "essay".into()).await,
        "modules[0].questions[0].kind"
    );
    assert_eq!(
        notices(&|it| it.modules[0].questions = vec![it.modules[0].questions[0].clone(); 101]).await,
        "modules[0].questions"
    );
    assert_eq!(notices(&|it| it.modules = vec![ModuleDocument::default(); 501]).await, "modules");
    assert_eq!(notices(&|it| it.modules = vec![ModuleDocument::default(); 500]).await.split(' ').count(), 100);
    for (requirement, at) in [
        (on(Some("Laser cutter"), None, "Other", 90), ""),
        (on(None, Some("Lathe"), "Dust", 90), ""),
        (on(Some("Loom"), None, "Other", 90), "requirements[0].type"),
        (on(None, Some("Loom"), "Other", 90), "requirements[0].machine"),
        (on(Some("Lathe"), Some("Lathe"), "Other", 90), "requirements[0].type"),
        (on(None, None, "Other", 90), "requirements[0].type"),
        (on(Some("Lathe"), None, "Old", 90), "requirements[0].module"),
        (on(Some("Lathe"), None, "Other", 0), "requirements[0].threshold"),
    ] {
        assert_eq!(notices(&|it| it.requirements = vec![requirement.clone()]).await, at, "{requirement:?}");
    }
    let twice = on(Some("Lathe"), None, "Other", 90);
    assert_eq!(
        notices(&|it| it.requirements = vec![twice.clone(), twice.clone()]).await,
        "requirements[1].module"
    );
}

#[tokio::test]
async fn unreadable_document_reports_position() {
    let (lab, max) = lab().await;
    let notices = async |text: &str| {
        let dry = import_pasted(&lab.ctx, &max, text, true, Lang::En).await.unwrap();
        assert!(matches!(
            import_pasted(&lab.ctx, &max, text, false, Lang::En).await,
            Err(TrainingError::Faulty(faults)) if faults == dry.faults
        ));
        let [fault] = &dry.faults[..] else { panic!("{:?}", dry.faults) };
        (fault.at.clone(), fault.message.clone())
    };
    for (text, at, says) in [
        ("", "", "line 1"),
        ("{\n\n]", "", "line 3"),
        (r#"{"toolgate":"training","version":1} x"#, "", "line 1"),
        (r#"{"toolgate":"training"}"#, "", "version"),
        (
            r#"{"toolgate":"training","version":1,"modules":[{"title":"x","colour":1}]}"#,
            "modules[0].colour",
            "colour",
        ),
        (
            r#"{"toolgate":"training","version":1,"requirements":[{"module":"x","threshold":300}]}"#,
            "requirements[0].threshold",
            "300",
        ),
    ] {
        let (where_it_is, message) = notices(text).await;
        assert!(where_it_is == at && message.contains(says), "{text}: {where_it_is} {message}");
    }
    assert!(notices(&"[".repeat(100_000)).await.1.contains("line 1"), "nested too deeply");
    assert!(notices(&" ".repeat(1024 * 1024 + 1)).await.1.contains("1 MB"));
}

#[tokio::test]
async fn imported_captions_wait_for_video_upload() {
    let (lab, max) = lab().await;
    let mut document = fine();
    let file = FileDocument { name: "0.webm".into(), bytes: 700 };
    document.modules[0].video = Some(VideoDocument { youtube: None, file: Some(file), length: Some(2000) });
    document.modules[0].captions = Some(CAPTIONS.into());
    let made = imported(&lab, &max, &document).await;
    assert_eq!((made.uploads, made.modules), (vec!["Clamping".to_owned()], vec!["Clamping".to_owned()]));
    let id = ModuleId(1);
    let visible = async || sheet(&lab.ctx, &max, id).await.unwrap().editions.remove(0);
    let edition = visible().await;
    assert!(edition.video.is_none() && edition.captions && edition.published.is_none());
    let first = ShowVideo::from_form("dQw4w9WgXcQ", "2:00");
    set_video(&lab.ctx, &lab.administrator().await, id, first).await.unwrap();
    assert!(visible().await.captions, "they are of the first video");
    let second = ShowVideo::from_form("aaaaaaaaaaa", "2:00");
    set_video(&lab.ctx, &lab.administrator().await, id, second).await.unwrap();
    let edition = visible().await;
    assert_eq!((edition.video, edition.captions), (Some(Video::YouTube("aaaaaaaaaaa".into())), false));
}

#[tokio::test]
async fn length_imported_by_manager_waits_for_administrator() {
    let (lab, max) = lab().await;
    let mut document = fine();
    let video = VideoDocument { youtube: Some("dQw4w9WgXcQ".into()), file: None, length: Some(2000) };
    document.modules[0].video = Some(video.clone());
    let ida = lab.administrator().await;
    let hers = import(&lab.ctx, &ida, document.clone(), true, Lang::En).await.unwrap();
    assert_eq!((hers.modules.len(), hers.lengths.len()), (1, 0));
    let made = imported(&lab, &max, &document).await;
    assert_eq!((made.modules, made.lengths), (vec!["Clamping".to_owned()], vec!["Clamping".to_owned()]));
    let visible = export(&lab.ctx, &max).await.unwrap().modules.remove(0).video.unwrap();
    assert_eq!(visible, VideoDocument { length: None, ..video });
    let early = publish(&lab.ctx, &max, ModuleId(1), None).await;
    assert!(matches!(early, Err(TrainingError::NoLength)), "{early:?}");
    // An export can be imported elsewhere.
    document.modules[0].title = "Other".into();
    document.modules[0].video = Some(visible);
    assert_eq!(import(&lab.ctx, &ida, document, true, Lang::En).await.unwrap().lengths, ["Other"]);
}

#[tokio::test]
async fn only_training_editors_export_and_import() {
    let (lab, _) = filled().await;
    let bob = lab.signed_in(2).await;
    let is_refused = |error: TrainingError| matches!(error, TrainingError::Forbidden(Forbidden::NotAllowed));
    assert!(is_refused(export(&lab.ctx, &bob).await.unwrap_err()));
    let before = counted(&lab).await;
    for dry_run in [true, false] {
        assert!(is_refused(import(&lab.ctx, &bob, fine(), dry_run, Lang::En).await.unwrap_err()));
        assert!(is_refused(import_pasted(&lab.ctx, &bob, "no JSON", dry_run, Lang::En).await.unwrap_err()));
    }
    assert_eq!(counted(&lab).await, before);
}
