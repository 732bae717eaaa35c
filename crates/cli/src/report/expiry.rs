//! When certificates end: as a table, as JSON and as a calendar.

use serde::Serialize;
use std::fmt::Write;
use trustlist::facts::{Name, Serial, Timestamp};
use trustlist::json::Value;
use trustlist::report::{Plain, counted};

/// The schema of an answer about ends.
pub(crate) const EXPIRY_SCHEMA: &str = "trustlist.expiry/1";

/// Every certificate of some files, those that end first in front; those without a date at the end.
#[derive(Debug)]
pub(crate) struct ExpiryReport {
    /// The date that days are counted from.
    pub(crate) at: Timestamp,
    /// The days that were asked for.
    pub(crate) within_days: Option<u32>,
    /// The certificates.
    pub(crate) certificates: Vec<Ending>,
    /// Files that are a certificate or a list by their names and cannot be read, one line each.
    pub(crate) unread: Vec<String>,
}

/// The answer to the question if a certificate ends soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExpiryVerdict {
    /// No certificate ends within the days that were asked for.
    NoneEnds,
    /// A certificate has ended, or ends within these days.
    Ends,
    /// The end of a certificate is not known.
    Unknown,
}

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// Its subject.
    pub(crate) subject: Option<Name>,
    /// Its issuer.
    pub(crate) issuer: Option<Name>,
    /// Its serial number.
    pub(crate) serial: Option<Serial>,
    /// The first second of its validity.
    pub(crate) not_before: Option<Timestamp>,
    /// The last second of its validity.
    pub(crate) not_after: Option<Timestamp>,
    /// Where it is.
    pub(crate) uses: Vec<String>,
}

impl Ending {
    /// Returns the whole days that are left, negative after the end.
    pub(crate) fn days_left(&self, at: Timestamp) -> Option<i64> {
        self.not_after.map(|end| end.0.saturating_sub(at.0).div_euclid(DAY))
    }

    /// Returns what people call it.
    pub(crate) fn name(&self) -> String {
        let name =
            self.subject.as_ref().filter(|name| !name.as_str().is_empty()).or(self.issuer.as_ref());
        let name = name.map(|name| {
            name.common_name().filter(|name| !name.is_empty()).unwrap_or(name.as_str()).to_owned()
        });
        name.or_else(|| self.uses.first().cloned()).unwrap_or_default()
    }
}

impl ExpiryReport {
    /// Returns whether a certificate has ended, or ends within the days that were asked for.
    pub(crate) fn ends_soon(&self, ending: &Ending) -> bool {
        let within = i64::from(self.within_days.unwrap_or(0));
        ending.days_left(self.at).is_some_and(|days| days < within)
    }

    /// Returns the number of certificates whose end is not known.
    fn undated(&self) -> usize {
        self.certificates.iter().filter(|ending| ending.not_after.is_none()).count()
    }

    /// Returns the answer; `None` for a table that judges nothing, as no days were asked for.
    pub(crate) fn verdict(&self) -> Option<ExpiryVerdict> {
        let undated = self.undated();
        match self.within_days {
            None if undated == self.certificates.len() => Some(ExpiryVerdict::Unknown),
            None => None,
            Some(_) if self.certificates.iter().any(|ending| self.ends_soon(ending)) => {
                Some(ExpiryVerdict::Ends)
            }
            Some(_) if undated > 0 || !self.unread.is_empty() => Some(ExpiryVerdict::Unknown),
            Some(_) => Some(ExpiryVerdict::NoneEnds),
        }
    }

