//! Clusters and plans as the JSON that they are read from.

use crate::cluster::{
    Cluster, CtlStart, ErasedLists, ItlStart, LscStart, Mode, NodeId, NodeSpec, Nodes, Operation,
    PhoneSecurity, PhoneSpec, Phones, Rollback,
};
use trustlist::json::{Map, Value};
use trustlist::phone::SecurityByDefault;
use trustlist::release::RecoveryScope;

/// The `cluster` object. What the version says by itself is left out.
pub fn cluster_json(cluster: &Cluster) -> Value {
    let release = cluster.release();
    let mut fields = Map::new();
    fields.insert("version".to_owned(), release.to_string().into());
    fields.insert("mode".to_owned(), mode(cluster.mode()).into());
    let flags = [
        ("rollback", cluster.rollback, false),
        ("clusterwide_delete", cluster.clusterwide_delete, release.clusterwide_delete()),
        ("tvs_restarts_itself", cluster.tvs_restarts_itself, release.tvs_restarts_itself()),
    ];
    fields.extend(
        flags
            .into_iter()
            .filter(|(_, is, default)| is != default)
            .map(|(key, is, _)| (key.to_owned(), is.into())),
    );
    if cluster.recovery_scope != release.recovery_scope() {
        let scope =
            if cluster.recovery_scope == RecoveryScope::Cluster { "cluster" } else { "node" };
        fields.insert("itlrecovery_scope".to_owned(), scope.into());
    }
    if let Some(token) = cluster.token() {
        fields.insert("ctl_signer".to_owned(), cluster.label(token).into());
    }
    if let Some(version) =
        cluster.tls_minimum.filter(|_| cluster.tls_minimum != cluster.default_tls_minimum())
    {
        fields.insert("tls_minimum".to_owned(), version.as_str().into());
    }
    if !cluster.multi_server().is_empty() {
        fields.insert(
            "multi_server".to_owned(),
            cluster.multi_server().iter().map(|unit| unit.as_str()).collect(),
        );
    }
    fields.insert("nodes".to_owned(), cluster.nodes().map(|(_, spec)| node(spec)).collect());
    fields.insert(
        "phones".to_owned(),
        cluster.phones().iter().map(|spec| phone(cluster, spec)).collect(),
    );
    if !cluster.extra_trust().is_empty() {
        fields.insert("extra_trust".to_owned(), extra_trust(cluster));
    }
    fields.into()
}

fn node(spec: &NodeSpec) -> Value {
    [
        ("name", Value::from(&*spec.name)),
        ("publisher", spec.publisher.into()),
        ("product", spec.product.to_string().into()),
        ("tftp", spec.tftp.into()),
        ("callmanager", spec.callmanager.into()),
    ]
    .into()
}

fn phone(cluster: &Cluster, spec: &PhoneSpec) -> Value {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    put("name", spec.name.to_string().into());
    put("tftp_servers", names(cluster, &spec.tftp_servers));
    put("cm_group", names(cluster, &spec.cm_group));
    let words = [
        ("security", (spec.security == PhoneSecurity::Encrypted).then_some("encrypted")),
        ("lsc", (spec.lsc == LscStart::Current).then_some("current")),
        ("itl", itl(spec.itl)),
        ("ctl", ctl(spec.ctl)),
    ];
    words
        .into_iter()
        .filter_map(|(key, word)| Some((key, word?)))
        .for_each(|(key, word)| put(key, word.into()));
    if let Some(model) = &spec.model {
        put("model", model.to_string().into());
    }
    let unsaid = spec.model.as_deref().map_or_else(
        || PhoneSpec::new("", &[], &[]),
        |model| PhoneSpec::new("", &[], &[]).of_model(model),
    );
    match spec.security_by_default {
        known if known == unsaid.security_by_default => {}
        SecurityByDefault::No => put("security_by_default", false.into()),
        SecurityByDefault::Yes => put("security_by_default", true.into()),
        SecurityByDefault::Unknown => {}
    }
    if let Some(mic) = spec.mic.filter(|_| spec.mic != unsaid.mic) {
        put("mic", mic.into());
    }
    if !spec.online {
        put("online", false.into());
    }
    fields.into()
}

