//! The names every project knows: identifiers of compiled code below the project's own ones.

/// Reserved names by identifier, from 1 on.
const RESERVED: [&str; 254] = [
    "0", "Abs", "Access", "AddressOf", "Alias", "And", "Any", "Append", "Array", "As", "Assert", "B", "Base",
    "BF", "Binary", "Boolean", "ByRef", "Byte", "ByVal", "Call", "Case", "CBool", "CByte", "CCur", "CDate",
    "CDec", "CDbl", "CDecl", "ChDir", "CInt", "Circle", "CLng", "Close", "Compare", "Const", "CSng", "CStr",
    "CurDir", "CurDir$", "CVar", "CVDate", "CVErr", "Currency", "Database", "Date", "Date$", "Debug", "Decimal",
    "Declare", "DefBool", "DefByte", "DefCur", "DefDate", "DefDec", "DefDbl", "DefInt", "DefLng", "DefObj",
    "DefSng", "DefStr", "DefVar", "Dim", "Dir", "Dir$", "Do", "DoEvents", "Double", "Each", "Else", "ElseIf",
    "Empty", "End", "EndIf", "Enum", "Eqv", "Erase", "Error", "Error$", "Event", "WithEvents", "Explicit", "F",
    "False", "Fix", "For", "Format", "Format$", "FreeFile", "Friend", "Function", "Get", "Global", "Go",
    "GoSub", "GoTo", "If", "Imp", "Implements", "In", "Input", "Input$", "InputB", "InputB", "InStr", "InputB$",
    "Int", "InStrB", "Is", "Integer", "Left", "Len", "LenB", "LBound", "Lib", "Let", "Line", "Like", "Load",
    "Local", "Lock", "Long", "Loop", "LSet", "Me", "Mid", "Mid$", "MidB", "MidB$", "Mod", "Module", "Name",
    "New", "Next", "Not", "Nothing", "Null", "Object", "On", "Open", "Option", "Optional", "Or", "Output",
    "ParamArray", "Preserve", "Print", "Private", "Property", "PSet", "Public", "Put", "RaiseEvent", "Random",
    "Randomize", "Read", "ReDim", "Rem", "Resume", "Return", "RGB", "RSet", "Scale", "Seek", "Select", "Set",
    "Sgn", "Shared", "Single", "Spc", "Static", "Step", "Stop", "StrComp", "String", "String$", "Sub", "Tab",
    "Text", "Then", "To", "True", "Type", "TypeOf", "UBound", "Unload", "Unlock", "Unknown", "Until", "Variant",
    "Wend", "While", "Width", "With", "Write", "Xor", "#Const", "#Else", "#ElseIf", "#End", "#If", "Attribute",
    "VB_Base", "VB_Control", "VB_Creatable", "VB_Customizable", "VB_Description", "VB_Exposed", "VB_Ext_Key",
    "VB_HelpID", "VB_Invoke_Func", "VB_Invoke_Property", "VB_Invoke_PropertyPut", "VB_Invoke_PropertyPutRef",
    "VB_MemberFlags", "VB_Name", "VB_PredeclaredId", "VB_ProcData", "VB_TemplateDerived", "VB_VarDescription",
    "VB_VarHelpID", "VB_VarMemberFlags", "VB_VarProcData", "VB_UserMemID", "VB_VarUserMemID",
    "VB_GlobalNameSpace", ",", ".", "\"", "_", "!", "#", "&", "'", "(", ")", "*", "+", "-", "/", ":", ";", "<",
    "<=", "<>", "=", "=<", "=>", ">", "><", ">=", "?", "\\", "^", ":=",
];

/// Where VBA 7 put a name of its own in between; what it is, is not known.
const NEW_IN_VBA7: u16 = 0xc3;

/// The reserved name of an identifier, `is_vba7` where the project was compiled by VBA 7.
pub(super) fn name(identifier: u16, is_vba7: bool) -> Option<&'static str> {
    let number = match (is_vba7, identifier) {
        (true, NEW_IN_VBA7) => return None,
        (true, later) if later > NEW_IN_VBA7 => later.checked_sub(1)?,
        (_, same) => same,
    };
    RESERVED.get(usize::from(number.checked_sub(1)?)).copied()
}

/// Whether a word, in lower case, is a reserved one.
pub(super) fn is_word(word: &str) -> bool {
    RESERVED.iter().any(|name| name.eq_ignore_ascii_case(word))
        || matches!(word, "longptr" | "longlong" | "ptrsafe" | "clngptr" | "clnglng")
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn numbers_start_at_one() {
        assert_eq!(name(0, false), None);
        assert_eq!(name(2, false), Some("Abs"));
        assert_eq!(name(0x83, false), Some("Name"));
        assert_eq!(name(0xb2, true), Some("Text"));
        assert_eq!(name(0xc3, false), Some("Xor"));
        assert_eq!(name(0xc3, true), None);
        assert_eq!(name(0xc4, true), Some("Xor"));
        assert_eq!(name(0x1ff, true), None);
    }
}
