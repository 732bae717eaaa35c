//! The prediction for one phone, as `trustlist predict` gives it.

use crate::answer::{Answer, Status};
use crate::desk::{Desk, Given, within};
use serde::Deserialize;
use std::sync::Arc;
use trustlist::facts::{CertificateFacts, Files, ListFacts, ListKind, Timestamp};
use trustlist::phone::{
    ConfigOffer, Device, DigestSet, KnownCertificate, ListOffer, SecurityByDefault, TlsVersion,
    TvsServer, Verdict,
};
use trustlist::question::{self, GivenError, QuestionError, TvsAnswers, TvsSaid, Verifier};
use trustlist::report::list::parse_error;
use trustlist::report::{
    Assumption, PredictionReport, Taken, Wording, prediction_explained, prediction_json,
    prediction_text, swapped_kinds,
};
use trustlist::wire::{self, DigestAlgorithm};
use trustlist_cluster::case::{Limits, PredictCase};

/// A question about one phone. Files are numbers of the desk.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    installed_itl: Option<u32>,
    installed_ctl: Option<u32>,
    offered_itl: Option<u32>,
    offered_ctl: Option<u32>,
    offered_config: Option<u32>,
    /// The server has no signed configuration.
    no_config: bool,
    /// The phone holds neither list.
    factory_fresh: bool,
    #[serde(flatten)]
    device: DeviceQuestion,
    /// The CallManager group, in order, by commas.
    cm_group: String,
    tftp_server: String,
    #[serde(flatten)]
    tvs: TvsQuestion,
    /// Certificates that TVS vouched for during the last 24 hours.
    tvs_cached: Vec<u32>,
    at: String,
}

/// The abilities of the device.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeviceQuestion {
    pub(crate) model: String,
    security_by_default: Option<bool>,
    digests: Option<Vec<String>>,
    max_key_bits: Option<u32>,
    fips: bool,
}

/// The known facts about TVS.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TvsQuestion {
    /// No server answers.
    tvs_none: bool,
    /// Servers that do not answer, by commas.
    tvs_down: String,
    tvs: Vec<Presents>,
    tvs_knows: Vec<Knows>,
    pub(crate) tls_minimum: String,
}

/// The certificate that a server presents.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Presents {
    server: String,
    file: u32,
}

/// The certificates that one server knows, or every server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Knows {
    #[serde(default)]
    server: String,
    file: u32,
}

/// Reads files into facts, one set for all of them.
pub(crate) struct Reader<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) files: Files<Verifier>,
    /// The parts that are missing from pasted lists.
    pub(crate) lost: Vec<String>,
}

/// Predicts for a case in symbols.
pub(crate) fn case(desk: &Desk, file: u32) -> Result<Answer, String> {
    let given = desk.file(file)?;
    let case = PredictCase::parse_within(&given.text()?, &Limits::new());
    let case = case.map_err(|error| format!("{}: {error}", given.shown()))?;
    Ok(answer(&case.report(), Wording::Options))
}

/// Predicts for files.
pub(crate) fn files(desk: &Desk, question: &Question) -> Result<Answer, String> {
    let asked = asked(desk, question)?;
    if [question.offered_itl, question.offered_ctl, question.offered_config]
        .iter()
        .all(Option::is_none)
    {
        return Err("nothing is offered to the phone: put the ITL, the CTL or the configuration of the server at \"On the TFTP server\"".to_owned());
    }
    let predicted = asked.predict();
    let report = predicted.report();
    let notes: Vec<String> = predicted.notes().collect();
    if swapped_kinds(report.phone, report.offer).next().is_some() {
        return Err(notes.join("; "));
    }
    let assumed =
        predicted.assumptions().iter().cloned().chain(extension_lists(desk, question)).collect();
    Ok(answer(&report.with_assumptions(assumed), Wording::Plain).notes(notes))
}

