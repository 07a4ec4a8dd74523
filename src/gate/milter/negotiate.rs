//! What both sides agree on first. The mail server offers a version, actions the filter may take and parts of the protocol
//! that may be left out; the answer may name nothing that was not offered (Postfix takes its default action otherwise).

use super::frame;

/// `SMFIF_ADDHDRS`: add and insert header fields.
pub(super) const ADD_HEADERS: u32 = 0x1;
/// `SMFIF_CHGBODY`: replace the body.
pub(super) const CHANGE_BODY: u32 = 0x2;
/// `SMFIF_CHGHDRS`: change and delete header fields.
pub(super) const CHANGE_HEADERS: u32 = 0x10;
/// `SMFIF_QUARANTINE`: put the mail into the mail server's quarantine.
pub(super) const QUARANTINE: u32 = 0x20;
/// `SMFIF_SETSYMLIST`: say which macros are wanted.
pub(super) const SET_MACROS: u32 = 0x100;

/// `SMFIP_NOHELO`: the greeting is not wanted.
pub(super) const NO_HELO: u32 = 0x2;
/// `SMFIP_NR_HDR`: no reply to a header field.
pub(super) const NO_REPLY_HEADER: u32 = 0x80;
/// `SMFIP_NOUNKNOWN`: unknown commands are not wanted.
pub(super) const NO_UNKNOWN: u32 = 0x100;
/// `SMFIP_SKIP`: the rest of the body may be declined.
pub(super) const SKIP: u32 = 0x400;
/// `SMFIP_NR_CONN`: no reply to the connection.
pub(super) const NO_REPLY_CONNECT: u32 = 0x1000;
/// `SMFIP_NR_HELO`: no reply to the greeting.
pub(super) const NO_REPLY_HELO: u32 = 0x2000;
/// `SMFIP_NR_MAIL`: no reply to the sender.
pub(super) const NO_REPLY_MAIL: u32 = 0x4000;
/// `SMFIP_NR_RCPT`: no reply to a recipient.
pub(super) const NO_REPLY_RECIPIENT: u32 = 0x8000;
/// `SMFIP_NR_DATA`: no reply to `DATA`.
pub(super) const NO_REPLY_DATA: u32 = 0x1_0000;
/// `SMFIP_NR_EOH`: no reply to the end of the header.
pub(super) const NO_REPLY_END_OF_HEADERS: u32 = 0x4_0000;
/// `SMFIP_NR_BODY`: no reply to a piece of the body.
pub(super) const NO_REPLY_BODY: u32 = 0x8_0000;
/// `SMFIP_HDR_LEADSPC`: white space between colon and value is told, and told back.
pub(super) const LEADING_SPACE: u32 = 0x10_0000;

const WANTED_ACTIONS: u32 = ADD_HEADERS | CHANGE_BODY | CHANGE_HEADERS | QUARANTINE | SET_MACROS;
// With all of them there is one reply for each mail: at its end.
const WANTED_STEPS: u32 = NO_HELO
    | NO_REPLY_HEADER
    | NO_UNKNOWN
    | SKIP
    | NO_REPLY_CONNECT
    | NO_REPLY_HELO
    | NO_REPLY_MAIL
    | NO_REPLY_RECIPIENT
    | NO_REPLY_DATA
    | NO_REPLY_END_OF_HEADERS
    | NO_REPLY_BODY
    | LEADING_SPACE;

/// What Stalwart offers to leave out: the greeting and the end of the header (`smtp/src/inbound/milter`, 0.16).
const STEPS_OF_STALWART: u32 = 0x42;

const OLDEST: u32 = 2;
const NEWEST: u32 = 6;

/// Macros wanted, by the stage they belong to (`SMFIM_CONNECT` 0, `SMFIM_ENVFROM` 2, `SMFIM_ENVRCPT` 3, `SMFIM_DATA` 4,
/// `SMFIM_EOM` 5, `SMFIM_EOH` 6). Postfix has a queue id from `DATA` on, Sendmail from `MAIL` on.
const WANTED_MACROS: &[(u32, &[u8])] = &[
    (0, b"j _ {client_addr} {daemon_name} v"),
    (2, b"i {auth_authen} {mail_addr}"),
    (3, b"i {rcpt_addr} {rcpt_mailer}"),
    (4, b"i"),
    (5, b"i"),
    (6, b"i"),
];

