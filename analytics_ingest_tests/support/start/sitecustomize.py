"""Has the collector of cyclic objects look less often, from the start of each process of a command.

It took a quarter of the processor time of the imports, which are most of what a command does.
"""

import gc

gc.set_threshold(20_000, 20, 20)
