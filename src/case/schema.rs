//! What the readers take, as types: the schemas of the inputs in `schema/` are made from these, and each object is held to
//! the keys that its reader knows. `tests/schema.rs` asks readers and schemas about the same documents.
#![allow(dead_code, reason = "these types are only described")]

use super::json::READERS_FIELDS;
use super::scenario::{inventory, plan};
use super::{build, deletion, expect, label, list, predict, preflight, scenario};
use crate::cluster::Policy;
use crate::phone::{Kept, Lean, Outcome, Via};
use crate::release::{Product, Service, TrustUnit, Unit};
use crate::report::schema::{RoleWord, input, keys};
use crate::report::shape::{Vocabulary, Word};
use schemars::transform::Transform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Every input: the name and version of its form, and its schema.
pub(crate) fn inputs() -> Vec<(&'static str, Value)> {
    vec![
        input::<Build>(build::SCHEMA),
        input::<ClusterDocument>(inventory::CLUSTER_SCHEMA),
        input::<DeletionCase>(deletion::DELETION_CASE_SCHEMA),
        input::<Inventory>(deletion::DELETION_INVENTORY_SCHEMA),
        input::<Predict>(predict::PREDICT_SCHEMA),
        input::<Context>("trustlist.preflight-context/1"),
        input::<Scenario>(scenario::SIMULATE_SCHEMA),
    ]
}

/// Closes an object, and holds its fields to the keys of its reader.
struct Closed(&'static [&'static str]);

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        let known: BTreeSet<String> = self.0.iter().map(|&key| key.to_owned()).collect();
        assert_eq!(keys(schema.as_value()), known, "fields of the reader and of its description");
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

/// The same with the fields that are there for readers.
struct Document(&'static [&'static str]);

impl Transform for Document {
    fn transform(&mut self, schema: &mut Schema) {
        Closed(self.0).transform(schema);
        for_readers(schema);
    }
}

fn for_readers(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let about = "For readers; ignored (CONTRACT.md section 2).";
    properties.extend(READERS_FIELDS.iter().map(|&key| (key.to_owned(), json!({ "description": about }))));
}

/// These fields may be left out, but not be `null`.
struct NotNull(&'static [&'static str]);

impl Transform for NotNull {
    fn transform(&mut self, schema: &mut Schema) {
        let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) else { return };
        required.retain(|key| !self.0.iter().any(|known| key == known));
        if required.is_empty() {
            schema.remove("required");
        }
    }
}

/// The words of a table of a reader, or `null`.
fn or_null<T>(table: &[(&str, T)]) -> Value {
    table.iter().map(|(word, _)| Value::from(*word)).chain([Value::Null]).collect()
}

/// A name: a text that is not empty.
struct Name;

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A name or label.", "type": "string", "minLength": 1 })
    }
}

/// A date as the readers take it.
struct DateText;

impl JsonSchema for DateText {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let about = "A date in UTC, such as 2015-03-06 or 2015-03-06T00:00:00Z.";
        json_schema!({ "description": about, "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" })
    }
}

/// A value, or `null` where the key must be there.
struct OrNull<T>(T);

impl<T: JsonSchema> JsonSchema for OrNull<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrNull", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<T>(), { "type": "null" }] })
    }
}

/// One, or a list of which any is right.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "AnyOf{T}")]
enum Any<T> {
    One(T),
    List(Vec<T>),
}

impl Vocabulary for Product {
    const NAME: &'static str = "Product";
    const ABOUT: &'static str = "What runs on a node: Unified CM, or IM and Presence.";

    fn all() -> Vec<&'static str> {
        vec![Self::Cucm.word(), Self::Imp.word()]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Cucm => "cucm",
            Self::Imp => "imp",
        }
    }
}

