"""What a person is asked, as a workbook or page, and how the answers come back."""
