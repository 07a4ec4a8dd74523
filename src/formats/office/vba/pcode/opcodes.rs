//! The instructions of compiled VBA, numbered as 64-bit VBA 7 numbers them, and how the numbers of older versions map to
//! these. Nothing of this is published by the maker; mnemonics are those in use in the field.

/// What an operand is. All but the wide ones take 16 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    /// An identifier.
    Name,
    /// A number.
    Word,
    /// A type in the object table.
    Object,
    /// A procedure's record; 32 bits, as all below.
    Function,
    /// A variable's record.
    Variable,
    /// A user-defined type's record.
    Record,
    /// A type's record.
    Type,
    /// A place in the procedure; two fields in 64-bit code.
    Context,
}

macro_rules! opcodes {
    (@text text) => { true };
    (@text) => { false };
    ($($op:ident: [$($operand:ident),*] $(, $text:ident)?;)*) => {
        /// An instruction.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Op {
            $(#[allow(missing_docs, reason = "a mnemonic says what it is")] $op,)*
        }

        /// Every instruction in the order of its number: mnemonic, operands, whether a counted text follows.
        pub(super) const OPCODES: &[(Op, &str, &[Operand], bool)] = &[
            $((Op::$op, stringify!($op), &[$(Operand::$operand),*], opcodes!(@text $($text)?)),)*
        ];
    };
}

opcodes! {
    Imp: [];
    Eqv: [];
    Xor: [];
    Or: [];
    And: [];
    Eq: [];
    Ne: [];
    Le: [];
    Ge: [];
    Lt: [];
    Gt: [];
    Add: [];
    Sub: [];
    Mod: [];
    IDiv: [];
    Mul: [];
    Div: [];
    Concat: [];
    Like: [];
    Pwr: [];
    Is: [];
    Not: [];
    UMi: [];
    FnAbs: [];
    FnFix: [];
    FnInt: [];
    FnSgn: [];
    FnLen: [];
    FnLenB: [];
    Paren: [];
    Sharp: [];
    LdLHS: [Name];
    Ld: [Name];
    MemLd: [Name];
    DictLd: [Name];
    IndexLd: [Word];
    ArgsLd: [Name, Word];
    ArgsMemLd: [Name, Word];
    ArgsDictLd: [Name, Word];
    St: [Name];
    MemSt: [Name];
    DictSt: [Name];
    IndexSt: [Word];
    ArgsSt: [Name, Word];
    ArgsMemSt: [Name, Word];
    ArgsDictSt: [Name, Word];
    Set: [Name];
    MemSet: [Name];
    DictSet: [Name];
    IndexSet: [Word];
    ArgsSet: [Name, Word];
    ArgsMemSet: [Name, Word];
    ArgsDictSet: [Name, Word];
    MemLdWith: [Name];
    DictLdWith: [Name];
    ArgsMemLdWith: [Name, Word];
    ArgsDictLdWith: [Name, Word];
    MemStWith: [Name];
    DictStWith: [Name];
    ArgsMemStWith: [Name, Word];
    ArgsDictStWith: [Name, Word];
    MemSetWith: [Name];
    DictSetWith: [Name];
    ArgsMemSetWith: [Name, Word];
    ArgsDictSetWith: [Name, Word];
    ArgsCall: [Name, Word];
    ArgsMemCall: [Name, Word];
    ArgsMemCallWith: [Name, Word];
    ArgsArray: [Name, Word];
    Assert: [];
    BoS: [Word];
    BoSImplicit: [];
    BoL: [];
    LdAddressOf: [Name];
    MemAddressOf: [Name];
    Case: [];
    CaseTo: [];
    CaseGt: [];
    CaseLt: [];
    CaseGe: [];
    CaseLe: [];
    CaseNe: [];
    CaseEq: [];
    CaseElse: [];
    CaseDone: [];
    Circle: [Word];
    Close: [Word];
    CloseAll: [];
    Coerce: [];
    CoerceVar: [];
    Context: [Context];
    Debug: [];
    DefType: [Word, Word];
    Dim: [];
    DimImplicit: [];
    Do: [];
    DoEvents: [];
    DoUntil: [];
    DoWhile: [];
    Else: [];
    ElseBlock: [];
    ElseIfBlock: [];
    ElseIfTypeBlock: [Object];
    End: [];
    EndContext: [];
    EndFunc: [];
    EndIf: [];
    EndIfBlock: [];
    EndImmediate: [];
    EndProp: [];
    EndSelect: [];
    EndSub: [];
    EndType: [];
    EndWith: [];
    Erase: [Word];
    Error: [];
    EventDecl: [Function];
    RaiseEvent: [Name, Word];
    ArgsMemRaiseEvent: [Name, Word];
    ArgsMemRaiseEventWith: [Name, Word];
    ExitDo: [];
    ExitFor: [];
    ExitFunc: [];
    ExitProp: [];
    ExitSub: [];
    FnCurDir: [];
    FnDir: [];
    Empty0: [];
    Empty1: [];
    FnError: [];
    FnFormat: [];
    FnFreeFile: [];
    FnInStr: [];
    FnInStr3: [];
    FnInStr4: [];
    FnInStrB: [];
    FnInStrB3: [];
    FnInStrB4: [];
    FnLBound: [Word];
    FnMid: [];
    FnMidB: [];
    FnStrComp: [];
    FnStrComp3: [];
    FnStringVar: [];
    FnStringStr: [];
    FnUBound: [Word];
    For: [];
    ForEach: [];
    ForEachAs: [Object];
    ForStep: [];
    FuncDefn: [Function];
    FuncDefnSave: [Function];
    GetRec: [];
    GoSub: [Name];
    GoTo: [Name];
    If: [];
    IfBlock: [];
    TypeOf: [Object];
    IfTypeBlock: [Object];
    Implements: [Word, Word, Word, Word];
    Input: [];
    InputDone: [];
    InputItem: [];
    Label: [Name];
    Let: [];
    Line: [Word];
    LineCont: [], text;
    LineInput: [];
    LineNum: [Name];
    LitCy: [Word, Word, Word, Word];
    LitDate: [Word, Word, Word, Word];
    LitDefault: [];
    LitDI2: [Word];
    LitDI4: [Word, Word];
    LitDI8: [Word, Word, Word, Word];
    LitHI2: [Word];
    LitHI4: [Word, Word];
    LitHI8: [Word, Word, Word, Word];
    LitNothing: [];
    LitOI2: [Word];
    LitOI4: [Word, Word];
    LitOI8: [Word, Word, Word, Word];
    LitR4: [Word, Word];
    LitR8: [Word, Word, Word, Word];
    LitSmallI2: [];
    LitStr: [], text;
    LitVarSpecial: [];
    Lock: [];
    Loop: [];
    LoopUntil: [];
    LoopWhile: [];
    LSet: [];
    Me: [];
    MeImplicit: [];
    MemRedim: [Name, Word, Type];
    MemRedimWith: [Name, Word, Type];
    MemRedimAs: [Name, Word, Type];
    MemRedimAsWith: [Name, Word, Type];
    Mid: [];
    MidB: [];
    Name: [];
    New: [Object];
    Next: [];
    NextVar: [];
    OnError: [Name];
    OnGosub: [], text;
    OnGoto: [], text;
    Open: [Word];
    Option: [];
    OptionBase: [];
    ParamByVal: [];
    ParamOmitted: [];
    ParamNamed: [Name];
    PrintChan: [];
    PrintComma: [];
    PrintEoS: [];
    PrintItemComma: [];
    PrintItemNL: [];
    PrintItemSemi: [];
    PrintNL: [];
    PrintObj: [];
    PrintSemi: [];
    PrintSpc: [];
    PrintTab: [];
    PrintTabComma: [];
    PSet: [Word];
    PutRec: [];
    QuoteRem: [Word], text;
    Redim: [Name, Word, Type];
    RedimAs: [Name, Word, Type];
    Reparse: [], text;
    Rem: [], text;
    Resume: [Name];
    Return: [];
    RSet: [];
    Scale: [Word];
    Seek: [];
    SelectCase: [];
    SelectIs: [Object];
    SelectType: [];
    SetStmt: [];
    Stack: [Word, Word];
    Stop: [];
    Type: [Record];
    Unlock: [];
    VarDefn: [Variable];
    Wend: [];
    While: [];
    With: [];
    WriteChan: [];
    ConstFuncExpr: [];
    LbConst: [Name];
    LbIf: [];
    LbElse: [];
    LbElseIf: [];
    LbEndIf: [];
    LbMark: [];
    EndForVariable: [];
    StartForVariable: [];
    NewRedim: [];
    StartWithExpr: [];
    SetOrSt: [Name];
    EndEnum: [];
    Illegal: [];
}

