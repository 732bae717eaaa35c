//! Inventories and cases of the deletion audit (spec/CONTRACT.md section 5).

use super::field::{Entries, Ignored, LongText, Name, OneOf, forms};
use super::json::{Comments, Place, string};
use super::{CaseError, parse, read};
use crate::deletion::{self, DEFAULT_SKEW_SECONDS, DeletionScope, NodeTime, TargetError};
use crate::release::Product;
use crate::report::shape::Word;
use serde::{Deserialize, Deserializer};
use trustlist::json::Value;

/// The schema of a case.
pub const DELETION_CASE_SCHEMA: &str = "trustlist.deletion-case/1";
/// The schema of an inventory on its own, if it has one.
pub const DELETION_INVENTORY_SCHEMA: &str = "trustlist.deletion-inventory/1";

/// A cluster, a certificate, and what the nodes wrote about it.
///
/// ```
/// use trustlist_cluster::case::DeletionCase;
/// let text = r#"{ "schema": "trustlist.deletion-case/1",
///     "inventory": { "collected_until": "2026-07-06T04:30:00", "nodes": [ { "name": "hq", "product": "cucm" } ] },
///     "certificate": { "unit": "tomcat-trust", "name": "old.pem" }, "logs": { "hq": { "syslog": "" } } }"#;
/// assert_eq!(DeletionCase::parse(text).unwrap().logs.len(), 1);
/// let error = DeletionCase::parse(&text.replace("cucm", "cumc")).unwrap_err();
/// assert_eq!(error.to_string(), r#"inventory.nodes[0].product: expected cucm or imp; found "cumc""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletionCase {
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The cluster.
    pub inventory: deletion::Inventory,
    /// The certificate that should be gone.
    pub wanted: deletion::TargetCertificate,
    /// The logs.
    pub logs: Vec<CaseLog>,
}

/// A log in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLog {
    /// The node, by its place in the inventory.
    pub node: usize,
    /// `syslog`, `certMgmt` or `certCN`.
    pub kind: String,
    /// Its content.
    pub text: String,
}

impl DeletionCase {
    /// Reads a case. What it expects is not looked at.
    ///
    /// # Errors
    /// The first thing that is not as the contract says, by its JSON path.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        let value = parse(text)?;
        let case: Case<'_> = read(&value, Comments::Everywhere)?;
        let inventory = case.inventory.meaning(&Place::ROOT.key("inventory"))?;
        let wanted = case.certificate.meaning(&Place::ROOT.key("certificate"))?;
        let logs = case.logs.map_or(Ok(Vec::new()), |logs| case_logs(logs, &inventory))?;
        Ok(Self { id: case.id, title: case.title, inventory, wanted, logs })
    }
}

/// An inventory as `deletion audit` takes it, and the certificate where the document names one: the
/// inventory alone, or the document of a case.
///
/// # Errors
/// The first thing that is not as the contract says, by its JSON path.
///
/// ```
/// use trustlist_cluster::case::deletion_inventory;
/// let text = r#"{ "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00", "nodes": [ { "name": "hq" } ] }"#;
/// let (inventory, certificate) = deletion_inventory(text).unwrap();
/// assert_eq!((inventory.nodes.len(), inventory.clock_skew_seconds, certificate), (1, 60, None));
/// let error = deletion_inventory(&text.replace("04:30", "4:30")).unwrap_err();
/// assert_eq!(error.path(), "collected_until");
/// ```
pub fn deletion_inventory(
    text: &str,
) -> Result<(deletion::Inventory, Option<deletion::TargetCertificate>), CaseError> {
    let value = parse(text)?;
    if value.get("inventory").is_none_or(Value::is_null) {
        let inventory: Inventory<'_> = read(&value, Comments::Everywhere)?;
        return Ok((inventory.meaning(&Place::ROOT)?, None));
    }
    let case: InventoryOfCase<'_> = read(&value, Comments::Everywhere)?;
    let certificate = case.certificate.map(|named| named.meaning(&Place::ROOT.key("certificate")));
    Ok((case.inventory.meaning(&Place::ROOT.key("inventory"))?, certificate.transpose()?))
}

/// A cluster, a certificate, and what the nodes wrote about it (spec/CONTRACT.md section 5).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "DeletionCase", transform = super::input_schema::for_readers))]
pub(super) struct Case<'a> {
    /// The name and version of this form.
    #[expect(dead_code, reason = "checked when it is read")]
    schema: OneOf<CaseForm>,
    /// Its id.
    id: Option<String>,
    /// Its title.
    title: Option<String>,
    /// Where it comes from; not looked at.
    #[expect(dead_code, reason = "for readers")]
    source: Option<Ignored>,
    /// How sure its author is; not looked at.
    #[expect(dead_code, reason = "for readers")]
    confidence: Option<Ignored>,
    /// The cluster.
    #[serde(borrow)]
    inventory: Inventory<'a>,
    /// The certificate that should be gone.
    certificate: TargetCertificate<'a>,
    /// The logs: node, kind of log, text; `null` for a log that was not collected.
    logs: Option<Entries<'a, Entries<'a, Option<LongText<'a>>>>>,
    /// The expectation of the case; not read.
    #[expect(dead_code, reason = "for tests")]
    expect: Option<Ignored>,
}

