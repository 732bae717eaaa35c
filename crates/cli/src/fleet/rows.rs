//! One row for each phone, written as it is judged.

use super::inventory::Columns;
use crate::terminal::Screen;
use csv::ByteRecord;
use std::io::{self, Write};
use std::sync::Arc;
use trustlist::fleet::Answer;
use trustlist::phone::Outcome;
use trustlist::report::Plain;
use trustlist::report::escaped::{write_document, write_line};
use trustlist::report::fleet::rows::{ANSWER_COLUMNS, inventory_cell, text_cell, unanswered};
use trustlist::report::fleet::{FleetReport, FleetRow};

/// The target of rows, and their form.
pub(super) struct Rows<W: Write> {
    form: Form<W>,
    columns: Columns,
    written: u64,
    screen: Screen,
}

enum Form<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Json(W),
    Text(W),
}

/// The answer of a row, or its error.
type Came<'a> = Result<&'a Answer, &'a str>;

impl<W: Write> Rows<W> {
    /// Every column of the inventory, and the answer after them.
    pub(super) fn csv(target: W, columns: Columns, screen: Screen) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(target);
        let header = columns.header.iter().map(|name| inventory_cell(name));
        let answers = ANSWER_COLUMNS.iter().map(|name| name.as_bytes().into());
        writer.write_record(header.chain(answers)).map_err(plain)?;
        Ok(Self { form: Form::Csv(Box::new(writer)), columns, written: 0, screen })
    }

    /// An array of rows inside the document of the fleet.
    pub(super) fn json(mut target: W, columns: Columns, screen: Screen) -> io::Result<Self> {
        write!(
            target,
            "{{\n  \"schema\": \"{}\",\n  \"rows\": [",
            trustlist::report::fleet::FLEET_SCHEMA
        )?;
        Ok(Self { form: Form::Json(target), columns, written: 0, screen })
    }

    /// A line for each phone.
    pub(super) fn text(target: W, columns: Columns, screen: Screen) -> Self {
        Self { form: Form::Text(target), columns, written: 0, screen }
    }

    /// Writes one row.
    pub(super) fn write(
        &mut self,
        line: u64,
        record: &ByteRecord,
        came: &Result<Answer, Arc<str>>,
    ) -> io::Result<()> {
        let came = came.as_ref().map_err(|fault| &**fault);
        self.written += 1;
        match &mut self.form {
            Form::Csv(writer) => write_csv(writer, &self.columns, record, came),
            Form::Json(target) => {
                target.write_all(if self.written > 1 { b",\n    " } else { b"\n    " })?;
                write_json(target, &self.columns, line, record, came)
            }
            Form::Text(target) => {
                let row = text_of(&self.columns, line, record, came);
                let wide = row.len() > self.screen.columns || self.screen.coloured;
                let row = if wide { self.screen.text(&row) } else { row };
                target.write_all(row.as_bytes())
            }
        }
    }

    /// Hands on what was written so far.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Csv(writer) => writer.flush(),
            Form::Json(target) | Form::Text(target) => target.flush(),
        }
    }

    /// Writes the end. A result that is not complete says so in its own form.
    pub(super) fn finish(self, report: &FleetReport) -> io::Result<()> {
        match self.form {
            Form::Csv(mut writer) => {
                if let Some(stopped) = &report.stopped {
                    let row = self.columns.header.iter().map(|_| "");
                    let row = row.chain(unanswered("partial", stopped));
                    let row = row.map(|field| text_cell(field.as_bytes().into()));
                    writer.write_record(row).map_err(plain)?;
                }
                writer.flush()
            }
            Form::Json(mut target) => {
                let end = if self.written > 0 { "\n  ]" } else { "]" };
                target.write_all(end.as_bytes())?;
                let mut document = Vec::new();
                write_document(&mut document, &trustlist::report::fleet::fleet_json(report))?;
                let document = String::from_utf8_lossy(&document);
                // The members of the document follow the rows.
                let members = document
                    .strip_prefix('{')
                    .unwrap_or_default()
                    .split_once(",\n")
                    .map(|(_, rest)| rest);
                writeln!(target, ",\n{}", members.unwrap_or("}"))?;
                target.flush()
            }
            Form::Text(mut target) => {
                if self.written > 0 {
                    writeln!(target)?;
                }
                let text = trustlist::report::fleet::fleet_text(report);
                target.write_all(self.screen.text(&text).as_bytes())?;
                target.flush()
            }
        }
    }
}

fn write_csv<W: Write>(
    writer: &mut csv::Writer<W>,
    columns: &Columns,
    record: &ByteRecord,
    came: Came<'_>,
) -> io::Result<()> {
    for index in 0..columns.header.len() {
        let cell = inventory_cell(record.get(index).unwrap_or_default());
        writer.write_field(&*cell).map_err(plain)?;
    }
    let fields = match came {
        Ok(answer) => FleetRow::of(answer).columns(),
        Err(fault) => unanswered("unreadable", fault),
    };
    for field in fields {
        writer.write_field(&*text_cell(field.as_bytes().into())).map_err(plain)?;
    }
    writer.write_record(None::<&[u8]>).map_err(plain)
}

fn write_json(
    target: &mut impl Write,
    columns: &Columns,
    line: u64,
    record: &ByteRecord,
    came: Came<'_>,
) -> io::Result<()> {
    let mut row = trustlist::json::Map::new();
    row.insert("line".to_owned(), line.into());
    for (key, value) in columns.keys.iter().zip(record) {
        row.insert(key.clone(), String::from_utf8_lossy(value).into());
    }
    match came {
        Ok(answer) => row.insert("answer".to_owned(), FleetRow::of(answer).json()),
        Err(fault) => row.insert("error".to_owned(), fault.into()),
    };
    write_line(target, &row)?;
    Ok(())
}

/// The line of a phone: its name, the answer, each file, and the code that decides.
fn text_of(columns: &Columns, line: u64, record: &ByteRecord, came: Came<'_>) -> String {
    let device =
        String::from_utf8_lossy(record.get(columns.device).unwrap_or_default().trim_ascii());
    let answer = match came {
        Err(fault) => {
            return format!(
                "{:<DEVICE$}  unreadable  line {line}: {}\n",
                Plain(device),
                Plain(fault)
            );
        }
        Ok(answer) => answer,
    };
    let row = FleetRow::of(answer);
    let mut text = format!("{:<DEVICE$}  {:<10}", Plain(device), row.word());
    for (file, outcome) in answer.outcomes().filter(|(_, outcome)| *outcome != Outcome::NotOffered)
    {
        text += &format!("  {} {outcome}", file.as_str());
    }
    if !row.code.is_empty() {
        text += &format!("  [{}]", row.code);
    }
    text + "\n"
}

/// The error of the target, with its kind.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Width of a device name: SEP and twelve digits.
const DEVICE: usize = 15;
