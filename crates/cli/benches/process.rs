//! The whole process, from exec to exit, beside a program that does nothing.

use criterion::{Criterion, criterion_group, criterion_main};
use std::path::Path;
use std::process::{Command, Stdio};

fn benches(criterion: &mut Criterion) {
    let list = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .join("testdata/cluster/before/ITLFile.tlv");
    let list = list.to_str().expect("the path is text");
    let trustlist = env!("CARGO_BIN_EXE_trustlist");
    let mut group = criterion.benchmark_group("process");
    for (name, program, arguments) in [
        ("true", "true", vec![]),
        ("start-up (--version)", trustlist, vec!["--version"]),
        ("show", trustlist, vec!["show", list]),
        ("verify", trustlist, vec!["verify", list]),
        (
            "predict",
            trustlist,
            vec!["predict", "--installed-itl", list, "--offered-itl", list, "--model", "8851"],
        ),
    ] {
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let status = Command::new(program)
                    .args(&arguments)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status();
                assert!(status.is_ok_and(|status| status.code() == Some(0)));
            });
        });
    }
}

criterion_group!(process, benches);
criterion_main!(process);
