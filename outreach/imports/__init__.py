"""What every sheet of the product shares and no domain knows.

A domain describes its sheet once, as a :class:`headings.Kind` (a table of fields), and then:

>>> heading = headings.find(sheet, KIND)          # None: no row looks like a heading
>>> heading.fields                                # the field of each column, "" where it is not taken
>>> heading.complete                              # whether a required field is there; else ask for a mapping
>>> heading.mapped(["name", "", "phone"])         # the same heading with the columns as a person chose them
>>> for line in rows.lines(sheet, heading):       # merged cells and 同上 filled, ID numbers removed
...     line.number, line.of("total"), line.marks
>>> amounts.read(line.of("total"), heading.unit_of("total"))   # Decimal 万元, or a doubt and no number
>>> dates.read_day(line.of("signed_on"))
>>> tally = columns.Tally(heading); tally.see(line); tally.shown()   # every filled column, taken or not

Modules: ``cells`` (a cell as text), ``headings`` (where the heading is, what each column means), ``rows``
(the lines below it), ``amounts``, ``dates``, ``columns`` (the report of all columns). All of it is
calculation: no database.
"""
