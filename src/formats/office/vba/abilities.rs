//! What a program's procedures do to the machine: each use of a name that `rules/indicators/vba-capabilities.toml`
//! grades. Comments and texts are no code; objects count by what is asked of them.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::folding::{Receiver, Use};
use super::lexer::{Lexed, TokenKind};
use super::program::{Module, Program, Routine};
use crate::knowledge::extensions;
use crate::knowledge::vba::{Capabilities, Capability, Deed, capabilities};
use crate::model::name::extension;

/// Something a procedure does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ability {
    pub(super) does: Deed,
    /// Index of the routine.
    pub(super) routine: usize,
    pub(super) line: u32,
    /// The name that does it, and its argument where known: `Shell "a.exe"`.
    pub(super) what: String,
    /// Where in the document its argument comes from, if it does.
    pub(super) document: Option<String>,
}

/// Abilities kept per project.
const MAX_ABILITIES: usize = 10_000;

/// Everything a program does, in source order.
pub(super) fn abilities(program: &Program) -> Vec<Ability> {
    let table = capabilities();
    let objects = objects(program, table);
    let mut out = Vec::new();
    for (index, routine) in program.routines.iter().enumerate() {
        let Some(module) = program.modules.get(routine.module) else { continue };
        let is_put = |used: &Use| module.code.lexed.is_word(used.token, "put") && used.receiver == Receiver::None;
        let puts = routine.uses.iter().any(is_put);
        let view = Look { program, module, routine, table, objects: &objects, puts, texts_fetch: OnceCell::new() };
        for used in &routine.uses {
            for (does, what) in view.deeds(used) {
                if out.len() < MAX_ABILITIES {
                    let line = module.code.lexed.line(used.token);
                    out.push(Ability { does, routine: index, line, what, document: used.document.clone() });
                }
            }
        }
    }
    out
}

/// Objects the program makes or names as types, in the spelling of the table.
fn objects(program: &Program, table: &Capabilities) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let outside = program.modules.iter().map(|module| (module, &module.uses));
    let inside =
        program.routines.iter().filter_map(|routine| Some((program.modules.get(routine.module)?, &routine.uses)));
    for (module, uses) in outside.chain(inside) {
        for used in uses {
            let ids = object_ids(used, &module.code.lexed, table);
            found.extend(ids.into_iter().filter(|id| table.objects.contains_key(id)));
        }
    }
    found
}

/// Ids an expression may name an object by: the text given to `CreateObject`, the class after `New` or `As`.
fn object_ids(used: &Use, lexed: &Lexed, table: &Capabilities) -> Vec<String> {
    let name = lexed.lower(used.token);
    if used.is_new {
        return match used.receiver {
            Receiver::Name(library) => vec![format!("{}.{name}", lexed.lower(library)), name.to_owned()],
            Receiver::None | Receiver::Other => vec![name.to_owned()],
        };
    }
    if !table.words.makers.iter().any(|maker| maker == name) {
        return Vec::new();
    }
    used.arguments.iter().flatten().map(|text| object_id(text)).collect()
}

/// A ProgID, or what a moniker leads to: `new:{…}` a class, `winmgmts:…` and `script:…` themselves.
fn object_id(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    match text.split_once(':') {
        Some(("new" | "clsid", class)) => class.trim_matches(['{', '}']).to_owned(),
        Some((moniker, _)) => moniker.to_owned(),
        None => text.trim_matches(['{', '}']).to_owned(),
    }
}

struct Look<'a> {
    program: &'a Program,
    module: &'a Module,
    routine: &'a Routine,
    table: &'a Capabilities,
    objects: &'a BTreeSet<String>,
    /// Whether the procedure has a `Put` statement.
    puts: bool,
    /// Whether the procedure's texts hold a command that fetches; asked for once.
    texts_fetch: OnceCell<bool>,
}

