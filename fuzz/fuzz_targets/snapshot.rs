#![no_main]

// The files of a snapshot stay in its folder or the snapshot is refused, and it is written again as
// it was read.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((paths, written)) = trustlist_cli::fuzzing::snapshot(data) else { return };
    for path in paths {
        let inside = |part| matches!(part, std::path::Component::Normal(_));
        assert!(std::path::Path::new(&path).components().all(inside), "{path:?}");
        assert!(!path.is_empty() && !path.contains('\0'), "{path:?}");
    }
    let again = trustlist_cli::fuzzing::snapshot(&written).unwrap().1;
    assert_eq!(written, again);
});
