//! Is an entry of a log about the certificate that is asked for?

use super::TargetCertificate;
use super::inventory::unit_of;
use super::logs::words::{Words, ends_in_import};
use super::logs::{Block, Message, Operation, Unclear, url_decoded};
use crate::release::TrustUnit;
use std::borrow::Cow;

/// The relation of an import to the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Import {
    /// It was imported.
    Named,
    /// A certificate of its store was imported, or may have been; which one is not said.
    Unclear,
}

/// Threads of change notification that have named what they import: the line that reports success
/// names nothing.
#[derive(Debug, Default)]
pub(super) struct Threads(Vec<String>);

/// How many threads are remembered; the service has some dozen.
const MAX_THREADS: usize = 256;

impl Threads {
    /// Follows a line; `true` if it reports the success of an import that its thread has named.
    pub(super) fn follow(&mut self, operation: &Operation<'_>) -> bool {
        match (&operation.message, operation.message.import()) {
            (_, Some((_, Some(_)))) => self.named(operation.thread),
            (Message::Imported { .. }, _) => return self.finish(operation.thread),
            _ => {}
        }
        false
    }

    fn named(&mut self, thread: &str) {
        if !self.0.iter().any(|known| known == thread) && self.0.len() < MAX_THREADS {
            self.0.push(thread.to_owned());
        }
    }

    /// Checks if the thread has named an import that it had not finished.
    fn finish(&mut self, thread: &str) -> bool {
        let at = self.0.iter().position(|known| known == thread);
        at.map(|at| self.0.swap_remove(at)).is_some()
    }
}

/// The relation of an operation to the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Its header names the store and the file.
    Named,
    /// It names them, and another store or file too.
    Unclear,
}

/// Returns the relation of an operation to the certificate: by the units and the folder for the
/// store, by any path for the file. `None` if it is about another.
pub(super) fn about(wanted: &TargetCertificate, block: &Block) -> Option<About> {
    let path = |name| block.field(name).filter(|path| !path.is_empty());
    let (folder, source) = (path("certDir"), path("srcCert"));
    let units = ["unit", "keystoreUnit"].into_iter().filter_map(path);
    let stores: Vec<&str> = units.chain(folder.and_then(store_of)).collect();
    let fits = |path: &str| wanted.is_path(path);
    let paths = [folder, source].into_iter().flatten();
    if !stores.iter().any(|store| wanted.is_unit(store)) {
        return None;
    }
    if !paths.clone().any(fits) {
        // An import whose file has the name of an upload, or none.
        let another = paths.map(basename).any(|path| is_file(&path) && !may_be(wanted, &path));
        return (block.is_import() && !another).then_some(About::Unclear);
    }
    let one = stores.iter().all(|store| wanted.is_unit(store)) && folder.is_none_or(fits);
    Some(if one { About::Named } else { About::Unclear })
}

/// The store that a path names, `/usr/local/cm/.security/tomcat/trust-certs/NAME`: the folder above
/// `trust-certs`, if it is one that is known.
pub(super) fn store_of(path: &str) -> Option<&str> {
    let mut folders = path.rsplit('/').skip(1);
    let is_trust = folders.next() == Some("trust-certs");
    folders.next().filter(|folder| is_trust && unit_of(folder).is_some())
}

/// A line of change notification about an import, taken apart once for every certificate.
pub(super) struct ImportLine<'a> {
    operation: &'a Operation<'a>,
    /// The store, if it is named; `None` inside for a word that is no store.
    unit: Option<Option<TrustUnit>>,
    name: Option<&'a str>,
    /// The file, if the name is nothing but one.
    file: Option<Cow<'a, str>>,
    /// It reports the success of an import that was named before.
    finished: bool,
}

impl<'a> ImportLine<'a> {
    /// `None` if the line imports nothing.
    pub(super) fn new(operation: &'a Operation<'a>, finished: bool) -> Option<Self> {
        let (unit, name) = match (&operation.message, operation.message.import()) {
            (_, Some(import)) => import,
            (Message::Imported { unit }, _) => (*unit, None),
            _ => return None,
        };
        let file = name.filter(|name| name.chars().all(is_plain)).map(basename);
        let file = file.filter(|file| is_file(file));
        Some(Self { operation, unit: unit.map(unit_of), name, file, finished })
    }

