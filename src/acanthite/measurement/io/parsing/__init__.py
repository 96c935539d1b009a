"""What the readers share: text of any encoding, workbooks, units, and how a plain table is laid
out.
"""
