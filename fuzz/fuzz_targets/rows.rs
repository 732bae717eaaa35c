#![no_main]

// An inventory in any encoding, or a workbook: the rows come in the order of their lines, whole text,
// and the same twice.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let path = std::env::temp_dir().join(format!("trustlist-rows-{}.csv", std::process::id()));
    std::fs::write(&path, data).unwrap();
    let rows = trustlist_cli::fuzzing::inventory(&path);
    if let Err(error) = &rows {
        assert!(!error.contains(char::is_control), "{error:?}");
    }
    let lines = rows.iter().flatten().map(|(line, _)| line);
    assert!(lines.is_sorted(), "{rows:?}");
    assert_eq!(rows, trustlist_cli::fuzzing::inventory(&path));
});
