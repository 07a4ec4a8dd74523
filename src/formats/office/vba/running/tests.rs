//! Programs that decode, and what ends a run.

use super::super::program::{Part, Program};

/// Texts that the code of one module makes.
fn made(source: &str) -> Vec<String> {
    let program = Program::new(&[Part { name: "M", sort: None, source }]);
    program.made().map(|(_, made)| made.text.text.clone()).collect()
}

fn makes(source: &str, wanted: &str) {
    let made = made(source);
    assert!(made.iter().any(|text| text == wanted), "{source}\nmade {made:?}");
}

#[test]
fn decoders_are_run() {
    for (function, given) in [
        ("Function D(s)\nFor i = 1 To Len(s)\nD = D & Chr(Asc(Mid(s, i, 1)) - 1)\nNext\nEnd Function\n", "iuuq;00b"),
        (
            "Function D(ByVal s As String) As String\nDim i As Long, o As String\nFor i = 1 To Len(s) Step 2\no = o & Chr(CLng(\"&H\" & Mid$(s, i, 2)))\nNext i\nD = o\nEnd Function\n",
            "687474703a2f2f61",
        ),
        (
            "Function D(s)\nDim k: k = 5\nDo While Len(s) > 0\nD = D & Chr(Asc(s) Xor k)\ns = Mid(s, 2)\nLoop\nEnd Function\n",
            "mqqu?**d",
        ),
        (
            "Function D(s)\nFor Each p In Split(s, \"-\")\nIf p <> \"\" Then D = D & Chr(p)\nNext\nEnd Function\n",
            "104-116-116-112-58-47-47-97",
        ),
        (
            "Function D(s)\nDim o\no = Space(8)\nFor i = 1 To 8\nMid(o, i, 1) = Mid(s, 9 - i, 1)\nNext\nD = o\nEnd Function\n",
            "a//:ptth",
        ),
        (
            "Function D(s)\nSelect Case Len(s)\nCase 1 To 3: D = \"no\"\nCase Is > 100, 7\nD = Inner(s)\nCase Else\nD = \"?\"\nEnd Select\nEnd Function\nFunction Inner(t)\nInner = Replace(t, \"x\", \"//\") & \"\"\nEnd Function\n",
            "http:xa",
        ),
        (
            "Function D(s)\nDim b() As Integer\nReDim b(Len(s) - 1)\nFor i = 0 To UBound(b)\nb(i) = Asc(Mid(s, i + 1, 1))\nNext\nFor i = LBound(b) To UBound(b)\nD = D & Chr(b(i))\nNext\nEnd Function\n",
            "http://a",
        ),
        (
            "Function D(s)\nOn Error Resume Next\nGive s, D\nEnd Function\nSub Give(a, r)\nr = StrReverse(a)\nEnd Sub\n",
            "a//:ptth",
        ),
    ] {
        makes(&format!("{function}Sub A()\n x = D(\"{given}\")\nEnd Sub\n"), "http://a");
    }
}

#[test]
fn loops_in_procedures_are_run() {
    makes(
        "Sub A()\nDim s\na = Array(109, 113, 113, 117)\nFor i = 0 To UBound(a)\ns = s & Chr(a(i) Xor 5)\nNext\nShell s\nEnd Sub\n",
        "http",
    );
    makes(
        "Sub A()\nDim s As String, i%\nFor i = 1 To 4\n s = s & Mid(\"hXtXtXpX\", i * 2 - 1, 1)\nNext i\nEnd Sub\n",
        "http",
    );
    makes("Const K = 5\nSub A()\nDim s: For Each c In Array(109, 113)\ns = s + Chr(c Xor K)\nNext\nEnd Sub\n", "ht");
}

#[test]
fn what_needs_more_than_values_ends_the_run() {
    for source in [
        "Sub A()\nDim s\nFor i = 1 To 3\ns = s & Chr(Cells(i, 1))\nNext\nEnd Sub\n",
        "Sub A()\nDim s\nDo\ns = s & Chr(65)\nLoop\nEnd Sub\n",
        "Function D(s)\nD = D(s & Chr(65))\nEnd Function\nSub A()\nx = D(\"a\")\nEnd Sub\n",
        "Function D(s)\nGoTo x\nx: D = Chr(65) & s\nEnd Function\nSub A()\nx = D(\"a\")\ny = D(\"b\")\nEnd Sub\n",
        "Function D(s)\nFor i = 1 To 9 Step 0\nD = Chr(65) & s\nNext\nEnd Function\nSub A()\nx = D(\"a\")\ny = D(\"b\")\nEnd Sub\n",
    ] {
        assert!(made(source).iter().all(|text| text.len() < 2), "{source}: {:?}", made(source));
    }
}

#[test]
fn hostile_programs_stay_cheap() {
    made(&format!(
        "Function D(s)\n{}{}D = Chr(1)\nEnd Function\nSub A()\nx = D(1)\nEnd Sub\n",
        "If s Then\n".repeat(5_000),
        "End If\n".repeat(9)
    ));
    made(&format!("Sub A()\n{}s = Chr(1) & Chr(2)\nEnd Sub\n", "For i = 1 To 9\n".repeat(3_000)));
    made(&format!("Sub A()\n{}End Sub\n", "For i = 1 To 99999999\ns = s & Chr(2)\nNext\n".repeat(3_000)));
    made(&format!(
        "Function D(s)\nD = s & Chr(1)\nEnd Function\nSub A()\n{}End Sub\n",
        "x = D(D(D(D(\"a\"))))\n".repeat(3_000)
    ));
    made(
        "Function D(s)\nDim a(9999999)\nReDim b(99999999)\nD = Chr(1) & String(99999999, \"a\")\nEnd Function\nSub A()\nx = D(1)\nEnd Sub\n",
    );
    made(
        "Function D(s)\nFor i = 1 To 5\ns = s & s & Chr(2)\nNext\nD = D(s)\nEnd Function\nSub A()\nx = D(\"aaaaaaaaaaaaaaa\")\nEnd Sub\n",
    );
}
