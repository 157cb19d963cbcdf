"""The brief: said once, laid out as a web page, a Word file and a workbook, and verified."""
