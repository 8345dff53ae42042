//! What people of the invented workshop learn: one module with a short video, and candidates at several stages of it.

use domain::{
    id::{PersonId, TypeId},
    qualifications::Subject,
    time::{DAY, HOUR, Millis},
    training::{
        THRESHOLD, VideoType,
        quiz::QuestionKind,
        watching::{Coverage, Span},
    },
};
use std::{fs, io, path::Path};
use store::{
    StoreError, WriteTx,
    training::{
        self, NewModule, Shows, VideoFile,
        quiz::{self, NewQuestion},
        watching,
    },
};

/// Rendered by `film/render.sh`.
const FILM: &[u8] = include_bytes!("film/clamping.webm");
const NAME: &str = "demo-clamping.webm";
const LENGTH: u32 = 24_000;
const ABOUT: &str = "Four steps before the spindle turns.\n\n- Lay the sheet on the bed\n- Clamp it **outside the tool path**\n- Set zero, then run it in the air";
const CAPTIONS: &str = "WEBVTT\n\n00:02.000 --> 00:05.000\nLay the sheet on the bed.\n\n00:05.000 --> 00:11.000\nClamp it on both sides.\n\n00:11.000 --> 00:21.000\nKeep the clamps outside the tool path. Always.\n";

/// Puts the video where videos are.
pub(super) fn place(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(NAME), FILM)
}

/// The module, required on `kind`: `done` completed it, the others watched some of it, and whoever is last passed its quiz too.
pub(super) async fn teach(
    tx: &mut WriteTx,
    kind: TypeId,
    done: &[PersonId],
    candidates: [PersonId; 4],
    now: Millis,
) -> Result<(), StoreError> {
    let what = NewModule { title: "Clamping the work".into(), about: ABOUT.into(), asked: Some(3) };
    let module = training::add(tx, &what).await?;
    let bytes = i64::try_from(FILM.len()).unwrap_or(0);
    let file = VideoFile { name: NAME.into(), kind: VideoType::WebM, bytes };
    let draft = training::draft(tx, module).await?;
    training::show(tx, draft, &Shows { youtube: None, file: Some(&file), length: Some(LENGTH) }).await?;
    training::caption(tx, draft, Some(CAPTIONS)).await?;
    let begun = now.before(DAY * 60);
    for question in questions() {
        quiz::add(tx, module, &question, None, begun).await?;
    }
    training::publish(tx, draft, begun, None).await?;
    training::require(tx, Subject::Type(kind), module, THRESHOLD, (begun, begun)).await?;
    let seen = |percent: u32| Coverage::of([Span { from: 0, to: LENGTH / 100 * percent }]);
    for &person in done {
        watching::keep(tx, (person, draft), (&seen(100), 100), LENGTH, 0, now.before(DAY * 40)).await?;
        watching::pass(tx, person, draft, now.before(DAY * 40)).await?;
    }
    for (person, (percent, hours)) in candidates.into_iter().zip([(25_u8, 30), (58, 20), (100, 5), (100, 2)]) {
        let at = now.before(HOUR * hours);
        let covered = seen(percent.into());
        watching::keep(tx, (person, draft), (&covered, percent), LENGTH / 100 * u32::from(percent), 0, at).await?;
        if hours == 2 {
            watching::pass(tx, person, draft, at).await?;
        }
    }
    Ok(())
}

fn questions() -> [NewQuestion; 4] {
    let question = |kind, ask: &str, why: &str, answers: &[(&str, bool)]| NewQuestion {
        kind,
        ask: ask.into(),
        why: why.into(),
        answers: answers.iter().map(|&(words, right)| (words.to_owned(), right)).collect(),
    };
    [
        question(
            QuestionKind::Single,
            "Where do the clamps go?",
            "The tool and its nut need 20 mm all round.",
            &[("On the edges, outside the cut", true), ("Where the sheet bends", false), ("On the part", false)],
        ),
        question(
            QuestionKind::Single,
            "How many clamps hold a sheet?",
            "One clamp is a hinge: the sheet turns around it.",
            &[
                ("One, in the middle", false),
                ("Two at least, on opposite sides", true),
                ("None, it is heavy enough", false),
            ],
        ),
        question(
            QuestionKind::Multiple,
            "What do you check before you press start?",
            "The hood and your sleeves are the two that hurt people.",
            &[("The extraction runs", true), ("Sleeves are rolled up", true), ("The radio is off", false)],
        ),
        question(
            QuestionKind::Order,
            "Put the steps in order",
            "Zero after the tool: each tool has its own length.",
            &[
                ("Clamp the sheet", true),
                ("Fit the tool", true),
                ("Set zero", true),
                ("Run the job in the air", true),
            ],
        ),
    ]
}
