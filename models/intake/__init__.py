"""Lists of registrants as people really send them: read, understood and judged row by row. Pure: time is an argument."""
