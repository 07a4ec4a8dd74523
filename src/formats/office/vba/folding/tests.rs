//! What folds, and what stays unknown.

use super::super::syntax::Code;
use super::*;

type Uses = Vec<(String, Vec<Option<String>>)>;

fn fold(body: &str) -> (Vec<String>, Uses) {
    let code = Code::new("M", &format!("Sub A()\n{body}\nEnd Sub\n"));
    let outer = Known::new();
    let mut work = Work::new();
    let procedure = &code.procedures[0];
    let mut folder =
        Folder::new(&code.lexed, Outer { module: &outer, ..Outer::default() }, &procedure.locals, &mut work);
    for statement in &procedure.statements {
        folder.statement(statement);
    }
    let (uses, made, _) = folder.finish();
    let uses = uses.into_iter().map(|used| (code.lexed.lower(used.token).to_owned(), used.arguments)).collect();
    (made.into_iter().map(|made| made.text.text).collect(), uses)
}

fn argument(body: &str, name: &str) -> Option<String> {
    let (_, uses) = fold(body);
    uses.into_iter().find(|(used, _)| used == name)?.1.into_iter().next()?
}

#[test]
fn pieces_come_together() {
    for (body, wanted) in [
        ("Shell \"cm\" & \"d.e\" & \"xe\"", "cmd.exe"),
        ("Shell Chr(99) & Chr$(&H6D) & ChrW(100), 0", "cmd"),
        ("Call Shell(StrReverse(\"exe.dmc\"), vbHide)", "cmd.exe"),
        ("x = Shell(Replace(\"c##md\", \"#\", \"\"))", "cmd"),
        ("a = \"c\"\nb = a & \"m\"\nb = b + \"d\"\nShell b", "cmd"),
        ("Const c = \"cm\", d = \"d\"\nShell c & d", "cmd"),
        ("v = Array(\"c\", \"m\", \"d\")\nShell Join(v, \"\")", "cmd"),
        ("v = Split(\"x-cmd-y\", \"-\")\nShell v(1)", "cmd"),
        ("Shell Chr(Asc(\"b\") + 1) & Chr(108 Xor 1) & VBA.Chr(50 * 2)", "cmd"),
        ("Shell Environ(\"TEMP\") & \"\\a.exe\"", "%TEMP%\\a.exe"),
        ("If x Then Shell \"c\" & _\n  \"md\"", "cmd"),
        ("Shell Mid(\"xxcmdxx\", 3, 3)", "cmd"),
        ("Shell LCase(\"CM\" & \"D\")", "cmd"),
        ("Shell pathname:=\"c\" & \"md\", windowstyle:=0", "cmd"),
    ] {
        assert_eq!(argument(body, "shell").as_deref(), Some(wanted), "{body}");
    }
}

#[test]
fn what_depends_on_running_stays_unknown() {
    for body in
        ["Shell f(\"a\")", "For i = 1 To 3\ns = s & \"a\"\nNext\nShell s", "Shell a & \"b\"", "Shell 1 / 0 & \"\""]
    {
        assert_eq!(argument(body, "shell"), None, "{body}");
    }
}

#[test]
fn pieces_beside_an_unknown_are_kept() {
    let (made, _) = fold("u = \"htt\" & \"p://\" & host & \"/a\"");
    assert_eq!(made, ["http://"]);
    let (made, _) = fold("u = \"plain\"\nMsgBox \"also plain\"");
    assert!(made.is_empty());
}

#[test]
fn long_text_built_in_steps_is_linear() {
    let body: String = (0..20_000).map(|n| format!("s = s & \"chunk{n}\"\n")).collect();
    let (made, _) = fold(&format!("s = \"\"\n{body}"));
    assert!(made.iter().any(|text| text.len() > 100_000));
}

#[test]
fn depth_and_noise_end() {
    fold(&"(".repeat(50_000));
    fold(&"f(".repeat(50_000));
    fold(&"- ".repeat(50_000));
    fold(&"New ".repeat(50_000));
    fold("= = & . ! , ) # \" ");
    fold(&format!("x = \"a\"\n{}", "x = x & x & x\n".repeat(200)));
}

#[test]
fn cells_and_variables_are_joined_like_any_text() {
    use super::super::program::{Part, Program};
    let strings = [("cell sheet1!b2", "https:"), ("cell c2", "//"), ("variable v", "example")];
    let strings: super::Strings = strings.map(|(key, text)| (key.to_owned(), text.to_owned())).into();
    let source = "Sub A()\n x = Sheets(\"Sheet1\").Range(\"B2\").Value & Cells(2, 3)\n x = x & \
                  ActiveDocument.Variables(\"v\") & Chr(46) & \"net\"\n Shell x\nEnd Sub\n";
    let program = Program::with(&[Part { name: "M", sort: None, source }], &strings);
    let given: Vec<_> =
        program.routines.iter().flat_map(|routine| &routine.uses).flat_map(|of| &of.arguments).collect();
    assert!(given.contains(&&Some("https://example.net".to_owned())), "{given:?}");
}
