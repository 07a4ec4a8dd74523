//! Compiled VBA: a small assembler. It writes the tables and instructions of a module as Office lays them out, enough to
//! be read; Office itself would compile such a module anew. Layouts are those read off documents of known source.

/// Who compiled: the layout of tables, the numbering of instructions, the order of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compiler {
    /// Office 97.
    Vba5,
    /// Office 2000 to 2007.
    Vba6,
    /// The same on a Macintosh, in big-endian order.
    Vba6Mac,
    /// Office 2010 and later in 32 bits.
    Vba7,
    /// The same in 64 bits.
    Vba7Wide,
}

impl Compiler {
    /// The version it states.
    pub fn version(self) -> u16 {
        match self {
            Compiler::Vba5 => 0x5e,
            Compiler::Vba6 | Compiler::Vba6Mac => 0x85,
            Compiler::Vba7 => 0xa3,
            Compiler::Vba7Wide => 0xb5,
        }
    }

    fn last_reserved(self) -> u16 {
        match self {
            Compiler::Vba5 | Compiler::Vba6 | Compiler::Vba6Mac => 0xff,
            Compiler::Vba7 => 0x103,
            Compiler::Vba7Wide => 0x106,
        }
    }

    fn kind(self) -> u16 {
        match self {
            Compiler::Vba7Wide => 3,
            Compiler::Vba6Mac => 14,
            _ => 1,
        }
    }

    fn is_wide(self) -> bool {
        self == Compiler::Vba7Wide
    }