const fn itl(start: ItlStart) -> Option<&'static str> {
    match start {
        ItlStart::Current => None,
        ItlStart::Foreign => Some("foreign"),
        ItlStart::None => Some("none"),
    }
}

/// `current` is the default in mixed mode, and the same as none elsewhere.
const fn ctl(start: CtlStart) -> Option<&'static str> {
    match start {
        CtlStart::Current => None,
        CtlStart::None => Some("none"),
        CtlStart::Stale => Some("stale"),
    }
}

fn names(cluster: &Cluster, nodes: &[NodeId]) -> Value {
    nodes.iter().map(|&node| cluster.node_spec(node).name.to_string()).collect()
}

fn extra_trust(cluster: &Cluster) -> Value {
    let mut stores = Map::new();
    for &(node, unit, cert) in cluster.extra_trust() {
        let of_node = stores
            .entry(cluster.node_spec(node).name.to_string())
            .or_insert_with(|| Map::new().into());
        let Some(of_node) = of_node.as_object_mut() else { continue };
        let certs =
            of_node.entry(unit.as_str().to_owned()).or_insert_with(|| Vec::<Value>::new().into());
        if let Some(certs) = certs.as_array_mut() {
            certs.push(cluster.label(cert).into());
        }
    }
    stores.into()
}

/// The `plan` list.
pub fn plan_json(cluster: &Cluster, plan: &[Operation]) -> Value {
    plan.iter().map(|operation| step(cluster, operation)).collect()
}

fn step(cluster: &Cluster, operation: &Operation) -> Value {
    use Operation as Op;
    let mut fields = Map::new();
    fields.insert("op".to_owned(), operation.word().into());
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    match operation {
        Op::CtlResetLocalkey | Op::CtlUpdate | Op::ItlResetLocalkey => {}
        Op::Check { what } => put("what", what.to_string().into()),
        Op::DeletePhoneLists { phones: scope, lists } => {
            put("scope", phones(cluster, scope));
            put("ctl", (*lists == ErasedLists::Both).into());
        }
        Op::DeleteTrust { unit, cert, nodes: scope } => {
            put("unit", unit.as_str().into());
            put("cert", cluster.label(*cert).into());
            put("node", nodes(cluster, scope));
        }
        Op::LscUpdate { phones: scope }
        | Op::PhoneOffline { phones: scope }
        | Op::PhoneOnline { phones: scope }
        | Op::ResetPhones { phones: scope } => put("scope", phones(cluster, scope)),
        Op::NodeDown { nodes: scope }
        | Op::NodeUp { nodes: scope }
        | Op::ReplBreak { nodes: scope }
        | Op::ReplFix { nodes: scope } => put("node", nodes(cluster, scope)),
        Op::Regen { unit, nodes: scope } => {
            put("cert", unit.as_str().into());
            put("node", nodes(cluster, scope));
        }
        Op::Restart { service, nodes: scope }
        | Op::Start { service, nodes: scope }
        | Op::Stop { service, nodes: scope } => {
            put("service", service.as_str().into());
            put("node", nodes(cluster, scope));
        }
        Op::SetMode(to) => put("mode", mode(*to).into()),
        Op::SetRollback(rollback) => put("value", (*rollback == Rollback::On).into()),
        Op::Wait { minutes } => put("minutes", (*minutes).into()),
    }
    fields.into()
}

fn nodes(cluster: &Cluster, scope: &Nodes) -> Value {
    match scope {
        Nodes::All => "all".into(),
        Nodes::These(nodes) => match nodes.as_slice() {
            [node] => cluster.node_spec(*node).name.to_string().into(),
            nodes => names(cluster, nodes),
        },
    }
}

fn phones(cluster: &Cluster, scope: &Phones) -> Value {
    match scope {
        Phones::All => "all".into(),
        Phones::These(phones) => phones.iter().map(|&phone| cluster.phone_name(phone)).collect(),
    }
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Mixed => "mixed",
        Mode::NonSecure => "non-secure",
    }
}