/// A phone, what it is offered and what is known of TVS, with labels for certificates (CONTRACT.md section 3).
#[derive(JsonSchema)]
#[schemars(transform = Document(predict::FIELDS))]
struct Predict {
    /// The name and version of this form.
    #[schemars(extend("const" = predict::PREDICT_SCHEMA))]
    schema: String,
    /// The case's name.
    id: Option<String>,
    /// What happens, in a sentence.
    title: Option<String>,
    /// Where it comes from.
    source: Option<String>,
    /// How sure its author is.
    confidence: Option<String>,
    /// Certificates by label. A label with no entry is a certificate of its own: subject and issuer CN=LABEL, a serial
    /// number made from the label, 2048 bits, no dates. Two labels with the same issuer and serial are one certificate.
    certificates: Option<BTreeMap<String, AnyCertificate>>,
    /// The phone.
    phone: Phone,
    /// What it is offered.
    offer: Offer,
    /// The TVS servers; left out, nothing is known of them, and an empty list says that none answers.
    tvs: Option<Vec<TvsServer>>,
    /// The date of the judgement; left out, dates do not appear.
    at: Option<DateText>,
    /// What the case expects.
    expect: Option<Expect>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum AnyCertificate {
    Certificate(Certificate),
    Forgery(Forgery),
}

/// A certificate.
#[derive(JsonSchema)]
#[schemars(transform = Closed(label::ENTRY_FIELDS))]
struct Certificate {
    /// Its subject.
    subject: Option<String>,
    /// Its issuer; left out, its subject.
    issuer: Option<String>,
    /// Its serial number in hexadecimal digits.
    serial: Option<String>,
    /// What kind of key it holds; left out, RSA.
    #[schemars(extend("enum" = or_null(label::KEY_WORDS)))]
    key: Option<String>,
    /// The length of its key (P-ALG-4, P-ALG-5); left out, 2048.
    key_bits: Option<u32>,
    /// Start of its validity.
    not_before: Option<DateText>,
    /// End of its validity.
    not_after: Option<DateText>,
}

/// A certificate with the issuer and serial number of another one, but a key of its own (P-SIG-2).
#[derive(JsonSchema)]
#[schemars(transform = Closed(label::FORGERY_FIELDS))]
struct Forgery {
    /// The label of the genuine one.
    forges: Name,
}

/// A phone.
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::PHONE_FIELDS))]
struct Phone {
    /// Its model (PHONE-RULES.md, model table).
    model: Option<String>,
    /// Whether it has Security By Default; left out, as the model says.
    security_by_default: Option<bool>,
    /// The digests that it can check (P-ALG-2); left out, as the model says.
    digests: Option<Vec<Digest>>,
    /// Whether it runs in FIPS mode (P-ALG-5).
    fips: Option<bool>,
    /// The longest key that it can use (P-ALG-4).
    max_key_bits: Option<u32>,
    /// Its CallManager group, in order: whom it asks for TVS. Left out, all of `tvs`.
    cm_group: Option<Vec<Name>>,
    /// The CTL that it holds; `null` for none.
    ctl: Option<List>,
    /// The ITL that it holds; `null` for none. With both keys left out, nobody said what it holds.
    itl: Option<List>,
    /// What TVS answered before and the phone remembers (P-TVS-6).
    tvs_cache: Option<Vec<AnyCached>>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum AnyCached {
    Label(Name),
    Cached(Cached),
}

/// An answer of TVS that a phone remembers (P-TVS-6).
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::CACHED_FIELDS))]
struct Cached {
    /// The certificate that TVS vouched for.
    certificate: Name,
    /// How old the answer is.
    age_hours: Option<u32>,
    /// The roles that TVS gave.
    roles: Option<Vec<RoleWord>>,
}

/// What the phone is offered.
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::OFFER_FIELDS))]
struct Offer {
    /// The CTL; `null`: the server has none.
    ctl: Option<OfferedList>,
    /// The ITL; `null`: the server has none.
    itl: Option<OfferedList>,
    /// The signed configuration; `null`: none is served; left out: none is judged.
    config: Option<OfferedConfig>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum OfferedList {
    Word(OfferedWord),
    List(List),
}

/// `same`: the bytes already installed; `empty`: a file of zero bytes.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum OfferedWord {
    Empty,
    Same,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum OfferedConfig {
    Word(EmptyFile),
    Config(Config),
}

/// A file of zero bytes.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum EmptyFile {
    Empty,
}

/// A trust list.
#[derive(JsonSchema)]
#[schemars(transform = Closed(list::LIST_FIELDS))]
struct List {
    /// The label of the certificate that signed it; `null` where a print does not say.
    signer: OrNull<Name>,
    /// The digest of its signature; left out, sha1.
    digest: Option<Digest>,
    /// What its signature is worth; left out, valid. `not-checked`: only a print is at hand.
    #[schemars(extend("enum" = or_null(list::SIGNATURES)))]
    signature: Option<String>,
    /// The name inside the file (P-SIG-7).
    file_name: Option<String>,
    /// When it was made (P-TIME-2).
    timestamp: Option<DateText>,
    /// Its size in bytes (P-ALG-7).
    size: Option<u64>,
    /// Its records.
    records: Vec<Record>,
    /// The subject in the header, where it is not the certificate's.
    signer_subject: Option<String>,
    /// Whether all of it is known; a print may be cut.
    complete: Option<bool>,
}