    /// Returns the answer in one line.
    fn headline(&self) -> Option<String> {
        let verdict = self.verdict()?;
        let all = counted(self.certificates.len(), "certificate");
        let Some(days) = self.within_days else {
            return Some(format!("UNDECIDED: no end is known of {all}."));
        };
        let days = counted(days, "day");
        let mut open = Vec::new();
        if self.undated() > 0 {
            open.push(format!("the end of {} is not known", self.undated()));
        }
        if !self.unread.is_empty() {
            open.push(format!("{} cannot be read", counted(self.unread.len(), "file")));
        }
        let open = open.join(", and ");
        Some(match verdict {
            ExpiryVerdict::NoneEnds => format!("YES: none of {all} ends within {days}."),
            ExpiryVerdict::Ends => {
                let soon = self.certificates.iter().filter(|ending| self.ends_soon(ending));
                let open = if open.is_empty() { open } else { format!(" Also, {open}.") };
                let soon = soon.count();
                let verb = if soon == 1 { "has" } else { "have" };
                format!("NO: {soon} of {all} {verb} ended, or will end within {days}.{open}")
            }
            ExpiryVerdict::Unknown => {
                format!("UNDECIDED: no certificate is known to end within {days}, but {open}.")
            }
        })
    }
}

/// When certificates end (spec/CONTRACT.md section 6).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Expiry"))]
pub(crate) struct ExpiryAnswer {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = EXPIRY_SCHEMA)))]
    schema: &'static str,
    /// The date that days are counted from.
    #[cfg_attr(test, schemars(with = "super::schema::Date"))]
    at: String,
    /// The days that were asked for (`--within`).
    within_days: Option<u32>,
    /// Every certificate once, those that end first in front; those without a date at the end.
    certificates: Vec<EndingAnswer>,
    /// Files of folders that are a certificate or a list by their names and cannot be read.
    unreadable: Vec<String>,
}

/// One certificate.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "EndingCertificate"))]
struct EndingAnswer {
    /// Its subject; `null` where only its place is known.
    subject: Option<String>,
    /// Its issuer.
    issuer: Option<String>,
    /// Its serial number.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    serial: Option<String>,
    /// When it begins to be valid.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Date>"))]
    not_before: Option<String>,
    /// When it ends; `null` where no file holds the certificate itself.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Date>"))]
    not_after: Option<String>,
    /// The whole days that are left, negative after the end.
    days_left: Option<i64>,
    /// Where it is, in words.
    uses: Vec<String>,
}

/// The ends as JSON.
pub(crate) fn expiry_json(report: &ExpiryReport) -> Value {
    let text = |name: &Option<Name>| name.as_ref().map(|name| name.as_str().to_owned());
    let date = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let certificates = report.certificates.iter().map(|ending| EndingAnswer {
        subject: text(&ending.subject),
        issuer: text(&ending.issuer),
        serial: ending.serial.as_ref().map(Serial::to_string),
        not_before: date(ending.not_before),
        not_after: date(ending.not_after),
        days_left: ending.days_left(report.at),
        uses: ending.uses.clone(),
    });
    Value::of(&ExpiryAnswer {
        schema: EXPIRY_SCHEMA,
        at: report.at.to_string(),
        within_days: report.within_days,
        certificates: certificates.collect(),
        unreadable: report.unread.clone(),
    })
}

/// The ends as a table.
pub(crate) fn expiry_text(report: &ExpiryReport) -> String {
    let mut page = String::new();
    if let Some(headline) = report.headline() {
        let _ = writeln!(page, "{headline}\n");
    }
    let _ = writeln!(page, "{:>9}  {:<10}  Certificate", "Days left", "Ends");
    for ending in &report.certificates {
        let (days, end) = match (ending.days_left(report.at), ending.not_after) {
            (Some(days), Some(end)) => {
                (days.to_string(), end.to_string().chars().take(DATE).collect())
            }
            _ => ("unknown".to_owned(), "-".to_owned()),
        };
        let serial =
            ending.serial.as_ref().map(|serial| format!(" (serial {serial})")).unwrap_or_default();
        let mark = match ending.days_left(report.at) {
            Some(days) if days < 0 => "  ENDED",
            Some(_) if report.ends_soon(ending) => "  SOON",
            _ => "",
        };
        let _ = writeln!(page, "{days:>9}  {end:<10}  {}{serial}{mark}", Plain(ending.name()));
        for used in ending.uses.iter().take(MAX_USES) {
            let _ = writeln!(page, "{:>23}  {}", "", Plain(used));
        }
        if let Some(more) = ending.uses.len().checked_sub(MAX_USES).filter(|&more| more > 0) {
            let _ = writeln!(page, "{:>23}  and {more} more places: --json tells them all", "");
        }
    }
    if !report.unread.is_empty() {
        let _ = writeln!(page, "\nNot read");
    }
    for error in report.unread.iter().take(MAX_USES) {
        let _ = writeln!(page, "  {}", Plain(error));
    }
    if let Some(more) = report.unread.len().checked_sub(MAX_USES).filter(|&more| more > 0) {
        let _ = writeln!(page, "  and {more} more: --json tells them all");
    }
    page
}

