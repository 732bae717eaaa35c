//! `--pool-group`: the CallManager group of each device pool, which exports of phones do not tell.

use crate::{input, limits::MAX_SERVERS};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use trustlist::report::Plain;

/// The servers of each device pool, by its name in lower case.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    groups: HashMap<String, Vec<Arc<str>>>,
}

impl Pools {
    /// Reads the values of the option: POOL=ccm1,ccm2, or a file with both in two columns.
    pub(crate) fn read(values: &[String]) -> Result<Self, String> {
        let mut pools = Self::default();
        for value in values {
            match value.split_once('=').filter(|_| !Path::new(value).exists()) {
                Some((pool, servers)) => pools.add("--pool-group", pool, servers)?,
                None => pools.file(Path::new(value))?,
            }
        }
        Ok(pools)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The servers of a pool.
    pub(crate) fn of(&self, pool: &str) -> Option<&[Arc<str>]> {
        if self.groups.is_empty() {
            return None;
        }
        self.groups.get(&pool.trim().to_lowercase()).map(Vec::as_slice)
    }

    fn add(&mut self, from: &str, pool: &str, servers: &str) -> Result<(), String> {
        let group: Vec<Arc<str>> = servers
            .split([',', ';', ' ', '|', '\t'])
            .filter(|name| !name.is_empty())
            .map(Arc::from)
            .collect();
        if pool.trim().is_empty() || group.is_empty() || group.len() > MAX_SERVERS {
            return Err(format!(
                "{from}: {}: expected POOL=ccm1,ccm2 with at most {MAX_SERVERS} servers",
                Plain(pool)
            ));
        }
        match self.groups.insert(pool.trim().to_lowercase(), group) {
            Some(_) => Err(format!("{from}: {}: expected each device pool once", Plain(pool))),
            None => Ok(()),
        }
    }

    /// A table of pools and servers; what stands in further columns are servers too. A first row that names no server is a header.
    fn file(&mut self, path: &Path) -> Result<(), String> {
        let (name, text) = (input::name(path), input::text(path)?);
        let text = text.trim_start_matches('\u{feff}');
        let head = text.lines().next().unwrap_or_default();
        let delimiter = [b';', b'\t']
            .into_iter()
            .find(|&byte| head.bytes().any(|found| found == byte))
            .unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        for (row, record) in reader.records().enumerate() {
            let record = record.map_err(|error| format!("{name}: {error}"))?;
            let cells: Vec<&str> = record.iter().map(str::trim).collect();
            let Some((pool, servers)) = cells.split_first() else { continue };
            let header = row == 0
                && matches!(
                    pool.to_lowercase().replace([' ', '-'], "_").as_str(),
                    "device_pool" | "pool" | "name"
                );
            if header || pool.is_empty() {
                continue;
            }
            self.add(&format!("{name}: line {}", row + 1), pool, &servers.join(","))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_are_given_one_by_one() {
        let pools =
            Pools::read(&["DP Utrecht=ccm1,ccm2".to_owned(), "DP-Delft=ccm3".to_owned()]).unwrap();
        assert_eq!(pools.of(" dp utrecht"), Some(&["ccm1".into(), "ccm2".into()][..]));
        assert!(pools.of("x").is_none());
        for wrong in ["=ccm1", "DP=", "no-such-file"] {
            assert!(Pools::read(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
        assert!(
            Pools::read(&["A=x".to_owned(), "a=y".to_owned()])
                .unwrap_err()
                .contains("each device pool once")
        );
    }
}