/// A record of a trust list.
#[derive(JsonSchema)]
#[schemars(transform = Closed(list::RECORD_FIELDS))]
#[schemars(extend(
    "if" = { "properties": { "form": { "const": "empty" } }, "required": ["form"] },
    "then" = { "properties": { "certificate": { "type": "null" } } },
    "else" = { "properties": { "certificate": { "type": "string" } }, "required": ["certificate"] }
))]
struct Record {
    /// What the certificate may do.
    role: RoleWord,
    /// The label of the certificate; not in a record of form `empty`.
    certificate: Option<Name>,
    /// The host name.
    server: Option<String>,
    /// The IP address.
    address: Option<String>,
    /// What of the certificate is in the record: itself, its hash, only names, serial number and key, or nothing.
    #[schemars(extend("enum" = or_null(list::FORMS)))]
    form: Option<String>,
}

/// A signed configuration.
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::CONFIG_FIELDS))]
struct Config {
    /// The label of the certificate that signed it.
    signer: Name,
    /// The digest of its signature; left out, sha1.
    digest: Option<Digest>,
    /// What its signature is worth; left out, valid.
    #[schemars(extend("enum" = or_null(list::SIGNATURES)))]
    signature: Option<String>,
    /// The name or address of the TFTP server that it comes from (P-BOOT-5).
    tftp_server: Option<Name>,
    /// Whether it is encrypted (P-CFG-4).
    encrypted: Option<bool>,
}

/// A TVS server.
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::SERVER_FIELDS))]
struct TvsServer {
    /// Its name, each once.
    server: Name,
    /// Whether it answers; left out, it does.
    reachable: Option<bool>,
    /// The label of the certificate that it presents; `null`: not known.
    presents: Option<Name>,
    /// What it knows: label and roles, `null` for roles that are not known. `null` altogether: not known.
    knows: Option<BTreeMap<String, Option<Vec<RoleWord>>>>,
}

/// What a case expects; what is not said is not compared.
#[derive(JsonSchema)]
#[schemars(transform = Closed(expect::FIELDS))]
struct Expect {
    /// The offered CTL.
    ctl: Option<ExpectFile>,
    /// The offered ITL.
    itl: Option<ExpectFile>,
    /// The offered configuration.
    config: Option<ExpectFile>,
    /// What the phone holds afterwards.
    after: Option<ExpectAfter>,
    /// The same for the second boot.
    again: Option<Box<Expect>>,
}

/// What a case expects of one file.
#[derive(JsonSchema)]
#[schemars(transform = Closed(expect::FILE_FIELDS), transform = NotNull(expect::FILE_FIELDS))]
struct ExpectFile {
    /// Any of these.
    outcome: Any<Word<Outcome>>,
    /// Any of these; `null` for no lean.
    leans: Any<OrNull<Word<Lean>>>,
    /// Any of these; `null` for nothing.
    via: Any<OrNull<Word<Via>>>,
    /// The decisive code: any of these.
    decisive: Any<Word<crate::phone::Decisive>>,
    /// Conditions that must all be there.
    conditions: Any<Word<crate::phone::Decisive>>,
    /// Findings that must all be there.
    findings: Any<Word<crate::phone::Decisive>>,
    /// Codes none of which may be there.
    absent: Any<Word<crate::phone::Decisive>>,
}

/// What a case expects of the phone afterwards.
#[derive(JsonSchema)]
#[schemars(transform = Closed(expect::AFTER_FIELDS), transform = NotNull(expect::AFTER_FIELDS))]
struct ExpectAfter {
    /// The CTL: any of these.
    ctl: Any<Word<Kept>>,
    /// The ITL: any of these.
    itl: Any<Word<Kept>>,
}

/// The digest of a signature (FORMAT.md section 2, tag 8).
struct Digest;

impl JsonSchema for Digest {
    fn schema_name() -> Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let about = "The digest of a signature (FORMAT.md section 2, tag 8).";
        json_schema!({ "description": about, "type": "string", "enum": crate::report::schema::digests() })
    }
}

/// A cluster, a plan, and the policies under which it is judged (CONTRACT.md section 4).
#[derive(JsonSchema)]
#[schemars(transform = Document(scenario::FIELDS))]
struct Scenario {
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
    /// What the case expects; not looked at.
    expect: Option<Value>,
}

