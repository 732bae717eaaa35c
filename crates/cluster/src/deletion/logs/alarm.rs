//! An alarm of the certificate monitor:
//! `%UC_CERT-0-CertExpired: %[Message=… Certificate name:tomcat.der Unit:tomcat Type:own-cert …][NodeID=ccm1]: text`.

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm<'a> {
    /// `UC_CERT`.
    pub facility: &'a str,
    /// A number.
    pub severity: &'a str,
    /// `CertExpired`, …
    pub alarm: &'a str,
    /// What it is about: `Certificate name`, `Unit`, `Type`, `Expiration`, as far as they are there.
    pub about: Vec<(&'static str, &'a str)>,
    /// What stands in square brackets: `AppID`, `ClusterID`, `NodeID`.
    pub parameters: Vec<(&'a str, &'a str)>,
    /// The sentence behind.
    pub text: &'a str,
}

/// The fields of the message, as the certificate monitor writes them.
const ABOUT: [&str; 4] = ["Certificate name", "Unit", "Type", "Expiration"];
/// The most parameters that are read; real ones have four.
const MAX_PARAMETERS: usize = 16;

impl<'a> Alarm<'a> {
    /// Reads an alarm, with or without the head of the system log before it.
    pub fn parse(line: &'a str) -> Option<Self> {
        let (_, rest) = line.split_once("%UC_")?;
        // The facility begins with the "UC_" that was looked for.
        let rest = line.get(line.len().checked_sub(rest.len())?.checked_sub(3)?..)?;
        let (head, rest) = rest.split_once(':')?;
        let mut parts = head.splitn(3, '-');
        let (facility, severity, alarm) = (parts.next()?, parts.next()?, parts.next()?.trim());
        let rest = rest.trim_start().trim_start_matches('%');
        let rest = rest.strip_prefix('[')?;
        let (inside, text) =
            rest.split_once("]:").or_else(|| rest.rsplit_once(']')).unwrap_or((rest, ""));
        let mut about = Vec::new();
        let mut parameters = Vec::new();
        for part in inside.split("][").take(MAX_PARAMETERS) {
            match part.split_once('=') {
                Some((key, value)) if key != "Message" && !key.contains(':') => {
                    parameters.push((key, value))
                }
                Some(("Message", message)) => about = about_of(message),
                _ => about = about_of(part),
            }
        }
        Some(Self {
            facility,
            severity,
            alarm,
            about,
            parameters,
            text: text.trim_start_matches(':').trim(),
        })
    }

    /// One of the fields of the message.
    pub fn about(&self, key: &str) -> Option<&'a str> {
        self.about.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    /// One of the parameters.
    pub fn parameter(&self, key: &str) -> Option<&'a str> {
        self.parameters.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }
}

fn about_of(message: &str) -> Vec<(&'static str, &str)> {
    let start = |key: &str, from: &str| {
        let at = from.match_indices(key).map(|(at, _)| at);
        let mut at =
            at.filter(|&at| from.get(at + key.len()..).is_some_and(|rest| rest.starts_with(':')));
        at.find(|&at| at == 0 || from.get(..at).is_some_and(|before| before.ends_with(' ')))
    };
    let value = |key: &&'static str| {
        let after = message.get(start(key, message)? + key.len() + 1..)?;
        let end = ABOUT.iter().filter_map(|next| start(next, after)).min().unwrap_or(after.len());
        Some((*key, after.get(..end)?.trim()))
    };
    ABOUT.iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPIRED: &str = "%UC_CERT-0-CertExpired: %[Message=Certificate expiration Notification. Certificate name:Root CA.der \
        Unit:tomcat-trust Type:trust-certs Expiration:Sun Mar 26 12:30:59:000 CES][AppID=Cisco Certificate Monitor]\
        [ClusterID=][NodeID=ccm1]: Certificate has Expired";

    #[test]
    fn every_part_is_read() {
        let alarm = Alarm::parse(EXPIRED).unwrap();
        assert_eq!((alarm.facility, alarm.severity, alarm.alarm), ("UC_CERT", "0", "CertExpired"));
        assert_eq!(
            (alarm.about("Certificate name"), alarm.about("Unit")),
            (Some("Root CA.der"), Some("tomcat-trust"))
        );
        assert_eq!(
            (alarm.about("Type"), alarm.about("Expiration")),
            (Some("trust-certs"), Some("Sun Mar 26 12:30:59:000 CES"))
        );
        assert_eq!(
            (alarm.parameter("NodeID"), alarm.parameter("ClusterID")),
            (Some("ccm1"), Some(""))
        );
        assert_eq!(alarm.text, "Certificate has Expired");
        let in_system_log = format!("Mar 26 12:30:59 ccm1 local7 0 : 1: ccm1: {EXPIRED}");
        assert_eq!(Alarm::parse(&in_system_log), Some(alarm));
    }

    #[test]
    fn parts_may_be_missing() {
        let alarm = Alarm::parse("%UC_CERT-4-CertValidLessThanADay: %[Unit:ipsec]").unwrap();
        assert_eq!(
            (alarm.about("Unit"), alarm.about("Type"), alarm.text),
            (Some("ipsec"), None, "")
        );
        for line in ["", "%UC_", "%UC_CERT-0-x", "%UC_CERT: %[a=b]", "UC_CERT-0-x: %[a=b]"] {
            assert_eq!(Alarm::parse(line), None, "{line}");
        }
    }
}
