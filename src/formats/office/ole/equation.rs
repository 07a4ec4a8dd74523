//! Equation objects in the storages of a compound file.

use super::{OleView, native};
use crate::formats::office::equation::Object;
use crate::knowledge::clsids::{ClassKind, class};
use crate::model::Location;
use crate::stage::Outcome;

/// Name of the stream as the equation editor writes it.
const STREAM: &str = "Equation Native";

/// Says equation objects: by class, or by a stream of that name in any case.
pub(super) fn say_equations(view: &OleView, out: &mut Outcome<'_>) {
    for (index, entry) in view.storages().chain(view.root().map(|root| (0, root))) {
        let known = class(entry.clsid).filter(|known| known.kind == ClassKind::Equation);
        let stream = view.child(index, STREAM);
        if known.is_none() && stream.is_none() {
            continue;
        }
        let at = Location::part(format!("storage {}", view.path(index)));
        let observed =
            known.map_or_else(|| "no class".to_owned(), |known| format!("{} {{{}}}", known.name, entry.clsid));
        let mut object = Object { observed, is_ordinary: known.is_none_or(|known| !known.name.contains("permuted")) };
        let stream_at = |stream: usize| Location::part(format!("stream {}", view.path(stream)));
        match stream.and_then(|stream| Some((stream, view.entries.get(stream)?))) {
            Some((stream, entry)) => {
                object.is_ordinary &= entry.name == STREAM;
                object.observed = format!("{}, stream {}", object.observed, entry.name);
                object.say(out, Some(&view.data(stream)), at, stream_at(stream));
            }
            None => match view.child(index, native::STREAM) {
                // The editor's data in the wrong stream: only exploits do so.
                Some(stream) => {
                    object.is_ordinary = false;
                    object.observed.push_str(", native data in a package stream");
                    object.say(out, Some(&native::bare(&view.data(stream))), at, stream_at(stream));
                }
                None => object.say(out, None, at.clone(), at),
            },
        }
    }
}