/// The question, as the library takes it.
fn asked(desk: &Desk, question: &Question) -> Result<trustlist::Question, String> {
    let mut asked = trustlist::Question::new();
    asked.paste_limits(within());
    if question.factory_fresh {
        asked.factory_fresh();
    }
    asked.device(question.device.device(None)?);
    let list = |file: u32| -> Result<&Given, String> {
        let given = desk.file(file)?;
        if let Ok(file) = wire::parse(&given.bytes) {
            given.list_size(&file)?;
        }
        Ok(given)
    };
    if let Some(given) = question.installed_itl.map(list).transpose()? {
        say(given, asked.called(&given.shown()).installed_itl(&given.bytes))?;
    }
    if let Some(given) = question.installed_ctl.map(list).transpose()? {
        say(given, asked.called(&given.shown()).installed_ctl(&given.bytes))?;
    }
    if let Some(given) = question.offered_itl.map(list).transpose()? {
        say(given, asked.called(&given.shown()).offered_itl(&given.bytes))?;
    }
    if let Some(given) = question.offered_ctl.map(list).transpose()? {
        say(given, asked.called(&given.shown()).offered_ctl(&given.bytes))?;
    }
    match question.offered_config {
        Some(file) => {
            let given = desk.file(file)?;
            say(given, asked.offered_config(&given.bytes))?;
        }
        None if question.no_config => _ = asked.no_config(),
        None => {}
    }
    if let Some(names) = said(&question.cm_group) {
        asked.cm_group(names.split(','));
    }
    if let Some(server) = said(&question.tftp_server) {
        asked.tftp_server(server);
    }
    for &file in &question.tvs_cached {
        let given = desk.file(file)?;
        say(given, asked.tvs_cached(&given.bytes))?;
    }
    if let Some(version) = tls_minimum(&question.tvs.tls_minimum)? {
        asked.tls_minimum(version);
    }
    if let Some(at) = date(&question.at)? {
        asked.at(at);
    }
    let tvs = &question.tvs;
    // Checks which facts go together; the question itself is below.
    Reader::new(desk).tvs(tvs)?;
    if tvs.tvs_none {
        asked.no_tvs();
    }
    for Presents { server, file } in &tvs.tvs {
        let given = desk.file(*file)?;
        say(given, asked.tvs_presents(server.trim(), &given.bytes))?;
    }
    for server in tvs.tvs_down.split(',').filter_map(said) {
        asked.tvs_down(server);
    }
    for Knows { server, file } in &tvs.tvs_knows {
        let given = desk.file(*file)?;
        match said(server) {
            Some(server) => {
                say(given, asked.called(&given.shown()).tvs_server_knows(server, &given.bytes))?
            }
            None => say(given, asked.called(&given.shown()).tvs_knows(&given.bytes))?,
        }
    }
    Ok(asked)
}

/// Returns the value, or an error that names the file.
fn say(given: &Given, said: Result<&mut trustlist::Question, QuestionError>) -> Result<(), String> {
    said.map(|_| ()).map_err(|error| match error.kind() {
        GivenError::UnknownChecksum => format!("{}: {error}", given.shown()),
        kind => given.told(kind),
    })
}

/// The answer with the document of the command line, and sentences for the page, which has no options to name. The assumptions have
/// a wording of their own: a case has fields.
fn answer(report: &PredictionReport<'_>, wording: Wording) -> Answer {
    let document = prediction_json(report);
    let report = &report.clone().with_wording(Wording::Plain);
    let status = match report.verdict() {
        Verdict::Accept => Status::Fine,
        Verdict::Reject => Status::Negative,
        Verdict::Depends => Status::Undecided,
    };
    let text = prediction_text(report).to_string();
    // Without the title of a case, the answer and the assumptions are before the first empty line; each may be wrapped.
    let untitled = prediction_text(&report.clone().with_title(None)).to_string();
    let (opening, reason) = untitled.split_once("\n\n").unwrap_or((untitled.as_str(), ""));
    let verdict: Vec<&str> =
        opening.lines().take_while(|line| !line.starts_with("Assumed: ")).map(str::trim).collect();
    let assumed: Vec<String> =
        report.assumed.iter().map(|assumption| assumption.sentence(wording)).collect();
    Answer::new(&document, text, status)
        .form("verdict", verdict.join(" "))
        .form("assumed", assumed.join("\n"))
        .form("reason", reason.to_owned())
        .form("explained", prediction_explained(report).to_string())
}

/// Newer loads may also fetch `ext_ITLSEP<mac>.tlv`, which is outside the model (P-BOOT-1).
fn extension_lists(desk: &Desk, question: &Question) -> Vec<Assumption> {
    let itls = [question.installed_itl, question.offered_itl].into_iter().flatten();
    let names = itls.filter_map(|file| desk.file(file).ok()).map(|given| given.name.clone());
    let extensions = names.filter(|name| name.to_ascii_lowercase().starts_with("ext_itl"));
    extensions.map(|name| Assumption::new(Taken::ExtensionListAsItl, name)).collect()
}

impl<'a> Reader<'a> {
    /// Nothing is read yet.
    pub(crate) fn new(desk: &'a Desk) -> Self {
        Self { desk, files: Files::new(Verifier), lost: Vec::new() }
    }

    /// A list that the server offers; without a file it has none.
    pub(crate) fn offered(
        &mut self,
        file: Option<u32>,
        kind: ListKind,
    ) -> Result<ListOffer, String> {
        let Some(file) = file else { return Ok(ListOffer::NotFound) };
        let given = self.desk.file(file)?;
        if given.bytes.is_empty() {
            return Ok(ListOffer::Empty);
        }
        let list = self.given(given, kind)?;
        Ok(list.map_or(ListOffer::NotFound, ListOffer::List))
    }

    /// A list, and what its paste lost, if the file itself is not known.
    pub(crate) fn given(
        &mut self,
        given: &Given,
        kind: ListKind,
    ) -> Result<Option<Arc<ListFacts>>, String> {
        let list = given.list(&mut self.files, Some(kind))?;
        if list.as_ref().is_some_and(|list| self.files.bytes(&list.file).is_none()) {
            let new = given
                .losses(Some(kind))
                .into_iter()
                .filter(|lost| !self.lost.contains(lost))
                .collect::<Vec<_>>();
            self.lost.extend(new);
        }
        Ok(list)
    }

