//! The dialogue: commands of the mail server in, what to do out. It reads and writes nothing itself.

use std::sync::Arc;

use super::command::{Command, Macros};
use super::mail::{Mail, TooMany};
use super::negotiate::{
    Agreement, NO_REPLY_BODY, NO_REPLY_CONNECT, NO_REPLY_DATA, NO_REPLY_END_OF_HEADERS, NO_REPLY_HEADER, NO_REPLY_HELO,
    NO_REPLY_MAIL, NO_REPLY_RECIPIENT, SKIP, TooOld,
};
use super::reply::Reply;
use crate::config::Settings;
use crate::gate::intake::Intake;

/// What follows from a command.
#[derive(Debug)]
pub(super) enum Event {
    /// Nothing is said.
    Nothing,
    /// This is said.
    Reply(Reply),
    /// A mail is complete; the mail server waits for what becomes of it.
    Judge(Box<Mail>),
    /// The mail in hand is given up.
    GivenUp,
    /// The mail server is done.
    Close,
}

/// The mail server does not keep to the protocol. The connection must be closed: what it means is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Violation {
    /// Something came before the negotiation.
    #[error("a command before the negotiation")]
    NotNegotiated,
    /// A part of a message came where there is no message, or after what must follow it.
    #[error("a command out of order")]
    OutOfOrder,
    /// The negotiation failed.
    #[error(transparent)]
    TooOld(#[from] TooOld),
    /// A mail with too much of something.
    #[error(transparent)]
    TooMany(#[from] TooMany),
}

/// One connection of a mail server.
#[derive(Debug)]
pub(super) struct Session {
    intake: Arc<Intake>,
    agreed: Option<Agreement>,
    client: Option<String>,
    macros: Macros,
    mail: Option<Mail>,
}

impl Session {
    /// A connection on which nothing was said.
    pub(super) fn new(intake: Arc<Intake>) -> Self {
        Session { intake, agreed: None, client: None, macros: Macros::default(), mail: None }
    }

    /// Whether a mail is coming in.
    pub(super) fn has_mail(&self) -> bool {
        self.mail.is_some()
    }

    /// Takes the next command.
    pub(super) fn take(&mut self, command: Command, settings: &Settings) -> Result<Event, Violation> {
        if let Command::Negotiate(offer) = command {
            let agreed = Agreement::to(offer)?;
            *self = Session::new(self.intake.clone());
            self.agreed = Some(agreed);
            return Ok(Event::Reply(Reply::Negotiate(agreed)));
        }
        match command {
            Command::Quit => return Ok(Event::Close),
            // Values belong to the command that follows, also in front of one that starts anew.
            Command::Macros(macros) => {
                self.macros = macros;
                return Ok(Event::Nothing);
            }
            _ => {}
        }
        let agreed = self.agreed.ok_or(Violation::NotNegotiated)?;
        let macros = std::mem::take(&mut self.macros);
        if let (Some(mail), Some(queue_id)) = (&mut self.mail, macros.queue_id.clone()) {
            mail.envelope.queue_id = Some(queue_id);
        }
        let unless = |left_out: u32| {
            if agreed.has(left_out) { Event::Nothing } else { Event::Reply(Reply::Continue) }
        };
        Ok(match command {
            Command::Connect(client) => {
                self.mail = None;
                self.client = client;
                unless(NO_REPLY_CONNECT)
            }
            Command::Helo => unless(NO_REPLY_HELO),
            Command::Mail(sender) => {
                let mut mail = Mail::from(sender, self.client.clone(), agreed, self.intake.hold());
                mail.authenticated = macros.authenticated.is_some();
                mail.envelope.queue_id = macros.queue_id;
                self.mail = Some(mail);
                unless(NO_REPLY_MAIL)
            }
            Command::Recipient(recipient) => {
                let mail = self.mail.as_mut().ok_or(Violation::OutOfOrder)?;
                // The mail server has refused this one already (`SMFIP_RCPT_REJ`).
                if macros.recipient_mailer.as_deref() != Some("error") {
                    mail.to(recipient)?;
                }
                unless(NO_REPLY_RECIPIENT)
            }
            Command::Data => unless(NO_REPLY_DATA),
            Command::Header { name, value } => {
                let mail = self.mail.as_mut().filter(|mail| !mail.is_in_body()).ok_or(Violation::OutOfOrder)?;
                mail.field(&name, &value, settings)?;
                unless(NO_REPLY_HEADER)
            }
            Command::EndOfHeaders => {
                let mail = self.mail.as_mut().filter(|mail| !mail.is_in_body()).ok_or(Violation::OutOfOrder)?;
                mail.end_of_header(settings);
                unless(NO_REPLY_END_OF_HEADERS)
            }
            Command::Body(piece) => {
                let mail = self.mail.as_mut().ok_or(Violation::OutOfOrder)?;
                mail.piece(&piece, settings);
                match unless(NO_REPLY_BODY) {
                    Event::Reply(_) if mail.needs_no_more() && agreed.has(SKIP) => Event::Reply(Reply::Skip),
                    event => event,
                }
            }
            Command::EndOfBody(piece) => {
                let mut mail = self.mail.take().ok_or(Violation::OutOfOrder)?;
                mail.piece(&piece, settings);
                Event::Judge(Box::new(mail))
            }
            Command::Abort => match self.mail.take() {
                Some(_) => Event::GivenUp,
                None => Event::Nothing,
            },
            Command::QuitNewConnection => {
                self.client = None;
                match self.mail.take() {
                    Some(_) => Event::GivenUp,
                    None => Event::Nothing,
                }
            }
            Command::Unknown => Event::Reply(Reply::Continue),
            Command::Negotiate(_) | Command::Macros(_) | Command::Quit => Event::Nothing,
        })
    }
}
