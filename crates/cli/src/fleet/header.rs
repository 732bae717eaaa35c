//! The names that columns have in inventories: in the contract, in the exports of CUCM (BAT, Find and List Phones), in dumps of RIS and
//! AXL, and in spreadsheets of people.

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    CmGroup,
    Ctl,
    Device,
    DevicePool,
    Itl,
    Model,
    TftpServer,
}

impl Known {
    /// The name that the contract has for it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CmGroup => "cm_group",
            Self::Ctl => "ctl",
            Self::Device => "device",
            Self::DevicePool => "device_pool",
            Self::Itl => "itl",
            Self::Model => "model",
            Self::TftpServer => "tftp_server",
        }
    }

    /// The names that it has elsewhere, the surest first: of two columns the one whose name stands first is read.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::CmGroup => &[
                "cm_group",
                "callmanager_group",
                "call_manager_group",
                "cisco_unified_callmanager_group",
                "cisco_unified_cm_group",
                "cisco_unified_communications_manager_group",
                "callmanagergroupname",
                "cmgroup",
            ],
            Self::Ctl => &["ctl"],
            Self::Device => &[
                "device",
                "device_name",
                "device_name(line)",
                "device_name_(line)",
                "devicename",
                "phone_name",
                "phone",
                "name",
            ],
            Self::DevicePool => {
                &["device_pool", "devicepool", "device_pool_name", "devicepoolname", "pool"]
            }
            Self::Itl => &["itl"],
            Self::Model => &[
                "model",
                "phone_model",
                "device_type",
                "phone_type",
                "device_model",
                "devicetype",
                "phonemodel",
                "model_name",
                "product",
                "product_type",
                "type",
            ],
            Self::TftpServer => &[
                "tftp_server",
                "tftp_servers",
                "tftp",
                "tftp_server_1",
                "tftpserver",
                "tftp_server1",
            ],
        }
    }

    const ALL: [Self; 7] = [
        Self::CmGroup,
        Self::Ctl,
        Self::Device,
        Self::DevicePool,
        Self::Itl,
        Self::Model,
        Self::TftpServer,
    ];
}

/// A header whose columns are found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// The place of each column that is read.
    found: Vec<(Known, usize)>,
    /// Columns that are not read although their names are near, one sentence each.
    pub(super) ignored: Vec<String>,
}

impl Header {
    /// Finds the columns of a header. The error names a column that is there twice.
    pub(super) fn of(written: &[String]) -> Result<Self, String> {
        let names: Vec<String> = written.iter().map(|name| plain(name)).collect();
        let mut header = Self::default();
        for known in Known::ALL {
            for wanted in known.names() {
                let mut places = names
                    .iter()
                    .enumerate()
                    .filter(|(_, name)| name == wanted)
                    .map(|(place, _)| place);
                match (places.next(), places.next()) {
                    (Some(_), Some(_)) => {
                        return Err(format!("column {} stands there twice", known.name()));
                    }
                    (Some(place), None) => {
                        header.found.push((known, place));
                        break;
                    }
                    (None, _) => {}
                }
            }
        }
        for (place, name) in names.iter().enumerate() {
            if header.known_at(place).is_some() {
                continue;
            }
            let near = Known::ALL
                .into_iter()
                .find(|known| known.names().iter().any(|other| is_near(name, other)));
            let Some(near) = near.filter(|_| header.ignored.len() < MAX_TOLD) else { continue };
            let written = written.get(place).map_or("", |name| name.trim());
            header.ignored.push(match header.place(near) {
                Some(read) => {
                    let read = names.get(read).map_or("", String::as_str);
                    format!("column {written} is not read: {read} is the column {}", near.name())
                }
                None => format!("column {written} is not read: it looks like {}", near.name()),
            });
        }
        Ok(header)
    }

    /// The place of a column.
    pub(super) fn place(&self, wanted: Known) -> Option<usize> {
        self.found.iter().find(|(known, _)| *known == wanted).map(|(_, place)| *place)
    }

    /// The column at a place.
    pub(super) fn known_at(&self, place: usize) -> Option<Known> {
        self.found.iter().find(|(_, found)| *found == place).map(|(known, _)| *known)
    }
}

/// `CM Group` is `cm_group`.
pub(super) fn plain(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}').to_lowercase();
    name.split([' ', '-', '_', '\u{a0}'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

/// Whether a name is one typing mistake away: a letter that is wrong, missing or too many. Short names are too near to many.
fn is_near(name: &str, known: &str) -> bool {
    if name == known {
        return true;
    }
    let (one, other): (Vec<char>, Vec<char>) = (name.chars().collect(), known.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    if short.len() < MIN_NEAR || long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long.iter()).take_while(|(left, right)| left == right).count();
    let rest_short = short.get(same..).unwrap_or_default();
    let rest_long = long.get(same + 1..).unwrap_or_default();
    match long.len() - short.len() {
        0 => rest_short.get(1..).unwrap_or_default() == rest_long,
        _ => rest_short == rest_long,
    }
}

/// Letters of the shortest name that another may be near to.
const MIN_NEAR: usize = 5;
/// Columns that are told.
const MAX_TOLD: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Header {
        Header::of(&names.split(',').map(str::to_owned).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn exports_of_different_origin() {
        let places =
            |names: &str, wanted: [Known; 3]| wanted.map(|known| header(names).place(known));
        let wanted = [Known::Device, Known::Model, Known::DevicePool];
        assert_eq!(
            places("Device Name,Description,Device Pool,Device Type", wanted),
            [Some(0), Some(3), Some(2)]
        );
        assert_eq!(
            places("Device Name(Line),Description,Device Pool,Device Protocol", wanted),
            [Some(0), None, Some(2)]
        );
        assert_eq!(
            places("name,description,product,model,devicePoolName", wanted),
            [Some(0), Some(3), Some(4)]
        );
        assert_eq!(places("PHONE-NAME, Phone  Model ,pool", wanted), [Some(0), Some(1), Some(2)]);
    }

    /// The surer name wins, and the other one is told.
    #[test]
    fn of_two_columns_one_is_read() {
        let both = header("Name,Device Name,Type,Model");
        assert_eq!((both.place(Known::Device), both.place(Known::Model)), (Some(1), Some(3)));
        assert_eq!(both.ignored.len(), 2);
        assert!(
            both.ignored[0]
                .starts_with("column Name is not read: device_name is the column device"),
            "{:?}",
            both.ignored
        );
    }

    #[test]
    fn a_column_that_looks_like_a_known_one_is_told() {
        assert_eq!(
            header("device,modell").ignored,
            ["column modell is not read: it looks like model"]
        );
        assert_eq!(
            header("device,devise_pool").ignored,
            ["column devise_pool is not read: it looks like device_pool"]
        );
        assert_eq!(header("device,site,Device Protocol,Description,Owner").ignored, [""; 0]);
    }

    #[test]
    fn a_name_that_stands_twice_is_an_error() {
        let twice = ["device", "Device"].map(str::to_owned);
        assert_eq!(Header::of(&twice).unwrap_err(), "column device stands there twice");
    }
}