    /// A configuration that the server offers.
    pub(crate) fn config(&mut self, file: u32) -> Result<ConfigOffer, String> {
        let given = self.desk.file(file)?;
        if given.bytes.is_empty() {
            return Ok(ConfigOffer::Empty);
        }
        let config = self.files.config(given.bytes.clone());
        config.map(ConfigOffer::Config).map_err(|error| parse_error(&given.shown(), &error))
    }

    /// The known facts about TVS.
    pub(crate) fn tvs(&mut self, question: &TvsQuestion) -> Result<TvsAnswers, String> {
        if question.tvs_none {
            if !question.tvs.is_empty()
                || !question.tvs_knows.is_empty()
                || said(&question.tvs_down).is_some()
            {
                return Err(
                    "TVS: \"no TVS server answers\" goes with nothing else about TVS".to_owned()
                );
            }
            return Ok(TvsSaid { none: true, ..TvsSaid::default() }.answers());
        }
        let mut all = TvsSaid::default();
        let down = question.tvs_down.split(',').filter_map(said).map(|name| (name, None));
        let presented =
            question.tvs.iter().map(|Presents { server, file }| (server.trim(), Some(*file)));
        for (name, file) in presented.chain(down) {
            let presents = file.map(|file| self.certificate(file)).transpose()?;
            if name.is_empty() {
                return Err(
                    "TVS: the name of the server that presents a certificate is missing".to_owned()
                );
            }
            if all.servers.iter().any(|known| known.server.eq_ignore_ascii_case(name)) {
                return Err(format!(
                    "TVS server {}: expected each server once",
                    trustlist::report::Plain(name)
                ));
            }
            let mut server = TvsServer::new(Arc::from(name));
            server.reachable = presents.is_some();
            server.presents = presents;
            all.servers.push(server);
        }
        for Knows { server, file } in &question.tvs_knows {
            all.knows.push((said(server).map(Arc::from), self.known_certificates(*file)?));
        }
        Ok(all.answers())
    }

    fn known_certificates(&mut self, file: u32) -> Result<Vec<KnownCertificate>, String> {
        let given = self.desk.file(file)?;
        if let Ok(file) = wire::parse(&given.bytes) {
            given.list_size(&file)?;
        }
        let known = question::known_file(&mut self.files, &given.bytes, &within());
        let known = known.map_err(|error| given.told(&error))?;
        match known.lost.into_iter().next() {
            Some(lost) => Err(given.told(&GivenError::LostPart(lost))),
            None => Ok(known.certificates),
        }
    }

    /// The certificate of a file that has one.
    fn certificate(&mut self, file: u32) -> Result<Arc<CertificateFacts>, String> {
        let given = self.desk.file(file)?;
        let told = |why: &dyn std::fmt::Display| format!("{}: {why}", given.shown());
        let ders = question::certificates(&given.bytes).map_err(|why| told(&why))?;
        let [der] = ders.as_slice() else {
            return Err(told(&GivenError::SeveralCertificates(ders.len())));
        };
        question::certificate(&mut self.files, der).map_err(|why| told(&why))
    }
}

impl DeviceQuestion {
    /// The device; another model wins over that of the field.
    pub(crate) fn device(&self, model: Option<&str>) -> Result<Device, String> {
        let digest = |word: &String| {
            DigestAlgorithm::from_word(word)
                .ok_or_else(|| "digests: expected sha1, sha256 or sha512".to_owned())
        };
        let digests = self
            .digests
            .as_ref()
            .map(|words| words.iter().map(digest).collect::<Result<Vec<_>, _>>())
            .transpose()?;
        let mut device = model.or(said(&self.model)).map_or_else(Device::unknown, Device::of_model);
        match self.security_by_default {
            Some(true) => device.security_by_default = SecurityByDefault::Yes,
            Some(false) => device.security_by_default = SecurityByDefault::No,
            None => {}
        }
        device.digests = digests.as_deref().map(DigestSet::of).or(device.digests);
        device.max_key_bits = self.max_key_bits.or(device.max_key_bits);
        device.fips |= self.fips;
        Ok(device)
    }
}

/// Returns a value, if its field has one.
pub(crate) fn said(value: &str) -> Option<&str> {
    Some(value.trim()).filter(|value| !value.is_empty())
}

/// Returns a date, if its field has one.
pub(crate) fn date(value: &str) -> Result<Option<Timestamp>, String> {
    let expected = "date: expected a date in UTC such as 2026-01-31 or 2026-01-31T02:00:00Z";
    said(value).map(|value| Timestamp::parse(value).ok_or_else(|| expected.to_owned())).transpose()
}

/// Returns a TLS version, if its field has one.
pub(crate) fn tls_minimum(value: &str) -> Result<Option<TlsVersion>, String> {
    let expected = "minimum TLS version: expected 1.0, 1.1, 1.2 or 1.3";
    said(value)
        .map(|value| TlsVersion::from_word(value).ok_or_else(|| expected.to_owned()))
        .transpose()
}
