//! Whether resets have reached every phone: device pool by device pool, or all at once.

use super::context::{Context, in_scope};
use crate::cluster::{PhoneId, Phones, Run};
use alloc::collections::BTreeSet;

#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    reset: bool,
    reached: BTreeSet<PhoneId>,
}

impl Coverage {
    /// Counts a reset.
    pub(super) fn add(&mut self, context: &Context<'_>, phones: &Phones) {
        self.reset = true;
        let firsts = context.groups.iter().filter_map(|group| group.first().copied());
        self.reached.extend(firsts.filter(|&phone| in_scope(phones, phone)));
    }

    /// Whether every phone that is on-line was reached.
    pub(super) fn is_complete(&self, context: &Context<'_>, run: &Run) -> bool {
        let mut firsts = context.groups.iter().filter_map(|group| group.first().copied());
        self.reset && firsts.all(|phone| self.reached.contains(&phone) || !run.is_online(phone))
    }
}
