//! Phone resets, all at once or in batches.

use crate::cluster::{Cluster, PhoneId, Phones};
use alloc::{sync::Arc, vec, vec::Vec};

/// The scopes of the resets of one round. Off-line phones are in none of several batches: a reset does not reach them.
pub(super) fn batches(cluster: &Cluster, size: Option<usize>) -> Vec<Phones> {
    let names = cluster.phones().iter().filter(|phone| phone.online);
    let online: Vec<PhoneId> = names.filter_map(|phone| cluster.phone(&phone.name)).collect();
    match size {
        Some(size) if size < online.len() => {
            online.chunks(size.max(1)).map(|batch| Phones::These(Arc::from(batch))).collect()
        }
        _ => vec![Phones::All],
    }
}
