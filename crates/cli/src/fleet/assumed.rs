//! What the options and the inventory leave out, and what is taken instead: said first.

use super::FleetArguments;
use super::columns::Columns;
use super::run::Tally;
use trustlist::report::{Assumption, Taken};

/// Every assumption, as a sentence.
pub(super) fn assumed(arguments: &FleetArguments, columns: &Columns, tally: &Tally) -> Vec<String> {
    let mut assumed = of_options(arguments, columns);
    if !arguments.installed_itl.is_empty() || arguments.installed_ctl.is_some() {
        assumed.push(
            "every phone whose row has no list holds that of --installed-itl and --installed-ctl"
                .to_owned(),
        );
    }
    assumed.extend(tally.models.iter().map(|model| {
        Assumption::new(Taken::ModelUnknown(model.to_string()), "--security-by-default").to_string()
    }));
    assumed.extend(columns.ignored.iter().cloned());
    if columns.device_pool.is_some() && columns.cm_group.is_none() && arguments.cm_group.is_none() {
        assumed
            .push("no CallManager group is known: column device_pool is not read without --pool-group POOL=ccm1,ccm2".to_owned());
    }
    if let Some(before) = &arguments.before {
        let before = super::super::input::name(before);
        assumed.push(format!(
            "phones with neither itl nor ctl hold the lists that their node served in {before}"
        ));
    }
    if tally.not_given > 0 && (columns.itl.is_some() || columns.ctl.is_some()) {
        assumed.push(format!(
            "nothing is known of the lists on {} with neither itl nor ctl: --factory-fresh not given",
            phones(tally.not_given)
        ));
    }
    if tally.without_config > 0 {
        let folder =
            arguments.offered_config.as_deref().map(super::super::input::name).unwrap_or_default();
        assumed.push(format!(
            "no signed configuration for {}: no file of that name in {folder}",
            phones(tally.without_config)
        ));
    }
    if tally.servers > 1 && arguments.offered_itl.len() == 1 {
        assumed.push(
            "every TFTP server offers the same ITL: --offered-itl SERVER=FILE not given".to_owned(),
        );
    }
    assumed.extend(
        tally.unnamed.iter().take(MAX_SERVERS).map(|server| server.assumption().to_string()),
    );
    if let Some(more) = tally.unnamed.len().checked_sub(MAX_SERVERS).filter(|&more| more > 0) {
        assumed
            .push(format!("nothing is known about {more} more TVS servers that no --tvs is for"));
    }
    assumed
}

fn of_options(arguments: &FleetArguments, columns: &Columns) -> Vec<String> {
    let mut assumed = Vec::new();
    let mut add = |missing: bool, taken: Taken, left_out: &'static str| {
        assumed.extend(missing.then(|| Assumption::new(taken, left_out).to_string()));
    };
    let (itl, ctl) = (columns.itl.is_some(), columns.ctl.is_some());
    let defaults = !arguments.installed_itl.is_empty()
        || arguments.installed_ctl.is_some()
        || arguments.before.is_some();
    add(
        !itl && !ctl && !arguments.factory_fresh && !defaults,
        Taken::InstalledListsUnknown,
        "columns itl and ctl, and --factory-fresh,",
    );
    add(itl && !ctl, Taken::NoCtlOnPhone, "column ctl");
    add(ctl && !itl, Taken::NoItlOnPhone, "column itl");
    add(
        arguments.installed_ctl.is_some() && arguments.installed_itl.is_empty(),
        Taken::NoItlOnPhone,
        "--installed-itl",
    );
    add(
        !arguments.installed_itl.is_empty() && arguments.installed_ctl.is_none(),
        Taken::NoCtlOnPhone,
        "--installed-ctl",
    );
    add(arguments.offered_ctl.is_none(), Taken::NoCtlOnServer, "--offered-ctl");
    add(arguments.offered_itl.is_empty(), Taken::NoItlOnServer, "--offered-itl");
    let config = arguments.offered_config.is_some();
    add(!config && !arguments.no_config, Taken::ConfigNotJudged, "--offered-config");
    add(
        columns.model.is_none() && !arguments.device.names_model(),
        Taken::DeviceUnknown,
        "column model",
    );
    let tftp = columns.tftp_server.is_some() || arguments.tftp_server.is_some();
    add(
        config && (ctl || arguments.offered_ctl.is_some()) && !tftp,
        Taken::TftpServerUnknown,
        "column tftp_server",
    );
    add(arguments.tvs.is_empty(), Taken::TvsUnknown, "--tvs");
    let group = columns.cm_group.is_some() || arguments.cm_group.is_some();
    add(arguments.tvs.names_several() && !group, Taken::TvsOrder, "column cm_group");
    assumed
}

fn phones(phones: u64) -> String {
    format!("{phones} phone{}", if phones == 1 { "" } else { "s" })
}

/// Servers that an assumption names.
const MAX_SERVERS: usize = 10;
