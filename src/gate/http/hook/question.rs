//! What Stalwart posts.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::message::{Header, MessageBuilder};
use crate::gate::checkpoint::Envelope;

/// Recipients of one mail; Stalwart takes a hundred if not told otherwise.
const MAX_RECIPIENTS: usize = 10_000;
/// Header fields of one mail. Each costs a name here, besides its bytes.
const MAX_FIELDS: usize = 20_000;
/// What stands between the envelope and the message. In a string every quote would be escaped.
const BEFORE_MESSAGE: &[u8] = b",\"message\":";

/// The step of the SMTP dialogue a hook is asked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The mail is there.
    Data,
    /// Any other; there is no mail then.
    Other,
}

/// What was posted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hooked {
    pub(super) stage: Stage,
    /// Whether the client had logged in.
    pub(super) is_authenticated: bool,
    pub(super) envelope: Envelope,
    /// The mail, if it is there and was posted whole.
    pub(super) mail: Option<Mail>,
}

/// A mail, put together again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mail {
    pub(super) bytes: Vec<u8>,
    /// Names of its header fields, in order.
    pub(super) names: Vec<String>,
    /// Bytes that are no text were lost on the way: this is not what the recipients would get.
    pub(super) is_damaged: bool,
}

/// It is not what Stalwart posts.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct QuestionError(String);

impl Hooked {
    /// Reads what was posted.
    pub(super) fn read(json: &[u8]) -> Result<Self, QuestionError> {
        serde_json::from_slice::<Question>(json).map(Hooked::from).map_err(|error| QuestionError(error.to_string()))
    }

    /// Reads the beginning of what was posted, up to the message.
    pub(super) fn beginning(json: &[u8]) -> Result<Self, QuestionError> {
        let end = memchr::memmem::find(json, BEFORE_MESSAGE)
            .and_then(|at| json.get(..at))
            .ok_or_else(|| QuestionError("it is too large, and the message does not come last".to_owned()))?;
        let mut closed = end.to_vec();
        closed.push(b'}');
        Hooked::read(&closed)
    }
}

impl From<Question> for Hooked {
    fn from(question: Question) -> Self {
        let Question { context, envelope, message } = question;
        let (sender, recipients) = envelope.map(|envelope| (envelope.from.0, envelope.to.0)).unwrap_or_default();
        Hooked {
            stage: if context.stage.eq_ignore_ascii_case("data") { Stage::Data } else { Stage::Other },
            is_authenticated: context.sasl.is_some_and(|sasl| sasl.login.is_some_and(|login| !login.is_empty())),
            envelope: Envelope {
                sender,
                recipients,
                queue_id: context.queue.and_then(|queue| queue.id),
                client: context.client.and_then(|client| client.ip),
            },
            mail: message.map(|message| message.headers.finish(&message.contents, message.size)),
        }
    }
}

#[derive(Deserialize)]
struct Question {
    context: Context,
    #[serde(default)]
    envelope: Option<Posted>,
    #[serde(default)]
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Context {
    stage: String,
    #[serde(default)]
    sasl: Option<Sasl>,
    #[serde(default)]
    client: Option<Client>,
    #[serde(default)]
    queue: Option<Queue>,
}

#[derive(Deserialize)]
struct Sasl {
    #[serde(default)]
    login: Option<String>,
}

#[derive(Deserialize)]
struct Client {
    #[serde(default)]
    ip: Option<String>,
}

#[derive(Deserialize)]
struct Queue {
    #[serde(default)]
    id: Option<String>,
}

#[derive(Deserialize)]
struct Posted {
    from: Address,
    to: Recipients,
}

#[derive(Deserialize)]
struct Message {
    headers: MessageBuilder,
    contents: String,
    #[serde(default)]
    size: Option<u64>,
}

/// An address: its parameters are not looked at.
struct Address(String);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Address;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an address")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Address, A::Error> {
                let mut address = None;
                while let Some(key) = map.next_key::<String>()? {
                    if key == "address" {
                        address = Some(map.next_value::<String>()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                let address = address.ok_or_else(|| A::Error::missing_field("address"))?;
                let bare = address.trim();
                let bare = bare.strip_prefix('<').and_then(|bare| bare.strip_suffix('>')).unwrap_or(bare);
                Ok(Address(bare.to_owned()))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Addresses, of which there may be only so many.
struct Recipients(Vec<String>);

impl<'de> Deserialize<'de> for Recipients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Recipients;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("addresses")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Recipients, A::Error> {
                let mut all = Vec::new();
                while let Some(Address(address)) = seq.next_element()? {
                    if all.len() >= MAX_RECIPIENTS {
                        return Err(A::Error::custom("too many recipients"));
                    }
                    all.push(address);
                }
                Ok(Recipients(all))
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

impl<'de> Deserialize<'de> for MessageBuilder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = MessageBuilder;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("header fields")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<MessageBuilder, A::Error> {
                let mut builder = MessageBuilder::default();
                while let Some((name, value)) = seq.next_element::<(String, String)>()? {
                    if builder.len() >= MAX_FIELDS {
                        return Err(A::Error::custom("too many header fields"));
                    }
                    builder.push(Header { name, value });
                }
                Ok(builder)
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

#[cfg(test)]
#[path = "question_tests.rs"]
mod tests;