    /// Returns the relation of the line to the certificate; `None` if it is about another.
    pub(super) fn relation(&self, wanted: &TargetCertificate) -> Option<Import> {
        if self.unit.flatten().is_some_and(|unit| unit != wanted.unit) {
            return None;
        }
        let is_store_odd = self.unit == Some(None);
        let text = self.operation.text;
        let ours = match &self.file {
            Some(file) => wanted.is_name(file),
            None => mentions(text, wanted),
        };
        let failed = || {
            self.operation.level.eq_ignore_ascii_case("ERROR")
                || text.to_ascii_lowercase().contains("fail")
        };
        match (ours, &self.file, self.name) {
            (true, ..) if is_store_odd || failed() => Some(Import::Unclear),
            (true, ..) => Some(Import::Named),
            (false, Some(file), _) => may_be(wanted, file).then_some(Import::Unclear),
            (false, None, Some(name)) => {
                let another = files(name).any(|file| !may_be(wanted, &file));
                (!another).then_some(Import::Unclear)
            }
            (false, None, None) => (!self.finished).then_some(Import::Unclear),
        }
    }
}

/// An entry that may speak of an import, taken apart once for every certificate.
pub(super) struct UnclearLine<'a> {
    text: Cow<'a, str>,
    stores: Vec<TrustUnit>,
    files: Vec<String>,
    is_cut: bool,
}

impl<'a> UnclearLine<'a> {
    pub(super) fn new(unclear: &Unclear<'a>) -> Self {
        let text = url_decoded(unclear.text);
        let small = text.to_ascii_lowercase();
        let stores = TrustUnit::ALL.iter().copied().filter(|unit| names_store(&small, *unit));
        let (stores, files) = (stores.collect(), files(&text).collect());
        Self { text, stores, files, is_cut: unclear.is_cut }
    }

    /// Checks if it may speak of an import of the certificate: it names the file, or the store and
    /// no other file.
    pub(super) fn may_import(&self, wanted: &TargetCertificate) -> bool {
        let is_store = self.stores.contains(&wanted.unit);
        if !is_store && !self.stores.is_empty() {
            return false;
        }
        let is_named = self.files.iter().any(|file| may_be(wanted, file))
            || mentions(&self.text, wanted)
            || is_subject(&self.text, wanted);
        let about = is_named || ((is_store || self.is_cut) && self.files.is_empty());
        about && self.speaks(wanted)
    }

    /// Checks if the word for the import is more than a part of the file name.
    fn speaks(&self, wanted: &TargetCertificate) -> bool {
        let mut words = Words::default();
        !words.found(wanted.name.as_bytes())
            || words.found(self.text.replace(&wanted.name, "").as_bytes())
            || (self.is_cut && ends_in_import(&self.text))
    }
}

/// Checks if a text in small letters names a store: `tomcat-trust`, `unit=tomcat`, or the folder.
fn names_store(small: &str, unit: TrustUnit) -> bool {
    let name = unit.as_str().to_ascii_lowercase();
    let stem = name.trim_end_matches("-trust");
    let is_part = |c: char| c.is_alphanumeric() || c == '-';
    let word = |word: &str| {
        small.match_indices(word).any(|(at, _)| {
            let before = small.get(..at).and_then(|before| before.chars().next_back());
            let after = small.get(at.saturating_add(word.len())..).unwrap_or_default();
            let starts = !before.is_some_and(is_part) || !word.starts_with(char::is_alphanumeric);
            starts && !after.starts_with(is_part)
        })
    };
    word(&name)
        || word(&format!("/{stem}/trust-certs"))
        || [":", "=", ": "].iter().any(|sign| word(&format!("unit{sign}{stem}")))
}

/// Checks if the text has the name of the file, without its ending, as the subject.
fn is_subject(text: &str, wanted: &TargetCertificate) -> bool {
    text.match_indices("CN=").any(|(at, sign)| {
        let name = text.get(at.saturating_add(sign.len())..).unwrap_or_default();
        let rest = name.strip_prefix(stem(&wanted.name));
        rest.is_some_and(|rest| rest.chars().next().is_none_or(is_edge))
    })
}

/// The names of certificate files in a text; a name with a character that cannot be seen is none.
fn files(text: &str) -> impl Iterator<Item = String> {
    let is_seen = |name: &str| name.chars().all(|c| is_plain(c) || c.is_alphanumeric());
    let names = text.split(is_edge).map(basename);
    names.filter(move |name| is_file(name) && is_seen(name)).map(Cow::into_owned)
}

