//! One phone, one view: the prediction, and how its open questions are taken.

use super::view::{self, Snapshot};
use super::{
    Assume, Assumption, Context, FileJudged, Held, Judged, Profile, Taken, Trust, Verdict,
    group_names,
};
use crate::cluster::cert::Cert;
use crate::cluster::shared::FileId;
use crate::cluster::shared::Shared;
use alloc::sync::Arc;
use trustlist::facts::{self, CertificateFacts, SignatureAnswer, Signatures};
use trustlist::phone::{
    ConfigOffer, Decisive, IfSo, Installed, JudgedFile, Judgement, Kept, ListOffer, Offer, Outcome,
    Phone, Prediction, Rule, Tvs, predict,
};

/// Labels have no keys: whoever is named as signer has signed.
struct Sound;

impl Signatures for Sound {
    fn signed_by(&self, _: &facts::FileId, _: &CertificateFacts) -> SignatureAnswer {
        SignatureAnswer::Valid
    }
}

/// What phones of a context make of it; `profile` is that of one of them.
pub(super) fn verdict(
    shared: &mut Shared,
    snapshot: &Snapshot,
    profile: &Profile,
    context: &Context,
    assume: Assume,
) -> Verdict {
    let prediction = predict_as(shared, snapshot, profile, context, assume);
    let lists = [(JudgedFile::Ctl, &prediction.ctl), (JudgedFile::Itl, &prediction.itl)];
    let files = lists
        .into_iter()
        .chain(prediction.config.iter().map(|config| (JudgedFile::Config, config)));
    let refuses =
        files.clone().find(|(_, judgement)| !passes(judgement, assume)).map(|(file, _)| file);
    let assumed =
        files.flat_map(|(file, judgement)| assumptions(file, judgement, assume)).collect();
    let trust = match refuses {
        Some(_) => Trust::Locked,
        None if holds_served(&prediction) => Trust::Current,
        None => Trust::Updatable,
    };
    let judged = Arc::new(judged(shared, context, refuses, &prediction));
    Verdict { trust, after: after(context, &prediction), assumed, judged }
}

/// The judgement of a phone, its open questions taken as assumed.
pub(super) fn predict_as(
    shared: &mut Shared,
    snapshot: &Snapshot,
    profile: &Profile,
    context: &Context,
    assume: Assume,
) -> Prediction {
    let offer = view::offer(shared, context);
    let tvs = snapshot.tvs(shared, profile);
    settle(&phone(shared, profile, context.held), &offer, &tvs, assume)
}

fn phone(shared: &Shared, profile: &Profile, held: Held) -> Phone {
    let list = |file: Option<FileId>| {
        file.and_then(|file| shared.list(file)).map(|list| list.facts.clone())
    };
    Phone::new(profile.kind.device())
        .with_cm_group(Some(group_names(shared.cluster(), profile)))
        .with_installed(Installed::Given)
        .with_ctl(list(held.ctl))
        .with_itl(list(held.itl))
}

fn judged(
    shared: &Shared,
    context: &Context,
    refuses: Option<JudgedFile>,
    prediction: &Prediction,
) -> Judged {
    let signer = |file: FileId| -> Option<Cert> { shared.list(file).map(|list| list.key.signer) };
    let file = |judgement: &Judgement, signer: Option<Cert>| FileJudged {
        outcome: judgement.outcome(),
        signer,
        decisive: judgement.decisive(),
        rule: deciding_rule(judgement),
        via: judgement.via(),
        leans: judgement.leans(),
    };
    let not_judged = FileJudged {
        outcome: Outcome::NotOffered,
        signer: Some(context.config),
        decisive: None,
        rule: None,
        via: None,
        leans: None,
    };
    Judged {
        server: context.server,
        refuses,
        ctl: file(&prediction.ctl, context.ctl.and_then(signer)),
        itl: file(&prediction.itl, signer(context.itl)),
        config: prediction
            .config
            .as_ref()
            .map_or(not_judged, |config| file(config, Some(context.config))),
        after: prediction.after,
    }
}

fn deciding_rule(judgement: &Judgement) -> Option<Rule> {
    match judgement.decisive()? {
        Decisive::Condition(code) => {
            judgement.conditions().iter().find(|open| open.code == code).map(|open| open.rule)
        }
        Decisive::Finding(code) => {
            judgement.findings().iter().find(|found| found.code == code).map(|found| found.rule)
        }
        _ => None,
    }
}

