"""What a case may cost."""

#: Seconds of the processor's time; of the clock's they would tell of others' load.
MOST_SECONDS = 1.0
#: A change of tens of thousands of lines is made and read here, and judged by seven policies: each has its second.
MOST_FOR_A_CHANGE = 12.0
#: A policy that reads source files: a grammar that gets lost gives up after a second, on each of both sides.
MOST_FOR_SOURCE = 2.5
