//! Every remedy of every case, carried out: the phone then takes the file, and ends worse with
//! none.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, Completeness, FileId, Form, ListFacts, RecordFacts, RecordIndex,
    SignatureAnswer, Signatures,
};
use trustlist::phone::*;
use trustlist::wire::{DigestAlgorithm, Role};
use trustlist_cluster::case::PredictCase;

const FILES: [JudgedFile; 3] = [JudgedFile::Ctl, JudgedFile::Itl, JudgedFile::Config];

/// The file of a list that is made after a remedy, signed as the remedy says.
const MADE: FileId = FileId::symbol(u32::MAX - 1);

/// A question, as it is after a remedy.
#[derive(Clone)]
struct World<'a> {
    phone: Phone,
    offer: Offer,
    tvs: Tvs,
    signatures: &'a dyn Signatures,
}

impl Signatures for World<'_> {
    fn signed_by(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        if *file == MADE {
            SignatureAnswer::Valid
        } else {
            self.signatures.signed_by(file, certificate)
        }
    }
}

impl World<'_> {
    fn predict(&self) -> Prediction {
        predict(&self.phone, &self.offer, &self.tvs, self)
    }

    /// The worlds that carrying out a remedy may lead to: TFTP and the CTL client make a list of
    /// what is in use.
    fn after(&self, remedy: &Remedy) -> Vec<Self> {
        let mut world = self.clone();
        match remedy {
            Remedy::DeleteListsOnPhone => {
                world.phone.installed = InstalledLists::NONE;
                world.phone.tvs_cache.clear();
            }
            Remedy::ImportSigner { certificate, role } => {
                world.servers(|server| know(server, certificate, *role))
            }
            Remedy::RestoreTvsCertificate { server, certificate } => {
                world.present(server, Some(certificate.clone()))
            }
            Remedy::StartTvs { server } => {
                let itl =
                    world.phone.itl().cloned().expect("only a server of a TVS record is started");
                let record = itl
                    .records
                    .iter()
                    .find(|record| record.role == Role::Tvs && record.server == *server);
                world
                    .present(server, record.expect("the record of the server").certificate.clone());
            }
            Remedy::Together { first, second } => {
                return self.after(first).iter().flat_map(|world| world.after(second)).collect();
            }
            Remedy::ResetAgain => {
                world.phone = after_state(&self.phone, &self.offer, &self.predict())
            }
            Remedy::LowerTlsMinimum => {
                world.offer.tls_minimum = Some(trustlist::phone::TlsVersion::V1_0)
            }
            Remedy::ShrinkItl => {
                world.offer.itl = edited(&world.offer.itl, |list| list.size = Some(5000))
            }
            Remedy::UseSha1 => {
                world.offer.ctl =
                    edited(&world.offer.ctl, |list| list.digest = DigestAlgorithm::Sha1);
                world.offer.itl =
                    edited(&world.offer.itl, |list| list.digest = DigestAlgorithm::Sha1);
                if let ConfigOffer::Config(config) = &mut world.offer.config {
                    Arc::make_mut(config).digest = DigestAlgorithm::Sha1;
                }
            }
            Remedy::ItlResetLocalkey { signer }
            | Remedy::ItlResetLocalkeyIfPublisher { signer }
            | Remedy::ResetAfterTftpRestart { signer } => {
                let rebuilt = world.rebuilt_itl(signer);
                let signed = signed(&world.offer.itl, signer);
                let itls = signed.into_iter().chain(rebuilt);
                return itls
                    .map(|itl| world.with(|offer| offer.itl = ListOffer::List(itl)))
                    .collect();
            }
            Remedy::CtlResetLocalkey { signer } | Remedy::CtlUpdate { signer } => {
                let of_itl = edited(&world.offer.itl, |_| {});
                let ctls =
                    signed(&world.offer.ctl, signer).into_iter().chain(signed(&of_itl, signer));
                return ctls
                    .map(|ctl| world.with(|offer| offer.ctl = ListOffer::List(ctl)))
                    .collect();
            }
            other => panic!("no test for {other:?}"),
        }
        vec![world]
    }

    fn with(&self, edit: impl FnOnce(&mut Offer)) -> Self {
        let mut world = self.clone();
        edit(&mut world.offer);
        world
    }

    /// The installed ITL, which names the signer of the configuration besides.
    fn rebuilt_itl(&self, signer: &Arc<CertificateFacts>) -> Option<Arc<ListFacts>> {
        let ConfigOffer::Config(config) = &self.offer.config else { return None };
        let mut itl = (**self.phone.itl()?).clone();
        let identity = config.signer.clone();
        let certificate = Some(Arc::new(
            ((**signer).clone())
                .with_identity(identity)
                .with_subject(config.signer_subject.clone()),
        ));
        let (index, server) = (RecordIndex(999), Arc::from("ccm1"));
        itl.records.push(
            RecordFacts::new(index, Role::CcmTftp)
                .with_server(server)
                .with_form(Form::Certificate)
                .with_certificate(certificate),
        );
        (itl.completeness, itl.size) = (Completeness::Whole, None);
        signed(&ListOffer::List(Arc::new(itl)), signer)
    }

    fn servers(&mut self, edit: impl FnMut(&mut TvsServer)) {
        if let Tvs::Known(servers) = &mut self.tvs {
            servers.iter_mut().for_each(edit);
        }
    }

    fn present(&mut self, name: &Arc<str>, presents: Option<Arc<CertificateFacts>>) {
        let Tvs::Known(servers) = &mut self.tvs else { panic!("nothing is known of TVS") };
        if !servers.iter().any(|server| server.server.eq_ignore_ascii_case(name)) {
            servers.push(TvsServer::new(name.clone()).with_reachable(false));
        }
        for server in servers.iter_mut().filter(|server| server.server.eq_ignore_ascii_case(name)) {
            (server.reachable, server.presents) = (true, presents.clone());
        }
    }
}

