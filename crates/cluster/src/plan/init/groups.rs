//! CallManager groups: a `run sql` table with the columns `groupname`, `server` and `priority`.

use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// The query whose output is read.
pub const GROUP_QUERY: &str = "run sql select g.name as groupname, n.name as server, m.priority as priority from \
callmanagergroupmember m inner join callmanagergroup g on m.fkcallmanagergroup=g.pkid inner join callmanager c on \
m.fkcallmanager=c.pkid inner join processnode n on c.fkprocessnode=n.pkid order by groupname, priority";

/// The members of each group, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Groups(BTreeMap<String, Vec<String>>);

impl Groups {
    /// Takes what a paste holds of groups; says whether there was anything.
    pub(super) fn read(&mut self, text: &str) -> bool {
        let lines: Vec<&str> = text.lines().collect();
        let found = lines
            .windows(2)
            .position(|pair| matches!(pair, [head, rule] if is_head(head) && is_rule(rule)));
        let Some(at) = found else { return false };
        let Some([head, rule]) = lines.get(at..at.saturating_add(2)) else { return false };
        let columns = columns(rule);
        let names: Vec<String> = cells(head, &columns);
        let column = |name: &str| names.iter().position(|known| known.eq_ignore_ascii_case(name));
        let (Some(group), Some(server)) = (column("groupname"), column("server")) else {
            return false;
        };
        let priority = column("priority");
        let mut rows: Vec<(String, u64, String)> = Vec::new();
        for (line, number) in lines.iter().skip(at.saturating_add(2)).zip(0_u64..) {
            let cells = cells(line, &columns);
            let cell = |column: usize| cells.get(column).filter(|cell| !cell.is_empty()).cloned();
            let (Some(group), Some(server)) = (cell(group), cell(server)) else { break };
            let order =
                priority.and_then(cell).and_then(|text| text.parse().ok()).unwrap_or(number);
            rows.push((group, order, server));
        }
        rows.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        let any = !rows.is_empty();
        for (group, _, server) in rows {
            self.0.entry(group).or_default().push(server);
        }
        any
    }

    /// The members of the group that a phone names, if it names one that is known.
    pub(super) fn members(&self, named: &[String]) -> Option<&[String]> {
        match named {
            [name] => self.0.get(name).map(Vec::as_slice),
            _ => None,
        }
    }
}

fn is_head(line: &str) -> bool {
    line.to_ascii_lowercase().contains("groupname")
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("==") && line.chars().all(|c| c == '=' || c == ' ')
}

/// Where each column begins and ends, by the rule line: cells may hold blanks.
fn columns(rule: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (at, c) in rule.chars().chain([' ']).enumerate() {
        match (c, start) {
            ('=', None) => start = Some(at),
            (' ', Some(from)) => {
                found.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    // The last column may be wider than its rule.
    if let Some(last) = found.last_mut() {
        last.1 = usize::MAX;
    }
    found
}

fn cells(line: &str, columns: &[(usize, usize)]) -> Vec<String> {
    let cell = |&(from, to): &(usize, usize)| {
        let text: String = line.chars().skip(from).take(to.saturating_sub(from)).collect();
        text.trim().to_owned()
    };
    columns.iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_cut_by_their_rule() {
        let mut groups = Groups::default();
        let table = "groupname    server priority\n============ ====== ========\nHQ phones    hq     1\nHQ phones    br     0\nX            br     0\n\nadmin:";
        assert!(groups.read(table));
        let members = groups.members(&["HQ phones".to_owned()]).unwrap();
        assert_eq!(members, ["br", "hq"]);
        assert!(groups.members(&["Y".to_owned()]).is_none());
        assert!(!groups.read("paramname paramvalue\n========= ==========\nx y\n"));
    }
}
