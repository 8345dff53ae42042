//! The order of modules.

use super::*;
use services::training::{archive, arrange, modules};

#[tokio::test]
async fn modules_move_by_one_place_among_active_ones() {
    let (lab, max, first) = lab(0).await;
    let titled = |title: &str| DescribeModule::from_form(title, "", "");
    let second = add(&lab.ctx, &max, titled("Dust")).await.unwrap();
    let old = add(&lab.ctx, &max, titled("Old")).await.unwrap();
    let third = add(&lab.ctx, &max, titled("Fire")).await.unwrap();
    archive(&lab.ctx, &max, old, true).await.unwrap();
    let order = async || {
        let all = modules(&lab.ctx, &max).await.unwrap().modules;
        all.iter().map(|module| module.id).collect::<Vec<_>>()
    };
    assert_eq!(order().await, [first, second, third, old]);
    arrange(&lab.ctx, &max, third, true).await.unwrap();
    assert_eq!(order().await, [first, third, second, old], "over what is archived");
    arrange(&lab.ctx, &max, first, false).await.unwrap();
    assert_eq!(order().await, [third, first, second, old]);
    let moved = lab.number("SELECT count(*) FROM audit WHERE action = 'module.moved'").await;
    arrange(&lab.ctx, &max, third, true).await.unwrap();
    arrange(&lab.ctx, &max, second, false).await.unwrap();
    assert_eq!(order().await, [third, first, second, old], "there is no place beyond the ends");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'module.moved'").await, moved);
    for unknown in [ModuleId(99), old] {
        let refused = arrange(&lab.ctx, &max, unknown, true).await;
        assert!(matches!(refused, Err(TrainingError::Unknown)), "{refused:?}");
    }
    let bob = lab.signed_in(2).await;
    assert!(matches!(arrange(&lab.ctx, &bob, second, true).await, Err(TrainingError::Forbidden(_))));
}