/// The last part of a path, without URL encoding.
fn basename(path: &str) -> Cow<'_, str> {
    let last = |path: &str| path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
    match url_decoded(path) {
        Cow::Borrowed(path) => Cow::Borrowed(path.get(last(path)..).unwrap_or(path)),
        Cow::Owned(path) => Cow::Owned(path.get(last(&path)..).unwrap_or(&path).to_owned()),
    }
}

/// Checks if a name is that of a certificate file.
fn is_file(name: &str) -> bool {
    let small = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| small.contains(ending))
}

/// Checks if a file name may be that of the certificate: its other form (`.der`), or a name that was
/// cut off.
fn may_be(wanted: &TargetCertificate, name: &str) -> bool {
    let name = name.trim_end_matches('.');
    wanted.name.starts_with(name) || stem(name) == stem(&wanted.name)
}

/// A file name without its ending, of which there may be two (`.pem.der`).
fn stem(name: &str) -> &str {
    let is_ending = |(_, ending): &(&str, &str)| {
        ENDINGS.iter().any(|known| known.trim_start_matches('.').eq_ignore_ascii_case(ending))
    };
    match name.rsplit_once('.').filter(is_ending) {
        Some((before, _)) => stem(before),
        None => name,
    }
}

/// How the names of certificate files end.
const ENDINGS: [&str; 4] = [".pem", ".der", ".crt", ".cer"];

/// A character of a path that was written without quotation marks and blanks.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '%' | '+' | '~' | '@')
}

/// Checks if the file name is in the text, not as a part of another name.
fn mentions(text: &str, wanted: &TargetCertificate) -> bool {
    let in_text = |text: &str| {
        text.match_indices(&wanted.name).any(|(at, name)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at.saturating_add(name.len())..).unwrap_or_default();
            before.is_none_or(is_edge)
                && after.trim_start_matches('.').chars().next().is_none_or(is_edge)
        })
    };
    in_text(text) || in_text(&url_decoded(text))
}

