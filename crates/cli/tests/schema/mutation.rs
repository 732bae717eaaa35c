//! Documents changed in one place.

use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Index(usize),
    Key(String),
}

/// Every place of a document, its root first.
pub(crate) fn places(document: &Value) -> Vec<Vec<At>> {
    let mut found = vec![Vec::new()];
    let mut open: Vec<(Vec<At>, &Value)> = vec![(Vec::new(), document)];
    while let Some((path, value)) = open.pop() {
        let steps: Vec<(At, &Value)> = match value {
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| (At::Index(index), item)).collect()
            }
            Value::Object(fields) => {
                fields.iter().map(|(key, field)| (At::Key(key.clone()), field)).collect()
            }
            _ => Vec::new(),
        };
        for (step, value) in steps {
            let path = [path.as_slice(), &[step]].concat();
            found.push(path.clone());
            open.push((path, value));
        }
    }
    found
}

/// Objects whose keys are names.
const NAMED: &[&str] = &["certificates", "extra_trust", "knows", "logs"];

/// The value at a place.
pub(crate) fn at<'a>(document: &'a mut Value, path: &[At]) -> &'a mut Value {
    path.iter().fold(document, |value, step| match step {
        At::Index(index) => &mut value[*index],
        At::Key(key) => &mut value[key.as_str()],
    })
}

/// The document with one place replaced by values of every kind, left out, or with an unknown
/// field.
pub(crate) fn mutations(document: &Value, path: &[At]) -> Vec<(&'static str, Value)> {
    let kinds = [
        ("null", json!(null)),
        ("a number", json!(7)),
        ("a fraction", json!(0.5)),
        ("a negative number", json!(-1)),
        ("true", json!(true)),
        ("no text", json!("")),
        ("a text", json!("no such word")),
        ("a list", json!([])),
        ("a list of numbers", json!([7])),
        ("an object", json!({})),
    ];
    let mut made: Vec<(&'static str, Value)> = Vec::new();
    for (what, value) in kinds {
        let mut changed = document.clone();
        *at(&mut changed, path) = value;
        made.push((what, changed));
    }
    let mut stranger = document.clone();
    if let Some(fields) = at(&mut stranger, path).as_object_mut() {
        fields.insert("surprise".to_owned(), json!(1));
        made.push(("an unknown field", stranger));
    }
    made.extend(without(document, path).map(|changed| ("nothing", changed)));
    made
}

/// The document without this field; `None` where the place is no field.
pub(crate) fn without(document: &Value, path: &[At]) -> Option<Value> {
    let (At::Key(key), before) = path.split_last()? else { return None };
    let mut changed = document.clone();
    at(&mut changed, before).as_object_mut()?.remove(key);
    Some(changed)
}

/// Checks if a place of this shape is new: indices do not count, nor do keys that are names.
pub(crate) fn is_new(seen: &mut BTreeSet<String>, document: &Value, path: &[At]) -> bool {
    let (mut shape, mut by_name) = (String::new(), false);
    let mut value = document;
    for step in path {
        value = match step {
            At::Index(index) => {
                shape.push_str("[]");
                &value[*index]
            }
            At::Key(key) => {
                // The steps of a plan differ by their operation.
                let op = value.get("op").and_then(Value::as_str).unwrap_or_default();
                shape.push_str(&format!("{op}.{}", if by_name { "*" } else { key }));
                // The two below a log or an extra store are names both.
                by_name = NAMED.contains(&key.as_str())
                    || (by_name && (shape.contains("logs") || shape.contains("extra_trust")));
                &value[key.as_str()]
            }
        };
    }
    seen.insert(shape)
}