/// Whether the phone goes on with this file, or was never to judge one.
fn passes(judgement: &Judgement, assume: Assume) -> bool {
    match (judgement.outcome(), assume) {
        (Outcome::NotApplicable | Outcome::NotOffered, _) => true,
        (Outcome::Depends, Assume::Optimistic) => true,
        (Outcome::Depends, Assume::Pessimistic) => false,
        _ => judgement.taken(),
    }
}

fn assumptions(
    file: JudgedFile,
    judgement: &Judgement,
    assume: Assume,
) -> impl Iterator<Item = Assumption> {
    let taken = if passes(judgement, assume) { Taken::Accept } else { Taken::Reject };
    let open = judgement.outcome() == Outcome::Depends;
    let conditions = judgement.conditions().iter().filter(move |_| open);
    conditions.map(move |condition| Assumption::Judged {
        rule: condition.rule,
        code: condition.code,
        file,
        taken,
    })
}

/// Whether the phone holds what is served: nothing new would be installed.
fn holds_served(prediction: &Prediction) -> bool {
    let after = prediction.after;
    let kept = |kept: Kept, judgement: &Judgement| match judgement.outcome() {
        Outcome::NotApplicable | Outcome::NotOffered | Outcome::Unchanged => true,
        // An unchanged list whose fate is open (P-ITL-6) stays.
        Outcome::Depends => kept == Kept::Installed,
        // What is not known to hold the served list does not hold it.
        _ => false,
    };
    kept(after.ctl, &prediction.ctl) && kept(after.itl, &prediction.itl)
}

fn after(context: &Context, prediction: &Prediction) -> Held {
    let list = |kept: Kept, installed: Option<FileId>, offered: Option<FileId>| match kept {
        Kept::Installed => installed,
        Kept::Offered => offered,
        _ => None,
    };
    let (held, after) = (context.held, prediction.after);
    Held {
        ctl: list(after.ctl, held.ctl, context.ctl),
        itl: list(after.itl, held.itl, Some(context.itl)),
    }
}

/// The prediction with its open questions taken as assumed: file by file, because each list that is taken or refused
/// changes what the next is judged by. `phone::predict` leans by itself.
fn settle(phone: &Phone, offer: &Offer, tvs: &Tvs, assume: Assume) -> Prediction {
    let mut result = predict(phone, offer, tvs, &Sound);
    if assume == Assume::Lean {
        return result;
    }
    let (mut phone, mut offer) = (phone.clone(), offer.clone());
    if result.ctl.outcome() == Outcome::Depends {
        result.after.ctl =
            decide(&result.ctl, assume, phone.ctl.is_some(), is_installed(&offer.ctl, &phone.ctl));
        apply(result.after.ctl, &mut phone.ctl, &mut offer.ctl);
        let rest = predict(&phone, &offer, tvs, &Sound);
        (result.itl, result.config, result.after.itl) = (rest.itl, rest.config, rest.after.itl);
    }
    if result.itl.outcome() == Outcome::Depends {
        result.after.itl =
            decide(&result.itl, assume, phone.itl.is_some(), is_installed(&offer.itl, &phone.itl));
        apply(result.after.itl, &mut phone.itl, &mut offer.itl);
        if result.ctl.outcome() != Outcome::Depends {
            apply(result.after.ctl, &mut phone.ctl, &mut offer.ctl);
        }
        if offer.config != ConfigOffer::NotJudged {
            result.config = predict(&phone, &offer, tvs, &Sound).config;
        }
    }
    result
}

fn is_installed(offer: &ListOffer, installed: &Option<Arc<trustlist::facts::ListFacts>>) -> bool {
    matches!((offer, installed), (ListOffer::List(offered), Some(held)) if offered.file == held.file)
}

/// What the phone keeps when an open file is taken as assumed.
fn decide(judgement: &Judgement, assume: Assume, held: bool, same: bool) -> Kept {
    let drops = |so: IfSo| so == IfSo::Dropped;
    match assume {
        Assume::Optimistic if same => Kept::Installed,
        Assume::Optimistic => Kept::Offered,
        _ if judgement.conditions().iter().any(|open| drops(open.if_yes) || drops(open.if_no))
            && held =>
        {
            Kept::Dropped
        }
        _ if held => Kept::Installed,
        _ => Kept::None,
    }
}

/// The phone after this file: the next files are judged with nothing more to judge here.
fn apply(kept: Kept, held: &mut Option<Arc<trustlist::facts::ListFacts>>, offer: &mut ListOffer) {
    match (kept, &*offer) {
        (Kept::Offered, ListOffer::List(list)) => *held = Some(list.clone()),
        (Kept::Dropped | Kept::None, _) => *held = None,
        _ => {}
    }
    *offer = ListOffer::NotFound;
}
