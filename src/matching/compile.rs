//! Rule sources to a compiled set.

use std::collections::BTreeMap;

use sha2::Digest as _;
use yara_x::{Compiler, Rules, SourceCode};

use super::source::shipped_sources;
use super::{RuleError, RuleSource};
use crate::model::digest::hex;

/// Compiled rules. They live as long as the program: scanners borrow them, each thread keeps its own scanner between
/// artifacts, and a program loads its rules once.
#[derive(Clone, Copy)]
pub struct RuleSet {
    pub(super) rules: &'static Rules,
    digest: &'static str,
}

/// The external variables rules may use, with the type each has.
pub(super) fn define_externals(compiler: &mut Compiler<'_>) -> Result<(), RuleError> {
    let failed = |error: yara_x::errors::VariableError| RuleError::Compile(error.to_string());
    for name in ["file_name", "file_extension", "detected_type", "parent_type"] {
        compiler.define_global(name, "").map_err(failed)?;
    }
    compiler.define_global("depth", 0i64).map_err(failed)?;
    compiler.define_global("is_file", false).map_err(failed)?;
    Ok(())
}

impl RuleSet {
    /// The rules that are part of the program.
    pub fn shipped() -> Result<Self, RuleError> {
        RuleSet::compile(&shipped_sources())
    }

    /// Compiles rule files, each in a namespace of its own. All errors of all files come back together.
    pub fn compile(sources: &[RuleSource]) -> Result<Self, RuleError> {
        let mut compiler = Compiler::new();
        compiler.enable_includes(false);
        compiler.relaxed_re_syntax(true);
        compiler.max_warnings(100);
        define_externals(&mut compiler)?;
        let mut errors = Vec::new();
        let mut digest = sha2::Sha256::new();
        // Each file has its own namespace, so that user files may repeat a rule name.
        let mut namespaces: BTreeMap<String, usize> = BTreeMap::new();
        for source in sources {
            digest.update((source.text.len() as u64).to_le_bytes());
            digest.update(source.text.as_bytes());
            let seen = namespaces.entry(source.name.clone()).or_default();
            *seen = seen.saturating_add(1);
            let namespace = if *seen > 1 { format!("{}#{seen}", source.name) } else { source.name.clone() };
            compiler.new_namespace(&namespace);
            let code = SourceCode::from(source.text.as_str()).with_origin(source.name.as_str());
            if let Err(error) = compiler.add_source(code) {
                errors.push(error.to_string());
            }
        }
        if !errors.is_empty() {
            return Err(RuleError::Compile(errors.join("\n")));
        }
        let rules: &'static Rules = Box::leak(Box::new(compiler.build()));
        Ok(RuleSet { rules, digest: Box::leak(hex(&digest.finalize()).into_boxed_str()) })
    }

    /// SHA-256 over the rule sources.
    pub fn digest(&self) -> &str {
        self.digest
    }
}