    fn u16(self, value: u16) -> [u8; 2] {
        if self == Compiler::Vba6Mac { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u32(self, value: u32) -> [u8; 4] {
        if self == Compiler::Vba6Mac { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    /// The number of an instruction, from that of 64-bit VBA 7.
    fn number(self, op: u16) -> u16 {
        let lags: &[(u16, u16)] = match self {
            Compiler::Vba5 => &[(68, 0), (72, 1), (115, 3), (158, 7), (173, 8), (176, 9), (180, 10), (263, 11)],
            Compiler::Vba7Wide => &[(263, 0)],
            _ => &[(173, 0), (176, 1), (180, 2), (263, 3)],
        };
        let (_, lag) = lags.iter().find(|(last, _)| op <= *last).copied().unwrap_or_default();
        op - lag
    }
}

/// The identifiers of a project, shared by its modules.
#[derive(Debug, Clone)]
pub struct Names {
    compiler: Compiler,
    names: Vec<Vec<u8>>,
}

impl Names {
    /// Starts with the names every project has.
    pub fn new(compiler: Compiler) -> Self {
        let mut names = Names { compiler, names: Vec::new() };
        for name in ["Word", "VBA", "Win16", "Win32", "Project", "stdole"] {
            names.id(name);
        }
        names
    }

    /// The identifier of a name as instructions hold it.
    pub fn id(&mut self, name: &str) -> u16 {
        let bytes = encoding_rs::SHIFT_JIS.encode(name).0.into_owned();
        let index = self.names.iter().position(|known| *known == bytes).unwrap_or_else(|| {
            self.names.push(bytes);
            self.names.len() - 1
        });
        (self.compiler.last_reserved() + 1 + index as u16) << 1
    }

    /// The stream `_VBA_PROJECT`.
    pub fn stream(&self) -> Vec<u8> {
        let compiler = self.compiler;
        let mut out = vec![0xcc, 0x61];
        out.extend(compiler.version().to_le_bytes());
        out.push(0);
        out.extend(compiler.kind().to_le_bytes());
        out.resize(0x1e, 0xff);
        // No references, no classes, no constants.
        out.extend([0; 8]);
        out.extend([0, 0]);
        out.extend([0xff; 6]);
        out.extend([0xff; 0x64]);
        // No modules; nothing behind them.
        out.extend([0; 2]);
        out.extend([0xff; 6]);
        out.extend([0; 4]);
        out.extend([0; 6]);
        let count = self.names.len() as u16;
        for word in [compiler.last_reserved() + count, count, compiler.last_reserved()] {
            out.extend(compiler.u16(word));
        }
        out.extend([0; 4]);
        for name in &self.names {
            out.extend(compiler.u16(0x0400 | name.len() as u16));
            out.extend(name);
            out.extend([0x11, 0x22, 0x50, 0x00]);
        }
        out.extend([0x02, 0xff, 0xff, 0x01, 0x01, 0, 0, 0, 0]);
        out
    }
}

/// A module being compiled.
#[derive(Debug, Clone)]
pub struct Code {
    compiler: Compiler,
    records: Vec<u8>,
    objects: Vec<u8>,
    qualified: Vec<u8>,
    declares: Vec<u8>,
    lines: Vec<Vec<u8>>,
}

impl Code {
    /// An empty module.
    pub fn new(compiler: Compiler) -> Self {
        Code {
            compiler,
            records: Vec::new(),
            objects: Vec::new(),
            qualified: Vec::new(),
            declares: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Begins a line.
    pub fn line(&mut self) -> &mut Self {
        self.lines.push(Vec::new());
        self
    }

    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        if let Some(line) = self.lines.last_mut() {
            line.extend(bytes);
        }
        self
    }

    /// An instruction by its number in 64-bit VBA 7, with its kind and operands of 16 bits.
    pub fn op(&mut self, op: u16, kind: u16, words: &[u16]) -> &mut Self {
        let compiler = self.compiler;
        self.put(&compiler.u16(kind << 10 | compiler.number(op)));
        for word in words {
            self.put(&compiler.u16(*word));
        }
        self
    }

    /// An instruction with a text.
    pub fn text(&mut self, op: u16, words: &[u16], text: &str) -> &mut Self {
        let bytes = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
        let compiler = self.compiler;
        self.op(op, 0, words);
        self.put(&compiler.u16(bytes.len() as u16));
        self.put(&bytes);
        if bytes.len() % 2 == 1 { self.put(&[0]) } else { self }
    }

    /// An instruction that points at a record.
    pub fn record(&mut self, op: u16, kind: u16, at: u32) -> &mut Self {
        let compiler = self.compiler;
        self.op(op, kind, &[]);
        self.put(&compiler.u32(at))
    }

    /// `LitStr`.
    pub fn string(&mut self, text: &str) -> &mut Self {
        self.text(185, &[], text)
    }

    /// `LitDI2`.
    pub fn integer(&mut self, value: u16) -> &mut Self {
        self.op(172, 0, &[value])
    }

    /// `ArgsCall` without `Call`.
    pub fn call(&mut self, name: u16, arguments: u16) -> &mut Self {
        self.op(65, 16, &[name, arguments])
    }

    /// `EndSub` on a line of its own.
    pub fn end_sub(&mut self) -> &mut Self {
        self.line().op(111, 0, &[])
    }

    /// A type of one name, or of several; gives what operands and records hold for it.
    pub fn object(&mut self, names: &[u16]) -> u16 {
        let compiler = self.compiler;
        let index = (self.objects.len() / 10) as u16;
        let (flags, name) = match names {
            [name] => (0x3c00, *name),
            names => {
                let at = self.qualified.len() as u16;
                self.qualified.extend(compiler.u16(names.len() as u16));
                for name in names {
                    self.qualified.extend(compiler.u16(*name));
                }
                (0x3c01, at)
            }
        };
        for word in [1, flags, 0xffff, name, 0] {
            self.objects.extend(compiler.u16(word));
        }
        index << 2
    }

    /// A type of the language as records hold it.
    pub fn simple(&self, number: u8) -> u32 {
        0xffff_0000 | u32::from(number)
    }

    /// The description of a type in the object table; of an array of it.
    pub fn described(&mut self, object: u16, is_array: bool) -> u32 {
        let compiler = self.compiler;
        let at = self.records.len() as u32;
        if is_array {
            self.records.extend(compiler.u16(0x081b));
            self.records.extend(compiler.u32(0));
        }
        for word in [0x001d, object, 0x0025, 0] {
            self.records.extend(compiler.u16(word));
        }
        at
    }

    /// A variable's record: its name and, where the line says it, its type.
    pub fn variable(&mut self, name: u16, of: Option<u32>, is_new: bool) -> u32 {
        let compiler = self.compiler;
        let at = self.records.len();
        self.records.resize(at + if compiler.is_wide() { 32 } else { 24 }, 0xff);
        let flags = [if of.is_some() { 0x20 } else { 0 }, if is_new { 0xa4 } else { 0x84 }];
        self.set(at, &flags);
        self.set(at + 2, &compiler.u16(name));
        let of = of.unwrap_or(self.simple(12));
        self.set(at + if compiler.is_wide() { 16 } else { 12 }, &compiler.u32(of));
        at as u32
    }

    /// A procedure's record. Parameters are (name, type, options); flags say what it is: 0x1000 a procedure, 0x2000 to
    /// 0x8000 properties, 0x20 that it gives a type; `access` 2 public, 0x20 safe for pointers.
    pub fn function(&mut self, name: u16, flags: u16, parameters: &[(u16, u32, u16)], of: u32, access: u8) -> u32 {
        let compiler = self.compiler;
        let (wide, back) = (compiler.is_wide(), if compiler == Compiler::Vba5 { 4 } else { 0 });
        let field = |narrow: usize, later: usize| if wide { later } else { narrow } - back;
        let at = self.records.len();
        self.records.resize(at + if wide { 88 } else { 64 }, 0);
        let size = if wide { 40 } else { 32 };
        let first = self.records.len();
        let place = |index: usize| (first + index * size) as u32;
        self.set(at, &compiler.u16(flags));
        self.set(at + 2, &compiler.u16(name));
        let arguments = if parameters.is_empty() { u32::MAX } else { place(0) };
        self.set(at + field(40, 56), &compiler.u32(arguments));
        self.set(at + field(44, 60), &compiler.u32(of));
        self.set(at + field(48, 64), &compiler.u16(0xffff));
        self.set(at + field(58, 80), &[0x84, parameters.len() as u8, 0, access]);
        for (index, (name, of, options)) in parameters.iter().enumerate() {
            let at = self.records.len();
            self.records.resize(at + size, 0xff);
            self.set(at, &compiler.u16(0x8369));
            self.set(at + 2, &compiler.u16(*name));
            self.set(at + if wide { 16 } else { 12 }, &compiler.u32(*of));
            let next = if index + 1 < parameters.len() { place(index + 1) } else { u32::MAX };
            self.set(at + if wide { 24 } else { 20 }, &compiler.u32(next));
            self.set(at + if wide { 28 } else { 24 }, &compiler.u16(*options));
        }
        at as u32
    }

    /// Makes a procedure's record that of a `Declare`: library (an identifier) and function.
    pub fn declare(&mut self, function: u32, library: u16, imported: &str) {
        let compiler = self.compiler;
        let (wide, back) = (compiler.is_wide(), if compiler == Compiler::Vba5 { 4 } else { 0 });
        let field = |narrow: usize, later: usize| function as usize + if wide { later } else { narrow } - back;
        let at = self.declares.len();
        self.declares.extend([0, 0]);
        self.declares.extend(compiler.u16(library));
        self.declares.extend(compiler.u32(at as u32 + 0x20));
        self.declares.resize(at + 0x20, 0);
        self.declares.extend(imported.as_bytes());
        self.declares.push(0);
        self.declares.resize(self.declares.len().next_multiple_of(4), 0);
        self.set(field(48, 64), &compiler.u16(at as u16));
        self.set(field(58, 80), &[0x04]);
    }

    /// Begins a procedure without parameters: `Public Sub name()` on a line of its own.
    pub fn sub(&mut self, name: u16) -> &mut Self {
        let at = self.function(name, 0x120b, &[], u32::MAX, 3);
        self.line().record(150, 1, at)
    }

    /// Whether its record is at `at`, which is public where its first bit is set.
    pub fn user_type(&mut self, name: u16, is_public: bool) -> u32 {
        let compiler = self.compiler;
        let at = self.records.len();
        self.records.resize(at + 24, 0xff);
        self.set(at + 2, &compiler.u16(name));
        self.set(at + 18, &compiler.u16(u16::from(is_public)));
        at as u32
    }

    fn set(&mut self, at: usize, bytes: &[u8]) {
        self.records[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// The bytes that stand before the module's source.
    pub fn build(&self) -> Vec<u8> {
        let compiler = self.compiler;
        let mut out = vec![0x01, 0x16];
        out.extend(compiler.u16(compiler.kind()));
        out.resize(0x43, 0xff);
        let mut offsets = [0x05, 0x11, 0x19];
        if compiler == Compiler::Vba5 {
            out.resize(11, 0xff);
            self.table(&mut out, &self.declares);
            out.extend([0; 64]);
            out.extend([0; 2]);
            self.table(&mut out, &[]);
            out.extend([0; 6]);
            self.table(&mut out, &[]);
            offsets = [out.len(), out.len() + 8, out.len() + 77];
            out.resize(out.len() + 81, 0xff);
        } else {
            out.truncate(0x3f);
            self.table(&mut out, &self.declares);
        }
        // Offsets count from places before the tables themselves.
        out.resize(out.len().max(0x100), 0);
        let before = if compiler.is_wide() { 12 } else { 10 };
        self.point(&mut out, offsets[1], before);
        self.table(&mut out, &self.records);
        self.point(&mut out, offsets[0], 0x8a);
        self.table(&mut out, &self.objects);
        out.extend([0xff, 0xff, 0x01, 0x01]);
        self.table(&mut out, &self.qualified);
        self.point(&mut out, offsets[2], 0x3c);
        out.extend(compiler.u16(0xcafe));
        out.extend(compiler.u16(1));
        out.extend(compiler.u16(self.lines.len() as u16));
        let mut code: Vec<u8> = Vec::new();
        for line in &self.lines {
            out.extend([0, 0x81, 8, 0]);
            out.extend(compiler.u16(line.len() as u16));
            out.extend([0, 0]);
            out.extend(compiler.u32(if line.is_empty() { u32::MAX } else { code.len() as u32 }));
            code.extend(line);
            code.resize(code.len().next_multiple_of(8), 0);
        }
        out.extend([0xff, 0xff, 0xff, 0xff, 0x01, 0x01]);
        self.table(&mut out, &code);
        out
    }

    fn table(&self, out: &mut Vec<u8>, bytes: &[u8]) {
        out.extend(self.compiler.u32(bytes.len() as u32));
        out.extend(bytes);
    }

    /// Writes where we are, less what readers add, at an offset.
    fn point(&self, out: &mut [u8], at: usize, less: usize) {
        let here = (out.len() - less) as u32;
        out[at..at + 4].copy_from_slice(&self.compiler.u32(here));
    }
}
