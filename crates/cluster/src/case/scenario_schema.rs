//! `trustlist.simulate/1` and `trustlist.cluster/1`.
#![allow(dead_code, clippy::type_complexity, reason = "these types are only described")]

use super::{inventory, scenario};
use crate::cluster::Policy;
use crate::release::{Product, Service, TrustUnit, Unit};
use crate::report::schema::Vocabulary as _;
use crate::report::schema::{Document, Name, for_readers};
use crate::report::shape::Word;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A cluster, a plan, and the policies for its simulation (spec/CONTRACT.md section 4).
#[derive(JsonSchema)]
#[schemars(transform = Document(scenario::FIELDS))]
pub(super) struct Scenario {
    /// The name and version of this form.
    #[schemars(extend("const" = scenario::SIMULATE_SCHEMA))]
    schema: String,
    /// Its id.
    id: Option<String>,
    /// Its title.
    title: Option<String>,
    /// Where it comes from; not looked at.
    source: Option<Value>,
    /// How sure its author is; not looked at.
    confidence: Option<Value>,
    /// The cluster before the first step.
    cluster: Cluster,
    /// The steps.
    plan: Vec<Step>,
    /// The policies; left out, all four.
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    policies: Option<Vec<Word<Policy>>>,
    /// The expectation of the case; not read.
    expect: Option<Value>,
}

/// A cluster as a document of its own, as `trustlist plan init` writes it; `trustlist plan
/// generate` also takes the object under `cluster` by itself, and a scenario.
#[derive(JsonSchema)]
#[schemars(transform = Document(inventory::DOCUMENT_FIELDS))]
pub(super) struct ClusterDocument {
    /// The name and version of this form.
    #[schemars(extend("const" = inventory::CLUSTER_SCHEMA))]
    schema: String,
    /// The cluster.
    cluster: Cluster,
}

/// Nodes, phones and settings of a cluster. What is left out is as the version says.
#[derive(JsonSchema)]
#[schemars(transform = Document(inventory::CLUSTER_FIELDS))]
struct Cluster {
    /// MAJOR.MINOR[(N)][SUn], from 8.0 to 15.
    version: Name,
    /// The security mode.
    mode: Word<crate::cluster::Mode>,
    /// True if TFTP serves blank ITLs (P-BLANK-2).
    rollback: Option<bool>,
    /// Whether a deletion goes to every node (spec/CLUSTER-RULES.md C-48).
    clusterwide_delete: Option<bool>,
    /// Whether each node has a recovery key, or the cluster one.
    #[schemars(extend("enum" = ["node", "cluster", null]))]
    itlrecovery_scope: Option<String>,
    /// Whether TVS restarts itself when its certificate is regenerated.
    tvs_restarts_itself: Option<bool>,
    /// The label of an eToken that signed the CTL.
    ctl_signer: Option<Name>,
    /// The minimum TLS version, which TVS follows (P-TVS-11); left out, 1.0 below 11.5 and not
    /// known from then on.
    #[schemars(extend("enum" = crate::report::schema::tls_words()))]
    tls_minimum: Option<String>,
    /// The units with one certificate for all nodes (spec/CLUSTER-RULES.md C-26).
    multi_server: Option<Vec<Word<Unit>>>,
    /// The nodes.
    nodes: Vec<Node>,
    /// The phones.
    phones: Vec<ClusterPhone>,
    /// Certificates in trust stores besides those of the cluster: node, store, labels.
    extra_trust: Option<BTreeMap<String, BTreeMap<Word<TrustUnit>, Vec<Name>>>>,
}

/// A node.
#[derive(JsonSchema)]
#[schemars(transform = Document(inventory::NODE_FIELDS))]
struct Node {
    /// Its name.
    name: Name,
    /// Whether it is the publisher; one node is.
    publisher: Option<bool>,
    /// The product on it; left out, cucm.
    product: Option<Word<Product>>,
    /// Whether TFTP is activated.
    tftp: Option<bool>,
    /// Whether CallManager is activated.
    callmanager: Option<bool>,
}

