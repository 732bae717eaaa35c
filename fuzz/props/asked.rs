//! Questions made from bytes: any facts in any order have an answer, the same one each time, in one
//! document and in text that does nothing to a terminal; a yes needs a valid signature.

use trustlist::phone::{JudgedFile, Outcome, SecurityByDefault, TlsVersion, Verdict};
use trustlist::question::{Question, QuestionError};

/// Asks a question made from facts: a byte for the fact, two for a length, the bytes.
pub fn question(data: &[u8]) {
    let (mut question, mut rest) = (Question::new(), data);
    while let Some((what, given, more)) = fact(rest) {
        rest = more;
        if let Err(error) = say(&mut question, what, given) {
            let error = error.to_string();
            assert!(!error.is_empty() && !error.chars().any(char::is_control), "{error:?}");
        }
    }
    let answer = question.predict();
    let json = answer.to_json();
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["schema"], "trustlist.prediction/1");
    for text in [answer.to_string(), answer.explained(), json.clone()] {
        let control = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(control, None, "{text:?}");
    }
    assert!(answer.notes().all(|note| !note.chars().any(char::is_control)));
    let files = [JudgedFile::Ctl, JudgedFile::Itl, JudgedFile::Config];
    let outcomes: Vec<Outcome> =
        files.into_iter().filter_map(|file| answer.outcome(file)).collect();
    match answer.verdict() {
        Verdict::Reject => assert!(outcomes.contains(&Outcome::Reject)),
        Verdict::Depends => {}
        Verdict::Accept => {
            let open = [Outcome::Reject, Outcome::Depends];
            assert!(!outcomes.iter().any(|outcome| open.contains(outcome)));
        }
    }
    assert_eq!(question.predict().to_json(), json);
}

/// Returns the first fact, its bytes, and the rest.
fn fact(data: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (head, rest) = data.split_at_checked(3)?;
    let length = usize::from(u16::from_be_bytes([head[1], head[2]])).min(rest.len());
    let (given, more) = rest.split_at(length);
    Some((head[0], given, more))
}

fn say(question: &mut Question, what: u8, given: &[u8]) -> Result<(), QuestionError> {
    let text = String::from_utf8_lossy(given);
    let first = given.first().copied().unwrap_or_default();
    match what % 26 {
        0 => _ = question.known_list(given),
        1 => _ = question.installed_itl(given)?,
        2 => _ = question.installed_ctl(given)?,
        3 => _ = question.factory_fresh(),
        4 => _ = question.offered_itl(given)?,
        5 => _ = question.offered_ctl(given)?,
        6 => _ = question.offered_config(given)?,
        7 => _ = question.no_config(),
        8 => _ = question.model(&text),
        9 => _ = question.security_by_default(SecurityByDefault::Yes),
        10 => _ = question.max_key_bits(u32::from(first) * 16),
        11 => _ = question.fips(),
        12 => _ = question.cm_group(text.split(',')),
        13 => _ = question.tftp_server(&text),
        14 => _ = question.tls_minimum(TlsVersion::V1_2),
        15 => _ = question.no_tvs(),
        16 => _ = question.tvs_down(&text),
        17 => _ = question.tvs_presents("ccm1", given)?,
        18 => _ = question.tvs_answers(Some(&text)),
        19 => _ = question.tvs_answers(None),
        20 => _ = question.tvs_knows(given)?,
        21 => _ = question.tvs_server_knows("ccm1", given)?,
        22 => _ = question.tvs_cached(given)?,
        23 => _ = question.called(&text),
        24 => _ = question.security_by_default(SecurityByDefault::No),
        _ => _ = question.read_list(given)?,
    }
    Ok(())
}
