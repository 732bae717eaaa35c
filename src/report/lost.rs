//! Sentences about the lost parts of a paste.

use crate::code::ConsoleCode;
use crate::console::PrintFinding;
use core::fmt;

/// One line, which begins with the line of the paste.
impl fmt::Display for PrintFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.line)?;
        if let Some(record) = self.record {
            write!(f, " record {}:", record.0)?;
        }
        write!(f, " {} [{}]", print_meaning(self.code), self.code.as_str())
    }
}

pub(super) fn print_meaning(code: ConsoleCode) -> &'static str {
    match code {
        ConsoleCode::RecordLengthsDisagree => "the rows do not add up to RECORDLENGTH",
        ConsoleCode::HeaderLengthsDisagree => {
            "the rows of the header do not add up to HeaderLength"
        }
        ConsoleCode::FileLengthDisagrees => {
            "records are missing, or the paste has parts of two outputs: header and records do not fit the length of the list, or their order"
        }
        ConsoleCode::PrintCut => "the paste ends before the list does",
        ConsoleCode::PrintLacksValues => {
            "a name, the role, the serial number or a hash is missing or unreadable in the paste"
        }
        ConsoleCode::PrintNameUnsure => "a name does not fit its length: the paste changed it",
        ConsoleCode::PrintNotVerified => "the server says that it could not verify the list",
        ConsoleCode::PrintNoList => "the server has no such list",
    }
}