/// Which numbering code uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    /// VBA 5, Office 97.
    Vba5,
    /// VBA 6, and VBA 7 in 32 bits.
    Narrow,
    /// VBA 7 in 64 bits.
    Wide,
}

/// Up to which number (inclusive) a numbering lags behind ours, and by how much.
const VBA5: &[(u16, u16)] = &[(68, 0), (71, 1), (112, 3), (151, 7), (165, 8), (167, 9), (170, 10), (252, 11)];
/// The three literals of 64 bits are missing.
const NARROW: &[(u16, u16)] = &[(173, 0), (175, 1), (178, 2), (260, 3)];
const WIDE: &[(u16, u16)] = &[(263, 0)];

impl Numbering {
    /// The instruction a number stands for.
    pub(super) fn instruction(self, number: u16) -> Option<&'static (Op, &'static str, &'static [Operand], bool)> {
        let lags = match self {
            Numbering::Vba5 => VBA5,
            Numbering::Narrow => NARROW,
            Numbering::Wide => WIDE,
        };
        let (_, lag) = lags.iter().find(|(last, _)| number <= *last)?;
        OPCODES.get(usize::from(number.checked_add(*lag)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_instruction() {
        assert_eq!(OPCODES.len(), 264);
        for (number, (op, ..)) in OPCODES.iter().enumerate() {
            assert_eq!(*op as usize, number);
        }
        let name = |numbering: Numbering, number| numbering.instruction(number).map(|(_, name, ..)| *name);
        assert_eq!(name(Numbering::Wide, 185), Some("LitStr"));
        assert_eq!(name(Numbering::Narrow, 182), Some("LitStr"));
        assert_eq!(name(Numbering::Vba5, 171), Some("LitR4"));
        assert_eq!(name(Numbering::Vba5, 65), Some("ArgsCall"));
        assert_eq!(name(Numbering::Narrow, 260), Some("Illegal"));
        assert_eq!(name(Numbering::Narrow, 261), None);
        assert_eq!(name(Numbering::Wide, 264), None);
        assert_eq!(name(Numbering::Vba5, 253), None);
    }
}
