//! Will a phone accept the lists that its TFTP server offers after a certificate change? `cargo run --example predict`.

use std::{error::Error, fs, path::Path, sync::Arc};
use trustlist::cert::Certificate;
use trustlist::facts::{CertificateFacts, Files};
use trustlist::phone::*;
use trustlist::verify::RustCrypto;

fn main() -> Result<(), Box<dyn Error>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let read = |name: &str| fs::read(testdata.join(name));

    // One set for all files: each is parsed once, each signature checked once.
    let mut files = Files::new(RustCrypto);
    let installed = files.list(read("cluster/before/ITLFile.tlv")?)?;
    let renewed = files.list(read("cluster/after-callmanager/ITLFile.tlv")?)?;
    let forged = files.list(read("bad/forged-signer.tlv")?)?;
    let first_tvs = certificate(&read("certs/ccm1-tvs-1.pem")?)?;
    let second_tvs = certificate(&read("certs/ccm1-tvs-2.pem")?)?;
    let new_signer = certificate(&read("certs/ccm1-callmanager-2.pem")?)?;

    let phone = Phone::new(Device::of_model("8851"))
        .with_cm_group(Some(vec![Arc::from("ccm1")]))
        .with_installed(InstalledLists::of(None, Some(installed)));
    let offer = |itl| Offer::new().with_itl(ListOffer::List(itl));
    let tvs = |presents| {
        let known = KnownCertificate::new(new_signer.clone()).with_roles(Some(RoleSet::of(&[
            trustlist::wire::Role::Sast,
            trustlist::wire::Role::CcmTftp,
        ])));
        let server = TvsServer::new(Arc::from("ccm1"))
            .with_presents(Some(presents))
            .with_knows(Some(Arc::from([known])));
        Tvs::Known(vec![server])
    };

    let ask = |title: &str, list, tvs: &Tvs| {
        let itl = predict(&phone, &offer(list), tvs, &files).itl;
        println!("{title}: {:?}, because of {:?}", itl.outcome(), itl.decisive());
        itl.outcome()
    };
    let kept = ask("CallManager renewed, TVS kept", renewed.clone(), &tvs(first_tvs.clone()));
    assert_eq!(kept, Outcome::Accept);
    // A missing fact makes the answer undecided …
    assert_eq!(
        ask("CallManager renewed, nothing known of TVS", renewed.clone(), &Tvs::Unknown),
        Outcome::Depends
    );
    // … and these two are refused.
    assert_eq!(ask("CallManager and TVS renewed", renewed, &tvs(second_tvs)), Outcome::Reject);
    assert_eq!(
        ask("A forged list that names the right signer", forged, &tvs(first_tvs)),
        Outcome::Reject
    );
    Ok(())
}

fn certificate(pem: &[u8]) -> Result<Arc<CertificateFacts>, Box<dyn Error>> {
    let (_, der) = der::Document::from_pem(std::str::from_utf8(pem)?)?;
    Ok(Arc::new(CertificateFacts::from_certificate(&Certificate::parse(der.as_bytes())?)))
}
