"""What leaves the house: workbooks that people open, and the full detail beside a sheet that was cut short."""
