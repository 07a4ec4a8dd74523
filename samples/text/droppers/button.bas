Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Private Sub ShowTicket_Click()
    StopHere
    With CreateObject("MSXML2.XMLHTTP")
        .Open "GET", "http://example.com/ticket", False
        .send
    End With
    Shell "harmless-none.exe"
End Sub
