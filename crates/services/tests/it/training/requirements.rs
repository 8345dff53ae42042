//! Paths to machines that require different parts of one module.

use super::*;

/// Watches the first 110 of 120 seconds, which is 91 %.
async fn nearly_watched(lab: &Lab, actor: &Actor) {
    report(&lab.ctx, actor, VIDEO, vec![], 0).await.unwrap();
    for n in 0..22 {
        lab.pass(seconds(5));
        report(&lab.ctx, actor, VIDEO, vec![span(n * 5, n * 5 + 5)], 0).await.unwrap();
    }
}

#[tokio::test]
async fn quiz_opens_where_one_requirement_is_met_despite_stricter_one() {
    let (lab, max, id) = lab(1).await;
    let bob = lab.signed_in(2).await;
    require(&lab.ctx, &max, Some(Subject::Machine(MachineId(1))), Some(id), Some(100)).await.unwrap();
    let now = async || {
        let of_type = learn(&lab.ctx, &bob).await.unwrap().paths.into_iter();
        let of_type = of_type.filter(|path| path.on == Subject::Type(LASERS)).map(|path| path.path.now()).next();
        (of_type.flatten(), path_to(&lab, &bob, MachineId(1)).await.path.now())
    };
    assert_eq!(now().await, (None, Some(Task::Watch(id))), "nothing is begun, so none is a path of theirs");
    assert_eq!(quiz(&lab.ctx, &bob, id, None).await.unwrap().threshold, 90);
    nearly_watched(&lab, &bob).await;
    assert_eq!(now().await, (Some(Task::Quiz(id)), Some(Task::Watch(id))));
    let page = module(&lab.ctx, &bob, id, false).await.unwrap();
    assert!(page.quiz.unwrap().open && page.percent < page.threshold);
    assert!(taken(&lab, &bob, id, 0).await);
    assert_eq!(now().await, (Some(Task::Checkout), Some(Task::Watch(id))));
    lab.pass(seconds(10));
    report(&lab.ctx, &bob, VIDEO, vec![span(110, 120)], 0).await.unwrap();
    assert_eq!(now().await, (Some(Task::Checkout), Some(Task::Checkout)));
}

#[tokio::test]
async fn newly_required_module_notifies_qualified_people_with_two_weeks_grace() {
    let (lab, max, id) = lab(0).await;
    let requirements = training::requirements(&lab.ctx, &max).await.unwrap().requirements;
    training::release(&lab.ctx, &max, requirements[0].id).await.unwrap();
    require(&lab.ctx, &max, Some(Subject::Type(TypeId(3))), Some(id), Some(domain::training::THRESHOLD))
        .await
        .unwrap();
    let allowed = async |card| check(&lab.ctx, LASER, &card).await.unwrap().decision.is_yes();
    let notices =
        async || lab.number("SELECT count(*) FROM notice WHERE person_id = 1 AND kind = 'training.again'").await;
    assert!(allowed(ada()).await);
    assert_eq!(notices().await, 1);
    // People qualified later get no grace, and requiring it again starts no new two weeks.
    lab.sql("INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES (2, 3, 'user', 'granted', (SELECT made_at + 1 FROM training_requirement), 'trainer', 0)")
        .await;
    lab.pass(domain::time::DAY * 13);
    assert!(!allowed(bob()).await);
    require(&lab.ctx, &max, Some(Subject::Type(TypeId(3))), Some(id), Some(80)).await.unwrap();
    assert!(allowed(ada()).await);
    jobs::run(&lab.ctx, Job::Reminders).await;
    assert_eq!(notices().await, 2, "a day ahead");
    lab.pass(domain::time::DAY);
    assert!(!allowed(ada()).await);
}
