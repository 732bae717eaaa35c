//! A snapshot from elsewhere cannot name files outside of its folder.

#![allow(clippy::unwrap_used)]

#[test]
fn a_snapshot_stays_in_its_folder() {
    let inside = |path: &str| {
        let file = serde_json::json!({
            "name": "ITLFile.tlv", "outcome": "found", "at": "2026-11-30T00:00:00Z",
            "file": { "path": path, "size": 1, "sha256": "00" },
        });
        let document = serde_json::json!({
            "schema": "trustlist.snapshot/1", "made_by": "", "begun": "", "ended": "",
            "tls_minimum": null, "tftp": [{ "node": "a", "address": null, "files": [file] }],
            "tvs": [], "pastes": [], "errors": [],
        });
        let read = trustlist_cli::fuzzing::snapshot(document.to_string().as_bytes());
        if let Some((paths, written)) = &read {
            assert_eq!(paths, &[path]);
            assert_eq!(trustlist_cli::fuzzing::snapshot(written), read);
        }
        read.is_some()
    };
    assert!(inside("a/b") && inside("ITLFile.tlv"));
    for path in ["../a", "/a", "a/../../b", "", "a\0b", ".", "a/./b", "C:\\a", "a\\..\\b", "a//b"] {
        assert!(!inside(path), "{path:?}");
    }
}