/// A cluster that stands alone, as `trustlist plan init` writes it; `trustlist plan generate` also takes the object under
/// `cluster` by itself, and a scenario.
#[derive(JsonSchema)]
#[schemars(transform = Document(inventory::DOCUMENT_FIELDS))]
struct ClusterDocument {
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
    /// Whether TFTP serves blank ITLs (P-BLANK-2).
    rollback: Option<bool>,
    /// Whether a deletion goes to every node (CLUSTER-RULES.md C-48).
    clusterwide_delete: Option<bool>,
    /// Whether each node has a recovery key, or the cluster one.
    #[schemars(extend("enum" = ["node", "cluster", null]))]
    itlrecovery_scope: Option<String>,
    /// Whether TVS restarts itself when its certificate is regenerated.
    tvs_restarts_itself: Option<bool>,
    /// The label of an eToken that signed the CTL.
    ctl_signer: Option<Name>,
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
    /// What runs on it; left out, cucm.
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
    /// Whether it has Security By Default; left out, it has.
    security_by_default: Option<bool>,
    /// Whether it has a certificate of its own; left out, none.
    #[schemars(extend("enum" = ["none", "current", null]))]
    lsc: Option<String>,
    /// The ITL that it holds; left out, the current one. `foreign`: that of another cluster.
    #[schemars(extend("enum" = ["current", "none", "foreign", null]))]
    itl: Option<String>,
    /// The CTL that it holds; left out, the current one in mixed mode. `stale`: one whose certificates are all older.
    #[schemars(extend("enum" = ["current", "none", "stale", null]))]
    ctl: Option<String>,
    /// Whether it is on-line; left out, it is.
    online: Option<bool>,
}

/// A step of a plan: one of the operations of CONTRACT.md section 4.
pub(crate) struct Step;

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let steps: Vec<Schema> = plan::OPERATIONS.iter().map(|(op, fields)| step(op, fields, generator)).collect();
        json_schema!({ "description": "A step of a plan (CONTRACT.md section 4).", "oneOf": steps })
    }
}

fn step(op: &str, fields: &[&str], generator: &mut SchemaGenerator) -> Schema {
    let mut properties = Map::new();
    properties.insert("op".to_owned(), json!({ "description": "The operation.", "type": "string", "const": op }));
    for &field in fields {
        properties.insert(field.to_owned(), step_field(op, field, generator));
    }
    let may_be_left_out = |field: &&str| matches!((op, *field), ("delete_phone_lists", "ctl") | ("check", "what"));
    let required: Vec<&str> = ["op"].into_iter().chain(fields.iter().copied().filter(|field| !may_be_left_out(field))).collect();
    let mut schema =
        json_schema!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
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
        ("regen", "cert") => of("The certificate unit.", generator.subschema_for::<Word<Unit>>().to_value()),
        (_, "cert") => {
            of("The label of a certificate: of a store, or UNIT@NODE#N.", generator.subschema_for::<Name>().to_value())
        }
        (_, "unit") => {
            let stores = TrustUnit::all().into_iter().chain(Unit::all()).collect::<Vec<_>>();
            of("The trust store; an own unit is refused when the plan is run.", json!({ "type": "string", "enum": stores }))
        }
        (_, "service") => {
            let names = Service::all().into_iter().chain(["Cisco Certificate Change Notification"]).collect::<Vec<_>>();
            of("The service.", json!({ "type": "string", "enum": names }))
        }
        (_, "node") => {
            let name = generator.subschema_for::<Name>().to_value();
            of("A node, a list of nodes, or all.", json!({ "anyOf": [name, { "type": "array", "items": name }] }))
        }
        (_, "scope") => {
            let name = generator.subschema_for::<Name>().to_value();
            of("A list of phones, or all.", json!({ "anyOf": [{ "const": "all" }, { "type": "array", "items": name }] }))
        }
        (_, "mode") => of("The mode to set.", generator.subschema_for::<Word<crate::cluster::Mode>>().to_value()),
        (_, "value") => of("Whether the rollback parameter is on.", json!({ "type": "boolean" })),
        (_, "minutes") => {
            let most = crate::cluster::MAX_WAIT_MINUTES;
            of("How long.", json!({ "type": "integer", "minimum": 0, "maximum": most }))
        }
        (_, "ctl") => of("Whether the CTL goes too; left out, only the ITL.", json!({ "type": ["boolean", "null"] })),
        (_, "what") => of("What to look at; free text.", json!({ "type": ["string", "null"] })),
        _ => panic!("{op}.{field} is not described"),
    }
}

