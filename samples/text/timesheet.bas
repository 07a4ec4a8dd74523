Option Explicit

' 以前は Workbook_Open から Call 集計 していましたが、ボタンに変更しました。
' Shell や CreateObject は使いません（情報システム部の指示）。
Rem Sub Auto_Open(): Call Shell("notepad"): End Sub

Public Sub 集計()
    Dim 行 As Long, 時間 As Double
    For 行 = 4 To 34
        時間 = 時間 + Cells(行, 5).Value - Cells(行, 4).Value
    Next 行
    Range("E36").Value = 時間 * 24
    MsgBox "Workbook_Open では Call しないでください。Run も Shell も不要です。"
End Sub