/// A character that ends a file name in running text.
fn is_edge(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '/' | '=' | ':' | ',' | ';' | '(' | ')' | '[' | ']' | '<' | '>' | '"' | '\'')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deletion::logs::{Sighting, scan};

    fn wanted() -> TargetCertificate {
        TargetCertificate::new("tomcat-trust", "old.pem").unwrap()
    }

    fn read(threads: &mut Threads, text: &str) -> Option<Import> {
        let line = format!("2026-07-06 03:41:28,911 INFO [InsertThread --- 12] - {text}");
        let operation = Operation::parse(&line).unwrap();
        let finished = threads.follow(&operation);
        ImportLine::new(&operation, finished)?.relation(&wanted())
    }

    #[test]
    fn an_import_of_the_certificate() {
        for text in [
            "importTrustCert tomcat-trust old.pem",
            "importTrustCert old.pem",
            "importTrustCert TOMCAT-TRUST %2Fusr%2Ftrust-certs%2Fold.pem",
            "IN -- CertUtil.java - importTrustCert(/usr/trust-certs/old.pem) -",
            "importTrustCert of old.pem into the keystore",
            "tomcat-trust Certificate old.pem successfully updated in trust-store by Change Notification..",
        ] {
            assert_eq!(read(&mut Threads::default(), text), Some(Import::Named), "{text}");
        }
    }

    #[test]
    fn an_import_of_another_or_of_who_knows_which() {
        for text in [
            "importTrustCert tomcat-trust other.pem",
            "importTrustCert tomcat-trust Old.pem",
            "importTrustCert tomcat-trust old.pem.1",
            "importTrustCert tomcat-trust very-old.pem",
            "importTrustCert CallManager-trust old.pem",
            "CallManager-trust Certificate successfully updated in trust-store by Change Notification..",
        ] {
            assert_eq!(read(&mut Threads::default(), text), None, "{text}");
        }
        for text in [
            "importTrustCert tomcat-trust",
            "importTrustCert tomcat-trust old.pem failed",
            "importTrustCert tomcat-trust old.der",
            "importTrustCert tomcat-trust old.pem.der",
            "importTrustCert unit=tomcat-trust name=old.pem",
            "importTrustCert tomcat-trust CN=old",
            "importTrustCert tomcat-trust ol",
            "importTrustCert tomcat-trust old",
            "importTrustCert tomcat-trust old.p",
            "importTrustCert tomcat-",
            "importTrustCert tomcat-trust\u{a0}old",
            "importTrustCert tomcat-trust o\u{200b}ld.pem",
            "tomcat-trust Certificate successfully updated in trust-store by Change Notification..",
        ] {
            assert_eq!(read(&mut Threads::default(), text), Some(Import::Unclear), "{text}");
        }
    }

    #[test]
    fn success_belongs_to_what_the_thread_has_named() {
        let done =
            "tomcat-trust Certificate successfully updated in trust-store by Change Notification..";
        let mut threads = Threads::default();
        assert_eq!(read(&mut threads, "importTrustCert tomcat-trust other.pem"), None);
        assert_eq!(read(&mut threads, done), None);
        assert_eq!(read(&mut threads, done), Some(Import::Unclear));
    }

    #[test]
    fn lines_that_may_speak_of_an_import() {
        let may = |text: &str, is_cut: bool| {
            let mut told = None;
            let log = if is_cut { text.to_owned() } else { format!("{text}\n") };
            let collected = crate::deletion::NodeTime::parse("2026-07-06T04:30:00").unwrap();
            let (_, read) = scan(log.as_bytes(), collected, &mut |_, sighting| {
                if let Sighting::Unclear(unclear) = sighting {
                    told = Some(UnclearLine::new(&unclear).may_import(&wanted()));
                }
            });
            read.unwrap();
            told.unwrap_or(false)
        };
        let line =
            |text: &str| format!("2026-07-06 03:41:28,911 INFO [InsertThread --- 12] - {text}");
        for text in [
            "importCert tomcat-trust old.pem",
            "importCert old.pem",
            "ImportTrustCert tomcat-trust %2Fx%2Fold.pem",
            "import into tomcat-trust: CN=old",
            "certificate CN=old,O=x added",
            "insertCertificateInDB tomcat-trust",
            "OUT -- CertUtil.java - importTrustCert(old.pem) - true",
            "tomcat-trust Certificate successfully updated",
            "tomcat-trust Certificate updated in trust-store",
            "copied /usr/local/cm/.security/tomcat/trust-certs/old.pem",
            "writing certificate old.pem to tomcat-trust",
            "Updated Data in CERTIFICATE ::<msg><action>I</action><new>CN=old</new></msg>",
            "restored /usr/local/cm/.security/tomcat/trust-certs/old.der",
        ] {
            assert!(may(&line(text), false), "{text}");
        }
        for text in [
            "importCert tomcat-trust other.pem",
            "importCert CallManager-trust old.pem",
            "importCert CallManager-trust",
            "insertCertificateInDB(certInfo)",
            "tomcat-trust --- is included unit for CN",
            "the address of tomcat-trust",
            "old.pem in tomcat-trust deleted",
            "Updated Data in CERTIFICATE ::<msg><action>D</action><old>CN=old</old></msg>",
        ] {
            assert!(!may(&line(text), false), "{text}");
        }
        let event = "Jul  6 03:12:05 n user 6 ilog_impl: emitted platform-event(--no-wait \
            platform-event-clusterwide-certificate-import HOSTNAME=n UNIT=tomcat NAME=old.pem)";
        assert!(may(event, false));
        assert!(!may(&event.replace("old.pem", "other.pem"), false));
        // A date that does not exist, and none.
        assert!(may(
            &line("importTrustCert tomcat-trust old.pem").replace("07-06", "06-31"),
            false
        ));
        assert!(may(&line("importTrustCert tomcat-trust old.pem").replace("03:", "25:"), false));
        assert!(may("INFO - importTrustCert tomcat-trust old.pem", false));
        assert!(may(&line("imp"), true) && !may(&line("imp"), false));
        assert!(may(&line("importCert to"), true) && !may(&line("importCert to"), false));
        assert!(!may(&line("importCert tomcat-trust other.pem"), true));
    }

    #[test]
    fn a_file_name_with_the_word_in_it() {
        let wanted = TargetCertificate::new("tomcat-trust", "import-ca.pem").unwrap();
        let may = |text| {
            let unclear = Unclear { at: None, text, is_cut: false };
            UnclearLine::new(&unclear).may_import(&wanted)
        };
        assert!(!may("import-ca.pem of tomcat-trust deleted") && may("insert import-ca.pem"));
    }
}