impl Look<'_> {
    /// What a use of a name does, each with a description.
    fn deeds(&self, used: &Use) -> Vec<(Deed, String)> {
        let lexed = &self.module.code.lexed;
        let name = lexed.lower(used.token);
        let mut found: Vec<Deed> = Vec::new();
        let is_library = self.is_library(used);
        if is_library || self.is_application(used) {
            found.extend(self.declared(name).filter(|_| is_library));
            if let Some(call) = self.table.calls.get(name)
                && !used.arguments.is_empty()
                && !used.is_target
                && !self.is_own(name)
                && is_meant(call, &used.arguments)
            {
                found.push(call.does);
            }
            if name == "open" && is_library {
                found.extend(self.opening(used));
            }
            if name == "callbyname" {
                found.extend(self.by_name(used));
            }
        }
        if !is_library && !used.is_new {
            let member = self.table.members.get(name).filter(|member| is_meant(member, &used.arguments));
            found.extend(member.map(|member| member.does));
            if !self.is_application(used) {
                found.extend(self.asked(name, &used.arguments));
            }
        }
        for id in object_ids(used, lexed, self.table) {
            let created = self.table.objects.get(&id).into_iter().flatten().filter(|deed| deed.members.is_empty());
            found.extend(created.map(|deed| deed.does));
        }
        found.sort();
        found.dedup();
        self.graded(used, found)
    }

    /// `CallByName object, "Run", VbMethod, …` asks an object for a member whose name is a text.
    fn by_name(&self, used: &Use) -> Vec<Deed> {
        let Some(Some(member)) = used.arguments.get(1) else { return Vec::new() };
        let member = member.to_ascii_lowercase();
        let mut found = self.asked(&member, used.arguments.get(3..).unwrap_or_default());
        found.extend(self.table.members.get(&member).filter(|known| !known.needs_known).map(|known| known.does));
        found
    }

    /// What the objects of the program do when asked for this member.
    fn asked(&self, member: &str, arguments: &[Option<String>]) -> Vec<Deed> {
        // `xl.Run "Macro"` is a call of one's own.
        let is_own_call = member == "run"
            && arguments
                .first()
                .is_some_and(|text| text.as_deref().is_some_and(|text| self.is_own(&text.to_lowercase())));
        if is_own_call {
            return Vec::new();
        }
        let made = self.objects.iter().filter_map(|id| self.table.objects.get(id)).flatten();
        made.filter(|deed| deed.members.iter().any(|name| name == member)).map(|deed| deed.does).collect()
    }

    /// A library function by the name `Declare` gave it.
    fn declared(&self, name: &str) -> Option<Deed> {
        let function = self.program.declared.get(name)?.as_str();
        let plain = function.strip_suffix(['a', 'w']).unwrap_or(function);
        self.table.apis.get(function).or_else(|| self.table.apis.get(plain)).copied()
    }

    /// `Open path For mode As #n`, MS-VBAL 5.4.5.1.
    fn opening(&self, used: &Use) -> Option<Deed> {
        const MAX_TOKENS: usize = 512;
        let lexed = &self.module.code.lexed;
        let end = used.token.saturating_add(MAX_TOKENS);
        let at = (used.token..end)
            .take_while(|index| lexed.kind(*index) != TokenKind::LineEnd)
            .find(|index| lexed.is_word(*index, "for"))?;
        match lexed.lower(at.saturating_add(1)) {
            "output" | "append" => Some(Deed::WriteText),
            "binary" | "random" => self.puts.then_some(Deed::Write),
            _ => None,
        }
    }

    /// Adds what the arguments tell: a text written to a program's name is a program, a command may fetch.
    fn graded(&self, used: &Use, mut found: Vec<Deed>) -> Vec<(Deed, String)> {
        if found.is_empty() {
            return Vec::new();
        }
        let known = |text: &Option<String>| text.as_deref().map(str::to_ascii_lowercase);
        let arguments: Vec<String> = used.arguments.iter().filter_map(known).collect();
        for does in &mut found {
            if *does == Deed::WriteText && arguments.iter().any(|text| is_program(text)) {
                *does = Deed::Write;
            }
        }
        if found.iter().any(|does| does.executes()) {
            let first = arguments.first().filter(|_| used.arguments.first().is_some_and(Option::is_some));
            let starts = first.cloned().or_else(|| self.leading(used));
            if starts.is_some_and(|command| self.is_harmless(&command)) {
                found.retain(|does| *does != Deed::Execute);
            } else if self.fetches(&arguments)
                || (first.is_none() && *self.texts_fetch.get_or_init(|| self.fetches(&self.texts())))
            {
                found.push(Deed::Download);
            }
        }
        let what = self.describe(used);
        found.into_iter().map(|does| (does, what.clone())).collect()
    }

    /// The name that does something as code spells it, with the library's own name and what is given.
    fn describe(&self, used: &Use) -> String {
        const MAX_ARGUMENT: usize = 80;
        let spelling = self.module.code.lexed.spelling(used.token);
        let name = match self.program.declared.get(&spelling.to_ascii_lowercase()) {
            Some(function) if self.is_library(used) && !function.eq_ignore_ascii_case(spelling) => {
                format!("{spelling} ({function})")
            }
            _ => spelling.to_owned(),
        };
        let mut texts = used.arguments.iter().flatten().filter(|text| !text.is_empty());
        // Of `ShellExecute 0, "open", path`, the path says most.
        let telling = texts.clone().find(|text| is_program(text) || text.contains("://"));
        match (telling.or_else(|| texts.next()), &used.document) {
            (Some(text), document) => {
                let from = document.as_ref().map(|document| format!(" from {document}")).unwrap_or_default();
                let cut = text.floor_char_boundary(MAX_ARGUMENT);
                let ellipsis = if cut < text.len() { "…" } else { "" };
                format!("{name} \"{}{ellipsis}\"{from}", text.get(..cut).unwrap_or_default())
            }
            (None, Some(document)) => format!("{name} {document}"),
            (None, None) => name,
        }
    }

    /// The literal a command starts with whose rest is not known: `Shell "explorer.exe " & path`. It must name the whole
    /// program.
    fn leading(&self, used: &Use) -> Option<String> {
        let lexed = &self.module.code.lexed;
        let mut token = used.token.saturating_add(1);
        if lexed.is(token, "(") {
            token = token.saturating_add(1);
        }
        let is_start = lexed.kind(token) == TokenKind::Text && lexed.is(token.saturating_add(1), "&");
        let text = is_start.then(|| lexed.literal(token).to_ascii_lowercase())?;
        text.contains(' ').then_some(text)
    }

    /// Texts of the procedure, lower case: where a command's argument is not known, it may come of one of these.
    fn texts(&self) -> Vec<String> {
        const MAX_TEXTS: usize = 256;
        const MAX_LENGTH: usize = 4_096;
        let lexed = &self.module.code.lexed;
        let Some(procedure) = self.program.procedure(self.routine) else { return Vec::new() };
        let literals = procedure
            .statements
            .iter()
            .flat_map(|statement| statement.clone())
            .filter(|index| lexed.kind(*index) == TokenKind::Text)
            .map(|index| lexed.literal(index).to_ascii_lowercase());
        let made = self.routine.made.iter().map(|made| made.text.text.to_ascii_lowercase());
        made.chain(literals).filter(|text| text.len() <= MAX_LENGTH).take(MAX_TEXTS).collect()
    }

    fn fetches(&self, texts: &[String]) -> bool {
        let words = &self.table.words;
        let holds = |list: &[String]| texts.iter().any(|text| list.iter().any(|word| text.contains(word.as_str())));
        texts.iter().any(|text| words.interpreters.iter().any(|word| has_word(text, word))) && holds(&words.fetching)
    }

    fn is_harmless(&self, command: &str) -> bool {
        let program = command.trim_start_matches(['"', ' ']).split(['"', ' ']).next().unwrap_or_default();
        let program = crate::model::name::file_name(program);
        let remote = command.contains("://") || command.contains("\\\\");
        !remote
            && self
                .table
                .words
                .harmless_programs
                .iter()
                .any(|word| program == word || program.strip_suffix(".exe").is_some_and(|stem| stem == word))
    }

    /// Whether a name is looked up in libraries: bare, or after a module of the VBA library.
    fn is_library(&self, used: &Use) -> bool {
        match used.receiver {
            Receiver::None => true,
            Receiver::Name(token) => {
                let receiver = self.module.code.lexed.lower(token);
                matches!(receiver, "vba" | "interaction" | "filesystem") || receiver == self.module.code.module
            }
            Receiver::Other => false,
        }
    }

    fn is_application(&self, used: &Use) -> bool {
        let Receiver::Name(token) = used.receiver else { return false };
        matches!(self.module.code.lexed.lower(token), "application" | "docmd")
    }

    /// Whether the program itself declares the name.
    fn is_own(&self, name: &str) -> bool {
        self.program.by_name.contains_key(name)
            || self.program.procedure(self.routine).is_some_and(|procedure| procedure.locals.contains(name))
            || self.module.code.globals.contains(name)
    }
}

/// Whether arguments hold one of the words, or cannot be known.
fn is_meant(capability: &Capability, arguments: &[Option<String>]) -> bool {
    let Some(Some(first)) = arguments.first() else { return !capability.needs_known };
    let first = first.to_ascii_lowercase();
    capability.argument.is_empty() || capability.argument.iter().any(|word| first.contains(word.as_str()))
}

/// Whether a path ends like something Windows runs.
fn is_program(path: &str) -> bool {
    extensions::class(&extension(path)).is_some_and(extensions::ExtensionClass::is_launchable)
}

/// Whether a text holds a word that no letter touches: `cmd` in `cmd /c`, not in `cmdline`.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at.saturating_add(word.len())..).and_then(|tail| tail.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}