/// The nodes of a cluster, and when their logs were collected (CONTRACT.md section 5).
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::INVENTORY_FIELDS))]
struct Inventory {
    /// The name and version of this form, where it stands alone.
    #[schemars(extend("enum" = [deletion::DELETION_INVENTORY_SCHEMA, null]))]
    schema: Option<String>,
    /// The nodes.
    #[schemars(length(min = 1))]
    nodes: Vec<InventoryNode>,
    /// Whether a deletion goes to every node (CLUSTER-RULES.md C-48); left out, it does: then more has to be proven.
    clusterwide_delete: Option<bool>,
    /// When the logs were collected, on the clocks of the nodes: 2026-07-06T04:30:00.
    collected_until: Name,
    /// How far the clocks of the nodes may be apart.
    clock_skew_seconds: Option<u64>,
}

/// A node.
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::NODE_FIELDS))]
struct InventoryNode {
    /// Its name, as in the logs.
    name: Name,
    /// What runs on it; left out, cucm.
    product: Option<Word<Product>>,
    /// Whether it is the publisher; not looked at.
    publisher: Option<Value>,
}

/// A cluster, a certificate, and what the nodes wrote about it (CONTRACT.md section 5).
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::CASE_FIELDS))]
struct DeletionCase {
    /// The name and version of this form.
    #[schemars(extend("const" = deletion::DELETION_CASE_SCHEMA))]
    schema: String,
    /// Its id.
    id: Option<String>,
    /// Its title.
    title: Option<String>,
    /// Where it comes from; not looked at.
    source: Option<Value>,
    /// How sure its author is; not looked at.
    confidence: Option<Value>,
    /// The cluster.
    inventory: Inventory,
    /// The certificate that should be gone.
    certificate: Wanted,
    /// The logs: node, kind of log, text; `null` for a log that was not collected.
    logs: Option<BTreeMap<String, BTreeMap<String, Option<String>>>>,
    /// What the case expects; not looked at.
    expect: Option<Value>,
}

/// A trust certificate.
#[derive(JsonSchema)]
#[schemars(transform = Document(deletion::WANTED_FIELDS))]
struct Wanted {
    /// Its store, such as tomcat-trust.
    unit: Name,
    /// Its file name, as in the logs.
    name: Name,
}

/// What pasted output of CUCM does not say (`preflight --context`).
#[derive(JsonSchema)]
#[schemars(transform = Document(preflight::CONTEXT_FIELDS))]
struct Context {
    /// The security mode.
    mode: Option<Word<crate::cluster::Mode>>,
    /// The nodes with TFTP.
    tftp_nodes: Option<Vec<Name>>,
    /// The version, such as 12.5 or 10.5(2)SU3.
    version: Option<VersionText>,
    /// The date of the judgement: backups before that are old.
    at: Option<DateText>,
}

/// A version as text or as a number.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum VersionText {
    Text(String),
    Number(f64),
}

/// Which records a list shall hold, by the certificates that they are made from (`trustlist build`).
#[derive(JsonSchema)]
#[schemars(transform = Document(build::FIELDS))]
struct Build {
    /// The name and version of this form.
    #[schemars(extend("const" = build::SCHEMA))]
    schema: String,
    /// Whose habits of writing it follows; left out, cucm.
    #[schemars(extend("enum" = or_null(build::LAYOUTS)))]
    layout: Option<String>,
    /// The name inside the file (P-SIG-7).
    file_name: Name,
    /// The version of the header; left out, 1.2.
    #[schemars(regex(pattern = r"^\+?[0-9]+\.\+?[0-9]+$"))]
    version: Option<String>,
    /// The digest of the signature; left out, sha1.
    #[schemars(extend("enum" = or_null(build::DIGESTS)))]
    digest: Option<String>,
    /// When the list was made; left out, now.
    timestamp: Option<DateText>,
    /// The path of the signer's certificate; left out, that of the first SAST record.
    signer: Option<Name>,
    /// The records.
    records: Vec<BuildRecord>,
}

/// A record.
#[derive(JsonSchema)]
#[schemars(rename = "Record", transform = Closed(build::RECORD_FIELDS))]
#[schemars(extend(
    "if" = { "properties": { "form": { "const": "empty" } }, "required": ["form"] },
    "then" = { "not": { "required": ["certificate"] } },
    "else" = { "properties": { "certificate": { "type": "string" } }, "required": ["certificate"] }
))]
struct BuildRecord {
    /// What the certificate may do.
    role: RoleWord,
    /// The path of the certificate; not in a record of form `empty`.
    certificate: Option<Name>,
    /// The host name.
    server: Option<String>,
    /// The IP address.
    address: Option<String>,
    /// What of the certificate is in the record.
    #[schemars(extend("enum" = or_null(build::FORMS)))]
    form: Option<String>,
}