/// What a mail server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    /// Its newest version of the protocol.
    pub(super) version: u32,
    /// `SMFIF_` bits: actions it would take.
    pub(super) actions: u32,
    /// `SMFIP_` bits: what it would leave out.
    pub(super) steps: u32,
}

impl Offer {
    /// Reads the payload of `O`.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let (version, rest) = payload.split_first_chunk::<4>()?;
        let (actions, rest) = rest.split_first_chunk::<4>()?;
        // Sendmail may put lists behind it in versions to come; the three numbers stay.
        let (steps, _) = rest.split_first_chunk::<4>()?;
        Some(Offer {
            version: u32::from_be_bytes(*version),
            actions: u32::from_be_bytes(*actions),
            steps: u32::from_be_bytes(*steps),
        })
    }
}

/// What is agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreement {
    version: u32,
    actions: u32,
    steps: u32,
    repeats_header: bool,
}

/// A version of the protocol older than what is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("version {0} of the protocol")]
pub(super) struct TooOld(pub(super) u32);

impl Agreement {
    /// What to agree to.
    pub(super) fn to(offer: Offer) -> Result<Self, TooOld> {
        if offer.version < OLDEST {
            return Err(TooOld(offer.version));
        }
        let is_stalwart = offer.steps == STEPS_OF_STALWART;
        // What Stalwart calls a quarantine is a field it adds to a mail that it delivers.
        let wanted = if is_stalwart { WANTED_ACTIONS & !QUARANTINE } else { WANTED_ACTIONS };
        Ok(Agreement {
            version: offer.version.min(NEWEST),
            actions: offer.actions & wanted,
            steps: offer.steps & WANTED_STEPS,
            repeats_header: is_stalwart,
        })
    }

    /// Whether all these actions may be taken.
    pub(super) const fn may(self, actions: u32) -> bool {
        self.actions & actions == actions
    }

    /// Whether all these steps are left out.
    pub(super) const fn has(self, steps: u32) -> bool {
        self.steps & steps == steps
    }

    /// Whether the mail server is one that may send the header once more in front of the body.
    pub(super) const fn repeats_header(self) -> bool {
        self.repeats_header
    }

    /// Appends the answer.
    pub(super) fn put(self, out: &mut Vec<u8>) {
        let mut lists = Vec::new();
        if self.may(SET_MACROS) {
            for (stage, names) in WANTED_MACROS {
                lists.extend(stage.to_be_bytes());
                lists.extend_from_slice(names);
                lists.push(0);
            }
        }
        let parts: [&[u8]; 4] =
            [&self.version.to_be_bytes(), &self.actions.to_be_bytes(), &self.steps.to_be_bytes(), &lists];
        frame::put(out, b'O', &parts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(version: u32, actions: u32, steps: u32) -> Vec<u8> {
        let mut out = Vec::new();
        Agreement::to(Offer { version, actions, steps }).unwrap().put(&mut out);
        out
    }

    #[test]
    fn nothing_is_agreed_that_was_not_offered() {
        for (version, actions, steps) in
            [(2, 0x3f, 0x7f), (6, 0x1ff, 0x1f_ffff), (6, 0xff, 0x42), (6, 0, 0), (9, !0, !0)]
        {
            let out = answer(version, actions, steps);
            let said = Offer::read(&out[5..]).unwrap();
            assert!(said.version <= version && said.version <= NEWEST);
            assert_eq!(said.actions & !actions, 0);
            assert_eq!(said.steps & !steps, 0);
        }
    }

    #[test]
    fn larger_pieces_and_refused_recipients_are_never_asked_for() {
        let said = Offer::read(&answer(6, !0, !0)[5..]).unwrap();
        assert_eq!(said.steps & 0x3000_0000, 0, "SMFIP_MDS_256K and SMFIP_MDS_1M");
        assert_eq!(said.steps & 0x800, 0, "SMFIP_RCPT_REJ");
        assert_eq!(said.steps & 0x7d, 0, "every stage but the greeting is wanted");
    }

    #[test]
    fn macros_are_asked_for_where_that_is_offered() {
        assert_eq!(answer(6, 0xff, 0x42).len(), 4 + 1 + 12);
        let out = answer(6, 0x1ff, 0x1f_ffff);
        assert!(out.ends_with(b"\0\0\0\x05i\0\0\0\0\x06i\0"));
    }

    #[test]
    fn version_one_is_not_spoken() {
        assert_eq!(Agreement::to(Offer { version: 1, actions: 0, steps: 0 }), Err(TooOld(1)));
        assert_eq!(Offer::read(&[0; 11]), None);
    }
}
