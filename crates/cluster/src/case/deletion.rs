//! Inventories and cases of the deletion audit (spec/CONTRACT.md section 5).

use super::{CaseError, Node, Object, parse};
use crate::deletion::{
    DEFAULT_SKEW_SECONDS, DeletionScope, Inventory, InventoryNode, NodeTime, TargetCertificate,
    TargetError,
};
use crate::release::Product;
use trustlist::json::Value;

/// The schema of a case.
pub const DELETION_CASE_SCHEMA: &str = "trustlist.deletion-case/1";
/// The schema of an inventory on its own, if it has one.
pub const DELETION_INVENTORY_SCHEMA: &str = "trustlist.deletion-inventory/1";

pub(super) const CASE_FIELDS: &[&str] = &[
    "schema",
    "id",
    "title",
    "source",
    "confidence",
    "inventory",
    "certificate",
    "logs",
    "expect",
];
pub(super) const INVENTORY_FIELDS: &[&str] =
    &["schema", "nodes", "clusterwide_delete", "collected_until", "clock_skew_seconds"];
pub(super) const NODE_FIELDS: &[&str] = &["name", "product", "publisher"];
pub(super) const WANTED_FIELDS: &[&str] = &["unit", "name"];

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
    pub inventory: Inventory,
    /// The certificate that should be gone.
    pub wanted: TargetCertificate,
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
        let root = Node::root(&value).document(CASE_FIELDS)?;
        root.schema(DELETION_CASE_SCHEMA)?;
        let text =
            |key: &str| root.optional(key).map(|node| node.str().map(str::to_owned)).transpose();
        let (id, title) = (text("id")?, text("title")?);
        let inventory = inventory(&root.required("inventory")?)?;
        let wanted = wanted(&root.required("certificate")?)?;
        let logs = root
            .optional("logs")
            .map(|node| logs(&node, &inventory))
            .transpose()?
            .unwrap_or_default();
        Ok(Self { id, title, inventory, wanted, logs })
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
pub fn deletion_inventory(text: &str) -> Result<(Inventory, Option<TargetCertificate>), CaseError> {
    let value = parse(text)?;
    let root = Node::root(&value);
    if value.get("inventory").is_none_or(Value::is_null) {
        return Ok((inventory(&root)?, None));
    }
    let fields = root.document(CASE_FIELDS)?;
    let certificate = fields.optional("certificate").map(|node| wanted(&node)).transpose()?;
    Ok((inventory(&fields.required("inventory")?)?, certificate))
}

fn inventory(node: &Node<'_>) -> Result<Inventory, CaseError> {
    let fields = node.document(INVENTORY_FIELDS)?;
    if fields.optional("schema").is_some() {
        fields.schema(DELETION_INVENTORY_SCHEMA)?;
    }
    let spread = match fields.optional("clusterwide_delete") {
        Some(flag) if !flag.bool()? => DeletionScope::Local,
        // Not said: with the feature more has to be proven.
        _ => DeletionScope::Event,
    };
    let clock_skew_seconds = fields
        .optional("clock_skew_seconds")
        .map_or(Ok(DEFAULT_SKEW_SECONDS), |skew| skew.u64())?;
    Ok(Inventory {
        nodes: nodes(&fields)?,
        spread,
        collected_until: collected_until(&fields)?,
        clock_skew_seconds,
    })
}

fn collected_until(fields: &Object<'_>) -> Result<NodeTime, CaseError> {
    let node = fields.required("collected_until")?;
    NodeTime::parse(node.str()?).ok_or_else(|| {
        node.error("a moment such as 2026-07-06T04:30:00, on the clocks of the nodes")
    })
}

fn nodes(fields: &Object<'_>) -> Result<Vec<InventoryNode>, CaseError> {
    let list = fields.required("nodes")?;
    let mut nodes: Vec<InventoryNode> = Vec::new();
    for item in list.list()? {
        let fields = item.document(NODE_FIELDS)?;
        let name = fields.required("name")?;
        let product = match fields.optional("product") {
            Some(product) => product.one_of(&[("cucm", Product::Cucm), ("imp", Product::Imp)])?,
            None => Product::Cucm,
        };
        if nodes
            .iter()
            .any(|known| name.str().is_ok_and(|name| known.name.eq_ignore_ascii_case(name)))
        {
            return Err(name.error("each node once"));
        }
        nodes.push(InventoryNode { name: name.name()?.to_owned(), product });
    }
    if nodes.is_empty() { Err(list.error("at least one node")) } else { Ok(nodes) }
}

fn wanted(node: &Node<'_>) -> Result<TargetCertificate, CaseError> {
    let fields = node.document(WANTED_FIELDS)?;
    let (unit, name) = (fields.required("unit")?, fields.required("name")?);
    TargetCertificate::new(unit.name()?, name.name()?).map_err(|error| match error {
        TargetError::UnknownUnit(_) => unit.error(expected(&error)),
        _ => name.error(expected(&error)),
    })
}

/// The errors of a certificate say "expected; found": so do those of a document.
fn expected(error: &TargetError) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("expected ").unwrap_or(&text);
    text.split_once("; found ").map_or(text, |(expected, _)| expected).to_owned()
}

fn logs(node: &Node<'_>, inventory: &Inventory) -> Result<Vec<CaseLog>, CaseError> {
    let mut logs = Vec::new();
    for (name, kinds) in node.entries()? {
        let Some(index) = inventory.nodes.iter().position(|node| node.name == name) else {
            let known: Vec<&str> = inventory.nodes.iter().map(|node| node.name.as_str()).collect();
            let expected = format!("a node of the inventory ({})", known.join(", "));
            return Err(CaseError::new(kinds.path(), expected, format!("{name:?}")));
        };
        for (kind, text) in kinds.entries()? {
            let text = if text.is_null() { String::new() } else { text.long_str()?.to_owned() };
            logs.push(CaseLog { node: index, kind: kind.to_owned(), text });
        }
    }
    Ok(logs)
}