fn know(server: &mut TvsServer, certificate: &Arc<CertificateFacts>, role: Role) {
    let known = KnownCertificate::new(certificate.clone()).with_roles(Some(RoleSet::of(&[role])));
    server.knows =
        Some(server.knows.iter().flat_map(|known| known.iter().cloned()).chain([known]).collect());
}

fn edited(offer: &ListOffer, edit: impl FnOnce(&mut ListFacts)) -> ListOffer {
    let mut offer = offer.clone();
    if let ListOffer::List(list) = &mut offer {
        edit(Arc::make_mut(list));
    }
    offer
}

fn signed(offer: &ListOffer, signer: &CertificateFacts) -> Option<Arc<ListFacts>> {
    let ListOffer::List(list) = offer else { return None };
    let (identity, subject) = (Some(signer.identity.clone()), signer.subject.clone());
    Some(Arc::new(
        ((**list).clone())
            .with_file(MADE)
            .with_signer(identity)
            .with_signer_subject(subject)
            .with_file_name(None),
    ))
}

fn outcome(prediction: &Prediction, file: JudgedFile) -> Option<Outcome> {
    match file {
        JudgedFile::Config => prediction.config.as_ref().map(Judgement::outcome),
        JudgedFile::Ctl => Some(prediction.ctl.outcome()),
        JudgedFile::Itl => Some(prediction.itl.outcome()),
    }
}

/// Refused, undecided, anything else.
fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Reject => 0,
        Outcome::Depends => 1,
        _ => 2,
    }
}

fn is_taken(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Accept | Outcome::InstallFirst | Outcome::Unchanged)
}

/// Carries out every remedy of a case; returns how many, and those that do not help.
fn carried_out(name: &str, case: &PredictCase) -> (usize, Vec<String>) {
    let (phone, offer, tvs) = (case.phone.clone(), case.offer.clone(), case.tvs.clone());
    let now = predict(&phone, &offer, &tvs, &case.signatures);
    let told = remedies(&phone, &offer, &tvs, &case.signatures, &now);
    let mut world = World { phone, offer, tvs, signatures: &case.signatures };
    // Remedies are those of a device that has the property, if that is unknown.
    if world.phone.device.security_by_default == SecurityByDefault::Unknown {
        world.phone.device.security_by_default = SecurityByDefault::Yes;
    }
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in FILES {
        for remedy in told.of(file) {
            count += 1;
            let helps = world.after(remedy).iter().any(|world| {
                let then = world.predict();
                let worse = |file: &JudgedFile| {
                    outcome(&then, *file).map(rank) < outcome(&now, *file).map(rank)
                };
                outcome(&then, file).is_some_and(is_taken) && !FILES.iter().any(worse)
            });
            if !helps {
                wrong.push(format!("{name}: {file:?}: {remedy:?}"));
            }
        }
    }
    (count, wrong)
}

#[test]
fn every_remedy_that_is_told_helps_when_it_is_carried_out() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let (mut count, mut wrong) = (0, Vec::new());
    for folder in ["testdata/cases/predict", "testdata/faults"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let Ok(case) = PredictCase::parse(&std::fs::read_to_string(&path).unwrap()) else {
                continue;
            };
            let (told, failed) = carried_out(&name, &case);
            count += told;
            wrong.extend(failed);
        }
    }
    assert!(count > 100, "{count}");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