/// The ends as a calendar (RFC 5545): one event for each certificate whose end is known.
pub(crate) fn expiry_calendar(report: &ExpiryReport) -> String {
    let mut page = String::new();
    line(&mut page, "BEGIN:VCALENDAR");
    line(&mut page, "VERSION:2.0");
    line(&mut page, "PRODID:-//trustlist//expiry//EN");
    for ending in &report.certificates {
        let Some(end) = ending.not_after else { continue };
        let serial = ending.serial.as_ref().map(Serial::to_string).unwrap_or_default();
        let day: String = digits(end).chars().take(8).collect();
        line(&mut page, "BEGIN:VEVENT");
        // The same certificate is the same event in every calendar.
        line(&mut page, &format!("UID:{serial}-{}@trustlist", digits(end)));
        line(&mut page, &format!("DTSTAMP:{}", digits(report.at)));
        line(&mut page, &format!("DTSTART;VALUE=DATE:{day}"));
        line(
            &mut page,
            &format!("SUMMARY:{}", calendar_text(&format!("Certificate {} ends", ending.name()))),
        );
        let about = format!("serial {serial}\nused in:\n{}", ending.uses.join("\n"));
        line(&mut page, &format!("DESCRIPTION:{}", calendar_text(&about)));
        line(&mut page, "TRANSP:TRANSPARENT");
        // On the day itself it is too late for a change.
        let days = report.within_days.unwrap_or(ALARM_DAYS);
        line(&mut page, "BEGIN:VALARM");
        line(&mut page, "ACTION:DISPLAY");
        let told = format!("Certificate {} ends in {days} days", ending.name());
        line(&mut page, &format!("DESCRIPTION:{}", calendar_text(&told)));
        line(&mut page, &format!("TRIGGER:-P{days}D"));
        line(&mut page, "END:VALARM");
        line(&mut page, "END:VEVENT");
    }
    line(&mut page, "END:VCALENDAR");
    page
}

/// `20260131T020000Z`.
fn digits(at: Timestamp) -> String {
    at.to_string().chars().filter(|c| !matches!(c, '-' | ':')).collect()
}

/// Text of a property, where commas, semicolons, backslashes and line ends are escaped.
fn calendar_text(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| Plain(line).to_string()).collect();
    let mut out = String::new();
    for c in lines.join("\n").chars() {
        match c {
            '\\' | ',' | ';' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}

/// A line of a calendar, folded after 75 bytes, between characters.
fn line(page: &mut String, text: &str) {
    let mut width = 0;
    for c in text.chars() {
        if width + c.len_utf8() > MAX_LINE {
            page.push_str("\r\n ");
            width = 1;
        }
        page.push(c);
        width += c.len_utf8();
    }
    page.push_str("\r\n");
}

const DAY: i64 = 86_400;
/// Days before the end at which a calendar gives the alarm, if --within does not say.
const ALARM_DAYS: u32 = 90;
/// Characters of a date.
const DATE: usize = 10;
/// Bytes of the longest line of a calendar.
const MAX_LINE: usize = 75;
/// The largest number of places in the table.
const MAX_USES: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_and_text_is_escaped() {
        let mut page = String::new();
        line(&mut page, &"é".repeat(60));
        assert_eq!(page.lines().map(str::len).collect::<Vec<_>>(), [74, 47]);
        assert_eq!(calendar_text("a,b;c\\d\ne\u{7}"), "a\\,b\\;c\\\\d\\ne\\\\u{7}");
    }
}
