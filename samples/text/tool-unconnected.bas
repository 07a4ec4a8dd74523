Option Explicit

Sub Workbook_Open()
    Worksheets("Menu").Activate
End Sub

Sub RefreshRates()
    Dim request As Object
    Set request = CreateObject("MSXML2.XMLHTTP")
    request.Open "GET", "https://example.com/rates.csv", False
    request.send
    Worksheets("Rates").Range("A1").Value = request.responseText
End Sub

Sub ConvertFile()
    Shell ThisWorkbook.Path & "\harmless-none.exe"
End Sub
