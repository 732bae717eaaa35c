//! Lines of logs: no panic, and what is written again reads as the same.

use trustlist::platform_event::{EventLine, PlatformEvent};

pub fn logs(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for line in text.lines() {
        if let Some(event) = PlatformEvent::parse(line) {
            let written = event.to_string();
            let again = PlatformEvent::parse(&written).expect("an event that was read can be read again");
            assert_eq!(again.to_string(), written);
            assert_eq!(again.is_deletion(), event.is_deletion());
        }
        if let Some(line) = EventLine::parse(line) {
            let written = line.to_string();
            assert_eq!(EventLine::parse(&written).expect("a line that was read can be read again").to_string(), written);
        }
    }
}
