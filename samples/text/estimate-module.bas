Option Explicit

Public Sub 見積書を保存()
    Dim 保存先 As String
    保存先 = ThisWorkbook.Path & "\" & "見積書_" & Format(Date, "yyyymmdd") & ".xlsx"
    If MsgBox("保存しますか？" & vbCrLf & 保存先, vbYesNo) = vbYes Then
        ActiveWorkbook.SaveAs Filename:=保存先, FileFormat:=xlOpenXMLWorkbook
    End If
End Sub

Public Sub 印刷プレビュー()
    ActiveSheet.PrintPreview
End Sub

' 明細を CSV に書き出します（会計システム取込用）。
Public Sub 明細を書き出し()
    Dim 番号 As Integer, 行 As Long
    番号 = FreeFile
    Open ThisWorkbook.Path & "\meisai.csv" For Output As #番号
    For 行 = 5 To 40
        Print #番号, ActiveSheet.Cells(行, 2).Value & "," & ActiveSheet.Cells(行, 5).Value
    Next 行
    Close #番号
End Sub
