"""How often the intervals of the methods hold, what they find, and how often they cry wolf.

Each module draws worlds whose truth is known and hands them to the published functions of
`pipelines.methods`, one module for each kind of data. Where it matters, the worlds are not those
that a method assumes: cases differ in ways that nobody sees, offices are unlike, neighbouring weeks
are alike. `harness` counts.
"""