/// A phone of the cluster.
#[derive(JsonSchema)]
#[schemars(rename = "Phone", transform = Document(inventory::PHONE_FIELDS))]
struct ClusterPhone {
    /// Its name.
    name: Name,
    /// Its TFTP servers, in order.
    tftp_servers: Vec<Name>,
    /// Its CallManager group, in order.
    cm_group: Vec<Name>,
    /// How it registers; left out, non-secure.
    #[schemars(extend("enum" = ["non-secure", "encrypted", "authenticated", null]))]
    security: Option<String>,
    /// Its model: Security By Default, if that is not said, and the TLS of its TVS client.
    model: Option<String>,
    /// Whether it has Security By Default; left out, as the model says, and without a model it has.
    security_by_default: Option<bool>,
    /// Whether it holds the certificate that it was made with; left out, it has, and the answer
    /// names the assumption (P-7).
    mic: Option<bool>,
    /// Whether it has a certificate of its own; left out, none.
    #[schemars(extend("enum" = ["none", "current", null]))]
    lsc: Option<String>,
    /// The ITL that it holds; left out, the current one. `foreign`: that of another cluster.
    #[schemars(extend("enum" = ["current", "none", "foreign", null]))]
    itl: Option<String>,
    /// The CTL that it holds; left out, the current one in mixed mode. `stale`: one whose
    /// certificates are all older.
    #[schemars(extend("enum" = ["current", "none", "stale", null]))]
    ctl: Option<String>,
    /// Whether it is online; left out, it is.
    online: Option<bool>,
}

/// A step of a plan: one of the operations of spec/CONTRACT.md section 4.
pub(crate) struct Step;

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let steps: Vec<Schema> =
            scenario::OPERATIONS.iter().map(|(op, fields)| step(op, fields, generator)).collect();
        json_schema!({ "description": "A step of a plan (spec/CONTRACT.md section 4).", "oneOf": steps })
    }
}

fn step(op: &str, fields: &[&str], generator: &mut SchemaGenerator) -> Schema {
    let mut properties = Map::new();
    properties.insert(
        "op".to_owned(),
        json!({ "description": "The operation.", "type": "string", "const": op }),
    );
    for &field in fields {
        properties.insert(field.to_owned(), step_field(op, field, generator));
    }
    let may_be_left_out =
        |field: &&str| matches!((op, *field), ("delete_phone_lists", "ctl") | ("check", "what"));
    let required: Vec<&str> = ["op"]
        .into_iter()
        .chain(fields.iter().copied().filter(|field| !may_be_left_out(field)))
        .collect();
    let mut schema = json_schema!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    for_readers(&mut schema);
    schema
}

fn step_field(op: &str, field: &str, generator: &mut SchemaGenerator) -> Value {
    let of = |about: &str, schema: Value| {
        let mut described = json!({ "description": about });
        let fields = described.as_object_mut().unwrap();
        fields.extend(schema.as_object().cloned().unwrap());
        described
    };
    match (op, field) {
        ("regen", "cert") => {
            of("The certificate unit.", generator.subschema_for::<Word<Unit>>().to_value())
        }
        (_, "cert") => of(
            "The label of a certificate: of a store, or UNIT@NODE#N.",
            generator.subschema_for::<Name>().to_value(),
        ),
        (_, "unit") => {
            let stores = TrustUnit::all().into_iter().chain(Unit::all()).collect::<Vec<_>>();
            of(
                "The trust store; an own unit is refused when the plan is run.",
                json!({ "type": "string", "enum": stores }),
            )
        }
        (_, "service") => {
            let names = Service::all()
                .into_iter()
                .chain(["Cisco Certificate Change Notification"])
                .collect::<Vec<_>>();
            of("The service.", json!({ "type": "string", "enum": names }))
        }
        (_, "node") => {
            let name = generator.subschema_for::<Name>().to_value();
            of(
                "A node, a list of nodes, or all.",
                json!({ "anyOf": [name, { "type": "array", "items": name }] }),
            )
        }
        (_, "scope") => {
            let name = generator.subschema_for::<Name>().to_value();
            of(
                "A list of phones, or all.",
                json!({ "anyOf": [{ "const": "all" }, { "type": "array", "items": name }] }),
            )
        }
        (_, "mode") => of(
            "The mode to set.",
            generator.subschema_for::<Word<crate::cluster::Mode>>().to_value(),
        ),
        (_, "value") => of("Whether the rollback parameter is on.", json!({ "type": "boolean" })),
        (_, "minutes") => {
            let most = crate::cluster::MAX_WAIT_MINUTES;
            of("How long.", json!({ "type": "integer", "minimum": 0, "maximum": most }))
        }
        (_, "ctl") => of(
            "Whether the CTL goes too; left out, only the ITL.",
            json!({ "type": ["boolean", "null"] }),
        ),
        (_, "what") => of("What to look at; free text.", json!({ "type": ["string", "null"] })),
        _ => panic!("{op}.{field} is not described"),
    }
}