/// As much of a case as an audit of its cluster needs: nothing else is looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "most fields are not looked at")]
struct InventoryOfCase<'a> {
    schema: Option<Ignored>,
    id: Option<Ignored>,
    title: Option<Ignored>,
    source: Option<Ignored>,
    confidence: Option<Ignored>,
    #[serde(borrow)]
    inventory: Inventory<'a>,
    certificate: Option<TargetCertificate<'a>>,
    logs: Option<Ignored>,
    expect: Option<Ignored>,
}

/// The nodes of a cluster, and when their logs were collected (spec/CONTRACT.md section 5).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = super::input_schema::for_readers))]
pub(super) struct Inventory<'a> {
    /// The name and version of this form, if it is a document of its own.
    #[expect(dead_code, reason = "checked when it is read")]
    schema: Option<OneOf<InventoryForm>>,
    /// The nodes.
    #[serde(borrow)]
    #[cfg_attr(test, schemars(length(min = 1)))]
    nodes: Vec<InventoryNode<'a>>,
    /// Whether a deletion goes to every node (spec/CLUSTER-RULES.md C-48); left out, it does: then
    /// more has to be proven.
    clusterwide_delete: Option<bool>,
    /// When the logs were collected, on the clocks of the nodes: 2026-07-06T04:30:00.
    collected_until: MomentText,
    /// How far the clocks of the nodes may be apart.
    clock_skew_seconds: Option<u64>,
}

/// A node.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = super::input_schema::for_readers))]
struct InventoryNode<'a> {
    /// Its name, as in the logs.
    #[serde(borrow)]
    name: Name<'a>,
    /// The product on it; left out, cucm.
    product: Option<Word<Product>>,
    /// Whether it is the publisher; not looked at.
    #[expect(dead_code, reason = "for readers")]
    publisher: Option<Ignored>,
}

/// A trust certificate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = super::input_schema::for_readers))]
struct TargetCertificate<'a> {
    /// Its store, such as tomcat-trust.
    #[serde(borrow)]
    unit: Name<'a>,
    /// Its file name, as in the logs.
    name: Name<'a>,
}

forms! {
    CaseForm = DELETION_CASE_SCHEMA;
    InventoryForm = DELETION_INVENTORY_SCHEMA;
}

/// When the logs were collected.
pub(super) struct MomentText(NodeTime);

impl<'de> Deserialize<'de> for MomentText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a moment such as 2026-07-06T04:30:00, on the clocks of the nodes";
        string(deserializer, expected, NodeTime::parse).map(Self)
    }
}

impl Inventory<'_> {
    fn meaning(self, place: &Place<'_>) -> Result<deletion::Inventory, CaseError> {
        let list = place.key("nodes");
        let mut nodes: Vec<deletion::InventoryNode> = Vec::new();
        for (index, node) in self.nodes.into_iter().enumerate() {
            let Name(name) = node.name;
            if nodes.iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
                return Err(list.index(index).key("name").error("each node once", name));
            }
            let product = node.product.map_or(Product::Cucm, |product| product.0);
            nodes.push(deletion::InventoryNode { name: name.to_owned(), product });
        }
        if nodes.is_empty() {
            return Err(CaseError::new(list.path(), "at least one node", "a list"));
        }
        Ok(deletion::Inventory {
            nodes,
            // Not said: with the feature more has to be proven.
            spread: match self.clusterwide_delete {
                Some(false) => DeletionScope::Local,
                Some(true) | None => DeletionScope::Event,
            },
            collected_until: self.collected_until.0,
            clock_skew_seconds: self.clock_skew_seconds.unwrap_or(DEFAULT_SKEW_SECONDS),
        })
    }
}

impl TargetCertificate<'_> {
    fn meaning(self, place: &Place<'_>) -> Result<deletion::TargetCertificate, CaseError> {
        let Self { unit: Name(unit), name: Name(name) } = self;
        deletion::TargetCertificate::new(unit, name).map_err(|error| match error {
            TargetError::UnknownUnit(_) => place.key("unit").error(expected(&error), unit),
            _ => place.key("name").error(expected(&error), name),
        })
    }
}

/// The errors of a certificate say "expected; found": so do those of a document.
fn expected(error: &TargetError) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("expected ").unwrap_or(&text);
    text.split_once("; found ").map_or(text, |(expected, _)| expected).to_owned()
}

fn case_logs(
    logs: Entries<'_, Entries<'_, Option<LongText<'_>>>>,
    inventory: &deletion::Inventory,
) -> Result<Vec<CaseLog>, CaseError> {
    let mut found = Vec::new();
    for (name, kinds) in logs.0 {
        let Some(node) = inventory.nodes.iter().position(|node| node.name == name) else {
            let known: Vec<&str> = inventory.nodes.iter().map(|node| node.name.as_str()).collect();
            let expected = format!("a node of the inventory ({})", known.join(", "));
            let path = Place::ROOT.key("logs").key(name).path();
            return Err(CaseError::new(path, expected, format!("{name:?}")));
        };
        for (kind, text) in kinds.0 {
            let text = text.map_or("", |text| text.0).to_owned();
            found.push(CaseLog { node, kind: kind.to_owned(), text });
        }
    }
    Ok(found)
}
