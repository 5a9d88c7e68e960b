// Counts what a program takes from the heap.
#ifndef SALLYPORT_CALLOCATIONS_H
#define SALLYPORT_CALLOCATIONS_H

/// How many blocks this process has asked for so far, on all threads: malloc, calloc, realloc and the aligned kinds. Linked into a
/// program, this library stands in front of the C library's allocator.
unsigned long allocation_count(void);

#endif
