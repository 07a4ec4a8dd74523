//! Calls: of Excel's functions, of functions of libraries, of macros; and the acts that are noted of them.

use std::collections::VecDeque;

use super::super::formula::Expr;
use super::super::functions::apply;
use super::super::text::shown;
use super::super::value::Worth;
use super::{Act, Machine, Place, plain};
use crate::knowledge::xlm::{MacroDeed, macros};

/// Acts noted, and of them such that write into cells, which there may be one of for each character.
const MAX_ACTS: usize = 3_000;
const MAX_WRITES: usize = 1_000;

impl Machine<'_> {
    pub(super) fn call(&mut self, name: &'static str, arguments: &[Expr], at: Place) -> Worth {
        if let Some(worth) = self.control(name, arguments, at) {
            return worth;
        }
        if let Some(worth) = self.addressing(name, arguments, at) {
            return worth;
        }
        let values = self.values(arguments, at);
        // Reading a text costs less than making one.
        let read: usize =
            values.iter().map(|worth| if let Worth::Text(text) = worth { text.len() / 16 } else { 0 }).sum();
        if !self.spend(read) {
            return Worth::Unknown;
        }
        if let Some(worth) = apply(name, &values) {
            if let Worth::Text(text) = &worth {
                self.spend(text.len());
            }
            return worth;
        }
        if name == "REGISTER"
            && let (Some(library), Some(function), Some(own)) = (values.first(), values.get(1), values.get(3))
        {
            self.registered.insert(plain(&own.as_text()), (library.as_text(), function.as_text()));
        }
        if let Some(does) = macros().deed(name) {
            self.note(does, name, values, at);
        }
        Worth::Unknown
    }

    pub(super) fn note(&mut self, does: MacroDeed, function: &str, arguments: Vec<Worth>, place: Place) {
        if self.is_looking {
            return;
        }
        if does == MacroDeed::Modify {
            // What is written is kept elsewhere.
            self.writes = self.writes.saturating_add(1);
            if self.writes > MAX_WRITES {
                return;
            }
        }
        if self.acts.len() >= MAX_ACTS {
            self.is_cut = true;
            return;
        }
        let texts: Vec<String> = arguments.iter().map(Worth::as_text).collect();
        let key = format!("{place:?}{function}{}", texts.join("\u{1f}"));
        if self.spend(key.len()) && self.known_acts.insert(key) {
            let source = self.current.as_ref().map(|formula| shown(formula)).unwrap_or_default();
            let source = format!("{source}{}", self.named);
            let function = function.to_owned();
            self.acts.push(Act { does, function, arguments, place, is_reached: self.is_reached, source });
        }
    }

    /// A call of a macro, of a function registered before, or of an add-in.
    pub(super) fn call_of(&mut self, function: &Expr, arguments: &[Expr], at: Place) -> Worth {
        let values = self.values(arguments, at);
        if let Expr::Name(_, name) = function
            && let Some((library, registered)) = self.registered.get(&plain(name)).cloned()
        {
            // The names were in the open where it was registered.
            self.named = format!(" {library} {registered}");
            let head = [Worth::text(library), Worth::text(registered)];
            self.note(MacroDeed::Native, "CALL", head.into_iter().chain(values).collect(), at);
            self.named.clear();
            return Worth::Unknown;
        }
        let worth = self.eval(function, at);
        match self.place_of(&worth, at).filter(|_| !self.is_looking) {
            Some(place) if self.is_macro(place) => self.sub(place, values.into()),
            _ => Worth::Unknown,
        }
    }

    /// Runs a macro and comes back.
    pub(super) fn sub(&mut self, place: Place, arguments: VecDeque<Worth>) -> Worth {
        let current = self.current.clone();
        let flow = self.flow.take();
        let worth = self.run(place, arguments);
        self.flow = flow;
        self.current = current;
        worth
    }
}
