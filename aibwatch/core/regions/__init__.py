"""Azure's regions: which there are, where they are, and where a secondary may and should be.

Pure, and of the same form whether the facts are our own table or were asked of Azure this minute.
"""
