Option Explicit

' 見積明細の変更時に合計を計算し直します。
Private Sub Worksheet_Change(ByVal Target As Range)
    If Intersect(Target, Me.Range("C5:E40")) Is Nothing Then Exit Sub
    Application.EnableEvents = False
    合計を計算
    Application.EnableEvents = True
End Sub

Private Sub CommandButton1_Click()
    見積書を保存
End Sub

Private Sub CommandButton2_Click()
    印刷プレビュー
End Sub

Public Sub 合計を計算()
    Dim 品目別 As Object, 行 As Long, 品名 As String, 小計 As Double
    Set 品目別 = CreateObject("Scripting.Dictionary")
    For 行 = 5 To 40
        品名 = Me.Cells(行, 2).Value
        If 品名 <> "" Then
            If Not 品目別.Exists(品名) Then 品目別.Add 品名, 0
            品目別(品名) = 品目別(品名) + Me.Cells(行, 3).Value * Me.Cells(行, 4).Value
            小計 = 小計 + Me.Cells(行, 3).Value * Me.Cells(行, 4).Value
        End If
    Next 行
    Me.Range("E41").Value = Application.WorksheetFunction.RoundDown(小計 * 1.1, 0)
End Sub
