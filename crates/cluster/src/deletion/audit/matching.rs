//! Is an entry about the certificate that is asked for?

use crate::deletion::Wanted;
use crate::deletion::logs::{Block, Message, Operation, url_decoded};

/// What an import says about the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Import {
    /// It was imported.
    Named,
    /// A certificate of its store was imported, or may have been; which one is not said.
    Unclear,
}

/// Threads of change notification that have named what they import: the line that reports success names nothing.
#[derive(Debug, Default)]
pub(super) struct Threads(Vec<String>);

/// How many threads are remembered; the service has some dozen.
const MAX_THREADS: usize = 256;

impl Threads {
    fn named(&mut self, thread: &str) {
        if !self.0.iter().any(|known| known == thread) && self.0.len() < MAX_THREADS {
            self.0.push(thread.to_owned());
        }
    }

    /// Whether the thread has named an import that it had not finished.
    fn finish(&mut self, thread: &str) -> bool {
        let at = self.0.iter().position(|known| known == thread);
        at.map(|at| self.0.swap_remove(at)).is_some()
    }
}

/// Whether an operation is about the certificate: unit and file name, in whatever field the file stands.
pub(super) fn is_about(wanted: &Wanted, block: &Block) -> bool {
    let store = match block.field("unit").or_else(|| block.field("keystoreUnit")) {
        Some(unit) => wanted.is_unit(unit),
        None => block.field("certDir").is_some_and(|path| is_store_path(wanted, path)),
    };
    store
        && ["certDir", "srcCert"]
            .into_iter()
            .filter_map(|name| block.field(name))
            .any(|path| wanted.is_path(path))
}

/// `/usr/local/cm/.security/tomcat/trust-certs/NAME`: the folder above `trust-certs` names the store.
fn is_store_path(wanted: &Wanted, path: &str) -> bool {
    let mut folders = path.rsplit('/').skip(1);
    folders.next() == Some("trust-certs")
        && folders.next().is_some_and(|folder| wanted.is_unit(folder))
}

/// What a line of change notification says about the certificate; `None` where it is about another.
pub(super) fn import(
    wanted: &Wanted,
    threads: &mut Threads,
    operation: &Operation<'_>,
) -> Option<Import> {
    let (unit, name) = match (&operation.message, operation.message.import()) {
        (_, Some((unit, name))) => {
            if name.is_some() {
                threads.named(operation.thread);
            }
            (unit, name)
        }
        (Message::Imported { unit }, _) => {
            if threads.finish(operation.thread) && !mentions(operation.text, wanted) {
                return None;
            }
            (*unit, None)
        }
        _ => return None,
    };
    if unit.is_some_and(|unit| !wanted.is_unit(unit)) {
        return None;
    }
    let ours = match name {
        Some(name) if !name.contains(' ') => wanted.is_path(name),
        _ => mentions(operation.text, wanted),
    };
    let failed = operation.level.eq_ignore_ascii_case("ERROR")
        || operation.text.to_ascii_lowercase().contains("fail");
    match (ours, name) {
        (true, _) if failed => Some(Import::Unclear),
        (true, _) => Some(Import::Named),
        (false, None) => Some(Import::Unclear),
        (false, Some(_)) => None,
    }
}

/// Whether the file name stands in the text, not as a part of another name.
fn mentions(text: &str, wanted: &Wanted) -> bool {
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

    fn wanted() -> Wanted {
        Wanted::new("tomcat-trust", "old.pem").unwrap()
    }

    fn read(threads: &mut Threads, text: &str) -> Option<Import> {
        let line = format!("2026-07-06 03:41:28,911 INFO [InsertThread --- 12] - {text}");
        import(&wanted(), threads, &Operation::parse(&line).unwrap())
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
}
