use super::*;

fn page(path: &str) -> Option<(String, Vec<String>)> {
    let found = Pages::find(path)?;
    let found = if let Rendered::Frame(page) = found.view { *page } else { found };
    let at = IDS.1.iter().flatten().position(|id| *id == found.id)?;
    let pattern = AREAS.iter().flat_map(|area| area.paths).nth(at)?;
    Some(((*pattern).to_owned(), found.params.into_iter().map(|(_, value)| value).collect()))
}

#[test]
fn static_path_wins_over_parameter() {
    assert_eq!(page("/machines/new"), Some(("machines/new".into(), vec![])));
    assert_eq!(page("/machines/7"), Some(("machines/:id".into(), vec!["7".into()])));
    assert_eq!(page("/machines/7/plans/new"), Some(("machines/:id/plans/new".into(), vec!["7".into()])));
    assert_eq!(page("/machines/7/plans/3").map(|it| it.1), Some(vec!["7".into(), "3".into()]));
}

#[test]
fn non_numeric_id_matches_no_page() {
    let half = [
        "/machines/hall",
        "/machines/7.5",
        "/machines/7/plans/new2",
        "/people/1e3",
        "/cards/99999999999999999999",
    ];
    for none in half {
        assert_eq!(page(none), None, "{none}");
    }
    assert_eq!(page("/book/room:2").map(|it| it.1), Some(vec!["room:2".into()]));
}

#[test]
fn trailing_slash_matches_and_unknown_path_does_not() {
    assert_eq!(page("/"), Some((String::new(), vec![])));
    assert_eq!(page("/me/"), Some(("me".into(), vec![])));
    for none in ["", "/mee", "/me/x", "/machines//edit", "/people/1/uses/2", "//"] {
        assert_eq!(page(none), None, "{none}");
    }
}

#[test]
fn page_needs_the_sheet_of_its_area() {
    for areas in ["/sign-in", "/book", "/availability", "/learn/1/quiz", "/kiosk", "/types/3/checklist"] {
        assert_eq!(sheets_at(areas), [Sheet::Areas], "{areas}");
    }
    for house in [
        "/set-up/a",
        "/building/doors",
        "/reports",
        "/machines/7/history",
        "/membership",
        "/people",
        "/people/1",
        "/manage",
        "/machines",
    ] {
        assert_eq!(sheets_at(house), [Sheet::House], "{house}");
    }
    // Including the journey of members that `cargo xtask size` measures without area styles.
    for plain in ["/", "/machines/7", "/machines/7/report", "/me", "/nowhere"] {
        assert!(sheets_at(plain).is_empty(), "{plain}");
    }
}

#[test]
fn only_samples_need_both_sheets() {
    let both = AREAS.iter().filter(|area| area.sheets.len() > 1).flat_map(|area| area.paths);
    assert!(both.eq(cfg!(debug_assertions).then_some(&"ui")));
}

#[test]
fn page_paths_are_unique() {
    let mut all: Vec<_> = AREAS.iter().flat_map(|area| area.paths).collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
}
