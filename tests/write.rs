//! What the builder writes, against files that others made.
#![cfg(feature = "rsa")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use support::{Request, key};
use trustlist::wire::Role;
use trustlist::wire::write::{Layout, ListBuilder};

#[test]
fn smoke() {
    let k = key("rsa2048-01");
    let c =
        Request::own("CN=ccm1.voice.example;OU=Voice;O=Example;C=NL", &[0x4a, 1, 2], (1_700_000_000, 1_800_000_000), k).sign(k);
    std::fs::write("/tmp/x.pem", c.pem()).unwrap();
    let l = Layout::Cucm;
    let list = ListBuilder::new(l, c.signer_info(l)).file_name("ITLFile.tlv").record(c.record(Role::Sast, l));
    std::fs::write("/tmp/x.tlv", list.sign(&k.signer).unwrap()).unwrap();
}
