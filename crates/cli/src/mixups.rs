//! Inputs that were probably mixed up: every command that predicts checks them here.

use super::collect::same_host;
use super::fleet::is_device;
use std::net::IpAddr;
use std::sync::Arc;
use trustlist::facts::{CertificateFacts, Name};
use trustlist::phone::{Offer, Phone};
use trustlist::report::{Plain, prediction_notes, swapped_kinds};
use trustlist::wire::{self, File};

/// Refuses lists that are given in the place of the other kind (P-SIG-7).
///
/// # Errors
/// One line for all of them; `insist` is the end of the advice about each.
pub(super) fn kinds(phone: &Phone, offer: &Offer, insist: &str) -> Result<(), String> {
    let swapped = swapped_kinds(phone, offer).map(|line| line + insist);
    let swapped: Vec<String> = swapped.collect();
    if swapped.is_empty() { Ok(()) } else { Err(swapped.join("; ")) }
}

/// Returns a sentence for each list that is of another TFTP node than the one on the phone, or older
/// than it.
pub(super) fn notes(phone: &Phone, offer: &Offer) -> Vec<String> {
    prediction_notes(phone, offer).collect()
}

/// Says that a certificate which a TVS server is said to present names another host. An address proves
/// nothing: certificates have names. The name of a multi-server certificate (`ccm1-ms.voice.example`, TVS
/// from 14) is that of no server.
pub(super) fn of_tvs(server: &str, presents: &CertificateFacts) -> Option<String> {
    other_host(server, &presents.subject).map(|name| {
        format!(
            "--tvs {}: this is the certificate of {}: were two files mixed up?",
            Plain(server),
            Plain(name)
        )
    })
}

/// Returns the device whose configuration this is by the name inside, if it names one.
pub(super) fn device_of_config(bytes: &[u8]) -> Option<String> {
    let File::Signed(signed) = wire::parse(bytes).ok()? else { return None };
    let name = String::from_utf8_lossy(signed.header().file_name()?).into_owned();
    let (device, _) = name.split_once(".cnf.xml")?;
    let is_default = device.eq_ignore_ascii_case("XMLDefault");
    (!device.is_empty() && !is_default).then(|| device.to_owned())
}

/// Returns an error for the configuration of a phone that is, by the name inside, that of another
/// phone.
pub(super) fn other_device(bytes: &[u8], device: &str) -> Option<String> {
    let found = device_of_config(bytes).filter(|found| !found.eq_ignore_ascii_case(device))?;
    let are_phones =
        [found.as_str(), device].iter().all(|name| is_device(name.to_ascii_uppercase().as_bytes()));
    if !are_phones {
        return None;
    }
    Some(format!(
        "by the name inside it is the configuration of {}, expected that of {}",
        Plain(found),
        Plain(device)
    ))
}

/// Returns the name of the host that a TVS certificate is of, if it is surely not this server.
pub(super) fn other_host<'n>(server: &str, subject: &'n Name) -> Option<&'n str> {
    let name = subject.common_name()?;
    let host = name.split('.').next().unwrap_or_default();
    let is_multi_server = host.to_ascii_lowercase().ends_with("-ms");
    let is_other =
        !is_multi_server && server.parse::<IpAddr>().is_err() && !same_host(server, name);
    is_other.then_some(name)
}

/// Returns the groups that a phone may be in, too, if its group is not known: each server alone.
pub(super) fn lone_groups(servers: &[Arc<str>]) -> Vec<Vec<Arc<str>>> {
    match servers {
        [] | [_] => Vec::new(),
        servers => servers.iter().map(|server| vec![server.clone()]).collect(),
    }
}
