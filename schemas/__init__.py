"""What a table is: one file per published table, one per source sheet, the vocabularies; nothing else repeats them.

Belongs here: names, types, titles, descriptions, units, vocabularies, keys and source labels, as data.
Does not belong here: reading, checking, transforming or writing anything (see ``pipelines``).
"""
